"""El acta que entrega el mandato: quién la presenta, quién la revisa, qué cambia en ese instante y qué no."""

import datetime
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import IntegrityError, OperationalError, connection, connections, transaction
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.cuentas import acciones, permisos
from civic.cuentas import reglas_organizaciones as reglas
from civic.cuentas.models import ActaDeDirectiva, CargoDeActa, Mandato, Organizacion, Residencia
from civic.debate.acciones import abrir_hilo, comentar
from tests.cuentas.conftest import recargada
from tests.cuentas.piezas import dias, escaneo_de, hoy, pedir, presentar
from tests.elenco import crear_persona, dar_rol

NUEVA = (("Presidenta", "Ana Vecina", "ana"), ("Secretaría de actas", "Sin Cuenta", ""))


def test_confirmar_entrega_el_mandato_en_el_mismo_acto(gente, pueblo):
    viejo = gente.fabio.mandatos.get()
    acta = presentar(pueblo.org_molle, gente.fabio, *NUEVA)
    assert (acta.estado, acta.calidad, acta.escaneo.huella != "") == ("pendiente", "Presidencia de OTB Molle", True)
    assert permisos.puede_actuar_por(gente.fabio, pueblo.org_molle) is True  # presentarla no cambia nada
    acciones.confirmar_acta(acta, actor=gente.hugo)
    viejo.refresh_from_db()
    nuevo = Mandato.objects.vigentes().get(organizacion=pueblo.org_molle)
    assert (viejo.hasta, viejo.anulado) == (dias(-1), False)
    assert (nuevo.usuario, nuevo.cargo, nuevo.desde, nuevo.hasta, nuevo.acta) == (
        *(gente.ana, "Presidencia", hoy(), dias(730), acta),
    )
    assert permisos.puede_actuar_por(gente.fabio, pueblo.org_molle) is False
    assert permisos.puede_actuar_por(gente.ana, pueblo.org_molle) is True
    sucesos = {s.verbo: s for s in Suceso.objects.de(pueblo.org_molle)}
    assert sucesos["presentar_acta"].calidad == "Presidencia de OTB Molle"
    assert (sucesos["confirmar_acta"].actor, sucesos["confirmar_acta"].calidad) == (gente.hugo, "Planificación POA")
    assert sucesos["confirmar_acta"].datos["huella"] == acta.escaneo.huella


def test_confirmar_tarde_no_borra_lo_que_hizo_la_anterior(gente, pueblo):
    """El acta decía que empezaban hace un mes: el mandato en Ayni empieza el día en que se confirma."""
    acta = presentar(pueblo.org_molle, gente.fabio, *NUEVA, fecha=dias(-40), desde=dias(-30))
    acciones.confirmar_acta(acta, actor=gente.hugo)
    assert gente.fabio.mandatos.get().hasta == dias(-1)
    assert gente.ana.mandatos.get().desde == hoy()


def test_confirmar_con_inicio_futuro_deja_a_la_anterior_hasta_la_vispera(gente, pueblo):
    acta = presentar(pueblo.org_molle, gente.fabio, *NUEVA, desde=dias(10))
    acciones.confirmar_acta(acta, actor=gente.hugo)
    assert permisos.puede_actuar_por(gente.fabio, pueblo.org_molle) is True
    assert permisos.puede_actuar_por(gente.ana, pueblo.org_molle) is False
    la_paz = timezone.get_current_timezone()
    with time_machine.travel(datetime.datetime.combine(dias(10), datetime.time(0, 1), la_paz)):
        assert permisos.puede_actuar_por(gente.fabio, pueblo.org_molle) is False
        assert permisos.puede_actuar_por(gente.ana, pueblo.org_molle) is True


def test_dos_entregas_el_mismo_dia_anulan_la_de_la_manana(gente, pueblo):
    acciones.confirmar_acta(presentar(pueblo.org_molle, gente.fabio, *NUEVA), actor=gente.hugo)
    otra = presentar(pueblo.org_molle, gente.ana, ("Presidencia", "Dora Vigía", "dora"))
    acciones.confirmar_acta(otra, actor=gente.hugo)
    assert [m.anulado for m in gente.ana.mandatos.all()] == [True]
    assert permisos.puede_actuar_por(gente.ana, pueblo.org_molle) is False
    assert permisos.puede_actuar_por(gente.dora, pueblo.org_molle) is True


