"""Piezas de las pruebas de organizaciones: escaneos, actas presentadas y una organización recién pedida."""

import datetime
import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from civic.cuentas import acciones
from civic.cuentas.acciones import Renglon
from civic.cuentas.models import ActaDeDirectiva, Escaneo, Organizacion
from mapas.territorio.models import Clase

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def hoy() -> datetime.date:
    return timezone.localdate()


def dias(cuantos: int) -> datetime.date:
    return hoy() + datetime.timedelta(days=cuantos)


def subido(nombre: str = "acta.pdf", datos: bytes = PDF, tipo: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(nombre, datos, tipo)


def jpeg() -> bytes:
    salida = io.BytesIO()
    Image.new("RGB", (60, 90), "#dddddd").save(salida, "JPEG")
    return salida.getvalue()


def escaneo_de(usuario) -> Escaneo:
    return acciones.guardar_escaneo(subido(), usuario=usuario)


def presentar(organizacion, actor, *cargos: tuple[str, str, str], **cambios) -> ActaDeDirectiva:
    """Presenta un acta con los cargos (cargo, nombre, usuario) que se den."""
    datos = {"fecha": dias(-5), "desde": hoy(), "hasta": dias(730), "presentes": 40} | cambios
    renglones = [Renglon(*cargo) for cargo in cargos or (("Presidencia", "Beto Vecino", "beto"),)]
    return acciones.presentar_acta(organizacion, actor=actor, escaneo=escaneo_de(actor), cargos=renglones, **datos)


def pedir(pueblo, actor, nombre: str = "Villa Nueva", **datos) -> Organizacion:
    datos = {"clase": Clase.OTB, "distrito": pueblo.distrito_1} | datos
    return acciones.registrar_organizacion(nombre=nombre, actor=actor, **datos)


def publicar(pueblo, gente, nombre: str = "Villa Nueva") -> Organizacion:
    """Una organización que nadia pidió, con el acta confirmada, publicada hoy por hugo."""
    organizacion = pedir(pueblo, gente.nadia, nombre)
    acta = presentar(organizacion, gente.nadia, ("Presidencia", "Elena Comunica", "elena"))
    acciones.confirmar_acta(acta, actor=gente.hugo)
    for hacia in ("en_revision", "publicada"):
        organizacion = acciones.mover_organizacion(organizacion, hacia=hacia, actor=gente.hugo)
    return organizacion
