"""Unir con consentimiento: quién pide, quién responde, qué se lleva, a dónde llevan las direcciones y qué se suma."""

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.cuentas.roles import Rol
from civic.debate.acciones import comentar
from civic.debate.models import Comentario
from mapas.demandas.consultas import NO_PIDEN
from propuestas import acciones, consultas, consultas_uniones, permisos, reglas
from propuestas.consultas_evaluacion import novedades_de
from propuestas.models import Apoyo, Copatrocinio, PedidoDeAcuerdo, Propuesta, Seguimiento
from propuestas.reglas import Conflicto
from tests.elenco import crear_persona, crear_proceso, dar_rol
from tests.propuestas.piezas import enviada, publicada
from tests.propuestas.piezas_firmantes import aceptado, crear_directiva, sello

SI = {"acepta": True, "frase": "Es la misma calle."}
NO = {"acepta": False, "frase": "Pedimos otra cosa."}


def vecinas(pueblo, *nombres):
    return [crear_persona(nombre, nombre.capitalize(), otb=pueblo.otb_molle) for nombre in nombres]


def pedir(propuesta, destino, gente, motivo="Piden la misma obra."):
    return acciones.pedir_union(propuesta, destino=destino, actor=gente.hugo, motivo=motivo)


def unir(propuesta, destino, gente):
    """La unión entera; devuelve las dos como quedaron."""
    pedido = pedir(propuesta, destino, gente)
    for persona in {propuesta.autor, destino.autor}:
        acciones.responder_pedido(pedido, persona=persona, **SI)
    propuesta.refresh_from_db()
    destino.refresh_from_db()
    return propuesta, destino


@pytest.fixture
def otra(recepcion, gente, pueblo):
    """La de beto, a la que se unen las demás."""
    return publicada(recepcion, gente, pueblo, autor=gente.beto, titulo="Agua para toda la zona")


@pytest.fixture
def tercera(recepcion, gente, pueblo):
    return publicada(recepcion, gente, pueblo, autor=gente.fabio, titulo="Red de agua del distrito")


def quedan(propuesta):
    propuesta.refresh_from_db()
    return propuesta.apoyos_contados, Apoyo.objects.filter(propuesta=propuesta).count()


# --- Pedir ---


def test_pedir_no_une_y_queda_en_la_historia_de_las_dos(una, otra, gente):
    pedido = pedir(una, otra, gente)
    una.refresh_from_db()
    assert (una.estado, pedido.estado, pedido.calidad) == ("publicada", "abierto", "planificacion")
    for lado in (una, otra):
        suceso = Suceso.objects.de(lado).get(verbo="pedir_acuerdo")
        assert (suceso.publico, suceso.texto) == (
            True,
            f"Se propuso unir {una.codigo} a {otra.codigo}. Falta que acepten sus partes.",
        )


def test_pedir_avisa_por_correo_a_quien_puede_responder_y_una_vez(
    una, otra, gente, mailoutbox, django_capture_on_commit_callbacks
):
    for persona in (una.autor, otra.autor, gente.dora):
        correo = f"{persona.username}@correo.bo"
        EmailAddress.objects.create(user=persona, email=correo, verified=True, primary=True)
    with django_capture_on_commit_callbacks(execute=True):
        pedido = pedir(una, otra, gente)
        pedir(una, otra, gente)
    assert sorted(correo.to[0] for correo in mailoutbox) == ["ana@correo.bo", "beto@correo.bo"]
    assert "te pide un acuerdo" in mailoutbox[0].subject
    assert f"/propuestas/acuerdos/{pedido.pk}/" in mailoutbox[0].body
    assert una.codigo in mailoutbox[0].body and otra.codigo in mailoutbox[0].body
    assert "Piden la misma obra" not in mailoutbox[0].body


def test_pedir_lo_mismo_dos_veces_es_un_pedido_y_otro_distinto_espera(una, otra, tercera, gente):
    assert pedir(una, otra, gente) == pedir(una, otra, gente)
    with pytest.raises(ReglaIncumplida, match="ya tiene un pedido"):
        pedir(una, tercera, gente)
    assert (PedidoDeAcuerdo.objects.count(), Suceso.objects.de(una).filter(verbo="pedir_acuerdo").count()) == (1, 1)


