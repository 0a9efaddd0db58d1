"""Registrar organizaciones, corregirlas, su contacto, y moverlas de estado según la tabla de reglas_organizaciones."""

import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from civic.comun.bitacora import anotar, juntar_sucesos
from civic.comun.calendario import sumar_habiles
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.idempotencia import una_sola_vez
from civic.comun.texto import limpiar
from civic.cuentas import consultas_organizaciones as consultas
from civic.cuentas import permisos
from civic.cuentas import reglas_organizaciones as reglas
from civic.cuentas.models import ActaDeDirectiva, Organizacion, Usuario
from mapas.territorio.consultas import distrito_de_otb, municipio_actual, ubicar
from mapas.territorio.models import Area

DE_PERSONALIDAD = ("personalidad_juridica", "personalidad_autoridad", "personalidad_fecha", "personalidad_en_tramite")
DE_CONTACTO = ("telefono", "telefono_publico", "correo", "correo_publico", "reunion", "reunion_publica")
EDITABLES = ("nombre", "clase", "distrito", "area", *DE_PERSONALIDAD, "familias", "fuente")
SOLICITABLES = ("area_pedida", "lon", "lat", "referencia", *DE_PERSONALIDAD, *DE_CONTACTO, "familias")
TRAMITES_MAXIMO = 5
POR_FECHA = "Por fecha"


def registrar_organizacion(
    *, nombre: str, clase: str, distrito: Area | None, actor: Usuario | None = None, **datos: Any
) -> Organizacion:
    """Registra una organización en estado «solicitada»: nadie la ve hasta que se publique.

    `distrito` es None si está en el municipio y en ningún distrito. `datos` son los demás de EDITABLES y SOLICITABLES.
    Lanza ReglaIncumplida si ya hay una con ese nombre, clase y distrito.
    """
    organizacion = Organizacion(nombre=limpiar(nombre), clase=clase, distrito=distrito, registrada_por=actor)
    _poner(organizacion, datos, se_pueden=(*EDITABLES, *SOLICITABLES))
    _exigir_lugar(organizacion)
    organizacion.slug = _slug_libre(f"{organizacion.nombre} {distrito.nombre if distrito else ''}")
    with transaction.atomic():
        _guardar_unica(organizacion)
        anotar(
            organizacion,
            verbo="registrar",
            texto="Se registró la organización.",
            actor=actor,
            calidad=permisos.cargo_en(actor, organizacion.distrito_id) or "Solicitante",
            hasta=organizacion.estado,
        )
    return organizacion


def solicitar_registro(
    *,
    usuario: Usuario,
    clave: str,
    huella: dict[str, Any],
    nombre: str,
    clase: str,
    distrito: Area | None,
    **datos: Any,
) -> Organizacion:
    """Una persona pide registrar su organización; la misma clave de formulario nunca crea dos.

    Lanza ReglaIncumplida si ya tiene demasiadas solicitudes en trámite.
    """

    def crear() -> Organizacion:
        bloquear(Usuario.objects.filter(pk=usuario.pk)).get()  # sus solicitudes se cuentan de a una
        en_tramite = Organizacion.objects.filter(registrada_por=usuario, estado__in=Organizacion.EN_TRAMITE)
        if en_tramite.count() >= TRAMITES_MAXIMO:
            raise ReglaIncumplida(f"Ya tienes {TRAMITES_MAXIMO} solicitudes en trámite. Espera la respuesta de alguna.")
        return registrar_organizacion(nombre=nombre, clase=clase, distrito=distrito, actor=usuario, **datos)

    pk, _ = una_sola_vez(clave, proposito="organizacion", usuario=usuario, datos=huella, crear=crear)
    return Organizacion.objects.get(pk=pk)


