"""En la mesa: abrir un lote, marcar a cada persona al darle su papeleta y juntar las hojas con su foto."""

import datetime
import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.fotos import limpiar_foto
from votaciones import permisos as permisos_de_votacion
from votaciones.acciones.mesa import retirar_en_mesa
from votaciones.actas.models import Acta
from votaciones.lotes import consultas, permisos, reglas
from votaciones.lotes.acciones.piezas import CALIDAD, bloquear_lote, exigir_estado
from votaciones.lotes.models import Lote, _token
from votaciones.lotes.reglas import Estado
from votaciones.models import Contienda, Participacion, Votacion

_CANALES = {Lote.Clase.PAPEL: Participacion.Canal.PAPEL, Lote.Clase.ASAMBLEA: Participacion.Canal.ASAMBLEA}
OTRO_LUGAR = "Ese lugar lo atiende otra mesa: abre lotes de los lugares que te tocan."


@transaction.atomic
def abrir_lote(
    contienda: Contienda,
    *,
    clase: str,
    lugar: str,
    fecha: datetime.date,
    actor: Any,
    ahora: datetime.datetime | None = None,
) -> Lote:
    """Abre un lote de una contienda. Lanza ReglaIncumplida si no le toca, si no se vota o si la papeleta no lo deja."""
    if not permisos.atiende_en(actor, contienda):
        raise ReglaIncumplida(OTRO_LUGAR, campo="contienda")
    # Con la votación bloqueada nadie la cierra mientras nace un lote.
    votacion = bloquear(Votacion.objects.filter(pk=contienda.votacion_id).select_related("proceso")).get()
    if general := permisos_de_votacion.impedimento_de_la_votacion(votacion, ahora or timezone.now()):
        raise ReglaIncumplida(general.frase)
    if clase == Lote.Clase.ASAMBLEA and (frase := reglas.por_que_no_a_mano_alzada(votacion.reglamento)):
        raise ReglaIncumplida(frase, campo="clase")
    lote = Lote.objects.create(contienda=contienda, clase=clase, lugar=lugar, fecha=fecha, abierto_por=actor)
    anotar(
        lote,
        verbo="abrir",
        actor=actor,
        calidad=CALIDAD,
        hasta=lote.estado,
        texto=f"Se abrió un lote ({lote.get_clase_display().lower()}) {contienda.en_lugar}: {lugar}.",
    )
    return lote


@transaction.atomic
def marcar_entrega(lote: Lote, *, identidad: int, actor: Any, ahora: datetime.datetime | None = None) -> Lote:
    """Marca en el padrón a quien recibe su papeleta (o está en la asamblea) y suma una al lote, sin unirlos.

    Lanza ReglaIncumplida si esa persona no está en el padrón de la papeleta o ya votó por cualquier medio.
    """
    permisos.exigir_atender(actor, lote)
    lote = bloquear_lote(lote.pk)
    exigir_estado(lote, Estado.ABIERTO, "Este lote ya juntó sus hojas: no recibe a más personas. Abre otro.")
    retirar_en_mesa(lote.contienda, identidad=identidad, canal=_CANALES[Lote.Clase(lote.clase)], ahora=ahora)
    Lote.objects.filter(pk=lote.pk).update(entregadas=F("entregadas") + 1)
    lote.entregadas += 1
    return lote


def juntar_hojas(lote: Lote, *, hojas: int, foto: Any, actor: Any) -> Lote:
    """Cuenta las hojas del lote y guarda su foto: desde aquí no recibe a más personas y se puede cargar."""
    permisos.exigir_atender(actor, lote)
    # Limpiar una foto tarda y es otro proceso: nunca con la fila bloqueada.
    datos = limpiar_foto(foto)
    with transaction.atomic():
        lote = bloquear_lote(lote.pk)
        exigir_estado(lote, Estado.ABIERTO, "Las hojas de este lote ya se juntaron.")
        if not lote.es_de_papel:
            raise ReglaIncumplida("Este lote es de una asamblea: se junta con su acta.")
        if hojas < 1:
            raise ReglaIncumplida("Escribe cuántas hojas hay. Si no hay ninguna, anula el lote.", campo="hojas")
        if hojas > reglas.HOJAS_MAXIMO:
            raise ReglaIncumplida(f"Un lote lleva hasta {reglas.HOJAS_MAXIMO} hojas.", campo="hojas")
        if hojas > lote.entregadas:
            raise ReglaIncumplida(
                f"Dices {hojas} hojas y se entregaron {lote.entregadas} papeletas. Cuéntalas otra vez: si de verdad "
                "sobran, Planificación anula el lote y dice por qué.",
                campo="hojas",
            )
        lote.hojas, lote.foto, lote.huella_de_la_foto = hojas, _token(), hashlib.sha256(datos).hexdigest()
        _empezar_carga(lote, ["hojas", "foto", "huella_de_la_foto"])
        default_storage.save(lote.ruta_de_la_foto, ContentFile(datos))
        _anotar_junta(lote, actor)
    return lote


@transaction.atomic
def juntar_actas(lote: Lote, *, acta: Acta, actor: Any) -> Lote:
    """Une el lote de una asamblea con su acta aprobada: de ahí se cargan las manos contadas."""
    permisos.exigir_atender(actor, lote)
    lote = bloquear_lote(lote.pk)
    exigir_estado(lote, Estado.ABIERTO, "Este lote ya tiene su acta.")
    if lote.es_de_papel or acta not in consultas.actas_para(lote):
        raise ReglaIncumplida(
            "Esa acta no sirve para este lote: debe ser de una asamblea de ese lugar, a mano alzada, hecha mientras se "
            "vota, ya aprobada y sin otro lote.",
            campo="acta",
        )
    if not lote.entregadas:
        raise ReglaIncumplida("Todavía no marcaste a nadie en el padrón: no hay manos que contar.", campo="acta")
    if lote.entregadas > (acta.presentes or 0):
        raise ReglaIncumplida(
            f"Marcaste a {lote.entregadas} personas y el acta dice que estuvieron {acta.presentes or 0}.", campo="acta"
        )
    lote.acta, lote.hojas = acta, 1
    _empezar_carga(lote, ["acta", "hojas"])
    _anotar_junta(lote, actor)
    return lote


def _empezar_carga(lote: Lote, campos: list[str]) -> None:
    reglas.exigir_movimiento(lote.estado, Estado.PRIMERA_CARGA)
    lote.estado = Estado.PRIMERA_CARGA.value
    lote.save(update_fields=[*campos, "estado"])


def _anotar_junta(lote: Lote, actor: Any) -> None:
    anotar(
        lote,
        verbo="juntar",
        actor=actor,
        calidad=CALIDAD,
        publico=False,
        desde=Estado.ABIERTO.value,
        hasta=lote.estado,
        texto="Se juntó el lote para cargarlo.",
        datos={
            "hojas": lote.hojas,
            "entregadas": lote.entregadas,
            "foto": lote.huella_de_la_foto,
            "acta": lote.acta_id,
        },
    )
