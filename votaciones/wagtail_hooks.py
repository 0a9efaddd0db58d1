"""Trastienda de las votaciones: crear, armar papeletas, abrir, cerrar y contar. De la urna, aquí no se ve nada."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_http_methods, require_safe
from wagtail import hooks
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import HeaderButton

from civic.comun.acceso import con_rol
from civic.comun.bitacora import historia
from civic.comun.errores import ReglaIncumplida
from civic.comun.templatetags.ayni import fecha_hora
from civic.comun.trastienda import ConReglas, Lista, SinBorrar, prohibir
from civic.cuentas.roles import Cosa, roles_que
from votaciones import acciones, consultas, consultas_resultado, permisos
from votaciones.forms import CierreForm, MotivoForm, SimuladorForm, VotacionForm
from votaciones.lotes.consultas import resumen_de as lotes_por_estado
from votaciones.models import Votacion
from votaciones.reglas.papeleta_escrita import instruccion
from votaciones.reglas.simulacion import simular as simular_reglas
from votaciones.trastienda import contiendas

_Estado = Votacion.Estado
# verbo -> (rótulo, estados en que se ofrece, qué pasa al confirmar)
PASOS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "armar": (
        "Armar de nuevo las papeletas",
        (_Estado.PREPARADA,),
        "Las papeletas se arman otra vez con las propuestas viables y los techos de hoy.",
    ),
    "abrir": (
        "Abrir la votación",
        (_Estado.PREPARADA,),
        "Obras, costos, presupuestos, padrón y regla quedan congelados y se publica la huella. No se puede deshacer.",
    ),
    "suspender": (
        "Suspender la votación",
        (_Estado.ABIERTA,),
        "Nadie podrá votar hasta que otra persona la reanude. La hora de cierre no cambia. Es un acto firmado.",
    ),
    "cerrar": (
        "Cerrar la votación",
        (_Estado.ABIERTA, _Estado.SUSPENDIDA),
        "Desde ese momento no entra ni un voto más.",
    ),
    "reanudar": (
        "Reanudar la votación",
        (_Estado.SUSPENDIDA,),
        "Se vuelve a votar, hasta la misma hora de cierre. Es un acto firmado.",
    ),
    "contar": (
        "Contar los votos",
        (_Estado.CERRADA, _Estado.CONTADA),
        "Se abren los sobres, se cuenta con cada regla y se publica el resultado. Repetirlo da lo mismo.",
    ),
}
# Lo que se escribe para dar un paso; en los demás solo se confirma.
FORMULARIOS: dict[str, type[CierreForm] | type[MotivoForm]] = {
    "suspender": MotivoForm,
    "reanudar": MotivoForm,
    "cerrar": CierreForm,
}


def _pasos_de(votacion: Votacion, usuario: Any) -> list[tuple[str, str]]:
    if not permisos.puede_conducir(usuario):
        return []
    return [(verbo, rotulo) for verbo, (rotulo, en, _que) in PASOS.items() if votacion.estado in en]


def _migas(votacion: Votacion, *siguientes: tuple[str, str]) -> list[dict[str, str]]:
    pares = [(reverse("votaciones_admin:index"), "Votaciones"), *siguientes]
    return [{"url": url, "label": rotulo} for url, rotulo in pares]


@con_rol(*roles_que("R", Cosa.VOTACIONES))
@require_safe
def conducir(request: HttpRequest, pk: int) -> HttpResponse:
    """El tablero de una votación: papeletas, participación por distrito y el paso que sigue."""
    votacion = get_object_or_404(Votacion.objects.select_related("proceso"), pk=pk)
    contexto = {
        "votacion": votacion,
        "situacion": votacion.situacion,
        "instruccion": instruccion(votacion.reglamento, con_monto=False),
        "filas": consultas.asistencia(votacion),
        "modos": consultas.modos_en_total(votacion),
        "papeletas": consultas.contiendas_de(votacion).prefetch_related("opciones"),
        "lotes": lotes_por_estado(votacion),
        "pasos": _pasos_de(votacion, request.user),
        "puede_corregir": votacion.estado == _Estado.PREPARADA and permisos.puede_conducir(request.user),
        "historia": historia(votacion),
        "page_title": votacion.nombre,
        "header_title": votacion.nombre,
        "header_icon": "check",
        "breadcrumbs_items": _migas(votacion, ("", votacion.nombre)),
    }
    return render(request, "votaciones/trastienda/conducir.html", contexto)


@con_rol(*roles_que("A", Cosa.VOTACIONES))
@require_http_methods(["GET", "HEAD", "POST"])
def paso(request: HttpRequest, pk: int, verbo: str) -> HttpResponse:
    """Pide confirmar un paso y lo da."""
    votacion = get_object_or_404(Votacion, pk=pk)
    if verbo not in PASOS:
        raise Http404("No hay ese paso.")
    form = FORMULARIOS[verbo](request.POST or None) if verbo in FORMULARIOS else None
    estado = 200
    if request.method == "POST" and form is not None and not form.is_valid():
        estado = 422
    elif request.method == "POST":
        try:
            messages.success(request, _dar(verbo, votacion, request.user, form))
            return redirect("votaciones_conducir", pk=pk)
        except ReglaIncumplida as error:
            messages.error(request, error.mensaje)
            estado = 409
    rotulo, _en, que_pasa = PASOS[verbo]
    que_pasa = permisos.por_que_no_da_el_paso(request.user, votacion, verbo) or que_pasa
    contexto = {
        "votacion": votacion,
        "rotulo": rotulo,
        "que_pasa": que_pasa,
        "form": form,
        "page_title": rotulo,
        "header_title": rotulo,
        "header_icon": "check",
        "breadcrumbs_items": _migas(
            votacion, (reverse("votaciones_conducir", args=[pk]), votacion.nombre), ("", rotulo)
        ),
    }
    return render(request, "votaciones/trastienda/paso.html", contexto, status=estado)


def _dar(verbo: str, votacion: Votacion, actor: Any, form: CierreForm | MotivoForm | None) -> str:
    """Da el paso y devuelve la frase de lo que pasó."""
    if verbo == "armar":
        return f"Papeletas armadas: {acciones.agregar_opciones(votacion, actor=actor)} obras en total."
    if verbo == "abrir":
        return f"La votación está abierta. Huella: {acciones.abrir_votacion(votacion, actor=actor).huella}"
    motivo = form.cleaned_data["motivo"] if form else ""
    if verbo == "suspender":
        acciones.suspender_votacion(votacion, actor, motivo=motivo)
        return "La votación está suspendida. La reanuda otra persona de Planificación."
    if verbo == "reanudar":
        acciones.reanudar_votacion(votacion, actor, motivo=motivo)
        return "La votación está abierta de nuevo."
    if verbo == "cerrar":
        acciones.cerrar_votacion(votacion, actor=actor, motivo=motivo)
        return "La votación está cerrada. Ahora se puede contar."
    acciones.contar_votacion(votacion, actor=actor)
    return "Votos contados. El resultado ya es público."


@con_rol(*roles_que("R", Cosa.VOTACIONES))
@require_http_methods(["GET", "HEAD", "POST"])
def simular(request: HttpRequest) -> HttpResponse:
    """Las mismas papeletas con cada regla, para elegir cuál va en la convocatoria. No guarda nada."""
    form = SimuladorForm(request.POST, request.FILES) if request.method == "POST" else SimuladorForm()
    contexto: dict[str, Any] = {
        "form": form,
        "page_title": "Simular las reglas",
        "header_title": "Simular las reglas",
        "header_icon": "table",
        "breadcrumbs_items": [
            {"url": reverse("votaciones_admin:index"), "label": "Votaciones"},
            {"url": "", "label": "Simular las reglas"},
        ],
    }
    estado = 200
    if request.method == "POST":
        estado = 422
        if form.is_valid():
            try:
                contexto |= _simulado(form)
                estado = 200
            except ValueError as error:
                form.add_error(None, str(error))
    return render(request, "votaciones/trastienda/simular.html", contexto, status=estado)


def _simulado(form: SimuladorForm) -> dict[str, Any]:
    """Las tablas de la simulación. Lanza ValueError con lo que no se puede contar."""
    omitidos: list[str] = []
    if form.eleccion:
        elecciones = [form.eleccion]
    else:
        elecciones, omitidos = consultas_resultado.elecciones_de(form.cleaned_data["votacion"])
    simulaciones = simular_reglas(elecciones)
    return {
        "omitidos": omitidos,
        "cuadros": consultas_resultado.cuadros_de(elecciones, simulaciones),
        "simulaciones": [
            {
                "nombre": Votacion.Regla(simulada.regla).label,
                "ganan": simulada.ganan,
                "gastado": Decimal(simulada.gastado) / 100,
                "sobra": Decimal(simulada.sobra) / 100,
                "con_alguna": simulada.con_alguna,
                "papeletas": simulada.papeletas,
            }
            for simulada in simulaciones
        ],
    }


@hooks.register("register_admin_urls")
def urls_de_la_trastienda() -> list:
    return [
        path("votaciones/simular/", simular, name="votaciones_simular"),
        path("votaciones/<int:pk>/contiendas/", contiendas, name="votaciones_contiendas"),
        path("votaciones/<int:pk>/conducir/", conducir, name="votaciones_conducir"),
        path("votaciones/<int:pk>/conducir/<slug:verbo>/", paso, name="votaciones_paso"),
    ]


# Ninguna votación se borra.
prohibir(Votacion, "delete")


class _AlTablero(ConReglas):
    def get_success_url(self) -> str:
        return reverse("votaciones_conducir", args=[self.object.pk])  # type: ignore[attr-defined]


class CrearVotacion(_AlTablero, generic.CreateView):
    def save_instance(self) -> Votacion:
        return acciones.preparar_votacion(actor=self.request.user, **self.form.cleaned_data)


class CorregirVotacion(_AlTablero, generic.EditView):
    def get_object(self, queryset: Any = None) -> Votacion:
        votacion = super().get_object(queryset)
        if votacion.estado != _Estado.PREPARADA:
            raise Http404("Una votación abierta ya no se corrige.")
        return votacion

    def save_instance(self) -> Votacion:
        datos = {nombre: valor for nombre, valor in self.form.cleaned_data.items() if nombre != "proceso"}
        return acciones.corregir_votacion(self.object, actor=self.request.user, **datos)


class ListaDeVotaciones(Lista):
    relaciones = ("proceso",)

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        simulador = HeaderButton("Simular las reglas", url=reverse("votaciones_simular"), icon_name="table")
        return [*super().header_buttons, simulador]

    def get_edit_url(self, instance: Votacion) -> str:
        return reverse("votaciones_conducir", args=[instance.pk])


class VotacionViewSet(SinBorrar):
    model = Votacion
    name = "votaciones_admin"
    url_prefix = "votaciones"
    menu_label = "Votaciones"
    menu_name = "votaciones"
    menu_order = 220
    icon = "check"
    add_to_admin_menu = True
    # No tiene ficha aparte: lo suyo está en «conducir», y de la urna aquí no se ve nada.
    inspect_view_enabled = False
    sin_rutas = (*SinBorrar.sin_rutas, "inspect")
    index_view_class = ListaDeVotaciones
    add_view_class = CrearVotacion
    edit_view_class = CorregirVotacion
    list_display = [
        "nombre",
        Column("proceso", label="Proceso"),
        # Como la ve la gente: suspendida con su proceso, o cerrada por la hora aunque nadie la haya cerrado todavía.
        Column("situacion", label="Estado", accessor=lambda votacion: votacion.situacion.etiqueta),
        # La columna de fechas de Wagtail dice «justo ahora» de todo lo que está por venir.
        Column("abre", label="Abre", accessor=lambda votacion: fecha_hora(votacion.abre), sort_key="abre"),
        Column("cierra", label="Cierra", accessor=lambda votacion: fecha_hora(votacion.cierra), sort_key="cierra"),
    ]
    list_filter = ["estado", "proceso"]
    search_fields = ["nombre", "slug"]
    search_backend_name = None
    # Solo cifras públicas: nada de papeletas ni de quién participó.
    list_export = ["nombre", "proceso", "estado", "tipo_de_papeleta", "regla", "abre", "cierra", "contada", "huella"]
    export_filename = "votaciones"

    def get_form_class(self, for_update: bool = False) -> type[VotacionForm]:
        return VotacionForm


@hooks.register("register_admin_viewset")
def seccion_de_votaciones() -> VotacionViewSet:
    return VotacionViewSet()
