"""Piezas de las pruebas de propuestas: borradores completos, publicadas y muchas de golpe."""

import io
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from civic.comun.models import Foto
from civic.debate.models import Hilo
from propuestas import acciones
from propuestas.models import Propuesta
from propuestas.reglas import PLANIFICACION, Estado
from tests.elenco import PUNTO_D1


def datos_completos(pueblo, **cambios):
    lon, lat = PUNTO_D1
    return {
        "titulo": "Agua potable para la zona Molle",
        "descripcion": "El agua llega una hora al día.\nPedimos un tanque nuevo.",
        "categoria": pueblo.agua,
        "organizacion": None,
        "distrito": pueblo.distrito_1,
        "otb": pueblo.otb_molle,
        "lon": lon,
        "lat": lat,
        "referencia": "Frente a la posta",
        "monto_solicitado": Decimal("120000"),
        "familias": 80,
    } | cambios


def borrador(proceso, autor, pueblo, **cambios):
    return acciones.abrir_borrador(proceso, autor=autor, **datos_completos(pueblo, **cambios))


def enviada(proceso, autor, pueblo, **cambios):
    return acciones.presentar_propuesta(borrador(proceso, autor, pueblo, **cambios), actor=autor)


def publicada(proceso, gente, pueblo, *, autor=None, **cambios):
    propuesta = enviada(proceso, autor or gente.ana, pueblo, **cambios)
    return acciones.mover_propuesta(propuesta, hacia=Estado.PUBLICADA, actor=gente.hugo, calidad=PLANIFICACION)


def en_evaluacion(proceso, gente, pueblo, **cambios):
    propuesta = publicada(proceso, gente, pueblo, **cambios)
    return acciones.mover_propuesta(propuesta, hacia=Estado.EN_EVALUACION, actor=gente.hugo, calidad=PLANIFICACION)


def sembrar(proceso, autor, pueblo, cuantas, *, estado="publicada"):
    """`cuantas` propuestas públicas con debate y foto (sin archivos), sin pasar por las acciones."""
    hilos = Hilo.objects.bulk_create([Hilo(titulo=f"Propuesta {n}", proceso=proceso) for n in range(cuantas)])
    fotos = Foto.objects.bulk_create(
        [Foto(ancho=640, alto=480, color="#336699", peso=1, huella="x", publica=True) for _ in range(cuantas)]
    )
    ahora = timezone.now()
    base = Propuesta.objects.count()
    return Propuesta.objects.bulk_create(
        [
            Propuesta(
                proceso=proceso,
                autor=autor,
                codigo=f"PR-2027-{base + n + 1:03d}",
                titulo=f"Propuesta número {n}",
                descripcion="Hace falta en el barrio.",
                busqueda=f"propuesta numero {n}",
                categoria=pueblo.agua if n % 2 else pueblo.vias,
                distrito=pueblo.distrito_1 if n % 2 else pueblo.distrito_2,
                otb=pueblo.otb_molle if n % 2 else None,
                lon=0.5,
                lat=0.5,
                monto_solicitado=Decimal(1000 * (n + 1)),
                estado=estado,
                hilo=hilo,
                foto=foto,
                presentada=ahora,
                apoyos_contados=n,
            )
            for n, (hilo, foto) in enumerate(zip(hilos, fotos, strict=True))
        ]
    )


def foto_subida(nombre="lugar.jpg", color="green", lado=400):
    salida = io.BytesIO()
    Image.new("RGB", (lado, lado), color).save(salida, "JPEG")
    return SimpleUploadedFile(nombre, salida.getvalue(), content_type="image/jpeg")


def foto_falsa(nombre="lugar.jpg"):
    return SimpleUploadedFile(nombre, b"<html>no soy una foto</html>", content_type="image/jpeg")
