"""Nadie aprueba lo que creó, y nadie decide fuera de su distrito o de su unidad."""

from decimal import Decimal

import pytest
from django.urls import reverse

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.cuentas.acciones import asignar_rol, preparar_roles
from civic.cuentas.models import Residencia
from civic.cuentas.roles import Rol
from civic.debate import acciones as debate
from mapas.obras import acciones as obras
from mapas.reportes import acciones as reportes
from propuestas import acciones as propuestas
from propuestas import permisos
from propuestas.models import Propuesta
from tests.elenco import crear_persona
from tests.mapas.test_obras_acciones import crear_obra
from tests.propuestas.piezas import en_evaluacion, enviada
from votaciones import acciones as votaciones
from votaciones.permisos import impedimento_de

pytestmark = pytest.mark.django_db
VIABLE = {"resultado": "viable", "texto": "Hay terreno.", "monto_tecnico": Decimal(1000)}


@pytest.fixture
def plan(gente):
    """Dos personas de Planificación."""
    preparar_roles()
    personas = [crear_persona(nombre, nombre.title()) for nombre in ("pilar", "pedro")]
    for persona in personas:
        asignar_rol(persona, rol=Rol.PLANIFICACION)
    return personas


# --- Propuestas ---


def test_quien_la_presenta_no_la_publica_ni_la_manda_a_evaluar(plan, gente, recepcion, pueblo):
    pilar, pedro = plan
    Residencia.objects.create(usuario=pilar, otb=pueblo.otb_molle, distrito=pueblo.distrito_1, nivel="verificada")
    propuesta = enviada(recepcion, pilar, pueblo)
    with pytest.raises(ReglaIncumplida):
        propuestas.mover_propuesta(propuesta, hacia="publicada", actor=pilar, calidad="planificacion")
    assert permisos.movimientos_posibles(pilar, propuesta) == {}
    assert propuestas.mover_propuesta(propuesta, hacia="publicada", actor=pedro, calidad="planificacion").estado == (
        "publicada"
    )


def test_quien_la_evalua_no_la_aprueba(plan, gente, recepcion, pueblo):
    pilar, pedro = plan
    propuesta = en_evaluacion(recepcion, gente, pueblo)
    propuestas.dictaminar(propuesta, actor=pilar, **VIABLE)
    propuesta = Propuesta.objects.get(pk=propuesta.pk)
    with pytest.raises(ReglaIncumplida, match="Tú la evaluaste"):
        propuestas.mover_propuesta(
            propuesta, hacia="lista_espera", actor=pilar, calidad="planificacion", motivo="Falta saldo"
        )
    assert "lista_espera" not in permisos.movimientos_posibles(pilar, propuesta)
    assert "lista_espera" in permisos.movimientos_posibles(pedro, propuesta)


def test_la_tecnica_de_una_unidad_evalua_solo_lo_de_su_unidad(entrar, gente, recepcion, pueblo):
    preparar_roles()
    tecnica = crear_persona("tania", "Tania")
    asignar_rol(tecnica, rol=Rol.TECNICO_EVALUADOR, unidad="Obras Públicas")
    propuesta = en_evaluacion(recepcion, gente, pueblo)
    with pytest.raises(ReglaIncumplida, match="otra unidad"):
        propuestas.dictaminar(propuesta, actor=tecnica, **VIABLE)
    direccion = reverse("propuestas_admin:dictaminar", args=[propuesta.pk])
    Propuesta.objects.update(unidad="Saneamiento")
    cliente = entrar(tecnica)
    ajena, inexistente = cliente.get(direccion), cliente.get(reverse("propuestas_admin:dictaminar", args=[999_999]))
    assert (ajena.status_code, ajena.content) == (404, inexistente.content)
    Propuesta.objects.update(unidad="Obras Públicas")
    assert cliente.get(direccion).status_code == 200
    assert propuestas.dictaminar(Propuesta.objects.get(), actor=tecnica, **VIABLE).resultado == "viable"


# --- Reportes ---


@pytest.fixture
def atencion(gente):
    preparar_roles()
    personas = [crear_persona(nombre, nombre.title()) for nombre in ("vera", "vilma")]
    for persona in personas:
        asignar_rol(persona, rol=Rol.VENTANILLA)
    return personas


