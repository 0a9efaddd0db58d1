"""Leer un padrón de un archivo: CSV de cualquier codificación y separador, o XLSX. Todo o nada, con errores por línea.

Ningún mensaje repite lo que dice una celda (podría ser un nombre o un carnet): dice la línea y qué corregir. La única
excepción es una fecha imposible, que no es de nadie.
"""

import codecs
import csv
import datetime
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, BinaryIO

from charset_normalizer import from_bytes
from openpyxl import load_workbook

from civic.comun.texto import para_buscar
from civic.cuentas.reglas_identidad import Ci, DatoInvalido, leer_nacimiento, normalizar_ci
from mapas.territorio.models import Area

BYTES_MAXIMOS = 100 * 1024 * 1024
BYTES_DESEMPACADOS = 300 * 1024 * 1024
PARTES_MAXIMAS = 2_000
FILAS_MAXIMAS = 1_000_000
LARGO_DE_CELDA = 500
FILAS_HASTA_EL_ENCABEZADO = 20
SEPARADORES = (",", ";", "\t", "|")
ERRORES_GUARDADOS = 1_000

# fmt: off
# Cómo llaman a cada columna los padrones que circulan; se comparan sin acentos, signos ni mayúsculas.
NOMBRES: dict[str, tuple[str, ...]] = {
    "ci": (
        "ci", "c i", "carnet", "carnet de identidad", "nro carnet", "numero de carnet", "num carnet", "n carnet",
        "documento", "nro documento", "numero documento", "numero de documento", "num documento", "n documento",
        "nro doc", "num doc", "doc", "cedula", "cedula de identidad", "nro cedula", "nro ci", "numero ci",
        "numero de ci", "num ci", "n ci", "documento de identidad", "doc identidad", "documento identidad",
        "nro de documento", "nro de carnet", "nro de ci", "identificacion", "dni", "numero documento identidad",
    ),
    "complemento": ("complemento", "comp", "compl", "complemento ci", "ci complemento", "complemento carnet"),
    "fecha_nacimiento": (
        "fecha nacimiento", "fecha de nacimiento", "nacimiento", "fec nac", "fecha nac", "f nacimiento", "f nac",
        "fnac", "fecnac", "fechanacimiento", "fech nac", "fecha de nac", "fec nacimiento", "nacido", "nacida",
    ),
    "codigo_otb": (
        "codigo otb", "cod otb", "codigo de otb", "otb codigo", "codigo organizacion", "cod organizacion",
        "codigo junta", "id otb", "otb id",
    ),
    "otb": (
        "otb", "nombre otb", "otb nombre", "organizacion", "junta", "junta vecinal", "comunidad", "sindicato",
        "barrio", "zona", "otb o comunidad", "nombre de la otb", "organizacion de base",
    ),
    "distrito": (
        "distrito", "nro distrito", "numero distrito", "numero de distrito", "num distrito", "cod distrito",
        "codigo distrito", "codigo de distrito", "dist", "distrito municipal",
    ),
    "municipio": ("municipio", "codigo municipio", "cod municipio", "codigo ine", "cod ine", "codigo de municipio"),
}
# fmt: on
OBLIGATORIAS = ("ci", "fecha_nacimiento")
_COLUMNA = {nombre: columna for columna, nombres in NOMBRES.items() for nombre in nombres}
TITULOS = {
    "ci": "carnet",
    "complemento": "complemento",
    "fecha_nacimiento": "fecha de nacimiento",
    "codigo_otb": "código de OTB",
    "otb": "OTB",
    "distrito": "distrito",
    "municipio": "municipio",
}


class ArchivoIlegible(Exception):
    """El archivo entero no sirve; el texto dice por qué y qué hacer."""


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


Fila = tuple[int, Sequence[Any]]


