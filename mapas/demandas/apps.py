from django.apps import AppConfig


class DemandasConfig(AppConfig):
    name = "mapas.demandas"
    label = "demandas"
    verbose_name = "Demandas"
