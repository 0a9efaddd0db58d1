"""Lista y página de las organizaciones de base."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from civic.comun.acceso import publica
from civic.comun.bitacora import historia
from civic.comun.paginacion import pagina_de
from civic.cuentas import consultas, forms, permisos
from mapas.territorio.consultas import distritos


@publica
@require_safe
def lista(request: HttpRequest) -> HttpResponse:
    """Organizaciones públicas, por distrito y nombre, con filtros en la dirección."""
    filtro = forms.FiltroDeOrganizaciones(request.GET, distritos=list(distritos()))
    filtros = filtro.validos()
    pagina = pagina_de(request, consultas.buscar_organizaciones(**filtros))
    contexto = {"filtro": filtro, "pagina": pagina, "filtros": filtros, "filtrada": any(filtros.values())}
    return render(request, "organizaciones/lista.html", contexto)


@publica
@require_safe
def organizacion(request: HttpRequest, slug: str) -> HttpResponse:
    """Una organización: qué es, dónde está, quién la dirige y su historia."""
    la_organizacion = permisos.organizacion_o_404(slug)
    contexto = {
        "organizacion": la_organizacion,
        "directiva": consultas.directiva_de(la_organizacion),
        "sucesos": historia(la_organizacion)[:10],
        "mia": permisos.puede_actuar_por(request.user, la_organizacion),
    }
    return render(request, "organizaciones/organizacion.html", contexto)
