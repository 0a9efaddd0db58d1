"""Cambiar el territorio: trazar un límite, corregir los datos de un área, importar y publicar una versión."""

import datetime
import hashlib
import re
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from shapely.geometry import shape

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from mapas.territorio.importador import proceso
from mapas.territorio.importador.piezas import ArchivoInservible, Pedido
from mapas.territorio.models import Area, Importacion, Limite, escrituras_de_clases
from mapas.territorio.versiones import SIEMPRE, Version, comparar

CALIDAD = "Planificación POA"
LOTE = 500
LETRAS_CAMPO = 80
CORREGIBLES = (
    *("nombre", "otro_nombre", "alias", "clase", "orden", "padre", "lon", "lat", "poblacion"),
    *("aproximada", "en_disputa", "fuente", "vigente_desde", "vigente_hasta"),
)
# Qué áreas pueden contener a las de cada tipo, además del municipio.
_PADRES = {Area.Tipo.OTB.value: Area.Tipo.DISTRITO, Area.Tipo.DISTRITO.value: Area.Tipo.MACRODISTRITO}
_ROTULOS = {
    Area.Tipo.OTB.value: "distrito",
    Area.Tipo.DISTRITO.value: "macrodistrito",
    Area.Tipo.MACRODISTRITO.value: "municipio",
}


def limite_nuevo(area: Area, geometria: dict[str, Any], *, desde: datetime.date = SIEMPRE) -> Limite:
    """Un límite sin guardar, con su caja. `geometria` es GeoJSON Polygon o MultiPolygon en WGS84, ya válido."""
    oeste, sur, este, norte = shape(geometria).bounds
    return Limite(area=area, geometria=geometria, oeste=oeste, sur=sur, este=este, norte=norte, desde=desde)


def trazar_limite(area: Area, geometria: dict[str, Any] | None, *, desde: datetime.date = SIEMPRE) -> Limite | None:
    """Pone a un área el límite que vale desde ese día; el anterior termina ese día. Con None, deja de tenerlo.

    Lanza ReglaIncumplida si el área ya tiene otro límite desde esa fecha o una posterior.
    """
    with transaction.atomic():
        bloquear(Area.objects.filter(pk=area.pk)).get()
        anterior = area.limites.order_by("-desde").first()  # type: ignore[attr-defined]
        if anterior is not None and anterior.desde >= desde and geometria is not None:
            ultima = f"{anterior.desde:%d/%m/%Y}"
            raise ReglaIncumplida(f"{area} ya tiene un límite desde el {ultima}: elige una fecha posterior.")
        if anterior is not None and anterior.hasta is None:
            anterior.hasta = desde
            anterior.save(update_fields=["hasta"])
        limite = None
        if geometria is not None:
            limite = limite_nuevo(area, geometria, desde=desde)
            limite.save()
        area.save(update_fields=["cambiada"])
    area.__dict__.pop("geometria", None)
    return limite


# --- Un área a mano --------------------------------------------------------------------------------------------------
def registrar_area(area: Area, *, actor: Any = None) -> Area:
    """Guarda un área nueva, sin polígono, y lo anota. `area` llega sin guardar, con su municipio ya puesto."""
    with transaction.atomic():
        area.save()
        texto = f"Se registró {area} ({area.get_tipo_display().lower()}, código {area.codigo})."
        anotar(area, verbo="registrar_area", texto=texto, actor=actor, calidad=CALIDAD)
    return area


def corregir_area(area: Area, *, actor: Any = None, **cambios: Any) -> Area:
    """Corrige datos de un área (nombres, alias, clase, disputa, vigencia…) y anota lo que había y lo que queda."""
    desconocidos = set(cambios) - set(CORREGIBLES)
    if desconocidos:
        raise ValueError(f"No se corrigen así: {', '.join(sorted(desconocidos))}")
    with transaction.atomic():
        area = bloquear(Area.objects.filter(pk=area.pk)).get()
        antes = {campo: getattr(area, campo) for campo in cambios}
        for campo, valor in cambios.items():
            setattr(area, campo, valor)
        distintos = [campo for campo in antes if antes[campo] != getattr(area, campo)]
        if not distintos:
            return area
        if area.vigente_hasta is not None and area.vigente_hasta <= area.vigente_desde:
            raise ReglaIncumplida("La vigencia debe terminar después de empezar.", campo="vigente_hasta")
        area.save()
        nombres = {campo.name: str(campo.verbose_name) for campo in Area._meta.fields}
        rotulos = ", ".join(nombres[campo] for campo in distintos)
        anotar(
            area,
            verbo="corregir_area",
            texto=f"Se corrigió {area}: {rotulos}.",
            actor=actor,
            calidad=CALIDAD,
            datos={
                campo: {"antes": _llano(antes[campo]), "despues": _llano(getattr(area, campo))} for campo in distintos
            },
        )
    return area


