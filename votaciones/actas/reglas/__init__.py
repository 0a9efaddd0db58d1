"""Reglas puras de las actas: su vida, quórum y techos, y su contenido canónico."""
