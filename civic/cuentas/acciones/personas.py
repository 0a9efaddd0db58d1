"""Lo que se puede hacer con una persona: su nombre, dónde vive, su cuenta."""

from django.db import transaction
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.cuentas import reglas
from civic.cuentas.metodos import CIUDADANIA
from civic.cuentas.models import PedidoDeConfirmacion, Residencia, Usuario, Verificacion
from civic.cuentas.nombres import cambio_un_nombre
from mapas.territorio.consultas import distrito_de_otb
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
            cambio_un_nombre()
            # Sin los nombres: la bitácora no se borra, y el nombre debe poder borrarse si la persona cierra su cuenta.
            anotar(persona, verbo="cambiar_nombre", texto="Cambió su nombre público.", actor=persona, publico=False)
    usuario.nombre_publico = nombre
    return persona


def declarar_residencia(usuario: Usuario, *, otb: Area | None = None, distrito: Area | None = None) -> Residencia:
    """La persona dice dónde vive: una OTB (su distrito, si tiene, sale de ella) o solo un distrito.

    Otro lugar que el de antes vuelve al nivel «declarada» (o «identidad», si mostró quién es sin decir dónde vive);
    repetir el mismo lugar no cambia nada. Lo que valió antes queda en su historia.
    """
    distrito = distrito_de_otb(otb) if otb is not None else distrito
    lugar = otb or distrito
    if lugar is None or lugar.tipo != (Area.Tipo.OTB if otb else Area.Tipo.DISTRITO):
        raise ReglaIncumplida("Elige tu OTB o tu distrito.", campo="lugar")
    with transaction.atomic():
        # La residencia puede no existir todavía: se bloquea a la persona.
        bloquear(Usuario.objects.filter(pk=usuario.pk)).get()
        residencia = Residencia.objects.filter(usuario=usuario).first()
        if residencia is not None and (residencia.otb_id, residencia.distrito_id) == (
            otb.pk if otb else None,
            distrito.pk if distrito else None,
        ):
            return residencia
        antes = residencia.nivel if residencia is not None else ""
        residencia = residencia or Residencia(usuario=usuario)
        residencia.otb, residencia.distrito = otb, distrito
        residencia.nivel, residencia.metodo = _terminar_lo_verificado(usuario, "Declaró otro lugar")
        residencia.detalle, residencia.verificada_por = "", None
        residencia.momento = timezone.now()
        residencia.save()
        anotar(
            residencia,
            verbo="declarar",
            texto=f"Declaró que vive en {lugar}.",
            actor=usuario,
            desde=antes,
            hasta=residencia.nivel,
            publico=False,
        )
    usuario.__dict__.pop("residencia_o_nada", None)
    return residencia


def _terminar_lo_verificado(usuario: Usuario, por_que: str) -> tuple[str, str]:
    """Termina lo que probaba dónde vivía la persona; devuelve el (nivel, modo) que le queda a su nuevo lugar.

    Quién es no cambia al mudarse: si lo mostró con Ciudadanía Digital, eso sigue valiendo.
    """
    PedidoDeConfirmacion.objects.pendientes().filter(usuario=usuario).update(
        estado=PedidoDeConfirmacion.Estado.RETIRADO
    )
    ultima = Verificacion.objects.filter(cuenta=usuario, termino__isnull=True).first()
    if ultima is None:
        return Residencia.Nivel.DECLARADA, ""
    if ultima.lugar_id is not None:
        ultima.termino, ultima.por_que = timezone.now(), por_que
        ultima.save(update_fields=["termino", "por_que"])
        if ultima.metodo != CIUDADANIA.codigo:
            return Residencia.Nivel.DECLARADA, ""
        Verificacion.objects.create(cuenta=usuario, identidad_id=ultima.identidad_id, metodo=ultima.metodo)
    return Residencia.Nivel.IDENTIDAD, ultima.metodo


def retirar_residencia(usuario: Usuario) -> None:
    """La persona dice que ya no vive en el municipio: su residencia deja de valer."""
    with transaction.atomic():
        persona = bloquear(Usuario.objects.filter(pk=usuario.pk)).get()
        _terminar_lo_verificado(persona, "Dijo que ya no vive en el municipio")
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


def anotar_cambio_de_cuenta(persona: Usuario, *, actor: Usuario, texto: str) -> None:
    """Deja dicho, donde la persona lo ve, que alguien de administración tocó su cuenta."""
    cambio_un_nombre()  # pudo ser el suyo
    anotar(persona, verbo="administrar_cuenta", texto=texto, actor=actor, calidad="Administración", publico=False)