def test_la_base_no_deja_dos_pedidos_abiertos_ni_unirse_a_si_misma(una, otra, gente):
    pedido = pedir(una, otra, gente)
    comunes = {"clase": "union", "motivo": "x", "calidad": "planificacion", "pedido_por": gente.hugo}
    for destino, otra_vez in ((otra, una), (otra, otra)):
        with pytest.raises(IntegrityError), transaction.atomic():
            PedidoDeAcuerdo.objects.create(propuesta=otra_vez, destino=destino, **comunes)
    with pytest.raises(IntegrityError), transaction.atomic():
        Propuesta.objects.filter(pk=una.pk).update(unida_a=una, estado="fusionada")
    with pytest.raises(IntegrityError), transaction.atomic():
        Propuesta.objects.filter(pk=una.pk).update(unida_a=otra)
    assert list(PedidoDeAcuerdo.objects.all()) == [pedido]


def test_no_pide_quien_no_tiene_el_cargo_ni_sobre_lo_suyo(una, otra, gente, recepcion, pueblo):
    for persona in (gente.ana, gente.carla, gente.dora):
        with pytest.raises(ReglaIncumplida):
            acciones.pedir_union(una, destino=otra, actor=persona, motivo="Se parecen.")
    de_hugo = enviada(recepcion, gente.hugo, pueblo, titulo="La de hugo, que planifica")
    moderadora = crear_persona("maria", "María Modera")
    dar_rol(moderadora, Rol.GESTION_COMUNIDAD)
    de_hugo = acciones.mover_propuesta(de_hugo, hacia="publicada", actor=moderadora, calidad="moderacion")
    for propuesta, destino in ((una, de_hugo), (de_hugo, una)):
        with pytest.raises(ReglaIncumplida, match="lo que presentó"):
            pedir(propuesta, destino, gente)
    assert acciones.pedir_union(una, destino=de_hugo, actor=moderadora, motivo="Iguales.").calidad == "moderacion"


def test_no_se_pide_consigo_misma_ni_con_otro_proceso_ni_sin_motivo(una, otra, gente, pueblo):
    ajena = publicada(crear_proceso(pueblo, "recepcion", slug="poa-otro"), gente, pueblo, autor=gente.beto)
    for destino, motivo, frase in (
        (una, "x", "consigo misma"),
        (ajena, "x", "otro proceso"),
        (otra, "  ", "por qué conviene"),
    ):
        with pytest.raises(ReglaIncumplida, match=frase):
            pedir(una, destino, gente, motivo)
    assert PedidoDeAcuerdo.objects.count() == 0


@pytest.mark.parametrize("estado", ["en_evaluacion", "retirada", "en_votacion", "dividida"])
def test_solo_se_une_una_publicada(una, otra, gente, estado):
    Propuesta.objects.filter(pk=una.pk).update(estado=estado)
    with pytest.raises(ReglaIncumplida, match="solo se une una propuesta publicada"):
        pedir(una, otra, gente)


@pytest.mark.parametrize(("estado", "se_puede"), [("viable", True), ("en_votacion", False), ("rechazada", False)])
def test_el_destino_tiene_que_recibir_apoyos(una, otra, gente, estado, se_puede):
    Propuesta.objects.filter(pk=otra.pk).update(estado=estado)
    if se_puede:
        assert pedir(una, otra, gente).estado == "abierto"
        return
    with pytest.raises(ReglaIncumplida, match="ya no recibe apoyos"):
        pedir(una, otra, gente)


def test_con_la_fase_cerrada_o_el_proceso_suspendido_no_se_pide_ni_se_acepta(una, otra, gente, recepcion):
    pedido = pedir(una, otra, gente)
    acciones.responder_pedido(pedido, persona=gente.ana, **SI)
    recepcion.fases.update(tipo="votacion")
    with pytest.raises(ReglaIncumplida, match="no se puede apoyar"):
        acciones.responder_pedido(pedido, persona=gente.beto, **SI)
    recepcion.fases.update(tipo="recepcion")
    type(recepcion).objects.filter(pk=recepcion.pk).update(
        estado="suspendido", motivo_estado="Un amparo.", estado_desde=timezone.now()
    )
    with pytest.raises(ReglaIncumplida, match="suspendid"):
        acciones.responder_pedido(pedido, persona=gente.beto, **SI)
    assert Propuesta.objects.get(pk=una.pk).estado == "publicada"
    # Decir que no se puede siempre.
    assert acciones.responder_pedido(pedido, persona=gente.beto, **NO).estado == "rechazado"


