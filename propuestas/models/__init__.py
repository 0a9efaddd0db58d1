"""Propuestas (demandas con costo), sus apoyos, su revisión y su evaluación."""

from propuestas.models.adjuntos import Documento, FotoDePropuesta
from propuestas.models.apoyos import Apoyo
from propuestas.models.asistencias import Consentimiento
from propuestas.models.cargas import CargaDePapel, PropuestaDePapel
from propuestas.models.copatrocinios import Copatrocinio, CopatrocinioQuerySet
from propuestas.models.dictamenes import Dictamen
from propuestas.models.evaluacion import Criterio, Excusa, NotaInterna, Reclamo
from propuestas.models.moderacion import TextoAnterior
from propuestas.models.propuestas import Propuesta, PropuestaQuerySet
from propuestas.models.seguimientos import Seguimiento
from propuestas.models.uniones import PedidoDeAcuerdo, Relacion, RespuestaDeParte

__all__ = [
    "Apoyo",
    "CargaDePapel",
    "Consentimiento",
    "Copatrocinio",
    "CopatrocinioQuerySet",
    "Criterio",
    "Dictamen",
    "Documento",
    "Excusa",
    "FotoDePropuesta",
    "NotaInterna",
    "PedidoDeAcuerdo",
    "Propuesta",
    "PropuestaDePapel",
    "PropuestaQuerySet",
    "Reclamo",
    "Relacion",
    "RespuestaDeParte",
    "Seguimiento",
    "TextoAnterior",
]
