"""Lo que se hace con una urna: abrirla, depositar, asentar por lotes, suspenderla, cerrarla y abrir sus sobres.

Nada de esto va a la bitácora: la urna tiene su propio tablero, encadenado, y no sabe quién hace qué. Repetir cualquier
paso da lo mismo.
"""

import json
import secrets
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from votaciones.reglas.credencial import Credencial, Verificador
from votaciones.reglas.tablero import ORIGEN, Tipo, canonico, huella_de, suma_de
from votaciones.urna import consultas
from votaciones.urna.consultas import Apertura
from votaciones.urna.models import Asentado, Asiento, Sobre
from votaciones.urna.ruta import BASE
from votaciones.urna.sobres import Cerrojo, FirmanteDelTablero, SobreInservible, VerificadorEd25519

# Un lote no se asienta con menos sobres, salvo el último: quién entró en él debe poder ser cualquiera de varios.
LOTE_MINIMO = 20
YA_DEPOSITADA = "Esa papeleta ya está en la urna y no se puede cambiar."
CERRADA = "La urna ya se cerró: tu papeleta no entró."
SUSPENDIDA = "La votación está suspendida: tu papeleta no entró. Podrás enviarla cuando se reanude."
FALSA = "Esa credencial no vale en esta urna."
# Primera mitad de los candados de PostgreSQL; la segunda es la contienda o parte de la serie.
_ES_URNA, _ES_CREDENCIAL = 0x414E4F, 0x414E50


class UrnaAlterada(ReglaIncumplida):
    """La urna no es la que se abrió o sus sobres no son los que aceptó: no se cuenta."""


class SinAbrir(ReglaIncumplida):
    """Nadie abrió esa urna todavía."""


class Suspendida(ReglaIncumplida):
    """La urna no recibe papeletas hasta que la votación se reanude."""


class YaDepositada(ReglaIncumplida):
    """La credencial ya puso otra papeleta y esta votación no deja cambiarla."""


# --- Candados --------------------------------------------------------------------------------------------------------
def _tomar_sola(contienda: int) -> None:
    """Hasta el fin de la transacción nadie más deposita, asienta, cierra ni abre. En SQLite ella sola ya excluye."""
    _trancar("SELECT pg_advisory_xact_lock(%s, %s)", _ES_URNA, contienda % 2**31)


def _compartir(contienda: int, serie: str) -> None:
    """Muchas credenciales depositan a la vez; los envíos de una misma, de a uno."""
    _trancar(
        "SELECT pg_advisory_xact_lock_shared(%s, %s), pg_advisory_xact_lock(%s, %s)",
        *(_ES_URNA, contienda % 2**31),
        *(_ES_CREDENCIAL, int(serie[:7], 16)),
    )


def _trancar(orden: str, *claves: int) -> None:
    conexion = connections[BASE]
    if conexion.vendor == "postgresql":
        with conexion.cursor() as cursor:
            cursor.execute(orden, claves)


def _asentar(contienda: int, tipo: Tipo, contenido: Any, apertura: Apertura) -> Asiento:
    numero, anterior = consultas.cabeza_de(contienda) or (0, ORIGEN)
    texto = canonico(contenido)
    huella = huella_de(anterior, numero + 1, tipo, suma_de(texto))
    return Asiento.objects.create(
        contienda=contienda,
        numero=numero + 1,
        tipo=tipo,
        contenido=texto,
        anterior=anterior,
        huella=huella,
        firma=_firma_de(huella, apertura),
    )


def _firma_de(huella: str, apertura: Apertura) -> str:
    """La firma de un asiento; vacía si el libro de esa votación es de antes de que se firmaran."""
    if not apertura.tablero:
        return ""
    firmante = FirmanteDelTablero(apertura.votacion)
    if firmante.publica != apertura.tablero:
        raise UrnaAlterada("La clave de este servidor no es la que anuncia el libro de reglas: no se asienta nada.")
    return firmante.firmar(huella)


# --- Abrir y depositar -----------------------------------------------------------------------------------------------
def abrir_urna(contienda: int, apertura: Apertura) -> None:
    """Escribe el primer asiento. Si ya estaba abierta con otro libro, lanza UrnaAlterada."""
    with transaction.atomic(using=BASE):
        _tomar_sola(contienda)
        anterior, _cerrada = consultas.apertura_de(contienda)
        if anterior is None:
            _asentar(contienda, Tipo.APERTURA, vars(apertura), apertura)
        elif anterior != apertura:
            raise UrnaAlterada("La urna se abrió con otro libro de reglas.")


