"""Votar son dos actos en dos bases: retirar la credencial (aquí se sabe quién) y depositar (aquí ya no)."""

import json
from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.cuentas.models import Identidad, Residencia, Usuario
from votaciones import permisos
from votaciones.codigos import codigo_de
from votaciones.derecho import derecho_de
from votaciones.models import Contienda, Participacion, Votacion
from votaciones.reglas import credencial as credenciales
from votaciones.reglas import papeleta as papeletas
from votaciones.reglas import recibo as recibos
from votaciones.reglas.credencial import Credencial
from votaciones.urna import acciones as urna
from votaciones.urna import consultas as consultas_de_urna
from votaciones.urna.consultas import Apertura
from votaciones.urna.sobres import Firmante

YA_VOTASTE = "Ya votaste con esta papeleta. La primera que pusiste está en la urna y no se puede cambiar."


def emitir_voto(
    contienda: Contienda, *, usuario: Any, eleccion: papeletas.Eleccion, clave: str, ahora: datetime | None = None
) -> str:
    """Retira la credencial de la persona, deposita con ella y devuelve el código del recibo.

    El código sale de la clave del formulario: el mismo formulario enviado dos veces (doble clic, respuesta perdida, un
    corte entre los dos actos) retira la misma credencial, no pone otra papeleta y recibe el mismo recibo. Con otra
    elección cambia el voto, si la votación lo deja: vale el último. Nada de esto se anota en la bitácora.
    """
    codigo = codigo_de(clave, contienda, usuario)
    seleccion = papeletas.exigir_valida(eleccion, contienda.reglamento, contienda.costos)
    serie = credenciales.serie_de(codigo)
    cerrada = None
    if retirar_credencial(contienda, usuario=usuario, codigo=codigo, ahora=ahora):
        # Ya la tenía: si la votación se cerró o se detuvo, solo recibe otra vez el recibo de lo que está en la urna.
        cerrada = permisos.impedimento_de_la_votacion(contienda.votacion, ahora or timezone.now())
        if cerrada and consultas_de_urna.ultimo_sobre(contienda.pk, serie) is None:
            raise ReglaIncumplida(cerrada.frase)
    credencial, recibo = firmar(contienda, serie), recibos.huella_de(codigo)
    poner = partial(urna.depositar, contienda.pk, credencial, seleccion, recibo, ahora=ahora, cambia=cerrada is None)
    try:
        try:
            poner()
        except urna.SinAbrir:  # la primera papeleta abre la urna
            asegurar_urna(contienda)
            poner()
    except urna.YaDepositada:
        raise ReglaIncumplida(cerrada.frase if cerrada and contienda.votacion.se_cambia else YA_VOTASTE) from None
    return codigo


def retirar_credencial(contienda: Contienda, *, usuario: Any, codigo: str, ahora: datetime | None = None) -> bool:
    """Deja dicho en el padrón que la persona retiró su credencial para esta contienda, con la huella del código.

    Devuelve si ya la había retirado con ese mismo código. Lanza ReglaIncumplida si no le toca votar aquí o ya la retiró
    con otro.
    """
    ahora = ahora or timezone.now()
    compromiso = credenciales.compromiso_de(codigo)
    try:
        with transaction.atomic():
            # Con su identidad bloqueada nadie la pasa a otra cuenta mientras se vota.
            identidad = bloquear(Identidad.objects.filter(cuenta=usuario).only("pk")).first()
            suyo = derecho_de(contienda.votacion_id, cuenta=usuario.pk, identidad=identidad.pk if identidad else None)
            if (contienda.pk, usuario.pk, compromiso) in suyo.participaciones:
                return True
            metodo = suyo.habilitaciones.get(contienda.pk)
            ya_retiro = any(suya == contienda.pk for suya, _, _ in suyo.participaciones)
            if metodo is None or ya_retiro or suyo.en_otro_lugar:
                # No le toca, o la votación es de antes de que hubiera padrón: se mira despacio, y de a una persona.
                bloquear(Usuario.objects.filter(pk=usuario.pk).only("pk")).first()
                if frase := _por_que_no(contienda, usuario, ahora):
                    raise ReglaIncumplida(frase)
                metodo = Residencia.objects.values_list("metodo", flat=True).get(usuario=usuario)
            elif general := permisos.impedimento_de_la_votacion(contienda.votacion, ahora):
                raise ReglaIncumplida(general.frase)
            Participacion.objects.create(
                contienda=contienda, usuario=usuario, identidad=identidad, metodo=metodo, compromiso=compromiso
            )
    except IntegrityError:
        # Otro aparato suyo llegó a la vez: la base deja entrar a uno.
        if Participacion.objects.filter(contienda=contienda, usuario=usuario, compromiso=compromiso).exists():
            return True
        raise ReglaIncumplida(YA_VOTASTE) from None
    return False


def _por_que_no(contienda: Contienda, usuario: Any, ahora: datetime) -> str:
    impedimento = permisos.impedimento_de(contienda, usuario, ahora)
    return impedimento.frase if impedimento else ""


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
    # Los tableros se firman con la clave que el libro anuncia; los libros de antes no anunciaban ninguna.
    tablero = json.loads(votacion.libro).get("clave_tablero", "")
    apertura = Apertura(
        urna=credenciales.urna_de(votacion.huella, contienda.numero),
        libro=votacion.huella,
        clave=Firmante(votacion.slug).publica,
        cierra=votacion.cierra.isoformat(),
        cambia=votacion.se_cambia,
        votacion=votacion.slug if tablero else "",
        tablero=tablero,
    )
    urna.abrir_urna(contienda.pk, apertura)
