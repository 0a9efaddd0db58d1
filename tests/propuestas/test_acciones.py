"""Presentar, mover, dictaminar y corregir: lo que queda escrito después."""

import datetime
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Foto, Suceso
from civic.cuentas.models import Mandato
from civic.cuentas.roles import Rol
from civic.debate.models import Hilo
from propuestas import acciones
from propuestas.models import Dictamen, Propuesta
from propuestas.reglas import AUTOR, MODERACION, PLANIFICACION, SISTEMA, TECNICO, Estado
from propuestas.reglas.adjuntos import Adjuntos
from tests.elenco import crear_persona, crear_proceso, dar_rol
from tests.propuestas.piezas import borrador, en_evaluacion, enviada, foto_subida, publicada


def sucesos(propuesta, **filtro):
    return list(Suceso.objects.de(propuesta).filter(**filtro).order_by("pk").values_list("verbo", "desde", "hasta"))


def test_abrir_borrador_queda_privado_y_anotado(recepcion, gente, pueblo):
    propuesta = borrador(recepcion, gente.ana, pueblo)
    assert (propuesta.estado, propuesta.codigo, propuesta.presentada) == ("borrador", None, None)
    assert propuesta.busqueda.startswith("agua potable para la zona molle el agua llega")
    assert list(Suceso.objects.de(propuesta).values_list("verbo", "publico")) == [("abrir_borrador", False)]


def test_abrir_borrador_fuera_de_fase_dice_cuando(votando, gente, pueblo):
    with pytest.raises(ReglaIncumplida, match="fase «Votación»"):
        borrador(votando, gente.ana, pueblo)
    assert Propuesta.objects.count() == 0


def test_abrir_borrador_por_organizacion_sin_mandato_no_se_puede(recepcion, gente, pueblo):
    with pytest.raises(ReglaIncumplida, match="no tienes un cargo vigente en OTB Molle") as error:
        borrador(recepcion, gente.ana, pueblo, organizacion=pueblo.org_molle)
    assert error.value.campo == "organizacion"
    assert borrador(recepcion, gente.fabio, pueblo, organizacion=pueblo.org_molle).organizacion == pueblo.org_molle


def test_guardar_borrador_con_campo_ajeno_es_un_error_de_programa(recepcion, gente, pueblo):
    with pytest.raises(ValueError, match="estado"):
        acciones.guardar_borrador(borrador(recepcion, gente.ana, pueblo), actor=gente.ana, estado="publicada")


def test_guardar_borrador_cambia_solo_lo_que_trae(recepcion, gente, pueblo):
    propuesta = borrador(recepcion, gente.ana, pueblo)
    acciones.guardar_borrador(propuesta, actor=gente.ana, titulo="Luz para la calle Ceibo", familias=None)
    propuesta.refresh_from_db()
    assert (propuesta.titulo, propuesta.familias, propuesta.monto_solicitado) == (
        "Luz para la calle Ceibo",
        None,
        Decimal("120000.00"),
    )
    assert "luz para la calle ceibo" in propuesta.busqueda


def test_guardar_borrador_ajeno_o_presentado_no_se_puede(recepcion, gente, pueblo):
    for propuesta, actor in (
        (borrador(recepcion, gente.ana, pueblo), gente.beto),
        (enviada(recepcion, gente.ana, pueblo), gente.ana),
    ):
        with pytest.raises(ReglaIncumplida):
            acciones.guardar_borrador(propuesta, actor=actor, titulo="Otro título cualquiera")
    assert not Propuesta.objects.filter(titulo="Otro título cualquiera").exists()


def test_guardar_la_misma_foto_dos_veces_deja_una_con_sus_archivos(
    recepcion, gente, pueblo, django_capture_on_commit_callbacks
):
    propuesta = borrador(recepcion, gente.ana, pueblo)
    with django_capture_on_commit_callbacks(execute=True):
        primera = acciones.guardar_borrador(
            propuesta, actor=gente.ana, adjuntos=Adjuntos(fotos=[foto_subida()], texto="La calle")
        ).foto
        segunda = acciones.guardar_borrador(propuesta, actor=gente.ana, adjuntos=Adjuntos(fotos=[foto_subida()])).foto
    assert (segunda, Foto.objects.count()) == (primera, 1)
    assert (primera.publica, primera.subida_por, primera.texto) == (False, gente.ana, "La calle")
    assert default_storage.exists(primera.ruta(320))


