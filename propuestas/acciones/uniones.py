"""Pedir que se una o se divida una propuesta, responder, cancelar el pedido y unir.

Orden de candados: las propuestas por su clave, los pedidos por la suya, los procesos, los hilos; al final, la bitácora.
"""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from civic.comun.bitacora import anotar, juntar_sucesos
from civic.comun.candados import bloquear
from civic.comun.dinero import bolivianos
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.cuentas.models import Usuario
from civic.cuentas.permisos import calidad_de
from civic.debate.acciones import mudar_conversacion
from civic.procesos.permisos import exigir_fase
from civic.procesos.reglas import APOYAR
from propuestas import avisos, consultas_uniones, permisos_uniones, reglas
from propuestas.acciones.copatrocinios import preguntar_en
from propuestas.acciones.divisiones import dividir_ya_bloqueada, partes_limpias
from propuestas.acciones.piezas import anotar_movimiento, exigir_bajo_techo, pasar_a
from propuestas.acciones.relaciones import llevar_relaciones
from propuestas.models import Apoyo, PedidoDeAcuerdo, Propuesta, RespuestaDeParte, Seguimiento
from propuestas.reglas import AUTOR, DIVISION, EN_CALIDAD_DE, SISTEMA, UNION, Conflicto, Estado

ABIERTO, HECHO = PedidoDeAcuerdo.Estado.ABIERTO, PedidoDeAcuerdo.Estado.HECHO


def bloquear_juntas(*propuestas: Propuesta) -> list[Propuesta]:
    """Las mismas filas, bloqueadas por el orden de su clave y releídas, en el orden en que se dieron."""
    claves = [propuesta.pk for propuesta in propuestas]
    filas = {fila.pk: fila for fila in bloquear(Propuesta.objects.con_lugar().filter(pk__in=claves).order_by("pk"))}
    return [filas[clave] for clave in claves]


# --- Pedir -----------------------------------------------------------------------------------------------------------
def pedir_union(propuesta: Propuesta, *, destino: Propuesta, actor: Usuario, motivo: str) -> PedidoDeAcuerdo:
    """Propone unir `propuesta` a `destino`; se hace cuando aceptan quienes presentaron las dos.

    Pedir dos veces lo mismo es un solo pedido. Lanza ReglaIncumplida si no son del mismo proceso, si su estado o la
    fase no lo permiten, si alguna es de quien lo pide o si ya hay otro pedido abierto.
    """
    if propuesta.pk == destino.pk:
        raise ReglaIncumplida("Una propuesta no se une consigo misma. Escribe el código de otra.", campo="destino")
    with juntar_sucesos():
        propuesta, destino = bloquear_juntas(propuesta, destino)
        if razon := permisos_uniones.por_que_no_pide(actor, destino):
            raise ReglaIncumplida(f"{destino.codigo}: {razon}", campo="destino")
        if propuesta.proceso_id != destino.proceso_id:
            raise ReglaIncumplida(f"{destino.codigo} es de otro proceso. Elige una del mismo.", campo="destino")
        return _pedir(propuesta, actor, UNION, destino=destino, motivo=motivo)


def pedir_division(
    propuesta: Propuesta, *, partes: Sequence[dict[str, Any]], actor: Usuario, motivo: str
) -> PedidoDeAcuerdo:
    """Propone dividirla en 2 a 5 `partes` ({titulo, descripcion, monto en Bs}); se hace si acepta quien la presentó."""
    limpias = partes_limpias(partes)
    with juntar_sucesos():
        (propuesta,) = bloquear_juntas(propuesta)
        for parte in limpias:
            exigir_bajo_techo(propuesta, reglas.suma_de([parte]), que=f"El costo de «{parte['titulo']}»")
        return _pedir(propuesta, actor, DIVISION, partes=limpias, motivo=motivo)


