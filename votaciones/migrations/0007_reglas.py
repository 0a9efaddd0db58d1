from django.db import migrations, models

REGLAS = [
    ("voraz", "Más votos primero"),
    ("partes_iguales", "Partes iguales"),
    ("partes_iguales_incrementos", "Partes iguales que crecen"),
    ("phragmen", "Cargas parejas"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("votaciones", "0006_papeletas"),
    ]

    operations = [
        migrations.AlterField(
            model_name="votacion",
            name="regla",
            field=models.CharField(choices=REGLAS, default="voraz", max_length=32, verbose_name="regla oficial"),
        ),
        migrations.AlterField(
            model_name="resultado",
            name="regla",
            field=models.CharField(choices=REGLAS, max_length=32, verbose_name="regla"),
        ),
        migrations.AddField(
            model_name="resultado",
            name="con_alguna",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="papeletas que eligieron alguna ganadora"
            ),
        ),
        migrations.AddField(
            model_name="resultado",
            name="pasos",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="pasos en que creció la parte"),
        ),
        migrations.AlterField(
            model_name="resultado",
            name="detalle",
            field=models.JSONField(
                help_text="Lista por opción: numero, titulo, costo, votos, puntos, gana, vuelta y razon. Las que ganaron por "
                "un reparto tienen además pago o carga por votante, en centavos, como fracción exacta («200000/3»).",
                verbose_name="detalle",
            ),
        ),
    ]
