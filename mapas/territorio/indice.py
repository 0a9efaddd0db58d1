"""El territorio en memoria: responde dónde está un punto, o un millón, con las reglas de mapas/territorio/reglas.py.

No conoce la base de datos: recibe piezas con su forma. Un punto suelto se busca en un árbol (STRtree). Muchos puntos se
reparten en una grilla que ya sabe qué cuadros están enteros dentro de una sola área, o lejos de todas; solo los puntos
de los demás cuadros se prueban contra los polígonos, agrupados por polígono. Los polígonos se prueban siempre con los
mismos predicados exactos de GEOS, así que las cuentas son las de `geopandas.sjoin`.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely

from mapas.territorio import reglas
from mapas.territorio.reglas import METROS_DE_CERCANIA, Candidata, Decision, Toques

Enteros = np.ndarray[Any, np.dtype[np.int64]]
Reales = np.ndarray[Any, np.dtype[np.float64]]

MUNICIPIO, DISTRITO, OTB = "municipio", "distrito", "otb"
NADA = -1
# Desde cuántos puntos conviene armar la grilla.
PUNTOS_PARA_GRILLA = 20_000
TANDA = 1_000_000
# Lados de la grilla en cada vuelta: los cuadros que no se saben se parten y se vuelven a mirar.
LADOS = (16, 64, 256)
LEJOS, DUDOSO = -1, -2
SIN_TOQUES = Toques()
CELDAS_POR_GRADO = 100
CELDAS_EN_MEMORIA = 20_000
Vecina = tuple[int, float, float, float, float]
"""(índice, oeste, sur, este, norte) de un área."""
# Más cerca que esto, el punto puede estar justo en el borde.
MILIMETRO = 0.001
# Un cuadro se agranda esto (0,1 mm) antes de compararlo: así el redondeo nunca pone un punto en el cuadro vecino.
HOLGURA = 1e-9


@dataclass(frozen=True, slots=True)
class Pieza:
    """Un área del territorio. `forma` es un polígono WGS84 o None; `padre` y `municipio`, claves de otras piezas."""

    clave: int
    codigo: str
    forma: shapely.Geometry | None = None
    padre: int | None = None
    municipio: int | None = None
    codigo_municipio: str = ""


class Nivel:
    """Las áreas con polígono de un tipo."""

    def __init__(self, piezas: Iterable[Pieza]) -> None:
        # El orden por código es el desempate de las reglas, y hace que la respuesta no dependa del orden de las filas.
        con_forma = [pieza for pieza in piezas if pieza.forma is not None and not pieza.forma.is_empty]
        self.piezas = sorted(con_forma, key=lambda pieza: (pieza.codigo, pieza.codigo_municipio, pieza.clave))
        self.formas = np.array([pieza.forma for pieza in self.piezas], dtype=object)
        shapely.prepare(self.formas)
        self.superficies: Reales = shapely.area(self.formas)
        self.arbol = shapely.STRtree(self.formas)
        self.cajas: list[list[float]] = shapely.bounds(self.formas).tolist()
        self._celdas: dict[tuple[int, int], list[Vecina]] = {}
        self.claves: Enteros = np.array([pieza.clave for pieza in self.piezas], dtype=np.int64)
        self.padres: Enteros = _claves_o_nada(pieza.padre for pieza in self.piezas)
        self.municipios: Enteros = _claves_o_nada(pieza.municipio for pieza in self.piezas)
        self._en_metros: dict[tuple[int, int], shapely.Geometry] = {}
        self._halos: dict[tuple[int, int, float], shapely.Geometry] = {}
        self._por_clave = np.argsort(self.claves)

    def lugar_de(self, claves: Enteros) -> Enteros:
        """El índice de cada clave. Todas deben ser de este nivel."""
        return self._por_clave[np.searchsorted(self.claves, claves, sorter=self._por_clave)]

    def __len__(self) -> int:
        return len(self.piezas)

    # --- Un punto -----------------------------------------------------------------------------------------------------
    def toques(self, lon: float, lat: float) -> Toques:
        if not self.piezas:
            return SIN_TOQUES
        vecinas = self._de_la_celda(lon, lat)
        tocan: list[Candidata] = []
        algo_lo_contiene = False
        for indice, oeste, sur, este, norte in vecinas:
            if oeste <= lon <= este and sur <= lat <= norte:
                forma = self.formas[indice]
                if shapely.contains_xy(forma, lon, lat):
                    algo_lo_contiene = True
                    tocan.append(self._candidata(indice))
                elif shapely.intersects_xy(forma, lon, lat):
                    tocan.append(self._candidata(indice, en_borde=True))
        return Toques(tocan, () if algo_lo_contiene else self._cerca(lon, lat, vecinas))

    def _de_la_celda(self, lon: float, lat: float) -> list[Vecina]:
        """Las áreas que rodean el punto: las de su celda de un centésimo de grado y de 50 m más allá. Se recuerda."""
        celda = (math.floor(lon * CELDAS_POR_GRADO), math.floor(lat * CELDAS_POR_GRADO))
        vecinas = self._celdas.get(celda)
        if vecinas is None:
            oeste, sur = celda[0] / CELDAS_POR_GRADO, celda[1] / CELDAS_POR_GRADO
            lado = 1 / CELDAS_POR_GRADO + HOLGURA
            ancho, alto = _margen(*reglas.metros_por_grado(min(abs(lat) + 2 * lado, 90.0)))
            caja = shapely.box(oeste - ancho - HOLGURA, sur - alto - HOLGURA, oeste + lado + ancho, sur + lado + alto)
            indices = self.arbol.query(caja).tolist()
            vecinas = [(indice, *self.cajas[indice]) for indice in indices]
            if len(self._celdas) > CELDAS_EN_MEMORIA:
                self._celdas.clear()
            self._celdas[celda] = vecinas
        return vecinas

    def _candidata(self, indice: int, *, en_borde: bool = False, metros: float = 0.0) -> Candidata:
        pieza = self.piezas[indice]
        return Candidata(
            pieza.clave, indice, float(self.superficies[indice]), en_borde, metros, pieza.padre, pieza.municipio
        )

    def _cerca(self, lon: float, lat: float, vecinas: "list[Vecina]") -> list[Candidata]:
        marco = reglas.marco_de(lat)
        por_lon, por_lat = reglas.escala_de(marco)
        ancho, alto = _margen(por_lon, por_lat)
        x, y = lon * por_lon, lat * por_lat
        posibles = [
            indice
            for indice, oeste, sur, este, norte in vecinas
            if oeste - ancho <= lon <= este + ancho
            and sur - alto <= lat <= norte + alto
            and shapely.contains_xy(self._halo(indice, marco), x, y)
        ]
        if not posibles:
            return []
        en_metros = shapely.Point(x, y)
        formas = [(indice, self._a_metros(indice, marco)) for indice in posibles]
        return [
            self._candidata(indice, metros=float(shapely.distance(forma, en_metros)))
            for indice, forma in formas
            if shapely.dwithin(forma, en_metros, METROS_DE_CERCANIA)
        ]

    def _a_metros(self, indice: int, marco: int) -> shapely.Geometry:
        """El polígono en metros, con la escala de la franja del punto; se recuerda."""
        forma = self._en_metros.get((indice, marco))
        if forma is None:
            escala = np.array(reglas.escala_de(marco))
            forma = shapely.transform(self.formas[indice], lambda puntos: puntos * escala)
            shapely.prepare(forma)
            if len(self._en_metros) > 5000:
                self._en_metros.clear()
            self._en_metros[indice, marco] = forma
        return forma

    def _halo(self, indice: int, marco: int) -> shapely.Geometry:
        """El polígono en metros, agrandado algo más que METROS_DE_CERCANIA: lo de afuera seguro que no está cerca."""
        # Con 8 lados por cuarto, el arco se queda corto en 0,5 %: por eso el 2 % de más.
        return self._agrandado(indice, marco, METROS_DE_CERCANIA * 1.02)

    def _nucleo(self, indice: int, marco: int) -> shapely.Geometry:
        """El polígono en metros, agrandado algo menos: lo de adentro seguro que está cerca."""
        return self._agrandado(indice, marco, METROS_DE_CERCANIA * 0.99)

    def _agrandado(self, indice: int, marco: int, metros: float) -> shapely.Geometry:
        forma = self._halos.get((indice, marco, metros))
        if forma is None:
            forma = shapely.buffer(self._a_metros(indice, marco), metros, quad_segs=8)
            shapely.prepare(forma)
            if len(self._halos) > 10_000:
                self._halos.clear()
            self._halos[indice, marco, metros] = forma
        return forma

    # --- Muchos puntos ------------------------------------------------------------------------------------------------
    def encuentros(self, lons: Reales, lats: Reales) -> "tuple[Enteros, Enteros, Enteros, Enteros]":
        """Qué áreas contienen cada punto, sin repetir trabajo.

        Devuelve (seguro, puntos, indices, dudosos): `seguro[i]` es el índice del área si su cuadro está entero en ella
        (o -1); `puntos` e `indices` son los demás pares (punto, área que lo contiene); `dudosos`, los puntos que no
        están en ninguna pero tampoco en un cuadro lejos de todas.
        """
        seguro: Enteros = np.full(len(lons), NADA, dtype=np.int64)
        if not self.piezas or not len(lons):
            vacio: Enteros = np.empty(0, dtype=np.int64)
            return seguro, vacio, vacio, vacio
        if len(lons) < PUNTOS_PARA_GRILLA:
            puntos, indices = self.arbol.query(shapely.points(lons, lats), predicate="within")
            return seguro, puntos, indices, np.setdiff1d(np.arange(len(lons)), puntos)
        pares: list[tuple[Enteros, Enteros]] = []
        por_mirar = np.zeros(len(lons), dtype=bool)
        for grilla in self._grillas:
            hallados, puntos, indices, mirar = grilla.repartir(lons, lats)
            nuevos = hallados >= 0
            # Dos municipios dibujados uno sobre otro: el segundo hallazgo del mismo punto va como par aparte.
            otra_vez = np.flatnonzero(nuevos & (seguro >= 0))
            if len(otra_vez):
                pares.append((otra_vez, hallados[otra_vez]))
                nuevos[otra_vez] = False
            seguro[nuevos] = hallados[nuevos]
            pares.append((puntos, indices))
            por_mirar |= mirar
        puntos = np.concatenate([par[0] for par in pares])
        indices = np.concatenate([par[1] for par in pares])
        por_mirar &= seguro < 0
        por_mirar[puntos] = False
        return seguro, puntos, indices, np.flatnonzero(por_mirar)

    @cached_property
    def _grillas(self) -> "list[Grilla]":
        """Una por municipio: los hay a cientos de kilómetros y con cientos de OTB cada uno."""
        grupos: dict[int | None, list[int]] = {}
        for indice, pieza in enumerate(self.piezas):
            grupos.setdefault(pieza.municipio, []).append(indice)
        return [Grilla(self.formas, np.array(indices, dtype=np.int64)) for indices in grupos.values()]

    def que_tocan(self, lons: Reales, lats: Reales) -> Enteros:
        """Cuáles de esos puntos están justo en el borde de algo."""
        if not self.piezas or not len(lons):
            return np.empty(0, dtype=np.int64)
        puntos, _ = self.arbol.query(shapely.points(lons, lats), predicate="intersects")
        return np.unique(puntos)

    def cercanas(self, lons: Reales, lats: Reales) -> "tuple[Enteros, Enteros, Reales]":
        """Pares (punto, índice, metros) a METROS_DE_CERCANIA o menos. Los metros solo se miden donde hay que elegir:
        el punto que tiene una sola área cerca lleva 1, o 0 si está en su borde."""
        puntos, indices = self._vecinas(lons, lats)
        marcos = np.floor(lats * reglas.MARCOS_POR_GRADO + 0.5).astype(np.int64)
        unicos = np.unique(marcos)
        escalas = np.array([reglas.escala_de(int(marco)) for marco in unicos]).reshape(-1, 2)
        por_lon, por_lat = escalas[np.searchsorted(unicos, marcos)].T
        x, y = lons * por_lon, lats * por_lat
        # Cada polígono se lleva a metros una vez por franja.
        pares = indices * 100_000 + marcos[puntos]
        distintos, lugar = np.unique(pares, return_inverse=True)
        primeros = np.zeros(len(distintos), dtype=np.int64)
        primeros[lugar] = np.arange(len(pares))
        cuales = [(int(indices[par]), int(marcos[puntos[par]])) for par in primeros]
        # De lo barato a lo caro: el halo de afuera descarta casi todo, el de adentro confirma casi todo lo demás y la
        # distancia exacta decide lo que queda entre los dos.
        halos = _objetos(self._halo(*cual) for cual in cuales)
        posibles = shapely.contains_xy(halos[lugar], x[puntos], y[puntos])
        puntos, indices, lugar = puntos[posibles], indices[posibles], lugar[posibles]
        nucleos = _objetos(self._nucleo(*cual) for cual in cuales)
        dentro = shapely.contains_xy(nucleos[lugar], x[puntos], y[puntos])
        formas = _objetos(self._a_metros(*cual) for cual in cuales)
        faltan = np.flatnonzero(~dentro)
        en_metros = shapely.points(x[puntos[faltan]], y[puntos[faltan]])
        dentro[faltan] = shapely.dwithin(formas[lugar[faltan]], en_metros, METROS_DE_CERCANIA)
        puntos, indices, lugar = puntos[dentro], indices[dentro], lugar[dentro]
        metros = np.ones(len(puntos))
        metros[shapely.intersects_xy(self.formas[indices], lons[puntos], lats[puntos])] = 0.0
        varias = np.flatnonzero((np.bincount(puntos, minlength=len(lons))[puntos] > 1) & (metros > 0))
        metros[varias] = shapely.distance(formas[lugar[varias]], shapely.points(x[puntos[varias]], y[puntos[varias]]))
        return puntos, indices, metros

    def _vecinas(self, lons: Reales, lats: Reales) -> tuple[Enteros, Enteros]:
        """Pares (punto, índice) entre los que están todos los cercanos."""
        vacio: Enteros = np.empty(0, dtype=np.int64)
        if not self.piezas or not len(lons):
            return vacio, vacio
        if "_grillas" in self.__dict__:
            pares = [grilla.vecinas(lons, lats) for grilla in self._grillas]
            return np.concatenate([par[0] for par in pares]), np.concatenate([par[1] for par in pares])
        ancho, alto = _margen(*reglas.metros_por_grado(float(np.abs(lats).max())))
        return tuple(self.arbol.query(shapely.box(lons - ancho, lats - alto, lons + ancho, lats + alto)))


class Grilla:
    """Cuadros sobre un grupo de áreas: enteros dentro de una, lejos de todas, o dudosos con sus candidatas."""

    def __init__(self, formas: Any, indices: Enteros) -> None:
        self.formas = formas[indices]
        self.indices = indices
        arbol = shapely.STRtree(self.formas)
        oeste, sur, este, norte = shapely.total_bounds(self.formas)
        ancho, alto = _margen(*reglas.metros_por_grado(max(abs(sur), abs(norte))))
        self.margen = np.array([ancho, alto])
        self.origen = np.array([oeste, sur]) - self.margen
        self.tamano = np.array([este, norte]) + self.margen - self.origen
        etiquetas = np.full((1, 1), DUDOSO, dtype=np.int64)
        for lado in LADOS:
            factor = lado // len(etiquetas)
            etiquetas = etiquetas.repeat(factor, axis=0).repeat(factor, axis=1)
            filas, columnas = np.nonzero(etiquetas == DUDOSO)
            suyas, candidatas = self._mirar(arbol, filas, columnas, lado)
            etiquetas[filas, columnas] = suyas
        self.lado = LADOS[-1]
        # Los cuadros dudosos se numeran; `desde` dice dónde empiezan las candidatas de cada uno.
        dudosos = np.flatnonzero(suyas == DUDOSO)
        numero = np.full(len(suyas), NADA)
        numero[dudosos] = np.arange(len(dudosos))
        cuadros, areas = candidatas
        cuadros, areas = numero[cuadros[numero[cuadros] >= 0]], areas[numero[cuadros] >= 0]
        orden = np.argsort(cuadros, kind="stable")
        self.candidatas = areas[orden]
        self.desde = np.searchsorted(cuadros[orden], np.arange(len(dudosos) + 1))
        etiquetas[filas[dudosos], columnas[dudosos]] = DUDOSO - np.arange(len(dudosos))
        self.etiquetas: Enteros = etiquetas.ravel()
        self.arbol, self.dudosos = arbol, (filas[dudosos], columnas[dudosos])

    def _cajas(self, filas: Enteros, columnas: Enteros, lado: int, holgura: Any) -> Any:
        paso = self.tamano / lado
        x, y = self.origen[0] + columnas * paso[0], self.origen[1] + filas * paso[1]
        return shapely.box(x - holgura[0], y - holgura[1], x + paso[0] + holgura[0], y + paso[1] + holgura[1])

    def _mirar(
        self, arbol: shapely.STRtree, filas: Enteros, columnas: Enteros, lado: int
    ) -> tuple[Enteros, tuple[Enteros, Enteros]]:
        """La etiqueta de cada cuadro y sus pares (cuadro, área que lo toca)."""
        propias = self._cajas(filas, columnas, lado, (HOLGURA, HOLGURA))
        cuadros, areas = arbol.query(propias, predicate="intersects")
        cuantas = np.bincount(cuadros, minlength=len(filas))
        etiquetas = np.full(len(filas), DUDOSO, dtype=np.int64)
        solas = cuantas[cuadros] == 1
        enteros = shapely.contains_properly(self.formas[areas[solas]], propias[cuadros[solas]])
        etiquetas[cuadros[solas][enteros]] = areas[solas][enteros]
        vacios = np.flatnonzero(cuantas == 0)
        con_vecina, _ = arbol.query(
            self._cajas(filas[vacios], columnas[vacios], lado, self.margen), predicate="intersects"
        )
        lejanos = np.ones(len(vacios), dtype=bool)
        lejanos[con_vecina] = False
        etiquetas[vacios[lejanos]] = LEJOS
        return etiquetas, (cuadros, areas)

    def repartir(self, lons: Reales, lats: Reales) -> "tuple[Enteros, Enteros, Enteros, Any]":
        """(área segura o -1, pares punto-área, y qué puntos están en un cuadro dudoso)."""
        seguro: Enteros = np.full(len(lons), NADA, dtype=np.int64)
        mirar = np.zeros(len(lons), dtype=bool)
        puntos: list[Enteros] = []
        areas: list[Enteros] = []
        for desde in range(0, len(lons), TANDA):
            x, y = lons[desde : desde + TANDA], lats[desde : desde + TANDA]
            etiqueta = self._etiquetas_de(x, y)
            llanos = etiqueta >= 0
            seguro[desde : desde + TANDA][llanos] = self.indices[etiqueta[llanos]]
            dudosos = np.flatnonzero(etiqueta <= DUDOSO)
            mirar[desde + dudosos] = True
            de_punto, de_area = self._probar(x, y, dudosos, DUDOSO - etiqueta[dudosos])
            puntos.append(de_punto + desde)
            areas.append(self.indices[de_area])
        return seguro, np.concatenate(puntos), np.concatenate(areas), mirar

    @cached_property
    def _vecinas(self) -> tuple[Enteros, Enteros]:
        """(desde, áreas): las que están a METROS_DE_CERCANIA o menos de cada cuadro dudoso."""
        cajas = self._cajas(*self.dudosos, self.lado, self.margen)
        cuadros, areas = self.arbol.query(cajas, predicate="intersects")
        orden = np.argsort(cuadros, kind="stable")
        return np.searchsorted(cuadros[orden], np.arange(len(cajas) + 1)), areas[orden]

    def vecinas(self, lons: Reales, lats: Reales) -> tuple[Enteros, Enteros]:
        """Pares (punto, índice) que podrían estar a METROS_DE_CERCANIA: faltan medir, pero no falta ninguno."""
        etiqueta = self._etiquetas_de(lons, lats)
        dudosos = np.flatnonzero(etiqueta <= DUDOSO)
        puntos, areas = _repartir(*self._vecinas, dudosos, DUDOSO - etiqueta[dudosos])
        return puntos, self.indices[areas]

    def _etiquetas_de(self, x: Reales, y: Reales) -> Enteros:
        columna = (x - self.origen[0]) * (self.lado / self.tamano[0])
        fila = (y - self.origen[1]) * (self.lado / self.tamano[1])
        en_caja = (columna >= 0) & (columna < self.lado) & (fila >= 0) & (fila < self.lado)
        if en_caja.all():
            return self.etiquetas[fila.astype(np.int64) * self.lado + columna.astype(np.int64)]
        etiquetas = np.full(len(x), LEJOS, dtype=self.etiquetas.dtype)
        etiquetas[en_caja] = self.etiquetas[
            fila[en_caja].astype(np.int64) * self.lado + columna[en_caja].astype(np.int64)
        ]
        return etiquetas

    def _probar(self, x: Reales, y: Reales, dudosos: Enteros, cuadros: Enteros) -> tuple[Enteros, Enteros]:
        """Los pares (punto, área) de verdad: cada polígono se prueba una vez con todos sus puntos."""
        puntos, areas = _repartir(self.desde, self.candidatas, dudosos, cuadros)
        # Con enteros de 16 bits el orden estable es por cifras: diez veces más rápido.
        orden = np.argsort(areas.astype(np.uint16) if len(self.formas) < 65_536 else areas, kind="stable")
        puntos, areas = puntos[orden], areas[orden]
        px, py = x[puntos], y[puntos]
        dentro = np.zeros(len(puntos), dtype=bool)
        cortes = np.flatnonzero(np.diff(areas)) + 1
        for desde, hasta in zip(np.r_[0, cortes], np.r_[cortes, len(areas)], strict=True):
            if hasta > desde:
                dentro[desde:hasta] = shapely.contains_xy(self.formas[areas[desde]], px[desde:hasta], py[desde:hasta])
        return puntos[dentro], areas[dentro]


def _repartir(desde: Enteros, areas: Enteros, puntos: Enteros, cuadros: Enteros) -> tuple[Enteros, Enteros]:
    """Los pares (punto, área) de unos puntos y las áreas de sus cuadros; las del cuadro c empiezan en desde[c]."""
    cuantas = desde[cuadros + 1] - desde[cuadros]
    lugar = np.arange(cuantas.sum()) - np.repeat(np.cumsum(cuantas) - cuantas, cuantas)
    return np.repeat(puntos, cuantas), areas[np.repeat(desde[cuadros], cuantas) + lugar]


def _margen(por_lon: float, por_lat: float) -> tuple[float, float]:
    """METROS_DE_CERCANIA en grados, con 2 % de más: solo sirve para no perder candidatas."""
    return METROS_DE_CERCANIA * 1.02 / por_lon, METROS_DE_CERCANIA * 1.02 / por_lat


def _objetos(cosas: Iterable[Any]) -> Any:
    lista = list(cosas)
    arreglo = np.empty(len(lista), dtype=object)
    arreglo[:] = lista
    return arreglo


def _claves_o_nada(claves: Iterable[int | None]) -> Enteros:
    return np.array([NADA if clave is None else clave for clave in claves], dtype=np.int64)


class Indice:
    """El territorio entero de un día: los tres niveles y la regla que los une."""

    def __init__(self, piezas: Mapping[str, Sequence[Pieza]]) -> None:
        """`piezas` por nivel (MUNICIPIO, DISTRITO, OTB), con o sin forma; las que no la tienen no se buscan."""
        self.niveles = {tipo: Nivel(piezas.get(tipo, ())) for tipo in (MUNICIPIO, DISTRITO, OTB)}

    def ubicar(self, lon: float, lat: float) -> Decision:
        """La decisión de las reglas para un punto WGS84."""
        distritos, otbs = self.niveles[DISTRITO].toques(lon, lat), self.niveles[OTB].toques(lon, lat)
        # El municipio solo se mira si nada de abajo contiene el punto: si algo lo contiene, él lo dice.
        hace_falta = not (otbs.interiores or distritos.interiores)
        municipios = self.niveles[MUNICIPIO].toques(lon, lat) if hace_falta else SIN_TOQUES
        return reglas.decidir(municipios, distritos, otbs)

    def candidatas(self, lon: float, lat: float) -> list[int]:
        """Claves de todas las áreas, de cualquier nivel, que tocan el punto o están cerca."""
        claves: list[int] = []
        for nivel in self.niveles.values():
            toques = nivel.toques(lon, lat)
            claves += [area.clave for area in (*toques.tocan, *toques.cerca) if area.clave not in claves]
        return claves

    def ubicar_muchos(self, lons: Any, lats: Any, tipo: str) -> Enteros:
        """La clave del área de un nivel para cada punto (o NADA), la misma que daría `ubicar` uno por uno."""
        return _Reparto(self, _reales(lons), _reales(lats)).de(tipo)

    def contar(self, lons: Any, lats: Any, tipo: str) -> dict[int, int]:
        """Cuántos puntos contiene cada área (clave -> cuenta, sin ceros), como `sjoin(predicate="within")`.

        Un punto en un traslape cuenta en cada una de las áreas que lo contienen; uno en un borde, en ninguna.
        """
        nivel = self.niveles[tipo]
        seguro, _, indices, _ = nivel.encuentros(_reales(lons), _reales(lats))
        cuentas = np.bincount(np.concatenate([seguro[seguro >= 0], indices]), minlength=len(nivel))
        return {int(nivel.claves[i]): int(cuentas[i]) for i in np.flatnonzero(cuentas)}


class _Reparto:
    """Las reglas aplicadas a muchos puntos a la vez: lo llano en bloque, y de a uno lo que está en duda de verdad."""

    def __init__(self, indice: Indice, lons: Reales, lats: Reales) -> None:
        self.indice, self.lons, self.lats = indice, lons, lats
        self._decididos: dict[int, Decision] = {}
        self._hechos: dict[str, Enteros] = {}

    def de(self, tipo: str) -> Enteros:
        if tipo not in self._hechos:
            hacer = {OTB: self._otbs, DISTRITO: self._distritos, MUNICIPIO: self._municipios}[tipo]
            self._hechos[tipo] = hacer()
        return self._hechos[tipo]

    def _otbs(self) -> Enteros:
        nivel = self.indice.niveles[OTB]
        todos = np.arange(len(self.lons))
        elegidas, sin_nada, dudosos = self._unicas(nivel, todos)
        claves = _claves_de(nivel, elegidas)
        cercanos = self._mas_cercanas(nivel, sin_nada, dudosos, self._calza_otb)
        claves[cercanos[0]] = nivel.claves[cercanos[1]]
        return self._de_a_uno(claves, dudosos, OTB)

    def _distritos(self) -> Enteros:
        otbs = self.de(OTB)
        nivel, de_otb = self.indice.niveles[DISTRITO], self.indice.niveles[OTB]
        claves: Enteros = np.full(len(self.lons), NADA, dtype=np.int64)
        con_otb = np.flatnonzero(otbs >= 0)
        lugar = de_otb.lugar_de(otbs[con_otb])
        claves[con_otb] = de_otb.padres[lugar]
        por_ver = np.flatnonzero(claves < 0)
        elegidos, sin_nada, dudosos = self._unicas(nivel, por_ver)
        claves[por_ver] = _claves_de(nivel, elegidos)
        # La OTB manda también cuando no dice su distrito: solo puede ser uno de su municipio.
        sueltas = con_otb[(de_otb.padres[lugar] < 0)]
        ajenos = sueltas[claves[sueltas] >= 0]
        choca = nivel.municipios[nivel.lugar_de(claves[ajenos])] != de_otb.municipios[de_otb.lugar_de(otbs[ajenos])]
        claves[ajenos[choca]] = NADA
        dudosos.extend(np.intersect1d(sueltas, sin_nada).tolist())
        sin_nada = np.setdiff1d(sin_nada, sueltas)
        cercanos = self._mas_cercanas(nivel, sin_nada, dudosos, self._calza_distrito)
        claves[cercanos[0]] = nivel.claves[cercanos[1]]
        return self._de_a_uno(claves, dudosos, DISTRITO)

    def _municipios(self) -> Enteros:
        otbs, distritos = self.de(OTB), self.de(DISTRITO)
        nivel = self.indice.niveles[MUNICIPIO]
        claves: Enteros = np.full(len(self.lons), NADA, dtype=np.int64)
        de_otb, de_distrito = self.indice.niveles[OTB], self.indice.niveles[DISTRITO]
        con_otb = np.flatnonzero(otbs >= 0)
        claves[con_otb] = de_otb.municipios[de_otb.lugar_de(otbs[con_otb])]
        con_distrito = np.flatnonzero((distritos >= 0) & (claves < 0))
        claves[con_distrito] = de_distrito.municipios[de_distrito.lugar_de(distritos[con_distrito])]
        por_ver = np.flatnonzero(claves < 0)
        elegidos, sin_nada, dudosos = self._unicas(nivel, por_ver)
        claves[por_ver] = _claves_de(nivel, elegidos)
        cercanos = self._mas_cercanas(nivel, sin_nada, dudosos, lambda puntos, indices: np.ones(len(puntos), bool))
        claves[cercanos[0]] = nivel.claves[cercanos[1]]
        return self._de_a_uno(claves, dudosos, MUNICIPIO)

    def _unicas(self, nivel: Nivel, puntos: Enteros) -> "tuple[Enteros, Enteros, list[int]]":
        """De esos puntos: el índice de la única área que contiene cada uno (o NADA), cuáles no están dentro de ninguna
        pero pueden tocar o tener cerca una, y los que están en varias, que hay que decidir de a uno."""
        seguro, pares, indices, dudosos = nivel.encuentros(self.lons[puntos], self.lats[puntos])
        cuantas = (seguro >= 0).astype(np.int64) + np.bincount(pares, minlength=len(puntos))
        elegidas = seguro.copy()
        elegidas[pares] = indices
        varias = np.flatnonzero(cuantas > 1)
        elegidas[varias] = NADA
        return elegidas, puntos[dudosos], puntos[varias].tolist()

    def _mas_cercanas(
        self, nivel: Nivel, puntos: Enteros, dudosos: list[int], calza: Callable[[Enteros, Enteros], Any]
    ) -> tuple[Enteros, Enteros]:
        """(puntos, índices) de la más cercana que calza.

        Los que están en un borde, o dependen de un nivel dudoso, pasan a `dudosos`.
        """
        pares, indices, metros = nivel.cercanas(self.lons[puntos], self.lats[puntos])
        pares = puntos[pares]
        vale = np.where(metros < MILIMETRO, -1, calza(pares, indices))
        inciertos = np.unique(pares[vale < 0])
        dudosos.extend(inciertos.tolist())
        quedan = (vale > 0) & ~np.isin(pares, inciertos)
        pares, indices, metros = pares[quedan], indices[quedan], metros[quedan]
        orden = np.lexsort((indices, metros, pares))
        pares, primeros = np.unique(pares[orden], return_index=True)
        return pares, indices[orden][primeros]

    def _calza_otb(self, puntos: Enteros, indices: Enteros) -> Any:
        """1 si la OTB cercana es del lugar donde está el punto, 0 si no, -1 si eso mismo está en duda."""
        otbs, distritos = self.indice.niveles[OTB], self.indice.niveles[DISTRITO]
        unicos, lugar = np.unique(puntos, return_inverse=True)
        en_distrito, en_duda = self._situacion(distritos, unicos)
        del_municipio, sin_municipio = self._situacion(self.indice.niveles[MUNICIPIO], unicos)
        en_distrito, del_municipio = en_distrito[lugar], del_municipio[lugar]
        padres, municipios = otbs.padres[indices], otbs.municipios[indices]
        con_distrito = en_distrito >= 0
        vale = (del_municipio < 0) | (municipios == _claves_de(self.indice.niveles[MUNICIPIO], del_municipio))
        de_distrito = _claves_de(distritos, en_distrito)
        su_municipio = (
            np.where(con_distrito, distritos.municipios[en_distrito], NADA) if len(distritos) else de_distrito
        )
        en_el = np.where(padres >= 0, padres == de_distrito, municipios == su_municipio)
        vale = np.where(con_distrito, en_el, vale).astype(np.int64)
        vale[en_duda[lugar] | (~con_distrito & sin_municipio[lugar])] = -1
        return vale

    def _calza_distrito(self, puntos: Enteros, indices: Enteros) -> Any:
        municipios = self.indice.niveles[MUNICIPIO]
        unicos, lugar = np.unique(puntos, return_inverse=True)
        dentro, en_duda = self._situacion(municipios, unicos)
        dentro = dentro[lugar]
        suyo = self.indice.niveles[DISTRITO].municipios[indices]
        vale = ((dentro < 0) | (suyo == _claves_de(municipios, dentro))).astype(np.int64)
        vale[en_duda[lugar]] = -1
        return vale

    def _situacion(self, nivel: Nivel, puntos: Enteros) -> tuple[Enteros, Any]:
        """El índice del área única que contiene cada punto (o NADA) y cuáles están en duda (varias, o en un borde)."""
        elegidas, sin_nada, varias = self._unicas(nivel, puntos)
        en_borde = sin_nada[nivel.que_tocan(self.lons[sin_nada], self.lats[sin_nada])]
        return elegidas, np.isin(puntos, [*varias, *en_borde.tolist()])

    def _de_a_uno(self, claves: Enteros, dudosos: Iterable[int], tipo: str) -> Enteros:
        for punto in set(dudosos):
            decision = self._decididos.get(punto)
            if decision is None:
                decision = self.indice.ubicar(float(self.lons[punto]), float(self.lats[punto]))
                self._decididos[punto] = decision
            elegida: int | None = getattr(decision, tipo)
            claves[punto] = NADA if elegida is None else elegida
        return claves


def _claves_de(nivel: Nivel, indices: Enteros) -> Enteros:
    """Las claves de esos índices; NADA queda NADA."""
    if not len(nivel):
        return np.full(len(indices), NADA, dtype=np.int64)
    return np.where(indices >= 0, nivel.claves[indices], NADA)


def _reales(valores: Any) -> Reales:
    return np.ascontiguousarray(valores, dtype=np.float64)
