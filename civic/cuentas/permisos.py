"""Quién puede qué en cuentas. No cambia nada."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from civic.comun.models import Suceso
from civic.cuentas import reglas_organizaciones as reglas
from civic.cuentas.metodos import LISTA, PADRON_DE_ORGANIZACION, PROMOTORA, VENTANILLA
from civic.cuentas.models import (
    ActaDeDirectiva,
    ConflictoDeIdentidad,
    Mandato,
    ObservacionDeRegistro,
    Organizacion,
    PedidoDeConfirmacion,
    Residencia,
    Usuario,
    Verificacion,
)
from civic.cuentas.roles import PERMISOS, Rol, roles_con_llave

DE_LA_DIRECTIVA = (LISTA.codigo, PADRON_DE_ORGANIZACION.codigo)
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


def mandato_para_actuar(usuario: Any, organizacion: Organizacion) -> Mandato | None:
    """El mandato con el que la persona actúa hoy por esa organización (el primero si tiene varios), o None.

    Pregunta a la base cada vez: dentro de la transacción del acto dice lo que vale en ese momento.
    """
    if not puede_actuar_por(usuario, organizacion):
        return None
    return usuario.mandatos.vigentes().filter(organizacion=organizacion).order_by("desde", "pk").first()


def calidad_de(usuario: Any, organizacion: Organizacion | None) -> str:
    """En qué calidad actúa por la organización: «Presidencia de OTB Molle»; vacío si actúa por sí misma.

    Sin cargo hoy (lo que hace el sistema por una propuesta suya) queda solo el nombre de la organización.
    """
    if organizacion is None:
        return ""
    mandato = mandato_para_actuar(usuario, organizacion) if usuario is not None else None
    return (f"{mandato.cargo} de {organizacion}" if mandato else str(organizacion))[:120]


def organizacion_o_404(slug: str) -> Organizacion:
    """La organización pública de esa dirección; las solicitadas y en revisión no existen para el público."""
    consulta = Organizacion.objects.visibles().con_estado_de_hoy().select_related("distrito", "area")
    organizacion = consulta.filter(slug=slug).first()
    if organizacion is None:
        raise Http404("No hay esa organización.")
    return organizacion


def alcance_de(usuario: Any, permiso: str = "cuentas.view_organizacion") -> frozenset[int] | None:
    """En qué distritos vale hoy ese permiso: None, en todo el municipio; un conjunto vacío, en ninguno.

    Vale en los distritos de los roles que lo dan en la tabla; si alguno de esos roles no dice distrito, o si el permiso
    le viene de otro lado, en todo el municipio.
    """
    if not getattr(usuario, "is_authenticated", False) or not usuario.is_active:
        return frozenset()
    if usuario.es_tecnica:
        return None
    aplicacion, _, codigo = permiso.partition(".")
    verbo, _, modelo = codigo.partition("_")
    lo_dan = [rol for rol, tabla in PERMISOS.items() if verbo in tabla.get(f"{aplicacion}.{modelo}", ())]
    distritos = set(usuario.asignaciones_en_uso.filter(rol__in=lo_dan).values_list("distrito", flat=True))
    if not distritos:
        return None if usuario.has_perm(permiso) else frozenset()
    return None if None in distritos else frozenset(distritos)


def alcanza(usuario: Any, distrito_id: int | None, permiso: str = "cuentas.change_organizacion") -> bool:
    """Si ese permiso de la persona vale hoy en ese distrito; sin distrito, solo vale el de todo el municipio."""
    alcance = alcance_de(usuario, permiso)
    return alcance is None or distrito_id in alcance


def roles_en(usuario: Any, distrito_id: int | None) -> set[str]:
    """Roles que la persona ejerce hoy en ese distrito: los de todo el municipio y los limitados a él."""
    en_todo_o_aqui = Q(distrito__isnull=True) | Q(distrito=distrito_id)
    return set(usuario.asignaciones_en_uso.filter(en_todo_o_aqui).values_list("rol", flat=True))


def cargo_en(usuario: Usuario | None, distrito_id: int | None) -> str:
    """Nombre del cargo público con el que actúa en ese distrito, para la bitácora; vacío si no tiene ninguno."""
    if usuario is None:
        return ""
    roles = roles_en(usuario, distrito_id)
    sin_rol = "Administración técnica" if usuario.es_tecnica else ""
    return next((str(rol.label) for rol in Rol if rol in PERMISOS and rol in roles), sin_rol)


def puede_mover(usuario: Any, organizacion: Organizacion, hacia: str) -> bool:
    """Si su rol de hoy, en ese distrito, da ese paso de la tabla de estados."""
    roles = reglas.mueven(organizacion.estado, hacia)
    if usuario.es_tecnica:
        return bool(roles)
    return usuario.is_active and bool(roles & roles_en(usuario, organizacion.distrito_id))


def es_parte(usuario: Any, organizacion: Organizacion) -> bool:
    """Si no puede decidir sobre ella: la registró, presentó un acta suya, figura en una o integra su directiva."""
    if organizacion.registrada_por_id == usuario.pk:
        return True
    if usuario.mandatos.por_cumplir().filter(organizacion=organizacion).exists():
        return True
    actas = ActaDeDirectiva.objects.filter(organizacion=organizacion).exclude(estado=ActaDeDirectiva.Estado.RECHAZADA)
    figura = Q(cargos__usuario=usuario.pk) | Q(cargos__usuario_escrito__iexact=usuario.username)
    return actas.filter(Q(registrada_por=usuario.pk) | figura).exists()


def puede_presentar_acta(usuario: Any, organizacion: Organizacion) -> bool:
    """Presenta el acta quien la dirige o la solicitó; si está acéfala, quien vive en su distrito; o ventanilla."""
    if not getattr(usuario, "is_authenticated", False) or not usuario.is_active:
        return False
    if organizacion.estado == Organizacion.Estado.SUSPENDIDA:
        return False
    if usuario.mandatos.vigentes().filter(organizacion=organizacion).exists():
        return True
    if alcanza(usuario, organizacion.distrito_id, "cuentas.add_actadedirectiva"):
        return True
    if organizacion.estado in (*Organizacion.EN_TRAMITE, Organizacion.Estado.PUBLICADA):
        return organizacion.registrada_por_id == usuario.pk
    if organizacion.mandatos.vigentes().exists():  # type: ignore[attr-defined]
        return False
    residencia = residencia_verificada(usuario)
    return residencia is not None and residencia.distrito_id == organizacion.distrito_id


def puede_tramitar(usuario: Any, organizacion: Organizacion) -> bool:
    """Ve y corrige los datos de contacto: quien la solicitó mientras se tramita, y su directiva de hoy."""
    if not getattr(usuario, "is_authenticated", False) or not usuario.is_active:
        return False
    if organizacion.registrada_por_id == usuario.pk and organizacion.vigente_desde is None:
        return True
    return usuario.mandatos.vigentes().filter(organizacion=organizacion).exists()


def tramite_o_404(usuario: Any, slug: str) -> Organizacion:
    """La organización para quien la tramita o la dirige; para las demás personas no existe."""
    consulta = Organizacion.objects.con_estado_de_hoy().select_related("distrito", "area", "area_pedida")
    organizacion = consulta.filter(slug=slug).first()
    if organizacion is None or not puede_tramitar(usuario, organizacion):
        raise Http404("No hay esa organización.")
    return organizacion


def dirigida_o_404(usuario: Any, slug: str) -> Organizacion:
    """La organización por la que la persona puede actuar hoy; para las demás no existe."""
    organizacion = Organizacion.objects.select_related("distrito", "area__padre").filter(slug=slug).first()
    if organizacion is None or not puede_actuar_por(usuario, organizacion):
        raise Http404("No hay esa organización.")
    return organizacion


def para_presentar_acta_o_404(usuario: Any, slug: str) -> Organizacion:
    """La organización a la que la persona puede presentar un acta. 403 si la ve pero no le toca."""
    organizacion = Organizacion.objects.select_related("distrito").filter(slug=slug).first()
    if organizacion is None:
        raise Http404("No hay esa organización.")
    if puede_presentar_acta(usuario, organizacion):
        return organizacion
    if not Organizacion.objects.visibles().filter(pk=organizacion.pk).exists():
        raise Http404("No hay esa organización.")
    raise PermissionDenied(
        "El acta la presenta su directiva. Si no tiene, cualquier vecina o vecino del distrito con su residencia "
        "verificada, o la ventanilla de atención ciudadana."
    )


def por_que_no_observa(usuario: Any, organizacion: Organizacion) -> str:
    """Frase que dice por qué no puede observar el registro ahora; vacía si puede."""
    if organizacion.estado != Organizacion.Estado.PUBLICADA or organizacion.observable_hasta is None:
        return "El registro de esta organización no está abierto a observaciones."
    if timezone.localdate() > organizacion.observable_hasta:
        return "El plazo para observar ya terminó. Puedes avisar en la ventanilla de atención ciudadana."
    residencia = residencia_verificada(usuario)
    if residencia is None or residencia.distrito_id != organizacion.distrito_id:
        return (
            f"Observan aquí las personas {organizacion.de_donde} con su residencia verificada. "
            "Si sabes algo, avisa en la ventanilla de atención ciudadana."
        )
    if es_parte(usuario, organizacion):
        return "Tú la registraste o figuras en su directiva: corrígela en lugar de observarla."
    return ""


def puede_decidir(usuario: Any, organizacion: Organizacion) -> bool:
    """Si resuelve sus actas y observaciones: permiso en su distrito y no ser parte."""
    return alcanza(usuario, organizacion.distrito_id) and not es_parte(usuario, organizacion)


def puede_revisar_acta(usuario: Any, acta: ActaDeDirectiva) -> bool:
    """Si puede confirmar o rechazar el acta: permiso en su distrito, y no haberla presentado ni ser parte."""
    organizacion = acta.organizacion
    if not alcanza(usuario, organizacion.distrito_id, "cuentas.change_actadedirectiva"):
        return False
    return acta.registrada_por_id != usuario.pk and not _figura_en(usuario, acta) and not _dirige(usuario, organizacion)


def _figura_en(usuario: Any, acta: ActaDeDirectiva) -> bool:
    escrita = Q(usuario=usuario.pk) | Q(usuario_escrito__iexact=usuario.username)
    return acta.cargos.filter(escrita).exists()  # type: ignore[attr-defined]


def _dirige(usuario: Any, organizacion: Organizacion) -> bool:
    return usuario.mandatos.por_cumplir().filter(organizacion=organizacion).exists()


def puede_moderar_observacion(usuario: Any, observacion: ObservacionDeRegistro) -> bool:
    return alcanza(usuario, observacion.organizacion.distrito_id, "cuentas.change_observacionderegistro")


def acta_o_404(usuario: Any, pk: int) -> ActaDeDirectiva:
    """El acta, si quien mira puede abrir su escaneo; para las demás personas no existe."""
    acta = ActaDeDirectiva.objects.select_related("organizacion__distrito", "escaneo").filter(pk=pk).first()
    if acta is None or not puede_ver_escaneo(usuario, acta):
        raise Http404("No hay esa acta.")
    return acta


def escaneo_es_publico(acta: ActaDeDirectiva) -> bool:
    """Si el acta está confirmada, se marcó pública y su organización se ve."""
    organizacion = acta.organizacion
    visible = organizacion.estado in Organizacion.VISIBLES and not organizacion.reservada
    return acta.escaneo_publico and acta.estado == ActaDeDirectiva.Estado.CONFIRMADA and visible


def puede_ver_escaneo(usuario: Any, acta: ActaDeDirectiva) -> bool:
    """Lo ve quien lo presentó, la directiva de hoy, el personal con permiso en ese distrito; o todos si es público."""
    if escaneo_es_publico(acta):
        return True
    if not getattr(usuario, "is_authenticated", False) or not usuario.is_active:
        return False
    return (
        acta.registrada_por_id == usuario.pk
        or usuario.mandatos.vigentes().filter(organizacion=acta.organizacion_id).exists()
        or mira_por_su_cargo(usuario, acta)
    )


def mira_por_su_cargo(usuario: Any, acta: ActaDeDirectiva) -> bool:
    """Si lo que le deja ver el escaneo es su trabajo, y por eso se anota."""
    if escaneo_es_publico(acta) or acta.registrada_por_id == usuario.pk:
        return False
    if usuario.mandatos.vigentes().filter(organizacion=acta.organizacion_id).exists():
        return False
    return alcanza(usuario, acta.organizacion.distrito_id, "cuentas.view_actadedirectiva")


def puede_verificar(usuario: Any, residencia: Residencia) -> bool:
    """Verifica en la trastienda quien tiene permiso sobre residencias, en su distrito, y nunca la suya."""
    return (
        usuario.has_perm("cuentas.change_residencia")
        and residencia.usuario_id != usuario.pk
        and atiende_en(usuario, residencia.distrito_id)
    )


def atiende_en(usuario: Any, distrito_id: int | None) -> bool:
    """Si verifica personas de ese distrito (None: de ninguno): por un rol sin distrito, o por uno de ese distrito."""
    alcance = donde_atiende(usuario)
    return None in alcance or distrito_id in alcance


def donde_atiende(usuario: Any) -> set[int | None]:
    """Los distritos en los que verifica; con None adentro, todo el municipio."""
    if usuario.es_tecnica:
        return {None}
    roles = PROMOTORA.roles | VENTANILLA.roles
    return set(usuario.asignaciones_en_uso.filter(rol__in=roles).values_list("distrito", flat=True))


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
    """Anula una verificación quien atiende ese distrito, o la directiva si fue ella, o su padrón, quien la confirmó."""
    if puede_verificar(usuario, residencia):
        return True
    if residencia.metodo not in DE_LA_DIRECTIVA or residencia.otb_id is None or residencia.usuario_id == usuario.pk:
        return False
    return puede_actuar_por(usuario, Organizacion.objects.filter(area=residencia.otb_id).first())


def puede_resolver(usuario: Any, conflicto: ConflictoDeIdentidad) -> bool:
    """Resuelve un conflicto quien tiene permiso y no es parte: ni una de las cuentas, ni quien verificó a una."""
    if not usuario.has_perm("cuentas.change_conflictodeidentidad"):
        return False
    if usuario.pk in (conflicto.primera_id, conflicto.segunda_id, conflicto.actor_segunda_id):
        return False
    identidades = [pk for pk in (conflicto.identidad_id, conflicto.otra_identidad_id) if pk]
    return not Verificacion.objects.filter(identidad__in=identidades, actor=usuario).exists()


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
    if usuario.es_tecnica:
        return True
    return usuario.has_perm("cuentas.change_usuario") and usuario.pk != otra.pk and not es_personal(otra)


def puede_asignar(usuario: Any, rol: str) -> bool:
    """Si puede dar o quitar ese rol a otra persona."""
    if usuario.es_tecnica:
        return True
    return usuario.has_perm("cuentas.add_asignacionrol") and rol not in ROLES_RESERVADOS
