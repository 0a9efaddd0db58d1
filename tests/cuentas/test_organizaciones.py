import datetime

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.cuentas import acciones, permisos
from civic.cuentas.models import AsignacionRol, Mandato, Organizacion
from mapas.territorio.models import Area, Clase
from tests.cuentas.conftest import recargada
from tests.cuentas.piezas import dias, pedir, presentar, publicar
from tests.elenco import crear_area, cuadrado

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
        crear(pueblo, f"Estado {estado}", slug=estado.replace("_", "-"), estado=estado, observable_hasta=HOY())
    crear(pueblo, "Nunca publicada", slug="reservada", estado="suspendida", reservada=True)
    texto = texto_de(client.get(LISTA))
    assert "Nunca publicada" not in texto
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


@pytest.mark.parametrize("consulta", ["?distrito=' OR 1=1&clase=x", "?pagina=9999", "?q=%07%07", "?q=" + "a" * 5000])
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
    assert "fabio" not in texto  # el usuario con que ingresa no se publica


def test_pagina_sin_directiva_en_curso_lo_dice(client, gente, pueblo):
    pueblo.org_molle.mandatos.update(
        desde=HOY() - datetime.timedelta(days=90), hasta=HOY() - datetime.timedelta(days=1)
    )
    texto = texto_de(client.get("/organizaciones/molle/"))
    assert "Directiva vencida" in texto and "Su directiva venció." in texto
    assert "Fabio Preside, Presidencia" in texto  # entre las directivas anteriores
    assert "<strong>Fabio" not in texto
    assert Organizacion.objects.get(pk=pueblo.org_molle.pk).estado == "vigente"  # mirar no escribe


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
    Mandato.objects.create(
        usuario=gente.beto, organizacion=pueblo.org_ceibo, cargo="Secretaría", desde=manana, hasta=manana
    )
    assert permisos.puede_actuar_por(gente.beto, pueblo.org_ceibo) is False


@pytest.mark.parametrize("estado", ["suspendida", "solicitada", "en_revision", "publicada"])
def test_organizacion_suspendida_o_sin_publicar_no_actua(gente, pueblo, estado):
    Organizacion.objects.filter(pk=pueblo.org_molle.pk).update(estado=estado, observable_hasta=HOY())
    fabio = recargada(gente.fabio)
    assert permisos.puede_actuar_por(fabio, pueblo.org_molle) is False
    assert permisos.organizaciones_de(fabio) == []


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
    acciones.corregir_organizacion(pueblo.org_molle, actor=gente.hugo, familias=80, fuente="Acta 2026")
    pueblo.org_molle.refresh_from_db()
    assert (pueblo.org_molle.familias, pueblo.org_molle.estado) == (80, "vigente")
    suceso = Suceso.objects.de(pueblo.org_molle).get()
    assert suceso.texto == "Se corrigió: familias afiliadas, fuente del nombre."
    assert suceso.calidad == "Planificación POA"
    with pytest.raises(TypeError):
        acciones.corregir_organizacion(pueblo.org_molle, estado="suspendida")


def test_corregir_organizacion_con_area_de_otro_distrito_no_se_puede(gente, pueblo):
    libre = Area.objects.create(
        municipio=pueblo.municipio, tipo="otb", codigo="O-9", nombre="Lejos", clase="otb", padre=pueblo.distrito_1
    )
    with pytest.raises(ReglaIncumplida, match="de otro distrito"):
        acciones.corregir_organizacion(pueblo.org_ceibo, area=libre)


# --- La tabla de estados ---------------------------------------------------------------------------------------------
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
        ("vigente", "suspendida"),
        ("suspendida", "en_revision"),
        ("suspendida", "vigente"),
    }
    ayer = HOY() - datetime.timedelta(days=1)
    datos = {"estado": desde, "observable_hasta": ayer, "vigente_desde": ayer}
    Organizacion.objects.filter(pk=pueblo.org_molle.pk).update(**datos)
    # Con directiva en curso, el reloj lee la vencida como vigente antes de moverla.
    leida = "vigente" if desde == "directiva_vencida" else desde
    if (leida, hacia) in permitidos:
        acciones.mover_organizacion(pueblo.org_molle, hacia=hacia, actor=gente.hugo, motivo="Se revisó el acta.")
        suceso = Suceso.objects.de(pueblo.org_molle).filter(hasta=hacia).get()
        assert (suceso.desde, suceso.publico, suceso.calidad) == (leida, True, "Planificación POA")
        esperado = hacia
    else:
        with pytest.raises(ReglaIncumplida, match="no puede pasar"):
            acciones.mover_organizacion(pueblo.org_molle, hacia=hacia, actor=gente.hugo, motivo="Se revisó el acta.")
        esperado = desde
    assert Organizacion.objects.get(pk=pueblo.org_molle.pk).estado == esperado


