"""Quiénes participaron en una votación: se calcula una vez, al contar, y queda ya sin celdas chicas."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, When

from civic.cuentas.models import DatosParaEstadisticas
from mapas.territorio.models import Area
from votaciones.models import Contienda, Participacion, Votacion
from votaciones.padron.models import Habilitacion, PadronElectoral
from votaciones.reglas import participacion as reglas
from votaciones.reglas.ambito import MUNICIPIO
from votaciones.reglas.grafico import por_ciento

SIN_DATO = "sin_dato"
Categorias = dict[str, str]


@dataclass(frozen=True)
class Dimension:
    """Por qué se agrupa. `camino` es lo que se lee de cada participación (y de cada habilitación, si `con_padron`).

    `categorias` son {código: rótulo} en orden; `en_orden`, las que solo se juntan con su vecina. `por_distrito`: sus
    grupos son de un solo distrito (las OTB) y no hay tabla de toda la votación.
    """

    titulo: str
    camino: Any
    categorias: Categorias
    codigo_de: Callable[[Any, int], str]
    sin_dato: str = ""
    en_orden: tuple[str, ...] = ()
    con_padron: bool = True
    por_distrito: bool = False

    @property
    def rotulos(self) -> Categorias:
        return self.categorias | ({SIN_DATO: self.sin_dato} if self.sin_dato else {})


def _sexo(valor: str | None, _anio: int) -> str:
    return valor if valor and valor != DatosParaEstadisticas.Sexo.NO_DICE else SIN_DATO


def _edad(valor: int | None, anio: int) -> str:
    return SIN_DATO if valor is None else reglas.tramo_de_edad(valor, anio)


def _otb(valor: int | None, _anio: int) -> str:
    return SIN_DATO if valor is None else str(valor)


def _canal(valor: str, _anio: int) -> str:
    return valor


DIMENSIONES: dict[str, Dimension] = {
    "canal": Dimension(
        titulo="Por dónde votaron",
        camino="canal",
        categorias={opcion.value: opcion.label for opcion in Participacion.Canal},
        codigo_de=_canal,
        # El padrón no dice por dónde va a votar nadie: no hay con cuántas comparar.
        con_padron=False,
    ),
    "sexo": Dimension(
        titulo="Por sexo",
        camino="usuario__datos_para_estadisticas__sexo",
        categorias={
            opcion.value: opcion.label
            for opcion in DatosParaEstadisticas.Sexo
            if opcion != DatosParaEstadisticas.Sexo.NO_DICE
        },
        codigo_de=_sexo,
        sin_dato="No lo dijo",
    ),
    "edad": Dimension(
        titulo="Por edad",
        camino="usuario__datos_para_estadisticas__nacimiento",
        categorias={codigo: rotulo for codigo, rotulo, _ in reglas.EDADES},
        codigo_de=_edad,
        sin_dato="No dijo su edad",
        en_orden=tuple(codigo for codigo, _, _ in reglas.EDADES),
    ),
    "otb": Dimension(
        titulo="Por OTB o comunidad",
        # Quien se mudó a otro lugar después de votar queda sin OTB aquí.
        camino=Case(
            When(
                Q(usuario__residencia__distrito=F("contienda__area")) | Q(contienda__area__tipo=MUNICIPIO),
                then="usuario__residencia__otb",
            )
        ),
        categorias={},
        codigo_de=_otb,
        sin_dato="Sin OTB",
        por_distrito=True,
    ),
}


# --- Al contar -------------------------------------------------------------------------------------------------------
def calcular(votacion: Votacion) -> tuple[dict[str, Any], dict[int, dict[str, Any]]]:
    """(lo que se publica de toda la votación, {contienda: lo suyo}), listo para guardar; `tablas` por dimensión.

    Una tabla sin filas quiere decir que no se publica: sus grupos son tan chicos que señalarían a alguien. Donde una
    persona tiene varias papeletas (su OTB, su distrito, la ciudad), solo se publican las del tamaño de lugar en que
    votó más gente: con las demás, que son casi las mismas personas, lo que se calla saldría comparando.
    """
    todas_las_contiendas = list(votacion.contiendas.select_related("area"))
    cuantas = dict(
        Participacion.objects.filter(contienda__votacion=votacion)
        .values_list("contienda")
        .annotate(Count("pk"))
        .order_by()
    )
    por_tamano: dict[Any, int] = {}
    for suya in todas_las_contiendas:
        por_tamano[suya.ambito.tamano] = por_tamano.get(suya.ambito.tamano, 0) + cuantas.get(suya.pk, 0)
    elegido = max(por_tamano, key=lambda tamano: por_tamano[tamano], default=None)
    contiendas = [suya.pk for suya in todas_las_contiendas if suya.ambito.tamano == elegido]
    personas = {contienda: cuantas.get(contienda, 0) for contienda in contiendas}
    participaciones = Participacion.objects.filter(contienda__in=contiendas)
    padron = PadronElectoral.objects.definitivos().filter(votacion=votacion).first()
    habilitaciones = Habilitacion.objects.filter(padron=padron, contienda__in=contiendas)
    todas: dict[str, Any] = {"personas": sum(personas.values()), "tablas": {}}
    cada_una: dict[int, dict[str, Any]] = {
        suya.pk: {"personas": cuantas.get(suya.pk, 0), "tablas": {}} for suya in todas_las_contiendas
    }
    for nombre, dimension in DIMENSIONES.items():
        votaron = _tabla(participaciones, dimension, votacion)
        podian = _tabla(habilitaciones, dimension, votacion) if dimension.con_padron else {}
        rotulos = dimension.rotulos
        if dimension.por_distrito:
            rotulos = _nombres({codigo for fila in votaron.values() for codigo in fila}) | rotulos
            for contienda in contiendas:
                sola = {contienda: votaron.get(contienda, {})}
                filas = _publicar(sola, {contienda: podian.get(contienda, {})}, dimension, rotulos)
                cada_una[contienda]["tablas"][nombre] = filas.get(contienda, [])
            continue
        filas = _publicar(votaron, podian, dimension, rotulos)
        todas["tablas"][nombre] = filas.get(None, [])
        for contienda in contiendas:
            cada_una[contienda]["tablas"][nombre] = filas.get(contienda, [])
    return todas, cada_una


def _tabla(personas: QuerySet[Any], dimension: Dimension, votacion: Votacion) -> dict[int, dict[str, int]]:
    """{contienda: {categoría: personas}}, en una consulta."""
    tabla: dict[int, dict[str, int]] = {}
    filas = personas.annotate(_valor=_camino(dimension)).order_by().values_list("contienda", "_valor")
    for contienda, valor, cuantas in filas.annotate(Count("pk")):
        codigo = dimension.codigo_de(valor, votacion.cierra.year)
        fila = tabla.setdefault(contienda, {})
        fila[codigo] = fila.get(codigo, 0) + cuantas
    return tabla


def _camino(dimension: Dimension) -> Any:
    return F(dimension.camino) if isinstance(dimension.camino, str) else dimension.camino


def _nombres(codigos: Iterable[str]) -> Categorias:
    otbs = Area.objects.filter(pk__in=[codigo for codigo in codigos if codigo != SIN_DATO]).order_by("nombre", "pk")
    return {str(otb.pk): otb.nombre_completo for otb in otbs}


def _publicar(
    votaron: reglas.Tabla, podian: reglas.Tabla, dimension: Dimension, rotulos: Mapping[str, str]
) -> dict[int | None, list[dict[str, Any]]]:
    """{contienda: sus filas}; con None, las de todas juntas. Faltan las que no se publican."""
    publica = reglas.publicable(votaron, list(rotulos), en_orden=dimension.en_orden)
    if publica is None:
        return {}
    muestran_podian, total_podian = _comparables(votaron, podian, publica, list(rotulos))
    tablas: dict[int | None, tuple[Mapping[str, int], Mapping[str, int] | None]] = {
        contienda: (votaron[contienda], podian[contienda] if contienda in muestran_podian else None)
        for contienda in publica.distritos
    }
    tablas[None] = (reglas.totales(votaron), total_podian)
    return {
        contienda: [_fila(grupo, fila, de, rotulos) for grupo in publica.grupos]
        for contienda, (fila, de) in tablas.items()
    }


def _comparables(
    votaron: reglas.Tabla, podian: reglas.Tabla, publica: reglas.Publicable, categorias: list[str]
) -> tuple[frozenset[int], Mapping[str, int] | None]:
    """En qué contiendas se puede decir cuántas podían votar de cada grupo, y cuántas en total (None si no se puede).

    Quienes podían y no votaron son otras personas: tampoco se publican de a pocas. Los grupos donde nadie votó no se
    muestran, pero se sabrían restando: cuentan como uno más.
    """
    if not podian:
        return frozenset(), None
    faltaron = {
        contienda: {
            codigo: podian.get(contienda, {}).get(codigo, 0) - votaron.get(contienda, {}).get(codigo, 0)
            for codigo in {*podian.get(contienda, {}), *votaron.get(contienda, {})}
        }
        for contienda in {*podian, *votaron}
    }
    mostrados = {codigo for grupo in publica.grupos for codigo in grupo}
    aparte = tuple(sorted({codigo for fila in faltaron.values() for codigo in fila} - mostrados))
    grupos = (*publica.grupos, aparte) if aparte else publica.grupos
    # De donde nadie votó se sabe todo restando: vale como mostrado, si puede mostrarse.
    sin_votos = {contienda for contienda in faltaron if not any(votaron.get(contienda, {}).values())}
    muestran = reglas.mostrables(faltaron, grupos, entre=publica.distritos | sin_votos)
    return (frozenset(), None) if muestran is None else (muestran, reglas.totales(podian))


def _fila(
    grupo: Iterable[str], votaron: Mapping[str, int], podian: Mapping[str, int] | None, rotulos: Mapping[str, str]
) -> dict[str, Any]:
    codigos = list(grupo)
    fila: dict[str, Any] = {
        "grupos": [rotulos[codigo] for codigo in codigos],
        "votaron": reglas.sumar(votaron, codigos),
    }
    if podian is not None and min(fila["votaron"], reglas.sumar(podian, codigos)) >= reglas.CELDA_MINIMA:
        fila["habilitadas"] = reglas.sumar(podian, codigos)
    return fila


# --- Para mostrar ----------------------------------------------------------------------------------------------------
# Con más grupos juntos que estos se dice cuántos son.
GRUPOS_CON_NOMBRE = 3


@dataclass(frozen=True)
class Fila:
    """Un grupo: cuántas personas votaron, de cuántas que podían (None si no se publica) y el ancho de su barra."""

    grupo: str
    juntas: bool
    votaron: int
    habilitadas: int | None
    ancho: str


@dataclass(frozen=True)
class Cuadro:
    """La tabla de una dimensión, lista para dibujar; sin filas, no se publica. `alguna_junta`: hay que explicarlo."""

    nombre: str
    titulo: str
    filas: list[Fila]

    @property
    def alguna_junta(self) -> bool:
        return any(fila.juntas for fila in self.filas)

    @property
    def con_habilitadas(self) -> bool:
        return any(fila.habilitadas for fila in self.filas)


def cuadros_de(cosa: Votacion | Contienda) -> list[Cuadro]:
    """Los cuadros de una votación o de una contienda; ninguno si se contó antes de que los hubiera."""
    tablas = cosa.participacion.get("tablas", {})
    personas = cosa.participacion.get("personas", 0)
    return [
        Cuadro(nombre, dimension.titulo, [_para_mostrar(fila, personas) for fila in tablas[nombre]])
        for nombre, dimension in DIMENSIONES.items()
        if nombre in tablas
    ]


def _para_mostrar(fila: Mapping[str, Any], personas: int) -> Fila:
    grupos = fila["grupos"]
    nombre = " y ".join(grupos) if len(grupos) <= GRUPOS_CON_NOMBRE else f"Otros {len(grupos)} grupos"
    return Fila(
        grupo=nombre,
        juntas=len(grupos) > 1,
        votaron=fila["votaron"],
        habilitadas=fila.get("habilitadas"),
        ancho=por_ciento(fila["votaron"], personas),
    )
