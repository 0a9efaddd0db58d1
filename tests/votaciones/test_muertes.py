"""El proceso muere a la mitad de votar, de cerrar o de contar (fiabilidad K6 y K7): repetirlo termina y da lo mismo.

Muere de verdad, en un proceso aparte (`morir`), con os._exit: sin deshacer ni cerrar nada.
"""

import hashlib
import json

import pytest

from civic.comun.bitacora import historia
from civic.comun.errores import ReglaIncumplida
from propuestas.models import Propuesta
from tests.guardas import todo_se_deshace
from tests.urnas import elegido
from tests.votaciones.conftest import segunda, votar
from tests.votaciones.morir import morir_en
from votaciones import acciones
from votaciones.models import Participacion, Resultado, Votacion
from votaciones.urna.models import Asiento, Sobre

pytestmark = pytest.mark.django_db(transaction=True)
SU_MOTIVO = {"motivo": "Prueba."}


def retrato_del_resultado():
    """Huella de todo lo que el escrutinio decide: cada resultado con cada regla, y cómo quedó cada propuesta."""
    resultados = Resultado.objects.order_by("contienda__numero", "regla").values_list(
        "contienda__numero", "regla", "oficial", "votos", "gastado", "con_alguna", "pasos", "detalle"
    )
    propuestas = Propuesta.objects.order_by("pk").values_list("pk", "estado")
    todo = json.dumps([list(resultados), list(propuestas)], default=str)
    return hashlib.sha256(todo.encode()).hexdigest()


def lo_guardado():
    """(quién participó en qué, qué sobres hay): nada de esto puede perderse ni crecer."""
    quienes = set(Participacion.objects.values_list("contienda__numero", "usuario", "compromiso", "metodo"))
    return quienes, Participacion.objects.count(), set(Sobre.objects.values_list("contienda", "serie", "vuelta"))


@pytest.fixture
def votada(vecinas, abierta, d1, d2, gente):
    for persona, numeros in [(gente.ana, (1, 3)), (gente.fabio, (1,)), (gente.dora, (1, 4)), (vecinas[0], (2,))]:
        votar(d1, persona, *numeros)
    votar(d2, gente.beto, 1)
    return abierta


# --- Contar ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def cerrada(votada, gente):
    return acciones.cerrar_votacion(votada, actor=gente.hugo, **SU_MOTIVO)


def revisar_escrutinio(cerrada, punto):
    """Muere contando en ese punto; lo que queda está entero y contar otra vez da lo que habría dado sin morir."""
    otra = segunda()
    with todo_se_deshace():
        acciones.contar_votacion(cerrada, actor=otra)
        esperado = retrato_del_resultado()
    antes, sin_contar = lo_guardado(), retrato_del_resultado()
    assert esperado != sin_contar
    morir_en("contar", punto, otra)
    assert lo_guardado() == antes
    termino = punto == "confirmado"
    assert retrato_del_resultado() == (esperado if termino else sin_contar)
    assert Votacion.objects.get().estado == ("contada" if termino else "cerrada")
    for _ in range(2):
        acciones.contar_votacion(cerrada, actor=otra)
        assert (retrato_del_resultado(), lo_guardado()) == (esperado, antes)
    assert Asiento.objects.filter(tipo="escrutinio").count() == 2
    assert [suceso.verbo for suceso in historia(Votacion.objects.get())].count("contar") == 1


@pytest.mark.parametrize(
    "punto",
    [
        "barajadas",
        "un sobre abierto",
        "sobres abiertos",
        "contada la primera",
        "todos los sobres abiertos",
        "antes de confirmar",
        "confirmado",
    ],
)
def test_morir_contando_no_pierde_nada_y_contar_otra_vez_da_lo_mismo(cerrada, punto):
    revisar_escrutinio(cerrada, punto)


def test_control_sin_transaccion_morir_contando_pierde_quien_participo(cerrada):
    with pytest.raises(AssertionError):
        revisar_escrutinio(cerrada, "control: sin transacción")
    assert Participacion.objects.filter(contienda__numero=1).count() == 0


# --- Cerrar ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("punto", "cerradas"),
    [("a mitad de una urna", 0), ("una urna", 1), ("las dos urnas", 2), ("anotado", 2), ("antes de confirmar", 2)],
)
def test_morir_cerrando_no_deja_entrar_ni_pierde_un_voto(votada, vecinas, d1, gente, punto, cerradas):
    antes = lo_guardado()
    morir_en("cerrar", punto, gente.hugo)
    assert (lo_guardado(), Votacion.objects.get().estado) == (antes, "abierta")
    assert Asiento.objects.filter(tipo="cierre").count() == cerradas
    # La votación sigue abierta, pero en la urna ya cerrada no entra nadie: recibe un no, no un recibo.
    aceptados = 4
    if cerradas:
        with pytest.raises(ReglaIncumplida, match="La urna ya se cerró"):
            votar(d1, vecinas[1], 3)
    else:
        votar(d1, vecinas[1], 3)
        aceptados += 1
    acciones.cerrar_votacion(Votacion.objects.get(), actor=gente.hugo, **SU_MOTIVO)
    assert Asiento.objects.filter(tipo="cierre").count() == 2
    contada = acciones.contar_votacion(Votacion.objects.get(), actor=segunda())
    assert [suceso.verbo for suceso in historia(contada)].count("cerrar") == 1
    oficiales = Resultado.objects.filter(oficial=True).order_by("contienda__numero")
    assert [resultado.votos for resultado in oficiales] == [aceptados, 1]


def test_cerrar_ya_confirmado_y_muerto_antes_de_contestar_esta_cerrado(votada, gente):
    antes = lo_guardado()
    morir_en("cerrar", "confirmado", gente.hugo)
    assert (lo_guardado(), Votacion.objects.get().estado) == (antes, "cerrada")
    with pytest.raises(ReglaIncumplida):
        acciones.cerrar_votacion(Votacion.objects.get(), actor=gente.hugo, **SU_MOTIVO)
    assert acciones.contar_votacion(Votacion.objects.get(), actor=segunda()).estado == "contada"


# --- Votar -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("punto", "sobres"), [("confirmado", 0), ("retirada", 0), ("en la urna, sin confirmar", 0), ("depositada", 1)]
)
def test_morir_votando_y_enviar_lo_mismo_da_un_voto_y_un_recibo(abierta, d1, gente, punto, sobres):
    """K6. Cada punto, de la credencial recién retirada al sobre escrito sin que nadie reciba la respuesta."""
    clave = acciones.emitir_clave_de_papeleta(d1, usuario=gente.ana)
    morir_en("votar", punto, gente.ana, eleccion=[1, 3], clave=clave)
    assert (Participacion.objects.count(), Sobre.objects.count()) == (1, sobres)
    recibos = {acciones.emitir_voto(d1, usuario=gente.ana, eleccion=[1, 3], clave=clave) for _ in range(3)}
    assert len(recibos) == 1
    assert (Participacion.objects.count(), elegido(d1)) == (1, [[1, 3]])


def test_control_con_otro_formulario_la_segunda_vez_no_es_un_reenvio(abierta, d1, gente):
    """Sin la misma clave nadie sabe que es el mismo envío: por eso va en el formulario."""
    clave = acciones.emitir_clave_de_papeleta(d1, usuario=gente.ana)
    morir_en("votar", "depositada", gente.ana, eleccion=[1, 3], clave=clave)
    with pytest.raises(ReglaIncumplida, match="Ya votaste"):
        votar(d1, gente.ana, 1, 3)
    assert elegido(d1) == [[1, 3]]
