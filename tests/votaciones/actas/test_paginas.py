"""Páginas de las actas: lista, acta, JSON, PDF, comprobar, escribir, firmar, observar, elegir y la trastienda."""

import hashlib
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from civic.comun.models import Suceso
from civic.cuentas.acciones import asignar_rol, preparar_roles
from civic.cuentas.models import AsignacionRol, Mandato, Usuario
from civic.cuentas.roles import Rol
from tests.propuestas.piezas import foto_falsa, foto_subida
from tests.propuestas.piezas import publicada as propuesta_publicada
from tests.votaciones.actas.piezas import (
    aprobada,
    borrador,
    escrito,
    firmada,
    publicada,
    renglon,
    segunda_de_planificacion,
    vencer_plazo,
)
from tests.votaciones.actas.test_pdf import texto_de
from votaciones.actas import acciones, consultas
from votaciones.actas.models import Acta, Envio

pytestmark = pytest.mark.django_db


def datos(proceso, **cambios):
    return {
        "tipo": "asamblea", "fecha": str(timezone.localdate()), "lugar": "Sede social", "convocatoria": "1",
        "idioma": "qu", "habilitados": "100", "presentes": "70", "mujeres": "40", "hombres": "30",
        "forma": "mano_alzada", "acuerdo": "", "firmantes": "Presidencia\nSecretaría de actas",
        "p1-descripcion": "Tanque de agua", "p1-monto": "120.000,50", "p1-a_favor": "60",
    } | cambios  # fmt: skip


def direccion_de_equipo(proceso):
    return reverse("actas:equipo", args=[proceso.slug, "o-molle"])


def con_clave(cliente, direccion, datos):
    form = cliente.get(direccion).context["form"]
    return datos | {"clave": form["clave"].value()}


# --- Públicas ---
def test_la_lista_muestra_lo_publicado_y_filtra(client, recepcion, gente, pueblo):
    vacia = client.get(reverse("actas:lista"))
    assert "Todavía no hay actas" in vacia.text
    acta = publicada(recepcion, gente, pueblo)
    borrador(recepcion, gente, pueblo, renglon("10"), tipo="extraordinaria")
    pagina = client.get(reverse("actas:lista"))
    assert pagina.context["pagina"].paginator.count == 1 and "Bs\xa0120.000" in pagina.text
    for consulta, cuantas in (
        ("q=molle", 1), ("q=ACTA-2027-001", 1), ("q=ceibo", 0), ("estado=aprobada", 0), ("distrito=D-1", 1),
        ("distrito=D-2", 0), ("tipo=asamblea", 1), ("proceso=poa-2027", 1), ("organizacion=molle", 1),
        ("estado=inventado", 1), (f"q={acta.huella[:12]}", 1),
    ):  # fmt: skip
        pagina = client.get(f"{reverse('actas:lista')}?{consulta}")
        assert pagina.context["pagina"].paginator.count == cuantas, consulta


def test_el_borrador_no_existe_para_los_demas(client, entrar, recepcion, gente, pueblo):
    acta = borrador(recepcion, gente, pueblo)
    rutas = ("acta", "json", "pdf", "corregir")
    for ruta in rutas[:3]:
        assert client.get(reverse(f"actas:{ruta}", args=[acta.numero])).status_code == 404
    cliente = entrar(gente.ana)
    assert {cliente.get(reverse(f"actas:{ruta}", args=[acta.numero])).status_code for ruta in rutas} == {404}
    cliente = entrar(gente.fabio)
    pagina = cliente.get(acta.get_absolute_url())
    assert "Todavía no es pública" in pagina.text and "Dar por firmada" in pagina.text
    assert cliente.get(reverse("actas:json", args=[acta.numero])).status_code == 404, "no hay nada firmado"


def test_la_pagina_dice_que_pasa_y_hasta_cuando(client, recepcion, gente, pueblo):
    acta = publicada(recepcion, gente, pueblo)
    pagina = client.get(acta.get_absolute_url())
    for frase in (
        "En observación pública", "puede observarla hasta el", "70 de 100 personas", "hubo quórum",
        "Bs\xa0120.000 de Bs\xa0300.000", "Quedan Bs\xa0180.000", acta.huella, "no se publican porque llevan nombres",
        "Presidencia de OTB Molle",
    ):  # fmt: skip
        assert frase in pagina.text, frase
    assert "Fabio" not in pagina.text
    vencer_plazo(acta)
    assert "El plazo para observarla terminó" in client.get(acta.get_absolute_url()).text


