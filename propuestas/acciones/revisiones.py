"""Revisar la forma: publicar (corrigiendo si hace falta) o devolver, y decidir lo que se apeló."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from civic.comun.bitacora import anotar, juntar_sucesos
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.cuentas.models import Usuario
from propuestas import consultas, permisos, reglas
from propuestas.acciones.adjuntos import adjuntar, huellas, preparando
from propuestas.acciones.movimientos import mover_ya_bloqueada
from propuestas.acciones.piezas import bloquear_propuesta, intento
from propuestas.models import Propuesta, TextoAnterior
from propuestas.reglas import EN_CALIDAD_DE, MODERACION, PLANIFICACION, TEXTOS, Estado

PUBLICAR, DEVOLVER = Estado.PUBLICADA.value, Estado.DEVUELTA.value


def revisar_forma(
    propuesta: Propuesta,
    *,
    actor: Usuario,
    decision: str,
    razon: str = "",
    motivo: str = "",
    textos: Mapping[str, str] | None = None,
    leido: str = "",
    documentos: Sequence[Any] = (),
) -> Propuesta:
    """Publica o devuelve una propuesta enviada o apelada, mirando solo su forma.

    `razon` es de reglas.MOTIVOS_DE_FORMA y hace falta, con `motivo`, para devolverla y para corregirla (`textos`:
    título, descripción y referencia como quedan). El original se guarda reservado; que se corrigió es público.
    `documentos`, hasta 3 PDF subidos: los de una devolución los ve solo quien ve la devolución.
    """
    if decision not in (PUBLICAR, DEVOLVER):
        raise ReglaIncumplida("Elige si se publica o se devuelve.", campo="decision")
    que = f"pasarla a «{reglas.FICHAS[decision].etiqueta}»"
    with preparando(documentos=documentos) as listos, intento(propuesta, actor, que), transaction.atomic():
        propuesta = _decidir_forma(
            propuesta, actor, decision, razon, motivo, textos or {}, leido, huellas(listos.documentos)
        )
        adjuntar(propuesta, listos, actor)
    return propuesta


def _decidir_forma(
    propuesta: Propuesta,
    actor: Usuario,
    decision: str,
    razon: str,
    motivo: str,
    textos: Mapping[str, str],
    leido: str,
    adjuntos: Sequence[str],
) -> Propuesta:
    """Al salir ya escribió sus sucesos: lo adjunto se enlaza al último."""
    with juntar_sucesos():
        propuesta = bloquear_propuesta(propuesta)
        reglas.exigir_lo_leido(leido, propuesta.sello, propuesta.estado)
        if frase := permisos.por_que_no_revisa(actor, propuesta):
            raise ReglaIncumplida(frase)
        suyas = permisos.calidades_de(actor, propuesta)
        calidad = MODERACION if MODERACION in suyas else PLANIFICACION
        if decision == DEVOLVER:
            reglas.exigir_razon_de_forma(razon, motivo)
            motivo = reglas.motivo_de_forma(razon, motivo)
        else:
            corregir_textos(propuesta, actor, textos, razon=razon, explicacion=motivo, calidad=calidad)
            motivo = ""
        return mover_ya_bloqueada(
            propuesta, hacia=decision, actor=actor, calidad=calidad, motivo=motivo,
            razon=razon if decision == DEVOLVER else "", adjuntos=adjuntos,
        )  # fmt: skip


def corregir_textos(
    propuesta: Propuesta, actor: Usuario, textos: Mapping[str, str], *, razon: str, explicacion: str, calidad: str
) -> None:
    """Cambia los textos que difieren, con la fila ya bloqueada, y guarda el original."""
    limpios = {
        campo: limpiar(textos[campo], varias_lineas=campo == "descripcion") for campo in TEXTOS if campo in textos
    }
    distintos = {campo: valor for campo, valor in limpios.items() if getattr(propuesta, campo) != valor}
    if not distintos:
        return
    if not distintos.get("titulo", "x") or not distintos.get("descripcion", "x"):
        raise ReglaIncumplida("La propuesta corregida necesita título y descripción. Si no los tiene, devuélvela.")
    reglas.exigir_razon_de_forma(razon, explicacion)
    guardar_original(propuesta, actor, razon=razon, explicacion=explicacion)
    for campo, valor in distintos.items():
        setattr(propuesta, campo, valor)
    propuesta.busqueda = consultas.texto_de_busqueda(propuesta)
    propuesta.save(update_fields=[*distintos, "busqueda", "cambiada"])
    if propuesta.hilo is not None and "titulo" in distintos:
        propuesta.hilo.titulo = propuesta.titulo
        propuesta.hilo.save(update_fields=["titulo"])
    nombres = ", ".join(str(Propuesta._meta.get_field(campo).verbose_name) for campo in distintos)  # type: ignore[union-attr]
    anotar(
        propuesta, verbo="corregir_forma", texto=f"Se corrigió su forma: {nombres}.", actor=actor,
        calidad=EN_CALIDAD_DE[calidad], motivo=reglas.MOTIVOS_DE_FORMA[razon] + ".",
    )  # fmt: skip


def guardar_original(propuesta: Propuesta, actor: Usuario, *, razon: str = "", explicacion: str = "") -> None:
    TextoAnterior.objects.create(
        propuesta=propuesta,
        titulo=propuesta.titulo,
        descripcion=propuesta.descripcion,
        referencia=propuesta.referencia,
        corregido_por=actor,
        razon=razon,
        explicacion=explicacion[:1000],
    )
