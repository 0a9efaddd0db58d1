"""Comprobar quién es una persona y dónde vive, por cualquiera de los modos de civic/cuentas/metodos.py.

Orden de los candados, siempre el mismo: conflicto, cuentas (de menor a mayor), identidad.
"""

import datetime
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from civic.comun.bitacora import anotar, juntar_sucesos
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.cuentas import guardias, permisos
from civic.cuentas.acciones.miradas import anotar_mirada
from civic.cuentas.acciones.personas import declarar_residencia
from civic.cuentas.consultas_verificacion import buscar_en_padron, directiva_que_confirma
from civic.cuentas.identidad import huella_de_identidad
from civic.cuentas.metodos import CIUDADANIA, LISTA, METODOS, PADRON, metodo_de_quien_atiende
from civic.cuentas.models import (
    ConflictoDeIdentidad,
    Identidad,
    PedidoDeConfirmacion,
    Residencia,
    Usuario,
    Verificacion,
)
from civic.cuentas.reglas_identidad import Ci
from mapas.territorio.models import Area

# No dice si hay otra cuenta ni cuál: solo que alguien del municipio lo verá.
EN_REVISION = (
    "Recibimos tus datos, pero hace falta que una persona del municipio los revise antes de verificarte. "
    "Si en una semana no cambió nada, pregunta en la ventanilla de atención ciudadana y lleva tu carnet."
)
OTRO_CARNET = (
    "Tu cuenta ya está verificada con otro carnet. Si antes lo escribiste mal, pide que lo corrijan en la ventanilla."
)
NO_ESTA = "No encontramos esos datos en el padrón. Revisa el carnet y la fecha, o verifícate de otra manera."
VERIFICADA, OTRO_LUGAR, SOLO_IDENTIDAD = "verificada", "otro_lugar", "solo_identidad"


@dataclass(frozen=True)
class Respuesta:
    """Qué pasó al comprobar a una persona. `lugar`: el que dice el padrón, si es otro que el declarado."""

    estado: str
    lugar: Area | None = None


# --- La identidad ----------------------------------------------------------------------------------------------------
def _tomar_identidad(cuenta: Usuario, huella: str) -> Identidad:
    """La identidad de esa huella, con su fila bloqueada; queda a nombre de `cuenta` si no era de otra.

    Quien llama ya bloqueó la cuenta, y mira si `identidad.cuenta_id` es la suya. Lanza ReglaIncumplida si la cuenta
    tiene otra identidad. Aunque dos lleguen a la vez, la restricción única deja pasar a una.
    """
    if not Identidad.objects.filter(huella=huella).exists():
        try:
            with transaction.atomic():
                return Identidad.objects.create(huella=huella, cuenta=cuenta)
        except IntegrityError:
            pass  # otra cuenta la creó entretanto, o esta ya tiene otra
    identidad = bloquear(Identidad.objects.filter(huella=huella)).first()
    tiene_otra = Identidad.objects.filter(cuenta=cuenta).exclude(huella=huella).exists()
    if identidad is None or tiene_otra:
        raise ReglaIncumplida(OTRO_CARNET)
    if identidad.cuenta_id is None:
        identidad.cuenta, identidad.momento = cuenta, timezone.now()
        identidad.save(update_fields=["cuenta", "momento"])
    return identidad


def _abrir_conflicto(
    identidad: Identidad, cuenta: Usuario, *, metodo: str, lugar: Area | None, actor: Usuario | None
) -> None:
    """Pone en la cola que `cuenta` pide una identidad que tiene otra; repetirlo no agrega nada."""
    anterior = Verificacion.objects.filter(cuenta=identidad.cuenta_id, identidad=identidad).first()
    conflicto, nuevo = ConflictoDeIdentidad.objects.get_or_create(  # type: ignore[misc]
        identidad=identidad,
        segunda=cuenta,
        estado=ConflictoDeIdentidad.Estado.ABIERTO,
        defaults={
            "primera": identidad.cuenta,
            "metodo_primera": anterior.metodo if anterior else "",
            "metodo_segunda": metodo,
            "lugar_segunda": lugar,
            "actor_segunda": actor,
        },
    )
    if nuevo:
        anotar(
            conflicto,
            verbo="abrir_conflicto",
            texto="Dos cuentas dicen ser la misma persona.",
            actor=actor or cuenta,
            hasta=conflicto.estado,
            publico=False,
        )


