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
    "propuestas filtradas": "/propuestas/?distrito=D-7&estado=grupo-recibiendo-apoyos&desde=50.000",
    "datos de las propuestas": "/propuestas/datos/",
    "mapa filtrado": "/mapa/?capas=propuestas&categoria=vias&distrito=D-3",
    "votaciones": "/votaciones/",
    "mapa": "/mapa/",
    "demandas": "/demandas/",
    "reportes": "/reportes/",
    "reporte nuevo": "/reportes/nuevo/",
    "obras": "/obras/",
    "organizaciones": "/organizaciones/",
    "actas": "/actas/",
    "comprobar un acta": "/actas/comprobar/",
    "acta en observación": "/actas/ACTA-2027-001/",
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

# (quién, dirección) de lo que se mira con la sesión abierta.
CON_CUENTA = [
    *(
        ("demo_ciudadania", ruta)
        for ruta in (
            "/",
            "/cuentas/mi-cuenta/",
            "/cuentas/mi-cuenta/residencia/",
            "/cuentas/dispositivos/",
            "/cuentas/mis-datos/",
            "/cuentas/cerrar/",
            "/cuentas/verificar/",
            "/cuentas/verificar/padron/",
            "/cuentas/verificar/padron-de-mi-otb/",
            "/cuentas/verificar/organizacion/",
            "/cuentas/segundo-paso/",
            "/cuentas/segundo-paso/aplicacion/",
            "/cuentas/llaves/",
            "/cuentas/llaves/agregar/",
            "/organizaciones/registrar/",
            "/propuestas/nueva/",
            "/propuestas/borradores/",
            "/votaciones/poa-2027/",
            "/votaciones/poa-2027/distrito-3/",
            "/votaciones/poa-2026/resultado/",
            "/votaciones/poa-2026/resultado/distrito-3/",
            "/votaciones/poa-2026/comprobar/",
        )
    ),
    ("demo_directiva_otb", "/cuentas/verificar/pedidos/"),
    ("demo_promotora", "/cuentas/verificar/atender/"),
    ("demo_promotora", "/propuestas/asistir/"),
    *(
        ("demo_directiva_otb", f"/organizaciones/santo-domingo-d3-001/{pagina}/")
        for pagina in ("acta", "contacto", "renunciar", "padron")
    ),
]
# La trastienda.
DE_LA_TRASTIENDA = [
    ("demo_planificacion", "/admin/territorio/importaciones/new/"),
    ("demo_planificacion", "/admin/territorio/importaciones/"),
    ("demo_planificacion", "/admin/dudas-de-lugar/"),
    ("demo_planificacion", "/admin/organizaciones/"),
    ("demo_planificacion", "/admin/residencias/"),
    ("demo_planificacion", "/admin/residencias/en-bloque/anular/"),
    ("demo_planificacion", "/admin/procesos/en-bloque/suspender/"),
    ("demo_tecnico_evaluador", "/admin/propuestas/bandeja/"),
    ("demo_planificacion", "/admin/actas/"),
    ("demo_administracion", "/admin/conflictos/"),
    ("demo_administracion", "/admin/roles/"),
    ("demo_administracion", "/admin/roles/en-bloque/quitar/"),
]
# (quién, lista, qué registro, qué página suya): el editor de techos de un proceso, y una organización.
REGISTROS_DE_LA_TRASTIENDA = [
    ("demo_planificacion", "/admin/procesos/", "POA 2027", "edit"),
    ("demo_planificacion", "/admin/organizaciones/?q=santo+domingo", "Santo Domingo", "inspect"),
    ("demo_planificacion", "/admin/organizaciones/?q=santo+domingo", "Santo Domingo", "edit"),
]
