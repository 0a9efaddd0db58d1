"""Páginas públicas de las obras y su trastienda."""

import datetime
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from civic.comun.bitacora import historia
from civic.cuentas.acciones import asignar_rol, preparar_roles
from civic.cuentas.roles import Rol
from mapas.obras import acciones
from mapas.obras.models import Avance, Fuente, Hito, Modificacion, MovimientoPedido, Obra
from mapas.obras.reglas import Estado
from mapas.reportes.acciones import mover_reporte
from tests.comun.test_fotos import bytes_de, dibujo, subida
from tests.elenco import crear_persona
from tests.mapas.test_obras_acciones import HOY, VIERNES, crear_obra, crear_propuesta
from tests.mapas.test_reportes_acciones import recibir

pytestmark = pytest.mark.django_db
A_INGRESAR = "/cuentas/ingresar/"


# --- Lista ---


def test_lista_vacia_explica(client, pueblo):
    respuesta = client.get("/obras/")
    assert respuesta.status_code == 200
    assert "Todavía no hay obras publicadas." in respuesta.text


def test_lista_muestra_barras_y_alertas_y_no_lo_sin_publicar(client, pueblo):
    obra = crear_obra(pueblo, estado=Estado.PARALIZADA)
    Avance.objects.create(obra=obra, fecha=datetime.date(2026, 1, 5), fisico=Decimal("37.5"), financiero=32)
    crear_obra(pueblo, nombre="Obra secreta", publicada=False)
    texto = client.get("/obras/").text
    assert '<progress class="barra fina" max="100" value="37.50"' in texto
    assert "<b>37,5 %</b>" in texto
    assert "Sin informe reciente" in texto
    assert "Obra secreta" not in texto


@pytest.mark.parametrize(
    ("direccion", "quedan"),
    [
        ("?q=POZO", {"pozo"}),
        ("?q=via+cordon", {"via"}),
        ("?distrito=D-2", {"pozo"}),
        ("?categoria=vias", {"via"}),
        ("?estado=en_uso", {"pozo"}),
        ("?alertas=si", {"via"}),
        ("?distrito=%07&categoria=nada&estado=otro&pagina=x", {"via", "pozo"}),
    ],
)
def test_lista_filtra_y_lo_desconocido_se_ignora(client, pueblo, direccion, quedan):
    hechas = {
        "via": crear_obra(pueblo, nombre="Vía con cordón", orden_proceder=datetime.date(2025, 1, 1)),
        "pozo": crear_obra(
            pueblo, nombre="Pozo", categoria=pueblo.agua, distrito=pueblo.distrito_2, estado=Estado.EN_USO
        ),
    }
    for obra in hechas.values():
        acciones.guardar_obra(obra)
    respuesta = client.get("/obras/" + direccion)
    assert respuesta.status_code == 200
    assert {nombre for nombre, una in hechas.items() if una in list(respuesta.context["pagina"])} == quedan


def test_lista_encuentra_por_nombre_lo_cargado_sin_texto_de_busqueda(client, pueblo):
    obra = crear_obra(pueblo, nombre="Pozo profundo")
    assert list(client.get("/obras/?q=pozo").context["pagina"]) == [obra]


def test_lista_hace_las_mismas_consultas_con_pocas_y_con_muchas(client, pueblo, django_assert_max_num_queries):
    def consultas_de_la_lista() -> int:
        with django_assert_max_num_queries(12) as hechas:
            client.get("/obras/")
        return len(hechas)

    def una() -> None:
        obra = crear_obra(pueblo, otb=pueblo.otb_molle)
        Avance.objects.create(obra=obra, fecha=HOY, fisico=10, financiero=9)
        Modificacion.objects.create(obra=obra, fecha=HOY, tipo="x", dias=1, motivo="y")

    una()
    con_una = consultas_de_la_lista()
    for _ in range(25):
        una()
    assert consultas_de_la_lista() == con_una
    assert len(client.get("/obras/?pagina=2").context["pagina"].object_list) == 8


def test_lista_con_otro_metodo_es_405(client, pueblo):
    assert client.post("/obras/").status_code == 405


