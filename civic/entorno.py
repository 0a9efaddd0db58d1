"""Lee las variables de entorno AYNI_… con tipo y límites; ante la duda, no arranca.

Cada variable se declara una sola vez en VARIABLES (nombre, tipo, valor por defecto, explicación). Una variable
AYNI_ desconocida o mal escrita detiene el arranque con una frase que dice qué corregir.
"""

from __future__ import annotations

import difflib
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from civic.comun.calendario import Local, leer_locales

RAIZ = Path(__file__).resolve().parent.parent
PREFIJO = "AYNI_"


class ErrorDeEntorno(Exception):
    """El entorno no permite arrancar; el texto dice qué variable y cómo corregirla."""


def _texto(valor: str) -> str:
    return valor


def _si_no(valor: str) -> bool:
    if valor.lower() in {"1", "si", "sí", "true"}:
        return True
    if valor.lower() in {"0", "no", "false"}:
        return False
    raise ValueError("escribe «si» o «no»")


def _entero(minimo: int, maximo: int) -> Callable[[str], int]:
    def leer(valor: str) -> int:
        try:
            numero = int(valor)
        except ValueError:
            raise ValueError("escribe un número entero") from None
        if not minimo <= numero <= maximo:
            raise ValueError(f"debe estar entre {minimo} y {maximo}")
        return numero

    return leer


def _una_de(*opciones: str) -> Callable[[str], str]:
    def leer(valor: str) -> str:
        if valor not in opciones:
            raise ValueError("debe ser una de: " + ", ".join(opciones))
        return valor

    return leer


def _varias_de(*opciones: str) -> Callable[[str], list[str]]:
    def leer(valor: str) -> list[str]:
        partes = [parte.strip() for parte in valor.split(",") if parte.strip()]
        sobran = [parte for parte in partes if parte not in opciones]
        if sobran or not partes:
            raise ValueError("escribe una o más de: " + ", ".join(opciones))
        return partes

    return leer


def _lista(valor: str) -> list[str]:
    partes = [parte.strip() for parte in valor.split(",") if parte.strip()]
    if not partes:
        raise ValueError("escribe uno o más valores separados por coma")
    return partes


def _feriados(valor: str) -> tuple[Local, ...]:
    try:
        return leer_locales([parte.strip() for parte in valor.split(",") if parte.strip()])
    except ValueError:
        raise ValueError("escribe fechas como 09-14, 2026-11-03 o -10-17 (quita), separadas por coma") from None


def _direccion(*esquemas: str) -> Callable[[str], str]:
    def leer(valor: str) -> str:
        if not valor:
            return valor
        partes = urlsplit(valor)
        if partes.scheme not in esquemas or not (partes.netloc or partes.path):
            raise ValueError("debe empezar con " + " o ".join(f"{esquema}://" for esquema in esquemas))
        return valor

    return leer


def _carpeta(valor: str) -> Path:
    return (RAIZ / valor).resolve() if not Path(valor).is_absolute() else Path(valor)


def _carpeta_de_raices(valor: str) -> Path | None:
    """Carpeta con certificados públicos; una clave privada ahí no deja arrancar."""
    if not valor:
        return None
    carpeta = _carpeta(valor)
    if not carpeta.is_dir():
        raise ValueError("no existe esa carpeta")
    if any(b"PRIVATE KEY" in archivo.read_bytes() for archivo in carpeta.iterdir() if archivo.is_file()):
        raise ValueError("ahí hay una clave privada; deja solo certificados")
    return carpeta


@dataclass(frozen=True)
class Variable:
    leer: Callable[[str], Any]
    defecto: str
    ayuda: str