def corregir_organizacion(organizacion: Organizacion, *, actor: Usuario | None = None, **datos: Any) -> Organizacion:
    """Corrige datos de EDITABLES; su estado y su dirección web no cambian por aquí."""
    with transaction.atomic():
        organizacion = bloquear_organizacion(organizacion.pk)
        _exigir_alcance(actor, organizacion)
        cambiados = _poner(organizacion, datos, se_pueden=EDITABLES)
        if actor is not None and "distrito" in cambiados and not permisos.alcanza(actor, organizacion.distrito_id):
            raise ReglaIncumplida("Tu trabajo no llega a ese distrito.", campo="distrito")
        if cambiados:
            _exigir_lugar(organizacion)
            _guardar_unica(organizacion)
            nombres = ", ".join(str(Organizacion._meta.get_field(campo).verbose_name) for campo in cambiados)  # type: ignore[union-attr]
            anotar(
                organizacion,
                verbo="corregir",
                texto=f"Se corrigió: {nombres}.",
                actor=actor,
                calidad=permisos.cargo_en(actor, organizacion.distrito_id),
            )
        poner_al_dia(organizacion)
    return organizacion


def cambiar_contacto(organizacion: Organizacion, *, actor: Usuario, **datos: Any) -> Organizacion:
    """Cambia el contacto y qué parte se muestra (DE_CONTACTO). Quitar el consentimiento vale desde ese momento."""
    with transaction.atomic():
        organizacion = bloquear_organizacion(organizacion.pk)
        actor = Usuario.objects.get(pk=actor.pk)
        if not permisos.puede_tramitar(actor, organizacion):
            raise ReglaIncumplida("Hoy no tienes un cargo vigente en esa organización.")
        cambiados = _poner(organizacion, datos, se_pueden=DE_CONTACTO)
        if cambiados:
            organizacion.save(update_fields=cambiados)
            anotar(
                organizacion,
                verbo="cambiar_contacto",
                texto="Se actualizó el contacto de la organización.",
                actor=actor,
                calidad=calidad_ante(actor, organizacion),
            )
        poner_al_dia(organizacion)
    return organizacion


def _poner(organizacion: Organizacion, datos: dict[str, Any], *, se_pueden: tuple[str, ...]) -> list[str]:
    """Pone los datos y devuelve los campos que cambiaron; revisa que el área sea del distrito."""
    ajenos = set(datos) - set(se_pueden)
    if ajenos:
        raise TypeError(f"No se editan por aquí: {sorted(ajenos)}")
    cambiados = []
    for campo, valor in datos.items():
        valor = limpiar(valor) if isinstance(valor, str) else valor
        if getattr(organizacion, campo) != valor:
            setattr(organizacion, campo, valor)
            cambiados.append(campo)
    for area in (organizacion.area, organizacion.area_pedida):
        if area is not None and distrito_de_otb(area) != organizacion.distrito:
            raise ReglaIncumplida(_otro_lugar(area), campo="area")
    return cambiados


def _otro_lugar(area: Area) -> str:
    suyo = distrito_de_otb(area)
    return f"Esa área es de otro distrito, el {suyo}." if suyo else "Esa área no está en ningún distrito: quítalo."


def _exigir_lugar(organizacion: Organizacion) -> None:
    """Sin distrito solo puede estar la que tiene un área que no es de ninguno, o un punto donde no hay ninguno."""
    if organizacion.distrito is not None or organizacion.area_de_referencia is not None:
        return
    lon, lat = organizacion.lon, organizacion.lat
    donde = ubicar(lon, lat) if lon is not None and lat is not None else None
    if donde is None or donde.municipio is None or donde.distrito is not None:
        raise ReglaIncumplida("Elige el distrito o el área de la organización.", campo="distrito")


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
            "Ya hay una organización con ese nombre en el distrito (o en trámite), o esa área ya es de otra. "
            "Búscala en la lista o pregunta en ventanilla.",
            campo="nombre",
        ) from None


