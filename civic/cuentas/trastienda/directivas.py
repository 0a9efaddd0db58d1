"""Secciones «Actas de directiva» y «Observaciones» de la trastienda."""

from typing import Any

from django.urls import reverse

from civic.comun.models import Suceso
from civic.comun.trastienda import Boton, Ficha, Gestion, Lista, SinBorrar
from civic.cuentas import acciones, permisos
from civic.cuentas import forms_trastienda as forms
from civic.cuentas.models import ActaDeDirectiva, ObservacionDeRegistro
from civic.cuentas.trastienda.organizaciones import DeOrganizacion
from civic.cuentas.trastienda.piezas import FiltroPorDistrito

VER_ACTAS, CAMBIAR_ACTAS = "cuentas.view_actadedirectiva", "cuentas.change_actadedirectiva"
VER_OBSERVACIONES, CAMBIAR_OBSERVACIONES = (
    "cuentas.view_observacionderegistro",
    "cuentas.change_observacionderegistro",
)


class _FiltroPorDistritoDeOrganizacion(FiltroPorDistrito):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["distrito"].field_name = "organizacion__distrito"


class _ListaDeOrganizacion(Lista):
    relaciones = ("organizacion__distrito",)
    permiso_de_alcance = ""

    def get_base_queryset(self) -> Any:
        alcance = permisos.alcance_de(self.request.user, self.permiso_de_alcance)
        consulta = super().get_base_queryset()
        return consulta if alcance is None else consulta.filter(organizacion__distrito__in=alcance)


# --- Actas -----------------------------------------------------------------------------------------------------------
class ConfirmarActa(DeOrganizacion, Gestion):
    page_title = "Confirmar acta"
    permiso_de_alcance = CAMBIAR_ACTAS
    form_class = forms.NotaForm
    submit_button_label = "Confirmar el acta"
    hecho = "El acta quedó confirmada: la directiva anterior terminó y la nueva ya tiene su mandato."

    def explicacion(self) -> str:
        nombrados = "; ".join(f"{c.cargo}: {c.nombre}" for c in self.object.cargos.all())
        return (
            f"{nombrados}. Mira el escaneo antes de confirmar: en ese momento termina la directiva anterior y la nueva "
            "puede actuar. Quedará anotado que lo hiciste tú."
        )

    def ejecutar(self, datos: dict[str, Any]) -> None:
        acciones.confirmar_acta(self.object, actor=self.request.user, motivo=datos["nota"])


class RechazarActa(DeOrganizacion, Gestion):
    page_title = "Rechazar acta"
    permiso_de_alcance = CAMBIAR_ACTAS
    form_class = forms.MotivoForm
    submit_button_label = "Rechazar el acta"
    hecho = "El acta quedó rechazada. Nadie cambió de cargo."

    def ejecutar(self, datos: dict[str, Any]) -> None:
        acciones.rechazar_acta(self.object, actor=self.request.user, motivo=datos["motivo"])


class VincularCargo(DeOrganizacion, Gestion):
    page_title = "Unir un cargo a su cuenta"
    permiso_de_alcance = CAMBIAR_ACTAS
    form_class = forms.VincularForm
    submit_button_label = "Unir a la cuenta"
    hecho = "Listo: desde hoy actúa por la organización con su propia cuenta."

    def explicacion(self) -> str:
        return "Para quien figura en el acta y abrió su cuenta después. Pídele su carnet y su usuario."

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "acta": self.object}

    def ejecutar(self, datos: dict[str, Any]) -> None:
        acciones.vincular_cargo(datos["cargo"], usuario=datos["usuario"], actor=self.request.user)


class FichaDeActa(DeOrganizacion, Ficha):
    permiso_de_alcance = VER_ACTAS
    botones = (
        ("Confirmar", "actas_de_directiva:confirmar", "check"),
        ("Rechazar", "actas_de_directiva:rechazar", "cross"),
        ("Unir un cargo a su cuenta", "actas_de_directiva:vincular", "user"),
    )

    def puede(self, ruta: str) -> bool:
        acta = self.object
        if not permisos.puede_revisar_acta(self.request.user, acta):
            return False
        if ruta.endswith("vincular"):
            confirmada = acta.estado == ActaDeDirectiva.Estado.CONFIRMADA
            return confirmada and acta.cargos.filter(usuario=None).exists()
        return acta.estado == ActaDeDirectiva.Estado.PENDIENTE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cargos = list(self.object.cargos.select_related("usuario"))
        return super().get_context_data(
            cargos=cargos,
            cuentas=forms.cuentas_escritas(cargos),
            escaneo=reverse("organizaciones:escaneo", args=[self.object.pk]),
            sucesos=Suceso.objects.de(self.object).select_related("actor")[:20],
            **kwargs,
        )


class FiltroDeActas(_FiltroPorDistritoDeOrganizacion):
    class Meta:
        model = ActaDeDirectiva
        fields = ["estado"]


