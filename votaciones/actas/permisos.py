"""Quién ve un acta, quién la hace, quién la observa y quién la decide. No cambia nada."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from civic.cuentas.models import Mandato, Organizacion
from civic.cuentas.permisos import calidad_de, puede_actuar_por, residencia_verificada
from civic.cuentas.roles import Cosa, Rol, limitar, puede
from civic.procesos.models import Proceso
from mapas.territorio.models import Area
from votaciones.actas import consultas
from votaciones.actas.models import Acta, ActaQuerySet, Envio, ObservacionDeActa
from votaciones.actas.reglas import vida
from votaciones.actas.reglas.vida import PLANIFICACION, QUIEN_LA_HACE, Estado

MIRADA = "Leyó un acta con sus papeles, que no son públicos."
_NO_ESTA = "No hay esa acta."
HACEN = (Rol.PRESIDENCIA_DISTRITO, Rol.PROMOTORA)


# --- Ver -------------------------------------------------------------------------------------------------------------
def acta_o_404(usuario: Any, numero: str) -> Acta:
    """El acta, si es pública o quien mira la hace o la revisa; para las demás personas no existe."""
    acta = Acta.objects.con_lugar().filter(numero=numero).first()
    if acta is None or not puede_ver(usuario, acta):
        raise Http404(_NO_ESTA)
    return acta


def puede_ver(usuario: Any, acta: Acta) -> bool:
    return acta.es_publica or la_hace(usuario, acta) or lee(usuario, acta)


def lee(usuario: Any, acta: Acta | None = None) -> bool:
    """Si su cargo lee lo no público de esa acta."""
    return puede(usuario, "R", Cosa.ACTAS, acta)


def ve_el_papel(usuario: Any, acta: Acta) -> bool:
    """Las hojas llevan nombres y firmas: las ven quienes la hacen y quienes la revisan."""
    return la_hace(usuario, acta) or lee(usuario, acta)


def visibles_en_trastienda(usuario: Any) -> ActaQuerySet:
    return limitar(usuario, "R", Cosa.ACTAS, Acta.objects.con_lugar().con_total(), unidad="")  # type: ignore[return-value]


def en_trastienda_o_404(usuario: Any, pk: Any) -> Acta:
    acta = visibles_en_trastienda(usuario).filter(pk=pk).first()
    if acta is None:
        raise Http404(_NO_ESTA)
    return acta


# --- Hacer -----------------------------------------------------------------------------------------------------------
def la_hace(usuario: Any, acta: Acta) -> bool:
    """Si puede corregirla y firmarla: quien la escribió, la directiva de hoy o la presidencia de su distrito."""
    if not getattr(usuario, "is_authenticated", False) or not usuario.is_active:
        return False
    if acta.organizacion is not None and puede_actuar_por(usuario, acta.organizacion):
        return True
    if puede(usuario, "E", Cosa.ACTAS, acta, solo=HACEN) and not usuario.es_tecnica:
        return True
    return acta.creada_por_id == usuario.pk and hace_en(usuario, acta.organizacion, acta.distrito)


def hace_en(usuario: Any, organizacion: Organizacion | None, distrito: Area | None) -> bool:
    """Si hoy puede hacer el acta de esa organización, o del ampliado de ese distrito."""
    if not getattr(usuario, "is_authenticated", False) or not usuario.is_active:
        return False
    if organizacion is not None and puede_actuar_por(usuario, organizacion):
        return True
    if usuario.es_tecnica:
        return False  # la administración técnica no habla por ninguna asamblea
    return puede(usuario, "C", Cosa.ACTAS, _Lugar(distrito), solo=HACEN)


class _Lugar:
    """Lo que `roles.puede` mide de algo que todavía no existe."""

    unidad = ""

    def __init__(self, distrito: Area | None) -> None:
        self.distrito_id = distrito.pk if distrito else None


def organizaciones_para_acta(usuario: Any) -> QuerySet[Organizacion]:
    """Las organizaciones de las que puede hacer un acta."""
    actuan = Organizacion.objects.filter(estado__in=Organizacion.ACTUAN).select_related("distrito", "area")
    if not getattr(usuario, "is_authenticated", False):
        return actuan.none()
    propias = actuan.filter(pk__in=Mandato.objects.vigentes().filter(usuario=usuario).values("organizacion"))
    if usuario.es_tecnica:
        return propias
    return propias | limitar(usuario, "C", Cosa.ACTAS, actuan, unidad="")


def distritos_para_acta(usuario: Any) -> QuerySet[Area]:
    """Los distritos de los que puede hacer un acta de ampliado."""
    todos = Area.objects.distritos().de_este_municipio()
    if not getattr(usuario, "is_authenticated", False) or usuario.es_tecnica:
        return todos.none()
    return limitar(usuario, "C", Cosa.ACTAS, todos, distrito="pk", unidad="")


def hace_actas(usuario: Any) -> bool:
    return organizaciones_para_acta(usuario).exists() or distritos_para_acta(usuario).exists()


def calidad_para(usuario: Any, organizacion: Organizacion | None, distrito: Area | None) -> str:
    """En qué calidad actúa: «Presidencia de OTB Molle», «Presidencia de distrito · Distrito 1»… o su cargo público."""
    if organizacion is not None and puede_actuar_por(usuario, organizacion):
        return calidad_de(usuario, organizacion)
    for rol in (*HACEN, Rol.PLANIFICACION):
        if rol in usuario.roles_vigentes:
            lugar = f" · {distrito}" if distrito is not None and rol in HACEN else ""
            return f"{rol.label}{lugar}"[:120]
    return "Administración técnica" if usuario.es_tecnica else ""


def editable_o_404(usuario: Any, numero: str) -> Acta:
    """El acta para corregirla; 403 si la ve pero no le toca, o si ya no se corrige."""
    acta = acta_o_404(usuario, numero)
    if not la_hace(usuario, acta):
        raise PermissionDenied("El acta la corrige quien la escribió, su directiva o la presidencia de su distrito.")
    if acta.estado not in vida.EDITABLES:
        raise PermissionDenied(f"El acta está «{acta.ficha.etiqueta}»: ya no se corrige. {acta.ficha.sigue}")
    return acta


# --- Decidir ---------------------------------------------------------------------------------------------------------
def es_parte(usuario: Any, acta: Acta) -> bool:
    """Si no puede decidir sobre ella: la escribió, la firmó, o integra la directiva de esa organización."""
    if usuario.pk in (acta.creada_por_id, acta.firmada_por_id):
        return True
    if Envio.objects.filter(acta=acta, autor=usuario.pk).exists():
        return True
    if acta.organizacion_id is None:
        return False
    return usuario.mandatos.por_cumplir().filter(organizacion=acta.organizacion_id).exists()


def decide(usuario: Any, acta: Acta | None = None) -> bool:
    """Si su cargo la revisa, valida y aprueba. Ser parte lo mira la acción, con su frase."""
    if getattr(usuario, "es_tecnica", False) and Rol.PLANIFICACION not in usuario.roles_vigentes:
        return False  # la administración técnica no valida ni aprueba asambleas
    return puede(usuario, "A", Cosa.ACTAS, acta, solo=[Rol.PLANIFICACION])


def quienes_es(usuario: Any, acta: Acta) -> frozenset[str]:
    """Con qué calidades de la tabla de pasos puede moverla."""
    quienes = set()
    if la_hace(usuario, acta):
        quienes.add(QUIEN_LA_HACE)
    if decide(usuario, acta):
        quienes.add(PLANIFICACION)
    return frozenset(quienes)


def pasos_de(usuario: Any, acta: Acta) -> list[str]:
    """Estados a los que puede llevarla su calidad; si además se cumple lo que exigen, lo dice la acción."""
    posibles = vida.siguientes(acta.estado, quienes_es(usuario, acta))
    if decide(usuario, acta) and es_parte(usuario, acta):
        posibles = [
            hacia for hacia in posibles if vida.PASOS[Estado(acta.estado), Estado(hacia)].quien == QUIEN_LA_HACE
        ]
    if acta.validada_por_id == usuario.pk and Estado.APROBADA.value in posibles:
        posibles.remove(Estado.APROBADA.value)
    return posibles


def elegibles_para(usuario: Any, hacia: str) -> ActaQuerySet:
    """Las actas que esa persona puede llevar a ese estado (falta lo que exija el paso)."""
    desde = [str(uno) for (uno, otro), paso in vida.PASOS.items() if otro == hacia and paso.quien == PLANIFICACION]
    actas = limitar(usuario, "A", Cosa.ACTAS, Acta.objects.con_lugar().filter(estado__in=desde), unidad="")
    actas = actas.exclude(Q(creada_por=usuario) | Q(firmada_por=usuario))
    return actas.exclude(validada_por=usuario) if hacia == Estado.APROBADA else actas  # type: ignore[return-value]


# --- Observar --------------------------------------------------------------------------------------------------------
def por_que_no_observa(usuario: Any, acta: Acta) -> str:
    """Frase que dice por qué no puede observarla ahora; vacía si puede."""
    if not consultas.se_observa_hoy(acta):
        return "El plazo para observar esta acta no está abierto."
    if not getattr(usuario, "is_authenticated", False):
        return "Para observarla entra con tu cuenta."
    if es_parte(usuario, acta):
        return "Tú la hiciste o integras esa directiva: corrígela en lugar de observarla."
    if not calidad_de_base(usuario, acta):
        return f"Observan esta acta las personas de {acta.de_quien} con su residencia verificada y el control social."
    if ObservacionDeActa.objects.filter(acta=acta, autor=usuario, huella_del_acta=acta.huella).exists():
        return "Ya la observaste. Planificación responde antes de validarla."
    return ""


def calidad_de_base(usuario: Any, acta: Acta) -> str:
    """En qué calidad puede observarla: vecina o vecino del lugar, o control social; vacía si ninguna."""
    if usuario.tiene_rol(Rol.CONTROL_SOCIAL) and not usuario.es_tecnica:
        return str(Rol.CONTROL_SOCIAL.label)
    residencia = residencia_verificada(usuario)
    if residencia is None:
        return ""
    area = acta.organizacion.area_id if acta.organizacion else None
    aqui = acta.distrito_id is not None and residencia.distrito_id == acta.distrito_id
    es_de_ahi = residencia.otb_id == area if area is not None else aqui
    return f"Persona verificada de {acta.de_quien}"[:120] if es_de_ahi else ""


def puede_elegir(usuario: Any, acta: Acta) -> bool:
    """Entre dos envíos de la misma asamblea elige quien la hace, mientras se pueda corregir."""
    return acta.estado in vida.EDITABLES and la_hace(usuario, acta)


def procesos_con_actas() -> list[Proceso]:
    """Procesos de presupuesto publicados y en marcha: los que reciben actas."""
    abiertos = Proceso.objects.publicados().filter(tipo=Proceso.Tipo.PRESUPUESTO, estado=Proceso.Estado.EN_MARCHA)
    return list(abiertos.order_by("-gestion", "nombre"))
