"""Las páginas de las organizaciones: pedir el registro, presentar el acta, observar, contacto, escaneos y secciones."""

import hashlib

import pytest
from django.urls import reverse

from civic.comun.models import Suceso
from civic.cuentas import acciones, fichas
from civic.cuentas.models import ActaDeDirectiva, Escaneo, ObservacionDeRegistro, Organizacion, Usuario
from mapas.obras.models import Obra
from tests.cuentas.piezas import PDF, dias, escaneo_de, hoy, jpeg, pedir, presentar, publicar, subido
from tests.elenco import crear_persona, crear_proceso

REGISTRAR = "/organizaciones/registrar/"


def texto_de(respuesta):
    return " ".join(respuesta.content.decode().split())


def clave_de(respuesta):
    return respuesta.context["form"]["clave"].value()


def solicitud(pueblo, **cambios):
    datos = {"nombre": "Villa Nueva", "clase": "otb", "distrito": pueblo.distrito_1.pk, "otb": ""}
    return {**datos, "personalidad_en_tramite": "on", "telefono": "4400001", **cambios}


def datos_de_acta(**cambios):
    datos = {"fecha": dias(-5), "desde": hoy(), "hasta": dias(700), "presentes": "40", "lugar": "Sede"}
    datos = {campo: str(valor) for campo, valor in datos.items()}
    return {**datos, "cargo_1": "Presidencia", "nombre_1": "Nadia Nueva", "usuario_1": "nadia", **cambios}


# --- Pedir el registro -----------------------------------------------------------------------------------------------
def test_registrar_pide_cuenta(client, pueblo):
    assert client.get(REGISTRAR)["Location"].startswith("/cuentas/ingresar/")
    assert client.post(REGISTRAR, solicitud(pueblo)).status_code == 302
    assert Organizacion.objects.count() == 2


def test_registrar_crea_una_solicitada_y_sigue_con_el_acta(entrar, gente, pueblo):
    cliente = entrar(gente.nadia)
    clave = clave_de(cliente.get(REGISTRAR))
    respuesta = cliente.post(REGISTRAR, solicitud(pueblo, clave=clave))
    nueva = Organizacion.objects.get(nombre="Villa Nueva")
    assert respuesta["Location"] == f"/organizaciones/{nueva.slug}/acta/"
    assert (nueva.estado, nueva.registrada_por, nueva.telefono_publico) == ("solicitada", gente.nadia, False)
    assert Suceso.objects.de(nueva).get().calidad == "Solicitante"
    # Enviado otra vez (doble clic, recarga): la misma.
    assert cliente.post(REGISTRAR, solicitud(pueblo, clave=clave))["Location"] == respuesta["Location"]
    assert Organizacion.objects.filter(nombre="Villa Nueva").count() == 1


def test_registrar_no_deja_poner_lo_que_no_se_ofrece(entrar, gente, pueblo):
    cliente = entrar(gente.nadia)
    mas = {
        "estado": "vigente", "slug": "otro", "registrada_por": gente.ana.pk, "vigente_desde": "2020-01-01",
        "observable_hasta": "2020-01-01", "reservada": "", "area": pueblo.otb_molle.pk, "fuente": "yo",
    }  # fmt: skip
    cliente.post(REGISTRAR, solicitud(pueblo, clave=clave_de(cliente.get(REGISTRAR)), **mas))
    nueva = Organizacion.objects.get(nombre="Villa Nueva")
    assert (nueva.estado, nueva.slug, nueva.registrada_por) == ("solicitada", "villa-nueva-distrito-1", gente.nadia)
    assert (nueva.vigente_desde, nueva.observable_hasta, nueva.area, nueva.fuente) == (None, None, None, "")


