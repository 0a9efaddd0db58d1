"""La cola de dudas: lo que la regla de «dónde está un punto» no pudo decidir sola, y cómo lo resuelve una persona.

Cada sala que ubica cosas (reportes, propuestas, obras) llama a `revisar_lugar` en la misma transacción en que guarda la
suya, y registra en el `ready` de su aplicación la acción que la cambia de lugar (`registrar`). Así el territorio, que
está debajo de todas, no las conoce.
"""

from collections.abc import Iterable
from typing import Any, Protocol

from django.db import models, transaction
from django.utils import timezone

from civic.comun.bitacora import anotar, juntar_sucesos
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from mapas.territorio import reglas
from mapas.territorio.consultas import Lugar, candidatas, distrito_de_otb, ubicar
from mapas.territorio.models import Area, Duda

PERMISO = "territorio.change_area"
YA_RESUELTA = "Otra persona ya resolvió esta duda. Mira en su ficha qué decidió."


class YaResuelta(ReglaIncumplida):
    """Otra persona llegó antes."""


class Reubicar(Protocol):
    """La acción de una sala que pone un objeto suyo en otro distrito y OTB; ella bloquea, revisa y anota."""

    def __call__(
        self, objeto_id: int, *, distrito: Area | None, otb: Area | None, actor: Any, motivo: str
    ) -> models.Model: ...


RESOLVEDORES: dict[str, Reubicar] = {}


def registrar(objeto_tipo: str, reubicar: Reubicar) -> None:
    """Dice cómo se cambia de lugar lo de un tipo («reportes.reporte»). Se llama en el `ready` de su aplicación."""
    RESOLVEDORES[objeto_tipo] = reubicar


def motivo_de(lugar: Lugar, *, distrito: Area | None, otb: Area | None) -> str:
    """Por qué una persona debería mirar ese lugar, o "" si no hace falta. `distrito` y `otb` son los que se guardan.

    Si hay varias razones va la más grave: disputa, discrepancia, otra OTB, y al final lo geométrico.
    """
    if lugar.en_disputa or any(area.en_disputa for area in (distrito, otb) if area is not None):
        return reglas.DISPUTA
    if reglas.DISCREPANCIA in lugar.motivos:
        return reglas.DISCREPANCIA
    if lugar.otb is not None and otb is not None and otb != lugar.otb:
        return reglas.OTRA
    if lugar.distrito is not None and distrito is not None and distrito != lugar.distrito:
        return reglas.OTRA
    if lugar.distrito is None and lugar.otb is None and lugar.municipio is not None:
        return reglas.NINGUNO
    return lugar.motivos[0] if lugar.motivos else ""


def revisar_lugar(
    objeto: models.Model,
    *,
    titulo: str,
    lon: float | None,
    lat: float | None,
    distrito: Area | None,
    otb: Area | None,
) -> Duda | None:
    """Pone el objeto en la cola si su lugar quedó en duda, o cierra la duda que ya no hace falta.

    Va dentro de la transacción de quien guarda el objeto: si se guarda, su duda también. Repetirla no la duplica, y lo
    que una persona ya decidió sobre el mismo punto no se vuelve a preguntar.
    """
    motivo = ""
    if lon is not None and lat is not None:
        motivo = motivo_de(ubicar(lon, lat), distrito=distrito, otb=otb)
    with transaction.atomic():
        abierta = bloquear(Duda.objects.de(objeto).abiertas()).first()
        if not motivo:
            if abierta is not None:
                _cerrar(abierta, Duda.Estado.CADUCA, razon="Cambió su lugar y ya no hay duda.")
            return None
        if Duda.objects.de(objeto).decididas().filter(lon=lon, lat=lat).exists():
            return None
        duda = abierta or Duda(objeto_tipo=objeto._meta.label_lower, objeto_id=objeto.pk)
        duda.titulo, duda.motivo = titulo[:200], motivo
        duda.lon, duda.lat, duda.distrito, duda.otb = lon, lat, distrito, otb
        duda.save()
    return duda