@pytest.mark.parametrize("quien", ["ana", "fabio", "carla", "elena", "dora"])
def test_mover_sin_el_cargo_que_da_ese_paso_no_mueve(gente, pueblo, quien):
    with pytest.raises(ReglaIncumplida, match="otro cargo"):
        acciones.mover_organizacion(
            pueblo.org_molle, hacia="suspendida", actor=getattr(gente, quien), motivo="Porque sí."
        )
    assert Organizacion.objects.get(pk=pueblo.org_molle.pk).estado == "vigente"


@pytest.mark.parametrize("motivo", ["", "  ", "\u200b"])
def test_suspender_sin_motivo_no_se_puede(gente, pueblo, motivo):
    with pytest.raises(ReglaIncumplida, match="Escribe el motivo"):
        acciones.mover_organizacion(pueblo.org_molle, hacia="suspendida", actor=gente.hugo, motivo=motivo)
    assert Organizacion.objects.get(pk=pueblo.org_molle.pk).estado == "vigente"


def test_nadie_publica_ni_valida_la_que_registro(gente, pueblo):
    nueva = pedir(pueblo, gente.hugo)
    acciones.confirmar_acta(presentar(nueva, gente.hugo), actor=gente.gloria)
    acciones.mover_organizacion(nueva, hacia="en_revision", actor=gente.hugo)
    with pytest.raises(ReglaIncumplida, match="otra persona"):
        acciones.mover_organizacion(nueva, hacia="publicada", actor=gente.hugo)
    acciones.mover_organizacion(nueva, hacia="publicada", actor=gente.gloria)
    Organizacion.objects.filter(pk=nueva.pk).update(observable_hasta=dias(-1))
    with pytest.raises(ReglaIncumplida, match="otra persona"):
        acciones.mover_organizacion(nueva, hacia="vigente", actor=gente.hugo)
    acciones.mover_organizacion(nueva, hacia="vigente", actor=gente.gloria)
    assert Organizacion.objects.get(pk=nueva.pk).estado == "vigente"


def test_nadie_publica_la_que_lo_nombra_en_su_acta(gente, pueblo):
    nueva = pedir(pueblo, gente.nadia)
    presentar(nueva, gente.nadia, ("Presidencia", "Hugo Planifica", "HUGO"))
    acciones.mover_organizacion(nueva, hacia="en_revision", actor=gente.hugo)
    with pytest.raises(ReglaIncumplida, match="otra persona"):
        acciones.mover_organizacion(nueva, hacia="publicada", actor=gente.hugo)


def test_publicar_exige_el_acta(gente, pueblo):
    nueva = pedir(pueblo, gente.nadia)
    acciones.mover_organizacion(nueva, hacia="en_revision", actor=gente.hugo)
    with pytest.raises(ReglaIncumplida, match="Falta el acta"):
        acciones.mover_organizacion(nueva, hacia="publicada", actor=gente.hugo)


def test_la_que_nunca_fue_vigente_no_salta_el_plazo_por_la_suspension(gente, pueblo):
    organizacion = publicar(pueblo, gente)
    acciones.mover_organizacion(organizacion, hacia="suspendida", actor=gente.hugo, motivo="Duda.")
    with pytest.raises(ReglaIncumplida, match="Nunca estuvo vigente"):
        acciones.mover_organizacion(organizacion, hacia="vigente", actor=gente.hugo, motivo="Listo.")


def test_rechazada_en_revision_no_se_publica(client, gente, pueblo):
    nueva = pedir(pueblo, gente.nadia, "Palabrota")
    acciones.mover_organizacion(nueva, hacia="en_revision", actor=gente.hugo)
    acciones.mover_organizacion(nueva, hacia="suspendida", actor=gente.hugo, motivo="No existe.")
    assert client.get(f"/organizaciones/{nueva.slug}/").status_code == 404
    assert "Palabrota" not in texto_de(client.get(LISTA))


def test_vigente_recibe_su_area_con_punto_y_sin_limite(gente, pueblo):
    organizacion = publicar(pueblo, gente)
    Organizacion.objects.filter(pk=organizacion.pk).update(observable_hasta=dias(-1), lon=0.4, lat=0.6)
    organizacion = acciones.mover_organizacion(organizacion, hacia="vigente", actor=gente.hugo)
    area = Area.objects.get(pk=organizacion.area_id)
    assert (area.nombre, area.padre, area.lon, area.lat) == ("Villa Nueva", pueblo.distrito_1, 0.4, 0.6)
    assert area.limites.count() == 0


# --- El reloj --------------------------------------------------------------------------------------------------------
def test_directiva_vencida_la_dice_el_reloj_en_lista_filtro_pagina_y_json(client, gente, pueblo):
    Mandato.objects.update(desde=dias(-90), hasta=dias(-1))
    assert Organizacion.objects.get(pk=pueblo.org_molle.pk).estado == "vigente"
    assert "2 organizaciones" in texto_de(client.get(LISTA, {"estado": "directiva_vencida"}))
    assert "0 organizaciones" in texto_de(client.get(LISTA, {"estado": "vigente"}))
    assert "Nadie tiene mandato en curso." in texto_de(client.get("/organizaciones/molle/"))
    assert client.get("/organizaciones/molle.json").json()["status"] == "directiva_vencida"


