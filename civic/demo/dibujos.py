"""Dibujos de la demo, uno por categoría: no son fotografías de ningún lugar ni de nadie.

Cada escena es el valle en la paleta de Ayni (molle, maíz, arcilla, cielo) con lo que esa categoría construye.
"""

import math
from collections.abc import Callable

from civic.demo.lienzo import (
    ADOBE,
    ADOBE_CLARO,
    AGUA,
    AGUA_CLARA,
    AGUA_HONDA,
    ANCHO,
    ARCILLA,
    ARCILLA_HONDA,
    CERROS,
    CIELO,
    FACTOR,
    GRIS,
    GRIS_CLARO,
    GRIS_HONDO,
    MAIZ,
    MAIZ_CLARO,
    MAIZ_HONDO,
    MOLLE,
    MOLLE_CLARO,
    MOLLE_HONDO,
    MOLLE_MEDIO,
    NOCHE,
    PAPEL,
    PASTO,
    PASTO_CLARO,
    TARDE,
    TIERRA,
    TIERRA_HONDA,
    TINTA,
    TRIGO,
    Lienzo,
    Punto,
)


def _valle(cielo: tuple[str, str] = CIELO, sol: Punto | None = (1010, 190), suelo: str = PASTO) -> Lienzo:
    """El fondo común: cielo, sol, la cordillera, cerros y el suelo que empieza en y = 640."""
    hoja = Lienzo(*cielo)
    if sol is not None:
        hoja.disco("#fbe9b8" if cielo is not NOCHE else "#f4e3c1", *sol, 92)
        hoja.disco(MAIZ_CLARO if cielo is not NOCHE else "#fbf3dd", *sol, 66)
    oscuro = cielo is NOCHE
    tonos = ("#3d5870", "#34505f", "#2b4a4f", "#24443f") if oscuro else CERROS
    if not oscuro:
        # El Tunari, con su nieve.
        hoja.forma("#b8ccd9", (60, 500), (190, 345), (262, 292), (330, 228), (402, 288), (480, 330), (660, 500))
        hoja.forma(
            "#f2f6f6", (262, 292), (330, 228), (402, 288), (380, 306), (352, 290), (326, 318), (300, 296), (276, 312)
        )
    hoja.ladera(tonos[0], 470, 150, 1.25, 0.6)
    hoja.ladera(tonos[1], 545, 150, 1.6, 2.2)
    hoja.ladera(tonos[2], 610, 110, 1.1, 4.0)
    hoja.ladera(tonos[3], 660, 70, 1.9, 1.2)
    hoja.ladera(suelo, 690, 34, 0.8, 2.6)
    return hoja


def _molle(hoja: Lienzo, x: float, y: float, talla: float = 1.0, copa: str = MOLLE) -> None:
    """Un molle: tronco torcido y copa ancha con racimos rosados."""
    t = talla
    hoja.forma(TIERRA_HONDA, (x - 12 * t, y), (x - 5 * t, y - 120 * t), (x + 9 * t, y - 120 * t), (x + 14 * t, y))
    hoja.trazo(TIERRA_HONDA, 9 * t, (x, y - 80 * t), (x - 46 * t, y - 140 * t))
    hoja.trazo(TIERRA_HONDA, 9 * t, (x + 4 * t, y - 90 * t), (x + 48 * t, y - 150 * t))
    for dx, dy, r in ((-62, -150, 52), (0, -190, 68), (62, -155, 54), (-20, -135, 52), (28, -132, 48)):
        hoja.disco(copa, x + dx * t, y + dy * t, r * t, r * t * 0.86)
    claro = MOLLE_MEDIO if copa == MOLLE else MOLLE_CLARO
    for dx, dy, r in ((-66, -168, 26), (-8, -214, 36), (52, -176, 28)):
        hoja.disco(claro, x + dx * t, y + dy * t, r * t, r * t * 0.8)
    for dx, dy in ((-80, -128), (-38, -110), (12, -104), (58, -116), (84, -140), (-10, -150), (36, -168)):
        hoja.disco("#d9735a", x + dx * t, y + dy * t, 7 * t)


