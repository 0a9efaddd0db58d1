"""Las páginas de la mesa: quién entra, qué se ve y qué no, y que lo escrito no se pierde."""

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from civic.comun.models import Suceso
from civic.cuentas.acciones import preparar_roles
from civic.cuentas.roles import Rol
from tests.propuestas.piezas import foto_subida
from tests.votaciones.lotes.conftest import CARNETS, abrir_lote, cargar, con_rol, conciliado, junto, marcar, vale
from tests.votaciones.papeletas import EJEMPLOS
from votaciones.lotes.models import Captura, Lote
from votaciones.models import Participacion

pytestmark = pytest.mark.django_db
NACIMIENTO = "31/05/1990"


def ruta(nombre, lote):
    return reverse(f"lotes:{nombre}", args=["poa-2027", lote.pk])


def test_de_abrir_a_depositar_por_las_paginas(votacion_de, carnets, rita, saul, entrar):
    d1, cliente = votacion_de("una"), entrar(rita)
    respuesta = cliente.post(
        reverse("lotes:lista", args=["poa-2027"]),
        {"contienda": d1.pk, "clase": "papel", "lugar": "Escuela", "fecha": "2026-11-22"},
    )
    lote = Lote.objects.get()
    assert (respuesta.status_code, respuesta.url) == (302, lote.get_absolute_url())
    for ci, van in zip(CARNETS[:2], (1, 2), strict=True):
        hecho = cliente.post(ruta("marcar", lote), {"ci": ci, "nacimiento": NACIMIENTO}, follow=True)
        assert f"Van {van} en este lote" in hecho.content.decode()
    otra_vez = cliente.post(ruta("marcar", lote), {"ci": CARNETS[0], "nacimiento": NACIMIENTO})
    assert (otra_vez.status_code, "ya votó con esta papeleta" in otra_vez.content.decode()) == (409, True)
    assert otra_vez.content.decode().count(CARNETS[0]) == 1  # lo escrito sigue en su campo
    assert Participacion.objects.filter(canal="papel").count() == 2
    assert cliente.post(ruta("juntar", lote), {"hojas": 2}).status_code == 422
    cliente.post(ruta("juntar", lote), {"hojas": 2, "foto": foto_subida("lote.jpg")})
    for quien in (rita, saul):
        cliente = entrar(quien)
        for hoja, datos in ((1, {"es": "valida", "opciones": "3"}), (2, {"es": "blanca"})):
            pagina = cliente.get(ruta("cargar", lote)).content.decode()
            assert f'name="hoja" value="{hoja}"' in pagina
            assert "checked" not in pagina.split('id="id_opciones"')[1]
            assert cliente.post(ruta("cargar", lote), {"hoja": hoja, **datos}).status_code == 302
    assert "Depositar en la urna" in cliente.get(lote.get_absolute_url()).content.decode()
    fin = cliente.post(ruta("depositar", lote), follow=True).content.decode()
    lote.refresh_from_db()
    assert (lote.estado, lote.validas, lote.blancas) == ("depositado", 1, 1)
    assert "Lo que se cargó ya se borró" in fin


@pytest.mark.parametrize("tipo", list(EJEMPLOS))
def test_la_hoja_de_cada_tipo_se_escribe_y_un_error_conserva_lo_escrito(tipo, votacion_de, carnets, rita, entrar):
    lote, campos = junto(votacion_de(tipo), rita, carnets[:1], 1), EJEMPLOS[tipo].campos
    cliente = entrar(rita)
    nada = cliente.post(ruta("cargar", lote), {"hoja": 1, "es": "valida"})
    assert (nada.status_code, "anótala como nula" in nada.content.decode()) == (422, True)
    con_marcas = cliente.post(ruta("cargar", lote), {"hoja": 1, "es": "blanca", **campos})
    despues = con_marcas.content.decode().split('id="id_opciones"')[1]
    assert con_marcas.status_code == 422
    assert "checked" in despues or "selected" in despues or 'value="6"' in despues
    assert not Captura.objects.exists()
    assert cliente.post(ruta("cargar", lote), {"hoja": 1, "es": "valida", **campos}).status_code == 302
    assert Captura.objects.count() == 1


