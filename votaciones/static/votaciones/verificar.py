#!/usr/bin/env python3
"""Vuelve a contar una votación de Ayni sin confiar en Ayni. Solo necesita Python 3.

    python verificar.py recuento.zip [HUELLA]
    python verificar.py CARPETA [HUELLA]      con el archivo ya descomprimido

HUELLA es la del libro de reglas que se publicó al abrir la votación; búscala en un periódico o en tus apuntes, no en el
mismo archivo. Termina con 0 si todo es igual; con 1, y diciendo lo primero que no lo es, si no.

Qué revisa, distrito por distrito:
    1. El libro de reglas es el de la huella: mismas obras, costos, presupuestos y reglas.
    2. Cada papeleta vale: obras de la lista, sin repetir y dentro de los límites de su tipo (presupuesto, máximo de
       obras, puntos, lugares o nota) que dice el libro.
    3. Hay tantas papeletas como recibos, ninguno se repite y no son más que las personas del padrón.
    4. El tablero de la urna: cada asiento sigue al anterior, todo lo que entró lo hizo antes del cierre, con una
       credencial distinta y firmada, y lo que salió al abrir los sobres son esas papeletas. El último asiento lleva la
       huella de todos, y desde el libro 4 cada uno va firmado con la clave que el libro anuncia. Las firmas se revisan
       si está instalado el paquete «cryptography».
    5. Contadas otra vez aquí, con cada regla, ganan las mismas obras, en el mismo orden y por el mismo costo.

Las reglas, con dinero en centavos y fracciones exactas:
    más votos primero   de la más a la menos votada entra cada una que alcanza; la que no, se salta.
    partes iguales      cada papeleta recibe lo mismo y paga solo lo que eligió; en cada vuelta gana la obra que pide el
                        menor pago por papeleta en proporción a su costo; lo que sobra se usa con más votos primero.
    partes que crecen   partes iguales otra vez con la parte de cada papeleta un 1 % de la inicial más grande, y otra,
                        hasta el paso antes del que se pasa del presupuesto, o el mil; lo que sobra, igual que arriba.
    cargas parejas      gana la obra que deja a sus votantes con la menor carga: (costo + lo que ya cargan) / votantes;
                        termina cuando la que sigue, o una empatada con ella, no alcanza; lo que sobra, igual.
    empates             va antes la obra con menor SHA-256 de «huella:número».
    puntos              si la papeleta los da, donde dice votos se suman puntos; en partes iguales quien dio más puntos
                        pone más y el pago se compara por punto.
    condiciones         de dos que se excluyen gana a lo más una; la que necesita a otra entra solo después de esa.
"""

import collections
import csv
import fractions
import hashlib
import io
import json
import os
import sys
import zipfile

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None


class Distinto(Exception):
    """Lo primero que no es igual."""


def leer_paquete(ruta):
    if os.path.isdir(ruta):
        return {nombre: open(os.path.join(ruta, nombre), "rb").read() for nombre in os.listdir(ruta)}
    with zipfile.ZipFile(ruta) as paquete:
        return {nombre: paquete.read(nombre) for nombre in paquete.namelist()}


def exigir(igual, frase):
    if not igual:
        raise Distinto(frase)


def leer_pb(octetos):
    """(META como diccionario, PROJECTS y VOTES como listas de diccionarios) de un archivo Pabulib."""
    secciones = {"META": [], "PROJECTS": [], "VOTES": []}
    actual = None
    for fila in csv.reader(io.StringIO(octetos.decode("utf-8"), newline=""), delimiter=";"):
        if len(fila) == 1 and fila[0] in secciones:
            actual = fila[0]
        elif fila:
            secciones[actual].append(fila)
    tablas = {clave: [dict(zip(filas[0], fila)) for fila in filas[1:]] for clave, filas in secciones.items()}
    return {fila["key"]: fila["value"] for fila in tablas["META"]}, tablas["PROJECTS"], tablas["VOTES"]


def centavos(texto):
    entero = fractions.Fraction(texto) * 100
    exigir(entero.denominator == 1, f"El monto {texto} tiene fracciones de centavo.")
    return int(entero)


