"""Escribir una propuesta en tres pasos: lo que se guarda, lo que se rechaza y que nada se pierda ni se repita."""

import datetime
import re
from decimal import Decimal

import pytest
from django.utils import timezone

from civic.comun.models import Foto
from propuestas.models import Propuesta
from tests.elenco import PUNTO_D1, PUNTO_FUERA, crear_proceso
from tests.propuestas.piezas import borrador, enviada, foto_falsa, foto_subida

NUEVA = "/propuestas/nueva/"


def clave_de(respuesta):
    return re.search(r'name="clave" value="([^"]+)"', respuesta.content.decode())[1]


def que(pueblo, cliente, **cambios):
    datos = {
        "clave": clave_de(cliente.get(NUEVA)),
        "proceso": "poa-2027",
        "titulo": "Agua potable para la zona Molle",
        "descripcion": "El agua llega una hora al día.",
        "categoria": pueblo.agua.pk,
    }
    return datos | cambios


def paso(cliente, propuesta, nombre, datos=None):
    direccion = f"/propuestas/borradores/{propuesta.pk}/{nombre}/"
    return cliente.get(direccion) if datos is None else cliente.post(direccion, datos)


# --- Empezar ---------------------------------------------------------------------------------------------------------


def test_nueva_muestra_el_primer_paso_con_el_proceso_puesto(entrar, recepcion, gente):
    texto = entrar(gente.ana).get(NUEVA).content.decode()
    assert 'type="hidden" name="proceso" value="poa-2027"' in texto
    assert "En nombre de quién" not in texto


def test_nueva_crea_el_borrador_y_sigue_al_lugar(entrar, recepcion, gente, pueblo):
    cliente = entrar(gente.ana)
    respuesta = cliente.post(NUEVA, que(pueblo, cliente))
    propuesta = Propuesta.objects.get()
    assert (respuesta.status_code, respuesta["Location"]) == (302, f"/propuestas/borradores/{propuesta.pk}/donde/")
    assert (propuesta.autor, propuesta.estado, propuesta.proceso, propuesta.categoria) == (
        gente.ana,
        "borrador",
        recepcion,
        pueblo.agua,
    )


def test_nueva_enviada_dos_veces_crea_una_y_lleva_a_la_misma(entrar, recepcion, gente, pueblo):
    cliente = entrar(gente.ana)
    datos = que(pueblo, cliente)
    lugares = [cliente.post(NUEVA, datos)["Location"] for _ in range(2)]
    assert (Propuesta.objects.count(), lugares[0]) == (1, lugares[1])


def test_nueva_con_la_misma_clave_y_otros_datos_no_crea_otra_y_no_pierde_lo_escrito(entrar, recepcion, gente, pueblo):
    cliente = entrar(gente.ana)
    datos = que(pueblo, cliente)
    cliente.post(NUEVA, datos)
    respuesta = cliente.post(NUEVA, datos | {"titulo": "Otra cosa muy distinta"})
    texto = respuesta.content.decode()
    assert (respuesta.status_code, Propuesta.objects.count()) == (422, 1)
    assert "Otra cosa muy distinta" in texto and clave_de(respuesta) != datos["clave"]


@pytest.mark.parametrize("clave", ["", "falsa"])
def test_nueva_con_clave_falsa_conserva_lo_escrito_y_da_otra(entrar, recepcion, gente, pueblo, clave):
    cliente = entrar(gente.ana)
    respuesta = cliente.post(NUEVA, que(pueblo, cliente, clave=clave))
    assert (respuesta.status_code, Propuesta.objects.count()) == (422, 0)
    assert "El agua llega una hora al día." in respuesta.content.decode()
    assert cliente.post(NUEVA, que(pueblo, cliente, clave=clave_de(respuesta))).status_code == 302


def test_nueva_invalida_conserva_lo_escrito_y_nombra_el_dato(entrar, recepcion, gente, pueblo):
    cliente = entrar(gente.ana)
    respuesta = cliente.post(NUEVA, que(pueblo, cliente, titulo="Corto", categoria="", descripcion="Lo que escribí"))
    texto = respuesta.content.decode()
    assert (respuesta.status_code, Propuesta.objects.count()) == (422, 0)
    for parte in ("Falta corregir 2 datos", 'value="Corto"', "Lo que escribí", 'href="#id_titulo"'):
        assert parte in texto