class ListaDeActas(_ListaDeOrganizacion):
    permiso_de_alcance = VER_ACTAS

    def botones_de(self, objeto: ActaDeDirectiva) -> list[Boton]:
        if objeto.estado != ActaDeDirectiva.Estado.PENDIENTE:
            return []
        return [("Revisar", reverse("actas_de_directiva:inspect", args=[objeto.pk]), "check")]


class ActasDeDirectivaViewSet(SinBorrar):
    """Sin alta aquí: ventanilla la presenta con el mismo formulario que la gente, desde la ficha de la organización."""

    model = ActaDeDirectiva
    name = "actas_de_directiva"
    url_prefix = "actas-de-directiva"
    icon = "doc-full-inverse"
    sin_rutas = (*SinBorrar.sin_rutas, "edit", "add")
    list_display = ["organizacion", "fecha", "desde", "hasta", "estado", "registrada"]
    list_export = [
        *("organizacion", "organizacion.distrito", "fecha", "lugar", "presentes", "mujeres", "hombres", "desde"),
        *("hasta", "estado", "registrada", "resuelta", "motivo", "escaneo.huella"),
    ]
    export_filename = "actas-de-directiva"
    filterset_class = FiltroDeActas
    index_view_class = ListaDeActas
    search_fields = ["organizacion__nombre", "lugar"]
    inspect_view_class = FichaDeActa
    inspect_template_name = "organizaciones/trastienda/acta.html"
    inspect_view_fields = [
        *("organizacion", "estado", "fecha", "lugar", "presentes", "mujeres", "hombres", "desde", "hasta"),
        *("registrada_por", "calidad", "registrada", "resuelta_por", "resuelta", "motivo"),
    ]
    form_fields = ["lugar"]
    extras = (("confirmar", ConfirmarActa), ("rechazar", RechazarActa), ("vincular", VincularCargo))


# --- Observaciones ---------------------------------------------------------------------------------------------------
class ResponderObservacion(DeOrganizacion, Gestion):
    page_title = "Responder observación"
    permiso_de_alcance = CAMBIAR_OBSERVACIONES
    form_class = forms.ResponderForm
    submit_button_label = "Publicar la respuesta"
    hecho = "La respuesta, con su razón, ya se ve en la página de la organización."

    def explicacion(self) -> str:
        return f"«{self.object.texto}»"

    def ejecutar(self, datos: dict[str, Any]) -> None:
        acciones.responder_observacion(self.object, actor=self.request.user, **datos)


class ModerarObservacion(DeOrganizacion, Gestion):
    page_title = "Ocultar o mostrar el texto"
    permiso_de_alcance = CAMBIAR_OBSERVACIONES
    form_class = forms.NotaForm
    submit_button_label = "Cambiar"
    hecho = "Listo."

    def explicacion(self) -> str:
        if self.object.oculta:
            return f"El texto está oculto ({self.object.motivo_oculta}). Al cambiar, se volverá a mostrar."
        return f"Se ocultará este texto y en su lugar se verá el motivo que escribas: «{self.object.texto}»"

    def ejecutar(self, datos: dict[str, Any]) -> None:
        acciones.moderar_observacion(self.object, actor=self.request.user, motivo=datos["nota"])


class FichaDeObservacion(DeOrganizacion, Ficha):
    permiso_de_alcance = VER_OBSERVACIONES
    botones = (
        ("Responder", "observaciones:responder", "edit"),
        ("Ocultar o mostrar", "observaciones:moderar", "view"),
    )

    def puede(self, ruta: str) -> bool:
        usuario, observacion = self.request.user, self.object
        if ruta.endswith("moderar"):
            return permisos.puede_moderar_observacion(usuario, observacion)
        abierta = observacion.estado == ObservacionDeRegistro.Estado.ABIERTA
        ajena = observacion.autor_id != usuario.pk
        return abierta and ajena and permisos.puede_decidir(usuario, observacion.organizacion)


class FiltroDeObservaciones(_FiltroPorDistritoDeOrganizacion):
    class Meta:
        model = ObservacionDeRegistro
        fields = ["estado", "oculta"]


class ListaDeObservaciones(_ListaDeOrganizacion):
    permiso_de_alcance = VER_OBSERVACIONES


class ObservacionesViewSet(SinBorrar):
    model = ObservacionDeRegistro
    name = "observaciones"
    icon = "comment"
    sin_rutas = (*SinBorrar.sin_rutas, "edit", "add")
    list_display = ["organizacion", "estado", "momento", "oculta"]
    # Sin el nombre de quien observa: la planilla sale de aquí y no vuelve.
    list_export = ["organizacion", "organizacion.distrito", "momento", "estado", "texto", "respuesta", "respondida"]
    export_filename = "observaciones"
    filterset_class = FiltroDeObservaciones
    index_view_class = ListaDeObservaciones
    search_fields = ["organizacion__nombre", "texto"]
    inspect_view_class = FichaDeObservacion
    inspect_view_fields = [
        *("organizacion", "texto", "momento", "estado", "respuesta", "respondida_por", "respondida", "oculta"),
        "motivo_oculta",
    ]
    form_fields = ["texto"]
    extras = (("responder", ResponderObservacion), ("moderar", ModerarObservacion))
