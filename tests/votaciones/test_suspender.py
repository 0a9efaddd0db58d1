"""Suspender y reanudar una votación: actos públicos y firmados; mientras dura, ni la página ni la urna reciben."""

import datetime
import json
import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from civic.comun.bitacora import historia
from civic.comun.errores import ReglaIncumplida
from civic.cuentas.acciones import asignar_rol, preparar_roles
from civic.cuentas.roles import Rol
from tests.elenco import crear_persona
from tests.guardas import sin_guardas_de_urna
from tests.urnas import echar, elegido
from tests.votaciones.conftest import abrir, segunda, votar
from tests.votaciones.test_carreras import a_la_vez
from tests.votaciones.test_recuento import dicho
from votaciones import acciones, exportes, permisos
from votaciones.acciones import suspender
from votaciones.acciones.votar import asegurar_urna, firmar
from votaciones.consultas import actos_de
from votaciones.models import Contienda, Participacion, Votacion
from votaciones.reglas import credencial as credenciales
from votaciones.reglas import estados
from votaciones.reglas import recibo as recibos
from votaciones.urna import acciones as urna
from votaciones.urna.guardas import DISPARADORES
from votaciones.urna.models import Asiento, Sobre

SLUG, MOTIVO = "poa-2027", "Se cortó la luz en medio municipio."
ACTO = {"motivo": MOTIVO, "momento": "2026-11-22T14:05Z", "calidad": "Planificación POA"}


def url(nombre, *args):
    return reverse(f"votaciones:{nombre}", args=args)


def leido(respuesta):
    """Lo que se lee en la página, sin etiquetas."""
    return " ".join(re.sub(r"<[^>]+>", " ", respuesta.text.replace("\u00a0", " ")).split())


def suspender_(votacion, gente, **mas):
    return acciones.suspender_votacion(votacion, gente.hugo, motivo=MOTIVO, **mas)


def reanudar_(votacion, **mas):
    return acciones.reanudar_votacion(votacion, segunda(), motivo="Volvió la luz.", **mas)


@pytest.fixture
def suspendida(abierta, gente):
    return suspender_(abierta, gente)


# --- Los actos -------------------------------------------------------------------------------------------------------
def test_suspender_y_reanudar_quedan_en_el_tablero_de_cada_urna_sin_nadie(abierta, d1, d2, gente):
    momento = timezone.now().replace(second=7, microsecond=9)
    cierra = abierta.cierra
    assert suspender_(abierta, gente, ahora=momento).estado == "suspendida"
    votacion = reanudar_(abierta, ahora=momento + datetime.timedelta(hours=1))
    assert (votacion.estado, votacion.cierra) == ("abierta", cierra)
    for contienda in (d1, d2):
        suyos = list(Asiento.objects.de(contienda.pk))
        assert [asiento.tipo for asiento in suyos] == ["apertura", "suspension", "reanudacion"]
        assert suyos[1].datos == {
            "motivo": MOTIVO,
            "momento": f"{momento:%Y-%m-%dT%H:%MZ}",
            "calidad": "Planificación POA",
        }
        assert all(len(asiento.firma) == 128 for asiento in suyos)
    todo = " ".join(Asiento.objects.values_list("contenido", flat=True))
    assert not any(dato in todo for dato in (gente.hugo.username, str(gente.hugo), "Iris", f'"{gente.hugo.pk}"'))
    assert [(acto.tipo, acto.motivo) for acto in actos_de(abierta)] == [
        ("suspension", MOTIVO),
        ("reanudacion", "Volvió la luz."),
    ]


def test_quien_lo_hizo_queda_en_la_bitacora(suspendida, gente):
    reanudar_(suspendida)
    hechos = [
        (s.verbo, s.actor, s.motivo, s.desde, s.hasta) for s in historia(suspendida) if "ud" in s.verbo or s.motivo
    ]
    assert sorted(hechos, key=lambda hecho: hecho[0]) == [
        ("reanudar", segunda(), "Volvió la luz.", "suspendida", "abierta"),
        ("suspender", gente.hugo, MOTIVO, "abierta", "suspendida"),
    ]


