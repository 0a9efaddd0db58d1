"""Lo que cada fase permite y cómo se explica, con fechas fijas y en los bordes."""

from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from civic.comun.errores import ReglaIncumplida
from civic.procesos import reglas
from civic.procesos.models import Fase
from civic.procesos.reglas import APOYAR, COMENTAR, EVALUAR, PROPONER, VOTAR

LA_PAZ = ZoneInfo("America/La_Paz")


def dia(numero, hora=0, minuto=0, mes=8):
    return datetime(2026, mes, numero, hora, minuto, tzinfo=LA_PAZ)


def fase(tipo, inicio, fin, nombre=None, actos=None):
    return SimpleNamespace(tipo=tipo, nombre=nombre or Fase.Tipo(tipo).label, inicio=inicio, fin=fin, actos=actos)


RECEPCION = fase("recepcion", dia(1), dia(10))
VIABILIDAD = fase("evaluacion", dia(10), dia(20))
VOTACION = fase("votacion", dia(22), dia(30, 18))
FASES = [RECEPCION, VIABILIDAD, VOTACION]


def test_cada_tipo_de_fase_dice_que_permite_y_cada_accion_tiene_palabras():
    assert set(reglas.PERMITE) == set(Fase.Tipo.values)
    assert {accion for acciones in reglas.PERMITE.values() for accion in acciones} == set(reglas.EN_PALABRAS)


@pytest.mark.parametrize(
    ("momento", "se_puede"),
    [
        (dia(1) - timedelta(microseconds=1), False),
        (dia(1), True),
        (dia(10) - timedelta(microseconds=1), True),
        (dia(10), False),
    ],
    ids=["un instante antes", "al empezar", "último instante", "al terminar"],
)
def test_permite_incluye_el_inicio_y_excluye_el_fin(momento, se_puede):
    assert reglas.permite(FASES, PROPONER, momento) is se_puede


@pytest.mark.parametrize(
    ("tipo", "permitidas"),
    [
        ("informacion", {COMENTAR}),
        ("recepcion", {PROPONER, APOYAR, COMENTAR, EVALUAR}),
        ("evaluacion", {EVALUAR, APOYAR, COMENTAR}),
        ("votacion", {VOTAR, COMENTAR}),
        ("comentarios", {COMENTAR}),
        ("respuesta", set()),
        ("convocatoria", {COMENTAR}),
        ("postulaciones", {PROPONER, APOYAR, COMENTAR}),
        ("admision", {EVALUAR, APOYAR, COMENTAR}),
        ("jurado_y_voto", {VOTAR, COMENTAR}),
        ("adjudicacion", {COMENTAR}),
        ("ejecucion", {COMENTAR}),
        ("informe", {COMENTAR}),
    ],
)
def test_permite_segun_el_tipo_de_fase(tipo, permitidas):
    fases = [fase(tipo, dia(1), dia(2))]
    assert {accion for accion in reglas.EN_PALABRAS if reglas.permite(fases, accion, dia(1))} == permitidas


def test_actos_propios_mandan_sobre_los_del_tipo_aunque_sean_ninguno():
    sin_nada = fase("recepcion", dia(1), dia(2), actos=[])
    con_otros = fase("informacion", dia(1), dia(2), actos=[VOTAR])
    assert [reglas.permite([sin_nada], acto, dia(1)) for acto in (PROPONER, COMENTAR)] == [False, False]
    assert [reglas.permite([con_otros], acto, dia(1)) for acto in (VOTAR, COMENTAR)] == [True, False]
    assert reglas.por_que_no([con_otros], VOTAR, dia(3)).endswith("en la fase «Información».")


@pytest.mark.parametrize(
    ("actos", "frase"),
    [
        ([], ""),
        ([VOTAR], "votar"),
        ([VOTAR, PROPONER], "presentar propuestas y votar"),
        ([COMENTAR, VOTAR, PROPONER], "presentar propuestas, comentar y votar"),
    ],
)
def test_actos_en_palabras_van_siempre_en_el_mismo_orden(actos, frase):
    assert reglas.actos_en_palabras(actos) == frase


