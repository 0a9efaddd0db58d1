"""Verbos de las obras: guardar, publicar, informar, mover, pedir y enlazar."""

import datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from civic.comun.bitacora import historia
from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Foto, Suceso
from civic.cuentas.roles import Rol
from mapas.obras import acciones, consultas
from mapas.obras.models import Avance, Modificacion, MovimientoPedido, Obra
from mapas.obras.reglas import Estado
from mapas.reportes.acciones import mover_reporte
from propuestas.models import Propuesta
from tests.comun.test_fotos import bytes_de, dibujo, subida
from tests.elenco import crear_persona, crear_proceso, dar_rol
from tests.mapas.test_reportes_acciones import recibir

pytestmark = pytest.mark.django_db
VIERNES = datetime.datetime(2026, 11, 20, 14, tzinfo=datetime.UTC)
HOY = VIERNES.date()


def crear_obra(pueblo, **cambios) -> Obra:
    datos = {
        "codigo": f"PJ-{Obra.objects.count() + 1:02d}",
        "nombre": "Reposición de alcantarillado",
        "categoria": pueblo.vias,
        "distrito": pueblo.distrito_1,
        "presupuesto": Decimal("1250000"),
        "contrato": Decimal("1187400.50"),
        "plazo_dias": 150,
        "orden_proceder": datetime.date(2026, 7, 6),
        "estado": Estado.EN_EJECUCION,
    }
    return Obra.objects.create(**(datos | cambios))


def crear_propuesta(pueblo, gente, estado="incluida_poa", **cambios) -> Propuesta:
    datos = {
        "proceso": crear_proceso(pueblo, "seguimiento", slug=f"poa-{Propuesta.objects.count()}"),
        "codigo": f"PR-{Propuesta.objects.count() + 1:03d}",
        "autor": gente.ana,
        "titulo": "Alcantarillado nuevo",
        "categoria": pueblo.vias,
        "distrito": pueblo.distrito_1,
        "presentada": timezone.now(),
        "estado": estado,
    }
    return Propuesta.objects.create(**(datos | cambios))


@pytest.fixture
def personal(gente):
    """Quien fiscaliza, quien dirige la unidad y quien planifica."""
    personas = {nombre: crear_persona(nombre, nombre.title()) for nombre in ("filo", "jose")}
    dar_rol(personas["filo"], Rol.FISCAL_OBRA)
    dar_rol(personas["jose"], Rol.JEFATURA_UNIDAD)
    return personas | {"hugo": gente.hugo}


# --- Guardar y publicar ---


def test_guardar_obra_nueva_nace_sin_publicar_y_se_puede_buscar(pueblo, gente):
    obra = Obra(
        codigo="PJ-9", nombre="Pozo de Ñankuna", categoria=pueblo.agua, distrito=pueblo.distrito_2, presupuesto=1000
    )
    acciones.guardar_obra(obra, actor=gente.hugo)
    obra.refresh_from_db()
    assert (obra.publicada, obra.estado) == (False, "en_preinversion")
    assert obra.busqueda == "pj 9 pozo de nankuna agua potable distrito 2"
    assert historia(obra).get().verbo == "crear"


def test_guardar_obra_no_pisa_un_estado_que_cambio_mientras_tanto(pueblo, gente):
    obra = crear_obra(pueblo)
    vieja = Obra.objects.get(pk=obra.pk)
    acciones.mover_obra(obra, hacia=Estado.PARALIZADA, motivo="Lluvias")
    vieja.nombre = "Otro nombre"
    acciones.guardar_obra(vieja, actor=gente.hugo, cambios=["nombre"])
    obra.refresh_from_db()
    assert (obra.nombre, obra.estado) == ("Otro nombre", "paralizada")
    assert historia(obra).first().texto == "El municipio actualizó: nombre."


def test_guardar_obra_sin_cambios_no_anota(pueblo):
    obra = crear_obra(pueblo)
    acciones.guardar_obra(obra)
    assert historia(obra).count() == 0


