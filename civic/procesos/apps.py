from django.apps import AppConfig


class ProcesosConfig(AppConfig):
    name = "civic.procesos"
    label = "procesos"
    verbose_name = "Procesos"

    def ready(self) -> None:
        from civic.cuentas.fichas import registrar_seccion
        from civic.procesos.consultas import techo_de_organizacion

        registrar_seccion(10, "techo", "procesos/_techo_de_organizacion.html", techo_de_organizacion)
