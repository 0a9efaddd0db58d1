"""Un proceso que muere a la mitad de un acto, sin avisar y sin cerrar nada, como en un corte de luz.

`morir_en` hace una copia de este proceso con sus propias conexiones, que actúa y muere con os._exit al llegar al punto.
Los puntos que empiezan con «control» confirman a mano lo que iba a medias, como haría un programa sin transacciones.
"""

import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

from django.db import connection, connections

from civic.cuentas.models import Usuario
from votaciones import acciones
from votaciones.acciones import conducir, contar
from votaciones.acciones import votar as acto_de_votar
from votaciones.models import Contienda, Participacion, Votacion
from votaciones.urna import acciones as urna

MURIO = 9


def morir(*_args: Any, **_kwargs: Any) -> None:
    os._exit(MURIO)


def morir_despues(hacer: Callable[..., Any], *, vez: int = 1) -> Callable[..., Any]:
    """La misma función, que la `vez`-ésima vez muere al terminar."""
    veces = 0

    def ultima(*args: Any, **kwargs: Any) -> Any:
        nonlocal veces
        respuesta = hacer(*args, **kwargs)
        veces += 1
        if veces == vez:
            morir()
        return respuesta

    return ultima


def _confirmar_y_morir(*_args: Any, **_kwargs: Any) -> None:
    connection.connection.commit()
    morir()


def preparar(acto: str, punto: str) -> None:
    if punto in ("antes de confirmar", "confirmado"):
        # En `contar` y `cerrar` es una sola transacción de la base de siempre; «confirmado» muere justo después.
        confirmar = connection.commit
        connection.commit = morir if punto == "antes de confirmar" else morir_despues(confirmar)
    elif acto == "contar":
        muchas = type(Participacion.objects)
        lugares = {
            "barajadas": (muchas, "bulk_create", morir_despues(muchas.bulk_create)),
            "un sobre abierto": (urna, "leer_sobres", morir_despues(urna.leer_sobres)),
            "sobres abiertos": (urna, "abrir_sobres", morir_despues(urna.abrir_sobres)),
            "todos los sobres abiertos": (urna, "abrir_sobres", morir_despues(urna.abrir_sobres, vez=2)),
            "contada la primera": (contar, "_contar_contienda", morir_despues(contar._contar_contienda)),
            "control: sin transacción": (muchas, "bulk_create", _confirmar_y_morir),
        }
        setattr(*lugares[punto])
    elif acto == "cerrar":
        lugares = {
            "una urna": (urna, "cerrar_urna", morir_despues(urna.cerrar_urna)),
            "las dos urnas": (urna, "cerrar_urna", morir_despues(urna.cerrar_urna, vez=2)),
            "a mitad de una urna": (urna, "_asentar_lote", morir_despues(urna._asentar_lote)),
            "anotado": (conducir, "anotar", morir_despues(conducir.anotar)),
        }
        setattr(*lugares[punto])
    else:
        lugares = {
            "retirada": (acto_de_votar, "firmar", morir),
            "en la urna, sin confirmar": (urna, "_depositar", morir_despues(urna._depositar)),
            "depositada": (urna, "depositar", morir_despues(urna.depositar)),
        }
        setattr(*lugares[punto])


def _actuar(acto: str, quien: Usuario, *, eleccion: Any = (), clave: str = "") -> None:
    if acto == "contar":
        acciones.contar_votacion(Votacion.objects.get(), actor=quien)
    elif acto == "cerrar":
        acciones.cerrar_votacion(Votacion.objects.get(), actor=quien, motivo="Prueba.")
    else:
        d1 = Contienda.objects.select_related("votacion").get(numero=1)
        acciones.emitir_voto(d1, usuario=quien, eleccion=eleccion, clave=clave)


def morir_en(acto: str, punto: str, quien: Usuario, **datos: Any) -> None:
    """Corre el acto en otro proceso y comprueba que murió en ese punto, y no antes ni por otra cosa."""
    for conexion in connections.all():
        conexion.close()
    hijo = os.fork()
    if hijo == 0:
        try:
            preparar(acto, punto)
            _actuar(acto, quien, **datos)
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
            os._exit(1)
        os._exit(0)
    _, salida = os.waitpid(hijo, 0)
    assert os.waitstatus_to_exitcode(salida) == MURIO
