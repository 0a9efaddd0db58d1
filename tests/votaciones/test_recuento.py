"""El recuento por extraños: el paquete se cuenta igual con el programa suelto, y cada alteración se nota."""

import io
import json
import random
import runpy
import subprocess
import sys
import zipfile

import pytest
from django.core.management import CommandError, call_command

from tests.elenco import crear_persona
from tests.guardas import sin_guardas, sin_guardas_de_urna
from tests.urnas import adulterar
from tests.votaciones.conftest import abrir, segunda, votar
from tests.votaciones.papeletas import EJEMPLOS
from tests.votaciones.test_condiciones import caso_con_condiciones
from tests.votaciones.test_reglas import caso_al_azar, contar
from votaciones import acciones, consultas, exportes
from votaciones.models import Contienda, Participacion, Votacion
from votaciones.reglas import REGLAS, libro, orden_de_desempate, tablero
from votaciones.reglas.condiciones import SIN_CONDICIONES
from votaciones.urna.models import Asiento, Sobre
from votaciones.urna.sobres import FirmanteDelTablero

PROGRAMA = runpy.run_path(str(exportes.VERIFICADOR))
Distinto, revisar = PROGRAMA["Distinto"], PROGRAMA["revisar"]


# --- Las mismas reglas, escritas dos veces ---------------------------------------------------------------------------
def contienda_suelta(caso, condiciones, huella):
    costos, papeletas, presupuesto, _ = caso
    suya = {
        "opciones": [{"numero": numero, "costo": costo} for numero, costo in costos.items()],
        "presupuesto": presupuesto,
        "condiciones": {"excluyentes": list(condiciones.excluyentes), "dependencias": list(condiciones.dependencias)},
    }
    suelta = PROGRAMA["Contienda"]({"minimo": condiciones.minimo}, suya, huella)
    for papeleta in papeletas:
        suelta.agregar(papeleta)
    return suelta


@pytest.mark.parametrize("semilla", range(300))
def test_el_programa_suelto_cuenta_igual_que_las_reglas(semilla):
    if semilla % 2:
        caso, condiciones = caso_al_azar(random.Random(semilla), opciones=9), SIN_CONDICIONES
    else:
        caso, condiciones, _ = caso_con_condiciones(semilla)
    huella = f"h{semilla}"
    costos, papeletas, presupuesto, _ = caso
    suelta = contienda_suelta(caso, condiciones, huella)
    for regla in REGLAS:
        desempate = orden_de_desempate(costos, huella)
        conteo = contar(regla, costos, papeletas, presupuesto, desempate, condiciones=condiciones)
        montos = {opcion.id: opcion.pago or opcion.carga for opcion in conteo.opciones if opcion.pago or opcion.carga}
        assert (regla, *PROGRAMA["REGLAS"][regla][1](suelta)) == (regla, conteo.ganadoras, montos, conteo.pasos)


def con_puntos(azar, papeletas, tipo, tope):
    """Las mismas papeletas con puntos al azar, o con los de su lugar."""
    if tipo == "orden":
        return [{obra: tope - lugar for lugar, obra in enumerate(papeleta)} for papeleta in papeletas]
    return [{obra: azar.randint(1, tope) for obra in papeleta} for papeleta in papeletas]


@pytest.mark.parametrize("tipo", ["puntos", "orden"])
@pytest.mark.parametrize("semilla", range(150))
def test_el_programa_suelto_cuenta_igual_con_puntos(semilla, tipo):
    azar = random.Random(f"{tipo}{semilla}")
    if semilla % 2:
        (costos, papeletas, presupuesto, _), condiciones = caso_al_azar(azar, opciones=9), SIN_CONDICIONES
    else:
        (costos, papeletas, presupuesto, _), condiciones, _ = caso_con_condiciones(semilla)
    papeletas, huella = con_puntos(azar, papeletas, tipo, tope=12), f"h{semilla}"
    suelta = contienda_suelta((costos, papeletas, presupuesto, None), condiciones, huella)
    desempate = orden_de_desempate(costos, huella)
    for regla in REGLAS:
        hecho = contar(regla, costos, papeletas, presupuesto, desempate, condiciones=condiciones)
        montos = {opcion.id: opcion.pago or opcion.carga for opcion in hecho.opciones if opcion.pago or opcion.carga}
        assert (regla, *PROGRAMA["REGLAS"][regla][1](suelta)) == (regla, hecho.ganadoras, montos, hecho.pasos)
        assert {o.id: o.puntos for o in hecho.opciones} == {n: suelta.votos[n] for n in costos}
        assert {o.id: o.votos for o in hecho.opciones} == {n: suelta.la_eligen[n] for n in costos}


