"""Unas pocas propuestas que están en cada situación interesante: con reclamo, devueltas, observadas, derivadas…

Se toman de las publicadas en el proceso que recibe, en el orden de su código, y su historia ocurre entre su publicación
y hoy, con los mismos movimientos de la tabla.
"""

import datetime
import itertools
from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone

from civic.comun.bitacora import anotar_varios, preparar_suceso
from civic.comun.models import Suceso
from civic.cuentas.models import Usuario
from civic.demo.contexto import Contexto
from civic.demo.guion import RECIBIENDO
from civic.demo.pasos import firmantes
from propuestas import acciones, permisos, reglas
from propuestas.models import Dictamen, NotaInterna, Propuesta, Reclamo, Seguimiento, TextoAnterior
from propuestas.reglas import AUTOR, EN_CALIDAD_DE, EXCLUYENTE, MODERACION, PLANIFICACION, TECNICO, Estado

EVALUAR = (Estado.EN_EVALUACION, TECNICO, "")
RECHAZAR = (Estado.RECHAZADA, TECNICO, "El terreno no tiene papeles o no es público")
RECLAMAR = (Estado.EN_EVALUACION, AUTOR, "Adjuntamos la cesión firmada del terreno, que ya está inscrita.")
# Lo que le pasa a cada una después de publicada: (estado, quién, motivo público).
HISTORIAS: dict[str, tuple[tuple[Estado, str, str], ...]] = {
    "en_evaluacion": (EVALUAR,),
    "observada": (EVALUAR, (Estado.OBSERVADA, TECNICO, "")),
    "derivada": (EVALUAR, (Estado.DERIVADA, TECNICO, "Gestión de riesgos")),
    "rechazada": (EVALUAR, RECHAZAR),
    "reclamada": (EVALUAR, RECHAZAR, RECLAMAR),
    "segunda": (EVALUAR, RECHAZAR, RECLAMAR, (Estado.VIABLE, PLANIFICACION, "")),
    "retirada": ((Estado.RETIRADA, AUTOR, "La empresa de agua ya la está haciendo por su cuenta."),),
}
TEXTOS = {
    Estado.OBSERVADA: "Falta decir el ancho de la calle y quién cuidará el sumidero.",
    Estado.DERIVADA: "El lugar está en la franja de seguridad del río: primero decide la unidad de riesgos.",
    Estado.RECHAZADA: "El lote figura a nombre de una persona particular. Sin cesión no se puede invertir ahí.",
    Estado.VIABLE: "Con la cesión inscrita, el terreno ya es municipal y la obra se puede hacer.",
}
NOTA = "Pedir a Catastro el certificado actualizado antes de la reunión del jueves."


def cargar(contexto: Contexto) -> None:
    publicadas = Propuesta.objects.filter(proceso__slug=RECIBIENDO, estado=Estado.PUBLICADA).select_related(
        "proceso", "autor", "organizacion", "hilo"
    )
    elegidas: Iterator[Propuesta] = iter(list(publicadas.order_by("codigo")))
    for clave, pasos in HISTORIAS.items():
        propuesta = next(elegidas)
        _contar(contexto, propuesta, pasos)
        if clave in ("en_evaluacion", "reclamada"):
            NotaInterna.objects.create(propuesta=propuesta, autor=contexto.personas["tecnico_evaluador"], texto=NOTA)
    _corregida(contexto, next(elegidas))
    de_varias = next(elegidas)
    _con_otras(contexto, elegidas)
    devueltas = Propuesta.objects.filter(proceso__slug=RECIBIENDO, estado=Estado.ENVIADA).order_by("codigo")
    _apelada(contexto, devueltas[0])
    firmantes.cargar(contexto, de_varias)
    _seguir(contexto)