def test_quien_carga_segunda_no_ve_nada_de_la_primera(votacion_de, carnets, rita, saul, entrar):
    lote = cargar(junto(votacion_de("una"), rita, carnets[:1], 1), rita, vale(3))
    mira = entrar(saul)
    for pagina in (lote.get_absolute_url(), ruta("cargar", lote)):
        texto = mira.get(pagina).content.decode()
        assert "checked" not in texto.partition('id="id_opciones"')[2]
    assert "Luz en la plaza" not in mira.get(lote.get_absolute_url()).content.decode()
    cargar(lote, saul, vale(4))
    texto = mira.get(lote.get_absolute_url()).content.decode()
    assert "no dicen lo mismo en la hoja 1" in texto
    assert "Luz en la plaza" not in texto and "Parada de minibús" not in texto


def test_la_promotora_de_otro_distrito_no_encuentra_el_lote(votacion_de, carnets, rita, entrar, pueblo):
    lote = marcar(abrir_lote(votacion_de(), rita), rita, carnets[0])
    ajena = con_rol("ajena", Rol.PROMOTORA, distrito=pueblo.distrito_2)
    propia = con_rol("propia", Rol.PROMOTORA, distrito=pueblo.distrito_1)
    assert entrar(ajena).get(lote.get_absolute_url()).status_code == 404
    assert entrar(ajena).post(ruta("marcar", lote), {"ci": CARNETS[1], "nacimiento": NACIMIENTO}).status_code == 404
    assert entrar(propia).get(lote.get_absolute_url()).status_code == 200
    assert Participacion.objects.count() == 1


def test_auditoria_mira_y_no_toca_y_una_vecina_no_entra(votacion_de, carnets, rita, saul, gente, entrar):
    lote = conciliado(votacion_de(), carnets[:1], rita, saul, vale(3))
    auditora = con_rol("auditora", Rol.AUDITORIA)
    assert entrar(auditora).get(lote.get_absolute_url()).status_code == 200
    for verbo in ("marcar", "juntar", "cargar", "depositar", "anular"):
        assert entrar(auditora).post(ruta(verbo, lote)).status_code == 403
    assert entrar(gente.ana).get(lote.get_absolute_url()).status_code == 403
    lote.refresh_from_db()
    assert lote.estado == "conciliado"


def test_la_foto_la_ve_quien_revisa_y_queda_anotado(votacion_de, carnets, rita, gente, entrar):
    lote = junto(votacion_de(), rita, carnets[:1], 1)
    assert default_storage.exists(lote.ruta_de_la_foto)
    assert entrar(rita).get(ruta("foto", lote)).status_code == 403
    assert entrar(gente.ana).get(ruta("foto", lote)).status_code == 403
    assert not Suceso.objects.filter(verbo="mirar", objeto_tipo="lotes.lote").exists()
    respuesta = entrar(gente.hugo).get(ruta("foto", lote))
    assert (respuesta.status_code, "no-store" in respuesta["Cache-Control"]) == (200, True)
    assert b"".join(respuesta.streaming_content).startswith(b"limpia")
    assert Suceso.objects.get(verbo="mirar", objeto_tipo="lotes.lote").actor == gente.hugo


def test_la_trastienda_lista_los_lotes_sin_nada_de_lo_que_dicen(votacion_de, carnets, rita, entrar):
    d1 = votacion_de("una")
    cargar(junto(d1, rita, carnets[:1], 1), rita, vale(3))
    preparar_roles()
    cliente = entrar(con_rol("hilda", Rol.PLANIFICACION))
    lista = cliente.get(reverse("lotes_de_votacion", args=[d1.votacion_id]))
    assert (lista.status_code, "Segunda carga" in lista.content.decode()) == (200, True)
    assert "Luz en la plaza" not in lista.content.decode()
    conducir = cliente.get(reverse("votaciones_conducir", args=[d1.votacion_id])).content.decode()
    assert "1 en «Segunda carga»" in conducir


def test_anular_pide_motivo_y_lo_publica(votacion_de, carnets, rita, gente, entrar):
    lote = junto(votacion_de(), rita, carnets[:1], 1)
    assert entrar(rita).post(ruta("anular", lote), {"motivo": "x"}).status_code == 403
    assert entrar(gente.hugo).post(ruta("anular", lote), {"motivo": ""}).status_code == 422
    assert entrar(gente.hugo).post(ruta("anular", lote), {"motivo": "Se perdió la caja."}).status_code == 302
    assert entrar(gente.hugo).post(ruta("anular", lote), {"motivo": "Otra vez."}).status_code == 409
    lote.refresh_from_db()
    assert (lote.estado, lote.motivo) == ("anulado", "Se perdió la caja.")
    assert "Se perdió la caja." in entrar(rita).get(lote.get_absolute_url()).content.decode()