def _pedir(propuesta: Propuesta, actor: Usuario, clase: str, *, motivo: str, **campos: Any) -> PedidoDeAcuerdo:
    motivo = limpiar(motivo, varias_lineas=True)
    if razon := permisos_uniones.por_que_no_pide(actor, propuesta):
        raise ReglaIncumplida(razon)
    if not motivo:
        raise ReglaIncumplida("Di por qué conviene: lo leerán quienes la presentaron.", campo="motivo")
    abierto = PedidoDeAcuerdo.objects.abiertos().filter(propuesta=propuesta).first()
    if abierto is not None:
        return _el_mismo(abierto, actor, clase, campos)
    calidad = permisos_uniones.calidad_para_pedir(actor, propuesta)
    pedido = PedidoDeAcuerdo(
        propuesta=propuesta, clase=clase, motivo=motivo, pedido_por=actor, calidad=calidad, **campos
    )
    _exigir_que_se_pueda(pedido)
    pedido.save()
    for lado in pedido.lados:
        anotar(
            lado, verbo="pedir_acuerdo", texto=f"Se propuso {_en_palabras(pedido)}. Falta que acepten sus partes.",
            actor=actor, calidad=EN_CALIDAD_DE[calidad], motivo=motivo,
        )  # fmt: skip
    avisos.avisar_pedido(pedido, consultas_uniones.quienes_responden(pedido))
    return pedido


def _el_mismo(abierto: PedidoDeAcuerdo, actor: Usuario, clase: str, campos: dict[str, Any]) -> PedidoDeAcuerdo:
    """El que ya está abierto, si es este enviado otra vez."""
    suyo = abierto.pedido_por_id == actor.pk and abierto.clase == clase
    if suyo and abierto.destino == campos.get("destino") and abierto.partes == campos.get("partes", []):
        return abierto
    raise ReglaIncumplida("Esta propuesta ya tiene un pedido que espera respuesta. Cancélalo antes de pedir otro.")


def _en_palabras(pedido: PedidoDeAcuerdo) -> str:
    if pedido.destino is not None:
        lejos = "" if pedido.destino.distrito_id == pedido.propuesta.distrito_id else ", de otro distrito"
        return f"unir {pedido.propuesta.codigo} a {pedido.destino.codigo}{lejos}"
    pide = bolivianos(pedido.propuesta.monto_solicitado)
    juntas = bolivianos(pedido.suma)
    return f"dividir {pedido.propuesta.codigo} en {len(pedido.partes)}, que suman {juntas} (la original pide {pide})"


def _exigir_que_se_pueda(pedido: PedidoDeAcuerdo) -> None:
    """Con las propuestas ya bloqueadas. Mientras la fase deje apoyar: después, los apoyos no se mueven."""
    propuesta, destino = pedido.propuesta, pedido.destino
    exigir_fase(propuesta.proceso, APOYAR)
    if destino is None:
        reglas.exigir_divisible(propuesta.estado_de_hoy, codigo=propuesta.codigo or "")
        return
    reglas.exigir_union(
        propuesta.estado_de_hoy, destino.estado_de_hoy,
        codigo=propuesta.codigo or "", codigo_destino=destino.codigo or "",
    )  # fmt: skip


# --- Responder -------------------------------------------------------------------------------------------------------
def responder_pedido(pedido: PedidoDeAcuerdo, *, persona: Usuario, acepta: bool, frase: str) -> PedidoDeAcuerdo:
    """Guarda el sí o el no de quien presentó (por las dos, si las dos son suyas); con el último sí, se hace.

    Responder lo mismo dos veces es una. Lanza Conflicto si el pedido ya se cerró y ReglaIncumplida si no es parte, si
    falta la frase o si ya no se puede hacer.
    """
    frase = limpiar(frase)
    with juntar_sucesos():
        pedido = _bloquear_pedido(pedido)
        suyas = permisos_uniones.por_quienes_responde(persona, pedido)
        if not suyas:
            raise ReglaIncumplida("Responde quien presentó la propuesta o representa hoy a su organización.")
        if _ya_dijo_lo_mismo(pedido, suyas, acepta):
            return pedido
        pendientes = permisos_uniones.por_responder(persona, pedido)
        if not pendientes:
            raise Conflicto(f"Este pedido ya no espera tu respuesta: está «{pedido.get_estado_display()}».")
        if not frase:
            raise ReglaIncumplida("Escribe una frase que explique tu respuesta.", campo="frase")
        if acepta:
            _exigir_que_se_pueda(pedido)
        for lado in pendientes:
            _anotar_respuesta(pedido, lado, persona, acepta=acepta, frase=frase)
        _resolver(pedido, acepta=acepta)
    return pedido


