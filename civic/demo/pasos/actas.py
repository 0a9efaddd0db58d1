"""Las actas de asamblea del contenido, con su historia, y una en observación para que haya algo que mirar hoy."""

import datetime
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from civic.comun.bitacora import en_su_momento
from civic.cuentas.models import Usuario
from civic.demo.actas import dibujar_acta
from civic.demo.contexto import Contexto
from civic.demo.fuentes import actas
from civic.demo.guion import RECIBIENDO, VOTANDO
from civic.procesos.models import Proceso
from propuestas.models import Propuesta
from votaciones.actas import acciones
from votaciones.actas.acciones import Escrito
from votaciones.actas.models import Acta
from votaciones.actas.reglas.asamblea import Renglon
from votaciones.actas.reglas.vida import Estado

TIPOS = {"asamblea_otb": "asamblea", "asamblea_comunidad": "asamblea", "ampliado_distrito": "ampliado"}
FORMAS = {"consenso_por_sector": "consenso"}
SIN_QUORUM = "Sin quórum en primera convocatoria y faltan firmas en la lista."
SEGUNDA = "Segunda convocatoria: 137 asistentes; se ratifica el resultado."
# Días que pasan entre la firma, la publicación, la validación y la aprobación.
A_PUBLICAR, A_VALIDAR, A_APROBAR = 2, 18, 3
EN_OBSERVACION = "d3-santo-domingo"


def cargar(contexto: Contexto) -> str:
    for dato in actas():
        _acta_pasada(contexto, dato)
    _en_observacion(contexto)
    return f"{Acta.objects.count()} actas"


def _acta_pasada(contexto: Contexto, dato: dict[str, Any]) -> None:
    dia = contexto.calendario.dia_cierto(dato["fecha"])
    proceso = Proceso.objects.get(slug=VOTANDO)
    organizacion = contexto.por_demo[dato["organizacion"]] if dato["organizacion"] else None
    distrito = contexto.distritos[dato["distrito"]]
    actor = contexto.presidencias[organizacion.pk].usuario if organizacion else contexto.personas["promotora"]
    escrito = _escrito(dato, dia)
    with en_su_momento(_a_los(dia, 1)):
        acta = acciones.escribir_acta(
            proceso,
            tipo=TIPOS[dato["tipo"]],
            organizacion=organizacion,
            distrito=distrito,
            actor=actor,
            escrito=escrito,
            numero=dato["id"],
            escrita_en_aparato=_a_los(dia, 0) if "carga" in dato else None,
        )
        _con_papel(contexto, acta, actor)
    Acta.objects.filter(pk=acta.pk).update(creada=_a_los(dia, 3 if "carga" in dato else 1))
    firma = dia + datetime.timedelta(days=3)
    _mover(acta, Estado.FIRMADA, actor, _a_los(firma, 0))
    if not dato["quorum"]:
        firma = _otra_convocatoria(contexto, acta, actor, escrito, firma)
    planificacion, segunda = contexto.personas["planificacion"], contexto.personas["planificacion_2"]
    publicacion = firma + datetime.timedelta(days=A_PUBLICAR)
    _mover(acta, Estado.EN_OBSERVACION, planificacion, _a_los(publicacion, 0))
    _mover(acta, Estado.VALIDADA, planificacion, _a_los(publicacion, A_VALIDAR))
    if dato["estado"] == "aprobada":
        _mover(acta, Estado.APROBADA, segunda, _a_los(publicacion, A_VALIDAR + A_APROBAR))


def _otra_convocatoria(
    contexto: Contexto, acta: Acta, actor: Usuario, escrito: Escrito, firma: datetime.date
) -> datetime.date:
    """La asamblea que no tuvo quórum: se observa, se convoca de nuevo y se firma con la asistencia de ese día."""
    _mover(acta, Estado.OBSERVADA, contexto.personas["planificacion"], _a_los(firma, 1), SIN_QUORUM)
    nueva = firma + datetime.timedelta(days=13)
    campos = escrito.campos | {
        "convocatoria": 2,
        "presentes": 137,
        "mujeres": None,
        "hombres": None,
        "fecha": nueva - datetime.timedelta(days=1),
    }
    with en_su_momento(_a_los(nueva, 0)):
        acciones.corregir_acta(acta, actor=actor, escrito=Escrito(campos, escrito.renglones))
    _mover(acta, Estado.FIRMADA, actor, _a_los(nueva, 0), SEGUNDA)
    return nueva


