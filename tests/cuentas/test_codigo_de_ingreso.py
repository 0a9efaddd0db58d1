"""El código que la ventanilla entrega en mano a quien olvidó su contraseña y no tiene correo."""

import threading

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.cuentas import acciones
from civic.cuentas.acciones.codigos import VIGENCIA
from civic.cuentas.models import CodigoDeIngreso, Usuario
from tests.cuentas.conftest import recargada
from tests.elenco import CLAVE, crear_persona, dar_rol

ENTREGAR = "/admin/codigo-de-ingreso/"
USAR = "/cuentas/clave/codigo/"
NUEVA = "tres-llamas-rojas"
NO_SIRVE = "Ese usuario y ese código no van juntos"


def emitir(gente, quien="ana", actor="gloria") -> str:
    return acciones.emitir_codigo_de_ingreso(
        getattr(gente, quien), actor=getattr(gente, actor), comprobacion="Mostró su carnet."
    )


def usar(cliente, codigo, usuario="ana", clave=NUEVA, otra=None):
    datos = {"usuario": usuario, "codigo": codigo, "clave": clave, "clave_otra_vez": otra or clave}
    return cliente.post(USAR, datos)


def test_la_ventanilla_entrega_el_codigo_y_la_persona_pone_otra_clave(entrar, con_roles):
    con_roles.vera = crear_persona("vera", "Vera Ventanilla")
    acciones.asignar_rol(con_roles.vera, rol="ventanilla")
    cliente = entrar(con_roles.vera)
    assert cliente.get(ENTREGAR).status_code == 200
    respuesta = cliente.post(ENTREGAR, {"persona": "ana", "comprobacion": "Mostró su carnet."})
    codigo = respuesta.context["codigo"]
    assert codigo in respuesta.content.decode() and len(codigo) == 14
    assert codigo not in str(CodigoDeIngreso.objects.values())  # solo la huella
    de_ana = Client()
    de_ana.post("/cuentas/ingresar/", {"login": "ana", "password": CLAVE})
    assert usar(Client(), codigo.lower().replace("-", " "))["Location"] == "/cuentas/ingresar/"
    assert recargada(con_roles.ana).check_password(NUEVA)
    assert de_ana.get("/cuentas/mi-cuenta/").status_code == 302  # salió de todos sus aparatos
    verbos = list(Suceso.objects.de(con_roles.ana).order_by("pk").values_list("verbo", "actor__username"))
    assert verbos == [("entregar_codigo", "vera"), ("cambiar_seguridad", "ana")]


def test_el_codigo_sirve_una_sola_vez_y_no_ingresa(client, gente):
    codigo = emitir(gente)
    assert usar(client, codigo).status_code == 302
    assert "_auth_user_id" not in client.session
    respuesta = usar(client, codigo, clave="otra-clave-larga")
    assert (respuesta.status_code, NO_SIRVE in respuesta.content.decode()) == (422, True)
    assert recargada(gente.ana).check_password(NUEVA)


def test_el_codigo_vence_a_las_24_horas(client, gente):
    codigo = emitir(gente)
    with time_machine.travel(timezone.now() + VIGENCIA):
        assert usar(client, codigo).status_code == 422
    assert usar(client, codigo).status_code == 302


def test_un_codigo_nuevo_anula_el_anterior(client, gente):
    primero, segundo = emitir(gente), emitir(gente)
    assert usar(client, primero).status_code == 422
    assert usar(client, segundo).status_code == 302


@pytest.mark.parametrize(
    ("usuario", "codigo"),
    [("beto", None), ("no-existe", None), ("ana", "AAAA-BBBB-CCCC"), ("ana", "1"), ("ana", "ñ€\u202e")],
)
def test_lo_que_no_va_junto_responde_siempre_lo_mismo(client, gente, usuario, codigo):
    verdadero = emitir(gente)
    respuesta = usar(client, codigo or verdadero, usuario=usuario)
    assert respuesta.status_code == 422
    assert NO_SIRVE in respuesta.content.decode()
    assert recargada(gente.ana).check_password(CLAVE)


