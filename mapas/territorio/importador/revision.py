"""Revisar los rasgos de un archivo: qué se acepta, qué no y por qué, y cómo encajan unos con otros.

Nada se repara: un polígono mal trazado se rechaza con su razón y el punto del error (`make_valid` y `buffer(0)` cambian
el territorio sin preguntar, y con un zigzag de 400 vértices tardan minutos). Las cuentas entre polígonos se hacen en
los grados en que se guardan, donde los bordes compartidos son idénticos, y se miden en metros cuadrados en una
proyección de áreas iguales.
"""

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping, shape

from civic.comun.texto import limpiar, para_buscar
from mapas.territorio.importador import crs as sistemas
from mapas.territorio.importador import topes
from mapas.territorio.importador.geojson import FUERA_DE_GRADOS, MUCHOS_VERTICES, en_grados
from mapas.territorio.importador.piezas import ArchivoInservible, Capa, Pedido, Rasgo

ACEPTADA, RECHAZADA = "aceptada", "rechazada"
POLIGONALES = ("Polygon", "MultiPolygon")
FALLAS = {
    "Self-intersection": "su borde se cruza a sí mismo",
    "Ring Self-intersection": "su borde se toca a sí mismo",
    "Hole lies outside shell": "tiene un hueco fuera de su contorno",
    "Holes are nested": "tiene un hueco dentro de otro",
    "Nested shells": "tiene un contorno dentro de otro",
    "Interior is disconnected": "sus huecos lo parten en dos",
    "Duplicate Rings": "tiene dos bordes iguales",
    "Too few points in geometry component": "tiene un borde con menos de cuatro puntos distintos",
    "Invalid Coordinate": "tiene coordenadas que no son números (NaN o infinito)",
}
_RAZON = re.compile(r"^(.*?)\s*\[(\S+) (\S+?)\]?$")
# Bolivia con margen: sirve solo para notar que alguien escribió latitud y longitud al revés.
BOLIVIA = (-70.5, -23.5, -56.5, -9.0)


@dataclass
class Fila:
    """Un rasgo mientras se lo revisa."""

    rasgo: Rasgo
    codigo: str = ""
    nombre: str = ""
    padre: dict[str, Any] | None = None
    forma: shapely.Geometry | None = None
    motivos: list[str] = field(default_factory=list)
    punto: list[float] | None = None
    notas: list[str] = field(default_factory=list)

    @property
    def aceptada(self) -> bool:
        return not self.motivos


def como_texto(valor: Any) -> str:
    """El valor de un campo como texto: 20101.0 → «20101», «010101» queda igual, None → «»."""
    if valor is None or isinstance(valor, bool | dict | list | bytes):
        return ""
    if isinstance(valor, float):
        if not math.isfinite(valor):
            return ""
        if valor == int(valor) and abs(valor) < 2**53:
            return str(int(valor))
    return limpiar(str(valor).encode("utf-8", "replace").decode())


