"""Lecturas de obras para listas, mapas y tableros. No escriben."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.utils import timezone

from civic.comun.models import Suceso
from civic.comun.texto import para_buscar
from civic.cuentas.models import Organizacion
from civic.procesos.models import Categoria
from mapas.obras import reglas
from mapas.obras.models import Avance, MovimientoPedido, Obra, ObraQuerySet
from mapas.obras.reglas import EN_MARCHA, TERMINADAS
from mapas.reportes.models import Reporte
from mapas.territorio.models import Area


@dataclass(frozen=True)
class _Informe:
    fecha: datetime.date
    fisico: Decimal
    financiero: Decimal


def texto_de_busqueda(obra: Obra) -> str:
    """Lo que la lista busca de una obra, sin acentos."""
    partes = [obra.codigo, obra.nombre, obra.categoria, obra.distrito, obra.otb, obra.empresa, obra.cuce, obra.sisin]
    return para_buscar(" ".join(str(parte) for parte in partes if parte))


def lista(
    *,
    q: str = "",
    distrito: Area | None = None,
    categoria: Categoria | None = None,
    estado: str = "",
    con_alertas: bool = False,
    organizacion: Organizacion | None = None,
) -> ObraQuerySet:
    """Obras publicadas con los filtros dados, por distrito y nombre, listas para `obras/_tarjeta.html`."""
    obras = Obra.objects.publicadas()
    for palabra in para_buscar(q).split():
        # Una obra cargada sin pasar por la trastienda no tiene texto de búsqueda: al menos se halla por su nombre.
        obras = obras.filter(Q(busqueda__contains=palabra) | Q(busqueda="", nombre__icontains=palabra))
    if distrito is not None:
        obras = obras.filter(distrito=distrito)
    if categoria is not None:
        obras = obras.filter(categoria=categoria)
    if estado:
        obras = obras.filter(estado=estado)
    if con_alertas:
        obras = obras.filter(pk__in=ids_con_alertas())
    if organizacion is not None:
        obras = obras.de_organizacion(organizacion)
    return obras.para_tarjetas().order_by("distrito__orden", "nombre", "pk")


def seccion_de_organizacion(organizacion: Organizacion) -> dict[str, Any]:
    """Para la página de una organización: cuántas obras hay en lo suyo y las últimas. Tres consultas o menos."""
    suyas = Obra.objects.publicadas().de_organizacion(organizacion)
    ultimas = suyas.select_related("categoria").defer("descripcion", "nota", "busqueda").prefetch_related("avances")
    return {"total": suyas.count(), "ultimas": list(ultimas.order_by("-cambiada", "-pk")[:5])}


def ids_con_alertas(hoy: datetime.date | None = None) -> list[int]:
    """Obras publicadas en marcha que hoy tienen alguna alerta, en una consulta."""
    hoy = hoy or timezone.localdate()
    ultimo = Avance.objects.filter(obra=OuterRef("pk")).order_by("-fecha")
    filas = (
        Obra.objects.publicadas()
        .en_marcha()
        .order_by()
        .annotate(
            fecha=Subquery(ultimo.values("fecha")[:1]),
            ultimo_fisico=Subquery(ultimo.values("fisico")[:1]),
            ultimo_financiero=Subquery(ultimo.values("financiero")[:1]),
            dias_extra=Sum("modificaciones__dias"),
            ampliaciones=Count("modificaciones", filter=Q(modificaciones__dias__gt=0)),
        )
        .values(
            *("pk", "estado", "orden_proceder", "plazo_dias", "fecha"),
            *("ultimo_fisico", "ultimo_financiero", "dias_extra", "ampliaciones"),
        )
    )
    return [fila["pk"] for fila in filas if _alertas_de(fila, hoy)]


def _alertas_de(fila: dict[str, Any], hoy: datetime.date) -> list[reglas.Alerta]:
    fin = None
    if fila["orden_proceder"] is not None and fila["plazo_dias"] is not None:
        fin = fila["orden_proceder"] + datetime.timedelta(days=fila["plazo_dias"] + (fila["dias_extra"] or 0))
    informes = []
    if fila["fecha"] is not None:
        informes = [_Informe(fila["fecha"], fila["ultimo_fisico"], fila["ultimo_financiero"])]
    return reglas.alertas(
        estado=fila["estado"],
        avances=informes,
        fin_previsto=fin,
        hoy=hoy,
        orden_proceder=fila["orden_proceder"],
        ampliaciones=fila["ampliaciones"],
    )


def puntos_publicos() -> list[dict[str, Any]]:
    """Obras publicadas con punto, para el mapa: id, titulo, lon, lat, categoria, estado, etiqueta, tono, url."""
    obras = (
        Obra.objects.publicadas()
        .filter(lon__isnull=False)
        .select_related("categoria")
        .only("codigo", "nombre", "estado", "lon", "lat", "categoria__codigo")
        .order_by("pk")
    )
    return [_punto(obra) for obra in obras]


def _punto(obra: Obra) -> dict[str, Any]:
    etiqueta, tono, _, _ = obra.ficha
    return {
        "id": obra.pk,
        "titulo": obra.nombre,
        "lon": obra.lon,
        "lat": obra.lat,
        "categoria": obra.categoria.codigo,
        "estado": obra.estado,
        "etiqueta": etiqueta,
        "tono": tono,
        "url": obra.get_absolute_url(),
    }


def cifras(*, distrito: Area | None = None) -> dict[str, Any]:
    """Cómo van las obras publicadas: total, en_marcha, terminadas, con_alertas y presupuesto (Bs)."""
    obras = Obra.objects.publicadas().order_by()
    alertadas = set(ids_con_alertas())
    if distrito is not None:
        obras = obras.filter(distrito=distrito)
    cuenta = obras.aggregate(
        total=Count("pk"),
        en_marcha=Count("pk", filter=Q(estado__in=EN_MARCHA)),
        terminadas=Count("pk", filter=Q(estado__in=TERMINADAS)),
        con_alertas=Count("pk", filter=Q(pk__in=alertadas)),
        presupuesto=Sum("presupuesto"),
    )
    return {**cuenta, "presupuesto": cuenta["presupuesto"] or Decimal(0)}


def reportes_de(obra: Obra) -> list[Reporte]:
    """Reportes públicos que esta obra atiende, listos para su lista."""
    return list(Reporte.objects.publicos().filter(obras=obra).para_tarjetas())


def pedido_pendiente(obra: Obra) -> MovimientoPedido | None:
    """El cambio de estado que espera respuesta, si hay."""
    return obra.pedidos.select_related("pedido_por").filter(aceptado__isnull=True).first()


def pedidos_pendientes() -> Any:
    """Cambios de estado que esperan respuesta, del más viejo al más nuevo."""
    return MovimientoPedido.objects.filter(aceptado__isnull=True).select_related("obra").order_by(F("momento").asc())


def quien_la_creo(obra: Obra) -> int | None:
    """Clave de quien registró la obra, según la bitácora."""
    return Suceso.objects.de(obra).filter(verbo="crear").order_by("pk").values_list("actor", flat=True).first()
