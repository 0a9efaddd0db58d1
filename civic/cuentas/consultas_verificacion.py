"""Lecturas de padrones, verificaciones y conflictos, y los totales por modo de verificar."""

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet

from civic.cuentas.identidad import llave_de_padron, llave_de_padron_de_organizacion, sello_de_la_clave
from civic.cuentas.metodos import OPCIONES, SIN_METODO, rotulo_de
from civic.cuentas.models import (
    ConflictoDeIdentidad,
    FilaDePadron,
    FilaDePadronDeOrganizacion,
    Mandato,
    Organizacion,
    Padron,
    PadronDeOrganizacion,
    PedidoDeConfirmacion,
    Residencia,
    Usuario,
    Verificacion,
)
from civic.cuentas.reglas_identidad import Ci, agrupar_totales
from mapas.territorio.models import Area

SIN_DISTRITO = "Sin distrito"


def padron_vigente() -> Padron | None:
    """El padrón en uso de este municipio; None si no hay o si se cargó con otra clave y ya no sirve."""
    return Padron.objects.vigentes().filter(municipio__codigo=settings.MUNICIPIO, sello=sello_de_la_clave()).first()


def buscar_en_padron(ci: Ci, nacimiento: datetime.date) -> FilaDePadron | None:
    """La fila de ese carnet con esa fecha en el padrón vigente, con su lugar; una consulta por índice."""
    return (
        FilaDePadron.objects.select_related("lugar__padre")
        .filter(
            padron__estado=Padron.Estado.VIGENTE,
            padron__municipio__codigo=settings.MUNICIPIO,
            padron__sello=sello_de_la_clave(),
            llave=llave_de_padron(ci, nacimiento),
        )
        .first()
    )


def padron_de_otb(otb: Area) -> PadronDeOrganizacion | None:
    """El padrón en uso de la organización de esa OTB; None si no tiene, está suspendida o se cargó con otra clave."""
    return (
        PadronDeOrganizacion.objects.vigentes()
        .select_related("organizacion")
        .filter(organizacion__area=otb, organizacion__estado__in=Organizacion.ACTUAN, sello=sello_de_la_clave())
        .first()
    )


def esta_en_padron_de_organizacion(padron: PadronDeOrganizacion, ci: Ci, nacimiento: datetime.date) -> bool:
    llave = llave_de_padron_de_organizacion(padron.organizacion_id, ci, nacimiento)
    return FilaDePadronDeOrganizacion.objects.filter(padron=padron, llave=llave).exists()


def directiva_que_confirma(otb: Area) -> Organizacion | None:
    """La organización de esa OTB si hoy alguien puede actuar por ella."""
    en_curso = Mandato.objects.vigentes().values("organizacion")
    return Organizacion.objects.filter(area=otb, estado__in=Organizacion.ACTUAN, pk__in=en_curso).first()


def pedidos_para(organizaciones: Iterable[Organizacion], usuario: Usuario) -> QuerySet[PedidoDeConfirmacion]:
    """Pedidos que esperan a la directiva de esas organizaciones, menos los propios, del más antiguo al más nuevo."""
    return (
        PedidoDeConfirmacion.objects.pendientes()
        .filter(organizacion__in=list(organizaciones))
        .exclude(usuario=usuario)
        .select_related("usuario", "organizacion")
    )


def situacion_de(usuario: Usuario) -> dict[str, Any]:
    """En qué está la verificación de una persona: pedido pendiente, revisión abierta e historia propia."""
    return {
        "pedido": PedidoDeConfirmacion.objects.pendientes()
        .select_related("organizacion")
        .filter(usuario=usuario)
        .first(),
        "en_revision": ConflictoDeIdentidad.objects.abiertos()
        .filter(segunda=usuario, razon=ConflictoDeIdentidad.Razon.MISMO_CARNET)
        .exists(),
        "historia": list(Verificacion.objects.filter(cuenta=usuario).select_related("lugar")[:5]),
        "tiene_identidad": Verificacion.objects.filter(
            cuenta=usuario, termino__isnull=True, identidad__isnull=False
        ).exists(),
    }


