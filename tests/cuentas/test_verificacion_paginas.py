"""Las puertas de la verificación: la persona, la directiva, la promotora y la trastienda."""

import datetime
import logging

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from civic.comun.models import Suceso
from civic.cuentas import acciones, intentos
from civic.cuentas.models import ConflictoDeIdentidad, Identidad, Padron, PedidoDeConfirmacion, Residencia
from civic.cuentas.reglas_identidad import normalizar_ci
from tests.cuentas.piezas_verificacion import CARNET, CI, cargar_padron
from tests.elenco import crear_persona, dar_rol

PADRON = "/cuentas/verificar/padron/"
BIEN = {"ci": CARNET, "nacimiento": "31/05/1990"}


@pytest.fixture(autouse=True)
def _sin_intentos_de_antes():
    cache.clear()


def texto_de(respuesta):
    return " ".join(respuesta.content.decode().split())


@pytest.fixture
def rosa(pueblo):
    return crear_persona("rosa", "Rosa Vecina", otb=pueblo.otb_molle, verificada=False)


@pytest.fixture
def padron(pueblo):
    return cargar_padron(pueblo, (CARNET, "31/05/1990", "O-1"), ("7777777", "31/05/1990", "O-2")).padron


# --- La propia persona -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("ruta", ["", "padron/", "organizacion/", "pedidos/", "retirar/", "lugar/"])
def test_sin_cuenta_lleva_a_ingresar(client, db, ruta):
    respuesta = client.get(f"/cuentas/verificar/{ruta}")
    assert respuesta.status_code == 302 and "/cuentas/ingresar/" in respuesta.url


def test_con_el_padron_en_un_paso(entrar, rosa, padron):
    cliente = entrar(rosa)
    assert cliente.get("/cuentas/verificar/").status_code == cliente.get(PADRON).status_code == 200
    assert cliente.post(PADRON, BIEN).url == "/cuentas/mi-cuenta/"
    assert "Verificada" in texto_de(cliente.get("/cuentas/mi-cuenta/"))
    assert Residencia.objects.get(usuario=rosa).metodo == "padron"


def test_no_estar_y_otra_fecha_responden_lo_mismo(entrar, rosa, padron):
    cliente = entrar(rosa)
    paginas = []
    for datos in ({**BIEN, "nacimiento": "30/05/1990"}, {**BIEN, "ci": "9998887"}):
        respuesta = cliente.post(PADRON, datos)
        assert respuesta.status_code == 422
        paginas.append(texto_de(respuesta).split("<main")[1].split("csrfmiddlewaretoken")[0])
        assert acciones.NO_ESTA in texto_de(respuesta) and "En la ventanilla" in texto_de(respuesta)
    assert paginas[0] == paginas[1]


@pytest.mark.parametrize(
    ("datos", "frase"),
    [
        ({"ci": "abc"}, "No se entiende el número de carnet"),
        ({"ci": ""}, "No se entiende"),
        ({"ci": "1e400"}, "No se entiende"),
        ({"ci": "9" * 61}, "No se entiende"),
        ({"ci": "123\x004567"}, "No se"),
        ({"ci": "4455667\ud800"}, "carnet"),
        ({"nacimiento": "31/02/1990"}, "La fecha 31/02/1990 no existe."),
        ({"nacimiento": ""}, "fecha"),
        ({"nacimiento": "NaN"}, "No se entiende la fecha"),
    ],
)
def test_lo_mal_escrito_se_explica_y_se_conserva(entrar, rosa, padron, datos, frase):
    cliente = entrar(rosa)
    datos = {**BIEN, **datos}
    try:
        respuesta = cliente.post(PADRON, datos)
    except UnicodeEncodeError:  # el cliente de pruebas no puede mandar un sustituto suelto; un navegador tampoco
        return
    assert respuesta.status_code in (422, 400), texto_de(respuesta)
    assert intentos.gastar(rosa.pk, "127.0.0.1")  # lo mal escrito no gastó intentos


def test_cinco_intentos_por_dia_y_el_sexto_espera_a_manana(entrar, rosa, padron):
    cliente = entrar(rosa)
    ahora = timezone.make_aware(datetime.datetime(2026, 8, 17, 9, 0))
    with time_machine.travel(ahora, tick=False):
        for _ in range(intentos.POR_CUENTA):
            assert cliente.post(PADRON, {**BIEN, "ci": "9998887"}).status_code == 422
        respuesta = cliente.post(PADRON, BIEN)
        assert respuesta.status_code == 429
        assert respuesta["Retry-After"] == str(15 * 3600)
        assert "Vuelve mañana" in texto_de(respuesta) and f'value="{CARNET}"' in texto_de(respuesta)
        assert Residencia.objects.get(usuario=rosa).nivel == "declarada"
    with time_machine.travel(ahora + datetime.timedelta(days=1), tick=False):
        entrar(rosa)
        assert cliente.post(PADRON, BIEN).status_code == 302


