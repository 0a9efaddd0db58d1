from django.apps import AppConfig


class PropuestasConfig(AppConfig):
    name = "propuestas"
    label = "propuestas"
    verbose_name = "Propuestas"

    def ready(self) -> None:
        from mapas.territorio import dudas
        from propuestas.acciones import reubicar_propuesta

        dudas.registrar("propuestas.propuesta", reubicar_propuesta)
