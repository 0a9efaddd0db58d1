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
    Id,
    OpcionContada,
    Papeleta,
    agrupar,
    cuantos,
    dinero,
    lista_de,
    revisar,
    sumar,
    unidad,
)
from votaciones.reglas.condiciones import SIN_CONDICIONES, Condiciones
from votaciones.reglas.perfil import de_grupos
from votaciones.reglas.reparto import repartir
from votaciones.reglas.voraz import empates_que_decidieron, por_puntos, recorrer


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
    votos, puntos = sumar(costos, grupos)
    perfil = de_grupos(costos, grupos, presupuesto=presupuesto, desempate=desempate, condiciones=condiciones)
    hecho = repartir(perfil, perfil.parte)
    pagos = {perfil.ids[i]: pago for i, pago in hecho.pagos.items()}
    libre = presupuesto - sum(costos[opcion] for opcion in pagos)
    restantes = [opcion for opcion in costos if opcion not in pagos]
    extra: list[Id] = []
    quedaba: dict[Id, int] = {}
    if completar:
        orden = por_puntos(restantes, puntos, puesto, condiciones)
        extra, quedaba = recorrer(orden, costos, libre, condiciones=condiciones, ya=list(pagos))
    ganan = [*pagos, *extra]
    decidio = empates_que_decidieron(quedaba, extra, costos, puntos, condiciones)
    for gano, empatadas in hecho.empates:
        ganadora = perfil.ids[gano]
        for perdedora in (perfil.ids[i] for i in empatadas if perfil.ids[i] not in ganan):
            decidio.setdefault(ganadora, []).append(perdedora)
            decidio.setdefault(perdedora, []).append(ganadora)
    vueltas = {opcion: numero for numero, opcion in enumerate(ganan, start=1)}
    # Quien le dio más puntos pone más: con puntos, lo que se compara es el pago por punto.
    por = "cada uno" if votos == puntos else "por cada punto"
    contadas, se_suman = [], unidad(votos, puntos)
    for lugar, (opcion, costo) in enumerate(costos.items()):
        vuelta = vueltas.get(opcion)
        tienen = hecho.bolsas.de_sus_votantes(lugar)
        razon = _razon(costo, votos[opcion], vuelta, pagos.get(opcion), quedaba.get(opcion), tienen, por)
        if votos[opcion] and not vuelta and opcion not in quedaba:
            razon = condiciones.por_que_no(opcion, ganan, puntos=puntos[opcion], unidad=se_suman) or razon
        if decidio.get(opcion):
            lado = "la puso antes" if vuelta else "la puso después"
            razon += f" Empató con {lista_de(dict.fromkeys(decidio[opcion]))} y el sorteo {lado}."
        contadas.append(OpcionContada(opcion, costo, votos[opcion], puntos[opcion], bool(vuelta), vuelta, razon))
    gastado = sum(costos[opcion] for opcion in ganan)
    return Conteo("partes_iguales", sum(grupo.cuantas for grupo in grupos), presupuesto, gastado, tuple(contadas))


def _razon(
    costo: int, votos: int, vuelta: int | None, pago: Fraction | None, quedaba: int | None, tienen: Fraction, por: str
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
    por_partes = f"a {sus} {les} quedaban {dinero(tienen)} y costaba {dinero(costo)}"
    if vuelta:
        alcanzo = f"pero alcanzó con los {dinero(quedaba or 0)} que sobraban"
        return f"Entró al completar, en la vuelta {vuelta}: {por_partes}, {alcanzo}."
    if quedaba is None:
        return f"No alcanzó: {por_partes}."
    return f"No alcanzó: {por_partes}; y al completar quedaban {dinero(quedaba)}."
