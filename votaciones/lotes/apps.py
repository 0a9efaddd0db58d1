from django.apps import AppConfig


class LotesConfig(AppConfig):
    name = "votaciones.lotes"
    label = "lotes"
    verbose_name = "Lotes de papeletas y asambleas"
