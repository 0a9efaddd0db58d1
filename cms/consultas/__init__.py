"""Lo que el portal muestra de las demás salas, ya compuesto para sus páginas."""
