from django.apps import AppConfig


class VotacionesConfig(AppConfig):
    name = "votaciones"
    label = "votaciones"
    verbose_name = "Votaciones"
