"""Firmas digitales: una autoridad y firmantes hechos aquí mismo; lo que vale, lo que no y por qué."""

import datetime
import io

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pyhanko.pdf_utils.generic import NameObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec

from civic.comun.errores import ReglaIncumplida
from civic.entorno import ErrorDeEntorno, leer_entorno
from tests.votaciones.actas.piezas import borrador, escrito
from votaciones.actas import acciones, consultas
from votaciones.actas.firmas import comprobar_firmas
from votaciones.actas.models import PdfFirmado
from votaciones.actas.pdf import dibujar_acta

pytestmark = pytest.mark.django_db
AHORA = datetime.datetime.now(datetime.UTC)


def certificado(nombre, *, de=None, desde=-1, hasta=365):
    """(certificado, clave) firmado por `de`, o por sí mismo si es una autoridad."""
    clave = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    quien = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, nombre)])
    emisor, clave_emisora = (de[0].subject, de[1]) if de else (quien, clave)
    hecho = (
        x509.CertificateBuilder()
        .subject_name(quien)
        .issuer_name(emisor)
        .public_key(clave.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(AHORA + datetime.timedelta(days=desde))
        .not_valid_after(AHORA + datetime.timedelta(days=hasta))
        .add_extension(x509.BasicConstraints(ca=de is None, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=de is not None, content_commitment=de is not None, key_cert_sign=de is None,
                crl_sign=de is None, key_encipherment=False, data_encipherment=False, key_agreement=False,
                encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
        .sign(clave_emisora, hashes.SHA256())
    )  # fmt: skip
    return hecho, clave


@pytest.fixture(scope="module")
def autoridad():
    return certificado("Autoridad de Prueba", desde=-1000, hasta=1000)


@pytest.fixture(scope="module")
def presidenta(autoridad):
    return certificado("PRISCA PRESIDE", de=autoridad)


@pytest.fixture
def raices(autoridad, tmp_path, settings):
    carpeta = tmp_path / "raices"
    carpeta.mkdir()
    (carpeta / "autoridad.pem").write_bytes(autoridad[0].public_bytes(serialization.Encoding.PEM))
    settings.RAICES_FIRMA = carpeta
    return carpeta


def firmar(pdf, quien, campo="Firma1"):
    bulto = pkcs12.serialize_key_and_certificates(
        b"x", quien[1], quien[0], None, serialization.BestAvailableEncryption(b"x")
    )
    firmante = signers.SimpleSigner.load_pkcs12_data(bulto, other_certs=[], passphrase=b"x")
    salida = io.BytesIO()
    signers.PdfSigner(
        signers.PdfSignatureMetadata(field_name=campo), firmante, new_field_spec=SigFieldSpec(campo)
    ).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=salida)
    return salida.getvalue()


def subida(datos, nombre="acta.pdf"):
    return SimpleUploadedFile(nombre, datos, content_type="application/pdf")


def hoja_de(acta):
    dice, huella = consultas.contenido_por_firmar(acta)
    return dibujar_acta(dice, huella, consultas.direccion_de_comprobar())


def test_una_firma_buena_vale_y_sirve_para_firmar_el_acta(raices, presidenta, recepcion, gente, pueblo):
    acta = borrador(recepcion, gente, pueblo)
    with pytest.raises(ReglaIncumplida, match="Falta la foto"):
        acciones.mover_acta(acta, hacia="firmada", actor=gente.fabio)
    firmado = acciones.guardar_firmado(acta, actor=gente.fabio, archivo=subida(firmar(hoja_de(acta), presidenta)))
    assert (firmado.valido, firmado.misma_hoja) == (True, True)
    (firma,) = firmado.firmas
    assert (firma["quien"], firma["emisor"]) == ("PRISCA PRESIDE", "Autoridad de Prueba")
    assert "Nada cambió después" in firma["en_palabras"] and "según su propia hora" in firma["cuando"]
    acta = acciones.mover_acta(acta, hacia="firmada", actor=gente.fabio)
    assert acta.huella == firmado.huella_del_acta


def test_dos_personas_firman_una_despues_de_la_otra(raices, presidenta, autoridad, recepcion, gente, pueblo):
    acta = borrador(recepcion, gente, pueblo)
    secretario = certificado("SEBASTIÁN SECRETARIO", de=autoridad)
    pdf = firmar(firmar(hoja_de(acta), presidenta), secretario, "Firma2")
    firmado = acciones.guardar_firmado(acta, actor=gente.fabio, archivo=subida(pdf))
    assert firmado.valido and len(firmado.firmas) == 2, firmado.firmas


def test_sin_raices_o_de_otra_autoridad_no_se_confia(raices, presidenta, settings, recepcion, gente, pueblo):
    acta = borrador(recepcion, gente, pueblo)
    ajena = certificado("FALSA", de=certificado("Otra autoridad", desde=-9, hasta=9))
    firmado = acciones.guardar_firmado(acta, actor=gente.fabio, archivo=subida(firmar(hoja_de(acta), ajena)))
    assert not firmado.valido and "ninguna entidad en la que el municipio confía" in firmado.firmas[0]["en_palabras"]
    with pytest.raises(ReglaIncumplida, match="Falta la foto"):
        acciones.mover_acta(acta, hacia="firmada", actor=gente.fabio)
    settings.RAICES_FIRMA = None
    assert not comprobar_firmas(firmar(hoja_de(acta), presidenta)).valido


def test_un_certificado_vencido_no_vale(raices, autoridad, recepcion, gente, pueblo):
    vencida = certificado("VENCIDA", de=autoridad, desde=-100, hasta=-10)
    hallado = comprobar_firmas(firmar(hoja_de(borrador(recepcion, gente, pueblo)), vencida))
    assert not hallado.valido and "vencido" in hallado.firmas[0]["en_palabras"]


def test_lo_alterado_se_nota(raices, presidenta, recepcion, gente, pueblo):
    hoja = hoja_de(borrador(recepcion, gente, pueblo))
    firmado = firmar(hoja, presidenta)
    lugar = hoja.index(b"/Title")
    alterado = comprobar_firmas(firmado[:lugar] + b"/Tytle" + firmado[lugar + 6 :])
    assert not alterado.valido and "se alteró" in alterado.firmas[0]["en_palabras"]
    despues = io.BytesIO()
    editor = IncrementalPdfFileWriter(io.BytesIO(firmado))
    pagina = editor.root["/Pages"]["/Kids"][0]
    pagina[NameObject("/Rotate")] = type(editor.root["/Pages"]["/Count"])(90)
    editor.update_container(pagina)
    editor.write(despues)
    cambiado = comprobar_firmas(despues.getvalue())
    assert not cambiado.valido and "cambió después de firmarse" in cambiado.firmas[0]["en_palabras"]


def test_el_pdf_de_otra_acta_o_de_otra_version_no_entra(raices, presidenta, recepcion, gente, pueblo):
    acta = borrador(recepcion, gente, pueblo)
    viejo = firmar(hoja_de(acta), presidenta)
    acta = acciones.corregir_acta(acta, actor=gente.fabio, escrito=escrito(lugar="Cancha"))
    with pytest.raises(ReglaIncumplida, match="no es de esta versión"):
        acciones.guardar_firmado(acta, actor=gente.fabio, archivo=subida(viejo))


def test_con_la_huella_copiada_en_otro_texto_no_prueba_nada(raices, presidenta, recepcion, gente, pueblo):
    acta = borrador(recepcion, gente, pueblo)
    dice, huella = consultas.contenido_por_firmar(acta)
    trampa = dibujar_acta(dice | {"total": "9999999.00"}, huella, consultas.direccion_de_comprobar())
    firmado = acciones.guardar_firmado(acta, actor=gente.fabio, archivo=subida(firmar(trampa, presidenta)))
    assert (firmado.valido, firmado.misma_hoja) == (False, False)


@pytest.mark.parametrize(
    ("datos", "frase"),
    [
        (b"hola", "no es un PDF"),
        (b"%PDF-1.7\nbasura", "parece dañado"),
        (b"%PDF-1.7\n" + b"[" * 200_000, "No pudimos leer|parece dañado"),
    ],
)
def test_un_archivo_cualquiera_se_rechaza_con_su_razon(raices, datos, frase):
    with pytest.raises(ReglaIncumplida, match=frase):
        comprobar_firmas(datos)


def test_un_pdf_sin_firma_se_dice(raices, recepcion, gente, pueblo):
    with pytest.raises(ReglaIncumplida, match="no tiene ninguna firma"):
        comprobar_firmas(hoja_de(borrador(recepcion, gente, pueblo)))


def test_subirlo_desde_la_pagina(raices, presidenta, entrar, recepcion, gente, pueblo):
    acta = borrador(recepcion, gente, pueblo)
    direccion = reverse("actas:firmado", args=[acta.numero])
    assert entrar(gente.ana).post(direccion).status_code == 404
    cliente = entrar(gente.fabio)
    assert (r := cliente.post(direccion, {"pdf": subida(b"hola")})).status_code == 422 and "no es un PDF" in r.text
    descargado = cliente.get(reverse("actas:pdf", args=[acta.numero])).content
    assert cliente.post(direccion, {"pdf": subida(firmar(descargado, presidenta))}).status_code == 302
    pagina = cliente.get(acta.get_absolute_url()).text
    assert "Firmas válidas" in pagina and "PRISCA PRESIDE" in pagina
    assert PdfFirmado.objects.count() == 1


def test_con_una_clave_privada_en_las_raices_no_arranca(tmp_path, presidenta):
    (tmp_path / "clave.pem").write_bytes(
        presidenta[1].private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    with pytest.raises(ErrorDeEntorno, match="clave privada"):
        leer_entorno({"AYNI_RAICES_FIRMA": str(tmp_path)})
    with pytest.raises(ErrorDeEntorno, match="no existe esa carpeta"):
        leer_entorno({"AYNI_RAICES_FIRMA": str(tmp_path / "nada")})
