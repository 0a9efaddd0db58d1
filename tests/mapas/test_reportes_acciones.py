"""Verbos de los reportes: recibir, mover, confirmar, reabrir, sumarse, ocultar."""

import datetime

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from civic.comun.bitacora import historia
from civic.comun.errores import ReglaIncumplida
from civic.comun.fotos import guardar_foto
from civic.comun.models import Foto, Suceso
from mapas.reportes import acciones, consultas
from mapas.reportes.models import Correlativo, Reporte, TambienMePasa
from mapas.reportes.reglas import Estado
from tests.comun.test_fotos import bytes_de, dibujo, subida
from tests.elenco import PUNTO_D1

pytestmark = pytest.mark.django_db
VIERNES = datetime.datetime(2026, 11, 20, 14, tzinfo=datetime.UTC)


def recibir(pueblo, **cambios) -> Reporte:
    datos = {"categoria": pueblo.vias, "descripcion": "Hueco en plena curva", "distrito": pueblo.distrito_1}
    return acciones.recibir_reporte(**(datos | cambios))


def resuelto(pueblo, **cambios) -> Reporte:
    reporte = recibir(pueblo, **cambios)
    acciones.mover_reporte(reporte, hacia=Estado.ASIGNADO, unidad="Vías")
    return acciones.mover_reporte(reporte, hacia=Estado.RESUELTO, respuesta="Se tapó.")


# --- Recibir ---


def test_recibir_reporte_da_codigo_plazo_y_primera_linea(pueblo, gente):
    with time_machine.travel(VIERNES, tick=False):
        reporte = recibir(pueblo, autor=gente.ana, lon=0.5, lat=0.5, otb=pueblo.otb_molle, referencia="Esquina")
    reporte.refresh_from_db()
    assert (reporte.codigo, reporte.estado, reporte.canal) == ("RC-2026-00001", "recibido", "web")
    assert (reporte.plazo_dias, reporte.vence) == (5, datetime.date(2026, 11, 27))
    assert (reporte.autor, reporte.creado) == (gente.ana, VIERNES)
    assert reporte.busqueda == "rc 2026 00001 vias distrito 1 otb molle esquina hueco en plena curva"
    unico = historia(reporte).get()
    assert (unico.verbo, unico.actor, unico.hasta, unico.texto) == (
        "recibir",
        gente.ana,
        "recibido",
        "Recibido: por la página.",
    )


def test_recibir_reporte_anonimo_no_guarda_persona(pueblo):
    reporte = recibir(pueblo)
    assert reporte.autor is None
    assert historia(reporte).get().actor is None


def test_recibir_reporte_numera_por_anio_y_salta_los_ocupados(pueblo):
    with time_machine.travel(VIERNES, tick=False):
        Reporte.objects.create(
            codigo="RC-2026-00002", categoria=pueblo.vias, distrito=pueblo.distrito_1, descripcion="cargado"
        )
        codigos = [recibir(pueblo).codigo for _ in range(3)]
        viejo = recibir(pueblo, momento=VIERNES - datetime.timedelta(days=400)).codigo
    assert codigos == ["RC-2026-00001", "RC-2026-00003", "RC-2026-00004"]
    assert viejo == "RC-2025-00001"
    assert dict(Correlativo.objects.values_list("anio", "ultimo")) == {2026: 4, 2025: 1}


def test_recibir_reporte_a_nombre_de_organizacion_ajena_no_crea(pueblo, gente):
    with pytest.raises(ReglaIncumplida, match="no tienes un cargo vigente") as error:
        recibir(pueblo, autor=gente.ana, organizacion=pueblo.org_molle)
    assert error.value.campo == "organizacion"
    assert Reporte.objects.count() == 0
    assert recibir(pueblo, autor=gente.fabio, organizacion=pueblo.org_molle).organizacion == pueblo.org_molle


# --- Mover ---


