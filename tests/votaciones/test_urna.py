"""La urna: en su base, solo se agrega, acepta una vez cada credencial firmada y nadie la lee sin la clave."""

import datetime
import json
import os
import random
import sqlite3
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from tests.casa.revisiones import RAIZ
from tests.elenco import crear_persona
from tests.guardas import sin_guardas_de_urna
from tests.urnas import cerrojo_de, echar, elegido
from tests.votaciones.conftest import abrir, segunda, votar
from tests.votaciones.test_carreras import HILOS, a_la_vez
from votaciones import acciones
from votaciones.acciones.votar import asegurar_urna, firmar, retirar_credencial
from votaciones.models import Contienda, Participacion
from votaciones.reglas import credencial as credenciales
from votaciones.reglas import recibo as recibos
from votaciones.reglas.tablero import ORIGEN, canonico, huella_de, mensaje_de, suma_de
from votaciones.urna import acciones as urna
from votaciones.urna import consultas
from votaciones.urna.consultas import Apertura
from votaciones.urna.guardas import DISPARADORES, guardas_que_faltan
from votaciones.urna.models import Asentado, Asiento, Sobre
from votaciones.urna.sobres import Cerrojo, Firmante, SobreInservible

CODIGO = recibos.codigo_de(b"0123456789")
RECIBO = recibos.huella_de(CODIGO)


@pytest.fixture
def d1(d1):
    contienda = Contienda.objects.select_related("votacion").get(pk=d1.pk)
    asegurar_urna(contienda)
    return contienda


def credencial_de(contienda, codigo=CODIGO):
    return firmar(contienda, credenciales.serie_de(codigo))


def con_cambios(contienda):
    """Otra urna, igual, que deja cambiar el voto."""
    apertura, _ = consultas.apertura_de(contienda.pk)
    numero = contienda.pk + 1_000_000
    urna.abrir_urna(numero, Apertura(**{**vars(apertura), "cambia": True}))
    return numero


# --- La base sola ----------------------------------------------------------------------------------------------------
def orden(texto, *valores):
    with transaction.atomic(using="urna"), connections["urna"].cursor() as cursor:
        cursor.execute(texto, valores)


PROHIBIDAS = {
    "cambiar un sobre": "UPDATE urna_sobre SET cerrado = 'x'",
    "borrar un sobre": "DELETE FROM urna_sobre",
    "cambiar un asiento": "UPDATE urna_asiento SET contenido = '{}'",
    "borrar un asiento": "DELETE FROM urna_asiento",
    "cambiar de lote": "UPDATE urna_asentado SET asiento_id = asiento_id",
    "sacar de un lote": "DELETE FROM urna_asentado",
}


@pytest.mark.parametrize("acto", PROHIBIDAS)
def test_la_base_no_deja_cambiar_ni_borrar(d1, gente, acto):
    votar(d1, gente.ana, 1)
    urna.asentar_lote(d1.pk, minimo=1)
    with pytest.raises(IntegrityError, match="solo se agrega"):
        orden(PROHIBIDAS[acto])
    assert (Sobre.objects.count(), Asiento.objects.count(), Asentado.objects.count()) == (1, 2, 1)


@pytest.mark.parametrize("tabla", ["urna_sobre", "urna_asiento", "urna_asentado"])
def test_la_base_no_deja_vaciar_ni_pisar(d1, gente, tabla):
    votar(d1, gente.ana, 1)
    urna.asentar_lote(d1.pk, minimo=1)
    if connections["urna"].vendor == "postgresql":
        connections["urna"].check_constraints()  # PostgreSQL no vacía una tabla con claves ajenas por revisar
        with pytest.raises(IntegrityError, match="solo se agrega"):
            orden(f"TRUNCATE {tabla} CASCADE")
    else:
        with pytest.raises(IntegrityError, match="solo se agrega|no sigue"):
            orden(f"INSERT OR REPLACE INTO {tabla} SELECT * FROM {tabla}")  # noqa: S608 -- nombre fijo


def test_control_sin_guardas_la_base_deja_cambiar(d1, gente):
    votar(d1, gente.ana, 1)
    with sin_guardas_de_urna():
        assert Sobre.objects.update(cerrado="x") == 1
    assert guardas_que_faltan(connections["urna"]) == []


def test_guardas_que_faltan_las_nombra(d1):
    with transaction.atomic(using="urna"):
        with connections["urna"].cursor() as cursor:
            sufijo = " ON urna_sobre" if connections["urna"].vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER urna_sobre_cerrada{sufijo}")
        assert guardas_que_faltan(connections["urna"]) == ["urna_sobre_cerrada"]
        transaction.set_rollback(True, using="urna")
    assert guardas_que_faltan(connections["urna"]) == []


