"""La página pública del padrón: cuentas sin nombres, si estoy, y los dos formularios."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from civic.cuentas.reglas_identidad import normalizar_ci
from civic.procesos.models import Proceso
from tests.elenco import crear_persona
from tests.guardas import sin_guardas
from tests.votaciones.conftest import segunda
from tests.votaciones.padron.piezas import CI, DIA, con_carnet, publicar
from votaciones import acciones as votaciones
from votaciones.padron import acciones
from votaciones.padron.models import PadronElectoral, ReclamoDePadron

SLUG = "por-venir"


def url(nombre="padron", slug=SLUG):
    return reverse(f"padron_electoral:{nombre}", args=[slug])


def html(respuesta):
    texto = respuesta.content.decode().replace("\u00a0", " ")
    return " ".join(re.sub(r"</?(?:span|strong)[^>]*>", "", texto).split())


def clave_en(respuesta, prefijo="reclamo"):
    return re.search(rf'name="{prefijo}-clave" value="([^"]+)"', respuesta.content.decode()).group(1)


def rosa_declarada(pueblo):
    return crear_persona("rosa", "Rosa Nueva", otb=pueblo.otb_molle, verificada=False)


# --- Ver -------------------------------------------------------------------------------------------------------------
def test_se_ve_mientras_la_votacion_se_prepara_y_la_lista_lleva_ahi(client, padron):
    respuesta = client.get(url())
    texto = html(respuesta)
    assert respuesta.status_code == 200
    assert "Provisional: se puede reclamar" in texto
    assert "Están 4 personas que el" in texto
    assert "Nadie reclamó todavía." in texto
    assert client.get(reverse("votaciones:votacion", args=[SLUG])).status_code == 404
    assert f'href="{url()}"' in html(client.get(reverse("votaciones:lista")))


def test_sin_padron_o_con_el_proceso_sin_publicar_es_404(client, votacion, gente):
    assert client.get(url()).status_code == 404
    publicar(votacion, gente.hugo)
    assert client.get(url()).status_code == 200
    assert client.get(url(slug="no-existe")).status_code == 404
    Proceso.objects.update(publicado=False)
    assert client.get(url()).status_code == 404


@pytest.mark.parametrize("nombre", ["reclamar", "observar"])
def test_metodos_y_puertas(client, entrar, padron, gente, nombre):
    assert client.post(url()).status_code == 405
    assert client.post(url(nombre)).url.startswith("/cuentas/ingresar/")
    assert entrar(gente.ana).get(url(nombre)).status_code == 405


def test_los_totales_juntan_las_celdas_chicas_y_no_dicen_nombres(client, votacion, gente, pueblo):
    for numero, modo in enumerate(["padron"] * 7 + ["promotora"] * 3 + ["ventanilla"] * 2):
        con_carnet(pueblo, f"v{numero}", normalizar_ci(str(1_000_000 + numero)), modo)
    publicar(votacion, gente.hugo)
    texto = html(client.get(url()))
    # 7 padrón; 3 promotora + 2 ventanilla + 3 sin modo (ana, dora, fabio) van juntas.
    assert "Distrito 1</h3> <p>15 personas</p>" in texto
    assert "Según cómo se verificaron: 8 otras formas, 7 padrón." in texto or "7 padrón, 8 otras formas" in texto
    assert "2 ventanilla" not in texto and "3 promotora" not in texto
    assert "Ana Vecina" not in texto and "V0" not in texto


def test_a_cada_quien_le_dice_si_esta_y_por_que_no(entrar, padron, gente, pueblo):
    assert "Estás en el padrón del Distrito 2." in html(entrar(gente.beto).get(url()))
    assert "No estás en el padrón. No dijiste dónde vives." in html(entrar(gente.nadia).get(url()))
    texto = html(entrar(rosa_declarada(pueblo)).get(url()))
    assert "No estás en el padrón. Dijiste que vives en OTB Molle, Distrito 1, pero falta verificarlo." in texto
    assert "Reclamar para que me incluyan" in texto
    tarde = crear_persona("tarde", "Tarde", otb=pueblo.otb_molle)
    assert "Verificaste que vives en OTB Molle, Distrito 1 después del corte" in html(entrar(tarde).get(url()))


def test_con_las_mismas_consultas_para_pocas_y_muchas(
    entrar, votacion, gente, pueblo, django_assert_max_num_queries, django_assert_num_queries
):
    padron = publicar(votacion, gente.hugo)
    cliente = entrar(gente.fabio)

    def aceptar(desde, hasta):
        for numero in range(desde, hasta):
            persona = crear_persona(f"p{numero}", f"P {numero}", otb=pueblo.otb_molle)
            reclamo = acciones.presentar_reclamo(padron, autor=persona, texto="x")
            acciones.resolver_reclamo(reclamo, actor=segunda(), decision="aceptado", respuesta="Sí.")

    aceptar(0, 1)
    cliente.get(url())
    with django_assert_max_num_queries(20) as primera:
        cliente.get(url())
    aceptar(1, 6)
    with django_assert_num_queries(len(primera.captured_queries)):
        cliente.get(url())


def test_definitivo_muestra_su_huella_y_ya_no_deja_reclamar(entrar, client, abierta, gente):
    padron = PadronElectoral.objects.get()
    texto = html(client.get(url(slug=abierta.slug)))
    assert padron.huella in texto and "Definitivo" in texto
    assert f'href="{url(slug=abierta.slug)}"' in html(client.get(abierta.get_absolute_url()))
    texto = html(entrar(gente.nadia).get(url(slug=abierta.slug)))
    assert '<form method="post" action="' + url("reclamar", abierta.slug) not in texto
    assert "El plazo para reclamar terminó el" in texto


# --- Reclamar --------------------------------------------------------------------------------------------------------
def test_reclamar_dos_veces_con_el_mismo_formulario_da_un_reclamo(entrar, padron, pueblo):
    cliente = entrar(rosa_declarada(pueblo))
    datos = {"reclamo-texto": "Vivo en la plaza.", "reclamo-clave": clave_en(cliente.get(url()))}
    for _ in range(2):
        respuesta = cliente.post(url("reclamar"), datos)
        assert (respuesta.status_code, respuesta.url) == (302, f"{url()}#mio")
    assert ReclamoDePadron.objects.get().texto == "Vivo en la plaza."
    texto = html(cliente.get(url()))
    assert "Pediste entrar en el padrón del Distrito 1: por resolver." in texto
    assert "Vivo en la plaza." in texto
    assert "Ya tienes un reclamo esperando respuesta." in texto


def test_reclamar_mal_conserva_lo_escrito(entrar, padron, pueblo, gente):
    cliente = entrar(rosa_declarada(pueblo))
    vacio = cliente.post(url("reclamar"), {"reclamo-texto": " ", "reclamo-clave": clave_en(cliente.get(url()))})
    assert (vacio.status_code, "Escribe por qué deberías estar" in html(vacio)) == (422, True)
    vencida = cliente.post(url("reclamar"), {"reclamo-texto": "Vivo en la plaza.", "reclamo-clave": "vencida"})
    assert vencida.status_code == 409
    assert "Este formulario venció." in html(vencida) and "Vivo en la plaza." in html(vencida)
    otra = cliente.post(url("reclamar"), {"reclamo-texto": "Vivo en la plaza.", "reclamo-clave": clave_en(vencida)})
    assert otra.status_code == 302
    ya = entrar(gente.ana)
    respuesta = ya.post(url("reclamar"), {"reclamo-texto": "Quiero.", "reclamo-clave": "x"})
    assert respuesta.status_code == 409
    assert ReclamoDePadron.objects.count() == 1


def test_la_respuesta_se_publica_sin_nombres_ni_lo_que_escribio(client, entrar, padron, pueblo):
    rosa = rosa_declarada(pueblo)
    reclamo = acciones.presentar_reclamo(padron, autor=rosa, texto="Vivo detrás del mercado.")
    acciones.resolver_reclamo(reclamo, actor=segunda(), decision="rechazado", respuesta="Faltó verificarse.")
    texto = html(client.get(url()))
    assert "Distrito 1: alguien pidió entrar. Rechazado. Faltó verificarse." in texto
    assert "Rosa" not in texto and "detrás del mercado" not in texto
    assert "0 por resolver, 0 aceptados y 1 rechazado." in texto
    assert "Respuesta: Faltó verificarse." in html(entrar(rosa).get(url()))


# --- Observar --------------------------------------------------------------------------------------------------------
def test_la_directiva_observa_y_la_observada_lo_lee(entrar, votacion, gente, pueblo):
    lola = con_carnet(pueblo, "lola")
    publicar(votacion, gente.hugo)
    cliente = entrar(gente.fabio)
    pagina = cliente.get(url())
    d1 = votacion.contiendas.get(numero=1)
    assert f'<option value="{d1.pk}">Distrito 1</option>' in html(pagina)
    assert "Distrito 2</option>" not in html(pagina)
    datos = {
        "observacion-contienda": d1.pk,
        "observacion-ci": "4455667 CB",
        "observacion-texto": "Se fue a otra ciudad.",
        "observacion-clave": clave_en(pagina, "observacion"),
    }
    assert cliente.post(url("observar"), datos).status_code == 302
    assert cliente.post(url("observar"), datos).status_code == 302
    reclamo = ReclamoDePadron.objects.get()
    assert (reclamo.persona, reclamo.contienda, reclamo.calidad) == (lola, d1, "Presidencia de OTB Molle")
    texto = html(entrar(lola).get(url()))
    assert "Observaron tu inclusión en el Distrito 1: por resolver." in texto
    assert "Se fue a otra ciudad." in texto and "Fabio" not in texto


@pytest.mark.parametrize(
    ("cambio", "frase"),
    [
        ({"observacion-ci": "no sé"}, "No se entiende el número de carnet"),
        ({"observacion-texto": ""}, "Escribe por qué no debería estar"),
        ({"observacion-contienda": "d2"}, "Escoja una opción válida"),
    ],
)
def test_observar_mal_conserva_lo_escrito(entrar, padron, gente, cambio, frase):
    d1, d2 = padron.votacion.contiendas.order_by("numero")
    cliente = entrar(gente.fabio)
    datos = {
        "observacion-contienda": d1.pk,
        "observacion-ci": "4455667",
        "observacion-texto": "Se fue a otra ciudad.",
        "observacion-clave": clave_en(cliente.get(url()), "observacion"),
    } | {campo: d2.pk if valor == "d2" else valor for campo, valor in cambio.items()}
    respuesta = cliente.post(url("observar"), datos)
    assert respuesta.status_code == 422
    assert frase in html(respuesta)
    assert f'value="{datos["observacion-ci"]}"' in respuesta.content.decode()
    assert ReclamoDePadron.objects.count() == 0


def test_quien_no_puede_observar_recibe_403(entrar, padron, gente):
    respuesta = entrar(gente.ana).post(url("observar"), {"observacion-ci": str(CI.numero), "observacion-texto": "x"})
    assert respuesta.status_code == 403
    assert ReclamoDePadron.objects.count() == 0


def test_pasado_el_plazo_un_formulario_abierto_antes_recibe_409(entrar, padron, pueblo):
    cliente = entrar(rosa_declarada(pueblo))
    clave = clave_en(cliente.get(url()))
    with sin_guardas():
        PadronElectoral.objects.update(corte=timezone.now() - 9 * DIA, observable_hasta=timezone.now() - DIA)
    respuesta = cliente.post(url("reclamar"), {"reclamo-texto": "Vivo aquí.", "reclamo-clave": clave})
    assert respuesta.status_code == 409
    assert "El plazo para reclamar terminó" in html(respuesta) and "Vivo aquí." in html(respuesta)
    votaciones.abrir_votacion(padron.votacion)
    assert cliente.post(url("reclamar"), {"reclamo-texto": "Vivo.", "reclamo-clave": clave}).status_code == 409
    assert ReclamoDePadron.objects.count() == 0
