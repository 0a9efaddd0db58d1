"""La página de los techos, sus descargas, y la prueba de que cualquiera rehace la cuenta."""

import csv
import io
import json
from decimal import Decimal
from fractions import Fraction as F

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from civic.comun.models import Suceso
from civic.cuentas.acciones import preparar_roles
from civic.cuentas.roles import Rol
from civic.procesos import acciones, reglas
from civic.procesos.models import FuenteDeFinanciamiento, Proceso, Reparto, Techo
from civic.procesos.reglas.formula import Formula
from cms.acciones import publicar_proceso
from mapas.territorio.models import Area
from tests import elenco

FORMULAS = {
    "partes_iguales": (100, 0, 0),
    "per_capita": (0, 100, 0),
    "indice_de_necesidad": (0, 0, 100),
    "mixta": (35, 40, 25),
}


@pytest.fixture
def pueblo(pueblo):
    """El pueblo con siete distritos, de poblaciones que no dividen justo."""
    for numero in range(3, 8):
        Area.objects.create(
            municipio=pueblo.municipio,
            tipo=Area.Tipo.DISTRITO,
            codigo=f"D-{numero}",
            nombre=f"Distrito {numero}",
            orden=numero,
            padre=pueblo.municipio,
            poblacion=977 * numero + 13,
        )
    return pueblo


@pytest.fixture
def concejo(gente):
    elenco.dar_rol(gente.nadia, Rol.CONCEJO)
    return gente.nadia


def calcular(proceso, actor, clase="mixta", *, total="1234567.89", redondeo="0.01", minimo="0", **resto):
    indices = {area.pk: Decimal(f"{area.orden * 7 % 5 + 1}.37") for area in Area.objects.distritos()}
    return acciones.calcular_techos(
        proceso,
        formula=Formula(clase, Decimal(total), Decimal(redondeo), Decimal(minimo), FORMULAS[clase]),
        indices=indices,
        motivo="Prueba.",
        actor=actor,
        **resto,
    )


def texto_de(client, direccion):
    return client.get(direccion).content.decode().replace("\xa0", " ")


# --- Rehacer la cuenta


def rehacer(texto):
    """Rehace los techos solo con el CSV y los cuatro pasos que explica la página: nada de Ayni entra aquí.

    Trabaja en centésimos de redondeo con enteros, como podría hacerlo una planilla.
    """
    filas = list(csv.DictReader(io.StringIO(texto.lstrip("\ufeff"))))
    grupos = {}
    for fila in filas:
        grupos.setdefault((fila["sector"], fila["fuente_codigo"]), []).append(fila)
    calculado = {}
    for clave, suyas in grupos.items():
        suyas.sort(key=lambda fila: int(fila["lugar"]))
        comun = suyas[0]
        total, paso, minimo = F(comun["total_bs"]), F(comun["redondeo_bs"]), F(comun["minimo_bs"])
        gente = sum(F(fila["poblacion"] or 0) for fila in suyas)
        necesidad = sum(F(fila["indice_necesidad"] or 0) for fila in suyas)
        quedan = total - minimo * len(suyas)
        restos, bajados = [], []
        for fila in suyas:
            parte = F(int(comun["peso_igual"]), 100) / len(suyas)
            if int(comun["peso_poblacion"]):
                parte += F(int(comun["peso_poblacion"]), 100) * F(fila["poblacion"]) / gente
            if int(comun["peso_necesidad"]):
                parte += F(int(comun["peso_necesidad"]), 100) * F(fila["indice_necesidad"]) / necesidad
            exacta = parte * quedan
            veces = exacta // paso
            bajados.append(veces * paso)
            restos.append(exacta - veces * paso)
        sobran = int((quedan - sum(bajados)) / paso)
        orden = sorted(range(len(suyas)), key=lambda i: (-restos[i], i))
        for i in orden[:sobran]:
            bajados[i] += paso
        for fila, bajado in zip(suyas, bajados, strict=True):
            calculado[(*clave, fila["codigo"])] = minimo + bajado
    return filas, calculado


