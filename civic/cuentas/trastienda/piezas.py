"""Lo que comparten las secciones de personas y organizaciones."""

from django_filters import ModelChoiceFilter
from wagtail.admin.filters import WagtailFilterSet

from mapas.territorio.consultas import distritos


class FiltroPorDistrito(WagtailFilterSet):
    distrito = ModelChoiceFilter(queryset=lambda request: distritos(), label="Distrito")
