"""Separa el límite de un área, con sus fechas, de su identidad."""

import datetime

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


def pasar_limites(apps, schema_editor):
    Area = apps.get_model("territorio", "Area")
    Limite = apps.get_model("territorio", "Limite")
    for area in Area.objects.exclude(geometria=None).iterator():
        vertices = list(_vertices(area.geometria["coordinates"]))
        Limite.objects.create(
            area=area,
            geometria=area.geometria,
            oeste=min(x for x, _ in vertices),
            este=max(x for x, _ in vertices),
            sur=min(y for _, y in vertices),
            norte=max(y for _, y in vertices),
            desde=area.vigente_desde,
            hasta=area.vigente_hasta,
        )
    municipio = Area.objects.filter(tipo="municipio").first()
    Area.objects.exclude(tipo="municipio").update(municipio=municipio)


def _vertices(coordenadas):
    if isinstance(coordenadas[0], float | int):
        yield coordenadas[:2]
    else:
        for parte in coordenadas:
            yield from _vertices(parte)


class Migration(migrations.Migration):
    dependencies = [("territorio", "0001_inicial")]

    operations = [
        migrations.CreateModel(
            name='Limite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='limites', to='territorio.area', verbose_name='área')),
                ('geometria', models.JSONField(help_text='GeoJSON Polygon o MultiPolygon en WGS84.', verbose_name='polígono')),
                ('oeste', models.FloatField()),
                ('sur', models.FloatField()),
                ('este', models.FloatField()),
                ('norte', models.FloatField()),
                ('desde', models.DateField(default=datetime.date(2000, 1, 1), verbose_name='desde')),
                ('hasta', models.DateField(blank=True, null=True, verbose_name='hasta')),
                ('publicado', models.DateTimeField(default=django.utils.timezone.now, verbose_name='publicado')),
            ],
            options={
                'verbose_name': 'límite',
                'verbose_name_plural': 'límites',
                'ordering': ['area', '-desde'],
            },
        ),
        migrations.AddField(
            model_name='area',
            name='municipio',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='areas', to='territorio.area', verbose_name='municipio'),
        ),
        migrations.RunPython(pasar_limites, migrations.RunPython.noop),
    ]
