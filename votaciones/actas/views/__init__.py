"""Vistas de las actas: las públicas, el equipo de asamblea y la trastienda."""
