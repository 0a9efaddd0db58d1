import datetime

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from civic.comun.models import Suceso
from civic.cuentas import acciones
from civic.cuentas.models import AsignacionRol, Organizacion, Residencia, Usuario
from tests.cuentas.conftest import recargada
from tests.elenco import CLAVE

HOY = timezone.localdate


def texto_de(respuesta):
    return " ".join(respuesta.content.decode().split())


def negada(respuesta):
    """Wagtail lleva al inicio de la trastienda a quien no tiene permiso."""
    return (respuesta.status_code, respuesta["Location"]) == (302, "/admin/")


# --- Entrar ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("quien", ["elena", "gloria", "hugo", "carla"])
def test_trastienda_abre_a_quien_tiene_un_rol_con_permisos(entrar, con_roles, quien):
    assert entrar(getattr(con_roles, quien)).get("/admin/").status_code == 200


@pytest.mark.parametrize("quien", ["ana", "fabio", "dora", "nadia"])
def test_trastienda_se_niega_a_los_demas_con_una_explicacion_y_sin_dar_vueltas(entrar, con_roles, quien):
    respuesta = entrar(getattr(con_roles, quien)).get("/admin/", follow=True)
    assert respuesta.status_code == 403
    assert len(respuesta.redirect_chain) == 1
    assert "Esa parte es para quienes administran Ayni." in texto_de(respuesta)


def test_trastienda_manda_a_ingresar_a_quien_no_entro(client, db):
    assert client.get("/admin/")["Location"] == "/cuentas/ingresar/?next=/admin/"


def test_elena_edita_paginas_y_no_ve_personas(entrar, con_roles):
    cliente = entrar(con_roles.elena)
    assert cliente.get("/admin/images/").status_code == 200
    for ajena in ("/admin/users/", "/admin/residencias/", "/admin/roles/", "/admin/mandatos/", "/admin/groups/"):
        assert negada(cliente.get(ajena)), ajena


SECCIONES = ("organizaciones", "mandatos", "residencias", "roles", "users")


@pytest.mark.parametrize(
    ("quien", "ve"),
    [
        ("gloria", set(SECCIONES)),
        ("hugo", {"organizaciones", "mandatos", "residencias"}),
        ("carla", set()),
        ("elena", set()),
    ],
)
def test_cada_rol_ve_sus_secciones_y_ninguna_mas(entrar, con_roles, quien, ve):
    cliente = entrar(getattr(con_roles, quien))
    assert {s for s in SECCIONES if cliente.get(f"/admin/{s}/").status_code == 200} == ve


@pytest.mark.parametrize("seccion", ["organizaciones", "mandatos", "residencias", "roles"])
def test_ninguna_seccion_permite_borrar(entrar, raiz, con_roles, seccion):
    assert entrar(raiz).get(f"/admin/{seccion}/delete/1/").status_code == 404


def test_lista_de_residencias_hace_las_mismas_consultas_con_mas_filas(
    entrar, con_roles, pueblo, django_assert_max_num_queries
):
    cliente = entrar(con_roles.gloria)
    cliente.get("/admin/residencias/")
    with django_assert_max_num_queries(25) as pocas:
        cliente.get("/admin/residencias/")
    for numero in range(12):
        persona = Usuario.objects.create_user(f"vecina{numero}", password=CLAVE, nombre_publico=f"Vecina {numero}")
        Residencia.objects.create(usuario=persona, otb=pueblo.otb_molle, distrito=pueblo.distrito_1)
    with django_assert_max_num_queries(25) as muchas:
        cliente.get("/admin/residencias/")
    assert len(muchas) == len(pocas)


# --- Residencias -----------------------------------------------------------------------------------------------------
@pytest.fixture
def de_ana(gente):
    Residencia.objects.filter(usuario=gente.ana).update(nivel=Residencia.Nivel.DECLARADA)
    return Residencia.objects.get(usuario=gente.ana)


def verificacion(residencia, **cambios):
    datos = {"ci": "4455667", "detalle": "Carnet y lista de la asamblea", "consiente": "on"}
    return {**datos, "vista": residencia.momento.isoformat(), **cambios}


def test_verificar_desde_la_trastienda_deja_el_nombre_de_quien_verifico(entrar, con_roles, de_ana):
    cliente = entrar(con_roles.hugo)
    url = f"/admin/residencias/verificar/{de_ana.pk}/"
    assert "Ana Vecina" in texto_de(cliente.get(url))
    assert cliente.post(url, verificacion(de_ana)).status_code == 302
    de_ana.refresh_from_db()
    assert (de_ana.nivel, de_ana.verificada_por) == ("verificada", con_roles.hugo)
    assert url not in texto_de(cliente.get(f"/admin/residencias/inspect/{de_ana.pk}/"))


