"""Leer las fotos y los documentos de una propuesta."""

from collections.abc import Iterable

from django.db.models import QuerySet

from civic.comun.models import Foto, Suceso
from propuestas.models import Documento, Propuesta


def fotos_de(propuesta: Propuesta) -> list[Foto]:
    """Sus fotos, la de las tarjetas primero."""
    primera = [propuesta.foto] if propuesta.foto is not None else []
    if not propuesta.tiene_fotos:
        return primera
    return primera + [otra.foto for otra in propuesta.otras_fotos.select_related("foto")]  # type: ignore[attr-defined]


def documentos_de(propuesta: Propuesta) -> QuerySet[Documento]:
    """Todos, también los reservados y los retirados, en el orden en que llegaron."""
    suyos = Documento.objects.filter(propuesta=propuesta)
    return suyos if propuesta.tiene_documentos else suyos.none()


def documentos_al_proponer(propuesta: Propuesta) -> QuerySet[Documento]:
    """Los que van con la propuesta misma y siguen ahí."""
    return documentos_de(propuesta).al_proponer().vigentes()  # type: ignore[attr-defined]


def con_adjuntos(propuesta: Propuesta, sucesos: Iterable[Suceso]) -> list[Suceso]:
    """Los sucesos, cada uno con los documentos que se adjuntaron en él. Una consulta."""
    por_suceso: dict[int, list[Documento]] = {}
    for documento in documentos_de(propuesta).filter(suceso__isnull=False) if propuesta.tiene_documentos else ():
        por_suceso.setdefault(documento.suceso_id or 0, []).append(documento)
    lista = list(sucesos)
    for suceso in lista:
        suceso.adjuntos = por_suceso.get(suceso.pk, ())
    return lista
