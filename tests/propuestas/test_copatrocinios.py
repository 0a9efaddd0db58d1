"""Pedir juntas una propuesta: quién invita, quién responde, qué se ve y quién ya no puede decidir sobre ella."""

import csv
import datetime
import io
import json

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.cuentas.models import Mandato, Organizacion
from civic.cuentas.roles import Rol
from propuestas import acciones, permisos, permisos_firmantes
from propuestas.consultas_firmantes import COPATROCINIOS_MAXIMO, copatrocinantes_de
from propuestas.models import Copatrocinio, Propuesta
from propuestas.reglas import PLANIFICACION, Conflicto
from tests.elenco import crear_proceso, dar_rol
from tests.propuestas.piezas import borrador, en_evaluacion, enviada, publicada
from tests.propuestas.piezas_firmantes import aceptado, crear_directiva, dar_mandato, sello


@pytest.fixture
def irma(gente, pueblo):
    """Preside la OTB Ceibo."""
    return crear_directiva(pueblo.org_ceibo)


@pytest.fixture
def invitada(una, gente, pueblo, irma):
    """La invitación, sin responder, de ana a la OTB Ceibo."""
    return acciones.invitar(una, pueblo.org_ceibo, actor=gente.ana)


def responder(copatrocinio, actor, *, acepta=True):
    return acciones.responder_invitacion(copatrocinio, actor=actor, acepta=acepta, leido=sello(copatrocinio.propuesta))


def estado_de(copatrocinio):
    return Copatrocinio.objects.get(pk=copatrocinio.pk).estado


def lista_de(propuesta):
    return f"/propuestas/{propuesta.pk}/copatrocinios/"


# --- Invitar ---------------------------------------------------------------------------------------------------------


def test_invitar_dos_veces_es_una_y_nadie_mas_lo_ve(client, una, gente, pueblo, irma):
    primera = acciones.invitar(una, pueblo.org_ceibo, actor=gente.ana)
    assert acciones.invitar(una, pueblo.org_ceibo, actor=gente.ana) == primera
    assert (Copatrocinio.objects.count(), primera.estado, primera.invitada_por) == (1, "invitada", gente.ana)
    assert [s.publico for s in Suceso.objects.de(una).filter(verbo="invitar")] == [False]
    assert "OTB Ceibo" not in client.get(una.get_absolute_url()).content.decode()


def test_invitar_avisa_por_correo_a_su_directiva(
    una, gente, pueblo, irma, mailoutbox, django_capture_on_commit_callbacks
):
    EmailAddress.objects.create(user=irma, email="irma@correo.bo", verified=True, primary=True)
    EmailAddress.objects.create(user=gente.fabio, email="fabio@correo.bo", verified=True, primary=True)
    with django_capture_on_commit_callbacks(execute=True):
        invitada = acciones.invitar(una, pueblo.org_ceibo, actor=gente.ana)
        acciones.invitar(una, pueblo.org_ceibo, actor=gente.ana)
    assert [correo.to for correo in mailoutbox] == [["irma@correo.bo"]]
    assert f"/propuestas/copatrocinios/{invitada.pk}/" in mailoutbox[0].body


@pytest.mark.parametrize("quien", ["beto", "irma", "hugo"])
def test_invitar_lo_que_presento_otra_persona_no_se_puede(una, gente, pueblo, irma, quien):
    actor = irma if quien == "irma" else getattr(gente, quien)
    with pytest.raises(ReglaIncumplida, match="lo hace quien la presentó"):
        acciones.invitar(una, pueblo.org_ceibo, actor=actor)


def test_invitar_por_la_organizacion_que_la_presenta_lo_hace_su_directiva_de_hoy(recepcion, gente, pueblo, irma):
    una = publicada(recepcion, gente, pueblo, autor=gente.fabio, organizacion=pueblo.org_molle)
    otra = crear_directiva(pueblo.org_molle, "omar", cargo="Vocalía")
    assert acciones.invitar(una, pueblo.org_ceibo, actor=otra).estado == "invitada"
    with pytest.raises(ReglaIncumplida, match="es la que la presenta"):
        acciones.invitar(una, pueblo.org_molle, actor=otra)


