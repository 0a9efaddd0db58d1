"""I1, I2 e I3 en cada puerta: la respuesta se pierde y la persona insiste; hay una sola cosa y lleva al mismo sitio.

Se pierde entera, también con las galletas que traía: quien reintenta vuelve a enviar exactamente lo mismo que la
primera vez, hasta cinco veces, como hace un teléfono con mala señal. Todo sin JavaScript.
"""

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from civic.comun.models import Foto
from civic.cuentas.models import ObservacionDeRegistro, Organizacion, Residencia, Usuario
from civic.debate import acciones as debate
from civic.debate.models import Comentario
from mapas.reportes.models import Reporte
from propuestas.models import Apoyo, Propuesta
from tests.comun.test_fotos import bytes_de, dibujo, subida
from tests.comun.test_subidas_cortadas import datos as datos_de_reporte
from tests.cuentas.conftest import datos_de_registro  # noqa: F401
from tests.cuentas.piezas import publicar
from tests.cuentas.test_organizaciones_publicas import solicitud
from tests.propuestas.piezas import borrador, publicada
from tests.votaciones.actas.test_paginas import datos as datos_de_acta
from tests.votaciones.actas.test_paginas import direccion_de_equipo
from tests.votaciones.conftest import abierta, d1, preparada, viables  # noqa: F401
from votaciones.actas.models import Acta
from votaciones.models import Participacion
from votaciones.urna.models import Sobre

pytestmark = pytest.mark.django_db
INTENTOS = 5


@dataclass
class Envio:
    """Un formulario lleno: a dónde va, con qué, qué se cuenta y qué sería otra cosa escrita con la misma clave."""

    cliente: Client
    direccion: str
    datos: dict[str, Any]
    cuantos: Callable[[], int]
    otra_cosa: dict[str, Any] | None = None

    def enviar(self, **cambios: Any) -> HttpResponse:
        return self.cliente.post(self.direccion, {**self.datos, **cambios})

    def enviar_y_perder(self) -> HttpResponse:
        antes = copy.deepcopy(self.cliente.cookies)
        perdida = self.enviar()
        self.cliente.cookies = antes
        return perdida


def clave_en(respuesta: HttpResponse) -> str:
    return re.search(r'name="clave" value="([^"]+)"', respuesta.text)[1]


@pytest.fixture(autouse=True)
def sin_cupos_gastados():
    cache.clear()


@pytest.fixture
def comentario(entrar, recepcion, gente):
    hilo = debate.abrir_hilo("Agua para el Molle", proceso=recepcion)
    cliente, pagina = entrar(gente.ana), f"/debate/{hilo.pk}/"
    datos = {"texto": "Hace falta el tanque.", "clave": clave_en(cliente.get(pagina))}
    return Envio(cliente, f"{pagina}comentar/", datos, Comentario.objects.count, {"texto": "Hace falta la red."})


@pytest.fixture
def reporte(client, pueblo):
    datos = datos_de_reporte(client, pueblo)
    return Envio(client, "/reportes/nuevo/", datos, Reporte.objects.count, {"descripcion": "Otro hueco, más abajo"})


@pytest.fixture
def propuesta_nueva(entrar, recepcion, gente, pueblo):
    cliente, direccion = entrar(gente.ana), "/propuestas/nueva/"
    datos = {
        "clave": clave_en(cliente.get(direccion)), "proceso": recepcion.slug, "titulo": "Agua para la zona Molle",
        "descripcion": "El agua llega una hora al día.", "categoria": pueblo.agua.pk,
    }  # fmt: skip
    return Envio(cliente, direccion, datos, Propuesta.objects.count, {"titulo": "Luz para la zona Molle"})


@pytest.fixture
def organizacion(entrar, gente, pueblo):
    cliente, direccion = entrar(gente.nadia), "/organizaciones/registrar/"
    datos = solicitud(pueblo, clave=clave_en(cliente.get(direccion)))
    nuevas = Organizacion.objects.filter(registrada_por=gente.nadia)
    return Envio(cliente, direccion, datos, nuevas.count, {"nombre": "Villa Vieja"})


@pytest.fixture
def observacion(entrar, gente, pueblo):
    direccion = f"/organizaciones/{publicar(pueblo, gente).slug}/observar/"
    cliente = entrar(gente.ana)
    datos = {"texto": "No se convocó.", "clave": clave_en(cliente.get(direccion))}
    return Envio(cliente, direccion, datos, ObservacionDeRegistro.objects.count, {"texto": "Nadie fue."})


@pytest.fixture
def acta(entrar, recepcion, gente):
    cliente, direccion = entrar(gente.fabio), direccion_de_equipo(recepcion)
    datos = datos_de_acta(recepcion, clave=clave_en(cliente.get(direccion)))
    return Envio(cliente, direccion, datos, Acta.objects.count, {"lugar": "La cancha"})


