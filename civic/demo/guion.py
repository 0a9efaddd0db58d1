"""El guion de la demo: procesos, fases, techos y nombres que no vienen de un archivo.

Los días se cuentan desde hoy: siempre hay un proceso que recibe propuestas, uno que vota y uno ya contado.
"""

from dataclasses import dataclass

CLAVE = "ayni-demo-2027"
VOTANDO, RECIBIENDO, CONTADO = "poa-2027", "saldos-2027", "poa-2026"
FONDO = "fondo-iniciativas-2027"
CONSULTA_ABIERTA, CONSULTA_DECIDIDA = "reglamento-de-participacion-digital", "orden-de-la-fiesta-de-agosto"


@dataclass(frozen=True)
class Tramo:
    """Una fase: del día `desde` al día `hasta`, inclusive, contados desde hoy."""

    tipo: str
    nombre: str
    desde: int
    hasta: int
    explicacion: str


@dataclass(frozen=True)
class GuionDeProceso:
    slug: str
    nombre: str
    gestion: int
    resumen: str
    normativa: str
    cuerpo: str
    fases: tuple[Tramo, ...]
    techos: dict[int, int]
    como_se_calculo: str
    tipo: str = "presupuesto"


def _por_distrito(*miles: int) -> dict[int, int]:
    """Montos en Bs del distrito 1 al 10, dados en miles."""
    return {numero: monto * 1000 for numero, monto in enumerate(miles, start=1)}


_NORMATIVA = "Ley 341 de Participación y Control Social; Ley 031; Ley 482"

