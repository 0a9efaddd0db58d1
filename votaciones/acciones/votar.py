"""Votar son dos actos en dos bases: retirar la credencial (aquí se sabe quién) y depositar (aquí ya no)."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.cuentas.models import Identidad, Residencia, Usuario
from votaciones import permisos
from votaciones.codigos import codigo_de
from votaciones.models import Contienda, Participacion, Votacion
from votaciones.padron.consultas import definitivo_de, habilitacion_de
from votaciones.reglas import credencial as credenciales
from votaciones.reglas import papeleta as papeletas
from votaciones.reglas import recibo as recibos
from votaciones.reglas.credencial import Credencial
from votaciones.urna import acciones as urna
from votaciones.urna import consultas as consultas_de_urna
from votaciones.urna.consultas import Apertura
from votaciones.urna.sobres import Firmante

YA_VOTASTE = "Ya votaste en este distrito. Tu primera papeleta está en la urna y no se puede cambiar."


def emitir_voto(
    contienda: Contienda, *, usuario: Any, eleccion: papeletas.Eleccion, clave: str, ahora: datetime | None = None
) -> str:
    """Retira la credencial de la persona, deposita con ella y devuelve el código del recibo.

    El código sale de la clave del formulario: el mismo formulario enviado dos veces (doble clic, respuesta perdida, un
    corte entre los dos actos) retira la misma credencial, no pone otra papeleta y recibe el mismo recibo. Con otra
    elección cambia el voto, si la votación lo deja: vale el último. Nada de esto se anota en la bitácora.
    """
    codigo = codigo_de(clave, contienda, usuario)
    contienda = Contienda.objects.select_related("votacion__proceso").get(pk=contienda.pk)
    costos = dict(contienda.opciones.values_list("numero", "costo"))
    seleccion = papeletas.exigir_valida(eleccion, contienda.reglamento, costos)
    serie = credenciales.serie_de(codigo)
    cerrada = None
    if consultas_de_urna.ultimo_sobre(contienda.pk, serie) is None:
        retirar_credencial(contienda, usuario=usuario, codigo=codigo, ahora=ahora)
        asegurar_urna(contienda)
    else:
        cerrada = permisos.impedimento_de_la_votacion(contienda.votacion, ahora or timezone.now())
    try:
        urna.depositar(
            *(contienda.pk, firmar(contienda, serie), seleccion, recibos.huella_de(codigo)),
            ahora=ahora,
            cambia=cerrada is None,
        )
    except urna.YaDepositada:
        raise ReglaIncumplida(cerrada.frase if cerrada and contienda.votacion.se_cambia else YA_VOTASTE) from None
    return codigo


def retirar_credencial(contienda: Contienda, *, usuario: Any, codigo: str, ahora: datetime | None = None) -> None:
    """Deja dicho en el padrón que la persona retiró su credencial para esta contienda, con la huella del código.

    Con el mismo código se puede repetir; con otro, no: lanza ReglaIncumplida.
    """
    ahora = ahora or timezone.now()
    compromiso = credenciales.compromiso_de(codigo)
    with transaction.atomic():
        # Su fila primero: dos aparatos de la misma persona esperan turno, aunque todavía no haya nada suyo que trancar.
        bloquear(Usuario.objects.filter(pk=usuario.pk).only("pk")).first()
        # Con su identidad bloqueada nadie la pasa a otra cuenta mientras se vota.
        identidad = bloquear(Identidad.objects.filter(cuenta=usuario)).first()
        anterior = Participacion.objects.filter(contienda=contienda, usuario=usuario).first()
        if anterior is not None and anterior.compromiso == compromiso:
            if general := permisos.impedimento_de_la_votacion(contienda.votacion, ahora):
                raise ReglaIncumplida(general.frase)
            return
        if impedimento := permisos.impedimento_de(contienda, usuario, ahora):
            raise ReglaIncumplida(impedimento.frase)
        try:
            with transaction.atomic():
                Participacion.objects.create(
                    contienda=contienda,
                    usuario=usuario,
                    identidad=identidad,
                    metodo=_metodo_de(contienda, usuario),
                    compromiso=compromiso,
                )
        except IntegrityError:
            # El candado ya lo evita; si algún día faltara, la base también dice que no.
            raise ReglaIncumplida(YA_VOTASTE) from None


def _metodo_de(contienda: Contienda, usuario: Any) -> str:
    """Cómo estaba verificada al corte del padrón; en las votaciones de antes, cómo lo está hoy."""
    padron = definitivo_de(contienda.votacion_id)
    habilitacion = habilitacion_de(padron, usuario) if padron else None
    if habilitacion is not None:
        return habilitacion.metodo
    return Residencia.objects.values_list("metodo", flat=True).get(usuario=usuario)


def firmar(contienda: Contienda, serie: str) -> Credencial:
    """La credencial firmada. Quien llama ya se aseguró de que la persona la retiró: aquí no se sabe quién es."""
    votacion = contienda.votacion
    return Firmante(votacion.slug).firmar(credenciales.urna_de(votacion.huella, contienda.numero), serie)


def asentar_papeletas() -> list[tuple[Contienda, int]]:
    """Pasa al tablero los sobres que esperan en las votaciones abiertas: [(contienda, cuántos)] donde pasó alguno."""
    abiertas = Contienda.objects.filter(votacion__estado=Votacion.Estado.ABIERTA).select_related("votacion")
    pasaron = [(contienda, urna.asentar_lote(contienda.pk)) for contienda in abiertas]
    return [(contienda, cuantos) for contienda, cuantos in pasaron if cuantos]


def asegurar_urna(contienda: Contienda) -> None:
    """Abre en su base la urna de una contienda con lo que dice el libro ya congelado; si está abierta, nada."""
    votacion = contienda.votacion
    if votacion.estado == Votacion.Estado.PREPARADA:
        raise ReglaIncumplida("Esta votación todavía está en preparación.")
    apertura = Apertura(
        urna=credenciales.urna_de(votacion.huella, contienda.numero),
        libro=votacion.huella,
        clave=Firmante(votacion.slug).publica,
        cierra=votacion.cierra.isoformat(),
        cambia=votacion.se_cambia,
    )
    if consultas_de_urna.apertura_de(contienda.pk)[0] != apertura:
        urna.abrir_urna(contienda.pk, apertura)
