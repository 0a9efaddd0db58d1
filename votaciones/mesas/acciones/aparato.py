"""Votar en el aparato de la mesa: los mismos dos actos, con la identidad que reconoció quien atiende."""

from datetime import datetime
from typing import Any

from votaciones.acciones.mesa import depositar_con_codigo, retirar_en_mesa
from votaciones.mesas.turno import codigo_de_turno
from votaciones.models import Contienda, Participacion
from votaciones.reglas import papeleta as papeletas


def votar_en_aparato(
    contienda: Contienda,
    *,
    identidad: int,
    eleccion: papeletas.Eleccion,
    clave: str,
    actor: Any,
    ahora: datetime | None = None,
) -> str:
    """Retira la credencial de esa persona, deposita y devuelve el código del recibo, que sale del formulario.

    Repetir el mismo formulario no pone otra papeleta. No se anota en la bitácora.
    """
    codigo = codigo_de_turno(clave, contienda, identidad=identidad, actor=actor)
    seleccion = papeletas.exigir_valida(eleccion, contienda.reglamento, contienda.costos)
    retirar_en_mesa(contienda, identidad=identidad, canal=Participacion.Canal.KIOSCO, codigo=codigo, ahora=ahora)
    depositar_con_codigo(contienda, codigo=codigo, eleccion=seleccion, ahora=ahora)
    return codigo
