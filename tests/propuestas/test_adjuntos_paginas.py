"""Las páginas de fotos y documentos: el paso 3, los movimientos, la entrega del PDF, la historia y el retiro."""

import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from civic.comun.documentos import CABECERAS
from civic.comun.models import Foto, Suceso
from civic.cuentas.acciones import cerrar_cuenta
from civic.cuentas.datos_propios import empaquetar
from civic.cuentas.roles import Rol
from propuestas import acciones, consultas_adjuntos
from propuestas.models import Documento, Propuesta
from propuestas.reglas import AUTOR, PLANIFICACION
from tests.elenco import crear_persona, dar_rol
from tests.propuestas.piezas import borrador, en_evaluacion, enviada, foto_subida, publicada
from tests.propuestas.piezas_adjuntos import archivos, bytes_de_pdf, con_adjuntos, pdf_subido


@pytest.fixture
def mio(recepcion, gente, pueblo):
    return borrador(recepcion, gente.ana, pueblo)


@pytest.fixture
def ines(pueblo, con_permisos):
    """Gestión de comunidad."""
    persona = con_permisos(crear_persona("ines", "Inés Modera"), "view_propuesta", "access_admin")
    dar_rol(persona, Rol.GESTION_COMUNIDAD)
    return persona


@pytest.fixture
def con_papel(mio, gente):
    """Una publicada con un PDF de dos páginas."""
    con_adjuntos(mio, gente.ana, documentos=[pdf_subido(nombre="Acta de la OTB.pdf", paginas=2)])
    propuesta = acciones.presentar_propuesta(mio, actor=gente.ana)
    acciones.mover_propuesta(propuesta, hacia="publicada", actor=gente.hugo, calidad=PLANIFICACION)
    return Documento.objects.get()


def paso(cliente, propuesta, datos=None):
    direccion = reverse("propuestas:paso", args=[propuesta.pk, "foto"])
    return cliente.get(direccion) if datos is None else cliente.post(direccion, {"monto_solicitado": "100"} | datos)


def pagina(cliente, propuesta):
    return cliente.get(f"/propuestas/{propuesta.pk}/").content.decode()


# --- El paso de fotos y costo ----------------------------------------------------------------------------------------
def test_paso_foto_sube_tres_y_un_pdf_de_una_vez(entrar, mio, gente):
    cliente = entrar(gente.ana)
    subidas = [foto_subida(color=color) for color in ("red", "green", "blue")]
    respuesta = paso(cliente, mio, {"foto": subidas, "texto_foto": "La calle", "documentos": [pdf_subido(paginas=4)]})
    assert (respuesta.status_code, respuesta["Location"]) == (302, f"/propuestas/borradores/{mio.pk}/revisar/")
    assert [foto.texto for foto in consultas_adjuntos.fotos_de(Propuesta.objects.get())] == ["La calle"] * 3
    texto = paso(cliente, mio).content.decode()
    assert (texto.count("Mostrarla primero"), texto.count("Quitar esta foto")) == (3, 3)
    assert Documento.objects.get().detalle in texto
    assert 'name="foto"' in texto and " multiple" in texto
    assert "acta.pdf" in cliente.get(respuesta["Location"]).content.decode()


def test_paso_foto_elige_portada_quita_y_escribe_lo_que_se_ve(entrar, mio, gente):
    una, dos, tres = consultas_adjuntos.fotos_de(
        con_adjuntos(mio, gente.ana, fotos=[foto_subida(color=c) for c in ("red", "green", "blue")])
    )
    papel = Documento.objects.get(pk=con_adjuntos(mio, gente.ana, documentos=[pdf_subido()]).documentos.get().pk)
    quitar = {f"quitar_{una.pk}": "on", f"quitar_documento_{papel.pk}": "on"}
    paso(entrar(gente.ana), mio, quitar | {"portada": tres.pk, f"texto_{dos.pk}": "El pozo"})
    assert consultas_adjuntos.fotos_de(Propuesta.objects.get()) == [tres, dos]
    assert (Foto.objects.get(pk=dos.pk).texto, Documento.objects.count()) == ("El pozo", 0)