def test_la_base_sola_no_acepta_un_sobre_despues_del_cierre(d1):
    urna.cerrar_urna(d1.pk)
    with pytest.raises(IntegrityError, match="La urna está cerrada"), transaction.atomic(using="urna"):
        Sobre.objects.create(contienda=d1.pk, serie="a" * 64, firma="b", recibo="c" * 64, cerrado="d")
    assert Sobre.objects.count() == 0


@pytest.mark.parametrize(("numero", "anterior"), [(3, None), (1, ORIGEN), (2, ORIGEN)])
def test_la_base_sola_no_acepta_un_asiento_que_no_sigue(d1, numero, anterior):
    cabeza = consultas.cabeza_de(d1.pk)
    anterior = anterior or cabeza[1]
    with pytest.raises(IntegrityError), transaction.atomic(using="urna"):
        Asiento.objects.create(
            contienda=d1.pk, numero=numero, tipo="lote", contenido="{}", anterior=anterior, huella="f" * 64
        )
    assert consultas.cabeza_de(d1.pk) == cabeza


# --- Depositar -------------------------------------------------------------------------------------------------------
def test_una_credencial_entra_una_vez_y_repetir_lo_mismo_no_agrega(d1):
    urna.depositar(d1.pk, credencial_de(d1), [1, 3], RECIBO)
    urna.depositar(d1.pk, credencial_de(d1), [1, 3], RECIBO)
    with pytest.raises(urna.YaDepositada):
        urna.depositar(d1.pk, credencial_de(d1), [2], RECIBO)
    assert elegido(d1) == [[1, 3]]


def falsas(contienda):
    verdadera = credencial_de(contienda)
    otra_votacion = Firmante("otra").firmar(verdadera.urna, verdadera.serie)
    otra_urna = firmar(Contienda.objects.select_related("votacion").get(numero=2), verdadera.serie)
    return {
        "sin firma": credenciales.Credencial(verdadera.urna, verdadera.serie, ""),
        "firma ilegible": credenciales.Credencial(verdadera.urna, verdadera.serie, "zz"),
        "firma de otra serie": credenciales.Credencial(verdadera.urna, "a" * 64, verdadera.firma),
        "de otra votación": otra_votacion,
        "de otra urna": otra_urna,
        "de otra urna, renombrada": credenciales.Credencial(verdadera.urna, otra_urna.serie, otra_urna.firma),
    }


@pytest.mark.parametrize("cual", range(6))
def test_una_credencial_falsa_no_entra(d1, cual):
    falsa = list(falsas(d1).values())[cual]
    with pytest.raises(ReglaIncumplida, match="no vale en esta urna"):
        urna.depositar(d1.pk, falsa, [1], RECIBO)
    assert Sobre.objects.count() == 0


def test_diez_mil_recibos_inventados_no_estan(d1, gente):
    verdaderos = [votar(d1, persona, 1) for persona in (gente.ana, gente.dora, gente.fabio)]
    azar = random.Random(7)
    falsos = [recibos.codigo_de(azar.randbytes(10)) for _ in range(10_000)]
    estan = set(Sobre.objects.values_list("recibo", flat=True))
    assert sum(recibos.huella_de(codigo) in estan for codigo in falsos) == 0
    assert all(consultas.hay_recibo([d1.pk], recibos.huella_de(codigo)) for codigo in verdaderos)


def test_donde_se_puede_cambiar_vale_la_ultima_y_se_cuenta_una(d1):
    otra = con_cambios(d1)
    for seleccion in ([1], [2], [2], [3]):
        urna.depositar(otra, credencial_de(d1), seleccion, RECIBO)
    assert list(Sobre.objects.order_by("vuelta").values_list("vuelta", flat=True)) == [1, 2, 3]
    assert urna.cerrar_urna(otra) == 1
    assert urna.abrir_sobres(otra) == [[3]]


def test_otra_manera_de_firmar_cambia_solo_el_verificador(d1):
    class Ciego:
        def vale(self, credencial):
            return credencial.firma == "ciega"

    credencial = credenciales.Credencial(credencial_de(d1).urna, "a" * 64, "ciega")
    urna.depositar(d1.pk, credencial, [1], RECIBO, verificador=Ciego())
    assert elegido(d1) == [[1]]


