"""Escribir y leer la bitácora. Ver civic.comun.cadena para la huella y civic.comun.guardas para lo que la base impide.

En un suceso público se publican su frase, su motivo y lo que va en `antes` y `despues`; quién fue (`actor`) y lo demás
de `datos` quedan reservados. Nada de lo escrito se puede borrar nunca: ni nombres, ni números de documento, ni textos
que alguien pueda pedir retirar van en lo público; lo que haga falta para la auditoría va en `datos`.
"""

import datetime
import enum
import math
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, models, transaction
from django.utils import timezone

from civic.comun.cadena import ORIGEN, contenido_de, huella_siguiente
from civic.comun.candados import marcar_anotado
from civic.comun.models import Suceso, SucesoQuerySet
from civic.comun.texto import sin_ilegibles

# «AYNI» en cuatro letras: candado de PostgreSQL que ordena los agregados en una sola fila.
CANDADO = 0x41594E49
MIRAR = "mirar"

_momento: ContextVar[datetime.datetime | None] = ContextVar("momento", default=None)
_juntando: ContextVar[bool] = ContextVar("juntando", default=False)


# --- Escribir --------------------------------------------------------------------------------------------------------
def anotar(
    objeto: models.Model,
    *,
    verbo: str,
    texto: str,
    actor: Any = None,
    calidad: str = "",
    desde: str = "",
    hasta: str = "",
    motivo: str = "",
    publico: bool = True,
    datos: Mapping[str, Any] | None = None,
    antes: Mapping[str, Any] | None = None,
    despues: Mapping[str, Any] | None = None,
) -> Suceso:
    """Agrega una línea a la bitácora de `objeto`, dentro de la transacción de quien llama. Es lo último que se hace.

    `texto` es la frase en lenguaje llano que verá el público; `calidad` dice en qué calidad actuó (cargo u
    organización): la línea pública muestra la calidad, no el nombre. `antes` y `despues`, {dato: valor} de lo que
    cambió (fechas, montos y modelos se vuelven texto); si no se dan y hay `desde` o `hasta`, son el estado. Dentro de
    `juntar_sucesos` se escribe al final, y hasta entonces lo devuelto no tiene número.
    """
    suceso = preparar_suceso(
        objeto._meta.label_lower, objeto.pk, verbo=verbo, texto=texto, actor=actor, calidad=calidad, desde=desde,
        hasta=hasta, motivo=motivo, publico=publico, datos=datos, antes=antes, despues=despues,
    )  # fmt: skip
    anotar_varios([suceso])
    return suceso


def preparar_suceso(
    objeto_tipo: str,
    objeto_id: int | None,
    *,
    verbo: str,
    texto: str,
    actor: Any = None,
    calidad: str = "",
    desde: str = "",
    hasta: str = "",
    motivo: str = "",
    publico: bool = True,
    datos: Mapping[str, Any] | None = None,
    antes: Mapping[str, Any] | None = None,
    despues: Mapping[str, Any] | None = None,
    momento: datetime.datetime | None = None,
) -> Suceso:
    """Una línea sin escribir todavía, para `anotar_varios`. `momento` solo para cargar datos pasados."""
    desde, hasta = _corto(desde, 40), _corto(hasta, 40)
    if antes is None and despues is None and (desde or hasta):
        antes, despues = {"estado": desde}, {"estado": hasta}
    todo = dict(datos or {}) | {
        clave: valor for clave, valor in (("antes", antes), ("despues", despues)) if valor is not None
    }
    return Suceso(
        momento=momento or _momento.get() or timezone.now(),
        objeto_tipo=objeto_tipo,
        objeto_id=objeto_id,  # type: ignore[misc]  # quien prepara en bloque lo pone después
        verbo=_corto(verbo, 40),
        texto=sin_ilegibles(str(texto)),
        actor=actor if getattr(actor, "pk", None) else None,
        calidad=_corto(calidad, 120),
        desde=desde,
        hasta=hasta,
        motivo=sin_ilegibles(str(motivo)),
        publico=bool(publico),
        datos=a_json(todo),
    )


def anotar_varios(sucesos: Iterable[Suceso]) -> int:
    """Escribe muchas líneas de `preparar_suceso` de una vez y en su orden; devuelve cuántas."""
    lista = list(sucesos)
    if _juntando.get():
        for suceso in lista:
            transaction.on_commit(_Pendiente(suceso))
    elif lista:
        _agregar(lista)
    return len(lista)


@contextmanager
def juntar_sucesos() -> Iterator[None]:
    """Transacción de una acción que llama a otras: lo que anoten se escribe al final, todo junto y en su orden.

    Así cada una bloquea y escribe lo suyo antes de que nadie tome el candado de la bitácora. Lo que se deshizo en un
    punto de guardado no llega a escribirse.
    """
    with transaction.atomic():
        if _juntando.get():
            yield
            return
        marca = _juntando.set(True)
        try:
            yield
        finally:
            _juntando.reset(marca)
        hechos = (entrada[1] for entrada in connection.run_on_commit)
        pendientes = [hacer for hacer in hechos if isinstance(hacer, _Pendiente) and not hacer.escrito]
        for pendiente in pendientes:
            pendiente.escrito = True
        anotar_varios(pendiente.suceso for pendiente in pendientes)


class _Pendiente:
    """Línea que espera en la lista de «al confirmar»: si se deshace su punto de guardado, Django la olvida."""

    def __init__(self, suceso: Suceso) -> None:
        self.suceso = suceso
        self.escrito = False

    def __call__(self) -> None:
        """Nada que hacer al confirmar: `juntar_sucesos` ya la escribió."""