def test_cambiar_y_quitar_la_foto_borra_la_que_sobra(recepcion, gente, pueblo, django_capture_on_commit_callbacks):
    propuesta = borrador(recepcion, gente.ana, pueblo)
    with django_capture_on_commit_callbacks(execute=True):
        vieja = acciones.guardar_borrador(propuesta, actor=gente.ana, adjuntos=Adjuntos(fotos=[foto_subida()])).foto
        cambio = Adjuntos(fotos=[foto_subida(color="red")], quitar_fotos=[vieja.pk])
        nueva = acciones.guardar_borrador(propuesta, actor=gente.ana, adjuntos=cambio).foto
    assert list(Foto.objects.all()) == [nueva]
    assert not default_storage.exists(vieja.ruta(320))
    with django_capture_on_commit_callbacks(execute=True):
        acciones.guardar_borrador(propuesta, actor=gente.ana, adjuntos=Adjuntos(quitar_fotos=[nueva.pk]))
    propuesta.refresh_from_db()
    assert (propuesta.foto, Foto.objects.count()) == (None, 0)


def test_presentar_da_codigo_debate_oculto_y_queda_enviada(recepcion, gente, pueblo):
    propuesta = enviada(recepcion, gente.ana, pueblo)
    propuesta.refresh_from_db()
    assert (propuesta.estado, propuesta.codigo) == ("enviada", "PR-2027-001")
    assert abs(timezone.now() - propuesta.presentada) < datetime.timedelta(minutes=1)
    hilo = propuesta.hilo
    assert (hilo.titulo, hilo.proceso, hilo.url, hilo.visible) == (
        propuesta.titulo,
        recepcion,
        f"/propuestas/{propuesta.pk}/",
        False,
    )
    assert sucesos(propuesta, verbo="mover") == [("mover", "borrador", "enviada")]


def test_presentar_dos_veces_es_presentar_una(recepcion, gente, pueblo):
    propuesta = enviada(recepcion, gente.ana, pueblo)
    repetida = acciones.presentar_propuesta(propuesta, actor=gente.ana)
    assert (repetida.codigo, Hilo.objects.count()) == (propuesta.codigo, 1)
    assert len(sucesos(propuesta, verbo="mover")) == 1


def test_presentar_numera_por_gestion_y_sigue_despues_de_999(recepcion, gente, pueblo):
    otro = crear_proceso(pueblo, "recepcion", slug="otro-2027")
    enviada(recepcion, gente.ana, pueblo)
    Propuesta.objects.update(codigo="PR-2027-999")
    assert enviada(otro, gente.ana, pueblo).codigo == "PR-2027-1000"
    assert enviada(recepcion, gente.ana, pueblo).codigo == "PR-2027-1001"


def test_presentar_ajena_no_se_puede(recepcion, gente, pueblo):
    propuesta = borrador(recepcion, gente.ana, pueblo)
    with pytest.raises(ReglaIncumplida, match="quien la escribió"):
        acciones.presentar_propuesta(propuesta, actor=gente.beto)
    propuesta.refresh_from_db()
    assert propuesta.estado == "borrador"


def test_presentar_incompleta_nombra_el_paso(recepcion, gente, pueblo):
    propuesta = borrador(recepcion, gente.ana, pueblo, distrito=None, otb=None, monto_solicitado=None)
    with pytest.raises(ReglaIncumplida, match="el lugar .paso «Dónde».; el costo .paso «Foto y costo»"):
        acciones.presentar_propuesta(propuesta, actor=gente.ana)


def test_presentar_sobre_el_techo_dice_el_techo(recepcion, gente, pueblo):
    propuesta = borrador(recepcion, gente.ana, pueblo, monto_solicitado=Decimal("300000.01"))
    with pytest.raises(ReglaIncumplida, match="techo de Distrito 1, que es Bs\u00a0300.000"):
        acciones.presentar_propuesta(propuesta, actor=gente.ana)
    acciones.guardar_borrador(propuesta, actor=gente.ana, monto_solicitado=Decimal("300000"))
    assert acciones.presentar_propuesta(propuesta, actor=gente.ana).estado == "enviada"


def test_presentar_con_la_fase_cerrada_guarda_el_borrador_y_dice_hasta_cuando(recepcion, gente, pueblo):
    propuesta = borrador(recepcion, gente.ana, pueblo)
    ayer = timezone.now() - datetime.timedelta(days=1)
    recepcion.fases.filter(tipo="recepcion").update(fin=ayer)
    with pytest.raises(ReglaIncumplida, match="Se pudo presentar propuestas hasta el"):
        acciones.presentar_propuesta(propuesta, actor=gente.ana)
    acciones.guardar_borrador(propuesta, actor=gente.ana, titulo="Sigue guardándose")
    propuesta.refresh_from_db()
    assert (propuesta.estado, propuesta.titulo) == ("borrador", "Sigue guardándose")