def test_unir_o_dividir_nunca_es_un_movimiento_suelto(una, gente):
    for hacia in ("fusionada", "dividida"):
        for actor, calidad in ((gente.hugo, "planificacion"), (gente.ana, "autor"), (None, "sistema")):
            with pytest.raises(ReglaIncumplida):
                acciones.mover_propuesta(una, hacia=hacia, actor=actor, calidad=calidad, motivo="Porque sí.")
        assert hacia not in permisos.movimientos_posibles(gente.hugo, una)
    una.refresh_from_db()
    assert una.estado == "publicada"


# --- Responder ---


def test_hace_falta_el_si_de_las_dos_partes(una, otra, gente):
    pedido = pedir(una, otra, gente)
    assert acciones.responder_pedido(pedido, persona=gente.beto, **SI).estado == "abierto"
    assert Propuesta.objects.get(pk=una.pk).estado == "publicada"
    assert acciones.responder_pedido(pedido, persona=gente.ana, **SI).estado == "hecho"
    una.refresh_from_db()
    assert (una.estado, una.unida_a) == ("fusionada", otra)
    paso = Suceso.objects.de(una).get(hasta="fusionada")
    assert (paso.desde, paso.actor, paso.calidad, paso.publico) == ("publicada", None, "Sistema", True)
    assert paso.motivo == f"Sigue como {otra.codigo}. Piden la misma obra."


def test_con_un_no_nada_cambia_y_se_puede_pedir_de_nuevo(una, otra, gente):
    pedido = pedir(una, otra, gente)
    assert acciones.responder_pedido(pedido, persona=gente.ana, **NO).estado == "rechazado"
    with pytest.raises(Conflicto, match="ya no espera tu respuesta"):
        acciones.responder_pedido(pedido, persona=gente.beto, **SI)
    una.refresh_from_db()
    assert (una.estado, una.unida_a) == ("publicada", None)
    assert pedir(una, otra, gente) != pedido


def test_responder_dos_veces_lo_mismo_es_una_y_cambiar_de_idea_no_se_puede(una, otra, gente):
    pedido = pedir(una, otra, gente)
    for _ in range(2):
        acciones.responder_pedido(pedido, persona=gente.ana, **SI)
    assert Suceso.objects.de(una).filter(verbo="responder_acuerdo").count() == 1
    with pytest.raises(Conflicto):
        acciones.responder_pedido(pedido, persona=gente.ana, **NO)
    for _ in range(2):
        assert acciones.responder_pedido(pedido, persona=gente.beto, **SI).estado == "hecho"
    assert (pedido.respuestas.count(), Suceso.objects.de(una).filter(hasta="fusionada").count()) == (2, 1)


def test_responde_solo_quien_es_parte_y_con_una_frase(una, otra, gente):
    pedido = pedir(una, otra, gente)
    for persona in (gente.dora, gente.hugo, gente.fabio):
        with pytest.raises(ReglaIncumplida, match="Responde quien presentó"):
            acciones.responder_pedido(pedido, persona=persona, **SI)
    with pytest.raises(ReglaIncumplida, match="Escribe una frase"):
        acciones.responder_pedido(pedido, persona=gente.ana, acepta=True, frase=" ")
    assert pedido.respuestas.count() == 0


