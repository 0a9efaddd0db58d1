"""La bitácora: se agrega, se encadena y nada más; también cuando muchos anotan a la vez."""

import datetime
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from civic.comun.bitacora import (
    a_json,
    anotar,
    anotar_mirada,
    anotar_varios,
    cabeza,
    diferencia,
    en_su_momento,
    juntar_sucesos,
    preparar_suceso,
    retrato,
)
from civic.comun.cadena import ORIGEN
from civic.comun.candados import OrdenDeCandados, bloquear
from civic.comun.guardas import guardas_que_faltan
from civic.comun.models import Suceso
from civic.comun.verificacion import verificar_cadena
from civic.cuentas.models import Residencia, Usuario
from civic.procesos.models import Categoria, Proceso

HILOS = 6


def anotar_algo(objeto, texto="Pasó algo.", **datos):
    return anotar(objeto, verbo="probar", texto=texto, **datos)


# --- Qué queda escrito ------------------------------------------------------------------------------------------------
def test_anotar_encadena_y_numera_de_corrido(pueblo):
    uno, dos = anotar_algo(pueblo.agua), anotar_algo(pueblo.vias)
    assert (uno.numero, dos.numero, uno.anterior, dos.anterior) == (1, 2, ORIGEN, uno.huella)
    assert cabeza()[:2] == (2, dos.huella)
    assert verificar_cadena().integra


def test_anotar_con_antes_y_despues_los_guarda_como_texto_exacto(pueblo, gente):
    antes = {"monto": Decimal("0.10"), "lon": -66.28, "dia": datetime.date(2027, 1, 2), "area": pueblo.otb_molle}
    suceso = anotar_algo(pueblo.agua, antes=antes, despues={"quien": gente.ana, "si": True, "lista": {1: (2, None)}})
    suceso.refresh_from_db()
    assert suceso.antes == {"monto": "0.10", "lon": "-66.28", "dia": "2027-01-02", "area": str(pueblo.otb_molle)}
    assert suceso.despues == {"quien": f"persona {gente.ana.pk}", "si": True, "lista": {"1": [2, None]}}
    assert "Ana" not in json.dumps(suceso.datos)


def test_anotar_un_movimiento_sin_decir_mas_deja_los_estados(pueblo):
    suceso = anotar_algo(pueblo.agua, desde="borrador", hasta="enviada")
    assert (suceso.antes, suceso.despues) == ({"estado": "borrador"}, {"estado": "enviada"})


@pytest.mark.parametrize("raro", ["a\x00b", "\ud800", "1e400", "x" * 5000])
def test_anotar_con_texto_imposible_guarda_algo_que_se_puede_leer(pueblo, raro):
    datos = {"raro": raro, "infinito": float("inf"), "grande": 10**30, raro: 1}
    suceso = anotar_algo(pueblo.agua, texto=raro, motivo=raro, calidad=raro, desde=raro, datos=datos)
    suceso.refresh_from_db()
    assert verificar_cadena().integra
    assert suceso.datos["grande"] == 10**30


def test_retrato_y_diferencia_dicen_solo_lo_que_cambio(pueblo):
    antes = retrato(pueblo.agua, ["nombre", "orden"])
    pueblo.agua.nombre = "Agua"
    assert diferencia(antes, retrato(pueblo.agua, ["nombre", "orden"])) == (
        {"nombre": "Agua potable"},
        {"nombre": "Agua"},
    )


def test_a_json_no_deja_ningun_decimal_suelto():
    assert a_json([1.5, float("nan"), Decimal("1E+3"), True]) == ["1.5", "sin valor", "1000", True]


def test_en_su_momento_fecha_lo_de_adentro_y_solo_eso(pueblo):
    ayer = timezone.now() - datetime.timedelta(days=1)
    with en_su_momento(ayer):
        viejo = anotar_algo(pueblo.agua)
    nuevo = anotar_algo(pueblo.agua)
    assert viejo.momento == ayer
    assert nuevo.momento > ayer + datetime.timedelta(hours=23)
    assert verificar_cadena().integra


def test_anotar_varios_escribe_en_su_orden(pueblo):
    lineas = [preparar_suceso("x.y", numero, verbo="v", texto=str(numero)) for numero in range(1200)]
    assert anotar_varios(lineas) == 1200
    assert list(Suceso.objects.order_by("numero").values_list("texto", flat=True)) == [str(n) for n in range(1200)]
    assert verificar_cadena().sucesos == 1200


def test_anotar_varios_con_nada_no_escribe(db):
    assert (anotar_varios([]), Suceso.objects.count()) == (0, 0)


