"""Verbos de las votaciones: preparar, abrir, votar, cerrar y contar.

Todas reciben `ahora` opcional: sirve para probar el instante del cierre y para cargar votaciones pasadas en la demo.
"""

import json
import random
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from civic.comun.bitacora import anotar, diferencia, juntar_sucesos, retrato
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.idempotencia import emitir_clave, revisar_clave
from civic.cuentas.models import Identidad, Residencia
from civic.procesos.consultas import techos_por_distrito
from civic.procesos.models import Proceso
from civic.procesos.reglas import dia
from propuestas.acciones import mover_propuesta
from propuestas.models import Propuesta
from propuestas.reglas import SISTEMA
from propuestas.reglas import Estado as EstadoDePropuesta
from votaciones import permisos
from votaciones.consultas import a_centavos, libro_de
from votaciones.models import Contienda, Opcion, Participacion, Resultado, Votacion, Voto
from votaciones.reglas import REGLAS, Conteo, estados, libro, orden_de_desempate
from votaciones.reglas import papeleta as papeletas
from votaciones.reglas import recibo as recibos

CALIDAD = "Planificación POA"
CORREGIBLES = ("nombre", "slug", "abre", "cierra", "regla")
YA_VOTASTE = "Ya votaste en este distrito. Tu primera papeleta está en la urna y no se puede cambiar."


# --- Preparar --------------------------------------------------------------------------------------------------------
@juntar_sucesos()
def preparar_votacion(
    proceso: Proceso,
    *,
    nombre: str,
    slug: str,
    abre: datetime,
    cierra: datetime,
    regla: str = Votacion.Regla.VORAZ,
    actor: Any = None,
) -> Votacion:
    """Crea la votación con una contienda por distrito con techo y, en cada una, sus propuestas viables."""
    permisos.exigir_conducir(actor)
    if cierra <= abre:
        raise ReglaIncumplida("La votación debe cerrar después de abrir.", campo="cierra")
    if Votacion.objects.filter(slug=slug).exists():
        raise ReglaIncumplida("Ya hay una votación con esa dirección. Escribe otra.", campo="slug")
    techos = techos_por_distrito(proceso)
    if not techos:
        raise ReglaIncumplida("Ese proceso no tiene techos por distrito. Cárgalos primero.", campo="proceso")
    votacion = Votacion.objects.create(proceso=proceso, nombre=nombre, slug=slug, abre=abre, cierra=cierra, regla=regla)
    numeros: set[int] = set()
    for distrito, monto in techos:
        numero = distrito.orden
        if numero == 0 or numero in numeros:  # distritos sin orden propio: el primer número libre
            numero = next(n for n in range(1, 1000) if n not in numeros)
        numeros.add(numero)
        Contienda.objects.create(votacion=votacion, distrito=distrito, numero=numero, presupuesto=monto)
    anotar(
        votacion, verbo="preparar", actor=actor, calidad=CALIDAD, texto="Se preparó la votación.", publico=False,
        hasta=votacion.estado, antes={}, despues=retrato(votacion, CORREGIBLES),
    )  # fmt: skip
    agregar_opciones(votacion, actor=actor)
    return votacion


@transaction.atomic
def corregir_votacion(
    votacion: Votacion, *, nombre: str, slug: str, abre: datetime, cierra: datetime, regla: str, actor: Any = None
) -> Votacion:
    """Cambia los datos de una votación en preparación. Una vez abierta, nada se corrige."""
    permisos.exigir_conducir(actor)
    votacion = bloquear(Votacion.objects.filter(pk=votacion.pk)).get()
    if votacion.estado != Votacion.Estado.PREPARADA:
        raise ReglaIncumplida("La votación ya se abrió: sus reglas están congeladas.")
    retrato_anterior = retrato(votacion, CORREGIBLES)
    votacion.nombre, votacion.slug, votacion.abre, votacion.cierra, votacion.regla = nombre, slug, abre, cierra, regla
    votacion.save(update_fields=CORREGIBLES)
    antes, despues = diferencia(retrato_anterior, retrato(votacion, CORREGIBLES))
    if despues:
        anotar(
            votacion, verbo="corregir", actor=actor, calidad=CALIDAD, texto="Se corrigieron los datos de la votación.",
            publico=False, antes=antes, despues=despues,
        )  # fmt: skip
    return votacion


