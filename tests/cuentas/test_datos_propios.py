"""Descargar los propios datos y cerrar la cuenta."""

import datetime
import io
import json
import zipfile
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal.auth import WebAuthn
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core import serializers
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Foto, Suceso
from civic.cuentas import acciones, datos_propios
from civic.cuentas.models import Residencia, Usuario
from civic.debate import acciones as debate
from propuestas.models import Apoyo, Propuesta
from tests.cuentas.conftest import recargada
from tests.elenco import CLAVE, SECRETO
from votaciones.models import Contienda, Participacion, Votacion

DATOS = "/cuentas/mis-datos/"
CERRAR = "/cuentas/cerrar/"
NAVEGADOR = "NavegadorPlantado/7 (X11; Linux)"
PLANTADOS = [
    *("plantada.usuaria", "Plantada Nombreviejo", "Plantada Nombrenuevo", "plantada@uno.bo", "plantada@dos.bo"),
    *("Plantadafirst", "Plantadalast", "203.0.113.77", NAVEGADOR, "llave-plantada", SECRETO, "metodo-plantado"),
    *("titulo-plantado", "descripcion-plantada", "referencia-plantada", "texto-foto-plantado", "foto-plantada-bytes"),
    *("avatar-plantado", "etiqueta-plantada", "credencial-plantada"),
]


def confirmada(cliente):
    assert cliente.post("/cuentas/confirmar-identidad/", {"password": CLAVE}).status_code == 302
    return cliente


def paquete_de(respuesta) -> tuple[dict, zipfile.ZipFile]:
    paquete = zipfile.ZipFile(io.BytesIO(b"".join(respuesta.streaming_content)))
    return json.loads(paquete.read("mis_datos.json")), paquete


def crear_foto(persona, *, publica, contenido, texto="texto-foto-plantado") -> Foto:
    foto = Foto.objects.create(
        ancho=320, alto=200, color="#ffffff", peso=10, huella="0" * 64, texto=texto, publica=publica, subida_por=persona
    )
    default_storage.save(foto.ruta(320), ContentFile(contenido))
    return foto


@pytest.fixture
def plantada(pueblo, recepcion):
    """Una persona con un valor reconocible en cada lugar donde Ayni guarda algo de ella."""
    persona = Usuario.objects.create_user(
        "plantada.usuaria",
        "plantada@uno.bo",
        CLAVE,
        nombre_publico="Plantada Nombreviejo",
        first_name="Plantadafirst",
        last_name="Plantadalast",
    )
    persona.emailaddress_set.create(email="plantada@uno.bo", verified=True, primary=True)
    persona.emailaddress_set.create(email="plantada@dos.bo")
    Residencia.objects.create(
        usuario=persona, otb=pueblo.otb_molle, distrito=pueblo.distrito_1, nivel="verificada", metodo="metodo-plantado"
    )
    cliente = Client(headers={"user-agent": NAVEGADOR}, REMOTE_ADDR="203.0.113.77")
    cliente.post("/cuentas/ingresar/", {"login": "plantada@uno.bo", "password": CLAVE})
    acciones.cambiar_nombre_publico(persona, nombre="Plantada Nombrenuevo")
    TOTP.activate(persona, SECRETO)
    WebAuthn.add(persona, "llave-plantada", {"id": "credencial-plantada"})
    foto = crear_foto(persona, publica=False, contenido=b"foto-plantada-bytes")
    Propuesta.objects.create(
        proceso=recepcion,
        autor=persona,
        titulo="titulo-plantado",
        descripcion="descripcion-plantada",
        referencia="referencia-plantada",
        foto=foto,
    )
    UserProfile.objects.create(user=persona, avatar=ContentFile(b"x", name="avatar-plantado.png"))
    ModelLogEntry.objects.create(
        content_type=ContentType.objects.get_for_model(Usuario),
        object_id=str(persona.pk),
        label="Plantada Nombrenuevo",
        action="wagtail.edit",
        data={"etiqueta": "etiqueta-plantada"},
        timestamp=timezone.now(),
    )
    debate.comentar(debate.abrir_hilo("Agua", proceso=recepcion), autor=persona, texto="Hace falta agua.")
    publica = crear_foto(persona, publica=True, contenido=b"bache", texto="El bache")
    propuesta = Propuesta.objects.create(
        proceso=recepcion,
        autor=persona,
        titulo="Tanque de agua",
        codigo="PR-1",
        estado="publicada",
        presentada=timezone.now(),
        categoria=pueblo.agua,
        distrito=pueblo.distrito_1,
        foto=publica,
    )
    Apoyo.objects.create(propuesta=propuesta, usuario=persona)
    return persona, cliente, propuesta


