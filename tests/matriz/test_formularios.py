"""Todo formulario de la trastienda que llega mal vuelve con 422, con lo escrito intacto y diciendo qué corregir."""

import html

import pytest
from django import forms

from tests.matriz.secciones import puertas_de, quien_entra_a_todo, secciones

pytestmark = pytest.mark.django_db
ESCRITO = "Esto lo escribí yo. " * 200  # más largo que lo que admite cualquier campo
# Qué formularios se prueban en cada sección: si una gana o pierde uno, aquí se ve.
CON_FORMULARIO: dict[str, set[str]] = {
    "obra": {"add", "avance", "bloque_asignar", "edit", "mover", "resolver", "vincular"},
    "votaciones_admin": {"add", "edit"},
    "propuestas_admin": {
        *("anotar", "arrastrar", "asignar", "bloque_asignar", "dictaminar", "edit", "excusarse", "lista_de_control"),
        *("cancelar_acuerdo", "dividir", "mover", "quitar_relacion", "relacionar", "retirar_documento", "revisar"),
        "unir",
    },
    "reporte": {"bloque_asignar", "edit", "mover", "ocultar"},
    "comentarios": {"bloque_ocultar", "cerrar", "ocultar"},
    "procesos": {
        "add",
        "aprobar",
        "bloque_levantar",
        "bloque_publicar",
        "bloque_suspender",
        "calcular",
        "declarar_desierto",
        "edit",
        "levantar",
        "suspender",
    },
    "categorias": {"add", "edit"},
    "fuentes": {"add", "edit"},
    "organizaciones_trastienda": {"add", "edit", "mover"},
    "actas_de_directiva": {"confirmar", "rechazar", "vincular"},
    "observaciones": {"moderar", "responder"},
    "mandatos": {"terminar"},
    "residencias": {"anular", "bloque_anular", "bloque_verificar", "verificar"},
    "conflictos": {"resolver"},
    "padrones": {"add"},
    "roles": {"add", "bloque_quitar", "quitar"},
    "territorio_admin": {"add", "edit"},
    "importaciones": {"add", "bloque_descartar", "descartar", "publicar"},
    "dudas": {"resolver"},
    "acta": {"bloque_aprobar", "bloque_publicar", "pasar", "reglamento", "responder"},
    "bitacora": set(),
    "wagtailusers_users": {"add", "edit", "quitar_segundo_paso"},
}
# Lo que no recibe un formulario.
SIN_FORMULARIO = {"index", "index_results", "inspect", "mapa", "delete", "history", "history_results", "usage"}


@pytest.fixture
def con_llave(el_mundo, entrar):
    return entrar(quien_entra_a_todo(el_mundo))


def lo_que_se_escribe(form: forms.BaseForm) -> dict[str, str]:
    """Un texto demasiado largo en cada campo donde se escribe; lo demás, vacío."""
    textos = {
        nombre: ESCRITO
        for nombre, campo in form.fields.items()
        if not campo.disabled
        and (type(campo.widget).__name__ in {"TextInput", "Textarea"} or isinstance(campo.widget, forms.Textarea))
    }
    return {form.add_prefix(nombre): valor for nombre, valor in textos.items()}


def se_puede_llenar_mal(form: forms.BaseForm) -> bool:
    return any(not campo.disabled and campo.required for campo in form.fields.values()) or bool(lo_que_se_escribe(form))


@pytest.mark.parametrize("seccion", secciones())
def test_formulario_malo_responde_422_y_conserva_lo_escrito(el_mundo, con_llave, seccion):
    probados = set()
    for puerta in puertas_de(el_mundo, seccion):
        nombre = puerta.clave.partition(":")[2].partition("@")[0]
        if nombre in SIN_FORMULARIO:
            continue
        abierta = con_llave.get(puerta.direccion)
        form = abierta.context.get("form") if abierta.status_code == 200 and abierta.context else None
        if form is None or not se_puede_llenar_mal(form):
            continue
        datos = lo_que_se_escribe(form)
        respuesta = con_llave.post(puerta.direccion, datos)
        assert respuesta.status_code == 422, puerta
        vuelto = html.unescape(respuesta.content.decode())
        assert vuelto.count(ESCRITO.strip()) >= len(datos), (puerta, list(datos))
        probados.add(nombre)
    assert probados == CON_FORMULARIO[seccion]