def test_despues_de_la_hora_de_la_base_no_entra_aunque_el_servidor_vaya_atrasado(d1):
    """El reloj del servidor no se mira: manda el de la base, que aquí ya pasó del cierre."""
    otra = d1.pk + 2_000_000
    apertura, _ = consultas.apertura_de(d1.pk)
    hace_un_segundo = timezone.now() - datetime.timedelta(seconds=1)
    urna.abrir_urna(otra, Apertura(**{**vars(apertura), "cierra": hace_un_segundo.isoformat()}))
    with pytest.raises(ReglaIncumplida, match="ya se cerró"):
        urna.depositar(otra, credencial_de(d1), [1], RECIBO)
    # Control: con el reloj de un servidor dos segundos atrasado, habría entrado.
    urna.depositar(otra, credencial_de(d1), [1], RECIBO, ahora=timezone.now() - datetime.timedelta(seconds=3))
    assert Sobre.objects.filter(contienda=otra).count() == 1


def test_una_urna_sin_abrir_no_recibe_y_otra_apertura_no_la_reemplaza(d1):
    with pytest.raises(ReglaIncumplida, match="todavía no está abierta"):
        urna.depositar(d1.pk + 1, credencial_de(d1), [1], RECIBO)
    apertura, _ = consultas.apertura_de(d1.pk)
    urna.abrir_urna(d1.pk, apertura)
    with pytest.raises(urna.UrnaAlterada, match="otro libro"):
        urna.abrir_urna(d1.pk, Apertura(**{**vars(apertura), "libro": "0" * 64}))
    assert Asiento.objects.filter(contienda=d1.pk).count() == 1


# --- Un corte entre los dos actos ------------------------------------------------------------------------------------
def test_si_se_corta_entre_retirar_y_depositar_el_mismo_formulario_termina(d1, gente, monkeypatch):
    clave = acciones.emitir_clave_de_papeleta(d1, usuario=gente.ana)

    def cortarse(*_args, **_kwargs):
        raise SystemExit

    with monkeypatch.context() as parche:
        parche.setattr(acciones.votar.urna, "depositar", cortarse)
        with pytest.raises(SystemExit):
            acciones.emitir_voto(d1, usuario=gente.ana, eleccion=[1], clave=clave)
    assert (Participacion.objects.count(), Sobre.objects.count()) == (1, 0)
    with pytest.raises(ReglaIncumplida, match="Ya votaste"):
        votar(d1, gente.ana, 2)
    codigo = acciones.emitir_voto(d1, usuario=gente.ana, eleccion=[1], clave=clave)
    assert acciones.emitir_voto(d1, usuario=gente.ana, eleccion=[1], clave=clave) == codigo
    assert (Participacion.objects.count(), elegido(d1)) == (1, [[1]])


def test_una_papeleta_que_no_vale_no_gasta_la_credencial(d1, gente):
    with pytest.raises(ReglaIncumplida, match="presupuesto"):
        votar(d1, gente.ana, 1, 2)
    assert Participacion.objects.count() == 0
    votar(d1, gente.ana, 1)


def test_el_padron_no_guarda_nada_que_este_en_la_urna(d1, gente):
    codigo = votar(d1, gente.ana, 1)
    sobre, participacion = Sobre.objects.get(), Participacion.objects.get()
    del_padron = {participacion.compromiso, str(participacion.pk), str(gente.ana.pk)}
    de_la_urna = {sobre.serie, sobre.recibo, sobre.firma, str(sobre.pk), sobre.cerrado}
    assert del_padron.isdisjoint(de_la_urna)
    assert participacion.compromiso == credenciales.compromiso_de(codigo) != sobre.serie
    assert codigo not in del_padron | de_la_urna


# --- Tablero, cierre y escrutinio ------------------------------------------------------------------------------------
def llenar(contienda, cuantas, azar):
    for numero in range(cuantas):
        echar(contienda, [numero % 4 + 1], azar.randbytes(10))


def test_los_lotes_esperan_ser_varios_y_no_cuentan_el_orden(d1):
    llenar(d1, urna.LOTE_MINIMO - 1, random.Random(1))
    assert urna.asentar_lote(d1.pk) == 0
    llenar(d1, 3, random.Random(2))
    assert acciones.asentar_papeletas() == [(d1, urna.LOTE_MINIMO + 2)]
    assert acciones.asentar_papeletas() == []
    lote = Asiento.objects.get(contienda=d1.pk, tipo="lote")
    recibos_del_lote = [renglon[0] for renglon in lote.datos["papeletas"]]
    assert recibos_del_lote == sorted(recibos_del_lote)
    assert set(recibos_del_lote) == set(Sobre.objects.values_list("recibo", flat=True))
    assert set(lote.datos) == {"momento", "papeletas"}
    assert len(lote.datos["momento"]) == len("2026-11-22T04:00")


