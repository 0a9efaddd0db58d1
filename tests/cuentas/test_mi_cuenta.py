import datetime

import pytest
import time_machine
from django.utils import timezone

from civic.comun.models import Suceso
from civic.cuentas.models import Residencia, Usuario

MI_CUENTA = "/cuentas/mi-cuenta/"
NOMBRE = "/cuentas/mi-cuenta/nombre/"
RESIDENCIA = "/cuentas/mi-cuenta/residencia/"


def texto_de(respuesta):
    return " ".join(respuesta.content.decode().split())


def test_mi_cuenta_de_quien_verifico_dice_donde_vota(entrar, gente):
    texto = texto_de(entrar(gente.ana).get(MI_CUENTA))
    assert "Puedes apoyar y votar en Distrito 1." in texto
    assert "Verificada" in texto


def test_mi_cuenta_de_quien_solo_declaro_explica_como_verificar(entrar, gente):
    Residencia.objects.filter(usuario=gente.ana).update(nivel=Residencia.Nivel.DECLARADA)
    texto = texto_de(entrar(gente.ana).get(MI_CUENTA))
    assert "Declarada, falta verificar" in texto
    assert 'href="/cuentas/verificar/"' in texto
    assert "Lleva tu carnet y una factura de luz" in texto_de(entrar(gente.ana).get("/cuentas/verificar/"))


def test_mi_cuenta_sin_residencia_invita_a_decirla(entrar, gente):
    assert "No dijiste dónde vives." in texto_de(entrar(gente.nadia).get(MI_CUENTA))


def test_mi_cuenta_muestra_el_mandato_hasta_su_ultimo_dia(entrar, gente, pueblo):
    fin = gente.fabio.mandatos.get().hasta
    with time_machine.travel(datetime.datetime.combine(fin, datetime.time(23, 30), timezone.get_current_timezone())):
        assert "OTB Molle</strong>" in texto_de(entrar(gente.fabio).get(MI_CUENTA))
    siguiente = datetime.datetime.combine(
        fin + datetime.timedelta(days=1), datetime.time(0, 30), timezone.get_current_timezone()
    )
    with time_machine.travel(siguiente):
        assert "No figuras en la directiva" in texto_de(entrar(gente.fabio).get(MI_CUENTA))


def test_mi_cuenta_no_acepta_post(entrar, gente):
    assert entrar(gente.ana).post(MI_CUENTA).status_code == 405


def test_nombre_cambia_y_queda_anotado_en_privado(entrar, gente):
    respuesta = entrar(gente.ana).post(NOMBRE, {"nombre_publico": "  Ana\u200b   Quispe "})
    assert respuesta["Location"] == MI_CUENTA
    assert Usuario.objects.get(pk=gente.ana.pk).nombre_publico == "Ana Quispe"
    suceso = Suceso.objects.de(gente.ana).get()
    assert (suceso.verbo, suceso.actor, suceso.publico) == ("cambiar_nombre", gente.ana, False)
    assert suceso.datos == {}  # la bitácora no se borra: no guarda nombres
    assert "Ana" not in suceso.texto


@pytest.mark.parametrize("nombre", ["", "7", "<script>alert(1)</script> 🏛", "Аna Vecina"])
def test_nombre_que_no_vale_responde_422_y_no_cambia(entrar, gente, nombre):
    respuesta = entrar(gente.ana).post(NOMBRE, {"nombre_publico": nombre})
    assert respuesta.status_code == 422
    assert Usuario.objects.get(pk=gente.ana.pk).nombre_publico == "Ana Vecina"


def test_nombre_con_etiquetas_se_muestra_como_texto(entrar, gente):
    Usuario.objects.filter(pk=gente.ana.pk).update(nombre_publico="<b>Ana</b>")
    texto = texto_de(entrar(gente.ana).get(MI_CUENTA))
    assert "<b>Ana</b>" not in texto
    assert "&lt;b&gt;Ana&lt;/b&gt;" in texto


def test_residencia_verificada_avisa_que_se_pierde_y_al_cambiar_queda_declarada(entrar, gente, pueblo):
    cliente = entrar(gente.ana)
    assert "Tu residencia está verificada." in texto_de(cliente.get(RESIDENCIA))
    respuesta = cliente.post(RESIDENCIA, {"lugar": f"o:{pueblo.otb_ceibo.pk}"})
    assert respuesta["Location"] == MI_CUENTA
    residencia = Residencia.objects.get(usuario=gente.ana)
    assert (residencia.otb, residencia.distrito, residencia.nivel) == (
        pueblo.otb_ceibo,
        pueblo.distrito_2,
        Residencia.Nivel.DECLARADA,
    )


def test_residencia_igual_conserva_la_verificacion(entrar, gente, pueblo):
    entrar(gente.ana).post(RESIDENCIA, {"lugar": f"o:{pueblo.otb_molle.pk}"})
    assert Residencia.objects.get(usuario=gente.ana).nivel == Residencia.Nivel.VERIFICADA
    assert Suceso.objects.count() == 0


def test_residencia_de_quien_se_fue_deja_de_existir(entrar, gente):
    entrar(gente.ana).post(RESIDENCIA, {"lugar": "fuera"})
    assert Residencia.objects.filter(usuario=gente.ana).count() == 0
    assert Suceso.objects.de(gente.ana).get().verbo == "retirar_residencia"


@pytest.mark.parametrize("lugar", ["", "o:999999", "x:1", "o:1' OR 1=1"])
def test_residencia_que_no_esta_en_la_lista_responde_422(entrar, gente, lugar):
    assert entrar(gente.ana).post(RESIDENCIA, {"lugar": lugar}).status_code == 422
    assert Residencia.objects.get(usuario=gente.ana).nivel == Residencia.Nivel.VERIFICADA


@pytest.mark.parametrize("ruta", [NOMBRE, RESIDENCIA])
def test_cambios_piden_ingresar_y_no_aceptan_otros_metodos(client, entrar, gente, ruta):
    assert client.get(ruta)["Location"] == f"/cuentas/ingresar/?next={ruta}"
    assert entrar(gente.ana).delete(ruta).status_code == 405
