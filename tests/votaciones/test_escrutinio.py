"""Contar elecciones con cada regla: elecciones de verdad, fuerza bruta al pie de la letra y la orden de consola."""

import io
import json
import random
from fractions import Fraction
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from civic.entorno import RAIZ
from tests.votaciones.test_reglas import caso_al_azar, partes_iguales_a_lo_bruto, todas_pueden
from votaciones.reglas import pabulib
from votaciones.reglas.escrutinio import escrutar
from votaciones.reglas.perfil import perfil_de

DATOS = Path(RAIZ).parent / "shared" / "datos" / "pb"
# clave en esperado.json -> cómo se cuenta
CASOS = {
    "greedy_cost": ["--regla=voraz"],
    "greedy_card": ["--regla=voraz_unidades"],
    "mes": ["--regla=partes_iguales"],
    "mes_greedy": ["--regla=partes_iguales", "--completar=voraz"],
    "mes_add1": ["--regla=partes_iguales", "--completar=incrementos", "--parada=exhaustiva"],
    "mes_add1_until_overspend": ["--regla=partes_iguales", "--completar=incrementos", "--parada=exceso"],
    "phragmen": ["--regla=phragmen"],
}
ELECCION = (
    "META\nkey;value\nbudget;1000\nvote_type;approval\nPROJECTS\nproject_id;cost\n1;500\n2;400\n"
    "VOTES\nvoter_id;vote\na;1\nb;1\n"
)


def _elecciones() -> list[str]:
    return sorted(ruta.name for ruta in DATOS.glob("*.pb")) if (DATOS / "esperado.json").exists() else []


def _orden(*argumentos: str) -> dict:
    salida = io.StringIO()
    call_command("escrutar", *argumentos, "--json", stdout=salida)
    return json.loads(salida.getvalue())


@pytest.mark.skipif(not _elecciones(), reason=f"no están las elecciones reales en {DATOS}")
@pytest.mark.parametrize("nombre", _elecciones())
def test_elecciones_reales_dan_sus_ganadoras_con_cada_regla(nombre):
    esperado = json.loads((DATOS / "esperado.json").read_text())["instances"][nombre]["rules"]
    claves = [clave for clave in CASOS if clave in esperado]
    assert {"greedy_cost", "greedy_card", "mes", "mes_greedy"} <= set(claves)
    for clave in claves:
        hecho = _orden(str(DATOS / nombre), *CASOS[clave])
        assert (clave, hecho["ganadores"]) == (clave, sorted(esperado[clave]["winners"]))
        assert float(hecho["costo"]) == float(esperado[clave]["cost"])


def _caso(semilla: int):
    """El perfil y el caso del que sale."""
    costos, papeletas, presupuesto, desempate = caso = caso_al_azar(random.Random(semilla))
    return perfil_de(costos, papeletas, presupuesto=presupuesto, desempate=desempate), caso


def phragmen_a_lo_bruto(costos, papeletas, presupuesto, desempate, puede=todas_pueden):
    """Persona por persona y con fracciones en todo."""
    carga = [Fraction(0)] * len(papeletas)
    gana, libre = [], presupuesto
    while True:
        tiempos = {}
        for opcion in desempate:
            votantes = [i for i, p in enumerate(papeletas) if opcion in p]
            if opcion not in gana and votantes and puede(opcion, gana):
                tiempos[opcion] = (costos[opcion] + sum(carga[i] for i in votantes)) / len(votantes)
        if not tiempos:
            return gana
        menor = min(tiempos.values())
        empatadas = [opcion for opcion in desempate if tiempos.get(opcion) == menor]
        if any(costos[opcion] > libre for opcion in empatadas):
            return gana
        gana.append(empatadas[0])
        libre -= costos[empatadas[0]]
        for i, papeleta in enumerate(papeletas):
            if empatadas[0] in papeleta:
                carga[i] = menor


@pytest.mark.parametrize("semilla", range(300))
def test_phragmen_coincide_con_la_fuerza_bruta(semilla):
    perfil, caso = _caso(3000 + semilla)
    assert list(escrutar(perfil, regla="phragmen").ganadoras) == phragmen_a_lo_bruto(*caso)


def incrementos_a_lo_bruto(costos, papeletas, presupuesto, desempate, parada, puede=todas_pueden):
    """Paso por paso con la fuerza bruta de partes iguales, de a 1 centavo por papeleta."""
    alguien = {o for p in papeletas for o in p}
    paso, gana = 0, partes_iguales_a_lo_bruto(costos, papeletas, presupuesto, desempate, puede)
    while any(o not in gana and puede(o, gana) for o in alguien):
        sobra = presupuesto - sum(costos[o] for o in gana)
        if parada == "exhaustiva" and all(o in gana or costos[o] > sobra or not puede(o, gana) for o in costos):
            break
        paso += 1
        otra = partes_iguales_a_lo_bruto(costos, papeletas, presupuesto + paso * len(papeletas), desempate, puede)
        if sum(costos[o] for o in otra) > presupuesto:
            break
        gana = otra
    return gana


@pytest.mark.parametrize("parada", ["exhaustiva", "exceso"])
@pytest.mark.parametrize("semilla", range(60))
def test_incrementos_coinciden_con_la_fuerza_bruta(semilla, parada):
    perfil, caso = _caso(5000 + semilla)
    hecho = escrutar(perfil, regla="partes_iguales", completar="incrementos", parada=parada, incremento=1)
    assert list(hecho.ganadoras) == incrementos_a_lo_bruto(*caso, parada)
    assert hecho.costo <= perfil.presupuesto


