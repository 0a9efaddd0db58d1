"""Archivos estáticos con huella en el nombre y ya comprimidos."""

import re

from servestatic.storage import CompressedManifestStaticFilesStorage


class AlmacenDeEstaticos(CompressedManifestStaticFilesStorage):
    """No sigue los mapas de depuración (.map): Leaflet los nombra y no hacen falta en el teléfono."""

    manifest_strict = True

    def url_converter(self, name, hashed_files, template=None):  # type: ignore[no-untyped-def]
        convertir = super().url_converter(name, hashed_files, template)

        def sin_mapas(hallazgo: re.Match[str]) -> str:
            if "sourceMappingURL" in hallazgo[0]:
                return ""
            return convertir(hallazgo)

        return sin_mapas
