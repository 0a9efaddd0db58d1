"""La sección «Bitácora»: la ve quien audita, nadie la edita, y mirar lo reservado también deja rastro."""

import pytest

from civic.comun.bitacora import anotar
from civic.comun.models import Suceso
from civic.cuentas.acciones import asignar_rol, preparar_roles
from civic.cuentas.roles import Rol

SECCION = "/admin/bitacora/"


@pytest.fixture
def auditora(gente):
    preparar_roles()
    asignar_rol(gente.nadia, rol=Rol.AUDITORIA)
    return type(gente.nadia).objects.get(pk=gente.nadia.pk)


@pytest.fixture
def dos(pueblo, gente):
    publico = anotar(
        pueblo.agua, verbo="corregir", texto="Se corrigió.", actor=gente.hugo, antes={"nombre": "Agua"},
        despues={"nombre": "Agua potable"},
    )  # fmt: skip
    return publico, anotar(pueblo.vias, verbo="apoyar", texto="Apoyó algo.", actor=gente.ana, publico=False)


def test_lista_busca_y_filtra(entrar, auditora, dos):
    cliente = entrar(auditora)
    vistos = {
        filtro: [
            fila.texto for fila in cliente.get(SECCION + filtro).context["object_list"] if fila.verbo != "asignar_rol"
        ]
        for filtro in ("?verbo=apoyar", "?objeto_tipo=procesos.categoria&publico=true", "?persona=ana", "?q=corrigió")
    }
    assert vistos == {
        "?verbo=apoyar": ["Apoyó algo."],
        "?objeto_tipo=procesos.categoria&publico=true": ["Se corrigió."],
        "?persona=ana": ["Apoyó algo."],
        "?q=corrigió": ["Se corrigió."],
    }


def test_ficha_muestra_antes_y_despues(entrar, auditora, dos):
    html = entrar(auditora).get(f"{SECCION}inspect/{dos[0].pk}/").content.decode()
    assert [t in html for t in ("<del>Agua</del>", "<ins>Agua potable</ins>", dos[0].huella)] == [True] * 3


def test_mirar_lo_reservado_queda_anotado_una_vez(entrar, auditora, dos):
    cliente = entrar(auditora)
    for _ in range(2):
        cliente.get(SECCION)
        cliente.get(f"{SECCION}inspect/{dos[1].pk}/")
    miradas = Suceso.objects.filter(verbo="mirar", actor=auditora)
    assert sorted(miradas.values_list("objeto_tipo", "objeto_id")) == [("comun.suceso", 0), ("comun.suceso", dos[1].pk)]


@pytest.mark.parametrize("quien", ["ana", "elena", "carla", "hugo"])
def test_sin_permiso_no_se_entra_ni_queda_mirada(entrar, auditora, gente, dos, quien):
    cliente = entrar(getattr(gente, quien))
    codigos = {cliente.get(ruta).status_code for ruta in (SECCION, f"{SECCION}inspect/{dos[1].pk}/")}
    assert codigos <= {302, 403}
    assert not Suceso.objects.filter(verbo="mirar").exists()


def test_nadie_edita_ni_borra_tampoco_el_superusuario(entrar, auditora, gente, dos):
    gente.gloria.is_superuser = gente.gloria.is_staff = True
    gente.gloria.save()
    cliente = entrar(gente.gloria)
    assert cliente.get(SECCION).status_code == 200
    rutas = [f"{SECCION}{puerta}" for puerta in ("new/", f"edit/{dos[0].pk}/", f"delete/{dos[0].pk}/")]
    assert {cliente.post(ruta).status_code for ruta in rutas} == {404}
    assert f"{SECCION}new/" not in cliente.get(SECCION).content.decode()
