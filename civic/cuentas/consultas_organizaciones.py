"""Lecturas de organizaciones: la lista, la página, la revisión de traslapes y lo que espera a cada persona."""

import datetime
import math
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from shapely import GEOSException
from shapely.geometry import shape

from civic.comun.calendario import habiles_hasta
from civic.comun.texto import para_buscar
from civic.cuentas import reglas_organizaciones as reglas
from civic.cuentas.models import (
    ActaDeDirectiva,
    Escaneo,
    Mandato,
    ObservacionDeRegistro,
    Organizacion,
    OrganizacionQuerySet,
    PadronDeOrganizacion,
    Usuario,
)
from mapas.territorio.consultas import METROS_POR_GRADO, municipio_actual, ubicar
from mapas.territorio.models import Area, Limite

EN_OBSERVACION = "en_observacion"
METROS_DE_TRASLAPE = 25.0  # menos que esto es imprecisión del dibujo


def buscar_organizaciones(
    *, texto: str = "", distrito: str = "", clase: str = "", estado: str = ""
) -> OrganizacionQuerySet:
    """Organizaciones públicas que cumplen los filtros, con su distrito y su estado de hoy.

    `distrito` es el código del área; `estado`, el de hoy o «en_observacion». La búsqueda ignora mayúsculas y acentos y
    mira también los otros nombres del área: son pocos cientos y se comparan en memoria, porque SQLite no quita acentos.
    """
    organizaciones = Organizacion.objects.visibles()
    if distrito:
        organizaciones = organizaciones.filter(distrito__codigo=distrito)
    if clase:
        organizaciones = organizaciones.filter(clase=clase)
    palabras = para_buscar(texto).split()
    if palabras:
        nombres = organizaciones.order_by().values_list("pk", "nombre", "area__otro_nombre", "area__alias")
        organizaciones = organizaciones.filter(
            pk__in=[
                pk
                for pk, nombre, otro, alias in nombres
                if all(palabra in para_buscar(" ".join([nombre, otro or "", *(alias or ())])) for palabra in palabras)
            ]
        )
    organizaciones = organizaciones.con_estado_de_hoy()
    if estado == EN_OBSERVACION:
        organizaciones = organizaciones.en_observacion()
    elif estado:
        organizaciones = organizaciones.filter(estado_hoy=estado)
    por_distrito = F("distrito__orden").asc(nulls_last=True)
    return organizaciones.select_related("distrito").order_by(por_distrito, "nombre", "pk")


def organizacion_de_filtro(slug: str) -> Organizacion | None:
    """La organización pública que nombra el filtro «organizacion» de una lista; None si no se pide o no existe."""
    return Organizacion.objects.visibles().filter(slug=slug[:140]).first() if slug else None


def directiva_de(organizacion: Organizacion) -> list[Mandato]:
    """Mandatos en curso de la organización, con la persona cargada; primero quien preside."""
    en_curso = organizacion.mandatos.vigentes().select_related("usuario")  # type: ignore[attr-defined]
    orden = {cargo: lugar for lugar, cargo in enumerate(reglas.CARGOS)}
    return sorted(en_curso, key=lambda m: (orden.get(m.cargo, len(orden)), m.desde, m.pk))


@dataclass(frozen=True)
class DirectivaPasada:
    """Una directiva que ya terminó: sus fechas y quiénes la integraron."""

    desde: datetime.date
    hasta: datetime.date
    mandatos: list[Mandato]


def directivas_pasadas(organizacion: Organizacion, *, cuantas: int = 5) -> list[DirectivaPasada]:
    """Directivas terminadas, de la más nueva a la más vieja; se agrupan por su acta o por su fecha de inicio."""
    hoy = timezone.localdate()
    mandatos = organizacion.mandatos.validos().filter(hasta__lt=hoy).select_related("usuario")  # type: ignore[attr-defined]
    grupos: dict[Any, list[Mandato]] = {}
    for mandato in mandatos.order_by("-desde", "pk"):
        grupos.setdefault(mandato.acta_id or mandato.desde, []).append(mandato)
    pasadas = [
        DirectivaPasada(min(m.desde for m in grupo), max(m.hasta for m in grupo), grupo) for grupo in grupos.values()
    ]
    return pasadas[:cuantas]


def padron_vigente_de(organizacion: Organizacion) -> PadronDeOrganizacion | None:
    return organizacion.padrones.vigentes().first()  # type: ignore[attr-defined]


def actas_confirmadas(organizacion: Organizacion) -> list[ActaDeDirectiva]:
    """Actas de directiva que valieron, de la última a la primera, con cuántos cargos nombró cada una."""
    actas = organizacion.actas.confirmadas().select_related("escaneo").annotate(nombrados=Count("cargos"))  # type: ignore[attr-defined]
    return list(actas.order_by("-resuelta", "-pk")[:5])