# --- La papeleta ------------------------------------------------------------------------------------------------------
# tipo -> cómo lo llama Pabulib. Los libros de antes de la versión 3 no lo dicen: eran de presupuesto.
TIPOS = {
    "aprobacion": "approval",
    "presupuesto": "approval",
    "puntos": "cumulative",
    "orden": "ordinal",
    "calificacion": "scoring",
    "una": "choose-1",
}


class Papeleta(dict):
    """{obra elegida: puntos}; si la papeleta no da puntos, 1. Dos iguales son la misma."""

    def __hash__(self):
        return hash(frozenset(self.items()))


def entero(texto):
    exigir(texto.isdecimal(), f"«{texto}» no es un número.")
    return int(texto)


def leer_papeleta(fila, tipo, lugares):
    """({obra: puntos}, si está bien escrita) de una fila de VOTES."""
    obras = [entero(obra) for obra in fila["vote"].split(",") if obra]
    puntos = [1] * len(obras)
    if tipo in ("puntos", "calificacion"):
        puntos = [entero(valor) for valor in fila["points"].split(",")]
    elif tipo == "orden":
        puntos = lugares[: len(obras)]
    return Papeleta(zip(obras, puntos)), obras and len(set(obras)) == len(obras) == len(puntos) and 0 not in puntos


def papeleta_de(seleccion, regla):
    """La misma, de como salió de la urna: pares [obra, puntos], obras por preferencia u obras marcadas."""
    if regla["tipo"] in ("puntos", "calificacion"):
        return Papeleta(seleccion)
    return Papeleta(zip(seleccion, regla.get("puntos_por_lugar") or [1] * len(seleccion)))


def por_que_no_vale(papeleta, regla, costos, presupuesto):
    """Qué límite de su tipo no cumple, o «»."""
    tipo, cuantas = regla["tipo"], len(papeleta)
    if tipo == "presupuesto" and sum(costos[obra] for obra in papeleta) > presupuesto:
        return "se pasa del presupuesto"
    if tipo == "aprobacion" and cuantas > regla.get("maximo_de_obras", cuantas):
        return "marca más obras de las que se puede"
    if tipo == "aprobacion" and cuantas < min(regla.get("minimo_de_obras", 1), len(costos)):
        return "marca menos obras de las que hay que marcar"
    if tipo == "una" and cuantas != 1:
        return "marca más de una obra"
    if tipo == "puntos" and sum(papeleta.values()) > regla["puntos"]:
        return "reparte más puntos de los que hay"
    tope = regla.get("nota_maxima") or regla.get("tope_por_obra")
    return "da a una obra más de lo que se puede" if tope and max(papeleta.values()) > tope else ""


