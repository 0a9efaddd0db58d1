"""«Qué pagó tu voto» donde se dan puntos: el guion de la página contra las bolsas exactas de cada regla."""

import json
import random
import shutil
import subprocess
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

import pytest

from civic.comun.errores import ReglaIncumplida
from tests.votaciones.test_paginas import SLUG, html, url
from tests.votaciones.test_reglas import contar
from tests.votaciones.test_resultado import GUION
from votaciones.models import Resultado
from votaciones.reglas import papeleta, papeleta_escrita
from votaciones.reglas.comun import agrupar
from votaciones.reglas.partes_iguales import PASOS_POR_PARTE, TOPE_DE_PASOS
from votaciones.reglas.perfil import perfil_de
from votaciones.reglas.reparto import con_incrementos, repartir

REPARTEN = ("partes_iguales", "partes_iguales_incrementos", "phragmen")
con_node = pytest.mark.skipif(not shutil.which("node"), reason="no hay Node para correr el guion fuera del navegador")
ARNES = """
import { loQueEligio, loQuePuso } from "./mi_parte.mjs";
import { readFileSync } from "node:fs";
const texto = ([a, b]) => `${a}/${b}`;
const salida = JSON.parse(readFileSync(0, "utf8")).map(({ campos, papeleta, parte, obras }) => {
  const { puntos, falta } = loQueEligio(campos, papeleta);
  if (falta) return { falta };
  const dados = [...puntos].map(([numero, suyos]) => [numero, Number(suyos)]);
  const { puesto, queda, cargada } = loQuePuso(parte, obras, puntos);
  const pagos = [...puesto].map(([numero, monto]) => [numero, texto(monto)]);
  return { dados, puesto: pagos, queda: texto(queda), cargada: texto(cargada) };
});
console.log(JSON.stringify(salida));
"""
NOTAS = papeleta.reglamento_de("calificacion", nota_maxima=10)
PUNTOS = papeleta.reglamento_de("puntos", puntos=12, tope_por_obra=7)
ORDEN = papeleta.reglamento_de("orden", puntos_por_lugar="9, 4, 2, 1")


