"""Publicar, reclamar, resolver y congelar."""

import datetime
import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from civic.comun.bitacora import historia
from civic.comun.errores import ReglaIncumplida
from civic.comun.idempotencia import emitir_clave
from civic.comun.models import ClaveUsada, Suceso
from civic.cuentas import acciones as cuentas
from civic.cuentas.datos_propios import reunir
from civic.cuentas.models import AsignacionRol, Identidad, Mandato, Residencia, Usuario
from civic.cuentas.reglas_identidad import normalizar_ci
from civic.procesos.models import Proceso
from tests.elenco import crear_persona, crear_proceso
from tests.guardas import sin_guardas
from tests.votaciones.conftest import abrir, crear_viable, segunda, votar
from tests.votaciones.padron.piezas import CI, DIA, con_carnet, en_el_padron, por_venir, publicar, verificar
from votaciones import acciones as votaciones
from votaciones.consultas import libro_de
from votaciones.models import Contienda, Participacion, Votacion
from votaciones.padron import acciones, consultas, guardas
from votaciones.padron.acciones.reclamos import proposito_de
from votaciones.padron.models import Habilitacion, PadronElectoral, ReclamoDePadron
from votaciones.padron.permisos import calidad_para_observar
from votaciones.reglas import libro as reglas_del_libro
from votaciones.urna.models import Sobre

POR_QUE = "Mostró su carnet en ventanilla."


def resolver(reclamo, decision="aceptado", actor=None):
    return acciones.resolver_reclamo(reclamo, actor=actor or segunda(), decision=decision, respuesta=POR_QUE)


def rosa_declarada(pueblo):
    return crear_persona("rosa", "Rosa", otb=pueblo.otb_molle, verificada=False)


def abrir_en_su_hora(votacion, actor=None):
    return votaciones.abrir_votacion(votacion, actor=actor, ahora=votacion.abre)


# --- Publicar --------------------------------------------------------------------------------------------------------
def test_publicar_toma_la_foto_de_las_verificadas_de_cada_contienda(votacion, gente, pueblo):
    rosa_declarada(pueblo)
    lola = con_carnet(pueblo, "lola")
    padron = publicar(votacion, gente.hugo)
    assert en_el_padron(padron) == {"ana": 1, "dora": 1, "fabio": 1, "lola": 1, "beto": 2}
    suya = Habilitacion.objects.get(usuario=lola)
    assert (suya.identidad, suya.metodo) == (Identidad.objects.get(), "ventanilla")
    assert Habilitacion.objects.get(usuario=gente.ana).identidad is None
    assert (padron.estado, padron.huella) == ("provisional", "")
    suceso = historia(padron).first()
    assert suceso.texto.startswith("Se publicó el padrón provisional: 5 personas. Se observa hasta el ")
    assert (suceso.actor, suceso.calidad, suceso.publico) == (gente.hugo, "Planificación POA", True)


def test_la_foto_de_una_votacion_no_mezcla_las_contiendas_de_otra(votacion, gente, pueblo):
    otro = crear_proceso(pueblo, "votacion", slug="otro")
    crear_viable(otro, pueblo.distrito_1, "Plaza", 10, autor=gente.ana, categoria=pueblo.agua)
    segunda_votacion = por_venir(otro, "segunda")
    for una in (votacion, segunda_votacion):
        padron = publicar(una)
        assert en_el_padron(padron) == {"ana": 1, "dora": 1, "fabio": 1, "beto": 2}
        contiendas = set(Habilitacion.objects.filter(padron=padron).values_list("contienda__votacion", flat=True))
        assert contiendas == {una.pk}


