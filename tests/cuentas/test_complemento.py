"""El mismo número de carnet con complemento y sin él: no se rechaza a nadie, y alguien mira si es una sola persona."""

import datetime

import pytest
from django.urls import reverse

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.cuentas import acciones
from civic.cuentas.acciones import identidades
from civic.cuentas.models import ConflictoDeIdentidad, Identidad, NumeroDeCarnet, Residencia
from civic.cuentas.reglas_identidad import normalizar_ci
from tests.cuentas.conftest import recargada
from tests.cuentas.piezas_verificacion import CARNET, NACIO, a_la_vez, cargar_padron
from tests.elenco import crear_persona

LLANO, CON = CARNET, f"{CARNET}-1A"


def vecina(pueblo, usuario):
    return crear_persona(usuario, usuario.capitalize(), otb=pueblo.otb_molle, verificada=False)


def verificar(persona, escrito, *, nacimiento=None, metodo="ventanilla"):
    return acciones.verificar_residencia(
        recargada(persona).residencia, metodo=metodo, ci=normalizar_ci(escrito), nacimiento=nacimiento
    )


@pytest.fixture
def dos(pueblo):
    return vecina(pueblo, "rosa"), vecina(pueblo, "luisa")


@pytest.fixture
def conflicto(dos):
    verificar(dos[0], LLANO)
    verificar(dos[1], CON)
    return ConflictoDeIdentidad.objects.get()


def niveles(*personas):
    return [Residencia.objects.get(usuario=persona).nivel for persona in personas]


@pytest.mark.parametrize("orden", [(LLANO, CON), (CON, LLANO)])
def test_en_los_dos_ordenes_las_dos_quedan_verificadas_y_se_abre_un_conflicto(dos, orden):
    for persona, escrito in zip(dos, orden, strict=True):
        verificar(persona, escrito)
    assert niveles(*dos) == ["verificada", "verificada"]
    conflicto = ConflictoDeIdentidad.objects.get()
    assert (conflicto.primera, conflicto.segunda, conflicto.estado) == (*dos, "abierto")
    assert conflicto.get_razon_display() == "Mismo número, con y sin complemento"
    assert (conflicto.identidad.cuenta, conflicto.otra_identidad.cuenta) == dos
    assert (conflicto.metodo_primera, conflicto.metodo_segunda) == ("ventanilla", "ventanilla")
    suceso = Suceso.objects.de(conflicto).get()
    assert (suceso.verbo, suceso.publico) == ("abrir_conflicto", False)


@pytest.mark.parametrize(
    "otro",
    [f"{CARNET}-2B", "4455668-1A", f"E-{CARNET}"],
    ids=["otro complemento", "otro número", "de extranjero"],
)
def test_lo_que_no_es_el_mismo_numero_con_y_sin_no_abre_nada(dos, otro):
    verificar(dos[0], CON if otro.endswith("2B") else LLANO)
    verificar(dos[1], otro)
    assert not ConflictoDeIdentidad.objects.exists()


def test_dos_fechas_de_nacimiento_distintas_ya_las_separan(pueblo, dos):
    cargar_padron(pueblo, (LLANO, "31/05/1990", "O-1"), (CON, "01/02/1980", "O-1"))
    acciones.comprobar_en_padron(dos[0], ci=normalizar_ci(LLANO), nacimiento=NACIO)
    acciones.comprobar_en_padron(dos[1], ci=normalizar_ci(CON), nacimiento=datetime.date(1980, 2, 1))
    assert niveles(*dos) == ["verificada", "verificada"]
    assert not ConflictoDeIdentidad.objects.exists()


@pytest.mark.parametrize("fechas", [(NACIO, NACIO), (NACIO, None), (None, NACIO)])
def test_la_misma_fecha_o_una_que_no_se_sabe_no_las_separa(dos, fechas):
    for persona, escrito, nacimiento in zip(dos, (LLANO, CON), fechas, strict=True):
        verificar(persona, escrito, nacimiento=nacimiento)
    assert ConflictoDeIdentidad.objects.count() == 1


def test_la_directiva_y_el_padron_de_la_organizacion_tambien_lo_miran(pueblo, gente, dos):
    verificar(dos[0], LLANO)
    pedido = acciones.pedir_confirmacion(dos[1], ci=normalizar_ci(CON))
    acciones.responder_pedido(pedido, actor=gente.fabio, confirma=True)
    assert ConflictoDeIdentidad.objects.get().metodo_segunda == "lista_organizacion"
    tercera = vecina(pueblo, "tere")
    texto = f"ci;fecha_nacimiento\n{CARNET}-2B;31/05/1990\n"
    acciones.cargar_padron_de_organizacion(pueblo.org_molle, texto.encode(), "l.csv", actor=gente.fabio)
    acciones.comprobar_en_padron_de_organizacion(tercera, ci=normalizar_ci(f"{CARNET}-2B"), nacimiento=NACIO)
    assert ConflictoDeIdentidad.objects.filter(segunda=tercera, primera=dos[0]).count() == 1


def test_quien_solo_mostro_quien_es_tambien(pueblo, dos):
    verificar(dos[0], LLANO)
    acciones.comprobar_con_ciudadania(dos[1], ci=normalizar_ci(CON), nacimiento=None)
    assert niveles(*dos) == ["verificada", "identidad"]
    assert ConflictoDeIdentidad.objects.get().segunda == dos[1]


