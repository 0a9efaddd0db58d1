"""Las páginas: quién ve qué, con qué código y con qué frase."""

import datetime
import hashlib
import json
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.procesos.models import Fase
from tests.elenco import crear_area, crear_persona, crear_proceso
from tests.guardas import sin_guardas
from tests.urnas import adulterar, elegido
from tests.votaciones.conftest import abrir, crear_viable, votar
from votaciones import acciones
from votaciones.models import Contienda, Participacion, Resultado, Votacion
from votaciones.urna.models import Sobre

SLUG = "poa-2027"


def url(nombre, *args):
    return reverse(f"votaciones:{nombre}", args=args)


def html(respuesta):
    return " ".join(respuesta.content.decode().replace("\u00a0", " ").split())


def cerrar(votacion, gente):
    return acciones.cerrar_votacion(votacion, actor=gente.hugo, motivo="Prueba.")


def clave_en(respuesta):
    return re.search(r'name="clave" value="([^"]+)"', respuesta.content.decode()).group(1)


PAGINAS = [
    ("lista", []),
    ("votacion", [SLUG]),
    ("libro", [SLUG]),
    ("comprobar", [SLUG]),
    ("resultado", [SLUG]),
    ("resultado_json", [SLUG]),
    ("resultado_distrito", [SLUG, 1]),
    ("papeleta", [SLUG, 1]),
]


# --- Lista y votación ------------------------------------------------------------------------------------------------
def test_lista_vacia_lo_explica(client, db):
    assert "Ahora no hay ninguna votación abierta." in html(client.get(url("lista")))


def test_lista_separa_abiertas_proximas_y_contadas(client, contada, pueblo, gente):
    otro = crear_proceso(pueblo, "recepcion", "votacion", slug="poa-2028")
    proceso = crear_proceso(pueblo, "votacion", slug="poa-2029")
    crear_viable(proceso, pueblo.distrito_1, "Plaza", 10, autor=gente.ana, categoria=pueblo.agua)
    ahora = timezone.now()
    nueva = acciones.preparar_votacion(
        proceso, nombre="Votación 2029", slug="v-2029", abre=ahora, cierra=ahora + datetime.timedelta(days=2)
    )
    abrir(nueva, actor=gente.hugo)
    texto = html(client.get(url("lista")))
    assert texto.index("Se vota ahora") < texto.index("Votación 2029") < texto.index("Lo que viene")
    assert texto.index("Lo que viene") < texto.index(otro.nombre) < texto.index("Ya contadas")
    assert texto.index("Ya contadas") < texto.index("Votación POA 2027")


def test_lista_no_muestra_las_que_estan_en_preparacion(client, preparada):
    assert "Votación POA 2027" not in html(client.get(url("lista")))


def test_lista_con_las_mismas_consultas_para_pocas_y_muchas(
    client, abierta, django_assert_max_num_queries, django_assert_num_queries
):
    def agregar(cuantas, desde):
        for i in range(desde, desde + cuantas):
            Votacion.objects.create(
                proceso=abierta.proceso,
                nombre=f"V{i}",
                slug=f"v{i}",
                abre=abierta.abre,
                cierra=abierta.cierra,
                estado="contada" if i % 2 else "abierta",
                libro="{}",
                huella="x",
                contada=timezone.now(),
            )

    agregar(4, 0)
    with django_assert_max_num_queries(12) as primera:
        client.get(url("lista"))
    agregar(40, 10)
    with django_assert_num_queries(len(primera.captured_queries)):
        client.get(url("lista"))


def test_votacion_muestra_mi_distrito_primero_y_la_huella(entrar, abierta, gente):
    texto = html(entrar(gente.beto).get(url("votacion", SLUG)))
    assert texto.index("Te toca esta papeleta") < texto.index("Distrito 2") < texto.index(">Distrito 1<")
    assert "Votar en el Distrito 2" in texto
    assert abierta.huella in texto


def test_votacion_abierta_solo_dice_cuantas_personas_participaron(client, abierta, d1, gente):
    votar(d1, gente.ana, 1)
    assert "Votó 1 persona, de 3 habilitadas (33 %)" in html(client.get(url("votacion", SLUG)))


