"""Una OTB que cuelga directamente del municipio: se declara, se verifica, se organiza y se cuenta como las demás."""

import datetime
import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.cuentas import acciones, permisos
from civic.cuentas.consultas import lugares_para_elegir
from civic.cuentas.consultas_verificacion import cifras_de_verificacion, habilitadas_por_modo
from civic.cuentas.models import AsignacionRol, Mandato, Organizacion, Residencia
from mapas.territorio.acciones import trazar_limite
from mapas.territorio.models import Area, Clase
from tests.cuentas.conftest import recargada
from tests.cuentas.piezas import pedir, presentar
from tests.cuentas.piezas_verificacion import CARNET, CI, NACIO, cargar_padron
from tests.elenco import crear_persona, cuadrado, dar_rol

RESIDENCIA = "/cuentas/mi-cuenta/residencia/"
REGISTRAR = "/organizaciones/registrar/"


def texto_de(respuesta):
    return " ".join(respuesta.content.decode().split())


@pytest.fixture(params=["del municipio", "de nada"])
def sola(pueblo, request):
    """Una OTB sin distrito: su padre es el municipio, o el archivo no dijo ninguno."""
    padre = pueblo.municipio if request.param == "del municipio" else None
    return Area.objects.create(
        tipo=Area.Tipo.OTB, municipio=pueblo.municipio, codigo="O-9", nombre="Tola", clase=Clase.OTB, padre=padre
    )


@pytest.fixture
def org_sola(sola):
    return Organizacion.objects.create(
        nombre="Tola", slug="tola", clase=Clase.OTB, area=sola, estado=Organizacion.Estado.VIGENTE
    )


@pytest.fixture
def tito(gente, sola):
    return crear_persona("tito", "Tito Tola", otb=sola, verificada=False)


def de_un_distrito(persona, rol, distrito):
    AsignacionRol.objects.create(usuario=persona, rol=rol, distrito=distrito, desde=timezone.localdate())
    return recargada(persona)


# --- Decir dónde vive ------------------------------------------------------------------------------------------------
def test_la_lista_la_ofrece_en_su_grupo(pueblo, sola):
    grupos = dict(lugares_para_elegir())
    assert grupos["Sin distrito"] == [(f"o:{sola.pk}", "OTB Tola")]
    assert (f"o:{sola.pk}", "OTB Tola") not in grupos["Distrito 1"]


def test_sin_otb_sueltas_no_hay_grupo_vacio(pueblo):
    assert "Sin distrito" not in dict(lugares_para_elegir())


def test_la_lista_hace_dos_consultas_y_la_del_municipio(pueblo, sola, django_assert_num_queries):
    with django_assert_num_queries(3):
        lugares_para_elegir()


def test_declararla_desde_mi_cuenta(entrar, gente, sola):
    cliente = entrar(gente.nadia)
    pagina = cliente.post(RESIDENCIA, {"lugar": f"o:{sola.pk}"}, follow=True)
    assert "Vives en OTB Tola. Falta verificarlo" in texto_de(pagina)
    residencia = Residencia.objects.get(usuario=gente.nadia)
    assert (residencia.otb, residencia.distrito, residencia.nivel) == (sola, None, "declarada")
    assert (residencia.lugar, residencia.donde) == (sola, "OTB Tola")
    # Repetirla no cambia nada; la página recuerda cuál es.
    antes = residencia.momento
    assert f'value="o:{sola.pk}" selected' in texto_de(cliente.get(RESIDENCIA))
    cliente.post(RESIDENCIA, {"lugar": f"o:{sola.pk}"})
    assert Residencia.objects.get(usuario=gente.nadia).momento == antes


def test_declararla_al_registrarse(client, datos_de_registro, sola):
    assert client.post("/cuentas/registrarse/", {**datos_de_registro, "lugar": f"o:{sola.pk}"}).status_code == 302
    residencia = Residencia.objects.get(usuario__username="julia.mamani")
    assert (residencia.otb, residencia.distrito) == (sola, None)


