"""La página de una propuesta: quién la ve, qué muestra, y los apoyos y respuestas que salen de ella."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from propuestas import acciones
from propuestas.models import Apoyo, Propuesta
from propuestas.reglas import PLANIFICACION
from propuestas.reglas.adjuntos import Adjuntos
from tests.propuestas.piezas import borrador, en_evaluacion, enviada, foto_subida, publicada


def pagina(cliente, propuesta):
    return cliente.get(f"/propuestas/{propuesta.pk}/")


def test_propuesta_publicada_muestra_todo_a_cualquiera(client, una):
    respuesta = pagina(client, una)
    texto = respuesta.content.decode()
    assert respuesta.status_code == 200
    for parte in (
        "<h1>Agua potable para la zona Molle</h1>",
        "Distrito 1",
        "OTB Molle",
        "Publicada",
        "Junta apoyos",
        "Pedimos un tanque nuevo.",
        "Bs\u00a0120.000",
        "de Bs\u00a0300.000 de Distrito 1",
        'max="100" value="40"',
        "PR-2027-001",
        "Ana Vecina",
        "Frente a la posta",
        "Se presentó con el código PR-2027-001.",
        "Entrar para apoyar",
    ):
        assert parte in texto, parte


def test_propuesta_de_organizacion_muestra_su_cargo_y_su_pagina(client, recepcion, gente, pueblo):
    propuesta = publicada(recepcion, gente, pueblo, autor=gente.fabio, organizacion=pueblo.org_molle)
    texto = pagina(client, propuesta).content.decode()
    assert "La presentó Fabio Preside, Presidencia." in texto
    assert "/organizaciones/molle/" in texto


def test_propuesta_sin_punto_no_dibuja_mapa(client, recepcion, gente, pueblo):
    propuesta = publicada(recepcion, gente, pueblo, lon=None, lat=None)
    assert "data-mapa-punto" not in pagina(client, propuesta).content.decode()


def test_propuesta_muestra_el_dictamen_con_sus_razones_y_no_quien_lo_escribio(client, recepcion, gente, pueblo):
    propuesta = en_evaluacion(recepcion, gente, pueblo)
    acciones.dictaminar(
        propuesta, actor=gente.carla, resultado="rechazada", texto="El lote es privado.", motivo="sin_terreno"
    )
    texto = pagina(client, propuesta).content.decode()
    for parte in ("No se puede hacer", "El terreno no tiene papeles o no es público", "El lote es privado."):
        assert parte in texto
    assert "Carla" not in texto


def test_propuesta_escapa_lo_que_escribio_la_gente(client, recepcion, gente, pueblo):
    propuesta = publicada(recepcion, gente, pueblo, titulo="<script>alert(1)</script>", descripcion="<b>hola</b>")
    texto = pagina(client, propuesta).content.decode()
    assert ("<script>alert" in texto, "<b>hola" in texto) == (False, False)


@pytest.mark.parametrize("pk", [999_999, 99999999999999999999999])
def test_propuesta_que_no_existe_da_404(client, db, pk):
    assert client.get(f"/propuestas/{pk}/").status_code == 404


def test_propuesta_con_metodo_ajeno_no_entra(client, una):
    assert client.post(f"/propuestas/{una.pk}/").status_code == 405


def test_borrador_da_404_a_todos_menos_a_su_autora_que_va_a_escribirlo(
    entrar, client, recepcion, gente, pueblo, con_permisos
):
    propuesta = borrador(recepcion, gente.ana, pueblo)
    assert pagina(client, propuesta).status_code == 404
    for persona in (gente.beto, con_permisos(gente.hugo)):
        assert pagina(entrar(persona), propuesta).status_code == 404
    respuesta = pagina(entrar(gente.ana), propuesta)
    assert (respuesta.status_code, respuesta["Location"]) == (302, f"/propuestas/borradores/{propuesta.pk}/")


def test_enviada_la_ven_su_autora_y_la_trastienda_nada_mas(entrar, client, recepcion, gente, pueblo, con_permisos):
    propuesta = enviada(recepcion, gente.ana, pueblo)
    assert pagina(client, propuesta).status_code == 404
    assert pagina(entrar(gente.beto), propuesta).status_code == 404
    assert "Todavía no es pública" in pagina(entrar(gente.ana), propuesta).content.decode()
    respuesta = pagina(entrar(con_permisos(gente.hugo)), propuesta)
    assert (respuesta.status_code, "Ver en la trastienda" in respuesta.content.decode()) == (200, True)


def test_devuelta_lleva_a_su_autora_a_corregir(entrar, recepcion, gente, pueblo):
    propuesta = enviada(recepcion, gente.ana, pueblo)
    acciones.mover_propuesta(
        propuesta, hacia="devuelta", actor=gente.hugo, calidad=PLANIFICACION, motivo="Quita el celular."
    )
    respuesta = entrar(gente.ana).get(f"/propuestas/{propuesta.pk}/", follow=True)
    assert respuesta.redirect_chain[-1][0] == f"/propuestas/borradores/{propuesta.pk}/revisar/"
    assert "Quita el celular." in respuesta.content.decode()


def test_motivo_de_devolucion_no_se_hace_publico(client, recepcion, gente, pueblo):
    propuesta = enviada(recepcion, gente.ana, pueblo)
    acciones.mover_propuesta(propuesta, hacia="devuelta", actor=gente.hugo, calidad=PLANIFICACION, motivo="Celular 777")
    propuesta = acciones.presentar_propuesta(propuesta, actor=gente.ana)
    acciones.mover_propuesta(propuesta, hacia="publicada", actor=gente.hugo, calidad=PLANIFICACION)
    assert "Celular 777" not in pagina(client, propuesta).content.decode()


def test_propuesta_hace_las_mismas_consultas_con_1_y_con_20_comentarios(client, una, gente):
    from civic.debate.models import Comentario

    def consultas():
        with CaptureQueriesContext(connection) as hechas:
            pagina(client, una)
        return len(hechas)

    Comentario.objects.create(hilo=una.hilo, autor=gente.beto, texto="Uno")
    consultas()  # la primera visita llena cachés del proceso
    con_uno = consultas()
    Comentario.objects.bulk_create([Comentario(hilo=una.hilo, autor=gente.beto, texto=f"{n}") for n in range(19)])
    assert consultas() == con_uno <= 20


# --- Apoyar ----------------------------------------------------------------------------------------------------------


def test_apoyar_y_retirar_desde_la_pagina(entrar, una, gente):
    cliente = entrar(gente.beto)
    assert "Apoyar</button>" in pagina(cliente, una).content.decode()
    respuesta = cliente.post(f"/propuestas/{una.pk}/apoyar/")
    assert (respuesta.status_code, respuesta["Location"]) == (302, f"/propuestas/{una.pk}/#apoyos")
    cliente.post(f"/propuestas/{una.pk}/apoyar/")
    assert list(Apoyo.objects.values_list("usuario", flat=True)) == [gente.beto.pk]
    texto = pagina(cliente, una).content.decode()
    assert ("Tú la apoyas" in texto, "Retirar apoyo</button>" in texto) == (True, True)
    cliente.post(f"/propuestas/{una.pk}/retirar-apoyo/")
    una.refresh_from_db()
    assert (Apoyo.objects.count(), una.apoyos_contados) == (0, 0)


@pytest.mark.parametrize("verbo", ["apoyar", "retirar-apoyo"])
def test_apoyar_sin_cuenta_lleva_a_ingresar(client, una, verbo):
    respuesta = client.post(f"/propuestas/{una.pk}/{verbo}/")
    assert (respuesta.status_code, respuesta["Location"].split("?")[0]) == (302, "/cuentas/ingresar/")


@pytest.mark.parametrize("verbo", ["apoyar", "retirar-apoyo"])
def test_apoyar_con_metodo_ajeno_o_lo_que_no_esta(entrar, una, gente, verbo):
    cliente = entrar(gente.beto)
    assert cliente.get(f"/propuestas/{una.pk}/{verbo}/").status_code == 405
    assert cliente.post(f"/propuestas/999999/{verbo}/").status_code == 404


def test_apoyar_sin_residencia_explica_y_no_cuenta(entrar, una, gente):
    respuesta = entrar(gente.nadia).post(f"/propuestas/{una.pk}/apoyar/")
    texto = respuesta.content.decode()
    assert (respuesta.status_code, Apoyo.objects.count()) == (409, 0)
    assert "verificó su domicilio" in texto and "Ir a mi cuenta" in texto


def test_apoyar_y_retirar_fuera_de_fase_responden_409_con_la_fase(entrar, una, gente, recepcion):
    cliente = entrar(gente.beto)
    cliente.post(f"/propuestas/{una.pk}/apoyar/")
    recepcion.fases.update(tipo="votacion", nombre="Votación")
    for verbo in ("apoyar", "retirar-apoyo"):
        respuesta = cliente.post(f"/propuestas/{una.pk}/{verbo}/")
        assert (respuesta.status_code, "Ahora es la fase «Votación»" in respuesta.content.decode()) == (409, True)
    assert Apoyo.objects.count() == 1


def test_apoyar_un_borrador_ajeno_da_404(entrar, recepcion, gente, pueblo):
    propuesta = borrador(recepcion, gente.ana, pueblo)
    assert entrar(gente.beto).post(f"/propuestas/{propuesta.pk}/apoyar/").status_code == 404


def test_apoyar_sin_permiso_csrf_se_rechaza(una, gente):
    from django.test import Client

    cliente = Client(enforce_csrf_checks=True)
    cliente.force_login(gente.beto, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert cliente.post(f"/propuestas/{una.pk}/apoyar/").status_code == 403
    assert Apoyo.objects.count() == 0


# --- Retirar, responder ----------------------------------------------------------------------------------------------


def test_retirar_desde_la_pagina_pide_motivo_y_queda_retirada(entrar, una, gente):
    cliente = entrar(gente.ana)
    assert f"/propuestas/{una.pk}/retirar/" in pagina(cliente, una).content.decode()
    assert cliente.get(f"/propuestas/{una.pk}/retirar/").status_code == 200
    vacia = cliente.post(f"/propuestas/{una.pk}/retirar/", {"motivo": "  "})
    assert (vacia.status_code, "Falta corregir un dato" in vacia.content.decode()) == (422, True)
    respuesta = cliente.post(f"/propuestas/{una.pk}/retirar/", {"motivo": "Ya la hicieron."})
    una.refresh_from_db()
    assert (respuesta.status_code, respuesta["Location"], una.estado) == (302, f"/propuestas/{una.pk}/", "retirada")


def test_retirar_lo_ajeno_sin_cuenta_dos_veces_o_con_otro_verbo(entrar, client, una, gente):
    direccion = f"/propuestas/{una.pk}/retirar/"
    assert client.get(direccion).status_code == 302
    assert entrar(gente.beto).post(direccion, {"motivo": "x"}).status_code == 403
    cliente = entrar(gente.ana)
    assert cliente.get(f"/propuestas/{una.pk}/quemar/").status_code == 404
    assert cliente.get("/propuestas/999999/retirar/").status_code == 404
    assert cliente.delete(direccion).status_code == 405
    cliente.post(direccion, {"motivo": "Ya la hicieron."})
    otra_vez = cliente.post(direccion, {"motivo": "Ya la hicieron."})
    assert (otra_vez.status_code, "no puede pasar a «Retirada»" in otra_vez.content.decode()) == (409, True)


def test_responder_una_observacion_vuelve_a_evaluacion(entrar, recepcion, gente, pueblo):
    propuesta = en_evaluacion(recepcion, gente, pueblo)
    acciones.dictaminar(propuesta, actor=gente.carla, resultado="observada", texto="Falta el ancho de la calle.")
    cliente = entrar(gente.ana)
    assert "Responder al municipio" in pagina(cliente, propuesta).content.decode()
    cliente.post(f"/propuestas/{propuesta.pk}/responder/", {"motivo": "Mide 6 metros."})
    texto = pagina(cliente, propuesta).content.decode()
    propuesta.refresh_from_db()
    assert (propuesta.estado, "Mide 6 metros." in texto) == ("en_evaluacion", True)


def test_foto_de_un_borrador_no_la_ve_nadie_mas_hasta_publicarla(entrar, client, recepcion, gente, pueblo):
    propuesta = borrador(recepcion, gente.ana, pueblo)
    propuesta = acciones.guardar_borrador(propuesta, actor=gente.ana, adjuntos=Adjuntos(fotos=[foto_subida()]))
    direccion = propuesta.foto.url_menor
    assert client.get(direccion).status_code == 404
    acciones.presentar_propuesta(propuesta, actor=gente.ana)
    assert client.get(direccion).status_code == 404
    acciones.mover_propuesta(propuesta, hacia="publicada", actor=gente.hugo, calidad=PLANIFICACION)
    assert client.get(direccion).status_code == 200
    assert direccion in pagina(client, propuesta).content.decode()
    assert Propuesta.objects.get().foto.publica is True
