"""Una persona, una cuenta verificada: por cualquier modo, y con su conflicto en la cola."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.cuentas import acciones
from civic.cuentas.identidad import documento_de, huella_de_identidad, llave_de_padron
from civic.cuentas.models import (
    AsignacionRol,
    ConflictoDeIdentidad,
    Identidad,
    PedidoDeConfirmacion,
    Residencia,
    Verificacion,
)
from civic.cuentas.reglas_identidad import normalizar_ci
from tests.cuentas.conftest import recargada
from tests.cuentas.piezas_verificacion import CARNET, CI, NACIO, cargar_padron
from tests.elenco import crear_persona, dar_rol


@pytest.fixture
def rosa(pueblo):
    return crear_persona("rosa", "Rosa Vecina", otb=pueblo.otb_molle, verificada=False)


@pytest.fixture
def doble(pueblo):
    return crear_persona("rosa2", "Otra Rosa", otb=pueblo.otb_molle, verificada=False)


@pytest.fixture
def verificada(rosa):
    acciones.verificar_residencia(rosa.residencia, metodo="ventanilla", ci=CI)
    return recargada(rosa)


@pytest.fixture
def en_conflicto(verificada, doble):
    with pytest.raises(ReglaIncumplida, match="una persona del municipio los revise"):
        acciones.verificar_residencia(doble.residencia, metodo="padron", ci=CI)
    return ConflictoDeIdentidad.objects.get()


# --- Huellas ---------------------------------------------------------------------------------------------------------
def test_las_huellas_dependen_de_la_clave_y_del_uso(settings):
    una, llave = huella_de_identidad(CI), llave_de_padron(CI, NACIO)
    assert len({una, llave, huella_de_identidad(normalizar_ci(f"{CARNET}-1A"))}) == 3
    assert CARNET not in una + llave
    settings.CLAVE_PADRON = "otra clave" * 10
    assert huella_de_identidad(CI) != una


# --- La segunda cuenta -----------------------------------------------------------------------------------------------
def test_verificar_guarda_modo_historia_y_solo_la_huella(verificada, pueblo):
    residencia = Residencia.objects.get(usuario=verificada)
    assert (residencia.nivel, residencia.metodo) == ("verificada", "ventanilla")
    historia = Verificacion.objects.get(cuenta=verificada)
    assert (historia.metodo, historia.lugar, historia.termino) == ("ventanilla", pueblo.otb_molle, None)
    assert historia.identidad.cuenta == verificada


@pytest.mark.parametrize("escrito", [CARNET, f" {CARNET} CB", "4.455.667", f"0{CARNET}", "４４５５６６７"])
def test_la_segunda_cuenta_no_se_verifica_con_ninguna_escritura(verificada, doble, escrito):
    with pytest.raises(ReglaIncumplida) as error:
        acciones.verificar_residencia(doble.residencia, metodo="ventanilla", ci=normalizar_ci(escrito))
    assert error.value.mensaje == acciones.EN_REVISION
    assert "rosa" not in error.value.mensaje.lower() and "otra cuenta" not in error.value.mensaje
    assert Residencia.objects.get(usuario=doble).nivel == "declarada"
    conflicto = ConflictoDeIdentidad.objects.get()
    assert (conflicto.primera, conflicto.segunda, conflicto.metodo_primera) == (verificada, doble, "ventanilla")


def test_repetir_el_pedido_no_llena_la_cola(en_conflicto, doble):
    with pytest.raises(ReglaIncumplida):
        acciones.verificar_residencia(doble.residencia, metodo="padron", ci=CI)
    assert ConflictoDeIdentidad.objects.count() == 1


def test_la_base_sola_rechaza_dos_identidades_iguales_y_dos_en_una_cuenta(verificada, doble):
    for campos in ({"huella": huella_de_identidad(CI), "cuenta": doble}, {"huella": "f" * 64, "cuenta": verificada}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Identidad.objects.create(**campos)


def test_una_cuenta_no_toma_una_segunda_identidad(verificada):
    Residencia.objects.filter(usuario=verificada).update(nivel="declarada", metodo="")
    with pytest.raises(ReglaIncumplida, match="otro carnet"):
        acciones.verificar_residencia(
            Residencia.objects.get(usuario=verificada), metodo="ventanilla", ci=normalizar_ci("9998887")
        )
    assert Identidad.objects.count() == 1


# --- Resolver --------------------------------------------------------------------------------------------------------
def test_queda_la_primera(en_conflicto, con_roles, verificada, doble):
    acciones.resolver_conflicto(en_conflicto, actor=con_roles.gloria, decision="primera", motivo="Vino con su carnet.")
    assert Identidad.objects.get().cuenta == verificada
    assert Residencia.objects.get(usuario=doble).nivel == "declarada"
    assert Suceso.objects.de(en_conflicto).filter(verbo="resolver_conflicto", actor=con_roles.gloria).count() == 1


def test_pasa_a_la_segunda_y_la_primera_deja_de_estar_verificada(en_conflicto, con_roles, verificada, doble):
    acciones.resolver_conflicto(en_conflicto, actor=con_roles.gloria, decision="segunda", motivo="Olvidó su clave.")
    assert Identidad.objects.get().cuenta == doble
    suya = Residencia.objects.get(usuario=doble)
    assert (suya.nivel, suya.metodo) == ("verificada", "padron")
    assert Residencia.objects.get(usuario=verificada).nivel == "declarada"
    assert Verificacion.objects.get(cuenta=verificada).termino is not None
    assert Suceso.objects.de(verificada).filter(verbo="perder_verificacion").exists()


def test_ninguna_las_deja_a_las_dos_sin_verificar_y_la_identidad_se_puede_tomar_despues(
    en_conflicto, con_roles, verificada, doble, pueblo
):
    acciones.resolver_conflicto(en_conflicto, actor=con_roles.gloria, decision="ninguna", motivo="Carnet prestado.")
    assert Identidad.objects.get().cuenta is None
    assert Residencia.objects.filter(usuario__in=[verificada, doble], nivel="verificada").count() == 0
    tercera = crear_persona("rosa3", "Rosa de verdad", otb=pueblo.otb_molle, verificada=False)
    acciones.verificar_residencia(tercera.residencia, metodo="ventanilla", ci=CI)
    assert Identidad.objects.get().cuenta == tercera


def test_no_se_resuelve_dos_veces_ni_sin_motivo_ni_con_otra_palabra(en_conflicto, con_roles):
    for decision, motivo in (("primera", " "), ("abierto", "x"), ("otra", "x")):
        with pytest.raises(ReglaIncumplida):
            acciones.resolver_conflicto(en_conflicto, actor=con_roles.gloria, decision=decision, motivo=motivo)
    acciones.resolver_conflicto(en_conflicto, actor=con_roles.gloria, decision="primera", motivo="Visto.")
    with pytest.raises(ReglaIncumplida, match="ya resolvió"):
        acciones.resolver_conflicto(en_conflicto, actor=con_roles.gloria, decision="segunda", motivo="Visto.")


def test_no_resuelve_quien_verifico_a_una_de_las_dos(con_roles, rosa, doble, raiz):
    acciones.verificar_en_persona(rosa.residencia, actor=con_roles.gloria, ci=CI, consiente=True)
    with pytest.raises(ReglaIncumplida):
        acciones.verificar_residencia(doble.residencia, metodo="padron", ci=CI)
    conflicto = ConflictoDeIdentidad.objects.get()
    with pytest.raises(ReglaIncumplida, match="No te toca"):
        acciones.resolver_conflicto(conflicto, actor=con_roles.gloria, decision="primera", motivo="x")
    assert acciones.resolver_conflicto(conflicto, actor=raiz, decision="primera", motivo="x").estado == "primera"


# --- Moverse, retirar, anular ----------------------------------------------------------------------------------------
def test_mudarse_conserva_la_historia_y_quien_es(verificada, pueblo):
    acciones.declarar_residencia(verificada, otb=pueblo.otb_ceibo)
    residencia = Residencia.objects.get(usuario=verificada)
    assert (residencia.nivel, residencia.metodo) == ("declarada", "")
    anterior = Verificacion.objects.get(cuenta=verificada)
    assert (anterior.lugar, anterior.por_que) == (pueblo.otb_molle, "Declaró otro lugar")
    assert Identidad.objects.get().cuenta == verificada


def test_retirar_el_consentimiento_suelta_la_identidad(verificada):
    acciones.retirar_verificacion(verificada)
    residencia = Residencia.objects.get(usuario=verificada)
    assert (residencia.nivel, residencia.metodo, residencia.detalle) == ("declarada", "", "")
    assert Identidad.objects.get().cuenta is None
    assert Verificacion.objects.get().por_que == "Retiró su consentimiento"


def test_anular_exige_motivo_y_que_le_toque(verificada, con_roles):
    residencia = Residencia.objects.get(usuario=verificada)
    with pytest.raises(ReglaIncumplida, match="por qué"):
        acciones.revocar_verificacion(residencia, actor=con_roles.gloria, motivo=" ")
    with pytest.raises(ReglaIncumplida, match="No te toca"):
        acciones.revocar_verificacion(residencia, actor=con_roles.ana, motivo="Porque sí")
    acciones.revocar_verificacion(residencia, actor=con_roles.gloria, motivo="Mostró un carnet ajeno")
    assert Residencia.objects.get(usuario=verificada).nivel == "declarada"
    assert Suceso.objects.de(residencia).filter(verbo="revocar", motivo="Mostró un carnet ajeno").count() == 1


# --- Padrón: la propia persona ---------------------------------------------------------------------------------------
def test_con_carnet_y_fecha_del_padron_queda_verificada(pueblo, rosa):
    cargar_padron(pueblo, (CARNET, "31/05/1990", "O-1"))
    respuesta = acciones.comprobar_en_padron(rosa, ci=CI, nacimiento=NACIO)
    assert respuesta.estado == acciones.VERIFICADA
    assert Residencia.objects.get(usuario=rosa).metodo == "padron"


def test_no_estar_y_otra_fecha_dicen_lo_mismo_con_las_mismas_consultas(pueblo, rosa, django_assert_num_queries):
    cargar_padron(pueblo, (CARNET, "31/05/1990", "O-1"))
    frases = set()
    for ci, dia in ((CI, NACIO.replace(day=30)), (normalizar_ci("9998887"), NACIO)):
        with django_assert_num_queries(3), pytest.raises(ReglaIncumplida) as error:
            acciones.comprobar_en_padron(rosa, ci=ci, nacimiento=dia)
        frases.add(error.value.mensaje)
    assert frases == {acciones.NO_ESTA}
    assert Identidad.objects.count() == 0


def test_si_el_padron_dice_otro_lugar_se_ofrece_y_no_se_escribe_nada(pueblo, rosa):
    cargar_padron(pueblo, (CARNET, "31/05/1990", "O-2"))
    respuesta = acciones.comprobar_en_padron(rosa, ci=CI, nacimiento=NACIO)
    assert (respuesta.estado, respuesta.lugar) == (acciones.OTRO_LUGAR, pueblo.otb_ceibo)
    assert (Identidad.objects.count(), Residencia.objects.get(usuario=rosa).nivel) == (0, "declarada")
    acciones.tomar_lugar_del_padron(rosa, lugar=respuesta.lugar, documento=documento_de(CI), metodo="padron")
    residencia = Residencia.objects.get(usuario=rosa)
    assert (residencia.otb, residencia.nivel) == (pueblo.otb_ceibo, "verificada")


def test_tomar_el_lugar_con_una_identidad_ajena_deja_el_conflicto_y_no_muda_a_nadie(pueblo, verificada, doble):
    with pytest.raises(ReglaIncumplida) as error:
        acciones.tomar_lugar_del_padron(doble, lugar=pueblo.otb_ceibo, documento=documento_de(CI), metodo="padron")
    assert error.value.mensaje == acciones.EN_REVISION
    assert Residencia.objects.get(usuario=doble).otb == pueblo.otb_molle
    assert ConflictoDeIdentidad.objects.get().lugar_segunda == pueblo.otb_ceibo


def test_un_padron_sin_lugares_prueba_quien_es_y_no_donde_vive(pueblo, rosa):
    acciones.importar_padron(f"ci,fecha_nacimiento\n{CARNET},1990-05-31".encode(), "p.csv", municipio=pueblo.municipio)
    assert acciones.comprobar_en_padron(rosa, ci=CI, nacimiento=NACIO).estado == acciones.SOLO_IDENTIDAD
    residencia = Residencia.objects.get(usuario=rosa)
    assert (residencia.nivel, residencia.esta_verificada) == ("identidad", False)


def test_con_identidad_sola_se_vota_solo_si_el_municipio_lo_decidio(pueblo, rosa, settings):
    Residencia.objects.filter(usuario=rosa).update(nivel="identidad", metodo="ciudadania_digital")
    residencia = Residencia.objects.get(usuario=rosa)
    assert (residencia.esta_verificada, Residencia.objects.habilitadas().filter(usuario=rosa).exists()) == (
        False,
        False,
    )
    settings.VOTA_CON_IDENTIDAD = True
    assert (residencia.esta_verificada, Residencia.objects.habilitadas().filter(usuario=rosa).exists()) == (True, True)


def test_quien_ya_esta_verificada_no_consulta_el_padron_por_otras(pueblo, verificada):
    cargar_padron(pueblo, ("9998887", "31/05/1990", "O-2"))
    with pytest.raises(ReglaIncumplida, match="ya está verificada"):
        acciones.comprobar_en_padron(verificada, ci=normalizar_ci("9998887"), nacimiento=NACIO)


def test_un_padron_cargado_con_otra_clave_no_sirve(pueblo, rosa, settings):
    cargar_padron(pueblo, (CARNET, "31/05/1990", "O-1"))
    settings.CLAVE_PADRON = "clave nueva " * 6
    with pytest.raises(ReglaIncumplida):
        acciones.comprobar_en_padron(rosa, ci=CI, nacimiento=NACIO)


# --- Directiva -------------------------------------------------------------------------------------------------------
def test_la_directiva_confirma_y_queda_a_su_nombre(gente, rosa):
    pedido = acciones.pedir_confirmacion(rosa, ci=CI)
    assert acciones.pedir_confirmacion(rosa, ci=CI) == pedido
    acciones.responder_pedido(pedido, actor=gente.fabio, confirma=True)
    residencia = Residencia.objects.get(usuario=rosa)
    assert (residencia.nivel, residencia.metodo, residencia.verificada_por) == (
        "verificada",
        "lista_organizacion",
        gente.fabio,
    )
    acciones.revocar_verificacion(residencia, actor=gente.fabio, motivo="Se mudó hace tiempo")
    assert Residencia.objects.get(usuario=rosa).nivel == "declarada"
    assert PedidoDeConfirmacion.objects.get().estado == "revocado"


def test_la_directiva_rechaza(gente, rosa):
    pedido = acciones.responder_pedido(acciones.pedir_confirmacion(rosa, ci=CI), actor=gente.fabio, confirma=False)
    assert (pedido.estado, Residencia.objects.get(usuario=rosa).nivel) == ("rechazado", "declarada")


@pytest.mark.parametrize("quien", ["ana", "beto", "gloria"])
def test_no_responde_quien_no_es_de_la_directiva(gente, rosa, quien):
    pedido = acciones.pedir_confirmacion(rosa, ci=CI)
    with pytest.raises(ReglaIncumplida):
        acciones.responder_pedido(pedido, actor=getattr(gente, quien), confirma=True)


def test_nadie_de_la_directiva_se_confirma_a_si_misma(gente):
    Residencia.objects.filter(usuario=gente.fabio).update(nivel="declarada")
    pedido = acciones.pedir_confirmacion(recargada(gente.fabio), ci=CI)
    with pytest.raises(ReglaIncumplida, match="nunca por sí misma"):
        acciones.responder_pedido(pedido, actor=gente.fabio, confirma=True)


def test_confirmar_a_quien_usa_un_carnet_ajeno_anota_la_respuesta_y_manda_el_caso_a_la_cola(gente, verificada, doble):
    pedido = acciones.pedir_confirmacion(doble, ci=CI)
    with pytest.raises(ReglaIncumplida, match="El municipio todavía tiene que revisar"):
        acciones.responder_pedido(pedido, actor=gente.fabio, confirma=True)
    pedido.refresh_from_db()
    assert (pedido.estado, Residencia.objects.get(usuario=doble).nivel) == ("confirmado", "declarada")
    assert ConflictoDeIdentidad.objects.abiertos().count() == 1


def test_sin_directiva_o_sin_otb_se_dice_que_hacer(gente, pueblo, rosa):
    gente.fabio.mandatos.update(hasta=timezone.localdate() - timezone.timedelta(days=1))
    with pytest.raises(ReglaIncumplida, match="no tiene hoy una directiva"):
        acciones.pedir_confirmacion(rosa, ci=CI)
    acciones.declarar_residencia(rosa, distrito=pueblo.distrito_1)
    with pytest.raises(ReglaIncumplida, match="en qué OTB vives"):
        acciones.pedir_confirmacion(rosa, ci=CI)


def test_mudarse_retira_el_pedido(gente, rosa, pueblo):
    pedido = acciones.pedir_confirmacion(rosa, ci=CI)
    acciones.declarar_residencia(rosa, otb=pueblo.otb_ceibo)
    pedido.refresh_from_db()
    assert pedido.estado == "retirado"


# --- En persona ------------------------------------------------------------------------------------------------------
@pytest.fixture
def promotora(pueblo):
    persona = crear_persona("pina", "Pina Promotora", otb=pueblo.otb_ceibo)
    dar_rol(persona, "promotora")
    return persona


def test_la_promotora_verifica_con_consentimiento(promotora, rosa):
    with pytest.raises(ReglaIncumplida, match="tiene que aceptar"):
        acciones.verificar_en_persona(rosa.residencia, actor=promotora, ci=CI, consiente=False)
    acciones.verificar_en_persona(rosa.residencia, actor=promotora, ci=CI, consiente=True)
    residencia = Residencia.objects.get(usuario=rosa)
    assert (residencia.metodo, residencia.verificada_por) == ("promotora", promotora)


def test_la_promotora_de_un_distrito_no_verifica_en_otro(promotora, rosa, pueblo):
    AsignacionRol.objects.filter(usuario=promotora).update(distrito=pueblo.distrito_2)
    with pytest.raises(ReglaIncumplida, match="fuera del lugar que te toca"):
        acciones.verificar_en_persona(rosa.residencia, actor=recargada(promotora), ci=CI, consiente=True)
    assert acciones.mirar_residencia(rosa, actor=recargada(promotora)) is None
    assert Suceso.objects.de(rosa).count() == 0


def test_nadie_se_verifica_ni_verifica_la_cuenta_que_creo(promotora, rosa):
    Residencia.objects.filter(usuario=promotora).update(nivel="declarada")
    with pytest.raises(ReglaIncumplida, match="Nadie verifica su propia"):
        acciones.verificar_en_persona(Residencia.objects.get(usuario=promotora), actor=promotora, ci=CI, consiente=True)
    acciones.anotar_cambio_de_cuenta(rosa, actor=promotora, texto="La administración creó tu cuenta.")
    with pytest.raises(ReglaIncumplida, match="Tú creaste esta cuenta"):
        acciones.verificar_en_persona(rosa.residencia, actor=promotora, ci=CI, consiente=True)


def test_mirar_donde_vive_alguien_queda_anotado_en_su_cuenta(promotora, rosa):
    assert acciones.mirar_residencia(rosa, actor=promotora) == rosa.residencia
    mirada = Suceso.objects.de(rosa).get()
    assert (mirada.verbo, mirada.actor, mirada.publico) == ("mirar", promotora, False)


def test_sin_rol_no_se_verifica_en_persona(gente, rosa):
    with pytest.raises(ReglaIncumplida):
        acciones.verificar_en_persona(rosa.residencia, actor=gente.ana, ci=CI, consiente=True)


def test_un_modo_cerrado_por_el_municipio_no_se_usa(promotora, rosa, settings):
    settings.VERIFICACION = ["ventanilla"]
    with pytest.raises(ReglaIncumplida):
        acciones.verificar_en_persona(rosa.residencia, actor=promotora, ci=CI, consiente=True)
