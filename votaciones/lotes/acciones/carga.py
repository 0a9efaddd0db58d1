"""Escribir lo que dice cada hoja, dos personas por separado, y conciliar las dos cargas."""

from typing import Any

from django.db import transaction

from civic.comun.bitacora import anotar
from civic.comun.errores import ReglaIncumplida
from votaciones.lotes import consultas, permisos, reglas
from votaciones.lotes.acciones.piezas import CALIDAD, bloquear_lote
from votaciones.lotes.models import Captura, Lote
from votaciones.lotes.reglas import DECISION, PRIMERA, SEGUNDA, Estado, Hoja
from votaciones.lotes.sellos import cerrar_hoja, hojas_de, nuevo_secreto
from votaciones.reglas import papeleta as papeletas

PLANIFICACION = "Planificación POA"


@transaction.atomic
def cargar_hoja(lote: Lote, *, hoja: int, dice: Hoja, actor: Any) -> Lote:
    """Guarda, cerrado, lo que una persona leyó en una hoja. Con la última de la segunda carga se comparan las dos.

    Escribirla otra vez en la misma carga la reemplaza. Lanza ReglaIncumplida si no le toca, si ese número no es de este
    lote o si lo escrito no vale en esta papeleta.
    """
    permisos.exigir_atender(actor, lote)
    lote = bloquear_lote(lote.pk)
    if frase := permisos.por_que_no_carga(actor, lote):
        raise ReglaIncumplida(frase)
    carga = consultas.que_carga_le_toca(actor, lote)
    _exigir_hoja(lote, hoja)
    _guardar(lote, carga, hoja, exigir_que_valga(lote, dice))
    quien = "primera_por" if carga == PRIMERA else "segunda_por"
    if getattr(lote, f"{quien}_id") is None:
        setattr(lote, quien, actor)
        lote.save(update_fields=[quien])
    _avanzar(lote, actor)
    return lote


@transaction.atomic
def decidir_hoja(lote: Lote, *, hoja: int, dice: Hoja, actor: Any) -> Lote:
    """Planificación, que no hizo ninguna de las dos cargas, dice mirando el papel qué dice una hoja distinta."""
    permisos.exigir_decidir(actor)
    lote = bloquear_lote(lote.pk)
    if not permisos.decide_hojas(actor, lote):
        raise ReglaIncumplida("Solo se deciden las hojas distintas, y lo hace quien no hizo ninguna de las dos cargas.")
    if hoja not in lote.por_repetir:
        raise ReglaIncumplida(f"En la hoja {hoja} no hay nada que decidir.", campo="hoja")
    _guardar(lote, DECISION, hoja, exigir_que_valga(lote, dice))
    Captura.objects.filter(lote=lote, hoja=hoja, carga__in=(PRIMERA, SEGUNDA)).delete()
    lote.por_repetir = [otra for otra in lote.por_repetir if otra != hoja]
    lote.decidida_por = actor
    lote.save(update_fields=["por_repetir", "decidida_por"])
    _avanzar(lote, actor, decidida=hoja)
    return lote


def exigir_que_valga(lote: Lote, dice: Hoja) -> Hoja:
    """Lo mismo, en su forma canónica. Lanza ReglaIncumplida si no se puede depositar así."""
    contienda = lote.contienda
    if dice["es"] == reglas.CUENTA:
        manos, conocidas = reglas.manos_de(dice), contienda.costos
        if lote.es_de_papel or any(obra not in conocidas or votos < 0 for obra, votos in dice["votos"]):
            raise ReglaIncumplida("Esa cuenta no es de esta papeleta.")
        if manos > lote.entregadas:
            raise ReglaIncumplida(
                f"Contaste {manos} manos y se marcaron {lote.entregadas} personas en el padrón. Revisa el acta."
            )
        if manos > reglas.HOJAS_MAXIMO:
            raise ReglaIncumplida(f"Un lote lleva hasta {reglas.HOJAS_MAXIMO} votos.")
        return reglas.cuenta_de_manos(dict(dice["votos"]), dice["abstenciones"])
    if not lote.es_de_papel or dice["es"] not in (reglas.VALIDA, reglas.BLANCA, reglas.NULA):
        raise ReglaIncumplida("Esa hoja no es de este lote.")
    if dice["es"] != reglas.VALIDA:
        return reglas.hoja_de_papel(dice["es"])
    return reglas.hoja_de_papel(
        reglas.VALIDA, papeletas.exigir_valida(dice["eleccion"], contienda.reglamento, contienda.costos)
    )