def test_permite_con_dos_fases_abiertas_suma_lo_de_ambas():
    fases = [RECEPCION, fase("asambleas", dia(5), dia(15))]
    assert (reglas.permite(fases, PROPONER, dia(9)), reglas.permite(fases, PROPONER, dia(12))) == (True, False)
    assert reglas.permite(fases, APOYAR, dia(12)) is True


def test_permite_sin_fases_no_permite_nada():
    assert reglas.permite([], COMENTAR, dia(1)) is False


def test_por_que_no_antes_dice_desde_cuando_y_en_que_fase():
    assert reglas.por_que_no(FASES, VOTAR, dia(5)) == (
        "Ahora es la fase «Recepción de propuestas». Se podrá votar desde el 22/8/2026, 00:00, en la fase «Votación»."
    )


def test_por_que_no_despues_dice_hasta_cuando_se_pudo():
    assert reglas.por_que_no(FASES, PROPONER, dia(25)) == (
        "Ahora es la fase «Votación». Se pudo presentar propuestas hasta el 10/8/2026, 00:00, "
        "en la fase «Recepción de propuestas»."
    )


def test_por_que_no_entre_fases_lo_dice():
    assert reglas.por_que_no(FASES, VOTAR, dia(21)).startswith("El proceso está entre dos fases. Se podrá votar desde")


def test_por_que_no_en_un_proceso_sin_esa_fase_lo_dice():
    assert reglas.por_que_no([RECEPCION], VOTAR, dia(5)) == (
        "Ahora es la fase «Recepción de propuestas». En este proceso no se puede votar."
    )


def test_por_que_no_con_segunda_ronda_anuncia_la_proxima():
    fases = [*FASES, fase("recepcion", dia(1, mes=10), dia(5, mes=10), "Segunda recepción")]
    assert "desde el 1/10/2026, 00:00, en la fase «Segunda recepción»" in reglas.por_que_no(fases, PROPONER, dia(25))


def test_dia_se_escribe_en_hora_de_bolivia():
    assert reglas.dia(datetime(2026, 8, 18, 2, 30, tzinfo=ZoneInfo("UTC"))) == "17/8/2026, 22:30"


def test_fase_principal_es_la_abierta_que_empezo_ultima():
    asambleas = fase("asambleas", dia(5), dia(15))
    assert reglas.fase_principal([RECEPCION, asambleas], dia(7)) is asambleas
    assert reglas.fase_principal(FASES, dia(21)) is None
    assert reglas.fase_siguiente(FASES, dia(21)) is VOTACION
    assert reglas.fase_siguiente(FASES, dia(22)) is None


@pytest.mark.parametrize(
    ("fin", "ultimo_dia", "hora"),
    [(dia(31), 30, ""), (dia(30, 23, 59), 30, ""), (dia(30, 18), 30, "18:00")],
)
def test_fin_de_fase_se_dice_con_su_ultimo_dia_y_la_hora_si_cierra_antes(fin, ultimo_dia, hora):
    assert (reglas.ultimo_instante(fin).day, reglas.hora_de_cierre(fin)) == (ultimo_dia, hora)


# --- Fechas que no cuadran


def test_problemas_con_fases_en_orden_no_hay():
    fases = [
        fase("informacion", dia(1, mes=7), dia(31, mes=7)),
        *FASES,
        fase("asambleas", dia(5), dia(21)),
        fase("escrutinio", dia(30, 18), dia(31)),
        fase("seguimiento", dia(1, mes=9), dia(30, mes=9)),
    ]
    assert reglas.problemas_de_fases(fases) == []
    assert reglas.problemas_de_fases([]) == []


def test_problemas_con_una_fase_que_termina_antes_de_empezar():
    assert reglas.problemas_de_fases([fase("votacion", dia(10), dia(9))]) == [
        "La fase «Votación» termina el 9/8/2026, 00:00, antes de empezar."
    ]


def test_problemas_con_la_votacion_antes_que_la_viabilidad():
    assert reglas.problemas_de_fases([fase("votacion", dia(1), dia(5)), fase("evaluacion", dia(6), dia(9))]) == [
        "La fase «Votación» empieza el 1/8/2026, 00:00, antes que «Viabilidad» (6/8/2026, 00:00): va después."
    ]


