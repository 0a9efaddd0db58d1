"""Verbos de los procesos: guardar, mover, calcular techos, aprobarlos."""

import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.dinero import bolivianos
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.procesos import consultas, permisos, reglas
from civic.procesos.consultas import FilaDeCuenta
from civic.procesos.models import Categoria, Cuota, FuenteDeFinanciamiento, Proceso, Reparto, Sector, Techo
from civic.procesos.reglas import formula as formulas
from civic.procesos.reglas import techos as reglas_de_techos
from civic.procesos.reglas.fases import FRASES_DE_MOVIMIENTO

# Lo que nunca escribe el formulario del proceso: lo cambian las acciones de abajo.
_DE_ACCIONES = (
    *("estado", "motivo_estado", "estado_desde"),
    *("techos_estado", "techos_norma", "techos_aprobados", "techos_aprobados_por_id"),
)
LARGO_DEL_MOTIVO = 600


# --- Guardar --------------------------------------------------------------------------------------------------------
def guardar_proceso(proceso: Proceso, *, actor: Any = None, guardar: Callable[[], Any], motivo: str = "") -> Proceso:
    """Guarda un proceso con sus fases y techos, y deja en la bitácora lo que el público vería cambiar.

    `guardar` escribe el proceso con sus fases y techos, que vienen juntos del formulario. `motivo` es la razón pública
    del cambio. Lanza ReglaIncumplida si un cambio de fechas o actos de un proceso publicado vale en menos de 72 horas
    y no trae razón, si un techo se aparta de su fórmula sin decir por qué, o si cambian los techos mientras se vota. Un
    borrador se cambia sin dejar rastro público; desde que se publica, no.
    """
    motivo = _motivo(motivo)
    with transaction.atomic():
        if proceso.pk:
            guardado = bloquear(Proceso.objects.filter(pk=proceso.pk)).get()
            # El formulario leyó el proceso antes del candado: lo que no es suyo se queda como está ahora.
            for campo in _DE_ACCIONES:
                setattr(proceso, campo, getattr(guardado, campo))
        antes, montos = consultas.retrato_de(proceso), consultas.montos_de_techos(proceso)
        try:
            with transaction.atomic():
                guardar()
        except IntegrityError:
            raise ReglaIncumplida(
                "Otra persona guardó este proceso al mismo tiempo. Vuelve a abrirlo y repite tu cambio."
            ) from None
        despues, ahora = consultas.retrato_de(proceso), timezone.now()
        lista = reglas.cambios(antes, despues)
        reglas.exigir_techos_firmes(antes, despues, ahora)
        if antes.es_publico:
            reglas.exigir_aviso(lista, motivo, ahora)
        if antes.techos != despues.techos:
            permisos.exigir_planificar(actor, "Cambiar techos")
            _explicar_ajustes(proceso, montos, motivo)
        _anotar_cambios(proceso, antes, despues, lista, motivo=motivo, actor=actor)
    return proceso


def publicar_proceso(proceso: Proceso, *, actor: Any = None) -> Proceso:
    """Publica un proceso que era borrador; lo demás queda como estaba."""
    with transaction.atomic():
        proceso = bloquear(Proceso.objects.filter(pk=proceso.pk)).get()
        if proceso.publicado:
            raise ReglaIncumplida("Este proceso ya estaba publicado.")
        proceso.publicado = True
        guardar_proceso(proceso, actor=actor, guardar=lambda: proceso.save(update_fields=["publicado"]))
    return proceso


def guardar_del_catalogo(
    objeto: Categoria | FuenteDeFinanciamiento, *, actor: Any = None
) -> Categoria | FuenteDeFinanciamiento:
    """Guarda una categoría o una fuente de financiamiento y anota qué cambió."""
    modelo: Any = type(objeto)
    campos = [campo.name for campo in modelo._meta.concrete_fields if not campo.primary_key]
    with transaction.atomic():
        guardado = bloquear(modelo.objects.filter(pk=objeto.pk)).first() if objeto.pk else None
        objeto.save()
        distintos = [c for c in campos if guardado is None or getattr(guardado, c) != getattr(objeto, c)]
        if distintos:
            anotar(
                objeto,
                verbo="corregir_catalogo" if guardado else "crear_en_catalogo",
                texto=f"{'Corrigió' if guardado else 'Agregó'} «{objeto}» en el catálogo.",
                actor=actor,
                calidad=permisos.calidad_de(actor),
                antes={campo: str(getattr(guardado, campo)) for campo in distintos} if guardado else None,
                despues={campo: str(getattr(objeto, campo)) for campo in distintos},
                publico=False,
            )
    return objeto


