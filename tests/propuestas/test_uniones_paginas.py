"""Las páginas de unir, dividir y relacionar: quién entra, qué pasa con lo mal escrito y el envío repetido."""

import pytest

from propuestas import acciones
from propuestas.models import PedidoDeAcuerdo, Propuesta, Relacion
from tests.elenco import crear_persona
from tests.propuestas.piezas import publicada

SECCION = "/admin/propuestas/"
PARTES = {
    "motivo": "Son dos obras.",
    "titulo0": "Tanque de agua alto",
    "descripcion0": "Un tanque de 20 m3.",
    "monto0": "80.000",
    "titulo1": "Red de agua nueva",
    "descripcion1": "Tubería de 400 m.",
    "monto1": "50.000,50",
}


@pytest.fixture
def otra(recepcion, gente, pueblo):
    return publicada(recepcion, gente, pueblo, autor=gente.beto, titulo="Agua para toda la zona")


@pytest.fixture
def pedido(una, otra, gente):
    return acciones.pedir_union(una, destino=otra, actor=gente.hugo, motivo="Piden la misma obra.")


@pytest.fixture
def hugo(gente, con_permisos):
    return con_permisos(gente.hugo)


@pytest.fixture
def carla(gente, con_permisos):
    return con_permisos(gente.carla, "view_propuesta", "access_admin")


# --- Quien presentó ---


def test_las_partes_ven_el_pedido_en_mis_propuestas_y_en_su_pagina(entrar, client, una, pedido, gente):
    direccion = f"/propuestas/acuerdos/{pedido.pk}/"
    assert direccion not in client.get(una.get_absolute_url()).content.decode()
    cliente = entrar(gente.ana)
    for pagina in ("/propuestas/borradores/", una.get_absolute_url()):
        assert direccion in cliente.get(pagina).content.decode()
    assert direccion not in entrar(gente.dora).get(una.get_absolute_url()).content.decode()


def test_aceptar_las_dos_une_y_lleva_a_la_que_sigue(entrar, una, otra, pedido, gente):
    direccion = f"/propuestas/acuerdos/{pedido.pk}/"
    primera = entrar(gente.ana).post(direccion, {"acepta": "si", "frase": "De acuerdo."})
    assert (primera.status_code, primera["Location"]) == (302, "/propuestas/borradores/")
    assert "Ya respondiste. Falta la otra parte." in entrar(gente.ana).get(direccion).content.decode()
    for _ in range(2):
        segunda = entrar(gente.beto).post(direccion, {"acepta": "si", "frase": "También."}, follow=True)
        assert segunda.redirect_chain[-1] == (f"/propuestas/{otra.pk}/?viene={una.pk}", 302)
    una.refresh_from_db()
    assert (una.unida_a, pedido.respuestas.count()) == (otra, 2)


def test_rechazar_lo_dice_y_deja_todo_como_estaba(entrar, una, pedido, gente):
    direccion = f"/propuestas/acuerdos/{pedido.pk}/"
    respuesta = entrar(gente.ana).post(direccion, {"acepta": "no", "frase": "No."}, follow=True)
    assert "Todo queda como estaba" in respuesta.content.decode()
    tarde = entrar(gente.beto).post(direccion, {"acepta": "si", "frase": "Yo sí quería."})
    assert (tarde.status_code, "Yo sí quería." in tarde.content.decode()) == (409, True)
    una.refresh_from_db()
    assert una.estado == "publicada"


@pytest.mark.parametrize(
    "datos", [{"acepta": "si", "frase": ""}, {"frase": "Bueno."}, {"acepta": "quizas", "frase": "x"}]
)
def test_responder_mal_conserva_lo_escrito(entrar, pedido, gente, datos):
    respuesta = entrar(gente.ana).post(f"/propuestas/acuerdos/{pedido.pk}/", datos)
    assert (respuesta.status_code, datos["frase"] in respuesta.content.decode()) == (422, True)
    assert pedido.respuestas.count() == 0


