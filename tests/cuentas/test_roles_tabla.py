"""La tabla de roles: se lee bien, y `puede` y `limitar` llegan hasta donde dice la asignación."""

import datetime

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from civic.cuentas.acciones import asignar_rol
from civic.cuentas.models import Organizacion
from civic.cuentas.roles import MATRIZ, MODELOS, PERMISOS, TABLA, Cosa, Rol, _leer, letras_de, limitar, puede, roles_que
from tests.cuentas.conftest import recargada

R = "R"


def test_la_tabla_dice_lo_del_dominio():
    assert roles_que("A", Cosa.VOTACIONES) == (Rol.PLANIFICACION,)
    assert roles_que("C", Cosa.VIABILIDAD) == (Rol.TECNICO_EVALUADOR, Rol.PLANIFICACION)
    assert roles_que("A", Cosa.VIABILIDAD) == (Rol.JEFATURA_UNIDAD, Rol.PLANIFICACION)
    assert roles_que("R", Cosa.DENUNCIAS) == (Rol.TRANSPARENCIA,)
    assert roles_que("X", Cosa.CUENTAS) == (Rol.ADMINISTRACION,)
    assert MATRIZ[Rol.TECNICO_EVALUADOR][Cosa.VIABILIDAD] == (frozenset("RC"), "U")
    assert MATRIZ[Rol.GESTION_COMUNIDAD][Cosa.MODERAR] == (frozenset("RE"), "T")


@pytest.mark.parametrize(
    ("bueno", "malo"), [("RCX", "RCZ"), ("RA/U", "RA/Z"), ("bitacora ", "bitacoras "), ("audi\n", "otro\n")]
)
def test_una_tabla_mal_escrita_no_deja_arrancar(bueno, malo):
    with pytest.raises((ValueError, KeyError)):
        _leer(TABLA.replace(bueno, malo, 1))


def test_administracion_no_ve_denuncias_ni_votaciones():
    for cosa in (Cosa.DENUNCIAS, Cosa.VOTACIONES):
        assert letras_de(Rol.ADMINISTRACION, cosa) == frozenset()


def test_auditoria_y_concejo_no_cambian_nada_en_la_trastienda():
    for rol in (Rol.AUDITORIA, Rol.CONCEJO, Rol.TRANSPARENCIA):
        assert {verbo for verbos in PERMISOS[rol].values() for verbo in verbos} == {"view"}


def test_ningun_modelo_de_la_urna_esta_en_la_tabla():
    modelos = {modelo for fila in MODELOS.values() for modelo in fila}
    assert not [m for m in modelos if any(p in m for p in ("voto", "participacion", "opcion", "contienda"))]


def test_sin_cuenta_o_cerrada_nadie_puede_nada(gente):
    assert not puede(AnonymousUser(), R, Cosa.REPORTES)
    asignar_rol(gente.nadia, rol=Rol.VENTANILLA)
    assert puede(gente.nadia, R, Cosa.REPORTES)
    gente.nadia.is_active = False
    assert not puede(gente.nadia, R, Cosa.REPORTES)


def test_ni_la_administracion_tecnica_conduce_votaciones(gente):
    gente.gloria.is_superuser = True
    assert puede(gente.gloria, "A", Cosa.REPORTES)
    assert not puede(gente.gloria, "A", Cosa.VOTACIONES)
    assert not puede(gente.gloria, R, Cosa.DENUNCIAS)


def test_con_distrito_alcanza_solo_a_su_distrito(gente, pueblo):
    asignar_rol(gente.nadia, rol=Rol.VENTANILLA, distrito=pueblo.distrito_2)
    de_1, de_2 = (Organizacion.objects.get(slug=slug) for slug in ("molle", "ceibo"))
    assert (puede(gente.nadia, R, Cosa.ORGANIZACIONES, de_1), puede(gente.nadia, R, Cosa.ORGANIZACIONES, de_2)) == (
        False,
        True,
    )
    filas = Organizacion.objects.all()
    assert list(limitar(gente.nadia, R, Cosa.ORGANIZACIONES, filas, unidad="")) == [de_2]
    asignar_rol(gente.nadia, rol=Rol.PLANIFICACION)
    assert limitar(recargada(gente.nadia), R, Cosa.ORGANIZACIONES, filas, unidad="").count() == 2


def test_la_unidad_solo_limita_donde_la_tabla_dice_u(gente):
    class Cosita:
        distrito_id, unidad = 1, "Vías"

    asignar_rol(gente.nadia, rol=Rol.VENTANILLA, unidad="Ventanilla 2")
    asignar_rol(gente.beto, rol=Rol.JEFATURA_UNIDAD, unidad="Agua")
    asignar_rol(gente.ana, rol=Rol.JEFATURA_UNIDAD, unidad="Vías")
    assert [puede(p, "A", Cosa.REPORTES, Cosita()) for p in (gente.nadia, gente.beto, gente.ana)] == [True, False, True]
    Cosita.unidad = ""
    assert [puede(gente.ana, letra, Cosa.REPORTES, Cosita()) for letra in "RA"] == [True, False]


def test_el_poder_termina_con_su_fecha_aunque_el_objeto_ya_este_cargado(gente):
    hoy = timezone.localdate()
    asignar_rol(gente.nadia, rol=Rol.VENTANILLA, hasta=hoy)
    assert puede(gente.nadia, "A", Cosa.REPORTES)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=1)):
        assert not puede(gente.nadia, "A", Cosa.REPORTES)


def test_pagina_publica_dice_la_tabla(client, db):
    texto = client.get("/transparencia/roles/").text
    for rol in Rol:
        assert f'<h2 id="cargo-{rol.value}">{rol.label}</h2>' in texto
    assert (
        "<dt>Decir si una propuesta se puede hacer</dt><dd>Ve lo que no es público y crea, en su unidad.</dd>" in texto
    )
    assert texto.count("<dt>Denuncias confidenciales</dt><dd>Ve lo que no es público") == 1
