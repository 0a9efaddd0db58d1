"""Elecciones en formato Pabulib (.pb): un CSV con «;» en tres secciones, META, PROJECTS y VOTES.

`leer` da lo que hace falta para contar; `leer_tablas` y `escribir`, el archivo entero, columna por columna. Formato:
pabulib.org/format.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from votaciones.reglas.comun import Id, Papeleta, agrupar, sumar

SECCIONES = ("META", "PROJECTS", "VOTES")
# Los de la aprobación con tope de dinero son «approval» con max_sum_cost.
TIPOS = ("approval", "choose-1", "cumulative", "scoring", "ordinal")
CON_PUNTOS = ("cumulative", "scoring")
_SIN_PUNTAJE = ("approval", "choose-1")
META = (
    *("description", "country", "unit", "district", "subunit", "instance", "num_projects", "num_votes", "budget"),
    *("vote_type", "rule", "date_begin", "date_end", "min_length", "max_length", "min_sum_cost", "max_sum_cost"),
    *("min_points", "max_points", "min_sum_points", "max_sum_points", "default_score", "min_project_cost"),
    *("max_project_cost", "min_project_score_threshold", "neighborhoods", "subdistricts", "categories", "edition"),
    *("language", "currency", "fully_funded", "experimental", "comment", "acknowledgments"),
)
PROYECTO = (
    *("project_id", "cost", "votes", "score", "name", "category", "beneficiaries", "selected", "neighborhood"),
    *("subunit", "district", "description", "proposer", "public_id", "latitude", "longitude"),
)


@dataclass(frozen=True)
class Tabla:
    """Una sección: los nombres de sus columnas y sus filas, todo como texto."""

    columnas: tuple[str, ...]
    filas: list[tuple[str, ...]]

    def dicts(self) -> Iterator[dict[str, str]]:
        return (dict(zip(self.columnas, fila, strict=False)) for fila in self.filas)


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


# Más que esto no es un presupuesto sino un archivo dañado (o uno hecho para llenar la memoria).
_TOPE = Decimal(10) ** 15


def _centavos(texto: str) -> int:
    monto = Decimal(texto.strip().replace(",", "."))
    if not -_TOPE < monto < _TOPE:  # tampoco infinito
        raise ValueError(f"el monto {texto.strip()[:20]} no se puede contar")
    return int(monto * 100)


def _ids(texto: str) -> list[str]:
    # El estándar las escribe sin espacios, pero hay archivos que los traen.
    return [parte.strip() for parte in texto.split(",") if parte.strip()]


def leer_tablas(lineas: Iterable[str]) -> dict[str, Tabla]:
    """{sección: su tabla} de un .pb abierto con `encoding="utf-8-sig", newline=""`, sin interpretar nada."""
    filas: dict[str, list[tuple[str, ...]]] = {seccion: [] for seccion in SECCIONES}
    columnas: dict[str, tuple[str, ...]] = {}
    seccion = ""
    for fila in csv.reader(lineas, delimiter=";"):
        if len(fila) == 1 and fila[0].strip().upper() in SECCIONES:
            seccion = fila[0].strip().upper()
        elif not any(fila):
            continue
        elif seccion not in columnas:
            columnas[seccion] = tuple(nombre.strip() for nombre in fila)
        else:
            filas[seccion].append(tuple(fila))
    return {seccion: Tabla(columnas.get(seccion, ()), filas[seccion]) for seccion in SECCIONES}


def escribir(tablas: Mapping[str, Tabla]) -> str:
    """El texto de un .pb con esas tablas; leerlo otra vez con `leer_tablas` da lo mismo."""
    salida = io.StringIO()
    # Todo va entre comillas si hace falta: un nombre puede traer «;», comillas o saltos de línea.
    hoja = csv.writer(salida, delimiter=";", lineterminator="\n")
    for seccion in SECCIONES:
        hoja.writerow([seccion])
        hoja.writerow(tablas[seccion].columnas)
        hoja.writerows(tablas[seccion].filas)
    return salida.getvalue()


def leer(lineas: Iterable[str]) -> Eleccion:
    """Lee un .pb abierto con `encoding="utf-8-sig", newline=""`; lanza ValueError si no sigue el formato.

    Papeletas iguales son el mismo objeto. La aprobación vale 1 por proyecto; «cumulative» y «scoring», sus puntos (y
    `default_score` lo que no se nombra); «ordinal», largo menos posición.
    """
    try:
        return _armar(leer_tablas(lineas))
    except (KeyError, ValueError, InvalidOperation, csv.Error) as error:
        raise ValueError(f"El archivo no sigue el formato Pabulib: {error}.") from error


def _armar(tablas: Mapping[str, Tabla]) -> Eleccion:
    meta = {fila["key"].strip(): fila["value"].strip() for fila in tablas["META"].dicts()}
    costos = {fila["project_id"].strip(): _centavos(fila["cost"]) for fila in tablas["PROJECTS"].dicts()}
    if not costos or "budget" not in meta or "vote_type" not in meta:
        raise ValueError("faltan proyectos, presupuesto (budget) o tipo de papeleta (vote_type)")
    _centavos(meta["budget"])
    supuesto = int(meta.get("default_score", 0)) if meta["vote_type"] == "scoring" else 0
    base: dict[Id, int] = dict.fromkeys(costos, supuesto) if supuesto else {}
    # Miles de papeletas traen el mismo texto: cada texto se entiende una sola vez.
    vistas: dict[tuple[str, str], Papeleta] = {}
    papeletas = []
    for fila in tablas["VOTES"].dicts():
        texto = (fila["vote"], fila.get("points") or "")
        if texto not in vistas:
            vistas[texto] = _papeleta(*texto, meta["vote_type"], base)
        papeletas.append(vistas[texto])
    return Eleccion(meta, costos, papeletas)


def _papeleta(voto: str, puntos: str, tipo: str, base: Mapping[Id, int]) -> Papeleta:
    ids = _ids(voto)
    if tipo in CON_PUNTOS:
        return {**base, **{proyecto: int(cuantos) for proyecto, cuantos in zip(ids, _ids(puntos), strict=True)}}
    if tipo == "ordinal":
        return {proyecto: len(ids) - lugar for lugar, proyecto in enumerate(ids)}
    return ids


def tablas_de(
    tipo: str,
    *,
    meta: Mapping[str, str],
    proyectos: Sequence[Mapping[str, str]],
    papeletas: Sequence[Sequence[str] | Mapping[str, int]],
    ganan: Iterable[str] = (),
) -> dict[str, Tabla]:
    """Las tablas de un .pb a partir de una elección.

    `meta` trae lo propio (description, country, unit, instance, budget, rule, date_begin, date_end y lo que haga falta
    del tipo: max_sum_cost, max_sum_points…); num_projects, num_votes y vote_type se ponen solos. `proyectos` tiene al
    menos project_id y cost. Las papeletas son ids («ordinal»: de más a menos preferida) o, en los tipos con puntos,
    {id: puntos}. Se agregan los votos y puntos de cada proyecto y si está entre `ganan`. Las papeletas se numeran en el
    orden recibido: quien llama ya las barajó. Lanza ValueError con datos imposibles.
    """
    if tipo not in TIPOS:
        raise ValueError(f"Pabulib no conoce papeletas «{tipo}».")
    costos: dict[Id, int] = {fila["project_id"]: _centavos(fila["cost"]) for fila in proyectos}
    if len(costos) != len(proyectos):
        raise ValueError("Hay dos proyectos con el mismo identificador.")
    votos, puntos = _recuento(tipo, costos, papeletas)
    hay_ganadores = set(ganan)
    filas = [
        {**proyecto, "votes": votos[clave], "score": puntos[clave], "selected": int(clave in hay_ganadores)}
        for clave, proyecto in ((proyecto["project_id"], proyecto) for proyecto in proyectos)
    ]
    columnas = _en_orden(PROYECTO, filas[0] if filas else ("project_id", "cost"))
    if tipo in _SIN_PUNTAJE:
        columnas.remove("score")
    cabeza = {**meta, "num_projects": len(proyectos), "num_votes": len(papeletas), "vote_type": tipo}
    return {
        "META": Tabla(("key", "value"), [(clave, str(cabeza[clave])) for clave in _en_orden(META, cabeza)]),
        "PROJECTS": Tabla(tuple(columnas), [tuple(str(fila[columna]) for columna in columnas) for fila in filas]),
        "VOTES": _tabla_de_votos(tipo, papeletas),
    }


def _en_orden(conocidas: Sequence[str], suyas: Iterable[str]) -> list[str]:
    """Las columnas en el orden que pide el formato; las que no conoce, al final."""
    suyas = list(suyas)
    return [c for c in conocidas if c in suyas] + [c for c in suyas if c not in conocidas]


def _recuento(
    tipo: str, costos: Mapping[Id, int], papeletas: Sequence[Sequence[str] | Mapping[str, int]]
) -> tuple[dict[Id, int], dict[Id, int]]:
    for papeleta in papeletas:
        if isinstance(papeleta, Mapping) != (tipo in CON_PUNTOS):
            raise ValueError(f"Una papeleta «{tipo}» {'dice' if tipo in CON_PUNTOS else 'no dice'} puntos.")
        if len(set(papeleta)) != len(papeleta):
            raise ValueError("Una papeleta nombra dos veces el mismo proyecto.")
        if tipo == "choose-1" and len(papeleta) != 1:
            raise ValueError("En «choose-1» cada papeleta nombra un solo proyecto.")
    valen = [_con_valor(tipo, papeleta) for papeleta in papeletas]
    return sumar(costos, agrupar(valen))


def _con_valor(tipo: str, papeleta: Sequence[str] | Mapping[str, int]) -> Papeleta:
    if tipo == "ordinal":
        return {proyecto: len(papeleta) - lugar for lugar, proyecto in enumerate(papeleta)}
    return papeleta


def _tabla_de_votos(tipo: str, papeletas: Sequence[Sequence[str] | Mapping[str, int]]) -> Tabla:
    filas: list[tuple[str, ...]] = []
    for numero, papeleta in enumerate(papeletas, start=1):
        if isinstance(papeleta, Mapping):  # de más a menos puntos, como pide el formato
            orden = sorted(papeleta, key=lambda proyecto: -papeleta[proyecto])
            filas.append((str(numero), ",".join(orden), ",".join(str(papeleta[proyecto]) for proyecto in orden)))
        else:
            filas.append((str(numero), ",".join(papeleta)))
    return Tabla(("voter_id", "vote", *(("points",) if tipo in CON_PUNTOS else ())), filas)
