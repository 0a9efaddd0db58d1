"""Escribir un borrador en tres pasos y presentarlo."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Length
from django.utils import timezone

from civic.comun.bitacora import diferencia, retrato
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.fotos import borrar_foto
from civic.cuentas.models import Usuario
from civic.debate.acciones import abrir_hilo
from civic.debate.models import Hilo
from civic.procesos.models import Proceso
from civic.procesos.permisos import exigir_fase
from civic.procesos.reglas import PROPONER
from propuestas import consultas, permisos_firmantes, reglas
from propuestas.acciones.adjuntos import (
    cambiar_documentos,
    cambiar_fotos,
    enlazar_al_presentar,
    preparando,
)
from propuestas.acciones.copatrocinios import anotar_preguntas, preguntar_de_nuevo
from propuestas.acciones.piezas import (
    anotar_aparte,
    anotar_movimiento,
    bloquear_propuesta,
    exigir_bajo_techo,
    exigir_mandato,
    pasar_a,
    revisar_lugar,
)
from propuestas.models import Documento, Propuesta
from propuestas.reglas import AUTOR, Estado
from propuestas.reglas.adjuntos import Adjuntos

# Lo que su autora o autor escribe en el borrador.
CAMPOS = (
    *("titulo", "descripcion", "categoria", "organizacion"),
    *("distrito", "otb", "lon", "lat", "referencia"),
    *("monto_solicitado", "familias"),
)
CAMBIAN_AL_PRESENTAR = ("estado", "codigo", "presentada", "vence")


def abrir_borrador(proceso: Proceso, *, autor: Usuario, asiste: Usuario | None = None, **datos: Any) -> Propuesta:
    """Empieza una propuesta en `proceso`; nadie más la ve hasta que se presente.

    `datos` son los campos de CAMPOS; `asiste`, la promotora que la escribe por `autor` (ver `asistencia`).
    Lanza ReglaIncumplida si la fase no recibe propuestas o si `autor` no tiene mandato vigente en la organización.
    """
    with transaction.atomic():
        exigir_fase(proceso, PROPONER)
        propuesta = Propuesta(proceso=proceso, autor=autor, asistida_por=asiste)
        propuesta.estado = str(Estado.BORRADOR_ASISTIDO if asiste else Estado.BORRADOR)
        _escribir(propuesta, datos)
        propuesta.save()
        anotar_aparte(propuesta, asiste or autor, verbo="abrir_borrador", texto="Empezó a escribirla.")
    return propuesta


def guardar_borrador(
    propuesta: Propuesta,
    *,
    actor: Usuario,
    adjuntos: Adjuntos | None = None,
    **datos: Any,
) -> Propuesta:
    """Guarda lo que trae `datos` (campos de CAMPOS) y lo que cambia de sus adjuntos; lo demás queda como estaba.

    Un borrador se guarda en cualquier fase: lo escrito no se pierde aunque ya no se pueda presentar.
    """
    cambios = adjuntos or Adjuntos()
    # Limpiar lo subido tarda y es otro proceso: nunca con la fila bloqueada.
    with (
        preparando(cambios.fotos, cambios.documentos, actor=actor, texto=cambios.texto) as listos,
        transaction.atomic(),
    ):
        propuesta = bloquear_propuesta(propuesta)
        if not permisos_firmantes.puede_escribir(actor, propuesta):
            raise ReglaIncumplida("Esta propuesta ya se presentó. Solo se puede cambiar si te la devuelven.")
        _escribir(propuesta, datos)
        permisos_firmantes.exigir_lugar_de_promotora(actor, propuesta)
        sobran = cambiar_fotos(propuesta, cambios, listos.fotos) if adjuntos else []
        propuesta.save()
        for foto in sobran:
            borrar_foto(foto)
        if adjuntos:
            cambiar_documentos(propuesta, cambios, listos, actor)
        anotar_aparte(propuesta, actor, verbo="guardar_borrador", texto="Guardó un cambio.")
    return propuesta


def presentar_propuesta(propuesta: Propuesta, *, actor: Usuario) -> Propuesta:
    """Presenta un borrador completo: le da código y debate, y lo deja «enviada» para revisar la forma.

    Presentar dos veces es lo mismo que una. El asistido llega por `consentir`. Lanza ReglaIncumplida si la fase no lo
    permite, si falta un dato (dice el paso), si el costo pasa del techo del distrito o si venció el mandato en la
    organización.
    """
    with transaction.atomic():
        propuesta = bloquear_propuesta(propuesta)
        if propuesta.autor_id != actor.pk:
            raise ReglaIncumplida("Solo la presenta quien la escribió.")
        if not propuesta.es_editable:
            return propuesta
        # La fila de la gestión antes de mirar la fase: quien cambia el calendario toma el mismo candado, y la hora que
        # cuenta es la de después de esperar.
        hacer_fila(propuesta.proceso.gestion)
        permisos_firmantes.exigir_consentimiento(propuesta)
        _exigir_presentable(propuesta, actor)
        antes = retrato(propuesta, CAMBIAN_AL_PRESENTAR)
        reglas.exigir_movimiento(propuesta.estado, Estado.ENVIADA, AUTOR)
        desde = pasar_a(propuesta, Estado.ENVIADA)
        propuesta.presentada = propuesta.presentada or timezone.now()
        propuesta.codigo = propuesta.codigo or siguiente_codigo(propuesta.proceso.gestion)
        propuesta.hilo = propuesta.hilo or _abrir_hilo_oculto(propuesta)
        propuesta.busqueda = consultas.texto_de_busqueda(propuesta)
        propuesta.save()
        revisar_lugar(propuesta)
        cambiaron = preguntar_de_nuevo(propuesta)
        documentos = Documento.objects.filter(propuesta=propuesta).al_proponer().vigentes()
        anotar_movimiento(
            propuesta, actor, AUTOR, desde=desde, cambio=diferencia(antes, retrato(propuesta, CAMBIAN_AL_PRESENTAR)),
            adjuntos=list(documentos.values_list("huella", flat=True)),
        )  # fmt: skip
        enlazar_al_presentar(propuesta)
        anotar_preguntas(propuesta, cambiaron)
    return propuesta


def _escribir(propuesta: Propuesta, datos: dict[str, Any]) -> None:
    ajenos = set(datos) - set(CAMPOS)
    if ajenos:
        raise ValueError(f"No son campos del borrador: {sorted(ajenos)}")
    for campo, valor in datos.items():
        setattr(propuesta, campo, valor)
    exigir_mandato(propuesta, propuesta.autor)
    propuesta.busqueda = consultas.texto_de_busqueda(propuesta)


def _exigir_presentable(propuesta: Propuesta, actor: Usuario) -> None:
    exigir_fase(propuesta.proceso, PROPONER)
    exigir_mandato(propuesta, actor)
    reglas.exigir_completa(consultas.lo_que_falta(propuesta))
    if propuesta.monto_solicitado is not None:
        exigir_bajo_techo(propuesta, propuesta.monto_solicitado)


def hacer_fila(gestion: int) -> None:
    """Bloquea los procesos de la gestión: dos personas que presentan a la vez hacen fila."""
    list(bloquear(Proceso.objects.filter(gestion=gestion).order_by("pk")))


def siguiente_codigo(gestion: int) -> str:
    """Código correlativo de la gestión, con la fila ya hecha."""
    ultimo = (
        Propuesta.objects.filter(codigo__startswith=f"PR-{gestion}-")
        .order_by(Length("codigo").desc(), "-codigo")
        .values_list("codigo", flat=True)
        .first()
    )
    return reglas.codigo_de(gestion, reglas.numero_de(ultimo) + 1 if ultimo else 1)


def _abrir_hilo_oculto(propuesta: Propuesta) -> Hilo:
    """El debate nace oculto: mientras se revisa la forma, nadie debe leer su título ni comentar."""
    hilo = abrir_hilo(
        propuesta.titulo, proceso=propuesta.proceso, url=propuesta.get_absolute_url(), distrito=propuesta.distrito
    )
    hilo.visible = False
    hilo.save(update_fields=["visible"])
    return hilo
