"""Quién atiende una mesa, hasta dónde, y quién prepara sus códigos."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import Http404

from civic.cuentas.roles import Cosa, puede, roles_que
from mapas.territorio.consultas import distrito_de_otb
from mapas.territorio.models import Area
from votaciones.mesas.models import Paquete
from votaciones.models import Contienda, Votacion
from votaciones.padron.permisos import padron_o_404

ATIENDEN = roles_que("C", Cosa.MESAS)
PREPARAN = roles_que("A", Cosa.MESAS)
MIRAN = tuple(dict.fromkeys((*ATIENDEN, *roles_que("R", Cosa.MESAS))))
DE_OTRO_DISTRITO = "Esa persona es de otro distrito: la atiende la mesa de su distrito, o Atención ciudadana."


@dataclass(frozen=True)
class _De:
    distrito_id: int | None


def votacion_con_mesa_o_404(slug: str) -> Votacion:
    """La votación con su padrón publicado, también mientras se prepara: es cuando se inscribe."""
    return padron_o_404(slug).votacion


def paquete_o_404(slug: str, pk: int) -> Paquete:
    paquete = (
        Paquete.objects.select_related("contienda__votacion__proceso", "contienda__area")
        .defer("contienda__votacion__libro")
        .filter(contienda__votacion__slug=slug, pk=pk)
        .first()
    )
    if paquete is None:
        raise Http404("No hay ese paquete.")
    return paquete


def paquetes_de(votacion: Votacion) -> list[Paquete]:
    """Los de una votación, con cuántos de sus códigos se usaron."""
    usados = Count("impresos", filter=Q(impresos__usado=True))
    filas = Paquete.objects.filter(contienda__votacion=votacion).select_related("contienda__area")
    return list(filas.annotate(usados=usados).order_by("pk"))


def puede_preparar(usuario: Any) -> bool:
    return puede(usuario, "A", Cosa.MESAS)


def puede_atender(usuario: Any) -> bool:
    return puede(usuario, "C", Cosa.MESAS)


def atiende_en(usuario: Any, distrito: Area | None) -> bool:
    """Si le toca atender a quien vive en ese distrito. Sin distrito, solo quien atiende en todo el municipio."""
    return puede(usuario, "C", Cosa.MESAS, _De(distrito.pk if distrito else None))


def atiende_a(usuario: Any, contiendas: Iterable[Contienda]) -> bool:
    """Si le toca atender a quien vota en esas contiendas: basta que una sea de su distrito, o que ninguna tenga uno."""
    distritos = [distrito for una in contiendas if (distrito := _distrito_de(una.area)) is not None]
    return any(atiende_en(usuario, suyo) for suyo in distritos) if distritos else puede_atender(usuario)


def _distrito_de(area: Area) -> Area | None:
    if area.tipo == Area.Tipo.DISTRITO:
        return area
    return distrito_de_otb(area) if area.tipo == Area.Tipo.OTB else None