def test_quien_registro_un_reporte_no_lo_da_por_terminado(atencion, pueblo):
    vera, vilma = atencion
    datos = {"categoria": pueblo.vias, "descripcion": "Hueco", "distrito": pueblo.distrito_1, "canal": "ventanilla"}
    reporte = reportes.recibir_reporte(**datos, registrado_por=vera)
    with pytest.raises(ReglaIncumplida, match="Tú lo registraste"):
        reportes.mover_reporte(reporte, hacia="no_procede", actor=vera, respuesta="No.")
    with pytest.raises(ReglaIncumplida, match="Solo quien hizo el reporte"):
        reportes.confirmar(reporte, usuario=vera)
    assert reportes.mover_reporte(reporte, hacia="no_procede", actor=vilma, respuesta="No.").estado == "no_procede"


def test_quien_reporta_no_atiende_lo_suyo(atencion, pueblo):
    vera, _ = atencion
    reporte = reportes.recibir_reporte(
        categoria=pueblo.vias, descripcion="Hueco", distrito=pueblo.distrito_1, autor=vera
    )
    with pytest.raises(ReglaIncumplida, match="Nadie atiende lo que reportó"):
        reportes.mover_reporte(reporte, hacia="asignado", actor=vera, unidad="Vías")


def test_quien_lo_resolvio_no_lo_cierra_por_la_gente(atencion, gente, pueblo):
    vera, vilma = atencion
    reporte = reportes.recibir_reporte(
        categoria=pueblo.vias, descripcion="Hueco", distrito=pueblo.distrito_1, autor=gente.ana
    )
    reportes.mover_reporte(reporte, hacia="derivado", actor=vera, operador="EMAPAQ")
    reportes.mover_reporte(reporte, hacia="resuelto", actor=vera, respuesta="Ya está.")
    with pytest.raises(ReglaIncumplida, match="Tú lo resolviste"):
        reportes.mover_reporte(reporte, hacia="cerrado_sin_respuesta_ciudadana", actor=vera)
    cerrado = reportes.mover_reporte(reporte, hacia="cerrado_sin_respuesta_ciudadana", actor=vilma)
    assert cerrado.estado == "cerrado_sin_respuesta_ciudadana"


# --- Obras, votaciones, debate ---


def test_quien_registra_una_obra_no_la_publica(plan, pueblo):
    pilar, pedro = plan
    obra = crear_obra(pueblo)
    obra.pk = None
    obra.codigo = "PJ-99"
    obra = obras.guardar_obra(obra, actor=pilar)
    with pytest.raises(ReglaIncumplida, match="Tú registraste esta obra"):
        obras.publicar_obra(obra, actor=pilar)
    assert obras.publicar_obra(obra, actor=pedro).publicada


def test_la_votacion_la_conducen_por_lo_menos_dos_personas(plan, gente, votando, pueblo):
    import datetime

    from django.utils import timezone

    from tests.votaciones.conftest import crear_viable, publicar_padron

    pilar, pedro = plan
    crear_viable(votando, pueblo.distrito_1, "Tanque", 1000, autor=gente.ana, categoria=pueblo.agua)
    ahora = timezone.now()
    votacion = votaciones.preparar_votacion(
        votando, nombre="V", slug="v", abre=ahora, cierra=ahora + datetime.timedelta(days=1), actor=pilar
    )
    with pytest.raises(ReglaIncumplida, match="Tú preparaste"):
        votaciones.abrir_votacion(votacion, actor=pilar)
    publicar_padron(votacion, actor=pilar)
    votaciones.abrir_votacion(votacion, actor=pedro)
    votaciones.cerrar_votacion(votacion, actor=pedro, motivo="Prueba.")
    with pytest.raises(ReglaIncumplida, match="El escrutinio es de dos personas"):
        votaciones.contar_votacion(votacion, actor=pedro)
    assert votaciones.contar_votacion(votacion, actor=pilar).estado == "contada"


def test_quien_trabaja_en_el_municipio_vota_solo_en_su_distrito(plan, gente, votando, pueblo):
    import datetime

    from django.utils import timezone

    from tests.votaciones.conftest import abrir, crear_viable

    pilar, pedro = plan
    for distrito in (pueblo.distrito_1, pueblo.distrito_2):
        crear_viable(votando, distrito, f"Tanque {distrito}", 1000, autor=gente.ana, categoria=pueblo.agua)
    ahora = timezone.now()
    fechas = {"abre": ahora - datetime.timedelta(hours=1), "cierra": ahora + datetime.timedelta(days=1)}
    Residencia.objects.create(usuario=pilar, otb=pueblo.otb_molle, distrito=pueblo.distrito_1, nivel="verificada")
    votacion = abrir(votaciones.preparar_votacion(votando, nombre="V", slug="v", **fechas))
    uno, dos = votacion.contiendas.order_by("numero")
    assert impedimento_de(uno, pedro).codigo == "padron"
    assert (impedimento_de(uno, pilar), impedimento_de(dos, pilar).codigo) == (None, "otro_lugar")


