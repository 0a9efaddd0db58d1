"""Las secciones nuestras de la trastienda, tal como están registradas: una nueva entra sola en las pruebas."""

from typing import Any

from django.urls import get_resolver
from wagtail.admin.viewsets import viewsets

from civic.cuentas.acciones import asignar_rol
from civic.cuentas.roles import Rol
from tests.matriz.mundo import Mundo
from tests.matriz.recorrido import Puerta, Recorrido, puertas


def secciones() -> dict[str, Any]:
    """{nombre: conjunto} de cada sección propia."""
    get_resolver().url_patterns  # noqa: B018 -- al armar las direcciones, Wagtail registra las secciones
    return {
        conjunto.name: conjunto
        for conjunto in viewsets.viewsets
        if not type(conjunto).__module__.startswith("wagtail.") and getattr(conjunto, "model", None)
    }


def puertas_de(mundo: Mundo, seccion: str) -> list[Puerta]:
    """Sus rutas, cada una con una dirección de verdad."""
    return [puerta for puerta in puertas(mundo, Recorrido()) if puerta.clave.startswith(f"{seccion}:")]


def quien_entra_a_todo(mundo: Mundo) -> Any:
    """Administración técnica con los roles que ni ella reemplaza."""
    persona = mundo.personas["superusuario"]
    for rol in (Rol.PLANIFICACION, Rol.CONCEJO):
        asignar_rol(persona, rol=rol)
    return persona
