"""Seguir una propuesta, dejar de seguirla y darse por enterado. Repetir cualquiera no cambia nada."""

import datetime

from django.db import transaction

from civic.comun.candados import bloquear
from civic.cuentas.models import Usuario
from propuestas import consultas_uniones
from propuestas.acciones.piezas import bloquear_propuesta
from propuestas.models import Propuesta, Seguimiento


def seguir(propuesta: Propuesta, *, usuario: Usuario) -> Seguimiento:
    """Desde ahora sus novedades le aparecen en «Propuestas que sigo». Si se unió a otra, sigue esa."""
    with transaction.atomic():
        # Con la fila bloqueada: si a la vez se une, este seguimiento se lleva con los demás o ya nace en la otra.
        propuesta = consultas_uniones.donde_sigue(bloquear_propuesta(propuesta))
        return Seguimiento.objects.get_or_create(propuesta=propuesta, usuario=usuario)[0]


def dejar_de_seguir(propuesta: Propuesta, *, usuario: Usuario) -> None:
    Seguimiento.objects.filter(propuesta=propuesta, usuario=usuario).delete()


def marcar_vistas(usuario: Usuario, *, hasta: datetime.datetime) -> int:
    """Da por vistas las novedades que ya estaban en la página, hasta ese momento; devuelve de cuántas propuestas."""
    with transaction.atomic():
        atrasadas = [
            s.pk for s in bloquear(Seguimiento.objects.filter(usuario=usuario, visto__lt=hasta).order_by("pk"))
        ]
        return Seguimiento.objects.filter(pk__in=atrasadas).update(visto=hasta)
