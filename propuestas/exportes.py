"""Las propuestas públicas para descargar. Nada personal: quién la presentó va solo si fue una organización."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from civic.comun.descargas import en_csv, en_geojson, en_xlsx, punto
from mapas.territorio.models import Clase
from propuestas.consultas_firmantes import nombres_por_propuesta
from propuestas.models import PropuestaQuerySet
from propuestas.reglas import FICHAS

# (columna, qué dice): la página «Qué trae cada columna» sale de aquí. Las columnas no cambian de nombre ni de lugar;
# las nuevas van al final.
COLUMNAS = (
    ("codigo", "Código de la propuesta, como PR-2027-001. No cambia."),
    ("titulo", "Título."),
    ("descripcion", "Qué se pide y por qué."),
    ("estado", "Estado, en palabra de máquina: publicada, viable, en_obra…"),
    ("estado_nombre", "Estado como se lee en el sitio."),
    ("proceso", "Proceso en el que se presentó, como aparece en su dirección."),
    ("gestion", "Año para el que se decide."),
    ("categoria", "Código de la categoría."),
    ("categoria_nombre", "Nombre de la categoría."),
    ("distrito", "Código del distrito."),
    ("distrito_nombre", "Nombre del distrito."),
    ("otb", "Código de la OTB o comunidad; vacío si no se dijo."),
    ("otb_nombre", "Nombre de la OTB o comunidad."),
    ("referencia", "Cómo llegar, como lo escribió quien la presentó."),
    ("lon", "Longitud WGS84 en grados; vacía si no tiene punto."),
    ("lat", "Latitud WGS84 en grados; vacía si no tiene punto."),
    ("costo_pedido_bs", "Costo pedido, en bolivianos, con punto decimal."),
    ("costo_tecnico_bs", "Costo según el equipo técnico; vacío si todavía no lo calculó."),
    ("familias", "Familias que se benefician, según quien la presentó."),
    ("apoyos", "Cuántas personas verificadas la apoyan."),
    ("organizacion", "Organización en cuyo nombre se presentó; vacía si fue una persona, que no se nombra."),
    ("presentada", "Día en que se presentó, AAAA-MM-DD."),
    ("url", "Su página."),
    ("origen", "«papel» si el municipio la cargó de lo escrito en papel; «web» si se presentó en el sitio."),
    ("copatrocinan", "Otras organizaciones que aceptaron pedirla, separadas por punto y coma; vacía si ninguna."),
)
TITULOS = tuple(columna for columna, _ in COLUMNAS)
ATRIBUCION = "Propuestas: Ayni, Municipio de Quillacollo"
_CAMPOS = (
    *("codigo", "titulo", "descripcion", "estado", "proceso__slug", "proceso__gestion"),
    *("categoria__codigo", "categoria__nombre", "distrito__codigo", "distrito__clase", "distrito__nombre"),
    *("otb__codigo", "otb__clase", "otb__nombre", "referencia", "lon", "lat"),
    *("monto_solicitado", "monto_tecnico", "familias", "apoyos_contados"),
    *("organizacion__clase", "organizacion__nombre", "presentada", "pk", "papel__pk"),
)
EN_CADA_LECTURA = 1_000


def filas_de(propuestas: PropuestaQuerySet) -> Iterator[list[Any]]:
    """Una fila por propuesta, con los valores de COLUMNAS en su orden."""
    # reverse() por fila cuesta más que leerla: la dirección solo cambia en el número.
    molde = settings.URL_PUBLICA + reverse("propuestas:propuesta", args=[0])
    copatrocinan = nombres_por_propuesta(propuestas)
    for fila in propuestas.values(*_CAMPOS).iterator(chunk_size=EN_CADA_LECTURA):
        yield [
            *(fila["codigo"], fila["titulo"], fila["descripcion"], fila["estado"], FICHAS[fila["estado"]].etiqueta),
            *(fila["proceso__slug"], fila["proceso__gestion"], fila["categoria__codigo"], fila["categoria__nombre"]),
            *(fila["distrito__codigo"], _lugar(fila, "distrito"), fila["otb__codigo"], _lugar(fila, "otb")),
            *(fila["referencia"], fila["lon"], fila["lat"], fila["monto_solicitado"], fila["monto_tecnico"]),
            *(fila["familias"], fila["apoyos_contados"], _lugar(fila, "organizacion")),
            *(timezone.localdate(fila["presentada"]).isoformat(), molde.replace("/0/", f"/{fila['pk']}/")),
            "papel" if fila["papel__pk"] else "web",
            copatrocinan.get(fila["pk"], ""),
        ]


def _lugar(fila: dict[str, Any], que: str) -> str:
    """«OTB Molle»: como Area.nombre_completo y str(Organizacion), sin traer el objeto."""
    clase, nombre = fila[f"{que}__clase"], fila[f"{que}__nombre"]
    return f"{Clase(clase).label} {nombre}" if clase in Clase.values else nombre or ""


def a_csv(propuestas: PropuestaQuerySet) -> Iterator[bytes]:
    return en_csv(TITULOS, filas_de(propuestas))


def a_xlsx(propuestas: PropuestaQuerySet) -> Iterator[bytes]:
    return en_xlsx(TITULOS, filas_de(propuestas), hoja="Propuestas")


def a_geojson(propuestas: PropuestaQuerySet) -> Iterator[bytes]:
    """Un rasgo por propuesta; la que no tiene punto lleva geometría nula."""
    return en_geojson(
        map(_rasgo, filas_de(propuestas)),
        atribucion=ATRIBUCION,
        fuente=settings.URL_PUBLICA + reverse("propuestas:lista"),
        generado=timezone.localtime().isoformat(timespec="seconds"),
    )


def _rasgo(fila: list[Any]) -> dict[str, Any]:
    datos = dict(zip(TITULOS, fila, strict=True))
    lon, lat = datos.pop("lon"), datos.pop("lat")
    for columna in ("costo_pedido_bs", "costo_tecnico_bs"):
        datos[columna] = float(datos[columna]) if datos[columna] is not None else None
    return {"type": "Feature", "id": datos["codigo"], "geometry": punto(lon, lat), "properties": datos}


FORMATOS = {"csv": a_csv, "xlsx": a_xlsx, "geojson": a_geojson}
