"""La puerta de Ayni con una dirección más: /desnuda/, lo menos que cuesta guardar un voto en dos bases.

Es la base con que se compara `test_votar`: pasa por las mismas capas (sesión, CSRF, cuenta) y hace las dos mismas
escrituras, cada una en su transacción, sin preguntar nada ni cifrar nada.
"""

import secrets

from civic.asgi import application as application  # prepara Django: va antes que los modelos

from django.conf import settings  # isort: skip
from django.db import transaction  # isort: skip
from django.http import HttpRequest, HttpResponse  # isort: skip
from django.shortcuts import redirect  # isort: skip
from django.urls import include, path  # isort: skip

from votaciones.models import Participacion  # isort: skip
from votaciones.urna.models import Sobre  # isort: skip
from votaciones.urna.ruta import BASE  # isort: skip


def desnuda(request: HttpRequest, contienda: int) -> HttpResponse:
    """Escribe quién participó y, aparte, un sobre del mismo tamaño que los de verdad."""
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    with transaction.atomic():
        Participacion.objects.create(
            contienda_id=contienda, usuario=request.user, compromiso=secrets.token_hex(32)
        )  # fmt: skip
    with transaction.atomic(using=BASE):
        Sobre.objects.create(
            contienda=contienda,
            serie=secrets.token_hex(32),
            firma=secrets.token_hex(64),
            recibo=secrets.token_hex(32),
            cerrado=request.POST["cerrado"],
        )
    return redirect("/recibo/")


urlpatterns = [path("desnuda/<int:contienda>/", desnuda), path("", include("civic.urls"))]
settings.ROOT_URLCONF = __name__