def test_directiva_vencida_se_guarda_en_el_siguiente_acto(gente, pueblo):
    Mandato.objects.update(desde=dias(-90), hasta=dias(-1))
    acciones.corregir_organizacion(pueblo.org_molle, actor=gente.hugo, familias=7)
    assert Organizacion.objects.get(pk=pueblo.org_molle.pk).estado == "directiva_vencida"
    suceso = Suceso.objects.de(pueblo.org_molle).get(verbo="mover")
    assert (suceso.actor, suceso.calidad, suceso.hasta) == (None, "Por fecha", "directiva_vencida")


# --- Revisión de traslapes -------------------------------------------------------------------------------------------
def test_revision_halla_misma_area_nombre_parecido_y_areas_pisadas(gente, pueblo):
    pueblo.otb_molle.alias = ["Mollé Pampa"]
    pueblo.otb_molle.save()
    misma = pedir(pueblo, gente.nadia, "MOLLE", clase=Clase.JUNTA, area_pedida=pueblo.otb_molle)
    alias = pedir(pueblo, gente.nadia, "Molle-Pampa")
    pisada = crear_area(
        municipio=pueblo.municipio, tipo="otb", codigo="O-7", nombre="Otra", clase="otb", padre=pueblo.distrito_1,
        geometria=cuadrado(0.2, 0.2, 0.3, 0.3),
    )  # fmt: skip
    encima = pedir(pueblo, gente.nadia, "Totalmente Distinta", area_pedida=pisada)
    punto = pedir(pueblo, gente.nadia, "Nada Que Ver", lon=0.5, lat=0.5)
    tipos = {}
    for organizacion in (misma, alias, encima, punto):
        movida = acciones.mover_organizacion(organizacion, hacia="en_revision", actor=gente.hugo)
        tipos[movida.nombre] = sorted(
            h["tipo"] for h in movida.revision["hallazgos"] if h["organizacion"] == pueblo.org_molle.pk
        )
    assert tipos == {
        "MOLLE": ["misma_area", "nombre"],
        "Molle-Pampa": ["nombre"],
        "Totalmente Distinta": ["area_pisada"],
        "Nada Que Ver": ["punto"],
    }


def test_publicar_con_un_area_ajena_no_se_puede(gente, pueblo):
    misma = pedir(pueblo, gente.nadia, "Otra Molle", area_pedida=pueblo.otb_molle)
    presentar(misma, gente.nadia)
    acciones.mover_organizacion(misma, hacia="en_revision", actor=gente.hugo)
    with pytest.raises(ReglaIncumplida, match="Su área ya es de OTB Molle"):
        acciones.mover_organizacion(misma, hacia="publicada", actor=gente.hugo)


# --- Alcance por distrito --------------------------------------------------------------------------------------------
def test_alcance_sale_de_los_roles_que_dan_el_permiso(gente, pueblo):
    assert permisos.alcance_de(gente.hugo) is None
    assert permisos.alcance_de(gente.ana) == frozenset()
    assert permisos.alcance_de(AnonymousUser()) == frozenset()
    AsignacionRol.objects.filter(usuario=gente.hugo).update(distrito=pueblo.distrito_2)
    assert permisos.alcance_de(gente.hugo) == frozenset({pueblo.distrito_2.pk})
    # Otro rol sin límite que no da el permiso no lo amplía; uno que sí, lo amplía.
    AsignacionRol.objects.create(usuario=gente.hugo, rol="comunicacion", desde=dias(-1))
    assert permisos.alcance_de(gente.hugo) == frozenset({pueblo.distrito_2.pk})
    AsignacionRol.objects.create(usuario=gente.hugo, rol="ventanilla", desde=dias(-1))
    gente.hugo.__dict__.pop("roles_vigentes")
    assert permisos.alcance_de(gente.hugo) is None
    assert permisos.alcance_de(gente.hugo, "cuentas.change_organizacion") == frozenset({pueblo.distrito_2.pk})


def test_fuera_de_su_distrito_no_mueve_ni_corrige_ni_resuelve(gente, pueblo):
    acta = presentar(pueblo.org_molle, gente.fabio)
    AsignacionRol.objects.filter(usuario=gente.hugo).update(distrito=pueblo.distrito_2)
    with pytest.raises(ReglaIncumplida, match="otro cargo"):
        acciones.mover_organizacion(pueblo.org_molle, hacia="suspendida", actor=gente.hugo, motivo="X.")
    with pytest.raises(ReglaIncumplida, match="no llega"):
        acciones.corregir_organizacion(pueblo.org_molle, actor=gente.hugo, familias=3)
    with pytest.raises(ReglaIncumplida, match="no llega"):
        acciones.terminar_mandato(gente.fabio.mandatos.get(), actor=gente.hugo, motivo="X.")
    with pytest.raises(ReglaIncumplida, match="no es de tu distrito"):
        acciones.confirmar_acta(acta, actor=gente.hugo)
    with pytest.raises(ReglaIncumplida, match="no llega a ese distrito"):
        acciones.corregir_organizacion(pueblo.org_ceibo, actor=gente.hugo, distrito=pueblo.distrito_1, area=None)