def test_votacion_con_las_mismas_consultas_para_pocos_y_muchos_votos(
    client, preparada, gente, pueblo, django_assert_max_num_queries, django_assert_num_queries
):
    personas = [crear_persona(f"p{i}", f"P {i}", otb=pueblo.otb_molle) for i in range(10)]
    d1 = abrir(preparada, actor=gente.hugo).contiendas.get(numero=1)
    with django_assert_max_num_queries(12) as primera:
        client.get(url("votacion", SLUG))
    for persona in personas:
        votar(d1, persona, 1)
    with django_assert_num_queries(len(primera.captured_queries)):
        client.get(url("votacion", SLUG))


def test_libro_es_byte_por_byte_lo_que_dice_la_huella(client, abierta):
    respuesta = client.get(url("libro", SLUG))
    assert hashlib.sha256(respuesta.content).hexdigest() == abierta.huella
    assert respuesta["Content-Type"].startswith("application/json")


@pytest.mark.parametrize(("nombre", "args"), PAGINAS[1:])
def test_en_preparacion_o_inexistente_es_404(client, preparada, nombre, args):
    assert client.get(url(nombre, *args)).status_code == 404
    assert client.get(url(nombre, "no-existe", *args[1:])).status_code == 404


@pytest.mark.parametrize("nombre", ["papeleta", "resultado_distrito"])
def test_distrito_que_no_existe_es_404(client, abierta, nombre):
    assert client.get(url(nombre, SLUG, 9)).status_code == 404


@pytest.mark.parametrize(("nombre", "args"), PAGINAS)
def test_metodo_equivocado_es_405(client, abierta, nombre, args):
    assert client.put(url(nombre, *args)).status_code == 405


@pytest.mark.parametrize("nombre", ["revisar", "emitir", "recibo"])
def test_metodo_equivocado_al_votar_es_405(entrar, abierta, gente, nombre):
    assert entrar(gente.ana).put(url(nombre, SLUG, 1)).status_code == 405


# --- Papeleta --------------------------------------------------------------------------------------------------------
def test_papeleta_de_mi_distrito_se_puede_llenar(entrar, abierta, gente):
    respuesta = entrar(gente.ana).get(url("papeleta", SLUG, 1))
    texto = html(respuesta)
    assert texto.count('type="checkbox" name="opciones"') == 4
    assert "Revisar mi voto" in texto
    assert "Bs 300.000" in texto
    assert len(respuesta.content) < 20_000


def test_papeleta_no_pide_mapa_ni_htmx(entrar, abierta, gente):
    texto = html(entrar(gente.ana).get(url("papeleta", SLUG, 1)))
    assert "leaflet" not in texto
    assert "htmx" not in texto
    assert re.findall(r'src="([^"]+)"', texto) == [
        "/estaticos/votaciones/papeleta.js",
        "/estaticos/votaciones/borradores.js",
    ]


def test_papeleta_en_el_mismo_orden_siempre_para_la_misma_persona(entrar, abierta, gente):
    def orden():
        return re.findall(r'name="opciones" value="(\d+)"', html(entrar(gente.ana).get(url("papeleta", SLUG, 1))))

    primero = orden()
    assert sorted(primero) == ["1", "2", "3", "4"]
    assert orden() == primero


@pytest.mark.parametrize(
    ("nombre", "frase", "enlace"),
    [
        (None, "Para votar, entra con tu cuenta.", "/cuentas/ingresar/?next=/votaciones/poa-2027/distrito-1/"),
        ("beto", "y tú estás en el padrón del Distrito 2.", "/votaciones/poa-2027/distrito-2/"),
        ("nadia", "No dijiste dónde vives.", "/votaciones/poa-2027/padron/"),
    ],
)
def test_papeleta_solo_para_leer_dice_por_que(client, entrar, abierta, gente, nombre, frase, enlace):
    cliente = entrar(gente.todos[nombre]) if nombre else client
    respuesta = cliente.get(url("papeleta", SLUG, 1))
    texto = html(respuesta)
    assert respuesta.status_code == 200
    assert frase in texto
    assert f'href="{enlace}"' in texto
    assert "Tanque de agua" in texto
    assert 'name="opciones"' not in texto


