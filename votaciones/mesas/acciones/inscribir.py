"""Inscribir en el padrón provisional a quien no tiene cuenta y muestra su carnet."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.cuentas.acciones.identidades import identidad_sin_cuenta, otras_del_numero
from civic.cuentas.identidad import documento_de, huella_de_identidad
from civic.cuentas.metodos import PROMOTORA, VENTANILLA
from civic.cuentas.models import Identidad
from civic.cuentas.reglas_identidad import Ci
from civic.cuentas.roles import Rol
from civic.procesos.reglas import dia
from mapas.territorio.models import Area
from votaciones.mesas import permisos
from votaciones.mesas.inscritas import habilitaciones_de_inscritas, lugares_de
from votaciones.mesas.models import Inscripcion
from votaciones.models import Votacion
from votaciones.padron.models import Habilitacion, PadronElectoral

YA_INSCRITA = "Esa persona ya está inscrita en este padrón. No hace falta nada más: vota en una mesa."
YA_CON_CUENTA = "Esa persona ya está en este padrón, con su cuenta de Ayni. No hace falta inscribirla."
TIENE_CUENTA = (
    "Esa persona tiene una cuenta de Ayni con ese carnet, pero no está en este padrón. Que diga en su cuenta dónde "
    "vive y reclame en la página del padrón, o que pregunte en Atención ciudadana."
)
OTRA_FECHA = "Ese carnet ya se mostró antes con otra fecha de nacimiento. Mira otra vez el carnet."
MISMO_NUMERO = (
    "En este padrón ya hay alguien con ese número de carnet, con complemento o sin él. Si es otra persona, que lo "
    "resuelva Atención ciudadana."
)


def inscribir(
    padron: PadronElectoral,
    *,
    actor: Any,
    ci: Ci,
    nacimiento: datetime.date,
    otb: Area | None,
    distrito: Area | None,
    ahora: datetime.datetime | None = None,
) -> Inscripcion:
    """Da a esa persona las papeletas del lugar donde vive. Del carnet queda solo su huella; no se anota su nombre.

    Lanza ReglaIncumplida si el padrón ya no se observa, si ya está, si tiene cuenta o si a `actor` no le toca ese
    lugar.
    """
    ahora = ahora or timezone.now()
    lugar = otb or distrito
    with transaction.atomic():
        list(bloquear(Votacion.objects.filter(pk=padron.votacion_id).only("pk")))
        padron = bloquear(PadronElectoral.objects.filter(pk=padron.pk)).get()
        if not padron.se_observa(ahora):
            hasta = dia(padron.observable_hasta)
            raise ReglaIncumplida(f"En las mesas se inscribe mientras el padrón se observa, y eso terminó el {hasta}.")
        if lugar is None or not permisos.atiende_en(actor, distrito):
            raise ReglaIncumplida("Inscribe a quienes viven en tu distrito. Elige el lugar donde vive.", campo="lugar")
        contiendas = lugares_de(padron.votacion_id)(lugar)
        if not contiendas:
            raise ReglaIncumplida("En ese lugar no se vota en esta votación.", campo="lugar")
        identidad = identidad_sin_cuenta(documento_de(ci, nacimiento))
        _exigir_que_entre(padron, identidad, documento_de(ci, nacimiento).nacimiento)
        inscripcion = Inscripcion.objects.create(
            padron=padron, identidad=identidad, lugar=lugar, metodo=_metodo_de(actor), actor=actor, momento=ahora
        )
        Habilitacion.objects.bulk_create(habilitaciones_de_inscritas(padron, [inscripcion]))
        anotar(
            padron,
            verbo="inscribir",
            actor=actor,
            calidad=_calidad_de(actor),
            texto=f"Se inscribió en una mesa a una persona sin cuenta, de {lugar}.",
            publico=False,
            datos={"inscripcion": inscripcion.pk},
        )
    return inscripcion


def quitar_inscripcion(padron: PadronElectoral, *, actor: Any, ci: Ci, motivo: str) -> None:
    """Saca del padrón provisional a quien una mesa inscribió y no debía estar, con su razón. Lo hace otra persona.

    Quien entró con su cuenta sale por un reclamo, no por aquí.
    """
    if not permisos.puede_preparar(actor):
        raise ReglaIncumplida("Quitar una inscripción le toca a Planificación POA.")
    motivo = limpiar(motivo, varias_lineas=True)
    if not motivo:
        raise ReglaIncumplida("Escribe por qué se quita.", campo="motivo")
    with transaction.atomic():
        list(bloquear(Votacion.objects.filter(pk=padron.votacion_id).only("pk")))
        padron = bloquear(PadronElectoral.objects.filter(pk=padron.pk)).get()
        if padron.es_definitivo:
            raise ReglaIncumplida("La votación ya se abrió: su padrón es definitivo.")
        inscripcion = Inscripcion.objects.filter(padron=padron, identidad__huella=huella_de_identidad(ci)).first()
        if inscripcion is None:
            raise ReglaIncumplida("Ese carnet no es de nadie que una mesa haya inscrito en este padrón.", campo="ci")
        if inscripcion.actor_id == actor.pk:
            raise ReglaIncumplida("Tú la inscribiste: la quita otra persona de Planificación.")
        Habilitacion.objects.filter(padron=padron, identidad=inscripcion.identidad_id, usuario__isnull=True).delete()
        clave = inscripcion.pk
        inscripcion.delete()
        anotar(
            padron,
            verbo="quitar_inscripcion",
            actor=actor,
            calidad="Planificación POA",
            texto="Se quitó a una persona que una mesa había inscrito.",
            motivo=motivo,
            publico=False,
            datos={"inscripcion": clave},
        )


def _exigir_que_entre(padron: PadronElectoral, identidad: Identidad, fecha: str) -> None:
    if identidad.nacimiento != fecha:
        raise ReglaIncumplida(OTRA_FECHA, campo="nacimiento")
    if Inscripcion.objects.filter(padron=padron, identidad=identidad).exists():
        raise ReglaIncumplida(YA_INSCRITA, campo="ci")
    suyas = Habilitacion.objects.filter(padron=padron)
    if identidad.cuenta_id is not None:
        esta = suyas.filter(identidad=identidad).exists() or suyas.filter(usuario=identidad.cuenta_id).exists()
        raise ReglaIncumplida(YA_CON_CUENTA if esta else TIENE_CUENTA, campo="ci")
    if suyas.filter(identidad=identidad).exists():
        raise ReglaIncumplida(YA_INSCRITA, campo="ci")
    if suyas.filter(identidad__in=_claves(otras_del_numero(identidad))).exists():
        raise ReglaIncumplida(MISMO_NUMERO, campo="ci")


def _claves(identidades: Iterable[Identidad]) -> list[int]:
    return [una.pk for una in identidades]


def _metodo_de(actor: Any) -> str:
    return PROMOTORA.codigo if actor.roles_vigentes == {Rol.PROMOTORA.value} else VENTANILLA.codigo


def _calidad_de(actor: Any) -> str:
    return next(str(rol.label) for rol in permisos.ATIENDEN if rol.value in actor.roles_vigentes)