# --- Abrir -----------------------------------------------------------------------------------------------------------
def leer_bytes(archivo: BinaryIO, *, maximo: int = BYTES_MAXIMOS) -> bytes:
    contenido = archivo.read(maximo + 1)
    if len(contenido) > maximo:
        raise ArchivoIlegible(f"El archivo pesa más de {maximo // (1024 * 1024)} MB. Pártelo o quítale columnas.")
    if not contenido.strip(b"\0 \r\n\t"):
        raise ArchivoIlegible("El archivo está vacío.")
    return contenido


def huella_de(contenido: bytes, columnas: Mapping[str, str]) -> str:
    """SHA-256 del archivo; si se dijo qué columna es cada cosa, también de eso, porque cambia lo que se lee."""
    huella = hashlib.sha256(contenido)
    for nombre, columna in sorted(columnas.items()):
        huella.update(f"\0{nombre}={columna}".encode())
    return huella.hexdigest()


def _texto_de(contenido: bytes) -> str:
    """El texto, en la codificación que sea: marca, UTF-8, UTF-16 sin marca, o las de una oficina de habla hispana."""
    if contenido.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        codificaciones = ["utf-16"]
    elif contenido.startswith(codecs.BOM_UTF8):
        codificaciones = ["utf-8-sig"]
    elif contenido[:2000].count(0) > len(contenido[:2000]) // 4:
        codificaciones = ["utf-16-le" if contenido[1:2] == b"\0" else "utf-16-be"]
    else:
        codificaciones = ["utf-8"]
    for codificacion in codificaciones:
        try:
            return contenido.decode(codificacion)
        except UnicodeDecodeError:
            continue
    if codificaciones != ["utf-8"]:
        raise ArchivoIlegible("No se entienden las letras del archivo. Guárdalo como CSV UTF-8.")
    mejor = from_bytes(contenido[:200_000], cp_isolation=["cp1252", "latin_1", "cp850", "mac_roman"]).best()
    return contenido.decode(mejor.encoding if mejor else "cp1252", errors="replace")


def _filas_de_csv(contenido: bytes, columnas: Mapping[str, str]) -> Iterator[Fila]:
    if contenido.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise ArchivoIlegible("El archivo no es un CSV. Si es una planilla de Excel, guárdala como .xlsx o .csv.")
    texto = _texto_de(contenido)
    separador = _separador_de(texto, columnas)
    lector = csv.reader(io.StringIO(texto, newline=""), delimiter=separador)
    while True:
        try:
            fila = next(lector)
        except StopIteration:
            return
        except csv.Error:
            yield lector.line_num, [_CELDA_ENORME]
            continue
        yield lector.line_num, fila


_CELDA_ENORME = object()


def _separador_de(texto: str, columnas: Mapping[str, str]) -> str:
    """El separador con el que aparece el encabezado; si con ninguno aparece, el más frecuente de la primera línea."""
    comienzo = texto[:20_000].splitlines()[:FILAS_HASTA_EL_ENCABEZADO]
    for separador in SEPARADORES:
        try:
            filas = list(csv.reader(comienzo, delimiter=separador))
        except csv.Error:
            continue
        if any(_es_encabezado(fila, columnas) for fila in filas):
            return separador
    primera = comienzo[0] if comienzo else ""
    return max(SEPARADORES, key=primera.count)


def _filas_de_xlsx(contenido: bytes) -> Iterator[Fila]:
    """Las filas de la primera hoja. Antes de abrirla se mira cuánto ocupa desempacada: no se desempaca una bomba."""
    _revisar_zip(contenido)
    try:
        libro = load_workbook(io.BytesIO(contenido), read_only=True, data_only=False, keep_links=False)
        hoja = libro.worksheets[0]
        hoja.reset_dimensions()
        for numero, fila in enumerate(hoja.iter_rows(), start=1):
            yield numero, [_FORMULA if celda.data_type == "f" else celda.value for celda in fila]
    except ArchivoIlegible:
        raise
    except Exception:  # openpyxl lanza de todo ante un archivo roto; ninguna de esas frases le sirve a nadie
        raise ArchivoIlegible(
            "No se pudo abrir la planilla. Ábrela en Excel o LibreOffice y guárdala de nuevo."
        ) from None