def test_acefala_con_acta_confirmada_vuelve_a_estar_vigente(gente, pueblo):
    assert Organizacion.objects.con_estado_de_hoy().get(pk=pueblo.org_ceibo.pk).estado_hoy == "directiva_vencida"
    acciones.confirmar_acta(presentar(pueblo.org_ceibo, gente.beto), actor=gente.hugo)
    assert Organizacion.objects.con_estado_de_hoy().get(pk=pueblo.org_ceibo.pk).estado_hoy == "vigente"


# --- Quién presenta y quién revisa -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("quien", "cual", "puede"),
    [
        ("fabio", "org_molle", True),  # la dirige
        ("ana", "org_molle", False),  # vive ahí, pero tiene directiva
        ("beto", "org_ceibo", True),  # vive en el distrito de una acéfala
        ("ana", "org_ceibo", False),  # vive en otro distrito
        ("nadia", "org_ceibo", False),  # sin residencia
        ("hugo", "org_ceibo", True),  # por su cargo
        ("carla", "org_ceibo", False),
    ],
)
def test_presenta_el_acta_quien_corresponde(gente, pueblo, quien, cual, puede):
    persona, organizacion = getattr(gente, quien), getattr(pueblo, cual)
    assert permisos.puede_presentar_acta(persona, organizacion) is puede
    if puede:
        assert presentar(organizacion, persona).registrada_por == persona
    else:
        with pytest.raises(ReglaIncumplida, match="no puedes presentar"):
            presentar(organizacion, persona)


def test_declarada_sin_verificar_no_presenta(gente, pueblo):
    Residencia.objects.filter(usuario=gente.beto).update(nivel="declarada")
    assert permisos.puede_presentar_acta(recargada(gente.beto), pueblo.org_ceibo) is False


@pytest.mark.parametrize("quien", ["ana", "carla", "elena"])
def test_no_revisa_quien_no_tiene_el_cargo(gente, pueblo, quien):
    acta = presentar(pueblo.org_molle, gente.fabio)
    for accion in (acciones.confirmar_acta, acciones.rechazar_acta):
        with pytest.raises(ReglaIncumplida, match="La revisa otra persona"):
            accion(acta, actor=getattr(gente, quien), motivo="No corresponde.")
    assert ActaDeDirectiva.objects.get().estado == "pendiente"


def test_nadie_revisa_la_que_presento_ni_la_que_lo_nombra_ni_la_de_su_directiva(gente, pueblo):
    propia = presentar(pueblo.org_ceibo, gente.hugo)
    with pytest.raises(ReglaIncumplida, match="La revisa otra persona"):
        acciones.confirmar_acta(propia, actor=gente.hugo)
    lo_nombra = presentar(pueblo.org_ceibo, gente.beto, ("Presidencia", "Hugo Planifica", "hugo"))
    with pytest.raises(ReglaIncumplida, match="La revisa otra persona"):
        acciones.confirmar_acta(lo_nombra, actor=gente.hugo)
    dar_rol(gente.fabio, "planificacion")
    ventanilla = crear_persona("vera", "Vera Ventanilla")
    dar_rol(ventanilla, "ventanilla")
    de_otra = presentar(pueblo.org_molle, ventanilla)
    with pytest.raises(ReglaIncumplida, match="La revisa otra persona"):
        acciones.confirmar_acta(de_otra, actor=gente.fabio)


def test_la_base_tampoco_deja_revisar_la_propia(gente, pueblo):
    acta = presentar(pueblo.org_ceibo, gente.hugo)
    with pytest.raises(IntegrityError), transaction.atomic():
        ActaDeDirectiva.objects.filter(pk=acta.pk).update(
            estado="confirmada", resuelta=timezone.now(), resuelta_por=gente.hugo
        )


def test_acta_revisada_no_se_revisa_de_nuevo(gente, pueblo):
    acta = presentar(pueblo.org_ceibo, gente.beto)
    acciones.rechazar_acta(acta, actor=gente.hugo, motivo="No se ven las firmas.")
    assert Mandato.objects.filter(organizacion=pueblo.org_ceibo).count() == 0
    with pytest.raises(ReglaIncumplida, match="ya se revisó: está rechazada"):
        acciones.confirmar_acta(acta, actor=gente.hugo)


