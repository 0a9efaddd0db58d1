"""El recuento por extraños: el paquete se cuenta igual con el programa suelto, y cada alteración se nota."""

import io
import json
import random
import runpy
import subprocess
import sys
import zipfile

import pytest
from django.core.management import CommandError, call_command

from tests.votaciones.test_condiciones import caso_con_condiciones
from tests.votaciones.test_reglas import caso_al_azar, contar
from votaciones import exportes
from votaciones.models import Contienda, Participacion, Votacion, Voto
from votaciones.reglas import REGLAS, orden_de_desempate
from votaciones.reglas.condiciones import SIN_CONDICIONES

PROGRAMA = runpy.run_path(str(exportes.VERIFICADOR))
Distinto, revisar = PROGRAMA["Distinto"], PROGRAMA["revisar"]


# --- Las mismas reglas, escritas dos veces ---------------------------------------------------------------------------
def contienda_suelta(caso, condiciones, huella):
    costos, papeletas, presupuesto, _ = caso
    suya = {
        "opciones": [{"numero": numero, "costo": costo} for numero, costo in costos.items()],
        "presupuesto": presupuesto,
        "condiciones": {"excluyentes": list(condiciones.excluyentes), "dependencias": list(condiciones.dependencias)},
    }
    suelta = PROGRAMA["Contienda"]({"minimo": condiciones.minimo}, suya, huella)
    for papeleta in papeletas:
        suelta.agregar(papeleta)
    return suelta


@pytest.mark.parametrize("semilla", range(300))
def test_el_programa_suelto_cuenta_igual_que_las_reglas(semilla):
    if semilla % 2:
        caso, condiciones = caso_al_azar(random.Random(semilla), opciones=9), SIN_CONDICIONES
    else:
        caso, condiciones, _ = caso_con_condiciones(semilla)
    huella = f"h{semilla}"
    costos, papeletas, presupuesto, _ = caso
    suelta = contienda_suelta(caso, condiciones, huella)
    for regla in REGLAS:
        desempate = orden_de_desempate(costos, huella)
        conteo = contar(regla, costos, papeletas, presupuesto, desempate, condiciones=condiciones)
        montos = {opcion.id: opcion.pago or opcion.carga for opcion in conteo.opciones if opcion.pago or opcion.carga}
        assert (regla, *PROGRAMA["REGLAS"][regla][1](suelta)) == (regla, conteo.ganadoras, montos, conteo.pasos)


# --- El paquete ------------------------------------------------------------------------------------------------------
@pytest.fixture
def paquete(contada):
    return exportes.recuento_de(Votacion.objects.get(pk=contada.pk))


def dicho(paquete, guardada=""):
    return list(revisar(paquete, guardada))


def test_el_paquete_de_una_votacion_contada_es_igual(paquete, contada):
    lineas = dicho(paquete, contada.huella)
    assert lineas == [
        f"Libro de reglas: {contada.huella}",
        "Distrito 1: papeletas, 7; podían votar al abrir, 3; con cada una de las 4 reglas, igual.",
        "Distrito 2: papeletas, 1; podían votar al abrir, 1; son tan pocas que no se publican y no se puede volver a "
        "contar.",
    ]
    assert sorted(paquete) == [
        *("LEEME.txt", "distrito-1.pb", "libro.json", "recibos-1.txt", "recibos-2.txt", "resultado.json"),
        "verificar.py",
    ]


def test_el_paquete_no_trae_personas_ni_une_recibos_con_papeletas(paquete, gente):
    todo = b"".join(octetos for nombre, octetos in paquete.items() if nombre != "verificar.py").decode()
    assert not any(nombre in todo for nombre in ("Ana Vecina", "Fabio", "Vecina 0"))
    recibos = paquete["recibos-1.txt"].decode().split()
    assert recibos == sorted(Voto.objects.filter(contienda__numero=1).values_list("recibo", flat=True))
    assert not any(recibo in paquete["distrito-1.pb"].decode() for recibo in recibos)


def cambiar(paquete, nombre, de, a):
    antes = paquete[nombre]
    paquete[nombre] = antes.replace(de.encode(), a.encode(), 1)
    assert paquete[nombre] != antes


