"""Verbos de las propuestas: guardar, presentar, mover, dictaminar y apoyar."""

from decimal import Decimal
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.functions import Length
from django.utils import timezone

from civic.comun.bitacora import anotar, diferencia, retrato
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.fotos import guardar_foto, publicar_foto
from civic.comun.models import Foto
from civic.comun.texto import limpiar
from civic.cuentas.models import Usuario
from civic.cuentas.permisos import calidad_de, puede_actuar_por
from civic.cuentas.roles import Cosa, Rol, puede
from civic.debate.acciones import abrir_hilo
from civic.debate.models import Hilo
from civic.procesos.consultas import techo_de
from civic.procesos.models import Proceso
from civic.procesos.permisos import exigir_fase
from civic.procesos.reglas import EVALUAR, PROPONER
from mapas.territorio import dudas
from mapas.territorio.models import Area
from propuestas import consultas, permisos, reglas
from propuestas.models import Apoyo, Dictamen, Propuesta
from propuestas.reglas import AUTOR, EN_CALIDAD_DE, PLANIFICACION, SISTEMA, TECNICO, Estado

# Lo que su autora o autor escribe en el borrador.
CAMPOS = (
    *("titulo", "descripcion", "categoria", "organizacion"),
    *("distrito", "otb", "lon", "lat", "referencia"),
    *("monto_solicitado", "familias"),
)
# Lo que escribió una persona puede tener que retirarse: su antes y después no se publican, los guarda la auditoría.
TEXTOS = ("titulo", "descripcion", "referencia")
CAMBIAN_AL_PRESENTAR = ("estado", "codigo", "presentada")
CAMBIAN_AL_DICTAMINAR = ("estado", "monto_tecnico")
CAMPOS_EDITORIALES = ("titulo", "descripcion", "categoria", "distrito", "otb", "lon", "lat", "referencia")


def abrir_borrador(proceso: Proceso, *, autor: Usuario, **datos: Any) -> Propuesta:
    """Empieza una propuesta en `proceso`; nadie más la ve hasta que se presente.

    `datos` son los campos de CAMPOS. Lanza ReglaIncumplida si la fase no recibe propuestas o si `autor` no tiene
    mandato vigente en la organización.
    """
    with transaction.atomic():
        exigir_fase(proceso, PROPONER)
        propuesta = Propuesta(proceso=proceso, autor=autor)
        _escribir(propuesta, autor, datos)
        propuesta.save()
        _anotar_aparte(propuesta, autor, verbo="abrir_borrador", texto="Empezó a escribirla.")
    return propuesta


def guardar_borrador(
    propuesta: Propuesta,
    *,
    actor: Usuario,
    foto: Any = None,
    texto_foto: str = "",
    quitar_foto: bool = False,
    **datos: Any,
) -> Propuesta:
    """Guarda lo que trae `datos` (campos de CAMPOS) y la foto subida, si la hay; lo demás queda como estaba.

    Un borrador se guarda en cualquier fase: lo escrito no se pierde aunque ya no se pueda presentar.
    """
    # Limpiar la foto tarda hasta un segundo y es otro proceso: nunca con la fila bloqueada.
    nueva = guardar_foto(foto, usuario=actor, texto=texto_foto) if foto else None
    with transaction.atomic():
        propuesta = _bloquear(propuesta)
        if propuesta.autor_id != actor.pk or not propuesta.es_editable:
            raise ReglaIncumplida("Esta propuesta ya se presentó. Solo se puede cambiar si te la devuelven.")
        _escribir(propuesta, actor, datos)
        sobra = _poner_foto(propuesta, nueva, texto_foto, quitar=quitar_foto)
        propuesta.save()
        _desechar(sobra)
        _anotar_aparte(propuesta, actor, verbo="guardar_borrador", texto="Guardó un cambio.")
    return propuesta


