"""Leer un padrón de un archivo: CSV de cualquier codificación y separador, o XLSX. Todo o nada, con errores por línea.

Ningún mensaje repite lo que dice una celda (podría ser un nombre o un carnet): dice la línea y qué corregir. La única
excepción es una fecha imposible, que no es de nadie.
"""

import datetime
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from civic.comun import lector_de_planillas
from civic.comun.lector_de_planillas import (
    ENORME,
    FILAS_HASTA_EL_ENCABEZADO,
    FORMULA,
    ArchivoIlegible,
    Fila,
    como_texto,
    en_blanco,
    filas_de,
)
from civic.comun.texto import para_buscar
from civic.cuentas.columnas_padron import COLUMNA, OBLIGATORIAS, TITULOS
from civic.cuentas.lugares_padron import Lugares
from civic.cuentas.reglas_identidad import Ci, DatoInvalido, leer_nacimiento, normalizar_ci
from mapas.territorio.models import Area

LARGO_DE_CELDA = 500
ERRORES_GUARDADOS = 1_000


@dataclass(frozen=True)
class ErrorDeLinea:
    linea: int
    motivo: str

    def __str__(self) -> str:
        return f"línea {self.linea}: {self.motivo}"


@dataclass
class Lectura:
    """Lo leído: {carnet canónico: (fecha, lugar)}. Con un solo error, nada de esto se usa."""

    personas: dict[str, tuple[Ci, datetime.date, Area | None]] = field(default_factory=dict)
    repetidas: int = 0
    total_errores: int = 0
    errores: list[ErrorDeLinea] = field(default_factory=list)
    columnas: dict[str, str] = field(default_factory=dict)
    avisos: list[str] = field(default_factory=list)

    def error(self, linea: int, motivo: str) -> None:
        self.total_errores += 1
        if len(self.errores) < ERRORES_GUARDADOS:
            self.errores.append(ErrorDeLinea(linea, motivo))


@dataclass(frozen=True)
class Topes(lector_de_planillas.Topes):
    """Además de lo que pesa y lo que ocupa abierta, cuántas filas."""

    bytes: int = 100 * 2**20
    desempacados: int = 300 * 2**20
    filas: int = 1_000_000


DEL_MUNICIPIO = Topes()
# Una OTB no tiene un millón de personas, y esta puerta la abre quien no trabaja en el municipio.
DE_ORGANIZACION = Topes(bytes=4 * 2**20, desempacados=40 * 2**20, filas=20_000)


def huella_de(contenido: bytes, columnas: Mapping[str, str]) -> str:
    """SHA-256 del archivo; si se dijo qué columna es cada cosa, también de eso, porque cambia lo que se lee."""
    huella = hashlib.sha256(contenido)
    for nombre, columna in sorted(columnas.items()):
        huella.update(f"\0{nombre}={columna}".encode())
    return huella.hexdigest()


# --- Encabezado ------------------------------------------------------------------------------------------------------
def _nombre(celda: Any) -> str:
    return para_buscar(celda)[:80] if isinstance(celda, str) and len(celda) <= LARGO_DE_CELDA else ""


def _columnas_de(fila: Sequence[Any], pedidas: Mapping[str, str]) -> dict[str, list[int]]:
    """{columna: en qué lugares está}. Lo que se pidió con --columnas manda."""
    dichas = {para_buscar(nombre): columna for columna, nombre in pedidas.items()}
    halladas: dict[str, list[int]] = {}
    for lugar, celda in enumerate(fila):
        nombre = _nombre(celda)
        columna = dichas.get(nombre) or COLUMNA.get(nombre)
        if columna and (columna not in pedidas or dichas.get(nombre) == columna):
            halladas.setdefault(columna, []).append(lugar)
    return halladas


def _es_encabezado(fila: Sequence[Any], pedidas: Mapping[str, str]) -> bool:
    return all(columna in _columnas_de(fila, pedidas) for columna in OBLIGATORIAS)