def test_por_una_organizacion_responde_quien_hoy_la_representa_y_no_quien_dejo_el_cargo(recepcion, otra, gente, pueblo):
    de_molle = publicada(recepcion, gente, pueblo, autor=gente.fabio, organizacion=pueblo.org_molle)
    pedido = pedir(de_molle, otra, gente)
    gente.fabio.mandatos.update(hasta="2026-01-02", desde="2025-01-01")
    with pytest.raises(ReglaIncumplida, match="Responde quien presentó"):
        acciones.responder_pedido(pedido, persona=gente.fabio, **SI)
    gente.fabio.mandatos.update(usuario=gente.dora, hasta="2099-01-01")
    respuesta = acciones.responder_pedido(pedido, persona=gente.dora, **SI).respuestas.get()
    assert (respuesta.propuesta, respuesta.persona) == (de_molle, gente.dora)


def test_si_las_dos_son_suyas_basta_una_respuesta(una, recepcion, gente, pueblo):
    segunda = publicada(recepcion, gente, pueblo, titulo="La otra de ana")
    pedido = acciones.responder_pedido(pedir(una, segunda, gente), persona=gente.ana, **SI)
    assert (pedido.estado, pedido.respuestas.count()) == ("hecho", 2)


def test_la_frase_no_va_a_la_bitacora(una, otra, gente):
    acciones.responder_pedido(pedir(una, otra, gente), persona=gente.ana, **SI)
    suceso = Suceso.objects.de(una).get(verbo="responder_acuerdo")
    assert SI["frase"] not in f"{suceso.texto} {suceso.motivo} {suceso.datos}"


def test_cancelar_deja_de_esperar_y_no_lo_hace_cualquiera(una, otra, gente):
    pedido = pedir(una, otra, gente)
    with pytest.raises(ReglaIncumplida):
        acciones.cancelar_pedido(pedido, actor=gente.carla, motivo="No me gusta.")
    with pytest.raises(ReglaIncumplida, match="por qué se cancela"):
        acciones.cancelar_pedido(pedido, actor=gente.hugo, motivo="")
    for _ in range(2):
        assert acciones.cancelar_pedido(pedido, actor=gente.hugo, motivo="Me equivoqué.").estado == "cancelado"
    with pytest.raises(Conflicto):
        acciones.responder_pedido(pedido, persona=gente.ana, **SI)
    assert Suceso.objects.de(una).filter(verbo="cancelar_acuerdo").count() == 1


def test_lo_que_otras_esperaban_de_la_que_se_unio_se_cancela_solo(una, otra, tercera, gente):
    espera = pedir(tercera, una, gente)
    unir(una, otra, gente)
    espera.refresh_from_db()
    assert (espera.estado, espera.cierre) == ("cancelado", f"{una.codigo} ya no sigue por su cuenta.")


# --- Lo que se lleva ---


def test_cada_apoyo_pasa_una_sola_vez_y_dice_de_donde_vino(una, otra, gente, pueblo):
    lucia, mario, rosa = vecinas(pueblo, "lucia", "mario", "rosa")
    for persona in (lucia, mario):
        acciones.apoyar(una, usuario=persona)
    for persona in (mario, rosa):
        acciones.apoyar(otra, usuario=persona)
    unir(una, otra, gente)
    assert (quedan(otra), quedan(una)) == ((3, 3), (2, 2))
    origen = dict(Apoyo.objects.filter(propuesta=otra).values_list("usuario__username", "viene_de"))
    assert origen == {"lucia": una.pk, "mario": None, "rosa": None}
    de_lucia = Apoyo.objects.filter(usuario=lucia).order_by("pk")
    assert de_lucia[0].momento == de_lucia[1].momento
    acciones.retirar_apoyo(otra, usuario=lucia)
    assert quedan(otra) == (2, 2)
    with pytest.raises(ReglaIncumplida, match="Unida a otra"):
        acciones.apoyar(una, usuario=rosa)


def test_quien_seguia_sigue_la_otra_una_vez_y_se_entera(una, otra, gente):
    for propuesta, persona in ((una, gente.dora), (una, gente.nadia), (otra, gente.nadia)):
        acciones.seguir(propuesta, usuario=persona)
    unir(una, otra, gente)
    assert sorted(Seguimiento.objects.values_list("propuesta", "usuario__username")) == [
        (otra.pk, "dora"),
        (otra.pk, "nadia"),
    ]
    textos = [s.texto for s in novedades_de(Seguimiento.objects.filter(usuario=gente.dora))[otra.pk]]
    assert textos == [f"Se le unió {una.codigo}. Apoyos que llegaron: 0. Comentarios: 0."]
    assert acciones.seguir(una, usuario=gente.fabio).propuesta == otra


