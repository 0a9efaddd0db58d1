from django.apps import AppConfig


class ReportesConfig(AppConfig):
    name = "mapas.reportes"
    label = "reportes"
    verbose_name = "Reportes"

    def ready(self) -> None:
        from mapas.reportes.acciones import reubicar_reporte
        from mapas.territorio import dudas

        dudas.registrar("reportes.reporte", reubicar_reporte)
