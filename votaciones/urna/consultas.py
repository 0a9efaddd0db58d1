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
    """Lo que dice el primer asiento. `cierra` en UTC («2026-11-22T04:00:00Z»); `cambia`: si el último voto vale.

    `tablero` es la clave pública que comprueba las firmas de los asientos y `votacion`, de cuál sale la que firma: van
    vacías en las votaciones con un libro de antes del 4, cuyos tableros no se firman.
    """

    urna: str
    libro: str
    clave: str
    cierra: str
    cambia: bool = False
    votacion: str = ""
    tablero: str = ""


@dataclass(frozen=True)
class Situacion:
    """En qué está una urna. Con `hora`, la de su base, se decide si sigue abierta: una sola para todos."""

    apertura: Apertura | None
    cerrada: bool
    suspendida: bool
    hora: datetime


ACTOS = (Tipo.SUSPENSION, Tipo.REANUDACION)


def apertura_de(contienda: int) -> tuple[Apertura | None, bool]:
    """(su apertura, si ya se cerró)."""
    situacion = situacion_de(contienda)
    return situacion.apertura, situacion.cerrada


def situacion_de(contienda: int) -> Situacion:
    """En qué está la urna, en una consulta."""
    pasos = Asiento.objects.filter(contienda=contienda, tipo__in=(Tipo.APERTURA, Tipo.CIERRE, *ACTOS))
    # SQLite vive en este mismo proceso: su reloj es este.
    hora = _RelojDeLaBase() if connections[BASE].vendor == "postgresql" else Value(None, DateTimeField())
    filas = list(pasos.order_by("numero").values_list("tipo", "contenido", hora))
    if not filas:
        return Situacion(None, False, False, timezone.now())
    _tipo, contenido, momento = filas[0]
    tipos = [tipo for tipo, _contenido, _momento in filas]
    suspendida = [tipo for tipo in tipos if tipo in ACTOS][-1:] == [Tipo.SUSPENSION]
    return Situacion(Apertura(**json.loads(contenido)), Tipo.CIERRE in tipos, suspendida, momento or timezone.now())


def actos_de(contiendas: Iterable[int]) -> list[tuple[str, dict[str, Any]]]:
    """[(tipo, contenido)] de las suspensiones y reanudaciones de esas urnas, en orden; las iguales, una vez."""
    filas = Asiento.objects.filter(contienda__in=list(contiendas), tipo__in=ACTOS).order_by("numero")
    unicos: dict[tuple[str, str], None] = dict.fromkeys(filas.values_list("tipo", "contenido"))
    # El orden entre dos urnas lo da el momento; en el mismo minuto, el del tablero.
    return sorted(((tipo, json.loads(texto)) for tipo, texto in unicos), key=lambda acto: acto[1]["momento"])


def ultimo_acto_de(contienda: int) -> Asiento | None:
    """La última suspensión o reanudación de esa urna."""
    return Asiento.objects.filter(contienda=contienda, tipo__in=ACTOS).order_by("-numero").first()


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
                "firma": asiento.firma,
            }
        )
    return asientos


def cabeza_de(contienda: int) -> tuple[int, str] | None:
    """(número, huella) del último asiento: quien lo guarde sabrá si después cambia algo de lo anterior."""
    return Asiento.objects.filter(contienda=contienda).order_by("-numero").values_list("numero", "huella").first()


def cabezas_de(contiendas: Iterable[int]) -> dict[int, tuple[int, str, str]]:
    """{contienda: (número, huella, firma)} del último asiento de cada una, en una consulta."""
    filas = Asiento.objects.filter(contienda__in=list(contiendas)).order_by("contienda", "numero")
    return {fila[0]: fila[1:] for fila in filas.values_list("contienda", "numero", "huella", "firma")}


def recibos_de(contienda: int) -> list[str]:
    """Huellas de los recibos de una urna, ordenadas."""
    return sorted(set(Sobre.objects.filter(contienda=contienda).values_list("recibo", flat=True)))


def selecciones_de(contienda: int) -> list[Any]:
    """Las papeletas abiertas, ordenadas por lo que eligen; vacía si la urna todavía no se abrió."""
    escrutinio = Asiento.objects.filter(contienda=contienda, tipo=Tipo.ESCRUTINIO).first()
    if escrutinio is None:
        return []
    return [seleccion for seleccion, cuantas in escrutinio.datos["papeletas"] for _ in range(cuantas)]
