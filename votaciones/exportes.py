"""Lo contado, para que cualquiera lo vuelva a contar: un distrito en formato Pabulib y el paquete de la votación."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.cuentas.reglas_identidad import CELDA_MINIMA
from votaciones.consultas import contiendas_de, opciones_de, resultado_publico, se_publican_papeletas
from votaciones.models import Contienda, Opcion, Votacion
from votaciones.reglas import pabulib
from votaciones.reglas.libro import COMPLETAR
from votaciones.reglas.papeleta import Reglamento, Seleccion, Tipo, numeros_de, puntos_de
from votaciones.urna import consultas as consultas_de_urna

# regla -> cómo se llama fuera de aquí, para quien lea el archivo
METODOS: dict[str, str] = {
    Votacion.Regla.PARTES_IGUALES: "Method of Equal Shares, cost utility.",
    Votacion.Regla.PARTES_QUE_CRECEN: "Method of Equal Shares, cost utility, add1 in steps of 1 % of the share.",
    Votacion.Regla.CARGAS_PAREJAS: "Sequential Phragmén.",
}


def pabulib_de(contienda: Contienda) -> str:
    """El archivo .pb de una contienda contada: obras con su resultado y papeletas, sin persona, hora ni recibo.

    Las papeletas van ordenadas por lo que eligen: su lugar no dice cuándo llegaron. Lanza ReglaIncumplida si todavía no
    se contó o si son tan pocas que se sabría quién votó qué.
    """
    votacion = contienda.votacion
    selecciones = sorted(consultas_de_urna.selecciones_de(contienda.pk))
    if not se_publican_papeletas(votacion, len(selecciones)):
        raise ReglaIncumplida(
            f"Las papeletas se publican después de contar y solo donde votaron {CELDA_MINIMA} personas o más."
        )
    opciones = opciones_de(contienda)
    oficial = contienda.resultados.get(oficial=True)
    reglamento = contienda.reglamento
    tablas = pabulib.tablas_de(
        VOTE_TYPE[reglamento.tipo],
        meta=_meta(contienda, selecciones),
        proyectos=[_proyecto(opcion) for opcion in opciones],
        papeletas=[_papeleta(seleccion, reglamento) for seleccion in selecciones],
        ganan=[str(entrada["numero"]) for entrada in oficial.ganadoras],
    )
    return pabulib.escribir(tablas)


# En pabulib.org/format, marcar sin pasar del presupuesto es «approval» con max_sum_cost.
VOTE_TYPE = {
    Tipo.APROBACION: "approval",
    Tipo.PRESUPUESTO: "approval",
    Tipo.PUNTOS: "cumulative",
    Tipo.ORDEN: "ordinal",
    Tipo.CALIFICACION: "scoring",
    Tipo.UNA: "choose-1",
}


def _papeleta(seleccion: Seleccion, reglamento: Reglamento) -> list[str] | dict[str, int]:
    """Una papeleta como la pide el formato: en «orden», por preferencia; con puntos, {obra: puntos}."""
    if reglamento.de_puntos:
        return {str(par[0]): par[1] for par in seleccion if isinstance(par, list)}
    return [str(numero) for numero in numeros_de(seleccion)]


def _limites(contienda: Contienda) -> dict[str, str]:
    """Los límites de la papeleta con los nombres del formato."""
    reglamento, obras = contienda.reglamento, contienda.opciones.count()
    if reglamento.tipo == Tipo.PRESUPUESTO:
        return {"max_sum_cost": _monto(contienda.presupuesto)}
    limites: dict[Tipo, dict[str, int | None]] = {
        Tipo.APROBACION: {"min_length": reglamento.minimo_entre(obras), "max_length": reglamento.maximo_de_obras},
        Tipo.PUNTOS: {"max_points": reglamento.tope_por_obra, "max_sum_points": reglamento.puntos},
        Tipo.ORDEN: {"max_length": len(reglamento.puntos_por_lugar)},
        Tipo.CALIFICACION: {"min_points": 0, "max_points": reglamento.nota_maxima, "default_score": 0},
    }
    return {nombre: str(valor) for nombre, valor in limites.get(reglamento.tipo, {}).items() if valor is not None}


def _meta(contienda: Contienda, selecciones: Sequence[Seleccion]) -> dict[str, str]:
    votacion, area = contienda.votacion, contienda.area
    municipio = str(area.municipio or area)
    abre, cierra = (timezone.localtime(momento) for momento in (votacion.abre, votacion.cierra))
    meta = {
        "description": f"Presupuesto participativo de {municipio}: {votacion.nombre}, {contienda.lugar}",
        "country": "Bolivia",
        "unit": municipio,
        "subunit": contienda.lugar,
        "instance": votacion.slug,
        "budget": _monto(contienda.presupuesto),
        "rule": _regla(contienda, selecciones),
        "date_begin": f"{abre:%d.%m.%Y}",
        "date_end": f"{cierra:%d.%m.%Y}",
        **_limites(contienda),
        "language": "es",
        "currency": "BOB",
        "comment": " ".join(f"#{n}: {frase}" for n, frase in enumerate(_comentarios(contienda), start=1)),
    }
    if votacion.minimo > 1:
        meta["min_project_score_threshold"] = str(votacion.minimo)
    return meta


def _comentarios(contienda: Contienda) -> list[str]:
    votacion, condiciones = contienda.votacion, contienda.condiciones
    frases = [f"SHA-256 del libro de reglas, que fija el sorteo de los empates: {votacion.huella}."]
    if metodo := METODOS.get(votacion.regla):
        frases.append(f"{metodo} {COMPLETAR[votacion.regla]}")
    if contienda.reglamento.tipo == Tipo.ORDEN:
        valen = ", ".join(str(puntos) for puntos in contienda.reglamento.puntos_por_lugar)
        frases.append(f"Puntos de cada lugar, del primero al último: {valen}.")
    for rotulo, clave in (("Se excluyen", "excluyentes"), ("Cada primera necesita a la segunda", "dependencias")):
        if parejas := condiciones.get(clave):
            frases.append(f"{rotulo}: {', '.join(f'{a}-{b}' for a, b in parejas)}.")
    return frases


def _otros_puntos(selecciones: Sequence[Seleccion], reglamento: Reglamento) -> bool:
    """Si los lugares valen otra cosa que en Pabulib, donde el último de cada papeleta vale 1, el anterior 2…"""
    return reglamento.tipo == Tipo.ORDEN and any(
        puntos_de(seleccion, reglamento)
        != {numero: len(seleccion) - lugar for lugar, numero in enumerate(numeros_de(seleccion))}
        for seleccion in selecciones
    )


def _regla(contienda: Contienda, selecciones: Sequence[Seleccion]) -> str:
    """El nombre de la regla en pabulib.org/format. Los de partes iguales y Phragmén completadas por votos no existen.

    Partes que crecen sí: es «add1», con el paso y lo que se hace después dichos en un comentario.
    """
    if contienda.votacion.regla == Votacion.Regla.PARTES_QUE_CRECEN:
        return "equalshares/add1"
    if contienda.votacion.regla != Votacion.Regla.VORAZ:
        return "unknown"
    if contienda.condiciones.get("dependencias") or _otros_puntos(selecciones, contienda.reglamento):
        return "greedy-custom"
    if contienda.condiciones.get("excluyentes"):
        return "greedy-exclusive"
    return "greedy-threshold" if contienda.votacion.minimo > 1 else "greedy"


def _proyecto(opcion: Opcion) -> dict[str, str]:
    propuesta = opcion.propuesta
    return {
        "project_id": str(opcion.numero),
        "cost": _monto(opcion.costo),
        "name": opcion.titulo,
        "category": propuesta.categoria.codigo if propuesta.categoria else "",
        "public_id": propuesta.codigo or str(propuesta.pk),
        "latitude": "" if propuesta.lat is None else f"{propuesta.lat:.6f}",
        "longitude": "" if propuesta.lon is None else f"{propuesta.lon:.6f}",
    }


def _monto(monto: Decimal) -> str:
    """En bolivianos, con decimales solo si los hay: «5200000», «1045.50»."""
    return f"{monto:.0f}" if monto == monto.to_integral_value() else f"{monto:.2f}"


# --- El paquete del recuento -----------------------------------------------------------------------------------------
VERIFICADOR = Path(__file__).parent / "static" / "votaciones" / "verificar.py"
LEEME = """{nombre}