# --- La base dice que no ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "orden",
    [
        "UPDATE comun_suceso SET texto = 'otra cosa'",
        "UPDATE comun_suceso SET publico = NOT publico WHERE numero = 1",
        "DELETE FROM comun_suceso",
        "DELETE FROM comun_suceso WHERE numero = 2",
        "INSERT INTO comun_suceso SELECT * FROM comun_suceso WHERE numero = 1",
    ],
)
def test_la_base_no_deja_cambiar_ni_borrar(pueblo, orden):
    anotar_algo(pueblo.agua)
    anotar_algo(pueblo.agua)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(orden)
    assert list(Suceso.objects.order_by("numero").values_list("texto", flat=True)) == ["Pasó algo."] * 2


def test_la_base_no_deja_desde_el_orm(pueblo):
    suceso = anotar_algo(pueblo.agua)
    for cambiar in (
        lambda: Suceso.objects.update(texto="x"),
        lambda: Suceso.objects.all().delete(),
        suceso.delete,
        suceso.save,
        lambda: Suceso.objects.create(objeto_tipo="x", objeto_id=1, verbo="v", texto="suelto", numero=5),
        lambda: Suceso.objects.bulk_create([Suceso(objeto_tipo="x", objeto_id=1, verbo="v", texto="s", numero=2)]),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            cambiar()
    assert Suceso.objects.get().texto == "Pasó algo."


@pytest.mark.skipif(connection.vendor != "sqlite", reason="REPLACE es de SQLite")
def test_sqlite_tampoco_deja_reemplazar(pueblo):
    anotar_algo(pueblo.agua)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("REPLACE INTO comun_suceso SELECT * FROM comun_suceso")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="TRUNCATE es de PostgreSQL")
@pytest.mark.parametrize("antes", ["SELECT 1", "SET LOCAL session_replication_role = replica"])
def test_postgresql_tampoco_deja_vaciar_ni_hacerse_pasar_por_replica(pueblo, antes):
    anotar_algo(pueblo.agua)
    connection.check_constraints()
    for orden in (
        "TRUNCATE comun_suceso CASCADE",
        "TRUNCATE cuentas_usuario CASCADE",
        "UPDATE comun_suceso SET texto = 'x'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(antes)
            cursor.execute(orden)


def test_las_guardas_estan_puestas_tras_las_migraciones(db):
    assert guardas_que_faltan(connection) == []


def test_una_persona_con_sucesos_no_se_puede_borrar(pueblo, gente):
    anotar_algo(pueblo.agua, actor=gente.nadia)
    with pytest.raises(IntegrityError):
        Usuario.objects.filter(pk=gente.nadia.pk).delete()


# --- El orden: bloquear, escribir, anotar -----------------------------------------------------------------------------
def test_bloquear_despues_de_anotar_reclama(pueblo):
    with pytest.raises(OrdenDeCandados, match="juntar_sucesos"), transaction.atomic():
        anotar_algo(pueblo.agua)
        bloquear(Categoria.objects.all())
    assert Suceso.objects.count() == 0


def test_bloquear_en_otra_transaccion_que_la_que_anoto_no_reclama(pueblo):
    with transaction.atomic():
        anotar_algo(pueblo.agua)
    with transaction.atomic():
        assert bloquear(Categoria.objects.filter(pk=pueblo.agua.pk)).get() == pueblo.agua


def test_bloquear_tras_deshacer_lo_anotado_no_reclama(pueblo):
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            anotar_algo(pueblo.agua)
            _ = 1 / 0
        bloquear(Categoria.objects.all()).first()
    assert Suceso.objects.count() == 0


def test_bloquear_despues_de_anotar_en_produccion_solo_avisa(pueblo, settings, caplog):
    settings.EN_PRUEBAS = settings.DEBUG = False
    with transaction.atomic():
        anotar_algo(pueblo.agua)
        assert bloquear(Categoria.objects.all()).first() is not None
    assert "después de anotar" in caplog.text


def test_juntar_sucesos_escribe_al_final_y_deja_bloquear(pueblo):
    with juntar_sucesos():
        anotar_algo(pueblo.agua, "primero")
        assert Suceso.objects.count() == 0
        bloquear(Categoria.objects.all()).first()
        with juntar_sucesos():
            anotar_algo(pueblo.agua, "segundo")
        anotar_varios([preparar_suceso("x.y", 1, verbo="v", texto="tercero")])
    assert list(Suceso.objects.order_by("numero").values_list("texto", flat=True)) == ["primero", "segundo", "tercero"]
    assert verificar_cadena().integra


def test_juntar_sucesos_olvida_lo_que_se_deshizo(pueblo):
    with juntar_sucesos():
        anotar_algo(pueblo.agua, "queda")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            anotar_algo(pueblo.agua, "no queda")
            _ = 1 / 0
    assert Suceso.objects.get().texto == "queda"


def test_juntar_sucesos_si_falla_no_escribe_nada(pueblo):
    with pytest.raises(ZeroDivisionError), juntar_sucesos():
        anotar_algo(pueblo.agua)
        _ = 1 / 0
    assert Suceso.objects.count() == 0
    anotar_algo(pueblo.agua)
    assert Suceso.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_el_orden_se_reclama_tambien_con_transacciones_de_verdad(pueblo):
    with pytest.raises(OrdenDeCandados), transaction.atomic():
        anotar_algo(pueblo.agua)
        bloquear(Categoria.objects.all())
    with transaction.atomic():
        bloquear(Categoria.objects.all()).first()
        anotar_algo(pueblo.agua)
    with transaction.atomic():
        bloquear(Categoria.objects.all()).first()
    assert Suceso.objects.count() == 1


# --- Carreras ---------------------------------------------------------------------------------------------------------
def a_la_vez(tareas):
    salida = threading.Barrier(len(tareas))

    def correr(tarea):
        try:
            salida.wait(timeout=20)
            tarea()
        except IntegrityError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tareas)) as hilos:
        return [error for error in hilos.map(correr, tareas) if error]