def volcado() -> str:
    """La base entera como texto, con las sesiones también abiertas, los archivos y la memoria."""
    partes = []
    for modelo in apps.get_models(include_auto_created=True):
        partes.append(serializers.serialize("json", modelo._base_manager.all()))
    partes += [json.dumps(sesion.get_decoded(), default=str) for sesion in Session.objects.all()]
    for archivo in Path(default_storage.path("")).rglob("*"):
        partes.append(str(archivo))
        if archivo.is_file():
            partes.append(archivo.read_bytes().decode("latin-1"))
    partes.append(repr(getattr(cache, "_cache", {})))
    partes += [decrypt(paso.data["secret"]) for paso in Authenticator.objects.filter(type="totp")]
    return "\n".join(partes)


def contados(texto: str) -> dict[str, int]:
    # El JSON de la base escribe los acentos de otro modo; ninguno de los plantados los lleva.
    return {valor: texto.count(valor) for valor in PLANTADOS}


@pytest.mark.django_db(transaction=True)
def test_cerrar_la_cuenta_no_deja_ninguno_de_los_veinte_valores_plantados(plantada):
    persona, _, propuesta = plantada
    antes = contados(volcado())
    # El nombre viejo ya no está: la bitácora no lo guardó. Todo lo demás sí, o la prueba no probaría nada.
    assert antes.pop("Plantada Nombreviejo") == 0
    assert [valor for valor, veces in antes.items() if not veces] == []
    assert len(PLANTADOS) == 20
    acciones.cerrar_cuenta(persona)
    assert {valor: veces for valor, veces in contados(volcado()).items() if veces} == {}
    propuesta.refresh_from_db()
    assert (str(propuesta.autor), propuesta.foto.publica, propuesta.foto.subida_por) == (
        "Persona que cerró su cuenta",
        True,
        None,
    )
    assert Apoyo.objects.filter(usuario=persona).count() == 1
    assert default_storage.exists(propuesta.foto.ruta(320))


def test_cuenta_cerrada_queda_vacia_y_no_se_puede_usar(gente, client):
    anterior = gente.ana.date_joined
    acciones.cerrar_cuenta(gente.ana)
    ana = recargada(gente.ana)
    assert ana.username.startswith("cerrada-")
    assert (ana.nombre_publico, ana.email, ana.is_active, ana.has_usable_password()) == (
        "Persona que cerró su cuenta",
        "",
        False,
        False,
    )
    assert (ana.last_login, ana.date_joined > anterior) == (None, True)
    assert Residencia.objects.filter(usuario=ana).count() == 0
    assert client.post("/cuentas/ingresar/", {"login": "ana", "password": CLAVE}).status_code == 422
    suceso = Suceso.objects.de(ana).get(verbo="cerrar_cuenta")
    assert (suceso.actor, suceso.publico, suceso.datos) == (ana, False, {})
    acciones.cerrar_cuenta(gente.nadia)  # y el nombre de la vacía no choca con el de otra
    assert Usuario.objects.filter(username__startswith="cerrada-").count() == 2


def test_cuenta_cerrada_conserva_que_voto_para_que_nadie_vote_dos_veces(gente, votando, pueblo):
    ahora = timezone.now()
    votacion = Votacion.objects.create(
        proceso=votando, nombre="Votación", slug="v", abre=ahora, cierra=ahora + datetime.timedelta(days=3)
    )
    contienda = Contienda.objects.create(votacion=votacion, area=pueblo.distrito_1, numero=1, presupuesto=1000)
    Participacion.objects.create(contienda=contienda, usuario=gente.ana)
    acciones.cerrar_cuenta(gente.ana)
    assert Participacion.objects.filter(contienda=contienda, usuario=gente.ana).count() == 1


@pytest.mark.parametrize(("quien", "dice"), [("hugo", "Planificación POA"), ("fabio", "Presidencia de OTB Molle")])
def test_quien_tiene_un_cargo_debe_entregarlo_antes(entrar, gente, quien, dice):
    persona = getattr(gente, quien)
    with pytest.raises(ReglaIncumplida, match=dice):
        acciones.cerrar_cuenta(persona)
    cliente = confirmada(entrar(persona))
    assert dice in cliente.get(CERRAR).content.decode()
    assert cliente.post(CERRAR, {"confirmacion": quien}).status_code == 422
    assert recargada(persona).username == quien


