"""«Importaciones» en la trastienda: subir, mirar, publicar, descartar, y quién puede."""

import datetime
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from civic.comun.models import Suceso
from civic.cuentas.acciones import preparar_roles
from mapas.territorio.models import Area, Importacion, Limite
from tests.elenco import cuadrado
from tests.mapas.piezas_territorio import geojson, poligono, rasgo

INDICE = "/admin/territorio/importaciones/"
NUEVA = INDICE + "new/"
CRUZADO = poligono([[0.2, 0.2], [0.4, 0.4], [0.4, 0.2], [0.2, 0.4], [0.2, 0.2]])


@pytest.fixture
def puertas(gente):
    from django.contrib.auth.models import Group

    preparar_roles()
    for persona in (gente.hugo, gente.elena):
        persona.groups.set(Group.objects.filter(name__in=persona.asignaciones.values_list("rol", flat=True)))
    return gente


@pytest.fixture
def hugo(entrar, puertas):
    return entrar(puertas.hugo)


def subir(cliente, *rasgos, contenido=None, nombre="distritos.geojson", **cambios):
    archivo = SimpleUploadedFile(nombre, contenido if contenido is not None else geojson(*rasgos))
    campos = {"tipo": "distrito", "campo_codigo": "cod", "campo_nombre": "nom", "municipio": "030901"} | cambios
    return cliente.post(NUEVA, campos | {"archivo": archivo})


DOS = (rasgo("D-1", cuadrado(0, 0, 0.9, 1), "Distrito 1"), rasgo("D-2", cuadrado(0.8, 0, 2, 1), "Distrito 2"))


def test_subir_revisa_y_muestra_mapa_lista_y_boton(hugo, puertas):
    respuesta = subir(hugo, *DOS, rasgo("D-9", CRUZADO, "<b>Cruzado</b>"))
    importacion = Importacion.objects.get()
    assert respuesta.status_code == 302 and respuesta.url == f"{INDICE}inspect/{importacion.pk}/"
    assert (importacion.estado, importacion.creada_por) == ("revisada", puertas.hugo)
    texto = hugo.get(respuesta.url).content.decode()
    assert "Publicar esta versión" in texto and "Descartar" in texto and "Publicar solo lo aceptado" in texto
    assert all(f'class="imp-{clase}"' in texto for clase in ("aceptada", "rechazada", "traslape"))
    assert "Su borde se cruza a sí mismo en longitud 0.300000" in texto
    assert "<b>Cruzado</b>" not in texto and "&lt;b&gt;Cruzado" in texto
    assert "D-1 y D-2" in texto
    assert Suceso.objects.filter(verbo="revisar_territorio", actor=puertas.hugo, publico=False).count() == 1


def test_la_clase_se_lee_de_su_campo_y_solo_en_organizaciones(hugo):
    otb = rasgo("77", cuadrado(0, 0, 0.5, 0.5), "Las Rosas", que="Sindicato agrario")
    respuesta = subir(hugo, otb, campo_clase="que")
    assert respuesta.status_code == 422
    texto = respuesta.content.decode()
    assert "Solo las organizaciones de base tienen clase" in texto and 'value="que"' in texto
    mala = rasgo("78", cuadrado(0.5, 0, 1, 0.5), "Club", que="Club")
    respuesta = subir(hugo, otb, mala, campo_clase="que", tipo="otb")
    texto = hugo.get(respuesta.url).content.decode()
    assert "Dice ser «Club», y las clases que se conocen son OTB, Junta vecinal" in texto
    hugo.post(f"{INDICE}publicar/{Importacion.objects.get().pk}/", {"desde": "2026-01-01", "parcial": "on"})
    assert Area.objects.get(codigo="77").nombre_completo == "Sindicato agrario Las Rosas"


def test_si_ningun_codigo_coincide_lo_advierte(hugo):
    subir(hugo, rasgo("1", cuadrado(0, 0, 1, 1)), rasgo("2", cuadrado(1, 0, 2, 1)))
    texto = hugo.get(f"{INDICE}inspect/{Importacion.objects.get().pk}/").content.decode()
    assert "2 áreas nuevas" in texto and "Ningún código del archivo es de un área de hoy" in texto


