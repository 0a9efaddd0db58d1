"""Textos con que nace el portal. Se escriben una sola vez; después se editan en la trastienda."""

from typing import Any

from django.db import models


class Indice(models.TextChoices):
    """Páginas que el portal siempre tiene, por su dirección."""

    PROCESOS = "procesos", "Procesos"
    NOTICIAS = "noticias", "Noticias"
    CAMPANAS = "campanas", "Campañas"
    AYUDA = "ayuda", "Ayuda"


INTRODUCCIONES = {
    Indice.PROCESOS: "Cada proceso dice qué se decide, en qué fase está y qué puedes hacer hoy.",
    Indice.NOTICIAS: "Lo que va pasando con las propuestas, las votaciones y las obras.",
    Indice.CAMPANAS: "Textos listos para leer en radio, enviar por WhatsApp o pegar en la sede.",
    Indice.AYUDA: "Cómo participar, qué se puede pedir, cómo se cuentan los votos y quién responde.",
}

PASOS = [
    {"titulo": "Propón", "texto": "Cuenta qué hace falta y dónde. Lo puede hacer una persona o su organización."},
    {"titulo": "Decide", "texto": "El equipo técnico dice si se puede y cuánto cuesta. Después, tu distrito vota."},
    {"titulo": "Vigila", "texto": "La obra se sigue aquí: cuánto se construyó, cuánto se pagó y quién responde."},
]

CONTACTOS = [
    {
        "nombre": "Dirección de Planificación",
        "responde": "Techos de cada distrito, propuestas y votación.",
        "telefono": "",
        "lugar": "Alcaldía, de lunes a viernes de 8:00 a 16:00",
    },
    {
        "nombre": "Atención ciudadana",
        "responde": "Reportes de problemas y ayuda para usar esta página.",
        "telefono": "",
        "lugar": "Ventanilla de la Alcaldía y subalcaldías",
    },
    {
        "nombre": "Transparencia",
        "responde": "Pedidos de información y denuncias sobre el uso del dinero.",
        "telefono": "",
        "lugar": "Alcaldía, de lunes a viernes de 8:00 a 16:00",
    },
]

SECCIONES: list[tuple[str, dict[str, Any]]] = [
    ("cifras", {"titulo": "Así vamos"}),
    ("mapa", {"titulo": "Qué pide cada distrito"}),
    ("nuevo", {"titulo": "Lo más nuevo"}),
    ("noticias", {"titulo": "Noticias", "destacadas": []}),
    ("pasos", {"titulo": "Cómo funciona", "pasos": PASOS}),
    ("contactos", {"titulo": "Quién responde", "contactos": CONTACTOS}),
]


def _preguntas(*pares: tuple[str, str]) -> list[tuple[str, Any]]:
    return [("pregunta", {"pregunta": pregunta, "respuesta": respuesta}) for pregunta, respuesta in pares]


COMO_PARTICIPAR: list[tuple[str, Any]] = [
    ("pasos", PASOS),
    (
        "parrafo",
        "<h2>Antes de empezar</h2><p>Para leer no hace falta cuenta. Para comentar, proponer y reportar sí.</p>"
        "<p>Para apoyar y votar, además, tu residencia debe estar verificada: así cada persona decide una vez y en su "
        "distrito. La verifica tu organización con su lista de afiliados, una promotora o la ventanilla.</p>",
    ),
    ("boton", {"texto": "Crear mi cuenta", "pagina": None, "direccion": "/cuentas/registrarse/"}),
    ("parrafo", "<h2>Preguntas de siempre</h2>"),
    *_preguntas(
        (
            "¿Puedo participar sin internet?",
            "<p>Sí. Puedes ir a la asamblea de tu organización, buscar a una promotora o ir a la ventanilla. Lo que "
            "digas allí entra al mismo lugar que lo escrito aquí.</p>",
        ),
        (
            "¿Puedo proponer en nombre de mi OTB?",
            "<p>Sí, si eres parte de su directiva y tu mandato está registrado y vigente.</p>",
        ),
        (
            "¿Qué pasa si mi propuesta no sale?",
            "<p>La página de tu propuesta dice la razón, escrita por el equipo técnico. Puedes reclamar una vez, o "
            "presentarla de nuevo el próximo año.</p>",
        ),
        (
            "¿Se puede cambiar lo que ganó?",
            "<p>No sin volver a consultar. Todo cambio queda anotado en la historia de la propuesta.</p>",
        ),
    ),
]