def test_mudarse_de_un_distrito_a_ella_pierde_lo_verificado(gente, sola):
    residencia = acciones.declarar_residencia(gente.ana, otb=sola)
    assert (residencia.distrito, residencia.nivel) == (None, "declarada")


def test_la_base_no_admite_una_residencia_en_ningun_lado(gente):
    with pytest.raises(IntegrityError), transaction.atomic():
        Residencia.objects.create(usuario=gente.nadia)
    assert not Residencia.objects.filter(usuario=gente.nadia).exists()


# --- Verificarse -----------------------------------------------------------------------------------------------------
def test_con_el_padron(entrar, pueblo, tito, sola):
    cargar_padron(pueblo, (CARNET, "31/05/1990", "O-9"))
    assert acciones.comprobar_en_padron(tito, ci=CI, nacimiento=NACIO).estado == "verificada"
    assert Residencia.objects.get(usuario=tito).esta_verificada
    cliente = entrar(tito)
    for ruta in ("/cuentas/mi-cuenta/", "/cuentas/verificar/", "/"):
        assert cliente.get(ruta).status_code == 200
    pagina = texto_de(cliente.get("/cuentas/mi-cuenta/"))
    assert "Las papeletas son por distrito y OTB Tola no está en ninguno." in pagina
    assert "None" not in pagina


def test_el_padron_que_dice_otra_otb_no_coincide(pueblo, tito, sola):
    otra = Area.objects.create(
        tipo=Area.Tipo.OTB, municipio=pueblo.municipio, codigo="O-8", nombre="Quewiña", clase=Clase.OTB
    )
    cargar_padron(pueblo, (CARNET, "31/05/1990", "O-8"))
    assert acciones.comprobar_en_padron(tito, ci=CI, nacimiento=NACIO).lugar == otra


def test_el_padron_dice_ella_y_la_persona_declaro_un_distrito(entrar, pueblo, gente, sola):
    acciones.declarar_residencia(gente.nadia, distrito=pueblo.distrito_1)
    cargar_padron(pueblo, (CARNET, "31/05/1990", "O-9"))
    cliente = entrar(gente.nadia)
    cliente.post("/cuentas/verificar/padron/", {"ci": CARNET, "nacimiento": "31/05/1990"})
    assert "<strong>OTB Tola</strong></dd>" in texto_de(cliente.get("/cuentas/verificar/lugar/"))
    cliente.post("/cuentas/verificar/lugar/", {"tomar": "si"})
    residencia = Residencia.objects.get(usuario=gente.nadia)
    assert (residencia.otb, residencia.distrito, residencia.nivel) == (sola, None, "verificada")


def test_la_verifica_quien_atiende_todo_el_municipio_y_no_quien_atiende_un_distrito(gente, pueblo, tito):
    residencia = Residencia.objects.get(usuario=tito)
    promotora = de_un_distrito(gente.elena, "promotora", pueblo.distrito_1)
    with pytest.raises(ReglaIncumplida, match="fuera del lugar que te toca"):
        acciones.verificar_en_persona(residencia, actor=promotora, ci=CI, consiente=True)
    assert acciones.mirar_residencia(tito, actor=promotora) is None
    dar_rol(gente.carla, "ventanilla")
    acciones.verificar_en_persona(residencia, actor=recargada(gente.carla), ci=CI, consiente=True)
    residencia.refresh_from_db()
    assert (residencia.nivel, residencia.verificada_por) == ("verificada", gente.carla)


def test_la_confirma_su_directiva(gente, tito, org_sola):
    hoy = timezone.localdate()
    plazo = {"desde": hoy, "hasta": hoy + datetime.timedelta(days=30)}
    Mandato.objects.create(usuario=gente.nadia, organizacion=org_sola, cargo="Presidencia", **plazo)
    pedido = acciones.pedir_confirmacion(tito, ci=CI)
    acciones.responder_pedido(pedido, actor=gente.nadia, confirma=True)
    assert Residencia.objects.get(usuario=tito).metodo == "lista_organizacion"


