"""Lo contado, para que cualquiera lo vuelva a contar: un distrito en formato Pabulib y el paquete de la votación."""

import io
import json
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.cuentas.reglas_identidad import CELDA_MINIMA
from votaciones.consultas import contiendas_de, opciones_de, resultado_publico, se_publican_papeletas
from votaciones.models import Contienda, Opcion, Votacion, Voto
from votaciones.reglas import pabulib
from votaciones.reglas.libro import COMPLETAR

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
    papeletas = sorted(
        sorted(seleccion) for seleccion in Voto.objects.filter(contienda=contienda).values_list("seleccion", flat=True)
    )
    if not se_publican_papeletas(votacion, len(papeletas)):
        raise ReglaIncumplida(
            f"Las papeletas se publican después de contar y solo donde votaron {CELDA_MINIMA} personas o más."
        )
    opciones = opciones_de(contienda)
    oficial = contienda.resultados.get(oficial=True)
    tablas = pabulib.tablas_de(
        "approval",
        meta=_meta(contienda),
        proyectos=[_proyecto(opcion) for opcion in opciones],
        papeletas=[[str(numero) for numero in papeleta] for papeleta in papeletas],
        ganan=[str(entrada["numero"]) for entrada in oficial.ganadoras],
    )
    return pabulib.escribir(tablas)


def _meta(contienda: Contienda) -> dict[str, str]:
    votacion, distrito = contienda.votacion, contienda.distrito
    municipio = str(distrito.padre or distrito)
    abre, cierra = (timezone.localtime(momento) for momento in (votacion.abre, votacion.cierra))
    meta = {
        "description": f"Presupuesto participativo de {municipio}: {votacion.nombre}, {distrito}",
        "country": "Bolivia",
        "unit": municipio,
        "subunit": str(distrito),
        "instance": votacion.slug,
        "budget": _monto(contienda.presupuesto),
        "rule": _regla(contienda),
        "date_begin": f"{abre:%d.%m.%Y}",
        "date_end": f"{cierra:%d.%m.%Y}",
        "max_sum_cost": _monto(contienda.presupuesto),
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
    for rotulo, clave in (("Se excluyen", "excluyentes"), ("Cada primera necesita a la segunda", "dependencias")):
        if parejas := condiciones.get(clave):
            frases.append(f"{rotulo}: {', '.join(f'{a}-{b}' for a, b in parejas)}.")
    return frases


def _regla(contienda: Contienda) -> str:
    """El nombre de la regla en pabulib.org/format. Los de partes iguales y Phragmén completadas por votos no existen.

    Partes que crecen sí: es «add1», con el paso y lo que se hace después dichos en un comentario.
    """
    if contienda.votacion.regla == Votacion.Regla.PARTES_QUE_CRECEN:
        return "equalshares/add1"
    if contienda.votacion.regla != Votacion.Regla.VORAZ:
        return "unknown"
    if contienda.condiciones.get("dependencias"):
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
    recibos: dict[int, list[str]] = {}
    for clave, recibo in Voto.objects.filter(contienda__votacion=votacion).values_list("contienda", "recibo"):
        recibos.setdefault(clave, []).append(recibo)
    for contienda in contiendas_de(votacion).select_related("votacion", "distrito__padre"):
        suyos = sorted(recibos.get(contienda.pk, ()))
        paquete[f"recibos-{contienda.numero}.txt"] = "".join(f"{recibo}\n" for recibo in suyos).encode()
        if se_publican_papeletas(votacion, len(suyos)):
            paquete[f"distrito-{contienda.numero}.pb"] = pabulib_de(contienda).encode()
    return paquete


def comprimir(paquete: Mapping[str, bytes]) -> bytes:
    """El zip de esos archivos; los mismos archivos dan siempre los mismos bytes."""
    salida = io.BytesIO()
    with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as archivo:
        for nombre, octetos in sorted(paquete.items()):
            archivo.writestr(zipfile.ZipInfo(nombre), octetos, zipfile.ZIP_DEFLATED)
    return salida.getvalue()
