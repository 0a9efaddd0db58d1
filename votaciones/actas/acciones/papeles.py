"""Las hojas escaneadas y el PDF con firma digital."""

import hashlib
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.cuentas.escaneos import limpiar_escaneo
from civic.cuentas.models import Usuario
from votaciones.actas import consultas, permisos
from votaciones.actas.acciones.escribir import bloquear_acta
from votaciones.actas.firmas import PESO_MAXIMO, comprobar_firmas
from votaciones.actas.models import Acta, Hoja, PdfFirmado
from votaciones.actas.pdf import dibujar_acta
from votaciones.actas.reglas import vida

HOJAS_MAXIMO = 6


def agregar_hoja(acta: Acta, *, actor: Usuario, archivo: Any) -> Hoja:
    """Guarda una foto o escaneo del papel firmado, limpia de metadatos. La misma hoja dos veces es una."""
    _exigir_que_la_haga(acta, actor)
    # Limpiar tarda y es otro proceso: nunca con la fila bloqueada.
    formato, datos = limpiar_escaneo(archivo)
    huella = hashlib.sha256(datos).hexdigest()
    with transaction.atomic():
        acta = bloquear_acta(acta.pk)
        _exigir_que_la_haga(acta, actor)
        ya = Hoja.objects.filter(acta=acta, huella=huella).first()
        if ya is not None:
            return ya
        if acta.hojas.count() >= HOJAS_MAXIMO:  # type: ignore[attr-defined]
            raise ReglaIncumplida(f"Un acta lleva hasta {HOJAS_MAXIMO} hojas. Quita una primero.", campo="escaneo")
        hoja = Hoja(acta=acta, formato=formato, peso=len(datos), huella=huella, subida_por=actor)
        default_storage.save(hoja.ruta, ContentFile(datos))
        hoja.save()
        _anotar(acta, actor, "agregar_hoja", "Se agregó una hoja escaneada.", huella)
    return hoja


def quitar_hoja(hoja: Hoja, *, actor: Usuario) -> None:
    """Quita una hoja mientras el acta se corrige; su archivo se borra al confirmar."""
    with transaction.atomic():
        acta = bloquear_acta(hoja.acta_id)
        _exigir_que_la_haga(acta, actor)
        actual = bloquear(Hoja.objects.filter(pk=hoja.pk)).first()
        if actual is None:
            return
        ruta, huella = actual.ruta, actual.huella
        actual.delete()
        transaction.on_commit(partial(default_storage.delete, ruta))
        _anotar(acta, actor, "quitar_hoja", "Se quitó una hoja escaneada.", huella)


def guardar_firmado(acta: Acta, *, actor: Usuario, archivo: Any) -> PdfFirmado:
    """Comprueba y guarda el PDF del acta con firmas digitales. Aquí nunca hay una clave: solo se comprueba.

    Lanza ReglaIncumplida (campo «pdf») si no es de esta acta o no se puede leer. Si sus firmas no valen se guarda igual
    y se dice por qué: no sirve para firmarla.
    """
    if not permisos.la_hace(actor, acta):
        raise ReglaIncumplida("El PDF firmado lo sube quien hace el acta.", campo="pdf")
    if archivo.size > PESO_MAXIMO:
        raise ReglaIncumplida("El PDF pesa más de 10 MB. Firma el que descargaste de esta página.", campo="pdf")
    datos = archivo.read()
    # Comprobar tarda y es otro proceso: nunca con la fila bloqueada.
    hallado = comprobar_firmas(datos)
    with transaction.atomic():
        acta = bloquear_acta(acta.pk)
        contenido, huella = consultas.contenido_por_firmar(acta)
        if f"SHA256 {huella}" not in hallado.asunto:
            raise ReglaIncumplida(
                "Ese PDF no es de esta versión del acta. Descárgalo de nuevo, fírmalo y súbelo.", campo="pdf"
            )
        hoja = dibujar_acta(contenido, huella, consultas.direccion_de_comprobar())
        firmado, nuevo = PdfFirmado.objects.get_or_create(
            acta=acta,
            huella=hashlib.sha256(datos).hexdigest(),
            defaults={
                "peso": len(datos),
                "huella_del_acta": huella,
                # Sin ser byte a byte la hoja emitida, las firmas valen para otro texto: no la prueban.
                "misma_hoja": datos.startswith(hoja),
                "valido": hallado.valido and datos.startswith(hoja),
                "firmas": hallado.firmas,
                "subido_por": actor,
            },
        )
        if nuevo:
            default_storage.save(firmado.ruta, ContentFile(datos))
            _anotar(acta, actor, "subir_firmado", "Se subió el PDF con firmas digitales.", firmado.huella)
    return firmado


def _exigir_que_la_haga(acta: Acta, actor: Usuario) -> None:
    if acta.estado not in vida.EDITABLES:
        raise ReglaIncumplida(f"El acta está «{acta.ficha.etiqueta}»: sus hojas ya no cambian.")
    if not permisos.la_hace(actor, acta):
        raise ReglaIncumplida("Las hojas las sube quien hace el acta.")


def _anotar(acta: Acta, actor: Usuario, verbo: str, texto: str, huella: str) -> None:
    anotar(
        acta, verbo=verbo, texto=texto, actor=actor, publico=False, datos={"huella": huella},
        calidad=permisos.calidad_para(actor, acta.organizacion, acta.distrito),
    )  # fmt: skip