def test_presentar_con_mandato_vencido_no_se_puede(recepcion, gente, pueblo):
    propuesta = borrador(recepcion, gente.fabio, pueblo, organizacion=pueblo.org_molle)
    Mandato.objects.update(hasta=timezone.localdate() - datetime.timedelta(days=1))
    with pytest.raises(ReglaIncumplida, match="cargo vigente"):
        acciones.presentar_propuesta(propuesta, actor=gente.fabio)


def test_publicar_muestra_foto_y_debate(recepcion, gente, pueblo):
    propuesta = borrador(recepcion, gente.ana, pueblo)
    acciones.guardar_borrador(propuesta, actor=gente.ana, adjuntos=Adjuntos(fotos=[foto_subida()]))
    propuesta = acciones.presentar_propuesta(propuesta, actor=gente.ana)
    assert propuesta.foto.publica is False
    propuesta = acciones.mover_propuesta(propuesta, hacia="publicada", actor=gente.hugo, calidad=PLANIFICACION)
    propuesta.refresh_from_db()
    assert (propuesta.estado, propuesta.foto.publica, propuesta.hilo.visible) == ("publicada", True, True)


def test_publicar_le_toca_a_gestion_de_comunidad_y_no_a_cualquiera(recepcion, gente, pueblo):
    propuesta = enviada(recepcion, gente.ana, pueblo)
    for actor, calidad in (
        (gente.ana, MODERACION),
        (gente.carla, PLANIFICACION),
        (None, MODERACION),
        (gente.ana, AUTOR),
    ):
        with pytest.raises(ReglaIncumplida):
            acciones.mover_propuesta(propuesta, hacia="publicada", actor=actor, calidad=calidad)
    moderadora = crear_persona("maria", "María Modera")
    dar_rol(moderadora, Rol.GESTION_COMUNIDAD)
    assert (
        acciones.mover_propuesta(propuesta, hacia="publicada", actor=moderadora, calidad=MODERACION).estado
        == "publicada"
    )


def test_devolver_pide_motivo_no_es_publico_y_se_vuelve_a_enviar_con_el_mismo_codigo(recepcion, gente, pueblo):
    propuesta = enviada(recepcion, gente.ana, pueblo)
    with pytest.raises(ReglaIncumplida, match="corregir"):
        acciones.mover_propuesta(propuesta, hacia="devuelta", actor=gente.hugo, calidad=PLANIFICACION)
    devuelta = acciones.mover_propuesta(
        propuesta, hacia="devuelta", actor=gente.hugo, calidad=PLANIFICACION, motivo="Quita el número de celular."
    )
    assert (devuelta.estado, devuelta.es_editable) == ("devuelta", True)
    ultimo = Suceso.objects.de(propuesta).latest("pk")
    assert (ultimo.publico, ultimo.motivo, ultimo.calidad) == (
        False,
        "Quita el número de celular.",
        "Planificación POA",
    )
    acciones.guardar_borrador(devuelta, actor=gente.ana, descripcion="Sin celular.")
    otra_vez = acciones.presentar_propuesta(devuelta, actor=gente.ana)
    assert (otra_vez.estado, otra_vez.codigo, otra_vez.hilo_id) == ("enviada", propuesta.codigo, propuesta.hilo_id)


def test_enviar_con_un_movimiento_suelto_no_se_puede(recepcion, gente, pueblo):
    propuesta = borrador(recepcion, gente.ana, pueblo, monto_solicitado=None)
    with pytest.raises(ReglaIncumplida, match="presentándola"):
        acciones.mover_propuesta(propuesta, hacia="enviada", actor=gente.ana, calidad=AUTOR)


def test_retirar_la_hace_quien_la_presento_con_motivo(recepcion, gente, pueblo):
    propuesta = publicada(recepcion, gente, pueblo)
    with pytest.raises(ReglaIncumplida):
        acciones.mover_propuesta(propuesta, hacia="retirada", actor=gente.beto, calidad=AUTOR, motivo="Porque sí")
    acciones.mover_propuesta(propuesta, hacia="retirada", actor=gente.ana, calidad=AUTOR, motivo="Ya la hicieron.")
    propuesta.refresh_from_db()
    ultimo = Suceso.objects.de(propuesta).latest("pk")
    assert (propuesta.estado, ultimo.motivo, ultimo.publico) == ("retirada", "Ya la hicieron.", True)


