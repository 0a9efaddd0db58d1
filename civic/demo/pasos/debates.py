"""Comentarios de vecinas y vecinos, con sus respuestas, en propuestas y en la consulta abierta.

Se escriben en bloque con su fecha: numerados en el hilo y con su línea de bitácora, como los deja `debate.comentar`.
"""

import datetime
from collections import defaultdict

from civic.comun.models import Suceso
from civic.cuentas.models import Mandato, Usuario
from civic.debate.acciones import ocultar_comentario
from civic.debate.consultas import calidad_de
from civic.debate.models import Comentario, Hilo
from civic.demo.contexto import Contexto, en_su_momento
from civic.demo.fuentes import contenido, tabla
from civic.demo.guion import CONSULTA_ABIERTA, RECIBIENDO, VOTANDO
from cms.models import PaginaProceso
from propuestas.models import Propuesta

PARA_OCULTAR = "Llamen a mi número personal y les cuento bien quién se quedó con la plata de la otra obra."


class _Escribano:
    """Junta comentarios y los guarda de una vez, numerados por hilo en el orden de su fecha."""

    def __init__(self) -> None:
        self.comentarios: list[Comentario] = []

    def anotar(
        self,
        hilo: Hilo,
        autor: Usuario,
        texto: str,
        momento: datetime.datetime,
        *,
        padre: Comentario | None = None,
        mandato: Mandato | None = None,
    ) -> Comentario:
        comentario = Comentario(
            hilo=hilo,
            autor=autor,
            organizacion=mandato.organizacion if mandato else None,
            padre=padre,
            calidad=calidad_de(autor, mandato),
            texto=texto,
            momento=momento,
        )
        self.comentarios.append(comentario)
        return comentario

    def guardar(self) -> int:
        self.comentarios.sort(key=lambda comentario: comentario.momento)
        hilos = {comentario.hilo_id: comentario.hilo for comentario in self.comentarios}
        cuentas: dict[int, int] = defaultdict(int)
        for comentario in self.comentarios:
            cuentas[comentario.hilo_id] += 1
            comentario.cambio = cuentas[comentario.hilo_id]
        # Una respuesta necesita que su comentario ya tenga clave.
        primeros = [comentario for comentario in self.comentarios if comentario.padre is None]
        Comentario.objects.bulk_create(primeros)
        Comentario.objects.bulk_create(comentario for comentario in self.comentarios if comentario.padre is not None)
        for pk, hilo in hilos.items():
            hilo.cambios = cuentas[pk]
        Hilo.objects.bulk_update(hilos.values(), ["cambios"])
        Suceso.objects.bulk_create(
            Suceso(
                momento=comentario.momento,
                actor=comentario.autor,
                calidad=comentario.calidad[:120],
                verbo="responder" if comentario.padre_id else "comentar",
                objeto_tipo=Comentario._meta.label_lower,
                objeto_id=comentario.pk,
                hasta=comentario.estado,
                texto="Respondió un comentario." if comentario.padre_id else "Comentó.",
            )
            for comentario in self.comentarios
        )
        return len(self.comentarios)


def cargar(contexto: Contexto) -> str:
    escribano = _Escribano()
    _en_propuestas(contexto, escribano)
    _en_la_consulta(contexto, escribano)
    por_ocultar = _uno_para_moderar(contexto, escribano)
    cuantos = escribano.guardar()
    with en_su_momento(por_ocultar.momento + datetime.timedelta(hours=5)):
        ocultar_comentario(
            por_ocultar,
            actor=contexto.personas["ventanilla"],
            motivo="Acusa a alguien sin pruebas. Para denunciar está la unidad de Transparencia.",
        )
    return f"{cuantos} comentarios"


def _en_propuestas(contexto: Contexto, escribano: _Escribano) -> None:
    propuestas = list(
        Propuesta.objects.publicadas()
        .filter(proceso__slug__in=(VOTANDO, RECIBIENDO))
        .select_related("hilo", "distrito", "categoria", "organizacion")
        .order_by("pk")
    )
    por_codigo = {propuesta.codigo: propuesta for propuesta in propuestas}
    por_categoria: dict[str, list[Propuesta]] = defaultdict(list)
    for propuesta in propuestas:
        por_categoria[propuesta.categoria.codigo].append(propuesta)
    for numero, fila in enumerate(tabla("comentarios")):
        azar = contexto.azar("comentario", numero)
        # Cada texto se usa una vez: en la propuesta que nombra o en alguna de su categoría.
        propuesta = por_codigo.get(fila["para"]) or azar.choice(por_categoria[fila["para"]])
        hilo, presentada, distrito = propuesta.hilo, propuesta.presentada, propuesta.distrito
        if hilo is None or presentada is None or distrito is None:
            continue  # un borrador no tiene debate
        desde, hasta = presentada + datetime.timedelta(days=4), contexto.calendario.en(-1, 20)
        momento = desde + (hasta - desde) * azar.random()
        gente = azar.sample(contexto.vecinos[distrito.orden], 2)
        comentario = escribano.anotar(hilo, gente[0], fila["texto"], momento)
        if fila["respuesta"]:
            autor, mandato = gente[1], None
            if fila["responde"] == "tecnico":
                autor = contexto.personas["tecnico_evaluador"]
            elif fila["responde"] == "organizacion" and propuesta.organizacion_id is not None:
                mandato = contexto.presidencias[propuesta.organizacion_id]
                autor = mandato.usuario
            despues = min(momento + datetime.timedelta(hours=azar.randint(2, 40)), contexto.calendario.en(-1, 22))
            escribano.anotar(hilo, autor, fila["respuesta"], despues, padre=comentario, mandato=mandato)


def _en_la_consulta(contexto: Contexto, escribano: _Escribano) -> None:
    hilo = PaginaProceso.objects.get(proceso__slug=CONSULTA_ABIERTA).hilo
    (consulta,) = (dato for dato in contenido()["consultas"] if dato["id"] == "CO-2026-02")
    for numero, dato in enumerate(consulta["comentarios_demo"]):
        azar = contexto.azar("consulta", numero)
        vecina = azar.choice(contexto.vecinos[azar.randint(1, 10)])
        momento = contexto.calendario.en(-15 + numero * 3, azar.randint(9, 21), azar.randrange(60))
        comentario = escribano.anotar(hilo, vecina, f"Artículo {dato['articulo']}. {dato['texto']}", momento)
        respuesta = momento + datetime.timedelta(days=2)
        escribano.anotar(hilo, contexto.personas["planificacion"], dato["respuesta"], respuesta, padre=comentario)


def _uno_para_moderar(contexto: Contexto, escribano: _Escribano) -> Comentario:
    hilo = Hilo.objects.get(propuesta__codigo="PR-2027-017")
    vecino = contexto.azar("moderado").choice(contexto.vecinos[6])
    return escribano.anotar(hilo, vecino, PARA_OCULTAR, contexto.calendario.en(-3, 21))
