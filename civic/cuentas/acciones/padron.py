"""Reemplazar el padrón de un municipio por el de un archivo: entero, o nada."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.lector_de_planillas import ArchivoIlegible
from civic.cuentas.identidad import llave_de_padron, sello_de_la_clave
from civic.cuentas.lugares_padron import Lugares
from civic.cuentas.models import FilaDePadron, Padron
from civic.cuentas.planilla_padron import ErrorDeLinea, huella_de, leer_padron
from mapas.territorio.models import Area

LOTE = 2_000


@dataclass(frozen=True)
class Informe:
    """Qué pasó con un archivo. `padron` es None si hubo errores; `sin_cambios`, si ya era el vigente."""

    padron: Padron | None
    sin_cambios: bool = False
    filas: int = 0
    repetidas: int = 0
    total_errores: int = 0
    errores: list[ErrorDeLinea] = field(default_factory=list)
    avisos: list[str] = field(default_factory=list)


def municipio_de_padron(codigo: str) -> Area:
    """El municipio de ese código; ReglaIncumplida si no está en el territorio."""
    municipio = Area.objects.municipios().filter(codigo=codigo).first()
    if municipio is None:
        raise ReglaIncumplida(
            "No hay un municipio con ese código en el territorio. Impórtalo primero.", campo="municipio"
        )
    return municipio


def importar_padron(
    contenido: bytes,
    nombre: str,
    *,
    municipio: Area,
    columnas: Mapping[str, str] | None = None,
    fecha_corte: datetime.date | None = None,
    actor: Any = None,
    avanzar: Callable[[str, int], None] = lambda etapa, cuantas: None,
) -> Informe:
    """Lee el archivo y, si no tiene ni un error, deja su contenido como padrón vigente del municipio.

    El padrón anterior pierde sus filas y conserva su ficha. Repetir el mismo archivo no cambia nada. `avanzar` recibe
    la etapa («leer», «guardar») y cuántas filas van. Lanza ReglaIncumplida si el archivo entero no se puede leer.
    """
    huella, sello = huella_de(contenido, columnas or {}), sello_de_la_clave()
    if fecha_corte is not None and fecha_corte > timezone.localdate():
        raise ReglaIncumplida("La fecha de corte todavía no llegó.", campo="fecha_corte")
    vigente = Padron.objects.vigentes().filter(municipio=municipio).first()
    if vigente is not None and (vigente.huella, vigente.sello) == (huella, sello):
        return Informe(vigente, sin_cambios=True, filas=vigente.filas, repetidas=vigente.repetidas)
    areas = Area.objects.filter(municipio=municipio, tipo__in=(Area.Tipo.DISTRITO, Area.Tipo.OTB)).vigentes()
    try:
        lectura = leer_padron(
            contenido,
            nombre,
            lugares=Lugares(areas.select_related("padre")),
            municipio=municipio.codigo,
            hoy=timezone.localdate(),
            columnas=columnas,
            avanzar=lambda cuantas: avanzar("leer", cuantas),
        )
    except ArchivoIlegible as error:
        raise ReglaIncumplida(str(error), campo="archivo") from None
    if lectura.total_errores:
        return Informe(
            None,
            filas=len(lectura.personas),
            repetidas=lectura.repetidas,
            total_errores=lectura.total_errores,
            errores=lectura.errores,
            avisos=lectura.avisos,
        )
    padron = Padron(
        municipio=municipio,
        filas=len(lectura.personas),
        repetidas=lectura.repetidas,
        fecha_corte=fecha_corte,
        huella=huella,
        sello=sello,
        importado_por=actor if getattr(actor, "pk", None) else None,
    )
    # Las huellas se calculan antes de la transacción: así dura solo lo que tarda en escribirse.
    filas = [
        (llave_de_padron(ci, nacimiento), lugar.pk if lugar else None)
        for ci, nacimiento, lugar in lectura.personas.values()
    ]
    _reemplazar(padron, filas, actor=actor, avanzar=avanzar)
    return Informe(padron, filas=padron.filas, repetidas=padron.repetidas, avisos=lectura.avisos)


def _reemplazar(
    padron: Padron, filas: list[tuple[str, int | None]], *, actor: Any, avanzar: Callable[[str, int], None]
) -> None:
    # En orden de huella: el índice se llena de corrido y el orden del archivo no queda en ninguna parte.
    filas.sort(key=lambda fila: fila[0])
    with transaction.atomic():
        bloquear(Area.objects.filter(pk=padron.municipio_id)).get()
        vigentes = list(bloquear(Padron.objects.vigentes().filter(municipio=padron.municipio_id)))
        for viejo in vigentes:
            # Sin traerlas a la memoria: nada apunta a una fila de padrón.
            filas_viejas = FilaDePadron.objects.filter(padron=viejo)
            filas_viejas._raw_delete(filas_viejas.db)  # type: ignore[attr-defined]
            viejo.estado = Padron.Estado.ANTERIOR
            viejo.save(update_fields=["estado"])
        padron.save()
        for desde in range(0, len(filas), LOTE):
            FilaDePadron.objects.bulk_create(
                [
                    FilaDePadron(padron=padron, llave=llave, lugar_id=lugar)
                    for llave, lugar in filas[desde : desde + LOTE]
                ]
            )
            avanzar("guardar", min(desde + LOTE, len(filas)))
        anotar(
            padron,
            verbo="importar_padron",
            texto=f"Se cargó el padrón del municipio: {padron.filas} personas.",
            actor=actor,
            calidad="Planificación POA" if actor is not None else "",
            publico=False,
            datos={"filas": padron.filas, "huella": padron.huella, "reemplaza": [viejo.pk for viejo in vigentes]},
        )
