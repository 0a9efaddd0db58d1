"""Dos votaciones: la del POA 2026, ya contada, y la del POA 2027, abierta.

Se preparan, publican su padrón, abren, cierran y cuentan con las acciones de siempre. Solo la urna se llena en bloque:
tantas papeletas como personas que participaron, sin nada que las una, como las deja `emitir_voto`.
"""

import random
import secrets
from datetime import timedelta
from typing import Any

from civic.comun.bitacora import en_su_momento
from civic.cuentas.acciones import verificar_residencia
from civic.cuentas.metodos import VENTANILLA
from civic.cuentas.models import ConflictoDeIdentidad, Identidad, PedidoDeConfirmacion, Residencia, Usuario
from civic.demo.carnets import carnet_de_vecino
from civic.demo.contexto import Contexto
from civic.demo.fichas import FichaDePropuesta, fichas
from civic.demo.guion import CONTADO, VAN_VOTANDO, VOTANDO, VOTARON
from civic.procesos.models import Fase, Proceso
from propuestas.acciones import mover_propuesta
from propuestas.models import Propuesta
from propuestas.reglas import PLANIFICACION
from propuestas.reglas import Estado as EstadoDePropuesta
from votaciones.acciones import abrir_votacion, cerrar_votacion, contar_votacion, preparar_votacion
from votaciones.acciones.votar import asegurar_urna, firmar
from votaciones.models import Opcion, Participacion, Votacion
from votaciones.padron.acciones import observar_inclusion, presentar_reclamo, publicar_padron, resolver_reclamo
from votaciones.padron.models import PadronElectoral
from votaciones.reglas import credencial as credenciales
from votaciones.reglas import papeleta as papeletas
from votaciones.reglas import recibo as recibos
from votaciones.urna.models import Sobre
from votaciones.urna.sobres import Cerrojo

UN_MINUTO = timedelta(minutes=1)


def cargar(contexto: Contexto) -> str:
    contada = _abrir(contexto, CONTADO)
    votaron = _llenar_la_urna(contexto, contada, VOTARON)
    cierre = contada.cierra + UN_MINUTO
    with en_su_momento(cierre):
        cerrar_votacion(contada, ahora=cierre)
    conteo = contexto.calendario.en(-430, 11)
    with en_su_momento(conteo):
        contar_votacion(contada, ahora=conteo)
    _incluir_a_las_ganadoras(contexto)
    abierta = _abrir(contexto, VOTANDO)
    van = _llenar_la_urna(contexto, abierta, VAN_VOTANDO)
    return f"{votaron} papeletas contadas y {van} en la votación abierta"


def _abrir(contexto: Contexto, slug: str) -> Votacion:
    proceso = Proceso.objects.get(slug=slug)
    fase = proceso.fases.get(tipo=Fase.Tipo.VOTACION)
    preparada = fase.inicio - timedelta(days=9)
    with en_su_momento(preparada):
        votacion = preparar_votacion(proceso, nombre=proceso.nombre, slug=slug, abre=fase.inicio, cierra=fase.fin)
    publicado = fase.inicio - timedelta(days=8)
    with en_su_momento(publicado):
        padron = publicar_padron(
            votacion,
            observable_hasta=fase.inicio - timedelta(days=3),
            actor=contexto.personas["planificacion"],
            ahora=publicado,
        )
    if slug == VOTANDO:
        _reclamar(contexto, padron)
    with en_su_momento(fase.inicio):
        return abrir_votacion(votacion, ahora=fase.inicio)


def _reclamar(contexto: Contexto, padron: PadronElectoral) -> None:
    """Una vecina pide entrar, se verifica en ventanilla y entra; el control social observa a quien no está."""
    un_dia = timedelta(days=1)
    vecinos = list(Usuario.objects.filter(username__startswith="vecin").order_by("pk"))
    ocupadas = [*ConflictoDeIdentidad.objects.values_list("segunda", flat=True)]
    ocupadas += PedidoDeConfirmacion.objects.values_list("usuario", flat=True)
    residencia = (
        Residencia.objects.filter(usuario__in=vecinos, nivel=Residencia.Nivel.DECLARADA, distrito__isnull=False)
        .exclude(usuario__in=ocupadas)
        .select_related("usuario")
        .order_by("pk")
        .first()
    )
    if residencia is None:
        raise AssertionError("La demo no tiene una vecina por verificar que reclame.")
    persona, cuando = residencia.usuario, padron.corte + un_dia
    with en_su_momento(cuando):
        pide = presentar_reclamo(padron, autor=persona, texto="Vivo aquí desde siempre y no estoy.", ahora=cuando)
        observa = observar_inclusion(
            padron,
            autor=contexto.personas["control_social"],
            contienda=padron.votacion.contiendas.get(area__orden=4),
            ci=carnet_de_vecino(len(vecinos)),
            texto="Esa persona se fue a vivir a otra ciudad.",
            ahora=cuando,
        )
    with en_su_momento(cuando + un_dia):
        verificar_residencia(
            residencia,
            metodo=VENTANILLA.codigo,
            actor=contexto.personas["ventanilla"],
            ci=carnet_de_vecino(vecinos.index(persona)),
            detalle="Carnet y factura de luz o agua",
        )
    segunda, cuando = contexto.personas["planificacion_2"], cuando + 2 * un_dia
    with en_su_momento(cuando):
        for reclamo, decision, respuesta in (
            (pide, "aceptado", "Mostró su carnet y su factura en ventanilla dentro del plazo."),
            (observa, "rechazado", "Ese carnet no está en el padrón del distrito."),
        ):
            resolver_reclamo(reclamo, actor=segunda, decision=decision, respuesta=respuesta, ahora=cuando)