def _olvidar(usuario: Usuario) -> None:
    usuario.__dict__.pop("residencia_o_nada", None)


# --- Verificar -------------------------------------------------------------------------------------------------------
def verificar_residencia(
    residencia: Residencia,
    *,
    metodo: str,
    actor: Usuario | None = None,
    ci: Ci | None = None,
    huella: str = "",
    detalle: str = "",
    vista: datetime.datetime | None = None,
) -> Residencia:
    """Da por comprobado dónde vive una persona; queda anotado quién y cómo. Nadie se verifica a sí mismo.

    `metodo` es un código de METODOS. La identidad va en `ci` o, si ya se calculó, en `huella`; solo el sistema (sin
    actor) puede no darla. `vista` es el `momento` de la residencia que se tenía delante: si la persona la cambió
    entretanto, no se verifica un lugar que nadie comprobó. Si otra cuenta tiene esa identidad, el pedido queda en la
    cola y se lanza ReglaIncumplida con una frase neutral.
    """
    if metodo not in METODOS:
        raise ReglaIncumplida("Di cómo se comprobó dónde vive.", campo="metodo")
    huella = huella_de_identidad(ci) if ci is not None else huella
    if actor is not None and not huella:
        raise ReglaIncumplida("Escribe el número de carnet de la persona.", campo="ci")
    with transaction.atomic():
        bloquear(Usuario.objects.filter(pk=residencia.usuario_id)).get()
        hallada = bloquear(Residencia.objects.filter(pk=residencia.pk)).select_related("usuario", "otb", "distrito")
        residencia = _exigir_por_verificar(hallada.first(), actor=actor, vista=vista)
        identidad = _tomar_identidad(residencia.usuario, huella) if huella else None
        hay_conflicto = identidad is not None and identidad.cuenta_id != residencia.usuario_id
        if identidad is not None and hay_conflicto:
            _abrir_conflicto(identidad, residencia.usuario, metodo=metodo, lugar=residencia.lugar, actor=actor)
        else:
            _dar_por_verificada(residencia, identidad, metodo=metodo, detalle=limpiar(detalle), actor=actor)
    if hay_conflicto:
        # Después de confirmar: lo que queda en la cola no se deshace con el rechazo.
        raise ReglaIncumplida(EN_REVISION)
    _olvidar(residencia.usuario)
    return residencia


def _exigir_por_verificar(
    residencia: Residencia | None, *, actor: Usuario | None, vista: datetime.datetime | None
) -> Residencia:
    if residencia is None:
        raise ReglaIncumplida("La persona ya no tiene una residencia declarada.")
    if actor is not None and residencia.usuario_id == actor.pk:
        raise ReglaIncumplida("Nadie verifica su propia residencia. Pídelo a otra persona de ventanilla.")
    if residencia.nivel == Residencia.Nivel.VERIFICADA:
        raise ReglaIncumplida("Esta residencia ya estaba verificada.")
    if vista is not None and vista != residencia.momento:
        raise ReglaIncumplida("La persona cambió su residencia mientras la revisabas. Revísala de nuevo.")
    if actor is not None and permisos.creo_la_cuenta(actor, residencia.usuario):
        raise ReglaIncumplida("Tú creaste esta cuenta. La verifica otra persona.")
    return residencia


