"""Las piezas con que se arma una página en la trastienda. Cada una tiene icono, explicación y muestra."""

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

LETRA = ["bold", "italic", "link", "ol", "ul", "document-link"]
TITULARES = ["h2", "h3", *LETRA]


class Parrafo(blocks.RichTextBlock):
    class Meta:
        label = "Texto"
        icon = "pilcrow"
        template = "cms/bloques/parrafo.html"
        description = "Párrafos, títulos, listas y enlaces."
        preview_value = "<p>Lleva tu idea a la asamblea y pregunta cuánto alcanza.</p>"

    def __init__(self, **kwargs):  # type: ignore[no-untyped-def]
        kwargs.setdefault("features", TITULARES)
        super().__init__(**kwargs)


class Imagen(blocks.StructBlock):
    imagen = ImageChooserBlock(label="Imagen")
    texto = blocks.CharBlock(
        label="Qué se ve", max_length=200, help_text="Para quien no puede verla. Di lo que importa, en una frase."
    )
    pie = blocks.CharBlock(label="Pie", required=False, max_length=200)

    class Meta:
        label = "Imagen"
        icon = "image"
        template = "cms/bloques/imagen.html"
        description = "Una foto o un dibujo, con su explicación."


class Aviso(blocks.StructBlock):
    tono = blocks.ChoiceBlock(
        label="Tono", choices=[("", "Información"), ("bien", "Buena noticia"), ("ojo", "Cuidado")], required=False
    )
    texto = blocks.RichTextBlock(label="Texto", features=LETRA)

    class Meta:
        label = "Aviso"
        icon = "warning"
        template = "cms/bloques/aviso.html"
        description = "Algo corto que no debe pasar desapercibido."
        preview_value = {"tono": "ojo", "texto": "<p>El sábado no hay atención en ventanilla.</p>"}


class Pregunta(blocks.StructBlock):
    pregunta = blocks.CharBlock(label="Pregunta", max_length=160)
    respuesta = blocks.RichTextBlock(label="Respuesta", features=LETRA)

    class Meta:
        label = "Pregunta y respuesta"
        icon = "help"
        template = "cms/bloques/pregunta.html"
        description = "Una duda frecuente que se abre al tocarla."
        preview_value = {"pregunta": "¿Puedo votar sin internet?", "respuesta": "<p>Sí, en tu asamblea.</p>"}


class Boton(blocks.StructBlock):
    texto = blocks.CharBlock(label="Texto", max_length=40)
    pagina = blocks.PageChooserBlock(label="Página", required=False)
    direccion = blocks.CharBlock(
        label="o dirección dentro del sitio", required=False, max_length=200, help_text="Por ejemplo /propuestas/nueva/"
    )

    class Meta:
        label = "Botón"
        icon = "link"
        template = "cms/bloques/boton.html"
        description = "Lleva a otra página de este sitio."
        preview_value = {"texto": "Ver propuestas", "pagina": None, "direccion": "/propuestas/"}

    def clean(self, value):  # type: ignore[no-untyped-def]
        limpio = super().clean(value)
        direccion = limpio.get("direccion") or ""
        if not limpio.get("pagina") and not direccion:
            raise blocks.StructBlockValidationError({"pagina": ValidationError("Elige una página o una dirección.")})
        if direccion and (not direccion.startswith("/") or direccion.startswith("//")):
            raise blocks.StructBlockValidationError(
                {"direccion": ValidationError("La dirección empieza con una barra, por ejemplo /propuestas/")}
            )
        return limpio


class Documentos(blocks.ListBlock):
    class Meta:
        label = "Documentos"
        icon = "doc-full"
        template = "cms/bloques/documentos.html"
        description = "Archivos para descargar, con su tamaño."

    def __init__(self, **kwargs):  # type: ignore[no-untyped-def]
        super().__init__(DocumentChooserBlock(label="Documento"), **kwargs)


class Paso(blocks.StructBlock):
    titulo = blocks.CharBlock(label="Título", max_length=60)
    texto = blocks.CharBlock(label="Texto", max_length=220)

    class Meta:
        label = "Paso"
        icon = "list-ol"


class Pasos(blocks.ListBlock):
    class Meta:
        label = "Pasos numerados"
        icon = "list-ol"
        template = "cms/bloques/pasos.html"
        description = "Cómo se hace algo, en orden."
        preview_value = [{"titulo": "Propón", "texto": "Cuenta qué hace falta y dónde."}]

    def __init__(self, **kwargs):  # type: ignore[no-untyped-def]
        super().__init__(Paso(), **kwargs)


class Contacto(blocks.StructBlock):
    nombre = blocks.CharBlock(label="Oficina o cargo", max_length=80, help_text="El cargo, no la persona.")
    responde = blocks.CharBlock(label="Qué responde", max_length=160)
    telefono = blocks.CharBlock(label="Teléfono", required=False, max_length=30)
    lugar = blocks.CharBlock(label="Dónde y a qué hora", required=False, max_length=120)

    class Meta:
        label = "Contacto"
        icon = "user"


class Contactos(blocks.ListBlock):
    class Meta:
        label = "Quién responde"
        icon = "group"
        template = "cms/bloques/contactos.html"
        description = "Oficinas que atienden y sobre qué."

    def __init__(self, **kwargs):  # type: ignore[no-untyped-def]
        super().__init__(Contacto(), **kwargs)


class Cuerpo(blocks.StreamBlock):
    """Contenido de una página de texto."""

    parrafo = Parrafo()
    pasos = Pasos()
    aviso = Aviso()
    pregunta = Pregunta()
    imagen = Imagen()
    documentos = Documentos()
    contactos = Contactos()
    boton = Boton()


