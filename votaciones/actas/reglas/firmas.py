"""Qué se dice de cada firma digital y cuándo un PDF firmado vale. Funciones puras."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo


def vale(firma: Mapping[str, Any]) -> bool:
    return bool(firma["intacta"] and firma["confiable"] and firma["vigente"] and not firma["cambios"])


def en_palabras(firma: Mapping[str, Any]) -> str:
    """Una frase por cosa que importa: si está intacta, en quién se confía y si algo cambió después."""
    if firma.get("problema"):
        return "No se pudo leer esta firma."
    partes = ["Está intacta." if firma["intacta"] else "No coincide con el documento: se alteró o está mal hecha."]
    if firma["confiable"]:
        partes.append("La emitió una entidad en la que el municipio confía.")
    else:
        partes.append("No la emitió ninguna entidad en la que el municipio confía.")
    if not firma["vigente"]:
        partes.append("Su certificado está vencido o revocado.")
    if firma["cambios"]:
        partes.append("El documento cambió después de firmarse.")
    else:
        partes.append("Nada cambió después de firmarse, salvo otras firmas.")
    return " ".join(partes)


def ficha(firma: Mapping[str, Any]) -> dict[str, Any]:
    """La firma como se guarda y se muestra. La hora es la que dice la firma, no la de un tercero."""
    return dict(firma) | {
        "cuando": _cuando(str(firma["cuando"])),
        "en_palabras": en_palabras(firma),
        "vale": vale(firma),
    }


def todas_valen(firmas: Sequence[Mapping[str, Any]]) -> bool:
    return bool(firmas) and all(vale(firma) for firma in firmas)


def _cuando(iso: str) -> str:
    if not iso:
        return ""
    local = datetime.datetime.fromisoformat(iso).astimezone(ZoneInfo("America/La_Paz"))
    return f"según su propia hora, {local.day}/{local.month}/{local.year}, {local:%H:%M}"