def _anotar_cambios(
    proceso: Proceso,
    antes: reglas.Retrato,
    despues: reglas.Retrato,
    lista: list[reglas.Cambio],
    *,
    motivo: str,
    actor: Any,
) -> None:
    se_ve = antes.es_publico or despues.publicado
    if not antes.es_publico and despues.publicado:
        # Lo que se cambió siendo borrador no es noticia; que se publicó, sí.
        _anotar(proceso, "cambiar_proceso", "Se publicó el proceso.", motivo, actor)
        lista = [cambio for cambio in lista if cambio.clase == reglas.TECHOS]
        se_ve = False
    for cambio in lista:
        verbo = {reglas.CALENDARIO: "cambiar_calendario", reglas.TECHOS: "cambiar_techos"}.get(
            cambio.clase, "cambiar_proceso"
        )
        if se_ve or verbo == "cambiar_techos":
            # Los techos de un borrador también se anotan: quien los propone no puede aprobarlos después.
            _anotar(proceso, verbo, cambio.texto, motivo, actor, cambio=cambio, publico=se_ve)
    if antes.techos != despues.techos:
        _devolver_techos(proceso, actor=actor)


def _anotar(
    proceso: Proceso,
    verbo: str,
    texto: str,
    motivo: str,
    actor: Any,
    *,
    cambio: reglas.Cambio | None = None,
    publico: bool = True,
) -> None:
    datos = {"que": cambio.que, "era": cambio.era, "es": cambio.es} if cambio and cambio.que else {}
    anotar(
        proceso,
        verbo=verbo,
        texto=texto,
        actor=actor,
        calidad=permisos.calidad_de(actor),
        motivo=motivo,
        publico=publico,
        datos=datos,
    )


def _devolver_techos(proceso: Proceso, *, actor: Any) -> None:
    """Techos que cambian después de aprobados vuelven a estar propuestos, con su línea pública."""
    guardado = Proceso.objects.get(pk=proceso.pk)
    if not guardado.techos_estan_aprobados:
        return
    norma = guardado.techos_norma
    Proceso.objects.filter(pk=proceso.pk).update(
        techos_estado=reglas_de_techos.PROPUESTOS, techos_norma="", techos_aprobados=None, techos_aprobados_por=None
    )
    proceso.refresh_from_db(fields=["techos_estado", "techos_norma", "techos_aprobados", "techos_aprobados_por"])
    anotar(
        proceso,
        verbo="devolver_techos",
        texto=f"Los techos cambiaron después de aprobarse ({norma}): vuelven a estar propuestos.",
        actor=actor,
        calidad=permisos.calidad_de(actor),
        desde=reglas_de_techos.APROBADOS,
        hasta=reglas_de_techos.PROPUESTOS,
    )


def _explicar_ajustes(proceso: Proceso, antes: dict[consultas.Clave, Decimal], motivo: str) -> None:
    """Guarda junto a cada cuota por qué su techo, recién cambiado, no es lo que da la fórmula publicada."""
    ahora_son = consultas.montos_de_techos(proceso)
    ajustes = []
    for clave, cuota in consultas.cuotas_de(proceso).items():
        monto = ahora_son.get(clave)
        if monto == cuota.monto:
            Cuota.objects.filter(pk=cuota.pk).exclude(ajuste="").update(ajuste="")
        elif monto != antes.get(clave):
            ajustes.append((str(cuota.distrito), monto, cuota.monto))
            Cuota.objects.filter(pk=cuota.pk).update(ajuste=motivo)
    reglas_de_techos.exigir_razon_del_ajuste(ajustes, motivo)


