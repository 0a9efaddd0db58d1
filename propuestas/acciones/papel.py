"""Cargar de una vez lo que se escribió en papel: se revisa primero y se crea todo, o nada."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone

from civic.comun.bitacora import anotar, anotar_varios, juntar_sucesos, preparar_suceso
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import para_buscar
from civic.cuentas.models import Usuario
from civic.cuentas.roles import Rol
from civic.debate.models import Hilo
from civic.procesos.consultas import techos_por_distrito
from civic.procesos.models import Categoria, Proceso
from civic.procesos.permisos import exigir_fase
from civic.procesos.reglas import PROPONER
from mapas.territorio.consultas import distritos, otbs
from propuestas import consultas, reglas
from propuestas.acciones.borradores import hacer_fila, siguiente_codigo
from propuestas.acciones.piezas import cargo
from propuestas.models import CargaDePapel, Propuesta, PropuestaDePapel
from propuestas.reglas import AUTOR, Estado

CARGAN = (Rol.PLANIFICACION, Rol.PROMOTORA)
FILAS_MAXIMAS = 2_000
VERBO_DE_PAPEL = "cargar_de_papel"
LOTE = 500


@dataclass(frozen=True)
class FilaDePapel:
    """Una propuesta de la planilla, ya entendida: la categoría y el lugar van por su código; el monto, como texto."""

    linea: int
    titulo: str
    descripcion: str
    categoria: str
    distrito: str
    otb: str
    referencia: str
    monto: str
    familias: int | None

    def huella(self, proceso: Proceso) -> str:
        """Dos filas que dicen lo mismo en el mismo proceso tienen la misma, aunque cambien mayúsculas o espacios."""
        llano = [para_buscar(self.titulo), para_buscar(self.descripcion), self.categoria, self.distrito, self.otb]
        partes = [proceso.slug, *llano, str(Decimal(self.monto).normalize())]
        return hashlib.sha256("\0".join(partes).encode()).hexdigest()


@dataclass(frozen=True)
class ErrorDeLinea:
    linea: int
    motivo: str


class CargaConErrores(Exception):
    """Alguna fila no se puede crear; con una sola no se crea ninguna."""

    def __init__(self, errores: Sequence[ErrorDeLinea]) -> None:
        super().__init__(f"{len(errores)} errores")
        self.errores = list(errores)


def preparar_carga(
    proceso: Proceso, filas: Sequence[FilaDePapel], *, archivo: str, huella: str, actor: Usuario
) -> CargaDePapel:
    """Guarda una planilla ya leída para mostrar qué se creará. La misma ya hecha se devuelve tal cual.

    Lanza CargaConErrores, con cada línea que no se puede crear, o ReglaIncumplida si no le toca o no es el momento.
    """
    exigir_que_cargue(actor)
    exigir_fase(proceso, PROPONER)
    if (hecha := _ya_hecha(proceso, huella)) is not None:
        return hecha
    nuevas, ya_estaban = _separar(proceso, filas)
    if errores := _errores(proceso, filas, actor):
        raise CargaConErrores(errores)
    # Queda una sola por confirmar de cada persona: la última que subió.
    CargaDePapel.objects.filter(cargada_por=actor, estado=CargaDePapel.Estado.REVISADA).delete()
    return CargaDePapel.objects.create(
        proceso=proceso, archivo=archivo[:150], huella=huella, filas=[asdict(fila) for fila in nuevas],
        ya_estaban=ya_estaban, cargada_por=actor,
    )  # fmt: skip


def confirmar_carga(carga: CargaDePapel, *, actor: Usuario) -> CargaDePapel:
    """Crea las propuestas de una carga revisada, enviadas y con código. Confirmar dos veces es lo mismo que una."""
    with juntar_sucesos():
        hacer_fila(carga.proceso.gestion)
        carga = bloquear(CargaDePapel.objects.select_related("proceso").filter(pk=carga.pk)).get()
        if carga.estado == CargaDePapel.Estado.HECHA:
            return carga
        if carga.cargada_por_id != actor.pk:
            raise ReglaIncumplida("La confirma quien la subió.")
        exigir_que_cargue(actor)
        exigir_fase(carga.proceso, PROPONER)
        filas = [FilaDePapel(**fila) for fila in carga.filas]
        if errores := _errores(carga.proceso, filas, actor):
            primero = errores[0]
            raise ReglaIncumplida(
                f"Desde que se revisó cambió algo (línea {primero.linea}: {primero.motivo}). Sube el archivo de nuevo."
            )
        if (otra := _ya_hecha(carga.proceso, carga.huella)) is not None:  # confirmada mientras tanto en otra ventana
            return otra
        nuevas, ya_estaban = _separar(carga.proceso, filas)
        propuestas = _crear(carga, nuevas, actor)
        carga.estado, carga.hecha, carga.filas = CargaDePapel.Estado.HECHA, timezone.now(), []
        carga.creadas, carga.ya_estaban = len(propuestas), carga.ya_estaban + ya_estaban
        carga.save()
        anotar(
            carga, verbo=VERBO_DE_PAPEL, actor=actor, calidad=cargo(actor), publico=False,
            texto=f"Cargó de papel {len(propuestas)} propuestas en {carga.proceso}.",
            datos={"archivo": carga.archivo, "huella": carga.huella, "ya_estaban": carga.ya_estaban},
        )  # fmt: skip
    return carga


def _ya_hecha(proceso: Proceso, huella: str) -> CargaDePapel | None:
    return CargaDePapel.objects.filter(proceso=proceso, huella=huella, estado=CargaDePapel.Estado.HECHA).first()


def exigir_que_cargue(actor: Usuario) -> None:
    if not actor.tiene_rol(*CARGAN):
        raise ReglaIncumplida("Cargar de papel le toca a Planificación o a una promotora.")


def _errores(proceso: Proceso, filas: Sequence[FilaDePapel], actor: Usuario) -> list[ErrorDeLinea]:
    """Lo que no permite el reglamento, por línea: lugares y categorías de hoy, techos, alcance y filas repetidas."""
    if len(filas) > FILAS_MAXIMAS:
        raise ReglaIncumplida(f"Se cargan hasta {FILAS_MAXIMAS} propuestas por archivo. Pártelo.", campo="archivo")
    errores: list[ErrorDeLinea] = []
    vistas: dict[str, int] = {}
    revisor = _Revisor(proceso, actor)
    for fila in filas:
        if motivo := revisor.por_que_no(fila):
            errores.append(ErrorDeLinea(fila.linea, motivo))
        primera = vistas.setdefault(fila.huella(proceso), fila.linea)
        if primera != fila.linea:
            errores.append(ErrorDeLinea(fila.linea, f"repite la línea {primera}; borra una de las dos"))
    return errores


class _Revisor:
    """Las listas de hoy, leídas una vez para todas las filas."""

    def __init__(self, proceso: Proceso, actor: Usuario) -> None:
        self.categorias = set(Categoria.objects.filter(activa=True).values_list("codigo", flat=True))
        self.distritos = {area.codigo: area for area in distritos()}
        self.otbs = {area.codigo: area.padre_id for area in otbs()}
        self.techos = {area.codigo: techo for area, techo in techos_por_distrito(proceso)}
        self.alcance = alcance_de_carga(actor)

    def por_que_no(self, fila: FilaDePapel) -> str:
        distrito = self.distritos.get(fila.distrito)
        if fila.categoria not in self.categorias:
            return "esa categoría ya no se usa"
        if distrito is None:
            return "ese distrito ya no existe"
        if fila.otb and self.otbs.get(fila.otb) != distrito.pk:
            return f"esa OTB no es del {distrito}"
        if self.alcance is not None and distrito.pk not in self.alcance:
            return f"tu cargo no llega al {distrito}"
        try:
            reglas.exigir_bajo_techo(Decimal(fila.monto), self.techos.get(fila.distrito), str(distrito))
        except ReglaIncumplida as error:
            return error.mensaje[0].lower() + error.mensaje[1:]
        return ""


def alcance_de_carga(actor: Usuario) -> set[int] | None:
    """Distritos en los que puede cargar; None si en todos."""
    if actor.es_tecnica:
        return None
    cargos = [asignacion for asignacion in actor.asignaciones_en_uso if asignacion.rol in CARGAN]
    de = {asignacion.distrito_id for asignacion in cargos}
    return None if None in de else {distrito for distrito in de if distrito is not None}


def _separar(proceso: Proceso, filas: Iterable[FilaDePapel]) -> tuple[list[FilaDePapel], int]:
    """(las que faltan crear, cuántas ya estaban cargadas de este u otro archivo)."""
    todas = list(filas)
    huellas = [fila.huella(proceso) for fila in todas]
    ya: set[str] = set()
    for desde in range(0, len(huellas), LOTE):
        tramo = huellas[desde : desde + LOTE]
        ya |= set(PropuestaDePapel.objects.filter(huella__in=tramo).values_list("huella", flat=True))
    nuevas = [fila for fila, huella in zip(todas, huellas, strict=True) if huella not in ya]
    return nuevas, len(todas) - len(nuevas)


def _crear(carga: CargaDePapel, filas: Sequence[FilaDePapel], actor: Usuario) -> list[Propuesta]:
    if not filas:
        return []
    proceso, ahora = carga.proceso, timezone.now()
    categorias = {categoria.codigo: categoria for categoria in Categoria.objects.filter(activa=True)}
    de_distrito = {area.codigo: area for area in distritos()}
    de_otb = {area.codigo: area for area in otbs()}
    reglas.exigir_movimiento(Estado.BORRADOR, Estado.ENVIADA, AUTOR)
    vence = reglas.vence_de(Estado.BORRADOR, Estado.ENVIADA, timezone.localdate(ahora), settings.FERIADOS_LOCALES)
    primero = reglas.numero_de(siguiente_codigo(proceso.gestion))
    propuestas = []
    for numero, fila in enumerate(filas, start=primero):
        propuesta = Propuesta(
            proceso=proceso, autor=actor, codigo=reglas.codigo_de(proceso.gestion, numero), titulo=fila.titulo,
            descripcion=fila.descripcion, categoria=categorias[fila.categoria], distrito=de_distrito[fila.distrito],
            otb=de_otb[fila.otb] if fila.otb else None, referencia=fila.referencia,
            monto_solicitado=Decimal(fila.monto), familias=fila.familias, estado=Estado.ENVIADA.value, creada=ahora,
            presentada=ahora, vence=vence,
        )  # fmt: skip
        propuesta.busqueda = consultas.texto_de_busqueda(propuesta)
        propuestas.append(propuesta)
    _abrir_hilos(propuestas)
    Propuesta.objects.bulk_create(propuestas, batch_size=LOTE)
    _poner_direcciones(propuestas)
    PropuestaDePapel.objects.bulk_create(
        [
            PropuestaDePapel(propuesta=propuesta, carga=carga, linea=fila.linea, huella=fila.huella(proceso))
            for propuesta, fila in zip(propuestas, filas, strict=True)
        ],
        batch_size=LOTE,
    )
    anotar_varios(_sucesos(propuestas, actor))
    return propuestas


def _abrir_hilos(propuestas: Sequence[Propuesta]) -> None:
    """El debate de cada una nace oculto, como el de cualquier propuesta recién presentada."""
    hilos = Hilo.objects.bulk_create(
        [
            Hilo(titulo=propuesta.titulo[:200], proceso=propuesta.proceso, distrito=propuesta.distrito, visible=False)
            for propuesta in propuestas
        ],
        batch_size=LOTE,
    )
    for propuesta, hilo in zip(propuestas, hilos, strict=True):
        propuesta.hilo = hilo


def _poner_direcciones(propuestas: Sequence[Propuesta]) -> None:
    """La página de cada debate, que solo se sabe cuando su propuesta ya tiene número."""
    suya = Propuesta.objects.filter(hilo=OuterRef("pk")).values("pk")[:1]
    antes, despues = reverse("propuestas:propuesta", args=[0]).split("0")
    direccion = Concat(Value(antes), Cast(Subquery(suya), CharField()), Value(despues))
    hilos = [propuesta.hilo_id for propuesta in propuestas if propuesta.hilo_id]
    for desde in range(0, len(hilos), LOTE):
        Hilo.objects.filter(pk__in=hilos[desde : desde + LOTE]).update(url=direccion)


def _sucesos(propuestas: Iterable[Propuesta], actor: Usuario) -> Iterable[Any]:
    calidad, tipo = cargo(actor), Propuesta._meta.label_lower
    for propuesta in propuestas:
        yield preparar_suceso(
            tipo, propuesta.pk, verbo=VERBO_DE_PAPEL, actor=actor, calidad=calidad, desde=Estado.BORRADOR.value,
            hasta=propuesta.estado, texto=f"Llegó en papel y el municipio la cargó con el código {propuesta.codigo}.",
            antes={}, despues={"estado": propuesta.estado, "codigo": propuesta.codigo},
        )  # fmt: skip


__all__ = ["CargaConErrores", "ErrorDeLinea", "FilaDePapel", "confirmar_carga", "preparar_carga"]
