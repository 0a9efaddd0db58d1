"""Papeletas de papel cargadas dos veces: de la mesa a la urna y al conteo."""

import datetime

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, router, transaction

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from tests.propuestas.piezas import foto_subida
from tests.urnas import elegido
from tests.votaciones.conftest import segunda, votar
from tests.votaciones.lotes.conftest import (
    EN_BLANCO,
    MALA,
    abrir_lote,
    cargar,
    conciliado,
    identidad,
    junto,
    marcar,
    vale,
)
from tests.votaciones.papeletas import EJEMPLOS
from votaciones import acciones as votaciones
from votaciones.acciones.mesa import retirar_en_mesa
from votaciones.lotes import acciones
from votaciones.lotes.acciones import deposito
from votaciones.lotes.models import Captura, Lote
from votaciones.lotes.sellos import hojas_de
from votaciones.models import Participacion
from votaciones.urna.models import Sobre
from votaciones.urna.sobres import SobreInservible

pytestmark = pytest.mark.django_db
UN_DIA = datetime.timedelta(days=1)


@pytest.mark.parametrize("tipo", list(EJEMPLOS))
def test_un_lote_de_cada_tipo_de_papeleta_llega_a_la_urna_y_al_conteo(tipo, votacion_de, carnets, rita, saul, gente):
    elecciones = EJEMPLOS[tipo].elecciones[:3]
    d1 = votacion_de(tipo)
    lote = conciliado(d1, carnets[:5], rita, saul, *(vale(*una) for una in elecciones), EN_BLANCO, MALA)
    lote = acciones.depositar_lote(lote, actor=saul)
    assert (lote.estado, lote.validas, lote.blancas, lote.nulas, lote.secreto) == ("depositado", 3, 1, 1, "")
    assert elegido(d1) == sorted(elecciones)
    assert not Captura.objects.exists()
    votaciones.cerrar_votacion(d1.votacion, actor=gente.hugo, motivo="Fin.")
    votaciones.contar_votacion(d1.votacion, actor=segunda())
    assert d1.resultados.get(oficial=True).votos == 3


def test_una_persona_una_papeleta_por_web_papel_o_asamblea(votacion_de, carnets, rita, gente):
    d1 = votacion_de("una")
    papel, asamblea = abrir_lote(d1, rita), abrir_lote(d1, rita, clase="asamblea")
    votar(d1, carnets[0], 1)
    marcar(papel, rita, carnets[1])
    marcar(asamblea, rita, carnets[2])
    for lote in (papel, asamblea):
        for persona in carnets[:3]:
            with pytest.raises(ReglaIncumplida, match="ya votó"):
                marcar(lote, rita, persona)
    for persona in carnets[1:3]:
        with pytest.raises(ReglaIncumplida, match="Ya votaste"):
            votar(d1, persona, 1)
    assert sorted(Participacion.objects.values_list("canal", flat=True)) == ["asamblea", "papel", "web"]
    assert sorted(Lote.objects.values_list("entregadas", flat=True)) == [1, 1]


def test_nadie_de_otro_lugar_ni_fuera_de_hora_recibe_papeleta(votacion_de, carnets, rita, gente, pueblo):
    d1 = votacion_de()
    d2 = d1.votacion.contiendas.select_related("votacion__proceso", "area").get(numero=2)
    with pytest.raises(ReglaIncumplida, match="no está en el padrón"):
        marcar(abrir_lote(d2, rita), rita, carnets[0])
    with pytest.raises(ReglaIncumplida, match="se cerró"):
        marcar(abrir_lote(d1, rita), rita, carnets[0], ahora=d1.votacion.cierra)
    assert Participacion.objects.count() == 0
    assert set(Lote.objects.values_list("entregadas", flat=True)) == {0}