def presentar_propuesta(propuesta: Propuesta, *, actor: Usuario) -> Propuesta:
    """Presenta un borrador completo: le da código y debate, y lo deja «enviada» para revisar la forma.

    Presentar dos veces es lo mismo que una. Lanza ReglaIncumplida si la fase no lo permite, si falta un dato (dice
    el paso), si el costo pasa del techo del distrito o si venció el mandato en la organización.
    """
    with transaction.atomic():
        propuesta = _bloquear(propuesta)
        if propuesta.autor_id != actor.pk:
            raise ReglaIncumplida("Solo la presenta quien la escribió.")
        if not propuesta.es_editable:
            return propuesta
        # La fila de la gestión antes de mirar la fase: quien cambia el calendario toma el mismo candado, y la hora que
        # cuenta es la de después de esperar.
        _hacer_fila(propuesta.proceso.gestion)
        _exigir_presentable(propuesta, actor)
        desde, antes = propuesta.estado, retrato(propuesta, CAMBIAN_AL_PRESENTAR)
        reglas.exigir_movimiento(desde, Estado.ENVIADA, AUTOR)
        propuesta.estado = Estado.ENVIADA.value
        propuesta.presentada = propuesta.presentada or timezone.now()
        propuesta.codigo = propuesta.codigo or _siguiente_codigo(propuesta.proceso.gestion)
        propuesta.hilo = propuesta.hilo or _abrir_hilo_oculto(propuesta)
        propuesta.busqueda = consultas.texto_de_busqueda(propuesta)
        propuesta.save()
        _revisar_lugar(propuesta)
        _anotar_movimiento(
            propuesta, actor, AUTOR, desde=desde, cambio=diferencia(antes, retrato(propuesta, CAMBIAN_AL_PRESENTAR))
        )
    return propuesta


def mover_propuesta(
    propuesta: Propuesta, *, hacia: str, actor: Usuario | None = None, calidad: str, motivo: str = ""
) -> Propuesta:
    """Cambia el estado por un movimiento de reglas.MOVIMIENTOS y lo deja en la bitácora.

    `calidad` es una de reglas (AUTOR, MODERACION, TECNICO, PLANIFICACION o SISTEMA); salvo SISTEMA, `actor` debe
    tenerla. «Enviada» llega con `presentar_propuesta` y el resultado de una evaluación con `dictaminar`.
    """
    motivo = limpiar(motivo, varias_lineas=True)
    with transaction.atomic():
        propuesta = _bloquear(propuesta)
        desde = propuesta.estado
        reglas.exigir_movimiento(desde, hacia, calidad)
        _exigir_calidad(propuesta, actor, calidad)
        _exigir_otra_persona(propuesta, actor, hacia, calidad)
        reglas.exigir_camino_propio(desde, hacia)
        reglas.exigir_motivo(hacia, calidad, motivo)
        _exigir_un_solo_reclamo(propuesta, hacia, calidad)
        propuesta.estado = str(hacia)
        propuesta.save(update_fields=["estado", "cambiada"])
        if propuesta.estado == Estado.PUBLICADA:
            _abrir_al_publico(propuesta)
        _anotar_movimiento(propuesta, actor, calidad, desde=desde, motivo=motivo)
    return propuesta


