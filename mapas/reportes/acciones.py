"""Verbos de los reportes: recibir, mover, confirmar, reabrir, sumarse y ocultar."""

import datetime
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.fotos import borrar_foto, guardar_foto, publicar_foto
from civic.comun.idempotencia import una_sola_vez
from civic.comun.models import Foto
from civic.comun.texto import limpiar
from civic.cuentas.models import Organizacion
from civic.cuentas.permisos import puede_actuar_por
from civic.procesos.models import Categoria
from mapas.reportes import reglas
from mapas.reportes.calendario import sumar_habiles
from mapas.reportes.consultas import texto_de_busqueda
from mapas.reportes.models import Correlativo, Reporte, TambienMePasa
from mapas.reportes.reglas import FICHAS, FINALES, Estado
from mapas.territorio import dudas
from mapas.territorio.models import Area

PROPOSITO = "reporte"


def recibir_reporte(
    *,
    categoria: Categoria,
    descripcion: str,
    distrito: Area,
    otb: Area | None = None,
    lon: float | None = None,
    lat: float | None = None,
    referencia: str = "",
    foto: Foto | None = None,
    autor: Any = None,
    organizacion: Organizacion | None = None,
    canal: str = Reporte.Canal.WEB,
    prioridad: str = Reporte.Prioridad.NORMAL,
    servicio: str = "",
    plazo_dias: int | None = None,
    registrado_por: Any = None,
    momento: datetime.datetime | None = None,
) -> Reporte:
    """Da número y plazo a un problema. Sin `autor` es anónimo. Su foto espera la revisión del municipio.

    `plazo_dias` en días hábiles (el de la categoría si no se dice); `momento` solo para cargar datos pasados;
    `registrado_por`, quien lo anotó por otra persona. Lanza ReglaIncumplida si `autor` no representa a `organizacion`.
    """
    if organizacion is not None and not puede_actuar_por(autor, organizacion):
        raise ReglaIncumplida(
            f"Hoy no tienes un cargo vigente en {organizacion}. Reporta en tu nombre.", campo="organizacion"
        )
    momento = momento or timezone.now()
    dias = plazo_dias or reglas.plazo_de(categoria.codigo)
    with transaction.atomic():
        reporte = Reporte(
            codigo=_siguiente_codigo(timezone.localdate(momento).year),
            categoria=categoria,
            descripcion=limpiar(descripcion, varias_lineas=True),
            distrito=distrito,
            otb=otb,
            lon=lon,
            lat=lat,
            referencia=referencia,
            foto=foto,
            autor=autor if getattr(autor, "pk", None) else None,
            organizacion=organizacion,
            canal=canal,
            prioridad=prioridad,
            servicio=servicio,
            plazo_dias=dias,
            vence=sumar_habiles(timezone.localdate(momento), dias),
            creado=momento,
        )
        reporte.busqueda = texto_de_busqueda(reporte)
        reporte.save()
        anotar(
            reporte,
            verbo="recibir",
            texto=f"Recibido: {reporte.get_canal_display().lower()}.",
            actor=registrado_por or reporte.autor,
            calidad=str(organizacion or ""),
            hasta=reporte.estado,
        )
        _revisar_lugar(reporte)
    return reporte


def enviar_reporte(
    datos: dict[str, Any],
    *,
    clave: str,
    huella: dict[str, Any],
    usuario: Any,
    archivo: Any = None,
    foto: Foto | None = None,
) -> tuple[int, bool]:
    """Recibe lo enviado por el formulario una sola vez por `clave`; devuelve (pk, si es nuevo).

    `datos` son los argumentos de recibir_reporte; `huella`, lo escrito tal cual, para reconocer un reenvío. La foto
    llega como `archivo` recién subido o como `foto` ya guardada en el paso anterior.
    """
    # Limpiar una foto tarda: nunca con la base bloqueada.
    nueva = guardar_foto(archivo, usuario=usuario, texto=_texto_de_foto(datos["categoria"])) if archivo else None

    def crear() -> Reporte:
        return recibir_reporte(**datos, foto=nueva or foto)

    return _con_foto_suelta(
        nueva, lambda: una_sola_vez(clave, proposito=PROPOSITO, usuario=usuario, datos=huella, crear=crear)
    )


def guardar_foto_en_espera(archivo: Any, *, usuario: Any, categoria: Categoria | None = None) -> Foto:
    """Limpia y guarda una foto mientras la persona termina de enviar; nadie más la ve. Ver `borrar_fotos_sueltas`."""
    return guardar_foto(archivo, usuario=usuario, texto=_texto_de_foto(categoria))


