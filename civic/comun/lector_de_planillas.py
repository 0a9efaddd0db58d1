"""Leer filas de un CSV de cualquier codificación y separador, o de la primera hoja de un XLSX, sin confiar en él."""

import codecs
import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, BinaryIO

from charset_normalizer import from_bytes
from openpyxl import load_workbook

from civic.comun.texto import para_buscar

SEPARADORES = (",", ";", "\t", "|")
FILAS_HASTA_EL_ENCABEZADO = 20
PARTES_MAXIMAS = 2_000
Fila = tuple[int, Sequence[Any]]
# Lo que hay en una celda que no se puede leer: una fórmula (nunca se evalúa) o un texto sin fin.
FORMULA, ENORME = object(), object()
_DEL_CASTELLANO = ["cp1252", "latin_1", "cp850", "mac_roman"]


class ArchivoIlegible(Exception):
    """El archivo entero no sirve; el texto dice por qué y qué hacer."""


@dataclass(frozen=True)
class Topes:
    """Hasta dónde se lee un archivo: su peso y lo que ocupa una planilla al abrirla."""

    bytes: int
    desempacados: int


def leer_bytes(archivo: BinaryIO, topes: Topes) -> bytes:
    contenido = archivo.read(topes.bytes + 1)
    if len(contenido) > topes.bytes:
        raise ArchivoIlegible(f"El archivo pesa más de {topes.bytes // 2**20} MB. Pártelo en varios.")
    if not contenido.strip(b"\0 \r\n\t"):
        raise ArchivoIlegible("El archivo está vacío.")
    return contenido


def filas_de(
    contenido: bytes, nombre: str, topes: Topes, *, es_encabezado: Callable[[Sequence[Any]], bool]
) -> Iterator[Fila]:
    """(línea, celdas) de cada fila. `es_encabezado` reconoce la fila de títulos: dice qué separador usa un CSV."""
    terminacion = PurePath(nombre).suffix.lower()
    if terminacion == ".csv":
        return _de_csv(contenido, es_encabezado)
    if terminacion == ".xlsx":
        return _de_xlsx(contenido, topes)
    raise ArchivoIlegible("La planilla se lee de un archivo .csv o .xlsx. Guárdala en uno de esos dos.")


def buscar_encabezado(
    filas: Iterator[Fila], columnas: dict[str, str], *, obligatorias: Sequence[str]
) -> dict[str, int]:
    """{columna: lugar} según los títulos, en alguna de las primeras filas. `columnas`: {título llano: columna}."""
    mejor: dict[str, int] = {}
    for cuantas, (_, fila) in enumerate(filas, start=1):
        halladas = lugares_de(fila, columnas)
        if all(columna in halladas for columna in obligatorias):
            return halladas
        mejor = max(mejor, halladas, key=len)
        if cuantas >= FILAS_HASTA_EL_ENCABEZADO:
            break
    faltan = ", ".join(f"«{columna}»" for columna in obligatorias if columna not in mejor)
    raise ArchivoIlegible(
        f"No se encontraron las columnas {faltan}. Usa la plantilla: su primera fila son los títulos."
    )


def lugares_de(fila: Sequence[Any], columnas: dict[str, str]) -> dict[str, int]:
    halladas: dict[str, int] = {}
    for lugar, celda in enumerate(fila):
        columna = columnas.get(para_buscar(celda)) if isinstance(celda, str) and len(celda) < 100 else None
        if columna:
            halladas.setdefault(columna, lugar)
    return halladas


def en_blanco(fila: Sequence[Any]) -> bool:
    return all(celda is None or (isinstance(celda, str) and not celda.strip()) for celda in fila)


def como_texto(valor: Any) -> str:
    """La celda como la escribió la persona: 120000.0 de Excel es «120000»."""
    if valor is None:
        return ""
    if isinstance(valor, float):
        return str(int(valor)) if valor.is_integer() and abs(valor) < 1e15 else str(valor)
    return str(valor).strip()


