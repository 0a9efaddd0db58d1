"""El acta que entrega el mandato: presentarla, confirmarla o rechazarla; renunciar y terminar un mandato.

Todo empieza por el candado de la organización: dos actas a la vez se revisan una después de la otra, y la segunda se
encuentra con que la directiva que reemplazaba ya cambió.
"""

import datetime
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.idempotencia import una_sola_vez
from civic.comun.texto import limpiar
from civic.cuentas import consultas_organizaciones as consultas
from civic.cuentas import escaneos, permisos
from civic.cuentas import reglas_organizaciones as reglas
from civic.cuentas.acciones.organizaciones import bloquear_organizacion, calidad_ante, poner_al_dia
from civic.cuentas.models import ActaDeDirectiva, CargoDeActa, Escaneo, Mandato, Organizacion, Usuario

registro = logging.getLogger("ayni.organizaciones")

ESCANEOS_POR_HORA = 12
HORAS_DE_UN_ESCANEO_SUELTO = 24


@dataclass(frozen=True)
class Renglon:
    """Un renglón de la directiva tal como se escribió: cargo, nombre y, si se sabe, usuario en Ayni."""

    cargo: str
    nombre: str
    usuario: str = ""


# --- Escaneos --------------------------------------------------------------------------------------------------------
def guardar_escaneo(archivo: Any, *, usuario: Usuario) -> Escaneo:
    """Guarda el escaneo mientras la persona termina el formulario; nadie más lo ve."""
    desde = timezone.now() - datetime.timedelta(hours=1)
    if Escaneo.objects.filter(subido_por=usuario, momento__gte=desde).count() >= ESCANEOS_POR_HORA:
        raise ReglaIncumplida("Subiste muchos archivos seguidos. Espera una hora y sigue.", campo="escaneo")
    return escaneos.guardar_archivo(archivo, usuario=usuario)


def borrar_escaneos_sueltos() -> int:
    """Borra los escaneos de ayer o antes que ninguna acta usó, con su archivo; devuelve cuántos."""
    limite = timezone.now() - datetime.timedelta(hours=HORAS_DE_UN_ESCANEO_SUELTO)
    borrados = 0
    for escaneo in consultas.escaneos_sueltos(limite):
        ruta = escaneo.ruta
        with transaction.atomic():
            bloqueado = bloquear(Escaneo.objects.filter(pk=escaneo.pk, acta__isnull=True)).first()
            if bloqueado is None:
                continue  # una acta lo tomó recién
            bloqueado.delete()
        default_storage.delete(ruta)
        borrados += 1
    return borrados


def abrir_escaneo(acta: ActaDeDirectiva, *, lector: Any) -> Any:
    """El archivo del acta, para leerlo. Si lo abre el personal por su trabajo, queda anotado quién y cuándo."""
    if getattr(lector, "is_authenticated", False) and permisos.mira_por_su_cargo(lector, acta):
        anotar(
            acta,
            verbo="ver_acta",
            texto="Abrió el escaneo del acta.",
            actor=lector,
            calidad=permisos.cargo_en(lector, acta.organizacion.distrito_id),
            publico=False,
        )
    try:
        return default_storage.open(acta.escaneo.ruta)
    except FileNotFoundError:
        registro.error("Falta el archivo del acta %s", acta.pk)
        raise ReglaIncumplida("El archivo de esa acta no está en el servidor. Avisa a la administración.") from None


# --- Actas -----------------------------------------------------------------------------------------------------------
def presentar_acta(
    organizacion: Organizacion,
    *,
    actor: Usuario | None,
    escaneo: Escaneo,
    cargos: Sequence[Renglon],
    fecha: datetime.date,
    desde: datetime.date,
    hasta: datetime.date,
    presentes: int,
    lugar: str = "",
    mujeres: int | None = None,
    hombres: int | None = None,
    escaneo_publico: bool = False,
) -> ActaDeDirectiva:
    """Registra el acta firmada de una directiva, por revisar. No cambia quién dirige: eso lo hace confirmarla.

    Lanza ReglaIncumplida si quien la presenta no puede, si las fechas o los cargos no cuadran, o si ya tiene otra por
    revisar.
    """
    problema = reglas.problema_de_periodo(asamblea=fecha, desde=desde, hasta=hasta, hoy=timezone.localdate())
    if problema:
        raise ReglaIncumplida(problema[1], campo=problema[0])
    renglones = _renglones(cargos)
    with transaction.atomic():
        organizacion = bloquear_organizacion(organizacion.pk)
        if actor is not None and not permisos.puede_presentar_acta(Usuario.objects.get(pk=actor.pk), organizacion):
            raise ReglaIncumplida("Hoy no puedes presentar un acta de esa organización.")
        if actor is not None and escaneo.subido_por_id != actor.pk:
            raise ReglaIncumplida("Sube de nuevo el acta.", campo="escaneo")
        calidad = _calidad(actor, organizacion)
        acta = ActaDeDirectiva(
            organizacion=organizacion, anterior=consultas.ultima_confirmada(organizacion), fecha=fecha, desde=desde,
            hasta=hasta, presentes=presentes, lugar=limpiar(lugar)[:160], mujeres=mujeres, hombres=hombres,
            escaneo=escaneo, escaneo_publico=escaneo_publico, registrada_por=actor, calidad=calidad,
        )  # fmt: skip
        try:
            with transaction.atomic():
                acta.save()
        except IntegrityError:
            raise ReglaIncumplida(
                "Ya presentaste un acta de esta organización que se está revisando. Espera la respuesta."
            ) from None
        CargoDeActa.objects.bulk_create(
            CargoDeActa(acta=acta, orden=orden, cargo=r.cargo, nombre=r.nombre, usuario_escrito=r.usuario)
            for orden, r in enumerate(renglones, start=1)
        )
        _anotar(acta, "presentar_acta", f"Se presentó el acta de la asamblea del {_dia(fecha)}.", actor, calidad)
        poner_al_dia(organizacion)
    return acta