@contextmanager
def en_su_momento(momento: datetime.datetime) -> Iterator[None]:
    """Lo que se anote adentro lleva la fecha `momento`. Solo para cargar datos pasados (la demo)."""
    marca = _momento.set(momento)
    try:
        yield
    finally:
        _momento.reset(marca)


def anotar_mirada(actor: Any, objeto: models.Model | type[models.Model], que: str) -> bool:
    """Deja constancia, reservada, de que `actor` miró datos personales: «Miró la residencia», «Descargó el padrón».

    `objeto` es el registro, o la clase si miró una lista. Una línea por persona, objeto, frase y día: mirar dos veces
    no llena la bitácora. Devuelve si escribió una nueva. Mirar lo propio no se anota.
    """
    if not getattr(actor, "pk", None) or objeto == actor:
        return False
    clave = (objeto._meta.label_lower, 0 if isinstance(objeto, type) else objeto.pk)
    hoy = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    ya = Suceso.objects.filter(
        objeto_tipo=clave[0], objeto_id=clave[1], momento__gte=hoy, verbo=MIRAR, actor=actor, texto=que
    )
    if ya.exists():
        return False
    with transaction.atomic():
        _tomar_candado()
        if ya.exists():  # otra ventana de la misma persona llegó antes
            return False
        _agregar([preparar_suceso(*clave, verbo=MIRAR, texto=que, actor=actor, publico=False)])
    return True


def _agregar(sucesos: list[Suceso]) -> None:
    contexto: AbstractContextManager[Any] = nullcontext() if connection.in_atomic_block else transaction.atomic()
    with contexto:
        _tomar_candado()
        ultimo = Suceso.objects.order_by("-numero").values_list("numero", "pk", "huella").first()
        numero, pk, huella = ultimo or (0, 0, ORIGEN)
        for suceso in sucesos:
            numero, pk = numero + 1, pk + 1
            # El id lo ponemos nosotros: así también entra en la huella, antes de escribir la fila.
            suceso.numero, suceso.pk, suceso.anterior, suceso.sal = numero, pk, huella, secrets.token_hex(16)
            suceso.huella = huella = huella_siguiente(suceso.anterior, contenido_de(vars(suceso)))
        if len(sucesos) == 1:
            sucesos[0].save(force_insert=True)
        else:
            Suceso.objects.bulk_create(sucesos, batch_size=500)
        marcar_anotado(connection)


def _tomar_candado() -> None:
    """Nadie más agrega hasta que termine esta transacción. En SQLite, BEGIN IMMEDIATE ya excluye a los demás."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CANDADO])


def _corto(texto: str, largo: int) -> str:
    return sin_ilegibles(str(texto))[:largo]


# --- Antes y después -------------------------------------------------------------------------------------------------
def retrato(objeto: models.Model, campos: Iterable[str]) -> dict[str, Any]:
    """{campo: valor} de hoy, ya como texto: guárdalo antes de cambiar `objeto` y compáralo después con `diferencia`."""
    return {campo: a_json(getattr(objeto, campo)) for campo in campos}


def diferencia(antes: Mapping[str, Any], despues: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(antes, despues) solo con los datos que cambiaron."""
    distintos = [clave for clave in {**antes, **despues} if antes.get(clave) != despues.get(clave)]
    return {c: antes.get(c) for c in distintos}, {c: despues.get(c) for c in distintos}


def a_json(valor: Any) -> Any:
    """El valor con solo textos, enteros, verdadero, falso, nulo, listas y objetos.

    Los decimales van como texto: cada base guarda los números con coma a su manera, y la huella no lo perdona. De una
    persona solo va su número: su nombre puede cambiar y tiene derecho a que se olvide.
    """
    if valor is None or isinstance(valor, bool):
        return valor
    if isinstance(valor, enum.Enum):
        return a_json(valor.value)
    if isinstance(valor, int):
        return int(valor)
    if isinstance(valor, float):
        return str(valor) if math.isfinite(valor) else "sin valor"
    if isinstance(valor, Decimal):
        return f"{valor:f}"
    if isinstance(valor, datetime.datetime):
        return (timezone.localtime(valor) if timezone.is_aware(valor) else valor).isoformat()
    if isinstance(valor, datetime.date | datetime.time):
        return valor.isoformat()
    if isinstance(valor, models.Model):
        return f"persona {valor.pk}" if isinstance(valor, get_user_model()) else sin_ilegibles(str(valor))
    if isinstance(valor, Mapping):
        return {sin_ilegibles(str(clave)): a_json(dato) for clave, dato in valor.items()}
    if isinstance(valor, list | tuple | set | frozenset | models.QuerySet):
        return [a_json(dato) for dato in valor]
    return sin_ilegibles(str(valor))


# --- Leer ------------------------------------------------------------------------------------------------------------
def historia(objeto: models.Model) -> SucesoQuerySet:
    """Sucesos públicos de `objeto`, del más nuevo al más viejo."""
    return Suceso.objects.de(objeto).publicos()


def cabeza() -> tuple[int, str, datetime.datetime | None]:
    """(número, huella, momento) del último suceso; (0, ceros, nada) si no hay ninguno."""
    ultimo = Suceso.objects.order_by("-numero").values_list("numero", "huella", "momento").first()
    return ultimo or (0, ORIGEN, None)