# --- Las reglas -------------------------------------------------------------------------------------------------------
class Contienda:
    """Lo que dice el libro de un distrito, y sus papeletas iguales juntas: {papeleta: cuántas}."""

    def __init__(self, libro, suya, huella):
        self.costos = {obra["numero"]: obra["costo"] for obra in suya["opciones"]}
        self.presupuesto = suya["presupuesto"]
        condiciones = suya.get("condiciones", {})
        self.excluyentes = [set(pareja) for pareja in condiciones.get("excluyentes", [])]
        self.necesita = collections.defaultdict(set)
        for obra, otra in condiciones.get("dependencias", []):
            self.necesita[obra].add(otra)
        self.minimo = libro.get("minimo", 1)
        sorteo = sorted(self.costos, key=lambda n: (hashlib.sha256(f"{huella}:{n}".encode()).hexdigest(), str(n)))
        self.puesto = {obra: lugar for lugar, obra in enumerate(sorteo)}
        self.papeletas = collections.Counter()
        # Lo que suma cada obra, que es con lo que se cuenta: votos o, si la papeleta los da, puntos.
        self.votos = collections.Counter()
        self.la_eligen = collections.Counter()

    def agregar(self, elegidas):
        papeleta = Papeleta(elegidas if isinstance(elegidas, dict) else dict.fromkeys(elegidas, 1))
        self.papeletas[papeleta] += 1
        self.votos.update(papeleta)
        self.la_eligen.update(papeleta.keys())

    def puede(self, obra, ganan):
        if obra in ganan or self.votos[obra] < self.minimo:
            return False
        if any(obra in pareja and pareja & (set(ganan) - {obra}) for pareja in self.excluyentes):
            return False
        return self.necesita[obra] <= set(ganan)

    def voraz(self, ya=()):
        ganan, vistas = list(ya), set(ya)
        while True:
            turno = [obra for obra in self.costos if obra not in vistas and self.puede(obra, ganan)]
            if not turno:
                return ganan
            obra = min(turno, key=lambda o: (-self.votos[o], self.puesto[o]))
            vistas.add(obra)
            if self.costos[obra] + sum(self.costos[otra] for otra in ganan) <= self.presupuesto:
                ganan.append(obra)

    # Cada regla devuelve (ganadoras en orden, {obra: lo publicado de su reparto}, pasos en que creció la parte).
    def mas_votos(self):
        return self.voraz(), {}, 0

    def partes_iguales(self):
        pagos = self.repartir(fractions.Fraction(self.presupuesto, max(1, sum(self.papeletas.values()))))
        return self.voraz(pagos), pagos, 0

    def partes_que_crecen(self):
        parte = fractions.Fraction(self.presupuesto, max(1, sum(self.papeletas.values())))
        paso, pagos = 0, self.repartir(parte)
        while paso < 1000 and any(self.puede(obra, pagos) for obra in self.votos):
            siguiente = self.repartir(parte * (101 + paso) / 100)
            if sum(self.costos[obra] for obra in siguiente) > self.presupuesto:
                break
            paso, pagos = paso + 1, siguiente
        return self.voraz(pagos), pagos, paso

    def repartir(self, parte):
        """{obra: lo más que puso cada votante por punto}, en orden de victoria, si a cada una le toca esa parte."""
        saldo = dict.fromkeys(self.papeletas, parte)
        suyas = {obra: [elegidas for elegidas in self.papeletas if obra in elegidas] for obra in self.costos}
        pagos, cotas = {}, dict.fromkeys(self.costos, 0)  # el pago por costo de una obra nunca baja: su última cuenta
        while True:
            mejor = None
            for obra in sorted(cotas, key=cotas.get):
                if mejor and cotas[obra] > mejor[0]:
                    break
                if not self.puede(obra, pagos):
                    continue
                pago = self.pago(obra, [(saldo[suya], suya[obra], self.papeletas[suya]) for suya in suyas[obra]])
                if pago is None:
                    del cotas[obra]  # a sus votantes ya no les alcanza, y nunca les quedará más
                    continue
                cotas[obra] = pago / self.costos[obra]
                mejor = min(mejor or (cotas[obra], self.puesto[obra], obra), (cotas[obra], self.puesto[obra], obra))
            if mejor is None:
                return pagos
            obra = mejor[2]
            pagos[obra] = cotas.pop(obra) * self.costos[obra]
            for elegidas in suyas[obra]:
                saldo[elegidas] -= min(saldo[elegidas], pagos[obra] * elegidas[obra])

    def pago(self, obra, suyas):
        """El menor pago por punto q tal que sus votantes, poniendo cada uno min(lo que le queda, q · puntos), cubren el
        costo. `suyas`: (lo que le queda, sus puntos, cuántas papeletas así).
        """
        saldos = sorted((saldo / puntos, puntos * cuantas) for saldo, puntos, cuantas in suyas)
        falta, quedan = fractions.Fraction(self.costos[obra]), sum(puntos for _, puntos in saldos)
        for tope, puntos in saldos:
            if falta <= tope * quedan:
                return falta / quedan
            falta -= tope * puntos
            quedan -= puntos
        return None

    def cargas_parejas(self):
        carga, cargas = dict.fromkeys(self.papeletas, fractions.Fraction(0)), {}
        while True:
            turno = {}
            for obra in self.costos:
                if self.puede(obra, cargas):
                    ya = sum(carga[elegidas] * n for elegidas, n in self.papeletas.items() if obra in elegidas)
                    turno[obra] = (self.costos[obra] + ya) / self.la_eligen[obra]
            queda = self.presupuesto - sum(self.costos[obra] for obra in cargas)
            primeras = [obra for obra in turno if turno[obra] == min(turno.values())]
            if not primeras or any(self.costos[obra] > queda for obra in primeras):
                return self.voraz(cargas), cargas, 0
            obra = min(primeras, key=self.puesto.get)
            cargas[obra] = turno[obra]
            carga.update({elegidas: turno[obra] for elegidas in carga if obra in elegidas})


