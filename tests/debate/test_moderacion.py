"""La trastienda del debate."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from civic.cuentas.acciones import preparar_roles
from civic.debate import acciones
from civic.debate.models import Comentario, Hilo


@pytest.fixture
def con_llave(gente):
    """gloria administra y carla evalúa; los grupos dan los permisos de la tabla de roles."""
    preparar_roles()
    for persona, rol in ((gente.gloria, "administracion"), (gente.carla, "tecnico_evaluador")):
        persona.groups.add(Group.objects.get(name=rol))
    return gente


def test_lista_de_comentarios_filtra_y_busca(entrar, con_llave, hilo, dicho):
    feo = acciones.comentar(hilo, autor=con_llave.beto, texto="Algo feo")
    acciones.ocultar_comentario(feo, actor=con_llave.gloria, motivo="Feo")
    cliente = entrar(con_llave.gloria)
    todos = cliente.get(reverse("comentarios:index")).content.decode()
    assert ("Hace falta el tanque." in todos, "Algo feo" in todos) == (True, True)
    ocultos = cliente.get(reverse("comentarios:index"), {"estado": "oculto"}).content.decode()
    assert ("Hace falta el tanque." in ocultos, "Algo feo" in ocultos) == (False, True)
    buscados = cliente.get(reverse("comentarios:index_results"), {"q": "tanque"}).content.decode()
    assert ("Hace falta el tanque." in buscados, "Algo feo" in buscados) == (True, False)


def test_lista_de_comentarios_hace_las_mismas_consultas_con_uno_y_con_veinte(entrar, con_llave, hilo):
    cliente, cuentas = entrar(con_llave.gloria), []
    for cuantos in (1, 20):
        Comentario.objects.bulk_create(Comentario(hilo=hilo, autor=con_llave.ana, texto="x") for _ in range(cuantos))
        with CaptureQueriesContext(connection) as consultas:
            cliente.get(reverse("comentarios:index"))
        cuentas.append(len(consultas))
    assert cuentas[0] == cuentas[1]


def test_revisar_muestra_el_texto_oculto_y_su_historia(entrar, con_llave, dicho):
    acciones.ocultar_comentario(dicho, actor=con_llave.gloria, motivo="Insulta")
    html = entrar(con_llave.gloria).get(reverse("comentarios:inspect", args=[dicho.pk])).content.decode()
    assert "Hace falta el tanque." in html
    assert "Moderación ocultó el comentario." in html
    assert "Volver a mostrar" in html
    assert 'name="texto"' not in html


def test_ocultar_con_motivo_lo_oculta(entrar, con_llave, dicho):
    cliente = entrar(con_llave.gloria)
    assert cliente.get(reverse("comentarios:ocultar", args=[dicho.pk])).status_code == 200
    respuesta = cliente.post(reverse("comentarios:ocultar", args=[dicho.pk]), {"motivo": "Insulta"})
    dicho.refresh_from_db()
    assert respuesta.url == reverse("comentarios:inspect", args=[dicho.pk])
    assert (dicho.estado, dicho.motivo, dicho.texto) == ("oculto", "Insulta", "Hace falta el tanque.")


def test_ocultar_sin_motivo_da_422_y_no_cambia(entrar, con_llave, dicho):
    respuesta = entrar(con_llave.gloria).post(reverse("comentarios:ocultar", args=[dicho.pk]), {"motivo": " "})
    dicho.refresh_from_db()
    assert (respuesta.status_code, dicho.estado) == (422, "visible")
    assert "Escribe el motivo" in respuesta.content.decode()


def test_ocultar_dos_veces_lo_dice_y_queda_el_primer_motivo(entrar, con_llave, dicho):
    cliente = entrar(con_llave.gloria)
    for motivo in ("Primero", "Segundo"):
        respuesta = cliente.post(reverse("comentarios:ocultar", args=[dicho.pk]), {"motivo": motivo}, follow=True)
    dicho.refresh_from_db()
    assert dicho.motivo == "Primero"
    assert "Ese comentario ya está oculto." in respuesta.content.decode()


def test_mostrar_lo_vuelve_a_mostrar_solo_por_post(entrar, con_llave, dicho):
    acciones.ocultar_comentario(dicho, actor=con_llave.gloria, motivo="Insulta")
    cliente = entrar(con_llave.gloria)
    assert cliente.get(reverse("comentarios:mostrar", args=[dicho.pk])).status_code == 405
    cliente.post(reverse("comentarios:mostrar", args=[dicho.pk]))
    dicho.refresh_from_db()
    assert (dicho.estado, dicho.motivo) == ("visible", "")


def test_cerrar_la_conversacion_guarda_el_motivo(entrar, con_llave, dicho):
    cliente = entrar(con_llave.gloria)
    cliente.post(reverse("comentarios:cerrar", args=[dicho.pk]), {"motivo": "Terminó"})
    assert list(Hilo.objects.values_list("abierto", "motivo_cierre")) == [(False, "Terminó")]


@pytest.mark.parametrize("puerta", ["ocultar", "mostrar", "cerrar"])
@pytest.mark.parametrize("persona", ["carla", "ana", None])
def test_moderar_sin_permiso_no_cambia_nada(client, entrar, con_llave, dicho, puerta, persona):
    cliente = entrar(con_llave.todos[persona]) if persona else client
    respuesta = cliente.post(reverse(f"comentarios:{puerta}", args=[dicho.pk]), {"motivo": "x"})
    dicho.refresh_from_db()
    assert respuesta.status_code in {302, 403}
    assert (dicho.estado, dicho.hilo.abierto) == ("visible", True)


def test_moderar_lo_que_no_existe_da_404(entrar, con_llave, db):
    cliente = entrar(con_llave.gloria)
    for puerta in ("ocultar", "cerrar", "inspect"):
        assert cliente.get(reverse(f"comentarios:{puerta}", args=[99])).status_code == 404


def test_no_hay_puerta_para_editar_el_texto(entrar, con_llave, dicho):
    cliente = entrar(con_llave.gloria)
    for puerta in ("edit", "new", "delete"):
        assert cliente.get(f"/admin/comentarios/{puerta}/{dicho.pk}/").status_code == 404
