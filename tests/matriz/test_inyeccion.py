"""Lo que la gente escribe se muestra como texto en todas partes: ni etiquetas ni guiones (fiabilidad B12).

Se planta lo mismo en cada campo de texto de cada tabla y se recorre cada dirección del sitio, la trastienda también.
"""

import json
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, models, router, transaction
from django.test import Client
from lxml import html
from wagtail.fields import RichTextField

from tests.guardas import se_deshace
from tests.matriz.recorrido import Recorrido, _sesion, puertas

VENENO = "'\"></script><img src=x onerror=a()>"
# Lo que escribe la gente es texto llano; lo que edita comunicación en el portal tiene sus propias pruebas.
AJENOS = {"wagtailcore", "wagtailusers", "wagtailsearch", "contenttypes", "auth", "sessions", "account", "mfa"}
NO_SON_TEXTO = (models.SlugField, models.EmailField, models.URLField, models.FileField, RichTextField)


def campos_de_texto(modelo: type[models.Model]) -> list[str]:
    return [
        campo.name
        for campo in modelo._meta.concrete_fields
        if isinstance(campo, models.CharField | models.TextField)
        and not isinstance(campo, NO_SON_TEXTO)
        and not campo.choices
        and not campo.unique
        and campo.editable  # lo demás lo escribe el programa
        and len(VENENO) <= (campo.max_length or 1_000)
    ]


def envenenar() -> set[str]:
    """Planta el veneno en cada campo que la base deja cambiar; devuelve «tabla.campo» de los que sí."""
    hechos = set()
    for modelo in apps.get_models():
        if modelo._meta.app_label in AJENOS or modelo._meta.proxy or not modelo._meta.managed:
            continue
        for campo in campos_de_texto(modelo):
            try:
                with transaction.atomic(using=router.db_for_write(modelo)):
                    if modelo._base_manager.update(**{campo: VENENO}):
                        hechos.add(f"{modelo._meta.label_lower}.{campo}")
            except DatabaseError:  # lo congelado (actas aprobadas, bitácora) y lo que debe ser distinto
                continue
    return hechos


def lo_que_se_colo(tipo: str, texto: str) -> str:
    """La etiqueta que apareció donde debía haber texto; vacía si ninguna."""
    if not texto.strip():
        return ""
    if tipo == "application/json":  # los trozos de página que un guion pone en su lugar
        texto = "".join(valor for valor in _textos(json.loads(texto)) if valor.strip().startswith("<"))
    elif tipo != "text/html":
        return ""
    malas = html.fromstring(f"<div>{texto}</div>").xpath("//*[@onerror]")
    return html.tostring(malas[0])[:200].decode() if malas else ""


def _textos(valor: Any) -> list[str]:
    if isinstance(valor, dict):
        return [texto for uno in valor.values() for texto in _textos(uno)]
    if isinstance(valor, list):
        return [texto for uno in valor for texto in _textos(uno)]
    return [valor] if isinstance(valor, str) else []


@pytest.mark.django_db
def test_nada_de_lo_escrito_se_vuelve_etiqueta_en_ninguna_pagina(el_mundo, django_db_blocker):
    colados, mostradas, malas = {}, 0, []
    with django_db_blocker.unblock(), se_deshace():
        lista = puertas(el_mundo, Recorrido())
        hechos = envenenar()
        for cargo in ("anonima", "verificada_a", "planificacion", "superusuario"):
            sesion = _sesion(el_mundo.personas[cargo], suspender=False)
            for puerta in lista:
                respuesta = _pedir(sesion, puerta.direccion)
                texto = respuesta.getvalue().decode("utf-8", "replace")
                mostradas += "onerror" in texto
                if respuesta.status_code == 500:
                    malas.append((cargo, puerta.clave))
                elif que := lo_que_se_colo(respuesta.get("Content-Type", "").partition(";")[0], texto):
                    colados[puerta.clave] = que
    assert {"propuestas.propuesta.titulo", "cuentas.usuario.nombre_publico", "debate.comentario.texto"} <= hechos
    assert mostradas > 100  # el veneno sí se mostró, como texto
    assert malas == []
    assert colados == {}


def _pedir(sesion: dict[str, str], direccion: str) -> Any:
    cliente = Client(raise_request_exception=False)
    for nombre, valor in sesion.items():
        cliente.cookies[nombre] = valor
    with se_deshace():
        return cliente.get(direccion)


@pytest.mark.parametrize("pagina", [f"<p>{VENENO}</p>", f'<a title="{VENENO}">x</a>', f"<script>1;{VENENO}</script>"])
def test_contraprueba_lo_mal_escrito_si_se_nota(pagina):
    assert "onerror" in lo_que_se_colo("text/html", pagina)
    assert "onerror" in lo_que_se_colo("application/json", json.dumps({"html": pagina}))
