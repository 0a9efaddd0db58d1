#!/usr/bin/env python3
"""Revisa la cadena de la bitácora de Ayni sin confiar en Ayni. Solo necesita Python 3.

    python verificar_cadena.py https://el-sitio [HUELLA]     la descarga del sitio
    python verificar_cadena.py cadena.jsonl [HUELLA]         la lee de un archivo

HUELLA es una cabeza que guardaste antes: debe seguir en la cadena. Termina con 0 si todo cuadra y con 1 si no.

Cómo se calcula, con SHA-256 en hexadecimal y JSON de claves ordenadas, sin espacios, en UTF-8:
    contenido = SHA-256({"abierto": lo publicado, "publico": sí o no, "reserva": huella de lo reservado})
    huella    = SHA-256(huella anterior + contenido); la primera sigue a 64 ceros.
"""

import hashlib
import json
import sys
import urllib.request


def sha256(octetos):
    return hashlib.sha256(octetos).hexdigest()


def del_sitio(sitio):
    desde = 1
    while True:
        direccion = f"{sitio.rstrip('/')}/bitacora/cadena.jsonl?desde={desde}"
        with urllib.request.urlopen(direccion, timeout=60) as respuesta:
            lineas = respuesta.read().decode("utf-8").splitlines()
        if not lineas:
            return
        yield from lineas
        desde = json.loads(lineas[-1])["abierto"]["numero"] + 1


def del_archivo(nombre):
    with open(nombre, encoding="utf-8") as archivo:
        yield from (linea for linea in archivo if linea.strip())


def revisar(lineas, guardada):
    anterior, numero, vista = "0" * 64, 0, not guardada
    for linea in lineas:
        suceso = json.loads(linea)
        numero += 1
        if suceso["abierto"]["numero"] != numero:
            return f"Falta el suceso {numero}."
        contenido = {clave: suceso[clave] for clave in ("abierto", "publico", "reserva")}
        texto = json.dumps(contenido, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        if sha256((anterior + sha256(texto.encode("utf-8"))).encode()) != suceso["huella"]:
            return f"El suceso {numero} no corresponde a su huella."
        anterior = suceso["huella"]
        vista = vista or anterior == guardada
    if not vista:
        return f"La huella que guardaste no está entre los {numero} sucesos: alguien cambió lo que ya había pasado."
    print(f"{numero} sucesos, cadena íntegra, cabeza {anterior}")
    return ""


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    origen = sys.argv[1]
    leer = del_sitio if origen.startswith(("http://", "https://")) else del_archivo
    sys.exit(revisar(leer(origen), sys.argv[2].lower() if len(sys.argv) == 3 else "") or 0)
