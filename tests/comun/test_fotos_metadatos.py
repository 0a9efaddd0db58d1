"""B5, B6 y B7 de fiabilidad: ningún byte guardado ni servido dice algo del teléfono, y el lugar solo se ofrece."""

import io
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pillow_heif
import pytest
from django.core.files.storage import default_storage
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from civic.comun import fotos, taller_de_fotos
from civic.comun.errores import ReglaIncumplida
from civic.comun.fotos import guardar_foto, publicar_foto
from civic.comun.models import Foto, Suceso
from tests.comun.lector_de_metadatos import con_exiftool, metadatos
from tests.comun.test_fotos import bytes_de, dibujo, jpeg_con_metadatos, png_de, subida

LON, LAT = -66.279389, -17.393472
# La cabecera fija de un JPEG: su versión y que no dice a cuántos puntos por pulgada va.
JFIF_DE_TODO_JPEG = [*("JFIF:JFIFVersion=1.01", "JFIF:ResolutionUnit=None", "JFIF:XResolution=1", "JFIF:YResolution=1")]
SECRETOS = (b"SECRETO", b"CELULAR", b"GPS", b"Photoshop", b"xmpmeta", b"MPF")
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><SECRETO GPSLatitude="17,23.6S"/></x:xmpmeta>'


def exif_con_gps(miniatura: bytes = b"") -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0xA431] = "CELULAR SECRETO", "SERIE SECRETA"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "S", (17.0, 23.0, 36.5), "W", (66.0, 16.0, 45.8)
    return exif.tobytes() + miniatura


def segmento(marca: int, cuerpo: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marca, len(cuerpo) + 2) + cuerpo


def jpeg(*segmentos: bytes) -> bytes:
    llano = bytes_de(dibujo())
    return llano[:2] + b"".join(segmentos) + llano[2:]


def iptc() -> bytes:
    dato = b"\x1c\x02\x78" + struct.pack(">H", 15) + b"SECRETO leyenda"
    recurso = b"8BIM\x04\x04\x00\x00" + struct.pack(">I", len(dato)) + dato + b"\0" * (len(dato) % 2)
    return segmento(0xED, b"Photoshop 3.0\0" + recurso)


def png_con(*trozos: tuple[bytes, bytes]) -> bytes:
    llano = bytes_de(dibujo(), "PNG")
    corte = 8 + 25
    extra = b"".join(
        struct.pack(">I", len(cuerpo)) + tipo + cuerpo + struct.pack(">I", zlib.crc32(tipo + cuerpo))
        for tipo, cuerpo in trozos
    )
    return llano[:corte] + extra + llano[corte:]


def png_con_textos() -> bytes:
    textos = PngInfo()
    textos.add_text("Author", "SECRETO tEXt")
    textos.add_itxt("XML:com.adobe.xmp", XMP.decode())
    textos.add_text("zip", "SECRETO zTXt", zip=True)
    return bytes_de(dibujo(), "PNG", pnginfo=textos, exif=exif_con_gps())


def mpo() -> bytes:
    salida = io.BytesIO()
    segunda = dibujo(color=(200, 0, 0))
    dibujo().save(salida, "MPO", save_all=True, append_images=[segunda], exif=exif_con_gps())
    return salida.getvalue()


def heic() -> bytes:
    salida = io.BytesIO()
    pillow_heif.from_pillow(dibujo()).save(salida, exif=exif_con_gps(), xmp=XMP, quality=50)
    return salida.getvalue()


MUESTRAS = {
    "jpeg_exif": lambda: (jpeg(segmento(0xE1, exif_con_gps())), "foto.jpg"),
    "jpeg_miniatura": lambda: (jpeg(segmento(0xE1, exif_con_gps(bytes_de(dibujo(64, 64))))), "foto.jpg"),
    "jpeg_xmp": lambda: (jpeg(segmento(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)), "foto.jpg"),
    "jpeg_iptc": lambda: (jpeg(iptc()), "foto.jpg"),
    "jpeg_comentario": lambda: (jpeg(segmento(0xFE, b"SECRETO comentario")), "foto.jpg"),
    "jpeg_fabricante": lambda: (jpeg(segmento(0xE5, b"CELULAR\0SECRETO")), "foto.jpg"),
    "jpeg_con_cola": lambda: (bytes_de(dibujo()) + b"SECRETO<script>alert(1)</script>", "foto.jpg"),
    "jpeg_todo": lambda: (jpeg_con_metadatos(), "foto.jpg"),
    "mpo": lambda: (mpo(), "foto.jpg"),
    "png_textos": lambda: (png_con_textos(), "foto.png"),
    "png_exif": lambda: (png_con((b"eXIf", exif_con_gps()[6:])), "foto.png"),
    "png_propio": lambda: (png_con((b"seCr", b"SECRETO")), "foto.png"),
    "webp": lambda: (bytes_de(dibujo(), "WEBP", exif=exif_con_gps(), xmp=XMP), "foto.webp"),
    "heic": lambda: (heic(), "foto.heic"),
}
CON_LUGAR = ("jpeg_exif", "jpeg_todo", "mpo", "png_exif", "webp", "heic")