def test_el_geojson_del_mapa_trae_las_cuatro_clases(hugo):
    subir(hugo, *DOS, rasgo("D-9", CRUZADO))
    respuesta = hugo.get(f"{INDICE}mapa/{Importacion.objects.get().pk}/")
    clases = [parte["properties"]["clase"] for parte in json.loads(respuesta.content)["features"]]
    assert clases == ["aceptada", "aceptada", "rechazada", "traslape"]
    assert "no-store" in respuesta["Cache-Control"]


def test_publicar_exige_fecha_y_casilla_y_deja_la_version(hugo, puertas, pueblo):
    subir(hugo, *DOS, rasgo("D-9", CRUZADO))
    importacion = Importacion.objects.get()
    puerta = f"{INDICE}publicar/{importacion.pk}/"
    sin_casilla = hugo.post(puerta, {"desde": "2026-01-01"})
    assert sin_casilla.status_code == 422 and "publicar solo lo aceptado" in sin_casilla.content.decode()
    assert hugo.post(puerta, {"desde": "ayer", "parcial": "on"}).status_code == 422
    assert Limite.objects.filter(importacion=importacion).count() == 0
    assert hugo.get(puerta).status_code == 200
    assert hugo.post(puerta, {"desde": "2026-01-01", "parcial": "on"}).status_code == 302
    importacion.refresh_from_db()
    assert (importacion.estado, importacion.desde) == ("publicada", datetime.date(2026, 1, 1))
    assert importacion.cerrada_por == puertas.hugo and importacion.cambiadas == 2
    assert pueblo.distrito_1.limites.count() == 2
    publicada = hugo.get(f"{INDICE}inspect/{importacion.pk}/").content.decode()
    assert "Vale desde el 01/01/2026" in publicada and 'class="imp-aceptada"' in publicada
    assert "Publicar esta versión" not in publicada
    otra_vez = hugo.post(puerta, {"desde": "2026-01-01", "parcial": "on"})
    assert otra_vez.status_code == 422 and "ya está publicada" in otra_vez.content.decode()


def test_fecha_anterior_a_lo_publicado_vuelve_con_su_frase(hugo):
    subir(hugo, *DOS)
    puerta = f"{INDICE}publicar/{Importacion.objects.get().pk}/"
    respuesta = hugo.post(puerta, {"desde": "1999-12-31"})
    assert respuesta.status_code == 422 and "Ya hay límites publicados" in respuesta.content.decode()


def test_descartar_no_cambia_nada(hugo):
    subir(hugo, *DOS)
    importacion = Importacion.objects.get()
    antes = Limite.objects.count()
    assert hugo.post(f"{INDICE}descartar/{importacion.pk}/", {"motivo": "Era de prueba"}).status_code == 302
    importacion.refresh_from_db()
    assert (importacion.estado, importacion.contenido, Limite.objects.count()) == ("descartada", {}, antes)
    assert hugo.get(f"{INDICE}inspect/{importacion.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("cambios", "frase"),
    [
        ({"contenido": b"{"}, "El GeoJSON está mal escrito"),
        ({"contenido": b""}, "vacío"),
        ({"nombre": "a.kml"}, "Sube un archivo .geojson, .json, .gpkg o .zip"),
        ({"campo_codigo": "codigo"}, "Los que tiene: «cod», «nom»"),
        ({"municipio": "NO"}, "No hay un municipio con el código «NO»"),
    ],
)
def test_lo_que_no_sirve_vuelve_al_formulario_con_422_y_lo_escrito(hugo, cambios, frase):
    respuesta = subir(hugo, *DOS, **cambios)
    texto = respuesta.content.decode()
    assert respuesta.status_code == 422 and frase in texto
    assert 'name="campo_nombre" value="nom"' in texto or 'value="nom"' in texto
    assert Importacion.objects.count() == 0