def test_mas_hojas_que_entregadas_no_se_cargan(votacion_de, carnets, rita):
    d1 = votacion_de()
    lote = marcar(abrir_lote(d1, rita), rita, *carnets[:2])
    with pytest.raises(ReglaIncumplida, match="3 hojas y se entregaron 2"):
        acciones.juntar_hojas(lote, hojas=3, foto=foto_subida("lote.jpg"), actor=rita)
    with pytest.raises(IntegrityError, match="lote_hojas_entregadas"), transaction.atomic():
        Lote.objects.filter(pk=lote.pk).update(hojas=3)
    acciones.juntar_hojas(lote, hojas=2, foto=foto_subida("lote.jpg"), actor=rita)
    with pytest.raises(ReglaIncumplida, match="no recibe a más personas"):
        marcar(lote, rita, carnets[2])


# --- Dos personas ----------------------------------------------------------------------------------------------------
def test_la_misma_persona_no_hace_las_dos_cargas_ni_por_la_base(votacion_de, carnets, rita, saul):
    lote = cargar(junto(votacion_de(), rita, carnets[:1], 1), rita, vale(3))
    assert lote.estado == "segunda_carga"
    with pytest.raises(ReglaIncumplida, match="La segunda la hace otra persona"):
        cargar(lote, rita, vale(3))
    with pytest.raises(IntegrityError, match="lote_de_dos_personas"), transaction.atomic():
        Lote.objects.filter(pk=lote.pk).update(segunda_por=rita)
    with pytest.raises(IntegrityError, match="lote_conciliado_por_dos"), transaction.atomic():
        Lote.objects.filter(pk=lote.pk).update(estado="conciliado")
    assert cargar(lote, saul, vale(3)).estado == "conciliado"  # el control: otra persona sí


def test_nadie_se_mete_en_la_carga_de_otra_persona(votacion_de, carnets, rita, saul, gente):
    lote = acciones.cargar_hoja(junto(votacion_de(), rita, carnets[:2], 2), hoja=1, dice=vale(3), actor=rita)
    with pytest.raises(ReglaIncumplida, match="La primera carga la hace otra persona"):
        acciones.cargar_hoja(lote, hoja=2, dice=vale(3), actor=saul)
    with pytest.raises(ReglaIncumplida, match="hojas de la 1 a la 2"):
        acciones.cargar_hoja(lote, hoja=3, dice=vale(3), actor=rita)
    with pytest.raises(ReglaIncumplida, match="atiende las mesas"):
        acciones.cargar_hoja(lote, hoja=2, dice=vale(3), actor=gente.gloria)


def test_las_hojas_distintas_se_borran_las_dos_y_se_repiten(votacion_de, carnets, rita, saul):
    lote = junto(votacion_de(), rita, carnets[:3], 3)
    lote = cargar(lote, rita, vale(3), vale(1, 4), EN_BLANCO)
    lote = cargar(lote, saul, vale(3), vale(1), MALA)
    assert (lote.estado, lote.por_repetir) == ("segunda_carga", [2, 3])
    assert sorted(Captura.objects.values_list("hoja", flat=True)) == [1, 1]
    with pytest.raises(ReglaIncumplida, match="no está entre las que hay que repetir"):
        acciones.cargar_hoja(lote, hoja=1, dice=vale(4), actor=saul)
    # Nadie sabe si acertó hasta que las dos repitieron todo: no se puede ir probando.
    for hoja, dice in ((2, vale(1, 4)), (3, MALA)):
        lote = acciones.cargar_hoja(lote, hoja=hoja, dice=dice, actor=saul)
        assert (lote.estado, lote.por_repetir) == ("segunda_carga", [2, 3])
    for hoja, dice in ((2, vale(1, 4)), (3, MALA)):
        lote = acciones.cargar_hoja(lote, hoja=hoja, dice=dice, actor=rita)
    assert (lote.estado, lote.por_repetir) == ("conciliado", [])
    lote = acciones.depositar_lote(lote, actor=rita)
    assert (lote.validas, lote.blancas, lote.nulas) == (2, 0, 1)
    assert elegido() == [[1, 4], [3]]


