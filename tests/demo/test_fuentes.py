"""Calendario, fichas y dibujos: lo que no necesita base de datos."""

import datetime
from io import BytesIO

import pytest
from PIL import Image

from civic.demo import estaticos
from civic.demo.dibujos import ESCENAS, dibujar
from civic.demo.fichas import fichas
from civic.demo.fuentes import Calendario, contenido
from civic.demo.guion import GENTE, PROCESOS, VAN_VOTANDO, VOTARON, nombres_de_gente
from civic.demo.lienzo import ALTO, ANCHO
from civic.procesos.reglas import LA_PAZ

HOY = datetime.date(2028, 2, 29)


def test_fecha_del_contenido_se_corre_los_dias_que_pasaron():
    base = datetime.date.fromisoformat(contenido()["meta"]["fecha_base"])
    calendario = Calendario(HOY)
    assert calendario.dia((base - datetime.timedelta(days=5)).isoformat()) == datetime.date(2028, 2, 24)
    assert calendario.dia(None) is None


def test_momento_con_hora_conserva_la_hora_de_bolivia():
    momento = Calendario(HOY).momento("2026-11-20T10:22:00-04:00").astimezone(LA_PAZ)
    assert (momento.date(), momento.hour, momento.minute) == (datetime.date(2028, 2, 28), 10, 22)


def test_en_cuenta_dias_desde_hoy_en_hora_local():
    momento = Calendario(HOY).en(14, 20).astimezone(LA_PAZ)
    assert (momento.date(), momento.hour) == (datetime.date(2028, 3, 14), 20)


def test_fichas_tienen_codigo_unico_y_costo_positivo():
    todas = fichas()
    assert len({ficha.codigo for ficha in todas}) == len(todas)
    assert all(ficha.costo > 0 for ficha in todas)
    assert len({ficha.titulo for ficha in todas}) == len(todas)


def test_cada_obra_del_contenido_tiene_su_propuesta_con_el_mismo_costo():
    presupuestos = {dato["id"]: dato["presupuesto_bs"] for dato in contenido()["proyectos"]}
    costos = {ficha.obra: ficha.costo_tecnico for ficha in fichas() if ficha.obra}
    assert costos == presupuestos


def test_fases_de_cada_proceso_estan_en_orden():
    for guion in PROCESOS:
        assert all(tramo.hasta >= tramo.desde for tramo in guion.fases)
        inicios = [tramo.desde for tramo in guion.fases]
        assert inicios == sorted(inicios)


def test_no_votan_mas_personas_de_las_que_hay():
    # Una de cada veinticinco solo declaró su residencia y no puede votar.
    for numero, cuantas in GENTE.items():
        verificadas = cuantas - cuantas // 25
        assert max(VOTARON[numero], VAN_VOTANDO[numero]) <= verificadas


def test_nombres_de_gente_son_plantas_y_aves_sin_repetir():
    nombres = nombres_de_gente()
    assert len(set(nombres)) == len(nombres)
    assert {nombre.split()[0] for nombre in nombres} == {"Vecina", "Vecino"}


def test_hay_un_dibujo_por_categoria():
    assert set(ESCENAS) == {dato["codigo"] for dato in contenido()["categorias"]}


@pytest.mark.parametrize("codigo", sorted(ESCENAS))
def test_dibujo_mide_lo_acordado_y_no_esta_vacio(codigo):
    imagen = Image.open(BytesIO(dibujar(codigo)))
    assert imagen.size == (ANCHO, ALTO)
    assert len(imagen.getcolors(maxcolors=1_000_000)) > 20


def test_sin_sello_los_estaticos_no_estan_al_dia(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    sello = estaticos.sello_de_hoy()
    assert estaticos.estan_al_dia(sello) is False
    estaticos.reunir(sello)
    assert estaticos.estan_al_dia(sello) is True
    assert estaticos.estan_al_dia("otro") is False
    assert (tmp_path / "comun" / "estilo.css").exists()
