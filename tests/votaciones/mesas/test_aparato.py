"""El aparato de la mesa: quien atiende no ve nada, la persona no sale del turno, y al final no queda rastro."""

import logging
from unittest import mock

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.urls import reverse

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from tests.elenco import CLAVE, crear_persona, dar_rol
from tests.votaciones.conftest import segunda, votar
from tests.votaciones.mesas.piezas import CARNETS, en_la_mesa, entregar, identidad_de, votar_con
from tests.votaciones.padron.piezas import verificar
from tests.votaciones.test_carreras import a_la_vez
from votaciones.acciones import mesa as piezas_de_mesa
from votaciones.mesas import acciones, fichas
from votaciones.mesas.turno import emitir_clave_de_turno
from votaciones.models import Participacion
from votaciones.urna.models import Sobre

CARNET = {"ci": "6600001", "nacimiento": "31/05/1960"}


def ruta(nombre):
    return reverse(f"mesas:{nombre}", args=["poa-2027"])


def votar_en(contienda, actor, eleccion=(1,), ci=CARNETS[0], clave=""):
    identidad = identidad_de(ci).pk
    clave = clave or emitir_clave_de_turno(contienda, identidad=identidad, actor=actor)
    return acciones.votar_en_aparato(contienda, identidad=identidad, eleccion=list(eleccion), clave=clave, actor=actor)


@pytest.fixture
def turno(c1, pilar, entrar):
    """(el aparato con el turno abierto, la ficha)."""
    cliente = entrar(pilar)
    pagina = cliente.post(ruta("aparato"), CARNET)
    assert "Entrega el aparato" in pagina.content.decode()
    return cliente, pagina.context["ficha"]


def test_el_turno_entero_y_nada_queda(turno, c1, pilar, caplog):
    cliente, ficha = turno
    with caplog.at_level(logging.DEBUG):
        papeleta = cliente.post(ruta("turno"), {"ficha": ficha})
        assert papeleta.status_code == 200 and "data-borrador" not in papeleta.content.decode()
        clave = papeleta.context["clave"]
        boleta = {"ficha": ficha, "clave": clave, "opciones": ["1", "3"]}
        assert cliente.post(ruta("turno_revisar"), boleta).status_code == 200
        assert cliente.post(ruta("turno_revisar"), {"ficha": ficha, "clave": clave}).status_code == 422
        emitida = cliente.post(ruta("turno_emitir"), boleta)
        assert emitida.url == ruta("turno_recibo") and "?" not in emitida.url
        recibo = cliente.get(emitida.url)
        codigo = recibo.context["codigo"]
        assert (recibo.context["otra"], codigo in recibo.content.decode()) == (None, True)
        assert "no-store" in recibo["Cache-Control"] and "no-store" in papeleta["Cache-Control"]
        assert cliente.post(ruta("turno_emitir"), boleta).url == ruta("turno_recibo")  # doble clic
        assert cliente.post(ruta("turno_terminar")).url == ruta("devolver")
        assert cliente.get(ruta("turno_recibo")).url == ruta("devolver")  # «atrás» no muestra nada
        neutral = cliente.get(ruta("devolver")).content.decode()
        assert "Devuelve el aparato" in neutral and codigo not in neutral and "Tanque" not in neutral
        assert cliente.post(ruta("devolver"), {"clave": CLAVE}).url == ruta("aparato")
    una = Participacion.objects.get()
    assert (una.canal, una.usuario, una.identidad, Sobre.objects.count()) == ("kiosco", None, identidad_de(), 1)
    lineas = [r.getMessage() for r in caplog.records if not r.name.startswith("django.db")]
    todo = str([s.get_decoded() for s in Session.objects.all()]) + str([vars(s) for s in Suceso.objects.all()])
    for secreto in (codigo, clave, ficha, "6600001"):
        assert secreto not in todo and not any(secreto in linea for linea in lineas), secreto
    mesa = cliente.get(ruta("mesa")).content.decode()
    assert codigo not in mesa and "6600001" not in mesa


@pytest.mark.parametrize(
    "otra", ["/", "/cuentas/mi-cuenta/", "/votaciones/poa-2027/mesa/", "/votaciones/poa-2027/codigo/"]
)
def test_con_el_turno_abierto_todo_lo_demas_lleva_a_devolver(turno, otra):
    cliente, _ = turno
    assert cliente.get(otra).url == ruta("devolver")
    assert cliente.post(ruta("aparato"), CARNET).url == ruta("devolver")
    assert cliente.get(ruta("turno")).url == ruta("devolver")


