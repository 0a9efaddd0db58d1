"""Cerrar la propia cuenta: lo personal se borra, lo público queda sin nombre. Sigue el registro de datos."""

import secrets
from functools import partial
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.fotos import borrar_foto
from civic.comun.models import Foto
from civic.cuentas import datos_propios, sesiones
from civic.cuentas.acciones.fin_de_verificacion import soltar_identidad
from civic.cuentas.models import AsignacionRol, CargoDeActa, Mandato, Residencia, Usuario
from civic.cuentas.nombres import cambio_un_nombre
from civic.cuentas.registro_de_datos import BORRAR, DESVINCULAR, REGISTRO, Dato

SIN_NOMBRE = "Persona que cerró su cuenta"


def por_que_no_cerrar(persona: Usuario) -> str:
    """Frase que dice qué debe entregar antes de cerrar su cuenta; vacía si puede cerrarla ya."""
    if persona.is_superuser:
        return "Eres la administración técnica. Pide antes a otra persona que te quite ese trabajo."
    roles = AsignacionRol.objects.filter(usuario=persona).por_cumplir()
    if roles:
        cargos = ", ".join(sorted({asignacion.get_rol_display() for asignacion in roles}))
        return f"Todavía tienes trabajo en Ayni ({cargos}). Entrégalo: pide a la administración que te quite el rol."
    mandatos = Mandato.objects.filter(usuario=persona).por_cumplir().select_related("organizacion")
    if mandatos:
        cargos = ", ".join(sorted({str(mandato) for mandato in mandatos}))
        return f"Todavía tienes un cargo ({cargos}). Entrégalo: lleva el acta de relevo a la ventanilla."
    return ""


def cerrar_cuenta(usuario: Usuario) -> None:
    """Borra los datos personales de quien lo pide y cierra su cuenta para siempre.

    Lo público que hizo queda a nombre de «Persona que cerró su cuenta», y que votó también, para que los totales no
    cambien y nadie vote dos veces. Lanza ReglaIncumplida si antes debe entregar un cargo.
    """
    with transaction.atomic():
        persona = bloquear(Usuario.objects.filter(pk=usuario.pk)).get()
        por_que = por_que_no_cerrar(persona)
        if por_que:
            raise ReglaIncumplida(por_que)
        # La identidad queda sin cuenta y recuerda en qué votó: con otra cuenta no se vota dos veces.
        soltar_identidad(persona, por_que="Cerró su cuenta")
        _callar_registro_de_la_trastienda(persona)
        sesiones.terminar(persona, a_fondo=True)
        for dato in REGISTRO:
            filas = datos_propios.filas_de(dato, persona)
            if filas is None:
                continue
            if dato.al_cerrar is BORRAR:
                _soltar_archivos(dato, filas)
                filas.delete()
            elif dato.al_cerrar is DESVINCULAR:
                filas.update(**{dato.camino: None})
        _soltar_fotos(persona)
        CargoDeActa.objects.filter(usuario=persona).update(nombre=SIN_NOMBRE, usuario_escrito="")
        _borrar_perfil(persona)
        _vaciar(persona)
        anotar(
            persona,
            verbo="cerrar_cuenta",
            texto="Cerró su cuenta. Sus datos personales se borraron.",
            actor=persona,
            publico=False,
        )


def _vaciar(persona: Usuario) -> None:
    persona.username = f"cerrada-{secrets.token_hex(8)}"
    persona.nombre_publico = SIN_NOMBRE
    persona.email = persona.first_name = persona.last_name = ""
    persona.password = make_password(None)
    persona.is_active = False
    persona.last_login = None
    persona.date_joined = timezone.now()
    persona.save()
    cambio_un_nombre()


def _soltar_archivos(dato: Dato, filas: models.QuerySet[Any]) -> None:
    for fila in filas if dato.carpeta else ():
        transaction.on_commit(partial(default_storage.delete, fila.ruta))


def _soltar_fotos(persona: Usuario) -> None:
    """Las fotos que nada usa se borran con sus archivos; las de un aporte público quedan sin decir de quién eran."""
    for foto in Foto.objects.filter(subida_por=persona, publica=False):
        try:
            with transaction.atomic():
                borrar_foto(foto)
        except ProtectedError:
            continue
    Foto.objects.filter(subida_por=persona).update(subida_por=None)


def _borrar_perfil(persona: Usuario) -> None:
    for perfil in UserProfile.objects.filter(user=persona):
        if perfil.avatar:
            transaction.on_commit(partial(default_storage.delete, perfil.avatar.name))
        perfil.delete()


def _callar_registro_de_la_trastienda(persona: Usuario) -> None:
    """Wagtail copia en su registro cómo se llamaba cada cosa tocada: lo de esta persona lleva su nombre."""
    modelos: tuple[type[models.Model], ...] = (Usuario, Residencia, AsignacionRol, Mandato)
    for modelo in modelos:
        propios = {"pk": persona.pk} if modelo is Usuario else {"usuario": persona}
        claves = [str(pk) for pk in modelo._default_manager.filter(**propios).values_list("pk", flat=True)]
        tipo = ContentType.objects.get_for_model(modelo)
        ModelLogEntry.objects.filter(content_type=tipo, object_id__in=claves).update(label=SIN_NOMBRE, data={})
