"""La única excepción de las reglas del reglamento."""


class ReglaIncumplida(Exception):
    """Algo que el reglamento no permite; su texto lo lee la persona y dice qué puede hacer.

    `campo` nombra el dato del formulario al que se refiere, si lo hay.
    """

    def __init__(self, mensaje: str, *, campo: str | None = None) -> None:
        super().__init__(mensaje)
        self.mensaje = mensaje
        self.campo = campo
