from django.apps import AppConfig


class ComunConfig(AppConfig):
    name = "civic.comun"
    label = "comun"
    verbose_name = "Común"