@pytest.mark.parametrize("quien", ["elena", "carla"])
def test_verificar_sin_permiso_no_verifica(entrar, con_roles, de_ana, quien):
    respuesta = entrar(getattr(con_roles, quien)).post(
        f"/admin/residencias/verificar/{de_ana.pk}/", verificacion(de_ana)
    )
    assert negada(respuesta)
    de_ana.refresh_from_db()
    assert de_ana.nivel == "declarada"


def test_verificar_la_propia_desde_la_trastienda_no_verifica(entrar, con_roles, pueblo):
    propia = acciones.declarar_residencia(con_roles.hugo, otb=pueblo.otb_molle)
    assert negada(entrar(con_roles.hugo).post(f"/admin/residencias/verificar/{propia.pk}/", verificacion(propia)))
    propia.refresh_from_db()
    assert propia.nivel == "declarada"


def test_verificar_una_que_cambio_lo_explica(entrar, con_roles, pueblo, de_ana):
    vieja = verificacion(de_ana)
    acciones.declarar_residencia(con_roles.ana, otb=pueblo.otb_ceibo)
    respuesta = entrar(con_roles.hugo).post(f"/admin/residencias/verificar/{de_ana.pk}/", vieja)
    assert "cambió su residencia mientras la revisabas" in texto_de(respuesta)
    de_ana.refresh_from_db()
    assert de_ana.nivel == "declarada"


@pytest.mark.parametrize(
    "cambios",
    [{"detalle": "inventado"}, {"ci": "abc"}, {"ci": ""}, {"consiente": ""}, {"vista": "ayer"}, {"vista": ""}],
)
def test_verificar_con_datos_imposibles_no_verifica(entrar, con_roles, de_ana, cambios):
    respuesta = entrar(con_roles.hugo).post(
        f"/admin/residencias/verificar/{de_ana.pk}/", verificacion(de_ana, **cambios)
    )
    assert respuesta.status_code == 422
    de_ana.refresh_from_db()
    assert de_ana.nivel == "declarada"


def test_ficha_muestra_la_hora_de_bolivia(entrar, con_roles, de_ana):
    Residencia.objects.filter(pk=de_ana.pk).update(momento=datetime.datetime(2026, 8, 17, 18, 30, tzinfo=datetime.UTC))
    texto = texto_de(entrar(con_roles.gloria).get(f"/admin/residencias/inspect/{de_ana.pk}/"))
    assert "17 de agosto de 2026 a las 14:30" in texto


def test_verificar_una_que_no_existe_responde_404(entrar, con_roles):
    assert entrar(con_roles.hugo).get("/admin/residencias/verificar/99999/").status_code == 404


# --- Organizaciones y mandatos ---------------------------------------------------------------------------------------
def test_registrar_organizacion_desde_la_trastienda_nace_solicitada(entrar, con_roles, pueblo):
    datos = {"nombre": "Villa Nueva", "clase": "otb", "distrito": pueblo.distrito_1.pk, "estado": "vigente"}
    respuesta = entrar(con_roles.hugo).post("/admin/organizaciones/new/", datos)
    assert respuesta.status_code == 302
    nueva = Organizacion.objects.get(nombre="Villa Nueva")
    assert (nueva.estado, nueva.slug) == ("solicitada", "villa-nueva-distrito-1")
    assert Suceso.objects.de(nueva).get().actor == con_roles.hugo


def test_registrar_organizacion_repetida_lo_dice_y_no_pierde_lo_escrito(entrar, con_roles, pueblo):
    datos = {"nombre": "MOLLE", "clase": "otb", "distrito": pueblo.distrito_1.pk, "fuente": "Acta 14"}
    respuesta = entrar(con_roles.hugo).post("/admin/organizaciones/new/", datos)
    assert "Ya hay una organización con ese nombre" in texto_de(respuesta)
    assert 'value="Acta 14"' in texto_de(respuesta)
    assert Organizacion.objects.count() == 2


def test_corregir_organizacion_desde_la_trastienda_no_cambia_su_estado(entrar, con_roles, pueblo):
    datos = {
        "nombre": "Molle Alto",
        "clase": "otb",
        "distrito": pueblo.distrito_1.pk,
        "area": pueblo.otb_molle.pk,
        "familias": 90,
        "estado": "suspendida",
        "slug": "otro",
    }
    assert entrar(con_roles.hugo).post(f"/admin/organizaciones/edit/{pueblo.org_molle.pk}/", datos).status_code == 302
    pueblo.org_molle.refresh_from_db()
    assert (pueblo.org_molle.nombre, pueblo.org_molle.familias) == ("Molle Alto", 90)
    assert (pueblo.org_molle.estado, pueblo.org_molle.slug) == ("vigente", "molle")
    assert Suceso.objects.de(pueblo.org_molle).get().texto == "Se corrigió: nombre, familias afiliadas."


