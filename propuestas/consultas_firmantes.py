"""Lecturas de quienes firman una propuesta: sus copatrocinantes y lo que escribió una promotora por otra persona."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from civic.cuentas.consultas_organizaciones import buscar_organizaciones, directiva_de
from civic.cuentas.models import Organizacion, Usuario
from civic.cuentas.permisos import organizaciones_de
from propuestas.consultas_adjuntos import documentos_al_proponer
from propuestas.models import Copatrocinio, CopatrocinioQuerySet, Propuesta, PropuestaQuerySet
from propuestas.reglas import Estado, sello_de

COPATROCINIOS_MAXIMO = 10
HALLADAS_MAXIMO = 20
_ESCRITO = (
    *("titulo", "descripcion", "categoria_id", "organizacion_id", "distrito_id", "otb_id", "lon", "lat"),
    *("referencia", "monto_solicitado", "familias", "foto_id"),
)
CON_COPATROCINIOS = Prefetch("copatrocinios", Copatrocinio.objects.select_related("organizacion"))


def sello_de_lo_escrito(propuesta: Propuesta) -> str:
    """Huella de todo lo que su autora o autor consiente: textos, tema, lugar, costo, familias, fotos, documentos y en
    nombre de quién. No mira el estado."""
    adjuntos: list[Any] = [*propuesta.otras_fotos.values_list("foto", flat=True)]  # type: ignore[attr-defined]
    adjuntos += documentos_al_proponer(propuesta).values_list("huella", flat=True)
    return sello_de([*(_llano(getattr(propuesta, campo)) for campo in _ESCRITO), *adjuntos])


def _llano(valor: Any) -> str:
    """Un monto recién escrito (120000) y el mismo releído de la base (120000.00) son iguales."""
    return f"{valor.normalize():f}" if hasattr(valor, "normalize") else str(valor)


# --- Copatrocinio ----------------------------------------------------------------------------------------------------
def copatrocinantes_de(propuesta: Propuesta) -> list[Organizacion]:
    """Las organizaciones que aceptaron, en el orden en que se las invitó. Usa lo ya cargado si se trajo."""
    if not propuesta.tiene_copatrocinios:
        return []
    return [
        copatrocinio.organizacion
        for copatrocinio in propuesta.copatrocinios.all()  # type: ignore[attr-defined]
        if copatrocinio.estado == Copatrocinio.Estado.ACEPTADA
    ]


def copatrocinios_de(propuesta: Propuesta) -> list[Copatrocinio]:
    """Todos, en cualquier estado, para quien la presentó."""
    return list(Copatrocinio.objects.filter(propuesta=propuesta).con_todo())


def nombres_por_propuesta(propuestas: PropuestaQuerySet) -> dict[int, str]:
    """{propuesta: «OTB Molle; Junta Villa»} de las que tienen copatrocinantes, en una consulta."""
    filas = Copatrocinio.objects.aceptados().filter(propuesta__in=propuestas.order_by().values("pk"))
    nombres: dict[int, list[str]] = {}
    for copatrocinio in filas.select_related("organizacion").order_by("invitada", "pk"):
        nombres.setdefault(copatrocinio.propuesta_id, []).append(str(copatrocinio.organizacion))
    return {propuesta: "; ".join(suyos) for propuesta, suyos in nombres.items()}


def organizaciones_para_invitar(propuesta: Propuesta, *, texto: str, distrito: str) -> list[Organizacion]:
    """Hasta HALLADAS_MAXIMO organizaciones con directiva hoy que se pueden invitar; nada si no se busca nada."""
    if not texto and not distrito:
        return []
    ya = Copatrocinio.objects.filter(propuesta=propuesta).exclude(estado=Copatrocinio.Estado.RETIRADA, respondida=None)
    halladas = buscar_organizaciones(texto=texto, distrito=distrito, estado=Organizacion.Estado.VIGENTE)
    halladas = halladas.exclude(pk__in=ya.values("organizacion"))
    if propuesta.organizacion_id is not None:
        halladas = halladas.exclude(pk=propuesta.organizacion_id)  # type: ignore[assignment]
    return list(halladas[:HALLADAS_MAXIMO])


def invitaciones_de(organizaciones: Iterable[Organizacion]) -> CopatrocinioQuerySet:
    """Las que esas organizaciones tienen por responder, la más vieja primero."""
    return Copatrocinio.objects.por_responder(organizaciones).con_todo()


def aceptados_de(organizaciones: Iterable[Organizacion]) -> CopatrocinioQuerySet:
    return Copatrocinio.objects.aceptados().filter(organizacion__in=list(organizaciones)).con_todo()


def seccion_de_copatrocinios(organizacion: Organizacion) -> dict[str, Any]:
    """Para la página de una organización: cuántas propuestas públicas de otras pide también, y las últimas."""
    suyas = Propuesta.objects.publicadas().filter(
        copatrocinios__organizacion=organizacion, copatrocinios__estado=Copatrocinio.Estado.ACEPTADA
    )
    return {"total": suyas.count(), "ultimas": list(suyas.order_by("-presentada", "-pk").para_tarjetas()[:5])}


# --- Entrada asistida ------------------------------------------------------------------------------------------------
def asistidas_por(usuario: Any) -> list[Propuesta]:
    """Los borradores que esa promotora escribió y que todavía nadie consintió; lo último, primero."""
    return list(Propuesta.objects.asistidas_por(usuario).con_lugar().order_by("-cambiada", "-pk"))


def por_consentir(usuario: Any) -> int:
    """Cuántos borradores escritos por una promotora esperan que esa persona los confirme."""
    return Propuesta.objects.de(usuario).filter(estado=Estado.BORRADOR_ASISTIDO).count()


def pendientes_de(usuario: Any) -> list[tuple[str, str]]:
    """(frase, dirección) de lo que espera a esa persona, para «Mi cuenta»: confirmar, o responder una invitación."""
    pendientes = []
    if cuantos := por_consentir(usuario):
        frase = (
            "una propuesta que una promotora escribió" if cuantos == 1 else f"{cuantos} propuestas que se escribieron"
        )
        pendientes.append((f"Lee y confirma {frase} en tu nombre", reverse("propuestas:borradores")))
    for invitacion in invitaciones_de(organizaciones_de(usuario)):
        frase = f"Invitan a {invitacion.organizacion} a pedir «{invitacion.propuesta.titulo}»"
        pendientes.append((frase, invitacion.get_absolute_url()))
    return pendientes


def integrantes_de(organizacion: Organizacion) -> list[Usuario]:
    """Quienes hoy pueden hablar por la organización; nadie, si está suspendida o su directiva venció."""
    if organizacion.estado not in Organizacion.ACTUAN:
        return []
    return [mandato.usuario for mandato in directiva_de(organizacion)]
