"""La cola de dudas de lugar: cuándo se entra, cómo se resuelve, y que dos personas no la resuelven dos veces."""

import threading

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.cuentas.acciones import preparar_roles
from mapas.reportes.acciones import recibir_reporte
from mapas.reportes.models import Reporte
from mapas.territorio import dudas
from mapas.territorio.acciones import trazar_limite
from mapas.territorio.models import Area, Duda
from tests.elenco import crear_area, crear_elenco, crear_pueblo, cuadrado

EN_EL_LIMITE = (1.0, 0.5)


def reportar(pueblo, punto=EN_EL_LIMITE, **campos) -> Reporte:
    lon, lat = punto if punto else (None, None)
    datos = {"distrito": pueblo.distrito_1, "otb": pueblo.otb_molle} | campos
    return recibir_reporte(categoria=pueblo.agua, descripcion="Fuga de agua en la esquina", lon=lon, lat=lat, **datos)


def abrir_puertas(gente) -> None:
    """Los grupos y permisos de verdad para quien planifica y quien evalúa."""
    preparar_roles()
    for persona in (gente.hugo, gente.carla):
        persona.groups.set(Group.objects.filter(name__in=persona.asignaciones.values_list("rol", flat=True)))


@pytest.fixture
def puertas(gente):
    abrir_puertas(gente)
    return gente


@pytest.fixture
def duda(puertas, pueblo):
    reportar(pueblo)
    return Duda.objects.get()


# --- Cuándo se entra a la cola ----------------------------------------------------------------------------------------
def test_un_lugar_claro_o_sin_punto_no_entra_a_la_cola(pueblo):
    reportar(pueblo, (0.5, 0.5))
    reportar(pueblo, None)
    assert Duda.objects.count() == 0


def preparar_traslape(pueblo):
    otra = crear_area(
        tipo="otb", municipio=pueblo.municipio, codigo="O-9", nombre="Sauce", clase="otb", padre=pueblo.distrito_1,
        geometria=cuadrado(0.4, 0.4, 0.6, 0.6),
    )  # fmt: skip
    return (0.5, 0.5), {"otb": otra}


def preparar_cercano(pueblo):
    return (0.5, 1.0003), {}


def preparar_ninguno(pueblo):
    trazar_limite(pueblo.distrito_2, None, desde=timezone.localdate())
    return (1.5, 0.5), {"distrito": pueblo.distrito_2, "otb": None}


def preparar_disputa(pueblo):
    Area.objects.filter(pk=pueblo.otb_molle.pk).update(en_disputa=True)
    return (0.5, 0.5), {}


def preparar_discrepancia(pueblo):
    otra = crear_area(
        tipo="otb", municipio=pueblo.municipio, codigo="O-9", nombre="Sauce", clase="otb", padre=pueblo.distrito_1,
        geometria=cuadrado(1.2, 0.2, 1.4, 0.4),
    )  # fmt: skip
    return (1.3, 0.3), {"otb": otra}


def preparar_otra(pueblo):
    otra = crear_area(
        tipo="otb", municipio=pueblo.municipio, codigo="O-9", nombre="Sauce", clase="otb", padre=pueblo.distrito_1
    )
    return (0.5, 0.5), {"otb": otra}


@pytest.mark.parametrize(
    ("motivo", "preparar"),
    [
        ("traslape", preparar_traslape),
        ("borde", lambda pueblo: (EN_EL_LIMITE, {})),
        ("cercano", preparar_cercano),
        ("ninguno", preparar_ninguno),
        ("disputa", preparar_disputa),
        ("discrepancia", preparar_discrepancia),
        ("otra", preparar_otra),
    ],
)
def test_un_lugar_dudoso_entra_a_la_cola_con_su_motivo(pueblo, motivo, preparar):
    punto, campos = preparar(pueblo)
    reporte = reportar(pueblo, punto, **campos)
    hecha = Duda.objects.get()
    assert (hecha.motivo, hecha.objeto_tipo, hecha.objeto_id, hecha.estado) == (
        motivo, "reportes.reporte", reporte.pk, "abierta",
    )  # fmt: skip
    assert (hecha.lon, hecha.lat, hecha.titulo) == (*punto, reporte.codigo)