def test_el_tablero_encadena_de_la_apertura_al_escrutinio(abierta, d1, gente):
    votar(d1, gente.ana, 1, 3)
    votar(d1, gente.fabio, 1)
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Prueba.")
    acciones.contar_votacion(abierta, actor=segunda())
    asientos = list(Asiento.objects.de(d1.pk))
    assert [asiento.tipo for asiento in asientos] == ["apertura", "lote", "cierre", "escrutinio"]
    anterior, clave = ORIGEN, bytes.fromhex(json.loads(abierta.libro)["clave_tablero"])
    assert clave.hex() == asientos[0].datos["tablero"] != asientos[0].datos["clave"]
    for numero, asiento in enumerate(asientos, start=1):
        assert asiento.huella == huella_de(anterior, numero, asiento.tipo, suma_de(asiento.contenido))
        assert asiento.contenido == canonico(asiento.datos)
        Ed25519PublicKey.from_public_bytes(clave).verify(bytes.fromhex(asiento.firma), mensaje_de(asiento.huella))
        anterior = asiento.huella
    assert asientos[0].datos["libro"] == abierta.huella
    assert asientos[2].datos == {"papeletas": 2}
    assert asientos[3].datos["papeletas"] == [[[1, 3], 1], [[1], 1]]


def test_antes_de_cerrar_no_se_abre_ningun_sobre(d1, gente):
    votar(d1, gente.ana, 1)
    with pytest.raises(urna.UrnaAlterada, match="cerrada"):
        urna.abrir_sobres(d1.pk)
    assert consultas.selecciones_de(d1.pk) == []


def test_cerrar_y_abrir_dos_veces_da_lo_mismo(d1, gente):
    votar(d1, gente.ana, 1)
    assert [urna.cerrar_urna(d1.pk) for _ in range(2)] == [1, 1]
    assert [urna.abrir_sobres(d1.pk) for _ in range(2)] == [[[1]], [[1]]]
    assert Asiento.objects.filter(contienda=d1.pk).count() == 4


def test_con_otra_clave_los_sobres_no_se_abren(d1, gente, settings):
    votar(d1, gente.ana, 1)
    settings.CLAVE_URNA = "otra" * 20
    with pytest.raises(SobreInservible):
        elegido(d1)
    with pytest.raises(SobreInservible):
        Cerrojo("otra urna").abrir(Sobre.objects.get().cerrado)


def test_con_otra_clave_no_se_asienta_nada_con_firma_ajena(d1, gente, settings):
    votar(d1, gente.ana, 1)
    settings.CLAVE_URNA = "otra" * 20
    with pytest.raises(urna.UrnaAlterada, match="no es la que anuncia el libro"):
        urna.cerrar_urna(d1.pk)
    assert [asiento.tipo for asiento in Asiento.objects.de(d1.pk)] == ["apertura"]


def _agregar(d1):
    cerrado = cerrojo_de(d1).cerrar([2])
    Sobre.objects.create(contienda=d1.pk, serie="a" * 64, firma="b", recibo="c" * 64, cerrado=cerrado)


def _agregar_al_tablero(d1):
    _agregar(d1)
    lote = Asiento.objects.get(contienda=d1.pk, tipo="lote")
    sobre = Sobre.objects.get(serie="a" * 64)
    renglon = [sobre.recibo, sobre.serie, 1, sobre.firma, suma_de(sobre.cerrado)]
    datos = {**lote.datos, "papeletas": [*lote.datos["papeletas"], renglon]}
    Asiento.objects.filter(pk=lote.pk).update(contenido=canonico(datos))


ALTERACIONES = {
    "sobre cambiado": (lambda d1: Sobre.objects.update(cerrado=cerrojo_de(d1).cerrar([4])), "no está en el tablero"),
    "sobre agregado": (_agregar, "no está en el tablero"),
    "sobre agregado también al tablero": (_agregar_al_tablero, "sin una credencial firmada"),
    "sobre quitado": (lambda d1: (Asentado.objects.all().delete(), Sobre.objects.all().delete()), "Falta un sobre"),
}