def rutas_guardadas() -> list[Path]:
    return [ruta for ruta in Path(default_storage.location).rglob("*") if ruta.is_file()]


@pytest.mark.parametrize("nombre", MUESTRAS)
def test_las_muestras_si_traen_metadatos(nombre):
    """La prueba de la prueba: el lector propio los ve en el original (y exiftool, si está)."""
    datos, archivo = MUESTRAS[nombre]()
    assert metadatos(datos) or nombre == "heic"
    assert any(secreto in datos for secreto in SECRETOS) or b"zTXt" in datos
    dichos = con_exiftool(datos, archivo)
    assert dichos is None or dichos or nombre in {"jpeg_con_cola", "png_propio"}


@pytest.mark.django_db
@pytest.mark.parametrize("nombre", MUESTRAS)
def test_ningun_byte_guardado_ni_servido_trae_metadatos(nombre, client, caplog):
    datos, archivo = MUESTRAS[nombre]()
    foto = guardar_foto(subida(datos, archivo))
    publicar_foto(foto)

    guardados = [ruta.read_bytes() for ruta in rutas_guardadas()]
    direcciones = [url(ancho) for url in (foto.url, foto.url_jpeg) for ancho in foto.anchos]
    servidos = [b"".join(client.get(direccion).streaming_content) for direccion in direcciones]

    assert len(guardados) == len(servidos) == 2 * len(foto.anchos), "no se guarda el original ni otra cosa"
    for copia in guardados + servidos:
        assert metadatos(copia) == []
        assert [secreto for secreto in SECRETOS if secreto in copia] == []
        es_jpeg = copia.startswith(b"\xff\xd8")
        assert con_exiftool(copia, "jpg" if es_jpeg else "webp") in (None, JFIF_DE_TODO_JPEG if es_jpeg else [])
    assert "17.39" not in caplog.text
    assert "66.27" not in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize("nombre", CON_LUGAR)
def test_el_lugar_de_la_foto_se_devuelve_y_no_se_guarda(nombre):
    datos, archivo = MUESTRAS[nombre]()
    foto = guardar_foto(subida(datos, archivo))
    assert foto.tomada_en == pytest.approx((LON, LAT), abs=1e-4)
    guardada = Foto.objects.values().get()
    assert not [valor for valor in guardada.values() if "66.27" in str(valor) or "17.39" in str(valor)]
    assert Foto.objects.get().tomada_en is None
    assert not Suceso.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        ((17.0, 0.0, 0.0), (999.0, 0.0, 0.0)),
        ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
        ((170.0, 0.0, 0.0), (66.0, 0, 0)),
    ],
)
def test_un_lugar_imposible_no_se_ofrece_y_la_foto_vale(lat, lon):
    exif = Image.Exif()
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "S", lat, "W", lon
    assert guardar_foto(subida(bytes_de(dibujo(), exif=exif))).tomada_en is None


# --- B5: lo que no debe llegar a un decodificador ---