_FORMULA = object()


def _revisar_zip(contenido: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(contenido)) as paquete:
            partes = paquete.infolist()
            if len(partes) > PARTES_MAXIMAS or sum(parte.file_size for parte in partes) > BYTES_DESEMPACADOS:
                raise ArchivoIlegible("La planilla ocupa demasiado al abrirla. Guarda solo la hoja del padrón.")
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


# --- Encabezado ------------------------------------------------------------------------------------------------------
def _nombre(celda: Any) -> str:
    return para_buscar(celda)[:80] if isinstance(celda, str) and len(celda) <= LARGO_DE_CELDA else ""


def _columnas_de(fila: Sequence[Any], pedidas: Mapping[str, str]) -> dict[str, list[int]]:
    """{columna: en qué lugares está}. Lo que se pidió con --columnas manda."""
    dichas = {para_buscar(nombre): columna for columna, nombre in pedidas.items()}
    halladas: dict[str, list[int]] = {}
    for lugar, celda in enumerate(fila):
        nombre = _nombre(celda)
        columna = dichas.get(nombre) or _COLUMNA.get(nombre)
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


# --- Lugares ---------------------------------------------------------------------------------------------------------
class Lugares:
    """Las OTB y distritos de un municipio, para hallar el de cada fila por código, número o nombre."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self.distritos: dict[str, Area] = {}
        self.codigos: dict[str, Area] = {}
        self.otbs: dict[str, list[Area]] = {}
        for area in areas:
            if area.tipo == Area.Tipo.DISTRITO:
                nombres = {area.codigo, area.nombre, area.otro_nombre, *area.alias}
                if area.orden:
                    nombres |= {str(area.orden), f"Distrito {area.orden}", f"D-{area.orden}", f"D{area.orden}"}
                for nombre in nombres:
                    self.distritos.setdefault(para_buscar(nombre), area)
            elif area.tipo == Area.Tipo.OTB:
                self.codigos[para_buscar(area.codigo)] = area
                for nombre in {area.nombre, area.otro_nombre, area.nombre_completo, *area.alias} - {""}:
                    lista = self.otbs.setdefault(para_buscar(nombre), [])
                    if area not in lista:
                        lista.append(area)
        self.distritos.pop("", None)
        self._vistos: dict[tuple[str, str, str], Area | str] = {}

    def hallar(self, codigo: str, otb: str, distrito: str) -> Area:
        """El área de la fila; DatoInvalido con la razón si no hay una sola."""
        clave = (codigo, otb, distrito)
        if clave not in self._vistos:
            try:
                self._vistos[clave] = self._buscar(*clave)
            except DatoInvalido as error:
                self._vistos[clave] = str(error)
        hallado = self._vistos[clave]
        if isinstance(hallado, str):
            raise DatoInvalido(hallado)
        return hallado

    def _buscar(self, codigo: str, otb: str, distrito: str) -> Area:
        del_distrito = None
        if distrito:
            llano = para_buscar(distrito.removesuffix(".0"))
            del_distrito = self.distritos.get(llano.lstrip("0") or llano) or self.distritos.get(llano)
            if del_distrito is None:
                raise DatoInvalido("no hay ese distrito en el municipio")
        if codigo:
            area = self.codigos.get(para_buscar(codigo.removesuffix(".0")))
            if area is None:
                raise DatoInvalido("no hay una OTB con ese código en el municipio")
        elif otb:
            area = self._por_nombre(para_buscar(otb), del_distrito)
        elif del_distrito is not None:
            return del_distrito
        else:
            raise DatoInvalido("falta la OTB o el distrito")
        if del_distrito is not None and area.padre_id != del_distrito.pk:
            raise DatoInvalido("la OTB no es de ese distrito")
        return area

    def _por_nombre(self, nombre: str, distrito: Area | None) -> Area:
        candidatas = self.otbs.get(nombre, [])
        if not candidatas and nombre in self.codigos:
            candidatas = [self.codigos[nombre]]
        if distrito is not None:
            candidatas = [area for area in candidatas if area.padre_id == distrito.pk]
        if not candidatas:
            raise DatoInvalido("no hay una OTB con ese nombre en el municipio" + (" y distrito" if distrito else ""))
        if len(candidatas) > 1:
            raise DatoInvalido("hay más de una OTB con ese nombre; agrega la columna distrito o codigo_otb")
        return candidatas[0]


# --- Filas -----------------------------------------------------------------------------------------------------------
def leer_padron(
    contenido: bytes,
    nombre: str,
    *,
    lugares: Lugares,
    municipio: str,
    hoy: datetime.date,
    columnas: Mapping[str, str] | None = None,
    avanzar: Callable[[int], None] = lambda cuantas: None,
) -> Lectura:
    """Lee y revisa el archivo entero; los errores quedan en la lectura, por línea.

    `nombre` dice por su terminación si es .csv o .xlsx; `municipio` es el código INE del que se carga; `columnas`,
    {columna: título en el archivo}. Lanza ArchivoIlegible si no hay nada que leer.
    """
    pedidas = columnas or {}
    terminacion = PurePath(nombre).suffix.lower()
    if terminacion == ".csv":
        filas = _filas_de_csv(contenido, pedidas)
    elif terminacion == ".xlsx":
        filas = _filas_de_xlsx(contenido)
    else:
        raise ArchivoIlegible("El padrón se lee de un archivo .csv o .xlsx. Guárdalo en uno de esos dos.")
    donde, encabezado = _buscar_encabezado(filas, pedidas)
    lectura = Lectura()
    if not {"otb", "codigo_otb", "distrito"} & donde.keys():
        lectura.avisos.append(
            "No hay columna de OTB ni de distrito: este padrón prueba quién es cada persona, pero no dónde vive."
        )
    leidas = 0
    for leidas, (linea, fila) in enumerate(_con_datos(filas), start=1):
        if leidas > FILAS_MAXIMAS:
            raise ArchivoIlegible(f"El padrón tiene más de {FILAS_MAXIMAS:,} filas. Pártelo.".replace(",", "."))
        if leidas % 1000 == 0:
            avanzar(leidas)
        _leer_fila(lectura, linea, fila, donde, encabezado, lugares, municipio, hoy)
    avanzar(leidas)
    if not lectura.personas and not lectura.total_errores:
        raise ArchivoIlegible("El archivo tiene títulos pero ninguna persona debajo.")
    return lectura


def _con_datos(filas: Iterator[Fila]) -> Iterator[Fila]:
    for linea, fila in filas:
        if any(celda not in (None, "") and not (isinstance(celda, str) and celda.isspace()) for celda in fila):
            yield linea, fila


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
    if _CELDA_ENORME in fila:
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
        if not lectura.avisos:
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
    if valor is _FORMULA:
        raise DatoInvalido(f"la celda de {titulo} es una fórmula; pega solo los valores")
    if valor is None:
        return ""
    if isinstance(valor, datetime.date):
        return valor
    if isinstance(valor, bool):
        raise DatoInvalido(f"la celda de {titulo} no se entiende")
    if isinstance(valor, float):
        return str(int(valor)) if valor.is_integer() and abs(valor) < 1e15 else str(valor)
    return str(valor)


def _ci_de(celdas: Mapping[str, Any]) -> Ci:
    numero, complemento = celdas["ci"], str(celdas.get("complemento", "")).strip("- ")
    if not isinstance(numero, str):
        raise DatoInvalido("el carnet parece una fecha")
    if not numero:
        raise DatoInvalido("falta el carnet")
    return normalizar_ci(f"{numero}-{complemento}" if complemento else numero)
