"""Cada revisión de la casa atrapa una falta plantada."""

import pytest

from tests.casa import revisiones

PLANTADAS = [
    (revisiones.escrituras_en_vistas, "propuestas/views.py", "def v(request):\n    Propuesta.objects.create()\n"),
    (revisiones.escrituras_en_vistas, "propuestas/views.py", "def v(request, propuesta):\n    propuesta.save()\n"),
    (revisiones.acciones_que_conocen_la_web, "propuestas/acciones.py", "def a(cosa, request):\n    pass\n"),
    (revisiones.acciones_que_conocen_la_web, "propuestas/acciones.py", "from django.http import Http404\n"),
    (revisiones.plantillas_sin_uso, "cms/templates/cms/_huerfana.html", "<p>nadie me incluye</p>"),
    (revisiones.guiones_en_linea, "cms/templates/cms/x.html", "<p onclick='f()'>hola</p>"),
    (revisiones.guiones_en_linea, "cms/templates/cms/x.html", "<script>f()</script>"),
    (revisiones.guiones_en_linea, "cms/templates/cms/x.html", '<p style="color:red">hola</p>'),
    (revisiones.recursos_ajenos, "cms/templates/cms/x.html", '<img src="https://otro.example/x.png" alt="">'),
    (revisiones.recursos_ajenos, "cms/static/cms/x.css", "@import 'https://otro.example/x.css';"),
    (revisiones.cosas_a_medias, "cms/views.py", "# TODO: algún día\n"),
]


def plantar(raiz, ruta, texto):
    archivo = raiz / ruta
    archivo.parent.mkdir(parents=True, exist_ok=True)
    archivo.write_text(texto)


@pytest.mark.parametrize(("revision", "ruta", "texto"), PLANTADAS)
def test_revision_con_falta_plantada_la_encuentra(tmp_path, revision, ruta, texto):
    assert revision(tmp_path) == []
    plantar(tmp_path, ruta, texto)
    assert len(revision(tmp_path)) == 1


def test_plantillas_que_suben_con_inclusion_hacia_arriba_la_encuentra(tmp_path):
    plantar(tmp_path, "cms/templates/cms/_alta.html", "alta")
    plantar(tmp_path, "civic/comun/templates/comun/base.html", '{% include "cms/_alta.html" %}')
    assert len(revisiones.plantillas_que_suben(tmp_path)) == 1


def test_plantillas_que_suben_con_inclusion_de_una_hermana_la_encuentra(tmp_path):
    plantar(tmp_path, "propuestas/templates/propuestas/_a.html", "a")
    plantar(tmp_path, "mapas/reportes/templates/reportes/b.html", '{% include "propuestas/_a.html" %}')
    assert len(revisiones.plantillas_que_suben(tmp_path)) == 1


def test_plantillas_que_suben_deja_incluir_las_de_la_sala_que_la_contiene_y_no_al_reves(tmp_path):
    plantar(tmp_path, "votaciones/templates/votaciones/_opcion.html", "a")
    plantar(tmp_path, "votaciones/lotes/templates/lotes/hoja.html", '{% include "votaciones/_opcion.html" %}')
    assert revisiones.plantillas_que_suben(tmp_path) == []
    plantar(tmp_path, "votaciones/templates/votaciones/b.html", '{% include "lotes/hoja.html" %}')
    assert len(revisiones.plantillas_que_suben(tmp_path)) == 1


def test_vistas_calladas_con_vista_muda_la_nombra():
    assert revisiones.vistas_calladas([("/muda/", lambda request: None)]) == [
        "/muda/ no dice quién puede entrar (@publica, @con_cuenta o @con_rol)"
    ]


def test_variables_sin_documentar_en_los_dos_sentidos():
    assert len(revisiones.variables_sin_documentar(["AYNI_UNA"], "AYNI_OTRA")) == 2


def test_nombres_sin_glosario_con_modelo_nuevo_lo_nombra():
    assert revisiones.nombres_sin_glosario(["Hilo", "Nuevo"], "- **Hilo**: …") == ["Nuevo no está en GLOSARIO.md"]


def test_acciones_sin_bitacora_nombra_la_que_calla_y_no_la_que_anota_por_una_pieza(tmp_path):
    plantar(
        tmp_path,
        "propuestas/acciones.py",
        """
def callar(p):
    p.save()

def anotar_por_pieza(p):
    p.save()
    _pieza(p)

def solo_leer(p):
    return p.titulo

def _pieza(p):
    anotar(p, verbo="x", texto="y")
""",
    )
    assert revisiones.acciones_sin_bitacora(tmp_path) == [
        "propuestas/acciones.py:callar escribe y no deja línea en la bitácora"
    ]


def test_acciones_sin_bitacora_sigue_las_piezas_de_los_vecinos(tmp_path):
    plantar(tmp_path, "propuestas/acciones/piezas.py", 'def dejar_linea(p):\n    anotar(p, verbo="x", texto="y")\n')
    plantar(
        tmp_path,
        "propuestas/acciones/apoyos.py",
        """
from propuestas.acciones.piezas import dejar_linea

def apoyar(p):
    p.save()
    dejar_linea(p)

def callar(p):
    p.save()
""",
    )
    assert revisiones.acciones_sin_bitacora(tmp_path) == [
        "propuestas/acciones/apoyos.py:callar escribe y no deja línea en la bitácora"
    ]


def test_usos_de_fechas_inventadas_fuera_de_la_demo_los_nombra(tmp_path):
    plantar(tmp_path, "propuestas/acciones.py", "from civic.comun.bitacora import en_su_momento")
    plantar(tmp_path, "civic/demo/carga.py", "from civic.comun.bitacora import en_su_momento")
    assert revisiones.usos_de_fechas_inventadas(tmp_path) == [
        "propuestas/acciones.py usa en_su_momento, que es de la demo"
    ]


def test_uniones_despues_de_bloquear_las_nombra(tmp_path):
    plantar(tmp_path, "propuestas/acciones.py", "a = bloquear(P.objects.filter(pk=1)).select_related('foto').get()")
    plantar(tmp_path, "votaciones/acciones.py", "a = bloquear(P.objects.select_related('foto').filter(pk=1)).get()")
    assert revisiones.uniones_despues_de_bloquear(tmp_path) == [
        "propuestas/acciones.py:1 une otras tablas después de bloquear; va adentro"
    ]
