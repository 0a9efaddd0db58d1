import datetime

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.cuentas import acciones, permisos
from civic.cuentas.models import Mandato, Organizacion
from mapas.territorio.models import Area, Clase
from tests.cuentas.conftest import recargada

LISTA = "/organizaciones/"
HOY = timezone.localdate


def texto_de(respuesta):
    return " ".join(respuesta.content.decode().split())


def crear(pueblo, nombre, **cambios):
    datos = {"slug": nombre.lower().replace(" ", "-"), "clase": Clase.OTB, "distrito": pueblo.distrito_1}
    datos["estado"] = Organizacion.Estado.VIGENTE
    return Organizacion.objects.create(nombre=nombre, **{**datos, **cambios})


def test_lista_muestra_solo_las_publicas(client, pueblo):
    for estado in Organizacion.Estado.values:
        crear(pueblo, f"Estado {estado}", slug=estado.replace("_", "-"), estado=estado)
    texto = texto_de(client.get(LISTA))
    visibles = {e for e in Organizacion.Estado.values if f"Estado {e}" in texto}
    assert visibles == {str(e) for e in Organizacion.VISIBLES}


def test_lista_busca_sin_acentos_ni_mayusculas(client, pueblo):
    crear(pueblo, "Villa Ürkupiña", slug="urkupina")
    texto = texto_de(client.get(LISTA, {"q": "URKUPINA villa"}))
    assert "Villa Ürkupiña" in texto
    assert "1 organización" in texto
    assert ">Molle<" not in texto


def test_lista_filtra_por_distrito_y_clase(client, pueblo):
    crear(pueblo, "Regantes", clase=Clase.SINDICATO, distrito=pueblo.distrito_2)
    texto = texto_de(client.get(LISTA, {"distrito": "D-2", "clase": "sindicato_agrario"}))
    assert "1 organización" in texto and ">Regantes<" in texto
    assert '<option value="D-2" selected>Distrito 2</option>' in texto


def test_lista_sin_resultados_dice_que_hacer(client, pueblo):
    assert "Ninguna organización coincide." in texto_de(client.get(LISTA, {"q": "zzzz"}))


@pytest.mark.parametrize("consulta", ["?distrito=' OR 1=1&clase=x", "?pagina=9999", "?q=%00%00", "?q=" + "a" * 5000])
def test_lista_con_filtros_imposibles_responde_200(client, pueblo, consulta):
    assert client.get(LISTA + consulta).status_code == 200


def test_lista_no_acepta_post(client, pueblo):
    assert client.post(LISTA).status_code == 405


def test_lista_hace_las_mismas_consultas_con_2_y_con_60(client, pueblo, django_assert_max_num_queries):
    with django_assert_max_num_queries(8) as pocas:
        client.get(LISTA)
    for numero in range(60):
        crear(pueblo, f"Barrio {numero}")
    with django_assert_max_num_queries(8) as muchas:
        texto = texto_de(client.get(LISTA))
    assert len(muchas) == len(pocas)
    assert "62 organizaciones" in texto and "Página 1 de 4" in texto


def test_lista_no_trae_poligonos(client, pueblo, django_assert_max_num_queries):
    with django_assert_max_num_queries(8) as consultas:
        client.get(LISTA)
    assert [c["sql"] for c in consultas if '"geometria"' in c["sql"]] == []


def test_pagina_dice_quien_dirige_y_que_el_area_es_aproximada(client, gente, pueblo):
    pueblo.org_molle.familias, pueblo.org_molle.fuente = 1250, "SICOES"
    pueblo.org_molle.save()
    texto = texto_de(client.get("/organizaciones/molle/"))
    assert "<strong>Fabio Preside</strong>, Presidencia" in texto
    assert "Vigente" in texto and "1.250" in texto and "SICOES" in texto
    assert "Su área en el mapa es aproximada, no oficial." in texto
    assert "?organizacion=molle" in texto
    assert "fabio" not in texto  # el usuario con que ingresa no se publica


def test_pagina_sin_directiva_en_curso_lo_dice(client, gente, pueblo):
    pueblo.org_molle.mandatos.update(
        desde=HOY() - datetime.timedelta(days=90), hasta=HOY() - datetime.timedelta(days=1)
    )
    pueblo.org_molle.estado = Organizacion.Estado.VENCIDA
    pueblo.org_molle.save()
    texto = texto_de(client.get("/organizaciones/molle/"))
    assert "Directiva vencida" in texto and "Su directiva venció." in texto
    assert "Fabio" not in texto


@pytest.mark.parametrize("estado", ["solicitada", "en_revision"])
def test_pagina_de_una_no_publicada_no_existe_para_nadie(client, entrar, gente, pueblo, estado):
    Organizacion.objects.filter(pk=pueblo.org_molle.pk).update(estado=estado)
    assert client.get("/organizaciones/molle/").status_code == 404
    assert entrar(gente.fabio).get("/organizaciones/molle/").status_code == 404


