"""Lo que respondió el municipio a una propuesta."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from propuestas.models.propuestas import Propuesta
from propuestas.reglas import DESTINOS, FICHAS, MOTIVOS, OPCIONES_ESTADO, RESPUESTAS, SECCIONES, FichaDeEstado


class Dictamen(models.Model):
    """Respuesta técnica y legal a una propuesta, con sus razones."""

    propuesta = models.ForeignKey(Propuesta, models.PROTECT, related_name="dictamenes", verbose_name="propuesta")
    evaluador = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="dictamenes", verbose_name="evaluó"
    )
    resultado = models.CharField("resultado", max_length=30, choices=OPCIONES_ESTADO)
    motivo = models.CharField("razón", max_length=50, choices=MOTIVOS, blank=True)
    texto = models.TextField("explicación", max_length=3000)
    monto_tecnico = models.DecimalField("costo técnico en Bs", max_digits=14, decimal_places=2, null=True, blank=True)
    diferencia = models.TextField("por qué difiere del costo pedido", max_length=1000, blank=True)
    destino = models.CharField("a quién se deriva", max_length=30, choices=DESTINOS, blank=True)
    segunda = models.BooleanField("segunda evaluación", default=False)
    # La lista de control tal como era ese día, ya respondida (ver reglas.evaluacion.responder_lista).
    lista = models.JSONField("lista de control", default=list, blank=True)
    momento = models.DateTimeField("momento", default=timezone.now)

    class Meta:
        verbose_name = "dictamen"
        verbose_name_plural = "dictámenes"
        ordering = ["-momento", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(resultado="rechazada") | ~Q(motivo=""),
                name="dictamen_rechazo_con_razon",
                violation_error_message="Para rechazar hay que elegir una razón de la lista.",
            ),
            models.CheckConstraint(
                condition=~Q(resultado="viable") | Q(monto_tecnico__gt=0),
                name="dictamen_viable_con_costo",
                violation_error_message="Para declararla viable hace falta el costo técnico.",
            ),
            models.CheckConstraint(
                condition=Q(resultado="derivada") | Q(destino=""),
                name="dictamen_destino_si_se_deriva",
                violation_error_message="Solo una propuesta derivada tiene destino.",
            ),
            models.CheckConstraint(
                condition=Q(segunda=False) | ~Q(resultado="observada"),
                name="dictamen_segunda_definitiva",
                violation_error_message="La segunda evaluación es definitiva: no vuelve a observar.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_resultado_display()}: {self.propuesta}"

    @property
    def ficha(self) -> FichaDeEstado:
        return FICHAS[self.resultado]

    @property
    def lista_publica(self) -> list[dict[str, str]]:
        """Las respuestas que se publican, en palabras: seccion, texto, respuesta y nota."""
        return [
            {
                "seccion": SECCIONES.get(fila["seccion"], fila["seccion"]),
                "texto": fila["texto"],
                "respuesta": RESPUESTAS.get(fila["respuesta"], "Sin responder"),
                "nota": fila["nota"],
            }
            for fila in self.lista
            if fila["publica"]
        ]

    @property
    def lista_entera(self) -> list[dict[str, str]]:
        """Todas las respuestas, también las reservadas, para quien evalúa."""
        return [
            fila | {"seccion": SECCIONES.get(fila["seccion"], ""), "respuesta": RESPUESTAS.get(fila["respuesta"], "—")}
            for fila in self.lista
        ]
