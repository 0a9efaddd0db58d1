"""Reglas puras de la identidad: cómo se escribe un carnet, qué fecha vale y cómo se muestran los totales.

Un carnet de identidad boliviano tiene un número y, si ese número se repitió, un complemento de dos signos, uno de ellos
letra («1A»). El departamento que lo expidió («CB», «LP») acompaña al número pero no identifica a nadie. Las cédulas de
extranjero llevan una «E» delante. Quien copia un carnet lo escribe de muchas maneras; aquí todas dan lo mismo.
"""

import datetime
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

DIGITOS_MINIMO, DIGITOS_MAXIMO = 4, 10
EDAD_MAXIMA = 120
LARGO_MAXIMO = 60
CELDA_MINIMA = 5
"""Un total público de menos personas se une con otro: con tan pocas, se sabría quiénes son."""

_DEPARTAMENTOS = (
    r"LA[\s.]*PAZ|LPZ|LP|COCHABAMBA|CBBA|CBA|CB|SANTA[\s.]*CRUZ|SCZ|SC|ORURO|ORU|OR|POTOSI|PTS|PT|PO"
    r"|TARIJA|TJA|TJ|CHUQUISACA|CHQ|CH|BENI|BNI|BE|BN|PANDO|PAN|PND|PA|PD|PN"
)
_PREFIJO = re.compile(r"^(?:C[\s.]*I[\s.:]*|CARNET[\s:]*|N(?:RO|UM)?[\s.:°º]+|[°º#]\s*)+")
_COMPLEMENTO = r"(?:[0-9][A-Z]|[A-Z][0-9])"
_GRUPO = re.compile(rf"([0-9]+?)({_COMPLEMENTO})?")
_SOLO_COMPLEMENTO = re.compile(_COMPLEMENTO)
_COLA = re.compile(rf"(?:(?<=[0-9A-Z])[\s.,/()-]+|(?<=[0-9])|(?<=[0-9][A-Z]))(?:{_DEPARTAMENTOS})[\s.()]*$")
_SEPARADORES = re.compile(r"[\s.,/'’()-]+")
_DECIMAL_DE_PLANILLA = re.compile(r"([0-9]+)\.0")
_DIA = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4})")
_ISO = re.compile(r"([0-9]{4})[/.\-]([0-9]{1,2})[/.\-]([0-9]{1,2})(?:[T ][0-9:.]+)?")
_SERIE = re.compile(r"([0-9]{4,5})(?:\.0)?")
_ORIGEN_DE_PLANILLA = datetime.date(1899, 12, 30)  # día 0 de Excel, contando su 29 de febrero de 1900 que no existió


class DatoInvalido(ValueError):
    """Un carnet o una fecha que no se entiende. El texto es para la persona y nunca repite lo que escribió."""


@dataclass(frozen=True, repr=False)
class Ci:
    """Un carnet ya normalizado. Su representación no muestra el número: así no llega a ningún registro."""

    numero: str
    complemento: str = ""
    extranjero: bool = False

    @property
    def canonico(self) -> str:
        """Una sola escritura por carnet: «1234567», «1234567-1A», «E-1234567»."""
        cola = f"-{self.complemento}" if self.complemento else ""
        return f"{'E-' if self.extranjero else ''}{self.numero}{cola}"

    def __repr__(self) -> str:
        return "Ci(…)"

    __str__ = __repr__


def _llano(texto: str) -> str:
    """Mayúsculas ASCII: dígitos de cualquier alfabeto a 0-9, anchos dobles a simples, rayas a guion, sin acentos."""
    letras = []
    for letra in unicodedata.normalize("NFKD", texto):
        categoria = unicodedata.category(letra)
        if categoria == "Nd":
            letras.append(str(unicodedata.decimal(letra)))
        elif categoria in ("Pd", "Pc") or letra == "\u2212":
            letras.append("-")
        elif categoria == "Zs" or letra == "\t":
            letras.append(" ")
        elif categoria not in ("Mn", "Cf"):
            letras.append(letra)
    return "".join(letras).strip().upper()


