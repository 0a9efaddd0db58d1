"""Proceso aparte que abre un archivo de territorio ajeno y lo revisa. No conoce Django.

Por la entrada llega una línea JSON (formato, encierro pedido y pedido de revisión) y a continuación los bytes del
archivo. Por la salida va un solo JSON: el de `revision.revisar` o {"error": frase}. Termina con 0, o con 1 ante un
error que entiende; cualquier otra cosa es que el sistema lo mató.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))


def leer(formato: str, datos: bytes, campos: Sequence[str] = ()) -> Any:
    if formato == ".zip":
        from mapas.territorio.importador import shapefile

        return shapefile.leer(datos)
    if formato == ".gpkg":
        from mapas.territorio.importador import geopackage

        return geopackage.leer(datos, campos)
    from mapas.territorio.importador import geojson

    return geojson.leer(datos)


def atender(cabecera: dict[str, Any], datos: bytes) -> dict[str, Any]:
    from civic.comun.texto import limpiar
    from mapas.territorio.importador.piezas import ArchivoInservible, Pedido
    from mapas.territorio.importador.revision import revisar

    try:
        pedido = Pedido(**cabecera["pedido"])
        return revisar(leer(cabecera["formato"], datos, pedido.campos), pedido)
    except ArchivoInservible as error:
        return {"error": limpiar(str(error))}  # puede citar al archivo, y un archivo trae cualquier carácter
    except MemoryError:
        return {"error": "El archivo es demasiado grande para revisarlo. Simplifícalo o súbelo por partes."}
    except Exception as error:  # un archivo ajeno puede fallar de cualquier modo; aquí solo importa que falló
        frase = "No pudimos entender el archivo: parece dañado. Vuelve a exportarlo."
        return {"error": frase, "detalle": repr(error)[:300]}


def principal() -> int:
    from mapas.territorio.importador import encierro

    sin_red = encierro.apartar_de_la_red()
    # Se cargan antes de cerrar las puertas; después ya nada necesita abrir más que el archivo que llega.
    from mapas.territorio.importador import revision  # noqa: F401

    encierro.limitar()
    sin_llamadas = encierro.negar_llamadas()
    encierro.negar_en_python()
    cabecera = json.loads(sys.stdin.buffer.readline())
    if cabecera.get("probar"):
        # Para comprobar el encierro, y que el servidor sobrevive a lo que le pase a este proceso.
        respuesta: dict[str, Any] = {"red": encierro.hay_red(), "sin_red": sin_red, "sin_llamadas": sin_llamadas}
    else:
        respuesta = atender(cabecera, sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(respuesta, ensure_ascii=True, allow_nan=False))
    return 1 if "error" in respuesta else 0


if __name__ == "__main__":
    sys.exit(principal())