def borrar_fotos_sueltas(*, antes_de: datetime.datetime) -> int:
    """Borra las fotos sin publicar, más viejas que `antes_de`, que nadie llegó a usar. Devuelve cuántas."""
    borradas = 0
    for foto in Foto.objects.filter(publica=False, momento__lt=antes_de, reportes__isnull=True):
        try:
            with transaction.atomic():
                borrar_foto(foto)
            borradas += 1
        except ProtectedError:
            continue  # la usa otra sala (un borrador de propuesta, una obra)
    return borradas


def mover_reporte(
    reporte: Reporte,
    *,
    hacia: str,
    actor: Any = None,
    nota: str = "",
    respuesta: str = "",
    unidad: str = "",
    operador: str = "",
    sigue_en: Any = None,
    foto: Any = None,
    calidad: str = "",
    momento: datetime.datetime | None = None,
) -> Reporte:
    """Pasa el reporte a otro estado y lo deja en la bitácora; al salir de «recibido» publica su foto.

    `respuesta` es lo que la gente lee en la página; `nota`, la línea de la historia. `sigue_en`: el reporte, propuesta
    u obra donde continúa (algo con `get_absolute_url`) o la dirección de esa página. `foto`: archivo subido de cómo
    quedó. `momento` solo para cargar datos pasados. Lanza ReglaIncumplida si el movimiento o sus datos no valen.
    """
    respuesta, nota = limpiar(respuesta, varias_lineas=True), limpiar(nota)
    momento = momento or timezone.now()
    nueva = guardar_foto(foto, usuario=actor, texto="Cómo quedó", publica=True) if foto else None

    def mover() -> Reporte:
        with transaction.atomic():
            movido = _bloquear(reporte)
            desde = movido.estado
            reglas.exigir_movimiento(desde, hacia)
            _escribir(movido, hacia, respuesta=respuesta, unidad=unidad, operador=operador, sigue_en=sigue_en)
            reglas.exigir_datos(
                hacia,
                explicacion=respuesta or nota,
                unidad=movido.unidad,
                operador=movido.operador,
                sigue_en=movido.sigue_url,
            )
            movido.foto_respuesta = nueva or movido.foto_respuesta
            _cambiar_estado(movido, hacia, momento)
            anotar(
                movido, verbo="mover", texto=_frase(movido), actor=actor, calidad=calidad or movido.unidad,
                desde=desde, hasta=movido.estado, motivo=nota or respuesta,
            )  # fmt: skip
        return movido

    return _con_foto_suelta(nueva, mover)


def confirmar(reporte: Reporte, *, usuario: Any) -> Reporte:
    """Quien reportó dice que quedó bien."""
    return _responder_si_quedo_bien(reporte, usuario, Estado.CONFIRMADO, texto="Quien reportó dijo que quedó bien.")


def reabrir(reporte: Reporte, *, usuario: Any, motivo: str) -> Reporte:
    """Quien reportó dice que no quedó bien, hasta DIAS_PARA_REABRIR días después; el plazo corre de nuevo."""
    motivo = limpiar(motivo, varias_lineas=True)
    if not motivo:
        raise ReglaIncumplida("Cuenta qué falta o qué volvió a pasar.", campo="motivo")
    return _responder_si_quedo_bien(
        reporte, usuario, Estado.REABIERTO, texto="Quien reportó dijo que no quedó bien.", motivo=motivo
    )


def decir_tambien(reporte: Reporte, *, usuario: Any) -> Reporte:
    """Suma a una persona a quien también le pasa; decirlo dos veces cuenta una."""
    with transaction.atomic():
        reporte = _bloquear(reporte)
        if reporte.autor_id == usuario.pk:
            raise ReglaIncumplida("Este reporte es tuyo: ya cuenta que te pasa.")
        if not reporte.esta_abierto:
            raise ReglaIncumplida(
                f"Este reporte está «{reporte.ficha[0]}». Si el problema sigue, haz un reporte nuevo."
            )
        _, nuevo = TambienMePasa.objects.get_or_create(reporte=reporte, usuario=usuario)
        if nuevo:
            _recontar(reporte)
            anotar(reporte, verbo="decir_tambien", texto="También le pasa.", actor=usuario, publico=False)
    return reporte


