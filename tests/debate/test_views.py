import json
import re

import pytest
from django.urls import reverse

from civic.comun.idempotencia import emitir_clave
from civic.debate import acciones, reglas
from civic.debate.forms import proposito_de
from civic.debate.models import Comentario, Hilo
from tests import elenco


def clave(hilo, persona):
    return emitir_clave(proposito_de(hilo), persona)


def enviar(cliente, hilo, persona, texto="Me parece bien", guion=False, **datos):
    datos = {"clave": clave(hilo, persona), "texto": texto, **datos}
    cabeceras = {"x-requested-with": "fetch"} if guion else {}
    return cliente.post(reverse("debate:comentar", args=[hilo.pk]), datos, headers=cabeceras)


# --- La página del hilo


def test_hilo_anonimo_lee_y_se_le_invita_a_entrar(client, hilo, dicho):
    respuesta = client.get(reverse("debate:hilo", args=[hilo.pk]))
    html = respuesta.content.decode()
    assert respuesta.status_code == 200
    assert "Hace falta el tanque." in html
    assert "/cuentas/ingresar/?next=/propuestas/7/%23conversacion" in html
    assert "<textarea" not in html
    assert html.index("<h1>") < html.index("Conversación (<span data-total>1</span>)")


def test_hilo_que_no_existe_da_404(client, db):
    assert client.get(reverse("debate:hilo", args=[99])).status_code == 404


@pytest.mark.parametrize("caso", ["oculto", "proceso sin publicar"])
def test_hilo_no_publico_da_404_a_extranos_y_se_muestra_a_moderacion(entrar, hilo, gente, recepcion, caso):
    if caso == "oculto":
        Hilo.objects.update(visible=False)
    else:
        recepcion.publicado = False
        recepcion.save()
    direccion = reverse("debate:hilo", args=[hilo.pk])
    assert entrar(gente.ana).get(direccion).status_code == 404
    gente.gloria.is_superuser = True
    gente.gloria.save()
    assert entrar(gente.gloria).get(direccion).status_code == 200


def test_hilo_por_post_da_405(client, hilo):
    assert client.post(reverse("debate:hilo", args=[hilo.pk])).status_code == 405


# --- Comentar


def test_comentar_con_cuenta_lo_publica_y_vuelve_a_la_pagina(entrar, hilo, gente):
    respuesta = enviar(entrar(gente.nadia), hilo, gente.nadia)
    comentario = Comentario.objects.get()
    assert (comentario.autor, comentario.texto, comentario.hilo) == (gente.nadia, "Me parece bien", hilo)
    assert (respuesta.status_code, respuesta.url) == (302, f"/propuestas/7/#comentario-{comentario.pk}")


def test_comentar_en_la_pagina_dos_vuelve_a_esa_pagina(entrar, hilo, gente):
    Comentario.objects.bulk_create(Comentario(hilo=hilo, autor=gente.beto, texto="x") for _ in range(20))
    respuesta = enviar(entrar(gente.ana), hilo, gente.ana)
    ultimo = Comentario.objects.latest("pk")
    assert respuesta.url == f"/propuestas/7/?conversacion=2#comentario-{ultimo.pk}"


def test_responder_guarda_a_quien_responde(entrar, hilo, gente, dicho):
    enviar(entrar(gente.beto), hilo, gente.beto, padre=dicho.pk)
    assert list(Comentario.objects.values_list("autor__username", "padre")) == [("ana", None), ("beto", dicho.pk)]


def test_comentar_por_su_organizacion(entrar, hilo, gente, pueblo):
    enviar(entrar(gente.fabio), hilo, gente.fabio, organizacion=pueblo.org_molle.pk)
    assert Comentario.objects.get().organizacion == pueblo.org_molle


def test_comentar_por_organizacion_ajena_da_422(entrar, hilo, gente, pueblo):
    respuesta = enviar(entrar(gente.fabio), hilo, gente.fabio, organizacion=pueblo.org_ceibo.pk)
    assert (respuesta.status_code, Comentario.objects.count()) == (422, 0)


def test_comentar_sin_sesion_guarda_lo_escrito_y_lo_muestra_al_entrar(client, entrar, hilo, gente, dicho):
    respuesta = enviar(client, hilo, None, "Lo mío va aquí", padre=dicho.pk)
    assert respuesta.status_code == 302
    assert respuesta.url == "/cuentas/ingresar/?next=/propuestas/7/%23conversacion"
    assert Comentario.objects.count() == 1
    cliente = entrar(gente.beto)
    html = cliente.get(reverse("debate:hilo", args=[hilo.pk])).content.decode()
    assert re.search(r"<textarea[^>]*>\s*Lo mío va aquí</textarea>", html)
    assert "Tu respuesta a Ana Vecina" in html
    otro = acciones.abrir_hilo("Otro")
    assert "Lo mío va aquí" not in cliente.get(reverse("debate:hilo", args=[otro.pk])).content.decode()
    enviar(cliente, hilo, gente.beto, "Lo mío va aquí", padre=dicho.pk)
    html = cliente.get(reverse("debate:hilo", args=[hilo.pk])).content.decode()
    assert (html.count("Lo mío va aquí"), Comentario.objects.count()) == (1, 2)