REGLAS = {
    "voraz": ("más votos primero", Contienda.mas_votos),
    "partes_iguales": ("partes iguales", Contienda.partes_iguales),
    "partes_iguales_incrementos": ("partes iguales que crecen", Contienda.partes_que_crecen),
    "phragmen": ("cargas parejas", Contienda.cargas_parejas),
}


# --- La revisión ------------------------------------------------------------------------------------------------------
def revisar(paquete, guardada=""):
    """Líneas de lo que va siendo igual; lanza Distinto con lo primero que no."""
    huella = hashlib.sha256(paquete["libro.json"]).hexdigest()
    libro, resultado = json.loads(paquete["libro.json"]), json.loads(paquete["resultado.json"])
    exigir(huella == resultado["huella_del_libro"], "El libro de reglas no es el de la huella que dice el resultado.")
    exigir(not guardada or huella == guardada.lower(), "El libro de reglas no es el de la huella que guardaste.")
    yield f"Libro de reglas: {huella}" + ("" if guardada else " (compárala con la que se publicó al abrir)")
    if libro["version"] >= 3 and Ed25519PublicKey is None:
        yield "Las firmas de las credenciales y del tablero no se revisan: falta el paquete «cryptography»."
    exigir(libro["regla"] == resultado["regla_oficial"], "La regla oficial no es la del libro.")
    del_resultado = {suya["numero"]: suya for suya in resultado["contiendas"]}
    exigir(
        sorted(del_resultado) == sorted(suya["numero"] for suya in libro["contiendas"]),
        "El resultado no habla de los mismos distritos que el libro.",
    )
    for suya in libro["contiendas"]:
        yield revisar_contienda(paquete, libro, suya, del_resultado[suya["numero"]], huella)


def revisar_contienda(paquete, libro, suya, resultado, huella):
    numero, donde = suya["numero"], resultado["lugar"]
    contienda = Contienda(libro, suya, huella)
    de_la_urna = revisar_tablero(paquete, libro, suya, huella, donde) if libro["version"] >= 3 else None
    cuentas = {cuenta["regla"]: cuenta for cuenta in resultado["resultados"]}
    # Las votaciones contadas antes de que hubiera cuatro reglas traen dos.
    exigir(libro["regla"] in cuentas and len(cuentas) > 1, f"{donde}: el resultado no trae las reglas.")
    exigir(set(cuentas) <= set(REGLAS), f"{donde}: el resultado trae una regla que no existe.")
    exigir(cuentas[libro["regla"]]["oficial"], f"{donde}: la regla oficial no es la del libro.")
    votos = cuentas[libro["regla"]]["votos"]
    recibos = paquete[f"recibos-{numero}.txt"].decode("ascii").split()
    exigir(len(recibos) == votos, f"{donde}: hay {votos} papeletas y {len(recibos)} recibos.")
    exigir(len(set(recibos)) == len(recibos), f"{donde}: hay un recibo repetido.")
    if de_la_urna:
        exigir(de_la_urna["recibos"] == set(recibos), f"{donde}: los recibos no son los del tablero.")
        exigir(de_la_urna["cierre"] == votos, f"{donde}: al cerrar había {de_la_urna['cierre']} papeletas, no {votos}.")
    # Desde el libro 3 solo vota quien está en el padrón, que se congeló al abrir.
    caben = libro["version"] < 3 or votos <= suya["habilitados"]
    exigir(caben, f"{donde}: hay {votos} papeletas y en el padrón hay {suya['habilitados']} personas.")
    cuantas = f"{donde}: papeletas, {votos}; podían votar al abrir, {suya['habilitados']}"
    if f"distrito-{numero}.pb" not in paquete:
        return f"{cuantas}; son tan pocas que no se publican y no se puede volver a contar."
    regla = libro.get("papeleta", {"tipo": "presupuesto"})
    leer_papeletas(contienda, paquete[f"distrito-{numero}.pb"], regla, donde)
    hay = sum(contienda.papeletas.values())
    exigir(hay == votos, f"{donde}: el resultado dice {votos} papeletas y hay {hay}.")
    if de_la_urna:
        exigir(
            de_la_urna["papeletas"] == contienda.papeletas,
            f"{donde}: las papeletas no son las que salieron de la urna.",
        )
    for regla in sorted(cuentas):
        nombre, contar = REGLAS[regla]
        comparar(contienda, cuentas[regla], contar(contienda), f"{donde}, {nombre}")
    return f"{cuantas}; con cada una de las {len(cuentas)} reglas, igual."