def depositar(
    contienda: int,
    credencial: Credencial,
    seleccion: Any,
    recibo: str,
    *,
    ahora: datetime | None = None,
    cambia: bool = True,
    verificador: Verificador | None = None,
) -> None:
    """Cierra la papeleta en un sobre y lo guarda; al volver, está escrito. `recibo` es la huella del código.

    Lanza ReglaIncumplida si la urna no está abierta o está suspendida, la credencial no vale o ya puso otra papeleta.
    Repetir la misma no agrega nada; otra la reemplaza si la urna se abrió dejando cambiar y `cambia`. `ahora` es para
    probar y para cargar lo pasado: sin él manda la hora de la base.
    """
    try:
        with transaction.atomic(using=BASE):
            _depositar(contienda, credencial, seleccion, recibo, ahora, cambia, verificador)
    except IntegrityError:
        # El candado ya lo evita; si algún día faltara, la base dice que no y se decide con el otro ya escrito.
        with transaction.atomic(using=BASE):
            _depositar(contienda, credencial, seleccion, recibo, ahora, cambia, verificador)


def _depositar(
    contienda: int,
    credencial: Credencial,
    seleccion: Any,
    recibo: str,
    ahora: datetime | None,
    cambia: bool,
    verificador: Verificador | None,
) -> None:
    _compartir(contienda, credencial.serie)
    situacion = consultas.situacion_de(contienda)
    apertura = situacion.apertura
    if apertura is None:
        raise SinAbrir("Esta urna todavía no está abierta.")
    verificador = verificador or VerificadorEd25519(apertura.clave)
    if credencial.urna != apertura.urna or not verificador.vale(credencial):
        raise ReglaIncumplida(FALSA)
    cerrojo = Cerrojo(apertura.urna)
    anterior = consultas.ultimo_sobre(contienda, credencial.serie)
    if anterior is not None and cerrojo.abrir(anterior.cerrado) == seleccion:
        return
    if situacion.cerrada or (ahora or situacion.hora) >= datetime.fromisoformat(apertura.cierra):
        raise ReglaIncumplida(CERRADA)
    if situacion.suspendida:
        raise Suspendida(SUSPENDIDA)
    if anterior is not None and not (apertura.cambia and cambia):
        raise YaDepositada(YA_DEPOSITADA)
    Sobre.objects.create(
        contienda=contienda,
        serie=credencial.serie,
        vuelta=anterior.vuelta + 1 if anterior else 1,
        firma=credencial.firma,
        recibo=recibo,
        cerrado=cerrojo.cerrar(seleccion),
    )


# --- Asentar y cerrar ------------------------------------------------------------------------------------------------
def asentar_lote(contienda: int, *, minimo: int = LOTE_MINIMO, ahora: datetime | None = None) -> int:
    """Pasa al tablero los sobres que todavía no están, si son `minimo` o más. Devuelve cuántos pasaron."""
    with transaction.atomic(using=BASE):
        _tomar_sola(contienda)
        apertura, _cerrada = consultas.apertura_de(contienda)
        return _asentar_lote(contienda, minimo, ahora, apertura) if apertura else 0


def _asentar_lote(contienda: int, minimo: int, ahora: datetime | None, apertura: Apertura) -> int:
    # Ordenados por la huella del recibo, que es azar: ni el lugar ni la clave dicen quién llegó antes.
    sobres = list(Sobre.objects.filter(contienda=contienda, asentado=None).order_by("recibo", "vuelta"))
    if len(sobres) < minimo or not sobres:
        return 0
    papeletas = [[sobre.recibo, sobre.serie, sobre.vuelta, sobre.firma, suma_de(sobre.cerrado)] for sobre in sobres]
    momento = f"{ahora or timezone.now():%Y-%m-%dT%H:%M}"
    asiento = _asentar(contienda, Tipo.LOTE, {"momento": momento, "papeletas": papeletas}, apertura)
    Asentado.objects.bulk_create([Asentado(sobre=sobre, asiento=asiento) for sobre in sobres], batch_size=500)
    return len(sobres)


def suspender_urna(contienda: int, acto: Mapping[str, str]) -> bool:
    """Asienta la suspensión: desde aquí la base no acepta un sobre hasta la reanudación. Si ya lo está, nada.

    `acto` dice motivo, momento y calidad. Quien ya está depositando termina; devuelve si la suspendió.
    """
    return _asentar_acto(contienda, Tipo.SUSPENSION, acto)