def _dar_por_verificada(
    residencia: Residencia, identidad: Identidad | None, *, metodo: str, detalle: str, actor: Usuario | None
) -> None:
    antes = residencia.nivel
    residencia.nivel, residencia.metodo = Residencia.Nivel.VERIFICADA, metodo
    residencia.detalle, residencia.verificada_por = detalle[:80], actor
    residencia.save(update_fields=["nivel", "metodo", "detalle", "verificada_por"])
    _terminar_verificaciones(residencia.usuario, "Se verificó de otra manera")
    Verificacion.objects.create(
        cuenta=residencia.usuario,
        identidad=identidad,
        metodo=metodo,
        detalle=residencia.detalle,
        lugar=residencia.lugar,
        actor=actor,
    )
    anotar(
        residencia,
        verbo="verificar",
        texto="Verificó la residencia.",
        actor=actor or (residencia.usuario if identidad else None),
        desde=antes,
        hasta=residencia.nivel,
        motivo=detalle or METODOS[metodo].rotulo,
        publico=False,
    )


def _terminar_verificaciones(cuenta: Usuario, por_que: str) -> None:
    Verificacion.objects.filter(cuenta=cuenta, termino__isnull=True).update(termino=timezone.now(), por_que=por_que)


def verificar_en_persona(
    residencia: Residencia,
    *,
    actor: Usuario,
    ci: Ci,
    consiente: bool,
    detalle: str = "",
    vista: datetime.datetime | None = None,
) -> Residencia:
    """Promotora o ventanilla verifican a alguien que está delante y dice que sí en pantalla."""
    metodo = metodo_de_quien_atiende(actor)
    if metodo is None or not permisos.atiende_en(actor, residencia.distrito_id):
        raise ReglaIncumplida("Esa persona vive fuera del lugar que te toca. Indícale quién la puede verificar.")
    if not consiente:
        raise ReglaIncumplida("La persona tiene que aceptar que la verifiques.", campo="consiente")
    return verificar_residencia(residencia, metodo=metodo.codigo, actor=actor, ci=ci, detalle=detalle, vista=vista)


def mirar_residencia(persona: Usuario, *, actor: Usuario) -> Residencia | None:
    """La residencia de `persona` para quien atiende; queda anotado que la miró. None si no le toca o no la declaró."""
    residencia = Residencia.objects.select_related("usuario", "otb", "distrito").filter(usuario=persona).first()
    if residencia is None or not permisos.atiende_en(actor, residencia.distrito_id):
        return None
    anotar_mirada(actor, persona, "dónde vives")
    return residencia


# --- La propia persona: padrón y Ciudadanía Digital ------------------------------------------------------------------
def _coincide(residencia: Residencia | None, lugar: Area) -> bool:
    """Si lo declarado es lo mismo que dice el padrón: su OTB, o el distrito si uno de los dos no dice OTB."""
    if residencia is None:
        return False
    if lugar.tipo == Area.Tipo.OTB and residencia.otb_id is not None:
        return residencia.otb_id == lugar.pk
    return residencia.distrito_id == (lugar.padre_id if lugar.tipo == Area.Tipo.OTB else lugar.pk)


def comprobar_en_padron(cuenta: Usuario, *, ci: Ci, nacimiento: datetime.date) -> Respuesta:
    """Busca a la persona en el padrón vigente por carnet y fecha; si está donde declaró, queda verificada.

    Lanza ReglaIncumplida con la misma frase si no está o si la fecha es otra: se busca el par, nunca el carnet solo.
    Si el padrón dice otro lugar devuelve OTRO_LUGAR sin escribir nada.
    """
    residencia = Residencia.objects.filter(usuario=cuenta).first()
    # Antes de buscar: quien ya está verificada no pregunta por otras personas.
    if residencia is not None and residencia.nivel == Residencia.Nivel.VERIFICADA:
        raise ReglaIncumplida("Tu residencia ya está verificada. No hace falta nada más.")
    if Identidad.objects.filter(cuenta=cuenta).exclude(huella=huella_de_identidad(ci)).exists():
        raise ReglaIncumplida(OTRO_CARNET)
    hallada = buscar_en_padron(ci, nacimiento)
    if hallada is None:
        raise ReglaIncumplida(NO_ESTA)
    if hallada.lugar is None:
        return _probar_solo_identidad(cuenta, huella_de_identidad(ci), metodo=PADRON.codigo)
    if residencia is None or not _coincide(residencia, hallada.lugar):
        return Respuesta(OTRO_LUGAR, hallada.lugar)
    verificar_residencia(residencia, metodo=PADRON.codigo, ci=ci)
    _olvidar(cuenta)
    return Respuesta(VERIFICADA)