# --- El paquete ------------------------------------------------------------------------------------------------------
@pytest.fixture
def paquete(contada):
    return exportes.recuento_de(Votacion.objects.get(pk=contada.pk))


def dicho(paquete, guardada=""):
    return list(revisar(paquete, guardada))


def test_el_paquete_de_una_votacion_contada_es_igual(paquete, contada):
    lineas = dicho(paquete, contada.huella)
    assert lineas == [
        f"Libro de reglas: {contada.huella}",
        "Distrito 1: papeletas, 7; podían votar al abrir, 7; con cada una de las 4 reglas, igual.",
        "Distrito 2: papeletas, 1; podían votar al abrir, 1; son tan pocas que no se publican y no se puede volver a "
        "contar.",
    ]
    assert sorted(paquete) == [
        *("LEEME.txt", "distrito-1.pb", "libro.json", "recibos-1.txt", "recibos-2.txt", "resultado.json"),
        *("tablero-1.json", "tablero-2.json", "verificar.py"),
    ]


def test_el_paquete_no_trae_personas_ni_une_recibos_con_papeletas(paquete, gente):
    todo = b"".join(octetos for nombre, octetos in paquete.items() if nombre != "verificar.py").decode()
    assert not any(nombre in todo for nombre in ("Ana Vecina", "Fabio", "Vecina 0"))
    recibos = paquete["recibos-1.txt"].decode().split()
    d1 = Contienda.objects.get(numero=1)
    assert recibos == sorted(Sobre.objects.filter(contienda=d1.pk).values_list("recibo", flat=True))
    assert not any(recibo in paquete["distrito-1.pb"].decode() for recibo in recibos)


def cambiar(paquete, nombre, de, a):
    antes = paquete[nombre]
    paquete[nombre] = antes.replace(de.encode(), a.encode(), 1)
    assert paquete[nombre] != antes


def con_resultado(paquete, cambio):
    resultado = json.loads(paquete["resultado.json"])
    cambio(resultado["contiendas"][0])
    paquete["resultado.json"] = json.dumps(resultado).encode()


def de_la_regla(d1, final):
    return next(cuenta for cuenta in d1["resultados"] if cuenta["regla"].endswith(final))


def otro_ganador(d1):
    for obra in d1["resultados"][0]["opciones"]:
        obra["gana"], obra["vuelta"] = obra["numero"] == 2, 1 if obra["numero"] == 2 else None


def en_el_tablero(cambio, *, encadenar=False, firmar=True):
    """Cambia los asientos del distrito 1; con `encadenar`, rehace las huellas y, si tiene la clave, las firmas."""

    def alterar(paquete):
        firmante = FirmanteDelTablero(json.loads(paquete["libro.json"])["votacion"])
        asientos = json.loads(paquete["tablero-1.json"])
        asientos = cambio(asientos) or asientos
        anterior = tablero.ORIGEN
        for numero, asiento in enumerate(asientos, start=1) if encadenar else ():
            suma = tablero.suma_de(asiento["contenido"])
            huella = tablero.huella_de(anterior, numero, asiento["tipo"], suma)
            asiento |= {"numero": numero, "suma": suma, "anterior": anterior, "huella": huella}
            asiento["firma"] = firmante.firmar(huella) if firmar else asiento["firma"]
            anterior = huella
        paquete["tablero-1.json"] = json.dumps(asientos).encode()

    return alterar


