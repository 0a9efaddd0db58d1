"""Desde aquí la base no deja cambiar, borrar ni vaciar la bitácora."""

from django.db import migrations, models

from civic.comun.guardas import NOMBRES, TABLA, poner_guardas


def poner(apps, schema_editor):
    # Las guardas revisan las filas nuevas: las alteraciones de la tabla deben haber terminado.
    for orden in schema_editor.deferred_sql:
        schema_editor.execute(orden)
    schema_editor.deferred_sql.clear()
    poner_guardas(schema_editor.connection)


def quitar(apps, schema_editor):
    sufijo = f" ON {TABLA}" if schema_editor.connection.vendor == "postgresql" else ""
    for nombre in NOMBRES[schema_editor.connection.vendor]:
        schema_editor.execute(f"DROP TRIGGER {nombre}{sufijo}")


class Migration(migrations.Migration):
    dependencies = [("comun", "0004_encadenados")]

    operations = [
        migrations.AlterField(
            model_name="suceso",
            name="numero",
            field=models.BigIntegerField(verbose_name="número", unique=True),
        ),
        migrations.AlterModelOptions(
            name="suceso",
            options={
                "ordering": ["-momento", "-numero"],
                "verbose_name": "suceso",
                "verbose_name_plural": "bitácora",
            },
        ),
        migrations.RunPython(poner, quitar),
    ]
