"""Dónde está un punto: la regla, pura y escrita una vez.

En cada nivel (municipio, distrito, organización de base):

1. Si el punto cae dentro de una sola área, es esa («dentro»).
2. Si cae dentro de varias (áreas que se traslapan), gana la más pequeña; a igual superficie, la de código menor
   («traslape»).
3. Si cae justo en el borde de una o más, gana la de código menor («borde»).
4. Si no toca ninguna pero hay una a METROS_DE_CERCANIA o menos, es la más cercana; a igual distancia, la de código
   menor («cercano»).
5. Si no, ninguna («ninguno»).

Los niveles nunca se contradicen, y manda el más fino que sea seguro:

- La OTB que contiene el punto dice su distrito y su municipio, aunque el dibujo del distrito diga otra cosa. Para la
  vecina la OTB es lo que conoce: ahí está su asamblea, su directiva y su padrón, y su distrito es el de su registro;
  quitársela porque dos dibujos no calzan la dejaría sin lugar. El choque no se calla: queda en `motivos` y va a la cola
  de dudas, donde decide una persona.
- Una OTB que solo roza el punto (borde, cercanía) no manda: vale si es del distrito que contiene el punto. Entre varias
  que se traslapan se prefieren las de ese distrito.
- Cuando el distrito es el dudoso (borde, traslape, cercanía), sigue al de la OTB hallada. Lo mismo el municipio.

`regla` dice cómo se decidió el nivel más fino que se halló: la OTB; si no hay, el distrito; si no, el municipio.
"""

import math
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

DENTRO, BORDE, TRASLAPE, CERCANO, NINGUNO = "dentro", "borde", "traslape", "cercano", "ninguno"
# Además de borde, traslape y cercano, por qué la regla no pudo decidir sola.
DISCREPANCIA, DISPUTA, OTRA = "discrepancia", "disputa", "otra"
METROS_DE_CERCANIA = 50.0
MARCOS_POR_GRADO = 4


class Candidata(NamedTuple):
    """Un área que toca el punto o está cerca de él.

    `clave` la identifica entre las de su nivel; `orden` es su lugar por código (y, a igual código, por municipio);
    `superficie` en grados cuadrados, solo para comparar; `padre` y `municipio`, las claves de los suyos.
    """

    clave: int
    orden: int
    superficie: float = 0.0
    en_borde: bool = False
    metros: float = 0.0
    padre: int | None = None
    municipio: int | None = None


class Toques(NamedTuple):
    """Lo que un nivel dice de un punto: áreas que lo tocan y, si ninguna lo contiene, las que están cerca."""

    tocan: Sequence[Candidata] = ()
    cerca: Sequence[Candidata] = ()

    @property
    def interiores(self) -> list[Candidata]:
        return [area for area in self.tocan if not area.en_borde]

    @property
    def posibles(self) -> list[Candidata]:
        """Las que contienen el punto o, si ninguna, las que lo tienen en su borde."""
        return self.interiores or list(self.tocan)


class Decision(NamedTuple):
    """Claves de las áreas elegidas (o None), la regla del nivel más fino y por qué convendría que alguien la mire."""

    municipio: int | None
    distrito: int | None
    otb: int | None
    regla: str
    motivos: tuple[str, ...] = ()


def elegir(toques: Toques, vale: Callable[[Candidata], bool] = lambda area: True) -> tuple[Candidata | None, str]:
    """El área elegida en un nivel y la regla que decidió. `vale` dice cuáles calzan con el nivel de arriba."""
    interiores = toques.interiores
    if interiores:
        calzan = [area for area in interiores if vale(area)] or interiores
        elegida = min(calzan, key=lambda area: (area.superficie, area.orden))
        return elegida, DENTRO if len(interiores) == 1 else TRASLAPE
    bordes = [area for area in toques.tocan if vale(area)]
    if bordes:
        return min(bordes, key=lambda area: area.orden), BORDE
    cerca = [area for area in toques.cerca if area.metros <= METROS_DE_CERCANIA and vale(area)]
    if cerca:
        return min(cerca, key=lambda area: (area.metros, area.orden)), CERCANO
    return None, NINGUNO