def test_comentar_vacio_da_422_y_nada_se_guarda(entrar, hilo, gente):
    respuesta = enviar(entrar(gente.ana), hilo, gente.ana, "   ")
    assert (respuesta.status_code, Comentario.objects.count()) == (422, 0)
    assert "Escribe tu comentario." in respuesta.content.decode()


def test_comentar_demasiado_largo_da_422_y_conserva_lo_escrito(entrar, hilo, gente):
    respuesta = enviar(entrar(gente.ana), hilo, gente.ana, "ñ" * 2001)
    html = respuesta.content.decode()
    assert (respuesta.status_code, Comentario.objects.count()) == (422, 0)
    assert "hasta 2000 letras; tiene 2001" in html
    assert "ñ" * 2001 in html
    assert "data-comentar" not in html.split("<template")[0].split('id="comentar"')[1]


@pytest.mark.parametrize("padre", ["9999", "nada", "99999999999999999999999"])
def test_responder_a_uno_que_no_existe_da_422(entrar, hilo, gente, padre):
    respuesta = enviar(entrar(gente.ana), hilo, gente.ana, padre=padre)
    assert (respuesta.status_code, Comentario.objects.count()) == (422, 0)


def test_comentar_en_fase_cerrada_da_409_con_la_razon_y_lo_escrito(entrar, gente, pueblo):
    hilo = acciones.abrir_hilo("Reglamento", proceso=elenco.crear_proceso(pueblo, "respuesta", slug="consulta"))
    respuesta = enviar(entrar(gente.ana), hilo, gente.ana, "Lo que pensé")
    html = respuesta.content.decode()
    assert (respuesta.status_code, Comentario.objects.count()) == (409, 0)
    assert "Ahora es la fase «Respuesta motivada»" in html
    assert "Lo que pensé" in html


def test_comentar_dos_veces_el_mismo_formulario_guarda_uno(entrar, hilo, gente):
    cliente, una = entrar(gente.ana), clave(hilo, gente.ana)
    respuestas = [enviar(cliente, hilo, gente.ana, clave=una) for _ in range(2)]
    assert Comentario.objects.count() == 1
    assert respuestas[0].url == respuestas[1].url


def test_comentar_con_la_clave_ya_usada_para_otro_texto_da_422_y_deja_reenviar(entrar, hilo, gente):
    cliente, una = entrar(gente.ana), clave(hilo, gente.ana)
    enviar(cliente, hilo, gente.ana, "Primero", clave=una)
    respuesta = enviar(cliente, hilo, gente.ana, "Segundo", clave=una)
    html = respuesta.content.decode()
    assert (respuesta.status_code, Comentario.objects.count()) == (422, 1)
    nueva = re.search(r'name="clave" value="([^"]+)"', html.split('id="comentar"')[1])[1]
    assert enviar(cliente, hilo, gente.ana, "Segundo", clave=nueva).status_code == 302
    assert Comentario.objects.count() == 2


def test_comentar_demasiado_seguido_da_429_con_espera(entrar, hilo, gente):
    Comentario.objects.bulk_create(Comentario(hilo=hilo, autor=gente.ana, texto="x") for _ in range(reglas.POR_MINUTO))
    respuesta = enviar(entrar(gente.ana), hilo, gente.ana, "Otro más")
    html = respuesta.content.decode()
    assert (respuesta.status_code, respuesta["Retry-After"]) == (429, "60")
    assert "Espera un minuto" in html
    assert "Otro más" in html
    assert Comentario.objects.count() == reglas.POR_MINUTO


def test_comentar_por_get_da_405(entrar, hilo, gente):
    assert entrar(gente.ana).get(reverse("debate:comentar", args=[hilo.pk])).status_code == 405


def test_comentar_en_hilo_que_no_existe_o_no_se_ve_da_404(entrar, hilo, gente):
    cliente = entrar(gente.ana)
    assert cliente.post(reverse("debate:comentar", args=[999]), {"texto": "x"}).status_code == 404
    Hilo.objects.update(visible=False)
    assert enviar(cliente, hilo, gente.ana).status_code == 404
    assert Comentario.objects.count() == 0


def test_comentar_muestra_el_texto_sin_interpretarlo(entrar, hilo, gente):
    enviar(entrar(gente.ana), hilo, gente.ana, "<script>alert(1)</script> & {{ x }}")
    html = entrar(gente.beto).get(reverse("debate:hilo", args=[hilo.pk])).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ x }}" in html