def test_la_trastienda_la_muestra_a_todo_el_municipio_y_no_a_un_distrito(entrar, con_roles, pueblo, tito):
    residencia = Residencia.objects.get(usuario=tito)
    cliente = entrar(con_roles.hugo)
    assert "Tito Tola" in texto_de(cliente.get(reverse("residencias:index")))
    ficha = texto_de(cliente.get(reverse("residencias:verificar", args=[residencia.pk])))
    assert "dice que vive en OTB Tola. Compruébalo" in ficha
    assert cliente.get(reverse("residencias:index"), {"export": "csv"}).status_code == 200
    acciones.asignar_rol(con_roles.nadia, rol="ventanilla", distrito=pueblo.distrito_1)
    cliente = entrar(recargada(con_roles.nadia))
    assert "Tito Tola" not in texto_de(cliente.get(reverse("residencias:index")))


# --- Totales ---------------------------------------------------------------------------------------------------------
def test_las_cifras_la_cuentan_al_final_y_las_papeletas_no(gente, tito):
    acciones.verificar_residencia(Residencia.objects.get(usuario=tito), metodo="promotora", actor=gente.hugo, ci=CI)
    cifras = cifras_de_verificacion()
    assert [(fila["distrito"], fila["verificadas"]) for fila in cifras["filas"]] == [
        ("Distrito 1", 3),
        ("Distrito 2", 1),
        ("Sin distrito", 1),
    ]
    assert cifras["verificadas"] == 5
    # Nadie sin distrito tiene papeleta: no se anuncia que pueda votar.
    for n in range(5):
        persona = crear_persona(f"t{n}", f"T {n}", otb=tito.residencia.otb)
        Residencia.objects.filter(usuario=persona).update(metodo="promotora")
    assert "promotora" not in dict(habilitadas_por_modo())


# --- Su organización -------------------------------------------------------------------------------------------------
def test_pedir_su_registro_eligiendola_de_la_lista(entrar, gente, sola):
    cliente = entrar(gente.nadia)
    datos = {"nombre": "Tola", "clase": "otb", "distrito": "", "otb": sola.pk, "personalidad_en_tramite": "on"}
    clave = cliente.get(REGISTRAR).context["form"]["clave"].value()
    assert cliente.post(REGISTRAR, {**datos, "clave": clave}).status_code == 302
    nueva = Organizacion.objects.get(nombre="Tola")
    assert (nueva.distrito, nueva.area_pedida, nueva.slug) == (None, sola, "tola")
    pagina = cliente.get(f"/organizaciones/{nueva.slug}/solicitud/")
    assert pagina.status_code == 200 and "None" not in texto_de(pagina)
    assert "Tola" in texto_de(cliente.get("/cuentas/mi-cuenta/"))


def test_pedir_el_registro_con_un_punto_donde_no_hay_distrito(entrar, gente, pueblo):
    trazar_limite(pueblo.municipio, cuadrado(0, 0, 3, 1), desde=timezone.localdate())
    cliente = entrar(gente.nadia)
    datos = {"nombre": "Lejos", "clase": "otb", "distrito": "", "otb": "", "lon": "2.5", "lat": "0.5"}
    clave = cliente.get(REGISTRAR).context["form"]["clave"].value()
    respuesta = cliente.post(REGISTRAR, {**datos, "personalidad_en_tramite": "on", "clave": clave})
    assert respuesta.status_code == 302
    assert Organizacion.objects.get(nombre="Lejos").distrito is None


def test_ni_distrito_ni_area_ni_punto_no_se_registra(entrar, gente, pueblo):
    with pytest.raises(ReglaIncumplida, match="Elige el distrito o el área"):
        pedir(pueblo, gente.nadia, distrito=None)
    with pytest.raises(ReglaIncumplida, match="Elige el distrito o el área"):
        pedir(pueblo, gente.nadia, distrito=None, lon=0.5, lat=0.5)  # ahí sí hay un distrito
    assert Organizacion.objects.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Organizacion.objects.create(nombre="Nada", slug="nada", clase=Clase.OTB)