def test_planificacion_decide_mirando_el_papel_si_no_hizo_ninguna_carga(votacion_de, carnets, rita, gente):
    lote = junto(votacion_de(), rita, carnets[:2], 2)
    lote = cargar(cargar(lote, rita, vale(3), vale(2)), gente.hugo, vale(3), vale(4))
    for quien in (rita, gente.hugo):
        with pytest.raises(ReglaIncumplida):
            acciones.decidir_hoja(lote, hoja=2, dice=vale(4), actor=quien)
    with pytest.raises(ReglaIncumplida, match="nada que decidir"):
        acciones.decidir_hoja(lote, hoja=1, dice=vale(4), actor=segunda())
    lote = acciones.decidir_hoja(lote, hoja=2, dice=vale(4), actor=segunda())
    assert (lote.estado, lote.decidida_por) == ("conciliado", segunda())
    with pytest.raises(IntegrityError, match="lote_lo_decide_otra_persona"), transaction.atomic():
        Lote.objects.filter(pk=lote.pk).update(decidida_por=rita)
    acciones.depositar_lote(lote, actor=rita)
    assert elegido() == [[3], [4]]


def test_una_hoja_que_no_cumple_la_regla_no_entra_como_valida(votacion_de, carnets, rita):
    lote = junto(votacion_de(), rita, carnets[:1], 1)
    with pytest.raises(ReglaIncumplida, match="el presupuesto es"):
        cargar(lote, rita, vale(1, 2))
    assert not Captura.objects.exists()
    assert cargar(lote, rita, MALA).estado == "segunda_carga"


# --- Depositar -------------------------------------------------------------------------------------------------------
def test_sin_conciliar_no_se_deposita(votacion_de, carnets, rita):
    lote = cargar(junto(votacion_de(), rita, carnets[:1], 1), rita, vale(3))
    with pytest.raises(ReglaIncumplida, match="lote conciliado"):
        acciones.depositar_lote(lote, actor=rita)
    assert not Sobre.objects.exists()


class Corte(BaseException):
    """Como si mataran el proceso: nada lo atrapa."""


@pytest.mark.django_db(transaction=True, databases="__all__")
@pytest.mark.parametrize("tras", [0, 2, 4])
def test_un_corte_a_la_mitad_y_repetir_aunque_ya_haya_pasado_la_hora_da_lo_mismo(
    tras, votacion_de, carnets, rita, saul, monkeypatch
):
    d1 = votacion_de()
    lote = conciliado(d1, carnets[:5], rita, saul, vale(3), vale(4), vale(3), vale(1, 4), EN_BLANCO)
    poner, puestas = deposito.depositar_con_codigo, []

    def cortado(*args, **kwargs):
        if len(puestas) == tras:
            raise Corte
        puestas.append(kwargs["codigo"])
        poner(*args, **kwargs)

    monkeypatch.setattr(deposito, "depositar_con_codigo", cortado if tras < 4 else poner)
    if tras == 4:  # todas entraron en la urna y el corte fue antes de escribir en la otra base
        monkeypatch.setattr(deposito, "anotar", lambda *a, **k: (_ for _ in ()).throw(Corte))
    with pytest.raises(Corte):
        acciones.depositar_lote(lote, actor=rita, ahora=d1.votacion.cierra - datetime.timedelta(seconds=1))
    lote.refresh_from_db()
    assert (lote.estado, Sobre.objects.count(), Captura.objects.count()) == ("conciliado", tras, 10)
    with pytest.raises(ReglaIncumplida, match="ya empezó a entrar"):
        acciones.anular_lote(lote, motivo="No.", actor=segunda())
    monkeypatch.undo()
    for _ in range(2):
        lote = acciones.depositar_lote(lote, actor=rita, ahora=d1.votacion.cierra + UN_DIA)
        assert (lote.estado, lote.validas, lote.blancas) == ("depositado", 4, 1)
    assert elegido(d1) == [[1, 4], [3], [3], [4]]