def _casa(hoja: Lienzo, x: float, y: float, ancho: float, alto: float, pared: str = ADOBE) -> None:
    """Una casa de adobe con techo de teja; (x, y) es la esquina de abajo a la izquierda."""
    hoja.caja(pared, x, y - alto, ancho, alto)
    hoja.forma(ARCILLA, (x - 22, y - alto), (x + ancho * 0.5, y - alto - ancho * 0.34), (x + ancho + 22, y - alto))
    hoja.caja(ARCILLA_HONDA, x - 22, y - alto - 4, ancho + 44, 12, 4)
    hoja.caja(ARCILLA_HONDA, x + ancho * 0.14, y - alto * 0.58, ancho * 0.22, alto * 0.58, 4)
    hoja.caja(AGUA_CLARA, x + ancho * 0.56, y - alto * 0.66, ancho * 0.26, alto * 0.3, 4)
    hoja.caja(PAPEL, x + ancho * 0.68, y - alto * 0.66, ancho * 0.02, alto * 0.3)


def _persona(hoja: Lienzo, x: float, y: float, ropa: str, talla: float = 1.0, sombrero: str | None = None) -> None:
    """Una figura sin rostro, de pie en (x, y)."""
    t = talla
    hoja.forma(TINTA, (x - 20 * t, y), (x - 16 * t, y - 66 * t), (x + 16 * t, y - 66 * t), (x + 20 * t, y))
    hoja.caja(ropa, x - 30 * t, y - 142 * t, 60 * t, 92 * t, 22 * t)
    hoja.disco("#a9714b", x, y - 166 * t, 24 * t)
    if sombrero:
        hoja.disco(sombrero, x, y - 180 * t, 42 * t, 11 * t)
        hoja.caja(sombrero, x - 22 * t, y - 206 * t, 44 * t, 28 * t, 10 * t)
    else:
        hoja.pincel.pieslice(
            [(x - 26 * t) * FACTOR, (y - 194 * t) * FACTOR, (x + 26 * t) * FACTOR, (y - 142 * t) * FACTOR],
            180,
            360,
            fill=TINTA,
        )


def agua() -> Lienzo:
    """Una pila de barrio con el chorro cayendo en un balde, y el tanque elevado detrás."""
    hoja = _valle(sol=(640, 170))
    for x in (968, 1112):
        hoja.trazo(GRIS_HONDO, 12, (x, 740), (1040 + (x - 1040) * 0.7, 440))
    hoja.trazo(GRIS_HONDO, 8, (976, 690), (1096, 560))
    hoja.trazo(GRIS_HONDO, 8, (1104, 690), (984, 560))
    hoja.caja(AGUA, 950, 300, 180, 150, 26)
    hoja.caja(AGUA_HONDA, 950, 398, 180, 52, 26)
    hoja.caja(AGUA_HONDA, 940, 286, 200, 26, 13)
    _casa(hoja, 90, 730, 190, 130)
    _molle(hoja, 800, 735, 0.8)
    hoja.forma(TIERRA, (0, 960), (0, 830), (420, 770), (900, 775), (1280, 820), (1280, 960))
    hoja.disco(AGUA_CLARA, 640, 868, 210, 30)
    hoja.caja(GRIS_CLARO, 360, 480, 120, 380, 14)
    hoja.caja(GRIS, 440, 480, 40, 380, 14)
    hoja.caja(GRIS_CLARO, 340, 456, 160, 40, 12)
    hoja.trazo(MAIZ_HONDO, 36, (470, 560), (640, 560), (640, 612))
    hoja.trazo(MAIZ, 20, (478, 554), (628, 554))
    hoja.caja(ARCILLA, 558, 486, 20, 62, 6)
    hoja.caja(ARCILLA, 508, 470, 120, 26, 13)
    hoja.caja(AGUA, 626, 626, 28, 130, 12)
    hoja.caja(AGUA_CLARA, 632, 626, 8, 124, 4)
    hoja.forma(MOLLE, (548, 716), (732, 716), (708, 872), (572, 872))
    hoja.disco(MOLLE, 640, 872, 68, 16)
    hoja.disco(MOLLE_HONDO, 640, 716, 92, 22)
    hoja.disco(AGUA, 640, 720, 78, 16)
    hoja.disco(AGUA_CLARA, 640, 720, 30, 7)
    return hoja