def _escrito(dato: dict[str, Any], dia: datetime.date) -> Escrito:
    asistentes = dato["asistentes"]
    renglones = []
    for resultado in sorted(dato["resultado"], key=lambda uno: uno["orden"]):
        propuesta = Propuesta.objects.get(codigo=resultado["propuesta"])
        renglones.append(
            Renglon(
                "", propuesta.monto, resultado["votos"], abstenciones=dato.get("abstenciones", 0),
                propuesta=propuesta.pk,
            )
        )  # fmt: skip
    campos = {
        "fecha": dia,
        "lugar": dato["lugar"],
        "convocatoria": 1,
        "idioma": dato["idioma"],
        "habilitados": dato["habilitados"],
        "presentes": asistentes["total"],
        "mujeres": asistentes["mujeres"],
        "hombres": asistentes["hombres"],
        "forma": FORMAS.get(dato["modalidad_decision"], dato["modalidad_decision"]),
        "acuerdo": dato.get("acuerdo", ""),
        "firmantes": dato.get("firmantes_cargos", ["Presidencia de la organización", "Secretaría de actas"]),
    }
    return Escrito(campos, renglones)


def _en_observacion(contexto: Contexto) -> None:
    """Una asamblea de hace unos días, que hoy se puede observar, con una observación de una vecina."""
    organizacion = contexto.por_demo[EN_OBSERVACION]
    actor = contexto.presidencias[organizacion.pk].usuario
    hoy = contexto.calendario.hoy
    campos = {
        "fecha": hoy - datetime.timedelta(days=6),
        "lugar": "Cancha del barrio",
        "convocatoria": 1,
        "habilitados": 180,
        "presentes": 112,
        "mujeres": 65,
        "hombres": 47,
        "forma": "fila",
        "idioma": "es",
        "acuerdo": "La directiva informa el avance en la próxima asamblea.",
        "firmantes": ["Presidencia", "Vocalía"],
    }
    proyectos = [
        Renglon("Malla de seguridad para la cancha", Decimal(38_000), 96, 10, 6),
        Renglon("Cuatro luminarias en la entrada", Decimal(11_200), 88, 14, 10),
    ]
    with en_su_momento(contexto.calendario.en(-4, 9)):
        acta = acciones.escribir_acta(
            Proceso.objects.get(slug=RECIBIENDO),
            tipo="asamblea",
            organizacion=organizacion,
            actor=actor,
            escrito=Escrito(campos, proyectos),
        )
        _con_papel(contexto, acta, actor)
    _mover(acta, Estado.FIRMADA, actor, contexto.calendario.en(-4, 10))
    _mover(acta, Estado.EN_OBSERVACION, contexto.personas["planificacion"], contexto.calendario.en(-1, 11))


def _con_papel(contexto: Contexto, acta: Acta, actor: Usuario) -> None:
    renglones = [
        *("Reunida la asamblea, se prioriza lo que sigue:", "", "(los proyectos van en la hoja impresa)"),
        "Hoja dibujada para la demostración de Ayni.",
    ]
    hoja = dibujar_acta(f"Acta {acta.numero}", renglones, contexto.azar("acta de asamblea", acta.numero))
    acciones.agregar_hoja(acta, actor=actor, archivo=ContentFile(hoja, name="acta.jpg"))


def _mover(acta: Acta, hacia: str, actor: Usuario, momento: datetime.datetime, motivo: str = "") -> None:
    with en_su_momento(momento):
        acciones.mover_acta(acta, hacia=hacia, actor=actor, motivo=motivo, ahora=momento)


def _a_los(dia: datetime.date, dias: int) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(dia + datetime.timedelta(days=dias), datetime.time(10)))