# --- Todo el archivo -------------------------------------------------------------------------------------------------
def revisar(capa: Capa, pedido: Pedido) -> dict[str, Any]:
    """Informe, áreas aceptadas (con su geometría WGS84) y dibujos para la página de revisión."""
    _revisar_campos(capa, pedido)
    filas = [Fila(rasgo) for rasgo in capa.rasgos]
    _textos(filas, pedido)
    a_wgs84 = sistemas.AWgs84(capa.crs)
    _formas(filas, a_wgs84)
    _ejes(filas, pedido)
    con_forma = [fila for fila in filas if fila.forma is not None]
    referencia = shapely.union_all([shape(geometria) for geometria in pedido.referencia]) if pedido.referencia else None
    metros = _regla_de_medir([fila.forma for fila in con_forma], referencia)
    if referencia is not None and con_forma:
        _adentro(con_forma, referencia, metros)
    avisos = [{"clase": "archivo", "texto": aviso} for aviso in capa.avisos]
    avisos += _padres(filas, pedido)
    aceptadas = [fila for fila in filas if fila.aceptada]
    avisos += _notas(aceptadas) + _nombres_repetidos(aceptadas)
    formas = np.array([fila.forma for fila in aceptadas], dtype=object)
    traslapes = _traslapes(aceptadas, formas, metros)
    huecos = _huecos(formas, referencia, metros)
    return {
        "informe": {
            "formato": capa.formato,
            "crs": sistemas.nombre_de(capa.crs),
            "aceptadas": len(aceptadas),
            "rechazadas": len(filas) - len(aceptadas),
            "rasgos": [_renglon(fila) for fila in filas],
            "avisos": avisos,
            "traslapes": [{clave: t[clave] for clave in ("a", "b", "m2", "astilla", "punto")} for t in traslapes],
            "huecos": [{clave: h[clave] for clave in ("m2", "punto", "astilla", "donde")} for h in huecos],
            "traslape_total_m2": round(sum(t["m2"] for t in traslapes), 2),
            "hueco_total_m2": round(sum(h["m2"] for h in huecos if h["donde"] == "entre_areas"), 2),
        },
        "areas": [
            {
                "indice": fila.rasgo.indice,
                "codigo": fila.codigo,
                "nombre": fila.nombre,
                "padre": {"tipo": fila.padre["tipo"], "codigo": fila.padre["codigo"]} if fila.padre else None,
                "geometria": mapping(fila.forma),
            }
            for fila in aceptadas
        ],
        "dibujo": {
            "rechazadas": [
                {"indice": fila.rasgo.indice, "geometria": dibujo}
                for fila in filas
                if not fila.aceptada and (dibujo := _dibujo(fila, a_wgs84)) is not None
            ][: topes.DIBUJOS],
            "traslapes": [
                {"a": t["a"], "b": t["b"], "geometria": _liviana(t["forma"])} for t in traslapes[: topes.DIBUJOS]
            ],
            "huecos": [
                {"m2": h["m2"], "geometria": _liviana(h["forma"])}
                for h in [h for h in huecos if h["donde"] == "entre_areas"][: topes.DIBUJOS]
            ],
        },
    }


def _revisar_campos(capa: Capa, pedido: Pedido) -> None:
    if not capa.rasgos:
        raise ArchivoInservible("El archivo no trae ningún polígono.")
    if len(capa.rasgos) > topes.RASGOS:
        raise ArchivoInservible(f"El archivo tiene más de {topes.RASGOS} áreas. Sube una parte por vez.")
    campos = capa.campos
    for campo in (pedido.campo_codigo, pedido.campo_nombre, pedido.campo_padre):
        if campo and campo not in campos:
            hay = ", ".join(f"«{limpiar(str(nombre))[:40]}»" for nombre in campos[:30]) or "ninguno"
            raise ArchivoInservible(f"El archivo no tiene el campo «{campo}». Los que tiene: {hay}.")
    vertices = sum(shapely.get_num_coordinates(rasgo.forma) for rasgo in capa.rasgos if rasgo.forma is not None)
    if vertices > topes.VERTICES:
        raise ArchivoInservible(f"El archivo tiene más de {topes.VERTICES} vértices. Simplifícalo o súbelo por partes.")


def _renglon(fila: Fila) -> dict[str, Any]:
    return {
        "indice": fila.rasgo.indice,
        "codigo": fila.codigo,
        "nombre": fila.nombre,
        "padre": fila.padre["codigo"] if fila.padre else None,
        "estado": ACEPTADA if fila.aceptada else RECHAZADA,
        "motivo": "; ".join(fila.motivos),
        "punto": fila.punto,
    }


