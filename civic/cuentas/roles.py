"""Los roles y lo que cada uno puede: una sola tabla legible (dominio, 6).

De `TABLA` salen los permisos de los grupos de la trastienda, las preguntas `puede` y `limitar` de cada sala y la página
pública «Quién puede qué». La ciudadanía y las directivas no son roles (son tener residencia verificada y un Mandato):
están en la tabla para que se lea entera, y las juzgan la residencia y el mandato, no un grupo.
"""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone


class Rol(models.TextChoices):
    PRESIDENCIA_DISTRITO = "presidencia_distrito", "Presidencia de distrito"
    CONTROL_SOCIAL = "control_social", "Control social"
    PROMOTORA = "promotora", "Promotora"
    GESTION_COMUNIDAD = "gestion_comunidad", "Gestión de comunidad"
    VENTANILLA = "ventanilla", "Atención ciudadana"
    TECNICO_EVALUADOR = "tecnico_evaluador", "Técnica evaluadora"
    JEFATURA_UNIDAD = "jefatura_unidad", "Jefatura de unidad"
    FISCAL_OBRA = "fiscal_obra", "Fiscal de obra"
    PLANIFICACION = "planificacion", "Planificación POA"
    TRANSPARENCIA = "transparencia", "Transparencia"
    COMUNICACION = "comunicacion", "Comunicación"
    CONCEJO = "concejo", "Concejo municipal"
    ADMINISTRACION = "administracion", "Administración"
    AUDITORIA = "auditoria", "Auditoría"


class Cosa(models.TextChoices):
    """Las filas de la tabla: sobre qué se puede."""

    PARTICIPAR = "participar", "Proponer, apoyar y comentar"
    MODERAR = "moderar", "Moderar comentarios"
    PROPUESTAS = "propuestas", "Revisar y publicar propuestas"
    VIABILIDAD = "viabilidad", "Decir si una propuesta se puede hacer"
    ACTAS = "actas", "Actas de asamblea"
    TECHOS = "techos", "Techos por distrito"
    VOTAR = "votar", "Votar"
    VOTACIONES = "votaciones", "Conducir votaciones"
    MESAS = "mesas", "Atender mesas de votación"
    REPORTES = "reportes", "Reportes de problemas"
    DENUNCIAS = "denuncias", "Denuncias confidenciales"
    HOJAS = "hojas", "Hojas de ruta"
    OBRAS = "obras", "Obras"
    PROCESOS = "procesos", "Procesos y consultas"
    CAMPANAS = "campanas", "Portal, campañas y cursos"
    COMPROMISOS = "compromisos", "Compromisos y rendición de cuentas"
    ORGANIZACIONES = "organizaciones", "Registro de organizaciones"
    DIRECTIVAS = "directivas", "Directivas de organizaciones"
    RESIDENCIAS = "residencias", "Verificar dónde vive la gente"
    PADRONES = "padrones", "Cargar padrones"
    IDENTIDADES = "identidades", "Resolver conflictos de identidad"
    TERRITORIO = "territorio", "Territorio y catálogos"
    CUENTAS = "cuentas", "Cuentas de personas"
    CARGOS = "cargos", "Dar y quitar roles"
    BITACORA = "bitacora", "Bitácora"