def test_publicar_hace_las_mismas_consultas_para_pocas_y_muchas(
    votacion, gente, pueblo, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(30) as primera:
        publicar(votacion, gente.hugo)
    for numero in range(40):
        crear_persona(f"p{numero}", f"P {numero}", otb=pueblo.otb_molle)
    with django_assert_max_num_queries(len(primera.captured_queries) + 3):  # borra la foto y relee las exclusiones
        padron = publicar(votacion, gente.hugo, de_nuevo=True, motivo="Se verificaron más personas.")
    assert padron.habilitaciones.count() == 44


def test_el_plazo_corto_o_que_pasa_de_la_apertura_no_publica_nada(votacion, gente):
    for hasta in (timezone.now() + 2 * DIA, votacion.abre + DIA):
        with pytest.raises(ReglaIncumplida):
            publicar(votacion, gente.hugo, observable_hasta=hasta)
    assert (PadronElectoral.objects.count(), Habilitacion.objects.count()) == (0, 0)


@pytest.mark.parametrize("nombre", ["ana", "gloria", "carla", "elena"])
def test_publicar_le_toca_a_planificacion(votacion, gente, nombre):
    with pytest.raises(ReglaIncumplida, match="le toca a Planificación"):
        publicar(votacion, gente.todos[nombre])
    assert PadronElectoral.objects.count() == 0


def test_con_el_proceso_sin_publicar_no_hay_padron(votacion, gente):
    Proceso.objects.update(publicado=False)
    with pytest.raises(ReglaIncumplida, match="Publica primero el proceso"):
        publicar(votacion, gente.hugo)


def test_publicar_de_nuevo_pide_motivo_toma_otra_foto_y_respeta_lo_excluido(padron, votacion, gente, pueblo):
    with pytest.raises(ReglaIncumplida, match="ya se publicó"):
        publicar(votacion, gente.hugo)
    with pytest.raises(ReglaIncumplida, match="por qué se publica otra vez"):
        publicar(votacion, gente.hugo, de_nuevo=True)
    lola = con_carnet(pueblo, "lola")
    publicar(votacion, gente.hugo, de_nuevo=True, motivo="Faltaban.")
    d1 = votacion.contiendas.get(numero=1)
    resolver(acciones.observar_inclusion(padron, autor=gente.fabio, contienda=d1, ci=CI, texto="Se fue."))
    padron = publicar(votacion, gente.hugo, de_nuevo=True, motivo="Otra vez.")
    assert PadronElectoral.objects.get() == padron
    assert en_el_padron(padron) == {"ana": 1, "dora": 1, "fabio": 1, "beto": 2}
    reclamo = acciones.presentar_reclamo(padron, autor=lola, texto="Sí vivo aquí.")
    resolver(reclamo)
    padron = publicar(votacion, gente.hugo, de_nuevo=True, motivo="Y otra.")
    assert en_el_padron(padron)["lola"] == 1
    assert historia(padron).first().motivo == "Y otra."


def test_abierta_la_votacion_no_se_publica_otra_vez(abierta, gente):
    with pytest.raises(ReglaIncumplida, match="su padrón es definitivo"):
        publicar(abierta, gente.hugo, de_nuevo=True, motivo="Tarde.")


# --- Reclamar --------------------------------------------------------------------------------------------------------
def test_quien_se_verifica_despues_del_corte_reclama_y_entra(padron, votacion, gente, pueblo):
    rosa = rosa_declarada(pueblo)
    reclamo = acciones.presentar_reclamo(padron, autor=rosa, texto="  Vivo\x07 aquí. ")
    assert (reclamo.clase, reclamo.persona, reclamo.texto) == ("inclusion", rosa, "Vivo aquí.")
    assert reclamo.contienda.numero == 1
    with pytest.raises(ReglaIncumplida, match="Ya tienes un reclamo esperando"):
        acciones.presentar_reclamo(padron, autor=rosa, texto="Otra vez.")
    with pytest.raises(ReglaIncumplida, match="Primero se verifica"):
        resolver(reclamo)
    assert ReclamoDePadron.objects.get().estado == "presentado"
    verificar(rosa)
    resuelto = resolver(reclamo)
    assert (resuelto.estado, resuelto.respuesta, resuelto.resuelto_por) == ("aceptado", POR_QUE, segunda())
    suya = Habilitacion.objects.get(usuario=rosa)
    assert (suya.contienda.numero, suya.identidad.cuenta, suya.metodo) == (1, rosa, "ventanilla")
    abierta = abrir_en_su_hora(votacion)
    assert list(abierta.contiendas.values_list("numero", "habilitados")) == [(1, 4), (2, 1)]


def test_quien_se_mudo_pasa_al_otro_distrito_y_sigue_siendo_una(padron, gente, pueblo):
    Residencia.objects.filter(usuario=gente.ana).update(distrito=pueblo.distrito_2, otb=pueblo.otb_ceibo)
    reclamo = acciones.presentar_reclamo(padron, autor=gente.ana, texto="Me mudé.")
    assert reclamo.contienda.numero == 2
    resolver(reclamo)
    assert en_el_padron(padron) == {"ana": 2, "dora": 1, "fabio": 1, "beto": 2}


def test_rechazar_no_cambia_el_padron_y_deja_la_razon(padron, gente, pueblo):
    reclamo = acciones.presentar_reclamo(padron, autor=rosa_declarada(pueblo), texto="Vivo aquí.")
    antes = en_el_padron(padron)
    resolver(reclamo, "rechazado")
    assert en_el_padron(padron) == antes
    suceso = historia(padron).first()
    assert suceso.texto == "Se resolvió un reclamo del Distrito 1: rechazado."
    assert (suceso.motivo, suceso.desde, suceso.hasta) == (POR_QUE, "presentado", "rechazado")
    with pytest.raises(ReglaIncumplida, match="ya se resolvió"):
        resolver(reclamo)


@pytest.mark.parametrize(
    ("nombre", "frase"),
    [("ana", "Ya estás en el padrón"), ("nadia", "dinos primero en qué distrito vives")],
)
def test_quien_ya_esta_o_no_dijo_donde_vive_no_reclama(padron, gente, nombre, frase):
    with pytest.raises(ReglaIncumplida, match=frase):
        acciones.presentar_reclamo(padron, autor=gente.todos[nombre], texto="Quiero.")
    assert ReclamoDePadron.objects.count() == 0


def test_pasado_el_plazo_nadie_reclama_ni_observa(padron, gente, pueblo):
    d1 = padron.votacion.contiendas.get(numero=1)
    with pytest.raises(ReglaIncumplida, match="El plazo para reclamar terminó"):
        acciones.presentar_reclamo(padron, autor=rosa_declarada(pueblo), texto="x", ahora=padron.observable_hasta)
    with pytest.raises(ReglaIncumplida, match="El plazo para reclamar terminó"):
        acciones.observar_inclusion(
            padron, autor=gente.fabio, contienda=d1, ci=CI, texto="x", ahora=padron.observable_hasta
        )
    assert ReclamoDePadron.objects.count() == 0


# --- Observar --------------------------------------------------------------------------------------------------------
def test_la_directiva_y_el_control_social_observan_y_si_se_acepta_sale(votacion, gente, pueblo):
    con_carnet(pueblo, "lola")
    padron, d1 = publicar(votacion, gente.hugo), votacion.contiendas.get(numero=1)
    una = acciones.observar_inclusion(padron, autor=gente.fabio, contienda=d1, ci=CI, texto="Vive en otro lado.")
    otra = acciones.observar_inclusion(padron, autor=gente.dora, contienda=d1, ci=CI, texto="Vive en otro lado.")
    assert [(r.persona.username, r.calidad) for r in (una, otra)] == [
        ("lola", "Presidencia de OTB Molle"),
        ("lola", "Control social"),
    ]
    resolver(una)
    resolver(otra)  # ya no estaba: da lo mismo
    assert en_el_padron(padron) == {"ana": 1, "dora": 1, "fabio": 1, "beto": 2}


def test_del_carnet_observado_no_queda_nada_y_uno_ajeno_responde_igual(padron, gente):
    d1 = padron.votacion.contiendas.get(numero=1)
    clave = emitir_clave(proposito_de(padron, "exclusion"), gente.fabio)
    pk, nuevo = acciones.enviar_observacion(
        padron, autor=gente.fabio, contienda=d1, ci=normalizar_ci("7654321"), texto="No es de aquí.", clave=clave
    )
    reclamo = ReclamoDePadron.objects.get(pk=pk)
    assert (nuevo, reclamo.persona, reclamo.estado) == (True, None, "presentado")
    guardado = [*ReclamoDePadron.objects.values(), *Suceso.objects.values(), *ClaveUsada.objects.values()]
    assert "7654321" not in str(guardado)
    with pytest.raises(ReglaIncumplida, match="solo se puede rechazar"):
        resolver(reclamo)
    resolver(reclamo, "rechazado")


@pytest.mark.parametrize("nombre", ["ana", "beto", "carla", "hugo", "nadia"])
def test_los_demas_no_observan(padron, gente, nombre):
    d1 = padron.votacion.contiendas.get(numero=1)
    with pytest.raises(ReglaIncumplida, match="sus directivas y el control social"):
        acciones.observar_inclusion(padron, autor=gente.todos[nombre], contienda=d1, ci=CI, texto="x")
    assert ReclamoDePadron.objects.count() == 0


def test_se_observa_solo_el_distrito_propio_y_con_el_mandato_en_curso(padron, gente, pueblo):
    d1, d2 = padron.votacion.contiendas.order_by("numero")

    def observa(quien, contienda):
        return calidad_para_observar(Usuario.objects.get(pk=quien.pk), contienda)

    assert (observa(gente.fabio, d1), observa(gente.fabio, d2)) == ("Presidencia de OTB Molle", "")
    assert (observa(gente.dora, d1), observa(gente.dora, d2)) == ("Control social", "Control social")
    AsignacionRol.objects.filter(usuario=gente.dora).update(distrito=pueblo.distrito_2)
    assert (observa(gente.dora, d1), observa(gente.dora, d2)) == ("", "Control social")
    ayer = timezone.localdate() - datetime.timedelta(days=1)
    Mandato.objects.filter(usuario=gente.fabio).update(hasta=ayer)
    assert observa(gente.fabio, d1) == ""


# --- Dos personas ----------------------------------------------------------------------------------------------------
def test_no_resuelve_quien_publico_ni_quien_reclamo_ni_de_quien_se_trata(padron, votacion, gente, pueblo):
    iris = segunda()
    Residencia.objects.create(usuario=iris, otb=pueblo.otb_molle, distrito=pueblo.distrito_1, nivel="verificada")
    reclamo = acciones.presentar_reclamo(padron, autor=iris, texto="Vivo aquí.")
    for actor, frase in (
        (gente.hugo, "Tú publicaste este padrón"),
        (iris, "Nadie resuelve un reclamo suyo"),
        (gente.gloria, "los resuelve Planificación"),
        (gente.ana, "los resuelve Planificación"),
    ):
        with pytest.raises(ReglaIncumplida, match=frase):
            resolver(reclamo, actor=actor)
    publicar(votacion, iris, de_nuevo=True, motivo="Faltaban.")
    with pytest.raises(ReglaIncumplida, match="Tú publicaste este padrón"):
        resolver(reclamo, actor=gente.hugo)  # también quien lo publicó la primera vez
    assert ReclamoDePadron.objects.get().estado == "presentado"


def test_la_base_no_deja_que_nadie_resuelva_lo_suyo_ni_sin_razon(padron, gente, pueblo):
    reclamo = acciones.presentar_reclamo(padron, autor=rosa_declarada(pueblo), texto="Vivo aquí.")
    suyo = ReclamoDePadron.objects.filter(pk=reclamo.pk)
    hecho = {"estado": "aceptado", "respuesta": "Sí.", "resuelto": timezone.now(), "resuelto_por": gente.hugo}
    for cambio in ({"resuelto_por": reclamo.autor}, {"respuesta": ""}, {"resuelto": None}, {"resuelto_por": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            suyo.update(**hecho | cambio)
    assert suyo.update(**hecho) == 1


# --- Congelar --------------------------------------------------------------------------------------------------------
def test_abrir_con_un_reclamo_pendiente_se_niega(padron, votacion, gente, pueblo):
    reclamo = acciones.presentar_reclamo(padron, autor=rosa_declarada(pueblo), texto="Vivo aquí.")
    with pytest.raises(ReglaIncumplida, match=r"Quedan reclamos al padrón sin resolver \(1\)"):
        abrir_en_su_hora(votacion)
    assert Votacion.objects.get().estado == "preparada"
    resolver(reclamo, "rechazado")
    assert abrir_en_su_hora(votacion).estado == "abierta"


def test_abrir_lo_deja_definitivo_con_su_huella_en_el_libro(padron, votacion, gente):
    abierta = abrir_en_su_hora(votacion, gente.hugo)
    padron.refresh_from_db()
    assert (padron.estado, padron.huella) == ("definitivo", consultas.huella_de(padron))
    libro = json.loads(abierta.libro)
    assert libro["version"] == 4
    assert libro["padron"] == {"corte": f"{padron.corte:%Y-%m-%dT%H:%M:%SZ}", "huella": padron.huella}
    assert [contienda["habilitados"] for contienda in libro["contiendas"]] == [3, 1]
    congelo = historia(padron).first()
    assert (congelo.verbo, congelo.actor, congelo.texto.endswith(f"Huella: {padron.huella}.")) == (
        "congelar",
        gente.hugo,
        True,
    )


def test_la_huella_sigue_a_la_identidad_y_lleva_clave(votacion, gente, pueblo, settings):
    con_carnet(pueblo, "lola")
    padron = publicar(votacion)
    huella = consultas.huella_de(padron)
    Habilitacion.objects.filter(usuario__username="lola").update(usuario=gente.nadia)
    assert consultas.huella_de(padron) == huella  # otra cuenta, la misma persona
    settings.CLAVE_PADRON = "otra" * 20
    assert consultas.huella_de(padron) != huella


def test_la_base_no_deja_tocar_un_padron_definitivo(abierta, d1, d2, gente):
    padron, suya = PadronElectoral.objects.get(), Habilitacion.objects.get(usuario=gente.ana)
    intentos = (
        lambda: PadronElectoral.objects.update(corte=timezone.now() - 30 * DIA),
        lambda: PadronElectoral.objects.update(estado="provisional", huella=""),
        lambda: PadronElectoral.objects.filter(pk=padron.pk)._raw_delete("default"),
        lambda: Habilitacion.objects.filter(pk=suya.pk).update(contienda=d2),
        lambda: Habilitacion.objects.filter(pk=suya.pk).delete(),
        lambda: Habilitacion.objects.create(padron=padron, contienda=d1, usuario=gente.nadia),
        lambda: ReclamoDePadron.objects.create(
            padron=padron, contienda=d1, clase="inclusion", autor=gente.nadia, persona=gente.nadia, texto="x"
        ),
    )
    for intento in intentos:
        with pytest.raises(IntegrityError, match="definitivo"), transaction.atomic():
            intento()
    assert en_el_padron(padron) == {"ana": 1, "dora": 1, "fabio": 1, "beto": 2}


def test_faltar_una_guarda_se_nota(abierta):
    assert guardas.guardas_que_faltan(connection) == []
    with sin_guardas():
        suyos = [n for n, suyo in guardas.DISPARADORES.items() if connection.vendor in suyo.condiciones]
        assert guardas.guardas_que_faltan(connection) == suyos
    assert guardas.guardas_que_faltan(connection) == []


def test_un_padron_cambiado_por_fuera_no_deja_contar(abierta, d1, gente):
    votar(d1, gente.ana, 1)
    votaciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Prueba.")
    with sin_guardas():
        PadronElectoral.objects.update(huella="f" * 64)
    with pytest.raises(ReglaIncumplida, match=r"cambió padron\.huella"):
        votaciones.contar_votacion(abierta, actor=segunda())


# --- Votar -----------------------------------------------------------------------------------------------------------
def test_quien_entro_por_reclamo_vota_y_a_quien_sacaron_se_le_dice_por_que(votacion, gente, pueblo):
    lola, rosa = con_carnet(pueblo, "lola"), rosa_declarada(pueblo)
    padron, d1 = publicar(votacion, gente.hugo), votacion.contiendas.get(numero=1)
    entra = acciones.presentar_reclamo(padron, autor=rosa, texto="Vivo aquí.")
    verificar(rosa, normalizar_ci("9988776"))
    resolver(entra)
    resolver(acciones.observar_inclusion(padron, autor=gente.fabio, contienda=d1, ci=CI, texto="Se fue."))
    Votacion.objects.update(abre=timezone.now() - 20 * DIA)
    with sin_guardas():
        PadronElectoral.objects.update(corte=timezone.now() - 30 * DIA, observable_hasta=timezone.now() - 25 * DIA)
    d1 = votaciones.abrir_votacion(Votacion.objects.get()).contiendas.get(numero=1)
    votar(d1, rosa, 1)
    with pytest.raises(ReglaIncumplida, match=f"Se aceptó una observación a tu inclusión. La razón: {POR_QUE}"):
        votar(d1, lola, 1)
    assert list(Participacion.objects.values_list("usuario__username", flat=True)) == ["rosa"]


def test_la_identidad_que_pasa_a_otra_cuenta_se_lleva_su_lugar(preparada, gente, pueblo):
    lola = con_carnet(pueblo, "lola")
    d1 = abrir(preparada, actor=gente.hugo).contiendas.get(numero=1)
    cuentas.retirar_verificacion(lola)
    with pytest.raises(ReglaIncumplida, match="No estás en el padrón"):
        votar(d1, lola, 1)
    votar(d1, con_carnet(pueblo, "lola2"), 1)
    assert list(Participacion.objects.values_list("usuario__username", flat=True)) == ["lola2"]


def test_las_votaciones_abiertas_antes_del_padron_siguen_con_su_regla(abierta, d1, d2, gente, pueblo):
    with sin_guardas():
        Habilitacion.objects.all().delete()
        PadronElectoral.objects.all().delete()
    viejo = libro_de(abierta, version=2)
    assert "padron" not in viejo
    texto = reglas_del_libro.canonico(viejo)
    with sin_guardas():
        Votacion.objects.update(libro=texto, huella=reglas_del_libro.huella_de(texto))
    d1, d2 = (Contienda.objects.select_related("votacion").get(pk=contienda.pk) for contienda in (d1, d2))
    rosa = crear_persona("rosa", "Rosa", otb=pueblo.otb_molle)  # se verificó después de abrir
    votar(d1, rosa, 3)
    with pytest.raises(ReglaIncumplida, match="viven en el Distrito 2, y tú vives en OTB Molle, Distrito 1"):
        votar(d2, rosa, 1)
    votaciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Fin.")
    assert votaciones.contar_votacion(Votacion.objects.get(), actor=segunda()).estado == "contada"
    assert (Sobre.objects.count(), Contienda.objects.get(numero=1).habilitados) == (1, 3)


# --- Datos propios ---------------------------------------------------------------------------------------------------
def test_quien_cierra_su_cuenta_sigue_contada_y_se_lleva_lo_suyo(votacion, pueblo, gente):
    lola, rosa = con_carnet(pueblo, "lola"), rosa_declarada(pueblo)
    padron = publicar(votacion, gente.hugo)
    resolver(acciones.presentar_reclamo(padron, autor=rosa, texto="Vivo aquí."), "rechazado")
    abrir_en_su_hora(votacion)
    suyos = reunir(lola)["temas"]
    assert suyos["padrones_en_que_esta"]["filas"] == [
        {"padron__votacion__nombre": "Por venir", "contienda__area__nombre": "Distrito 1", "metodo": "ventanilla"}
    ]
    assert [reclamo["texto"] for reclamo in reunir(rosa)["temas"]["reclamos_a_padrones"]["filas"]] == ["Vivo aquí."]
    for persona in (lola, rosa):
        cuentas.cerrar_cuenta(persona)
    padron.refresh_from_db()
    assert padron.habilitaciones.count() == 5
    assert consultas.huella_de(padron) == padron.huella
    assert Identidad.objects.get().cuenta is None
