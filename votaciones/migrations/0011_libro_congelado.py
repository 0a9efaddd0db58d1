from django.db import migrations, models

from votaciones.actas import guardas as de_actas
from votaciones.guardas import poner_guardas, quitar_guardas
from votaciones.padron import guardas as de_padrones


def poner(apps, schema_editor):
    conexion = schema_editor.connection
    # Los de las actas y los padrones ya estaban; ahora tampoco una réplica se los salta, ni un TRUNCATE. Donde todavía
    # no hay esas tablas los pone su migración.
    hay = set(conexion.introspection.table_names())
    for sala, tabla in ((de_actas, "actas_pdffirmado"), (de_padrones, "padron_electoral_reclamodepadron")):
        if tabla in hay:
            sala.poner_guardas(conexion)
    poner_guardas(conexion)


def quitar(apps, schema_editor):
    quitar_guardas(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('votaciones', '0010_participacion_publica'),
    ]

    operations = [
        migrations.AlterField(
            model_name='votacion',
            name='estado',
            field=models.CharField(choices=[('preparada', 'En preparación'), ('abierta', 'Abierta'), ('suspendida', 'Suspendida'), ('cerrada', 'Cerrada'), ('contada', 'Contada')], default='preparada', max_length=10, verbose_name='estado'),
        ),
        migrations.RunPython(poner, quitar),
    ]
