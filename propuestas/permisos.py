"""Quién ve, cambia, apoya, mueve y evalúa una propuesta."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import F, Q, prefetch_related_objects
from django.http import Http404

from civic.comun.models import Foto
from civic.cuentas.models import AsignacionRol, Usuario
from civic.cuentas.permisos import organizaciones_de, puede_actuar_por, residencia_verificada
from civic.cuentas.roles import Cosa, Rol, limitar, puede
from civic.procesos import consultas as procesos
from civic.procesos import permisos as fases
from civic.procesos.reglas import APOYAR
from propuestas import consultas, consultas_evaluacion, reglas
from propuestas.consultas_evaluacion import EVALUACION, FORMA
from propuestas.consultas_firmantes import CON_COPATROCINIOS, copatrocinantes_de
from propuestas.models import Copatrocinio, Documento, Propuesta, PropuestaQuerySet, Reclamo
from propuestas.reglas import AUTOR, MODERACION, PLANIFICACION, POR_REVISAR, TECNICO, Estado

# Ni la trastienda los ve: son de quien los escribe.
PRIVADOS = (Estado.BORRADOR.value, Estado.BORRADOR_ASISTIDO.value)
MIRADA = "Leyó una propuesta que todavía no es pública."
# Lo que hay que saber de cada una para decir quién puede decidirla.
_LO_QUE_DECIDE = ("dictamenes", "reclamos", "excusas", CON_COPATROCINIOS)
_NO_ESTA = "No encontramos esa propuesta."
_ROL_DE = {MODERACION: Rol.GESTION_COMUNIDAD, TECNICO: Rol.TECNICO_EVALUADOR, PLANIFICACION: Rol.PLANIFICACION}


def propuesta_o_404(usuario: Any, pk: int) -> Propuesta:
    """La propuesta con su lugar, si quien mira puede verla.

    Las públicas, cualquiera. Las enviadas o devueltas, quien la presentó y la trastienda. Los borradores, solo
    quien los escribe. A los demás: 404, para no contar que existe.
    """
    try:
        propuesta = _para_su_pagina().get(pk=pk)
    except Propuesta.DoesNotExist as error:
        raise Http404(_NO_ESTA) from error
    if propuesta.tiene_copatrocinios:
        prefetch_related_objects([propuesta], CON_COPATROCINIOS)
    if not puede_ver(usuario, propuesta):
        raise Http404(_NO_ESTA)
    return propuesta


@cache
def _para_su_pagina() -> PropuestaQuerySet:
    """Armarla le cuesta a la página lo mismo que ejecutarla: se arma una vez y cada visita la copia al filtrar."""
    return consultas.con_lo_que_tiene(_con_fases())


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
        usuario, "R", Cosa.PROPUESTAS, _con_fases().prefetch_related(*_LO_QUE_DECIDE).exclude(estado__in=PRIVADOS)
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
        return calidades  # nadie decide sobre lo que presentó, escribió o pide su organización
    return calidades + [
        calidad for calidad, rol in _ROL_DE.items() if puede(usuario, "A", Cosa.PROPUESTAS, propuesta, solo=[rol])
    ]


def la_presento(usuario: Any, propuesta: Propuesta) -> bool:
    """Si la presentó o habla hoy por la organización que la presentó."""
    return usuario.is_authenticated and (propuesta.autor_id == usuario.pk or es_autora(usuario, propuesta))


def es_suya(usuario: Any, propuesta: Propuesta) -> bool:
    """Si no le toca decidir sobre ella: la presentó, la escribió por otra persona o habla hoy por una organización que
    la presentó o que también la pide."""
    if not usuario.is_authenticated:
        return False
    if propuesta.asistida_por_id == usuario.pk or la_presento(usuario, propuesta):
        return True
    return any(puede_actuar_por(usuario, organizacion) for organizacion in copatrocinantes_de(propuesta))


def por_que_no_aprueba(usuario: Any, propuesta: Propuesta, hacia: str) -> str:
    """Frase que dice por qué no le toca aprobarla; vacía si puede. Quien presenta, quien evalúa y quien aprueba son
    personas distintas."""
    if es_suya(usuario, propuesta):
        return "Nadie decide sobre lo que presentó. Pídele a otra persona que lo haga."
    apelacion = consultas_evaluacion.reclamo_abierto(propuesta, FORMA)
    if propuesta.estado == Estado.APELADA and apelacion is not None and apelacion.contra_id == usuario.pk:
        return "Tú la devolviste: la apelación la decide otra persona."
    if hacia in reglas.APRUEBAN and consultas.ultimo_evaluador(propuesta) == usuario.pk:
        return "Tú la evaluaste: aprobarla le toca a otra persona."
    return ""


def pasos_de_autor(usuario: Any, propuesta: Propuesta) -> list[str]:
    """Estados a los que puede llevarla ahora quien la presentó: retirarla, responder o reclamar una vez, en plazo."""
    if not reglas.es_publico(propuesta.estado) or not es_autora(usuario, propuesta):
        return []
    hoy_esta = propuesta.estado_de_hoy
    posibles = reglas.siguientes(hoy_esta, AUTOR)
    cerrado = consultas_evaluacion.sigue_de(propuesta).vencido or consultas.ya_reclamo(propuesta)
    if hoy_esta in reglas.RECLAMABLES and cerrado:
        posibles.remove(str(Estado.EN_EVALUACION))
    return posibles


def puede_apelar(usuario: Any, propuesta: Propuesta) -> bool:
    """Si quien la presentó puede pedir que otra persona decida sobre la devolución: una vez, en plazo."""
    devuelta = propuesta.estado == Estado.DEVUELTA and propuesta.autor_id == usuario.pk
    return devuelta and not propuesta.esta_vencida and consultas_evaluacion.reclamo_de(propuesta, FORMA) is None


def puede_revisar(usuario: Any, propuesta: Propuesta) -> bool:
    """Si le toca revisar la forma de las de su territorio; no mira el estado ni si la presentó."""
    return bool({MODERACION, PLANIFICACION} & set(calidades_de(usuario, propuesta)))


def por_que_no_revisa(usuario: Any, propuesta: Propuesta) -> str:
    """Frase que dice por qué no decide ahora sobre la forma; vacía si puede."""
    if propuesta.estado not in POR_REVISAR:
        return f"Está «{propuesta.ficha.etiqueta}»: su forma ya se revisó."
    if razon := por_que_no_aprueba(usuario, propuesta, str(Estado.PUBLICADA)):
        return razon
    return "" if puede_revisar(usuario, propuesta) else "Revisar la forma le toca a Gestión de comunidad."


def ve_textos_anteriores(usuario: Any, propuesta: Propuesta) -> bool:
    """Lo que decía antes de corregirla: solo quien la presentó y quien revisa la forma."""
    return usuario.is_authenticated and (propuesta.autor_id == usuario.pk or puede_revisar(usuario, propuesta))


def documento_o_404(usuario: Any, token: str) -> Documento:
    """Un documento que todavía tiene su archivo, si quien mira ve la propuesta y el paso con que se adjuntó."""
    documento = Documento.objects.vigentes().filter(token=token).first()
    if documento is None:
        raise Http404("No hay ese documento.")
    if documento.publico and lee_lo_escrito(usuario).filter(pk=documento.propuesta_id).exists():
        return documento
    documento.propuesta = propuesta_o_404(usuario, documento.propuesta_id)
    if not ve_documento(usuario, documento):
        raise Http404("No hay ese documento.")
    return documento


def lee_lo_escrito(usuario: Any) -> PropuestaQuerySet:
    """Las propuestas que lee enteras antes de que sean públicas: la que escribió por otra persona, mientras no se
    presenta, y la que invitó a una organización por la que habla hoy, ya presentada."""
    if not usuario.is_authenticated:
        return Propuesta.objects.none()  # type: ignore[return-value]
    asiste = Q(asistida_por=usuario, estado=Estado.BORRADOR_ASISTIDO)
    invitada = Copatrocinio.objects.filter(organizacion__in=organizaciones_de(usuario))
    invitada = invitada.exclude(estado=Copatrocinio.Estado.RETIRADA)
    ya_presentada = Q(pk__in=invitada.values("propuesta")) & ~Q(estado__in=reglas.EDITABLES)
    return Propuesta.objects.filter(asiste | ya_presentada)  # type: ignore[return-value]


def ve_su_foto(usuario: Any, foto: Foto) -> bool:
    """Las fotos de lo que escribió otra persona por ella, y de lo que lee antes de que sea público."""
    suyas = Q(foto=foto) | Q(otras_fotos__foto=foto)
    if Propuesta.objects.filter(suyas, autor=usuario).exists():
        return True
    return lee_lo_escrito(usuario).filter(suyas).exists()


def ve_documento(usuario: Any, documento: Documento) -> bool:
    """Si ve el paso con que se adjuntó; ver la propuesta se mira aparte."""
    return documento.publico or es_parte(usuario, documento.propuesta)


def es_parte(usuario: Any, propuesta: Propuesta) -> bool:
    """Si lee las devoluciones y apelaciones, que son entre quien la presentó y quien revisa la forma."""
    return la_presento(usuario, propuesta) or puede_revisar(usuario, propuesta)


def por_que_no_retira(usuario: Any, propuesta: Propuesta) -> str:
    """Frase que dice por qué no retira sus documentos; vacía si puede."""
    if es_suya(usuario, propuesta):
        return "Nadie modera lo que presentó. Pídele a otra persona que lo haga."
    if MODERACION not in calidades_de(usuario, propuesta):
        return "Retirar documentos le toca a Gestión de comunidad."
    return ""


def movimientos_posibles(usuario: Any, propuesta: Propuesta) -> dict[str, str]:
    """{estado siguiente: calidad con la que puede moverla} desde la trastienda, sin dictámenes ni lo del autor."""
    posibles: dict[str, str] = {}
    for calidad in calidades_de(usuario, propuesta):
        if calidad == AUTOR:
            continue
        for hacia in reglas.siguientes(propuesta.estado, calidad):
            if _tiene_su_pagina(propuesta.estado, hacia):
                continue
            if not por_que_no_aprueba(usuario, propuesta, hacia):
                posibles.setdefault(hacia, calidad)
    return posibles


def _tiene_su_pagina(desde: str, hacia: str) -> bool:
    """Revisar la forma, evaluar, unir, dividir y pasar de gestión no son un movimiento suelto."""
    return desde in POR_REVISAR or hacia in (Estado.ARRASTRADA, *reglas.YA_SON_OTRAS) or desde == Estado.EN_EVALUACION


def por_que_no_evalua(usuario: Any, propuesta: Propuesta) -> str:
    """Frase que dice por qué `usuario` no puede evaluarla; vacía si puede. No mira la fase ni el estado."""
    if not puede(usuario, "C", Cosa.VIABILIDAD):
        return "Evaluar propuestas le toca al equipo técnico o a Planificación."
    if not puede(usuario, "C", Cosa.VIABILIDAD, propuesta):
        return "Esta propuesta es de otra unidad o de otro distrito. La evalúa su equipo."
    if razon := por_que_no_es_imparcial(usuario, propuesta):
        return razon
    if propuesta.evaluador_id not in (None, usuario.pk):
        return "La tiene asignada otra persona del equipo."
    return ""


def por_que_no_es_imparcial(usuario: Any, propuesta: Propuesta) -> str:
    """Frase que dice por qué no debe evaluarla alguien que sí tiene el cargo; vacía si nada se lo impide."""
    if es_suya(usuario, propuesta):
        return "Nadie evalúa lo que presentó. Pídele a otra persona del equipo que la evalúe."
    if consultas_evaluacion.se_excuso(usuario, propuesta):
        return "Te excusaste de evaluarla. La evalúa otra persona del equipo."
    reclamo = consultas_evaluacion.reclamo_abierto(propuesta, EVALUACION)
    if reclamo is not None and reclamo.contra_id == usuario.pk:
        return "Tú la evaluaste la primera vez: la segunda evaluación le toca a otra persona."
    return ""


def por_que_no_recibe(usuario: Any, propuesta: Propuesta) -> str:
    """Frase que dice por qué no se le puede asignar a esa persona; vacía si se puede."""
    if not puede(usuario, "C", Cosa.VIABILIDAD, propuesta, solo=[Rol.TECNICO_EVALUADOR]) or usuario.es_tecnica:
        return "Se asigna a una persona del equipo técnico de la unidad que la evalúa."
    return por_que_no_es_imparcial(usuario, propuesta)


def evaluadores_de(propuesta: Propuesta) -> list[Usuario]:
    """A quiénes se les puede asignar hoy, por su nombre."""
    asignaciones = AsignacionRol.objects.vigentes().filter(rol=Rol.TECNICO_EVALUADOR)
    personas = Usuario.objects.filter(pk__in=asignaciones.values("usuario"), is_active=True).order_by("nombre_publico")
    return [persona for persona in personas if not por_que_no_recibe(persona, propuesta)]


def lee_notas(usuario: Any, propuesta: Propuesta) -> bool:
    """Las notas internas las lee y escribe solo quien evalúa o decide la evaluación, dentro de su alcance."""
    return any(puede(usuario, letra, Cosa.VIABILIDAD, propuesta) for letra in "CA")


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


def situacion_de_apoyo(usuario: Any, propuesta: Propuesta, *, en_pantalla: bool = False) -> SituacionDeApoyo:
    """Si `usuario` puede apoyar ahora, o retirar su apoyo si ya lo dio, y si no, por qué.

    En el momento del acto relee el proceso; `en_pantalla` usa el que ya se cargó para la página.
    """
    ya = consultas.apoyo_de(usuario, propuesta)
    if propuesta.estado not in reglas.APOYABLES:
        frase = f"Está «{propuesta.ficha.etiqueta}» y ya no recibe apoyos. {consultas.que_sigue(propuesta)}"
        return SituacionDeApoyo(ya, False, frase)
    if razon := (procesos if en_pantalla else fases).impedimento(propuesta.proceso, APOYAR):
        return SituacionDeApoyo(ya, False, razon)
    if not usuario.is_authenticated:
        return SituacionDeApoyo(False, False, "Para apoyar entra con tu cuenta.", falta_ingresar=True)
    if not ya and residencia_verificada(usuario) is None:
        motivo = "Apoya quien vive en el municipio y ya verificó su domicilio. Puedes hacerlo en tu cuenta."
        return SituacionDeApoyo(ya, False, motivo, falta_residencia=True)
    return SituacionDeApoyo(ya, True)


# --- Bandeja ---------------------------------------------------------------------------------------------------------
def bandeja_de(usuario: Any) -> list[tuple[str, str, PropuestaQuerySet]]:
    """(clave, título, propuestas) de lo que espera por `usuario`: lo vencido primero. Nunca lo suyo."""
    ajenas = _con_fases().prefetch_related(*_LO_QUE_DECIDE).exclude(autor=usuario).exclude(asistida_por=usuario)
    if suyas := organizaciones_de(usuario):
        ajenas = ajenas.exclude(copatrocinios__in=Copatrocinio.objects.aceptados().filter(organizacion__in=suyas))
    por_plazo = ajenas.order_by(F("vence").asc(nulls_last=True), "presentada", "pk")
    en_evaluacion = limitar(usuario, "C", Cosa.VIABILIDAD, por_plazo.filter(estado=Estado.EN_EVALUACION))
    en_evaluacion = en_evaluacion.exclude(excusas__persona=usuario)
    en_evaluacion = en_evaluacion.exclude(reclamos__in=Reclamo.objects.filter(contra=usuario, resuelto=None))
    revisar = limitar(usuario, "A", Cosa.PROPUESTAS, por_plazo)
    if not any(usuario.tiene_rol(rol) for rol in (Rol.GESTION_COMUNIDAD, Rol.PLANIFICACION)):
        revisar = revisar.none()
    apeladas = revisar.filter(estado=Estado.APELADA).exclude(reclamos__in=Reclamo.objects.filter(contra=usuario))
    return [
        ("apeladas", "Apelaciones por decidir", apeladas),  # type: ignore[list-item]
        ("enviadas", "Forma por revisar", revisar.filter(estado=Estado.ENVIADA)),  # type: ignore[list-item]
        ("mias", "Mis evaluaciones", en_evaluacion.filter(evaluador=usuario)),  # type: ignore[list-item]
        ("libres", "De mi unidad, sin asignar", en_evaluacion.filter(evaluador=None)),  # type: ignore[list-item]
    ]
