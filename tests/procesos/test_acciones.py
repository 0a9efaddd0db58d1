"""Los verbos de procesos: marcha, techos con fórmula, ajustes, aprobación y lo que queda en la bitácora."""

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.cuentas.roles import Rol
from civic.debate.acciones import abrir_hilo, comentar
from civic.procesos import acciones, consultas, permisos, reglas
from civic.procesos.models import Cuota, Fase, FuenteDeFinanciamiento, Proceso, Reparto, Techo
from civic.procesos.reglas.formula import MIXTA, PARTES_IGUALES, PER_CAPITA, Formula
from mapas.territorio.models import Area
from propuestas.acciones import abrir_borrador
from tests import elenco

IGUALES = Formula(PARTES_IGUALES, Decimal(100001))
POR_GENTE = Formula(PER_CAPITA, Decimal(300000), pesos=(0, 100, 0))


@pytest.fixture
def concejo(gente):
    elenco.dar_rol(gente.nadia, Rol.CONCEJO)
    return gente.nadia


@pytest.fixture
def idh(db):
    return FuenteDeFinanciamiento.objects.create(codigo="41-119", nombre="IDH")


def montos(proceso):
    return list(
        Techo.objects.filter(proceso=proceso)
        .order_by("distrito__orden", "sector", "fuente__codigo")
        .values_list("distrito__orden", "sector", "monto")
    )


# --- Techos por sector y fuente


def test_techo_de_suma_lo_que_coincide(recepcion, pueblo, idh):
    Techo.objects.create(proceso=recepcion, distrito=pueblo.distrito_1, sector="agrario", monto=1000)
    Techo.objects.create(proceso=recepcion, distrito=pueblo.distrito_1, sector="agrario", fuente=idh, monto=20)
    de = consultas.techo_de
    assert de(recepcion, pueblo.distrito_1) == Decimal("301020")
    assert de(recepcion, pueblo.distrito_1, sector="agrario") == Decimal("1020")
    assert de(recepcion, pueblo.distrito_1, sector="") == Decimal("300000")
    assert de(recepcion, pueblo.distrito_1, sector="vecinal") is None
    assert de(recepcion, pueblo.distrito_1, fuente=idh) == Decimal("20")
    assert de(recepcion, pueblo.distrito_2) == Decimal("300000")
    assert consultas.techos_por_distrito(recepcion) == [
        (pueblo.distrito_1, Decimal("301020")),
        (pueblo.distrito_2, Decimal("300000")),
    ]


@pytest.mark.parametrize("sector", ["", "agrario"])
@pytest.mark.parametrize("con_fuente", [False, True])
def test_la_base_rechaza_el_segundo_techo_igual_tambien_sin_sector_ni_fuente(
    recepcion, pueblo, idh, sector, con_fuente
):
    Techo.objects.all().delete()
    datos = {"proceso": recepcion, "distrito": pueblo.distrito_1, "sector": sector, "monto": 5}
    datos["fuente"] = idh if con_fuente else None
    Techo.objects.create(**datos)
    with pytest.raises(IntegrityError), transaction.atomic():
        Techo.objects.create(**datos)
    assert Techo.objects.count() == 1


@pytest.mark.parametrize("cambio", [{"sector": "minero"}, {"monto": 0}, {"monto": -1}])
def test_la_base_rechaza_techos_imposibles(recepcion, pueblo, cambio):
    with pytest.raises(IntegrityError), transaction.atomic():
        Techo.objects.filter(distrito=pueblo.distrito_1).update(**cambio)