def con_contenido(lugar, cambio):
    def alterar(asientos):
        contenido = json.loads(asientos[lugar]["contenido"])
        cambio(contenido)
        asientos[lugar]["contenido"] = tablero.canonico(contenido)

    return alterar


LOTE, CIERRE, ESCRUTINIO = 1, 2, 3


def acto(tipo):
    contenido = tablero.canonico({"motivo": "Corte.", "momento": "2026-11-22T04:00Z", "calidad": "Planificación POA"})
    return {"tipo": tipo, "contenido": contenido, "firma": "ab" * 64}


def con_actos(*tipos):
    return lambda asientos: [asientos[0], *map(acto, tipos), *asientos[1:]]


def quitar_del_todo(asientos):
    con_contenido(LOTE, lambda c: c["papeletas"].pop())(asientos)
    con_contenido(CIERRE, lambda c: c.update(papeletas=6))(asientos)
    con_contenido(ESCRUTINIO, lambda c: c["papeletas"].__setitem__(0, [[1], 1]))(asientos)


DEL_TABLERO = {
    "asiento cambiado": (
        en_el_tablero(con_contenido(LOTE, lambda c: c["papeletas"].pop())),
        "el asiento 2 del tablero no dice lo que decía",
    ),
    "asiento de menos": (en_el_tablero(lambda a: a[:1] + a[2:]), "el asiento 2 del tablero no sigue al anterior"),
    "huella cambiada": (en_el_tablero(lambda a: a[-1].update(huella="0" * 64)), "el asiento 4 del tablero no tiene su"),
    "sobre agregado sin credencial": (
        en_el_tablero(
            con_contenido(LOTE, lambda c: c["papeletas"].append(["f" * 64, "e" * 64, 1, "ab" * 64, "d" * 64])),
            encadenar=True,
        ),
        "papeleta sin credencial firmada",
    ),
    "credencial repetida": (
        en_el_tablero(
            con_contenido(LOTE, lambda c: c["papeletas"].append([c["papeletas"][-1][0], *c["papeletas"][-1][1:]])),
            encadenar=True,
        ),
        "repite una credencial",
    ),
    "sobre quitado y encadenado": (
        en_el_tablero(con_contenido(LOTE, lambda c: c["papeletas"].pop()), encadenar=True),
        "al cerrar se dijo que había 7 papeletas y hay 6",
    ),
    "sobre quitado y cierre corregido": (
        en_el_tablero(
            quitar_del_todo,
            encadenar=True,
        ),
        "los recibos no son los del tablero",
    ),
    "otras papeletas al abrir": (
        en_el_tablero(con_contenido(ESCRUTINIO, lambda c: c.update(papeletas=[[[4], 7]])), encadenar=True),
        "las papeletas no son las que salieron de la urna",
    ),
    "lote después del cierre": (
        en_el_tablero(lambda a: [a[0], a[2], a[1], a[3]], encadenar=True),
        "al tablero le falta o le sobra un paso",
    ),
    "asiento rehecho y encadenado sin la clave": (
        en_el_tablero(con_contenido(CIERRE, lambda c: c.update(papeletas=6)), encadenar=True, firmar=False),
        "el asiento 3 del tablero no está firmado con la clave del libro",
    ),
    "asiento agregado y encadenado sin la clave": (
        en_el_tablero(con_actos("suspension"), encadenar=True, firmar=False),
        "el asiento 2 del tablero no está firmado con la clave del libro",
    ),
    "asiento sin firma": (
        en_el_tablero(lambda a: a[1].update(firma="")),
        "el asiento 2 del tablero no está firmado con la clave del libro",
    ),
    "firma de otro asiento": (
        en_el_tablero(lambda a: a[3].update(firma=a[2]["firma"])),
        "el asiento 4 del tablero no está firmado con la clave del libro",
    ),
    "suspendida dos veces": (
        en_el_tablero(con_actos("suspension", "suspension"), encadenar=True),
        "el asiento 3 del tablero repite una suspensión",
    ),
    "reanudada sin suspender": (
        en_el_tablero(con_actos("reanudacion"), encadenar=True),
        "el asiento 2 del tablero repite una suspensión o una reanudación",
    ),
    "suspendida después del cierre": (
        en_el_tablero(lambda a: [*a[:3], acto("suspension"), a[3]], encadenar=True),
        "al tablero le falta o le sobra un paso",
    ),
    "urna de otro libro": (
        en_el_tablero(con_contenido(0, lambda c: c.update(libro="0" * 64)), encadenar=True),
        "abre la urna con otro libro",
    ),
}


