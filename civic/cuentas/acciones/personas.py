"""Lo que se puede hacer con una persona: su nombre, dónde vive, su cuenta."""

import datetime

from django.db import transaction
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.cuentas import reglas
from civic.cuentas.models import Residencia, Usuario
from mapas.territorio.models import Area


def cambiar_nombre_publico(usuario: Usuario, *, nombre: str) -> Usuario:
    """Cambia cómo ven los demás a la persona. Lo firmado antes muestra también el nombre nuevo."""
    nombre = limpiar(nombre)
    problema = reglas.problema_de_nombre(nombre)
    if problema:
        raise ReglaIncumplida(problema, campo="nombre_publico")
    with transaction.atomic():
        persona = bloquear(Usuario.objects.filter(pk=usuario.pk)).get()
        if persona.nombre_publico != nombre:
            persona.nombre_publico = nombre
            persona.save(update_fields=["nombre_publico"])
            # Sin los nombres: la bitácora no se borra, y el nombre debe poder borrarse si la persona cierra su cuenta.
            anotar(persona, verbo="cambiar_nombre", texto="Cambió su nombre público.", actor=persona, publico=False)
    usuario.nombre_publico = nombre
    return persona


def declarar_residencia(usuario: Usuario, *, otb: Area | None = None, distrito: Area | None = None) -> Residencia:
    """La persona dice dónde vive: una OTB (su distrito sale de ella) o solo un distrito.

    Otro lugar que el de antes vuelve al nivel «declarada»; repetir el mismo lugar no cambia nada.
    """
    distrito = otb.padre if otb is not None else distrito
    if distrito is None or distrito.tipo != Area.Tipo.DISTRITO or (otb is not None and otb.tipo != Area.Tipo.OTB):
        raise ReglaIncumplida("Elige tu OTB o tu distrito.", campo="lugar")
    with transaction.atomic():
        # La residencia puede no existir todavía: se bloquea a la persona.
        bloquear(Usuario.objects.filter(pk=usuario.pk)).get()
        residencia = Residencia.objects.filter(usuario=usuario).first()
        if residencia is not None and (residencia.otb_id, residencia.distrito_id) == (
            otb.pk if otb else None,
            distrito.pk,
        ):
            return residencia
        antes = residencia.nivel if residencia is not None else ""
        residencia = residencia or Residencia(usuario=usuario)
        residencia.otb, residencia.distrito = otb, distrito
        residencia.nivel, residencia.metodo, residencia.verificada_por = Residencia.Nivel.DECLARADA, "", None
        residencia.momento = timezone.now()
        residencia.save()
        anotar(
            residencia,
            verbo="declarar",
            texto=f"Declaró que vive en {otb or distrito}.",
            actor=usuario,
            desde=antes,
            hasta=residencia.nivel,
            publico=False,
        )
    usuario.__dict__.pop("residencia_o_nada", None)
    return residencia


def retirar_residencia(usuario: Usuario) -> None:
    """La persona dice que ya no vive en el municipio: su residencia deja de valer."""
    with transaction.atomic():
        persona = bloquear(Usuario.objects.filter(pk=usuario.pk)).get()
        borradas, _ = Residencia.objects.filter(usuario=persona).delete()
        if borradas:
            anotar(
                persona,
                verbo="retirar_residencia",
                texto="Dijo que ya no vive en el municipio.",
                actor=persona,
                publico=False,
            )
    usuario.__dict__.pop("residencia_o_nada", None)


def verificar_residencia(
    residencia: Residencia, *, actor: Usuario | None = None, metodo: str, vista: datetime.datetime | None = None
) -> Residencia:
    """Da por comprobado dónde vive una persona; queda anotado quién y cómo lo comprobó. Nadie se verifica a sí mismo.

    `vista` es el `momento` de la residencia que el funcionario tenía delante: si la persona la cambió entretanto, no
    se verifica un lugar que nadie comprobó.
    """
    metodo = limpiar(metodo)
    if not metodo:
        raise ReglaIncumplida("Di cómo comprobaste dónde vive.", campo="metodo")
    with transaction.atomic():
        residencia = bloquear(Residencia.objects.filter(pk=residencia.pk)).select_related("usuario").get()
        if actor is not None and residencia.usuario_id == actor.pk:
            raise ReglaIncumplida("Nadie verifica su propia residencia. Pídelo a otra persona de ventanilla.")
        if residencia.esta_verificada:
            raise ReglaIncumplida("Esta residencia ya estaba verificada.")
        if vista is not None and vista != residencia.momento:
            raise ReglaIncumplida("La persona cambió su residencia mientras la revisabas. Revísala de nuevo.")
        residencia.nivel = Residencia.Nivel.VERIFICADA
        residencia.metodo = metodo[:40]
        residencia.verificada_por = actor
        residencia.save(update_fields=["nivel", "metodo", "verificada_por"])
        anotar(
            residencia,
            verbo="verificar",
            texto="Verificó la residencia.",
            actor=actor,
            desde=Residencia.Nivel.DECLARADA,
            hasta=Residencia.Nivel.VERIFICADA,
            motivo=metodo,
            publico=False,
        )
    residencia.usuario.__dict__.pop("residencia_o_nada", None)
    return residencia


def anotar_cambio_de_cuenta(persona: Usuario, *, actor: Usuario, texto: str) -> None:
    """Deja dicho, donde la persona lo ve, que alguien de administración tocó su cuenta."""
    anotar(persona, verbo="administrar_cuenta", texto=texto, actor=actor, calidad="Administración", publico=False)
