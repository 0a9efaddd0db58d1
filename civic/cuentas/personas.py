"""La sección de personas de la trastienda: la de Wagtail, sin puertas para darse permisos a uno mismo.

Los roles no se dan aquí sino en «Roles asignados», con plazo y con su línea en la bitácora. Solo la administración
técnica (superusuario) toca las cuentas del personal. Las cuentas no se borran, se cierran: lo que firmaron queda.
"""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.functional import cached_property
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.admin.widgets.button import Button
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.bulk_actions import AssignRoleBulkAction, DeleteBulkAction, SetActiveStateBulkAction
from wagtail.users.views.users import CreateView, EditView, IndexView, UserColumn, UserFilterSet, UserViewSet

from civic.comun.bitacora import anotar_mirada
from civic.comun.trastienda import Boton, Con422, DescargaSegura, Ficha, Gestion
from civic.cuentas import acciones, avisos, permisos, reglas
from civic.cuentas.forms import PISTA_CLAVE, revisar_nombre
from civic.cuentas.forms_trastienda import MotivoForm
from civic.cuentas.models import Usuario


class _ConUsuarioClaro:
    """Mezcla de los formularios: reglas propias de usuario y nombre; ser superusuario solo lo da otro superusuario."""

    def __init__(self, *args: Any, quien: Usuario, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].help_text = "Letras sin acento, números, punto o guion."  # type: ignore[attr-defined]
        self.fields["email"].required = False  # type: ignore[attr-defined]
        if not quien.is_superuser:
            self.fields.pop("is_superuser", None)  # type: ignore[attr-defined]

    def clean_username(self) -> str:
        usuario = self.cleaned_data["username"]  # type: ignore[attr-defined]
        if usuario == self.instance.username:  # type: ignore[attr-defined]
            return usuario
        usuario = reglas.usuario_llano(usuario)
        problema = reglas.problema_de_usuario(usuario)
        if problema:
            raise ValidationError(problema, code="usuario")
        return usuario

    def clean_nombre_publico(self) -> str:
        return revisar_nombre(self.cleaned_data["nombre_publico"])  # type: ignore[attr-defined]


class CrearPersonaForm(_ConUsuarioClaro, UserCreationForm):
    first_name = None
    last_name = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PISTA_CLAVE

    class Meta(UserCreationForm.Meta):
        fields = ["username", "nombre_publico", "email", "is_superuser"]
        widgets: dict[str, Any] = {}


class EditarPersonaForm(_ConUsuarioClaro, UserEditForm):
    first_name = None
    last_name = None

    class Meta(UserEditForm.Meta):
        fields = ["username", "nombre_publico", "email", "is_superuser", "is_active"]
        widgets: dict[str, Any] = {}


class FiltroDePersonas(UserFilterSet):
    class Meta(UserFilterSet.Meta):
        model = Usuario


class Lista(DescargaSegura, IndexView):
    mirada = "Descargó la lista de personas"
    template_name = "wagtailadmin/generic/index.html"
    results_template_name = "wagtailadmin/generic/index_results.html"
    page_title = "Personas"
    add_item_label = "Crear cuenta"

    @cached_property
    def columns(self) -> list[Column]:
        titulo = self._get_title_column_class(UserColumn)
        return [
            titulo("nombre_publico", label="Nombre", sort_key="nombre_publico", get_url=self.get_edit_url),
            Column("username", label="Usuario", sort_key="username"),
            BooleanColumn("is_active", label="Abierta", sort_key="is_active"),
            BooleanColumn("is_superuser", label="Administración técnica", sort_key="is_superuser"),
            DateColumn("last_login", label="Último ingreso", sort_key="last_login"),
        ]

    @cached_property
    def search_fields(self) -> list[str]:
        return ["username", "nombre_publico", "email"]


class FichaDePersona(Ficha):
    """La cuenta y lo que se anotó de ella. Como el formulario, solo de quien se puede administrar."""

    mirada = "Miró la cuenta y su historia en la trastienda."

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not permisos.puede_administrar_cuenta(request.user, self.object):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def botones_de(self, objeto: Usuario) -> list[Boton]:
        return [("Corregir la cuenta", reverse("wagtailusers_users:edit", args=[objeto.pk]), "edit")]


class Crear(Con422, CreateView):
    template_name = "wagtailadmin/generic/create.html"
    page_title = "Crear cuenta"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "quien": self.request.user}

    def save_instance(self) -> Usuario:
        persona = super().save_instance()
        acciones.anotar_cambio_de_cuenta(persona, actor=self.request.user, texto="La administración creó tu cuenta.")
        return persona


