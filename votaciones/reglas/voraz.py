"""Más votos primero: se recorren las obras de más a menos votada y entra cada una que todavía alcanza.

La que no alcanza se salta y se sigue con la siguiente (Pabulib la llama «greedy»). Una obra sin votos nunca gana.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

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


def recorrer(
    orden: Iterable[Id],
    costos: Mapping[Id, int],
    disponible: int,
    *,
    condiciones: Condiciones = SIN_CONDICIONES,
    ya: Collection[Id] = (),
    parar: bool = False,
) -> tuple[list[Id], dict[Id, int]]:
    """Recorre las opciones en ese orden y devuelve (las que entran, lo que quedaba al tocarle a cada una).

    Entra la que alcanza con lo `disponible` (en centavos); la que no, se salta o, con `parar`, termina el recorrido.
    La que espera a otra se retoma en cuanto esa gana; la que se excluye con una que ganó (o con las de `ya`) no se
    recorre.
    """
    entran: list[Id] = []
    quedaba: dict[Id, int] = {}
    pendientes = list(orden)
    while (opcion := _siguiente(pendientes, condiciones, [*ya, *entran])) is not None:
        pendientes.remove(opcion)
        quedaba[opcion] = disponible
        if costos[opcion] <= disponible:
            entran.append(opcion)
            disponible -= costos[opcion]
        elif parar:
            break
    return entran, quedaba


def _siguiente(pendientes: Iterable[Id], condiciones: Condiciones, ganan: Collection[Id]) -> Id | None:
    return next((opcion for opcion in pendientes if condiciones.le_toca(opcion, ganan)), None)


def por_puntos(
    candidatas: Iterable[Id], puntos: Mapping[Id, int], puesto: Mapping[Id, int], condiciones: Condiciones
) -> list[Id]:
    """Las que llegan al apoyo mínimo, de más a menos puntos; entre iguales, por su puesto en el sorteo."""
    suficientes = (opcion for opcion in candidatas if puntos[opcion] >= condiciones.minimo)
    return sorted(suficientes, key=lambda opcion: (-puntos[opcion], puesto[opcion]))


def empates_que_decidieron(
    quedaba: Mapping[Id, int],
    ganadoras: Iterable[Id],
    costos: Mapping[Id, int],
    puntos: Mapping[Id, int],
    condiciones: Condiciones = SIN_CONDICIONES,
) -> dict[Id, list[Id]]:
    """opción -> las empatadas con ella que terminaron al revés por el sorteo.

    El sorteo decidió cuando una empatada perdió y, de haber ido primera entre las empatadas, habría entrado; o cuando
    se excluye con una empatada que ganó.
    """
    ganan = set(ganadoras)
    bloques: dict[int, list[Id]] = {}
    for opcion in quedaba:
        if not condiciones.espera(opcion):  # su turno no lo fijó el sorteo sino la que esperaba
            bloques.setdefault(puntos[opcion], []).append(opcion)
    decidio: dict[Id, list[Id]] = {}
    for una, otra in sorted(condiciones.excluyentes, key=str):
        if puntos[una] == puntos[otra] and len(ganan & {una, otra}) == 1 and not {una, otra} <= quedaba.keys():
            decidio.setdefault(una, []).append(otra)
            decidio.setdefault(otra, []).append(una)
    for bloque in bloques.values():
        al_empezar = quedaba[bloque[0]]
        perdieron = [o for o in bloque if o not in ganan and costos[o] <= al_empezar]
        for perdedora in perdieron:
            antes = [o for o in bloque[: bloque.index(perdedora)] if o in ganan]
            decidio[perdedora] = antes
            for ganadora in antes:
                decidio.setdefault(ganadora, []).append(perdedora)
    return decidio


def completar(
    ya: Sequence[Id],
    costos: Mapping[Id, int],
    puntos: Mapping[Id, int],
    *,
    presupuesto: int,
    puesto: Mapping[Id, int],
    condiciones: Condiciones,
) -> tuple[list[Id], dict[Id, int], dict[Id, list[Id]]]:
    """Usa lo que dejaron las de `ya`: (las que entran, lo que quedaba al tocarle a cada una, los sorteos)."""
    libre = presupuesto - sum(costos[opcion] for opcion in ya)
    orden = por_puntos([opcion for opcion in costos if opcion not in ya], puntos, puesto, condiciones)
    entran, quedaba = recorrer(orden, costos, libre, condiciones=condiciones, ya=ya)
    return entran, quedaba, empates_que_decidieron(quedaba, entran, costos, puntos, condiciones)


def anotar_empates(
    decidio: dict[Id, list[Id]], empates: Iterable[tuple[Id, Iterable[Id]]], ganan: Collection[Id]
) -> None:
    """Agrega los empates por una vuelta que el sorteo decidió: la empatada que al final no ganó."""
    for ganadora, empatadas in empates:
        for perdedora in empatadas:
            if perdedora not in ganan:
                decidio.setdefault(ganadora, []).append(perdedora)
                decidio.setdefault(perdedora, []).append(ganadora)


def frase_de_empate(decidio: Mapping[Id, Sequence[Id]], opcion: Id, *, gana: bool) -> str:
    """« Empató con la opción 3 y el sorteo la puso antes.», o «» si el sorteo no decidió nada de ella."""
    if not decidio.get(opcion):
        return ""
    return (
        f" Empató con {lista_de(dict.fromkeys(decidio[opcion]))} y el sorteo la puso {'antes' if gana else 'después'}."
    )


def contar(
    costos: Mapping[Id, int],
    papeletas: Iterable[Papeleta],
    *,
    presupuesto: int,
    desempate: Sequence[Id],
    condiciones: Condiciones = SIN_CONDICIONES,
) -> Conteo:
    """Cuenta con «más votos primero». `costos` y `presupuesto` en centavos; `desempate` nombra todas las opciones."""
    puesto = revisar(costos, presupuesto, desempate)
    condiciones.exigir_conocidas(costos)
    grupos = agrupar(papeletas)
    votos, puntos = sumar(costos, grupos)
    orden = por_puntos(costos, puntos, puesto, condiciones)
    ganadoras, quedaba = recorrer(orden, costos, presupuesto, condiciones=condiciones)
    decidio = empates_que_decidieron(quedaba, ganadoras, costos, puntos, condiciones)
    vueltas = {opcion: numero for numero, opcion in enumerate(ganadoras, start=1)}
    contadas = []
    for opcion, costo in costos.items():
        vuelta = vueltas.get(opcion)
        if not votos[opcion]:
            razon = "Nadie la eligió."
        elif vuelta:
            razon = (
                f"Ganó en la vuelta {vuelta} con {cuantos(puntos[opcion], *unidad(votos, puntos))}: "
                f"costaba {dinero(costo)} y quedaban {dinero(quedaba[opcion])}."
            )
        elif opcion not in quedaba:
            razon = condiciones.por_que_no(opcion, ganadoras, puntos=puntos[opcion], unidad=unidad(votos, puntos))
        else:
            razon = (
                f"Le faltaron {dinero(costo - quedaba[opcion])}: costaba {dinero(costo)} "
                f"y quedaban {dinero(quedaba[opcion])} cuando le tocó."
            )
        if decidio.get(opcion):
            lado = "la puso antes" if vuelta else "la puso después"
            razon += f" Empató en {unidad(votos, puntos)[1]} con {lista_de(decidio[opcion])} y el sorteo {lado}."
        contadas.append(OpcionContada(opcion, costo, votos[opcion], puntos[opcion], bool(vuelta), vuelta, razon))
    return conteo_de("voraz", grupos, presupuesto, contadas)
