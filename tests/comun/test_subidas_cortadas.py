"""I5: un envío que se corta a la mitad no crea nada ni falla por dentro, y repetirlo entero crea una sola cosa."""

import pytest
from django.core.cache import cache
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from civic.comun.models import Foto
from mapas.reportes.models import Reporte
from tests.comun.test_fotos import bytes_de, dibujo, subida
from tests.elenco import PUNTO_D1
from tests.mapas.test_lugar_de_foto import foto_tomada_en

pytestmark = pytest.mark.django_db
NUEVO = "/reportes/nuevo/"


@pytest.fixture(autouse=True)
def sin_cupos_gastados():
    cache.clear()


def datos(client, pueblo, **cambios):
    lon, lat = PUNTO_D1
    return {
        "clave": client.get(NUEVO).context["form"]["clave"].value(), "categoria": pueblo.vias.pk,
        "descripcion": "Hueco grande en plena curva", "lon": lon, "lat": lat,
    } | cambios  # fmt: skip


@pytest.mark.parametrize("parte", [0.1, 0.5, 0.9, 0.999])
def test_envio_cortado_no_crea_nada_ni_falla_por_dentro_y_el_reintento_crea_uno(client, pueblo, parte):
    lleno = datos(client, pueblo)
    cuerpo = encode_multipart(BOUNDARY, lleno | {"foto": subida(bytes_de(dibujo(900, 700)))})
    respuesta = client.generic("POST", NUEVO, cuerpo[: int(len(cuerpo) * parte)], content_type=MULTIPART_CONTENT)
    assert respuesta.status_code in {302, 400, 403, 422}
    cortados = Reporte.objects.count()
    assert cortados == (1 if respuesta.status_code == 302 else 0)
    if cortados == 0:
        client.generic("POST", NUEVO, cuerpo, content_type=MULTIPART_CONTENT)
        client.generic("POST", NUEVO, cuerpo, content_type=MULTIPART_CONTENT)
    assert Reporte.objects.count() == 1


def test_foto_cortada_con_lo_demas_entero_conserva_el_texto(client, pueblo):
    cortada = bytes_de(dibujo(1200, 900))[:3000]
    respuesta = client.post(NUEVO, datos(client, pueblo, foto=subida(cortada)))
    assert respuesta.status_code == 422
    assert "Hueco grande en plena curva" in respuesta.text
    assert "parece dañada" in respuesta.text
    assert not Reporte.objects.exists()
    assert not Foto.objects.exists()


def test_reenvio_con_foto_que_dice_su_lugar_no_pregunta_ni_crea_otro(client, pueblo):
    sin_punto = datos(client, pueblo, lon="", lat="", distrito=pueblo.distrito_1.pk)
    assert client.post(NUEVO, sin_punto | {"foto": subida(bytes_de(dibujo()))}).status_code == 302
    respuesta = client.post(NUEVO, sin_punto | {"foto": foto_tomada_en(*PUNTO_D1)})
    assert respuesta.status_code in {302, 422}
    assert Reporte.objects.count() == 1
    assert Foto.objects.count() == 1
