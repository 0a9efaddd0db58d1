"""Votar, reenviar y cambiar en cualquier orden y a la vez (fiabilidad C4), donde la votación deja cambiar el voto.

Lo que pase se compara con un modelo de pocas líneas: de cada persona, su código y lo último que eligió.
"""

import random
import threading
from dataclasses import dataclass, field

import pytest
from django.db import IntegrityError, connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from civic.comun.errores import ReglaIncumplida
from tests.elenco import crear_persona
from tests.guardas import se_deshace
from tests.urnas import cerrojo_de
from tests.votaciones.conftest import abrir, segunda
from tests.votaciones.test_carreras import a_la_vez
from votaciones import acciones
from votaciones.models import Contienda, Participacion, Votacion
from votaciones.reglas import credencial as credenciales
from votaciones.urna import acciones as urna
from votaciones.urna import consultas
from votaciones.urna.models import Sobre

PERSONAS = 4
# En la suite, unos 200 pasos; tests/rendimiento/test_en_cualquier_orden.py da dos mil.
POCOS = settings(
    max_examples=10, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
una_persona = st.integers(0, PERSONAS - 1)
una_eleccion = st.sampled_from([(1,), (2,), (3,), (1, 3), (2, 4)])


@pytest.fixture
def quienes(preparada, pueblo):
    return [crear_persona(f"persona{n}", f"Persona {n}", otb=pueblo.otb_molle) for n in range(PERSONAS)]


@pytest.fixture
def d1(quienes, preparada, gente):
    Votacion.objects.update(se_cambia=True)
    preparada.refresh_from_db()
    abierta = abrir(preparada, actor=gente.hugo)
    return abierta.contiendas.select_related("votacion__proceso").get(numero=1)


def vueltas_de(contienda, codigo):
    """Lo que llevan los sobres de una credencial, de la primera vuelta a la última."""
    sobres = Sobre.objects.filter(contienda=contienda.pk, serie=credenciales.serie_de(codigo)).order_by("vuelta")
    return [tuple(cerrojo_de(contienda).abrir(sobre.cerrado)) for sobre in sobres]


# --- De a una, en cualquier orden ------------------------------------------------------------------------------------
def maquina_para(contienda, personas, planificadora, contadora):
    """La máquina de estados de Hypothesis sobre esa urna; al terminar cada ejemplo, todo se deshace."""

    class Urna(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.deshacer = se_deshace()
            self.deshacer.__enter__()
            self.contienda = Contienda.objects.select_related("votacion__proceso").get(pk=contienda.pk)
            self.codigos, self.vale, self.formularios, self.cerrada = {}, {}, [], False

        def teardown(self):
            try:
                self.contar()
            finally:
                self.deshacer.__exit__(None, None, None)

        def enviar(self, quien, eleccion, clave):
            try:
                return acciones.emitir_voto(self.contienda, usuario=personas[quien], eleccion=eleccion, clave=clave)
            except ReglaIncumplida as no:
                return no

        def esperar(self, quien, eleccion, es_la_suya, respuesta):
            """Qué debía contestar, según el modelo; y lo que el modelo recuerda desde ahora."""
            if quien in self.codigos and es_la_suya:
                entra = not self.cerrada or self.vale[quien] == eleccion  # cerrada, solo se repite el recibo
            else:
                entra = quien not in self.codigos and not self.cerrada
            if not entra:
                assert isinstance(respuesta, ReglaIncumplida), respuesta
                assert "Ya votaste" in respuesta.mensaje or (self.cerrada and "se cerró" in respuesta.mensaje)
                return
            assert isinstance(respuesta, str), respuesta
            assert self.codigos.setdefault(quien, respuesta) == respuesta
            self.vale[quien] = eleccion

        @rule(quien=una_persona, eleccion=una_eleccion)
        def votar(self, quien, eleccion):
            clave = acciones.emitir_clave_de_papeleta(self.contienda, usuario=personas[quien])
            es_nueva = quien not in self.codigos
            respuesta = self.enviar(quien, eleccion, clave)
            self.esperar(quien, eleccion, False, respuesta)
            self.formularios.append((quien, eleccion, clave, es_nueva and isinstance(respuesta, str)))

        @precondition(lambda self: self.formularios)
        @rule(cual=st.integers(0, 10_000), otra=st.none() | una_eleccion)
        def reenviar(self, cual, otra):
            """El mismo formulario, con lo mismo o con otra cosa marcada."""
            quien, eleccion, clave, entro = self.formularios[cual % len(self.formularios)]
            eleccion = otra or eleccion
            respuesta = self.enviar(quien, eleccion, clave)
            if not entro and quien not in self.codigos and not self.cerrada:
                raise AssertionError("Un formulario rechazado por repetido quedó sin voto anterior.")
            self.esperar(quien, eleccion, entro, respuesta)

        @precondition(lambda self: self.codigos)
        @rule(quien=una_persona, eleccion=una_eleccion)
        def cambiar(self, quien, eleccion):
            if quien not in self.codigos:
                return
            codigo = self.codigos[quien]
            clave = acciones.emitir_clave_de_cambio(self.contienda, usuario=personas[quien], codigo=codigo)
            self.esperar(quien, eleccion, True, self.enviar(quien, eleccion, clave))

        @precondition(lambda self: self.codigos)
        @rule(quien=una_persona, de=una_persona, eleccion=una_eleccion)
        def cambiar_con_el_codigo_de_otra(self, quien, de, eleccion):
            if de == quien or de not in self.codigos or quien not in self.codigos:
                return
            codigo = self.codigos[de]
            clave = acciones.emitir_clave_de_cambio(self.contienda, usuario=personas[quien], codigo=codigo)
            self.esperar(quien, eleccion, False, self.enviar(quien, eleccion, clave))

        @rule(minimo=st.sampled_from([1, 3]))
        def asentar(self, minimo):
            if self.codigos:
                urna.asentar_lote(self.contienda.pk, minimo=minimo)

        @precondition(lambda self: len(self.codigos) > 1 and not self.cerrada)
        @rule(de_verdad=st.integers(0, 4))
        def cerrar(self, de_verdad):
            if de_verdad:  # una de cada cinco: cerrar pronto deja poco que probar
                return
            acciones.cerrar_votacion(self.contienda.votacion, actor=planificadora, motivo="Prueba.")
            self.contienda = Contienda.objects.select_related("votacion__proceso").get(pk=contienda.pk)
            self.cerrada = True

        @invariant()
        def como_dice_el_modelo(self):
            quedo = {quien: vueltas_de(self.contienda, codigo)[-1] for quien, codigo in self.codigos.items()}
            assert quedo == self.vale
            assert Participacion.objects.filter(contienda=contienda.pk).count() == len(self.codigos)
            assert consultas.papeletas_por_contienda([contienda.pk]).get(contienda.pk, 0) == len(self.codigos)

        def contar(self):
            if not self.cerrada:
                acciones.cerrar_votacion(self.contienda.votacion, actor=planificadora, motivo="Prueba.")
            acciones.contar_votacion(self.contienda.votacion, actor=contadora)
            contadas = [tuple(seleccion) for seleccion in consultas.selecciones_de(contienda.pk)]
            assert sorted(contadas) == sorted(self.vale.values())

    return Urna


@pytest.mark.django_db
def test_en_cualquier_orden_pasa_lo_que_dice_el_modelo(d1, quienes, gente):
    run_state_machine_as_test(maquina_para(d1, quienes, gente.hugo, segunda()), settings=POCOS)


@pytest.mark.django_db
def test_control_si_valiera_el_primero_el_modelo_lo_nota(d1, quienes, gente, monkeypatch):
    """Con una urna que al cambiar contesta que sí y guarda lo de antes, Hypothesis encuentra el ejemplo."""
    de_verdad = urna._depositar

    def sin_cambiar(contienda, credencial, *mas):
        if consultas.ultimo_sobre(contienda, credencial.serie) is None:
            de_verdad(contienda, credencial, *mas)

    monkeypatch.setattr(urna, "_depositar", sin_cambiar)
    with pytest.raises(AssertionError):
        # Sin achicar el ejemplo: basta con que lo encuentre.
        run_state_machine_as_test(
            maquina_para(d1, quienes, gente.hugo, segunda()),
            settings=settings(POCOS, phases=[Phase.generate], report_multiple_bugs=False, max_examples=30),
        )


# --- A la vez --------------------------------------------------------------------------------------------------------
@dataclass
class Historia:
    """Lo que envió cada aparato de una persona, en orden, y lo que quedó escrito. `no`: lo que se le rechazó."""

    aparatos: list[list[tuple]] = field(default_factory=list)
    escrito: list[tuple] = field(default_factory=list)


def hay_un_orden(historia):
    """Si algún orden de los envíos aceptados, sin cruzar los de un mismo aparato, deja justo esas vueltas."""
    vistos = set()

    def seguir(lugares, escritas):
        if (lugares, escritas) in vistos:
            return False
        vistos.add((lugares, escritas))
        if all(lugar == len(suyos) for lugar, suyos in zip(lugares, historia.aparatos, strict=True)):
            return escritas == len(historia.escrito)
        ahora = historia.escrito[escritas - 1] if escritas else None
        for numero, suyos in enumerate(historia.aparatos):
            if lugares[numero] == len(suyos):
                continue
            elige = suyos[lugares[numero]]
            sigue = lugares[:numero] + (lugares[numero] + 1,) + lugares[numero + 1 :]
            if elige == ahora:  # lo mismo que ya estaba: no agrega
                if seguir(sigue, escritas):
                    return True
            elif historia.escrito[escritas : escritas + 1] == [elige] and seguir(sigue, escritas + 1):
                return True
        return False

    return seguir((0,) * len(historia.aparatos), 0)


@pytest.mark.parametrize(
    ("aparatos", "escrito", "hay"),
    [
        ([[(1,)], [(2,)]], [(1,), (2,)], True),
        ([[(1,)], [(2,)]], [(2,), (1,)], True),
        ([[(1,), (2,)], [(1,)]], [(1,), (2,)], True),
        ([[(1,)], [(2,)]], [(1,)], False),  # un cambio aceptado que no está
        ([[(1,), (2,)]], [(2,), (1,)], False),  # un aparato al revés
        ([[(1,)]], [(1,), (3,)], False),  # algo que nadie envió
        ([[(1,)], [(1,)]], [(1,), (1,)], False),  # repetido
    ],
)
def test_control_el_que_busca_un_orden_sabe_decir_que_no(aparatos, escrito, hay):
    assert hay_un_orden(Historia(aparatos, escrito)) is hay


def a_la_vez_cada_aparato(contienda, personas, azar, *, aparatos=3, envios=4):
    """Cada persona con varios aparatos que envían a la vez; devuelve {persona: su historia}."""
    codigos = {
        persona: acciones.emitir_voto(
            contienda,
            usuario=persona,
            eleccion=(4,),
            clave=acciones.emitir_clave_de_papeleta(contienda, usuario=persona),
        )
        for persona in personas
    }
    planes = [
        (persona, [azar.choice([(1,), (2,), (3,), (1, 3)]) for _ in range(envios)])
        for persona in personas
        for _ in range(aparatos)
    ]

    def usar(persona, plan):
        entraron = []
        for eleccion in plan:
            clave = acciones.emitir_clave_de_cambio(contienda, usuario=persona, codigo=codigos[persona])
            assert codigos[persona] == acciones.emitir_voto(contienda, usuario=persona, eleccion=eleccion, clave=clave)
            entraron.append(eleccion)
        return persona, entraron

    historias = {persona: Historia([[(4,)]]) for persona in personas}
    for respuesta in a_la_vez([lambda p=persona, q=plan: usar(p, q) for persona, plan in planes]):
        assert isinstance(respuesta, tuple), respuesta
        persona, entraron = respuesta
        historias[persona].aparatos.append(entraron)
    for persona, historia in historias.items():
        historia.escrito = vueltas_de(contienda, codigos[persona])
        assert historia.escrito[0] == (4,)
    return historias


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("semilla", range(3))
def test_a_la_vez_queda_como_en_algun_orden(d1, quienes, gente, semilla):
    historias = a_la_vez_cada_aparato(d1, quienes[:3], random.Random(semilla))
    for historia in historias.values():
        assert hay_un_orden(historia), historia
    acciones.cerrar_votacion(d1.votacion, actor=gente.hugo, motivo="Prueba.")
    acciones.contar_votacion(d1.votacion, actor=segunda())
    ultimas = sorted(historia.escrito[-1] for historia in historias.values())
    assert sorted(map(tuple, consultas.selecciones_de(d1.pk))) == ultimas


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_sin_candado_y_callando_el_choque_no_hay_orden_que_lo_explique(d1, quienes, monkeypatch):
    """Dos cambios leen la misma vuelta: la base deja entrar uno, y quien calla el choque dice que entraron los dos."""
    if connection.vendor == "sqlite":
        pytest.skip("En SQLite cada transacción empieza con BEGIN IMMEDIATE: la segunda lee lo de la primera.")
    [persona] = quienes[:1]
    juntas, de_verdad, leer = threading.Barrier(2), urna.depositar, consultas.ultimo_sobre
    leido = threading.local()

    def leer_a_la_vez(*args):
        sobre = leer(*args)
        if sobre is not None and not getattr(leido, "ya", False):
            leido.ya = True
            juntas.wait(timeout=20)
        return sobre

    def callar(contienda, credencial, seleccion, recibo, *, ahora=None, cambia=True):
        try:
            with urna.transaction.atomic(using=urna.BASE):
                urna._depositar(contienda, credencial, seleccion, recibo, ahora, cambia, None)
        except IntegrityError:
            return

    clave = acciones.emitir_clave_de_papeleta(d1, usuario=persona)
    codigo = acciones.emitir_voto(d1, usuario=persona, eleccion=(4,), clave=clave)
    monkeypatch.setattr(urna, "_trancar", lambda *_: None)
    monkeypatch.setattr(consultas, "ultimo_sobre", leer_a_la_vez)
    cambio = acciones.emitir_clave_de_cambio(d1, usuario=persona, codigo=codigo)

    def cambiar(eleccion):
        return acciones.emitir_voto(d1, usuario=persona, eleccion=eleccion, clave=cambio)

    with monkeypatch.context() as parche:
        parche.setattr(urna, "depositar", callar)
        respuestas = a_la_vez([lambda e=eleccion: cambiar(e) for eleccion in [(1,), (2,)]])
    assert respuestas == [codigo, codigo]
    assert not hay_un_orden(Historia([[(4,)], [(1,)], [(2,)]], vueltas_de(d1, codigo)))
    # Sin candado pero con lo que hace la urna ante el choque (mirar otra vez), sí lo hay.
    monkeypatch.setattr(urna, "depositar", de_verdad)
    escritas = vueltas_de(d1, codigo)
    assert a_la_vez([lambda e=eleccion: cambiar(e) for eleccion in [(3,), (1, 3)]]) == [codigo, codigo]
    nuevas = [escritas[-1], *vueltas_de(d1, codigo)[len(escritas) :]]
    assert hay_un_orden(Historia([[escritas[-1]], [(3,)], [(1, 3)]], nuevas))
