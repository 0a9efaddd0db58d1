"""Piezas del padrón: una votación que abre en seis días, su padrón y quienes reclaman."""

import datetime

from django.utils import timezone

from civic.cuentas import acciones as cuentas
from civic.cuentas.models import Residencia
from civic.cuentas.reglas_identidad import normalizar_ci
from tests.elenco import crear_persona
from votaciones import acciones as votaciones
from votaciones.padron import acciones
from votaciones.padron.models import Habilitacion

DIA = datetime.timedelta(days=1)
CI = normalizar_ci("4455667")


def por_venir(proceso, slug="por-venir"):
    abre = timezone.now() + 6 * DIA
    return votaciones.preparar_votacion(proceso, nombre="Por venir", slug=slug, abre=abre, cierra=abre + 5 * DIA)


def publicar(votacion, actor=None, **mas):
    return acciones.publicar_padron(votacion, **{"observable_hasta": timezone.now() + 4 * DIA, "actor": actor} | mas)


def con_carnet(pueblo, usuario, ci=CI, metodo="ventanilla"):
    persona = crear_persona(usuario, usuario.title(), otb=pueblo.otb_molle, verificada=False)
    verificar(persona, ci, metodo)
    return persona


def verificar(persona, ci=CI, metodo="ventanilla"):
    cuentas.verificar_residencia(Residencia.objects.get(usuario=persona), metodo=metodo, ci=ci)
    persona.__dict__.pop("residencia_o_nada", None)


def en_el_padron(padron):
    """{usuario: número de su contienda}."""
    return dict(Habilitacion.objects.filter(padron=padron).values_list("usuario__username", "contienda__numero"))