def con_resultado(paquete, cambio):
    resultado = json.loads(paquete["resultado.json"])
    cambio(resultado["contiendas"][0])
    paquete["resultado.json"] = json.dumps(resultado).encode()


def de_la_regla(d1, final):
    return next(cuenta for cuenta in d1["resultados"] if cuenta["regla"].endswith(final))


def otro_ganador(d1):
    for obra in d1["resultados"][0]["opciones"]:
        obra["gana"], obra["vuelta"] = obra["numero"] == 2, 1 if obra["numero"] == 2 else None


ALTERACIONES = {
    "libro": (lambda p: cambiar(p, "libro.json", "Tanque", "Cancha"), "no es el de la huella"),
    "papeleta de más": (lambda p: cambiar(p, "distrito-1.pb", "\n7;", "\n8;2\n7;"), "dice 7 papeletas y hay 8"),
    "papeleta de menos": (
        lambda p: p.update({"distrito-1.pb": b"\n".join(p["distrito-1.pb"].splitlines()[:-1])}),
        "dice 7 papeletas y hay 6",
    ),
    "papeleta cambiada": (lambda p: cambiar(p, "distrito-1.pb", "\n1;1\n", "\n1;4\n"), "tiene|ganan"),
    "papeleta con una obra ajena": (lambda p: cambiar(p, "distrito-1.pb", "\n1;1\n", "\n1;9\n"), "papeleta 1 no vale"),
    "papeleta repetida": (lambda p: cambiar(p, "distrito-1.pb", "\n1;1\n", "\n1;1,1\n"), "papeleta 1 no vale"),
    "papeleta pasada": (lambda p: cambiar(p, "distrito-1.pb", "\n1;1\n", "\n1;1,2\n"), "se pasa del presupuesto"),
    "costo": (lambda p: cambiar(p, "distrito-1.pb", "\n1;200000;", "\n1;100000;"), "no son los del libro"),
    "recibo de menos": (
        lambda p: p.update({"recibos-1.txt": p["recibos-1.txt"][65:]}),
        "7 papeletas y 6 recibos",
    ),
    "recibo repetido": (
        lambda p: p.update({"recibos-1.txt": p["recibos-1.txt"][:65] + p["recibos-1.txt"][:-65]}),
        "recibo repetido",
    ),
    "ganadora": (lambda p: con_resultado(p, otro_ganador), "aquí ganan"),
    "gastado": (lambda p: con_resultado(p, lambda d: d["resultados"][0].update(gastado="1.00")), "lo gastado"),
    "regla oficial": (lambda p: con_resultado(p, lambda d: d["resultados"][0].update(oficial=False)), "regla oficial"),
    "falta la oficial": (
        lambda p: con_resultado(p, lambda d: d.update(resultados=d["resultados"][1:])),
        "no trae las reglas",
    ),
    "una regla ajena": (
        lambda p: con_resultado(p, lambda d: d["resultados"][1].update(regla="sorteo")),
        "regla que no existe",
    ),
    "pasos": (lambda p: con_resultado(p, lambda d: de_la_regla(d, "iguales_incrementos").update(pasos=7)), "7 pasos"),
    "personas con alguna": (
        lambda p: con_resultado(p, lambda d: d["resultados"][0].update(con_alguna=7)),
        "alguna ganadora 5 papeletas",
    ),
    "pago": (
        lambda p: con_resultado(p, lambda d: de_la_regla(d, "partes_iguales")["opciones"][2].update(pago="1/3")),
        "cada votante de la obra 3",
    ),
    "carga": (
        lambda p: con_resultado(p, lambda d: de_la_regla(d, "phragmen")["opciones"][2].pop("carga")),
        "cada votante de la obra 3",
    ),
    "falta un distrito": (lambda p: con_resultado(p, lambda d: d.update(numero=7)), "mismos distritos"),
}


@pytest.mark.parametrize("alteracion", ALTERACIONES)
def test_cada_alteracion_se_nombra(paquete, alteracion):
    alterar, frase = ALTERACIONES[alteracion]
    alterar(paquete)
    with pytest.raises(Distinto, match=frase):
        dicho(paquete)


