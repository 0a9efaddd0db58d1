"""Verbos del debate."""

from django.db import transaction

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.cuentas.models import Mandato, Organizacion, Usuario
from civic.debate import avisos, consultas, permisos, reglas
from civic.debate.models import Comentario, Hilo
from civic.procesos.models import Proceso
from mapas.territorio.models import Area


def abrir_hilo(
    titulo: str, *, proceso: Proceso | None = None, url: str = "", visible: bool = True, distrito: Area | None = None
) -> Hilo:
    """Crea una conversación vacía. `url` es la página que la mostrará, sin dominio; `distrito`, de cuál trata.

    Con `visible=False` nace oculta: nadie la lee ni comenta hasta que quien la enlaza la publique.
    """
    return Hilo.objects.create(titulo=titulo[:200], proceso=proceso, url=url, visible=visible, distrito=distrito)


def cerrar_hilo(hilo: Hilo, *, actor: Usuario | None = None, motivo: str) -> Hilo:
    """Cierra la conversación: se sigue leyendo, ya no se comenta."""
    motivo = _motivo(motivo)
    with transaction.atomic():
        hilo = _bloquear_hilo(hilo.pk)
        _exigir_moderar(actor, hilo)
        if not hilo.abierto:
            raise ReglaIncumplida("Esa conversación ya está cerrada.")
        hilo.abierto, hilo.motivo_cierre = False, motivo
        hilo.save(update_fields=["abierto", "motivo_cierre"])
        anotar(
            hilo,
            verbo="cerrar_hilo",
            texto="Se cerró la conversación.",
            actor=actor,
            motivo=motivo,
            calidad=_calidad(actor),
            antes={"abierto": True},
            despues={"abierto": False},
        )
    return hilo


def mudar_conversacion(origen: Hilo, destino: Hilo, *, motivo: str) -> int:
    """Lleva todos los comentarios, con sus respuestas y su orden, a otro hilo, y deja el primero cerrado y oculto.

    Cada uno recuerda en qué hilo se dijo. Es del propio sistema, parte de otra acción: aquí nadie decide. Devuelve
    cuántos se llevó.
    """
    with transaction.atomic():
        filas = bloquear(Hilo.objects.filter(pk__in=[origen.pk, destino.pk]).order_by("pk"))
        hilos = {hilo.pk: hilo for hilo in filas}
        origen, destino = hilos[origen.pk], hilos[destino.pk]
        # La clave es el orden en que se dijeron: una respuesta nunca va antes que lo respondido.
        comentarios = list(Comentario.objects.filter(hilo=origen).select_related("autor", "viene_de").order_by("pk"))
        for comentario in comentarios:
            comentario.viene_de = comentario.viene_de or origen
            destino.cambios += 1
            comentario.hilo, comentario.cambio = destino, destino.cambios
        Comentario.objects.bulk_update(comentarios, ["viene_de", "hilo", "cambio"], batch_size=200)
        destino.save(update_fields=["cambios"])
        origen.abierto, origen.visible, origen.motivo_cierre = False, False, _motivo(motivo)
        origen.save(update_fields=["abierto", "visible", "motivo_cierre"])
        anotar(origen, verbo="mudar_hilo", texto="La conversación se mudó a otra.", motivo=origen.motivo_cierre)
        # Quien lo mira en vivo recibe hasta lo que se repone uno por uno; lo demás, al recargar.
        for comentario in comentarios[: reglas.REPOSICION_MAXIMA]:
            avisos.avisar(comentario)
    return len(comentarios)


def comentar(
    hilo: Hilo,
    *,
    autor: Usuario,
    texto: str,
    padre: Comentario | None = None,
    organizacion: Organizacion | None = None,
) -> Comentario:
    """Publica un comentario, o la respuesta a uno, y lo muestra en vivo.

    Lanza ReglaIncumplida si el hilo o la fase no admiten comentarios, si la persona no tiene mandato en la
    organización o si el comentario respondido ya no se lee; DemasiadoSeguido si escribe más de la cuenta.
    """
    texto = limpiar(texto, varias_lineas=True)
    if not texto:
        raise ReglaIncumplida("Escribe tu comentario.", campo="texto")
    if len(texto) > reglas.LARGO_MAXIMO:
        raise ReglaIncumplida(f"Tu comentario puede tener hasta {reglas.LARGO_MAXIMO} letras.", campo="texto")
    with transaction.atomic():
        # La persona primero: su ritmo se cuenta sobre todos los hilos a la vez.
        autor = bloquear(Usuario.objects.filter(pk=autor.pk)).get()
        hilo = _bloquear_hilo(hilo.pk)
        if razon := permisos.por_que_no_comentar(autor, hilo):
            raise ReglaIncumplida(razon)
        reglas.exigir_ritmo(consultas.comentarios_del_ultimo_minuto(autor))
        mandato = _mandato(autor, organizacion)
        comentario = Comentario.objects.create(
            hilo=hilo,
            autor=autor,
            organizacion=organizacion,
            padre=_raiz(hilo, padre),
            calidad=consultas.calidad_de(autor, mandato),
            texto=texto,
            cambio=_numerar(hilo),
        )
        anotar(
            comentario,
            verbo="responder" if padre else "comentar",
            texto=frase_de_comentario(comentario),
            actor=autor,
            calidad=comentario.calidad,
            hasta=comentario.estado,
            despues={"hilo": hilo.pk, "estado": comentario.estado, "organizacion": comentario.organizacion},
        )
        avisos.avisar(comentario)
    return comentario