QUE_SE_PUEDE_PEDIR: list[tuple[str, Any]] = [
    (
        "parrafo",
        "<p>Obras y servicios que son tarea del municipio y que caben en el techo de tu distrito: agua, "
        "alcantarillado, desagües, calles, alumbrado, plazas, canchas, escuelas, postas de salud, riego, seguridad y "
        "sedes comunales.</p>",
    ),
    (
        "parrafo",
        "<h2>Qué mira el equipo técnico</h2><ul>"
        "<li>Que el terreno sea público y tenga papeles.</li>"
        "<li>Que sea tarea del municipio. Una carretera nacional, por ejemplo, no lo es.</li>"
        "<li>Que el costo quepa en el techo del distrito.</li>"
        "<li>Que no esté ya programada ni repetida.</li>"
        "<li>Que no ponga en riesgo a nadie ni dañe a los vecinos.</li></ul>",
    ),
    (
        "parrafo",
        "<h2>Lo que no entra aquí</h2><p>Un bache, un foco quemado o una fuga se atienden más rápido como reporte, sin "
        "esperar al próximo año.</p>",
    ),
    ("boton", {"texto": "Reportar un problema", "pagina": None, "direccion": "/reportes/nuevo/"}),
]

COMO_SE_CUENTAN: list[tuple[str, Any]] = [
    (
        "parrafo",
        "<p>Cada distrito tiene un monto, el techo. En la papeleta marcas las obras que quieres hasta completarlo. Al "
        "cerrar, se cuentan los votos con cuatro reglas y se publican los cuatro resultados. Vale la que dice la "
        "convocatoria; las otras sirven para comparar.</p>",
    ),
    (
        "parrafo",
        "<h2>Más votos primero</h2><p>Se ordenan las obras de más a menos votos. Se toma la primera y se resta su "
        "costo del techo; después la segunda, y así. Si una ya no cabe, se salta y se mira la siguiente.</p>"
        "<p>Es fácil de entender. Su defecto: si la mayoría vive en una zona, esa zona puede llevarse todo.</p>",
    ),
    (
        "parrafo",
        "<h2>Partes iguales</h2><p>El techo se reparte en partes iguales entre quienes votaron. Una obra gana cuando "
        "las personas que la votaron pueden pagarla entre todas con su parte. Se elige primero la obra en la que a "
        "cada persona le toca poner menos.</p>"
        "<p>Así también ganan obras de grupos más pequeños, en proporción a cuántos son.</p>",
    ),
    (
        "parrafo",
        "<h2>Partes iguales que crecen</h2><p>Es la misma cuenta, como una vaquita en la que a muchas personas les "
        "quedó un vuelto que solo no alcanza para nada. Por eso se repite con una parte un poquito más grande, de a un "
        "1 %, mientras las obras que ganan, juntas, no se pasen del techo.</p>",
    ),
    (
        "parrafo",
        "<h2>Cargas parejas</h2><p>Cada obra es un peso que cargan entre quienes la eligieron. Va primero la obra que "
        "deja a sus votantes menos cargados, contando lo que ya cargan por las que ganaron antes. Así, quienes "
        "todavía no ganaron nada van primero.</p>",
    ),
    (
        "aviso",
        {
            "tono": "bien",
            "texto": "<p>Los votos, sin nombres, se descargan al terminar. Cualquiera puede contarlos de nuevo.</p>",
        },
    ),
    *_preguntas(
        (
            "¿Qué pasa si dos obras empatan?",
            "<p>La regla de desempate está escrita en la convocatoria antes de abrir, y el resultado dice cuándo se "
            "usó.</p>",
        ),
        (
            "¿Y el dinero que sobra?",
            "<p>El resultado dice cuánto sobró en cada distrito. Pasa a las obras en lista de espera.</p>",
        ),
    ),
]

