"""Lo de tests/votaciones/test_urna.py con la gente de un distrito entero. Tarda: no corre en cada prueba."""

import asyncio
import random
import re
import time
import urllib.parse

import pytest
from django.db import connections

from civic.comun.errores import ReglaIncumplida
from tests.rendimiento.test_diez_mil import servidor
from tests.rendimiento.test_votar import d1, empadronar, papeletas_de  # noqa: F401 -- d1 es una pieza de pytest
from tests.votaciones.conftest import abrir, segunda
from tests.votaciones.test_carreras import HILOS, a_la_vez
from votaciones import acciones
from votaciones.models import Participacion
from votaciones.reglas import credencial as credenciales
from votaciones.reglas import recibo as recibos
from votaciones.urna.models import Sobre

VOTANTES, LECTORES = 300, 1_000
MUERTES, CLIENTES, CADA_UNO = 4, 16, 24
FILAS = {
    "sqlite": ("rowid", "id"),
    "postgresql": ("ctid", "id", "xmin::text::bigint"),
}


def votar(contienda, persona, *numeros):
    clave = acciones.emitir_clave_de_papeleta(contienda, usuario=persona)
    return acciones.emitir_voto(contienda, usuario=persona, eleccion=numeros, clave=clave)


@pytest.mark.django_db(transaction=True)
def test_trescientas_personas_votan_ocho_veces_a_la_vez(gente, pueblo, d1):  # noqa: F811
    """Ocho formularios distintos de cada una: entra uno, y los demás reciben una frase. Ninguno de más."""
    personas = [persona.usuario for persona in empadronar(pueblo, VOTANTES)]
    abierta = abrir(d1.votacion, actor=gente.hugo)
    d1 = abierta.contiendas.select_related("votacion").get(numero=1)
    reloj, entraron, otras = time.perf_counter(), 0, 0
    for persona in personas:
        respuestas = a_la_vez([lambda p=persona, n=numero: votar(d1, p, n % 4 + 1) for numero in range(HILOS)])
        recibos = [respuesta for respuesta in respuestas if isinstance(respuesta, str)]
        entraron += len(recibos)
        otras += sum(isinstance(respuesta, ReglaIncumplida) for respuesta in respuestas)
        assert len(recibos) == 1, respuestas
    reloj = time.perf_counter() - reloj
    sobres = Sobre.objects.filter(contienda=d1.pk)
    print(f"\n{connections['urna'].vendor}: {VOTANTES} x {HILOS} en {reloj:.0f} s; entraron {entraron}, {otras} no")
    assert (entraron, otras) == (VOTANTES, VOTANTES * (HILOS - 1))
    assert sobres.count() == Participacion.objects.filter(contienda=d1).count() == VOTANTES
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Prueba.")
    acciones.contar_votacion(abierta, actor=segunda())
    assert d1.resultados.get(oficial=True).votos == VOTANTES


@pytest.mark.django_db(transaction=True)
def test_con_las_dos_bases_y_lo_publicado_mil_votantes_no_se_unen_mejor_que_al_azar(gente, pueblo, d1):  # noqa: F811
    """Se emparejan las filas de las dos bases por cada orden que guardan; al azar acierta una de cada mil."""
    personas = [persona.usuario for persona in empadronar(pueblo, LECTORES)]
    abierta = abrir(d1.votacion, actor=gente.hugo)
    d1 = abierta.contiendas.select_related("votacion").get(numero=1)
    azar, suya = random.Random(3), {}
    for persona in azar.sample(personas, len(personas)):
        suya[persona.pk] = credenciales.serie_de(votar(d1, persona, azar.randint(1, 4)))
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Prueba.")
    acciones.contar_votacion(abierta, actor=segunda())
    filas, peor = FILAS[connections["urna"].vendor], (0, "", "")
    for de_personas in (*filas, "usuario_id", "compromiso"):
        with connections["default"].cursor() as cursor:
            cursor.execute(f"SELECT usuario_id FROM votaciones_participacion ORDER BY {de_personas}")  # noqa: S608
            en_fila = [fila[0] for fila in cursor.fetchall()]
        for de_sobres in (*filas, "serie", "recibo", "cerrado", "firma"):
            with connections["urna"].cursor() as cursor:
                cursor.execute(f"SELECT serie FROM urna_sobre ORDER BY {de_sobres}")  # noqa: S608
                series = [fila[0] for fila in cursor.fetchall()]
            aciertos = sum(suya[persona] == serie for persona, serie in zip(en_fila, series, strict=True))
            peor = max(peor, (aciertos, de_personas, de_sobres))
    print(f"\n{connections['urna'].vendor}: de {LECTORES}, el mejor emparejamiento acierta {peor}")
    assert peor[0] < 10


# --- Muertes ---------------------------------------------------------------------------------------------------------
async def insistir(puerto: int, pedidos: list[bytes], dados: list[str]) -> None:
    """Envía cada papeleta hasta que la contesten, como una persona con mala señal; anota los recibos que recibe."""
    for uno in pedidos:
        for _ in range(400):
            try:
                entrada, salida = await asyncio.open_connection("127.0.0.1", puerto)
                salida.write(uno)
                cabeza = (await entrada.readuntil(b"\r\n\r\n")).decode()
                salida.close()
            except (OSError, asyncio.IncompleteReadError):
                await asyncio.sleep(0.05)
                continue
            if cabeza.startswith("HTTP/1.1 302"):
                dados.append(re.search(r"recibo=\"?([0-9A-Z-]{19})", cabeza)[1])
                break
            assert cabeza.startswith("HTTP/1.1 503"), cabeza[:200]
            await asyncio.sleep(0.05)
        else:
            raise AssertionError("Nadie contestó.")


@pytest.mark.django_db(transaction=True)
def test_matar_el_servidor_cuatro_veces_no_pierde_ni_duplica_un_voto(gente, pueblo, d1):  # noqa: F811
    personas = empadronar(pueblo, CLIENTES * CADA_UNO)
    abierta = abrir(d1.votacion, actor=gente.hugo)
    d1 = abierta.contiendas.select_related("votacion").get(numero=1)
    pedidos, dados = papeletas_de(d1, personas), []
    corre = servidor()
    with corre as direccion:
        puerto = urllib.parse.urlsplit(direccion).port

        async def matar() -> list[int]:
            antes = []
            for _ in range(MUERTES):
                await asyncio.sleep(1)
                antes.append(len(dados))
                await asyncio.to_thread(corre.matar)
                await asyncio.to_thread(corre.arrancar)
            return antes

        async def escena() -> list[int]:
            async with asyncio.TaskGroup() as grupo:
                muertes = grupo.create_task(matar())
                for numero in range(CLIENTES):
                    grupo.create_task(insistir(puerto, pedidos[numero::CLIENTES], dados))
            return muertes.result()

        antes = asyncio.run(escena())
    sobres = set(Sobre.objects.filter(contienda=d1.pk).values_list("recibo", flat=True))
    print(f"\n{connections['urna'].vendor}: {len(dados)} recibos; al matarlo llevaba {antes}")
    assert max(antes) < len(dados) == len(set(dados)) == len(personas)
    assert sobres == {recibos.huella_de(codigo) for codigo in dados}
    assert Sobre.objects.filter(contienda=d1.pk).count() == len(personas)
    assert Participacion.objects.filter(contienda=d1).count() == len(personas)