ALTERACIONES = DEL_TABLERO | {
    "libro": (lambda p: cambiar(p, "libro.json", "Tanque", "Cancha"), "no es el de la huella"),
    "papeleta de más": (lambda p: cambiar(p, "distrito-1.pb", "\n7;", "\n8;2\n7;"), "dice 7 papeletas y hay 8"),
    "papeleta de menos": (
        lambda p: p.update({"distrito-1.pb": b"\n".join(p["distrito-1.pb"].splitlines()[:-1])}),
        "dice 7 papeletas y hay 6",
    ),
    "papeleta cambiada": (
        lambda p: cambiar(p, "distrito-1.pb", "\n1;1\n", "\n1;4\n"),
        "no son las que salieron de la urna",
    ),
    "papeleta con una obra ajena": (lambda p: cambiar(p, "distrito-1.pb", "\n1;1\n", "\n1;9\n"), "papeleta 1 no vale"),
    "papeleta repetida": (lambda p: cambiar(p, "distrito-1.pb", "\n1;1\n", "\n1;1,1\n"), "papeleta 1 no vale"),
    "papeleta pasada": (lambda p: cambiar(p, "distrito-1.pb", "\n1;1\n", "\n1;1,2\n"), "se pasa del presupuesto"),
    "costo": (lambda p: cambiar(p, "distrito-1.pb", "\n1;200000;", "\n1;100000;"), "no son los del libro"),
    "recibo de menos": (
        lambda p: p.update({"recibos-1.txt": p["recibos-1.txt"][65:]}),
        "7 papeletas y 6 recibos",
    ),
    "recibo repetido": (
        lambda p: p.update({"recibos-1.txt": p["recibos-1.txt"][:65] + p["recibos-1.txt"][:-65]}),
        "recibo repetido",
    ),
    "ganadora": (lambda p: con_resultado(p, otro_ganador), "aquí ganan"),
    "gastado": (lambda p: con_resultado(p, lambda d: d["resultados"][0].update(gastado="1.00")), "lo gastado"),
    "regla oficial": (lambda p: con_resultado(p, lambda d: d["resultados"][0].update(oficial=False)), "regla oficial"),
    "falta la oficial": (
        lambda p: con_resultado(p, lambda d: d.update(resultados=d["resultados"][1:])),
        "no trae las reglas",
    ),
    "una regla ajena": (
        lambda p: con_resultado(p, lambda d: d["resultados"][1].update(regla="sorteo")),
        "regla que no existe",
    ),
    "pasos": (lambda p: con_resultado(p, lambda d: de_la_regla(d, "iguales_incrementos").update(pasos=7)), "7 pasos"),
    "personas con alguna": (
        lambda p: con_resultado(p, lambda d: d["resultados"][0].update(con_alguna=7)),
        "alguna ganadora 5 papeletas",
    ),
    "pago": (
        lambda p: con_resultado(p, lambda d: de_la_regla(d, "partes_iguales")["opciones"][2].update(pago="1/3")),
        "cada votante de la obra 3",
    ),
    "carga": (
        lambda p: con_resultado(p, lambda d: de_la_regla(d, "phragmen")["opciones"][2].pop("carga")),
        "cada votante de la obra 3",
    ),
    "puntos": (
        lambda p: con_resultado(p, lambda d: d["resultados"][0]["opciones"][0].update(puntos=9)),
        "la obra 1 junta 4 puntos y dice 9",
    ),
    "falta un distrito": (lambda p: con_resultado(p, lambda d: d.update(numero=7)), "mismos distritos"),
}


