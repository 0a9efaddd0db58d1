"""Procesos en la trastienda: guardar fases y techos, lo que no cuadra y lo que queda en la bitácora."""

import datetime

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from civic.comun.models import Suceso
from civic.cuentas.acciones import preparar_roles
from civic.procesos.models import Categoria, Fase, Proceso, Techo
from tests import elenco


@pytest.fixture
def hugo(gente):
    """Planifica, con los permisos de su rol."""
    preparar_roles()
    gente.hugo.groups.add(Group.objects.get(name="planificacion"))
    gente.elena.groups.add(Group.objects.get(name="comunicacion"))
    return gente.hugo


def _hora(momento):
    return timezone.localtime(momento).strftime("%Y-%m-%d %H:%M")


def formulario(proceso=None, fases=(), techos=(), **cambios):
    """Lo que envía la página: los datos del proceso, y cada fase y techo como fila."""
    datos = {"nombre": "POA de prueba", "slug": "poa-prueba", "tipo": "presupuesto", "gestion": 2027, "resumen": "Sí."}
    if proceso:
        datos |= {"nombre": proceso.nombre, "slug": proceso.slug}
        if proceso.publicado:
            datos["publicado"] = "on"
    for relacion, filas in (("fases", fases), ("techos", techos)):
        datos[f"{relacion}-TOTAL_FORMS"] = len(filas)
        datos[f"{relacion}-INITIAL_FORMS"] = sum(1 for fila in filas if fila.get("id"))
        for numero, fila in enumerate(filas):
            datos |= {f"{relacion}-{numero}-{campo}": valor for campo, valor in fila.items()}
    return {campo: valor for campo, valor in (datos | cambios).items() if valor is not None}


def fila_de_fase(fase, **cambios):
    fila = {
        "id": fase.pk or "",
        "tipo": fase.tipo,
        "nombre": fase.nombre,
        "inicio": _hora(fase.inicio),
        "fin": _hora(fase.fin),
    }
    return fila | cambios


def fila_de_techo(techo, **cambios):
    return {"id": techo.pk, "distrito": techo.distrito_id, "monto": str(techo.monto)} | cambios


def filas_de(proceso):
    """Filas de fases y techos como están, con las horas sin segundos, como las escribe la página."""
    return (
        [fila_de_fase(fase) for fase in Fase.objects.filter(proceso=proceso)],
        [fila_de_techo(techo) for techo in Techo.objects.filter(proceso=proceso)],
    )


def sucesos(proceso):
    return list(Suceso.objects.de(proceso).order_by("pk").values_list("texto", flat=True))


def test_crear_proceso_con_fases_y_techos(entrar, hugo, pueblo):
    ahora = timezone.now().replace(second=0, microsecond=0)
    fase = Fase(tipo="recepcion", nombre="Recepción", inicio=ahora, fin=ahora + datetime.timedelta(days=9))
    techo = {"distrito": pueblo.distrito_1.pk, "monto": "300000"}
    respuesta = entrar(hugo).post(reverse("procesos:add"), formulario(fases=[fila_de_fase(fase)], techos=[techo]))
    assert respuesta.status_code == 302
    proceso = Proceso.objects.get(slug="poa-prueba")
    assert list(proceso.fases.values_list("tipo", "inicio")) == [("recepcion", ahora)]
    assert list(proceso.techos.values_list("distrito", "monto")) == [(pueblo.distrito_1.pk, 300000)]
    assert sucesos(proceso) == []


def test_crear_proceso_ya_publicado_queda_en_la_bitacora(entrar, hugo):
    entrar(hugo).post(reverse("procesos:add"), formulario(publicado="on"))
    assert sucesos(Proceso.objects.get(slug="poa-prueba")) == ["Se publicó el proceso."]


def test_cambiar_fechas_de_un_proceso_publicado_queda_en_la_bitacora(entrar, hugo, recepcion):
    fases, techos = filas_de(recepcion)
    ultima = Fase.objects.filter(proceso=recepcion).last()
    fases[2]["fin"] = _hora(ultima.fin + datetime.timedelta(days=1))
    respuesta = entrar(hugo).post(
        reverse("procesos:edit", args=[recepcion.pk]), formulario(recepcion, fases=fases, techos=techos)
    )
    assert respuesta.status_code == 302
    nueva = Fase.objects.get(pk=ultima.pk)
    assert nueva.fin == (ultima.fin + datetime.timedelta(days=1)).replace(second=0, microsecond=0)
    (texto,) = sucesos(recepcion)
    assert texto.startswith("La fase «Votación» cambió de fechas: era del ")
    assert Suceso.objects.de(recepcion).get().actor == hugo


def test_guardar_sin_cambios_no_deja_linea_ni_pierde_segundos(entrar, hugo, recepcion):
    antes = list(Fase.objects.values_list("inicio", "fin"))
    assert antes[0][0].microsecond > 0
    fases, techos = filas_de(recepcion)
    entrar(hugo).post(reverse("procesos:edit", args=[recepcion.pk]), formulario(recepcion, fases=fases, techos=techos))
    assert sucesos(recepcion) == []
    assert list(Fase.objects.values_list("inicio", "fin")) == antes


