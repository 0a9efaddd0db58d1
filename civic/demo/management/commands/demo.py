"""manage.py demo: carga Quillacollo si hace falta y lo sirve."""

import logging
import sys
import time
from argparse import SUPPRESS, ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from civic.demo import estaticos, portero
from civic.demo.guion import CLAVE, CONTADO, VOTANDO
from civic.demo.models import Paso
from votaciones.urna.ruta import BASE

DIAS_FRESCA = 14
# (qué es, nombre de URL, argumentos)
PAGINAS = (
    ("Inicio", None, "/"),
    ("Proceso que vota ahora", None, f"/procesos/{VOTANDO}/"),
    ("Cómo se calcularon los techos", "cms:techos", (VOTANDO,)),
    ("Propuestas", "propuestas:lista", ()),
    ("Papeletas abiertas", "votaciones:votacion", (VOTANDO,)),
    ("Resultado contado", "votaciones:resultado", (CONTADO,)),
    ("Mapa", "visor:mapa", ()),
    ("Qué pide cada distrito", "demandas:demandas", ()),
    ("Reportes", "reportes:lista", ()),
    ("Obras", "obras:lista", ()),
    ("Trastienda", None, "/admin/"),
)
PERSONAS = (
    ("demo_ciudadania", "vecina con residencia verificada en el Distrito 3: apoya, comenta y vota"),
    ("demo_directiva_otb", "preside la OTB Santo Domingo: propone en su nombre"),
    ("demo_secretaria_actas", "secretaría de actas de la misma OTB"),
    ("demo_presidencia_distrito", "presidencia del Distrito 3"),
    ("demo_control_social", "control social"),
    ("demo_promotora", "promotora en comunidades"),
    ("demo_ventanilla", "atención ciudadana: reportes, moderación y residencias"),
    ("demo_tecnico_evaluador", "evalúa propuestas"),
    ("demo_responsable_unidad", "jefatura de una unidad"),
    ("demo_fiscal_obra", "registra avances de obras"),
    ("demo_planificacion", "conduce procesos y votaciones"),
    ("demo_planificacion_2", "cuenta lo que la otra cerró: el escrutinio es de dos"),
    ("demo_transparencia", "transparencia"),
    ("demo_comunicacion", "edita el portal: páginas, noticias y campañas"),
    ("demo_concejo", "concejo municipal"),
    ("demo_administracion", "administra personas, roles y territorio"),
    ("demo_auditoria", "lee la bitácora"),
)