@pytest.mark.parametrize(
    ("campo", "subidos", "frase"),
    [
        ("foto", [foto_subida(color=c) for c in ("red", "green", "blue", "white")], "demasiadas fotos"),
        ("documentos", [pdf_subido(str(n)) for n in range(4)], "demasiados archivos"),
        ("documentos", [SimpleUploadedFile("acta.pdf", b"<html>")], "no es un PDF"),
        ("documentos", [SimpleUploadedFile("acta.pdf", b"")], "está vacío"),
        ("documentos", [SimpleUploadedFile("acta.pdf", b"%PDF-1.7 /JavaScript %%EOF")], "programas o archivos"),
    ],
)
def test_paso_foto_con_algo_que_no_vale_lo_dice_y_conserva_lo_escrito(entrar, mio, gente, campo, subidos, frase):
    respuesta = paso(entrar(gente.ana), mio, {campo: subidos, "familias": "33"})
    texto = respuesta.content.decode()
    assert (respuesta.status_code, Foto.objects.count(), Documento.objects.count()) == (422, 0, 0)
    assert frase in texto and 'value="33"' in texto


def test_paso_foto_con_el_monto_mal_guarda_igual_lo_subido(entrar, mio, gente):
    datos = {"monto_solicitado": "mucho", "foto": [foto_subida()], "documentos": [pdf_subido()]}
    respuesta = paso(entrar(gente.ana), mio, datos)
    texto = respuesta.content.decode()
    assert (respuesta.status_code, Foto.objects.count(), Documento.objects.count()) == (422, 1, 1)
    for parte in ("Escribe el monto en números", 'value="mucho"', "Quitar esta foto", "acta.pdf", "ya quedó guardado"):
        assert parte in texto, parte
    assert Propuesta.objects.get().monto_solicitado == 120000


def test_paso_foto_en_pantalla_y_recarga_no_duplica(entrar, mio, gente):
    cliente = entrar(gente.ana)
    for _ in range(2):
        paso(cliente, mio, {"foto": [foto_subida()], "documentos": [pdf_subido()]})
    assert (Foto.objects.count(), Documento.objects.count(), len(archivos("documentos"))) == (1, 1, 1)


def test_paso_foto_ofrece_el_lugar_que_dice_la_segunda_foto(entrar, mio, gente, monkeypatch):
    Propuesta.objects.filter(pk=mio.pk).update(lon=None, lat=None)
    con_adjuntos(mio, gente.ana, fotos=[foto_subida(color="red")])
    original = acciones.adjuntos.guardar_foto

    def con_lugar(*args, **kwargs):
        foto = original(*args, **kwargs)
        foto.tomada_en = (0.5, 0.5)
        return foto

    monkeypatch.setattr(acciones.adjuntos, "guardar_foto", con_lugar)
    respuesta = paso(entrar(gente.ana), mio, {"foto": [foto_subida(color="blue")]})
    assert "¿Es el lugar de la foto?" in respuesta.content.decode()


# --- Los movimientos -------------------------------------------------------------------------------------------------
def test_responder_con_un_pdf_lo_muestra_en_la_historia(entrar, client, recepcion, gente, pueblo):
    propuesta = en_evaluacion(recepcion, gente, pueblo)
    acciones.dictaminar(propuesta, actor=gente.carla, resultado="observada", texto="Falta el ancho.")
    cliente = entrar(gente.ana)
    direccion = f"/propuestas/{propuesta.pk}/responder/"
    assert 'enctype="multipart/form-data"' in cliente.get(direccion).content.decode()
    mala = cliente.post(direccion, {"motivo": "Mide 8 m.", "documentos": [SimpleUploadedFile("a.pdf", b"no")]})
    assert (mala.status_code, "Mide 8 m." in mala.content.decode()) == (422, True)
    datos = {"motivo": "Mide 8 m.", "documentos": [pdf_subido(nombre="medida.pdf")]}
    assert cliente.post(direccion, datos).status_code == 302
    cliente.logout()
    texto = pagina(client, propuesta)
    assert f'href="{Documento.objects.get().url}"' in texto and "medida.pdf" in texto


