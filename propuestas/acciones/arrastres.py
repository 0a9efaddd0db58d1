"""Pasar una propuesta de la lista de espera a un proceso de la siguiente gestión."""

from django.utils import timezone

from civic.comun.bitacora import juntar_sucesos
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.cuentas.models import Usuario
from civic.debate.acciones import abrir_hilo
from civic.procesos.models import Proceso
from propuestas import consultas, permisos, reglas
from propuestas.acciones.adjuntos import copiar_fotos
from propuestas.acciones.borradores import hacer_fila, siguiente_codigo
from propuestas.acciones.copatrocinios import continuar_copatrocinios
from propuestas.acciones.piezas import anotar_movimiento, bloquear_propuesta, intento, pasar_a, revisar_lugar
from propuestas.models import Apoyo, Propuesta
from propuestas.reglas import PLANIFICACION, Estado

SE_COPIAN = (
    *("autor", "organizacion", "titulo", "descripcion", "categoria", "distrito", "otb", "lon", "lat", "referencia"),
    *("monto_solicitado", "familias", "unidad", "foto", "busqueda"),
)


def arrastrar_propuesta(
    propuesta: Propuesta, *, destino: Proceso, actor: Usuario, motivo: str, leido: str = ""
) -> Propuesta:
    """Deja la de la lista de espera como «arrastrada» y abre la nueva, publicada en `destino`, con sus apoyos.

    La nueva se evalúa otra vez: cambian los techos y los precios. Lanza ReglaIncumplida si `destino` no es de una
    gestión posterior o no está publicado y en marcha.
    """
    motivo = limpiar(motivo, varias_lineas=True)
    with intento(propuesta, actor, "pasarla a otra gestión"), juntar_sucesos():
        propuesta = bloquear_propuesta(propuesta)
        reglas.exigir_lo_leido(leido, propuesta.sello, propuesta.estado)
        reglas.exigir_movimiento(propuesta.estado, Estado.ARRASTRADA, PLANIFICACION)
        if PLANIFICACION not in permisos.calidades_de(actor, propuesta):
            raise ReglaIncumplida("Pasar propuestas a otra gestión le toca a Planificación POA.")
        reglas.exigir_motivo(Estado.ARRASTRADA, PLANIFICACION, motivo)
        hacer_fila(destino.gestion)
        destino = Proceso.objects.get(pk=destino.pk)
        _exigir_destino(propuesta, destino)
        nueva = _copiar(propuesta, destino)
        desde = pasar_a(propuesta, Estado.ARRASTRADA)
        propuesta.save(update_fields=["estado", "vence", "cambiada"])
        anotar_movimiento(propuesta, actor, PLANIFICACION, desde=desde, motivo=f"{motivo} Sigue como {nueva.codigo}.")
        anotar_movimiento(
            nueva, actor, PLANIFICACION, desde="",
            motivo=f"Viene de {propuesta.codigo}, que quedó en lista de espera en {propuesta.proceso.gestion}.",
        )  # fmt: skip
    return nueva


def _exigir_destino(propuesta: Propuesta, destino: Proceso) -> None:
    if destino.gestion <= propuesta.proceso.gestion:
        raise ReglaIncumplida("Elige un proceso de una gestión posterior.", campo="destino")
    if not destino.publicado or not destino.esta_en_marcha:
        raise ReglaIncumplida("Ese proceso no está publicado y en marcha.", campo="destino")


def _copiar(propuesta: Propuesta, destino: Proceso) -> Propuesta:
    nueva = Propuesta(
        proceso=destino,
        viene_de=propuesta,
        codigo=siguiente_codigo(destino.gestion),
        estado=Estado.PUBLICADA.value,
        presentada=timezone.now(),
        **{campo: getattr(propuesta, campo) for campo in SE_COPIAN},
    )
    nueva.busqueda = consultas.texto_de_busqueda(nueva)
    nueva.save()
    nueva.hilo = abrir_hilo(nueva.titulo, proceso=destino, url=nueva.get_absolute_url(), distrito=nueva.distrito)
    copiar_fotos(propuesta, nueva)
    apoyos = Apoyo.objects.filter(propuesta=propuesta).values_list("usuario", "momento")
    copias = [Apoyo(propuesta=nueva, usuario_id=usuario, momento=momento) for usuario, momento in apoyos]
    nueva.apoyos_contados = len(Apoyo.objects.bulk_create(copias, batch_size=500))
    nueva.save(update_fields=["hilo", "apoyos_contados"])
    continuar_copatrocinios(propuesta, nueva)
    revisar_lugar(nueva)
    return nueva
