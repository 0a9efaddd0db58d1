"""Las ocho obras que salieron de la votación del POA 2026, con su dinero, sus avances y sus hitos.

Se registran, mueven e informan con las acciones de siempre, cada cosa en su fecha: su propuesta las sigue.
"""

import datetime
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from civic.comun.bitacora import en_su_momento
from civic.demo.contexto import Contexto
from civic.demo.fichas import fichas
from civic.demo.fuentes import contenido
from civic.demo.guion import ROLES
from mapas.obras.acciones import guardar_obra, mover_obra, pedir_movimiento, publicar_obra, registrar_avance
from mapas.obras.models import Fuente, Hito, Modificacion, Obra
from mapas.obras.reglas import Estado
from propuestas.models import Propuesta

# El camino de una obra sin tropiezos; «paralizada» sale de «en ejecución».
CAMINO = (
    *(Estado.EN_PREINVERSION, Estado.INSCRITA_POA, Estado.EN_CONTRATACION, Estado.ORDEN_DE_PROCEDER),
    *(Estado.EN_EJECUCION, Estado.RECEPCION_PROVISIONAL, Estado.RECEPCION_DEFINITIVA, Estado.EN_USO),
)
MODALIDADES = {"por_definir": "Por definir", "ANPE": "Apoyo a la producción y empleo (ANPE)"}
TIPOS_DE_CAMBIO = {"orden_de_cambio": "Orden de cambio"}
MOTIVOS = {
    Estado.PARALIZADA: "La empresa dejó de trabajar. Se la intimó y se aplican multas.",
    Estado.RECEPCION_PROVISIONAL: "Se recibió con observaciones menores.",
}
CALIDAD = "Secretaría Técnica"
# Entregada hace más de estos días, la obra ya está en uso.
DIAS_HASTA_EL_USO = 40
# Lo que la fiscalización propuso y espera respuesta de la jefatura.
PEDIDO = ("PJ-2026-02", Estado.RESUELTA, "La empresa no volvió después de dos intimaciones.")


def cargar(contexto: Contexto) -> str:
    codigos = {ficha.obra: ficha.codigo for ficha in fichas() if ficha.obra}
    datos = contenido()["proyectos"]
    for dato in datos:
        relaciones = ("proceso", "distrito", "otb", "categoria")
        propuesta = Propuesta.objects.select_related(*relaciones).get(codigo=codigos[dato["id"]])
        _construir(contexto, dato, _obra(contexto, dato, propuesta))
    codigo, hacia, motivo = PEDIDO
    with en_su_momento(contexto.calendario.en(-2, 11)):
        pedido = pedir_movimiento(
            Obra.objects.get(codigo=codigo), hacia=hacia, actor=contexto.personas["fiscal_obra"], motivo=motivo
        )
    pedido.momento = contexto.calendario.en(-2, 11)
    pedido.save(update_fields=["momento"])
    return f"{len(datos)} obras del POA 2026"


def _obra(contexto: Contexto, dato: dict[str, Any], propuesta: Propuesta) -> Obra:
    contrato = dato["contrato_bs"]
    obra = Obra(
        codigo=dato["id"],
        nombre=dato["nombre"],
        proceso=propuesta.proceso,
        propuesta=propuesta,
        categoria=contexto.categorias[dato["categoria"]],
        distrito=propuesta.distrito,
        otb=propuesta.otb,
        organizacion=contexto.por_demo[dato["organizacion"]],
        lon=propuesta.lon,
        lat=propuesta.lat,
        descripcion=propuesta.descripcion,
        presupuesto=Decimal(dato["presupuesto_bs"]),
        contrato=Decimal(str(contrato)) if contrato else None,
        empresa=dato["contratista"] or "",
        modalidad=MODALIDADES[dato["modalidad_contratacion"]],
        # Una obra sin contratar todavía no tiene número de contratación.
        cuce=dato["cuce_demo"] if dato["estado"] != Estado.EN_PREINVERSION else "",
        sisin=dato["codigo_sisin_demo"],
        plazo_dias=dato["plazo_dias"],
        orden_proceder=contexto.calendario.dia(dato["orden_proceder"]),
        unidad=ROLES["responsable_unidad"][1],
        supervision=dato["supervision_cargo"].removesuffix(" (cargo)"),
        fiscalizacion=dato["fiscalizacion_cargo"].removesuffix(" (cargo)"),
        veeduria=dato["veeduria"],
        nota=dato.get("nota", "") or ". ".join(dato.get("observaciones_recepcion", ())),
        foto=contexto.fotos[dato["categoria"]],
    )
    with en_su_momento(contexto.calendario.en(-395, 9)):
        obra = guardar_obra(obra, actor=contexto.personas["planificacion"])
        obra = publicar_obra(obra, actor=contexto.personas["responsable_unidad"])
    _detalles(contexto, dato, obra)
    return obra