def test_control_sin_la_guardia_la_persona_usaria_la_sesion(turno, monkeypatch):
    monkeypatch.setattr("votaciones.mesas.turno.abierto", lambda request: "")
    assert turno[0].get(ruta("mesa")).status_code == 200


def test_se_recupera_solo_con_la_contrasena_de_quien_atiende_o_saliendo(turno):
    cliente, _ = turno
    mala = cliente.post(ruta("devolver"), {"clave": "no-es"})
    assert (mala.status_code, "no-es" in mala.content.decode()) == (422, False)
    assert cliente.get(ruta("mesa")).url == ruta("devolver")
    assert [cliente.post(ruta("devolver"), {"clave": "no-es"}).status_code for _ in range(10)][-1] == 429
    cliente.post(reverse("account_logout"))
    assert cliente.get(ruta("mesa")).url.startswith("/cuentas/ingresar/")


def test_la_ficha_de_otra_mesa_o_inventada_no_vale(turno, en_curso, c1, gente):
    cliente, _ = turno
    ajena = fichas.emitir(en_curso, gente.hugo, identidad=identidad_de().pk, contiendas=[c1.pk])
    for ficha in (ajena, "inventada", ""):
        pagina = cliente.post(ruta("turno"), {"ficha": ficha})
        assert (pagina.status_code, "identificar" in pagina.content.decode()) == (422, True)


def test_la_clave_de_otra_persona_no_vota_por_esta(c1, pilar):
    clave = emitir_clave_de_turno(c1, identidad=identidad_de(CARNETS[1]).pk, actor=pilar)
    with pytest.raises(ReglaIncumplida):
        votar_en(c1, pilar, clave=clave)
    assert not Participacion.objects.exists()


def test_un_corte_entre_los_dos_actos_se_repara_con_el_mismo_formulario(c1, pilar):
    clave = emitir_clave_de_turno(c1, identidad=identidad_de().pk, actor=pilar)
    corte = mock.patch.object(piezas_de_mesa.urna, "depositar", side_effect=OperationalError)
    with corte, pytest.raises(OperationalError):
        votar_en(c1, pilar, clave=clave)
    assert (Participacion.objects.count(), Sobre.objects.count()) == (1, 0)
    assert votar_en(c1, pilar, clave=clave) == votar_en(c1, pilar, clave=clave)
    assert Sobre.objects.count() == 1


def test_con_dos_papeletas_sigue_la_otra(turno, en_curso, c1, pilar):
    cliente, _ = turno
    c2 = en_curso.contiendas.get(numero=2)
    ficha = fichas.emitir(en_curso, pilar, identidad=identidad_de().pk, contiendas=[c1.pk, c2.pk])
    clave = cliente.post(ruta("turno"), {"ficha": ficha}).context["clave"]
    cliente.post(ruta("turno_emitir"), {"ficha": ficha, "clave": clave, "opciones": ["1"]})
    recibo = cliente.get(ruta("turno_recibo"))
    assert recibo.context["otra"] == c2
    siguiente = cliente.post(ruta("turno"), {"ficha": recibo.context["ficha"]})
    assert siguiente.context["contienda"] == c2
    assert cliente.get(ruta("turno_recibo")).url == ruta("devolver")  # el recibo anterior se borró


def test_otra_promotora_no_atiende_ese_distrito(c1, pueblo, entrar):
    otra = crear_persona("rosa", "Rosa")
    dar_rol(otra, "promotora")
    otra.asignaciones.update(distrito=pueblo.distrito_2)
    pagina = entrar(otra).post(ruta("aparato"), CARNET)
    assert (pagina.status_code, "otro distrito" in pagina.content.decode()) == (409, True)


@pytest.mark.django_db(transaction=True)
def test_una_persona_una_papeleta_por_cualquier_medio_a_la_vez(c1, pilar, pueblo, gente):
    cuenta = crear_persona("luego", "Luego", otb=pueblo.otb_molle, verificada=False)
    verificar(cuenta, CARNETS[0])
    paquete, codigos = en_la_mesa(c1, gente.hugo, segunda(), 2)
    hechas = a_la_vez([lambda: votar(c1, cuenta, 1), lambda: entregar(paquete, pilar), lambda: votar_en(c1, pilar)] * 2)
    assert Participacion.objects.count() == 1, hechas
    if Participacion.objects.get().canal == "codigo":
        votar_con(c1, codigos[0])
    assert Sobre.objects.count() == 1