# --- Totales ---------------------------------------------------------------------------------------------------------
def con_rotulos(cuentas: Mapping[str, int]) -> dict[str, int]:
    """{código de modo: cuántas} -> {rótulo: cuántas}."""
    sumas: Counter[str] = Counter()
    for codigo, cuantas in cuentas.items():
        sumas[rotulo_de(codigo)] += cuantas
    return dict(sumas)


def totales_publicos(cuentas: Mapping[str, int]) -> list[tuple[str, int]]:
    """(rótulo, cuántas) por modo de verificar, sin celdas chicas (ver reglas_identidad.agrupar_totales)."""
    return agrupar_totales(con_rotulos(cuentas))


def verificadas_de(usuarios: Any) -> list[tuple[str, int]]:
    """Totales públicos de unas personas (subconsulta de sus claves) según cómo están verificadas hoy: una consulta."""
    filas = Residencia.objects.filter(usuario__in=usuarios).values_list("metodo").annotate(Count("pk")).order_by()
    return totales_publicos(dict(filas))


def habilitadas_por_modo(distrito: Area | None = None) -> list[tuple[str, int]]:
    """Cuántas personas pueden votar hoy, por modo de verificar, en este municipio o en un distrito: una consulta.

    Las papeletas son por distrito: quien vive en una OTB que no está en ninguno no se cuenta.
    """
    residencias = Residencia.objects.habilitadas()
    if distrito is not None:
        residencias = residencias.filter(distrito=distrito)
    else:
        residencias = residencias.filter(distrito__municipio__codigo=settings.MUNICIPIO)
    return totales_publicos(dict(residencias.values_list("metodo").annotate(Count("pk")).order_by()))


def cifras_de_verificacion() -> dict[str, Any]:
    """Para la trastienda, sin juntar celdas: por distrito, cuántas por modo y cuántas faltan. Dos consultas."""
    en_distrito = Q(distrito__municipio__codigo=settings.MUNICIPIO)
    sin_distrito = Q(distrito__isnull=True, otb__municipio__codigo=settings.MUNICIPIO)
    columnas = [*OPCIONES, ("", SIN_METODO.capitalize())]
    filas: list[dict[str, Any]] = []
    for distrito, nivel, metodo, cuantas in (
        Residencia.objects.filter(en_distrito | sin_distrito)
        .order_by(F("distrito__orden").asc(nulls_last=True), "distrito__nombre")
        .values_list("distrito__nombre", "nivel", "metodo")
        .annotate(Count("pk"))
    ):
        if not filas or filas[-1]["distrito"] != (distrito or SIN_DISTRITO):
            filas.append({"distrito": distrito or SIN_DISTRITO, "cuentas": Counter(), "identidad": 0, "declaradas": 0})
        if nivel == Residencia.Nivel.VERIFICADA:
            filas[-1]["cuentas"][metodo] += cuantas
        else:
            filas[-1]["identidad" if nivel == Residencia.Nivel.IDENTIDAD else "declaradas"] += cuantas
    for fila in filas:
        fila["por_modo"] = [fila["cuentas"][codigo] for codigo, _ in columnas]
        fila["verificadas"] = sum(fila["por_modo"])
    return {
        "columnas": [rotulo for _, rotulo in columnas],
        "filas": filas,
        "total": [sum(fila["por_modo"][i] for fila in filas) for i in range(len(columnas))],
        "verificadas": sum(fila["verificadas"] for fila in filas),
        "identidad": sum(fila["identidad"] for fila in filas),
        "declaradas": sum(fila["declaradas"] for fila in filas),
    }


def coincidencias(padron: Padron) -> int:
    """Cuántas cuentas están hoy verificadas con el padrón (o con Ciudadanía Digital y él)."""
    return Verificacion.objects.filter(
        Q(metodo="padron") | Q(metodo="ciudadania_digital", lugar__isnull=False),
        termino__isnull=True,
        momento__gte=padron.momento,
    ).count()
