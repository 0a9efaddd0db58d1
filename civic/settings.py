"""Ajustes de Django: un solo archivo, alimentado solo por entorno.py."""

import logging.config
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from civic.entorno import RAIZ, ErrorDeEntorno, base_de_la_urna, clave_local, leer_entorno

try:
    ENTORNO = leer_entorno()
except ErrorDeEntorno as error:
    print(error, file=sys.stderr)
    raise SystemExit(2) from None

BASE_DIR = RAIZ
DIR_DATOS = ENTORNO.dir_datos
EN_PRUEBAS = ENTORNO.modo == "pruebas"
DEBUG = ENTORNO.depurar
SECRET_KEY = ENTORNO.clave_secreta or clave_local(DIR_DATOS)
ALLOWED_HOSTS = ENTORNO.anfitriones
URL_PUBLICA = ENTORNO.url_publica.rstrip("/")
MUNICIPIO = ENTORNO.municipio
DIAS_OBSERVACION = ENTORNO.dias_observacion
FERIADOS_LOCALES = ENTORNO.feriados
ANTIVIRUS = ENTORNO.antivirus
RAICES_FIRMA = ENTORNO.raices_firma
# Cada cuánto un proceso pregunta si cambió el territorio. Un segundo evita una consulta por punto en producción.
TERRITORIO_SEGUNDOS = 1.0 if ENTORNO.modo == "produccion" else 0.0

INSTALLED_APPS = [
    "civic.demo",
    "cms",
    "mapas.visor",
    "mapas.demandas",
    "mapas.obras",
    "votaciones.actas",
    "votaciones.urna",
    "votaciones.mesas",
    "votaciones.padron",
    "votaciones.lotes",
    "votaciones",
    "propuestas",
    "mapas.reportes",
    "civic.debate",
    "civic.procesos",
    "civic.cuentas",
    "mapas.territorio",
    "civic.comun",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "civic.cuentas.apps.PersonasEnTrastienda",  # es wagtail.users con nuestros límites
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "channels",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "civic.comun.middleware.CabecerasMiddleware",
    "civic.comun.middleware.SoloLosMetodosQueUsamos",
    "django.middleware.gzip.GZipMiddleware",
    "civic.comun.middleware.PoliticaDeContenido",
    "civic.comun.middleware.TextoLegibleMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "civic.cuentas.seguridad.SegundoPasoMiddleware",
    "civic.cuentas.sesiones.UltimaVezMiddleware",
    "votaciones.mesas.turno.TurnoMiddleware",
    "civic.comun.middleware.ReglaIncumplidaMiddleware",
    "cms.puertas.PuertasDeWagtail",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "civic.urls"
ASGI_APPLICATION = "civic.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
                "civic.comun.contexto.sitio",
            ],
        },
    },
]

# --- Datos -----------------------------------------------------------------------------------------------------------
DIR_DATOS.mkdir(parents=True, exist_ok=True)
BASE_DATOS_URL = ENTORNO.base_datos or f"sqlite:///{DIR_DATOS / 'ayni.sqlite3'}"
# La urna, aparte: en la misma base, el número de transacción uniría a quien votó con su papeleta.
BASE_URNA_URL = ENTORNO.base_urna or base_de_la_urna(BASE_DATOS_URL)

ESPERA_DE_CANDADO_MS = 3000


def _base(url: str, de_prueba: str) -> dict[str, Any]:
    base: dict[str, Any] = {**dj_database_url.parse(url)}
    if base["ENGINE"].endswith("sqlite3"):
        durabilidad = "OFF" if EN_PRUEBAS else "FULL"
        base["TEST"] = {"NAME": str(DIR_DATOS / de_prueba)}
        base["OPTIONS"] = {
            "timeout": 20,
            # IMMEDIATE da la misma exclusión que select_for_update; sin él, «database is locked».
            "transaction_mode": "IMMEDIATE",
            # FULL: un voto con recibo entregado no se pierde ni con un corte de luz.
            "init_command": (
                f"PRAGMA journal_mode=WAL;PRAGMA synchronous={durabilidad};PRAGMA foreign_keys=ON;"
                "PRAGMA mmap_size=134217728;PRAGMA cache_size=-8000;"
            ),
        }
    else:
        # Quien espera un candado más que esto recibe «ahora no, inténtalo de nuevo» y no una página colgada.
        base["OPTIONS"] = {"connect_timeout": 5, "options": f"-c lock_timeout={ESPERA_DE_CANDADO_MS}"}
        # Tras una caída de la base no se reparten conexiones muertas.
        base["CONN_HEALTH_CHECKS"] = True
        if ENTORNO.conexiones:
            # En ASGI cada pedido corre en un hilo nuevo: CONN_MAX_AGE no le guarda nada, el fondo común sí. Con la base
            # caída, un pedido espera hasta `timeout`; al volver, se la intenta a lo más `reconnect_timeout` después.
            fondo = {"min_size": 1, "max_size": ENTORNO.conexiones, "timeout": 10, "reconnect_timeout": 3}
            base["OPTIONS"]["pool"] = fondo
    return base