# --- Página ---


def test_obra_muestra_alerta_dinero_curva_y_origen(client, pueblo, gente):
    propuesta = crear_propuesta(pueblo, gente, "en_obra")
    obra = crear_obra(
        pueblo, propuesta=propuesta, lon=0.5, lat=0.5, cuce="26-1302-00-1", sisin="0101", veeduria="Comité de obra"
    )
    Avance.objects.create(obra=obra, fecha=datetime.date(2026, 8, 5), fisico=18, financiero=20, nota="Anticipo")
    Avance.objects.create(obra=obra, fecha=datetime.date(2026, 11, 5), fisico=40, financiero=61, nota="Planilla 3")
    Fuente.objects.create(obra=obra, nombre="IDH", monto=Decimal("450000"))
    Hito.objects.create(obra=obra, nombre="Recepción", previsto=datetime.date(2026, 1, 2))
    Modificacion.objects.create(obra=obra, fecha=HOY, tipo="Orden de cambio", monto=46200, dias=15, motivo="Tuberías")
    with time_machine.travel(VIERNES, tick=False):
        respuesta = client.get(obra.get_absolute_url())
    texto = respuesta.text
    assert respuesta.status_code == 200
    for frase in (
        "Se pagó más de lo construido.",
        "Bs\u00a0752.496,31 de Bs\u00a01.233.600,50",
        '<title id="curva-titulo">Curva de avance de Reposición de alcantarillado</title>',
        "Planilla 3",
        "Bs\u00a0450.000",
        "26-1302-00-1",
        "Atrasado",
        "Tuberías",
        "Comité de obra",
        f'<a href="{propuesta.get_absolute_url()}">Alcantarillado nuevo</a>',
        "Ver en el mapa",
    ):
        assert frase in texto
    assert texto.index("Se pagó más") < texto.index("Cómo va"), "la alerta va primero"
    assert "style=" not in texto
    assert len(respuesta.content) < 20_000


def test_obra_sin_informes_dice_cuanto_costara(client, pueblo):
    obra = crear_obra(pueblo, estado=Estado.EN_PREINVERSION, contrato=None)
    texto = client.get(obra.get_absolute_url()).text
    assert "Todavía no hay informes de avance. Costará <strong>Bs\u00a01.250.000</strong>." in texto
    assert '<svg class="curva"' not in texto


def test_obra_con_fotos_las_muestra_por_fecha(client, pueblo):
    obra = crear_obra(pueblo)
    with time_machine.travel(VIERNES, tick=False):
        acciones.registrar_avance(obra, fecha=HOY, fisico=10, financiero=5, foto=subida(bytes_de(dibujo())))
    texto = client.get(obra.get_absolute_url()).text
    assert "Fotos por fecha" in texto
    assert Obra.objects.get().ultimo_avance.foto.token in texto


def test_obra_sin_publicar_es_404_y_la_ve_quien_fiscaliza(client, entrar, gente, personal, pueblo):
    obra = crear_obra(pueblo, publicada=False)
    assert client.get(obra.get_absolute_url()).status_code == 404
    assert entrar(gente.ana).get(obra.get_absolute_url()).status_code == 404
    assert "Todavía no se ve al público." in entrar(personal["filo"]).get(obra.get_absolute_url()).text


def test_obra_que_no_existe_es_404_y_con_otro_metodo_405(client, pueblo):
    assert client.get("/obras/no-hay/").status_code == 404
    assert client.post(crear_obra(pueblo).get_absolute_url()).status_code == 405


# --- Trastienda ---


@pytest.fixture
def personal(pueblo):
    """Quien fiscaliza, quien dirige la unidad, quien planifica y quien solo mira."""
    preparar_roles()
    roles = {
        "filo": Rol.FISCAL_OBRA,
        "jose": Rol.JEFATURA_UNIDAD,
        "pilar": Rol.PLANIFICACION,
        "aura": Rol.AUDITORIA,
    }
    personas = {nombre: crear_persona(nombre, nombre.title()) for nombre in roles}
    for nombre, rol in roles.items():
        asignar_rol(personas[nombre], rol=rol, desde=datetime.date(2026, 1, 1))
    return personas


