"""Revisar los rasgos de un archivo: qué se acepta, qué no y por qué, y cómo encajan unos con otros.

Nada se repara: un polígono mal trazado se rechaza con su razón y el punto del error (`make_valid` y `buffer(0)` cambian
el territorio sin preguntar, y con un zigzag de 400 vértices tardan minutos). Las cuentas entre polígonos se hacen en
los grados en que se guardan, donde los bordes compartidos son idénticos, y se miden en metros cuadrados en una
proyección de áreas iguales.
"""

from collections import defaultdict
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping, shape

from civic.comun.texto import limpiar, para_buscar
from mapas.territorio.importador import crs as sistemas
from mapas.territorio.importador import topes
from mapas.territorio.importador.encaje import dibujo_de, huecos_de, liviana, traslapes_de
from mapas.territorio.importador.filas import Fila, como_texto
from mapas.territorio.importador.formas import (
    lejos_de_bolivia,
    regla_de_medir,
    revisar_adentro,
    revisar_ejes,
    revisar_formas,
)
from mapas.territorio.importador.padres import buscar_padres
from mapas.territorio.importador.piezas import ArchivoInservible, Capa, Pedido

__all__ = ["como_texto", "revisar"]

ACEPTADA, RECHAZADA = "aceptada", "rechazada"


def revisar(capa: Capa, pedido: Pedido) -> dict[str, Any]:
    """Informe, áreas aceptadas (con su geometría WGS84) y dibujos para la página de revisión."""
    _revisar_campos(capa, pedido)
    filas = [Fila(rasgo) for rasgo in capa.rasgos]
    _textos(filas, pedido)
    _clases(filas, pedido)
    a_wgs84 = sistemas.AWgs84(capa.crs)
    revisar_formas(filas, a_wgs84)
    revisar_ejes(filas, pedido)
    con_forma = [fila for fila in filas if fila.forma is not None]
    referencia = shapely.union_all([shape(geometria) for geometria in pedido.referencia]) if pedido.referencia else None
    metros = regla_de_medir([fila.forma for fila in con_forma], referencia)
    if referencia is not None and con_forma:
        revisar_adentro(con_forma, referencia, metros)
    avisos = [{"clase": "archivo", "texto": limpiar(aviso)} for aviso in capa.avisos]
    if referencia is None:
        avisos += lejos_de_bolivia(con_forma)
    avisos += buscar_padres(filas, pedido)
    aceptadas = [fila for fila in filas if fila.aceptada]
    avisos += _notas(aceptadas) + _nombres_repetidos(aceptadas)
    formas = np.array([fila.forma for fila in aceptadas], dtype=object)
    traslapes = traslapes_de(aceptadas, formas, metros)
    huecos = huecos_de(formas, referencia, metros)
    return {
        "informe": {
            "formato": capa.formato,
            "crs": sistemas.nombre_de(capa.crs),
            "aceptadas": len(aceptadas),
            "rechazadas": len(filas) - len(aceptadas),
            "rasgos": [_renglon(fila, pedido) for fila in filas],
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
                "clase": fila.clase,
                "padre": {"tipo": fila.padre["tipo"], "codigo": fila.padre["codigo"]} if fila.padre else None,
                "geometria": mapping(fila.forma),
            }
            for fila in aceptadas
        ],
        "dibujo": {
            "rechazadas": [
                {"indice": fila.rasgo.indice, "geometria": dibujo}
                for fila in filas
                if not fila.aceptada and (dibujo := dibujo_de(fila, a_wgs84)) is not None
            ][: topes.DIBUJOS],
            "traslapes": [
                {"a": t["a"], "b": t["b"], "geometria": liviana(t["forma"])} for t in traslapes[: topes.DIBUJOS]
            ],
            "huecos": [
                {"m2": h["m2"], "geometria": liviana(h["forma"])}
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
    for campo in pedido.campos:
        if campo not in campos:
            hay = ", ".join(f"«{limpiar(str(nombre))[:40]}»" for nombre in campos[:30]) or "ninguno"
            raise ArchivoInservible(f"El archivo no tiene el campo «{campo}». Los que tiene: {hay}.")
    vertices = sum(shapely.get_num_coordinates(rasgo.forma) for rasgo in capa.rasgos if rasgo.forma is not None)
    if vertices > topes.VERTICES:
        raise ArchivoInservible(f"El archivo tiene más de {topes.VERTICES} vértices. Simplifícalo o súbelo por partes.")


def _renglon(fila: Fila, pedido: Pedido) -> dict[str, Any]:
    renglon = {
        "indice": fila.rasgo.indice,
        "codigo": fila.codigo,
        "nombre": fila.nombre,
        "padre": fila.padre["codigo"] if fila.padre else None,
        "estado": ACEPTADA if fila.aceptada else RECHAZADA,
        "motivo": limpiar("; ".join(fila.motivos)),
        "punto": fila.punto,
    }
    return renglon | {"clase": fila.clase} if pedido.campo_clase else renglon


# --- Código y nombre -------------------------------------------------------------------------------------------------
def _textos(filas: list[Fila], pedido: Pedido) -> None:
    vistos: dict[str, Fila] = {}  # «otb-1» y «OTB-1» son la misma: nadie distingue dos áreas así
    for fila in filas:
        fila.codigo = como_texto(fila.rasgo.propiedades.get(pedido.campo_codigo))
        fila.nombre = como_texto(fila.rasgo.propiedades.get(pedido.campo_nombre))
        if not fila.codigo:
            fila.motivos.append(f"no tiene código (campo «{pedido.campo_codigo}»)")
        elif len(fila.codigo) > topes.LETRAS_CODIGO:
            fila.motivos.append(f"su código pasa de {topes.LETRAS_CODIGO} letras")
            fila.codigo = fila.codigo[: topes.LETRAS_CODIGO]
        elif (otro := vistos.setdefault(fila.codigo.casefold(), fila)) is not fila:
            escrito = "" if otro.codigo == fila.codigo else f", escrito «{otro.codigo}»"
            fila.motivos.append(f"código repetido: «{fila.codigo}» ya está en el rasgo {otro.rasgo.indice}{escrito}")
        if not fila.nombre:
            fila.motivos.append(f"no tiene nombre (campo «{pedido.campo_nombre}»)")
        elif len(fila.nombre) > topes.LETRAS_NOMBRE:
            fila.motivos.append(f"su nombre pasa de {topes.LETRAS_NOMBRE} letras")
            fila.nombre = fila.nombre[: topes.LETRAS_NOMBRE]


def _clases(filas: list[Fila], pedido: Pedido) -> None:
    """La clase de organización que dice su campo, sin mirar mayúsculas ni acentos; vacío, no dice nada."""
    if not pedido.campo_clase:
        return
    conocidas = {para_buscar(escrita): clase for clase, escritas in pedido.clases.items() for escrita in escritas}
    rotulos = ", ".join(escritas[0] for escritas in pedido.clases.values())
    for fila in filas:
        escrita = como_texto(fila.rasgo.propiedades.get(pedido.campo_clase))
        fila.clase = conocidas.get(para_buscar(escrita), "")
        if escrita and not fila.clase:
            fila.motivos.append(f"dice ser «{escrita[:60]}», y las clases que se conocen son {rotulos}")


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
