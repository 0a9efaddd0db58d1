"""Cuánto cuesta cada lista: consultas con 10 y con 1.000 filas, y CPU por pedido contra una base en la misma corrida.

La base es lo mínimo que podría hacer Django: una vista que trae 20 filas con una consulta y las escribe sin plantilla.
Se imprime la razón (nuestra / base), que no depende de lo ocupada que esté la máquina. Se corre con
«make rendimiento»; no son pruebas con reloj: solo fallan si cambian las consultas o se pasa el límite escrito.
"""

import statistics
import time
from collections.abc import Callable

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mapas.obras.models import Obra
from mapas.reportes.models import Reporte
from propuestas.models import Propuesta

CONSULTAS_MAXIMO = 12
CPU_MAXIMO_MS = 60
VUELTAS = 30


def sembrar(pueblo, recepcion, autora, desde: int, hasta: int) -> None:
    """Filas `desde`..`hasta` de propuestas, reportes y obras, repartidas en los dos distritos."""
    lugares = [(pueblo.distrito_1, pueblo.otb_molle), (pueblo.distrito_2, pueblo.otb_ceibo)]
    ahora = timezone.now()
    numeros = range(desde, hasta)
    Propuesta.objects.bulk_create(
        Propuesta(
            proceso=recepcion,
            codigo=f"PR-R-{numero}",
            autor=autora,
            organizacion=pueblo.org_molle if numero % 3 else None,
            titulo=f"Agua para la manzana {numero}",
            descripcion="Cambiar la tubería vieja. " * 10,
            categoria=pueblo.agua if numero % 2 else pueblo.vias,
            distrito=lugares[numero % 2][0],
            otb=lugares[numero % 2][1],
            lon=0.1 + (numero % 100) / 60,
            lat=0.5,
            monto_solicitado=10_000 + numero,
            estado="publicada",
            presentada=ahora,
            apoyos_contados=numero % 50,
        )
        for numero in numeros
    )
    Reporte.objects.bulk_create(
        Reporte(
            codigo=f"RC-R-{numero}",
            categoria=pueblo.vias,
            distrito=lugares[numero % 2][0],
            otb=lugares[numero % 2][1],
            lon=0.2,
            lat=0.4,
            descripcion=f"Bache número {numero}",
            estado="asignado",
        )
        for numero in numeros
    )
    Obra.objects.bulk_create(
        Obra(
            codigo=f"PJ-R-{numero}",
            nombre=f"Obra {numero}",
            categoria=pueblo.vias,
            distrito=lugares[numero % 2][0],
            estado="en_ejecucion",
            presupuesto=100_000,
        )
        for numero in numeros
    )


def vista_base(request) -> HttpResponse:
    filas = Propuesta.objects.values_list("titulo", "monto_solicitado")[:20]
    return HttpResponse("".join(f"<li>{titulo} {monto}</li>" for titulo, monto in filas))


def cpu_ms(pedir: Callable[[], object]) -> float:
    """Mediana de CPU por pedido, en milisegundos."""
    pedir()
    medidas = []
    for _ in range(VUELTAS):
        inicio = time.process_time()
        pedir()
        medidas.append((time.process_time() - inicio) * 1000)
    return statistics.median(medidas)


def consultas_de(cliente: Client, ruta: str) -> int:
    cliente.get(ruta)  # calienta lo que se guarda en memoria
    with CaptureQueriesContext(connection) as capturadas:
        assert cliente.get(ruta).status_code == 200
    return len(capturadas)


RUTAS = ["/propuestas/", "/reportes/", "/obras/", "/organizaciones/", "/votaciones/", "/mapa/", "/demandas/"]


@pytest.mark.django_db
def test_listas_con_10_y_1000_filas(gente, pueblo, recepcion):
    cliente = Client()
    sembrar(pueblo, recepcion, gente.ana, 0, 10)
    con_diez = {ruta: consultas_de(cliente, ruta) for ruta in RUTAS}
    sembrar(pueblo, recepcion, gente.ana, 10, 1000)
    base = cpu_ms(lambda: vista_base(RequestFactory().get("/")))
    print(f"\n{'lista':<18}{'consultas 10':>14}{'consultas 1000':>16}{'CPU ms':>9}{'razón':>8}   (base {base:.2f} ms)")
    for ruta in RUTAS:
        con_mil = consultas_de(cliente, ruta)
        cpu = cpu_ms(lambda ruta=ruta: cliente.get(ruta))
        print(f"{ruta:<18}{con_diez[ruta]:>14}{con_mil:>16}{cpu:>9.1f}{cpu / base:>8.1f}")
        assert con_mil == con_diez[ruta], ruta
        assert con_mil <= CONSULTAS_MAXIMO, ruta
        if ruta == "/propuestas/":
            assert cpu <= CPU_MAXIMO_MS
