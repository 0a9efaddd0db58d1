"""Las secciones de la trastienda: alcance por distrito, acciones en bloque, actas, observaciones y descargas."""

import pytest
from django.utils import timezone

from civic.comun.models import Suceso
from civic.cuentas import acciones
from civic.cuentas.models import ActaDeDirectiva, AsignacionRol, Mandato, ObservacionDeRegistro, Organizacion
from tests.cuentas.piezas import dias, pedir, presentar, publicar
from tests.cuentas.test_trastienda import negada, texto_de

EN_BLOQUE = "/admin/bulk/cuentas/organizacion/pasar_a_revision/"


@pytest.fixture
def solo_distrito_2(con_roles, pueblo):
    AsignacionRol.objects.filter(usuario=con_roles.hugo).update(distrito=pueblo.distrito_2)
    return con_roles


def test_ventanilla_y_gestion_ven_lo_suyo(entrar, con_roles, pueblo):
    acciones.asignar_rol(con_roles.nadia, rol="ventanilla")
    acciones.asignar_rol(con_roles.dora, rol="gestion_comunidad")
    vistas = {}
    for quien in ("nadia", "dora", "hugo", "carla"):
        cliente = entrar(getattr(con_roles, quien))
        vistas[quien] = {
            s for s in ("organizaciones", "actas-de-directiva", "observaciones", "mandatos")
            if cliente.get(f"/admin/{s}/").status_code == 200
        }  # fmt: skip
    assert vistas == {
        "nadia": {"organizaciones", "actas-de-directiva", "observaciones", "mandatos"},
        "dora": {"observaciones"},
        "hugo": {"organizaciones", "actas-de-directiva", "observaciones", "mandatos"},
        "carla": set(),
    }


def test_rol_de_un_distrito_ve_y_actua_solo_ahi(entrar, solo_distrito_2, gente, pueblo):
    acta = presentar(pueblo.org_molle, gente.fabio)
    cliente = entrar(gente.hugo)
    lista = texto_de(cliente.get("/admin/organizaciones/"))
    assert "Ceibo" in lista and "Molle" not in lista
    assert "Molle" not in texto_de(cliente.get("/admin/actas-de-directiva/"))
    assert "Molle" not in texto_de(cliente.get("/admin/mandatos/"))
    descarga = cliente.get("/admin/organizaciones/?export=csv")
    assert "Molle" not in b"".join(descarga.streaming_content).decode()
    mandato = gente.fabio.mandatos.get()
    for url in (
        f"/admin/organizaciones/inspect/{pueblo.org_molle.pk}/",
        f"/admin/organizaciones/edit/{pueblo.org_molle.pk}/",
        f"/admin/organizaciones/mover/{pueblo.org_molle.pk}/",
        f"/admin/actas-de-directiva/inspect/{acta.pk}/",
        f"/admin/actas-de-directiva/confirmar/{acta.pk}/",
        f"/admin/mandatos/inspect/{mandato.pk}/",
        f"/admin/mandatos/terminar/{mandato.pk}/",
    ):
        assert cliente.get(url).status_code == 404, url
        assert cliente.post(url, {"hacia": "suspendida", "motivo": "x", "nota": ""}).status_code == 404, url
    assert cliente.get(f"/admin/organizaciones/inspect/{pueblo.org_ceibo.pk}/").status_code == 200
    assert f'value="{pueblo.distrito_1.pk}"' not in texto_de(cliente.get("/admin/organizaciones/new/"))
    assert Organizacion.objects.get(pk=pueblo.org_molle.pk).estado == "vigente"


def test_lista_filtra_por_el_estado_de_hoy_y_busca(entrar, con_roles, gente, pueblo):
    publicar(pueblo, gente)
    cliente = entrar(con_roles.hugo)
    for filtro, esperada in (("directiva_vencida", "Ceibo"), ("vigente", "Molle"), ("en_observacion", "Villa Nueva")):
        texto = texto_de(cliente.get("/admin/organizaciones/", {"estado": filtro}))
        vistas = {n for n in ("Ceibo", "Molle", "Villa Nueva") if f">{n}<" in texto or f" {n} <" in texto}
        assert vistas == {esperada}, filtro
    assert "Ceibo" not in texto_de(cliente.get("/admin/organizaciones/", {"q": "villa"}))


