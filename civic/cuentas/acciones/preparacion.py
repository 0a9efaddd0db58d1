"""Lleva la tabla de roles a los grupos y permisos de Django y de Wagtail."""

from collections import defaultdict
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from civic.cuentas.roles import EDITAN_PORTAL, PERMISOS, Rol, roles_con_llave

ENTRAR = "wagtailadmin.access_admin"
DE_PAGINAS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page")
DE_COLECCIONES = tuple(
    f"{aplicacion}.{verbo}_{modelo}"
    for aplicacion, modelo in (("wagtailimages", "image"), ("wagtaildocs", "document"))
    for verbo in ("add", "change", "choose")
)
GRUPOS_DE_WAGTAIL = ("Moderators", "Editors")


def permisos_del_rol(rol: str) -> set[str]:
    """Permisos «aplicacion.codigo» que la tabla da a ese rol, más la entrada a la trastienda si algo hace allí."""
    de_modelos = {
        f"{modelo.split('.')[0]}.{verbo}_{modelo.split('.')[1]}"
        for modelo, verbos in PERMISOS.get(rol, {}).items()
        for verbo in verbos
    }
    return de_modelos | ({ENTRAR} if rol in roles_con_llave() else set())


def _permisos_de_la_base() -> dict[str, Permission]:
    return {
        f"{permiso.content_type.app_label}.{permiso.codename}": permiso
        for permiso in Permission.objects.select_related("content_type")
    }


def preparar_roles() -> dict[str, int]:
    """Crea los grupos que falten y deja a cada uno exactamente con los permisos de la tabla.

    Devuelve {rol: cuántos permisos tiene}. Repetirla no cambia nada. Lanza ImproperlyConfigured si la tabla nombra un
    modelo que no existe: es preferible no arrancar que dejar a alguien sin su trabajo en silencio.
    """
    disponibles = _permisos_de_la_base()
    pedidos = {rol: permisos_del_rol(rol) for rol in Rol.values}
    faltan = sorted(set().union(*pedidos.values()) - set(disponibles))
    if faltan:
        raise ImproperlyConfigured("La tabla de roles nombra permisos que no existen: " + ", ".join(faltan))
    with transaction.atomic():
        grupos = _grupos()
        tienen: dict[int, set[int]] = defaultdict(set)
        filas = Group.permissions.through.objects.filter(group__in=grupos.values())
        for grupo_id, permiso_id in filas.values_list("group_id", "permission_id"):
            tienen[grupo_id].add(permiso_id)
        for rol, grupo in grupos.items():
            deben = {disponibles[codigo].pk for codigo in pedidos[rol]}
            if tienen[grupo.pk] != deben:
                grupo.permissions.set(deben)
        _preparar_portal(grupos, disponibles)
        Group.objects.filter(name__in=GRUPOS_DE_WAGTAIL, user__isnull=True).delete()
    return {rol: len(codigos) for rol, codigos in pedidos.items()}


def _grupos() -> dict[str, Group]:
    Group.objects.bulk_create([Group(name=rol) for rol in Rol.values], ignore_conflicts=True)
    return {grupo.name: grupo for grupo in Group.objects.filter(name__in=Rol.values)}


def _preparar_portal(grupos: dict[str, Group], disponibles: dict[str, Permission]) -> None:
    """Páginas desde la raíz, imágenes y documentos de todas las colecciones, para quien edita el portal."""
    raiz, coleccion = Page.get_first_root_node(), Collection.get_first_root_node()
    if raiz is None or coleccion is None:
        raise ImproperlyConfigured("Wagtail no tiene página o colección raíz; ejecuta las migraciones.")
    editan = [grupos[rol] for rol in EDITAN_PORTAL]
    _dejar_solo(
        GroupPagePermission,
        grupos,
        [
            {"group": grupo, "page": raiz, "permission": disponibles[f"wagtailcore.{c}"]}
            for grupo in editan
            for c in DE_PAGINAS
        ],
    )
    _dejar_solo(
        GroupCollectionPermission,
        grupos,
        [
            {"group": grupo, "collection": coleccion, "permission": disponibles[c]}
            for grupo in editan
            for c in DE_COLECCIONES
        ],
    )


def _dejar_solo(modelo: Any, grupos: dict[str, Group], filas: list[dict[str, Any]]) -> None:
    """Deja a los grupos de roles con esas filas y ninguna otra (la trastienda no puede ampliarlas a escondidas)."""
    lugar = "page" if modelo is GroupPagePermission else "collection"
    quedan = {(fila["group"].pk, fila[lugar].pk, fila["permission"].pk) for fila in filas}
    actuales = {
        (grupo, donde, permiso): pk
        for pk, grupo, donde, permiso in modelo.objects.filter(group__in=grupos.values()).values_list(
            "pk", "group_id", f"{lugar}_id", "permission_id"
        )
    }
    modelo.objects.filter(pk__in=[pk for clave, pk in actuales.items() if clave not in quedan]).delete()
    modelo.objects.bulk_create(
        [modelo(**fila) for fila in filas if (fila["group"].pk, fila[lugar].pk, fila["permission"].pk) not in actuales]
    )