def test_pagina_que_no_existe_y_metodo_ajeno(client, pueblo):
    assert client.get("/organizaciones/no-hay/").status_code == 404
    assert client.post("/organizaciones/molle/").status_code == 405


def test_pagina_suspendida_explica_y_muestra_el_motivo(client, gente, pueblo):
    acciones.mover_organizacion(pueblo.org_molle, hacia="suspendida", actor=gente.hugo, motivo="Dos actas distintas.")
    texto = texto_de(client.get("/organizaciones/molle/"))
    assert "Esta organización está suspendida." in texto and "Dos actas distintas." in texto
    assert "Hugo" not in texto  # la historia pública no nombra al funcionario


# --- Quién actúa por una organización --------------------------------------------------------------------------------
def test_actua_por_su_organizacion_quien_tiene_mandato_y_solo_por_esa(gente, pueblo):
    assert permisos.puede_actuar_por(gente.fabio, pueblo.org_molle) is True
    assert permisos.puede_actuar_por(gente.fabio, pueblo.org_ceibo) is False
    assert permisos.puede_actuar_por(gente.ana, pueblo.org_molle) is False
    assert permisos.puede_actuar_por(AnonymousUser(), pueblo.org_molle) is False
    assert permisos.puede_actuar_por(gente.fabio, None) is False
    assert permisos.organizaciones_de(gente.fabio) == [pueblo.org_molle]
    assert permisos.organizaciones_de(AnonymousUser()) == []


def test_mandato_da_poder_hasta_su_ultimo_dia_inclusive(gente, pueblo):
    fin = gente.fabio.mandatos.get().hasta
    la_paz = timezone.get_current_timezone()
    with time_machine.travel(datetime.datetime.combine(fin, datetime.time(23, 59), la_paz)):
        assert permisos.puede_actuar_por(gente.fabio, pueblo.org_molle) is True
    with time_machine.travel(datetime.datetime.combine(fin + datetime.timedelta(days=1), datetime.time(0, 1), la_paz)):
        fabio = recargada(gente.fabio)
        assert permisos.puede_actuar_por(fabio, pueblo.org_molle) is False
        assert permisos.organizaciones_de(fabio) == []


def test_mandato_que_aun_no_empieza_no_da_poder(gente, pueblo):
    manana = HOY() + datetime.timedelta(days=1)
    acciones.nombrar_directiva(pueblo.org_ceibo, usuario=gente.beto, cargo="Secretaría", desde=manana, hasta=manana)
    assert permisos.puede_actuar_por(gente.beto, pueblo.org_ceibo) is False


@pytest.mark.parametrize("estado", ["suspendida", "solicitada", "en_revision"])
def test_organizacion_suspendida_o_sin_publicar_no_actua(gente, pueblo, estado):
    Organizacion.objects.filter(pk=pueblo.org_molle.pk).update(estado=estado)
    fabio = recargada(gente.fabio)
    assert permisos.puede_actuar_por(fabio, pueblo.org_molle) is False
    assert permisos.organizaciones_de(fabio) == []


# --- Directiva -------------------------------------------------------------------------------------------------------
def test_nombrar_directiva_registra_anota_y_devuelve_la_vigencia(gente, pueblo):
    Organizacion.objects.filter(pk=pueblo.org_ceibo.pk).update(estado=Organizacion.Estado.VENCIDA)
    desde, hasta = HOY(), HOY() + datetime.timedelta(days=730)
    mandato = acciones.nombrar_directiva(
        pueblo.org_ceibo, usuario=gente.beto, cargo="Presidencia", desde=desde, hasta=hasta, actor=gente.hugo
    )
    assert (mandato.usuario, mandato.desde, mandato.hasta) == (gente.beto, desde, hasta)
    assert Organizacion.objects.get(pk=pueblo.org_ceibo.pk).estado == Organizacion.Estado.VIGENTE
    assert [s.verbo for s in Suceso.objects.de(pueblo.org_ceibo)] == ["mover", "nombrar"]
    assert permisos.puede_actuar_por(gente.beto, pueblo.org_ceibo) is True


@pytest.mark.parametrize("caso", ["al_reves", "a_si_mismo", "sin_cargo", "repetido", "suspendida"])
def test_nombrar_directiva_que_no_corresponde_no_registra(gente, pueblo, caso):
    hoy = HOY()
    datos = {"usuario": gente.beto, "cargo": "Presidencia", "desde": hoy, "hasta": hoy, "actor": gente.hugo}
    if caso == "al_reves":
        datos["hasta"] = hoy - datetime.timedelta(days=1)
    elif caso == "a_si_mismo":
        datos["actor"] = gente.beto
    elif caso == "sin_cargo":
        datos["cargo"] = " "
    elif caso == "suspendida":
        Organizacion.objects.filter(pk=pueblo.org_ceibo.pk).update(estado="suspendida")
    else:
        acciones.nombrar_directiva(pueblo.org_ceibo, **datos)
    antes = Mandato.objects.count()
    with pytest.raises(ReglaIncumplida):
        acciones.nombrar_directiva(pueblo.org_ceibo, **datos)
    assert Mandato.objects.count() == antes


