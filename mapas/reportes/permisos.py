"""Quién ve un reporte y qué puede hacer con él. No cambia nada."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from civic.cuentas.roles import Cosa, Rol, limitar, puede
from mapas.reportes import consultas
from mapas.reportes.models import Reporte, ReporteQuerySet
from mapas.reportes.reglas import CIUDADANIA, FINALES, MOVIMIENTOS, UNIDAD, VENTANILLA, Estado, siguientes

# Cargos que reciben reportes de otras personas y cargos que los atienden.
RECIBEN = (Rol.VENTANILLA, Rol.JEFATURA_UNIDAD)
ATIENDEN = (Rol.JEFATURA_UNIDAD,)
MIRADA = "Leyó el reporte completo, con quién lo envió y el lugar exacto."
REGISTRAN_POR_OTROS = (Rol.VENTANILLA, Rol.PROMOTORA)


def reporte_o_404(usuario: Any, codigo: str) -> Reporte:
    """El reporte de ese código; el oculto solo existe para quien lo envió y para quien atiende."""
    reporte = Reporte.objects.completos().filter(codigo=codigo).first()
    if reporte is None or (reporte.oculto and not (es_autor(usuario, reporte) or lee(usuario, reporte))):
        raise Http404("No hay ese reporte.")
    return reporte


def es_autor(usuario: Any, reporte: Reporte) -> bool:
    return usuario.is_authenticated and reporte.autor_id == usuario.pk


def lee(usuario: Any, reporte: Reporte) -> bool:
    """Si su cargo lee lo no público de ese reporte."""
    return puede(usuario, "R", Cosa.REPORTES, reporte)


def atiende(usuario: Any, reporte: Reporte | None = None) -> bool:
    """Si trabaja con reportes (con ese, si se da): los recibe o los atiende."""
    return puede(usuario, "A", Cosa.REPORTES, reporte)


def visibles_en_trastienda(usuario: Any) -> ReporteQuerySet:
    """Los reportes hasta donde alcanza el cargo de quien mira."""
    return limitar(usuario, "R", Cosa.REPORTES, Reporte.objects.completos())  # type: ignore[return-value]


def en_trastienda_o_404(usuario: Any, pk: Any) -> Reporte:
    """El reporte para la trastienda; de otro distrito o unidad es como si no existiera."""
    reporte = visibles_en_trastienda(usuario).filter(pk=pk).first()
    if reporte is None:
        raise Http404("No hay ese reporte.")
    return reporte


def ve_la_foto(usuario: Any, reporte: Reporte) -> bool:
    """La foto se publica cuando el municipio revisa el reporte; antes la ven quien la subió y quien atiende."""
    return reporte.foto is not None and (reporte.foto.publica or es_autor(usuario, reporte) or lee(usuario, reporte))


def calidades_de(usuario: Any, reporte: Reporte) -> frozenset[str]:
    """En qué calidades puede mover este reporte (ver reglas)."""
    if es_autor(usuario, reporte):
        return frozenset({CIUDADANIA})  # nadie atiende ni cierra lo que reportó
    calidades = set()
    if puede(usuario, "A", Cosa.REPORTES, reporte, solo=RECIBEN):
        calidades.add(VENTANILLA)
    if puede(usuario, "A", Cosa.REPORTES, reporte, solo=ATIENDEN):
        calidades.add(UNIDAD)
    return frozenset(calidades)


def por_que_no_mueve(usuario: Any, reporte: Reporte, hacia: str) -> str:
    """Frase que dice por qué a esa persona no le toca ese movimiento por ser parte; vacía si puede. No mira su cargo.

    Quien reportó no lo atiende; quien lo anotó por otra persona no lo da por terminado; quien lo resolvió no lo cierra
    en lugar de la ciudadanía.
    """
    if es_autor(usuario, reporte):
        return "Nadie atiende lo que reportó. Le toca a otra persona del equipo."
    if hacia in FINALES and consultas.quien(reporte, "recibir") == usuario.pk:
        return "Tú lo registraste: darlo por terminado le toca a otra persona."
    if hacia == Estado.CERRADO and consultas.quien(reporte, "mover", hasta=Estado.RESUELTO) == usuario.pk:
        return "Tú lo resolviste: cerrarlo sin respuesta de la gente le toca a otra persona."
    return ""


def movimientos_de(usuario: Any, reporte: Reporte) -> list[str]:
    """Estados a los que esta persona puede mover el reporte desde la trastienda.

    Confirmar y reabrir se hacen en la página pública, y vincular a una obra desde la obra.
    """
    return [
        estado for estado in movimientos_por_cargo(usuario, reporte) if not por_que_no_mueve(usuario, reporte, estado)
    ]


def movimientos_por_cargo(usuario: Any, reporte: Reporte) -> list[str]:
    """Los que le permite su cargo, sin mirar la bitácora: para las listas, que preguntan por cada renglón."""
    calidades = calidades_de(usuario, reporte) - {CIUDADANIA}
    return [estado for estado in siguientes(reporte.estado, calidades) if estado != Estado.VINCULADO]


def asignables(usuario: Any) -> QuerySet[Reporte]:
    """Los que puede pasar a «Asignado»."""
    desde = [estado for estado, hacia in MOVIMIENTOS.items() if Estado.ASIGNADO in hacia]
    filas = Reporte.objects.select_related("categoria", "distrito").filter(estado__in=desde).exclude(autor=usuario)
    return limitar(usuario, "A", Cosa.REPORTES, filas)


def puede_responder_si_quedo_bien(usuario: Any, reporte: Reporte) -> bool:
    """Si puede confirmar o reabrir: lo envió y está resuelto."""
    return es_autor(usuario, reporte) and reporte.estado == Estado.RESUELTO


def registra_por_otros(usuario: Any) -> bool:
    """Si recibe reportes de gente sin internet y dice por qué canal llegaron."""
    return any(puede(usuario, "C", Cosa.REPORTES, solo=[rol]) for rol in REGISTRAN_POR_OTROS)