VARIABLES: dict[str, Variable] = {
    "AYNI_MODO": Variable(
        _una_de("demo", "pruebas", "produccion"),
        "demo",
        "Qué instalación es: demo (sin servidores), pruebas o produccion.",
    ),
    "AYNI_DEPURAR": Variable(_si_no, "no", "Muestra errores detallados y la página /estilo/. Prohibido en producción."),
    "AYNI_CLAVE_SECRETA": Variable(
        _texto,
        "",
        "Clave para firmar sesiones y formularios; obligatoria en producción, 50 caracteres o más. "
        "En la demo se crea sola.",
    ),
    "AYNI_CLAVE_PADRON": Variable(
        _texto,
        "",
        "Clave de las huellas de carnets; obligatoria en producción, 50 caracteres o más y distinta de la secreta. "
        "Si se pierde o cambia, padrones e identidades dejan de servir.",
    ),
    "AYNI_CLAVE_URNA": Variable(
        _texto,
        "",
        "Clave que cierra los sobres de la urna y firma las credenciales; obligatoria en producción, 50 caracteres o "
        "más y distinta de las otras. Si se pierde mientras se vota, esa votación no se puede contar.",
    ),
    "AYNI_VERIFICACION": Variable(
        _varias_de(
            "padron", "padron_organizacion", "lista_organizacion", "ciudadania_digital", "promotora", "ventanilla"
        ),
        "padron,padron_organizacion,lista_organizacion,ciudadania_digital,promotora,ventanilla",
        "Con qué se puede verificar una residencia en este municipio, separado por comas.",
    ),
    "AYNI_VOTA_CON_IDENTIDAD": Variable(
        _si_no,
        "no",
        "Si vota quien verificó su identidad con Ciudadanía Digital y solo declaró dónde vive.",
    ),
    "AYNI_OIDC_EMISOR": Variable(
        _direccion("https", "http"), "", "Emisor de Ciudadanía Digital (OpenID Connect). Vacío: apagada."
    ),
    "AYNI_OIDC_CLIENTE": Variable(_texto, "", "Identificador de cliente que dio la AGETIC."),
    "AYNI_OIDC_SECRETO": Variable(_texto, "", "Secreto de cliente que dio la AGETIC."),
    "AYNI_DIR_DATOS": Variable(
        _carpeta, "var", "Carpeta de la base SQLite, las fotos y los archivos estáticos reunidos."
    ),
    "AYNI_BASE_DATOS": Variable(
        _direccion("sqlite", "postgres", "postgresql"),
        "",
        "Base de datos, p. ej. postgres://usuario:clave@servidor/ayni. "
        "Vacía: SQLite en AYNI_DIR_DATOS. En producción, PostgreSQL.",
    ),
    "AYNI_BASE_URNA": Variable(
        _direccion("sqlite", "postgres", "postgresql"),
        "",
        "Base de la urna, distinta de AYNI_BASE_DATOS y mejor con otro usuario y en otro servidor. "
        "Vacía: al lado de la otra, con «_urna» en el nombre. Obligatoria en producción.",
    ),
    "AYNI_CONEXIONES": Variable(
        _entero(0, 200),
        "20",
        "Conexiones a cada base PostgreSQL que cada proceso guarda abiertas y reparte; 0 abre una por pedido. "
        "Procesos × conexiones × 2 debe caber en el max_connections del servidor, si lo comparten las dos bases.",
    ),
    "AYNI_REDIS": Variable(
        _direccion("redis", "rediss"),
        "",
        "Redis para el debate en vivo y los límites de intentos. Vacía: memoria del proceso.",
    ),
    "AYNI_ANFITRIONES": Variable(
        _lista, "127.0.0.1,localhost", "Nombres con los que se llega al sitio, separados por coma."
    ),
    "AYNI_URL_PUBLICA": Variable(
        _direccion("http", "https"),
        "http://127.0.0.1:8000",
        "Dirección pública del sitio, sin barra final; se usa en correos y códigos.",
    ),
    "AYNI_PROXIES": Variable(
        _entero(0, 5), "0", "Cuántos servidores intermedios de confianza hay delante (nginx, Caddy)."
    ),
    "AYNI_CORREO": Variable(
        _direccion("smtp", "smtps", "consola"),
        "consola://local",
        "Servidor de correo, p. ej. smtps://usuario:clave@correo.ejemplo.bo:465. consola:// los escribe en pantalla.",
    ),
    "AYNI_CORREO_DESDE": Variable(_texto, "Ayni <no-responder@ayni.invalid>", "Remitente de los correos."),
    "AYNI_TESELAS_URL": Variable(
        _direccion("http", "https"),
        "",
        "Fondo de mapa, p. ej. https://teselas.ejemplo.bo/{z}/{x}/{y}.png. Vacía: el mapa se dibuja sin fondo.",
    ),
    "AYNI_TESELAS_ATRIBUCION": Variable(_texto, "", "A quién se atribuye el fondo de mapa."),
    "AYNI_MUNICIPIO": Variable(_texto, "030901", "Código INE del municipio que atiende este sitio."),
    "AYNI_DIAS_OBSERVACION": Variable(
        _entero(1, 60), "5", "Días hábiles para observar el registro de una organización después de publicarlo."
    ),
    "AYNI_FERIADOS": Variable(
        _feriados,
        "-10-17",
        "Feriados del municipio sobre los nacionales y el de Cochabamba, separados por coma: 09-14 (todos los años), "
        "2026-11-03 (ese año); con guion delante se quita: -10-17.",
    ),
    "AYNI_RAICES_FIRMA": Variable(
        _carpeta_de_raices,
        "",
        "Carpeta con los certificados (PEM) de las entidades cuyas firmas digitales valen en las actas.",
    ),
    "AYNI_SEGUNDO_FACTOR": Variable(
        _una_de("", "obligatorio", "opcional"),
        "",
        "Si quien administra debe pasar un segundo paso al ingresar: obligatorio u opcional. "
        "Vacía: opcional en la demo, obligatorio en lo demás.",
    ),
    "AYNI_ANTIVIRUS": Variable(
        _direccion("unix", "tcp"),
        "",
        "clamd que revisa cada PDF subido: unix:///run/clamav/clamd.ctl o tcp://127.0.0.1:3310. Vacía: ninguno.",
    ),
    "AYNI_NIVEL_REGISTRO": Variable(
        _una_de("DEBUG", "INFO", "WARNING", "ERROR"), "INFO", "Detalle de los mensajes del servidor."
    ),
}