def test_invitar_a_una_sin_directiva_hoy_o_suspendida_no_se_puede(una, gente, pueblo):
    with pytest.raises(ReglaIncumplida, match="no tiene hoy una directiva"):
        acciones.invitar(una, pueblo.org_ceibo, actor=gente.ana)
    Organizacion.objects.filter(pk=pueblo.org_molle.pk).update(estado="suspendida")
    with pytest.raises(ReglaIncumplida, match="no tiene hoy una directiva"):
        acciones.invitar(una, pueblo.org_molle, actor=gente.ana)


def test_invitar_a_mas_del_maximo_no_se_puede_y_una_retirada_deja_lugar(una, gente, pueblo):
    nuevas = []
    for numero in range(COPATROCINIOS_MAXIMO + 1):
        organizacion = Organizacion.objects.create(
            nombre=f"Villa {numero}", slug=f"villa-{numero}", clase="otb", distrito=pueblo.distrito_1, estado="vigente"
        )
        dar_mandato(gente.beto, organizacion)
        nuevas.append(organizacion)
    invitaciones = [acciones.invitar(una, una_mas, actor=gente.ana) for una_mas in nuevas[:-1]]
    with pytest.raises(ReglaIncumplida, match=f"hasta a {COPATROCINIOS_MAXIMO}"):
        acciones.invitar(una, nuevas[-1], actor=gente.ana)
    acciones.retirar_invitacion(invitaciones[0], actor=gente.ana)
    assert acciones.invitar(una, nuevas[-1], actor=gente.ana).estado == "invitada"


def test_invitar_cuando_ya_esta_en_votacion_no_se_puede(una, gente, pueblo, irma):
    Propuesta.objects.filter(pk=una.pk).update(estado="en_votacion")
    with pytest.raises(ReglaIncumplida, match="Ahora no se puede invitar"):
        acciones.invitar(una, pueblo.org_ceibo, actor=gente.ana)


def test_retirar_la_invitacion_y_volver_a_invitar(invitada, una, gente, pueblo):
    for _ in range(2):
        acciones.retirar_invitacion(invitada, actor=gente.ana)
    assert estado_de(invitada) == "retirada"
    assert acciones.invitar(una, pueblo.org_ceibo, actor=gente.ana).pk == invitada.pk
    assert estado_de(invitada) == "invitada"


def test_retirar_la_invitacion_ya_aceptada_no_se_puede(invitada, gente, irma):
    responder(invitada, irma)
    with pytest.raises(Conflicto, match="ya respondió"):
        acciones.retirar_invitacion(invitada, actor=gente.ana)
    assert estado_de(invitada) == "aceptada"


def test_la_base_no_deja_invitar_dos_veces_ni_aceptar_sin_decir_quien(invitada, una, gente, pueblo):
    with pytest.raises(IntegrityError), transaction.atomic():
        Copatrocinio.objects.create(propuesta=una, organizacion=pueblo.org_ceibo, invitada_por=gente.ana)
    with pytest.raises(IntegrityError), transaction.atomic():
        Copatrocinio.objects.update(estado="aceptada")


# --- Responder -------------------------------------------------------------------------------------------------------


def test_aceptar_queda_en_la_bitacora_con_la_persona_y_la_organizacion(invitada, una, irma):
    responder(invitada, irma)
    suceso = Suceso.objects.de(una).get(verbo="copatrocinar")
    assert (suceso.publico, suceso.actor, suceso.calidad) == (True, irma, "Presidencia de OTB Ceibo")
    assert suceso.texto == "OTB Ceibo también la pide."
    invitada.refresh_from_db()
    assert (invitada.estado, invitada.respondida_por) == ("aceptada", irma)


def test_no_aceptar_no_se_publica_y_no_se_la_vuelve_a_invitar(invitada, una, gente, pueblo, irma):
    responder(invitada, irma, acepta=False)
    assert [s.publico for s in Suceso.objects.de(una).filter(verbo="no_copatrocinar")] == [False]
    with pytest.raises(ReglaIncumplida, match="ya respondió que no"):
        acciones.invitar(una, pueblo.org_ceibo, actor=gente.ana)


