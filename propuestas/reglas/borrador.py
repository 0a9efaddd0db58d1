"""Lo que un borrador necesita para presentarse: sus pasos, lo que falta, su código y su techo."""

from decimal import Decimal

from civic.comun.dinero import bolivianos
from civic.comun.errores import ReglaIncumplida

QUE, DONDE, FOTO, REVISAR = "que", "donde", "foto", "revisar"
PASOS = {QUE: "Qué y por qué", DONDE: "Dónde", FOTO: "Foto y costo", REVISAR: "Revisar y presentar"}


def faltantes(
    *, titulo: str, descripcion: str, con_categoria: bool, con_distrito: bool, monto: Decimal | None
) -> list[tuple[str, str]]:
    """(paso, frase) de cada dato sin el que una propuesta no se puede presentar, en el orden de los pasos."""
    faltas = []
    if not titulo.strip():
        faltas.append((QUE, "el título"))
    if not descripcion.strip():
        faltas.append((QUE, "qué se pide y por qué"))
    if not con_categoria:
        faltas.append((QUE, "la categoría"))
    if not con_distrito:
        faltas.append((DONDE, "el lugar"))
    if monto is None:
        faltas.append((FOTO, "el costo"))
    return faltas


def exigir_completa(faltas: list[tuple[str, str]]) -> None:
    """Lanza ReglaIncumplida con cada dato que falta y su paso."""
    if faltas:
        lista = "; ".join(f"{dato} (paso «{PASOS[paso]}»)" for paso, dato in faltas)
        raise ReglaIncumplida(f"Para presentarla falta: {lista}.")


def exigir_bajo_techo(
    monto: Decimal, techo: Decimal | None, lugar: str, *, que: str = "El costo", campo: str = "monto_solicitado"
) -> None:
    """Lanza ReglaIncumplida (en `campo`) si `monto` pasa del techo; sin techo no hay límite. Montos en Bs."""
    if techo is not None and monto > techo:
        raise ReglaIncumplida(
            f"{que} ({bolivianos(monto)}) pasa del techo de {lugar}, que es {bolivianos(techo)}. "
            "Tiene que ser igual o menor: puede pedirse solo una primera etapa.",
            campo=campo,
        )


def codigo_de(gestion: int, numero: int) -> str:
    """PR-2027-001"""
    return f"PR-{gestion}-{numero:03d}"


def numero_de(codigo: str) -> int:
    """El número correlativo de un código: PR-2027-1000 -> 1000."""
    return int(codigo.rsplit("-", 1)[1])