def _con_alias(alias: list[str], nombre: str, *, salvo: str = "") -> list[str]:
    """Los alias con ese nombre al final, sin repetir y sin el que ya es el nombre."""
    return [escrito for escrito in dict.fromkeys([*alias, nombre]) if escrito and escrito != salvo]


def _llano(valor: Any) -> Any:
    if isinstance(valor, Area):
        return f"{valor.tipo} {valor.codigo}"
    return valor.isoformat() if isinstance(valor, datetime.date) else valor


# --- Importar --------------------------------------------------------------------------------------------------------
def revisar_territorio(
    archivo: str,
    datos: bytes,
    *,
    tipo: str,
    campo_codigo: str,
    campo_nombre: str,
    campo_padre: str = "",
    campo_clase: str = "",
    municipio: str = "",
    crear_municipio: str = "",
    desde: datetime.date | None = None,
    actor: Any = None,
) -> Importacion:
    """Revisa un archivo de límites en un proceso aparte y guarda lo hallado, sin publicar nada.

    `municipio` es su código (el de este sitio si no se dice; con tipo «municipio», ninguno). `crear_municipio` es el
    nombre con el que se creará al publicar, si no existe. Lanza ReglaIncumplida si el archivo entero no sirve.
    """
    codigo, existente = "", None
    if tipo == Area.Tipo.MUNICIPIO:
        if municipio or crear_municipio:
            raise ReglaIncumplida(
                "Al importar municipios cada uno trae su código: no se dice a cuál pertenecen.", campo="municipio"
            )
    else:
        codigo = limpiar(municipio) or settings.MUNICIPIO
        existente = Area.objects.municipios().filter(codigo=codigo).first()
        crear_municipio = "" if existente else limpiar(crear_municipio)
        _exigir_municipio(codigo, existente, crear_municipio)
    if max(map(len, (campo_codigo, campo_nombre, campo_padre, campo_clase))) > LETRAS_CAMPO:
        raise ReglaIncumplida(f"El nombre de una columna va hasta {LETRAS_CAMPO} letras: acórtalo en el archivo.")
    if campo_clase and tipo != Area.Tipo.OTB:
        raise ReglaIncumplida("Solo las organizaciones de base tienen clase: quita ese campo.", campo="campo_clase")
    pedido = Pedido(
        tipo=tipo,
        campo_codigo=campo_codigo,
        campo_nombre=campo_nombre,
        campo_padre=campo_padre,
        campo_clase=campo_clase,
        clases=escrituras_de_clases(),
        referencia=_referencia(tipo, existente, desde or timezone.localdate()),
        padres=_posibles_padres(tipo, existente, desde or timezone.localdate(), codigo, crear_municipio),
        rotulo_padre=_ROTULOS.get(tipo, "área"),
    )
    try:
        hallado = proceso.revisar_archivo(archivo, datos, pedido)
    except ArchivoInservible as error:
        raise ReglaIncumplida(str(error), campo="archivo") from None
    informe = hallado["informe"]
    with transaction.atomic():
        importacion = Importacion.objects.create(
            tipo=tipo,
            municipio=existente,
            municipio_codigo=codigo,
            municipio_nombre=crear_municipio,
            archivo=limpiar(PurePath(archivo).name)[-150:],
            huella=hashlib.sha256(datos).hexdigest(),
            peso=len(datos),
            formato=informe["formato"],
            crs=informe["crs"],
            campo_codigo=campo_codigo,
            campo_nombre=campo_nombre,
            campo_padre=campo_padre,
            campo_clase=campo_clase,
            aceptadas=informe["aceptadas"],
            rechazadas=informe["rechazadas"],
            informe=informe,
            contenido={"areas": hallado["areas"], "dibujo": hallado["dibujo"]},
            creada_por=actor,
        )
        if actor is not None:
            texto = f"Se revisó el archivo {importacion.archivo}: {importacion.aceptadas} aceptadas,"
            texto += f" {importacion.rechazadas} rechazadas. Falta publicar."
            anotar(importacion, verbo="revisar_territorio", texto=texto, actor=actor, calidad=CALIDAD, publico=False)
    return importacion


