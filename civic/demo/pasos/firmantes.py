"""Una propuesta que piden tres organizaciones, otra invitada que no responde, y un borrador que escribió la promotora.

Todo con las mismas acciones del sitio: la vecina de la demo encuentra el borrador en «Mis propuestas» y lo confirma.
"""

from decimal import Decimal

from civic.cuentas.models import Mandato, Residencia
from civic.demo.contexto import Contexto
from civic.demo.guion import RECIBIENDO
from civic.procesos.models import Proceso
from propuestas import acciones
from propuestas.consultas_firmantes import sello_de_lo_escrito
from propuestas.models import Propuesta

ACEPTAN = 2
BORRADOR = {
    "titulo": "Gradas con baranda para bajar a la parada",
    "descripcion": "La bajada a la parada es de tierra. Cuando llueve las personas mayores nos resbalamos y las wawas "
    "llegan con barro a la escuela. Pedimos unas gradas con baranda y una luz.",
    "referencia": "Detrás de la cancha",
    "monto_solicitado": Decimal("38000"),
    "familias": 45,
}


def cargar(contexto: Contexto, propuesta: Propuesta) -> None:
    _copatrocinar(contexto, propuesta)
    _asistir(contexto)


def _copatrocinar(contexto: Contexto, propuesta: Propuesta) -> None:
    """Dos organizaciones con presidencia aceptan; una tercera todavía no responde."""
    otras = [
        mandato
        for pk, mandato in sorted(contexto.presidencias.items())
        if pk != propuesta.organizacion_id and mandato.usuario_id != propuesta.autor_id
    ]
    cerca: list[Mandato] = sorted(otras, key=lambda m: m.organizacion.distrito_id != propuesta.distrito_id)
    for numero, mandato in enumerate(cerca[: ACEPTAN + 1]):
        invitacion = acciones.invitar(propuesta, mandato.organizacion, actor=propuesta.autor)
        if numero < ACEPTAN:
            leido = sello_de_lo_escrito(propuesta)
            acciones.responder_invitacion(invitacion, actor=mandato.usuario, acepta=True, leido=leido)


def _asistir(contexto: Contexto) -> None:
    promotora, vecina = contexto.personas["promotora"], contexto.personas["ciudadania"]
    residencia = Residencia.objects.select_related("otb", "distrito").get(usuario=vecina)
    lugar = {"distrito": residencia.distrito, "otb": residencia.otb}
    proceso = Proceso.objects.get(slug=RECIBIENDO)
    acciones.abrir_asistida(
        proceso, usuario=vecina.username, actor=promotora, categoria=contexto.categorias["vias"], **BORRADOR, **lugar
    )