def _anotar_muchas(objeto, veces=15):
    for vuelta in range(veces):
        with transaction.atomic():
            bloquear(Categoria.objects.filter(pk=objeto.pk)).get()
            anotar_algo(objeto, despues={"vuelta": vuelta})
            if vuelta % 5 == 4:
                transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_muchos_que_anotan_y_deshacen_a_la_vez_dejan_una_cadena_seguida(pueblo):
    assert a_la_vez([lambda objeto=objeto: _anotar_muchas(objeto) for objeto in (pueblo.agua, pueblo.vias) * 3]) == []
    hecho = verificar_cadena()
    assert (hecho.integra, hecho.sucesos) == (True, HILOS * 12)


@pytest.mark.django_db(transaction=True)
def test_control_sin_el_candado_dos_eslabones_siguen_al_mismo(pueblo, monkeypatch):
    """Sin el candado, dos leen la misma última huella: la base rechaza a uno, que pierde su acción."""
    if connection.vendor == "sqlite":
        pytest.skip("En SQLite cada transacción empieza con BEGIN IMMEDIATE y excluye a las demás.")
    monkeypatch.setattr("civic.comun.bitacora._tomar_candado", lambda: None)
    leyeron = threading.Barrier(2)
    original = Suceso.objects.order_by

    def leer_juntos(*args):
        consulta = original(*args)
        leyeron.wait(timeout=20)
        return consulta

    monkeypatch.setattr(type(Suceso.objects), "order_by", lambda self, *args: leer_juntos(*args), raising=False)
    fallas = a_la_vez([lambda objeto=objeto: anotar_algo(objeto) for objeto in (pueblo.agua, pueblo.vias)])
    assert [type(falla) for falla in fallas] == [IntegrityError]


# --- Miradas ----------------------------------------------------------------------------------------------------------
def test_anotar_mirada_una_por_persona_objeto_y_dia(gente):
    residencia = Residencia.objects.get(usuario=gente.ana)
    assert [anotar_mirada(gente.gloria, residencia, "Miró la residencia.") for _ in range(3)] == [True, False, False]
    assert anotar_mirada(gente.hugo, residencia, "Miró la residencia.")
    assert anotar_mirada(gente.gloria, gente.ana, "Miró la cuenta.")
    assert anotar_mirada(gente.gloria, Residencia, "Descargó la lista.")
    lineas = Suceso.objects.filter(verbo="mirar")
    assert (lineas.count(), lineas.filter(publico=True).count()) == (4, 0)
    assert lineas.get(objeto_id=0).objeto_tipo == "cuentas.residencia"


def test_anotar_mirada_de_lo_propio_o_sin_cuenta_no_se_anota(gente):
    assert not anotar_mirada(gente.ana, gente.ana, "Miró la cuenta.")
    assert not anotar_mirada(None, gente.ana, "Miró la cuenta.")
    assert Suceso.objects.count() == 0


def test_anotar_mirada_al_dia_siguiente_es_otra(gente):
    with en_su_momento(timezone.now() - datetime.timedelta(days=1)):
        anotar_mirada(gente.gloria, gente.ana, "Miró la cuenta.")
    assert anotar_mirada(gente.gloria, gente.ana, "Miró la cuenta.")
    assert Proceso.objects.count() == 0
    assert Suceso.objects.count() == 2
