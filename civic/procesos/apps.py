from django.apps import AppConfig


class ProcesosConfig(AppConfig):
    name = "civic.procesos"
    label = "procesos"
    verbose_name = "Procesos"