def test_reanuda_otra_persona_y_siempre_con_motivo(abierta, gente):
    with pytest.raises(ReglaIncumplida, match="Escribe el motivo"):
        acciones.suspender_votacion(abierta, gente.hugo, motivo="  ")
    suspender_(abierta, gente)
    with pytest.raises(ReglaIncumplida, match="Tú suspendiste esta votación"):
        acciones.reanudar_votacion(abierta, gente.hugo, motivo="Ya está.")
    with pytest.raises(ReglaIncumplida, match="Escribe el motivo"):
        acciones.reanudar_votacion(abierta, segunda(), motivo="")
    with pytest.raises(ReglaIncumplida, match="Planificación POA"):
        acciones.reanudar_votacion(abierta, gente.ana, motivo="Quiero.")
    assert Votacion.objects.get().estado == "suspendida"
    # Y quien la reanudó puede suspenderla después: entonces le toca a la primera.
    reanudar_(abierta)
    acciones.suspender_votacion(abierta, segunda(), motivo="Otra vez.")
    with pytest.raises(ReglaIncumplida, match="Tú suspendiste esta votación"):
        reanudar_(abierta)
    assert acciones.reanudar_votacion(abierta, gente.hugo, motivo="Listo.").estado == "abierta"
    assert [acto.tipo for acto in actos_de(abierta)] == ["suspension", "reanudacion"] * 2


def test_cada_paso_solo_desde_su_estado(preparada, abierta, gente):
    with pytest.raises(ReglaIncumplida, match="Solo se reanuda una votación suspendida, y esta sigue abierta"):
        reanudar_(abierta)
    suspender_(abierta, gente)
    with pytest.raises(ReglaIncumplida, match="Solo se suspende una votación abierta, y esta está suspendida"):
        suspender_(abierta, gente)
    with pytest.raises(ReglaIncumplida, match="Solo se abre una votación en preparación, y esta está suspendida"):
        acciones.abrir_votacion(abierta, segunda())
    with pytest.raises(ReglaIncumplida, match="Solo se cuenta una votación cerrada, y esta está suspendida"):
        acciones.contar_votacion(abierta, segunda())
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="No volvió.")
    for paso in (suspender_, lambda v, _g: reanudar_(v)):
        with pytest.raises(ReglaIncumplida, match="esta ya se cerró"):
            paso(abierta, gente)


def test_pasada_la_hora_ya_no_se_suspende_ni_se_reanuda(abierta, gente):
    with pytest.raises(ReglaIncumplida, match="ya solo se puede cerrar"):
        suspender_(abierta, gente, ahora=abierta.cierra)
    suspender_(abierta, gente)
    with pytest.raises(ReglaIncumplida, match="ya solo se puede cerrar"):
        reanudar_(abierta, ahora=abierta.cierra)
    assert acciones.cerrar_votacion(abierta, ahora=abierta.cierra).estado == "cerrada"


@pytest.mark.parametrize(
    ("proceso", "esperada"),
    [("en_marcha", estados.SUSPENDIDA), ("suspendido", estados.SUSPENDIDA), ("desierto", estados.DESIERTA)],
)
def test_su_situacion(proceso, esperada):
    ahora = timezone.now()
    dia = datetime.timedelta(days=1)
    assert estados.situacion("suspendida", ahora - dia, ahora + dia, ahora, proceso) == esperada
    assert estados.situacion("suspendida", ahora - dia, ahora, ahora, proceso) == estados.TERMINADA
    assert esperada in estados.SIN_CERRAR


# --- La urna ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def con_urna(d1):
    contienda = Contienda.objects.select_related("votacion").get(pk=d1.pk)
    asegurar_urna(contienda)
    return contienda


