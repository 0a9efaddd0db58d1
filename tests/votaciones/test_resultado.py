"""La página del resultado: cada regla al lado de las otras, sus dibujos, y qué pagó cada voto."""

import json
import random
import shutil
import subprocess
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from tests.guardas import sin_guardas
from tests.votaciones.conftest import abrir, segunda, votar
from tests.votaciones.test_condiciones import caso_con_condiciones
from tests.votaciones.test_paginas import SLUG, html, url
from tests.votaciones.test_reglas import contar
from votaciones import acciones, consultas, consultas_resultado
from votaciones.models import Contienda, Resultado, Votacion
from votaciones.reglas import grafico, libro

ORDEN = ["voraz", "partes_iguales", "partes_iguales_incrementos", "phragmen"]


def distrito_1():
    return Contienda.objects.select_related("votacion", "area").get(numero=1)


# --- Comparar --------------------------------------------------------------------------------------------------------
def test_comparar_pone_la_oficial_primero_y_todas_las_reglas(contada):
    comparacion = consultas_resultado.comparar(distrito_1())
    assert [(c.letra, c.resultado.regla, c.ganan, c.con_alguna) for c in comparacion.cuentas] == [
        ("A", "voraz", 2, 5),
        ("B", "partes_iguales", 2, 5),
        ("C", "partes_iguales_incrementos", 2, 5),
        ("D", "phragmen", 2, 5),
    ]
    assert list(Resultado.objects.filter(contienda__numero=1).values_list("con_alguna", flat=True)) == [5] * 4
    # Con una sola papeleta, menos que la celda mínima, no se dice si eligió una ganadora.
    segundo = consultas_resultado.comparar(Contienda.objects.select_related("votacion", "area").get(numero=2))
    assert [cuenta.con_alguna for cuenta in segundo.cuentas] == [None] * 4


def test_los_totales_de_cada_regla_suman_solo_lo_que_se_publica(contada):
    totales = consultas_resultado.totales_por_regla(contada)
    assert [(t.con_alguna, t.votaron, t.ganan, t.cambian) for t in totales] == [(5, 7, 3, 0)] * 4
    assert (totales[0].gastado, totales[0].sobra) == (Decimal("530000"), Decimal("70000"))


def test_la_votacion_contada_antes_con_dos_reglas_se_sigue_viendo(client, contada):
    Resultado.objects.exclude(regla__in=["voraz", "partes_iguales"]).delete()
    for resultado in Resultado.objects.all():
        viejo = [{clave: e[clave] for clave in e if clave not in ("pago", "carga")} for e in resultado.detalle]
        Resultado.objects.filter(pk=resultado.pk).update(detalle=viejo, con_alguna=None)
    texto = html(client.get(url("resultado_distrito", SLUG, 1)))
    assert "Con todas las reglas ganan las mismas obras." in texto
    assert 'id="mi-parte"' not in texto
    assert texto.count('<svg class="tramos"') == 2
    assert "no se publica" in texto
    assert client.get(url("resultado", SLUG)).status_code == 200
    assert len(client.get(url("resultado_json", SLUG)).json()["contiendas"][0]["resultados"]) == 2


def test_recontar_una_de_dos_reglas_agrega_las_que_faltan(contada):
    Resultado.objects.exclude(regla__in=["voraz", "partes_iguales"]).delete()
    acciones.contar_votacion(contada)
    assert sorted(Resultado.objects.filter(contienda__numero=1).values_list("regla", flat=True)) == sorted(ORDEN)


@pytest.mark.parametrize("regla", ORDEN)
def test_cualquiera_de_las_cuatro_puede_ser_la_oficial(client, preparada, gente, regla):
    """El libro se abre con ella, se cuenta con ella, mueve las propuestas y la página la dice."""
    Votacion.objects.update(regla=regla)
    abierta = abrir(preparada, actor=gente.hugo)
    congelado = json.loads(abierta.libro)
    assert (congelado["regla"], congelado["completar"]) == (regla, libro.COMPLETAR[regla])
    votar(abierta.contiendas.get(numero=1), gente.ana, 2)
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Prueba.")
    contada = acciones.contar_votacion(abierta, actor=segunda())
    assert Resultado.objects.get(contienda__numero=1, oficial=True).regla == regla
    assert contada.contiendas.get(numero=1).opciones.get(numero=2).propuesta.estado == "seleccionada"
    nombre = Votacion.Regla(regla).label.lower()
    assert f"con la regla «{nombre}»" in html(client.get(url("resultado", SLUG)))
    assert f"con la regla «{nombre}»" in html(client.get(url("resultado_distrito", SLUG, 1)))
    assert f"{Votacion.Regla(regla).label}.</strong>" in html(client.get(url("votacion", SLUG)))


