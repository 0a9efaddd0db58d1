from django.apps import AppConfig


class UrnaConfig(AppConfig):
    name = "votaciones.urna"
    label = "urna"
    verbose_name = "Urna"