def dictaminar(
    propuesta: Propuesta,
    *,
    actor: Usuario,
    resultado: str,
    texto: str,
    motivo: str = "",
    monto_tecnico: Decimal | None = None,
) -> Dictamen:
    """Responde una propuesta «en evaluación»: viable, observada, rechazada o derivada, con razones públicas.

    `monto_tecnico` en Bs, obligatorio si es viable; `motivo`, clave de reglas.MOTIVOS, obligatorio si se rechaza.
    Lanza ReglaIncumplida si a `actor` no le toca, si la presentó, si la fase no evalúa o si falta una razón.
    """
    texto = limpiar(texto, varias_lineas=True)
    with transaction.atomic():
        propuesta = _bloquear(propuesta)
        if razon := permisos.por_que_no_evalua(actor, propuesta):
            raise ReglaIncumplida(razon)
        exigir_fase(propuesta.proceso, EVALUAR)
        reglas.exigir_dictamen(propuesta.estado, resultado, motivo, texto, monto_tecnico)
        calidad = TECNICO if actor.tiene_rol(Rol.TECNICO_EVALUADOR) else PLANIFICACION
        reglas.exigir_movimiento(propuesta.estado, resultado, calidad)
        if resultado == Estado.VIABLE and monto_tecnico is not None:
            _exigir_bajo_techo(propuesta, monto_tecnico, que="El costo técnico", campo="monto_tecnico")
        antes = retrato(propuesta, CAMBIAN_AL_DICTAMINAR)
        dictamen = Dictamen.objects.create(
            propuesta=propuesta,
            evaluador=actor,
            resultado=resultado,
            motivo=motivo,
            texto=texto,
            monto_tecnico=monto_tecnico,
        )
        desde, propuesta.estado = propuesta.estado, str(resultado)
        propuesta.monto_tecnico = monto_tecnico or propuesta.monto_tecnico
        propuesta.save(update_fields=["estado", "monto_tecnico", "cambiada"])
        # La explicación entera vive en el dictamen; la historia lleva solo la razón, para no decir todo dos veces.
        _anotar_movimiento(
            propuesta, actor, calidad, desde=desde, motivo=reglas.MOTIVOS.get(motivo, ""),
            cambio=diferencia(antes, retrato(propuesta, CAMBIAN_AL_DICTAMINAR)),
        )  # fmt: skip
    return dictamen


def asignar_unidad(propuesta: Propuesta, *, unidad: str, actor: Usuario) -> Propuesta:
    """Dice qué unidad evalúa la propuesta; repetirlo no cambia nada."""
    unidad = limpiar(unidad)
    if not unidad:
        raise ReglaIncumplida("Di qué unidad la evalúa.", campo="unidad")
    with transaction.atomic():
        propuesta = _bloquear(propuesta)
        if razon := permisos.por_que_no_asigna(actor, propuesta):
            raise ReglaIncumplida(razon)
        if propuesta.unidad != unidad:
            antes, propuesta.unidad = propuesta.unidad, unidad
            propuesta.save(update_fields=["unidad", "cambiada"])
            anotar(
                propuesta, verbo="asignar_unidad", texto=f"La evalúa: {unidad}.", actor=actor, calidad=_cargo(actor),
                datos={"unidad": [antes, unidad]}, publico=reglas.es_publico(propuesta.estado),
            )  # fmt: skip
    return propuesta


def apoyar(propuesta: Propuesta, *, usuario: Usuario) -> Propuesta:
    """Suma el apoyo de una persona con residencia verificada; apoyar dos veces cuenta una."""
    with transaction.atomic():
        propuesta = _bloquear(propuesta)
        _exigir_situacion(propuesta, usuario)
        _, nuevo = Apoyo.objects.get_or_create(propuesta=propuesta, usuario=usuario)
        if nuevo:
            _anotar_aparte(propuesta, usuario, verbo="apoyar", texto="Apoyó la propuesta.", cambio=_recontar(propuesta))
    return propuesta


def retirar_apoyo(propuesta: Propuesta, *, usuario: Usuario) -> Propuesta:
    """Quita el apoyo de una persona mientras la fase lo permita; sin apoyo dado, no cambia nada."""
    with transaction.atomic():
        propuesta = _bloquear(propuesta)
        apoyos = Apoyo.objects.filter(propuesta=propuesta, usuario=usuario)
        if apoyos.exists():
            _exigir_situacion(propuesta, usuario)
            apoyos.delete()
            _anotar_aparte(
                propuesta, usuario, verbo="retirar_apoyo", texto="Retiró su apoyo.", cambio=_recontar(propuesta)
            )
    return propuesta