@pytest.mark.parametrize("clase", FORMULAS)
@pytest.mark.parametrize(("redondeo", "total"), [("0.01", "1234567.89"), ("1", "999983"), ("5000", "1235000")])
@pytest.mark.parametrize("minimo", ["0", "100000"])
def test_con_solo_el_csv_se_rehace_cada_techo_al_centavo(client, recepcion, gente, clase, redondeo, total, minimo):
    calcular(recepcion, gente.hugo, clase, total=total, redondeo=redondeo, minimo=minimo)
    filas, calculado = rehacer(client.get("/procesos/poa-2027/techos.csv").content.decode())
    assert len(filas) == 7
    assert {fila["codigo"]: Decimal(fila["techo_bs"]) for fila in filas} == {
        codigo: monto for (_, _, codigo), monto in calculado.items()
    }
    assert sum(Decimal(fila["techo_bs"]) for fila in filas) == Decimal(total)


def test_con_varios_sectores_y_fuentes_se_rehace_cada_grupo(client, recepcion, gente):
    Techo.objects.all().delete()
    idh = FuenteDeFinanciamiento.objects.create(codigo="41-119", nombre="IDH")
    calcular(recepcion, gente.hugo, "per_capita", sector="agrario", fuente=idh)
    calcular(recepcion, gente.hugo, "partes_iguales", sector="vecinal", total="700000.03")
    filas, calculado = rehacer(client.get("/procesos/poa-2027/techos.csv").content.decode())
    assert len(filas) == len(calculado) == 14
    for fila in filas:
        assert Decimal(fila["techo_bs"]) == calculado[fila["sector"], fila["fuente_codigo"], fila["codigo"]]


def test_un_dato_cambiado_en_el_csv_da_otra_cosa(client, recepcion, gente):
    """El control de las anteriores: la cuenta rehecha de verdad depende de los datos del archivo."""
    calcular(recepcion, gente.hugo, "per_capita")
    texto = client.get("/procesos/poa-2027/techos.csv").content.decode()
    filas, _ = rehacer(texto)
    mentido = texto.replace(f",{filas[0]['poblacion']},", ",77777,", 1)
    _, calculado = rehacer(mentido)
    assert Decimal(filas[0]["techo_bs"]) != calculado["", "", filas[0]["codigo"]]


# --- Las descargas


def test_csv_y_json_dicen_lo_mismo(client, recepcion, gente, concejo):
    calcular(recepcion, gente.hugo)
    acciones.aprobar_techos(recepcion, norma="Ley municipal 7", actor=concejo)
    csv_, json_ = (client.get(f"/procesos/poa-2027/techos.{ext}") for ext in ("csv", "json"))
    assert csv_["Content-Type"] == "text/csv; charset=utf-8"
    filas = list(csv.DictReader(io.StringIO(csv_.content.decode("utf-8-sig"))))
    datos = json.loads(json_.content)
    assert (datos["estado"], datos["norma"]) == ("aprobados", "Ley municipal 7")
    assert {(fila["estado"], fila["norma"]) for fila in filas} == {("aprobados", "Ley municipal 7")}
    (grupo,) = datos["grupos"]
    assert (grupo["formula"], grupo["peso_igual"], grupo["total_bs"]) == ("mixta", 35, "1234567.89")
    assert [(t["codigo"], t["techo_bs"], t["cuota_bs"]) for t in grupo["techos"]] == [
        (fila["codigo"], fila["techo_bs"], fila["cuota_bs"]) for fila in filas
    ]


def test_csv_no_deja_que_un_nombre_sea_formula(client, recepcion, gente, concejo):
    Area.objects.filter(codigo="D-1").update(nombre="=HYPERLINK(1)")
    calcular(recepcion, gente.hugo)
    acciones.aprobar_techos(recepcion, norma="@SUM(1)", actor=concejo)
    (fila, *_) = csv.DictReader(io.StringIO(client.get("/procesos/poa-2027/techos.csv").content.decode("utf-8-sig")))
    assert (fila["distrito"], fila["norma"]) == ("'=HYPERLINK(1)", "'@SUM(1)")