def comprobar_con_ciudadania(cuenta: Usuario, *, ci: Ci, nacimiento: datetime.date | None) -> Respuesta:
    """La persona ya mostró quién es en Ciudadanía Digital; dónde vive lo dice el padrón, si está en él."""
    hallada = buscar_en_padron(ci, nacimiento) if nacimiento is not None else None
    lugar = hallada.lugar if hallada is not None else None
    residencia = Residencia.objects.filter(usuario=cuenta).first()
    if residencia is not None and residencia.nivel == Residencia.Nivel.VERIFICADA:
        raise ReglaIncumplida("Tu residencia ya está verificada. No hace falta nada más.")
    if residencia is not None and lugar is not None and _coincide(residencia, lugar):
        verificar_residencia(residencia, metodo=CIUDADANIA.codigo, ci=ci)
        _olvidar(cuenta)
        return Respuesta(VERIFICADA)
    respuesta = _probar_solo_identidad(cuenta, huella_de_identidad(ci), metodo=CIUDADANIA.codigo)
    return Respuesta(OTRO_LUGAR, lugar) if lugar is not None else respuesta


def _probar_solo_identidad(cuenta: Usuario, huella: str, *, metodo: str) -> Respuesta:
    """Anota la identidad de la cuenta; la residencia, si la declaró, sube a «identidad verificada»."""
    with transaction.atomic():
        bloquear(Usuario.objects.filter(pk=cuenta.pk)).get()
        identidad = _tomar_identidad(cuenta, huella)
        residencia = Residencia.objects.filter(usuario=cuenta).select_related("otb", "distrito").first()
        hay_conflicto = identidad.cuenta_id != cuenta.pk
        if hay_conflicto:
            lugar = residencia.lugar if residencia else None
            _abrir_conflicto(identidad, cuenta, metodo=metodo, lugar=lugar, actor=None)
        else:
            _terminar_verificaciones(cuenta, "Se verificó de nuevo")
            Verificacion.objects.create(cuenta=cuenta, identidad=identidad, metodo=metodo)
            if residencia is not None and residencia.nivel == Residencia.Nivel.DECLARADA:
                residencia.nivel, residencia.metodo = Residencia.Nivel.IDENTIDAD, metodo
                residencia.save(update_fields=["nivel", "metodo"])
            anotar(
                cuenta,
                verbo="verificar_identidad",
                texto="Verificó su identidad.",
                actor=cuenta,
                motivo=METODOS[metodo].rotulo,
                publico=False,
            )
    if hay_conflicto:
        raise ReglaIncumplida(EN_REVISION)
    _olvidar(cuenta)
    return Respuesta(SOLO_IDENTIDAD)


def tomar_lugar_del_padron(cuenta: Usuario, *, lugar: Area, huella: str, metodo: str) -> Residencia:
    """La persona acepta el lugar que dice el padrón: se declara y se verifica de una vez, o nada."""
    otb = lugar if lugar.tipo == Area.Tipo.OTB else None
    try:
        with juntar_sucesos():
            residencia = declarar_residencia(cuenta, otb=otb, distrito=lugar.padre if otb else lugar)
            return verificar_residencia(residencia, metodo=metodo, huella=huella)
    except ReglaIncumplida as error:
        if error.mensaje != EN_REVISION:
            raise
        # El conflicto se anotó adentro y se deshizo con lo demás: se vuelve a anotar, con el lugar que pidió.
        with transaction.atomic():
            bloquear(Usuario.objects.filter(pk=cuenta.pk)).get()
            identidad = _tomar_identidad(cuenta, huella)
            if identidad.cuenta_id != cuenta.pk:
                _abrir_conflicto(identidad, cuenta, metodo=metodo, lugar=lugar, actor=None)
        raise
    finally:
        _olvidar(cuenta)