def alcantarillado() -> Lienzo:
    """La calle cortada: arriba las casas, abajo los tubos y la cámara de inspección."""
    hoja = _valle()
    for x, pared in ((60, ADOBE), (330, ADOBE_CLARO), (920, ADOBE)):
        _casa(hoja, x, 610, 210, 140, pared)
    hoja.caja(GRIS, 0, 606, ANCHO, 46)
    hoja.caja(GRIS_CLARO, 0, 600, ANCHO, 14)
    hoja.caja(TIERRA_HONDA, 0, 650, ANCHO, 310)
    hoja.caja("#8b6a42", 0, 770, ANCHO, 190)
    for x, y, r in ((90, 700, 12), (240, 730, 9), (520, 705, 10), (980, 715, 12), (1190, 690, 9), (1090, 930, 12)):
        hoja.disco(TIERRA, x, y, r, r * 0.7)
    hoja.caja(ARCILLA, 0, 800, ANCHO, 104)
    hoja.caja("#cf6d48", 0, 812, ANCHO, 22)
    hoja.caja(ARCILLA_HONDA, 0, 884, ANCHO, 20)
    for x in (150, 430, 960, 1200):
        hoja.caja(ARCILLA_HONDA, x, 790, 40, 124, 8)
        hoja.caja(ARCILLA, x + 6, 790, 14, 124, 6)
    for x in (165, 435, 1025):
        hoja.trazo("#cf6d48", 30, (x, 640), (x, 700), (x + 50, 800))
    hoja.caja(GRIS_CLARO, 620, 640, 200, 290, 10)
    hoja.caja(GRIS_HONDO, 652, 660, 136, 250, 6)
    for y in (700, 750, 800):
        hoja.trazo(GRIS_CLARO, 8, (690, y), (750, y))
    hoja.caja(AGUA, 652, 850, 136, 60, 4)
    hoja.disco(GRIS_HONDO, 720, 616, 112, 20)
    hoja.disco(TINTA, 720, 612, 96, 15)
    hoja.trazo(GRIS, 6, (660, 612), (780, 612))
    return hoja


def pluvial() -> Lienzo:
    """Lluvia en el cerro y un canal de piedra que lleva el agua lejos de las casas."""
    hoja = _valle(("#a9bccb", "#e4e7e0"), None)
    for x, y, r in ((250, 170, 70), (340, 140, 92), (440, 176, 72), (820, 150, 74), (920, 116, 98), (1030, 158, 78)):
        hoja.disco("#7e93a4", x, y, r, r * 0.66)
    for x in range(120, 1200, 92):
        desfase = (x * 37) % 120
        for y in (270 + desfase, 420 + desfase):
            hoja.trazo("#8fb6d4", 6, (x, y), (x - 20, y + 58))
    _casa(hoja, 120, 700, 220, 150)
    _casa(hoja, 390, 690, 170, 120, ADOBE_CLARO)
    _molle(hoja, 1120, 720, 0.95)
    hoja.forma(GRIS_CLARO, (700, 640), (830, 640), (1180, 960), (330, 960))
    hoja.forma(GRIS_HONDO, (722, 640), (808, 640), (1060, 960), (450, 960))
    hoja.forma(AGUA, (736, 660), (794, 660), (990, 960), (520, 960))
    for desde, hasta in (((750, 700), (700, 840)), ((776, 690), (820, 850)), ((760, 780), (752, 930))):
        hoja.trazo(AGUA_CLARA, 8, desde, hasta)
    for paso in range(5):
        y = 690 + paso * 62
        abre = (y - 640) / 320
        hoja.trazo(GRIS, 5, (722 - 272 * abre, y), (700 - 370 * abre, y))
        hoja.trazo(GRIS, 5, (808 + 252 * abre, y), (830 + 350 * abre, y))
    return hoja


