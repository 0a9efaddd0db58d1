"""Páginas de la trastienda del territorio que no son el conjunto de áreas."""