def test_archivo_que_pesa_de_mas_no_llega_al_taller(hugo, monkeypatch):
    from mapas.territorio.importador import proceso, topes

    monkeypatch.setitem(topes.PESO_MAXIMO, ".geojson", 10)
    monkeypatch.setattr(proceso, "en_el_taller", lambda *_: pytest.fail("no debía abrirse"))
    assert subir(hugo, *DOS).status_code == 422


def test_lista_filtra_y_descarga(hugo):
    subir(hugo, *DOS)
    assert "distritos.geojson" in hugo.get(INDICE).content.decode()
    assert "distritos.geojson" not in hugo.get(INDICE, {"estado": "publicada"}).content.decode()
    assert "distritos.geojson" in hugo.get(INDICE, {"q": "distritos"}).content.decode()
    assert "distritos.geojson" in b"".join(hugo.get(INDICE, {"export": "csv"}).streaming_content).decode()


@pytest.mark.parametrize("ruta", ["", "new/", "inspect/{pk}/", "mapa/{pk}/", "publicar/{pk}/", "descartar/{pk}/"])
def test_sin_permiso_no_se_entra(hugo, puertas, entrar, ruta):
    subir(hugo, *DOS)
    importacion = Importacion.objects.get()
    elena = entrar(puertas.elena)
    direccion = INDICE + ruta.format(pk=importacion.pk)
    assert elena.get(direccion).status_code in (302, 403)
    assert elena.post(direccion, {"desde": "2026-01-01"}).status_code in (302, 403, 405)
    importacion.refresh_from_db()
    assert importacion.estado == "revisada"


def test_quien_solo_mira_no_publica(entrar, puertas, hugo, django_user_model):
    from django.contrib.auth.models import Permission

    subir(hugo, *DOS)
    importacion = Importacion.objects.get()
    mira = django_user_model.objects.create_user("mira", password="x")
    mira.user_permissions.set(Permission.objects.filter(codename__in=["view_area", "access_admin"]))
    cliente = entrar(mira)
    texto = cliente.get(f"{INDICE}inspect/{importacion.pk}/").content.decode()
    assert "En el mapa" in texto and "Publicar esta versión" not in texto
    assert cliente.post(f"{INDICE}publicar/{importacion.pk}/", {"desde": "2026-01-01"}).status_code in (302, 403)
    importacion.refresh_from_db()
    assert importacion.estado == "revisada"


def test_borrar_una_importacion_no_existe(hugo):
    subir(hugo, *DOS)
    assert hugo.post(f"{INDICE}delete/{Importacion.objects.get().pk}/").status_code == 404
    assert Area.objects.filter(tipo="distrito").count() == 2


def test_descartar_varias_solo_ofrece_las_que_esperan(hugo, entrar, puertas):
    subir(hugo, rasgo("D-1", cuadrado(0, 0, 1, 1)), nombre="uno.geojson")
    subir(hugo, rasgo("D-2", cuadrado(1, 0, 2, 1)), nombre="dos.geojson")
    subir(hugo, rasgo("D-1", cuadrado(0, 0, 2, 1)), nombre="tres.geojson")
    uno, dos, tres = Importacion.objects.order_by("pk")
    hugo.post(f"{INDICE}descartar/{tres.pk}/", {"motivo": "Repetida"})
    url = f"{INDICE}en-bloque/descartar/"
    texto = hugo.get(url).content.decode()
    assert "uno.geojson" in texto and "dos.geojson" in texto and "tres.geojson" not in texto
    assert hugo.post(url, {"motivo": "Viejas"}).status_code == 422
    ya = hugo.post(url, {"elegidos": [dos.pk, tres.pk], "motivo": "Viejas"})
    assert ya.status_code == 422 and "ya no está en la lista" in ya.content.decode()
    hecho = hugo.post(url, {"elegidos": [uno.pk, dos.pk], "motivo": "Viejas"}, follow=True).content.decode()
    assert "Hecho con 2: " in hecho
    assert set(Importacion.objects.values_list("estado", flat=True)) == {"descartada"}
    assert Suceso.objects.de(uno).get(verbo="descartar_territorio").motivo == "Viejas"
    assert entrar(puertas.elena).get(url).status_code in (302, 403)