def vias() -> Lienzo:
    """Una calle enlosetada que sube entre casas, con aceras y un paso de cebra."""
    hoja = _valle()
    _casa(hoja, 60, 690, 250, 170)
    _casa(hoja, 960, 690, 250, 170, ADOBE_CLARO)
    _casa(hoja, 340, 668, 150, 104, ADOBE_CLARO)
    _molle(hoja, 870, 690, 0.75)
    hoja.forma(GRIS_CLARO, (548, 640), (732, 640), (1260, 960), (20, 960))
    hoja.forma("#b7b1a3", (576, 640), (704, 640), (1090, 960), (190, 960))
    # Losetas: cada hilada es más ancha cuanto más cerca está.
    hiladas = [640 + 320 * (paso / 12) ** 1.55 for paso in range(13)]
    for numero, (arriba, abajo) in enumerate(zip(hiladas, hiladas[1:], strict=False)):
        for losa in range(14):
            if (losa + numero) % 2:
                continue

            def cruce(y: float, columna: float) -> Punto:
                t = (y - 640) / 320
                izquierda, derecha = 576 - 386 * t, 704 + 386 * t
                return izquierda + (derecha - izquierda) * columna / 14, y

            hoja.forma(
                "#a49d8d", cruce(arriba, losa), cruce(arriba, losa + 1), cruce(abajo, losa + 1), cruce(abajo, losa)
            )
    for franja in range(7):
        x = 330 + franja * 96
        hoja.forma(PAPEL, (x + 8, 846), (x + 58, 846), (x + 52, 886), (x - 6, 886))
    _persona(hoja, 400, 872, MOLLE, 0.95, MAIZ_HONDO)
    _persona(hoja, 470, 874, ARCILLA, 0.68)
    return hoja


def alumbrado() -> Lienzo:
    """Anochece y tres luminarias encienden el pasaje."""
    hoja = _valle(NOCHE, (220, 170), "#2f5348")
    for x, y in ((420, 110), (610, 190), (780, 90), (1060, 150), (1180, 80), (900, 240), (520, 280)):
        hoja.disco("#f4e3c1", x, y, 4)
    _casa(hoja, 60, 720, 260, 180, "#8a6547")
    _casa(hoja, 980, 720, 240, 170, "#96704f")
    for x, y, ancho, alto in ((205, 600, 69, 56), (1114, 607, 64, 52)):
        hoja.caja(MAIZ, x, y, ancho, alto, 4)
    hoja.forma("#3b4a50", (470, 660), (760, 660), (1130, 960), (110, 960))
    for x, y, t in ((770, 690, 0.5), (905, 790, 0.85), (1120, 930, 1.3)):
        cima = y - 470 * t
        luz = (x - 150 * t, cima)
        abre = ((luz[0] - 24 * t, luz[1]), (luz[0] + 24 * t, luz[1]), (luz[0] + 120 * t, y), (luz[0] - 140 * t, y))
        hoja.velo(MAIZ_CLARO, 0.2, *abre)
        hoja.disco("#6f7160", luz[0] - 10 * t, y, 150 * t, 30 * t)
        hoja.disco("#a59760", luz[0] - 10 * t, y, 92 * t, 18 * t)
        hoja.trazo(GRIS_CLARO, 15 * t, (x, y + 6), (x, cima + 20 * t), (x - 40 * t, cima - 10 * t), luz)
        hoja.caja(GRIS_CLARO, luz[0] - 52 * t, luz[1] - 16 * t, 100 * t, 24 * t, 12 * t)
        hoja.caja(MAIZ_CLARO, luz[0] - 40 * t, luz[1] + 2 * t, 76 * t, 14 * t, 7 * t)
    _persona(hoja, 600, 880, AGUA, 0.95)
    _persona(hoja, 520, 884, MAIZ_HONDO, 0.95)
    return hoja


