"""La sección de personas de la trastienda: la de Wagtail, sin puertas para darse permisos a uno mismo.

Los roles no se dan aquí sino en «Roles asignados», con plazo y con su línea en la bitácora. Solo la administración
técnica (superusuario) toca las cuentas del personal. Las cuentas no se borran, se cierran: lo que firmaron queda.
"""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.bulk_actions import AssignRoleBulkAction, DeleteBulkAction, SetActiveStateBulkAction
from wagtail.users.views.users import CreateView, EditView, IndexView, UserColumn, UserFilterSet, UserViewSet

from civic.comun.acceso import mirar
from civic.cuentas import acciones, permisos, reglas
from civic.cuentas.forms import PISTA_CLAVE, revisar_nombre
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


class Lista(IndexView):
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


class Crear(CreateView):
    template_name = "wagtailadmin/generic/create.html"
    page_title = "Crear cuenta"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "quien": self.request.user}

    def save_instance(self) -> Usuario:
        persona = super().save_instance()
        acciones.anotar_cambio_de_cuenta(persona, actor=self.request.user, texto="La administración creó tu cuenta.")
        return persona


class Editar(EditView):
    template_name = "wagtailadmin/generic/edit.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not permisos.puede_administrar_cuenta(request.user, self.object):
            raise PermissionDenied
        if request.method == "GET":
            mirar(request.user, self.object, "Abrió la cuenta en la trastienda, con su correo.")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "quien": self.request.user}

    def save_instance(self) -> Usuario:
        persona = super().save_instance()
        rotulos = [
            str(self.form.fields[campo].label).lower() for campo in self.form.changed_data if campo != "password2"
        ]
        if rotulos:
            acciones.anotar_cambio_de_cuenta(
                persona, actor=self.request.user, texto=f"La administración cambió tu cuenta: {', '.join(rotulos)}."
            )
        return persona


class PersonasViewSet(UserViewSet):
    template_prefix = ""
    menu_label = "Personas"
    filterset_class = FiltroDePersonas
    index_view_class = Lista
    add_view_class = Crear
    edit_view_class = Editar
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type:
        return EditarPersonaForm if for_update else CrearPersonaForm

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(**{"delete_url_name": None, **kwargs})

    def get_urlpatterns(self) -> list[Any]:
        return [ruta for ruta in super().get_urlpatterns() if ruta.name != "delete"]


class SinRolesEnBloque(AssignRoleBulkAction):
    def check_perm(self, obj: Usuario) -> bool:
        return False


class SinBorrarEnBloque(DeleteBulkAction):
    def check_perm(self, obj: Usuario) -> bool:
        return False


class CerrarCuentas(SetActiveStateBulkAction):
    def check_perm(self, obj: Usuario) -> bool:
        return permisos.puede_administrar_cuenta(self.request.user, obj)
