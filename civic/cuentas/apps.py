from django.apps import AppConfig


class CuentasConfig(AppConfig):
    name = "civic.cuentas"
    label = "cuentas"
    verbose_name = "Personas y organizaciones"
