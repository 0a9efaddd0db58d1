import pytest

from civic.debate import acciones


@pytest.fixture
def hilo(gente, recepcion):
    """Conversación abierta de un proceso que admite comentarios."""
    return acciones.abrir_hilo("Agua para el Molle", proceso=recepcion, url="/propuestas/7/")


@pytest.fixture
def dicho(hilo, gente):
    """Un comentario de ana."""
    return acciones.comentar(hilo, autor=gente.ana, texto="Hace falta el tanque.")
