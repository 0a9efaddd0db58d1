"""Trastienda: la sección de Wagtail, mover de estado, dictaminar y corregir."""

import pytest

from civic.comun.models import Suceso
from civic.cuentas.roles import Rol
from propuestas import acciones
from propuestas.models import Dictamen, Propuesta
from propuestas.reglas import LISTA_POR_DEFECTO
from tests.elenco import crear_persona, dar_rol
from tests.propuestas.piezas import borrador, en_evaluacion, enviada, sembrar

SECCION = "/admin/propuestas/"


def revision(propuesta, **cambios):
    """Lo que manda el formulario de revisión de forma, como quedó al abrirlo."""
    datos = {campo: getattr(propuesta, campo) for campo in ("titulo", "descripcion", "referencia")}
    return datos | {"decision": "publicada", "razon": "", "motivo": "", "leido": propuesta.sello} | cambios


def evaluacion(**cambios):
    """Un dictamen con toda la lista por defecto respondida que sí."""
    return {f"p{n}": "si" for n in range(len(LISTA_POR_DEFECTO))} | cambios


def crear_planificadora():
    pilar = crear_persona("pilar", "Pilar Planifica")
    dar_rol(pilar, Rol.PLANIFICACION)
    return pilar


@pytest.fixture
def hugo(gente, con_permisos):
    return con_permisos(gente.hugo)


@pytest.fixture
def carla(gente, con_permisos):
    return con_permisos(gente.carla)


def test_lista_muestra_las_presentadas_y_no_los_borradores(entrar, hugo, recepcion, gente, pueblo):
    borrador(recepcion, gente.ana, pueblo, titulo="Borrador privado de ana")
    enviada(recepcion, gente.ana, pueblo, titulo="Enviada para revisar")
    respuesta = entrar(hugo).get(SECCION)
    texto = respuesta.content.decode()
    assert respuesta.status_code == 200
    assert ("Enviada para revisar" in texto, "Borrador privado" in texto, "Revisar la forma" in texto) == (
        True,
        False,
        True,
    )


def test_lista_filtra_y_busca_sin_acentos(entrar, hugo, recepcion, gente, pueblo):
    enviada(recepcion, gente.ana, pueblo, titulo="Canción de la plaza")
    enviada(recepcion, gente.ana, pueblo, titulo="Empedrado de la calle")
    cliente = entrar(hugo)
    for datos, hay in (
        ({"q": "cancion"}, True),
        ({"q": "tinglado"}, False),
        ({"estado": "enviada", "distrito": pueblo.distrito_1.pk, "categoria": pueblo.agua.pk}, True),
        ({"estado": "publicada"}, False),
    ):
        respuesta = cliente.get(SECCION, datos)
        assert (respuesta.status_code, "Canción de la plaza" in respuesta.content.decode()) == (200, hay)
    assert "Empedrado" not in cliente.get(SECCION, {"q": "cancion"}).content.decode()