def _bloquear_pedido(pedido: PedidoDeAcuerdo) -> PedidoDeAcuerdo:
    """El pedido y sus propuestas, bloqueados en su orden y releídos."""
    lados = bloquear_juntas(*pedido.lados)
    releido = bloquear(PedidoDeAcuerdo.objects.filter(pk=pedido.pk)).get()
    releido.propuesta = lados[0]
    if len(lados) > 1:
        releido.destino = lados[1]
    return releido


def _ya_dijo_lo_mismo(pedido: PedidoDeAcuerdo, suyas: list[Propuesta], acepta: bool) -> bool:
    dichas = list(pedido.respuestas.filter(propuesta__in=suyas).values_list("acepta", flat=True))  # type: ignore[attr-defined]
    return len(dichas) == len(suyas) and set(dichas) == {acepta}


def _anotar_respuesta(pedido: PedidoDeAcuerdo, lado: Propuesta, persona: Usuario, *, acepta: bool, frase: str) -> None:
    RespuestaDeParte.objects.create(pedido=pedido, propuesta=lado, persona=persona, acepta=acepta, frase=frase[:500])
    quien = calidad_de(persona, lado.organizacion) if lado.organizacion else EN_CALIDAD_DE[AUTOR]
    # La frase no va en la bitácora, que no se borra: queda en la respuesta.
    texto = f"{'Se aceptó' if acepta else 'No se aceptó'} {_en_palabras(pedido)}."
    anotar(lado, verbo="responder_acuerdo", texto=texto, actor=persona, calidad=quien[:120])


def _resolver(pedido: PedidoDeAcuerdo, *, acepta: bool) -> None:
    if not acepta:
        _cerrar(pedido, PedidoDeAcuerdo.Estado.RECHAZADO)
        return
    if pedido.respuestas.filter(acepta=True).count() < len(pedido.lados):  # type: ignore[attr-defined]
        return
    _cerrar(pedido, HECHO)
    _cancelar_los_que_quedan(pedido.propuesta)
    if pedido.destino is not None:
        _unir(pedido.propuesta, pedido.destino, motivo=pedido.motivo)
    else:
        dividir_ya_bloqueada(pedido.propuesta, partes=pedido.partes, motivo=pedido.motivo)


def _cerrar(pedido: PedidoDeAcuerdo, estado: str, cierre: str = "") -> None:
    pedido.estado, pedido.cerrado, pedido.cierre = estado, timezone.now(), cierre
    pedido.save(update_fields=["estado", "cerrado", "cierre"])


def _cancelar_los_que_quedan(propuesta: Propuesta) -> None:
    """Lo que otras esperaban de ella: ya no está para recibirlas."""
    for pedido in bloquear(PedidoDeAcuerdo.objects.abiertos().filter(destino=propuesta).order_by("pk")):
        _cerrar(pedido, PedidoDeAcuerdo.Estado.CANCELADO, f"{propuesta.codigo} ya no sigue por su cuenta.")


