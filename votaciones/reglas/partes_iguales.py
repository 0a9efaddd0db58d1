"""Partes iguales (Method of Equal Shares) con utilidad igual al costo, completado con «más votos primero».

Cada papeleta recibe la misma parte del presupuesto y solo paga obras que eligió. En cada vuelta gana la obra cuyo
costo se reparte más barato entre sus votantes: se busca el menor rho tal que sus votantes, pagando cada uno
min(lo que le queda, rho · costo · puntos), cubren el costo. Cuando ninguna obra puede pagarse así, lo que sobra del
presupuesto se usa recorriendo las restantes por votos (el «completar» de nuestro reglamento).
Fuente: Peters y Skowron (2020); Peters, Pierczyński y Skowron (2021).

El reparto exacto está en `reparto`; aquí se completa y se explica obra por obra.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from votaciones.reglas.comun import (
    Conteo,
    Grupo,
    Id,
    OpcionContada,
    Papeleta,
    agrupar,
    conteo_de,
    cuantos,
    dinero,
    revisar,
    sumar,
    unidad,
)
from votaciones.reglas.condiciones import SIN_CONDICIONES, Condiciones
from votaciones.reglas.perfil import de_grupos
from votaciones.reglas.reparto import Reparto, con_incrementos, repartir
from votaciones.reglas.voraz import anotar_empates, frase_de_empate
from votaciones.reglas.voraz import completar as completar_con_votos

# Cuántos pasos caben en la parte inicial, y el tope: la parte crece a lo más hasta once veces la inicial.
PASOS_POR_PARTE = 100
TOPE_DE_PASOS = 1000


def contar(
    costos: Mapping[Id, int],
    papeletas: Iterable[Papeleta],
    *,
    presupuesto: int,
    desempate: Sequence[Id],
    completar: bool = True,
    condiciones: Condiciones = SIN_CONDICIONES,
) -> Conteo:
    """Cuenta con partes iguales y completa con «más votos primero» (salvo `completar=False`).

    `costos` y `presupuesto` en centavos; `desempate` nombra todas las opciones.
    """
    puesto = revisar(costos, presupuesto, desempate)
    grupos = agrupar(papeletas)
    perfil = de_grupos(costos, grupos, presupuesto=presupuesto, desempate=desempate, condiciones=condiciones)
    contadas = _explicar(
        costos,
        grupos,
        repartir(perfil, perfil.parte),
        presupuesto=presupuesto,
        puesto=puesto,
        condiciones=condiciones,
        completar=completar,
    )
    return conteo_de("partes_iguales", grupos, presupuesto, contadas)


def contar_con_incrementos(
    costos: Mapping[Id, int],
    papeletas: Iterable[Papeleta],
    *,
    presupuesto: int,
    desempate: Sequence[Id],
    condiciones: Condiciones = SIN_CONDICIONES,
) -> Conteo:
    """Partes iguales que crecen: se repite la cuenta agrandando la parte de cada papeleta, y se completa por votos.

    La parte crece de a la centésima de la inicial (presupuesto / papeletas / 100, fracción exacta que sale de datos
    congelados) y la cuenta empieza de nuevo en cada paso. Se detiene con la parada «exceso»: vale el último paso antes
    del primero cuyas ganadoras, juntas, costarían más que el presupuesto; o el paso en que ya ganaron todas las que
    pueden, o el paso mil. Es como contaron Assen 2024, Świecie 2023 y Wieliczka 2023, que agrandaban de a una unidad
    de moneda: con centésimas salen las mismas ganadoras en las tres, en pocos pasos y con cualquier moneda. Lo que aun
    así sobra se usa con «más votos primero», para no dejar plata que alcance a una obra votada.
    """
    puesto = revisar(costos, presupuesto, desempate)
    grupos = agrupar(papeletas)
    perfil = de_grupos(costos, grupos, presupuesto=presupuesto, desempate=desempate, condiciones=condiciones)
    hecho, pasos = con_incrementos(
        perfil, parada="exceso", incremento=perfil.parte / PASOS_POR_PARTE, tope=TOPE_DE_PASOS
    )
    contadas = _explicar(
        costos, grupos, hecho, presupuesto=presupuesto, puesto=puesto, condiciones=condiciones, pasos=pasos
    )
    return conteo_de("partes_iguales_incrementos", grupos, presupuesto, contadas, pasos=pasos)


def _explicar(
    costos: Mapping[Id, int],
    grupos: Sequence[Grupo],
    hecho: Reparto,
    *,
    presupuesto: int,
    puesto: Mapping[Id, int],
    condiciones: Condiciones,
    completar: bool = True,
    pasos: int = 0,
) -> list[OpcionContada]:
    """Completa el reparto y dice de cada opción, en el orden de `costos`, qué le pasó."""
    votos, puntos = sumar(costos, grupos)
    ids = list(costos)
    pagos = {ids[i]: pago for i, pago in hecho.pagos.items()}
    extra: list[Id] = []
    quedaba: dict[Id, int] = {}
    decidio: dict[Id, list[Id]] = {}
    if completar:
        extra, quedaba, decidio = completar_con_votos(
            list(pagos), costos, puntos, presupuesto=presupuesto, puesto=puesto, condiciones=condiciones
        )
    ganan = [*pagos, *extra]
    anotar_empates(decidio, ((ids[gano], [ids[i] for i in otras]) for gano, otras in hecho.empates), ganan)
    vueltas = {opcion: numero for numero, opcion in enumerate(ganan, start=1)}
    # Quien le dio más puntos pone más: con puntos, lo que se compara es el pago por punto.
    por = "cada uno" if votos == puntos else "por cada punto"
    contadas, se_suman = [], unidad(votos, puntos)
    for lugar, (opcion, costo) in enumerate(costos.items()):
        vuelta, pago = vueltas.get(opcion), pagos.get(opcion)
        tienen = hecho.bolsas.de_sus_votantes(lugar)
        razon = _razon(costo, votos[opcion], vuelta, pago, quedaba.get(opcion), tienen, pasos, por)
        if votos[opcion] and not vuelta and opcion not in quedaba:
            no_compitio = condiciones.por_que_no(opcion, ganan, puntos=puntos[opcion], unidad=se_suman)
            razon = no_compitio or razon
        razon += frase_de_empate(decidio, opcion, gana=bool(vuelta))
        contadas.append(
            OpcionContada(opcion, costo, votos[opcion], puntos[opcion], bool(vuelta), vuelta, razon, pago=pago)
        )
    return contadas


def _razon(
    costo: int,
    votos: int,
    vuelta: int | None,
    pago: Fraction | None,
    quedaba: int | None,
    tienen: Fraction,
    pasos: int,
    por: str,
) -> str:
    """La frase de una opción. `pago` solo si ganó por partes iguales; `quedaba` solo si se recorrió al completar."""
    if not votos:
        return "Nadie la eligió."
    cuantas = cuantos(votos, "votante", "votantes")
    sus = f"su {cuantas}" if votos == 1 else f"sus {cuantas}"
    if pago is not None:
        pagaron = f"{sus} la pagó" if votos == 1 else f"{sus} la pagaron"
        return f"Ganó en la vuelta {vuelta}: {pagaron} poniendo hasta {dinero(pago)} {por}; costaba {dinero(costo)}."
    les = "le" if votos == 1 else "les"
    crecio = f"con la parte agrandada un {pasos * 100 // PASOS_POR_PARTE} %, " if pasos else ""
    por_partes = f"{crecio}a {sus} {les} quedaban {dinero(tienen)} y costaba {dinero(costo)}"
    if vuelta:
        alcanzo = f"pero alcanzó con los {dinero(quedaba or 0)} que sobraban"
        return f"Entró al completar, en la vuelta {vuelta}: {por_partes}, {alcanzo}."
    if quedaba is None:
        return f"No alcanzó: {por_partes}."
    return f"No alcanzó: {por_partes}; y al completar quedaban {dinero(quedaba)}."
