"""Todas las direcciones de Ayni, de la más concreta a Wagtail, que recoge el resto."""

from django.conf import settings
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

urlpatterns = [
    path("", include("civic.comun.urls")),
    path("", include("cms.urls")),
    path("cuentas/", include("civic.cuentas.urls")),
    path("organizaciones/", include("civic.cuentas.urls_organizaciones")),
    path("territorio/", include("mapas.territorio.urls")),
    path("propuestas/", include("propuestas.urls")),
    path("debate/", include("civic.debate.urls")),
    path("actas/", include("votaciones.actas.urls")),
    path("votaciones/<slug:slug>/padron/", include("votaciones.padron.urls")),
    path("votaciones/<slug:slug>/", include("votaciones.mesas.urls")),
    path("votaciones/<slug:slug>/lotes/", include("votaciones.lotes.urls")),
    path("votaciones/", include("votaciones.urls")),
    path("reportes/", include("mapas.reportes.urls")),
    path("obras/", include("mapas.obras.urls")),
    path("demandas/", include("mapas.demandas.urls")),
    path("mapa/", include("mapas.visor.urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("documentos/", include(wagtaildocs_urls)),
]

if settings.DEBUG:
    urlpatterns += [path("estilo/", include("cms.urls_estilo"))]

urlpatterns += [path("", include(wagtail_urls))]

handler400 = "civic.comun.views.error_400"
handler403 = "civic.comun.views.error_403"
handler404 = "civic.comun.views.error_404"
handler500 = "civic.comun.views.error_500"
