"""Leer un shapefile dentro de un zip: primero el zip (bombas, nombres tramposos), después sus partes."""

import io
import lzma
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import shapely

from mapas.territorio.importador import crs as sistemas
from mapas.territorio.importador import topes
from mapas.territorio.importador.geojson import MUCHOS_VERTICES, FormaInservible, armar_poligono
from mapas.territorio.importador.piezas import ArchivoInservible, Capa, Rasgo

NECESARIOS = (".shp", ".shx", ".dbf")
SE_LEEN = (*NECESARIOS, ".prj", ".cpg")
ENVUELTOS = {".zip", ".gz", ".tgz", ".tar", ".7z", ".rar", ".bz2", ".xz", ".kmz"}
POLIGONOS = {5, 15, 25}
DANADO = "El shapefile está dañado o incompleto. Vuelve a exportarlo."


def leer(datos: bytes) -> Capa:
    partes = desempacar(datos)
    if ".prj" not in partes:
        raise ArchivoInservible("Al shapefile le falta el archivo .prj. " + sistemas.SIN_CRS)
    crs = sistemas.por_wkt(partes[".prj"].decode("utf-8", "replace").lstrip("\ufeff"))
    tabla = leer_tabla(partes[".dbf"], partes.get(".cpg", b""))
    formas = leer_formas(partes[".shp"], partes[".shx"])
    if len(formas) != len(tabla.filas):
        raise ArchivoInservible("El shapefile tiene distinta cantidad de formas y de filas en su tabla (.shp y .dbf).")
    rasgos: list[Rasgo] = []
    for forma, fila in zip(formas, tabla.filas, strict=True):
        if fila is None:  # borrada en la tabla: QGIS tampoco la muestra
            continue
        rasgo = Rasgo(len(rasgos), fila)
        if isinstance(forma, str):
            rasgo.falla = forma
        else:
            rasgo.forma = forma
        rasgos.append(rasgo)
    return Capa(rasgos, crs, "Shapefile", tabla.avisos)


# --- El zip ----------------------------------------------------------------------------------------------------------
def desempacar(datos: bytes) -> dict[str, bytes]:
    """Las partes de la única capa, por extensión. Nada se escribe en disco y nada se lee sin conocer su tamaño."""
    try:
        archivo = zipfile.ZipFile(io.BytesIO(datos))
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise ArchivoInservible("El archivo .zip está dañado o no es un zip. Vuelve a comprimirlo.") from None
    with archivo:
        entradas = [entrada for entrada in archivo.infolist() if not entrada.is_dir()]
        _revisar_indice(entradas)
        capas: dict[str, dict[str, zipfile.ZipInfo]] = {}
        for entrada in entradas:
            ruta = PurePosixPath(entrada.filename)
            if ruta.suffix.lower() in SE_LEEN and "__MACOSX" not in ruta.parts and not ruta.name.startswith("."):
                capas.setdefault(str(ruta.with_suffix("")).casefold(), {})[ruta.suffix.lower()] = entrada
        completas = {nombre: partes for nombre, partes in capas.items() if ".shp" in partes}
        if len(completas) != 1:
            raise ArchivoInservible(
                "El .zip trae varios shapefiles. Deja uno solo."
                if completas
                else "El .zip no trae un shapefile: deben estar el .shp, el .shx, el .dbf y el .prj."
            )
        partes = next(iter(completas.values()))
        faltan = [extension for extension in NECESARIOS if extension not in partes]
        if faltan:
            raise ArchivoInservible(f"Al shapefile le falta {' y '.join(faltan)}. Comprime todas sus partes juntas.")
        return {extension: _leer_entrada(archivo, entrada) for extension, entrada in partes.items()}


def _revisar_indice(entradas: list[zipfile.ZipInfo]) -> None:
    """Lo que el directorio central declara; `_leer_entrada` comprueba después que no mentía."""
    if len(entradas) > topes.ZIP_ARCHIVOS:
        raise ArchivoInservible(f"El .zip trae más de {topes.ZIP_ARCHIVOS} archivos. Deja solo los del shapefile.")
    if sum(entrada.file_size for entrada in entradas) > topes.ZIP_DESCOMPRIMIDO:
        raise ArchivoInservible("El .zip descomprimido pesa más de 200 MB. Simplifica el shapefile.")
    for entrada in entradas:
        ruta = PurePosixPath(entrada.filename.replace("\\", "/"))
        enlace = (entrada.external_attr >> 16) & 0o170000 == 0o120000
        if ruta.is_absolute() or ".." in ruta.parts or re.match(r"^[A-Za-z]:", entrada.filename) or enlace:
            raise ArchivoInservible("El .zip trae nombres que apuntan a otra carpeta. Vuelve a comprimir el shapefile.")
        if ruta.suffix.lower() in ENVUELTOS:
            raise ArchivoInservible("El .zip trae otro archivo comprimido adentro. Comprime solo el shapefile.")
        if entrada.flag_bits & 0x1:
            raise ArchivoInservible("El .zip tiene contraseña. Comprímelo sin ella.")
        if entrada.file_size > topes.MEGA and entrada.file_size > entrada.compress_size * topes.ZIP_PROPORCION:
            raise ArchivoInservible("El .zip crece más de cien veces al descomprimirse. Vuelve a exportarlo.")