def test_si_el_reporte_no_se_guarda_la_duda_tampoco(pueblo, monkeypatch):
    from mapas.reportes import acciones

    def fallar(reporte):
        dudas.revisar_lugar(reporte, titulo="x", lon=1.0, lat=0.5, distrito=reporte.distrito, otb=reporte.otb)
        raise RuntimeError("se cayó justo después")

    monkeypatch.setattr(acciones, "_revisar_lugar", fallar)
    with pytest.raises(RuntimeError):
        reportar(pueblo)
    assert (Reporte.objects.count(), Duda.objects.count()) == (0, 0)


def test_revisar_otra_vez_no_duplica_y_un_punto_claro_la_cierra(pueblo):
    reporte = reportar(pueblo)
    comunes = {"titulo": reporte.codigo, "distrito": reporte.distrito, "otb": reporte.otb}
    dudas.revisar_lugar(reporte, lon=1.0, lat=0.4, **comunes)
    assert Duda.objects.get().lat == 0.4
    dudas.revisar_lugar(reporte, lon=0.5, lat=0.5, **comunes)
    assert Duda.objects.get().estado == "caduca"


# --- Resolver ---------------------------------------------------------------------------------------------------------
def test_resolver_mueve_el_reporte_y_deja_dos_lineas_en_la_bitacora(duda, gente, pueblo):
    dudas.resolver(duda, area=pueblo.otb_ceibo, actor=gente.hugo, motivo="Mostraron su plano.")
    duda.refresh_from_db()
    reporte = Reporte.objects.get()
    assert (reporte.distrito, reporte.otb) == (pueblo.distrito_2, pueblo.otb_ceibo)
    assert (duda.estado, duda.resuelta_por, duda.decidida_otb, duda.razon) == (
        "resuelta", gente.hugo, pueblo.otb_ceibo, "Mostraron su plano.",
    )  # fmt: skip
    linea = Suceso.objects.de(duda).get()
    assert (linea.antes, linea.despues) == (
        {"lugar": "Distrito 1 › OTB Molle"}, {"lugar": "Distrito 2 › OTB Ceibo"},
    )  # fmt: skip
    assert Suceso.objects.de(reporte).filter(verbo="reubicar", publico=True).count() == 1


def test_lo_resuelto_sobre_el_mismo_punto_no_se_vuelve_a_preguntar(duda, gente, pueblo):
    dudas.dejar_como_esta(duda, actor=gente.hugo, motivo="Está bien.")
    reporte = Reporte.objects.get()
    dudas.revisar_lugar(
        reporte, titulo="x", lon=reporte.lon, lat=reporte.lat, distrito=reporte.distrito, otb=reporte.otb
    )
    assert Duda.objects.abiertas().count() == 0


@pytest.mark.parametrize("motivo", ["", "   "])
def test_resolver_sin_razon_no_se_puede(duda, gente, pueblo, motivo):
    with pytest.raises(ReglaIncumplida, match="por qué"):
        dudas.resolver(duda, area=pueblo.otb_ceibo, actor=gente.hugo, motivo=motivo)
    assert Duda.objects.get().estado == "abierta"


def test_resolver_sin_permiso_no_se_puede(duda, gente, pueblo):
    with pytest.raises(ReglaIncumplida, match="le toca"):
        dudas.resolver(duda, area=pueblo.otb_ceibo, actor=gente.carla, motivo="Porque sí.")


def test_propuesta_en_votacion_no_cambia_de_distrito(puertas, gente, pueblo, recepcion):
    from propuestas.acciones import reubicar_propuesta
    from propuestas.models import Propuesta

    propuesta = Propuesta.objects.create(
        proceso=recepcion, codigo="PR-1", autor=gente.ana, titulo="Agua", distrito=pueblo.distrito_1,
        categoria=pueblo.agua, monto_solicitado=1, estado="en_votacion", presentada=timezone.now(),
    )  # fmt: skip
    with pytest.raises(ReglaIncumplida, match="ya no puede cambiar de distrito"):
        reubicar_propuesta(propuesta.pk, distrito=pueblo.distrito_2, otb=None, actor=gente.hugo, motivo="Plano")
    reubicar_propuesta(propuesta.pk, distrito=pueblo.distrito_1, otb=pueblo.otb_molle, actor=gente.hugo, motivo="Plano")
    propuesta.refresh_from_db()
    assert propuesta.otb == pueblo.otb_molle