def con_el_guion(tmp_path, pedidos):
    (tmp_path / "mi_parte.mjs").write_bytes(GUION.read_bytes())
    arnes = tmp_path / "arnes.mjs"
    arnes.write_text(ARNES)
    hecho = subprocess.run(
        ["node", arnes], input=json.dumps(pedidos), capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(hecho.stdout)


def atributos(reglamento):
    """Lo que la plantilla escribe en el formulario."""
    datos = {"tipo": reglamento.tipo.value, "tope": str(reglamento.tope)}
    if reglamento.puntos:
        datos["total"] = str(reglamento.puntos)
    if reglamento.puntos_por_lugar:
        datos["lugares"] = ",".join(map(str, reglamento.puntos_por_lugar))
    return datos


def seleccion_al_azar(azar, reglamento, obras):
    elegidas = azar.sample(obras, azar.randint(1, min(4, len(obras))))
    if reglamento.tipo == papeleta.Tipo.ORDEN:
        return elegidas
    quedan, pares = reglamento.puntos or 1_000, []
    for numero in sorted(elegidas):
        if quedan:
            pares.append([numero, azar.randint(1, min(reglamento.tope, quedan))])
            quedan -= pares[-1][1]
    return pares


def caso(semilla):
    azar = random.Random(f"puntos {semilla}")
    reglamento = (NOTAS, PUNTOS, ORDEN)[semilla % 3]
    costos = {numero: azar.randint(1, 40) * 10_007 for numero in range(1, 7)}
    selecciones = [seleccion_al_azar(azar, reglamento, list(costos)) for _ in range(azar.randint(1, 14))]
    desempate = azar.sample(list(costos), len(costos))
    return reglamento, selecciones, (costos, azar.randint(20, 90) * 10_007, desempate)


def quedaron(regla, costos, papeletas, presupuesto, desempate):
    """{puntos de la papeleta: lo que le quedó}, de las bolsas de la regla."""
    perfil = perfil_de(costos, papeletas, presupuesto=presupuesto, desempate=desempate)
    if regla == "partes_iguales":
        hecho = repartir(perfil, perfil.parte)
    else:
        hecho, _ = con_incrementos(
            perfil, parada="exceso", incremento=perfil.parte / PASOS_POR_PARTE, tope=TOPE_DE_PASOS
        )
    grupos = agrupar(papeletas)
    return {
        tuple(sorted(grupo.puntos)): Fraction(str(hecho.bolsas.saldos[clase]))
        for grupo, clase in zip(grupos, hecho.bolsas.clase, strict=True)
    }


@con_node
@pytest.mark.parametrize("regla", REPARTEN)
def test_con_puntos_el_guion_llega_a_las_bolsas_de_la_regla_y_entre_todos_pagan_cada_obra(regla, tmp_path):
    pedidos, esperados, costaban = [], [], []
    for semilla in range(60):
        reglamento, selecciones, (costos, presupuesto, desempate) = caso(semilla)
        papeletas = [papeleta.puntos_de(seleccion, reglamento) for seleccion in selecciones]
        conteo = contar(regla, costos, papeletas, presupuesto, desempate)
        por_id = {opcion.id: opcion for opcion in conteo.opciones}
        obras = []
        for numero in conteo.ganadoras:
            pago, carga = por_id[numero].pago, por_id[numero].carga
            montos = ({"pago": str(pago)} if pago is not None else {}) | ({"carga": str(carga)} if carga else {})
            obras.append({"numero": str(numero)} | montos)
        parte = Fraction(presupuesto * (100 + conteo.pasos), 100 * len(papeletas))
        saldos = {} if regla == "phragmen" else quedaron(regla, costos, papeletas, presupuesto, desempate)
        for seleccion, puntos in zip(selecciones, papeletas, strict=True):
            prefijo = papeleta_escrita.prefijo_de(reglamento)
            campos = papeleta_escrita.campos_de(seleccion, reglamento)
            pedidos.append(
                {
                    "campos": [{"numero": nombre.removeprefix(prefijo), "valor": valor} for nombre, valor in campos],
                    "papeleta": atributos(reglamento),
                    "parte": str(parte),
                    "obras": obras,
                }
            )
            esperados.append((semilla, puntos, saldos.get(tuple(sorted(puntos.items())))))
        costaban.append({str(o["numero"]): costos[int(o["numero"])] for o in obras if "pago" in o or "carga" in o})
    puesto = [defaultdict(Fraction) for _ in costaban]
    for (semilla, puntos, queda), dicho in zip(esperados, con_el_guion(tmp_path, pedidos), strict=True):
        assert {int(numero): suyos for numero, suyos in dicho["dados"]} == puntos
        if regla != "phragmen":
            assert Fraction(dicho["queda"]) == queda
        for numero, monto in dicho["puesto"]:
            puesto[semilla][numero] += Fraction(monto)
    # Lo que puso cada papeleta, sumado, es el costo exacto de cada obra que ganó por el reparto.
    assert [dict(suyo) for suyo in puesto] == costaban
    assert any(costaban)


@con_node
def test_el_guion_rechaza_lo_mismo_que_la_papeleta(tmp_path):
    pedidos, valen = [], []
    for semilla in range(400):
        azar = random.Random(f"mal {semilla}")
        reglamento = (NOTAS, PUNTOS, ORDEN)[semilla % 3]
        prefijo = papeleta_escrita.prefijo_de(reglamento)
        raros = ["", "0", "1", "2", "3", "4", "7", "8", "12", "-1", "x", "1.5", " 2 "]
        campos = [(str(numero), azar.choice(raros)) for numero in range(1, 5)]
        try:
            eleccion = papeleta_escrita.leer([(f"{prefijo}{n}", v) for n, v in campos], reglamento)
            seleccion = papeleta.exigir_valida(eleccion, reglamento, dict.fromkeys(range(1, 5), Decimal(1)))
            valen.append(papeleta.puntos_de(seleccion, reglamento))
        except ReglaIncumplida as error:
            # La vacía no es una falta aquí: todavía no escribió nada.
            valen.append({} if "Todavía no" in error.mensaje else None)
        lleno = [{"numero": numero, "valor": valor} for numero, valor in campos]
        pedidos.append({"campos": lleno, "papeleta": atributos(reglamento), "parte": "1", "obras": []})
    for campos, vale, dicho in zip(pedidos, valen, con_el_guion(tmp_path, pedidos), strict=True):
        if vale is None:
            assert dicho.get("falta", "").endswith("."), campos
        else:
            assert {int(numero): suyos for numero, suyos in dicho["dados"]} == vale, campos
    assert None in valen and any(valen)


@pytest.mark.parametrize(
    ("tipo", "pide", "campo"),
    [
        ("puntos", "Escribe otra vez los puntos que diste", 'data-tipo="puntos" data-tope="6" data-total="10"'),
        ("orden", "Pon otra vez tus obras en su lugar", 'data-tipo="orden" data-tope="5" data-lugares="5,3,1"'),
        ("calificacion", "Pon otra vez tus notas", 'data-tipo="calificacion" data-tope="5"'),
    ],
)
def test_la_pagina_pide_lo_que_pedia_la_papeleta(tipo, pide, campo, client, contada_de):
    contada_de(tipo, regla="partes_iguales")
    texto = html(client.get(url("resultado_distrito", SLUG, 1)))
    assert ">Qué pagó tu voto</h2>" in texto and pide in texto and f"<form hidden {campo}>" in texto
    assert "Por cada punto, hasta" in texto and "por los puntos que le diste" in texto
    # Sin nombre no se envían: ni la papeleta ni el formulario salen de la página.
    formulario = texto.split("<form hidden")[1].split("</form>")[0]
    assert " name=" not in formulario and " action=" not in formulario
    assert ("el 1.º lugar, 5; 2.º lugar, 3" in texto.replace("el 2.º", "2.º")) == (tipo == "orden")


def test_con_cargas_parejas_los_puntos_no_pesan_y_se_dice(client, contada_de):
    contada_de("puntos", regla="phragmen")
    texto = html(client.get(url("resultado_distrito", SLUG, 1)))
    assert "No importa cuántos puntos le diste" in texto and "Por cada punto" not in texto


def test_si_ninguna_regla_publico_sus_pagos_no_hay_seccion(client, contada_de):
    contienda = contada_de("puntos", regla="voraz")
    Resultado.objects.filter(contienda=contienda).exclude(regla="voraz").delete()
    assert 'id="mi-parte"' not in html(client.get(url("resultado_distrito", SLUG, 1)))