def test_retirar_por_la_organizacion_la_hace_quien_la_representa_hoy(recepcion, gente, pueblo):
    propuesta = publicada(recepcion, gente, pueblo, autor=gente.fabio, organizacion=pueblo.org_molle)
    hoy = timezone.localdate()
    Mandato.objects.update(hasta=hoy - datetime.timedelta(days=1))
    Mandato.objects.create(
        usuario=gente.dora,
        organizacion=pueblo.org_molle,
        cargo="Presidencia",
        desde=hoy,
        hasta=hoy.replace(year=hoy.year + 1),
    )
    with pytest.raises(ReglaIncumplida):
        acciones.mover_propuesta(propuesta, hacia="retirada", actor=gente.fabio, calidad=AUTOR, motivo="Ya no")
    retirada = acciones.mover_propuesta(propuesta, hacia="retirada", actor=gente.dora, calidad=AUTOR, motivo="Acta 5")
    assert retirada.estado == "retirada"
    assert Suceso.objects.de(propuesta).latest("pk").calidad == "Presidencia de OTB Molle"


def test_mover_por_el_sistema_no_necesita_actor(recepcion, gente, pueblo):
    propuesta = publicada(recepcion, gente, pueblo)
    Propuesta.objects.update(estado="viable")
    assert acciones.mover_propuesta(propuesta, hacia="en_votacion", calidad=SISTEMA).estado == "en_votacion"
    assert acciones.mover_propuesta(propuesta, hacia="seleccionada", calidad=SISTEMA).estado == "seleccionada"
    assert Suceso.objects.de(propuesta).latest("pk").texto == "Ganó la votación."


def test_dictaminar_viable_guarda_costo_dictamen_y_razones(recepcion, gente, pueblo):
    propuesta = en_evaluacion(recepcion, gente, pueblo)
    dictamen = acciones.dictaminar(
        propuesta, actor=gente.carla, resultado="viable", texto="Hay terreno.", monto_tecnico=Decimal("95000.50")
    )
    propuesta.refresh_from_db()
    assert (propuesta.estado, propuesta.monto_tecnico, propuesta.monto) == (
        "viable",
        Decimal("95000.50"),
        Decimal("95000.50"),
    )
    assert (dictamen.evaluador, dictamen.resultado, dictamen.texto) == (gente.carla, "viable", "Hay terreno.")
    ultimo = Suceso.objects.de(propuesta).latest("pk")
    assert (ultimo.desde, ultimo.hasta, ultimo.calidad, ultimo.motivo) == (
        "en_evaluacion",
        "viable",
        "Equipo técnico",
        "",
    )


@pytest.mark.parametrize(
    ("cambios", "frase"),
    [
        ({"resultado": "viable"}, "costo técnico"),
        ({"resultado": "viable", "monto_tecnico": Decimal("300001")}, "El costo técnico .* pasa del techo"),
        ({"resultado": "rechazada"}, "razón de la lista"),
        ({"resultado": "observada", "texto": " "}, "explicación"),
        ({"resultado": "retirada"}, "Elige el resultado"),
    ],
)
def test_dictaminar_sin_lo_necesario_no_cambia_nada(recepcion, gente, pueblo, cambios, frase):
    propuesta = en_evaluacion(recepcion, gente, pueblo)
    with pytest.raises(ReglaIncumplida, match=frase):
        acciones.dictaminar(propuesta, actor=gente.carla, **{"texto": "Lo vimos.", **cambios})
    propuesta.refresh_from_db()
    assert (propuesta.estado, Dictamen.objects.count()) == ("en_evaluacion", 0)


def test_dictaminar_sin_el_cargo_o_lo_propio_no_se_puede(recepcion, gente, pueblo):
    propuesta = en_evaluacion(recepcion, gente, pueblo, autor=gente.carla)
    for actor, frase in ((gente.ana, "equipo técnico"), (gente.carla, "Nadie evalúa lo que presentó")):
        with pytest.raises(ReglaIncumplida, match=frase):
            acciones.dictaminar(propuesta, actor=actor, resultado="observada", texto="Falta el plano.")
    assert acciones.dictaminar(propuesta, actor=gente.hugo, resultado="observada", texto="Falta el plano.").pk


def test_dictaminar_lo_de_la_propia_organizacion_no_se_puede(recepcion, gente, pueblo):
    propuesta = en_evaluacion(recepcion, gente, pueblo, autor=gente.fabio, organizacion=pueblo.org_molle)
    Mandato.objects.update(usuario=gente.carla)
    with pytest.raises(ReglaIncumplida, match="Nadie evalúa lo que presentó"):
        acciones.dictaminar(propuesta, actor=gente.carla, resultado="observada", texto="Falta el plano.")