def test_techos_a_mano_salen_sin_formula(client, recepcion):
    filas = list(csv.DictReader(io.StringIO(client.get("/procesos/poa-2027/techos.csv").content.decode("utf-8-sig"))))
    assert [(f["codigo"], f["techo_bs"], f["formula"], f["cuota_bs"]) for f in filas] == [
        ("D-1", "300000.00", "", ""),
        ("D-2", "300000.00", "", ""),
    ]


# --- La página


def test_pagina_explica_la_formula_con_sus_numeros(client, recepcion, gente):
    calcular(recepcion, gente.hugo, total="1000000", redondeo="1000", minimo="50000")
    texto = texto_de(client, "/procesos/poa-2027/techos/")
    for frase in (
        "En total, Bs 1.000.000.",
        "Cada distrito recibe primero Bs 50.000; quedan Bs 650.000.",
        "35 % igual para todos: 1 ÷ 7 distritos",
        "40 % por población: sus habitantes ÷ 27.490",
        "25 % por necesidad: su índice ÷",
        "se baja al múltiplo de Bs 1.000",
        "Techos propuestos",
        "Descargar los datos (CSV)",
    ):
        assert frase in texto


def test_pagina_dice_aprobados_con_su_norma_y_los_cambiados_a_mano_con_su_razon(client, recepcion, gente, concejo):
    calcular(recepcion, gente.hugo, "partes_iguales", total="700000", redondeo="1")
    acciones.guardar_proceso(
        Proceso.objects.get(pk=recepcion.pk),
        actor=gente.hugo,
        motivo="Hubo una riada.",
        guardar=lambda: Techo.objects.filter(distrito__orden=3).update(monto=150000),
    )
    acciones.aprobar_techos(recepcion, norma="Ley municipal N.º 245/2026", actor=concejo)
    texto = texto_de(client, "/procesos/poa-2027/techos/")
    assert "Techos aprobados" in texto and "por el Concejo municipal, Ley municipal N.º 245/2026" in texto
    assert "Distrito 3: la fórmula da Bs 100.000 y su techo es Bs 150.000. Por qué: Hubo una riada." in texto
    assert "Ahora suman Bs 750.000." in texto


def test_pagina_sin_techos_lo_dice(client, recepcion):
    Techo.objects.all().delete()
    assert "Este proceso todavía no tiene techos." in texto_de(client, "/procesos/poa-2027/techos/")


@pytest.mark.parametrize("sufijo", ["techos/", "techos.csv", "techos.json"])
def test_paginas_de_techos_de_un_borrador_o_de_nada_son_404_y_solo_se_leen(client, recepcion, sufijo):
    assert client.post(f"/procesos/poa-2027/{sufijo}").status_code == 405
    assert client.get(f"/procesos/no-hay/{sufijo}").status_code == 404
    Proceso.objects.update(publicado=False)
    assert client.get(f"/procesos/poa-2027/{sufijo}").status_code == 404


def test_paginas_de_techos_hacen_las_mismas_consultas_con_dos_y_siete_distritos(client, recepcion, gente):
    cuentas = []
    for vigentes in (2, 7):
        Area.objects.distritos().update(vigente_hasta=None)
        Area.objects.distritos().filter(orden__gt=vigentes).update(vigente_hasta="2020-01-01")
        calcular(recepcion, gente.hugo)
        for sufijo in ("techos/", "techos.csv"):
            with CaptureQueriesContext(connection) as consultas:
                client.get(f"/procesos/poa-2027/{sufijo}")
            cuentas.append(len(consultas))
    assert cuentas[:2] == cuentas[2:]
    assert max(cuentas) <= 12


# --- La página del proceso


@pytest.fixture
def con_pagina(recepcion):
    publicar_proceso(recepcion)
    return recepcion