def test_publicar_obra_dos_veces_anota_una(pueblo, gente):
    obra = crear_obra(pueblo, publicada=False)
    acciones.publicar_obra(obra, actor=gente.hugo)
    acciones.publicar_obra(obra, actor=gente.hugo)
    obra.refresh_from_db()
    assert obra.publicada is True
    assert historia(obra).count() == 1


# --- Informar ---


def test_registrar_avance_guarda_y_anota(pueblo, personal):
    obra = crear_obra(pueblo)
    with time_machine.travel(VIERNES, tick=False):
        acciones.registrar_avance(
            obra, fecha=HOY, fisico=68, financiero=Decimal("61.5"), nota="Planilla 3", actor=personal["filo"]
        )
    obra = Obra.objects.get()
    assert (obra.fisico, obra.financiero, obra.ultimo_avance.nota) == (Decimal(68), Decimal("61.50"), "Planilla 3")
    assert obra.pagado == Decimal("730251.31")
    linea = historia(obra).get()
    assert (linea.texto, linea.actor) == ("Informe al 20/11/2026: construido 68 %, pagado 62 %.", personal["filo"])


@pytest.mark.parametrize(
    ("cambios", "frase"),
    [
        ({"fecha": HOY + datetime.timedelta(days=1)}, "futura"),
        ({"fisico": 101}, "de 0 a 100"),
        ({"fisico": 54}, "decía 55 %"),
        ({"fecha": datetime.date(2026, 10, 5)}, "Ya hay un informe"),
    ],
)
def test_registrar_avance_que_no_vale_no_guarda(pueblo, cambios, frase):
    obra = crear_obra(pueblo)
    with time_machine.travel(VIERNES, tick=False):
        acciones.registrar_avance(obra, fecha=datetime.date(2026, 10, 5), fisico=55, financiero=48)
        with pytest.raises(ReglaIncumplida, match=frase):
            acciones.registrar_avance(obra, **({"fecha": HOY, "fisico": 68, "financiero": 61} | cambios))
    assert Avance.objects.count() == 1
    assert historia(obra).count() == 1


def test_registrar_avance_que_baja_con_motivo_lo_deja_escrito(pueblo):
    obra = crear_obra(pueblo)
    with time_machine.travel(VIERNES, tick=False):
        acciones.registrar_avance(obra, fecha=datetime.date(2026, 10, 5), fisico=55, financiero=48)
        acciones.registrar_avance(obra, fecha=HOY, fisico=50, financiero=48, motivo="Mal medido")
    obra = Obra.objects.get()
    assert (obra.fisico, obra.ultimo_avance.motivo) == (Decimal(50), "Mal medido")
    assert historia(obra).first().motivo == "Mal medido"


def test_registrar_avance_con_foto_la_publica_y_si_falla_no_la_deja(pueblo, django_capture_on_commit_callbacks):
    obra = crear_obra(pueblo)
    with time_machine.travel(VIERNES, tick=False):
        acciones.registrar_avance(obra, fecha=HOY, fisico=10, financiero=5, foto=subida(bytes_de(dibujo())))
        assert Obra.objects.get().foto_principal == Foto.objects.get(publica=True)
        with django_capture_on_commit_callbacks(execute=True), pytest.raises(ReglaIncumplida):
            acciones.registrar_avance(obra, fecha=HOY, fisico=20, financiero=9, foto=subida(bytes_de(dibujo())))
    assert Foto.objects.count() == 1


