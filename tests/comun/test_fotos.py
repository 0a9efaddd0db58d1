"""Las fotos de la gente: qué se acepta, qué se rechaza sin decodificar y que nada del teléfono quede guardado."""

import io
import struct
import subprocess
import sys
import threading
import zlib
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from civic.comun import fotos, taller_de_fotos
from civic.comun.errores import ReglaIncumplida
from civic.comun.fotos import borrar_foto, formato_de, guardar_foto, publicar_foto, revisar_foto
from civic.comun.models import Foto

SECRETOS = [b"SECRETO", b"Exif", b"exif", b"EXIF", b"XMP", b"xmp", b"GPS", b"ICCP", b"CELULAR", b"<x:xmpmeta"]


def dibujo(ancho=800, alto=600, modo="RGB", color=(10, 120, 80)) -> Image.Image:
    imagen = Image.new("RGB", (ancho, alto), color)
    ImageDraw.Draw(imagen).rectangle((0, 0, ancho // 4, alto // 4), fill=(230, 30, 30))
    return imagen.convert(modo)


def bytes_de(imagen: Image.Image, formato="JPEG", **opciones) -> bytes:
    salida = io.BytesIO()
    imagen.save(salida, formato, **opciones)
    return salida.getvalue()


def subida(datos: bytes, nombre="foto.jpg", tipo="image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(nombre, datos, content_type=tipo)


def jpeg_con_metadatos(orientacion=1) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientacion
    exif[0x010F] = "CELULAR SECRETO"
    exif[0x9286] = "SECRETO en el comentario"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "S", (17.0, 23.0, 36.5)
    gps[3], gps[4] = "W", (66.0, 16.0, 45.8)
    return bytes_de(
        dibujo(),
        exif=exif,
        comment=b"SECRETO comentario JPEG",
        xmp=b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><SECRETO/></x:xmpmeta>',
        icc_profile=b"SECRETO perfil",
    )


def todo_lo_guardado(foto: Foto) -> dict[int, bytes]:
    versiones = {}
    for ancho in foto.anchos:
        with default_storage.open(foto.ruta(ancho)) as archivo:
            versiones[ancho] = archivo.read()
    return versiones


def trozos_riff(datos: bytes) -> list[bytes]:
    """Nombres de los trozos de un WebP."""
    nombres, posicion = [], 12
    while posicion < len(datos):
        nombre, peso = struct.unpack("<4sI", datos[posicion : posicion + 8])
        nombres.append(nombre)
        posicion += 8 + peso + peso % 2
    return nombres


def png_de(ancho: int, alto: int) -> bytes:
    """PNG que declara ancho × alto y no trae casi nada: la bomba clásica."""

    def trozo(tipo: bytes, cuerpo: bytes) -> bytes:
        return struct.pack(">I", len(cuerpo)) + tipo + cuerpo + struct.pack(">I", zlib.crc32(tipo + cuerpo))

    cabeza = struct.pack(">IIBBBBB", ancho, alto, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + trozo(b"IHDR", cabeza) + trozo(b"IDAT", zlib.compress(b"")) + trozo(b"IEND", b"")


@pytest.fixture
def sin_taller(monkeypatch):
    """Falla si algo llega al decodificador."""

    def prohibido(*args, **kwargs):
        raise AssertionError("se intentó decodificar")

    monkeypatch.setattr(fotos, "_en_el_taller", prohibido)


# --- Lo que se guarda ---


@pytest.mark.django_db
def test_guardar_foto_con_gps_xmp_y_comentario_no_guarda_ningun_metadato():
    original = jpeg_con_metadatos()
    assert all(marca in original for marca in (b"SECRETO", b"Exif", b"<x:xmpmeta"))

    foto = guardar_foto(subida(original))

    versiones = todo_lo_guardado(foto)
    assert sorted(versiones) == [320, 640, 800]
    for datos in versiones.values():
        assert trozos_riff(datos) == [b"VP8 "]
        assert [marca for marca in SECRETOS if marca in datos] == []
        with Image.open(io.BytesIO(datos)) as limpia:
            assert dict(limpia.getexif()) == {}
            assert limpia.info.get("xmp") is None
            assert limpia.info.get("icc_profile") is None


@pytest.mark.django_db
def test_guardar_foto_no_deja_mas_archivos_que_sus_versiones(settings):
    foto = guardar_foto(subida(jpeg_con_metadatos()))
    guardados = sorted(
        str(ruta.relative_to(settings.MEDIA_ROOT)) for ruta in Path(settings.MEDIA_ROOT).rglob("*") if ruta.is_file()
    )
    assert guardados == sorted(foto.ruta(ancho, tipo) for ancho in foto.anchos for tipo in ("jpg", "webp"))


@pytest.mark.django_db
def test_guardar_foto_anota_medidas_color_peso_y_huella(gente):
    foto = guardar_foto(subida(bytes_de(dibujo(2000, 1500))), usuario=gente.ana, texto="El bache", publica=True)
    foto.refresh_from_db()
    versiones = todo_lo_guardado(foto)
    assert (foto.ancho, foto.alto, foto.anchos) == (1280, 960, [320, 640, 1280])
    assert (foto.texto, foto.publica, foto.subida_por) == ("El bache", True, gente.ana)
    assert foto.peso == len(versiones[1280])
    assert foto.huella == __import__("hashlib").sha256(versiones[1280]).hexdigest()
    rojo, verde, azul = (int(foto.color[inicio : inicio + 2], 16) for inicio in (1, 3, 5))
    assert verde > azul > rojo - 30 and verde > 100


@pytest.mark.django_db
@pytest.mark.parametrize("orientacion", [3, 6, 8])
def test_guardar_foto_de_lado_la_guarda_derecha(orientacion):
    exif = Image.Exif()
    exif[0x0112] = orientacion
    derecha = dibujo(600, 800)
    giro = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}[orientacion]
    foto = guardar_foto(subida(bytes_de(derecha.transpose(giro), exif=exif, quality=95)))
    assert (foto.ancho, foto.alto) == (600, 800)
    with Image.open(io.BytesIO(todo_lo_guardado(foto)[600])) as guardada:
        rojo, verde, _ = guardada.convert("RGB").getpixel((20, 20))
        assert rojo > 180 and verde < 80, "la esquina roja quedó arriba a la izquierda"
        rojo, verde, _ = guardada.convert("RGB").getpixel((580, 780))
        assert verde > 90 and rojo < 60


@pytest.mark.django_db
def test_guardar_foto_png_transparente_queda_sobre_blanco():
    imagen = Image.new("RGBA", (400, 300), (255, 0, 0, 0))
    foto = guardar_foto(subida(bytes_de(imagen, "PNG"), "dibujo.png", "image/png"))
    with Image.open(io.BytesIO(todo_lo_guardado(foto)[400])) as guardada:
        assert guardada.mode == "RGB"
        assert min(guardada.getpixel((200, 150))) > 250


@pytest.mark.django_db
def test_guardar_foto_png_con_textos_los_pierde():
    textos = PngInfo()
    textos.add_text("Author", "SECRETO nombre")
    textos.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>SECRETO</x:xmpmeta>")
    foto = guardar_foto(subida(bytes_de(dibujo(), "PNG", pnginfo=textos), "foto.png"))
    for datos in todo_lo_guardado(foto).values():
        assert trozos_riff(datos) == [b"VP8 "]
        assert b"SECRETO" not in datos


@pytest.mark.django_db
def test_guardar_foto_webp_con_exif_lo_pierde():
    exif = Image.Exif()
    exif[0x010F] = "SECRETO"
    datos = bytes_de(dibujo(), "WEBP", exif=exif, xmp=b"<SECRETO/>")
    assert datos.count(b"SECRETO") == 2
    foto = guardar_foto(subida(datos, "foto.webp"))
    for version in todo_lo_guardado(foto).values():
        assert trozos_riff(version) == [b"VP8 "]


@pytest.mark.django_db
def test_guardar_foto_heic_con_gps_la_convierte_sin_metadatos():
    pillow_heif = pytest.importorskip("pillow_heif")
    pillow_heif.register_heif_opener()
    exif = Image.Exif()
    exif[0x010F] = "CELULAR SECRETO"
    datos = bytes_de(dibujo(), "HEIF", exif=exif.tobytes(), quality=70)
    assert b"SECRETO" in datos
    foto = guardar_foto(subida(datos, "IMG_0001.HEIC", "image/heic"))
    assert (foto.ancho, foto.alto) == (800, 600)
    for version in todo_lo_guardado(foto).values():
        assert trozos_riff(version) == [b"VP8 "]
        assert b"SECRETO" not in version


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("modo", "formato", "nombre"),
    [("CMYK", "JPEG", "a.jpg"), ("L", "JPEG", "a.jpg"), ("P", "PNG", "a.png"), ("LA", "PNG", "a.png")],
)
def test_guardar_foto_en_otros_colores_conserva_el_tono(modo, formato, nombre):
    imagen = Image.new("RGB", (200, 200), (200, 200, 200)).convert(modo, palette=Image.Palette.ADAPTIVE)
    foto = guardar_foto(subida(bytes_de(imagen, formato), nombre))
    with Image.open(io.BytesIO(todo_lo_guardado(foto)[200])) as guardada:
        assert all(abs(valor - 200) < 12 for valor in guardada.getpixel((100, 100)))


@pytest.mark.django_db
def test_guardar_foto_de_16_bits_no_queda_blanca():
    imagen = Image.new("I;16", (200, 200), 100 * 256)
    foto = guardar_foto(subida(bytes_de(imagen, "PNG"), "a.png"))
    with Image.open(io.BytesIO(todo_lo_guardado(foto)[200])) as guardada:
        assert all(abs(valor - 100) < 12 for valor in guardada.getpixel((100, 100)))


@pytest.mark.django_db
def test_guardar_foto_poliglota_solo_guarda_la_imagen():
    datos = bytes_de(dibujo()) + b"<html><script>alert('SECRETO')</script></html>%PDF-1.7"
    foto = guardar_foto(subida(datos))
    for version in todo_lo_guardado(foto).values():
        assert b"script" not in version and b"%PDF" not in version


@pytest.mark.django_db
def test_guardar_foto_animada_guarda_un_solo_cuadro():
    cuadros = [Image.new("RGB", (100, 100), (numero, 0, 0)) for numero in range(40)]
    datos = bytes_de(cuadros[0], "PNG", save_all=True, append_images=cuadros[1:])
    assert b"acTL" in datos
    foto = guardar_foto(subida(datos, "a.png"))
    assert trozos_riff(todo_lo_guardado(foto)[100]) == [b"VP8 "]


# --- Lo que se rechaza sin decodificar ---


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("contenido", "nombre"),
    [
        (b"hola, no soy una foto", "foto.jpg"),
        (b"GIF89a" + b"\0" * 100, "foto.gif"),
        (b"GIF89a" + b"\0" * 100, "foto.jpg"),
        (b"%PDF-1.7 ...", "foto.jpg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "foto.svg"),
        (b"II*\0" + b"\0" * 100, "foto.jpg"),
        (b"8BPS" + b"\0" * 100, "foto.jpg"),
        (b"\0\0\0\x1cftypavif" + b"\0" * 20, "foto.jpg"),
    ],
)
def test_guardar_foto_que_no_es_foto_se_rechaza_sin_decodificar(sin_taller, contenido, nombre):
    with pytest.raises(ReglaIncumplida, match="no es una foto") as error:
        guardar_foto(subida(contenido, nombre))
    assert error.value.campo == "foto"
    assert Foto.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("nombre", ["foto.png", "foto.jpg.php", "foto.html", "foto.heic"])
def test_guardar_foto_con_extension_mentirosa_se_rechaza_sin_decodificar(sin_taller, nombre):
    with pytest.raises(ReglaIncumplida, match="por dentro es otra cosa") as error:
        guardar_foto(subida(bytes_de(dibujo()), nombre))
    assert error.value.campo == "foto"
    assert Foto.objects.count() == 0


@pytest.mark.django_db
def test_guardar_foto_muy_pesada_se_rechaza_sin_leerla(sin_taller):
    class Pesada:
        name = "foto.jpg"
        size = 10 * 1024 * 1024 + 1

        def read(self, *args):
            raise AssertionError("se leyó")

        seek = read

    with pytest.raises(ReglaIncumplida, match="pesa 10,0 MB; el máximo es 10 MB"):
        guardar_foto(Pesada())


def test_revisar_foto_sin_extension_vale_por_lo_que_es():
    assert revisar_foto(subida(bytes_de(dibujo()), "image")) == "JPEG"


@pytest.mark.parametrize(
    ("cabeza", "formato"),
    [
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WEBP"),
        (b"\0\0\0\x18ftypheic", "HEIF"),
        (b"RIFF\0\0\0\0AVI LIST", None),
        (b"", None),
    ],
)
def test_formato_de_mira_solo_los_primeros_bytes(cabeza, formato):
    assert formato_de(cabeza) == formato


# --- Lo que se rechaza en el taller ---


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("datos", "frase"),
    [
        (png_de(9400, 9400), "demasiados puntos"),
        (png_de(60_000, 60_000), "demasiados puntos"),
        (png_de(1, 100_000), "demasiado pequeña"),
        (png_de(40, 100_000), "demasiado alargada"),
        (png_de(500, 500), "parece dañada"),
    ],
)
def test_guardar_foto_bomba_se_rechaza_con_su_frase(datos, frase):
    with pytest.raises(ReglaIncumplida, match=frase) as error:
        guardar_foto(subida(datos, "foto.png"))
    assert error.value.campo == "foto"
    assert Foto.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("parte", [0.02, 0.5, 0.9])
def test_guardar_foto_cortada_se_rechaza_y_no_guarda_nada(parte, settings):
    entera = bytes_de(dibujo(1200, 900), quality=95)
    with pytest.raises(ReglaIncumplida, match="parece dañada"):
        guardar_foto(subida(entera[: int(len(entera) * parte)]))
    assert Foto.objects.count() == 0
    assert not Path(settings.MEDIA_ROOT).exists()


@pytest.mark.django_db
def test_guardar_foto_que_dice_ser_png_por_fuera_no_llega_a_otro_decodificador(monkeypatch):
    """Los primeros bytes mandan: al taller solo se le permite ese formato."""
    ordenes = []
    verdadero = subprocess.run

    def espia(orden, **opciones):
        ordenes.append((orden[3], opciones["env"]))
        return verdadero(orden, **opciones)

    monkeypatch.setattr(subprocess, "run", espia)
    with pytest.raises(ReglaIncumplida, match="parece dañada"):
        guardar_foto(subida(b"\x89PNG\r\n\x1a\n" + bytes_de(dibujo()), "foto.png"))
    assert [formato for formato, _ in ordenes] == ["PNG"]
    assert not [nombre for _, ambiente in ordenes for nombre in ambiente if nombre.startswith("AYNI_")]


@pytest.mark.django_db
def test_guardar_foto_si_el_taller_muere_dice_que_no_pudo(monkeypatch):
    muerta = subprocess.CompletedProcess([], -24, b"", b"")
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: muerta)
    with pytest.raises(ReglaIncumplida, match="No pudimos leer la foto"):
        guardar_foto(subida(bytes_de(dibujo())))


