"""Los reportes del contenido, recibidos y movidos con las acciones de siempre, cada paso en su fecha."""

from collections import deque
from typing import Any

from django.utils import timezone

from civic.comun.bitacora import en_su_momento
from civic.cuentas.models import Organizacion
from civic.demo.contexto import Contexto
from civic.demo.fuentes import contenido
from mapas.reportes.acciones import mover_reporte, recibir_reporte
from mapas.reportes.models import Reporte, TambienMePasa
from mapas.reportes.reglas import FICHAS, MOVIMIENTOS, Estado
from propuestas.models import Propuesta

PRIORIDADES = {"baja": "normal", "media": "normal", "alta": "alta", "urgente": "urgente"}
OPERADORES = {
    "municipio": "Municipio",
    "sistema_vecinal": "Sistema vecinal de agua",
    "red_de_salud": "Red de salud",
    "empresa_electrica": "Empresa eléctrica",
    "organizacion_de_regantes": "Organización de regantes",
    "administradora_de_carreteras": "Administradora de carreteras",
}
# Lo que se respondió cuando el contenido no trae la respuesta pública.
RESPUESTAS = {
    "RC-2026-01257": "Se hizo el operativo de esterilización y se habló con las familias que tienen perros.",
    "RC-2026-01271": "Se inspeccionó el local y se comprometió a cerrar a medianoche.",
    "RC-2026-01306": "El columpio se retiró y se cambió por uno nuevo.",
    "RC-2026-01320": "Este hueco ya estaba reportado; el otro reporte sigue su curso.",
    "RC-2026-01334": "El poste se cambió esa misma madrugada.",
}
EN_NOMBRE = {"asamblea", "organizacion"}


def cargar(contexto: Contexto) -> str:
    datos = sorted(contenido()["reportes"], key=lambda dato: dato["fecha"])
    hechos: dict[str, Reporte] = {}
    for dato in datos:
        hechos[dato["id"]] = _reporte(contexto, dato, hechos)
    return f"{len(hechos)} reportes, {Reporte.objects.abiertos().count()} abiertos"


def _reporte(contexto: Contexto, dato: dict[str, Any], hechos: dict[str, Reporte]) -> Reporte:
    organizacion = contexto.por_demo[dato["organizacion"] or "d1-zona-central"]
    numero = organizacion.distrito.orden  # type: ignore[union-attr]  # en la demo todas tienen distrito
    azar = contexto.azar("reporte", dato["id"])
    autor = None if dato["anonimo_publico"] else azar.choice(contexto.vecinos[numero])
    en_nombre: Organizacion | None = None
    if dato["canal"] in EN_NOMBRE and organizacion.pk in contexto.presidencias:
        en_nombre, autor = organizacion, contexto.presidencias[organizacion.pk].usuario
    lugar = dato["ubicacion"]
    lon, lat = contexto.punto(organizacion, (lugar["lon"], lugar["lat"]), dato["id"])
    momento = contexto.calendario.momento(dato["fecha"])
    with en_su_momento(momento):
        reporte = recibir_reporte(
            categoria=contexto.categorias[dato["categoria"]],
            descripcion=dato["descripcion"],
            distrito=contexto.distritos[numero],
            otb=contexto.otbs[organizacion.area.codigo] if organizacion.area else None,
            lon=lon,
            lat=lat,
            referencia=lugar["referencia"],
            foto=contexto.fotos[dato["categoria"]] if dato["canal"] in {"web", "whatsapp"} else None,
            autor=autor,
            organizacion=en_nombre,
            canal=dato["canal"],
            prioridad=PRIORIDADES[dato["prioridad"]],
            servicio=dato["service_code"],
            plazo_dias=dato["plazo_meta_dias_habiles"],
            momento=momento,
        )
    _historia(contexto, dato, reporte, hechos)
    gente = [persona for persona in contexto.vecinos[numero] if persona != autor]
    tambien = azar.sample(gente, min(dato["adhesiones"], len(gente) // 2))
    hasta = timezone.now()
    TambienMePasa.objects.bulk_create(
        TambienMePasa(reporte=reporte, usuario=persona, momento=momento + (hasta - momento) * azar.random())
        for persona in tambien
    )
    Reporte.objects.filter(pk=reporte.pk).update(
        tambien_contados=len(tambien),
        unidad=dato["unidad_responsable"],
        operador=OPERADORES.get(dato["operador_servicio"], dato["operador_servicio"]),
    )
    return reporte


def _historia(contexto: Contexto, dato: dict[str, Any], reporte: Reporte, hechos: dict[str, Reporte]) -> None:
    """Mueve el reporte por su historial; si el contenido se salta un paso obligado, lo da antes, el mismo día."""
    estado = str(Estado.RECIBIDO)
    respuesta = dato["respuesta_publica"] or RESPUESTAS.get(dato["id"], "")
    for puesto, linea in enumerate(dato["historial"][1:], start=1):
        camino = _camino(estado, linea["estado"])
        for parada in camino:
            ultima = parada == dato["estado"]
            momento = contexto.calendario.momento(linea["fecha"], 9 + min(puesto, 8))
            momento = max(momento, reporte.creado + (timezone.now() - reporte.creado) * 0.01 * puesto)
            with en_su_momento(momento):
                mover_reporte(
                    reporte,
                    hacia=parada,
                    actor=contexto.personas["ventanilla"],
                    nota=linea["nota"] if parada == linea["estado"] else "",
                    respuesta=respuesta if ultima else "",
                    unidad=dato["unidad_responsable"],
                    operador=OPERADORES.get(dato["operador_servicio"], dato["operador_servicio"]),
                    sigue_en=_sigue_en(parada, hechos),
                    momento=momento,
                )
            estado = parada


def _sigue_en(estado: str, hechos: dict[str, Reporte]) -> Any:
    if estado == Estado.CONVERTIDO:
        return Propuesta.objects.get(codigo="PR-2027-014")
    return hechos["RC-2026-01201"] if estado == Estado.DUPLICADO else None


def _camino(desde: str, hasta: str) -> list[str]:
    """El camino más corto entre dos estados por los movimientos permitidos, sin el de partida."""
    cola = deque([[desde]])
    vistos = {desde}
    while cola:
        camino = cola.popleft()
        if camino[-1] == hasta:
            return camino[1:]
        for siguiente in MOVIMIENTOS.get(camino[-1], {}):
            if str(siguiente) not in vistos:
                vistos.add(str(siguiente))
                cola.append([*camino, str(siguiente)])
    raise ValueError(f"Ningún movimiento lleva de «{FICHAS[desde][0]}» a «{FICHAS[hasta][0]}».")