def test_al_pedido_entran_sus_partes_y_nadie_mas(entrar, client, pedido, gente):
    direccion = f"/propuestas/acuerdos/{pedido.pk}/"
    assert client.get(direccion).status_code == 302
    esperado = {"ana": 200, "beto": 200, "dora": 404, "hugo": 403, "carla": 403}
    assert {nombre: entrar(getattr(gente, nombre)).get(direccion).status_code for nombre in esperado} == esperado
    assert entrar(gente.dora).post(direccion, {"acepta": "si", "frase": "Yo."}).status_code == 404
    assert entrar(gente.ana).get("/propuestas/acuerdos/999999/").status_code == 404
    assert entrar(gente.ana).put(direccion).status_code == 405


# --- Trastienda ---


def test_unir_pide_y_vuelve_a_la_ficha_y_repetir_no_duplica(entrar, hugo, una, otra):
    cliente = entrar(hugo)
    assert f"{SECCION}unir/{una.pk}/" in cliente.get(f"{SECCION}inspect/{una.pk}/").content.decode()
    assert cliente.get(f"{SECCION}unir/{una.pk}/").status_code == 200
    for _ in range(2):
        respuesta = cliente.post(f"{SECCION}unir/{una.pk}/", {"destino": otra.codigo.lower(), "motivo": "Iguales."})
        assert respuesta["Location"] == f"{SECCION}inspect/{una.pk}/"
    pedido = PedidoDeAcuerdo.objects.get()
    assert (pedido.propuesta, pedido.destino, pedido.pedido_por) == (una, otra, hugo)
    ficha = cliente.get(f"{SECCION}inspect/{una.pk}/").content.decode()
    assert f"{SECCION}cancelar-acuerdo/{una.pk}/" in ficha


@pytest.mark.parametrize("codigo", ["PR-1999-999", "", "propia"])
def test_unir_con_un_codigo_que_no_sirve_conserva_lo_escrito(entrar, hugo, una, codigo):
    datos = {"destino": una.codigo if codigo == "propia" else codigo, "motivo": "Se parecen mucho."}
    respuesta = entrar(hugo).post(f"{SECCION}unir/{una.pk}/", datos)
    assert (respuesta.status_code, "Se parecen mucho." in respuesta.content.decode()) == (422, True)
    assert PedidoDeAcuerdo.objects.count() == 0


def test_unir_una_que_no_esta_publicada_dice_por_que(entrar, hugo, una):
    Propuesta.objects.update(estado="viable")
    texto = entrar(hugo).get(f"{SECCION}unir/{una.pk}/").content.decode()
    assert "solo se une una propuesta publicada" in texto


def test_cancelar_desde_la_trastienda(entrar, hugo, una, pedido):
    cliente = entrar(hugo)
    assert cliente.post(f"{SECCION}cancelar-acuerdo/{una.pk}/", {"motivo": ""}).status_code == 422
    cliente.post(f"{SECCION}cancelar-acuerdo/{una.pk}/", {"motivo": "Fue un error."})
    pedido.refresh_from_db()
    assert pedido.estado == "cancelado"
    assert "No hay un pedido" in cliente.get(f"{SECCION}cancelar-acuerdo/{una.pk}/").content.decode()


def test_dividir_muestra_lo_que_suman_y_pide(entrar, hugo, una):
    cliente = entrar(hugo)
    assert "Parte 5, si hace falta" in cliente.get(f"{SECCION}dividir/{una.pk}/").content.decode()
    texto = cliente.post(f"{SECCION}dividir/{una.pk}/", PARTES, follow=True).content.decode()
    assert "suman Bs 130.000,50; la original pide Bs 120.000" in texto.replace("\xa0", " ")
    assert len(PedidoDeAcuerdo.objects.get().partes) == 2


@pytest.mark.parametrize(
    "cambio",
    [
        {"titulo1": "", "descripcion1": "", "monto1": ""},
        {"titulo2": "Una tercera sin costo"},
        {"titulo1": PARTES["titulo0"]},
        {"monto1": "900.000"},
        {"monto1": "mucho"},
    ],
)
def test_dividir_mal_conserva_lo_escrito(entrar, hugo, una, cambio):
    respuesta = entrar(hugo).post(f"{SECCION}dividir/{una.pk}/", PARTES | cambio)
    assert (respuesta.status_code, "Un tanque de 20 m3." in respuesta.content.decode()) == (422, True)
    assert PedidoDeAcuerdo.objects.count() == 0