def test_la_pagina_publica_muestra_lo_firmado_y_no_lo_que_se_esta_corrigiendo(client, recepcion, gente, pueblo):
    acta = publicada(recepcion, gente, pueblo)
    acciones.mover_acta(acta, hacia="observada", actor=gente.hugo, motivo="Falta una firma.")
    acciones.corregir_acta(acta, actor=gente.fabio, escrito=escrito(lugar="Cancha nueva"))
    pagina = client.get(acta.get_absolute_url())
    assert "Cancha nueva" not in pagina.text and "Falta una firma." in pagina.text
    assert "Cancha" not in texto_de(client.get(reverse("actas:pdf", args=[acta.numero])).content)


def test_el_json_deja_rehacer_la_huella(client, recepcion, gente, pueblo):
    acta = publicada(recepcion, gente, pueblo)
    leido = json.loads(client.get(reverse("actas:json", args=[acta.numero])).content)
    assert hashlib.sha256(leido["contenido"].encode()).hexdigest() == leido["huella"] == acta.huella
    assert json.loads(leido["contenido"]) == leido["acta"]
    assert "Fabio" not in json.dumps(leido) and "creada_por" not in json.dumps(leido)


def test_comprobar_un_papel(client, recepcion, gente, pueblo):
    acta = publicada(recepcion, gente, pueblo)
    direccion = reverse("actas:comprobar")
    pdf = texto_de(client.get(reverse("actas:pdf", args=[acta.numero])).content)
    del_papel = pdf.split("SHA-256 ")[-1]
    assert "Coincide" in client.get(direccion, {"codigo": del_papel}).text, "copiado del papel, con espacios"
    assert "Coincide" in client.get(direccion, {"codigo": consultas.texto_del_codigo(acta)}).text, "leído del QR"
    otro = "0" * 64
    assert "No coincide con ninguna" in client.get(direccion, {"codigo": otro}).text
    mal = client.get(direccion, {"codigo": "hola"})
    assert mal.status_code == 422 and "son 64 letras" in mal.text and 'value="hola"' in mal.text
    assert client.get(direccion).status_code == 200
    vieja = acta.huella
    acciones.mover_acta(acta, hacia="observada", actor=gente.hugo, motivo="x")
    acciones.corregir_acta(acta, actor=gente.fabio, escrito=escrito(lugar="Cancha"))
    acciones.mover_acta(acta, hacia="firmada", actor=gente.fabio, motivo="x")
    assert "ya no vale" in client.get(direccion, {"codigo": vieja}).text
    Acta.objects.filter(pk=acta.pk).update(presentes=71)
    nueva = Acta.objects.get(pk=acta.pk).huella
    assert "Algo está mal" in client.get(direccion, {"codigo": nueva}).text


def test_comprobar_no_cuenta_lo_que_no_es_publico(client, recepcion, gente, pueblo):
    acta = firmada(recepcion, gente, pueblo)
    assert "No coincide" in client.get(reverse("actas:comprobar"), {"codigo": acta.huella}).text


# --- Escribir ---
def test_escribir_el_acta_sin_javascript(entrar, recepcion, gente, pueblo):
    propuesta = propuesta_publicada(recepcion, gente, pueblo)
    cliente = entrar(gente.fabio)
    elegir = cliente.get(reverse("actas:nueva"), {"proceso": recepcion.slug, "de": "o-molle"})
    assert elegir.url == direccion_de_equipo(recepcion)
    envio = con_clave(cliente, elegir.url, datos(recepcion) | {"p2-propuesta": propuesta.pk, "p2-monto": "1000"})
    hecho = cliente.post(elegir.url, envio)
    acta = Acta.objects.get()
    assert hecho.url == acta.get_absolute_url()
    assert [(r.descripcion, str(r.monto)) for r in acta.renglones.all()] == [
        ("Tanque de agua", "120000.50"), (propuesta.titulo, "1000.00"),
    ]  # fmt: skip
    assert (acta.idioma, acta.firmantes) == ("qu", ["Presidencia", "Secretaría de actas"])
    assert cliente.post(elegir.url, envio).url == hecho.url, "recargar no crea otra"
    assert Acta.objects.count() == 1