def test_rechazar_exige_decir_por_que(gente, pueblo):
    with pytest.raises(ReglaIncumplida, match="Escribe por qué"):
        acciones.rechazar_acta(presentar(pueblo.org_ceibo, gente.beto), actor=gente.hugo, motivo=" ")


def test_segunda_acta_que_reemplazaba_a_la_misma_directiva_no_vale(gente, pueblo):
    primera = presentar(pueblo.org_molle, gente.fabio, *NUEVA)
    segunda = presentar(pueblo.org_molle, gente.hugo, ("Presidencia", "Dora Vigía", "dora"))
    acciones.confirmar_acta(primera, actor=gente.hugo)
    with pytest.raises(ReglaIncumplida, match="se confirmó otra"):
        acciones.confirmar_acta(segunda, actor=gente.gloria)
    assert [m.usuario for m in Mandato.objects.vigentes().filter(organizacion=pueblo.org_molle)] == [gente.ana]


def test_una_persona_no_presenta_dos_a_la_vez(gente, pueblo):
    presentar(pueblo.org_ceibo, gente.beto)
    with pytest.raises(ReglaIncumplida, match="Ya presentaste un acta"):
        presentar(pueblo.org_ceibo, gente.beto)
    assert (ActaDeDirectiva.objects.count(), CargoDeActa.objects.count()) == (1, 1)


def test_acta_con_el_escaneo_de_otra_persona_no_se_presenta(gente, pueblo):
    with pytest.raises(ReglaIncumplida, match="Sube de nuevo"):
        acciones.presentar_acta(
            pueblo.org_molle,
            actor=gente.fabio,
            escaneo=escaneo_de(gente.ana),
            cargos=[acciones.Renglon("Presidencia", "Ana")],
            fecha=dias(-3),
            desde=hoy(),
            hasta=dias(10),
            presentes=4,
        )


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"fecha": dias(1)}, "fecha"),
        ({"fecha": dias(-4000)}, "fecha"),
        ({"desde": dias(-6)}, "desde"),
        ({"hasta": dias(-1), "desde": dias(-3)}, "hasta"),
        ({"hasta": dias(-4), "desde": dias(-3)}, "hasta"),
        ({"hasta": dias(4000)}, "hasta"),
    ],
)
def test_acta_con_fechas_imposibles_no_se_presenta(gente, pueblo, cambios, campo):
    with pytest.raises(ReglaIncumplida) as error:
        presentar(pueblo.org_molle, gente.fabio, **cambios)
    assert error.value.campo == campo


@pytest.mark.parametrize(
    ("cargos", "frase"),
    [
        ([("Vocalía", "Ana", "")], "Falta quien preside"),
        ([("Presidenta", "Ana", ""), ("PRESIDENTE", "Beto", "")], "más de una persona con el cargo Presidencia"),
        ([("Presidencia", "", "")], "cargo y nombre"),
        ([("Presidencia", "Ana", "ana"), ("Vocalía", "Ana", "ANA")], "figura con dos cargos"),
    ],
)
def test_acta_con_una_directiva_imposible_no_se_presenta(gente, pueblo, cargos, frase):
    with pytest.raises(ReglaIncumplida, match=frase):
        presentar(pueblo.org_molle, gente.fabio, *cargos)


# --- Cuentas que llegan después, renuncias y términos ----------------------------------------------------------------
def test_vincular_a_quien_abrio_su_cuenta_despues(gente, pueblo):
    acta = presentar(pueblo.org_molle, gente.fabio, *NUEVA)
    acciones.confirmar_acta(acta, actor=gente.hugo)
    cargo = acta.cargos.get(usuario=None)
    with pytest.raises(ReglaIncumplida, match="a sí mismo"):
        acciones.vincular_cargo(cargo, usuario=gente.hugo, actor=gente.hugo)
    mandato = acciones.vincular_cargo(cargo, usuario=gente.nadia, actor=gente.hugo)
    assert (mandato.cargo, mandato.hasta) == ("Secretaría de actas", dias(730))
    with pytest.raises(ReglaIncumplida, match="ya tiene su cuenta"):
        acciones.vincular_cargo(cargo, usuario=gente.dora, actor=gente.hugo)


