"""Toda ruta, con todo método y todo cargo, contra el archivo `matriz.csv`."""

import os

import pytest
from django.db import connection
from django.test import Client

from civic.cuentas.roles import Rol
from civic.debate.consumers import DebateConsumer
from civic.debate.routing import websocket_urlpatterns
from tests.elenco import pasar_segundo_paso
from tests.matriz.mundo import Mundo
from tests.matriz.recorrido import ERRORES, METODOS, SIN_PASO, _Escrituras, _sesion, codigo, leer, renglon

pytestmark = pytest.mark.django_db
BIEN = {"200", "302", "409", "422"}
# Rutas con parámetros que nadie alcanza en el mundo de prueba, y por qué está bien.
SIN_EXITO = {
    "cms:archivo": "el archivo pedido no existe: solo se prueba quién pasa la puerta",
    "cms:imagen": "la huella de la dirección no es la de la imagen",
    "organizaciones:escaneo": "el escaneo de prueba no tiene archivo",
    "organizaciones:solicitud": "la solicitud de prueba la registró la ventanilla: no es de nadie más",
    "comun:foto": "la foto de prueba no tiene archivo",
    "comun:foto_jpeg": "la foto de prueba no tiene archivo",
    "wagtailadmin_password_reset_confirm": "la clave la recupera allauth: Wagtail responde 404",
    "wagtailsettings:edit": "no hay ajustes de Wagtail",
    "wagtailsettings:edit~2": "no hay ajustes de Wagtail",
    "wagtailsettings:preview_on_edit": "no hay ajustes de Wagtail",
    "wagtaildocs:create_multiple_from_uploaded_document": "no hay subida a medias",
    "wagtaildocs:delete_upload_multiple": "no hay subida a medias",
    "wagtailimages:create_multiple_from_uploaded_image": "no hay subida a medias",
    "wagtailimages:delete_upload_multiple": "no hay subida a medias",
    "wagtailadmin_pages:workflow_action": "no hay flujo en curso",
    "wagtailadmin_pages:collect_workflow_action_data": "no hay flujo en curso",
    "wagtailadmin_pages:workflow_history_detail": "no hay flujo en curso",
    "wagtailadmin_pages:workflow_preview": "no hay flujo en curso",
    "wagtailforms:list_submissions": "no hay páginas de formulario",
    "wagtailforms:list_submissions_results": "no hay páginas de formulario",
    "wagtailforms:delete_submissions": "no hay páginas de formulario",
    "wagtailadmin_pages:convert_alias": "ninguna página es alias",
    "wagtaildocs_authenticate_with_password": "ninguna colección tiene clave",
    "wagtailimages:url_generator": "el generador de direcciones de Wagtail está apagado",
    "wagtailimages:url_generator_output": "el generador de direcciones de Wagtail está apagado",
    "territorio_admin:delete": "nadie borra un área",
}


def test_toda_ruta_con_parametros_tiene_con_que_llenarse(el_recorrido):
    assert el_recorrido[1].sin_objeto == [], "Agrégalas en tests/matriz/mundo.py"


def test_ninguna_celda_da_500(el_recorrido):
    assert {clave: fila for clave, fila in el_recorrido[1].celdas.items() if "500" in fila.values()} == {}, ERRORES


def test_toda_ruta_esta_en_la_matriz_y_todo_renglon_tiene_su_ruta(el_recorrido):
    celdas, esperadas = el_recorrido[1].celdas, leer()
    faltan = [renglon(clave, celdas[clave]) for clave in celdas if clave not in esperadas]
    assert faltan == [], "Rutas que no están: revísalas (python -m tests.matriz.proponer) y pégalas en matriz.csv"
    assert [clave for clave in esperadas if clave not in celdas] == [], "Renglones cuya ruta ya no existe"


def test_cada_celda_responde_lo_que_dice_la_matriz(el_recorrido):
    celdas, esperadas = el_recorrido[1].celdas, leer()
    diferencias = [
        f"{metodo} {ruta}, {cargo}: la matriz dice {esperadas[ruta, metodo].get(cargo)} y responde {respuesta}"
        for (ruta, metodo), fila in celdas.items()
        if (ruta, metodo) in esperadas
        for cargo, respuesta in fila.items()
        if esperadas[ruta, metodo].get(cargo) != respuesta
    ]
    assert diferencias == []


def test_los_cargos_de_la_matriz_son_los_del_mundo(el_recorrido):
    mundo = el_recorrido[0]
    assert all(list(fila) == list(mundo.personas) for fila in leer().values())
    assert [rol for rol in Rol.values if not any(nombre.startswith(rol) for nombre in mundo.personas)] == []