# --- La directiva de la organización ---------------------------------------------------------------------------------
def pedir_confirmacion(cuenta: Usuario, *, ci: Ci) -> PedidoDeConfirmacion:
    """La persona pide que la directiva de su OTB confirme que vive ahí. Con un pedido pendiente, devuelve ese."""
    with transaction.atomic():
        bloquear(Usuario.objects.filter(pk=cuenta.pk)).get()
        residencia = Residencia.objects.select_related("otb").filter(usuario=cuenta).first()
        if residencia is None or residencia.otb is None:
            raise ReglaIncumplida("Primero di en qué OTB vives: la directiva confirma a su gente.")
        if residencia.nivel == Residencia.Nivel.VERIFICADA:
            raise ReglaIncumplida("Tu residencia ya está verificada. No hace falta nada más.")
        organizacion = directiva_que_confirma(residencia.otb)
        if organizacion is None:
            raise ReglaIncumplida(
                f"{residencia.otb} no tiene hoy una directiva que pueda confirmar. Elige otra manera."
            )
        pedido, nuevo = PedidoDeConfirmacion.objects.get_or_create(
            usuario=cuenta,
            estado=PedidoDeConfirmacion.Estado.PENDIENTE,
            defaults={"organizacion": organizacion, "huella": huella_de_identidad(ci)},
        )
        if nuevo:
            anotar(pedido, verbo="pedir", texto="Pidió confirmación a la directiva.", actor=cuenta, publico=False)
    return pedido


def responder_pedido(pedido: PedidoDeConfirmacion, *, actor: Usuario, confirma: bool) -> PedidoDeConfirmacion:
    """Alguien de la directiva dice si la persona vive ahí. Con una confirmación basta; queda a su nombre."""
    error: ReglaIncumplida | None = None
    with transaction.atomic():
        pedido = bloquear(PedidoDeConfirmacion.objects.filter(pk=pedido.pk)).select_related("organizacion").get()
        if not permisos.puede_responder(actor, pedido):
            raise ReglaIncumplida("Responde alguien de la directiva en curso, y nunca por sí misma.")
        if pedido.estado != PedidoDeConfirmacion.Estado.PENDIENTE:
            raise ReglaIncumplida("Este pedido ya se respondió.")
        residencia = Residencia.objects.filter(usuario=pedido.usuario_id, otb=pedido.organizacion.area_id).first()
        if confirma and residencia is None:
            raise ReglaIncumplida("La persona ya no dice que vive en esta OTB.")
        if confirma and residencia is not None:
            try:
                verificar_residencia(
                    residencia,
                    metodo=LISTA.codigo,
                    actor=actor,
                    huella=pedido.huella,
                    detalle=str(pedido.organizacion)[:80],
                )
            except ReglaIncumplida as caida:
                if caida.mensaje != EN_REVISION:
                    raise
                error = caida  # la directiva ya respondió; lo que falta es del municipio
        estados = PedidoDeConfirmacion.Estado
        pedido.estado = estados.CONFIRMADO if confirma else estados.RECHAZADO
        pedido.respondido, pedido.respondido_por = timezone.now(), actor
        pedido.save(update_fields=["estado", "respondido", "respondido_por"])
        anotar(
            pedido,
            verbo="responder",
            texto="La directiva confirmó que vive ahí." if confirma else "La directiva dijo que no vive ahí.",
            actor=actor,
            calidad=str(pedido.organizacion)[:120],
            desde=estados.PENDIENTE,
            hasta=pedido.estado,
            publico=False,
        )
    if error is not None:
        raise ReglaIncumplida("Tu respuesta quedó anotada. El municipio todavía tiene que revisar los datos.")
    return pedido


