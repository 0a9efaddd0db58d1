"""Páginas públicas de los reportes: lista, envío en uno o dos pasos, página, sumarse, confirmar y reabrir."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from civic.comun.models import ClaveUsada, Foto
from mapas.reportes import acciones, limite
from mapas.reportes.forms import firmar_foto
from mapas.reportes.models import Reporte, TambienMePasa
from mapas.reportes.reglas import Estado
from tests.comun.test_fotos import bytes_de, dibujo, jpeg_con_metadatos, png_de, subida
from tests.elenco import PUNTO_FUERA, dar_rol
from tests.mapas.test_reportes_acciones import recibir, resuelto

pytestmark = pytest.mark.django_db
NUEVO = "/reportes/nuevo/"


@pytest.fixture(autouse=True)
def _sin_envios_anteriores():
    cache.clear()


def datos_de(client, pueblo, **cambios) -> dict:
    """Lo que enviaría una persona que abrió el formulario y lo llenó bien."""
    clave = client.get(NUEVO).context["form"]["clave"].value()
    datos = {
        "clave": clave,
        "descripcion": "Hueco grande en plena curva",
        "categoria": pueblo.vias.pk,
        "lon": "0.5",
        "lat": "0.5",
        "referencia": "Frente a la posta",
    }
    return datos | cambios


def enviar(client, pueblo, **cambios):
    return client.post(NUEVO, datos_de(client, pueblo, **cambios))


# --- Lista ---


def test_lista_vacia_ensenia_que_hacer(client, pueblo):
    respuesta = client.get("/reportes/")
    assert respuesta.status_code == 200
    assert "Todavía nadie reportó un problema." in respuesta.text
    assert f'href="{NUEVO}"' in respuesta.text


def test_lista_muestra_lo_publico_con_su_estado(client, pueblo):
    recibir(pueblo, descripcion="Poste apagado hace un mes")
    oculto = recibir(pueblo, descripcion="Texto con insultos")
    Reporte.objects.filter(pk=oculto.pk).update(oculto=True)
    texto = client.get("/reportes/").text
    assert "Poste apagado hace un mes" in texto
    assert "Texto con insultos" not in texto
    assert '<span aria-hidden="true">●</span> Recibido' in texto


@pytest.mark.parametrize(
    ("direccion", "quedan"),
    [
        ("?q=POSTE", {"luz"}),
        ("?q=cordon+bache", {"bache"}),
        ("?q=nada+parecido", set()),
        ("?distrito=D-2", {"agua"}),
        ("?categoria=vias", {"bache", "luz"}),
        ("?estado=arreglados", {"luz"}),
        ("?estado=abiertos", {"bache", "agua"}),
        ("?distrito=D-1&categoria=vias&estado=abiertos", {"bache"}),
        ("?distrito=inventado&categoria=%07&estado=zzz&pagina=-7", {"bache", "luz", "agua"}),
    ],
)
def test_lista_filtra_y_lo_desconocido_se_ignora(client, pueblo, direccion, quedan):
    hechos = {
        "bache": recibir(pueblo, descripcion="Un bache en el Cordón de la acera"),
        "luz": resuelto(pueblo, descripcion="El poste no enciende"),
        "agua": recibir(pueblo, descripcion="No llega agua", categoria=pueblo.agua, distrito=pueblo.distrito_2),
    }
    respuesta = client.get("/reportes/" + direccion)
    assert respuesta.status_code == 200
    assert {nombre for nombre, uno in hechos.items() if uno in list(respuesta.context["pagina"])} == quedan


def test_lista_hace_las_mismas_consultas_con_pocos_y_con_muchos(client, pueblo, django_assert_max_num_queries):
    def consultas_de_la_lista() -> int:
        with django_assert_max_num_queries(12) as hechas:
            client.get("/reportes/")
        return len(hechas)

    recibir(pueblo, otb=pueblo.otb_molle)
    con_uno = consultas_de_la_lista()
    for _ in range(45):
        recibir(pueblo, otb=pueblo.otb_molle)
    assert consultas_de_la_lista() == con_uno
    assert len(client.get("/reportes/?pagina=3").context["pagina"].object_list) == 10


def test_lista_con_otro_metodo_es_405(client, pueblo):
    assert client.post("/reportes/").status_code == 405


# --- Enviar ---


def test_nuevo_se_abre_sin_cuenta_y_avisa_de_emergencias(client, pueblo):
    respuesta = client.get(NUEVO)
    assert respuesta.status_code == 200
    assert "¿Hay peligro ahora?" in respuesta.text
    assert "organizacion" not in respuesta.context["form"].fields
    assert "canal" not in respuesta.context["form"].fields
    assert len(respuesta.content) < 20_000


def test_nuevo_sin_cuenta_crea_un_reporte_anonimo_y_lleva_a_su_pagina(client, pueblo):
    respuesta = enviar(client, pueblo)
    reporte = Reporte.objects.get()
    assert respuesta.status_code == 302
    assert respuesta["Location"] == f"/reportes/{reporte.codigo}/"
    assert (reporte.autor, reporte.canal, reporte.distrito, reporte.otb) == (
        None,
        "web",
        pueblo.distrito_1,
        pueblo.otb_molle,
    )
    assert (reporte.lon, reporte.lat, reporte.referencia) == (0.5, 0.5, "Frente a la posta")
    assert f"Recibido con el código {reporte.codigo}" in client.get(respuesta["Location"]).text


def test_nuevo_con_cuenta_queda_a_su_nombre(entrar, gente, pueblo):
    enviar(entrar(gente.ana), pueblo)
    assert Reporte.objects.get().autor == gente.ana


def test_nuevo_sin_mapa_vale_con_el_distrito_de_la_lista(client, pueblo):
    enviar(client, pueblo, lon="", lat="", distrito=pueblo.distrito_2.pk)
    reporte = Reporte.objects.get()
    assert (reporte.distrito, reporte.otb, reporte.lon) == (pueblo.distrito_2, None, None)


def test_nuevo_en_nombre_de_su_organizacion(entrar, gente, pueblo):
    enviar(entrar(gente.fabio), pueblo, organizacion=pueblo.org_molle.pk)
    reporte = Reporte.objects.get()
    assert (reporte.organizacion, reporte.canal, reporte.autor) == (pueblo.org_molle, "organizacion", gente.fabio)


def test_nuevo_en_nombre_de_organizacion_ajena_se_ignora_o_se_rechaza(entrar, gente, pueblo):
    respuesta = enviar(entrar(gente.fabio), pueblo, organizacion=pueblo.org_ceibo.pk)
    assert respuesta.status_code == 422
    assert "organizacion" in respuesta.context["form"].errors
    assert Reporte.objects.count() == 0


def test_nuevo_por_ventanilla_registra_el_canal_y_no_lo_pone_a_su_nombre(entrar, gente, pueblo):
    dar_rol(gente.carla, "ventanilla")
    enviar(entrar(gente.carla), pueblo, canal="telefono")
    reporte = Reporte.objects.get()
    assert (reporte.canal, reporte.autor) == ("telefono", None)


def test_nuevo_dos_veces_con_la_misma_clave_crea_uno(client, pueblo):
    datos = datos_de(client, pueblo)
    primera = client.post(NUEVO, datos)
    Reporte.objects.update(lon=None, lat=None)  # que el segundo envío no encuentre a su gemelo como parecido
    segunda = client.post(NUEVO, datos)
    assert Reporte.objects.count() == 1
    assert primera["Location"] == segunda["Location"]


def test_nuevo_dos_veces_con_foto_crea_uno_y_no_deja_fotos_sueltas(client, pueblo, django_capture_on_commit_callbacks):
    datos = datos_de(client, pueblo, lon="", lat="", distrito=pueblo.distrito_1.pk)
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(NUEVO, datos | {"foto": subida(bytes_de(dibujo()))})
    assert Reporte.objects.count() == 1
    assert list(Foto.objects.all()) == [Reporte.objects.get().foto]


@pytest.mark.parametrize(
    ("cambios", "campo", "frase"),
    [
        ({"descripcion": ""}, "descripcion", "Cuenta qué pasa."),
        ({"descripcion": "  hoyo   "}, "descripcion", "Cuenta un poco más"),
        ({"descripcion": "x" * 2001}, "descripcion", "2000"),
        ({"categoria": ""}, "categoria", "Elige de qué se trata."),
        ({"categoria": "999999"}, "categoria", ""),
        ({"lon": "", "lat": ""}, "distrito", "Dinos dónde es"),
        ({"lon": PUNTO_FUERA[0], "lat": PUNTO_FUERA[1]}, "distrito", "fuera del municipio"),
        ({"lon": "inf", "lat": "0.5"}, None, ""),
    ],
)
def test_nuevo_con_un_dato_malo_explica_y_conserva_lo_escrito(client, pueblo, cambios, campo, frase):
    respuesta = enviar(client, pueblo, **{"referencia": "Frente a la <posta>", **cambios})
    assert respuesta.status_code == 422
    errores = respuesta.context["form"].errors
    if campo:
        assert frase in " ".join(errores[campo])
    assert "Frente a la &lt;posta&gt;" in respuesta.text
    assert Reporte.objects.count() == 0


def test_nuevo_con_clave_falsa_explica_y_el_siguiente_envio_vale(client, pueblo):
    respuesta = enviar(client, pueblo, clave="inventada")
    assert respuesta.status_code == 422
    assert "Este formulario venció" in respuesta.text
    renovada = respuesta.context["form"]["clave"].value()
    assert client.post(NUEVO, datos_de(client, pueblo, clave=renovada)).status_code == 302


def test_nuevo_con_la_trampa_llena_no_crea(client, pueblo):
    respuesta = enviar(client, pueblo, sitio="https://compra.ejemplo")
    assert respuesta.status_code == 422
    assert Reporte.objects.count() == 0


def test_nuevo_con_otro_metodo_es_405(client, pueblo):
    assert client.put(NUEVO).status_code == 405


# --- Foto al enviar ---


def test_nuevo_con_foto_la_guarda_limpia_y_sin_publicar(client, pueblo):
    enviar(client, pueblo, foto=subida(jpeg_con_metadatos()))
    foto = Reporte.objects.get().foto
    assert (foto.publica, foto.ancho) == (False, 800)


def test_nuevo_con_archivo_que_no_es_foto_lo_dice_y_conserva_lo_escrito(client, pueblo):
    respuesta = enviar(client, pueblo, foto=subida(b"no soy una foto"))
    assert respuesta.status_code == 422
    assert "no es una foto" in respuesta.text
    assert "Hueco grande en plena curva" in respuesta.text
    assert (Reporte.objects.count(), Foto.objects.count()) == (0, 0)


def test_nuevo_con_bomba_la_rechaza_en_el_formulario(client, pueblo):
    respuesta = enviar(client, pueblo, foto=subida(png_de(60_000, 60_000), "a.png"))
    assert respuesta.status_code == 422
    assert "demasiados puntos" in " ".join(respuesta.context["form"].errors["foto"])
    assert (Reporte.objects.count(), ClaveUsada.objects.count()) == (0, 0)


def test_nuevo_con_error_y_foto_buena_no_la_pide_otra_vez(client, pueblo):
    respuesta = enviar(client, pueblo, descripcion="", foto=subida(bytes_de(dibujo())))
    assert respuesta.status_code == 422
    assert "Tu foto ya está guardada" in respuesta.text
    form = respuesta.context["form"]
    datos = datos_de(client, pueblo, clave=form["clave"].value(), foto_guardada=form["foto_guardada"].value())
    assert client.post(NUEVO, datos).status_code == 302
    assert Reporte.objects.get().foto == Foto.objects.get()


def test_nuevo_con_sena_de_foto_falsa_o_ajena_pide_elegirla_de_nuevo(client, entrar, gente, pueblo):
    ajena = Foto.objects.create(ancho=320, alto=240, color="#000000", peso=1, huella="x", subida_por=gente.beto)
    cliente = entrar(gente.ana)
    for sena in ("inventada", firmar_foto(ajena, gente.beto)):
        respuesta = enviar(cliente, pueblo, foto_guardada=sena)
        assert respuesta.status_code == 422
        assert "Elígela otra vez" in respuesta.text
    assert Reporte.objects.count() == 0


def test_foto_de_reporte_recibido_la_ve_su_autora_y_es_404_para_los_demas(client, entrar, gente, pueblo):
    enviar(entrar(gente.ana), pueblo, foto=subida(bytes_de(dibujo())))
    reporte = Reporte.objects.get()
    url, pagina = reporte.foto.url(320), reporte.get_absolute_url()
    assert entrar(gente.ana).get(url).status_code == 200
    assert reporte.foto.token in client.get(pagina).text
    assert entrar(gente.beto).get(url).status_code == 404
    assert reporte.foto.token not in client.get(pagina).text
    client.logout()
    assert client.get(url).status_code == 404
    assert reporte.foto.token not in client.get(pagina).text
    assert reporte.foto.token not in client.get("/reportes/").text
    acciones.mover_reporte(reporte, hacia=Estado.ASIGNADO, unidad="Vías")
    assert client.get(url).status_code == 200
    assert reporte.foto.token in client.get(pagina).text


# --- ¿Es alguno de estos? ---


def test_nuevo_con_parecido_cerca_pregunta_antes_de_crear(client, pueblo):
    parecido = recibir(pueblo, lon=0.5, lat=0.5003)
    respuesta = enviar(client, pueblo)
    assert respuesta.status_code == 200
    assert "¿Es alguno de estos?" in respuesta.text
    assert "Todavía no enviamos el tuyo." in respuesta.text
    assert parecido.codigo in respuesta.text
    assert "a 33 m" in respuesta.text
    assert Reporte.objects.count() == 1


def escondidos(respuesta) -> dict:
    """Los campos ocultos del formulario del segundo paso, como los reenvía un navegador sin JavaScript."""
    import re

    cuerpo = respuesta.text.split('action="/reportes/nuevo/"')[1]
    campos = re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', cuerpo)
    return {nombre: valor for nombre, valor in campos if nombre != "csrfmiddlewaretoken"}


def test_nuevo_es_otro_crea_con_la_foto_guardada_en_el_primer_paso(client, pueblo):
    recibir(pueblo, lon=0.5, lat=0.5)
    paso_2 = enviar(client, pueblo, foto=subida(bytes_de(dibujo())))
    assert "Tu foto ya está guardada" in paso_2.text
    foto = Foto.objects.get()
    assert foto.publica is False

    respuesta = client.post(NUEVO, escondidos(paso_2))

    creado = Reporte.objects.latest("pk")
    assert respuesta["Location"] == creado.get_absolute_url()
    assert (Reporte.objects.count(), creado.foto, creado.descripcion, creado.referencia) == (
        2,
        foto,
        "Hueco grande en plena curva",
        "Frente a la posta",
    )
    assert (creado.lon, creado.lat) == (0.5, 0.5)


def test_nuevo_es_otro_dos_veces_crea_uno(client, pueblo):
    recibir(pueblo, lon=0.5, lat=0.5)
    datos = escondidos(enviar(client, pueblo))
    primera, segunda = client.post(NUEVO, datos), client.post(NUEVO, datos)
    assert primera["Location"] == segunda["Location"]
    assert Reporte.objects.count() == 2


def test_nuevo_con_parecido_y_cuenta_ofrece_sumarse(entrar, gente, pueblo):
    parecido = recibir(pueblo, lon=0.5, lat=0.5)
    cliente = entrar(gente.ana)
    respuesta = enviar(cliente, pueblo)
    direccion = reverse("reportes:tambien", args=[parecido.codigo])
    assert f'action="{direccion}"' in respuesta.text
    cliente.post(direccion)
    parecido.refresh_from_db()
    assert (Reporte.objects.count(), parecido.tambien_contados) == (1, 1)


def test_nuevo_con_otro_problema_cerca_o_el_mismo_lejos_o_cerrado_crea_de_una_vez(client, pueblo):
    recibir(pueblo, lon=0.5, lat=0.5, categoria=pueblo.agua, descripcion="El agua sale turbia")
    recibir(pueblo, lon=0.51, lat=0.5)
    resuelto(pueblo, lon=0.5, lat=0.5)
    assert enviar(client, pueblo).status_code == 302
    assert Reporte.objects.count() == 4


# --- Límite ---


def test_nuevo_sin_cuenta_despues_de_diez_responde_429_y_conserva_lo_escrito(client, pueblo):
    for numero in range(limite.POR_HORA):
        datos = datos_de(
            client, pueblo, lon="", lat="", distrito=pueblo.distrito_1.pk, descripcion=f"Problema {numero}"
        )
        assert client.post(NUEVO, datos).status_code == 302
    respuesta = enviar(client, pueblo, descripcion="El número once")
    assert respuesta.status_code == 429
    assert "Espera un rato o entra con tu cuenta" in respuesta.text
    assert "El número once" in respuesta.text
    assert Reporte.objects.count() == limite.POR_HORA


def test_nuevo_el_limite_no_se_salta_con_cabeceras_inventadas(client, pueblo, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    llave = f"reportes:envios:{limite.huella_de_conexion('127.0.0.1')}"
    cache.set(llave, limite.POR_HORA)
    datos = datos_de(client, pueblo)
    respuesta = client.post(NUEVO, datos, headers={"x-forwarded-for": "9.9.9.9"})
    assert respuesta.status_code == 429


def test_nuevo_detras_de_un_proxy_declarado_cada_conexion_tiene_su_cuenta(client, pueblo, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    cache.set(f"reportes:envios:{limite.huella_de_conexion('9.9.9.9')}", limite.POR_HORA)
    # Lo que la persona antepone no cuenta: vale lo que agregó el último servidor de confianza.
    lleno = client.post(NUEVO, datos_de(client, pueblo), headers={"x-forwarded-for": "1.1.1.1, 9.9.9.9"})
    libre = client.post(NUEVO, datos_de(client, pueblo), headers={"x-forwarded-for": "9.9.9.9, 1.1.1.1"})
    assert (lleno.status_code, libre.status_code) == (429, 302)


def test_nuevo_con_cuenta_no_comparte_el_limite_de_la_conexion(entrar, gente, pueblo):
    cache.set(f"reportes:envios:{limite.huella_de_conexion('127.0.0.1')}", limite.POR_HORA)
    assert enviar(entrar(gente.ana), pueblo).status_code == 302
    cache.set(f"reportes:envios:persona:{gente.ana.pk}", limite.POR_HORA_CON_CUENTA)
    respuesta = enviar(entrar(gente.ana), pueblo, lon="", lat="", distrito=pueblo.distrito_2.pk)
    assert respuesta.status_code == 429


def test_limite_no_guarda_la_direccion():
    huella = limite.huella_de_conexion("190.129.1.2")
    assert len(huella) == 32
    assert huella != limite.huella_de_conexion("190.129.1.3")


# --- Página ---


def test_reporte_muestra_lugar_plazo_respuesta_e_historia(client, pueblo):
    reporte = resuelto(pueblo, lon=0.5, lat=0.5, otb=pueblo.otb_molle)
    respuesta = client.get(reporte.get_absolute_url())
    assert respuesta.status_code == 200
    for frase in ("Distrito 1", "OTB Molle", "Hueco en plena curva", "Se tapó.", "Asignado a Vías.", "Ver en el mapa"):
        assert frase in respuesta.text
    assert "¿Quedó bien?" not in respuesta.text
    assert len(respuesta.content) < 20_000


def test_reporte_vencido_lo_dice(client, pueblo):
    import datetime

    reporte = recibir(pueblo)
    Reporte.objects.filter(pk=reporte.pk).update(vence=datetime.date(2020, 1, 2))
    texto = client.get(reporte.get_absolute_url()).text
    assert "Vencido" in texto
    assert "Ya pasó." in texto


def test_reporte_oculto_es_404_para_los_demas_y_lo_ve_su_autora(client, entrar, gente, pueblo):
    reporte = recibir(pueblo, autor=gente.ana)
    acciones.ocultar(reporte, actor=gente.carla, motivo="prueba")
    assert client.get(reporte.get_absolute_url()).status_code == 404
    assert entrar(gente.beto).get(reporte.get_absolute_url()).status_code == 404
    assert "el municipio lo ocultó" in entrar(gente.ana).get(reporte.get_absolute_url()).text


def test_reporte_que_no_existe_es_404_y_con_otro_metodo_405(client, pueblo):
    assert client.get("/reportes/RC-2026-99999/").status_code == 404
    assert client.post(recibir(pueblo).get_absolute_url()).status_code == 405


def test_reporte_que_sigue_en_otra_pagina_la_enlaza(client, pueblo):
    anterior, reporte = recibir(pueblo, descripcion="El primero de todos"), recibir(pueblo)
    acciones.mover_reporte(reporte, hacia=Estado.DUPLICADO, sigue_en=anterior)
    texto = client.get(reporte.get_absolute_url()).text
    assert f'<a href="{anterior.get_absolute_url()}">{anterior}</a>' in texto


def test_reporte_no_muestra_quien_lo_envio(client, gente, pueblo):
    texto = client.get(recibir(pueblo, autor=gente.ana).get_absolute_url()).text
    assert "Ana Vecina" not in texto


# --- A mí también me pasa ---


def test_tambien_sin_cuenta_lleva_a_ingresar(client, pueblo):
    reporte = recibir(pueblo)
    respuesta = client.post(reverse("reportes:tambien", args=[reporte.codigo]))
    assert respuesta.status_code == 302
    assert respuesta["Location"].startswith("/cuentas/ingresar/")
    assert TambienMePasa.objects.count() == 0


def test_tambien_suma_y_quitar_resta(entrar, gente, pueblo):
    reporte, cliente = recibir(pueblo), entrar(gente.ana)
    direccion = reverse("reportes:tambien", args=[reporte.codigo])
    for _ in range(2):
        assert cliente.post(direccion)["Location"] == f"{reporte.get_absolute_url()}#tambien"
    reporte.refresh_from_db()
    assert reporte.tambien_contados == TambienMePasa.objects.count() == 1
    assert "Ya no me pasa" in cliente.get(reporte.get_absolute_url()).text
    cliente.post(direccion, {"quitar": "si"})
    reporte.refresh_from_db()
    assert reporte.tambien_contados == TambienMePasa.objects.count() == 0


def test_tambien_en_uno_cerrado_explica_con_409(entrar, gente, pueblo):
    reporte = resuelto(pueblo)
    respuesta = entrar(gente.ana).post(reverse("reportes:tambien", args=[reporte.codigo]))
    assert respuesta.status_code == 409
    assert "haz un reporte nuevo" in respuesta.text
    assert TambienMePasa.objects.count() == 0


@pytest.mark.parametrize("verbo", ["tambien", "confirmar", "reabrir"])
def test_verbos_por_get_son_405_y_sin_reporte_404(entrar, gente, pueblo, verbo):
    cliente, reporte = entrar(gente.ana), recibir(pueblo)
    assert cliente.get(reverse(f"reportes:{verbo}", args=[reporte.codigo])).status_code == 405
    assert cliente.post(reverse(f"reportes:{verbo}", args=["RC-2026-99999"])).status_code == 404


# --- Confirmar y reabrir ---


def test_confirmar_por_su_autora_cierra(entrar, gente, pueblo):
    reporte, cliente = resuelto(pueblo, autor=gente.ana), entrar(gente.ana)
    assert "¿Quedó bien?" in cliente.get(reporte.get_absolute_url()).text
    assert cliente.post(reverse("reportes:confirmar", args=[reporte.codigo])).status_code == 302
    reporte.refresh_from_db()
    assert reporte.estado == "confirmado"
    assert "¿Quedó bien?" not in cliente.get(reporte.get_absolute_url()).text


def test_confirmar_dos_veces_explica_con_409(entrar, gente, pueblo):
    reporte, cliente = resuelto(pueblo, autor=gente.ana), entrar(gente.ana)
    cliente.post(reverse("reportes:confirmar", args=[reporte.codigo]))
    assert cliente.post(reverse("reportes:confirmar", args=[reporte.codigo])).status_code == 409


@pytest.mark.parametrize("verbo", ["confirmar", "reabrir"])
def test_confirmar_o_reabrir_por_otra_persona_es_403_y_no_cambia(client, entrar, gente, pueblo, verbo):
    reporte = resuelto(pueblo, autor=gente.ana)
    direccion = reverse(f"reportes:{verbo}", args=[reporte.codigo])
    assert client.post(direccion)["Location"].startswith("/cuentas/ingresar/")
    assert entrar(gente.beto).post(direccion, {"motivo": "porque sí"}).status_code == 403
    reporte.refresh_from_db()
    assert reporte.estado == "resuelto"


def test_reabrir_con_motivo_vuelve_a_la_unidad(entrar, gente, pueblo):
    reporte = resuelto(pueblo, autor=gente.ana)
    entrar(gente.ana).post(reverse("reportes:reabrir", args=[reporte.codigo]), {"motivo": "Se abrió de nuevo"})
    reporte.refresh_from_db()
    assert reporte.estado == "reabierto"


def test_reabrir_sin_motivo_explica_con_422(entrar, gente, pueblo):
    reporte = resuelto(pueblo, autor=gente.ana)
    respuesta = entrar(gente.ana).post(reverse("reportes:reabrir", args=[reporte.codigo]), {"motivo": " "})
    assert respuesta.status_code == 422
    assert "Cuenta qué falta o qué volvió a pasar." in respuesta.text
    reporte.refresh_from_db()
    assert reporte.estado == "resuelto"


def test_reabrir_antes_de_tiempo_explica_con_409(entrar, gente, pueblo):
    reporte = recibir(pueblo, autor=gente.ana)
    respuesta = entrar(gente.ana).post(reverse("reportes:reabrir", args=[reporte.codigo]), {"motivo": "ya"})
    assert respuesta.status_code == 409
    reporte.refresh_from_db()
    assert reporte.estado == "recibido"
