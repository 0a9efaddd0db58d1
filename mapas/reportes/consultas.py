"""Lecturas de reportes para listas, mapas y tableros. No escriben."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.text import Truncator

from civic.comun.distancias import caja, metros_entre
from civic.comun.models import Suceso
from civic.comun.texto import para_buscar
from civic.cuentas.models import Organizacion
from civic.procesos.models import Categoria
from mapas.reportes.models import Reporte, ReporteQuerySet, TambienMePasa
from mapas.reportes.reglas import ARREGLADOS, FINALES, METROS_DE_PARECIDO
from mapas.territorio.models import Area

# Situaciones por las que se filtra la lista: quince estados no ayudan a nadie a buscar.
SITUACIONES = (
    ("abiertos", "Abiertos"),
    ("vencidos", "Vencidos"),
    ("arreglados", "Arreglados"),
    ("encaminados", "Siguen en otra página"),
    ("sin_solucion", "Sin solución"),
)
_MAXIMO_DE_CERCANOS = 60


@dataclass(frozen=True)
class Parecido:
    """Un reporte abierto parecido a lo que se está reportando, y a cuántos metros (None si alguno no tiene punto)."""

    reporte: Reporte
    metros: int | None


def texto_de_busqueda(reporte: Reporte) -> str:
    """Lo que la lista busca de un reporte, sin acentos: código, categoría, lugar y descripción."""
    partes = [reporte.codigo, reporte.categoria, reporte.distrito, reporte.otb, reporte.referencia, reporte.descripcion]
    return para_buscar(" ".join(str(parte) for parte in partes if parte))


def lista(
    *,
    q: str = "",
    distrito: Area | None = None,
    categoria: Categoria | None = None,
    situacion: str = "",
    organizacion: Organizacion | None = None,
) -> ReporteQuerySet:
    """Reportes públicos, del más nuevo al más viejo, con los filtros dados (`situacion` de SITUACIONES)."""
    reportes = Reporte.objects.publicos()
    for palabra in para_buscar(q).split():
        reportes = reportes.filter(busqueda__contains=palabra)
    if distrito is not None:
        reportes = reportes.filter(distrito=distrito)
    if categoria is not None:
        reportes = reportes.filter(categoria=categoria)
    if situacion in dict(SITUACIONES):
        reportes = getattr(reportes, situacion)()
    if organizacion is not None:
        reportes = reportes.de_organizacion(organizacion)
    return reportes.para_tarjetas()


def seccion_de_organizacion(organizacion: Organizacion) -> dict[str, Any]:
    """Para la página de una organización: cuántos reportes hay en lo suyo, cuántos sin resolver y los últimos."""
    suyos = Reporte.objects.publicos().de_organizacion(organizacion)
    cuenta = suyos.aggregate(total=Count("pk"), abiertos=Count("pk", filter=~Q(estado__in=FINALES)))
    return cuenta | {"ultimos": list(suyos.order_by("-creado", "-pk").para_tarjetas()[:5])}


def recientes(cuantos: int) -> list[Reporte]:
    """Los últimos reportes públicos, listos para `reportes/_tarjeta.html`."""
    return list(Reporte.objects.publicos().para_tarjetas()[:cuantos])


def parecidos(categoria: Categoria, *, lon: float | None, lat: float | None, cuantos: int = 3) -> list[Parecido]:
    """Reportes públicos abiertos de la misma categoría a METROS_DE_PARECIDO o menos, del más cercano al más lejano."""
    if lon is None or lat is None:
        return []
    oeste, sur, este, norte = caja(lon, lat, METROS_DE_PARECIDO)
    cercanos = (
        Reporte.objects.publicos()
        .abiertos()
        .filter(categoria=categoria, lat__range=(sur, norte), lon__range=(oeste, este))
        .para_tarjetas()[:_MAXIMO_DE_CERCANOS]
    )
    medidos = [Parecido(reporte, round(metros_entre(lon, lat, reporte.lon, reporte.lat))) for reporte in cercanos]
    en_radio = [parecido for parecido in medidos if (parecido.metros or 0) <= METROS_DE_PARECIDO]
    return sorted(en_radio, key=lambda parecido: (parecido.metros or 0, parecido.reporte.pk))[:cuantos]


def le_pasa_tambien(reporte: Reporte, usuario: Any) -> bool:
    """Si esa persona ya dijo que también le pasa."""
    return usuario.is_authenticated and TambienMePasa.objects.filter(reporte=reporte, usuario=usuario).exists()


def puntos_publicos() -> list[dict[str, Any]]:
    """Reportes públicos con punto, para el mapa: id, titulo, lon, lat, categoria, estado, etiqueta, tono, url."""
    reportes = (
        Reporte.objects.publicos()
        .filter(lon__isnull=False)
        .select_related("categoria")
        .only("codigo", "descripcion", "estado", "lon", "lat", "categoria__codigo", "categoria__nombre")
    )
    return [_punto(reporte) for reporte in reportes]


def _punto(reporte: Reporte) -> dict[str, Any]:
    etiqueta, tono, _, _ = reporte.ficha
    return {
        "id": reporte.pk,
        "titulo": Truncator(reporte.descripcion).chars(80),
        "lon": reporte.lon,
        "lat": reporte.lat,
        "categoria": reporte.categoria.codigo,
        "estado": reporte.estado,
        "etiqueta": etiqueta,
        "tono": tono,
        "url": reporte.get_absolute_url(),
    }


def cifras(*, distrito: Area | None = None, hoy: datetime.date | None = None) -> dict[str, int | None]:
    """Cómo va la atención: total, abiertos, vencidos, arreglados y en_plazo_pct, en una consulta.

    `en_plazo_pct` es el porcentaje de los reportes ya exigibles (atendidos, o abiertos con el plazo pasado) que se
    atendieron a tiempo; None si todavía no hay ninguno exigible.
    """
    hoy = hoy or timezone.localdate()
    abierto = ~Q(estado__in=FINALES)
    reportes = Reporte.objects.publicos()
    if distrito is not None:
        reportes = reportes.filter(distrito=distrito)
    cuenta = reportes.order_by().aggregate(
        total=Count("pk"),
        abiertos=Count("pk", filter=abierto),
        vencidos=Count("pk", filter=abierto & Q(vence__lt=hoy)),
        arreglados=Count("pk", filter=Q(estado__in=ARREGLADOS)),
        atendidos=Count("pk", filter=~abierto & Q(atendido__isnull=False)),
        a_tiempo=Count("pk", filter=~abierto & Q(atendido__date__lte=F("vence"))),
    )
    exigibles = cuenta["vencidos"] + cuenta.pop("atendidos")
    a_tiempo = cuenta.pop("a_tiempo")
    return {**cuenta, "en_plazo_pct": round(100 * a_tiempo / exigibles) if exigibles else None}


def quien(reporte: Reporte, verbo: str, *, hasta: str = "") -> int | None:
    """Clave de quien hizo por última vez `verbo` con el reporte (hasta ese estado, si se da), según la bitácora."""
    sucesos = Suceso.objects.de(reporte).filter(verbo=verbo)
    if hasta:
        sucesos = sucesos.filter(hasta=hasta)
    return sucesos.order_by("-pk").values_list("actor", flat=True).first()