def cancelar_pedido(pedido: PedidoDeAcuerdo, *, actor: Usuario, motivo: str) -> PedidoDeAcuerdo:
    """Deja de esperar la respuesta. Cancelar dos veces es una; uno ya respondido no se cancela."""
    motivo = limpiar(motivo, varias_lineas=True)
    with juntar_sucesos():
        pedido = _bloquear_pedido(pedido)
        if razon := permisos_uniones.por_que_no_pide(actor, pedido.propuesta):
            raise ReglaIncumplida(razon)
        if pedido.estado == PedidoDeAcuerdo.Estado.CANCELADO:
            return pedido
        if pedido.estado != ABIERTO:
            raise Conflicto(f"Este pedido ya está «{pedido.get_estado_display()}».")
        if not motivo:
            raise ReglaIncumplida("Di por qué se cancela.", campo="motivo")
        _cerrar(pedido, PedidoDeAcuerdo.Estado.CANCELADO, motivo[:1000])
        calidad = EN_CALIDAD_DE[permisos_uniones.calidad_para_pedir(actor, pedido.propuesta)]
        for lado in pedido.lados:
            anotar(
                lado, verbo="cancelar_acuerdo", texto=f"Se canceló el pedido de {_en_palabras(pedido)}.",
                actor=actor, calidad=calidad, motivo=motivo,
            )  # fmt: skip
    return pedido


# --- Unir ------------------------------------------------------------------------------------------------------------
def _unir(propuesta: Propuesta, destino: Propuesta, *, motivo: str) -> None:
    """Lleva todo a `destino` y deja la otra «unida»; las dos filas ya están bloqueadas."""
    reglas.exigir_movimiento(propuesta.estado, Estado.FUSIONADA, SISTEMA)
    apoyos = _llevar_apoyos(propuesta, destino)
    _llevar_seguimientos(propuesta, destino)
    llevar_relaciones(propuesta, [destino])
    preguntar_en(propuesta, destino)
    comentarios = 0
    if propuesta.hilo is not None and destino.hilo is not None:
        cierre = f"la propuesta se unió a {destino.codigo}; la conversación sigue allá."
        comentarios = mudar_conversacion(propuesta.hilo, destino.hilo, motivo=cierre)
    desde = pasar_a(propuesta, Estado.FUSIONADA)
    propuesta.unida_a = destino
    propuesta.save(update_fields=["estado", "vence", "unida_a", "cambiada"])
    anotar_movimiento(propuesta, None, SISTEMA, desde=desde, motivo=f"Sigue como {destino.codigo}. {motivo}")
    anotar(
        destino, verbo="recibir_union", calidad=EN_CALIDAD_DE[SISTEMA], motivo=motivo,
        texto=f"Se le unió {propuesta.codigo}. Apoyos que llegaron: {apoyos}. Comentarios: {comentarios}.",
        antes={"apoyos": destino.apoyos_contados - apoyos}, despues={"apoyos": destino.apoyos_contados},
    )  # fmt: skip


def _llevar_apoyos(origen: Propuesta, destino: Propuesta) -> int:
    """Suma a `destino` a quienes apoyaban `origen` y todavía no lo apoyan; devuelve cuántas personas son.

    Los de `origen` se conservan como estaban: por ellos se comprueba que no se perdió ninguno.
    """
    ya = Apoyo.objects.filter(propuesta=destino).values("usuario")
    faltan = Apoyo.objects.filter(propuesta=origen).exclude(usuario__in=ya).values_list("usuario", "momento")
    llevados = [
        Apoyo(propuesta=destino, usuario_id=usuario, momento=momento, viene_de=origen) for usuario, momento in faltan
    ]
    Apoyo.objects.bulk_create(llevados, batch_size=500)
    destino.apoyos_contados = Apoyo.objects.filter(propuesta=destino).count()
    destino.save(update_fields=["apoyos_contados", "cambiada"])
    return len(llevados)


def _llevar_seguimientos(origen: Propuesta, destino: Propuesta) -> None:
    """Quien seguía la que se une sigue la otra, al día hasta este momento; quien seguía las dos, una sola vez."""
    siguen = Seguimiento.objects.filter(propuesta=origen)
    ya = list(Seguimiento.objects.filter(propuesta=destino).values_list("usuario", flat=True))
    siguen.filter(usuario__in=ya).delete()
    siguen.update(propuesta=destino, visto=timezone.now())
