"""Lecturas de actas: contenido, quórum, saldos, línea de vida y listas. No cambia nada."""

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import timezone

from civic.comun.bitacora import historia
from civic.comun.calendario import habiles_hasta
from civic.comun.models import Suceso
from civic.comun.texto import para_buscar
from civic.cuentas.models import Organizacion
from civic.procesos.consultas import SECTOR_DE, techo_de
from civic.procesos.models import Proceso
from mapas.territorio.models import Area
from propuestas.models import Propuesta, PropuestaQuerySet
from propuestas.reglas import Estado as EstadoDePropuesta
from votaciones.actas.models import (
    Acta,
    ActaQuerySet,
    Envio,
    ObservacionDeActa,
    PdfFirmado,
    ReglamentoDeActas,
    Renglon,
)
from votaciones.actas.reglas import asamblea, contenido, vida
from votaciones.actas.reglas.asamblea import Saldo

# Lo que una asamblea puede priorizar: demandas públicas que siguen en camino.
PALABRAS_MAXIMO = 8
PRIORIZABLES = (
    EstadoDePropuesta.PUBLICADA.value,
    EstadoDePropuesta.PRIORIZADA_OTB.value,
    EstadoDePropuesta.EN_EVALUACION.value,
    EstadoDePropuesta.OBSERVADA.value,
    EstadoDePropuesta.VIABLE.value,
)


# --- Reglamento, techos y quórum -------------------------------------------------------------------------------------
def reglamento_de(proceso: Proceso) -> ReglamentoDeActas:
    """El del proceso, o uno sin guardar con los valores de siempre."""
    guardado = ReglamentoDeActas.objects.filter(proceso=proceso).first()
    return guardado or ReglamentoDeActas(proceso=proceso)


def techo_para(
    proceso: Proceso, organizacion: Organizacion | None, distrito: Area | None, reglamento: ReglamentoDeActas
) -> Decimal | None:
    """Con cuánto cuenta esa asamblea, en Bs: el techo por organización o, si no, el de su distrito y sector."""
    if organizacion is not None and reglamento.techo_por_organizacion is not None:
        return reglamento.techo_por_organizacion
    if distrito is None:
        return None
    if organizacion is None:
        return techo_de(proceso, distrito)
    montos = [techo_de(proceso, distrito, sector=sector) for sector in ("", SECTOR_DE[organizacion.clase])]
    conocidos = [monto for monto in montos if monto is not None]
    return sum(conocidos, Decimal(0)) if conocidos else None


def saldo_de(acta: Acta, reglamento: ReglamentoDeActas | None = None) -> Saldo:
    """Lo priorizado frente al techo: esta acta y las otras vivas de la misma organización (o del mismo ampliado)."""
    reglamento = reglamento or reglamento_de(acta.proceso)
    return Saldo(
        de_esta=_suma(Renglon.objects.filter(acta=acta)),
        de_otras=priorizado_en_otras(acta),
        techo=techo_para(acta.proceso, acta.organizacion, acta.distrito, reglamento),
    )


def priorizado_en_otras(acta: Acta) -> Decimal:
    """Bs de las otras actas que gastan el mismo techo. Lo que esta enmienda no cuenta: lo reemplaza."""
    otras = (
        Acta.objects.vivas().filter(proceso=acta.proceso_id).exclude(pk__in=[acta.pk or 0, acta.enmienda_de_id or 0])
    )
    if acta.organizacion_id is not None:
        otras = otras.filter(organizacion=acta.organizacion_id)
    else:
        otras = otras.filter(organizacion__isnull=True, distrito=acta.distrito_id)
    # Una aprobada y la enmienda que se está haciendo no se suman dos veces: cuenta la aprobada hasta que cambie.
    otras = otras.exclude(enmienda_de__estado=vida.Estado.APROBADA.value)
    return _suma(Renglon.objects.filter(acta__in=otras))


def _suma(renglones: Any) -> Decimal:
    return renglones.order_by().aggregate(suma=Sum("monto"))["suma"] or Decimal(0)


def hay_quorum(acta: Acta, reglamento: ReglamentoDeActas) -> bool:
    porciento = reglamento.quorum_de(acta.convocatoria)
    return (acta.presentes or 0) >= asamblea.quorum_minimo(acta.habilitados or 0, porciento)


def quorum_en_palabras(acta: Acta, reglamento: ReglamentoDeActas) -> str:
    if not acta.presentes or not acta.habilitados:
        return "Falta la asistencia."
    porciento = reglamento.quorum_de(acta.convocatoria)
    return asamblea.quorum_en_palabras(acta.presentes, acta.habilitados, porciento, acta.convocatoria)


