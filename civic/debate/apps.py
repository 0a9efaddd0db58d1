from django.apps import AppConfig


class DebateConfig(AppConfig):
    name = "civic.debate"
    label = "debate"
    verbose_name = "Debate"