PROCESOS: tuple[GuionDeProceso, ...] = (
    GuionDeProceso(
        VOTANDO,
        "Tu OTB decide: POA 2027",
        2027,
        "Los diez distritos eligen en qué obras se gastan Bs 46.000.000 del próximo año. Cada persona vota en su "
        "distrito, dentro del techo.",
        _NORMATIVA,
        "<p>Las organizaciones y las personas propusieron, el equipo técnico dijo qué se puede hacer y cuánto cuesta, "
        "y ahora votan las vecinas y los vecinos de cada distrito.</p><h2>Cómo se vota</h2><ul><li>Vota quien tiene su "
        "residencia verificada, una sola vez y en su distrito.</li><li>Marca todas las obras que quieras mientras "
        "sumen igual o menos que el techo.</li><li>Al confirmar recibes un código. Con él compruebas después que tu "
        "papeleta está en la urna; no dice qué elegiste.</li></ul><h2>Si no tienes internet</h2><p>En cada subalcaldía "
        "hay un punto con una promotora. También puedes preguntar a la directiva de tu organización.</p>",
        (
            Tramo("informacion", "Información y techos", -194, -174, "Se publica cuánto dinero tiene cada distrito."),
            Tramo("recepcion", "Recepción de demandas", -173, -139, "Personas y organizaciones presentan propuestas."),
            Tramo("asambleas", "Asambleas de organización", -159, -125, "Cada organización conversa lo suyo."),
            Tramo("evaluacion", "Viabilidad técnica y legal", -138, -32, "Se dice qué se puede hacer y cuánto cuesta."),
            Tramo("deliberacion", "Ampliados de distrito", -31, -6, "Se comparan las propuestas del distrito."),
            Tramo("votacion", "Votación", -5, 14, "Cada persona vota las obras de su distrito."),
            Tramo("escrutinio", "Escrutinio y actas", 15, 19, "Se cuentan los votos y se publica el resultado."),
            Tramo("resultados", "Control social y Concejo", 20, 34, "Se pronuncia el control social."),
            Tramo("seguimiento", "Seguimiento de las obras", 41, 405, "Se sigue el avance de cada obra elegida."),
        ),
        {},  # salen de REPARTO_DEL_POA
        "",
    ),
    GuionDeProceso(
        RECIBIENDO,
        "Segunda ronda: saldos para 2027",
        2027,
        "Lo que sobró de licitaciones y de obras que costaron menos vuelve a los distritos. Se reciben propuestas "
        "pequeñas, que se puedan hacer en pocos meses.",
        _NORMATIVA,
        "<p>Son montos pequeños: sirven para arreglos, equipamiento y obras cortas. Cada propuesta debe costar igual "
        "o menos que el saldo de su distrito.</p><h2>Qué conviene pedir</h2><ul><li>Algo que esté listo en menos de "
        "cuatro meses.</li><li>En un terreno público y con papeles.</li><li>Que la organización o el barrio pueda "
        "cuidar.</li></ul>",
        (
            Tramo("informacion", "Aviso de saldos", -33, -24, "Se publica cuánto sobró en cada distrito."),
            Tramo("recepcion", "Recepción de propuestas", -23, 22, "Se presentan propuestas y se juntan apoyos."),
            Tramo("evaluacion", "Viabilidad", 23, 40, "El equipo técnico responde a cada propuesta."),
            Tramo("votacion", "Votación", 45, 55, "Cada distrito elige."),
            Tramo("escrutinio", "Escrutinio", 56, 58, "Se cuentan los votos."),
            Tramo("seguimiento", "Seguimiento", 75, 405, "Se sigue lo que se construye."),
        ),
        {
            1: 420_000,
            2: 380_000,
            3: 410_000,
            4: 460_000,
            5: 390_000,
            6: 260_000,
            7: 340_000,
            8: 480_000,
            9: 350_000,
            10: 270_000,
        },
        "Saldo de demostración del distrito: licitaciones más baratas y obras cerradas.",
    ),
    GuionDeProceso(
        CONTADO,
        "Tu OTB decide: POA 2026",
        2026,
        "El primer año: cada distrito decidió por votación una parte de su techo. Aquí están el resultado y las obras.",
        _NORMATIVA,
        "<p>Fue la primera vez. Se decidió por votación una parte del techo de cada distrito. El resultado se contó "
        "con cuatro reglas, para comparar, y las obras elegidas se siguen aquí hasta que se usan.</p>",
        (
            Tramo("informacion", "Información y techos", -565, -546, "Se publicaron los montos."),
            Tramo("recepcion", "Recepción de demandas", -545, -506, "Se presentaron propuestas."),
            Tramo("asambleas", "Asambleas de organización", -525, -490, "Cada organización conversó lo suyo."),
            Tramo("evaluacion", "Viabilidad técnica y legal", -505, -452, "Se dijo qué se podía hacer."),
            Tramo("votacion", "Votación", -450, -432, "Votó cada distrito."),
            Tramo("escrutinio", "Escrutinio y actas", -431, -428, "Se contaron los votos."),
            Tramo("resultados", "Control social y Concejo", -427, -400, "Se aprobó el POA 2026."),
            Tramo("seguimiento", "Seguimiento de las obras", -320, 60, "Se sigue el avance de cada obra."),
        ),
        {
            1: 2_050_000,
            2: 1_100_000,
            3: 1_200_000,
            4: 900_000,
            5: 1_100_000,
            6: 600_000,
            7: 850_000,
            8: 1_100_000,
            9: 800_000,
            10: 500_000,
        },
        "Monto de demostración: la parte del techo que el primer año se decidió por votación.",
    ),
    GuionDeProceso(
        FONDO,
        "Fondo de iniciativas de barrio 2027",
        2027,
        "Bs 50.000 por distrito para ideas pequeñas que un grupo de vecinas y vecinos puede hacer por su cuenta: una "
        "huerta, una biblioteca, un mural, una liga de fútbol.",
        _NORMATIVA,
        "<p>Es un concurso: primero se explica cómo participar, después se postula, se revisa que cada postulación "
        "cumpla las bases, y un jurado y la votación de cada distrito eligen. Quien gana hace lo suyo y presenta "
        "un informe a la vista de todos.</p><h2>Quién puede postular</h2><ul><li>Grupos de al menos cinco personas del "
        "distrito.</li><li>Organizaciones, con su directiva al día.</li></ul>",
        (
            Tramo("convocatoria", "Convocatoria", -5, 12, "Se publican las bases y se responden preguntas."),
            Tramo("postulaciones", "Postulaciones", 13, 40, "Cada grupo presenta su idea."),
            Tramo("admision", "Admisión", 41, 52, "Se revisa que cada postulación cumpla las bases."),
            Tramo("jurado_y_voto", "Jurado y votación", 55, 66, "El jurado puntúa y cada distrito vota."),
            Tramo("adjudicacion", "Adjudicación", 70, 75, "Se publica quién ganó y por qué."),
            Tramo("ejecucion", "Ejecución", 76, 240, "Cada grupo hace lo que propuso."),
            Tramo("informe", "Informe", 241, 270, "Cada grupo cuenta qué hizo y en qué gastó."),
        ),
        {},  # partes iguales de TOTAL_DEL_FONDO
        "",
        "fondo",
    ),
    GuionDeProceso(
        CONSULTA_ABIERTA,
        "¿Cómo debe ser el reglamento de participación digital?",
        2026,
        "Lee el borrador por artículos, comenta y propón cambios. Cada comentario tendrá respuesta escrita.",
        "Ley 341; Ley 482",
        "<p>El reglamento dirá cómo se convoca, quién vota y qué se publica. Lee los artículos y escribe abajo qué "
        "cambiarías, con el número del artículo. Después de la consulta, cada tema recibe una respuesta escrita: se "
        "incorpora, no se incorpora y por qué.</p>",
        (
            Tramo("comentarios", "Comentarios por artículo", -19, 15, "Se reciben comentarios."),
            Tramo("respuesta", "Respuestas motivadas", 16, 29, "Cada tema recibe una respuesta escrita."),
            Tramo("resultados", "Informe y remisión al Concejo", 51, 62, "El texto final va al Concejo."),
        ),
        {},
        "",
        "consulta",
    ),
    GuionDeProceso(
        CONSULTA_DECIDIDA,
        "Ordenar los sitios de venta y graderías de la fiesta de agosto",
        2026,
        "Se compararon tres formas de distribuir sitios de venta, graderías y vías de evacuación en los distritos 1 "
        "y 6.",
        "Ley 341; Ley 482",
        "<p>Se compararon tres opciones: mantener el recorrido y reducir graderías (A), sorteo público de sitios con "
        "mapa (B) y zonas fijas por rubro con pago en línea (C).</p><h2>Qué se dijo</h2><p>De 857 personas, 402 "
        "prefirieron la opción B, 267 la C y 188 la A. Más de la mitad participó en línea.</p><h2>Qué se "
        "decidió</h2><p>Se aplicará la opción B: sorteo público de sitios, con mapa y vías de evacuación libres. De "
        "la opción C se toma el pago en línea, para quien quiera usarlo. La razón: es la que más gente eligió y la "
        "que deja libres las salidas de emergencia.</p>",
        (
            Tramo("informacion", "Información y recorrido", -61, -48, "Se recorrió el lugar con los planos."),
            Tramo("deliberacion", "Deliberación por barrio", -47, -27, "Se compararon las tres opciones."),
            Tramo("votacion", "Preferencias", -26, -13, "Se recogieron las preferencias, en línea y en asamblea."),
            Tramo("respuesta", "Decisión motivada", -12, 8, "Se publica qué se decidió y por qué."),
        ),
        {},
        "",
        "consulta",
    ),
)

