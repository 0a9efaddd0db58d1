"""Puertas de la trastienda de cuentas."""

from wagtail import hooks

from civic.cuentas.personas import CerrarCuentas, SinBorrarEnBloque, SinRolesEnBloque
from civic.cuentas.trastienda import PersonasYOrganizaciones
from civic.cuentas.trastienda.organizaciones import PasarARevision


@hooks.register("register_admin_viewset")
def personas_y_organizaciones() -> PersonasYOrganizaciones:
    return PersonasYOrganizaciones()


# Con orden mayor que las de Wagtail, que tienen el mismo nombre, para quedar en su lugar.
for _accion in (SinRolesEnBloque, SinBorrarEnBloque, CerrarCuentas):
    hooks.register("register_bulk_action", _accion, order=10)

hooks.register("register_bulk_action", PasarARevision)
