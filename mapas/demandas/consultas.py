"""Las demandas agregadas, listas para pantallas y descargas; el análisis corre solo cuando algo cambió."""

import datetime
import hashlib
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db.models import Count, Max, QuerySet, Sum
from django.utils import timezone

from civic.procesos.consultas import fases_de
from civic.procesos.models import Categoria, Proceso, Techo
from civic.procesos.reglas import ultimo_instante
from mapas.demandas import reglas
from mapas.reportes.models import Reporte
from mapas.territorio.consultas import areas_del_municipio, distrito_de_otb, distritos, otbs, version_del_territorio
from mapas.territorio.models import Area, Duda
from propuestas.models import Propuesta
from propuestas.reglas import Estado

if TYPE_CHECKING:
    from mapas.demandas.analisis import Agregado, Suma

# Una propuesta unida a otra ya cuenta en la otra; una retirada ya no la pide nadie.
NO_PIDEN = (Estado.FUSIONADA.value, Estado.DIVIDIDA.value, Estado.RETIRADA.value)
UN_DIA = 24 * 60 * 60


@dataclass(frozen=True)
class Filtro:
    """De qué proceso son las propuestas (los reportes no tienen) y de qué categoría es todo. None: de todas."""

    proceso: Proceso | None = None
    categoria: Categoria | None = None


@dataclass(frozen=True)
class PorCategoria:
    codigo: str
    nombre: str
    propuestas: int
    monto: Decimal
    reportes: int


@dataclass(frozen=True)
class Fila:
    """Lo que pide un lugar. `monto` y `techo` en Bs; `codigo` "" es la fila sin ubicación."""

    codigo: str
    nombre: str
    propuestas: int
    monto: Decimal
    apoyos: int
    reportes: int
    categorias: list[PorCategoria] = field(default_factory=list)
    distrito: str = ""
    distrito_codigo: str = ""
    poblacion: int | None = None
    techo: Decimal | None = None
    lon: float | None = None
    lat: float | None = None

    @property
    def principal(self) -> str:
        """El nombre de la categoría con más demandas."""
        return self.categorias[0].nombre if self.categorias else ""

    @property
    def por_mil(self) -> Decimal | None:
        return reglas.por_mil(self.propuestas, self.poblacion)

    @property
    def frente_al_techo(self) -> str:
        return reglas.frente_al_techo(self.monto, self.techo)

    @property
    def hay_algo(self) -> bool:
        return bool(self.propuestas or self.reportes)


class Lectura:
    """Las demandas de un filtro, leídas una vez: por distrito, por OTB y en total."""

    def __init__(self, filtro: Filtro | None = None) -> None:
        self.filtro = filtro or Filtro()
        self.dia = dia_de(self.filtro.proceso)
        self.agregado = _agregado(self.filtro)
        self.nombres = {categoria.codigo: categoria.nombre for categoria in Categoria.objects.all()}
        self.techos = _techos(self.filtro)

    def por_distrito(self) -> list[Fila]:
        """Una fila por distrito en vigor ese día, en orden, y al final la de lo que no tiene ubicación."""
        areas = {area.codigo: area for area in distritos(self.dia)}
        return [
            _fila(suma, areas.get(suma.codigo), self.nombres, techo=self.techos.get(suma.codigo))
            for suma in self.agregado.distritos
        ]

    def por_otb(self) -> list[Fila]:
        """Una fila por OTB o comunidad, primero las que más piden, y al final la de lo que no tiene ubicación."""
        areas = {area.codigo: area for area in otbs(dia=self.dia).select_related("padre")}
        filas = [_fila(suma, areas.get(suma.codigo), self.nombres) for suma in self.agregado.otbs]
        *con_lugar, sin_lugar = filas
        return [*sorted(con_lugar, key=lambda fila: (-fila.propuestas, -fila.reportes, -fila.monto)), sin_lugar]

    def total(self) -> Fila:
        """La suma de todo el municipio, con su desglose por categoría y el techo de todos los distritos."""
        techo = sum(self.techos.values(), Decimal(0)) or None
        return _fila(self.agregado.total, None, self.nombres, techo=techo)


def dia_de(proceso: Proceso | None) -> datetime.date | None:
    """El día cuyos límites valen para un proceso, o None (hoy) si sigue en marcha o no se eligió ninguno.

    Un proceso terminado se cuenta con los límites de su último día, o del último día de su gestión si ese llegó antes:
    lo decidido entonces no cambia de lugar porque después se corra un límite.
    """
    if proceso is None:
        return None
    ultimo = datetime.date(proceso.gestion, 12, 31)
    fin = max((ultimo_instante(fase.fin) for fase in fases_de(proceso)), default=None)
    if fin is not None:
        ultimo = min(ultimo, timezone.localdate(fin))
    return ultimo if ultimo < timezone.localdate() else None


def demandas_por_distrito(filtro: Filtro | None = None) -> list[Fila]:
    return Lectura(filtro).por_distrito()


def demandas_por_otb(filtro: Filtro | None = None) -> list[Fila]:
    return Lectura(filtro).por_otb()


def procesos_con_demandas() -> QuerySet[Proceso]:
    return Proceso.objects.publicados().only("nombre", "slug", "gestion").con_fases()


def categorias_activas() -> QuerySet[Categoria]:
    return Categoria.objects.filter(activa=True)


