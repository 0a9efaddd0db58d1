"""Sección «Reportes» de la trastienda: quién entra, mover de estado, ficha, ocultar."""

import pytest
from django.urls import reverse

from civic.comun.bitacora import historia
from civic.comun.models import Suceso
from civic.cuentas.acciones import asignar_rol, preparar_roles
from civic.cuentas.roles import Rol
from mapas.reportes import acciones
from mapas.reportes.models import Reporte
from mapas.reportes.reglas import Estado
from tests.comun.test_fotos import bytes_de, dibujo, subida
from tests.elenco import crear_persona
from tests.mapas.test_reportes_acciones import recibir, resuelto

pytestmark = pytest.mark.django_db
A_INGRESAR = "/cuentas/ingresar/"


@pytest.fixture
def personal(pueblo):
    """Quien recibe en ventanilla, quien dirige la unidad y quien solo mira (auditoría)."""
    preparar_roles()
    roles = {"vera": Rol.VENTANILLA, "jose": Rol.JEFATURA_UNIDAD, "aura": Rol.AUDITORIA}
    personas = {nombre: crear_persona(nombre, nombre.title()) for nombre in roles}
    for nombre, rol in roles.items():
        asignar_rol(personas[nombre], rol=rol)
    return personas


def mover(reporte) -> str:
    return reverse("reporte:mover", args=[reporte.pk])


def test_lista_la_ve_quien_atiende_y_quien_audita(entrar, gente, personal, pueblo):
    reporte = recibir(pueblo, descripcion="Un hueco grande")
    for nombre in ("vera", "jose", "aura"):
        respuesta = entrar(personal[nombre]).get(reverse("reporte:index"))
        assert respuesta.status_code == 200
        assert reporte.codigo in respuesta.text
    assert entrar(gente.ana).get(reverse("reporte:index")).status_code == 302


@pytest.mark.parametrize(
    ("direccion", "esta"),
    [("?q=hueco", True), ("?q=nada", False), ("?situacion=abiertos", True), ("?situacion=vencidos", False)],
)
def test_lista_busca_y_filtra(entrar, personal, pueblo, direccion, esta):
    reporte = recibir(pueblo, descripcion="Un Hueco grande")
    texto = entrar(personal["vera"]).get(reverse("reporte:index") + direccion).text
    assert (reporte.get_absolute_url() in texto) is esta


def test_nadie_crea_ni_borra_en_la_trastienda(entrar, personal, pueblo, django_user_model):
    reporte = recibir(pueblo)
    raiz = django_user_model.objects.create_superuser("raiz", password="x", nombre_publico="Raíz")
    for persona in (personal["vera"], raiz):
        cliente = entrar(persona)
        assert cliente.post("/admin/reportes/new/", {"descripcion": "x"}).status_code == 404
        assert cliente.post(f"/admin/reportes/delete/{reporte.pk}/").status_code == 404
    assert Reporte.objects.get() == reporte


def test_ficha_muestra_la_bitacora_y_los_botones_que_tocan(entrar, personal, pueblo):
    reporte = recibir(pueblo)
    direccion = reverse("reporte:inspect", args=[reporte.pk])
    texto = entrar(personal["vera"]).get(direccion).text
    assert "Recibido: por la página." in texto
    assert mover(reporte) in texto
    assert mover(reporte) not in entrar(personal["aura"]).get(direccion).text


def test_mover_ofrece_solo_lo_que_toca_a_cada_cargo(entrar, personal, pueblo):
    reporte = recibir(pueblo)
    acciones.mover_reporte(reporte, hacia=Estado.ASIGNADO, unidad="Vías")
    opciones = {
        nombre: {
            valor for valor, _ in entrar(personal[nombre]).get(mover(reporte)).context["form"]["hacia"].field.choices
        }
        for nombre in ("vera", "jose")
    }
    assert opciones["vera"] == {"derivado", "duplicado"}
    assert {"en_verificacion", "en_atencion", "resuelto", "no_procede"} <= opciones["jose"]
    assert "vinculado_a_obra" not in opciones["jose"]