@pytest.mark.parametrize("tipos", [(), ("suspension", "reanudacion"), ("suspension",)])
def test_control_encadenado_y_firmado_con_la_clave_es_igual(paquete, tipos):
    """Lo que nota cada alteración no es que la cadena se haya rehecho. Y una suspensión en su sitio está bien."""
    en_el_tablero(con_actos(*tipos), encadenar=True)(paquete)
    assert dicho(paquete)[1].endswith("con cada una de las 4 reglas, igual.")


def test_sin_el_paquete_de_firmas_se_dice_y_la_cadena_se_revisa_igual(paquete, monkeypatch):
    monkeypatch.setitem(revisar.__globals__, "Ed25519PublicKey", None)
    en_el_tablero(con_actos("suspension"), encadenar=True, firmar=False)(paquete)
    assert dicho(paquete)[1] == (
        "Las firmas de las credenciales y del tablero no se revisan: falta el paquete «cryptography»."
    )
    en_el_tablero(lambda a: a[-1].update(huella="0" * 64))(paquete)
    with pytest.raises(Distinto, match="no tiene su huella"):
        dicho(paquete)


@pytest.mark.parametrize("alteracion", ALTERACIONES)
def test_cada_alteracion_se_nombra(paquete, alteracion):
    alterar, frase = ALTERACIONES[alteracion]
    alterar(paquete)
    with pytest.raises(Distinto, match=frase):
        dicho(paquete)


def test_una_votacion_contada_con_dos_reglas_sigue_siendo_igual(paquete):
    """Como se publicaba antes: sin pasos, sin pagos y sin cuántas personas."""
    resultado = json.loads(paquete["resultado.json"])
    for contienda in resultado["contiendas"]:
        contienda["resultados"] = [c for c in contienda["resultados"] if c["regla"] in ("voraz", "partes_iguales")]
        for cuenta in contienda["resultados"]:
            del cuenta["pasos"], cuenta["con_alguna"]
            for obra in cuenta["opciones"]:
                obra.pop("pago", None)
    paquete["resultado.json"] = json.dumps(resultado).encode()
    assert dicho(paquete)[1].endswith("con cada una de las 2 reglas, igual.")


def test_con_la_huella_guardada_de_otra_votacion_no_es_igual(paquete):
    with pytest.raises(Distinto, match="que guardaste"):
        dicho(paquete, "0" * 64)


# --- Cada tipo de papeleta -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("regla", ["voraz", "partes_iguales"])
@pytest.mark.parametrize("tipo", EJEMPLOS)
def test_el_paquete_de_cada_tipo_es_igual(contada_de, tipo, regla):
    d1 = contada_de(tipo, regla=regla)
    paquete, cuantas = exportes.recuento_de(d1.votacion), len(EJEMPLOS[tipo].elecciones)
    assert dicho(paquete, d1.votacion.huella)[1] == (
        f"Distrito 1: papeletas, {cuantas}; podían votar al abrir, {cuantas + 3}; con cada una de las 4 reglas, igual."
    )
    assert json.loads(paquete["libro.json"])["papeleta"]["tipo"] == tipo