def corregir_propuesta(propuesta: Propuesta, *, actor: Usuario, **cambios: Any) -> Propuesta:
    """Corrección editorial desde la trastienda: título, texto, categoría o lugar. Nunca montos, estado ni apoyos.

    La bitácora pública dice qué datos cambiaron, y de categoría y lugar, qué había antes; el texto anterior queda
    reservado: pudo corregirse justamente para que dejara de verse.
    """
    ajenos = set(cambios) - set(CAMPOS_EDITORIALES)
    if ajenos:
        raise ValueError(f"No son campos editoriales: {sorted(ajenos)}")
    with transaction.atomic():
        propuesta = _bloquear(propuesta)
        if not puede(actor, "E", Cosa.PROPUESTAS, propuesta):
            raise ReglaIncumplida("Corregir propuestas le toca a Planificación o al equipo técnico.")
        distintos = {campo: valor for campo, valor in cambios.items() if getattr(propuesta, campo) != valor}
        if not distintos:
            return propuesta
        antes = retrato(propuesta, distintos)
        for campo, valor in distintos.items():
            setattr(propuesta, campo, valor)
        propuesta.busqueda = consultas.texto_de_busqueda(propuesta)
        propuesta.save()
        _mudar_hilo(propuesta)
        nombres = ", ".join(str(getattr(Propuesta, campo).field.verbose_name) for campo in distintos)
        despues = retrato(propuesta, distintos)
        if propuesta.codigo and {"distrito", "otb", "lon", "lat"} & set(distintos):
            _revisar_lugar(propuesta)
        anotar(
            propuesta, verbo="corregir", texto=f"El municipio corrigió: {nombres}.", actor=actor,
            calidad=_cargo(actor), publico=reglas.es_publico(propuesta.estado),
            antes={campo: valor for campo, valor in antes.items() if campo not in TEXTOS},
            despues={campo: valor for campo, valor in despues.items() if campo not in TEXTOS},
            datos={"textos": {campo: [antes[campo], despues[campo]] for campo in distintos if campo in TEXTOS}},
        )  # fmt: skip
    return propuesta


def reubicar_propuesta(
    objeto_id: int, *, distrito: Area | None, otb: Area | None, actor: Any, motivo: str
) -> Propuesta:
    """Pone la propuesta en el distrito y la OTB que decidió quien cuida el territorio (ver mapas/territorio/dudas.py).

    De otro distrito solo mientras no esté en una papeleta ni en el POA: ahí ya compite por el techo del suyo.
    """
    if not actor.has_perm(dudas.PERMISO):
        raise ReglaIncumplida("Cambiar una propuesta de lugar le toca a quien cuida el territorio.")
    with transaction.atomic():
        propuesta = bloquear(Propuesta.objects.con_lugar().filter(pk=objeto_id)).get()
        if distrito != propuesta.distrito and propuesta.estado in reglas.CON_DISTRITO_FIJO:
            raise ReglaIncumplida(
                f"La propuesta está «{propuesta.ficha.etiqueta}»: ya no puede cambiar de distrito. Déjala como está o "
                "elige una OTB de su distrito."
            )
        antes = {"distrito": str(propuesta.distrito or ""), "otb": str(propuesta.otb or "")}
        propuesta.distrito, propuesta.otb = distrito, otb
        propuesta.busqueda = consultas.texto_de_busqueda(propuesta)
        propuesta.save()
        despues = {"distrito": str(distrito or ""), "otb": str(otb or "")}
        anotar(
            propuesta, verbo="reubicar", texto=f"El municipio decidió que es de {otb or distrito}.", actor=actor,
            calidad=_cargo(actor), motivo=motivo, datos={"antes": antes, "despues": despues},
            publico=reglas.es_publico(propuesta.estado),
        )  # fmt: skip
    return propuesta


# --- Piezas ----------------------------------------------------------------------------------------------------------


def _bloquear(propuesta: Propuesta) -> Propuesta:
    """La misma fila, bloqueada y releída con su lugar."""
    return bloquear(Propuesta.objects.con_lugar().filter(pk=propuesta.pk)).get()


def _revisar_lugar(propuesta: Propuesta) -> None:
    dudas.revisar_lugar(
        propuesta,
        titulo=f"{propuesta.codigo}: {propuesta.titulo}" if propuesta.codigo else propuesta.titulo,
        lon=propuesta.lon,
        lat=propuesta.lat,
        distrito=propuesta.distrito,
        otb=propuesta.otb,
    )