# --- Código y nombre -------------------------------------------------------------------------------------------------
def _textos(filas: list[Fila], pedido: Pedido) -> None:
    vistos: dict[str, int] = {}
    for fila in filas:
        fila.codigo = como_texto(fila.rasgo.propiedades.get(pedido.campo_codigo))
        fila.nombre = como_texto(fila.rasgo.propiedades.get(pedido.campo_nombre))
        if not fila.codigo:
            fila.motivos.append(f"no tiene código (campo «{pedido.campo_codigo}»)")
        elif len(fila.codigo) > topes.LETRAS_CODIGO:
            fila.motivos.append(f"su código pasa de {topes.LETRAS_CODIGO} letras")
            fila.codigo = fila.codigo[: topes.LETRAS_CODIGO]
        elif fila.codigo in vistos:
            fila.motivos.append(f"código repetido: «{fila.codigo}» ya está en el rasgo {vistos[fila.codigo]}")
        else:
            vistos[fila.codigo] = fila.rasgo.indice
        if not fila.nombre:
            fila.motivos.append(f"no tiene nombre (campo «{pedido.campo_nombre}»)")
        elif len(fila.nombre) > topes.LETRAS_NOMBRE:
            fila.motivos.append(f"su nombre pasa de {topes.LETRAS_NOMBRE} letras")
            fila.nombre = fila.nombre[: topes.LETRAS_NOMBRE]


# --- Cada forma ------------------------------------------------------------------------------------------------------
def _formas(filas: list[Fila], a_wgs84: sistemas.AWgs84) -> None:
    """Deja en `fila.forma` el polígono WGS84 válido; si no lo es, el motivo y el punto."""
    sanas = []
    for fila in filas:
        forma = fila.rasgo.forma
        motivo = fila.rasgo.falla or ("no tiene polígono" if forma is None else _falla_simple(forma, a_wgs84.igual))
        if motivo:
            fila.motivos.append(motivo)
        elif forma is not None:
            sanas.append((fila, forma))
    if not sanas:
        return
    originales = np.array([forma for _, forma in sanas], dtype=object)
    validas = shapely.is_valid(originales)
    en_wgs84 = a_wgs84.formas(originales)
    for (fila, forma), valida, destino in zip(sanas, validas, en_wgs84, strict=True):
        if not valida:
            _anotar_falla(fila, forma, a_wgs84.punto)
        elif not np.isfinite(shapely.bounds(destino)).all() or not en_grados(destino):
            fila.motivos.append("al convertirlo a WGS84 queda fuera del mundo: ¿es ese su sistema de coordenadas?")
        elif destino.bounds[2] - destino.bounds[0] > 180:
            fila.motivos.append("cruza el antimeridiano (±180°) o tiene un vértice en el otro lado del mundo")
        elif not a_wgs84.igual and not shapely.is_valid(destino):
            _anotar_falla(fila, destino, lambda x, y: [round(x, 7), round(y, 7)])
        elif destino.area == 0:
            fila.motivos.append("no tiene superficie")
        else:
            fila.forma = destino


def _falla_simple(forma: shapely.Geometry, en_wgs84: bool) -> str:
    if forma.geom_type not in POLIGONALES:
        return f"no es un polígono ({forma.geom_type})"
    if forma.is_empty:
        return "su polígono está vacío"
    if not np.isfinite(shapely.get_coordinates(forma)).all():
        return "tiene coordenadas que no son números (NaN o infinito)"
    if shapely.get_num_coordinates(forma) > topes.VERTICES_POR_RASGO:
        return MUCHOS_VERTICES
    return FUERA_DE_GRADOS if en_wgs84 and not en_grados(forma) else ""


def _anotar_falla(fila: Fila, forma: shapely.Geometry, al_punto: Any) -> None:
    razon = shapely.is_valid_reason(forma)
    hallada = _RAZON.match(razon)
    clase = hallada[1] if hallada else razon
    frase = FALLAS.get(clase, f"su borde no es válido ({clase})")
    fila.punto = al_punto(float(hallada[2]), float(hallada[3])) if hallada else None
    fila.motivos.append(f"{frase} en {_lugar(fila.punto)}" if fila.punto else frase)


def _lugar(punto: list[float]) -> str:
    return f"longitud {punto[0]:.6f}, latitud {punto[1]:.6f}"


