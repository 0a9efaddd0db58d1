"""El municipio, sus diez distritos y sus organizaciones de base."""

from django.utils.text import slugify

from civic.cuentas.models import Organizacion
from civic.demo.contexto import Contexto
from civic.demo.fuentes import contenido, geometrias, tabla
from civic.procesos.models import Categoria
from mapas.territorio.acciones import limite_nuevo, trazar_limite
from mapas.territorio.models import Area, Limite

NOMBRES_TOMADOS_DE = "Nombre tomado de convocatorias públicas (SICOES)"
APROXIMADO = "Aproximado, no oficial: zonas más cercanas a lugares de distrito conocido"
# En una tarjeta de teléfono el nombre largo no cabe.
NOMBRES_CORTOS = {"vias": "Calles y vías", "comunal": "Espacios comunales", "pluvial": "Desagüe pluvial"}
ICONOS = {
    "agua": "droplets",
    "alcantarillado": "toilet",
    "pluvial": "cloud-rain",
    "vias": "route",
    "alumbrado": "lightbulb",
    "areas_verdes": "trees",
    "deporte": "volleyball",
    "educacion": "school",
    "salud": "heart-pulse",
    "seguridad": "shield",
    "riego": "sprout",
    "comunal": "users",
}


def cargar(contexto: Contexto) -> str:
    Categoria.objects.bulk_create(
        Categoria(
            codigo=dato["codigo"],
            nombre=NOMBRES_CORTOS.get(dato["codigo"], dato["nombre"]),
            icono=ICONOS[dato["codigo"]],
            sector_oc4ids=dato["oc4ids_sector"],
            orden=orden,
        )
        for orden, dato in enumerate(contenido()["categorias"], start=1)
    )
    (forma,) = geometrias("municipio")
    municipio = Area.objects.create(
        tipo=Area.Tipo.MUNICIPIO,
        codigo=forma["properties"]["codigo"],
        nombre=forma["properties"]["nombre"],
        poblacion=sum(territorio["poblacion_demo"] for territorio in contenido()["territorios"]),
        aproximada=True,
        fuente=APROXIMADO,
    )
    trazar_limite(municipio, forma["geometry"])
    distritos = _distritos(municipio)
    areas = _organizaciones(municipio, distritos)
    return f"{len(distritos)} distritos, {areas} organizaciones"


def _distritos(municipio: Area) -> dict[int, Area]:
    formas = {feature["properties"]["numero"]: feature["geometry"] for feature in geometrias("distritos")}
    distritos = {
        dato["numero"]: Area(
            tipo=Area.Tipo.DISTRITO,
            codigo=dato["codigo"],
            nombre=f"Distrito {dato['numero']}",
            otro_nombre=dato["nombre"],
            orden=dato["numero"],
            municipio=municipio,
            padre=municipio,
            poblacion=dato["poblacion_demo"],
            aproximada=True,
            fuente=APROXIMADO,
        )
        for dato in contenido()["territorios"]
    }
    Area.objects.bulk_create(distritos.values())
    Limite.objects.bulk_create(limite_nuevo(area, formas[numero]) for numero, area in distritos.items())
    return distritos


def _organizaciones(municipio: Area, distritos: dict[int, Area]) -> int:
    celdas = {feature["properties"]["codigo"]: feature["geometry"] for feature in geometrias("celdas")}
    filas = tabla("organizaciones", ",")
    areas = [
        Area(
            tipo=Area.Tipo.OTB,
            municipio=municipio,
            codigo=fila["codigo"],
            nombre=fila["nombre"],
            clase=fila["clase"],
            alias=[alias for alias in fila["alias"].split("; ") if alias],
            padre=distritos[int(fila["distrito"])],
            lon=float(fila["lon"]) if fila["lon"] else None,
            lat=float(fila["lat"]) if fila["lat"] else None,
            aproximada=True,
            fuente=NOMBRES_TOMADOS_DE,
        )
        for fila in filas
    ]
    Area.objects.bulk_create(areas)
    Limite.objects.bulk_create(limite_nuevo(area, celdas[area.codigo]) for area in areas if area.codigo in celdas)
    Organizacion.objects.bulk_create(
        Organizacion(
            nombre=area.nombre,
            slug=slugify(f"{area.nombre}-d{fila['distrito']}-{area.codigo[-3:]}"),
            clase=area.clase,
            area=area,
            distrito=area.padre,
            familias=int(fila["familias"]) if fila["familias"] else None,
            estado=Organizacion.Estado.VIGENTE,
            fuente=NOMBRES_TOMADOS_DE,
        )
        for area, fila in zip(areas, filas, strict=True)
    )
    return len(areas)