def test_muchas_cuentas_de_una_conexion_tienen_tope_y_las_que_aciertan_no_cuentan(entrar, pueblo, padron, monkeypatch):
    monkeypatch.setattr(intentos, "POR_CONEXION", 3)
    personas = [crear_persona(f"p{i}", f"P {i}", otb=pueblo.otb_molle, verificada=False) for i in range(6)]
    assert entrar(personas[0]).post(PADRON, BIEN).status_code == 302
    codigos = [entrar(p).post(PADRON, {**BIEN, "ci": "9998887"}).status_code for p in personas[1:]]
    assert codigos == [422, 422, 422, 429, 429]
    otra = entrar(personas[5]).post(PADRON, {**BIEN, "ci": "9998887"}, REMOTE_ADDR="10.0.0.9")
    assert otra.status_code == 422


def test_otro_lugar_se_ofrece_y_se_toma(entrar, rosa, padron, pueblo):
    cliente = entrar(rosa)
    assert cliente.post(PADRON, {**BIEN, "ci": "7777777"}).url == "/cuentas/verificar/lugar/"
    guardado = str([sesion.get_decoded() for sesion in Session.objects.all()])
    assert "7777777" not in guardado and "1990" not in guardado
    texto = texto_de(cliente.get("/cuentas/verificar/lugar/"))
    assert "OTB Ceibo" in texto and "OTB Molle" in texto and "7777777" not in texto
    assert cliente.post("/cuentas/verificar/lugar/", {"tomar": "si"}).status_code == 302
    residencia = Residencia.objects.get(usuario=rosa)
    assert (residencia.otb, residencia.nivel) == (pueblo.otb_ceibo, "verificada")


def test_otro_lugar_se_puede_dejar_y_lo_ofrecido_vence_y_no_es_de_otra(entrar, rosa, padron, pueblo):
    cliente = entrar(rosa)
    cliente.post(PADRON, {**BIEN, "ci": "7777777"})
    assert cliente.post("/cuentas/verificar/lugar/", {"dejar": "si"}).url == "/cuentas/verificar/"
    assert cliente.post("/cuentas/verificar/lugar/", {"tomar": "si"}).url == "/cuentas/verificar/"
    assert (Residencia.objects.get(usuario=rosa).nivel, Identidad.objects.count()) == ("declarada", 0)
    cliente.post(PADRON, {**BIEN, "ci": "7777777"})
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=16)):
        cliente.post("/cuentas/verificar/lugar/", {"tomar": "si"})
    assert Residencia.objects.get(usuario=rosa).nivel == "declarada"


def test_el_carnet_de_otra_cuenta_dice_una_frase_neutral(entrar, rosa, padron, pueblo):
    otra = crear_persona("lidia", "Lidia Primera", otb=pueblo.otb_molle, verificada=False)
    acciones.verificar_residencia(otra.residencia, metodo="ventanilla", ci=CI)
    respuesta = entrar(rosa).post(PADRON, BIEN)
    assert respuesta.status_code == 422
    assert acciones.EN_REVISION in texto_de(respuesta) and "Lidia" not in texto_de(respuesta)
    assert "está revisando tus datos" in texto_de(entrar(rosa).get("/cuentas/verificar/"))
    assert ConflictoDeIdentidad.objects.count() == 1


def test_sin_padron_se_ofrece_otra_manera(entrar, rosa):
    assert "todavía no cargó su padrón" in texto_de(entrar(rosa).get(PADRON))
    assert PADRON not in texto_de(entrar(rosa).get("/cuentas/verificar/"))


def test_un_modo_cerrado_no_existe(entrar, rosa, padron, settings):
    settings.VERIFICACION = ["ventanilla"]
    assert entrar(rosa).get(PADRON).status_code == 404
    assert entrar(rosa).get("/cuentas/verificar/organizacion/").status_code == 404
    assert entrar(rosa).get("/cuentas/verificar/ciudadania-digital/").status_code == 404