@dataclass(frozen=True)
class Entorno:
    modo: str
    depurar: bool
    clave_secreta: str
    clave_padron: str
    clave_urna: str
    verificacion: list[str]
    vota_con_identidad: bool
    oidc_emisor: str
    oidc_cliente: str
    oidc_secreto: str
    dir_datos: Path
    base_datos: str
    base_urna: str
    conexiones: int
    redis: str
    anfitriones: list[str]
    url_publica: str
    proxies: int
    correo: str
    correo_desde: str
    teselas_url: str
    teselas_atribucion: str
    municipio: str
    dias_observacion: int
    feriados: tuple[Local, ...]
    raices_firma: Path | None
    segundo_factor: str
    antivirus: str
    nivel_registro: str

    @property
    def es_produccion(self) -> bool:
        return self.modo == "produccion"


def leer_entorno(ambiente: Mapping[str, str] | None = None) -> Entorno:
    """Lee y revisa todas las variables; lanza ErrorDeEntorno con todos los problemas juntos."""
    ambiente = os.environ if ambiente is None else ambiente
    problemas = []
    for nombre in sorted(ambiente):
        if nombre.startswith(PREFIJO) and nombre not in VARIABLES:
            parecida = difflib.get_close_matches(nombre, VARIABLES, n=1)
            pista = f" ¿Quisiste decir {parecida[0]}?" if parecida else ""
            problemas.append(f"{nombre}: no existe esa variable.{pista}")
    valores: dict[str, Any] = {}
    for nombre, variable in VARIABLES.items():
        crudo = ambiente.get(nombre, variable.defecto).strip()
        try:
            valores[nombre.removeprefix(PREFIJO).lower()] = variable.leer(crudo)
        except ValueError as error:
            problemas.append(f"{nombre}={crudo!r}: {error}.")
    if not problemas:
        problemas = _exigencias_de_siempre(valores) + _exigencias(valores)
    if problemas:
        raise ErrorDeEntorno(
            "Ayni no puede arrancar; corrige el entorno (ver OPERACION.md):\n  - " + "\n  - ".join(problemas)
        )
    return Entorno(**valores)


