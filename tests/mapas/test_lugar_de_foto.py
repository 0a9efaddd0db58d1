"""El lugar que dice la foto se ofrece en reportes y propuestas, y solo se guarda si la persona lo acepta."""

import pytest
from django.core.cache import cache
from django.urls import reverse
from PIL import Image

from civic.comun.models import Foto, Suceso
from mapas.reportes.models import Reporte
from tests.comun.test_fotos import bytes_de, dibujo, subida
from tests.elenco import PUNTO_D1
from tests.propuestas.piezas import borrador

pytestmark = pytest.mark.django_db
NUEVO = "/reportes/nuevo/"


@pytest.fixture(autouse=True)
def sin_cupos_gastados():
    cache.clear()


def foto_tomada_en(lon: float, lat: float):
    exif = Image.Exif()
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = ("S" if lat < 0 else "N"), (abs(lat), 0.0, 0.0)
    gps[3], gps[4] = ("W" if lon < 0 else "E"), (abs(lon), 0.0, 0.0)
    return subida(bytes_de(dibujo(), exif=exif))


def datos(client, pueblo, **cambios):
    return {
        "clave": client.get(NUEVO).context["form"]["clave"].value(), "categoria": pueblo.vias.pk,
        "descripcion": "Hueco grande en plena curva", "distrito": pueblo.distrito_1.pk,
    } | cambios  # fmt: skip


def lo_de(respuesta):
    """Lo que reenviaría el navegador: los campos del formulario que se volvió a mostrar, sin el archivo."""
    form = respuesta.context["form"]
    return {campo.html_name: campo.value() for campo in form if campo.value() not in (None, False)}


def test_reporte_ofrece_el_lugar_y_todavia_no_envia(client, pueblo):
    respuesta = client.post(NUEVO, datos(client, pueblo, foto=foto_tomada_en(*PUNTO_D1)))
    assert respuesta.status_code == 200
    assert "La foto dice que se tomó en" in respuesta.text
    assert "Sí, usar este lugar" in respuesta.text
    assert "No usarlo" in respuesta.text
    assert not Reporte.objects.exists()
    assert not Suceso.objects.exists()


@pytest.mark.parametrize(("elegido", "queda"), [("usar", PUNTO_D1), ("no", (None, None)), ("", (None, None))])
def test_reporte_guarda_el_lugar_solo_si_se_acepta(client, pueblo, elegido, queda):
    respuesta = client.post(NUEVO, datos(client, pueblo, foto=foto_tomada_en(*PUNTO_D1)))
    assert client.post(NUEVO, lo_de(respuesta) | {"lugar_foto": elegido}).status_code == 302
    reporte = Reporte.objects.get()
    assert (reporte.lon, reporte.lat) == queda
    assert reporte.foto is not None
    if elegido != "usar":
        lon, lat = (f"{grado:.4f}" for grado in PUNTO_D1)
        assert not [s for s in Suceso.objects.values() if lon in str(s) and lat in str(s)]


def test_reporte_con_punto_ya_marcado_no_pregunta(client, pueblo):
    lon, lat = PUNTO_D1
    respuesta = client.post(NUEVO, datos(client, pueblo, foto=foto_tomada_en(*PUNTO_D1), lon=lon, lat=lat))
    assert respuesta.status_code == 302


def test_reporte_con_foto_de_otra_parte_no_pregunta(client, pueblo):
    assert client.post(NUEVO, datos(client, pueblo, foto=foto_tomada_en(120.0, 40.0))).status_code == 302
    assert Reporte.objects.get().foto is not None
    assert Foto.objects.count() == 1


def test_reporte_con_otro_error_conserva_la_foto_y_ofrece_su_lugar(client, pueblo):
    respuesta = client.post(NUEVO, datos(client, pueblo, descripcion="", foto=foto_tomada_en(*PUNTO_D1)))
    assert respuesta.status_code == 422
    assert "Sí, usar este lugar" in respuesta.text
    assert (
        client.post(
            NUEVO, lo_de(respuesta) | {"descripcion": "Hueco grande en la curva", "lugar_foto": "usar"}
        ).status_code
        == 302
    )
    assert Reporte.objects.get().lon == pytest.approx(PUNTO_D1[0])


def test_propuesta_ofrece_el_lugar_y_al_aceptar_lo_pone(entrar, gente, recepcion, pueblo):
    mia = borrador(recepcion, gente.ana, pueblo, lon=None, lat=None)
    cliente = entrar(gente.ana)
    paso = reverse("propuestas:paso", args=[mia.pk, "foto"])
    respuesta = cliente.post(paso, {"foto": foto_tomada_en(*PUNTO_D1), "monto_solicitado": "1000"})
    assert "La foto dice que se tomó en" in respuesta.text
    mia.refresh_from_db()
    assert (mia.lon, mia.foto is not None) == (None, True)

    lon, lat = respuesta.context["punto"]
    aceptar = {"lon": lon, "lat": lat, "sigue": "revisar", "referencia": mia.referencia}
    respuesta = cliente.post(reverse("propuestas:paso", args=[mia.pk, "donde"]), aceptar)
    assert respuesta.url == reverse("propuestas:revisar", args=[mia.pk])
    mia.refresh_from_db()
    assert (mia.lon, mia.lat) == pytest.approx(PUNTO_D1)


def test_propuesta_con_punto_no_pregunta(entrar, gente, recepcion, pueblo):
    mia = borrador(recepcion, gente.ana, pueblo)
    paso = reverse("propuestas:paso", args=[mia.pk, "foto"])
    datos_foto = {"foto": foto_tomada_en(*PUNTO_D1), "monto_solicitado": "1000"}
    assert entrar(gente.ana).post(paso, datos_foto).status_code == 302
