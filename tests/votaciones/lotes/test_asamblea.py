"""La asamblea a mano alzada: asistencia en el padrón, acta aprobada y dos cargas de las manos contadas."""

import datetime

import pytest
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from tests.urnas import elegido
from tests.votaciones.actas import piezas
from tests.votaciones.conftest import segunda
from tests.votaciones.lotes.conftest import abrir_lote, cargar, marcar, vale
from tests.votaciones.papeletas import EJEMPLOS
from votaciones import acciones as votaciones
from votaciones.lotes import acciones, consultas
from votaciones.lotes.models import Captura
from votaciones.lotes.reglas import cuenta_de_manos
from votaciones.urna.models import Sobre

pytestmark = pytest.mark.django_db


@pytest.fixture
def acta(votando, gente, pueblo):
    """Aprobada, de la OTB Molle, de hoy y a mano alzada."""

    def con(hasta=piezas.aprobada, **cambios):
        return hasta(votando, gente, pueblo, piezas.renglon(a_favor=1), **({"fecha": timezone.localdate()} | cambios))

    return con


@pytest.mark.parametrize(
    ("tipo", "limites", "deja"),
    [
        ("una", {}, True),
        ("aprobacion", {"maximo_de_obras": 1}, True),
        ("aprobacion", {"maximo_de_obras": 2}, False),
        ("presupuesto", {}, False),
        ("puntos", EJEMPLOS["puntos"].limites, False),
        ("orden", EJEMPLOS["orden"].limites, False),
        ("calificacion", EJEMPLOS["calificacion"].limites, False),
    ],
)
def test_solo_donde_una_mano_es_una_papeleta(tipo, limites, deja, votacion_de, rita):
    d1 = votacion_de(tipo, **limites)
    if deja:
        assert abrir_lote(d1, rita, clase="asamblea").estado == "abierto"
        return
    with pytest.raises(ReglaIncumplida, match="A mano alzada solo se vota"):
        abrir_lote(d1, rita, clase="asamblea")


def test_de_la_asamblea_a_la_urna_y_al_conteo(votacion_de, carnets, rita, saul, gente, acta):
    d1 = votacion_de("una")
    lote = marcar(abrir_lote(d1, rita, clase="asamblea"), rita, *carnets[:5])
    lote = acciones.juntar_actas(lote, acta=acta(), actor=rita)
    with pytest.raises(ReglaIncumplida, match="Contaste 6 manos y se marcaron 5"):
        cargar(lote, rita, cuenta_de_manos({1: 4, 3: 1}, 1))
    with pytest.raises(ReglaIncumplida, match="no es de esta papeleta"):
        cargar(lote, rita, cuenta_de_manos({9: 1}, 0))
    with pytest.raises(ReglaIncumplida, match="no es de este lote"):
        cargar(lote, rita, vale(1))
    lote = cargar(lote, rita, cuenta_de_manos({1: 3, 3: 1}, 1))
    lote = cargar(lote, saul, cuenta_de_manos({1: 1, 3: 3}, 1))
    assert (lote.estado, lote.por_repetir) == ("segunda_carga", [1])
    for quien in (rita, saul):
        lote = cargar(lote, quien, cuenta_de_manos({1: 3, 3: 1}, 1))
    lote = acciones.depositar_lote(lote, actor=rita)
    assert (lote.estado, lote.validas, lote.blancas, lote.nulas) == ("depositado", 4, 1, 0)
    assert elegido(d1) == [[1], [1], [1], [3]]
    assert (Captura.objects.count(), len(set(Sobre.objects.values_list("recibo", flat=True)))) == (0, 4)
    votaciones.cerrar_votacion(d1.votacion, actor=gente.hugo, motivo="Fin.")
    votaciones.contar_votacion(d1.votacion, actor=segunda())
    assert d1.resultados.get(oficial=True).votos == 4


@pytest.mark.parametrize(
    "cambios",
    [
        {"hasta": piezas.validada},
        {"forma": "consenso"},
        {"fecha": timezone.localdate() - datetime.timedelta(days=9)},
    ],
)
def test_un_acta_que_no_sirve_no_se_usa(cambios, votacion_de, carnets, rita, acta):
    d1 = votacion_de("una")
    lote = marcar(abrir_lote(d1, rita, clase="asamblea"), rita, carnets[0])
    suya = acta(**cambios)
    with pytest.raises(ReglaIncumplida, match="Esa acta no sirve"):
        acciones.juntar_actas(lote, acta=suya, actor=rita)
    assert consultas.actas_para(lote) == []


def test_el_acta_es_de_ese_lugar_y_va_en_un_solo_lote(votacion_de, carnets, rita, acta):
    d1, suya = votacion_de("una"), acta()
    d2 = d1.votacion.contiendas.select_related("votacion__proceso", "area").get(numero=2)
    assert consultas.actas_para(abrir_lote(d2, rita, clase="asamblea")) == []
    lote = abrir_lote(d1, rita, clase="asamblea")
    with pytest.raises(ReglaIncumplida, match="no marcaste a nadie"):
        acciones.juntar_actas(lote, acta=suya, actor=rita)
    marcar(lote, rita, *carnets[:2])
    acciones.juntar_actas(lote, acta=suya, actor=rita)
    otro = marcar(abrir_lote(d1, rita, clase="asamblea"), rita, carnets[2])
    with pytest.raises(ReglaIncumplida, match="Esa acta no sirve"):
        acciones.juntar_actas(otro, acta=suya, actor=rita)


def test_no_se_marca_a_mas_gente_de_la_que_dice_el_acta(votacion_de, carnets, rita, acta):
    d1, suya = votacion_de("una"), acta(habilitados=2, presentes=2, mujeres=1, hombres=1)
    lote = marcar(abrir_lote(d1, rita, clase="asamblea"), rita, *carnets[:3])
    with pytest.raises(ReglaIncumplida, match="Marcaste a 3 personas y el acta dice que estuvieron 2"):
        acciones.juntar_actas(lote, acta=suya, actor=rita)
