"""Un formulario enviado dos veces crea un solo objeto."""

import datetime

import pytest
import time_machine
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.utils import timezone

from civic.comun.bitacora import anotar_varios, preparar_suceso
from civic.comun.errores import ReglaIncumplida
from civic.comun.forms import CampoFoto, CampoTexto, ConClave, Formulario
from civic.comun.idempotencia import VIGENCIA_SEGUNDOS, emitir_clave, huella_de, revisar_clave, una_sola_vez
from civic.comun.models import ClaveUsada, Suceso

PROPOSITO = "prueba"


class Fabrica:
    """Crea una línea de bitácora por llamada y lleva la cuenta."""

    def __init__(self, falla=None):
        self.veces = 0
        self.falla = falla

    def __call__(self):
        self.veces += 1
        if self.falla:
            raise self.falla
        suceso = preparar_suceso("x", 1, verbo="v", texto=f"{self.veces}")
        anotar_varios([suceso])
        return suceso


def enviar(clave, fabrica, *, usuario=None, datos=None, proposito=PROPOSITO):
    return una_sola_vez(clave, proposito=proposito, usuario=usuario, datos=datos or {"a": 1}, crear=fabrica)


@pytest.mark.django_db
def test_una_sola_vez_con_dos_envios_iguales_crea_uno_y_devuelve_el_mismo():
    clave, fabrica = emitir_clave(PROPOSITO), Fabrica()
    primero = enviar(clave, fabrica)
    segundo = enviar(clave, fabrica)
    unico = Suceso.objects.get()
    assert primero == (unico.pk, True)
    assert segundo == (unico.pk, False)
    assert fabrica.veces == 1


@pytest.mark.django_db
def test_una_sola_vez_con_dos_claves_crea_dos():
    fabrica = Fabrica()
    enviar(emitir_clave(PROPOSITO), fabrica)
    enviar(emitir_clave(PROPOSITO), fabrica)
    assert Suceso.objects.count() == 2
    assert ClaveUsada.objects.count() == 2


@pytest.mark.django_db
def test_una_sola_vez_con_la_misma_clave_y_otros_datos_no_crea():
    clave, fabrica = emitir_clave(PROPOSITO), Fabrica()
    enviar(clave, fabrica, datos={"a": 1})
    with pytest.raises(ReglaIncumplida, match="ya se envió con otros datos"):
        enviar(clave, fabrica, datos={"a": 2})
    assert Suceso.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("falla", [ReglaIncumplida("no"), ValueError("no"), IntegrityError("no")])
def test_una_sola_vez_si_crear_falla_la_clave_sigue_sirviendo(falla):
    clave = emitir_clave(PROPOSITO)
    with pytest.raises(type(falla)):
        enviar(clave, Fabrica(falla))
    assert ClaveUsada.objects.count() == 0
    _, nuevo = enviar(clave, Fabrica())
    assert nuevo is True
    assert Suceso.objects.count() == 1


@pytest.mark.django_db
def test_una_sola_vez_guarda_la_huella_y_no_la_clave():
    clave = emitir_clave(PROPOSITO)
    pk, _ = enviar(clave, Fabrica(), datos={"a": 1})
    usada = ClaveUsada.objects.get()
    assert (usada.objeto_id, usada.proposito, usada.contenido) == (pk, PROPOSITO, huella_de({"a": 1}))
    secreto = revisar_clave(clave, PROPOSITO)
    assert len(usada.huella) == 64
    assert secreto not in usada.huella


@pytest.mark.django_db
def test_una_sola_vez_con_clave_de_otra_persona_no_crea(gente):
    clave, fabrica = emitir_clave(PROPOSITO, gente.ana), Fabrica()
    with pytest.raises(ReglaIncumplida, match="otra sesión"):
        enviar(clave, fabrica, usuario=gente.beto)
    with pytest.raises(ReglaIncumplida, match="otra sesión"):
        enviar(clave, fabrica, usuario=AnonymousUser())
    assert (fabrica.veces, ClaveUsada.objects.count()) == (0, 0)
    _, nuevo = enviar(clave, fabrica, usuario=gente.ana)
    assert nuevo is True