def areas_verdes() -> Lienzo:
    """Una plazuela con árboles, banco, sendero y flores."""
    hoja = _valle(suelo=PASTO_CLARO)
    _molle(hoja, 230, 760, 1.45)
    _molle(hoja, 1050, 740, 1.25)
    _molle(hoja, 690, 680, 0.7, MOLLE_MEDIO)
    hoja.forma(TRIGO, (600, 690), (700, 690), (760, 760), (640, 850), (520, 960), (180, 960), (430, 840), (560, 760))
    hoja.forma(PASTO, (640, 960), (820, 860), (1280, 810), (1280, 960))
    for x, y in ((742, 905), (802, 925), (872, 886), (940, 922), (1010, 878), (1090, 916), (1170, 872), (1224, 922)):
        hoja.trazo(MOLLE, 6, (x, y + 26), (x, y))
        for angulo in range(0, 360, 72):
            a = math.radians(angulo)
            hoja.disco(ARCILLA if x % 3 else MAIZ, x + 10 * math.cos(a), y + 10 * math.sin(a), 8)
        hoja.disco(MAIZ_CLARO, x, y, 6)
    for x in (780, 990):
        hoja.caja(GRIS_HONDO, x, 770, 18, 66, 4)
    for y in (690, 718):
        hoja.caja(ARCILLA, 750, y, 290, 18, 8)
    hoja.caja(ARCILLA_HONDA, 740, 756, 310, 22, 8)
    for x in (770, 1010):
        hoja.caja(GRIS_HONDO, x, 686, 12, 80, 4)
    _persona(hoja, 560, 850, AGUA_HONDA, 0.85)
    _persona(hoja, 496, 858, MAIZ_HONDO, 0.6)
    return hoja


def deporte() -> Lienzo:
    """La cancha del barrio: arco, red, gradas y una pelota."""
    hoja = _valle()
    for paso, color in enumerate((GRIS, GRIS_CLARO, GRIS)):
        hoja.caja(color, 80 + paso * 26, 640 - paso * 40, 480 - paso * 52, 44, 4)
    for x, ropa in ((150, ARCILLA), (240, AGUA), (330, MAIZ), (430, MOLLE), (500, ARCILLA_HONDA)):
        hoja.caja(ropa, x - 17, 590, 34, 52, 12)
        hoja.disco("#a9714b", x, 576, 15)
    hoja.forma(MOLLE_MEDIO, (60, 690), (1220, 690), (1280, 760), (1280, 960), (0, 960), (0, 760))
    for franja in range(0, 6, 2):
        hoja.forma(
            "#4f9a78",
            (100 + franja * 190, 690),
            (290 + franja * 190, 690),
            (260 + franja * 230, 960),
            (20 + franja * 230, 960),
        )
    hoja.trazo(PAPEL, 8, (80, 712), (1210, 712))
    hoja.trazo(PAPEL, 8, (560, 712), (440, 850), (1250, 850))
    for x in range(640, 1090, 30):
        hoja.trazo("#cfe0da", 3, (x, 470), (x - (x - 860) * 0.06, 730))
    for y in range(480, 730, 30):
        hoja.trazo("#cfe0da", 3, (636, y), (1084, y))
    hoja.trazo(PAPEL, 18, (630, 736), (630, 462), (1090, 462), (1090, 736))
    hoja.disco(MOLLE_HONDO, 330, 884, 78, 14)
    hoja.disco(PAPEL, 330, 820, 64)
    hoja.forma(TINTA, *[(330 + 24 * math.cos(a), 820 + 24 * math.sin(a)) for a in _angulos(5, -90)])
    for a in _angulos(5, -90):
        borde = 330 + 58 * math.cos(a), 820 + 58 * math.sin(a)
        hoja.trazo(TINTA, 5, (330 + 24 * math.cos(a), 820 + 24 * math.sin(a)), borde)
        hoja.disco(TINTA, *borde, 11)
    hoja.arco(GRIS_HONDO, 4, 330, 820, 64, 0, 360)
    return hoja


def _angulos(cuantos: int, desde: float) -> list[float]:
    return [math.radians(desde + 360 / cuantos * numero) for numero in range(cuantos)]


