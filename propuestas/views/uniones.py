"""Unir, dividir y relacionar: lo que responde quien presentó, el texto original y las páginas de la trastienda."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from civic.comun.acceso import con_cuenta, con_rol, publica
from civic.comun.dinero import bolivianos
from civic.comun.errores import ReglaIncumplida
from civic.comun.trastienda import enviado
from civic.cuentas.roles import Cosa, Rol, roles_que
from propuestas import acciones, consultas_uniones, permisos, permisos_uniones
from propuestas.forms_uniones import (
    CancelarForm,
    DividirForm,
    QuitarRelacionForm,
    RelacionForm,
    RespuestaForm,
    UnirForm,
)
from propuestas.models import PedidoDeAcuerdo, Propuesta
from propuestas.reglas import RELACIONABLES, SE_UNE_DESDE, Conflicto
from propuestas.views.publicas import linea_para
from propuestas.views.trastienda import METODOS, atender

PIDEN = (Rol.GESTION_COMUNIDAD, Rol.PLANIFICACION)
RELACIONAN = roles_que("C", Cosa.VIABILIDAD)
HECHO = PedidoDeAcuerdo.Estado.HECHO


@publica
@require_safe
def original(request: HttpRequest, pk: int) -> HttpResponse:
    """Lo que decía una propuesta que se unió a otra, con su historia."""
    propuesta = permisos.propuesta_o_404(request.user, pk)
    if propuesta.unida_a_id is None:
        raise Http404("Esta propuesta no se unió a otra.")
    destino = consultas_uniones.donde_sigue(propuesta)
    contexto = {"propuesta": propuesta, "destino": destino, **linea_para(request.user, propuesta)}
    return render(request, "propuestas/original.html", contexto)


@con_cuenta
@require_http_methods(METODOS)
def acuerdo(request: HttpRequest, pk: int) -> HttpResponse:
    """Lo que el municipio propone hacer con la propuesta, y la respuesta de quien la presentó."""
    pedido = permisos_uniones.acuerdo_o_404(request.user, pk)
    form = RespuestaForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _pagina_de_acuerdo(request, pedido, form)
    if not form.is_valid():
        return _pagina_de_acuerdo(request, pedido, form, status=422)
    acepta = form.cleaned_data["acepta"] == "si"
    try:
        hecho = acciones.responder_pedido(pedido, persona=request.user, acepta=acepta, frase=form.cleaned_data["frase"])
    except ReglaIncumplida as error:
        form.agregar_regla(error)
        return _pagina_de_acuerdo(request, pedido, form, status=409 if isinstance(error, Conflicto) else 422)
    messages.success(request, _lo_que_paso(hecho, acepta=acepta))
    return redirect(hecho.propuesta if hecho.estado == HECHO else "propuestas:borradores")


def _lo_que_paso(pedido: PedidoDeAcuerdo, *, acepta: bool) -> str:
    if not acepta:
        return "Guardamos que no aceptas. Todo queda como estaba."
    return (
        "Hecho, con el sí de todas las partes." if pedido.estado == HECHO else "Guardamos tu sí. Falta la otra parte."
    )


def _pagina_de_acuerdo(
    request: HttpRequest, pedido: PedidoDeAcuerdo, form: RespuestaForm, *, status: int = 200
) -> HttpResponse:
    contexto = {
        "pedido": pedido,
        "form": form,
        "suyas": permisos_uniones.por_responder(request.user, pedido),
        "respuestas": pedido.respuestas.select_related("propuesta"),  # type: ignore[attr-defined]
    }
    return render(request, "propuestas/acuerdo.html", contexto, status=status)


# --- Trastienda ------------------------------------------------------------------------------------------------------
def _por_que_no_se_pide(request: HttpRequest, propuesta: Propuesta, que: str) -> str:
    if razon := permisos_uniones.por_que_no_pide(request.user, propuesta):
        return razon
    if propuesta.estado not in SE_UNE_DESDE:
        return f"Está «{propuesta.ficha.etiqueta}»: solo se {que} una propuesta publicada."
    return ""


@con_rol(*PIDEN)
@require_http_methods(METODOS)
def unir(request: HttpRequest, pk: int) -> HttpResponse:
    """Pide a quienes las presentaron que acepten unirla a otra."""
    propuesta = permisos.en_trastienda_o_404(request.user, pk)
    form = UnirForm(*enviado(request))

    def hacer() -> str:
        pedido = acciones.pedir_union(propuesta, actor=request.user, **form.cleaned_data)
        lejos = pedido.destino is not None and pedido.destino.distrito_id != pedido.propuesta.distrito_id
        return "Pedido enviado a quienes las presentaron." + (" Son de distritos distintos." if lejos else "")

    nada = _por_que_no_se_pide(request, propuesta, "une")
    return atender(request, propuesta, form, hacer, "Unir a otra", nada=nada)


@con_rol(*PIDEN)
@require_http_methods(METODOS)
def dividir(request: HttpRequest, pk: int) -> HttpResponse:
    """Pide a quien la presentó que acepte dividirla en partes."""
    propuesta = permisos.en_trastienda_o_404(request.user, pk)
    form = DividirForm(*enviado(request))

    def hacer() -> str:
        pedido = acciones.pedir_division(
            propuesta, partes=form.partes(), actor=request.user, motivo=form.cleaned_data["motivo"]
        )
        pide = bolivianos(propuesta.monto_solicitado)
        return f"Pedido enviado. Las partes suman {bolivianos(pedido.suma)}; la original pide {pide}."

    return atender(
        request, propuesta, form, hacer, "Dividir", nada=_por_que_no_se_pide(request, propuesta, "divide"),
        plantilla="propuestas/trastienda/dividir.html",
    )  # fmt: skip


@con_rol(*PIDEN)
@require_http_methods(METODOS)
def cancelar_acuerdo(request: HttpRequest, pk: int) -> HttpResponse:
    """Deja de esperar la respuesta a un pedido de unirla o dividirla."""
    propuesta = permisos.en_trastienda_o_404(request.user, pk)
    pedido = consultas_uniones.pedido_abierto(propuesta)
    form = CancelarForm(*enviado(request))

    def hacer() -> str:
        if pedido is None:
            raise ReglaIncumplida("Ya no hay un pedido que espere respuesta.")
        acciones.cancelar_pedido(pedido, actor=request.user, **form.cleaned_data)
        return "Pedido cancelado."

    nada = "" if pedido else "No hay un pedido que espere respuesta."
    return atender(request, propuesta, form, hacer, "Cancelar el pedido", nada=nada)


@con_rol(*RELACIONAN)
@require_http_methods(METODOS)
def relacionar(request: HttpRequest, pk: int) -> HttpResponse:
    """Registra que se excluye con otra, o que necesita que antes se haga otra."""
    propuesta = permisos.en_trastienda_o_404(request.user, pk)
    form = RelacionForm(*enviado(request))

    def hacer() -> str:
        acciones.relacionar(propuesta, actor=request.user, **form.cleaned_data)
        return "Relación registrada. Se lee en la página de las dos."

    nada = permisos_uniones.por_que_no_relaciona(request.user, propuesta)
    if not nada and propuesta.estado not in RELACIONABLES:
        nada = f"Está «{propuesta.ficha.etiqueta}»: sus relaciones ya no cambian."
    return atender(request, propuesta, form, hacer, "Relacionar con otra", nada=nada)


@con_rol(*RELACIONAN)
@require_http_methods(METODOS)
def quitar_relacion(request: HttpRequest, pk: int) -> HttpResponse:
    """Deja de valer una relación de la propuesta, con su razón."""
    propuesta = permisos.en_trastienda_o_404(request.user, pk)
    form = QuitarRelacionForm(*enviado(request), propuesta=propuesta)

    def hacer() -> str:
        acciones.quitar_relacion(form.cleaned_data["relacion"], actor=request.user, motivo=form.cleaned_data["motivo"])
        return "Relación quitada."

    nada = permisos_uniones.por_que_no_relaciona(request.user, propuesta)
    if not nada and not consultas_uniones.relaciones_de(propuesta):
        nada = "No tiene relaciones."
    return atender(request, propuesta, form, hacer, "Quitar una relación", nada=nada)