# --- Contenido -------------------------------------------------------------------------------------------------------
def contenido_de(acta: Acta, renglones: Sequence[Renglon], reglamento: ReglamentoDeActas) -> contenido.Contenido:
    """Lo que se firma: todo lo que el acta dice, en datos llanos. De él sale la huella."""
    total = sum((renglon.monto or Decimal(0) for renglon in renglones), Decimal(0))
    porciento = reglamento.quorum_de(acta.convocatoria)
    return {
        "version": 1,
        "numero": acta.numero,
        "gestion": acta.proceso.gestion,
        "proceso": acta.proceso.nombre,
        "tipo": acta.get_tipo_display(),
        "organizacion": str(acta.organizacion or ""),
        "distrito": str(acta.distrito or ""),
        "enmienda_de": acta.enmienda_de.numero if acta.enmienda_de else "",
        "fecha": acta.fecha.isoformat() if acta.fecha else "",
        "lugar": acta.lugar,
        "convocatoria": acta.get_convocatoria_display(),
        "idioma": acta.get_idioma_display(),
        "habilitados": acta.habilitados,
        "presentes": acta.presentes,
        "mujeres": acta.mujeres,
        "hombres": acta.hombres,
        "quorum_minimo": asamblea.quorum_minimo(acta.habilitados or 0, porciento),
        "hay_quorum": hay_quorum(acta, reglamento),
        "forma": acta.get_forma_display(),
        "acuerdo": acta.acuerdo,
        "proyectos": [
            {
                "orden": renglon.orden,
                "propuesta": (renglon.propuesta.codigo or "") if renglon.propuesta else "",
                "descripcion": renglon.descripcion,
                "monto": "" if renglon.monto is None else f"{renglon.monto:.2f}",
                "a_favor": renglon.a_favor,
                "en_contra": renglon.en_contra,
                "abstenciones": renglon.abstenciones,
            }
            for renglon in renglones
        ],
        "total": f"{total:.2f}",
        "firmantes": list(acta.firmantes),
    }


def renglones_de(acta: Acta) -> list[Renglon]:
    return list(Renglon.objects.filter(acta=acta).select_related("propuesta").order_by("orden"))


def lo_que_falta(acta: Acta, renglones: Sequence[Renglon]) -> list[str]:
    """Lo que falta o no cuadra para firmarla, en palabras."""
    faltas = asamblea.faltas_de_asamblea(
        fecha=acta.fecha,
        hoy=timezone.localdate(),
        lugar=acta.lugar,
        habilitados=acta.habilitados,
        presentes=acta.presentes,
        mujeres=acta.mujeres,
        hombres=acta.hombres,
        firmantes=acta.firmantes,
    )
    llanos = [renglon_llano(renglon) for renglon in renglones]
    return [frase for _, frase in faltas] + asamblea.faltas_de_renglones(llanos, acta.presentes)


def renglon_llano(renglon: Renglon) -> asamblea.Renglon:
    return asamblea.Renglon(
        renglon.descripcion,
        renglon.monto,
        renglon.a_favor,
        renglon.en_contra,
        renglon.abstenciones,
        renglon.propuesta_id,
    )


def priorizables(organizacion: Organizacion | None, distrito: Area | None) -> PropuestaQuerySet:
    """Las propuestas del catálogo que esa asamblea puede priorizar: las de su lugar, o las de su distrito."""
    abiertas = Propuesta.objects.filter(estado__in=PRIORIZABLES).order_by("titulo", "pk")
    if organizacion is None:
        return abiertas.filter(distrito=distrito)  # type: ignore[return-value]
    suyas = Q(organizacion=organizacion)
    if organizacion.area_id is not None:
        suyas |= Q(otb=organizacion.area_id)
    return abiertas.filter(suyas)  # type: ignore[return-value]


def elegibles_para(acta: Acta | None, organizacion: Organizacion | None, distrito: Area | None) -> PropuestaQuerySet:
    """Las priorizables y las que el acta (o la que enmienda) ya tiene, aunque hayan avanzado."""
    claves = set(priorizables(organizacion, distrito).values_list("pk", flat=True))
    if acta is not None:
        actas = [acta.pk, acta.enmienda_de_id]
        claves |= set(Renglon.objects.filter(acta__in=[pk for pk in actas if pk]).values_list("propuesta", flat=True))
    return Propuesta.objects.filter(pk__in=claves - {None}).order_by("titulo", "pk")  # type: ignore[return-value]


# --- Comprobar -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Comprobacion:
    """Lo que se sabe de un código: de qué acta es, si es la última firmada y si lo guardado sigue igual."""

    huella: str
    acta: Acta | None
    vigente: bool
    integra: bool