def ultima_confirmada(organizacion: Organizacion) -> ActaDeDirectiva | None:
    """El acta que dio su poder a la directiva de hoy, o la última que lo dio."""
    return organizacion.actas.confirmadas().order_by("-resuelta", "-pk").first()  # type: ignore[attr-defined]


def observaciones_de(organizacion: Organizacion) -> list[ObservacionDeRegistro]:
    return list(organizacion.observaciones.select_related("autor").order_by("momento", "pk"))  # type: ignore[attr-defined]


def observaciones_de_esta_vuelta(organizacion: Organizacion) -> dict[str, int]:
    """Cuántas observaciones hay por estado desde que se publicó por última vez."""
    observaciones = ObservacionDeRegistro.objects.filter(organizacion=organizacion)
    abiertas = Q(estado=ObservacionDeRegistro.Estado.ABIERTA)
    aceptadas = Q(estado=ObservacionDeRegistro.Estado.ACEPTADA)
    if organizacion.publicada_el is not None:
        aceptadas &= Q(momento__gte=organizacion.publicada_el)
    return observaciones.aggregate(abiertas=Count("pk", filter=abiertas), aceptadas=Count("pk", filter=aceptadas))


@dataclass(frozen=True)
class PlazoParaObservar:
    hasta: datetime.date
    habiles: int
    abierto: bool


def plazo_para_observar(organizacion: Organizacion) -> PlazoParaObservar | None:
    """El plazo público de una organización publicada, con los días hábiles que quedan después de hoy."""
    hasta = organizacion.observable_hasta
    if organizacion.estado != Organizacion.Estado.PUBLICADA or hasta is None:
        return None
    hoy = timezone.localdate()
    return PlazoParaObservar(hasta, habiles_hasta(hoy, hasta, settings.FERIADOS_LOCALES), hoy <= hasta)


# --- Revisión de traslapes -------------------------------------------------------------------------------------------
def revisar_traslapes(organizacion: Organizacion) -> list[dict[str, Any]]:
    """Lo que puede chocar con otra organización: {tipo, organizacion (pk), texto}. Vacía si nada.

    Mira la misma área, nombres parecidos en el distrito, áreas dibujadas que se pisan y un punto dentro de otra.
    """
    otras = Organizacion.objects.exclude(pk=organizacion.pk).select_related("area", "area_pedida")
    hallazgos = _misma_area(organizacion, otras) + _nombres_parecidos(organizacion, otras)
    area = organizacion.area_de_referencia
    if area is not None:
        hallazgos += _poligonos_pisados(area)
    elif organizacion.lon is not None and organizacion.lat is not None:
        hallazgos += _punto_en_otra(organizacion.lon, organizacion.lat)
    return hallazgos


def _hallazgo(tipo: str, otra: Organizacion | None, texto: str) -> dict[str, Any]:
    return {"tipo": tipo, "organizacion": otra.pk if otra else None, "texto": texto}


def _misma_area(organizacion: Organizacion, otras: QuerySet[Organizacion]) -> list[dict[str, Any]]:
    area = organizacion.area_de_referencia
    if area is None:
        return []
    ocupan = otras.filter(Q(area=area) | Q(area_pedida=area))
    return [_hallazgo("misma_area", otra, f"{otra} ya tiene o pide la misma área, {area}.") for otra in ocupan]


def _nombres_parecidos(organizacion: Organizacion, otras: QuerySet[Organizacion]) -> list[dict[str, Any]]:
    hallazgos = []
    cerca = "del mismo distrito" if organizacion.distrito_id else "también sin distrito"
    for otra in otras.filter(distrito=organizacion.distrito_id):
        nombres = [otra.nombre]
        if otra.area is not None:
            nombres += [nombre for nombre in (otra.area.otro_nombre, *otra.area.alias) if nombre]
        parecido = next((nombre for nombre in nombres if reglas.se_parecen(organizacion.nombre, nombre)), None)
        if parecido is not None:
            como = "" if parecido == otra.nombre else f" (también «{parecido}»)"
            hallazgos.append(_hallazgo("nombre", otra, f"El nombre se parece al de {otra}{como}, {cerca}."))
    return hallazgos