def _detalles(contexto: Contexto, dato: dict[str, Any], obra: Obra) -> None:
    dia = contexto.calendario.dia
    Hito.objects.bulk_create(
        Hito(obra=obra, nombre=hito["nombre"], previsto=dia(hito["fecha_prevista"]), real=dia(hito["fecha_real"]))
        for hito in dato["hitos"]
    )
    Modificacion.objects.bulk_create(
        Modificacion(
            obra=obra,
            fecha=contexto.calendario.dia_cierto(cambio["fecha"]),
            tipo=TIPOS_DE_CAMBIO[cambio["tipo"]],
            monto=Decimal(str(cambio["monto_bs"])),
            dias=cambio["dias"],
            motivo=cambio["motivo"],
        )
        for cambio in dato.get("modificaciones", ())
    )
    Fuente.objects.bulk_create(
        Fuente(obra=obra, nombre=fuente["fuente"], monto=Decimal(fuente["bs"])) for fuente in dato["fuentes"]
    )


def _construir(contexto: Contexto, dato: dict[str, Any], obra: Obra) -> None:
    """Da a la obra sus movimientos y sus informes de avance, en el orden en que ocurrieron."""
    hechos: list[tuple[datetime.datetime, Callable[[], object]]] = []
    for hacia, momento in _movimientos(contexto, dato):
        mover = partial(
            mover_obra,
            obra,
            hacia=hacia.value,
            actor=contexto.personas["responsable_unidad"],
            motivo=MOTIVOS.get(hacia, ""),
            calidad=CALIDAD,
        )
        hechos.append((momento, mover))
    for avance in dato["avances"]:
        informar = partial(
            registrar_avance,
            obra,
            fecha=contexto.calendario.dia_cierto(avance["fecha"]),
            fisico=avance["fisico_pct"],
            financiero=avance["financiero_pct"],
            nota=avance["nota"],
            actor=contexto.personas["fiscal_obra"],
        )
        hechos.append((contexto.calendario.momento(avance["fecha"], 15), informar))
    for momento, hacer in sorted(hechos, key=lambda hecho: hecho[0]):
        with en_su_momento(momento):
            hacer()


def _movimientos(contexto: Contexto, dato: dict[str, Any]) -> list[tuple[Estado, datetime.datetime]]:
    """(estado, cuándo) de cada paso hasta el estado del contenido, sin el primero, en que nace."""
    calendario = contexto.calendario
    fechas = {hito["codigo"]: hito["fecha_real"] for hito in dato["hitos"] if hito["fecha_real"]}
    orden = calendario.momento(dato["orden_proceder"], 9) if dato["orden_proceder"] else None
    cuando = {Estado.INSCRITA_POA: calendario.en(-330, 9), Estado.EN_CONTRATACION: calendario.en(-44, 9)}
    if orden:
        cuando[Estado.EN_CONTRATACION] = orden - datetime.timedelta(days=70)
        cuando[Estado.ORDEN_DE_PROCEDER] = orden
        cuando[Estado.EN_EJECUCION] = orden + datetime.timedelta(days=5)
    for estado in (Estado.RECEPCION_PROVISIONAL, Estado.RECEPCION_DEFINITIVA):
        if estado.value in fechas:
            cuando[estado] = calendario.momento(fechas[estado.value], 16)
    final = Estado(dato["estado"])
    if final == Estado.PARALIZADA:
        despues = datetime.timedelta(days=1)
        cuando[final] = calendario.momento(dato["avances"][-1]["fecha"], 11) + despues
        camino = [*CAMINO[1 : CAMINO.index(Estado.EN_EJECUCION) + 1], final]
    else:
        camino = list(CAMINO[1 : CAMINO.index(final) + 1])
    entregada = cuando.get(Estado.RECEPCION_DEFINITIVA)
    if entregada is not None and entregada < calendario.en(-DIAS_HASTA_EL_USO):
        cuando[Estado.EN_USO] = entregada + datetime.timedelta(days=15)
        camino.append(Estado.EN_USO)
    return [(estado, cuando[estado]) for estado in camino]
