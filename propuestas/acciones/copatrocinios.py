"""Invitar a otras organizaciones a pedir una propuesta, y que cada una decida."""

from django.db import transaction
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.cuentas.models import Organizacion, Usuario
from civic.cuentas.permisos import calidad_de, puede_actuar_por
from propuestas import avisos, permisos_firmantes, reglas
from propuestas.acciones.piezas import anotar_aparte, bloquear_propuesta
from propuestas.consultas_firmantes import COPATROCINIOS_MAXIMO, integrantes_de, sello_de_lo_escrito
from propuestas.models import Copatrocinio, Propuesta
from propuestas.reglas import Conflicto

SU_ESTADO = Copatrocinio.Estado


def invitar(propuesta: Propuesta, organizacion: Organizacion, *, actor: Usuario) -> Copatrocinio:
    """Invita a `organizacion` a pedirla también; invitar dos veces es lo mismo que una.

    Lanza ReglaIncumplida si ya no se invita, si pasan de COPATROCINIOS_MAXIMO, si hoy no tiene directiva o si ya dijo
    que no.
    """
    with transaction.atomic():
        propuesta = bloquear_propuesta(propuesta)
        if not permisos_firmantes.puede_invitar(actor, propuesta):
            raise ReglaIncumplida("Ahora no se puede invitar: lo hace quien la presentó, mientras recibe apoyos.")
        organizacion = Organizacion.objects.get(pk=organizacion.pk)
        anterior = Copatrocinio.objects.filter(propuesta=propuesta, organizacion=organizacion).first()
        if anterior is not None and anterior.estado in Copatrocinio.VIVOS:
            return anterior
        if anterior is not None and anterior.respondida is not None:
            raise ReglaIncumplida(
                f"{organizacion} ya respondió que no. Si cambia de idea, puede comentarla y apoyarla."
            )
        if razon := permisos_firmantes.por_que_no_se_invita(propuesta, organizacion):
            raise ReglaIncumplida(razon)
        if Copatrocinio.objects.vivos().filter(propuesta=propuesta).count() >= COPATROCINIOS_MAXIMO:
            raise ReglaIncumplida(f"Se invita hasta a {COPATROCINIOS_MAXIMO} organizaciones. Retira antes otra.")
        nueva = anterior or Copatrocinio(propuesta=propuesta, organizacion=organizacion)
        nueva.estado, nueva.retirada = SU_ESTADO.INVITADA, None
        nueva.invitada_por, nueva.invitada = actor, timezone.now()
        nueva.save()
        anotar_aparte(propuesta, actor, verbo="invitar", texto=f"Invitó a {organizacion} a pedirla también.")
        avisos.avisar_invitacion(nueva, integrantes_de(nueva.organizacion))
    return nueva


def retirar_invitacion(copatrocinio: Copatrocinio, *, actor: Usuario) -> Copatrocinio:
    """Quita una invitación que nadie respondió; quitarla dos veces es lo mismo que una."""
    with transaction.atomic():
        propuesta, copatrocinio = _bloquear(copatrocinio)
        if not permisos_firmantes.lleva_los_copatrocinios(actor, propuesta):
            raise ReglaIncumplida("La invitación la retira quien presentó la propuesta.")
        if copatrocinio.estado == SU_ESTADO.RETIRADA:
            return copatrocinio
        if not copatrocinio.espera:
            raise Conflicto(f"{copatrocinio.organizacion} ya respondió: desde ahí, solo ella puede retirarse.")
        copatrocinio.estado, copatrocinio.retirada = SU_ESTADO.RETIRADA, timezone.now()
        copatrocinio.save()
        anotar_aparte(
            propuesta, actor, verbo="retirar_invitacion", texto=f"Retiró la invitación a {copatrocinio.organizacion}."
        )
    return copatrocinio


def responder_invitacion(copatrocinio: Copatrocinio, *, actor: Usuario, acepta: bool, leido: str) -> Copatrocinio:
    """La directiva de la invitada acepta o no, en nombre de su organización. `leido`: el sello de lo que leyó.

    La misma respuesta dos veces, o de dos personas de la directiva, es una. Lanza Conflicto si otra persona respondió
    lo contrario o si el texto cambió, y ReglaIncumplida si no tiene mandato hoy o si la propuesta ya no lo recibe.
    """
    with transaction.atomic():
        propuesta, copatrocinio = _bloquear(copatrocinio)
        _exigir_directiva(copatrocinio, actor)
        hacia = SU_ESTADO.ACEPTADA if acepta else SU_ESTADO.RECHAZADA
        if copatrocinio.estado == hacia:
            return copatrocinio
        if not copatrocinio.espera:
            raise Conflicto("Otra persona ya respondió o retiró esta invitación. Mira cómo quedó.")
        if propuesta.estado not in reglas.RESPONDIBLES:
            raise ReglaIncumplida(f"Está «{propuesta.ficha.etiqueta}»: ya no se responden invitaciones.")
        sello = sello_de_lo_escrito(propuesta)
        if leido != sello:
            raise Conflicto("El texto cambió mientras lo leías. Léelo de nuevo antes de responder.")
        copatrocinio.estado, copatrocinio.sello = hacia, sello if acepta else ""
        copatrocinio.respondida, copatrocinio.respondida_por = timezone.now(), actor
        copatrocinio.save()
        organizacion = copatrocinio.organizacion
        if acepta:
            _anotar_en_publico(copatrocinio, actor, "copatrocinar", f"{organizacion} también la pide.")
        else:
            anotar_aparte(propuesta, actor, verbo="no_copatrocinar", texto=f"{organizacion} no aceptó pedirla.")
    return copatrocinio


