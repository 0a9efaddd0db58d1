"""Cambiar el territorio: trazar el límite de un área con su fecha."""

import datetime
from typing import Any

from django.db import transaction
from shapely.geometry import shape

from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from mapas.territorio.models import Area, Limite

SIEMPRE = datetime.date(2000, 1, 1)


def limite_nuevo(area: Area, geometria: dict[str, Any], *, desde: datetime.date = SIEMPRE) -> Limite:
    """Un límite sin guardar, con su caja. `geometria` es GeoJSON Polygon o MultiPolygon en WGS84, ya válido."""
    oeste, sur, este, norte = shape(geometria).bounds
    return Limite(area=area, geometria=geometria, oeste=oeste, sur=sur, este=este, norte=norte, desde=desde)


def trazar_limite(area: Area, geometria: dict[str, Any] | None, *, desde: datetime.date = SIEMPRE) -> Limite | None:
    """Pone a un área el límite que vale desde ese día; el anterior termina ese día. Con None, deja de tenerlo.

    Lanza ReglaIncumplida si el área ya tiene otro límite desde esa fecha o una posterior.
    """
    with transaction.atomic():
        bloquear(Area.objects.filter(pk=area.pk)).get()
        anterior = area.limites.order_by("-desde").first()  # type: ignore[attr-defined]
        if anterior is not None and anterior.desde >= desde and geometria is not None:
            ultima = f"{anterior.desde:%d/%m/%Y}"
            raise ReglaIncumplida(f"{area} ya tiene un límite desde el {ultima}: elige una fecha posterior.")
        if anterior is not None and anterior.hasta is None:
            anterior.hasta = desde
            anterior.save(update_fields=["hasta"])
        limite = None
        if geometria is not None:
            limite = limite_nuevo(area, geometria, desde=desde)
            limite.save()
        area.save(update_fields=["cambiada"])
    area.__dict__.pop("geometria", None)
    return limite
