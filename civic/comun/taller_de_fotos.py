"""Proceso aparte que decodifica una foto con memoria y tiempo limitados. No conoce Django.

Recibe por la entrada estándar los bytes de la imagen y por argumento su formato (JPEG, PNG, WEBP, HEIF), los anchos y,
si también se quieren en JPEG, «jpeg». Escribe por la salida una línea JSON {ancho, alto, color, tamanos: {ancho:
bytes}, reserva: {ancho: bytes}, lugar: [lon, lat] o null} y a continuación las versiones WebP, en orden, y las JPEG.
`lugar` es donde la foto dice que se tomó: solo viaja por esta línea.
Ante un problema escribe {"error": frase} y termina con 1.
"""

import io
import json
import math
import resource
import sys
from typing import Any

MEMORIA = 512 * 1024 * 1024
SEGUNDOS = 10
PIXELES = 25_000_000
LADO_MINIMO = 32
PROPORCION_MAXIMA = 10  # una panorámica de teléfono llega a 1:6; WebP no pasa de 16.383 puntos por lado


class FotoRechazada(Exception):
    """La foto se leyó pero no sirve; el texto es para la persona."""


def limitar() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORIA, MEMORIA))
    resource.setrlimit(resource.RLIMIT_CPU, (SEGUNDOS, SEGUNDOS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # no puede escribir ningún archivo


def revisar_medidas(ancho: int, alto: int) -> None:
    """Lanza FotoRechazada según las medidas declaradas, antes de decodificar un solo punto."""
    if ancho * alto > PIXELES:
        raise FotoRechazada("La foto tiene demasiados puntos (más de 25 megapíxeles). Toma una más pequeña.")
    if min(ancho, alto) < LADO_MINIMO:
        raise FotoRechazada("La foto es demasiado pequeña para verse.")
    if max(ancho, alto) > PROPORCION_MAXIMA * min(ancho, alto):
        raise FotoRechazada("La foto es demasiado alargada. Recórtala o toma otra.")


def aplanar(imagen: Any) -> Any:
    """Copia en RGB: transparencias sobre blanco, 16 bits llevados a 8, CMYK y paletas convertidas."""
    from PIL import Image

    if imagen.mode.startswith("I") or imagen.mode == "F":
        imagen = imagen.convert("I").point(lambda valor: valor * (1 / 256)).convert("L")
    if imagen.mode in {"RGBA", "LA", "P", "PA", "RGBa", "La"}:
        con_alfa = imagen.convert("RGBA")
        llana = Image.new("RGB", imagen.size, "white")
        llana.paste(con_alfa, mask=con_alfa.getchannel("A"))
        return llana
    return imagen.convert("RGB")


def lugar_de(imagen: Any) -> list[float] | None:
    """[lon, lat] donde la foto dice que se tomó, o None si no lo dice o no tiene sentido."""
    try:
        gps = imagen.getexif().get_ifd(0x8825)
        lat, lon = (
            sum(float(parte) / 60**i for i, parte in enumerate(gps[campo])) * (-1 if gps[lado] in ("S", "W") else 1)
            for lado, campo in ((1, 2), (3, 4))
        )
    except Exception:  # los datos del teléfono vienen de cualquier modo: sin ellos la foto vale igual
        return None
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90) or lon == lat == 0:
        return None
    return [round(lon, 6), round(lat, 6)]


def abrir(datos: bytes, formato: str, mayor: int) -> tuple[Any, list[float] | None]:
    """Imagen RGB derecha y el lugar que dice. Su lado menor tiene `mayor` puntos o poco más."""
    from PIL import Image, ImageOps

    if formato == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # el límite propio es más estricto
    with Image.open(io.BytesIO(datos), formats=[formato]) as imagen:
        revisar_medidas(*imagen.size)
        if formato == "JPEG":
            imagen.draft("RGB", (mayor * 2, mayor * 2))  # decodifica ya reducida
        lugar = lugar_de(imagen)
        imagen.load()
        veces = min(imagen.size) // mayor
        # Las paletas y los 16 bits no se pueden promediar sin convertirlos antes.
        chica = imagen.reduce(veces) if veces > 1 and imagen.mode in {"RGB", "RGBA", "L", "LA", "CMYK"} else imagen
        return aplanar(ImageOps.exif_transpose(chica)), lugar


def comprimir(reducida: Any, formato: str, **opciones: Any) -> bytes:
    salida = io.BytesIO()
    reducida.save(salida, formato, exif=b"", icc_profile=None, **opciones)
    return salida.getvalue()


def procesar(
    datos: bytes, formato: str, anchos: list[int], *, con_reserva: bool = False
) -> tuple[dict[str, Any], list[bytes]]:
    from PIL import Image

    llana, lugar = abrir(datos, formato, anchos[-1])
    mayor = min(llana.width, anchos[-1])
    pedidos = sorted({ancho for ancho in anchos if ancho < mayor} | {mayor})
    versiones, reserva = [], []
    for ancho in pedidos:
        alto = max(1, round(llana.height * ancho / llana.width))
        reducida = llana.resize((ancho, alto), Image.Resampling.LANCZOS)
        reducida.info.clear()  # exif, xmp e icc viajan en info: ninguno debe llegar al codificador
        versiones.append(comprimir(reducida, "WEBP", quality=76, method=4, xmp=b""))
        if con_reserva:
            reserva.append(comprimir(reducida, "JPEG", quality=72, optimize=True))
    rojo, verde, azul = llana.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    ficha = {
        "ancho": mayor,
        "alto": max(1, round(llana.height * mayor / llana.width)),
        "color": f"#{rojo:02x}{verde:02x}{azul:02x}",
        "tamanos": {str(ancho): len(version) for ancho, version in zip(pedidos, versiones, strict=True)},
        "reserva": {str(ancho): len(version) for ancho, version in zip(pedidos, reserva, strict=False)},
        "lugar": lugar,
    }
    return ficha, versiones + reserva


def principal() -> int:
    limitar()
    formato, anchos = sys.argv[1], [int(ancho) for ancho in sys.argv[2].split(",")]
    try:
        ficha, versiones = procesar(sys.stdin.buffer.read(), formato, anchos, con_reserva="jpeg" in sys.argv[3:])
    except FotoRechazada as error:
        print(json.dumps({"error": str(error)}))
        return 1
    except Exception as error:  # un decodificador puede fallar de cualquier modo; aquí solo importa que falló
        print(json.dumps({"error": "No pudimos leer la foto: parece dañada.", "detalle": repr(error)[:300]}))
        return 1
    sys.stdout.buffer.write(json.dumps(ficha).encode() + b"\n")
    for version in versiones:
        sys.stdout.buffer.write(version)
    return 0


if __name__ == "__main__":
    sys.exit(principal())
