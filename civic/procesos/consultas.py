"""Lecturas de procesos: qué se puede hacer ahora, la línea de fases, sus cambios y los techos.

Lo de aquí es para pantallas y usa lo ya cargado. En el momento de un acto se pregunta a `permisos`, que relee la base.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from civic.comun.dinero import a_centavos
from civic.comun.models import Suceso
from civic.cuentas.models import Organizacion
from civic.procesos import reglas
from civic.procesos.models import Cuota, Fase, FuenteDeFinanciamiento, Proceso, Reparto, Sector, Techo
from civic.procesos.reglas import formula as formulas
from civic.procesos.reglas.techos import nombre_de_techo
from mapas.territorio.consultas import distritos
from mapas.territorio.models import Area, Clase

# Verbos de la bitácora que cuentan un cambio del calendario, y los que cambian techos (y los firma quien los hizo).
DE_CALENDARIO = ("cambiar_calendario", "mover_proceso")
DE_TECHOS = ("cambiar_techos", "calcular_techos")
DE_PUBLICACION = ("publicar", "cambiar_proceso")
# A qué sector pertenece cada clase de organización de base.
SECTOR_DE: dict[str, Sector] = {
    Clase.OTB: Sector.VECINAL,
    Clase.JUNTA: Sector.VECINAL,
    Clase.SINDICATO: Sector.AGRARIO,
    Clase.COMUNIDAD: Sector.AGRARIO,
}


@dataclass(frozen=True)
class FaseEnLinea:
    """Una fase y su situación respecto de ahora: «hecho», «ahora» o «futuro»."""

    fase: Fase
    situacion: str

    @property
    def hasta(self) -> datetime:
        """Último momento de la fase; su fecha es el último día."""
        return reglas.ultimo_instante(self.fase.fin)

    @property
    def hora_de_cierre(self) -> str:
        """«18:00» si cierra antes de terminar el día; vacío si no."""
        return reglas.hora_de_cierre(self.fase.fin)


@dataclass(frozen=True)
class QueSigue:
    """Lo que la gente necesita saber de un proceso: qué hay ahora, qué viene y, si ya nada, cuándo terminó."""

    ahora: list[FaseEnLinea]
    despues: FaseEnLinea | None
    terminado: FaseEnLinea | None


def que_sigue(fases: Sequence[FaseEnLinea]) -> QueSigue:
    """Resumen de una línea de fases; de las abiertas va primero la que empezó última, que es la que se anuncia."""
    ahora = sorted(
        (paso for paso in fases if paso.situacion == "ahora"), key=lambda paso: paso.fase.inicio, reverse=True
    )
    futuras = [paso for paso in fases if paso.situacion == "futuro"]
    despues = min(futuras, key=lambda paso: paso.fase.inicio) if futuras else None
    terminado = max(fases, key=lambda paso: paso.fase.fin) if fases and not ahora and not despues else None
    return QueSigue(ahora, despues, terminado)


def fases_de(proceso: Proceso) -> list[Fase]:
    """Fases en orden; usa lo ya cargado con `con_fases()`."""
    return list(proceso.fases.all())


def linea_de_fases(proceso: Proceso, ahora: datetime | None = None) -> list[FaseEnLinea]:
    """Fases del proceso con su situación, para la línea de tiempo `procesos/_fases.html`."""
    ahora = ahora or timezone.now()
    return [
        FaseEnLinea(fase, "futuro" if fase.inicio > ahora else "hecho" if fase.fin <= ahora else "ahora")
        for fase in fases_de(proceso)
    ]


# --- Qué se puede hacer ---------------------------------------------------------------------------------------------
def por_que_esta_cerrado(proceso: Proceso) -> str:
    """Por qué el proceso entero no admite actos (sin publicar, suspendido, desierto); vacío si los admite."""
    return reglas.por_que_esta_cerrado(proceso.publicado, proceso.estado, proceso.motivo_estado)


def fases_abiertas(proceso: Proceso, ahora: datetime) -> list[Fase]:
    """Fases que en `ahora` abren sus actos: ninguna si el proceso está suspendido, desierto o sin publicar."""
    return [] if por_que_esta_cerrado(proceso) else reglas.fases_vigentes(fases_de(proceso), ahora)


def permite(proceso: Proceso, accion: str, ahora: datetime) -> bool:
    return not por_que_esta_cerrado(proceso) and reglas.permite(fases_de(proceso), accion, ahora)


def por_que_no(proceso: Proceso, accion: str, ahora: datetime) -> str:
    """Frase que dice por qué no se puede `accion` y cuándo se podrá (o se pudo)."""
    return por_que_esta_cerrado(proceso) or reglas.por_que_no(fases_de(proceso), accion, ahora)


def impedimento(proceso: Proceso, accion: str, ahora: datetime | None = None) -> str:
    """Por qué ahora no se puede `accion`, o vacío si se puede, con lo ya cargado: para pantallas."""
    ahora = ahora or timezone.now()
    return "" if permite(proceso, accion, ahora) else por_que_no(proceso, accion, ahora)


def procesos_que_permiten(accion: str, ahora: datetime | None = None) -> list[Proceso]:
    """Procesos publicados en los que ahora se puede hacer `accion` (reglas.PROPONER, VOTAR, …)."""
    ahora = ahora or timezone.now()
    return [proceso for proceso in Proceso.objects.publicados().con_fases() if permite(proceso, accion, ahora)]


# --- Techos ---------------------------------------------------------------------------------------------------------
def techo_de(
    proceso: Proceso, distrito: Area, *, sector: str | None = None, fuente: FuenteDeFinanciamiento | None = None
) -> Decimal | None:
    """Techo del distrito en el proceso, en Bs, o None si no tiene: la suma de lo que coincide.

    Sin `sector` ni `fuente` suma todos los del distrito. Con `sector` («vecinal», «agrario» o "" para los que no son
    de ninguno) o con `fuente`, solo los suyos.
    """
    techos = Techo.objects.filter(proceso=proceso, distrito=distrito)
    if sector is not None:
        techos = techos.filter(sector=sector)
    if fuente is not None:
        techos = techos.filter(fuente=fuente)
    return techos.order_by().aggregate(suma=Sum("monto"))["suma"]


def techos_por_distrito(proceso: Proceso) -> list[tuple[Area, Decimal]]:
    """Cada distrito con techo y la suma de los suyos (todos los sectores y fuentes), en orden (una consulta)."""
    sumas: dict[int, Decimal] = {}
    lugares: dict[int, Area] = {}
    for techo in Techo.objects.filter(proceso=proceso).select_related("distrito"):
        lugares.setdefault(techo.distrito_id, techo.distrito)
        sumas[techo.distrito_id] = sumas.get(techo.distrito_id, Decimal(0)) + techo.monto
    return [(lugares[pk], suma) for pk, suma in sumas.items()]


def techos_por_lugar(proceso: Proceso, *, por_sector: bool) -> list[tuple[Area, str, Decimal]]:
    """(lugar, sector, monto) de cada bolsa que se decide aparte; sin `por_sector`, el distrito entero con sector «»."""
    if not por_sector:
        return [(area, "", suma) for area, suma in techos_por_distrito(proceso)]
    sumas: dict[tuple[int, str], Decimal] = {}
    lugares: dict[int, Area] = {}
    for techo in Techo.objects.filter(proceso=proceso).select_related("distrito"):
        lugares.setdefault(techo.distrito_id, techo.distrito)
        clave = (techo.distrito_id, techo.sector)
        sumas[clave] = sumas.get(clave, Decimal(0)) + techo.monto
    return [(lugares[area], sector, suma) for (area, sector), suma in sumas.items()]


def quien_propuso_techos(proceso: Proceso, usuario: Any) -> bool:
    """Si esa persona calculó o cambió alguna vez los techos de este proceso, según la bitácora."""
    return Suceso.objects.de(proceso).filter(verbo__in=DE_TECHOS, actor=usuario).exists()


Clave = tuple[int, str, int | None]  # distrito, sector, fuente


def montos_de_techos(proceso: Proceso) -> dict[Clave, Decimal]:
    filas = Techo.objects.filter(proceso_id=proceso.pk).order_by()
    return {(d, s, f): monto for d, s, f, monto in filas.values_list("distrito", "sector", "fuente", "monto")}


def cuotas_de(proceso: Proceso) -> dict[Clave, Cuota]:
    """Lo que dan las fórmulas publicadas del proceso."""
    cuotas = Cuota.objects.filter(reparto__proceso_id=proceso.pk).select_related("reparto", "distrito")
    return {(cuota.distrito_id, cuota.reparto.sector, cuota.reparto.fuente_id): cuota for cuota in cuotas}


@dataclass(frozen=True)
class FilaDeCuenta:
    """Un distrito en la cuenta: sus datos, qué parte le toca y cuánto es, en Bs."""

    distrito: Area
    poblacion: int | None
    indice: Decimal | None
    parte: Decimal
    monto: Decimal


def entradas_de(indices: dict[int, Decimal | None]) -> list[tuple[Area, formulas.Entrada]]:
    """Los distritos vigentes con su población de hoy y el índice dado por su clave, en el orden que rompe empates."""
    return [
        (area, formulas.Entrada(str(area), area.poblacion, indices.get(area.pk)))
        for area in distritos().order_by("orden", "codigo")
    ]


def cuenta(formula: formulas.Formula, indices: dict[int, Decimal | None]) -> list[FilaDeCuenta]:
    """Lo que daría la fórmula con los datos de hoy. Lanza ReglaIncumplida si la cuenta no se puede hacer."""
    lugares = entradas_de(indices)
    entradas = [entrada for _, entrada in lugares]
    montos = formulas.repartir(formula, entradas)
    partes = formulas.partes(formula, entradas)
    return [
        FilaDeCuenta(area, entrada.poblacion, entrada.indice, en_porciento(parte), monto)
        for (area, entrada), parte, monto in zip(lugares, partes, montos, strict=True)
    ]


def en_porciento(parte: Any) -> Decimal:
    """Una fracción como por ciento con cuatro decimales, para leer; la cuenta usa la fracción exacta."""
    return (Decimal(parte.numerator) * 100 / Decimal(parte.denominator)).quantize(Decimal("0.0001"))


@dataclass(frozen=True)
class FilaDeTecho:
    """Un techo en la página pública: lo que vale y, si hay fórmula, con qué datos salió. Montos en Bs."""

    distrito: Area
    monto: Decimal | None
    explicacion: str = ""
    cuota: Cuota | None = None
    parte: Decimal | None = None
    exacta: Decimal | None = None  # lo que da la cuenta antes de redondear, con dos decimales

    @property
    def ajustado(self) -> bool:
        """Si el techo no es lo que dio la fórmula."""
        return self.cuota is not None and self.monto != self.cuota.monto


@dataclass(frozen=True)
class GrupoDeTechos:
    """Los techos de un sector y una fuente (o de ninguno), con su fórmula si la tienen."""

    sector: str
    fuente: FuenteDeFinanciamiento | None
    reparto: Reparto | None
    filas: list[FilaDeTecho]

    @property
    def nombre(self) -> str:
        """«Sector agrario · IDH (41-119)»; vacío si son los techos generales."""
        sector = f"Sector {self.sector}" if self.sector else ""
        fuente = f"{self.fuente} ({self.fuente.codigo})" if self.fuente else ""
        return " · ".join(parte for parte in (sector, fuente) if parte)

    @property
    def total(self) -> Decimal:
        return sum((fila.monto for fila in self.filas if fila.monto is not None), Decimal(0))

    @property
    def ajustados(self) -> list[FilaDeTecho]:
        return [fila for fila in self.filas if fila.ajustado]

    @property
    def se_aparta(self) -> bool:
        """Si los techos ya no suman lo que se repartió."""
        return self.reparto is not None and self.total != self.reparto.total

    @property
    def cuantos(self) -> int:
        """Entre cuántos distritos se repartió."""
        return sum(1 for fila in self.filas if fila.cuota)

    @property
    def habitantes(self) -> int:
        return sum(fila.cuota.poblacion or 0 for fila in self.filas if fila.cuota)

    @property
    def indices(self) -> Decimal:
        return sum((fila.cuota.indice or Decimal(0) for fila in self.filas if fila.cuota), Decimal(0))

    @property
    def a_repartir(self) -> Decimal:
        """Lo que queda del total cuando cada distrito ya tiene su mínimo."""
        if self.reparto is None:
            return Decimal(0)
        return self.reparto.total - self.reparto.minimo * self.cuantos


def grupos_de_techos(proceso: Proceso) -> list[GrupoDeTechos]:
    """Los techos del proceso, por sector y fuente, cada uno con su fórmula (tres consultas)."""
    techos = Techo.objects.filter(proceso=proceso).select_related("distrito", "fuente")
    repartos = {
        (reparto.sector, reparto.fuente_id): reparto
        for reparto in Reparto.objects.filter(proceso=proceso).select_related("fuente")
    }
    cuotas = cuotas_de(proceso)
    por_grupo: dict[tuple[str, int | None], dict[int, Techo]] = {clave: {} for clave in repartos}
    for techo in techos:
        por_grupo.setdefault((techo.sector, techo.fuente_id), {})[techo.distrito_id] = techo
    grupos = []
    for (sector, fuente_id), suyos in sorted(por_grupo.items(), key=lambda par: (par[0][0], par[0][1] or 0)):
        reparto = repartos.get((sector, fuente_id))
        alguno = reparto or next(iter(suyos.values()))
        suyas = [cuota for clave, cuota in cuotas.items() if clave[1:] == (sector, fuente_id)]
        grupos.append(GrupoDeTechos(sector, alguno.fuente, reparto, _filas(reparto, suyos, suyas)))
    return grupos


def _filas(reparto: Reparto | None, techos: dict[int, Techo], cuotas: list[Cuota]) -> list[FilaDeTecho]:
    partes: dict[int, tuple[Decimal, Decimal]] = {}
    if reparto is not None:
        formula = formula_de(reparto)
        cuotas = sorted(cuotas, key=lambda cuota: cuota.lugar)
        entradas = [formulas.Entrada("", cuota.poblacion, cuota.indice) for cuota in cuotas]
        quedan = Fraction(formula.total - formula.minimo * len(cuotas))
        for cuota, parte in zip(cuotas, formulas.partes(formula, entradas), strict=True):
            exacta = Fraction(formula.minimo) + parte * quedan
            en_bs = a_centavos(Decimal(exacta.numerator) / Decimal(exacta.denominator))
            partes[cuota.distrito_id] = en_porciento(parte), en_bs
    filas = [
        FilaDeTecho(
            cuota.distrito,
            techos[cuota.distrito_id].monto if cuota.distrito_id in techos else None,
            techos[cuota.distrito_id].explicacion if cuota.distrito_id in techos else "",
            cuota,
            *partes[cuota.distrito_id],
        )
        for cuota in cuotas
    ]
    sueltos = [techo for pk, techo in techos.items() if pk not in partes]
    return filas + [FilaDeTecho(techo.distrito, techo.monto, techo.explicacion) for techo in sueltos]


def formula_de(reparto: Reparto) -> formulas.Formula:
    pesos = (reparto.peso_igual, reparto.peso_poblacion, reparto.peso_necesidad)
    return formulas.Formula(reparto.formula, reparto.total, reparto.redondeo, reparto.minimo, pesos)


# --- Cambios --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class CambioPublicado:
    """Un cambio del calendario como lo lee la gente: qué era, qué es, por qué, cuándo y quién lo decidió."""

    momento: datetime
    texto: str
    era: str
    es: str
    motivo: str
    calidad: str
    que: str = ""


def cambios_del_calendario(proceso: Proceso) -> list[CambioPublicado]:
    """Los cambios públicos de fechas y actos, y las suspensiones, del más nuevo al más viejo (una consulta)."""
    sucesos: Iterable[Suceso] = Suceso.objects.de(proceso).publicos().filter(verbo__in=DE_CALENDARIO)
    return [
        CambioPublicado(
            suceso.momento,
            suceso.texto,
            suceso.datos.get("era", ""),
            suceso.datos.get("es", ""),
            suceso.motivo,
            suceso.calidad,
            suceso.datos.get("que", ""),
        )
        for suceso in sucesos
    ]


def techo_de_organizacion(organizacion: Organizacion) -> dict[str, Any] | None:
    """Para la página de una organización: los techos de su distrito en la última gestión publicada. Una consulta.

    Son del distrito (y de su sector), que los reparte entre todas sus organizaciones; None si no tiene.
    """
    sectores = ["", SECTOR_DE[organizacion.clase]]
    techos = Techo.objects.filter(distrito=organizacion.distrito_id, proceso__publicado=True, sector__in=sectores)
    todos = list(techos.select_related("proceso").order_by("-proceso__gestion", "-monto", "pk")[:20])
    ultimos = [techo for techo in todos if techo.proceso.gestion == todos[0].proceso.gestion]
    return {"techos": ultimos, "gestion": ultimos[0].proceso.gestion} if ultimos else None


def retrato_de(proceso: Proceso) -> reglas.Retrato:
    """El proceso como está guardado en la base, para comparar antes y después de un cambio."""
    if proceso.pk is None:
        return reglas.Retrato(publicado=False, fases={}, techos={})
    guardado = Proceso.objects.filter(pk=proceso.pk).values_list("publicado", flat=True).first()
    return reglas.Retrato(
        publicado=bool(guardado),
        fases={
            fase.pk: reglas.RetratoDeFase(fase.tipo, fase.nombre, fase.inicio, fase.fin, fase.actos)
            for fase in Fase.objects.filter(proceso_id=proceso.pk)
        },
        techos=_techos_por_nombre(proceso),
        fue_publico=Suceso.objects.de(proceso).publicos().filter(verbo__in=DE_PUBLICACION).exists(),
    )


def _techos_por_nombre(proceso: Proceso) -> dict[str, Decimal]:
    """«Distrito 3 · Agrario» -> monto. Dos distritos con el mismo nombre se distinguen por su código."""
    montos: dict[str, Decimal] = {}
    for techo in Techo.objects.filter(proceso_id=proceso.pk).select_related("distrito", "fuente"):
        resto = (techo.get_sector_display() if techo.sector else "", str(techo.fuente or ""))
        nombre = nombre_de_techo(str(techo.distrito), *resto)
        if nombre in montos:
            nombre = nombre_de_techo(f"{techo.distrito} ({techo.distrito.codigo})", *resto)
        montos[nombre] = techo.monto
    return montos
