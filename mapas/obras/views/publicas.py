"""Páginas públicas de las obras."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from civic.comun.acceso import publica
from civic.comun.bitacora import historia
from civic.comun.paginacion import pagina_de
from civic.procesos.models import Categoria
from mapas.obras import consultas, permisos
from mapas.obras.forms import Filtros
from mapas.obras.grafico import curva
from mapas.territorio.consultas import distritos

POR_PAGINA = 18  # filas completas de tarjetas a lo ancho


@publica
@require_safe
def lista(request: HttpRequest) -> HttpResponse:
    filtros = Filtros(request.GET, distritos=distritos(), categorias=Categoria.objects.filter(activa=True))
    contexto = {
        "filtros": filtros,
        "pagina": pagina_de(request, consultas.lista(**filtros.argumentos()), POR_PAGINA),
        "cifras": consultas.cifras(),
    }
    return render(request, "obras/lista.html", contexto)


@publica
@require_safe
def obra(request: HttpRequest, codigo: str) -> HttpResponse:
    obra = permisos.obra_o_404(request.user, codigo)
    avances = obra.lista_de_avances
    contexto = {
        "obra": obra,
        "avances": avances,
        "curva": curva(avances, inicio=obra.orden_proceder, fin_previsto=obra.fin_previsto),
        "fotos": [avance for avance in reversed(avances) if avance.foto_id],
        "reportes": consultas.reportes_de(obra),
        "sucesos": historia(obra),
        "informa": permisos.informa(request.user),
    }
    return render(request, "obras/obra.html", contexto)
