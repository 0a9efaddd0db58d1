"""Apoyar y dejar de apoyar."""

from typing import Any

from django.db import transaction

from civic.comun.bitacora import retrato
from civic.comun.errores import ReglaIncumplida
from civic.cuentas.models import Usuario
from propuestas import permisos
from propuestas.acciones.piezas import (
    anotar_aparte,
    bloquear_propuesta,
)
from propuestas.models import Apoyo, Propuesta


def apoyar(propuesta: Propuesta, *, usuario: Usuario) -> Propuesta:
    """Suma el apoyo de una persona con residencia verificada; apoyar dos veces cuenta una."""
    with transaction.atomic():
        propuesta = bloquear_propuesta(propuesta)
        _exigir_situacion(propuesta, usuario)
        _, nuevo = Apoyo.objects.get_or_create(propuesta=propuesta, usuario=usuario)
        if nuevo:
            anotar_aparte(propuesta, usuario, verbo="apoyar", texto="Apoyó la propuesta.", cambio=_recontar(propuesta))
    return propuesta


def retirar_apoyo(propuesta: Propuesta, *, usuario: Usuario) -> Propuesta:
    """Quita el apoyo de una persona mientras la fase lo permita; sin apoyo dado, no cambia nada."""
    with transaction.atomic():
        propuesta = bloquear_propuesta(propuesta)
        apoyos = Apoyo.objects.filter(propuesta=propuesta, usuario=usuario)
        if apoyos.exists():
            _exigir_situacion(propuesta, usuario)
            apoyos.delete()
            anotar_aparte(
                propuesta, usuario, verbo="retirar_apoyo", texto="Retiró su apoyo.", cambio=_recontar(propuesta)
            )
    return propuesta


def _exigir_situacion(propuesta: Propuesta, usuario: Usuario) -> None:
    situacion = permisos.situacion_de_apoyo(usuario, propuesta)
    if not situacion.puede:
        raise ReglaIncumplida(situacion.motivo)


def _recontar(propuesta: Propuesta) -> tuple[dict[str, Any], dict[str, Any]]:
    """Pone al día la cuenta; devuelve lo que había antes y lo que hay después."""
    antes = retrato(propuesta, ["apoyos_contados"])
    # Contar las filas, con la propuesta bloqueada, no deja que el número se aparte nunca de la verdad.
    propuesta.apoyos_contados = Apoyo.objects.filter(propuesta=propuesta).count()
    propuesta.save(update_fields=["apoyos_contados"])
    return antes, retrato(propuesta, ["apoyos_contados"])
