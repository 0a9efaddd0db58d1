"""Lecturas de las votaciones. Ninguna cuenta votos: mientras se vota solo se sabe cuántas personas participaron."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from civic.comun.models import Suceso
from civic.cuentas.consultas_verificacion import con_rotulos, totales_publicos
from civic.cuentas.reglas_identidad import CELDA_MINIMA
from civic.procesos.models import Fase
from civic.procesos.reglas import EN_MARCHA
from votaciones.models import Contienda, Opcion, Participacion, Resultado, Votacion, VotacionQuerySet
from votaciones.reglas import libro as libro_de_reglas
from votaciones.reglas import recibo as recibos
from votaciones.reglas.comun import orden_de_desempate
from votaciones.reglas.condiciones import frases_de
from votaciones.reglas.tablero import Tipo
from votaciones.urna import consultas as consultas_de_urna
from votaciones.urna.sobres import Firmante, FirmanteDelTablero


def a_centavos(monto: Decimal) -> int:
    return int(monto * 100)


# --- Listas ----------------------------------------------------------------------------------------------------------
def votaciones_publicas() -> VotacionQuerySet:
    """Las visibles, con su proceso, cuántos lugares deciden y cuánto dinero deciden."""
    return (
        Votacion.objects.visibles()
        .select_related("proceso")
        .annotate(lugares=Count("contiendas"), total=Sum("contiendas__presupuesto"))
        .defer("libro")
    )


def fases_de_votacion_por_venir(ahora: datetime) -> QuerySet[Fase]:
    """Fases de votación que empezarán en procesos publicados y en marcha que todavía no anuncian su votación."""
    return (
        Fase.objects.filter(
            tipo=Fase.Tipo.VOTACION, inicio__gt=ahora, proceso__publicado=True, proceso__estado=EN_MARCHA
        )
        .exclude(proceso__votaciones__in=Votacion.objects.visibles())
        .select_related("proceso")
        .order_by("inicio")
    )


def contiendas_de(votacion: Votacion) -> QuerySet[Contienda]:
    """Contiendas de la votación en orden, con su lugar (sin polígono) y el número de opciones."""
    return (
        votacion.contiendas.select_related("area", "votacion")
        .defer("votacion__libro")
        .annotate(obras=Count("opciones"))
    )


@dataclass(frozen=True)
class Asistencia:
    """Una contienda y cuántas personas ya participaron. No dice nada de lo que eligieron."""

    contienda: Contienda
    participaron: int
    es_mia: bool = False


def asistencia(votacion: Votacion, mias: Collection[int] = ()) -> list[Asistencia]:
    """Participación por contienda (dos consultas), con las propias primero. `mias`, por clave."""
    cuantas = dict(
        Participacion.objects.filter(contienda__votacion=votacion)
        .values_list("contienda")
        .annotate(Count("pk"))
        .order_by()
    )
    filas = [Asistencia(c, cuantas.get(c.pk, 0), c.pk in mias) for c in contiendas_de(votacion)]
    return sorted(filas, key=lambda fila: not fila.es_mia)


def _participantes_por_modo(votacion: Votacion) -> dict[int, dict[str, int]]:
    """{contienda: {código de modo: cuántas personas participaron verificadas así}}, en una consulta."""
    cuentas: dict[int, dict[str, int]] = {}
    filas = Participacion.objects.filter(contienda__votacion=votacion).order_by()
    for contienda, metodo, cuantas in filas.values_list("contienda", "metodo").annotate(Count("pk")):
        cuentas.setdefault(contienda, {})[metodo] = cuantas
    return cuentas


def modos_publicos(votacion: Votacion) -> dict[int, list[tuple[str, int]]]:
    """{contienda: [(modo de verificar, cuántas participaron)]}, con las celdas chicas juntas."""
    return {contienda: totales_publicos(cuentas) for contienda, cuentas in _participantes_por_modo(votacion).items()}


def modos_en_total(votacion: Votacion) -> dict[str, int]:
    """{modo: cuántas} en toda la votación, sin juntar celdas: para la trastienda."""
    sumas: dict[str, int] = {}
    for cuentas in _participantes_por_modo(votacion).values():
        for rotulo, cuantas in con_rotulos(cuentas).items():
            sumas[rotulo] = sumas.get(rotulo, 0) + cuantas
    return sumas


def cabezas_de(votacion: Votacion) -> list[tuple[Contienda, int, str, str]]:
    """(contienda, número, huella, firma) del último asiento de cada urna que ya recibió algo, en orden."""
    contiendas = list(contiendas_de(votacion))
    cabezas = consultas_de_urna.cabezas_de([contienda.pk for contienda in contiendas])
    return [(contienda, *cabezas[contienda.pk]) for contienda in contiendas if contienda.pk in cabezas]


@dataclass(frozen=True)
class Acto:
    """Una suspensión o una reanudación, como está en el tablero: qué, cuándo y por qué; nunca quién."""

    tipo: str
    momento: datetime
    motivo: str
    calidad: str

    @property
    def es_suspension(self) -> bool:
        return self.tipo == Tipo.SUSPENSION


def actos_de(votacion: Votacion) -> list[Acto]:
    """Las suspensiones y reanudaciones de la votación, en orden; cada una está en el tablero de todas sus urnas."""
    contiendas = votacion.contiendas.values_list("pk", flat=True)
    return [
        Acto(tipo, datetime.fromisoformat(datos["momento"]), datos["motivo"], datos["calidad"])
        for tipo, datos in consultas_de_urna.actos_de(contiendas)
    ]


def suspendida_por(votacion: Votacion) -> Acto | None:
    """El acto que la tiene suspendida."""
    actos = actos_de(votacion) if votacion.estado == Votacion.Estado.SUSPENDIDA else []
    return next((acto for acto in reversed(actos) if acto.es_suspension), None)


# --- Papeleta --------------------------------------------------------------------------------------------------------
def opciones_de(contienda: Contienda) -> list[Opcion]:
    """Opciones de la papeleta por número, con su propuesta, su OTB y sus condiciones dichas en palabras."""
    opciones = list(
        contienda.opciones.select_related("propuesta__otb", "propuesta__categoria")
        .defer("propuesta__descripcion", "propuesta__busqueda")
        .order_by("numero")
    )
    for opcion in opciones:
        opcion.condiciones = frases_de(opcion.numero, **contienda.condiciones)
    return opciones


def en_orden_de(opciones: list[Opcion], persona: int | None) -> list[Opcion]:
    """Las mismas opciones en el orden que le toca a la persona: siempre el mismo para ella, distinto entre personas.

    Así ninguna obra gana votos por estar arriba. Sin persona, por número.
    """
    if persona is None or not opciones:
        return opciones
    por_numero = {opcion.numero: opcion for opcion in opciones}
    return [por_numero[n] for n in orden_de_desempate(por_numero, f"{opciones[0].contienda_id}:{persona}")]  # type: ignore[index]


# --- Libro de reglas -------------------------------------------------------------------------------------------------
def libro_de(votacion: Votacion, *, version: int = libro_de_reglas.VERSION) -> dict[str, Any]:
    """Todo lo que decide la votación, tal como está en la base. Montos en centavos, horas en UTC.

    `version` es la forma del libro: la de una votación que se abrió antes se compara con la suya.
    """
    contiendas = contiendas_de(votacion).prefetch_related("opciones__propuesta")
    libro: dict[str, Any] = {
        "version": version,
        "votacion": votacion.slug,
        "proceso": votacion.proceso.slug,
        "regla": votacion.regla,
        "completar": libro_de_reglas.COMPLETAR[votacion.regla],
        "desempate": libro_de_reglas.DESEMPATE,
        "abre": _utc(votacion.abre),
        "cierra": _utc(votacion.cierra),
        "contiendas": [_contienda_del_libro(contienda, version) for contienda in contiendas],
    }
    if version >= 2:
        libro |= {"minimo": votacion.minimo, "condiciones": libro_de_reglas.CONDICIONES}
    if version >= 4:
        libro["por_sector"] = votacion.por_sector
    if version >= 3:
        libro |= {"papeleta": votacion.reglamento.canonico(), "padron": _padron_del_libro(votacion)}
        libro |= {"clave_urna": Firmante(votacion.slug).publica, "se_cambia": votacion.se_cambia}
        libro |= {"como_termina_cada_regla": dict(libro_de_reglas.COMPLETAR)}
    if version >= 4:
        libro |= {"clave_tablero": FirmanteDelTablero(votacion.slug).publica}
    return libro


def _padron_del_libro(votacion: Votacion) -> dict[str, str]:
    """De cuándo es el padrón definitivo y su huella; cuántas personas hay en cada lugar va en su contienda."""
    padron = votacion.padron  # type: ignore[attr-defined]  # lo pone votaciones.padron
    return {"corte": _utc(padron.corte), "huella": padron.huella}


def _contienda_del_libro(contienda: Contienda, version: int) -> dict[str, Any]:
    suya: dict[str, Any] = {
        "numero": contienda.numero,
        **_lugar_del_libro(contienda, version),
        "presupuesto": a_centavos(contienda.presupuesto),
        "habilitados": contienda.habilitados,
        "opciones": [
            {
                "numero": opcion.numero,
                "propuesta": opcion.propuesta.codigo or str(opcion.propuesta_id),
                "titulo": opcion.titulo,
                "costo": a_centavos(opcion.costo),
            }
            for opcion in contienda.opciones.all()
        ],
    }
    return suya if version < 2 else suya | {"condiciones": contienda.condiciones}


def _lugar_del_libro(contienda: Contienda, version: int) -> dict[str, Any]:
    area = contienda.area
    if version < 4:
        return {"distrito": area.codigo}
    return {"lugar": {"tipo": area.tipo, "codigo": area.codigo, "sector": contienda.sector}}


def _utc(momento: datetime) -> str:
    return f"{datetime.fromtimestamp(int(momento.timestamp()), tz=UTC):%Y-%m-%dT%H:%M:%SZ}"


# --- Recibos y resultados --------------------------------------------------------------------------------------------
def hay_recibo(votacion: Votacion, codigo: str) -> bool:
    """Si el recibo corresponde a una papeleta que está en la urna. No dice cuál."""
    contiendas = votacion.contiendas.values_list("pk", flat=True)
    return consultas_de_urna.hay_recibo(contiendas, recibos.huella_de(codigo))


def papeletas_de(contienda: Contienda) -> int:
    """Cuántas papeletas hay en su urna."""
    return consultas_de_urna.papeletas_por_contienda([contienda.pk]).get(contienda.pk, 0)


def se_publican_papeletas(votacion: Votacion, votos: int) -> bool:
    """Si las papeletas de una contienda se muestran una por una: ya contada y con votos que no señalen a nadie."""
    return votacion.estado == Votacion.Estado.CONTADA and votos >= CELDA_MINIMA


def con_alguna_publico(votacion: Votacion, resultado: Resultado) -> int | None:
    """Cuántas papeletas eligieron alguna ganadora; None si no se anotó o si, por pocas, señalaría a alguien."""
    return resultado.con_alguna if se_publican_papeletas(votacion, resultado.votos) else None


def resultados_oficiales(votacion: Votacion) -> list[Resultado]:
    """El resultado oficial de cada contienda, en orden (una consulta)."""
    return list(
        Resultado.objects.filter(contienda__votacion=votacion, oficial=True)
        .select_related("contienda__area", "contienda__votacion")
        .defer("contienda__votacion__libro")
    )


def resultado_publico(votacion: Votacion) -> dict[str, Any]:
    """El resultado completo para descargar: totales por obra, sin papeletas. Montos en Bs como texto exacto."""
    contiendas = contiendas_de(votacion).prefetch_related("resultados")
    modos = modos_publicos(votacion)
    return {
        "votacion": votacion.slug,
        "nombre": votacion.nombre,
        "huella_del_libro": votacion.huella,
        "regla_oficial": votacion.regla,
        "minimo": votacion.minimo,
        "papeleta": votacion.reglamento.canonico(),
        "contada": votacion.contada.isoformat() if votacion.contada else None,
        "participacion": votacion.participacion,
        "contiendas": [
            {
                "numero": contienda.numero,
                "lugar": contienda.lugar,
                "presupuesto": str(contienda.presupuesto),
                "habilitados": contienda.habilitados,
                "condiciones": contienda.condiciones,
                "verificacion": dict(modos.get(contienda.pk, ())),
                "participacion": contienda.participacion,
                "resultados": [
                    {
                        "regla": resultado.regla,
                        "oficial": resultado.oficial,
                        "votos": resultado.votos,
                        "gastado": str(resultado.gastado),
                        "con_alguna": con_alguna_publico(votacion, resultado),
                        "pasos": resultado.pasos,
                        "opciones": resultado.detalle,
                    }
                    for resultado in contienda.resultados.all()
                ],
            }
            for contienda in contiendas
        ],
    }


def quien(votacion: Votacion, verbo: str) -> int | None:
    """Clave de quien hizo por última vez `verbo` con la votación, según la bitácora; None si fue el sistema."""
    return Suceso.objects.de(votacion).filter(verbo=verbo).order_by("-pk").values_list("actor", flat=True).first()