@pytest.mark.parametrize("quien", ["ana", "fabio", "hugo"])
def test_responder_por_una_organizacion_ajena_no_se_puede(invitada, gente, quien):
    with pytest.raises(ReglaIncumplida, match="no tienes un cargo vigente en OTB Ceibo"):
        responder(invitada, getattr(gente, quien))
    assert estado_de(invitada) == "invitada"


def test_aceptar_con_el_mandato_vencido_no_se_puede(invitada, irma):
    Mandato.objects.filter(usuario=irma).update(hasta=timezone.localdate() - datetime.timedelta(days=1))
    with pytest.raises(ReglaIncumplida, match="no tienes un cargo vigente"):
        responder(invitada, irma)


def test_aceptar_por_una_organizacion_suspendida_no_se_puede(invitada, irma, pueblo):
    Organizacion.objects.filter(pk=pueblo.org_ceibo.pk).update(estado="suspendida")
    with pytest.raises(ReglaIncumplida, match="no tienes un cargo vigente"):
        responder(invitada, irma)


def test_aceptar_otro_texto_que_el_leido_no_se_puede(invitada, una, irma):
    leido = sello(una)
    Propuesta.objects.filter(pk=una.pk).update(descripcion="Otra cosa.")
    with pytest.raises(Conflicto, match="El texto cambió"):
        acciones.responder_invitacion(invitada, actor=irma, acepta=True, leido=leido)
    assert estado_de(invitada) == "invitada"


def test_responder_lo_contrario_de_lo_que_ya_respondio_la_directiva_es_conflicto(invitada, irma, pueblo):
    responder(invitada, irma)
    otra = crear_directiva(pueblo.org_ceibo, "olga", cargo="Vocalía")
    assert responder(invitada, otra).respondida_por == irma
    with pytest.raises(Conflicto, match="Otra persona ya respondió"):
        responder(invitada, otra, acepta=False)


def test_aceptar_cuando_ya_se_vota_no_se_puede(invitada, una, irma):
    Propuesta.objects.filter(pk=una.pk).update(estado="en_votacion")
    with pytest.raises(ReglaIncumplida, match="ya no se responden"):
        responder(invitada, irma)


def test_retirarse_pide_motivo_y_lo_publica(invitada, una, irma):
    responder(invitada, irma)
    with pytest.raises(ReglaIncumplida, match="por qué se retira"):
        acciones.retirarse(invitada, actor=irma, motivo="  ")
    for _ in range(2):
        acciones.retirarse(invitada, actor=irma, motivo="La asamblea decidió otra cosa.")
    suceso = Suceso.objects.de(una).get(verbo="dejar_de_copatrocinar")
    assert (suceso.publico, suceso.motivo) == (True, "La asamblea decidió otra cosa.")
    assert (suceso.calidad, copatrocinantes_de(una)) == ("Presidencia de OTB Ceibo", [])


def test_un_borrador_se_invita_pero_se_responde_recien_al_presentarlo(recepcion, gente, pueblo, irma):
    propuesta = borrador(recepcion, gente.ana, pueblo)
    invitacion = acciones.invitar(propuesta, pueblo.org_ceibo, actor=gente.ana)
    with pytest.raises(ReglaIncumplida, match="ya no se responden"):
        responder(invitacion, irma)
    acciones.presentar_propuesta(propuesta, actor=gente.ana)
    assert responder(invitacion, irma).estado == "aceptada"


@pytest.mark.parametrize(
    ("cambio", "queda"), [({"descripcion": "Ahora pedimos dos tanques."}, "invitada"), ({}, "aceptada")]
)
def test_corregir_lo_devuelto_pregunta_de_nuevo_solo_si_cambio(recepcion, gente, pueblo, irma, cambio, queda):
    propuesta = enviada(recepcion, gente.ana, pueblo)
    copatrocinio = aceptado(propuesta, pueblo.org_ceibo, invita=gente.ana, acepta=irma)
    propuesta = acciones.revisar_forma(
        propuesta, actor=gente.hugo, decision="devuelta", razon="incompleta", motivo="Di dónde."
    )
    acciones.guardar_borrador(propuesta, actor=gente.ana, **cambio)
    acciones.presentar_propuesta(propuesta, actor=gente.ana)
    assert estado_de(copatrocinio) == queda
    assert Suceso.objects.de(propuesta).filter(verbo="preguntar_de_nuevo").count() == (queda == "invitada")