def test_problemas_con_recepcion_que_se_cruza_con_la_votacion():
    assert reglas.problemas_de_fases([RECEPCION, fase("votacion", dia(9), dia(12))]) == [
        "«Recepción de propuestas» y «Votación» se cruzan en las fechas: mientras se vota no se reciben propuestas."
    ]
    assert reglas.problemas_de_fases([RECEPCION, fase("votacion", dia(10), dia(12))]) == []


def test_problemas_con_segunda_ronda_no_hay():
    segunda = [fase("recepcion", dia(1, mes=10), dia(5, mes=10)), fase("votacion", dia(6, mes=10), dia(9, mes=10))]
    assert reglas.problemas_de_fases([*FASES, *segunda]) == []


def test_problemas_con_actos_propios_que_no_van_juntos():
    assert reglas.problemas_de_fases([fase("votacion", dia(1), dia(5), actos=[VOTAR, PROPONER, EVALUAR])]) == [
        "«Votación» no puede permitir a la vez presentar propuestas y votar: mientras se vota no se reciben "
        "propuestas.",
        "«Votación» no puede permitir a la vez evaluar propuestas y votar: mientras se vota no se evalúan propuestas.",
    ]
    charla = fase("deliberacion", dia(1), dia(9), "Charla", actos=[PROPONER])
    assert reglas.problemas_de_fases([charla, fase("votacion", dia(8), dia(12))]) == [
        "«Charla» y «Votación» se cruzan en las fechas: mientras se vota no se reciben propuestas."
    ]


def test_problemas_de_un_fondo_en_concurso():
    camino = ("convocatoria", "postulaciones", "admision", "jurado_y_voto", "adjudicacion", "ejecucion", "informe")
    fases = [fase(tipo, dia(lugar), dia(lugar + 1)) for lugar, tipo in enumerate(camino, start=1)]
    assert reglas.problemas_de_fases(fases, "fondo") == []
    assert reglas.problemas_de_fases([RECEPCION], "fondo") == [
        "«Recepción de propuestas» no es una fase de un fondo en concurso."
    ]
    assert reglas.problemas_de_fases(fases[:2], "presupuesto") == [
        "«Postulaciones» es una fase de un fondo en concurso, y este proceso no lo es."
    ]
    cruzada = fase("postulaciones", dia(2), dia(5))
    assert reglas.problemas_de_fases([cruzada, fase("jurado_y_voto", dia(4), dia(6))], "fondo") == [
        "«Postulaciones» y «Jurado y votación» se cruzan en las fechas: mientras se vota no se reciben propuestas."
    ]


# --- Suspender


def test_proceso_detenido_dice_por_que_y_en_marcha_no_dice_nada():
    assert reglas.por_que_esta_cerrado(True, reglas.EN_MARCHA, "") == ""
    assert reglas.por_que_esta_cerrado(False, reglas.EN_MARCHA, "") == "Este proceso todavía no está publicado."
    assert reglas.por_que_esta_cerrado(True, reglas.SUSPENDIDO, "Bloqueo de caminos.").startswith(
        "El proceso está suspendido: Bloqueo de caminos. "
    )
    assert reglas.por_que_esta_cerrado(True, reglas.DESIERTO, "Nadie postuló.") == (
        "El proceso se declaró desierto: Nadie postuló."
    )


@pytest.mark.parametrize("desde", list(reglas.MOVIMIENTOS))
@pytest.mark.parametrize("hacia", list(reglas.MOVIMIENTOS))
def test_mover_solo_por_la_tabla_y_con_razon(desde, hacia):
    if hacia not in reglas.MOVIMIENTOS[desde]:
        with pytest.raises(ReglaIncumplida, match="no puede pasar a"):
            reglas.exigir_movimiento(desde, hacia, "Porque sí.")
        return
    reglas.exigir_movimiento(desde, hacia, "Porque sí.")
    with pytest.raises(ReglaIncumplida) as error:
        reglas.exigir_movimiento(desde, hacia, " \n")
    assert error.value.campo == "motivo"


# --- Cambios en palabras


def textos(antes, despues):
    return [cambio.texto for cambio in reglas.cambios(antes, despues)]