def test_mover_reporte_cambia_estado_y_anota_quien_y_en_que_calidad(pueblo, gente):
    reporte = recibir(pueblo)
    movido = acciones.mover_reporte(
        reporte, hacia=Estado.ASIGNADO, actor=gente.carla, unidad="Mantenimiento vial", nota="Cuadrilla 2"
    )
    movido.refresh_from_db()
    assert (movido.estado, movido.unidad, movido.atendido) == ("asignado", "Mantenimiento vial", None)
    linea = historia(reporte).first()
    assert (linea.texto, linea.motivo, linea.actor, linea.calidad, linea.desde, linea.hasta) == (
        "Asignado a Mantenimiento vial.",
        "Cuadrilla 2",
        gente.carla,
        "Mantenimiento vial",
        "recibido",
        "asignado",
    )


def test_mover_reporte_imposible_no_cambia_nada(pueblo):
    reporte = recibir(pueblo)
    with pytest.raises(ReglaIncumplida, match="no puede pasar"):
        acciones.mover_reporte(reporte, hacia=Estado.RESUELTO, respuesta="ya")
    reporte.refresh_from_db()
    assert (reporte.estado, reporte.respuesta) == ("recibido", "")
    assert historia(reporte).count() == 1


def test_mover_reporte_relee_la_fila_bloqueada(pueblo):
    reporte = recibir(pueblo)
    viejo = Reporte.objects.get(pk=reporte.pk)
    acciones.mover_reporte(reporte, hacia=Estado.NO_PROCEDE, respuesta="Es terreno privado.")
    with pytest.raises(ReglaIncumplida):
        acciones.mover_reporte(viejo, hacia=Estado.ASIGNADO, unidad="Vías")
    assert Reporte.objects.get().estado == "no_procede"


def test_mover_reporte_a_resuelto_sin_respuesta_no_se_puede(pueblo):
    reporte = recibir(pueblo)
    acciones.mover_reporte(reporte, hacia=Estado.ASIGNADO, unidad="Vías")
    with pytest.raises(ReglaIncumplida, match="escribe la respuesta"):
        acciones.mover_reporte(reporte, hacia=Estado.RESUELTO)
    reporte.refresh_from_db()
    assert reporte.estado == "asignado"


def test_mover_reporte_a_final_guarda_cuando_se_atendio(pueblo):
    with time_machine.travel(VIERNES, tick=False):
        reporte = resuelto(pueblo)
    reporte.refresh_from_db()
    assert (reporte.estado, reporte.respuesta, reporte.atendido) == ("resuelto", "Se tapó.", VIERNES)


def test_mover_reporte_publica_la_foto_al_salir_de_recibido(pueblo):
    foto = guardar_foto(subida(bytes_de(dibujo())))
    reporte = recibir(pueblo, foto=foto)
    foto.refresh_from_db()
    assert foto.publica is False
    acciones.mover_reporte(reporte, hacia=Estado.EN_VALIDACION)
    foto.refresh_from_db()
    assert foto.publica is True


def test_mover_reporte_a_duplicado_enlaza_el_anterior(pueblo):
    anterior, reporte = recibir(pueblo), recibir(pueblo)
    acciones.mover_reporte(reporte, hacia=Estado.DUPLICADO, sigue_en=anterior)
    reporte.refresh_from_db()
    assert (reporte.sigue_url, reporte.sigue_titulo) == (anterior.get_absolute_url(), str(anterior))


def test_mover_reporte_a_duplicado_de_si_mismo_no_se_puede(pueblo):
    reporte = recibir(pueblo)
    with pytest.raises(ReglaIncumplida, match="sí mismo"):
        acciones.mover_reporte(reporte, hacia=Estado.DUPLICADO, sigue_en=reporte)
    reporte.refresh_from_db()
    assert reporte.estado == "recibido"


def test_mover_reporte_con_foto_de_como_quedo_la_publica(pueblo):
    reporte = recibir(pueblo)
    acciones.mover_reporte(reporte, hacia=Estado.ASIGNADO, unidad="Vías")
    acciones.mover_reporte(reporte, hacia=Estado.RESUELTO, respuesta="Listo.", foto=subida(bytes_de(dibujo())))
    reporte.refresh_from_db()
    assert reporte.foto_respuesta.publica is True