def _motivo(motivo: str) -> str:
    motivo = limpiar(motivo, varias_lineas=True)
    if len(motivo) > LARGO_DEL_MOTIVO:
        raise ReglaIncumplida(f"La razón puede tener hasta {LARGO_DEL_MOTIVO} letras.", campo="motivo")
    return motivo


# --- Suspender, levantar, declarar desierto ---------------------------------------------------------------------------
def mover_proceso(proceso: Proceso, *, hacia: str, motivo: str, actor: Any = None) -> Proceso:
    """Suspende, levanta la suspensión o declara desierto (reglas.MOVIMIENTOS), con su razón pública.

    Mientras está suspendido o desierto ninguna fase abre nada; el calendario sigue corriendo.
    """
    motivo = _motivo(motivo)
    with transaction.atomic():
        proceso = bloquear(Proceso.objects.filter(pk=proceso.pk)).get()
        permisos.exigir_planificar(actor, "Suspender o levantar un proceso")
        desde = proceso.estado
        reglas.exigir_movimiento(desde, hacia, motivo)
        proceso.estado, proceso.estado_desde = hacia, timezone.now()
        proceso.motivo_estado = "" if hacia == reglas.EN_MARCHA else motivo
        proceso.save(update_fields=["estado", "estado_desde", "motivo_estado"])
        anotar(
            proceso,
            verbo="mover_proceso",
            texto=FRASES_DE_MOVIMIENTO[desde, hacia],
            actor=actor,
            calidad=permisos.calidad_de(actor),
            desde=desde,
            hasta=hacia,
            motivo=motivo,
            publico=proceso.publicado,
        )
    return proceso


# --- Techos ---------------------------------------------------------------------------------------------------------
def huella_de_la_cuenta(filas: list[FilaDeCuenta]) -> str:
    """Huella de lo que se vio en la vista previa: aplicar exige que la cuenta siga dando lo mismo."""
    vista = [[fila.distrito.pk, fila.poblacion, str(fila.indice), str(fila.monto)] for fila in filas]
    return hashlib.sha256(json.dumps(vista).encode()).hexdigest()


def calcular_techos(
    proceso: Proceso,
    *,
    formula: formulas.Formula,
    indices: dict[int, Decimal | None] | None = None,
    fuente_del_indice: str = "",
    sector: str = "",
    fuente: FuenteDeFinanciamiento | None = None,
    motivo: str = "",
    huella: str = "",
    actor: Any = None,
) -> Reparto:
    """Calcula los techos de un sector y una fuente con la fórmula y los guarda con todo lo que entró en la cuenta.

    La población es la del territorio en este momento, y queda copiada. `indices` va por clave de distrito. `huella`,
    si se da, es la de la vista previa: si los datos cambiaron desde entonces, no se aplica. Reemplaza los techos que
    había para ese sector y esa fuente. Lanza ReglaIncumplida si la cuenta no se puede hacer, si se está votando con los
    techos o si un proceso publicado cambia los que ya tenía sin decir por qué.
    """
    motivo = _motivo(motivo)
    if sector not in ("", *Sector.values):
        raise ReglaIncumplida("El sector es vecinal, agrario o ninguno.", campo="sector")
    with transaction.atomic():
        proceso = bloquear(Proceso.objects.filter(pk=proceso.pk)).get()
        permisos.exigir_planificar(actor, "Calcular techos")
        antes = consultas.retrato_de(proceso)
        filas = consultas.cuenta(formula, indices or {})
        if huella and huella != huella_de_la_cuenta(filas):
            raise ReglaIncumplida("Los datos del territorio cambiaron desde la vista previa. Revísala otra vez.")
        reparto = _guardar_reparto(proceso, formula, filas, limpiar(fuente_del_indice)[:200], sector, fuente)
        _guardar_techos(reparto, filas)
        despues, ahora = consultas.retrato_de(proceso), timezone.now()
        reglas.exigir_techos_firmes(antes, despues, ahora)
        cambian = antes.techos != despues.techos
        if antes.es_publico and antes.techos and cambian and not motivo:
            raise ReglaIncumplida("Este proceso ya publicó otros techos. Escribe por qué cambian.", campo="motivo")
        anotar(
            proceso,
            verbo="calcular_techos",
            texto=f"Se calcularon los techos con la fórmula «{reparto.get_formula_display().lower()}»: "
            f"{bolivianos(formula.total)} entre {len(filas)} distritos.",
            actor=actor,
            calidad=permisos.calidad_de(actor),
            motivo=motivo,
            publico=antes.es_publico,
            datos={
                "antes": {lugar: str(monto) for lugar, monto in antes.techos.items()},
                "despues": {lugar: str(monto) for lugar, monto in despues.techos.items()},
            },
        )
        if cambian:
            _devolver_techos(proceso, actor=actor)
    return reparto


