"""Cargas parejas (Phragmén secuencial): cada obra se paga con cargas repartidas lo más parejo posible entre votantes.

En cada vuelta entra la obra cuyos votantes quedarían con la menor carga: (costo + lo que ya cargan) / votantes. Se
detiene en cuanto una de las empatadas en primer lugar no cabe en lo que queda (Los, Christoff y Grossi, 2022). Las
cargas son fracciones exactas; en coma flotante solo se descartan las que con seguridad no ganan.

La regla oficial completa con «más votos primero» y explica obra por obra.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from gmpy2 import mpq

from votaciones.reglas.comun import (
    Conteo,
    Id,
    OpcionContada,
    Papeleta,
    agrupar,
    conteo_de,
    cuantos,
    dinero,
    lista_de,
    revisar,
    sumar,
    unidad,
)
from votaciones.reglas.condiciones import SIN_CONDICIONES, Condiciones
from votaciones.reglas.perfil import Perfil, de_grupos
from votaciones.reglas.reparto import ERROR, a_fraccion
from votaciones.reglas.voraz import anotar_empates, completar, frase_de_empate


@dataclass
class Recorrido:
    """Lo que pasó, con las opciones por su lugar y las cargas en centavos por votante.

    `cargas` tiene las ganadoras en orden; `corte`, las primeras que no cupieron y detuvieron la cuenta, si las hubo;
    `pendientes`, la carga que pedían entonces las que seguían compitiendo.
    """

    cargas: dict[int, Fraction] = field(default_factory=dict)
    empates: list[tuple[int, list[int]]] = field(default_factory=list)
    corte: list[int] = field(default_factory=list)
    pendientes: dict[int, Fraction] = field(default_factory=dict)

    @property
    def ganan(self) -> list[int]:
        return list(self.cargas)


def recorrer(perfil: Perfil) -> Recorrido:
    """Las vueltas, sin completar. Cuenta quién eligió cada opción; los puntos no importan."""
    votantes = perfil.votos
    quedan = list(perfil.con_apoyo)
    cargas = [mpq(0)]
    clase = np.zeros(len(perfil.cuantas), dtype=np.int64)
    aproximada = np.zeros(len(perfil.cuantas))
    disponible = perfil.presupuesto
    hecho = Recorrido()

    def estimada(opcion: int) -> float:
        grupos = perfil.apoyan[opcion]
        return (perfil.costos[opcion] + float(aproximada[grupos] @ perfil.cuantas[grupos])) / votantes[opcion]

    def exacta(opcion: int) -> "mpq":
        grupos = perfil.apoyan[opcion]
        clases, lugar = np.unique(clase[grupos], return_inverse=True)
        cuantas = np.bincount(lugar, weights=perfil.cuantas[grupos])
        suma = sum((cargas[c] * round(n) for c, n in zip(clases.tolist(), cuantas, strict=True)), mpq(0))
        return (perfil.costos[opcion] + suma) / votantes[opcion]

    while compiten := [opcion for opcion in quedan if perfil.condiciones.le_toca(opcion, hecho.ganan)]:
        estimadas = {opcion: estimada(opcion) for opcion in compiten}
        filo = min(estimadas.values()) * (1 + 2 * ERROR)
        posibles = [(exacta(i), perfil.puesto[i], i) for i, carga in estimadas.items() if carga <= filo]
        menor, _, ganadora = min(posibles)
        empatadas = [i for carga, _, i in posibles if carga == menor]
        hecho.corte = [i for i in empatadas if perfil.costos[i] > disponible]
        if hecho.corte:
            hecho.pendientes = {opcion: a_fraccion(exacta(opcion)) for opcion in compiten}
            break
        hecho.cargas[ganadora] = a_fraccion(menor)
        hecho.empates.append((ganadora, [i for i in empatadas if i != ganadora]))
        disponible -= perfil.costos[ganadora]
        quedan.remove(ganadora)
        cargas.append(menor)
        clase[perfil.apoyan[ganadora]] = len(cargas) - 1
        aproximada[perfil.apoyan[ganadora]] = float(menor)
    return hecho


def contar(
    costos: Mapping[Id, int],
    papeletas: Iterable[Papeleta],
    *,
    presupuesto: int,
    desempate: Sequence[Id],
    condiciones: Condiciones = SIN_CONDICIONES,
) -> Conteo:
    """Cuenta con cargas parejas y completa con «más votos primero».

    `costos` y `presupuesto` en centavos; `desempate` nombra todas las opciones.
    """
    puesto = revisar(costos, presupuesto, desempate)
    grupos = agrupar(papeletas)
    votos, puntos = sumar(costos, grupos)
    perfil = de_grupos(costos, grupos, presupuesto=presupuesto, desempate=desempate, condiciones=condiciones)
    hecho = recorrer(perfil)
    ids = perfil.ids
    cargas = {ids[i]: carga for i, carga in hecho.cargas.items()}
    extra, quedaba, decidio = completar(
        list(cargas), costos, puntos, presupuesto=presupuesto, puesto=puesto, condiciones=condiciones
    )
    ganan = [*cargas, *extra]
    anotar_empates(decidio, ((ids[gano], [ids[i] for i in otras]) for gano, otras in hecho.empates), ganan)
    vueltas = {opcion: numero for numero, opcion in enumerate(ganan, start=1)}
    contadas = []
    for lugar, (opcion, costo) in enumerate(costos.items()):
        vuelta, carga = vueltas.get(opcion), cargas.get(opcion)
        cuantas = cuantos(votos[opcion], "votante", "votantes")
        cada = f"su {cuantas}" if votos[opcion] == 1 else f"cada uno de sus {cuantas}"
        if not votos[opcion]:
            razon = "Nadie la eligió."
        elif carga is not None:
            razon = (
                f"Ganó en la vuelta {vuelta}: con ella {cada} queda con una carga de {dinero(carga)}, la menor de esa "
                f"vuelta; costaba {dinero(costo)}."
            )
        elif opcion not in quedaba:
            razon = condiciones.por_que_no(opcion, ganan, puntos=puntos[opcion], unidad=unidad(votos, puntos))
        else:
            libre = presupuesto - sum(costos[otra] for otra in cargas)
            corto = _por_que_no_por_cargas(hecho, lugar, ids, cada=cada, costo=costo, libre=libre)
            if vuelta:
                razon = (
                    f"Entró al completar, en la vuelta {vuelta}: {corto}, pero alcanzó con los "
                    f"{dinero(quedaba[opcion])} que sobraban."
                )
            elif lugar in hecho.corte:
                razon = f"No alcanzó: {corto}."
            else:
                razon = f"No alcanzó: {corto}; y al completar quedaban {dinero(quedaba[opcion])}."
        razon += frase_de_empate(decidio, opcion, gana=bool(vuelta))
        contadas.append(
            OpcionContada(opcion, costo, votos[opcion], puntos[opcion], bool(vuelta), vuelta, razon, carga=carga)
        )
    return conteo_de("phragmen", grupos, presupuesto, contadas)


def _por_que_no_por_cargas(
    hecho: Recorrido, opcion: int, ids: Sequence[Id], *, cada: str, costo: int, libre: int
) -> str:
    """Por qué no le tocó a tiempo a una opción con votos, sin mayúscula ni punto. `libre`: lo que quedaba al final."""
    vuelta = len(hecho.cargas) + 1
    if opcion in hecho.corte:
        return (
            f"le tocaba en la vuelta {vuelta}, pero costaba {dinero(costo)} y quedaban {dinero(libre)}, y ahí terminó "
            "el reparto de cargas"
        )
    terminado = f"el reparto de cargas terminó en la vuelta {vuelta}"
    if hecho.corte:
        terminado += f", donde no alcanzó para {lista_de(ids[i] for i in hecho.corte)}"
    if opcion not in hecho.pendientes:  # la excluía o la hacía esperar una condición que al completar ya no
        return f"{terminado}, y costaba {dinero(costo)}"
    carga = dinero(hecho.pendientes[opcion])
    return f"{terminado}; esta costaba {dinero(costo)} y {cada} habría quedado con una carga de {carga}"