# --- Dejar de estar verificada ---------------------------------------------------------------------------------------
def retirar_verificacion(cuenta: Usuario) -> None:
    """La persona retira su consentimiento: vuelve a «declarada» y su identidad queda libre para otra cuenta suya.

    Lo que ya votó sigue contado y la misma persona no puede votarlo otra vez: la participación queda con la identidad.
    """
    with transaction.atomic():
        persona = bloquear(Usuario.objects.filter(pk=cuenta.pk)).get()
        _soltar(persona, "Retiró su consentimiento")
        anotar(persona, verbo="retirar_verificacion", texto="Retiró su verificación.", actor=persona, publico=False)
    _olvidar(cuenta)


def soltar_identidad(cuenta: Usuario, *, por_que: str) -> None:
    """Para cerrar o borrar una cuenta: la identidad queda sin cuenta y recuerda que ya votó."""
    with transaction.atomic():
        _soltar(bloquear(Usuario.objects.filter(pk=cuenta.pk)).get(), por_que)
    _olvidar(cuenta)


def revocar_verificacion(residencia: Residencia, *, actor: Usuario, motivo: str) -> Residencia:
    """Quien atiende, o la directiva que la confirmó, anula una verificación equivocada. El motivo queda anotado."""
    motivo = limpiar(motivo)
    if not motivo:
        raise ReglaIncumplida("Escribe por qué se anula.", campo="motivo")
    with transaction.atomic():
        persona = bloquear(Usuario.objects.filter(pk=residencia.usuario_id)).get()
        residencia = Residencia.objects.select_related("distrito", "otb").get(usuario=persona)
        if residencia.nivel == Residencia.Nivel.DECLARADA:
            raise ReglaIncumplida("Esta residencia no está verificada.")
        if actor.pk == persona.pk or not permisos.puede_revocar(actor, residencia):
            raise ReglaIncumplida("No te toca anular esta verificación.")
        antes = residencia.nivel
        _soltar(persona, "La anularon")
        PedidoDeConfirmacion.objects.filter(usuario=persona, estado=PedidoDeConfirmacion.Estado.CONFIRMADO).update(
            estado=PedidoDeConfirmacion.Estado.REVOCADO
        )
        anotar(
            residencia,
            verbo="revocar",
            texto="Anuló la verificación.",
            actor=actor,
            desde=antes,
            hasta=Residencia.Nivel.DECLARADA,
            motivo=motivo,
            publico=False,
        )
    _olvidar(residencia.usuario)
    residencia.refresh_from_db()
    return residencia


def _soltar(persona: Usuario, por_que: str) -> None:
    """Deja la cuenta (ya bloqueada) sin identidad ni verificación, con su residencia solo declarada."""
    for identidad in bloquear(Identidad.objects.filter(cuenta=persona)):
        identidad.cuenta = None
        identidad.save(update_fields=["cuenta"])
    _terminar_verificaciones(persona, por_que)
    PedidoDeConfirmacion.objects.pendientes().filter(usuario=persona).update(
        estado=PedidoDeConfirmacion.Estado.RETIRADO
    )
    Residencia.objects.filter(usuario=persona).update(
        nivel=Residencia.Nivel.DECLARADA, metodo="", detalle="", verificada_por=None
    )


