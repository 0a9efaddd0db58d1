"""Las propuestas que se parecen a lo que alguien escribe (ver civic.comun.parecidos). Solo las públicas y abiertas."""

from typing import Any

from django.db.models import Q
from django.urls import reverse

from civic.comun.distancias import caja
from civic.comun.parecidos import Candidato, Fuente, Hallado, Pedido, buscar
from civic.comun.parecidos.fuentes import MAXIMO_DE_CANDIDATOS, primero_lo_cercano
from civic.comun.parecidos.puntaje import LETRAS
from mapas.territorio.nombres import nombre_de_lugar
from propuestas.models import Propuesta
from propuestas.reglas import APOYABLES, FICHAS

CLAVE = "propuestas"
RADIO = 500  # metros: la misma calle o la misma plaza, no la misma OTB entera
_COLUMNAS = (
    *("pk", "titulo", "descripcion", "estado", "apoyos_contados", "lon", "lat"),
    *("categoria_id", "distrito_id", "distrito__clase", "distrito__nombre", "otb_id", "otb__clase", "otb__nombre"),
)


def candidatos(pedido: Pedido) -> list[Candidato]:
    """Las abiertas de su OTB, las de su distrito y categoría y las que estén cerca; sin lugar, las de su categoría."""
    abiertas = Propuesta.objects.filter(estado__in=APOYABLES)
    ordenadas = abiertas.filter(_donde_buscar(pedido)).order_by(*primero_lo_cercano(pedido))
    return [_candidato(fila) for fila in ordenadas.values(*_COLUMNAS)[:MAXIMO_DE_CANDIDATOS]]


def de_borrador(propuesta: Propuesta, cuantas: int = 3) -> list[Hallado]:
    """Las que se parecen a un borrador guardado."""
    return buscar(_pedido(propuesta), en=CLAVE, salvo=propuesta.pk, cuantos=cuantas)


def _donde_buscar(pedido: Pedido) -> Q:
    donde = Q()
    if pedido.otb:
        donde |= Q(otb=pedido.otb)
    if pedido.lon is not None and pedido.lat is not None:
        oeste, sur, este, norte = caja(pedido.lon, pedido.lat, 2 * RADIO)
        donde |= Q(lat__range=(sur, norte), lon__range=(oeste, este))
    de_la_clase = Q(categoria=pedido.categoria) if pedido.categoria else Q()
    if pedido.distrito:
        return donde | (Q(distrito=pedido.distrito) & de_la_clase)
    return donde | de_la_clase if pedido.categoria or not donde else donde


def _pedido(propuesta: Propuesta) -> Pedido:
    return Pedido(
        titulo=propuesta.titulo,
        texto=propuesta.descripcion,
        categoria=str(propuesta.categoria_id or ""),
        distrito=str(propuesta.distrito_id or ""),
        otb=str(propuesta.otb_id or ""),
        lon=propuesta.lon,
        lat=propuesta.lat,
        llamado=propuesta.otb.nombre if propuesta.otb else "",
    )


def _candidato(fila: dict[str, Any]) -> Candidato:
    ficha, gente = FICHAS[fila["estado"]], fila["apoyos_contados"]
    return Candidato(
        pedido=Pedido(
            titulo=fila["titulo"],
            texto=fila["descripcion"][:LETRAS],
            categoria=str(fila["categoria_id"] or ""),
            distrito=str(fila["distrito_id"] or ""),
            otb=str(fila["otb_id"] or ""),
            lon=fila["lon"],
            lat=fila["lat"],
            llamado=fila["otb__nombre"] or "",
        ),
        pk=fila["pk"],
        titulo=fila["titulo"],
        url=reverse("propuestas:propuesta", args=[fila["pk"]]),
        lugar=nombre_de_lugar(fila),
        etiqueta=ficha.etiqueta,
        tono=ficha.tono,
        signo=ficha.signo,
        gente=gente,
        gente_texto="1 apoyo" if gente == 1 else f"{gente} apoyos",
        sumarse=reverse("propuestas:apoyar", args=[fila["pk"]]),
    )


FUENTE = Fuente(clave=CLAVE, nombre="Propuesta", radio=RADIO, candidatos=candidatos)