def _poligonos_pisados(area: Area) -> list[dict[str, Any]]:
    propio = Limite.objects.vigentes().filter(area=area).first()
    if propio is None:
        return []
    vecinos = Limite.objects.vigentes().filter(
        area__tipo=Area.Tipo.OTB, oeste__lte=propio.este, este__gte=propio.oeste, sur__lte=propio.norte,
        norte__gte=propio.sur,
    )  # fmt: skip
    forma, hallazgos = shape(propio.geometria), []
    por_grado = METROS_POR_GRADO**2 * math.cos(math.radians((propio.sur + propio.norte) / 2))
    for vecino in vecinos.exclude(area=area).select_related("area__organizacion"):
        try:
            metros = forma.intersection(shape(vecino.geometria)).area * por_grado
        except GEOSException:
            continue  # un límite viejo que no es válido no se puede medir
        if metros >= METROS_DE_TRASLAPE:
            otra = getattr(vecino.area, "organizacion", None)
            hectareas = f"{metros / 10_000:.2f}".replace(".", ",")
            hallazgos.append(
                _hallazgo("area_pisada", otra, f"Su área se pisa con la de {otra or vecino.area} en {hectareas} ha.")
            )
    return hallazgos


def _punto_en_otra(lon: float, lat: float) -> list[dict[str, Any]]:
    otb = ubicar(lon, lat).otb
    if otb is None:
        return []
    otra = Organizacion.objects.filter(area=otb).first()
    return [_hallazgo("punto", otra, f"El punto que marcó cae dentro del área de {otra or otb}.")]


# --- Mi cuenta -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class MandatoPropio:
    """Un mandato de hoy, con los días que quedan si vence pronto y si con él se puede actuar."""

    mandato: Mandato
    dias: int | None
    actua: bool


@dataclass(frozen=True)
class MisOrganizaciones:
    """Lo que una persona tiene con organizaciones: cargos de hoy, solicitudes suyas y actas por revisar."""

    mandatos: list[MandatoPropio]
    solicitudes: list[Organizacion]
    actas: list[ActaDeDirectiva]


def mis_organizaciones(usuario: Usuario) -> MisOrganizaciones:
    """Para «Mi cuenta»: siempre tres consultas."""
    hoy = timezone.localdate()
    mandatos = usuario.mandatos.vigentes().select_related("organizacion__distrito")  # type: ignore[attr-defined]
    solicitudes = Organizacion.objects.filter(registrada_por=usuario, vigente_desde__isnull=True)
    solicitudes = solicitudes.exclude(estado__in=Organizacion.DE_RELOJ).select_related("distrito")
    actas = ActaDeDirectiva.objects.pendientes().filter(registrada_por=usuario).select_related("organizacion")
    return MisOrganizaciones(
        [
            MandatoPropio(m, reglas.dias_por_vencer(m.hasta, hoy), m.organizacion.estado in Organizacion.ACTUAN)
            for m in mandatos.order_by("organizacion__nombre", "pk")
        ],
        list(solicitudes.order_by("-creada")[:20]),
        list(actas.order_by("-registrada")[:20]),
    )


def escaneos_sueltos(antes_de: datetime.datetime) -> QuerySet[Escaneo]:
    """Escaneos subidos antes de ese momento que ninguna acta llegó a usar."""
    return Escaneo.objects.filter(acta__isnull=True, momento__lt=antes_de)


# --- La página en JSON -----------------------------------------------------------------------------------------------
def en_popolo(organizacion: Organizacion) -> dict[str, Any]:
    """La organización en el vocabulario Popolo; de las personas, solo su nombre público."""
    area = organizacion.area
    padre = organizacion.distrito or municipio_actual()
    return {
        "id": organizacion.slug,
        "name": str(organizacion),
        "classification": organizacion.clase,
        "other_names": [{"name": n} for n in ((area.otro_nombre, *area.alias) if area else ()) if n],
        "status": organizacion.estado_de_hoy().value,
        "objection_deadline": _fecha(organizacion.observable_hasta if plazo_para_observar(organizacion) else None),
        "area": {
            "id": area.codigo if area else None,
            "name": area.nombre_completo if area else None,
            "classification": area.tipo if area else None,
            "parent": {"id": padre.codigo, "name": str(padre)} if padre else None,
        },
        "contact_details": [{"label": rotulo, "value": dato} for rotulo, dato in organizacion.contacto_publico],
        "memberships": [_membresia(m) for m in directiva_de(organizacion)],
        "past_memberships": [_membresia(m) for grupo in directivas_pasadas(organizacion) for m in grupo.mandatos],
        "url": f"{settings.URL_PUBLICA}{organizacion.get_absolute_url()}",
    }


def _membresia(mandato: Mandato) -> dict[str, Any]:
    return {
        "person": {"name": str(mandato.usuario)},
        "role": mandato.cargo,
        "start_date": _fecha(mandato.desde),
        "end_date": _fecha(mandato.hasta),
    }


def _fecha(dia: datetime.date | None) -> str | None:
    return dia.isoformat() if dia else None
