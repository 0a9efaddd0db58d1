"""Piezas de las pruebas de copatrocinio y entrada asistida: una directiva más, una promotora y sus borradores."""

import datetime

from django.utils import timezone

from civic.cuentas.models import AsignacionRol, Mandato
from civic.cuentas.roles import Rol
from propuestas import acciones
from propuestas.consultas_firmantes import sello_de_lo_escrito
from propuestas.models import Propuesta
from tests.elenco import crear_persona
from tests.propuestas.piezas import datos_completos


def dar_mandato(persona, organizacion, *, dias=300, cargo="Presidencia"):
    hoy = timezone.localdate()
    return Mandato.objects.create(
        usuario=persona, organizacion=organizacion, cargo=cargo, desde=hoy - datetime.timedelta(days=400),
        hasta=hoy + datetime.timedelta(days=dias),
    )  # fmt: skip


def crear_directiva(organizacion, usuario="irma", **cambios):
    """Una persona con mandato en esa organización (vencido, si `dias` es negativo)."""
    persona = crear_persona(usuario, f"{usuario.title()} Dirige")
    dar_mandato(persona, organizacion, **cambios)
    return persona


def crear_promotora(distrito=None, usuario="paty"):
    persona = crear_persona(usuario, f"{usuario.title()} Promotora")
    AsignacionRol.objects.create(
        usuario=persona, rol=Rol.PROMOTORA, distrito=distrito, desde=timezone.localdate() - datetime.timedelta(days=9)
    )
    return persona


def asistida(proceso, promotora, pueblo, *, usuario="ana", **cambios):
    """Un borrador completo que la promotora escribió por esa persona."""
    return acciones.abrir_asistida(proceso, usuario=usuario, actor=promotora, **datos_completos(pueblo, **cambios))


def aceptado(propuesta, organizacion, *, invita, acepta):
    """La organización ya copatrocina: la invitaron y su directiva aceptó lo que decía."""
    invitacion = acciones.invitar(propuesta, organizacion, actor=invita)
    return acciones.responder_invitacion(invitacion, actor=acepta, acepta=True, leido=sello(propuesta))


def sello(propuesta):
    return sello_de_lo_escrito(Propuesta.objects.get(pk=propuesta.pk))
