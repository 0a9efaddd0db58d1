"""Cómo se comprueba quién es una persona y dónde vive: una sola tabla legible.

Agregar un modo es agregar su renglón aquí y la acción que lo aplica. El código se guarda con cada residencia y con cada
participación, y su rótulo aparece en los totales.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from civic.cuentas.roles import Rol


@dataclass(frozen=True)
class Metodo:
    """Un modo de verificar. `roles` vacío: lo usa la propia persona; con roles, alguien lo hace por ella."""

    codigo: str
    rotulo: str
    prueba_residencia: bool
    explica: str
    ruta: str = ""
    roles: frozenset[str] = frozenset()
    prueba_identidad: bool = True

    @property
    def nivel(self) -> str:
        """El nivel que deja por sí solo en la residencia."""
        return "verificada" if self.prueba_residencia else "identidad"


PADRON = Metodo(
    "padron",
    "padrón",
    prueba_residencia=True,
    ruta="verificar_padron",
    explica="Con tu carnet y tu fecha de nacimiento, en un minuto, si estás en el padrón del municipio.",
)
LISTA = Metodo(
    "lista_organizacion",
    "directiva de su organización",
    prueba_residencia=True,
    ruta="verificar_organizacion",
    explica="Alguien de la directiva de tu OTB confirma que vives ahí.",
)
PADRON_DE_ORGANIZACION = Metodo(
    "padron_organizacion",
    "padrón de su organización",
    prueba_residencia=True,
    ruta="verificar_padron_organizacion",
    explica="Con tu carnet y tu fecha de nacimiento, si estás en la lista que cargó la directiva de tu OTB.",
)
CIUDADANIA = Metodo(
    "ciudadania_digital",
    "Ciudadanía Digital",
    prueba_residencia=False,
    ruta="verificar_ciudadania",
    explica="Con tu cuenta del Estado, si ya tienes una.",
)
PROMOTORA = Metodo(
    "promotora",
    "promotora",
    prueba_residencia=True,
    roles=frozenset({Rol.PROMOTORA.value}),
    explica="La promotora de tu distrito te verifica en persona. Lleva tu carnet.",
)
VENTANILLA = Metodo(
    "ventanilla",
    "ventanilla",
    prueba_residencia=True,
    roles=frozenset({Rol.VENTANILLA.value, Rol.PLANIFICACION.value, Rol.ADMINISTRACION.value}),
    explica="En la ventanilla de atención ciudadana, en horario de oficina. Lleva tu carnet y una factura de luz.",
)

METODOS: dict[str, Metodo] = {
    metodo.codigo: metodo for metodo in (PADRON, PADRON_DE_ORGANIZACION, LISTA, CIUDADANIA, PROMOTORA, VENTANILLA)
}
OPCIONES = [(metodo.codigo, metodo.rotulo[0].upper() + metodo.rotulo[1:]) for metodo in METODOS.values()]
SIN_METODO = "sin dato"


def rotulo_de(codigo: str) -> str:
    """Cómo se nombra un modo en los totales; lo anterior a esta tabla no lo tiene anotado."""
    return METODOS[codigo].rotulo if codigo in METODOS else SIN_METODO


def esta_abierto(metodo: Metodo) -> bool:
    """Si este municipio lo usa (AYNI_VERIFICACION) y tiene lo que necesita."""
    return metodo.codigo in settings.VERIFICACION and (metodo is not CIUDADANIA or bool(settings.OIDC["emisor"]))


def abiertos() -> list[Metodo]:
    return [metodo for metodo in METODOS.values() if esta_abierto(metodo)]


def metodo_de_quien_atiende(usuario: Any) -> Metodo | None:
    """El modo con que esta persona verifica a otras: ventanilla antes que promotora; None si no le toca."""
    for metodo in (VENTANILLA, PROMOTORA):
        tecnica = metodo is VENTANILLA and usuario.es_tecnica
        if esta_abierto(metodo) and (tecnica or usuario.roles_vigentes & metodo.roles):
            return metodo
    return None
