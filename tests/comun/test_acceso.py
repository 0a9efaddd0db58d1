from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from civic.comun.acceso import con_cuenta, con_rol, publica


@con_cuenta
def privada(request):
    return HttpResponse("dentro")


@con_rol("planificacion")
def de_planificacion(request):
    return HttpResponse("dentro")


def pedir(vista, pedido, persona=None):
    pedido.user = persona or AnonymousUser()
    return vista(pedido)


def regreso(respuesta) -> str:
    return parse_qs(urlsplit(respuesta["Location"]).query)["next"][0]


def test_con_cuenta_sin_sesion_lleva_a_ingresar_y_vuelve_con_sus_filtros():
    respuesta = pedir(privada, RequestFactory().get("/cosa/?distrito=3"))
    assert (respuesta.status_code, regreso(respuesta)) == (302, "/cosa/?distrito=3")


@pytest.mark.parametrize(
    ("origen", "vuelve"),
    [
        ("http://testserver/propuestas/7/", "/propuestas/7/"),
        ("http://otro.example/trampa/", "/"),
        ("", "/"),
    ],
)
def test_con_cuenta_tras_un_envio_vuelve_a_la_pagina_del_formulario(origen, vuelve):
    respuesta = pedir(privada, RequestFactory().post("/propuestas/7/apoyar/", headers={"referer": origen}))
    assert regreso(respuesta) == vuelve


def test_con_rol_con_el_rol_entra_y_sin_el_da_403(gente):
    pedido = RequestFactory().get("/")
    assert pedir(de_planificacion, pedido, gente.hugo).status_code == 200
    with pytest.raises(PermissionDenied):
        pedir(de_planificacion, pedido, gente.ana)
    assert pedir(de_planificacion, pedido).status_code == 302


def test_cada_decorador_deja_dicho_quien_entra():
    assert (publica(lambda request: None).acceso, privada.acceso, de_planificacion.acceso) == (
        "publica",
        "con_cuenta",
        "con_rol:planificacion",
    )


@pytest.mark.parametrize(
    ("inglesa", "nuestra"), [("login", "ingresar"), ("signup", "registrarse"), ("logout", "salir")]
)
def test_direcciones_de_costumbre_llevan_a_las_nuestras(client, inglesa, nuestra):
    respuesta = client.get(f"/cuentas/{inglesa}/")
    assert (respuesta.status_code, respuesta["Location"]) == (302, f"/cuentas/{nuestra}/")
