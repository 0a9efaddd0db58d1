import threading

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from civic.cuentas.adaptadores import AdaptadorDeCuentas
from civic.cuentas.models import Residencia, Usuario
from tests.elenco import CLAVE, crear_persona, crear_pueblo
from tests.guardas import sin_guardas

URL = "/cuentas/registrarse/"


def test_registro_sin_correo_crea_cuenta_con_residencia_declarada_y_entra(client, pueblo, datos_de_registro):
    respuesta = client.post(URL, datos_de_registro)
    assert (respuesta.status_code, respuesta["Location"]) == (302, "/cuentas/mi-cuenta/")
    julia = Usuario.objects.get(username="julia.mamani")
    assert (julia.nombre_publico, julia.email, julia.is_active, julia.is_staff) == ("Julia Mamani", "", True, False)
    residencia = Residencia.objects.get(usuario=julia)
    assert (residencia.otb, residencia.distrito, residencia.nivel) == (pueblo.otb_molle, pueblo.distrito_1, "declarada")
    assert client.session["_auth_user_id"] == str(julia.pk)
    assert mail.outbox == []


def test_registro_con_solo_distrito_declara_el_distrito(client, pueblo, datos_de_registro):
    client.post(URL, {**datos_de_registro, "lugar": f"d:{pueblo.distrito_2.pk}"})
    residencia = Residencia.objects.get(usuario__username="julia.mamani")
    assert (residencia.otb, residencia.distrito) == (None, pueblo.distrito_2)


def test_registro_de_quien_vive_fuera_no_declara_residencia(client, datos_de_registro):
    client.post(URL, {**datos_de_registro, "lugar": "fuera"})
    assert Usuario.objects.filter(username="julia.mamani").count() == 1
    assert Residencia.objects.count() == 0


def test_registro_con_errores_responde_422_y_no_pierde_lo_escrito(client, datos_de_registro):
    datos = {**datos_de_registro, "username": "Julia Núñez", "password2": "otra-cosa-2027"}
    respuesta = client.post(URL, datos)
    texto = respuesta.content.decode()
    assert respuesta.status_code == 422
    assert "Por ejemplo: julia.nunez." in texto
    assert 'value="Julia Núñez"' in texto and 'value="Julia Mamani"' in texto
    assert "tres-llamas-rojas" not in texto
    assert Usuario.objects.count() == 0


def test_registro_ofrece_los_lugares_agrupados_por_distrito(client, pueblo):
    texto = client.get(URL).content.decode()
    assert '<optgroup label="Distrito 1">' in texto
    assert f'<option value="o:{pueblo.otb_molle.pk}">OTB Molle</option>' in texto
    assert "Distrito 2: mi OTB no está en la lista" in texto


def test_registro_con_lugar_inventado_no_crea_cuenta(client, datos_de_registro):
    assert client.post(URL, {**datos_de_registro, "lugar": "o:999999"}).status_code == 422
    assert Usuario.objects.count() == 0


def test_registro_ignora_los_permisos_que_nadie_ofrecio(client, datos_de_registro):
    client.post(URL, {**datos_de_registro, "is_superuser": "on", "is_staff": "on", "groups": "1"})
    julia = Usuario.objects.get(username="julia.mamani")
    assert (julia.is_superuser, julia.is_staff, julia.groups.count()) == (False, False, 0)


def test_registro_con_usuario_ocupado_en_mayusculas_lo_dice(client, gente, datos_de_registro):
    respuesta = client.post(URL, {**datos_de_registro, "username": "ANA"})
    assert respuesta.status_code == 422
    assert "Ese usuario ya existe. Si es tuyo, ingresa; si no, elige otro." in respuesta.content.decode()
    assert Usuario.objects.filter(username__iexact="ana").count() == 1


def test_registro_con_correo_ajeno_responde_lo_mismo_que_con_uno_libre(client, pueblo, datos_de_registro):
    """Quien prueba correos en el registro no se entera de cuáles ya tienen cuenta."""
    otra = crear_persona("otra", "Otra Vecina")
    otra.email = "ocupado@correo.bo"
    otra.save()
    otra.emailaddress_set.create(email="ocupado@correo.bo", verified=True, primary=True)
    con_ocupado = client.post(URL, {**datos_de_registro, "email": "ocupado@correo.bo"})
    con_libre = Client().post(URL, {**datos_de_registro, "username": "julia.2", "email": "libre@correo.bo"})
    assert (con_ocupado.status_code, con_ocupado["Location"]) == (con_libre.status_code, con_libre["Location"])
    assert [m.subject for m in mail.outbox] == ["Ayni: Confirma tu correo"] * 2