def test_papeleta_de_quien_vive_en_una_otb_sin_distrito_dice_que_no_le_toca(entrar, abierta, d1, pueblo):
    suelta = crear_area(tipo="otb", municipio=pueblo.municipio, codigo="O-9", nombre="Tola", clase="otb")
    tito = crear_persona("tito", "Tito Tola", otb=suelta)
    cliente = entrar(tito)
    texto = html(cliente.get(url("papeleta", SLUG, 1)))
    assert "Vives en OTB Tola, y ahí no se vota en esta votación." in texto
    assert 'name="opciones"' not in texto
    with pytest.raises(ReglaIncumplida, match="ahí no se vota"):
        votar(d1, tito, 1)
    assert not Participacion.objects.exists()
    assert cliente.get(url("votacion", SLUG)).status_code == 200


def test_papeleta_sin_verificar_y_despues_de_votar_es_solo_para_leer(entrar, abierta, d1, gente, pueblo):
    rosa = crear_persona("rosa", "Rosa", otb=pueblo.otb_molle, verificada=False)
    texto = html(entrar(rosa).get(url("papeleta", SLUG, 1)))
    assert "Dijiste que vives en OTB Molle, Distrito 1, pero falta verificarlo." in texto
    votar(d1, gente.ana, 1)
    texto = html(entrar(gente.ana).get(url("papeleta", SLUG, 1)))
    assert "Ya votaste en el Distrito 1." in texto
    assert 'name="opciones"' not in texto


def test_papeleta_en_otra_fase_dice_cual_y_cuando(entrar, abierta, gente):
    ahora = timezone.now()
    Fase.objects.all().delete()
    for tipo, nombre, desde in (("evaluacion", "Viabilidad", -2), ("votacion", "Votación", 5)):
        Fase.objects.create(
            proceso=abierta.proceso,
            tipo=tipo,
            nombre=nombre,
            inicio=ahora + datetime.timedelta(days=desde),
            fin=ahora + datetime.timedelta(days=desde + 5),
        )
    cliente = entrar(gente.ana)
    assert "Ahora es la fase «Viabilidad». Se podrá votar desde el" in html(cliente.get(url("papeleta", SLUG, 1)))
    respuesta = cliente.post(url("revisar", SLUG, 1), {"opciones": ["1"]})
    assert respuesta.status_code == 409
    assert Sobre.objects.count() == 0


@pytest.mark.parametrize("nombre", ["papeleta", "revisar", "emitir", "recibo"])
def test_las_paginas_de_votar_no_se_guardan_en_ningun_lado(entrar, abierta, d1, gente, nombre):
    cliente = entrar(gente.ana)
    clave = acciones.emitir_clave_de_papeleta(d1, usuario=gente.ana)
    if nombre in ("revisar", "emitir"):
        respuesta = cliente.post(url(nombre, SLUG, 1), {"opciones": ["1"], "clave": clave})
    else:
        respuesta = cliente.get(url(nombre, SLUG, 1))
    assert "no-store" in respuesta["Cache-Control"]


def test_papeleta_anonima_tampoco_se_guarda(client, abierta):
    assert "no-store" in client.get(url("papeleta", SLUG, 1))["Cache-Control"]


# --- Revisar, emitir, recibo -----------------------------------------------------------------------------------------
def test_el_camino_entero_de_la_papeleta_al_recibo(entrar, abierta, d1, gente):
    cliente = entrar(gente.ana)
    clave = clave_en(cliente.get(url("papeleta", SLUG, 1)))
    revision = cliente.post(url("revisar", SLUG, 1), {"opciones": ["3", "1"], "clave": clave})
    assert revision.status_code == 200
    assert "Elegiste 2 obras para el Distrito 1" in html(revision)
    assert "En total <strong>Bs 280.000</strong>" in html(revision)
    assert Sobre.objects.count() == 0  # revisar no vota
    assert clave_en(revision) == clave
    respuesta = cliente.post(url("emitir", SLUG, 1), {"opciones": ["1", "3"], "clave": clave})
    assert (respuesta.status_code, respuesta.url) == (302, url("recibo", SLUG, 1))
    recibo = cliente.get(respuesta.url)
    codigo = re.search(r'class="recibo">([^<]+)<', html(recibo)).group(1)
    assert elegido() == [[1, 3]]
    otra_vez = cliente.post(url("emitir", SLUG, 1), {"opciones": ["1", "3"], "clave": clave})
    assert otra_vez.status_code == 302
    assert codigo in html(cliente.get(otra_vez.url))
    assert (Sobre.objects.count(), Participacion.objects.count()) == (1, 1)


