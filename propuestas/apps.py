from django.apps import AppConfig


class PropuestasConfig(AppConfig):
    name = "propuestas"
    label = "propuestas"
    verbose_name = "Propuestas"
