"""Quién ve el padrón de una votación, quién lo reclama, quién lo observa y quién resuelve."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.cuentas.models import Organizacion, Residencia
from civic.cuentas.permisos import calidad_de, organizaciones_de
from civic.cuentas.roles import Cosa, Rol, puede
from civic.procesos.reglas import dia
from votaciones.lugares import contiendas_de
from votaciones.models import Contienda, Votacion
from votaciones.padron import consultas
from votaciones.padron.models import PadronElectoral, ReclamoDePadron

MIRADA = "Miró los reclamos al padrón de una votación"


def padron_o_404(slug: str) -> PadronElectoral:
    """El padrón publicado de una votación, también mientras se prepara: es cuando se puede reclamar."""
    padron = (
        PadronElectoral.objects.select_related("votacion__proceso")
        .defer("votacion__libro")
        .filter(votacion__slug=slug)
        .filter(Q(votacion__proceso__publicado=True) | ~Q(votacion__estado=Votacion.Estado.PREPARADA))
        .first()
    )
    if padron is None:
        raise Http404("No hay ese padrón.")
    return padron


def reclamo_o_404(votacion: int, pk: int) -> ReclamoDePadron:
    """El reclamo, para la trastienda, con su padrón y las personas de que trata."""
    reclamo = (
        ReclamoDePadron.objects.select_related("padron__votacion", "contienda__area", "autor", "persona")
        .defer("padron__votacion__libro")
        .filter(padron__votacion=votacion, pk=pk)
        .first()
    )
    if reclamo is None:
        raise Http404("No hay ese reclamo.")
    return reclamo


# --- Publicar y resolver ---------------------------------------------------------------------------------------------
def conduce(usuario: Any) -> bool:
    return puede(usuario, "A", Cosa.VOTACIONES)


def exigir_publicar(usuario: Any) -> None:
    """Lanza ReglaIncumplida si no puede. `None` es el propio sistema (cargas y órdenes)."""
    if usuario is not None and not conduce(usuario):
        raise ReglaIncumplida("Publicar el padrón le toca a Planificación POA.")


def por_que_no_publica(votacion: Votacion, padron: PadronElectoral | None, *, de_nuevo: bool) -> str:
    """Frase que dice por qué no se publica ahora; vacía si se puede."""
    if votacion.estado != Votacion.Estado.PREPARADA:
        return "La votación ya se abrió: su padrón es definitivo."
    if not votacion.proceso.publicado:
        return "Publica primero el proceso: la gente debe poder leerlo antes de reclamar."
    if padron is not None and not de_nuevo:
        return "El padrón de esta votación ya se publicó."
    if padron is None and de_nuevo:
        return "Todavía no se publicó: no hay qué publicar de nuevo."
    return ""


def por_que_no_resuelve(usuario: Any, reclamo: ReclamoDePadron) -> str:
    """Frase que dice por qué no le toca resolver ese reclamo; vacía si puede."""
    if reclamo.estado != ReclamoDePadron.Estado.PRESENTADO:
        return "Ese reclamo ya se resolvió."
    if not conduce(usuario):
        return "Los reclamos al padrón los resuelve Planificación POA."
    if usuario.pk in (reclamo.autor_id, reclamo.persona_id):
        return "Nadie resuelve un reclamo suyo o que trata de su persona."
    if usuario.pk in consultas.publicaron(reclamo.padron):
        return "Tú publicaste este padrón: sus reclamos los resuelve otra persona de Planificación."
    return ""


# --- Reclamar --------------------------------------------------------------------------------------------------------
def fuera_de_plazo(padron: PadronElectoral, ahora: datetime) -> str:
    """Frase si ya no se puede reclamar; vacía si el plazo corre."""
    if padron.se_observa(ahora):
        return ""
    return f"El plazo para reclamar terminó el {dia(padron.observable_hasta)}."


def residencia_de(usuario: Any) -> Residencia | None:
    """Se lee de la base: la que la persona tiene guardada en su sesión pudo cambiar."""
    return Residencia.objects.select_related("distrito", "otb").filter(usuario=usuario).first()


def por_que_no_reclama(usuario: Any, padron: PadronElectoral, ahora: datetime | None = None) -> str:
    """Por qué esa persona no puede pedir entrar al padrón; vacía si puede."""
    if razon := fuera_de_plazo(padron, ahora or timezone.now()):
        return razon
    if not getattr(usuario, "is_authenticated", False):
        return "Para reclamar, entra con tu cuenta."
    contiendas = {contienda.pk for contienda in contiendas_de(padron.votacion_id, residencia_de(usuario))}
    if not contiendas:
        return "Para reclamar, dinos primero en qué distrito vives."
    if contiendas == {suya.contienda_id for suya in consultas.habilitaciones_de(padron, usuario)}:
        return "Ya estás en el padrón del lugar donde vives."
    if ReclamoDePadron.objects.por_resolver().filter(padron=padron, autor=usuario, contienda__in=contiendas).exists():
        return "Ya tienes un reclamo esperando respuesta."
    return ""


def por_que_no_esta(usuario: Any, padron: PadronElectoral) -> str:
    """La razón más cercana por la que una persona con cuenta no está en el padrón."""
    residencia = residencia_de(usuario)
    if residencia is None:
        return "No dijiste dónde vives."
    if not contiendas_de(padron.votacion_id, residencia):
        return f"Vives en {residencia.donde}, y ahí no se vota en esta votación."
    aceptados = ReclamoDePadron.objects.filter(padron=padron, persona=usuario, estado=ReclamoDePadron.Estado.ACEPTADO)
    ultimo = aceptados.order_by("resuelto").last()
    if ultimo is not None and ultimo.clase == ReclamoDePadron.Clase.EXCLUSION:
        return f"Se aceptó una observación a tu inclusión. La razón: {ultimo.respuesta}"
    if not residencia.esta_verificada:
        return f"Dijiste que vives en {residencia.donde}, pero falta verificarlo."
    return f"Verificaste que vives en {residencia.donde} después del corte, o tu identidad estaba en otra cuenta."


def calidad_para_observar(usuario: Any, contienda: Contienda) -> str:
    """En qué calidad puede observar una inclusión de ese lugar; vacía si no puede."""
    for organizacion in organizaciones_de(usuario):
        if contienda.area_id in _lugares_de(organizacion):
            return calidad_de(usuario, organizacion)
    return str(Rol.CONTROL_SOCIAL.label) if _donde_vigila(usuario) & _donde_se_vigila(contienda) else ""


def _lugares_de(organizacion: Organizacion) -> set[int | None]:
    """Su OTB y su distrito: lo que pasa en lugares más grandes no es de una sola organización."""
    return {organizacion.area_id, organizacion.distrito_id} - {None}


def _donde_se_vigila(contienda: Contienda) -> set[int | None]:
    """Todo el municipio, su lugar y, si es una OTB, su distrito: quien vigila el distrito vigila sus OTB."""
    return {None, contienda.area_id, contienda.area.padre_id or contienda.area_id}


def _donde_vigila(usuario: Any) -> set[int | None]:
    """Los distritos donde hace control social; None si es en todos. La administración técnica no vigila por nadie."""
    if not getattr(usuario, "is_authenticated", False) or usuario.es_tecnica:
        return set()
    return set(usuario.asignaciones_en_uso.filter(rol=Rol.CONTROL_SOCIAL).values_list("distrito", flat=True))


def contiendas_que_observa(usuario: Any, padron: PadronElectoral, ahora: datetime | None = None) -> list[Contienda]:
    """Dónde puede esa persona observar inclusiones ahora."""
    if fuera_de_plazo(padron, ahora or timezone.now()):
        return []
    vigila = _donde_vigila(usuario)
    suyos = {lugar for organizacion in organizaciones_de(usuario) for lugar in _lugares_de(organizacion)}
    if not vigila and not suyos:
        return []
    contiendas = Contienda.objects.filter(votacion=padron.votacion_id).select_related("area")
    return [una for una in contiendas if una.area_id in suyos or vigila & _donde_se_vigila(una)]
