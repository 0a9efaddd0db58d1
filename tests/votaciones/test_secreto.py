"""La papeleta no lleva a nadie: ni en la base, ni en la sesión, ni en los registros, ni en la trastienda."""

import logging
import random

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import reverse

from tests.elenco import crear_persona
from tests.votaciones.conftest import abrir, segunda, votar
from votaciones import acciones
from votaciones.models import Contienda, Participacion, Voto


def campos(modelo):
    return {campo.name for campo in modelo._meta.get_fields()}


def test_la_papeleta_y_la_participacion_no_tienen_nada_en_comun_salvo_la_contienda():
    assert campos(Voto) == {"id", "contienda", "recibo", "seleccion"}
    assert campos(Participacion) == {"id", "contienda", "usuario", "identidad", "metodo"}


def test_ningun_modelo_apunta_a_una_papeleta_ni_a_una_participacion():
    apuntan = {
        (modelo.__name__, campo.name)
        for modelo in apps.get_models()
        for campo in modelo._meta.get_fields()
        if campo.is_relation and campo.related_model in (Voto, Participacion) and modelo is not Contienda
    }
    assert apuntan == set()


def test_las_claves_no_cuentan_el_orden_de_llegada(preparada, gente, pueblo):
    personas = [crear_persona(f"p{i}", f"P {i}", otb=pueblo.otb_molle) for i in range(12)]
    d1 = abrir(preparada, actor=gente.hugo).contiendas.get(numero=1)
    for persona in personas:
        votar(d1, persona, 1)
    llegada = [persona.pk for persona in personas]
    por_clave = list(Participacion.objects.order_by("pk").values_list("usuario", flat=True))
    assert sorted(por_clave) == llegada
    assert por_clave != llegada  # 1 en 479 millones de que salga igual por azar
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for tabla in ("votaciones_voto", "votaciones_participacion"):
                cursor.execute(f"SELECT count(*) FROM {tabla} WHERE rowid <> id")  # noqa: S608 -- nombre fijo
                assert cursor.fetchone() == (0,)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_despues_de_contar_ni_la_transaccion_une_personas_y_papeletas(preparada, gente, pueblo):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite no guarda la transacción en cada fila.")
    personas = [crear_persona(f"p{i}", f"P {i}", otb=pueblo.otb_molle) for i in range(5)]
    abierta = abrir(preparada, actor=gente.hugo)
    d1 = abierta.contiendas.get(numero=1)
    for persona in personas:
        votar(d1, persona, random.randint(1, 4))

    def unir():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM votaciones_participacion p JOIN votaciones_voto v ON p.xmin = v.xmin")
            uniones = cursor.fetchone()[0]
            cursor.execute("SELECT count(DISTINCT xmin::text) FROM votaciones_voto")
            return uniones, cursor.fetchone()[0]

    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Prueba.")
    acciones.contar_votacion(abierta, actor=segunda())
    uniones, transacciones = unir()
    # Todas con todas: cada persona se une a las cinco papeletas, o sea a ninguna en particular.
    assert (uniones, transacciones) == (25, 1)


def test_votar_no_deja_rastro_en_sesion_avisos_ni_registros(d1, gente, entrar, caplog):
    cliente = entrar(gente.ana)
    clave = acciones.emitir_clave_de_papeleta(d1, usuario=gente.ana)
    with caplog.at_level(logging.DEBUG):
        respuesta = cliente.post(
            reverse("votaciones:emitir", args=["poa-2027", 1]), {"opciones": ["1", "3"], "clave": clave}
        )
    cookie = respuesta.cookies["recibo"]
    codigo = cookie.value.split(":")[0]
    assert cookie["path"] == respuesta.url == "/votaciones/poa-2027/distrito-1/recibo/"
    assert (cookie["httponly"], cookie["max-age"], cookie["samesite"]) == (True, 1800, "Lax")
    datos = [sesion.get_decoded() for sesion in Session.objects.all()]
    assert codigo not in str(datos)
    assert not any("voto" in llave or "recibo" in llave for sesion in datos for llave in sesion)
    assert "_messages" not in str(datos)
    assert "messages" not in respuesta.cookies
    lineas = [registro.getMessage() for registro in caplog.records if not registro.name.startswith("django.db")]
    assert not any(codigo in linea or clave in linea or "[1, 3]" in linea for linea in lineas)


def test_nadie_tiene_permisos_sobre_la_urna():
    from civic.cuentas.roles import PERMISOS

    modelos = {modelo for permisos in PERMISOS.values() for modelo in permisos}
    assert modelos.isdisjoint({"votaciones.voto", "votaciones.participacion"})


@pytest.mark.django_db
def test_la_trastienda_no_registra_la_urna():
    from wagtail.admin.viewsets import viewsets
    from wagtail.snippets.models import get_snippet_models

    registrados = {getattr(conjunto, "model", None) for conjunto in viewsets.viewsets} | set(get_snippet_models())
    assert registrados.isdisjoint({Voto, Participacion})
    from wagtail import hooks

    ofrecidos = Permission.objects.none()
    for gancho in hooks.get_hooks("register_permissions"):
        ofrecidos = ofrecidos | gancho()
    codigos = set(ofrecidos.values_list("codename", flat=True))
    assert not {codigo for codigo in codigos if codigo.endswith(("_voto", "_participacion"))}