def _buscar_encabezado(filas: Iterator[Fila], pedidas: Mapping[str, str]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Dónde está cada columna, y el encabezado como se leyó, para reconocerlo si se repite más abajo."""
    primera: Sequence[Any] = ()
    for cuantas, (_, fila) in enumerate(filas, start=1):
        if any(celda not in (None, "") for celda in fila) and not primera:
            primera = fila
        halladas = _columnas_de(fila, pedidas)
        if all(columna in halladas for columna in OBLIGATORIAS):
            for columna, lugares in halladas.items():
                if len(lugares) > 1:
                    raise ArchivoIlegible(
                        f"Hay {len(lugares)} columnas que parecen «{TITULOS[columna]}». Di cuál es con --columnas."
                    )
            return {c: lugares[0] for c, lugares in halladas.items()}, tuple(_nombre(celda) for celda in fila)
        if cuantas >= FILAS_HASTA_EL_ENCABEZADO:
            break
    faltan = [TITULOS[columna] for columna in OBLIGATORIAS if columna not in _columnas_de(primera, pedidas)]
    falta = " y ".join(faltan) or "los títulos"
    raise ArchivoIlegible(
        f"No se encontró la columna de {falta} en las primeras filas. "
        "La primera fila lleva los títulos; si tienen otro nombre, dilo con --columnas ci=…,fecha_nacimiento=…"
    )


# --- Filas -----------------------------------------------------------------------------------------------------------
def leer_padron(
    contenido: bytes,
    nombre: str,
    *,
    lugares: Lugares,
    municipio: str,
    hoy: datetime.date,
    columnas: Mapping[str, str] | None = None,
    topes: Topes = DEL_MUNICIPIO,
    avanzar: Callable[[int], None] = lambda cuantas: None,
) -> Lectura:
    """Lee y revisa el archivo entero; los errores quedan en la lectura, por línea.

    `nombre` dice por su terminación si es .csv o .xlsx; `municipio` es el código INE del que se carga; `columnas`,
    {columna: título en el archivo}. Lanza ArchivoIlegible si no hay nada que leer.
    """
    pedidas = columnas or {}
    filas = filas_de(contenido, nombre, topes, es_encabezado=lambda fila: _es_encabezado(fila, pedidas))
    donde, encabezado = _buscar_encabezado(filas, pedidas)
    lectura = Lectura()
    if not {"otb", "codigo_otb", "distrito"} & donde.keys():
        lectura.avisos.append(
            "No hay columna de OTB ni de distrito: este padrón prueba quién es cada persona, pero no dónde vive."
        )
    leidas = 0
    for leidas, (linea, fila) in enumerate((una for una in filas if not en_blanco(una[1])), start=1):
        if leidas > topes.filas:
            raise ArchivoIlegible(f"El padrón tiene más de {topes.filas:,} filas. Pártelo.".replace(",", "."))
        if leidas % 1000 == 0:
            avanzar(leidas)
        _leer_fila(lectura, linea, fila, donde, encabezado, lugares, municipio, hoy)
    avanzar(leidas)
    if not lectura.personas and not lectura.total_errores:
        raise ArchivoIlegible("El archivo tiene títulos pero ninguna persona debajo.")
    return lectura


def _leer_fila(
    lectura: Lectura,
    linea: int,
    fila: Sequence[Any],
    donde: Mapping[str, int],
    encabezado: tuple[str, ...],
    lugares: Lugares,
    municipio: str,
    hoy: datetime.date,
) -> None:
    if ENORME in fila:
        lectura.error(linea, "una celda tiene demasiado texto; ¿quedó una comilla sin cerrar?")
        return
    if _nombre(fila[0]) == encabezado[0] and tuple(_nombre(celda) for celda in fila) == encabezado:
        lectura.error(linea, "se repiten los títulos; borra esa fila")
        return
    try:
        celdas = {columna: _celda(fila, lugar, TITULOS[columna]) for columna, lugar in donde.items()}
        ci = _ci_de(celdas)
        if celdas["fecha_nacimiento"] == "":
            raise DatoInvalido("falta la fecha de nacimiento")
        nacimiento = leer_nacimiento(celdas["fecha_nacimiento"], hoy)
        suyo = str(celdas.get("municipio", "")).removesuffix(".0")
        if suyo.isdigit() and suyo.zfill(6) != municipio.zfill(6):
            raise DatoInvalido("la fila es de otro municipio")
        lugar = None
        if lugares.siempre or not lectura.avisos:
            lugar = lugares.hallar(*(str(celdas.get(columna, "")) for columna in ("codigo_otb", "otb", "distrito")))
    except DatoInvalido as error:
        motivo = str(error)
        lectura.error(linea, (motivo[0].lower() + motivo[1:]).rstrip("."))
        return
    anterior = lectura.personas.setdefault(ci.canonico, (ci, nacimiento, lugar))
    if anterior[0] is ci:
        return
    if anterior[1] != nacimiento:
        lectura.error(linea, "ese carnet ya estaba más arriba con otra fecha de nacimiento")
    elif anterior[2] != lugar:
        lectura.error(linea, "esa persona ya estaba más arriba en otro lugar")
    else:
        lectura.repetidas += 1


def _celda(fila: Sequence[Any], lugar: int, titulo: str) -> Any:
    """La celda como texto sin espacios alrededor, o como fecha; nunca se evalúa una fórmula."""
    valor = fila[lugar] if lugar < len(fila) else None
    if isinstance(valor, str):
        if len(valor) > LARGO_DE_CELDA:
            raise DatoInvalido(f"la celda de {titulo} tiene más de {LARGO_DE_CELDA} letras")
        valor = valor.strip()
        if valor.startswith("=") and titulo != "OTB":
            raise DatoInvalido(f"la celda de {titulo} es una fórmula; pega solo los valores")
        return valor
    if valor is FORMULA:
        raise DatoInvalido(f"la celda de {titulo} es una fórmula; pega solo los valores")
    if isinstance(valor, datetime.date):
        return valor
    if isinstance(valor, bool):
        raise DatoInvalido(f"la celda de {titulo} no se entiende")
    return como_texto(valor)


def _ci_de(celdas: Mapping[str, Any]) -> Ci:
    numero, complemento = celdas["ci"], str(celdas.get("complemento", "")).strip("- ")
    if not isinstance(numero, str):
        raise DatoInvalido("el carnet parece una fecha")
    if not numero:
        raise DatoInvalido("falta el carnet")
    return normalizar_ci(f"{numero}-{complemento}" if complemento else numero)
