"""Dar y quitar roles, y preparar los grupos de la trastienda."""

import datetime

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.cuentas.models import AsignacionRol, Usuario
from civic.cuentas.roles import Rol
from mapas.territorio.models import Area


def asignar_rol(
    usuario: Usuario,
    *,
    rol: str,
    actor: Usuario | None = None,
    distrito: Area | None = None,
    unidad: str = "",
    desde: datetime.date | None = None,
    hasta: datetime.date | None = None,
) -> AsignacionRol:
    """Da un rol a una persona y la pone en su grupo. Repetirlo igual devuelve el que ya había.

    Puede tener el mismo rol en varios distritos o unidades, uno por cada asignación. `desde` es hoy si no se dice;
    `hasta` es el último día (None: sin fin). Nadie se da un rol a sí mismo. Lanza ReglaIncumplida si ya lo tiene ahí
    desde esa fecha con otro plazo.
    """
    rol, unidad = Rol(rol), limpiar(unidad)
    desde = desde or timezone.localdate()
    if actor is not None and actor.pk == usuario.pk:
        raise ReglaIncumplida("Nadie se asigna un rol a sí mismo. Pídelo a otra persona de administración.")
    if hasta is not None and hasta < desde:
        raise ReglaIncumplida("El rol debe terminar después de empezar.", campo="hasta")
    grupo, _ = Group.objects.get_or_create(name=rol.value)
    with transaction.atomic():
        bloquear(Usuario.objects.filter(pk=usuario.pk)).get()
        asignacion, nueva = AsignacionRol.objects.get_or_create(
            usuario=usuario,
            rol=rol.value,
            distrito=distrito,
            unidad=unidad,
            desde=desde,
            defaults={"hasta": hasta},
        )
        if asignacion.hasta != hasta:
            raise ReglaIncumplida(
                "Ya tiene ese rol ahí desde esa fecha, con otro plazo. Para cambiarlo, quítalo y asígnalo de nuevo.",
                campo="hasta",
            )
        usuario.groups.add(grupo)
        if nueva:
            anotar(
                usuario,
                verbo="asignar_rol",
                texto=f"Recibió el rol {rol.label}.",
                actor=actor,
                hasta=rol.value,
                publico=False,
                datos={"asignacion": asignacion.pk},
            )
    _olvidar_permisos(usuario)
    return asignacion


def quitar_rol(asignacion: AsignacionRol, *, actor: Usuario | None = None, motivo: str = "") -> None:
    """Termina hoy mismo un rol: la persona sale del grupo y la asignación queda como historia.

    Una asignación que empezó hoy o empezaría después se borra, porque nunca llegó a cumplir un día.
    """
    with transaction.atomic():
        asignacion = bloquear(AsignacionRol.objects.select_related("usuario").filter(pk=asignacion.pk)).get()
        usuario, rol, hoy = asignacion.usuario, Rol(asignacion.rol), timezone.localdate()
        if asignacion.hasta is not None and asignacion.hasta < hoy:
            raise ReglaIncumplida("Ese rol ya había terminado.")
        if asignacion.desde >= hoy:
            asignacion.delete()
        else:
            asignacion.hasta = hoy - datetime.timedelta(days=1)
            asignacion.save(update_fields=["hasta"])
        _sacar_del_grupo_si_no_queda(usuario, rol)
        anotar(
            usuario,
            verbo="quitar_rol",
            texto=f"Dejó el rol {rol.label}.",
            actor=actor,
            desde=rol.value,
            motivo=limpiar(motivo),
            publico=False,
        )
    _olvidar_permisos(usuario)


def _sacar_del_grupo_si_no_queda(usuario: Usuario, rol: Rol) -> None:
    pendientes = AsignacionRol.objects.filter(usuario=usuario, rol=rol.value).por_cumplir()
    if not pendientes.exists():
        usuario.groups.remove(*Group.objects.filter(name=rol.value))


def _olvidar_permisos(usuario: Usuario) -> None:
    """Borra lo que Django y nosotros guardamos en el objeto sobre sus permisos."""
    for nombre in (
        "roles_vigentes",
        "_cargos",
        "_permisos_vigentes",
        "_perm_cache",
        "_user_perm_cache",
        "_group_perm_cache",
    ):
        usuario.__dict__.pop(nombre, None)


def poner_al_dia_los_grupos() -> int:
    """Saca de los grupos a quien ya no tiene ninguna asignación por cumplir; devuelve cuántas salidas hubo.

    Los permisos terminan solos con el plazo (ver Usuario.has_perm); esto deja también limpias las listas de Wagtail.
    """
    salidas = 0
    with transaction.atomic():
        for grupo in Group.objects.filter(name__in=Rol.values):
            con_rol = AsignacionRol.objects.filter(rol=grupo.name).por_cumplir().values("usuario")
            sobran = list(grupo.user_set.exclude(pk__in=con_rol))  # type: ignore[attr-defined]
            grupo.user_set.remove(*sobran)  # type: ignore[attr-defined]
            salidas += len(sobran)
    return salidas
