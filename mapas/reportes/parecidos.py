"""Los reportes que se parecen a lo que alguien escribe (ver civic.comun.parecidos). Solo los públicos y abiertos."""

import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from civic.comun.distancias import caja
from civic.comun.parecidos import Candidato, Fuente, Pedido, buscar
from civic.comun.parecidos.fuentes import MAXIMO_DE_CANDIDATOS, primero_lo_cercano
from civic.comun.parecidos.puntaje import LETRAS
from mapas.reportes import consultas
from mapas.reportes.consultas import Parecido
from mapas.reportes.models import Reporte
from mapas.reportes.reglas import FICHAS, METROS_DE_PARECIDO
from mapas.territorio.models import Area
from mapas.territorio.nombres import nombre_de_lugar

CLAVE = "reportes"
SIN_PUNTO = datetime.timedelta(days=60)  # por texto y OTB solo interesan los de hace poco
_COLUMNAS = (
    *("pk", "codigo", "descripcion", "estado", "tambien_contados", "lon", "lat"),
    *("categoria_id", "distrito_id", "distrito__clase", "distrito__nombre", "otb_id", "otb__clase", "otb__nombre"),
)


def candidatos(pedido: Pedido) -> list[Candidato]:
    """Los abiertos que estén cerca y, sin punto, los de los últimos meses en su OTB o en su distrito y categoría."""
    abiertos = Reporte.objects.publicos().abiertos()
    ordenados = abiertos.filter(_donde_buscar(pedido)).order_by(*primero_lo_cercano(pedido))
    return [_candidato(fila) for fila in ordenados.values(*_COLUMNAS)[:MAXIMO_DE_CANDIDATOS]]


def antes_de_enviar(datos: dict[str, Any], cuantos: int = 3) -> list[Parecido]:
    """Los que se muestran antes de crear otro: los que dicen lo mismo y los de su categoría a pocos metros."""
    cerca = consultas.parecidos(datos["categoria"], lon=datos["lon"], lat=datos["lat"], cuantos=cuantos)
    metros = {hallado.candidato.pk: hallado.metros for hallado in buscar(pedido_de(datos), en=CLAVE, cuantos=cuantos)}
    reportes = Reporte.objects.para_tarjetas().in_bulk(list(metros))
    dicen = [Parecido(reportes[pk], metros[pk]) for pk in metros if pk in reportes]
    ya = set(metros)
    return [*dicen, *(parecido for parecido in cerca if parecido.reporte.pk not in ya)][:cuantos]


def pedido_de(datos: dict[str, Any]) -> Pedido:
    """Lo escrito en el formulario, ya validado, como pedido."""
    categoria, distrito, otb = datos.get("categoria"), datos.get("distrito"), datos.get("otb")
    return Pedido(
        titulo=datos.get("descripcion") or "",
        categoria=str(categoria.pk) if categoria else "",
        distrito=str(distrito.pk) if distrito else "",
        otb=str(otb.pk) if otb else "",
        lon=datos.get("lon"),
        lat=datos.get("lat"),
        llamado=otb.nombre if isinstance(otb, Area) else "",
    )


def _donde_buscar(pedido: Pedido) -> Q:
    if pedido.lon is not None and pedido.lat is not None:
        oeste, sur, este, norte = caja(pedido.lon, pedido.lat, 2 * METROS_DE_PARECIDO)
        return Q(lat__range=(sur, norte), lon__range=(oeste, este))
    hace_poco = Q(creado__gte=timezone.now() - SIN_PUNTO)
    de_la_clase = Q(categoria=pedido.categoria) if pedido.categoria else Q()
    if pedido.otb:
        return hace_poco & Q(otb=pedido.otb)
    if pedido.distrito:
        return hace_poco & Q(distrito=pedido.distrito) & de_la_clase
    return hace_poco & de_la_clase


def _candidato(fila: dict[str, Any]) -> Candidato:
    etiqueta, tono, signo, _ = FICHAS[fila["estado"]]
    texto, gente = " ".join(fila["descripcion"].split()), fila["tambien_contados"]
    return Candidato(
        pedido=Pedido(
            titulo=texto[:LETRAS],
            categoria=str(fila["categoria_id"] or ""),
            distrito=str(fila["distrito_id"] or ""),
            otb=str(fila["otb_id"] or ""),
            lon=fila["lon"],
            lat=fila["lat"],
            llamado=fila["otb__nombre"] or "",
        ),
        pk=fila["pk"],
        titulo=texto if len(texto) <= 140 else f"{texto[:139]}…",
        url=reverse("reportes:reporte", args=[fila["codigo"]]),
        lugar=nombre_de_lugar(fila),
        etiqueta=etiqueta,
        tono=tono,
        signo=signo,
        gente=gente,
        gente_texto=f"le pasa también a {gente}" if gente else "",
        sumarse=reverse("reportes:tambien", args=[fila["codigo"]]),
    )


FUENTE = Fuente(clave=CLAVE, nombre="Reporte", radio=METROS_DE_PARECIDO, candidatos=candidatos)
