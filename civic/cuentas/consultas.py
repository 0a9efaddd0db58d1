"""Lecturas de cuentas para pantallas."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from civic.comun.models import Suceso
from civic.cuentas.models import Residencia, Usuario
from mapas.territorio.consultas import distrito_de_otb, distritos, municipio_actual, otbs

FUERA = "fuera"
SIN_DISTRITO = "Sin distrito"
Grupo = tuple[str, list[tuple[str, str]]]


def lugares_para_elegir() -> list[tuple[str, Any]]:
    """Opciones de «dónde vives», agrupadas por distrito y al final las OTB sin distrito: dos consultas, sin geometrías.

    Valores: «o:<pk>» una OTB, «d:<pk>» el distrito solo, «fuera» nadie del municipio.
    """
    por_distrito: dict[int | None, list[tuple[str, str]]] = defaultdict(list)
    for otb in otbs().select_related("padre"):
        suyo = distrito_de_otb(otb)
        por_distrito[suyo.pk if suyo else None].append((f"o:{otb.pk}", otb.nombre_completo))
    grupos: list[tuple[str, Any]] = [("", "Elige…")]
    for distrito in distritos():
        opciones = [(f"d:{distrito.pk}", f"{distrito}: mi OTB no está en la lista"), *por_distrito[distrito.pk]]
        grupos.append((str(distrito), opciones))
    if por_distrito[None]:
        grupos.append((SIN_DISTRITO, por_distrito[None]))
    municipio = municipio_actual()
    grupos.append((FUERA, f"No vivo en {municipio.nombre if municipio else 'este municipio'}"))
    return grupos


@dataclass(frozen=True)
class MiCuenta:
    """Lo que una persona ve de sí misma."""

    residencia: Residencia | None
    roles: list[Any]
    correo: str
    correo_confirmado: bool
    cambios: list[Suceso]


def mi_cuenta(usuario: Usuario) -> MiCuenta:
    """Residencia, roles, correo y últimos cambios hechos en la cuenta."""
    correos = list(usuario.emailaddress_set.order_by("-primary", "pk")[:1])  # type: ignore[attr-defined]
    cambios = list(Suceso.objects.de(usuario).select_related("actor")[:5])
    return MiCuenta(
        residencia=usuario.residencia_o_nada,
        roles=list(usuario.asignaciones.vigentes().select_related("distrito")),  # type: ignore[attr-defined]
        correo=correos[0].email if correos else usuario.email,
        correo_confirmado=bool(correos and correos[0].verified),
        cambios=cambios,
    )


def residencias_por_verificar() -> QuerySet[Residencia]:
    """Residencias declaradas, de la más antigua a la más nueva."""
    return (
        Residencia.objects.filter(nivel=Residencia.Nivel.DECLARADA)
        .select_related("usuario", "otb", "distrito")
        .order_by("momento")
    )
