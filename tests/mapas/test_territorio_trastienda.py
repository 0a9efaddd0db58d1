"""«Territorio» en la trastienda: quién entra, qué se edita y qué no."""

import pytest

from civic.comun.models import Suceso
from civic.cuentas.acciones import preparar_roles
from mapas.territorio.models import Area
from tests.elenco import cuadrado


@pytest.fixture
def puertas(gente):
    """Los grupos y permisos de verdad para el elenco."""
    from django.contrib.auth.models import Group

    preparar_roles()
    for persona in (gente.hugo, gente.elena):
        persona.groups.set(Group.objects.filter(name__in=persona.asignaciones.values_list("rol", flat=True)))
    return gente


def datos(area: Area, **cambios):
    campos = {
        "nombre": area.nombre,
        "otro_nombre": area.otro_nombre,
        "escrituras": "",
        "clase": area.clase,
        "orden": area.orden,
        "padre": area.padre_id or "",
        "poblacion": area.poblacion or "",
        "fuente": area.fuente,
        "vigente_desde": "2000-01-01",
        "vigente_hasta": "",
        "lon": "",
        "lat": "",
    }
    return campos | cambios


def test_lista_de_territorio_con_planificacion_muestra_las_areas(entrar, puertas):
    respuesta = entrar(puertas.hugo).get("/admin/territorio/")
    texto = respuesta.content.decode()
    assert respuesta.status_code == 200
    assert "Distrito 1" in texto and "OTB Molle" in texto


def test_lista_de_territorio_sin_permiso_no_abre(entrar, puertas):
    assert entrar(puertas.elena).get("/admin/territorio/").status_code == 302


def test_editar_area_guarda_escrituras_y_no_toca_codigo_ni_poligono(entrar, puertas, pueblo):
    molle = pueblo.otb_molle
    respuesta = entrar(puertas.hugo).post(
        f"/admin/territorio/edit/{molle.pk}/",
        datos(molle, nombre="Molle Molle", escrituras=" El molle\nMoye\nEl  molle\n\n", codigo="OTRO", tipo="distrito"),
    )
    molle.refresh_from_db()
    assert respuesta.status_code == 302
    assert (molle.nombre, molle.alias) == ("Molle Molle", ["El molle", "Moye"])
    assert (molle.codigo, molle.tipo, molle.geometria) == ("O-1", "otb", cuadrado(0, 0, 1, 1))


def test_editar_area_con_medio_punto_lo_dice_y_no_guarda(entrar, puertas, pueblo):
    respuesta = entrar(puertas.hugo).post(
        f"/admin/territorio/edit/{pueblo.otb_ceibo.pk}/", datos(pueblo.otb_ceibo, nombre="Otro", lon="1.5")
    )
    assert "la longitud y la latitud, o deja las dos vacías" in respuesta.content.decode()
    pueblo.otb_ceibo.refresh_from_db()
    assert pueblo.otb_ceibo.nombre == "Ceibo"


def test_crear_otb_sin_distrito_se_puede_y_se_anota(entrar, puertas, pueblo):
    nueva = Area(tipo="otb", nombre="Nueva", clase="otb")
    respuesta = entrar(puertas.hugo).post(
        "/admin/territorio/new/", datos(nueva, tipo="otb", codigo="O-77") | {"padre": ""}
    )
    creada = Area.objects.get(codigo="O-77")
    assert respuesta.status_code == 302
    assert (creada.padre, creada.municipio) == (None, pueblo.municipio)
    assert Suceso.objects.de(creada).get().actor == puertas.hugo


def test_editar_area_anota_antes_y_despues_y_se_busca_por_alias(entrar, puertas, pueblo):
    molle, cliente = pueblo.otb_molle, entrar(puertas.hugo)
    cliente.post(
        f"/admin/territorio/edit/{molle.pk}/",
        datos(molle, nombre="Ñandú", escrituras="El Peñón\nMolle", en_disputa="on"),
    )
    suceso = Suceso.objects.de(molle).get()
    assert suceso.actor == puertas.hugo and suceso.datos["nombre"] == {"antes": "Molle", "despues": "Ñandú"}
    assert suceso.datos["en_disputa"] == {"antes": False, "despues": True}
    for escrito in ("el penon", "molle", "ÑANDU", "O-1"):
        texto = cliente.get("/admin/territorio/", {"q": escrito}).content.decode()
        assert "Ñandú" in texto and "Ceibo" not in texto


def test_editar_area_con_vigencia_al_reves_lo_dice(entrar, puertas, pueblo):
    molle = pueblo.otb_molle
    respuesta = entrar(puertas.hugo).post(
        f"/admin/territorio/edit/{molle.pk}/", datos(molle, nombre="Otro", vigente_hasta="1999-01-01")
    )
    assert respuesta.status_code == 422 and "La vigencia debe terminar después de empezar" in respuesta.content.decode()
    molle.refresh_from_db()
    assert molle.nombre == "Molle"


def test_borrar_area_no_se_puede_ni_con_todos_los_permisos(entrar, pueblo, django_user_model):
    client = entrar(django_user_model.objects.create_superuser("jefa", password="x"))
    assert client.post(f"/admin/territorio/delete/{pueblo.otb_ceibo.pk}/").status_code in (302, 403)
    assert Area.objects.filter(pk=pueblo.otb_ceibo.pk).exists()


def test_area_con_poligono_se_ve_y_sin_poligono_lo_explica(entrar, puertas, pueblo):
    cliente = entrar(puertas.hugo)
    assert "Forma del polígono" in cliente.get(f"/admin/territorio/edit/{pueblo.otb_molle.pk}/").content.decode()
    assert "Sin polígono. Es normal" in cliente.get(f"/admin/territorio/edit/{pueblo.otb_ceibo.pk}/").content.decode()
