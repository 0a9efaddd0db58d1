"""Dos subidas a la vez no pasan del tope: con el candado entra una ordenada, y sin él la base no deja."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from civic.comun.errores import ReglaIncumplida
from propuestas import acciones, consultas_adjuntos
from propuestas.acciones import adjuntos, borradores
from propuestas.models import Documento, FotoDePropuesta, Propuesta
from propuestas.reglas import AUTOR
from tests.cuentas.piezas_verificacion import a_la_vez
from tests.propuestas.piezas import borrador, foto_subida, publicada
from tests.propuestas.piezas_adjuntos import archivos, con_adjuntos, pdf_subido
from tests.propuestas.test_carreras import sin_candado

COLORES = ("red", "green", "blue", "yellow")
carrera = pytest.mark.django_db(transaction=True)
solo_postgres = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="En SQLite cada transacción empieza con BEGIN IMMEDIATE: no hay carrera."
)


def suben_pdf(propuesta, actor):
    return a_la_vez([
        lambda n=n: con_adjuntos(propuesta, actor, documentos=[pdf_subido(f"{n}a"), pdf_subido(f"{n}b")])
        for n in range(3)
    ])  # fmt: skip


def suben_fotos(propuesta, actor):
    return a_la_vez([
        lambda dos=dos: con_adjuntos(propuesta, actor, fotos=[foto_subida(color=color) for color in dos])
        for dos in (COLORES[:2], COLORES[2:])
    ])  # fmt: skip


def se_esperan(monkeypatch, objeto, nombre, cuantas):
    """`nombre` espera a que todas lleguen ahí: ya leyeron y ninguna escribió."""
    de_verdad, todas = getattr(objeto, nombre), threading.Barrier(cuantas)

    def esperar(*args, **kwargs):
        todas.wait(timeout=60)
        return de_verdad(*args, **kwargs)

    monkeypatch.setattr(objeto, nombre, esperar)


@carrera
def test_tres_subidas_de_pdf_a_la_vez_no_pasan_de_tres_ni_dejan_archivos(recepcion, gente, pueblo):
    mio = borrador(recepcion, gente.ana, pueblo)
    respuestas = suben_pdf(mio, gente.ana)
    tarde = [r for r in respuestas if isinstance(r, ReglaIncumplida)]
    assert ([r.campo for r in tarde], Documento.objects.count()) == (["documentos"] * 2, 2)
    assert archivos("documentos") == sorted(documento.ruta for documento in Documento.objects.all())


@carrera
@solo_postgres
def test_control_sin_candado_la_base_no_deja_pasar_de_tres_pdf(recepcion, gente, pueblo, monkeypatch):
    sin_candado(monkeypatch, borradores)
    se_esperan(monkeypatch, adjuntos, "_sin_repetir", 3)
    mio = borrador(recepcion, gente.ana, pueblo)
    # Guardar la propuesta también toma su fila: sin quitarlo, eso solo ya las pondría en orden.
    monkeypatch.setattr(Propuesta, "save", lambda propuesta: None)
    respuestas = suben_pdf(mio, gente.ana)
    assert any(isinstance(r, IntegrityError) for r in respuestas), respuestas
    assert Documento.objects.count() <= 3
    assert archivos("documentos") == sorted(documento.ruta for documento in Documento.objects.all())


@carrera
def test_dos_subidas_de_fotos_a_la_vez_no_pasan_de_tres(recepcion, gente, pueblo):
    mio = borrador(recepcion, gente.ana, pueblo)
    respuestas = suben_fotos(mio, gente.ana)
    assert sum(isinstance(r, ReglaIncumplida) for r in respuestas) == 1, respuestas
    suyas = consultas_adjuntos.fotos_de(Propuesta.objects.get())
    assert len(suyas) == 2
    assert archivos("fotos") == sorted(ruta for foto in suyas for ruta in foto.rutas)


@carrera
@solo_postgres
def test_control_sin_candado_la_base_no_deja_dos_fotos_en_un_lugar(recepcion, gente, pueblo, monkeypatch):
    sin_candado(monkeypatch, borradores)
    se_esperan(monkeypatch, FotoDePropuesta.objects, "bulk_create", 2)
    mio = borrador(recepcion, gente.ana, pueblo)
    respuestas = suben_fotos(mio, gente.ana)
    assert any(isinstance(r, IntegrityError) for r in respuestas), respuestas
    assert FotoDePropuesta.objects.count() == 1


@carrera
def test_el_mismo_movimiento_enviado_dos_veces_deja_un_documento(recepcion, gente, pueblo):
    propuesta = publicada(recepcion, gente, pueblo)

    def retirar():
        return acciones.mover_propuesta(
            propuesta, hacia="retirada", actor=gente.ana, calidad=AUTOR, motivo="Ya no.", documentos=[pdf_subido()]
        )

    respuestas = a_la_vez([retirar, retirar])
    assert sum(isinstance(r, ReglaIncumplida) for r in respuestas) == 1, respuestas
    assert archivos("documentos") == [Documento.objects.get().ruta]
    with pytest.raises(IntegrityError), transaction.atomic():
        papel = Documento.objects.get()
        papel.pk, papel.token, papel.orden = None, "otro", 2
        papel.save(force_insert=True)