DE_CADA_TIPO = [
    ("aprobacion", "\n1;1,2\n", "\n1;1\n", "la papeleta 1 marca menos obras"),
    ("aprobacion", "\n1;1,2\n", "\n1;1,2,3,4\n", "la papeleta 1 marca más obras"),
    ("aprobacion", "vote_type;approval", "vote_type;ordinal", "no son del tipo que dice el libro"),
    ("presupuesto", ";1,4\n", ";1,2\n", "se pasa del presupuesto"),
    ("una", "\n1;1\n", "\n1;1,2\n", "marca más de una obra"),
    ("una", "\n1;1\n", "\n1;4\n", "no son las que salieron de la urna"),
    ("puntos", ";1,3;6,4\n", ";1,3;7,1\n", "da a una obra más"),
    ("puntos", ";1,3;6,4\n", ";1,3,2;5,4,2\n", "reparte más puntos"),
    ("puntos", ";1,3;6,4\n", ";1,3;6,3\n", "no son las que salieron de la urna"),
    ("puntos", ";1,3;6,4\n", ";1,3;6,0\n", "no vale"),
    ("puntos", ";1,3;6,4\n", ";1,3;6\n", "no vale"),
    ("puntos", ";1,3;6,4\n", ";1,3;6,-4\n", "«-4» no es un número"),
    ("orden", ";3,1,4\n", ";3,4,1\n", "no son las que salieron de la urna"),
    ("orden", ";3,1,4\n", ";3,1,4,2\n", "no vale"),
    ("orden", ";3,1,4\n", ";3,1,1\n", "no vale"),
    ("calificacion", ";1,3;5,4\n", ";1,3;6,4\n", "da a una obra más"),
    ("calificacion", ";1,3;5,4\n", ";1,3;4,4\n", "no son las que salieron de la urna"),
]


@pytest.mark.parametrize(("tipo", "de", "a", "frase"), DE_CADA_TIPO)
def test_cada_papeleta_alterada_se_nombra(contada_de, tipo, de, a, frase):
    paquete = exportes.recuento_de(contada_de(tipo).votacion)
    cambiar(paquete, "distrito-1.pb", de, a)
    with pytest.raises(Distinto, match=frase):
        dicho(paquete)


def test_una_votacion_abierta_con_el_libro_3_sigue_sin_firmas_y_se_cuenta(preparada, gente):
    """La que se abrió antes de que se firmara el tablero: su urna se abre, se cierra y se verifica como antes."""
    abierta = abrir(preparada, actor=gente.hugo)
    texto = libro.canonico(consultas.libro_de(abierta, version=3))
    assert "clave_tablero" not in texto and "clave_tablero" in abierta.libro
    with sin_guardas():
        Votacion.objects.update(libro=texto, huella=libro.huella_de(texto))
    d1 = Contienda.objects.select_related("votacion").get(votacion=abierta, numero=1)
    for persona in (gente.ana, gente.dora, gente.fabio):
        votar(d1, persona, 1)
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Fin.")
    acciones.contar_votacion(abierta, actor=segunda())
    assert set(Asiento.objects.values_list("firma", flat=True)) == {""}
    assert len(dicho(exportes.recuento_de(Votacion.objects.get()), libro.huella_de(texto))) == 3


def test_un_libro_de_la_version_2_se_cuenta_y_se_verifica_como_de_presupuesto(preparada, gente, pueblo):
    elecciones = EJEMPLOS["presupuesto"].elecciones
    votantes = [crear_persona(f"votante{n}", f"V {n}", otb=pueblo.otb_molle) for n in range(len(elecciones))]
    abierta = abrir(preparada, actor=gente.hugo)
    viejo = consultas.libro_de(abierta, version=2)
    assert "papeleta" not in viejo
    texto = libro.canonico(viejo)
    with sin_guardas():
        Votacion.objects.update(libro=texto, huella=libro.huella_de(texto))
    d1 = Contienda.objects.get(votacion=abierta, numero=1)
    for votante, papeleta in zip(votantes, elecciones, strict=True):
        votar(d1, votante, *papeleta)
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Fin.")
    acciones.contar_votacion(abierta, actor=segunda())
    paquete = exportes.recuento_de(Votacion.objects.get())
    assert dicho(paquete, libro.huella_de(texto))[1].endswith("con cada una de las 4 reglas, igual.")


# --- Como lo usa la gente --------------------------------------------------------------------------------------------
def correr(*argumentos, en):
    """El programa en otro Python, sin nada instalado y lejos de la casa."""
    return subprocess.run([sys.executable, "-I", *argumentos], cwd=en, capture_output=True, text=True, timeout=60)


