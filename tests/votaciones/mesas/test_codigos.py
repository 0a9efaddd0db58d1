"""Códigos impresos: dos personas, una impresión, una papeleta por código, y nadie sabe a quién le tocó cuál."""

import logging
from unittest import mock

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import IntegrityError, OperationalError, transaction
from django.urls import reverse

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from tests.votaciones.conftest import segunda, votar
from tests.votaciones.mesas.piezas import CARNETS, en_la_mesa, entregar, votar_con
from tests.votaciones.test_carreras import a_la_vez
from votaciones import acciones as votaciones
from votaciones.acciones import mesa as piezas_de_mesa
from votaciones.codigos import emitir_clave_de_papeleta
from votaciones.mesas import acciones
from votaciones.mesas.codigos import huella_de_impreso
from votaciones.mesas.models import CodigoImpreso, Paquete
from votaciones.models import Participacion
from votaciones.reglas import recibo as recibos
from votaciones.urna.models import Sobre


@pytest.fixture
def mesa(c1, gente):
    return en_la_mesa(c1, gente.hugo, segunda(), 3)


def ruta(nombre, *mas):
    return reverse(f"mesas:{nombre}", args=["poa-2027", *mas])


# --- Paquetes --------------------------------------------------------------------------------------------------------
def test_se_imprime_una_sola_vez_y_la_base_no_tiene_los_codigos(c1, gente):
    paquete = acciones.preparar_paquete(c1, mesa="Colegio", codigos=12, actor=gente.hugo)
    hojas = acciones.imprimir_paquete(paquete, actor=gente.hugo, direccion="https://x/codigo/")
    assert hojas.startswith(b"%PDF")
    with pytest.raises(ReglaIncumplida, match="no se pueden ver otra vez"):
        acciones.imprimir_paquete(paquete, actor=segunda(), direccion="https://x/codigo/")
    assert CodigoImpreso.objects.count() == 12
    assert all(len(impreso.huella) == 64 for impreso in CodigoImpreso.objects.all())


def test_si_la_hoja_no_se_dibuja_el_paquete_sigue_por_imprimir(c1, gente):
    paquete = acciones.preparar_paquete(c1, mesa="Colegio", codigos=2, actor=gente.hugo)
    with (
        mock.patch("votaciones.mesas.acciones.paquetes.dibujar_hojas", side_effect=OSError),
        pytest.raises(OSError),
    ):
        acciones.imprimir_paquete(paquete, actor=gente.hugo, direccion="https://x/")
    paquete.refresh_from_db()
    assert (paquete.estado, CodigoImpreso.objects.count()) == (Paquete.Estado.PREPARADO, 0)


def test_lo_imprime_una_persona_y_lo_lleva_otra(c1, gente):
    paquete = acciones.preparar_paquete(c1, mesa="Colegio", codigos=1, actor=gente.hugo)
    acciones.imprimir_paquete(paquete, actor=gente.hugo, direccion="https://x/")
    with pytest.raises(ReglaIncumplida, match="otra persona"):
        acciones.llevar_a_la_mesa(paquete, actor=gente.hugo)
    with pytest.raises(IntegrityError), transaction.atomic():  # tampoco por otro lado
        Paquete.objects.filter(pk=paquete.pk).update(estado="en_mesa", activo=gente.hugo)
    assert acciones.llevar_a_la_mesa(paquete, actor=segunda()).estado == Paquete.Estado.EN_MESA


def test_solo_planificacion_prepara(c1, pilar):
    with pytest.raises(ReglaIncumplida, match="Planificación"):
        acciones.preparar_paquete(c1, mesa="Colegio", codigos=1, actor=pilar)


# --- Entregar --------------------------------------------------------------------------------------------------------
def test_entregar_suma_uno_y_repetir_el_envio_no(mesa, pilar):
    paquete, _ = mesa
    entregar(paquete, pilar)
    entregar(paquete, pilar)  # la misma ficha: se perdió la respuesta
    with pytest.raises(ReglaIncumplida, match="ya votó"):
        entregar(paquete, pilar, azar="otra atención")
    paquete.refresh_from_db()
    una = Participacion.objects.get()
    assert (paquete.entregados, una.canal, una.usuario) == (1, "codigo", None)


