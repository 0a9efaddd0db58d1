"""A qué área pertenece cada una: la que dice su campo o la que más superficie comparte."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape

from civic.comun.texto import para_buscar
from mapas.territorio.importador.filas import Fila, como_texto
from mapas.territorio.importador.piezas import Pedido


def buscar_padres(filas: list[Fila], pedido: Pedido) -> list[dict[str, Any]]:
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