# --- El análisis, guardado mientras nada cambie -----------------------------------------------------------------------
def _propuestas(filtro: Filtro) -> QuerySet[Propuesta]:
    propuestas = Propuesta.objects.publicadas().exclude(estado__in=NO_PIDEN)
    if filtro.proceso is not None:
        propuestas = propuestas.filter(proceso=filtro.proceso)
    else:
        propuestas = propuestas.filter(proceso__publicado=True)
    return propuestas.filter(categoria=filtro.categoria) if filtro.categoria is not None else propuestas


def _reportes(filtro: Filtro) -> QuerySet[Reporte]:
    reportes = Reporte.objects.publicos().abiertos()
    return reportes.filter(categoria=filtro.categoria) if filtro.categoria is not None else reportes


def _agregado(filtro: Filtro) -> "Agregado":
    """El análisis de ese filtro, de la memoria si ni las demandas ni el territorio cambiaron desde que se hizo."""
    estado = (
        filtro.proceso.pk if filtro.proceso else None,
        filtro.categoria.pk if filtro.categoria else None,
        version_del_territorio(dia_de(filtro.proceso)),
        _dudas_resueltas(),
        _propuestas(filtro)
        .order_by()
        .aggregate(
            n=Count("pk"),
            cambio=Max("cambiada"),
            apoyos=Sum("apoyos_contados"),
            monto=Sum("monto_solicitado"),
        ),
        _reportes(filtro).order_by().aggregate(n=Count("pk"), cambio=Max("cambiado")),
    )
    clave = "demandas:" + hashlib.sha256(repr(estado).encode()).hexdigest()
    guardado: Agregado | None = cache.get(clave)
    if guardado is None:
        guardado = _analizar(filtro)
        cache.set(clave, guardado, UN_DIA)
    return guardado


def _analizar(filtro: Filtro) -> "Agregado":
    # GeoPandas tarda en cargar y ocupa memoria: solo lo paga quien de verdad agrega.
    from mapas.demandas.analisis import Lugar, agregar

    areas = areas_del_municipio(Area.Tipo.DISTRITO, Area.Tipo.OTB, dia=dia_de(filtro.proceso))
    return agregar(
        _demandas(filtro),
        [Lugar(area.codigo, None, area.geometria) for area in areas if area.tipo == Area.Tipo.DISTRITO],
        [
            Lugar(area.codigo, suyo.codigo if (suyo := distrito_de_otb(area)) else None, area.geometria)
            for area in areas
            if area.tipo == Area.Tipo.OTB
        ],
    )


def _dudas_resueltas() -> dict[str, Any]:
    return Duda.objects.decididas().aggregate(n=Count("pk"), ultima=Max("resuelta"))


def _demandas(filtro: Filtro) -> list[Any]:
    from mapas.demandas.analisis import Demanda

    decididas = set(Duda.objects.decididas().values_list("objeto_tipo", "objeto_id"))
    comunes = ("categoria__codigo", "distrito__codigo", "otb__codigo", "lon", "lat")
    de_propuestas = (
        _propuestas(filtro).order_by("pk").values_list("pk", *comunes, "monto_solicitado", "apoyos_contados")
    )
    de_reportes = _reportes(filtro).order_by("pk").values_list("pk", *comunes)
    return [
        Demanda(
            *("propuesta", categoria, distrito, otb, lon, lat, int((monto or 0) * 100), apoyos),
            decidida=("propuestas.propuesta", pk) in decididas,
        )
        for pk, categoria, distrito, otb, lon, lat, monto, apoyos in de_propuestas
    ] + [
        Demanda("reporte", categoria, distrito, otb, lon, lat, decidida=("reportes.reporte", pk) in decididas)
        for pk, categoria, distrito, otb, lon, lat in de_reportes
    ]


def _techos(filtro: Filtro) -> dict[str, Decimal]:
    """Techo de cada distrito (código -> Bs): el del proceso, o la suma de los procesos publicados."""
    techos = Techo.objects.filter(proceso__publicado=True)
    if filtro.proceso is not None:
        techos = techos.filter(proceso=filtro.proceso)
    por_distrito = techos.order_by().values_list("distrito__codigo").annotate(suma=Sum("monto"))
    return dict(por_distrito)


def _fila(suma: "Suma", area: Area | None, nombres: dict[str, str], techo: Decimal | None = None) -> Fila:
    distrito = distrito_de_otb(area) if area is not None and area.tipo == Area.Tipo.OTB else None
    return Fila(
        codigo=suma.codigo,
        nombre=area.nombre_completo if area is not None else "Sin ubicación",
        propuestas=suma.propuestas,
        monto=Decimal(suma.centavos) / 100,
        apoyos=suma.apoyos,
        reportes=suma.reportes,
        categorias=[
            PorCategoria(codigo, nombres.get(codigo, codigo), propuestas, Decimal(centavos) / 100, reportes)
            for codigo, (propuestas, centavos, reportes) in suma.categorias.items()
        ],
        distrito=distrito.nombre_completo if distrito else "",
        distrito_codigo=distrito.codigo if distrito else "",
        poblacion=area.poblacion if area is not None else None,
        techo=techo,
        lon=area.lon if area is not None else None,
        lat=area.lat if area is not None else None,
    )