def test_mover_asigna_y_queda_en_la_historia(entrar, personal, pueblo):
    reporte = recibir(pueblo)
    datos = {"hacia": "asignado", "unidad": "Mantenimiento vial", "nota": "Cuadrilla 2"}
    respuesta = entrar(personal["vera"]).post(mover(reporte), datos)
    assert respuesta["Location"] == reverse("reporte:inspect", args=[reporte.pk])
    reporte.refresh_from_db()
    assert (reporte.estado, reporte.unidad) == ("asignado", "Mantenimiento vial")
    linea = historia(reporte).first()
    assert (linea.actor, linea.motivo, linea.calidad) == (personal["vera"], "Cuadrilla 2", "Mantenimiento vial")


def test_mover_a_resuelto_con_foto_de_como_quedo(entrar, personal, pueblo):
    reporte = recibir(pueblo)
    acciones.mover_reporte(reporte, hacia=Estado.ASIGNADO, unidad="Vías")
    datos = {"hacia": "resuelto", "respuesta": "Se tapó.", "foto": subida(bytes_de(dibujo()))}
    entrar(personal["jose"]).post(mover(reporte), datos)
    reporte.refresh_from_db()
    assert (reporte.estado, reporte.respuesta, reporte.foto_respuesta.publica) == ("resuelto", "Se tapó.", True)


@pytest.mark.parametrize(
    ("datos", "campo"),
    [
        ({"hacia": "asignado"}, "unidad"),
        ({"hacia": "no_procede"}, "respuesta"),
        ({"hacia": "duplicado"}, "sigue_en"),
        ({"hacia": "duplicado", "repetido": "RC-1999-00001"}, "repetido"),
        ({"hacia": "resuelto", "respuesta": "x"}, "hacia"),
        ({"hacia": "vinculado_a_obra"}, "hacia"),
        ({"hacia": "confirmado"}, "hacia"),
        ({}, "hacia"),
    ],
)
def test_mover_sin_lo_necesario_explica_con_422_y_no_cambia(entrar, personal, pueblo, datos, campo):
    reporte = recibir(pueblo)
    respuesta = entrar(personal["jose"]).post(mover(reporte), datos)
    assert respuesta.status_code == 422
    assert campo in respuesta.context["form"].errors
    reporte.refresh_from_db()
    assert reporte.estado == "recibido"


@pytest.mark.parametrize(
    "direccion", ["https://otro.ejemplo/propuestas/1/", "//otro/propuestas/1/", "/obras/x/", "javascript:alert(1)"]
)
def test_mover_a_propuesta_solo_acepta_paginas_de_este_sitio(entrar, personal, pueblo, direccion):
    reporte = recibir(pueblo)
    acciones.mover_reporte(reporte, hacia=Estado.ASIGNADO, unidad="Vías")
    datos = {"hacia": "convertido_en_propuesta", "sigue_en": direccion}
    respuesta = entrar(personal["jose"]).post(mover(reporte), datos)
    assert respuesta.status_code == 422
    assert "sigue_en" in respuesta.context["form"].errors


def test_mover_a_duplicado_y_a_propuesta_guarda_donde_sigue(entrar, personal, pueblo):
    anterior, repetido, grande = recibir(pueblo), recibir(pueblo), recibir(pueblo)
    cliente = entrar(personal["jose"])
    cliente.post(mover(repetido), {"hacia": "duplicado", "repetido": anterior.codigo.lower()})
    acciones.mover_reporte(grande, hacia=Estado.ASIGNADO, unidad="Vías")
    cliente.post(mover(grande), {"hacia": "convertido_en_propuesta", "sigue_en": "/propuestas/12/"})
    repetido.refresh_from_db()
    grande.refresh_from_db()
    assert (repetido.estado, repetido.sigue_url) == ("duplicado", anterior.get_absolute_url())
    assert (grande.estado, grande.sigue_url) == ("convertido_en_propuesta", "/propuestas/12/")