def test_lo_mal_escrito_vuelve_con_lo_escrito(entrar, recepcion, gente, pueblo):
    cliente = entrar(gente.fabio)
    direccion = direccion_de_equipo(recepcion)
    for cambios, frase in (
        ({"p1-monto": "mucho"}, "Escribe el monto en bolivianos"),
        ({"p1-monto": "300000.01"}, "el techo es"),
        ({"p1-descripcion": ""}, "escribe qué proyecto es"),
        ({"mujeres": "80"}, "suman más que el total"),
        ({"presentes": "300", "habilitados": "200", "p1-a_favor": "1"}, "más personas que las habilitadas"),
        ({"fecha": "31/31/2026"}, "Escribe la fecha"),
        ({"p7-propuesta": "999999", "p7-monto": "1"}, "Proyecto 7"),
    ):
        envio = con_clave(cliente, direccion, datos(recepcion, lugar="Bajo el molle") | cambios)
        respuesta = cliente.post(direccion, envio)
        assert respuesta.status_code == 422, cambios
        assert frase in respuesta.text, (cambios, respuesta.context["form"].errors)
        assert 'value="Bajo el molle"' in respuesta.text
    assert not Acta.objects.exists()


def test_quien_no_hace_el_acta_no_abre_el_formulario(client, entrar, recepcion, gente):
    direccion = direccion_de_equipo(recepcion)
    assert client.get(direccion).status_code == 302
    for persona in (gente.ana, gente.hugo, gente.gloria):
        assert entrar(persona).get(direccion).status_code == 403
        assert entrar(persona).get(reverse("actas:nueva")).status_code == 403
    cliente = entrar(gente.fabio)
    for mala in ("o-no-hay", "d-D-9", "x-1"):
        assert cliente.get(reverse("actas:equipo", args=[recepcion.slug, mala])).status_code == 404
    assert cliente.get(reverse("actas:equipo", args=[recepcion.slug, "o-ceibo"])).status_code == 403
    assert cliente.get(reverse("actas:equipo", args=["no-hay", "o-molle"])).status_code == 404


def test_de_la_hoja_a_la_firma(entrar, recepcion, gente, pueblo):
    acta = borrador(recepcion, gente, pueblo, lugar="")
    cliente = entrar(gente.fabio)
    firmar = reverse("actas:mover", args=[acta.numero, "firmada"])
    assert (r := cliente.post(firmar)).status_code == 409 and "Le falta: el lugar" in r.text
    corregir = reverse("actas:corregir", args=[acta.numero])
    respuesta = cliente.post(corregir, con_clave(cliente, corregir, datos(recepcion, lugar="Cancha")))
    assert respuesta.url == acta.get_absolute_url()
    hojas = reverse("actas:agregar_hoja", args=[acta.numero])
    assert cliente.post(hojas, {"escaneo": foto_falsa()}).status_code == 422
    assert cliente.post(hojas, {}).status_code == 422
    assert cliente.post(hojas, {"escaneo": foto_subida("acta.jpg")}).status_code == 302
    hoja = acta.hojas.get()
    assert cliente.get(reverse("actas:hoja", args=[acta.numero, hoja.pk]))["Content-Type"] == "image/webp"
    assert cliente.post(firmar).status_code == 302
    assert Acta.objects.get().estado == "firmada"
    assert cliente.get(corregir).status_code == 403
    assert cliente.post(reverse("actas:quitar_hoja", args=[acta.numero, hoja.pk])).status_code == 403


def test_la_hoja_no_es_publica_y_verla_por_el_cargo_se_anota(client, entrar, recepcion, gente, pueblo):
    preparar_roles()
    acta = publicada(recepcion, gente, pueblo)
    direccion = reverse("actas:hoja", args=[acta.numero, acta.hojas.get().pk])
    assert client.get(direccion).status_code == 302
    assert entrar(gente.ana).get(direccion).status_code == 404
    assert entrar(gente.hugo).get(direccion).status_code == 200
    assert Suceso.objects.de(acta).filter(verbo="mirar", actor=gente.hugo).exists()


def test_observar_desde_la_pagina(client, entrar, recepcion, gente, pueblo):
    acta = publicada(recepcion, gente, pueblo)
    direccion = reverse("actas:observar", args=[acta.numero])
    assert entrar(gente.beto).post(direccion, {"texto": "x"}).status_code == 409
    cliente = entrar(gente.ana)
    assert "Observar el acta" in cliente.get(acta.get_absolute_url()).text
    assert cliente.post(direccion, {"texto": " "}).status_code == 422
    assert cliente.post(direccion, {"texto": "No se leyó."}).status_code == 302
    client.logout()
    publica = client.get(acta.get_absolute_url()).text
    assert "No se leyó." in publica and "Ana" not in publica


