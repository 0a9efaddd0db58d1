"""El papel, la paleta y los trazos con que se dibuja la demo.

Las medidas son de un papel de 1280 x 960; se dibuja al doble y se reduce para que los bordes salgan suaves.
"""

import io
import math
from collections.abc import Sequence

from PIL import Image, ImageDraw

ANCHO, ALTO, FACTOR = 1280, 960, 2

CIELO = ("#cfe3f3", "#f3efe2")
TARDE = ("#f6dcae", "#fbf0dc")
NOCHE = ("#1d3550", "#d98d63")
MOLLE, MOLLE_HONDO, MOLLE_MEDIO, MOLLE_CLARO = "#0a6650", "#074a3a", "#3f8a6a", "#8dbb95"
PASTO, PASTO_CLARO, TRIGO = "#7fae74", "#a9c98a", "#d9cf8f"
MAIZ, MAIZ_HONDO, MAIZ_CLARO = "#f0b429", "#d0921a", "#fbe3a0"
ARCILLA, ARCILLA_HONDA, ADOBE, ADOBE_CLARO = "#b5502f", "#8c3a20", "#d9a679", "#ecc9a3"
AGUA, AGUA_HONDA, AGUA_CLARA = "#4f9bd0", "#1a5a9e", "#b9dcf2"
GRIS, GRIS_HONDO, GRIS_CLARO = "#9aa5a1", "#5d6a66", "#d3d8d2"
TIERRA, TIERRA_HONDA, PAPEL, TINTA = "#c9a878", "#a37f52", "#fbfaf6", "#26302d"
CERROS = ("#a9c3d6", "#8fb0bd", "#7ea394", "#6b9a7c")

Punto = tuple[float, float]


class Lienzo:
    """Un papel donde se dibuja con medidas de 1280 x 960."""

    def __init__(self, arriba: str, abajo: str) -> None:
        degradado = Image.linear_gradient("L").resize((ANCHO * FACTOR, ALTO * FACTOR))
        tamano = (ANCHO * FACTOR, ALTO * FACTOR)
        self.imagen = Image.composite(Image.new("RGB", tamano, abajo), Image.new("RGB", tamano, arriba), degradado)
        self.pincel = ImageDraw.Draw(self.imagen)

    def _a_escala(self, puntos: Sequence[Punto]) -> list[Punto]:
        return [(x * FACTOR, y * FACTOR) for x, y in puntos]

    def forma(self, color: str, *puntos: Punto) -> None:
        self.pincel.polygon(self._a_escala(puntos), fill=color)

    def caja(self, color: str, x: float, y: float, ancho: float, alto: float, radio: float = 0) -> None:
        esquinas = self._a_escala([(x, y), (x + ancho, y + alto)])
        self.pincel.rounded_rectangle(esquinas, radius=radio * FACTOR, fill=color)

    def disco(self, color: str, x: float, y: float, rx: float, ry: float | None = None) -> None:
        ry = rx if ry is None else ry
        self.pincel.ellipse(self._a_escala([(x - rx, y - ry), (x + rx, y + ry)]), fill=color)

    def trazo(self, color: str, grosor: float, *puntos: Punto) -> None:
        """Línea de puntas redondas."""
        self.pincel.line(self._a_escala(puntos), fill=color, width=round(grosor * FACTOR), joint="curve")
        for x, y in (puntos[0], puntos[-1]):
            self.disco(color, x, y, grosor / 2)

    def arco(self, color: str, grosor: float, x: float, y: float, radio: float, desde: float, hasta: float) -> None:
        """Arco de circunferencia; grados desde el este, en el sentido del reloj."""
        caja = self._a_escala([(x - radio, y - radio), (x + radio, y + radio)])
        self.pincel.arc(caja, desde, hasta, fill=color, width=round(grosor * FACTOR))

    def velo(self, color: str, opacidad: float, *puntos: Punto) -> None:
        """Una forma que deja ver lo de atrás (la luz de una lámpara); opacidad de 0 a 1."""
        mascara = Image.new("L", self.imagen.size, 0)
        ImageDraw.Draw(mascara).polygon(self._a_escala(puntos), fill=round(255 * opacidad))
        self.imagen.paste(color, (0, 0), mascara)

    def ladera(self, color: str, base: float, alto: float, vueltas: float, paso: float, cae: float = 0) -> None:
        """Un cerro de lado a lado: dos ondas sumadas; `cae` lo inclina hacia la derecha."""
        borde = []
        for x in range(0, ANCHO + 20, 20):
            t = x / ANCHO * math.tau
            onda = math.sin(t * vueltas + paso) * 0.6 + math.sin(t * vueltas * 2.3 + paso * 1.7) * 0.4
            borde.append((x, base - alto * (onda + 1) / 2 + cae * x / ANCHO))
        self.forma(color, (0, ALTO), *borde, (ANCHO, ALTO))

    def png(self) -> bytes:
        salida = io.BytesIO()
        self.imagen.resize((ANCHO, ALTO), Image.Resampling.BOX).save(salida, "PNG", compress_level=1)
        return salida.getvalue()
