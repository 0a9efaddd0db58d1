from django.apps import AppConfig


class MesasConfig(AppConfig):
    name = "votaciones.mesas"
    label = "mesas"
    verbose_name = "Mesas de votación"
