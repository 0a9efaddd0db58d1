"""La planilla con la que se carga lo escrito en papel: su plantilla y cómo se lee, con los errores por línea."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from civic.comun.descargas import en_csv
from civic.comun.dinero import miles
from civic.comun.lector_de_planillas import (
    ENORME,
    FORMULA,
    ArchivoIlegible,
    Topes,
    buscar_encabezado,
    como_texto,
    en_blanco,
    filas_de,
    lugares_de,
)
from civic.comun.texto import para_buscar, tiene_ilegibles
from civic.cuentas.lugares_padron import Lugares
from civic.cuentas.reglas_identidad import DatoInvalido
from mapas.territorio.consultas import distritos, otbs
from mapas.territorio.models import Area
from propuestas import consultas
from propuestas.acciones.papel import FILAS_MAXIMAS, ErrorDeLinea, FilaDePapel
from propuestas.forms import PasoDondeForm, PasoFotoForm, PasoQueForm

TOPES = Topes(bytes=4 * 2**20, desempacados=60 * 2**20)
LARGO_DE_CELDA = 6_000
# (columna, título de la plantilla, qué se escribe)
COLUMNAS = (
    ("titulo", "Título", "Qué se pide, en una línea. De 8 a 120 letras."),
    ("descripcion", "Qué se pide y por qué", "Como está escrito en el papel. Hasta 4.000 letras."),
    ("categoria", "Categoría", "Una de la lista."),
    ("distrito", "Distrito", "Una de la lista, o su número."),
    ("otb", "OTB o comunidad", "Su nombre o su código. Puede ir vacía."),
    ("referencia", "Cómo llegar", "Por ejemplo: frente a la posta. Puede ir vacía."),
    ("costo", "Costo en Bs", "En números: 120000 o 120.000,50."),
    ("familias", "Familias", "Cuántas se benefician. Puede ir vacía."),
)
OBLIGATORIAS = ("titulo", "descripcion", "categoria", "distrito", "costo")
_OTROS_NOMBRES = {
    "descripcion": ("descripcion", "que se pide", "detalle", "justificacion"),
    "otb": ("otb", "comunidad", "organizacion", "junta vecinal", "codigo otb"),
    "referencia": ("referencia", "lugar", "direccion", "ubicacion"),
    "costo": ("costo", "monto", "costo bs", "monto bs", "presupuesto", "costo solicitado"),
    "familias": ("familias beneficiadas", "beneficiarios", "numero de familias"),
}
_NOMBRES = {para_buscar(titulo): columna for columna, titulo, _ in COLUMNAS} | {
    nombre: columna for columna, _, _ in COLUMNAS for nombre in (columna, *_OTROS_NOMBRES.get(columna, ()))
}
_TITULOS = {columna: titulo for columna, titulo, _ in COLUMNAS}
# Los mismos campos, con los mismos límites y frases, que llena quien propone en el sitio.
_CAMPOS: dict[str, forms.Field] = {
    "titulo": PasoQueForm.base_fields["titulo"],
    "descripcion": PasoQueForm.base_fields["descripcion"],
    "referencia": PasoDondeForm.base_fields["referencia"],
    "costo": PasoFotoForm.base_fields["monto_solicitado"],
    "familias": PasoFotoForm.base_fields["familias"],
}


@dataclass
class Lectura:
    """Lo que dice una planilla. Con un solo error, nada de esto se usa."""

    filas: list[FilaDePapel] = field(default_factory=list)
    errores: list[ErrorDeLinea] = field(default_factory=list)


def leer(contenido: bytes, nombre: str) -> Lectura:
    """Lee y entiende el archivo entero. Lanza ArchivoIlegible si no hay nada que leer."""
    filas = filas_de(contenido, nombre, TOPES, es_encabezado=lambda fila: bool(lugares_de(fila, _NOMBRES)))
    donde = buscar_encabezado(filas, _NOMBRES, obligatorias=OBLIGATORIAS)
    entendedor, lectura = _Entendedor(), Lectura()
    con_datos = ((linea, fila) for linea, fila in filas if not en_blanco(fila))
    for cuantas, (linea, fila) in enumerate(con_datos, start=1):
        if cuantas > FILAS_MAXIMAS:
            raise ArchivoIlegible(f"La planilla tiene más de {miles(FILAS_MAXIMAS)} filas. Pártela.")
        try:
            lectura.filas.append(entendedor.entender(linea, _celdas(fila, donde)))
        except _FilaMala as error:
            lectura.errores += [ErrorDeLinea(linea, motivo) for motivo in error.motivos]
    if not lectura.filas and not lectura.errores:
        raise ArchivoIlegible("El archivo tiene títulos pero ninguna propuesta debajo.")
    return lectura


class _FilaMala(Exception):
    def __init__(self, motivos: Sequence[str]) -> None:
        super().__init__("; ".join(motivos))
        self.motivos = list(motivos)


def _celdas(fila: Sequence[Any], donde: dict[str, int]) -> dict[str, str]:
    celdas, motivos = {}, []
    for columna, lugar in donde.items():
        valor = fila[lugar] if lugar < len(fila) else None
        texto = "" if valor in (FORMULA, ENORME) else como_texto(valor)
        if valor is FORMULA:
            motivos.append(f"«{_TITULOS[columna]}» es una fórmula; pega solo los valores")
        elif ENORME in fila or len(texto) > LARGO_DE_CELDA:
            motivos.append("una celda tiene demasiado texto; ¿quedó una comilla sin cerrar?")
            break
        elif tiene_ilegibles(texto):
            motivos.append(f"«{_TITULOS[columna]}» tiene letras que no se pueden leer")
        celdas[columna] = texto
    if motivos:
        raise _FilaMala(motivos)
    return celdas


class _Entendedor:
    """Las categorías y los lugares de hoy, leídos una vez para todas las filas."""

    def __init__(self) -> None:
        self.categorias = {
            para_buscar(nombre): categoria.codigo
            for categoria in consultas.categorias()
            for nombre in (categoria.codigo, categoria.nombre)
        }
        self.lugares = Lugares([*distritos(), *otbs().select_related("padre")])

    def entender(self, linea: int, celdas: dict[str, str]) -> FilaDePapel:
        motivos: list[str] = []
        limpios = {nombre: self._limpio(nombre, celdas.get(nombre, ""), motivos) for nombre in _CAMPOS}
        categoria = self.categorias.get(para_buscar(celdas["categoria"]), "")
        if not categoria:
            motivos.append("esa categoría no está en la lista" if celdas["categoria"] else "falta la categoría")
        lugar = self._lugar(celdas, motivos)
        if motivos or lugar is None:
            raise _FilaMala(motivos)
        es_otb = lugar.tipo == Area.Tipo.OTB
        return FilaDePapel(
            linea=linea,
            titulo=limpios["titulo"],
            descripcion=limpios["descripcion"],
            categoria=categoria,
            distrito=lugar.padre.codigo if es_otb and lugar.padre is not None else lugar.codigo,
            otb=lugar.codigo if es_otb else "",
            referencia=limpios["referencia"],
            monto=f"{limpios['costo']:f}",
            familias=limpios["familias"],
        )

    @staticmethod
    def _limpio(nombre: str, texto: str, motivos: list[str]) -> Any:
        try:
            return _CAMPOS[nombre].clean(texto)
        except ValidationError as error:
            if not texto:
                motivos.append(f"falta «{_TITULOS[nombre]}»")
            else:
                motivos.append(f"«{_TITULOS[nombre]}»: {' '.join(error.messages)}")
            return None

    def _lugar(self, celdas: dict[str, str], motivos: list[str]) -> Area | None:
        if not celdas["distrito"]:
            motivos.append("falta el distrito")
            return None
        otb = celdas.get("otb", "")
        codigo = otb if para_buscar(otb) in self.lugares.codigos else ""
        try:
            return self.lugares.hallar(codigo, "" if codigo else otb, celdas["distrito"])
        except DatoInvalido as error:
            motivos.append(str(error))
            return None


# --- La plantilla ----------------------------------------------------------------------------------------------------
def plantilla_csv() -> Iterator[bytes]:
    return en_csv([titulo for _, titulo, _ in COLUMNAS], [])


def plantilla_xlsx() -> bytes:
    """Una hoja para llenar, con las categorías y distritos para elegir, y otra que dice cómo y trae las OTB."""
    libro = Workbook()
    hoja, listas = libro.active, libro.create_sheet("Listas")
    assert hoja is not None  # noqa: S101 -- un libro nuevo siempre trae una hoja
    hoja.title = "Propuestas"
    for lugar, (columna, titulo, que) in enumerate(COLUMNAS, start=1):
        celda = hoja.cell(1, lugar, titulo)
        celda.font, celda.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="0A6650")
        hoja.column_dimensions[get_column_letter(lugar)].width = 60 if columna == "descripcion" else 24
        listas.cell(lugar + 1, 1, titulo).font = Font(bold=True)
        listas.cell(lugar + 1, 2, que).alignment = Alignment(wrap_text=True)
    listas.cell(1, 1, "Cómo se llena").font = Font(bold=True)
    hoja.freeze_panes = "A2"
    columnas = {
        "categoria": ("Categorías", [[categoria.nombre] for categoria in consultas.categorias()]),
        "distrito": ("Distritos", [[str(area)] for area in distritos()]),
        "otb": ("OTB o comunidad", [[area.nombre, area.codigo, str(area.padre or "")] for area in _otbs()]),
    }
    for letra, (columna, (titulo, valores)) in zip("DFH", columnas.items(), strict=True):
        primera = ord(letra) - ord("A") + 1
        listas.cell(1, primera, titulo).font = Font(bold=True)
        listas.column_dimensions[letra].width = 30
        for fila, valor in enumerate(valores, start=2):
            for salto, dato in enumerate(valor):
                listas.cell(fila, primera + salto, dato).data_type = "s"
        if columna != "otb" and valores:
            _elegir_de(hoja, columna, f"Listas!${letra}$2:${letra}${len(valores) + 1}")
    salida = io.BytesIO()
    libro.save(salida)
    return salida.getvalue()


def _otbs() -> list[Area]:
    return list(otbs().select_related("padre"))


def _elegir_de(hoja: Any, columna: str, rango: str) -> None:
    letra = get_column_letter([nombre for nombre, _, _ in COLUMNAS].index(columna) + 1)
    regla = DataValidation(type="list", formula1=rango, allow_blank=True)
    regla.error, regla.errorTitle = "Elige uno de la lista.", "No está en la lista"
    hoja.add_data_validation(regla)
    regla.add(f"{letra}2:{letra}{FILAS_MAXIMAS + 1}")