def test_mover_organizacion_ofrece_solo_los_estados_siguientes(entrar, con_roles, pueblo):
    cliente, url = entrar(con_roles.hugo), f"/admin/organizaciones/mover/{pueblo.org_molle.pk}/"
    texto = texto_de(cliente.get(url))
    assert 'value="suspendida"' in texto and 'value="solicitada"' not in texto
    assert "Escribe el motivo" in texto_de(cliente.post(url, {"hacia": "suspendida"}))
    assert cliente.post(url, {"hacia": "solicitada", "motivo": "x"}).status_code == 422
    assert Organizacion.objects.get(pk=pueblo.org_molle.pk).estado == "vigente"
    cliente.post(url, {"hacia": "suspendida", "motivo": "Dos actas."})
    assert Organizacion.objects.get(pk=pueblo.org_molle.pk).estado == "suspendida"


def test_un_mandato_no_se_da_a_mano(entrar, raiz, con_roles):
    assert entrar(raiz).get("/admin/mandatos/new/").status_code == 404


def test_terminar_mandato_desde_la_trastienda(entrar, con_roles):
    mandato = con_roles.fabio.mandatos.get()
    assert (
        entrar(con_roles.hugo).post(f"/admin/mandatos/terminar/{mandato.pk}/", {"motivo": "Renunció"}).status_code
        == 302
    )
    mandato.refresh_from_db()
    assert mandato.hasta == HOY() - datetime.timedelta(days=1)


# --- Roles -----------------------------------------------------------------------------------------------------------
def rol_para(usuario, rol="ventanilla"):
    return {"usuario": usuario, "rol": rol, "desde": HOY().isoformat(), "unidad": "", "hasta": "", "distrito": ""}


def test_administracion_da_y_quita_un_rol(entrar, con_roles):
    cliente = entrar(con_roles.gloria)
    assert cliente.post("/admin/roles/new/", rol_para("nadia")).status_code == 302
    asignacion = AsignacionRol.objects.get(usuario=con_roles.nadia)
    assert asignacion.rol == "ventanilla"
    assert list(con_roles.nadia.groups.values_list("name", flat=True)) == ["ventanilla"]
    assert (
        cliente.post(f"/admin/roles/quitar/{asignacion.pk}/", {"motivo": "Se equivocó de persona"}).status_code == 302
    )
    assert con_roles.nadia.asignaciones.count() == 0


def test_administracion_no_se_da_un_rol_ni_da_los_reservados(entrar, con_roles):
    cliente = entrar(con_roles.gloria)
    assert "Nadie se asigna un rol a sí mismo." in texto_de(cliente.post("/admin/roles/new/", rol_para("gloria")))
    assert cliente.post("/admin/roles/new/", rol_para("nadia", "administracion")).status_code == 422
    assert 'value="administracion"' not in texto_de(cliente.get("/admin/roles/new/"))
    assert AsignacionRol.objects.filter(usuario=con_roles.nadia).count() == 0


def test_raiz_da_los_reservados(entrar, raiz, con_roles):
    assert entrar(raiz).post("/admin/roles/new/", rol_para("nadia", "administracion")).status_code == 302
    assert AsignacionRol.objects.get(usuario=con_roles.nadia).rol == "administracion"


def test_administracion_no_quita_un_rol_reservado(entrar, con_roles):
    otra = acciones.asignar_rol(con_roles.nadia, rol="auditoria")
    assert negada(entrar(con_roles.gloria).post(f"/admin/roles/quitar/{otra.pk}/", {"motivo": "Porque sí"}))
    assert AsignacionRol.objects.get(pk=otra.pk).hasta is None


# --- Personas --------------------------------------------------------------------------------------------------------
def cuenta(persona, **cambios):
    datos = {"username": persona.username, "nombre_publico": persona.nombre_publico, "email": "", "is_active": "on"}
    return {**datos, "password1": "", "password2": "", **cambios}


def test_administracion_pone_otra_clave_a_una_vecina_y_queda_dicho_en_su_cuenta(entrar, con_roles):
    nueva = {"password1": "tres-llamas-rojas", "password2": "tres-llamas-rojas"}
    respuesta = entrar(con_roles.gloria).post(f"/admin/users/edit/{con_roles.ana.pk}/", cuenta(con_roles.ana, **nueva))
    assert respuesta.status_code == 302
    assert Usuario.objects.get(pk=con_roles.ana.pk).check_password("tres-llamas-rojas")
    suceso = Suceso.objects.de(con_roles.ana).get()
    assert (suceso.verbo, suceso.actor, suceso.publico) == ("administrar_cuenta", con_roles.gloria, False)
    assert "La administración cambió tu cuenta: contraseña." in texto_de(
        entrar(recargada(con_roles.ana)).get("/cuentas/mi-cuenta/")
    )


