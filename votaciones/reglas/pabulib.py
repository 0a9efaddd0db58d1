"""Leer elecciones en formato Pabulib (.pb): un CSV con «;» en tres secciones, META, PROJECTS y VOTES."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

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
    """Lee un .pb abierto con `encoding="utf-8-sig", newline=""`; lanza ValueError si no sigue el formato.

    Papeletas iguales son el mismo objeto. La aprobación vale 1 por proyecto; «cumulative» y «scoring», sus puntos;
    «ordinal», largo menos posición.
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
    try:
        return _armar(filas)
    except (KeyError, ValueError, InvalidOperation) as error:
        raise ValueError(f"El archivo no sigue el formato Pabulib: {error}.") from error


def _armar(filas: Mapping[str, list[dict[str, str]]]) -> Eleccion:
    meta = {fila["key"].strip(): fila["value"].strip() for fila in filas["META"]}
    costos = {fila["project_id"].strip(): _centavos(fila["cost"]) for fila in filas["PROJECTS"]}
    if not costos or "budget" not in meta or "vote_type" not in meta:
        raise ValueError("faltan proyectos, presupuesto (budget) o tipo de papeleta (vote_type)")
    _centavos(meta["budget"])
    # Miles de papeletas traen el mismo texto: cada texto se entiende una sola vez.
    vistas: dict[tuple[str, str], Papeleta] = {}
    papeletas = []
    for fila in filas["VOTES"]:
        texto = (fila["vote"], fila.get("points") or "")
        if texto not in vistas:
            vistas[texto] = _papeleta(*texto, meta["vote_type"])
        papeletas.append(vistas[texto])
    return Eleccion(meta, costos, papeletas)


def _papeleta(voto: str, puntos: str, tipo: str) -> Papeleta:
    ids = _ids(voto)
    if tipo in {"cumulative", "scoring"}:
        return {proyecto: int(cuantos) for proyecto, cuantos in zip(ids, _ids(puntos), strict=True)}
    if tipo == "ordinal":
        return {proyecto: len(ids) - lugar for lugar, proyecto in enumerate(ids)}
    return ids
