"""La trastienda del padrón: Planificación publica y resuelve, Auditoría mira, nadie más entra."""

import pytest
from django.urls import reverse
from django.utils import timezone

from civic.comun.models import Suceso
from civic.cuentas.acciones import asignar_rol, preparar_roles
from civic.cuentas.roles import Rol
from tests.elenco import crear_persona
from tests.votaciones.conftest import segunda
from tests.votaciones.padron.piezas import DIA, en_el_padron
from votaciones.padron import acciones
from votaciones.padron.models import PadronElectoral, ReclamoDePadron


@pytest.fixture
def roles(gente):
    preparar_roles()
    gente.hugo.asignaciones.all().delete()
    asignar_rol(gente.hugo, rol=Rol.PLANIFICACION)
    gente.todos["ines"] = crear_persona("ines", "Inés Audita")
    asignar_rol(gente.todos["ines"], rol=Rol.AUDITORIA)
    return gente


@pytest.fixture
def reclamo(padron, pueblo):
    rosa = crear_persona("rosa", "Rosa Nueva", otb=pueblo.otb_molle)
    return acciones.presentar_reclamo(padron, autor=rosa, texto="Vivo detrás del mercado.")


def tablero(votacion):
    return reverse("padron_de_votacion", args=[votacion.pk])


def publicar_en(votacion):
    return reverse("padron_publicar", args=[votacion.pk])


def resolver_en(reclamo):
    return reverse("padron_resolver", args=[reclamo.padron.votacion_id, reclamo.pk])


def hasta(dias):
    return f"{timezone.localtime() + dias * DIA:%Y-%m-%d %H:%M}"


def test_planificacion_publica_y_publica_de_nuevo_con_motivo(entrar, roles, votacion):
    cliente = entrar(roles.hugo)
    assert "Todavía no se publicó" in cliente.get(tablero(votacion)).text
    assert cliente.get(publicar_en(votacion)).status_code == 200
    corto = cliente.post(publicar_en(votacion), {"observable_hasta": hasta(2)})
    assert (corto.status_code, "por lo menos 3 días" in corto.text) == (422, True)
    assert PadronElectoral.objects.count() == 0
    respuesta = cliente.post(publicar_en(votacion), {"observable_hasta": hasta(4)})
    assert (respuesta.status_code, respuesta.url) == (302, tablero(votacion))
    sin_motivo = cliente.post(publicar_en(votacion), {"observable_hasta": hasta(5)})
    assert sin_motivo.context["form"].errors["motivo"] == ["Este campo es necesario."]
    otra = cliente.post(publicar_en(votacion), {"observable_hasta": hasta(5), "motivo": "Faltaba un barrio."})
    assert otra.status_code == 302
    assert len(en_el_padron(PadronElectoral.objects.get())) == 4
    texto = cliente.get(tablero(votacion)).text
    assert "Faltaba un barrio." in texto and "Publicar de nuevo" in texto
    assert f'href="{tablero(votacion)}"' in cliente.get(reverse("votaciones_conducir", args=[votacion.pk])).text


def test_otra_persona_de_planificacion_resuelve(entrar, roles, reclamo):
    cliente = entrar(roles.hugo)
    pagina = cliente.get(resolver_en(reclamo))
    assert "Tú publicaste este padrón" in pagina.text and "Rosa Nueva" in pagina.text
    datos = {"decision": "aceptado", "respuesta": "Se comprobó en ventanilla."}
    assert cliente.post(resolver_en(reclamo), datos).status_code == 422
    assert ReclamoDePadron.objects.get().estado == "presentado"
    asignar_rol(segunda(), rol=Rol.PLANIFICACION)
    cliente = entrar(segunda())
    vacio = cliente.post(resolver_en(reclamo), {"decision": "aceptado", "respuesta": ""})
    assert (vacio.status_code, ReclamoDePadron.objects.get().estado) == (422, "presentado")
    respuesta = cliente.post(resolver_en(reclamo), datos)
    assert (respuesta.status_code, respuesta.url) == (302, tablero(reclamo.padron.votacion))
    assert en_el_padron(reclamo.padron)["rosa"] == 1
    assert "Se resolvió un reclamo del Distrito 1: aceptado." in cliente.get(tablero(reclamo.padron.votacion)).text
    assert "ya se resolvió" in cliente.get(resolver_en(reclamo)).text


def test_mirar_un_reclamo_queda_anotado(entrar, roles, reclamo):
    entrar(roles.hugo).get(resolver_en(reclamo))
    mirada = Suceso.objects.de(reclamo).get()
    assert (mirada.verbo, mirada.actor, mirada.publico) == ("mirar", roles.hugo, False)


def test_auditoria_mira_y_no_publica_ni_resuelve(entrar, roles, reclamo):
    cliente = entrar(roles.todos["ines"])
    texto = cliente.get(tablero(reclamo.padron.votacion)).text
    assert "Pide entrar" in texto
    assert resolver_en(reclamo) not in texto and publicar_en(reclamo.padron.votacion) not in texto
    for direccion in (resolver_en(reclamo), publicar_en(reclamo.padron.votacion)):
        assert cliente.get(direccion).status_code in (302, 403)
        cliente.post(direccion, {"decision": "aceptado", "respuesta": "x", "observable_hasta": hasta(4)})
    assert ReclamoDePadron.objects.get().estado == "presentado"


@pytest.mark.parametrize("nombre", ["gloria", "ana", "elena", "carla", "dora"])
def test_otros_cargos_no_entran(entrar, roles, reclamo, nombre):
    cliente = entrar(roles.todos[nombre])
    for direccion in (tablero(reclamo.padron.votacion), publicar_en(reclamo.padron.votacion), resolver_en(reclamo)):
        assert cliente.get(direccion).status_code in (302, 403)


def test_no_hay_lo_que_no_hay_y_los_metodos(entrar, roles, reclamo, abierta):
    cliente = entrar(roles.hugo)
    assert cliente.get(reverse("padron_de_votacion", args=[9999])).status_code == 404
    assert cliente.get(reverse("padron_resolver", args=[abierta.pk, reclamo.pk])).status_code == 404
    assert cliente.post(tablero(abierta)).status_code == 405
    assert cliente.put(resolver_en(reclamo)).status_code == 405
    texto = cliente.get(publicar_en(abierta)).text
    assert "su padrón es definitivo" in texto
    antes = PadronElectoral.objects.get(votacion=abierta).corte
    cliente.post(publicar_en(abierta), {"observable_hasta": hasta(4), "motivo": "x"})
    assert PadronElectoral.objects.get(votacion=abierta).corte == antes