def test_un_paquete_no_entrega_mas_de_los_que_tiene_y_quien_no_recibio_puede_votar(c1, gente, pilar):
    paquete, _ = en_la_mesa(c1, gente.hugo, segunda(), 1)
    entregar(paquete, pilar, CARNETS[0])
    with pytest.raises(ReglaIncumplida, match="no quedan"):
        entregar(paquete, pilar, CARNETS[1])
    assert Participacion.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Paquete.objects.filter(pk=paquete.pk).update(entregados=2)


# --- Votar -----------------------------------------------------------------------------------------------------------
def test_un_codigo_entregado_pone_una_papeleta_y_se_cuenta(mesa, pilar, c1, gente, en_curso):
    paquete, codigos = mesa
    entregar(paquete, pilar)
    assert recibos.normalizar(votar_con(c1, codigos[2], (1, 3)))
    votar(c1, gente.ana, 1)
    votaciones.cerrar_votacion(en_curso, actor=gente.hugo, motivo="Fin.")
    votaciones.contar_votacion(en_curso, actor=segunda())
    oficial = c1.resultados.get(oficial=True)
    assert oficial.votos == Participacion.objects.filter(contienda=c1).count() == 2
    usado = CodigoImpreso.objects.get(usado=True)
    assert (usado.compromiso, usado.huella) == ("contado", huella_de_impreso(en_curso.pk, codigos[2]))


def test_sin_entregar_no_vale_y_queda_en_el_registro_sin_el_codigo(mesa, c1, pilar, caplog):
    paquete, codigos = mesa
    with pytest.raises(ReglaIncumplida, match="todavía no"):
        votar_con(c1, codigos[0])
    entregar(paquete, pilar)
    votar_con(c1, codigos[0])
    with pytest.raises(ReglaIncumplida, match="todavía no"):
        votar_con(c1, codigos[1])  # un segundo sobre, que nadie recibió
    errores = [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]
    assert len(errores) == 2 and not any(codigo in error for codigo in codigos for error in errores)
    assert Sobre.objects.count() == 1


def test_el_mismo_formulario_da_el_mismo_recibo_y_otro_dice_que_ya_se_uso(mesa, c1, pilar):
    paquete, codigos = mesa
    entregar(paquete, pilar)
    clave = emitir_clave_de_papeleta(c1, usuario=None)
    assert votar_con(c1, codigos[0], clave=clave) == votar_con(c1, codigos[0], clave=clave)
    with pytest.raises(ReglaIncumplida, match="ya se usó"):
        votar_con(c1, codigos[0])
    assert Sobre.objects.count() == 1


def test_un_corte_entre_los_dos_actos_se_repara_con_el_mismo_formulario(mesa, c1, pilar):
    paquete, codigos = mesa
    entregar(paquete, pilar)
    clave = emitir_clave_de_papeleta(c1, usuario=None)
    corte = mock.patch.object(piezas_de_mesa.urna, "depositar", side_effect=OperationalError)
    with corte, pytest.raises(OperationalError):
        votar_con(c1, codigos[0], clave=clave)
    assert (CodigoImpreso.objects.get(usado=True).paquete, Sobre.objects.count()) == (paquete, 0)
    votar_con(c1, codigos[0], clave=clave)
    assert Sobre.objects.count() == 1


def test_los_de_un_paquete_cerrado_ya_no_valen(mesa, c1, pilar, gente):
    paquete, codigos = mesa
    entregar(paquete, pilar)
    acciones.cerrar_paquete(paquete, actor=gente.hugo, motivo="Se perdió.")
    with pytest.raises(ReglaIncumplida, match="cerró su paquete"):
        votar_con(c1, codigos[0])


def test_quien_recibio_codigo_no_vota_con_su_cuenta(mesa, c1, pilar, pueblo):
    from tests.elenco import crear_persona
    from tests.votaciones.padron.piezas import verificar

    paquete, _ = mesa
    entregar(paquete, pilar)
    cuenta = crear_persona("luego", "Luego", otb=pueblo.otb_molle, verificada=False)
    verificar(cuenta, CARNETS[0])
    with pytest.raises(ReglaIncumplida, match=r"[Yy]a vot"):
        votar(c1, cuenta, 1)


