"""Los cambios de un proceso publicado: qué cambió, desde cuándo vale y si hace falta decir por qué.

Un cambio de fechas o de actos se avisa con 72 horas, o lleva una razón que todo el mundo lee (dominio, 4.3).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from civic.comun.dinero import bolivianos
from civic.comun.errores import ReglaIncumplida
from civic.procesos.reglas.fases import VOTAR, actos_de, actos_en_palabras, dia, fases_vigentes

AVISO = timedelta(hours=72)
PUBLICACION, CALENDARIO, TECHOS, NOMBRES = "publicacion", "calendario", "techos", "nombres"


@dataclass(frozen=True)
class RetratoDeFase:
    """Una fase como estaba en un momento, para comparar. `actos` None: los de su tipo."""

    tipo: str
    nombre: str
    inicio: datetime
    fin: datetime
    actos: Collection[str] | None = None


@dataclass(frozen=True)
class Retrato:
    """Lo que el público cuenta con que no cambie en silencio.

    `fases` por pk y `techos` por su nombre («Distrito 3», «Distrito 3 · Agrario · IDH»). `fue_publico`: alguna vez se
    publicó, aunque ahora no se vea; despublicar no sirve para cambiar fechas a escondidas.
    """

    publicado: bool
    fases: dict[int, RetratoDeFase]
    techos: dict[str, Decimal]
    fue_publico: bool = False

    @property
    def es_publico(self) -> bool:
        return self.publicado or self.fue_publico


@dataclass(frozen=True)
class Cambio:
    """Un cambio con su frase. `efecto`: primer momento en que se nota (None: enseguida o no toca el calendario)."""

    clase: str
    texto: str
    que: str = ""
    era: str = ""
    es: str = ""
    efecto: datetime | None = None
    tramo_previo: tuple[datetime, datetime] | None = field(default=None)


def _tramo(fase: RetratoDeFase) -> str:
    return f"del {dia(fase.inicio)} al {dia(fase.fin)}"


def _lo_que_permite(fase: RetratoDeFase) -> str:
    return actos_en_palabras(actos_de(fase)) or "ningún acto"


def _entera(fase: RetratoDeFase) -> str:
    return f"{_tramo(fase)}; permite {_lo_que_permite(fase)}"


def cambios(antes: Retrato, despues: Retrato) -> list[Cambio]:
    """Cada cambio de un proceso, en el orden: publicación, fases, techos."""
    lista = []
    if despues.publicado != antes.publicado:
        texto = "Se publicó el proceso." if despues.publicado else "El proceso dejó de estar publicado."
        lista.append(Cambio(PUBLICACION, texto))
    for pk, fase in antes.fases.items():
        if pk in despues.fases:
            continue
        texto = f"Se quitó la fase «{fase.nombre}» ({_tramo(fase)})."
        lista.append(Cambio(CALENDARIO, texto, fase.nombre, _entera(fase), "no está", fase.inicio, _previo(fase)))
    for pk, fase in despues.fases.items():
        previa = antes.fases.get(pk)
        lista += [_fase_nueva(fase)] if previa is None else _cambios_de_fase(previa, fase)
    return lista + _cambios_de_techos(antes.techos, despues.techos)


def _previo(fase: RetratoDeFase) -> tuple[datetime, datetime]:
    return fase.inicio, fase.fin


def _fase_nueva(fase: RetratoDeFase) -> Cambio:
    texto = f"Se agregó la fase «{fase.nombre}», {_tramo(fase)}."
    return Cambio(CALENDARIO, texto, fase.nombre, "no estaba", _entera(fase), fase.inicio)


def _cambios_de_fase(previa: RetratoDeFase, fase: RetratoDeFase) -> list[Cambio]:
    lista = []
    if previa.nombre != fase.nombre:
        lista.append(Cambio(NOMBRES, f"La fase «{previa.nombre}» ahora se llama «{fase.nombre}»."))
    if _previo(previa) != _previo(fase):
        texto = f"La fase «{fase.nombre}» cambió de fechas: era {_tramo(previa)}; ahora es {_tramo(fase)}."
        bordes = [(previa.inicio, fase.inicio), (previa.fin, fase.fin)]
        efecto = min(min(era, es) for era, es in bordes if era != es)
        lista.append(Cambio(CALENDARIO, texto, fase.nombre, _tramo(previa), _tramo(fase), efecto, _previo(previa)))
    if actos_de(previa) != actos_de(fase):
        era, es = _lo_que_permite(previa), _lo_que_permite(fase)
        texto = f"En la fase «{fase.nombre}» cambió lo que se puede hacer: era {era}; ahora es {es}."
        efecto = min(previa.inicio, fase.inicio)
        lista.append(Cambio(CALENDARIO, texto, fase.nombre, era, es, efecto, _previo(previa)))
    elif previa.tipo != fase.tipo:
        lista.append(Cambio(NOMBRES, f"La fase «{fase.nombre}» cambió de tipo; permite lo mismo."))
    return lista


def _cambios_de_techos(antes: dict[str, Decimal], despues: dict[str, Decimal]) -> list[Cambio]:
    lista = []
    for lugar in sorted(antes.keys() | despues.keys()):
        era, es = antes.get(lugar), despues.get(lugar)
        if era == es:
            continue
        if era is None:
            texto = f"{lugar} tiene techo: {bolivianos(es)}."
        elif es is None:
            texto = f"{lugar} ya no tiene techo; era {bolivianos(era)}."
        else:
            texto = f"El techo de {lugar} cambió de {bolivianos(era)} a {bolivianos(es)}."
        en_palabras = ["sin techo" if monto is None else bolivianos(monto) for monto in (era, es)]
        lista.append(Cambio(TECHOS, texto, lugar, en_palabras[0], en_palabras[1]))
    return lista


def necesita_razon(cambio: Cambio, ahora: datetime) -> bool:
    """Si el cambio vale antes de 72 horas (con 72 horas justas ya hay aviso) o toca una fase que está corriendo.

    También reescribir una fase pasada: su efecto ya pasó. Despublicar vale enseguida; publicar y los nombres no
    quitan nada a nadie.
    """
    if cambio.clase == PUBLICACION:
        return "dejó" in cambio.texto
    if cambio.clase != CALENDARIO or cambio.efecto is None:
        return False
    corre = cambio.tramo_previo is not None and cambio.tramo_previo[0] <= ahora < cambio.tramo_previo[1]
    return corre or cambio.efecto - ahora < AVISO


def exigir_aviso(lista: Iterable[Cambio], motivo: str, ahora: datetime) -> None:
    """Lanza ReglaIncumplida, en el campo «motivo», si algún cambio necesita razón y no la trae."""
    sin_aviso = [cambio.texto for cambio in lista if necesita_razon(cambio, ahora)]
    if sin_aviso and not motivo.strip():
        raise ReglaIncumplida(
            f"Esto cambia con menos de 72 horas de aviso: {' '.join(sin_aviso)} Escribe por qué: será público.",
            campo="motivo",
        )


def exigir_techos_firmes(antes: Retrato, despues: Retrato, ahora: datetime) -> None:
    """Lanza ReglaIncumplida si cambian los techos de un proceso que ya es público mientras se vota con ellos."""
    votan = fases_vigentes(antes.fases.values(), ahora) if antes.es_publico else []
    votacion = next((fase for fase in votan if VOTAR in actos_de(fase)), None)
    if votacion and antes.techos != despues.techos:
        raise ReglaIncumplida(
            f"La gente está votando con estos techos hasta el {dia(votacion.fin)}. No se cambian hasta entonces."
        )
