"""Nadie se da lo que no le dieron: campos de más en los formularios (A3) y roles por debajo de superusuario (A5)."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from civic.comun.errores import ReglaIncumplida
from civic.cuentas import acciones
from civic.cuentas.models import AsignacionRol, Mandato, Organizacion, Residencia, Usuario
from civic.cuentas.permisos import ROLES_RESERVADOS
from tests.cuentas.conftest import recargada
from tests.elenco import CLAVE

# Lo que cada pantalla sí puede cambiar; todo lo demás que se mande se ignora.
PANTALLAS = {
    "nombre": ("/cuentas/mi-cuenta/nombre/", {"nombre_publico": "Ana Nueva"}, {"nombre_publico"}),
    "correo": ("/cuentas/correos/", {"email": "ana@nuevo.bo", "action_add": "si"}, {"email"}),
    "clave": (
        "/cuentas/clave/cambiar/",
        {"oldpassword": CLAVE, "password1": "tres-llamas-rojas", "password2": "tres-llamas-rojas"},
        {"password"},
    ),
    "aparatos": ("/cuentas/dispositivos/", {"cerrar_los_demas": "si"}, set()),
    "cerrar": ("/cuentas/cerrar/", {"confirmacion": "otra-persona"}, set()),
    "descarga": ("/cuentas/mis-datos/", {}, set()),
}


def veneno(pueblo) -> dict[str, object]:
    """Todos los campos de los modelos de cuentas con el valor que más daño haría."""
    campos: dict[str, object] = {}
    for modelo in (Usuario, Residencia, AsignacionRol, Mandato, Organizacion):
        for campo in modelo._meta.get_fields():
            if not campo.auto_created:
                campos[campo.name] = "1"
    campos |= {
        "is_staff": "on",
        "is_superuser": "on",
        "is_active": "",
        "id": "999",
        "pk": "999",
        "rol": "administracion",
        "roles": "administracion",
        "groups": [str(pk) for pk in range(1, 20)],
        "user_permissions": [str(pk) for pk in Permission.objects.values_list("pk", flat=True)[:50]],
        "nivel": "verificada",
        "metodo": "yo mismo",
        "estado": "vigente",
        "date_joined": "2001-01-01",
        "last_login": "2001-01-01",
        "username": "administrador",
        "distrito": str(pueblo.distrito_2.pk),
    }
    return campos


def foto_de(persona: Usuario) -> dict[str, object]:
    persona = recargada(persona)
    residencia = Residencia.objects.filter(usuario=persona).values().first()
    return {
        **{campo.name: getattr(persona, campo.attname) for campo in Usuario._meta.local_fields},
        "grupos": list(persona.groups.values_list("name", flat=True)),
        "permisos": persona.user_permissions.count(),
        "roles": AsignacionRol.objects.filter(usuario=persona).count(),
        "mandatos": Mandato.objects.filter(usuario=persona).count(),
        "residencia": residencia,
        "organizaciones": list(Organizacion.objects.order_by("pk").values_list("estado", flat=True)),
    }


@pytest.mark.parametrize("pantalla", PANTALLAS)
def test_los_campos_de_mas_se_ignoran(entrar, gente, pueblo, pantalla):
    ruta, propios, puede_cambiar = PANTALLAS[pantalla]
    cliente = entrar(gente.ana)
    cliente.post("/cuentas/confirmar-identidad/", {"password": CLAVE})
    antes = foto_de(gente.ana)
    respuesta = cliente.post(ruta, {**veneno(pueblo), **propios})
    assert respuesta.status_code in {200, 302, 422}
    despues = foto_de(gente.ana)
    assert {campo for campo in antes if antes[campo] != despues[campo]} <= puede_cambiar


def test_residencia_con_campos_de_mas_queda_solo_declarada(entrar, gente, pueblo):
    datos = {**veneno(pueblo), "lugar": f"o:{pueblo.otb_ceibo.pk}"}
    entrar(gente.nadia).post("/cuentas/mi-cuenta/residencia/", datos)
    residencia = Residencia.objects.get(usuario=gente.nadia)
    assert (residencia.nivel, residencia.metodo, residencia.verificada_por, residencia.otb) == (
        "declarada",
        "",
        None,
        pueblo.otb_ceibo,
    )
    assert recargada(gente.nadia).is_superuser is False


def test_registro_con_campos_de_mas_crea_una_cuenta_comun(client, pueblo, datos_de_registro):
    client.post("/cuentas/registrarse/", {**veneno(pueblo), **datos_de_registro})
    julia = Usuario.objects.get(username="julia.mamani")
    estado = foto_de(julia)
    assert (julia.is_superuser, julia.is_staff, julia.is_active, julia.pk != 999) == (False, False, True, True)
    assert (estado["grupos"], estado["permisos"], estado["roles"], estado["mandatos"]) == ([], 0, 0, 0)
    assert Residencia.objects.get(usuario=julia).nivel == "declarada"


def test_ficha_de_persona_con_campos_de_mas_no_da_permisos(entrar, con_roles, pueblo):
    datos = {**veneno(pueblo), "username": "ana", "nombre_publico": "Ana Vecina", "email": "", "is_active": "on"}
    entrar(con_roles.gloria).post(reverse("wagtailusers_users:edit", args=[con_roles.ana.pk]), datos)
    estado = foto_de(con_roles.ana)
    assert (estado["is_superuser"], estado["is_staff"], estado["grupos"], estado["permisos"]) == (False, False, [], 0)


# --- A5


@pytest.mark.parametrize("rol", ROLES_RESERVADOS)
def test_la_administracion_no_da_los_roles_reservados_ni_a_si_misma_ni_a_otra(entrar, con_roles, rol):
    cliente = entrar(con_roles.gloria)
    for persona in ("gloria", "ana"):
        cliente.post(reverse("roles:add"), {"usuario": persona, "rol": rol, "desde": "2026-01-01"})
    assert AsignacionRol.objects.filter(rol=rol).exclude(usuario=con_roles.gloria).count() == 0
    with pytest.raises(ReglaIncumplida, match="a sí mismo"):
        acciones.asignar_rol(con_roles.gloria, rol=rol, actor=con_roles.gloria)


@pytest.mark.parametrize("quien", ["gloria", "hugo", "carla", "elena", "dora", "ana"])
def test_nadie_por_debajo_de_superusuario_se_hace_superusuario_ni_toca_al_personal(entrar, con_roles, raiz, quien):
    cliente = entrar(getattr(con_roles, quien))
    for victima in (getattr(con_roles, quien), con_roles.hugo, raiz):
        antes = foto_de(victima)
        datos = {
            "username": victima.username,
            "nombre_publico": "Cambiado Cambiado",
            "is_superuser": "on",
            "is_active": "on",
            "password1": "tres-llamas-rojas",
            "password2": "tres-llamas-rojas",
        }
        cliente.post(reverse("wagtailusers_users:edit", args=[victima.pk]), datos)
        cliente.post(reverse("wagtailusers_users:quitar_segundo_paso", args=[victima.pk]), {"motivo": "x"})
        ruta = reverse("wagtail_bulk_action", args=["cuentas", "usuario", "set_active_state"])
        cliente.post(f"{ruta}?id={victima.pk}", {"mark_as_active": "False"})
        ruta = reverse("wagtail_bulk_action", args=["cuentas", "usuario", "assign_role"])
        cliente.post(f"{ruta}?id={victima.pk}", {"role": "1"})
        assert foto_de(victima) == antes
    nueva = {"username": "nueva.raiz", "nombre_publico": "Nueva Raíz", "is_superuser": "on"}
    claves = {"password1": "tres-llamas-rojas", "password2": "tres-llamas-rojas"}
    cliente.post(reverse("wagtailusers_users:add"), {**nueva, **claves})
    assert Usuario.objects.filter(is_superuser=True).exclude(pk=raiz.pk).count() == 0
    assert cliente.post(reverse("wagtailusers_groups:add"), {"name": "mio"}).status_code != 200
