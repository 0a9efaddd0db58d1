"""Asignación en masa (A3): se envían todos los campos del modelo a cada formulario, y lo de más no cambia nada."""

from typing import Any

import pytest
from django.db import models
from django.urls import reverse

from civic.cuentas.acciones import asignar_rol, preparar_roles
from civic.cuentas.models import Usuario
from civic.cuentas.roles import Rol
from civic.debate.models import Comentario
from mapas.obras.models import Obra
from mapas.reportes import acciones as reportes
from mapas.reportes.models import Reporte
from propuestas.models import Propuesta
from tests.elenco import crear_persona
from tests.mapas.test_obras_acciones import crear_obra
from tests.propuestas.piezas import borrador, publicada

pytestmark = pytest.mark.django_db


def todos_los_campos(modelo: type[models.Model], ajeno: Usuario) -> dict[str, Any]:
    """Un valor tramposo para cada campo del modelo."""
    valores: dict[str, Any] = {}
    for campo in modelo._meta.concrete_fields:
        if isinstance(campo, models.ForeignKey):
            valores[campo.name] = ajeno.pk if campo.related_model is Usuario else "1"
        elif isinstance(campo, models.BooleanField):
            valores[campo.name] = "on"
        elif isinstance(campo, models.IntegerField | models.DecimalField | models.FloatField | models.AutoField):
            valores[campo.name] = "99999"
        elif campo.name == "estado":
            valores[campo.name] = "viable"
        else:
            valores[campo.name] = "2001-01-01"
    return valores | {"is_staff": "on", "is_superuser": "on", "rol": "administracion", "groups": "1"}


def foto_de(objeto: models.Model, *libres: str) -> dict[str, Any]:
    objeto.refresh_from_db()
    fuera = {*libres, "busqueda", "cambiada", "cambiado"}
    return {c.attname: getattr(objeto, c.attname) for c in objeto._meta.concrete_fields if c.name not in fuera}


def test_borrador_de_propuesta_no_cambia_estado_autor_ni_apoyos(entrar, gente, recepcion, pueblo):
    propuesta = borrador(recepcion, gente.ana, pueblo)
    cliente = entrar(gente.ana)
    trampa = todos_los_campos(Propuesta, gente.beto)
    for paso, libres in (
        ("que", ("titulo", "descripcion", "categoria", "organizacion")),
        ("donde", ("distrito", "otb", "lon", "lat", "referencia")),
        ("foto", ("monto_solicitado", "familias", "foto")),
    ):
        antes = foto_de(propuesta, *libres)
        cliente.post(reverse("propuestas:paso", args=[propuesta.pk, paso]), trampa)
        assert foto_de(propuesta, *libres) == antes


def test_reporte_publico_no_elige_codigo_estado_unidad_ni_autor(entrar, gente, pueblo):
    cliente = entrar(gente.ana)
    clave = cliente.get(reverse("reportes:nuevo")).context["form"]["clave"].value()
    trampa = todos_los_campos(Reporte, gente.beto)
    del trampa["foto"], trampa["organizacion"]
    bueno = {
        "clave": clave,
        "categoria": pueblo.vias.pk,
        "descripcion": "Un hueco muy hondo",
        "distrito": pueblo.distrito_1.pk,
        "otb": "",
        "lon": "",
        "lat": "",
        "es_otro": "si",
        "sitio": "",
    }
    respuesta = cliente.post(reverse("reportes:nuevo"), trampa | bueno | {"lugar": f"o:{pueblo.otb_molle.pk}"})
    if respuesta.status_code != 302:
        assert Reporte.objects.count() == 0
        pytest.fail(str(respuesta.context["form"].errors))
    reporte = Reporte.objects.get()
    assert (reporte.autor, reporte.estado, reporte.unidad, reporte.canal, reporte.prioridad, reporte.oculto) == (
        gente.ana,
        "recibido",
        "",
        "web",
        "normal",
        False,
    )
    assert (reporte.tambien_contados, reporte.plazo_dias != 99999, reporte.codigo.startswith("RC-")) == (0, True, True)


def test_comentario_es_siempre_de_quien_lo_envia(entrar, gente, recepcion, pueblo):
    hilo = publicada(recepcion, gente, pueblo).hilo
    cliente = entrar(gente.ana)
    trampa = todos_los_campos(Comentario, gente.beto) | {"texto": "Hola", "padre": "", "organizacion": ""}
    pagina = cliente.get(reverse("debate:hilo", args=[hilo.pk])).text
    clave = pagina.split('name="clave" value="')[1].split('"')[0]
    cliente.post(reverse("debate:comentar", args=[hilo.pk]), trampa | {"clave": clave})
    comentario = Comentario.objects.get()
    assert (comentario.autor, comentario.estado, comentario.calidad, comentario.hilo) == (
        gente.ana,
        "visible",
        "",
        hilo,
    )


def test_ficha_de_reporte_y_obra_en_la_trastienda_no_cambian_el_estado_ni_la_publicacion(entrar, gente, pueblo):
    preparar_roles()
    jefe = crear_persona("jaime", "Jaime")
    asignar_rol(jefe, rol=Rol.JEFATURA_UNIDAD)
    reporte = reportes.recibir_reporte(
        categoria=pueblo.vias, descripcion="Hueco", distrito=pueblo.distrito_1, autor=gente.ana
    )
    obra = crear_obra(pueblo, publicada=False)
    cliente = entrar(jefe)
    de_ficha = ("prioridad", "servicio", "unidad", "operador", "plazo_dias", "respuesta", "vence")
    antes = foto_de(reporte, *de_ficha)
    trampa = todos_los_campos(Reporte, gente.beto) | {"prioridad": "alta", "plazo_dias": "7"}
    assert cliente.post(reverse("reporte:edit", args=[reporte.pk]), trampa).status_code == 302
    assert (foto_de(reporte, *de_ficha), reporte.prioridad) == (antes, "alta")
    antes = {c: foto_de(obra)[c] for c in ("estado", "publicada", "propuesta_id", "unidad", "id")}
    cliente.post(reverse("obra:edit", args=[obra.pk]), todos_los_campos(Obra, gente.beto))
    assert {c: foto_de(obra)[c] for c in antes} == antes


def test_quien_administra_cuentas_no_toca_al_personal_ni_se_da_nada(entrar, gente):
    """A5: administración cambia cuentas de vecinas; ni las del personal ni la suya, ni grupos, ni superusuario."""
    preparar_roles()
    asignar_rol(gente.gloria, rol=Rol.ADMINISTRACION)
    asignar_rol(gente.carla, rol=Rol.TECNICO_EVALUADOR)
    cliente = entrar(gente.gloria)
    trampa = todos_los_campos(Usuario, gente.beto) | {"username": "ana", "nombre_publico": "Ana", "email": ""}
    for intocable in (gente.carla, gente.gloria):
        antes = foto_de(intocable)
        cliente.post(reverse("wagtailusers_users:edit", args=[intocable.pk]), trampa)
        assert foto_de(intocable) == antes
    cliente.post(reverse("wagtailusers_users:edit", args=[gente.ana.pk]), trampa)
    gente.ana.refresh_from_db()
    assert (gente.ana.is_superuser, gente.ana.is_staff, gente.ana.groups.count()) == (False, False, 0)
    assert gente.ana.user_permissions.count() == 0
