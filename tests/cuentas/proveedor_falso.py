"""Un proveedor de OpenID Connect de mentira, con servidor y firma RS256 de verdad, en esta misma máquina."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENTE, SECRETO = "ayni-quillacollo", "secreto:con dos puntos"


class Proveedor:
    """Se gobierna con atributos: `persona`, `cambiar_id_token`, `cambiar_me`, `caido`… y anota lo que recibió."""

    def __init__(self):
        self.clave = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.kid = "uno"
        self.persona = {}
        self.cambiar_id_token = lambda dicho: dicho
        self.cambiar_me = lambda datos: datos
        self.cambiar_descubrimiento = lambda datos: datos
        self.firmar_con = None
        self.algoritmo = "RS256"
        self.caido = set()
        self.pedidos = []
        self.codigos = {}
        self.accesos = {}
        proveedor = self

        class Manejador(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                proveedor.atender(self, b"")

            def do_POST(self):
                proveedor.atender(self, self.rfile.read(int(self.headers.get("Content-Length", 0))))

        self.servidor = ThreadingHTTPServer(("127.0.0.1", 0), Manejador)
        self.emisor = f"http://127.0.0.1:{self.servidor.server_address[1]}"
        threading.Thread(target=self.servidor.serve_forever, daemon=True).start()

    def apagar(self):
        self.servidor.shutdown()
        self.servidor.server_close()

    # --- La persona entra en el proveedor (lo que haría su navegador) -------------------------------------------------
    def entrar(self, direccion):
        """La dirección a la que el proveedor devolvería a la persona tras aceptar."""
        pedido = {k: v[0] for k, v in parse_qs(urlsplit(direccion).query).items()}
        assert (pedido["response_type"], pedido["client_id"]) == ("code", CLIENTE)
        assert pedido["code_challenge_method"] == "S256"
        self.ultimo_pedido = pedido
        codigo = secrets.token_urlsafe(16)
        self.codigos[codigo] = pedido
        return f"{pedido['redirect_uri']}?{urlencode({'code': codigo, 'state': pedido['state']})}"

    # --- Servidor -----------------------------------------------------------------------------------------------------
    def atender(self, manejador, cuerpo):
        ruta = urlsplit(manejador.path).path
        self.pedidos.append((manejador.command, ruta, dict(manejador.headers), cuerpo.decode()))
        if ruta in self.caido:
            return self._responder(manejador, 500, b"<h1>Error</h1>", "text/html")
        rutas = {
            "/.well-known/openid-configuration": self._descubrimiento,
            "/jwks": self._claves,
            "/token": self._fichas,
            "/me": self._yo,
        }
        if ruta not in rutas:
            return self._responder(manejador, 404, b"{}")
        codigo, datos = rutas[ruta](manejador, cuerpo)
        return self._responder(manejador, codigo, json.dumps(datos).encode())

    @staticmethod
    def _responder(manejador, codigo, cuerpo, tipo="application/json"):
        manejador.send_response(codigo)
        if codigo in (301, 302):
            manejador.send_header("Location", "http://169.254.169.254/")
        manejador.send_header("Content-Type", tipo)
        manejador.send_header("Content-Length", str(len(cuerpo)))
        manejador.end_headers()
        manejador.wfile.write(cuerpo)

    def _descubrimiento(self, *_):
        datos = {
            "issuer": self.emisor,
            "authorization_endpoint": f"{self.emisor}/auth",
            "token_endpoint": f"{self.emisor}/token",
            "userinfo_endpoint": f"{self.emisor}/me",
            "jwks_uri": f"{self.emisor}/jwks",
        }
        return 200, self.cambiar_descubrimiento(datos)

    def _claves(self, *_):
        publica = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.clave.public_key()))
        return 200, {"keys": [{**publica, "kid": self.kid, "use": "sig", "alg": "RS256"}]}

    def _fichas(self, manejador, cuerpo):
        datos = {k: v[0] for k, v in parse_qs(cuerpo.decode()).items()}
        esperado = "Basic " + base64.b64encode(f"{CLIENTE}:{SECRETO}".encode()).decode()
        pedido = self.codigos.pop(datos.get("code"), None)
        if manejador.headers.get("Authorization") != esperado or "client_secret" in datos or pedido is None:
            return 400, {"error": "invalid_grant"}
        reto = base64.urlsafe_b64encode(hashlib.sha256(datos["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if reto != pedido["code_challenge"] or datos["redirect_uri"] != pedido["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        ahora = int(time.time())
        # Como el de verdad: el id_token trae solo un UUID, nunca el carnet.
        dicho = {"iss": self.emisor, "sub": "uuid-1", "aud": CLIENTE, "iat": ahora, "exp": ahora + 300}
        dicho = self.cambiar_id_token({**dicho, "nonce": pedido["nonce"]})
        clave = self.firmar_con or self.clave
        id_token = jwt.encode(dicho, clave, algorithm=self.algoritmo, headers={"kid": self.kid})
        acceso = secrets.token_urlsafe(16)
        self.accesos[acceso] = True
        return 200, {"access_token": acceso, "token_type": "Bearer", "id_token": id_token}

    def _yo(self, manejador, _):
        acceso = manejador.headers.get("Authorization", "").removeprefix("Bearer ")
        if acceso not in self.accesos:
            return 401, {"error": "invalid_token"}
        return 200, self.cambiar_me({"sub": "uuid-1", **self.persona})


def con_profile(numero, nacimiento="31/05/1990", tipo="CI", **mas):
    """Los datos como en las versiones nuevas."""
    documento = {"numero_documento": numero, "tipo_documento": tipo, **mas}
    nombre = {"nombres": "ROSA", "primer_apellido": "MAMANI", "segundo_apellido": "QUISPE"}
    return {
        "profile": {"documento_identidad": documento, "nombre": nombre},
        "fecha_nacimiento": nacimiento,
        "email": "rosa@ejemplo.bo",
        "celular": "70000000",
    }


def sin_profile(numero, nacimiento="31/05/1990", tipo="CI", **mas):
    """Los mismos, sueltos, como en las viejas."""
    datos = con_profile(numero, nacimiento, tipo, **mas)
    return {**datos.pop("profile"), **datos}