def _exigir_municipio(codigo: str, existente: Area | None, crear: str) -> None:
    if existente is None and not crear:
        raise ReglaIncumplida(
            f"No hay un municipio con el código «{codigo}». Importa primero los municipios o escribe su nombre para"
            " crearlo (--crear-municipio NOMBRE).",
            campo="municipio",
        )
    if len(codigo) > 30 or len(crear) > 120:
        raise ReglaIncumplida("El código del municipio va hasta 30 letras y su nombre hasta 120.", campo="municipio")


def _mayores(tipo: str, municipio: Area, dia: datetime.date) -> Iterable[Area]:
    """Las áreas que ese día pueden contener a las de un tipo."""
    if tipo not in _PADRES:
        return ()
    areas = Area.objects.filter(municipio=municipio, tipo=_PADRES[tipo]).vigentes(dia).order_by("orden", "codigo")
    formas = dict(Limite.objects.vigentes(dia).filter(area__in=areas.values("pk")).values_list("area_id", "geometria"))
    lista = list(areas)
    for area in lista:
        area.geometria = formas.get(area.pk)
    return lista


def _referencia(tipo: str, municipio: Area | None, dia: datetime.date) -> list[dict[str, Any]]:
    """Límites conocidos del municipio: el suyo y los de las áreas que contienen a las que se importan."""
    if municipio is None:
        return []
    propio = Limite.objects.vigentes(dia).filter(area=municipio).values_list("geometria", flat=True)
    return [*propio, *(area.geometria for area in _mayores(tipo, municipio, dia) if area.geometria)]


def _posibles_padres(
    tipo: str, municipio: Area | None, dia: datetime.date, codigo: str, por_crear: str
) -> list[dict[str, Any]]:
    padres: list[dict[str, Any]] = []
    if municipio is not None:
        padres = [
            {clave: getattr(area, clave) for clave in ("tipo", "codigo", "nombre", "alias", "geometria")}
            for area in _mayores(tipo, municipio, dia)
        ]
    if tipo in (Area.Tipo.DISTRITO, Area.Tipo.MACRODISTRITO):
        # El archivo puede decir que cuelgan del municipio; por superficie no compite: va sin geometría.
        nombre, alias = (municipio.nombre, municipio.alias) if municipio is not None else (por_crear, [])
        padres.append({"tipo": Area.Tipo.MUNICIPIO.value, "codigo": codigo, "nombre": nombre, "alias": alias})
    return padres


# --- Publicar --------------------------------------------------------------------------------------------------------
def publicar_version(
    importacion: Importacion, *, desde: datetime.date | None = None, parcial: bool = False, actor: Any = None
) -> Importacion:
    """Publica lo aceptado como la versión que vale desde ese día (ver mapas/territorio/versiones.py). Todo o nada.

    `parcial` permite publicar aunque haya rechazadas. Lanza ReglaIncumplida si la fecha no va o ya se decidió.
    """
    try:
        with transaction.atomic():
            importacion = bloquear(Importacion.objects.filter(pk=importacion.pk)).get()
            _exigir_publicable(importacion, parcial)
            municipio = _municipio_de(importacion)
            version = comparar(importacion, municipio, desde)
            retocadas = version.retocadas  # antes de escribir: después ya son como las del archivo
            _escribir(importacion, version, municipio)
            _cerrar(importacion, Importacion.Estado.PUBLICADA, actor)
            importacion.municipio, importacion.desde, importacion.parcial = municipio, version.desde, parcial
            importacion.nuevas, importacion.cambiadas = len(version.nuevas), len(version.cambiadas)
            importacion.iguales, importacion.terminadas = len(version.iguales), len(version.terminadas)
            importacion.save()
            _anotar_version(importacion, version, retocadas, actor)
    except IntegrityError:
        raise ReglaIncumplida("Otra persona acaba de publicar estas áreas. Vuelve a revisar el archivo.") from None
    return importacion


