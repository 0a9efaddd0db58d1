"""Cada contrato de importación se rompe cuando debe: se planta una violación en una copia de la casa."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.casa.revisiones import RAIZ, SALAS

LINTER = Path(sys.executable).with_name("lint-imports")
VIOLACIONES = {
    "La torre": ("civic/debate/reglas.py", "import propuestas.models\n"),
    "Las salas": ("propuestas/models.py", "from propuestas import views  # plantada\n"),
    "La urna no": ("votaciones/urna/consultas.py", "from civic.cuentas.models import Usuario\n"),
    "Channels solo": ("propuestas/acciones.py", "import channels.layers\n"),
    "Las reglas": ("propuestas/reglas.py", "import django\n"),
}


def revisar(copia: Path) -> subprocess.CompletedProcess:
    entorno = {**os.environ, "PYTHONPATH": str(copia)}
    return subprocess.run(
        [str(LINTER), "--no-cache"], cwd=copia, env=entorno, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copia(tmp_path):
    for sala in SALAS:
        shutil.copytree(RAIZ / sala, tmp_path / sala, ignore=shutil.ignore_patterns("*.pyc", "static", "datos"))
    shutil.copy(RAIZ / "pyproject.toml", tmp_path)
    return tmp_path


def test_contratos_sin_violaciones_se_cumplen(copia):
    assert revisar(copia).returncode == 0


@pytest.mark.parametrize("contrato", VIOLACIONES)
def test_contrato_con_violacion_plantada_se_rompe(copia, contrato):
    ruta, linea = VIOLACIONES[contrato]
    archivo = copia / ruta
    anterior = archivo.read_text() if archivo.exists() else ""
    archivo.write_text(anterior + "\n" + linea)
    hecho = revisar(copia)
    assert hecho.returncode == 1
    rotos = [renglon for renglon in hecho.stdout.splitlines() if "BROKEN" in renglon]
    assert any(renglon.startswith(contrato) for renglon in rotos), hecho.stdout[-2000:]