def retirarse(copatrocinio: Copatrocinio, *, actor: Usuario, motivo: str) -> Copatrocinio:
    """La organización deja de pedirla, con su motivo público; retirarse dos veces es lo mismo que una."""
    motivo = limpiar(motivo, varias_lineas=True)
    with transaction.atomic():
        _, copatrocinio = _bloquear(copatrocinio)
        _exigir_directiva(copatrocinio, actor)
        if copatrocinio.estado == SU_ESTADO.RETIRADA:
            return copatrocinio
        if copatrocinio.estado != SU_ESTADO.ACEPTADA:
            raise Conflicto(f"{copatrocinio.organizacion} no la está pidiendo: no hay de qué retirarse.")
        if not motivo:
            raise ReglaIncumplida("Di por qué se retira.", campo="motivo")
        copatrocinio.estado, copatrocinio.motivo = SU_ESTADO.RETIRADA, motivo
        copatrocinio.retirada = timezone.now()
        copatrocinio.save()
        frase = f"{copatrocinio.organizacion} se retiró: ya no la pide."
        _anotar_en_publico(copatrocinio, actor, "dejar_de_copatrocinar", frase, motivo=motivo)
    return copatrocinio


# --- Al presentarla --------------------------------------------------------------------------------------------------
def preguntar_de_nuevo(propuesta: Propuesta) -> list[Copatrocinio]:
    """Quienes aceptaron otro texto vuelven a estar invitadas: se acepta lo que se leyó. Las devuelve."""
    sello = sello_de_lo_escrito(propuesta)
    aceptados = bloquear(Copatrocinio.objects.aceptados().filter(propuesta=propuesta))
    cambiaron = [copatrocinio for copatrocinio in aceptados if copatrocinio.sello != sello]
    for copatrocinio in cambiaron:
        copatrocinio.estado, copatrocinio.sello = SU_ESTADO.INVITADA, ""
        copatrocinio.respondida = copatrocinio.respondida_por = None
        copatrocinio.save()
    return cambiaron


def continuar_copatrocinios(propuesta: Propuesta, nueva: Propuesta) -> None:
    """Quienes la piden también la piden en la gestión siguiente: es el mismo texto. Pueden retirarse ahí."""
    sello = sello_de_lo_escrito(nueva)
    Copatrocinio.objects.bulk_create(
        Copatrocinio(
            propuesta=nueva, organizacion_id=anterior.organizacion_id, estado=anterior.estado, sello=sello,
            invitada_por_id=anterior.invitada_por_id, invitada=anterior.invitada,
            respondida_por_id=anterior.respondida_por_id, respondida=anterior.respondida,
        )
        for anterior in Copatrocinio.objects.aceptados().filter(propuesta=propuesta)
    )  # fmt: skip


def preguntar_en(propuesta: Propuesta, sigue: Propuesta) -> None:
    """Al unirse o dividirse, las que la pedían quedan invitadas a pedir la que sigue: es otro texto. Las dos filas ya
    están bloqueadas."""
    ya = Copatrocinio.objects.filter(propuesta=sigue)
    caben = COPATROCINIOS_MAXIMO - ya.vivos().count()  # type: ignore[attr-defined]
    pedian = Copatrocinio.objects.aceptados().filter(propuesta=propuesta)
    pedian = pedian.exclude(organizacion__in=ya.values("organizacion")).exclude(organizacion=sigue.organizacion_id)
    nuevas = Copatrocinio.objects.bulk_create(
        Copatrocinio(propuesta=sigue, organizacion=anterior.organizacion, invitada_por_id=anterior.invitada_por_id)
        for anterior in pedian.select_related("organizacion")[: max(0, caben)]
    )
    for nueva in nuevas:
        avisos.avisar_invitacion(nueva, integrantes_de(nueva.organizacion))


def anotar_preguntas(propuesta: Propuesta, cambiaron: list[Copatrocinio]) -> None:
    for copatrocinio in cambiaron:
        anotar(
            propuesta, verbo="preguntar_de_nuevo", calidad="Sistema",
            texto=f"Cambió desde que {copatrocinio.organizacion} aceptó pedirla: se le pregunta otra vez.",
        )  # fmt: skip


def _bloquear(copatrocinio: Copatrocinio) -> tuple[Propuesta, Copatrocinio]:
    """La propuesta y el copatrocinio, bloqueados en ese orden y releídos."""
    propuesta = bloquear_propuesta(copatrocinio.propuesta)
    releido = bloquear(Copatrocinio.objects.select_related("organizacion").filter(pk=copatrocinio.pk)).get()
    releido.propuesta = propuesta
    return propuesta, releido


def _exigir_directiva(copatrocinio: Copatrocinio, actor: Usuario) -> None:
    if not puede_actuar_por(actor, copatrocinio.organizacion):
        raise ReglaIncumplida(f"Hoy no tienes un cargo vigente en {copatrocinio.organizacion}: no puedes responder.")


def _anotar_en_publico(copatrocinio: Copatrocinio, actor: Usuario, verbo: str, texto: str, motivo: str = "") -> None:
    """La línea dice en qué calidad lo hizo: su cargo y su organización."""
    organizacion = copatrocinio.organizacion
    anotar(
        copatrocinio.propuesta, verbo=verbo, texto=texto, actor=actor, calidad=calidad_de(actor, organizacion),
        motivo=motivo, datos={"organizacion": organizacion.slug},
    )  # fmt: skip