# --- El tablero de la urna --------------------------------------------------------------------------------------------
def revisar_tablero(paquete, libro, suya, huella, donde):
    """Recibos, papeletas al cierre y papeletas abiertas (si se publican) de una cadena de asientos sin faltas."""
    numero, anterior, tipos = suya["numero"], "0" * 64, []
    urna, series, recibos, abiertas, suspendida = f"{huella}:{numero}", {}, {}, None, False
    for puesto, asiento in enumerate(json.loads(paquete[f"tablero-{numero}.json"]), start=1):
        este = f"{donde}: el asiento {puesto} del tablero"
        exigir(asiento["numero"] == puesto and asiento["anterior"] == anterior, f"{este} no sigue al anterior.")
        texto, tipo = asiento["contenido"], asiento["tipo"]
        suma = asiento["suma"] if texto is None else hashlib.sha256(texto.encode("utf-8")).hexdigest()
        exigir(suma == asiento["suma"], f"{este} no dice lo que decía.")
        anterior = hashlib.sha256(f"{anterior}\n{puesto}\n{tipo}\n{suma}".encode()).hexdigest()
        exigir(anterior == asiento["huella"], f"{este} no tiene su huella.")
        if libro["version"] >= 4:
            bien = firmo(libro["clave_tablero"], asiento["firma"], f"ayni.asiento.1\n{anterior}")
            exigir(bien, f"{este} no está firmado con la clave del libro.")
        exigir(texto is not None or tipo == "escrutinio", f"{este} no se puede leer.")
        contenido = json.loads(texto) if texto is not None else None
        tipos.append(tipo)
        if tipo == "apertura":
            igual = (contenido["libro"], contenido["urna"], contenido["clave"]) == (huella, urna, libro["clave_urna"])
            igual = igual and contenido.get("tablero", "") == libro.get("clave_tablero", "")
            exigir(igual, f"{este} abre la urna con otro libro.")
        elif tipo == "lote":
            revisar_lote(contenido["papeletas"], urna, libro["clave_urna"], series, recibos, este)
        elif tipo in ("suspension", "reanudacion"):
            exigir(suspendida == (tipo == "reanudacion"), f"{este} repite una suspensión o una reanudación.")
            suspendida = tipo == "suspension"
        elif tipo == "cierre":
            cierre = contenido["papeletas"]
        elif tipo == "escrutinio" and contenido is not None:
            abiertas = collections.Counter()
            for seleccion, cuantas in contenido["papeletas"]:
                abiertas[papeleta_de(seleccion, libro["papeleta"])] += cuantas
    entre = {"lote", "suspension", "reanudacion"}
    en_orden = tipos[:1] == ["apertura"] and tipos[-2:] == ["cierre", "escrutinio"] and set(tipos[1:-2]) <= entre
    exigir(en_orden, f"{donde}: al tablero le falta o le sobra un paso.")
    exigir(len(series) == cierre, f"{donde}: al cerrar se dijo que había {cierre} papeletas y hay {len(series)}.")
    exigir(abiertas is None or sum(abiertas.values()) == cierre, f"{donde}: se abrieron más o menos sobres.")
    return {"recibos": set(recibos), "cierre": cierre, "papeletas": abiertas}


def revisar_lote(papeletas, urna, clave, series, recibos, este):
    exigir(papeletas == sorted(papeletas, key=lambda p: (p[0], p[2])), f"{este} no está ordenado por recibo.")
    for recibo, serie, vuelta, firma, _ in papeletas:
        exigir(vuelta == series.get(serie, 0) + 1, f"{este} repite una credencial o le falta una vuelta.")
        exigir(recibos.setdefault(recibo, serie) == serie, f"{este} repite un recibo.")
        series[serie] = vuelta
        bien = firmo(clave, firma, f"ayni.credencial.1\n{urna}\n{serie}")
        exigir(bien, f"{este} tiene una papeleta sin credencial firmada.")