# Letras: R lee lo que no es público · C crea · E corrige · A aprueba o mueve · X administra. Después de la barra, hasta
# dónde: T su territorio · U su unidad · O lo suyo. Quien lee lo no público (R) trabaja en la trastienda; sin R, lo
# demás se hace en las páginas públicas. Una asignación con distrito limita siempre; una con unidad, solo donde hay U.
TABLA = """
               anon  ciud  dire  pres  cont  prom  gest  vent  tecn  jefa  fisc  plan  tran  comu  conc  admi  audi
participar     -     C/O   C/T   C/T   C     C     C     C     -     -     -     -     -     -     -     -     -
moderar        -     -     -     -     -     -     RE/T  RE    -     -     -     REA   -     -     -     REA   R
propuestas     -     -     -     -     -     -     RA/T  -     RA/U  RE/U  -     REA   -     -     R     -     R
viabilidad     -     -     -     -     -     -     -     -     RC/U  RA/U  -     RCA   -     -     R     -     R
actas          -     -     CE/T  CE/T  -     C/T   -     -     -     -     -     RA    -     -     R     -     R
techos         -     -     -     -     -     -     -     -     -     -     -     RCE   -     -     RA    -     R
votar          -     C     C     C     C     C     C     C     C     C     C     C     C     C     C     C     C
votaciones     -     -     -     -     -     -     -     -     -     -     -     RCEA  -     -     -     -     R
mesas          -     -     -     -     -     C/T   -     C     -     -     -     RCEA  -     -     -     -     R
reportes       C     C/O   C/T   C/T   C     C     C     RCA   R/U   RA/U  -     R     R     -     R     -     R
denuncias      C     C     C     C     C     -     -     -     -     -     -     -     RA    -     -     -     -
hojas          -     C/O   C/O   C/O   C     C     -     RCA   -     RA/U  -     -     R     -     -     -     R
obras          -     -     -     -     -     -     -     -     -     RA/U  RCE   RCEA  R     -     R     -     R
procesos       -     -     -     -     -     -     -     -     -     -     -     RCEA  -     R     RA    RX    R
campanas       -     -     -     -     -     -     -     -     -     -     -     -     -     RCEA  -     RX    -
compromisos    -     -     -     -     C     -     -     -     -     RA/U  -     RC    RCA   C     C     -     R
organizaciones -     -     E/O   -     -     C/T   -     RC    -     -     -     RCEA  -     -     -     RCX   R
directivas     -     -     CE/T  -     -     -     -     RCA   -     -     -     RCEA  -     -     -     RCEX  R
residencias    -     C/O   C/O   C/O   C/O   C/O   C/O   RA    C/O   C/O   C/O   RA    C/O   C/O   C/O   RCA   C/O
padrones       -     -     -     -     -     -     -     -     -     -     -     RC    -     -     -     RC    R
identidades    -     -     -     -     -     -     -     RA    -     -     -     -     -     -     -     RA    R
territorio     -     -     -     -     -     -     -     -     -     -     -     RCEA  -     -     -     RCX   R
cuentas        -     -     -     -     -     -     -     -     -     -     -     -     -     -     -     RCX   -
cargos         -     -     -     -     -     -     -     -     -     -     -     -     -     -     -     RCX   R
bitacora       -     -     -     -     -     -     -     -     -     -     -     -     R     -     -     R     R
"""
LETRAS = {
    "R": "ve lo que no es público",
    "C": "crea",
    "E": "corrige",
    "A": "aprueba o cambia de estado",
    "X": "administra",
}
ALCANCES = {"T": "en su territorio", "U": "en su unidad", "O": "solo lo suyo"}
COLUMNAS: dict[str, str] = {
    "anon": "anonima",
    "ciud": "ciudadania",
    "dire": "directiva",
    **{rol.value[:4]: rol.value for rol in Rol},
}
# Quien no tiene rol: así se llaman en la página pública.
SIN_ROL = {
    "anonima": "Cualquiera, sin cuenta",
    "ciudadania": "Vecina o vecino con residencia verificada",
    "directiva": "Directiva de una organización",
}


def _leer(tabla: str) -> dict[str, dict[str, tuple[frozenset[str], str]]]:
    """{columna: {cosa: (letras, alcance)}}. Una tabla mal escrita no deja arrancar."""
    renglones = [renglon.split() for renglon in tabla.strip().splitlines()]
    columnas, filas = [COLUMNAS[corto] for corto in renglones[0]], renglones[1:]
    leida: dict[str, dict[str, tuple[frozenset[str], str]]] = {columna: {} for columna in columnas}
    for cosa, *celdas in filas:
        for columna, celda in zip(columnas, celdas, strict=True):
            letras, _, alcance = celda.replace("-", "").partition("/")
            if set(letras) - set(LETRAS) or alcance not in {"", *ALCANCES}:
                raise ValueError(f"No entiendo «{celda}» en la fila {cosa} de la tabla de roles.")
            leida[columna][Cosa(cosa).value] = (frozenset(letras), alcance)
    if [fila[0] for fila in filas] != Cosa.values or columnas != [*SIN_ROL, *Rol.values]:
        raise ValueError("La tabla de roles debe tener una fila por cosa y una columna por rol, en su orden.")
    return leida


MATRIZ = _leer(TABLA)

