"""El registro de datos personales está completo: lo que no se declara, no se puede entregar ni borrar (P1)."""

from django.apps import apps
from django.db import models

from civic.cuentas.datos_propios import modelo_de
from civic.cuentas.models import Usuario
from civic.cuentas.registro_de_datos import APARTE, REGISTRO, Dato

NUESTROS = ("civic.", "propuestas.", "votaciones.", "mapas.", "cms.")


def enlaces_a_personas():
    """(modelo, campo) de cada campo propio de un modelo que lleva a una persona."""
    for modelo in apps.get_models(include_auto_created=True):
        for campo in [*modelo._meta.local_fields, *modelo._meta.local_many_to_many]:
            if campo.is_relation and campo.related_model is Usuario:
                yield modelo, campo.name


def sin_registrar(registro: tuple[Dato, ...]) -> list[str]:
    """Lo que falta en el registro, dicho como la línea que hay que agregar."""
    faltas = []
    declarados: dict[tuple[type, str], set[str]] = {}
    con_resto = set()
    for dato in registro:
        modelo = modelo_de(dato)
        if modelo is None:
            continue
        clave = (modelo, dato.enlace)
        declarados.setdefault(clave, set()).update(campo.split("__")[0] for campo in dato.campos)
        declarados[clave].update(dato.callados)
        if dato.resto:
            con_resto.add(clave)
    for modelo, campo in enlaces_a_personas():
        if (modelo, campo) not in declarados:
            faltas.append(f'Dato("…", "{modelo._meta.label}", "{campo}", …): enlaza a una persona y no está')
    for (modelo, enlace), nombres in declarados.items():
        if (modelo, enlace) in con_resto:
            continue
        for campo in modelo._meta.local_fields:
            if not campo.is_relation and not campo.primary_key and campo.name not in nombres:
                faltas.append(f"{modelo._meta.label}.{campo.name} (por «{enlace}»): di si se entrega o por qué no")
    return faltas


def test_todo_enlace_y_todo_campo_de_una_persona_esta_en_el_registro():
    assert sin_registrar(REGISTRO) == []


def test_la_revision_se_da_cuenta_de_un_enlace_y_de_un_campo_que_falta():
    sin_comentarios = tuple(dato for dato in REGISTRO if dato.modelo != "debate.Comentario")
    assert any('"debate.Comentario", "autor"' in falta for falta in sin_registrar(sin_comentarios))
    corto = Dato("residencia", "cuentas.Residencia", "usuario", ("nivel",), APARTE, "prueba")
    otros = tuple(dato for dato in REGISTRO if dato.titulo != "residencia")
    faltas = sin_registrar((*otros, corto))
    assert any("cuentas.Residencia.metodo (por «usuario»)" in falta for falta in faltas)


def test_cada_linea_del_registro_lleva_a_la_persona_y_nombra_campos_que_existen(db):
    for dato in REGISTRO:
        modelo = modelo_de(dato)
        if modelo is None:
            continue
        filas = modelo._default_manager.filter(**dato.filtro)
        if dato.camino:
            filas = filas.filter(**{dato.camino: 1})
        list(filas.values(*dato.campos)[:1])
        for callado in dato.callados:
            modelo._meta.get_field(callado)


def test_titulos_sin_repetir_y_resto_solo_en_bibliotecas():
    titulos = [dato.titulo for dato in REGISTRO]
    assert len(titulos) == len(set(titulos))
    nuestros = [d.titulo for d in REGISTRO if d.resto and (m := modelo_de(d)) and m.__module__.startswith(NUESTROS)]
    assert nuestros == []


def test_no_hay_claves_genericas_por_donde_se_escape_una_persona():
    for modelo in apps.get_models():
        if modelo.__module__.startswith(NUESTROS):
            assert not any(isinstance(c, models.GenericIPAddressField) for c in modelo._meta.local_fields), modelo