def test_descargar_y_contar_en_una_carpeta_vacia(client, contada, tmp_path):
    respuesta = client.get(f"/votaciones/{contada.slug}/resultado/recuento.zip")
    assert respuesta["Content-Disposition"] == f'attachment; filename="recuento-{contada.slug}.zip"'
    (tmp_path / "recuento.zip").write_bytes(respuesta.content)
    with zipfile.ZipFile(io.BytesIO(respuesta.content)) as archivo:
        archivo.extractall(tmp_path / "abierto")
    (tmp_path / "verificar.py").write_bytes((tmp_path / "abierto" / "verificar.py").read_bytes())
    for donde in ("recuento.zip", "abierto"):
        hecho = correr("verificar.py", donde, contada.huella, en=tmp_path)
        assert (hecho.returncode, hecho.stdout.splitlines()[-1], hecho.stderr) == (0, "Todo igual.", "")
    assert client.get(f"/votaciones/{contada.slug}/resultado/recuento.zip").content == respuesta.content


def test_un_archivo_danado_o_sin_argumentos_se_explica(tmp_path):
    (tmp_path / "roto.zip").write_bytes(b"no es un zip")
    (tmp_path / "vacia").mkdir()
    for donde in ("roto.zip", "vacia", "no-esta.zip"):
        hecho = correr(str(exportes.VERIFICADOR), donde, en=tmp_path)
        assert (hecho.returncode, hecho.stderr) == (1, "")
        assert hecho.stdout.startswith("No es igual. Al archivo le falta algo")
    assert correr(str(exportes.VERIFICADOR), en=tmp_path).returncode == 2


def test_antes_de_contar_no_hay_recuento(client, abierta):
    assert client.get(f"/votaciones/{abierta.slug}/resultado/recuento.zip").status_code == 404
    with pytest.raises(CommandError, match="No hay una votación contada"):
        call_command("verificar_urna", abierta.slug)


def test_verificar_urna_por_direccion_o_numero(contada):
    for cual in (contada.slug, str(contada.pk)):
        salida = io.StringIO()
        call_command("verificar_urna", cual, stdout=salida)
        assert salida.getvalue().splitlines()[-1] == "Todo igual; cada papeleta salió de un sobre con su credencial."


def test_verificar_urna_con_la_urna_alterada_falla(contada):
    d1 = contada.contiendas.get(numero=1)
    adulterar(d1, [4], pk=Sobre.objects.filter(contienda=d1.pk).first().pk)
    with pytest.raises(CommandError, match="Distrito 1: Hay un sobre que no está en el tablero como entró"):
        call_command("verificar_urna", contada.slug)


@pytest.mark.parametrize(
    ("con_la_clave", "frase"),
    [
        (False, "Distrito 2: el asiento 4 del tablero no está firmado con la clave del libro"),
        (True, "Distrito 2: los sobres no llevan lo que se asentó al abrirlos"),
    ],
)
def test_verificar_urna_con_otro_escrutinio_que_encadena_falla(contada, con_la_clave, frase):
    """Quien tenga la base puede rehacer la cadena, pero no firmarla; con la clave, los sobres dicen otra cosa."""
    d2 = contada.contiendas.get(numero=2)
    with sin_guardas_de_urna():
        escrutinio = Asiento.objects.get(contienda=d2.pk, tipo="escrutinio")
        escrutinio.contenido = tablero.canonico({"papeletas": [[[2], 1]], "sal": "0"})
        suma = tablero.suma_de(escrutinio.contenido)
        escrutinio.huella = tablero.huella_de(escrutinio.anterior, escrutinio.numero, "escrutinio", suma)
        if con_la_clave:
            escrutinio.firma = FirmanteDelTablero(contada.slug).firmar(escrutinio.huella)
        escrutinio.save()
    with pytest.raises(CommandError, match=frase):
        call_command("verificar_urna", contada.slug)


def test_verificar_urna_con_una_participacion_de_menos_falla(contada):
    Participacion.objects.filter(contienda=Contienda.objects.get(votacion=contada, numero=2)).delete()
    with pytest.raises(CommandError, match="1 papeletas y se retiraron 0 credenciales"):
        call_command("verificar_urna", contada.slug)