def test_registrar_con_un_punto_toma_el_distrito_del_punto(entrar, gente, pueblo):
    cliente = entrar(gente.nadia)
    clave = clave_de(cliente.get(REGISTRAR))
    cliente.post(REGISTRAR, solicitud(pueblo, clave=clave, lon="1.5", lat="0.5"))
    nueva = Organizacion.objects.get(nombre="Villa Nueva")
    assert (nueva.distrito, nueva.lon, nueva.area_pedida) == (pueblo.distrito_2, 1.5, None)


@pytest.mark.parametrize(
    ("cambios", "frase"),
    [
        ({"nombre": ""}, "Escribe el nombre."),
        ({"nombre": "\u202e\u200b"}, "Escribe el nombre."),
        ({"clase": "partido"}, "Elige una de la lista."),
        ({"distrito": "999999"}, "no está entre las opciones"),
        ({"distrito": ""}, "Dinos dónde es"),
        ({"lon": "5", "lat": "5"}, "fuera del municipio"),
        ({"lon": "nan", "lat": "0.5"}, "Escribe"),
        ({"lon": "1e400", "lat": "0.5"}, "Escribe"),
        ({"familias": "1e9"}, "número entero"),
        ({"familias": "-4"}, "mayor o igual"),
        ({"familias": "9" * 30}, "menor o igual"),
        ({"telefono": "llámame"}, "solo los números"),
        ({"correo": "sin-arroba"}, "Escribe el correo completo"),
        ({"correo": "a\ud800@x.bo".encode("utf-8", "surrogatepass").decode("utf-8", "replace")}, "correo completo"),
        ({"personalidad_en_tramite": ""}, "marca que está en trámite"),
        ({"personalidad_fecha": "2999-01-01"}, "Revisa el año"),
        ({"personalidad_fecha": "0001-01-01"}, "Revisa el año"),
        ({"personalidad_fecha": "31/02/2020"}, "día, mes y año"),
    ],
)
def test_registrar_con_datos_imposibles_lo_dice_y_no_pierde_lo_escrito(entrar, gente, pueblo, cambios, frase):
    cliente = entrar(gente.nadia)
    datos = solicitud(pueblo, clave=clave_de(cliente.get(REGISTRAR)), reunion="Sede social", **cambios)
    respuesta = cliente.post(REGISTRAR, datos)
    texto = texto_de(respuesta)
    assert respuesta.status_code == 422
    if frase not in ("Escribe", "no está entre las opciones", "mayor o igual", "menor o igual"):
        assert frase in texto
    assert 'value="Sede social"' in texto
    assert Organizacion.objects.count() == 2


@pytest.mark.parametrize("malo", ["a\x07b", "Vi\u200blla\u202e Nueva", "ﷺ" * 40, "🏛️ Villa", "e\u0301" * 50])
def test_registrar_con_texto_raro_nunca_es_un_error_del_servidor(entrar, gente, pueblo, malo):
    cliente = entrar(gente.nadia)
    clave = clave_de(cliente.get(REGISTRAR))
    respuesta = cliente.post(REGISTRAR, solicitud(pueblo, clave=clave, nombre=malo, referencia=malo, reunion=malo))
    assert respuesta.status_code in (302, 422)
    for organizacion in Organizacion.objects.all():
        assert not set(organizacion.nombre + organizacion.reunion) & {"\x00", "\u200b", "\u202e"}


def test_registrar_una_que_ya_existe_lo_dice(entrar, gente, pueblo):
    cliente = entrar(gente.nadia)
    respuesta = cliente.post(REGISTRAR, solicitud(pueblo, nombre="MOLLE", clave=clave_de(cliente.get(REGISTRAR))))
    assert respuesta.status_code == 422
    assert "Ya hay una organización con ese nombre" in texto_de(respuesta)


def test_registrar_sin_fin_se_detiene(entrar, gente, pueblo):
    for numero in range(5):
        pedir(pueblo, gente.nadia, f"Barrio {numero}")
    cliente = entrar(gente.nadia)
    respuesta = cliente.post(REGISTRAR, solicitud(pueblo, clave=clave_de(cliente.get(REGISTRAR))))
    assert (respuesta.status_code, "5 solicitudes en trámite" in texto_de(respuesta)) == (422, True)