def test_los_comentarios_se_mudan_con_sus_respuestas_su_orden_y_su_marca(una, otra, gente, client):
    primero = comentar(una.hilo, autor=gente.ana, texto="Falta agua.")
    comentar(otra.hilo, autor=gente.dora, texto="Aquí también.")
    comentar(una.hilo, autor=gente.beto, texto="De acuerdo.", padre=primero)
    hilo_viejo, cambios = una.hilo, Comentario.objects.filter(hilo=otra.hilo).count()
    unir(una, otra, gente)
    filas = Comentario.objects.filter(hilo=otra.hilo).order_by("pk")
    assert list(filas.values_list("texto", "padre__texto", "viene_de")) == [
        ("Falta agua.", None, hilo_viejo.pk),
        ("Aquí también.", None, None),
        ("De acuerdo.", "Falta agua.", hilo_viejo.pk),
    ]
    otra.hilo.refresh_from_db()
    hilo_viejo.refresh_from_db()
    assert (otra.hilo.cambios, len(set(filas.values_list("cambio", flat=True)))) == (cambios + 2, 3)
    assert (hilo_viejo.abierto, hilo_viejo.visible, hilo_viejo.comentarios.count()) == (False, False, 0)
    with pytest.raises(ReglaIncumplida, match="se unió a"):
        comentar(hilo_viejo, autor=gente.dora, texto="Llegué tarde.")
    assert client.get(f"/debate/{hilo_viejo.pk}/").status_code == 404
    texto = client.get(otra.get_absolute_url()).content.decode()
    assert texto.count(f"Se dijo en «{una.titulo}», que se unió aquí.") == 2


def test_los_totales_no_pierden_ni_cuentan_dos_veces(una, otra, gente, pueblo, recepcion):
    lucia, mario = vecinas(pueblo, "lucia", "mario")
    for propuesta, persona in ((una, lucia), (una, mario), (otra, mario)):
        acciones.apoyar(propuesta, usuario=persona)
    antes = consultas.cifras()
    unir(una, otra, gente)
    despues = consultas.cifras()
    assert (antes["propuestas"], antes["apoyos"], antes["personas_que_apoyaron"]) == (2, 3, 2)
    assert (despues["propuestas"], despues["apoyos"], despues["personas_que_apoyaron"]) == (1, 2, 2)
    assert despues["personas_que_propusieron"] == antes["personas_que_propusieron"] == 2
    assert despues["monto"] == otra.monto_solicitado
    (distrito,) = consultas.por_distrito(recepcion)
    assert (distrito["propuestas"], distrito["apoyos"], distrito["monto"]) == (1, 2, otra.monto_solicitado)
    assert [(fila["id"], fila["apoyos"]) for fila in consultas.para_agregar()] == [(otra.pk, 2)]
    assert [punto["id"] for punto in consultas.puntos_publicos()] == [otra.pk]
    assert set(reglas.YA_SON_OTRAS) <= set(NO_PIDEN)
    acciones.retirar_apoyo(otra, usuario=lucia)
    assert consultas.cifras()["personas_que_apoyaron"] == 1


# --- Direcciones ---


def test_la_direccion_vieja_lleva_a_la_unida_tambien_en_cadena(client, una, otra, tercera, gente, pueblo):
    (lucia,) = vecinas(pueblo, "lucia")
    acciones.apoyar(una, usuario=lucia)
    unir(una, otra, gente)
    unir(otra, tercera, gente)
    for vieja in (una, otra):
        respuesta = client.get(vieja.get_absolute_url())
        assert (respuesta.status_code, respuesta["Location"]) == (302, f"/propuestas/{tercera.pk}/?viene={vieja.pk}")
        texto = client.get(respuesta["Location"]).content.decode()
        assert f"{vieja.codigo} se unió aquí" in texto
        assert f"/propuestas/{vieja.pk}/original/" in texto
    assert "Reúne:" in texto
    assert quedan(tercera) == (1, 1)
    assert client.get(f"/propuestas/{una.pk}/tarjeta.png")["Location"] == f"/propuestas/{tercera.pk}/tarjeta.png"
    assert client.get(f"/propuestas/{una.pk}/hoja.pdf?papel=oficio")["Location"] == (
        f"/propuestas/{tercera.pk}/hoja.pdf?papel=oficio"
    )


