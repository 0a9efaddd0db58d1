"""El reloj manda en el momento del acto: un instante antes, justo, y un instante después; también tras esperar."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.debate.acciones import abrir_hilo, comentar
from civic.procesos import permisos
from civic.procesos.models import Fase, Proceso
from civic.procesos.reglas import PROPONER
from propuestas import acciones as propuestas
from propuestas.acciones import borradores
from propuestas.models import Apoyo, Propuesta

INSTANTE = datetime.timedelta(microseconds=1)


def publicada(proceso, pueblo, autora):
    return Propuesta.objects.create(
        proceso=proceso,
        autor=autora,
        titulo="Agua",
        descripcion="Agua para todos",
        categoria=pueblo.agua,
        distrito=pueblo.distrito_1,
        estado="publicada",
        codigo="PR-2027-9001",
        presentada=timezone.now(),
        lon=0.5,
        lat=0.5,
        monto_solicitado=1000,
    )


def hacer(acto, recepcion, pueblo, gente):
    if acto == "proponer":
        return propuestas.abrir_borrador(recepcion, autor=gente.ana)
    if acto == "apoyar":
        return propuestas.apoyar(Propuesta.objects.get(), usuario=gente.ana)
    return comentar(abrir_hilo("Charla", proceso=recepcion), autor=gente.ana, texto="Hola")


@pytest.mark.parametrize("acto", ["proponer", "apoyar", "comentar"])
@pytest.mark.parametrize(
    ("borde", "corrimiento", "se_puede"),
    [
        ("inicio", -INSTANTE, False),
        ("inicio", datetime.timedelta(0), True),
        ("fin", -INSTANTE, True),
        ("fin", datetime.timedelta(0), False),
    ],
    ids=["antes de abrir", "al abrir", "último instante", "al cerrar"],
)
def test_cada_acto_se_abre_y_se_cierra_solo_en_su_instante(
    recepcion, pueblo, gente, acto, borde, corrimiento, se_puede
):
    if acto == "apoyar":
        publicada(recepcion, pueblo, gente.carla)
    fase = recepcion.fases.first()
    # Entre esta fase y la siguiente queda un día en que el proceso no está en ninguna.
    Fase.objects.filter(proceso=recepcion).exclude(pk=fase.pk).delete()
    Fase.objects.create(
        proceso=recepcion,
        tipo="seguimiento",
        nombre="Después",
        actos=[],
        inicio=fase.fin + datetime.timedelta(days=1),
        fin=fase.fin + datetime.timedelta(days=2),
    )
    with time_machine.travel(getattr(fase, borde) + corrimiento, tick=False):
        if se_puede:
            hacer(acto, recepcion, pueblo, gente)
        else:
            with pytest.raises(ReglaIncumplida, match="entre dos fases"):
                hacer(acto, recepcion, pueblo, gente)
    hechos = {"proponer": Propuesta, "apoyar": Apoyo}.get(acto)
    if hechos is not None:
        assert hechos.objects.exists() is se_puede


def test_lo_cargado_antes_no_vale_en_el_momento_del_acto(recepcion, gente):
    """Quien tiene el proceso en memoria con su calendario viejo no actúa con él."""
    viejo = Proceso.objects.con_fases().get(pk=recepcion.pk)
    assert [fase.tipo for fase in viejo.fases.all()][0] == "recepcion"
    Fase.objects.filter(proceso=recepcion).delete()
    assert permisos.permite(viejo, PROPONER) is False
    with pytest.raises(ReglaIncumplida):
        propuestas.abrir_borrador(viejo, autor=gente.ana)


def test_presentar_mira_la_fase_despues_de_esperar_su_turno(recepcion, pueblo, gente, monkeypatch):
    """Mientras se espera el candado de la gestión, otra persona puede cerrar la fase: cuenta lo de después."""
    borrador = propuestas.abrir_borrador(
        recepcion,
        autor=gente.ana,
        titulo="Agua para el barrio",
        descripcion="Hace falta agua en toda la cuadra desde hace dos años.",
        categoria=pueblo.agua,
        distrito=pueblo.distrito_1,
        otb=pueblo.otb_molle,
        lon=0.5,
        lat=0.5,
        monto_solicitado=1000,
        familias=5,
    )
    de_verdad = borradores.hacer_fila

    def con_demora(gestion):
        Fase.objects.filter(proceso=recepcion).delete()
        de_verdad(gestion)

    monkeypatch.setattr(borradores, "hacer_fila", con_demora)
    with pytest.raises(ReglaIncumplida, match="no se puede presentar propuestas"):
        propuestas.presentar_propuesta(borrador, actor=gente.ana)
    borrador.refresh_from_db()
    assert borrador.estado == "borrador"


def test_presentar_en_fase_vale_con_la_misma_preparacion(recepcion, pueblo, gente):
    """El control de la anterior: sin la demora, la misma propuesta se presenta."""
    borrador = propuestas.abrir_borrador(
        recepcion,
        autor=gente.ana,
        titulo="Agua para el barrio",
        descripcion="Hace falta agua en toda la cuadra desde hace dos años.",
        categoria=pueblo.agua,
        distrito=pueblo.distrito_1,
        otb=pueblo.otb_molle,
        lon=0.5,
        lat=0.5,
        monto_solicitado=1000,
        familias=5,
    )
    assert propuestas.presentar_propuesta(borrador, actor=gente.ana).estado == "enviada"
