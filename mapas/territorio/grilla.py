"""Cuadros sobre un grupo de áreas, para ubicar muchos puntos: cada uno sabe si está entero en una o lejos de todas."""

from functools import cached_property
from typing import Any

import numpy as np
import shapely

from mapas.territorio import reglas
from mapas.territorio.reglas import METROS_DE_CERCANIA

Enteros = np.ndarray[Any, np.dtype[np.int64]]
Reales = np.ndarray[Any, np.dtype[np.float64]]

NADA = -1
TANDA = 1_000_000
# Lados de la grilla en cada vuelta: los cuadros que no se saben se parten y se vuelven a mirar.
LADOS = (16, 64, 256)
LEJOS, DUDOSO = -1, -2
# Un cuadro se agranda esto (0,1 mm) antes de compararlo: así el redondeo nunca pone un punto en el cuadro vecino.
HOLGURA = 1e-9


class Grilla:
    """Cuadros sobre un grupo de áreas: enteros dentro de una, lejos de todas, o dudosos con sus candidatas."""

    def __init__(self, formas: Any, indices: Enteros) -> None:
        self.formas = formas[indices]
        self.indices = indices
        arbol = shapely.STRtree(self.formas)
        oeste, sur, este, norte = shapely.total_bounds(self.formas)
        ancho, alto = margen(*reglas.metros_por_grado(max(abs(sur), abs(norte))))
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


def margen(por_lon: float, por_lat: float) -> tuple[float, float]:
    """METROS_DE_CERCANIA en grados, con 2 % de más: solo sirve para no perder candidatas."""
    return METROS_DE_CERCANIA * 1.02 / por_lon, METROS_DE_CERCANIA * 1.02 / por_lat
