"""Contar la urna y publicar el resultado."""

import json
import logging
import random
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from civic.comun.al_azar import clave_al_azar
from civic.comun.bitacora import anotar, juntar_sucesos
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from propuestas.acciones import mover_propuesta
from propuestas.reglas import SISTEMA
from propuestas.reglas import Estado as EstadoDePropuesta
from votaciones import permisos
from votaciones.acciones.conducir import CALIDAD
from votaciones.consultas import a_centavos, libro_de
from votaciones.consultas_participacion import calcular
from votaciones.models import Contienda, Opcion, Participacion, Resultado, Votacion
from votaciones.reglas import REGLAS, Conteo, estados, libro, orden_de_desempate
from votaciones.reglas.comun import Papeleta
from votaciones.reglas.condiciones import Condiciones, condiciones_de
from votaciones.reglas.papeleta import POR_PRESUPUESTO, Reglamento, puntos_de, reglamento_de
from votaciones.urna import acciones as urna

registro = logging.getLogger("ayni.urna")


@juntar_sucesos()
def contar_votacion(votacion: Votacion, actor: Any = None, *, ahora: datetime | None = None) -> Votacion:
    """Cuenta la urna con cada regla, escribe los resultados y mueve las propuestas. Repetirlo da lo mismo."""
    permisos.exigir_conducir(actor)
    votacion = bloquear(Votacion.objects.filter(pk=votacion.pk).select_related("proceso")).get()
    estados.exigir_movimiento(votacion.estado, Votacion.Estado.CONTADA)
    if actor is not None:
        permisos.exigir_otra_persona(permisos.por_que_no_cuenta(actor, votacion))
    contiendas = list(bloquear(Contienda.objects.filter(votacion=votacion).order_by("pk")))
    congelado = json.loads(votacion.libro)
    if cambio := libro.diferencia(congelado, libro_de(votacion, version=congelado["version"])):
        raise ReglaIncumplida(f"El libro de reglas no es el que se publicó al abrir: cambió {cambio}. No se cuenta.")
    reglamento = _reglamento_del_libro(congelado)
    for contienda in contiendas:
        condiciones = _condiciones_del_libro(congelado, contienda)
        papeletas = [puntos_de(seleccion, reglamento) for seleccion in _abrir_la_urna(contienda)]
        _contar_contienda(contienda, votacion, papeletas, condiciones, actor=actor)
    _congelar_participacion(votacion, contiendas)
    if votacion.estado != Votacion.Estado.CONTADA:
        votacion.estado = Votacion.Estado.CONTADA
        votacion.contada = ahora or timezone.now()
        votacion.save(update_fields=["estado", "contada"])
        anotar(
            votacion,
            verbo="contar",
            actor=actor,
            calidad=CALIDAD,
            desde=Votacion.Estado.CERRADA,
            hasta=Votacion.Estado.CONTADA,
            texto="Se contaron los votos y se publicó el resultado.",
        )
    return votacion


def _abrir_la_urna(contienda: Contienda) -> list[Any]:
    """Las papeletas de la urna; antes reescribe, barajado, quién participó.

    PostgreSQL guarda en cada fila el número de su transacción (xmin) y su lugar cuenta el orden de llegada; los de las
    dos bases salen del mismo contador si comparten servidor. Después de esto las participaciones no dicen quién retiró
    antes su credencial. Quedan versiones viejas hasta el VACUUM (ver OPERACION.md).
    """
    participaciones = list(Participacion.objects.filter(contienda=contienda))
    random.SystemRandom().shuffle(participaciones)
    Participacion.objects.filter(contienda=contienda).delete()
    for participacion in participaciones:
        participacion.pk = clave_al_azar()
    Participacion.objects.bulk_create(participaciones, batch_size=500)
    try:
        selecciones = urna.abrir_sobres(contienda.pk)
    except urna.UrnaAlterada as alterada:
        registro.error("La urna de la contienda %s está alterada: %s", contienda.pk, alterada.mensaje)
        raise ReglaIncumplida(f"La urna {contienda.del_lugar} no cuadra, no se cuenta. {alterada.mensaje}") from None
    if len(selecciones) > len(participaciones):
        raise ReglaIncumplida(
            f"La urna {contienda.del_lugar} no cuadra: tiene {len(selecciones)} papeletas y se retiraron "
            f"{len(participaciones)} credenciales."
        )
    return selecciones