def test_retirar_mi_verificacion(entrar, rosa, padron):
    cliente = entrar(rosa)
    cliente.post(PADRON, BIEN)
    assert "tampoco con otra cuenta" in texto_de(cliente.get("/cuentas/verificar/retirar/"))
    assert cliente.post("/cuentas/verificar/retirar/").status_code == 302
    assert (Residencia.objects.get(usuario=rosa).nivel, Identidad.objects.get().cuenta) == ("declarada", None)


# --- Directiva -------------------------------------------------------------------------------------------------------
def test_pedir_y_confirmar(entrar, gente, rosa):
    cliente = entrar(rosa)
    assert cliente.post("/cuentas/verificar/organizacion/", {"ci": "x"}).status_code == 422
    assert cliente.post("/cuentas/verificar/organizacion/", {"ci": CARNET}).status_code == 302
    pedido = PedidoDeConfirmacion.objects.get()
    assert entrar(gente.beto).post(f"/cuentas/verificar/pedidos/{pedido.pk}/", {"confirmar": "si"}).status_code == 404
    texto = texto_de(entrar(gente.fabio).get("/cuentas/verificar/pedidos/"))
    assert "Rosa Vecina" in texto and CARNET not in texto
    assert entrar(gente.fabio).post(f"/cuentas/verificar/pedidos/{pedido.pk}/", {"confirmar": "si"}).status_code == 302
    assert Residencia.objects.get(usuario=rosa).nivel == "verificada"
    assert entrar(gente.fabio).get(f"/cuentas/verificar/pedidos/{pedido.pk}/").status_code == 405


def test_quien_no_dirige_no_ve_pedidos(entrar, gente, rosa):
    acciones.pedir_confirmacion(rosa, ci=CI)
    assert "Rosa" not in texto_de(entrar(gente.beto).get("/cuentas/verificar/pedidos/"))


# --- En persona ------------------------------------------------------------------------------------------------------
@pytest.fixture
def promotora(pueblo):
    persona = crear_persona("pina", "Pina Promotora", otb=pueblo.otb_ceibo)
    dar_rol(persona, "promotora")
    return persona


def test_la_promotora_busca_por_usuario_exacto_y_verifica(entrar, promotora, rosa):
    cliente = entrar(promotora)
    for incompleto in ("ros", "Rosa Vecina", "", "%", "nadie"):
        respuesta = cliente.post("/cuentas/verificar/atender/", {"usuario": incompleto})
        assert respuesta.status_code == 422 and "Molle" not in texto_de(respuesta)
    assert Suceso.objects.de(rosa).count() == 0
    respuesta = cliente.post("/cuentas/verificar/atender/", {"usuario": "ROSA"})
    assert respuesta.status_code == 200 and "OTB Molle" in texto_de(respuesta)
    assert Suceso.objects.de(rosa).get().verbo == "mirar"
    url = f"/cuentas/verificar/atender/{rosa.residencia.pk}/"
    datos = {"ci": CARNET, "detalle": "Carnet, en su casa", "vista": rosa.residencia.momento.isoformat()}
    assert cliente.get(url).status_code == 302
    sin_permiso = cliente.post(url, datos)
    assert sin_permiso.status_code == 422 and "Solo si acepta" in texto_de(sin_permiso)
    assert cliente.post(url, {**datos, "consiente": "on"}).status_code == 302
    assert Residencia.objects.get(usuario=rosa).metodo == "promotora"


def test_atender_es_para_promotoras_y_ventanilla(entrar, gente, rosa):
    for persona in (gente.ana, gente.elena, gente.fabio):
        assert entrar(persona).get("/cuentas/verificar/atender/").status_code == 403
        assert entrar(persona).post(f"/cuentas/verificar/atender/{rosa.residencia.pk}/").status_code == 403


def test_la_promotora_de_otro_distrito_recibe_lo_mismo_que_si_no_existiera(entrar, promotora, rosa, pueblo):
    promotora.asignaciones.update(distrito=pueblo.distrito_2)
    cliente = entrar(promotora)
    ajena = cliente.post("/cuentas/verificar/atender/", {"usuario": "rosa"})
    nadie = cliente.post("/cuentas/verificar/atender/", {"usuario": "nadi"})

    def limpia(respuesta):
        campo = texto_de(respuesta).split("campo-usuario")[1].split("acciones")[0]
        return campo.replace("rosa", "").replace("nadi", "")

    assert limpia(ajena) == limpia(nadie)
    assert cliente.post(f"/cuentas/verificar/atender/{rosa.residencia.pk}/").status_code == 404


def test_la_promotora_se_busca_a_si_misma_y_no_se_verifica(entrar, promotora):
    Residencia.objects.filter(usuario=promotora).update(nivel="declarada")
    texto = texto_de(entrar(promotora).post("/cuentas/verificar/atender/", {"usuario": "pina"}))
    assert "Nadie se verifica a sí mismo" in texto