@pytest.mark.parametrize("quien", ["elena", "carla", "gloria", "raiz"])
def test_administracion_no_toca_las_cuentas_del_personal(entrar, con_roles, raiz, quien):
    persona = raiz if quien == "raiz" else getattr(con_roles, quien)
    antes = persona.password
    nueva = {"password1": "tres-llamas-rojas", "password2": "tres-llamas-rojas", "is_superuser": "on"}
    assert negada(entrar(con_roles.gloria).post(f"/admin/users/edit/{persona.pk}/", cuenta(persona, **nueva)))
    despues = Usuario.objects.get(pk=persona.pk)
    assert (despues.password, despues.is_superuser) == (antes, quien == "raiz")


def test_administracion_no_hace_superusuario_ni_da_grupos_al_editar_o_crear(entrar, con_roles):
    cliente, grupo = entrar(con_roles.gloria), Group.objects.get(name="administracion")
    mas = {"is_superuser": "on", "groups": [grupo.pk], "is_staff": "on"}
    cliente.post(f"/admin/users/edit/{con_roles.ana.pk}/", cuenta(con_roles.ana, **mas))
    nueva = {"username": "nueva", "nombre_publico": "Nueva Vecina", "password1": CLAVE, "password2": CLAVE, **mas}
    assert cliente.post("/admin/users/new/", nueva).status_code == 302
    for usuario in ("ana", "nueva"):
        persona = Usuario.objects.get(username=usuario)
        assert (persona.is_superuser, persona.is_staff, persona.groups.count()) == (False, False, 0)
    texto = texto_de(cliente.get("/admin/users/new/"))
    assert 'name="is_superuser"' not in texto and 'name="groups"' not in texto


def test_crear_cuenta_en_la_trastienda_pide_un_usuario_claro(entrar, con_roles):
    datos = {"username": "Ñusta", "nombre_publico": "Ñusta Quispe", "password1": CLAVE, "password2": CLAVE}
    respuesta = entrar(con_roles.gloria).post("/admin/users/new/", datos)
    assert "Por ejemplo: nusta." in texto_de(respuesta)
    assert not Usuario.objects.filter(nombre_publico="Ñusta Quispe").exists()


def test_lista_de_personas_busca_por_nombre_publico(entrar, con_roles):
    texto = texto_de(entrar(con_roles.gloria).get("/admin/users/?q=beto"))
    assert "Beto Vecino" in texto and "Ana Vecina" not in texto


@pytest.mark.parametrize("quien", ["gloria", "raiz"])
def test_acciones_en_bloque_no_dan_roles_ni_borran(entrar, con_roles, raiz, quien):
    cliente = entrar(raiz if quien == "raiz" else con_roles.gloria)
    grupo = Group.objects.get(name="administracion")
    cliente.post(f"/admin/bulk/cuentas/usuario/assign_role/?id={con_roles.nadia.pk}", {"role": grupo.pk})
    cliente.post(f"/admin/bulk/cuentas/usuario/delete/?id={con_roles.nadia.pk}", {})
    assert con_roles.nadia.groups.count() == 0
    assert Usuario.objects.filter(pk=con_roles.nadia.pk).exists()


def test_cerrar_en_bloque_alcanza_a_vecinos_y_no_al_personal(entrar, con_roles, raiz):
    ids = "&".join(f"id={persona.pk}" for persona in (con_roles.nadia, con_roles.elena, raiz))
    url = f"/admin/bulk/cuentas/usuario/set_active_state/?{ids}"
    entrar(con_roles.gloria).post(url, {"mark_as_active": "False"})
    cerradas = set(Usuario.objects.filter(is_active=False).values_list("username", flat=True))
    assert cerradas == {"nadia"}


def test_borrar_personas_no_existe_ni_para_la_raiz(entrar, con_roles, raiz):
    assert entrar(raiz).post(f"/admin/users/delete/{con_roles.nadia.pk}/").status_code == 404


def test_raiz_edita_a_cualquiera(entrar, con_roles, raiz):
    datos = cuenta(con_roles.elena, nombre_publico="Elena Prensa")
    assert entrar(raiz).post(f"/admin/users/edit/{con_roles.elena.pk}/", datos).status_code == 302
    elena = Usuario.objects.get(pk=con_roles.elena.pk)
    assert (elena.nombre_publico, list(elena.groups.values_list("name", flat=True))) == (
        "Elena Prensa",
        ["comunicacion"],
    )