@pytest.mark.django_db
def test_guardar_foto_si_el_taller_tarda_demasiado_se_corta(monkeypatch):
    def lento(*args, **kwargs):
        raise subprocess.TimeoutExpired(args[0], kwargs["timeout"])

    monkeypatch.setattr(subprocess, "run", lento)
    with pytest.raises(ReglaIncumplida, match="demasiado complicada"):
        guardar_foto(subida(bytes_de(dibujo())))
    # El turno se devolvió: caben otra vez todas.
    assert fotos._taller.turnos._value == fotos._taller.a_la_vez == 2


@pytest.mark.django_db
def test_guardar_foto_con_el_taller_lleno_pide_esperar(monkeypatch):
    lleno = threading.BoundedSemaphore(1)
    lleno.acquire()
    monkeypatch.setattr(fotos._taller, "turnos", lleno)
    monkeypatch.setattr(fotos._taller, "espera", 0.01)
    with pytest.raises(ReglaIncumplida, match="Espera un minuto"):
        guardar_foto(subida(bytes_de(dibujo())))


@pytest.mark.parametrize("modo", ["RGB", "RGBA"])
def test_taller_con_25_megapixeles_no_pasa_de_300_mb(modo):
    """Una foto del tamaño máximo se procesa con poca memoria (fiabilidad B5)."""
    datos = bytes_de(Image.new(modo, (5000, 5000), (9, 99, 9)), "PNG", compress_level=1)
    medir = (
        "import pathlib,runpy,sys;sys.argv=['t','PNG','320,640,1280'];\n"
        f"try: runpy.run_path({taller_de_fotos.__file__!r}, run_name='__main__')\n"
        "except SystemExit as fin: codigo = fin.code\n"
        "pico = pathlib.Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0]\n"
        "print(pico, file=sys.stderr); sys.exit(codigo)"
    )
    hecho = subprocess.run([sys.executable, "-c", medir], input=datos, capture_output=True, check=False)
    assert hecho.returncode == 0, hecho.stdout[:300]
    assert int(hecho.stderr.split()[-1]) < 300 * 1024


