"""La revisión de forma: publicar corrigiendo, devolver con razón y apelar."""

import pytest

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.cuentas.roles import Rol
from propuestas import acciones, permisos
from propuestas.models import Propuesta, Reclamo, TextoAnterior
from propuestas.reglas import AUTOR, Conflicto
from tests.elenco import crear_persona, dar_rol
from tests.propuestas.piezas import enviada

CELULAR = "Llamen a Juan al 70712345."


@pytest.fixture
def maria(gente):
    persona = crear_persona("maria", "María Modera")
    dar_rol(persona, Rol.GESTION_COMUNIDAD)
    return persona


@pytest.fixture
def llegada(recepcion, gente, pueblo):
    return enviada(recepcion, gente.ana, pueblo, descripcion=f"Falta agua. {CELULAR}")


@pytest.fixture
def devuelta(llegada, gente):
    return acciones.revisar_forma(
        llegada, actor=gente.hugo, decision="devuelta", razon="insultos", motivo="Quita la última frase."
    )


def corregir(propuesta, actor, **cambios):
    datos = {"razon": "datos_personales", "motivo": "Había un celular.", "textos": {"descripcion": "Falta agua."}}
    return acciones.revisar_forma(propuesta, actor=actor, decision="publicada", **datos | cambios)


def test_publicar_corrigiendo_guarda_el_original_reservado_y_dice_que_cambio(llegada, maria, client, gente):
    propuesta = corregir(llegada, maria)
    assert (propuesta.estado, propuesta.descripcion) == ("publicada", "Falta agua.")
    assert TextoAnterior.objects.get().descripcion == f"Falta agua. {CELULAR}"
    texto = client.get(propuesta.get_absolute_url()).content.decode()
    assert "Se corrigió su forma: qué se pide y por qué." in texto
    assert "70712345" not in texto
    en_bitacora = str(list(Suceso.objects.de(propuesta).values_list("texto", "motivo", "datos")))
    assert ("70712345" in en_bitacora, "Había un celular" in en_bitacora) == (False, False)


def test_el_original_lo_leen_solo_quien_la_presento_y_quien_revisa(llegada, maria, entrar, client, gente):
    propuesta = corregir(llegada, maria)
    direccion = f"/propuestas/{propuesta.pk}/correcciones/"
    assert client.get(direccion).status_code == 302
    for persona in (gente.beto, gente.carla, gente.dora):
        assert entrar(persona).get(direccion).status_code == 404, persona
    for persona in (gente.ana, maria):
        assert "70712345" in entrar(persona).get(direccion).content.decode(), persona
    assert list(Suceso.objects.de(propuesta).filter(verbo="mirar").values_list("actor", flat=True)) == [maria.pk]


@pytest.mark.parametrize("cambios", [{"razon": ""}, {"razon": "me_parece_mal"}, {"motivo": " "}])
def test_corregir_sin_razon_o_sin_explicar_no_cambia_nada(llegada, maria, cambios):
    with pytest.raises(ReglaIncumplida):
        corregir(llegada, maria, **cambios)
    llegada.refresh_from_db()
    assert (llegada.estado, CELULAR in llegada.descripcion, TextoAnterior.objects.count()) == ("enviada", True, 0)


def test_publicar_igual_que_como_llego_no_pide_razon_ni_guarda_copia(llegada, maria):
    textos = {"titulo": llegada.titulo, "descripcion": llegada.descripcion, "referencia": llegada.referencia}
    assert corregir(llegada, maria, razon="", motivo="", textos=textos).estado == "publicada"
    assert TextoAnterior.objects.count() == 0


def test_devolver_lleva_razon_de_la_lista_y_no_es_publico(devuelta):
    ultimo = Suceso.objects.de(devuelta).latest("numero")
    assert (devuelta.estado, ultimo.motivo, ultimo.publico, ultimo.datos["razon"]) == (
        "devuelta",
        "Insulta o discrimina: Quita la última frase.",
        False,
        "insultos",
    )


def test_revisar_no_le_toca_a_quien_la_presento_ni_a_quien_evalua(recepcion, gente, pueblo, llegada):
    suya = enviada(recepcion, gente.hugo, pueblo)
    for propuesta, actor in ((suya, gente.hugo), (llegada, gente.carla), (llegada, gente.ana)):
        with pytest.raises(ReglaIncumplida):
            acciones.revisar_forma(propuesta, actor=actor, decision="publicada")


# --- Apelar ---


def apelar(propuesta, quien):
    return acciones.mover_propuesta(
        propuesta, hacia="apelada", actor=quien, calidad=AUTOR, motivo="No insulta a nadie."
    )


def test_la_apelacion_la_decide_otra_persona(devuelta, gente, maria):
    apelada = apelar(devuelta, gente.ana)
    assert permisos.por_que_no_revisa(gente.hugo, apelada).startswith("Tú la devolviste")
    with pytest.raises(ReglaIncumplida, match="Tú la devolviste"):
        acciones.revisar_forma(apelada, actor=gente.hugo, decision="publicada")
    assert acciones.revisar_forma(apelada, actor=maria, decision="publicada").estado == "publicada"
    reclamo = Reclamo.objects.get()
    assert (reclamo.clase, reclamo.contra, reclamo.resuelto_por) == ("forma", gente.hugo, maria)


def test_se_apela_una_sola_vez_y_despues_se_puede_corregir(devuelta, gente, maria):
    apelada = apelar(devuelta, gente.ana)
    otra_vez = acciones.revisar_forma(apelada, actor=maria, decision="devuelta", razon="insultos", motivo="Sí insulta.")
    assert (otra_vez.estado, permisos.puede_apelar(gente.ana, otra_vez)) == ("devuelta", False)
    with pytest.raises(ReglaIncumplida, match="Ya reclamaste"):
        apelar(otra_vez, gente.ana)
    acciones.guardar_borrador(otra_vez, actor=gente.ana, descripcion="Falta agua.")
    assert acciones.presentar_propuesta(otra_vez, actor=gente.ana).estado == "enviada"


def test_apelar_desde_la_pagina_pide_por_que(devuelta, gente, entrar):
    cliente = entrar(gente.ana)
    direccion = f"/propuestas/{devuelta.pk}/apelar/"
    assert direccion in cliente.get(f"/propuestas/borradores/{devuelta.pk}/que/").content.decode()
    assert "Quita la última frase." in cliente.get(direccion).content.decode()
    assert cliente.post(direccion, {"motivo": " "}).status_code == 422
    assert cliente.post(direccion, {"motivo": "No insulta."}).status_code == 302
    assert Propuesta.objects.get().estado == "apelada"
    assert cliente.get(direccion).status_code == 302
    otra_vez = cliente.post(direccion, {"motivo": "No insulta."})
    assert (otra_vez.status_code, "no puede pasar a «En apelación»" in otra_vez.content.decode()) == (422, True)
    assert entrar(gente.beto).get(direccion).status_code == 404


def test_decidir_sobre_un_texto_que_otra_persona_ya_corrigio_es_un_conflicto(devuelta, gente, maria):
    leido = devuelta.sello
    acciones.guardar_borrador(devuelta, actor=gente.ana, descripcion="Otra cosa.")
    propuesta = acciones.presentar_propuesta(devuelta, actor=gente.ana)
    with pytest.raises(Conflicto):
        acciones.revisar_forma(propuesta, actor=maria, decision="publicada", leido=leido)
    propuesta.refresh_from_db()
    assert propuesta.estado == "enviada"