@transaction.atomic
def agregar_opciones(votacion: Votacion, *, actor: Any = None) -> int:
    """Arma de nuevo las papeletas con las propuestas viables de hoy; devuelve cuántas opciones quedaron.

    Solo en preparación. Los presupuestos se toman otra vez de los techos. Una propuesta sin costo, o que cuesta más
    que el presupuesto de su distrito, no entra: nadie podría elegirla.
    """
    permisos.exigir_conducir(actor)
    votacion = bloquear(Votacion.objects.filter(pk=votacion.pk)).get()
    if votacion.estado != Votacion.Estado.PREPARADA:
        raise ReglaIncumplida("Las papeletas ya se congelaron: no se pueden cambiar.")
    techos = {distrito.pk: monto for distrito, monto in techos_por_distrito(votacion.proceso)}
    opciones: list[Opcion] = []
    antes = _papeletas_de(votacion)
    for contienda in bloquear(Contienda.objects.filter(votacion=votacion)):
        contienda.presupuesto = techos.get(contienda.distrito_id, contienda.presupuesto)
        contienda.save(update_fields=["presupuesto"])
        contienda.opciones.all().delete()
        viables = Propuesta.objects.filter(
            proceso=votacion.proceso_id, distrito=contienda.distrito_id, estado=EstadoDePropuesta.VIABLE.value
        ).order_by("codigo", "pk")
        caben = [(p, p.monto) for p in viables if p.monto is not None and p.monto <= contienda.presupuesto]
        opciones += [
            Opcion(contienda=contienda, propuesta=p, titulo=p.titulo, costo=monto, numero=numero)
            for numero, (p, monto) in enumerate(caben, start=1)
        ]
    Opcion.objects.bulk_create(opciones)
    anotar(
        votacion, verbo="armar", actor=actor, calidad=CALIDAD, publico=False, antes=antes,
        despues=_papeletas_de(votacion), texto=f"Se armaron las papeletas con {len(opciones)} obras.",
    )  # fmt: skip
    return len(opciones)


def _papeletas_de(votacion: Votacion) -> dict[str, Any]:
    """{número de la contienda: su presupuesto y sus obras con costo}, para la bitácora."""
    papeletas: dict[str, Any] = {}
    for contienda in Contienda.objects.filter(votacion=votacion).prefetch_related("opciones__propuesta"):
        obras = {opcion.propuesta.codigo or opcion.propuesta_id: opcion.costo for opcion in contienda.opciones.all()}
        papeletas[str(contienda.numero)] = {"presupuesto": contienda.presupuesto, "obras": obras}
    return papeletas


