"""Puertas de la trastienda de cuentas."""

from typing import Any

from django.urls import path
from wagtail import hooks

from civic.cuentas.personas import CerrarCuentas, SinBorrarEnBloque, SinRolesEnBloque
from civic.cuentas.trastienda import PersonasYOrganizaciones
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