# --- Lo mismo por el guion


def test_comentar_por_el_guion_devuelve_el_comentario_con_sus_botones_y_otra_clave(entrar, hilo, gente):
    cliente = entrar(gente.ana)
    una = clave(hilo, gente.ana)
    datos = enviar(cliente, hilo, gente.ana, guion=True, clave=una).json()
    comentario = Comentario.objects.get()
    assert (datos["id"], datos["padre"], datos["cambio"]) == (comentario.pk, None, 1)
    assert f'<li class="comentario" id="comentario-{comentario.pk}"' in datos["html"]
    assert reverse("debate:retirar", args=[comentario.pk]) in datos["html"]
    assert 'name="csrfmiddlewaretoken"' in datos["html"]
    assert datos["clave"] != una
    assert enviar(cliente, hilo, gente.ana, "Va otro", guion=True, clave=datos["clave"]).status_code == 200
    assert Comentario.objects.count() == 2


def test_comentar_por_el_guion_sin_sesion_da_403_y_dice_donde_entrar(client, hilo):
    respuesta = enviar(client, hilo, None, guion=True)
    assert respuesta.status_code == 403
    assert respuesta.json()["entrar"] == "/cuentas/ingresar/?next=/propuestas/7/%23conversacion"
    assert "te espera" in respuesta.json()["error"]
    assert Comentario.objects.count() == 0


def test_comentar_por_el_guion_con_error_devuelve_la_frase_y_una_clave(entrar, hilo, gente):
    respuesta = enviar(entrar(gente.ana), hilo, gente.ana, " ", guion=True)
    assert respuesta.status_code == 422
    assert respuesta.json()["error"] == "Escribe tu comentario."
    assert len(respuesta.json()["clave"]) > 40


# --- Desde


def test_desde_repone_lo_que_falta_como_lo_ve_cualquiera(client, entrar, hilo, gente, dicho):
    segundo = acciones.comentar(hilo, autor=gente.beto, texto="Segundo", padre=dicho)
    acciones.ocultar_comentario(dicho, actor=None, motivo="Feo")
    datos = entrar(gente.ana).get(reverse("debate:desde", args=[hilo.pk, 1])).json()
    assert [(m["id"], m["padre"], m["cambio"]) for m in datos["mensajes"]] == [
        (segundo.pk, dicho.pk, 2),
        (dicho.pk, None, 3),
    ]
    assert "Segundo" in datos["mensajes"][0]["html"]
    assert "Comentario oculto por moderación: Feo" in datos["mensajes"][1]["html"]
    assert "Hace falta el tanque" not in json.dumps(datos)
    assert "<form" not in json.dumps(datos)
    assert (datos["hasta"], datos["faltan"]) == (3, False)


def test_desde_en_hilo_oculto_da_404_y_por_post_405(client, hilo):
    direccion = reverse("debate:desde", args=[hilo.pk, 0])
    assert client.post(direccion).status_code == 405
    Hilo.objects.update(visible=False)
    assert client.get(direccion).status_code == 404


# --- Retirar


def test_retirar_lo_propio_vuelve_a_la_pagina(entrar, gente, dicho):
    respuesta = entrar(gente.ana).post(reverse("debate:retirar", args=[dicho.pk]))
    dicho.refresh_from_db()
    assert (respuesta.url, dicho.estado) == (f"/propuestas/7/#comentario-{dicho.pk}", "retirado")


def test_retirar_lo_ajeno_da_403(entrar, gente, dicho):
    assert entrar(gente.beto).post(reverse("debate:retirar", args=[dicho.pk])).status_code == 403
    dicho.refresh_from_db()
    assert dicho.estado == "visible"


def test_retirar_dos_veces_da_409(entrar, gente, dicho):
    cliente = entrar(gente.ana)
    cliente.post(reverse("debate:retirar", args=[dicho.pk]))
    respuesta = cliente.post(reverse("debate:retirar", args=[dicho.pk]))
    assert respuesta.status_code == 409
    assert "ya está retirado" in respuesta.content.decode()


def test_retirar_sin_cuenta_lleva_a_entrar_y_no_cambia(client, dicho):
    assert client.post(reverse("debate:retirar", args=[dicho.pk])).status_code == 302
    dicho.refresh_from_db()
    assert dicho.estado == "visible"


def test_retirar_lo_que_no_existe_da_404_y_por_get_405(entrar, gente, dicho):
    cliente = entrar(gente.ana)
    assert cliente.post(reverse("debate:retirar", args=[999])).status_code == 404
    assert cliente.get(reverse("debate:retirar", args=[dicho.pk])).status_code == 405
