"""Cuida que la demo nunca toque los datos de nadie: dónde se puede cargar y qué se puede borrar."""

import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from civic.cuentas.models import Usuario
from civic.demo.models import Paso
from votaciones.urna.ruta import BASE


class DemoNoPermitida(Exception):
    """La demo no se puede cargar aquí; el texto dice por qué y qué hacer."""


def exigir_lugar(*, permitir_otra_base: bool = False) -> None:
    """Lanza DemoNoPermitida en producción o si la base no es SQLite (las pruebas sí usan otra)."""
    if settings.ENTORNO.es_produccion:
        raise DemoNoPermitida(
            "Esta instalación es de producción (AYNI_MODO=produccion): la demo no se carga sobre datos de verdad. "
            "Para verla, usa otra carpeta y AYNI_MODO=demo."
        )
    if connection.vendor != "sqlite" and not permitir_otra_base:
        raise DemoNoPermitida(
            "La demo solo se carga en su propia base SQLite. Quita AYNI_BASE_DATOS del entorno y vuelve a probar."
        )


def exigir_base_propia() -> None:
    """Lanza DemoNoPermitida si en la base ya hay gente y ninguna marca de demo."""
    tablas = connection.introspection.table_names()
    if Usuario._meta.db_table not in tablas or es_demo():
        return
    if Usuario.objects.exists():
        raise DemoNoPermitida(
            f"La base {connection.settings_dict['NAME']} ya tiene personas y no es una demo: no se toca. "
            "Usa otra carpeta con AYNI_DIR_DATOS, por ejemplo AYNI_DIR_DATOS=var/demo."
        )


def es_demo() -> bool:
    """Si la base lleva la marca de la demo (aunque su carga haya quedado a medias)."""
    return Paso._meta.db_table in connection.introspection.table_names() and Paso.objects.exists()


def es_de_otra_version() -> bool:
    """Si es una demo de cuando la urna no tenía base propia: no se puede poner al día, se carga de nuevo."""
    return es_demo() and "votaciones_voto" in connection.introspection.table_names()


def borrar_demo() -> bool:
    """Borra la base y los archivos de una demo; devuelve si había algo. Antes exige que sea una demo."""
    exigir_base_propia()
    if not es_demo():
        return False
    for conexion in connections.all():
        base = Path(conexion.settings_dict["NAME"])
        conexion.close()
        for archivo in (base, base.with_name(base.name + "-wal"), base.with_name(base.name + "-shm")):
            archivo.unlink(missing_ok=True)
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    return True


def faltan_migraciones() -> bool:
    """En la base de la urna solo cuentan las suyas: las demás no le hacen nada."""
    for conexion in connections.all():
        ejecutor = MigrationExecutor(conexion)
        suyas = ejecutor.loader.graph.leaf_nodes(BASE if conexion.alias == BASE else None)
        if ejecutor.migration_plan(suyas):
            return True
    return False