def _exigencias_de_siempre(valores: dict[str, Any]) -> list[str]:
    """Lo que no tiene sentido en ninguna instalación."""
    emisor = urlsplit(valores["oidc_emisor"])
    problemas = []
    if valores["oidc_emisor"] and not (valores["oidc_cliente"] and valores["oidc_secreto"]):
        problemas.append("AYNI_OIDC_EMISOR: faltan AYNI_OIDC_CLIENTE y AYNI_OIDC_SECRETO.")
    if emisor.scheme == "http" and emisor.hostname not in {"127.0.0.1", "localhost", "::1"}:
        problemas.append("AYNI_OIDC_EMISOR: debe empezar con https:// (http:// solo en esta misma máquina).")
    return problemas


def _exigencias(valores: dict[str, Any]) -> list[str]:
    """Lo que producción exige y la demo no."""
    if valores["modo"] != "produccion":
        return []
    problemas = []
    if valores["depurar"]:
        problemas.append("AYNI_DEPURAR: no se permite en producción.")
    if len(valores["clave_secreta"]) < 50:
        problemas.append("AYNI_CLAVE_SECRETA: en producción es obligatoria y de 50 caracteres o más.")
    if len(valores["clave_padron"]) < 50 or valores["clave_padron"] == valores["clave_secreta"]:
        problemas.append(
            "AYNI_CLAVE_PADRON: en producción es obligatoria, de 50 caracteres o más y distinta de AYNI_CLAVE_SECRETA."
        )
    if len(valores["clave_urna"]) < 50 or valores["clave_urna"] in (valores["clave_secreta"], valores["clave_padron"]):
        problemas.append(
            "AYNI_CLAVE_URNA: en producción es obligatoria, de 50 caracteres o más y distinta de las otras dos."
        )
    if (
        not valores["base_urna"].startswith(("postgres://", "postgresql://"))
        or valores["base_urna"] == valores["base_datos"]
    ):
        problemas.append("AYNI_BASE_URNA: en producción debe ser PostgreSQL (postgres://…) y otra que AYNI_BASE_DATOS.")
    if not valores["base_datos"].startswith(("postgres://", "postgresql://")):
        problemas.append("AYNI_BASE_DATOS: en producción debe ser PostgreSQL (postgres://…).")
    if not valores["redis"]:
        problemas.append("AYNI_REDIS: en producción es obligatoria (redis://…).")
    if not valores["url_publica"].startswith("https://"):
        problemas.append("AYNI_URL_PUBLICA: en producción debe empezar con https://.")
    if "*" in valores["anfitriones"]:
        problemas.append("AYNI_ANFITRIONES: escribe los nombres; «*» no se permite.")
    return problemas


def base_de_la_urna(base_datos: str) -> str:
    """La que le toca a la urna si nadie dijo otra: al lado de la principal, con «_urna» al final del nombre."""
    direccion, separa, opciones = base_datos.partition("?")
    carpeta, _, nombre = direccion.rpartition("/")
    camino = Path(nombre)
    return f"{carpeta}/{camino.stem}_urna{camino.suffix}{separa}{opciones}"


def clave_local(carpeta: Path) -> str:
    """Clave secreta de una instalación sin variable: se crea una vez, legible solo por su dueño."""
    archivo = carpeta / "clave_secreta"
    if archivo.exists():
        return archivo.read_text().strip()
    carpeta.mkdir(parents=True, exist_ok=True)
    clave = secrets.token_urlsafe(60)
    descriptor = os.open(archivo, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as salida:
        salida.write(clave)
    return clave
