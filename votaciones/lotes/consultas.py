"""Lecturas de los lotes. Nunca qué dice una hoja: solo cuántas y cuáles faltan."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from civic.comun.bitacora import historia
from mapas.territorio.models import Area
from votaciones.actas.models import Acta
from votaciones.actas.reglas.vida import Estado as EstadoDeActa
from votaciones.lotes.models import Captura, Lote, LoteQuerySet
from votaciones.lotes.reglas import DECISION, FICHAS, PRIMERA, SEGUNDA, Estado
from votaciones.lugares import ubicacion_de
from votaciones.models import Contienda, Votacion

A_MANO = (Acta.Forma.MANO_ALZADA, Acta.Forma.FILA)


def de_votacion(votacion: Votacion) -> LoteQuerySet:
    return Lote.objects.con_lugar().filter(contienda__votacion=votacion)


def resumen_de(votacion: Votacion) -> list[tuple[str, int]]:
    """(estado, cuántos lotes) de los estados que tienen alguno, en su orden."""
    cuentas = Counter(Lote.objects.filter(contienda__votacion=votacion).order_by().values_list("estado", flat=True))
    return [(ficha.etiqueta, cuentas[estado]) for estado, ficha in FICHAS.items() if cuentas[estado]]


def que_carga_le_toca(usuario: Any, lote: Lote) -> int:
    return PRIMERA if lote.estado == Estado.PRIMERA_CARGA or usuario.pk == lote.primera_por_id else SEGUNDA


def por_cargar(lote: Lote, carga: int) -> list[int]:
    """Los números de las hojas que a esa carga le faltan."""
    pide = lote.por_repetir or range(1, lote.hojas + 1)
    tiene = set(Captura.objects.filter(lote=lote, carga__in=(carga, DECISION)).values_list("hoja", flat=True))
    return [hoja for hoja in pide if hoja not in tiene]


@dataclass(frozen=True)
class _Lugar:
    otb: Area | None
    distrito: Area | None


def es_de_ahi(acta: Acta, contienda: Contienda) -> bool:
    """Si la asamblea fue en el lugar de esa papeleta, o en uno de adentro."""
    area = acta.organizacion.area if acta.organizacion else None
    otb = area if area is not None and area.tipo == Area.Tipo.OTB else None
    distrito = acta.distrito or (acta.organizacion.distrito if acta.organizacion else None)
    return ubicacion_de(_Lugar(otb, distrito)).cae_en(contienda.ambito)


def actas_para(lote: Lote) -> list[Acta]:
    """Las actas aprobadas de asambleas a mano alzada de ese lugar, hechas mientras se vota, que no tienen otro lote."""
    votacion = lote.contienda.votacion
    usadas = Lote.objects.filter(contienda=lote.contienda, acta__isnull=False).exclude(estado=Estado.ANULADO)
    actas = (
        Acta.objects.filter(proceso=votacion.proceso_id, estado=EstadoDeActa.APROBADA.value, forma__in=A_MANO)
        .filter(fecha__gte=timezone.localdate(votacion.abre), fecha__lte=timezone.localdate(votacion.cierra))
        .exclude(pk__in=usadas.values("acta"))
        .select_related("organizacion__area", "organizacion__distrito", "distrito")
    )
    return [acta for acta in actas if es_de_ahi(acta, lote.contienda)]


def historia_de(lote: Lote) -> Any:
    return historia(lote)
