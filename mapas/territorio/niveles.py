"""Las áreas de un tipo (municipio, distrito u OTB) en memoria: cuáles tocan un punto o un millón, y cuáles están cerca.

No conoce la base de datos: recibe piezas con su forma. Los polígonos se prueban siempre con los mismos predicados
exactos de GEOS, así que las cuentas son las de `geopandas.sjoin`.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely

from mapas.territorio import reglas
from mapas.territorio.grilla import HOLGURA, NADA, Enteros, Grilla, Reales, margen
from mapas.territorio.reglas import METROS_DE_CERCANIA, Candidata, Toques

# Desde cuántos puntos conviene armar la grilla.
PUNTOS_PARA_GRILLA = 20_000
SIN_TOQUES = Toques()
CELDAS_POR_GRADO = 100
CELDAS_EN_MEMORIA = 20_000
Vecina = tuple[int, float, float, float, float]
"""(índice, oeste, sur, este, norte) de un área."""


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
            ancho, alto = margen(*reglas.metros_por_grado(min(abs(lat) + 2 * lado, 90.0)))
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
        ancho, alto = margen(por_lon, por_lat)
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
        ancho, alto = margen(*reglas.metros_por_grado(float(np.abs(lats).max())))
        return tuple(self.arbol.query(shapely.box(lons - ancho, lats - alto, lons + ancho, lats + alto)))


def _objetos(cosas: Iterable[Any]) -> Any:
    lista = list(cosas)
    arreglo = np.empty(len(lista), dtype=object)
    arreglo[:] = lista
    return arreglo


def _claves_o_nada(claves: Iterable[int | None]) -> Enteros:
    return np.array([NADA if clave is None else clave for clave in claves], dtype=np.int64)