Con Python 3 en cualquier computadora:

    python verificar.py recuento.zip {huella}

dice Todo igual o lo primero que no es igual. La huella de arriba es la del libro de reglas; compárala con la que
anotaste o se publicó el día de la apertura.

libro.json          obras, costos, presupuestos y reglas, congelados al abrir: su SHA-256 es la huella
distrito-N.pb       las papeletas de cada distrito, en formato Pabulib, ordenadas por lo que eligen
recibos-N.txt       la huella de cada recibo, en orden: «comprobar mi recibo» busca aquí
tablero-N.json      lo que pasó en cada urna, encadenado y firmado: apertura, lotes de sobres cerrados, suspensiones,
                    cierre y escrutinio
resultado.json      lo que se publicó: qué ganó con cada regla, en qué vuelta y por qué
verificar.py        el programa: una sola hoja, solo la biblioteca de Python

Un distrito con menos de {minimo} papeletas no las publica una por una: se sabría quién votó qué.
"""


def recuento_de(votacion: Votacion) -> dict[str, bytes]:
    """{archivo: contenido} con lo que hace falta para volver a contar lo ya contado, sin nada de las personas."""
    paquete = {
        "LEEME.txt": LEEME.format(nombre=votacion.nombre, huella=votacion.huella, minimo=CELDA_MINIMA).encode(),
        "verificar.py": VERIFICADOR.read_bytes(),
        "libro.json": votacion.libro.encode(),
        "resultado.json": json.dumps(resultado_publico(votacion), ensure_ascii=False, indent=1).encode(),
    }
    for contienda in contiendas_de(votacion).select_related("votacion", "area__municipio"):
        suyos = consultas_de_urna.recibos_de(contienda.pk)
        paquete[f"recibos-{contienda.numero}.txt"] = "".join(f"{recibo}\n" for recibo in suyos).encode()
        se_publican = se_publican_papeletas(votacion, len(suyos))
        tablero = consultas_de_urna.tablero_de(contienda.pk, con_papeletas=se_publican)
        paquete[f"tablero-{contienda.numero}.json"] = json.dumps(tablero, ensure_ascii=False, indent=1).encode()
        if se_publican:
            paquete[f"distrito-{contienda.numero}.pb"] = pabulib_de(contienda).encode()
    return paquete


def comprimir(paquete: Mapping[str, bytes]) -> bytes:
    """El zip de esos archivos; los mismos archivos dan siempre los mismos bytes."""
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as archivo:
        for nombre, octetos in sorted(paquete.items()):
            archivo.writestr(zipfile.ZipInfo(nombre), octetos, zipfile.ZIP_DEFLATED)
    return salida.getvalue()