def test_otra_pestana_despues_de_votar_es_409_y_no_cambia_nada(entrar, abierta, d1, gente):
    cliente = entrar(gente.ana)
    claves = [clave_en(cliente.get(url("papeleta", SLUG, 1))) for _ in range(2)]
    cliente.post(url("emitir", SLUG, 1), {"opciones": ["1"], "clave": claves[0]})
    respuesta = cliente.post(url("emitir", SLUG, 1), {"opciones": ["2"], "clave": claves[1]})
    assert respuesta.status_code == 409
    assert "Ya votaste en el Distrito 1." in html(respuesta)
    assert elegido() == [[1]]


@pytest.mark.parametrize("nombre", ["revisar", "emitir"])
@pytest.mark.parametrize(
    ("opciones", "frase"),
    [
        (["1", "2"], "Lo que elegiste suma Bs 350.000 y el presupuesto es Bs 300.000. Quita obras por Bs 50.000"),
        ([], "Todavía no elegiste ninguna obra."),
        (["1", "99"], "no está en esta papeleta"),
        (["uno"], "no está en esta papeleta"),
    ],
)
def test_papeleta_mala_es_422_con_lo_marcado_y_la_misma_clave(entrar, abierta, d1, gente, nombre, opciones, frase):
    cliente = entrar(gente.ana)
    clave = clave_en(cliente.get(url("papeleta", SLUG, 1)))
    respuesta = cliente.post(url(nombre, SLUG, 1), {"opciones": opciones, "clave": clave})
    assert respuesta.status_code == 422
    assert frase in html(respuesta)
    marcadas = re.findall(r'value="(\d+)" data-costo="\d+" checked', html(respuesta))
    assert sorted(marcadas) == sorted(o for o in opciones if o in "1234")
    assert clave_en(respuesta) == clave
    assert Sobre.objects.count() == 0


def test_cambiar_vuelve_a_la_papeleta_con_todo_marcado(entrar, abierta, gente):
    cliente = entrar(gente.ana)
    clave = clave_en(cliente.get(url("papeleta", SLUG, 1)))
    respuesta = cliente.post(url("revisar", SLUG, 1), {"opciones": ["1", "4"], "clave": clave, "cambiar": "si"})
    assert respuesta.status_code == 200
    assert sorted(re.findall(r'value="(\d+)" data-costo="\d+" checked', html(respuesta))) == ["1", "4"]
    assert "Elegiste Bs 220.000 de Bs 300.000" in html(respuesta)


def test_formulario_vencido_conserva_lo_marcado_y_da_clave_nueva(entrar, abierta, gente):
    cliente = entrar(gente.ana)
    respuesta = cliente.post(url("emitir", SLUG, 1), {"opciones": ["1"], "clave": "vieja"})
    assert respuesta.status_code == 409
    assert "Este formulario venció. Lo que escribiste sigue aquí" in html(respuesta)
    assert re.findall(r'value="(\d+)" data-costo="\d+" checked', html(respuesta)) == ["1"]
    nueva = clave_en(respuesta)
    assert cliente.post(url("emitir", SLUG, 1), {"opciones": ["1"], "clave": nueva}).status_code == 302
    assert Sobre.objects.count() == 1


@pytest.mark.parametrize("nombre", ["revisar", "emitir", "recibo"])
def test_sin_cuenta_las_paginas_de_votar_llevan_a_ingresar(client, abierta, nombre):
    desde = {"referer": f"http://testserver{url('papeleta', SLUG, 1)}"}
    pedir = client.get if nombre == "recibo" else client.post
    respuesta = pedir(url(nombre, SLUG, 1), headers=desde)
    assert respuesta.status_code == 302
    assert respuesta.url.startswith("/cuentas/ingresar/?next=/votaciones/poa-2027/distrito-1/")


@pytest.mark.parametrize("nombre", ["revisar", "emitir", "recibo"])
def test_llegar_sin_papeleta_llena_lleva_a_la_papeleta(entrar, abierta, gente, nombre):
    respuesta = entrar(gente.ana).get(url(nombre, SLUG, 1))
    assert (respuesta.status_code, respuesta.url) == (302, url("papeleta", SLUG, 1))