def test_la_enmienda_muestra_la_diferencia(client, entrar, recepcion, gente, pueblo):
    acta = aprobada(recepcion, gente, pueblo)
    cliente = entrar(gente.fabio)
    respuesta = cliente.post(reverse("actas:enmendar", args=[acta.numero]))
    nueva = Acta.objects.get(enmienda_de=acta)
    assert respuesta.url == reverse("actas:corregir", args=[nueva.numero])
    assert cliente.post(reverse("actas:enmendar", args=[acta.numero])).status_code == 409, "una a la vez"
    acciones.corregir_acta(nueva, actor=gente.fabio, escrito=escrito(renglon("99000")))
    acciones.agregar_hoja(nueva, actor=gente.fabio, archivo=foto_subida("acta.jpg", color="red"))
    acciones.mover_acta(nueva, hacia="firmada", actor=gente.fabio)
    acciones.mover_acta(nueva, hacia="en_observacion_publica", actor=gente.hugo)
    client.logout()
    texto = client.get(nueva.get_absolute_url()).text
    assert "Qué cambia" in texto and "120000.00" in texto and "99000.00" in texto
    assert nueva.numero in client.get(acta.get_absolute_url()).text


# --- El teléfono ---
@pytest.fixture
def secretaria(gente, pueblo):
    hoy = timezone.localdate()
    Mandato.objects.create(
        usuario=gente.dora, organizacion=pueblo.org_molle, cargo="Secretaría de actas", desde=hoy, hasta=hoy
    )
    return gente.dora


def en_json(cliente, direccion, datos):
    return cliente.post(direccion, datos, headers={"Accept": "application/json"})


def test_el_telefono_envia_una_vez_y_recibe_que_paso(entrar, recepcion, gente, secretaria):
    direccion = direccion_de_equipo(recepcion)
    cliente = entrar(gente.fabio)
    mal = en_json(cliente, direccion, con_clave(cliente, direccion, datos(recepcion, **{"p1-monto": "999999"})))
    assert mal.status_code == 422 and mal.json()["clave"] and "el techo es" in mal.json()["errores"][0]
    envio = con_clave(cliente, direccion, datos(recepcion, escrita_en_aparato="2020-01-01T10:00:00Z"))
    una, otra = (en_json(cliente, direccion, envio) for _ in range(2))
    assert (una.status_code, otra.status_code) == (201, 200)
    assert una.json() == otra.json() | {"numero": "ACTA-2027-001"}
    acta = Acta.objects.get()
    assert acta.escrita_en_aparato.year == 2020 and acta.creada.year > 2020
    cliente = entrar(secretaria)
    segunda = en_json(cliente, direccion, con_clave(cliente, direccion, datos(recepcion, lugar="Cancha")))
    assert segunda.json()["repetida"] and Envio.objects.count() == 1
    pagina = cliente.get(segunda.json()["url"])
    assert "Cancha" in pagina.text and "Sede social" in pagina.text and "el teléfono decía" in pagina.text
    assert cliente.post(segunda.json()["url"], {"cual": "envio"}).status_code == 302
    assert Acta.objects.get().lugar == "Cancha"
    assert cliente.post(segunda.json()["url"], {"cual": "acta"}).status_code == 409
    assert entrar(gente.ana).get(segunda.json()["url"]).status_code == 404


def test_el_pase_dice_de_quien_es_la_sesion(client, entrar, gente):
    assert client.get(reverse("actas:pase")).json()["persona"] is None
    pase = entrar(gente.fabio).get(reverse("actas:pase"))
    assert pase.json()["persona"] == gente.fabio.pk and len(pase.json()["permiso"]) > 30
    assert "no-store" in pase["Cache-Control"]


def test_el_trabajador_se_sirve_con_su_tipo(client):
    respuesta = client.get(reverse("actas:trabajador"))
    assert respuesta["Content-Type"].startswith("text/javascript") and "addEventListener" in respuesta.text


def test_las_hojas_para_imprimir(entrar, recepcion, gente, pueblo):
    propuesta = propuesta_publicada(recepcion, gente, pueblo)
    pdf = entrar(gente.fabio).get(reverse("actas:hojas", args=[recepcion.slug, "o-molle"]))
    texto = texto_de(pdf.content)
    for frase in ("LISTA DE ASISTENCIA", "PAPELETA", "OTB Molle", "Esta lista no se publica", propuesta.codigo):
        assert frase.replace(" ", "") in texto.replace(" ", ""), frase


def test_la_pagina_de_la_organizacion_muestra_sus_actas(client, recepcion, gente, pueblo):
    direccion = pueblo.org_molle.get_absolute_url()
    assert "Qué decidió su asamblea" not in client.get(direccion).text
    acta = publicada(recepcion, gente, pueblo)
    assert acta.get_absolute_url() in client.get(direccion).text