def _escribir(propuesta: Propuesta, actor: Usuario, datos: dict[str, Any]) -> None:
    ajenos = set(datos) - set(CAMPOS)
    if ajenos:
        raise ValueError(f"No son campos del borrador: {sorted(ajenos)}")
    for campo, valor in datos.items():
        setattr(propuesta, campo, valor)
    _exigir_mandato(propuesta, actor)
    propuesta.busqueda = consultas.texto_de_busqueda(propuesta)


def _exigir_mandato(propuesta: Propuesta, actor: Usuario) -> None:
    organizacion = propuesta.organizacion
    if organizacion is not None and not puede_actuar_por(actor, organizacion):
        raise ReglaIncumplida(
            f"Hoy no tienes un cargo vigente en {organizacion}. Preséntala en tu nombre o renueva tu mandato.",
            campo="organizacion",
        )


def _exigir_presentable(propuesta: Propuesta, actor: Usuario) -> None:
    exigir_fase(propuesta.proceso, PROPONER)
    _exigir_mandato(propuesta, actor)
    reglas.exigir_completa(consultas.lo_que_falta(propuesta))
    if propuesta.monto_solicitado is not None:
        _exigir_bajo_techo(propuesta, propuesta.monto_solicitado)


def _exigir_bajo_techo(
    propuesta: Propuesta, monto: Decimal, *, que: str = "El costo", campo: str = "monto_solicitado"
) -> None:
    distrito = propuesta.distrito
    if distrito is not None:
        techo = techo_de(propuesta.proceso, distrito)
        reglas.exigir_bajo_techo(monto, techo, str(distrito), que=que, campo=campo)


def _exigir_calidad(propuesta: Propuesta, actor: Usuario | None, calidad: str) -> None:
    if calidad == SISTEMA:
        return
    if actor is None or calidad not in permisos.calidades_de(actor, propuesta):
        raise ReglaIncumplida(f"Ese cambio lo hace: {EN_CALIDAD_DE[calidad].lower()}.")


def _exigir_otra_persona(propuesta: Propuesta, actor: Usuario | None, hacia: str, calidad: str) -> None:
    if actor is None or calidad in (AUTOR, SISTEMA):
        return
    if razon := permisos.por_que_no_aprueba(actor, propuesta, hacia):
        raise ReglaIncumplida(razon)


def _exigir_situacion(propuesta: Propuesta, usuario: Usuario) -> None:
    situacion = permisos.situacion_de_apoyo(usuario, propuesta)
    if not situacion.puede:
        raise ReglaIncumplida(situacion.motivo)


def _exigir_un_solo_reclamo(propuesta: Propuesta, hacia: str, calidad: str) -> None:
    if calidad == AUTOR and hacia == Estado.EN_EVALUACION and consultas.ya_reclamo(propuesta):
        raise ReglaIncumplida("Ya reclamaste una vez y el municipio respondió. Mira el dictamen.")


def _hacer_fila(gestion: int) -> None:
    """Bloquea los procesos de la gestión: dos personas que presentan a la vez hacen fila."""
    list(bloquear(Proceso.objects.filter(gestion=gestion).order_by("pk")))


def _siguiente_codigo(gestion: int) -> str:
    """Código correlativo de la gestión, con la fila ya hecha."""
    ultimo = (
        Propuesta.objects.filter(codigo__startswith=f"PR-{gestion}-")
        .order_by(Length("codigo").desc(), "-codigo")
        .values_list("codigo", flat=True)
        .first()
    )
    return reglas.codigo_de(gestion, reglas.numero_de(ultimo) + 1 if ultimo else 1)


def _abrir_hilo_oculto(propuesta: Propuesta) -> Hilo:
    """El debate nace oculto: mientras se revisa la forma, nadie debe leer su título ni comentar."""
    hilo = abrir_hilo(
        propuesta.titulo, proceso=propuesta.proceso, url=propuesta.get_absolute_url(), distrito=propuesta.distrito
    )
    hilo.visible = False
    hilo.save(update_fields=["visible"])
    return hilo


