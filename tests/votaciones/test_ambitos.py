"""Contiendas de la ciudad, de distrito, de OTB y de sector: cada obra en una, cada persona en las de su lugar."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from civic.comun.errores import ReglaIncumplida
from civic.cuentas.acciones import asignar_rol, preparar_roles
from civic.cuentas.models import Residencia
from civic.cuentas.roles import Rol
from civic.procesos.models import Techo
from mapas.territorio.models import Area, Clase
from propuestas.models import Propuesta
from tests.elenco import crear_area, crear_persona
from tests.votaciones.conftest import abrir, crear_viable, publicar_padron, segunda, votar
from votaciones import acciones, lugares
from votaciones.models import Contienda, Participacion
from votaciones.padron.models import Habilitacion, PadronElectoral
from votaciones.reglas.ambito import Ambito, Ubicacion, con_articulo, del_lugar, la_mas_chica_donde_cabe
from votaciones.urna.models import Sobre


@pytest.fixture
def sindicato(pueblo):
    """Un sindicato agrario del distrito 1, al lado de la OTB Molle."""
    return crear_area(
        tipo=Area.Tipo.OTB,
        municipio=pueblo.municipio,
        codigo="O-3",
        nombre="Falsuri",
        clase=Clase.SINDICATO,
        padre=pueblo.distrito_1,
    )


@pytest.fixture
def en_tres(preparada, pueblo, gente):
    """Bs 1.000.000 para toda la ciudad, Bs 300.000 para cada distrito y Bs 100.000 para la OTB Molle."""
    crear_viable(preparada.proceso, pueblo.distrito_1, "Mercado", 900_000, autor=gente.fabio, categoria=pueblo.agua)
    acciones.agregar_contiendas(preparada, [pueblo.municipio], presupuesto=Decimal(1_000_000), actor=gente.hugo)
    acciones.agregar_contiendas(preparada, [pueblo.otb_molle], presupuesto=Decimal(100_000), actor=gente.hugo)
    return preparada


def titulos(votacion):
    return {
        contienda.lugar: [opcion.titulo for opcion in contienda.opciones.order_by("numero")]
        for contienda in votacion.contiendas.select_related("area")
    }


def test_cada_obra_va_a_la_papeleta_mas_chica_donde_cabe(en_tres):
    assert titulos(en_tres) == {
        "OTB Molle": ["Luz en la plaza", "Parada de minibús"],
        "Distrito 1": ["Tanque de agua", "Cancha techada"],
        "Distrito 2": ["Puente peatonal"],
        "Pueblo": ["Mercado"],
    }
    assert sorted(en_tres.contiendas.values_list("numero", flat=True)) == [1, 2, 101, 102]


def test_quitar_una_papeleta_devuelve_sus_obras(en_tres, gente):
    acciones.quitar_contienda(en_tres.contiendas.get(area__nombre="Molle"), actor=gente.hugo)
    assert titulos(en_tres)["Distrito 1"] == [
        "Tanque de agua",
        "Cancha techada",
        "Luz en la plaza",
        "Parada de minibús",
    ]


def test_no_se_agregan_repetidas_ni_con_el_padron_publicado(en_tres, pueblo, gente):
    with pytest.raises(ReglaIncumplida, match="Ya hay una papeleta de la OTB Molle"):
        acciones.agregar_contiendas(en_tres, [pueblo.otb_molle], presupuesto=Decimal(1))
    with pytest.raises(ReglaIncumplida, match="mayor a cero"):
        acciones.agregar_contiendas(en_tres, [pueblo.otb_ceibo], presupuesto=Decimal(0))
    with pytest.raises(ReglaIncumplida, match="le toca a Planificación"):
        acciones.agregar_contiendas(en_tres, [pueblo.otb_ceibo], presupuesto=Decimal(1), actor=gente.ana)
    publicar_padron(en_tres)
    with pytest.raises(ReglaIncumplida, match="El padrón ya se publicó"):
        acciones.agregar_contiendas(en_tres, [pueblo.otb_ceibo], presupuesto=Decimal(1))
    with pytest.raises(ReglaIncumplida, match="El padrón ya se publicó"):
        acciones.quitar_contienda(en_tres.contiendas.get(numero=1))


def test_el_padron_pone_a_cada_persona_en_todas_las_de_su_lugar(en_tres, gente):
    publicar_padron(en_tres)
    de = {
        persona.username: sorted(
            suya.contienda.lugar
            for suya in Habilitacion.objects.filter(usuario=persona).select_related("contienda__area")
        )
        for persona in (gente.ana, gente.beto, gente.nadia)
    }
    assert de == {"ana": ["Distrito 1", "OTB Molle", "Pueblo"], "beto": ["Distrito 2", "Pueblo"], "nadia": []}


def test_se_vota_una_vez_en_cada_papeleta_propia_y_en_ninguna_ajena(en_tres, gente):
    abierta = abrir(en_tres, actor=segunda())
    por_lugar = {contienda.lugar: contienda for contienda in abierta.contiendas.select_related("area", "votacion")}
    for lugar in ("OTB Molle", "Distrito 1", "Pueblo"):
        votar(por_lugar[lugar], gente.ana, 1)
    assert Participacion.objects.filter(usuario=gente.ana).count() == Sobre.objects.count() == 3
    with pytest.raises(ReglaIncumplida, match="Ya votaste en todo Pueblo"):
        votar(por_lugar["Pueblo"], gente.ana, 1)
    with pytest.raises(ReglaIncumplida, match=r"padrón del Distrito 2, y tú estás en el padrón de la OTB Molle"):
        votar(por_lugar["Distrito 2"], gente.ana, 1)
    votar(por_lugar["Pueblo"], gente.beto, 1)
    assert Sobre.objects.count() == 4


def test_quien_voto_en_una_y_se_mudo_sigue_con_las_suyas_y_ninguna_nueva(en_tres, gente, pueblo):
    abierta = abrir(en_tres, actor=segunda())
    por_lugar = {contienda.lugar: contienda for contienda in abierta.contiendas.select_related("area", "votacion")}
    votar(por_lugar["OTB Molle"], gente.ana, 1)
    Residencia.objects.filter(usuario=gente.ana).update(otb=pueblo.otb_ceibo, distrito=pueblo.distrito_2)
    votar(por_lugar["Pueblo"], gente.ana, 1)
    with pytest.raises(ReglaIncumplida, match="tú estás en el padrón"):
        votar(por_lugar["Distrito 2"], gente.ana, 1)


def test_la_pagina_dice_cuantas_tocan_y_el_recibo_lleva_a_la_que_falta(en_tres, gente, entrar):
    abierta = abrir(en_tres, actor=segunda())
    cliente = entrar(gente.ana)
    portada = cliente.get(abierta.get_absolute_url()).content.decode()
    assert "Te tocan 3 papeletas" in portada
    assert "Votar en la OTB Molle" in portada and "Votar en todo Pueblo" in portada
    contienda = abierta.contiendas.get(area__nombre="Molle")
    clave = acciones.emitir_clave_de_papeleta(contienda, usuario=gente.ana)
    emitir = reverse("votaciones:emitir", args=[abierta.slug, contienda.numero])
    recibo = cliente.post(emitir, {"clave": clave, "opciones": ["1"]}, follow=True).content.decode()
    assert "Te faltan 2 papeletas" in recibo
    assert "Votar en el Distrito 1" in recibo
    assert reverse("votaciones:papeleta", args=[abierta.slug, 1]) in recibo


def test_se_cuenta_cada_papeleta_con_lo_suyo(en_tres, gente):
    abierta = abrir(en_tres, actor=gente.hugo)
    por_lugar = {contienda.lugar: contienda for contienda in abierta.contiendas.select_related("area", "votacion")}
    votar(por_lugar["Pueblo"], gente.ana, 1)
    votar(por_lugar["Pueblo"], gente.beto, 1)
    votar(por_lugar["OTB Molle"], gente.ana, 2)
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Fin.")
    acciones.contar_votacion(abierta, actor=segunda())
    ganadoras = Propuesta.objects.filter(estado="seleccionada").values_list("titulo", flat=True)
    assert sorted(ganadoras) == ["Mercado", "Parada de minibús"]


def test_cada_sector_decide_lo_suyo(votando, viables, pueblo, gente, sindicato):
    Techo.objects.filter(proceso=votando, distrito=pueblo.distrito_1).update(sector="vecinal")
    Techo.objects.create(proceso=votando, distrito=pueblo.distrito_1, sector="agrario", monto=Decimal(50_000))
    de_riego = {"autor": gente.fabio, "categoria": pueblo.agua, "otb": sindicato}
    crear_viable(votando, pueblo.distrito_1, "Canal de riego", 40_000, **de_riego)
    campesina = crear_persona("rosa", "Rosa", otb=sindicato)
    fechas = {"abre": votando.fases.first().inicio, "cierra": votando.fases.first().fin}
    votacion = acciones.preparar_votacion(votando, nombre="Por sector", slug="por-sector", por_sector=True, **fechas)
    assert titulos(votacion)["Distrito 1 (sector agrario)"] == ["Canal de riego"]
    assert "Canal de riego" not in titulos(votacion)["Distrito 1 (sector vecinal)"]
    publicar_padron(votacion)
    suyas = Habilitacion.objects.filter(usuario=campesina).select_related("contienda__area")
    assert [suya.contienda.lugar for suya in suyas] == ["Distrito 1 (sector agrario)"]
    suyas = Habilitacion.objects.filter(usuario=gente.ana).select_related("contienda__area")
    assert [suya.contienda.lugar for suya in suyas] == ["Distrito 1 (sector vecinal)"]


def test_la_base_y_python_dicen_lo_mismo_de_donde_vota_cada_quien(en_tres, pueblo, gente, sindicato):
    crear_persona("rosa", "Rosa", otb=sindicato)
    acciones.agregar_contiendas(en_tres, [pueblo.municipio], presupuesto=Decimal(1), sector="agrario")
    contiendas = list(Contienda.objects.filter(votacion=en_tres).select_related("area"))
    vistas = 0
    for residencia in Residencia.objects.select_related("otb", "distrito"):
        ubicacion = lugares.ubicacion_de(residencia)
        for contienda in contiendas:
            en_la_base = Residencia.objects.filter(lugares.residentes_de(contienda), pk=residencia.pk).exists()
            assert en_la_base == ubicacion.cae_en(contienda.ambito), (residencia.donde, contienda.lugar)
            vistas += en_la_base
    assert vistas > 8


def test_la_base_no_admite_dos_veces_a_la_misma_persona_en_una_papeleta(en_tres, gente):
    publicar_padron(en_tres)
    padron, suya = PadronElectoral.objects.get(), Habilitacion.objects.filter(usuario=gente.ana).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Habilitacion.objects.create(padron=padron, contienda=suya.contienda, usuario=gente.ana)


# --- Trastienda ------------------------------------------------------------------------------------------------------
def test_planificacion_agrega_y_quita_papeletas(preparada, gente, pueblo, entrar):
    preparar_roles()
    gente.hugo.asignaciones.all().delete()
    asignar_rol(gente.hugo, rol=Rol.PLANIFICACION)
    cliente, ruta = entrar(gente.hugo), reverse("votaciones_contiendas", args=[preparada.pk])
    assert "Toda la ciudad: Pueblo" in cliente.get(ruta).content.decode()
    respuesta = cliente.post(ruta, {"lugar": f"cada:{pueblo.distrito_1.pk}", "sector": "", "presupuesto": "90000"})
    assert respuesta.status_code == 302
    molle = preparada.contiendas.get(area=pueblo.otb_molle)
    assert molle.presupuesto == 90_000
    repetida = cliente.post(ruta, {"lugar": f"area:{pueblo.otb_molle.pk}", "sector": "", "presupuesto": "5"})
    assert repetida.status_code == 409 and "Ya hay una papeleta" in repetida.content.decode()
    falta = cliente.post(ruta, {"lugar": "", "sector": "", "presupuesto": "doce"})
    assert falta.status_code == 422 and "doce" in falta.content.decode()
    assert cliente.post(ruta, {"quitar": molle.pk}).status_code == 302
    assert not preparada.contiendas.filter(area=pueblo.otb_molle).exists()
    assert cliente.post(ruta, {"quitar": "x"}).status_code == 404


# --- Reglas puras ----------------------------------------------------------------------------------------------------
AMBITOS = [
    Ambito(tipo, area, sector)
    for tipo, area in (("otb", 1), ("otb", 2), ("distrito", 10), ("macrodistrito", 20), ("municipio", 99))
    for sector in ("", "vecinal", "agrario")
]


@given(
    st.dictionaries(st.sampled_from(AMBITOS), st.integers(1, 100).map(Decimal), max_size=6),
    st.sampled_from([{}, {"otb": 1}, {"distrito": 10}, {"otb": 1, "distrito": 10, "municipio": 99}]),
    st.sampled_from(["", "vecinal", "agrario"]),
    st.integers(1, 100).map(Decimal),
)
def test_la_mas_chica_donde_cabe(contiendas, areas, sector, costo):
    ubicacion, contiendas = Ubicacion(areas, sector), list(contiendas.items())
    elegida = la_mas_chica_donde_cabe(ubicacion, costo, contiendas)
    caben = [a for a, presupuesto in contiendas if areas.get(a.tipo) == a.area and costo <= presupuesto]
    caben = [a for a in caben if a.sector in ("", sector)]
    assert (elegida is None) == (not caben)
    assert elegida is None or (elegida in caben and all(elegida.tamano <= otra.tamano for otra in caben))


@pytest.mark.parametrize(
    ("tipo", "nombre", "sector", "el", "del_"),
    [
        ("distrito", "Distrito 3", "", "el Distrito 3", "del Distrito 3"),
        ("distrito", "Distrito 7", "agrario", "el Distrito 7 (sector agrario)", "del Distrito 7 (sector agrario)"),
        ("otb", "OTB Molle", "", "la OTB Molle", "de la OTB Molle"),
        ("otb", "Junta vecinal Sur", "", "la Junta vecinal Sur", "de la Junta vecinal Sur"),
        ("otb", "Sindicato agrario Falsuri", "", "el Sindicato agrario Falsuri", "del Sindicato agrario Falsuri"),
        ("municipio", "Quillacollo", "", "todo Quillacollo", "de todo Quillacollo"),
    ],
)
def test_como_se_dice_un_lugar(tipo, nombre, sector, el, del_):
    assert con_articulo(tipo, nombre, sector) == el
    assert del_lugar(el) == del_
