"""Proceso aparte que mira un PDF por dentro con memoria y tiempo limitados. No conoce Django ni dibuja nada.

Recibe el archivo por la entrada estándar y escribe una línea JSON: {"paginas": número} o {"error": frase}. Rechaza lo
cifrado, lo que ejecuta o envía algo y lo que lleva otros archivos dentro, también si está escondido en objetos
comprimidos o con nombres disfrazados («/J#61vaScript»). Mira todos los bytes, sin creer en dónde el archivo dice que
empieza un comentario, una cadena o un flujo: ahí se esconden. A cambio, rechaza un texto sin comprimir que diga esos
nombres con su barra.
"""

import json
import re
import resource
import sys
import zlib

MEMORIA = 256 * 1024 * 1024
SEGUNDOS = 10
INFLADO_MAXIMO = 64 * 1024 * 1024
FLUJOS_MAXIMO = 20_000

_ACTIVOS = frozenset(
    b"JavaScript Launch EmbeddedFile EmbeddedFiles RichMedia XFA SubmitForm ImportData GoToE Rendition".split()
)
_NOMBRE = re.compile(rb"/([^\x00\t\n\x0c\r ()<>\[\]{}/%]+)")
_DISFRAZ = re.compile(rb"#([0-9A-Fa-f]{2})")
_PAGINA = re.compile(rb"/Type[\x00\t\n\x0c\r ]*/Page(?![A-Za-z0-9_#])")
_FLUJO = re.compile(rb"stream\r?\n")
_COLA = 2048
_FICHA_MAXIMA = 4096


class DocumentoRechazado(Exception):
    """El documento se leyó pero no se acepta; el texto es para la persona."""


def limitar() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORIA, MEMORIA))
    resource.setrlimit(resource.RLIMIT_CPU, (SEGUNDOS, SEGUNDOS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def revisar(datos: bytes) -> int:
    """Cuántas páginas declara (0 si no se sabe); lanza DocumentoRechazado con la razón si el PDF no se acepta."""
    if not datos.startswith(b"%PDF-") or b"%%EOF" not in datos[-_COLA:]:
        raise DocumentoRechazado("El PDF está cortado o dañado. Escanéalo de nuevo.")
    nombres, paginas = _nombres(datos), len(_PAGINA.findall(datos))
    for cuantos, flujo in enumerate(_FLUJO.finditer(datos)):
        if cuantos >= FLUJOS_MAXIMO:
            raise DocumentoRechazado("Ese PDF es demasiado complicado. Imprímelo a un PDF nuevo y súbelo.")
        ficha = _ficha(datos, flujo.start())
        # Buscar los nombres de cada ficha es lo caro: solo donde puede decir ObjStm, a la vista o con disfraz.
        if (b"ObjStm" in ficha or b"#" in ficha) and b"ObjStm" in _nombres(ficha):
            dentro = _inflar(ficha, _cuerpo(datos, flujo.end()))
            nombres |= _nombres(dentro)
            paginas += len(_PAGINA.findall(dentro)) if b"Filter" in _nombres(ficha) else 0
    if b"Encrypt" in nombres:
        raise DocumentoRechazado(
            "Ese PDF tiene contraseña o está protegido. Guárdalo sin protección y súbelo de nuevo."
        )
    if nombres & _ACTIVOS:
        raise DocumentoRechazado(
            "Ese PDF trae programas o archivos dentro. Imprímelo a un PDF nuevo o súbelo como foto."
        )
    if not nombres >= {b"Catalog", b"Root"}:
        raise DocumentoRechazado("El PDF está cortado o dañado. Escanéalo de nuevo.")
    return paginas


def _ficha(datos: bytes, hasta: int) -> bytes:
    """Lo que va delante de un flujo, con su diccionario; no se corta en el último «obj», que puede ser de mentira."""
    return datos[max(0, hasta - _FICHA_MAXIMA) : hasta]


def _cuerpo(datos: bytes, desde: int) -> bytes:
    fin = datos.find(b"endstream", desde)
    return datos[desde : fin if fin >= 0 else len(datos)]


def _nombres(texto: bytes) -> set[bytes]:
    """Los nombres («/Launch») de un trozo, sin disfraz."""
    return {_sin_disfraz(nombre) for nombre in _NOMBRE.findall(texto)}


def _sin_disfraz(nombre: bytes) -> bytes:
    return _DISFRAZ.sub(lambda hallado: bytes([int(hallado[1], 16)]), nombre)


_gastado = 0


def _inflar(ficha: bytes, cuerpo: bytes) -> bytes:
    global _gastado
    nombres = _nombres(ficha)
    if b"Filter" not in nombres:
        return cuerpo
    if b"FlateDecode" not in nombres or nombres & {b"ASCIIHexDecode", b"ASCII85Decode", b"LZWDecode", b"Crypt"}:
        raise DocumentoRechazado("No pudimos revisar ese PDF por dentro. Imprímelo a un PDF nuevo y súbelo.")
    try:
        inflado = zlib.decompressobj().decompress(cuerpo, INFLADO_MAXIMO - _gastado)
    except zlib.error:
        raise DocumentoRechazado("El PDF está cortado o dañado. Escanéalo de nuevo.") from None
    _gastado += len(inflado)
    if _gastado >= INFLADO_MAXIMO:
        raise DocumentoRechazado("Ese PDF es demasiado complicado. Imprímelo a un PDF nuevo y súbelo.")
    return inflado


def principal() -> int:
    limitar()
    try:
        paginas = revisar(sys.stdin.buffer.read())
    except DocumentoRechazado as error:
        print(json.dumps({"error": str(error)}))
        return 1
    except Exception as error:  # de un archivo de afuera puede salir cualquier cosa; aquí solo importa que falló
        print(json.dumps({"error": "No pudimos leer el PDF: parece dañado.", "detalle": repr(error)[:300]}))
        return 1
    print(json.dumps({"paginas": paginas}))
    return 0


if __name__ == "__main__":
    sys.exit(principal())