# --- Permisos de la trastienda (grupos de Django) --------------------------------------------------------------------
VER, CREAR, CAMBIAR, BORRAR = "view", "add", "change", "delete"
_LEER: dict[str, tuple[str, ...]] = {"R": (VER,)}
_DECIDIR: dict[str, tuple[str, ...]] = {"R": (VER,), "C": (CAMBIAR,), "E": (CAMBIAR,), "A": (CAMBIAR,)}
_TODO: dict[str, tuple[str, ...]] = {"R": (VER,), "C": (CREAR,), "E": (CAMBIAR,), "A": (CAMBIAR,), "X": (CAMBIAR,)}
# cosa -> {modelo: letra -> permisos}. Un modelo nuevo de la trastienda se agrega aquí, en su fila. Nadie tiene permisos
# sobre votos ni participaciones: votar no es de la trastienda.
MODELOS: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {
    Cosa.MODERAR: {
        "debate.comentario": _DECIDIR,
        "cuentas.observacionderegistro": _DECIDIR,
    },
    # Mover y dictaminar tienen su propio verbo y su página: «cambiar» es solo corregir el texto.
    Cosa.PROPUESTAS: {"propuestas.propuesta": _LEER | {"E": (CAMBIAR,)}},
    Cosa.VIABILIDAD: {"propuestas.propuesta": _LEER},
    # Su estado lo mueven las acciones; «cambiar» es eso y el reglamento de cada proceso.
    Cosa.ACTAS: {"actas.acta": {"R": (VER,), "A": (CAMBIAR,)}},
    # El Concejo aprueba los techos con su ley; no escribe el catálogo de fuentes.
    Cosa.TECHOS: {"procesos.fuentedefinanciamiento": _TODO | {"A": ()}},
    Cosa.VOTACIONES: {"votaciones.votacion": _TODO},
    Cosa.REPORTES: {"reportes.reporte": _TODO},
    Cosa.OBRAS: {"obras.obra": _TODO},
    # El Concejo aprueba con su acto; no escribe el proceso.
    Cosa.PROCESOS: {"procesos.proceso": _TODO | {"A": ()}},
    Cosa.ORGANIZACIONES: {"cuentas.organizacion": _TODO},
    # Un mandato nace de un acta confirmada: a mano solo se termina.
    Cosa.DIRECTIVAS: {
        "cuentas.mandato": {"R": (VER,), "E": (CAMBIAR,)},
        "cuentas.actadedirectiva": {"R": (VER,), "C": (CREAR,), "A": (CAMBIAR,), "X": (CAMBIAR,)},
    },
    Cosa.RESIDENCIAS: {"cuentas.residencia": _TODO},
    Cosa.PADRONES: {"cuentas.padron": _TODO},
    Cosa.IDENTIDADES: {"cuentas.conflictodeidentidad": _TODO},
    Cosa.TERRITORIO: {"territorio.area": _TODO, "procesos.categoria": _TODO},
    Cosa.CUENTAS: {"cuentas.usuario": _TODO},
    Cosa.CARGOS: {"cuentas.asignacionrol": _TODO},
    Cosa.BITACORA: {"comun.suceso": _LEER},
}


def _permisos_de(rol: str) -> dict[str, tuple[str, ...]]:
    verbos: dict[str, set[str]] = {}
    for cosa, modelos in MODELOS.items():
        letras, _ = MATRIZ[rol][cosa]
        if "R" in letras:
            for modelo, de_letra in modelos.items():
                verbos.setdefault(modelo, set()).update(v for letra in letras for v in de_letra.get(letra, ()))
    return {modelo: tuple(v for v in (VER, CREAR, CAMBIAR) if v in suyos) for modelo, suyos in verbos.items()}


# rol -> {modelo: permisos en la trastienda}, derivado de la tabla. Solo los roles que hacen algo allí.
PERMISOS: dict[str, dict[str, tuple[str, ...]]] = {rol: suyos for rol in Rol.values if (suyos := _permisos_de(rol))}
# Quien edita el portal (páginas, imágenes y documentos de Wagtail).
EDITAN_PORTAL = tuple(rol for rol in Rol if "R" in MATRIZ[rol.value][Cosa.CAMPANAS][0])


