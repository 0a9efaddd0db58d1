"""verificar_bitacora nombra el primer suceso tocado, en las dos bases, sea cual sea el modo de adulterarla."""

import importlib
import io
import json
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from civic.comun.bitacora import anotar, anotar_varios, cabeza, preparar_suceso
from civic.comun.cadena import COLUMNAS, ORIGEN, contenido_de, huella_siguiente
from civic.comun.models import Suceso
from tests.guardas import sin_guardas

SUCESOS = 8


@pytest.fixture
def cadena(pueblo, gente):
    """Ocho sucesos: los pares, reservados y con autora; los impares, públicos."""
    for vuelta in range(1, SUCESOS + 1):
        anotar(
            pueblo.agua,
            verbo="probar",
            texto=f"Pasó {vuelta}.",
            actor=gente.ana if vuelta % 2 == 0 else None,
            publico=vuelta % 2 == 1,
            desde="a",
            hasta="b",
            datos={"monto": "12.50", "n": vuelta},
        )
    return cabeza()


def verificar(*argumentos):
    """(código de salida, lo que dice, avisos)"""
    salida, avisos = io.StringIO(), io.StringIO()
    try:
        call_command("verificar_bitacora", *argumentos, stdout=salida, stderr=avisos)
    except SystemExit as fin:
        return fin.code, salida.getvalue().strip(), avisos.getvalue()
    return 0, salida.getvalue().strip(), avisos.getvalue()


def falla(*argumentos):
    codigo, texto, _ = verificar("--json", *argumentos)
    datos = json.loads(texto)
    assert (codigo, datos["integra"]) == (1, False)
    return datos["falla"]["numero"], datos["falla"]["problema"]


def ejecutar(orden, *valores):
    with sin_guardas(), connection.cursor() as cursor:
        cursor.execute(orden, valores)


def test_cadena_entera_dice_cuantos_y_la_cabeza(cadena):
    assert verificar() == (0, f"8 sucesos, cadena íntegra, cabeza {cadena[1]}", "")
    assert verificar("--desde", "5")[1] == f"4 sucesos, cadena íntegra, cabeza {cadena[1]}"


def test_bitacora_vacia_esta_integra(db):
    assert verificar()[1] == f"0 sucesos, cadena íntegra, cabeza {ORIGEN}"


def test_json_lleva_lo_mismo(cadena):
    datos = json.loads(verificar("--json", "--cabeza", cadena[1].upper())[1])
    assert datos == {
        "integra": True,
        "sucesos": 8,
        "numero": 8,
        "cabeza": cadena[1],
        "falla": None,
        "guardas_que_faltan": [],
    }


OTRO = {
    "momento": "2020-01-01 00:00:00+00:00",
    "actor_id": None,
    "calidad": "Alcaldía",
    "verbo": "otro",
    "objeto_tipo": "otra.cosa",
    "objeto_id": 77,
    "desde": "z",
    "hasta": "z",
    "texto": "No pasó nada.",
    "motivo": "Porque sí",
    "datos": '{"monto": "12.51", "n": 4}',
    "publico": True,
    "sal": "0" * 32,
    "anterior": "1" * 64,
    "huella": "2" * 64,
    "id": 99,
}


@pytest.mark.parametrize("columna", OTRO)
def test_un_dato_cambiado_se_nombra_con_su_id(cadena, columna):
    suceso = Suceso.objects.get(numero=4)
    ejecutar(f"UPDATE comun_suceso SET {columna} = %s WHERE numero = 4", OTRO[columna])  # noqa: S608 -- prueba
    pk = 99 if columna == "id" else suceso.pk
    assert falla() == (4, "cambiado")
    codigo, texto, _ = verificar()
    assert codigo == 1
    assert f"Primer suceso tocado: número 4 (id {pk}, 20" in texto