def educacion() -> Lienzo:
    """La escuela con su patio y un libro abierto en primer plano."""
    hoja = _valle()
    _molle(hoja, 1140, 730, 1.1)
    hoja.caja(ADOBE_CLARO, 250, 470, 700, 250)
    hoja.forma(ARCILLA, (210, 476), (300, 376), (900, 376), (990, 476))
    hoja.caja(ARCILLA_HONDA, 206, 468, 788, 18, 6)
    for x in (300, 420, 690, 810):
        hoja.caja(AGUA_CLARA, x, 530, 84, 84, 6)
        hoja.caja(PAPEL, x + 39, 530, 6, 84)
        hoja.caja(PAPEL, x, 569, 84, 6)
    hoja.caja(MOLLE, 555, 540, 90, 180, 8)
    hoja.disco(MAIZ, 630, 632, 7)
    hoja.trazo(GRIS_HONDO, 8, (170, 730), (170, 380))
    for numero, color in enumerate((ARCILLA, MAIZ, MOLLE)):
        hoja.caja(color, 174, 384 + numero * 26, 104, 26)
    hoja.caja(TIERRA, 0, 720, ANCHO, 240)
    hoja.disco(TIERRA_HONDA, 640, 920, 380, 26)
    for lado in (-1, 1):
        hoja.forma(MOLLE_HONDO, (640, 906), (640 + lado * 350, 880), (640 + lado * 360, 770), (640, 806))
        hoja.forma(PAPEL, (640, 894), (640 + lado * 326, 866), (640 + lado * 330, 752), (640, 790))
        hoja.forma("#efece2", (640, 894), (640 + lado * 60, 878), (640 + lado * 60, 768), (640, 790))
        for linea in range(3):
            y = 800 + linea * 24
            hoja.trazo(GRIS, 6, (640 + lado * 90, y - 8), (640 + lado * 290, y - 30))
    return hoja


def salud() -> Lienzo:
    """La posta de salud con su cruz y una ambulancia en la puerta."""
    hoja = _valle()
    hoja.caja(PAPEL, 190, 420, 560, 310, 6)
    hoja.caja(GRIS_CLARO, 190, 690, 560, 40)
    hoja.caja(MOLLE, 170, 394, 600, 36, 8)
    for x in (240, 330):
        hoja.caja(AGUA_CLARA, x, 510, 66, 90, 6)
    hoja.caja(AGUA, 590, 530, 110, 200, 6)
    hoja.caja(PAPEL, 642, 530, 6, 200)
    hoja.caja(MOLLE, 448, 482, 44, 132, 6)
    hoja.caja(MOLLE, 404, 526, 132, 44, 6)
    _molle(hoja, 100, 740, 0.85)
    hoja.forma(GRIS, (0, 760), (ANCHO, 750), (ANCHO, 960), (0, 960))
    for x in range(40, ANCHO, 200):
        hoja.caja(PAPEL, x, 896, 110, 12, 6)
    hoja.disco(GRIS_HONDO, 950, 868, 260, 16)
    hoja.caja(PAPEL, 730, 610, 320, 220, 18)
    hoja.forma(PAPEL, (1040, 650), (1120, 650), (1180, 740), (1200, 760), (1200, 830), (1040, 830))
    hoja.forma(AGUA_CLARA, (1062, 670), (1112, 670), (1156, 742), (1062, 742))
    hoja.caja(ARCILLA, 730, 768, 470, 26)
    hoja.caja(ARCILLA, 866, 640, 34, 100, 5)
    hoja.caja(ARCILLA, 833, 673, 100, 34, 5)
    hoja.caja(AGUA_HONDA, 880, 590, 70, 24, 8)
    for x in (820, 1110):
        hoja.disco(TINTA, x, 834, 46)
        hoja.disco(GRIS_CLARO, x, 834, 20)
    return hoja


