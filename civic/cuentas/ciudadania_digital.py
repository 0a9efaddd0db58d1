"""Ciudadanía Digital: preguntar al proveedor del Estado quién es una persona (OpenID Connect, código con PKCE).

Se leyó el proveedor openid_connect de allauth y no se usa: no manda nonce, no revisa la firma de lo que llega por
/token y guarda todo lo que dice el proveedor. Aquí PyJWT revisa el id_token (firma por JWKS, emisor, destinatario,
vencimiento) y nada del proveedor se guarda: del carnet queda solo su huella.

Solo se habla con el emisor configurado: todas las direcciones que publica deben ser suyas, con https (o esta misma
máquina), sin seguir redirecciones, con un tope de tiempo y de tamaño. Fuente de los datos que llegan: dominio 3.1.
"""

import base64
import datetime
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
import requests
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from civic.cuentas.reglas_identidad import Ci, DatoInvalido, leer_nacimiento, normalizar_ci

ALCANCES = "openid profile fecha_nacimiento"
FIRMAS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384")
SEGUNDOS_DE_ESPERA = (3.05, 6)
BYTES_MAXIMOS = 256 * 1024
VIGENCIA_DEL_INTENTO = 600
MARGEN_DE_RELOJ = 60
_MEMORIA = 600


class ProveedorCaido(Exception):
    """Ciudadanía Digital no responde o responde algo que no se entiende; se puede intentar más tarde."""


class RespuestaInvalida(Exception):
    """La respuesta no es para este intento o no dice lo necesario. El texto lo lee la persona."""