# --- Dentro del municipio --------------------------------------------------------------------------------------------
def _ejes(filas: list[Fila], pedido: Pedido) -> None:
    """Latitud y longitud al revés: nada cae donde debe, y todo caería si se cambiaran los ejes."""
    formas = [fila.forma for fila in filas if fila.forma is not None]
    if not formas:
        return
    conocido = [shape(geometria) for geometria in pedido.referencia]
    donde = shapely.total_bounds(conocido) if conocido else BOLIVIA
    oeste, sur, este, norte = shapely.bounds(np.array(formas, dtype=object)).T

    def toca(a: Any, b: Any, c: Any, d: Any) -> Any:
        return (a <= donde[2]) & (c >= donde[0]) & (b <= donde[3]) & (d >= donde[1])

    if toca(oeste, sur, este, norte).any() or not toca(sur, oeste, norte, este).all():
        return
    for fila in filas:
        if fila.forma is not None:
            fila.motivos.append("tiene la latitud y la longitud al revés: vuelve a exportarlo con la longitud primero")


def _regla_de_medir(formas: Sequence[Any], referencia: Any) -> sistemas.EnMetros:
    caja = shapely.total_bounds(list(formas) if formas else [referencia or shapely.Point(-65, -17)])
    return sistemas.EnMetros(caja)


def _medir(metros: sistemas.EnMetros, formas: Any) -> Any:
    return shapely.area(metros.proyectar(np.asarray(formas, dtype=object)))


def _adentro(filas: list[Fila], referencia: shapely.Geometry, metros: sistemas.EnMetros) -> None:
    shapely.prepare(referencia)
    formas = np.array([fila.forma for fila in filas], dtype=object)
    faltan = ~shapely.covers(referencia, formas)
    if not faltan.any():
        return
    dudosas = formas[faltan]
    totales, dentro = _medir(metros, dudosas), _medir(metros, shapely.intersection(dudosas, referencia))
    for fila, total, adentro in zip(np.array(filas, dtype=object)[faltan], totales, dentro, strict=True):
        parte = adentro / total if total else 0.0
        if parte < topes.PARTE_MINIMA_ADENTRO:
            fila.punto = fila.punto or _punto_de(fila.forma)
            fila.motivos.append(f"está fuera del municipio ({_por_ciento(1 - parte)} de su superficie)")
        elif 1 - parte > topes.PARTE_AFUERA_QUE_SE_AVISA:
            afuera = _por_ciento(1 - parte)
            fila.notas.append(f"tiene {afuera} de su superficie fuera del límite conocido del municipio")


def _por_ciento(parte: float) -> str:
    return f"{parte * 100:.1f} %".replace(".", ",").replace(",0 %", " %")


def _punto_de(forma: shapely.Geometry) -> list[float]:
    punto = shapely.point_on_surface(forma)
    return [round(punto.x, 6), round(punto.y, 6)]


# --- A qué área pertenece cada una -----------------------------------------------------------------------------------
def _padres(filas: list[Fila], pedido: Pedido) -> list[dict[str, Any]]:
    """El padre de cada fila: el que dice su campo (código y, si no, nombre) o el que más superficie comparte."""
    if not pedido.padres:
        if pedido.campo_padre:
            for fila in filas:
                if como_texto(fila.rasgo.propiedades.get(pedido.campo_padre)):
                    _sin_padre(fila, pedido)
        return []
    por_dibujo = filas
    if pedido.campo_padre:
        por_dibujo = []
        for fila in filas:
            escrito = como_texto(fila.rasgo.propiedades.get(pedido.campo_padre))
            if not escrito:
                por_dibujo.append(fila)
                continue
            fila.padre = padre_escrito(escrito, pedido.padres)
            if fila.padre is None:
                _sin_padre(fila, pedido)
    return _por_superficie(por_dibujo, pedido)


def _sin_padre(fila: Fila, pedido: Pedido) -> None:
    escrito = como_texto(fila.rasgo.propiedades.get(pedido.campo_padre))
    fila.motivos.append(f"dice estar en «{escrito[:60]}», y no hay un {pedido.rotulo_padre} con ese código ni nombre")


