"""Más votos primero: se recorren las obras de más a menos votada y entra cada una que todavía alcanza.

La que no alcanza se salta y se sigue con la siguiente (Pabulib la llama «greedy»). Una obra sin votos nunca gana.
"""

from collections.abc import Iterable, Mapping, Sequence

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
)


def recorrer(
    candidatas: Iterable[Id],
    costos: Mapping[Id, int],
    puntos: Mapping[Id, int],
    puesto: Mapping[Id, int],
    disponible: int,
) -> tuple[list[Id], dict[Id, int]]:
    """Recorre por puntos (empates por `puesto`) y devuelve (ganadoras, lo que quedaba al tocarle a cada una).

    Las que no tienen puntos no se recorren.
    """
    ganadoras = []
    quedaba = {}
    for opcion in sorted((o for o in candidatas if puntos[o] > 0), key=lambda o: (-puntos[o], puesto[o])):
        quedaba[opcion] = disponible
        if costos[opcion] <= disponible:
            ganadoras.append(opcion)
            disponible -= costos[opcion]
    return ganadoras, quedaba


def empates_que_decidieron(
    quedaba: Mapping[Id, int], ganadoras: Iterable[Id], costos: Mapping[Id, int], puntos: Mapping[Id, int]
) -> dict[Id, list[Id]]:
    """opción -> las empatadas con ella que terminaron al revés por el sorteo.

    El sorteo decidió cuando una empatada perdió y, de haber ido primera entre las empatadas, habría entrado.
    """
    ganan = set(ganadoras)
    bloques: dict[int, list[Id]] = {}
    for opcion in quedaba:
        bloques.setdefault(puntos[opcion], []).append(opcion)
    decidio: dict[Id, list[Id]] = {}
    for bloque in bloques.values():
        al_empezar = quedaba[bloque[0]]
        perdieron = [o for o in bloque if o not in ganan and costos[o] <= al_empezar]
        for perdedora in perdieron:
            antes = [o for o in bloque[: bloque.index(perdedora)] if o in ganan]
            decidio[perdedora] = antes
            for ganadora in antes:
                decidio.setdefault(ganadora, []).append(perdedora)
    return decidio


def contar(
    costos: Mapping[Id, int], papeletas: Iterable[Papeleta], *, presupuesto: int, desempate: Sequence[Id]
) -> Conteo:
    """Cuenta con «más votos primero». `costos` y `presupuesto` en centavos; `desempate` nombra todas las opciones."""
    puesto = revisar(costos, presupuesto, desempate)
    grupos = agrupar(papeletas)
    votos, puntos = sumar(costos, grupos)
    ganadoras, quedaba = recorrer(costos, costos, puntos, puesto, presupuesto)
    decidio = empates_que_decidieron(quedaba, ganadoras, costos, puntos)
    vueltas = {opcion: numero for numero, opcion in enumerate(ganadoras, start=1)}
    contadas = []
    for opcion, costo in costos.items():
        vuelta = vueltas.get(opcion)
        if not votos[opcion]:
            razon = "Nadie la eligió."
        elif vuelta:
            razon = (
                f"Ganó en la vuelta {vuelta} con {cuantos(votos[opcion], 'voto', 'votos')}: costaba {dinero(costo)} "
                f"y quedaban {dinero(quedaba[opcion])}."
            )
        else:
            razon = (
                f"Le faltaron {dinero(costo - quedaba[opcion])}: costaba {dinero(costo)} "
                f"y quedaban {dinero(quedaba[opcion])} cuando le tocó."
            )
        if decidio.get(opcion):
            orden = "la puso antes" if vuelta else "la puso después"
            razon += f" Empató en votos con {lista_de(decidio[opcion])} y el sorteo {orden}."
        contadas.append(OpcionContada(opcion, costo, votos[opcion], puntos[opcion], bool(vuelta), vuelta, razon))
    gastado = sum(costos[opcion] for opcion in ganadoras)
    return Conteo("voraz", sum(grupo.cuantas for grupo in grupos), presupuesto, gastado, tuple(contadas))