def test_mover_reporte_con_foto_si_la_regla_falla_no_deja_la_foto(pueblo, django_capture_on_commit_callbacks):
    reporte = recibir(pueblo)
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ReglaIncumplida):
        acciones.mover_reporte(reporte, hacia=Estado.RESUELTO, respuesta="x", foto=subida(bytes_de(dibujo())))
    assert Foto.objects.count() == 0


# --- Confirmar, reabrir ---


def test_confirmar_por_quien_reporto_cierra(pueblo, gente):
    reporte = resuelto(pueblo, autor=gente.ana)
    acciones.confirmar(reporte, usuario=gente.ana)
    reporte.refresh_from_db()
    assert reporte.estado == "confirmado"
    assert historia(reporte).first().texto == "Quien reportó dijo que quedó bien."


def test_confirmar_por_otra_persona_o_sobre_un_anonimo_no_se_puede(pueblo, gente):
    ajeno, anonimo = resuelto(pueblo, autor=gente.ana), resuelto(pueblo)
    for reporte in (ajeno, anonimo):
        with pytest.raises(ReglaIncumplida, match="Solo quien hizo el reporte"):
            acciones.confirmar(reporte, usuario=gente.beto)
        reporte.refresh_from_db()
        assert reporte.estado == "resuelto"


def test_confirmar_antes_de_resolver_no_se_puede(pueblo, gente):
    reporte = recibir(pueblo, autor=gente.ana)
    with pytest.raises(ReglaIncumplida, match="no puede pasar"):
        acciones.confirmar(reporte, usuario=gente.ana)


def test_reabrir_a_tiempo_vuelve_a_correr_el_plazo(pueblo, gente):
    with time_machine.travel(VIERNES, tick=False):
        reporte = resuelto(pueblo, autor=gente.ana)
    with time_machine.travel(VIERNES + datetime.timedelta(days=15), tick=False):
        acciones.reabrir(reporte, usuario=gente.ana, motivo="Se volvió a abrir")
    reporte.refresh_from_db()
    assert (reporte.estado, reporte.atendido) == ("reabierto", None)
    assert reporte.vence == datetime.date(2026, 12, 11)
    assert historia(reporte).first().motivo == "Se volvió a abrir"


def test_reabrir_tarde_o_sin_motivo_no_se_puede(pueblo, gente):
    with time_machine.travel(VIERNES, tick=False):
        reporte = resuelto(pueblo, autor=gente.ana)
        with pytest.raises(ReglaIncumplida, match="Cuenta qué falta"):
            acciones.reabrir(reporte, usuario=gente.ana, motivo="   ")
    with (
        time_machine.travel(VIERNES + datetime.timedelta(days=16), tick=False),
        pytest.raises(ReglaIncumplida, match="hasta el 5/12/2026"),
    ):
        acciones.reabrir(reporte, usuario=gente.ana, motivo="tarde")
    reporte.refresh_from_db()
    assert reporte.estado == "resuelto"


# --- También me pasa ---


def test_decir_tambien_cuenta_una_vez_por_persona(pueblo, gente):
    reporte = recibir(pueblo, autor=gente.ana)
    for persona in (gente.beto, gente.beto, gente.dora):
        acciones.decir_tambien(reporte, usuario=persona)
    reporte.refresh_from_db()
    assert reporte.tambien_contados == TambienMePasa.objects.filter(reporte=reporte).count() == 2
    assert historia(reporte).count() == 1, "quién se sumó no es público"
    assert Suceso.objects.de(reporte).filter(verbo="decir_tambien").count() == 2


def test_decir_tambien_del_propio_o_de_uno_cerrado_no_se_puede(pueblo, gente):
    propio, cerrado = recibir(pueblo, autor=gente.ana), resuelto(pueblo)
    with pytest.raises(ReglaIncumplida, match="Este reporte es tuyo"):
        acciones.decir_tambien(propio, usuario=gente.ana)
    with pytest.raises(ReglaIncumplida, match="está «Resuelto»"):
        acciones.decir_tambien(cerrado, usuario=gente.ana)
    assert TambienMePasa.objects.count() == 0