def padre_escrito(escrito: str, padres: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """El padre que un texto nombra: por código, por código sin ceros a la izquierda, o por nombre o alias."""
    for padre in padres:
        if padre["codigo"] == escrito:
            return padre
    sin_ceros = [padre for padre in padres if escrito.isdigit() and padre["codigo"].lstrip("0") == escrito.lstrip("0")]
    if len(sin_ceros) == 1:
        return sin_ceros[0]
    buscado = para_buscar(escrito)
    con_nombre = [padre for padre in padres if buscado in map(para_buscar, (padre["nombre"], *padre.get("alias", ())))]
    return con_nombre[0] if len(con_nombre) == 1 else None


def _por_superficie(filas: list[Fila], pedido: Pedido) -> list[dict[str, Any]]:
    filas = [fila for fila in filas if fila.forma is not None]
    padres = [padre for padre in pedido.padres if padre.get("geometria")]
    if not filas or not padres:
        return []
    formas = np.array([fila.forma for fila in filas], dtype=object)
    de_padres = np.array([shape(padre["geometria"]) for padre in padres], dtype=object)
    de_fila, de_padre = shapely.STRtree(de_padres).query(formas, predicate="intersects")
    # Para comparar superficies del mismo lugar bastan los grados cuadrados.
    comun = shapely.area(shapely.intersection(formas[de_fila], de_padres[de_padre]))
    mejor: dict[int, tuple[float, int]] = {}
    for fila, padre, superficie in zip(de_fila.tolist(), de_padre.tolist(), comun.tolist(), strict=True):
        # A igual superficie, el de código menor: la respuesta no depende del orden del archivo.
        if superficie > 0 and (
            fila not in mejor
            or (superficie, padres[mejor[fila][1]]["codigo"]) > (mejor[fila][0], padres[padre]["codigo"])
        ):
            mejor[fila] = (superficie, padre)
    for numero, (_, padre) in mejor.items():
        filas[numero].padre = padres[padre]
    avisos = [
        {
            "clase": "padre_por_superficie",
            "texto": f"A {len(mejor)} áreas se les buscó su {pedido.rotulo_padre} por la superficie que comparten.",
            "codigos": [filas[numero].codigo for numero in sorted(mejor)],
        }
    ]
    solas = [fila.codigo for numero, fila in enumerate(filas) if numero not in mejor]
    if solas:
        texto = f"{len(solas)} áreas no caen en ningún {pedido.rotulo_padre}: quedan sin él."
        avisos.append({"clase": "sin_padre", "texto": texto, "codigos": solas})
    return avisos if mejor else avisos[1:]


# --- Avisos que no rechazan ------------------------------------------------------------------------------------------
def _notas(filas: list[Fila]) -> list[dict[str, Any]]:
    return [
        {"clase": "borde", "texto": f"«{fila.nombre}» ({fila.codigo}) {nota}.", "codigos": [fila.codigo]}
        for fila in filas
        for nota in fila.notas
    ]


def _nombres_repetidos(filas: list[Fila]) -> list[dict[str, Any]]:
    """Nombres iguales sin mirar mayúsculas ni acentos: pueden ser dos lugares de verdad, por eso solo se avisa."""
    grupos: dict[str, list[Fila]] = defaultdict(list)
    for fila in filas:
        grupos[para_buscar(fila.nombre)].append(fila)
    return [
        {
            "clase": "nombre_repetido",
            "nombre": grupo[0].nombre,
            "codigos": [fila.codigo for fila in grupo],
            "texto": f"El nombre «{grupo[0].nombre}» está repetido: {', '.join(fila.codigo for fila in grupo)}.",
        }
        for grupo in grupos.values()
        if len(grupo) > 1
    ]


# --- Cómo encajan ----------------------------------------------------------------------------------------------------
def es_astilla(m2: float, perimetro: float) -> bool:
    """Más angosta que ANCHO_DE_ASTILLA metros en promedio."""
    return perimetro > 0 and 2 * m2 / perimetro < topes.ANCHO_DE_ASTILLA


def _traslapes(filas: list[Fila], formas: Any, metros: sistemas.EnMetros) -> list[dict[str, Any]]:
    """Pares de áreas que comparten superficie, de mayor a menor. Con un índice espacial: nunca todos contra todos."""
    if len(filas) < 2:
        return []
    a, b = shapely.STRtree(formas).query(formas, predicate="intersects")
    a, b = a[a < b], b[a < b]
    if len(a) > topes.PARES_POR_MEDIR:
        raise ArchivoInservible(
            "Casi todas las áreas del archivo están unas encima de otras. Revisa que cada una esté una sola vez."
        )
    comunes = shapely.intersection(formas[a], formas[b])
    return [
        {"a": filas[a[lugar]].codigo, "b": filas[b[lugar]].codigo, **medida}
        for lugar, medida in _medidas(comunes, metros)
    ]


def _huecos(formas: Any, referencia: shapely.Geometry | None, metros: sistemas.EnMetros) -> list[dict[str, Any]]:
    """Lo que nadie cubre: rodeado de áreas («entre_areas») o entre ellas y el límite del municipio («borde»)."""
    if not len(formas):
        return []
    union = shapely.union_all(formas)
    anillos = [anillo for parte in shapely.get_parts(union) for anillo in parte.interiors]
    entre = np.array([shapely.Polygon(anillo) for anillo in anillos], dtype=object)
    huecos = [{"donde": "entre_areas", **medida} for _, medida in _medidas(entre, metros)]
    if referencia is not None:
        lleno = shapely.union_all([shapely.Polygon(parte.exterior) for parte in shapely.get_parts(union)])
        borde = shapely.get_parts(shapely.difference(referencia, lleno))
        huecos += [{"donde": "borde", **medida} for _, medida in _medidas(borde, metros)]
    return huecos


def _medidas(formas: Any, metros: sistemas.EnMetros) -> list[tuple[int, dict[str, Any]]]:
    """(lugar, superficie en m², si es astilla, un punto y la forma) de las que cuentan, de mayor a menor."""
    if not len(formas):
        return []
    planas = metros.proyectar(formas)
    superficies, perimetros = shapely.area(planas), shapely.length(planas)
    halladas = []
    for lugar in np.argsort(-superficies, kind="stable").tolist():
        m2 = float(superficies[lugar])
        if m2 < topes.M2_QUE_CUENTA:
            break
        solo_superficie = _poligonos(formas[lugar])
        medida = {
            "m2": round(m2, 2),
            "astilla": es_astilla(m2, float(perimetros[lugar])),
            "punto": _punto_de(solo_superficie),
            "forma": solo_superficie,
        }
        halladas.append((lugar, medida))
    return halladas


def _poligonos(forma: shapely.Geometry) -> shapely.Geometry:
    """Sin las líneas ni los puntos que quedan donde dos áreas solo se tocan."""
    if forma.geom_type in POLIGONALES:
        return forma
    partes = [parte for parte in shapely.get_parts(forma) if parte.geom_type == "Polygon"]
    return partes[0] if len(partes) == 1 else shapely.multipolygons(partes)


# --- Dibujos para la página ------------------------------------------------------------------------------------------
def _liviana(forma: shapely.Geometry) -> dict[str, Any]:
    return mapping(forma if shapely.get_num_coordinates(forma) < 500 else shapely.simplify(forma, 0.0001))


def _dibujo(fila: Fila, a_wgs84: sistemas.AWgs84) -> dict[str, Any] | None:
    """La forma de una rechazada, si se puede mostrar en un mapa (aunque se cruce)."""
    forma = fila.forma
    if forma is None and fila.rasgo.forma is not None and not fila.rasgo.forma.is_empty:
        cruda = np.array([fila.rasgo.forma], dtype=object)
        if cruda[0].geom_type not in POLIGONALES or not np.isfinite(shapely.get_coordinates(cruda)).all():
            return None
        forma = a_wgs84.formas(cruda)[0]
        if not np.isfinite(shapely.bounds(forma)).all() or not en_grados(forma):
            return None
    return None if forma is None else _liviana_invalida(forma)


def _liviana_invalida(forma: shapely.Geometry) -> dict[str, Any] | None:
    if shapely.get_num_coordinates(forma) < 2_000:
        return mapping(forma)
    liviana = shapely.simplify(forma, 0.0005, preserve_topology=False)
    return None if liviana.is_empty else mapping(liviana)