def test_terminar_mandato_quita_el_poder_hoy(gente, pueblo):
    acciones.terminar_mandato(gente.fabio.mandatos.get(), actor=gente.hugo, motivo="Renunció")
    assert permisos.puede_actuar_por(gente.fabio, pueblo.org_molle) is False
    assert Suceso.objects.de(pueblo.org_molle).get().motivo == "Renunció"
    with pytest.raises(ReglaIncumplida, match="ya había terminado"):
        acciones.terminar_mandato(gente.fabio.mandatos.get(), actor=gente.hugo, motivo="Otra vez")


def test_terminar_mandato_sin_motivo_no_se_puede(gente):
    with pytest.raises(ReglaIncumplida, match="Escribe por qué"):
        acciones.terminar_mandato(gente.fabio.mandatos.get(), actor=gente.hugo, motivo="")
    assert gente.fabio.mandatos.get().hasta > HOY()


# --- Registro y estados ----------------------------------------------------------------------------------------------
def test_registrar_organizacion_nace_solicitada_y_con_direccion_libre(gente, pueblo):
    datos = {"clase": Clase.OTB, "distrito": pueblo.distrito_1, "actor": gente.hugo}
    una = acciones.registrar_organizacion(nombre=" Villa   Nueva ", **datos)
    otra = acciones.registrar_organizacion(nombre="Villa Nueva", **{**datos, "clase": Clase.JUNTA})
    assert (una.nombre, una.slug, una.estado) == ("Villa Nueva", "villa-nueva-distrito-1", "solicitada")
    assert otra.slug == "villa-nueva-distrito-1-2"
    with pytest.raises(ReglaIncumplida, match="Ya hay una organización"):
        acciones.registrar_organizacion(nombre="VILLA NUEVA", **datos)


def test_corregir_organizacion_anota_que_se_corrigio_y_no_toca_el_estado(gente, pueblo):
    acciones.corregir_organizacion(pueblo.org_ceibo, actor=gente.hugo, familias=80, fuente="Acta 2026")
    pueblo.org_ceibo.refresh_from_db()
    assert (pueblo.org_ceibo.familias, pueblo.org_ceibo.estado) == (80, "vigente")
    assert Suceso.objects.de(pueblo.org_ceibo).get().texto == "Se corrigió: familias afiliadas, fuente del nombre."
    with pytest.raises(TypeError):
        acciones.corregir_organizacion(pueblo.org_ceibo, estado="suspendida")


def test_corregir_organizacion_con_area_de_otro_distrito_no_se_puede(gente, pueblo):
    libre = Area.objects.create(
        municipio=pueblo.municipio, tipo="otb", codigo="O-9", nombre="Lejos", clase="otb", padre=pueblo.distrito_1
    )
    with pytest.raises(ReglaIncumplida, match="de otro distrito"):
        acciones.corregir_organizacion(pueblo.org_ceibo, area=libre)


@pytest.mark.parametrize("desde", Organizacion.Estado.values)
@pytest.mark.parametrize("hacia", Organizacion.Estado.values)
def test_mover_organizacion_respeta_la_tabla(gente, pueblo, desde, hacia):
    permitidos = {
        ("solicitada", "en_revision"),
        ("en_revision", "publicada"),
        ("en_revision", "suspendida"),
        ("publicada", "vigente"),
        ("publicada", "en_revision"),
        ("publicada", "suspendida"),
        ("vigente", "directiva_vencida"),
        ("vigente", "suspendida"),
        ("directiva_vencida", "vigente"),
        ("directiva_vencida", "suspendida"),
        ("suspendida", "en_revision"),
        ("suspendida", "vigente"),
    }
    Organizacion.objects.filter(pk=pueblo.org_molle.pk).update(estado=desde)
    if (desde, hacia) in permitidos:
        acciones.mover_organizacion(pueblo.org_molle, hacia=hacia, actor=gente.hugo, motivo="Se revisó el acta.")
        suceso = Suceso.objects.de(pueblo.org_molle).get()
        assert (suceso.desde, suceso.hasta, suceso.publico) == (desde, hacia, True)
    else:
        with pytest.raises(ReglaIncumplida):
            acciones.mover_organizacion(pueblo.org_molle, hacia=hacia, actor=gente.hugo, motivo="Se revisó el acta.")
    esperado = hacia if (desde, hacia) in permitidos else desde
    assert Organizacion.objects.get(pk=pueblo.org_molle.pk).estado == esperado


def test_suspender_sin_motivo_no_se_puede(gente, pueblo):
    with pytest.raises(ReglaIncumplida, match="Escribe el motivo"):
        acciones.mover_organizacion(pueblo.org_molle, hacia="suspendida", actor=gente.hugo)
    assert Organizacion.objects.get(pk=pueblo.org_molle.pk).estado == "vigente"
