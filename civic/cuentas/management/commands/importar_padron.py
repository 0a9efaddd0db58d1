"""manage.py importar_padron: reemplaza el padrón de un municipio por el de un archivo CSV o XLSX."""

import argparse
import datetime
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from civic.comun.errores import ReglaIncumplida
from civic.comun.lector_de_planillas import ArchivoIlegible, leer_bytes
from civic.cuentas.acciones.padron import Informe, importar_padron, municipio_de_padron
from civic.cuentas.columnas_padron import NOMBRES
from civic.cuentas.planilla_padron import DEL_MUNICIPIO

ERRORES_A_LA_VISTA = 20
ANCHO = 30


def columnas(texto: str) -> dict[str, str]:
    """«ci=NRO_DOC,otb=BARRIO» -> {"ci": "NRO_DOC", "otb": "BARRIO"}."""
    pares = {}
    for par in filter(None, (parte.strip() for parte in texto.split(","))):
        nombre, igual, titulo = par.partition("=")
        if not igual or nombre.strip() not in NOMBRES or not titulo.strip():
            raise argparse.ArgumentTypeError(
                "se escribe así: ci=TITULO,fecha_nacimiento=TITULO; se puede decir " + ", ".join(NOMBRES)
            )
        pares[nombre.strip()] = titulo.strip()
    return pares


def fecha(texto: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(texto)
    except ValueError:
        raise argparse.ArgumentTypeError("la fecha se escribe AAAA-MM-DD") from None


class Command(BaseCommand):
    help = "Reemplaza el padrón de un municipio por el de un archivo .csv o .xlsx. Todo o nada; no guarda carnets."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("archivo", help="El padrón, .csv o .xlsx, con títulos en la primera fila.")
        parser.add_argument("--municipio", required=True, help="Código INE del municipio.")
        parser.add_argument(
            "--columnas", type=columnas, default={}, help="Qué título tiene cada dato: ci=…,fecha_nacimiento=…,otb=…"
        )
        parser.add_argument("--fecha-corte", type=fecha, help="De qué día es el padrón (AAAA-MM-DD).")
        parser.add_argument("--json", action="store_true", help="Escribe el resultado en JSON.")
        parser.add_argument("--sin-progreso", action="store_true", help="Sin barra de avance.")

    def handle(self, *args: Any, **opciones: Any) -> None:
        self._con_barra = not opciones["sin_progreso"] and sys.stderr.isatty()
        ruta = Path(opciones["archivo"])
        try:
            municipio = municipio_de_padron(opciones["municipio"])
            with ruta.open("rb") as archivo:
                contenido = leer_bytes(archivo, DEL_MUNICIPIO)
            informe = importar_padron(
                contenido,
                ruta.name,
                municipio=municipio,
                columnas=opciones["columnas"],
                fecha_corte=opciones["fecha_corte"],
                avanzar=self._avanzar,
            )
        except OSError as error:
            raise CommandError(f"No se pudo leer el archivo: {error.strerror or 'no se puede abrir'}.") from None
        except (ReglaIncumplida, ArchivoIlegible) as error:
            raise CommandError(self._ilegible(str(error), opciones)) from None
        self._terminar_barra()
        if opciones["json"]:
            self.stdout.write(json.dumps(_en_json(informe, opciones["municipio"]), ensure_ascii=False))
        else:
            self._contar(informe)
        if informe.total_errores:
            raise CommandError(
                f"El padrón tiene {informe.total_errores} error{'es' if informe.total_errores > 1 else ''}. "
                "No se cargó nada: corrige el archivo y repite la orden."
            )

    def _ilegible(self, motivo: str, opciones: dict[str, Any]) -> str:
        self._terminar_barra()
        if opciones["json"]:
            self.stdout.write(
                json.dumps(
                    {"municipio": opciones["municipio"], "importado": False, "error": motivo}, ensure_ascii=False
                )
            )
        return motivo

    def _contar(self, informe: Informe) -> None:
        for aviso in informe.avisos:
            self.stdout.write(f"Aviso: {aviso}")
        for error in informe.errores[:ERRORES_A_LA_VISTA]:
            self.stdout.write(str(error))
        if informe.total_errores > ERRORES_A_LA_VISTA:
            self.stdout.write(f"… y {informe.total_errores - ERRORES_A_LA_VISTA} más")
        if informe.padron is None:
            return
        repetidas = f" ({informe.repetidas} filas repetidas se contaron una vez)" if informe.repetidas else ""
        hecho = "Ya era el padrón vigente, no cambió nada" if informe.sin_cambios else "Padrón cargado"
        self.stdout.write(f"{hecho}: {informe.filas} personas{repetidas}.")

    def _avanzar(self, etapa: str, cuantas: int) -> None:
        if not self._con_barra:
            return
        if etapa == "leer":
            self._leidas = cuantas
            texto = f"\rLeyendo   {cuantas} filas"
        else:
            parte = cuantas / max(1, self._leidas)
            texto = f"\rGuardando [{'#' * int(parte * ANCHO):<{ANCHO}}] {cuantas} de {self._leidas}"
        self.stderr.write(texto, ending="")
        self.stderr.flush()

    def _terminar_barra(self) -> None:
        if self._con_barra:
            self.stderr.write("")


def _en_json(informe: Informe, municipio: str) -> dict[str, Any]:
    padron = informe.padron
    return {
        "municipio": municipio,
        "importado": padron is not None,
        "sin_cambios": informe.sin_cambios,
        "padron": padron.pk if padron else None,
        "sha256": padron.huella if padron else None,
        "filas": informe.filas,
        "repetidas": informe.repetidas,
        "avisos": informe.avisos,
        "total_errores": informe.total_errores,
        "errores": [{"linea": e.linea, "motivo": e.motivo} for e in informe.errores[:ERRORES_A_LA_VISTA]],
    }