def _mudar_hilo(propuesta: Propuesta) -> None:
    """El debate es del distrito de su propuesta: quien modera por distrito lo encuentra."""
    if propuesta.hilo is not None and propuesta.hilo.distrito_id != propuesta.distrito_id:
        propuesta.hilo.distrito = propuesta.distrito
        propuesta.hilo.save(update_fields=["distrito"])


def _abrir_al_publico(propuesta: Propuesta) -> None:
    publicar_foto(propuesta.foto)
    if propuesta.hilo is not None and not propuesta.hilo.visible:
        propuesta.hilo.visible = True
        propuesta.hilo.save(update_fields=["visible"])


def _poner_foto(propuesta: Propuesta, nueva: Foto | None, texto: str, *, quitar: bool) -> Foto | None:
    """Cambia la foto del borrador y devuelve la que sobra, si sobra una."""
    anterior = propuesta.foto
    if nueva is None:
        if quitar:
            propuesta.foto = None
            return anterior
        if anterior is not None and texto and anterior.texto != texto:
            anterior.texto = texto
            anterior.save(update_fields=["texto"])
        return None
    if anterior is not None and anterior.huella == nueva.huella:
        return nueva  # la misma foto enviada dos veces: queda la primera
    propuesta.foto = nueva
    return anterior


def _desechar(foto: Foto | None) -> None:
    """Borra una foto de borrador que ya no usa nadie, con sus archivos."""
    if foto is None:
        return
    rutas = [foto.ruta(ancho) for ancho in foto.anchos]
    foto.delete()

    def borrar() -> None:
        for ruta in rutas:
            default_storage.delete(ruta)

    transaction.on_commit(borrar)


def _recontar(propuesta: Propuesta) -> tuple[dict[str, Any], dict[str, Any]]:
    """Pone al día la cuenta; devuelve lo que había antes y lo que hay después."""
    antes = retrato(propuesta, ["apoyos_contados"])
    # Contar las filas, con la propuesta bloqueada, no deja que el número se aparte nunca de la verdad.
    propuesta.apoyos_contados = Apoyo.objects.filter(propuesta=propuesta).count()
    propuesta.save(update_fields=["apoyos_contados"])
    return antes, retrato(propuesta, ["apoyos_contados"])


def _cargo(actor: Usuario) -> str:
    return next((str(rol.label) for rol in Rol if rol in actor.roles_vigentes), "Municipio")


def _anotar_aparte(
    propuesta: Propuesta,
    actor: Usuario,
    *,
    verbo: str,
    texto: str,
    cambio: tuple[dict[str, Any], dict[str, Any]] | None = None,
) -> None:
    """Sucesos que no son públicos: quién escribe un borrador o quién apoya. `cambio`: (antes, después)."""
    antes, despues = cambio or (None, None)
    anotar(propuesta, verbo=verbo, texto=texto, actor=actor, publico=False, antes=antes, despues=despues)


def _anotar_movimiento(
    propuesta: Propuesta,
    actor: Usuario | None,
    calidad: str,
    *,
    desde: str,
    motivo: str = "",
    cambio: tuple[dict[str, Any], dict[str, Any]] | None = None,
) -> None:
    hacia = propuesta.estado
    antes, despues = cambio or (None, None)
    en_nombre = calidad == AUTOR and propuesta.organizacion is not None
    quien = calidad_de(actor, propuesta.organizacion) if en_nombre else EN_CALIDAD_DE[calidad]
    anotar(
        propuesta,
        verbo="mover",
        texto=reglas.frase_de_movimiento(hacia, propuesta.codigo or ""),
        actor=actor,
        calidad=quien[:120],
        desde=desde,
        hasta=hacia,
        antes=antes,
        despues=despues,
        motivo=motivo,
        # Lo que se pidió corregir es entre quien revisa y quien la presentó.
        publico=hacia != Estado.DEVUELTA,
    )
