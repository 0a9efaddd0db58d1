"""Mirar y llenar urnas en las pruebas, con las claves de la prueba."""

from tests.guardas import sin_guardas_de_urna
from votaciones.acciones.votar import asegurar_urna, firmar
from votaciones.models import Contienda
from votaciones.reglas import credencial as credenciales
from votaciones.reglas import recibo as recibos
from votaciones.urna import acciones as urna
from votaciones.urna.models import Sobre
from votaciones.urna.sobres import Cerrojo


def cerrojo_de(contienda):
    return Cerrojo(credenciales.urna_de(contienda.votacion.huella, contienda.numero))


def elegido(contienda=None):
    """Lo que lleva cada sobre de esa urna (o de todas), ordenado."""
    contiendas = [contienda] if contienda else Contienda.objects.select_related("votacion")
    return sorted(
        cerrojo_de(una).abrir(sobre.cerrado) for una in contiendas for sobre in Sobre.objects.filter(contienda=una.pk)
    )


def echar(contienda, seleccion, azar=b"0123456789"):
    """Pone una papeleta sin nadie detrás, con una credencial de verdad; devuelve el código del recibo."""
    codigo = recibos.codigo_de(azar)
    contienda = Contienda.objects.select_related("votacion").get(pk=contienda.pk)
    asegurar_urna(contienda)
    credencial = firmar(contienda, credenciales.serie_de(codigo))
    urna.depositar(contienda.pk, credencial, seleccion, recibos.huella_de(codigo))
    return codigo


def adulterar(contienda, seleccion, **cuales):
    """Cambia lo que llevan los sobres de una urna, como podría quien tuviera la base y la clave."""
    with sin_guardas_de_urna():
        Sobre.objects.filter(contienda=contienda.pk, **cuales).update(cerrado=cerrojo_de(contienda).cerrar(seleccion))