def descartar_importacion(importacion: Importacion, *, actor: Any = None, motivo: str = "") -> Importacion:
    """Cierra una importación sin publicarla. Queda el informe; las geometrías se borran."""
    with transaction.atomic():
        importacion = bloquear(Importacion.objects.filter(pk=importacion.pk)).get()
        _exigir_abierta(importacion)
        _cerrar(importacion, Importacion.Estado.DESCARTADA, actor)
        importacion.save()
        texto = f"Se descartó el archivo {importacion.archivo}: el territorio queda como estaba."
        anotar(
            importacion,
            verbo="descartar_territorio",
            texto=texto,
            actor=actor,
            calidad=CALIDAD,
            motivo=motivo,
            publico=False,
        )
    return importacion


def _exigir_abierta(importacion: Importacion) -> None:
    if not importacion.espera:
        raise ReglaIncumplida(f"Esta importación ya está {importacion.get_estado_display().lower()}.")


def _exigir_publicable(importacion: Importacion, parcial: bool) -> None:
    _exigir_abierta(importacion)
    if importacion.rechazadas and not parcial:
        cuantas = "un área rechazada" if importacion.rechazadas == 1 else f"{importacion.rechazadas} áreas rechazadas"
        raise ReglaIncumplida(
            f"El archivo tiene {cuantas}. Corrígelo y vuelve a traerlo, o elige publicar solo lo aceptado (--parcial).",
            campo="parcial",
        )
    if not importacion.contenido.get("areas"):
        raise ReglaIncumplida("No hay ninguna área aceptada para publicar.", campo="parcial")


def _municipio_de(importacion: Importacion) -> Area | None:
    """El municipio, bloqueado para que dos versiones no se publiquen a la vez; se crea si se pidió y no existe."""
    if importacion.tipo == Area.Tipo.MUNICIPIO:
        codigos = [trae["codigo"] for trae in importacion.contenido["areas"]]
        list(bloquear(Area.objects.municipios().filter(codigo__in=codigos).order_by("pk")))
        return None
    municipio = bloquear(Area.objects.municipios().filter(codigo=importacion.municipio_codigo)).first()
    if municipio is None:
        _exigir_municipio(importacion.municipio_codigo, None, importacion.municipio_nombre)
        municipio = Area.objects.create(
            tipo=Area.Tipo.MUNICIPIO, codigo=importacion.municipio_codigo, nombre=importacion.municipio_nombre
        )
    return municipio


def _escribir(importacion: Importacion, version: Version, municipio: Area | None) -> None:
    ahora = timezone.now()
    padres: dict[tuple[str, str], Area] = {}
    if municipio is not None:
        mayores = Area.objects.filter(municipio=municipio, tipo=_PADRES.get(importacion.tipo, Area.Tipo.MUNICIPIO))
        padres = {(area.tipo, area.codigo): area for area in (municipio, *mayores)}
    nuevas = [
        Area(
            tipo=importacion.tipo,
            codigo=trae["codigo"],
            nombre=trae["nombre"],
            clase=trae.get("clase", ""),
            municipio=municipio,
            padre=_padre_de(trae, padres, municipio, importacion.tipo),
            orden=_orden(importacion.tipo, trae["codigo"]),
            fuente=f"Archivo {importacion.archivo}"[:250],
            vigente_desde=version.desde_de_nuevas,
        )
        for trae in version.nuevas
    ]
    Area.objects.bulk_create(nuevas, batch_size=LOTE)
    limites = [
        limite_nuevo(area, trae["geometria"], desde=version.desde_de_nuevas)
        for area, trae in zip(nuevas, version.nuevas, strict=True)
    ]
    limites += [limite_nuevo(area, trae["geometria"], desde=version.desde) for area, trae in version.cambiadas]
    for limite in limites:
        limite.importacion, limite.publicado = importacion, ahora
    cambiadas = {area.pk for area, _ in version.cambiadas}
    terminadas = [area.pk for area in version.terminadas]
    for lote in _lotes([*cambiadas, *terminadas]):
        Limite.objects.filter(area__in=lote, hasta__isnull=True).update(hasta=version.desde)
    Limite.objects.bulk_create(limites, batch_size=LOTE)
    for lote in _lotes(terminadas):
        Area.objects.filter(pk__in=lote).update(vigente_hasta=version.desde, cambiada=ahora)
    tocadas = []
    for area, trae in (*version.cambiadas, *version.iguales):
        if _poner_al_dia(area, trae, padres, municipio, version.desde) or area.pk in cambiadas:
            area.cambiada = ahora
            tocadas.append(area)
    campos = ["nombre", "clase", "alias", "padre", "vigente_desde", "vigente_hasta", "cambiada"]
    Area.objects.bulk_update(tocadas, campos, batch_size=LOTE)