def reanudar_urna(contienda: int, acto: Mapping[str, str]) -> bool:
    """Asienta la reanudación: la urna vuelve a recibir. Si no está suspendida, nada."""
    return _asentar_acto(contienda, Tipo.REANUDACION, acto)


def _asentar_acto(contienda: int, tipo: Tipo, acto: Mapping[str, str]) -> bool:
    with transaction.atomic(using=BASE):
        _tomar_sola(contienda)
        situacion = consultas.situacion_de(contienda)
        if situacion.apertura is None or situacion.cerrada:
            raise UrnaAlterada("Solo se suspende o se reanuda una urna abierta.")
        if situacion.suspendida == (tipo == Tipo.SUSPENSION):
            return False
        _asentar(contienda, tipo, dict(acto), situacion.apertura)
        return True


def cerrar_urna(contienda: int, *, ahora: datetime | None = None) -> int:
    """Asienta lo que falte y cierra: desde aquí la base no acepta un sobre más. Devuelve cuántas papeletas hay."""
    with transaction.atomic(using=BASE):
        _tomar_sola(contienda)
        apertura, cerrada = consultas.apertura_de(contienda)
        if apertura is None:
            raise UrnaAlterada("No se puede cerrar una urna que nunca se abrió.")
        if not cerrada:
            _asentar_lote(contienda, 1, ahora, apertura)
            cuantas = consultas.papeletas_por_contienda([contienda]).get(contienda, 0)
            _asentar(contienda, Tipo.CIERRE, {"papeletas": cuantas}, apertura)
        return consultas.papeletas_por_contienda([contienda]).get(contienda, 0)


# --- Escrutinio ------------------------------------------------------------------------------------------------------
def abrir_sobres(contienda: int) -> list[Any]:
    """Abre los sobres que valen y asienta las papeletas, ya sin recibo ni serie. Repetirlo devuelve las mismas.

    De cada credencial vale la última vuelta. Lanza UrnaAlterada si la urna no está cerrada, o si un sobre no está en el
    tablero como entró, no lo firmó el padrón o no se abre.
    """
    with transaction.atomic(using=BASE):
        _tomar_sola(contienda)
        if Asiento.objects.filter(contienda=contienda, tipo=Tipo.ESCRUTINIO).exists():
            return consultas.selecciones_de(contienda)
        apertura, _cerrada = consultas.apertura_de(contienda)
        if apertura is None:
            raise UrnaAlterada("Nadie abrió esa urna.")
        cuenta = Counter(canonico(seleccion) for seleccion in leer_sobres(contienda))
        # La sal impide adivinar, desde su suma, las papeletas de un lugar donde votaron tan pocos que no se publican.
        papeletas = [[json.loads(texto), cuantas] for texto, cuantas in sorted(cuenta.items())]
        _asentar(contienda, Tipo.ESCRUTINIO, {"papeletas": papeletas, "sal": secrets.token_hex(16)}, apertura)
        return consultas.selecciones_de(contienda)


def leer_sobres(contienda: int) -> list[Any]:
    """Lo que eligen los sobres que valen, después de comprobar cada uno; en ningún orden que diga algo."""
    apertura, cerrada = consultas.apertura_de(contienda)
    if apertura is None or not cerrada:
        raise UrnaAlterada("Solo se abren los sobres de una urna cerrada.")
    verificador, cerrojo = VerificadorEd25519(apertura.clave), Cerrojo(apertura.urna)
    en_el_tablero = {
        tuple(renglon)
        for asiento in Asiento.objects.filter(contienda=contienda, tipo=Tipo.LOTE)
        for renglon in asiento.datos["papeletas"]
    }
    ultimos: dict[str, Sobre] = {}
    sobres = list(Sobre.objects.filter(contienda=contienda).order_by("recibo", "vuelta"))
    for sobre in sobres:
        if (sobre.recibo, sobre.serie, sobre.vuelta, sobre.firma, suma_de(sobre.cerrado)) not in en_el_tablero:
            raise UrnaAlterada("Hay un sobre que no está en el tablero como entró.")
        if not verificador.vale(Credencial(apertura.urna, sobre.serie, sobre.firma)):
            raise UrnaAlterada("Hay un sobre sin una credencial firmada.")
        ultimos[sobre.serie] = sobre
    if len(sobres) != len(en_el_tablero):
        raise UrnaAlterada("Falta un sobre que está en el tablero.")
    try:
        return [cerrojo.abrir(sobre.cerrado) for sobre in ultimos.values()]
    except SobreInservible as error:
        raise UrnaAlterada(str(error)) from None
