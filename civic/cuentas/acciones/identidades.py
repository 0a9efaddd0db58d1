"""De quién es cada carnet: la identidad de una cuenta, y la cola de las que dicen ser la misma persona.

Orden de los candados, siempre el mismo: conflicto, cuentas (de menor a mayor), número de carnet, identidad.
"""

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.cuentas.identidad import Documento
from civic.cuentas.models import ConflictoDeIdentidad, Identidad, NumeroDeCarnet, Usuario, Verificacion
from mapas.territorio.models import Area

OTRO_CARNET = (
    "Tu cuenta ya está verificada con otro carnet. Si antes lo escribiste mal, pide que lo corrijan en la ventanilla."
)


def _tomar_numero(documento: Documento) -> NumeroDeCarnet:
    """La fila del número, bloqueada: quien trae el mismo número, con complemento o sin él, espera aquí."""
    if not NumeroDeCarnet.objects.filter(huella=documento.numero).exists():
        try:
            with transaction.atomic():
                return NumeroDeCarnet.objects.create(huella=documento.numero)
        except IntegrityError:
            pass  # otra cuenta lo creó entretanto
    return bloquear(NumeroDeCarnet.objects.filter(huella=documento.numero)).get()


def tomar_identidad(cuenta: Usuario, documento: Documento) -> Identidad:
    """La identidad de ese carnet, con su fila bloqueada; queda a nombre de `cuenta` si no era de otra.

    Quien llama ya bloqueó la cuenta, y mira si `identidad.cuenta_id` es la suya. Lanza ReglaIncumplida si la cuenta
    tiene otra identidad. Aunque dos lleguen a la vez, la restricción única deja pasar a una.
    """
    numero = _tomar_numero(documento) if documento.numero else None
    identidad = _tomar_fila(cuenta, documento.huella)
    if identidad.cuenta_id == cuenta.pk:
        identidad.numero = numero or identidad.numero
        identidad.nacimiento = documento.nacimiento or identidad.nacimiento
        identidad.save(update_fields=["numero", "nacimiento"])
    return identidad


def identidad_sin_cuenta(documento: Documento) -> Identidad:
    """La identidad de ese carnet, con su fila bloqueada, sin dársela a nadie; nueva si nadie lo había mostrado.

    Para quien atiende a alguien que no tiene cuenta. Quien llama mira `cuenta_id` y si la fecha es la misma.
    """
    numero = _tomar_numero(documento)
    if not Identidad.objects.filter(huella=documento.huella).exists():
        try:
            with transaction.atomic():
                Identidad.objects.create(huella=documento.huella, numero=numero, nacimiento=documento.nacimiento)
        except IntegrityError:
            pass  # otra mesa la creó entretanto
    identidad = bloquear(Identidad.objects.filter(huella=documento.huella)).get()
    if not identidad.nacimiento or identidad.numero_id is None:
        identidad.numero = numero
        identidad.nacimiento = identidad.nacimiento or documento.nacimiento
        identidad.save(update_fields=["numero", "nacimiento"])
    return identidad


def _tomar_fila(cuenta: Usuario, huella: str) -> Identidad:
    if not Identidad.objects.filter(huella=huella).exists():
        try:
            with transaction.atomic():
                return Identidad.objects.create(huella=huella, cuenta=cuenta)
        except IntegrityError:
            pass  # otra cuenta la creó entretanto, o esta ya tiene otra
    identidad = bloquear(Identidad.objects.filter(huella=huella)).first()
    tiene_otra = Identidad.objects.filter(cuenta=cuenta).exclude(huella=huella).exists()
    if identidad is None or tiene_otra:
        raise ReglaIncumplida(OTRO_CARNET)
    if identidad.cuenta_id is None:
        identidad.cuenta, identidad.momento = cuenta, timezone.now()
        identidad.save(update_fields=["cuenta", "momento"])
    return identidad


def abrir_conflicto(
    identidad: Identidad, cuenta: Usuario, *, metodo: str, lugar: Area | None, actor: Usuario | None
) -> None:
    """Pone en la cola que `cuenta` pide una identidad que tiene otra; repetirlo no agrega nada."""
    anterior = Verificacion.objects.filter(cuenta=identidad.cuenta_id, identidad=identidad).first()
    conflicto, nuevo = ConflictoDeIdentidad.objects.get_or_create(  # type: ignore[misc]
        identidad=identidad,
        segunda=cuenta,
        razon=ConflictoDeIdentidad.Razon.MISMO_CARNET,
        estado=ConflictoDeIdentidad.Estado.ABIERTO,
        defaults={
            "primera": identidad.cuenta,
            "metodo_primera": anterior.metodo if anterior else "",
            "metodo_segunda": metodo,
            "lugar_segunda": lugar,
            "actor_segunda": actor,
        },
    )
    if nuevo:
        anotar(
            conflicto,
            verbo="abrir_conflicto",
            texto="Dos cuentas dicen ser la misma persona.",
            actor=actor or cuenta,
            hasta=conflicto.estado,
            publico=False,
        )


def otras_del_numero(identidad: Identidad) -> list[Identidad]:
    """Identidades del mismo número que podrían ser la misma persona: una con complemento y la otra sin él.

    Dos complementos distintos son dos personas: para eso existen. Tampoco lo son dos fechas de nacimiento distintas.
    """
    numero = identidad.numero
    if numero is None:
        return []
    del_numero = Identidad.objects.filter(Q(numero=numero) | Q(huella=numero.huella)).exclude(pk=identidad.pk)
    sin_complemento = Q(huella=numero.huella)
    otras = (
        del_numero.exclude(sin_complemento) if identidad.huella == numero.huella else del_numero.filter(sin_complemento)
    )
    return [
        otra
        for otra in otras.order_by("pk")
        if not (otra.nacimiento and identidad.nacimiento and otra.nacimiento != identidad.nacimiento)
    ]


def revisar_complemento(
    identidad: Identidad, cuenta: Usuario, *, metodo: str, lugar: Area | None, actor: Usuario | None
) -> None:
    """Si otra cuenta mostró el mismo número con o sin complemento, pide que alguien mire si es la misma persona.

    No impide verificarse: pueden ser dos. Un par que está en la cola, o del que ya se dijo que son dos, no se repite.
    """
    conflictos = ConflictoDeIdentidad.objects.filter(razon=ConflictoDeIdentidad.Razon.COMPLEMENTO)
    estados = ConflictoDeIdentidad.Estado
    for otra in otras_del_numero(identidad):
        anterior = Verificacion.objects.filter(identidad=otra).exclude(cuenta=cuenta).first()
        primera = otra.cuenta_id or (anterior.cuenta_id if anterior else None)
        el_par = Q(identidad=otra, otra_identidad=identidad) | Q(identidad=identidad, otra_identidad=otra)
        visto = conflictos.filter(el_par, estado__in=(estados.AMBAS, estados.ABIERTO))
        if primera is None or primera == cuenta.pk or visto.exists():
            continue
        conflicto = ConflictoDeIdentidad.objects.create(
            razon=ConflictoDeIdentidad.Razon.COMPLEMENTO,
            identidad=otra,
            otra_identidad=identidad,
            primera_id=primera,
            segunda=cuenta,
            metodo_primera=anterior.metodo if anterior else "",
            metodo_segunda=metodo,
            lugar_segunda=lugar,
            actor_segunda=actor,
        )
        anotar(
            conflicto,
            verbo="abrir_conflicto",
            texto="Dos cuentas mostraron el mismo número de carnet, una con complemento y otra sin él.",
            actor=actor or cuenta,
            hasta=conflicto.estado,
            publico=False,
        )