RENOMBRADOS = {
    "gif": (b"GIF89a" + b"\0" * 100, "foto.jpg"),
    "gif_verdadero": (bytes_de(dibujo(), "GIF"), "foto.png"),
    "tiff": (bytes_de(dibujo(), "TIFF"), "foto.jpg"),
    "bmp": (bytes_de(dibujo(), "BMP"), "foto.jpg"),
    "ico": (bytes_de(dibujo(64, 64), "ICO"), "foto.jpg"),
    "psd": (b"8BPS\0\x01" + b"\0" * 100, "foto.jpg"),
    "eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n", "foto.jpg"),
    "fits": (b"SIMPLE  =                    T", "foto.jpg"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "foto.jpg"),
    "html": (b"<!doctype html><script>alert(1)</script>", "foto.jpg"),
    "avif": (b"\0\0\0\x1cftypavif" + b"\0" * 100, "foto.heic"),
    "pdf": (b"%PDF-1.7\n", "foto.jpg"),
    "zip": (b"PK\x03\x04" + b"\0" * 100, "foto.jpg"),
    "vacio": (b"", "foto.jpg"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("nombre", RENOMBRADOS)
def test_otros_formatos_renombrados_no_llegan_al_decodificador(nombre, monkeypatch):
    monkeypatch.setattr(fotos, "_en_el_taller", lambda *_: pytest.fail("se intentó decodificar"))
    datos, archivo = RENOMBRADOS[nombre]
    with pytest.raises(ReglaIncumplida) as error:
        guardar_foto(subida(datos, archivo))
    assert error.value.campo == "foto"


APNG = png_con((b"acTL", struct.pack(">II", 10_000, 0)))
DIFICILES = {
    "png_9400": (png_de(9400, 9400), "PNG", False),
    "png_1x100000": (png_de(1, 100_000), "PNG", False),
    "apng": (APNG, "PNG", True),
    "cortada": (bytes_de(dibujo(1600, 1200))[:4000], "JPEG", False),
    "cmyk": (bytes_de(dibujo(2000, 1500).convert("CMYK")), "JPEG", True),
    "16_bits": (bytes_de(Image.new("I;16", (2000, 1500), 40_000), "PNG"), "PNG", True),
    "24_megapixeles": (bytes_de(Image.new("RGB", (6000, 4000), "red")), "JPEG", True),
}


@pytest.mark.parametrize("nombre", DIFICILES)
def test_taller_con_imagenes_dificiles_usa_menos_de_300_mb_y_3_segundos(nombre):
    datos, formato, vale = DIFICILES[nombre]
    medir = (
        f"import pathlib,runpy,sys;sys.argv=['t','{formato}','320,640,1280','jpeg'];codigo=0\n"
        f"try: runpy.run_path({taller_de_fotos.__file__!r}, run_name='__main__')\n"
        "except SystemExit as fin: codigo = fin.code\n"
        "pico = pathlib.Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0]\n"
        "import resource; usado = resource.getrusage(resource.RUSAGE_SELF)\n"
        "print(pico, usado.ru_utime + usado.ru_stime, file=sys.stderr); sys.exit(codigo)"
    )
    inicio = time.monotonic()
    hecho = subprocess.run([sys.executable, "-c", medir], input=datos, capture_output=True, check=False)
    pico, segundos = hecho.stderr.split()[-2:]
    assert (hecho.returncode == 0) is vale, hecho.stdout[:200]
    assert int(pico) < 300 * 1024
    assert float(segundos) < 3, f"{time.monotonic() - inicio:.1f} s de reloj"


@pytest.mark.django_db
def test_cada_tamano_se_sirve_tambien_en_jpeg_con_las_mismas_medidas(client):
    foto = guardar_foto(subida(bytes_de(dibujo(1600, 1200))), publica=True)
    for ancho in foto.anchos:
        respuesta = client.get(foto.url_jpeg(ancho))
        assert (respuesta["Content-Type"], respuesta["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
        with Image.open(io.BytesIO(b"".join(respuesta.streaming_content))) as imagen:
            assert (imagen.format, imagen.width, imagen.mode) == ("JPEG", ancho, "RGB")
    for acepta, tipo in (
        ("image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5", "image/jpeg"),
        ("image/avif,image/webp,*/*", "image/webp"),
        ("*/*", "image/webp"),
    ):
        respuesta = client.get(foto.url_menor, headers={"accept": acepta})
        assert respuesta["Content-Type"] == tipo
        assert {"Accept", "Cookie"} <= set(respuesta["Vary"].split(", "))
    assert client.get(foto.url_jpeg(1281)).status_code == 404
    Foto.objects.update(publica=False)
    assert client.get(foto.url_jpeg(320)).status_code == 404


@pytest.mark.django_db
def test_foto_servida_no_deja_que_el_navegador_adivine_otra_cosa(client):
    foto = guardar_foto(subida(bytes_de(dibujo()) + b"<html><script>alert(1)</script>"), publica=True)
    respuesta = client.get(foto.url_mayor)
    assert respuesta["Content-Type"] == "image/webp"
    assert respuesta["X-Content-Type-Options"] == "nosniff"
    assert b"<script>" not in b"".join(respuesta.streaming_content)
