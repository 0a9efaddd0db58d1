"""Llamar al taller y entender lo que pasó, también si el sistema lo mató. El servidor nunca abre el archivo."""

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

from civic.comun.talleres import Taller, TallerLento, TallerOcupado
from mapas.territorio.importador import topes
from mapas.territorio.importador.piezas import ArchivoInservible, Pedido

registro = logging.getLogger("ayni.importador")

TALLER = Path(__file__).with_name("taller.py")
# Con un solo hilo de cálculo y, por si algo quisiera salir, con una puerta que no lleva a ningún lado.
AMBIENTE = {
    **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9"),
    "PROJ_NETWORK": "OFF",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONIOENCODING": "utf-8",
}
_taller = Taller(TALLER, a_la_vez=2, ambiente=AMBIENTE)
_MAGIAS = {".zip": (b"PK\x03\x04", b"PK\x05\x06"), ".gpkg": (b"SQLite format 3\x00",)}
DEMASIADO = "El archivo es demasiado grande o complicado de revisar. Simplifícalo o súbelo por partes."


def formato_de(nombre: str, datos: bytes) -> str:
    """La extensión, si se acepta, pesa lo permitido y los primeros bytes no la desmienten. Lanza ArchivoInservible."""
    extension = Path(nombre).suffix.lower()
    if extension not in topes.PESO_MAXIMO:
        raise ArchivoInservible(
            "Solo se importan GeoJSON (.geojson, .json), GeoPackage (.gpkg) y shapefile comprimido (.zip)."
        )
    tope = topes.PESO_MAXIMO[extension]
    if len(datos) > tope:
        raise ArchivoInservible(f"El archivo pesa más de {tope // topes.MEGA} MB. Simplifícalo o súbelo por partes.")
    if not datos:
        raise ArchivoInservible("El archivo está vacío.")
    magias = _MAGIAS.get(extension)
    if magias and not datos.startswith(magias):
        raise ArchivoInservible(f"El archivo dice ser «{extension}» pero por dentro es otra cosa. Vuelve a exportarlo.")
    return extension


def revisar_archivo(nombre: str, datos: bytes, pedido: Pedido) -> dict[str, Any]:
    """Lo que contesta `revision.revisar` en el taller. Lanza ArchivoInservible con una frase para la persona."""
    formato = formato_de(nombre, datos)
    return en_el_taller({"formato": formato, "pedido": asdict(pedido)}, datos)


def en_el_taller(cabecera: dict[str, Any], datos: bytes = b"") -> dict[str, Any]:
    entrada = json.dumps(cabecera).encode() + b"\n" + datos
    try:
        hecho = _taller.correr(entrada, segundos=topes.SEGUNDOS_DE_RELOJ)
    except TallerOcupado:
        raise ArchivoInservible("Se están revisando otros archivos. Espera un minuto y vuelve a intentar.") from None
    except TallerLento:
        registro.warning("El taller de territorio tardó más de %s s", topes.SEGUNDOS_DE_RELOJ)
        raise ArchivoInservible(DEMASIADO) from None
    try:
        respuesta = json.loads(hecho.stdout)
    except ValueError:
        registro.warning("El taller de territorio terminó con %s: %r", hecho.returncode, hecho.stderr[-300:])
        raise ArchivoInservible(DEMASIADO) from None
    if "error" in respuesta:
        registro.info("Archivo de territorio rechazado: %s", respuesta.get("detalle", "inservible"))
        raise ArchivoInservible(respuesta["error"])
    return respuesta