def test_todas_las_salas_que_ubican_dicen_como_se_mueve_lo_suyo():
    assert set(dudas.RESOLVEDORES) == {"reportes.reporte", "propuestas.propuesta", "obras.obra"}


def carrera(hacer, cuantos: int = 4) -> list[str]:
    """Lo que le pasó a cada uno de `cuantos` hilos que hacen lo mismo a la vez."""
    salida, listos = [], threading.Barrier(cuantos)

    def correr(turno: int) -> None:
        try:
            listos.wait(10)
            hacer(turno)
            salida.append("hecho")
        except dudas.YaResuelta:
            salida.append("ya")
        finally:
            connections.close_all()

    hilos = [threading.Thread(target=correr, args=(turno,)) for turno in range(cuantos)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join(30)
    return sorted(salida)


@pytest.mark.django_db(transaction=True)
def test_carrera_de_cuatro_que_resuelven_la_misma_gana_una_sola():
    pueblo = crear_pueblo()
    gente = crear_elenco(pueblo)
    gente.hugo.user_permissions.add(Permission.objects.get(codename="change_area"))
    reportar(pueblo)
    duda = Duda.objects.get()
    areas = [pueblo.otb_ceibo, pueblo.otb_molle]
    salida = carrera(
        lambda turno: dudas.resolver(duda, area=areas[turno % 2], actor=gente.hugo, motivo=f"Decisión {turno}")
    )
    assert salida == ["hecho", "ya", "ya", "ya"]
    assert Suceso.objects.de(duda).count() == 1
    assert Reporte.objects.get().otb == Duda.objects.get().decidida_otb


@pytest.mark.postgres
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="en SQLite escribe uno solo a la vez")
@pytest.mark.django_db(transaction=True)
def test_carrera_sin_el_candado_la_resuelven_dos(monkeypatch):
    """Control: sin bloquear la fila, la misma carrera deja más de una decisión."""
    import time

    pueblo = crear_pueblo()
    gente = crear_elenco(pueblo)
    gente.hugo.user_permissions.add(Permission.objects.get(codename="change_area"))
    reportar(pueblo)
    duda = Duda.objects.get()

    def sin_candado(consulta):
        filas = list(consulta)
        time.sleep(0.3)
        return type("Filas", (), {"get": lambda self: filas[0]})()

    monkeypatch.setattr(dudas, "bloquear", sin_candado)
    salida = carrera(lambda turno: dudas.dejar_como_esta(duda, actor=gente.hugo, motivo=f"Decisión {turno}"))
    assert salida.count("hecho") > 1


# --- La trastienda ----------------------------------------------------------------------------------------------------
@pytest.fixture
def por_resolver(puertas, pueblo):
    reportar(pueblo)
    return Duda.objects.get()


def test_la_lista_muestra_lo_que_espera_y_busca_y_filtra(entrar, puertas, por_resolver):
    cliente = entrar(puertas.hugo)
    lista = cliente.get("/admin/dudas-de-lugar/")
    assert lista.status_code == 200
    assert por_resolver.titulo in lista.content.decode()
    assert "Cae justo en un límite" in lista.content.decode()
    vacia = cliente.get("/admin/dudas-de-lugar/", {"motivo": "traslape"}).content.decode()
    assert por_resolver.titulo not in vacia
    assert por_resolver.titulo in cliente.get("/admin/dudas-de-lugar/", {"q": por_resolver.titulo}).content.decode()