# --- Trastienda ------------------------------------------------------------------------------------------------------
@pytest.fixture
def conflicto(rosa, pueblo):
    otra = crear_persona("lidia", "Lidia Primera", otb=pueblo.otb_molle, verificada=False)
    acciones.verificar_residencia(otra.residencia, metodo="padron", ci=CI)
    with pytest.raises(acciones.verificacion.ReglaIncumplida):
        acciones.verificar_residencia(rosa.residencia, metodo="padron", ci=CI)
    return ConflictoDeIdentidad.objects.get()


def test_cola_de_conflictos_muestra_cuentas_y_modos_y_nunca_la_huella(entrar, con_roles, conflicto):
    cliente = entrar(con_roles.gloria)
    huella = Identidad.objects.get().huella
    rutas = ("", f"inspect/{conflicto.pk}/", f"resolver/{conflicto.pk}/", "?export=csv", "?export=xlsx")
    for ruta in rutas:
        respuesta = cliente.get(f"/admin/conflictos/{ruta}")
        assert respuesta.status_code == 200, ruta
        cuerpo = b"".join(respuesta.streaming_content) if respuesta.streaming else respuesta.content
        assert huella.encode() not in cuerpo and CARNET.encode() not in cuerpo
    lista = texto_de(cliente.get("/admin/conflictos/"))
    assert "Lidia Primera" in lista and "Rosa Vecina" in lista
    assert f"/admin/conflictos/inspect/{conflicto.pk}/" in lista
    assert Suceso.objects.filter(verbo="mirar", actor=con_roles.gloria, texto__startswith="Miró").count() == 2


def test_resolver_desde_la_trastienda(entrar, con_roles, conflicto, rosa):
    cliente, url = entrar(con_roles.gloria), f"/admin/conflictos/resolver/{conflicto.pk}/"
    assert cliente.post(url, {"decision": "segunda", "motivo": " "}).status_code == 422
    assert ConflictoDeIdentidad.objects.get().estado == "abierto"
    assert cliente.post(url, {"decision": "otra", "motivo": "x"}).status_code == 422
    assert cliente.post(url, {"decision": "segunda", "motivo": "Vino con su carnet"}).status_code == 302
    assert Identidad.objects.get().cuenta == rosa
    assert "Rosa Vecina" not in texto_de(cliente.get("/admin/conflictos/"))
    assert "Rosa Vecina" in texto_de(cliente.get("/admin/conflictos/?estado=segunda"))


@pytest.mark.parametrize("quien", ["elena", "carla", "ana"])
def test_sin_permiso_no_hay_conflictos_ni_padrones_ni_cifras(entrar, con_roles, conflicto, quien):
    cliente = entrar(getattr(con_roles, quien))
    for ruta in (
        "conflictos/",
        f"conflictos/resolver/{conflicto.pk}/",
        "padrones/",
        "padrones/new/",
        "verificacion/cifras/",
    ):
        assert cliente.get(f"/admin/{ruta}").status_code in (302, 403)


def test_la_cola_hace_las_mismas_consultas_con_mas_filas_y_no_mas_de_doce_propias(
    entrar, con_roles, conflicto, pueblo, django_assert_max_num_queries
):
    cliente = entrar(con_roles.gloria)
    cliente.get("/admin/conflictos/")
    with django_assert_max_num_queries(22) as pocas:
        cliente.get("/admin/conflictos/")
    for i in range(12):
        persona = crear_persona(f"c{i}", f"C {i}")
        ConflictoDeIdentidad.objects.create(
            identidad=conflicto.identidad, primera=conflicto.primera, segunda=persona, metodo_segunda="padron"
        )
    with django_assert_max_num_queries(22) as muchas:
        cliente.get("/admin/conflictos/")
    assert len(muchas) == len(pocas)


def subir(contenido, nombre="padron.csv", **mas):
    return {"archivo": SimpleUploadedFile(nombre, contenido), "fecha_corte": "", "columnas": "", **mas}