def retrato(publicado=True, fases=None, techos=None):
    fases = {1: reglas.RetratoDeFase("votacion", "Votación", dia(22), dia(30))} if fases is None else fases
    return reglas.Retrato(publicado, fases, {"Distrito 1": Decimal("300000")} if techos is None else techos)


def test_cambios_sin_cambios_no_dice_nada():
    assert textos(retrato(), retrato()) == []


def test_cambios_de_fechas_dice_como_era_y_como_es():
    despues = retrato(fases={1: reglas.RetratoDeFase("votacion", "Votación", dia(22), dia(31))})
    assert textos(retrato(), despues) == [
        "La fase «Votación» cambió de fechas: era del 22/8/2026, 00:00 al 30/8/2026, 00:00; "
        "ahora es del 22/8/2026, 00:00 al 31/8/2026, 00:00."
    ]


def test_cambios_de_fases_que_se_agregan_quitan_y_renombran():
    otra = reglas.RetratoDeFase("escrutinio", "Conteo", dia(30), dia(31))
    assert textos(retrato(), retrato(fases={2: otra})) == [
        "Se quitó la fase «Votación» (del 22/8/2026, 00:00 al 30/8/2026, 00:00).",
        "Se agregó la fase «Conteo», del 30/8/2026, 00:00 al 31/8/2026, 00:00.",
    ]
    renombrada = reglas.RetratoDeFase("votacion", "Vota", dia(22), dia(30))
    assert textos(retrato(), retrato(fases={1: renombrada})) == ["La fase «Votación» ahora se llama «Vota»."]


def test_cambios_de_techos_y_de_publicacion():
    despues = retrato(publicado=False, techos={"Distrito 1": Decimal("250000.50"), "Distrito 2": Decimal("1000000")})
    assert textos(retrato(), despues) == [
        "El proceso dejó de estar publicado.",
        "El techo de Distrito 1 cambió de Bs\u00a0300.000 a Bs\u00a0250.000,50.",
        "Distrito 2 tiene techo: Bs\u00a01.000.000.",
    ]
    assert textos(retrato(), retrato(techos={})) == ["Distrito 1 ya no tiene techo; era Bs\u00a0300.000."]


@pytest.mark.parametrize(
    ("publicado", "momento", "techos", "se_puede"),
    [
        (True, dia(22), {}, False),
        (True, dia(30), {}, True),
        (True, dia(21), {}, True),
        (False, dia(22), {}, True),
        (True, dia(22), None, True),
    ],
    ids=["votando", "ya cerró", "todavía no", "borrador", "sin cambio"],
)
def test_techos_firmes_mientras_se_vota(publicado, momento, techos, se_puede):
    despublicado = reglas.Retrato(False, retrato().fases, retrato().techos, fue_publico=True)
    with pytest.raises(ReglaIncumplida, match="La gente está votando"):
        reglas.exigir_techos_firmes(despublicado, retrato(False, techos={}), dia(22))
    if se_puede:
        reglas.exigir_techos_firmes(retrato(publicado), retrato(publicado, techos=techos), momento)
    else:
        with pytest.raises(ReglaIncumplida, match="La gente está votando con estos techos hasta el 30/8/2026, 00:00"):
            reglas.exigir_techos_firmes(retrato(publicado), retrato(publicado, techos=techos), momento)


# --- 72 horas de aviso

AHORA = dia(10)
EN_72 = AHORA + reglas.AVISO
SEGUNDO = timedelta(seconds=1)
LEJOS = dia(30)


def _razon(antes, despues):
    """Si pasar de unas fases a otras necesita razón en AHORA. Cada una: (inicio, fin) o (inicio, fin, actos)."""
    en_fases = [
        {pk: reglas.RetratoDeFase("votacion", "V", *datos) for pk, datos in fases.items()} for fases in (antes, despues)
    ]
    lista = reglas.cambios(retrato(fases=en_fases[0]), retrato(fases=en_fases[1]))
    assert lista, "no cambió nada"
    return any(reglas.necesita_razon(cambio, AHORA) for cambio in lista)


