"""Secciones «Personas y organizaciones» de la trastienda. Cada cambio pasa por una acción y deja su línea."""

from wagtail.admin.viewsets.model import ModelViewSetGroup

from civic.cuentas.trastienda.directivas import ActasDeDirectivaViewSet, ObservacionesViewSet
from civic.cuentas.trastienda.organizaciones import MandatosViewSet, OrganizacionesViewSet
from civic.cuentas.trastienda.residencias import ResidenciasViewSet
from civic.cuentas.trastienda.roles import RolesViewSet
from civic.cuentas.trastienda.verificacion import ConflictosViewSet, PadronesViewSet


class PersonasYOrganizaciones(ModelViewSetGroup):
    menu_label = "Personas y organizaciones"
    menu_name = "personas-y-organizaciones"
    menu_icon = "group"
    menu_order = 500
    items = (
        OrganizacionesViewSet,
        ActasDeDirectivaViewSet,
        ObservacionesViewSet,
        MandatosViewSet,
        ResidenciasViewSet,
        ConflictosViewSet,
        PadronesViewSet,
        RolesViewSet,
    )