def roles_con_llave() -> set[str]:
    """Roles que entran a la trastienda."""
    return {str(rol) for rol in (*PERMISOS, *EDITAN_PORTAL)}


# --- Preguntas -------------------------------------------------------------------------------------------------------
# Ni la administración técnica (superusuario) hace esto: tiene que tener el rol.
SOLO_CON_ROL = frozenset({Cosa.VOTACIONES.value, Cosa.MESAS.value, Cosa.DENUNCIAS.value, Cosa.VOTAR.value})


def letras_de(rol: str, cosa: str) -> frozenset[str]:
    return MATRIZ[rol][cosa][0]


def roles_que(letra: str, cosa: str) -> tuple[Rol, ...]:
    """Roles que tienen esa letra en esa fila, en el orden de la tabla."""
    return tuple(rol for rol in Rol if letra in letras_de(rol.value, cosa))


def puede(usuario: Any, letra: str, cosa: str, objeto: Any = None, *, solo: Iterable[str] | None = None) -> bool:
    """Si algún cargo vigente de `usuario` le da esa letra sobre esa cosa y, si se da `objeto`, alcanza hasta él.

    `objeto` se mide por su `distrito_id` y su `unidad`, si los tiene. Lo que aún no tiene unidad se lee desde todas y
    lo decide quien no está atado a una. `solo` restringe a esos roles. Los cargos se leen con la fecha de hoy: el poder
    termina con su plazo, en el momento del acto.
    """
    if not getattr(usuario, "is_authenticated", False) or not usuario.is_active:
        return False
    if usuario.es_tecnica and cosa not in SOLO_CON_ROL:
        return True
    return any(
        objeto is None or _alcanza(asignacion, letra, cosa, objeto)
        for asignacion in _asignaciones(usuario)
        if letra in letras_de(asignacion.rol, cosa) and (solo is None or asignacion.rol in solo)
    )


def limitar(
    usuario: Any, letra: str, cosa: str, filas: QuerySet, *, distrito: str = "distrito", unidad: str = "unidad"
) -> QuerySet:
    """Las `filas` hasta donde alcanzan los cargos de `usuario` con esa letra; ninguna si no tiene ninguno.

    `distrito` y `unidad` son los campos (o caminos) de esas filas; vacío si no lo tienen.
    """
    if not puede(usuario, letra, cosa):
        return filas.none()
    if usuario.es_tecnica and cosa not in SOLO_CON_ROL:
        return filas
    hasta_donde = Q(pk__in=[])
    for asignacion in _asignaciones(usuario):
        if letra not in letras_de(asignacion.rol, cosa):
            continue
        condicion = Q()
        if asignacion.distrito_id is not None and distrito:
            condicion &= Q(**{distrito: asignacion.distrito_id})
        if unidad and _limita_la_unidad(asignacion, cosa):
            condicion &= Q(**{f"{unidad}__in": _unidades(asignacion, letra)})
        if not condicion:
            return filas
        hasta_donde |= condicion
    return filas.filter(hasta_donde)


def _asignaciones(usuario: Any) -> list[Any]:
    """Cargos de hoy, una consulta por pedido; se olvidan junto con `roles_vigentes` o al cambiar el día."""
    hoy, vigentes = timezone.localdate(), usuario.roles_vigentes
    guardado = usuario.__dict__.get("_cargos")
    if guardado is None or guardado[0] != hoy or guardado[1] is not vigentes:
        guardado = (hoy, vigentes, list(usuario.asignaciones_en_uso))
        usuario.__dict__["_cargos"] = guardado
    return guardado[2]


def _limita_la_unidad(asignacion: Any, cosa: str) -> bool:
    return bool(asignacion.unidad) and MATRIZ[asignacion.rol][cosa][1] == "U"


def _unidades(asignacion: Any, letra: str) -> tuple[str, ...]:
    return (asignacion.unidad, "") if letra == "R" else (asignacion.unidad,)


def _alcanza(asignacion: Any, letra: str, cosa: str, objeto: Any) -> bool:
    if asignacion.distrito_id is not None and getattr(objeto, "distrito_id", None) != asignacion.distrito_id:
        return False
    if _limita_la_unidad(asignacion, cosa):
        return getattr(objeto, "unidad", asignacion.unidad) in _unidades(asignacion, letra)
    return True
