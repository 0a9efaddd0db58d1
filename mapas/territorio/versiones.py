"""Comparar una importación con lo que ya hay: qué es nuevo, qué cambia, qué sigue igual y qué termina.

Una versión vale desde un día para un tipo de área de un municipio:

- mismo código y mismo límite: no se toca;
- mismo código y otro límite: el anterior termina ese día y empieza el nuevo;
- código nuevo: área nueva;
- código con límite en vigor que el archivo ya no trae: su límite y el área terminan ese día. No terminan las que el
  archivo trae rechazadas, las que nunca tuvieron polígono (no podían venir en él) ni los municipios (un archivo puede
  traer algunos).

El día, si no se dice, es hoy; la primera vez que se traza un tipo de área, «desde siempre» (1 de enero de 2000).
"""

import datetime
from dataclasses import dataclass, field
from typing import Any

import shapely
from django.utils import timezone
from shapely.geometry import shape

from civic.comun.errores import ReglaIncumplida
from mapas.territorio.importador.topes import GRADOS_IGUALES
from mapas.territorio.models import Area, AreaQuerySet, Importacion, Limite

SIEMPRE = datetime.date(2000, 1, 1)
Traida = dict[str, Any]


@dataclass
class Version:
    """Lo que pasaría al publicar. Cada par une el área que hay con la que trae el archivo."""

    desde: datetime.date
    desde_de_nuevas: datetime.date
    nuevas: list[Traida] = field(default_factory=list)
    cambiadas: list[tuple[Area, Traida]] = field(default_factory=list)
    iguales: list[tuple[Area, Traida]] = field(default_factory=list)
    terminadas: list[Area] = field(default_factory=list)
    no_se_sabe: bool = False
    """Hay rechazadas sin código: no se puede saber qué área eran, así que ninguna termina por no venir."""

    @property
    def renombradas(self) -> list[tuple[Area, Traida]]:
        return [(area, trae) for area, trae in (*self.cambiadas, *self.iguales) if area.nombre != trae["nombre"]]

    @property
    def reclasificadas(self) -> list[tuple[Area, Traida]]:
        pares = (*self.cambiadas, *self.iguales)
        return [(area, trae) for area, trae in pares if trae.get("clase") and area.clase != trae["clase"]]

    @property
    def ningun_codigo_coincide(self) -> bool:
        """Todo lo de hoy terminaría y todo lo traído es nuevo: quizá la columna del código es otra."""
        return bool(self.nuevas and self.terminadas and not self.cambiadas and not self.iguales)

    @property
    def retocadas(self) -> int:
        """Cuántas cambian de nombre o de clase."""
        return len({area.pk for area, _ in (*self.renombradas, *self.reclasificadas)})

    @property
    def cambia_limites(self) -> bool:
        return bool(self.nuevas or self.cambiadas or self.terminadas)


def comparar(importacion: Importacion, municipio: Area | None, desde: datetime.date | None) -> Version:
    """La versión que resultaría. Lanza ReglaIncumplida (campo «desde») si la fecha contradice a lo publicado."""
    traidas = {trae["codigo"]: trae for trae in importacion.contenido.get("areas", ())}
    es_municipio = importacion.tipo == Area.Tipo.MUNICIPIO
    areas = {area.codigo: area for area in _las_que_hay(importacion, municipio, list(traidas))}
    limites = list(
        Limite.objects.filter(area__in=[area.pk for area in areas.values()]).values_list("area_id", "desde", "hasta")
    )
    hoy = timezone.localdate()
    version = Version(
        desde=desde or (hoy if limites else SIEMPRE), desde_de_nuevas=desde or (hoy if limites else SIEMPRE)
    )
    if es_municipio and desde is None:
        version.desde_de_nuevas = SIEMPRE
    _exigir_orden(version.desde, limites)
    abiertos = {
        limite.area_id: limite
        for limite in Limite.objects.filter(area__in=[area.pk for area in areas.values()], hasta__isnull=True)
    }
    for codigo, trae in traidas.items():
        area = areas.get(codigo)
        if area is None:
            version.nuevas.append(trae)
            continue
        abierto = abiertos.get(area.pk)
        if abierto is not None and mismo_limite(abierto.geometria, trae["geometria"]):
            version.iguales.append((area, trae))
        else:
            if abierto is not None:
                _exigir_despues(version.desde, abierto.desde, area)
            version.cambiadas.append((area, trae))
    rechazados = [rasgo["codigo"] for rasgo in importacion.informe["rasgos"] if rasgo["estado"] == "rechazada"]
    version.no_se_sabe = not es_municipio and "" in rechazados
    if not es_municipio and not version.no_se_sabe:
        conocidos = {*traidas, *rechazados}
        version.terminadas = [area for codigo, area in areas.items() if codigo not in conocidos and area.pk in abiertos]
        for area in version.terminadas:
            _exigir_despues(version.desde, max(abiertos[area.pk].desde, area.vigente_desde), area)
    return version


def _las_que_hay(importacion: Importacion, municipio: Area | None, codigos: list[str]) -> AreaQuerySet:
    del_tipo = Area.objects.filter(tipo=importacion.tipo)
    if importacion.tipo == Area.Tipo.MUNICIPIO:
        return del_tipo.filter(codigo__in=codigos)
    return del_tipo.filter(municipio=municipio) if municipio is not None else del_tipo.none()


def _exigir_orden(desde: datetime.date, limites: list[tuple[int, datetime.date, datetime.date | None]]) -> None:
    ultima = max((hasta or empieza for _, empieza, hasta in limites), default=desde)
    if ultima > desde:
        raise ReglaIncumplida(
            f"Ya hay límites publicados desde el {ultima:%d/%m/%Y}: elige esa fecha o una posterior, porque lo pasado"
            " no se cambia.",
            campo="desde",
        )


def _exigir_despues(desde: datetime.date, empezo: datetime.date, area: Area) -> None:
    if empezo >= desde:
        raise ReglaIncumplida(
            f"{area} ya tiene otro límite desde el {empezo:%d/%m/%Y}: para cambiarlo elige una fecha posterior.",
            campo="desde",
        )


def mismo_limite(uno: dict[str, Any], otro: dict[str, Any]) -> bool:
    """Si dos polígonos tienen el mismo borde, con un centímetro de tolerancia.

    Así el mismo territorio guardado en otro formato o en otro sistema de coordenadas no parece cambiado.
    """
    if uno == otro:
        return True
    formas = [shape(uno), shape(otro)]
    cajas = shapely.bounds(formas)
    if (abs(cajas[0] - cajas[1]) > GRADOS_IGUALES).any():
        return False
    return bool(shapely.hausdorff_distance(formas[0].boundary, formas[1].boundary) <= GRADOS_IGUALES)
