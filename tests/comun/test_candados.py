"""Bloquear: lo que se lee después de esperar es lo último, también en las tablas que se unen."""

import threading

import pytest
from django.db import connection, connections, transaction

from civic.comun.candados import bloquear
from civic.procesos.models import Categoria
from propuestas.models import Propuesta
from tests.propuestas.piezas import publicada

LIMITE = 20


def leer_mientras_otra_cambia(pk, nueva, leer):
    """(categoría que dice la fila, categoría unida) que lee quien esperaba mientras otra persona cambiaba la fila."""
    cambiada, esperando = threading.Event(), threading.Event()

    def cambiar():
        with transaction.atomic():
            Propuesta.objects.filter(pk=pk).update(categoria=Categoria.objects.create(**nueva))
            cambiada.set()
            # En SQLite la otra no puede ni empezar: se le da tiempo y se confirma.
            esperando.wait(timeout=LIMITE)
            threading.Event().wait(0.4)
        connections.close_all()

    otra = threading.Thread(target=cambiar)
    otra.start()
    assert cambiada.wait(timeout=LIMITE)
    esperando.set()
    try:
        with transaction.atomic():
            leida = leer(Propuesta.objects.select_related("categoria").filter(pk=pk)).get()
            return leida.categoria_id, leida.categoria and leida.categoria.pk
    finally:
        otra.join()


@pytest.mark.django_db(transaction=True)
def test_bloquear_lee_lo_unido_como_quedo_despues_de_esperar(recepcion, gente, pueblo):
    pk = publicada(recepcion, gente, pueblo).pk
    fila, unida = leer_mientras_otra_cambia(pk, {"nombre": "Riego", "codigo": "riego"}, bloquear)
    assert Categoria.objects.get(codigo="riego").pk == fila == unida


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="En SQLite se lee todo después de esperar.")
def test_control_bloquear_y_unir_en_una_sola_lectura_no_ve_lo_unido(recepcion, gente, pueblo):
    pk = publicada(recepcion, gente, pueblo).pk

    def de_una_vez(consulta):
        return consulta.select_for_update(no_key=True, of=("self",))

    fila, unida = leer_mientras_otra_cambia(pk, {"nombre": "Riego", "codigo": "riego"}, de_una_vez)
    assert fila == Categoria.objects.get(codigo="riego").pk
    assert unida != fila
