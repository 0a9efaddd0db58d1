"""Lee los metadatos de una imagen byte a byte, sin Pillow: así la prueba no cree en la misma biblioteca que limpia.

`metadatos(datos)` devuelve los nombres de lo que no es imagen en un JPEG, PNG, WebP o HEIF. Si está instalado,
además se le pregunta a exiftool (`con_exiftool`).
"""

import json
import shutil
import struct
import subprocess

# Lo único que una imagen limpia necesita.
_DE_JPEG = {0xC0, 0xC1, 0xC2, 0xC4, 0xDA, 0xDB, 0xDD, 0xE0}
_DE_PNG = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"}
_DE_WEBP = {b"VP8 ", b"VP8L", b"ALPH"}
# Grupos de exiftool que no salen del archivo o solo dicen sus medidas.
_GRUPOS_LIMPIOS = {"ExifTool", "System", "File", "Composite", "RIFF"}


def metadatos(datos: bytes) -> list[str]:
    if datos.startswith(b"\xff\xd8"):
        return _de_jpeg(datos)
    if datos.startswith(b"\x89PNG"):
        return [tipo.decode() for tipo in _trozos_png(datos) if tipo not in _DE_PNG]
    if datos[:4] == b"RIFF":
        return _de_webp(datos)
    if datos[4:8] == b"ftyp":
        return [nombre.decode() for nombre in (b"Exif", b"mime", b"uri ") if nombre in datos]
    raise AssertionError(f"no es una imagen conocida: {datos[:16]!r}")


def _de_jpeg(datos: bytes) -> list[str]:
    hallados, i = [], 2
    while i < len(datos):
        marca = datos[i + 1]
        if marca == 0xD9:
            if datos[i + 2 :]:
                hallados.append("después del fin")
            return hallados
        largo = struct.unpack(">H", datos[i + 2 : i + 4])[0]
        if marca not in _DE_JPEG:
            hallados.append(f"FF{marca:02X} {datos[i + 4 : i + 14]!r}")
        i += 2 + largo
        if marca == 0xDA:
            while not (datos[i] == 0xFF and datos[i + 1] not in (0, *range(0xD0, 0xD8))):
                i += 1
    return hallados


def _trozos_png(datos: bytes) -> list[bytes]:
    tipos, i = [], 8
    while i < len(datos):
        largo, tipo = struct.unpack(">I4s", datos[i : i + 8])
        tipos.append(tipo)
        i += 12 + largo
    return tipos


def _de_webp(datos: bytes) -> list[str]:
    hallados, i = [], 12
    while i + 8 <= len(datos):
        tipo, largo = struct.unpack("<4sI", datos[i : i + 8])
        if tipo not in _DE_WEBP:
            hallados.append(tipo.decode("latin-1"))
        i += 8 + largo + largo % 2
    if struct.unpack("<I", datos[4:8])[0] + 8 != len(datos):
        hallados.append("después del fin")
    return hallados


def con_exiftool(datos: bytes, extension: str) -> list[str] | None:
    """Metadatos según exiftool, o None si no está instalado."""
    if not shutil.which("exiftool"):
        return None
    hecho = subprocess.run(
        ["exiftool", "-a", "-G0", "-u", "-ee", "-json", "-"], input=datos, capture_output=True, check=False
    )
    ficha = json.loads(hecho.stdout)[0]
    return [f"{clave}={valor}" for clave, valor in ficha.items() if ":" in clave and not _es_limpia(clave)]


def _es_limpia(clave: str) -> bool:
    return clave.split(":")[0] in _GRUPOS_LIMPIOS and not clave.endswith((":Comment", ":GPSPosition"))
