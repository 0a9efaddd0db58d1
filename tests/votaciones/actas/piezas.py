"""Piezas de las pruebas de actas: una asamblea de la OTB Molle, su papel y quienes la revisan."""

import datetime
from decimal import Decimal

from django.utils import timezone

from civic.cuentas.acciones import asignar_rol
from civic.cuentas.models import Usuario
from civic.cuentas.roles import Rol
from tests.elenco import crear_persona
from tests.propuestas.piezas import foto_subida
from votaciones.actas import acciones
from votaciones.actas.acciones import Escrito
from votaciones.actas.models import Acta
from votaciones.actas.reglas.asamblea import Renglon
from votaciones.actas.reglas.vida import Estado


def segunda_de_planificacion() -> Usuario:
    ya = Usuario.objects.filter(username="pedro").first()
    if ya is None:
        ya = crear_persona("pedro", "Pedro Planifica")
        asignar_rol(ya, rol=Rol.PLANIFICACION)
    return ya


def renglon(monto="120000", *, propuesta=None, descripcion="Tanque de agua", a_favor=60, **mas) -> Renglon:
    return Renglon(
        descripcion if propuesta is None else "",
        Decimal(monto) if monto is not None else None,
        a_favor,
        propuesta=propuesta.pk if propuesta else None,
        **mas,
    )


def escrito(*renglones, **cambios) -> Escrito:
    campos = {
        "fecha": timezone.localdate() - datetime.timedelta(days=3),
        "lugar": "Sede social",
        "convocatoria": 1,
        "idioma": "es",
        "habilitados": 100,
        "presentes": 70,
        "mujeres": 40,
        "hombres": 30,
        "forma": "mano_alzada",
        "acuerdo": "",
        "firmantes": ["Presidencia", "Secretaría de actas"],
    } | cambios
    return Escrito(campos, renglones or (renglon(),))


def borrador(proceso, gente, pueblo, *renglones, actor=None, tipo="asamblea", **cambios) -> Acta:
    return acciones.escribir_acta(
        proceso,
        tipo=tipo,
        organizacion=pueblo.org_molle,
        actor=actor or gente.fabio,
        escrito=escrito(*renglones, **cambios),
    )


def firmada(proceso, gente, pueblo, *renglones, **cambios) -> Acta:
    acta = borrador(proceso, gente, pueblo, *renglones, **cambios)
    acciones.agregar_hoja(acta, actor=gente.fabio, archivo=foto_subida("acta.jpg"))
    return acciones.mover_acta(acta, hacia=Estado.FIRMADA, actor=gente.fabio)


def publicada(proceso, gente, pueblo, *renglones, **cambios) -> Acta:
    acta = firmada(proceso, gente, pueblo, *renglones, **cambios)
    return acciones.mover_acta(acta, hacia=Estado.EN_OBSERVACION, actor=gente.hugo)


def vencer_plazo(acta) -> None:
    Acta.objects.filter(pk=acta.pk).update(observable_hasta=timezone.localdate() - datetime.timedelta(days=1))


def validada(proceso, gente, pueblo, *renglones, **cambios) -> Acta:
    acta = publicada(proceso, gente, pueblo, *renglones, **cambios)
    vencer_plazo(acta)
    return acciones.mover_acta(acta, hacia=Estado.VALIDADA, actor=gente.hugo)


def aprobada(proceso, gente, pueblo, *renglones, **cambios) -> Acta:
    acta = validada(proceso, gente, pueblo, *renglones, **cambios)
    return acciones.mover_acta(acta, hacia=Estado.APROBADA, actor=segunda_de_planificacion())
