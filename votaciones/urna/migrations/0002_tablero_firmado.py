from django.db import migrations, models

from votaciones.urna.guardas import poner_guardas, quitar_guardas


def poner(apps, schema_editor):
    for orden in schema_editor.deferred_sql:  # las restricciones, antes que los disparadores
        schema_editor.execute(orden)
    schema_editor.deferred_sql.clear()
    poner_guardas(schema_editor.connection)


def quitar(apps, schema_editor):
    quitar_guardas(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('urna', '0001_inicial'),
    ]

    operations = [
        # SQLite rehace la tabla: pierde sus disparadores, y el de los sobres, que la nombra, no la dejaría rehacer.
        migrations.RunPython(quitar, poner),
        migrations.AlterField(
            model_name='asiento',
            name='tipo',
            field=models.CharField(choices=[('apertura', 'apertura'), ('lote', 'lote'), ('suspension', 'suspension'), ('reanudacion', 'reanudacion'), ('cierre', 'cierre'), ('escrutinio', 'escrutinio')], max_length=12, verbose_name='tipo'),
        ),
        migrations.AddField(
            model_name='asiento',
            name='firma',
            field=models.CharField(blank=True, default='', max_length=128, verbose_name='firma de la huella'),
        ),
        migrations.RunPython(poner, quitar),
    ]