def decidir(municipios: Toques, distritos: Toques, otbs: Toques) -> Decision:
    """Municipio, distrito y OTB de un punto, coherentes entre sí."""
    if not (otbs.tocan or otbs.cerca or distritos.tocan or distritos.cerca):
        solo, regla = elegir(municipios)
        return Decision(solo.clave if solo else None, None, None, regla, _motivos(regla))
    otb, regla_otb = elegir(otbs, _que_calza(distritos, municipios))
    distrito, regla_distrito = _distrito_de(otb, distritos, municipios)
    municipio, regla_municipio = elegir(municipios)
    de_abajo = otb.municipio if otb else distrito[1] if distrito else None
    if otb is not None:
        regla = regla_otb
    elif distrito is not None:
        regla = regla_distrito
    else:
        regla = regla_municipio
    motivos = _motivos(regla)
    interiores = [area.clave for area in distritos.interiores]
    if otb is not None and otb.padre is not None and interiores and otb.padre not in interiores:
        motivos = (*motivos, DISCREPANCIA)
    return Decision(
        municipio=de_abajo if de_abajo is not None else municipio.clave if municipio else None,
        distrito=distrito[0] if distrito else None,
        otb=otb.clave if otb else None,
        regla=regla,
        motivos=motivos,
    )


def _motivos(regla: str) -> tuple[str, ...]:
    return (regla,) if regla in (BORDE, TRASLAPE, CERCANO) else ()


def _que_calza(distritos: Toques, municipios: Toques) -> Callable[[Candidata], bool]:
    """Si una OTB es del distrito (o, sin distrito, del municipio) donde está el punto; sin ninguno, calzan todas."""
    de_distrito = {area.clave for area in distritos.posibles}
    de_municipio: Collection[int | None] = {area.municipio for area in distritos.posibles} or {
        area.clave for area in municipios.posibles
    }

    def calza(otb: Candidata) -> bool:
        if de_distrito and otb.padre is not None:
            return otb.padre in de_distrito
        return not de_municipio or otb.municipio in de_municipio

    return calza


def _distrito_de(
    otb: Candidata | None, distritos: Toques, municipios: Toques
) -> tuple[tuple[int, int | None] | None, str]:
    """(clave y municipio del distrito, su regla): el de la OTB hallada o, si no lo dice, el del punto."""
    if otb is not None and otb.padre is not None:
        return (otb.padre, otb.municipio), DENTRO
    del_municipio = {otb.municipio} if otb is not None else {area.clave for area in municipios.posibles}
    distrito, regla = elegir(distritos, lambda area: not del_municipio or area.municipio in del_municipio)
    if distrito is None or (otb is not None and distrito.municipio != otb.municipio):
        return None, NINGUNO
    return (distrito.clave, distrito.municipio), regla


def metros_por_grado(lat: float) -> tuple[float, float]:
    """Metros que mide un grado de longitud y uno de latitud sobre el elipsoide WGS84 a esa latitud.

    Fórmulas de los radios de curvatura del meridiano y del primer vertical (Snyder, «Map Projections», 1987, p. 24).
    """
    a, e2 = 6_378_137.0, 0.006_694_379_990_14
    seno = math.sin(math.radians(lat))
    raiz = math.sqrt(1 - e2 * seno * seno)
    este_oeste = math.radians(1) * a * math.cos(math.radians(lat)) / raiz
    norte_sur = math.radians(1) * a * (1 - e2) / raiz**3
    return max(este_oeste, 1.0), norte_sur


def marco_de(lat: float) -> int:
    """La franja de un cuarto de grado a la que pertenece un punto: dentro de ella la escala cambia menos de 0,2 %."""
    return math.floor(lat * MARCOS_POR_GRADO + 0.5)


def escala_de(marco: int) -> tuple[float, float]:
    """`metros_por_grado` en el centro de una franja."""
    return metros_por_grado(marco / MARCOS_POR_GRADO)
