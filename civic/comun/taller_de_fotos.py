"""Proceso aparte que decodifica una foto con memoria y tiempo limitados. No conoce Django.

Recibe por la entrada estándar los bytes de la imagen y por argumento su formato (JPEG, PNG, WEBP, HEIF) y los anchos.
Escribe por la salida una línea JSON {ancho, alto, color, tamanos: {ancho: bytes}} y a continuación las versiones WebP,
en orden. Ante un problema escribe {"error": frase} y termina con 1.
"""

import io
import json
import resource
import sys
from typing import Any

MEMORIA = 512 * 1024 * 1024
SEGUNDOS = 10
PIXELES = 25_000_000


def limitar() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORIA, MEMORIA))
    resource.setrlimit(resource.RLIMIT_CPU, (SEGUNDOS, SEGUNDOS))


def procesar(datos: bytes, formato: str, anchos: list[int]) -> tuple[dict[str, Any], list[bytes]]:
    from PIL import Image, ImageOps

    if formato == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # el límite propio, abajo, es más estricto
    with Image.open(io.BytesIO(datos), formats=[formato]) as imagen:
        if imagen.width * imagen.height > PIXELES:
            raise ValueError("La foto tiene demasiados puntos (más de 25 megapíxeles). Toma una más pequeña.")
        if min(imagen.size) < 32:
            raise ValueError("La foto es demasiado pequeña para verse.")
        if formato == "JPEG":
            imagen.draft("RGB", (anchos[-1] * 2, anchos[-1] * 2))  # decodifica ya reducida: menos memoria
        derecha = ImageOps.exif_transpose(imagen)
        llana = Image.new("RGB", derecha.size, "white")
        if derecha.mode in {"RGBA", "LA", "P", "PA"}:
            con_alfa = derecha.convert("RGBA")
            llana.paste(con_alfa, mask=con_alfa.getchannel("A"))
        else:
            llana.paste(derecha.convert("RGB"))
    mayor = min(llana.width, anchos[-1])
    pedidos = sorted({ancho for ancho in anchos if ancho < mayor} | {mayor})
    versiones = []
    for ancho in pedidos:
        alto = max(1, round(llana.height * ancho / llana.width))
        reducida = llana.resize((ancho, alto), Image.Resampling.LANCZOS)
        salida = io.BytesIO()
        reducida.save(salida, "WEBP", quality=76, method=4, exif=b"", xmp=b"", icc_profile=None)
        versiones.append(salida.getvalue())
    rojo, verde, azul = llana.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    alto_mayor = max(1, round(llana.height * mayor / llana.width))
    ficha = {
        "ancho": mayor,
        "alto": alto_mayor,
        "color": f"#{rojo:02x}{verde:02x}{azul:02x}",
        "tamanos": {str(ancho): len(version) for ancho, version in zip(pedidos, versiones, strict=True)},
    }
    return ficha, versiones


def principal() -> int:
    limitar()
    formato, anchos = sys.argv[1], [int(ancho) for ancho in sys.argv[2].split(",")]
    try:
        ficha, versiones = procesar(sys.stdin.buffer.read(), formato, anchos)
    except ValueError as error:
        print(json.dumps({"error": str(error)}))
        return 1
    except (OSError, SyntaxError, MemoryError, EOFError) as error:
        print(json.dumps({"error": "No pudimos leer la foto: parece dañada.", "detalle": repr(error)}))
        return 1
    sys.stdout.buffer.write(json.dumps(ficha).encode() + b"\n")
    for version in versiones:
        sys.stdout.buffer.write(version)
    return 0


if __name__ == "__main__":
    sys.exit(principal())