def test_dictaminar_antes_de_evaluar_y_fuera_de_fase_se_explica(recepcion, gente, pueblo):
    propuesta = publicada(recepcion, gente, pueblo)
    with pytest.raises(ReglaIncumplida, match="Primero pásala a «En evaluación»"):
        acciones.dictaminar(propuesta, actor=gente.carla, resultado="observada", texto="x")
    acciones.mover_propuesta(propuesta, hacia="en_evaluacion", actor=gente.carla, calidad=TECNICO)
    recepcion.fases.update(tipo="votacion")
    with pytest.raises(ReglaIncumplida, match="no se puede evaluar propuestas"):
        acciones.dictaminar(propuesta, actor=gente.carla, resultado="observada", texto="x")


def test_resultado_de_evaluacion_con_un_movimiento_suelto_no_se_puede(recepcion, gente, pueblo):
    propuesta = en_evaluacion(recepcion, gente, pueblo)
    with pytest.raises(ReglaIncumplida, match="dictamen"):
        acciones.mover_propuesta(propuesta, hacia="viable", actor=gente.hugo, calidad=PLANIFICACION)


def test_reclamar_un_rechazo_se_puede_una_sola_vez(recepcion, gente, pueblo):
    propuesta = en_evaluacion(recepcion, gente, pueblo)
    rechazo = {"actor": gente.carla, "resultado": "rechazada", "texto": "Sin papeles.", "motivo": "sin_terreno"}
    reclamo = {"hacia": "en_evaluacion", "actor": gente.ana, "calidad": AUTOR}
    acciones.dictaminar(propuesta, **rechazo)
    assert Suceso.objects.de(propuesta).latest("pk").motivo == "El terreno no tiene papeles o no es público"
    with pytest.raises(ReglaIncumplida, match="Escribe tu respuesta"):
        acciones.mover_propuesta(propuesta, **reclamo)
    acciones.mover_propuesta(propuesta, **reclamo, motivo="Aquí está el título de propiedad.")
    with pytest.raises(ReglaIncumplida, match="Tú la evaluaste la primera vez"):
        acciones.dictaminar(propuesta, **rechazo)
    assert acciones.dictaminar(propuesta, **rechazo | {"actor": gente.hugo}).segunda is True
    with pytest.raises(ReglaIncumplida, match="Ya reclamaste una vez"):
        acciones.mover_propuesta(propuesta, **reclamo, motivo="Otra vez.")
    propuesta.refresh_from_db()
    assert (propuesta.estado, propuesta.dictamenes.count()) == ("rechazada", 2)


def test_responder_una_observacion_no_gasta_el_reclamo(recepcion, gente, pueblo):
    propuesta = en_evaluacion(recepcion, gente, pueblo)
    for vez in (1, 2):
        acciones.dictaminar(propuesta, actor=gente.carla, resultado="observada", texto="Falta un dato.")
        respuesta = acciones.mover_propuesta(
            propuesta, hacia="en_evaluacion", actor=gente.ana, calidad=AUTOR, motivo=f"Dato {vez}"
        )
    assert respuesta.estado == Estado.EN_EVALUACION


def test_corregir_anota_que_cambio_y_rehace_la_busqueda(recepcion, gente, pueblo, con_permisos):
    propuesta = publicada(recepcion, gente, pueblo)
    corregida = acciones.corregir_propuesta(
        propuesta, actor=con_permisos(gente.hugo), titulo="Agua para Molle", categoria=pueblo.agua
    )
    ultimo = Suceso.objects.de(propuesta).latest("pk")
    assert (corregida.titulo, "agua para molle" in corregida.busqueda) == ("Agua para Molle", True)
    assert (ultimo.texto, ultimo.publico) == ("El municipio corrigió: título.", True)
    assert (ultimo.antes, ultimo.despues) == ({}, {}), "el texto anterior no se publica"
    assert "Molle" not in str(ultimo.datos), "ni queda para siempre en la bitácora"
    assert propuesta.textos_anteriores.get().titulo == "Agua potable para la zona Molle"


def test_corregir_sin_permiso_o_el_monto_no_se_puede(recepcion, gente, pueblo, con_permisos):
    propuesta = publicada(recepcion, gente, pueblo)
    with pytest.raises(ReglaIncumplida):
        acciones.corregir_propuesta(propuesta, actor=gente.ana, titulo="Otro título para todos")
    with pytest.raises(ValueError, match="monto_solicitado"):
        acciones.corregir_propuesta(propuesta, actor=con_permisos(gente.hugo), monto_solicitado=Decimal(1))