def test_una_cadena_en_circulo_no_cuelga(una, otra):
    assert reglas.donde_termina({1: 2, 2: 3}, 1) == 3
    assert reglas.donde_termina({1: 2, 2: 1}, 1) == 2
    Propuesta.objects.filter(pk=una.pk).update(unida_a=otra, estado="fusionada")
    Propuesta.objects.filter(pk=otra.pk).update(unida_a=una, estado="fusionada")
    una.refresh_from_db()
    assert consultas_uniones.donde_sigue(una) == otra
    assert [p.pk for p in consultas_uniones.reune(una)] == [una.pk, otra.pk]


def test_nadie_se_une_a_la_que_ya_se_unio_a_ella(una, otra, gente):
    unir(una, otra, gente)
    with pytest.raises(ReglaIncumplida, match="Unida a otra"):
        pedir(otra, una, gente)


def test_el_texto_original_se_lee_y_solo_de_las_unidas(client, una, otra, gente):
    assert client.get(f"/propuestas/{una.pk}/original/").status_code == 404
    assert client.get("/propuestas/999999/original/").status_code == 404
    unir(una, otra, gente)
    respuesta = client.get(f"/propuestas/{una.pk}/original/")
    texto = respuesta.content.decode()
    assert respuesta.status_code == 200
    for parte in (una.titulo, "Pedimos un tanque nuevo.", f"{otra.codigo}: {otra.titulo}", "Apoyos al unirse"):
        assert parte in texto
    assert client.post(f"/propuestas/{una.pk}/original/").status_code == 405


def test_la_unida_no_aparece_viva_en_ninguna_lista(client, una, otra, gente):
    unir(una, otra, gente)
    for direccion in (
        "/propuestas/",
        "/propuestas/novedades.rss",
        "/propuestas/novedades.atom",
        "/propuestas/descargar.csv",
        "/propuestas/descargar.geojson",
    ):
        respuesta = client.get(direccion)
        cuerpo = b"".join(respuesta.streaming_content) if respuesta.streaming else respuesta.content
        assert respuesta.status_code == 200, direccion
        assert una.titulo not in cuerpo.decode(), direccion
        assert f"/propuestas/{una.pk}/" not in cuerpo.decode(), direccion
    assert una.titulo in client.get("/propuestas/?estado=fusionada").content.decode()
    assert [p.pk for p, _ in consultas.recientes()] == [otra.pk]


def test_apoyar_desde_una_pagina_vieja_dice_a_donde_ir(entrar, una, otra, gente):
    unir(una, otra, gente)
    respuesta = entrar(gente.dora).post(f"/propuestas/{una.pk}/apoyar/")
    texto = respuesta.content.decode()
    assert (respuesta.status_code, f'se unió a <a href="{otra.get_absolute_url()}">' in texto) == (409, True)
    assert Apoyo.objects.count() == 0


# --- Con los copatrocinios -------------------------------------------------------------------------------------------


def test_las_que_pedian_la_que_se_une_quedan_invitadas_a_pedir_la_otra(una, otra, gente, pueblo):
    directiva = crear_directiva(pueblo.org_ceibo)
    aceptado(una, pueblo.org_ceibo, invita=una.autor, acepta=directiva)
    unir(una, otra, gente)
    invitacion = Copatrocinio.objects.get(propuesta=otra)
    assert (invitacion.organizacion, invitacion.estado, invitacion.sello) == (pueblo.org_ceibo, "invitada", "")
    assert Copatrocinio.objects.get(propuesta=una).estado == "aceptada"
    acciones.responder_invitacion(invitacion, actor=directiva, acepta=True, leido=sello(otra))
    assert Copatrocinio.objects.aceptados().filter(propuesta=otra).count() == 1
