"""Bitácora, claves de un solo uso y fotos: lo que todas las salas comparten."""

import secrets
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone


class SucesoQuerySet(models.QuerySet):
    def de(self, objeto: models.Model) -> "SucesoQuerySet":
        return self.filter(objeto_tipo=objeto._meta.label_lower, objeto_id=objeto.pk)

    def publicos(self) -> "SucesoQuerySet":
        return self.filter(publico=True)


class Suceso(models.Model):
    """Una línea de la bitácora: quién hizo qué, cuándo, por qué, qué había antes y qué quedó.

    Solo la escribe civic.comun.bitacora, que la encadena; la base no deja cambiarla ni borrarla (civic.comun.guardas).
    """

    numero = models.BigIntegerField("número", unique=True)
    momento = models.DateTimeField("momento", default=timezone.now, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="quién"
    )
    calidad = models.CharField("en calidad de", max_length=120, blank=True)
    verbo = models.CharField("acción", max_length=40)
    objeto_tipo = models.CharField("tipo de objeto", max_length=60)
    objeto_id = models.BigIntegerField("objeto")
    desde = models.CharField("estado anterior", max_length=40, blank=True)
    hasta = models.CharField("estado nuevo", max_length=40, blank=True)
    texto = models.TextField("qué pasó")
    motivo = models.TextField("motivo", blank=True)
    datos = models.JSONField("datos", default=dict, blank=True)
    publico = models.BooleanField("público", default=True)
    # Al azar: lo reservado no se adivina probando contra la huella publicada.
    sal = models.CharField("sal", max_length=32, editable=False)
    anterior = models.CharField("huella anterior", max_length=64, editable=False)
    huella = models.CharField("huella", max_length=64, editable=False)
    # Lo que se adjuntó en ese acto, puesto por quien arma la página: nombre, detalle y url (ver comun/_historia.html).
    adjuntos: Sequence[Any] = ()

    objects = SucesoQuerySet.as_manager()

    class Meta:
        verbose_name = "suceso"
        verbose_name_plural = "bitácora"
        ordering = ["-momento", "-numero"]
        indexes = [models.Index(fields=["objeto_tipo", "objeto_id", "momento"], name="suceso_por_objeto")]

    def __str__(self) -> str:
        return self.texto

    def get_absolute_url(self) -> str:
        return reverse("comun:suceso", args=[self.numero])

    @property
    def antes(self) -> dict[str, Any]:
        return self._de_datos("antes")

    @property
    def despues(self) -> dict[str, Any]:
        return self._de_datos("despues")

    def _de_datos(self, clave: str) -> dict[str, Any]:
        parte = self.datos.get(clave) if isinstance(self.datos, dict) else None
        return parte if isinstance(parte, dict) else {} if parte is None else {"valor": parte}


class ClaveUsada(models.Model):
    """Formulario ya recibido: su clave no puede crear un segundo objeto."""

    huella = models.CharField("huella de la clave", max_length=64, unique=True)
    proposito = models.CharField("propósito", max_length=60)
    contenido = models.CharField("huella de lo enviado", max_length=64)
    objeto_id = models.BigIntegerField("objeto creado", null=True)
    momento = models.DateTimeField("momento", auto_now_add=True)

    class Meta:
        verbose_name = "clave usada"
        verbose_name_plural = "claves usadas"

    def __str__(self) -> str:
        return f"{self.proposito} → {self.objeto_id}"


def _token() -> str:
    return secrets.token_urlsafe(16)


ANCHOS_DE_FOTO = (320, 640, 1280)


class Foto(models.Model):
    """Foto ya limpia (sin metadatos) y reducida; el archivo original no se guarda."""

    token = models.CharField("nombre", max_length=32, unique=True, default=_token, editable=False)
    ancho = models.PositiveIntegerField("ancho en píxeles")
    alto = models.PositiveIntegerField("alto en píxeles")
    color = models.CharField("color dominante", max_length=7)
    peso = models.PositiveIntegerField("bytes de la versión mayor")
    huella = models.CharField("SHA-256", max_length=64)
    texto = models.CharField("qué se ve", max_length=200, blank=True)
    publica = models.BooleanField("pública", default=False)
    subida_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="subida por"
    )
    momento = models.DateTimeField("momento", auto_now_add=True)
    # (lon, lat) que decía el teléfono, solo en memoria y recién subida: no es una columna a propósito.
    tomada_en: tuple[float, float] | None = None

    class Meta:
        verbose_name = "foto"
        verbose_name_plural = "fotos"

    def __str__(self) -> str:
        return self.texto or f"Foto {self.pk}"

    @property
    def anchos(self) -> list[int]:
        """Anchos guardados, de menor a mayor: los fijos menores que la foto y el de la foto, hasta 1280."""
        mayor = min(self.ancho, ANCHOS_DE_FOTO[-1])
        return sorted({ancho for ancho in ANCHOS_DE_FOTO if ancho < mayor} | {mayor})

    def ruta(self, ancho: int, formato: str = "webp") -> str:
        return f"fotos/{self.token[:2]}/{self.token}/{ancho}.{formato}"

    @property
    def rutas(self) -> list[str]:
        """Todos sus archivos: cada ancho en WebP y en JPEG."""
        return [self.ruta(ancho, formato) for formato in ("webp", "jpg") for ancho in self.anchos]

    def url(self, ancho: int) -> str:
        return reverse("comun:foto", args=[self.token, ancho])

    def url_jpeg(self, ancho: int) -> str:
        """La misma versión para los navegadores que no abren WebP."""
        return reverse("comun:foto_jpeg", args=[self.token, ancho])

    @property
    def url_mayor(self) -> str:
        return self.url(self.anchos[-1])

    @property
    def url_menor(self) -> str:
        return self.url(self.anchos[0])

    @property
    def url_menor_jpeg(self) -> str:
        return self.url_jpeg(self.anchos[0])

    @property
    def srcset(self) -> str:
        return ", ".join(f"{self.url(ancho)} {ancho}w" for ancho in self.anchos)

    @property
    def srcset_jpeg(self) -> str:
        return ", ".join(f"{self.url_jpeg(ancho)} {ancho}w" for ancho in self.anchos)