PRIVACIDAD: list[tuple[str, Any]] = [
    (
        "parrafo",
        "<h2>Qué guardamos</h2><ul>"
        "<li>Tu nombre de usuario, tu nombre público y, si lo das, tu correo.</li>"
        "<li>El distrito y la organización donde vives, para que votes en tu lugar.</li>"
        "<li>Lo que publicas: propuestas, comentarios y reportes, con su fecha.</li></ul>",
    ),
    (
        "parrafo",
        "<h2>Tu voto es secreto</h2><p>Por un lado guardamos que ya votaste, para que nadie vote dos veces. Por otro, "
        "la papeleta, sin nombre, sin hora y sin nada que la una contigo. Ni quien administra el sitio puede saber "
        "qué elegiste.</p><p>El recibo que te damos sirve para comprobar que tu papeleta está en la urna. No dice qué "
        "marcaste.</p>",
    ),
    (
        "parrafo",
        "<h2>Tus fotos</h2><p>A cada foto le quitamos los datos ocultos que pone el teléfono, como el lugar exacto y "
        "la hora. Solo guardamos la imagen limpia.</p>",
    ),
    (
        "parrafo",
        "<h2>Lo que no hacemos</h2><ul><li>No vendemos ni prestamos tus datos.</li>"
        "<li>No usamos publicidad ni programas de otras empresas que te sigan.</li>"
        "<li>No mostramos tu carnet, tu correo ni tu teléfono a nadie.</li></ul>",
    ),
    (
        "parrafo",
        "<h2>Tus derechos</h2><p>Puedes pedir ver, corregir o borrar tus datos en Atención ciudadana. Los comentarios "
        "y propuestas que ya forman parte de un proceso quedan, sin tu nombre.</p>",
    ),
]

ACCESIBILIDAD: list[tuple[str, Any]] = [
    (
        "parrafo",
        "<p>Queremos que esta página le sirva a todo el mundo: en un teléfono sencillo, con poca señal, con lector de "
        "pantalla, sin ratón o bajo el sol.</p>",
    ),
    (
        "parrafo",
        "<ul><li>Todo se puede hacer con el teclado y con lector de pantalla.</li>"
        "<li>Ningún estado se muestra solo con color: siempre lleva una palabra.</li>"
        "<li>Las páginas funcionan aunque el navegador no tenga JavaScript; solo el dibujo del mapa lo necesita, y "
        "siempre hay una lista con lo mismo.</li>"
        "<li>Las letras se agrandan sin que se corte nada.</li>"
        "<li>Seguimos las pautas WCAG 2.2, nivel AA.</li></ul>",
    ),
    (
        "parrafo",
        "<h2>Si algo no te funciona</h2><p>Cuéntalo en Atención ciudadana. Di qué página era y qué querías hacer; te "
        "ayudamos a hacerlo por otro medio mientras se arregla.</p>",
    ),
]

CONTACTO: list[tuple[str, Any]] = [("contactos", CONTACTOS)]

# dirección -> (título, introducción, cuerpo)
AYUDAS: dict[str, tuple[str, str, list[tuple[str, Any]]]] = {
    "como-participar": ("Cómo participar", "Tres pasos, de la idea a la obra.", COMO_PARTICIPAR),
    "que-se-puede-pedir": (
        "Qué se puede pedir",
        "Qué obras entran en el presupuesto participativo y qué revisa el equipo técnico.",
        QUE_SE_PUEDE_PEDIR,
    ),
    "como-se-cuentan-los-votos": (
        "Cómo se cuentan los votos",
        "Dos reglas, explicadas sin fórmulas, y dónde ver los números.",
        COMO_SE_CUENTAN,
    ),
    "privacidad": ("Privacidad", "Qué guardamos de ti, qué no, y por qué nadie puede saber tu voto.", PRIVACIDAD),
    "accesibilidad": ("Accesibilidad", "Cómo está hecha la página para que la pueda usar cualquiera.", ACCESIBILIDAD),
    "contacto": ("Contacto", "A quién preguntar y dónde.", CONTACTO),
}
