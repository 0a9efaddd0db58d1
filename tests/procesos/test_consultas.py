import datetime
from decimal import Decimal

import pytest
import time_machine
from django.template import Context, Template
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.procesos import consultas, permisos
from civic.procesos.models import Fase, Proceso
from civic.procesos.reglas import COMENTAR, PROPONER, VOTAR
from tests import elenco

DIA = datetime.timedelta(days=1)


def situaciones(proceso, ahora=None):
    return [paso.situacion for paso in consultas.linea_de_fases(proceso, ahora)]


def test_linea_de_fases_marca_lo_hecho_lo_de_ahora_y_lo_que_viene(recepcion):
    inicio = recepcion.fases.first().inicio
    assert situaciones(recepcion) == ["ahora", "futuro", "futuro"]
    assert situaciones(recepcion, inicio - DIA) == ["futuro", "futuro", "futuro"]
    assert situaciones(recepcion, inicio + 10 * DIA) == ["hecho", "ahora", "futuro"]
    assert situaciones(recepcion, inicio + 30 * DIA) == ["hecho", "hecho", "hecho"]


def test_procesos_que_permiten_solo_los_publicados_y_en_fase(recepcion, votando, pueblo, django_assert_num_queries):
    borrador = elenco.crear_proceso(pueblo, "votacion", slug="borrador")
    Proceso.objects.filter(pk=borrador.pk).update(publicado=False)
    with django_assert_num_queries(2):
        assert consultas.procesos_que_permiten(VOTAR) == [votando]
    assert consultas.procesos_que_permiten(PROPONER) == [recepcion]
    assert set(consultas.procesos_que_permiten(COMENTAR)) == {recepcion, votando}


def test_techo_de_un_distrito_con_y_sin_techo(recepcion, pueblo):
    assert consultas.techo_de(recepcion, pueblo.distrito_1) == Decimal("300000")
    recepcion.techos.all().delete()
    assert consultas.techo_de(recepcion, pueblo.distrito_1) is None


def test_fases_de_va_en_orden_y_usa_lo_ya_cargado(recepcion, django_assert_num_queries):
    Fase.objects.create(
        proceso=recepcion, tipo="informacion", nombre="Antes", inicio=timezone.now() - 9 * DIA, fin=timezone.now()
    )
    proceso = Proceso.objects.con_fases().get(pk=recepcion.pk)
    with django_assert_num_queries(0):
        assert [fase.tipo for fase in consultas.fases_de(proceso)] == [
            "informacion",
            "recepcion",
            "evaluacion",
            "votacion",
        ]


def test_permisos_siguen_a_las_fases_del_proceso(recepcion):
    assert permisos.permite(recepcion, PROPONER) is True
    assert permisos.permite(recepcion, VOTAR) is False
    assert permisos.por_que_no(recepcion, VOTAR).startswith(
        "Ahora es la fase «Recepción de propuestas». Se podrá votar"
    )
    permisos.exigir_fase(recepcion, PROPONER)
    with pytest.raises(ReglaIncumplida, match="Se podrá votar desde el"):
        permisos.exigir_fase(recepcion, VOTAR)
    en_votacion = recepcion.fases.get(tipo="votacion").inicio
    permisos.exigir_fase(recepcion, VOTAR, en_votacion)


# --- Los fragmentos


@pytest.fixture
def proceso_de_agosto(pueblo):
    """Recepción del 1 al 9, viabilidad del 10 al 20, votación del 22 al 30 a las 18:00, de agosto de 2026."""
    proceso = elenco.crear_proceso(pueblo, slug="agosto")
    for tipo, inicio, fin, hora in (("recepcion", 1, 10, 0), ("evaluacion", 10, 21, 0), ("votacion", 22, 30, 18)):
        Fase.objects.create(
            proceso=proceso,
            tipo=tipo,
            nombre=Fase.Tipo(tipo).label,
            inicio=timezone.make_aware(datetime.datetime(2026, 8, inicio)),
            fin=timezone.make_aware(datetime.datetime(2026, 8, fin, hora)),
        )
    return proceso


def pintar(proceso, dia, plantilla):
    with time_machine.travel(timezone.make_aware(datetime.datetime(2026, 8, dia, 12)), tick=False):
        fases = consultas.linea_de_fases(proceso)
        fuente = '{% include "procesos/' + plantilla + '" with fases=fases only %}'
        return Template(fuente).render(Context({"fases": fases})).strip()


@pytest.mark.parametrize(
    ("dia", "frase"),
    [
        (
            25,
            "Ahora: <strong>Votación</strong>, hasta el domingo 30 de agosto a las 18:00.",
        ),
        (
            5,
            "Ahora: <strong>Recepción de propuestas</strong>, hasta el domingo 9 de agosto. "
            "Después: <strong>Viabilidad</strong>, desde el lunes 10 de agosto.",
        ),
        (
            21,
            "Ahora no hay ninguna fase abierta. Sigue: <strong>Votación</strong>, desde el sábado 22 de agosto.",
        ),
        (31, "El proceso terminó el domingo 30 de agosto."),
    ],
    ids=["última fase", "hay otra después", "entre fases", "terminado"],
)
def test_que_sigue_dice_la_fase_hasta_cuando_y_la_proxima(proceso_de_agosto, dia, frase):
    assert pintar(proceso_de_agosto, dia, "_que_sigue.html") == f'<p class="que-sigue">{frase}</p>'


def test_que_sigue_con_dos_abiertas_dice_las_dos(proceso_de_agosto):
    Fase.objects.create(
        proceso=proceso_de_agosto,
        tipo="asambleas",
        nombre="Asambleas",
        inicio=timezone.make_aware(datetime.datetime(2026, 8, 4)),
        fin=timezone.make_aware(datetime.datetime(2026, 8, 16)),
    )
    assert pintar(proceso_de_agosto, 5, "_que_sigue.html").startswith(
        '<p class="que-sigue">Ahora: <strong>Asambleas</strong>, hasta el sábado 15 de agosto. '
        "También: <strong>Recepción de propuestas</strong>, hasta el domingo 9 de agosto. Después: "
    )


def test_que_sigue_sin_fases_no_dice_nada(db, pueblo):
    assert pintar(elenco.crear_proceso(pueblo), 5, "_que_sigue.html") == ""


def test_fases_marca_la_de_ahora_y_dice_su_ultimo_dia(proceso_de_agosto):
    html = pintar(proceso_de_agosto, 12, "_fases.html")
    assert html.count('aria-current="step"') == 1
    assert "<b>Recepción de propuestas</b>terminó el 9 ago</li>" in html
    assert '<li class="ahora" aria-current="step"><b>Viabilidad</b><strong>hasta el 20 ago</strong></li>' in html
    assert "<b>Votación</b>sigue: 22 ago – 30 ago</li>" in html