def test_pasar_de_gestion_lleva_a_quienes_la_piden(recepcion, gente, pueblo, irma):
    una = publicada(recepcion, gente, pueblo)
    aceptado(una, pueblo.org_ceibo, invita=gente.ana, acepta=irma)
    Propuesta.objects.filter(pk=una.pk).update(estado="lista_espera")
    destino = crear_proceso(pueblo, "evaluacion", slug="poa-2028")
    destino.gestion = 2028
    destino.save()
    una.refresh_from_db()
    nueva = acciones.arrastrar_propuesta(una, destino=destino, actor=gente.hugo, motivo="Quedó saldo.")
    assert copatrocinantes_de(nueva) == [pueblo.org_ceibo]


# --- Nadie decide sobre lo que pide su organización ------------------------------------------------------------------


def test_quien_dirige_una_copatrocinante_no_la_publica_ni_la_mueve(recepcion, gente, pueblo, irma):
    propuesta = enviada(recepcion, gente.ana, pueblo)
    dar_rol(irma, Rol.PLANIFICACION)
    assert PLANIFICACION in permisos.calidades_de(irma, propuesta)
    aceptado(propuesta, pueblo.org_ceibo, invita=gente.ana, acepta=irma)
    assert (permisos.es_suya(irma, propuesta), permisos.calidades_de(irma, propuesta)) == (True, [])
    with pytest.raises(ReglaIncumplida):
        acciones.revisar_forma(propuesta, actor=irma, decision="publicada")


def test_quien_dirige_una_copatrocinante_no_la_evalua_ni_la_ve_en_su_bandeja(recepcion, gente, pueblo):
    propuesta = en_evaluacion(recepcion, gente, pueblo)
    dar_mandato(gente.carla, pueblo.org_ceibo)
    en_bandeja = [fila for _, _, filas in permisos.bandeja_de(gente.carla) for fila in filas]
    assert (permisos.por_que_no_evalua(gente.carla, propuesta), en_bandeja) == ("", [propuesta])
    aceptado(propuesta, pueblo.org_ceibo, invita=gente.ana, acepta=gente.carla)
    propuesta = Propuesta.objects.get(pk=propuesta.pk)
    assert permisos.por_que_no_evalua(gente.carla, propuesta).startswith("Nadie evalúa lo que presentó")
    assert [fila for _, _, filas in permisos.bandeja_de(gente.carla) for fila in filas] == []
    with pytest.raises(ReglaIncumplida):
        acciones.dictaminar(propuesta, actor=gente.carla, resultado="rechazada", texto="No.", motivo="sin_terreno")


def test_invitada_que_no_acepto_o_se_retiro_no_ata_a_nadie(invitada, una, irma):
    assert permisos.es_suya(irma, una) is False
    responder(invitada, irma)
    assert permisos.es_suya(irma, Propuesta.objects.get(pk=una.pk)) is True
    acciones.retirarse(invitada, actor=irma, motivo="Cambió la directiva.")
    assert permisos.es_suya(irma, Propuesta.objects.get(pk=una.pk)) is False


# --- Lo que se ve ----------------------------------------------------------------------------------------------------


def test_solo_las_que_aceptaron_se_ven_en_las_paginas_y_en_los_archivos(client, invitada, una, irma, pueblo):
    def vistas():
        pagina = client.get(una.get_absolute_url()).content.decode()
        suya = client.get(pueblo.org_ceibo.get_absolute_url()).content.decode()
        archivo = b"".join(client.get("/propuestas/descargar.csv")).decode("utf-8-sig")
        rasgos = json.loads(b"".join(client.get("/propuestas/descargar.geojson")))["features"]
        return (
            "También la pide:" in pagina and "OTB Ceibo" in pagina,
            una.titulo in suya,
            [fila["copatrocinan"] for fila in csv.DictReader(io.StringIO(archivo))],
            [rasgo["properties"]["copatrocinan"] for rasgo in rasgos],
        )

    assert vistas() == (False, False, [""], [""])
    responder(invitada, irma)
    assert vistas() == (True, True, ["OTB Ceibo"], ["OTB Ceibo"])
    acciones.retirarse(invitada, actor=irma, motivo="Ya no.")
    assert vistas() == (False, False, [""], [""])