def test_quien_presento_ve_las_partes_acepta_y_la_original_las_muestra(entrar, hugo, una, gente):
    entrar(hugo).post(f"{SECCION}dividir/{una.pk}/", PARTES)
    direccion = f"/propuestas/acuerdos/{PedidoDeAcuerdo.objects.get().pk}/"
    texto = entrar(gente.ana).get(direccion).content.decode().replace("\xa0", " ")
    assert all(parte in texto for parte in ("Tanque de agua alto", "Red de agua nueva", "Bs 130.000,50"))
    entrar(gente.ana).post(direccion, {"acepta": "si", "frase": "Mejor así."})
    original = entrar(gente.ana).get(una.get_absolute_url())
    texto = original.content.decode()
    assert (original.status_code, "Se dividió en:" in texto, "Dividida en otras" in texto) == (200, True, True)
    for parte in Propuesta.objects.filter(parte_de=una):
        assert parte.get_absolute_url() in texto
        assert (
            f'Es una parte de <a href="{una.get_absolute_url()}">'
            in entrar(gente.dora).get(parte.get_absolute_url()).content.decode()
        )


def test_relacionar_y_quitar_se_lee_en_la_pagina_de_las_dos(entrar, client, carla, una, otra):
    cliente = entrar(carla)
    datos = {"clase": "dependencia", "con": otra.codigo, "motivo": "El tanque va primero."}
    for _ in range(2):
        assert cliente.post(f"{SECCION}relacionar/{una.pk}/", datos).status_code == 302
    relacion = Relacion.objects.get()
    textos = [client.get(p.get_absolute_url()).content.decode() for p in (una, otra)]
    assert ("Necesita que antes se haga" in textos[0], "Tiene que hacerse antes que" in textos[1]) == (True, True)
    assert all("El tanque va primero." in texto for texto in textos)
    quitar = {"relacion": relacion.pk, "motivo": ""}
    assert cliente.post(f"{SECCION}quitar-relacion/{una.pk}/", quitar).status_code == 422
    cliente.post(f"{SECCION}quitar-relacion/{una.pk}/", quitar | {"motivo": "Ya hay tanque."})
    relacion.refresh_from_db()
    assert (relacion.por_que_se_quito, relacion.quitada_por) == ("Ya hay tanque.", carla)
    assert "Con otras propuestas" not in client.get(una.get_absolute_url()).content.decode()
    assert "No tiene relaciones." in cliente.get(f"{SECCION}quitar-relacion/{una.pk}/").content.decode()


def test_relacionar_mal_conserva_lo_escrito(entrar, carla, una, otra):
    for cambio in ({"con": una.codigo}, {"con": "PR-1"}, {"clase": "amistad"}, {"clase": ""}):
        datos = {"clase": "excluyente", "con": otra.codigo, "motivo": "Mismo terreno."} | cambio
        respuesta = entrar(carla).post(f"{SECCION}relacionar/{una.pk}/", datos)
        assert (respuesta.status_code, "Mismo terreno." in respuesta.content.decode()) == (422, True)
    assert Relacion.objects.count() == 0


@pytest.mark.parametrize("ruta", ["unir", "dividir", "cancelar-acuerdo", "relacionar", "quitar-relacion"])
def test_a_la_trastienda_entra_quien_tiene_el_cargo(entrar, client, con_permisos, hugo, una, gente, ruta):
    direccion = f"{SECCION}{ruta}/{una.pk}/"
    assert client.get(direccion).status_code == 302
    ajena = con_permisos(crear_persona("olga", "Olga Otra"), "view_propuesta", "access_admin")
    for persona in (gente.ana, ajena):
        assert entrar(persona).post(direccion, {"motivo": "x"}).status_code in (302, 403)
    assert entrar(hugo).get(f"{SECCION}{ruta}/999999/").status_code == 404
    assert entrar(hugo).put(direccion).status_code == 405
    assert (PedidoDeAcuerdo.objects.count(), Relacion.objects.count()) == (0, 0)
