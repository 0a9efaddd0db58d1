"""La votación de un proceso suspendido o desierto: ninguna página dice que está abierta."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from civic.cuentas.acciones import asignar_rol, preparar_roles
from civic.cuentas.roles import Rol
from civic.procesos import acciones as de_procesos
from civic.procesos import reglas
from cms.acciones import publicar_proceso, sembrar_portal
from tests.elenco import crear_proceso
from tests.votaciones.conftest import votar
from votaciones.models import Votacion
from votaciones.reglas import estados

SLUG = "poa-2027"
RAZON = "El proceso está suspendido: Bloqueo de caminos."


def url(nombre, *args):
    return reverse(f"votaciones:{nombre}", args=args)


def html(respuesta):
    return " ".join(respuesta.content.decode().replace("\u00a0", " ").split())


def leido(respuesta):
    """Lo que se lee en la página, sin etiquetas."""
    return " ".join(re.sub(r"<[^>]+>", " ", html(respuesta)).split())


def mover(votacion, gente, hacia):
    de_procesos.mover_proceso(votacion.proceso, hacia=hacia, motivo="Bloqueo de caminos.", actor=gente.hugo)


@pytest.fixture
def suspendida(abierta, gente):
    mover(abierta, gente, reglas.SUSPENDIDO)
    return abierta


@pytest.mark.parametrize(
    ("estado", "proceso", "esperada"),
    [
        ("preparada", "suspendido", estados.EN_PREPARACION),
        ("abierta", "en_marcha", estados.ABIERTA),
        ("abierta", "suspendido", estados.SUSPENDIDA),
        ("abierta", "desierto", estados.DESIERTA),
        ("cerrada", "suspendido", estados.TERMINADA),
        ("contada", "desierto", estados.CONTADA),
    ],
)
def test_la_situacion_sigue_al_proceso_mientras_se_vota(estado, proceso, esperada):
    ahora = timezone.now()
    antes, despues = ahora - datetime.timedelta(days=1), ahora + datetime.timedelta(days=1)
    assert estados.situacion(estado, antes, despues, ahora, proceso) == esperada
    por_abrir = estados.situacion(estado, despues, despues + datetime.timedelta(days=1), ahora, proceso)
    assert por_abrir == (estados.POR_ABRIR if esperada is estados.ABIERTA else esperada)
    vencida = estados.situacion(estado, antes - datetime.timedelta(days=1), antes, ahora, proceso)
    assert vencida == (esperada if estado in ("preparada", "contada") else estados.TERMINADA)


def test_la_lista_la_pone_entre_las_detenidas_y_no_entre_las_que_se_votan(client, suspendida):
    texto = leido(client.get(url("lista")))
    assert "Ahora no hay ninguna votación abierta." in texto
    assert texto.index("Detenidas") < texto.index("‖ Suspendida") < texto.index("Votación POA 2027")
    assert "El proceso está suspendido. El cierre anunciado es" in texto
    assert "Abierta" not in texto and "ahora-mismo" not in html(client.get(url("lista")))


def test_su_pagina_dice_la_razon_y_no_ofrece_votar(entrar, suspendida, gente):
    texto = leido(entrar(gente.ana).get(url("votacion", SLUG)))
    assert "Suspendida" in texto and RAZON in texto
    assert "Puedes votar hasta" not in texto and "Votar en el" not in texto and "● Abierta" not in texto


def test_la_papeleta_es_solo_para_leer_y_votar_se_niega(entrar, abierta, gente):
    cliente = entrar(gente.ana)
    clave = cliente.get(url("papeleta", SLUG, 1)).context["clave"]
    mover(abierta, gente, reglas.SUSPENDIDO)
    texto = html(cliente.get(url("papeleta", SLUG, 1)))
    assert RAZON in texto and 'id="papeleta"' not in texto
    respuesta = cliente.post(url("emitir", SLUG, 1), {"opciones": ["1"], "clave": clave})
    assert respuesta.status_code == 409 and RAZON in html(respuesta)
    assert abierta.contiendas.filter(participaciones__isnull=False).count() == 0


def test_de_la_urna_no_se_dice_nada_mientras_dura(client, abierta, d1, gente):
    recibo = votar(d1, gente.ana, 1)
    mover(abierta, gente, reglas.SUSPENDIDO)
    respuesta = client.post(url("comprobar", SLUG), {"recibo": recibo})
    assert respuesta.status_code == 409 and "está en la urna" not in html(respuesta)
    respuesta = client.get(url("resultado", SLUG))
    assert respuesta.status_code == 409
    assert RAZON in html(respuesta) and "sigue abierta" not in html(respuesta)
    assert client.get(url("resultado_json", SLUG)).json() == {"error": "La votación todavía no se contó."}


def test_al_levantar_la_suspension_vuelve_a_estar_abierta(entrar, suspendida, gente):
    mover(suspendida, gente, reglas.EN_MARCHA)
    texto = leido(entrar(gente.ana).get(url("votacion", SLUG)))
    assert "● Abierta" in texto and "Puedes votar hasta" in texto and "Votar en el" in texto


def test_desierta_dice_que_no_se_votara_mas(client, abierta, gente):
    mover(abierta, gente, reglas.DESIERTO)
    texto = html(client.get(url("lista")))
    assert "El proceso se declaró desierto" in texto and "No se votará más." in texto
    assert "El proceso se declaró desierto: Bloqueo de caminos." in html(client.get(url("votacion", SLUG)))


def test_el_portal_y_la_pagina_del_proceso_no_invitan_a_votar(client, abierta, gente):
    sembrar_portal()
    publicar_proceso(abierta.proceso)
    proceso = f"/procesos/{abierta.proceso.slug}/"
    assert "Votar ahora" in html(client.get("/")) and "● Abierta" in leido(client.get(proceso))
    mover(abierta, gente, reglas.SUSPENDIDO)
    assert "Votar ahora" not in html(client.get("/"))
    texto = leido(client.get(proceso))
    assert "‖ Suspendida" in texto and "nadie puede votar mientras dure" in texto
    assert "● Abierta" not in texto and "cerró el" not in texto


def test_la_pagina_de_una_obra_en_votacion_no_dice_que_se_vote(client, abierta, viables, gente):
    propuesta = f"/propuestas/{viables[0].pk}/"
    assert "Vota hasta el cierre de la votación." in leido(client.get(propuesta))
    mover(abierta, gente, reglas.SUSPENDIDO)
    texto = leido(client.get(propuesta))
    assert RAZON in texto and "Vota hasta el cierre" not in texto


def test_lo_que_viene_no_anuncia_la_votacion_de_un_proceso_suspendido(client, pueblo, gente):
    proceso = crear_proceso(pueblo, "recepcion", "votacion", slug="poa-2028")
    assert proceso.nombre in html(client.get(url("lista")))
    de_procesos.mover_proceso(proceso, hacia=reglas.SUSPENDIDO, motivo="Bloqueo.", actor=gente.hugo)
    assert proceso.nombre not in html(client.get(url("lista")))


def test_en_la_trastienda_tambien_se_lee_suspendida(entrar, suspendida, gente):
    preparar_roles()
    gente.hugo.asignaciones.all().delete()
    asignar_rol(gente.hugo, rol=Rol.PLANIFICACION)
    cliente = entrar(gente.hugo)
    assert "Suspendida" in html(cliente.get(reverse("votaciones_admin:index")))
    assert "‖ Suspendida" in html(cliente.get(reverse("votaciones_conducir", args=[suspendida.pk])))
    assert Votacion.objects.get().estado == "abierta"
