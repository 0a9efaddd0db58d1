from django.apps import AppConfig


class PadronConfig(AppConfig):
    name = "votaciones.padron"
    label = "padron_electoral"
    verbose_name = "Padrón electoral"
