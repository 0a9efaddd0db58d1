"""Los parecidos en la página, en los pasos de una propuesta y en el formulario de reportes."""

import pytest
from django.urls import reverse

from civic.comun.errores import ReglaIncumplida
from civic.comun.parecidos import Pedido, buscar
from mapas.reportes import acciones as de_reportes
from mapas.reportes.models import Reporte
from propuestas import acciones
from propuestas.models import Propuesta
from propuestas.reglas import Estado
from tests.elenco import PUNTO_D1
from tests.propuestas.piezas import borrador, enviada, publicada

pytestmark = pytest.mark.django_db
URL = "/parecidas/"


@pytest.fixture
def una(recepcion, gente, pueblo):
    return publicada(recepcion, gente, pueblo)


@pytest.fixture
def bache(pueblo):
    lon, lat = PUNTO_D1
    return de_reportes.recibir_reporte(
        categoria=pueblo.vias, descripcion="Hueco grande en la curva, ya se cayó una moto", distrito=pueblo.distrito_1,
        otb=pueblo.otb_molle, lon=lon, lat=lat,
    )  # fmt: skip


def pedir(client, **datos):
    return client.get(URL, {"formato": "json", **datos}).json()["parecidos"]


def test_parecidas_halla_la_misma_obra_dicha_de_otro_modo(client, una, pueblo):
    halladas = pedir(
        client, en="propuestas", titulo="Tanque y pozo de agua potable en Moye", distrito=pueblo.distrito_1.pk
    )
    assert [hallada["url"] for hallada in halladas] == [una.get_absolute_url()]
    assert halladas[0]["puntaje"] >= 0.5


def test_parecidas_no_muestra_otra_obra_ni_otro_distrito(client, una, pueblo):
    assert pedir(client, titulo="Cancha de fútbol", distrito=pueblo.distrito_1.pk) == []
    assert pedir(client, titulo="Agua potable", distrito=pueblo.distrito_2.pk) == []


def test_parecidas_solo_muestra_lo_publico_y_abierto(client, recepcion, gente, pueblo, una):
    enviada(recepcion, gente.ana, pueblo)
    borrador(recepcion, gente.ana, pueblo)
    Propuesta.objects.filter(pk=publicada(recepcion, gente, pueblo).pk).update(estado=Estado.RETIRADA)
    assert [fila["url"] for fila in pedir(client, titulo="Agua potable", otb=pueblo.otb_molle.pk)] == [
        una.get_absolute_url()
    ]


def test_parecidas_no_muestra_reportes_ocultos_ni_cerrados(client, bache, pueblo):
    lon, lat = PUNTO_D1
    datos = {"titulo": "Bache en la calle", "lon": lon, "lat": lat}
    assert [fila["url"] for fila in pedir(client, **datos)] == [bache.get_absolute_url()]
    Reporte.objects.update(oculto=True)
    assert pedir(client, **datos) == []
    Reporte.objects.update(oculto=False, estado="cerrado_sin_respuesta_ciudadana")
    assert pedir(client, **datos) == []


@pytest.mark.parametrize(
    "datos",
    [
        {"lon": "x", "lat": "999", "distrito": "uno", "categoria": "-1", "otb": "9" * 40, "salvo": "x"},
        {"titulo": "a" * 5000},
        {"titulo": "agua", "lon": "nan", "lat": "inf"},
        {"en": "nada", "titulo": "Agua potable"},
        {},
    ],
)
@pytest.mark.parametrize("formato", ["json", "trozo", ""])
def test_parecidas_con_datos_imposibles_los_deja_de_lado(client, una, datos, formato):
    assert client.get(URL, {"formato": formato, **datos}).status_code == 200


def test_parecidas_escapa_lo_que_escribio_la_gente(client, recepcion, gente, pueblo):
    mala = publicada(recepcion, gente, pueblo, titulo="Agua <script>alert(1)</script> potable")
    html = client.get(URL, {"formato": "trozo", "titulo": "agua potable", "otb": pueblo.otb_molle.pk}).content.decode()
    assert mala.get_absolute_url() in html
    assert "<script>" not in html


def test_buscar_hace_una_consulta_por_fuente(una, bache, pueblo, django_assert_num_queries):
    with django_assert_num_queries(2):
        buscar(Pedido("Agua potable para Molle", otb=str(pueblo.otb_molle.pk), distrito=str(pueblo.distrito_1.pk)))


def test_buscar_en_reportes_no_se_salta_el_numero_de_una_propuesta(una, bache):
    """`salvo` es de una fuente: al buscar en todas no esconde lo de otra con el mismo número."""
    lon, lat = PUNTO_D1
    pedido = Pedido("Bache en la calle", lon=lon, lat=lat)
    assert buscar(pedido, salvo=bache.pk)
    assert not buscar(pedido, en="reportes", salvo=bache.pk)


def test_paso_donde_muestra_las_parecidas_sin_javascript(entrar, una, gente, recepcion, pueblo):
    mio = borrador(recepcion, gente.beto, pueblo, titulo="Queremos agua potable para todos")
    html = entrar(gente.beto).get(reverse("propuestas:paso", args=[mio.pk, "donde"])).content.decode()
    assert una.get_absolute_url() in html
    assert "Sumarme a esta" in html


