import datetime

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.models import GroupCollectionPermission, GroupPagePermission

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.cuentas import acciones, permisos
from civic.cuentas.acciones.preparacion import permisos_del_rol
from civic.cuentas.models import AsignacionRol
from civic.cuentas.roles import EDITAN_PORTAL, PERMISOS, Rol
from tests.cuentas.conftest import recargada

SECRETO = ("voto", "participacion", "papeleta", "urna", "habilitad")


def permisos_de(grupo):
    return {f"{a}.{c}" for a, c in grupo.permissions.values_list("content_type__app_label", "codename")}


@pytest.fixture
def grupos(db):
    acciones.preparar_roles()
    return {grupo.name: grupo for grupo in Group.objects.all()}


def test_preparar_crea_un_grupo_por_rol_y_quita_los_de_wagtail(grupos):
    assert set(grupos) == set(Rol.values)


@pytest.mark.parametrize("rol", Rol.values)
def test_preparar_da_a_cada_rol_exactamente_lo_de_la_tabla(grupos, rol):
    de_tabla = {
        f"{modelo.split('.')[0]}.{verbo}_{modelo.split('.')[1]}"
        for modelo, verbos in PERMISOS.get(rol, {}).items()
        for verbo in verbos
    }
    entra = bool(de_tabla) or rol in EDITAN_PORTAL
    assert permisos_de(grupos[rol]) == de_tabla | ({"wagtailadmin.access_admin"} if entra else set())


def test_ningun_rol_puede_ver_ni_tocar_votos(grupos):
    assert [c for grupo in grupos.values() for c in permisos_de(grupo) if any(p in c for p in SECRETO)] == []


def test_ningun_rol_cambia_grupos_ni_borra_personas(grupos):
    prohibidos = {"auth.add_group", "auth.change_group", "auth.change_permission", "cuentas.delete_usuario"}
    assert [rol for rol, grupo in grupos.items() if permisos_de(grupo) & prohibidos] == []


def test_editan_portal_tiene_paginas_imagenes_y_documentos_y_nadie_mas(grupos):
    paginas = set(GroupPagePermission.objects.values_list("group__name", "page__depth", "permission__codename"))
    assert paginas == {
        (rol.value, 1, f"{verbo}_page")
        for rol in EDITAN_PORTAL
        for verbo in ("add", "change", "publish", "lock", "unlock")
    }
    colecciones = set(GroupCollectionPermission.objects.values_list("group__name", "permission__codename"))
    assert colecciones == {
        (rol.value, f"{verbo}_{cosa}")
        for rol in EDITAN_PORTAL
        for verbo in ("add", "change", "choose")
        for cosa in ("image", "document")
    }


def test_preparar_de_nuevo_no_cambia_nada_y_es_barato(grupos, django_assert_max_num_queries):
    antes = {rol: permisos_de(grupo) for rol, grupo in grupos.items()}
    with django_assert_max_num_queries(16):
        acciones.preparar_roles()
    assert {grupo.name: permisos_de(grupo) for grupo in Group.objects.all()} == antes
    assert GroupPagePermission.objects.count() == 10


def test_preparar_repara_lo_que_alguien_amplio_a_mano(grupos):
    de_mas = Permission.objects.get(codename="delete_usuario")
    grupos["comunicacion"].permissions.add(de_mas)
    grupos["ventanilla"].permissions.clear()
    acciones.preparar_roles()
    assert permisos_de(grupos["comunicacion"]) == permisos_del_rol("comunicacion")
    assert permisos_de(grupos["ventanilla"]) == permisos_del_rol("ventanilla")


def test_preparar_con_un_modelo_que_no_existe_se_niega(db, monkeypatch):
    monkeypatch.setitem(PERMISOS, Rol.CONCEJO, {"obras.fantasma": ("view",)})
    with pytest.raises(ImproperlyConfigured, match="obras.view_fantasma"):
        acciones.preparar_roles()


def test_asignar_pone_en_el_grupo_y_anota(gente, grupos):
    asignacion = acciones.asignar_rol(gente.nadia, rol=Rol.VENTANILLA, actor=gente.gloria, unidad=" Ventanilla  2 ")
    assert (asignacion.unidad, asignacion.desde, asignacion.hasta) == ("Ventanilla 2", timezone.localdate(), None)
    nadia = recargada(gente.nadia)
    assert nadia.has_perm("reportes.change_reporte")
    assert not nadia.has_perm("cuentas.change_usuario")
    suceso = Suceso.objects.de(gente.nadia).get()
    assert (suceso.verbo, suceso.actor, suceso.hasta, suceso.publico) == (
        "asignar_rol",
        gente.gloria,
        "ventanilla",
        False,
    )


def test_asignar_dos_veces_devuelve_la_misma(gente, grupos):
    primera = acciones.asignar_rol(gente.nadia, rol=Rol.CONCEJO)
    assert acciones.asignar_rol(gente.nadia, rol=Rol.CONCEJO) == primera
    assert Suceso.objects.de(gente.nadia).count() == 1


def test_el_mismo_rol_en_dos_distritos_el_mismo_dia_son_dos_asignaciones(pueblo, gente, grupos):
    una = acciones.asignar_rol(gente.nadia, rol=Rol.PROMOTORA, distrito=pueblo.distrito_1)
    otra = acciones.asignar_rol(gente.nadia, rol=Rol.PROMOTORA, distrito=pueblo.distrito_2)
    assert una.pk != otra.pk
    assert permisos.donde_atiende(recargada(gente.nadia)) == {pueblo.distrito_1.pk, pueblo.distrito_2.pk}


