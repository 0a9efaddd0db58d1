"""El mapa de un resultado: las obras en su punto y cada lugar con su parte del presupuesto y su participación."""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from civic.comun.dinero import bolivianos
from mapas.territorio.dibujo import AVISO, Archivo, geojson_de
from votaciones.consultas import resultados_oficiales
from votaciones.models import Opcion, Resultado, Votacion
from votaciones.reglas import grafico
from votaciones.reglas.ambito import TAMANOS

# medida -> cómo se llama en la página
MEDIDAS = {"usado": "Parte del presupuesto que se usa", "participacion": "Personas que votaron, de las habilitadas"}


@dataclass(frozen=True)
class MapaDeResultado:
    """Lo que la página dice del mapa. `pintados` es {medida: ({código de distrito: clase}, {código: «45 %»}, leyenda)}.

    `sin_punto` son las obras que no están en el mapa, con si ganaron.
    """

    pintados: dict[str, tuple[dict[str, str], dict[str, str], list[tuple[str, str]]]]
    con_punto: int
    sin_punto: list[tuple[str, bool]]


def _por_area(resultados: list[Resultado]) -> dict[str, list[Resultado]]:
    """{código de área: sus resultados}: uno por sector donde cada sector decide aparte."""
    por_area: dict[str, list[Resultado]] = {}
    for resultado in resultados:
        por_area.setdefault(resultado.contienda.area.codigo, []).append(resultado)
    return por_area


def _medir(resultados: list[Resultado]) -> dict[str, int]:
    contiendas = [resultado.contienda for resultado in resultados]
    votos, habilitados = sum(r.votos for r in resultados), sum(c.habilitados for c in contiendas)
    gastado, presupuesto = sum(r.gastado for r in resultados), sum(c.presupuesto for c in contiendas)
    return {
        "usado": int(gastado * 100 / presupuesto),
        "participacion": min(100, votos * 100 // habilitados) if habilitados else 0,
    }


def _pintar(resultados: list[Resultado]) -> dict[str, tuple[dict[str, str], dict[str, str], list[tuple[str, str]]]]:
    medidos = {codigo: _medir(suyos) for codigo, suyos in _por_area(resultados).items()}
    pintados = {}
    for medida in MEDIDAS:
        valores = {codigo: suyos[medida] for codigo, suyos in medidos.items()}
        clases, leyenda = grafico.clases_de_color(valores, tope=100 if medida == "usado" else None)
        pintados[medida] = (clases, {codigo: f"{valor} %" for codigo, valor in valores.items()}, leyenda)
    return pintados


def _obras(votacion: Votacion) -> list[dict[str, Any]]:
    obras = Opcion.objects.filter(contienda__votacion=votacion).order_by("contienda__numero", "numero")
    punto = {"lon": F("propuesta__lon"), "lat": F("propuesta__lat")}
    return [dict(obra) for obra in obras.values("contienda", "numero", "titulo", "costo", **punto)]


def _ganan(resultados: list[Resultado]) -> set[tuple[int, int]]:
    return {(resultado.contienda_id, entrada["numero"]) for resultado in resultados for entrada in resultado.ganadoras}


def mapa_de(votacion: Votacion, resultados: list[Resultado]) -> MapaDeResultado:
    """Lo que acompaña al mapa en la página (una consulta): leyendas, dibujo sin guiones y obras que no tienen punto."""
    ganan, obras = _ganan(resultados), _obras(votacion)
    sin_punto = [
        (obra["titulo"], (obra["contienda"], obra["numero"]) in ganan) for obra in obras if obra["lon"] is None
    ]
    sin_punto.sort(key=lambda obra: not obra[1])
    return MapaDeResultado(_pintar(resultados), len(obras) - len(sin_punto), sin_punto)


def geojson_del_resultado(votacion: Votacion) -> Archivo:
    """FeatureCollection con los lugares que votaron (límites del día del cierre) y las obras que tienen punto."""
    resultados = resultados_oficiales(votacion)
    por_area, pintados, ganan = _por_area(resultados), _pintar(resultados), _ganan(resultados)
    tipos = {resultado.contienda.area.tipo for resultado in resultados}
    rasgos: list[dict[str, Any]] = []
    for tipo in sorted(tipos, key=TAMANOS.index, reverse=True):  # lo más grande, debajo
        for area in json.loads(geojson_de(tipo, timezone.localdate(votacion.cierra)).cuerpo)["features"]:
            suyos = por_area.get(area["properties"]["codigo"])
            if suyos:
                rasgos.append(area | {"properties": area["properties"] | _del_area(votacion, suyos, pintados)})
    por_contienda = {resultado.contienda_id: resultado for resultado in resultados}
    for obra in _obras(votacion):
        if obra["lon"] is not None and obra["lat"] is not None:
            gana = (obra["contienda"], obra["numero"]) in ganan
            rasgos.append(_de_la_obra(votacion, obra, por_contienda[obra["contienda"]], gana=gana))
    datos = {"type": "FeatureCollection", "aviso": AVISO, "features": rasgos}
    cuerpo = json.dumps(datos, ensure_ascii=False, separators=(",", ":")).encode()
    return Archivo(cuerpo, hashlib.sha256(cuerpo).hexdigest()[:16])


def _del_area(votacion: Votacion, resultados: list[Resultado], pintados: dict[str, Any]) -> dict[str, Any]:
    contiendas = [resultado.contienda for resultado in resultados]
    url = reverse("votaciones:resultado", args=[votacion.slug])
    if len(contiendas) == 1:
        url = reverse("votaciones:resultado_distrito", args=[votacion.slug, contiendas[0].numero])
    return {
        "tipo": "distrito",
        "ganadoras": sum(len(resultado.ganadoras) for resultado in resultados),
        "gastado": bolivianos(sum((resultado.gastado for resultado in resultados), Decimal(0))),
        "presupuesto": bolivianos(sum((contienda.presupuesto for contienda in contiendas), Decimal(0))),
        "votaron": sum(resultado.votos for resultado in resultados),
        "habilitadas": sum(contienda.habilitados for contienda in contiendas),
        **_medir(resultados),
        "clases": {medida: pintados[medida][0][contiendas[0].area.codigo] for medida in MEDIDAS},
        "url": url,
    }


def _de_la_obra(votacion: Votacion, obra: dict[str, Any], resultado: Resultado, *, gana: bool) -> dict[str, Any]:
    entrada = next(entrada for entrada in resultado.detalle if entrada["numero"] == obra["numero"])
    propiedades = {
        "tipo": "obra",
        "numero": obra["numero"],
        "titulo": obra["titulo"],
        "costo": bolivianos(obra["costo"]),
        "gana": gana,
        "votos": entrada["votos"],
        "distrito": resultado.contienda.lugar,
        "url": reverse("votaciones:resultado_distrito", args=[votacion.slug, resultado.contienda.numero]),
    }
    geometria = {"type": "Point", "coordinates": [round(obra["lon"], 6), round(obra["lat"], 6)]}
    return {"type": "Feature", "properties": propiedades, "geometry": geometria}
