"""Recorrer la cadena de la bitácora y decir cuál es el primer suceso que alguien tocó."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection, transaction

from civic.comun.cadena import COLUMNAS, ORIGEN, contenido_de, huella_siguiente
from civic.comun.guardas import guardas_que_faltan
from civic.comun.models import Suceso

TANDA = 2000
CAMBIADO, FALTA, INSERTADO, ORDEN, CABEZA = "cambiado", "falta", "insertado", "orden", "cabeza"
Fila = dict[str, Any]


@dataclass(frozen=True)
class Falla:
    """El primer suceso tocado. `pk` y `momento` faltan si la fila ya no está o no se puede leer."""

    numero: int
    problema: str
    texto: str
    pk: Any = None
    momento: str = ""

    @staticmethod
    def en(fila: Fila, problema: str, texto: str) -> "Falla":
        momento = fila.get("momento")
        return Falla(fila["numero"], problema, texto, fila["id"], momento.isoformat() if momento else "")


@dataclass(frozen=True)
class Verificacion:
    """Lo que se encontró. `sucesos`, cuántos se revisaron; `numero` y `cabeza`, los del último que está bien."""

    sucesos: int
    numero: int
    cabeza: str
    falla: Falla | None
    guardas_que_faltan: list[str]

    @property
    def integra(self) -> bool:
        return self.falla is None


def verificar_cadena(
    *, desde: int = 1, cabeza: str = "", avisar: Callable[[int], None] = lambda revisados: None
) -> Verificacion:
    """Rehace la huella de cada suceso desde el número `desde`, por tandas, hasta el primero que no cuadra.

    `cabeza`: una huella publicada antes; si ya no está, alguien cortó el final o rehízo la cadena entera. `avisar`
    recibe cuántos van. Todo en una transacción: lo que se agregue mientras tanto no confunde.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql" and len(connection.atomic_blocks) == 1:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return _recorrer(desde, cabeza, avisar)


def _recorrer(desde: int, cabeza: str, avisar: Callable[[int], None]) -> Verificacion:
    revisados, vista = 0, not cabeza or cabeza == ORIGEN
    previa, falla = _inicio(desde)
    if falla is None:
        for fila in _filas(desde):
            falla = _revisar(fila, previa)
            if falla is not None:
                break
            revisados, previa = revisados + 1, fila
            vista = vista or fila["huella"] == cabeza
            if revisados % TANDA == 0:
                avisar(revisados)
    avisar(revisados)
    if falla is None and not vista and not Suceso.objects.filter(huella=cabeza, numero__lt=desde).exists():
        numero = previa["numero"]
        frase = f"la cabeza publicada {cabeza} no está: faltan sucesos después del {numero} o se rehízo la cadena"
        falla = Falla(numero + 1, CABEZA, frase)
    return Verificacion(revisados, previa["numero"], previa["huella"], falla, guardas_que_faltan(connection))


def _inicio(desde: int) -> tuple[Fila, Falla | None]:
    """La fila anterior a `desde`, de la que se parte; la de origen si se empieza por el principio."""
    origen = {"numero": 0, "huella": ORIGEN, "id": 0, "momento": None}
    if desde <= 1:
        return origen, None
    fila = Suceso.objects.filter(numero=desde - 1).values("numero", "huella", "id").first()
    if fila is not None:
        return dict(fila), None
    return origen | {"numero": desde - 1}, Falla(desde - 1, FALTA, f"no está el suceso {desde - 1}, anterior al pedido")


def _leer(**filtro: Any) -> list[Fila]:
    consulta = Suceso.objects.filter(**filtro).order_by("numero", "id").values(*COLUMNAS, "anterior", "huella")
    return list(consulta[:TANDA])


def _filas(desde: int) -> Iterator[Fila]:
    """Las filas en orden de número, por tandas. La que la base ya no sabe leer viene con su falla puesta."""
    filtro: dict[str, Any] = {"numero__gte": desde} if desde > 1 else {}
    while True:
        try:
            with transaction.atomic():
                tanda = _leer(**filtro)
        except (ValueError, TypeError, AttributeError, DatabaseError):
            tanda = [_leer_una(pk) for pk in _claves(filtro)]
        yield from tanda
        if len(tanda) < TANDA:
            return
        filtro = {"numero__gt": tanda[-1]["numero"]}


