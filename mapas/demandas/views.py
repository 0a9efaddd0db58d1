"""Qué pide cada distrito y cada OTB: mapa, tablas y descargas."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from civic.comun.acceso import publica
from civic.comun.dinero import bolivianos, miles
from civic.comun.paginacion import pagina_de
from mapas.demandas import consultas, exportes, reglas
from mapas.demandas.consultas import Fila, Filtro, Lectura
from mapas.territorio.consultas import distrito_por_codigo, distritos
from mapas.territorio.models import Area

VISTAS = {"distritos": "Por distrito", "otbs": "Por OTB", "categorias": "Por categoría"}
PLANTILLAS = {
    "distritos": "demandas/distritos.html",
    "otbs": "demandas/otbs.html",
    "categorias": "demandas/categorias.html",
}


def _elegido_o_404(opciones: Iterable[Any], atributo: str, valor: str) -> Any:
    """La opción que nombra la dirección, o None si no nombra ninguna; 404 si no existe: sin filtrar engañaría."""
    if not valor:
        return None
    for opcion in opciones:
        if getattr(opcion, atributo) == valor:
            return opcion
    raise Http404("Ese filtro no existe.")


def _filtro_o_404(request: HttpRequest, procesos: Iterable[Any] = (), categorias: Iterable[Any] = ()) -> Filtro:
    return Filtro(
        _elegido_o_404(procesos or consultas.procesos_con_demandas(), "slug", request.GET.get("proceso", "")),
        _elegido_o_404(categorias or consultas.categorias_activas(), "codigo", request.GET.get("categoria", "")),
    )


@publica
@require_safe
def demandas(request: HttpRequest) -> HttpResponse:
    """Lo que se pide, por distrito (mapa y tabla), por OTB o por categoría."""
    procesos, categorias = list(consultas.procesos_con_demandas()), list(consultas.categorias_activas())
    filtro = _filtro_o_404(request, procesos, categorias)
    lectura = Lectura(filtro)
    ver = request.GET.get("ver", "")
    ver = ver if ver in VISTAS else "distritos"
    contexto: dict[str, Any] = {
        "filtro": filtro,
        "ver": ver,
        "dia": lectura.dia,
        "vistas": VISTAS.items(),
        "total": lectura.total(),
        "procesos": procesos,
        "categorias": categorias,
        "descarga": _parametros(request),
    }
    armar = {"distritos": _por_distrito, "otbs": _por_otb, "categorias": _por_categoria}[ver]
    return render(request, PLANTILLAS[ver], contexto | armar(request, lectura))


def _por_distrito(request: HttpRequest, lectura: Lectura) -> dict[str, Any]:
    medida = request.GET.get("medida", "")
    medida = medida if medida in reglas.MEDIDAS else "propuestas"
    filas = lectura.por_distrito()
    valores = {fila.codigo: Decimal(getattr(fila, medida)) for fila in filas if fila.codigo}
    clases, tramos = reglas.repartir_en_clases(valores)
    escribir = reglas.en_corto if medida == "monto" else lambda valor: miles(int(valor))
    return {
        "filas": _con_algo_o_con_lugar(filas),
        "medida": medida,
        "medidas": reglas.MEDIDAS.items(),
        "rotulo": reglas.MEDIDAS[medida],
        "clases": clases,
        "valores": {codigo: escribir(valor) for codigo, valor in valores.items()},
        "leyenda": [(tramo.clase, _en_palabras(tramo, medida)) for tramo in tramos],
    }


def _en_palabras(tramo: reglas.Tramo, medida: str) -> str:
    escribir = bolivianos if medida == "monto" else lambda valor: miles(int(valor))
    return escribir(tramo.desde) if tramo.desde == tramo.hasta else f"{escribir(tramo.desde)} a {escribir(tramo.hasta)}"


def _por_otb(request: HttpRequest, lectura: Lectura) -> dict[str, Any]:
    pedido = request.GET.get("distrito", "")
    distrito = distrito_por_codigo(pedido, lectura.dia) if pedido else None
    if pedido and distrito is None:
        raise Http404("Ese distrito no existe.")
    filas = _con_algo_o_con_lugar(lectura.por_otb())
    if distrito is not None:
        filas = [fila for fila in filas if fila.distrito_codigo == distrito.codigo]
    pagina = pagina_de(request, filas)  # type: ignore[arg-type]
    return {"pagina": pagina, "filas": list(pagina), "distrito": distrito, "distritos": distritos(lectura.dia)}


def _por_categoria(request: HttpRequest, lectura: Lectura) -> dict[str, Any]:
    return {"mayor": max((categoria.propuestas for categoria in lectura.total().categorias), default=0)}


def _con_algo_o_con_lugar(filas: Sequence[Fila]) -> list[Fila]:
    """Sin la fila «sin ubicación» cuando está vacía: no dice nada."""
    return [fila for fila in filas if fila.codigo or fila.hay_algo]


def _parametros(request: HttpRequest) -> str:
    """Los filtros de la dirección que también valen para las descargas."""
    parametros = request.GET.copy()
    for nombre in list(parametros):
        if nombre not in {"proceso", "categoria"} or not parametros[nombre]:
            del parametros[nombre]
    return f"?{parametros.urlencode()}" if parametros else ""


@publica
@require_safe
def distritos_csv(request: HttpRequest) -> HttpResponse:
    return _csv(consultas.demandas_por_distrito(_filtro_o_404(request)), "demandas-distritos.csv")


@publica
@require_safe
def otbs_csv(request: HttpRequest) -> HttpResponse:
    return _csv(consultas.demandas_por_otb(_filtro_o_404(request)), "demandas-otbs.csv")


@publica
@require_safe
def distritos_geojson(request: HttpRequest) -> HttpResponse:
    lectura = Lectura(_filtro_o_404(request))
    datos = exportes.a_geojson(lectura.por_distrito(), Area.Tipo.DISTRITO, lectura.dia)
    return _geojson(datos, "demandas-distritos.geojson")


@publica
@require_safe
def otbs_geojson(request: HttpRequest) -> HttpResponse:
    lectura = Lectura(_filtro_o_404(request))
    datos = exportes.a_geojson(lectura.por_otb(), Area.Tipo.OTB, lectura.dia)
    return _geojson(datos, "demandas-otbs.geojson")


def _csv(filas: Sequence[Fila], nombre: str) -> HttpResponse:
    cabeceras = {"Content-Disposition": f'attachment; filename="{nombre}"'}
    return HttpResponse(exportes.a_csv(filas), content_type="text/csv; charset=utf-8", headers=cabeceras)


def _geojson(datos: dict[str, Any], nombre: str) -> HttpResponse:
    respuesta = JsonResponse(datos, content_type="application/geo+json", json_dumps_params={"ensure_ascii": False})
    respuesta["Content-Disposition"] = f'attachment; filename="{nombre}"'
    return respuesta
