"""Vistas de las obras: la parte pública y la trastienda."""
