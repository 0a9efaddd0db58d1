"""La evaluación: lista de control, a quién le toca, quién se excusa, notas que no salen y la bandeja."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.cuentas.acciones import asignar_rol, preparar_roles
from civic.cuentas.roles import Rol
from propuestas import acciones, permisos, reglas
from propuestas.consultas_evaluacion import lista_de
from propuestas.models import Criterio, Dictamen, Excusa, NotaInterna, Propuesta
from propuestas.reglas import LISTA_POR_DEFECTO, Conflicto, Pregunta
from tests.elenco import crear_persona
from tests.propuestas.piezas import en_evaluacion, enviada, publicada

TODO_SI = dict.fromkeys(range(len(LISTA_POR_DEFECTO)), ("si", ""))
SECRETO = "El vecino Juan Pérez dice que el terreno es suyo."
VIABLE = {"resultado": "viable", "texto": "Hay terreno.", "monto_tecnico": Decimal("120000")}


@pytest.fixture
def propuesta(recepcion, gente, pueblo):
    una = en_evaluacion(recepcion, gente, pueblo)
    Propuesta.objects.update(unidad="Obras")
    una.refresh_from_db()
    return una


@pytest.fixture
def equipo(gente):
    """tania y teo son del equipo de Obras; tito, del de Agua; jaime dirige Obras."""
    preparar_roles()
    quienes = {"tania": "Obras", "teo": "Obras", "tito": "Agua", "jaime": "Obras"}
    personas = {}
    for nombre, unidad in quienes.items():
        personas[nombre] = crear_persona(nombre, nombre.title())
        rol = Rol.JEFATURA_UNIDAD if nombre == "jaime" else Rol.TECNICO_EVALUADOR
        asignar_rol(personas[nombre], rol=rol, unidad=unidad)
    return personas


# --- Lista de control ---


def test_el_dictamen_guarda_su_copia_de_la_lista_y_publica_solo_lo_publico(propuesta, equipo, client):
    respuestas = TODO_SI | {0: ("si", "Fuimos el martes."), 4: ("no", SECRETO)}
    dictamen = acciones.dictaminar(propuesta, actor=equipo["tania"], **VIABLE, respuestas=respuestas)
    assert len(dictamen.lista) == len(LISTA_POR_DEFECTO)
    assert (dictamen.lista[4]["nota"], LISTA_POR_DEFECTO[4].publica) == (SECRETO, False)
    texto = client.get(propuesta.get_absolute_url()).content.decode()
    assert ("Fuimos el martes." in texto, SECRETO in texto, LISTA_POR_DEFECTO[4].texto in texto) == (True, False, False)


@pytest.mark.parametrize(
    ("cambios", "frase"),
    [
        ({"respuestas": {}}, "Falta responder"),
        ({"respuestas": TODO_SI | {0: ("quizas", "")}}, "sí, no o no aplica"),
        ({"monto_tecnico": Decimal("90000")}, "Explica la diferencia"),
        ({"resultado": "derivada", "destino": ""}, "a qué entidad"),
        ({"resultado": "derivada", "destino": "marte"}, "a qué entidad"),
    ],
)
def test_evaluar_sin_lo_que_pide_el_reglamento_no_cambia_nada(propuesta, equipo, cambios, frase):
    with pytest.raises(ReglaIncumplida, match=frase):
        acciones.dictaminar(propuesta, actor=equipo["tania"], **VIABLE | {"respuestas": TODO_SI} | cambios)
    propuesta.refresh_from_db()
    assert (propuesta.estado, Dictamen.objects.count()) == ("en_evaluacion", 0)


def test_el_margen_de_costo_es_exacto():
    assert reglas.exigir_diferencia(Decimal(100), Decimal(110), "") is None
    assert reglas.exigir_diferencia(Decimal(100), Decimal(200), "Cambió la norma.") is None
    with pytest.raises(ReglaIncumplida):
        reglas.exigir_diferencia(Decimal(100), Decimal("110.01"), "")
    with pytest.raises(ReglaIncumplida):
        reglas.exigir_diferencia(Decimal(100), Decimal("89.99"), "")


def test_la_lista_de_un_proceso_se_cambia_hasta_que_alguien_evalua(propuesta, equipo, gente, recepcion):
    nueva = [Pregunta("legal", "¿Hay acta?"), Pregunta("costo", "¿Hay cotización?", False, False)]
    acciones.guardar_lista(recepcion, actor=gente.hugo, preguntas=nueva)
    assert lista_de(recepcion) == nueva
    with pytest.raises(ReglaIncumplida, match="le toca a Planificación"):
        acciones.guardar_lista(recepcion, actor=equipo["tania"], preguntas=nueva[:1])
    acciones.dictaminar(propuesta, actor=equipo["tania"], **VIABLE, respuestas={0: ("si", "")})
    with pytest.raises(ReglaIncumplida, match="Ya hay propuestas evaluadas"):
        acciones.guardar_lista(recepcion, actor=gente.hugo, preguntas=nueva[:1])
    assert (Criterio.objects.count(), len(Dictamen.objects.get().lista)) == (2, 2)


def test_responder_una_lista_que_cambio_mientras_tanto_es_un_conflicto(propuesta, equipo, gente, recepcion):
    leida = reglas.version_de(lista_de(recepcion))
    acciones.guardar_lista(recepcion, actor=gente.hugo, preguntas=[Pregunta("legal", "¿Hay acta?")])
    with pytest.raises(Conflicto, match="lista de control cambió"):
        acciones.dictaminar(propuesta, actor=equipo["tania"], **VIABLE, respuestas=TODO_SI, lista_leida=leida)
    assert Suceso.objects.de(propuesta).filter(verbo="llegar_tarde").count() == 1


@pytest.mark.parametrize(
    "lista", [[], [Pregunta("legal", "¿Hay acta?", obligatoria=False)], [Pregunta("legal", "¿Sí?")] * 2]
)
def test_una_lista_que_no_sirve_no_se_guarda(recepcion, gente, lista):
    with pytest.raises(ReglaIncumplida):
        acciones.guardar_lista(recepcion, actor=gente.hugo, preguntas=lista)
    assert Criterio.objects.count() == 0


def test_lista_de_control_en_la_trastienda_del_proceso(entrar, equipo, gente, recepcion):
    asignar_rol(gente.nadia, rol=Rol.PLANIFICACION)
    cliente = entrar(gente.nadia)
    direccion = f"/admin/propuestas/lista-de-control/{recepcion.pk}/"
    assert direccion in cliente.get(f"/admin/procesos/inspect/{recepcion.pk}/").content.decode()
    pagina = cliente.get(direccion)
    assert (pagina.status_code, LISTA_POR_DEFECTO[0].texto in pagina.content.decode()) == (200, True)
    datos = {"leida": reglas.version_de(LISTA_POR_DEFECTO), "seccion0": "legal", "texto0": "¿Hay acta?"}
    sin_obligatorias = cliente.post(direccion, datos)
    assert (sin_obligatorias.status_code, "¿Hay acta?" in sin_obligatorias.content.decode()) == (422, True)
    assert cliente.post(direccion, datos | {"obligatoria0": "on", "publica0": "on"}).status_code == 302
    assert lista_de(recepcion) == [Pregunta("legal", "¿Hay acta?")]
    assert entrar(equipo["tania"]).get(direccion).status_code in (302, 403)


# --- A quién le toca ---


def test_asignar_a_una_persona_de_la_unidad_y_a_nadie_mas(propuesta, equipo, gente):
    assert permisos.evaluadores_de(propuesta) == [gente.carla, equipo["tania"], equipo["teo"]]
    with pytest.raises(ReglaIncumplida, match="equipo técnico de la unidad"):
        acciones.asignar_evaluador(propuesta, evaluador=equipo["tito"], actor=equipo["jaime"])
    with pytest.raises(ReglaIncumplida, match="Asignar propuestas le toca"):
        acciones.asignar_evaluador(propuesta, evaluador=equipo["teo"], actor=equipo["tania"])
    acciones.asignar_evaluador(propuesta, evaluador=equipo["tania"], actor=equipo["jaime"])
    with pytest.raises(ReglaIncumplida, match="asignada otra persona"):
        acciones.dictaminar(propuesta, actor=equipo["teo"], **VIABLE)
    assert acciones.dictaminar(propuesta, actor=equipo["tania"], **VIABLE).evaluador == equipo["tania"]
    assert Suceso.objects.de(propuesta).filter(texto__icontains="tania").count() == 0


def test_tomar_la_que_ya_tomo_otra_es_un_conflicto_anotado(propuesta, equipo):
    acciones.asignar_evaluador(propuesta, evaluador=equipo["tania"], actor=equipo["tania"])
    acciones.asignar_evaluador(propuesta, evaluador=equipo["tania"], actor=equipo["tania"])
    with pytest.raises(Conflicto, match="la tomó antes que tú"):
        acciones.asignar_evaluador(propuesta, evaluador=equipo["teo"], actor=equipo["teo"])
    assert Suceso.objects.de(propuesta).get(verbo="llegar_tarde").actor == equipo["teo"]
    assert Suceso.objects.de(propuesta).filter(verbo="asignar_evaluador").count() == 1


def test_cambiar_de_unidad_suelta_a_quien_no_es_de_ella(propuesta, equipo, gente):
    acciones.asignar_evaluador(propuesta, evaluador=equipo["tania"], actor=equipo["tania"])
    acciones.asignar_unidad(propuesta, unidad="Agua", actor=gente.hugo)
    propuesta.refresh_from_db()
    assert (propuesta.unidad, propuesta.evaluador) == ("Agua", None)


def test_quien_se_excusa_deja_de_evaluarla_y_queda_dicho_sin_decir_quien(propuesta, equipo, client):
    tania = equipo["tania"]
    acciones.asignar_evaluador(propuesta, evaluador=tania, actor=tania)
    for _ in range(2):
        acciones.excusarse(propuesta, actor=tania, razon="parentesco", detalle="Es mi hermana Rosa.")
    propuesta.refresh_from_db()
    assert (propuesta.evaluador, Excusa.objects.count()) == (None, 1)
    with pytest.raises(ReglaIncumplida, match="Te excusaste"):
        acciones.dictaminar(propuesta, actor=tania, **VIABLE)
    with pytest.raises(ReglaIncumplida, match="Te excusaste"):
        acciones.asignar_evaluador(propuesta, evaluador=tania, actor=equipo["jaime"])
    texto = client.get(propuesta.get_absolute_url()).content.decode()
    assert ("se excusó de evaluarla" in texto, "Rosa" in texto, "hermana" in texto) == (True, False, False)


def test_no_evalua_quien_habla_por_la_organizacion_que_la_presento(recepcion, gente, pueblo, equipo):
    asignar_rol(gente.fabio, rol=Rol.TECNICO_EVALUADOR)
    propuesta = publicada(recepcion, gente, pueblo, autor=gente.fabio, organizacion=pueblo.org_molle)
    acciones.mover_propuesta(propuesta, hacia="en_evaluacion", actor=gente.hugo, calidad="planificacion")
    propuesta.refresh_from_db()
    assert permisos.por_que_no_evalua(gente.fabio, propuesta).startswith("Nadie evalúa lo que presentó")
    assert gente.fabio not in permisos.evaluadores_de(propuesta)


# --- Notas internas ---


def test_una_nota_interna_no_sale_por_ninguna_puerta_publica(propuesta, equipo, entrar, client, gente):
    acciones.agregar_nota(propuesta, actor=equipo["tania"], texto=SECRETO)
    with pytest.raises(ReglaIncumplida, match="de quien evalúa"):
        acciones.agregar_nota(propuesta, actor=gente.ana, texto="x")
    for direccion in (propuesta.get_absolute_url(), "/propuestas/", "/bitacora/", f"/bitacora/?texto={SECRETO[:12]}"):
        assert SECRETO not in client.get(direccion).content.decode(), direccion
    assert SECRETO not in str(list(Suceso.objects.values_list("texto", "motivo", "datos")))
    ficha = f"/admin/propuestas/inspect/{propuesta.pk}/"
    assert SECRETO in entrar(equipo["teo"]).get(ficha).content.decode()
    assert SECRETO in entrar(equipo["jaime"]).get(ficha).content.decode()
    moderadora = crear_persona("maria", "María")
    asignar_rol(moderadora, rol=Rol.GESTION_COMUNIDAD)
    respuesta = entrar(moderadora).get(ficha)
    assert (respuesta.status_code, SECRETO in respuesta.content.decode()) == (200, False)
    planilla = entrar(gente.hugo).get("/admin/propuestas/?export=csv")
    assert SECRETO not in b"".join(planilla).decode()
    assert NotaInterna.objects.count() == 1


# --- Bandeja ---


def bandeja(persona):
    return {clave: [p.titulo for p in filas] for clave, _, filas in permisos.bandeja_de(persona)}


def test_cada_quien_ve_lo_suyo_y_lo_vencido_primero(recepcion, gente, pueblo, equipo):
    hoy = timezone.localdate()
    for titulo, unidad, dias in (("A tiempo", "Obras", 5), ("Vencida", "Obras", -2), ("De agua", "Agua", 1)):
        una = en_evaluacion(recepcion, gente, pueblo, titulo=titulo)
        vence = hoy + datetime.timedelta(days=dias)
        Propuesta.objects.filter(pk=una.pk).update(unidad=unidad, vence=vence)
    mia = Propuesta.objects.get(titulo="A tiempo")
    acciones.asignar_evaluador(mia, evaluador=equipo["teo"], actor=equipo["teo"])
    enviada(recepcion, gente.ana, pueblo, titulo="Por revisar")
    assert bandeja(equipo["teo"]) == {"apeladas": [], "enviadas": [], "mias": ["A tiempo"], "libres": ["Vencida"]}
    assert bandeja(equipo["tania"])["libres"] == ["Vencida"]
    assert bandeja(equipo["tito"])["libres"] == ["De agua"]
    assert bandeja(gente.hugo) == {
        "apeladas": [],
        "enviadas": ["Por revisar"],
        "mias": [],
        "libres": ["Vencida", "De agua"],
    }


def test_la_bandeja_se_abre_marca_lo_vencido_y_hace_siempre_las_mismas_consultas(
    entrar, recepcion, gente, pueblo, equipo, propuesta
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    Propuesta.objects.update(vence=timezone.localdate() - datetime.timedelta(days=1))
    cliente = entrar(equipo["tania"])
    assert "Vencida" in cliente.get("/admin/propuestas/bandeja/").content.decode()
    cuentas = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as hechas:
            cliente.get("/admin/propuestas/bandeja/")
        cuentas.append(len(hechas))
        for n in range(3):
            en_evaluacion(recepcion, gente, pueblo, titulo=f"Otra {n}")
        Propuesta.objects.update(unidad="Obras")
    assert cuentas[0] == cuentas[1]
    assert entrar(gente.ana).get("/admin/propuestas/bandeja/").status_code in (302, 403)


def test_tomar_excusarse_asignar_y_anotar_desde_la_trastienda(entrar, propuesta, equipo):
    base, pk = "/admin/propuestas", propuesta.pk
    cliente = entrar(equipo["tania"])
    assert f"{base}/tomar/{pk}/" in cliente.get(f"{base}/bandeja/").content.decode()
    assert cliente.get(f"{base}/tomar/{pk}/").status_code == 200
    assert cliente.post(f"{base}/tomar/{pk}/").status_code == 302
    tarde = entrar(equipo["teo"]).post(f"{base}/tomar/{pk}/")
    assert (tarde.status_code, "la tomó antes que tú" in tarde.content.decode()) == (422, True)
    cliente = entrar(equipo["tania"])
    assert cliente.post(f"{base}/anotar/{pk}/", {"texto": " "}).status_code == 422
    assert cliente.post(f"{base}/anotar/{pk}/", {"texto": "Volver el lunes."}).status_code == 302
    assert cliente.post(f"{base}/excusarse/{pk}/", {"razon": "otra"}).status_code == 422
    assert cliente.post(f"{base}/excusarse/{pk}/", {"razon": "vive_ahi"}).status_code == 302
    jefe = entrar(equipo["jaime"])
    pagina = jefe.get(f"{base}/asignar/{pk}/").content.decode()
    assert ("Teo" in pagina, "Tania" in pagina, "Tito" in pagina) == (True, False, False)
    assert jefe.post(f"{base}/asignar/{pk}/", {"evaluador": equipo["tania"].pk}).status_code == 422
    assert jefe.post(f"{base}/asignar/{pk}/", {"evaluador": equipo["teo"].pk}).status_code == 302
    propuesta.refresh_from_db()
    assert propuesta.evaluador == equipo["teo"]