def test_la_ficha_y_el_formulario_dibujan_el_punto_y_ofrecen_las_areas(entrar, puertas, por_resolver):
    cliente = entrar(puertas.hugo)
    ficha = cliente.get(f"/admin/dudas-de-lugar/inspect/{por_resolver.pk}/").content.decode()
    assert '<circle cx="160" cy="160"' in ficha
    formulario = cliente.get(f"/admin/dudas-de-lugar/resolver/{por_resolver.pk}/").content.decode()
    assert "OTB Molle, Distrito 1" in formulario and "Distrito 2" in formulario
    assert "Dejarlo como está: Distrito 1 › OTB Molle" in formulario


def test_resolver_desde_la_pagina_y_otra_vez_da_409_con_frase(entrar, puertas, pueblo, por_resolver):
    cliente = entrar(puertas.hugo)
    url = f"/admin/dudas-de-lugar/resolver/{por_resolver.pk}/"
    datos = {"area": pueblo.distrito_2.pk, "motivo": "Lo midió catastro."}
    assert cliente.post(url, datos).status_code == 302
    assert Reporte.objects.get().distrito == pueblo.distrito_2
    tarde = cliente.post(url, datos)
    assert tarde.status_code == 409
    assert dudas.YA_RESUELTA in tarde.content.decode()


@pytest.mark.parametrize(
    ("datos", "frase"),
    [
        ({"motivo": "Plano"}, "Elige de dónde es"),
        ({"area": "como_esta"}, "Escribe por qué"),
        ({"area": "999999", "motivo": "x"}, "Escoja una opción válida"),
    ],
)
def test_resolver_con_algo_que_falta_da_422_y_lo_dice(entrar, puertas, por_resolver, datos, frase):
    respuesta = entrar(puertas.hugo).post(f"/admin/dudas-de-lugar/resolver/{por_resolver.pk}/", datos)
    assert respuesta.status_code == 422
    assert frase in respuesta.content.decode()
    assert Duda.objects.get().estado == "abierta"


def test_sin_permiso_no_se_ve_ni_se_resuelve(entrar, puertas, por_resolver):
    cliente = entrar(puertas.carla)
    for ruta in ("", f"inspect/{por_resolver.pk}/", f"resolver/{por_resolver.pk}/"):
        assert cliente.get(f"/admin/dudas-de-lugar/{ruta}").status_code in (302, 403)
    cliente.post(f"/admin/dudas-de-lugar/resolver/{por_resolver.pk}/", {"area": "como_esta", "motivo": "x"})
    assert Duda.objects.get().estado == "abierta"


def test_dejar_como_estan_varias_de_una_vez(entrar, puertas, pueblo, por_resolver):
    reportar(pueblo)
    claves = list(Duda.objects.values_list("pk", flat=True))
    url = "/admin/bulk/territorio/duda/dejar_como_estan/?" + "&".join(f"id={clave}" for clave in claves)
    cliente = entrar(puertas.hugo)
    assert cliente.get(url).status_code == 200
    assert cliente.post(url, {"motivo": "Revisadas con catastro."}).status_code == 302
    assert set(Duda.objects.values_list("estado", "razon")) == {("confirmada", "Revisadas con catastro.")}


def test_dejar_como_estan_sin_permiso_no_cambia_nada(entrar, puertas, por_resolver):
    url = f"/admin/bulk/territorio/duda/dejar_como_estan/?id={por_resolver.pk}"
    entrar(puertas.carla).post(url, {"motivo": "x"})
    assert Duda.objects.get().estado == "abierta"


def test_la_lista_hace_las_mismas_consultas_con_mas_filas(entrar, puertas, pueblo, por_resolver):
    cliente = entrar(puertas.hugo)

    def contar() -> int:
        cliente.get("/admin/dudas-de-lugar/")
        with CaptureQueriesContext(connection) as capturadas:
            assert cliente.get("/admin/dudas-de-lugar/").status_code == 200
        return len(capturadas)

    pocas = contar()
    Duda.objects.bulk_create(
        Duda(
            objeto_tipo="reportes.reporte", objeto_id=1000 + n, titulo=f"RC-{n}", lon=1, lat=0.5, motivo="borde",
            distrito=pueblo.distrito_1, otb=pueblo.otb_molle,
        )
        for n in range(300)
    )  # fmt: skip
    assert contar() == pocas
