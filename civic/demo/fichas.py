"""Las propuestas de la demo antes de entrar a la base: las del contenido y las de propuestas.csv, en un solo molde."""

from dataclasses import dataclass
from typing import Any

from civic.demo.fuentes import contenido, tabla
from civic.demo.guion import CONTADO, RECIBIENDO, VOTANDO
from propuestas.reglas import Estado, codigo_de

# Estado en el contenido -> estado con que la propuesta llega al día de hoy, antes de la votación.
_PRIMERA_RONDA = {
    "incluida_poa": Estado.VIABLE,
    "priorizada_distrito": Estado.VIABLE,
    "lista_espera": Estado.VIABLE,
    "derivada_gestion_riesgos": Estado.DERIVADA,
}
_SEGUNDA_RONDA = {"en_votacion": Estado.PUBLICADA}
# Las últimas en llegar esperan que se revise su forma: así la trastienda tiene trabajo.
_POR_REVISAR = 2


@dataclass(frozen=True)
class FichaDePropuesta:
    """`organizacion` es su id en el contenido, o su nombre con `distrito`; `fuerza` (1 a 9), cuánta gente la quiere."""

    codigo: str
    proceso: str
    distrito: int
    organizacion: str
    categoria: str
    titulo: str
    descripcion: str
    costo: int
    costo_tecnico: int | None
    familias: int
    referencia: str
    fuerza: int
    estado: str
    obra: str = ""
    origen: str = "asamblea"
    punto: tuple[float, float] | None = None
    dictamen: str = ""
    motivo: str = ""
    apoyos: int | None = None


def fichas() -> list[FichaDePropuesta]:
    """Todas, en el orden de su código."""
    propias = [_del_contenido(dato) for dato in contenido()["propuestas"]]
    siguiente = {2026: 1, 2027: len(propias) + 1}
    filas = tabla("propuestas")
    ultimas = [fila["titulo"] for fila in filas if fila["proceso"] == RECIBIENDO][-_POR_REVISAR:]
    for fila in filas:
        gestion = 2026 if fila["proceso"] == CONTADO else 2027
        codigo, siguiente[gestion] = codigo_de(gestion, siguiente[gestion]), siguiente[gestion] + 1
        estado = Estado.VIABLE
        if fila["proceso"] == RECIBIENDO:
            estado = Estado.ENVIADA if fila["titulo"] in ultimas else Estado.PUBLICADA
        propias.append(_de_la_tabla(fila, codigo, estado))
    return propias


def _del_contenido(dato: dict[str, Any]) -> FichaDePropuesta:
    primera = dato["convocatoria"] == "primera_ronda"
    viabilidad = dato.get("viabilidad", {})
    return FichaDePropuesta(
        codigo=dato["id"],
        proceso=VOTANDO if primera else RECIBIENDO,
        distrito=dato["distrito"],
        organizacion=dato["organizacion"],
        categoria=dato["categoria"],
        titulo=dato["titulo"],
        descripcion=dato["descripcion"],
        costo=dato["monto_solicitado_bs"],
        costo_tecnico=int(dato["monto_tecnico_bs"]) if primera and dato["monto_tecnico_bs"] else None,
        familias=dato["familias_beneficiadas"],
        referencia=dato["ubicacion"]["referencia"],
        fuerza=max(3, min(9, round(dato["apoyos"] / 32))),
        estado=str((_PRIMERA_RONDA if primera else _SEGUNDA_RONDA).get(dato["estado"], dato["estado"])),
        origen=dato["origen"],
        punto=(dato["ubicacion"]["lon"], dato["ubicacion"]["lat"]),
        dictamen=viabilidad.get("dictamen", "") or dato.get("nota", ""),
        motivo=dato.get("motivo_rechazo", ""),
        apoyos=dato["apoyos"],
    )


def _de_la_tabla(fila: dict[str, str], codigo: str, estado: str) -> FichaDePropuesta:
    costo = int(fila["costo"])
    # Lo que se pidió nunca es lo que después sale: el técnico ajusta hasta un décimo, según el código.
    pedido = round(costo * (0.9 + int(codigo[-3:]) * 7 % 14 / 100), -3)
    return FichaDePropuesta(
        codigo=codigo,
        proceso=fila["proceso"],
        distrito=int(fila["distrito"]),
        organizacion=fila["organizacion"],
        categoria=fila["categoria"],
        titulo=fila["titulo"],
        descripcion=fila["descripcion"],
        costo=int(pedido) if estado == Estado.VIABLE else costo,
        costo_tecnico=costo if estado == Estado.VIABLE else None,
        familias=int(fila["familias"]),
        referencia=fila["referencia"],
        fuerza=int(fila["fuerza"]),
        estado=str(estado),
        obra=fila["obra"],
        origen="individual" if int(codigo[-3:]) % 4 == 0 and not fila["obra"] else "asamblea",
    )