def firmo(clave, firma, mensaje):
    """Si esa clave firmó el mensaje; sin el paquete «cryptography» no se puede saber y se da por bueno."""
    if Ed25519PublicKey is None:
        return True
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(clave)).verify(bytes.fromhex(firma), mensaje.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def leer_papeletas(contienda, octetos, regla, donde):
    meta, obras, filas = leer_pb(octetos)
    exigir(centavos(meta["budget"]) == contienda.presupuesto, f"{donde}: el presupuesto no es el del libro.")
    exigir(meta["vote_type"] == TIPOS[regla["tipo"]], f"{donde}: las papeletas no son del tipo que dice el libro.")
    costos = {int(obra["project_id"]): centavos(obra["cost"]) for obra in obras}
    exigir(costos == contienda.costos, f"{donde}: las obras o sus costos no son los del libro.")
    for fila in filas:
        cual = f"{donde}: la papeleta {fila['voter_id']}"
        papeleta, bien_escrita = leer_papeleta(fila, regla["tipo"], regla.get("puntos_por_lugar", []))
        exigir(bien_escrita and set(papeleta) <= set(costos), f"{cual} no vale.")
        falta = por_que_no_vale(papeleta, regla, costos, contienda.presupuesto)
        exigir(not falta, f"{cual} {falta}.")
        contienda.agregar(papeleta)


def comparar(contienda, cuenta, aqui, donde):
    ganan, montos, pasos = aqui
    exigir(cuenta["votos"] == sum(contienda.papeletas.values()), f"{donde}: no dice cuántas papeletas hay.")
    dichas = sorted((obra["vuelta"], obra["numero"]) for obra in cuenta["opciones"] if obra["gana"])
    dichas = [numero for _, numero in dichas]
    exigir(dichas == ganan, f"{donde}: el resultado dice que ganan {dichas} y aquí ganan {ganan}.")
    for obra in cuenta["opciones"]:
        numero, hay = obra["numero"], contienda.la_eligen[obra["numero"]]
        exigir(obra["votos"] == hay, f"{donde}: la obra {numero} tiene {hay} votos y dice {obra['votos']}.")
        # Los resultados de antes de que hubiera papeletas con puntos no los dicen.
        suma, dice = contienda.votos[numero], obra.get("puntos", contienda.votos[numero])
        exigir(dice == suma, f"{donde}: la obra {numero} junta {suma} puntos y dice {dice}.")
    gastado = sum(contienda.costos[obra] for obra in ganan)
    exigir(centavos(cuenta["gastado"]) == gastado, f"{donde}: lo gastado no es la suma de lo que ganó.")
    if "pasos" not in cuenta:  # contada antes de que se publicaran
        return
    exigir(cuenta["pasos"] == pasos, f"{donde}: dice que la parte creció {cuenta['pasos']} pasos y son {pasos}.")
    alguna = sum(cuantas for elegidas, cuantas in contienda.papeletas.items() if set(elegidas) & set(ganan))
    exigir(cuenta["con_alguna"] in (alguna, None), f"{donde}: eligieron alguna ganadora {alguna} papeletas.")
    for obra in cuenta["opciones"]:
        dicho, hay = obra.get("pago", obra.get("carga")), montos.get(obra["numero"])
        igual = dicho is None if hay is None else dicho is not None and fractions.Fraction(dicho) == hay
        exigir(igual, f"{donde}: cada votante de la obra {obra['numero']} puso {hay} centavos y dice {dicho}.")


def principal(argumentos):
    if not 1 <= len(argumentos) <= 2:
        print(__doc__)
        return 2
    try:
        for linea in revisar(leer_paquete(argumentos[0]), *argumentos[1:]):
            print(linea)
    except Distinto as distinto:
        print(f"No es igual. {distinto}")
        return 1
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        print(f"No es igual. Al archivo le falta algo o está dañado: {error!r}.")
        return 1
    print("Todo igual.")
    return 0


if __name__ == "__main__":
    sys.exit(principal(sys.argv[1:]))
