"""Poner y quitar fotos y documentos: de un borrador, o con un movimiento que ya se escribió."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.documentos import Pdf, archivos_o_nada, leer
from civic.comun.errores import ReglaIncumplida
from civic.comun.fotos import borrar_foto, guardar_foto
from civic.comun.models import Foto, Suceso
from civic.cuentas.models import Usuario
from propuestas import permisos, reglas
from propuestas.acciones.piezas import bloquear_propuesta
from propuestas.models import Documento, FotoDePropuesta, Propuesta
from propuestas.models.adjuntos import NOMBRE_DE_RETIRADO
from propuestas.reglas import EN_CALIDAD_DE, MODERACION
from propuestas.reglas.adjuntos import DOCUMENTOS_MAXIMO, FOTOS_MAXIMO, MOTIVOS_DE_RETIRO, Adjuntos

CAMPO = "documentos"


@dataclass(frozen=True)
class Listos:
    """Lo subido, ya revisado y limpio, antes de bloquear nada. Lo que `guardar` escribe se borra si algo falla."""

    fotos: Sequence[Foto]
    documentos: Sequence[Pdf]
    guardar: Callable[[str, bytes], None]


@contextmanager
def preparando(
    fotos: Sequence[Any] = (), documentos: Sequence[Any] = (), *, actor: Usuario | None = None, texto: str = ""
) -> Iterator[Listos]:
    """Revisa y limpia lo subido, que tarda; va por fuera de la transacción. Si la acción falla no queda nada."""
    _exigir_cupo(len(documentos))
    leidos = [leer(archivo, campo=CAMPO) for archivo in documentos]
    limpias: list[Foto] = []
    try:
        for archivo in fotos:
            limpias.append(guardar_foto(archivo, usuario=actor, texto=texto))
        with archivos_o_nada() as guardar:
            yield Listos(limpias, leidos, guardar)
    except BaseException:
        for foto in Foto.objects.filter(token__in=[limpia.token for limpia in limpias]):
            borrar_foto(foto)
        raise


# --- Fotos de un borrador --------------------------------------------------------------------------------------------
def cambiar_fotos(propuesta: Propuesta, cambios: Adjuntos, nuevas: Sequence[Foto]) -> list[Foto]:
    """Con la fila bloqueada: quita, agrega y ordena sus fotos. Devuelve las que sobran, para borrarlas al guardar.

    La misma foto dos veces es una. Lanza ReglaIncumplida (campo «foto») si no caben.
    """
    habia = [propuesta.foto] if propuesta.foto is not None else []
    habia += [otra.foto for otra in propuesta.otras_fotos.select_related("foto")]  # type: ignore[attr-defined]
    quedan = [foto for foto in habia if foto.pk not in cambios.quitar_fotos]
    sobran = [foto for foto in habia if foto.pk in cambios.quitar_fotos]
    for nueva in nuevas:
        igual = next((foto for foto in quedan if foto.huella == nueva.huella), None)
        if igual is None:
            quedan.append(nueva)
        else:
            sobran.append(nueva)
    propuesta.lugar_de_fotos = next((nueva.tomada_en for nueva in nuevas if nueva.tomada_en), None)
    if len(quedan) > FOTOS_MAXIMO:
        raise ReglaIncumplida(f"Caben {FOTOS_MAXIMO} fotos. Quita alguna para poner otra.", campo="foto")
    quedan.sort(key=lambda foto: foto.pk != cambios.portada)
    propuesta.foto = quedan[0] if quedan else None
    FotoDePropuesta.objects.filter(propuesta=propuesta).delete()
    FotoDePropuesta.objects.bulk_create(
        FotoDePropuesta(propuesta=propuesta, foto=foto, orden=orden) for orden, foto in enumerate(quedan[1:], start=2)
    )
    _poner_textos(quedan, cambios.textos)
    return sobran


def copiar_fotos(desde: Propuesta, hacia: Propuesta) -> None:
    """Las otras fotos de una propuesta en la que la sigue; la primera ya viaja con sus datos."""
    FotoDePropuesta.objects.bulk_create(
        FotoDePropuesta(propuesta=hacia, foto_id=otra.foto_id, orden=otra.orden)
        for otra in FotoDePropuesta.objects.filter(propuesta=desde)
    )


def _poner_textos(fotos: Sequence[Foto], textos: Mapping[int, str]) -> None:
    for foto in fotos:
        texto = textos.get(foto.pk, foto.texto)
        if texto != foto.texto:
            foto.texto = texto
            foto.save(update_fields=["texto"])


def borrar_todo(propuesta: Propuesta) -> Callable[[], None]:
    """Con la fila bloqueada: suelta las fotos y los documentos de un borrador. Lo devuelto borra las fotos, y se llama
    cuando la propuesta ya no está."""
    fotos = [propuesta.foto] if propuesta.foto is not None else []
    fotos += [otra.foto for otra in propuesta.otras_fotos.select_related("foto")]  # type: ignore[attr-defined]
    for documento in Documento.objects.filter(propuesta=propuesta):
        transaction.on_commit(partial(default_storage.delete, documento.ruta))
        documento.delete()
    FotoDePropuesta.objects.filter(propuesta=propuesta).delete()

    def borrar_fotos() -> None:
        for foto in fotos:
            borrar_foto(foto)

    return borrar_fotos


# --- Documentos ------------------------------------------------------------------------------------------------------
def cambiar_documentos(propuesta: Propuesta, cambios: Adjuntos, listos: Listos, actor: Usuario) -> None:
    """Con la fila bloqueada: quita y agrega los documentos de un borrador. El mismo archivo dos veces es uno."""
    suyos = Documento.objects.filter(propuesta=propuesta).al_proponer().vigentes()
    for documento in suyos.filter(pk__in=cambios.quitar_documentos):
        transaction.on_commit(partial(default_storage.delete, documento.ruta))
        documento.delete()
    habia = list(suyos)
    libres = [n for n in range(1, DOCUMENTOS_MAXIMO + 1) if n not in {documento.orden for documento in habia}]
    nuevos = _sin_repetir(listos.documentos, {documento.huella for documento in habia})
    if len(nuevos) > len(libres):
        raise ReglaIncumplida(f"Caben {DOCUMENTOS_MAXIMO} documentos. Quita alguno para poner otro.", campo=CAMPO)
    for pdf, orden in zip(nuevos, libres, strict=False):
        _guardar(listos, pdf, propuesta=propuesta, clase=Documento.Clase.PROPUESTA, orden=orden, subido_por=actor)


def enlazar_al_presentar(propuesta: Propuesta) -> None:
    """Los documentos de la propuesta quedan en ese paso de su historia. Si el movimiento todavía no está escrito,
    porque se presenta dentro de `juntar_sucesos`, lo repite quien junta al terminar."""
    suyos = Documento.objects.filter(propuesta=propuesta).al_proponer().vigentes()
    if suyos.exists() and (suceso := _ultimo_movimiento(propuesta)) is not None:
        suyos.update(suceso=suceso)


def adjuntar(propuesta: Propuesta, listos: Listos, actor: Usuario | None) -> None:
    """Con el movimiento ya anotado, en la misma transacción: guarda los documentos con él y con su misma reserva."""
    if not listos.documentos:
        return
    suceso = _ultimo_movimiento(propuesta)
    if suceso is None:
        raise TypeError("Se adjunta con un movimiento ya anotado, fuera de `juntar_sucesos`.")
    for orden, pdf in enumerate(_sin_repetir(listos.documentos, set()), start=1):
        _guardar(
            listos, pdf, propuesta=propuesta, clase=Documento.Clase.MOVIMIENTO, suceso=suceso, orden=orden,
            publico=suceso.publico, subido_por=actor,
        )  # fmt: skip


def huellas(pdfs: Sequence[Pdf]) -> list[str]:
    """Las huellas que se anotan con un movimiento, sin repetir."""
    return [pdf.huella for pdf in _sin_repetir(pdfs, set())]


def retirar_documento(documento: Documento, *, actor: Usuario, motivo: str) -> Documento:
    """Borra el archivo de un documento que no debía publicarse; queda su huella y el motivo. Repetirlo no cambia nada.

    El nombre del archivo también se olvida: suele decir de quién es.
    """
    if motivo not in MOTIVOS_DE_RETIRO:
        raise ReglaIncumplida("Elige por qué se retira.", campo="motivo")
    with transaction.atomic():
        propuesta = bloquear_propuesta(documento.propuesta)
        documento = bloquear(Documento.objects.filter(pk=documento.pk)).get()
        if documento.retirado is not None:
            return documento
        if razon := permisos.por_que_no_retira(actor, propuesta):
            raise ReglaIncumplida(razon)
        transaction.on_commit(partial(default_storage.delete, documento.ruta))
        documento.retirado, documento.retirado_por, documento.motivo = timezone.now(), actor, motivo
        documento.nombre = NOMBRE_DE_RETIRADO
        documento.save(update_fields=["retirado", "retirado_por", "motivo", "nombre"])
        anotar(
            propuesta, verbo="retirar_documento", actor=actor, calidad=EN_CALIDAD_DE[MODERACION],
            texto=f"Se retiró un documento adjunto. Su huella SHA-256 era {documento.huella}.",
            motivo=MOTIVOS_DE_RETIRO[motivo], publico=documento.publico and reglas.es_publico(propuesta.estado),
            datos={"documento": documento.pk, "huella": documento.huella},
        )  # fmt: skip
    return documento


def _exigir_cupo(cuantos: int) -> None:
    if cuantos > DOCUMENTOS_MAXIMO:
        raise ReglaIncumplida(f"Son demasiados documentos: como mucho {DOCUMENTOS_MAXIMO}.", campo=CAMPO)


def _sin_repetir(pdfs: Sequence[Pdf], ya: set[str]) -> list[Pdf]:
    return list({pdf.huella: pdf for pdf in pdfs if pdf.huella not in ya}.values())


def _ultimo_movimiento(propuesta: Propuesta) -> Suceso | None:
    return Suceso.objects.de(propuesta).filter(verbo="mover").order_by("-numero").first()


def _guardar(listos: Listos, pdf: Pdf, **datos: Any) -> Documento:
    documento = Documento(nombre=pdf.nombre, peso=pdf.peso, paginas=pdf.paginas, huella=pdf.huella, **datos)
    listos.guardar(documento.ruta, pdf.datos)
    documento.save(force_insert=True)
    return documento
