"""De dónde salen los parecidos: cada sala registra su fuente al arrancar (AppConfig.ready) y ninguna conoce a otra."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, When
from django.db.models.functions import Abs

from civic.comun.parecidos.puntaje import UMBRAL, Pedido, de_rasgos, metros, rasgos_de

MAXIMO_DE_CANDIDATOS = 150
LETRAS_MINIMAS = 6  # con menos no se sabe todavía de qué se habla


@dataclass(frozen=True)
class Candidato:
    """Algo público y abierto con lo que se compara: qué pide, cómo se muestra y, si recibe gente, cómo sumarse."""

    pedido: Pedido
    pk: int
    titulo: str
    url: str
    lugar: str
    etiqueta: str
    tono: str
    signo: str
    gente: int
    gente_texto: str  # «12 apoyos», «le pasa también a 3»
    sumarse: str  # dirección a la que se envía «sumarme»


Candidatos = Callable[[Pedido], Iterable[Candidato]]


@dataclass(frozen=True)
class Fuente:
    """`candidatos(pedido)` hace siempre las mismas consultas y devuelve solo lo que cualquiera puede ver."""

    clave: str
    nombre: str
    radio: float
    candidatos: Candidatos


@dataclass(frozen=True)
class Hallado:
    """Un candidato que se parece, cuánto (de 0 a 1) y a cuántos metros está, si los dos tienen punto."""

    fuente: str
    nombre: str
    candidato: Candidato
    puntaje: float
    metros: int | None


_fuentes: dict[str, Fuente] = {}


def registrar(fuente: Fuente) -> None:
    """Agrega (o reemplaza, por su clave) una fuente de parecidos."""
    _fuentes[fuente.clave] = fuente


def claves() -> list[str]:
    return sorted(_fuentes)


def buscar(pedido: Pedido, *, en: str = "", salvo: int | None = None, cuantos: int = 3) -> list[Hallado]:
    """Lo más parecido a `pedido` en la fuente `en` (o en todas), de más a menos; `salvo` es la clave de uno mismo."""
    if len(pedido.titulo) + len(pedido.texto) < LETRAS_MINIMAS:
        return []
    hallados = [
        hallado
        for clave, fuente in _fuentes.items()
        if en in ("", clave)
        for hallado in _en_fuente(fuente, pedido)
        if hallado.candidato.pk != salvo or not en
    ]
    return sorted(hallados, key=lambda hallado: (-hallado.puntaje, hallado.metros or 0, hallado.candidato.pk))[:cuantos]


def _en_fuente(fuente: Fuente, pedido: Pedido) -> Iterable[Hallado]:
    suyos = rasgos_de(pedido)
    for candidato in fuente.candidatos(pedido):
        puntaje = de_rasgos(suyos, rasgos_de(candidato.pedido), pedido, candidato.pedido, fuente.radio)
        if puntaje >= UMBRAL:
            lejos = metros(pedido, candidato.pedido)
            yield Hallado(fuente.clave, fuente.nombre, candidato, puntaje, None if lejos is None else round(lejos))


def primero_lo_cercano(pedido: Pedido) -> list[Any]:
    """Orden de los candidatos, por si no caben todos: los de su OTB, los más cercanos y los más nuevos.

    Sirve a modelos con `otb`, `lon` y `lat`.
    """
    orden: list[Any] = []
    if pedido.otb:
        orden.append(Case(When(otb=pedido.otb, then=0), default=1))
    if pedido.lon is not None and pedido.lat is not None:
        orden.append((Abs(F("lon") - pedido.lon) + Abs(F("lat") - pedido.lat)).asc(nulls_last=True))
    return [*orden, "-pk"]


def para_json(hallado: Hallado) -> dict[str, Any]:
    candidato = hallado.candidato
    return {
        "clase": hallado.fuente,
        "titulo": candidato.titulo,
        "url": candidato.url,
        "lugar": candidato.lugar,
        "estado": candidato.etiqueta,
        "gente": candidato.gente,
        "metros": hallado.metros,
        "puntaje": round(hallado.puntaje, 3),
    }