class Articulo(blocks.StructBlock):
    numero = blocks.CharBlock(label="Número", max_length=12, help_text="Por ejemplo: 4")
    titulo = blocks.CharBlock(label="Título", max_length=120)
    texto = blocks.RichTextBlock(label="Texto", features=LETRA)
    respuesta = blocks.RichTextBlock(
        label="Respuesta motivada",
        features=LETRA,
        required=False,
        help_text="Qué se hizo con lo que la gente dijo de este artículo, y por qué.",
    )

    class Meta:
        label = "Artículo"
        icon = "doc-full"
        template = "cms/bloques/articulo.html"
        description = "Un artículo del borrador que se consulta."
        preview_value = {
            "numero": "4",
            "titulo": "Convocatoria",
            "texto": "<p>La convocatoria sale también por radio.</p>",
            "respuesta": "",
        }


TIPOS_DE_PIEZA = [
    ("cuna_radial", "Cuña de radio"),
    ("perifoneo", "Perifoneo"),
    ("whatsapp", "Mensaje de WhatsApp"),
    ("sms", "Mensaje de texto"),
    ("afiche", "Afiche"),
    ("volante", "Volante"),
    ("cartilla", "Cartilla"),
    ("video_corto", "Video corto"),
]


class Pieza(blocks.StructBlock):
    tipo = blocks.ChoiceBlock(label="Tipo", choices=TIPOS_DE_PIEZA)
    segundos = blocks.IntegerBlock(label="Duración en segundos", required=False, min_value=1, max_value=600)
    texto = blocks.TextBlock(label="Texto", rows=4, max_length=1500)

    class Meta:
        label = "Pieza"
        icon = "comment"
        template = "cms/bloques/pieza.html"
        description = "Un texto listo para leer en radio, enviar o imprimir."
        preview_value = {"tipo": "whatsapp", "segundos": None, "texto": "Asamblea el domingo a las 9. Lleva tu idea."}


class Indicador(blocks.StructBlock):
    valor = blocks.CharBlock(label="Cifra", max_length=30)
    nombre = blocks.CharBlock(label="Qué mide", max_length=80)

    class Meta:
        label = "Indicador"
        icon = "order"


class Seccion(blocks.StructBlock):
    """Base de las secciones del inicio: un título que se puede cambiar; el contenido sale de los datos."""

    titulo = blocks.CharBlock(label="Título", max_length=80)


class SeccionCifras(Seccion):
    class Meta:
        label = "Así vamos"
        icon = "order"
        template = "cms/secciones/cifras.html"
        description = "Cuatro cifras de participación, tomadas de los datos de hoy."
        preview_value = {"titulo": "Así vamos"}


class SeccionMapa(Seccion):
    class Meta:
        label = "Mapa de distritos"
        icon = "site"
        template = "cms/secciones/mapa.html"
        description = "Los distritos dibujados, con enlace a lo que pide cada uno."
        preview_value = {"titulo": "Qué pide cada distrito"}


class SeccionNuevo(Seccion):
    class Meta:
        label = "Lo más nuevo"
        icon = "time"
        template = "cms/secciones/nuevo.html"
        description = "Propuestas, reportes y obras recientes; a quien entró con su cuenta, los de su distrito."
        preview_value = {"titulo": "Lo más nuevo"}


class SeccionNoticias(Seccion):
    destacadas = blocks.ListBlock(
        blocks.PageChooserBlock(page_type="cms.Noticia", label="Noticia"),
        label="Poner primero",
        required=False,
        default=[],
        help_text="Si no eliges ninguna, salen las tres más nuevas.",
    )

    class Meta:
        label = "Noticias"
        icon = "doc-full-inverse"
        template = "cms/secciones/noticias.html"
        description = "Las tres noticias más nuevas o las que elijas."
        preview_value = {"titulo": "Noticias", "destacadas": []}


class SeccionCampanas(Seccion):
    class Meta:
        label = "Campañas en marcha"
        icon = "comment"
        template = "cms/secciones/campanas.html"
        description = "Las campañas que están en su fecha."
        preview_value = {"titulo": "Campañas"}


class SeccionPasos(Seccion):
    pasos = Pasos(label="Pasos")

    class Meta:
        label = "Cómo funciona"
        icon = "list-ol"
        template = "cms/secciones/pasos.html"
        description = "Los pasos para participar."
        preview_value = {"titulo": "Cómo funciona", "pasos": [{"titulo": "Propón", "texto": "Cuenta qué hace falta."}]}


class SeccionContactos(Seccion):
    contactos = Contactos(label="Contactos")

    class Meta:
        label = "Quién responde"
        icon = "group"
        template = "cms/secciones/contactos.html"
        description = "Oficinas que atienden y sobre qué."
        preview_value = {"titulo": "Quién responde", "contactos": []}


class SeccionTexto(Seccion):
    cuerpo = blocks.RichTextBlock(label="Texto", features=LETRA)

    class Meta:
        label = "Texto libre"
        icon = "pilcrow"
        template = "cms/secciones/texto.html"
        description = "Un párrafo con su título."
        preview_value = {"titulo": "Un aviso", "cuerpo": "<p>Este texto lo escribe el equipo de comunicación.</p>"}


class Secciones(blocks.StreamBlock):
    """Secciones del inicio, en el orden que decida quien edita."""

    cifras = SeccionCifras()
    mapa = SeccionMapa()
    nuevo = SeccionNuevo()
    noticias = SeccionNoticias()
    campanas = SeccionCampanas()
    pasos = SeccionPasos()
    contactos = SeccionContactos()
    texto = SeccionTexto()
