"""Lo que comparten los verbos de las propuestas: candado, techo, mandato, cargo y bitácora."""

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.cuentas.models import Usuario
from civic.cuentas.permisos import calidad_de, puede_actuar_por
from civic.cuentas.roles import Rol
from civic.procesos.consultas import techo_de
from mapas.territorio import dudas
from propuestas import reglas
from propuestas.models import Propuesta
from propuestas.reglas import AUTOR, EN_CALIDAD_DE, SISTEMA, Conflicto, Estado


def bloquear_propuesta(propuesta: Propuesta) -> Propuesta:
    """La misma fila, bloqueada y releída con su lugar. Lanza ReglaIncumplida si mientras tanto se borró."""
    leida = bloquear(Propuesta.objects.con_lugar().filter(pk=propuesta.pk)).first()
    if leida is None:
        raise ReglaIncumplida("Ese borrador ya no existe: quien lo presenta lo borró.")
    return leida


@contextmanager
def intento(propuesta: Propuesta, actor: Usuario | None, que: str) -> Iterator[None]:
    """Si otra persona llegó antes, el intento también queda en la bitácora, reservado, y el Conflicto sigue su camino.

    Va por fuera de la transacción de la acción: lo que ella escribió ya se deshizo.
    """
    try:
        yield
    except Conflicto:
        anotar(
            propuesta, verbo="llegar_tarde", texto=f"Quiso {que}, pero otra persona la cambió antes.", actor=actor,
            publico=False,
        )  # fmt: skip
        raise


def pasar_a(propuesta: Propuesta, hacia: str) -> str:
    """Le pone el estado y el plazo que abre ese movimiento; devuelve en cuál estaba. No guarda."""
    desde, propuesta.estado = propuesta.estado, str(hacia)
    propuesta.vence = reglas.vence_de(desde, hacia, timezone.localdate(), settings.FERIADOS_LOCALES)
    return desde


def poner_al_dia(propuesta: Propuesta) -> datetime.date | None:
    """Si su plazo pasó sin respuesta, caduca ahora, antes de cualquier otra cosa; devuelve el día en que venció."""
    if propuesta.estado_de_hoy == propuesta.estado or propuesta.vence is None:
        return None
    vencio, desde = propuesta.vence, propuesta.estado
    propuesta.estado = propuesta.estado_de_hoy
    propuesta.vence = reglas.vence_de(desde, propuesta.estado, vencio, settings.FERIADOS_LOCALES)
    return vencio


def anotar_caducidad(propuesta: Propuesta, vencio: datetime.date | None) -> None:
    """La línea de lo que `poner_al_dia` encontró; nada si no había caducado."""
    if vencio is None:
        return
    anotar(
        propuesta, verbo="mover", texto=reglas.frase_de_movimiento(Estado.CADUCADA, propuesta.codigo or ""),
        calidad=EN_CALIDAD_DE[SISTEMA], desde=Estado.OBSERVADA, hasta=Estado.CADUCADA,
        motivo=f"El plazo venció el {vencio.day}/{vencio.month}/{vencio.year}.",
    )  # fmt: skip


def revisar_lugar(propuesta: Propuesta) -> None:
    dudas.revisar_lugar(
        propuesta,
        titulo=f"{propuesta.codigo}: {propuesta.titulo}" if propuesta.codigo else propuesta.titulo,
        lon=propuesta.lon,
        lat=propuesta.lat,
        distrito=propuesta.distrito,
        otb=propuesta.otb,
    )


def exigir_mandato(propuesta: Propuesta, actor: Usuario) -> None:
    organizacion = propuesta.organizacion
    if organizacion is not None and not puede_actuar_por(actor, organizacion):
        raise ReglaIncumplida(
            f"Hoy no tienes un cargo vigente en {organizacion}. Preséntala en tu nombre o renueva tu mandato.",
            campo="organizacion",
        )


def exigir_bajo_techo(
    propuesta: Propuesta, monto: Decimal, *, que: str = "El costo", campo: str = "monto_solicitado"
) -> None:
    distrito = propuesta.distrito
    if distrito is not None:
        techo = techo_de(propuesta.proceso, distrito)
        reglas.exigir_bajo_techo(monto, techo, str(distrito), que=que, campo=campo)


def cargo(actor: Usuario) -> str:
    return next((str(rol.label) for rol in Rol if rol in actor.roles_vigentes), "Municipio")


def anotar_aparte(
    propuesta: Propuesta,
    actor: Usuario,
    *,
    verbo: str,
    texto: str,
    cambio: tuple[dict[str, Any], dict[str, Any]] | None = None,
) -> None:
    """Sucesos que no son públicos: quién escribe un borrador o quién apoya. `cambio`: (antes, después)."""
    antes, despues = cambio or (None, None)
    anotar(propuesta, verbo=verbo, texto=texto, actor=actor, publico=False, antes=antes, despues=despues)


def anotar_movimiento(
    propuesta: Propuesta,
    actor: Usuario | None,
    calidad: str,
    *,
    desde: str,
    motivo: str = "",
    razon: str = "",
    cambio: tuple[dict[str, Any], dict[str, Any]] | None = None,
    adjuntos: Sequence[str] = (),
) -> Suceso:
    """La línea de un movimiento. `adjuntos` son las huellas de los documentos que van con él (ver adjuntos.py)."""
    hacia = propuesta.estado
    antes, despues = cambio or (None, None)
    en_nombre = calidad == AUTOR and propuesta.organizacion is not None
    quien = calidad_de(actor, propuesta.organizacion) if en_nombre else EN_CALIDAD_DE[calidad]
    return anotar(
        propuesta,
        verbo="mover",
        texto=reglas.frase_de_movimiento(hacia, propuesta.codigo or "", desde),
        actor=actor,
        calidad=quien[:120],
        desde=desde,
        hasta=hacia,
        antes=antes,
        despues=despues,
        motivo=motivo,
        datos={clave: valor for clave, valor in (("razon", razon), ("adjuntos", list(adjuntos))) if valor},
        # Lo que se pidió corregir, y lo que se respondió, es entre quien revisa y quien la presentó.
        publico=hacia not in (Estado.DEVUELTA, Estado.APELADA),
    )
