"""La cadena de la bitácora: cómo se escribe cada suceso para calcular su huella. Sin Django: se puede repetir afuera.

Cada suceso tiene dos partes:

- la *abierta*, que se publica. En un suceso público: numero, momento (UTC con microsegundos), calidad, verbo, objeto,
  objeto_id, desde, hasta, texto, motivo, antes y despues. En uno reservado: solo numero.
- la *reservada*, que no se publica: sal (32 letras al azar), id, actor y lo demás de `datos`; en un suceso reservado,
  también todo lo que en uno público sería abierto.

Toda parte se escribe como JSON canónico: claves ordenadas por código, sin espacios, UTF-8 sin escapes, y solo textos,
enteros, verdadero, falso, nulo, listas y objetos (un decimal va como texto). Con eso:

    reserva   = SHA-256(canónico(reservada))
    contenido = SHA-256(canónico({"abierto": abierta, "publico": sí o no, "reserva": reserva}))
    huella    = SHA-256(anterior + contenido)          # las dos en hexadecimal, pegadas

`anterior` es la huella del suceso de número anterior; la del primero son 64 ceros. La sal impide adivinar lo reservado
probando: sin ella, «quién» se encontraría en un segundo recorriendo todas las personas.
"""

import datetime
import hashlib
import json
from collections.abc import Mapping
from typing import Any

ORIGEN = "0" * 64
# Columnas de la tabla que entran en la huella; con `anterior` y `huella` son todas.
COLUMNAS = (
    *("id", "numero", "momento", "actor_id", "calidad", "verbo", "objeto_tipo", "objeto_id", "desde", "hasta"),
    *("texto", "motivo", "datos", "publico", "sal"),
)
PUBLICOS_DE_DATOS = ("antes", "despues")


def canonico(valor: Any) -> bytes:
    return json.dumps(valor, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def huella_de(valor: Any) -> str:
    return hashlib.sha256(canonico(valor)).hexdigest()


def momento_canonico(momento: datetime.datetime) -> str:
    """2026-11-21T06:52:53.000001Z"""
    return momento.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def partes(fila: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(abierta, reservada) de un suceso dado como {columna: valor} con COLUMNAS."""
    datos = fila["datos"] if isinstance(fila["datos"], dict) else {"datos": fila["datos"]}
    actor = fila["actor_id"]
    abierta = {
        "momento": momento_canonico(fila["momento"]),
        "calidad": fila["calidad"],
        "verbo": fila["verbo"],
        "objeto": fila["objeto_tipo"],
        "objeto_id": fila["objeto_id"],
        "desde": fila["desde"],
        "hasta": fila["hasta"],
        "texto": fila["texto"],
        "motivo": fila["motivo"],
    } | {clave: datos.get(clave) for clave in PUBLICOS_DE_DATOS}
    reservada = {
        "sal": fila["sal"],
        "id": fila["id"],
        "actor": actor,
        "datos": {clave: valor for clave, valor in datos.items() if clave not in PUBLICOS_DE_DATOS},
    }
    numero = {"numero": fila["numero"]}
    return (abierta | numero, reservada) if fila["publico"] else (numero, reservada | abierta)


def contenido_de(fila: Mapping[str, Any]) -> str:
    """Huella de un suceso sin lo que vino antes."""
    abierta, reservada = partes(fila)
    return huella_de({"abierto": abierta, "publico": fila["publico"], "reserva": huella_de(reservada)})


def huella_siguiente(anterior: str, contenido: str) -> str:
    return hashlib.sha256((anterior + contenido).encode()).hexdigest()
