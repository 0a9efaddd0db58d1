"""Agregación de demandas con GeoPandas (sin Django)."""