def test_apelar_con_un_pdf_es_reservado(entrar, client, recepcion, gente, pueblo, ines):
    propuesta = enviada(recepcion, gente.ana, pueblo)
    acciones.revisar_forma(propuesta, actor=ines, decision="devuelta", razon="incompleta", motivo="Di dónde.")
    datos = {"motivo": "Sí dice.", "documentos": [pdf_subido()]}
    assert entrar(gente.ana).post(f"/propuestas/{propuesta.pk}/apelar/", datos).status_code == 302
    papel = Documento.objects.get()
    acciones.revisar_forma(propuesta, actor=gente.hugo, decision="publicada")
    for quien, estado in ((gente.beto, 404), (gente.carla, 404), (gente.ana, 200), (ines, 200), (gente.hugo, 200)):
        assert entrar(quien).get(papel.url).status_code == estado, quien
    client.logout()
    assert (client.get(papel.url).status_code, papel.url in pagina(client, propuesta)) == (404, False)
    assert papel.url in pagina(entrar(gente.ana), propuesta)


@pytest.mark.parametrize("ruta", ["revisar", "mover", "dictaminar"])
def test_en_la_trastienda_cada_decision_lleva_sus_pdf(entrar, recepcion, gente, pueblo, ruta, con_permisos):
    crear = {"revisar": enviada, "mover": publicada, "dictaminar": en_evaluacion}[ruta]
    propuesta = crear(recepcion, gente.ana if ruta == "revisar" else gente, pueblo)
    cliente = entrar(con_permisos(gente.hugo))
    direccion = reverse(f"propuestas_admin:{ruta}", args=[propuesta.pk])
    texto = cliente.get(direccion).content.decode()
    assert 'name="documentos"' in texto and "multipart/form-data" in texto
    datos = {
        "revisar": {"decision": "publicada", "titulo": propuesta.titulo, "descripcion": propuesta.descripcion}
        | {"referencia": propuesta.referencia},
        "mover": {"hacia": "en_evaluacion"},
        "dictaminar": {"resultado": "observada", "texto": "Falta el ancho."},
    }[ruta]
    mala = cliente.post(direccion, datos | {"documentos": [SimpleUploadedFile("a.exe", bytes_de_pdf())]})
    assert (mala.status_code, Documento.objects.count()) == (422, 0)
    assert cliente.post(direccion, datos | {"documentos": [pdf_subido()]}).status_code == 302
    assert Documento.objects.get().clase == "movimiento"
    ficha = cliente.get(reverse("propuestas_admin:inspect", args=[propuesta.pk])).content.decode()
    assert Documento.objects.get().url in ficha


# --- Las páginas -----------------------------------------------------------------------------------------------------
def test_la_propuesta_muestra_sus_tres_fotos_sin_saltos(client, recepcion, gente, pueblo):
    mio = borrador(recepcion, gente.ana, pueblo)
    con_adjuntos(mio, gente.ana, fotos=[foto_subida(color=c) for c in ("red", "green", "blue")], texto="La calle")
    propuesta = acciones.presentar_propuesta(mio, actor=gente.ana)
    acciones.mover_propuesta(propuesta, hacia="publicada", actor=gente.hugo, calidad=PLANIFICACION)
    texto = pagina(client, propuesta)
    for foto in Foto.objects.all():
        assert f'srcset="{foto.srcset}"' in texto and f'srcset="{foto.srcset_jpeg}"' in texto
        assert client.get(foto.url_menor_jpeg).status_code == 200
    assert texto.count('width="400" height="400" alt="La calle" loading="lazy"') == 3


def test_la_historia_y_la_pagina_dicen_nombre_peso_y_paginas(client, con_papel):
    texto = pagina(client, con_papel.propuesta)
    assert texto.count(con_papel.url) == 2  # en «Documentos» y en el paso en que se presentó
    assert con_papel.detalle in texto


@pytest.mark.parametrize(
    ("peso", "paginas", "dice"),
    [(300, None, "PDF, 1 KB"), (512_000, 1, "PDF, 500 KB, 1 página"), (1_258_291, 4, "PDF, 1,2 MB, 4 páginas")],
)
def test_detalle_de_un_documento_a_la_boliviana(peso, paginas, dice):
    assert Documento(peso=peso, paginas=paginas).detalle == dice


