import pytest
from django.contrib.auth.models import Permission

from tests.propuestas.piezas import publicada


@pytest.fixture
def una(recepcion, gente, pueblo):
    """Una propuesta publicada de ana en el distrito 1."""
    return publicada(recepcion, gente, pueblo)


@pytest.fixture
def con_permisos(db):
    """con_permisos(persona) -> la persona con los permisos de trastienda de Planificación sobre propuestas."""

    def dar(persona, *codigos):
        codigos = codigos or ("view_propuesta", "change_propuesta", "access_admin")
        persona.user_permissions.add(*Permission.objects.filter(codename__in=codigos))
        for nombre in ("_perm_cache", "_user_perm_cache", "_group_perm_cache"):
            persona.__dict__.pop(nombre, None)
        return persona

    return dar