def test_despues_de_la_hora_no_empieza_ningun_deposito(votacion_de, carnets, rita, saul):
    d1 = votacion_de()
    lote = conciliado(d1, carnets[:1], rita, saul, vale(3))
    with pytest.raises(ReglaIncumplida, match="ya no entra"):
        acciones.depositar_lote(lote, actor=rita, ahora=d1.votacion.cierra)
    assert not Sobre.objects.exists()
    acciones.depositar_lote(lote, actor=rita, ahora=d1.votacion.cierra - datetime.timedelta(seconds=1))
    assert Sobre.objects.count() == 1


def test_una_captura_cambiada_de_lugar_no_se_deposita(votacion_de, carnets, rita, saul):
    lote = conciliado(votacion_de(), carnets[:2], rita, saul, vale(3), vale(4))
    una, otra = Captura.objects.filter(carga=1).order_by("hoja")
    Captura.objects.filter(pk=una.pk).update(cerrada=otra.cerrada)
    with pytest.raises(SobreInservible):
        acciones.depositar_lote(lote, actor=rita)
    assert not Sobre.objects.exists()


# --- Cerrar y anular -------------------------------------------------------------------------------------------------
def test_no_se_cierra_con_un_lote_a_medias_y_anularlo_desbloquea(votacion_de, carnets, rita, gente):
    d1 = votacion_de()
    lote = junto(d1, rita, carnets[:2], 2)
    cargar(lote, rita, vale(3))
    with pytest.raises(ReglaIncumplida, match="Todavía hay 1 lote"):
        votaciones.cerrar_votacion(d1.votacion, actor=gente.hugo, motivo="Antes.")
    with pytest.raises(ReglaIncumplida, match="Ya no se pueden depositar"):
        votaciones.cerrar_votacion(d1.votacion, actor=gente.hugo, ahora=d1.votacion.cierra)
    with pytest.raises(ReglaIncumplida, match="Planificación"):
        acciones.anular_lote(lote, motivo="Se mojó.", actor=rita)
    with pytest.raises(ReglaIncumplida, match="será público"):
        acciones.anular_lote(lote, motivo="  ", actor=gente.hugo)
    acciones.anular_lote(lote, motivo="La caja se mojó.", actor=gente.hugo)
    suceso = Suceso.objects.get(verbo="anular", objeto_tipo="lotes.lote")
    assert (suceso.motivo, suceso.publico) == ("La caja se mojó.", True)
    assert (Captura.objects.count(), Participacion.objects.count()) == (0, 2)
    votaciones.cerrar_votacion(d1.votacion, actor=gente.hugo, ahora=d1.votacion.cierra)
    votaciones.contar_votacion(d1.votacion, actor=segunda())
    assert d1.resultados.get(oficial=True).votos == 0


def test_el_sistema_al_cerrar_por_la_hora_anula_lo_que_quedo(votacion_de, carnets, rita, saul):
    d1 = votacion_de()
    lote = conciliado(d1, carnets[:1], rita, saul, vale(3))
    votaciones.cerrar_votacion(d1.votacion, ahora=d1.votacion.cierra)
    lote.refresh_from_db()
    assert (lote.estado, lote.motivo[:20], Sobre.objects.count()) == ("anulado", "La votación terminó ", 0)


def test_el_sistema_al_cerrar_termina_lo_que_empezo_antes_de_la_hora(votacion_de, carnets, rita, saul):
    d1 = votacion_de()
    lote = conciliado(d1, carnets[:1], rita, saul, vale(3))
    Lote.objects.filter(pk=lote.pk).update(deposito=d1.votacion.cierra - datetime.timedelta(seconds=1))
    votaciones.cerrar_votacion(d1.votacion, ahora=d1.votacion.cierra)
    lote.refresh_from_db()
    assert (lote.estado, lote.validas, Sobre.objects.count()) == ("depositado", 1, 1)


def test_cerrada_no_se_abre_ningun_lote(votacion_de, rita, gente):
    d1 = votacion_de()
    votaciones.cerrar_votacion(d1.votacion, actor=gente.hugo, motivo="Fin.")
    with pytest.raises(ReglaIncumplida):
        abrir_lote(d1, rita)
    assert not Lote.objects.exists()