def retirar_tambien(reporte: Reporte, *, usuario: Any) -> Reporte:
    """Quita a una persona de la cuenta; si no estaba, no cambia nada."""
    with transaction.atomic():
        reporte = _bloquear(reporte)
        quitados, _ = TambienMePasa.objects.filter(reporte=reporte, usuario=usuario).delete()
        if quitados:
            _recontar(reporte)
            anotar(reporte, verbo="retirar_tambien", texto="Ya no le pasa.", actor=usuario, publico=False)
    return reporte


def guardar_ficha(reporte: Reporte, *, actor: Any, **cambios: Any) -> Reporte:
    """Corrige desde la trastienda prioridad, servicio, unidad, operador, plazo o respuesta; nunca el estado."""
    permitidos = {"prioridad", "servicio", "unidad", "operador", "plazo_dias", "respuesta"}
    if ajenos := set(cambios) - permitidos:
        raise ValueError(f"No son datos de la ficha: {sorted(ajenos)}")
    with transaction.atomic():
        reporte = _bloquear(reporte)
        distintos = {campo: valor for campo, valor in cambios.items() if getattr(reporte, campo) != valor}
        if not distintos:
            return reporte
        antes = {campo: [str(getattr(reporte, campo)), str(valor)] for campo, valor in distintos.items()}
        for campo, valor in distintos.items():
            setattr(reporte, campo, valor)
        if "plazo_dias" in distintos:
            reporte.vence = sumar_habiles(timezone.localdate(reporte.creado), reporte.plazo_dias)
        reporte.save()
        nombres = ", ".join(str(Reporte._meta.get_field(campo).verbose_name) for campo in distintos)  # type: ignore[union-attr]
        anotar(reporte, verbo="corregir", texto=f"El municipio actualizó: {nombres}.", actor=actor, datos=antes)
    return reporte


def reubicar_reporte(objeto_id: int, *, distrito: Area | None, otb: Area | None, actor: Any, motivo: str) -> Reporte:
    """Pone el reporte en el distrito y la OTB que decidió quien cuida el territorio (ver mapas/territorio/dudas.py)."""
    if not actor.has_perm(dudas.PERMISO):
        raise ReglaIncumplida("Cambiar un reporte de lugar le toca a quien cuida el territorio.")
    with transaction.atomic():
        reporte = bloquear(Reporte.objects.completos().filter(pk=objeto_id)).get()
        antes = {"distrito": str(reporte.distrito or ""), "otb": str(reporte.otb or "")}
        reporte.distrito, reporte.otb = distrito, otb
        reporte.busqueda = texto_de_busqueda(reporte)
        reporte.save()
        despues = {"distrito": str(distrito or ""), "otb": str(otb or "")}
        anotar(
            reporte, verbo="reubicar", texto=f"El municipio decidió que es de {otb or distrito}.", actor=actor,
            motivo=motivo, datos={"antes": antes, "despues": despues}, publico=not reporte.oculto,
        )  # fmt: skip
    return reporte


def ocultar(reporte: Reporte, *, actor: Any, motivo: str) -> Reporte:
    """Saca un reporte de la vista pública (insultos, datos personales); su foto también deja de verse."""
    motivo = limpiar(motivo)
    if not motivo:
        raise ReglaIncumplida("Escribe por qué se oculta.", campo="motivo")
    return _poner_oculto(reporte, actor, True, "El municipio lo ocultó.", motivo)


def mostrar(reporte: Reporte, *, actor: Any) -> Reporte:
    """Devuelve a la vista pública un reporte oculto."""
    return _poner_oculto(reporte, actor, False, "El municipio lo volvió a mostrar.", "")


# --- Piezas ----------------------------------------------------------------------------------------------------------


def _bloquear(reporte: Reporte) -> Reporte:
    """La misma fila, bloqueada y releída."""
    return bloquear(Reporte.objects.completos().filter(pk=reporte.pk)).get()


def _revisar_lugar(reporte: Reporte) -> None:
    dudas.revisar_lugar(
        reporte, titulo=reporte.codigo, lon=reporte.lon, lat=reporte.lat, distrito=reporte.distrito, otb=reporte.otb
    )


def _con_foto_suelta(nueva: Foto | None, hacer: Callable[[], Any]) -> Any:
    """Hace algo con una foto recién guardada y la borra si nadie llegó a usarla (reenvío o regla incumplida)."""
    try:
        return hacer()
    finally:
        if nueva is not None and not Reporte.objects.filter(Q(foto=nueva) | Q(foto_respuesta=nueva)).exists():
            borrar_foto(nueva)