def test_la_pagina_hace_las_mismas_consultas_con_uno_y_tres_documentos(client, con_papel):
    def consultas():
        with CaptureQueriesContext(connection) as hechas:
            pagina(client, con_papel.propuesta)
        return len(hechas)

    consultas()
    antes = consultas()
    for n in (2, 3):
        Documento.objects.create(
            propuesta=con_papel.propuesta, clase="propuesta", suceso=con_papel.suceso, orden=n, nombre="b.pdf", peso=1,
            huella=str(n),
        )  # fmt: skip
    assert consultas() == antes


# --- Entregar el PDF -------------------------------------------------------------------------------------------------
def test_documento_publico_lo_baja_cualquiera_como_descarga_segura(client, con_papel):
    respuesta = client.get(con_papel.url)
    assert b"".join(respuesta.streaming_content) == bytes_de_pdf(paginas=2)
    assert (respuesta["Content-Type"], respuesta["Content-Disposition"]) == (
        "application/pdf",
        'attachment; filename="Acta de la OTB.pdf"',
    )
    assert {nombre: respuesta[nombre] for nombre in CABECERAS} == CABECERAS
    assert not Suceso.objects.filter(verbo="mirar").exists()


def test_documento_de_un_borrador_solo_lo_ve_quien_lo_escribe(entrar, client, mio, gente, ines):
    con_adjuntos(mio, gente.ana, documentos=[pdf_subido()])
    papel = Documento.objects.get()
    assert client.get(papel.url).status_code == 404
    for quien, estado in ((gente.beto, 404), (gente.hugo, 404), (ines, 404), (gente.ana, 200)):
        assert entrar(quien).get(papel.url).status_code == estado, quien


def test_documento_de_una_enviada_lo_ve_la_trastienda_y_queda_anotado(entrar, mio, gente, ines):
    con_adjuntos(mio, gente.ana, documentos=[pdf_subido()])
    acciones.presentar_propuesta(mio, actor=gente.ana)
    papel = Documento.objects.get()
    assert [entrar(quien).get(papel.url).status_code for quien in (gente.beto, gente.ana)] == [404, 200]
    assert not Suceso.objects.filter(verbo="mirar").exists()
    assert entrar(ines).get(papel.url).status_code == 200
    mirada = Suceso.objects.get(verbo="mirar")
    assert (mirada.actor, mirada.texto, mirada.publico) == (ines, "Abrió un documento que no es público.", False)


@pytest.mark.parametrize("token", ["no-existe", "a" * 200, "..%2f..%2fetc"])
def test_documento_que_no_existe_da_404(client, db, token):
    assert client.get(f"/propuestas/documentos/{token}.pdf").status_code == 404


def test_documento_sin_archivo_da_404_y_con_otro_metodo_405(client, con_papel):
    assert client.post(con_papel.url).status_code == 405
    Documento.objects.update(token="otro")
    assert client.get("/propuestas/documentos/otro.pdf").status_code == 404


# --- Retirar ---------------------------------------------------------------------------------------------------------
def retirar(cliente, documento, datos=None):
    direccion = reverse("propuestas_admin:retirar_documento", args=[documento.pk])
    return cliente.get(direccion) if datos is None else cliente.post(direccion, datos)


def test_retirar_desde_la_ficha_y_lo_que_queda_a_la_vista(entrar, client, con_papel, ines):
    cliente = entrar(ines)
    ficha = cliente.get(reverse("propuestas_admin:inspect", args=[con_papel.propuesta_id])).content.decode()
    assert reverse("propuestas_admin:retirar_documento", args=[con_papel.pk]) in ficha
    assert "Acta de la OTB.pdf" in retirar(cliente, con_papel).content.decode()
    assert retirar(cliente, con_papel, {}).status_code == 422
    assert retirar(cliente, con_papel, {"motivo": "datos_personales"}).status_code == 302
    assert "ya se retiró" in retirar(cliente, con_papel).content.decode()
    cliente.logout()
    texto = pagina(client, con_papel.propuesta)
    assert (client.get(con_papel.url).status_code, con_papel.url in texto) == (404, False)
    assert f"Tenía datos personales. SHA-256: {con_papel.huella}" in texto
    assert "Acta de la OTB" not in texto