@pytest.mark.parametrize("cual", ALTERACIONES)
def test_una_urna_alterada_no_se_cuenta(abierta, d1, gente, cual):
    alterar, frase = ALTERACIONES[cual]
    votar(d1, gente.ana, 1)
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Prueba.")
    with sin_guardas_de_urna():
        alterar(d1)
    with pytest.raises(ReglaIncumplida, match=f"La urna del Distrito 1 no cuadra, no se cuenta.*{frase}"):
        acciones.contar_votacion(abierta, actor=segunda())
    assert d1.resultados.count() == 0


# --- Carreras --------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_la_misma_credencial_ocho_veces_a_la_vez_entra_una(d1):
    selecciones = [[numero % 4 + 1] for numero in range(HILOS)]
    respuestas = a_la_vez(
        [lambda s=seleccion: urna.depositar(d1.pk, credencial_de(d1), s, RECIBO) for seleccion in selecciones]
    )
    assert Sobre.objects.count() == 1
    ganadora = elegido(d1)[0]
    for seleccion, respuesta in zip(selecciones, respuestas, strict=True):
        assert (respuesta is None) == (seleccion == ganadora)


@pytest.mark.django_db(transaction=True)
def test_dos_aparatos_de_la_misma_persona_retiran_una_credencial(d1, gente):
    codigos = [recibos.codigo_de(bytes([numero]) * 10) for numero in range(HILOS)]
    respuestas = a_la_vez([lambda c=codigo: retirar_credencial(d1, usuario=gente.ana, codigo=c) for codigo in codigos])
    assert sum(respuesta is False for respuesta in respuestas) == 1
    assert sum(isinstance(respuesta, ReglaIncumplida) for respuesta in respuestas) == HILOS - 1
    assert Participacion.objects.get().compromiso == credenciales.compromiso_de(codigos[respuestas.index(False)])


@pytest.mark.django_db(transaction=True)
def test_el_mismo_codigo_retirado_a_la_vez_deja_una_participacion(d1, gente):
    respuestas = a_la_vez([lambda: retirar_credencial(d1, usuario=gente.ana, codigo=CODIGO)] * HILOS)
    assert sorted(respuestas) == [False, *[True] * (HILOS - 1)]
    assert Participacion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_cambiar_a_la_vez_deja_una_ultima_y_todas_las_vueltas(d1):
    otra = con_cambios(d1)
    a_la_vez([lambda n=numero: urna.depositar(otra, credencial_de(d1), [n % 4 + 1], RECIBO) for numero in range(HILOS)])
    vueltas = list(Sobre.objects.filter(contienda=otra).order_by("vuelta").values_list("vuelta", flat=True))
    assert vueltas == list(range(1, len(vueltas) + 1))
    ultima = cerrojo_de(d1).abrir(Sobre.objects.filter(contienda=otra).latest("vuelta").cerrado)
    urna.cerrar_urna(otra)
    assert urna.abrir_sobres(otra) == [ultima]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("vuelta", range(3))
def test_cerrar_la_urna_mientras_entran_sobres_acepta_justo_lo_que_cuenta(d1, vuelta):
    codigos = [recibos.codigo_de(bytes([numero]) * 10) for numero in range(12)]
    tareas = [
        lambda c=codigo: urna.depositar(d1.pk, credencial_de(d1, c), [1], recibos.huella_de(c)) for codigo in codigos
    ]
    tareas.insert(3 * vuelta, lambda: urna.cerrar_urna(d1.pk))
    respuestas = a_la_vez(tareas)
    al_cerrar = respuestas.pop(3 * vuelta)
    aceptados = sum(respuesta is None for respuesta in respuestas)
    assert all(respuesta is None or "ya se cerró" in respuesta.mensaje for respuesta in respuestas)
    assert aceptados == al_cerrar == Sobre.objects.count() == Asentado.objects.count() == len(urna.abrir_sobres(d1.pk))


