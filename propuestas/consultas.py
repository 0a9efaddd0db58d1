"""Lecturas de propuestas: la lista con filtros, puntos del mapa, cifras y datos para agregar por territorio."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Count, Sum
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from civic.comun.models import Suceso
from civic.comun.texto import para_buscar
from civic.cuentas.consultas_verificacion import verificadas_de
from civic.cuentas.models import Mandato, Organizacion
from civic.debate.consultas import contar_comentarios
from civic.procesos.consultas import fases_abiertas, por_que_esta_cerrado, por_que_no, techo_de
from civic.procesos.models import Categoria, Fase, Proceso
from civic.procesos.reglas import PROPONER, actos_de
from mapas.territorio.models import Area
from propuestas import reglas
from propuestas.models import (
    Apoyo,
    Copatrocinio,
    Dictamen,
    Documento,
    FotoDePropuesta,
    Propuesta,
    PropuestaQuerySet,
    Relacion,
)
from propuestas.reglas import FICHAS, Estado

PALABRAS_MAXIMO = 8


def clave_de_grupo(nombre: str) -> str:
    """«En evaluación» -> «grupo-en-evaluacion»: cómo se nombra un grupo de estados en una dirección."""
    return f"grupo-{slugify(nombre)}"


ESTADOS_DE_GRUPO = {
    clave_de_grupo(nombre): tuple(estado.value for estado in estados) for nombre, estados in reglas.GRUPOS.items()
}


def texto_de_busqueda(propuesta: Propuesta) -> str:
    """Lo que se compara al buscar: título, descripción, lugar y organización, sin acentos ni mayúsculas."""
    partes = [propuesta.codigo or "", propuesta.titulo, propuesta.descripcion, propuesta.referencia]
    partes += [str(parte) for parte in (propuesta.categoria, propuesta.distrito, propuesta.otb) if parte]
    if propuesta.organizacion:
        partes.append(str(propuesta.organizacion))
    return para_buscar(" ".join(partes))


def que_sigue(propuesta: Propuesta) -> str:
    """Lo que sigue según su estado; si espera una votación y su proceso está detenido, por qué no se vota."""
    detenido = por_que_esta_cerrado(propuesta.proceso) if propuesta.estado in reglas.ESPERAN_VOTACION else ""
    return detenido or propuesta.ficha.sigue


def lo_que_falta(propuesta: Propuesta) -> list[tuple[str, str]]:
    """(paso, dato) sin los que no se puede presentar; vacío si está completa."""
    return reglas.faltantes(
        titulo=propuesta.titulo,
        descripcion=propuesta.descripcion,
        con_categoria=propuesta.categoria_id is not None,
        con_distrito=propuesta.distrito_id is not None,
        monto=propuesta.monto_solicitado,
    )


def que_digan(propuestas: PropuestaQuerySet, texto: str) -> PropuestaQuerySet:
    """Las que contienen cada palabra de `texto`, en cualquier orden, sin mirar acentos ni mayúsculas."""
    for palabra in para_buscar(texto).split()[:PALABRAS_MAXIMO]:
        propuestas = propuestas.filter(busqueda__contains=palabra)
    return propuestas


def filtrar(
    *,
    texto: str = "",
    proceso: str = "",
    distrito: str = "",
    otb: str = "",
    categoria: str = "",
    estado: str = "",
    lugar: str = "",
    desde: Decimal | None = None,
    hasta: Decimal | None = None,
    orden: str = "recientes",
    organizacion: Organizacion | None = None,
) -> PropuestaQuerySet:
    """Propuestas públicas con todos los filtros a la vez, en su orden.

    `proceso` es su slug; `distrito`, `otb` y `categoria`, sus códigos; `estado`, uno de los públicos o un grupo
    (`clave_de_grupo`); `lugar`, «con» o «sin» punto en el mapa; `desde` y `hasta`, el costo que vale, en Bs. Cada
    palabra de `texto` debe aparecer, en cualquier orden. Vacío es «todas».
    """
    # Las unidas y divididas ya están en otra u otras: solo aparecen si se las pide por su estado.
    propuestas = que_digan(Propuesta.objects.publicadas() if estado else Propuesta.objects.vivas(), texto)
    if proceso:
        propuestas = propuestas.filter(proceso__slug=proceso)
    if distrito:
        propuestas = propuestas.filter(distrito__codigo=distrito)
    if categoria:
        propuestas = propuestas.filter(categoria__codigo=categoria)
    if otb:
        propuestas = propuestas.filter(otb__codigo=otb)
    if estado:
        propuestas = propuestas.en_estado(*ESTADOS_DE_GRUPO.get(estado, (estado,)))
    if lugar:
        propuestas = propuestas.filter(lon__isnull=lugar == "sin")
    if desde is not None or hasta is not None:
        propuestas = propuestas.annotate(costo=Coalesce("monto_tecnico", "monto_solicitado"))
    if desde is not None:
        propuestas = propuestas.filter(costo__gte=desde)
    if hasta is not None:
        propuestas = propuestas.filter(costo__lte=hasta)
    if organizacion is not None:
        propuestas = propuestas.de_organizacion(organizacion)
    campos = ("-apoyos_contados", "-presentada", "-pk") if orden == "apoyos" else ("-presentada", "-pk")
    return propuestas.order_by(*campos)


def en_tarjetas(claves: Iterable[int]) -> list[tuple[Propuesta, int]]:
    """Las propuestas de esas claves, en ese orden, con cuántos comentarios tiene cada una.

    Una página lejana se busca primero solo por sus claves: unir lugar, categoría y foto de todas las que se saltan
    costaba más que mostrar las veinte que se ven.
    """
    claves = list(claves)
    elegidas = Propuesta.objects.para_tarjetas().in_bulk(claves)
    return con_comentarios(elegidas[clave] for clave in claves if clave in elegidas)


def seccion_de_organizacion(organizacion: Organizacion) -> dict[str, Any]:
    """Para la página de una organización: cuántas propuestas públicas presentó y las últimas. Dos consultas."""
    suyas = Propuesta.objects.publicadas().de_organizacion(organizacion)
    return {"total": suyas.count(), "ultimas": list(suyas.order_by("-presentada", "-pk").para_tarjetas()[:5])}


def con_comentarios(propuestas: Iterable[Propuesta]) -> list[tuple[Propuesta, int]]:
    """Cada propuesta con cuántos comentarios visibles tiene su debate; dos consultas en total."""
    lista = list(propuestas)
    cuantos = contar_comentarios(propuesta.hilo_id for propuesta in lista)
    return [(propuesta, cuantos.get(propuesta.hilo_id or 0, 0)) for propuesta in lista]


def procesos_publicados() -> list[Proceso]:
    """Procesos publicados con sus fases, para el filtro y para saber si hoy se puede proponer."""
    return list(Proceso.objects.publicados().con_fases().defer("resumen", "normativa"))


def reciben_propuestas(procesos: Iterable[Proceso], ahora: datetime | None = None) -> list[tuple[Proceso, Fase]]:
    """De `procesos`, los que ahora reciben propuestas, con la fase que lo permite y más dura."""
    ahora = ahora or timezone.now()
    abiertos = []
    for proceso in procesos:
        vigentes = [fase for fase in fases_abiertas(proceso, ahora) if PROPONER in actos_de(fase)]
        if vigentes:
            abiertos.append((proceso, max(vigentes, key=lambda fase: fase.fin)))
    return abiertos


def por_que_no_se_propone(ahora: datetime | None = None) -> list[tuple[Proceso, str]]:
    """Cada proceso publicado con la frase que dice en qué fase está y cuándo se podrá (o se pudo) proponer."""
    ahora = ahora or timezone.now()
    return [(proceso, por_que_no(proceso, PROPONER, ahora)) for proceso in procesos_publicados()]


def categorias() -> list[Categoria]:
    return list(Categoria.objects.filter(activa=True))


def recientes(n: int = 3, distrito: Area | None = None) -> list[tuple[Propuesta, int]]:
    """Las `n` propuestas públicas más nuevas (de un distrito si se da), con su número de comentarios."""
    propuestas = Propuesta.objects.vivas().order_by("-presentada", "-pk").para_tarjetas()
    if distrito is not None:
        propuestas = propuestas.filter(distrito=distrito)
    return con_comentarios(propuestas[:n])


def puntos_publicos() -> list[dict[str, Any]]:
    """Propuestas públicas con punto, para el mapa: id, titulo, lon, lat (WGS84), categoria (código), estado,
    etiqueta, tono y url."""
    filas = (
        Propuesta.objects.vivas()
        .filter(lon__isnull=False, lat__isnull=False)
        .order_by("pk")
        .values_list("pk", "titulo", "lon", "lat", "categoria__codigo", "estado")
    )
    # reverse() por fila cuesta más que la consulta: la dirección solo cambia en el número.
    molde = reverse("propuestas:propuesta", args=[0])
    return [
        {
            "id": pk,
            "titulo": titulo,
            "lon": lon,
            "lat": lat,
            "categoria": categoria,
            "estado": estado,
            "etiqueta": FICHAS[estado].etiqueta,
            "tono": FICHAS[estado].tono,
            "url": molde.replace("/0/", f"/{pk}/"),
        }
        for pk, titulo, lon, lat, categoria, estado in filas
    ]


def para_agregar(proceso: Proceso | None = None) -> list[dict[str, Any]]:
    """Propuestas públicas para agregar por territorio (de un proceso si se da).

    Claves: id, distrito_codigo, otb_codigo (o None), categoria (código), monto (Bs, float; el técnico si existe, 0.0
    sin monto), apoyos, lon y lat (grados WGS84 o None).
    """
    propuestas = Propuesta.objects.vivas().order_by("pk")
    if proceso is not None:
        propuestas = propuestas.filter(proceso=proceso)
    filas = propuestas.values_list(
        *("pk", "distrito__codigo", "otb__codigo", "categoria__codigo", "monto_tecnico", "monto_solicitado"),
        *("apoyos_contados", "lon", "lat"),
    )
    return [
        {
            "id": pk,
            "distrito_codigo": distrito,
            "otb_codigo": otb,
            "categoria": categoria,
            "monto": float(tecnico or pedido or 0),
            "apoyos": apoyos,
            "lon": lon,
            "lat": lat,
        }
        for pk, distrito, otb, categoria, tecnico, pedido, apoyos, lon, lat in filas
    ]


def cifras() -> dict[str, Any]:
    """Números de participación: propuestas públicas, apoyos, personas_que_apoyaron, personas_que_propusieron,
    respondidas (con dictamen) y monto pedido en total (Decimal, Bs)."""
    totales: dict[str, Any] = Propuesta.objects.vivas().aggregate(
        propuestas=Count("pk"),
        apoyos=Sum("apoyos_contados", default=0),
        monto=Sum("monto_solicitado", default=Decimal(0)),
    )
    # Quien presentó una que se unió a otra también propuso.
    totales |= Propuesta.objects.publicadas().aggregate(personas_que_propusieron=Count("autor", distinct=True))
    # Aparte: cruzar apoyos o dictámenes en la misma consulta multiplicaría las sumas.
    # De las unidas y divididas cuentan los apoyos que se llevaron: quien después retiró el suyo, ya no.
    apoyos = Apoyo.objects.exclude(propuesta__in=Propuesta.objects.filter(estado__in=reglas.YA_SON_OTRAS))
    totales["personas_que_apoyaron"] = apoyos.aggregate(total=Count("usuario", distinct=True))["total"]
    totales["respondidas"] = Dictamen.objects.aggregate(total=Count("propuesta", distinct=True))["total"]
    return totales


def por_distrito(proceso: Proceso | None = None) -> list[dict[str, Any]]:
    """Un renglón por distrito con propuestas públicas: codigo, nombre, propuestas, apoyos y monto (Decimal, Bs)."""
    propuestas = Propuesta.objects.vivas()
    if proceso is not None:
        propuestas = propuestas.filter(proceso=proceso)
    filas = (
        propuestas.values("distrito__codigo", "distrito__nombre", "distrito__orden")
        .annotate(
            propuestas=Count("pk"), apoyos=Sum("apoyos_contados"), monto=Sum("monto_solicitado", default=Decimal(0))
        )
        .order_by("distrito__orden", "distrito__codigo")
    )
    return [
        {
            "codigo": fila["distrito__codigo"],
            "nombre": fila["distrito__nombre"],
            "propuestas": fila["propuestas"],
            "apoyos": fila["apoyos"],
            "monto": fila["monto"],
        }
        for fila in filas
    ]


@dataclass(frozen=True)
class CostoYTecho:
    """El costo que vale frente al techo de su distrito, en Bs. `techo` None: el distrito no tiene."""

    monto: Decimal | None
    techo: Decimal | None

    @property
    def pasa(self) -> bool:
        return self.monto is not None and self.techo is not None and self.monto > self.techo

    @property
    def porcentaje(self) -> int:
        """Parte del techo que ocupa, de 0 a 100, para dibujar la barra."""
        return min(100, round((self.monto or 0) * 100 / self.techo)) if self.techo else 0


def costo_y_techo(propuesta: Propuesta) -> CostoYTecho:
    techo = techo_de(propuesta.proceso, propuesta.distrito) if propuesta.distrito else None
    return CostoYTecho(propuesta.monto, techo)


def cargo_de_autor(propuesta: Propuesta) -> str:
    """Cargo que tenía en la organización quien la presentó, ese día; vacío si es en su nombre."""
    if propuesta.organizacion_id is None or propuesta.presentada is None:
        return ""
    dia = timezone.localdate(propuesta.presentada)
    mandatos = Mandato.objects.vigentes(dia).filter(organizacion=propuesta.organizacion_id, usuario=propuesta.autor_id)
    return mandatos.values_list("cargo", flat=True).first() or ""


def con_lo_que_tiene(propuestas: PropuestaQuerySet) -> PropuestaQuerySet:
    """Cada una con lo que tiene y lo que no: su página no pregunta por lo que no hay.

    Escrito en SQL porque armar seis `Exists` le cuesta a cada visita tanto como un tercio de sus consultas.
    """
    return propuestas.annotate(
        tiene_fotos=_hay(FotoDePropuesta, "propuesta"),
        tiene_documentos=_hay(Documento, "propuesta"),
        tiene_dictamenes=_hay(Dictamen, "propuesta"),
        tiene_copatrocinios=_hay(Copatrocinio, "propuesta"),
        tiene_relaciones=_hay(Relacion, "primera", "segunda"),
        reune_otras=_hay(Propuesta, "unida_a"),
    )


def _hay(modelo: type[models.Model], *caminos: str) -> RawSQL:
    """Si alguna fila de `modelo` apunta a la propuesta por uno de esos campos. Solo lleva nombres del esquema."""
    suya = f"{Propuesta._meta.db_table}.{Propuesta._meta.pk.column}"
    columnas = [modelo._meta.get_field(camino).column for camino in caminos]  # type: ignore[union-attr]
    apunta = " OR ".join(f"otra.{columna} = {suya}" for columna in columnas)
    sql = f"EXISTS (SELECT 1 FROM {modelo._meta.db_table} otra WHERE {apunta})"  # noqa: S608 -- nada viene de afuera
    return RawSQL(sql, (), models.BooleanField())  # noqa: S611


def dictamenes_de(propuesta: Propuesta) -> list[Dictamen]:
    """Dictámenes del más nuevo al más viejo. El nombre de quien evaluó no se carga: no es público."""
    if not propuesta.tiene_dictamenes:
        return []
    return list(Dictamen.objects.filter(propuesta=propuesta).defer("evaluador"))


def apoyos_por_modo(propuesta: Propuesta) -> list[tuple[str, int]]:
    """(modo de verificar, cuántas personas la apoyan), con las celdas chicas juntas; vacía si son muy pocas."""
    return verificadas_de(propuesta.apoyos.values("usuario")) if propuesta.apoyos_contados else []  # type: ignore[attr-defined]


def apoyo_de(usuario: Any, propuesta: Propuesta) -> bool:
    """Si esa persona apoya la propuesta."""
    return usuario.is_authenticated and Apoyo.objects.filter(propuesta=propuesta, usuario=usuario).exists()


def ya_reclamo(propuesta: Propuesta) -> bool:
    """Si quien la presentó ya pidió una vez que se evalúe de nuevo."""
    return (
        Suceso.objects.de(propuesta)
        .filter(verbo="mover", desde__in=reglas.RECLAMABLES, hasta=Estado.EN_EVALUACION)
        .exists()
    )


def por_que_se_devolvio(propuesta: Propuesta) -> str:
    """Lo que hay que corregir en una propuesta devuelta; vacío si no está devuelta."""
    if propuesta.estado != Estado.DEVUELTA:
        return ""
    ultimo = Suceso.objects.de(propuesta).filter(hasta=Estado.DEVUELTA).order_by("-momento", "-pk").first()
    return ultimo.motivo if ultimo else ""


def borradores_de(usuario: Any) -> list[tuple[Propuesta, list[tuple[str, str]]]]:
    """Lo que `usuario` está escribiendo o le devolvieron, con lo que le falta a cada uno; lo último, primero."""
    propuestas = Propuesta.objects.de(usuario).por_completar().con_lugar().order_by("-cambiada", "-pk")
    return [(propuesta, lo_que_falta(propuesta)) for propuesta in propuestas]


def presentadas_por(usuario: Any) -> PropuestaQuerySet:
    """Lo que `usuario` ya presentó, en cualquier estado, para tarjetas."""
    presentadas = Propuesta.objects.de(usuario).exclude(estado__in=reglas.EDITABLES)
    return presentadas.order_by("-presentada", "-pk").para_tarjetas()


def ultimo_evaluador(propuesta: Propuesta) -> int | None:
    """Clave de quien escribió el dictamen más nuevo."""
    return next((dictamen.evaluador_id for dictamen in propuesta.dictamenes.all()), None)
