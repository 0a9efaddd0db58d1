"""Verificar y anular varias residencias, y quitar varios roles: cada fila con la regla de una sola."""

import pytest

from civic.comun.models import Suceso
from civic.cuentas.models import AsignacionRol, ConflictoDeIdentidad, Identidad, Residencia
from tests import elenco
from tests.cuentas.test_trastienda import negada, texto_de

VERIFICAR = "/admin/residencias/en-bloque/verificar/"
ANULAR = "/admin/residencias/en-bloque/anular/"
QUITAR = "/admin/roles/en-bloque/quitar/"


@pytest.fixture
def por_verificar(con_roles, pueblo):
    """Dos vecinas del distrito 1 y una del 2, con su residencia declarada."""
    lugares = {"delia": pueblo.otb_molle, "edgar": pueblo.otb_molle, "felix": pueblo.otb_ceibo}
    return {
        usuario: elenco.crear_persona(usuario, usuario.capitalize(), otb=otb, verificada=False).residencia
        for usuario, otb in lugares.items()
    }


def con_carnets(residencias, carnets, **cambios):
    datos = {"detalle": "Carnet y lista de la asamblea", "consiente": "on"}
    for usuario, residencia in residencias.items():
        datos[f"ci_{residencia.pk}"] = carnets.get(usuario, "")
        datos[f"vista_{residencia.pk}"] = residencia.momento.isoformat()
    return {**datos, **cambios}


def niveles(residencias):
    return {usuario: Residencia.objects.get(pk=residencia.pk).nivel for usuario, residencia in residencias.items()}


def test_verifica_a_quienes_se_les_escribio_el_carnet_y_dice_por_que_no_a_las_demas(entrar, con_roles, por_verificar):
    Residencia.objects.filter(nivel="declarada").exclude(
        pk__in=[residencia.pk for residencia in por_verificar.values()]
    ).update(nivel="verificada")
    cliente = entrar(con_roles.hugo)
    # El mismo carnet dos veces: la segunda cuenta no se verifica y queda en la cola de conflictos.
    carnets = {"delia": "4455667", "edgar": "4455667"}
    respuesta = cliente.post(VERIFICAR, con_carnets(por_verificar, carnets), follow=True)
    texto = texto_de(respuesta)
    assert "Hecho con 1: Delia vive en" in texto and "No se hizo con Edgar vive en" in texto
    assert niveles(por_verificar) == {"delia": "verificada", "edgar": "declarada", "felix": "declarada"}
    assert Residencia.objects.get(pk=por_verificar["delia"].pk).verificada_por == con_roles.hugo
    assert (Identidad.objects.count(), ConflictoDeIdentidad.objects.count()) == (1, 1)


@pytest.mark.parametrize("cambios", [{"consiente": ""}, {"detalle": "inventado"}, {"mal": "abc"}, {"nadie": ""}])
def test_verificar_varias_con_algo_mal_no_verifica_a_ninguna_y_conserva_lo_escrito(
    entrar, con_roles, por_verificar, cambios
):
    carnets = {} if "nadie" in cambios else {"delia": "4455667", "edgar": cambios.get("mal", "")}
    respuesta = entrar(con_roles.hugo).post(VERIFICAR, con_carnets(por_verificar, carnets, **cambios))
    assert respuesta.status_code == 422
    assert set(niveles(por_verificar).values()) == {"declarada"}
    assert all(carnet in texto_de(respuesta) for carnet in carnets.values())


def test_una_que_cambio_de_casa_entretanto_no_se_verifica(entrar, con_roles, por_verificar, pueblo):
    datos = con_carnets(por_verificar, {"delia": "4455667"})
    datos[f"vista_{por_verificar['delia'].pk}"] = "2020-01-01T00:00:00+00:00"
    texto = texto_de(entrar(con_roles.hugo).post(VERIFICAR, datos, follow=True))
    assert "cambió su residencia mientras la revisabas" in texto
    assert niveles(por_verificar)["delia"] == "declarada"