class Command(BaseCommand):
    help = "Carga la demo de Quillacollo (si hace falta) y la sirve. Nunca toca una base que no sea de demo."
    requires_system_checks: list[str] = []  # la segunda vez debe abrir en segundos

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--puerto", type=int, default=8000, help="Puerto donde se sirve (8000).")
        parser.add_argument("--anfitrion", default="127.0.0.1", help="Dirección donde se sirve (127.0.0.1).")
        parser.add_argument("--solo-cargar", action="store_true", help="Carga y termina, sin servir.")
        parser.add_argument("--desde-cero", action="store_true", help="Borra la demo que haya y la carga de nuevo.")
        # Para cargar la demo en la base de las pruebas (PostgreSQL); nadie más lo necesita.
        parser.add_argument("--en-otra-base", action="store_true", help=SUPPRESS)

    def handle(self, *args: Any, **opciones: Any) -> None:
        for ruidoso in ("wagtail", "django_tasks", "modelsearch", "asyncio"):
            logging.getLogger(ruidoso).setLevel(logging.WARNING)
        anfitrion, puerto, sirve = opciones["anfitrion"], opciones["puerto"], not opciones["solo_cargar"]
        try:
            portero.exigir_lugar(permitir_otra_base=opciones["en_otra_base"])
            self._exigir_puerto(anfitrion, puerto, sirve)
            if opciones["desde_cero"] and portero.borrar_demo():
                self.stdout.write("Se borró la demo anterior.")
            portero.exigir_base_propia()
            if portero.es_de_otra_version() and portero.borrar_demo():
                self.stdout.write("La demo era de una versión anterior: se carga de nuevo.")
        except portero.DemoNoPermitida as problema:
            self.stderr.write(str(problema))
            sys.exit(2)
        try:
            self._preparar()
        except KeyboardInterrupt:
            self.stdout.write("\nSe interrumpió. Repite la orden y sigue donde quedó.")
            sys.exit(130)
        if sirve:
            self._servir(anfitrion, puerto)

    def _exigir_puerto(self, anfitrion: str, puerto: int, sirve: bool) -> None:
        from civic.demo.servidor import puerto_libre

        if sirve and not puerto_libre(anfitrion, puerto):
            raise portero.DemoNoPermitida(
                f"El puerto {puerto} de {anfitrion} está ocupado o no se puede usar. "
                f"Elige otro: make demo PUERTO={puerto + 10}"
            )

    def _preparar(self) -> None:
        """Lo que falte: tablas, archivos estáticos y datos. Cada cosa dice cuánto tardó."""
        from civic.demo.carga import PASOS, PasoDeCarga, cargar_demo, pasos_pendientes

        total = len(PASOS) + 2
        if portero.faltan_migraciones():
            self._anunciar(1, total, "Base de datos")
            empezo = time.perf_counter()
            call_command("migrate", verbosity=0, interactive=False)
            call_command("migrate", BASE, database=BASE, verbosity=0, interactive=False)
            self._terminar("tablas creadas", time.perf_counter() - empezo)
        if estaticos.se_reunen():
            sello = estaticos.sello_de_hoy()
            if not estaticos.estan_al_dia(sello):
                self._anunciar(2, total, "Archivos del sitio")
                empezo = time.perf_counter()
                estaticos.reunir(sello)
                self._terminar("reunidos y comprimidos", time.perf_counter() - empezo)
        pendientes = pasos_pendientes()
        if not pendientes:
            self._decir_desde_cuando()
            return
        numero = {paso.nombre: puesto for puesto, paso in enumerate(PASOS, start=3)}

        def anunciar(paso: PasoDeCarga) -> None:
            self._anunciar(numero[paso.nombre], total, paso.titulo)

        cargar_demo(
            pendientes, anunciar=anunciar, terminar=lambda paso, resumen, segundos: self._terminar(resumen, segundos)
        )

    def _anunciar(self, numero: int, total: int, titulo: str) -> None:
        self.stdout.write(f"[{numero}/{total}] {titulo}: ", ending="")
        self.stdout.flush()

    def _terminar(self, resumen: str, segundos: float) -> None:
        self.stdout.write(f"{resumen} … listo, {segundos:.1f} s".replace(".", ","))

    def _decir_desde_cuando(self) -> None:
        dia = Paso.objects.order_by("momento", "pk").values_list("dia", flat=True)[0]
        dias = (timezone.localdate() - dia).days
        self.stdout.write(f"La demo ya está cargada, con fechas del {dia:%d/%m/%Y}.")
        if dias > DIAS_FRESCA:
            self.stdout.write(
                f"Pasaron {dias} días: la votación de la demo ya cerró. Para tenerla abierta otra vez, "
                "cárgala de nuevo con: .venv/bin/python manage.py demo --desde-cero"
            )

    def _servir(self, anfitrion: str, puerto: int) -> None:
        from civic.demo.servidor import poner_direccion, servir

        direccion = poner_direccion(anfitrion, puerto)
        servir(anfitrion, puerto, al_abrir=lambda: self._presentar(direccion))
        self.stdout.write("\nListo. La demo queda guardada para la próxima vez.")

    def _presentar(self, direccion: str) -> None:
        lineas = ["", f"Ayni está en {direccion}/  (Ctrl-C para terminar)", "", "Para mirar:"]
        lineas += [f"  {nombre:<24} {direccion}{ruta}" for nombre, ruta in _rutas()]
        lineas += ["", f"Para entrar, con la clave {CLAVE}:"]
        lineas += [f"  {usuario:<26} {que}" for usuario, que in PERSONAS]
        self.stdout.write("\n".join([*lineas, ""]))
        self.stdout.flush()


def _rutas() -> list[tuple[str, str]]:
    rutas = []
    for nombre, vista, argumentos in PAGINAS:
        try:
            rutas.append((nombre, str(argumentos) if vista is None else reverse(vista, args=list(argumentos))))
        except NoReverseMatch:
            continue
    return rutas
