"""Dividir una propuesta en partes que siguen cada una por su cuenta."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from civic.comun.dinero import a_centavos
from civic.comun.texto import limpiar
from civic.debate.acciones import abrir_hilo, cerrar_hilo
from propuestas import consultas, reglas
from propuestas.acciones.arrastres import SE_COPIAN
from propuestas.acciones.borradores import hacer_fila, siguiente_codigo
from propuestas.acciones.copatrocinios import preguntar_en
from propuestas.acciones.piezas import anotar_movimiento, pasar_a, revisar_lugar
from propuestas.acciones.relaciones import llevar_relaciones
from propuestas.models import Apoyo, Propuesta, Seguimiento
from propuestas.reglas import SISTEMA, Estado

# A cuántas familias llega cada parte no se sabe: nadie lo dijo.
_CAMBIAN = ("titulo", "descripcion", "monto_solicitado", "familias", "busqueda")
SE_HEREDAN = tuple(campo for campo in SE_COPIAN if campo not in _CAMBIAN)


def partes_limpias(partes: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Como se guardan en el pedido: textos limpios y el monto en Bs como texto. Lanza ReglaIncumplida si no sirven."""
    limpias = [
        {
            "titulo": limpiar(str(parte["titulo"]))[:120],
            "descripcion": limpiar(str(parte["descripcion"]), varias_lineas=True)[:4000],
            "monto": f"{a_centavos(Decimal(parte['monto'])):.2f}" if parte.get("monto") else "",
        }
        for parte in partes
    ]
    reglas.exigir_partes(limpias)
    return limpias


def dividir_ya_bloqueada(propuesta: Propuesta, *, partes: Sequence[dict[str, str]], motivo: str) -> list[Propuesta]:
    """Crea las partes, publicadas, con los mismos apoyos y seguimientos, y deja la original «dividida»."""
    reglas.exigir_movimiento(propuesta.estado, Estado.DIVIDIDA, SISTEMA)
    hacer_fila(propuesta.proceso.gestion)
    nuevas = [_parte(propuesta, parte) for parte in partes]
    llevar_relaciones(propuesta, nuevas)
    codigos = ", ".join(nueva.codigo or "" for nueva in nuevas)
    if propuesta.hilo is not None and propuesta.hilo.abierto:
        cerrar_hilo(propuesta.hilo, motivo=f"la propuesta se dividió en {codigos}. Comenta en cada una.")
        propuesta.hilo.refresh_from_db()
    desde = pasar_a(propuesta, Estado.DIVIDIDA)
    propuesta.save(update_fields=["estado", "vence", "cambiada"])
    anotar_movimiento(propuesta, None, SISTEMA, desde=desde, motivo=f"Sigue en {codigos}. {motivo}")
    for nueva in nuevas:
        anotar_movimiento(nueva, None, SISTEMA, desde="", motivo=f"Es una parte de {propuesta.codigo}. {motivo}")
    return nuevas


def _parte(propuesta: Propuesta, parte: dict[str, str]) -> Propuesta:
    nueva = Propuesta(
        proceso=propuesta.proceso,
        parte_de=propuesta,
        codigo=siguiente_codigo(propuesta.proceso.gestion),
        estado=Estado.PUBLICADA.value,
        presentada=timezone.now(),
        titulo=parte["titulo"],
        descripcion=parte["descripcion"],
        monto_solicitado=Decimal(parte["monto"]),
        **{campo: getattr(propuesta, campo) for campo in SE_HEREDAN},
    )
    nueva.busqueda = consultas.texto_de_busqueda(nueva)
    nueva.save()
    nueva.hilo = abrir_hilo(nueva.titulo, proceso=nueva.proceso, url=nueva.get_absolute_url(), distrito=nueva.distrito)
    nueva.apoyos_contados = _repetir_apoyos(propuesta, nueva)
    nueva.save(update_fields=["hilo", "apoyos_contados"])
    _repetir_seguimientos(propuesta, nueva)
    preguntar_en(propuesta, nueva)
    revisar_lugar(nueva)
    return nueva


def _repetir_apoyos(propuesta: Propuesta, nueva: Propuesta) -> int:
    filas = Apoyo.objects.filter(propuesta=propuesta).values_list("usuario", "momento")
    copias = [
        Apoyo(propuesta=nueva, usuario_id=usuario, momento=momento, viene_de=propuesta) for usuario, momento in filas
    ]
    return len(Apoyo.objects.bulk_create(copias, batch_size=500))


def _repetir_seguimientos(propuesta: Propuesta, nueva: Propuesta) -> None:
    """Quien la apoyaba o la seguía se entera de lo que pase con cada parte."""
    apoyaban = Apoyo.objects.filter(propuesta=propuesta).values_list("usuario", flat=True)
    seguian = Seguimiento.objects.filter(propuesta=propuesta).values_list("usuario", flat=True)
    ahora = timezone.now()
    Seguimiento.objects.bulk_create(
        [
            Seguimiento(propuesta=nueva, usuario_id=persona, momento=ahora, visto=ahora)
            for persona in sorted({*apoyaban, *seguian})
        ],
        batch_size=500,
    )