def _llenar_la_urna(contexto: Contexto, votacion: Votacion, cuantas: dict[int, int]) -> int:
    """Una papeleta por cada persona que participó; qué eligió cada papeleta sale del azar, no de la persona."""
    por_codigo = {ficha.codigo: ficha for ficha in fichas()}
    identidades = dict(Identidad.objects.exclude(cuenta=None).values_list("cuenta", "pk"))
    participaciones, sobres = [], []
    for contienda in votacion.contiendas.select_related("area"):
        numero = contienda.area.orden
        azar = contexto.azar("urna", votacion.slug, numero)
        opciones = list(contienda.opciones.select_related("propuesta"))
        costos = {opcion.numero: opcion.costo for opcion in opciones}
        gente = sorted(contexto.vecinos[numero], key=lambda persona: persona.pk)
        contienda.votacion = votacion
        asegurar_urna(contienda)
        cerrojo = Cerrojo(credenciales.urna_de(votacion.huella, contienda.numero))
        for persona in azar.sample(gente, cuantas[numero]):
            codigo = recibos.codigo_de(secrets.token_bytes(10))
            participaciones.append(
                Participacion(
                    contienda=contienda,
                    usuario=persona,
                    identidad_id=identidades.get(persona.pk),
                    metodo=persona.residencia.metodo,  # type: ignore[attr-defined]
                    compromiso=credenciales.compromiso_de(codigo),
                )
            )
            numeros = _papeleta(azar, opciones, por_codigo, contienda.presupuesto)
            credencial = firmar(contienda, credenciales.serie_de(codigo))
            sobres.append(
                Sobre(
                    contienda=contienda.pk,
                    serie=credencial.serie,
                    firma=credencial.firma,
                    recibo=recibos.huella_de(codigo),
                    cerrado=cerrojo.cerrar(papeletas.exigir_valida(numeros, contienda.reglamento, costos)),
                )
            )
    random.SystemRandom().shuffle(participaciones)
    Participacion.objects.bulk_create(participaciones, batch_size=500)
    Sobre.objects.bulk_create(sobres, batch_size=500)
    return len(sobres)


def _papeleta(
    azar: random.Random, opciones: list[Opcion], por_codigo: dict[str, FichaDePropuesta], presupuesto: Any
) -> list[int]:
    """Los números que elige alguien: cada distrito tiene dos zonas y cada zona prefiere lo suyo.

    Lo que más fuerza tiene (9) lo quieren las dos. Así la mayoría no siempre se lleva todo y las reglas de conteo
    dan, en algunos distritos, resultados distintos.
    """
    zona = azar.random() < 0.64
    gustos = []
    for opcion in opciones:
        fuerza = por_codigo[opcion.propuesta.codigo or ""].fuerza
        es_de_su_zona = (fuerza >= 7) == zona
        gustos.append((azar.random() * (1 + fuerza / 6) * (1.35 if es_de_su_zona else 0.75), es_de_su_zona, opcion))
    queda, elegidas = presupuesto, []
    for _, es_de_su_zona, opcion in sorted(gustos, key=lambda gusto: -gusto[0]):
        fuerza = por_codigo[opcion.propuesta.codigo or ""].fuerza
        ganas = fuerza / 10 * (1 if fuerza == 9 else 1.15 if es_de_su_zona else 0.35)
        if opcion.costo <= queda and azar.random() < ganas:
            elegidas.append(opcion.numero)
            queda -= opcion.costo
    return elegidas or [min(opciones, key=lambda opcion: opcion.costo).numero]


def _incluir_a_las_ganadoras(contexto: Contexto) -> None:
    """Las que ganaron entran al POA; después, las que tienen obra la siguen."""
    ganadoras = Propuesta.objects.filter(proceso__slug=CONTADO, estado=EstadoDePropuesta.SELECCIONADA.value)
    with en_su_momento(contexto.calendario.en(-402)):
        for propuesta in ganadoras:
            mover_propuesta(
                propuesta,
                hacia=EstadoDePropuesta.INCLUIDA_POA.value,
                actor=contexto.personas["planificacion"],
                calidad=PLANIFICACION,
            )
