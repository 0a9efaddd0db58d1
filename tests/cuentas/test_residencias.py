import datetime

import pytest

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.cuentas import acciones, permisos
from civic.cuentas.models import Residencia
from tests.cuentas.conftest import recargada
from tests.cuentas.piezas_verificacion import CI


@pytest.fixture
def de_ana(gente):
    Residencia.objects.filter(usuario=gente.ana).update(nivel=Residencia.Nivel.DECLARADA)
    return Residencia.objects.get(usuario=gente.ana)


def test_declarar_por_otb_toma_su_distrito(gente, pueblo):
    residencia = acciones.declarar_residencia(gente.nadia, otb=pueblo.otb_ceibo)
    assert (residencia.otb, residencia.distrito, residencia.nivel) == (
        pueblo.otb_ceibo,
        pueblo.distrito_2,
        Residencia.Nivel.DECLARADA,
    )
    assert permisos.residencia_verificada(gente.nadia) is None


@pytest.mark.parametrize("lugar", ["nada", "municipio", "otb_como_distrito"])
def test_declarar_un_lugar_que_no_es_distrito_ni_otb_no_se_puede(gente, pueblo, lugar):
    argumentos = {
        "nada": {},
        "municipio": {"distrito": pueblo.municipio},
        "otb_como_distrito": {"distrito": pueblo.otb_molle},
    }[lugar]
    with pytest.raises(ReglaIncumplida):
        acciones.declarar_residencia(gente.nadia, **argumentos)
    assert not Residencia.objects.filter(usuario=gente.nadia).exists()


def test_verificar_deja_dicho_quien_y_como(gente, de_ana):
    acciones.verificar_residencia(de_ana, actor=gente.hugo, metodo="ventanilla", ci=CI, detalle="Lista de la asamblea")
    de_ana.refresh_from_db()
    assert (de_ana.nivel, de_ana.metodo, de_ana.detalle) == ("verificada", "ventanilla", "Lista de la asamblea")
    assert de_ana.verificada_por == gente.hugo
    suceso = Suceso.objects.de(de_ana).get()
    assert (suceso.actor, suceso.desde, suceso.hasta, suceso.publico) == (gente.hugo, "declarada", "verificada", False)
    assert permisos.residencia_verificada(recargada(gente.ana)) == de_ana


def test_verificar_la_propia_no_se_puede(gente, de_ana):
    with pytest.raises(ReglaIncumplida, match="Nadie verifica su propia residencia"):
        acciones.verificar_residencia(de_ana, actor=gente.ana, metodo="ventanilla", ci=CI)
    de_ana.refresh_from_db()
    assert de_ana.nivel == Residencia.Nivel.DECLARADA


def test_verificar_sin_decir_como_no_se_puede(gente, de_ana):
    with pytest.raises(ReglaIncumplida, match="Di cómo se comprobó"):
        acciones.verificar_residencia(de_ana, actor=gente.hugo, metodo="  ")


def test_verificar_dos_veces_no_se_puede(gente, de_ana):
    acciones.verificar_residencia(de_ana, actor=gente.hugo, metodo="ventanilla", ci=CI)
    with pytest.raises(ReglaIncumplida, match="ya estaba verificada"):
        acciones.verificar_residencia(de_ana, actor=gente.gloria, metodo="ventanilla", ci=CI)
    assert Residencia.objects.get(pk=de_ana.pk).verificada_por == gente.hugo


def test_verificar_lo_que_la_persona_cambio_entretanto_no_se_puede(gente, pueblo, de_ana):
    vista = de_ana.momento
    acciones.declarar_residencia(gente.ana, otb=pueblo.otb_ceibo)
    with pytest.raises(ReglaIncumplida, match="cambió su residencia mientras la revisabas"):
        acciones.verificar_residencia(de_ana, actor=gente.hugo, metodo="ventanilla", ci=CI, vista=vista)
    assert Residencia.objects.get(pk=de_ana.pk).nivel == Residencia.Nivel.DECLARADA


def test_verificar_lo_que_se_tenia_delante_se_puede(gente, de_ana):
    vista = datetime.datetime.fromisoformat(de_ana.momento.isoformat())
    assert acciones.verificar_residencia(
        de_ana, actor=gente.hugo, metodo="ventanilla", ci=CI, vista=vista
    ).esta_verificada