def test_una_identidad_de_antes_sin_numero_se_halla_igual(dos):
    verificar(dos[0], LLANO)
    Identidad.objects.update(numero=None)
    verificar(dos[1], CON)
    assert ConflictoDeIdentidad.objects.get().primera == dos[0]


def test_verificarse_otra_vez_no_lo_repite(pueblo, conflicto, dos):
    for persona, escrito in zip(dos, (LLANO, CON), strict=True):
        acciones.declarar_residencia(persona, otb=pueblo.otb_ceibo)
        verificar(persona, escrito)
    assert ConflictoDeIdentidad.objects.count() == 1


def test_la_misma_cuenta_que_corrige_su_carnet_no_choca_consigo(dos):
    verificar(dos[0], LLANO)
    acciones.retirar_verificacion(dos[0])
    verificar(dos[0], CON)
    assert not ConflictoDeIdentidad.objects.exists()


def test_retirarse_y_volver_con_otra_cuenta_y_complemento_no_escapa(dos):
    verificar(dos[0], LLANO)
    acciones.retirar_verificacion(dos[0])
    verificar(dos[1], CON)
    assert (ConflictoDeIdentidad.objects.get().primera, niveles(dos[1])) == (dos[0], ["verificada"])


# --- Resolverlo ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("decision", "quedan"),
    [
        ("ambas", ["verificada", "verificada"]),
        ("primera", ["verificada", "declarada"]),
        ("segunda", ["declarada", "verificada"]),
        ("ninguna", ["declarada", "declarada"]),
    ],
)
def test_resolver(con_roles, conflicto, dos, decision, quedan):
    acciones.resolver_conflicto(conflicto, actor=con_roles.gloria, decision=decision, motivo="Vinieron con su carnet")
    assert niveles(*dos) == quedan
    con_cuenta = [Identidad.objects.filter(cuenta=persona).exists() for persona in dos]
    assert con_cuenta == [nivel == "verificada" for nivel in quedan]
    conflicto.refresh_from_db()
    assert (conflicto.estado, conflicto.resuelto_por) == (decision, con_roles.gloria)


def test_lo_que_se_dijo_que_son_dos_no_vuelve_a_la_cola(con_roles, pueblo, conflicto, dos):
    acciones.resolver_conflicto(conflicto, actor=con_roles.gloria, decision="ambas", motivo="Son madre e hija")
    acciones.declarar_residencia(dos[0], otb=pueblo.otb_ceibo)
    verificar(dos[0], LLANO)
    assert ConflictoDeIdentidad.objects.abiertos().count() == 0


def test_el_mismo_carnet_no_es_de_dos_personas(con_roles, dos):
    verificar(dos[0], LLANO)
    with pytest.raises(ReglaIncumplida):
        verificar(dos[1], LLANO)
    with pytest.raises(ReglaIncumplida, match="Un mismo carnet no es de dos personas"):
        acciones.resolver_conflicto(
            ConflictoDeIdentidad.objects.get(), actor=con_roles.gloria, decision="ambas", motivo="x"
        )


def test_no_lo_resuelve_quien_verifico_a_una_de_las_dos(con_roles, dos):
    verificar(dos[0], LLANO)
    acciones.verificar_residencia(
        recargada(dos[1]).residencia, metodo="ventanilla", ci=normalizar_ci(CON), actor=con_roles.gloria
    )
    with pytest.raises(ReglaIncumplida, match="No te toca"):
        acciones.resolver_conflicto(
            ConflictoDeIdentidad.objects.get(), actor=con_roles.gloria, decision="ambas", motivo="x"
        )


def test_la_trastienda_dice_por_que_y_ofrece_que_sean_dos(entrar, con_roles, conflicto, dos):
    cliente = entrar(con_roles.gloria)
    assert "Mismo número, con y sin complemento" in cliente.get(reverse("conflictos:index")).content.decode()
    url = reverse("conflictos:resolver", args=[conflicto.pk])
    pagina = cliente.get(url).content.decode()
    assert "Son dos personas: cada una queda con su verificación" in pagina
    cliente.post(url, {"decision": "ambas", "motivo": "Vinieron las dos"})
    assert ConflictoDeIdentidad.objects.get().estado == "ambas"
    # A quien está verificada no se le dice que la revisan.
    assert "está revisando tus datos" not in entrar(dos[1]).get("/cuentas/verificar/").content.decode()


# --- A la vez --------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("vuelta", range(3))
def test_a_la_vez_tambien_se_ven(pueblo, vuelta):
    dos = vecina(pueblo, "rosa"), vecina(pueblo, "luisa")
    respuestas = a_la_vez([lambda p=p, e=e: verificar(p, e) for p, e in zip(dos, (LLANO, CON), strict=True)])
    assert not [r for r in respuestas if isinstance(r, Exception)], respuestas
    assert niveles(*dos) == ["verificada", "verificada"]
    assert ConflictoDeIdentidad.objects.count() == NumeroDeCarnet.objects.count() == 1


def test_control_sin_la_fila_del_numero_no_se_ven(dos, monkeypatch):
    """Lo que la une es el número guardado: sin él, la que llega después sin complemento no halla a la otra."""
    monkeypatch.setattr(identidades, "_tomar_numero", lambda documento: None)
    verificar(dos[0], CON)
    verificar(dos[1], LLANO)
    assert not ConflictoDeIdentidad.objects.exists()
