"""Carga la demo por pasos. Cada paso es una transacción con su marca: si se interrumpe, se rehace solo lo que falta."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from civic.comun.bitacora import juntar_sucesos
from civic.demo import portero
from civic.demo.contexto import Contexto
from civic.demo.fuentes import Calendario
from civic.demo.models import Paso
from civic.demo.pasos import (
    actas,
    adjuntos,
    debates,
    fotos,
    gente,
    obras,
    portal,
    procesos,
    propuestas,
    reportes,
    territorio,
    verificacion,
    votaciones,
)


@dataclass(frozen=True)
class PasoDeCarga:
    nombre: str
    titulo: str
    cargar: Callable[[Contexto], str]


PASOS = (
    PasoDeCarga("territorio", "Territorio", territorio.cargar),
    PasoDeCarga("gente", "Gente", gente.cargar),
    PasoDeCarga("verificacion", "Padrón y verificación", verificacion.cargar),
    PasoDeCarga("dibujos", "Dibujos", fotos.cargar),
    PasoDeCarga("procesos", "Procesos", procesos.cargar),
    PasoDeCarga("propuestas", "Propuestas", propuestas.cargar),
    PasoDeCarga("adjuntos", "Adjuntos", adjuntos.cargar),
    PasoDeCarga("actas", "Actas de asamblea", actas.cargar),
    PasoDeCarga("votaciones", "Votaciones", votaciones.cargar),
    PasoDeCarga("obras", "Obras", obras.cargar),
    PasoDeCarga("reportes", "Reportes", reportes.cargar),
    PasoDeCarga("debates", "Debates", debates.cargar),
    PasoDeCarga("portal", "Portal", portal.cargar),
)

# anunciar(paso) antes de empezar y terminar(paso, resumen, segundos) al terminar
Anunciar = Callable[[PasoDeCarga], None]
Terminar = Callable[[PasoDeCarga, str, float], None]


def pasos_pendientes() -> list[PasoDeCarga]:
    """Los que faltan, en orden. Lista vacía: la demo está entera."""
    hechos = set(Paso.objects.values_list("nombre", flat=True))
    return [paso for paso in PASOS if paso.nombre not in hechos]


def cargar_demo(
    pasos: list[PasoDeCarga] | None = None,
    *,
    anunciar: Anunciar = lambda paso: None,
    terminar: Terminar = lambda paso, resumen, segundos: None,
) -> None:
    """Da los pasos que faltan. Todos usan el «hoy» del primero, aunque la carga se retome otro día.

    Lanza DemoNoPermitida en producción o si la base tiene gente y no es una demo: la clave publicada de la demo nunca
    llega a una instalación de verdad.
    """
    portero.exigir_lugar(permitir_otra_base=True)
    portero.exigir_base_propia()
    primero = Paso.objects.order_by("momento", "pk").first()
    contexto = Contexto(Calendario(primero.dia if primero else timezone.localdate()))
    for paso in pasos_pendientes() if pasos is None else pasos:
        anunciar(paso)
        empezo = time.perf_counter()
        with juntar_sucesos():
            resumen = paso.cargar(contexto)
            segundos = round(time.perf_counter() - empezo, 2)
            Paso.objects.create(nombre=paso.nombre, resumen=resumen, segundos=segundos, dia=contexto.calendario.hoy)
        terminar(paso, resumen, segundos)