def test_proceso_dice_que_se_puede_hacer_en_cada_fase_con_sus_actos_propios(client, con_pagina):
    con_pagina.fases.filter(tipo="evaluacion").update(actos=[])
    con_pagina.fases.filter(tipo="votacion").update(actos=["votar"])
    texto = texto_de(client, "/procesos/poa-2027/")
    assert "Se puede presentar propuestas, apoyar propuestas, comentar y evaluar propuestas." in texto
    assert "No se recibe nada: se informa y se responde." in texto
    assert "Se puede votar." in texto


def test_proceso_muestra_sus_cambios_con_lo_que_era_lo_que_es_y_la_razon(client, con_pagina, gente):
    fase = con_pagina.fases.first()
    acciones.guardar_proceso(
        Proceso.objects.get(pk=con_pagina.pk),
        actor=gente.hugo,
        motivo="<b>Llovió</b> mucho.",
        guardar=lambda: con_pagina.fases.filter(pk=fase.pk).update(actos=["comentar"]),
    )
    texto = texto_de(client, "/procesos/poa-2027/")
    assert "Cambios en el calendario" in texto
    assert "<dt>Era</dt><dd>presentar propuestas, apoyar propuestas, comentar y evaluar propuestas</dd>" in texto
    assert "<dt>Ahora es</dt><dd>comentar</dd>" in texto
    assert "<dd>&lt;b&gt;Llovió&lt;/b&gt; mucho.</dd>" in texto
    assert "Planificación POA" in texto
    assert str(gente.hugo) not in texto


def test_proceso_suspendido_lo_dice_arriba_y_no_ofrece_nada(client, con_pagina, gente):
    assert 'class="boton"' in texto_de(client, "/procesos/poa-2027/")
    acciones.mover_proceso(con_pagina, hacia=reglas.SUSPENDIDO, motivo="Bloqueos.", actor=gente.hugo)
    texto = texto_de(client, "/procesos/poa-2027/")
    assert "Proceso suspendido" in texto and "Por qué: Bloqueos." in texto
    assert 'class="boton"' not in texto
    assert "Suspendido" in texto_de(client, "/procesos/")
    assert "Bloqueos." in texto_de(client.__class__(), "/procesos/poa-2027/")


# --- La trastienda


@pytest.fixture
def roles(gente, concejo):
    preparar_roles()
    for persona, rol in ((gente.hugo, "planificacion"), (concejo, "concejo"), (gente.gloria, "administracion")):
        persona.groups.add(Group.objects.get(name=rol))
    return gente


def datos_de_reparto(**cambios):
    return {
        "formula": "per_capita",
        "total": "1000000",
        "redondeo": "1",
        "minimo": "0",
        "motivo": "Se publica la fórmula.",
    } | cambios


def test_calcular_muestra_la_cuenta_antes_de_aplicarla(entrar, roles, recepcion):
    cliente, direccion = entrar(roles.hugo), reverse("procesos:calcular", args=[recepcion.pk])
    assert cliente.get(direccion).status_code == 200
    mirada = cliente.post(direccion, datos_de_reparto(mirar="1"))
    html = mirada.content.decode().replace("\xa0", " ")
    assert mirada.status_code == 200
    assert "Bs 1.000.000" in html and "Aplicar estos techos" in html
    assert Reparto.objects.count() == 0
    huella = mirada.context["huella"]
    aplicada = cliente.post(direccion, datos_de_reparto(aplicar="1", huella=huella))
    assert aplicada.status_code == 302
    assert sum(Techo.objects.values_list("monto", flat=True)) == Decimal(1000000)


def test_aplicar_sin_haber_mirado_la_cuenta_no_se_puede(entrar, roles, recepcion):
    respuesta = entrar(roles.hugo).post(
        reverse("procesos:calcular", args=[recepcion.pk]), datos_de_reparto(aplicar="1")
    )
    assert respuesta.status_code == 422
    assert Reparto.objects.count() == 0


