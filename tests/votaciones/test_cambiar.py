"""Cambiar el voto hasta el cierre, donde la votación lo deja: vale el último y se cuenta uno."""

import pytest
from django.urls import reverse

from civic.comun.errores import ReglaIncumplida
from tests.guardas import sin_guardas
from tests.urnas import elegido
from tests.votaciones.conftest import abrir, segunda, votar
from votaciones import acciones, exportes
from votaciones.models import Participacion, Votacion
from votaciones.urna.models import Sobre


def url(nombre):
    return reverse(f"votaciones:{nombre}", args=["poa-2027", 1])


@pytest.fixture
def abierta(preparada, gente):
    Votacion.objects.update(se_cambia=True)
    preparada.refresh_from_db()
    return abrir(preparada, actor=gente.hugo)


@pytest.fixture
def d1(abierta):
    return abierta.contiendas.select_related("votacion").get(numero=1)


def cambiar(contienda, persona, codigo, *numeros, **mas):
    clave = acciones.emitir_clave_de_cambio(contienda, usuario=persona, codigo=codigo)
    return acciones.emitir_voto(contienda, usuario=persona, eleccion=numeros, clave=clave, **mas)


def test_con_el_codigo_vale_el_ultimo_y_se_cuenta_uno(abierta, d1, gente):
    codigo = votar(d1, gente.ana, 1)
    assert cambiar(d1, gente.ana, codigo, 2) == codigo
    assert cambiar(d1, gente.ana, codigo, 2) == codigo
    assert (elegido(d1), Participacion.objects.count()) == ([[1], [2]], 1)
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Prueba.")
    contada = acciones.contar_votacion(abierta, actor=segunda())
    oficial = d1.resultados.get(oficial=True)
    assert (oficial.votos, [obra["numero"] for obra in oficial.ganadoras]) == (1, [2])
    paquete = exportes.recuento_de(Votacion.objects.get(pk=contada.pk))
    assert len(paquete["recibos-1.txt"].split()) == 1


@pytest.mark.parametrize("ajeno", [True, False])
def test_con_un_codigo_que_no_es_suyo_no_cambia_nada(d1, gente, ajeno):
    votar(d1, gente.ana, 1)
    codigo = votar(d1, gente.fabio, 3) if ajeno else "0000-0000-0000-0000"
    if ajeno:
        # La clave va atada a la persona; quien lleve el código de otra no pasa de la puerta (ver la página).
        clave = acciones.emitir_clave_de_cambio(d1, usuario=gente.fabio, codigo=codigo)
        with pytest.raises(ReglaIncumplida, match="otra sesión"):
            acciones.emitir_voto(d1, usuario=gente.ana, eleccion=[2], clave=clave)
    else:
        with pytest.raises(ReglaIncumplida, match="Ya votaste"):
            cambiar(d1, gente.ana, codigo, 2)
    assert elegido(d1) == ([[1], [3]] if ajeno else [[1]])


def test_cerrada_o_suspendida_ya_no_se_cambia(abierta, d1, gente):
    codigo = votar(d1, gente.ana, 1)
    with pytest.raises(ReglaIncumplida, match="se cerró"):
        cambiar(d1, gente.ana, codigo, 2, ahora=abierta.cierra)
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Prueba.")
    with pytest.raises(ReglaIncumplida, match="se cerró"):
        cambiar(d1, gente.ana, codigo, 2)
    assert elegido(d1) == [[1]]


def test_donde_no_se_deja_cambiar_el_codigo_no_sirve(preparada, gente):
    d1 = abrir(preparada, actor=gente.hugo).contiendas.select_related("votacion").get(numero=1)
    codigo = votar(d1, gente.ana, 1)
    with pytest.raises(ReglaIncumplida, match="no se puede cambiar"):
        cambiar(d1, gente.ana, codigo, 2)
    assert elegido(d1) == [[1]]


# --- La página -------------------------------------------------------------------------------------------------------
def test_el_camino_entero_de_un_cambio(entrar, d1, gente):
    codigo = votar(d1, gente.ana, 1)
    cliente = entrar(gente.ana)
    assert "Cambiar mi voto" in cliente.get(url("papeleta")).content.decode()
    papeleta = cliente.post(url("cambiar"), {"recibo": codigo.lower()})
    texto = papeleta.content.decode()
    assert papeleta.status_code == 200
    assert "Ya votaste. Si confirmas esta papeleta, reemplaza a la anterior" in texto
    clave = texto.split('name="clave" value="')[1].split('"')[0]
    revision = cliente.post(url("revisar"), {"opciones": ["2"], "clave": clave})
    assert (revision.status_code, "reemplaza a la anterior" in revision.content.decode()) == (200, True)
    respuesta = cliente.post(url("emitir"), {"opciones": ["2"], "clave": clave})
    assert codigo in cliente.get(respuesta.url).content.decode()
    assert elegido(d1) == [[1], [2]]


@pytest.mark.parametrize("escrito", ["", "corto", "0000-0000-0000-0000"])
def test_un_codigo_equivocado_se_explica_y_se_conserva(entrar, d1, gente, escrito):
    votar(d1, gente.ana, 1)
    respuesta = entrar(gente.ana).post(url("cambiar"), {"recibo": escrito})
    texto = respuesta.content.decode()
    assert (respuesta.status_code, 'name="clave"' in texto) == (422, False)
    assert f'value="{escrito}"' in texto or not escrito
    assert Sobre.objects.count() == 1


def test_sin_votar_o_sin_permiso_de_cambiar_vuelve_a_la_papeleta(entrar, client, d1, gente):
    cliente = entrar(gente.ana)
    assert cliente.get(url("cambiar")).status_code == 302
    with sin_guardas():
        Votacion.objects.update(se_cambia=False)
    assert cliente.post(url("cambiar"), {"recibo": "0000-0000-0000-0000"}).url == d1.get_absolute_url()


def test_el_tablero_de_cada_urna_esta_en_la_pagina(client, abierta, d1, gente):
    assert "Tablero de cada urna" not in client.get(abierta.get_absolute_url()).content.decode()
    votar(d1, gente.ana, 1)
    texto = client.get(abierta.get_absolute_url()).content.decode()
    assert "Tablero de cada urna" in texto
    assert texto.count("asiento <span") == 1
