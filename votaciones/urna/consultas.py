"""Lecturas de la urna. Mientras se vota solo dicen cuántos sobres hay: para lo demás hace falta que esté cerrada."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connections
from django.db.models import Count, DateTimeField, Func, Value
from django.utils import timezone

from votaciones.reglas.tablero import Tipo, suma_de
from votaciones.urna.models import Asiento, Sobre
from votaciones.urna.ruta import BASE


@dataclass(frozen=True)
class Apertura:
    """Lo que dice el primer asiento. `cierra` en UTC («2026-11-22T04:00:00Z»); `cambia`: si el último voto vale."""

    urna: str
    libro: str
    clave: str
    cierra: str
    cambia: bool = False


def apertura_de(contienda: int) -> tuple[Apertura | None, bool]:
    """(su apertura, si ya se cerró)."""
    return situacion_de(contienda)[:2]


def situacion_de(contienda: int) -> tuple[Apertura | None, bool, datetime]:
    """(su apertura, si ya se cerró, la hora de su base), en una consulta.

    Con esa hora se decide si la urna sigue abierta: es una sola para todos los servidores.
    """
    pasos = Asiento.objects.filter(contienda=contienda, tipo__in=(Tipo.APERTURA, Tipo.CIERRE))
    # SQLite vive en este mismo proceso: su reloj es este.
    hora = _RelojDeLaBase() if connections[BASE].vendor == "postgresql" else Value(None, DateTimeField())
    filas = {tipo: (contenido, momento) for tipo, contenido, momento in pasos.values_list("tipo", "contenido", hora)}
    if Tipo.APERTURA not in filas:
        return None, False, timezone.now()
    contenido, momento = filas[Tipo.APERTURA]
    return Apertura(**json.loads(contenido)), Tipo.CIERRE in filas, momento or timezone.now()


class _RelojDeLaBase(Func):
    function, output_field = "clock_timestamp", DateTimeField()


def ultimo_sobre(contienda: int, serie: str) -> Sobre | None:
    """El que vale de esa credencial: el de la última vuelta."""
    return Sobre.objects.filter(contienda=contienda, serie=serie).order_by("-vuelta").first()


def hay_recibo(contiendas: Iterable[int], huella: str) -> bool:
    """Si el sobre con esa huella de recibo está en una de esas urnas. No dice en cuál ni qué lleva."""
    return Sobre.objects.filter(contienda__in=list(contiendas), recibo=huella).exists()


def papeletas_por_contienda(contiendas: Iterable[int]) -> dict[int, int]:
    """{contienda: cuántas credenciales pusieron papeleta}, sin contar los cambios."""
    filas = Sobre.objects.filter(contienda__in=list(contiendas)).values("contienda")
    return {fila["contienda"]: fila["n"] for fila in filas.annotate(n=Count("serie", distinct=True)).order_by()}


def tablero_de(contienda: int, *, con_papeletas: bool = True) -> list[dict[str, Any]]:
    """Los asientos de una urna, en orden. Sin `con_papeletas`, del escrutinio solo va su suma."""
    asientos = []
    for asiento in Asiento.objects.de(contienda):
        calla = asiento.tipo == Tipo.ESCRUTINIO and not con_papeletas
        asientos.append(
            {
                "numero": asiento.numero,
                "tipo": asiento.tipo,
                "contenido": None if calla else asiento.contenido,
                "suma": suma_de(asiento.contenido),
                "anterior": asiento.anterior,
                "huella": asiento.huella,
            }
        )
    return asientos


def cabeza_de(contienda: int) -> tuple[int, str] | None:
    """(número, huella) del último asiento: quien lo guarde sabrá si después cambia algo de lo anterior."""
    return Asiento.objects.filter(contienda=contienda).order_by("-numero").values_list("numero", "huella").first()


def cabezas_de(contiendas: Iterable[int]) -> dict[int, tuple[int, str]]:
    """{contienda: (número, huella)} del último asiento de cada una, en una consulta."""
    filas = Asiento.objects.filter(contienda__in=list(contiendas)).order_by("contienda", "numero")
    return {fila[0]: fila[1:] for fila in filas.values_list("contienda", "numero", "huella")}


def recibos_de(contienda: int) -> list[str]:
    """Huellas de los recibos de una urna, ordenadas."""
    return sorted(set(Sobre.objects.filter(contienda=contienda).values_list("recibo", flat=True)))


def selecciones_de(contienda: int) -> list[Any]:
    """Las papeletas abiertas, ordenadas por lo que eligen; vacía si la urna todavía no se abrió."""
    escrutinio = Asiento.objects.filter(contienda=contienda, tipo=Tipo.ESCRUTINIO).first()
    if escrutinio is None:
        return []
    return [seleccion for seleccion, cuantas in escrutinio.datos["papeletas"] for _ in range(cuantas)]
