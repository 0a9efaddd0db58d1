"""Quita la geometría de las áreas, que ya está en sus límites, y pone las unicidades por municipio."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("territorio", "0002_limites")]

    operations = [
        migrations.RemoveConstraint(
            model_name='area',
            name='area_codigo_unico',
        ),
        migrations.RemoveField(
            model_name='area',
            name='este',
        ),
        migrations.RemoveField(
            model_name='area',
            name='geometria',
        ),
        migrations.RemoveField(
            model_name='area',
            name='norte',
        ),
        migrations.RemoveField(
            model_name='area',
            name='oeste',
        ),
        migrations.RemoveField(
            model_name='area',
            name='sur',
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.UniqueConstraint(fields=('municipio', 'tipo', 'codigo'), name='area_codigo_unico', violation_error_message='Ya hay un área de ese tipo con ese código en el municipio.'),
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.UniqueConstraint(condition=models.Q(('municipio__isnull', True)), fields=('codigo',), name='municipio_codigo_unico', violation_error_message='Ya hay un municipio con ese código.'),
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('municipio__isnull', True), ('tipo', 'municipio')), models.Q(models.Q(('tipo', 'municipio'), _negated=True), ('municipio__isnull', False)), _connector='OR'), name='area_en_un_municipio', violation_error_message='Todo distrito y organización está en un municipio.'),
        ),
        migrations.AddConstraint(
            model_name='limite',
            constraint=models.UniqueConstraint(fields=('area', 'desde'), name='limite_unico_por_fecha', violation_error_message='Esa área ya tiene un límite desde esa fecha.'),
        ),
        migrations.AddConstraint(
            model_name='limite',
            constraint=models.UniqueConstraint(condition=models.Q(('hasta__isnull', True)), fields=('area',), name='limite_abierto_unico', violation_error_message='Esa área ya tiene un límite en vigor sin fecha de fin.'),
        ),
        migrations.AddConstraint(
            model_name='limite',
            constraint=models.CheckConstraint(condition=models.Q(('hasta__isnull', True), ('hasta__gt', models.F('desde')), _connector='OR'), name='limite_en_orden', violation_error_message='El límite debe terminar después de empezar.'),
        ),
    ]