@pytest.mark.parametrize(
    ("antes", "despues"),
    [
        ({}, {1: ("X", LEJOS)}),
        ({1: ("X", LEJOS)}, {}),
        ({1: (LEJOS - SEGUNDO, LEJOS)}, {1: ("X", LEJOS)}),
        ({1: ("X", LEJOS)}, {1: (LEJOS - SEGUNDO, LEJOS)}),
        ({1: ("X", LEJOS)}, {1: ("X", LEJOS, [])}),
    ],
    ids=["agregar", "quitar", "abrir antes", "abrir después", "cambiar actos"],
)
def test_aviso_de_72_horas_justas_basta_y_un_segundo_menos_pide_razon(antes, despues):
    def con(inicio):
        poner = {pk: tuple(inicio if parte == "X" else parte for parte in datos) for pk, datos in antes.items()}
        sacar = {pk: tuple(inicio if parte == "X" else parte for parte in datos) for pk, datos in despues.items()}
        return _razon(poner, sacar)

    assert con(EN_72) is False
    assert con(EN_72 - SEGUNDO) is True


@pytest.mark.parametrize("otro", [EN_72 + SEGUNDO, LEJOS], ids=["cerca", "lejos"])
def test_cerrar_antes_o_alargar_cuenta_desde_el_borde_que_llega_primero(otro):
    futura = AHORA + SEGUNDO  # empieza después de ahora: no está corriendo
    assert _razon({1: (futura, otro)}, {1: (futura, EN_72)}) is False
    assert _razon({1: (futura, otro)}, {1: (futura, EN_72 - SEGUNDO)}) is True
    assert _razon({1: (futura, EN_72)}, {1: (futura, otro)}) is False
    assert _razon({1: (futura, EN_72 - SEGUNDO)}, {1: (futura, otro)}) is True


@pytest.mark.parametrize(
    ("inicio", "corre"), [(AHORA, True), (AHORA + SEGUNDO, False)], ids=["empieza ahora", "empieza en un segundo"]
)
def test_tocar_una_fase_que_corre_pide_razon_aunque_el_efecto_este_lejos(inicio, corre):
    assert _razon({1: (inicio, LEJOS)}, {1: (inicio, LEJOS + SEGUNDO)}) is corre


def test_una_fase_que_termina_justo_ahora_ya_no_corre_pero_reescribir_el_pasado_pide_razon():
    assert _razon({1: (dia(1), AHORA)}, {1: (dia(2), AHORA)}) is True


def test_nombres_y_techos_no_necesitan_aviso_y_despublicar_si():
    base = retrato()
    otro_nombre = retrato(fases={1: reglas.RetratoDeFase("votacion", "Vota", dia(22), dia(30))})
    mismo_permiso = retrato(fases={1: reglas.RetratoDeFase("jurado_y_voto", "Votación", dia(22), dia(30))})
    for despues in (otro_nombre, mismo_permiso, retrato(techos={})):
        (cambio,) = reglas.cambios(base, despues)
        assert reglas.necesita_razon(cambio, dia(25)) is False
    (cambio,) = reglas.cambios(base, retrato(publicado=False))
    assert reglas.necesita_razon(cambio, dia(1)) is True
    (cambio,) = reglas.cambios(retrato(publicado=False), base)
    assert reglas.necesita_razon(cambio, dia(1)) is False


def test_exigir_aviso_sin_razon_dice_que_cambia_y_con_razon_pasa():
    lista = reglas.cambios(retrato(), retrato(fases={}))
    with pytest.raises(ReglaIncumplida, match="Se quitó la fase «Votación».*Escribe por qué") as error:
        reglas.exigir_aviso(lista, "  ", dia(21))
    assert error.value.campo == "motivo"
    reglas.exigir_aviso(lista, "Se anuló.", dia(21))
    reglas.exigir_aviso(lista, "", dia(1))


def test_cambio_de_actos_dice_que_era_y_que_es():
    despues = retrato(fases={1: reglas.RetratoDeFase("votacion", "Votación", dia(22), dia(30), [COMENTAR])})
    (cambio,) = reglas.cambios(retrato(), despues)
    assert (cambio.que, cambio.era, cambio.es) == ("Votación", "comentar y votar", "comentar")