# --- Estados ---------------------------------------------------------------------------------------------------------
def mover_organizacion(
    organizacion: Organizacion, *, hacia: str, actor: Usuario | None = None, motivo: str = ""
) -> Organizacion:
    """Da un paso de la tabla de estados, si el rol de `actor` lo da en ese distrito y se cumple lo que exige.

    Publicar abre el plazo público para observar; pasar a vigente exige que haya terminado y que todo esté respondido.
    """
    motivo = limpiar(motivo, varias_lineas=True)
    with transaction.atomic():
        organizacion = bloquear_organizacion(organizacion.pk)
        poner_al_dia(organizacion)
        _exigir_paso(organizacion, hacia, actor, motivo)
        _preparar(organizacion, hacia)
        _cambiar_estado(organizacion, hacia=hacia, actor=actor, motivo=motivo)
        poner_al_dia(organizacion)
    return organizacion


def pasar_a_revision(organizaciones: list[Organizacion], *, actor: Usuario) -> list[tuple[Organizacion, str]]:
    """Pasa varias a revisión, cada una por su cuenta; devuelve (organización, por qué no) con vacío si pasó."""
    hechas = []
    with juntar_sucesos():
        for organizacion in sorted(organizaciones, key=lambda una: una.pk):  # dos a la vez no se traban
            try:
                movida = mover_organizacion(organizacion, hacia=Organizacion.Estado.EN_REVISION, actor=actor)
                hechas.append((movida, ""))
            except ReglaIncumplida as error:
                hechas.append((organizacion, error.mensaje))
    return hechas


def bloquear_organizacion(pk: int) -> Organizacion:
    """La organización para escribir. Es el primer candado de todo lo suyo: actas, mandatos y observaciones."""
    con_lugar = Organizacion.objects.select_related("distrito", "area__padre", "area_pedida__padre")
    return bloquear(con_lugar.filter(pk=pk)).get()


def poner_al_dia(organizacion: Organizacion) -> None:
    """Guarda lo que el reloj ya decidió entre vigente y directiva vencida. La organización está bloqueada."""
    estado = organizacion.estado_de_hoy()
    if organizacion.estado in Organizacion.DE_RELOJ and estado != organizacion.estado:
        vencio = estado == Organizacion.Estado.VENCIDA
        motivo = "Nadie tiene mandato en curso." if vencio else "Tiene una directiva en curso."
        _cambiar_estado(organizacion, hacia=estado, actor=None, motivo=motivo, calidad=POR_FECHA)


def calidad_ante(actor: Usuario, organizacion: Organizacion) -> str:
    """En qué calidad actúa ante su organización: su cargo en ella, o quien la solicitó."""
    mandato = actor.mandatos.vigentes().filter(organizacion=organizacion).order_by("desde", "pk").first()  # type: ignore[attr-defined]
    if mandato is not None:
        return f"{mandato.cargo} de {organizacion}"[:120]
    return "Solicitante" if organizacion.registrada_por_id == actor.pk else "Vecina o vecino del distrito"


def _exigir_alcance(actor: Usuario | None, organizacion: Organizacion) -> None:
    if actor is not None and not permisos.alcanza(actor, organizacion.distrito_id):
        raise ReglaIncumplida("Esa organización es de un distrito al que tu trabajo no llega.")


def _exigir_paso(organizacion: Organizacion, hacia: str, actor: Usuario | None, motivo: str) -> None:
    if hacia not in reglas.siguientes(organizacion.estado):
        raise ReglaIncumplida(
            f"Una organización en estado «{organizacion.get_estado_display()}» no puede pasar a "
            f"«{Organizacion.Estado(hacia).label}».",
            campo="hacia",
        )
    if actor is not None and not permisos.puede_mover(actor, organizacion, hacia):
        raise ReglaIncumplida("Ese paso le toca a otro cargo, o al mismo cargo en otro distrito.", campo="hacia")
    frase, campo = reglas.por_que_no_pasa(organizacion.estado, hacia, _situacion(organizacion, actor, motivo))
    if frase:
        raise ReglaIncumplida(frase, campo=campo)


