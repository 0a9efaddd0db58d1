from django.apps import AppConfig


class ActasConfig(AppConfig):
    name = "votaciones.actas"
    label = "actas"
    verbose_name = "Actas de asamblea"

    def ready(self) -> None:
        from civic.cuentas.fichas import registrar_seccion
        from votaciones.actas.consultas import seccion_de_organizacion

        registrar_seccion(30, "actas", "actas/_de_organizacion.html", seccion_de_organizacion)
