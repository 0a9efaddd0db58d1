import datetime

import pytest
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.cuentas.models import Mandato, Organizacion
from civic.debate import acciones, reglas
from civic.debate.models import Comentario, Hilo
from tests import elenco


def test_comentar_con_cuenta_publica_y_anota(hilo, gente):
    comentario = acciones.comentar(hilo, autor=gente.nadia, texto="  Hola\r\nvecinas ")
    comentario.refresh_from_db()
    assert (comentario.texto, comentario.autor, comentario.padre, comentario.calidad) == (
        "Hola\nvecinas",
        gente.nadia,
        None,
        "",
    )
    assert comentario.estado == "visible"
    suceso = Suceso.objects.de(comentario).get()
    assert (suceso.verbo, suceso.actor, suceso.hasta) == ("comentar", gente.nadia, "visible")


def test_comentar_numera_los_cambios_del_hilo_sin_saltos(hilo, gente):
    cambios = [acciones.comentar(hilo, autor=gente.ana, texto=f"Va {n}").cambio for n in range(3)]
    hilo.refresh_from_db()
    assert (cambios, hilo.cambios) == ([1, 2, 3], 3)


def test_comentar_vacio_no_guarda(hilo, gente):
    with pytest.raises(ReglaIncumplida, match="Escribe tu comentario") as error:
        acciones.comentar(hilo, autor=gente.ana, texto=" \u200b\n ")
    assert error.value.campo == "texto"
    assert Comentario.objects.count() == 0


def test_comentar_demasiado_largo_no_guarda(hilo, gente):
    with pytest.raises(ReglaIncumplida, match="hasta 2000 letras"):
        acciones.comentar(hilo, autor=gente.ana, texto="a" * 2001)
    acciones.comentar(hilo, autor=gente.ana, texto="a" * 2000)
    assert Comentario.objects.count() == 1


def test_comentar_por_su_organizacion_guarda_el_cargo(hilo, gente, pueblo):
    comentario = acciones.comentar(hilo, autor=gente.fabio, texto="La OTB apoya.", organizacion=pueblo.org_molle)
    assert comentario.calidad == f"Presidencia de {pueblo.org_molle}"
    Mandato.objects.all().delete()
    comentario.refresh_from_db()
    assert comentario.calidad == f"Presidencia de {pueblo.org_molle}"


@pytest.mark.parametrize("caso", ["sin cargo", "cargo vencido", "suspendida"])
def test_comentar_por_organizacion_sin_poder_no_guarda(hilo, gente, pueblo, caso):
    quien, organizacion = gente.fabio, pueblo.org_molle
    if caso == "sin cargo":
        organizacion = pueblo.org_ceibo
    elif caso == "cargo vencido":
        Mandato.objects.update(hasta=timezone.localdate() - datetime.timedelta(days=1))
    else:
        Organizacion.objects.update(estado=Organizacion.Estado.SUSPENDIDA)
    with pytest.raises(ReglaIncumplida, match="Comenta en tu nombre") as error:
        acciones.comentar(hilo, autor=quien, texto="Hablo yo", organizacion=organizacion)
    assert error.value.campo == "organizacion"
    assert Comentario.objects.count() == 0


@pytest.mark.parametrize(
    ("persona", "calidad"),
    [("carla", "Municipio · Técnica evaluadora"), ("dora", "Control social"), ("ana", "")],
)
def test_comentar_muestra_el_cargo_publico_de_quien_habla(hilo, gente, persona, calidad):
    assert acciones.comentar(hilo, autor=gente.todos[persona], texto="Digo").calidad == calidad


def test_comentar_por_organizacion_con_cargo_municipal_muestra_los_dos(hilo, gente, pueblo):
    elenco.dar_rol(gente.fabio, "planificacion")
    comentario = acciones.comentar(hilo, autor=gente.fabio, texto="Digo", organizacion=pueblo.org_molle)
    assert comentario.calidad == f"Presidencia de {pueblo.org_molle} · Municipio · Planificación POA"


def test_responder_a_una_respuesta_queda_en_el_mismo_nivel(hilo, gente, dicho):
    primera = acciones.comentar(hilo, autor=gente.beto, texto="De acuerdo", padre=dicho)
    segunda = acciones.comentar(hilo, autor=gente.ana, texto="Gracias", padre=primera)
    assert (primera.padre, segunda.padre) == (dicho, dicho)
    assert list(Suceso.objects.de(primera).values_list("verbo", flat=True)) == ["responder"]


def test_responder_a_uno_de_otro_hilo_no_guarda(hilo, gente, dicho):
    otro = acciones.abrir_hilo("Otra cosa")
    with pytest.raises(ReglaIncumplida, match="ya no se ve"):
        acciones.comentar(otro, autor=gente.beto, texto="¿Aquí?", padre=dicho)
    assert list(Comentario.objects.all()) == [dicho]


def test_responder_a_uno_oculto_no_guarda(hilo, gente, dicho):
    acciones.ocultar_comentario(dicho, actor=gente.gloria, motivo="Insulta")
    with pytest.raises(ReglaIncumplida, match="ya no se ve"):
        acciones.comentar(hilo, autor=gente.beto, texto="Respondo", padre=dicho)
    assert Comentario.objects.count() == 1


def test_comentar_en_hilo_cerrado_dice_el_motivo(hilo, gente):
    acciones.cerrar_hilo(hilo, actor=gente.gloria, motivo="Terminó el plazo")
    with pytest.raises(ReglaIncumplida, match="se cerró: Terminó el plazo"):
        acciones.comentar(hilo, autor=gente.ana, texto="Tarde")
    assert Comentario.objects.count() == 0


