"""Lo que alguien escribía cuando su sesión o el permiso del formulario vencieron: se guarda para enviarlo al volver.

Solo en las vistas marcadas `@retomable` (nunca una papeleta ni una clave), solo texto, y una hora como mucho. El envío
guardado pasa después por la misma puerta y las mismas reglas que cualquiera: aquí no se decide nada.
"""

import time
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest

LLAVE = "ayni.por_retomar"
LETRAS_MAXIMO = 20_000
SEGUNDOS = 3600
_NO_SE_GUARDAN = ("csrfmiddlewaretoken", "password", "contrasena", "pin")


def guardar(request: HttpRequest) -> bool:
    """Deja en la sesión los campos de este envío y a dónde iba; False si no entra o no es de este sitio."""
    if request.method != "POST" or not es_de_este_sitio(request):
        return False
    campos = [
        [nombre, valor]
        for nombre, valores in request.POST.lists()
        if not nombre.startswith(_NO_SE_GUARDAN)
        for valor in valores
    ]
    if sum(len(nombre) + len(str(valor)) for nombre, valor in campos) > LETRAS_MAXIMO:
        return False
    if not request.user.is_authenticated:
        request.session.set_expiry(SEGUNDOS)
    request.session[LLAVE] = {
        "ruta": request.get_full_path(),
        "campos": campos,
        "con_archivos": bool(request.FILES),
        "momento": int(time.time()),
    }
    return True


def pendiente(request: HttpRequest) -> dict[str, Any] | None:
    """{ruta, campos: [[nombre, valor]], con_archivos, muestra: el texto más largo}; None si no hay o ya venció."""
    guardado = request.session.get(LLAVE)
    if guardado is None or time.time() - guardado["momento"] > SEGUNDOS:
        return None
    escritos = [str(valor) for nombre, valor in guardado["campos"] if " " in str(valor).strip()]
    return guardado | {"muestra": max(escritos, key=len, default="")}


def es_de_este_sitio(request: HttpRequest) -> bool:
    """Si el envío salió de una página nuestra: otro sitio no puede dejarle a nadie un formulario lleno."""
    origen = request.META.get("HTTP_ORIGIN") or request.META.get("HTTP_REFERER", "")
    return urlsplit(origen).netloc == request.get_host()
