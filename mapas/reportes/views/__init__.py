"""Vistas de los reportes: la parte pública y la trastienda."""