def test_el_libro_dice_como_termina_cada_regla_desde_la_version_3(contada):
    assert "como_termina_cada_regla" not in consultas.libro_de(contada, version=2)
    assert consultas.libro_de(contada, version=3)["como_termina_cada_regla"] == libro.COMPLETAR
    assert list(libro.COMPLETAR) == ORDEN
    # Las de los libros ya publicados no cambian ni una letra.
    assert {libro.COMPLETAR["voraz"], libro.COMPLETAR["partes_iguales"]} == {
        "Lo que sobra de partes iguales se usa con más votos primero."
    }


# --- Dibujos ---------------------------------------------------------------------------------------------------------
def test_los_dibujos_tienen_nombre_descripcion_y_tabla(client, contada):
    texto = html(client.get(url("resultado_distrito", SLUG, 1)))
    assert texto.count('<svg class="tramos" width="100%" height="36" role="img"') == 4
    assert '<title id="barra-A">Presupuesto usado con «más votos primero»</title>' in texto
    assert '<desc id="tramos-A">Obras número 1, 3. Se usan Bs 280.000 y sobran Bs 20.000.</desc>' in texto
    assert '<rect class="fija" x="66.667%" y="0" width="26.667%" height="36"/>' in texto
    assert "De Bs 300.000 se usan Bs 280.000 en 2 obras y sobran Bs 20.000." in texto
    assert texto.count('<th scope="row"><span class="suave">N.º 3</span> Luz en la plaza</th>') == 1
    assert " style=" not in texto


def test_una_obra_con_nombre_malo_no_entra_cruda_al_dibujo(client, contada):
    with sin_guardas():
        Contienda.objects.get(numero=1).opciones.filter(numero=1).update(titulo="<svg onload=alert(1)>")
    assert "<svg onload" not in client.get(url("resultado_distrito", SLUG, 1)).content.decode()


def test_barra_reparte_el_ancho_y_numera_lo_que_cabe():
    dibujo = grafico.barra([(7, 600, False), (2, 50, True)], 1_000)
    assert dibujo.usado == 65
    assert [(t.numero, t.x, t.ancho, t.centro, t.otra, t.con_numero) for t in dibujo.tramos] == [
        (7, "0%", "60%", "30%", False, True),
        (2, "60%", "5%", "62.5%", True, False),
    ]


def test_vueltas_bajan_hasta_lo_que_sobra():
    filas = grafico.vueltas([600, 300], 1_000)
    assert [(f.vuelta, f.queda, f.x, f.ancho, f.y) for f in filas] == [
        (1, 400, "0%", "60%", 0),
        (2, 100, "60%", "30%", grafico.ALTO_DE_VUELTA),
    ]


# --- Qué pagó tu voto ------------------------------------------------------------------------------------------------
def test_la_pagina_publica_los_numeros_exactos_y_como_hacerlo_a_mano(client, contada):
    texto = html(client.get(url("resultado_distrito", SLUG, 1)))
    # Bs 300.000 entre 7 papeletas; la 1 la pagaron 4 votantes y la 3, 3.
    assert 'id="mi-parte"' in texto and 'data-parte="30000000/7"' in texto
    assert "Qué habría pagado tu voto con «partes iguales»" in texto
    entradas = Resultado.objects.get(contienda__numero=1, regla="partes_iguales").ganadoras
    assert [(e["numero"], e.get("pago")) for e in entradas] == [(3, "8000000/3"), (1, None)]
    assert '<tr role="row" data-numero="3" data-pago="8000000/3">' in texto
    assert '<tr role="row" data-numero="1"><th' in texto
    assert "Para saber a mano qué pagó tu voto: empieza con esa parte" in texto
    assert "<form hidden" in texto
    assert 'src="/estaticos/votaciones/mi_parte.js"' in texto


