"""Correcciones del municipio: texto, categoría y lugar."""

from typing import Any

from django.db import transaction

from civic.comun.bitacora import anotar, retrato
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.cuentas.models import Usuario
from civic.cuentas.roles import Cosa, puede
from mapas.territorio import dudas
from mapas.territorio.models import Area
from propuestas import consultas, reglas
from propuestas.acciones.piezas import (
    bloquear_propuesta,
    cargo,
    revisar_lugar,
)
from propuestas.acciones.revisiones import guardar_original
from propuestas.models import Propuesta
from propuestas.reglas import TEXTOS

CAMPOS_EDITORIALES = ("titulo", "descripcion", "categoria", "distrito", "otb", "lon", "lat", "referencia")


def corregir_propuesta(propuesta: Propuesta, *, actor: Usuario, **cambios: Any) -> Propuesta:
    """Corrección editorial desde la trastienda: título, texto, categoría o lugar. Nunca montos, estado ni apoyos.

    La bitácora pública dice qué datos cambiaron, y de categoría y lugar, qué había antes; el texto anterior se guarda
    aparte y no en la bitácora, que no se borra: pudo corregirse justamente para que dejara de verse.
    """
    ajenos = set(cambios) - set(CAMPOS_EDITORIALES)
    if ajenos:
        raise ValueError(f"No son campos editoriales: {sorted(ajenos)}")
    with transaction.atomic():
        propuesta = bloquear_propuesta(propuesta)
        if not puede(actor, "E", Cosa.PROPUESTAS, propuesta):
            raise ReglaIncumplida("Corregir propuestas le toca a Planificación o al equipo técnico.")
        distintos = {campo: valor for campo, valor in cambios.items() if getattr(propuesta, campo) != valor}
        if not distintos:
            return propuesta
        antes = retrato(propuesta, distintos)
        if set(TEXTOS) & set(distintos):
            guardar_original(propuesta, actor)
        for campo, valor in distintos.items():
            setattr(propuesta, campo, valor)
        propuesta.busqueda = consultas.texto_de_busqueda(propuesta)
        propuesta.save()
        _mudar_hilo(propuesta)
        nombres = ", ".join(str(getattr(Propuesta, campo).field.verbose_name) for campo in distintos)
        despues = retrato(propuesta, distintos)
        if propuesta.codigo and {"distrito", "otb", "lon", "lat"} & set(distintos):
            revisar_lugar(propuesta)
        anotar(
            propuesta, verbo="corregir", texto=f"El municipio corrigió: {nombres}.", actor=actor,
            calidad=cargo(actor), publico=reglas.es_publico(propuesta.estado),
            antes={campo: valor for campo, valor in antes.items() if campo not in TEXTOS},
            despues={campo: valor for campo, valor in despues.items() if campo not in TEXTOS},
        )  # fmt: skip
    return propuesta


def reubicar_propuesta(
    objeto_id: int, *, distrito: Area | None, otb: Area | None, actor: Any, motivo: str
) -> Propuesta:
    """Pone la propuesta en el distrito y la OTB que decidió quien cuida el territorio (ver mapas/territorio/dudas.py).

    De otro distrito solo mientras no esté en una papeleta ni en el POA: ahí ya compite por el techo del suyo.
    """
    if not actor.has_perm(dudas.PERMISO):
        raise ReglaIncumplida("Cambiar una propuesta de lugar le toca a quien cuida el territorio.")
    with transaction.atomic():
        propuesta = bloquear(Propuesta.objects.con_lugar().filter(pk=objeto_id)).get()
        if distrito != propuesta.distrito and propuesta.estado in reglas.CON_DISTRITO_FIJO:
            raise ReglaIncumplida(
                f"La propuesta está «{propuesta.ficha.etiqueta}»: ya no puede cambiar de distrito. Déjala como está o "
                "elige una OTB de su distrito."
            )
        antes = {"distrito": str(propuesta.distrito or ""), "otb": str(propuesta.otb or "")}
        propuesta.distrito, propuesta.otb = distrito, otb
        propuesta.busqueda = consultas.texto_de_busqueda(propuesta)
        propuesta.save()
        despues = {"distrito": str(distrito or ""), "otb": str(otb or "")}
        anotar(
            propuesta, verbo="reubicar", texto=f"El municipio decidió que es de {otb or distrito}.", actor=actor,
            calidad=cargo(actor), motivo=motivo, datos={"antes": antes, "despues": despues},
            publico=reglas.es_publico(propuesta.estado),
        )  # fmt: skip
    return propuesta


def _mudar_hilo(propuesta: Propuesta) -> None:
    """El debate lleva el título y el distrito de su propuesta: quien modera por distrito lo encuentra."""
    if propuesta.hilo is not None and propuesta.hilo.distrito_id != propuesta.distrito_id:
        propuesta.hilo.distrito = propuesta.distrito
        propuesta.hilo.save(update_fields=["distrito"])
    if propuesta.hilo is not None and propuesta.hilo.titulo != propuesta.titulo:
        propuesta.hilo.titulo = propuesta.titulo
        propuesta.hilo.save(update_fields=["titulo"])