# --- Secreto ---------------------------------------------------------------------------------------------------------
def todo_el_texto():
    """Cada valor de cada fila de la base de siempre, como texto."""
    textos = []
    for modelo in apps.get_models(include_auto_created=True):
        if router.allow_migrate_model("default", modelo) and modelo._meta.managed:
            nombre = connection.ops.quote_name(modelo._meta.db_table)
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT * FROM {nombre}")  # noqa: S608 -- el nombre es el del modelo
                textos += [f"{modelo.__name__}: {valor}" for fila in cursor.fetchall() for valor in fila]
    return textos


def test_nada_de_lo_cargado_esta_en_claro_en_la_base(votacion_de, carnets, rita, saul, monkeypatch):
    d1 = votacion_de("puntos", puntos=97, tope_por_obra=97)
    codigos = []
    poner = deposito.depositar_con_codigo
    monkeypatch.setattr(deposito, "depositar_con_codigo", lambda c, **k: (codigos.append(k["codigo"]), poner(c, **k)))
    hojas = [vale([1, 83], [4, 7]), EN_BLANCO, MALA]
    lote = cargar(junto(d1, rita, carnets[:3], 3), rita, *hojas)
    # El control: al abrirlas con la clave, ahí está lo que se cargó.
    assert hojas_de(lote, 1) == {1: vale([1, 83], [4, 7]), 2: EN_BLANCO, 3: MALA}
    cerradas = list(Captura.objects.values_list("cerrada", flat=True))
    assert not any('"' in cerrada or "[" in cerrada for cerrada in cerradas)
    assert len({len(texto) for texto in Captura.objects.values_list("cerrada", flat=True)}) == 1
    assert not any("[1, 83]" in texto or "[1,83]" in texto for texto in todo_el_texto())
    lote = acciones.depositar_lote(cargar(lote, saul, *hojas), actor=rita)
    todo = todo_el_texto()
    assert len(codigos) == 1
    assert not any(codigos[0] in texto or "[1, 83]" in texto for texto in todo)
    # El control: lo mismo, escrito en claro, sí se encontraría.
    Lote.objects.filter(pk=lote.pk).update(lugar=f"{codigos[0]} [1, 83]")
    assert any(codigos[0] in texto and "[1, 83]" in texto for texto in todo_el_texto())


def test_la_clave_del_lote_no_es_la_de_la_urna_y_sin_ella_no_se_abre(votacion_de, carnets, rita, settings):
    lote = cargar(junto(votacion_de(), rita, carnets[:1], 1), rita, vale(3))
    assert hojas_de(lote, 1) == {1: vale(3)}
    settings.CLAVE_URNA = "otra clave, de otra instalación"
    with pytest.raises(SobreInservible):
        hojas_de(lote, 1)


def test_el_lote_no_dice_de_quienes_son_y_la_participacion_no_conoce_el_lote(votacion_de, carnets, rita):
    d1 = votacion_de()
    junto(d1, rita, carnets[:2], 2)
    assert not any(campo.related_model in (Lote, Captura) for campo in Participacion._meta.get_fields())
    assert not any(campo.related_model is Participacion for campo in Lote._meta.get_fields())
    marcadas = {identidad(persona) for persona in carnets[:2]}
    assert set(Participacion.objects.values_list("identidad", flat=True)) == marcadas
    datos = [set(suceso.datos or {}) for suceso in Suceso.objects.filter(objeto_tipo="lotes.lote")]
    assert set().union(*datos) == {"hojas", "entregadas", "foto", "acta", "antes", "despues"}
    assert not Suceso.objects.filter(objeto_tipo="votaciones.participacion").exists()
    with pytest.raises(ReglaIncumplida, match="ya votó"):
        retirar_en_mesa(d1, identidad=identidad(carnets[0]), canal=Participacion.Canal.PAPEL)