DATABASES = {"default": _base(BASE_DATOS_URL, "pruebas.sqlite3"), "urna": _base(BASE_URNA_URL, "pruebas-urna.sqlite3")}
# En las pruebas sus tres tablas se crean de una vez: aplicarle una por una las migraciones ajenas tarda medio minuto.
DATABASES["urna"]["TEST"] = {**DATABASES["urna"].get("TEST", {}), "MIGRATE": False}
DATABASE_ROUTERS = ["votaciones.urna.ruta.RutaDeLaUrna"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if ENTORNO.redis:
    CACHES = {
        "default": {
            "BACKEND": "civic.comun.memoria.MemoriaEnRedis",
            "LOCATION": ENTORNO.redis,
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
        }
    }
    CHANNEL_LAYERS = {
        "default": {
            # PubSub no pierde mensajes en ráfaga; redis-py 8 limita a 100 conexiones si no se dice otra cosa.
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": ENTORNO.redis, "max_connections": 5000}]},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}}

# --- Idioma, hora ----------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "es"
LANGUAGES = [("es", "Español")]
TIME_ZONE = "America/La_Paz"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

# --- Archivos --------------------------------------------------------------------------------------------------------
STATIC_URL = "/estaticos/"
STATIC_ROOT = DIR_DATOS / "estaticos"
MEDIA_URL = "/archivos/"
MEDIA_ROOT = DIR_DATOS / "archivos"


def _carpeta_de_paquete(paquete: str, *partes: str) -> Path:
    """Carpeta dentro de un paquete instalado, sin importarlo."""
    lugares = find_spec(paquete)
    if lugares is None or not lugares.submodule_search_locations:
        raise ImproperlyConfigured(f"Falta el paquete {paquete}; ejecuta «make entorno».")
    return Path(lugares.submodule_search_locations[0]).joinpath(*partes)


# Leaflet sale del paquete django-leaflet; solo se usan sus archivos, no su aplicación.
STATICFILES_DIRS = [("leaflet", str(_carpeta_de_paquete("leaflet", "static", "leaflet")))]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or EN_PRUEBAS
        else "civic.comun.estaticos.AlmacenDeEstaticos"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# --- Cuentas ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "cuentas.Usuario"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if EN_PRUEBAS
    else ["django.contrib.auth.hashers.Argon2PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# La demo saca la suya de la clave local; producción la trae aparte, para que cambiar la otra no borre identidades.
CLAVE_PADRON = ENTORNO.clave_padron or f"demo:{SECRET_KEY}"
# Cierra los sobres de la urna y firma las credenciales: nunca está en una base.
CLAVE_URNA = ENTORNO.clave_urna or f"demo:urna:{SECRET_KEY}"
VERIFICACION = ENTORNO.verificacion
VOTA_CON_IDENTIDAD = ENTORNO.vota_con_identidad
OIDC = {
    "emisor": ENTORNO.oidc_emisor.rstrip("/"),
    "cliente": ENTORNO.oidc_cliente,
    "secreto": ENTORNO.oidc_secreto,
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PREVENT_ENUMERATION = "strict"  # registrarse con un correo ajeno no revela que ya tiene cuenta
ACCOUNT_ADAPTER = "civic.cuentas.adaptadores.AdaptadorDeCuentas"
ACCOUNT_FORMS = {"signup": "civic.cuentas.forms.RegistroForm", "login": "civic.cuentas.forms.IngresoForm"}
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Ayni: "
ACCOUNT_EMAIL_NOTIFICATIONS = True  # solo a correos confirmados: ver AdaptadorDeCuentas.send_notification_mail
ALLAUTH_TRUSTED_PROXY_COUNT = ENTORNO.proxies
# Además de los de allauth (30 ingresos por minuto y dirección, 5 claves equivocadas por usuario en 5 minutos…).
LIMITES_DE_CUENTAS = {
    "codigo_de_ingreso": "20/m/ip,5/5m/key",
    "descargar_mis_datos": "3/h/user",
    "cerrar_cuenta": "5/m/user",
    "asistir": "30/h/user",  # cuántas veces una promotora dice por quién escribe: así nadie recorre usuarios
}
ACCOUNT_RATE_LIMITS = False if EN_PRUEBAS else LIMITES_DE_CUENTAS
# Segundo paso y llaves de acceso.
SEGUNDO_FACTOR = ENTORNO.segundo_factor or ("opcional" if ENTORNO.modo == "demo" else "obligatorio")
MFA_ADAPTER = "civic.cuentas.adaptadores.AdaptadorDeSegundoPaso"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS: dict[str, str] | bool = False if EN_PRUEBAS else {}
MFA_TOTP_ISSUER = "Ayni"
MFA_TOTP_TOLERANCE = 1  # un teléfono barato se adelanta o atrasa; cada código vale una sola vez igual
# Con el correo sin confirmar también se puede: en Ayni cualquiera crea otra cuenta con ese correo y lo confirma ahí.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "activate_totp": "civic.cuentas.forms_segundo_paso.ActivarForm",
    "deactivate_totp": "civic.cuentas.forms_segundo_paso.QuitarAplicacionForm",
    "authenticate": "civic.cuentas.forms_segundo_paso.SegundoPasoForm",
    "reauthenticate": "civic.cuentas.forms_segundo_paso.ConfirmarSegundoPasoForm",
    "authenticate_webauthn": "civic.cuentas.forms_segundo_paso.SegundoPasoConLlaveForm",
    "reauthenticate_webauthn": "civic.cuentas.forms_segundo_paso.ConfirmarConLlaveForm",
    "login_webauthn": "civic.cuentas.forms_segundo_paso.IngresoConLlaveForm",
    "add_webauthn": "civic.cuentas.forms_segundo_paso.AgregarLlaveForm",
    "edit_webauthn": "civic.cuentas.forms_segundo_paso.NombrarLlaveForm",
}

# --- Wagtail ---------------------------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Ayni"
WAGTAILADMIN_BASE_URL = URL_PUBLICA
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAILADMIN_PERMITTED_LANGUAGES = [("es", "Español")]
WAGTAILADMIN_USER_LOGIN_FORM = None
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_WORKFLOW_ENABLED = False  # quien edita el portal publica; lo que se publica queda en la bitácora (cms)
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_I18N_ENABLED = False
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "pdf", "txt", "xlsx", "zip"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 25_000_000
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.forms.ImagenForm"  # quita los metadatos de lo que se sube
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

# --- Seguridad -------------------------------------------------------------------------------------------------------
CSRF_FAILURE_VIEW = "civic.comun.views.formulario_vencido"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True  # ningún guion nuestro la lee: el formulario ya trae su permiso
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if URL_PUBLICA.startswith("https://"):
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^salud/"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sesion"
    CSRF_COOKIE_NAME = "__Host-csrf"
    CSRF_TRUSTED_ORIGINS = [URL_PUBLICA]
    if ENTORNO.proxies:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

TESELAS_URL = ENTORNO.teselas_url
TESELAS_ATRIBUCION = ENTORNO.teselas_atribucion
_partes_teselas = urlsplit(TESELAS_URL)
_origen_teselas = [f"{_partes_teselas.scheme}://{_partes_teselas.netloc}"] if TESELAS_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *_origen_teselas],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# --- Correo, registro ------------------------------------------------------------------------------------------------
_correo = urlsplit(ENTORNO.correo)
if EN_PRUEBAS:
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
elif _correo.scheme == "consola":
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
else:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _correo.hostname or "localhost"
    EMAIL_PORT = _correo.port or (465 if _correo.scheme == "smtps" else 25)
    EMAIL_HOST_USER = _correo.username or ""
    EMAIL_HOST_PASSWORD = _correo.password or ""
    EMAIL_USE_SSL = _correo.scheme == "smtps"
    EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENTORNO.correo_desde

LOGGING_CONFIG = None
logging.config.dictConfig(
    {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "linea": {
                "()": "civic.comun.registro.UnaLinea",
                "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            }
        },
        "handlers": {"consola": {"class": "logging.StreamHandler", "formatter": "linea"}},
        "root": {"handlers": ["consola"], "level": ENTORNO.nivel_registro},
        "loggers": {
            nombre: {"level": "WARNING"} for nombre in ("PIL", "asyncio", "django_tasks", "wagtail", "modelsearch")
        },
    }
)
SILENCED_SYSTEM_CHECKS = ["wagtailadmin.W003"]