def test_la_hoja_para_imprimir_nombra_a_quienes_la_piden(client, invitada, una, irma, monkeypatch):
    from propuestas import hojas

    textos = []
    de_verdad = hojas._p
    monkeypatch.setattr(hojas, "_p", lambda texto, estilo: textos.append(texto) or de_verdad(texto, estilo))
    responder(invitada, irma)
    assert client.get(f"/propuestas/{una.pk}/hoja.pdf").status_code == 200
    assert any("También la piden: OTB Ceibo" in texto for texto in textos)


def test_la_directiva_ve_su_invitacion_en_sus_tres_paginas(entrar, invitada, irma, pueblo, gente):
    direccion = f"/propuestas/copatrocinios/{invitada.pk}/"
    paginas = [pueblo.org_ceibo.get_absolute_url(), "/propuestas/borradores/", reverse("mi_cuenta")]
    cliente = entrar(irma)
    assert [direccion in cliente.get(pagina).content.decode() for pagina in paginas] == [True] * 3
    cliente = entrar(gente.beto)
    assert [direccion in cliente.get(pagina).content.decode() for pagina in paginas] == [False] * 3


# --- Las páginas -----------------------------------------------------------------------------------------------------


def test_pagina_de_invitar_busca_invita_y_retira_sin_javascript(entrar, una, gente, pueblo, irma):
    cliente = entrar(gente.ana)
    assert "Invitar<span" not in cliente.get(lista_de(una)).content.decode()
    texto = cliente.get(lista_de(una), {"q": "ceibo"}).content.decode()
    assert 'name="organizacion" value="ceibo"' in texto
    respuesta = cliente.post(f"{lista_de(una)}invitar/", {"organizacion": "ceibo"})
    assert (respuesta.status_code, respuesta["Location"]) == (302, lista_de(una))
    assert 'name="organizacion" value="ceibo"' not in cliente.get(lista_de(una), {"q": "ceibo"}).content.decode()
    invitacion = Copatrocinio.objects.get()
    retirar = f"{lista_de(una)}{invitacion.pk}/retirar/"
    assert [cliente.post(retirar).status_code for _ in range(2)] == [302, 302]
    assert estado_de(invitacion) == "retirada"


def test_invitar_a_ninguna_o_a_la_propia_dice_por_que(entrar, recepcion, gente, pueblo):
    una = publicada(recepcion, gente, pueblo, autor=gente.fabio, organizacion=pueblo.org_molle)
    cliente = entrar(gente.fabio)
    assert cliente.post(f"{lista_de(una)}invitar/", {"organizacion": "no-hay"}).status_code == 422
    respuesta = cliente.post(f"{lista_de(una)}invitar/", {"organizacion": "molle"})
    assert (respuesta.status_code, "es la que la presenta" in respuesta.content.decode()) == (409, True)


@pytest.mark.parametrize("ruta", ["", "invitar/", "1/retirar/"])
def test_lo_de_invitar_no_existe_para_quien_no_la_presento(entrar, client, una, gente, ruta):
    metodo = "get" if not ruta else "post"
    assert getattr(client, metodo)(lista_de(una) + ruta)["Location"].startswith("/cuentas/ingresar/")
    cliente = entrar(gente.beto)
    assert getattr(cliente, metodo)(lista_de(una) + ruta).status_code == 404
    contrario = "post" if not ruta else "get"
    assert getattr(cliente, contrario)(lista_de(una) + ruta).status_code == 405
    assert getattr(cliente, metodo)(f"/propuestas/999999/copatrocinios/{ruta}").status_code == 404


def test_retirar_una_invitacion_de_otra_propuesta_no_existe(entrar, invitada, recepcion, gente, pueblo):
    otra = publicada(recepcion, gente, pueblo)
    assert entrar(gente.ana).post(f"{lista_de(otra)}{invitada.pk}/retirar/").status_code == 404


