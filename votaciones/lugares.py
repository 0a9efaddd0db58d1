"""Dónde está alguien o algo, dicho como lo pregunta `reglas.ambito`."""

from typing import Any

from django.db.models import Q, QuerySet

from civic.cuentas.models import Residencia
from civic.procesos.consultas import SECTOR_DE
from mapas.territorio.models import Area
from votaciones.models import Contienda
from votaciones.reglas.ambito import Ubicacion

Tipo = Area.Tipo


def ubicacion_de(cosa: Any) -> Ubicacion:
    """La de una residencia o una propuesta, por su `otb` y su `distrito`. Lee el territorio si no viene cargado."""
    areas: dict[str, int] = {}
    for area in (cosa.otb, cosa.distrito):
        if area is not None:
            areas |= {area.tipo: area.pk, Tipo.MUNICIPIO.value: area.municipio_id or area.pk}
    if cosa.distrito is not None and cosa.distrito.padre_id is not None:
        areas.setdefault(Tipo.MACRODISTRITO.value, cosa.distrito.padre_id)
    return Ubicacion(areas, SECTOR_DE.get(cosa.otb.clase, "") if cosa.otb else "")


def residentes_de(contienda: Contienda) -> Q:
    """Las residencias que caen en una contienda: lo mismo que `ubicacion_de`, para la base."""
    area = contienda.area
    donde = {
        Tipo.OTB: Q(otb=area),
        Tipo.DISTRITO: Q(distrito=area),
        Tipo.MACRODISTRITO: Q(distrito__padre=area),
        Tipo.MUNICIPIO: Q(distrito__municipio=area) | Q(otb__municipio=area),
    }[Tipo(area.tipo)]
    if contienda.sector:
        donde &= Q(otb__clase__in=[clase for clase, sector in SECTOR_DE.items() if sector == contienda.sector])
    return donde


def areas_que_deciden() -> QuerySet[Area]:
    """Los lugares vigentes que pueden tener su papeleta: el municipio, los distritos y las organizaciones de base."""
    tipos = (Tipo.MUNICIPIO, Tipo.DISTRITO, Tipo.OTB)
    return Area.objects.vigentes().filter(tipo__in=tipos).defer("alias").order_by("orden", "nombre")


def contiendas_de(votacion: int, residencia: Residencia | None) -> list[Contienda]:
    """Las del lugar donde dice vivir, de la más chica a la más grande; ninguna si no lo dijo o ahí no se vota."""
    if residencia is None:
        return []
    ubicacion = ubicacion_de(residencia)
    todas = Contienda.objects.filter(votacion=votacion).select_related("area", "votacion").defer("votacion__libro")
    return sorted((una for una in todas if ubicacion.cae_en(una.ambito)), key=lambda una: una.ambito.tamano)
