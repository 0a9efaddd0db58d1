"""Lo que todos los pasos consultan: el calendario, el azar con semilla y lo ya cargado, por su nombre corto."""

import random
from functools import cached_property
from typing import Any

import shapely
from shapely.geometry import shape

from civic.comun.models import Foto
from civic.cuentas.models import Mandato, Organizacion, Usuario
from civic.demo.dibujos import ESCENAS
from civic.demo.fuentes import Calendario, tabla
from civic.procesos.models import Categoria
from mapas.territorio.models import Area, Limite

METROS = 1 / 111_320  # un metro en grados, de norte a sur


class Contexto:
    """Una carga de la demo. Todo se relee de la base: un paso puede correr en otro proceso que el anterior."""

    def __init__(self, calendario: Calendario) -> None:
        self.calendario = calendario

    @staticmethod
    def azar(*semilla: object) -> random.Random:
        """Azar repetible: la misma semilla da siempre lo mismo, en cualquier máquina y cualquier día."""
        return random.Random(":".join(str(parte) for parte in semilla))  # noqa: S311 -- datos de demostración

    @cached_property
    def distritos(self) -> dict[int, Area]:
        return {area.orden: area for area in Area.objects.distritos().de_este_municipio()}

    @cached_property
    def distritos_por_clave(self) -> dict[int | None, Area]:
        return {area.pk: area for area in self.distritos.values()}

    @cached_property
    def otbs(self) -> dict[str, Area]:
        """Áreas de organizaciones por código."""
        return {area.codigo: area for area in Area.objects.otbs().de_este_municipio()}

    @cached_property
    def organizaciones(self) -> dict[str, Organizacion]:
        """Organizaciones por el código de su área."""
        lista = Organizacion.objects.select_related("area", "distrito")
        return {org.area.codigo: org for org in lista}  # type: ignore[union-attr]

    @cached_property
    def por_demo(self) -> dict[str, Organizacion]:
        """Organizaciones por su identificador en el contenido («d3-barrio-manaco»)."""
        return {f["demo"]: self.organizaciones[f["codigo"]] for f in tabla("organizaciones", ",") if f["demo"]}

    @cached_property
    def por_nombre(self) -> dict[tuple[int, str], Organizacion]:
        """Organizaciones por (distrito, nombre)."""
        return {
            (int(f["distrito"]), f["nombre"]): self.organizaciones[f["codigo"]] for f in tabla("organizaciones", ",")
        }

    @cached_property
    def categorias(self) -> dict[str, Categoria]:
        return {categoria.codigo: categoria for categoria in Categoria.objects.all()}

    @cached_property
    def fotos(self) -> dict[str, Foto]:
        """El dibujo de cada categoría."""
        por_texto = {foto.texto: foto for foto in Foto.objects.filter(texto__startswith="Dibujo: ")}
        return {codigo: por_texto[texto] for codigo, (_, texto) in ESCENAS.items()}

    @cached_property
    def personas(self) -> dict[str, Usuario]:
        """Las personas de la demo con clave, por su papel («planificacion»)."""
        lista = Usuario.objects.filter(username__startswith="demo_")
        return {persona.username.removeprefix("demo_"): persona for persona in lista}

    @cached_property
    def vecinos(self) -> dict[int, list[Usuario]]:
        """Vecinas y vecinos inventados con residencia verificada, por distrito."""
        listas: dict[int, list[Usuario]] = {numero: [] for numero in self.distritos}
        lista = Usuario.objects.filter(username__startswith="vecin", residencia__nivel="verificada")
        for persona in lista.select_related("residencia__distrito"):
            distrito = persona.residencia.distrito
            if distrito is not None:
                listas[distrito.orden].append(persona)
        return listas

    @cached_property
    def presidencias(self) -> dict[int, Mandato]:
        """Quién preside hoy cada organización, por organización."""
        vigentes = Mandato.objects.vigentes(self.calendario.hoy).filter(cargo="Presidencia")
        return {mandato.organizacion_id: mandato for mandato in vigentes.select_related("usuario", "organizacion")}

    # --- Lugares -----------------------------------------------------------------------------------------------------
    @cached_property
    def _formas(self) -> dict[int, Any]:
        """Polígono de cada área con geometría, por su clave."""
        limites = Limite.objects.vigentes(self.calendario.hoy)
        return {limite.area_id: shape(limite.geometria) for limite in limites}

    def punto(self, organizacion: Organizacion, sugerido: tuple[float, float] | None, *semilla: object) -> Any:
        """(lon, lat) para algo de `organizacion`: dentro de su distrito y, si tiene polígono, dentro de él.

        Vale el punto sugerido si cumple; si no, uno al azar cerca del lugar conocido de la organización o de otra de
        su distrito.
        """
        distrito = self._formas[organizacion.distrito_id]  # type: ignore[index]  # en la demo todas tienen distrito
        celda = self._formas.get(organizacion.area_id or 0, distrito)
        if sugerido and celda.contains(shapely.Point(sugerido)):
            return sugerido
        azar = self.azar("punto", organizacion.area.codigo if organizacion.area else "", *semilla)
        area = organizacion.area
        if area is None or area.lon is None:
            conocidas = [otra for otra in self.otbs.values() if otra.lon and otra.padre_id == organizacion.distrito_id]
            area = azar.choice(sorted(conocidas, key=lambda otra: otra.codigo))
        radio = 260 * METROS
        while True:
            lon = round(area.lon + azar.uniform(-radio, radio), 6)  # type: ignore[operator]
            lat = round(area.lat + azar.uniform(-radio, radio), 6)  # type: ignore[operator]
            if celda.contains(shapely.Point(lon, lat)):
                return lon, lat
            radio *= 0.97  # se acerca al lugar conocido, que está dentro