def test_la_lista_hace_las_mismas_consultas_con_una_que_con_muchas(
    client, recepcion, gente, pueblo, django_assert_max_num_queries
):
    acta = publicada(recepcion, gente, pueblo)
    campos = {c.attname: getattr(acta, c.attname) for c in Acta._meta.local_fields if c.name not in ("id", "numero")}
    Acta.objects.bulk_create(Acta(**campos | {"numero": f"X-{n}", "estado": "anulada"}) for n in range(30))
    with django_assert_max_num_queries(12):
        assert client.get(reverse("actas:lista")).context["pagina"].paginator.count == 31


# --- Trastienda ---
@pytest.fixture
def plan(entrar, gente):
    preparar_roles()
    AsignacionRol.objects.filter(usuario=gente.hugo).delete()
    asignar_rol(gente.hugo, rol=Rol.PLANIFICACION)
    return entrar(Usuario.objects.get(pk=gente.hugo.pk))


def test_planificacion_lleva_el_acta_hasta_validarla(plan, recepcion, gente, pueblo):
    acta = firmada(recepcion, gente, pueblo)
    ficha = reverse("acta:inspect", args=[acta.pk])
    assert "Publicar para observación" in plan.get(ficha).text
    pasar = lambda hacia: reverse("acta:pasar", args=[acta.pk, hacia])  # noqa: E731
    assert plan.post(pasar("en_observacion_publica"), {}).status_code == 302
    assert (r := plan.post(pasar("validada"), {})).status_code == 422 and "termina el" in r.text
    observacion = acciones.observar_acta(Acta.objects.get(), autor=gente.ana, texto="No se leyó.")
    responder = reverse("acta:responder", args=[observacion.pk])
    assert "No se leyó." in plan.get(responder).text
    assert plan.post(responder, {"decision": "desestimada"}).status_code == 422
    assert plan.post(responder, {"decision": "desestimada", "respuesta": "Consta."}).status_code == 302
    vencer_plazo(acta)
    assert plan.post(pasar("observada"), {}).status_code == 422, "sin motivo"
    assert plan.post(pasar("validada"), {}).status_code == 302
    assert plan.post(pasar("aprobada"), {}).status_code == 422, "la validó la misma persona"
    assert plan.get(pasar("inventado")).status_code == 404
    assert Suceso.objects.de(acta).filter(verbo="mirar", actor=gente.hugo).exists()


def test_aprobar_varias(plan, entrar, recepcion, gente, pueblo):
    acta = publicada(recepcion, gente, pueblo)
    vencer_plazo(acta)
    acciones.mover_acta(acta, hacia="validada", actor=gente.hugo)
    bloque = reverse("acta:bloque_aprobar")
    assert f'value="{acta.pk}"' not in plan.get(bloque).text, "quien la validó no la elige"
    cliente = entrar(segunda_de_planificacion())
    assert cliente.post(bloque, {"elegidos": [acta.pk]}).status_code == 302
    assert Acta.objects.get().estado == "aprobada"


def test_la_lista_de_la_trastienda_busca_filtra_y_descarga(plan, recepcion, gente, pueblo):
    publicada(recepcion, gente, pueblo, lugar="=CMD()")
    lista = reverse("acta:index")
    assert "ACTA-2027-001" in plan.get(lista + "?q=molle").text
    assert "ACTA-2027-001" not in plan.get(lista + "?estado=borrador").text
    csv = b"".join(plan.get(lista + "?export=csv").streaming_content).decode()
    assert "ACTA-2027-001" in csv and "'=CMD()" in csv and "Fabio" not in csv
    assert plan.get(lista + "?export=xlsx").status_code == 200
    assert Suceso.objects.filter(verbo="mirar", texto__startswith="Descargó la lista de actas").exists()


def test_el_reglamento_se_fija_en_la_trastienda(plan, entrar, recepcion, gente):
    direccion = reverse("acta:reglamento", args=[recepcion.pk])
    bien = {"quorum_primera": 60, "quorum_segunda": 20, "dias_de_observacion": 7, "techo_por_organizacion": ""}
    assert plan.post(direccion, bien | {"quorum_segunda": 90}).status_code == 422
    assert plan.post(direccion, bien).status_code == 302
    assert consultas.reglamento_de(recepcion).quorum_primera == 60
    assert entrar(gente.elena).get(direccion).status_code in (302, 403)


def test_nadie_crea_edita_ni_borra_actas_a_mano(admin_client, recepcion, gente, pueblo):
    acta = borrador(recepcion, gente, pueblo)
    for ruta in ("new/", f"edit/{acta.pk}/", f"delete/{acta.pk}/"):
        assert admin_client.get(f"/admin/actas/{ruta}").status_code == 404