def comprobar(escrito: str) -> Comprobacion | None:
    """Busca un código escrito o escaneado entre lo firmado que es público; None si ahí no hay ningún código."""
    huella = contenido.leer_codigo(escrito)
    if not huella:
        return None
    acta = Acta.objects.publicas().con_lugar().filter(huella=huella).first()
    if acta is not None:
        return Comprobacion(huella, acta, vigente=acta.estado in vida.VIVAS, integra=esta_integra(acta))
    anterior = Acta.objects.publicas().con_lugar().filter(pk__in=_con_esa_firma(huella)).first()
    return Comprobacion(huella, anterior, vigente=False, integra=anterior is not None)


def _con_esa_firma(huella: str) -> list[int]:
    """Actas que alguna vez se firmaron con esa huella, según la bitácora."""
    tipo = Acta._meta.label_lower
    firmas = Suceso.objects.filter(objeto_tipo=tipo, verbo="mover", hasta=vida.Estado.FIRMADA.value)
    return list(firmas.filter(datos__despues__huella=huella).values_list("objeto_id", flat=True)[:1])


def esta_integra(acta: Acta) -> bool:
    """Si lo guardado sigue siendo lo que se firmó: el texto da su huella y las filas dan el mismo texto."""
    if contenido.huella_de(acta.contenido) != acta.huella:
        return False
    firmado = json.loads(acta.contenido)
    hoy = contenido_de(acta, renglones_de(acta), reglamento_de(acta.proceso))
    # Los nombres de lugares y del proceso, y el quórum exigido, pueden cambiar después sin que el acta cambie.
    propias = {"numero", "proyectos", "total", *contenido.NOMBRES}
    return {clave: firmado.get(clave) for clave in propias} == {clave: hoy.get(clave) for clave in propias}


def texto_del_codigo(acta: Acta) -> str:
    return contenido.texto_del_codigo(acta.numero, acta.huella, direccion_de_comprobar())


# --- Página ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class QueSigue:
    """Qué pasa ahora con el acta, en palabras, y hasta cuándo."""

    texto: str
    hasta: datetime.date | None = None
    quedan: int = 0


def que_sigue(acta: Acta) -> QueSigue:
    """Lo que viene, según su estado y la fecha de hoy. El plazo lo decide el reloj en este momento."""
    hoy = timezone.localdate()
    if acta.estado == vida.Estado.EN_OBSERVACION and acta.observable_hasta is not None:
        if hoy <= acta.observable_hasta:
            quedan = habiles_hasta(hoy, acta.observable_hasta, settings.FERIADOS_LOCALES)
            return QueSigue("Quien vive ahí puede observarla hasta el", acta.observable_hasta, quedan)
        return QueSigue(
            "El plazo para observarla terminó. Planificación responde lo observado y la valida o la observa."
        )
    return QueSigue(acta.ficha.sigue)


def observaciones_de(acta: Acta) -> list[ObservacionDeActa]:
    """Las que se le hicieron, sin cargar quién: su nombre no es público."""
    return list(ObservacionDeActa.objects.filter(acta=acta).defer("autor"))


def se_observa_hoy(acta: Acta) -> bool:
    return (
        acta.estado == vida.Estado.EN_OBSERVACION
        and acta.observable_hasta is not None
        and timezone.localdate() <= acta.observable_hasta
    )


def sucesos_de(acta: Acta) -> Any:
    return historia(acta)


# --- Listas ----------------------------------------------------------------------------------------------------------
def lista(
    *,
    q: str = "",
    proceso: Proceso | None = None,
    distrito: Area | None = None,
    estado: str = "",
    tipo: str = "",
    organizacion: Organizacion | None = None,
) -> ActaQuerySet:
    """Actas públicas con su total, de la más nueva a la más vieja."""
    actas = Acta.objects.publicas().con_lugar().con_total().order_by("-fecha", "-pk")
    filtros: dict[str, Any] = {
        "proceso": proceso,
        "distrito": distrito,
        "estado": estado,
        "tipo": tipo,
        "organizacion": organizacion,
    }
    actas = actas.filter(**{campo: valor for campo, valor in filtros.items() if valor})
    return buscar(actas, q)


