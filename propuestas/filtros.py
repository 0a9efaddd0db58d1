"""Los filtros de las propuestas tal como vienen en la dirección: los mismos para la lista, el mapa, las descargas, las
novedades y la cartelera."""

from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.http import urlencode

from civic.comun.dinero import bolivianos
from civic.comun.texto import limpiar
from civic.cuentas.consultas_organizaciones import organizacion_de_filtro
from civic.procesos.models import Categoria, Proceso
from mapas.territorio import consultas as territorio
from mapas.territorio.models import Area
from propuestas import consultas
from propuestas.forms import CampoBolivianos
from propuestas.models import PropuestaQuerySet
from propuestas.reglas import FICHAS, GRUPOS, ORDENES

LUGARES = {"con": "Con punto en el mapa", "sin": "Sin punto"}
Opciones = list[tuple[str, str]]


def filtros_de(
    datos: QueryDict, *, procesos: Iterable[Proceso] | None = None, distritos: Iterable[Area] | None = None
) -> "Filtros":
    """Los filtros de una dirección, con las opciones de hoy. `procesos` y `distritos`, si ya se cargaron."""
    return Filtros(
        datos,
        procesos=Proceso.objects.publicados().only("slug", "nombre") if procesos is None else procesos,
        distritos=territorio.distritos() if distritos is None else distritos,
        categorias=consultas.categorias(),
    )


class Filtros:
    """Lo que pide una dirección. Lo que no se reconoce se ignora, nunca es un error.

    No es un Form de Django: la lista la abre cualquiera a cada rato y dibujar widgets costaba más que consultarla.
    """

    def __init__(
        self,
        datos: QueryDict,
        *,
        procesos: Iterable[Proceso],
        distritos: Iterable[Area],
        categorias: Iterable[Categoria],
    ) -> None:
        self.procesos = [(proceso.slug, proceso.nombre) for proceso in procesos]
        areas = list(distritos)
        self.distritos = [(area.codigo, area.nombre_completo) for area in areas]
        self.categorias = [(categoria.codigo, categoria.nombre) for categoria in categorias]
        self.estados = _estados()
        self.ordenes = list(ORDENES.items())
        self.lugares = list(LUGARES.items())
        self.texto = limpiar(datos.get("q", ""))[:100]
        self.proceso = _elegido(datos, "proceso", self.procesos)
        self.distrito = _elegido(datos, "distrito", self.distritos)
        self.categoria = _elegido(datos, "categoria", self.categorias)
        self.estado = _elegido(datos, "estado", [opcion for _, opciones in self.estados for opcion in opciones])
        self.lugar = _elegido(datos, "lugar", self.lugares)
        self.orden = _elegido(datos, "orden", self.ordenes) or "recientes"
        self.desde, self.hasta = _monto(datos, "desde"), _monto(datos, "hasta")
        self.organizacion = organizacion_de_filtro(datos.get("organizacion", ""))
        self.area = next((area for area in areas if area.codigo == self.distrito), None)
        self._otb = datos.get("otb", "")[:30]
        self.desde_escrito, self.hasta_escrito = _escrito(self.desde), _escrito(self.hasta)

    @cached_property
    def otbs(self) -> Opciones:
        """Las del distrito elegido: la lista de todo el municipio pesaría más que la página."""
        areas = territorio.otbs(self.area) if self.area else territorio.otbs().filter(codigo=self._otb)
        return [(area.codigo, area.nombre_completo) for area in areas] if self.area or self._otb else []

    @property
    def otb(self) -> str:
        return self._otb if self._otb and any(self._otb == codigo for codigo, _ in self.otbs) else ""

    def puestos(self) -> dict[str, str]:
        """{parámetro: valor} de lo que se filtra, sin el orden: lo que hace falta para repetir la misma dirección."""
        todos = {
            "q": self.texto,
            "proceso": self.proceso,
            "distrito": self.distrito,
            "otb": self.otb,
            "categoria": self.categoria,
            "estado": self.estado,
            "lugar": self.lugar,
            "desde": self.desde_escrito,
            "hasta": self.hasta_escrito,
            "organizacion": self.organizacion.slug if self.organizacion else "",
        }
        return {nombre: valor for nombre, valor in todos.items() if valor}

    @property
    def activos(self) -> int:
        """Cuántos filtros hay puestos, sin contar el orden."""
        return len(self.puestos())

    @property
    def direccion(self) -> str:
        """«?distrito=D-3&estado=viable», o vacía si no se filtra nada."""
        return f"?{urlencode(self.puestos())}" if self.activos else ""

    @property
    def sin_punto(self) -> str:
        """La misma dirección, solo con las que no están en el mapa."""
        return f"?{urlencode(self.puestos() | {'lugar': 'sin'})}"

    @property
    def solo_de_propuestas(self) -> bool:
        """Si se filtra por algo más que el distrito, que en el mapa vale para todas las capas."""
        return bool(self.puestos().keys() - {"distrito"})

    @property
    def en_palabras(self) -> str:
        """«Distrito 3 · Agua potable · «tanque»»: qué se eligió, para títulos."""
        nombres = [
            dict(self.procesos).get(self.proceso, ""),
            dict(self.distritos).get(self.distrito, ""),
            dict(self.otbs).get(self.otb, "") if self.otb else "",
            dict(self.categorias).get(self.categoria, ""),
            next((texto for _, opciones in self.estados for valor, texto in opciones if valor == self.estado), ""),
            LUGARES.get(self.lugar, ""),
            f"desde {bolivianos(self.desde)}" if self.desde is not None else "",
            f"hasta {bolivianos(self.hasta)}" if self.hasta is not None else "",
            str(self.organizacion or ""),
            f"«{self.texto}»" if self.texto else "",
        ]
        return " · ".join(nombre for nombre in nombres if nombre)

    def argumentos(self) -> dict[str, Any]:
        """Para `consultas.filtrar`."""
        nombres = (
            *("texto", "proceso", "distrito", "otb", "categoria", "estado", "lugar", "desde", "hasta", "orden"),
            "organizacion",
        )
        return {nombre: getattr(self, nombre) for nombre in nombres}

    def propuestas(self) -> PropuestaQuerySet:
        """Las públicas que pide la dirección, en su orden."""
        return consultas.filtrar(**self.argumentos())


def _elegido(datos: QueryDict, nombre: str, opciones: Opciones) -> str:
    valor = datos.get(nombre, "")
    return valor if any(valor == clave for clave, _ in opciones) else ""


def _monto(datos: QueryDict, nombre: str) -> Decimal | None:
    """«120.000», «120000,50» o lo que escribe el propio filtro; lo que no es un monto no filtra."""
    try:
        return CampoBolivianos(required=False).clean(datos.get(nombre, "")[:30])
    except ValidationError:
        return None


def _escrito(monto: Decimal | None) -> str:
    return CampoBolivianos(required=False).prepare_value(monto) or ""


def _estados() -> list[tuple[str, Opciones]]:
    """(grupo, opciones): primero el grupo entero y después cada estado suyo."""
    return [
        (
            nombre,
            [
                (consultas.clave_de_grupo(nombre), f"{nombre}: todas"),
                *((estado.value, FICHAS[estado].etiqueta) for estado in estados),
            ],
        )
        for nombre, estados in GRUPOS.items()
    ]