def enviar_acta(
    organizacion: Organizacion, *, actor: Usuario, clave: str, huella: dict[str, Any], **datos: Any
) -> ActaDeDirectiva:
    """Presenta el acta desde un formulario: la misma clave nunca presenta dos."""
    pk, _ = una_sola_vez(
        clave,
        proposito=f"acta-{organizacion.pk}",
        usuario=actor,
        datos=huella,
        crear=lambda: presentar_acta(organizacion, actor=actor, **datos),
    )
    return ActaDeDirectiva.objects.get(pk=pk)


def _renglones(cargos: Sequence[Renglon]) -> list[Renglon]:
    llanos = [
        Renglon(reglas.cargo_llano(limpiar(r.cargo))[:60], limpiar(r.nombre)[:120], limpiar(r.usuario)[:150])
        for r in cargos
    ]
    if any(not r.cargo or not r.nombre for r in llanos):
        raise ReglaIncumplida("Cada renglón de la directiva lleva cargo y nombre.", campo="cargos")
    problema = reglas.problema_de_directiva([r.cargo for r in llanos])
    if problema:
        raise ReglaIncumplida(problema, campo="cargos")
    usuarios = [r.usuario.casefold() for r in llanos if r.usuario]
    if len(usuarios) != len(set(usuarios)):
        raise ReglaIncumplida("La misma persona figura con dos cargos. Deja uno.", campo="cargos")
    return llanos


def confirmar_acta(acta: ActaDeDirectiva, *, actor: Usuario | None, motivo: str = "") -> ActaDeDirectiva:
    """Da por válida el acta: termina la directiva anterior y empieza la nueva en el mismo acto.

    La nueva empieza el día que dice el acta o, si ya pasó, hoy: lo que hizo la anterior hasta ahora queda con su
    mandato. Lanza ReglaIncumplida si la revisa quien la presentó o es parte, si ya se revisó, o si entre tanto otra
    acta cambió la directiva que esta reemplazaba.
    """
    with transaction.atomic():
        acta = _bloquear_acta(acta.pk, actor)
        organizacion, hoy = acta.organizacion, timezone.localdate()
        ultima = consultas.ultima_confirmada(organizacion)
        if (ultima.pk if ultima else None) != acta.anterior_id:
            raise ReglaIncumplida(
                "Después de presentarse esta acta se confirmó otra. Recházala y pide el acta que corresponda."
            )
        if acta.hasta < hoy:
            raise ReglaIncumplida("El período de esa directiva ya terminó: hace falta el acta de la directiva nueva.")
        empieza = max(acta.desde, hoy)
        _terminar_la_anterior(organizacion, empieza)
        _entregar_mandatos(acta, empieza)
        _resolver(acta, ActaDeDirectiva.Estado.CONFIRMADA, actor, limpiar(motivo, varias_lineas=True))
        texto = f"Se confirmó el acta del {_dia(acta.fecha)}: la directiva nueva empieza el {_dia(empieza)}."
        _anotar(acta, "confirmar_acta", texto, actor, permisos.cargo_en(actor, organizacion.distrito_id))
        poner_al_dia(organizacion)
    return acta


