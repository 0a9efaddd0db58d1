"""Puertas de la trastienda de cuentas."""

from typing import Any

from django.http import HttpRequest
from django.urls import path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from civic.cuentas import seguridad
from civic.cuentas.personas import CerrarCuentas, SinBorrarEnBloque, SinRolesEnBloque
from civic.cuentas.trastienda import PersonasYOrganizaciones
from civic.cuentas.trastienda.ingreso import ENTREGAN_CODIGOS, AvisoDeSegundoPaso, entregar_codigo
from civic.cuentas.trastienda.organizaciones import PasarARevision
from civic.cuentas.trastienda.verificacion import cifras


@hooks.register("register_admin_viewset")
def personas_y_organizaciones() -> PersonasYOrganizaciones:
    return PersonasYOrganizaciones()


@hooks.register("register_admin_urls")
def urls_de_verificacion() -> list[Any]:
    return [path("verificacion/cifras/", cifras, name="cifras_de_verificacion")]


# Con orden mayor que las de Wagtail, que tienen el mismo nombre, para quedar en su lugar.
for _accion in (SinRolesEnBloque, SinBorrarEnBloque, CerrarCuentas):
    hooks.register("register_bulk_action", _accion, order=10)

hooks.register("register_bulk_action", PasarARevision)


@hooks.register("register_admin_urls")
def ayudar_a_ingresar() -> list[Any]:
    return [path("codigo-de-ingreso/", entregar_codigo, name="entregar_codigo")]


class _SoloParaQuienEntrega(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.tiene_rol(*ENTREGAN_CODIGOS)  # type: ignore[union-attr]


@hooks.register("register_admin_menu_item")
def menu_codigo_de_ingreso() -> MenuItem:
    return _SoloParaQuienEntrega("Código de ingreso", reverse("entregar_codigo"), icon_name="key", order=510)


@hooks.register("construct_homepage_panels")
def avisar_que_la_demo_no_exige(request: HttpRequest, paneles: list[Any]) -> None:
    if not seguridad.es_obligatorio():
        paneles.append(AvisoDeSegundoPaso())
