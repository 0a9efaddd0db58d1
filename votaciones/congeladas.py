"""La contienda de una papeleta que se envía: lo que el libro congeló se lee una vez; lo que puede cambiar, cada vez."""

from copy import copy
from functools import lru_cache

from django.db import connection
from django.http import Http404

from civic.procesos.models import Proceso
from votaciones.models import Contienda, Votacion

# Las de una ciudad grande con una papeleta por OTB, con lugar para dos votaciones a la vez.
CUANTAS = 2048
NUMERO_MAXIMO = 32_767  # el de la columna


@lru_cache(maxsize=CUANTAS)
def _congelada(contienda: int, votacion: int, huella: str, _cierra: object) -> Contienda:
    """La contienda con sus costos, su lugar y su votación. Con la huella y la hora en la llave, otro libro es otra."""
    leida = (
        Contienda.objects.select_related("votacion__proceso", "area")
        .defer("votacion__libro")
        .get(pk=contienda, votacion=votacion, votacion__huella=huella)
    )
    leida.costos  # noqa: B018 -- lee las obras ahora: quedan con la contienda
    return leida


def contienda_que_se_vota_o_404(slug: str, numero: int) -> Contienda:
    """Como `permisos.contienda_o_404`, para el momento de votar.

    Desde que se abre, el libro no deja cambiar obras, costos, presupuestos, fechas ni reglas (tampoco la base). El
    estado de la votación y el de su proceso sí cambian, y se leen aquí.
    """
    if numero > NUMERO_MAXIMO:
        raise Http404("No hay esa papeleta.")
    nombre = connection.ops.quote_name
    tablas = [nombre(modelo._meta.db_table) for modelo in (Contienda, Votacion, Proceso)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id, v.id, v.huella, v.cierra, v.estado, p.estado FROM {} c JOIN {} v ON v.id = c.votacion_id "  # noqa: S608
            "JOIN {} p ON p.id = v.proceso_id WHERE v.slug = %s AND c.numero = %s".format(*tablas),
            [slug, numero],
        )
        fila = cursor.fetchone()
    if fila is None or fila[4] == Votacion.Estado.PREPARADA:
        raise Http404("No hay esa papeleta.")
    contienda = copy(_congelada(*fila[:4]))
    contienda.votacion = copy(contienda.votacion)
    contienda.votacion.proceso = copy(contienda.votacion.proceso)
    contienda.votacion.estado, contienda.votacion.proceso.estado = fila[4:]
    return contienda
