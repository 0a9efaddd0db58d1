"""Las revisiones de la casa: cada una recibe una carpeta y devuelve la lista de faltas, en palabras.

Se separan de las pruebas para poder probarlas a ellas también, con una falta plantada.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

RAIZ = Path(__file__).resolve().parents[2]
SALAS = ("civic", "propuestas", "votaciones", "mapas", "cms")
# Del piso más bajo al más alto; las que comparten número son hermanas y no se incluyen entre sí.
PISOS = {
    "civic/comun": 1,
    "mapas/territorio": 2,
    "civic/cuentas": 3,
    "civic/procesos": 4,
    "civic/debate": 5,
    "propuestas": 6,
    "mapas/reportes": 6,
    "votaciones": 7,
    "mapas/obras": 8,
    "mapas/demandas": 9,
    "mapas/visor": 9,
    "cms": 10,
    "civic/demo": 11,
}
ESCRITURAS = {
    "save",
    "create",
    "bulk_create",
    "bulk_update",
    "update",
    "delete",
    "get_or_create",
    "update_or_create",
    "add",
    "remove",
    "set",
}
# Estos verbos también son de diccionarios, conjuntos y formularios: solo cuentan sobre un gestor o un campo.
AMBIGUAS = {"add", "remove", "set", "update", "delete", "save", "create"}


def archivos(raiz: Path, patron: str) -> Iterator[Path]:
    for sala in SALAS:
        yield from sorted((raiz / sala).rglob(patron))


def _es_de_base(llamada: ast.Call) -> bool:
    """Si la llamada escribe en la base: X.objects….verbo(), o verbo inconfundible."""
    funcion = llamada.func
    if not isinstance(funcion, ast.Attribute) or funcion.attr not in ESCRITURAS:
        return False
    if funcion.attr not in AMBIGUAS:
        return True
    dentro = ast.unparse(funcion.value)
    if funcion.attr in {"save", "delete"}:
        # form.save() de allauth o de Wagtail es de su biblioteca; lo nuestro no guarda en la vista.
        return not re.search(r"(storage|session|cache|form)", dentro)
    return ".objects" in dentro or "_set" in dentro


def escrituras_en_vistas(raiz: Path) -> list[str]:
    """Las vistas y los consumidores no escriben en la base: llaman a una acción."""
    faltas = []
    for archivo in archivos(raiz, "*.py"):
        if archivo.stem not in {"views", "consumers"} and archivo.parent.name != "views":
            continue
        for nodo in ast.walk(ast.parse(archivo.read_text())):
            if isinstance(nodo, ast.Call) and _es_de_base(nodo):
                faltas.append(f"{archivo.relative_to(raiz)}:{nodo.lineno} escribe: {ast.unparse(nodo)[:60]}")
    return faltas


def acciones_que_conocen_la_web(raiz: Path) -> list[str]:
    """Las acciones no conocen pedidos, plantillas ni canales."""
    faltas = []
    for archivo in archivos(raiz, "*.py"):
        if archivo.stem != "acciones" and archivo.parent.name != "acciones":
            continue
        for nodo in ast.walk(ast.parse(archivo.read_text())):
            if isinstance(nodo, ast.arg) and nodo.arg == "request":
                faltas.append(f"{archivo.relative_to(raiz)}:{nodo.lineno} recibe request")
            modulo = getattr(nodo, "module", "") or "" if isinstance(nodo, ast.ImportFrom) else ""
            if modulo.startswith(("django.http", "django.shortcuts", "django.template", "channels")):
                faltas.append(f"{archivo.relative_to(raiz)}:{nodo.lineno} importa {modulo}")
    return faltas


def vistas_calladas(vistas: Iterable[tuple[str, object]]) -> list[str]:
    """Vistas nuestras (ruta, función) que no dicen quién puede entrar."""
    faltas = []
    for ruta, vista in vistas:
        clase = getattr(vista, "view_class", None)
        if not (hasattr(vista, "acceso") or hasattr(clase, "acceso")):
            faltas.append(f"{ruta} no dice quién puede entrar (@publica, @con_cuenta o @con_rol)")
    return faltas


def piso_de(ruta: Path, raiz: Path) -> int | None:
    relativa = ruta.relative_to(raiz).as_posix()
    for sala, piso in PISOS.items():
        if relativa.startswith(sala + "/"):
            return piso
    return None


def plantillas_de(raiz: Path) -> dict[str, Path]:
    """Nombre de plantilla («comun/base.html») -> archivo."""
    nombres = {}
    for archivo in archivos(raiz, "*.html"):
        partes = archivo.relative_to(raiz).as_posix().split("/templates/")
        if len(partes) == 2:
            nombres[partes[1]] = archivo
    return nombres


_INCLUYE = re.compile(r"""\{%-?\s*(?:include|extends)\s+["']([^"']+)["']""")


def plantillas_que_suben(raiz: Path) -> list[str]:
    """Una plantilla incluye o extiende solo las de su piso o de más abajo, y que existan."""
    nombres = plantillas_de(raiz)
    faltas = []
    for nombre, archivo in nombres.items():
        for pedida in _INCLUYE.findall(archivo.read_text()):
            destino = nombres.get(pedida)
            if destino is None:
                if pedida.split("/")[0] in {n.split("/")[0] for n in nombres} and not _es_de_biblioteca(pedida):
                    faltas.append(f"{nombre} incluye {pedida}, que no existe")
                continue
            propio, ajeno = piso_de(archivo, raiz), piso_de(destino, raiz)
            suya, pedida_a = archivo.relative_to(raiz).parts[:2], destino.relative_to(raiz).parts[:2]
            # Una sala de adentro (votaciones/lotes) usa las de la que la contiene (votaciones), no al revés.
            misma_sala = pedida_a in (suya, (suya[0], "templates"))
            if propio is None or ajeno is None or ajeno > propio or (ajeno == propio and not misma_sala):
                faltas.append(f"{nombre} incluye {pedida}, de un piso más alto o hermano")
    return faltas


def _es_de_biblioteca(nombre: str) -> bool:
    return nombre.startswith(("wagtail", "account/", "allauth/", "django/", "mfa/", "usersessions/"))


def plantillas_sin_uso(raiz: Path) -> list[str]:
    """Toda plantilla nuestra aparece nombrada en algún .py u otra plantilla; las que otra biblioteca busca, no."""
    textos = "\n".join(archivo.read_text() for patron in ("*.py", "*.html") for archivo in archivos(raiz, patron))
    faltas = []
    for nombre, archivo in plantillas_de(raiz).items():
        if _es_de_biblioteca(nombre) or nombre.startswith(("cms/pagina", "cms/indice", "cms/noticia", "cms/campana")):
            continue  # las páginas de Wagtail toman su plantilla del nombre de la clase
        if f'"{nombre}"' not in textos and f"'{nombre}'" not in textos:
            faltas.append(f"{archivo.relative_to(raiz)} no se usa")
    return faltas


_EN_LINEA = re.compile(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=[\"']", re.IGNORECASE)
_JSON = re.compile(r'<script[^>]*type="application/(?:ld\+)?json"', re.IGNORECASE)
_AJENO = re.compile(
    r"""(?:src|srcset|action)=["']https?://|<link[^>]+href=["']https?://|@import|url\(["']?https?:""", re.IGNORECASE
)


def guiones_en_linea(raiz: Path) -> list[str]:
    """Ni guiones ni estilos en línea: la política de contenido los bloquea."""
    faltas = []
    for nombre, archivo in plantillas_de(raiz).items():
        if nombre.startswith("wagtailadmin/"):
            continue
        for numero, linea in enumerate(archivo.read_text().splitlines(), 1):
            if _EN_LINEA.search(linea) and not _JSON.search(linea):
                faltas.append(f"{nombre}:{numero} tiene guion o estilo en línea: {linea.strip()[:60]}")
    return faltas


def recursos_ajenos(raiz: Path) -> list[str]:
    """Ninguna página carga nada de otro servidor."""
    faltas = []
    for patron in ("*.html", "*.css", "*.js"):
        for archivo in archivos(raiz, patron):
            for numero, linea in enumerate(archivo.read_text().splitlines(), 1):
                if _AJENO.search(linea):
                    faltas.append(f"{archivo.relative_to(raiz)}:{numero} carga de otro servidor: {linea.strip()[:70]}")
    return faltas


def variables_sin_documentar(variables: Iterable[str], documento: str) -> list[str]:
    """Toda variable del entorno está en OPERACION.md, y OPERACION.md no nombra ninguna que no exista."""
    declaradas = set(variables)
    nombradas = set(re.findall(r"AYNI_[A-Z_]+", documento))
    return [f"{nombre} no está en OPERACION.md" for nombre in sorted(declaradas - nombradas)] + [
        f"OPERACION.md nombra {nombre}, que no existe" for nombre in sorted(nombradas - declaradas)
    ]


def nombres_sin_glosario(nombres: Iterable[str], glosario: str) -> list[str]:
    """Todo modelo está en GLOSARIO.md, escrito como «**Nombre**»."""
    return [f"{nombre} no está en GLOSARIO.md" for nombre in sorted(nombres) if f"**{nombre}**" not in glosario]


def cosas_a_medias(raiz: Path) -> list[str]:
    """Nada a medio hacer en el producto."""
    faltas = []
    for patron in ("*.py", "*.html", "*.js", "*.css"):
        for archivo in archivos(raiz, patron):
            for numero, linea in enumerate(archivo.read_text().splitlines(), 1):
                if re.search(r"\b(TODO|FIXME|XXX)\b", linea) or re.search(r"próximamente|lorem ipsum", linea, re.I):
                    faltas.append(f"{archivo.relative_to(raiz)}:{numero} {linea.strip()[:60]}")
    return faltas


# Acciones que escriben sin dejar línea en la bitácora, y por qué está bien.
SIN_BITACORA = {
    "civic/debate/acciones.py:abrir_hilo": "nace dentro de otra acción, que la anota al publicarla",
    "civic/cuentas/acciones/preparacion.py:preparar_roles": "lleva a los grupos la tabla de roles del programa",
    "civic/cuentas/acciones/roles.py:poner_al_dia_los_grupos": "quita del grupo a quien ya no tiene el rol, ya anotado",
    "civic/cuentas/acciones/directivas.py:borrar_escaneos_sueltos": "hojas que nadie llegó a presentar",
    "civic/cuentas/acciones/fin_de_verificacion.py:soltar": "pieza de retirar, anular y resolver, que lo anotan",
    "civic/cuentas/acciones/fin_de_verificacion.py:soltar_identidad": "parte de cerrar la cuenta, que lo anota",
    "civic/cuentas/acciones/identidades.py:tomar_identidad": "pieza de verificar, que lo anota",
    "civic/cuentas/acciones/identidades.py:identidad_sin_cuenta": "pieza de inscribir en una mesa, que lo anota",
    "civic/cuentas/acciones/verificacion.py:terminar_verificaciones": "pieza de verificar y de soltar, que lo anotan",
    "mapas/territorio/acciones.py:trazar_limite": "pieza de publicar una versión o corregir un área, que lo anotan",
    **{
        f"votaciones/acciones/votar.py:{verbo}": "el voto es secreto: quién votó no va junto a nada"
        for verbo in ("emitir_voto", "retirar_credencial", "asegurar_urna", "asentar_papeletas")
    },
    **{
        f"votaciones/urna/acciones.py:{verbo}": "la urna tiene su propio tablero, que no conoce a nadie"
        for verbo in (
            *("abrir_urna", "depositar", "asentar_lote", "suspender_urna", "reanudar_urna", "cerrar_urna"),
            "abrir_sobres",
        )
    },
    **{
        f"votaciones/acciones/mesa.py:{verbo}": "el voto es secreto: quién votó no va junto a nada"
        for verbo in ("retirar_en_mesa", "depositar_con_codigo")
    },
    "votaciones/mesas/acciones/entregar.py:entregar_codigos": "a quién y cuándo se entregó no queda junto a nada",
    "votaciones/mesas/acciones/aparato.py:votar_en_aparato": "el voto es secreto: quién votó no va junto a nada",
    "votaciones/mesas/acciones/codigo.py:votar_con_codigo": "el voto es secreto: quién votó no va junto a nada",
    "votaciones/lotes/acciones/mesa.py:marcar_entrega": "el voto es secreto: quién votó no va junto a nada",
    "propuestas/acciones/copatrocinios.py:continuar_copatrocinios": "pieza de pasar de gestión, que lo anota",
    "propuestas/acciones/copatrocinios.py:preguntar_de_nuevo": "pieza de presentar, que lo anota al final",
    "propuestas/acciones/copatrocinios.py:preguntar_en": "pieza de unir y dividir, que lo anotan",
    "propuestas/acciones/adjuntos.py:borrar_todo": "pieza de borrar el borrador, que lo anota",
    "propuestas/acciones/movimientos.py:cerrar_reclamo": "pieza de decidir lo reclamado, que lo anota",
    "propuestas/acciones/papel.py:preparar_carga": "vista previa de quien la sube; confirmarla sí anota",
    "propuestas/acciones/revisiones.py:guardar_original": "pieza de corregir, que lo anota",
    **{
        f"propuestas/acciones/seguimientos.py:{verbo}": "qué sigue cada quien es solo suyo: no queda para siempre"
        for verbo in ("seguir", "dejar_de_seguir", "marcar_vistas")
    },
    **{
        f"propuestas/acciones/adjuntos.py:{pieza}": "pieza de guardar, presentar, mover o arrastrar, que lo anotan"
        for pieza in ("cambiar_fotos", "copiar_fotos", "cambiar_documentos", "enlazar_al_presentar", "adjuntar")
    },
    "propuestas/acciones/adjuntos.py:preparando": "si la acción falla, deshace lo que subió",
    "mapas/reportes/acciones.py:borrar_fotos_sueltas": "fotos que nadie llegó a ver",
    "mapas/reportes/acciones.py:guardar_foto_en_espera": "todavía no la ve nadie",
}
_ANOTAN = {"anotar", "anotar_varios", "anotar_mirada"}


def acciones_sin_bitacora(raiz: Path) -> list[str]:
    """Toda acción que escribe en la base anota (ella o una pieza suya), o está en SIN_BITACORA con su razón."""
    faltas = []
    for archivo in archivos(raiz, "*.py"):
        if archivo.stem != "acciones" and archivo.parent.name != "acciones":
            continue
        propias = _funciones_de(archivo)
        funciones = {**_piezas_vecinas(archivo), **propias}
        for nombre in propias:
            quien = f"{archivo.relative_to(raiz).as_posix()}:{nombre}"
            alcanza = _alcanzadas(nombre, funciones)
            escribe = any(_es_de_base(nodo) for nodo in alcanza if isinstance(nodo, ast.Call))
            anota = any(isinstance(nodo, ast.Name) and nodo.id in _ANOTAN for nodo in alcanza)
            if nombre.startswith("_") or not escribe or anota:
                continue
            if quien not in SIN_BITACORA:
                faltas.append(f"{quien} escribe y no deja línea en la bitácora")
    return faltas


def _funciones_de(archivo: Path) -> dict[str, ast.FunctionDef]:
    return {nodo.name: nodo for nodo in ast.parse(archivo.read_text()).body if isinstance(nodo, ast.FunctionDef)}


def _piezas_vecinas(archivo: Path) -> dict[str, ast.FunctionDef]:
    """Lo que un módulo del paquete «acciones» toma por su nombre de sus vecinos."""
    if archivo.parent.name != "acciones" or archivo.stem == "__init__":
        return {}
    piezas = {}
    for nodo in ast.walk(ast.parse(archivo.read_text())):
        vecino = archivo.with_name(f"{(getattr(nodo, 'module', None) or '').rpartition('.')[2]}.py")
        if isinstance(nodo, ast.ImportFrom) and ".acciones." in f"{nodo.module}." and vecino.exists():
            suyas = _funciones_de(vecino)
            piezas |= {alias.name: suyas[alias.name] for alias in nodo.names if alias.name in suyas}
    return piezas


def _alcanzadas(nombre: str, funciones: dict[str, ast.FunctionDef]) -> list[ast.AST]:
    """Los nodos de una función y de las que nombra (de su módulo o de sus vecinos), directa o indirectamente."""
    pendientes, vistas, nodos = [nombre], set(), []
    while pendientes:
        actual = pendientes.pop()
        if actual in vistas:
            continue
        vistas.add(actual)
        suyos = list(ast.walk(funciones[actual]))
        nodos += suyos
        pendientes += [nodo.id for nodo in suyos if isinstance(nodo, ast.Name) and nodo.id in funciones]
    return nodos


def usos_de_fechas_inventadas(raiz: Path) -> list[str]:
    """Solo la demo escribe en la bitácora con otra fecha que la de ahora."""
    faltas = []
    for archivo in archivos(raiz, "*.py"):
        relativo = archivo.relative_to(raiz).as_posix()
        if relativo.startswith(("civic/demo/", "civic/comun/bitacora.py")):
            continue
        for nodo in ast.walk(ast.parse(archivo.read_text())):
            if isinstance(nodo, ast.alias) and nodo.name == "en_su_momento":
                faltas.append(f"{relativo} usa {nodo.name}, que es de la demo")
    return faltas


def uniones_despues_de_bloquear(raiz: Path) -> list[str]:
    """`bloquear(…).select_related(…)` leería las otras tablas como estaban antes de esperar el candado."""
    faltas = []
    for archivo in archivos(raiz, "*.py"):
        for nodo in ast.walk(ast.parse(archivo.read_text())):
            if (
                isinstance(nodo, ast.Call)
                and isinstance(nodo.func, ast.Attribute)
                and nodo.func.attr.startswith(("select_related", "con_", "para_"))
                and "bloquear(" in ast.unparse(nodo.func.value)
            ):
                relativo = archivo.relative_to(raiz).as_posix()
                faltas.append(f"{relativo}:{nodo.lineno} une otras tablas después de bloquear; va adentro")
    return faltas
