"""Escribir por otra persona: a quién alcanza, quién lo ve, cómo consiente, y que sin ella nada se presenta."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Foto, Suceso
from civic.cuentas.claves import DemasiadosIntentos
from civic.cuentas.models import AsignacionRol, Residencia
from civic.cuentas.roles import Rol
from propuestas import acciones, permisos
from propuestas.acciones.asistencia import NO_HALLADA
from propuestas.models import Consentimiento, Documento, Propuesta
from propuestas.reglas import EN_PERSONA, EN_SU_CUENTA, Conflicto
from propuestas.reglas.adjuntos import Adjuntos
from propuestas.views import asistencia as vistas
from tests.elenco import CLAVE, crear_persona, dar_rol
from tests.propuestas.piezas import borrador, enviada, foto_subida
from tests.propuestas.piezas_adjuntos import archivos, pdf_subido
from tests.propuestas.piezas_firmantes import asistida, crear_directiva, crear_promotora, dar_mandato, sello

NUEVA = "/propuestas/asistir/nueva/"


@pytest.fixture
def paty(gente, pueblo):
    """Promotora del distrito 1."""
    return crear_promotora(pueblo.distrito_1)


@pytest.fixture
def suya(recepcion, paty, pueblo):
    """Un borrador completo que paty escribió por ana."""
    return asistida(recepcion, paty, pueblo)


def estado_de(propuesta):
    return Propuesta.objects.get(pk=propuesta.pk).estado


def consentir(propuesta, persona, medio=EN_SU_CUENTA, leido=None):
    return acciones.consentir(propuesta, persona=persona, medio=medio, leido=leido or sello(propuesta))


def clave_de(respuesta):
    return re.search(r'name="clave" value="([^"]+)"', respuesta.content.decode())[1]


def que(pueblo, cliente, **cambios):
    return {
        "clave": clave_de(cliente.get(NUEVA)),
        "usuario": "ana",
        "proceso": "poa-2027",
        "titulo": "Agua potable para la zona Molle",
        "descripcion": "El agua llega una hora al día.",
        "categoria": pueblo.agua.pk,
    } | cambios


def pantalla(propuesta):
    return f"/propuestas/asistir/{propuesta.pk}/consentir/"


def confirmar(propuesta):
    return f"/propuestas/borradores/{propuesta.pk}/confirmar/"


def borrar(propuesta):
    return f"/propuestas/borradores/{propuesta.pk}/borrar/"


# --- Por quién -------------------------------------------------------------------------------------------------------


def test_asistir_deja_un_borrador_asistido_que_dice_quien_lo_escribio(suya, gente, paty):
    assert (suya.estado, suya.autor, suya.asistida_por) == ("borrador_asistido", gente.ana, paty)
    suceso = Suceso.objects.de(suya).get(verbo="abrir_borrador")
    assert (suceso.publico, suceso.actor) == (False, paty)


@pytest.mark.parametrize("usuario", ["beto", "nadie.existe", "cerrada", "paty", "nadia", "ana vecina", ""])
def test_asistir_a_quien_no_existe_o_no_alcanza_dice_siempre_lo_mismo(recepcion, paty, pueblo, gente, usuario):
    cerrada = crear_persona("cerrada", "Cerrada", otb=pueblo.otb_molle)
    cerrada.is_active = False
    cerrada.save()
    with pytest.raises(ReglaIncumplida) as error:
        asistida(recepcion, paty, pueblo, usuario=usuario)
    assert (error.value.mensaje, error.value.campo) == (NO_HALLADA, "usuario")


def test_asistir_con_cargo_en_todo_el_municipio_alcanza_a_quien_sea(recepcion, gente, pueblo):
    patricia = crear_promotora(usuario="patricia")
    assert asistida(recepcion, patricia, pueblo, usuario="NADIA ").autor == gente.nadia


def test_asistir_sin_el_cargo_o_con_el_cargo_vencido_no_alcanza_a_nadie(recepcion, gente, pueblo, paty):
    AsignacionRol.objects.filter(usuario=paty).update(hasta=timezone.localdate() - timezone.timedelta(days=1))
    for actor in (gente.hugo, type(paty).objects.get(pk=paty.pk)):
        with pytest.raises(ReglaIncumplida, match="No encontramos a nadie"):
            asistida(recepcion, actor, pueblo)


def test_asistir_fuera_de_su_distrito_no_se_guarda(suya, paty, pueblo):
    with pytest.raises(ReglaIncumplida, match="Tu cargo no llega al Distrito 2") as error:
        acciones.guardar_borrador(suya, actor=paty, distrito=pueblo.distrito_2, otb=None, lon=1.5, lat=0.5)
    assert error.value.campo == "distrito"


def test_asistir_avisa_por_correo_solo_al_confirmado(
    recepcion, paty, pueblo, gente, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        asistida(recepcion, paty, pueblo)
    assert mailoutbox == []
    EmailAddress.objects.create(user=gente.ana, email="ana@correo.bo", verified=True, primary=True)
    with django_capture_on_commit_callbacks(execute=True):
        asistida(recepcion, paty, pueblo)
    assert [correo.to for correo in mailoutbox] == [["ana@correo.bo"]]
    assert "Una promotora escribió" in mailoutbox[0].subject
    assert "Sin tu confirmación no se presenta." in mailoutbox[0].body
    assert "Agua potable" not in mailoutbox[0].body


# --- Quién lo ve y lo escribe ----------------------------------------------------------------------------------------


def test_nadie_mas_lo_ve_ni_lo_cambia(entrar, suya, gente, pueblo):
    otra = crear_promotora(pueblo.distrito_1, "petra")
    for persona in (gente.beto, gente.hugo, gente.fabio, otra):
        cliente = entrar(persona)
        assert cliente.get(suya.get_absolute_url()).status_code == 404
        assert cliente.get(confirmar(suya)).status_code == 404
        assert cliente.get(f"/propuestas/asistir/{suya.pk}/").status_code in (403, 404)
        with pytest.raises(ReglaIncumplida):
            acciones.guardar_borrador(suya, actor=persona, titulo="Otra cosa muy distinta")
    assert not Propuesta.objects.publicadas().exists()


def test_quien_asistio_lo_ve_hasta_que_se_confirma(entrar, suya, paty, gente):
    cliente = entrar(paty)
    direcciones = [f"/propuestas/asistir/{suya.pk}/que/", pantalla(suya)]
    assert [cliente.get(d).status_code for d in direcciones] == [200, 200]
    assert suya.titulo in cliente.get("/propuestas/asistir/").content.decode()
    consentir(suya, gente.ana)
    assert [cliente.get(d).status_code for d in [*direcciones, suya.get_absolute_url()]] == [404, 404, 404]
    assert suya.titulo not in cliente.get("/propuestas/asistir/").content.decode()


def test_quien_asistio_y_perdio_el_cargo_ya_no_lo_ve(entrar, suya, paty, pueblo):
    AsignacionRol.objects.filter(usuario=paty).delete()
    assert entrar(paty).get(f"/propuestas/asistir/{suya.pk}/que/").status_code == 403
    AsignacionRol.objects.create(
        usuario=paty, rol=Rol.PROMOTORA, distrito=pueblo.distrito_2, desde=timezone.localdate()
    )
    assert entrar(paty).get(f"/propuestas/asistir/{suya.pk}/que/").status_code == 404


def test_la_autora_lo_corrige_y_sigue_siendo_asistido(entrar, suya, gente, pueblo):
    cliente = entrar(gente.ana)
    datos = {"titulo": "Dos tanques para Molle", "descripcion": "Uno no alcanza.", "categoria": pueblo.agua.pk}
    assert cliente.post(f"/propuestas/borradores/{suya.pk}/que/", datos).status_code == 302
    suya.refresh_from_db()
    assert (suya.titulo, suya.estado) == ("Dos tanques para Molle", "borrador_asistido")


def test_la_autora_recibe_el_aviso_en_su_cuenta_y_en_sus_propuestas(entrar, suya, gente):
    cliente = entrar(gente.ana)
    assert (
        "Lee y confirma una propuesta que una promotora escribió" in cliente.get(reverse("mi_cuenta")).content.decode()
    )
    texto = cliente.get("/propuestas/borradores/").content.decode()
    assert (confirmar(suya) in texto, "La escribió una promotora en tu nombre." in texto) == (True, True)
    assert cliente.get(f"/propuestas/borradores/{suya.pk}/revisar/")["Location"] == confirmar(suya)


# --- Consentir -------------------------------------------------------------------------------------------------------


def test_la_promotora_nunca_la_presenta_sola(suya, paty, gente):
    with pytest.raises(ReglaIncumplida, match="Solo la presenta quien la escribió"):
        acciones.presentar_propuesta(suya, actor=paty)
    with pytest.raises(ReglaIncumplida, match="La confirma solo la persona"):
        consentir(suya, paty, EN_PERSONA)
    with pytest.raises(ReglaIncumplida, match="Léela entera y confirma"):
        acciones.presentar_propuesta(suya, actor=gente.ana)
    assert (estado_de(suya), Consentimiento.objects.count()) == ("borrador_asistido", 0)


@pytest.mark.parametrize(
    ("medio", "frase"), [(EN_PERSONA, "la confirmó con su contraseña"), (EN_SU_CUENTA, "desde su propia cuenta")]
)
def test_consentir_la_presenta_y_la_bitacora_dice_las_dos(suya, paty, gente, medio, frase):
    presentada = consentir(suya, gente.ana, medio)
    assert (presentada.estado, presentada.codigo) == ("enviada", "PR-2027-001")
    dado = Consentimiento.objects.get()
    assert (dado.persona, dado.promotora, dado.medio, dado.sello) == (gente.ana, paty, medio, sello(suya))
    lineas = list(Suceso.objects.de(suya).publicos().order_by("numero").values_list("verbo", "actor", "calidad"))
    assert lineas == [
        ("asistir", paty.pk, "Promotora"),
        ("consentir", gente.ana.pk, "Quien la presentó"),
        ("mover", gente.ana.pk, "Quien la presentó"),
    ]
    assert frase in Suceso.objects.de(suya).get(verbo="consentir").texto


def test_consentir_dos_veces_es_una(suya, gente):
    leido = sello(suya)
    for _ in range(2):
        assert consentir(suya, gente.ana, leido=leido).codigo == "PR-2027-001"
    assert Suceso.objects.de(suya).filter(verbo="consentir").count() == 1


@pytest.mark.parametrize(
    "cambio", [{"titulo": "Agua potable para todo Molle"}, {"monto_solicitado": 130000}, {"referencia": "Otra calle"}]
)
def test_cambiar_algo_despues_de_leerlo_invalida_el_consentimiento(suya, paty, gente, cambio):
    leido = sello(suya)
    acciones.guardar_borrador(suya, actor=paty, **cambio)
    with pytest.raises(Conflicto, match="El texto cambió"):
        consentir(suya, gente.ana, leido=leido)
    assert (estado_de(suya), Consentimiento.objects.count()) == ("borrador_asistido", 0)


def test_un_consentimiento_guardado_no_vale_para_otro_texto(suya, paty, gente):
    Consentimiento.objects.create(
        propuesta=suya, persona=gente.ana, promotora=paty, medio=EN_SU_CUENTA, sello=sello(suya)
    )
    acciones.guardar_borrador(suya, actor=paty, descripcion="Otra cosa.")
    with pytest.raises(Conflicto, match="después de que se confirmó"):
        acciones.presentar_propuesta(suya, actor=gente.ana)
    assert estado_de(suya) == "borrador_asistido"


def test_consentir_lo_incompleto_o_sobre_el_techo_no_deja_rastro(suya, paty, gente):
    acciones.guardar_borrador(suya, actor=paty, monto_solicitado=300001)
    with pytest.raises(ReglaIncumplida, match="pasa del techo"):
        consentir(suya, gente.ana)
    acciones.guardar_borrador(suya, actor=paty, monto_solicitado=None)
    with pytest.raises(ReglaIncumplida, match="falta: el costo"):
        consentir(suya, gente.ana)
    assert Consentimiento.objects.count() == 0
    assert not Suceso.objects.de(suya).filter(verbo__in=["asistir", "consentir"]).exists()


def test_consentir_fuera_de_fase_no_se_puede(suya, gente, recepcion):
    recepcion.fases.update(
        inicio=timezone.now() - timezone.timedelta(days=9), fin=timezone.now() - timezone.timedelta(1)
    )
    with pytest.raises(ReglaIncumplida):
        consentir(suya, gente.ana)
    assert estado_de(suya) == "borrador_asistido"


def test_consentir_en_pantalla_de_quien_perdio_el_cargo_no_se_puede(suya, paty, gente):
    AsignacionRol.objects.filter(usuario=paty).delete()
    with pytest.raises(ReglaIncumplida, match="ya no tiene ese cargo"):
        consentir(suya, gente.ana, EN_PERSONA)
    assert consentir(suya, gente.ana).estado == "enviada"


def test_consentir_un_borrador_propio_no_cambia_nada(recepcion, gente, pueblo):
    propuesta = borrador(recepcion, gente.ana, pueblo)
    assert consentir(propuesta, gente.ana).estado == "borrador"
    assert Consentimiento.objects.count() == 0


def test_por_su_organizacion_la_consiente_quien_la_dirige(recepcion, gente, pueblo, paty):
    propuesta = asistida(recepcion, paty, pueblo, usuario="fabio", organizacion=pueblo.org_molle)
    assert consentir(propuesta, gente.fabio).organizacion == pueblo.org_molle
    with pytest.raises(ReglaIncumplida, match="Hoy no tienes un cargo vigente"):
        asistida(recepcion, paty, pueblo, usuario="ana", organizacion=pueblo.org_molle)


def test_quien_la_escribio_por_otra_no_decide_sobre_ella(suya, paty, gente):
    dar_rol(paty, Rol.PLANIFICACION)
    presentada = consentir(suya, gente.ana)
    assert (permisos.es_suya(paty, presentada), permisos.calidades_de(paty, presentada)) == (True, [])
    assert [fila for _, _, filas in permisos.bandeja_de(paty) for fila in filas] == []
    with pytest.raises(ReglaIncumplida):
        acciones.revisar_forma(presentada, actor=paty, decision="publicada")


# --- Las páginas de la promotora -------------------------------------------------------------------------------------


@pytest.mark.parametrize("ruta", ["", "nueva/", "1/", "1/que/", "1/consentir/"])
def test_asistir_es_solo_para_promotoras(entrar, client, gente, ruta):
    assert client.get(f"/propuestas/asistir/{ruta}")["Location"].startswith("/cuentas/ingresar/")
    for persona in (gente.ana, gente.hugo, gente.dora):
        assert entrar(persona).get(f"/propuestas/asistir/{ruta}").status_code == 403


def test_de_la_lista_llega_solo_la_promotora(entrar, recepcion, gente, paty):
    enlace = 'href="/propuestas/asistir/"'
    assert enlace in entrar(paty).get("/propuestas/").content.decode()
    assert enlace not in entrar(gente.ana).get("/propuestas/").content.decode()


def test_los_tres_pasos_llevan_a_la_pantalla_de_consentir(entrar, recepcion, gente, pueblo, paty):
    cliente = entrar(paty)
    texto = cliente.get(NUEVA).content.decode()
    assert "En nombre de quién" not in texto and 'name="usuario"' in texto
    respuesta = cliente.post(NUEVA, que(pueblo, cliente))
    propuesta = Propuesta.objects.get()
    base = f"/propuestas/asistir/{propuesta.pk}/"
    assert respuesta["Location"] == f"{base}donde/"
    assert cliente.get(base)["Location"] == f"{base}donde/"
    assert cliente.post(f"{base}donde/", {"distrito": pueblo.distrito_1.pk})["Location"] == f"{base}foto/"
    assert cliente.post(f"{base}foto/", {"monto_solicitado": "1.000"})["Location"] == f"{base}consentir/"
    assert cliente.get(base)["Location"] == f"{base}consentir/"
    assert (propuesta.autor, estado_de(propuesta)) == (gente.ana, "borrador_asistido")


def test_nueva_dos_veces_crea_una_y_a_quien_no_alcanza_conserva_lo_escrito(entrar, recepcion, pueblo, paty):
    cliente = entrar(paty)
    respuestas = [cliente.post(NUEVA, que(pueblo, cliente, usuario=usuario)) for usuario in ("beto", "no.existe")]
    assert [respuesta.status_code for respuesta in respuestas] == [422, 422]
    textos = [respuesta.content.decode() for respuesta in respuestas]
    assert all("diga vivir en el lugar que te toca" in t and "El agua llega una hora" in t for t in textos)
    assert Propuesta.objects.count() == 0
    datos = que(pueblo, cliente)
    assert [cliente.post(NUEVA, datos).status_code for _ in range(2)] == [302, 302]
    assert Propuesta.objects.count() == 1


def test_nueva_tiene_tope_de_intentos(entrar, recepcion, pueblo, paty, monkeypatch):
    monkeypatch.setattr(vistas.ratelimit, "consume", lambda request, *, action: False)
    cliente = entrar(paty)
    respuesta = cliente.post(NUEVA, que(pueblo, cliente))
    assert (respuesta.status_code, Propuesta.objects.count()) == (429, 0)
    assert "Probaste muchas veces" in respuesta.content.decode()


def test_nueva_fuera_de_fase_explica(entrar, votando, paty):
    cliente = entrar(paty)
    assert (cliente.get(NUEVA).status_code, cliente.post(NUEVA, {}).status_code) == (200, 409)


def test_paso_desconocido_o_de_otro_distrito(entrar, suya, paty, pueblo):
    cliente = entrar(paty)
    assert cliente.get(f"/propuestas/asistir/{suya.pk}/otro/").status_code == 404
    respuesta = cliente.post(f"/propuestas/asistir/{suya.pk}/donde/", {"distrito": pueblo.distrito_2.pk})
    assert (respuesta.status_code, "Tu cargo no llega al Distrito 2" in respuesta.content.decode()) == (422, True)
    respuesta = cliente.post(f"/propuestas/asistir/{suya.pk}/que/", {"despues": "si", "titulo": "Agua para todos"})
    assert respuesta["Location"] == "/propuestas/asistir/"


def test_pantalla_muestra_todo_lo_que_se_publicara(entrar, suya, paty):
    texto = entrar(paty).get(pantalla(suya)).content.decode()
    for parte in (
        "Ana Vecina, ¿es lo que pides?",
        "Pedimos un tanque nuevo.",
        "120.000",
        "Frente a la posta",
        "Molle",
    ):
        assert parte in texto
    assert 'type="password"' in texto and 'autocomplete="off"' in texto


def test_pantalla_con_su_clave_la_presenta_sin_abrir_su_cuenta(entrar, suya, paty, gente):
    cliente = entrar(paty)
    datos = {"sello": sello(suya), "clave": CLAVE}
    respuestas = [cliente.post(pantalla(suya), datos) for _ in range(2)]
    assert [(r.status_code, r["Location"]) for r in respuestas] == [(302, "/propuestas/asistir/")] * 2
    assert (estado_de(suya), Consentimiento.objects.get().medio) == ("enviada", EN_PERSONA)
    assert cliente.session["_auth_user_id"] == str(paty.pk)
    gente.ana.refresh_from_db()
    assert gente.ana.last_login is None


@pytest.mark.parametrize("clave", ["no-es-esta", ""])
def test_pantalla_con_otra_clave_no_la_presenta_ni_la_devuelve(entrar, suya, paty, clave):
    respuesta = entrar(paty).post(pantalla(suya), {"sello": sello(suya), "clave": clave})
    assert (respuesta.status_code, estado_de(suya)) == (422, "borrador_asistido")
    assert "no-es-esta" not in respuesta.content.decode()


def test_pantalla_con_la_clave_de_la_promotora_no_vale(entrar, suya, paty):
    paty.set_password("otra-clave-de-paty")
    paty.save()
    respuesta = entrar(paty).post(pantalla(suya), {"sello": sello(suya), "clave": "otra-clave-de-paty"})
    assert (respuesta.status_code, estado_de(suya)) == (422, "borrador_asistido")


def test_pantalla_gasta_los_mismos_intentos_que_ingresar(entrar, suya, paty, settings, client):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/5m/key"}
    cliente = entrar(paty)
    mala = {"sello": sello(suya), "clave": "no-es-esta"}
    buena = mala | {"clave": CLAVE}
    assert [cliente.post(pantalla(suya), datos).status_code for datos in (mala, mala, buena)] == [422, 422, 429]
    assert estado_de(suya) == "borrador_asistido"


def test_pantalla_con_demasiados_intentos_ofrece_hacerlo_despues(entrar, suya, paty, monkeypatch):
    def ya_no(*_):
        raise DemasiadosIntentos

    monkeypatch.setattr(vistas, "es_su_clave", ya_no)
    respuesta = entrar(paty).post(pantalla(suya), {"sello": sello(suya), "clave": CLAVE})
    assert (respuesta.status_code, "desde tu propio teléfono" in respuesta.content.decode()) == (429, True)


def test_pantalla_con_un_texto_viejo_vuelve_a_mostrarlo(entrar, suya, paty):
    leido = sello(suya)
    acciones.guardar_borrador(suya, actor=paty, descripcion="Algo nuevo que no leyó.")
    respuesta = entrar(paty).post(pantalla(suya), {"sello": leido, "clave": CLAVE})
    texto = respuesta.content.decode()
    assert (respuesta.status_code, "Algo nuevo que no leyó." in texto, sello(suya) in texto) == (409, True, True)
    assert estado_de(suya) == "borrador_asistido"


# --- La página de quien pide -----------------------------------------------------------------------------------------


def test_confirmar_desde_su_cuenta_con_un_toque(entrar, suya, gente):
    cliente = entrar(gente.ana)
    texto = cliente.get(confirmar(suya)).content.decode()
    assert "Pedimos un tanque nuevo." in texto and 'type="password"' not in texto
    respuestas = [cliente.post(confirmar(suya), {"sello": sello(suya)}) for _ in range(2)]
    assert [(r.status_code, r["Location"]) for r in respuestas] == [(302, suya.get_absolute_url())] * 2
    assert (estado_de(suya), Consentimiento.objects.get().medio) == ("enviada", EN_SU_CUENTA)


@pytest.mark.parametrize("leido", ["", "viejo"])
def test_confirmar_sin_el_sello_de_lo_leido_no_vale(entrar, suya, gente, leido):
    respuesta = entrar(gente.ana).post(confirmar(suya), {"sello": leido})
    assert (respuesta.status_code, estado_de(suya)) == (409, "borrador_asistido")


def test_confirmar_no_existe_para_otros_ni_para_un_borrador_propio(entrar, client, suya, recepcion, gente, pueblo):
    propio = borrador(recepcion, gente.ana, pueblo)
    assert client.get(confirmar(suya))["Location"].startswith("/cuentas/ingresar/")
    assert entrar(gente.beto).post(confirmar(suya), {"sello": sello(suya)}).status_code == 404
    assert entrar(gente.ana).get(confirmar(propio)).status_code == 404


def test_presentar_sin_confirmar_dice_que_la_lea(entrar, suya, gente):
    respuesta = entrar(gente.ana).post(f"/propuestas/borradores/{suya.pk}/presentar/")
    assert (respuesta.status_code, estado_de(suya)) == (409, "borrador_asistido")


# --- Borrar un borrador ----------------------------------------------------------------------------------------------


def test_borrar_pide_confirmacion_y_se_lleva_los_archivos_y_las_invitaciones(
    entrar, recepcion, gente, pueblo, django_capture_on_commit_callbacks
):
    propuesta = borrador(recepcion, gente.ana, pueblo)
    acciones.guardar_borrador(
        propuesta,
        actor=gente.ana,
        adjuntos=Adjuntos(fotos=[foto_subida(), foto_subida(color="red")], documentos=[pdf_subido()]),
    )
    crear_directiva(pueblo.org_ceibo)
    acciones.invitar(propuesta, pueblo.org_ceibo, actor=gente.ana)
    cliente = entrar(gente.ana)
    assert borrar(propuesta) in cliente.get("/propuestas/borradores/").content.decode()
    assert "No se puede deshacer." in cliente.get(borrar(propuesta)).content.decode()
    assert Propuesta.objects.count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        assert cliente.post(borrar(propuesta))["Location"] == "/propuestas/borradores/"
    assert (Propuesta.objects.count(), Foto.objects.count(), Documento.objects.count()) == (0, 0, 0)
    assert (archivos("fotos"), archivos("documentos")) == ([], [])
    assert cliente.post(borrar(propuesta)).status_code == 404
    suceso = Suceso.objects.get(verbo="borrar_borrador")
    assert (suceso.objeto_id, suceso.publico, suceso.actor) == (propuesta.pk, False, gente.ana)


def test_borrar_el_asistido_lo_hace_solo_la_autora(entrar, suya, gente, paty):
    assert entrar(paty).post(borrar(suya)).status_code == 404
    with pytest.raises(ReglaIncumplida, match="lo borra la persona"):
        acciones.borrar_borrador(suya, actor=paty)
    assert entrar(gente.ana).post(borrar(suya)).status_code == 302
    assert Propuesta.objects.count() == 0
    with pytest.raises(ReglaIncumplida, match="ya no existe"):
        acciones.guardar_borrador(suya, actor=paty, titulo="Otra cosa muy distinta")


@pytest.mark.parametrize("estado", ["enviada", "devuelta"])
def test_borrar_lo_presentado_no_se_puede(entrar, recepcion, gente, pueblo, estado):
    propuesta = enviada(recepcion, gente.ana, pueblo)
    Propuesta.objects.filter(pk=propuesta.pk).update(estado=estado)
    assert entrar(gente.ana).get(borrar(propuesta)).status_code == 404
    with pytest.raises(ReglaIncumplida, match="Ya se presentó: no se borra"):
        acciones.borrar_borrador(propuesta, actor=gente.ana)


def test_borrar_no_existe_para_otros(entrar, client, recepcion, gente, pueblo):
    propuesta = borrador(recepcion, gente.ana, pueblo)
    assert client.post(borrar(propuesta)).status_code == 302
    assert entrar(gente.beto).post(borrar(propuesta)).status_code == 404
    assert Propuesta.objects.count() == 1


def test_cerrar_la_cuenta_se_lleva_los_borradores_con_sus_invitaciones(suya, gente, pueblo):
    from civic.cuentas.acciones import cerrar_cuenta

    crear_directiva(pueblo.org_ceibo)
    acciones.invitar(suya, pueblo.org_ceibo, actor=gente.ana)
    cerrar_cuenta(gente.ana)
    assert Propuesta.objects.count() == 0


def test_residencia_declarada_alcanza_para_ser_asistida(recepcion, paty, pueblo, gente):
    Residencia.objects.filter(usuario=gente.ana).update(nivel="declarada")
    dar_mandato(gente.beto, pueblo.org_ceibo)
    assert asistida(recepcion, paty, pueblo).autor == gente.ana