def test_vincular_en_un_acta_que_ya_fue_reemplazada_no_se_puede(gente, pueblo):
    acta = presentar(pueblo.org_molle, gente.fabio, *NUEVA)
    acciones.confirmar_acta(acta, actor=gente.hugo)
    acciones.confirmar_acta(presentar(pueblo.org_molle, gente.ana, ("Presidencia", "D", "dora")), actor=gente.hugo)
    with pytest.raises(ReglaIncumplida, match="no es la de la directiva de hoy"):
        acciones.vincular_cargo(acta.cargos.get(usuario=None), usuario=gente.nadia, actor=gente.hugo)


def test_renunciar_quita_el_poder_en_el_acto_y_deja_acefala(gente, pueblo):
    acciones.renunciar(gente.fabio.mandatos.get(), actor=gente.fabio, motivo="Me mudé.")
    assert permisos.puede_actuar_por(gente.fabio, pueblo.org_molle) is False
    suceso = Suceso.objects.de(pueblo.org_molle).get(verbo="renunciar")
    assert (suceso.actor, suceso.calidad, suceso.motivo) == (gente.fabio, "Presidencia de OTB Molle", "Me mudé.")
    assert Organizacion.objects.get(pk=pueblo.org_molle.pk).estado == "directiva_vencida"


def test_renunciar_por_otra_persona_no_se_puede(gente):
    with pytest.raises(ReglaIncumplida, match="Solo quien tiene el cargo"):
        acciones.renunciar(gente.fabio.mandatos.get(), actor=gente.ana)


def test_terminar_mandato_quita_el_poder_hoy_aunque_haya_empezado_hoy(gente, pueblo):
    acciones.confirmar_acta(presentar(pueblo.org_molle, gente.fabio, *NUEVA), actor=gente.hugo)
    acciones.terminar_mandato(gente.ana.mandatos.get(), actor=gente.hugo, motivo="Sentencia.")
    assert permisos.puede_actuar_por(gente.ana, pueblo.org_molle) is False
    assert gente.ana.mandatos.get().anulado is True
    with pytest.raises(ReglaIncumplida, match="ya había terminado"):
        acciones.terminar_mandato(gente.ana.mandatos.get(), actor=gente.hugo, motivo="Otra vez")


def test_terminar_mandato_sin_motivo_no_se_puede(gente):
    with pytest.raises(ReglaIncumplida, match="Escribe por qué"):
        acciones.terminar_mandato(gente.fabio.mandatos.get(), actor=gente.hugo, motivo="")
    assert gente.fabio.mandatos.get().hasta > hoy()


def test_una_persona_dirige_varias_y_elige_en_nombre_de_cual_habla(gente, pueblo):
    acciones.confirmar_acta(
        presentar(pueblo.org_ceibo, gente.beto, ("Secretaría general", "Fabio", "fabio")), actor=gente.hugo
    )
    fabio = recargada(gente.fabio)
    assert {org.nombre for org in permisos.organizaciones_de(fabio)} == {"Molle", "Ceibo"}
    hilo = abrir_hilo("Agua")
    en_su_nombre = comentar(hilo, autor=fabio, texto="Hola.")
    por_ceibo = comentar(hilo, autor=fabio, texto="Buenas.", organizacion=pueblo.org_ceibo)
    calidades = [Suceso.objects.de(c).get().calidad for c in (en_su_nombre, por_ceibo)]
    assert calidades == ["", "Secretaría general de OTB Ceibo"]
    assert [Suceso.objects.de(c).get().actor for c in (en_su_nombre, por_ceibo)] == [fabio, fabio]
    acciones.renunciar(fabio.mandatos.get(organizacion=pueblo.org_ceibo), actor=fabio)
    with pytest.raises(ReglaIncumplida, match="no tienes un cargo vigente"):
        comentar(hilo, autor=fabio, texto="Otra vez.", organizacion=pueblo.org_ceibo)


