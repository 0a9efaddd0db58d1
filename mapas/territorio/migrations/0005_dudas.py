"""Las dudas de lugar y el sello del territorio, que la base cambia sola con cada escritura en áreas o límites.

Quien cambie después las tablas territorio_area o territorio_limite debe volver a poner los gatillos al final de su
migración (`migrations.RunPython(poner_gatillos, quitar_gatillos)`): SQLite los pierde cuando Django rehace una tabla.
tests/mapas/test_ubicar_sello.py lo cuida.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

TABLAS = ("territorio_area", "territorio_limite")

# En SQLite escribe uno solo a la vez: basta una fila. Se borra y se inserta porque «INSERT OR REPLACE» dentro de un
# gatillo obedece al conflicto de la orden de afuera (un INSERT OR IGNORE lo anularía).
SQLITE = """
CREATE TRIGGER {nombre} AFTER {acto} ON {tabla} BEGIN
    DELETE FROM territorio_sello;
    INSERT INTO territorio_sello (transaccion, valor, momento) VALUES (0, random() / 4096, CURRENT_TIMESTAMP);
END
"""

# En PostgreSQL, una fila por transacción: dos que escriben a la vez no se esperan ni se traban. Las de hace más de una
# hora sobran; se borran sin esperar a nadie.
FUNCION = """
CREATE OR REPLACE FUNCTION territorio_sellar() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM territorio_sello WHERE id IN (
        SELECT id FROM territorio_sello WHERE momento < now() - interval '1 hour' FOR UPDATE SKIP LOCKED
    );
    INSERT INTO territorio_sello (transaccion, valor, momento)
    VALUES (txid_current(), (random() * 2251799813685248)::bigint, clock_timestamp())
    ON CONFLICT (transaccion) DO UPDATE SET valor = EXCLUDED.valor, momento = EXCLUDED.momento;
    RETURN NULL;
END $$
"""
POSTGRES = "CREATE TRIGGER {nombre} AFTER {acto} ON {tabla} FOR EACH STATEMENT EXECUTE FUNCTION territorio_sellar()"


def _gatillos(vendor):
    actos = ("INSERT", "UPDATE", "DELETE") + (("TRUNCATE",) if vendor == "postgresql" else ())
    return [(f"sello_{tabla}_{acto.lower()}", acto, tabla) for tabla in TABLAS for acto in actos]


def poner_gatillos(apps, schema_editor):
    quitar_gatillos(apps, schema_editor)
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(FUNCION)
    for nombre, acto, tabla in _gatillos(vendor):
        orden = POSTGRES if vendor == "postgresql" else SQLITE
        schema_editor.execute(orden.format(nombre=nombre, acto=acto, tabla=tabla))


def quitar_gatillos(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for nombre, _, tabla in _gatillos(vendor):
        en = f" ON {tabla}" if vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {nombre}{en}")
    if vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS territorio_sellar()")


class Migration(migrations.Migration):

    dependencies = [
        ('territorio', '0004_importaciones'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Sello',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('transaccion', models.BigIntegerField(unique=True)),
                ('valor', models.BigIntegerField()),
                ('momento', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'sello del territorio',
                'verbose_name_plural': 'sellos del territorio',
            },
        ),
        migrations.CreateModel(
            name='Duda',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('objeto_tipo', models.CharField(max_length=60, verbose_name='qué es')),
                ('objeto_id', models.BigIntegerField(verbose_name='objeto')),
                ('titulo', models.CharField(max_length=200, verbose_name='de qué se trata')),
                ('lon', models.FloatField(verbose_name='longitud')),
                ('lat', models.FloatField(verbose_name='latitud')),
                ('motivo', models.CharField(choices=[('traslape', 'Cae en dos áreas que se traslapan'), ('borde', 'Cae justo en un límite'), ('cercano', 'Cae en un hueco, cerca de un área'), ('ninguno', 'Está en el municipio, pero en ningún distrito ni OTB'), ('disputa', 'El límite está en disputa'), ('discrepancia', 'Su OTB es de otro distrito que el dibujado'), ('otra', 'La persona eligió otra OTB que la del punto')], max_length=15, verbose_name='por qué')),
                ('estado', models.CharField(choices=[('abierta', 'Por resolver'), ('resuelta', 'Resuelta'), ('confirmada', 'Se dejó como estaba'), ('caduca', 'Ya no hace falta')], default='abierta', max_length=10, verbose_name='estado')),
                ('razon', models.CharField(blank=True, max_length=500, verbose_name='razón')),
                ('resuelta', models.DateTimeField(blank=True, null=True, verbose_name='resuelta')),
                ('creada', models.DateTimeField(default=django.utils.timezone.now, verbose_name='desde')),
                ('decidida_otb', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territorio.area', verbose_name='OTB decidida')),
                ('decidido_distrito', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territorio.area', verbose_name='distrito decidido')),
                ('distrito', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territorio.area', verbose_name='distrito puesto')),
                ('otb', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territorio.area', verbose_name='OTB puesta')),
                ('resuelta_por', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='quién resolvió')),
            ],
            options={
                'verbose_name': 'duda de lugar',
                'verbose_name_plural': 'dudas de lugar',
                'ordering': ['-creada', '-pk'],
                'indexes': [models.Index(fields=['estado', '-creada', '-id'], name='duda_cola'), models.Index(fields=['estado', 'motivo', '-creada'], name='duda_por_motivo'), models.Index(fields=['objeto_tipo', 'objeto_id'], name='duda_de_objeto')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('estado', 'abierta')), fields=('objeto_tipo', 'objeto_id'), name='duda_abierta_unica', violation_error_message='Eso ya tiene una duda por resolver.'), models.CheckConstraint(condition=models.Q(('lat__gte', -90), ('lat__lte', 90), ('lon__gte', -180), ('lon__lte', 180)), name='duda_punto_valido', violation_error_message='El lugar debe tener longitud y latitud en grados.'), models.CheckConstraint(condition=models.Q(models.Q(('estado', 'abierta'), ('resuelta__isnull', True)), models.Q(models.Q(('estado', 'abierta'), _negated=True), ('resuelta__isnull', False)), _connector='OR'), name='duda_resuelta_con_fecha', violation_error_message='Una duda resuelta dice cuándo.')],
            },
        ),
        migrations.RunPython(poner_gatillos, quitar_gatillos),
    ]
