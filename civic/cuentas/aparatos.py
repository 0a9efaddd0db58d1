"""Qué aparato es, dicho en palabras, a partir de cómo se presenta su navegador. Nunca decide nada: solo se muestra."""

# El orden importa: Chrome también dice «Safari», Edge también dice «Chrome», Android también dice «Linux».
_NAVEGADORES = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Opera", "Opera"),
    ("SamsungBrowser", "Samsung"),
    ("UCBrowser", "UC Browser"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_APARATOS = (
    ("iPhone", "Teléfono iPhone"),
    ("iPad", "Tableta iPad"),
    ("Windows", "Computadora con Windows"),
    ("CrOS", "Computadora Chromebook"),
    ("Macintosh", "Computadora Mac"),
    ("Linux", "Computadora con Linux"),
)


def aparato(se_presenta: str) -> str:
    """«Teléfono Android, con Chrome» a partir del User-Agent; «Aparato desconocido» si no dice nada conocido."""
    navegador = next((nombre for marca, nombre in _NAVEGADORES if marca in se_presenta), "")
    if "Android" in se_presenta:
        que = "Teléfono Android" if "Mobile" in se_presenta else "Tableta Android"
    else:
        que = next((nombre for marca, nombre in _APARATOS if marca in se_presenta), "")
    if not que and not navegador:
        return "Aparato desconocido"
    return f"{que or 'Aparato'}, con {navegador}" if navegador else que