def test_retirar_tambien_baja_la_cuenta_y_sin_estar_no_cambia_nada(pueblo, gente):
    reporte = recibir(pueblo)
    acciones.decir_tambien(reporte, usuario=gente.beto)
    acciones.retirar_tambien(reporte, usuario=gente.dora)
    reporte.refresh_from_db()
    assert reporte.tambien_contados == 1
    acciones.retirar_tambien(reporte, usuario=gente.beto)
    reporte.refresh_from_db()
    assert (reporte.tambien_contados, TambienMePasa.objects.count()) == (0, 0)


# --- Ficha, ocultar ---


def test_guardar_ficha_cambia_el_plazo_y_anota_antes_y_despues(pueblo, gente):
    with time_machine.travel(VIERNES, tick=False):
        reporte = recibir(pueblo)
    acciones.guardar_ficha(reporte, actor=gente.carla, plazo_dias=1, prioridad="urgente", unidad="")
    reporte.refresh_from_db()
    assert (reporte.plazo_dias, reporte.vence, reporte.prioridad) == (1, datetime.date(2026, 11, 23), "urgente")
    linea = historia(reporte).first()
    assert linea.texto == "El municipio actualizó: plazo en días hábiles, prioridad."
    antes = {"plazo_dias": 5, "prioridad": "normal", "vence": "2026-11-27"}
    assert linea.datos == {"antes": antes, "despues": {"plazo_dias": 1, "prioridad": "urgente", "vence": "2026-11-23"}}


def test_guardar_ficha_sin_cambios_no_anota_y_con_estado_es_error_de_programa(pueblo, gente):
    reporte = recibir(pueblo)
    acciones.guardar_ficha(reporte, actor=gente.carla, prioridad="normal")
    assert historia(reporte).count() == 1
    with pytest.raises(ValueError, match="estado"):
        acciones.guardar_ficha(reporte, actor=gente.carla, estado="resuelto")


def test_ocultar_y_mostrar_llevan_consigo_la_foto(pueblo, gente):
    reporte = recibir(pueblo, foto=guardar_foto(subida(bytes_de(dibujo()))))
    acciones.mover_reporte(reporte, hacia=Estado.EN_VALIDACION)
    acciones.ocultar(reporte, actor=gente.carla, motivo="Da un nombre")
    reporte.refresh_from_db()
    reporte.foto.refresh_from_db()
    assert (reporte.oculto, reporte.foto.publica) == (True, False)
    linea = Suceso.objects.de(reporte).first()
    assert (linea.verbo, linea.motivo, linea.publico) == ("ocultar", "Da un nombre", False)
    acciones.mostrar(reporte, actor=gente.carla)
    reporte.foto.refresh_from_db()
    assert (Reporte.objects.publicos().count(), reporte.foto.publica) == (1, True)


def test_ocultar_antes_de_revisar_y_mostrar_no_publica_la_foto(pueblo, gente):
    reporte = recibir(pueblo, foto=guardar_foto(subida(bytes_de(dibujo()))))
    acciones.ocultar(reporte, actor=gente.carla, motivo="Se ve una cara")
    acciones.mover_reporte(reporte, hacia=Estado.EN_VALIDACION)
    reporte.foto.refresh_from_db()
    assert reporte.foto.publica is False


def test_ocultar_no_toca_una_foto_que_tambien_usa_otro(pueblo, gente):
    foto = guardar_foto(subida(bytes_de(dibujo())), publica=True)
    uno, otro = recibir(pueblo, foto=foto), recibir(pueblo, foto=foto)
    acciones.ocultar(uno, actor=gente.carla, motivo="prueba")
    otro.foto.refresh_from_db()
    assert otro.foto.publica is True


def test_ocultar_sin_motivo_no_se_puede(pueblo, gente):
    reporte = recibir(pueblo)
    with pytest.raises(ReglaIncumplida, match="por qué se oculta"):
        acciones.ocultar(reporte, actor=gente.carla, motivo=" ")
    reporte.refresh_from_db()
    assert reporte.oculto is False


# --- Fotos sueltas ---