def test_si_la_oficial_reparte_se_dice_que_pago(client, contada):
    Resultado.objects.filter(contienda__numero=1).update(oficial=False)
    Resultado.objects.filter(contienda__numero=1, regla="phragmen").update(oficial=True)
    texto = html(client.get(url("resultado_distrito", SLUG, 1)))
    assert ">Qué pagó tu voto</h2>" in texto
    assert "resta de su carga la de la anterior que elegiste" in texto
    assert 'data-carga="' in texto


GUION = Path(consultas.__file__).parent / "static" / "votaciones" / "mi_parte.js"
ARNES = """
import { bolivianos, loQuePuso } from GUION;
import { readFileSync } from "node:fs";
const salida = JSON.parse(readFileSync(0, "utf8")).map(({ parte, obras, marcadas }) => {
  const { puesto, queda, cargada } = loQuePuso(parte, obras, new Map(marcadas.map((numero) => [numero, 1n])));
  const texto = ([a, b]) => `${a}/${b}`;
  const pagos = [...puesto].map(([numero, monto]) => [numero, texto(monto), bolivianos(monto)]);
  return { puesto: pagos, queda: texto(queda), cargada: texto(cargada) };
});
console.log(JSON.stringify(salida));
"""


def _pedidos():
    """(lo que se manda al guion, lo que debe responder), de casos al azar con las tres reglas que reparten."""
    for semilla in range(120):
        azar = random.Random(semilla)
        caso, condiciones, _ = caso_con_condiciones(semilla)
        costos, papeletas, presupuesto, desempate = caso
        regla = azar.choice(ORDEN[1:])
        conteo = contar(
            regla,
            {o: c * 10_007 for o, c in costos.items()},
            papeletas,
            presupuesto * 10_007,
            desempate,
            condiciones=condiciones,
        )
        por_id = {opcion.id: opcion for opcion in conteo.opciones}
        parte = Fraction(presupuesto * 10_007 * (100 + conteo.pasos), 100 * len(papeletas))
        obras = []
        for numero in conteo.ganadoras:
            opcion = por_id[numero]
            monto = {"pago": str(opcion.pago)} if opcion.pago is not None else {}
            obras.append({"numero": str(numero)} | monto | ({"carga": str(opcion.carga)} if opcion.carga else {}))
        marcada = azar.choice(papeletas)
        queda, cargada, puesto = parte, Fraction(0), []
        for numero in conteo.ganadoras:
            opcion = por_id[numero]
            if numero not in marcada:
                continue
            if opcion.pago is not None:
                puesto.append((str(numero), min(queda, opcion.pago)))
                queda -= puesto[-1][1]
            elif opcion.carga is not None:
                puesto.append((str(numero), opcion.carga - cargada))
                cargada = opcion.carga
        pedido = {"parte": str(parte), "obras": obras, "marcadas": [str(numero) for numero in marcada]}
        yield pedido, puesto, queda, cargada


@pytest.mark.skipif(not shutil.which("node"), reason="no hay Node para correr el guion fuera del navegador")
def test_el_guion_hace_la_misma_cuenta_exacta_que_las_reglas(tmp_path):
    arnes = tmp_path / "arnes.mjs"
    (tmp_path / "mi_parte.mjs").write_bytes(GUION.read_bytes())
    arnes.write_text(ARNES.replace("GUION", json.dumps("./mi_parte.mjs")))
    pedidos = list(_pedidos())
    entrada = json.dumps([pedido for pedido, *_ in pedidos])
    hecho = subprocess.run(["node", arnes], input=entrada, capture_output=True, text=True, timeout=60, check=True)
    for (_, puesto, queda, cargada), dicho in zip(pedidos, json.loads(hecho.stdout), strict=True):
        assert [(n, Fraction(f)) for n, f, _ in dicho["puesto"]] == puesto
        assert (Fraction(dicho["queda"]), Fraction(dicho["cargada"])) == (queda, cargada)
        for (_, monto), (_, _, texto) in zip(puesto, dicho["puesto"], strict=True):
            centavos = abs(monto).numerator // monto.denominator
            resto = f",{centavos % 100:02}" if centavos % 100 else ""
            assert texto == ("baja " if monto < 0 else "") + f"Bs\u00a0{centavos // 100:,}".replace(",", ".") + resto