def test_nadie_modera_lo_que_escribio_ni_otro_distrito(gente, pueblo):
    preparar_roles()
    asignar_rol(gente.nadia, rol=Rol.GESTION_COMUNIDAD, distrito=pueblo.distrito_1)
    suyo, ajeno = (debate.abrir_hilo("x", distrito=d) for d in (pueblo.distrito_1, pueblo.distrito_2))
    propio = debate.comentar(suyo, autor=gente.nadia, texto="Mío")
    with pytest.raises(ReglaIncumplida, match="Nadie modera lo que escribió"):
        debate.ocultar_comentario(propio, actor=gente.nadia, motivo="x")
    de_otro_distrito = debate.comentar(ajeno, autor=gente.ana, texto="Hola")
    with pytest.raises(ReglaIncumplida, match="otro cargo o a otro distrito"):
        debate.ocultar_comentario(de_otro_distrito, actor=gente.nadia, motivo="x")
    de_ana = debate.comentar(suyo, autor=gente.ana, texto="Hola")
    assert debate.ocultar_comentario(de_ana, actor=gente.nadia, motivo="x").estado == "oculto"


# --- Miradas y en bloque ---


def test_cada_mirada_a_un_reporte_queda_anotada(entrar, atencion, gente, pueblo):
    vera, _ = atencion
    reporte = reportes.recibir_reporte(
        categoria=pueblo.vias, descripcion="Hueco", distrito=pueblo.distrito_1, autor=gente.ana
    )
    cliente = entrar(vera)
    antes = Suceso.objects.filter(verbo="mirar").count()
    cliente.get(reverse("reporte:inspect", args=[reporte.pk]))
    cliente.get(reverse("reporte:index") + "?export=csv")
    nuevas = Suceso.objects.filter(verbo="mirar").order_by("pk")[antes:]
    assert [(s.actor, s.publico, s.objeto_tipo) for s in nuevas] == [
        (vera, False, "reportes.reporte"),
        (vera, False, "reportes.reporte"),
    ]


def test_asignar_varios_reportes_a_una_unidad(entrar, atencion, gente, pueblo):
    vera, _ = atencion
    jefe = crear_persona("jaime", "Jaime")
    asignar_rol(jefe, rol=Rol.JEFATURA_UNIDAD, unidad="Vías")
    uno = {"categoria": pueblo.vias, "descripcion": "Hueco", "distrito": pueblo.distrito_1}
    varios = [reportes.recibir_reporte(**uno, autor=gente.ana) for _ in range(2)]
    suyo = reportes.recibir_reporte(**uno, autor=vera)
    direccion = reverse("reporte:bloque_asignar")
    cliente = entrar(vera)
    assert f'value="{suyo.pk}"' not in cliente.get(direccion).text
    assert cliente.post(direccion, {"unidad": "Vías"}).status_code == 422
    assert cliente.post(direccion, {"unidad": "Vías", "elegidos": [suyo.pk]}).status_code == 422
    assert cliente.post(direccion, {"unidad": "Vías", "elegidos": [r.pk for r in varios]}).status_code == 302
    for reporte in varios:
        reporte.refresh_from_db()
        assert (reporte.estado, reporte.unidad) == ("asignado", "Vías")


def test_ocultar_varios_comentarios_con_un_solo_motivo(entrar, atencion, gente, pueblo):
    vera, _ = atencion
    hilo = debate.abrir_hilo("x", distrito=pueblo.distrito_1)
    varios = [debate.comentar(hilo, autor=gente.ana, texto=f"Insulto {n}") for n in range(2)]
    respuesta = entrar(vera).post(
        reverse("comentarios:bloque_ocultar"), {"motivo": "Insultan.", "elegidos": [c.pk for c in varios]}
    )
    assert respuesta.status_code == 302
    for comentario in varios:
        comentario.refresh_from_db()
        assert (comentario.estado, comentario.motivo) == ("oculto", "Insultan.")