def test_comentar_en_hilo_oculto_no_guarda(gente):
    hilo = acciones.abrir_hilo("Borrador", visible=False)
    with pytest.raises(ReglaIncumplida, match="no está publicada"):
        acciones.comentar(hilo, autor=gente.ana, texto="Hola")
    assert Comentario.objects.count() == 0


def test_comentar_en_fase_que_no_lo_permite_dice_cual_es(gente, pueblo):
    proceso = elenco.crear_proceso(pueblo, "respuesta", slug="consulta")
    hilo = acciones.abrir_hilo("Reglamento", proceso=proceso)
    with pytest.raises(ReglaIncumplida, match="Ahora es la fase «Respuesta motivada». En este proceso no se puede"):
        acciones.comentar(hilo, autor=gente.ana, texto="Hola")
    assert Comentario.objects.count() == 0


def test_comentar_once_veces_en_un_minuto_pide_esperar(hilo, gente):
    otro = acciones.abrir_hilo("Otro hilo cuenta igual")
    for n in range(10):
        acciones.comentar(hilo if n % 2 else otro, autor=gente.ana, texto=f"Va {n}")
    with pytest.raises(reglas.DemasiadoSeguido, match="Espera un minuto"):
        acciones.comentar(hilo, autor=gente.ana, texto="Una más")
    acciones.comentar(hilo, autor=gente.beto, texto="Otra persona sí")
    assert Comentario.objects.filter(autor=gente.ana).count() == 10
    Comentario.objects.filter(autor=gente.ana).update(momento=timezone.now() - datetime.timedelta(seconds=61))
    acciones.comentar(hilo, autor=gente.ana, texto="Al minuto sí")
    assert Comentario.objects.filter(autor=gente.ana).count() == 11


def test_retirar_lo_propio_lo_quita_de_la_vista(hilo, gente, dicho):
    acciones.retirar_comentario(dicho, actor=gente.ana)
    dicho.refresh_from_db()
    hilo.refresh_from_db()
    assert (dicho.estado, dicho.texto, dicho.cambio, hilo.cambios) == ("retirado", "Hace falta el tanque.", 2, 2)
    assert Suceso.objects.de(dicho).filter(verbo="retirar_comentario", desde="visible", hasta="retirado").count() == 1


def test_retirar_lo_ajeno_no_cambia_nada(gente, dicho):
    with pytest.raises(ReglaIncumplida, match="Solo quien escribió"):
        acciones.retirar_comentario(dicho, actor=gente.gloria)
    dicho.refresh_from_db()
    assert dicho.estado == "visible"


def test_ocultar_y_mostrar_dejan_motivo_y_rastro(gente, dicho):
    acciones.ocultar_comentario(dicho, actor=gente.gloria, motivo=" Insulta a una vecina ")
    dicho.refresh_from_db()
    assert (dicho.estado, dicho.motivo) == ("oculto", "Insulta a una vecina")
    suceso = Suceso.objects.de(dicho).get(verbo="ocultar_comentario")
    assert (suceso.calidad, suceso.motivo) == ("Municipio · Administración", "Insulta a una vecina")
    acciones.mostrar_comentario(dicho, actor=gente.gloria)
    dicho.refresh_from_db()
    assert (dicho.estado, dicho.motivo, dicho.cambio) == ("visible", "", 3)


def test_ocultar_sin_motivo_no_cambia_nada(gente, dicho):
    with pytest.raises(ReglaIncumplida, match="Escribe el motivo"):
        acciones.ocultar_comentario(dicho, actor=gente.gloria, motivo="  ")
    dicho.refresh_from_db()
    assert dicho.estado == "visible"


@pytest.mark.parametrize(
    ("estado", "accion", "frase"),
    [
        ("oculto", "ocultar", "ya está oculto"),
        ("oculto", "retirar", "no hace falta retirarlo"),
        ("visible", "mostrar", "ya se ve"),
        ("retirado", "ocultar", "ya retiró"),
        ("retirado", "mostrar", "solo esa persona"),
        ("retirado", "retirar", "ya está retirado"),
    ],
)
def test_mover_comentario_por_camino_prohibido_lo_explica(gente, dicho, estado, accion, frase):
    Comentario.objects.filter(pk=dicho.pk).update(estado=estado, motivo="porque sí")
    verbos = {
        "ocultar": lambda: acciones.ocultar_comentario(dicho, actor=gente.gloria, motivo="x"),
        "mostrar": lambda: acciones.mostrar_comentario(dicho, actor=gente.gloria),
        "retirar": lambda: acciones.retirar_comentario(dicho, actor=gente.ana),
    }
    with pytest.raises(ReglaIncumplida, match=frase):
        verbos[accion]()
    dicho.refresh_from_db()
    assert (dicho.estado, dicho.motivo) == (estado, "porque sí")


def test_cerrar_hilo_dos_veces_lo_dice(hilo, gente):
    acciones.cerrar_hilo(hilo, actor=gente.gloria, motivo="Fin")
    with pytest.raises(ReglaIncumplida, match="ya está cerrada"):
        acciones.cerrar_hilo(hilo, actor=gente.gloria, motivo="Otra vez")
    assert list(Hilo.objects.values_list("abierto", "motivo_cierre")) == [(False, "Fin")]
    assert Suceso.objects.de(hilo).get().texto == "Se cerró la conversación."


def test_abrir_hilo_con_titulo_largo_lo_corta(db):
    assert acciones.abrir_hilo("x" * 300).titulo == "x" * 200