def _momentos(propuesta: Propuesta, cuantos: int, *, horas: int = 51) -> list[datetime.datetime]:
    """Repartidos desde `horas` después de presentada (ya publicada) hasta hace una hora."""
    desde = (propuesta.presentada or propuesta.creada) + datetime.timedelta(hours=horas)
    tramo = (timezone.now() - datetime.timedelta(hours=1) - desde) / (cuantos + 1)
    return [desde + tramo * (n + 1) for n in range(cuantos)]


def _quien(contexto: Contexto, propuesta: Propuesta, calidad: str) -> Usuario:
    papeles = {TECNICO: "tecnico_evaluador", PLANIFICACION: "planificacion", MODERACION: "ventanilla"}
    return propuesta.autor if calidad == AUTOR else contexto.personas[papeles[calidad]]


def _mover(
    propuesta: Propuesta, hacia: str, calidad: str, actor: Usuario, momento: datetime.datetime, motivo: str
) -> Suceso:
    """El movimiento y su plazo, como los deja la acción, con su fecha."""
    reglas.exigir_movimiento(propuesta.estado, hacia, calidad)
    desde, propuesta.estado = propuesta.estado, str(hacia)
    propuesta.vence = reglas.vence_de(desde, hacia, timezone.localdate(momento), settings.FERIADOS_LOCALES)
    organizacion = propuesta.organizacion
    return preparar_suceso(
        Propuesta._meta.label_lower, propuesta.pk, verbo="mover", actor=actor, momento=momento, motivo=motivo,
        texto=reglas.frase_de_movimiento(hacia, propuesta.codigo or "", desde), desde=desde, hasta=hacia,
        calidad=str(organizacion) if calidad == AUTOR and organizacion else EN_CALIDAD_DE[calidad],
        publico=hacia not in (Estado.DEVUELTA, Estado.APELADA),
    )  # fmt: skip


def _contar(contexto: Contexto, propuesta: Propuesta, pasos: tuple[tuple[Estado, str, str], ...]) -> None:
    sucesos, reclamo = [], None
    for (hacia, calidad, motivo), momento in zip(pasos, _momentos(propuesta, len(pasos)), strict=True):
        actor = _quien(contexto, propuesta, calidad)
        if calidad == AUTOR and hacia == Estado.EN_EVALUACION:
            contra = contexto.personas["tecnico_evaluador"]
            reclamo = Reclamo.objects.create(
                propuesta=propuesta, clase=Reclamo.Clase.EVALUACION, autor=actor, contra=contra, momento=momento
            )
        sucesos.append(_mover(propuesta, hacia, calidad, actor, momento, motivo))
        if hacia in TEXTOS:
            _dictaminar(propuesta, hacia, actor, momento, segunda=reclamo is not None)
            if reclamo is not None:
                reclamo.resuelto, reclamo.resuelto_por = momento, actor
                reclamo.save(update_fields=["resuelto", "resuelto_por"])
    propuesta.evaluador = contexto.personas["tecnico_evaluador"] if reclamo is None else None
    propuesta.save()
    anotar_varios(sucesos)


def _dictaminar(
    propuesta: Propuesta, resultado: Estado, actor: Usuario, momento: datetime.datetime, *, segunda: bool
) -> None:
    sin_terreno = resultado == Estado.RECHAZADA
    respuestas = {
        n: ("no", "El folio real está a nombre de otra persona.")
        if sin_terreno and p.seccion == "predio"
        else ("si", "")
        for n, p in enumerate(reglas.LISTA_POR_DEFECTO)
    }
    viable = resultado == Estado.VIABLE
    if viable:
        propuesta.monto_tecnico = propuesta.monto_solicitado
    Dictamen.objects.create(
        propuesta=propuesta,
        evaluador=actor,
        resultado=resultado,
        motivo="sin_terreno" if sin_terreno else "",
        texto=TEXTOS[resultado],
        monto_tecnico=propuesta.monto_tecnico if viable else None,
        destino="gestion_riesgos" if resultado == Estado.DERIVADA else "",
        segunda=segunda,
        lista=reglas.responder_lista(reglas.LISTA_POR_DEFECTO, respuestas),
        momento=momento,
    )