def buscar(actas: Any, texto: str) -> Any:
    """Las que dicen todas esas palabras en su número, su lugar, su organización o su distrito, sin mirar acentos."""
    for palabra in texto.split()[:PALABRAS_MAXIMO]:
        llana = para_buscar(palabra)
        # Son pocos cientos y se comparan en memoria, porque SQLite no quita acentos.
        nombres = Organizacion.objects.filter(actas_de_asamblea__in=actas).distinct().values_list("pk", "nombre")
        actas = actas.filter(
            Q(numero__icontains=palabra)
            | Q(lugar__icontains=palabra)
            | Q(organizacion__in=[pk for pk, nombre in nombres if llana and llana in para_buscar(nombre)])
            | Q(distrito__in=Area.objects.distritos().que_dicen(palabra))
            | Q(huella__startswith=palabra.lower())
        )
    return actas


def que_hago(usuario: Any) -> ActaQuerySet:
    """Las que escribió esa persona y todavía no son públicas."""
    return (
        Acta.objects.con_lugar()
        .filter(creada_por=usuario, publicada__isnull=True)
        .exclude(estado=vida.Estado.ANULADA.value)
        .order_by("-cambiada")
    )


def seccion_de_organizacion(organizacion: Organizacion) -> dict[str, Any] | None:
    """Para la página de una organización: sus últimas actas públicas, con su total. Una consulta."""
    suyas = Acta.objects.publicas().filter(organizacion=organizacion).con_lugar().con_total()
    actas = list(suyas.order_by("-fecha", "-pk")[:4])
    return {"actas": actas} if actas else None


def contenido_a_la_vista(acta: Acta) -> tuple[contenido.Contenido, str]:
    """Lo que el acta dice y su huella: lo firmado, o lo que se firmaría si todavía es un borrador."""
    if acta.contenido:
        return json.loads(acta.contenido), acta.huella
    hoy = contenido_de(acta, renglones_de(acta), reglamento_de(acta.proceso))
    return hoy, contenido.huella_de(contenido.canonico(hoy))


def contenido_por_firmar(acta: Acta) -> tuple[contenido.Contenido, str]:
    """Lo que dirá el papel que se imprime para firmar: lo escrito ahora si se corrige; si no, lo firmado."""
    if acta.estado not in vida.EDITABLES:
        return contenido_a_la_vista(acta)
    hoy = contenido_de(acta, renglones_de(acta), reglamento_de(acta.proceso))
    return hoy, contenido.huella_de(contenido.canonico(hoy))


def direccion_de_comprobar() -> str:
    return f"{settings.URL_PUBLICA}{reverse('actas:comprobar')}"


def todos_los_sucesos_de(acta: Acta) -> Any:
    """También los que todavía no son públicos, para quien la hace o la revisa."""
    return Suceso.objects.de(acta)


def firmados_de(acta: Acta) -> list[PdfFirmado]:
    return list(PdfFirmado.objects.filter(acta=acta).defer("subido_por"))


def cambios_de_la_enmienda(acta: Acta) -> list[tuple[str, str, str]]:
    """Qué cambia esta acta en la que enmienda: (qué, decía, dice)."""
    if acta.enmienda_de is None or not acta.enmienda_de.contenido:
        return []
    return contenido.diferencias(json.loads(acta.enmienda_de.contenido), contenido_a_la_vista(acta)[0])


def enmienda_publica_de(acta: Acta) -> Acta | None:
    """El acta pública que la enmienda, si hay una."""
    enmiendas = Acta.objects.publicas().filter(enmienda_de=acta).exclude(estado=vida.Estado.ANULADA.value)
    return enmiendas.first()


def contenido_de_envio(envio: Envio) -> contenido.Contenido:
    """Lo que diría el acta si se eligiera ese envío, sin guardar nada."""
    datos, acta = envio.datos, envio.acta
    copia = Acta(
        numero=acta.numero,
        proceso=acta.proceso,
        tipo=acta.tipo,
        organizacion=acta.organizacion,
        distrito=acta.distrito,
        enmienda_de=acta.enmienda_de,
        **datos["campos"],
    )
    copia.fecha = datetime.date.fromisoformat(datos["campos"]["fecha"]) if datos["campos"].get("fecha") else None
    catalogo = Propuesta.objects.in_bulk([p["propuesta"] for p in datos["proyectos"] if p["propuesta"]])
    renglones = []
    for orden, proyecto in enumerate(datos["proyectos"], start=1):
        propuesta = catalogo.get(proyecto["propuesta"])
        renglones.append(
            Renglon(
                orden=orden,
                propuesta=propuesta,
                descripcion=proyecto["descripcion"] or (propuesta.titulo if propuesta else ""),
                monto=Decimal(proyecto["monto"]) if proyecto["monto"] else None,
                a_favor=proyecto["a_favor"],
                en_contra=proyecto["en_contra"],
                abstenciones=proyecto["abstenciones"],
            )
        )
    return contenido_de(copia, renglones, reglamento_de(acta.proceso))
