"""Trastienda: la bandeja, la revisión de forma, la evaluación con su lista de control y quién la hace."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from civic.comun.acceso import con_rol
from civic.comun.trastienda import atender as atender_en_trastienda
from civic.comun.trastienda import enviado
from civic.cuentas.roles import Cosa, Rol, roles_que
from civic.procesos.models import Proceso
from propuestas import acciones, consultas_evaluacion, permisos
from propuestas.consultas_evaluacion import EVALUACION
from propuestas.forms_evaluacion import (
    ArrastreForm,
    AsignarForm,
    ConSello,
    EvaluarForm,
    ExcusaForm,
    ListaForm,
    NotaForm,
    RevisionForm,
)
from propuestas.models import Propuesta
from propuestas.reglas import FICHAS, Conflicto, Estado
from propuestas.views.trastienda import METODOS, SIN_EVALUAR, atender

EN_BANDEJA = 50
EVALUAN = roles_que("C", Cosa.VIABILIDAD)
REVISAN = (Rol.GESTION_COMUNIDAD, Rol.PLANIFICACION)


@con_rol(*dict.fromkeys((*REVISAN, *EVALUAN)))
@require_safe
def bandeja(request: HttpRequest) -> HttpResponse:
    """Lo que espera por quien entra: lo vencido primero, y a la vista."""
    secciones = []
    for clave, titulo, filas in permisos.bandeja_de(request.user):
        pagina = Paginator(filas, EN_BANDEJA).get_page(request.GET.get(clave))
        secciones.append((clave, titulo, pagina))
    contexto = {
        "secciones": secciones,
        "toma": Rol.TECNICO_EVALUADOR in request.user.roles_vigentes,
        "page_title": "Mi bandeja",
        "header_title": "Mi bandeja",
        "header_icon": "clipboard-list",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": "Inicio"},
            {"url": reverse("propuestas_admin:index"), "label": "Propuestas"},
            {"url": "", "label": "Mi bandeja"},
        ],
    }
    return render(request, "propuestas/trastienda/bandeja.html", contexto)


@con_rol(*REVISAN)
@require_http_methods(METODOS)
def revisar(request: HttpRequest, pk: int) -> HttpResponse:
    """Publica, corrige o devuelve una propuesta, mirando solo su forma."""
    propuesta = permisos.en_trastienda_o_404(request.user, pk)
    form = RevisionForm(*enviado(request), propuesta=propuesta)

    def hacer() -> str:
        hecha = _decidir(
            form, propuesta, lambda: acciones.revisar_forma(propuesta, actor=request.user, **form.argumentos())
        )
        return f"Ahora está «{hecha.ficha.etiqueta}»."

    return atender(
        request, propuesta, form, hacer, "Revisar la forma", nada=permisos.por_que_no_revisa(request.user, propuesta)
    )


@con_rol(*EVALUAN)
@require_http_methods(METODOS)
def dictaminar(request: HttpRequest, pk: int) -> HttpResponse:
    """Responde la lista de control y escribe el dictamen de una propuesta en evaluación."""
    propuesta = permisos.en_trastienda_o_404(request.user, pk)
    if razon := permisos.por_que_no_evalua(request.user, propuesta):
        raise PermissionDenied(razon)
    segunda = consultas_evaluacion.reclamo_abierto(propuesta, EVALUACION) is not None
    preguntas = consultas_evaluacion.lista_de(propuesta.proceso)
    form = EvaluarForm(*enviado(request), propuesta=propuesta, preguntas=preguntas, segunda=segunda)

    def hacer() -> str:
        dictamen = _decidir(
            form, propuesta, lambda: acciones.dictaminar(propuesta, actor=request.user, **form.argumentos())
        )
        return f"Dictamen publicado: {dictamen.ficha.etiqueta}."

    nada = "" if propuesta.estado == Estado.EN_EVALUACION else SIN_EVALUAR
    return atender(
        request, propuesta, form, hacer, "Publicar el dictamen", nada=nada, segunda=segunda,
        plantilla="propuestas/trastienda/dictaminar.html",
    )  # fmt: skip


@con_rol(*roles_que("E", Cosa.PROPUESTAS))
@require_http_methods(METODOS)
def asignar(request: HttpRequest, pk: int) -> HttpResponse:
    """Dice qué persona de la unidad la evalúa."""
    propuesta = permisos.en_trastienda_o_404(request.user, pk)
    if razon := permisos.por_que_no_asigna(request.user, propuesta):
        raise PermissionDenied(razon)
    posibles = permisos.evaluadores_de(propuesta)
    form = AsignarForm(*enviado(request), posibles=posibles)

    def hacer() -> str:
        acciones.asignar_evaluador(propuesta, actor=request.user, **form.cleaned_data)
        return "Asignada. Le aparece en su bandeja."

    nada = "" if posibles else "No hay nadie del equipo técnico de su unidad que pueda evaluarla. Revisa la unidad."
    return atender(request, propuesta, form, hacer, "Asignar a una persona", nada=nada)


@con_rol(Rol.TECNICO_EVALUADOR)
@require_http_methods(METODOS)
def tomar(request: HttpRequest, pk: int) -> HttpResponse:
    """Una persona del equipo toma para sí una que nadie tiene."""
    propuesta = permisos.en_trastienda_o_404(request.user, pk)

    def hacer() -> str:
        acciones.asignar_evaluador(propuesta, evaluador=request.user, actor=request.user)
        return "La tienes a tu cargo."

    return atender(request, propuesta, forms.Form(*enviado(request)), hacer, "Tomarla para evaluarla", nada="")


@con_rol(*EVALUAN)
@require_http_methods(METODOS)
def excusarse(request: HttpRequest, pk: int) -> HttpResponse:
    """Se aparta de evaluarla por tener interés en ella."""
    propuesta = permisos.en_trastienda_o_404(request.user, pk)
    form = ExcusaForm(*enviado(request))

    def hacer() -> str:
        acciones.excusarse(propuesta, actor=request.user, **form.cleaned_data)
        return "Quedó anotado. La evalúa otra persona."

    nada = "" if propuesta.estado == Estado.EN_EVALUACION else "Ahora nadie la evalúa."
    return atender(request, propuesta, form, hacer, "Excusarse de evaluarla", nada=nada)


@con_rol(*dict.fromkeys((*EVALUAN, *roles_que("A", Cosa.VIABILIDAD))))
@require_http_methods(METODOS)
def anotar(request: HttpRequest, pk: int) -> HttpResponse:
    """Deja una nota que solo lee el equipo."""
    propuesta = permisos.en_trastienda_o_404(request.user, pk)
    if not permisos.lee_notas(request.user, propuesta):
        raise PermissionDenied("Las notas internas son de quien evalúa esta propuesta.")
    form = NotaForm(*enviado(request))

    def hacer() -> str:
        acciones.agregar_nota(propuesta, actor=request.user, **form.cleaned_data)
        return "Nota guardada."

    return atender(request, propuesta, form, hacer, "Agregar una nota interna", nada="")


@con_rol(Rol.PLANIFICACION)
@require_http_methods(METODOS)
def arrastrar(request: HttpRequest, pk: int) -> HttpResponse:
    """Pasa una de la lista de espera a un proceso de otra gestión."""
    propuesta = permisos.en_trastienda_o_404(request.user, pk)
    form = ArrastreForm(*enviado(request), propuesta=propuesta)

    def hacer() -> str:
        nueva = _decidir(
            form, propuesta, lambda: acciones.arrastrar_propuesta(propuesta, actor=request.user, **form.cleaned_data)
        )
        return f"Sigue como {nueva.codigo}."

    espera = propuesta.estado == Estado.LISTA_ESPERA
    nada = "" if espera else f"Está «{FICHAS[propuesta.estado].etiqueta}»: solo pasa lo que quedó en lista de espera."
    return atender(request, propuesta, form, hacer, "Pasar a la siguiente gestión", nada=nada)


@con_rol(Rol.PLANIFICACION)
@require_http_methods(METODOS)
def lista_de_control(request: HttpRequest, pk: int) -> HttpResponse:
    """Las preguntas con que se evalúa en un proceso; se cambian mientras nadie haya evaluado."""
    proceso = get_object_or_404(Proceso, pk=pk)
    preguntas = consultas_evaluacion.lista_de(proceso)
    form = ListaForm(*enviado(request), preguntas=preguntas)

    def hacer() -> str:
        acciones.guardar_lista(proceso, actor=request.user, preguntas=form.lista(), leida=form.cleaned_data["leida"])
        return "Lista de control guardada."

    usada = consultas_evaluacion.ya_evalua(proceso)
    return atender_en_trastienda(
        request, proceso, form, hacer, seccion="procesos", titulo="Lista de control",
        plantilla="propuestas/trastienda/lista_de_control.html", preguntas=preguntas,
        nada="Ya hay propuestas evaluadas con esta lista: no se puede cambiar para las demás." if usada else "",
    )  # fmt: skip


def _decidir(form: ConSello, propuesta: Propuesta, hacer: Any) -> Any:
    """Ejecuta la decisión; si otra persona llegó antes, el formulario vuelve sobre lo que hay ahora."""
    try:
        return hacer()
    except Conflicto:
        ahora = Propuesta.objects.filter(pk=propuesta.pk).first()
        if ahora is None:
            raise Http404("No encontramos esa propuesta.") from None
        form.renovar_sello(ahora)
        raise
