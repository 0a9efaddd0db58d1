"""Pabulib: leer y escribir sin perder nada, cada tipo de papeleta, y una contienda contada en .pb."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pabulib.checker import Checker

from civic.entorno import RAIZ
from tests.elenco import crear_persona
from tests.votaciones.conftest import abrir, segunda, votar
from tests.votaciones.papeletas import EJEMPLOS
from tests.votaciones.test_acciones import relacionadas
from tests.votaciones.test_cuatro_reglas import MOTOR
from votaciones import acciones
from votaciones.exportes import pabulib_de
from votaciones.models import Contienda, Votacion
from votaciones.reglas import pabulib
from votaciones.reglas.escrutinio import escrutar
from votaciones.reglas.papeleta import puntos_de
from votaciones.reglas.perfil import perfil_de
from votaciones.urna.models import Sobre

DATOS = Path(RAIZ).parent / "shared" / "datos" / "pb"
META = {
    "description": "Prueba", "country": "Bolivia", "unit": "Pueblo", "instance": "p", "budget": "800",
    "rule": "greedy", "date_begin": "01.10.2026", "date_end": "02.10.2026",
}  # fmt: skip
PROYECTOS = [
    {"project_id": "1", "cost": "400", "name": 'Plaza; la "nueva"'},
    {"project_id": "2", "cost": "300.50", "name": "Luz\nen dos líneas"},
    {"project_id": "3", "cost": "200", "name": "Ñuñu, canal\u2028raro"},
]
# tipo -> (papeletas, lo propio de META, votos, puntos)
CASOS = {
    "approval": ([["1", "2"], ["2"], ["3", "1"]], {"max_length": "2"}, [2, 2, 1], [2, 2, 1]),
    "choose-1": ([["1"], ["1"], ["3"], ["2"]], {}, [2, 1, 1], [2, 1, 1]),
    "cumulative": ([{"1": 3, "2": 2}, {"3": 5}], {"max_sum_points": "5"}, [1, 1, 1], [3, 2, 5]),
    "scoring": ([{"1": 4, "2": 1}, {"3": 5, "1": 2}], {"max_points": "5"}, [2, 1, 1], [6, 1, 5]),
    "ordinal": ([["2", "1", "3"], ["3", "1"]], {}, [2, 1, 2], [3, 3, 3]),
}


def leida(texto):
    return pabulib.leer(io.StringIO(texto, newline=""))


def tablas(texto):
    return pabulib.leer_tablas(io.StringIO(texto, newline=""))


def quejas(texto):
    """Lo que pabulib-checker tiene contra un archivo."""
    dicho = Checker().process_files([texto])
    return [
        (nivel, clase, casos)
        for resultado in dicho.values()
        if isinstance(resultado, dict) and isinstance(resultado.get("results"), dict)
        for nivel, clases in resultado["results"].items()
        for clase, casos in clases.items()
    ]


def perfil_de_texto(texto):
    eleccion = leida(texto)
    return perfil_de(
        eleccion.costos, eleccion.papeletas, presupuesto=eleccion.presupuesto, desempate=sorted(eleccion.costos)
    )


def texto_de(tipo, papeletas=None, **mas):
    datos = {"meta": META | CASOS[tipo][1], "proyectos": PROYECTOS, "papeletas": CASOS[tipo][0]} | mas
    if papeletas is not None:
        datos["papeletas"] = papeletas
    return pabulib.escribir(pabulib.tablas_de(tipo, **datos))


@pytest.mark.skipif(not DATOS.exists(), reason=f"no están las elecciones reales en {DATOS}")
@pytest.mark.parametrize("ruta", sorted(DATOS.glob("*.pb")), ids=lambda ruta: ruta.stem)
def test_una_eleccion_real_leida_y_escrita_queda_igual_letra_por_letra(ruta):
    with ruta.open(encoding="utf-8-sig", newline="") as archivo:
        original = archivo.read()
    assert pabulib.escribir(tablas(original)).strip() == original.replace("\r\n", "\n").strip()


@pytest.mark.parametrize("tipo", CASOS)
def test_cada_tipo_de_papeleta_va_y_vuelve_sin_cambiar(tipo):
    papeletas, _, votos, puntos = CASOS[tipo]
    texto = texto_de(tipo, ganan=["1", "3"])
    assert pabulib.escribir(tablas(texto)) == texto
    eleccion = leida(texto)
    assert eleccion.costos == {"1": 40_000, "2": 30_050, "3": 20_000}
    assert (eleccion.presupuesto, eleccion.meta["num_votes"]) == (80_000, str(len(papeletas)))
    assert [list(p) for p in eleccion.papeletas] == [list(p) for p in papeletas]
    proyectos = list(tablas(texto)["PROJECTS"].dicts())
    assert [p["name"] for p in proyectos] == [p["name"] for p in PROYECTOS]
    assert [int(p["votes"]) for p in proyectos] == votos
    assert [int(p.get("score", p["votes"])) for p in proyectos] == puntos
    assert [p["selected"] for p in proyectos] == ["1", "0", "1"]
    assert perfil_de_texto(texto).puntos == puntos


@pytest.mark.parametrize("tipo", CASOS)
def test_pabulib_checker_acepta_lo_que_escribimos(tipo):
    lisos = [{**proyecto, "name": f"Obra {proyecto['project_id']}"} for proyecto in PROYECTOS]
    lisos[1]["cost"] = "300"
    ganan = escrutar(perfil_de_texto(texto_de(tipo, proyectos=lisos)), regla="voraz").ganadoras
    assert quejas(texto_de(tipo, proyectos=lisos, ganan=ganan)) == []


def test_pabulib_checker_se_queja_de_un_archivo_malo():
    malo = texto_de("approval").replace("num_votes;3", "num_votes;7")
    assert quejas(malo) != []


def test_lo_que_no_se_puntua_vale_lo_supuesto():
    texto = texto_de("scoring", meta=META | {"default_score": "2"})
    assert leida(texto).papeletas == [{"1": 4, "2": 1, "3": 2}, {"3": 5, "1": 2, "2": 2}]


@pytest.mark.parametrize(
    ("tipo", "papeletas", "frase"),
    [
        ("approval", [["1", "1"]], "dos veces"),
        ("approval", [{"1": 2}], "no dice puntos"),
        ("cumulative", [["1"]], "dice puntos"),
        ("choose-1", [["1", "2"]], "un solo proyecto"),
        ("approval", [["9"]], "no existe"),
        ("scoring", [{"1": -1}], "negativos"),
    ],
)
def test_papeletas_imposibles_no_se_escriben(tipo, papeletas, frase):
    with pytest.raises(ValueError, match=frase):
        texto_de(tipo, papeletas)


def test_tipo_desconocido_o_proyecto_repetido_no_se_escriben():
    with pytest.raises(ValueError, match="no conoce"):
        pabulib.tablas_de("rara", meta=META, proyectos=PROYECTOS, papeletas=[])
    with pytest.raises(ValueError, match="mismo identificador"):
        texto_de("approval", proyectos=[PROYECTOS[0], PROYECTOS[0]])


# --- Una contienda nuestra -------------------------------------------------------------------------------------------
@pytest.fixture
def contada_con(preparada, gente, pueblo):
    """Cuenta una votación con esas papeletas en el distrito 1 y devuelve su contienda."""

    def contar(*papeletas, **cambios):
        Votacion.objects.update(**cambios)
        acciones.agregar_opciones(preparada, actor=gente.hugo)
        votantes = [
            crear_persona(f"votante{numero}", f"Votante {numero}", otb=pueblo.otb_molle)
            for numero in range(len(papeletas))
        ]
        abierta = abrir(preparada, actor=gente.hugo)
        d1 = Contienda.objects.get(votacion=abierta, numero=1)
        for votante, papeleta in zip(votantes, papeletas, strict=True):
            votar(d1, votante, *papeleta)
        acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Fin.")
        acciones.contar_votacion(abierta, actor=segunda())
        return Contienda.objects.select_related("votacion", "area__municipio").get(pk=d1.pk)

    return contar


CINCO = ([3], [1, 4], [2, 3], [3, 4], [2, 4])


@pytest.mark.parametrize(
    ("regla", "nombre"),
    [
        ("voraz", "greedy"),
        ("partes_iguales", "unknown"),
        ("partes_iguales_incrementos", "equalshares/add1"),
        ("phragmen", "unknown"),
    ],
)
def test_contada_en_pb_da_el_mismo_resultado_al_contarla_de_nuevo(contada_con, regla, nombre):
    d1 = contada_con(*CINCO, regla=regla)
    texto = pabulib_de(d1)
    eleccion = leida(texto)
    assert (eleccion.meta["rule"], eleccion.meta["max_sum_cost"], eleccion.meta["budget"]) == (
        nombre,
        "300000",
        "300000",
    )
    assert eleccion.papeletas == [["1", "4"], ["2", "3"], ["2", "4"], ["3"], ["3", "4"]]
    perfil = perfil_de_texto(texto)
    hecho = escrutar(perfil, **MOTOR[regla], incremento=perfil.parte / 100)
    oficial = d1.resultados.get(oficial=True)
    assert sorted(hecho.ganadoras) == sorted(str(entrada["numero"]) for entrada in oficial.ganadoras)
    elegidas = [p["project_id"] for p in tablas(texto)["PROJECTS"].dicts() if p["selected"] == "1"]
    assert sorted(elegidas) == sorted(hecho.ganadoras)
    # La regla completada con otra no tiene nombre en el formato: es lo único que no puede revisar.
    assert [clase for _, clase, _ in quejas(texto)] == (["rule validation skipped"] if nombre == "unknown" else [])
    assert ("Sequential Phragmén." in eleccion.meta["comment"]) == (regla == "phragmen")
    assert ("add1 in steps of 1 % of the share." in eleccion.meta["comment"]) == (nombre == "equalshares/add1")


@pytest.mark.parametrize("tipo", EJEMPLOS)
def test_cada_tipo_de_papeleta_en_pb_con_sus_limites(contada_de, tipo):
    d1, ejemplo = contada_de(tipo), EJEMPLOS[tipo]
    texto = pabulib_de(d1)
    eleccion, suyos = leida(texto), d1.reglamento
    limites = ("length", "sum_cost", "points", "sum_points")
    del_pb = {clave: valor for clave, valor in eleccion.meta.items() if clave.removeprefix("max_") in limites}
    del_pb |= {clave: valor for clave, valor in eleccion.meta.items() if clave.startswith(("min_", "default_"))}
    assert (eleccion.meta["vote_type"], del_pb) == (ejemplo.vote_type, ejemplo.meta)
    # Lo leído del archivo vale lo mismo que lo que está en la urna, salvo los lugares, que Pabulib puntúa a su modo.
    if tipo != "orden":
        hay = perfil_de_texto(texto).puntos
        assert hay == [entrada["puntos"] for entrada in d1.resultados.get(oficial=True).detalle]
    else:
        assert sorted(eleccion.papeletas, key=str) == sorted(
            ({str(n): len(e) - lugar for lugar, n in enumerate(e)} for e in ejemplo.elecciones), key=str
        )
        assert eleccion.meta["comment"].endswith("#2: Puntos de cada lugar, del primero al último: 5, 3, 1.")
        assert puntos_de([3, 1], suyos) == {3: 5, 1: 3}
    assert eleccion.meta["rule"] == ("greedy-custom" if tipo == "orden" else "greedy")
    # Con otros puntos por lugar gana otra obra que con los de Pabulib: solo avisa que esa regla no la puede revisar.
    clases = [(nivel, clase) for nivel, clase, _ in quejas(texto)]
    assert clases == ([("warnings", "greedy-custom cannot be verified")] if tipo == "orden" else [])


def test_ordenar_con_los_puntos_de_pabulib_es_la_regla_de_pabulib(contada_de, monkeypatch):
    completas = EJEMPLOS["orden"]._replace(
        limites={"puntos_por_lugar": "3,2,1"}, elecciones=[[1, 2, 3], [2, 3, 1], [3, 1, 2], [3, 4, 1], [3, 2, 4]]
    )
    monkeypatch.setitem(EJEMPLOS, "orden", completas)
    texto = pabulib_de(contada_de("orden"))
    assert leida(texto).meta["rule"] == "greedy"
    assert quejas(texto) == []


def test_el_pb_no_dice_recibos_ni_personas_y_nombra_las_condiciones(contada_con, gente):
    relacionadas("excluyente", "Luz en la plaza", "Parada de minibús", gente)
    d1 = contada_con(*CINCO, minimo=2)
    texto = pabulib_de(d1)
    assert tablas(texto)["VOTES"].columnas == ("voter_id", "vote")
    assert not any(voto.recibo in texto or str(voto.pk) in texto for voto in Sobre.objects.all())
    meta = leida(texto).meta
    assert (meta["rule"], meta["min_project_score_threshold"]) == ("greedy-exclusive", "2")
    assert meta["comment"].endswith("#2: Se excluyen: 3-4.")


def test_pagina_y_descarga_del_pb(client, contada_con):
    d1 = contada_con(*CINCO)
    pagina = f"/votaciones/{d1.votacion.slug}/resultado/distrito-1"
    assert f'href="{pagina}.pb"' in client.get(f"{pagina}/").content.decode()
    respuesta = client.get(f"{pagina}.pb")
    assert (respuesta.status_code, respuesta.content.decode()) == (200, pabulib_de(d1))
    assert respuesta["Content-Disposition"] == f'attachment; filename="{d1.votacion.slug}-distrito-1.pb"'


def test_con_menos_de_cinco_papeletas_no_se_publican(client, contada_con):
    d1 = contada_con(*CINCO[:4])
    pagina = f"/votaciones/{d1.votacion.slug}/resultado/distrito-1"
    assert ".pb" not in client.get(f"{pagina}/").content.decode()
    assert client.get(f"{pagina}.pb").status_code == 404
    with pytest.raises(CommandError, match="5 personas"):
        call_command("exportar_pb", d1.votacion.slug, "1")


def test_mientras_se_vota_no_hay_pb(client, abierta, d1, gente):
    for persona in (gente.ana, gente.dora, gente.fabio):
        votar(d1, persona, 3)
    assert client.get(f"/votaciones/{abierta.slug}/resultado/distrito-1.pb").status_code == 404
    with pytest.raises(CommandError, match="después de contar"):
        call_command("exportar_pb", abierta.slug, "1")


def test_exportar_pb_y_escrutar_dicen_lo_mismo(contada_con, tmp_path):
    d1, archivo, salida = contada_con(*CINCO), tmp_path / "d1.pb", io.StringIO()
    call_command("exportar_pb", d1.votacion.slug, "1", f"--salida={archivo}", stdout=io.StringIO())
    call_command("escrutar", str(archivo), "--regla=voraz", "--json", stdout=salida)
    oficial = d1.resultados.get(oficial=True)
    assert json.loads(salida.getvalue())["ganadores"] == sorted(str(e["numero"]) for e in oficial.ganadoras)
    with pytest.raises(CommandError, match="No hay una contienda"):
        call_command("exportar_pb", d1.votacion.slug, "77")
