"""Leer elecciones en formato Pabulib (.pb): un CSV con «;» en tres secciones, META, PROJECTS y VOTES."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from votaciones.reglas.comun import Papeleta

SECCIONES = ("META", "PROJECTS", "VOTES")


@dataclass(frozen=True)
class Eleccion:
    """Una elección leída: datos generales, costos en centavos por id de proyecto (texto) y papeletas con puntos."""

    meta: dict[str, str]
    costos: dict[str, int]
    papeletas: list[Papeleta] = field(default_factory=list)

    @property
    def presupuesto(self) -> int:
        """En centavos."""
        return _centavos(self.meta["budget"])


def _centavos(texto: str) -> int:
    return int(Decimal(texto.strip().replace(",", ".")) * 100)


def _ids(texto: str) -> list[str]:
    # El estándar las escribe sin espacios, pero hay archivos que los traen.
    return [parte.strip() for parte in texto.split(",") if parte.strip()]


def leer(lineas: Iterable[str]) -> Eleccion:
    """Lee un .pb abierto con `encoding="utf-8-sig", newline=""`.

    La aprobación vale 1 por proyecto; «cumulative» y «scoring», sus puntos; «ordinal», largo menos posición.
    """
    filas: dict[str, list[dict[str, str]]] = {seccion: [] for seccion in SECCIONES}
    seccion, cabecera = "", None
    for fila in csv.reader(lineas, delimiter=";"):
        if len(fila) == 1 and fila[0].strip().upper() in SECCIONES:
            seccion, cabecera = fila[0].strip().upper(), None
        elif not any(fila):
            continue
        elif cabecera is None:
            cabecera = [nombre.strip() for nombre in fila]
        else:
            filas[seccion].append(dict(zip(cabecera, fila, strict=False)))
    meta = {fila["key"].strip(): fila["value"].strip() for fila in filas["META"]}
    costos = {fila["project_id"].strip(): _centavos(fila["cost"]) for fila in filas["PROJECTS"]}
    papeletas = [_papeleta(fila, meta["vote_type"]) for fila in filas["VOTES"]]
    return Eleccion(meta, costos, papeletas)


def _papeleta(fila: dict[str, str], tipo: str) -> Papeleta:
    ids = _ids(fila["vote"])
    if tipo in {"cumulative", "scoring"}:
        return {proyecto: int(puntos) for proyecto, puntos in zip(ids, _ids(fila["points"]), strict=True)}
    if tipo == "ordinal":
        return {proyecto: len(ids) - lugar for lugar, proyecto in enumerate(ids)}
    return ids
