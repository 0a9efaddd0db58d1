from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class CuentasConfig(AppConfig):
    name = "civic.cuentas"
    label = "cuentas"
    verbose_name = "Personas y organizaciones"


class PersonasEnTrastienda(WagtailUsersAppConfig):
    """La sección de personas de Wagtail, con los límites de civic/cuentas/personas.py."""

    user_viewset = "civic.cuentas.personas.PersonasViewSet"