def test_las_columnas_probadas_son_todas():
    assert (
        {campo.column for campo in Suceso._meta.concrete_fields}
        == {*OTRO, "numero"}
        == {
            *COLUMNAS,
            "anterior",
            "huella",
        }
    )


def test_la_persona_cambiada_se_nota(cadena, gente):
    ejecutar("UPDATE comun_suceso SET actor_id = %s WHERE numero = 2", gente.beto.pk)
    assert falla() == (2, "cambiado")


def test_un_cambio_con_su_huella_rehecha_se_nota_y_se_nombra(cadena):
    """Quien sabe la fórmula rehace la huella de la fila; la siguiente recuerda la verdadera."""
    fila = Suceso.objects.filter(numero=4).values(*COLUMNAS, "anterior").get() | {"texto": "Mentira."}
    ejecutar(
        "UPDATE comun_suceso SET texto = %s, huella = %s WHERE numero = 4",
        "Mentira.",
        huella_siguiente(fila["anterior"], contenido_de(fila)),
    )
    assert falla() == (4, "cambiado")


@pytest.mark.parametrize(("numero", "cual"), [(1, 1), (5, 5), (7, 7)])
def test_un_suceso_borrado_en_medio_se_nombra(cadena, numero, cual):
    ejecutar("DELETE FROM comun_suceso WHERE numero = %s", numero)
    assert falla() == (cual, "falta")
    assert "falta este suceso" in verificar()[1]


def test_varios_borrados_se_nombra_el_primero(cadena):
    ejecutar("DELETE FROM comun_suceso WHERE numero IN (3, 4, 5)")
    assert falla() == (3, "falta")
    assert "faltan los sucesos 3 a 5" in verificar()[1]


def _renumerar(desde, paso):
    for numero in sorted(Suceso.objects.filter(numero__gte=desde).values_list("numero", flat=True), reverse=paso > 0):
        ejecutar("UPDATE comun_suceso SET numero = %s WHERE numero = %s", numero + paso, numero)


def test_un_suceso_borrado_y_los_demas_renumerados_se_nombra(cadena):
    ejecutar("DELETE FROM comun_suceso WHERE numero = 4")
    _renumerar(5, -1)
    assert falla() == (4, "falta")


@pytest.mark.parametrize("sabe_la_formula", [True, False])
def test_un_suceso_insertado_en_medio_se_nombra(cadena, sabe_la_formula):
    _renumerar(4, 1)
    anterior = Suceso.objects.get(numero=3).huella
    nuevo = preparar_suceso("x.y", 1, verbo="v", texto="Esto nunca pasó.", momento=timezone.now())
    nuevo.pk, nuevo.numero, nuevo.anterior, nuevo.sal = 500, 4, anterior, "a" * 32
    nuevo.huella = huella_siguiente(anterior, contenido_de(vars(nuevo))) if sabe_la_formula else "b" * 64
    with sin_guardas():
        nuevo.save(force_insert=True)
    assert falla() == (4, "insertado" if sabe_la_formula else "cambiado")


@pytest.mark.parametrize(("uno", "otro"), [(3, 6), (4, 5), (1, 8)])
def test_dos_sucesos_cambiados_de_lugar_se_nombra_el_primero(cadena, uno, otro):
    for desde, hacia in ((uno, -1), (otro, uno), (-1, otro)):
        ejecutar("UPDATE comun_suceso SET numero = %s WHERE numero = %s", hacia, desde)
    assert falla() == (uno, "orden")


def test_final_cortado_solo_se_nota_con_una_cabeza_publicada(cadena):
    ejecutar("DELETE FROM comun_suceso WHERE numero >= 7")
    assert verificar()[0] == 0
    assert falla("--cabeza", cadena[1]) == (7, "cabeza")
    assert "faltan sucesos después del 6" in verificar("--cabeza", cadena[1])[1]


