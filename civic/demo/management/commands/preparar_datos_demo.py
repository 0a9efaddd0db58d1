"""Rehace, a partir de las fuentes, los archivos de territorio que la demo trae ya listos.

Se corre a mano cuando cambian las fuentes (ver civic/demo/datos/LEEME.md). Usa GeoPandas; cargar la demo no.
"""

import csv
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from civic.comun.texto import para_buscar

SALIDA = Path(__file__).resolve().parents[2] / "datos"
TOLERANCIA = 0.0002  # grados, unos 20 m: bastante menos que el error de un límite aproximado
REJILLA = 1e-6  # todas las coordenadas caen en esta rejilla, así los bordes vecinos coinciden exactamente
_ORDEN_DE_CONFIANZA = {"alta": 0, "media": 1, "baja": 2}
CLASES = {
    "OTB": "otb",
    "Junta Vecinal": "junta_vecinal",
    "Barrio": "junta_vecinal",
    "Urbanización": "junta_vecinal",
    "Sindicato Agrario": "sindicato_agrario",
    "Comunidad": "comunidad_campesina",
}
# Las convocatorias vienen sin tildes.
TILDES = {
    "Aguila": "Águila",
    "Asuncion": "Asunción",
    "Bascope": "Bascopé",
    "Buganvillas": "Buganvillas",
    "Cardenas": "Cárdenas",
    "Cienaga": "Ciénaga",
    "Cienega": "Ciénega",
    "Cortez": "Cortez",
    "Exaltacion": "Exaltación",
    "Fernandez": "Fernández",
    "German": "Germán",
    "Gral": "General",
    "Gutierrez": "Gutiérrez",
    "Jardin": "Jardín",
    "Jose": "José",
    "Maria": "María",
    "Maritimo": "Marítimo",
    "Martin": "Martín",
    "Nelida": "Nélida",
    "Ollería": "Ollería",
    "Olleria": "Ollería",
    "Paraiso": "Paraíso",
    "Perez": "Pérez",
    "Ramon": "Ramón",
    "Rio": "Río",
    "Sto": "Santo",
    "Union": "Unión",
}
_SOBRAN = {"barrio", "villa", "otb", "zona", "de", "del", "la", "el", "los", "las", "y", "b"}


def clave(nombre: str) -> str:
    """Para reconocer el mismo lugar escrito de otro modo: sin tildes, artículos ni «barrio» o «villa»."""
    palabras = [palabra for palabra in para_buscar(nombre).split() if palabra not in _SOBRAN]
    return " ".join(palabras) or para_buscar(nombre)


class Command(BaseCommand):
    help = "Rehace los archivos de territorio de la demo a partir de las fuentes (necesita GeoPandas)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("fuentes", type=Path, help="Carpeta con limites/, otb/ y demo_content.json.")

    def handle(self, *args: Any, **opciones: Any) -> None:
        fuentes: Path = opciones["fuentes"]
        contenido = json.loads((fuentes / "demo_content.json").read_text(encoding="utf-8"))
        organizaciones = _organizaciones(fuentes, contenido)
        areas = _areas(fuentes, organizaciones)
        for numero, nombre in enumerate(("municipio", "distritos", "celdas")):
            _guardar(SALIDA / f"{nombre}.geojson", areas[numero])
        _guardar_organizaciones(organizaciones, {celda["properties"]["codigo"] for celda in areas[2]})
        self._guardar_contenido(contenido)
        sin = [org["nombre"] for org in organizaciones if org["lon"] and org["codigo"] not in _con_celda(areas[2])]
        self.stdout.write(f"{len(organizaciones)} organizaciones, {len(areas[2])} celdas; sin celda: {', '.join(sin)}")

    def _guardar_contenido(self, contenido: dict[str, Any]) -> None:
        """El contenido ficticio, solo con lo que la demo usa y con otra ortografía de las fuentes ya resuelta."""
        usa = ("meta", "categorias", "territorios", "propuestas", "reportes", "proyectos", "consultas", "campanas")
        limpio = {nombre: contenido[nombre] for nombre in (*usa, "usuarios_demo")}
        texto = json.dumps(limpio, ensure_ascii=False, indent=1)
        (SALIDA / "contenido.json").write_text(texto + "\n", encoding="utf-8")