# --- La solicitud y el contacto son de quien los tramita -------------------------------------------------------------
@pytest.mark.parametrize("ruta", ["solicitud", "contacto", "renunciar", "acta"])
def test_lo_de_una_solicitud_ajena_no_existe(client, entrar, gente, pueblo, ruta):
    nueva = pedir(pueblo, gente.nadia)
    url = f"/organizaciones/{nueva.slug}/{ruta}/"
    assert client.get(url).status_code == 302
    cliente = entrar(gente.ana)
    assert cliente.get(url).status_code == 404
    assert cliente.post(url, {"telefono": "4400009", "seguro": "on"}).status_code in (404, 405)
    assert Organizacion.objects.get(pk=nueva.pk).telefono == ""


def test_contacto_se_muestra_solo_con_consentimiento_y_se_puede_retirar(client, entrar, gente, pueblo):
    cliente, url = entrar(gente.fabio), "/organizaciones/molle/contacto/"
    datos = {"telefono": "4400001", "correo": "molle@correo.bo", "correo_publico": "on", "estado": "suspendida"}
    assert cliente.post(url, datos)["Location"] == "/organizaciones/molle/solicitud/"
    pagina = texto_de(client.get("/organizaciones/molle/"))
    assert "molle@correo.bo" in pagina and "4400001" not in pagina
    assert client.get("/organizaciones/molle.json").json()["contact_details"] == [
        {"label": "Correo", "value": "molle@correo.bo"}
    ]
    suceso = Suceso.objects.de(pueblo.org_molle).get()
    assert (suceso.actor, suceso.calidad) == (gente.fabio, "Presidencia de OTB Molle")
    cliente.post(url, {"telefono": "4400001", "correo": "molle@correo.bo"})
    assert "molle@correo.bo" not in texto_de(client.get("/organizaciones/molle/"))
    assert Organizacion.objects.get(pk=pueblo.org_molle.pk).estado == "vigente"


# --- El acta ---------------------------------------------------------------------------------------------------------
def enviar_acta(cliente, url, archivo, **cambios):
    clave = clave_de(cliente.get(url))
    return cliente.post(url, datos_de_acta(clave=clave, **({"escaneo": archivo} if archivo else {}), **cambios))


def test_acta_en_pdf_se_guarda_con_su_huella_y_fuera_de_lo_publico(client, entrar, gente, pueblo):
    nueva = pedir(pueblo, gente.nadia)
    respuesta = enviar_acta(entrar(gente.nadia), f"/organizaciones/{nueva.slug}/acta/", subido())
    assert respuesta["Location"] == f"/organizaciones/{nueva.slug}/solicitud/"
    acta = ActaDeDirectiva.objects.get()
    assert (acta.escaneo.formato, acta.escaneo.huella) == ("pdf", hashlib.sha256(PDF).hexdigest())
    assert (acta.registrada_por, acta.calidad, acta.escaneo_publico) == (gente.nadia, "Solicitante", False)
    assert acta.cargos.get().usuario is None  # la cuenta se resuelve al confirmar, no al escribir


def test_acta_en_foto_se_limpia(entrar, gente, pueblo):
    nueva = pedir(pueblo, gente.nadia)
    archivo = subido("acta.jpg", jpeg(), "image/jpeg")
    assert enviar_acta(entrar(gente.nadia), f"/organizaciones/{nueva.slug}/acta/", archivo).status_code == 302
    assert Escaneo.objects.get().formato == "webp"


