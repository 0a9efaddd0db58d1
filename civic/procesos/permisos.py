"""Qué permite la fase de ahora y a quién le toca cada cosa.

`permite` y `exigir_fase` son el momento del acto: releen el proceso y sus fases de la base, nunca lo que se cargó antes
de esperar un candado, y miran el reloj en ese instante.
"""

import json
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.cuentas.roles import Rol
from civic.procesos import consultas, reglas
from civic.procesos.models import Fase, Proceso


def _de_nuevo(proceso_id: int) -> Proceso:
    return Proceso.objects.con_fases().get(pk=proceso_id)


def _permite(proceso_id: int, accion: str, ahora: datetime) -> bool:
    """Lo mismo que `consultas.permite`, leído de la base en este instante y en una sola consulta, escrita a mano.

    Se pregunta en cada comentario, apoyo, reporte y voto: armarla con el ORM costaba más que responderla.
    """
    nombre, fecha = connection.ops.quote_name, connection.ops.adapt_datetimefield_value
    tablas = [nombre(modelo._meta.db_table) for modelo in (Fase, Proceso)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.tipo, f.actos, p.publicado, p.estado, p.motivo_estado FROM {} f "  # noqa: S608
            "JOIN {} p ON p.id = f.proceso_id "
            "WHERE f.proceso_id = %s AND f.inicio <= %s AND f.fin > %s".format(*tablas),
            [proceso_id, fecha(ahora), fecha(ahora)],
        )
        vigentes = cursor.fetchall()
    return any(
        accion in reglas.actos_de(Fase(tipo=tipo, actos=json.loads(actos) if isinstance(actos, str) else actos))
        and not reglas.por_que_esta_cerrado(bool(publicado), estado, motivo)
        for tipo, actos, publicado, estado, motivo in vigentes
    )


def permite(proceso: Proceso, accion: str, ahora: datetime | None = None) -> bool:
    return _permite(proceso.pk, accion, ahora or timezone.now())


def por_que_no(proceso: Proceso, accion: str, ahora: datetime | None = None) -> str:
    return consultas.por_que_no(_de_nuevo(proceso.pk), accion, ahora or timezone.now())


def impedimento(proceso: Proceso, accion: str, ahora: datetime | None = None) -> str:
    """Por qué ahora no se puede `accion`, o vacío si se puede."""
    return consultas.impedimento(_de_nuevo(proceso.pk), accion, ahora)


def impedimento_en(proceso_id: int, accion: str) -> str:
    """Lo mismo sin tener el proceso cargado."""
    return consultas.impedimento(_de_nuevo(proceso_id), accion)


def exigir_fase(proceso: Proceso, accion: str, ahora: datetime | None = None) -> None:
    """Lanza ReglaIncumplida, con la fase actual y la fecha en que se abre, si ahora no se puede."""
    proceso = _de_nuevo(proceso.pk)
    ahora = ahora or timezone.now()
    if not consultas.permite(proceso, accion, ahora):
        raise ReglaIncumplida(consultas.por_que_no(proceso, accion, ahora))


# --- Quién ----------------------------------------------------------------------------------------------------------
def _tiene(usuario: Any, rol: str) -> bool:
    return rol in getattr(usuario, "roles_vigentes", ())


def puede_planificar(usuario: Any) -> bool:
    """Los techos y la marcha de un proceso son de Planificación; la administración técnica no los toca."""
    return _tiene(usuario, Rol.PLANIFICACION)


def puede_aprobar_techos(usuario: Any) -> bool:
    return _tiene(usuario, Rol.CONCEJO)


def exigir_planificar(usuario: Any, que: str) -> None:
    """Lanza ReglaIncumplida si no le toca. `None` es el propio sistema (órdenes y carga de la demo)."""
    if usuario is not None and not puede_planificar(usuario):
        raise ReglaIncumplida(f"{que} le toca a Planificación POA.")


def exigir_aprobar_techos(usuario: Any) -> None:
    if not puede_aprobar_techos(usuario):
        raise ReglaIncumplida("Aprobar techos le toca al Concejo municipal.")


def calidad_de(usuario: Any) -> str:
    """En qué calidad firma quien cambia un proceso: su cargo público, nunca su nombre."""
    if usuario is None:
        return ""
    if puede_planificar(usuario):
        return str(Rol.PLANIFICACION.label)
    return next((str(rol.label) for rol in Rol if _tiene(usuario, rol)), "Municipio")