def test_retirar_solo_le_toca_a_gestion_de_comunidad(entrar, client, con_papel, gente, ines, con_permisos):
    assert retirar(client, con_papel).status_code == 302
    for quien in (gente.ana, gente.beto):
        assert retirar(entrar(quien), con_papel, {"motivo": "ilicito"}).status_code in (302, 403), quien
    for quien in (gente.carla, gente.hugo):
        assert retirar(entrar(con_permisos(quien)), con_papel, {"motivo": "ilicito"})["Location"] == "/admin/", quien
    Documento.objects.get(retirado=None)
    cliente = entrar(ines)
    assert cliente.put(reverse("propuestas_admin:retirar_documento", args=[con_papel.pk])).status_code == 405
    assert cliente.get(reverse("propuestas_admin:retirar_documento", args=[999_999])).status_code == 404


def test_retirar_lo_propio_no_le_toca_ni_a_gestion_de_comunidad(entrar, recepcion, pueblo, gente, ines):
    mio = borrador(recepcion, ines, pueblo)
    con_adjuntos(mio, ines, documentos=[pdf_subido()])
    papel = Documento.objects.get()
    assert retirar(entrar(ines), papel).status_code == 404  # un borrador no se ve desde la trastienda
    acciones.presentar_propuesta(mio, actor=ines)
    respuesta = retirar(entrar(ines), papel, {"motivo": "ilicito"})  # Wagtail lleva a su portada lo que no le toca
    assert (respuesta["Location"], Documento.objects.get().retirado) == ("/admin/", None)


# --- Mis datos y cerrar la cuenta ------------------------------------------------------------------------------------
def test_mis_datos_traen_las_fotos_y_los_documentos_que_subi(con_papel, recepcion, pueblo, gente, tmp_path):
    otro = borrador(recepcion, gente.ana, pueblo)
    con_adjuntos(otro, gente.ana, fotos=[foto_subida()], documentos=[pdf_subido("en borrador")])
    suelto = Documento.objects.get(propuesta=otro)
    with (tmp_path / "mios.zip").open("w+b") as destino:
        empaquetar(gente.ana, destino)
        with zipfile.ZipFile(destino) as paquete:
            nombres = paquete.namelist()
            assert paquete.read(f"documentos/{con_papel.token}.pdf") == bytes_de_pdf(paginas=2)
            temas = json.loads(paquete.read("mis_datos.json"))["temas"]
    assert sorted(n for n in nombres if n.startswith("documentos/")) == sorted(
        f"documentos/{papel.token}.pdf" for papel in (con_papel, suelto)
    )
    assert f"fotos/{Foto.objects.get().token}.webp" in nombres
    assert [fila["nombre"] for fila in temas["documentos_de_borradores"]["filas"]] == ["acta.pdf"]


def test_cerrar_la_cuenta_borra_lo_del_borrador_y_suelta_lo_presentado(
    con_papel, recepcion, pueblo, gente, django_capture_on_commit_callbacks
):
    otro = borrador(recepcion, gente.ana, pueblo)
    con_adjuntos(otro, gente.ana, fotos=[foto_subida(color=c) for c in ("red", "blue")], documentos=[pdf_subido("x")])
    with django_capture_on_commit_callbacks(execute=True):
        cerrar_cuenta(gente.ana)
    con_papel.refresh_from_db()
    assert (list(Documento.objects.all()), con_papel.subido_por) == ([con_papel], None)
    assert (archivos("documentos"), Foto.objects.count(), archivos("fotos")) == ([con_papel.ruta], 0, [])


def test_mover_sin_documentos_sigue_igual(una, gente):
    acciones.mover_propuesta(una, hacia="retirada", actor=gente.ana, calidad=AUTOR, motivo="Ya no.")
    assert Documento.objects.count() == 0
