from django.apps import AppConfig


class ObrasConfig(AppConfig):
    name = "mapas.obras"
    label = "obras"
    verbose_name = "Obras"

    def ready(self) -> None:
        from civic.cuentas.fichas import registrar_seccion
        from mapas.obras.acciones import reubicar_obra
        from mapas.obras.consultas import seccion_de_organizacion
        from mapas.territorio import dudas

        registrar_seccion(40, "obras", "obras/_de_organizacion.html", seccion_de_organizacion)
        dudas.registrar("obras.obra", reubicar_obra)
