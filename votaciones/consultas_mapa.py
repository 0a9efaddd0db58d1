"""El mapa de un resultado: las obras en su punto y cada distrito con su parte del presupuesto y su participación."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from civic.comun.dinero import bolivianos
from mapas.territorio.dibujo import Archivo, geojson_de
from mapas.territorio.models import Area
from votaciones.consultas import resultados_oficiales
from votaciones.models import Opcion, Resultado, Votacion
from votaciones.reglas import grafico

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


def _medir(resultado: Resultado) -> dict[str, int]:
    contienda = resultado.contienda
    return {
        "usado": int(resultado.gastado * 100 / contienda.presupuesto),
        "participacion": min(100, resultado.votos * 100 // contienda.habilitados) if contienda.habilitados else 0,
    }


def _pintar(resultados: list[Resultado]) -> dict[str, tuple[dict[str, str], dict[str, str], list[tuple[str, str]]]]:
    medidos = {resultado.contienda.distrito.codigo: _medir(resultado) for resultado in resultados}
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
    """FeatureCollection con los distritos que votaron (límites del día del cierre) y las obras que tienen punto."""
    resultados = resultados_oficiales(votacion)
    por_codigo = {resultado.contienda.distrito.codigo: resultado for resultado in resultados}
    pintados, ganan = _pintar(resultados), _ganan(resultados)
    areas = json.loads(geojson_de(Area.Tipo.DISTRITO, timezone.localdate(votacion.cierra)).cuerpo)
    rasgos = []
    for area in areas["features"]:
        resultado = por_codigo.get(area["properties"]["codigo"])
        if resultado is not None:
            propio = area["properties"] | _del_distrito(votacion, resultado, pintados)
            rasgos.append(area | {"properties": propio})
    por_contienda = {resultado.contienda_id: resultado for resultado in resultados}
    for obra in _obras(votacion):
        if obra["lon"] is not None and obra["lat"] is not None:
            gana = (obra["contienda"], obra["numero"]) in ganan
            rasgos.append(_de_la_obra(votacion, obra, por_contienda[obra["contienda"]], gana=gana))
    datos = {"type": "FeatureCollection", "aviso": areas["aviso"], "features": rasgos}
    cuerpo = json.dumps(datos, ensure_ascii=False, separators=(",", ":")).encode()
    return Archivo(cuerpo, hashlib.sha256(cuerpo).hexdigest()[:16])


def _del_distrito(votacion: Votacion, resultado: Resultado, pintados: dict[str, Any]) -> dict[str, Any]:
    contienda = resultado.contienda
    return {
        "tipo": "distrito",
        "ganadoras": len(resultado.ganadoras),
        "gastado": bolivianos(resultado.gastado),
        "presupuesto": bolivianos(contienda.presupuesto),
        "votaron": resultado.votos,
        "habilitadas": contienda.habilitados,
        **_medir(resultado),
        "clases": {medida: pintados[medida][0][contienda.distrito.codigo] for medida in MEDIDAS},
        "url": reverse("votaciones:resultado_distrito", args=[votacion.slug, contienda.numero]),
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
        "distrito": str(resultado.contienda.distrito),
        "url": reverse("votaciones:resultado_distrito", args=[votacion.slug, resultado.contienda.numero]),
    }
    geometria = {"type": "Point", "coordinates": [round(obra["lon"], 6), round(obra["lat"], 6)]}
    return {"type": "Feature", "properties": propiedades, "geometry": geometria}
