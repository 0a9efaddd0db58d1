"""Piezas para verificar en las pruebas: carnets inventados y padrones de pocas filas."""

import datetime
import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, connections

from civic.comun.errores import ReglaIncumplida
from civic.cuentas import acciones
from civic.cuentas.reglas_identidad import normalizar_ci

NACIO = datetime.date(1990, 5, 31)
CARNET = "4455667"
CI = normalizar_ci(CARNET)


def cargar_padron(pueblo, *filas, nombre="padron.csv", **opciones):
    """Importa un CSV con esas filas (carnet, fecha, código de OTB)."""
    lineas = ["ci;fecha_nacimiento;codigo_otb", *(";".join(str(celda) for celda in fila) for fila in filas)]
    return acciones.importar_padron("\n".join(lineas).encode(), nombre, municipio=pueblo.municipio, **opciones)


def a_la_vez(tareas):
    """Corre las tareas en hilos que arrancan juntos; devuelve lo que dio cada una, o su excepción."""
    salida = threading.Barrier(len(tareas))

    def correr(tarea):
        try:
            salida.wait(timeout=20)
            return tarea()
        except (ReglaIncumplida, DatabaseError) as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tareas)) as hilos:
        return list(hilos.map(correr, tareas))
