from django.apps import AppConfig


class PropuestasConfig(AppConfig):
    name = "propuestas"
    label = "propuestas"
    verbose_name = "Propuestas"

    def ready(self) -> None:
        from civic.cuentas.fichas import registrar_seccion
        from mapas.territorio import dudas
        from propuestas.acciones import reubicar_propuesta
        from propuestas.consultas import seccion_de_organizacion

        registrar_seccion(20, "propuestas", "propuestas/_de_organizacion.html", seccion_de_organizacion)
        dudas.registrar("propuestas.propuesta", reubicar_propuesta)
