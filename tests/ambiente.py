"""El ambiente de un programa aparte que trabaja sobre las bases de esta prueba."""

import os
import urllib.parse

from django.conf import settings
from django.db import connection


def ambiente_de_las_bases() -> dict[str, str]:
    """Las variables de este proceso, con las dos bases de la prueba en lugar de las de la instalación."""
    ambiente = os.environ | {"AYNI_MODO": "pruebas", "AYNI_NIVEL_REGISTRO": "WARNING"}
    for variable, alias in (("AYNI_BASE_DATOS", "default"), ("AYNI_BASE_URNA", "urna")):
        base = settings.DATABASES[alias]["NAME"]
        if connection.vendor == "postgresql":
            partes = urllib.parse.urlsplit(os.environ.get(variable) or os.environ["AYNI_BASE_DATOS"])
            ambiente[variable] = urllib.parse.urlunsplit(partes._replace(path=f"/{base}"))
        else:
            ambiente[variable] = f"sqlite:///{base}"
    return ambiente
