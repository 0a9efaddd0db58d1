"""El territorio en memoria: responde dónde está un punto, o un millón, con las reglas de mapas/territorio/reglas.py.

No conoce la base de datos: recibe piezas con su forma. Un punto suelto se busca en un árbol (STRtree). Muchos puntos se
reparten en una grilla que ya sabe qué cuadros están enteros dentro de una sola área, o lejos de todas; solo los puntos
de los demás cuadros se prueban contra los polígonos, agrupados por polígono. Los polígonos se prueban siempre con los
mismos predicados exactos de GEOS, así que las cuentas son las de `geopandas.sjoin`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from mapas.territorio import reglas
from mapas.territorio.grilla import NADA, Enteros, Reales
from mapas.territorio.niveles import SIN_TOQUES, Nivel, Pieza
from mapas.territorio.reglas import Decision

__all__ = ["DISTRITO", "MUNICIPIO", "NADA", "OTB", "Indice", "Nivel", "Pieza"]

MUNICIPIO, DISTRITO, OTB = "municipio", "distrito", "otb"
# Más cerca que esto, el punto puede estar justo en el borde.
MILIMETRO = 0.001


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