def test_nueva_para_seguir_despues_guarda_aunque_falte(entrar, recepcion, gente, pueblo):
    cliente = entrar(gente.ana)
    respuesta = cliente.post(NUEVA, que(pueblo, cliente, categoria="", descripcion="", despues="si"))
    propuesta = Propuesta.objects.get()
    assert (respuesta["Location"], propuesta.categoria, propuesta.descripcion) == ("/propuestas/borradores/", None, "")
    assert "Falta: qué se pide y por qué, la categoría, el lugar, el costo." in cliente.get("/propuestas/borradores/").content.decode()  # fmt: skip  # noqa: E501


def test_nueva_por_la_organizacion_con_mandato(entrar, recepcion, gente, pueblo):
    cliente = entrar(gente.fabio)
    assert "En nombre de OTB Molle" in cliente.get(NUEVA).content.decode()
    cliente.post(NUEVA, que(pueblo, cliente, organizacion=pueblo.org_molle.pk))
    assert Propuesta.objects.get().organizacion == pueblo.org_molle


def test_nueva_por_una_organizacion_ajena_no_vale(entrar, recepcion, gente, pueblo):
    cliente = entrar(gente.fabio)
    respuesta = cliente.post(NUEVA, que(pueblo, cliente, organizacion=pueblo.org_ceibo.pk))
    assert (respuesta.status_code, Propuesta.objects.count()) == (422, 0)
    sin_organizaciones = entrar(gente.ana)
    sin_organizaciones.post(NUEVA, que(pueblo, sin_organizaciones, organizacion=pueblo.org_molle.pk))
    assert Propuesta.objects.get().organizacion is None


def test_nueva_con_varios_procesos_pregunta_en_cual(entrar, recepcion, gente, pueblo):
    otro = crear_proceso(pueblo, "recepcion", slug="otro-2027")
    cliente = entrar(gente.ana)
    texto = cliente.get(NUEVA).content.decode()
    assert ("En qué proceso" in texto, otro.nombre in texto) == (True, True)
    assert cliente.post(NUEVA, que(pueblo, cliente, proceso="")).status_code == 422
    cliente.post(NUEVA, que(pueblo, cliente, proceso="otro-2027"))
    assert Propuesta.objects.get().proceso == otro


def test_nueva_fuera_de_fase_explica_y_no_crea(entrar, votando, gente, pueblo):
    cliente = entrar(gente.ana)
    respuesta = cliente.get(NUEVA)
    texto = respuesta.content.decode()
    assert (respuesta.status_code, "Ahora es la fase «Votación»" in texto, votando.nombre in texto) == (200, True, True)
    respuesta = cliente.post(NUEVA, {"titulo": "Agua potable para todos"})
    assert (respuesta.status_code, Propuesta.objects.count()) == (409, 0)


def test_nueva_sin_procesos_lo_dice(entrar, gente):
    assert "Todavía no hay ningún proceso publicado" in entrar(gente.ana).get(NUEVA).content.decode()


@pytest.mark.parametrize("direccion", [NUEVA, "/propuestas/borradores/", "/propuestas/borradores/1/"])
def test_escribir_sin_cuenta_lleva_a_ingresar_y_vuelve(client, db, direccion):
    respuesta = client.get(direccion)
    assert (respuesta.status_code, respuesta["Location"]) == (302, f"/cuentas/ingresar/?next={direccion}")


# --- Pasos -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def mio(recepcion, gente, pueblo):
    return borrador(recepcion, gente.ana, pueblo)


def test_paso_que_muestra_y_guarda(entrar, mio, gente, pueblo):
    cliente = entrar(gente.ana)
    assert 'value="Agua potable para la zona Molle"' in paso(cliente, mio, "que").content.decode()
    datos = {"titulo": "Luz para la zona Molle", "descripcion": "Está oscuro.", "categoria": pueblo.vias.pk}
    respuesta = paso(cliente, mio, "que", datos)
    mio.refresh_from_db()
    assert respuesta["Location"] == f"/propuestas/borradores/{mio.pk}/donde/"
    assert (mio.titulo, mio.descripcion, mio.categoria) == ("Luz para la zona Molle", "Está oscuro.", pueblo.vias)