# --- A la vez --------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_el_mismo_codigo_a_la_vez_da_una_sola_papeleta(mesa, c1, pilar):
    paquete, codigos = mesa
    for ci in CARNETS:
        entregar(paquete, pilar, ci)
    claves = [emitir_clave_de_papeleta(c1, usuario=None) for _ in range(5)]
    hechas = a_la_vez([lambda k=clave: votar_con(c1, codigos[0], clave=k) for clave in claves])
    assert sorted(type(una).__name__ for una in hechas) == ["ReglaIncumplida"] * 4 + ["str"]
    assert (Sobre.objects.count(), CodigoImpreso.objects.filter(usado=True).count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_la_vez_no_se_usan_ni_se_entregan_mas_codigos_de_los_debidos(c1, gente, pilar, en_curso):
    paquete, codigos = en_la_mesa(c1, gente.hugo, segunda(), 2)
    entregas = a_la_vez([lambda ci=ci: entregar(paquete, pilar, ci) for ci in CARNETS])
    assert sorted(map(str, (type(una).__name__ for una in entregas))) == ["ReglaIncumplida", "int", "int"]
    paquete.refresh_from_db()
    assert (paquete.entregados, Participacion.objects.count()) == (2, 2)
    otro, suyos = en_la_mesa(c1, gente.hugo, segunda(), 3)
    falta = next(ci for ci, una in zip(CARNETS, entregas, strict=True) if isinstance(una, ReglaIncumplida))
    entregar(otro, pilar, falta)
    votos = a_la_vez([lambda c=codigo: votar_con(c1, c) for codigo in suyos])
    assert [type(una).__name__ for una in votos].count("str") == 1
    assert Sobre.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_por_cuenta_y_por_mesa_a_la_vez_la_misma_persona_retira_una(mesa, c1, pilar, pueblo):
    from tests.elenco import crear_persona
    from tests.votaciones.padron.piezas import verificar

    cuenta = crear_persona("luego", "Luego", otb=pueblo.otb_molle, verificada=False)
    verificar(cuenta, CARNETS[0])
    hechas = a_la_vez([lambda: votar(c1, cuenta, 1), lambda: entregar(mesa[0], pilar)] * 2)
    assert Participacion.objects.count() == 1, hechas


# --- Secreto ---------------------------------------------------------------------------------------------------------
def test_ninguna_tabla_une_persona_y_codigo():
    campos = {campo.name for campo in CodigoImpreso._meta.get_fields()}
    assert campos == {"id", "paquete", "huella", "usado", "compromiso"}
    apuntan = {
        modelo.__name__
        for modelo in apps.get_models()
        for campo in modelo._meta.get_fields()
        if campo.is_relation and campo.related_model is CodigoImpreso
    }
    assert apuntan == {"Paquete"}  # la vuelta de su propia llave
    assert {c.name for c in Paquete._meta.get_fields() if c.many_to_one} == {
        "contienda",
        *("preparo", "imprimio", "activo"),
    }


# --- Páginas ---------------------------------------------------------------------------------------------------------
def test_de_la_mesa_al_recibo_sin_dejar_rastro(mesa, c1, pilar, entrar, client, caplog):
    _, codigos = mesa
    cliente = entrar(pilar)
    carnet = {"ci": "6600001", "nacimiento": "31/05/1960"}
    pagina = cliente.post(ruta("entregar"), carnet)
    entrega = pagina.context["entrega"]
    datos = {"ficha": entrega.initial["ficha"], f"paquete-{c1.pk}": str(mesa[0].pk)}
    assert cliente.post(ruta("entregado"), datos).url == ruta("entregar")
    otra = cliente.post(ruta("entregar"), carnet)
    assert (otra.status_code, "ya recibió" in otra.content.decode()) == (409, True)
    assert cliente.post(ruta("entregado"), {"ficha": "falsa"}).status_code == 422
    cliente.logout()
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        pagina = client.post(ruta("codigo"), {"impreso": codigos[1].lower()})
        assert pagina.status_code == 200 and "Tanque de agua" in pagina.content.decode()
        assert "data-borrador" not in pagina.content.decode()
        clave = pagina.context["clave"]
        boleta = {"impreso": codigos[1], "opciones": ["1", "3"], "clave": clave}
        revision = client.post(ruta("codigo_revisar"), boleta)
        assert (revision.status_code, codigos[1] in revision.content.decode()) == (200, True)
        assert client.post(ruta("codigo_revisar"), boleta | {"opciones": []}).status_code == 422
        emitida = client.post(ruta("codigo_emitir"), boleta)
        assert emitida.url == ruta("codigo_recibo")
        del_recibo = client.get(ruta("codigo_recibo"))
    codigo = del_recibo.context["codigo"]
    assert codigo in del_recibo.content.decode() and "no-store" in del_recibo["Cache-Control"]
    assert client.post(ruta("codigo_emitir"), boleta).url == ruta("codigo_recibo")  # doble clic
    usado = client.post(ruta("codigo"), {"impreso": codigos[1]})
    assert (usado.status_code, "ya se usó" in usado.content.decode()) == (409, True)
    client.post(ruta("codigo_terminar"))
    assert client.get(ruta("codigo_recibo")).url == ruta("codigo")
    lineas = [r.getMessage() for r in caplog.records if not r.name.startswith("django.db")]
    todo = str([s.get_decoded() for s in Session.objects.all()]) + str([vars(s) for s in Suceso.objects.all()])
    for secreto in (codigos[1], codigo, clave, "6600001"):
        assert secreto not in todo and not any(secreto in linea for linea in lineas), secreto
    assert Sobre.objects.count() == 1


def test_codigo_que_no_existe_422_con_lo_escrito_y_despues_429(en_curso, client):
    malo = client.post(ruta("codigo"), {"impreso": "corto"})
    assert (malo.status_code, b"corto" in malo.content) == (422, True)
    inventado = {"impreso": "7K2M-9QXA-40TB-H3CD"}
    assert {client.post(ruta("codigo"), inventado).status_code for _ in range(60)} == {422}
    assert client.post(ruta("codigo"), inventado).status_code == 429


def test_las_paginas_de_paquetes(c1, gente, entrar, pilar):
    cliente = entrar(gente.hugo)
    assert cliente.post(ruta("paquetes"), {"contienda": c1.pk, "mesa": "Colegio", "codigos": "0"}).status_code == 422
    hecho = cliente.post(ruta("paquetes"), {"contienda": c1.pk, "mesa": "Colegio", "codigos": "2"})
    paquete = Paquete.objects.get()
    assert hecho.url == ruta("paquete", paquete.pk)
    hojas = cliente.post(ruta("imprimir", paquete.pk))
    assert hojas["Content-Type"] == "application/pdf" and "no-store" in hojas["Cache-Control"]
    assert cliente.post(ruta("imprimir", paquete.pk)).status_code == 409
    assert cliente.post(ruta("llevar", paquete.pk)).status_code == 409  # quien lo imprimió
    assert entrar(pilar).post(ruta("llevar", paquete.pk)).status_code == 403
    cliente = entrar(segunda())
    assert cliente.post(ruta("llevar", paquete.pk)).status_code == 302
    assert cliente.post(ruta("cerrar", paquete.pk), {"motivo": ""}).status_code == 422
    assert cliente.post(ruta("cerrar", paquete.pk), {"motivo": "Fin de la mesa."}).status_code == 302
    assert cliente.get(ruta("paquete", paquete.pk + 1)).status_code == 404
    assert cliente.get(ruta("mesa")).status_code == cliente.get(ruta("paquetes")).status_code == 200


def test_control_sin_candado_de_paquete_se_usarian_de_mas(mesa, c1, pilar):
    """Lo que mira la regla bajo candado: con más usados que entregados, no deja."""
    paquete, codigos = mesa
    entregar(paquete, pilar)
    with mock.patch("votaciones.mesas.acciones.codigo.por_que_no_vale", lambda *_: ""):
        votar_con(c1, codigos[0])
        votar_con(c1, codigos[1])
    assert CodigoImpreso.objects.filter(usado=True).count() > Paquete.objects.get(pk=paquete.pk).entregados