def test_pagina_de_la_invitada_muestra_el_texto_y_acepta(entrar, invitada, una, irma):
    cliente = entrar(irma)
    direccion = invitada.get_absolute_url()
    texto = cliente.get(direccion).content.decode()
    assert "Pedimos un tanque nuevo." in texto and sello(una) in texto
    assert cliente.post(direccion, {"respuesta": "quizas"}).status_code == 422
    assert cliente.post(direccion, {"respuesta": "aceptar", "sello": "viejo"}).status_code == 409
    assert estado_de(invitada) == "invitada"
    respuesta = cliente.post(direccion, {"respuesta": "aceptar", "sello": sello(una)})
    assert (respuesta.status_code, respuesta["Location"], estado_de(invitada)) == (302, direccion, "aceptada")


def test_pagina_de_la_invitada_rechaza(entrar, invitada, una, irma):
    entrar(irma).post(invitada.get_absolute_url(), {"respuesta": "rechazar", "sello": sello(una)})
    assert estado_de(invitada) == "rechazada"


def test_pagina_de_retirarse_conserva_lo_escrito_y_pide_motivo(entrar, invitada, irma):
    cliente = entrar(irma)
    direccion = f"{invitada.get_absolute_url()}retirarse/"
    assert cliente.post(direccion, {"motivo": "Por algo"}).status_code == 409
    responder(invitada, irma)
    assert cliente.post(direccion, {"motivo": ""}).status_code == 422
    assert cliente.get(direccion).status_code == 405
    assert cliente.post(direccion, {"motivo": "La asamblea cambió."}).status_code == 302
    assert estado_de(invitada) == "retirada"


@pytest.mark.parametrize("quien", ["ana", "beto", "fabio", "hugo"])
def test_la_invitacion_no_existe_para_quien_no_es_de_esa_directiva(entrar, invitada, gente, quien):
    cliente = entrar(getattr(gente, quien))
    assert cliente.get(invitada.get_absolute_url()).status_code == 404
    assert cliente.post(invitada.get_absolute_url(), {"respuesta": "aceptar"}).status_code == 404
    assert cliente.post(f"{invitada.get_absolute_url()}retirarse/", {"motivo": "x"}).status_code == 404


def test_la_invitacion_a_un_borrador_o_ya_retirada_no_existe_para_la_directiva(entrar, recepcion, gente, pueblo, irma):
    propuesta = borrador(recepcion, gente.ana, pueblo)
    invitacion = acciones.invitar(propuesta, pueblo.org_ceibo, actor=gente.ana)
    cliente = entrar(irma)
    assert cliente.get(invitacion.get_absolute_url()).status_code == 404
    assert "Agua potable" not in cliente.get("/propuestas/borradores/").content.decode()
    acciones.presentar_propuesta(propuesta, actor=gente.ana)
    assert cliente.get(invitacion.get_absolute_url()).status_code == 200
    acciones.retirar_invitacion(invitacion, actor=gente.ana)
    assert cliente.get(invitacion.get_absolute_url()).status_code == 404


def test_del_paso_que_y_de_revisar_se_llega_a_invitar(entrar, recepcion, gente, pueblo):
    propuesta = borrador(recepcion, gente.ana, pueblo)
    cliente = entrar(gente.ana)
    for paso in ("que", "revisar"):
        assert lista_de(propuesta) in cliente.get(f"/propuestas/borradores/{propuesta.pk}/{paso}/").content.decode()


def test_la_directiva_vencida_no_entra_a_la_invitacion(entrar, invitada, pueblo):
    vieja = crear_directiva(pueblo.org_ceibo, "vera", dias=-1, cargo="Vocalía")
    assert entrar(vieja).get(invitada.get_absolute_url()).status_code == 404
    assert permisos_firmantes.se_responde(Copatrocinio.objects.get()) is True


def test_la_pagina_hace_las_mismas_consultas_con_una_que_con_tres(client, una, gente, pueblo, irma):
    def cuantas():
        with CaptureQueriesContext(connection) as consultas:
            client.get(una.get_absolute_url())
        return len(consultas)

    aceptado(una, pueblo.org_ceibo, invita=gente.ana, acepta=irma)
    cuantas()  # la primera llena lo que se recuerda
    con_una = cuantas()
    for numero in range(2):
        organizacion = Organizacion.objects.create(
            nombre=f"Villa {numero}", slug=f"villa-{numero}", clase="otb", distrito=pueblo.distrito_1, estado="vigente"
        )
        aceptado(una, organizacion, invita=gente.ana, acepta=crear_directiva(organizacion, f"rita{numero}"))
    assert cuantas() == con_una