# --- Secreto ---------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_con_las_dos_bases_y_lo_publicado_nadie_une_personas_y_papeletas(preparada, pueblo, gente):
    """Quien lea todo lo escrito prueba las uniones que hay; ninguna acierta más que el azar."""
    personas = [crear_persona(f"v{numero}", f"V {numero}", otb=pueblo.otb_molle) for numero in range(60)]
    abierta = abrir(preparada, actor=gente.hugo)
    d1 = abierta.contiendas.get(numero=1)
    azar = random.Random(5)
    suyo = {}
    for persona in azar.sample(personas, len(personas)):
        codigo = votar(d1, persona, azar.randint(1, 4))
        suyo[persona.pk] = credenciales.serie_de(codigo)
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Prueba.")
    acciones.contar_votacion(abierta, actor=segunda())
    lugar = {"sqlite": "rowid", "postgresql": "ctid"}[connections["urna"].vendor]
    ordenes = {"lugar": lugar, "clave": "id"}
    if lugar == "ctid":
        ordenes |= {"transacción": "xmin::text::bigint"}
    for de_personas in [*ordenes.values(), "compromiso", "usuario_id"]:
        with connections["default"].cursor() as cursor:
            cursor.execute(f"SELECT usuario_id FROM votaciones_participacion ORDER BY {de_personas}")  # noqa: S608
            en_fila = [fila[0] for fila in cursor.fetchall()]
        for de_sobres in [*ordenes.values(), "serie", "recibo", "cerrado", "firma"]:
            with connections["urna"].cursor() as cursor:
                cursor.execute(f"SELECT serie FROM urna_sobre ORDER BY {de_sobres}")  # noqa: S608
                series = [fila[0] for fila in cursor.fetchall()]
            aciertos = sum(suyo[persona] == serie for persona, serie in zip(en_fila, series, strict=True))
            # Emparejar al azar acierta uno de media; ocho o más, una vez en cien mil.
            assert aciertos < 8, (de_personas, de_sobres, aciertos)


# --- Su migración ----------------------------------------------------------------------------------------------------
def migrar_urna(carpeta, *hasta):
    entorno = {**os.environ, "AYNI_MODO": "demo", "AYNI_DIR_DATOS": str(carpeta)}
    entorno = {nombre: valor for nombre, valor in entorno.items() if nombre not in ("AYNI_BASE_DATOS", "AYNI_REDIS")}
    orden = [sys.executable, "manage.py", "migrate", "urna", *hasta, "--database", "urna", "-v0"]
    subprocess.run(orden, cwd=RAIZ, env=entorno, check=True, timeout=120)


def guardas_de(base):
    return {fila[0] for fila in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}


EN_SQLITE = {nombre for nombre, suyo in DISPARADORES.items() if "sqlite" in suyo.condiciones}


def test_la_migracion_de_la_urna_deja_las_tablas_con_sus_guardas(tmp_path):
    """En las pruebas la base se crea de una vez: aquí se la hace como en producción, desde cero."""
    migrar_urna(tmp_path)
    with sqlite3.connect(tmp_path / "ayni_urna.sqlite3") as base:
        filas = base.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'urna_%'")
        assert {fila[0] for fila in filas} == {"urna_sobre", "urna_asiento", "urna_asentado"}
        assert guardas_de(base) == EN_SQLITE


def test_una_urna_de_antes_pasa_al_tablero_firmado_con_lo_suyo_y_sus_guardas(tmp_path):
    """La migración rehace la tabla de asientos, a la que nombran otras y que tenía guardas con otro nombre."""
    migrar_urna(tmp_path, "0001")
    asiento = (7, 1, "apertura", "{}", ORIGEN, "a" * 64)
    with sqlite3.connect(tmp_path / "ayni_urna.sqlite3") as base:
        base.execute(
            "INSERT INTO urna_asiento (contienda, numero, tipo, contenido, anterior, huella) VALUES (?,?,?,?,?,?)",
            asiento,
        )
        columnas = "id, contienda, serie, vuelta, firma, recibo, cerrado"
        base.execute(f"INSERT INTO urna_sobre ({columnas}) VALUES (9, 7, 's', 1, 'f', 'r', 'c')")  # noqa: S608
        base.execute("INSERT INTO urna_asentado (sobre_id, asiento_id) VALUES (9, 1)")
        base.execute(
            "CREATE TRIGGER urna_sobre_update BEFORE UPDATE ON urna_sobre BEGIN SELECT RAISE(ABORT, 'de antes'); END"
        )
    migrar_urna(tmp_path)
    with sqlite3.connect(tmp_path / "ayni_urna.sqlite3") as base:
        assert guardas_de(base) == EN_SQLITE
        filas = base.execute("SELECT contienda, numero, tipo, contenido, anterior, huella, firma FROM urna_asiento")
        assert filas.fetchall() == [(*asiento, "")]
        assert base.execute("SELECT sobre_id, asiento_id FROM urna_asentado").fetchall() == [(9, 1)]
        assert base.execute("PRAGMA foreign_key_check").fetchall() == []
        with pytest.raises(sqlite3.IntegrityError, match="solo se agrega"):
            base.execute("UPDATE urna_asiento SET firma = 'x'")