def test_revisar_clave_sin_cuenta_vale_para_quien_no_ingreso():
    assert revisar_clave(emitir_clave(PROPOSITO, AnonymousUser()), PROPOSITO, AnonymousUser())


def test_revisar_clave_de_otro_proposito_no_vale():
    with pytest.raises(ReglaIncumplida, match="otra sesión"):
        revisar_clave(emitir_clave("otro"), PROPOSITO)


@pytest.mark.parametrize(
    "clave",
    [
        "",
        "inventada",
        "a:b:c",
        "ñandú:\x00:😀",
        "x" * 10_000,
        signing.dumps(["secreto", PROPOSITO, 0], salt="otra.sal"),
        signing.dumps("no es una lista de tres", salt="ayni.formulario"),
        signing.dumps(7, salt="ayni.formulario"),
    ],
    ids=["vacia", "inventada", "con_partes", "rara", "larga", "otra_sal", "otra_forma", "un_numero"],
)
def test_revisar_clave_falsa_dice_que_vencio(clave):
    with pytest.raises(ReglaIncumplida, match="Este formulario venció"):
        revisar_clave(clave, PROPOSITO)


def test_revisar_clave_vieja_dice_que_vencio():
    ahora = timezone.now()
    with time_machine.travel(ahora, tick=False):
        clave = emitir_clave(PROPOSITO)
    with time_machine.travel(ahora + datetime.timedelta(seconds=VIGENCIA_SEGUNDOS - 5), tick=False):
        assert revisar_clave(clave, PROPOSITO)
    with (
        time_machine.travel(ahora + datetime.timedelta(seconds=VIGENCIA_SEGUNDOS + 5), tick=False),
        pytest.raises(ReglaIncumplida, match="venció"),
    ):
        revisar_clave(clave, PROPOSITO)


def test_emitir_clave_nunca_repite():
    assert len({emitir_clave(PROPOSITO) for _ in range(200)}) == 200


def test_huella_de_no_depende_del_orden_y_distingue_valores():
    assert huella_de({"a": 1, "b": "ñ"}) == huella_de({"b": "ñ", "a": 1})
    assert huella_de({"a": 1}) != huella_de({"a": 2})
    assert len(huella_de({"a": "\ud83d suelto"})) == 64


# --- El formulario que lleva la clave ---


class DePrueba(ConClave, Formulario):
    texto = CampoTexto(max_length=20)
    foto = CampoFoto(required=False)


def test_con_clave_la_pone_oculta_y_vale_para_esa_persona(gente):
    formulario = DePrueba(proposito=PROPOSITO, usuario=gente.ana)
    clave = formulario["clave"].value()
    assert isinstance(formulario.fields["clave"].widget, forms.HiddenInput)
    assert revisar_clave(clave, PROPOSITO, gente.ana)


def test_con_clave_renovar_cambia_la_clave_y_conserva_lo_escrito():
    formulario = DePrueba({"clave": "vieja", "texto": "hola"}, proposito=PROPOSITO)
    formulario.renovar_clave()
    assert formulario.data["texto"] == "hola"
    assert revisar_clave(formulario["clave"].value(), PROPOSITO)


def test_con_clave_datos_sin_clave_resume_la_foto_por_nombre_y_peso():
    foto = SimpleUploadedFile("a.jpg", b"\xff\xd8\xff" + b"0" * 7)
    formulario = DePrueba({"clave": "x", "texto": " hola "}, {"foto": foto}, proposito=PROPOSITO)
    assert formulario.is_valid()
    assert formulario.datos_sin_clave() == {"texto": "hola", "foto": "a.jpg:10"}


def test_campo_foto_falsa_es_error_del_campo():
    foto = SimpleUploadedFile("a.jpg", b"nada")
    formulario = DePrueba({"texto": "hola"}, {"foto": foto}, proposito=PROPOSITO)
    assert formulario.errors == {"foto": ["Ese archivo no es una foto. Sube una imagen JPEG, PNG, WebP o HEIC."]}