def test_subir_un_padron_desde_la_trastienda(entrar, con_roles, pueblo):
    cliente, url = entrar(con_roles.hugo), "/admin/padrones/new/"
    assert cliente.get(url).status_code == 200
    mala = cliente.post(url, subir(f"ci;fecha_nacimiento;otb\n{CARNET};31/02/1990;Molle\n".encode()))
    assert mala.status_code == 422
    assert "línea 2: la fecha 31/02/1990 no existe" in texto_de(mala) and CARNET not in texto_de(mala)
    assert Padron.objects.count() == 0
    buena = cliente.post(url, subir(f"ci;fecha_nacimiento;otb\n{CARNET};31/05/1990;Molle\n".encode()))
    padron = Padron.objects.get()
    assert buena.url == f"/admin/padrones/inspect/{padron.pk}/"
    assert padron.importado_por == con_roles.hugo
    ficha = texto_de(cliente.get(buena.url))
    assert "Cuentas verificadas con él" in ficha and CARNET not in ficha
    assert "no cambió nada" in texto_de(
        cliente.post(url, subir(f"ci;fecha_nacimiento;otb\n{CARNET};31/05/1990;Molle\n".encode()), follow=True)
    )


@pytest.mark.parametrize(
    ("datos", "estado"),
    [
        (subir(b"", "p.csv"), 422),
        (subir(b"hola", "p.pdf"), 422),
        (subir(b"PK\x03\x04", "p.xlsx"), 422),
        (subir(b"ci\n1", "p.csv", columnas="sin igual"), 422),
        (subir(b"ci\n1", "p.csv", fecha_corte="ayer"), 422),
        ({}, 422),
    ],
)
def test_subir_cualquier_cosa_lo_explica(entrar, con_roles, datos, estado):
    assert entrar(con_roles.hugo).post("/admin/padrones/new/", datos).status_code == estado
    assert Padron.objects.count() == 0


def test_subir_un_archivo_enorme_responde_413(entrar, con_roles, monkeypatch):
    from civic.cuentas import forms_verificacion

    monkeypatch.setattr(forms_verificacion, "PESO_MAXIMO", 100)
    assert entrar(con_roles.hugo).post("/admin/padrones/new/", subir(b"x" * 200)).status_code == 413


def test_las_cifras_muestran_todos_los_modos(entrar, con_roles, rosa, padron):
    entrar(rosa).post(PADRON, BIEN)
    texto = texto_de(entrar(con_roles.gloria).get("/admin/verificacion/cifras/"))
    assert "Distrito 1" in texto and "Padrón" in texto and "Ciudadanía Digital" in texto


def test_residencias_se_filtran_por_modo_y_se_descargan_sin_huellas(entrar, con_roles, rosa, padron):
    entrar(rosa).post(PADRON, BIEN)
    cliente = entrar(con_roles.gloria)
    texto = texto_de(cliente.get("/admin/residencias/?metodo=padron"))
    assert "Rosa Vecina" in texto and "Beto Vecino" not in texto
    descarga = cliente.get("/admin/residencias/?export=csv")
    cuerpo = b"".join(descarga.streaming_content).decode()
    assert "padron" in cuerpo and CARNET not in cuerpo and Identidad.objects.get().huella not in cuerpo


def test_anular_desde_la_trastienda(entrar, con_roles, rosa, padron):
    entrar(rosa).post(PADRON, BIEN)
    url = f"/admin/residencias/anular/{rosa.residencia.pk}/"
    assert entrar(con_roles.elena).post(url, {"motivo": "x"}).status_code in (302, 403)
    assert entrar(con_roles.gloria).post(url, {"motivo": "Carnet ajeno"}).status_code == 302
    assert Residencia.objects.get(usuario=rosa).nivel == "declarada"


# --- Registros -------------------------------------------------------------------------------------------------------
def test_ningun_carnet_llega_a_los_registros(entrar, rosa, padron, gente, promotora, caplog):
    caplog.set_level(logging.DEBUG)
    otra = crear_persona("lidia", "Lidia", otb=rosa.residencia.otb, verificada=False)
    acciones.verificar_residencia(otra.residencia, metodo="padron", ci=normalizar_ci("8887776"))
    for carnet in (CARNET, "8887776", "9998887", "abc9998887"):
        entrar(rosa).post(PADRON, {"ci": carnet, "nacimiento": "31/05/1991"})
        entrar(rosa).post("/cuentas/verificar/organizacion/", {"ci": carnet})
        entrar(promotora).post(f"/cuentas/verificar/atender/{rosa.residencia.pk}/", {"ci": carnet, "consiente": "on"})
    propios = [r.getMessage() for r in caplog.records if not r.name.startswith("django.db")]
    assert not [linea for linea in propios for carnet in (CARNET, "8887776", "9998887") if carnet in linea]
    consultas = [r.getMessage() for r in caplog.records if r.name.startswith("django.db")]
    assert not [linea for linea in consultas if CARNET in linea or "9998887" in linea]
