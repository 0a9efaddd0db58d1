"""La vida de un lote, en qué coinciden dos cargas y de dónde sale el código de cada papeleta. Funciones puras."""

import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from civic.comun.errores import ReglaIncumplida
from votaciones.reglas import recibo as recibos
from votaciones.reglas.papeleta import Reglamento, Tipo

# Depositar un lote ocupa la base un momento por papeleta: más que estas van en otro lote.
HOJAS_MAXIMO = 500
PRIMERA, SEGUNDA, DECISION = 1, 2, 3


class Estado(StrEnum):
    ABIERTO = "abierto"
    PRIMERA_CARGA = "primera_carga"
    SEGUNDA_CARGA = "segunda_carga"
    CONCILIADO = "conciliado"
    DEPOSITADO = "depositado"
    ANULADO = "anulado"


@dataclass(frozen=True)
class FichaDeEstado:
    etiqueta: str
    tono: str
    signo: str
    sigue: str


FICHAS = {
    Estado.ABIERTO: FichaDeEstado("Abierto", "info", "…", "Se marca a cada persona al darle su papeleta."),
    Estado.PRIMERA_CARGA: FichaDeEstado("Primera carga", "ojo", "1", "Una persona escribe lo que dice cada hoja."),
    Estado.SEGUNDA_CARGA: FichaDeEstado(
        "Segunda carga", "ojo", "2", "Otra persona escribe las mismas hojas, sin ver lo de la primera."
    ),
    Estado.CONCILIADO: FichaDeEstado("Conciliado", "ojo", "=", "Las dos cargas coinciden: falta depositar en la urna."),
    Estado.DEPOSITADO: FichaDeEstado("Depositado", "bien", "✓", "Las papeletas están en la urna."),
    Estado.ANULADO: FichaDeEstado("Anulado", "mal", "×", "No entró en la urna."),
}
OPCIONES_ESTADO = [(estado.value, ficha.etiqueta) for estado, ficha in FICHAS.items()]
TERMINADOS = (Estado.DEPOSITADO.value, Estado.ANULADO.value)
# Desde que se juntan las hojas hasta el final: el lote ya tiene su papel.
CON_PAPEL = tuple(e.value for e in Estado if e not in (Estado.ABIERTO, Estado.ANULADO))
MOVIMIENTOS = {
    Estado.ABIERTO: {Estado.PRIMERA_CARGA, Estado.ANULADO},
    Estado.PRIMERA_CARGA: {Estado.SEGUNDA_CARGA, Estado.ANULADO},
    Estado.SEGUNDA_CARGA: {Estado.CONCILIADO, Estado.ANULADO},
    Estado.CONCILIADO: {Estado.DEPOSITADO, Estado.ANULADO},
    Estado.DEPOSITADO: set(),
    Estado.ANULADO: set(),
}


def exigir_movimiento(desde: str, hacia: Estado) -> None:
    if hacia not in MOVIMIENTOS[Estado(desde)]:
        ahora, pedido = FICHAS[Estado(desde)].etiqueta, FICHAS[hacia].etiqueta
        raise ReglaIncumplida(f"El lote está «{ahora}»: no puede pasar a «{pedido}».")


# --- Lo que dice una hoja --------------------------------------------------------------------------------------------
VALIDA, BLANCA, NULA, CUENTA = "valida", "blanca", "nula", "cuenta"
Hoja = dict[str, Any]


def hoja_de_papel(es: str, eleccion: Any = ()) -> Hoja:
    """{"es": …, "eleccion": selección canónica}; en blanco y nula no llevan elección."""
    return {"es": es, "eleccion": [*eleccion] if es == VALIDA else []}


def cuenta_de_manos(votos: Mapping[int, int], abstenciones: int) -> Hoja:
    """{"es": "cuenta", "votos": [[obra, manos], …], "abstenciones": n}."""
    return {"es": CUENTA, "votos": [[n, v] for n, v in sorted(votos.items()) if v], "abstenciones": abstenciones}


def manos_de(cuenta: Hoja) -> int:
    """Cuántas personas dice una cuenta de manos: las que votaron y las que se abstuvieron."""
    return sum(manos for _, manos in cuenta["votos"]) + int(cuenta["abstenciones"])


def distintas(primera: Mapping[int, Hoja], segunda: Mapping[int, Hoja], decididas: Collection[int]) -> list[int]:
    """Los números de las hojas en que las dos cargas no dicen lo mismo, sin las que ya decidió otra persona."""
    todas = set(primera) | set(segunda)
    return sorted(n for n in todas if n not in decididas and primera.get(n) != segunda.get(n))


def papeletas_de(hojas: Mapping[int, Hoja]) -> list[tuple[str, Any]]:
    """(rótulo, selección) de cada papeleta que va a la urna. El rótulo no se repite en un lote."""
    salen: list[tuple[str, Any]] = []
    for numero, hoja in hojas.items():
        if hoja["es"] == VALIDA:
            salen.append((str(numero), hoja["eleccion"]))
        elif hoja["es"] == CUENTA:
            salen += [(f"{numero}.{obra}.{mano}", [obra]) for obra, manos in hoja["votos"] for mano in range(manos)]
    return salen


def sin_valor(hojas: Mapping[int, Hoja]) -> tuple[int, int]:
    """(en blanco o abstenciones, nulas)."""
    blancas = sum(1 if hoja["es"] == BLANCA else hoja.get("abstenciones", 0) for hoja in hojas.values())
    return blancas, sum(hoja["es"] == NULA for hoja in hojas.values())


def codigo_de(secreto: str, rotulo: str) -> str:
    """El código de recibo de una papeleta del lote, de 80 bits: siempre el mismo mientras exista el secreto."""
    return recibos.codigo_de(hmac.digest(bytes.fromhex(secreto), f"ayni.lote.1:{rotulo}".encode(), "sha256"))


def por_que_no_a_mano_alzada(reglamento: Reglamento) -> str:
    """Frase que dice por qué esta papeleta no se llena con una mano; vacía si una mano es una papeleta."""
    if reglamento.tipo == Tipo.UNA or (reglamento.tipo == Tipo.APROBACION and reglamento.maximo_de_obras == 1):
        return ""
    return (
        "A mano alzada solo se vota cuando cada persona elige una sola obra. En esta votación la papeleta lleva más: "
        "en la asamblea se llenan papeletas de papel."
    )
