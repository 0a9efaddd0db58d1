from django.apps import AppConfig


class ObrasConfig(AppConfig):
    name = "mapas.obras"
    label = "obras"
    verbose_name = "Obras"