def _con_celda(celdas: list[dict[str, Any]]) -> set[str]:
    return {celda["properties"]["codigo"] for celda in celdas}


def _organizaciones(fuentes: Path, contenido: dict[str, Any]) -> list[dict[str, Any]]:
    """Las del registro de convocatorias y las del contenido de demo, unidas por distrito y nombre."""
    with (fuentes / "otb" / "quillacollo_otbs_sicoes.csv").open(encoding="utf-8") as archivo:
        filas = list(csv.DictReader(archivo))
    organizaciones = [_de_convocatorias(fila) for fila in filas]
    for territorio in contenido["territorios"]:
        numero = territorio["numero"]
        vecinas = [org for org in organizaciones if org["distrito"] == numero]
        for puesto, dato in enumerate(territorio["organizaciones"], start=1):
            hallada = _la_misma(dato["nombre"], vecinas)
            if hallada is None:
                hallada = {
                    "codigo": f"QLL-D{numero:02}-9{puesto:02}",
                    "distrito": numero,
                    "alias": [],
                    "lon": None,
                    "lat": None,
                    "confianza": "",
                }
                organizaciones.append(hallada)
            if hallada.get("nombre") and hallada["nombre"] != dato["nombre"]:
                hallada["alias"] = sorted({*hallada["alias"], hallada["nombre"]})
            hallada |= {"nombre": dato["nombre"], "clase": dato["tipo"], "demo": dato["id"]}
            hallada["familias"] = dato["padron_demo"]
    return organizaciones


def _de_convocatorias(fila: dict[str, str]) -> dict[str, Any]:
    nombre = " ".join(TILDES.get(palabra, palabra) for palabra in fila["nombre"].split())
    alias = {variante.strip() for variante in fila["variantes"].split(";")} - {para_buscar(nombre), ""}
    return {
        "codigo": fila["otb_id"],
        "distrito": int(fila["distrito"]),
        "nombre": nombre,
        "clase": CLASES[fila["tipo"]],
        "alias": sorted(alias),
        "lon": float(fila["lon"]) if fila["lon"] else None,
        "lat": float(fila["lat"]) if fila["lat"] else None,
        "confianza": fila["confianza_coord"],
        "demo": "",
        "familias": None,
    }


def _la_misma(nombre: str, vecinas: list[dict[str, Any]]) -> dict[str, Any] | None:
    exactas = [org for org in vecinas if para_buscar(org["nombre"]) == para_buscar(nombre)]
    parecidas = [org for org in vecinas if clave(org["nombre"]) == clave(nombre) and not org["demo"]]
    return next(iter(exactas or parecidas), None)


