"""Los techos: a quién le toca proponerlos y aprobarlos, y cómo se nombran."""

from decimal import Decimal

from civic.comun.errores import ReglaIncumplida

PROPUESTOS, APROBADOS = "propuestos", "aprobados"


def nombre_de_techo(distrito: str, sector: str, fuente: str) -> str:
    """«Distrito 3», o «Distrito 3 · Agrario · IDH» si el techo es de un sector o de una fuente."""
    return " · ".join(parte for parte in (distrito, sector, fuente) if parte)


def exigir_aprobables(estado: str, *, cuantos: int, propuso: bool, norma: str) -> None:
    """Lanza ReglaIncumplida si los techos no se pueden aprobar: nadie aprueba lo que propuso (dominio, 6)."""
    if not cuantos:
        raise ReglaIncumplida("Este proceso todavía no tiene techos que aprobar.")
    if estado == APROBADOS:
        raise ReglaIncumplida("Los techos ya están aprobados.")
    if propuso:
        raise ReglaIncumplida("Nadie aprueba lo que propuso: estos techos los aprueba otra persona del Concejo.")
    if not norma.strip():
        raise ReglaIncumplida("Escribe el número de la norma que los aprueba.", campo="norma")


def exigir_razon_del_ajuste(ajustes: list[tuple[str, Decimal | None, Decimal]], motivo: str) -> None:
    """Lanza ReglaIncumplida si un techo se aparta de su fórmula (nombre, techo, cuota) sin decir por qué."""
    if ajustes and not motivo.strip():
        nombres = ", ".join(nombre for nombre, _, _ in ajustes)
        raise ReglaIncumplida(
            f"Lo que escribiste no es lo que da la fórmula publicada: {nombres}. Escribe por qué; se publica al lado.",
            campo="motivo",
        )
