"""Las páginas públicas del recorrido que se miran una por una."""

# (nombre, dirección). Las que llevan «→» se encuentran siguiendo el primer enlace que cumpla el selector.
FIJAS = {
    "inicio": "/",
    "ingresar": "/cuentas/ingresar/",
    "registrarse": "/cuentas/registrarse/",
    "clave olvidada": "/cuentas/clave/olvide/",
    "procesos": "/procesos/",
    "proceso": "/procesos/poa-2027/",
    "proceso con cambios": "/procesos/saldos-2027/",
    "techos": "/procesos/poa-2027/techos/",
    "propuestas": "/propuestas/",
    "propuestas sin resultados": "/propuestas/?q=zzzzzz",
    "votaciones": "/votaciones/",
    "mapa": "/mapa/",
    "demandas": "/demandas/",
    "reportes": "/reportes/",
    "reporte nuevo": "/reportes/nuevo/",
    "obras": "/obras/",
    "organizaciones": "/organizaciones/",
    "noticias": "/noticias/",
    "campañas": "/campanas/",
    "ayuda": "/ayuda/",
    "quién puede qué": "/transparencia/roles/",
    "no existe": "/no-existe/",
}
SEGUIDAS = {
    "propuesta": ("/propuestas/", "article h2 a, article h3 a"),
    "reporte": ("/reportes/", "article h2 a, article h3 a"),
    "obra": ("/obras/", "article h2 a, article h3 a"),
    "organizacion": ("/organizaciones/?q=urkupi", "main a[href^='/organizaciones/']:not([href*='?'])"),
    "noticia": ("/noticias/", "main a[href^='/noticias/']:not([href='/noticias/'])"),
    "campaña": ("/campanas/", "main a[href^='/campanas/']:not([href='/campanas/'])"),
}


def direccion_de(pagina, nombre: str) -> str:
    """Dirección de una página por su nombre, siguiendo el enlace si hace falta."""
    if nombre in FIJAS:
        return FIJAS[nombre]
    lista, selector = SEGUIDAS[nombre]
    pagina.goto(lista)
    return pagina.locator(selector).first.get_attribute("href")


TODAS = [*FIJAS, *SEGUIDAS]