def test_toda_ruta_con_parametros_la_alcanza_alguien(el_recorrido):
    alcanzadas, todas = set(), set()
    for puerta in el_recorrido[1].puertas:
        ruta = puerta.clave.partition("@")[0]
        todas.add(ruta) if puerta.con_parametros else None
        filas = [el_recorrido[1].celdas[puerta.clave, metodo] for metodo in METODOS]
        # A quien no pasó el segundo paso toda puerta lo manda a pasarlo: eso no es llegar.
        if any(codigo in BIEN and cargo not in SIN_PASO for fila in filas for cargo, codigo in fila.items()):
            alcanzadas.add(ruta)
    assert sorted(todas - alcanzadas - set(SIN_EXITO)) == []
    assert sorted(set(SIN_EXITO) - todas) == []
    assert sorted(set(SIN_EXITO) & alcanzadas) == [], "Ya las alcanza alguien: quítalas de SIN_EXITO"


def test_mirar_no_cambia_nada(el_recorrido):
    assert el_recorrido[1].lecturas_que_escriben == []


def test_la_suspendida_y_quien_ya_termino_no_pueden_mas_que_una_vecina_sin_residencia(el_recorrido):
    celdas = el_recorrido[1].celdas
    assert [c for c, fila in celdas.items() if fila["suspendida"] != fila["anonima"]] == []
    assert [c for c, fila in celdas.items() if fila["planificacion_vencida"] != fila["sin_residencia"]] == []


@pytest.mark.parametrize("metodo", ["OPTIONS", "PUT", "PATCH", "DELETE", "TRACE"])
def test_los_demas_metodos_no_llegan_a_ninguna_vista(el_recorrido, metodo):
    mundo, recorrido = el_recorrido
    sesion = _sesion(mundo.personas["superusuario"], suspender=False)
    escrituras = _Escrituras()
    cliente = Client()
    for nombre, valor in sesion.items():
        cliente.cookies[nombre] = valor
    with connection.execute_wrapper(escrituras):
        respuestas = {codigo(cliente.generic(metodo, puerta.direccion)) for puerta in recorrido.puertas}
    assert (respuestas, escrituras.tablas) == ({"405"}, set())


def test_head_no_da_mas_que_get(el_recorrido):
    """HEAD responde lo mismo que GET; donde la vista no lo ofrece, 405."""
    recorrido = el_recorrido[1]
    distintas = [
        (clave, respuesta)
        for clave, respuesta in recorrido.head_anonima.items()
        if respuesta not in {recorrido.celdas[clave, "GET"]["anonima"], "405"}
    ]
    assert (distintas, len(recorrido.head_anonima)) == ([], len(recorrido.puertas))


def test_los_websockets_abren_solo_a_quien_puede_leer(el_recorrido):
    mundo, _ = el_recorrido
    assert [str(ruta.pattern) for ruta in websocket_urlpatterns] == ["ws/debate/<int:hilo_pk>/"]
    abiertos = {
        nombre: {cargo for cargo in mundo.personas if _abre(mundo, cargo, mundo.cosas[nombre].hilo_id)}
        for nombre in ("propuesta_a", "propuesta_enviada", "propuesta_enviada_b")
    }
    moderan = {"planificacion", "administracion", "auditoria", "superusuario"}
    assert abiertos == {
        "propuesta_a": set(mundo.personas),
        "propuesta_enviada": moderan | {"gestion_comunidad_a", "ventanilla_a"},
        "propuesta_enviada_b": moderan | {"gestion_comunidad_b", "ventanilla_b"},
    }


def _abre(mundo: Mundo, cargo: str, hilo_pk: int) -> bool:
    """La decisión de la conexión, sin la conexión: en otro hilo no se vería esta transacción."""
    from django.contrib.auth.models import AnonymousUser

    cliente, persona = Client(), mundo.personas[cargo]
    if persona is not None:
        cliente.force_login(persona, backend="allauth.account.auth_backends.AuthenticationBackend")
        if cargo not in SIN_PASO:
            pasar_segundo_paso(cliente, persona)
    consumidor = DebateConsumer()
    quien = type(persona).objects.get(pk=persona.pk) if persona is not None else AnonymousUser()
    consumidor.scope = {"user": quien, "session": cliente.session}
    return vars(DebateConsumer)["_novedades"].func(consumidor, hilo_pk, None) is not None


@pytest.mark.skipif("MATRIZ_PROPONER" not in os.environ, reason="solo con python -m tests.matriz.proponer")
def test_propone_renglones(el_recorrido):
    celdas, esperadas = el_recorrido[1].celdas, leer()
    con_cambios = os.environ["MATRIZ_PROPONER"] == "cambios"
    if not esperadas:
        print(",".join(["ruta", "metodo", *el_recorrido[0].personas]))
    for clave, fila in celdas.items():
        if clave not in esperadas or (con_cambios and esperadas[clave] != fila):
            print(renglon(clave, fila))