def _areas(fuentes: Path, organizaciones: list[dict[str, Any]]) -> tuple[list, list, list]:
    """(municipio, distritos, celdas) como Features. Cada celda está en su distrito y entre todas lo cubren exacto."""
    import geopandas
    import shapely

    marco = geopandas.read_file(fuentes / "limites" / "quillacollo_distritos_APROX_NO_OFICIAL.geojson").to_crs(4326)
    marco = marco.sort_values("distrito").reset_index(drop=True)
    simples = shapely.coverage_simplify(list(marco.geometry), TOLERANCIA)
    distritos = {
        int(numero): shapely.set_precision(forma, REJILLA)
        for numero, forma in zip(marco.distrito, simples, strict=True)
    }
    semillas = _semillas(organizaciones, distritos)
    lineas = [forma.boundary for forma in distritos.values()]
    for numero, puntos in semillas.items():
        if len(puntos) > 1:
            caja = distritos[numero].buffer(0.05)
            bordes = shapely.voronoi_polygons(
                shapely.MultiPoint([punto for _, punto in puntos]), extend_to=caja, only_edges=True
            )
            lineas.append(bordes.intersection(distritos[numero].buffer(0.001)))
    # Una sola red de líneas para todo: las caras que salen comparten cada vértice y no dejan huecos.
    red = shapely.union_all(lineas, grid_size=REJILLA)
    caras = shapely.get_parts(shapely.polygonize([red]))
    por_celda: dict[tuple[int, str], list[Any]] = {}
    for cara in caras:
        dentro = cara.representative_point()
        for numero in (n for n, forma in distritos.items() if forma.contains(dentro)):
            codigo = min(semillas[numero], key=lambda par: par[1].distance(dentro))[0]
            por_celda.setdefault((numero, codigo), []).append(cara)
    celdas = {llave: shapely.union_all(partes) for llave, partes in por_celda.items()}
    cubiertos = {
        numero: shapely.union_all([celda for (de, _), celda in celdas.items() if de == numero]) for numero in distritos
    }
    assert shapely.coverage_is_valid(list(celdas.values())), "las celdas no encajan"  # noqa: S101 -- herramienta de autor
    return (
        [_feature(shapely.union_all(list(cubiertos.values())), {"codigo": "030901", "nombre": "Quillacollo"})],
        [_feature(forma, {"numero": numero, "puntos": len(semillas[numero])}) for numero, forma in cubiertos.items()],
        [_feature(forma, {"codigo": codigo, "distrito": numero}) for (numero, codigo), forma in sorted(celdas.items())],
    )


def _semillas(organizaciones: list[dict[str, Any]], distritos: dict[int, Any]) -> dict[int, list[tuple[str, Any]]]:
    """Puntos que sirven: dentro de su propio distrito y uno por lugar. Los demás se quedan sin punto."""
    import shapely

    semillas: dict[int, list[tuple[str, Any]]] = {numero: [] for numero in distritos}
    vistos = set()
    ubicadas = [org for org in organizaciones if org["lon"] is not None]
    for org in sorted(ubicadas, key=lambda org: (_ORDEN_DE_CONFIANZA[org["confianza"]], org["codigo"])):
        punto = shapely.Point(org["lon"], org["lat"])
        llave = (org["lon"], org["lat"])
        if distritos[org["distrito"]].contains(punto) and llave not in vistos:
            vistos.add(llave)
            semillas[org["distrito"]].append((org["codigo"], punto))
    return semillas


def _feature(forma: Any, propiedades: dict[str, Any]) -> dict[str, Any]:
    import shapely

    geometria = json.loads(shapely.to_geojson(shapely.normalize(forma)))
    geometria["coordinates"] = _redondear(geometria["coordinates"])
    return {"type": "Feature", "properties": propiedades, "geometry": geometria}


def _redondear(valor: Any) -> Any:
    return [_redondear(parte) for parte in valor] if isinstance(valor, list) else round(valor, 6)


def _guardar(archivo: Path, features: list[dict[str, Any]]) -> None:
    lineas = ",\n".join(json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features)
    archivo.write_text(f'{{"type":"FeatureCollection","features":[\n{lineas}\n]}}\n', encoding="utf-8")


def _guardar_organizaciones(organizaciones: list[dict[str, Any]], con_celda: set[str]) -> None:
    campos = ["codigo", "distrito", "nombre", "clase", "alias", "lon", "lat", "confianza", "demo", "familias"]
    with (SALIDA / "organizaciones.csv").open("w", encoding="utf-8", newline="") as archivo:
        hoja = csv.DictWriter(archivo, campos, extrasaction="ignore", lineterminator="\n")
        hoja.writeheader()
        for org in sorted(organizaciones, key=lambda org: org["codigo"]):
            # Un punto fuera de su distrito, o repetido, no se publica.
            punto = {} if org["codigo"] in con_celda else {"lon": "", "lat": "", "confianza": ""}
            hoja.writerow({**org, "alias": "; ".join(org["alias"]), **punto})
