"""El portal y los procesos: sus fases, sus techos y sus páginas."""

import datetime
from collections import Counter
from decimal import Decimal

from civic.comun.bitacora import en_su_momento
from civic.demo.contexto import Contexto
from civic.demo.fuentes import contenido
from civic.demo.guion import (
    ARTICULOS_DEL_REGLAMENTO,
    CONSULTA_ABIERTA,
    DIA_DE_LA_AMPLIACION,
    FONDO,
    FUENTE_DEL_INDICE,
    FUENTES,
    INDICE_DE_NECESIDAD,
    MOTIVO_DE_LA_AMPLIACION,
    NORMA_DE_LOS_TECHOS,
    PESOS_DEL_POA,
    PROCESOS,
    RECEPCION_ANTES,
    RECIBIENDO,
    REDONDEO_DEL_POA,
    TOTAL_DEL_FONDO,
    VOTANDO,
    GuionDeProceso,
)
from civic.procesos.acciones import aprobar_techos, calcular_techos, guardar_proceso
from civic.procesos.models import Fase, FuenteDeFinanciamiento, Proceso, Techo
from civic.procesos.reglas import formula as formulas
from cms.acciones import publicar_proceso, sembrar_portal

UN_DIA = datetime.timedelta(days=1)


def cargar(contexto: Contexto) -> str:
    inicio = sembrar_portal()
    FuenteDeFinanciamiento.objects.bulk_create(
        FuenteDeFinanciamiento(codigo=codigo, nombre=nombre) for codigo, nombre in FUENTES
    )
    for guion in PROCESOS:
        proceso = _proceso(contexto, guion)
        articulos = ARTICULOS_DEL_REGLAMENTO if guion.slug == CONSULTA_ABIERTA else ()
        publicar_proceso(
            proceso,
            cuerpo=guion.cuerpo,
            articulos=[
                {"numero": numero, "titulo": titulo, "texto": f"<p>{texto}</p>", "respuesta": respuesta}
                for numero, titulo, texto, respuesta in articulos
            ],
        )
        if guion.slug == VOTANDO:
            inicio.proceso_destacado = proceso
            _aprobar_techos(contexto, proceso)
        if guion.slug == RECIBIENDO:
            _ampliar_recepcion(contexto, proceso)
    inicio.save_revision().publish()
    cuantos = Counter(guion.tipo for guion in PROCESOS)
    return (
        f"{cuantos['presupuesto']} presupuestos participativos, {cuantos['consulta']} consultas y un fondo en concurso"
    )


def _proceso(contexto: Contexto, guion: GuionDeProceso) -> Proceso:
    proceso = Proceso.objects.create(
        nombre=guion.nombre,
        slug=guion.slug,
        tipo=guion.tipo,
        gestion=guion.gestion,
        resumen=guion.resumen,
        normativa=guion.normativa,
    )
    Fase.objects.bulk_create(_fases(contexto, guion, proceso))
    Techo.objects.bulk_create(
        Techo(
            proceso=proceso,
            distrito=contexto.distritos[numero],
            monto=Decimal(monto),
            explicacion=guion.como_se_calculo,
        )
        for numero, monto in guion.techos.items()
    )
    if guion.slug in (VOTANDO, FONDO):
        _calcular_techos(contexto, guion, proceso)
    return proceso


def _calcular_techos(contexto: Contexto, guion: GuionDeProceso, proceso: Proceso) -> None:
    """Los techos que salen de una fórmula, propuestos por Planificación el día antes de empezar."""
    indices: dict[int, Decimal | None] = {}
    if guion.slug == FONDO:
        formula = formulas.Formula(formulas.PARTES_IGUALES, Decimal(TOTAL_DEL_FONDO))
    else:
        total = sum(dato["techo_poa_2027_bs_demo"] for dato in contenido()["territorios"])
        formula = formulas.Formula(formulas.MIXTA, Decimal(total), Decimal(REDONDEO_DEL_POA), pesos=PESOS_DEL_POA)
        indices = {contexto.distritos[numero].pk: Decimal(indice) for numero, indice in INDICE_DE_NECESIDAD.items()}
    momento = contexto.calendario.en(guion.fases[0].desde - 1, 16)
    with en_su_momento(momento):
        reparto = calcular_techos(
            proceso,
            formula=formula,
            indices=indices,
            fuente_del_indice=FUENTE_DEL_INDICE,
            actor=contexto.personas["planificacion"],
        )
    reparto.calculado = momento
    reparto.save(update_fields=["calculado"])


def _aprobar_techos(contexto: Contexto, proceso: Proceso) -> None:
    """El Concejo los aprobó cuando el proceso ya se podía leer."""
    momento = contexto.calendario.en(-180, 11)
    with en_su_momento(momento):
        aprobado = aprobar_techos(proceso, norma=NORMA_DE_LOS_TECHOS, actor=contexto.personas["concejo"])
    aprobado.techos_aprobados = momento
    aprobado.save(update_fields=["techos_aprobados"])


def _ampliar_recepcion(contexto: Contexto, proceso: Proceso) -> None:
    """Un cambio de fechas sin 72 horas de aviso, con su razón pública: la recepción se alargó una semana."""
    recepcion = proceso.fases.get(tipo=Fase.Tipo.RECEPCION)
    anunciado = recepcion.fin
    Fase.objects.filter(pk=recepcion.pk).update(fin=contexto.calendario.en(RECEPCION_ANTES, 23, 59, 59))
    with en_su_momento(contexto.calendario.en(DIA_DE_LA_AMPLIACION, 18)):
        guardar_proceso(
            Proceso.objects.get(pk=proceso.pk),
            actor=contexto.personas["planificacion"],
            motivo=MOTIVO_DE_LA_AMPLIACION,
            guardar=lambda: Fase.objects.filter(pk=recepcion.pk).update(fin=anunciado),
        )


def _fases(contexto: Contexto, guion: GuionDeProceso, proceso: Proceso) -> list[Fase]:
    """La votación abre a las 8 y cierra a las 20; lo que sigue al día siguiente empieza en cuanto cierra."""
    fases: list[Fase] = []
    for tramo in guion.fases:
        vota = tramo.tipo == Fase.Tipo.VOTACION
        inicio = contexto.calendario.en(tramo.desde, 8 if vota else 0)
        fin = contexto.calendario.en(tramo.hasta, 20) if vota else contexto.calendario.en(tramo.hasta, 23, 59, 59)
        anterior = fases[-1] if fases else None
        if anterior is not None and anterior.tipo == Fase.Tipo.VOTACION and inicio - anterior.fin < UN_DIA:
            inicio = anterior.fin
        fases.append(
            Fase(
                proceso=proceso,
                tipo=tramo.tipo,
                nombre=tramo.nombre,
                explicacion=tramo.explicacion,
                inicio=inicio,
                fin=fin,
            )
        )
    return fases
