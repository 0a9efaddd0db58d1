"""Quién ve, cambia, apoya, mueve y evalúa una propuesta."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404

from civic.cuentas.permisos import puede_actuar_por, residencia_verificada
from civic.cuentas.roles import Cosa, Rol, limitar, puede
from civic.procesos import permisos as fases
from civic.procesos.reglas import APOYAR
from propuestas import consultas, reglas
from propuestas.models import Propuesta, PropuestaQuerySet
from propuestas.reglas import AUTOR, MODERACION, PLANIFICACION, TECNICO, Estado

# Ni la trastienda los ve: son de quien los escribe.
PRIVADOS = (Estado.BORRADOR.value, Estado.BORRADOR_ASISTIDO.value)
MIRADA = "Leyó una propuesta que todavía no es pública."
_NO_ESTA = "No encontramos esa propuesta."
_ROL_DE = {MODERACION: Rol.GESTION_COMUNIDAD, TECNICO: Rol.TECNICO_EVALUADOR, PLANIFICACION: Rol.PLANIFICACION}


def propuesta_o_404(usuario: Any, pk: int) -> Propuesta:
    """La propuesta con su lugar, si quien mira puede verla.

    Las públicas, cualquiera. Las enviadas o devueltas, quien la presentó y la trastienda. Los borradores, solo
    quien los escribe. A los demás: 404, para no contar que existe.
    """
    propuesta = _con_fases().filter(pk=pk).first()
    if propuesta is None or not puede_ver(usuario, propuesta):
        raise Http404(_NO_ESTA)
    return propuesta


def _con_fases() -> PropuestaQuerySet:
    return Propuesta.objects.con_lugar().prefetch_related("proceso__fases")


def puede_ver(usuario: Any, propuesta: Propuesta) -> bool:
    if reglas.es_publico(propuesta.estado) or propuesta.autor_id == usuario.pk:
        return True
    return en_trastienda(usuario, propuesta)


def es_publica(propuesta: Propuesta) -> bool:
    return reglas.es_publico(propuesta.estado)


def en_trastienda(usuario: Any, propuesta: Propuesta) -> bool:
    """Si la ve en la trastienda: no es un borrador y su cargo alcanza hasta ella."""
    return propuesta.estado not in PRIVADOS and puede(usuario, "R", Cosa.PROPUESTAS, propuesta)


def propia_o_404(usuario: Any, pk: int) -> Propuesta:
    """Una propuesta que escribió `usuario`, en cualquier estado; 404 para los demás."""
    propuesta = _con_fases().filter(pk=pk, autor=usuario).first()
    if propuesta is None:
        raise Http404(_NO_ESTA)
    return propuesta


def visibles_en_trastienda(usuario: Any) -> PropuestaQuerySet:
    """Todas menos los borradores, hasta donde alcanza el cargo de quien mira."""
    return limitar(  # type: ignore[return-value]
        usuario, "R", Cosa.PROPUESTAS, _con_fases().prefetch_related("dictamenes").exclude(estado__in=PRIVADOS)
    )


def en_trastienda_o_404(usuario: Any, pk: Any) -> Propuesta:
    """Una propuesta para la trastienda; de otro distrito o unidad es como si no existiera."""
    propuesta = visibles_en_trastienda(usuario).filter(pk=pk).first()
    if propuesta is None:
        raise Http404(_NO_ESTA)
    return propuesta


def es_autora(usuario: Any, propuesta: Propuesta) -> bool:
    """Si `usuario` habla hoy por quien la presentó: la persona o, si es de una organización, quien la represente."""
    if not usuario.is_authenticated:
        return False
    if propuesta.organizacion is not None:
        return puede_actuar_por(usuario, propuesta.organizacion)
    return propuesta.autor_id == usuario.pk


def calidades_de(usuario: Any, propuesta: Propuesta) -> list[str]:
    """En qué calidades puede mover la propuesta: autor, moderacion, tecnico, planificacion."""
    if not usuario.is_authenticated:
        return []
    calidades = [AUTOR] if es_autora(usuario, propuesta) else []
    if es_suya(usuario, propuesta):
        return calidades  # nadie decide sobre lo que presentó
    return calidades + [
        calidad for calidad, rol in _ROL_DE.items() if puede(usuario, "A", Cosa.PROPUESTAS, propuesta, solo=[rol])
    ]


def es_suya(usuario: Any, propuesta: Propuesta) -> bool:
    """Si la escribió o habla hoy por la organización que la presentó."""
    return usuario.is_authenticated and (propuesta.autor_id == usuario.pk or es_autora(usuario, propuesta))


def por_que_no_aprueba(usuario: Any, propuesta: Propuesta, hacia: str) -> str:
    """Frase que dice por qué no le toca aprobarla; vacía si puede. Quien presenta, quien evalúa y quien aprueba son
    personas distintas."""
    if es_suya(usuario, propuesta):
        return "Nadie decide sobre lo que presentó. Pídele a otra persona que lo haga."
    if hacia in reglas.APRUEBAN and consultas.ultimo_evaluador(propuesta) == usuario.pk:
        return "Tú la evaluaste: aprobarla le toca a otra persona."
    return ""


def pasos_de_autor(usuario: Any, propuesta: Propuesta) -> list[str]:
    """Estados a los que puede llevarla ahora quien la presentó: retirarla o pedir que se evalúe (de nuevo)."""
    if not reglas.es_publico(propuesta.estado) or not es_autora(usuario, propuesta):
        return []
    posibles = reglas.siguientes(propuesta.estado, AUTOR)
    if Estado.EN_EVALUACION in posibles and consultas.ya_reclamo(propuesta):
        posibles.remove(Estado.EN_EVALUACION)
    return posibles


def movimientos_posibles(usuario: Any, propuesta: Propuesta) -> dict[str, str]:
    """{estado siguiente: calidad con la que puede moverla} desde la trastienda, sin dictámenes ni lo del autor."""
    posibles: dict[str, str] = {}
    for calidad in calidades_de(usuario, propuesta):
        if calidad == AUTOR:
            continue
        for hacia in reglas.siguientes(propuesta.estado, calidad):
            if propuesta.estado == Estado.EN_EVALUACION and hacia in reglas.RESULTADOS:
                continue
            if not por_que_no_aprueba(usuario, propuesta, hacia):
                posibles.setdefault(hacia, calidad)
    return posibles


def por_que_no_evalua(usuario: Any, propuesta: Propuesta) -> str:
    """Frase que dice por qué `usuario` no puede evaluarla; vacía si puede. No mira la fase ni el estado."""
    if not puede(usuario, "C", Cosa.VIABILIDAD):
        return "Evaluar propuestas le toca al equipo técnico o a Planificación."
    if not puede(usuario, "C", Cosa.VIABILIDAD, propuesta):
        return "Esta propuesta es de otra unidad o de otro distrito. La evalúa su equipo."
    if es_suya(usuario, propuesta):
        return "Nadie evalúa lo que presentó. Pídele a otra persona del equipo que la evalúe."
    return ""


def por_que_no_asigna(usuario: Any, propuesta: Propuesta) -> str:
    """Frase que dice por qué no puede decir qué unidad la evalúa; vacía si puede."""
    if not puede(usuario, "E", Cosa.PROPUESTAS, propuesta):
        return "Asignar propuestas le toca a Planificación o a su unidad."
    if es_suya(usuario, propuesta):
        return "Nadie elige quién evalúa lo que presentó."
    return ""


@dataclass(frozen=True)
class SituacionDeApoyo:
    """Qué puede hacer quien mira con su apoyo. `motivo` explica por qué no puede (vacío si puede)."""

    ya_apoya: bool
    puede: bool
    motivo: str = ""
    falta_ingresar: bool = False
    falta_residencia: bool = False


def situacion_de_apoyo(usuario: Any, propuesta: Propuesta) -> SituacionDeApoyo:
    """Si `usuario` puede apoyar ahora, o retirar su apoyo si ya lo dio, y si no, por qué."""
    ya = consultas.apoyo_de(usuario, propuesta)
    if propuesta.estado not in reglas.APOYABLES:
        ficha = propuesta.ficha
        return SituacionDeApoyo(ya, False, f"Está «{ficha.etiqueta}» y ya no recibe apoyos. {ficha.sigue}")
    if not fases.permite(propuesta.proceso, APOYAR):
        return SituacionDeApoyo(ya, False, fases.por_que_no(propuesta.proceso, APOYAR))
    if not usuario.is_authenticated:
        return SituacionDeApoyo(False, False, "Para apoyar entra con tu cuenta.", falta_ingresar=True)
    if not ya and residencia_verificada(usuario) is None:
        motivo = "Apoya quien vive en el municipio y ya verificó su domicilio. Puedes hacerlo en tu cuenta."
        return SituacionDeApoyo(ya, False, motivo, falta_residencia=True)
    return SituacionDeApoyo(ya, True)
