"""Qué se decide aparte en una votación que se prepara: toda la ciudad, un distrito o una OTB, cada uno con lo suyo."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from civic.comun.bitacora import anotar, juntar_sucesos
from civic.comun.candados import bloquear
from civic.comun.dinero import bolivianos
from civic.comun.errores import ReglaIncumplida
from mapas.territorio.models import Area
from votaciones import permisos
from votaciones.acciones.conducir import CALIDAD, SOLO_EN_PREPARACION, agregar_opciones, numero_para
from votaciones.models import Contienda, Votacion

CON_PADRON = "El padrón ya se publicó con estas papeletas: no se agregan ni se quitan."


@juntar_sucesos()
def agregar_contiendas(
    votacion: Votacion, areas: Iterable[Area], *, presupuesto: Decimal, sector: str = "", actor: Any = None
) -> list[Contienda]:
    """Una papeleta más por cada lugar, cada una con ese presupuesto en Bs; después arma todas de nuevo.

    Las obras van a la papeleta más chica donde caben, así que las nuevas pueden llevarse obras de las que había.
    """
    permisos.exigir_conducir(actor)
    votacion = _en_preparacion(votacion)
    areas = list(areas)
    if not areas:
        raise ReglaIncumplida("Ahí no hay ninguna organización de base registrada.", campo="lugar")
    if presupuesto <= 0:
        raise ReglaIncumplida("El presupuesto debe ser mayor a cero.", campo="presupuesto")
    hay = {(una.area_id, una.sector): una for una in votacion.contiendas.select_related("area")}
    for area in areas:
        if repetida := hay.get((area.pk, sector)):
            raise ReglaIncumplida(f"Ya hay una papeleta {repetida.del_lugar}.", campo="lugar")
    usados = {una.numero for una in hay.values()}
    nuevas = []
    for area in areas:
        numero = numero_para(area, usados)
        usados.add(numero)
        nuevas.append(
            Contienda.objects.create(
                votacion=votacion, area=area, sector=sector, numero=numero, presupuesto=presupuesto
            )
        )
    agregar_opciones(votacion, actor=actor)
    lugares = ", ".join(una.lugar for una in nuevas)
    anotar(
        votacion, verbo="agregar_contiendas", actor=actor, calidad=CALIDAD, publico=False,
        texto=f"Se agregaron papeletas con {bolivianos(presupuesto)} cada una: {lugares}."[:500],
        antes={}, despues={str(una.numero): una.lugar for una in nuevas},
    )  # fmt: skip
    return nuevas


@juntar_sucesos()
def quitar_contienda(contienda: Contienda, *, actor: Any = None) -> None:
    """Saca una papeleta de una votación que se prepara; sus obras vuelven a la más chica donde caben."""
    permisos.exigir_conducir(actor)
    votacion = _en_preparacion(contienda.votacion)
    if votacion.contiendas.count() == 1:
        raise ReglaIncumplida("Es la única papeleta de la votación: no se puede quitar.")
    numero, lugar = contienda.numero, contienda.lugar
    contienda.opciones.all().delete()
    contienda.delete()
    agregar_opciones(votacion, actor=actor)
    anotar(
        votacion, verbo="quitar_contienda", actor=actor, calidad=CALIDAD, publico=False,
        texto=f"Se quitó la papeleta de {lugar}.", antes={str(numero): lugar}, despues={},
    )  # fmt: skip


def _en_preparacion(votacion: Votacion) -> Votacion:
    """La votación bloqueada. Con el padrón publicado la gente ya vio en qué papeletas está: no cambian."""
    votacion = bloquear(Votacion.objects.filter(pk=votacion.pk)).get()
    if votacion.estado != Votacion.Estado.PREPARADA:
        raise ReglaIncumplida(SOLO_EN_PREPARACION)
    if permisos.padron_publicado(votacion):
        raise ReglaIncumplida(CON_PADRON)
    return votacion
