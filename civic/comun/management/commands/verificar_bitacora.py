"""manage.py verificar_bitacora [--json] [--desde N] [--cabeza HUELLA]"""

import json
import re
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from civic.comun.verificacion import Verificacion, verificar_cadena


class Command(BaseCommand):
    help = "Revisa la cadena de la bitácora entera y nombra el primer suceso que alguien tocó."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--json", action="store_true", help="la respuesta como JSON")
        parser.add_argument("--desde", type=int, default=1, metavar="N", help="empieza en el suceso número N")
        parser.add_argument("--cabeza", default="", metavar="HUELLA", help="una huella ya publicada: debe seguir ahí")

    def handle(self, *args: Any, **opciones: Any) -> None:
        cabeza = opciones["cabeza"].strip().lower()
        if cabeza and not re.fullmatch(r"[0-9a-f]{64}", cabeza):
            raise CommandError("--cabeza es una huella: 64 letras de 0 a 9 y de a a f.", returncode=2)
        if not 1 <= opciones["desde"] < 2**63:
            raise CommandError("--desde es el número de un suceso: 1 o más.", returncode=2)
        try:
            hecho = verificar_cadena(desde=opciones["desde"], cabeza=cabeza, avisar=self._avisar)
        except DatabaseError as error:
            raise CommandError(f"No se pudo leer la bitácora: {error}", returncode=2) from None
        self._borrar_avance()
        if opciones["json"]:
            self.stdout.write(json.dumps(_como_json(hecho), ensure_ascii=False))
        elif hecho.falla is None:
            self.stdout.write(f"{hecho.sucesos} sucesos, cadena íntegra, cabeza {hecho.cabeza}")
        else:
            self.stdout.write(_frase(hecho))
        if hecho.guardas_que_faltan:
            self.stderr.write(
                "Aviso: la base no está protegiendo la bitácora; faltan sus guardas "
                f"({', '.join(hecho.guardas_que_faltan)}). Mira «Bitácora» en OPERACION.md."
            )
        if hecho.falla is not None:
            raise SystemExit(1)

    def _avisar(self, revisados: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{revisados} sucesos revisados…", ending="")

    def _borrar_avance(self) -> None:
        if self.stderr.isatty():
            self.stderr.write("\r\033[K", ending="")


def _frase(hecho: Verificacion) -> str:
    falla = hecho.falla
    assert falla is not None  # noqa: S101 -- solo se llama con falla
    senas = [f"id {falla.pk}"] if falla.pk is not None else []
    senas += [falla.momento] if falla.momento else []
    entre = f" ({', '.join(senas)})" if senas else ""
    return (
        f"La bitácora fue adulterada. Primer suceso tocado: número {falla.numero}{entre}: {falla.texto}. "
        f"Hasta ahí, {hecho.sucesos} sucesos están bien."
    )


def _como_json(hecho: Verificacion) -> dict[str, Any]:
    falla = asdict(hecho.falla) if hecho.falla else None
    if falla is not None:
        falla["id"] = falla.pop("pk")
    return {
        "integra": hecho.integra,
        "sucesos": hecho.sucesos,
        "numero": hecho.numero,
        "cabeza": hecho.cabeza,
        "falla": falla,
        "guardas_que_faltan": hecho.guardas_que_faltan,
    }