def _claves(filtro: dict[str, Any]) -> list[Any]:
    return list(Suceso.objects.filter(**filtro).order_by("numero", "id").values_list("pk", flat=True)[:TANDA])


def _leer_una(pk: Any) -> Fila:
    try:
        with transaction.atomic():
            return _leer(pk=pk)[0]
    except (ValueError, TypeError, AttributeError, DatabaseError):
        numero = Suceso.objects.filter(pk=pk).values_list("numero", flat=True)[0]
        falla = Falla(numero, CAMBIADO, "cambió su contenido: la base guarda algo que no se puede leer", pk)
        return {"numero": numero, "id": pk, "momento": None, "falla": falla}


def _revisar(fila: Fila, previa: Fila) -> Falla | None:
    """Qué le pasa a una fila que viene después de `previa`, que está bien."""
    if "falla" in fila:
        return fila["falla"]
    esperado = previa["numero"] + 1
    try:
        if fila["numero"] == esperado and fila["anterior"] == previa["huella"] and _cuadra(fila):
            return None
        return _explicar(fila, previa, esperado)
    except (ValueError, TypeError, AttributeError):
        return Falla(esperado, CAMBIADO, "cambió su contenido: tiene un dato que no es de su clase", fila["id"])


def _cuadra(fila: Fila, **cambios: Any) -> bool:
    fila = fila | cambios
    return huella_siguiente(fila["anterior"], contenido_de(fila)) == fila["huella"]


def _explicar(fila: Fila, previa: Fila, esperado: int) -> Falla:
    numero = fila["numero"]
    if numero > esperado and _cuadra(fila):
        cuantos = "falta este suceso" if numero == esperado + 1 else f"faltan los sucesos {esperado} a {numero - 1}"
        return Falla(esperado, FALTA, f"{cuantos}: alguien lo borró antes del {numero}", momento=_hasta(fila))
    if numero < esperado:
        return Falla.en(fila, INSERTADO, "hay dos sucesos con el mismo número o fuera de la numeración")
    if _cuadra(fila):  # por dentro está bien: es la anterior la que no es la que era
        if previa["numero"] == 0:
            return Falla.en(fila, CAMBIADO, "no es el primero: falta lo que había antes")
        return Falla.en(previa, CAMBIADO, f"se rehízo o se cambió por otro: el suceso {numero} recuerda otra huella")
    if _cuadra(fila, anterior=previa["huella"], numero=esperado):
        dato = "la huella anterior" if numero == esperado else "el número"
        return Falla.en(fila, CAMBIADO, f"cambió su contenido ({dato})")
    suyo = _lugar_verdadero(fila)
    if suyo is None or suyo == numero:
        return Falla.en(fila, CAMBIADO, "cambió su contenido: su huella no corresponde")
    if suyo == numero - 1:
        return Falla.en(previa, INSERTADO, f"está insertado: el que ahora es el {numero} era el {suyo}")
    if suyo == numero + 1 and not Suceso.objects.filter(huella=fila["anterior"]).exists():
        return Falla(esperado, FALTA, f"falta este suceso: los siguientes se volvieron a numerar desde el {suyo}")
    return Falla.en(fila, ORDEN, f"está fuera de su lugar: era el suceso {suyo}")


def _lugar_verdadero(fila: Fila) -> int | None:
    """El número con el que la huella de `fila` sí cuadra: los vecinos o el que sigue a la que ella llama anterior."""
    candidatos = [fila["numero"] - 1, fila["numero"] + 1, 1]
    antes = Suceso.objects.filter(huella=fila["anterior"]).values_list("numero", flat=True)[:5]
    despues = Suceso.objects.filter(anterior=fila["huella"]).values_list("numero", flat=True)[:5]
    candidatos += [n + 1 for n in antes] + [n - 1 for n in despues]
    return next((numero for numero in candidatos if _cuadra(fila, numero=numero)), None)


def _hasta(fila: Fila) -> str:
    return f"antes de {fila['momento'].isoformat()}" if fila["momento"] else ""
