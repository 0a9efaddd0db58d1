"""El padrón de una organización: su directiva lo carga entero, y quien está en él comprueba que vive en su OTB."""

import datetime

from django.db import transaction
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.errores import ReglaIncumplida
from civic.comun.lector_de_planillas import ArchivoIlegible
from civic.cuentas import permisos
from civic.cuentas.acciones.comprobaciones import NO_ESTA, VERIFICADA, Respuesta
from civic.cuentas.acciones.identidades import OTRO_CARNET
from civic.cuentas.acciones.organizaciones import bloquear_organizacion
from civic.cuentas.acciones.padron import LOTE
from civic.cuentas.acciones.verificacion import verificar_residencia
from civic.cuentas.consultas_verificacion import esta_en_padron_de_organizacion, padron_de_otb
from civic.cuentas.identidad import huella_de_identidad, llave_de_padron_de_organizacion, sello_de_la_clave
from civic.cuentas.lugares_padron import SoloUnaOtb
from civic.cuentas.metodos import PADRON_DE_ORGANIZACION
from civic.cuentas.models import (
    FilaDePadronDeOrganizacion,
    Identidad,
    Organizacion,
    Padron,
    PadronDeOrganizacion,
    Residencia,
    Usuario,
)
from civic.cuentas.planilla_padron import (
    DE_ORGANIZACION,
    Lectura,
    huella_de,
    leer_padron,
)
from civic.cuentas.reglas_identidad import Ci
from mapas.territorio.models import Area

SIN_MANDATO = "Hoy no tienes un mandato vigente en esa organización: el padrón lo carga su directiva."
SIN_AREA = "Tu organización todavía no tiene un área registrada. Pide en la ventanilla que se la asignen."


def cargar_padron_de_organizacion(
    organizacion: Organizacion, contenido: bytes, nombre: str, *, actor: Usuario
) -> tuple[PadronDeOrganizacion | None, Lectura]:
    """Reemplaza el padrón de la organización por el del archivo, si no tiene ni un error; si tiene, no toca nada.

    Devuelve el padrón (None si hubo errores) y lo leído, con los errores por línea. Lanza ReglaIncumplida si `actor` no
    tiene hoy un mandato, o si el archivo entero no se puede leer.
    """
    otb = _area_de(organizacion, actor)
    lectura = _leer(contenido, nombre, otb)
    if lectura.total_errores:
        return None, lectura
    llaves = sorted(
        llave_de_padron_de_organizacion(organizacion.pk, ci, nacimiento)
        for ci, nacimiento, _ in lectura.personas.values()
    )
    with transaction.atomic():
        organizacion = bloquear_organizacion(organizacion.pk)
        if _area_de(organizacion, actor) != otb:
            raise ReglaIncumplida("El área de tu organización cambió mientras se leía el archivo. Súbelo de nuevo.")
        viejo = PadronDeOrganizacion.objects.vigentes().filter(organizacion=organizacion).first()
        if viejo is not None:
            filas_viejas = FilaDePadronDeOrganizacion.objects.filter(padron=viejo)
            filas_viejas._raw_delete(filas_viejas.db)  # type: ignore[attr-defined]  # nada apunta a una fila
            viejo.estado = Padron.Estado.ANTERIOR
            viejo.save(update_fields=["estado"])
        padron = PadronDeOrganizacion.objects.create(
            organizacion=organizacion,
            filas=len(llaves),
            repetidas=lectura.repetidas,
            huella=huella_de(contenido, {}),
            sello=sello_de_la_clave(),
            subido_por=actor,
        )
        FilaDePadronDeOrganizacion.objects.bulk_create(
            [FilaDePadronDeOrganizacion(padron=padron, llave=llave) for llave in llaves], batch_size=LOTE
        )
        anotar(
            organizacion,
            verbo="cargar_padron",
            texto="La directiva reemplazó su padrón." if viejo else "La directiva cargó su padrón.",
            actor=actor,
            calidad=permisos.calidad_de(actor, organizacion),
            antes={"personas": viejo.filas if viejo else 0},
            despues={"personas": padron.filas},
            datos={"huella": padron.huella, "reemplaza": viejo.pk if viejo else None},
        )
    return padron, lectura


def _area_de(organizacion: Organizacion, actor: Usuario) -> Area:
    """La OTB de la organización, si `actor` puede hoy actuar por ella."""
    if not permisos.puede_actuar_por(actor, organizacion):
        raise ReglaIncumplida(SIN_MANDATO)
    if organizacion.area is None:
        raise ReglaIncumplida(SIN_AREA)
    return organizacion.area


def _leer(contenido: bytes, nombre: str, otb: Area) -> Lectura:
    try:
        return leer_padron(
            contenido,
            nombre,
            lugares=SoloUnaOtb(otb),
            municipio=otb.municipio.codigo if otb.municipio else "",
            hoy=timezone.localdate(),
            topes=DE_ORGANIZACION,
        )
    except ArchivoIlegible as error:
        raise ReglaIncumplida(str(error), campo="archivo") from None


def comprobar_en_padron_de_organizacion(cuenta: Usuario, *, ci: Ci, nacimiento: datetime.date) -> Respuesta:
    """Busca a la persona en el padrón vigente de la OTB que declaró; si está, su residencia queda verificada.

    Como en el del municipio, se busca el par carnet y fecha. Quien subió el padrón no se verifica con él.
    """
    residencia = Residencia.objects.select_related("otb").filter(usuario=cuenta).first()
    if residencia is None or residencia.otb is None:
        raise ReglaIncumplida("Primero di en qué OTB vives: se busca en el padrón de esa OTB.")
    if residencia.nivel == Residencia.Nivel.VERIFICADA:
        raise ReglaIncumplida("Tu residencia ya está verificada. No hace falta nada más.")
    padron = padron_de_otb(residencia.otb)
    if padron is None:
        raise ReglaIncumplida(f"{residencia.otb} todavía no cargó su padrón. Elige otra manera.")
    if padron.subido_por_id == cuenta.pk:
        raise ReglaIncumplida("Tú subiste este padrón. Verifícate de otra manera.")
    if Identidad.objects.filter(cuenta=cuenta).exclude(huella=huella_de_identidad(ci)).exists():
        raise ReglaIncumplida(OTRO_CARNET)
    if not esta_en_padron_de_organizacion(padron, ci, nacimiento):
        raise ReglaIncumplida(NO_ESTA)
    verificar_residencia(
        residencia,
        metodo=PADRON_DE_ORGANIZACION.codigo,
        ci=ci,
        nacimiento=nacimiento,
        detalle=str(padron.organizacion),
        vista=residencia.momento,
    )
    cuenta.__dict__.pop("residencia_o_nada", None)
    return Respuesta(VERIFICADA)
