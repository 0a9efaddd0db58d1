"""Quién ve un reporte y qué puede hacer con él. No cambia nada."""

from typing import Any

from django.http import Http404

from civic.cuentas.roles import Rol
from mapas.reportes.models import Reporte
from mapas.reportes.reglas import CIUDADANIA, UNIDAD, VENTANILLA, Estado, siguientes

# Cargos que reciben reportes de otras personas y cargos que los atienden.
RECIBEN = (Rol.VENTANILLA, Rol.JEFATURA_UNIDAD)
ATIENDEN = (Rol.JEFATURA_UNIDAD,)
REGISTRAN_POR_OTROS = (Rol.VENTANILLA, Rol.PROMOTORA)


def reporte_o_404(usuario: Any, codigo: str) -> Reporte:
    """El reporte de ese código; el oculto solo existe para quien lo envió y para quien atiende."""
    reporte = Reporte.objects.completos().filter(codigo=codigo).first()
    if reporte is None or (reporte.oculto and not (es_autor(usuario, reporte) or atiende(usuario))):
        raise Http404("No hay ese reporte.")
    return reporte


def es_autor(usuario: Any, reporte: Reporte) -> bool:
    return usuario.is_authenticated and reporte.autor_id == usuario.pk


def atiende(usuario: Any) -> bool:
    """Si trabaja con reportes: los recibe o los atiende."""
    return usuario.is_authenticated and usuario.tiene_rol(*RECIBEN)


def ve_la_foto(usuario: Any, reporte: Reporte) -> bool:
    """La foto se publica cuando el municipio revisa el reporte; antes la ven quien la subió y quien atiende."""
    return reporte.foto is not None and (reporte.foto.publica or es_autor(usuario, reporte) or atiende(usuario))


def calidades_de(usuario: Any, reporte: Reporte) -> frozenset[str]:
    """En qué calidades puede mover este reporte (ver reglas)."""
    calidades = set()
    if not usuario.is_authenticated:
        return frozenset()
    if usuario.tiene_rol(*RECIBEN):
        calidades.add(VENTANILLA)
    if usuario.tiene_rol(*ATIENDEN):
        calidades.add(UNIDAD)
    if es_autor(usuario, reporte):
        calidades.add(CIUDADANIA)
    return frozenset(calidades)


def movimientos_de(usuario: Any, reporte: Reporte) -> list[str]:
    """Estados a los que esta persona puede mover el reporte desde la trastienda.

    Confirmar y reabrir se hacen en la página pública, y vincular a una obra desde la obra.
    """
    calidades = calidades_de(usuario, reporte) - {CIUDADANIA}
    return [estado for estado in siguientes(reporte.estado, calidades) if estado != Estado.VINCULADO]


def puede_responder_si_quedo_bien(usuario: Any, reporte: Reporte) -> bool:
    """Si puede confirmar o reabrir: lo envió y está resuelto."""
    return es_autor(usuario, reporte) and reporte.estado == Estado.RESUELTO


def registra_por_otros(usuario: Any) -> bool:
    """Si recibe reportes de gente sin internet y dice por qué canal llegaron."""
    return usuario.is_authenticated and usuario.tiene_rol(*REGISTRAN_POR_OTROS)
