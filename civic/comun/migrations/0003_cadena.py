"""Las columnas de la cadena, todavía vacías. El llenado y las guardas van aparte: PostgreSQL no altera una tabla con
cambios sin confirmar."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("comun", "0002_personas")]

    operations = [
        migrations.AddField(
            model_name="suceso",
            name="numero",
            field=models.BigIntegerField(verbose_name="número", null=True),
        ),
        migrations.AddField(
            model_name="suceso",
            name="sal",
            field=models.CharField(verbose_name="sal", max_length=32, editable=False, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="suceso",
            name="anterior",
            field=models.CharField(verbose_name="huella anterior", max_length=64, editable=False, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="suceso",
            name="huella",
            field=models.CharField(verbose_name="huella", max_length=64, editable=False, default=""),
            preserve_default=False,
        ),
    ]