@pytest.mark.parametrize("nombre", ["revisar", "emitir"])
@pytest.mark.parametrize(
    ("persona", "razon"),
    [("beto", "Aquí votan quienes están en el padrón del Distrito 1"), ("nadia", "No estás en el padrón")],
)
def test_quien_no_puede_votar_recibe_409_y_la_razon(entrar, abierta, d1, gente, nombre, persona, razon):
    quien = gente.todos[persona]
    clave = acciones.emitir_clave_de_papeleta(d1, usuario=quien)
    respuesta = entrar(quien).post(url(nombre, SLUG, 1), {"opciones": ["1"], "clave": clave})
    assert respuesta.status_code == 409
    assert razon in html(respuesta)
    assert Sobre.objects.count() == 0


def test_el_recibo_no_se_muestra_a_otra_persona_en_el_mismo_telefono(client, entrar, abierta, d1, gente):
    clave = acciones.emitir_clave_de_papeleta(d1, usuario=gente.ana)
    cliente = entrar(gente.ana)
    cliente.post(url("emitir", SLUG, 1), {"opciones": ["1"], "clave": clave})
    codigo = re.search(r'class="recibo">([^<]+)<', html(cliente.get(url("recibo", SLUG, 1)))).group(1)
    votar(d1, gente.fabio, 1)
    texto = html(entrar(gente.fabio).get(url("recibo", SLUG, 1)))
    assert codigo not in texto
    assert "El recibo se mostró al votar y, por secreto, no lo guardamos." in texto


# --- Comprobar -------------------------------------------------------------------------------------------------------
def test_comprobar_antes_del_cierre_dice_cuando(client, abierta, d1, gente):
    codigo = votar(d1, gente.ana, 1)
    for respuesta in (client.get(url("comprobar", SLUG)), client.post(url("comprobar", SLUG), {"recibo": codigo})):
        assert respuesta.status_code == 409
        assert "Se podrá comprobar cuando la votación se cierre." in html(respuesta)
        assert "está en la urna" not in html(respuesta)


def test_comprobar_despues_del_cierre_sin_cuenta(client, abierta, d1, gente):
    codigo = votar(d1, gente.ana, 1)
    cerrar(abierta, gente)
    assert "Código del recibo" in html(client.get(url("comprobar", SLUG)))
    bien = html(client.post(url("comprobar", SLUG), {"recibo": codigo.lower().replace("-", " ")}))
    assert f"✓ El recibo {codigo} está en la urna." in bien
    assert "Tanque" not in bien
    falso = "0000-0000-0000-0000"
    assert f"× El recibo {falso} no está en esta urna." in html(client.post(url("comprobar", SLUG), {"recibo": falso}))


@pytest.mark.parametrize("recibo", ["", "corto", "U" * 16, "x" * 41])
def test_comprobar_algo_que_no_es_un_recibo_es_422(client, abierta, gente, recibo):
    cerrar(abierta, gente)
    respuesta = client.post(url("comprobar", SLUG), {"recibo": recibo})
    assert respuesta.status_code == 422
    assert "Falta corregir un dato" in html(respuesta)


# --- Resultado -------------------------------------------------------------------------------------------------------
def test_resultado_antes_de_contar_es_409_con_su_frase(client, abierta, gente):
    for nombre, args in PAGINAS[4:7]:
        respuesta = client.get(url(nombre, *args))
        assert respuesta.status_code == 409
    assert "sigue abierta hasta el" in html(client.get(url("resultado", SLUG)))
    cerrar(abierta, gente)
    assert "ya cerró y falta contar los votos" in html(client.get(url("resultado", SLUG)))


def test_ninguna_pagina_da_cifras_parciales_mientras_se_vota(client, entrar, abierta, d1, gente, pueblo):
    """Dos urnas distintas con la misma participación: byte por byte, las mismas páginas."""

    def paginas():
        return [
            re.sub(r'name="(clave|csrfmiddlewaretoken)" value="[^"]+"', "", html(cliente.get(url(nombre, *args))))
            for cliente in (client,)
            for nombre, args in PAGINAS
        ]

    votar(d1, gente.ana, 1)
    votar(d1, gente.fabio, 1)
    antes = paginas()
    adulterar(d1, [4])
    assert paginas() == antes
    client.force_login(gente.ana, backend="allauth.account.auth_backends.AuthenticationBackend")
    con_sesion = paginas()
    adulterar(d1, [2])
    assert paginas() == con_sesion


