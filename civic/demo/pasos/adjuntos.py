"""Dos propuestas con dos fotos y un PDF chico, y la cesión que acompaña a los reclamos."""

import hashlib
import io

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from reportlab.lib.pagesizes import A5
from reportlab.pdfgen.canvas import Canvas

from civic.comun.models import Suceso
from civic.demo.contexto import Contexto
from civic.demo.guion import RECIBIENDO
from civic.demo.pasos.historias import RECLAMAR
from propuestas.models import Documento, FotoDePropuesta, Propuesta
from propuestas.reglas import Estado


def cargar(contexto: Contexto) -> str:
    """Paso aparte del de propuestas: necesita sus sucesos ya escritos."""
    publicadas = Propuesta.objects.filter(proceso__slug=RECIBIENDO, estado=Estado.PUBLICADA)
    presentadas = Suceso.objects.filter(
        objeto_tipo=Propuesta._meta.label_lower, objeto_id__in=publicadas.values("pk"), verbo="mover",
        hasta=Estado.ENVIADA.value,
    )  # fmt: skip
    for suceso in presentadas.order_by("-numero")[:2]:
        propuesta = Propuesta.objects.get(pk=suceso.objeto_id)
        otra = next(foto for foto in contexto.fotos.values() if foto != propuesta.foto)
        FotoDePropuesta.objects.create(propuesta=propuesta, foto=otra, orden=2)
        _adjuntar(propuesta, suceso, Documento.Clase.PROPUESTA, "Acta de la reunión", propuesta.titulo)
    for suceso in Suceso.objects.filter(verbo="mover", motivo=RECLAMAR[2]):
        propuesta = Propuesta.objects.get(pk=suceso.objeto_id)
        _adjuntar(propuesta, suceso, Documento.Clase.MOVIMIENTO, "Cesión del terreno", propuesta.titulo)
    return f"{FotoDePropuesta.objects.count()} fotos más y {Documento.objects.count()} documentos"


def _adjuntar(propuesta: Propuesta, suceso: Suceso, clase: str, nombre: str, texto: str) -> None:
    datos = _pdf(nombre, texto)
    documento = Documento(
        propuesta=propuesta, suceso=suceso, clase=clase, orden=1, nombre=f"{nombre}.pdf", peso=len(datos), paginas=1,
        huella=hashlib.sha256(datos).hexdigest(), subido_por=propuesta.autor, momento=suceso.momento,
    )  # fmt: skip
    default_storage.save(documento.ruta, ContentFile(datos))
    documento.save()


def _pdf(titulo: str, texto: str) -> bytes:
    salida = io.BytesIO()
    lienzo = Canvas(salida, pagesize=A5, invariant=1)
    lienzo.setTitle(titulo)
    lienzo.setFont("Helvetica-Bold", 14)
    lienzo.drawString(40, 540, titulo)
    lienzo.setFont("Helvetica", 10)
    lienzo.drawString(40, 515, texto[:70])
    lienzo.drawString(40, 495, "Documento de muestra: no tiene valor legal.")
    lienzo.showPage()
    lienzo.save()
    return salida.getvalue()
