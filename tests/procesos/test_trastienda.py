"""Procesos en la trastienda: guardar fases y techos, lo que no cuadra y lo que queda en la bitácora."""

import datetime
import re

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from civic.comun.models import Suceso
from civic.cuentas.acciones import preparar_roles
from civic.procesos.models import Categoria, Fase, FuenteDeFinanciamiento, Proceso, Techo
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
    return list(Suceso.objects.de(proceso).publicos().order_by("pk").values_list("texto", flat=True))


def guardar(cliente, proceso, fases, techos, **cambios):
    return cliente.post(
        reverse("procesos:edit", args=[proceso.pk]), formulario(proceso, fases=fases, techos=techos, **cambios)
    )


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
    ultima = Fase.objects.filter(proceso=recepcion).last()  # termina en 27 días: hay aviso de sobra
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
    assert respuesta.status_code == 422
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
    assert respuesta.status_code == 422
    assert "Distrito 1 está dos veces con el mismo sector y la misma fuente" in respuesta.content.decode()
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


# --- Avisos de 72 horas


def test_cambio_sin_aviso_pide_razon_conserva_lo_escrito_y_con_razon_se_guarda(entrar, hugo, recepcion):
    cliente = entrar(hugo)
    fases, techos = filas_de(recepcion)
    corre, sigue = Fase.objects.filter(proceso=recepcion)[:2]
    nuevo = (corre.fin + datetime.timedelta(days=2)).replace(second=0, microsecond=0)
    fases[0]["fin"] = fases[1]["inicio"] = _hora(nuevo)

    respuesta = guardar(cliente, recepcion, fases, techos, motivo="  ")
    html = respuesta.content.decode()
    assert respuesta.status_code == 422
    assert "Esto cambia con menos de 72 horas de aviso: La fase «Recepción de propuestas» cambió de fechas" in html
    assert f'value="{_hora(nuevo)}"' in html
    corre.refresh_from_db()
    assert corre.fin < nuevo
    assert sucesos(recepcion) == []

    respuesta = guardar(cliente, recepcion, fases, techos, motivo="Se cayó internet en el distrito.")
    assert respuesta.status_code == 302
    corre.refresh_from_db()
    assert corre.fin == nuevo
    lineas = list(Suceso.objects.de(recepcion).filter(verbo="cambiar_calendario"))
    assert {linea.motivo for linea in lineas} == {"Se cayó internet en el distrito."}
    assert {linea.calidad for linea in lineas} == {"Planificación POA"}
    assert {linea.datos["que"] for linea in lineas} == {"Recepción de propuestas", "Viabilidad"}
    assert all(linea.datos["era"] != linea.datos["es"] for linea in lineas)


def test_razon_se_conserva_cuando_falla_otra_cosa(entrar, hugo, recepcion):
    fases, techos = filas_de(recepcion)
    respuesta = guardar(entrar(hugo), recepcion, fases, techos, motivo="Porque llovió mucho.", nombre="")
    assert respuesta.status_code == 422
    assert "Porque llovió mucho." in respuesta.content.decode()


def test_despublicar_cambiar_y_volver_a_publicar_no_esquiva_el_aviso(entrar, hugo, recepcion):
    cliente = entrar(hugo)
    fases, techos = filas_de(recepcion)
    assert guardar(cliente, recepcion, fases, techos, publicado=None).status_code == 422
    assert guardar(cliente, recepcion, fases, techos, publicado=None, motivo="Un error.").status_code == 302
    recepcion.refresh_from_db()
    assert recepcion.publicado is False
    fases[0]["DELETE"] = "on"
    assert guardar(cliente, recepcion, fases, techos).status_code == 422
    assert Fase.objects.filter(proceso=recepcion).count() == 3


def test_fase_nueva_sin_aviso_falla_y_el_segundo_envio_con_razon_vale(entrar, hugo, recepcion):
    cliente = entrar(hugo)
    fases, techos = filas_de(recepcion)
    ahora = timezone.now().replace(second=0, microsecond=0)
    fases.append(fila_de_fase(Fase(tipo="asambleas", nombre="Asambleas", inicio=ahora, fin=fases_fin(recepcion))))
    assert guardar(cliente, recepcion, fases, techos).status_code == 422
    assert guardar(cliente, recepcion, fases, techos, motivo="Lo pidieron las OTB.").status_code == 302
    assert sucesos(recepcion)[0].startswith("Se agregó la fase «Asambleas»")


def fases_fin(proceso):
    return Fase.objects.filter(proceso=proceso).first().fin


# --- Actos propios de una fase