class Editar(Con422, EditView):
    template_name = "wagtailadmin/generic/edit.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not permisos.puede_administrar_cuenta(request.user, self.object):
            raise PermissionDenied
        if request.method == "GET":
            anotar_mirada(request.user, self.object, "Abrió la cuenta en la trastienda, con su correo.")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "quien": self.request.user}

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        botones = list(super().header_more_buttons)
        if self.object.pk != self.request.user.pk:
            url = reverse("wagtailusers_users:quitar_segundo_paso", args=[self.object.pk])
            botones.append(Button("Quitar el segundo paso", url=url, icon_name="key"))
        return botones

    def save_instance(self) -> Usuario:
        persona = super().save_instance()
        if not persona.is_active or "password2" in self.form.changed_data:
            propia = persona.pk == self.request.user.pk
            acciones.cerrar_sesiones(persona, menos=self.request.session.session_key if propia else "")
        if "password2" in self.form.changed_data and persona.pk != self.request.user.pk:
            avisos.avisar_de_seguridad(persona, avisos.CLAVE_PUESTA)
        rotulos = [
            str(self.form.fields[campo].label).lower() for campo in self.form.changed_data if campo != "password2"
        ]
        if rotulos:
            acciones.anotar_cambio_de_cuenta(
                persona, actor=self.request.user, texto=f"La administración cambió tu cuenta: {', '.join(rotulos)}."
            )
        return persona


class QuitarSegundoPaso(Gestion):
    """A quien perdió su teléfono y sus códigos; antes hay que comprobar que es la persona."""

    page_title = "Quitar el segundo paso"
    form_class = MotivoForm
    submit_button_label = "Quitar el segundo paso"
    hecho = "La persona ya no tiene segundo paso y salió de todos sus aparatos."
    permission_required = "change"
    model = Usuario
    index_url_name = "wagtailusers_users:index"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        persona = get_object_or_404(Usuario, pk=kwargs["pk"])
        if persona.pk == request.user.pk or not permisos.puede_administrar_cuenta(request.user, persona):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def url_de_la_ficha(self) -> str:
        return reverse("wagtailusers_users:edit", args=[self.object.pk])

    def explicacion(self) -> str:
        return (
            f"{self.object} ({self.object.username}) podrá ingresar solo con su contraseña y saldrá de todos sus "
            "aparatos. Comprueba antes que es ella. Quedará anotado que lo hiciste tú."
        )

    def ejecutar(self, datos: dict[str, Any]) -> None:
        acciones.quitar_segundo_paso(self.object, actor=self.request.user, motivo=datos["motivo"])


class PersonasViewSet(UserViewSet):
    template_prefix = ""
    menu_label = "Personas"
    filterset_class = FiltroDePersonas
    index_view_class = Lista
    inspect_view_enabled = True
    inspect_view_class = FichaDePersona
    inspect_template_name = "comun/trastienda/ficha.html"
    inspect_view_fields = ["nombre_publico", "username", "is_active", "date_joined", "last_login"]
    # Sin el correo: la planilla sale de aquí y no vuelve.
    list_export = ["nombre_publico", "username", "is_active", "is_superuser", "date_joined", "last_login"]
    export_filename = "personas"
    add_view_class = Crear
    edit_view_class = Editar
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type:
        return EditarPersonaForm if for_update else CrearPersonaForm

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(**{"delete_url_name": None, **kwargs})

    def get_urlpatterns(self) -> list[Any]:
        quitar = path(
            "quitar-segundo-paso/<int:pk>/", self.construct_view(QuitarSegundoPaso), name="quitar_segundo_paso"
        )
        return [*(ruta for ruta in super().get_urlpatterns() if ruta.name != "delete"), quitar]


class SinRolesEnBloque(AssignRoleBulkAction):
    def check_perm(self, obj: Usuario) -> bool:
        return False


class SinBorrarEnBloque(DeleteBulkAction):
    def check_perm(self, obj: Usuario) -> bool:
        return False


class CerrarCuentas(SetActiveStateBulkAction):
    @classmethod
    def execute_action(cls, objects: list[Usuario], **kwargs: Any) -> tuple[int, int]:
        hecho = super().execute_action(objects, **kwargs)
        for persona in objects:
            persona.refresh_from_db(fields=["is_active"])
            if not persona.is_active:
                acciones.cerrar_sesiones(persona)
        return hecho

    def check_perm(self, obj: Usuario) -> bool:
        return permisos.puede_administrar_cuenta(self.request.user, obj)