def _corregida(contexto: Contexto, propuesta: Propuesta) -> None:
    """Se publicó quitándole un teléfono; el original queda reservado."""
    ventanilla = contexto.personas["ventanilla"]
    (publicada,) = _momentos(propuesta, 1)
    TextoAnterior.objects.create(
        propuesta=propuesta,
        titulo=propuesta.titulo,
        descripcion=f"{propuesta.descripcion} Para más datos, llamar a la secretaria de la junta a su casa.",
        referencia=propuesta.referencia,
        corregido_por=ventanilla,
        razon="datos_personales",
        explicacion="Quitamos cómo llamar a una persona a su casa: su contacto no se publica.",
        momento=publicada,
    )
    anotar_varios(
        [
            preparar_suceso(
                Propuesta._meta.label_lower, propuesta.pk, verbo="corregir_forma", actor=ventanilla,
                texto="Se corrigió su forma: qué se pide y por qué.", calidad=EN_CALIDAD_DE[MODERACION],
                motivo=f"{reglas.MOTIVOS_DE_FORMA['datos_personales']}.", momento=publicada,
            )
        ]
    )  # fmt: skip


def _con_otras(contexto: Contexto, elegidas: Iterator[Propuesta]) -> None:
    """Un par ya unido, con el sí de las dos partes, y otro que no se puede hacer junto."""
    planifica = contexto.personas["planificacion"]
    responden = [propuesta for propuesta in elegidas if permisos.es_autora(propuesta.autor, propuesta)]
    una, destino = min(
        itertools.combinations(responden, 2),
        key=lambda par: (par[0].categoria_id != par[1].categoria_id, par[0].distrito_id != par[1].distrito_id),
    )
    otra = next(propuesta for propuesta in responden if propuesta not in (una, destino))
    pedido = acciones.pedir_union(
        una, destino=destino, actor=planifica, motivo="Son de barrios vecinos: una contratación hace las dos."
    )
    for persona in dict.fromkeys((una.autor, destino.autor)):
        acciones.responder_pedido(pedido, persona=persona, acepta=True, frase="De acuerdo: juntas somos más.")
    acciones.relacionar(
        otra, con=destino, clase=EXCLUYENTE, actor=planifica, motivo="El convenio pone contraparte para una de las dos."
    )


def _apelada(contexto: Contexto, propuesta: Propuesta) -> None:
    devuelta, apelada = _momentos(propuesta, 2, horas=1)
    ventanilla = contexto.personas["ventanilla"]
    motivo = reglas.motivo_de_forma("duplicada", "Ya hay una de la misma calle en este proceso.")
    sucesos = [
        _mover(propuesta, Estado.DEVUELTA, MODERACION, ventanilla, devuelta, motivo),
        _mover(propuesta, Estado.APELADA, AUTOR, propuesta.autor, apelada, "Es otra calle: la de al lado."),
    ]
    Reclamo.objects.create(
        propuesta=propuesta, clase=Reclamo.Clase.FORMA, autor=propuesta.autor, contra=ventanilla, momento=apelada
    )
    propuesta.save()
    anotar_varios(sucesos)


def _seguir(contexto: Contexto) -> None:
    """La vecina de la demo sigue lo que tuvo movimiento, y todavía no vio las novedades."""
    vecina = contexto.personas["ciudadania"]
    con_historia = Propuesta.objects.filter(proceso__slug=RECIBIENDO).exclude(estado=Estado.PUBLICADA).publicadas()
    Seguimiento.objects.bulk_create(
        Seguimiento(propuesta=propuesta, usuario=vecina, momento=propuesta.presentada, visto=propuesta.presentada)
        for propuesta in con_historia.order_by("codigo")[:4]
    )