def test_paso_donde_con_punto_halla_distrito_y_otb(entrar, recepcion, gente, pueblo):
    propuesta = borrador(recepcion, gente.ana, pueblo, lon=None, lat=None, distrito=None, otb=None)
    lon, lat = PUNTO_D1
    respuesta = paso(entrar(gente.ana), propuesta, "donde", {"lon": lon, "lat": lat, "referencia": "La posta"})
    propuesta.refresh_from_db()
    assert respuesta["Location"] == f"/propuestas/borradores/{propuesta.pk}/foto/"
    assert (propuesta.lon, propuesta.lat, propuesta.distrito, propuesta.otb, propuesta.referencia) == (
        lon,
        lat,
        pueblo.distrito_1,
        pueblo.otb_molle,
        "La posta",
    )


def test_paso_donde_sin_mapa_basta_la_lista(entrar, recepcion, gente, pueblo):
    propuesta = borrador(recepcion, gente.ana, pueblo)
    paso(entrar(gente.ana), propuesta, "donde", {"otb": pueblo.otb_ceibo.pk})
    propuesta.refresh_from_db()
    assert (propuesta.lon, propuesta.lat, propuesta.distrito, propuesta.otb) == (
        None,
        None,
        pueblo.distrito_2,
        pueblo.otb_ceibo,
    )


def test_paso_donde_fuera_del_municipio_lo_dice_y_conserva_lo_escrito(entrar, mio, gente, pueblo):
    lon, lat = PUNTO_FUERA
    respuesta = paso(entrar(gente.ana), mio, "donde", {"lon": lon, "lat": lat, "referencia": "Muy lejos"})
    texto = respuesta.content.decode()
    mio.refresh_from_db()
    assert (respuesta.status_code, mio.distrito) == (422, pueblo.distrito_1)
    assert "fuera del municipio" in texto and 'value="Muy lejos"' in texto


def test_paso_donde_vacio_pide_el_lugar_y_para_despues_lo_guarda(entrar, mio, gente):
    cliente = entrar(gente.ana)
    assert paso(cliente, mio, "donde", {"referencia": ""}).status_code == 422
    respuesta = paso(cliente, mio, "donde", {"referencia": "Sigo mañana", "despues": "si"})
    mio.refresh_from_db()
    assert (respuesta["Location"], mio.referencia, mio.distrito) == ("/propuestas/borradores/", "Sigo mañana", None)


@pytest.mark.parametrize(
    ("escrito", "monto"),
    [("95.000", "95000"), ("95000,50", "95000.50"), ("Bs 1.250,5", "1250.5"), ("80000.25", "80000.25")],
)
def test_paso_foto_y_costo_entiende_el_monto_a_la_boliviana(entrar, mio, gente, escrito, monto):
    respuesta = paso(entrar(gente.ana), mio, "foto", {"monto_solicitado": escrito, "familias": "30"})
    mio.refresh_from_db()
    assert respuesta["Location"] == f"/propuestas/borradores/{mio.pk}/revisar/"
    assert (mio.monto_solicitado, mio.familias) == (Decimal(monto), 30)


@pytest.mark.parametrize("escrito", ["mucho", "-5", "0", "1.23.4", "9" * 20, "1e5", "NaN", "Infinity"])
def test_paso_foto_y_costo_con_un_monto_imposible_lo_dice_y_lo_conserva(entrar, mio, gente, escrito):
    respuesta = paso(entrar(gente.ana), mio, "foto", {"monto_solicitado": escrito})
    mio.refresh_from_db()
    assert (respuesta.status_code, mio.monto_solicitado) == (422, Decimal("120000"))
    assert f'value="{escrito}"' in respuesta.content.decode()