@pytest.mark.parametrize("formato", ["csv", "xlsx"])
def test_descargas_no_ejecutan_nada_ni_llevan_el_contacto(entrar, con_roles, pueblo, formato):
    pueblo.org_molle.nombre, pueblo.org_molle.telefono = "=CMD|' /C calc'!A0", "4400001"
    pueblo.org_molle.save()
    cliente = entrar(con_roles.hugo)
    for seccion in ("organizaciones", "mandatos", "actas-de-directiva", "observaciones"):
        respuesta = cliente.get(f"/admin/{seccion}/?export={formato}")
        assert respuesta.status_code == 200, seccion
        cuerpo = b"".join(respuesta.streaming_content) if respuesta.streaming else respuesta.content
        assert b"4400001" not in cuerpo
        if formato == "csv" and seccion == "organizaciones":
            assert "'=CMD" in cuerpo.decode() and "Con directiva vencida" in cuerpo.decode()


def test_varias_pasan_a_revision_con_el_resultado_de_cada_una(entrar, con_roles, gente, pueblo):
    una, otra = pedir(pueblo, gente.nadia, "Una"), pedir(pueblo, gente.nadia, "Otra")
    cliente = entrar(con_roles.hugo)
    url = f"{EN_BLOQUE}?id={una.pk}&id={otra.pk}&id={pueblo.org_molle.pk}&id=abc&id={'9' * 40}"
    texto = texto_de(cliente.get(url))
    assert "OTB Una" in texto and "quedan como están" in texto
    respuesta = cliente.post(url + "&next=/admin/organizaciones/", follow=True)
    assert "Pasaron a revisión: 2." in texto_de(respuesta)
    estados = dict(Organizacion.objects.values_list("nombre", "estado"))
    assert estados == {"Una": "en_revision", "Otra": "en_revision", "Molle": "vigente", "Ceibo": "vigente"}


def test_en_bloque_no_pasa_las_de_otro_distrito(entrar, solo_distrito_2, gente, pueblo):
    ajena, propia = (
        pedir(pueblo, gente.nadia, "Ajena"),
        pedir(pueblo, gente.nadia, "Propia", distrito=pueblo.distrito_2),
    )
    entrar(gente.hugo).post(f"{EN_BLOQUE}?id={ajena.pk}&id={propia.pk}&next=/admin/")
    entrar(gente.hugo).post(f"{EN_BLOQUE}?id=all&next=/admin/")
    assert [Organizacion.objects.get(pk=o.pk).estado for o in (ajena, propia)] == ["solicitada", "en_revision"]


def test_ventanilla_pasa_a_revision_y_no_publica(entrar, con_roles, gente, pueblo):
    acciones.asignar_rol(con_roles.dora, rol="ventanilla")
    nueva = pedir(pueblo, gente.nadia)
    cliente, url = entrar(con_roles.dora), f"/admin/organizaciones/mover/{nueva.pk}/"
    assert 'value="en_revision"' in texto_de(cliente.get(url))
    assert cliente.post(url, {"hacia": "en_revision"}).status_code == 302
    # Ya no le queda ningún paso: la trastienda no le abre la página.
    assert [cliente.get(url).url, cliente.post(url, {"hacia": "publicada"}).url] == ["/admin/", "/admin/"]
    assert Organizacion.objects.get(pk=nueva.pk).estado == "en_revision"


def test_ficha_muestra_lo_que_hallo_la_revision_y_la_historia(entrar, con_roles, gente, pueblo):
    nueva = pedir(pueblo, gente.nadia, "Mollé", clase="junta_vecinal")
    acciones.mover_organizacion(nueva, hacia="en_revision", actor=gente.hugo)
    texto = texto_de(entrar(con_roles.hugo).get(f"/admin/organizaciones/inspect/{nueva.pk}/"))
    assert "El nombre se parece al de OTB Molle, del mismo distrito." in texto
    assert "Se registró la organización." in texto and "Nadia Nueva" in texto


def test_acta_se_confirma_y_se_une_una_cuenta_desde_la_trastienda(entrar, con_roles, gente, pueblo):
    acta = presentar(pueblo.org_molle, gente.fabio, ("Presidencia", "Ana", "ana"), ("Vocalía", "Dora", ""))
    cliente = entrar(con_roles.hugo)
    ficha = texto_de(cliente.get(f"/admin/actas-de-directiva/inspect/{acta.pk}/"))
    assert "Se unirá a Ana Vecina (ana)" in ficha and acta.escaneo.huella in ficha
    assert cliente.post(f"/admin/actas-de-directiva/confirmar/{acta.pk}/", {"nota": ""}).status_code == 302
    assert Mandato.objects.vigentes().get(organizacion=pueblo.org_molle).usuario == gente.ana
    otra_vez = cliente.post(f"/admin/actas-de-directiva/confirmar/{acta.pk}/", {"nota": ""})
    assert "ya se revisó" in texto_de(otra_vez)
    cargo = acta.cargos.get(usuario=None)
    datos = {"cargo": cargo.pk, "usuario": "dora"}
    assert cliente.post(f"/admin/actas-de-directiva/vincular/{acta.pk}/", datos).status_code == 302
    assert gente.dora.mandatos.vigentes().get().cargo == "Vocalía"


