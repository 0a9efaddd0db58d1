"""Escribir y corregir un acta, recibir la misma desde dos teléfonos y elegir una; fijar el reglamento.

El primer candado es siempre el de los procesos de la gestión: dos actas del mismo lugar se escriben una después de la
otra, y el número y el techo se miran con la fila ya hecha.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Length
from django.utils import timezone

from civic.comun.bitacora import a_json, anotar, diferencia, retrato
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.idempotencia import una_sola_vez
from civic.comun.texto import limpiar
from civic.cuentas.models import Organizacion, Usuario
from civic.procesos.consultas import por_que_esta_cerrado
from civic.procesos.models import Proceso
from mapas.territorio.models import Area
from propuestas.models import Propuesta
from votaciones.actas import consultas, permisos
from votaciones.actas.models import Acta, Envio, ReglamentoDeActas, Renglon
from votaciones.actas.reglas import asamblea, contenido, vida
from votaciones.actas.reglas.vida import Estado

PROPOSITO = "acta"
CAMPOS = (
    *("fecha", "lugar", "convocatoria", "idioma", "habilitados", "presentes", "mujeres", "hombres"),
    *("forma", "acuerdo", "firmantes"),
)
DE_REGLAMENTO = ("quorum_primera", "quorum_segunda", "dias_de_observacion", "techo_por_organizacion")
YA_HAY = "Ya hay un acta de esa clase para {} en este proceso. Corrígela o, si está aprobada, enmiéndala."


@dataclass(frozen=True)
class Escrito:
    """Lo que alguien escribió de una asamblea: los campos de CAMPOS y los proyectos, en su orden."""

    campos: dict[str, Any]
    renglones: Sequence[asamblea.Renglon] = field(default_factory=tuple)

    def en_datos(self) -> dict[str, Any]:
        """Como se guarda al lado del acta y como se distingue de otro envío."""
        return a_json({"campos": self.campos, "proyectos": [_proyecto(renglon) for renglon in self.renglones]})

    @classmethod
    def de_datos(cls, datos: dict[str, Any]) -> "Escrito":
        campos = dict(datos["campos"])
        if campos.get("fecha"):
            campos["fecha"] = datetime.date.fromisoformat(campos["fecha"])
        return cls(
            campos,
            [
                asamblea.Renglon(**proyecto | {"monto": Decimal(proyecto["monto"]) if proyecto["monto"] else None})
                for proyecto in datos["proyectos"]
            ],
        )


def _proyecto(renglon: asamblea.Renglon) -> dict[str, Any]:
    """Lo mismo escrito de dos modos da lo mismo: 10 y 10,00; el título de una propuesta es el suyo."""
    monto = None if renglon.monto is None else f"{renglon.monto:.2f}"
    return vars(renglon) | {"monto": monto, "descripcion": "" if renglon.propuesta else renglon.descripcion}


@dataclass(frozen=True)
class Recibida:
    """Qué pasó con lo enviado: el acta y, si otra persona ya había enviado la misma asamblea, el envío guardado."""

    acta: Acta
    envio: Envio | None = None
    nueva: bool = True


def escribir_acta(
    proceso: Proceso,
    *,
    tipo: str,
    organizacion: Organizacion | None = None,
    distrito: Area | None = None,
    actor: Usuario,
    escrito: Escrito,
    enmienda_de: Acta | None = None,
    escrita_en_aparato: datetime.datetime | None = None,
    numero: str = "",
) -> Acta:
    """Empieza el acta de una asamblea; nadie más la ve hasta que se publique para observarla.

    Lanza ReglaIncumplida si a `actor` no le toca, si ya hay una de ese lugar, clase y proceso, o si algo se contradice
    o pasa del techo. `numero` solo para cargar actas pasadas.
    """
    distrito = organizacion.distrito if organizacion is not None else distrito
    with transaction.atomic():
        hacer_fila(proceso)
        if por_que := por_que_esta_cerrado(Proceso.objects.get(pk=proceso.pk)):
            raise ReglaIncumplida(por_que)
        if not permisos.hace_en(actor, organizacion, distrito):
            raise ReglaIncumplida("El acta la hace la directiva, la presidencia de su distrito o su promotora.")
        if enmienda_de is not None:
            enmienda_de = _enmendable(enmienda_de)
        acta = Acta(
            proceso=proceso,
            numero=numero or _siguiente_numero(proceso.gestion),
            tipo=tipo,
            organizacion=organizacion,
            distrito=distrito,
            enmienda_de=enmienda_de,
            creada_por=actor,
            calidad=permisos.calidad_para(actor, organizacion, distrito),
            escrita_en_aparato=escrita_en_aparato,
        )
        _poner_campos(acta, escrito)
        try:
            with transaction.atomic():
                acta.save()
        except IntegrityError:
            que = "esa acta" if enmienda_de else acta.de_quien
            raise ReglaIncumplida(YA_HAY.format(que), campo="tipo") from None
        _poner_renglones(acta, escrito.renglones)
        anotar(
            acta, verbo="escribir", texto=f"Se escribió el acta {acta.numero}.", actor=actor, calidad=acta.calidad,
            publico=False, hasta=acta.estado,
        )  # fmt: skip
    return acta


def corregir_acta(acta: Acta, *, actor: Usuario, escrito: Escrito) -> Acta:
    """Cambia un borrador o un acta observada. Lo firmado antes sigue a la vista hasta que se firme de nuevo."""
    with transaction.atomic():
        hacer_fila(acta.proceso)
        acta = bloquear_acta(acta.pk)
        _exigir_editable(acta, actor)
        _reescribir(acta, escrito, actor, verbo="corregir", texto="Se corrigió el acta.")
    return acta


def recibir_acta(
    proceso: Proceso,
    *,
    tipo: str,
    organizacion: Organizacion | None,
    distrito: Area | None,
    actor: Usuario,
    escrito: Escrito,
    clave: str,
    escrita_en_aparato: datetime.datetime | None = None,
) -> Recibida:
    """Recibe un acta del formulario o del teléfono una sola vez por `clave`.

    Si otra persona ya envió la misma asamblea, esta se guarda entera al lado para elegir: ninguna pisa a la otra. La
    misma persona que envía lo mismo dos veces (otra clave, otro teléfono) recibe lo que ya estaba.
    """
    envios: list[Envio] = []

    def crear() -> Acta:
        hacer_fila(proceso)
        ya = _la_que_hay(proceso, tipo, organizacion, distrito)
        if ya is None:
            return escribir_acta(
                proceso,
                tipo=tipo,
                organizacion=organizacion,
                distrito=distrito,
                actor=actor,
                escrito=escrito,
                escrita_en_aparato=escrita_en_aparato,
            )
        if ya.creada_por_id == actor.pk and huella_de_acta(ya) == huella_de_escrito(escrito):
            return ya
        if not permisos.hace_en(actor, organizacion, ya.distrito) or ya.estado not in vida.EDITABLES:
            raise ReglaIncumplida(YA_HAY.format(ya.de_quien), campo="tipo")
        envios.append(_guardar_envio(ya, actor, escrito, escrita_en_aparato))
        return ya

    donde = organizacion.pk if organizacion else f"d{distrito.pk if distrito else 0}"
    datos = escrito.en_datos() | {"tipo": tipo, "proceso": proceso.pk, "donde": donde}
    pk, nueva = una_sola_vez(clave, proposito=PROPOSITO, usuario=actor, datos=datos, crear=crear)
    acta = Acta.objects.con_lugar().get(pk=pk)
    if not envios:
        huella = huella_de_escrito(escrito)
        envios = list(Envio.objects.filter(acta=acta, autor=actor, huella=huella, estado=Envio.Estado.POR_ELEGIR)[:1])
    return Recibida(acta, envios[0] if envios else None, nueva)


def elegir_envio(envio: Envio, *, actor: Usuario, quedarse_con_el_acta: bool = False) -> Acta:
    """Decide entre el acta y el envío: el elegido queda en el acta y el otro, guardado como no elegido."""
    with transaction.atomic():
        hacer_fila(envio.acta.proceso)
        acta = bloquear_acta(envio.acta_id)
        envio = bloquear(Envio.objects.filter(pk=envio.pk)).get()
        if envio.estado != Envio.Estado.POR_ELEGIR:
            raise ReglaIncumplida("Ya se eligió entre esos dos.")
        _exigir_editable(acta, actor)
        antes = _escrito_de(acta).en_datos()
        envio.elegido_por = actor
        if quedarse_con_el_acta:
            envio.estado = Envio.Estado.DESCARTADO
            envio.save(update_fields=["estado", "elegido_por"])
            _anotar_eleccion(acta, actor, "Se eligió la primera de las dos actas enviadas.", envio)
            return acta
        # Lo que se reemplaza también queda guardado, con quien lo había escrito.
        Envio.objects.create(
            acta=acta, datos=antes, huella=contenido.huella_de(contenido.canonico(antes)), autor=acta.creada_por,
            calidad=acta.calidad, escrito_en_aparato=acta.escrita_en_aparato, estado=Envio.Estado.DESCARTADO,
            elegido_por=actor,
        )  # fmt: skip
        envio.estado = Envio.Estado.ELEGIDO
        envio.save(update_fields=["estado", "elegido_por"])
        acta.escrita_en_aparato = envio.escrito_en_aparato
        escrito = Escrito.de_datos(envio.datos)
        _reescribir(acta, escrito, actor, verbo="elegir", texto="Se eligió la segunda de las dos actas enviadas.")
    return acta


def enmendar_acta(anterior: Acta, *, actor: Usuario) -> Acta:
    """Empieza la enmienda de un acta aprobada con lo mismo que ella dice; vale recién cuando también se apruebe."""
    return escribir_acta(
        anterior.proceso,
        tipo=anterior.tipo,
        organizacion=anterior.organizacion,
        distrito=anterior.distrito,
        actor=actor,
        escrito=_escrito_de(anterior),
        enmienda_de=anterior,
    )


def fijar_reglamento(proceso: Proceso, *, actor: Usuario | None, **datos: Any) -> ReglamentoDeActas:
    """Fija quórum, plazo de observación y techo por organización de las actas de un proceso. Es público."""
    if ajenos := set(datos) - set(DE_REGLAMENTO):
        raise TypeError(f"No son del reglamento: {sorted(ajenos)}")
    with transaction.atomic():
        hacer_fila(proceso)
        if actor is not None and not permisos.decide(actor):
            raise ReglaIncumplida("El reglamento de las actas lo fija Planificación POA.")
        reglamento = consultas.reglamento_de(proceso)
        antes = retrato(reglamento, DE_REGLAMENTO)
        for campo, valor in datos.items():
            setattr(reglamento, campo, valor)
        if reglamento.quorum_segunda > reglamento.quorum_primera:
            raise ReglaIncumplida(
                "El quórum de segunda convocatoria no puede ser mayor que el de primera.", campo="quorum_segunda"
            )
        reglamento.save()
        era, es = diferencia(antes, retrato(reglamento, DE_REGLAMENTO))
        if era or es:
            anotar(
                proceso, verbo="fijar_reglamento_de_actas", texto="Se fijó el reglamento de las actas de asamblea.",
                actor=actor, calidad=permisos.calidad_para(actor, None, None) if actor else "", antes=era, despues=es,
            )  # fmt: skip
    return reglamento


# --- Piezas ----------------------------------------------------------------------------------------------------------
def hacer_fila(proceso: Proceso) -> None:
    """Bloquea los procesos de la gestión: las actas se numeran y se miden con el techo de a una."""
    list(bloquear(Proceso.objects.filter(gestion=proceso.gestion).order_by("pk")))


def bloquear_acta(pk: int) -> Acta:
    return bloquear(Acta.objects.con_lugar().filter(pk=pk)).get()


def _siguiente_numero(gestion: int) -> str:
    """ACTA-2027-001, con la fila ya hecha."""
    raiz = f"ACTA-{gestion}-"
    numeros = Acta.objects.filter(numero__regex=rf"^{raiz}[0-9]+$").order_by(Length("numero").desc(), "-numero")
    ultimo = numeros.values_list("numero", flat=True).first()
    return f"{raiz}{int(ultimo.removeprefix(raiz)) + 1 if ultimo else 1:03d}"


def _la_que_hay(proceso: Proceso, tipo: str, organizacion: Organizacion | None, distrito: Area | None) -> Acta | None:
    vivas = Acta.objects.vivas().con_lugar().filter(proceso=proceso, tipo=tipo, enmienda_de__isnull=True)
    if organizacion is not None:
        return vivas.filter(organizacion=organizacion).first()
    return vivas.filter(organizacion__isnull=True, distrito=distrito).first()


def _enmendable(acta: Acta) -> Acta:
    acta = bloquear_acta(acta.pk)
    if acta.estado != Estado.APROBADA:
        raise ReglaIncumplida(f"Se enmienda un acta aprobada, y esta está «{acta.ficha.etiqueta}».")
    return acta


def _exigir_editable(acta: Acta, actor: Usuario) -> None:
    if acta.estado not in vida.EDITABLES:
        raise ReglaIncumplida(f"El acta está «{acta.ficha.etiqueta}»: ya no se corrige. {acta.ficha.sigue}")
    if not permisos.la_hace(actor, acta):
        raise ReglaIncumplida("El acta la corrige quien la escribió, su directiva o la presidencia de su distrito.")


def _poner_campos(acta: Acta, escrito: Escrito) -> None:
    if ajenos := set(escrito.campos) - set(CAMPOS):
        raise TypeError(f"No son del acta: {sorted(ajenos)}")
    for campo, valor in escrito.campos.items():
        if isinstance(valor, str):
            valor = limpiar(valor, varias_lineas=campo == "acuerdo")
        setattr(acta, campo, valor)
    acta.firmantes = [llano for cargo in acta.firmantes if (llano := limpiar(str(cargo))[:80])]
    problemas = asamblea.problemas_de_asistencia(acta.habilitados, acta.presentes, acta.mujeres, acta.hombres)
    if problemas:
        campo, frase = problemas[0]
        raise ReglaIncumplida(f"Hay que {frase}.", campo=campo)


def _poner_renglones(acta: Acta, renglones: Sequence[asamblea.Renglon]) -> None:
    problemas = asamblea.problemas_de_renglones(renglones, acta.presentes)
    if problemas:
        raise ReglaIncumplida(f"Hay que {problemas[0]}.")
    elegidas = {renglon.propuesta for renglon in renglones if renglon.propuesta is not None}
    ya_estaban = set(Renglon.objects.filter(acta=acta, propuesta__in=elegidas).values_list("propuesta", flat=True))
    if acta.enmienda_de_id is not None:  # lo que ya se priorizó puede quedarse aunque haya avanzado
        en_la_otra = Renglon.objects.filter(acta=acta.enmienda_de_id, propuesta__in=elegidas)
        ya_estaban |= set(en_la_otra.values_list("propuesta", flat=True))
    suyas = consultas.priorizables(acta.organizacion, acta.distrito).filter(pk__in=elegidas - ya_estaban)
    if suyas.count() != len(elegidas - ya_estaban):
        raise ReglaIncumplida("Una de las propuestas elegidas es de otro lugar o ya no se puede priorizar.")
    titulos = dict(Propuesta.objects.filter(pk__in=elegidas).values_list("pk", "titulo"))
    Renglon.objects.filter(acta=acta).delete()
    Renglon.objects.bulk_create(
        Renglon(
            acta=acta,
            orden=orden,
            propuesta_id=renglon.propuesta,
            descripcion=limpiar(renglon.descripcion)[:200] or titulos.get(renglon.propuesta or 0, ""),
            monto=renglon.monto,
            a_favor=renglon.a_favor,
            en_contra=renglon.en_contra,
            abstenciones=renglon.abstenciones,
        )
        for orden, renglon in enumerate(renglones, start=1)
    )
    saldo = consultas.saldo_de(acta)
    if saldo.pasa:
        raise ReglaIncumplida(saldo.por_que_pasa)


def _reescribir(acta: Acta, escrito: Escrito, actor: Usuario, *, verbo: str, texto: str) -> None:
    antes = _escrito_de(acta).en_datos()
    _poner_campos(acta, escrito)
    acta.save()
    _poner_renglones(acta, escrito.renglones)
    despues = _escrito_de(acta).en_datos()
    if antes != despues:
        # El texto lo escribió una persona y puede tener que retirarse: va reservado.
        anotar(
            acta, verbo=verbo, texto=texto, actor=actor, publico=False, datos={"antes": antes, "despues": despues},
            calidad=permisos.calidad_para(actor, acta.organizacion, acta.distrito),
        )  # fmt: skip


def _escrito_de(acta: Acta) -> Escrito:
    """Lo que el acta dice ahora, como si se acabara de enviar."""
    renglones = [consultas.renglon_llano(renglon) for renglon in consultas.renglones_de(acta)]
    return Escrito({campo: getattr(acta, campo) for campo in CAMPOS}, renglones)


def huella_de_escrito(escrito: Escrito) -> str:
    return contenido.huella_de(contenido.canonico(escrito.en_datos()))


def huella_de_acta(acta: Acta) -> str:
    return huella_de_escrito(_escrito_de(acta))


def _guardar_envio(acta: Acta, actor: Usuario, escrito: Escrito, en_aparato: datetime.datetime | None) -> Envio:
    envio, nuevo = Envio.objects.get_or_create(
        acta=acta,
        autor=actor,
        huella=huella_de_escrito(escrito),
        defaults={
            "datos": escrito.en_datos(),
            "calidad": permisos.calidad_para(actor, acta.organizacion, acta.distrito),
            "escrito_en_aparato": en_aparato,
            "recibido": timezone.now(),
        },
    )
    if nuevo:
        _anotar_eleccion(acta, actor, "Otra persona envió la misma asamblea: hay que elegir.", envio, verbo="duplicar")
    return envio


def _anotar_eleccion(acta: Acta, actor: Usuario, texto: str, envio: Envio, *, verbo: str = "elegir") -> None:
    anotar(
        acta, verbo=verbo, texto=texto, actor=actor, publico=False, datos={"envio": envio.pk},
        calidad=permisos.calidad_para(actor, acta.organizacion, acta.distrito),
    )  # fmt: skip
