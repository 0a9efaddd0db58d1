"""Lista, página de una propuesta, apoyos y lo que hace quien la presentó."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civic.comun.acceso import con_cuenta, publica, retomable
from civic.comun.bitacora import anotar_mirada
from civic.comun.errores import ReglaIncumplida
from civic.comun.paginacion import pagina_de
from civic.comun.trastienda import enviado
from civic.cuentas.roles import Rol
from propuestas import (
    acciones,
    consultas,
    consultas_adjuntos,
    consultas_evaluacion,
    consultas_uniones,
    permisos,
    permisos_firmantes,
    reglas,
)
from propuestas.acciones.papel import CARGAN, VERBO_DE_PAPEL
from propuestas.consultas_firmantes import copatrocinantes_de
from propuestas.filtros import filtros_de
from propuestas.forms import MotivoForm
from propuestas.models import Propuesta
from propuestas.reglas import AUTOR, Estado
from propuestas.tarjeta import huella_de


@publica
@require_safe
def lista(request: HttpRequest) -> HttpResponse:
    procesos = consultas.procesos_publicados()
    filtros = filtros_de(request.GET, procesos=procesos)
    pagina = pagina_de(request, filtros.propuestas().values_list("pk", flat=True))
    contexto = {
        "filtros": filtros,
        "pagina": pagina,
        "tarjetas": consultas.en_tarjetas(pagina),
        "abiertos": consultas.reciben_propuestas(procesos),
        "puede_asistir": request.user.is_authenticated and request.user.tiene_rol(Rol.PROMOTORA),
        "puede_cargar": request.user.is_authenticated and request.user.tiene_rol(*CARGAN),
    }
    return render(request, "propuestas/lista.html", contexto)


@publica
@require_safe
def propuesta(request: HttpRequest, pk: int) -> HttpResponse:
    propuesta = permisos.propuesta_o_404(request.user, pk)
    if propuesta.es_editable and propuesta.autor_id == request.user.pk:
        return redirect("propuestas:borrador", propuesta.pk)
    if propuesta.unida_a_id is not None:
        return redirect(f"{consultas_uniones.donde_sigue(propuesta).get_absolute_url()}?viene={propuesta.pk}")
    if not permisos.es_publica(propuesta) and not permisos.la_presento(request.user, propuesta):
        anotar_mirada(request.user, propuesta, permisos.MIRADA)
    return _pagina(request, propuesta)


def _pagina(request: HttpRequest, propuesta: Propuesta, *, aviso: str = "", status: int = 200) -> HttpResponse:
    if propuesta.hilo is not None:
        propuesta.hilo.proceso = propuesta.proceso  # el mismo, ya cargado con sus fases
    linea = linea_para(request.user, propuesta)
    contexto = {
        "propuesta": propuesta,
        "aviso": aviso,
        "sigue": consultas.que_sigue(propuesta),
        "costo": consultas.costo_y_techo(propuesta),
        "apoyo": permisos.situacion_de_apoyo(request.user, propuesta, en_pantalla=True),
        "modos": consultas.apoyos_por_modo(propuesta),
        "fotos": consultas_adjuntos.fotos_de(propuesta),
        "documentos": consultas_adjuntos.documentos_al_proponer(propuesta),
        "dictamenes": consultas.dictamenes_de(propuesta),
        "cargo": consultas.cargo_de_autor(propuesta),
        "copatrocinan": copatrocinantes_de(propuesta),
        "invita": permisos_firmantes.puede_invitar(request.user, propuesta),
        **linea,
        "de_autor": permisos.pasos_de_autor(request.user, propuesta),
        "en_trastienda": permisos.en_trastienda(request.user, propuesta),
        "tarjeta": _tarjeta(propuesta),
        "de_papel": next((suceso for suceso in linea["linea"].sucesos if suceso.verbo == VERBO_DE_PAPEL), None),
    }
    return render(request, "propuestas/propuesta.html", contexto, status=status)


def linea_para(usuario: Any, propuesta: Propuesta) -> dict[str, Any]:
    """Cada paso en palabras, y qué sigue y hasta cuándo. Las devoluciones, solo a quien es parte."""
    corregida = permisos.ve_textos_anteriores(usuario, propuesta)
    return {
        "linea": consultas_evaluacion.linea_de(propuesta, reservada=permisos.es_parte(usuario, propuesta)),
        "corregida": corregida and consultas_evaluacion.textos_anteriores(propuesta).exists(),
    }


def _tarjeta(propuesta: Propuesta) -> dict[str, str] | None:
    """Lo que hace falta para que otros sitios muestren la tarjeta; nada si la propuesta no es pública."""
    if not permisos.es_publica(propuesta):
        return None
    return {"sitio": settings.URL_PUBLICA, "huella": huella_de(propuesta)}


@con_cuenta
@require_POST
def apoyar(request: HttpRequest, pk: int) -> HttpResponse:
    propuesta = permisos.propuesta_o_404(request.user, pk)
    try:
        acciones.apoyar(propuesta, usuario=request.user)
    except ReglaIncumplida as error:
        return _pagina(request, propuesta, aviso=error.mensaje, status=409)
    messages.success(request, "Tu apoyo ya cuenta. Si cambias de idea puedes retirarlo.")
    return redirect(f"{propuesta.get_absolute_url()}#apoyos")


@con_cuenta
@require_POST
def retirar_apoyo(request: HttpRequest, pk: int) -> HttpResponse:
    propuesta = permisos.propuesta_o_404(request.user, pk)
    try:
        acciones.retirar_apoyo(propuesta, usuario=request.user)
    except ReglaIncumplida as error:
        return _pagina(request, propuesta, aviso=error.mensaje, status=409)
    messages.success(request, "Retiraste tu apoyo.")
    return redirect(f"{propuesta.get_absolute_url()}#apoyos")


# Lo que puede hacer quien la presentó: dirección -> (estado al que lleva, textos de la página).
PASOS_DE_AUTOR = {
    "retirar": (
        Estado.RETIRADA,
        {
            "titulo": "Retirar la propuesta",
            "texto": "La propuesta queda a la vista, marcada como retirada, y ya no se evalúa ni se vota.",
            "rotulo": "Por qué la retiras",
            "boton": "Retirar la propuesta",
            "hecho": "Retiraste la propuesta.",
        },
    ),
    "responder": (
        Estado.EN_EVALUACION,
        {
            "titulo": "Responder al municipio",
            "texto": "Tu respuesta será pública y la propuesta vuelve a evaluación. Se reclama una sola vez.",
            "rotulo": "Tu respuesta",
            "boton": "Enviar la respuesta",
            "hecho": "Enviamos tu respuesta. El equipo técnico la evalúa de nuevo.",
        },
    ),
}


@con_cuenta
@retomable
@require_http_methods(["GET", "HEAD", "POST"])
def paso_de_autor(request: HttpRequest, pk: int, paso: str) -> HttpResponse:
    """Retirar la propuesta o responder a una observación o a un rechazo, con una frase."""
    propuesta = permisos.propuesta_o_404(request.user, pk)
    if not permisos.es_autora(request.user, propuesta):
        raise PermissionDenied("Esto le toca a quien presentó la propuesta.")
    if paso not in PASOS_DE_AUTOR:
        raise Http404("No hay esa página.")
    hacia, textos = PASOS_DE_AUTOR[paso]
    reglas.exigir_movimiento(propuesta.estado, hacia, AUTOR)
    form = MotivoForm(*enviado(request))
    form.fields["motivo"].label = textos["rotulo"]
    estado = 200
    if form.is_bound:
        estado = 422
        if form.is_valid():
            try:
                acciones.mover_propuesta(propuesta, hacia=hacia, actor=request.user, calidad=AUTOR, **form.cleaned_data)
            except ReglaIncumplida as error:
                form.agregar_regla(error)
            else:
                messages.success(request, textos["hecho"])
                return redirect(propuesta)
    contexto = {"propuesta": propuesta, "form": form, "textos": textos}
    return render(request, "propuestas/paso_de_autor.html", contexto, status=estado)
