"""Lo que espera en la trastienda por quien entra."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from civic.cuentas.models import Organizacion, Residencia
from civic.cuentas.roles import Cosa, limitar
from civic.debate.permisos import comentarios_en_trastienda
from mapas.reportes.models import Reporte
from mapas.reportes.reglas import Estado as EstadoDeReporte
from propuestas.models import Propuesta
from propuestas.reglas import Estado as EstadoDePropuesta
from votaciones.models import Votacion


@dataclass(frozen=True)
class Pendiente:
    """Algo que espera en la trastienda: cuántos, qué son y la lista donde se atienden (nombre de URL y filtro)."""

    cuantos: int
    texto: str
    ruta: str
    filtro: str = ""
    urge: bool = False


def lo_que_espera(usuario: Any, ahora: datetime.datetime | None = None) -> list[Pendiente]:
    """Lo que espera por `usuario` según sus permisos; solo lo que hay, lo vencido primero."""
    ahora = ahora or timezone.now()
    hoy = timezone.localdate(ahora)
    posibles: list[tuple[str, QuerySet[Any], str, str, str, bool]] = [
        (
            "reportes.change_reporte",
            limitar(usuario, "A", Cosa.REPORTES, Reporte.objects.vencidos(hoy)),
            "reportes pasados de su plazo",
            "reporte:index",
            "",
            True,
        ),
        (
            "votaciones.change_votacion",
            Votacion.objects.sin_cerrar().filter(cierra__lte=ahora),
            "votaciones que ya deben cerrarse",
            "votaciones_admin:index",
            "?estado=abierta",
            True,
        ),
        (
            "propuestas.view_propuesta",
            limitar(usuario, "A", Cosa.PROPUESTAS, Propuesta.objects.filter(estado=EstadoDePropuesta.ENVIADA)),
            "propuestas enviadas, por publicar",
            "propuestas_admin:index",
            "?estado=enviada",
            False,
        ),
        (
            "propuestas.view_propuesta",
            limitar(usuario, "C", Cosa.VIABILIDAD, Propuesta.objects.filter(estado=EstadoDePropuesta.EN_EVALUACION)),
            "propuestas por evaluar",
            "propuestas_admin:index",
            "?estado=en_evaluacion",
            False,
        ),
        (
            "reportes.change_reporte",
            limitar(usuario, "A", Cosa.REPORTES, Reporte.objects.filter(estado=EstadoDeReporte.RECIBIDO)),
            "reportes por asignar",
            "reporte:index",
            "?estado=recibido",
            False,
        ),
        (
            "votaciones.change_votacion",
            Votacion.objects.filter(estado=Votacion.Estado.CERRADA),
            "votaciones por contar",
            "votaciones_admin:index",
            "?estado=cerrada",
            False,
        ),
        (
            "cuentas.change_residencia",
            Residencia.objects.filter(nivel=Residencia.Nivel.DECLARADA),
            "residencias por verificar",
            "residencias:index",
            "?nivel=declarada",
            False,
        ),
        (
            "cuentas.change_organizacion",
            Organizacion.objects.filter(estado__in=(Organizacion.Estado.SOLICITADA, Organizacion.Estado.EN_REVISION)),
            "organizaciones que pidieron registro",
            "organizaciones_trastienda:index",
            "?estado=solicitada",
            False,
        ),
        (
            "debate.change_comentario",
            comentarios_en_trastienda(usuario).visibles().filter(momento__gte=ahora - datetime.timedelta(days=1)),
            "comentarios de las últimas 24 horas",
            "comentarios:index",
            "",
            False,
        ),
    ]
    pendientes = [
        Pendiente(consulta.count(), texto, ruta, filtro, urge)
        for permiso, consulta, texto, ruta, filtro, urge in posibles
        if usuario.has_perm(permiso)
    ]
    return [pendiente for pendiente in pendientes if pendiente.cuantos]