def test_la_urna_misma_no_recibe_y_repetir_lo_ya_depositado_si(con_urna):
    codigo = echar(con_urna, [1])
    assert urna.suspender_urna(con_urna.pk, ACTO) is True
    assert urna.suspender_urna(con_urna.pk, ACTO) is False
    echar(con_urna, [1], b"0123456789")
    with pytest.raises(urna.Suspendida, match="está suspendida"):
        echar(con_urna, [2], b"9876543210")
    assert (elegido(con_urna), len(codigo) > 0) == ([[1]], True)
    assert urna.reanudar_urna(con_urna.pk, ACTO) is True
    assert urna.reanudar_urna(con_urna.pk, ACTO) is False
    echar(con_urna, [2], b"9876543210")
    assert elegido(con_urna) == [[1], [2]]


def test_la_base_sola_no_acepta_un_sobre_mientras_dura(con_urna):
    def crear():
        Sobre.objects.create(contienda=con_urna.pk, serie="a" * 64, firma="b", recibo="c" * 64, cerrado="d")

    urna.suspender_urna(con_urna.pk, ACTO)
    with pytest.raises(IntegrityError, match="La votación está suspendida"), transaction.atomic(using="urna"):
        crear()
    assert Sobre.objects.count() == 0
    # Control: sin el disparador, entra. Y reanudada, también con él.
    with transaction.atomic(using="urna"):
        with sin_guardas_de_urna():
            crear()
        assert Sobre.objects.count() == 1
        transaction.set_rollback(True, using="urna")
    urna.reanudar_urna(con_urna.pk, ACTO)
    crear()
    assert "urna_sobre_suspendida" in DISPARADORES and Sobre.objects.count() == 1


def test_una_urna_suspendida_no_detiene_a_la_vecina(con_urna, d2):
    otra = Contienda.objects.select_related("votacion").get(pk=d2.pk)
    urna.suspender_urna(con_urna.pk, ACTO)
    echar(otra, [1])
    assert elegido(otra) == [[1]]


def test_ni_cerrada_ni_sin_abrir_se_suspende(con_urna):
    urna.cerrar_urna(con_urna.pk)
    for paso in (urna.suspender_urna, urna.reanudar_urna):
        for contienda in (con_urna.pk, con_urna.pk + 5_000):
            with pytest.raises(urna.UrnaAlterada, match="una urna abierta"):
                paso(contienda, ACTO)


# --- Un corte entre las dos bases ------------------------------------------------------------------------------------
@pytest.mark.parametrize("hacia", ["suspendida", "abierta"])
def test_si_se_corta_a_medias_repetir_el_paso_lo_termina_con_el_mismo_acto(abierta, d1, d2, gente, monkeypatch, hacia):
    if hacia == "abierta":
        suspender_(abierta, gente)
    dar = {
        "suspendida": lambda motivo: acciones.suspender_votacion(abierta, gente.hugo, motivo=motivo),
        "abierta": lambda motivo: acciones.reanudar_votacion(abierta, segunda(), motivo=motivo),
    }[hacia]
    verbo = {"suspendida": "suspender_urna", "abierta": "reanudar_urna"}[hacia]
    de_verdad, tipo = getattr(urna, verbo), {"suspendida": "suspension", "abierta": "reanudacion"}[hacia]

    def cortarse(contienda, acto):
        if contienda == d2.pk:
            raise SystemExit
        return de_verdad(contienda, acto)

    with monkeypatch.context() as parche:
        parche.setattr(suspender.urna, verbo, cortarse)
        with pytest.raises(SystemExit), transaction.atomic():
            dar("El primero.")
    antes = {"suspendida": "abierta", "abierta": "suspendida"}[hacia]
    assert Votacion.objects.get().estado == antes
    assert Asiento.objects.filter(tipo=tipo).count() == 1
    # Mientras tanto no se vota: o no lo deja la urna o no lo deja la página.
    with pytest.raises(ReglaIncumplida, match="suspendida"):
        votar(Contienda.objects.select_related("votacion__proceso").get(pk=d1.pk), gente.ana, 1)
    assert dar("El segundo.").estado == hacia
    assert [asiento.datos["motivo"] for asiento in Asiento.objects.filter(tipo=tipo)] == ["El primero."] * 2
    assert historia(abierta)[0].motivo == "El primero."


