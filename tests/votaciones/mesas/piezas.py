"""Carnets de prueba y cómo se llega con ellos a una votación abierta."""

import datetime

from civic.cuentas.identidad import huella_de_identidad
from civic.cuentas.models import Identidad
from civic.cuentas.reglas_identidad import normalizar_ci
from tests.votaciones.conftest import publicar_padron
from votaciones import acciones as votaciones
from votaciones.mesas import acciones

NACIMIENTO = datetime.date(1960, 5, 31)
CARNETS = [normalizar_ci(str(numero)) for numero in (6600001, 6600002, 6600003)]
DIA = datetime.timedelta(days=1)


def inscribir(padron, actor, otb, ci=CARNETS[0], nacimiento=NACIMIENTO, **mas):
    return acciones.inscribir(padron, actor=actor, ci=ci, nacimiento=nacimiento, otb=otb, distrito=otb.padre, **mas)


def identidad_de(ci=CARNETS[0]):
    return Identidad.objects.get(huella=huella_de_identidad(ci))


def abrir_con_inscritas(votacion, planifica, promotora, otb):
    padron = publicar_padron(votacion)
    for ci in CARNETS:
        inscribir(padron, promotora, otb, ci, ahora=votacion.abre - 5 * DIA)
    return votaciones.abrir_votacion(votacion, actor=planifica)
