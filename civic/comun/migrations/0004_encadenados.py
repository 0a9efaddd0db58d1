"""Encadena los sucesos que ya había, en el orden en que se escribieron."""

import secrets

from django.db import migrations

from civic.comun.cadena import ORIGEN, contenido_de, huella_siguiente


def sin_decimales(valor):
    """Como civic.comun.bitacora.a_json, para lo que ya era JSON: los números con coma pasan a texto."""
    if isinstance(valor, dict):
        return {clave: sin_decimales(dato) for clave, dato in valor.items()}
    if isinstance(valor, list):
        return [sin_decimales(dato) for dato in valor]
    return str(valor) if isinstance(valor, float) else valor


def encadenar(apps, schema_editor):
    Suceso = apps.get_model("comun", "Suceso")
    alias = schema_editor.connection.alias
    numero, huella, ultimo = 0, ORIGEN, 0
    while True:
        tanda = list(Suceso.objects.using(alias).filter(pk__gt=ultimo).order_by("pk")[:2000])
        if not tanda:
            return
        for suceso in tanda:
            numero, ultimo = numero + 1, suceso.pk
            suceso.numero, suceso.sal, suceso.anterior = numero, secrets.token_hex(16), huella
            suceso.datos = sin_decimales(suceso.datos)
            suceso.huella = huella = huella_siguiente(huella, contenido_de(vars(suceso)))
        Suceso.objects.using(alias).bulk_update(
            tanda, ["numero", "sal", "anterior", "huella", "datos"], batch_size=200
        )


class Migration(migrations.Migration):
    dependencies = [("comun", "0003_cadena")]

    operations = [migrations.RunPython(encadenar, migrations.RunPython.noop, elidable=False)]
