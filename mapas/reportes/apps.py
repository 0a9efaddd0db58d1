from django.apps import AppConfig


class ReportesConfig(AppConfig):
    name = "mapas.reportes"
    label = "reportes"
    verbose_name = "Reportes"

    def ready(self) -> None:
        from civic.comun import parecidos
        from civic.cuentas.fichas import registrar_seccion
        from mapas.reportes.acciones import reubicar_reporte
        from mapas.reportes.consultas import seccion_de_organizacion
        from mapas.reportes.parecidos import FUENTE
        from mapas.territorio import dudas

        registrar_seccion(50, "reportes", "reportes/_de_organizacion.html", seccion_de_organizacion)
        dudas.registrar("reportes.reporte", reubicar_reporte)
        parecidos.registrar(FUENTE)