# --- Abrir y cerrar --------------------------------------------------------------------------------------------------
@juntar_sucesos()
def abrir_votacion(votacion: Votacion, actor: Any = None, *, ahora: datetime | None = None) -> Votacion:
    """Congela papeletas, presupuestos y padrón, publica la huella del libro y pasa las propuestas a votación."""
    permisos.exigir_conducir(actor)
    ahora = ahora or timezone.now()
    votacion = bloquear(Votacion.objects.filter(pk=votacion.pk).select_related("proceso")).get()
    estados.exigir_movimiento(votacion.estado, Votacion.Estado.ABIERTA)
    if actor is not None:
        permisos.exigir_otra_persona(permisos.por_que_no_abre(actor, votacion))
    if not votacion.proceso.publicado:
        raise ReglaIncumplida("Publica primero el proceso: la gente debe poder leerlo antes de votar.")
    if ahora >= votacion.cierra:
        raise ReglaIncumplida(f"El cierre era el {dia(votacion.cierra)}. Corrige las fechas antes de abrir.")
    opciones = _exigir_papeletas_al_dia(votacion)
    for contienda in bloquear(Contienda.objects.filter(votacion=votacion)):
        contienda.habilitados = Residencia.objects.habilitadas().filter(distrito=contienda.distrito_id).count()
        contienda.save(update_fields=["habilitados"])
    votacion.libro = libro.canonico(libro_de(votacion))
    votacion.huella = libro.huella_de(votacion.libro)
    votacion.estado = Votacion.Estado.ABIERTA
    votacion.save(update_fields=["libro", "huella", "estado"])
    for opcion in opciones:
        mover_propuesta(opcion.propuesta, hacia=EstadoDePropuesta.EN_VOTACION.value, actor=actor, calidad=SISTEMA)
    anotar(
        votacion,
        verbo="abrir",
        actor=actor,
        calidad=CALIDAD,
        desde=Votacion.Estado.PREPARADA,
        hasta=Votacion.Estado.ABIERTA,
        antes={"estado": Votacion.Estado.PREPARADA, "huella": ""},
        despues={"estado": Votacion.Estado.ABIERTA, "huella": votacion.huella},
        texto=f"Se abrió la votación. Huella del libro de reglas: {votacion.huella}.",
        datos={"huella": votacion.huella},
    )
    return votacion


def _exigir_papeletas_al_dia(votacion: Votacion) -> list[Opcion]:
    """Las opciones de la votación; ReglaIncumplida si no hay o si alguna propuesta cambió desde que se prepararon."""
    opciones = list(
        Opcion.objects.filter(contienda__votacion=votacion).select_related("propuesta").order_by("contienda", "numero")
    )
    if not opciones:
        raise ReglaIncumplida("Ningún distrito tiene obras viables: no hay nada que votar todavía.")
    for opcion in opciones:
        propuesta = opcion.propuesta
        if propuesta.estado != EstadoDePropuesta.VIABLE.value or propuesta.monto != opcion.costo:
            raise ReglaIncumplida(
                f"La propuesta «{propuesta.titulo}» cambió desde que se armaron las papeletas. Ármalas de nuevo."
            )
    return opciones


@transaction.atomic
def cerrar_votacion(
    votacion: Votacion, actor: Any = None, *, motivo: str = "", ahora: datetime | None = None
) -> Votacion:
    """Cierra la votación: desde aquí no entra ni un voto más.

    Sin `actor` (el sistema) solo desde la hora anunciada; antes de esa hora hace falta Planificación y un motivo,
    que queda público.
    """
    permisos.exigir_conducir(actor)
    ahora = ahora or timezone.now()
    votacion = bloquear(Votacion.objects.filter(pk=votacion.pk)).get()
    # Los mismos candados que toma quien vota: los que ya entraron terminan, los demás encuentran la urna cerrada.
    list(bloquear(Contienda.objects.filter(votacion=votacion).order_by("pk")))
    estados.exigir_movimiento(votacion.estado, Votacion.Estado.CERRADA)
    antes_de_hora = ahora < votacion.cierra
    if antes_de_hora and actor is None:
        raise ReglaIncumplida(f"La votación cierra el {dia(votacion.cierra)}; todavía no es la hora.")
    if antes_de_hora and not motivo.strip():
        raise ReglaIncumplida(
            f"La hora anunciada es el {dia(votacion.cierra)}. Para cerrar antes, escribe el motivo: será público.",
            campo="motivo",
        )
    votacion.estado = Votacion.Estado.CERRADA
    votacion.save(update_fields=["estado"])
    anotar(
        votacion,
        verbo="cerrar",
        actor=actor,
        calidad=CALIDAD,
        desde=Votacion.Estado.ABIERTA,
        hasta=Votacion.Estado.CERRADA,
        texto="Se cerró la votación antes de la hora anunciada." if antes_de_hora else "Se cerró la votación.",
        motivo=motivo.strip(),
    )
    return votacion