# --- Carreras --------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("vuelta", range(3))
def test_suspender_la_urna_mientras_entran_sobres_acepta_justo_lo_que_tiene(con_urna, vuelta):
    codigos = [recibos.codigo_de(bytes([numero]) * 10) for numero in range(12)]

    def depositar(codigo):
        credencial = firmar(con_urna, credenciales.serie_de(codigo))
        return urna.depositar(con_urna.pk, credencial, [1], recibos.huella_de(codigo))

    def detener():
        urna.suspender_urna(con_urna.pk, ACTO)
        return Sobre.objects.count()

    tareas = [lambda c=codigo: depositar(c) for codigo in codigos]
    tareas.insert(3 * vuelta, detener)
    respuestas = a_la_vez(tareas)
    al_suspender = respuestas.pop(3 * vuelta)
    aceptados = sum(respuesta is None for respuesta in respuestas)
    assert all(respuesta is None or isinstance(respuesta, urna.Suspendida) for respuesta in respuestas), respuestas
    assert aceptados == al_suspender == Sobre.objects.count()
    urna.reanudar_urna(con_urna.pk, ACTO)
    for codigo in codigos:
        depositar(codigo)
    assert Sobre.objects.count() == len(codigos) == urna.cerrar_urna(con_urna.pk)


@pytest.mark.django_db(transaction=True)
def test_suspender_la_votacion_mientras_se_vota_y_el_mismo_formulario_despues(preparada, pueblo, gente):

    personas = [crear_persona(f"v{numero}", f"V {numero}", otb=pueblo.otb_molle) for numero in range(6)]
    abierta = abrir(preparada, actor=gente.hugo)
    d1 = abierta.contiendas.select_related("votacion__proceso").get(numero=1)
    claves = [acciones.emitir_clave_de_papeleta(d1, usuario=persona) for persona in personas]

    def emitir(persona, clave):
        fresca = Contienda.objects.select_related("votacion__proceso").get(pk=d1.pk)
        return acciones.emitir_voto(fresca, usuario=persona, eleccion=[1], clave=clave)

    tareas = [lambda p=persona, c=clave: emitir(p, c) for persona, clave in zip(personas, claves, strict=True)]
    respuestas = a_la_vez([*tareas[:3], lambda: suspender_(abierta, gente).estado, *tareas[3:]])
    assert respuestas.pop(3) == "suspendida"
    aceptados = [respuesta for respuesta in respuestas if isinstance(respuesta, str)]
    assert all(isinstance(r, str) or "suspendida" in r.mensaje for r in respuestas), respuestas
    assert len(aceptados) == Sobre.objects.count()
    reanudar_(abierta)
    finales = [emitir(persona, clave) for persona, clave in zip(personas, claves, strict=True)]
    assert set(aceptados) <= set(finales)
    assert (Sobre.objects.count(), Participacion.objects.count()) == (6, 6)


# --- Las páginas -----------------------------------------------------------------------------------------------------
def test_votar_se_niega_con_409_y_dice_desde_cuando_y_por_que(entrar, abierta, d1, gente):
    cliente = entrar(gente.ana)
    clave = cliente.get(url("papeleta", SLUG, 1)).context["clave"]
    suspender_(abierta, gente, ahora=timezone.now())
    respuesta = cliente.post(url("emitir", SLUG, 1), {"opciones": ["1"], "clave": clave})
    assert respuesta.status_code == 409
    assert re.search(
        r"La votación está suspendida desde el \d+/\d+/\d+, \d\d:\d\d\. Motivo: Se cortó la luz en medio municipio\. "
        r"Nadie puede votar hasta que se reanude; la hora de cierre no cambia\.",
        leido(respuesta),
    )
    assert (Participacion.objects.count(), Sobre.objects.count()) == (0, 0)
    assert 'id="papeleta"' not in cliente.get(url("papeleta", SLUG, 1)).text
    reanudar_(abierta)
    respuesta = cliente.post(url("emitir", SLUG, 1), {"opciones": ["1"], "clave": clave})
    assert (respuesta.status_code, Sobre.objects.count()) == (302, 1)