def frase_de_comentario(comentario: Comentario) -> str:
    """Lo que dice la bitácora, sin el nombre: la bitácora no se borra y el nombre de una persona sí puede cambiar."""
    return "Se respondió un comentario." if comentario.padre_id else "Se publicó un comentario."


def retirar_comentario(comentario: Comentario, *, actor: Usuario) -> Comentario:
    """Quien lo escribió lo quita de la vista; queda la marca de que hubo un comentario."""
    if comentario.autor_id != actor.pk:
        raise ReglaIncumplida("Solo quien escribió el comentario puede retirarlo.")
    texto = "Su autora o autor retiró el comentario."
    return _mover(comentario, hacia=reglas.RETIRADO, actor=actor, verbo="retirar_comentario", texto=texto)


def ocultar_comentario(comentario: Comentario, *, actor: Usuario | None, motivo: str) -> Comentario:
    """Moderación oculta el texto y muestra el motivo en su lugar. El texto se conserva para la auditoría."""
    return _mover(
        comentario,
        hacia=reglas.OCULTO,
        actor=actor,
        verbo="ocultar_comentario",
        texto="Moderación ocultó el comentario.",
        motivo=_motivo(motivo),
    )


def mostrar_comentario(comentario: Comentario, *, actor: Usuario | None) -> Comentario:
    """Moderación vuelve a mostrar un comentario oculto."""
    texto = "Moderación volvió a mostrar el comentario."
    return _mover(comentario, hacia=reglas.VISIBLE, actor=actor, verbo="mostrar_comentario", texto=texto)


def _mover(
    comentario: Comentario, *, hacia: str, actor: Usuario | None, verbo: str, texto: str, motivo: str = ""
) -> Comentario:
    with transaction.atomic():
        hilo = _bloquear_hilo(comentario.hilo_id)
        comentario = bloquear(Comentario.objects.select_related("autor").filter(pk=comentario.pk)).get()
        if hacia != reglas.RETIRADO:
            _exigir_moderar(actor, hilo, comentario)
        reglas.exigir_transicion(comentario.estado, hacia)
        desde, comentario.estado, comentario.motivo = comentario.estado, hacia, motivo
        comentario.cambio = _numerar(hilo)
        comentario.save(update_fields=["estado", "motivo", "cambio"])
        anotar(
            comentario,
            verbo=verbo,
            texto=texto,
            actor=actor,
            desde=desde,
            hasta=hacia,
            motivo=motivo,
            calidad=comentario.calidad if actor and actor.pk == comentario.autor_id else _calidad(actor),
        )
        avisos.avisar(comentario)
    return comentario


def _exigir_moderar(actor: Usuario | None, hilo: Hilo, comentario: Comentario | None = None) -> None:
    """Sin `actor` es el propio sistema. Nadie modera lo que escribió, ni fuera de hasta donde alcanza su cargo."""
    if actor is not None and (razon := permisos.por_que_no_modera(actor, hilo, comentario)):
        raise ReglaIncumplida(razon)


def _bloquear_hilo(pk: int) -> Hilo:
    return bloquear(Hilo.objects.filter(pk=pk)).get()


def _numerar(hilo: Hilo) -> int:
    """El siguiente número de cambio del hilo, que ya está bloqueado."""
    hilo.cambios += 1
    hilo.save(update_fields=["cambios"])
    return hilo.cambios


def _raiz(hilo: Hilo, padre: Comentario | None) -> Comentario | None:
    """El comentario de primer nivel bajo el que va la respuesta: hay un solo nivel."""
    if padre is None:
        return None
    padre = Comentario.objects.select_related("padre").filter(hilo=hilo, pk=padre.pk).first()
    if padre is None or not padre.se_lee:
        raise ReglaIncumplida(
            "El comentario al que respondes ya no se ve. Puedes decirlo en un comentario nuevo.", campo="padre"
        )
    return padre.padre or padre


def _mandato(autor: Usuario, organizacion: Organizacion | None) -> Mandato | None:
    if organizacion is None:
        return None
    mandato = permisos.mandato_en(autor, organizacion.pk)
    if mandato is None:
        raise ReglaIncumplida(
            f"Hoy no tienes un cargo vigente en {organizacion}. Comenta en tu nombre.", campo="organizacion"
        )
    return mandato


def _motivo(motivo: str) -> str:
    motivo = limpiar(motivo)
    if not motivo:
        raise ReglaIncumplida("Escribe el motivo: lo leerán todas las personas.", campo="motivo")
    return motivo[:200]


def _calidad(actor: Usuario | None) -> str:
    return consultas.insignia_de_rol(actor) if actor else ""