# --- La base también dice que no -------------------------------------------------------------------------------------
@pytest.mark.parametrize("cargo", reglas.CARGOS_UNICOS)
def test_la_base_no_admite_dos_presidencias_que_se_pisan(gente, pueblo, cargo):
    plazo = {"organizacion": pueblo.org_ceibo, "cargo": cargo}
    Mandato.objects.create(usuario=gente.ana, desde=dias(0), hasta=dias(10), **plazo)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandato.objects.create(usuario=gente.beto, desde=dias(10), hasta=dias(20), **plazo)
    otro = Mandato.objects.create(usuario=gente.beto, desde=dias(11), hasta=dias(20), **plazo)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandato.objects.filter(pk=otro.pk).update(desde=dias(9))
    # Anuladas, de otro cargo o de otra organización, no se pisan.
    Mandato.objects.create(usuario=gente.dora, desde=dias(5), hasta=dias(6), anulado=True, **plazo)
    Mandato.objects.create(usuario=gente.dora, desde=dias(5), hasta=dias(6), **plazo | {"cargo": "Vocalía"})
    libre = pedir(pueblo, gente.nadia)
    Mandato.objects.create(usuario=gente.dora, desde=dias(5), hasta=dias(6), **plazo | {"organizacion": libre})


# --- Carreras --------------------------------------------------------------------------------------------------------
def a_la_vez(tareas):
    """Corre las tareas en hilos que arrancan juntos; devuelve lo que dio cada una (o su excepción)."""
    salida = threading.Barrier(len(tareas))

    def correr(tarea):
        try:
            salida.wait(timeout=20)
            return tarea()
        except (ReglaIncumplida, OperationalError) as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tareas)) as hilos:
        return list(hilos.map(correr, tareas))


def rivales(pueblo, gente):
    """Seis actas de la misma organización, cada una con otra presidencia, y seis personas que las confirman."""
    actas = []
    for numero in range(6):
        autora = crear_persona(f"autora{numero}", f"Autora {numero}", otb=pueblo.otb_ceibo)
        actas.append(presentar(pueblo.org_ceibo, autora, ("Presidencia", autora.nombre_publico, autora.username)))
    return actas


@pytest.mark.django_db(transaction=True)
def test_seis_actas_confirmadas_a_la_vez_dejan_una_sola_directiva(gente, pueblo):
    actas = rivales(pueblo, gente)
    hechas = a_la_vez([lambda acta=acta: acciones.confirmar_acta(acta, actor=gente.hugo) for acta in actas])
    assert sorted(type(hecha).__name__ for hecha in hechas) == ["ActaDeDirectiva"] + ["ReglaIncumplida"] * 5
    assert ActaDeDirectiva.objects.confirmadas().count() == 1
    assert Mandato.objects.vigentes().filter(organizacion=pueblo.org_ceibo).count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_sin_candado_la_base_sola_rechaza_la_segunda(gente, pueblo):
    """Sin el candado, todas ven la misma directiva anterior; la restricción de la base deja pasar una."""
    if connection.vendor == "sqlite":
        pytest.skip("En SQLite cada transacción empieza con BEGIN IMMEDIATE: no hay carrera que ver.")
    actas = rivales(pueblo, gente)
    ven_lo_mismo = threading.Barrier(len(actas))

    def confirmar_sin_cuidado(acta):
        with transaction.atomic():
            libre = not ActaDeDirectiva.objects.confirmadas().filter(organizacion=acta.organizacion_id).exists()
            ven_lo_mismo.wait(timeout=20)
            try:
                with transaction.atomic():
                    ActaDeDirectiva.objects.filter(pk=acta.pk).update(estado="confirmada", resuelta=timezone.now())
            except IntegrityError:
                return libre, False
        return libre, True

    hechas = a_la_vez([lambda acta=acta: confirmar_sin_cuidado(acta) for acta in actas])
    assert [libre for libre, _ in hechas] == [True] * len(actas)  # la carrera ocurrió
    assert sum(guardada for _, guardada in hechas) == 1


@pytest.mark.django_db(transaction=True)
def test_la_misma_acta_confirmada_y_rechazada_a_la_vez_queda_de_un_solo_modo(gente, pueblo):
    acta = presentar(pueblo.org_ceibo, gente.beto)
    hechas = a_la_vez(
        [
            lambda: acciones.confirmar_acta(acta, actor=gente.hugo),
            lambda: acciones.rechazar_acta(acta, actor=gente.gloria, motivo="No se lee."),
        ]
    )
    assert sorted(type(hecha).__name__ for hecha in hechas) == ["ActaDeDirectiva", "ReglaIncumplida"]
    confirmada = ActaDeDirectiva.objects.get().estado == "confirmada"
    assert Mandato.objects.vigentes().filter(organizacion=pueblo.org_ceibo).exists() is confirmada