def test_administracion_tecnica_no_se_cierra_sola(raiz):
    with pytest.raises(ReglaIncumplida, match="administración técnica"):
        acciones.cerrar_cuenta(raiz)


def test_cerrar_pide_identidad_y_el_usuario_escrito(entrar, gente):
    cliente = entrar(gente.ana)
    assert cliente.get(CERRAR)["Location"] == "/cuentas/confirmar-identidad/?next=%2Fcuentas%2Fcerrar%2F"
    confirmada(cliente)
    respuesta = cliente.post(CERRAR, {"confirmacion": "beto"})
    assert (respuesta.status_code, recargada(gente.ana).is_active) == (422, True)
    respuesta = cliente.post(CERRAR, {"confirmacion": " ANA "})
    assert (respuesta.status_code, respuesta["Location"]) == (302, "/")
    assert recargada(gente.ana).is_active is False
    assert "_auth_user_id" not in cliente.session
    assert UserSession.objects.count() == 0


def test_descarga_trae_todo_lo_del_registro_y_las_fotos(plantada):
    persona, cliente, _ = plantada
    # Con segundo paso puesto, ingresar pidió el código: se entra por fuera y se confirma con la contraseña.
    cliente.force_login(persona, backend="allauth.account.auth_backends.AuthenticationBackend")
    confirmada(cliente)
    respuesta = cliente.post(DATOS)
    assert respuesta["Content-Type"] == "application/zip"
    assert respuesta["Cache-Control"] == "no-store"
    assert "mis-datos-ayni-" in respuesta["Content-Disposition"]
    datos, paquete = paquete_de(respuesta)
    temas = datos["temas"]
    assert set(temas) >= {dato.titulo for dato in datos_propios.REGISTRO if not dato.si_existe}
    assert temas["cuenta"]["filas"][0]["username"] == "plantada.usuaria"
    assert {fila["email"] for fila in temas["correos"]["filas"]} == {"plantada@uno.bo", "plantada@dos.bo"}
    assert temas["residencia"]["filas"][0]["otb__nombre"] == "Molle"
    assert [fila["titulo"] for fila in temas["borradores"]["filas"]] == ["titulo-plantado"]
    assert [fila["titulo"] for fila in temas["propuestas"]["filas"]] == ["Tanque de agua"]
    assert [fila["texto"] for fila in temas["comentarios"]["filas"]] == ["Hace falta agua."]
    assert len(temas["apoyos"]["filas"]) == 1
    assert "Cambió su nombre público." in [f["texto"] for f in temas["lo_que_la_bitacora_dice_de_ti"]["filas"]]
    assert sum(nombre.startswith("fotos/") for nombre in paquete.namelist()) == 2
    texto = paquete.read("mis_datos.json").decode()
    for secreto in (SECRETO, persona.password, cliente.session.session_key):
        assert secreto not in texto


def test_descarga_es_solo_de_quien_la_pide(entrar, gente):
    texto = json.dumps(datos_propios.reunir(gente.ana), default=str, ensure_ascii=False)
    for otra in ("Beto", "Carla", "Gloria"):
        assert otra not in texto


def test_descarga_pide_ingresar_e_identidad_y_no_acepta_otros_metodos(client, entrar, gente):
    assert client.get(DATOS)["Location"] == f"/cuentas/ingresar/?next={DATOS}"
    cliente = entrar(gente.ana)
    for respuesta in (cliente.get(DATOS), cliente.post(DATOS)):
        assert respuesta["Location"] == "/cuentas/confirmar-identidad/?next=%2Fcuentas%2Fmis-datos%2F"
    assert cliente.delete(DATOS).status_code == 405
    # Lo que se pidió antes de confirmar sigue después de confirmar.
    respuesta = cliente.post("/cuentas/confirmar-identidad/?next=%2Fcuentas%2Fmis-datos%2F", {"password": CLAVE})
    assert respuesta["Content-Type"] == "application/zip"
    assert paquete_de(respuesta)[0]["temas"]["cuenta"]["filas"][0]["username"] == "ana"


def test_descarga_tiene_limite_por_hora(entrar, gente, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.LIMITES_DE_CUENTAS
    cache.clear()
    cliente = confirmada(entrar(gente.ana))
    assert [cliente.post(DATOS).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert cliente.post(DATOS)["Retry-After"] == "3600"
    cache.clear()