def test_acta_propia_no_ofrece_confirmar_ni_se_deja(entrar, con_roles, pueblo):
    acta = presentar(pueblo.org_ceibo, con_roles.hugo)
    cliente = entrar(con_roles.hugo)
    assert f"/confirmar/{acta.pk}/" not in texto_de(cliente.get(f"/admin/actas-de-directiva/inspect/{acta.pk}/"))
    assert "La revisa otra persona" in texto_de(
        cliente.post(f"/admin/actas-de-directiva/confirmar/{acta.pk}/", {"nota": ""})
    )
    assert ActaDeDirectiva.objects.get().estado == "pendiente"


def test_rechazar_acta_exige_motivo(entrar, con_roles, gente, pueblo):
    acta = presentar(pueblo.org_molle, gente.fabio)
    cliente, url = entrar(con_roles.hugo), f"/admin/actas-de-directiva/rechazar/{acta.pk}/"
    assert cliente.post(url, {"motivo": ""}).status_code == 422
    assert cliente.post(url, {"motivo": "No se leen las firmas."}).status_code == 302
    assert ActaDeDirectiva.objects.get().motivo == "No se leen las firmas."


def test_observacion_se_responde_y_se_modera_por_cargo(entrar, con_roles, gente, pueblo):
    observacion = acciones.observar(publicar(pueblo, gente), autor=gente.ana, texto="No se convocó.")
    acciones.asignar_rol(con_roles.dora, rol="gestion_comunidad")
    modera = entrar(con_roles.dora)
    assert modera.post(f"/admin/observaciones/moderar/{observacion.pk}/", {"nota": "Insulta."}).status_code == 302
    datos = {"decision": "desestimada", "respuesta": "Hay aviso."}
    url = f"/admin/observaciones/responder/{observacion.pk}/"
    assert "La decide otra persona" in texto_de(modera.post(url, datos))
    assert entrar(con_roles.hugo).post(url, datos).status_code == 302
    observacion = ObservacionDeRegistro.objects.get()
    assert (observacion.estado, observacion.oculta, observacion.respondida_por) == ("desestimada", True, con_roles.hugo)


@pytest.mark.parametrize("quien", ["carla", "elena", "ana"])
def test_sin_permiso_no_se_entra_a_ninguna_gestion(entrar, con_roles, gente, pueblo, quien):
    acta = presentar(pueblo.org_molle, gente.fabio)
    cliente = entrar(getattr(con_roles, quien))
    for url in (
        f"/admin/actas-de-directiva/confirmar/{acta.pk}/",
        f"/admin/organizaciones/mover/{pueblo.org_molle.pk}/",
    ):
        respuesta = cliente.post(url, {"nota": "", "hacia": "suspendida", "motivo": "x"})
        assert respuesta.status_code == 302 and (negada(respuesta) or "/ingresar/" in respuesta["Location"])
    assert ActaDeDirectiva.objects.get().estado == "pendiente"


def test_lista_hace_las_mismas_consultas_con_mas_filas(entrar, con_roles, pueblo, django_assert_max_num_queries):
    cliente = entrar(con_roles.hugo)
    cliente.get("/admin/organizaciones/")
    with django_assert_max_num_queries(30) as pocas:
        cliente.get("/admin/organizaciones/")
    Organizacion.objects.bulk_create(
        Organizacion(nombre=f"B {n}", slug=f"b-{n}", clase="otb", distrito=pueblo.distrito_1) for n in range(15)
    )
    with django_assert_max_num_queries(30) as muchas:
        cliente.get("/admin/organizaciones/")
    assert len(muchas) == len(pocas)


def test_publicada_sin_plazo_no_entra_en_la_base(pueblo):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        Organizacion.objects.filter(pk=pueblo.org_molle.pk).update(estado="publicada")


def test_suceso_de_cada_paso_nombra_a_quien_lo_dio(gente, pueblo):
    organizacion = publicar(pueblo, gente)
    pasos = Suceso.objects.de(organizacion).filter(verbo="mover")
    assert {(s.actor, s.calidad) for s in pasos} == {(gente.hugo, "Planificación POA")}
    assert organizacion.observable_hasta > timezone.localdate()
    assert organizacion.observable_hasta <= dias(14)