def test_mover_sin_cargo_no_se_puede(client, entrar, gente, personal, pueblo):
    reporte = recibir(pueblo)
    datos = {"hacia": "asignado", "unidad": "Vías"}
    assert client.post(mover(reporte), datos)["Location"].startswith(A_INGRESAR)
    assert entrar(gente.ana).post(mover(reporte), datos)["Location"].startswith(A_INGRESAR)
    # Wagtail lleva al inicio de la trastienda con el aviso de que no tiene permiso.
    assert entrar(personal["aura"]).post(mover(reporte), datos)["Location"] == "/admin/"
    reporte.refresh_from_db()
    assert reporte.estado == "recibido"


def test_mover_el_que_no_existe_es_404_y_con_otro_metodo_405(entrar, personal, pueblo):
    cliente = entrar(personal["jose"])
    assert cliente.get(reverse("reporte:mover", args=[999999])).status_code == 404
    assert cliente.put(mover(recibir(pueblo))).status_code == 405


def test_mover_desde_un_estado_final_dice_que_no_hay_nada_que_hacer(entrar, personal, pueblo):
    reporte = recibir(pueblo)
    acciones.mover_reporte(reporte, hacia=Estado.NO_PROCEDE, respuesta="No.")
    assert "no hay ningún movimiento que te toque" in entrar(personal["jose"]).get(mover(reporte)).text


def test_cerrar_lo_que_nadie_confirmo_lo_hace_ventanilla(entrar, personal, pueblo):
    reporte = resuelto(pueblo)
    entrar(personal["vera"]).post(mover(reporte), {"hacia": "cerrado_sin_respuesta_ciudadana"})
    reporte.refresh_from_db()
    assert reporte.estado == "cerrado_sin_respuesta_ciudadana"


def test_editar_cambia_la_ficha_y_no_el_estado(entrar, personal, pueblo):
    reporte = recibir(pueblo)
    datos = {
        "prioridad": "alta",
        "servicio": "",
        "unidad": "Vías",
        "operador": "",
        "plazo_dias": "3",
        "respuesta": "Vamos el lunes.",
        "estado": "resuelto",
        "codigo": "RC-0000-00000",
    }
    respuesta = entrar(personal["vera"]).post(reverse("reporte:edit", args=[reporte.pk]), datos)
    assert respuesta.status_code == 302
    codigo = reporte.codigo
    reporte.refresh_from_db()
    assert (reporte.prioridad, reporte.unidad, reporte.plazo_dias, reporte.respuesta) == (
        "alta",
        "Vías",
        3,
        "Vamos el lunes.",
    )
    assert (reporte.estado, reporte.codigo) == ("recibido", codigo)
    assert historia(reporte).first().actor == personal["vera"]


def test_editar_sin_permiso_de_cambiar_no_se_puede(entrar, personal, pueblo):
    reporte = recibir(pueblo)
    entrar(personal["aura"]).post(reverse("reporte:edit", args=[reporte.pk]), {"prioridad": "alta", "plazo_dias": 3})
    reporte.refresh_from_db()
    assert reporte.prioridad == "normal"


def test_ocultar_y_volver_a_mostrar(entrar, personal, pueblo, client):
    reporte, cliente = recibir(pueblo), entrar(personal["vera"])
    direccion = reverse("reporte:ocultar", args=[reporte.pk])
    assert cliente.post(direccion, {"motivo": ""}).status_code == 422
    assert cliente.post(direccion, {"motivo": "Da un teléfono"}).status_code == 302
    reporte.refresh_from_db()
    assert (reporte.oculto, Suceso.objects.de(reporte).first().motivo) == (True, "Da un teléfono")
    assert "Volver a mostrar" in cliente.get(direccion).text
    cliente.post(direccion)
    reporte.refresh_from_db()
    assert reporte.oculto is False


def test_ocultar_sin_cargo_no_se_puede(entrar, gente, personal, pueblo):
    reporte = recibir(pueblo)
    direccion = reverse("reporte:ocultar", args=[reporte.pk])
    assert entrar(personal["aura"]).post(direccion, {"motivo": "x"})["Location"] == "/admin/"
    assert entrar(gente.ana).post(direccion, {"motivo": "x"})["Location"].startswith(A_INGRESAR)
    reporte.refresh_from_db()
    assert reporte.oculto is False
