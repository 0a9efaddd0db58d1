from django.apps import AppConfig


class VotacionesConfig(AppConfig):
    name = "votaciones"
    label = "votaciones"
    verbose_name = "Votaciones"

    def ready(self) -> None:
        from civic.cuentas.guardias import vigilar_mudanza
        from votaciones.permisos import por_que_espera_la_identidad

        vigilar_mudanza(por_que_espera_la_identidad)
