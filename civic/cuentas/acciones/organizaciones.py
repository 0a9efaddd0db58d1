"""Registrar organizaciones, moverlas de estado y nombrar su directiva."""

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.cuentas import reglas
from civic.cuentas.models import Mandato, Organizacion, Usuario
from mapas.territorio.models import Area

EDITABLES = ("nombre", "clase", "distrito", "area", "personalidad_juridica", "familias", "fuente")


def registrar_organizacion(
    *, nombre: str, clase: str, distrito: Area, actor: Usuario | None = None, **datos: Any
) -> Organizacion:
    """Registra una organización en estado «solicitada»: nadie la ve hasta que se publique.

    `datos` son los demás de EDITABLES. Lanza ReglaIncumplida si ya hay una con ese nombre, clase y distrito.
    """
    organizacion = Organizacion(nombre=limpiar(nombre), clase=clase, distrito=distrito)
    _poner(organizacion, datos)
    organizacion.slug = _slug_libre(f"{organizacion.nombre} {distrito.nombre}")
    with transaction.atomic():
        _guardar_unica(organizacion)
        anotar(
            organizacion,
            verbo="registrar",
            texto="Se registró la organización.",
            actor=actor,
            hasta=organizacion.estado,
        )
    return organizacion


def corregir_organizacion(organizacion: Organizacion, *, actor: Usuario | None = None, **datos: Any) -> Organizacion:
    """Corrige datos de EDITABLES; su estado y su dirección web no cambian por aquí."""
    with transaction.atomic():
        organizacion = bloquear(Organizacion.objects.filter(pk=organizacion.pk)).get()
        cambiados = _poner(organizacion, datos)
        if cambiados:
            _guardar_unica(organizacion)
            nombres = ", ".join(str(Organizacion._meta.get_field(campo).verbose_name) for campo in cambiados)  # type: ignore[union-attr]
            anotar(organizacion, verbo="corregir", texto=f"Se corrigió: {nombres}.", actor=actor)
    return organizacion


def _poner(organizacion: Organizacion, datos: dict[str, Any]) -> list[str]:
    """Pone los datos y devuelve los campos que cambiaron; revisa que el área sea del distrito."""
    ajenos = set(datos) - set(EDITABLES)
    if ajenos:
        raise TypeError(f"No se editan por aquí: {sorted(ajenos)}")
    cambiados = []
    for campo, valor in datos.items():
        valor = limpiar(valor) if isinstance(valor, str) else valor
        if getattr(organizacion, campo) != valor:
            setattr(organizacion, campo, valor)
            cambiados.append(campo)
    if organizacion.area is not None and organizacion.area.padre_id != organizacion.distrito_id:
        raise ReglaIncumplida("Esa área es de otro distrito.", campo="area")
    return cambiados