def _guardar_reparto(
    proceso: Proceso,
    formula: formulas.Formula,
    filas: list[FilaDeCuenta],
    fuente_del_indice: str,
    sector: str,
    fuente: FuenteDeFinanciamiento | None,
) -> Reparto:
    Reparto.objects.filter(proceso=proceso, sector=sector, fuente=fuente).delete()
    igual, poblacion, necesidad = formula.pesos
    reparto = Reparto.objects.create(
        proceso=proceso,
        sector=sector,
        fuente=fuente,
        formula=formula.clase,
        total=formula.total,
        redondeo=formula.redondeo,
        minimo=formula.minimo,
        peso_igual=igual,
        peso_poblacion=poblacion,
        peso_necesidad=necesidad,
        fuente_del_indice=fuente_del_indice if necesidad else "",
        calculado=timezone.now(),
    )
    Cuota.objects.bulk_create(
        Cuota(
            reparto=reparto,
            distrito=fila.distrito,
            lugar=lugar,
            poblacion=fila.poblacion,
            indice=fila.indice,
            monto=fila.monto,
        )
        for lugar, fila in enumerate(filas, start=1)
    )
    return reparto


def _guardar_techos(reparto: Reparto, filas: list[FilaDeCuenta]) -> None:
    suyos = Techo.objects.filter(proceso=reparto.proceso_id, sector=reparto.sector, fuente=reparto.fuente)
    suyos.exclude(distrito__in=[fila.distrito.pk for fila in filas]).delete()
    tienen = {techo.distrito_id: techo for techo in suyos}
    for fila in filas:
        techo = tienen.get(fila.distrito.pk)
        if techo is None:
            techo = Techo(
                proceso_id=reparto.proceso_id, distrito=fila.distrito, sector=reparto.sector, fuente=reparto.fuente
            )
        if techo.monto != fila.monto:
            techo.monto = fila.monto
            techo.save()


def aprobar_techos(proceso: Proceso, *, norma: str, actor: Any) -> Proceso:
    """El Concejo aprueba los techos con el número de su norma; nunca quien los calculó o los cambió."""
    norma = limpiar(norma)[:120]
    with transaction.atomic():
        proceso = bloquear(Proceso.objects.filter(pk=proceso.pk)).get()
        permisos.exigir_aprobar_techos(actor)
        reglas_de_techos.exigir_aprobables(
            proceso.techos_estado,
            cuantos=Techo.objects.filter(proceso=proceso).count(),
            propuso=consultas.quien_propuso_techos(proceso, actor),
            norma=norma,
        )
        proceso.techos_estado, proceso.techos_norma = reglas_de_techos.APROBADOS, norma
        proceso.techos_aprobados_por, proceso.techos_aprobados = actor, timezone.now()
        proceso.save(update_fields=["techos_estado", "techos_norma", "techos_aprobados_por", "techos_aprobados"])
        anotar(
            proceso,
            verbo="aprobar_techos",
            texto=f"El Concejo municipal aprobó los techos: {norma}.",
            actor=actor,
            calidad=permisos.calidad_de(actor),
            desde=reglas_de_techos.PROPUESTOS,
            hasta=reglas_de_techos.APROBADOS,
            publico=proceso.publicado,
            datos={"norma": norma},
        )
    return proceso