def test_correo_de_confirmacion_lleva_al_nombre_publico_del_sitio(client, datos_de_registro, settings):
    settings.URL_PUBLICA = "https://ayni.quillacollo.bo"
    client.post(URL, {**datos_de_registro, "email": "julia@correo.bo"})
    cuerpo = mail.outbox[0].body
    assert "https://ayni.quillacollo.bo/cuentas/correos/confirmar/" in cuerpo
    assert "testserver" not in cuerpo
    enlace = next(linea for linea in cuerpo.splitlines() if "/correos/confirmar/" in linea)
    ruta = enlace.removeprefix("https://ayni.quillacollo.bo")
    julia = Usuario.objects.get(username="julia.mamani")
    assert client.get(ruta).status_code == 200
    assert julia.emailaddress_set.get().verified is False  # mirar el enlace no confirma
    client.post(ruta)
    assert julia.emailaddress_set.get().verified is True


def test_registro_de_quien_ya_entro_lo_lleva_adentro(entrar, gente):
    assert entrar(gente.ana).get(URL)["Location"] == "/"


def test_registro_con_metodo_ajeno_responde_405(client, db):
    assert client.put(URL).status_code == 405


def _registrar_a_la_vez(datos, cuantos):
    salidas, barrera = [], threading.Barrier(cuantos)

    def uno():
        try:
            cliente = Client()
            barrera.wait(timeout=20)
            salidas.append(cliente.post(URL, datos))
        finally:
            connection.close()

    hilos = [threading.Thread(target=uno) for _ in range(cuantos)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join(timeout=60)
    return salidas


@pytest.mark.django_db(transaction=True)
def test_registro_a_la_vez_con_el_mismo_usuario_crea_uno_y_al_resto_se_lo_dice(monkeypatch):
    """Todos pasan la revisión del formulario antes de que nadie guarde; decide la base."""
    pueblo = crear_pueblo()
    cuantos = 4
    listos = threading.Barrier(cuantos)
    revisar = AdaptadorDeCuentas.clean_username

    def revisar_y_esperar(self, username, shallow=False):
        usuario = revisar(self, username, shallow=shallow)
        listos.wait(timeout=20)
        return usuario

    monkeypatch.setattr(AdaptadorDeCuentas, "clean_username", revisar_y_esperar)
    datos = {
        "nombre_publico": "Julia Mamani",
        "lugar": f"o:{pueblo.otb_molle.pk}",
        "username": "julia",
        "password1": CLAVE,
        "password2": CLAVE,
    }
    salidas = _registrar_a_la_vez(datos, cuantos)
    assert sorted(s.status_code for s in salidas) == [302, 422, 422, 422]
    for salida in salidas:
        if salida.status_code == 422:
            assert "Ese usuario ya existe" in salida.content.decode()
    assert Usuario.objects.filter(username="julia").count() == 1
    assert Residencia.objects.count() == 1


# --- C12: la misma persona dos veces, con otra escritura


PARECIDOS = ["Ana", "ANA", "ａｎａ", "ana\u0301", "aná", "ana\u200b", "an\u0430", " ana ", "ana\u212a"]


def test_usuario_con_otra_escritura_nunca_crea_una_segunda_cuenta_parecida(client, gente, datos_de_registro):
    """Mayúsculas, ancho completo, acentos sueltos, invisibles y letras de otro alfabeto."""
    for parecido in PARECIDOS:
        respuesta = Client().post(URL, {**datos_de_registro, "username": parecido})
        nuevas = Usuario.objects.exclude(username__in=gente.todos)
        if respuesta.status_code == 302:  # «anaK» con el signo kelvin es otro usuario honesto: «anak»
            assert [u.username for u in nuevas] == ["anak"]
        else:
            assert respuesta.status_code == 422
    assert all(u.username.isascii() and u.username == u.username.lower() for u in Usuario.objects.all())


@pytest.mark.parametrize("usuario", ["ınes", "İnes", "ｉnes", "i\u0307nes"])
def test_usuario_con_i_de_otro_idioma_se_explica_y_no_choca(client, datos_de_registro, usuario):
    respuesta = client.post(URL, {**datos_de_registro, "username": usuario})
    assert respuesta.status_code == 422
    assert Usuario.objects.count() == 0


def _a_la_vez_con(datos_de_cada_uno, monkeypatch):
    """Registros simultáneos: nadie guarda hasta que todos pasaron la revisión del formulario."""
    listos = threading.Barrier(len(datos_de_cada_uno))
    revisar = AdaptadorDeCuentas.clean_username

    def revisar_y_esperar(self, username, shallow=False):
        usuario = revisar(self, username, shallow=shallow)
        listos.wait(timeout=20)
        return usuario

    monkeypatch.setattr(AdaptadorDeCuentas, "clean_username", revisar_y_esperar)
    salidas = []

    def uno(datos):
        try:
            salidas.append(Client(raise_request_exception=False).post(URL, datos))
        finally:
            connection.close()

    hilos = [threading.Thread(target=uno, args=(datos,)) for datos in datos_de_cada_uno]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join(timeout=60)
    return salidas


def _formulario(pueblo, **cambios):
    return {
        "nombre_publico": "Julia Mamani",
        "lugar": f"o:{pueblo.otb_molle.pk}",
        "username": "julia",
        "email": "julia@correo.bo",
        "password1": CLAVE,
        "password2": CLAVE,
        **cambios,
    }


@pytest.mark.django_db(transaction=True)
def test_registro_a_la_vez_con_otra_escritura_del_usuario_y_del_correo_crea_una_cuenta(monkeypatch):
    pueblo = crear_pueblo()
    escritos = [
        ("julia", "julia@correo.bo"),
        ("JULIA", "JULIA@correo.bo"),
        (" Julia", "Julia@Correo.bo"),
        ("jUlIa", "julia@CORREO.BO"),
    ]
    salidas = _a_la_vez_con([_formulario(pueblo, username=u, email=c) for u, c in escritos], monkeypatch)
    assert sorted(s.status_code for s in salidas) == [302, 422, 422, 422]
    assert Usuario.objects.count() == EmailAddress.objects.count() == 1
    assert EmailAddress.objects.get().email == "julia@correo.bo"


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="en SQLite una escritura espera a la otra")
@pytest.mark.django_db(transaction=True)
def test_contraprueba_sin_la_restriccion_de_la_base_se_crean_cuentas_dobles(monkeypatch):
    """Es la base, y no la revisión del formulario, quien impide la segunda."""
    pueblo = crear_pueblo()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX usuario_unico_sin_mayusculas")
        cursor.execute("ALTER TABLE cuentas_usuario DROP CONSTRAINT cuentas_usuario_username_key")
    try:
        salidas = _a_la_vez_con([_formulario(pueblo, email="") for _ in range(4)], monkeypatch)
        assert [s.status_code for s in salidas].count(302) > 1
        assert Usuario.objects.filter(username="julia").count() > 1
    finally:
        # Se borran con sus sesiones para poder volver a poner la restricción.
        with sin_guardas(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE cuentas_usuario CASCADE")
            cursor.execute("ALTER TABLE cuentas_usuario ADD CONSTRAINT cuentas_usuario_username_key UNIQUE (username)")
            cursor.execute("CREATE UNIQUE INDEX usuario_unico_sin_mayusculas ON cuentas_usuario (lower(username))")


@pytest.mark.django_db(transaction=True)
def test_correo_confirmado_a_la_vez_por_dos_cuentas_queda_en_una_sola():
    """Varias cuentas pueden escribir el mismo correo (si no, se sabría cuál existe); confirmarlo, solo una."""
    personas = [crear_persona(f"p{numero}", "Persona Cualquiera") for numero in range(4)]
    correos = [p.emailaddress_set.create(email="mismo@correo.bo") for p in personas]
    claves = [EmailConfirmationHMAC(correo).key for correo in correos]
    salidas, barrera = [], threading.Barrier(len(claves))

    def confirmar(clave):
        try:
            barrera.wait(timeout=20)
            cliente = Client(raise_request_exception=False)
            salidas.append(cliente.post(f"/cuentas/correos/confirmar/{clave}/").status_code)
        finally:
            connection.close()

    hilos = [threading.Thread(target=confirmar, args=(clave,)) for clave in claves]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join(timeout=60)
    assert EmailAddress.objects.filter(verified=True).count() == 1
    assert 500 not in salidas


def test_la_base_no_admite_dos_correos_confirmados_iguales_aunque_cambien_las_mayusculas(gente):
    gente.ana.emailaddress_set.create(email="mismo@correo.bo", verified=True)
    gente.beto.emailaddress_set.create(email="MISMO@correo.bo")
    with pytest.raises(IntegrityError), transaction.atomic():
        gente.carla.emailaddress_set.create(email="MISMO@correo.bo", verified=True)
    assert EmailAddress.objects.filter(verified=True).count() == 1


def test_nombres_de_allauth_dan_direcciones_en_castellano():
    assert {
        reverse(nombre)
        for nombre in (
            "account_login",
            "account_signup",
            "account_logout",
            "account_change_password",
            "account_set_password",
            "account_reset_password",
            "account_email",
            "account_reauthenticate",
        )
    } == {
        "/cuentas/ingresar/",
        "/cuentas/registrarse/",
        "/cuentas/salir/",
        "/cuentas/clave/cambiar/",
        "/cuentas/clave/poner/",
        "/cuentas/clave/olvide/",
        "/cuentas/correos/",
        "/cuentas/confirmar-identidad/",
    }