def normalizar_ci(texto: str) -> Ci:
    """El carnet que dice `texto`, escrito de cualquier manera razonable; DatoInvalido si no se entiende.

    - puntos, espacios y guiones entre cifras no cuentan; los ceros de delante tampoco;
    - el complemento son dos signos, cifra y letra, al final, con guion o sin él: «1234567-1A» = «12345671A»;
    - el departamento («CB», «Cbba.», «LP») y las marcas «CI», «N°» se ignoran; la «E» de extranjero se conserva.
    """
    if texto.isascii() and texto.isdigit():  # lo común, y en un padrón son decenas de miles
        return _ci(texto, "", extranjero=False)
    if len(texto) > LARGO_MAXIMO:
        raise DatoInvalido("El número de carnet es demasiado largo.")
    llano = _llano(texto)
    if decimal := _DECIMAL_DE_PLANILLA.fullmatch(llano):  # «1234567.0»: así escribe un número una planilla
        return _ci(decimal[1], "", extranjero=False)
    llano = _PREFIJO.sub("", llano)
    extranjero = bool(re.match(r"E[\s.-]*[0-9]", llano))
    if extranjero:
        llano = re.sub(r"^E[\s.-]*", "", llano)
    llano = _COLA.sub("", llano)
    *cifras, ultima = [grupo for grupo in _SEPARADORES.split(llano) if grupo] or [""]
    complemento = ""
    if cifras and _SOLO_COMPLEMENTO.fullmatch(ultima):
        complemento = ultima
    elif partes := _GRUPO.fullmatch(ultima):
        cifras.append(partes[1])
        complemento = partes[2] or ""
    else:
        raise DatoInvalido(
            "No se entiende el número de carnet. Escribe las cifras y, si tiene, su complemento: 1234567-1A."
        )
    return _ci("".join(cifras), complemento, extranjero=extranjero)


def _ci(cifras: str, complemento: str, *, extranjero: bool) -> Ci:
    numero = cifras.lstrip("0")
    if not (numero.isascii() and numero.isdigit()) or not DIGITOS_MINIMO <= len(numero) <= DIGITOS_MAXIMO:
        raise DatoInvalido(f"El número de carnet tiene de {DIGITOS_MINIMO} a {DIGITOS_MAXIMO} cifras. Revísalo.")
    return Ci(numero, complemento, extranjero)


@lru_cache(maxsize=65_536)
def _fecha(texto: str) -> datetime.date:
    """La fecha escrita; en un padrón se repiten mucho, por eso se recuerdan."""
    if _SERIE.fullmatch(texto):
        return _ORIGEN_DE_PLANILLA + datetime.timedelta(days=int(texto.removesuffix(".0")))
    if partes := _DIA.fullmatch(texto):
        dia, mes, anio = (int(parte) for parte in partes.groups())
    elif partes := _ISO.fullmatch(texto):
        anio, mes, dia = (int(parte) for parte in partes.groups())
    else:
        raise DatoInvalido("no se entiende la fecha de nacimiento; escríbela día/mes/año, como 31/05/1990")
    try:
        return datetime.date(anio, mes, dia)
    except ValueError:
        raise DatoInvalido(f"la fecha {dia:02d}/{mes:02d}/{anio:04d} no existe") from None


def leer_nacimiento(valor: object, hoy: datetime.date) -> datetime.date:
    """La fecha de nacimiento de una celda o de un formulario; DatoInvalido con la razón si no vale.

    Entiende DD/MM/AAAA, AAAA-MM-DD, el número de serie de Excel y las fechas de una planilla; el año, con 4 cifras.
    """
    if isinstance(valor, datetime.datetime):
        fecha = valor.date()
    elif isinstance(valor, datetime.date):
        fecha = valor
    else:
        texto = str(valor)
        if len(texto) > LARGO_MAXIMO:
            raise DatoInvalido("la fecha de nacimiento es demasiado larga")
        fecha = _fecha(texto if texto.isascii() else _llano(texto))
    if fecha > hoy:
        raise DatoInvalido("la fecha de nacimiento todavía no llegó")
    if fecha.year < hoy.year - EDAD_MAXIMA:
        raise DatoInvalido(f"la fecha de nacimiento es de hace más de {EDAD_MAXIMA} años")
    return fecha


def agrupar_totales(
    cuentas: Mapping[str, int], *, minimo: int = CELDA_MINIMA, otras: str = "otras formas"
) -> list[tuple[str, int]]:
    """Totales públicos, de mayor a menor, sin celdas de menos de `minimo`: las chicas se suman en «otras formas».

    Si lo sumado todavía es chico se le agrega la celda que sigue, porque restando del total se sabría. Con una sola
    celda, o si nada llega al mínimo, la lista sale vacía: solo se muestra el total.
    """
    celdas = sorted(((rotulo, n) for rotulo, n in cuentas.items() if n), key=lambda celda: (-celda[1], celda[0]))
    juntas = 0
    while celdas and (celdas[-1][1] < minimo or 0 < juntas < minimo):
        juntas += celdas.pop()[1]
    if juntas >= minimo:
        celdas.append((otras, juntas))
    return celdas if len(celdas) > 1 or (celdas and not juntas and celdas[0][1] >= minimo) else []
