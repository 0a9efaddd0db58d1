"""manage.py importar_territorio ARCHIVO --tipo … --campo-codigo C --campo-nombre N: trae límites y los publica."""

import datetime
import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from mapas.territorio import acciones
from mapas.territorio.importador.topes import MEGA, PESO_MAXIMO
from mapas.territorio.models import Area, Importacion

RENGLONES = 30
BASE_CAIDA = (
    "La base de datos no respondió y no se publicó nada. Revisa que esté en marcha y al día (manage.py migrate)."
)
_TIPOS = ", ".join(Area.Tipo.values)


class Command(BaseCommand):
    help = (
        "Importa límites de un GeoJSON, GeoPackage o shapefile comprimido: revisa cada área, dice qué se acepta, qué no"
        " y por qué, y publica la versión. Todo o nada, salvo con --parcial."
    )

    # Revisar todas las direcciones y plantillas del sitio no hace falta para leer un archivo.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        # Lo obligatorio lo exige `_exigir_opciones`: argparse lo diría en inglés y sin JSON.
        parser.add_argument("archivo", nargs="?", default="", help=".geojson, .json, .gpkg o .zip con un shapefile")
        parser.add_argument("--tipo", default="", help=f"qué son las áreas del archivo: {_TIPOS}")
        parser.add_argument("--campo-codigo", default="", help="campo del archivo con el código de cada área")
        parser.add_argument("--campo-nombre", default="", help="campo del archivo con su nombre")
        parser.add_argument("--municipio", default="", help="código del municipio (AYNI_MUNICIPIO si no se dice)")
        parser.add_argument("--crear-municipio", default="", metavar="NOMBRE", help="lo crea si no existe")
        parser.add_argument("--padre", default="", metavar="CAMPO", help="campo con el código o nombre del área mayor")
        parser.add_argument(
            "--campo-clase", default="", metavar="CAMPO", help="campo con la clase de cada organización"
        )
        parser.add_argument("--vigente-desde", default="", metavar="FECHA", help="AAAA-MM-DD")
        parser.add_argument("--parcial", action="store_true", help="publica lo aceptado aunque haya rechazadas")
        parser.add_argument("--json", action="store_true", help="escribe el informe como un solo JSON")

    def handle(self, *args: Any, **opciones: Any) -> None:
        inicio = time.monotonic()
        self.resumen: dict[str, Any] = {
            "archivo": limpiar(Path(opciones["archivo"]).name),
            "tipo": opciones["tipo"],
            "crs": None,
            "publicado": False,
            "aceptadas": 0,
            "rechazadas": 0,
            **{clave: [] for clave in ("rasgos", "avisos", "traslapes", "huecos")},
            "traslape_total_m2": 0,
        }
        try:
            self._importar(opciones)
        except CommandError as error:
            self.resumen["error"] = str(error)
            raise
        except DatabaseError as error:
            self.resumen["error"] = BASE_CAIDA
            raise CommandError(BASE_CAIDA, returncode=2) from error
        finally:
            self.resumen["segundos"] = round(time.monotonic() - inicio, 2)
            if opciones["json"]:
                self.stdout.write(json.dumps(self.resumen, ensure_ascii=False))
            else:
                self._contar()

    def _importar(self, opciones: dict[str, Any]) -> None:
        _exigir_opciones(opciones)
        desde = _fecha(opciones["vigente_desde"])
        datos = _leer(opciones["archivo"])
        self._progreso("Revisando el archivo en un proceso aparte…")
        try:
            importacion = acciones.revisar_territorio(
                opciones["archivo"],
                datos,
                tipo=opciones["tipo"],
                campo_codigo=opciones["campo_codigo"],
                campo_nombre=opciones["campo_nombre"],
                campo_padre=opciones["padre"],
                campo_clase=opciones["campo_clase"],
                municipio=opciones["municipio"],
                crear_municipio=opciones["crear_municipio"],
                desde=desde,
            )
        except ReglaIncumplida as error:
            raise CommandError(error.mensaje, returncode=2) from None
        self.resumen |= {**importacion.informe, "sha256": importacion.huella, "municipio": importacion.municipio_codigo}
        self._progreso("Publicando la versión…")
        try:
            importacion = acciones.publicar_version(importacion, desde=desde, parcial=opciones["parcial"])
        except ReglaIncumplida as error:
            acciones.descartar_importacion(importacion, motivo=error.mensaje)
            raise CommandError(error.mensaje, returncode=1) from None
        self._anotar_publicada(importacion)

    def _anotar_publicada(self, importacion: Importacion) -> None:
        cuentas = {campo: getattr(importacion, campo) for campo in ("nuevas", "cambiadas", "iguales", "terminadas")}
        desde = importacion.desde.isoformat() if importacion.desde else None
        self.resumen |= {"publicado": True, "importacion": importacion.pk, "desde": desde, **cuentas}

    def _progreso(self, frase: str) -> None:
        if sys.stderr.isatty():
            self.stderr.write(frase, self.style.HTTP_INFO)

    # --- El informe para leer ---
    def _contar(self) -> None:
        resumen = self.resumen
        if resumen["crs"] is None:
            return  # no se llegó a leer: la frase del error basta
        self.stdout.write(f"{resumen['archivo']} ({resumen['formato']}, {resumen['crs']})")
        self.stdout.write(f"  {resumen['aceptadas']} aceptadas, {resumen['rechazadas']} rechazadas")
        rechazadas = [rasgo for rasgo in resumen["rasgos"] if rasgo["estado"] == "rechazada"]
        self._lista(
            f"  rasgo {rasgo['indice']} «{rasgo['nombre']}» ({rasgo['codigo'] or 'sin código'}): {rasgo['motivo']}."
            for rasgo in rechazadas
        )
        self._lista(f"  Aviso: {aviso['texto']}" for aviso in resumen["avisos"])
        for clave, rotulo in (("traslapes", "traslapes"), ("huecos", "huecos entre áreas")):
            hallados = [h for h in resumen[clave] if h.get("donde") != "borde"]
            astillas = sum(h["astilla"] for h in hallados)
            total = sum(h["m2"] for h in hallados)
            self.stdout.write(f"  {len(hallados)} {rotulo} ({astillas} astillas), {_m2(total)} en total")
            self._lista((f"    {_renglon(h)}" for h in hallados if not h["astilla"]), tope=10)
        borde = [h for h in resumen["huecos"] if h["donde"] == "borde"]
        if borde:
            self.stdout.write(f"  Sin cubrir hasta el límite del municipio: {_m2(sum(h['m2'] for h in borde))}")
        if not resumen["publicado"]:
            self.stdout.write("  No se publicó nada.")
        elif not any(resumen[clave] for clave in ("nuevas", "cambiadas", "terminadas")):
            self.stdout.write("  Ningún límite que cambiar: ya estaban así.")
        else:
            self.stdout.write(
                f"  Publicado desde el {resumen['desde']}: {resumen['nuevas']} nuevas, {resumen['cambiadas']} con otro"
                f" límite, {resumen['iguales']} sin cambio, {resumen['terminadas']} que terminan."
            )
        self.stdout.write(f"  {resumen['segundos']} s")

    def _lista(self, renglones: Any, tope: int = RENGLONES) -> None:
        renglones = list(renglones)
        for renglon in renglones[:tope]:
            self.stdout.write(renglon)
        if len(renglones) > tope:
            self.stdout.write(f"  … y {len(renglones) - tope} más (todas con --json).")


