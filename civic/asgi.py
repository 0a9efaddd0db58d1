"""Puerta ASGI: archivos estáticos, HTTP de Django y WebSocket del debate."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civic.settings")

import django
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from civic.comun.puerta import PuertaDeDjango

django.setup(set_prefix=False)

# Después de django.setup: importan modelos.
from channels.auth import AuthMiddlewareStack  # noqa: E402 -- necesita las aplicaciones ya cargadas

from civic.debate.routing import websocket_urlpatterns  # noqa: E402 -- necesita las aplicaciones ya cargadas

if get_channel_layer() is None:
    # Channels calla una configuración errónea del canal; sin canal no hay debate en vivo y nadie se entera.
    raise ImproperlyConfigured("El canal de Channels no se pudo crear; revisa AYNI_REDIS.")

if settings.DEBUG or settings.EN_PRUEBAS:
    from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler

    http = ASGIStaticFilesHandler(PuertaDeDjango())
else:
    from servestatic import ServeStaticASGI

    http = ServeStaticASGI(
        PuertaDeDjango(),
        root=settings.STATIC_ROOT,
        prefix=settings.STATIC_URL,
        max_age=60,
        immutable_file_test=r"^.+\.[0-9a-f]{12}\..+$",
        allow_all_origins=False,
    )

application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