def test_dos_con_el_mismo_nombre_sin_distrito_no(gente, pueblo, org_sola, sola):
    otra = Area.objects.create(
        tipo=Area.Tipo.OTB, municipio=pueblo.municipio, codigo="O-8", nombre="Tola", clase=Clase.OTB
    )
    with pytest.raises(ReglaIncumplida, match="Ya hay una organización con ese nombre"):
        pedir(pueblo, gente.nadia, "TOLA", distrito=None, area_pedida=otra)
    with pytest.raises(ReglaIncumplida, match="no está en ningún distrito"):
        pedir(pueblo, gente.nadia, "Tola Alta", distrito=pueblo.distrito_1, area_pedida=otra)


def test_de_solicitada_a_vigente_con_su_area(gente, pueblo, sola, tito):
    organizacion = pedir(pueblo, gente.nadia, "Tola", distrito=None, area_pedida=sola)
    acta = presentar(organizacion, gente.nadia, ("Presidencia", "Elena Comunica", "elena"))
    acciones.confirmar_acta(acta, actor=gente.hugo)
    for hacia in ("en_revision", "publicada"):
        organizacion = acciones.mover_organizacion(organizacion, hacia=hacia, actor=gente.hugo)
    # Observan las personas verificadas que tampoco tienen distrito; las de un distrito, no.
    Residencia.objects.filter(usuario=tito).update(nivel="verificada")
    assert permisos.por_que_no_observa(recargada(tito), organizacion) == ""
    assert "las personas de las OTB sin distrito" in permisos.por_que_no_observa(gente.ana, organizacion)
    Organizacion.objects.filter(pk=organizacion.pk).update(
        observable_hasta=timezone.localdate() - datetime.timedelta(1)
    )
    organizacion = acciones.mover_organizacion(organizacion, hacia="vigente", actor=gente.hugo)
    assert (organizacion.area, organizacion.distrito) == (sola, None)
    assert acciones.pedir_confirmacion(tito_declara(tito), ci=CI).organizacion == organizacion


def tito_declara(tito):
    Residencia.objects.filter(usuario=tito).update(nivel="declarada")
    return recargada(tito)


def test_quien_trabaja_en_un_distrito_no_la_mueve(gente, pueblo, sola):
    organizacion = pedir(pueblo, gente.nadia, "Tola", distrito=None, area_pedida=sola)
    presentar(organizacion, gente.nadia)
    de_distrito = de_un_distrito(gente.elena, "ventanilla", pueblo.distrito_1)
    with pytest.raises(ReglaIncumplida, match="le toca a otro cargo"):
        acciones.mover_organizacion(organizacion, hacia="en_revision", actor=de_distrito)
    assert not permisos.alcanza(de_distrito, None)
    assert permisos.cargo_en(de_distrito, None) == "Comunicación"  # su otro rol, que sí es de todo el municipio


def test_sus_paginas_publicas_y_de_trastienda(client, entrar, con_roles, org_sola, pueblo):
    for ruta in ("/organizaciones/", "/organizaciones/tola/"):
        pagina = client.get(ruta)
        assert pagina.status_code == 200 and "Tola" in texto_de(pagina)
        assert re.findall(r".{80}None.{40}", texto_de(pagina)) == []
    nombres = [o.nombre for o in client.get("/organizaciones/").context["pagina"]]
    assert nombres == ["Molle", "Ceibo", "Tola"]
    area = client.get("/organizaciones/tola.json").json()["area"]
    assert (area["id"], area["parent"]) == ("O-9", {"id": pueblo.municipio.codigo, "name": "Pueblo"})
    cliente = entrar(con_roles.hugo)
    assert "Tola" in texto_de(cliente.get(reverse("organizaciones_trastienda:index")))
    assert cliente.get(reverse("organizaciones_trastienda:index"), {"export": "csv"}).status_code == 200
    assert "sin distrito" in texto_de(cliente.get(reverse("organizaciones_trastienda:mover", args=[org_sola.pk])))
