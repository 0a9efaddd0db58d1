"""Cuánto tarda contar elecciones reales, exacto, contra la definición con fracciones persona por persona.

La base con nombre es `partes_iguales_a_lo_bruto` de las pruebas, en la misma corrida y sobre la elección de Świecie
(553 papeletas); las elecciones grandes la harían esperar horas.
"""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from civic.entorno import RAIZ
from tests.votaciones.test_reglas import partes_iguales_a_lo_bruto
from votaciones.reglas import pabulib
from votaciones.reglas.escrutinio import escrutar
from votaciones.reglas.perfil import Perfil, perfil_de

DATOS = Path(RAIZ).parent / "shared" / "datos" / "pb"
pytestmark = pytest.mark.skipif(not DATOS.exists(), reason=f"no están las elecciones reales en {DATOS}")
SEGUNDOS_MAXIMOS = {"leer": 1.0, "partes_iguales": 0.5, "phragmen": 1.0}


def _leer(nombre: str) -> tuple[pabulib.Eleccion, Perfil]:
    with (DATOS / nombre).open(encoding="utf-8-sig", newline="") as archivo:
        eleccion = pabulib.leer(archivo)
    desempate = sorted(eleccion.costos)
    return eleccion, perfil_de(
        eleccion.costos, eleccion.papeletas, presupuesto=eleccion.presupuesto, desempate=desempate
    )  # type: ignore[arg-type]


def _segundos(hacer: Callable[[], object], veces: int = 3) -> float:
    tiempos = []
    for _ in range(veces):
        antes = time.process_time()
        hacer()
        tiempos.append(time.process_time() - antes)
    return min(tiempos)


def test_lodz_2022_con_90_494_papeletas():
    leer = _segundos(lambda: _leer("Poland_Lodz_2022.pb"))
    _, perfil = _leer("Poland_Lodz_2022.pb")
    medidas = {"leer": leer}
    for regla in ("partes_iguales", "phragmen"):
        medidas[regla] = _segundos(lambda regla=regla: escrutar(perfil, regla=regla))  # type: ignore[misc]
    for nombre, segundos in medidas.items():
        print(f"Łódź 2022 (90.494 × 160), {nombre}: {segundos:.3f} s de CPU (límite {SEGUNDOS_MAXIMOS[nombre]} s)")
        assert segundos <= SEGUNDOS_MAXIMOS[nombre]


def test_incrementos_en_ursus():
    _, perfil = _leer("Poland_Warszawa_2023_Ursus.pb")
    segundos = _segundos(lambda: escrutar(perfil, regla="partes_iguales", completar="incrementos"), veces=2)
    print(f"Ursus 2023 (4.519 × 72), partes iguales con incrementos: {segundos:.2f} s de CPU")


def test_contra_la_definicion_con_fracciones():
    eleccion, perfil = _leer("Poland_Swiecie_2023.pb")
    papeletas = [set(papeleta) for papeleta in eleccion.papeletas]
    desempate = sorted(eleccion.costos)
    antes = time.process_time()
    bruto = partes_iguales_a_lo_bruto(eleccion.costos, papeletas, eleccion.presupuesto, desempate)
    base = time.process_time() - antes
    nuestro = _segundos(lambda: escrutar(perfil, regla="partes_iguales"))
    assert list(escrutar(perfil, regla="partes_iguales").ganadoras) == bruto
    razon = base / nuestro
    print(f"Świecie 2023, partes iguales: {nuestro * 1000:.1f} ms; con fracciones {base:.2f} s: {razon:.0f}x")
    assert razon >= 10
