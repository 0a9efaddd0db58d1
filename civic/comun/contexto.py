"""Lo que toda plantilla puede mostrar sin pedirlo."""

from django.conf import settings
from django.http import HttpRequest


def sitio(request: HttpRequest) -> dict[str, object]:
    return {
        "DEPURAR": settings.DEBUG,
        "TESELAS_URL": settings.TESELAS_URL,
        "TESELAS_ATRIBUCION": settings.TESELAS_ATRIBUCION,
        "URL_PUBLICA": settings.URL_PUBLICA,
    }