def test_actos_elegidos_con_casillas_se_guardan_y_sin_marcar_valen_los_del_tipo(entrar, hugo, recepcion):
    cliente = entrar(hugo)
    fases, techos = filas_de(recepcion)
    fases[2] |= {"a_medida": "on", "actos": ["votar"]}
    assert guardar(cliente, recepcion, fases, techos).status_code == 302
    assert [fase.actos for fase in Fase.objects.filter(proceso=recepcion)] == [None, None, ["votar"]]
    assert sucesos(recepcion) == [
        "En la fase «Votación» cambió lo que se puede hacer: era comentar y votar; ahora es votar."
    ]
    fases[2] |= {"a_medida": "on", "actos": []}
    guardar(cliente, recepcion, fases, techos)
    assert Fase.objects.filter(proceso=recepcion).last().actos == []
    html = cliente.get(reverse("procesos:edit", args=[recepcion.pk])).content.decode()
    marcadas = re.findall(r'<input type="checkbox" name="fases-(\d)-a_medida"[^>]*\bchecked', html)
    assert marcadas == ["2"]
    assert re.findall(r'name="fases-2-actos" value="(\w+)"[^>]*\bchecked', html) == []


def test_acto_que_no_existe_se_rechaza(entrar, hugo, recepcion):
    fases, techos = filas_de(recepcion)
    fases[2] |= {"a_medida": "on", "actos": ["gobernar"]}
    assert guardar(entrar(hugo), recepcion, fases, techos).status_code == 422
    assert Fase.objects.filter(proceso=recepcion).last().actos is None


# --- Lo que se escribe mal
# Un formulario mal escrito vuelve con su frase (422); con caracteres que nadie puede leer no llega a él (400).
ROTO = {400, 422}


@pytest.mark.parametrize(
    ("campo", "valor"),
    [
        ("nombre", "a\x00b"),
        ("resumen", "a\x00b"),
        ("normativa", "a\x00b"),
        ("motivo", "x" * 601),
        ("motivo", "a\x00b"),
        ("slug", "a\x00b"),
        ("gestion", "٢٠٢٧"),
        ("gestion", "1e400"),
        ("gestion", "99999999999999999999"),
        ("gestion", "-1"),
        ("tipo", "otro"),
    ],
)
def test_dato_roto_del_proceso_se_rechaza_con_una_frase(entrar, hugo, recepcion, campo, valor):
    fases, techos = filas_de(recepcion)
    respuesta = guardar(entrar(hugo), recepcion, fases, techos, **{campo: valor})
    assert respuesta.status_code in ROTO
    recepcion.refresh_from_db()
    assert (recepcion.nombre, recepcion.gestion) == ("Presupuesto participativo poa-2027", 2027)


@pytest.mark.parametrize(
    "valor", ["NaN", "Infinity", "1e400", "-5", "0", "٣٠٠", "9" * 40, "1.005", "--", "a\x00", "1,5,5"]
)
def test_monto_roto_se_rechaza_con_una_frase(entrar, hugo, recepcion, valor):
    fases, techos = filas_de(recepcion)
    techos[0]["monto"] = valor
    assert guardar(entrar(hugo), recepcion, fases, techos).status_code in ROTO
    assert set(Techo.objects.filter(proceso=recepcion).values_list("monto", flat=True)) == {300000}


@pytest.mark.parametrize(
    ("campo", "valor"),
    [
        ("inicio", "0001-01-01 00:00"),
        ("fin", "9999-12-31 23:59"),
        ("fin", "2100-01-02 00:00"),
        ("inicio", "ayer"),
        ("fin", "2027-13-45 99:99"),
        ("inicio", "٢٠٢٧-01-01 00:00\x00"),
        ("nombre", "a\x00b"),
        ("explicacion", "a\x00b"),
        ("tipo", "\x00"),
    ],
)
def test_fase_rota_se_rechaza_con_una_frase(entrar, hugo, recepcion, campo, valor):
    fases, techos = filas_de(recepcion)
    fases[2][campo] = valor
    assert guardar(entrar(hugo), recepcion, fases, techos, motivo="Prueba.").status_code in ROTO
    assert sucesos(recepcion) == []


def test_sustituto_suelto_que_llega_con_otra_codificacion_se_rechaza(entrar, hugo, recepcion):
    """Django decodifica un formulario con lo que diga su cabecera: «unicode_escape» deja pasar sustitutos sueltos."""
    fases, techos = filas_de(recepcion)
    datos = formulario(recepcion, fases=fases, techos=techos, nombre="roto \\ud800")
    borde = "corte"
    cuerpo = "".join(
        f'--{borde}\r\nContent-Disposition: form-data; name="{campo}"\r\n\r\n{valor}\r\n'
        for campo, valor in datos.items()
    )
    respuesta = entrar(hugo).post(
        reverse("procesos:edit", args=[recepcion.pk]),
        (cuerpo + f"--{borde}--\r\n").encode("utf-8"),
        content_type=f"multipart/form-data; boundary={borde}; charset=unicode_escape",
    )
    assert respuesta.status_code in {400, 422}
    recepcion.refresh_from_db()
    assert recepcion.nombre == "Presupuesto participativo poa-2027"


