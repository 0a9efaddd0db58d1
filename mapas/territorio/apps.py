from django.apps import AppConfig


class TerritorioConfig(AppConfig):
    name = "mapas.territorio"
    label = "territorio"
    verbose_name = "Territorio"
