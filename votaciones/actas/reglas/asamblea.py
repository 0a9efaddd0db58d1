"""Qué es una asamblea válida: quórum, votos, techo, y el acta completa. Funciones puras."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from civic.comun.dinero import bolivianos

QUORUM_PRIMERA, QUORUM_SEGUNDA, DIAS_DE_OBSERVACION = 50, 30, 5
PROYECTOS_MAXIMO = 7
ANIOS_ATRAS = 2


def quorum_minimo(habilitados: int, porciento: int) -> int:
    """Cuántas personas hacen falta: más del `porciento` de las habilitadas (con 50, la mitad más una).

    Con 0 alcanza con una; con 100, todas.
    """
    return min(habilitados, habilitados * porciento // 100 + 1)


def quorum_en_palabras(presentes: int, habilitados: int, porciento: int, convocatoria: int) -> str:
    """«151 de 215 personas; hacían falta 108 en primera convocatoria: hubo quórum.»"""
    minimo = quorum_minimo(habilitados, porciento)
    cual = "primera" if convocatoria == 1 else "segunda"
    fin = "hubo quórum" if presentes >= minimo else "no hubo quórum"
    return f"{presentes} de {habilitados} personas; hacían falta {minimo} en {cual} convocatoria: {fin}."


@dataclass(frozen=True)
class Saldo:
    """Cuánto se prioriza con un techo: lo de esta acta, lo de otras que usan el mismo, y el techo si lo hay. En Bs."""

    de_esta: Decimal
    de_otras: Decimal
    techo: Decimal | None

    @property
    def usado(self) -> Decimal:
        return self.de_esta + self.de_otras

    @property
    def queda(self) -> Decimal | None:
        return None if self.techo is None else self.techo - self.usado

    @property
    def pasa(self) -> bool:
        return self.queda is not None and self.queda < 0

    @property
    def en_palabras(self) -> str:
        """«Bs 120.000 de Bs 300.000»"""
        return bolivianos(self.usado) if self.techo is None else f"{bolivianos(self.usado)} de {bolivianos(self.techo)}"

    @property
    def por_que_pasa(self) -> str:
        if not self.pasa or self.queda is None:
            return ""
        otras = f" ({bolivianos(self.de_otras)} en otras actas)" if self.de_otras else ""
        return (
            f"Lo priorizado suma {bolivianos(self.usado)}{otras} y el techo es {bolivianos(self.techo)}: "
            f"sobran {bolivianos(-self.queda)}. Quita un proyecto o prioriza solo una primera etapa."
        )


@dataclass(frozen=True)
class Renglon:
    """Un proyecto priorizado como se escribió. `propuesta` es su clave en el catálogo, si está."""

    descripcion: str
    monto: Decimal | None
    a_favor: int | None
    en_contra: int = 0
    abstenciones: int = 0
    propuesta: int | None = None


def faltas_de_asamblea(
    *,
    fecha: datetime.date | None,
    hoy: datetime.date,
    lugar: str,
    habilitados: int | None,
    presentes: int | None,
    mujeres: int | None,
    hombres: int | None,
    firmantes: Sequence[str],
) -> list[tuple[str, str]]:
    """(campo, frase) de lo que falta o no cuadra para firmar."""
    faltas = []
    if fecha is None:
        faltas.append(("fecha", "la fecha de la asamblea"))
    elif fecha > hoy:
        faltas.append(("fecha", "revisar la fecha: la asamblea todavía no ocurrió"))
    elif fecha.year < hoy.year - ANIOS_ATRAS:
        faltas.append(("fecha", "revisar el año de la fecha"))
    if not lugar.strip():
        faltas.append(("lugar", "el lugar"))
    if not habilitados:
        faltas.append(("habilitados", "cuántas personas podían participar"))
    if not presentes:
        faltas.append(("presentes", "cuántas personas estuvieron"))
    if len(firmantes) < 2:
        faltas.append(("firmantes", "los cargos de quienes firman: por lo menos dos"))
    faltas += problemas_de_asistencia(habilitados, presentes, mujeres, hombres)
    return faltas


def problemas_de_asistencia(
    habilitados: int | None, presentes: int | None, mujeres: int | None, hombres: int | None
) -> list[tuple[str, str]]:
    """(campo, frase) de las cifras que se contradicen, aunque todavía falte alguna."""
    problemas = []
    if presentes is not None and (mujeres or 0) + (hombres or 0) > presentes:
        problemas.append(("presentes", "revisar la asistencia: mujeres y hombres suman más que el total"))
    if presentes and habilitados and presentes > habilitados:
        problemas.append(("habilitados", "revisar las cifras: estuvieron más personas que las habilitadas"))
    return problemas


def faltas_de_renglones(renglones: Sequence[Renglon], presentes: int | None) -> list[str]:
    """Lo que falta o no cuadra en los proyectos, para firmar."""
    if not renglones:
        return ["por lo menos un proyecto priorizado"]
    faltas = []
    for numero, renglon in enumerate(renglones, start=1):
        if renglon.monto is None or renglon.monto <= 0:
            faltas.append(f"el monto del proyecto {numero}")
        if renglon.a_favor is None:
            faltas.append(f"los votos del proyecto {numero}")
    return faltas + problemas_de_renglones(renglones, presentes)


def problemas_de_renglones(renglones: Sequence[Renglon], presentes: int | None) -> list[str]:
    """Lo que se contradice en los proyectos, aunque todavía falte algo."""
    problemas = []
    if len(renglones) > PROYECTOS_MAXIMO:
        problemas.append(f"dejar {PROYECTOS_MAXIMO} proyectos o menos")
    elegidas = [renglon.propuesta for renglon in renglones if renglon.propuesta is not None]
    if len(elegidas) != len(set(elegidas)):
        problemas.append("revisar los proyectos: hay una propuesta repetida")
    for numero, renglon in enumerate(renglones, start=1):
        votos = (renglon.a_favor or 0) + renglon.en_contra + renglon.abstenciones
        if presentes and votos > presentes:
            problemas.append(f"revisar los votos del proyecto {numero}: son {votos} y estuvieron {presentes} personas")
    return problemas
