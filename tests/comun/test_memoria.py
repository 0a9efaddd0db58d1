"""Sin Redis, lo prescindible es como si no estuviera guardado; los límites de intentos no se dan por buenos."""

import pytest
from django.core.cache.backends.redis import RedisCache
from django.db import OperationalError
from django.test import RequestFactory
from redis.exceptions import ConnectionError as SinRedis

from civic.comun import memoria
from civic.comun.memoria import PRESCINDIBLE, MemoriaEnRedis
from civic.comun.views import error_500

NADIE = "redis://127.0.0.1:1/0"  # ahí no contesta nadie


@pytest.fixture
def caida(monkeypatch):
    monkeypatch.setattr(MemoriaEnRedis, "_descansa_hasta", 0.0)
    return MemoriaEnRedis(NADIE, {})


@pytest.mark.parametrize("prefijo", PRESCINDIBLE)
def test_lo_prescindible_sin_redis_no_falla(caida, prefijo):
    clave = f"{prefijo}x"
    assert caida.get(clave, "nada") == "nada"
    assert caida.get_many([clave]) == {}
    assert caida.add(clave, 1) is False
    caida.set(clave, 1, 60)
    assert caida.delete(clave) is False
    assert caida.get_or_set(clave, "nuevo") == "nuevo"
    with pytest.raises(ValueError, match="not found"):
        caida.incr(clave)


@pytest.mark.parametrize("clave", ["allauth:rl:login:ip:1.2.3.4", "verificar:cuenta:7", "ayni.codigo_usado.7.1", "x"])
def test_los_limites_sin_redis_fallan_y_nadie_pasa(caida, clave):
    for pedir in (caida.get, caida.incr, lambda c: caida.add(c, 1), lambda c: caida.set(c, 1), caida.delete):
        with pytest.raises(SinRedis):
            pedir(clave)
    with pytest.raises(SinRedis):
        caida.get_many(["cuentas:nombres", clave])


def test_control_la_de_django_falla_con_todo():
    with pytest.raises(SinRedis):
        RedisCache(NADIE, {}).get(f"{PRESCINDIBLE[0]}x")


def test_tras_una_falla_descansa_un_rato_y_vuelve(caida, monkeypatch):
    preguntas, hora = [], [100.0]
    monkeypatch.setattr(memoria.time, "monotonic", lambda: hora[0])
    monkeypatch.setattr(RedisCache, "get", lambda *_: preguntas.append(1) or (_ for _ in ()).throw(SinRedis("no")))
    for _ in range(5):
        assert caida.get("debate:1") is None
    assert len(preguntas) == 1
    hora[0] += memoria.DESCANSO + 0.1
    caida.get("debate:1")
    assert len(preguntas) == 2


class _DeSqlite(Exception):
    def __init__(self, nombre):
        self.sqlite_errorname = nombre


@pytest.mark.parametrize(
    ("error", "causa", "estado"),
    [
        (OperationalError("server closed the connection"), None, 503),
        (OperationalError("canceling statement due to lock timeout"), None, 503),
        (OperationalError("database is locked"), _DeSqlite("SQLITE_BUSY"), 503),
        (OperationalError("no such column: x"), _DeSqlite("SQLITE_ERROR"), 500),
        (SinRedis("connection refused"), None, 503),
        (RuntimeError("otra cosa"), None, 500),
    ],
)
def test_lo_pasajero_es_503_con_cuando_volver_y_lo_demas_500(error, causa, estado):
    try:
        try:
            raise error from causa
        except Exception:
            respuesta = error_500(RequestFactory().get("/"))
    finally:
        error.__cause__ = None
    assert respuesta.status_code == estado
    assert respuesta.headers.get("Retry-After") == ("3" if estado == 503 else None)
    assert ("Ahora no se puede" in respuesta.text) == (estado == 503)