def test_paso_foto_muestra_el_techo_del_distrito(entrar, mio, gente):
    texto = paso(entrar(gente.ana), mio, "foto").content.decode()
    assert "El techo de Distrito 1 es Bs\u00a0300.000." in texto
    assert 'value="120.000"' in texto


def test_paso_foto_guarda_la_foto_limpia_y_privada(entrar, mio, gente):
    cliente = entrar(gente.ana)
    paso(cliente, mio, "foto", {"monto_solicitado": "100", "foto": foto_subida(), "texto_foto": "La calle seca"})
    foto = Foto.objects.get()
    mio.refresh_from_db()
    assert (mio.foto, foto.publica, foto.subida_por, foto.texto) == (foto, False, gente.ana, "La calle seca")
    assert "Quitar esta foto" in paso(cliente, mio, "foto").content.decode()
    paso(cliente, mio, "foto", {"monto_solicitado": "100", f"quitar_{foto.pk}": "on"})
    mio.refresh_from_db()
    assert mio.foto is None


def test_paso_foto_con_una_foto_falsa_la_rechaza_y_conserva_lo_escrito(entrar, mio, gente):
    respuesta = paso(entrar(gente.ana), mio, "foto", {"monto_solicitado": "77.000", "foto": foto_falsa()})
    assert (respuesta.status_code, Foto.objects.count()) == (422, 0)
    texto = respuesta.content.decode()
    assert "Ese archivo no es una foto" in texto and 'value="77.000"' in texto


def test_paso_foto_enviado_dos_veces_deja_una_foto(entrar, mio, gente):
    cliente = entrar(gente.ana)
    for _ in range(2):
        paso(cliente, mio, "foto", {"monto_solicitado": "100", "foto": foto_subida()})
    assert Foto.objects.count() == 1


@pytest.mark.parametrize("nombre", ["que", "donde", "foto", "revisar"])
def test_pasos_ajenos_o_que_no_estan_dan_404(entrar, mio, gente, nombre):
    cliente = entrar(gente.beto)
    assert paso(cliente, mio, nombre).status_code == 404
    assert entrar(gente.ana).get(f"/propuestas/borradores/999999/{nombre}/").status_code == 404


def test_paso_que_no_existe_y_metodo_ajeno(entrar, mio, gente):
    cliente = entrar(gente.ana)
    assert paso(cliente, mio, "pagar").status_code == 404
    assert cliente.delete(f"/propuestas/borradores/{mio.pk}/que/").status_code == 405
    assert cliente.post(f"/propuestas/borradores/{mio.pk}/revisar/").status_code == 405
    assert cliente.get(f"/propuestas/borradores/{mio.pk}/presentar/").status_code == 405
    assert cliente.post("/propuestas/borradores/").status_code == 405


def test_pasos_de_una_presentada_llevan_a_su_pagina_sin_cambiarla(entrar, recepcion, gente, pueblo):
    propuesta = enviada(recepcion, gente.ana, pueblo)
    cliente = entrar(gente.ana)
    for nombre in ("que", "donde", "foto", "revisar"):
        assert paso(cliente, propuesta, nombre)["Location"] == f"/propuestas/{propuesta.pk}/"
    paso(cliente, propuesta, "que", {"titulo": "Cambiada a escondidas"})
    propuesta.refresh_from_db()
    assert propuesta.titulo == "Agua potable para la zona Molle"


def test_borrador_se_retoma_en_el_primer_paso_que_falta(entrar, recepcion, gente, pueblo):
    cliente = entrar(gente.ana)
    for cambios, nombre in (
        ({"descripcion": ""}, "que"),
        ({"distrito": None, "otb": None, "lon": None, "lat": None}, "donde"),
        ({"monto_solicitado": None}, "foto"),
        ({}, "revisar"),
    ):
        propuesta = borrador(recepcion, gente.ana, pueblo, **cambios)
        respuesta = cliente.get(f"/propuestas/borradores/{propuesta.pk}/")
        assert respuesta["Location"] == f"/propuestas/borradores/{propuesta.pk}/{nombre}/"