def test_avance_la_base_tampoco_acepta_dos_por_dia_ni_mas_de_cien(pueblo):
    obra = crear_obra(pueblo)
    Avance.objects.create(obra=obra, fecha=HOY, fisico=10, financiero=10)
    for datos in ({"fecha": HOY, "fisico": 11}, {"fecha": HOY - datetime.timedelta(days=1), "fisico": 101}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Avance.objects.create(obra=obra, financiero=10, **datos)


# --- Mover ---


def test_mover_obra_anota_desde_hasta_y_motivo(pueblo, personal):
    obra = crear_obra(pueblo)
    acciones.mover_obra(obra, hacia=Estado.PARALIZADA, actor=personal["jose"], motivo="Falta material")
    obra.refresh_from_db()
    assert obra.estado == "paralizada"
    linea = historia(obra).get()
    assert (linea.texto, linea.desde, linea.hasta, linea.motivo) == (
        "Paralizada.",
        "en_ejecucion",
        "paralizada",
        "Falta material",
    )


def test_mover_obra_sin_motivo_o_imposible_no_cambia(pueblo):
    obra = crear_obra(pueblo)
    for hacia in (Estado.PARALIZADA, Estado.EN_USO):
        with pytest.raises(ReglaIncumplida):
            acciones.mover_obra(obra, hacia=hacia)
    obra.refresh_from_db()
    assert (obra.estado, historia(obra).count()) == ("en_ejecucion", 0)


def test_mover_obra_a_orden_de_proceder_pone_la_fecha_y_exige_contrato(pueblo):
    con = crear_obra(pueblo, estado=Estado.EN_CONTRATACION, orden_proceder=None)
    sin = crear_obra(pueblo, estado=Estado.EN_CONTRATACION, contrato=None)
    with time_machine.travel(VIERNES, tick=False):
        acciones.mover_obra(con, hacia=Estado.ORDEN_DE_PROCEDER)
        with pytest.raises(ReglaIncumplida, match="monto del contrato"):
            acciones.mover_obra(sin, hacia=Estado.ORDEN_DE_PROCEDER)
    con.refresh_from_db()
    sin.refresh_from_db()
    assert (con.estado, con.orden_proceder, sin.estado) == ("orden_de_proceder", HOY, "en_contratacion")


def test_mover_obra_arrastra_su_propuesta(pueblo, gente):
    propuesta = crear_propuesta(pueblo, gente)
    obra = crear_obra(pueblo, estado=Estado.ORDEN_DE_PROCEDER, propuesta=propuesta)
    acciones.mover_obra(obra, hacia=Estado.EN_EJECUCION)
    propuesta.refresh_from_db()
    assert propuesta.estado == "en_obra"
    for hacia in (Estado.RECEPCION_PROVISIONAL, Estado.RECEPCION_DEFINITIVA, Estado.EN_USO):
        acciones.mover_obra(obra, hacia=hacia, motivo="Según acta")
    propuesta.refresh_from_db()
    assert propuesta.estado == "cumplida"


# --- Pedir y resolver ---


def test_pedir_movimiento_espera_y_aceptarlo_mueve(pueblo, personal):
    obra = crear_obra(pueblo)
    pedido = acciones.pedir_movimiento(obra, hacia=Estado.PARALIZADA, actor=personal["filo"], motivo="Sin gente")
    obra.refresh_from_db()
    assert obra.estado == "en_ejecucion"
    assert list(consultas.pedidos_pendientes()) == [pedido]
    assert historia(obra).count() == 0, "un pedido no es público"
    acciones.resolver_pedido(pedido, actor=personal["jose"], aceptar=True)
    obra.refresh_from_db()
    pedido.refresh_from_db()
    assert (obra.estado, pedido.aceptado, pedido.resuelto_por) == ("paralizada", True, personal["jose"])
    assert historia(obra).get().motivo == "Sin gente"
    assert consultas.pedido_pendiente(obra) is None


def test_pedir_movimiento_con_otro_pendiente_no_se_puede(pueblo, personal):
    obra = crear_obra(pueblo)
    acciones.pedir_movimiento(obra, hacia=Estado.PARALIZADA, actor=personal["filo"], motivo="x")
    with pytest.raises(ReglaIncumplida, match="Ya hay un cambio"):
        acciones.pedir_movimiento(obra, hacia=Estado.RESUELTA, actor=personal["filo"], motivo="y")
    assert MovimientoPedido.objects.count() == 1


def test_resolver_pedido_rechazarlo_pide_razon_y_no_mueve(pueblo, personal):
    obra = crear_obra(pueblo)
    pedido = acciones.pedir_movimiento(obra, hacia=Estado.PARALIZADA, actor=personal["filo"], motivo="x")
    with pytest.raises(ReglaIncumplida, match="por qué no se acepta"):
        acciones.resolver_pedido(pedido, actor=personal["hugo"], aceptar=False)
    acciones.resolver_pedido(pedido, actor=personal["hugo"], aceptar=False, motivo="Ya volvieron")
    obra.refresh_from_db()
    pedido.refresh_from_db()
    assert (obra.estado, pedido.aceptado) == ("en_ejecucion", False)
    with pytest.raises(ReglaIncumplida, match="ya se resolvió"):
        acciones.resolver_pedido(pedido, actor=personal["hugo"], aceptar=True)


def test_resolver_pedido_por_quien_lo_pidio_o_sin_autoridad_no_se_puede(pueblo, personal):
    obra = crear_obra(pueblo)
    pedido = acciones.pedir_movimiento(obra, hacia=Estado.PARALIZADA, actor=personal["jose"], motivo="x")
    for persona in (personal["jose"], personal["filo"]):
        with pytest.raises(ReglaIncumplida, match="le toca a otra persona"):
            acciones.resolver_pedido(pedido, actor=persona, aceptar=True)
    obra.refresh_from_db()
    assert obra.estado == "en_ejecucion"


def test_pedido_la_base_tampoco_deja_aceptarse_a_si_mismo(pueblo, personal):
    obra = crear_obra(pueblo)
    with pytest.raises(IntegrityError), transaction.atomic():
        MovimientoPedido.objects.create(
            obra=obra, hacia="paralizada", pedido_por=personal["filo"], resuelto_por=personal["filo"], aceptado=True
        )


# --- Enlazar ---


def test_vincular_propuesta_elegida_pone_proceso_y_la_mueve_si_ya_hay_obra(pueblo, gente):
    propuesta, obra = crear_propuesta(pueblo, gente), crear_obra(pueblo)
    acciones.vincular_propuesta(obra, propuesta=propuesta, actor=gente.hugo)
    obra.refresh_from_db()
    propuesta.refresh_from_db()
    assert (obra.propuesta, obra.proceso, propuesta.estado) == (propuesta, propuesta.proceso, "en_obra")
    assert historia(obra).get().texto == "Viene de la propuesta «Alcantarillado nuevo»."


def test_vincular_propuesta_sin_elegir_o_con_otra_obra_no_se_puede(pueblo, gente):
    obra = crear_obra(pueblo)
    with pytest.raises(ReglaIncumplida, match="todavía no puede tener obra"):
        acciones.vincular_propuesta(obra, propuesta=crear_propuesta(pueblo, gente, "publicada"))
    usada = crear_propuesta(pueblo, gente, "en_obra")
    otra = crear_obra(pueblo, propuesta=usada)
    with pytest.raises(ReglaIncumplida, match=otra.codigo):
        acciones.vincular_propuesta(obra, propuesta=usada)
    obra.refresh_from_db()
    assert obra.propuesta is None


def test_vincular_reporte_lo_encamina_a_la_obra(pueblo, gente):
    obra, reporte = crear_obra(pueblo), recibir(pueblo)
    mover_reporte(reporte, hacia="asignado", unidad="Vías")
    acciones.vincular_reporte(obra, reporte=reporte, actor=gente.hugo)
    reporte.refresh_from_db()
    assert (reporte.estado, reporte.sigue_url, reporte.sigue_titulo) == (
        "vinculado_a_obra",
        obra.get_absolute_url(),
        obra.nombre,
    )
    assert consultas.reportes_de(obra) == [reporte]


def test_vincular_reporte_recibido_o_a_obra_sin_publicar_no_cambia_nada(pueblo):
    recibido, asignado = recibir(pueblo), recibir(pueblo)
    mover_reporte(asignado, hacia="asignado", unidad="Vías")
    with pytest.raises(ReglaIncumplida, match="no puede pasar"):
        acciones.vincular_reporte(crear_obra(pueblo), reporte=recibido)
    with pytest.raises(ReglaIncumplida, match="Publica la obra"):
        acciones.vincular_reporte(crear_obra(pueblo, publicada=False), reporte=asignado)
    asignado.refresh_from_db()
    assert asignado.estado == "asignado"
    assert Suceso.objects.filter(objeto_tipo="obras.obra").count() == 0


# --- Modelo y consultas ---


def test_obra_sus_cambios_suman_al_monto_y_al_plazo(pueblo):
    obra = crear_obra(pueblo)
    Modificacion.objects.create(
        obra=obra, fecha=HOY, tipo="Orden de cambio", monto=Decimal("46200"), dias=15, motivo="Tuberías"
    )
    obra = Obra.objects.get()
    assert obra.monto == Decimal("1233600.50")
    assert obra.fin_previsto == datetime.date(2026, 7, 6) + datetime.timedelta(days=165)


def test_ids_con_alertas_coincide_con_las_alertas_de_cada_obra(pueblo):
    """Dos caminos, la misma regla: el filtro de la lista y la página de la obra."""
    dias = datetime.timedelta(days=1)
    brecha = crear_obra(pueblo, orden_proceder=HOY - 20 * dias)
    Avance.objects.create(obra=brecha, fecha=HOY - 10 * dias, fisico=50, financiero=50)
    Avance.objects.create(obra=brecha, fecha=HOY - 2 * dias, fisico=50, financiero=70)
    ampliada = crear_obra(pueblo, orden_proceder=HOY - 160 * dias)
    Avance.objects.create(obra=ampliada, fecha=HOY - 2 * dias, fisico=50, financiero=50)
    Modificacion.objects.create(obra=ampliada, fecha=HOY, tipo="Plazo", dias=30, motivo="x")
    muda = crear_obra(pueblo, orden_proceder=HOY - 36 * dias)
    crear_obra(pueblo, orden_proceder=HOY - 10 * dias)
    crear_obra(pueblo, estado=Estado.EN_USO)
    oculta = crear_obra(pueblo, estado=Estado.PARALIZADA, publicada=False)
    with time_machine.travel(VIERNES, tick=False):
        ids = set(consultas.ids_con_alertas())
        assert ids == {obra.pk for obra in Obra.objects.publicadas() if obra.alertas} == {brecha.pk, muda.pk}
        assert oculta.pk not in ids
        Modificacion.objects.create(obra=ampliada, fecha=HOY, tipo="Plazo", dias=10, motivo="y")
        assert ampliada.pk in consultas.ids_con_alertas()


def test_cifras_cuentan_solo_lo_publicado(pueblo):
    crear_obra(pueblo, orden_proceder=datetime.date(2026, 1, 1))
    crear_obra(pueblo, estado=Estado.EN_USO, distrito=pueblo.distrito_2)
    crear_obra(pueblo, publicada=False)
    assert consultas.cifras() == {
        "total": 2,
        "en_marcha": 1,
        "terminadas": 1,
        "con_alertas": 1,
        "presupuesto": Decimal("2500000.00"),
    }
    assert consultas.cifras(distrito=pueblo.distrito_2)["con_alertas"] == 0


def test_cifras_sin_obras_son_ceros(db):
    assert consultas.cifras() == {
        "total": 0,
        "en_marcha": 0,
        "terminadas": 0,
        "con_alertas": 0,
        "presupuesto": Decimal(0),
    }


def test_puntos_publicos_tiene_las_claves_del_mapa(pueblo):
    obra = crear_obra(pueblo, lon=0.5, lat=0.5)
    crear_obra(pueblo)
    crear_obra(pueblo, lon=0.5, lat=0.5, publicada=False)
    assert consultas.puntos_publicos() == [
        {
            "id": obra.pk,
            "titulo": "Reposición de alcantarillado",
            "lon": 0.5,
            "lat": 0.5,
            "categoria": "vias",
            "estado": "en_ejecucion",
            "etiqueta": "En construcción",
            "tono": "bien",
            "url": "/obras/PJ-01/",
        }
    ]
