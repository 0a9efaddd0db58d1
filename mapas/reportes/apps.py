from django.apps import AppConfig


class ReportesConfig(AppConfig):
    name = "mapas.reportes"
    label = "reportes"
    verbose_name = "Reportes"
