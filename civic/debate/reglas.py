"""Límites del debate y estados de un comentario. Funciones puras."""

from civic.comun.errores import ReglaIncumplida

LARGO_MAXIMO = 2000
POR_MINUTO = 10
POR_PAGINA = 20
# Más cambios perdidos que estos no se reponen uno por uno: se invita a recargar la página.
REPOSICION_MAXIMA = 200

VISIBLE, OCULTO, RETIRADO = "visible", "oculto", "retirado"
TRANSICIONES: dict[str, frozenset[str]] = {
    VISIBLE: frozenset({OCULTO, RETIRADO}),
    OCULTO: frozenset({VISIBLE}),
    RETIRADO: frozenset(),
}
_POR_QUE_NO = {
    (VISIBLE, VISIBLE): "Ese comentario ya se ve.",
    (OCULTO, OCULTO): "Ese comentario ya está oculto.",
    (OCULTO, RETIRADO): "Moderación ya ocultó ese comentario; no hace falta retirarlo.",
    (RETIRADO, RETIRADO): "Ese comentario ya está retirado.",
    (RETIRADO, OCULTO): "Su autora o autor ya retiró ese comentario.",
    (RETIRADO, VISIBLE): "Su autora o autor retiró ese comentario; solo esa persona podía decidirlo.",
}


class DemasiadoSeguido(ReglaIncumplida):
    """La persona escribió más comentarios por minuto que los permitidos."""


def exigir_transicion(desde: str, hacia: str) -> None:
    """Lanza ReglaIncumplida si un comentario no puede pasar de `desde` a `hacia`."""
    if hacia not in TRANSICIONES[desde]:
        raise ReglaIncumplida(_POR_QUE_NO[desde, hacia])


def exigir_ritmo(en_el_ultimo_minuto: int) -> None:
    """Lanza DemasiadoSeguido si ya se alcanzó el tope por minuto."""
    if en_el_ultimo_minuto >= POR_MINUTO:
        raise DemasiadoSeguido(
            f"Escribiste {en_el_ultimo_minuto} comentarios en un minuto. Espera un minuto y envía este de nuevo."
        )
