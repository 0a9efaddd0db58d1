"""Quién evalúa una propuesta: la unidad, la persona, quien se excusa, y lo que el equipo se anota."""

from django.db import transaction

from civic.comun.bitacora import anotar
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.cuentas.models import Usuario
from civic.cuentas.roles import Cosa, puede
from propuestas import permisos, reglas
from propuestas.acciones.piezas import anotar_aparte, bloquear_propuesta, cargo, intento
from propuestas.models import Excusa, NotaInterna, Propuesta
from propuestas.reglas import TECNICO, Conflicto, Estado
from propuestas.reglas.evaluacion import RAZONES_DE_EXCUSA


def asignar_unidad(propuesta: Propuesta, *, unidad: str, actor: Usuario) -> Propuesta:
    """Dice qué unidad evalúa la propuesta; repetirlo no cambia nada. Quien la tenía de otra unidad deja de tenerla."""
    unidad = limpiar(unidad)
    if not unidad:
        raise ReglaIncumplida("Di qué unidad la evalúa.", campo="unidad")
    with transaction.atomic():
        propuesta = bloquear_propuesta(propuesta)
        if razon := permisos.por_que_no_asigna(actor, propuesta):
            raise ReglaIncumplida(razon)
        if propuesta.unidad != unidad:
            antes, propuesta.unidad = propuesta.unidad, unidad
            if propuesta.evaluador is not None and permisos.por_que_no_recibe(propuesta.evaluador, propuesta):
                propuesta.evaluador = None
            propuesta.save(update_fields=["unidad", "evaluador", "cambiada"])
            anotar(
                propuesta, verbo="asignar_unidad", texto=f"La evalúa: {unidad}.", actor=actor, calidad=cargo(actor),
                datos={"unidad": [antes, unidad]}, publico=reglas.es_publico(propuesta.estado),
            )  # fmt: skip
    return propuesta


def asignar_evaluador(propuesta: Propuesta, *, evaluador: Usuario, actor: Usuario) -> Propuesta:
    """Dice qué persona de la unidad la evalúa. Una del equipo puede tomar para sí la que nadie tiene.

    Lanza Conflicto si quien la quiere tomar llegó después que otra; ReglaIncumplida si no es del equipo de esa unidad,
    la presentó, se excusó o fue quien la evaluó la primera vez.
    """
    with intento(propuesta, actor, "tomarla"), transaction.atomic():
        propuesta = bloquear_propuesta(propuesta)
        if propuesta.evaluador_id == evaluador.pk:
            return propuesta
        if propuesta.estado != Estado.EN_EVALUACION:
            raise ReglaIncumplida(f"Está «{propuesta.ficha.etiqueta}»: se asigna mientras está «En evaluación».")
        toma = actor.pk == evaluador.pk
        if toma and propuesta.evaluador_id is not None and permisos.por_que_no_asigna(actor, propuesta):
            raise Conflicto("Otra persona del equipo la tomó antes que tú. Elige otra de la bandeja.")
        if not toma and (razon := permisos.por_que_no_asigna(actor, propuesta)):
            raise ReglaIncumplida(razon)
        if razon := permisos.por_que_no_recibe(evaluador, propuesta):
            raise ReglaIncumplida(razon, campo="evaluador")
        propuesta.evaluador = evaluador
        propuesta.save(update_fields=["evaluador", "cambiada"])
        anotar(
            propuesta, verbo="asignar_evaluador", texto="Una persona del equipo técnico la tiene a su cargo.",
            actor=actor, calidad=cargo(actor), datos={"evaluador": evaluador},
        )  # fmt: skip
    return propuesta


def excusarse(propuesta: Propuesta, *, actor: Usuario, razon: str, detalle: str = "") -> Excusa:
    """Se aparta de evaluarla por tener interés en ella. Que alguien se apartó es público; quién y por qué, no."""
    if razon not in RAZONES_DE_EXCUSA:
        raise ReglaIncumplida("Elige por qué te excusas.", campo="razon")
    with transaction.atomic():
        propuesta = bloquear_propuesta(propuesta)
        if not puede(actor, "C", Cosa.VIABILIDAD, propuesta):
            raise ReglaIncumplida("Te excusas solo de lo que te tocaría evaluar.")
        if propuesta.estado != Estado.EN_EVALUACION:
            raise ReglaIncumplida(f"Está «{propuesta.ficha.etiqueta}»: ahora nadie la evalúa.")
        excusa, nueva = Excusa.objects.get_or_create(
            propuesta=propuesta, persona=actor, defaults={"razon": razon, "detalle": limpiar(detalle)}
        )
        if nueva:
            if propuesta.evaluador_id == actor.pk:
                propuesta.evaluador = None
                propuesta.save(update_fields=["evaluador", "cambiada"])
            anotar(
                propuesta, verbo="excusarse", texto="Una persona se excusó de evaluarla.", actor=actor,
                calidad=reglas.EN_CALIDAD_DE[TECNICO], datos={"razon": razon},
            )  # fmt: skip
    return excusa


def agregar_nota(propuesta: Propuesta, *, actor: Usuario, texto: str) -> NotaInterna:
    """Deja una nota que solo lee el equipo. La bitácora dice que la hubo, no lo que dice."""
    texto = limpiar(texto, varias_lineas=True)
    if not texto:
        raise ReglaIncumplida("Escribe la nota.", campo="texto")
    with transaction.atomic():
        propuesta = bloquear_propuesta(propuesta)
        if not permisos.lee_notas(actor, propuesta):
            raise ReglaIncumplida("Las notas internas son de quien evalúa esta propuesta.")
        nota = NotaInterna.objects.create(propuesta=propuesta, autor=actor, texto=texto)
        anotar_aparte(propuesta, actor, verbo="agregar_nota", texto="Agregó una nota interna.")
    return nota
