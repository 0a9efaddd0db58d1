"""Páginas de votación. Lo elegido viaja solo en el cuerpo de un POST: nunca en direcciones, sesión o avisos."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from civic.comun.acceso import con_cuenta, publica
from civic.comun.errores import ReglaIncumplida
from civic.comun.paginacion import pagina_de
from civic.cuentas.consultas_verificacion import habilitadas_por_modo
from votaciones import (
    acciones,
    consultas,
    consultas_mapa,
    consultas_participacion,
    consultas_resultado,
    exportes,
    permisos,
)
from votaciones.congeladas import contienda_que_se_vota_o_404
from votaciones.forms import ComprobarForm, PapeletaForm
from votaciones.lugares import contiendas_de
from votaciones.models import Contienda, Votacion
from votaciones.padron.consultas import definitivo_de, habilitaciones_de, observables, totales
from votaciones.padron.models import PadronElectoral
from votaciones.reglas import estados
from votaciones.reglas import papeleta as papeletas
from votaciones.reglas.papeleta_escrita import avance_de, campos_de, dicha, en_papel, instruccion, prefijo_de

COOKIE_DE_RECIBO = "recibo"
MINUTOS_DE_RECIBO = 30


@publica
@require_safe
def lista(request: HttpRequest) -> HttpResponse:
    """Lo que se vota ahora, lo que viene y lo que ya se contó."""
    ahora = timezone.now()
    publicas = consultas.votaciones_publicas()
    en_curso = list(publicas.exclude(estado=Votacion.Estado.CONTADA).order_by("cierra"))
    return render(
        request,
        "votaciones/lista.html",
        {
            "abiertas": [v for v in en_curso if v.situacion_en(ahora) == estados.ABIERTA],
            "por_abrir": [v for v in en_curso if v.situacion_en(ahora) == estados.POR_ABRIR],
            "detenidas": [v for v in en_curso if v.situacion_en(ahora) in (estados.SUSPENDIDA, estados.DESIERTA)],
            "terminadas": [v for v in en_curso if v.situacion_en(ahora) == estados.TERMINADA],
            "padrones": observables(ahora),
            "proximas": consultas.fases_de_votacion_por_venir(ahora),
            "pagina": pagina_de(request, publicas.filter(estado=Votacion.Estado.CONTADA).order_by("-contada", "pk")),
        },
    )


def _mias(request: HttpRequest, actual: Votacion, padron: PadronElectoral | None) -> list[int]:
    """Las contiendas donde le toca votar a quien mira; si no hay padrón todavía, las del lugar donde dice vivir."""
    usuario = request.user
    if not usuario.is_authenticated:
        return []
    if padron is not None:
        return [suya.contienda_id for suya in habilitaciones_de(padron, usuario)]
    return [contienda.pk for contienda in contiendas_de(actual.pk, usuario.residencia_o_nada)]


@publica
@require_safe
def votacion(request: HttpRequest, slug: str) -> HttpResponse:
    """Qué se decide, hasta cuándo, las papeletas por lugar (las propias primero) y las reglas."""
    actual = permisos.votacion_o_404(slug)
    padron = definitivo_de(actual.pk)
    contexto = {
        "votacion": actual,
        "situacion": actual.situacion,
        "impedimento": permisos.impedimento_de_la_votacion(actual, timezone.now()),
        "por_votar": permisos.por_votar(actual, request.user) if actual.situacion == estados.ABIERTA else [],
        "filas": consultas.asistencia(actual, _mias(request, actual, padron)),
        "cabezas": consultas.cabezas_de(actual),
        "actos": consultas.actos_de(actual),
        "padron": padron,
        "reglamento": actual.reglamento,
        "habilitadas": totales(padron).modos if padron else habilitadas_por_modo(),
    }
    return render(request, "votaciones/votacion.html", contexto)


@publica
@require_safe
def libro(request: HttpRequest, slug: str) -> HttpResponse:
    """El libro de reglas, byte por byte como se congeló: su SHA-256 es la huella publicada."""
    actual = permisos.votacion_o_404(slug)
    return HttpResponse(actual.libro.encode(), content_type="application/json; charset=utf-8")


# --- Papeleta --------------------------------------------------------------------------------------------------------
def _mostrar_papeleta(
    request: HttpRequest,
    contienda: Contienda,
    *,
    form: PapeletaForm | None = None,
    cambio: ComprobarForm | None = None,
    clave: str = "",
    aviso: str = "",
    estado: int = 200,
    reenviar: bool = False,
) -> HttpResponse:
    """La papeleta, para votar o solo para leer con la razón por la que no se puede.

    `clave` es la de un cambio de voto y `cambio`, el formulario donde se pide el código de su recibo. `reenviar`: la
    papeleta no llegó a la urna y se conserva entera, con su clave, para enviarla después.
    """
    clave = clave or (form.data.get("clave", "") if form else "")
    impedimento = None if reenviar else permisos.impedimento_con_clave(contienda, request.user, clave)
    opciones = consultas.opciones_de(contienda)
    reglamento = contienda.reglamento
    escrito = form.escrito if form else {}
    for opcion in opciones:
        opcion.escrito = escrito.get(str(opcion.numero), "")
        opcion.con_falta = form is not None and form.campo_con_falta == f"{prefijo_de(reglamento)}{opcion.numero}"
    persona = request.user.pk if request.user.is_authenticated else None
    contexto: dict[str, Any] = {
        "contienda": contienda,
        "votacion": contienda.votacion,
        "opciones": consultas.en_orden_de(opciones, persona),
        "reglamento": reglamento,
        "instruccion": instruccion(reglamento),
        "en_papel": en_papel(reglamento),
        "minimo": reglamento.minimo_entre(len(opciones)),
        "prefijo": prefijo_de(reglamento),
        # Lo que se puede elegir en cada obra: los lugares o las notas.
        "lugares": [str(n) for n in range(1, min(len(reglamento.puntos_por_lugar), len(opciones)) + 1)],
        "notas": [str(nota) for nota in range((reglamento.nota_maxima or 0) + 1)],
        "avance": avance_de(escrito, reglamento, {opcion.numero: opcion.costo for opcion in opciones}),
        "form": form,
        "aviso": aviso,
        "impedimento": impedimento,
    }
    if impedimento is None:
        contexto["es_cambio"] = es_cambio = _es_cambio(request, contienda)
        # Tras un rechazo al emitir (aviso) la clave puede haber vencido: se da otra, salvo que sea la de su voto.
        anterior = clave if not aviso or es_cambio or reenviar else ""
        contexto["clave"] = anterior or acciones.emitir_clave_de_papeleta(contienda, usuario=request.user)
    elif impedimento.codigo == "ya_voto" and contienda.votacion.se_cambia:
        contexto["cambio"] = cambio or ComprobarForm()
    return render(request, "votaciones/papeleta.html", contexto, status=estado)


def _es_cambio(request: HttpRequest, contienda: Contienda) -> bool:
    return contienda.votacion.se_cambia and permisos.ya_participo(contienda, request.user)


@publica
@never_cache
@require_safe
def papeleta(request: HttpRequest, slug: str, numero: int) -> HttpResponse:
    return _mostrar_papeleta(request, permisos.contienda_o_404(slug, numero))


@con_cuenta
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def cambiar(request: HttpRequest, slug: str, numero: int) -> HttpResponse:
    """Con el código de su recibo, quien ya votó llena otra papeleta: vale la última. Solo si la votación lo deja."""
    contienda = permisos.contienda_o_404(slug, numero)
    if request.method != "POST" or not contienda.votacion.se_cambia:
        return redirect(contienda)
    form = ComprobarForm(request.POST)
    if form.is_valid() and not permisos.es_su_codigo(contienda, request.user, form.cleaned_data["recibo"]):
        form.add_error("recibo", "Ese no es el código de tu recibo de esta papeleta. Cópialo tal como lo anotaste.")
    if not form.is_valid():
        return _mostrar_papeleta(request, contienda, cambio=form, estado=422)
    clave = acciones.emitir_clave_de_cambio(contienda, usuario=request.user, codigo=form.cleaned_data["recibo"])
    return _mostrar_papeleta(request, contienda, clave=clave)


@con_cuenta
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def revisar(request: HttpRequest, slug: str, numero: int) -> HttpResponse:
    """Muestra lo elegido y su total antes de confirmar; «cambiar» vuelve a la papeleta con todo marcado."""
    contienda = permisos.contienda_o_404(slug, numero)
    if request.method != "POST":
        return redirect(contienda)
    opciones = consultas.opciones_de(contienda)
    form = PapeletaForm(request.POST, contienda=contienda, costos={o.numero: o.costo for o in opciones})
    if permisos.impedimento_con_clave(contienda, request.user, request.POST.get("clave", "")):
        return _mostrar_papeleta(request, contienda, form=form, estado=409)
    valido = form.is_valid()
    if "cambiar" in request.POST:
        form.errors.clear()
        return _mostrar_papeleta(request, contienda, form=form)
    if not valido:
        return _mostrar_papeleta(request, contienda, form=form, estado=422)
    eleccion, reglamento = form.cleaned_data["eleccion"], contienda.reglamento
    por_numero = {opcion.numero: opcion for opcion in opciones}
    contexto = {
        "contienda": contienda,
        "votacion": contienda.votacion,
        "reglamento": reglamento,
        "elegidas": [(por_numero[numero], recibe) for numero, recibe in dicha(eleccion, reglamento)],
        "total": papeletas.total_de(papeletas.numeros_de(eleccion), form.costos),
        "avance": avance_de(form.escrito, reglamento, form.costos),
        "campos": campos_de(eleccion, reglamento),
        "es_cambio": _es_cambio(request, contienda),
        "clave": form.cleaned_data["clave"],
    }
    return render(request, "votaciones/revisar.html", contexto)


@con_cuenta
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def emitir(request: HttpRequest, slug: str, numero: int) -> HttpResponse:
    """Pone la papeleta en la urna y lleva al recibo, que viaja en una cookie firmada que solo lee esa página."""
    contienda = contienda_que_se_vota_o_404(slug, numero)
    if request.method != "POST":
        return redirect(contienda)
    form = PapeletaForm(request.POST, contienda=contienda, costos=contienda.costos)
    if not form.is_valid():
        return _mostrar_papeleta(request, contienda, form=form, estado=422)
    try:
        codigo = acciones.emitir_voto(
            contienda,
            usuario=request.user,
            eleccion=form.cleaned_data["eleccion"],
            clave=form.cleaned_data["clave"],
        )
    except acciones.Suspendida as error:  # justo ahora: la urna lo supo antes que esta página
        return _mostrar_papeleta(request, contienda, form=form, aviso=error.mensaje, estado=409, reenviar=True)
    except ReglaIncumplida as error:
        return _mostrar_papeleta(request, contienda, form=form, aviso=error.mensaje, estado=409)
    respuesta = redirect("votaciones:recibo", slug=slug, numero=numero)
    respuesta.set_signed_cookie(
        COOKIE_DE_RECIBO,
        codigo,
        salt=_sal_del_recibo(request, contienda),
        max_age=MINUTOS_DE_RECIBO * 60,
        path=respuesta.url,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return respuesta


def _sal_del_recibo(request: HttpRequest, contienda: Contienda) -> str:
    # Atada a la persona: en un teléfono compartido, la siguiente no ve el recibo de la anterior.
    return f"votaciones.recibo.{contienda.pk}.{request.user.pk}"


@con_cuenta
@never_cache
@require_safe
def recibo(request: HttpRequest, slug: str, numero: int) -> HttpResponse:
    """El código para anotar o imprimir. Pasados 30 minutos ya no se muestra: nadie más lo guarda."""
    contienda = permisos.contienda_o_404(slug, numero)
    codigo = request.get_signed_cookie(
        COOKIE_DE_RECIBO, default="", salt=_sal_del_recibo(request, contienda), max_age=MINUTOS_DE_RECIBO * 60
    )
    contexto = {
        "contienda": contienda,
        "votacion": contienda.votacion,
        "codigo": codigo,
        "por_votar": permisos.por_votar(contienda.votacion, request.user),
    }
    if not codigo and not permisos.ya_participo(contienda, request.user):
        return redirect(contienda)
    return render(request, "votaciones/recibo.html", contexto)


@publica
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def comprobar(request: HttpRequest, slug: str) -> HttpResponse:
    """Dice si un recibo está en la urna. Por POST: un recibo en la dirección quedaría en los registros del servidor."""
    actual = permisos.votacion_o_404(slug)
    if actual.situacion in estados.SIN_CERRAR:
        return render(request, "votaciones/comprobar.html", {"votacion": actual}, status=409)
    form = ComprobarForm(request.POST or None)
    contexto = {"votacion": actual, "form": form}
    if request.method != "POST":
        return render(request, "votaciones/comprobar.html", contexto)
    if not form.is_valid():
        return render(request, "votaciones/comprobar.html", contexto, status=422)
    contexto |= {
        "codigo": form.cleaned_data["recibo"],
        "esta": consultas.hay_recibo(actual, form.cleaned_data["recibo"]),
    }
    return render(request, "votaciones/comprobar.html", contexto)


# --- Resultado -------------------------------------------------------------------------------------------------------
def _todavia_no(request: HttpRequest, actual: Votacion) -> HttpResponse | None:
    if actual.estado == Votacion.Estado.CONTADA:
        return None
    contexto = {
        "votacion": actual,
        "situacion": actual.situacion,
        "impedimento": permisos.impedimento_de_la_votacion(actual, timezone.now()),
    }
    return render(request, "votaciones/sin_resultado.html", contexto, status=409)


@publica
@require_safe
def resultado(request: HttpRequest, slug: str) -> HttpResponse:
    """Las obras ganadoras de cada lugar, con lo gastado y lo que sobró."""
    actual = permisos.votacion_o_404(slug)
    if respuesta := _todavia_no(request, actual):
        return respuesta
    resultados, modos = consultas.resultados_oficiales(actual), consultas.modos_publicos(actual)
    contexto = {
        "votacion": actual,
        "resultados": [(resultado, modos.get(resultado.contienda_id, ())) for resultado in resultados],
        "totales": consultas_resultado.totales_por_regla(actual),
        "cuadros": consultas_participacion.cuadros_de(actual),
        "mapa": consultas_mapa.mapa_de(actual, resultados),
        "medidas": consultas_mapa.MEDIDAS.items(),
    }
    return render(request, "votaciones/resultado.html", contexto)


@publica
@require_safe
def resultado_distrito(request: HttpRequest, slug: str, numero: int) -> HttpResponse:
    """Una contienda: cada obra con sus votos y su razón, con la regla oficial y con las otras."""
    contienda = permisos.contienda_o_404(slug, numero)
    if respuesta := _todavia_no(request, contienda.votacion):
        return respuesta
    comparacion = consultas_resultado.comparar(contienda)
    contexto = {
        "votacion": contienda.votacion,
        "contienda": contienda,
        "comparacion": comparacion,
        "modos": consultas.modos_publicos(contienda.votacion).get(contienda.pk, ()),
        "cuadros": consultas_participacion.cuadros_de(contienda),
        "con_papeletas": consultas.se_publican_papeletas(contienda.votacion, comparacion.oficial.votos),
    }
    return render(request, "votaciones/resultado_distrito.html", contexto)


@publica
@require_safe
def resultado_json(request: HttpRequest, slug: str) -> HttpResponse:
    """El resultado completo, con totales por obra y sin papeletas."""
    actual = permisos.votacion_o_404(slug)
    if actual.estado != Votacion.Estado.CONTADA:
        return JsonResponse({"error": "La votación todavía no se contó."}, status=409)
    return JsonResponse(consultas.resultado_publico(actual), json_dumps_params={"ensure_ascii": False, "indent": 1})


@publica
@require_safe
def resultado_mapa(request: HttpRequest, slug: str) -> HttpResponse:
    """Distritos y obras del resultado en GeoJSON; 304 si el navegador ya los tiene."""
    actual = permisos.votacion_o_404(slug)
    if actual.estado != Votacion.Estado.CONTADA:
        return JsonResponse({"error": "La votación todavía no se contó."}, status=409)
    archivo = consultas_mapa.geojson_del_resultado(actual)
    etiqueta = quote_etag(archivo.huella)
    respuesta = HttpResponse(archivo.cuerpo, content_type="application/geo+json", headers={"ETag": etiqueta})
    patch_cache_control(respuesta, public=True, max_age=600)
    return get_conditional_response(request, etag=etiqueta, response=respuesta) or respuesta


@publica
@require_safe
def resultado_pb(request: HttpRequest, slug: str, numero: int) -> HttpResponse:
    """Las papeletas de un distrito contado en formato Pabulib, para volver a contarlas con otras herramientas."""
    contienda = permisos.contienda_con_papeletas_o_404(slug, numero)
    archivo = HttpResponse(exportes.pabulib_de(contienda).encode(), content_type="text/csv; charset=utf-8")
    archivo["Content-Disposition"] = f'attachment; filename="{slug}-distrito-{numero}.pb"'
    return archivo


@publica
@require_safe
def resultado_recuento(request: HttpRequest, slug: str) -> HttpResponse:
    """Todo lo que hace falta para volver a contar por cuenta propia, con el programa que lo hace."""
    contada = permisos.votacion_contada_o_404(slug)
    archivo = HttpResponse(exportes.comprimir(exportes.recuento_de(contada)), content_type="application/zip")
    archivo["Content-Disposition"] = f'attachment; filename="recuento-{slug}.zip"'
    return archivo