def _situacion(organizacion: Organizacion, actor: Usuario | None, motivo: str) -> reglas.Situacion:
    cuentas = consultas.observaciones_de_esta_vuelta(organizacion)
    mandatos = organizacion.mandatos.por_cumplir()  # type: ignore[attr-defined]
    actas = ActaDeDirectiva.objects.filter(organizacion=organizacion).exclude(estado=ActaDeDirectiva.Estado.RECHAZADA)
    area = organizacion.area_de_referencia
    ajena = Organizacion.objects.filter(area=area).exclude(pk=organizacion.pk).first() if area else None
    return reglas.Situacion(
        hoy=timezone.localdate(),
        observable_hasta=organizacion.observable_hasta,
        observaciones_abiertas=cuentas["abiertas"],
        observaciones_aceptadas=cuentas["aceptadas"],
        tiene_acta=actas.exists() or mandatos.exists(),
        tiene_directiva=organizacion.mandatos.vigentes().exists(),  # type: ignore[attr-defined]
        ya_era_vigente=organizacion.vigente_desde is not None,
        area_ajena=str(ajena or ""),
        parte_interesada=actor is not None and permisos.es_parte(actor, organizacion),
        motivo=motivo,
    )


def _preparar(organizacion: Organizacion, hacia: str) -> None:
    """Lo que cada estado deja escrito, además del estado."""
    estado, hoy = Organizacion.Estado, timezone.localdate()
    if organizacion.estado in Organizacion.DE_RELOJ and organizacion.vigente_desde is None:
        organizacion.vigente_desde = timezone.localdate(organizacion.creada)
    if hacia == estado.EN_REVISION:
        hallazgos = consultas.revisar_traslapes(organizacion)
        organizacion.revision = {"dia": hoy.isoformat(), "hallazgos": hallazgos}
        organizacion.observable_hasta = None
    elif hacia == estado.PUBLICADA:
        organizacion.reservada = False
        organizacion.publicada_el = timezone.now()
        organizacion.observable_hasta = sumar_habiles(hoy, settings.DIAS_OBSERVACION, settings.FERIADOS_LOCALES)
    elif hacia == estado.VIGENTE:
        organizacion.vigente_desde = organizacion.vigente_desde or hoy
        _dar_area(organizacion, hoy)
    elif hacia == estado.SUSPENDIDA:
        nunca = organizacion.publicada_el is None and organizacion.vigente_desde is None
        organizacion.reservada = organizacion.estado == estado.EN_REVISION and nunca


def _dar_area(organizacion: Organizacion, hoy: datetime.date) -> None:
    """Su área pasa a ser la que pidió; si no existía, nace una con nombre y punto, sin límite dibujado."""
    if organizacion.area is not None:
        return
    if organizacion.area_pedida is None:
        municipio = organizacion.distrito.municipio if organizacion.distrito else municipio_actual()
        organizacion.area_pedida = Area.objects.create(
            tipo=Area.Tipo.OTB,
            municipio=municipio,
            padre=organizacion.distrito or municipio,
            codigo=f"ORG-{organizacion.pk}",
            nombre=organizacion.nombre,
            clase=organizacion.clase,
            lon=organizacion.lon,
            lat=organizacion.lat,
            fuente="Registro de organizaciones",
            vigente_desde=hoy,
        )
    organizacion.area = organizacion.area_pedida


def _cambiar_estado(
    organizacion: Organizacion, *, hacia: str, actor: Usuario | None, motivo: str, calidad: str = ""
) -> None:
    antes, organizacion.estado = organizacion.estado, Organizacion.Estado(hacia)
    _guardar_unica(organizacion)
    anotar(
        organizacion,
        verbo="mover",
        texto=f"La organización pasó a «{organizacion.get_estado_display()}».",
        actor=actor,
        calidad=calidad or permisos.cargo_en(actor, organizacion.distrito_id),
        desde=antes,
        hasta=hacia,
        motivo=motivo,
    )
