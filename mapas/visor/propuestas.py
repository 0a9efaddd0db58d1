"""Las propuestas en el mapa: los mismos filtros que su lista, y la base misma junta las que caen cerca.

Nada se trae entero: con diez mil propuestas, cada vista son a lo más MARCAS_MAXIMAS pines o grupos y cuatro consultas.
"""

import math
from collections.abc import Iterable
from typing import Any

from django.db.models import Avg, Count, F, FloatField, Min, Value
from django.db.models.functions import Floor
from django.urls import reverse
from django.utils import timezone

from mapas.visor import reglas
from mapas.visor.reglas import Caja, Grupo, Punto
from propuestas.models import PropuestaQuerySet
from propuestas.reglas import FICHAS, estado_de_hoy

_CAMPOS = ("pk", "titulo", "lon", "lat", "categoria__codigo", "estado", "vence", "distrito__nombre")


def con_punto(propuestas: PropuestaQuerySet) -> PropuestaQuerySet:
    return propuestas.filter(lon__isnull=False, lat__isnull=False)


def en_el_mapa(propuestas: PropuestaQuerySet, caja: Caja | None, zoom: int) -> tuple[int, list[Punto], list[Grupo]]:
    """(cuántas hay con esos filtros, las sueltas, los grupos) de lo que se ve en `caja` a ese acercamiento."""
    todas = con_punto(propuestas).order_by()
    resumen = todas.aggregate(total=Count("pk"), lat=Avg("lat"))
    visibles = todas
    if caja is not None:
        oeste, sur, este, norte = caja
        visibles = todas.filter(lon__gte=oeste, lon__lte=este, lat__gte=sur, lat__lte=norte)
    tope = reglas.sueltos_hasta(zoom)
    sueltas = puntos_de(visibles.order_by("pk")[: tope + 1])
    if len(sueltas) <= tope:
        return resumen["total"], sueltas, []
    # La proporción norte-sur es la de todas y no la de las visibles: al mover el mapa las celdas no bailan.
    celdas = _por_celdas(visibles, zoom, resumen["lat"])
    solas = puntos_de(visibles.filter(pk__in=[celda.una for celda in celdas if celda.cuantos == 1]).order_by("pk"))
    return resumen["total"], solas, [celda for celda in celdas if celda.cuantos > 1]


def _por_celdas(propuestas: PropuestaQuerySet, zoom: int, latitud: float) -> list[Grupo]:
    """Los grupos de cada celda de la pantalla; si son demasiados, se juntan de a cuatro hasta que no."""
    ancho, alto = reglas.celda_en_grados(zoom, latitud)
    filas = (
        propuestas.annotate(
            columna=Floor(F("lon") / Value(ancho, FloatField())), fila=Floor(F("lat") / Value(alto, FloatField()))
        )
        .values("columna", "fila")
        .annotate(cuantos=Count("pk"), centro_lon=Avg("lon"), centro_lat=Avg("lat"), una=Min("pk"))
        .values_list("columna", "fila", "centro_lon", "centro_lat", "cuantos", "una")
    )
    celdas = {
        (math.floor(columna), math.floor(fila)): Grupo(lon, lat, cuantos, una)
        for columna, fila, lon, lat, cuantos, una in filas
    }
    return reglas.juntar_celdas(celdas)


def puntos_de(propuestas: Iterable[Any]) -> list[Punto]:
    """Lo que muestra cada pin y cada renglón de la lista del mapa."""
    # reverse() por fila cuesta más que la consulta: la dirección solo cambia en el número.
    molde, hoy = reverse("propuestas:propuesta", args=[0]), timezone.localdate()
    return [
        {
            "id": pk,
            "titulo": titulo,
            "lon": lon,
            "lat": lat,
            "categoria": categoria,
            "estado": (hoy_esta := estado_de_hoy(estado, vence, hoy)),
            "etiqueta": FICHAS[hoy_esta].etiqueta,
            "tono": FICHAS[hoy_esta].tono,
            "url": molde.replace("/0/", f"/{pk}/"),
            "distrito": distrito or "",
        }
        for pk, titulo, lon, lat, categoria, estado, vence, distrito in propuestas.values_list(*_CAMPOS)  # type: ignore[attr-defined]
    ]


class EnLista:
    """Las propuestas con punto de unos filtros, como secuencia que se lee de a pedazos."""

    def __init__(self, propuestas: PropuestaQuerySet) -> None:
        self._propuestas = con_punto(propuestas)
        cuenta = propuestas.order_by().aggregate(todas=Count("pk"), con_punto=Count("lon"))
        self._cuantas = cuenta["con_punto"]
        self.sin_punto = cuenta["todas"] - cuenta["con_punto"]

    def __len__(self) -> int:
        return self._cuantas

    def __getitem__(self, tramo: slice) -> list[Punto]:
        claves = list(self._propuestas.values_list("pk", flat=True)[tramo])
        por_clave = {punto["id"]: punto for punto in puntos_de(self._propuestas.order_by().filter(pk__in=claves))}
        return [por_clave[clave] for clave in claves if clave in por_clave]
