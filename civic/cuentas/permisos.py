"""Quién puede qué en cuentas. No cambia nada."""

from typing import Any

from django.http import Http404
from django.utils import timezone

from civic.comun.models import Suceso
from civic.cuentas.metodos import LISTA, PROMOTORA, VENTANILLA
from civic.cuentas.models import (
    ConflictoDeIdentidad,
    Organizacion,
    PedidoDeConfirmacion,
    Residencia,
    Usuario,
    Verificacion,
)
from civic.cuentas.roles import Rol, roles_con_llave

# Dar estos roles es dar las llaves de la casa: solo la administración técnica (superusuario).
ROLES_RESERVADOS = (Rol.ADMINISTRACION, Rol.AUDITORIA)


def residencia_verificada(usuario: Any) -> Residencia | None:
    """La residencia de la persona si ya se verificó; None si no entró, no la declaró o falta verificarla."""
    if not getattr(usuario, "is_authenticated", False):
        return None
    residencia = usuario.residencia_o_nada
    return residencia if residencia is not None and residencia.esta_verificada else None


def organizaciones_de(usuario: Any) -> list[Organizacion]:
    """Organizaciones por las que la persona puede actuar hoy: con mandato en curso y sin suspensión."""
    if not getattr(usuario, "is_authenticated", False):
        return []
    vistas: dict[int, Organizacion] = {}
    for mandato in usuario.mandatos_vigentes:
        organizacion = mandato.organizacion
        if organizacion.estado in Organizacion.ACTUAN:
            vistas.setdefault(organizacion.pk, organizacion)
    return list(vistas.values())


def puede_actuar_por(usuario: Any, organizacion: Organizacion | None) -> bool:
    """Si hoy la persona integra la directiva de esa organización. Pregunta a la base: el mandato termina con su fecha.

    No usa `mandatos_vigentes` porque esa lista se guarda por pedido y una conexión en vivo dura más que un día.
    """
    if organizacion is None or not getattr(usuario, "is_authenticated", False):
        return False
    return (
        usuario.is_active
        and usuario.mandatos.vigentes(timezone.localdate())
        .filter(organizacion=organizacion, organizacion__estado__in=Organizacion.ACTUAN)
        .exists()
    )


def organizacion_o_404(slug: str) -> Organizacion:
    """La organización pública de esa dirección; las solicitadas y en revisión no existen para el público."""
    organizacion = Organizacion.objects.visibles().select_related("distrito", "area").filter(slug=slug).first()
    if organizacion is None:
        raise Http404("No hay esa organización.")
    return organizacion


def puede_verificar(usuario: Any, residencia: Residencia) -> bool:
    """Verifica en la trastienda quien tiene permiso sobre residencias, en su distrito, y nunca la suya."""
    return (
        usuario.has_perm("cuentas.change_residencia")
        and residencia.usuario_id != usuario.pk
        and atiende_en(usuario, residencia.distrito_id)
    )


def atiende_en(usuario: Any, distrito_id: int) -> bool:
    """Si verifica personas de ese distrito: por un rol sin distrito, o por uno de ese distrito."""
    alcance = donde_atiende(usuario)
    return None in alcance or distrito_id in alcance


def donde_atiende(usuario: Any) -> set[int | None]:
    """Los distritos en los que verifica; con None adentro, todo el municipio."""
    if usuario.is_superuser:
        return {None}
    roles = PROMOTORA.roles | VENTANILLA.roles
    return set(usuario.asignaciones.vigentes().filter(rol__in=roles).values_list("distrito", flat=True))


def creo_la_cuenta(usuario: Any, persona: Usuario) -> bool:
    """Si `usuario` abrió esa cuenta desde la trastienda: entonces la verifica otra persona."""
    return (
        Suceso.objects.de(persona)
        .filter(verbo="administrar_cuenta", actor=usuario, texto__startswith="La administración creó")
        .exists()
    )


def puede_responder(usuario: Any, pedido: PedidoDeConfirmacion) -> bool:
    """Responde un pedido quien integra hoy la directiva de esa organización, nunca por sí misma."""
    return pedido.usuario_id != usuario.pk and puede_actuar_por(usuario, pedido.organizacion)


def puede_revocar(usuario: Any, residencia: Residencia) -> bool:
    """Anula una verificación quien atiende ese distrito, o la directiva si fue ella quien la confirmó."""
    if puede_verificar(usuario, residencia):
        return True
    if residencia.metodo != LISTA.codigo or residencia.otb_id is None or residencia.usuario_id == usuario.pk:
        return False
    return puede_actuar_por(usuario, Organizacion.objects.filter(area=residencia.otb_id).first())


def puede_resolver(usuario: Any, conflicto: ConflictoDeIdentidad) -> bool:
    """Resuelve un conflicto quien tiene permiso y no es parte: ni una de las cuentas, ni quien verificó a una."""
    if not usuario.has_perm("cuentas.change_conflictodeidentidad"):
        return False
    if usuario.pk in (conflicto.primera_id, conflicto.segunda_id, conflicto.actor_segunda_id):
        return False
    return not Verificacion.objects.filter(identidad=conflicto.identidad_id, actor=usuario).exists()


def es_personal(usuario: Usuario) -> bool:
    """Si la cuenta abre la trastienda: administración técnica, o un rol con permisos (de hoy o de otra fecha)."""
    sin_llaves = set(Rol.values) - roles_con_llave()
    return (
        usuario.is_superuser
        or usuario.user_permissions.exists()
        or usuario.groups.exclude(name__in=sin_llaves).exists()
        or usuario.asignaciones.exclude(rol__in=sin_llaves).exists()
    )


def puede_administrar_cuenta(usuario: Any, otra: Usuario) -> bool:
    """Si puede cambiar la cuenta de otra persona. Las cuentas del personal solo las toca la administración técnica."""
    if usuario.is_superuser:
        return True
    return usuario.has_perm("cuentas.change_usuario") and usuario.pk != otra.pk and not es_personal(otra)


def puede_asignar(usuario: Any, rol: str) -> bool:
    """Si puede dar o quitar ese rol a otra persona."""
    if usuario.is_superuser:
        return True
    return usuario.has_perm("cuentas.add_asignacionrol") and rol not in ROLES_RESERVADOS
