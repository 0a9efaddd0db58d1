from django.apps import AppConfig


class VisorConfig(AppConfig):
    name = "mapas.visor"
    label = "visor"
    verbose_name = "Mapa"