def test_una_votacion_contada_con_dos_reglas_sigue_siendo_igual(paquete):
    """Como se publicaba antes: sin pasos, sin pagos y sin cuántas personas."""
    resultado = json.loads(paquete["resultado.json"])
    for contienda in resultado["contiendas"]:
        contienda["resultados"] = [c for c in contienda["resultados"] if c["regla"] in ("voraz", "partes_iguales")]
        for cuenta in contienda["resultados"]:
            del cuenta["pasos"], cuenta["con_alguna"]
            for obra in cuenta["opciones"]:
                obra.pop("pago", None)
    paquete["resultado.json"] = json.dumps(resultado).encode()
    assert dicho(paquete)[1].endswith("con cada una de las 2 reglas, igual.")


def test_con_la_huella_guardada_de_otra_votacion_no_es_igual(paquete):
    with pytest.raises(Distinto, match="que guardaste"):
        dicho(paquete, "0" * 64)


# --- Como lo usa la gente --------------------------------------------------------------------------------------------
def correr(*argumentos, en):
    """El programa en otro Python, sin nada instalado y lejos de la casa."""
    return subprocess.run([sys.executable, "-I", *argumentos], cwd=en, capture_output=True, text=True, timeout=60)


def test_descargar_y_contar_en_una_carpeta_vacia(client, contada, tmp_path):
    respuesta = client.get(f"/votaciones/{contada.slug}/resultado/recuento.zip")
    assert respuesta["Content-Disposition"] == f'attachment; filename="recuento-{contada.slug}.zip"'
    (tmp_path / "recuento.zip").write_bytes(respuesta.content)
    with zipfile.ZipFile(io.BytesIO(respuesta.content)) as archivo:
        archivo.extractall(tmp_path / "abierto")
    (tmp_path / "verificar.py").write_bytes((tmp_path / "abierto" / "verificar.py").read_bytes())
    for donde in ("recuento.zip", "abierto"):
        hecho = correr("verificar.py", donde, contada.huella, en=tmp_path)
        assert (hecho.returncode, hecho.stdout.splitlines()[-1], hecho.stderr) == (0, "Todo igual.", "")
    assert client.get(f"/votaciones/{contada.slug}/resultado/recuento.zip").content == respuesta.content


def test_un_archivo_danado_o_sin_argumentos_se_explica(tmp_path):
    (tmp_path / "roto.zip").write_bytes(b"no es un zip")
    (tmp_path / "vacia").mkdir()
    for donde in ("roto.zip", "vacia", "no-esta.zip"):
        hecho = correr(str(exportes.VERIFICADOR), donde, en=tmp_path)
        assert (hecho.returncode, hecho.stderr) == (1, "")
        assert hecho.stdout.startswith("No es igual. Al archivo le falta algo")
    assert correr(str(exportes.VERIFICADOR), en=tmp_path).returncode == 2


def test_antes_de_contar_no_hay_recuento(client, abierta):
    assert client.get(f"/votaciones/{abierta.slug}/resultado/recuento.zip").status_code == 404
    with pytest.raises(CommandError, match="No hay una votación contada"):
        call_command("verificar_urna", abierta.slug)


def test_verificar_urna_por_direccion_o_numero(contada):
    for cual in (contada.slug, str(contada.pk)):
        salida = io.StringIO()
        call_command("verificar_urna", cual, stdout=salida)
        assert salida.getvalue().splitlines()[-1] == "Todo igual; en cada urna hay una papeleta por persona que votó."


def test_verificar_urna_con_la_urna_alterada_falla(contada):
    voto = Voto.objects.filter(contienda__numero=1, seleccion=[1]).first()
    Voto.objects.filter(pk=voto.pk).update(seleccion=[4])
    with pytest.raises(CommandError, match="No es igual"):
        call_command("verificar_urna", contada.slug)


def test_verificar_urna_con_una_participacion_de_menos_falla(contada):
    Participacion.objects.filter(contienda=Contienda.objects.get(votacion=contada, numero=2)).delete()
    with pytest.raises(CommandError, match="1 papeletas y votaron 0 personas"):
        call_command("verificar_urna", contada.slug)