def test_lista_hace_las_mismas_consultas_con_3_y_con_15(
    entrar, hugo, recepcion, gente, pueblo, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    cliente = entrar(hugo)
    cuentas = []
    for cuantas in (3, 12):
        sembrar(recepcion, gente.ana, pueblo, cuantas)
        cliente.get(SECCION)
        with CaptureQueriesContext(connection) as hechas:
            cliente.get(SECCION)
        cuentas.append(len(hechas))
    assert cuentas[0] == cuentas[1]


@pytest.mark.parametrize("ruta", ["", "inspect/{pk}/", "edit/{pk}/", "mover/{pk}/", "dictaminar/{pk}/"])
def test_trastienda_no_deja_entrar_a_vecinas_ni_a_quien_no_ingreso(client, entrar, una, gente, ruta):
    direccion = SECCION + ruta.format(pk=una.pk)
    assert client.get(direccion).status_code == 302
    assert entrar(gente.ana).get(direccion).status_code in (302, 403)


@pytest.mark.parametrize("ruta", ["inspect/{pk}/", "edit/{pk}/", "mover/{pk}/", "dictaminar/{pk}/"])
def test_trastienda_de_un_borrador_o_lo_que_no_esta_da_404(entrar, hugo, recepcion, gente, pueblo, ruta):
    privado = borrador(recepcion, gente.ana, pueblo)
    cliente = entrar(hugo)
    for pk in (privado.pk, 999_999):
        assert cliente.get(SECCION + ruta.format(pk=pk)).status_code == 404


@pytest.mark.parametrize("ruta", ["new/", "delete/{pk}/"])
def test_nadie_crea_ni_borra_propuestas_ni_siquiera_la_administracion_tecnica(entrar, una, gente, ruta):
    gente.gloria.is_superuser = True
    gente.gloria.save()
    respuesta = entrar(gente.gloria).post(SECCION + ruta.format(pk=una.pk))
    assert (respuesta.status_code, Propuesta.objects.count()) == (404, 1)


def test_ficha_muestra_bitacora_completa_y_botones(entrar, hugo, una):
    texto = entrar(hugo).get(f"{SECCION}inspect/{una.pk}/").content.decode()
    for parte in ("Empezó a escribirla.", "Ana Vecina", f"{SECCION}mover/{una.pk}/", "Bitácora"):
        assert parte in texto


def test_mover_pasa_a_evaluacion_y_vuelve_a_la_ficha(entrar, hugo, una):
    cliente = entrar(hugo)
    texto = cliente.get(f"{SECCION}mover/{una.pk}/").content.decode()
    assert ('value="en_evaluacion"' in texto, 'value="retirada"' in texto, 'value="viable"' in texto) == (
        True,
        False,
        False,
    )
    respuesta = cliente.post(f"{SECCION}mover/{una.pk}/", {"hacia": "en_evaluacion"})
    una.refresh_from_db()
    assert (respuesta["Location"], una.estado) == (f"{SECCION}inspect/{una.pk}/", "en_evaluacion")


def test_mover_sin_motivo_o_a_donde_no_toca_conserva_lo_escrito(entrar, hugo, una):
    cliente = entrar(hugo)
    sin_motivo = cliente.post(f"{SECCION}mover/{una.pk}/", {"hacia": "territorio_en_disputa", "motivo": ""})
    assert (sin_motivo.status_code, "Di qué límite está en disputa" in sin_motivo.content.decode()) == (422, True)
    ajeno = cliente.post(f"{SECCION}mover/{una.pk}/", {"hacia": "viable", "motivo": "Porque quiero"})
    assert (ajeno.status_code, "Porque quiero" in ajeno.content.decode()) == (422, True)
    una.refresh_from_db()
    assert una.estado == "publicada"


def test_lo_enviado_no_se_publica_moviendolo_sino_revisando_su_forma(entrar, hugo, recepcion, gente, pueblo):
    propuesta = enviada(recepcion, gente.ana, pueblo)
    respuesta = entrar(hugo).post(f"{SECCION}mover/{propuesta.pk}/", {"hacia": "publicada"})
    propuesta.refresh_from_db()
    assert (respuesta.status_code, propuesta.estado) == (422, "enviada")


def test_gestion_de_comunidad_revisa_la_forma_y_no_evalua(entrar, recepcion, gente, pueblo, con_permisos):
    moderadora = con_permisos(crear_persona("maria", "María Modera"), "view_propuesta", "access_admin")
    dar_rol(moderadora, Rol.GESTION_COMUNIDAD)
    propuesta = enviada(recepcion, gente.ana, pueblo)
    cliente = entrar(moderadora)
    assert cliente.get(f"{SECCION}revisar/{propuesta.pk}/").status_code == 200
    cliente.post(f"{SECCION}revisar/{propuesta.pk}/", revision(propuesta))
    propuesta.refresh_from_db()
    assert propuesta.estado == "publicada"
    assert "no hay ningún movimiento que te toque" in cliente.get(f"{SECCION}mover/{propuesta.pk}/").content.decode()
    # La trastienda convierte el 403 en un aviso y devuelve al inicio.
    assert cliente.get(f"{SECCION}dictaminar/{propuesta.pk}/").status_code in (302, 403)


def test_devolver_sin_razon_de_la_lista_conserva_lo_escrito(entrar, hugo, recepcion, gente, pueblo):
    propuesta = enviada(recepcion, gente.ana, pueblo)
    datos = revision(propuesta, decision="devuelta", motivo="Quita el celular")
    respuesta = entrar(hugo).post(f"{SECCION}revisar/{propuesta.pk}/", datos)
    texto = respuesta.content.decode()
    assert (respuesta.status_code, "Elige una razón de la lista" in texto, "Quita el celular" in texto) == (
        422,
        True,
        True,
    )


def test_revisar_lo_que_otra_persona_ya_publico_lo_dice_y_queda_anotado(entrar, hugo, recepcion, gente, pueblo):
    propuesta = enviada(recepcion, gente.ana, pueblo)
    cliente = entrar(hugo)
    leida = revision(propuesta, decision="devuelta", razon="incompleta", motivo="No se entiende")
    acciones.revisar_forma(propuesta, actor=crear_planificadora(), decision="publicada")
    respuesta = cliente.post(f"{SECCION}revisar/{propuesta.pk}/", leida)
    assert (respuesta.status_code, "otra persona cambió esta propuesta" in respuesta.content.decode()) == (422, True)
    propuesta.refresh_from_db()
    assert propuesta.estado == "publicada"
    tarde = Suceso.objects.de(propuesta).get(verbo="llegar_tarde")
    assert (tarde.actor, tarde.publico) == (gente.hugo, False)


def test_mover_y_dictaminar_con_metodo_ajeno(entrar, hugo, una):
    for verbo in ("mover", "dictaminar"):
        assert entrar(hugo).delete(f"{SECCION}{verbo}/{una.pk}/").status_code == 405


def test_dictaminar_viable_con_monto_a_la_boliviana(entrar, carla, recepcion, gente, pueblo):
    propuesta = en_evaluacion(recepcion, gente, pueblo)
    cliente = entrar(carla)
    assert cliente.get(f"{SECCION}dictaminar/{propuesta.pk}/").status_code == 200
    datos = evaluacion(resultado="viable", texto="Hay terreno.", monto_tecnico="95.000,50", n0="Fuimos el martes.")
    sin_explicar = cliente.post(f"{SECCION}dictaminar/{propuesta.pk}/", datos)
    assert (sin_explicar.status_code, "Explica la diferencia" in sin_explicar.content.decode()) == (422, True)
    sin_lista = cliente.post(f"{SECCION}dictaminar/{propuesta.pk}/", datos | {"diferencia": "Menos metros", "p0": ""})
    assert (sin_lista.status_code, "Falta responder una pregunta" in sin_lista.content.decode()) == (422, True)
    assert "Fuimos el martes." in sin_lista.content.decode()
    datos["diferencia"] = "Son menos metros de tubería."
    respuesta = cliente.post(f"{SECCION}dictaminar/{propuesta.pk}/", datos)
    propuesta.refresh_from_db()
    assert (respuesta.status_code, propuesta.estado, str(propuesta.monto_tecnico)) == (302, "viable", "95000.50")
    publica = cliente.get(propuesta.get_absolute_url()).content.decode()
    assert ("Fuimos el martes." in publica, "Son menos metros" in publica, "juicios" in publica) == (True, True, False)


def test_dictaminar_rechazo_sin_razon_no_se_guarda(entrar, carla, recepcion, gente, pueblo):
    propuesta = en_evaluacion(recepcion, gente, pueblo)
    datos = evaluacion(resultado="rechazada", texto="No se puede por ahora")
    respuesta = entrar(carla).post(f"{SECCION}dictaminar/{propuesta.pk}/", datos)
    texto = respuesta.content.decode()
    assert (respuesta.status_code, Dictamen.objects.count()) == (422, 0)
    assert "elegir una razón de la lista" in texto and "No se puede por ahora" in texto


def test_dictaminar_sin_estar_en_evaluacion_lo_dice(entrar, carla, una):
    cliente = entrar(carla)
    assert "Solo se dictamina una propuesta «En evaluación»" in cliente.get(f"{SECCION}dictaminar/{una.pk}/").content.decode()  # fmt: skip  # noqa: E501
    datos = {"resultado": "observada", "texto": "x"}
    assert cliente.post(f"{SECCION}dictaminar/{una.pk}/", datos).status_code == 422


def test_dictaminar_lo_propio_no_deja_entrar(entrar, carla, recepcion, gente, pueblo):
    propuesta = en_evaluacion(recepcion, gente, pueblo, autor=carla)
    assert entrar(carla).get(f"{SECCION}dictaminar/{propuesta.pk}/").status_code in (302, 403)
    assert Dictamen.objects.count() == 0


def correccion(pueblo, **cambios):
    datos = {
        "titulo": "Agua para toda la zona Molle",
        "descripcion": "El agua llega una hora al día.",
        "categoria": pueblo.agua.pk,
        "distrito": pueblo.distrito_1.pk,
        "otb": pueblo.otb_molle.pk,
        "lon": "0.5",
        "lat": "0.5",
        "referencia": "Frente a la posta",
    }
    return datos | cambios


def test_corregir_guarda_texto_y_lugar_y_lo_anota(entrar, hugo, una, pueblo):
    cliente = entrar(hugo)
    texto = cliente.get(f"{SECCION}edit/{una.pk}/").content.decode()
    assert ('name="titulo"' in texto, 'name="estado"' in texto, 'name="monto_solicitado"' in texto) == (
        True,
        False,
        False,
    )
    respuesta = cliente.post(f"{SECCION}edit/{una.pk}/", correccion(pueblo))
    una.refresh_from_db()
    assert (respuesta.status_code, una.titulo, una.estado) == (302, "Agua para toda la zona Molle", "publicada")
    assert Suceso.objects.de(una).latest("pk").texto == "El municipio corrigió: título, qué se pide y por qué."


@pytest.mark.parametrize(
    ("cambios", "frase"),
    [
        ({"lon": "1.5"}, "El punto no cae en ese distrito."),
        ({"lon": "5", "lat": "5"}, "El punto no cae en ese distrito."),
        ({"lon": ""}, "necesita longitud y latitud"),
        ({"titulo": ""}, "Este campo es"),
        ({"distrito": ""}, "Este campo es"),
    ],
)
def test_corregir_con_un_lugar_imposible_no_guarda(entrar, hugo, una, pueblo, cambios, frase):
    respuesta = entrar(hugo).post(f"{SECCION}edit/{una.pk}/", correccion(pueblo, **cambios))
    una.refresh_from_db()
    assert (una.titulo, frase in respuesta.content.decode()) == ("Agua potable para la zona Molle", True)
