"""Lo que se hace con varios a la vez nombra solo lo que esa persona ve en su lista: cada sección, cada cargo."""

import pytest
from django.urls import reverse

from tests.matriz.secciones import quien_entra_a_todo, secciones

pytestmark = pytest.mark.django_db
# sección -> sus acciones con varios; las que no tienen, y por qué.
CON_BLOQUES = {
    "propuestas_admin": {"asignar"},
    "reporte": {"asignar"},
    "obra": {"asignar"},
    "comentarios": {"ocultar"},
    "acta": {"publicar", "aprobar"},
    "procesos": {"publicar", "suspender", "levantar"},
    "residencias": {"verificar", "anular"},
    "roles": {"quitar"},
    "importaciones": {"descartar"},
}
CON_CASILLAS = {
    "organizaciones_trastienda": ("cuentas", "organizacion", "pasar_a_revision"),
    "dudas": ("territorio", "duda", "dejar_como_estan"),
}
SIN_BLOQUES = {
    "bitacora": "nadie escribe en ella",
    "votaciones_admin": "cada votación se conduce por separado, con dos personas",
    "categorias": "son una decena",
    "fuentes": "son una decena",
    "territorio_admin": "los límites entran con una importación, que ya trae varios",
    "actas_de_directiva": "se mira el escaneo de cada una",
    "observaciones": "cada respuesta lleva su razón",
    "mandatos": "terminan todos juntos con el acta de la nueva directiva",
    "conflictos": "se cita a las dos personas de cada uno",
    "padrones": "se suben de uno en uno",
    "wagtailusers_users": "la de Wagtail: cerrar cuentas",
}


def test_toda_seccion_dice_que_se_hace_con_varios():
    todas = secciones()
    assert {*CON_BLOQUES, *CON_CASILLAS, *SIN_BLOQUES} == set(todas)
    hay = {nombre: {accion for accion, _ in getattr(conjunto, "bloques", ())} for nombre, conjunto in todas.items()}
    assert {nombre: acciones for nombre, acciones in hay.items() if acciones} == CON_BLOQUES


@pytest.mark.parametrize(
    ("seccion", "accion"), [(s, a) for s, acciones in CON_BLOQUES.items() for a in sorted(acciones)]
)
def test_se_elige_solo_entre_lo_que_se_ve_en_la_lista(el_mundo, entrar, seccion, accion):
    quien_entra_a_todo(el_mundo)
    entraron = 0
    for cargo, persona in el_mundo.personas.items():
        if persona is None or cargo == "planificacion_sin_paso":
            continue
        cliente = entrar(persona)
        pagina = cliente.get(reverse(f"{seccion}:bloque_{accion}"))
        if pagina.status_code != 200:
            continue
        entraron += 1
        lista = cliente.get(reverse(f"{seccion}:index"))
        vistos = {fila.pk for fila in lista.context["paginator"].object_list}
        assert claves(pagina.context["form"]) <= vistos, cargo
    assert entraron


def claves(form) -> set[int]:
    if "elegidos" in form.fields:
        return {fila.pk for fila in form.fields["elegidos"].queryset}
    return {int(nombre.removeprefix("ci_")) for nombre in form.fields if nombre.startswith("ci_")}


@pytest.mark.parametrize("seccion", CON_CASILLAS)
def test_las_casillas_no_nombran_lo_que_no_se_ve(el_mundo, entrar, seccion):
    modelo = secciones()[seccion].model
    todos = list(modelo.objects.all())
    entraron = 0
    for cargo, persona in el_mundo.personas.items():
        if persona is None or cargo == "planificacion_sin_paso":
            continue
        cliente = entrar(persona)
        lista = cliente.get(reverse(f"{seccion}:index"))
        if lista.status_code != 200:
            continue
        vistos = {fila.pk for fila in lista.context["paginator"].object_list}
        for pedido in ([objeto.pk for objeto in todos], ["all"]):
            pagina = cliente.get(reverse("wagtail_bulk_action", args=CON_CASILLAS[seccion]), {"id": pedido})
            if pagina.status_code != 200:
                continue
            entraron += 1
            contexto = pagina.context
            nombrados = [fila["item"] for fila in contexto["items"]] + list(contexto["items_with_no_access"])
            assert {objeto.pk for objeto in nombrados} <= vistos, cargo
            texto = pagina.content.decode()
            assert [str(o) for o in todos if o.pk not in vistos and str(o) in texto] == [], cargo
    assert entraron


def test_organizaciones_de_otro_distrito_no_se_nombran(el_mundo, entrar):
    pueblo = el_mundo.cosas["pueblo"]
    pagina = entrar(el_mundo.personas["ventanilla_a"]).get(
        reverse("wagtail_bulk_action", args=CON_CASILLAS["organizaciones_trastienda"]),
        {"id": [pueblo.org_ceibo.pk, el_mundo.cosas["organizacion_solicitada"].pk]},
    )
    texto = pagina.content.decode()
    assert "Junta Nueva" in texto and "Ceibo" not in texto