def puerta(nombre: str, obra: Obra) -> str:
    return reverse(f"obra:{nombre}", args=[obra.pk])


def formulario(pueblo, **cambios) -> dict:
    """Lo que envía el formulario de Wagtail, con sus tres listas vacías."""
    datos = {
        "codigo": "PJ-2026-99",
        "nombre": "Pozo nuevo",
        "categoria": pueblo.agua.pk,
        "distrito": pueblo.distrito_1.pk,
        "otb": "",
        "presupuesto": "352000",
        "contrato": "",
        "estado": "en_uso",
        "publicada": "on",
    }
    for lista in ("fuentes", "hitos", "modificaciones"):
        datos |= {f"{lista}-TOTAL_FORMS": 0, f"{lista}-INITIAL_FORMS": 0}
        datos |= {f"{lista}-MIN_NUM_FORMS": 0, f"{lista}-MAX_NUM_FORMS": 1000}
    return datos | cambios


def test_seccion_la_ven_quienes_trabajan_o_auditan(entrar, gente, personal, pueblo):
    obra = crear_obra(pueblo)
    for persona in personal.values():
        assert obra.nombre in entrar(persona).get(reverse("obra:index")).text
    assert entrar(gente.ana).get(reverse("obra:index"))["Location"].startswith(A_INGRESAR)


def test_crear_registra_sin_publicar_con_sus_listas(entrar, personal, pueblo):
    datos = formulario(pueblo) | {
        "fuentes-TOTAL_FORMS": 1,
        "fuentes-0-nombre": "IDH",
        "fuentes-0-monto": "352000",
        "hitos-TOTAL_FORMS": 2,
        "hitos-0-nombre": "Contrato",
        "hitos-0-previsto": "2026-06-22",
        "hitos-1-nombre": "Recepción",
    }
    respuesta = entrar(personal["filo"]).post(reverse("obra:add"), datos)
    assert respuesta.status_code == 302, respuesta.context["form"].errors
    obra = Obra.objects.get()
    assert (obra.codigo, obra.estado, obra.publicada) == ("PJ-2026-99", "en_preinversion", False)
    assert [fuente.nombre for fuente in obra.fuentes.all()] == ["IDH"]
    assert [hito.nombre for hito in obra.lista_de_hitos] == ["Contrato", "Recepción"]
    assert historia(obra).get().actor == personal["filo"]


def test_crear_con_otb_de_otro_distrito_o_codigo_raro_no_guarda(entrar, personal, pueblo):
    cliente = entrar(personal["pilar"])
    for cambios, campo in (({"otb": pueblo.otb_ceibo.pk}, "otb"), ({"codigo": "a/b"}, "codigo"), ({"lon": "1"}, "lon")):
        respuesta = cliente.post(reverse("obra:add"), formulario(pueblo, **cambios))
        assert campo in respuesta.context["form"].errors
    assert Obra.objects.count() == 0


def test_editar_anota_lo_que_cambio_y_no_toca_el_estado(entrar, personal, pueblo):
    obra = crear_obra(pueblo)
    datos = formulario(pueblo, codigo=obra.codigo, nombre="Otro nombre", contrato="1187400.50", plazo_dias="150") | {
        "orden_proceder": "2026-07-06",
        "categoria": pueblo.vias.pk,
        "presupuesto": "1250000",
        "modificaciones-TOTAL_FORMS": 1,
        "modificaciones-0-fecha": "2026-10-12",
        "modificaciones-0-tipo": "Orden de cambio",
        "modificaciones-0-monto": "46200",
        "modificaciones-0-dias": "15",
        "modificaciones-0-motivo": "Tuberías",
    }
    respuesta = entrar(personal["pilar"]).post(reverse("obra:edit", args=[obra.pk]), datos)
    assert respuesta.status_code == 302
    obra = Obra.objects.get()
    assert (obra.nombre, obra.estado, obra.monto) == ("Otro nombre", "en_ejecucion", Decimal("1233600.50"))
    assert historia(obra).get().texto == "El municipio actualizó: nombre, modificaciones."