def test_cambiar_techos_antes_de_votar_queda_en_la_bitacora(entrar, hugo, recepcion, pueblo):
    fases, techos = filas_de(recepcion)
    techos[0]["monto"] = "280000"
    techos[1]["DELETE"] = "on"
    entrar(hugo).post(reverse("procesos:edit", args=[recepcion.pk]), formulario(recepcion, fases=fases, techos=techos))
    assert list(Techo.objects.filter(proceso=recepcion).values_list("distrito", "monto")) == [
        (pueblo.distrito_1.pk, 280000)
    ]
    assert sucesos(recepcion) == [
        "El techo de Distrito 1 cambió de Bs\u00a0300.000 a Bs\u00a0280.000.",
        "Distrito 2 ya no tiene techo; era Bs\u00a0300.000.",
    ]


def test_cambiar_techos_mientras_se_vota_se_rechaza_con_la_fecha(entrar, hugo, votando):
    fases, techos = filas_de(votando)
    techos[0]["monto"] = "1"
    respuesta = entrar(hugo).post(
        reverse("procesos:edit", args=[votando.pk]), formulario(votando, fases=fases, techos=techos)
    )
    assert respuesta.status_code == 200
    assert "La gente está votando con estos techos hasta el" in respuesta.content.decode()
    assert set(Techo.objects.filter(proceso=votando).values_list("monto", flat=True)) == {300000}
    assert sucesos(votando) == []


def test_fases_que_se_cruzan_se_explican_y_no_se_guardan(entrar, hugo, recepcion):
    fases, techos = filas_de(recepcion)
    antes = list(Fase.objects.values_list("inicio", "fin"))
    fases[2] |= {"inicio": fases[0]["inicio"], "fin": fases[0]["fin"]}
    respuesta = entrar(hugo).post(
        reverse("procesos:edit", args=[recepcion.pk]), formulario(recepcion, fases=fases, techos=techos)
    )
    html = respuesta.content.decode()
    assert "mientras se vota no se reciben propuestas" in html
    assert "La fase «Votación» empieza el " in html
    assert list(Fase.objects.values_list("inicio", "fin")) == antes


def test_fase_que_termina_antes_de_empezar_se_explica(entrar, hugo):
    ahora = timezone.now()
    fase = Fase(tipo="recepcion", nombre="Recepción", inicio=ahora, fin=ahora - datetime.timedelta(days=1))
    respuesta = entrar(hugo).post(reverse("procesos:add"), formulario(fases=[fila_de_fase(fase)]))
    assert "La fase debe terminar después de empezar." in respuesta.content.decode()
    assert Proceso.objects.count() == 0


def test_dos_techos_del_mismo_distrito_se_explican(entrar, hugo, pueblo):
    techo = {"distrito": pueblo.distrito_1.pk, "monto": "300000"}
    respuesta = entrar(hugo).post(reverse("procesos:add"), formulario(techos=[techo, techo]))
    assert "duplicad" in respuesta.content.decode()
    assert Proceso.objects.count() == 0


def test_techo_solo_se_elige_entre_distritos_y_sin_traer_poligonos(entrar, hugo, recepcion, pueblo):
    with CaptureQueriesContext(connection) as consultas:
        html = entrar(hugo).get(reverse("procesos:edit", args=[recepcion.pk])).content.decode()
    assert "Distrito 2</option>" in html
    assert "Molle</option>" not in html
    assert [
        c["sql"] for c in consultas if '"geometria"' in c["sql"] and "tipo" in c["sql"] and "LIMIT" not in c["sql"]
    ] == []
    techo = {"distrito": pueblo.otb_molle.pk, "monto": "300000"}
    entrar(hugo).post(reverse("procesos:add"), formulario(techos=[techo]))
    assert Proceso.objects.filter(slug="poa-prueba").count() == 0


@pytest.mark.parametrize(("persona", "codigos"), [("ana", {302}), ("elena", {302, 403}), (None, {302})])
def test_editar_proceso_sin_permiso_no_cambia_nada(client, entrar, hugo, gente, recepcion, persona, codigos):
    cliente = entrar(gente.todos[persona]) if persona else client
    datos = formulario(recepcion, nombre="Otro nombre")
    respuesta = cliente.post(reverse("procesos:edit", args=[recepcion.pk]), datos)
    recepcion.refresh_from_db()
    assert respuesta.status_code in codigos
    assert recepcion.nombre == "Presupuesto participativo poa-2027"


def test_proceso_que_no_existe_da_404(entrar, hugo):
    assert entrar(hugo).get(reverse("procesos:edit", args=[99])).status_code == 404


def test_lista_y_revision_de_procesos_y_categorias_abren(entrar, hugo, recepcion):
    cliente = entrar(hugo)
    assert recepcion.nombre in cliente.get(reverse("procesos:index")).content.decode()
    assert recepcion.nombre in cliente.get(reverse("procesos:inspect", args=[recepcion.pk])).content.decode()
    assert "Agua potable" in cliente.get(reverse("categorias:index")).content.decode()


def test_lista_de_procesos_hace_las_mismas_consultas_con_uno_y_con_diez(entrar, hugo, pueblo):
    cliente, cuentas = entrar(hugo), []
    for tanda in (range(1), range(1, 10)):
        for numero in tanda:
            elenco.crear_proceso(pueblo, "recepcion", slug=f"poa-{numero}")
        with CaptureQueriesContext(connection) as consultas:
            cliente.get(reverse("procesos:index"))
        cuentas.append(len(consultas))
    assert cuentas[0] == cuentas[1]


def test_cambiar_una_categoria(entrar, hugo, pueblo):
    datos = {"nombre": "Agua", "codigo": "agua", "icono": "droplets", "orden": 1, "activa": "on", "sector_oc4ids": ""}
    entrar(hugo).post(reverse("categorias:edit", args=[pueblo.agua.pk]), datos)
    assert Categoria.objects.get(pk=pueblo.agua.pk).nombre == "Agua"