# La fórmula de los techos del POA que se vota. Con este índice, inventado, da justo los del contenido.
PESOS_DEL_POA, REDONDEO_DEL_POA = (40, 30, 30), 100_000
INDICE_DE_NECESIDAD = {
    1: "49.6",
    2: "46.0",
    3: "47.2",
    4: "44.6",
    5: "37.1",
    6: "8.8",
    7: "32.0",
    8: "59.3",
    9: "61.8",
    10: "13.6",
}
FUENTE_DEL_INDICE = "Índice de demostración, inventado: no es un dato oficial"
NORMA_DE_LOS_TECHOS = "Ley municipal N.º 000/2026 (de demostración)"
TOTAL_DEL_FONDO = 500_000
FUENTES = (("20-210", "Recursos específicos"), ("41-113", "Coparticipación tributaria"), ("41-119", "IDH"))
# La recepción de la segunda ronda se alargó una semana: hasta qué día iba (desde hoy), cuándo se decidió y por qué.
RECEPCION_ANTES, DIA_DE_LA_AMPLIACION = 15, -2
MOTIVO_DE_LA_AMPLIACION = (
    "Las lluvias cortaron el camino a las comunidades del Distrito 9 y la promotora no pudo llegar. Se da una semana "
    "más para que también presenten sus propuestas."
)

ARTICULOS_DEL_REGLAMENTO = (
    (
        "4",
        "Convocatoria",
        "Toda convocatoria se publica con diez días de anticipación en la página del municipio y en las sedes de las "
        "organizaciones, con fecha, lugar y monto a decidir.",
        "Se incorpora el aviso por radio en castellano y quechua, con diez días de anticipación.",
    ),
    (
        "7",
        "Quién participa",
        "Participan las personas de dieciséis años o más que viven en el municipio, en forma individual o por medio de "
        "su organización.",
        "",
    ),
    (
        "9",
        "Identidad",
        "Para votar se comprueba una vez el documento y el domicilio. El voto es secreto y no se guarda junto al "
        "nombre.",
        "Se incorpora: el número de documento se guarda cifrado y no se muestra a nadie.",
    ),
    (
        "12",
        "Actas",
        "Lo decidido en asamblea consta en un acta firmada, que se publica sin datos personales. Solo otra asamblea "
        "puede cambiarla.",
        "",
    ),
    (
        "15",
        "Respuesta",
        "El municipio responde por escrito cada tema planteado: si se incorpora o no, y la razón.",
        "",
    ),
)

