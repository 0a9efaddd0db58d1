"""Sección «Residencias» de la trastienda: verificar dónde vive cada persona, y anular lo mal verificado."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton

from civic.comun.bitacora import anotar_mirada
from civic.comun.en_bloque import EnBloque
from civic.comun.errores import ReglaIncumplida
from civic.comun.trastienda import Ficha, Gestion, Lista, SinBorrar
from civic.cuentas import acciones, permisos
from civic.cuentas import forms_verificacion as forms
from civic.cuentas.metodos import metodo_de_quien_atiende
from civic.cuentas.models import Residencia
from civic.cuentas.roles import Cosa, limitar
from civic.cuentas.trastienda.piezas import FiltroPorDistrito


def las_suyas(usuario: Any, residencias: Any) -> Any:
    """Las residencias hasta donde alcanza el cargo de quien mira: dónde vive alguien no es de todo el municipio."""
    return limitar(usuario, "R", Cosa.RESIDENCIAS, residencias, unidad="")


class VerificarResidencia(Gestion):
    page_title = "Verificar residencia"
    form_class = forms.VerificarForm
    submit_button_label = "Verificar"
    hecho = "La residencia quedó verificada a tu nombre."

    def explicacion(self) -> str:
        quien = f"{self.object.usuario} ({self.object.usuario.username})"
        return (
            f"{quien} dice que vive en {self.object.donde}. Compruébalo antes de verificar: con esto podrá votar ahí. "
            "Quedará anotado que lo hiciste tú."
        )

    def le_toca(self) -> bool:
        return permisos.puede_verificar(self.request.user, self.object)

    def get_initial(self) -> dict[str, Any]:
        return {"vista": self.object.momento.isoformat()}

    def ejecutar(self, datos: dict[str, Any]) -> None:
        if metodo_de_quien_atiende(self.request.user) is None:
            raise ReglaIncumplida("Este municipio no verifica en ventanilla.")
        acciones.verificar_en_persona(self.object, actor=self.request.user, **datos)


class AnularVerificacion(Gestion):
    page_title = "Anular verificación"
    form_class = forms.MotivoDeAnularForm
    submit_button_label = "Anular"
    hecho = "La verificación quedó anulada; la persona puede verificarse de nuevo."

    def explicacion(self) -> str:
        donde = self.object.distrito or self.object.lugar
        return f"{self.object.usuario} dejará de poder votar en {donde}. El motivo queda anotado."

    def le_toca(self) -> bool:
        return permisos.puede_revocar(self.request.user, self.object)

    def ejecutar(self, datos: dict[str, Any]) -> None:
        acciones.revocar_verificacion(self.object, actor=self.request.user, motivo=datos["motivo"])


class FiltroDeResidencias(FiltroPorDistrito):
    class Meta:
        model = Residencia
        fields = ["nivel", "metodo", "distrito"]


class _VariasResidencias(EnBloque):
    """Solo las que esa persona verificaría o anularía una por una; cada una pasa por la misma acción."""

    filterset_class = FiltroDeResidencias

    def le_toca(self) -> bool:
        return self.user_has_permission("change") and bool(permisos.donde_atiende(self.request.user))

    def elegibles(self) -> Any:
        filas = las_suyas(self.request.user, Residencia.objects.select_related("usuario", "otb", "distrito"))
        alcance = permisos.donde_atiende(self.request.user)
        if None not in alcance:
            filas = filas.filter(distrito__in=alcance)
        return filas.exclude(usuario=self.request.user).order_by("momento", "pk")

    def exigir(self, permitido: bool) -> None:
        if not permitido:
            raise ReglaIncumplida("Esta persona le toca a alguien más.")


class VerificarVarias(_VariasResidencias):
    page_title = "Verificar a varias personas"
    submit_button_label = "Verificar a quienes tienen carnet escrito"
    explicacion = (
        "Para cuando las tienes delante, como en una asamblea. Escribe el carnet de cada una; no se guarda: queda "
        "solo una huella. Las demás quedan como están."
    )
    form_class = forms.VerificarVariasForm
    TOPE = 25

    def le_toca(self) -> bool:
        return super().le_toca() and metodo_de_quien_atiende(self.request.user) is not None

    def elegibles(self) -> Any:
        return super().elegibles().exclude(nivel=Residencia.Nivel.VERIFICADA)

    def poner_filas(self, form: forms.VerificarVariasForm, filas: Any) -> None:
        form.poner_filas(filas)

    def elegidos(self, form: forms.VerificarVariasForm) -> list[tuple[Residencia, dict[str, Any]]]:
        return form.elegidas()

    def ejecutar(self, objeto: Residencia, datos: dict[str, Any]) -> None:
        self.exigir(permisos.puede_verificar(self.request.user, objeto))
        acciones.verificar_en_persona(objeto, actor=self.request.user, **datos)


class AnularVarias(_VariasResidencias):
    page_title = "Anular varias verificaciones"
    submit_button_label = "Anular las elegidas"
    explicacion = "Las personas elegidas dejarán de poder votar. El motivo queda anotado en la historia de cada una."
    form_class = forms.MotivoDeAnularForm

    def elegibles(self) -> Any:
        return super().elegibles().exclude(nivel=Residencia.Nivel.DECLARADA)

    def ejecutar(self, objeto: Residencia, datos: dict[str, Any]) -> None:
        self.exigir(permisos.puede_revocar(self.request.user, objeto))
        acciones.revocar_verificacion(objeto, actor=self.request.user, motivo=datos["motivo"])


class FichaDeResidencia(Ficha):
    botones = (
        ("Verificar", "residencias:verificar", "check"),
        ("Anular verificación", "residencias:anular", "cross"),
    )

    def puede(self, ruta: str) -> bool:
        if ruta.endswith("verificar"):
            sin_verificar = self.object.nivel != Residencia.Nivel.VERIFICADA
            return sin_verificar and permisos.puede_verificar(self.request.user, self.object)
        con_algo = self.object.nivel != Residencia.Nivel.DECLARADA
        return con_algo and permisos.puede_revocar(self.request.user, self.object)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        get_object_or_404(las_suyas(request.user, Residencia.objects.all()), pk=self.object.pk)
        respuesta = super().get(request, *args, **kwargs)
        if request.method == "GET" and self.object.usuario_id != request.user.pk:
            anotar_mirada(request.user, self.object.usuario, "Miró dónde vives.")
        return respuesta


class ListaDeResidencias(Lista):
    relaciones = ("usuario", "otb", "distrito")
    mirada = "Descargó la lista de residencias de la trastienda"
    en_bloque = (
        ("Verificar a varias", "residencias:bloque_verificar", "check"),
        ("Anular varias", "residencias:bloque_anular", "cross"),
    )

    def puede_en_bloque(self, ruta: str) -> bool:
        verifica = ruta.endswith("anular") or metodo_de_quien_atiende(self.request.user) is not None
        return verifica and bool(self.alcance)

    def get_base_queryset(self) -> Any:
        return las_suyas(self.request.user, super().get_base_queryset())

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        cifras = HeaderButton("Verificación en cifras", url=reverse("cifras_de_verificacion"), icon_name="table")
        return [*super().header_buttons, cifras]

    @cached_property
    def alcance(self) -> set[int | None]:
        """Lo mismo que permisos.puede_verificar, preguntado una vez y no por renglón."""
        puede = self.request.user.has_perm("cuentas.change_residencia")
        return permisos.donde_atiende(self.request.user) if puede else set()

    def botones_de(self, objeto: Residencia) -> list[tuple[str, str, str]]:
        le_toca = None in self.alcance or objeto.distrito_id in self.alcance
        if not le_toca or objeto.nivel == Residencia.Nivel.VERIFICADA or objeto.usuario_id == self.request.user.pk:
            return []
        return [("Verificar", reverse("residencias:verificar", args=[objeto.pk]), "check")]


class ResidenciasViewSet(SinBorrar):
    model = Residencia
    name = "residencias"
    icon = "home"
    sin_rutas = (*SinBorrar.sin_rutas, "edit", "add")
    list_display = [
        "usuario",
        "distrito",
        "otb",
        Column("get_nivel_display", label="Nivel", sort_key="nivel"),
        Column("get_metodo_display", label="Cómo se verificó", sort_key="metodo"),
        "momento",
    ]
    list_export = ["usuario.username", "distrito", "otb", "nivel", "metodo", "momento"]
    export_filename = "residencias"
    filterset_class = FiltroDeResidencias
    ordering = ["nivel", "momento"]
    search_fields = ["usuario__nombre_publico", "usuario__username"]
    index_view_class = ListaDeResidencias
    inspect_view_class = FichaDeResidencia
    inspect_view_fields = ["usuario", "distrito", "otb", "nivel", "momento", "metodo", "detalle", "verificada_por"]
    extras = (("verificar", VerificarResidencia), ("anular", AnularVerificacion))
    bloques = (("verificar", VerificarVarias), ("anular", AnularVarias))
    form_fields = ["metodo"]