def test_el_mismo_rol_con_otro_plazo_se_dice_y_no_se_pierde_en_silencio(gente, grupos):
    hoy = timezone.localdate()
    acciones.asignar_rol(gente.nadia, rol=Rol.CONCEJO)
    with pytest.raises(ReglaIncumplida, match="con otro plazo"):
        acciones.asignar_rol(gente.nadia, rol=Rol.CONCEJO, hasta=hoy)
    assert gente.nadia.asignaciones.get().hasta is None


def test_la_base_no_admite_dos_veces_el_mismo_rol_en_el_municipio(gente, grupos):
    acciones.asignar_rol(gente.nadia, rol=Rol.CONCEJO)
    with pytest.raises(IntegrityError), transaction.atomic():
        AsignacionRol.objects.create(usuario=gente.nadia, rol=Rol.CONCEJO)


def test_asignarse_un_rol_a_si_mismo_no_se_puede(gente, grupos):
    with pytest.raises(ReglaIncumplida, match="Nadie se asigna un rol a sí mismo"):
        acciones.asignar_rol(gente.gloria, rol=Rol.PLANIFICACION, actor=gente.gloria)
    assert gente.gloria.asignaciones.count() == 1


def test_rol_con_fecha_termina_al_dia_siguiente_aunque_siga_en_el_grupo(gente, grupos):
    hoy = timezone.localdate()
    acciones.asignar_rol(gente.nadia, rol=Rol.VENTANILLA, hasta=hoy + datetime.timedelta(days=5))
    mediodia = timezone.localtime().replace(hour=12)
    with time_machine.travel(mediodia + datetime.timedelta(days=5)):
        assert recargada(gente.nadia).has_perm("wagtailadmin.access_admin")
    with time_machine.travel(mediodia + datetime.timedelta(days=6)):
        nadia = recargada(gente.nadia)
        assert nadia.groups.filter(name="ventanilla").exists()
        assert not nadia.has_perm("wagtailadmin.access_admin")
        assert not nadia.tiene_rol(Rol.VENTANILLA)


def test_rol_que_empieza_despues_todavia_no_da_permisos(gente, grupos):
    acciones.asignar_rol(gente.nadia, rol=Rol.VENTANILLA, desde=timezone.localdate() + datetime.timedelta(days=3))
    assert not recargada(gente.nadia).has_perm("wagtailadmin.access_admin")


def test_estar_en_el_grupo_sin_asignacion_no_da_permisos(gente, grupos):
    gente.nadia.groups.add(grupos["administracion"])
    assert not recargada(gente.nadia).has_perm("cuentas.change_usuario")


def test_quitar_rol_de_antes_lo_termina_ayer_y_saca_del_grupo(con_roles):
    elena = con_roles.elena
    AsignacionRol.objects.filter(usuario=elena, desde=timezone.localdate()).delete()
    asignacion = elena.asignaciones.get()
    acciones.quitar_rol(asignacion, actor=con_roles.gloria, motivo="Cambió de puesto")
    asignacion.refresh_from_db()
    assert asignacion.hasta == timezone.localdate() - datetime.timedelta(days=1)
    assert not recargada(elena).has_perm("wagtailadmin.access_admin")
    assert elena.groups.count() == 0
    assert Suceso.objects.de(elena).filter(verbo="quitar_rol").get().motivo == "Cambió de puesto"
    with pytest.raises(ReglaIncumplida, match="ya había terminado"):
        acciones.quitar_rol(asignacion, actor=con_roles.gloria)


def test_quitar_rol_dado_hoy_lo_borra(gente, grupos):
    asignacion = acciones.asignar_rol(gente.nadia, rol=Rol.CONCEJO)
    acciones.quitar_rol(asignacion)
    assert gente.nadia.asignaciones.count() == 0
    assert gente.nadia.groups.count() == 0


def test_comando_prepara_y_saca_a_quien_ya_termino(gente, capsys):
    call_command("preparar_roles")
    hoy = timezone.localdate()
    acciones.asignar_rol(gente.nadia, rol=Rol.VENTANILLA, desde=hoy, hasta=hoy)
    capsys.readouterr()
    with time_machine.travel(timezone.now() + datetime.timedelta(days=2)):
        call_command("preparar_roles")
    assert capsys.readouterr().out == "14 roles al día. 1 personas salieron de un grupo por fin de plazo.\n"
    assert gente.nadia.groups.count() == 0


@pytest.mark.parametrize(
    ("quien", "rol", "puede"),
    [
        ("gloria", Rol.VENTANILLA, True),
        ("gloria", Rol.ADMINISTRACION, False),
        ("gloria", Rol.AUDITORIA, False),
        ("hugo", Rol.VENTANILLA, False),
        ("ana", Rol.VENTANILLA, False),
    ],
)
def test_quien_puede_dar_roles(con_roles, quien, rol, puede):
    assert permisos.puede_asignar(recargada(getattr(con_roles, quien)), rol) is puede


def test_administracion_toca_cuentas_de_vecinos_y_no_del_personal_ni_la_suya(con_roles, raiz):
    gloria = recargada(con_roles.gloria)
    assert permisos.puede_administrar_cuenta(gloria, con_roles.ana)
    assert permisos.puede_administrar_cuenta(gloria, con_roles.dora)  # control social no entra a la trastienda
    for intocable in (con_roles.elena, con_roles.carla, gloria, raiz):
        assert not permisos.puede_administrar_cuenta(gloria, intocable)
    assert permisos.puede_administrar_cuenta(raiz, gloria)