def test_quien_ya_deposito_recibe_otra_vez_su_recibo(entrar, abierta, d1, gente):
    cliente = entrar(gente.ana)
    datos = {"opciones": ["1"], "clave": cliente.get(url("papeleta", SLUG, 1)).context["clave"]}
    primera = cliente.post(url("emitir", SLUG, 1), datos)
    suspender_(abierta, gente)
    otra = cliente.post(url("emitir", SLUG, 1), datos)
    assert (otra.status_code, otra.url, Sobre.objects.count()) == (302, primera.url, 1)
    # El valor de la cookie va firmado con la hora: se compara el código.
    assert otra.cookies["recibo"].value.split(":")[0] == primera.cookies["recibo"].value.split(":")[0]


def test_si_se_suspende_justo_al_enviar_la_papeleta_se_conserva_y_entra_despues(entrar, abierta, con_urna, gente):
    """La urna lo sabe antes que la página: retiró su credencial, y con el mismo formulario vota cuando se reanude."""
    cliente = entrar(gente.ana)
    datos = {"opciones": ["1", "3"], "clave": cliente.get(url("papeleta", SLUG, 1)).context["clave"]}
    urna.suspender_urna(con_urna.pk, ACTO)
    respuesta = cliente.post(url("emitir", SLUG, 1), datos)
    assert respuesta.status_code == 409
    assert "La votación está suspendida: tu papeleta no entró. Podrás enviarla" in leido(respuesta)
    assert respuesta.context["clave"] == datos["clave"] and "Ya votaste" not in leido(respuesta)
    assert respuesta.text.count(" checked") == 2
    assert (Participacion.objects.count(), Sobre.objects.count()) == (1, 0)
    urna.reanudar_urna(con_urna.pk, ACTO)
    revisar = cliente.post(url("revisar", SLUG, 1), datos)
    assert (revisar.status_code, "reemplaza" in leido(revisar)) == (200, False)
    assert cliente.post(url("emitir", SLUG, 1), datos).status_code == 302
    assert elegido(con_urna) == [[1, 3]]
    # Control: con la papeleta ya en la urna, el mismo formulario no se vuelve a llenar.
    assert cliente.post(url("revisar", SLUG, 1), datos).status_code == 409


def test_su_pagina_dice_desde_cuando_y_por_que_y_muestra_los_dos_actos(client, abierta, gente):
    assert "Cuándo se detuvo" not in leido(client.get(url("votacion", SLUG)))
    suspender_(abierta, gente)
    texto = leido(client.get(url("votacion", SLUG)))
    assert "‖ Suspendida" in texto and f"Motivo: {MOTIVO}" in texto and "Se suspendió el" in texto
    assert "Puedes votar hasta" not in texto and "Hugo" not in texto
    assert "no se publica ninguna cifra" in texto and "Votaron" not in texto
    assert texto.index("Se suspendió el") < texto.index("<h2>Papeletas")
    lista = leido(client.get(url("lista")))
    assert "Ahora no hay ninguna votación abierta." in lista
    assert "Nadie puede votar hasta que se reanude. El cierre anunciado es" in lista
    reanudar_(abierta)
    texto = leido(client.get(url("votacion", SLUG)))
    assert "● Abierta" in texto and "Puedes votar hasta" in texto and "Votaron 0 personas" in texto
    assert texto.index("<h2>Papeletas") < texto.index("Se suspendió el")
    assert texto.index("Se suspendió el") < texto.index("Se reanudó el") < texto.index("Volvió la luz.")


def test_un_motivo_malo_no_entra_crudo(client, abierta, gente):
    acciones.suspender_votacion(abierta, gente.hugo, motivo="<svg onload=alert(1)>")
    assert "<svg onload" not in client.get(url("votacion", SLUG)).text