@pytest.mark.parametrize("busca", ["\x07", "٢", "%ED%A0%80", "a" * 5000, "' OR 1=1 --"])
def test_buscar_cualquier_cosa_en_la_lista_responde(entrar, hugo, recepcion, busca):
    assert entrar(hugo).get(reverse("procesos:index"), {"q": busca}).status_code == 200


@pytest.mark.parametrize("codigo", ["41-113\n", "٤١-١١٣", "", "41113", "\x00"])
def test_fuente_con_codigo_que_no_es_se_rechaza(entrar, hugo, codigo):
    entrar(hugo).post(reverse("fuentes:add"), {"codigo": codigo, "nombre": "IDH", "activa": "on"})
    assert list(FuenteDeFinanciamiento.objects.values_list("codigo", flat=True)) in ([], ["41-113"])
    assert FuenteDeFinanciamiento.objects.exclude(codigo="41-113").count() == 0


def test_proceso_no_se_borra_ni_con_superusuario(entrar, gente, recepcion):
    gente.gloria.is_superuser = True
    gente.gloria.save()
    respuesta = entrar(gente.gloria).post(f"/admin/procesos/delete/{recepcion.pk}/")
    assert respuesta.status_code in {302, 403, 404}
    assert Proceso.objects.filter(pk=recepcion.pk).exists()


def test_crear_con_techos_sin_ser_planificacion_no_guarda_nada_y_se_puede_repetir(entrar, gente, pueblo):
    """Ni el superusuario propone techos; al fallar no queda nada, y el mismo formulario sin techos vale."""
    gente.gloria.is_superuser = True
    gente.gloria.save()
    cliente, techo = entrar(gente.gloria), {"distrito": pueblo.distrito_1.pk, "monto": "300000"}
    respuesta = cliente.post(reverse("procesos:add"), formulario(techos=[techo]))
    assert respuesta.status_code == 422
    assert "Cambiar techos le toca a Planificación POA." in respuesta.content.decode()
    assert (Proceso.objects.count(), Techo.objects.count()) == (0, 0)
    assert cliente.post(reverse("procesos:add"), formulario()).status_code == 302


# --- Con varios a la vez -------------------------------------------------------------------------------------------
def test_suspende_y_levanta_varios_y_dice_con_cuales(entrar, hugo, recepcion, votando):
    cliente, elegidos = entrar(hugo), [recepcion.pk, votando.pk]
    sin_razon = cliente.post(reverse("procesos:bloque_suspender"), {"elegidos": elegidos, "motivo": ""})
    assert sin_razon.status_code == 422
    datos = {"elegidos": elegidos, "motivo": "Lo ordenó un juez."}
    texto = cliente.post(reverse("procesos:bloque_suspender"), datos, follow=True).content.decode()
    assert "Hecho con 2" in texto and recepcion.nombre in texto
    assert set(Proceso.objects.values_list("estado", "motivo_estado")) == {("suspendido", "Lo ordenó un juez.")}
    cliente.post(reverse("procesos:bloque_levantar"), {"elegidos": [recepcion.pk], "motivo": "Ya se resolvió."})
    assert dict(Proceso.objects.values_list("pk", "estado")) == {recepcion.pk: "en_marcha", votando.pk: "suspendido"}


def test_publica_varios_con_su_linea_publica(entrar, hugo, recepcion, votando):
    Proceso.objects.update(publicado=False)
    cliente = entrar(hugo)
    assert cliente.post(reverse("procesos:bloque_publicar"), {}).status_code == 422
    cliente.post(reverse("procesos:bloque_publicar"), {"elegidos": [recepcion.pk]})
    assert dict(Proceso.objects.values_list("pk", "publicado")) == {recepcion.pk: True, votando.pk: False}
    assert Suceso.objects.de(recepcion).get().texto == "Se publicó el proceso."


def test_solo_planificacion_suspende_varios(entrar, gente, recepcion):
    gente.gloria.is_superuser = True
    gente.gloria.save()
    assert entrar(gente.gloria).post(reverse("procesos:bloque_suspender"), {}).status_code in {302, 403}


def test_catalogo_corregido_deja_su_historia_en_la_ficha(entrar, hugo, pueblo):
    cliente = entrar(hugo)
    datos = {"nombre": "Agua y riego", "codigo": "agua", "icono": "droplets", "orden": 1, "activa": "on"}
    assert cliente.post(reverse("categorias:edit", args=[pueblo.agua.pk]), datos).status_code == 302
    suceso = Suceso.objects.de(pueblo.agua).get()
    assert (suceso.actor, suceso.datos["antes"]["nombre"]) == (hugo, "Agua potable")
    texto = cliente.get(reverse("categorias:inspect", args=[pueblo.agua.pk])).content.decode()
    assert "Corrigió «Agua y riego» en el catálogo." in texto
