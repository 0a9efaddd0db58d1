"""Carreras de verdad, con hilos: la misma identidad pedida por muchas cuentas a la vez, y su control."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from civic.comun.errores import ReglaIncumplida
from civic.cuentas import acciones
from civic.cuentas.acciones import identidades, verificacion
from civic.cuentas.identidad import huella_de_identidad
from civic.cuentas.models import ConflictoDeIdentidad, Identidad, Residencia
from civic.cuentas.reglas_identidad import normalizar_ci
from tests.cuentas.piezas_verificacion import CARNET, CI, a_la_vez
from tests.elenco import crear_persona

ESCRITURAS = [
    CARNET,
    "4.455.667",
    f"{CARNET} CB",
    f"0{CARNET}",
    "４４５５６６７",
    f"CI {CARNET}",
    f"{CARNET}CB",
    f" {CARNET} ",
]
CUENTAS = len(ESCRITURAS)


def vecinas(pueblo):
    return [crear_persona(f"v{i}", f"V {i}", otb=pueblo.otb_molle, verificada=False) for i in range(CUENTAS)]


@pytest.mark.django_db(transaction=True)
def test_ocho_cuentas_piden_la_misma_identidad_a_la_vez_y_una_la_tiene(pueblo):
    personas = vecinas(pueblo)
    tareas = [
        lambda p=persona, e=escrito: acciones.verificar_residencia(
            p.residencia, metodo="ventanilla", ci=normalizar_ci(e)
        )
        for persona, escrito in zip(personas, ESCRITURAS, strict=True)
    ]
    respuestas = a_la_vez(tareas)
    rechazos = [r for r in respuestas if isinstance(r, ReglaIncumplida)]
    assert [r.mensaje for r in rechazos] == [acciones.EN_REVISION] * (CUENTAS - 1), respuestas
    assert (Identidad.objects.count(), Residencia.objects.filter(nivel="verificada").count()) == (1, 1)
    assert ConflictoDeIdentidad.objects.abiertos().count() == CUENTAS - 1


@pytest.mark.django_db(transaction=True)
def test_la_base_sola_tambien_rechaza_a_la_segunda(pueblo, monkeypatch):
    """Sin candados, la restricción única deja pasar a una."""
    for modulo in (identidades, verificacion):
        monkeypatch.setattr(modulo, "bloquear", lambda consulta: consulta)
    personas = vecinas(pueblo)
    a_la_vez([lambda p=p: acciones.verificar_residencia(p.residencia, metodo="padron", ci=CI) for p in personas])
    assert (Identidad.objects.count(), Residencia.objects.filter(nivel="verificada").count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_control_mirar_y_despues_escribir_sin_restriccion_da_varias(db):
    if connection.vendor == "sqlite":
        pytest.skip("En SQLite cada transacción empieza con BEGIN IMMEDIATE: no hay carrera que mostrar.")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE identidad_sin_cuidado (huella text)")
    esperan = threading.Barrier(CUENTAS)

    def tomar_sin_cuidado():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM identidad_sin_cuidado WHERE huella = 'h'")
            hay = cursor.fetchone()[0]
            esperan.wait(timeout=20)
            if not hay:
                cursor.execute("INSERT INTO identidad_sin_cuidado VALUES ('h')")

    try:
        a_la_vez([tomar_sin_cuidado] * CUENTAS)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM identidad_sin_cuidado")
            assert cursor.fetchone()[0] == CUENTAS
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE identidad_sin_cuidado")


@pytest.mark.django_db(transaction=True)
def test_dos_funcionarias_resuelven_a_la_vez_y_una_gana(pueblo, django_user_model):
    uno, dos = vecinas(pueblo)[:2]
    acciones.verificar_residencia(uno.residencia, metodo="ventanilla", ci=CI)
    with pytest.raises(ReglaIncumplida):
        acciones.verificar_residencia(dos.residencia, metodo="padron", ci=CI)
    conflicto = ConflictoDeIdentidad.objects.get()
    jefas = [django_user_model.objects.create_superuser(f"r{i}", nombre_publico=f"R {i}") for i in range(2)]
    respuestas = a_la_vez(
        [
            lambda j=jefa, d=decision: acciones.resolver_conflicto(conflicto, actor=j, decision=d, motivo="Visto.")
            for jefa, decision in zip(jefas, ("primera", "segunda"), strict=True)
        ]
    )
    assert sorted(type(r).__name__ for r in respuestas) == ["ConflictoDeIdentidad", "ReglaIncumplida"]
    conflicto.refresh_from_db()
    assert Identidad.objects.get().cuenta == (uno if conflicto.estado == "primera" else dos)
    assert Residencia.objects.filter(nivel="verificada").count() == 1


@pytest.mark.django_db(transaction=True)
def test_dos_conflictos_de_la_misma_identidad_resueltos_a_la_vez_dan_un_solo_dueno(pueblo, django_user_model):
    uno, dos, tres = vecinas(pueblo)[:3]
    acciones.verificar_residencia(uno.residencia, metodo="ventanilla", ci=CI)
    for otra in (dos, tres):
        with pytest.raises(ReglaIncumplida):
            acciones.verificar_residencia(otra.residencia, metodo="padron", ci=CI)
    jefa = django_user_model.objects.create_superuser("jefa", nombre_publico="Jefa")
    a_la_vez(
        [
            lambda c=c: acciones.resolver_conflicto(c, actor=jefa, decision="segunda", motivo="Visto.")
            for c in ConflictoDeIdentidad.objects.all()
        ]
    )
    verificadas = set(Residencia.objects.filter(nivel="verificada").values_list("usuario", flat=True))
    assert verificadas == {Identidad.objects.get(huella=huella_de_identidad(CI)).cuenta_id}


@pytest.mark.django_db(transaction=True)
def test_la_restriccion_de_un_conflicto_abierto_por_cuenta(pueblo):
    uno, dos = vecinas(pueblo)[:2]
    identidad = Identidad.objects.create(huella="a" * 64, cuenta=uno)
    datos = {"identidad": identidad, "primera": uno, "segunda": dos, "metodo_segunda": "padron"}
    ConflictoDeIdentidad.objects.create(**datos)
    with pytest.raises(IntegrityError):
        ConflictoDeIdentidad.objects.create(**datos)