def test_de_la_urna_no_se_dice_nada_mientras_dura(client, abierta, d1, gente):
    codigo = votar(d1, gente.ana, 1)
    suspender_(abierta, gente)
    respuesta = client.post(url("comprobar", SLUG), {"recibo": codigo})
    assert respuesta.status_code == 409 and "está en la urna" not in respuesta.text
    assert client.get(url("resultado", SLUG)).status_code == 409
    assert client.get(url("resultado_json", SLUG)).json() == {"error": "La votación todavía no se contó."}
    assert client.get(url("resultado_pb", SLUG, 1)).status_code == 404
    assert client.get(url("resultado_recuento", SLUG)).status_code == 404


def test_quien_ya_voto_sigue_sin_poder_pasar_su_identidad_a_otra_cuenta(suspendida, gente):
    d1 = Contienda.objects.get(numero=1)
    assert permisos.Participacion.objects.create(contienda=d1, usuario=gente.ana)
    identidad = permisos.Identidad(pk=987654)
    assert "ya votó en una votación abierta" in permisos.por_que_espera_la_identidad(identidad, gente.ana)


def test_el_paquete_con_suspensiones_se_verifica(vecinas, abierta, d1, gente):
    votar(d1, gente.ana, 1)
    suspender_(abierta, gente)
    reanudar_(abierta)
    votar(Contienda.objects.select_related("votacion__proceso").get(pk=d1.pk), gente.dora, 2)
    suspender_(abierta, gente)
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="No volvió.")
    contada = acciones.contar_votacion(abierta, actor=segunda())
    paquete = exportes.recuento_de(contada)
    assert dicho(paquete, contada.huella)[1].startswith("Distrito 1: papeletas, 2;")
    tipos = [asiento["tipo"] for asiento in json.loads(paquete["tablero-1.json"])]
    assert tipos == ["apertura", "suspension", "reanudacion", "suspension", "lote", "cierre", "escrutinio"]
    assert all(len(asiento["firma"]) == 128 for asiento in json.loads(paquete["tablero-1.json"]))


# --- La trastienda ---------------------------------------------------------------------------------------------------
@pytest.fixture
def roles(gente):
    preparar_roles()
    gente.hugo.asignaciones.all().delete()
    asignar_rol(gente.hugo, rol=Rol.PLANIFICACION)
    return gente


def paso(votacion, verbo):
    return reverse("votaciones_paso", args=[votacion.pk, verbo])


def test_los_dos_pasos_con_su_motivo_y_su_persona(entrar, roles, abierta):
    cliente = entrar(roles.hugo)
    tablero = reverse("votaciones_conducir", args=[abierta.pk])
    assert "Suspender la votación" in cliente.get(tablero).text and "Reanudar" not in cliente.get(tablero).text
    sin_motivo = cliente.post(paso(abierta, "suspender"), {"motivo": " "})
    assert sin_motivo.status_code == 422 and "Escribe el motivo: será público." in sin_motivo.text
    largo = cliente.post(paso(abierta, "suspender"), {"motivo": "x" * 501})
    assert largo.status_code == 422 and "x" * 501 in largo.text
    assert Votacion.objects.get().estado == "abierta"
    assert cliente.post(paso(abierta, "suspender"), {"motivo": MOTIVO}).url == tablero
    assert "‖ Suspendida" in cliente.get(tablero).text and "Reanudar la votación" in cliente.get(tablero).text
    assert "Suspender la votación" not in cliente.get(tablero).text
    assert "reanudarla le toca a otra persona" in cliente.get(paso(abierta, "reanudar")).text
    negado = cliente.post(paso(abierta, "reanudar"), {"motivo": "Ya volvió."})
    assert negado.status_code == 409 and "Ya volvió." in negado.text
    assert cliente.post(paso(abierta, "suspender"), {"motivo": MOTIVO}).status_code == 409
    segunda().asignaciones.all().delete()
    asignar_rol(segunda(), rol=Rol.PLANIFICACION)
    otra = entrar(segunda())
    assert otra.post(paso(abierta, "reanudar"), {"motivo": "Volvió la luz."}).url == tablero
    assert Votacion.objects.get().estado == "abierta"
