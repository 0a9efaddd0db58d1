"""Qué puertas de Wagtail abre cada quien.

Con la llave de la trastienda Wagtail deja entrar a informes, historias, selectores y buscadores de todo el sitio. Aquí
solo abre lo que cada cargo usa: las secciones propias las guarda cada sala; lo del portal es de quien lo edita; lo
demás, de la administración técnica. Lo que Wagtail traiga mañana nace cerrado.
"""

import logging
from typing import Any

from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from wagtail.admin.auth import permission_denied

from civic.cuentas.roles import Cosa, puede

registro = logging.getLogger("ayni.puertas")

# Espacio de nombres o nombre de la ruta.
DE_TODO_EL_PERSONAL = {
    *("wagtailadmin_home", "wagtailadmin_account", "wagtailadmin_logout", "wagtailadmin_login"),
    *("wagtailadmin_sprite", "wagtailadmin_javascript_catalog", "wagtailadmin_dismissibles"),
    # Recuperar la clave lo lleva allauth: Wagtail lo tiene apagado y responde 404.
    *("wagtailadmin_password_reset", "wagtailadmin_password_reset_done"),
    *("wagtailadmin_password_reset_confirm", "wagtailadmin_password_reset_complete"),
}
DEL_PORTAL = {
    *("wagtailadmin_pages", "wagtailadmin_api", "wagtailadmin_editing_sessions", "wagtailadmin_block_preview"),
    *("wagtailadmin_explore_root", "wagtailadmin_explore", "wagtailadmin_explore_results"),
    *("wagtailadmin_choose_page", "wagtailadmin_choose_page_child", "wagtailadmin_choose_page_search"),
    *("wagtailadmin_choose_page_chosen_multiple", "wagtailadmin_choose_page_external_link"),
    *("wagtailadmin_choose_page_email_link", "wagtailadmin_choose_page_phone_link"),
    *("wagtailadmin_choose_page_anchor_link", "wagtailadmin_tag_autocomplete", "wagtailadmin_tag_model_autocomplete"),
    *("wagtaildocs", "wagtailimages", "wagtaildocs_chooser", "wagtailimages_chooser", "wagtailembeds"),
}
# Direcciones con que Wagtail prueba sus páginas de error.
DE_NADIE = {"wagtailadmin_error_test", "wagtail_prueba"}
DE_CUENTAS = {"wagtailusers_users"}


# Acciones en bloque de secciones propias: qué permiso abre su página, si no es el de ver ese registro.
EN_BLOQUE = {("territorio", "duda"): "territorio.change_area"}


def puede_pasar(usuario: Any, clave: str, argumentos: dict[str, Any]) -> bool:
    """Si esa persona puede abrir una ruta de Wagtail; `clave` es su espacio de nombres o, si no tiene, su nombre."""
    if clave in DE_NADIE:
        return False
    if clave in DE_TODO_EL_PERSONAL or usuario.es_tecnica:
        return True
    if clave == "wagtail_bulk_action":
        de_quien = (str(argumentos.get("app_label")), str(argumentos.get("model_name")))
        if de_quien == ("cuentas", "usuario"):
            clave = "wagtailusers_users"
        elif de_quien[0].startswith("wagtail"):
            clave = "wagtailadmin_pages"
        else:
            return usuario.has_perm(EN_BLOQUE.get(de_quien, "{}.view_{}".format(*de_quien)))
    if clave in DE_CUENTAS:
        return puede(usuario, "R", Cosa.CUENTAS)
    return clave in DEL_PORTAL and puede(usuario, "R", Cosa.CAMPANAS)


class PuertasDeWagtail:
    """Cierra las puertas de Wagtail que no le tocan a quien pide; a quien no tiene la llave lo atiende Wagtail.

    Las secciones propias las guarda cada sala.
    """

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, vista: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        ruta = request.resolver_match
        if not request.path.startswith("/admin/"):
            return None
        espacio = ruta.namespaces[0] if ruta.namespaces else ""
        # Las dos rutas sin nombre de Wagtail: su página de prueba y lo que recoge direcciones sueltas, que es un 404.
        nombre = ruta.url_name or ("wagtail_prueba" if ruta.route.endswith("test404/") else "")
        es_de_wagtail = nombre.startswith("wagtail") or espacio.startswith("wagtail")
        if not es_de_wagtail or not request.user.has_perm("wagtailadmin.access_admin"):
            return None
        return None if puede_pasar(request.user, espacio or nombre, kwargs) else permission_denied(request)

    def process_exception(self, request: Any, excepcion: Exception) -> HttpResponse | None:
        """Un formulario de la trastienda al que le faltan datos, o algo de lo que dependen otras cosas: se dice."""
        if not request.path.startswith("/admin/") or request.method != "POST":
            return None
        if isinstance(excepcion, ProtectedError):
            return _decir(request, "No se borra: otras cosas dependen de esto. Quita primero el enlace.", 409)
        ruta = request.resolver_match
        # Wagtail lee sus formularios sin mirar si vinieron completos.
        if _es_de_wagtail(ruta) and isinstance(excepcion, KeyError | AttributeError):
            registro.warning("Formulario incompleto en %s", request.path, exc_info=excepcion)
            return _decir(request, "Al formulario le faltan datos. Vuelve a abrirlo y envíalo de nuevo.", 400)
        return None


def _es_de_wagtail(ruta: Any) -> bool:
    nombres = [ruta.url_name or "", *ruta.namespaces] if ruta is not None else []
    return any(nombre.startswith("wagtail") for nombre in nombres)


def _decir(request: HttpRequest, mensaje: str, codigo: int) -> HttpResponse:
    return render(request, "comun/regla_incumplida.html", {"mensaje": mensaje}, status=codigo)