def _slug_libre(texto: str) -> str:
    base = slugify(texto)[:120] or "organizacion"
    ocupados = set(Organizacion.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    candidatos = (base if numero == 1 else f"{base}-{numero}" for numero in range(1, len(ocupados) + 2))
    return next(slug for slug in candidatos if slug not in ocupados)


def _guardar_unica(organizacion: Organizacion) -> None:
    try:
        with transaction.atomic():
            organizacion.save()
    except IntegrityError:
        raise ReglaIncumplida(
            "Ya hay una organización con ese nombre en el distrito, o esa área ya es de otra.", campo="nombre"
        ) from None


def nombrar_directiva(
    organizacion: Organizacion,
    *,
    usuario: Usuario,
    cargo: str,
    desde: datetime.date,
    hasta: datetime.date,
    actor: Usuario | None = None,
) -> Mandato:
    """Registra a una persona en la directiva de una organización, del día `desde` al día `hasta` inclusive.

    Con una directiva en curso, la organización que la tenía vencida vuelve a estar vigente.
    """
    cargo = limpiar(cargo)
    if not cargo:
        raise ReglaIncumplida("Escribe el cargo, por ejemplo Presidencia.", campo="cargo")
    if hasta < desde:
        raise ReglaIncumplida("El mandato debe terminar después de empezar.", campo="hasta")
    if actor is not None and actor.pk == usuario.pk:
        raise ReglaIncumplida("Nadie se registra a sí mismo en una directiva. Pídelo a otra persona.", campo="usuario")
    with transaction.atomic():
        organizacion = bloquear(Organizacion.objects.filter(pk=organizacion.pk)).get()
        if organizacion.estado == Organizacion.Estado.SUSPENDIDA:
            raise ReglaIncumplida("La organización está suspendida: primero hay que levantar la suspensión.")
        try:
            with transaction.atomic():
                mandato = Mandato.objects.create(
                    usuario=usuario, organizacion=organizacion, cargo=cargo[:60], desde=desde, hasta=hasta
                )
        except IntegrityError:
            raise ReglaIncumplida("Ese mandato ya está registrado.", campo="usuario") from None
        anotar(organizacion, verbo="nombrar", texto=f"Se registró el cargo {cargo} en la directiva.", actor=actor)
        hoy = timezone.localdate()
        if organizacion.estado == Organizacion.Estado.VENCIDA and desde <= hoy <= hasta:
            _cambiar_estado(organizacion, hacia=Organizacion.Estado.VIGENTE, actor=actor, motivo="Tiene directiva.")
    usuario.__dict__.pop("mandatos_vigentes", None)
    return mandato


def terminar_mandato(mandato: Mandato, *, actor: Usuario | None = None, motivo: str) -> Mandato:
    """Adelanta el fin de un mandato a ayer (renuncia, cambio de directiva): desde ya no actúa por la organización."""
    motivo = limpiar(motivo)
    if not motivo:
        raise ReglaIncumplida("Escribe por qué termina el mandato.", campo="motivo")
    with transaction.atomic():
        consulta = Mandato.objects.filter(pk=mandato.pk)
        mandato = bloquear(consulta).select_related("organizacion", "usuario").get()
        hoy = timezone.localdate()
        if mandato.hasta < hoy:
            raise ReglaIncumplida("Ese mandato ya había terminado.")
        if mandato.desde >= hoy:
            raise ReglaIncumplida("Ese mandato empieza hoy o después: corrige sus fechas en lugar de terminarlo.")
        mandato.hasta = hoy - datetime.timedelta(days=1)
        mandato.save(update_fields=["hasta"])
        anotar(
            mandato.organizacion,
            verbo="terminar",
            texto=f"Terminó el cargo {mandato.cargo} de la directiva.",
            actor=actor,
            motivo=motivo,
        )
    mandato.usuario.__dict__.pop("mandatos_vigentes", None)
    return mandato


def mover_organizacion(
    organizacion: Organizacion, *, hacia: str, actor: Usuario | None = None, motivo: str = ""
) -> Organizacion:
    """Pasa una organización a otro estado de la tabla de `reglas`; suspender exige decir por qué."""
    motivo = limpiar(motivo, varias_lineas=True)
    with transaction.atomic():
        organizacion = bloquear(Organizacion.objects.filter(pk=organizacion.pk)).get()
        if not reglas.puede_pasar(organizacion.estado, hacia):
            raise ReglaIncumplida(
                f"Una organización en estado «{organizacion.get_estado_display()}» no puede pasar a "
                f"«{Organizacion.Estado(hacia).label}».",
                campo="hacia",
            )
        if hacia in reglas.EXIGEN_MOTIVO and not motivo:
            raise ReglaIncumplida("Escribe el motivo: se mostrará en la página de la organización.", campo="motivo")
        return _cambiar_estado(organizacion, hacia=hacia, actor=actor, motivo=motivo)


def _cambiar_estado(organizacion: Organizacion, *, hacia: str, actor: Usuario | None, motivo: str) -> Organizacion:
    antes, organizacion.estado = organizacion.estado, hacia
    organizacion.save(update_fields=["estado"])
    anotar(
        organizacion,
        verbo="mover",
        texto=f"La organización pasó a «{organizacion.get_estado_display()}».",
        actor=actor,
        desde=antes,
        hasta=hacia,
        motivo=motivo,
    )
    return organizacion