@pytest.mark.parametrize("url", [VERIFICAR, ANULAR])
def test_quien_no_verifica_no_entra(entrar, con_roles, url):
    for quien in ("elena", "carla", "ana"):
        respuesta = entrar(getattr(con_roles, quien)).get(url)
        assert negada(respuesta) or respuesta.status_code == 302, quien


def test_ventanilla_de_un_distrito_solo_ve_y_verifica_ahi(entrar, con_roles, por_verificar, pueblo):
    AsignacionRol.objects.create(
        usuario=con_roles.nadia, rol="ventanilla", distrito=pueblo.distrito_1, desde="2026-01-01"
    )
    con_roles.nadia.groups.add(*_grupo("ventanilla"))
    cliente = entrar(con_roles.nadia)
    texto = texto_de(cliente.get(VERIFICAR))
    assert "Delia" in texto and "Felix" not in texto and "Ceibo" not in texto
    cliente.post(VERIFICAR, con_carnets(por_verificar, {"felix": "998877", "delia": "4455667"}))
    assert niveles(por_verificar) == {"delia": "verificada", "edgar": "declarada", "felix": "declarada"}


def _grupo(nombre):
    from django.contrib.auth.models import Group

    return Group.objects.filter(name=nombre)


def test_anula_las_elegidas_con_su_motivo_y_nunca_la_propia(entrar, con_roles, pueblo):
    Residencia.objects.create(
        usuario=con_roles.hugo, otb=pueblo.otb_molle, distrito=pueblo.distrito_1, nivel="verificada"
    )
    elegidas = [con_roles.ana.residencia, con_roles.beto.residencia]
    cliente = entrar(con_roles.hugo)
    pagina = texto_de(cliente.get(ANULAR))
    assert "Ana Vecina" in pagina and "Hugo Planifica vive" not in pagina
    sin_motivo = cliente.post(ANULAR, {"elegidos": [r.pk for r in elegidas], "motivo": ""})
    assert sin_motivo.status_code == 422 and sin_motivo.content.decode().count("checked") == 2
    respuesta = cliente.post(ANULAR, {"elegidos": [r.pk for r in elegidas], "motivo": "Acta falsa"}, follow=True)
    assert "Hecho con 2: Ana Vecina vive en" in texto_de(respuesta)
    assert {Residencia.objects.get(pk=r.pk).nivel for r in elegidas} == {"declarada"}
    assert all(Suceso.objects.de(r).filter(verbo="revocar", motivo="Acta falsa").exists() for r in elegidas)
    propia = cliente.post(ANULAR, {"elegidos": [con_roles.hugo.residencia.pk], "motivo": "x"})
    assert propia.status_code == 422
    assert Residencia.objects.get(usuario=con_roles.hugo).nivel == "verificada"


def test_quita_varios_roles_con_motivo_y_no_los_reservados(entrar, con_roles):
    roles = {a.rol: a for a in AsignacionRol.objects.filter(usuario__in=[con_roles.carla, con_roles.elena])}
    cliente = entrar(con_roles.gloria)
    assert "Gloria Administra" not in texto_de(cliente.get(QUITAR)).partition("<form")[2].partition("</form")[0]
    datos = {"elegidos": [a.pk for a in roles.values()], "motivo": "Dejaron el municipio"}
    assert cliente.post(QUITAR, {**datos, "motivo": ""}).status_code == 422
    assert "Hecho con 2: " in texto_de(cliente.post(QUITAR, datos, follow=True))
    assert not AsignacionRol.objects.por_cumplir().filter(pk__in=datos["elegidos"]).exists()
    reservado = AsignacionRol.objects.filter(usuario=con_roles.gloria, rol="administracion").latest("pk")
    assert cliente.post(QUITAR, {**datos, "elegidos": [reservado.pk]}).status_code == 422
    assert AsignacionRol.objects.filter(pk=reservado.pk, hasta=None).exists()


def test_planificacion_no_quita_roles_en_bloque(entrar, con_roles):
    assert negada(entrar(con_roles.hugo).get(QUITAR))