def _leer_entrada(archivo: zipfile.ZipFile, entrada: zipfile.ZipInfo) -> bytes:
    tope = min(entrada.file_size, topes.ZIP_DESCOMPRIMIDO)
    try:
        with archivo.open(entrada) as flujo:
            datos = flujo.read(tope + 1)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, RuntimeError):
        raise ArchivoInservible("El archivo .zip está dañado. Vuelve a comprimirlo.") from None
    if len(datos) > tope:
        raise ArchivoInservible("El .zip dice un tamaño y trae otro. Vuelve a comprimirlo.")
    return datos


# --- Formas (.shp, .shx) ---------------------------------------------------------------------------------------------
def leer_formas(shp: bytes, shx: bytes) -> list[shapely.Geometry | str]:
    """Una forma por registro, o la frase que dice por qué no la tiene."""
    for parte in (shp, shx):
        if len(parte) < 100 or struct.unpack(">i", parte[:4])[0] != 9994:
            raise ArchivoInservible(DANADO)
    tipo = struct.unpack("<i", shp[32:36])[0]
    if tipo not in POLIGONOS | {0}:
        raise ArchivoInservible("El shapefile no es de polígonos (es de puntos o de líneas).")
    cuantos = (len(shx) - 100) // 8
    if cuantos > topes.RASGOS:
        raise ArchivoInservible(f"El archivo tiene más de {topes.RASGOS} áreas. Sube una parte por vez.")
    indice = np.frombuffer(shx, ">i4", count=cuantos * 2, offset=100).reshape(-1, 2).astype(np.int64) * 2
    return [_forma(shp, int(lugar) + 8, int(largo)) for lugar, largo in indice]


def _forma(shp: bytes, lugar: int, largo: int) -> shapely.Geometry | str:
    registro = shp[lugar : lugar + largo] if lugar >= 108 and largo >= 0 else b""
    if len(registro) != largo or largo < 4:
        return "su geometría está cortada"
    tipo = struct.unpack("<i", registro[:4])[0]
    if tipo == 0:
        return "no tiene polígono"
    if tipo not in POLIGONOS or largo < 44:
        return "no es un polígono"
    partes, puntos = struct.unpack("<ii", registro[36:44])
    if partes < 1 or puntos < 1:
        return "su polígono está vacío"
    if puntos > topes.VERTICES_POR_RASGO:
        return MUCHOS_VERTICES
    if partes > puntos or largo < 44 + partes * 4 + puntos * 16:
        return "su geometría está cortada"
    inicios = np.frombuffer(registro, "<i4", count=partes, offset=44).tolist()
    vertices = np.frombuffer(registro, "<f8", count=puntos * 2, offset=44 + partes * 4).reshape(-1, 2)
    cortes = [*inicios, puntos]
    if inicios[0] != 0 or any(a >= b for a, b in zip(cortes, cortes[1:], strict=False)):
        return "su geometría está cortada"
    try:
        return _reunir([vertices[a:b] for a, b in zip(cortes, cortes[1:], strict=False)])
    except FormaInservible as error:
        return str(error)


def _reunir(anillos: list[Any]) -> shapely.Geometry:
    """Polígono de sus anillos. El sentido del más grande es el de los contornos; los que giran al revés son huecos.

    El más grande siempre es un contorno; el primero, no: el formato no dice en qué orden van.
    Un hueco va en el contorno más chico que contiene su primer punto; si ninguno lo contiene, es otro contorno.
    """
    if len(anillos) == 1:
        return armar_poligono(anillos[0], [])
    giros = [_doble_superficie(anillo) for anillo in anillos]
    horario = max(giros, key=abs) < 0
    contornos = [anillo for anillo, giro in zip(anillos, giros, strict=True) if (giro < 0) == horario]
    al_reves = [anillo for anillo, giro in zip(anillos, giros, strict=True) if (giro < 0) != horario]
    huecos: list[list[Any]] = [[] for _ in contornos]
    sueltos = []
    llenos = [armar_poligono(contorno, []) for contorno in contornos]
    for hueco in al_reves:
        armar_poligono(hueco, [])  # rechaza lo que no se puede mirar antes de preguntar dónde cae
        cerca = [lugar for lugar, lleno in enumerate(llenos) if shapely.intersects_xy(lleno, *hueco[0])]
        if cerca:
            huecos[min(cerca, key=lambda lugar: llenos[lugar].area)].append(hueco)
        else:
            sueltos.append(armar_poligono(hueco, []))
    partes = [armar_poligono(contorno, suyos) for contorno, suyos in zip(contornos, huecos, strict=True)] + sueltos
    return partes[0] if len(partes) == 1 else shapely.multipolygons(partes)


