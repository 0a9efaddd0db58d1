"""Decir que dos propuestas se excluyen o que una necesita antes a la otra, y dejar de decirlo."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone

from civic.comun.bitacora import anotar, juntar_sucesos
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.cuentas.models import Usuario
from propuestas import consultas_uniones, permisos, permisos_uniones, reglas
from propuestas.acciones.borradores import hacer_fila
from propuestas.acciones.piezas import cargo
from propuestas.models import Propuesta, Relacion
from propuestas.reglas import DEPENDENCIA, EN_CALIDAD_DE, EXCLUYENTE, SISTEMA

YA_NO = "Ya no vale: «{frase} {otra}»."


def relacionar(propuesta: Propuesta, *, con: Propuesta, clase: str, actor: Usuario, motivo: str) -> Relacion:
    """Registra que se excluyen, o que `propuesta` necesita que antes se haga `con`. Repetir lo mismo no cambia nada.

    Lanza ReglaIncumplida si son de procesos distintos, si alguna ya está en la papeleta, si no le toca a `actor`, si
    ya están relacionadas de otro modo o si las dependencias cerrarían un círculo.
    """
    motivo = limpiar(motivo)
    if propuesta.pk == con.pk:
        raise ReglaIncumplida("Una propuesta no se relaciona consigo misma.", campo="con")
    with juntar_sucesos():
        propuesta, con = _bloquear_para_relacionar(propuesta, con)
        _exigir_permitido(actor, propuesta, con)
        if propuesta.proceso_id != con.proceso_id:
            raise ReglaIncumplida(f"{con.codigo} es de otro proceso: no se decide junto con esta.", campo="con")
        for una in (propuesta, con):
            reglas.exigir_relacionable(una.estado_de_hoy, codigo=una.codigo or "")
        if not motivo:
            raise ReglaIncumplida("Di por qué: se lee en la página de las dos.", campo="motivo")
        a, b = _en_orden(clase, propuesta, con)
        igual = Relacion.objects.vigentes().filter(clase=clase, primera=a, segunda=b).first()
        if igual is not None:
            return igual
        _exigir_que_quepa(clase, a, b)
        relacion = Relacion.objects.create(clase=clase, primera=a, segunda=b, motivo=motivo[:500], puesta_por=actor)
        _anotar(relacion, actor, verbo="relacionar", texto="{frase} {otra}.", motivo=motivo)
    return relacion


def quitar_relacion(relacion: Relacion, *, actor: Usuario, motivo: str) -> Relacion:
    """Deja de valer, con su razón; la fila queda. Quitarla dos veces es una."""
    motivo = limpiar(motivo)
    with juntar_sucesos():
        _bloquear_para_relacionar(relacion.primera, relacion.segunda)
        relacion = bloquear(Relacion.objects.select_related("primera", "segunda").filter(pk=relacion.pk)).get()
        if all(permisos_uniones.por_que_no_relaciona(actor, una) for una in (relacion.primera, relacion.segunda)):
            raise ReglaIncumplida("Quitar esta relación le toca a quien evalúa alguna de las dos.")
        if relacion.quitada is not None:
            return relacion
        for una in (relacion.primera, relacion.segunda):
            if una.estado not in reglas.YA_SON_OTRAS:
                reglas.exigir_relacionable(una.estado_de_hoy, codigo=una.codigo or "")
        if not motivo:
            raise ReglaIncumplida("Di por qué se quita la relación.", campo="motivo")
        _quitar(relacion, motivo, actor)
        _anotar(relacion, actor, verbo="quitar_relacion", texto=YA_NO, motivo=motivo)
    return relacion


def _bloquear_para_relacionar(propuesta: Propuesta, con: Propuesta) -> tuple[Propuesta, Propuesta]:
    """Las dos propuestas por su clave y después los procesos de la gestión: un círculo puede cerrarse entre varias
    personas que relacionan parejas distintas a la vez, y así hacen fila."""
    claves = [propuesta.pk, con.pk]
    filas = {fila.pk: fila for fila in bloquear(Propuesta.objects.con_lugar().filter(pk__in=claves).order_by("pk"))}
    hacer_fila(filas[propuesta.pk].proceso.gestion)
    return filas[propuesta.pk], filas[con.pk]


def _exigir_permitido(actor: Usuario, propuesta: Propuesta, con: Propuesta) -> None:
    if razon := permisos_uniones.por_que_no_relaciona(actor, propuesta):
        raise ReglaIncumplida(razon)
    if permisos.es_suya(actor, con):
        raise ReglaIncumplida("Nadie relaciona lo que presentó.", campo="con")


def _en_orden(clase: str, propuesta: Propuesta, con: Propuesta) -> tuple[Propuesta, Propuesta]:
    if clase not in reglas.CLASES_DE_RELACION:
        raise ReglaIncumplida("Elige qué tienen que ver.", campo="clase")
    return (con, propuesta) if clase == EXCLUYENTE and con.pk < propuesta.pk else (propuesta, con)


def _por_que_no(clase: str, a: Propuesta, b: Propuesta) -> str:
    vigentes = Relacion.objects.vigentes()
    de_las_dos = vigentes.filter(Q(primera=a, segunda=b) | Q(primera=b, segunda=a))
    del_proceso = vigentes.filter(clase=DEPENDENCIA, primera__proceso=a.proceso_id)
    return reglas.por_que_no_se_relacionan(
        clase, a.pk, b.pk,
        parejas=de_las_dos.values_list("primera", "segunda"),
        dependencias=del_proceso.values_list("primera", "segunda"),
    )  # fmt: skip


def _exigir_que_quepa(clase: str, a: Propuesta, b: Propuesta) -> None:
    if razon := _por_que_no(clase, a, b):
        raise ReglaIncumplida(razon, campo="con")


def _quitar(relacion: Relacion, motivo: str, actor: Usuario | None) -> None:
    relacion.quitada, relacion.quitada_por, relacion.por_que_se_quito = timezone.now(), actor, motivo[:500]
    relacion.save(update_fields=["quitada", "quitada_por", "por_que_se_quito"])


def _anotar(relacion: Relacion, actor: Any, *, verbo: str, texto: str, motivo: str) -> None:
    """Una línea pública en cada una de las dos, dicha desde su lado."""
    calidad = cargo(actor) if actor is not None else EN_CALIDAD_DE[SISTEMA]
    for una in (relacion.primera, relacion.segunda):
        frase, otra = consultas_uniones.frase_de_relacion(relacion, una), relacion.otra(una).codigo
        anotar(
            una, verbo=verbo, texto=texto.format(frase=frase, otra=otra), actor=actor, calidad=calidad,
            motivo=motivo,
        )  # fmt: skip


def llevar_relaciones(propuesta: Propuesta, hacia: Sequence[Propuesta]) -> None:
    """Al unir o dividir, lo que valía para `propuesta` pasa a valer para las de `hacia`; lo suyo queda quitado.

    No se lleva lo que no cabe: la relación con la misma a la que se une, la repetida o la que cerraría un círculo.
    """
    hacer_fila(propuesta.proceso.gestion)
    for relacion in Relacion.objects.vigentes().de(propuesta).select_related("primera", "segunda"):
        codigos = ", ".join(nueva.codigo or "" for nueva in hacia)
        motivo = f"{propuesta.codigo} sigue en {codigos}."
        _quitar(relacion, motivo, None)
        _anotar(relacion, None, verbo="quitar_relacion", texto=YA_NO, motivo=motivo)
        otra = relacion.otra(propuesta)
        for nueva in hacia:
            a, b = (nueva, otra) if relacion.primera_id == propuesta.pk else (otra, nueva)
            a, b = _en_orden(relacion.clase, a, b)
            if not _por_que_no(relacion.clase, a, b):
                suya = Relacion.objects.create(
                    clase=relacion.clase, primera=a, segunda=b, motivo=relacion.motivo, puesta_por=relacion.puesta_por
                )
                _anotar(suya, None, verbo="relacionar", texto="{frase} {otra}.", motivo=motivo)
