"""Preparar, abrir y cerrar una votación.

Reciben `ahora` opcional: sirve para probar el instante del cierre y para cargar votaciones pasadas en la demo.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from civic.comun.bitacora import anotar, diferencia, juntar_sucesos, retrato
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.procesos.consultas import techos_por_lugar
from civic.procesos.models import Proceso
from civic.procesos.reglas import dia
from mapas.territorio.models import Area
from propuestas.acciones import mover_propuesta
from propuestas.consultas_uniones import relaciones_entre
from propuestas.models import Propuesta
from propuestas.reglas import SISTEMA
from propuestas.reglas import Estado as EstadoDePropuesta
from votaciones import permisos
from votaciones.acciones.votar import asegurar_urna
from votaciones.consultas import libro_de
from votaciones.lotes.acciones.vida import terminar_lotes
from votaciones.lugares import ubicacion_de
from votaciones.models import Contienda, Opcion, Votacion
from votaciones.padron.acciones import congelar_padron
from votaciones.reglas import estados, libro
from votaciones.reglas.ambito import la_mas_chica_donde_cabe
from votaciones.reglas.papeleta import reglamento_de
from votaciones.urna import acciones as urna

CALIDAD = "Planificación POA"
# El tipo de papeleta y sus límites: los nombres que toma `reglamento_de`.
DE_LA_PAPELETA = ("maximo_de_obras", "minimo_de_obras", "puntos", "tope_por_obra", "puntos_por_lugar", "nota_maxima")
CORREGIBLES = ("nombre", "slug", "abre", "cierra", "regla", "minimo", "se_cambia", "tipo_de_papeleta", *DE_LA_PAPELETA)
SOLO_EN_PREPARACION = "Las papeletas ya se congelaron: no se pueden cambiar."


# --- Preparar --------------------------------------------------------------------------------------------------------
@juntar_sucesos()
def preparar_votacion(
    proceso: Proceso,
    *,
    nombre: str,
    slug: str,
    abre: datetime,
    cierra: datetime,
    regla: str = Votacion.Regla.VORAZ,
    minimo: int = 1,
    se_cambia: bool = False,
    por_sector: bool = False,
    tipo_de_papeleta: str = Votacion.TipoDePapeleta.PRESUPUESTO,
    actor: Any = None,
    **limites: Any,
) -> Votacion:
    """Crea la votación con una contienda por distrito con techo y, en cada una, sus propuestas viables.

    Con `por_sector`, una por cada sector con techo propio. Las de una OTB o de toda la ciudad se agregan después.
    `limites` son los de su tipo de papeleta, con los nombres de `reglamento_de`; los que no se dan quedan vacíos.
    """
    permisos.exigir_conducir(actor)
    papeleta = _de_la_papeleta(tipo_de_papeleta, limites)
    if cierra <= abre:
        raise ReglaIncumplida("La votación debe cerrar después de abrir.", campo="cierra")
    if Votacion.objects.filter(slug=slug).exists():
        raise ReglaIncumplida("Ya hay una votación con esa dirección. Escribe otra.", campo="slug")
    techos = techos_por_lugar(proceso, por_sector=por_sector)
    if not techos:
        raise ReglaIncumplida("Ese proceso no tiene techos por distrito. Cárgalos primero.", campo="proceso")
    votacion = Votacion.objects.create(
        proceso=proceso,
        nombre=nombre,
        slug=slug,
        abre=abre,
        cierra=cierra,
        regla=regla,
        minimo=minimo,
        se_cambia=se_cambia,
        por_sector=por_sector,
        **papeleta,
    )
    numeros: set[int] = set()
    for area, sector, monto in techos:
        numero = numero_para(area, numeros)
        numeros.add(numero)
        Contienda.objects.create(votacion=votacion, area=area, sector=sector, numero=numero, presupuesto=monto)
    anotar(
        votacion, verbo="preparar", actor=actor, calidad=CALIDAD, texto="Se preparó la votación.", publico=False,
        hasta=votacion.estado, antes={}, despues=retrato(votacion, CORREGIBLES),
    )  # fmt: skip
    agregar_opciones(votacion, actor=actor)
    return votacion


def numero_para(area: Area, usados: set[int]) -> int:
    """El del distrito, que la gente conoce; si está tomado, o el lugar no tiene, el primero libre."""
    if area.tipo == Area.Tipo.DISTRITO and area.orden and area.orden not in usados:
        return area.orden
    # Los números de los distritos quedan para ellos: los demás lugares empiezan después.
    return next(n for n in range(1 if area.tipo == Area.Tipo.DISTRITO else 101, 32_000) if n not in usados)


def _de_la_papeleta(tipo: str, limites: dict[str, Any]) -> dict[str, Any]:
    """Las columnas que dicen cómo se llena la papeleta; ReglaIncumplida si sus límites no son los de su tipo."""
    reglamento = reglamento_de(tipo, **limites)
    columnas = {nombre: getattr(reglamento, nombre) for nombre in DE_LA_PAPELETA}
    lugares = ",".join(str(puntos) for puntos in reglamento.puntos_por_lugar)
    return columnas | {"puntos_por_lugar": lugares, "tipo_de_papeleta": tipo}


@transaction.atomic
def corregir_votacion(
    votacion: Votacion,
    *,
    nombre: str,
    slug: str,
    abre: datetime,
    cierra: datetime,
    regla: str,
    minimo: int = 1,
    se_cambia: bool = False,
    por_sector: bool | None = None,
    tipo_de_papeleta: str = Votacion.TipoDePapeleta.PRESUPUESTO,
    actor: Any = None,
    **limites: Any,
) -> Votacion:
    """Cambia los datos de una votación en preparación. Una vez abierta, nada se corrige."""
    permisos.exigir_conducir(actor)
    papeleta = _de_la_papeleta(tipo_de_papeleta, limites)
    votacion = bloquear(Votacion.objects.filter(pk=votacion.pk)).get()
    if votacion.estado != Votacion.Estado.PREPARADA:
        raise ReglaIncumplida("La votación ya se abrió: sus reglas están congeladas.")
    if por_sector is not None and por_sector != votacion.por_sector:
        raise ReglaIncumplida(
            "Si cada sector decide aparte se dice al crearla: las contiendas ya están.", campo="por_sector"
        )
    retrato_anterior = retrato(votacion, CORREGIBLES)
    votacion.nombre, votacion.slug, votacion.abre, votacion.cierra = nombre, slug, abre, cierra
    votacion.regla, votacion.minimo, votacion.se_cambia = regla, minimo, se_cambia
    for campo, valor in papeleta.items():
        setattr(votacion, campo, valor)
    votacion.save(update_fields=CORREGIBLES)
    antes, despues = diferencia(retrato_anterior, retrato(votacion, CORREGIBLES))
    if despues:
        anotar(
            votacion, verbo="corregir", actor=actor, calidad=CALIDAD, texto="Se corrigieron los datos de la votación.",
            publico=False, antes=antes, despues=despues,
        )  # fmt: skip
    return votacion


@transaction.atomic
def agregar_opciones(votacion: Votacion, *, actor: Any = None) -> int:
    """Arma de nuevo las papeletas con las propuestas viables de hoy; devuelve cuántas opciones quedaron.

    Solo en preparación. Los presupuestos se toman otra vez de los techos. Cada propuesta va a la contienda más chica de
    las suyas donde cabe; una sin costo, o que no cabe en ninguna, no entra: nadie podría elegirla. Lo acordado entre
    propuestas (se excluyen, una necesita a otra) queda como condición de su contienda.
    """
    permisos.exigir_conducir(actor)
    votacion = bloquear(Votacion.objects.filter(pk=votacion.pk)).get()
    if votacion.estado != Votacion.Estado.PREPARADA:
        raise ReglaIncumplida(SOLO_EN_PREPARACION)
    techos = {
        (area.pk, sector): monto
        for area, sector, monto in techos_por_lugar(votacion.proceso, por_sector=votacion.por_sector)
    }
    antes = _papeletas_de(votacion)
    contiendas = list(bloquear(Contienda.objects.filter(votacion=votacion).select_related("area").order_by("pk")))
    for contienda in contiendas:
        contienda.presupuesto = techos.get((contienda.area_id, contienda.sector), contienda.presupuesto)
        contienda.save(update_fields=["presupuesto"])
        contienda.opciones.all().delete()
    opciones = _opciones_para(votacion, contiendas)
    Opcion.objects.bulk_create(opciones)
    condiciones = _condiciones_de(opciones)
    for contienda in contiendas:
        contienda.condiciones = condiciones.get(contienda.pk, {})
        contienda.save(update_fields=["condiciones"])
    anotar(
        votacion, verbo="armar", actor=actor, calidad=CALIDAD, publico=False, antes=antes,
        despues=_papeletas_de(votacion), texto=f"Se armaron las papeletas con {len(opciones)} obras.",
    )  # fmt: skip
    return len(opciones)


def _opciones_para(votacion: Votacion, contiendas: list[Contienda]) -> list[Opcion]:
    """Cada propuesta viable en la contienda más chica de las suyas donde cabe, numeradas por su código."""
    por_ambito = {contienda.ambito: contienda for contienda in contiendas}
    con_presupuesto = [(ambito, contienda.presupuesto) for ambito, contienda in por_ambito.items()]
    viables = (
        Propuesta.objects.filter(proceso=votacion.proceso_id, estado=EstadoDePropuesta.VIABLE.value)
        .select_related("otb", "distrito")
        .order_by("codigo", "pk")
    )
    opciones: list[Opcion] = []
    numeros = dict.fromkeys(por_ambito, 0)
    for propuesta in viables:
        costo = propuesta.monto
        ambito = la_mas_chica_donde_cabe(ubicacion_de(propuesta), costo, con_presupuesto) if costo else None
        if costo and ambito:
            numeros[ambito] += 1
            opciones.append(
                Opcion(
                    contienda=por_ambito[ambito],
                    propuesta=propuesta,
                    titulo=propuesta.titulo,
                    costo=costo,
                    numero=numeros[ambito],
                )
            )
    return opciones


def _condiciones_de(opciones: Iterable[Opcion]) -> dict[int, dict[str, list[list[int]]]]:
    """{contienda: sus condiciones por número de obra}, de las relaciones que hoy valen entre esas propuestas.

    Lanza ReglaIncumplida si hay una entre dos contiendas: cada una se cuenta aparte y no se podría cumplir.
    """
    por_propuesta = {opcion.propuesta_id: opcion for opcion in opciones}
    condiciones: dict[int, dict[str, list[list[int]]]] = {}
    for clase, parejas in relaciones_entre(opcion.propuesta for opcion in por_propuesta.values()).items():
        for una, otra in ((por_propuesta[a], por_propuesta[b]) for a, b in parejas):
            if una.contienda_id != otra.contienda_id:
                raise ReglaIncumplida(
                    f"«{una.titulo}» y «{otra.titulo}» están relacionadas y se votan en papeletas distintas. "
                    "Quiten la relación antes de armar las papeletas."
                )
            suyas = condiciones.setdefault(una.contienda_id, {"excluyentes": [], "dependencias": []})
            suyas[clase].append([una.numero, otra.numero])
    return condiciones


def _papeletas_de(votacion: Votacion) -> dict[str, Any]:
    """{número de la contienda: su presupuesto, sus obras con costo y sus condiciones}, para la bitácora."""
    papeletas: dict[str, Any] = {}
    for contienda in Contienda.objects.filter(votacion=votacion).prefetch_related("opciones__propuesta"):
        obras = {opcion.propuesta.codigo or opcion.propuesta_id: opcion.costo for opcion in contienda.opciones.all()}
        papeletas[str(contienda.numero)] = {"presupuesto": contienda.presupuesto, "obras": obras}
        if contienda.condiciones:
            papeletas[str(contienda.numero)]["condiciones"] = contienda.condiciones
    return papeletas


# --- Abrir y cerrar --------------------------------------------------------------------------------------------------
@juntar_sucesos()
def abrir_votacion(votacion: Votacion, actor: Any = None, *, ahora: datetime | None = None) -> Votacion:
    """Congela papeletas, presupuestos y padrón, publica la huella del libro y pasa las propuestas a votación."""
    permisos.exigir_conducir(actor)
    ahora = ahora or timezone.now()
    votacion = bloquear(Votacion.objects.filter(pk=votacion.pk).select_related("proceso")).get()
    estados.exigir_movimiento(votacion.estado, Votacion.Estado.ABIERTA)
    if actor is not None:
        permisos.exigir_otra_persona(permisos.por_que_no_abre(actor, votacion))
    if not votacion.proceso.publicado:
        raise ReglaIncumplida("Publica primero el proceso: la gente debe poder leerlo antes de votar.")
    if ahora >= votacion.cierra:
        raise ReglaIncumplida(f"El cierre era el {dia(votacion.cierra)}. Corrige las fechas antes de abrir.")
    opciones = _exigir_papeletas_al_dia(votacion)
    congelar_padron(votacion, actor=actor, ahora=ahora)
    votacion.libro = libro.canonico(libro_de(votacion))
    votacion.huella = libro.huella_de(votacion.libro)
    votacion.estado = Votacion.Estado.ABIERTA
    votacion.save(update_fields=["libro", "huella", "estado"])
    for opcion in opciones:
        mover_propuesta(opcion.propuesta, hacia=EstadoDePropuesta.EN_VOTACION.value, actor=actor, calidad=SISTEMA)
    anotar(
        votacion,
        verbo="abrir",
        actor=actor,
        calidad=CALIDAD,
        desde=Votacion.Estado.PREPARADA,
        hasta=Votacion.Estado.ABIERTA,
        antes={"estado": Votacion.Estado.PREPARADA, "huella": ""},
        despues={"estado": Votacion.Estado.ABIERTA, "huella": votacion.huella},
        texto=f"Se abrió la votación. Huella del libro de reglas: {votacion.huella}.",
        datos={"huella": votacion.huella},
    )
    return votacion


def _exigir_papeletas_al_dia(votacion: Votacion) -> list[Opcion]:
    """Las opciones de la votación, con sus propuestas bloqueadas para que nada cambie mientras se abre.

    Lanza ReglaIncumplida si no hay o si alguna propuesta, o lo acordado entre ellas, cambió desde que se armaron.
    """
    suyas = Opcion.objects.filter(contienda__votacion=votacion)
    list(bloquear(Propuesta.objects.filter(pk__in=suyas.values("propuesta")).only("pk").order_by("pk")))
    opciones = list(suyas.select_related("propuesta", "contienda").order_by("contienda", "numero"))
    if not opciones:
        raise ReglaIncumplida("Ninguna papeleta tiene obras viables: no hay nada que votar todavía.")
    condiciones = _condiciones_de(opciones)
    if any(opcion.contienda.condiciones != condiciones.get(opcion.contienda_id, {}) for opcion in opciones):
        raise ReglaIncumplida("Cambió qué obras se excluyen o dependen de otras. Arma de nuevo las papeletas.")
    for opcion in opciones:
        propuesta = opcion.propuesta
        if propuesta.estado != EstadoDePropuesta.VIABLE.value or propuesta.monto != opcion.costo:
            raise ReglaIncumplida(
                f"La propuesta «{propuesta.titulo}» cambió desde que se armaron las papeletas. Ármalas de nuevo."
            )
    return opciones


@transaction.atomic
def cerrar_votacion(
    votacion: Votacion, actor: Any = None, *, motivo: str = "", ahora: datetime | None = None
) -> Votacion:
    """Cierra la votación, abierta o suspendida: desde aquí no entra ni un voto más.

    Sin `actor` (el sistema) solo desde la hora anunciada; antes de esa hora hace falta Planificación y un motivo,
    que queda público.
    """
    permisos.exigir_conducir(actor)
    ahora = ahora or timezone.now()
    votacion = bloquear(Votacion.objects.filter(pk=votacion.pk)).get()
    contiendas = list(bloquear(Contienda.objects.filter(votacion=votacion).order_by("pk")))
    desde = votacion.estado
    estados.exigir_movimiento(desde, Votacion.Estado.CERRADA)
    antes_de_hora = ahora < votacion.cierra
    if antes_de_hora and actor is None:
        raise ReglaIncumplida(f"La votación cierra el {dia(votacion.cierra)}; todavía no es la hora.")
    if antes_de_hora and not motivo.strip():
        raise ReglaIncumplida(
            f"La hora anunciada es el {dia(votacion.cierra)}. Para cerrar antes, escribe el motivo: será público.",
            campo="motivo",
        )
    terminar_lotes(votacion, actor=actor, antes_de_hora=antes_de_hora)
    # Cada urna se cierra en su base: quien ya está depositando termina, los demás la encuentran cerrada. Si algo falla
    # después, se repite: una urna cerrada sigue cerrada.
    for contienda in contiendas:
        contienda.votacion = votacion
        asegurar_urna(contienda)
        urna.cerrar_urna(contienda.pk, ahora=ahora)
    votacion.estado = Votacion.Estado.CERRADA
    votacion.save(update_fields=["estado"])
    anotar(
        votacion,
        verbo="cerrar",
        actor=actor,
        calidad=CALIDAD,
        desde=desde,
        hasta=Votacion.Estado.CERRADA,
        texto="Se cerró la votación antes de la hora anunciada." if antes_de_hora else "Se cerró la votación.",
        motivo=motivo.strip(),
    )
    return votacion