# --- Votar -----------------------------------------------------------------------------------------------------------
def _proposito(contienda: Contienda) -> str:
    return f"voto:{contienda.pk}"


def emitir_clave_de_papeleta(contienda: Contienda, *, usuario: Any) -> str:
    """Clave al azar y firmada para un formulario de papeleta, atada a la persona y la contienda. No se guarda."""
    return emitir_clave(_proposito(contienda), usuario)


def emitir_voto(
    contienda: Contienda, *, usuario: Any, numeros: Iterable[int], clave: str, ahora: datetime | None = None
) -> str:
    """Pone la papeleta en la urna y devuelve el código del recibo.

    El código sale de la clave del formulario: el mismo formulario enviado dos veces (doble clic, respuesta perdida)
    recibe el mismo recibo y no pone otra papeleta. Nada de esto se anota en la bitácora.
    """
    secreto = revisar_clave(clave, _proposito(contienda), usuario)
    codigo = recibos.codigo_de(salted_hmac("votaciones.recibo", secreto, algorithm="sha256").digest())
    huella = recibos.huella_de(codigo)
    elegidas = sorted(set(numeros))
    with transaction.atomic():
        list(bloquear(Contienda.objects.filter(pk=contienda.pk)))
        # Se vuelve a leer aparte: PostgreSQL trae las tablas unidas como estaban antes de esperar el candado, y la
        # votación pudo cerrarse mientras tanto.
        contienda = Contienda.objects.select_related("votacion__proceso").get(pk=contienda.pk)
        if (anterior := Voto.objects.filter(contienda=contienda, recibo=huella).first()) is not None:
            if anterior.seleccion != elegidas:
                raise ReglaIncumplida(YA_VOTASTE)
            return codigo
        # Con su identidad bloqueada nadie la pasa a otra cuenta mientras se vota; se lee antes que lo demás.
        identidad = bloquear(Identidad.objects.filter(cuenta=usuario)).first()
        if impedimento := permisos.impedimento_de(contienda, usuario, ahora or timezone.now()):
            raise ReglaIncumplida(impedimento.frase)
        costos = dict(contienda.opciones.values_list("numero", "costo"))
        elegidas = papeletas.exigir_valida(elegidas, costos, contienda.presupuesto)
        try:
            with transaction.atomic():
                Participacion.objects.create(
                    contienda=contienda,
                    usuario=usuario,
                    identidad=identidad,
                    metodo=Residencia.objects.values_list("metodo", flat=True).get(usuario=usuario),
                )
        except IntegrityError:
            # El candado ya lo evita; si algún día faltara, la base también dice que no.
            raise ReglaIncumplida(YA_VOTASTE) from None
        Voto.objects.create(contienda=contienda, recibo=huella, seleccion=elegidas)
    return codigo


# --- Contar ----------------------------------------------------------------------------------------------------------
@juntar_sucesos()
def contar_votacion(votacion: Votacion, actor: Any = None, *, ahora: datetime | None = None) -> Votacion:
    """Cuenta la urna con las dos reglas, escribe los resultados y mueve las propuestas. Repetirlo da lo mismo."""
    permisos.exigir_conducir(actor)
    votacion = bloquear(Votacion.objects.filter(pk=votacion.pk).select_related("proceso")).get()
    estados.exigir_movimiento(votacion.estado, Votacion.Estado.CONTADA)
    if actor is not None:
        permisos.exigir_otra_persona(permisos.por_que_no_cuenta(actor, votacion))
    contiendas = list(bloquear(Contienda.objects.filter(votacion=votacion).order_by("pk")))
    if cambio := libro.diferencia(json.loads(votacion.libro), libro_de(votacion)):
        raise ReglaIncumplida(f"El libro de reglas no es el que se publicó al abrir: cambió {cambio}. No se cuenta.")
    for contienda in contiendas:
        _barajar_urna(contienda)
        _contar_contienda(contienda, votacion, actor=actor)
    if votacion.estado != Votacion.Estado.CONTADA:
        votacion.estado = Votacion.Estado.CONTADA
        votacion.contada = ahora or timezone.now()
        votacion.save(update_fields=["estado", "contada"])
        anotar(
            votacion,
            verbo="contar",
            actor=actor,
            calidad=CALIDAD,
            desde=Votacion.Estado.CERRADA,
            hasta=Votacion.Estado.CONTADA,
            texto="Se contaron los votos y se publicó el resultado.",
        )
    return votacion