def test_taller_no_puede_escribir_archivos(tmp_path):
    destino = tmp_path / "salida"
    orden = (
        f"import runpy; taller = runpy.run_path({taller_de_fotos.__file__!r}); taller['limitar']()\n"
        f"import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"import os; os.write(os.open({str(destino)!r}, os.O_WRONLY | os.O_CREAT), b'x')"
    )
    hecho = subprocess.run([sys.executable, "-c", orden], capture_output=True, check=False)
    assert b"File too large" in hecho.stderr
    assert destino.stat().st_size == 0


# --- Quién ve una foto ---


@pytest.mark.django_db
def test_foto_publica_la_ve_cualquiera_y_se_puede_guardar_en_memoria(client):
    foto = guardar_foto(subida(bytes_de(dibujo())), publica=True)
    respuesta = client.get(foto.url(320))
    assert respuesta.status_code == 200
    assert respuesta["Content-Type"] == "image/webp"
    assert respuesta["Cache-Control"] == "public, max-age=31536000, immutable"
    assert respuesta["X-Content-Type-Options"] == "nosniff"
    assert b"".join(respuesta.streaming_content) == todo_lo_guardado(foto)[320]


@pytest.mark.django_db
def test_foto_sin_publicar_es_404_para_los_demas_y_la_ve_quien_la_subio(client, gente, entrar):
    foto = guardar_foto(subida(bytes_de(dibujo())), usuario=gente.ana)
    assert client.get(foto.url(320)).status_code == 404
    assert entrar(gente.beto).get(foto.url(320)).status_code == 404
    respuesta = entrar(gente.ana).get(foto.url(320))
    assert respuesta.status_code == 200
    assert respuesta["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_foto_sin_publicar_y_sin_duenio_es_404_para_quien_no_ingreso(client):
    foto = guardar_foto(subida(bytes_de(dibujo())))
    assert client.get(foto.url(320)).status_code == 404


@pytest.mark.django_db
def test_foto_con_otro_ancho_otro_token_u_otro_metodo_no_responde(client):
    foto = guardar_foto(subida(bytes_de(dibujo())), publica=True)
    assert client.get(foto.url(321)).status_code == 404
    assert client.get(f"/fotos/{'x' * 22}/320.webp").status_code == 404
    assert client.post(foto.url(320)).status_code == 405


@pytest.mark.django_db
def test_foto_con_el_archivo_perdido_es_404(client):
    foto = guardar_foto(subida(bytes_de(dibujo())), publica=True)
    default_storage.delete(foto.ruta(320))
    assert client.get(foto.url(320)).status_code == 404


@pytest.mark.django_db
def test_publicar_foto_la_hace_publica_y_sin_foto_no_hace_nada():
    foto = guardar_foto(subida(bytes_de(dibujo())))
    publicar_foto(foto)
    publicar_foto(None)
    foto.refresh_from_db()
    assert foto.publica is True


@pytest.mark.django_db
def test_borrar_foto_suelta_quita_fila_y_archivos(django_capture_on_commit_callbacks):
    foto = guardar_foto(subida(bytes_de(dibujo())))
    rutas = [foto.ruta(ancho, tipo) for ancho in foto.anchos for tipo in ("jpg", "webp")]
    assert [default_storage.exists(ruta) for ruta in rutas] == [True] * len(rutas)
    with django_capture_on_commit_callbacks(execute=True):
        borrar_foto(foto)
    assert Foto.objects.count() == 0
    assert [ruta for ruta in rutas if default_storage.exists(ruta)] == []
