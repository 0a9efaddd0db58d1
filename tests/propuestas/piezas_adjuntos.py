"""PDF y clientes para las pruebas de fotos y documentos."""

import io
from pathlib import Path

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from reportlab.lib.pagesizes import A6
from reportlab.pdfgen.canvas import Canvas

from propuestas import acciones
from propuestas.reglas.adjuntos import Adjuntos


def bytes_de_pdf(texto="Acta de la OTB", paginas=1):
    salida = io.BytesIO()
    lienzo = Canvas(salida, pagesize=A6, invariant=1)
    for n in range(paginas):
        lienzo.drawString(20, 200, f"{texto}, {n + 1}")
        lienzo.showPage()
    lienzo.save()
    return salida.getvalue()


def pdf_subido(texto="Acta de la OTB", nombre="acta.pdf", paginas=1):
    return SimpleUploadedFile(nombre, bytes_de_pdf(texto, paginas), content_type="application/pdf")


def con_adjuntos(propuesta, actor, **cambios):
    return acciones.guardar_borrador(propuesta, actor=actor, adjuntos=Adjuntos(**cambios))


def archivos(carpeta):
    """Rutas guardadas en una carpeta del almacén, en orden."""
    raiz = Path(default_storage.location) / carpeta
    return sorted(str(ruta.relative_to(raiz.parent)) for ruta in raiz.rglob("*") if ruta.is_file())
