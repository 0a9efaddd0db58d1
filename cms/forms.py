"""Formulario de imágenes de la biblioteca: lo subido se limpia antes de guardarse."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.images.forms import BaseImageForm

from civic.comun.errores import ReglaIncumplida
from civic.comun.fotos import limpiar_foto


class ImagenForm(BaseImageForm):
    """La imagen guardada nunca es la que se subió: pasa por el taller de fotos, que quita todo metadato."""

    def clean_file(self) -> Any:
        archivo = self.cleaned_data["file"]
        if not archivo or "file" not in self.changed_data:
            return archivo
        try:
            limpia = limpiar_foto(archivo)
        except ReglaIncumplida as error:
            raise ValidationError(error.mensaje) from None
        return SimpleUploadedFile(Path(archivo.name).stem + ".webp", limpia, content_type="image/webp")