# --- CSV -------------------------------------------------------------------------------------------------------------
def _de_csv(contenido: bytes, es_encabezado: Callable[[Sequence[Any]], bool]) -> Iterator[Fila]:
    if contenido.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise ArchivoIlegible("El archivo no es un CSV. Si es una planilla de Excel, guárdala como .xlsx o .csv.")
    texto = texto_de(contenido)
    lector = csv.reader(io.StringIO(texto, newline=""), delimiter=_separador_de(texto, es_encabezado))
    while True:
        try:
            fila: Sequence[Any] = next(lector)
        except StopIteration:
            return
        except csv.Error:
            fila = [ENORME]
        yield lector.line_num, fila


def texto_de(contenido: bytes) -> str:
    """El texto, en la codificación que sea: marca, UTF-8, UTF-16 sin marca, o las de una oficina de habla hispana."""
    if contenido.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        codificacion = "utf-16"
    elif contenido[:2000].count(0) > len(contenido[:2000]) // 4:
        codificacion = "utf-16-le" if contenido[1:2] == b"\0" else "utf-16-be"
    else:
        codificacion = "utf-8-sig"
    try:
        return contenido.decode(codificacion)
    except UnicodeDecodeError:
        if codificacion != "utf-8-sig":
            raise ArchivoIlegible("No se entienden las letras del archivo. Guárdalo como CSV UTF-8.") from None
    mejor = from_bytes(contenido[:200_000], cp_isolation=_DEL_CASTELLANO).best()
    return contenido.decode(mejor.encoding if mejor else "cp1252", errors="replace")


def _separador_de(texto: str, es_encabezado: Callable[[Sequence[Any]], bool]) -> str:
    """El separador con el que aparecen los títulos; si con ninguno, el más frecuente de la primera línea."""
    comienzo = texto[:20_000].splitlines()[:FILAS_HASTA_EL_ENCABEZADO]
    for separador in SEPARADORES:
        try:
            # Con el separador que no es, toda la fila de títulos es una sola celda.
            if any(len(fila) > 1 and es_encabezado(fila) for fila in csv.reader(comienzo, delimiter=separador)):
                return separador
        except csv.Error:
            continue
    primera = comienzo[0] if comienzo else ""
    return max(SEPARADORES, key=primera.count)


# --- XLSX ------------------------------------------------------------------------------------------------------------
def _de_xlsx(contenido: bytes, topes: Topes) -> Iterator[Fila]:
    """Las filas de la primera hoja. Antes se mira cuánto ocupa desempacada: no se desempaca una bomba."""
    _revisar_zip(contenido, topes)
    try:
        libro = load_workbook(io.BytesIO(contenido), read_only=True, data_only=False, keep_links=False)
        hoja = libro.worksheets[0]
        hoja.reset_dimensions()
        for numero, fila in enumerate(hoja.iter_rows(), start=1):
            yield numero, [FORMULA if celda.data_type == "f" else celda.value for celda in fila]
    except Exception:  # openpyxl lanza de todo ante un archivo roto; ninguna de esas frases le sirve a nadie
        raise ArchivoIlegible(
            "No se pudo abrir la planilla. Ábrela en Excel o LibreOffice y guárdala de nuevo."
        ) from None


def _revisar_zip(contenido: bytes, topes: Topes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(contenido)) as paquete:
            partes = paquete.infolist()
            if len(partes) > PARTES_MAXIMAS or sum(parte.file_size for parte in partes) > topes.desempacados:
                raise ArchivoIlegible("La planilla ocupa demasiado al abrirla. Guarda solo la hoja con las filas.")
            if "[Content_Types].xml" not in paquete.namelist():
                raise ArchivoIlegible("El archivo no es una planilla .xlsx.")
            for parte in partes:
                if parte.filename.endswith((".xml", ".rels")):
                    with paquete.open(parte) as abierta:
                        if b"<!DOCTYPE" in abierta.read(4096).upper():
                            raise ArchivoIlegible(
                                "La planilla tiene partes que no se admiten. Guárdala de nuevo en Excel."
                            )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise ArchivoIlegible("El archivo no es una planilla .xlsx, o está dañado.") from None