def _doble_superficie(anillo: Any) -> float:
    """Dos veces su superficie; negativa si gira como el reloj."""
    x, y = (anillo - anillo[0]).T
    return float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1]))


# --- Tabla (.dbf) ----------------------------------------------------------------------------------------------------
@dataclass
class Tabla:
    filas: list[dict[str, Any] | None]
    avisos: list[str]


_CODIFICACIONES = {0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252", 0x58: "cp1252", 0x59: "cp1252"}


def leer_tabla(dbf: bytes, cpg: bytes) -> Tabla:
    if len(dbf) < 33:
        raise ArchivoInservible(DANADO)
    cuantas, cabecera, largo = struct.unpack("<IHH", dbf[4:12])
    if cuantas > topes.RASGOS:
        raise ArchivoInservible(f"El archivo tiene más de {topes.RASGOS} áreas. Sube una parte por vez.")
    if largo < 1 or cabecera < 33 or len(dbf) < cabecera + cuantas * largo:
        raise ArchivoInservible(DANADO)
    campos, desde = [], 1
    for lugar in range(32, cabecera - 31, 32):
        descripcion = dbf[lugar : lugar + 32]
        if descripcion[:1] == b"\r":
            break
        ancho = descripcion[16] + (descripcion[17] << 8 if descripcion[11:12] == b"C" else 0)
        campos.append((descripcion[:11].split(b"\0")[0], descripcion[11:12], desde, desde + ancho))
        desde += ancho
    if not campos or desde > largo:
        raise ArchivoInservible(DANADO)
    crudas = [dbf[cabecera + n * largo : cabecera + (n + 1) * largo] for n in range(cuantas)]
    textos = [nombre for nombre, *_ in campos] + [
        cruda[a:b].rstrip(b" \0") for cruda in crudas for _, clase, a, b in campos if clase == b"C"
    ]
    codificacion, avisos = elegir_codificacion(textos, cpg.decode("ascii", "ignore"), dbf[29])
    rotulos = [_decodificar(nombre, codificacion) for nombre, *_ in campos]
    filas: list[dict[str, Any] | None] = []
    for cruda in crudas:
        valores = (_valor(cruda[a:b], clase, codificacion) for _, clase, a, b in campos)
        filas.append(None if cruda[:1] == b"*" else dict(zip(rotulos, valores, strict=True)))
    return Tabla(filas, avisos)


def elegir_codificacion(textos: list[bytes], cpg: str, marca: int) -> tuple[str, list[str]]:
    """UTF-8 si todo el texto lo es (nadie acierta eso por casualidad); si no, lo declarado; si no, Windows-1252."""
    declarada = _declarada(cpg)
    if all(_es_utf8(texto, cortado=declarada == "utf-8") for texto in textos):
        ajena = declarada not in (None, "utf-8") and any(not texto.isascii() for texto in textos)
        return "utf-8", [f"El .cpg dice {cpg.strip()[:20]}, pero el texto está en UTF-8: se leyó así."] if ajena else []
    if declarada == "utf-8":
        return "cp1252", ["El .cpg dice UTF-8, pero el texto está en Windows-1252 (Latin-1): se leyó así."]
    return declarada or _CODIFICACIONES.get(marca, "cp1252"), []


def _declarada(cpg: str) -> str | None:
    nombre = re.sub(r"[^a-z0-9]", "", cpg.lower())
    if not nombre:
        return None
    if nombre in ("utf8", "65001"):
        return "utf-8"
    if "1252" in nombre:
        return "cp1252"
    if "885915" in nombre:
        return "iso8859-15"
    if "88591" in nombre or "latin1" in nombre or "28591" in nombre:
        return "cp1252"  # lo que se dice Latin-1 suele traer comillas y rayas de Windows-1252, que lo contiene
    for pagina in ("850", "437"):
        if pagina in nombre:
            return f"cp{pagina}"
    return None


def _es_utf8(texto: bytes, *, cortado: bool) -> bool:
    """`cortado`: el ancho de la columna puede haber partido la última letra."""
    try:
        texto.decode("utf-8")
    except UnicodeDecodeError as error:
        return cortado and error.end >= len(texto) and error.start > 0 and error.start >= len(texto) - 3
    return True


def _decodificar(crudo: bytes, codificacion: str) -> str:
    if codificacion == "utf-8":
        return crudo.decode("utf-8", "ignore")
    try:
        return crudo.decode(codificacion)
    except UnicodeDecodeError:
        return crudo.decode("latin-1")


def _valor(crudo: bytes, clase: bytes, codificacion: str) -> Any:
    if clase == b"C":
        return _decodificar(crudo.rstrip(b" \0"), codificacion)
    texto = crudo.strip(b" \0*").decode("ascii", "ignore")
    if clase in (b"N", b"F") and texto:
        try:
            return int(texto) if re.fullmatch(r"[+-]?\d+", texto) else float(texto)
        except ValueError:
            return texto
    return texto or None