def test_nadie_borra_una_obra(entrar, personal, pueblo, django_user_model):
    obra = crear_obra(pueblo)
    raiz = django_user_model.objects.create_superuser("raiz", password="x", nombre_publico="Raíz")
    for persona in (personal["pilar"], raiz):
        assert entrar(persona).post(f"/admin/obras/delete/{obra.pk}/").status_code == 404
    assert Obra.objects.get() == obra


def test_auditoria_ve_la_ficha_y_no_cambia_nada(entrar, personal, pueblo):
    obra, cliente = crear_obra(pueblo, publicada=False), entrar(personal["aura"])
    assert "Bitácora" in cliente.get(puerta("inspect", obra)).text
    for nombre in ("avance", "mover", "publicar", "vincular"):
        assert cliente.post(puerta(nombre, obra), {})["Location"] == "/admin/"
    cliente.post(reverse("obra:edit", args=[obra.pk]), formulario(pueblo))
    obra.refresh_from_db()
    assert (obra.nombre, obra.estado, obra.publicada) == ("Reposición de alcantarillado", "en_ejecucion", False)


@pytest.mark.parametrize("nombre", ["avance", "mover", "publicar", "vincular"])
def test_puertas_de_la_trastienda_cierran_a_quien_no_trabaja_ahi(client, entrar, gente, personal, pueblo, nombre):
    obra = crear_obra(pueblo)
    assert client.post(puerta(nombre, obra))["Location"].startswith(A_INGRESAR)
    assert entrar(gente.ana).post(puerta(nombre, obra))["Location"].startswith(A_INGRESAR)
    assert entrar(personal["jose"]).get(reverse(f"obra:{nombre}", args=[999999])).status_code == 404
    assert entrar(personal["jose"]).put(puerta(nombre, obra)).status_code == 405
    assert entrar(personal["jose"]).get(puerta(nombre, obra)).status_code == 200


def test_avance_lo_registra_la_fiscalizacion(entrar, personal, pueblo):
    obra = crear_obra(pueblo)
    datos = {"fecha": "2026-11-05", "fisico": "68", "financiero": "61,5", "nota": "Planilla 3"}
    with time_machine.travel(VIERNES, tick=False):
        respuesta = entrar(personal["filo"]).post(puerta("avance", obra), datos | {"foto": subida(bytes_de(dibujo()))})
    assert respuesta["Location"] == puerta("inspect", obra)
    avance = Avance.objects.get()
    assert (avance.fisico, avance.financiero, avance.foto.publica) == (Decimal(68), Decimal("61.50"), True)
    assert "Planilla 3" in entrar(personal["filo"]).get(puerta("inspect", obra)).text


@pytest.mark.parametrize(
    ("datos", "campo"),
    [
        ({"fisico": "101"}, "fisico"),
        ({"fisico": "10"}, "fisico"),
        ({"fecha": "2027-01-01"}, "fecha"),
        ({"fecha": ""}, "fecha"),
        ({"foto": b"nada"}, "foto"),
    ],
)
def test_avance_que_no_vale_explica_con_422(entrar, personal, pueblo, datos, campo):
    obra = crear_obra(pueblo)
    Avance.objects.create(obra=obra, fecha=datetime.date(2026, 10, 5), fisico=55, financiero=48)
    buenos = {"fecha": "2026-11-05", "fisico": "68", "financiero": "61"}
    if "foto" in datos:
        datos = {"foto": subida(datos["foto"])}
    with time_machine.travel(VIERNES, tick=False):
        respuesta = entrar(personal["filo"]).post(puerta("avance", obra), buenos | datos)
    assert respuesta.status_code == 422
    assert campo in respuesta.context["form"].errors
    assert Avance.objects.count() == 1


