"""Las columnas de un padrón, y cómo las llaman los que circulan."""

# fmt: off
# Cómo llaman a cada columna los padrones que circulan; se comparan sin acentos, signos ni mayúsculas.
NOMBRES: dict[str, tuple[str, ...]] = {
    "ci": (
        "ci", "c i", "carnet", "carnet de identidad", "nro carnet", "numero de carnet", "num carnet", "n carnet",
        "documento", "nro documento", "numero documento", "numero de documento", "num documento", "n documento",
        "nro doc", "num doc", "doc", "cedula", "cedula de identidad", "nro cedula", "nro ci", "numero ci",
        "numero de ci", "num ci", "n ci", "documento de identidad", "doc identidad", "documento identidad",
        "nro de documento", "nro de carnet", "nro de ci", "identificacion", "dni", "numero documento identidad",
    ),
    "complemento": ("complemento", "comp", "compl", "complemento ci", "ci complemento", "complemento carnet"),
    "fecha_nacimiento": (
        "fecha nacimiento", "fecha de nacimiento", "nacimiento", "fec nac", "fecha nac", "f nacimiento", "f nac",
        "fnac", "fecnac", "fechanacimiento", "fech nac", "fecha de nac", "fec nacimiento", "nacido", "nacida",
    ),
    "codigo_otb": (
        "codigo otb", "cod otb", "codigo de otb", "otb codigo", "codigo organizacion", "cod organizacion",
        "codigo junta", "id otb", "otb id",
    ),
    "otb": (
        "otb", "nombre otb", "otb nombre", "organizacion", "junta", "junta vecinal", "comunidad", "sindicato",
        "barrio", "zona", "otb o comunidad", "nombre de la otb", "organizacion de base",
    ),
    "distrito": (
        "distrito", "nro distrito", "numero distrito", "numero de distrito", "num distrito", "cod distrito",
        "codigo distrito", "codigo de distrito", "dist", "distrito municipal",
    ),
    "municipio": ("municipio", "codigo municipio", "cod municipio", "codigo ine", "cod ine", "codigo de municipio"),
}
# fmt: on
OBLIGATORIAS = ("ci", "fecha_nacimiento")
COLUMNA = {nombre: columna for columna, nombres in NOMBRES.items() for nombre in nombres}
TITULOS = {
    "ci": "carnet",
    "complemento": "complemento",
    "fecha_nacimiento": "fecha de nacimiento",
    "codigo_otb": "código de OTB",
    "otb": "OTB",
    "distrito": "distrito",
    "municipio": "municipio",
}