def _lotes(claves: list[int]) -> Iterable[list[int]]:
    return (claves[lugar : lugar + LOTE] for lugar in range(0, len(claves), LOTE))


def _padre_de(
    trae: dict[str, Any], padres: dict[tuple[str, str], Area], municipio: Area | None, tipo: str
) -> Area | None:
    """El área que la contiene. Un distrito o macrodistrito sin otro padre cuelga del municipio; una OTB, de nada."""
    dicho = trae["padre"]
    if dicho is None:
        return None if tipo == Area.Tipo.OTB else municipio
    padre = padres.get((dicho["tipo"], dicho["codigo"]))
    if padre is None:
        raise ReglaIncumplida(f"El {dicho['tipo']} «{dicho['codigo']}» ya no existe. Vuelve a revisar el archivo.")
    return padre


def _poner_al_dia(
    area: Area, trae: dict[str, Any], padres: dict[tuple[str, str], Area], municipio: Area | None, desde: datetime.date
) -> bool:
    """Nombre, clase, padre y vigencia según el archivo; True si algo cambió."""
    antes = (area.nombre, area.clase, area.padre_id, area.vigente_desde, area.vigente_hasta)
    if area.nombre != trae["nombre"]:
        area.alias = _con_alias(area.alias, area.nombre, salvo=trae["nombre"])
        area.nombre = trae["nombre"]
    # Un archivo que no dice su clase o dónde está no le quita la que tenía ni su padre.
    area.clase = trae.get("clase") or area.clase
    if trae["padre"] is not None:
        area.padre = _padre_de(trae, padres, municipio, area.tipo)
    area.vigente_desde = min(area.vigente_desde, desde)
    area.vigente_hasta = None  # vuelve a estar: el tiempo que faltó se ve en sus límites
    return antes != (area.nombre, area.clase, area.padre_id, area.vigente_desde, area.vigente_hasta)


def _orden(tipo: str, codigo: str) -> int:
    """El número de un distrito («3», «D-3») para que se listen en su orden; 0 si no lo lleva."""
    numero = re.search(r"([0-9]{1,4})$", codigo) if tipo in (Area.Tipo.DISTRITO, Area.Tipo.MACRODISTRITO) else None
    return int(numero[1]) if numero else 0


def _cerrar(importacion: Importacion, estado: str, actor: Any) -> None:
    importacion.estado, importacion.cerrada, importacion.cerrada_por = estado, timezone.now(), actor
    importacion.contenido = {}


def _anotar_version(importacion: Importacion, version: Version, retocadas: int, actor: Any) -> None:
    de_donde = f" de {importacion.municipio}" if importacion.municipio else ""
    que = f"límites{de_donde} ({importacion.get_tipo_display().lower()})"
    claves = ("aceptadas", "rechazadas", "nuevas", "cambiadas", "iguales", "terminadas")
    cuentas = {clave: getattr(importacion, clave) for clave in claves}
    if version.cambia_limites or retocadas:
        texto = (
            f"Se publicaron {que} desde el {version.desde:%d/%m/%Y}: {cuentas['nuevas']} nuevas,"
            f" {cuentas['cambiadas']} con otro límite, {cuentas['iguales']} sin cambio y"
            f" {cuentas['terminadas']} que terminan."
        )
        if retocadas:
            texto += f" Con otro nombre u otra clase: {retocadas}."
    else:
        texto = f"Se revisaron {que}: nada que cambiar."
    anotar(
        importacion,
        verbo="publicar_territorio",
        texto=texto,
        actor=actor,
        calidad=CALIDAD,
        hasta=Importacion.Estado.PUBLICADA,
        datos={
            "archivo": importacion.archivo,
            "sha256": importacion.huella,
            "crs": importacion.crs,
            "municipio": importacion.municipio_codigo,
            "tipo": importacion.tipo,
            "desde": version.desde.isoformat(),
            "parcial": importacion.parcial,
            "retocadas": retocadas,
            **cuentas,
        },
    )
