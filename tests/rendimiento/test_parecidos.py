"""Cuánto tarda hallar parecidos con 10.000 propuestas y qué tan bien: contra comparar letras, en la misma corrida."""

import random
import statistics
import time

import pytest
from django.utils import timezone

from civic.comun.parecidos import Pedido, buscar
from civic.comun.parecidos.puntaje import rasgos
from civic.procesos.models import Categoria
from mapas.territorio.models import Area
from propuestas.models import Propuesta
from propuestas.parecidas import FUENTE, _pedido
from tests.parecidos import medir

CUANTAS = 10_000
VUELTAS = 21
MILISEGUNDOS = 50


@pytest.fixture
def muchas(recepcion, gente, pueblo):
    """10.000 propuestas con los textos de los pares etiquetados, en diez distritos, cien OTB y doce categorías."""
    azar = random.Random(8)
    textos = sorted({pedido.titulo[:110] for par in medir.leer() for pedido in (par.a, par.b)})
    categorias = [Categoria.objects.create(codigo=f"c-{n}", nombre=f"Clase {n}", icono="map") for n in range(12)]
    distritos = [_area("distrito", n, pueblo.municipio) for n in range(10)]
    otbs = [_area("otb", 100 + n, distritos[n % 10]) for n in range(100)]
    return Propuesta.objects.bulk_create(
        Propuesta(
            proceso=recepcion,
            codigo=f"PR-{n}",
            autor=gente.ana,
            titulo=azar.choice(textos),
            descripcion=" ".join(azar.sample(textos, 4)),
            categoria=azar.choice(categorias),
            distrito=(otb := azar.choice(otbs)).padre,
            otb=otb,
            lon=azar.uniform(-66.33, -66.24),
            lat=azar.uniform(-17.43, -17.33),
            estado="publicada",
            presentada=timezone.now(),
        )
        for n in range(CUANTAS)
    )


def _area(tipo, numero, padre):
    codigo = f"x-{numero}"
    return Area.objects.create(
        tipo=tipo, codigo=codigo, nombre=f"Lugar {numero}", padre=padre, municipio=padre.municipio or padre
    )


@pytest.mark.django_db
def test_hallar_parecidas_entre_10_mil_propuestas_tarda_menos_de_50_ms(muchas, capsys):
    frias, calientes, candidatas = [], [], []
    for propuesta in muchas[:VUELTAS]:
        pedido = _pedido(propuesta)
        rasgos.cache_clear()
        frias.append(_milisegundos(pedido))
        calientes.append(_milisegundos(pedido))
        candidatas.append(len(FUENTE.candidatos(pedido)))
    with capsys.disabled():
        print(
            f"\nparecidas entre {CUANTAS:,}: {statistics.median(frias):.1f} ms en frío, "
            f"{statistics.median(calientes):.1f} ms en caliente (mediana de {VUELTAS}; "
            f"{statistics.median(candidatas):.0f} candidatas)"
        )
    assert statistics.median(calientes) <= MILISEGUNDOS  # en frío solo se lee cada texto la primera vez


def _milisegundos(pedido: Pedido) -> float:
    inicio = time.perf_counter()
    assert buscar(pedido, en="propuestas")
    return (time.perf_counter() - inicio) * 1000


def test_informe_de_lo_bien_que_se_reconoce(capsys):
    with capsys.disabled():
        print("\n" + (informe := medir.informe()))
    assert "nuestra" in informe
