"""La vida de un paquete de códigos: prepararlo, imprimirlo una sola vez, llevarlo a la mesa y cerrarlo."""

import secrets
from typing import Any

from django.db import transaction

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from votaciones.mesas import permisos
from votaciones.mesas.codigos import huella_de_impreso
from votaciones.mesas.models import MAXIMO_DE_CODIGOS, CodigoImpreso, Paquete
from votaciones.mesas.pdf import dibujar_hojas
from votaciones.models import Contienda, Votacion
from votaciones.reglas import recibo as recibos

Estado = Paquete.Estado
CALIDAD = "Planificación POA"
YA_IMPRESO = (
    "Ese paquete ya se imprimió y sus códigos no se pueden ver otra vez. Si la hoja se perdió, ciérralo y prepara otro."
)


def preparar_paquete(contienda: Contienda, *, mesa: str, codigos: int, actor: Any) -> Paquete:
    """Dice cuántos códigos llevará una mesa para una papeleta. Todavía no existe ninguno."""
    _exigir(actor)
    mesa = limpiar(mesa)
    if not mesa:
        raise ReglaIncumplida("Escribe para qué mesa es.", campo="mesa")
    if not 1 <= codigos <= MAXIMO_DE_CODIGOS:
        raise ReglaIncumplida(f"Un paquete tiene de 1 a {MAXIMO_DE_CODIGOS} códigos.", campo="codigos")
    with transaction.atomic():
        _exigir_viva(contienda.votacion_id)
        paquete = Paquete.objects.create(contienda=contienda, mesa=mesa[:80], codigos=codigos, preparo=actor)
        _anotar(paquete, "preparar", actor, f"Se preparó un paquete de {codigos} códigos para la mesa «{mesa}».")
    return paquete


def imprimir_paquete(paquete: Paquete, *, actor: Any, direccion: str) -> bytes:
    """Crea los códigos y devuelve la hoja, la única vez. `direccion`: la página donde se escribe un código.

    De cada uno se guarda su huella, en un orden que no es el de la hoja. Nadie puede volver a imprimirlos.
    """
    _exigir(actor)
    with transaction.atomic():
        paquete = _bloquear(paquete)
        _exigir_viva(paquete.contienda.votacion_id)
        if paquete.estado != Estado.PREPARADO:
            raise ReglaIncumplida(YA_IMPRESO)
        codigos = [recibos.codigo_de(secrets.token_bytes(10)) for _ in range(paquete.codigos)]
        huellas = sorted(huella_de_impreso(paquete.contienda.votacion_id, codigo) for codigo in codigos)
        CodigoImpreso.objects.bulk_create(CodigoImpreso(paquete=paquete, huella=huella) for huella in huellas)
        _pasar(
            paquete, Estado.IMPRESO, "imprimir", actor, f"Se imprimieron sus {paquete.codigos} códigos, una sola vez."
        )
        # Antes de confirmar: si la hoja no se puede dibujar, el paquete sigue por imprimir.
        return dibujar_hojas(paquete, codigos, direccion)


def llevar_a_la_mesa(paquete: Paquete, *, actor: Any) -> Paquete:
    """Otra persona recibe los sobres cerrados y los deja en la mesa: desde aquí se entregan."""
    _exigir(actor)
    with transaction.atomic():
        paquete = _bloquear(paquete)
        _exigir_viva(paquete.contienda.votacion_id)
        if paquete.estado != Estado.IMPRESO:
            raise ReglaIncumplida("A la mesa se lleva un paquete ya impreso y que no se cerró.")
        if paquete.imprimio_id == actor.pk:
            raise ReglaIncumplida("Tú imprimiste este paquete: lo lleva a la mesa otra persona.")
        _pasar(paquete, Estado.EN_MESA, "llevar", actor, f"El paquete está en la mesa «{paquete.mesa}».")
    return paquete


def cerrar_paquete(paquete: Paquete, *, actor: Any, motivo: str) -> Paquete:
    """Desde aquí no vale ninguno de sus códigos sin usar, entregado o no. Con su razón."""
    _exigir(actor)
    motivo = limpiar(motivo, varias_lineas=True)
    if not motivo:
        raise ReglaIncumplida("Escribe por qué se cierra.", campo="motivo")
    with transaction.atomic():
        paquete = _bloquear(paquete)
        if paquete.estado == Estado.CERRADO:
            raise ReglaIncumplida("Ese paquete ya estaba cerrado.")
        usados = CodigoImpreso.objects.filter(paquete=paquete, usado=True).count()
        texto = f"Se cerró el paquete: {paquete.entregados} códigos entregados y {usados} usados, de {paquete.codigos}."
        _pasar(paquete, Estado.CERRADO, "cerrar", actor, texto, motivo=motivo)
    return paquete


def _exigir(actor: Any) -> None:
    if not permisos.puede_preparar(actor):
        raise ReglaIncumplida("Los paquetes de códigos los prepara Planificación POA.")


def _exigir_viva(votacion: int) -> None:
    if Votacion.objects.filter(pk=votacion, estado__in=(Votacion.Estado.CERRADA, Votacion.Estado.CONTADA)).exists():
        raise ReglaIncumplida("La votación ya se cerró.")


def _bloquear(paquete: Paquete) -> Paquete:
    list(bloquear(Paquete.objects.filter(pk=paquete.pk).only("pk")))
    return Paquete.objects.select_related("contienda__area", "contienda__votacion").get(pk=paquete.pk)


def _pasar(paquete: Paquete, hacia: str, verbo: str, actor: Any, texto: str, motivo: str = "") -> None:
    quien = {Estado.IMPRESO.value: "imprimio", Estado.EN_MESA.value: "activo"}.get(str(hacia))
    desde, paquete.estado = paquete.estado, hacia
    if quien:
        setattr(paquete, quien, actor)
    paquete.save(update_fields=["estado", *([quien] if quien else [])])
    _anotar(paquete, verbo, actor, texto, desde=desde, hasta=str(hacia), motivo=motivo)


def _anotar(paquete: Paquete, verbo: str, actor: Any, texto: str, **mas: Any) -> None:
    texto = f"{paquete.contienda}. {texto}"
    anotar(paquete, verbo=verbo, actor=actor, calidad=CALIDAD, texto=texto, **mas)