@pytest.mark.parametrize("semilla", range(100))
def test_partes_iguales_solo_mira_la_proporcion_entre_los_puntos(semilla):
    """Dar 2 puntos a todo lo elegido es lo mismo que darle 1."""
    costos, papeletas, presupuesto, desempate = caso_al_azar(random.Random(semilla))
    simple, doble = (
        escrutar(perfil_de(costos, lista, presupuesto=presupuesto, desempate=desempate), regla="partes_iguales")
        for lista in (papeletas, [dict.fromkeys(papeleta, 2) for papeleta in papeletas])
    )
    assert simple == doble


def test_voraz_por_unidades_prefiere_lo_barato():
    perfil = perfil_de({"a": 900, "b": 100}, [["a", "b"], ["a"]], presupuesto=950, desempate=["a", "b"])
    assert escrutar(perfil, regla="voraz").ganadoras == ("a",)
    assert escrutar(perfil, regla="voraz_unidades").ganadoras == ("b",)


@pytest.mark.parametrize(
    "cambio",
    [{"regla": "sorteo"}, {"regla": "voraz", "completar": "incrementos"}, {"regla": "partes_iguales", "parada": "ya"}],
)
def test_escrutar_una_combinacion_que_no_existe_no_cuenta(cambio):
    perfil, _ = _caso(1)
    with pytest.raises(ValueError):
        escrutar(perfil, **cambio)


@pytest.mark.parametrize(
    "regla", [["--regla=voraz"], ["--regla=phragmen"], ["--regla=partes_iguales", "--completar=incrementos"]]
)
def test_orden_una_obra_sin_apoyo_nunca_gana(tmp_path, regla):
    archivo = tmp_path / "e.pb"
    archivo.write_text(ELECCION)
    assert _orden(str(archivo), *regla)["ganadores"] == ["1"]


def test_orden_desempata_por_texto_o_por_archivo(tmp_path):
    archivo = tmp_path / "e.pb"
    archivo.write_text(
        "META\nkey;value\nbudget;500\nvote_type;approval\nPROJECTS\nproject_id;cost\n9;500\n10;500\n"
        "VOTES\nvoter_id;vote\na;9,10\n"
    )
    assert _orden(str(archivo), "--regla=voraz")["ganadores"] == ["10"]
    assert _orden(str(archivo), "--regla=voraz", "--desempate=archivo")["ganadores"] == ["9"]


@pytest.mark.parametrize(
    ("texto", "frase"),
    [
        ("", "formato Pabulib"),
        ("hola", "formato Pabulib"),
        (ELECCION.replace("budget;1000", "budget;mucho"), "formato Pabulib"),
        (ELECCION.replace("b;1", "b;77"), "no existe"),
        (ELECCION.replace("1;500", "1;-5"), "mayores a cero"),
        (ELECCION.replace("approval", "cumulative"), "formato Pabulib"),
    ],
)
def test_orden_con_un_archivo_malo_lo_dice(tmp_path, texto, frase):
    archivo = tmp_path / "e.pb"
    archivo.write_text(texto)
    with pytest.raises(CommandError, match=frase):
        call_command("escrutar", str(archivo), "--regla=voraz")


def test_orden_sin_archivo_lo_dice(tmp_path):
    with pytest.raises(CommandError, match="No se pudo leer"):
        call_command("escrutar", str(tmp_path / "no.pb"), "--regla=voraz")


def test_orden_para_personas_dice_quien_gana(tmp_path):
    archivo = tmp_path / "e.pb"
    archivo.write_text(ELECCION)
    salida = io.StringIO()
    call_command("escrutar", str(archivo), "--regla=voraz", stdout=salida)
    assert "Ganan 1 de 2, en este orden: 1" in salida.getvalue()


# regla en META -> cómo se cuenta aquí
PUBLICADAS = {"greedy": [], "greedy-threshold": [], "greedy-no-skip": ["--parar"]}


def _publicadas():
    """(archivo, opciones, ganadoras que publicó la ciudad) de las elecciones reales con regla voraz y resultado."""
    for nombre in _elecciones():
        with (DATOS / nombre).open(encoding="utf-8-sig", newline="") as archivo:
            tablas = pabulib.leer_tablas(archivo)
        meta = dict(tablas["META"].filas)
        if meta["rule"] in PUBLICADAS and "selected" in tablas["PROJECTS"].columnas:
            minimo = meta.get("min_project_score_threshold")
            ganaron = [fila["project_id"] for fila in tablas["PROJECTS"].dicts() if fila["selected"] == "1"]
            yield nombre, [*PUBLICADAS[meta["rule"]], *([f"--minimo={minimo}"] if minimo else [])], sorted(ganaron)


@pytest.mark.skipif(not _elecciones(), reason=f"no están las elecciones reales en {DATOS}")
@pytest.mark.parametrize(("nombre", "opciones", "ganaron"), list(_publicadas()))
def test_la_regla_voraz_de_cada_ciudad_da_lo_que_publico(nombre, opciones, ganaron):
    """Con mínimo de apoyo, o deteniéndose en la primera que no alcanza, según su reglamento."""
    hecho = _orden(str(DATOS / nombre), "--regla=voraz", "--desempate=archivo", *opciones)
    assert hecho["ganadores"] == ganaron