def test_borrar_fotos_sueltas_quita_las_viejas_que_nadie_usa(pueblo, gente, django_capture_on_commit_callbacks):
    ahora = timezone.now()
    with time_machine.travel(ahora - datetime.timedelta(hours=60), tick=False):
        suelta, usada, publica = (guardar_foto(subida(bytes_de(dibujo()))) for _ in range(3))
    nueva = guardar_foto(subida(bytes_de(dibujo())))
    recibir(pueblo, foto=usada)
    Foto.objects.filter(pk=publica.pk).update(publica=True)
    with django_capture_on_commit_callbacks(execute=True):
        call_command("borrar_fotos_sueltas", "--horas", "48")
    assert set(Foto.objects.values_list("pk", flat=True)) == {usada.pk, publica.pk, nueva.pk}
    assert not default_storage.exists(suelta.ruta(320))
    assert default_storage.exists(usada.ruta(320))


# --- Consultas ---


def test_parecidos_son_abiertos_de_la_misma_categoria_a_menos_de_150_m(pueblo):
    lon, lat = PUNTO_D1
    grado = 1 / 111_320
    cerca = recibir(pueblo, lon=lon + 100 * grado, lat=lat)
    mas_cerca = recibir(pueblo, lon=lon, lat=lat + 20 * grado)
    recibir(pueblo, lon=lon + 130 * grado, lat=lat + 130 * grado)  # en la caja pero no en el círculo
    recibir(pueblo, lon=lon, lat=lat + 200 * grado)
    recibir(pueblo, lon=lon, lat=lat, categoria=pueblo.agua)
    recibir(pueblo)
    oculto = recibir(pueblo, lon=lon, lat=lat)
    Reporte.objects.filter(pk=oculto.pk).update(oculto=True)
    resuelto(pueblo, lon=lon, lat=lat)
    hallados = consultas.parecidos(pueblo.vias, lon=lon, lat=lat)
    assert [(parecido.reporte, parecido.metros) for parecido in hallados] == [(mas_cerca, 20), (cerca, 100)]
    assert consultas.parecidos(pueblo.vias, lon=None, lat=None) == []


def test_cifras_cuentan_lo_publico_y_el_cumplimiento(pueblo):
    assert consultas.cifras()["en_plazo_pct"] is None
    with time_machine.travel(VIERNES, tick=False):
        resuelto(pueblo)
        vencido = recibir(pueblo, plazo_dias=1)
        recibir(pueblo, plazo_dias=60, distrito=pueblo.distrito_2)
        oculto = recibir(pueblo)
        Reporte.objects.filter(pk=oculto.pk).update(oculto=True)
    with time_machine.travel(VIERNES + datetime.timedelta(days=7), tick=False):
        assert list(Reporte.objects.publicos().vencidos()) == [vencido]
        assert consultas.cifras() == {"total": 3, "abiertos": 2, "vencidos": 1, "arreglados": 1, "en_plazo_pct": 50}
        assert consultas.cifras(distrito=pueblo.distrito_2)["total"] == 1


def test_cifras_lo_atendido_tarde_no_cuenta_como_a_tiempo(pueblo):
    with time_machine.travel(VIERNES, tick=False):
        reporte = recibir(pueblo, plazo_dias=1)
        acciones.mover_reporte(reporte, hacia=Estado.ASIGNADO, unidad="Vías")
    with time_machine.travel(VIERNES + datetime.timedelta(days=7), tick=False):
        acciones.mover_reporte(reporte, hacia=Estado.RESUELTO, respuesta="Tarde pero listo.")
        assert consultas.cifras()["en_plazo_pct"] == 0


def test_puntos_publicos_tiene_las_claves_del_mapa(pueblo):
    reporte = recibir(pueblo, lon=0.5, lat=0.5)
    recibir(pueblo)
    assert consultas.puntos_publicos() == [
        {
            "id": reporte.pk,
            "titulo": "Hueco en plena curva",
            "lon": 0.5,
            "lat": 0.5,
            "categoria": "vias",
            "estado": "recibido",
            "etiqueta": "Recibido",
            "tono": "info",
            "url": reporte.get_absolute_url(),
        }
    ]


def test_recientes_da_los_ultimos_publicos(pueblo):
    recibir(pueblo)
    segundo = recibir(pueblo)
    assert consultas.recientes(1) == [segundo]
