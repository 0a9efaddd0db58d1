"""Carnets de prueba y cómo se llega con ellos a una votación abierta."""

import datetime
from unittest import mock

from civic.cuentas.identidad import huella_de_identidad
from civic.cuentas.models import Identidad
from civic.cuentas.reglas_identidad import normalizar_ci
from tests.votaciones.conftest import publicar_padron
from votaciones import acciones as votaciones
from votaciones.codigos import emitir_clave_de_papeleta
from votaciones.mesas import acciones
from votaciones.mesas.codigos import buscar
from votaciones.mesas.fichas import Ficha

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


def ficha_de(contienda, ci=CARNETS[0], azar="azar"):
    return Ficha(identidad_de(ci).pk, (contienda.pk,), azar)


def en_la_mesa(contienda, imprime, lleva, cuantos):
    """(paquete en la mesa, sus códigos)."""
    codigos = []
    paquete = acciones.preparar_paquete(contienda, mesa="Colegio", codigos=cuantos, actor=imprime)
    con = mock.patch("votaciones.mesas.acciones.paquetes.dibujar_hojas", lambda p, c, d: codigos.extend(c) or b"%PDF")
    with con:
        acciones.imprimir_paquete(paquete, actor=imprime, direccion="https://x/codigo/")
    return acciones.llevar_a_la_mesa(paquete, actor=lleva), codigos


def entregar(paquete, actor, ci=CARNETS[0], azar="azar"):
    contienda = paquete.contienda
    ficha = ficha_de(contienda, ci, azar)
    return acciones.entregar_codigos(contienda.votacion, ficha=ficha, paquetes=[paquete.pk], actor=actor)


def votar_con(contienda, codigo, eleccion=(1,), clave=""):
    impreso = buscar(contienda.votacion, codigo)
    clave = clave or emitir_clave_de_papeleta(contienda, usuario=None)
    return acciones.votar_con_codigo(contienda, impreso=impreso, eleccion=list(eleccion), clave=clave)