def test_mover_por_la_jefatura_cambia_y_por_la_fiscalizacion_queda_propuesto(entrar, personal, pueblo):
    una, otra = crear_obra(pueblo), crear_obra(pueblo)
    datos = {"hacia": "paralizada", "motivo": "Lluvias"}
    entrar(personal["jose"]).post(puerta("mover", una), datos)
    entrar(personal["filo"]).post(puerta("mover", otra), datos)
    una.refresh_from_db()
    otra.refresh_from_db()
    assert (una.estado, otra.estado) == ("paralizada", "en_ejecucion")
    assert MovimientoPedido.objects.get().obra == otra


def test_mover_sin_motivo_o_imposible_explica_con_422(entrar, personal, pueblo):
    obra, cliente = crear_obra(pueblo), entrar(personal["jose"])
    for datos, campo in (({"hacia": "paralizada"}, "motivo"), ({"hacia": "en_uso"}, "hacia")):
        respuesta = cliente.post(puerta("mover", obra), datos)
        assert respuesta.status_code == 422
        assert campo in respuesta.context["form"].errors
    obra.refresh_from_db()
    assert obra.estado == "en_ejecucion"


def test_mover_desde_un_estado_final_dice_que_no_hay_nada_que_hacer(entrar, personal, pueblo):
    obra = crear_obra(pueblo, estado=Estado.CANCELADA)
    assert "ya no pasa a ningún otro" in entrar(personal["jose"]).get(puerta("mover", obra)).text


def test_resolver_acepta_la_jefatura_y_no_quien_fiscaliza(entrar, personal, pueblo):
    obra = crear_obra(pueblo)
    pedido = acciones.pedir_movimiento(obra, hacia=Estado.PARALIZADA, actor=personal["filo"], motivo="Sin gente")
    direccion = reverse("obra:resolver", args=[pedido.pk])
    assert entrar(personal["filo"]).post(direccion, {"decision": "si"})["Location"] == "/admin/"
    cliente = entrar(personal["jose"])
    assert direccion in cliente.get(puerta("inspect", obra)).text
    assert cliente.post(direccion, {"decision": "no"}).status_code == 422
    assert cliente.post(direccion, {"decision": "si"}).status_code == 302
    assert cliente.post(direccion, {"decision": "si"}).status_code == 422
    obra.refresh_from_db()
    assert obra.estado == "paralizada"
    assert cliente.get(reverse("obra:resolver", args=[999999])).status_code == 404


def test_publicar_lo_decide_la_jefatura(client, entrar, personal, pueblo):
    obra = crear_obra(pueblo, publicada=False)
    assert entrar(personal["filo"]).post(puerta("publicar", obra))["Location"] == "/admin/"
    assert client.get(obra.get_absolute_url()).status_code in (200, 404)
    obra.refresh_from_db()
    assert obra.publicada is False
    entrar(personal["jose"]).post(puerta("publicar", obra))
    obra.refresh_from_db()
    assert obra.publicada is True


def test_vincular_propuesta_o_reporte_por_su_codigo(entrar, gente, personal, pueblo):
    obra, cliente = crear_obra(pueblo), entrar(personal["pilar"])
    propuesta, reporte = crear_propuesta(pueblo, gente), recibir(pueblo)
    mover_reporte(reporte, hacia="asignado", unidad="Vías")
    assert cliente.post(puerta("vincular", obra), {"propuesta": propuesta.codigo.lower()}).status_code == 302
    assert cliente.post(puerta("vincular", obra), {"reporte": reporte.codigo}).status_code == 302
    obra.refresh_from_db()
    assert (obra.propuesta, list(obra.reportes.all())) == (propuesta, [reporte])
    assert f"{reporte.codigo}: Hueco en plena curva" in cliente.get(obra.get_absolute_url()).text


@pytest.mark.parametrize("datos", [{}, {"propuesta": "PR-0", "reporte": ""}, {"reporte": "RC-1999-00001"}])
def test_vincular_sin_un_codigo_que_exista_explica_con_422(entrar, personal, pueblo, datos):
    obra = crear_obra(pueblo)
    assert entrar(personal["pilar"]).post(puerta("vincular", obra), datos).status_code == 422
    obra.refresh_from_db()
    assert obra.propuesta is None