def test_borradores_muestra_lo_mio_y_no_lo_ajeno(entrar, recepcion, gente, pueblo):
    borrador(recepcion, gente.ana, pueblo, titulo="Mi borrador de agua")
    enviada(recepcion, gente.ana, pueblo, titulo="Mi propuesta enviada")
    borrador(recepcion, gente.beto, pueblo, titulo="Borrador ajeno de beto")
    texto = entrar(gente.ana).get("/propuestas/borradores/").content.decode()
    assert [
        titulo in texto for titulo in ("Mi borrador de agua", "Mi propuesta enviada", "Borrador ajeno de beto")
    ] == [
        True,
        True,
        False,
    ]


# --- Presentar -------------------------------------------------------------------------------------------------------


def presentar(cliente, propuesta):
    return cliente.post(f"/propuestas/borradores/{propuesta.pk}/presentar/")


def test_presentar_desde_la_revision_da_codigo_y_dice_que_sigue(entrar, mio, gente):
    cliente = entrar(gente.ana)
    assert "Presentar</button>" in paso(cliente, mio, "revisar").content.decode()
    respuesta = cliente.post(f"/propuestas/borradores/{mio.pk}/presentar/", follow=True)
    mio.refresh_from_db()
    assert (mio.estado, respuesta.redirect_chain[-1][0]) == ("enviada", f"/propuestas/{mio.pk}/")
    assert "Recibimos tu propuesta PR-2027-001. En 2 días hábiles" in respuesta.content.decode()


def test_presentar_otra_vez_lleva_a_la_misma_sin_repetir(entrar, mio, gente):
    cliente = entrar(gente.ana)
    lugares = [presentar(cliente, mio)["Location"] for _ in range(2)]
    mio.refresh_from_db()
    assert (lugares, mio.codigo) == ([f"/propuestas/{mio.pk}/"] * 2, "PR-2027-001")


def test_presentar_incompleta_nombra_lo_que_falta_y_no_ofrece_el_boton(entrar, recepcion, gente, pueblo):
    propuesta = borrador(recepcion, gente.ana, pueblo, distrito=None, otb=None, lon=None, lat=None)
    cliente = entrar(gente.ana)
    texto = paso(cliente, propuesta, "revisar").content.decode()
    assert ("El lugar (paso" in texto, "Presentar</button>" in texto) == (True, False)
    respuesta = presentar(cliente, propuesta)
    propuesta.refresh_from_db()
    assert (respuesta.status_code, propuesta.estado) == (409, "borrador")
    assert "el lugar (paso «Dónde»)" in respuesta.content.decode()


def test_presentar_sobre_el_techo_dice_el_techo(entrar, recepcion, gente, pueblo):
    propuesta = borrador(recepcion, gente.ana, pueblo, monto_solicitado=Decimal("300001"))
    cliente = entrar(gente.ana)
    assert "El costo pasa del techo de Distrito 1, que es Bs\u00a0300.000" in paso(cliente, propuesta, "revisar").content.decode()  # fmt: skip  # noqa: E501
    respuesta = presentar(cliente, propuesta)
    assert (respuesta.status_code, "que es Bs\u00a0300.000" in respuesta.content.decode()) == (409, True)


def test_presentar_fuera_de_fase_dice_la_fase_y_guarda_el_borrador(entrar, mio, gente, recepcion):
    recepcion.fases.filter(tipo="recepcion").update(fin=timezone.now() - datetime.timedelta(hours=1))
    cliente = entrar(gente.ana)
    texto = paso(cliente, mio, "revisar").content.decode()
    assert ("Tu borrador queda guardado" in texto, "Presentar</button>" in texto) == (True, False)
    respuesta = presentar(cliente, mio)
    mio.refresh_from_db()
    assert (respuesta.status_code, mio.estado) == (409, "borrador")
    assert "Se pudo presentar propuestas hasta el" in respuesta.content.decode()


def test_presentar_lo_ajeno_da_404_y_sin_cuenta_a_ingresar(entrar, client, mio, gente):
    assert presentar(client, mio)["Location"].startswith("/cuentas/ingresar/")
    assert presentar(entrar(gente.beto), mio).status_code == 404
    mio.refresh_from_db()
    assert mio.estado == "borrador"