# --- Los conflictos --------------------------------------------------------------------------------------------------
def resolver_conflicto(
    conflicto: ConflictoDeIdentidad, *, actor: Usuario, decision: str, motivo: str
) -> ConflictoDeIdentidad:
    """Cierra un conflicto: la identidad queda en la primera cuenta, pasa a la segunda, o no es de ninguna.

    No lo resuelve quien verificó a una de las dos, ni una de ellas. Mover o soltar espera a que se cuenten las
    votaciones abiertas en las que la persona ya votó.
    """
    motivo = limpiar(motivo)
    estados = ConflictoDeIdentidad.Estado
    if decision not in (estados.PRIMERA, estados.SEGUNDA, estados.NINGUNA):
        raise ReglaIncumplida("Elige qué se decide.", campo="decision")
    if not motivo:
        raise ReglaIncumplida("Escribe con qué lo comprobaste.", campo="motivo")
    with transaction.atomic():
        conflicto = bloquear(ConflictoDeIdentidad.objects.filter(pk=conflicto.pk)).get()
        if conflicto.estado != estados.ABIERTO:
            raise ReglaIncumplida("Otra persona ya resolvió este conflicto.")
        if not permisos.puede_resolver(actor, conflicto):
            raise ReglaIncumplida("No te toca: eres una de las dos cuentas o verificaste a una de ellas.")
        tiene = Identidad.objects.values_list("cuenta", flat=True).get(pk=conflicto.identidad_id)
        cuentas = {pk for pk in (conflicto.primera_id, conflicto.segunda_id, tiene) if pk}
        personas = {p.pk: p for p in bloquear(Usuario.objects.filter(pk__in=cuentas).order_by("pk"))}
        identidad = bloquear(Identidad.objects.filter(pk=conflicto.identidad_id)).get()
        if identidad.cuenta_id != tiene:
            raise ReglaIncumplida("El conflicto cambió mientras lo mirabas. Ábrelo de nuevo.")
        if decision != estados.PRIMERA:
            _quitar_identidad(identidad, personas)
        if decision == estados.SEGUNDA:
            _pasar_a_la_segunda(conflicto, identidad, personas[conflicto.segunda_id], actor=actor)
        conflicto.estado, conflicto.motivo = decision, motivo[:500]
        conflicto.resuelto, conflicto.resuelto_por = timezone.now(), actor
        conflicto.save(update_fields=["estado", "motivo", "resuelto", "resuelto_por"])
        anotar(
            conflicto,
            verbo="resolver_conflicto",
            texto=f"Resolvió un conflicto de identidad: {conflicto.get_estado_display().lower()}.",
            actor=actor,
            desde=estados.ABIERTO,
            hasta=decision,
            motivo=motivo,
            publico=False,
        )
    return conflicto


def _quitar_identidad(identidad: Identidad, personas: dict[int, Usuario]) -> None:
    if identidad.cuenta_id is None:
        return
    cuenta = personas[identidad.cuenta_id]
    if razon := guardias.por_que_no_se_mueve(identidad, cuenta):
        raise ReglaIncumplida(razon)
    _soltar(cuenta, "El municipio resolvió un conflicto")
    anotar(
        cuenta,
        verbo="perder_verificacion",
        texto="El municipio revisó un conflicto y tu verificación dejó de valer.",
        publico=False,
    )
    identidad.cuenta = None


def _pasar_a_la_segunda(
    conflicto: ConflictoDeIdentidad, identidad: Identidad, segunda: Usuario, *, actor: Usuario
) -> None:
    if Identidad.objects.filter(cuenta=segunda).exclude(pk=identidad.pk).exists():
        raise ReglaIncumplida("La segunda cuenta ya está verificada con otro carnet.")
    identidad.cuenta, identidad.momento = segunda, timezone.now()
    identidad.save(update_fields=["cuenta", "momento"])
    residencia = Residencia.objects.filter(usuario=segunda).select_related("usuario", "otb", "distrito").first()
    metodo = METODOS[conflicto.metodo_segunda]
    sigue_ahi = residencia is not None and residencia.lugar.pk == conflicto.lugar_segunda_id
    if residencia is not None and metodo.prueba_residencia and sigue_ahi:
        _dar_por_verificada(
            residencia, identidad, metodo=metodo.codigo, detalle="Tras resolver un conflicto", actor=actor
        )
        return
    Verificacion.objects.create(cuenta=segunda, identidad=identidad, metodo=metodo.codigo, actor=actor)
    if residencia is not None and residencia.nivel == Residencia.Nivel.DECLARADA:
        residencia.nivel, residencia.metodo = Residencia.Nivel.IDENTIDAD, metodo.codigo
        residencia.save(update_fields=["nivel", "metodo"])