def test_resultado_muestra_ganadoras_dinero_y_participacion(client, contada):
    texto = html(client.get(url("resultado", SLUG)))
    for frase in ("✓ Tanque de agua", "✓ Luz en la plaza", "Bs 280.000", "sobran Bs 20.000", "✓ Puente peatonal"):
        assert frase in texto
    assert "Cancha techada" not in texto


def test_resultado_del_distrito_explica_cada_obra_con_cada_regla(client, contada):
    texto = html(client.get(url("resultado_distrito", SLUG, 1)))
    resultados = Resultado.objects.filter(contienda__numero=1)
    assert resultados.count() == 4
    for resultado in resultados:
        for entrada in resultado.detalle:
            assert entrada["titulo"] in texto
            assert entrada["razon"].replace("\u00a0", " ") in texto
    assert texto.count('class="tarjeta obra-contada') == 4
    assert "Le faltaron Bs 130.000: costaba Bs 150.000 y quedaban Bs 20.000 cuando le tocó." in texto
    assert "Nadie la eligió." in texto
    assert texto.index("Tanque de agua") < texto.index("Luz en la plaza") < texto.index("Cancha techada")


def test_resultado_dice_quien_cambia_entre_reglas(client, contada):
    for regla, ganan in (("partes_iguales", (2,)), ("phragmen", (2, 3, 4))):
        otra = Resultado.objects.get(contienda__numero=1, regla=regla)
        otra.detalle = [
            dict(entrada, gana=entrada["numero"] in ganan, vuelta=entrada["numero"]) for entrada in otra.detalle
        ]
        otra.save()
    texto = html(client.get(url("resultado_distrito", SLUG, 1)))
    assert (
        "Con «partes iguales» entraría «Cancha techada», y quedarían fuera «Tanque de agua» y «Luz en la plaza»."
        in texto
    )
    assert "Con «partes iguales que crecen» ganan las mismas obras que con la oficial." in texto
    assert (
        "Con «cargas parejas» entrarían «Cancha techada» y «Parada de minibús», y quedaría fuera «Tanque de agua»."
        in texto
    )
    assert texto.count('<tr class="cambia">') == 4


def test_resultado_json_trae_totales_y_ninguna_papeleta(client, contada):
    datos = json.loads(client.get(url("resultado_json", SLUG)).content)
    assert datos["huella_del_libro"] == contada.huella
    d1 = datos["contiendas"][0]
    suyas = {"condiciones", "habilitados", "lugar", "numero", "presupuesto", "resultados", "verificacion"}
    assert set(d1) == suyas
    assert [(r["regla"], r["oficial"], r["votos"]) for r in d1["resultados"]] == [
        ("voraz", True, 7),
        ("partes_iguales", False, 7),
        ("partes_iguales_incrementos", False, 7),
        ("phragmen", False, 7),
    ]
    assert set(d1["resultados"][0]) == {"regla", "oficial", "votos", "gastado", "con_alguna", "pasos", "opciones"}
    assert {llave for r in d1["resultados"] for opcion in r["opciones"] for llave in opcion} == {
        *("numero", "titulo", "costo", "votos", "puntos", "gana", "vuelta", "razon", "pago", "carga")
    }


def test_resultado_con_pocas_consultas(client, contada, django_assert_max_num_queries):
    for nombre, args in PAGINAS[4:7]:
        with django_assert_max_num_queries(12):
            assert client.get(url(nombre, *args)).status_code == 200


def test_la_papeleta_dice_antes_de_votar_lo_que_se_excluye_o_depende(client, abierta, gente):
    with sin_guardas():
        Contienda.objects.filter(numero=1).update(condiciones={"excluyentes": [[1, 3]], "dependencias": [[4, 2]]})
        Votacion.objects.update(minimo=5)
    client.force_login(gente.ana)
    papeleta = client.get(url("papeleta", SLUG, 1)).content.decode()
    assert papeleta.count("No se puede hacer junto con la opción") == 2
    assert "No se puede hacer junto con la opción 3: gana a lo más una." in papeleta
    assert papeleta.count("Solo entra si antes gana la opción 2.") == 1
    assert 'al menos <span class="num">5</span> votos' in client.get(url("votacion", SLUG)).content.decode()