def seguridad() -> Lienzo:
    """El módulo vecinal con luz encendida, una cámara y vecinas que se acompañan."""
    hoja = _valle(TARDE, (260, 210))
    _casa(hoja, 70, 700, 220, 150)
    hoja.caja(PAPEL, 470, 470, 360, 270, 6)
    hoja.caja(MOLLE, 440, 436, 420, 44, 8)
    hoja.caja(MAIZ_CLARO, 510, 530, 150, 100, 6)
    hoja.caja(MAIZ, 510, 530, 150, 12, 4)
    hoja.caja(MOLLE_HONDO, 710, 540, 90, 200, 6)
    hoja.trazo(GRIS_HONDO, 16, (1010, 760), (1010, 300), (940, 300))
    hoja.caja(PAPEL, 800, 270, 150, 64, 20)
    hoja.caja(TINTA, 786, 280, 34, 44, 10)
    hoja.disco(AGUA, 800, 302, 13)
    # El ojo que cuida, en el letrero.
    hoja.caja(AGUA_HONDA, 560, 330, 180, 100, 18)
    hoja.forma(PAPEL, (584, 380), (615, 352), (650, 342), (685, 352), (716, 380), (685, 408), (650, 418), (615, 408))
    hoja.disco(MOLLE, 650, 380, 27)
    hoja.disco(TINTA, 650, 380, 13)
    hoja.disco(PAPEL, 658, 372, 5)
    hoja.forma(TIERRA, (0, 790), (ANCHO, 745), (ANCHO, 960), (0, 960))
    for x, ropa, t, sombrero in (
        (300, ARCILLA, 1.15, MAIZ_HONDO),
        (390, AGUA_HONDA, 1.1, None),
        (1120, MOLLE, 1.2, None),
        (1205, MAIZ_HONDO, 0.8, None),
    ):
        hoja.disco(TIERRA_HONDA, x, 902, 52 * t, 11 * t)
        _persona(hoja, x, 900, ropa, t, sombrero)
    return hoja


def riego() -> Lienzo:
    """El canal de riego entre surcos de maíz."""
    hoja = _valle(suelo=TRIGO)
    for numero in range(9):
        x = 640 + (numero - 4) * 62
        abajo = 640 + (numero - 4) * 330
        if numero == 4:
            continue
        hoja.forma(
            PASTO if numero % 2 else MOLLE_CLARO, (x - 26, 690), (x + 26, 690), (abajo + 130, 960), (abajo - 130, 960)
        )
    hoja.forma(GRIS_CLARO, (608, 680), (672, 680), (850, 960), (430, 960))
    hoja.forma(AGUA_HONDA, (618, 680), (662, 680), (800, 960), (480, 960))
    hoja.forma(AGUA, (624, 684), (656, 684), (776, 960), (504, 960))
    for desde, hasta in (((636, 720), (612, 800)), ((648, 760), (672, 860)), ((630, 850), (600, 940))):
        hoja.trazo(AGUA_CLARA, 8, desde, hasta)
    for x, y, t in (
        (150, 900, 1.35),
        (300, 850, 1.1),
        (400, 780, 0.8),
        (60, 800, 0.95),
        (1130, 900, 1.35),
        (985, 850, 1.1),
        (880, 780, 0.8),
        (1230, 800, 0.95),
    ):
        _maiz(hoja, x, y, t)
    _persona(hoja, 770, 770, ARCILLA, 0.72, MAIZ_HONDO)
    hoja.trazo(TIERRA_HONDA, 8, (806, 770), (786, 640))
    return hoja


def _maiz(hoja: Lienzo, x: float, y: float, t: float) -> None:
    hoja.trazo(MOLLE_MEDIO, 12 * t, (x, y), (x, y - 210 * t))
    for lado, alto in ((-1, 60), (1, 90), (-1, 125), (1, 155)):
        punta = (x + lado * 92 * t, y - (alto + 34) * t)
        hoja.forma(
            MOLLE,
            (x, y - alto * t),
            (x + lado * 52 * t, y - (alto + 66) * t),
            punta,
            (x + lado * 40 * t, y - (alto + 38) * t),
        )
    hoja.disco(MAIZ, x + 20 * t, y - 128 * t, 17 * t, 36 * t)
    hoja.forma(MOLLE_HONDO, (x, y - 80 * t), (x + 40 * t, y - 110 * t), (x + 26 * t, y - 84 * t))
    for dx in (-16, 0, 16):
        hoja.trazo(MAIZ_HONDO, 5 * t, (x, y - 206 * t), (x + dx * t, y - 250 * t))