def _siguiente_codigo(anio: int) -> str:
    """RC-2026-00042. La fila del año es el candado: dos reportes a la vez esperan su turno."""
    Correlativo.objects.get_or_create(anio=anio)
    correlativo = bloquear(Correlativo.objects.filter(anio=anio)).get()
    codigo = ""
    # Los códigos cargados de otro sistema pueden estar ya ocupados.
    while not codigo or Reporte.objects.filter(codigo=codigo).exists():
        correlativo.ultimo += 1
        codigo = f"RC-{anio}-{correlativo.ultimo:05d}"
    correlativo.save()
    return codigo


def _texto_de_foto(categoria: Categoria | None) -> str:
    return f"Foto enviada con el reporte ({categoria})" if categoria else "Foto enviada con el reporte"


def _escribir(reporte: Reporte, hacia: str, *, respuesta: str, unidad: str, operador: str, sigue_en: Any) -> None:
    reporte.respuesta = respuesta or reporte.respuesta
    reporte.unidad = unidad or reporte.unidad
    reporte.operador = operador or reporte.operador
    if sigue_en is None:
        return
    if isinstance(sigue_en, Reporte) and sigue_en.pk == reporte.pk:
        raise ReglaIncumplida("Un reporte no puede ser repetición de sí mismo.", campo="sigue_en")
    es_objeto = hasattr(sigue_en, "get_absolute_url")
    reporte.sigue_url = sigue_en.get_absolute_url() if es_objeto else str(sigue_en)
    reporte.sigue_titulo = str(sigue_en)[:200] if es_objeto else ""


def _cambiar_estado(reporte: Reporte, hacia: str, momento: datetime.datetime) -> None:
    desde, reporte.estado = reporte.estado, str(hacia)
    if reporte.estado in FINALES and desde not in FINALES:
        reporte.atendido = momento
    if reporte.estado == Estado.REABIERTO:
        reporte.atendido = None
        reporte.vence = sumar_habiles(timezone.localdate(momento), reporte.plazo_dias)
    reporte.save()
    if desde == Estado.RECIBIDO and not reporte.oculto:
        publicar_foto(reporte.foto)


def _frase(reporte: Reporte) -> str:
    etiqueta = FICHAS[reporte.estado][0]
    if reporte.estado == Estado.ASIGNADO:
        return f"{etiqueta} a {reporte.unidad}."
    if reporte.estado == Estado.DERIVADO:
        return f"Derivado a {reporte.operador}."
    return f"{etiqueta}."


def _responder_si_quedo_bien(reporte: Reporte, usuario: Any, hacia: str, *, texto: str, motivo: str = "") -> Reporte:
    ahora = timezone.now()
    with transaction.atomic():
        reporte = _bloquear(reporte)
        if reporte.autor_id is None or reporte.autor_id != usuario.pk:
            raise ReglaIncumplida("Solo quien hizo el reporte puede decir si quedó bien.")
        desde = reporte.estado
        reglas.exigir_movimiento(desde, hacia)
        if hacia == Estado.REABIERTO:
            atendido = timezone.localdate(reporte.atendido) if reporte.atendido else None
            reglas.exigir_reabrible(atendido, timezone.localdate(ahora))
        _cambiar_estado(reporte, hacia, ahora)
        anotar(
            reporte, verbo="mover", texto=texto, actor=usuario, motivo=motivo, desde=desde, hasta=reporte.estado
        )  # fmt: skip
    return reporte


def _recontar(reporte: Reporte) -> None:
    reporte.tambien_contados = reporte.tambien.count()
    reporte.save(update_fields=["tambien_contados", "cambiado"])


def _poner_oculto(reporte: Reporte, actor: Any, oculto: bool, texto: str, motivo: str) -> Reporte:
    with transaction.atomic():
        reporte = _bloquear(reporte)
        if reporte.oculto != oculto:
            reporte.oculto = oculto
            reporte.save(update_fields=["oculto", "cambiado"])
            if reporte.foto is not None and _usos(reporte.foto) == 1:
                reporte.foto.publica = not oculto and reporte.estado != Estado.RECIBIDO
                reporte.foto.save(update_fields=["publica"])
            anotar(
                reporte, verbo="ocultar" if oculto else "mostrar", texto=texto, actor=actor, motivo=motivo,
                publico=False,
            )  # fmt: skip
    return reporte


def _usos(foto: Foto) -> int:
    """En cuántos lugares de todo el sitio aparece una foto: la compartida no se oculta con uno de ellos."""
    return sum(
        relacion.related_model._base_manager.filter(**{relacion.field.name: foto}).count()
        for relacion in Foto._meta.related_objects
    )
