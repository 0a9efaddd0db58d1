"""Las propuestas con su historia, sus dictámenes y sus apoyos.

Se escriben en bloque porque son muchas y su historia ocurrió antes de hoy: los mismos estados, movimientos y líneas de
bitácora que dejan las acciones de `propuestas`, con su fecha.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from civic.comun.bitacora import anotar_varios, preparar_suceso
from civic.comun.models import Suceso
from civic.cuentas.models import Organizacion, Usuario
from civic.debate.models import Hilo
from civic.demo.contexto import Contexto
from civic.demo.fichas import FichaDePropuesta, fichas
from civic.demo.guion import CONTADO, RECIBIENDO, ROLES, VOTANDO
from civic.demo.pasos import historias
from civic.procesos.models import Proceso
from propuestas import reglas
from propuestas.consultas import texto_de_busqueda
from propuestas.models import Apoyo, Dictamen, Propuesta
from propuestas.reglas import AUTOR, EN_CALIDAD_DE, MODERACION, PLANIFICACION, TECNICO, Estado

# Días, contados desde hoy, en que cada proceso recibió y respondió propuestas.
PRESENTAN = {VOTANDO: (-172, -140), RECIBIENDO: (-21, -4), CONTADO: (-544, -508)}
RESPONDEN = {VOTANDO: (-120, -36), RECIBIENDO: (-3, -2), CONTADO: (-500, -455)}
DIAS_DE_APOYO = {VOTANDO: -33, RECIBIENDO: -1, CONTADO: -453}
VIABLES = {
    "agua": "Viable. El sistema lo administrará la organización; debe nombrar a su comité de agua antes de la obra.",
    "alcantarillado": "Viable. Hay cota para descargar y el costo incluye reponer la calle.",
    "pluvial": "Viable. Requiere ficha ambiental y limpiar el tramo que ya existe.",
    "vias": "Viable. Es vía pública y se verificó que no haya redes por cambiar debajo.",
    "alumbrado": "Viable. El consumo se carga a la tasa de alumbrado.",
    "areas_verdes": "Viable. El terreno está inscrito a nombre del municipio; la organización lo cuidará.",
    "deporte": "Viable. El predio es municipal. El reglamento de uso se acuerda en asamblea.",
    "educacion": "Viable. La unidad educativa está registrada y el terreno es municipal.",
    "salud": "Viable. Coordinar el personal con la red de salud antes de licitar.",
    "seguridad": "Viable como equipamiento. El uso se acuerda con la brigada de vecinos.",
    "riego": "Viable. Hay acta de servidumbre firmada por los regantes.",
    "comunal": "Viable. El lote es comunal y tiene papeles.",
}


@dataclass
class _Entrada:
    """Una propuesta a medio escribir y lo que se guardará junto a ella."""

    ficha: FichaDePropuesta
    propuesta: Propuesta
    pasos: list[Suceso] = field(default_factory=list)
    dictamen: Dictamen | None = None


def cargar(contexto: Contexto) -> str:
    procesos = {proceso.slug: proceso for proceso in Proceso.objects.all()}
    entradas = [_entrada(contexto, ficha, procesos[ficha.proceso]) for ficha in fichas()]
    propuestas = [entrada.propuesta for entrada in entradas]
    Propuesta.objects.bulk_create(propuestas)
    _abrir_hilos(propuestas)
    for entrada in entradas:
        for paso in entrada.pasos:
            paso.objeto_id = entrada.propuesta.pk
        if entrada.dictamen is not None:
            entrada.dictamen.propuesta = entrada.propuesta
    anotar_varios(paso for entrada in entradas for paso in entrada.pasos)
    Dictamen.objects.bulk_create(entrada.dictamen for entrada in entradas if entrada.dictamen)
    apoyos = _apoyar(contexto, entradas)
    Propuesta.objects.bulk_update(propuestas, ["hilo", "apoyos_contados"], batch_size=200)
    historias.cargar(contexto)
    return f"{len(propuestas)} propuestas y {apoyos} apoyos"


def _entrada(contexto: Contexto, ficha: FichaDePropuesta, proceso: Proceso) -> _Entrada:
    azar = contexto.azar("propuesta", ficha.codigo)
    organizacion = contexto.por_demo.get(ficha.organizacion) or contexto.por_nombre[ficha.distrito, ficha.organizacion]
    autor, en_nombre = _quien(contexto, ficha, organizacion)
    borrador = ficha.estado in reglas.EDITABLES
    presentada = contexto.calendario.en(azar.randint(*PRESENTAN[proceso.slug]), azar.randint(8, 20), azar.randrange(60))
    if ficha.estado == Estado.ENVIADA:
        presentada = contexto.calendario.en(-1, azar.randint(8, 20), azar.randrange(60))
    lon, lat = contexto.punto(organizacion, ficha.punto, ficha.codigo)
    propuesta = Propuesta(
        proceso=proceso,
        codigo=None if borrador else ficha.codigo,
        autor=autor,
        asistida_por=contexto.personas["promotora"] if ficha.estado == Estado.BORRADOR_ASISTIDO else None,
        organizacion=en_nombre,
        titulo=ficha.titulo,
        descripcion=ficha.descripcion,
        categoria=contexto.categorias[ficha.categoria],
        distrito=contexto.distritos[ficha.distrito],
        otb=contexto.otbs[organizacion.area.codigo] if organizacion.area else None,
        lon=lon,
        lat=lat,
        referencia=ficha.referencia,
        monto_solicitado=Decimal(ficha.costo),
        monto_tecnico=Decimal(ficha.costo_tecnico) if ficha.costo_tecnico else None,
        familias=ficha.familias,
        unidad="" if borrador else ROLES["tecnico_evaluador"][1],
        foto=None if borrador else contexto.fotos[ficha.categoria],
        estado=ficha.estado,
        creada=presentada - datetime.timedelta(days=azar.randint(1, 6)),
        presentada=None if borrador else presentada,
    )
    propuesta.busqueda = texto_de_busqueda(propuesta)
    entrada = _Entrada(ficha, propuesta)
    if not borrador:
        _contar_su_historia(contexto, entrada, presentada)
    return entrada


def _quien(
    contexto: Contexto, ficha: FichaDePropuesta, organizacion: Organizacion
) -> tuple[Usuario, Organizacion | None]:
    """Quien la presenta: la presidencia en nombre de su organización, o una vecina o vecino en su propio nombre."""
    mandato = contexto.presidencias.get(organizacion.pk)
    if mandato is not None and ficha.origen in {"asamblea", "colectivo"}:
        return mandato.usuario, organizacion
    return contexto.azar("autor", ficha.codigo).choice(contexto.vecinos[ficha.distrito]), None


def _contar_su_historia(contexto: Contexto, entrada: _Entrada, presentada: datetime.datetime) -> None:
    """Las líneas de la bitácora desde que se presentó hasta su estado, y su dictamen si lo tiene."""
    ficha, azar, personas = entrada.ficha, contexto.azar("historia", entrada.ficha.codigo), contexto.personas
    _paso(entrada, Estado.BORRADOR, Estado.ENVIADA, AUTOR, entrada.propuesta.autor, presentada)
    if ficha.estado == Estado.ENVIADA:
        return
    publicada = presentada + datetime.timedelta(hours=azar.randint(20, 50))
    _paso(entrada, Estado.ENVIADA, Estado.PUBLICADA, MODERACION, personas["ventanilla"], publicada)
    desde, hasta = RESPONDEN[ficha.proceso]
    respondida = contexto.calendario.en(azar.randint(desde, hasta), azar.randint(9, 17), azar.randrange(60))
    if ficha.estado == Estado.EN_DISPUTA:
        motivo = ficha.dictamen
        _paso(
            entrada, Estado.PUBLICADA, Estado.EN_DISPUTA, PLANIFICACION, personas["planificacion"], respondida, motivo
        )
    elif ficha.estado != Estado.PUBLICADA:
        empieza = publicada + (respondida - publicada) / 2
        tecnica = personas["tecnico_evaluador"]
        _paso(entrada, Estado.PUBLICADA, Estado.EN_EVALUACION, TECNICO, tecnica, empieza)
        if ficha.estado != Estado.EN_EVALUACION:
            texto = ficha.dictamen or VIABLES[ficha.categoria]
            _paso(entrada, Estado.EN_EVALUACION, Estado(ficha.estado), TECNICO, tecnica, respondida, texto)
            entrada.dictamen = Dictamen(
                evaluador=tecnica,
                resultado=ficha.estado,
                motivo=ficha.motivo,
                texto=texto,
                monto_tecnico=entrada.propuesta.monto_tecnico,
                diferencia=_por_que_cambia(entrada.propuesta),
                destino="gestion_riesgos" if ficha.estado == Estado.DERIVADA else "",
                lista=_lista_respondida(ficha.estado),
                momento=respondida,
            )


def _lista_respondida(estado: str) -> list[dict[str, Any]]:
    """Lo viable tiene toda su lista en orden; lo demás se respondió en papel y solo llegó su dictamen."""
    if estado != Estado.VIABLE:
        return []
    return reglas.responder_lista(
        reglas.LISTA_POR_DEFECTO, dict.fromkeys(range(len(reglas.LISTA_POR_DEFECTO)), ("si", ""))
    )


def _por_que_cambia(propuesta: Propuesta) -> str:
    if propuesta.monto_tecnico in (None, propuesta.monto_solicitado):
        return ""
    return "Se ajustó con los precios unitarios vigentes y las medidas tomadas en el lugar."


def _paso(
    entrada: _Entrada,
    desde: str,
    hacia: str,
    calidad: str,
    actor: Usuario,
    momento: datetime.datetime,
    motivo: str = "",
) -> None:
    """Una línea como la que anota `propuestas.acciones` al mover; el movimiento debe existir en la tabla."""
    reglas.exigir_movimiento(desde, hacia, calidad)
    dia = timezone.localdate(momento)
    entrada.propuesta.vence = reglas.vence_de(desde, hacia, dia, settings.FERIADOS_LOCALES)
    organizacion = entrada.propuesta.organizacion
    quien = str(organizacion) if calidad == AUTOR and organizacion else EN_CALIDAD_DE[calidad]
    entrada.pasos.append(
        preparar_suceso(
            Propuesta._meta.label_lower,
            None,
            verbo="mover",
            texto=reglas.frase_de_movimiento(hacia, entrada.propuesta.codigo or "", desde),
            actor=actor,
            calidad=quien,
            desde=desde,
            hasta=hacia,
            motivo=motivo,
            momento=momento,
        )
    )


def _abrir_hilos(propuestas: Iterable[Propuesta]) -> None:
    presentadas = [propuesta for propuesta in propuestas if propuesta.codigo]
    hilos = Hilo.objects.bulk_create(
        Hilo(
            titulo=propuesta.titulo,
            proceso=propuesta.proceso,
            distrito=propuesta.distrito,
            url=propuesta.get_absolute_url(),
            visible=reglas.es_publico(propuesta.estado),
            creado=propuesta.presentada or propuesta.creada,
        )
        for propuesta in presentadas
    )
    for propuesta, hilo in zip(presentadas, hilos, strict=True):
        propuesta.hilo = hilo


def _apoyar(contexto: Contexto, entradas: list[_Entrada]) -> int:
    """Apoyos de gente del distrito con residencia verificada, en los días en que se podía apoyar."""
    apoyos = []
    for entrada in entradas:
        ficha, propuesta = entrada.ficha, entrada.propuesta
        if propuesta.presentada is None or not reglas.es_publico(propuesta.estado):
            continue
        azar = contexto.azar("apoyos", ficha.codigo)
        gente = [persona for persona in contexto.vecinos[ficha.distrito] if persona.pk != propuesta.autor_id]
        # El contenido habla de más gente de la que hay en la demo: se achica en proporción.
        quiere = ficha.apoyos / 3.5 if ficha.apoyos is not None else len(gente) * ficha.fuerza / 14
        if ficha.proceso == RECIBIENDO:
            quiere /= 2.5
        desde, hasta = propuesta.presentada + datetime.timedelta(days=2), contexto.calendario.en(-1, 21)
        hasta = min(hasta, contexto.calendario.en(DIAS_DE_APOYO[ficha.proceso], 21))
        for persona in azar.sample(gente, min(len(gente), round(quiere * azar.uniform(0.85, 1.1)))):
            apoyos.append(Apoyo(propuesta=propuesta, usuario=persona, momento=desde + (hasta - desde) * azar.random()))
            propuesta.apoyos_contados += 1
    Apoyo.objects.bulk_create(apoyos, batch_size=1000)
    return len(apoyos)
