"""Inscribir en la mesa a quien no tiene cuenta, y que al publicar otra vez siga y no se doble."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.cuentas.models import Identidad
from civic.cuentas.reglas_identidad import normalizar_ci
from tests.elenco import crear_persona
from tests.votaciones.conftest import segunda, votar
from tests.votaciones.mesas.piezas import CARNETS, NACIMIENTO, identidad_de, inscribir
from tests.votaciones.padron.piezas import CI, DIA, con_carnet, publicar, verificar
from votaciones.acciones import retirar_en_mesa
from votaciones.derecho import derecho_de
from votaciones.mesas.acciones import inscribir as del_modulo
from votaciones.mesas.acciones import quitar_inscripcion
from votaciones.mesas.models import Inscripcion
from votaciones.mesas.reconocer import reconocer
from votaciones.padron.models import Habilitacion
from votaciones.permisos import impedimento_de


def suyas(padron, identidad):
    return Habilitacion.objects.filter(padron=padron, identidad=identidad)


def test_inscribir_da_una_papeleta_sin_cuenta_y_no_anota_de_quien(padron, pilar, pueblo):
    hecha = inscribir(padron, pilar, pueblo.otb_molle)
    una = suyas(padron, hecha.identidad).get()
    assert (una.usuario_id, una.contienda.numero, una.metodo) == (None, 1, "promotora")
    assert hecha.identidad.cuenta_id is None
    suceso = Suceso.objects.get(verbo="inscribir")
    assert (suceso.publico, suceso.actor) == (False, pilar)
    assert CARNETS[0].numero not in str(vars(suceso)) and hecha.identidad.huella not in str(vars(suceso))


def test_dos_veces_la_misma_dice_que_ya_esta_y_la_base_tampoco_deja(padron, pilar, pueblo):
    hecha = inscribir(padron, pilar, pueblo.otb_molle)
    with pytest.raises(ReglaIncumplida, match="ya está inscrita"):
        inscribir(padron, pilar, pueblo.otb_molle, normalizar_ci("6.600.001 CB"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Inscripcion.objects.create(padron=padron, identidad=hecha.identidad, lugar=hecha.lugar, actor=pilar)
    assert Inscripcion.objects.count() == 1


def test_quien_esta_con_su_cuenta_no_se_inscribe_otra_vez(votacion, gente, pilar, pueblo):
    con_carnet(pueblo, "con")
    padron = publicar(votacion, gente.hugo)
    with pytest.raises(ReglaIncumplida, match="con su cuenta"):
        inscribir(padron, pilar, pueblo.otb_molle, CI)
    nueva = normalizar_ci("7788991")
    con_carnet(pueblo, "tarde", nueva)  # después del corte: tiene cuenta y no está
    with pytest.raises(ReglaIncumplida, match="reclame"):
        inscribir(padron, pilar, pueblo.otb_molle, nueva)
    assert not Inscripcion.objects.exists()


@pytest.mark.parametrize(("ci", "fecha", "frase"), [("6600001", 1, "otra fecha"), ("6600001-1A", 0, "ese número")])
def test_el_mismo_numero_con_otra_fecha_o_con_complemento_no_entra(padron, pilar, pueblo, ci, fecha, frase):
    inscribir(padron, pilar, pueblo.otb_molle)
    with pytest.raises(ReglaIncumplida, match=frase):
        inscribir(padron, pilar, pueblo.otb_molle, normalizar_ci(ci), NACIMIENTO + fecha * DIA)
    assert (Inscripcion.objects.count(), Identidad.objects.filter(cuenta=None).count()) == (1, 1)


def test_dos_personas_con_el_mismo_numero_y_distinta_fecha_si_entran(padron, pilar, pueblo):
    inscribir(padron, pilar, pueblo.otb_molle)
    inscribir(padron, pilar, pueblo.otb_molle, normalizar_ci("6600001-1A"), NACIMIENTO + DIA)
    assert Inscripcion.objects.count() == 2


def test_fuera_de_plazo_o_de_su_distrito_no(padron, pilar, pueblo):
    with pytest.raises(ReglaIncumplida, match="se observa"):
        inscribir(padron, pilar, pueblo.otb_molle, ahora=padron.observable_hasta)
    with pytest.raises(ReglaIncumplida, match="tu distrito"):
        inscribir(padron, pilar, pueblo.otb_ceibo)
    assert not Identidad.objects.filter(cuenta=None).exists()


def test_publicar_otra_vez_conserva_a_las_inscritas(padron, votacion, gente, pilar, pueblo):
    uno, otra = (inscribir(padron, pilar, pueblo.otb_molle, ci) for ci in CARNETS[:2])
    # La segunda abre una cuenta y se verifica: queda una sola vez, con su cuenta.
    cuenta = crear_persona("luego", "Luego", otb=pueblo.otb_molle, verificada=False)
    verificar(cuenta, CARNETS[1])
    publicar(votacion, gente.hugo, de_nuevo=True, motivo="Faltaba gente.", observable_hasta=timezone.now() + 4 * DIA)
    assert suyas(padron, uno.identidad).count() == 1
    assert suyas(padron, otra.identidad).get().usuario == cuenta


def test_control_sin_conservar_publicar_otra_vez_las_borra(padron, votacion, gente, pilar, pueblo, monkeypatch):
    hecha = inscribir(padron, pilar, pueblo.otb_molle)
    monkeypatch.setattr("votaciones.padron.acciones.publicar.conservar", lambda padron: None)
    publicar(votacion, gente.hugo, de_nuevo=True, motivo="Faltaba gente.", observable_hasta=timezone.now() + 4 * DIA)
    assert not suyas(padron, hecha.identidad).exists()


def test_abierta_la_votacion_la_mesa_la_reconoce_y_con_cuenta_no_se_dobla(en_curso, c1, pueblo):
    reconocida = reconocer(en_curso, ci=CARNETS[0], nacimiento=NACIMIENTO)
    assert (reconocida.identidad, reconocida.por_votar) == (identidad_de(), [c1])
    cuenta = crear_persona("ya", "Ya Tiene", otb=pueblo.otb_molle, verificada=False)
    verificar(cuenta, CARNETS[0])
    derecho = derecho_de(en_curso.pk, cuenta=cuenta.pk, identidad=reconocida.identidad.pk)
    assert list(derecho.habilitaciones) == [c1.pk]


def test_la_inscrita_que_despues_abre_cuenta_vota_con_ella_aunque_no_diga_donde_vive(en_curso, c1, gente):
    inscrita = Inscripcion.objects.first().identidad
    Identidad.objects.filter(pk=inscrita.pk).update(cuenta=gente.nadia)
    assert derecho_de(en_curso.pk, cuenta=gente.nadia.pk, identidad=inscrita.pk).habilitaciones.keys() == {c1.pk}
    assert impedimento_de(c1, gente.nadia) is None
    votar(c1, gente.nadia, 4)
    with pytest.raises(ReglaIncumplida, match="ya votó"):
        retirar_en_mesa(c1, identidad=inscrita.pk, canal="kiosco")


@pytest.mark.parametrize(("ci", "fecha"), [(CARNETS[0], NACIMIENTO + DIA), (normalizar_ci("1112223"), NACIMIENTO)])
def test_con_otra_fecha_o_fuera_del_padron_la_misma_frase(en_curso, ci, fecha):
    with pytest.raises(ReglaIncumplida, match="No encontramos a esa persona"):
        reconocer(en_curso, ci=ci, nacimiento=fecha)


def test_la_pagina_inscribe_y_guarda_lo_escrito_si_falla(padron, votacion, pilar, pueblo, entrar):
    cliente, ruta = entrar(pilar), reverse("mesas:inscribir", args=[votacion.slug])
    datos = {"ci": "6600001", "nacimiento": "31/05/1960", "lugar": f"o:{pueblo.otb_molle.pk}", "consiente": "on"}
    assert cliente.get(ruta).status_code == 200
    falta = cliente.post(ruta, datos | {"nacimiento": "31/02/1960"})
    assert (falta.status_code, b"6600001" in falta.content) == (422, True)
    assert cliente.post(ruta, datos).url == ruta
    otra = cliente.post(ruta, datos)
    assert (otra.status_code, "ya está inscrita" in otra.content.decode()) == (409, True)
    assert "6600001" not in str(cliente.session.items())
    assert (
        'Personas inscritas en las mesas: <span class="num">1<'
        in cliente.get(reverse("mesas:mesa", args=[votacion.slug])).content.decode()
    )


def test_probar_carnets_tiene_un_tope(padron, votacion, pilar, pueblo, entrar, monkeypatch):
    monkeypatch.setattr(del_modulo.__globals__["permisos"], "atiende_en", lambda *_: False)
    cliente, ruta = entrar(pilar), reverse("mesas:inscribir", args=[votacion.slug])
    datos = {"ci": "6600001", "nacimiento": "31/05/1960", "lugar": f"o:{pueblo.otb_molle.pk}", "consiente": "on"}
    assert {cliente.post(ruta, datos).status_code for _ in range(40)} == {409}
    assert cliente.post(ruta, datos).status_code == 429


def test_quien_no_atiende_no_entra(padron, votacion, gente, entrar):
    for nombre in ("mesas:mesa", "mesas:inscribir"):
        assert entrar(gente.ana).get(reverse(nombre, args=[votacion.slug])).status_code == 403


def test_quitar_una_inscripcion_la_hace_otra_persona_con_su_razon(padron, votacion, gente, pilar, pueblo, entrar):
    hecha = inscribir(padron, gente.hugo, pueblo.otb_molle)
    ruta = reverse("mesas:quitar", args=[votacion.slug])
    assert entrar(pilar).get(ruta).status_code == 403
    datos = {"ci": "6600001", "motivo": "No vive ahí."}
    propia = entrar(gente.hugo).post(ruta, datos)
    assert (propia.status_code, "Tú la inscribiste" in propia.content.decode()) == (409, True)
    cliente = entrar(segunda())
    assert cliente.post(ruta, datos | {"motivo": ""}).status_code == 422
    assert cliente.post(ruta, datos | {"ci": "1112223"}).status_code == 409
    assert suyas(padron, hecha.identidad).count() == 1
    assert cliente.post(ruta, datos).status_code == 302
    assert not suyas(padron, hecha.identidad).exists() and not Inscripcion.objects.exists()
    suceso = Suceso.objects.get(verbo="quitar_inscripcion")
    assert (suceso.publico, suceso.motivo) == (False, "No vive ahí.")


def test_abierta_la_votacion_ya_no_se_quita(en_curso):
    with pytest.raises(ReglaIncumplida, match="definitivo"):
        quitar_inscripcion(en_curso.padron, actor=segunda(), ci=CARNETS[0], motivo="Tarde.")