def test_cadena_rehecha_entera_solo_se_nota_con_una_cabeza_publicada(cadena):
    huella = ORIGEN
    for suceso in Suceso.objects.order_by("numero"):
        suceso.texto, suceso.anterior = "Todo esto es otra historia.", huella
        suceso.huella = huella = huella_siguiente(huella, contenido_de(vars(suceso)))
        with sin_guardas():
            suceso.save()
    assert verificar()[0] == 0
    assert falla("--cabeza", cadena[1]) == (9, "cabeza")


def test_cabeza_vieja_sigue_valiendo_cuando_la_cadena_crece(cadena, pueblo):
    anotar(pueblo.agua, verbo="probar", texto="Otra más.")
    assert verificar("--cabeza", cadena[1])[0] == 0
    assert verificar("--desde", "9", "--cabeza", cadena[1])[0] == 0


def test_tabla_vaciada_con_cabeza_se_nota(cadena):
    ejecutar("DELETE FROM comun_suceso")
    assert falla("--cabeza", cadena[1]) == (1, "cabeza")


def test_desde_un_numero_que_no_esta_lo_dice(cadena):
    ejecutar("DELETE FROM comun_suceso WHERE numero = 4")
    assert falla("--desde", "5") == (4, "falta")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL no guarda un texto donde va una fecha")
@pytest.mark.parametrize(("columna", "valor"), [("momento", "ayer"), ("numero", "cuatro"), ("objeto_id", "x")])
def test_un_dato_que_no_se_puede_leer_no_rompe_la_revision(cadena, columna, valor):
    ejecutar(f"UPDATE comun_suceso SET {columna} = %s WHERE numero = 4", valor)  # noqa: S608 -- prueba
    assert falla()[0] == 4


def test_sin_guardas_avisa_aunque_la_cadena_este_entera(cadena):
    with sin_guardas():
        codigo, texto, avisos = verificar()
    assert (codigo, "cadena íntegra" in texto, "faltan sus guardas" in avisos) == (0, True, True)


@pytest.mark.parametrize(
    "argumentos", [["--cabeza", "abc"], ["--desde", "0"], ["--desde", str(10**30)], ["--cabeza", "\ud800" * 64]]
)
def test_pedido_imposible_lo_dice_y_termina_con_2(cadena, argumentos):
    with pytest.raises(CommandError) as dicho:
        call_command("verificar_bitacora", *argumentos, stdout=io.StringIO(), stderr=io.StringIO())
    assert dicho.value.returncode == 2


def test_por_tandas_revisa_todo(db):
    anotar_varios(preparar_suceso("x.y", n, verbo="v", texto=str(n)) for n in range(4500))
    assert verificar()[1].startswith("4500 sucesos, cadena íntegra")
    ejecutar("UPDATE comun_suceso SET motivo = 'x' WHERE numero IN (2001, 4400)")
    assert falla() == (2001, "cambiado")


def test_la_migracion_encadena_lo_que_ya_habia(pueblo, gente):
    """Filas como las de antes de la cadena: sin número, sin sal, sin huellas y con decimales en sus datos."""
    encadenar = importlib.import_module("civic.comun.migrations.0004_encadenados").encadenar
    with sin_guardas():
        Suceso.objects.bulk_create(
            Suceso(
                pk=pk, numero=-pk, objeto_tipo="x.y", objeto_id=1, verbo="v", texto=f"Viejo {pk}", actor=gente.ana,
                publico=pk % 2 == 0, datos={"monto": 1e22, "lista": [0.1, {"n": 1}]},
            )
            for pk in (3, 4, 9)
        )  # fmt: skip
        encadenar(apps, SimpleNamespace(connection=connection))
    assert list(Suceso.objects.order_by("pk").values_list("pk", "numero")) == [(3, 1), (4, 2), (9, 3)]
    anotar(pueblo.agua, verbo="probar", texto="Nuevo.")
    assert verificar()[1].startswith("4 sucesos, cadena íntegra")
    assert Suceso.objects.get(numero=4).pk == 10