# Nombres inventados de vecinas y vecinos: plantas, aves y cerros del valle. Ninguno es el nombre de una persona.
VECINAS = (
    "Jacarandá Kantuta Retama Tuna Muña Quinua Kiswara Wira Wira Cedrón Vicuña Golondrina Paloma Torcaza Chirimoya "
    "Amapola Margarita Silvestre Lluvia Achira Tara Papa Lisa Yareta Chacatea Alfalfa Haba Luna Estrella"
)
VECINOS = (
    "Molle Ceibo Algarrobo Aliso Sauce Tarko Chilijchi Soto Quishuara Cóndor Hornero Tordo Picaflor Chihuanco Zorzal "
    "Maíz Tarwi Locoto Amaranto Cerro Tunari Lucero Churqui Pino Eucalipto Jarka Carrizo Aguayo"
)
_COMPUESTOS = {"Wira Wira", "Margarita Silvestre", "Papa Lisa", "Cerro Tunari"}


def _nombres(texto: str) -> list[str]:
    palabras, nombres = texto.split(), []
    while palabras:
        doble = " ".join(palabras[:2])
        nombres.append(doble if doble in _COMPUESTOS else palabras[0])
        del palabras[: 2 if doble in _COMPUESTOS else 1]
    return nombres


def nombres_de_gente() -> list[str]:
    """«Vecina Jacarandá», «Vecino Molle»…, alternados."""
    vecinas = [f"Vecina {nombre}" for nombre in _nombres(VECINAS)]
    vecinos = [f"Vecino {nombre}" for nombre in _nombres(VECINOS)]
    return [nombre for par in zip(vecinas, vecinos, strict=False) for nombre in par]


# Vecinas y vecinos por distrito: siguen a la población, con un mínimo para que la votación se entienda.
GENTE = {1: 112, 2: 106, 3: 108, 4: 128, 5: 112, 6: 72, 7: 76, 8: 112, 9: 52, 10: 62}
# Cuántas personas votaron: en la votación contada y en la que está abierta.
VOTARON = {1: 104, 2: 95, 3: 98, 4: 116, 5: 101, 6: 62, 7: 66, 8: 103, 9: 44, 10: 53}
VAN_VOTANDO = {1: 38, 2: 29, 3: 33, 4: 41, 5: 27, 6: 24, 7: 26, 8: 35, 9: 19, 10: 21}

# Papel del contenido -> (rol de la plataforma, unidad). Quien no está aquí participa como ciudadanía.
ROLES = {
    "presidencia_distrito": ("presidencia_distrito", ""),
    "control_social": ("control_social", "Control social"),
    "promotora": ("promotora", "Participación"),
    "ventanilla": ("ventanilla", "Atención ciudadana"),
    "tecnico_evaluador": ("tecnico_evaluador", "Secretaría Técnica"),
    "responsable_unidad": ("jefatura_unidad", "Saneamiento básico"),
    "fiscal_obra": ("fiscal_obra", "Fiscalización de obras"),
    "planificacion": ("planificacion", "Planificación"),
    "transparencia": ("transparencia", "Transparencia"),
    "comunicacion": ("comunicacion", "Comunicación"),
    "concejo": ("concejo", "Concejo Municipal"),
    "administracion": ("administracion", "Sistemas"),
    "auditoria": ("auditoria", "Auditoría interna"),
}
# El escrutinio es de dos personas: quien abre o cierra una votación no la cuenta.
SEGUNDA_DE_PLANIFICACION = {
    "usuario": "demo_planificacion_2",
    "nombre": "Planificación POA Demo, segunda persona",
    "rol": "planificacion",
}
# Dónde viven las personas de la demo que participan como vecinas: papel -> organización del contenido.
VIVEN = {
    "ciudadania": "d3-barrio-manaco",
    "directiva_otb": "d3-santo-domingo",
    "secretaria_actas": "d3-santo-domingo",
    "presidencia_distrito": "d3-villa-asuncion",
    "control_social": "d4-tacata-norte",
    "promotora": "d7-bella-vista",
}
CARGOS = {"directiva_otb": "Presidencia", "secretaria_actas": "Secretaría de actas"}