def rechazar_acta(acta: ActaDeDirectiva, *, actor: Usuario | None, motivo: str) -> ActaDeDirectiva:
    """No la da por válida y dice por qué; nadie cambia de cargo."""
    motivo = limpiar(motivo, varias_lineas=True)
    if not motivo:
        raise ReglaIncumplida("Escribe por qué se rechaza: lo leerá quien la presentó.", campo="motivo")
    with transaction.atomic():
        acta = _bloquear_acta(acta.pk, actor)
        _resolver(acta, ActaDeDirectiva.Estado.RECHAZADA, actor, motivo)
        texto = f"No se aceptó el acta del {_dia(acta.fecha)}."
        calidad = permisos.cargo_en(actor, acta.organizacion.distrito_id)
        _anotar(acta, "rechazar_acta", texto, actor, calidad, motivo=motivo)
        poner_al_dia(acta.organizacion)
    return acta


def vincular_cargo(cargo: CargoDeActa, *, usuario: Usuario, actor: Usuario | None) -> Mandato:
    """Une un cargo de la directiva vigente a la cuenta de su persona, que recién la abrió: desde hoy puede actuar."""
    with transaction.atomic():
        organizacion = bloquear_organizacion(cargo.acta.organizacion_id)
        cargo = bloquear(CargoDeActa.objects.select_related("acta").filter(pk=cargo.pk)).get()
        acta = cargo.acta
        if acta.estado != ActaDeDirectiva.Estado.CONFIRMADA or consultas.ultima_confirmada(organizacion) != acta:
            raise ReglaIncumplida("Esa acta no es la de la directiva de hoy.")
        if cargo.usuario_id is not None:
            raise ReglaIncumplida("Ese cargo ya tiene su cuenta.")
        if actor is not None and actor.pk == usuario.pk:
            raise ReglaIncumplida(
                "Nadie se vincula a sí mismo a una directiva. Pídelo a otra persona.", campo="usuario"
            )
        if actor is not None and not permisos.puede_revisar_acta(actor, acta):
            raise ReglaIncumplida("Tú presentaste esa acta o figuras en ella. Tiene que hacerlo otra persona.")
        hoy = timezone.localdate()
        if acta.hasta < hoy:
            raise ReglaIncumplida("El período de esa directiva ya terminó.")
        cargo.usuario = usuario
        cargo.save(update_fields=["usuario"])
        mandato = _crear_mandato(cargo, usuario, desde=max(acta.desde, hoy))
        texto = f"Se unió a su cuenta a quien tiene el cargo {cargo.cargo}."
        _anotar(acta, "vincular_cargo", texto, actor, permisos.cargo_en(actor, organizacion.distrito_id))
        poner_al_dia(organizacion)
    usuario.__dict__.pop("mandatos_vigentes", None)
    return mandato


def _bloquear_acta(pk: int, actor: Usuario | None) -> ActaDeDirectiva:
    """El acta por revisar, con su organización bloqueada, si `actor` puede revisarla."""
    organizacion = bloquear_organizacion(ActaDeDirectiva.objects.values_list("organizacion_id", flat=True).get(pk=pk))
    acta = bloquear(ActaDeDirectiva.objects.filter(pk=pk)).get()
    acta.organizacion = organizacion
    if acta.estado != ActaDeDirectiva.Estado.PENDIENTE:
        raise ReglaIncumplida(f"Esa acta ya se revisó: está {acta.get_estado_display().lower()}.")
    if actor is not None and not permisos.puede_revisar_acta(actor, acta):
        raise ReglaIncumplida("Tú la presentaste, figuras en ella o no es de tu distrito. La revisa otra persona.")
    return acta


def _terminar_la_anterior(organizacion: Organizacion, empieza: datetime.date) -> None:
    """Los mandatos que llegarían a ese día terminan el día antes; los que empezarían ese día o después, no valen."""
    mandatos = bloquear(organizacion.mandatos.validos().filter(hasta__gte=empieza))  # type: ignore[attr-defined]
    for mandato in mandatos:
        _acortar(mandato, empieza - datetime.timedelta(days=1))


def _acortar(mandato: Mandato, ultimo_dia: datetime.date) -> None:
    """El mandato termina ese día; si empezaba después, queda anulado y no llegó a valer ni un día entero."""
    if mandato.desde > ultimo_dia:
        mandato.anulado = True
        mandato.save(update_fields=["anulado"])
    else:
        mandato.hasta = ultimo_dia
        mandato.save(update_fields=["hasta"])


def _entregar_mandatos(acta: ActaDeDirectiva, empieza: datetime.date) -> None:
    """Un mandato por cada cargo cuya cuenta se conoce; los demás se vinculan cuando la persona la abra."""
    cargos = list(acta.cargos.order_by("orden"))  # type: ignore[attr-defined]
    escritos = [cargo.usuario_escrito.lower() for cargo in cargos if cargo.usuario_escrito]
    cuentas = {persona.username: persona for persona in Usuario.objects.filter(username__in=escritos, is_active=True)}
    for cargo in cargos:
        persona = cuentas.get(cargo.usuario_escrito.lower())
        if persona is not None:
            cargo.usuario = persona
            cargo.save(update_fields=["usuario"])
            _crear_mandato(cargo, persona, desde=empieza)