@pytest.mark.parametrize(
    "cambio",
    [
        {"total": "NaN"},
        {"total": "1e400"},
        {"total": "٣٠٠"},
        {"total": "-1"},
        {"total": ""},
        {"redondeo": "0"},
        {"redondeo": "7"},
        {"minimo": "999999"},
        {"formula": "otra"},
        {"formula": "mixta", "peso_igual": "50", "peso_poblacion": "20"},
        {"formula": "mixta", "peso_igual": "٥٠", "peso_poblacion": "50"},
        {"formula": "indice_de_necesidad"},
        {"sector": "minero"},
        {"fuente": "99999999999999999999999"},
        {"fuente": "\x00"},
        {"motivo": "a\x00b"},
        {"fuente_del_indice": "a\x00b"},
        {"fuente_del_indice": "x" * 201},
    ],
)
def test_reparto_roto_se_explica_y_conserva_lo_escrito(entrar, roles, recepcion, cambio):
    respuesta = entrar(roles.hugo).post(
        reverse("procesos:calcular", args=[recepcion.pk]), datos_de_reparto(mirar="1") | cambio
    )
    ilegible = any("\x00" in str(valor) for valor in cambio.values())
    assert respuesta.status_code == (400 if ilegible else 422)
    assert ilegible or "Se publica la fórmula." in respuesta.content.decode() or "motivo" in cambio
    assert Reparto.objects.count() == 0


@pytest.mark.parametrize("nombre", ["calcular", "suspender", "levantar", "declarar_desierto", "aprobar"])
@pytest.mark.parametrize("persona", ["ana", "elena", "gloria"])
def test_los_botones_de_la_trastienda_son_de_su_cargo(entrar, roles, recepcion, nombre, persona):
    cliente = entrar(roles.todos[persona])
    respuesta = cliente.post(reverse(f"procesos:{nombre}", args=[recepcion.pk]), {"motivo": "x", "norma": "x"})
    assert respuesta.status_code in {302, 403}
    recepcion.refresh_from_db()
    assert (recepcion.estado, recepcion.techos_estado) == ("en_marcha", "propuestos")
    assert Suceso.objects.de(recepcion).count() == 0


def test_planificacion_no_entra_a_aprobar_ni_el_concejo_a_calcular(entrar, roles, concejo, recepcion):
    assert entrar(roles.hugo).get(reverse("procesos:aprobar", args=[recepcion.pk])).status_code in {302, 403}
    assert entrar(concejo).get(reverse("procesos:calcular", args=[recepcion.pk])).status_code in {302, 403}


def test_aprobar_desde_la_trastienda(entrar, roles, concejo, recepcion):
    cliente, direccion = entrar(concejo), reverse("procesos:aprobar", args=[recepcion.pk])
    assert "Distrito 1" in cliente.get(direccion).content.decode()
    assert cliente.post(direccion, {"norma": "\x00"}).status_code == 400
    assert cliente.post(direccion, {"norma": "Ley 9"}).status_code == 302
    recepcion.refresh_from_db()
    assert recepcion.techos_norma == "Ley 9"
    assert "aprobó los techos: Ley 9" in cliente.get(reverse("procesos:inspect", args=[recepcion.pk])).content.decode()


def test_suspender_y_levantar_desde_la_trastienda(entrar, roles, recepcion):
    cliente = entrar(roles.hugo)
    direccion = reverse("procesos:suspender", args=[recepcion.pk])
    assert cliente.get(direccion).status_code == 200
    assert cliente.post(direccion, {"motivo": " "}).status_code == 422
    assert cliente.post(direccion, {"motivo": "Bloqueos."}).status_code == 302
    assert cliente.post(direccion, {"motivo": "Otra vez."}).status_code == 422
    assert cliente.post(reverse("procesos:levantar", args=[recepcion.pk]), {"motivo": "Ya está."}).status_code == 302
    recepcion.refresh_from_db()
    assert (recepcion.estado, recepcion.motivo_estado) == ("en_marcha", "")


@pytest.mark.parametrize("nombre", ["calcular", "aprobar", "suspender", "levantar", "declarar_desierto"])
def test_paginas_de_trastienda_de_un_proceso_que_no_existe_son_404(entrar, roles, concejo, nombre):
    persona = concejo if nombre == "aprobar" else roles.hugo
    assert entrar(persona).get(reverse(f"procesos:{nombre}", args=[99])).status_code == 404