def _renglon(hallado: dict[str, Any]) -> str:
    quienes = f"{hallado['a']} y {hallado['b']}: " if "a" in hallado else ""
    lon, lat = hallado["punto"]
    return f"{quienes}{_m2(hallado['m2'])} en longitud {lon}, latitud {lat}"


def _m2(superficie: float) -> str:
    return f"{superficie / 1e6:.2f} km²" if superficie >= 1e5 else f"{superficie:.1f} m²"


def _exigir_opciones(opciones: dict[str, Any]) -> None:
    if not opciones["archivo"]:
        raise CommandError("Falta el archivo que se importa.", returncode=2)
    if opciones["tipo"] not in Area.Tipo.values:
        raise CommandError(f"Di qué son las áreas del archivo con --tipo: {_TIPOS}.", returncode=2)
    for campo, que in (("campo_codigo", "el código"), ("campo_nombre", "el nombre")):
        if not opciones[campo]:
            opcion = campo.replace("_", "-")
            raise CommandError(f"Di en qué columna del archivo está {que} con --{opcion}.", returncode=2)


def _fecha(texto: str) -> datetime.date | None:
    if not texto:
        return None
    try:
        return datetime.date.fromisoformat(texto)
    except ValueError:
        raise CommandError("La fecha se escribe AAAA-MM-DD, por ejemplo 2026-01-01.", returncode=2) from None


def _leer(nombre: str) -> bytes:
    """Los bytes de un archivo de esta máquina; una dirección de la red no lo es."""
    archivo = Path(nombre)
    try:
        if not archivo.is_file():
            raise CommandError(f"No hay un archivo «{limpiar(nombre)}» en esta máquina.", returncode=2)
        if archivo.stat().st_size > max(PESO_MAXIMO.values()):
            raise CommandError(f"El archivo pesa más de {max(PESO_MAXIMO.values()) // MEGA} MB.", returncode=2)
        return archivo.read_bytes()
    except (OSError, ValueError):
        raise CommandError("No pudimos leer el archivo. Revisa su nombre y sus permisos.", returncode=2) from None
