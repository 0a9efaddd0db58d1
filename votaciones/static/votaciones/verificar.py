#!/usr/bin/env python3
"""Vuelve a contar una votación de Ayni sin confiar en Ayni. Solo necesita Python 3.

    python verificar.py recuento.zip [HUELLA]
    python verificar.py CARPETA [HUELLA]      con el archivo ya descomprimido

HUELLA es la del libro de reglas que se publicó al abrir la votación; búscala en un periódico o en tus apuntes, no en el
mismo archivo. Termina con 0 si todo es igual; con 1, y diciendo lo primero que no lo es, si no.

Qué revisa, distrito por distrito:
    1. El libro de reglas es el de la huella: mismas obras, costos, presupuestos y reglas.
    2. Cada papeleta vale: obras de la lista, sin repetir y sin pasarse del presupuesto.
    3. Hay tantas papeletas como recibos y ninguno se repite. Dice cuántas personas podían votar al abrir; quien
       verifica dónde vive mientras se vota también puede, así que pueden ser más.
    4. Contadas otra vez aquí, con cada regla, ganan las mismas obras, en el mismo orden y por el mismo costo.

Las reglas, con dinero en centavos y fracciones exactas:
    más votos primero   de la más a la menos votada entra cada una que alcanza; la que no, se salta.
    partes iguales      cada papeleta recibe lo mismo y paga solo lo que eligió; en cada vuelta gana la obra que pide el
                        menor pago por papeleta en proporción a su costo; lo que sobra se usa con más votos primero.
    partes que crecen   partes iguales otra vez con la parte de cada papeleta un 1 % de la inicial más grande, y otra,
                        hasta el paso antes del que se pasa del presupuesto, o el mil; lo que sobra, igual que arriba.
    cargas parejas      gana la obra que deja a sus votantes con la menor carga: (costo + lo que ya cargan) / votantes;
                        termina cuando la que sigue, o una empatada con ella, no alcanza; lo que sobra, igual.
    empates             va antes la obra con menor SHA-256 de «huella:número».
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


# --- Las reglas -------------------------------------------------------------------------------------------------------
class Contienda:
    """Lo que dice el libro de un distrito, y sus papeletas iguales juntas: {obras elegidas: cuántas}."""

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
        self.votos = collections.Counter()

    def agregar(self, elegidas):
        self.papeletas[frozenset(elegidas)] += 1
        self.votos.update(elegidas)

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
        """{obra: lo más que puso cada votante}, en el orden en que ganan, si cada papeleta recibe esa parte."""
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
                pago = self.pago(obra, [(saldo[elegidas], self.papeletas[elegidas]) for elegidas in suyas[obra]])
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
                saldo[elegidas] -= min(saldo[elegidas], pagos[obra])

    def pago(self, obra, saldos):
        """El menor pago q tal que sus votantes, poniendo cada uno min(lo que le queda, q), cubren el costo."""
        falta, quedan = fractions.Fraction(self.costos[obra]), sum(cuantas for _, cuantas in saldos)
        for tope, cuantas in sorted(saldos):
            if falta <= tope * quedan:
                return falta / quedan
            falta -= tope * cuantas
            quedan -= cuantas
        return None

    def cargas_parejas(self):
        carga, cargas = dict.fromkeys(self.papeletas, fractions.Fraction(0)), {}
        while True:
            turno = {}
            for obra in self.costos:
                if self.puede(obra, cargas):
                    ya = sum(carga[elegidas] * n for elegidas, n in self.papeletas.items() if obra in elegidas)
                    turno[obra] = (self.costos[obra] + ya) / self.votos[obra]
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
    exigir(libro["regla"] == resultado["regla_oficial"], "La regla oficial no es la del libro.")
    del_resultado = {suya["numero"]: suya for suya in resultado["contiendas"]}
    exigir(
        sorted(del_resultado) == sorted(suya["numero"] for suya in libro["contiendas"]),
        "El resultado no habla de los mismos distritos que el libro.",
    )
    for suya in libro["contiendas"]:
        yield revisar_contienda(paquete, libro, suya, del_resultado[suya["numero"]], huella)


def revisar_contienda(paquete, libro, suya, resultado, huella):
    numero, donde = suya["numero"], resultado["distrito"]
    contienda = Contienda(libro, suya, huella)
    cuentas = {cuenta["regla"]: cuenta for cuenta in resultado["resultados"]}
    # Las votaciones contadas antes de que hubiera cuatro reglas traen dos.
    exigir(libro["regla"] in cuentas and len(cuentas) > 1, f"{donde}: el resultado no trae las reglas.")
    exigir(set(cuentas) <= set(REGLAS), f"{donde}: el resultado trae una regla que no existe.")
    exigir(cuentas[libro["regla"]]["oficial"], f"{donde}: la regla oficial no es la del libro.")
    votos = cuentas[libro["regla"]]["votos"]
    recibos = paquete[f"recibos-{numero}.txt"].decode("ascii").split()
    exigir(len(recibos) == votos, f"{donde}: hay {votos} papeletas y {len(recibos)} recibos.")
    exigir(len(set(recibos)) == len(recibos), f"{donde}: hay un recibo repetido.")
    cuantas = f"{donde}: papeletas, {votos}; podían votar al abrir, {suya['habilitados']}"
    if f"distrito-{numero}.pb" not in paquete:
        return f"{cuantas}; son tan pocas que no se publican y no se puede volver a contar."
    leer_papeletas(contienda, paquete[f"distrito-{numero}.pb"], donde)
    hay = sum(contienda.papeletas.values())
    exigir(hay == votos, f"{donde}: el resultado dice {votos} papeletas y hay {hay}.")
    for regla in sorted(cuentas):
        nombre, contar = REGLAS[regla]
        comparar(contienda, cuentas[regla], contar(contienda), f"{donde}, {nombre}")
    return f"{cuantas}; con cada una de las {len(cuentas)} reglas, igual."


def leer_papeletas(contienda, octetos, donde):
    meta, obras, filas = leer_pb(octetos)
    exigir(centavos(meta["budget"]) == contienda.presupuesto, f"{donde}: el presupuesto no es el del libro.")
    costos = {int(obra["project_id"]): centavos(obra["cost"]) for obra in obras}
    exigir(costos == contienda.costos, f"{donde}: las obras o sus costos no son los del libro.")
    for fila in filas:
        elegidas = [int(obra) for obra in fila["vote"].split(",") if obra]
        vale = elegidas and len(set(elegidas)) == len(elegidas) and set(elegidas) <= set(costos)
        exigir(vale, f"{donde}: la papeleta {fila['voter_id']} no vale.")
        suma = sum(costos[obra] for obra in elegidas)
        exigir(suma <= contienda.presupuesto, f"{donde}: la papeleta {fila['voter_id']} se pasa del presupuesto.")
        contienda.agregar(elegidas)


def comparar(contienda, cuenta, aqui, donde):
    ganan, montos, pasos = aqui
    exigir(cuenta["votos"] == sum(contienda.papeletas.values()), f"{donde}: no dice cuántas papeletas hay.")
    dichas = sorted((obra["vuelta"], obra["numero"]) for obra in cuenta["opciones"] if obra["gana"])
    dichas = [numero for _, numero in dichas]
    exigir(dichas == ganan, f"{donde}: el resultado dice que ganan {dichas} y aquí ganan {ganan}.")
    for obra in cuenta["opciones"]:
        hay = contienda.votos[obra["numero"]]
        exigir(obra["votos"] == hay, f"{donde}: la obra {obra['numero']} tiene {hay} votos y dice {obra['votos']}.")
    gastado = sum(contienda.costos[obra] for obra in ganan)
    exigir(centavos(cuenta["gastado"]) == gastado, f"{donde}: lo gastado no es la suma de lo que ganó.")
    if "pasos" not in cuenta:  # contada antes de que se publicaran
        return
    exigir(cuenta["pasos"] == pasos, f"{donde}: dice que la parte creció {cuenta['pasos']} pasos y son {pasos}.")
    alguna = sum(cuantas for elegidas, cuantas in contienda.papeletas.items() if elegidas & set(ganan))
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
