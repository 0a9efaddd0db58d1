"""Phragmén secuencial: las obras se pagan con cargas que se reparten lo más parejo posible entre sus votantes.

En cada vuelta entra la obra cuyos votantes quedarían con la menor carga: (costo + lo que ya cargan) / votantes. Se
detiene en cuanto una de las empatadas en primer lugar no cabe en lo que queda (Los, Christoff y Grossi, 2022). Las
cargas son fracciones exactas; en coma flotante solo se descartan las que con seguridad no ganan.
"""

import numpy as np
from gmpy2 import mpq

from votaciones.reglas.perfil import Perfil
from votaciones.reglas.reparto import ERROR


def recorrer(perfil: Perfil) -> list[int]:
    """Ganadoras en orden, sin completar. Cuenta quién eligió cada opción; los puntos no importan."""
    votantes = perfil.votos
    quedan = list(perfil.con_apoyo)
    cargas = [mpq(0)]
    clase = np.zeros(len(perfil.cuantas), dtype=np.int64)
    aproximada = np.zeros(len(perfil.cuantas))
    disponible = perfil.presupuesto
    ganan: list[int] = []

    def estimada(opcion: int) -> float:
        grupos = perfil.apoyan[opcion]
        return (perfil.costos[opcion] + float(aproximada[grupos] @ perfil.cuantas[grupos])) / votantes[opcion]

    def exacta(opcion: int) -> "mpq":
        grupos = perfil.apoyan[opcion]
        clases, lugar = np.unique(clase[grupos], return_inverse=True)
        cuantas = np.bincount(lugar, weights=perfil.cuantas[grupos])
        suma = sum((cargas[c] * round(n) for c, n in zip(clases.tolist(), cuantas, strict=True)), mpq(0))
        return (perfil.costos[opcion] + suma) / votantes[opcion]

    while compiten := [opcion for opcion in quedan if perfil.condiciones.le_toca(opcion, ganan)]:
        estimadas = {opcion: estimada(opcion) for opcion in compiten}
        filo = min(estimadas.values()) * (1 + 2 * ERROR)
        posibles = [(exacta(i), perfil.puesto[i], i) for i, carga in estimadas.items() if carga <= filo]
        menor, _, ganadora = min(posibles)
        if any(carga == menor and perfil.costos[i] > disponible for carga, _, i in posibles):
            break
        ganan.append(ganadora)
        disponible -= perfil.costos[ganadora]
        quedan.remove(ganadora)
        cargas.append(menor)
        clase[perfil.apoyan[ganadora]] = len(cargas) - 1
        aproximada[perfil.apoyan[ganadora]] = float(menor)
    return ganan