@dataclass(frozen=True)
class Intento:
    """Lo que ata la respuesta a quien la pidió: vive en la sesión y se usa una sola vez."""

    cuenta: int
    estado: str
    nonce: str
    verificador: str
    momento: int

    def en_sesion(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Persona:
    """Lo único que se toma del proveedor."""

    ci: Ci
    nacimiento: datetime.date | None


def origen() -> str:
    """Esquema y servidor del emisor, para la política de contenido de la página que lleva allá."""
    partes = urlsplit(settings.OIDC["emisor"])
    return f"{partes.scheme}://{partes.netloc}"


def nuevo_intento(cuenta: int) -> Intento:
    return Intento(
        cuenta,
        secrets.token_urlsafe(32),
        secrets.token_urlsafe(32),
        secrets.token_urlsafe(64),
        int(timezone.now().timestamp()),
    )


# --- Hablar con el proveedor -----------------------------------------------------------------------------------------
def _exigir_del_emisor(direccion: Any) -> str:
    """La dirección, si es del emisor configurado: mismo esquema, servidor y puerto."""
    emisor = urlsplit(settings.OIDC["emisor"])
    partes = urlsplit(direccion) if isinstance(direccion, str) else None
    if partes is None or (partes.scheme, partes.netloc) != (emisor.scheme, emisor.netloc):
        raise ProveedorCaido("publica una dirección que no es suya")
    return str(direccion)


def _pedir(verbo: str, direccion: str, **opciones: Any) -> dict[str, Any]:
    """El JSON que responde el emisor. Sin redirecciones ni proxy del entorno, con topes."""
    with requests.Session() as sesion:
        sesion.trust_env = False
        try:
            with sesion.request(
                verbo,
                _exigir_del_emisor(direccion),
                timeout=SEGUNDOS_DE_ESPERA,
                allow_redirects=False,
                stream=True,
                **opciones,
            ) as respuesta:
                cuerpo = respuesta.raw.read(BYTES_MAXIMOS + 1, decode_content=True)
                codigo = respuesta.status_code
        except (requests.RequestException, OSError, ValueError) as error:
            raise ProveedorCaido(type(error).__name__) from None
        except Exception as error:  # urllib3 lanza las suyas al leer el cuerpo
            if type(error).__module__.startswith("urllib3"):
                raise ProveedorCaido(type(error).__name__) from None
            raise
    if codigo != 200 or len(cuerpo) > BYTES_MAXIMOS:
        raise ProveedorCaido(f"respondió {codigo}")
    try:
        datos = json.loads(cuerpo)
    except (ValueError, RecursionError):
        raise ProveedorCaido("respondió algo que no es JSON") from None
    if not isinstance(datos, dict):
        raise ProveedorCaido("respondió algo que no es un objeto")
    return datos


def _recordado(que: str, direccion: str, *, de_nuevo: bool = False) -> dict[str, Any]:
    """Lo público del proveedor (descubrimiento y claves) se recuerda unos minutos."""
    direccion = _exigir_del_emisor(direccion)
    llave = f"oidc:{que}:{hashlib.sha256(direccion.encode()).hexdigest()}"
    datos = None if de_nuevo else cache.get(llave)
    if datos is None:
        datos = _pedir("GET", direccion)
        cache.set(llave, datos, _MEMORIA)
    return datos


def _descubrir() -> dict[str, Any]:
    """Lo que el emisor publica de sí mismo; debe llamarse como se configuró."""
    emisor = settings.OIDC["emisor"]
    datos = _recordado("descubrimiento", f"{emisor}/.well-known/openid-configuration")
    if str(datos.get("issuer", "")).rstrip("/") != emisor:
        raise ProveedorCaido("dice ser otro emisor")
    return datos


def direccion_de_ingreso(intento: Intento, vuelta: str) -> str:
    """A dónde mandar a la persona. `vuelta` es la dirección registrada de este sitio."""
    reto = base64.urlsafe_b64encode(hashlib.sha256(intento.verificador.encode()).digest()).rstrip(b"=").decode()
    pedido = {
        "response_type": "code",
        "client_id": settings.OIDC["cliente"],
        "redirect_uri": vuelta,
        "scope": ALCANCES,
        "state": intento.estado,
        "nonce": intento.nonce,
        "code_challenge": reto,
        "code_challenge_method": "S256",
    }
    ingreso = _exigir_del_emisor(_descubrir().get("authorization_endpoint"))
    return f"{ingreso}{'&' if '?' in ingreso else '?'}{urlencode(pedido)}"


# --- La vuelta -------------------------------------------------------------------------------------------------------
def revisar_intento(guardado: Any, *, cuenta: int, estado: str) -> Intento:
    """El intento de la sesión, si la vuelta es de él, de esta cuenta y a tiempo."""
    otra_vez = RespuestaInvalida("Este ingreso a Ciudadanía Digital ya se usó o venció. Empieza de nuevo.")
    try:
        intento = Intento(**guardado)
    except TypeError:
        raise otra_vez from None
    if intento.cuenta != cuenta or not hmac.compare_digest(intento.estado.encode(), estado.encode("utf-8", "replace")):
        raise otra_vez
    if not 0 <= timezone.now().timestamp() - intento.momento <= VIGENCIA_DEL_INTENTO:
        raise otra_vez
    return intento


def persona_de(codigo: str, intento: Intento, vuelta: str) -> Persona:
    """Cambia el código por los datos de la persona. Lanza ProveedorCaido o RespuestaInvalida."""
    descubierto = _descubrir()
    fichas = _pedir(
        "POST",
        descubierto.get("token_endpoint", ""),
        data={
            "grant_type": "authorization_code",
            "code": codigo,
            "redirect_uri": vuelta,
            "code_verifier": intento.verificador,
        },
        auth=(settings.OIDC["cliente"], settings.OIDC["secreto"]),
        headers={"Accept": "application/json"},
    )
    id_token, acceso = fichas.get("id_token"), fichas.get("access_token")
    if not isinstance(id_token, str) or not isinstance(acceso, str):
        raise ProveedorCaido("no dio las fichas")
    dicho = _revisar_id_token(id_token, descubierto, intento)
    datos = _pedir("GET", descubierto.get("userinfo_endpoint", ""), headers={"Authorization": f"Bearer {acceso}"})
    if datos.get("sub") != dicho["sub"]:
        raise RespuestaInvalida("Ciudadanía Digital respondió por otra persona. Empieza de nuevo.")
    return leer_persona(datos, timezone.localdate())


def _revisar_id_token(id_token: str, descubierto: Mapping[str, Any], intento: Intento) -> dict[str, Any]:
    no_vale = RespuestaInvalida("La respuesta de Ciudadanía Digital no es válida para este ingreso. Empieza de nuevo.")
    cliente = settings.OIDC["cliente"]
    try:
        cabecera = jwt.get_unverified_header(id_token)
        clave = _clave_de_firma(cabecera, descubierto.get("jwks_uri", ""))
        dicho = jwt.decode(
            id_token,
            clave,
            algorithms=list(FIRMAS),
            audience=cliente,
            issuer=descubierto["issuer"],
            leeway=MARGEN_DE_RELOJ,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        raise no_vale from None
    nonce = dicho.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode("utf-8", "replace"), intento.nonce.encode()):
        raise no_vale
    varios = isinstance(dicho["aud"], list) and len(dicho["aud"]) > 1
    if (varios or "azp" in dicho) and dicho.get("azp") != cliente:
        raise no_vale
    return dicho


def _clave_de_firma(cabecera: Mapping[str, Any], direccion: str) -> Any:
    """La clave pública con que se firmó; si el proveedor la cambió hace poco, se pide la lista otra vez."""
    for de_nuevo in (False, True):
        juego = jwt.PyJWKSet.from_dict(_recordado("claves", direccion, de_nuevo=de_nuevo))
        sirven = [clave for clave in juego.keys if clave.public_key_use in (None, "sig")]
        if "kid" in cabecera:
            sirven = [clave for clave in sirven if clave.key_id == cabecera["kid"]]
        if len(sirven) == 1:
            return sirven[0]
    raise jwt.InvalidKeyError("no hay esa clave")


def leer_persona(datos: Mapping[str, Any], hoy: datetime.date) -> Persona:
    """Carnet y nacimiento de lo que responde /me, con los datos dentro de `profile` o sueltos.

    Lanza RespuestaInvalida si no hay carnet de identidad: es lo único imprescindible.
    """
    sin_carnet = RespuestaInvalida(
        "Ciudadanía Digital no nos dio tu número de carnet. Verifícate de otra manera o pregunta en la ventanilla."
    )
    perfil = datos.get("profile") if isinstance(datos.get("profile"), dict) else {}
    documento = _primero(perfil, datos, "documento_identidad")
    if not isinstance(documento, dict):
        raise sin_carnet
    tipo = str(documento.get("tipo_documento") or "CI").strip().upper()
    numero, complemento = documento.get("numero_documento"), documento.get("complemento")
    if not isinstance(numero, (str, int)) or isinstance(numero, bool) or tipo not in {"CI", "CIE", "E"}:
        raise sin_carnet
    escrito = f"{numero}-{complemento}" if complemento and isinstance(complemento, str) else str(numero)
    if tipo != "CI" and not escrito.strip().upper().startswith("E"):
        escrito = f"E-{escrito}"
    try:
        ci = normalizar_ci(escrito)
    except DatoInvalido:
        raise sin_carnet from None
    fecha = _primero(perfil, datos, "fecha_nacimiento")
    try:
        nacimiento = leer_nacimiento(fecha, hoy) if isinstance(fecha, str) and fecha else None
    except DatoInvalido:
        nacimiento = None  # sin fecha no se busca en el padrón, pero la identidad vale
    return Persona(ci, nacimiento)


def _primero(perfil: Any, datos: Mapping[str, Any], nombre: str) -> Any:
    return perfil.get(nombre) or datos.get(nombre)