def resolver(duda: Duda, *, area: Area, actor: Any, motivo: str) -> Duda:
    """Decide de qué distrito u OTB es: mueve el objeto con la acción de su sala y lo deja en la bitácora.

    Lanza YaResuelta si otra persona llegó antes, y ReglaIncumplida si falta la razón o su sala no permite moverlo.
    """
    motivo = _razon(motivo)
    _exigir_permiso(actor)
    if area.tipo not in (Area.Tipo.DISTRITO, Area.Tipo.OTB):
        raise ReglaIncumplida("Elige un distrito o una OTB.", campo="area")
    otb = area if area.tipo == Area.Tipo.OTB else None
    with transaction.atomic():
        duda = _bloquear_abierta(duda)
        distrito = area if otb is None else distrito_de_otb(otb) or duda.distrito
        antes = _como_texto(duda.distrito, duda.otb)
        if (distrito, otb) != (duda.distrito, duda.otb):
            reubicar = RESOLVEDORES.get(duda.objeto_tipo)
            if reubicar is None:
                raise ReglaIncumplida("Eso no se puede cambiar de lugar desde aquí.")
            reubicar(duda.objeto_id, distrito=distrito, otb=otb, actor=actor, motivo=motivo)
        duda.decidido_distrito, duda.decidida_otb = distrito, otb
        _cerrar(duda, Duda.Estado.RESUELTA, razon=motivo, actor=actor)
        _anotar(duda, actor, f"Se decidió que es de {area}.", antes, _como_texto(distrito, otb))
    return duda


def dejar_como_esta(duda: Duda, *, actor: Any, motivo: str) -> Duda:
    """Confirma el lugar que tiene. Lanza YaResuelta si otra persona llegó antes."""
    motivo = _razon(motivo)
    _exigir_permiso(actor)
    with transaction.atomic():
        duda = _bloquear_abierta(duda)
        duda.decidido_distrito, duda.decidida_otb = duda.distrito, duda.otb
        _cerrar(duda, Duda.Estado.CONFIRMADA, razon=motivo, actor=actor)
        como = _como_texto(duda.distrito, duda.otb)
        _anotar(duda, actor, "Se dejó donde estaba.", como, como)
    return duda


def dejar_varias(dudas: Iterable[Duda], *, actor: Any, motivo: str) -> tuple[int, int]:
    """Confirma muchas de una vez. Devuelve (cuántas se confirmaron, cuántas ya estaban resueltas)."""
    hechas = ya = 0
    with juntar_sucesos():
        for duda in sorted(dudas, key=lambda duda: duda.pk):  # siempre en el mismo orden: dos a la vez no se traban
            try:
                dejar_como_esta(duda, actor=actor, motivo=motivo)
                hechas += 1
            except YaResuelta:
                ya += 1
    return hechas, ya


def opciones_de(duda: Duda) -> list[Area]:
    """Los distritos y OTB que tocan el punto o están cerca, y el que tiene puesto; primero las OTB."""
    areas = [area for area in candidatas(duda.lon, duda.lat) if area.tipo != Area.Tipo.MUNICIPIO]
    areas += [area for area in (duda.otb, duda.distrito) if area is not None and area not in areas]
    return sorted(areas, key=lambda area: (area.tipo != Area.Tipo.OTB, area.codigo))


def _razon(motivo: str) -> str:
    motivo = limpiar(motivo, varias_lineas=True)
    if not motivo:
        raise ReglaIncumplida("Escribe por qué lo decides así: queda en la bitácora.", campo="motivo")
    return motivo[:500]


def _exigir_permiso(actor: Any) -> None:
    if not actor.has_perm(PERMISO):
        raise ReglaIncumplida("Resolver dudas de lugar le toca a quien cuida el territorio.")


def _bloquear_abierta(duda: Duda) -> Duda:
    duda = bloquear(Duda.objects.con_lugar().filter(pk=duda.pk)).get()
    if not duda.esta_abierta:
        raise YaResuelta(YA_RESUELTA)
    return duda


def _cerrar(duda: Duda, estado: str, *, razon: str, actor: Any = None) -> None:
    duda.estado, duda.razon, duda.resuelta_por, duda.resuelta = str(estado), razon, actor, timezone.now()
    duda.save()


def _como_texto(distrito: Area | None, otb: Area | None) -> str:
    return " › ".join(str(area) for area in (distrito, otb) if area is not None) or "sin lugar"


def _anotar(duda: Duda, actor: Any, texto: str, antes: str, despues: str) -> None:
    anotar(
        duda, verbo="resolver", texto=texto, actor=actor, desde=Duda.Estado.ABIERTA.value, hasta=duda.estado,
        motivo=duda.razon, publico=False, antes={"lugar": antes}, despues={"lugar": despues},
        datos={"objeto": [duda.objeto_tipo, duda.objeto_id], "por_que_dudaba": duda.motivo},
    )  # fmt: skip