def test_paso_donde_no_se_muestra_a_si_mismo(entrar, gente, recepcion, pueblo):
    mia = enviada(recepcion, gente.ana, pueblo)
    Propuesta.objects.filter(pk=mia.pk).update(estado="devuelta")
    html = entrar(gente.ana).get(reverse("propuestas:paso", args=[mia.pk, "donde"])).content.decode()
    assert "Sumarme a esta" not in html


def test_sumarse_guarda_el_borrador_y_apoya_la_otra(entrar, una, gente, recepcion, pueblo):
    mio = borrador(recepcion, gente.ana, pueblo, titulo="Agua para Molle")
    datos = {"titulo": "Agua para Molle, por favor", "descripcion": "Texto nuevo", "sumarme": una.pk}
    respuesta = entrar(gente.ana).post(reverse("propuestas:paso", args=[mio.pk, "que"]), datos, follow=True)
    mio.refresh_from_db()
    assert (mio.titulo, mio.descripcion) == ("Agua para Molle, por favor", "Texto nuevo")
    assert respuesta.redirect_chain[-1][0].startswith(una.get_absolute_url())
    assert "Tu borrador quedó guardado" in respuesta.content.decode()


def test_sumarse_sin_poder_dice_por_que_y_el_borrador_queda(entrar, una, gente, recepcion, pueblo, monkeypatch):
    def no(*_, **__):
        raise ReglaIncumplida("Apoya quien ya verificó su domicilio.")

    monkeypatch.setattr(acciones, "apoyar", no)
    mio = borrador(recepcion, gente.nadia, pueblo)
    datos = {"titulo": "Agua para Molle, otra vez", "sumarme": una.pk}
    html = (
        entrar(gente.nadia).post(reverse("propuestas:paso", args=[mio.pk, "que"]), datos, follow=True).content.decode()
    )
    assert "Apoya quien ya verificó su domicilio. Tu borrador quedó guardado." in html
    mio.refresh_from_db()
    assert mio.titulo == "Agua para Molle, otra vez"


@pytest.mark.parametrize("pk", ["0", "x", "99999999999999999999", "²"])
def test_sumarse_a_lo_que_no_hay_es_404_y_el_borrador_queda(entrar, una, gente, recepcion, pueblo, pk):
    mio = borrador(recepcion, gente.ana, pueblo)
    datos = {"titulo": "Agua para Molle, guardada", "sumarme": pk}
    assert entrar(gente.ana).post(reverse("propuestas:paso", args=[mio.pk, "que"]), datos).status_code == 404
    mio.refresh_from_db()
    assert mio.titulo == "Agua para Molle, guardada"


def test_sumarse_desde_una_propuesta_nueva_deja_un_borrador(entrar, una, gente, recepcion):
    cliente = entrar(gente.ana)
    clave = cliente.get(reverse("propuestas:nueva")).context["form"]["clave"].value()
    datos = {"titulo": "Agua potable para Molle", "proceso": recepcion.slug, "clave": clave, "sumarme": una.pk}
    respuesta = cliente.post(reverse("propuestas:nueva"), datos)
    assert respuesta.url.startswith(una.get_absolute_url())
    assert Propuesta.objects.filter(titulo="Agua potable para Molle", estado="borrador", autor=gente.ana).count() == 1


def test_reporte_parecido_de_otra_categoria_se_pregunta_antes_de_crear_otro(client, bache, pueblo):
    lon, lat = PUNTO_D1
    datos = {
        "descripcion": "Hay un bache enorme en la curva", "categoria": pueblo.agua.pk, "lon": lon, "lat": lat,
        "clave": client.get(reverse("reportes:nuevo")).context["form"]["clave"].value(),
    }  # fmt: skip
    respuesta = client.post(reverse("reportes:nuevo"), datos)
    assert bache.get_absolute_url() in respuesta.content.decode()
    assert Reporte.objects.count() == 1


def test_reporte_sumarse_desde_el_formulario_no_crea_otro(entrar, bache, gente):
    respuesta = entrar(gente.beto).post(reverse("reportes:nuevo"), {"descripcion": "Un bache", "sumarme": bache.pk})
    assert respuesta.url == f"{bache.get_absolute_url()}#tambien"
    bache.refresh_from_db()
    assert (bache.tambien_contados, Reporte.objects.count()) == (1, 1)


def test_reporte_sumarse_a_uno_oculto_es_404(entrar, bache, gente):
    Reporte.objects.update(oculto=True)
    assert entrar(gente.beto).post(reverse("reportes:nuevo"), {"sumarme": bache.pk}).status_code == 404


def test_reporte_sumarse_a_uno_cerrado_conserva_lo_escrito(entrar, bache, gente):
    Reporte.objects.update(estado="cerrado_sin_respuesta_ciudadana")
    respuesta = entrar(gente.beto).post(
        reverse("reportes:nuevo"), {"descripcion": "Sigue el bache de siempre", "sumarme": bache.pk}
    )
    assert respuesta.status_code == 422
    assert "Sigue el bache de siempre" in respuesta.content.decode()
