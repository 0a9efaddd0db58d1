"""Verbos de las obras: guardar, publicar, informar avance, mover, y enlazar propuestas y reportes."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.fotos import borrar_foto, guardar_foto
from civic.comun.models import Foto
from civic.comun.texto import limpiar
from mapas.obras import consultas, permisos, reglas
from mapas.obras.models import Avance, MovimientoPedido, Obra
from mapas.obras.reglas import FICHAS, Estado
from mapas.reportes.acciones import mover_reporte
from mapas.reportes.models import Reporte
from mapas.reportes.reglas import Estado as EstadoDeReporte
from mapas.territorio import dudas
from mapas.territorio.models import Area
from propuestas.acciones import mover_propuesta
from propuestas.models import Propuesta
from propuestas.reglas import SISTEMA
from propuestas.reglas import Estado as EstadoDePropuesta

# Estados desde los que una propuesta puede tener obra.
CON_OBRA = (
    EstadoDePropuesta.SELECCIONADA,
    EstadoDePropuesta.PRIORIZADA_DISTRITO,
    EstadoDePropuesta.INCLUIDA_POA,
    EstadoDePropuesta.EN_OBRA,
    EstadoDePropuesta.CUMPLIDA,
    EstadoDePropuesta.INCUMPLIDA,
)
# Cuando la obra llega a este estado, su propuesta pasa del primero al segundo.
_ARRASTRA = {
    Estado.EN_EJECUCION: (EstadoDePropuesta.INCLUIDA_POA, EstadoDePropuesta.EN_OBRA),
    Estado.EN_USO: (EstadoDePropuesta.EN_OBRA, EstadoDePropuesta.CUMPLIDA),
}


def guardar_obra(obra: Obra, *, actor: Any = None, cambios: Iterable[str] = ()) -> Obra:
    """Guarda los datos de una obra (y sus hitos, fuentes y cambios ya puestos en ella); nunca su estado.

    Una obra nueva nace sin publicar. `cambios` son los nombres de lo que cambió, para la bitácora.
    """
    nombres = ", ".join(cambios)
    with transaction.atomic():
        if obra.pk is None:
            obra.publicada = False
            verbo, texto = "crear", "Se registró la obra."
        else:
            actual = bloquear(Obra.objects.filter(pk=obra.pk)).get()
            obra.estado, obra.publicada, obra.propuesta_id = actual.estado, actual.publicada, actual.propuesta_id
            verbo, texto = "corregir", f"El municipio actualizó: {nombres}."
        obra.busqueda = consultas.texto_de_busqueda(obra)
        obra.save()
        if verbo == "crear" or nombres:
            anotar(obra, verbo=verbo, texto=texto, actor=actor)
        dudas.revisar_lugar(
            obra,
            titulo=f"{obra.codigo}: {obra.nombre}",
            lon=obra.lon,
            lat=obra.lat,
            distrito=obra.distrito,
            otb=obra.otb,
        )
    return obra


def reubicar_obra(objeto_id: int, *, distrito: Area | None, otb: Area | None, actor: Any, motivo: str) -> Obra:
    """Pone la obra en el distrito y la OTB que decidió quien cuida el territorio (ver mapas/territorio/dudas.py)."""
    if not actor.has_perm(dudas.PERMISO):
        raise ReglaIncumplida("Cambiar una obra de lugar le toca a quien cuida el territorio.")
    if distrito is None:
        raise ReglaIncumplida("Una obra necesita un distrito: elige otra área.", campo="area")
    with transaction.atomic():
        obra = bloquear(Obra.objects.select_related("distrito", "otb").filter(pk=objeto_id)).get()
        antes = {"distrito": str(obra.distrito), "otb": str(obra.otb or "")}
        obra.distrito, obra.otb = distrito, otb
        obra.busqueda = consultas.texto_de_busqueda(obra)
        obra.save()
        despues = {"distrito": str(distrito), "otb": str(otb or "")}
        anotar(
            obra, verbo="reubicar", texto=f"El municipio decidió que es de {otb or distrito}.", actor=actor,
            motivo=motivo, datos={"antes": antes, "despues": despues}, publico=obra.publicada,
        )  # fmt: skip
    return obra


def publicar_obra(obra: Obra, *, actor: Any = None) -> Obra:
    """Pone la obra a la vista de todo el mundo."""
    with transaction.atomic():
        obra = _bloquear(obra)
        if not obra.publicada:
            obra.publicada = True
            obra.save(update_fields=["publicada", "cambiada"])
            anotar(obra, verbo="publicar", texto="Se publicó la obra.", actor=actor)
    return obra


def registrar_avance(
    obra: Obra,
    *,
    fecha: datetime.date,
    fisico: Decimal | int,
    financiero: Decimal | int,
    nota: str = "",
    motivo: str = "",
    foto: Any = None,
    actor: Any = None,
) -> Avance:
    """Informa el avance acumulado a una fecha: construido (`fisico`) y pagado (`financiero`), de 0 a 100.

    `motivo` hace falta para corregir hacia abajo; `foto` es un archivo subido o una Foto. Lanza ReglaIncumplida si la
    obra no empezó, si la fecha es futura o repetida, o si el avance baja sin motivo.
    """
    fisico, financiero = Decimal(str(fisico)), Decimal(str(financiero))
    nota, motivo = limpiar(nota), limpiar(motivo)
    nueva = foto if isinstance(foto, Foto) or not foto else _guardar_foto(foto, actor, obra)
    try:
        with transaction.atomic():
            obra = _bloquear(obra)
            reglas.exigir_avance(
                estado=obra.estado, fecha=fecha, fisico=fisico, financiero=financiero,
                otros=list(Avance.objects.filter(obra=obra)), motivo=motivo, hoy=timezone.localdate(),
            )  # fmt: skip
            avance = Avance.objects.create(
                obra=obra, fecha=fecha, fisico=fisico, financiero=financiero, nota=nota, motivo=motivo,
                foto=nueva or None,
            )  # fmt: skip
            dia = f"{fecha.day}/{fecha.month}/{fecha.year}"
            texto = f"Informe al {dia}: construido {fisico:.0f} %, pagado {financiero:.0f} %."
            anotar(obra, verbo="informar", texto=texto, actor=actor, motivo=motivo or nota)
    except Exception:
        if nueva and nueva is not foto:
            borrar_foto(nueva)
        raise
    return avance


def mover_obra(obra: Obra, *, hacia: str, actor: Any = None, motivo: str = "", calidad: str = "") -> Obra:
    """Pasa la obra a otro estado y lo deja en la bitácora; su propuesta de origen la sigue.

    La orden de proceder pone su fecha si no la tenía. Lanza ReglaIncumplida si el movimiento no existe o falta el
    motivo o el contrato.
    """
    motivo = limpiar(motivo)
    with transaction.atomic():
        obra = _bloquear(obra)
        desde = obra.estado
        con_contrato = obra.contrato is not None and obra.plazo_dias is not None
        reglas.exigir_movimiento(desde, hacia, motivo=motivo, con_contrato=con_contrato)
        obra.estado = str(hacia)
        if obra.estado == Estado.ORDEN_DE_PROCEDER and obra.orden_proceder is None:
            obra.orden_proceder = timezone.localdate()
        obra.save(update_fields=["estado", "orden_proceder", "cambiada"])
        anotar(
            obra, verbo="mover", texto=f"{FICHAS[obra.estado][0]}.", actor=actor, calidad=calidad, motivo=motivo,
            desde=desde, hasta=obra.estado,
        )  # fmt: skip
        _arrastrar_propuesta(obra)
    return obra


def pedir_movimiento(obra: Obra, *, hacia: str, actor: Any, motivo: str = "") -> MovimientoPedido:
    """La fiscalización propone un cambio de estado; decide la jefatura o planificación con `resolver_pedido`."""
    motivo = limpiar(motivo)
    with transaction.atomic():
        obra = _bloquear(obra)
        con_contrato = obra.contrato is not None and obra.plazo_dias is not None
        reglas.exigir_movimiento(obra.estado, hacia, motivo=motivo, con_contrato=con_contrato)
        if consultas.pedido_pendiente(obra) is not None:
            raise ReglaIncumplida("Ya hay un cambio de estado esperando respuesta de la jefatura.")
        pedido = MovimientoPedido.objects.create(obra=obra, hacia=str(hacia), motivo=motivo, pedido_por=actor)
        anotar(
            obra, verbo="pedir", texto=f"La fiscalización pidió pasarla a «{FICHAS[hacia][0]}».", actor=actor,
            motivo=motivo, publico=False,
        )  # fmt: skip
    return pedido


def resolver_pedido(pedido: MovimientoPedido, *, actor: Any, aceptar: bool, motivo: str = "") -> MovimientoPedido:
    """Acepta (y mueve la obra) o rechaza un cambio de estado. Nadie resuelve lo que pidió."""
    motivo = limpiar(motivo)
    with transaction.atomic():
        obra = _bloquear(pedido.obra)
        pedido = bloquear(MovimientoPedido.objects.filter(pk=pedido.pk)).get()
        if pedido.aceptado is not None:
            raise ReglaIncumplida("Ese cambio ya se resolvió.")
        if not permisos.puede_resolver(actor, pedido):
            raise ReglaIncumplida("Quien propone un cambio no puede aceptarlo: le toca a otra persona.")
        if not aceptar and not motivo:
            raise ReglaIncumplida("Escribe por qué no se acepta.", campo="motivo")
        pedido.aceptado, pedido.resuelto_por, pedido.resuelto = aceptar, actor, timezone.now()
        pedido.save()
        if aceptar:
            mover_obra(obra, hacia=pedido.hacia, actor=actor, motivo=pedido.motivo)
        else:
            anotar(
                obra, verbo="rechazar", texto=f"No se aceptó pasarla a «{FICHAS[pedido.hacia][0]}».", actor=actor,
                motivo=motivo, publico=False,
            )  # fmt: skip
    return pedido


def vincular_propuesta(obra: Obra, *, propuesta: Propuesta, actor: Any = None) -> Obra:
    """Anota de qué propuesta viene la obra. Una propuesta tiene una sola obra y debe haber sido elegida."""
    with transaction.atomic():
        obra = _bloquear(obra)
        propuesta = bloquear(Propuesta.objects.filter(pk=propuesta.pk)).get()
        if propuesta.estado not in CON_OBRA:
            raise ReglaIncumplida(
                f"Esa propuesta está «{propuesta.ficha.etiqueta}»: todavía no puede tener obra.", campo="propuesta"
            )
        otra = Obra.objects.filter(propuesta=propuesta).exclude(pk=obra.pk).first()
        if otra is not None:
            raise ReglaIncumplida(f"Esa propuesta ya tiene su obra: {otra.codigo}.", campo="propuesta")
        obra.propuesta, obra.proceso_id = propuesta, propuesta.proceso_id
        obra.save(update_fields=["propuesta", "proceso", "cambiada"])
        anotar(obra, verbo="vincular", texto=f"Viene de la propuesta «{propuesta}».", actor=actor)
        _arrastrar_propuesta(obra)
    return obra


def vincular_reporte(obra: Obra, *, reporte: Reporte, actor: Any = None) -> Obra:
    """Dice que esta obra atiende un reporte; el reporte pasa a «se atiende con una obra» y enlaza aquí."""
    with transaction.atomic():
        obra = _bloquear(obra)
        if not obra.publicada:
            raise ReglaIncumplida("Publica la obra antes de enlazarle un reporte: la gente tiene que poder verla.")
        mover_reporte(
            reporte,
            hacia=EstadoDeReporte.VINCULADO,
            actor=actor,
            sigue_en=obra,
            nota=f"Lo atiende la obra {obra.codigo}.",
        )
        obra.reportes.add(reporte)
        anotar(obra, verbo="vincular", texto=f"Atiende el reporte {reporte.codigo}.", actor=actor)
    return obra


# --- Piezas ----------------------------------------------------------------------------------------------------------


def _bloquear(obra: Obra) -> Obra:
    """La misma fila, bloqueada y releída."""
    return bloquear(Obra.objects.select_related("propuesta").filter(pk=obra.pk)).get()


def _guardar_foto(archivo: Any, actor: Any, obra: Obra) -> Foto:
    # Limpiar una foto tarda: nunca con la fila bloqueada.
    return guardar_foto(archivo, usuario=actor, texto=f"Avance de la obra {obra.nombre}"[:200], publica=True)


def _arrastrar_propuesta(obra: Obra) -> None:
    """La propuesta de origen refleja el estado de su obra: en construcción, en uso."""
    if obra.propuesta is None or obra.estado not in _ARRASTRA:
        return
    desde, hacia = _ARRASTRA[Estado(obra.estado)]
    if obra.propuesta.estado == desde:
        mover_propuesta(obra.propuesta, hacia=hacia, calidad=SISTEMA)