def test_la_base_rechaza_aprobados_sin_norma_suspendidos_sin_razon_y_pesos_que_no_suman(recepcion, gente):
    calculado = acciones.calcular_techos(recepcion, formula=IGUALES, motivo="Prueba.", actor=gente.hugo)
    for consulta, cambio in (
        (Proceso.objects.all(), {"techos_estado": "aprobados"}),
        (Proceso.objects.all(), {"estado": "suspendido"}),
        (Reparto.objects.filter(pk=calculado.pk), {"peso_igual": 99}),
        (Reparto.objects.filter(pk=calculado.pk), {"total": 0}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            consulta.update(**cambio)


# --- Calcular


def test_calcular_guarda_techos_y_copia_la_poblacion_de_ese_dia(recepcion, pueblo, gente):
    acciones.calcular_techos(recepcion, formula=POR_GENTE, motivo="Censo nuevo.", actor=gente.hugo)
    assert montos(recepcion) == [(1, "", Decimal(100000)), (2, "", Decimal(200000))]
    Area.objects.distritos().update(poblacion=7)
    assert list(Cuota.objects.values_list("lugar", "poblacion", "monto")) == [(1, 1000, 100000), (2, 2000, 200000)]
    linea = Suceso.objects.de(recepcion).get()
    assert (linea.verbo, linea.motivo, linea.publico, linea.calidad) == (
        "calcular_techos",
        "Censo nuevo.",
        True,
        "Planificación POA",
    )
    assert linea.datos["antes"] == {"Distrito 1": "300000.00", "Distrito 2": "300000.00"}


def test_calcular_otra_vez_reemplaza_y_solo_toca_su_sector_y_su_fuente(recepcion, pueblo, gente, idh):
    for formula in (POR_GENTE, IGUALES):
        acciones.calcular_techos(
            recepcion, formula=formula, sector="agrario", fuente=idh, motivo="Ajuste.", actor=gente.hugo
        )
    assert montos(recepcion) == [
        (1, "", Decimal(300000)),
        (1, "agrario", Decimal(50001)),
        (2, "", Decimal(300000)),
        (2, "agrario", Decimal(50000)),
    ]
    assert Reparto.objects.get().formula == "partes_iguales"
    assert Cuota.objects.count() == 2


def test_calcular_quita_el_techo_de_un_distrito_que_ya_no_existe(recepcion, pueblo, gente):
    Area.objects.filter(pk=pueblo.distrito_2.pk).update(vigente_hasta=timezone.localdate())
    acciones.calcular_techos(recepcion, formula=IGUALES, motivo="Se unieron.", actor=gente.hugo)
    assert montos(recepcion) == [(1, "", Decimal(100001))]


def test_calcular_en_un_proceso_publicado_con_techos_pide_razon(recepcion, gente):
    with pytest.raises(ReglaIncumplida, match="ya publicó otros techos") as error:
        acciones.calcular_techos(recepcion, formula=IGUALES, actor=gente.hugo)
    assert error.value.campo == "motivo"
    assert montos(recepcion) == [(1, "", Decimal(300000)), (2, "", Decimal(300000))]
    assert Reparto.objects.count() == 0


def test_calcular_mientras_se_vota_no_se_puede(votando, gente):
    with pytest.raises(ReglaIncumplida, match="La gente está votando con estos techos"):
        acciones.calcular_techos(votando, formula=IGUALES, motivo="Prueba.", actor=gente.hugo)
    assert Reparto.objects.count() == 0


def test_calcular_con_la_vista_previa_vieja_no_se_aplica(recepcion, pueblo, gente):
    huella = acciones.huella_de_la_cuenta(consultas.cuenta(POR_GENTE, {}))
    Area.objects.filter(pk=pueblo.distrito_1.pk).update(poblacion=5000)
    with pytest.raises(ReglaIncumplida, match="cambiaron desde la vista previa"):
        acciones.calcular_techos(recepcion, formula=POR_GENTE, motivo="x", huella=huella, actor=gente.hugo)
    huella = acciones.huella_de_la_cuenta(consultas.cuenta(POR_GENTE, {}))
    acciones.calcular_techos(recepcion, formula=POR_GENTE, motivo="x", huella=huella, actor=gente.hugo)


@pytest.mark.parametrize("persona", ["ana", "carla", "gloria"])
def test_calcular_solo_planificacion_ni_la_administracion_tecnica(recepcion, gente, persona):
    usuario = gente.todos[persona]
    usuario.is_superuser = True
    with pytest.raises(ReglaIncumplida, match="le toca a Planificación"):
        acciones.calcular_techos(recepcion, formula=IGUALES, motivo="x", actor=usuario)


# --- Ajustar a mano


def _guardar(proceso, actor, motivo="", **cambio):
    lugar = cambio.pop("lugar", 1)
    return acciones.guardar_proceso(
        Proceso.objects.get(pk=proceso.pk),
        actor=actor,
        motivo=motivo,
        guardar=lambda: Techo.objects.filter(proceso=proceso, distrito__orden=lugar).update(**cambio),
    )


@pytest.fixture
def repartido(recepcion, gente):
    acciones.calcular_techos(recepcion, formula=POR_GENTE, motivo="Primera vez.", actor=gente.hugo)
    return recepcion


def test_techo_cambiado_a_mano_pide_razon_y_queda_al_lado_de_su_cuota(repartido, gente):
    with pytest.raises(ReglaIncumplida, match="no es lo que da la fórmula publicada: Distrito 1") as error:
        _guardar(repartido, gente.hugo, monto=120000)
    assert error.value.campo == "motivo"
    assert montos(repartido)[0] == (1, "", Decimal(100000))

    _guardar(repartido, gente.hugo, "Riada de febrero.", monto=120000)
    (grupo,) = consultas.grupos_de_techos(repartido)
    assert [(str(fila.distrito), fila.monto, fila.cuota.monto, fila.cuota.ajuste) for fila in grupo.ajustados] == [
        ("Distrito 1", Decimal(120000), Decimal(100000), "Riada de febrero.")
    ]
    assert (grupo.total, grupo.se_aparta) == (Decimal(320000), True)

    # Otro cambio, en otro distrito, no borra la razón del primero; volver a la fórmula, sí.
    _guardar(repartido, gente.hugo, "Compensa.", lugar=2, monto=180000)
    assert list(Cuota.objects.values_list("ajuste", flat=True)) == ["Riada de febrero.", "Compensa."]
    _guardar(repartido, gente.hugo, monto=100000)
    assert list(Cuota.objects.values_list("ajuste", flat=True)) == ["", "Compensa."]


def test_quitar_un_techo_de_la_formula_pide_razon_y_la_pagina_lo_dice(repartido, gente):
    def quitar():
        Techo.objects.filter(proceso=repartido, distrito__orden=2).delete()

    with pytest.raises(ReglaIncumplida, match="Distrito 2"):
        acciones.guardar_proceso(repartido, actor=gente.hugo, guardar=quitar)
    acciones.guardar_proceso(repartido, actor=gente.hugo, guardar=quitar, motivo="Está en disputa.")
    (grupo,) = consultas.grupos_de_techos(repartido)
    assert [(fila.monto, fila.cuota.ajuste) for fila in grupo.ajustados] == [(None, "Está en disputa.")]


def test_administracion_no_cambia_techos_por_el_formulario(recepcion, gente):
    with pytest.raises(ReglaIncumplida, match="Cambiar techos le toca a Planificación"):
        _guardar(recepcion, gente.gloria, "x", monto=5)


def test_choque_en_la_base_al_guardar_se_explica(recepcion, pueblo, gente):
    def repetir():
        Techo.objects.create(proceso=recepcion, distrito=pueblo.distrito_1, monto=9)

    with pytest.raises(ReglaIncumplida, match="Otra persona guardó este proceso"):
        acciones.guardar_proceso(recepcion, actor=gente.hugo, guardar=repetir)
    assert Techo.objects.count() == 2


# --- Aprobar


def test_el_concejo_aprueba_con_su_norma_y_queda_publico(repartido, concejo):
    aprobado = acciones.aprobar_techos(repartido, norma=" Ley municipal N.º 12/2027 ", actor=concejo)
    assert (aprobado.techos_estado, aprobado.techos_norma) == ("aprobados", "Ley municipal N.º 12/2027")
    linea = Suceso.objects.de(repartido).get(verbo="aprobar_techos")
    assert (linea.actor, linea.calidad, linea.publico) == (concejo, "Concejo municipal", True)
    with pytest.raises(ReglaIncumplida, match="ya están aprobados"):
        acciones.aprobar_techos(repartido, norma="Otra", actor=concejo)


def test_nadie_aprueba_los_techos_que_calculo_o_cambio(repartido, concejo, gente):
    elenco.dar_rol(gente.hugo, Rol.CONCEJO)
    with pytest.raises(ReglaIncumplida, match="Nadie aprueba lo que propuso"):
        acciones.aprobar_techos(repartido, norma="Ley 1", actor=gente.hugo)
    # Tampoco quien solo cambió uno, aunque después otra persona lo haya cambiado otra vez.
    elenco.dar_rol(concejo, Rol.PLANIFICACION)
    _guardar(repartido, concejo, "Un ajuste.", monto=5000)
    _guardar(repartido, gente.hugo, "Otro ajuste.", monto=6000)
    with pytest.raises(ReglaIncumplida, match="Nadie aprueba lo que propuso"):
        acciones.aprobar_techos(repartido, norma="Ley 1", actor=concejo)
    repartido.refresh_from_db()
    assert repartido.techos_estado == "propuestos"


def test_quien_propuso_en_un_borrador_tampoco_aprueba_y_el_publico_no_ve_ese_rastro(recepcion, concejo):
    Proceso.objects.update(publicado=False)
    elenco.dar_rol(concejo, Rol.PLANIFICACION)
    _guardar(recepcion, concejo, monto=5000)
    assert Suceso.objects.de(recepcion).publicos().count() == 0
    with pytest.raises(ReglaIncumplida, match="Nadie aprueba lo que propuso"):
        acciones.aprobar_techos(recepcion, norma="Ley 1", actor=concejo)


@pytest.mark.parametrize("persona", ["hugo", "gloria", "ana"])
def test_aprobar_solo_el_concejo_tampoco_el_superusuario(repartido, gente, persona):
    usuario = gente.todos[persona]
    usuario.is_superuser = True
    with pytest.raises(ReglaIncumplida, match="le toca al Concejo"):
        acciones.aprobar_techos(repartido, norma="Ley 1", actor=usuario)


def test_aprobar_sin_norma_o_sin_techos_se_explica(repartido, concejo):
    with pytest.raises(ReglaIncumplida, match="número de la norma") as error:
        acciones.aprobar_techos(repartido, norma="\u200b ", actor=concejo)
    assert error.value.campo == "norma"
    Techo.objects.all().delete()
    with pytest.raises(ReglaIncumplida, match="no tiene techos"):
        acciones.aprobar_techos(repartido, norma="Ley 1", actor=concejo)


@pytest.mark.parametrize("como", ["a mano", "con fórmula"])
def test_techos_que_cambian_despues_de_aprobados_vuelven_a_propuestos(repartido, concejo, gente, como):
    acciones.aprobar_techos(repartido, norma="Ley 1", actor=concejo)
    if como == "a mano":
        devuelto = _guardar(repartido, gente.hugo, "Cambió el IDH.", monto=9000)
    else:
        acciones.calcular_techos(repartido, formula=IGUALES, motivo="Cambió el IDH.", actor=gente.hugo)
        devuelto = Proceso.objects.get(pk=repartido.pk)
    guardado = Proceso.objects.get(pk=repartido.pk)
    assert (guardado.techos_estado, guardado.techos_norma, guardado.techos_aprobados_por) == ("propuestos", "", None)
    assert devuelto.techos_estado == "propuestos"
    assert "vuelven a estar propuestos" in Suceso.objects.de(repartido).get(verbo="devolver_techos").texto


def test_formulario_leido_antes_no_deshace_una_aprobacion_ni_una_suspension(repartido, concejo, gente):
    leido_antes = Proceso.objects.get(pk=repartido.pk)
    acciones.aprobar_techos(repartido, norma="Ley 1", actor=concejo)
    acciones.mover_proceso(repartido, hacia=reglas.SUSPENDIDO, motivo="Bloqueos.", actor=gente.hugo)
    leido_antes.resumen = "Otro resumen."
    acciones.guardar_proceso(leido_antes, actor=gente.hugo, guardar=leido_antes.save)
    guardado = Proceso.objects.get(pk=repartido.pk)
    assert (guardado.techos_estado, guardado.estado, guardado.resumen) == ("aprobados", "suspendido", "Otro resumen.")


# --- Suspender


def test_suspendido_nadie_actua_y_al_levantar_todo_sigue(recepcion, gente, pueblo):
    hilo = abrir_hilo("Charla", proceso=recepcion)
    acciones.mover_proceso(recepcion, hacia=reglas.SUSPENDIDO, motivo="Bloqueo de caminos.", actor=gente.hugo)
    assert consultas.procesos_que_permiten(reglas.PROPONER) == []
    with pytest.raises(ReglaIncumplida, match="El proceso está suspendido: Bloqueo de caminos"):
        abrir_borrador(recepcion, autor=gente.ana)
    with pytest.raises(ReglaIncumplida, match="El proceso está suspendido"):
        comentar(hilo, autor=gente.ana, texto="Hola")
    acciones.mover_proceso(recepcion, hacia=reglas.EN_MARCHA, motivo="Se abrió el camino.", actor=gente.hugo)
    abrir_borrador(recepcion, autor=gente.ana)
    comentar(hilo, autor=gente.ana, texto="Hola")
    lineas = [(cambio.texto, cambio.motivo, cambio.calidad) for cambio in consultas.cambios_del_calendario(recepcion)]
    assert lineas == [
        (
            "Se levantó la suspensión: el proceso sigue con su calendario.",
            "Se abrió el camino.",
            "Planificación POA",
        ),
        (
            "Se suspendió el proceso. Mientras dure, no se puede proponer, apoyar, comentar ni votar.",
            "Bloqueo de caminos.",
            "Planificación POA",
        ),
    ]


def test_desierto_es_para_siempre(recepcion, gente):
    acciones.mover_proceso(recepcion, hacia=reglas.DESIERTO, motivo="Nadie postuló.", actor=gente.hugo)
    assert permisos.permite(recepcion, reglas.PROPONER) is False
    assert permisos.por_que_no(recepcion, reglas.PROPONER) == "El proceso se declaró desierto: Nadie postuló."
    for hacia in (reglas.EN_MARCHA, reglas.SUSPENDIDO):
        with pytest.raises(ReglaIncumplida, match="no puede pasar"):
            acciones.mover_proceso(recepcion, hacia=hacia, motivo="x", actor=gente.hugo)


def test_mover_sin_razon_larga_de_mas_o_sin_ser_planificacion_no_cambia_nada(recepcion, gente):
    for motivo, actor in (("", gente.hugo), ("x" * 601, gente.hugo), ("Porque sí.", gente.gloria)):
        with pytest.raises(ReglaIncumplida):
            acciones.mover_proceso(recepcion, hacia=reglas.SUSPENDIDO, motivo=motivo, actor=actor)
    recepcion.refresh_from_db()
    assert recepcion.estado == "en_marcha"


def test_sin_publicar_no_se_puede_nada_aunque_la_fase_corra(recepcion, gente):
    Proceso.objects.update(publicado=False)
    with pytest.raises(ReglaIncumplida, match="todavía no está publicado"):
        abrir_borrador(recepcion, autor=gente.ana)


# --- El calendario


def test_cambio_de_fechas_queda_con_antes_despues_razon_y_cargo(recepcion, gente):
    fase = Fase.objects.filter(proceso=recepcion).last()
    acciones.guardar_proceso(
        recepcion,
        actor=gente.hugo,
        motivo="",
        guardar=lambda: Fase.objects.filter(pk=fase.pk).update(fin=fase.fin + datetime.timedelta(days=1)),
    )
    (cambio,) = consultas.cambios_del_calendario(recepcion)
    assert (cambio.que, cambio.calidad, cambio.motivo) == ("Votación", "Planificación POA", "")
    assert cambio.era != cambio.es
    assert cambio.era.startswith("del ")


def test_mixta_con_indices_y_su_fuente_se_guarda_entera(recepcion, pueblo, gente):
    indices = {pueblo.distrito_1.pk: Decimal("1.5"), pueblo.distrito_2.pk: Decimal("0.5")}
    reparto = acciones.calcular_techos(
        recepcion,
        formula=Formula(MIXTA, Decimal("1000.00"), Decimal("0.01"), Decimal(0), (50, 25, 25)),
        indices=indices,
        fuente_del_indice="Encuesta 2026",
        motivo="Primera vez.",
        actor=gente.hugo,
    )
    assert reparto.fuente_del_indice == "Encuesta 2026"
    # 50 %/2 + 25 %·1/3 + 25 %·3/4 = 52,0833 %
    assert montos(recepcion) == [(1, "", Decimal("520.83")), (2, "", Decimal("479.17"))]
