"""manage.py escrutar ARCHIVO.pb --regla …: cuenta una elección en formato Pabulib."""

import json
import time
from argparse import ArgumentParser
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from civic.comun.dinero import miles
from votaciones.reglas import pabulib
from votaciones.reglas.condiciones import condiciones_de
from votaciones.reglas.escrutinio import COMPLETAR, PARADAS, REGLAS, escrutar
from votaciones.reglas.perfil import perfil_de


class Command(BaseCommand):
    help = "Cuenta una elección en formato Pabulib (.pb) con una regla, con aritmética exacta."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("archivo", type=Path, help="elección en formato Pabulib")
        parser.add_argument("--regla", choices=REGLAS, required=True)
        parser.add_argument("--completar", choices=COMPLETAR, default="ninguno", help="qué se hace con lo que sobra")
        parser.add_argument("--parada", choices=PARADAS, default="exhaustiva", help="cuándo terminan los incrementos")
        parser.add_argument(
            "--incremento", type=int, default=1, help="en cuánto crece la dotación en cada paso, en moneda entera"
        )
        parser.add_argument(
            "--desempate",
            choices=("lexicografico", "archivo"),
            default="lexicografico",
            help="entre empatadas gana la de identificador menor como texto, o la que está antes en el archivo",
        )
        parser.add_argument(
            "--minimo", type=int, default=1, help="puntos (votos, si se aprueba) que hacen falta para poder ganar"
        )
        parser.add_argument(
            "--parar", action="store_true", help="las reglas voraces terminan en la primera obra que no alcanza"
        )
        parser.add_argument("--json", action="store_true", help="escribe solo un documento JSON")

    def handle(self, *args: Any, archivo: Path, **opciones: Any) -> None:
        if opciones["incremento"] < 1:
            raise CommandError("El incremento es un número entero de 1 o más.")
        try:
            with archivo.open(encoding="utf-8-sig", newline="") as abierto:
                eleccion = pabulib.leer(abierto)
            ids = list(eleccion.costos)
            desempate = sorted(ids) if opciones["desempate"] == "lexicografico" else ids
            perfil = perfil_de(
                eleccion.costos,
                eleccion.papeletas,
                presupuesto=eleccion.presupuesto,
                desempate=desempate,
                condiciones=condiciones_de(minimo=opciones["minimo"]),
            )
            antes = time.perf_counter()
            hecho = escrutar(
                perfil,
                regla=opciones["regla"],
                completar=opciones["completar"],
                parada=opciones["parada"],
                incremento=opciones["incremento"] * 100,
                parar=opciones["parar"],
            )
            segundos = time.perf_counter() - antes
        except OSError as error:
            raise CommandError(f"No se pudo leer {archivo}: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise CommandError(f"{archivo} no está en UTF-8: guárdalo así y repite la orden.") from None
        except ValueError as error:
            raise CommandError(str(error)) from None
        costo = Decimal(hecho.costo) / 100
        entero = costo == costo.to_integral_value()
        if opciones["json"]:
            documento = {
                "ganadores": sorted(str(opcion) for opcion in hecho.ganadoras),
                "costo": int(costo) if entero else float(costo),
                "segundos": round(segundos, 6),
                "orden": [str(opcion) for opcion in hecho.ganadoras],
                "pasos": hecho.pasos,
            }
            self.stdout.write(json.dumps(documento, ensure_ascii=False))
            return
        nombres = ", ".join(map(str, hecho.ganadoras)) or "ninguna"
        self.stdout.write(f"Ganan {len(hecho.ganadoras)} de {len(ids)}, en este orden: {nombres}")
        hay = miles(eleccion.presupuesto // 100)
        self.stdout.write(f"Cuestan {miles(int(costo))} de {hay} ({segundos:.3f} s)")