@pytest.fixture
def voto(entrar, d1, gente):  # noqa: F811
    cliente = entrar(gente.ana)
    papeleta = cliente.get(reverse("votaciones:papeleta", args=["poa-2027", 1]))
    datos = {"opciones": ["1", "3"], "clave": clave_en(papeleta)}
    emitir = reverse("votaciones:emitir", args=["poa-2027", 1])
    return Envio(cliente, emitir, datos, Sobre.objects.count, {"opciones": ["2"]})


CON_CLAVE = ["comentario", "reporte", "propuesta_nueva", "organizacion", "observacion", "acta", "voto"]


@pytest.mark.parametrize("puerta", CON_CLAVE)
def test_insistir_sin_recibir_respuesta_crea_una_sola_cosa_y_lleva_a_ella(request, puerta):
    envio = request.getfixturevalue(puerta)
    perdida = envio.enviar_y_perder()
    assert (perdida.status_code, envio.cuantos()) == (302, 1), perdida.text[:2000]
    for _ in range(INTENTOS - 1):
        respuesta = envio.enviar_y_perder()
        assert (respuesta.status_code, respuesta.url) == (302, perdida.url)
    assert envio.cuantos() == 1


@pytest.mark.parametrize("puerta", CON_CLAVE)
def test_volver_atras_y_enviar_otra_cosa_no_da_por_buena_la_primera(request, puerta):
    """La misma clave con otro contenido no se traga en silencio ni crea otra: se dice y se puede volver a enviar."""
    envio = request.getfixturevalue(puerta)
    envio.enviar()
    respuesta = envio.enviar(**envio.otra_cosa)
    ya_votaste = 409  # con otra selección no hay qué corregir: hay una persona, una papeleta
    assert (respuesta.status_code, envio.cuantos()) == (ya_votaste if puerta == "voto" else 422, 1)


@pytest.mark.parametrize("puerta", ["comentario", "propuesta_nueva", "organizacion"])
def test_dos_pestanas_son_dos_envios(request, puerta):
    """Cada formulario abierto trae su clave: lo que se escribe en dos pestañas son dos cosas."""
    envio = request.getfixturevalue(puerta)
    envio.enviar()
    pagina = f"/debate/{Comentario.objects.get().hilo_id}/" if puerta == "comentario" else envio.direccion
    respuesta = envio.enviar(clave=clave_en(envio.cliente.get(pagina)), **envio.otra_cosa)
    assert (respuesta.status_code, envio.cuantos()) == (302, 2)


def test_un_reporte_con_foto_que_se_repite_guarda_una_foto(reporte):
    foto = bytes_de(dibujo(900, 700))
    for _ in range(INTENTOS):
        assert reporte.enviar(foto=subida(foto)).status_code == 302
    assert (reporte.cuantos(), Foto.objects.count()) == (1, 1)


def test_el_voto_repetido_muestra_el_mismo_recibo(voto):
    recibos = set()
    for _ in range(INTENTOS):
        pagina = voto.cliente.get(voto.enviar().url).text
        recibos.add(re.search(r'class="recibo">([^<]+)<', pagina)[1])
    assert len(recibos) == 1
    assert (Sobre.objects.count(), Participacion.objects.count()) == (1, 1)


def test_presentar_una_propuesta_repetido_la_presenta_una_vez(entrar, recepcion, gente, pueblo):
    propuesta = borrador(recepcion, gente.ana, pueblo)
    cliente, direccion = entrar(gente.ana), f"/propuestas/borradores/{propuesta.pk}/presentar/"
    respuestas = {cliente.post(direccion).url for _ in range(INTENTOS)}
    propuesta.refresh_from_db()
    assert propuesta.codigo
    assert len(respuestas) == 1


def test_apoyar_repetido_es_un_apoyo(entrar, recepcion, gente, pueblo):
    propuesta = publicada(recepcion, gente, pueblo)
    cliente = entrar(gente.fabio)
    for _ in range(INTENTOS):
        assert cliente.post(f"/propuestas/{propuesta.pk}/apoyar/").status_code == 302
    propuesta.refresh_from_db()
    assert (Apoyo.objects.count(), propuesta.apoyos_contados) == (1, 1)


def test_registrarse_repetido_es_una_cuenta_y_dice_como_entrar(client, datos_de_registro):  # noqa: F811
    envio = Envio(client, "/cuentas/registrarse/", datos_de_registro, Usuario.objects.filter(is_active=True).count)
    antes = envio.cuantos()
    assert envio.enviar_y_perder().status_code == 302
    for _ in range(INTENTOS - 1):
        respuesta = envio.enviar_y_perder()
        assert respuesta.status_code == 422
        assert "/cuentas/ingresar/" in respuesta.text
    assert (envio.cuantos(), Residencia.objects.filter(usuario__username="julia.mamani").count()) == (antes + 1, 1)
    entrada = {"login": "julia.mamani", "password": datos_de_registro["password1"]}
    assert client.post("/cuentas/ingresar/", entrada).status_code == 302
