from django.apps import AppConfig


class PropuestasConfig(AppConfig):
    name = "propuestas"
    label = "propuestas"
    verbose_name = "Propuestas"

    def ready(self) -> None:
        from civic.comun import fotos, parecidos
        from civic.cuentas.fichas import registrar_pendientes, registrar_seccion
        from mapas.territorio import dudas
        from propuestas.acciones import reubicar_propuesta
        from propuestas.consultas import seccion_de_organizacion
        from propuestas.consultas_firmantes import pendientes_de, seccion_de_copatrocinios
        from propuestas.parecidas import FUENTE
        from propuestas.permisos import ve_su_foto

        registrar_seccion(20, "propuestas", "propuestas/_de_organizacion.html", seccion_de_organizacion)
        registrar_seccion(21, "copatrocinios", "propuestas/_copatrocina.html", seccion_de_copatrocinios)
        registrar_pendientes("propuestas", pendientes_de)
        dudas.registrar("propuestas.propuesta", reubicar_propuesta)
        parecidos.registrar(FUENTE)
        fotos.registrar_quien_ve(ve_su_foto)
