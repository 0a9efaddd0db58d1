"""Vistas de propuestas: lo público, el borrador en pasos y la trastienda."""