def _exigir_hoja(lote: Lote, hoja: int) -> None:
    if not 1 <= hoja <= lote.hojas:
        raise ReglaIncumplida(f"Este lote tiene hojas de la 1 a la {lote.hojas}.", campo="hoja")
    if lote.por_repetir and hoja not in lote.por_repetir:
        raise ReglaIncumplida(f"La hoja {hoja} no está entre las que hay que repetir.", campo="hoja")
    if Captura.objects.filter(lote=lote, hoja=hoja, carga=DECISION).exists():
        raise ReglaIncumplida(f"La hoja {hoja} ya la decidió Planificación.", campo="hoja")


def _guardar(lote: Lote, carga: int, hoja: int, dice: Hoja) -> None:
    # Se borra y se escribe otra fila, con otra clave al azar: no queda cuál se corrigió.
    Captura.objects.filter(lote=lote, carga=carga, hoja=hoja).delete()
    Captura.objects.create(lote=lote, carga=carga, hoja=hoja, cerrada=cerrar_hoja(lote, carga, hoja, dice))


def _avanzar(lote: Lote, actor: Any, *, decidida: int = 0) -> None:
    """Termina una carga si ya no le falta ninguna hoja y, con las dos completas, las compara."""
    if lote.estado == Estado.PRIMERA_CARGA:
        if not consultas.por_cargar(lote, PRIMERA):
            _mover(lote, Estado.SEGUNDA_CARGA, actor, "Terminó la primera carga del lote.")
        return
    if consultas.por_cargar(lote, PRIMERA) or consultas.por_cargar(lote, SEGUNDA):
        if decidida:
            _anotar(lote, "decidir", actor, f"Se decidió la hoja {decidida} mirando el papel.", PLANIFICACION)
        return
    distintas = reglas.distintas(hojas_de(lote, PRIMERA), hojas_de(lote, SEGUNDA), hojas_de(lote, DECISION))
    if distintas:
        # Las dos se borran: quien repite no puede ir probando hasta acertar con lo que escribió la otra persona.
        Captura.objects.filter(lote=lote, hoja__in=distintas).delete()
        lote.por_repetir = distintas
        lote.save(update_fields=["por_repetir"])
        _anotar(lote, "comparar", actor, f"Las dos cargas no coinciden en {len(distintas)} de {lote.hojas} hojas.")
        return
    lote.por_repetir, lote.secreto = [], nuevo_secreto(lote)
    lote.save(update_fields=["por_repetir", "secreto"])
    _mover(lote, Estado.CONCILIADO, actor, "Las dos cargas del lote coinciden.")


def _mover(lote: Lote, hacia: Estado, actor: Any, texto: str) -> None:
    desde = lote.estado
    reglas.exigir_movimiento(desde, hacia)
    lote.estado = hacia.value
    lote.save(update_fields=["estado"])
    anotar(
        lote,
        verbo=hacia.value,
        actor=actor,
        calidad=CALIDAD,
        publico=False,
        desde=desde,
        hasta=lote.estado,
        texto=texto,
    )


def _anotar(lote: Lote, verbo: str, actor: Any, texto: str, calidad: str = CALIDAD) -> None:
    anotar(
        lote,
        verbo=verbo,
        actor=actor,
        calidad=calidad,
        publico=False,
        texto=texto,
        datos={"por_repetir": lote.por_repetir},
    )