def _congelar_participacion(votacion: Votacion, contiendas: list[Contienda]) -> None:
    """Guarda quiénes participaron, una sola vez: dos cálculos en días distintos, restados, señalarían a alguien."""
    if votacion.participacion:
        return
    votacion.participacion, suyas = calcular(votacion)
    votacion.save(update_fields=["participacion"])
    for contienda in contiendas:
        contienda.participacion = suyas[contienda.pk]
        contienda.save(update_fields=["participacion"])


def _condiciones_del_libro(congelado: dict[str, Any], contienda: Contienda) -> Condiciones:
    """Las que se publicaron al abrir, no las que diga la base. Los libros de la versión 1 no tenían."""
    suya = next(otra for otra in congelado["contiendas"] if otra["numero"] == contienda.numero)
    return condiciones_de(**suya.get("condiciones", {}), minimo=congelado.get("minimo", 1))


def _reglamento_del_libro(congelado: dict[str, Any]) -> Reglamento:
    """Los libros de antes de la versión 3 no dicen el tipo de papeleta: todas eran de presupuesto."""
    return reglamento_de(**congelado["papeleta"]) if "papeleta" in congelado else POR_PRESUPUESTO


def _contar_contienda(
    contienda: Contienda, votacion: Votacion, papeletas: list[Papeleta], condiciones: Condiciones, *, actor: Any
) -> None:
    """Escribe el resultado de una contienda con cada regla y mueve sus propuestas según la oficial."""
    opciones = {opcion.numero: opcion for opcion in contienda.opciones.select_related("propuesta").order_by("numero")}
    for regla, contar in REGLAS.items():
        conteo = contar(
            {numero: a_centavos(opcion.costo) for numero, opcion in opciones.items()},
            papeletas,
            presupuesto=a_centavos(contienda.presupuesto),
            desempate=orden_de_desempate(opciones, votacion.huella),
            condiciones=condiciones,
        )
        oficial = regla == votacion.regla
        Resultado.objects.update_or_create(
            contienda=contienda,
            regla=regla,
            defaults={
                "oficial": oficial,
                "votos": conteo.papeletas,
                "gastado": Decimal(conteo.gastado) / 100,
                "con_alguna": conteo.con_alguna,
                "pasos": conteo.pasos,
                "detalle": _detalle(conteo, opciones),
            },
        )
        if oficial:
            _mover_propuestas(conteo, opciones, actor=actor)


def _detalle(conteo: Conteo, opciones: dict[int, Opcion]) -> list[dict[str, Any]]:
    return [
        {
            "numero": contada.id,
            "titulo": opciones[int(contada.id)].titulo,
            "costo": str(opciones[int(contada.id)].costo),
            "votos": contada.votos,
            "puntos": contada.puntos,
            "gana": contada.gana,
            "vuelta": contada.vuelta,
            "razon": contada.razon,
            **{
                clave: str(monto)
                for clave, monto in (("pago", contada.pago), ("carga", contada.carga))
                if monto is not None
            },
        }
        for contada in conteo.opciones
    ]


def _mover_propuestas(conteo: Conteo, opciones: dict[int, Opcion], *, actor: Any) -> None:
    """Las que siguen en votación pasan a seleccionadas o no seleccionadas, con su razón; en un reconteo, ninguna."""
    for contada in conteo.opciones:
        propuesta = opciones[int(contada.id)].propuesta
        if propuesta.estado == EstadoDePropuesta.EN_VOTACION.value:
            hacia = EstadoDePropuesta.SELECCIONADA if contada.gana else EstadoDePropuesta.NO_SELECCIONADA
            mover_propuesta(propuesta, hacia=hacia.value, actor=actor, calidad=SISTEMA, motivo=contada.razon)