def comunal() -> Lienzo:
    """La sede comunal abierta y una ronda de vecinas y vecinos en la puerta."""
    hoja = _valle(TARDE, (1080, 180))
    _molle(hoja, 1150, 750, 1.2)
    hoja.caja(ADOBE, 300, 450, 620, 280)
    hoja.forma(ARCILLA, (250, 456), (610, 290), (970, 456))
    hoja.caja(ARCILLA_HONDA, 246, 446, 728, 20, 8)
    hoja.disco(PAPEL, 610, 390, 38)
    hoja.trazo(TINTA, 6, (610, 390), (610, 366))
    hoja.trazo(TINTA, 6, (610, 390), (628, 398))
    for x in (350, 760):
        hoja.caja(AGUA_CLARA, x, 530, 110, 100, 8)
        hoja.caja(PAPEL, x + 52, 530, 6, 100)
    hoja.caja(MAIZ_CLARO, 530, 530, 160, 200, 8)
    hoja.forma(MOLLE, (530, 530), (488, 546), (488, 740), (530, 730))
    hoja.forma(MOLLE, (690, 530), (732, 546), (732, 740), (690, 730))
    hoja.forma(TIERRA, (0, 780), (ANCHO, 740), (ANCHO, 960), (0, 960))
    hoja.disco(TIERRA_HONDA, 610, 862, 400, 66)
    hoja.disco(TIERRA, 610, 854, 376, 58)
    ronda = (
        (300, 850, ARCILLA, 0.9, None),
        (390, 822, AGUA, 0.85, MAIZ_HONDO),
        (480, 806, MAIZ_HONDO, 0.8, None),
        (740, 806, MOLLE, 0.8, None),
        (830, 822, ARCILLA_HONDA, 0.85, TIERRA_HONDA),
        (920, 850, AGUA_HONDA, 0.9, None),
        (760, 934, MAIZ_HONDO, 1.0, None),
        (450, 934, MOLLE, 1.0, ARCILLA_HONDA),
    )
    for x, y, ropa, t, sombrero in ronda:
        _persona(hoja, x, y, ropa, t, sombrero)
    return hoja


# código de categoría -> (dibujo, qué se ve)
ESCENAS: dict[str, tuple[Callable[[], Lienzo], str]] = {
    "agua": (agua, "Dibujo: una pila de barrio llena un balde; detrás, un tanque elevado."),
    "alcantarillado": (alcantarillado, "Dibujo: una calle vista por dentro, con tubos nuevos y una cámara."),
    "pluvial": (pluvial, "Dibujo: llueve en el cerro y un canal lleva el agua lejos de las casas."),
    "vias": (vias, "Dibujo: una calle enlosetada con aceras y paso de cebra."),
    "alumbrado": (alumbrado, "Dibujo: anochece y tres luminarias encienden un pasaje."),
    "areas_verdes": (areas_verdes, "Dibujo: una plazuela con molles, banco y flores."),
    "deporte": (deporte, "Dibujo: una cancha de barrio con arco, gradas y pelota."),
    "educacion": (educacion, "Dibujo: una escuela con su patio y un libro abierto."),
    "salud": (salud, "Dibujo: una posta de salud con una ambulancia en la puerta."),
    "seguridad": (seguridad, "Dibujo: un módulo vecinal con cámara y gente que se acompaña."),
    "riego": (riego, "Dibujo: un canal de riego entre surcos de maíz."),
    "comunal": (comunal, "Dibujo: vecinas y vecinos reunidos frente a la sede comunal."),
}


def dibujar(categoria: str) -> bytes:
    """PNG de 1280 x 960 de la categoría; KeyError si no tiene escena."""
    return ESCENAS[categoria][0]().png()
