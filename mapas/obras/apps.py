from django.apps import AppConfig


class ObrasConfig(AppConfig):
    name = "mapas.obras"
    label = "obras"
    verbose_name = "Obras"

    def ready(self) -> None:
        from mapas.obras.acciones import reubicar_obra
        from mapas.territorio import dudas

        dudas.registrar("obras.obra", reubicar_obra)
