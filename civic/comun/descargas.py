"""Descargas que se escriben mientras se envían: CSV, XLSX y GeoJSON de miles de filas sin juntarlas en la memoria."""

import csv
import io
import json
import zipfile
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

from civic.comun.planillas import celda

FILAS_POR_TROZO = 200
TIPOS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
}
Fila = Sequence[Any]


def descargar(request: HttpRequest, trozos: Iterator[bytes], *, nombre: str, formato: str) -> StreamingHttpResponse:
    """La respuesta que envía `trozos` a medida que salen, como archivo `nombre.formato`."""
    # Con un iterador común, el servidor asíncrono juntaría todo antes de enviar la primera letra.
    cuerpo: Any = _de_a_uno(trozos) if isinstance(request, ASGIRequest) else trozos
    respuesta = StreamingHttpResponse(cuerpo, content_type=TIPOS[formato])
    respuesta["Content-Disposition"] = f'attachment; filename="{nombre}.{formato}"'
    respuesta["X-Content-Type-Options"] = "nosniff"
    return respuesta


async def _de_a_uno(trozos: Iterator[bytes]) -> AsyncIterator[bytes]:
    siguiente = sync_to_async(lambda: next(trozos, None))
    while (trozo := await siguiente()) is not None:
        yield trozo


def en_csv(titulos: Sequence[str], filas: Iterable[Fila]) -> Iterator[bytes]:
    """CSV con BOM, comas y punto decimal; ninguna celda se toma por fórmula."""
    salida = io.StringIO("\ufeff", newline="")
    salida.seek(0, io.SEEK_END)
    escritor = csv.writer(salida)
    escritor.writerow(titulos)
    for cuantas, fila in enumerate(filas, start=1):
        escritor.writerow(celda(valor) if isinstance(valor, str) else valor for valor in fila)
        if cuantas % FILAS_POR_TROZO == 0:
            yield _sacar(salida)
    yield _sacar(salida)


def _sacar(salida: io.StringIO) -> bytes:
    trozo = salida.getvalue().encode("utf-8", "replace")
    salida.seek(0)
    salida.truncate()
    return trozo


# --- XLSX ------------------------------------------------------------------------------------------------------------
_HOJA = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELACIONES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PAQUETE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_TIPO = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTES = {
    "[Content_Types].xml": f'<Types xmlns="{_PAQUETE}/content-types">'
    f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TIPO}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TIPO}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PAQUETE}/relationships"><Relationship Id="rId1" '
    f'Type="{_RELACIONES}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PAQUETE}/relationships"><Relationship Id="rId1" '
    f'Type="{_RELACIONES}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def en_xlsx(titulos: Sequence[str], filas: Iterable[Fila], *, hoja: str) -> Iterator[bytes]:
    """Libro de una hoja, escrito de a poco. Los textos van como texto: Excel nunca los toma por fórmula."""
    salida = _Tuberia()
    with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as paquete:
        libro = (
            f'<workbook xmlns="{_HOJA}" xmlns:r="{_RELACIONES}"><sheets>'
            f'<sheet name="{escape(hoja)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        )
        for parte, texto in {**_PARTES, "xl/workbook.xml": libro}.items():
            paquete.writestr(parte, _XML + texto)
        with paquete.open("xl/worksheets/sheet1.xml", "w") as destino:
            letras = [get_column_letter(lugar) for lugar in range(1, len(titulos) + 1)]
            destino.write(f'{_XML}<worksheet xmlns="{_HOJA}"><sheetData>{_fila(1, letras, titulos)}'.encode())
            for numero, fila in enumerate(filas, start=2):
                destino.write(_fila(numero, letras, fila).encode("utf-8", "replace"))
                if numero % FILAS_POR_TROZO == 0:
                    yield salida.sacar()
            destino.write(b"</sheetData></worksheet>")
    yield salida.sacar()


def _fila(numero: int, letras: Sequence[str], fila: Fila) -> str:
    celdas = "".join(_celda(f"{letra}{numero}", valor) for letra, valor in zip(letras, fila, strict=True))
    return f'<row r="{numero}">{celdas}</row>'


def _celda(lugar: str, valor: Any) -> str:
    if valor is None or valor == "":
        return ""
    if isinstance(valor, int | float | Decimal):
        return f'<c r="{lugar}"><v>{valor}</v></c>'
    texto = escape(ILLEGAL_CHARACTERS_RE.sub("", str(valor)))
    return f'<c r="{lugar}" t="inlineStr"><is><t xml:space="preserve">{texto}</t></is></c>'


class _Tuberia(io.RawIOBase):
    """Donde escribe el empaquetador: no se puede volver atrás, y lo escrito se saca de a poco."""

    def __init__(self) -> None:
        super().__init__()
        self._partes: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, datos: Any) -> int:
        self._partes.append(bytes(datos))
        return len(datos)

    def sacar(self) -> bytes:
        trozo = b"".join(self._partes)
        self._partes.clear()
        return trozo


# --- GeoJSON ---------------------------------------------------------------------------------------------------------
def en_geojson(rasgos: Iterable[dict[str, Any]], **miembros: Any) -> Iterator[bytes]:
    """FeatureCollection (RFC 7946) en WGS84; `miembros` van al comienzo: atribución, de cuándo es."""
    cabeza = json.dumps({"type": "FeatureCollection", **miembros}, ensure_ascii=False)
    yield (cabeza[:-1] + ', "features": [').encode("utf-8", "replace")
    trozo: list[str] = []
    separador = "\n"
    for rasgo in rasgos:
        trozo.append(separador + json.dumps(rasgo, ensure_ascii=False, separators=(",", ":")))
        separador = ",\n"
        if len(trozo) == FILAS_POR_TROZO:
            yield "".join(trozo).encode("utf-8", "replace")
            trozo.clear()
    yield ("".join(trozo) + "\n]}\n").encode("utf-8", "replace")


def punto(lon: float | None, lat: float | None) -> Mapping[str, Any] | None:
    """El punto con seis decimales (10 cm), o None si no tiene: en GeoJSON, un rasgo sin lugar."""
    return None if lon is None or lat is None else {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}