def _crear_mandato(cargo: CargoDeActa, persona: Usuario, *, desde: datetime.date) -> Mandato:
    acta = cargo.acta
    try:
        with transaction.atomic():
            return Mandato.objects.create(
                usuario=persona, organizacion_id=acta.organizacion_id, cargo=cargo.cargo, desde=desde,
                hasta=acta.hasta, acta=acta,
            )  # fmt: skip
    except IntegrityError:
        raise ReglaIncumplida(
            f"El cargo {cargo.cargo} choca con otro mandato en curso, o la persona figura dos veces.", campo="usuario"
        ) from None


def _resolver(acta: ActaDeDirectiva, estado: str, actor: Usuario | None, motivo: str) -> None:
    acta.estado, acta.resuelta_por, acta.resuelta, acta.motivo = estado, actor, timezone.now(), motivo
    try:
        with transaction.atomic():
            acta.save(update_fields=["estado", "resuelta_por", "resuelta", "motivo"])
    except IntegrityError:
        raise ReglaIncumplida("Otra acta ya reemplazó a esa directiva.") from None


def _anotar(
    acta: ActaDeDirectiva, verbo: str, texto: str, actor: Usuario | None, calidad: str, *, motivo: str = ""
) -> None:
    datos = {"acta": acta.pk, "huella": acta.escaneo.huella}
    anotar(
        acta.organizacion, verbo=verbo, texto=texto, actor=actor, calidad=calidad, motivo=motivo, datos=datos,
        hasta=acta.estado,
    )  # fmt: skip


def _calidad(actor: Usuario | None, organizacion: Organizacion) -> str:
    if actor is None:
        return ""
    if actor.mandatos.vigentes().filter(organizacion=organizacion).exists():  # type: ignore[attr-defined]
        return calidad_ante(actor, organizacion)
    return permisos.cargo_en(actor, organizacion.distrito_id) or calidad_ante(actor, organizacion)


def _dia(dia: datetime.date) -> str:
    return f"{dia.day}/{dia.month}/{dia.year}"


# --- Dejar el cargo --------------------------------------------------------------------------------------------------
def renunciar(mandato: Mandato, *, actor: Usuario, motivo: str = "") -> Mandato:
    """La persona deja su cargo por su cuenta: desde este momento ya no actúa por la organización."""
    if mandato.usuario_id != actor.pk:
        raise ReglaIncumplida("Solo quien tiene el cargo puede renunciar a él.")
    return _terminar(mandato, actor=actor, verbo="renunciar", texto="Renunció al cargo", motivo=limpiar(motivo))


def terminar_mandato(mandato: Mandato, *, actor: Usuario | None = None, motivo: str) -> Mandato:
    """Termina un mandato desde ya (fallecimiento, sentencia, error): la persona no actúa más por la organización."""
    motivo = limpiar(motivo)
    if not motivo:
        raise ReglaIncumplida("Escribe por qué termina el mandato.", campo="motivo")
    if actor is not None and actor.pk == mandato.usuario_id:
        raise ReglaIncumplida("Ese mandato es tuyo: puedes renunciar desde «Mi cuenta».")
    return _terminar(mandato, actor=actor, verbo="terminar", texto="Terminó el cargo", motivo=motivo)


def _terminar(mandato: Mandato, *, actor: Usuario | None, verbo: str, texto: str, motivo: str) -> Mandato:
    with transaction.atomic():
        organizacion = bloquear_organizacion(mandato.organizacion_id)
        mandato = bloquear(Mandato.objects.select_related("usuario").filter(pk=mandato.pk)).get()
        hoy = timezone.localdate()
        if mandato.anulado or mandato.hasta < hoy:
            raise ReglaIncumplida("Ese mandato ya había terminado.")
        propia = actor is not None and actor.pk == mandato.usuario_id
        if (
            actor is not None
            and not propia
            and not permisos.alcanza(actor, organizacion.distrito_id, "cuentas.change_mandato")
        ):
            raise ReglaIncumplida("Esa organización es de un distrito al que tu trabajo no llega.")
        calidad = (
            f"{mandato.cargo} de {organizacion}"[:120] if propia else permisos.cargo_en(actor, organizacion.distrito_id)
        )
        _acortar(mandato, hoy - datetime.timedelta(days=1))
        anotar(
            organizacion, verbo=verbo, texto=f"{texto} {mandato.cargo} de la directiva.", actor=actor, calidad=calidad,
            motivo=motivo, datos={"mandato": mandato.pk},
        )  # fmt: skip
        poner_al_dia(organizacion)
    mandato.usuario.__dict__.pop("mandatos_vigentes", None)
    return mandato
