"""La papeleta no lleva a nadie: ni en la base, ni en la sesión, ni en los registros, ni en la trastienda."""

import base64
import logging
import random

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.db import connection, connections
from django.urls import reverse

from tests.elenco import crear_persona
from tests.votaciones.conftest import abrir, segunda, votar
from votaciones import acciones
from votaciones.models import Contienda, Participacion
from votaciones.urna.models import Sobre


def campos(modelo):
    return {campo.name for campo in modelo._meta.get_fields()}


def test_el_sobre_y_la_participacion_no_tienen_nada_en_comun_salvo_la_contienda():
    assert campos(Sobre) == {"id", "contienda", "serie", "vuelta", "firma", "recibo", "cerrado", "asentado"}
    assert campos(Participacion) == {"id", "contienda", "usuario", "identidad", "canal", "metodo", "compromiso"}


def test_nada_apunta_a_una_participacion_y_a_un_sobre_solo_su_lote():
    apuntan = {
        (modelo.__name__, campo.name)
        for modelo in apps.get_models()
        for campo in modelo._meta.get_fields()
        if campo.is_relation and campo.related_model in (Sobre, Participacion) and modelo is not Contienda
    }
    assert apuntan == {("Asentado", "sobre")}


def test_cada_base_tiene_solo_lo_suyo(db):
    tablas = {base: set(connections[base].introspection.table_names()) for base in connections}
    de_la_urna = {"urna_sobre", "urna_asiento", "urna_asentado"}
    assert tablas["urna"] == de_la_urna
    assert tablas["default"].isdisjoint(de_la_urna)
    assert "cuentas_usuario" in tablas["default"]


def test_los_sobres_miden_lo_mismo_y_no_dicen_la_hora(d1, gente):
    votar(d1, gente.ana, 1)
    votar(d1, gente.fabio, 2, 3, 4)
    sobres = list(Sobre.objects.all())
    assert len({len(sobre.cerrado) for sobre in sobres}) == 1
    assert {hora_del(sobre) for sobre in sobres} == {0}


def hora_del(sobre):
    """Los ocho bytes que Fernet deja a la vista."""
    return int.from_bytes(base64.urlsafe_b64decode(sobre.cerrado)[1:9], "big")


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
            cursor.execute("SELECT count(*) FROM votaciones_participacion WHERE rowid <> id")
            assert cursor.fetchone() == (0,)
        with connections["urna"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM urna_sobre WHERE rowid <> id")
            assert cursor.fetchone() == (0,)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_despues_de_contar_ni_la_transaccion_ni_el_lugar_dicen_quien_retiro_antes(preparada, gente, pueblo):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite no guarda la transacción en cada fila.")
    personas = [crear_persona(f"p{i}", f"P {i}", otb=pueblo.otb_molle) for i in range(12)]
    abierta = abrir(preparada, actor=gente.hugo)
    d1 = abierta.contiendas.get(numero=1)
    for persona in personas:
        votar(d1, persona, random.randint(1, 4))
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Prueba.")
    acciones.contar_votacion(abierta, actor=segunda())
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM votaciones_participacion")
        assert cursor.fetchone() == (1,)
        cursor.execute("SELECT usuario_id FROM votaciones_participacion ORDER BY ctid")
        por_lugar = [fila[0] for fila in cursor.fetchall()]
    assert sorted(por_lugar) == [persona.pk for persona in personas] != por_lugar


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
    assert registrados.isdisjoint({Sobre, Participacion})
    from wagtail import hooks

    ofrecidos = Permission.objects.none()
    for gancho in hooks.get_hooks("register_permissions"):
        ofrecidos = ofrecidos | gancho()
    codigos = set(ofrecidos.values_list("codename", flat=True))
    assert not {codigo for codigo in codigos if codigo.endswith(("_voto", "_participacion"))}