@pytest.mark.parametrize(
    ("nombre", "datos", "frase"),
    [
        ("acta.pdf", b"<html><script>alert(1)</script>%%EOF", "dice ser PDF"),
        ("acta.html", PDF, "PDF con otro nombre"),
        ("acta.pdf.exe", PDF, "PDF con otro nombre"),
        ("acta.pdf", PDF.replace(b"%%EOF", b""), "cortado o dañado"),
        ("acta.pdf", PDF.replace(b"/Catalog", b"/Catalog/AA<</S/JavaScript/JS (app)>>"), "programas o archivos"),
        ("acta.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "como PDF o como foto"),
        ("acta.docx", b"PK\x03\x04", "como PDF o como foto"),
        ("acta.png", jpeg(), "como PDF o como foto"),
        ("acta.jpg", jpeg()[:60], "No pudimos leer"),
        ("acta.pdf", b"", "vacío"),
    ],
)  # fmt: skip
def test_archivo_que_no_es_lo_que_dice_no_se_acepta(entrar, gente, pueblo, nombre, datos, frase):
    nueva = pedir(pueblo, gente.nadia)
    respuesta = enviar_acta(entrar(gente.nadia), f"/organizaciones/{nueva.slug}/acta/", subido(nombre, datos))
    assert (respuesta.status_code, frase in texto_de(respuesta)) == (422, True)
    assert (Escaneo.objects.count(), ActaDeDirectiva.objects.count()) == (0, 0)


def test_acta_que_falla_no_pierde_el_archivo_ni_lo_escrito(entrar, gente, pueblo):
    nueva = pedir(pueblo, gente.nadia)
    cliente, url = entrar(gente.nadia), f"/organizaciones/{nueva.slug}/acta/"
    respuesta = enviar_acta(cliente, url, subido(), presentes="", cargo_5="Vocalía", nombre_5="Tinku")
    assert respuesta.status_code == 422
    assert "Tu acta ya está guardada." in texto_de(respuesta) and 'value="Tinku"' in texto_de(respuesta)
    token = respuesta.context["form"]["escaneo_guardado"].value()
    assert Escaneo.objects.get().token == token
    otra_vez = cliente.post(url, datos_de_acta(clave=clave_de(respuesta), escaneo_guardado=token))
    assert otra_vez.status_code == 302
    assert ActaDeDirectiva.objects.get().escaneo.token == token


def test_acta_con_el_escaneo_guardado_de_otra_persona_no_sirve(entrar, gente, pueblo):
    nueva, ajeno = pedir(pueblo, gente.nadia), escaneo_de(gente.ana)
    respuesta = enviar_acta(
        entrar(gente.nadia), f"/organizaciones/{nueva.slug}/acta/", None, escaneo_guardado=ajeno.token
    )
    assert (respuesta.status_code, "Sube el acta firmada" in texto_de(respuesta)) == (422, True)


def test_acta_de_una_ajena_con_directiva_explica_quien_la_presenta(entrar, gente, pueblo):
    respuesta = entrar(gente.ana).get("/organizaciones/molle/acta/")
    assert (respuesta.status_code, "El acta la presenta su directiva." in texto_de(respuesta)) == (403, True)


def test_escaneo_lo_baja_solo_quien_puede_y_el_personal_deja_rastro(client, entrar, gente, pueblo):
    acta = presentar(pueblo.org_molle, gente.fabio)
    url = reverse("organizaciones:escaneo", args=[acta.pk])
    assert client.get(url).status_code == 404
    for ajena in (gente.ana, gente.carla, gente.elena):
        assert entrar(ajena).get(url).status_code == 404
    respuesta = entrar(gente.fabio).get(url)
    assert b"".join(respuesta.streaming_content) == PDF
    assert respuesta["Content-Disposition"].startswith("attachment;")
    assert (respuesta["X-Content-Type-Options"], respuesta["Cache-Control"]) == ("nosniff", "private, no-store")
    assert respuesta["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert Suceso.objects.de(acta).count() == 0
    assert entrar(gente.hugo).get(url).status_code == 200
    suceso = Suceso.objects.de(acta).get()
    assert (suceso.actor, suceso.verbo, suceso.publico) == (gente.hugo, "ver_acta", False)
    assert client.get("/organizaciones/actas/999999999999999999999/escaneo/").status_code == 404


def test_escaneo_publico_se_ve_solo_confirmado(client, gente, pueblo):
    acta = presentar(pueblo.org_molle, gente.fabio, ("Presidencia", "Ana", "ana"), escaneo_publico=True)
    url = reverse("organizaciones:escaneo", args=[acta.pk])
    assert client.get(url).status_code == 404
    acciones.confirmar_acta(acta, actor=gente.hugo)
    assert client.get(url).status_code == 200
    assert url in texto_de(client.get("/organizaciones/molle/"))
    acciones.mover_organizacion(pueblo.org_molle, hacia="suspendida", actor=gente.hugo, motivo="Duda.")
    acciones.mover_organizacion(pueblo.org_molle, hacia="en_revision", actor=gente.hugo, motivo="Duda.")
    assert client.get(url).status_code == 404


def test_escaneos_sueltos_de_ayer_se_borran_con_su_archivo(gente, pueblo, django_capture_on_commit_callbacks):
    from django.core.files.storage import default_storage
    from django.utils import timezone

    viejo, nuevo = escaneo_de(gente.ana), escaneo_de(gente.ana)
    usado = presentar(pueblo.org_molle, gente.fabio).escaneo
    Escaneo.objects.exclude(pk=nuevo.pk).update(momento=timezone.now() - timezone.timedelta(days=2))
    assert acciones.borrar_escaneos_sueltos() == 1
    assert set(Escaneo.objects.all()) == {nuevo, usado}
    assert [default_storage.exists(e.ruta) for e in (viejo, nuevo, usado)] == [False, True, True]


# --- Observar --------------------------------------------------------------------------------------------------------
def test_publicada_muestra_el_plazo_y_quien_vive_ahi_observa(client, entrar, gente, pueblo):
    organizacion = publicar(pueblo, gente)
    assert organizacion.observable_hasta > hoy()
    pagina = texto_de(client.get(organizacion.get_absolute_url()))
    assert "Se puede observar hasta el" in pagina and "Observar este registro" in pagina
    url = f"/organizaciones/{organizacion.slug}/observar/"
    cliente = entrar(gente.ana)
    clave = clave_de(cliente.get(url))
    for _ in range(2):  # el segundo envío es el mismo
        assert cliente.post(url, {"texto": "No se convocó.", "clave": clave}).status_code == 302
    observacion = ObservacionDeRegistro.objects.get()
    assert (observacion.autor, observacion.estado) == (gente.ana, "abierta")
    pagina = texto_de(client.get(organizacion.get_absolute_url()))
    assert "No se convocó." in pagina and "Ana" not in pagina


@pytest.mark.parametrize("quien", ["beto", "carla", "nadia", "elena"])
def test_no_observa_quien_vive_en_otro_lado_ni_quien_es_parte(entrar, gente, pueblo, quien):
    organizacion = publicar(pueblo, gente)
    cliente = entrar(getattr(gente, quien))
    url = f"/organizaciones/{organizacion.slug}/observar/"
    assert cliente.get(url).status_code == 403
    assert cliente.post(url, {"texto": "No."}).status_code == 403
    assert ObservacionDeRegistro.objects.count() == 0


def test_despues_del_plazo_no_se_observa_y_todo_debe_estar_respondido(entrar, gente, pueblo):
    organizacion = publicar(pueblo, gente)
    observacion = acciones.observar(organizacion, autor=gente.ana, texto="No se convocó.")
    with pytest.raises(Exception, match="El plazo para observar termina"):
        acciones.mover_organizacion(organizacion, hacia="vigente", actor=gente.hugo)
    Organizacion.objects.filter(pk=organizacion.pk).update(observable_hasta=dias(-1))
    assert entrar(gente.dora).get(f"/organizaciones/{organizacion.slug}/observar/").status_code == 403
    with pytest.raises(Exception, match="una observación sin responder"):
        acciones.mover_organizacion(organizacion, hacia="vigente", actor=gente.hugo)
    acciones.responder_observacion(observacion, actor=gente.hugo, decision="desestimada", respuesta="Hay aviso.")
    assert acciones.mover_organizacion(organizacion, hacia="vigente", actor=gente.hugo).estado == "vigente"


def test_observacion_aceptada_no_deja_validar_esta_vuelta(gente, pueblo):
    organizacion = publicar(pueblo, gente)
    observacion = acciones.observar(organizacion, autor=gente.ana, texto="No se convocó.")
    acciones.responder_observacion(observacion, actor=gente.hugo, decision="aceptada", respuesta="Es cierto.")
    Organizacion.objects.filter(pk=organizacion.pk).update(observable_hasta=dias(-1))
    with pytest.raises(Exception, match="Se aceptó una observación"):
        acciones.mover_organizacion(organizacion, hacia="vigente", actor=gente.hugo)
    for hacia in ("en_revision", "publicada"):
        acciones.mover_organizacion(organizacion, hacia=hacia, actor=gente.hugo, motivo="Se convocó de nuevo.")
    Organizacion.objects.filter(pk=organizacion.pk).update(observable_hasta=dias(-1))
    assert acciones.mover_organizacion(organizacion, hacia="vigente", actor=gente.hugo).estado == "vigente"


def test_nadie_decide_su_propia_observacion_ni_una_sin_razon(gente, pueblo):
    organizacion = publicar(pueblo, gente)
    hace = crear_persona("paula", "Paula Vecina", otb=pueblo.otb_molle)
    from tests.elenco import dar_rol

    dar_rol(hace, "planificacion")
    observacion = acciones.observar(organizacion, autor=hace, texto="No se convocó.")
    with pytest.raises(Exception, match="La decide otra persona"):
        acciones.responder_observacion(observacion, actor=hace, decision="aceptada", respuesta="Sí.")
    with pytest.raises(Exception, match="Escribe la razón"):
        acciones.responder_observacion(observacion, actor=gente.hugo, decision="aceptada", respuesta=" ")
    with pytest.raises(Exception, match="La decide otra persona"):
        acciones.responder_observacion(observacion, actor=gente.carla, decision="aceptada", respuesta="Sí.")


def test_moderar_oculta_el_texto_y_dice_por_que(client, gente, pueblo):
    organizacion = publicar(pueblo, gente)
    observacion = acciones.observar(organizacion, autor=gente.ana, texto="Un insulto.")
    acciones.moderar_observacion(observacion, actor=gente.hugo, motivo="Insulta a una persona.")
    pagina = texto_de(client.get(organizacion.get_absolute_url()))
    assert "Un insulto." not in pagina and "Insulta a una persona." in pagina
    acciones.moderar_observacion(observacion, actor=gente.hugo, motivo="")
    assert "Un insulto." in texto_de(client.get(organizacion.get_absolute_url()))


# --- La página -------------------------------------------------------------------------------------------------------
def test_json_es_popolo_y_sin_datos_personales(client, gente, pueblo):
    datos = client.get("/organizaciones/molle.json").json()
    assert (datos["name"], datos["classification"], datos["area"]["id"]) == ("OTB Molle", "otb", "O-1")
    assert datos["area"]["parent"] == {"id": "D-1", "name": "Distrito 1"}
    (membresia,) = datos["memberships"]
    assert membresia == {
        "person": {"name": "Fabio Preside"},
        "role": "Presidencia",
        "start_date": dias(-100).isoformat(),
        "end_date": dias(600).isoformat(),
    }
    assert '"fabio"' not in client.get("/organizaciones/molle.json").content.decode()
    assert client.get("/organizaciones/no-hay.json").status_code == 404


def test_cada_sala_agrega_su_seccion_y_las_consultas_no_crecen(client, gente, pueblo, django_assert_max_num_queries):
    crear_proceso(pueblo, "recepcion")
    with django_assert_max_num_queries(30) as pocas:
        texto = texto_de(client.get("/organizaciones/molle/"))
    for titulo in ("Con cuánto dinero se cuenta", "Qué propone", "Qué se construye", "Qué se reporta"):
        assert titulo in texto
    assert "Bs 300.000" in texto and "Es el techo del Distrito 1 entero" in texto
    for numero in range(8):
        Obra.objects.create(
            codigo=f"OB-{numero}", nombre=f"Obra {numero}", categoria=pueblo.vias, distrito=pueblo.distrito_1,
            otb=pueblo.otb_molle, presupuesto=1000,
        )  # fmt: skip
    with django_assert_max_num_queries(31) as muchas:
        texto = texto_de(client.get("/organizaciones/molle/"))
    assert len(muchas) - len(pocas) <= 1  # los avances de las obras, en una consulta
    assert "Las 8 obras de su lugar" in texto
    lista = texto_de(client.get("/obras/?organizacion=molle"))
    assert "8 resultados" in lista and 'Solo de <a href="/organizaciones/molle/">OTB Molle</a>' in lista
    assert "0 resultados" in texto_de(client.get("/obras/?organizacion=ceibo"))
    assert "8 resultados" in texto_de(client.get("/obras/?organizacion=no-hay"))


def test_registrar_una_seccion_la_agrega_en_su_orden(pueblo, monkeypatch):
    monkeypatch.setattr(fichas, "_secciones", {})
    fichas.registrar_seccion(20, "b", "b.html", lambda organizacion: {"n": organizacion.nombre})
    fichas.registrar_seccion(10, "a", "a.html", lambda organizacion: {})
    fichas.registrar_seccion(15, "nada", "nada.html", lambda organizacion: None)
    assert fichas.secciones_de(pueblo.org_molle) == [
        {"clave": "a", "plantilla": "a.html", "datos": {}},
        {"clave": "b", "plantilla": "b.html", "datos": {"n": "Molle"}},
    ]


def test_mi_cuenta_avisa_sesenta_dias_antes_y_lista_lo_pendiente(entrar, gente, pueblo):
    texto = texto_de(entrar(gente.fabio).get("/cuentas/mi-cuenta/"))
    assert "OTB Molle" in texto and "le quedan" not in texto
    gente.fabio.mandatos.update(hasta=dias(60))
    assert "A tu mandato le quedan 60 días." in texto_de(entrar(gente.fabio).get("/cuentas/mi-cuenta/"))
    nueva = pedir(pueblo, gente.nadia)
    presentar(nueva, gente.nadia)
    texto = texto_de(entrar(gente.nadia).get("/cuentas/mi-cuenta/"))
    assert "Registros que pediste" in texto and "Actas que presentaste, por revisar" in texto


def test_renunciar_desde_su_pagina_pide_confirmar(entrar, gente, pueblo):
    cliente, url = entrar(gente.fabio), "/organizaciones/molle/renunciar/"
    assert cliente.get(url).status_code == 200
    assert cliente.post(url, {"motivo": "Me mudé."}).status_code == 422
    assert cliente.post(url, {"motivo": "Me mudé.", "seguro": "on"})["Location"] == "/cuentas/mi-cuenta/"
    assert Usuario.objects.get(pk=gente.fabio.pk).mandatos.vigentes().count() == 0
    assert cliente.get(url).status_code == 404


@pytest.mark.parametrize("ruta", ["/organizaciones/molle/", "/organizaciones/molle.json", "/organizaciones/"])
def test_paginas_publicas_no_aceptan_post(client, pueblo, ruta):
    assert client.post(ruta).status_code == 405
