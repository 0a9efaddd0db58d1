"""De qué OTB o distrito es cada fila de un padrón."""

from collections.abc import Iterable

from civic.comun.texto import para_buscar
from civic.cuentas.reglas_identidad import DatoInvalido
from mapas.territorio.models import Area


class Lugares:
    """Las OTB y distritos de un municipio, para hallar el de cada fila por código, número o nombre."""

    siempre = False  # si hay que preguntar aunque el archivo no traiga columnas de lugar

    def __init__(self, areas: Iterable[Area]) -> None:
        self.distritos: dict[str, Area] = {}
        self.codigos: dict[str, Area] = {}
        self.otbs: dict[str, list[Area]] = {}
        for area in areas:
            if area.tipo == Area.Tipo.DISTRITO:
                nombres = {area.codigo, area.nombre, area.otro_nombre, *area.alias}
                if area.orden:
                    nombres |= {str(area.orden), f"Distrito {area.orden}", f"D-{area.orden}", f"D{area.orden}"}
                for nombre in nombres:
                    self.distritos.setdefault(para_buscar(nombre), area)
            elif area.tipo == Area.Tipo.OTB:
                self.codigos[para_buscar(area.codigo)] = area
                for nombre in {area.nombre, area.otro_nombre, area.nombre_completo, *area.alias} - {""}:
                    lista = self.otbs.setdefault(para_buscar(nombre), [])
                    if area not in lista:
                        lista.append(area)
        self.distritos.pop("", None)
        self._vistos: dict[tuple[str, str, str], Area | str] = {}

    def hallar(self, codigo: str, otb: str, distrito: str) -> Area:
        """El área de la fila; DatoInvalido con la razón si no hay una sola."""
        clave = (codigo, otb, distrito)
        if clave not in self._vistos:
            try:
                self._vistos[clave] = self._buscar(*clave)
            except DatoInvalido as error:
                self._vistos[clave] = str(error)
        hallado = self._vistos[clave]
        if isinstance(hallado, str):
            raise DatoInvalido(hallado)
        return hallado

    def _buscar(self, codigo: str, otb: str, distrito: str) -> Area:
        del_distrito = None
        if distrito:
            llano = para_buscar(distrito.removesuffix(".0"))
            del_distrito = self.distritos.get(llano.lstrip("0") or llano) or self.distritos.get(llano)
            if del_distrito is None:
                raise DatoInvalido("no hay ese distrito en el municipio")
        if codigo:
            area = self.codigos.get(para_buscar(codigo.removesuffix(".0")))
            if area is None:
                raise DatoInvalido("no hay una OTB con ese código en el municipio")
        elif otb:
            area = self._por_nombre(para_buscar(otb), del_distrito)
        elif del_distrito is not None:
            return del_distrito
        else:
            raise DatoInvalido("falta la OTB o el distrito")
        if del_distrito is not None and area.padre_id != del_distrito.pk:
            raise DatoInvalido("la OTB no es de ese distrito")
        return area

    def _por_nombre(self, nombre: str, distrito: Area | None) -> Area:
        candidatas = self.otbs.get(nombre, [])
        if not candidatas and nombre in self.codigos:
            candidatas = [self.codigos[nombre]]
        if distrito is not None:
            candidatas = [area for area in candidatas if area.padre_id == distrito.pk]
        if not candidatas:
            raise DatoInvalido("no hay una OTB con ese nombre en el municipio" + (" y distrito" if distrito else ""))
        if len(candidatas) > 1:
            raise DatoInvalido("hay más de una OTB con ese nombre; agrega la columna distrito o codigo_otb")
        return candidatas[0]


class SoloUnaOtb(Lugares):
    """Para el padrón de una organización: cada fila es de su OTB o no dice de cuál."""

    siempre = True

    def __init__(self, otb: Area) -> None:
        super().__init__([otb] + ([otb.padre] if otb.padre is not None else []))
        self.otb = otb

    def _buscar(self, codigo: str, otb: str, distrito: str) -> Area:
        if codigo or otb or distrito:
            try:
                super()._buscar(codigo, otb, distrito)
            except DatoInvalido:
                raise DatoInvalido(
                    "la fila dice otro lugar; aquí van solo las personas de tu OTB, y esa columna puede faltar"
                ) from None
        return self.otb
