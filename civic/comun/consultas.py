"""Leer la bitácora para mostrarla y para que cualquiera rehaga la cadena."""

import datetime
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Q
from django.urls import NoReverseMatch

from civic.comun.cadena import COLUMNAS, huella_de, partes
from civic.comun.models import Suceso, SucesoQuerySet

LINEAS_POR_PEDIDO = 2000
NUESTRAS = ("civic.", "propuestas", "votaciones", "mapas.", "cms")


@cache
def _clases() -> dict[str, str]:
    nuestras = {
        modelo._meta.label_lower: str(modelo._meta.verbose_name)
        for modelo in apps.get_models()
        if modelo.__module__.startswith(NUESTRAS) and not modelo._meta.label_lower.startswith("cms.")
    }
    return nuestras | {"wagtailcore.page": "página"}


def clases_de_objeto() -> list[tuple[str, str]]:
    """(tipo, nombre) de lo que puede tener sucesos, por nombre: «propuestas.propuesta», «propuesta»."""
    return sorted(_clases().items(), key=lambda par: par[1])


def verbos() -> list[tuple[str, str]]:
    """(verbo, como se lee) de lo que se anotó alguna vez."""
    usados = Suceso.objects.order_by("verbo").values_list("verbo", flat=True).distinct()
    return [(verbo, nombre_de_verbo(verbo)) for verbo in usados]


def nombre_de_verbo(verbo: str) -> str:
    return verbo.replace("_", " ").capitalize()


def nombre_de_clase(objeto_tipo: str) -> str:
    return _clases().get(objeto_tipo, objeto_tipo)


def buscar_sucesos(
    *,
    texto: str = "",
    objeto: str = "",
    desde: datetime.date | None = None,
    hasta: datetime.date | None = None,
) -> SucesoQuerySet:
    """Sucesos públicos, del último al primero en escribirse. `desde` y `hasta` son días, inclusive."""
    sucesos = Suceso.objects.publicos().order_by("-numero").defer("datos")
    if texto:
        sucesos = sucesos.filter(Q(texto__icontains=texto) | Q(motivo__icontains=texto) | Q(calidad__icontains=texto))
    if objeto:
        sucesos = sucesos.filter(objeto_tipo=objeto)
    if desde:
        sucesos = sucesos.filter(momento__date__gte=desde)
    if hasta:
        sucesos = sucesos.filter(momento__date__lte=hasta)
    return sucesos


def lineas_de_la_cadena(desde: int) -> list[str]:
    """Desde el número `desde`, una línea de JSON por suceso con lo que hace falta para rehacer su huella.

    De los reservados no sale nada más que su número y la huella de lo reservado.
    """
    filas = Suceso.objects.filter(numero__gte=desde).order_by("numero").values(*COLUMNAS, "huella")
    return [_linea(fila) for fila in filas[:LINEAS_POR_PEDIDO]]


def _linea(fila: dict[str, Any]) -> str:
    abierta, reservada = partes(fila)
    datos = {"abierto": abierta, "huella": fila["huella"], "publico": fila["publico"], "reserva": huella_de(reservada)}
    return json.dumps(datos, ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True)
class Cambio:
    """Un dato que cambió, como se muestra."""

    dato: str
    antes: str
    despues: str


def cambios_de(suceso: Suceso) -> list[Cambio]:
    """Lo que había antes y lo que quedó, dato por dato."""
    antes, despues = suceso.antes, suceso.despues
    modelo = _modelo(suceso.objeto_tipo)
    campos = {campo.name: campo for campo in modelo._meta.get_fields()} if modelo else {}
    cambios = []
    for dato in {**antes, **despues}:
        rotulo = str(getattr(campos.get(dato), "verbose_name", "")) or dato.replace("_", " ")
        opciones = dict(getattr(campos.get(dato), "flatchoices", None) or ())
        cambios.append(Cambio(rotulo, *(_con_opciones(lado.get(dato), opciones) for lado in (antes, despues))))
    return cambios


def _con_opciones(valor: Any, opciones: dict[Any, Any]) -> str:
    """El valor como lo muestra su campo («En obra» y no «en_obra»), si es una de sus opciones."""
    es_opcion = isinstance(valor, str | int) and valor in opciones
    return str(opciones[valor]) if es_opcion else _en_palabras(valor)


def _en_palabras(valor: Any) -> str:
    if valor is None or valor == "":
        return "—"
    if isinstance(valor, bool):
        return "sí" if valor else "no"
    if isinstance(valor, list):
        return "; ".join(_en_palabras(parte) for parte in valor) or "—"
    if isinstance(valor, dict):
        return "; ".join(f"{clave}: {_en_palabras(parte)}" for clave, parte in valor.items()) or "—"
    return str(valor)


def direccion_de(suceso: Suceso) -> str:
    """Página del objeto de un suceso; vacía si no tiene o ya no existe."""
    modelo = _modelo(suceso.objeto_tipo)
    objeto: Any = modelo._default_manager.filter(pk=suceso.objeto_id).first() if modelo else None
    try:
        if hasattr(objeto, "get_absolute_url"):
            return objeto.get_absolute_url()
        return getattr(objeto, "url", None) or ""
    except (NoReverseMatch, AttributeError):
        return ""


def _modelo(objeto_tipo: str) -> Any:
    try:
        return apps.get_model(objeto_tipo)
    except (LookupError, ValueError):
        return None
