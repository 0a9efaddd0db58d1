"""El contenido canónico de un acta, su huella SHA-256, y en qué se diferencian dos. Funciones puras."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

MESES = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)
_UNIDADES = (
    *("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce"),
    *("trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiuno"),
    *("veintidós", "veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete", "veintiocho"),
    "veintinueve",
)
_DECENAS = ("treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa")

Contenido = dict[str, Any]


def canonico(contenido: Mapping[str, Any]) -> str:
    """JSON de una sola forma posible: claves en orden, sin espacios, en UTF-8."""
    return json.dumps(contenido, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def huella_de(texto: str) -> str:
    return hashlib.sha256(texto.encode()).hexdigest()


def texto_del_codigo(numero: str, huella: str, direccion: str) -> str:
    """Lo que dice el QR: ASCII llano, porque muchos lectores de mostrador fallan con UTF-8."""
    return f"ACTA {numero}\nSHA256 {huella}\n{direccion}"


_HUELLA = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


def leer_codigo(escrito: str) -> str:
    """La huella que hay en lo que se escribió o escaneó (con espacios, saltos o mayúsculas); vacía si no hay una."""
    llano = escrito.lower()
    hallada = _HUELLA.search(llano) or _HUELLA.search(re.sub(r"[\s.:-]", "", llano))
    return hallada.group() if hallada else ""


def en_palabras(numero: int) -> str:
    """2026 -> «dos mil veintiséis». De 0 a 9999."""
    if numero < 30:
        return _UNIDADES[numero]
    if numero < 100:
        decena, resto = _DECENAS[numero // 10 - 3], numero % 10
        return f"{decena} y {_UNIDADES[resto]}" if resto else decena
    if numero < 1000:
        cientos = {1: "ciento", 5: "quinientos", 7: "setecientos", 9: "novecientos"}
        centena = cientos.get(numero // 100, f"{_UNIDADES[numero // 100]}cientos")
        return "cien" if numero == 100 else f"{centena} {en_palabras(numero % 100)}" if numero % 100 else centena
    mil = "mil" if numero // 1000 == 1 else f"{_UNIDADES[numero // 1000]} mil"
    return f"{mil} {en_palabras(numero % 1000)}" if numero % 1000 else mil


def fecha_en_palabras(iso: str) -> str:
    """2026-07-05 -> «a los cinco días del mes de julio de dos mil veintiséis»."""
    anio, mes, dia = (int(parte) for parte in iso.split("-"))
    cuando = "al primer día" if dia == 1 else f"a los {_apocope(en_palabras(dia))} días"
    return f"{cuando} del mes de {MESES[mes - 1]} de {en_palabras(anio)}"


def _apocope(palabras: str) -> str:
    return palabras.replace("veintiuno", "veintiún").replace(" y uno", " y un")


NOMBRES = {
    "fecha": "Fecha",
    "lugar": "Lugar",
    "convocatoria": "Convocatoria",
    "idioma": "Idioma",
    "habilitados": "Personas habilitadas",
    "presentes": "Presentes",
    "mujeres": "Mujeres",
    "hombres": "Hombres",
    "forma": "Cómo se decidió",
    "acuerdo": "Acuerdo",
    "firmantes": "Quiénes firman",
    "total": "Total en Bs",
}


def diferencias(antes: Mapping[str, Any], despues: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(qué, antes, después) de lo que cambia entre dos contenidos, en palabras."""
    cambios = [
        (nombre, _llano(antes.get(clave)), _llano(despues.get(clave)))
        for clave, nombre in NOMBRES.items()
        if antes.get(clave) != despues.get(clave)
    ]
    viejos, nuevos = list(antes.get("proyectos", [])), list(despues.get("proyectos", []))
    for lugar in range(max(len(viejos), len(nuevos))):
        uno = viejos[lugar] if lugar < len(viejos) else None
        otro = nuevos[lugar] if lugar < len(nuevos) else None
        if uno != otro:
            cambios.append((f"Proyecto {lugar + 1}", _proyecto(uno), _proyecto(otro)))
    return cambios


def _llano(valor: Any) -> str:
    if isinstance(valor, list):
        return "; ".join(map(str, valor)) or "—"
    return "—" if valor in (None, "") else str(valor)


def _proyecto(proyecto: Mapping[str, Any] | None) -> str:
    if proyecto is None:
        return "—"
    codigo = f"{proyecto['propuesta']}: " if proyecto.get("propuesta") else ""
    return (
        f"{codigo}{proyecto['descripcion']}, Bs {proyecto['monto']} "
        f"({_llano(proyecto['a_favor'])} a favor, {proyecto['en_contra']} en contra, "
        f"{proyecto['abstenciones']} abstenciones)"
    )
