"""Actas de directiva con su escaneo, y organizaciones en cada estado: en observación, suspendida, solicitada."""

import datetime

from django.core.files.base import ContentFile
from django.utils import timezone

from civic.comun.bitacora import anotar, en_su_momento
from civic.cuentas.acciones import Renglon, mover_organizacion, observar, presentar_acta
from civic.cuentas.escaneos import guardar_archivo
from civic.cuentas.models import ActaDeDirectiva, CargoDeActa, Escaneo, Mandato, Organizacion, Usuario
from civic.demo.actas import dibujar_acta
from civic.demo.contexto import Contexto

# Código del área -> lo que le pasa. Ninguna tiene propuestas ni obras en su nombre.
EN_OBSERVACION, SUSPENDIDA = "QLL-D03-024", "QLL-D05-024"
SOLICITADA, CON_ACTA_POR_REVISAR = "QLL-D08-016", "QLL-D05-012"
CON_ACTA = ("d3-santo-domingo", "d3-barrio-manaco", "d4-tacata-norte", "d7-bella-vista")
PRESENTES = (84, 61, 132, 57)


def cargar(contexto: Contexto) -> None:
    for lugar, clave in enumerate(CON_ACTA):
        _acta_pasada(contexto, contexto.por_demo[clave], PRESENTES[lugar])
    _en_observacion(contexto, contexto.organizaciones[EN_OBSERVACION])
    _suspendida(contexto, contexto.organizaciones[SUSPENDIDA])
    _solicitada(contexto, contexto.organizaciones[SOLICITADA])
    _por_revisar(contexto, contexto.organizaciones[CON_ACTA_POR_REVISAR])


def _escaneo(contexto: Contexto, organizacion: Organizacion, cargos: list[str], quien: Usuario | None) -> Escaneo:
    renglones = [
        "Reunidas y reunidos en asamblea, con el quórum del",
        "estatuto, elegimos a nuestra directiva:",
        *cargos,
        "Hoja dibujada para la demostración de Ayni.",
    ]
    azar = contexto.azar("acta", organizacion.slug)
    jpeg = dibujar_acta(f"Acta de {organizacion}", renglones, azar)
    return guardar_archivo(ContentFile(jpeg, name="acta.jpg"), usuario=quien)


def _acta_pasada(contexto: Contexto, organizacion: Organizacion, presentes: int) -> None:
    """El acta ya confirmada de una directiva en curso, unida a sus mandatos."""
    mandatos = list(organizacion.mandatos.vigentes(contexto.calendario.hoy).select_related("usuario"))  # type: ignore[attr-defined]
    desde, hasta = mandatos[0].desde, mandatos[0].hasta
    ventanilla, planificacion = contexto.personas["ventanilla"], contexto.personas["planificacion"]
    presentada = timezone.make_aware(datetime.datetime.combine(desde, datetime.time(10)))
    presentada -= datetime.timedelta(days=4)
    resuelta = presentada + datetime.timedelta(days=3)
    cargos = [f"{mandato.cargo}: {mandato.usuario}" for mandato in mandatos]
    acta = ActaDeDirectiva.objects.create(
        organizacion=organizacion,
        fecha=desde - datetime.timedelta(days=9),
        lugar="Sede social",
        presentes=presentes,
        mujeres=1,
        hombres=len(mandatos) - 1,
        desde=desde,
        hasta=hasta,
        escaneo=_escaneo(contexto, organizacion, cargos, ventanilla),
        escaneo_publico=organizacion.slug.startswith("santo-domingo"),
        registrada_por=ventanilla,
        calidad="Atención ciudadana",
        registrada=presentada,
        estado=ActaDeDirectiva.Estado.CONFIRMADA,
        resuelta_por=planificacion,
        resuelta=resuelta,
    )
    CargoDeActa.objects.bulk_create(
        CargoDeActa(acta=acta, orden=orden, cargo=m.cargo, nombre=str(m.usuario), usuario=m.usuario)
        for orden, m in enumerate(mandatos, start=1)
    )
    Mandato.objects.filter(pk__in=[mandato.pk for mandato in mandatos]).update(acta=acta)
    with en_su_momento(resuelta):
        anotar(
            organizacion,
            verbo="confirmar_acta",
            texto=f"Se confirmó el acta del {acta.fecha.day}/{acta.fecha.month}/{acta.fecha.year}.",
            actor=planificacion,
            calidad="Planificación POA",
        )


def _vecina(contexto: Contexto, organizacion: Organizacion, lugar: int) -> Usuario:
    numero = organizacion.distrito.orden  # type: ignore[union-attr]  # en la demo todas tienen distrito
    return contexto.vecinos[numero][lugar]


def _presentar(contexto: Contexto, organizacion: Organizacion, quien: Usuario, presentes: int) -> None:
    hoy = contexto.calendario.hoy
    cargos = [Renglon("Presidencia", str(quien), quien.username), Renglon("Secretaría de actas", "Vecino Tinku")]
    presentar_acta(
        organizacion,
        actor=quien,
        escaneo=_escaneo(contexto, organizacion, [f"{c.cargo}: {c.nombre}" for c in cargos], quien),
        cargos=cargos,
        fecha=hoy - datetime.timedelta(days=6),
        desde=hoy,
        hasta=hoy + datetime.timedelta(days=730),
        presentes=presentes,
        lugar="Cancha del barrio",
    )


def _como_recien_pedida(organizacion: Organizacion, quien: Usuario) -> Organizacion:
    """La deja como si `quien` acabara de pedir su registro: sin directiva."""
    Mandato.objects.filter(organizacion=organizacion).delete()
    organizacion.estado, organizacion.registrada_por = Organizacion.Estado.SOLICITADA, quien
    organizacion.save(update_fields=["estado", "registrada_por"])
    return organizacion


def _en_observacion(contexto: Contexto, organizacion: Organizacion) -> None:
    quien, planificacion = _vecina(contexto, organizacion, 0), contexto.personas["planificacion"]
    _presentar(contexto, _como_recien_pedida(organizacion, quien), quien, 73)
    for hacia in (Organizacion.Estado.EN_REVISION, Organizacion.Estado.PUBLICADA):
        organizacion = mover_organizacion(organizacion, hacia=hacia, actor=planificacion)
    observar(
        organizacion,
        autor=_vecina(contexto, organizacion, 1),
        texto="La asamblea se convocó un día antes y varias familias del lado norte no nos enteramos. Pedimos que se "
        "muestre el aviso y la lista de asistencia.",
    )


def _suspendida(contexto: Contexto, organizacion: Organizacion) -> None:
    motivo = "Llegaron dos actas distintas de la misma asamblea. Hasta aclararlo, nadie actúa en su nombre."
    mover_organizacion(
        organizacion,
        hacia=Organizacion.Estado.SUSPENDIDA,
        actor=contexto.personas["planificacion"],
        motivo=motivo,
    )


def _solicitada(contexto: Contexto, organizacion: Organizacion) -> None:
    quien = _vecina(contexto, organizacion, 0)
    _presentar(contexto, _como_recien_pedida(organizacion, quien), quien, 73)


def _por_revisar(contexto: Contexto, organizacion: Organizacion) -> None:
    """Con la directiva vencida y el acta de la nueva esperando que alguien la revise."""
    vencida = contexto.calendario.hoy - datetime.timedelta(days=40)
    Mandato.objects.filter(organizacion=organizacion).update(hasta=vencida)
    _presentar(contexto, organizacion, _vecina(contexto, organizacion, 0), 48)