def _barajar_urna(contienda: Contienda) -> None:
    """Vacía la urna y la llena de nuevo, barajada y de una vez; también reescribe quién participó.

    Emitir un voto escribe juntas la participación y la papeleta, y PostgreSQL guarda en cada fila el número de su
    transacción (xmin; con el punto de guardado, dos números vecinos): mientras nadie las reescriba, quien administre la
    base puede unirlas. Después de esto todas las papeletas comparten un número, todas las participaciones también, sus
    claves son nuevas y el orden de las filas es otro. Quedan versiones viejas hasta el VACUUM (ver OPERACION.md).
    """
    votos = list(Voto.objects.filter(contienda=contienda))
    if len(votos) != Participacion.objects.filter(contienda=contienda).count():
        raise ReglaIncumplida(
            f"La urna del {contienda.distrito} no cuadra: sus {len(votos)} papeletas no son las personas que votaron."
        )
    random.SystemRandom().shuffle(votos)
    Voto.objects.filter(contienda=contienda).delete()
    Voto.objects.bulk_create(
        [Voto(contienda=contienda, recibo=voto.recibo, seleccion=voto.seleccion) for voto in votos], batch_size=500
    )
    Participacion.objects.filter(contienda=contienda).update(contienda=F("contienda"))


def _contar_contienda(contienda: Contienda, votacion: Votacion, *, actor: Any) -> None:
    """Escribe el resultado de una contienda con cada regla y mueve sus propuestas según la oficial."""
    opciones = {opcion.numero: opcion for opcion in contienda.opciones.select_related("propuesta").order_by("numero")}
    seleccion = list(Voto.objects.filter(contienda=contienda).values_list("seleccion", flat=True))
    for regla, contar in REGLAS.items():
        conteo = contar(
            {numero: a_centavos(opcion.costo) for numero, opcion in opciones.items()},
            seleccion,
            presupuesto=a_centavos(contienda.presupuesto),
            desempate=orden_de_desempate(opciones, votacion.huella),
        )
        oficial = regla == votacion.regla
        Resultado.objects.update_or_create(
            contienda=contienda,
            regla=regla,
            defaults={
                "oficial": oficial,
                "votos": conteo.papeletas,
                "gastado": Decimal(conteo.gastado) / 100,
                "detalle": _detalle(conteo, opciones),
            },
        )
        if oficial:
            _mover_propuestas(conteo, opciones, actor=actor)


def _detalle(conteo: Conteo, opciones: dict[int, Opcion]) -> list[dict[str, Any]]:
    return [
        {
            "numero": contada.id,
            "titulo": opciones[int(contada.id)].titulo,
            "costo": str(opciones[int(contada.id)].costo),
            "votos": contada.votos,
            "gana": contada.gana,
            "vuelta": contada.vuelta,
            "razon": contada.razon,
        }
        for contada in conteo.opciones
    ]


def _mover_propuestas(conteo: Conteo, opciones: dict[int, Opcion], *, actor: Any) -> None:
    """Las que siguen en votación pasan a seleccionadas o no seleccionadas, con su razón; en un reconteo, ninguna."""
    for contada in conteo.opciones:
        propuesta = opciones[int(contada.id)].propuesta
        if propuesta.estado == EstadoDePropuesta.EN_VOTACION.value:
            hacia = EstadoDePropuesta.SELECCIONADA if contada.gana else EstadoDePropuesta.NO_SELECCIONADA
            mover_propuesta(propuesta, hacia=hacia.value, actor=actor, calidad=SISTEMA, motivo=contada.razon)
