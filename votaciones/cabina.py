"""Lo que muestran la papeleta y su revisión, con cuenta, con un código o en un aparato de la mesa."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from votaciones import consultas
from votaciones.forms import PapeletaForm
from votaciones.models import Contienda, Opcion
from votaciones.reglas import papeleta as papeletas
from votaciones.reglas.papeleta_escrita import avance_de, campos_de, dicha, en_papel, instruccion, prefijo_de


@dataclass(frozen=True)
class Cabina:
    """A dónde se envía la papeleta de quien vota sin su cuenta, y lo que viaja escondido en cada formulario.

    En una cabina nada queda en el aparato: ni borradores ni enlaces a otras páginas.
    """

    revisar: str
    emitir: str
    ocultos: tuple[tuple[str, str], ...]
    base: str = "comun/base.html"
    terminar: str = ""


def contexto_de_papeleta(contienda: Contienda, *, form: PapeletaForm | None, persona: int | None) -> dict[str, Any]:
    """La papeleta con lo que ya se llenó. `persona` decide el orden de las obras."""
    opciones = consultas.opciones_de(contienda)
    reglamento = contienda.reglamento
    escrito = form.escrito if form else {}
    for opcion in opciones:
        opcion.escrito = escrito.get(str(opcion.numero), "")
        opcion.con_falta = form is not None and form.campo_con_falta == f"{prefijo_de(reglamento)}{opcion.numero}"
    return {
        "contienda": contienda,
        "votacion": contienda.votacion,
        "opciones": consultas.en_orden_de(opciones, persona),
        "reglamento": reglamento,
        "instruccion": instruccion(reglamento),
        "en_papel": en_papel(reglamento),
        "minimo": reglamento.minimo_entre(len(opciones)),
        "prefijo": prefijo_de(reglamento),
        # Lo que se puede elegir en cada obra: los lugares o las notas.
        "lugares": [str(n) for n in range(1, min(len(reglamento.puntos_por_lugar), len(opciones)) + 1)],
        "notas": [str(nota) for nota in range((reglamento.nota_maxima or 0) + 1)],
        "avance": avance_de(escrito, reglamento, {opcion.numero: opcion.costo for opcion in opciones}),
    }


def contexto_de_revision(contienda: Contienda, form: PapeletaForm, opciones: Sequence[Opcion]) -> dict[str, Any]:
    """Lo elegido, ya válido, para confirmarlo."""
    eleccion, reglamento = form.cleaned_data["eleccion"], contienda.reglamento
    por_numero = {opcion.numero: opcion for opcion in opciones}
    return {
        "contienda": contienda,
        "votacion": contienda.votacion,
        "reglamento": reglamento,
        "elegidas": [(por_numero[numero], recibe) for numero, recibe in dicha(eleccion, reglamento)],
        "total": papeletas.total_de(papeletas.numeros_de(eleccion), form.costos),
        "avance": avance_de(form.escrito, reglamento, form.costos),
        "campos": campos_de(eleccion, reglamento),
        "clave": form.cleaned_data["clave"],
    }