@pytest.mark.parametrize("clave", ["corta", "12345678901", "password", "ana.mamani"])
def test_la_clave_nueva_cumple_las_reglas_de_siempre(client, gente, clave):
    codigo = emitir(gente)
    usuario = Usuario.objects.filter(pk=gente.ana.pk)
    usuario.update(username="ana.mamani")
    assert usar(client, codigo, usuario="ana.mamani", clave=clave).status_code == 422
    assert usar(client, codigo, usuario="ana.mamani", otra="no-es-igual-2027").status_code == 422
    assert usar(client, codigo, usuario="ANA.Mamani").status_code == 302


@pytest.mark.parametrize("quien", ["hugo", "gloria", "carla"])
def test_nunca_para_quien_trabaja_en_ayni(gente, raiz, quien):
    with pytest.raises(ReglaIncumplida, match="trabaja en Ayni|sí mismo"):
        emitir(gente, quien)
    with pytest.raises(ReglaIncumplida):
        acciones.emitir_codigo_de_ingreso(raiz, actor=gente.gloria, comprobacion="x")


def test_no_sirve_si_entretanto_recibio_un_cargo_o_se_cerro_su_cuenta(client, gente):
    codigo, de_beto = emitir(gente), emitir(gente, "beto")
    dar_rol(gente.ana, "planificacion")
    Usuario.objects.filter(pk=gente.beto.pk).update(is_active=False)
    assert usar(client, codigo).status_code == 422
    assert usar(client, de_beto, usuario="beto").status_code == 422


@pytest.mark.parametrize("quien", ["hugo", "elena", "ana", "dora"])
def test_no_lo_entrega_quien_no_atiende(entrar, con_roles, quien):
    respuesta = entrar(getattr(con_roles, quien)).post(ENTREGAR, {"persona": "beto", "comprobacion": "x"})
    assert respuesta.status_code in {302, 403}
    assert CodigoDeIngreso.objects.count() == 0


def test_entregar_explica_lo_que_falta(entrar, con_roles):
    cliente = entrar(con_roles.gloria)
    for datos in (
        {"persona": "nadie-asi", "comprobacion": "x"},
        {"persona": "ana"},
        {"persona": "hugo", "comprobacion": "x"},
    ):
        assert cliente.post(ENTREGAR, datos).status_code == 422
    assert CodigoDeIngreso.objects.count() == 0


def test_intentos_seguidos_se_frenan_con_429_tambien_con_otra_escritura(client, gente, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.LIMITES_DE_CUENTAS
    cache.clear()
    estados = [
        usar(client, "AAAA-BBBB-CCCC", usuario=u).status_code for u in ("ana", "ANA", "Ana", "aNa", "anA", "ana")
    ]
    assert estados == [422] * 5 + [429]
    assert usar(client, "x")["Retry-After"] == "300"
    assert usar(client, emitir(gente, "beto"), usuario="beto").status_code == 302
    cache.clear()


def _a_la_vez(hacer, cuantos):
    salidas, barrera = [], threading.Barrier(cuantos)

    def uno():
        try:
            barrera.wait(timeout=20)
            salidas.append(hacer())
        finally:
            connection.close()

    hilos = [threading.Thread(target=uno) for _ in range(cuantos)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join(timeout=60)
    return salidas


@pytest.mark.django_db(transaction=True)
def test_el_mismo_codigo_a_la_vez_cambia_la_clave_una_sola_vez():
    ana = crear_persona("ana", "Ana Vecina")
    gloria = crear_persona("gloria", "Gloria Administra")
    codigo = acciones.emitir_codigo_de_ingreso(ana, actor=gloria, comprobacion="Carnet.")

    def intentar():
        return usar(Client(), codigo).status_code

    assert sorted(_a_la_vez(intentar, 4)) == [302, 422, 422, 422]
    assert Suceso.objects.filter(verbo="cambiar_seguridad").count() == 1
