"""Las páginas del portal. Su contenido vivo (cifras, fases, propuestas) lo leen las etiquetas de `portal`."""

import datetime
from http import HTTPMethod
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager, PageQuerySet
from wagtail.search import index

from civic.debate.models import Hilo
from civic.procesos.models import Proceso
from cms.blocks import Articulo, Cuerpo, Indicador, Pieza, Secciones

# Las páginas se leen; lo que la gente hace va a las vistas de cada sala.
SOLO_LEER = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.OPTIONS]


class PaginaInicio(Page):
    """La portada del sitio. Arriba, lo que está abierto ahora; debajo, las secciones en el orden que se elija."""

    titulo_en_calma = models.CharField(
        "título cuando no hay nada abierto", max_length=90, default="Lo que tu barrio necesita se decide entre todos"
    )
    texto_en_calma = models.TextField(
        "texto cuando no hay nada abierto",
        max_length=300,
        default="Aquí se propone, se conversa, se vota y se vigila cada obra del municipio.",
    )
    proceso_destacado = models.ForeignKey(
        Proceso,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="proceso que se anuncia primero",
        help_text="Si está abierto, sale arriba antes que los demás. Vacío: lo que cierra primero.",
    )
    secciones = StreamField(Secciones(), verbose_name="secciones", blank=True)

    allowed_http_methods = SOLO_LEER
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["cms.IndiceProcesos", "cms.IndiceNoticias", "cms.IndiceCampanas", "cms.PaginaContenido"]
    max_count = 1
    template = "cms/inicio.html"
    content_panels = Page.content_panels + [
        MultiFieldPanel(
            [FieldPanel("proceso_destacado"), FieldPanel("titulo_en_calma"), FieldPanel("texto_en_calma")],
            heading="Lo primero que se lee",
        ),
        FieldPanel("secciones"),
    ]

    class Meta:
        verbose_name = "inicio"
        verbose_name_plural = "inicio"


class IndiceBase(Page):
    """Una página que lista a sus hijas."""

    introduccion = models.TextField("introducción", max_length=400, blank=True)

    allowed_http_methods = SOLO_LEER
    parent_page_types = ["cms.PaginaInicio"]
    max_count = 1
    content_panels = Page.content_panels + [FieldPanel("introduccion")]
    search_fields = Page.search_fields + [index.SearchField("introduccion")]

    class Meta:
        abstract = True


class IndiceProcesos(IndiceBase):
    subpage_types = ["cms.PaginaProceso"]
    template = "cms/indice_procesos.html"

    class Meta:
        verbose_name = "lista de procesos"
        verbose_name_plural = "lista de procesos"


class PaginaProcesoQuerySet(PageQuerySet):
    def visibles(self) -> "PaginaProcesoQuerySet":
        """Publicadas en el portal y con su proceso publicado."""
        return self.live().filter(proceso__publicado=True)


PaginaProcesoManager = PageManager.from_queryset(PaginaProcesoQuerySet)


class PaginaProceso(Page):
    """La página de un proceso: qué es, en qué fase está y qué se puede hacer ahora."""

    proceso = models.OneToOneField(Proceso, models.PROTECT, related_name="pagina", verbose_name="proceso")
    cuerpo = StreamField(Cuerpo(), verbose_name="explicación y documentos", blank=True)
    articulos = StreamField(
        [("articulo", Articulo())],
        verbose_name="artículos del borrador",
        blank=True,
        help_text="Solo para consultas: el texto que la gente comenta.",
    )
    hilo = models.OneToOneField(
        Hilo, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name="debate"
    )

    objects = PaginaProcesoManager()

    allowed_http_methods = SOLO_LEER
    parent_page_types = ["cms.IndiceProcesos"]
    subpage_types: list[str] = []
    template = "cms/proceso.html"
    content_panels = Page.content_panels + [FieldPanel("proceso"), FieldPanel("cuerpo"), FieldPanel("articulos")]
    search_fields = Page.search_fields + [index.SearchField("cuerpo"), index.SearchField("articulos")]

    class Meta:
        verbose_name = "página de proceso"
        verbose_name_plural = "páginas de procesos"

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not self.proceso.publicado:
            raise Http404("El proceso no está publicado.")
        return super().serve(request, *args, **kwargs)

    def with_content_json(self, content: Any) -> "PaginaProceso":
        """El debate no es parte del texto: volver a una versión anterior no lo cambia ni lo suelta."""
        pagina = super().with_content_json(content)
        pagina.hilo_id = self.hilo_id
        return pagina

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[dict[str, Any]]:
        return super().get_sitemap_urls(request) if self.proceso.publicado else []


class IndiceNoticias(IndiceBase):
    subpage_types = ["cms.Noticia"]
    template = "cms/indice_noticias.html"

    class Meta:
        verbose_name = "lista de noticias"
        verbose_name_plural = "lista de noticias"


class Noticia(Page):
    """Una noticia con fecha, resumen e imagen."""

    fecha = models.DateField("fecha", default=timezone.localdate)
    resumen = models.TextField("resumen", max_length=300)
    imagen = models.ForeignKey(
        "wagtailimages.Image", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="imagen"
    )
    cuerpo = StreamField(Cuerpo(), verbose_name="noticia", blank=True)

    allowed_http_methods = SOLO_LEER
    parent_page_types = ["cms.IndiceNoticias"]
    subpage_types: list[str] = []
    template = "cms/noticia.html"
    content_panels = Page.content_panels + [
        FieldRowPanel([FieldPanel("fecha"), FieldPanel("imagen")]),
        FieldPanel("resumen"),
        FieldPanel("cuerpo"),
    ]
    search_fields = Page.search_fields + [
        index.SearchField("resumen"),
        index.SearchField("cuerpo"),
        index.FilterField("fecha"),
    ]

    class Meta:
        verbose_name = "noticia"
        verbose_name_plural = "noticias"


class IndiceCampanas(IndiceBase):
    subpage_types = ["cms.Campana"]
    template = "cms/indice_campanas.html"

    class Meta:
        verbose_name = "lista de campañas"
        verbose_name_plural = "lista de campañas"


class CampanaQuerySet(PageQuerySet):
    def en_marcha(self, dia: datetime.date | None = None) -> "CampanaQuerySet":
        """Publicadas y en su fecha el día dado (hoy si no se dice)."""
        dia = dia or timezone.localdate()
        return self.live().filter(inicio__lte=dia, fin__gte=dia)


CampanaManager = PageManager.from_queryset(CampanaQuerySet)


class Campana(Page):
    """Una campaña: para qué, a quién, cuándo, por dónde y con qué piezas listas para usar."""

    objetivo = models.TextField("para qué", max_length=400)
    publico = models.TextField("a quién se dirige", blank=True, help_text="Uno por línea.")
    canales = models.TextField("por dónde", blank=True, help_text="Uno por línea.")
    inicio = models.DateField("empieza")
    fin = models.DateField("termina")
    piezas = StreamField([("pieza", Pieza())], verbose_name="piezas", blank=True)
    indicadores = StreamField([("indicador", Indicador())], verbose_name="resultados", blank=True)

    objects = CampanaManager()

    allowed_http_methods = SOLO_LEER
    parent_page_types = ["cms.IndiceCampanas"]
    subpage_types: list[str] = []
    template = "cms/campana.html"
    content_panels = Page.content_panels + [
        FieldPanel("objetivo"),
        FieldRowPanel([FieldPanel("inicio"), FieldPanel("fin")]),
        FieldRowPanel([FieldPanel("publico"), FieldPanel("canales")]),
        FieldPanel("piezas"),
        FieldPanel("indicadores"),
    ]
    search_fields = Page.search_fields + [index.SearchField("objetivo"), index.SearchField("piezas")]

    class Meta:
        verbose_name = "campaña"
        verbose_name_plural = "campañas"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fin__gte=models.F("inicio")),
                name="campana_en_orden",
                violation_error_message="La campaña debe terminar después de empezar.",
            )
        ]

    def clean(self) -> None:
        super().clean()
        if self.inicio and self.fin and self.fin < self.inicio:
            raise ValidationError({"fin": "La campaña debe terminar después de empezar."})

    @property
    def lista_de_publico(self) -> list[str]:
        return [linea.strip() for linea in self.publico.splitlines() if linea.strip()]

    @property
    def lista_de_canales(self) -> list[str]:
        return [linea.strip() for linea in self.canales.splitlines() if linea.strip()]

    @property
    def situacion(self) -> str:
        """«futuro», «ahora» o «hecho», según las fechas."""
        hoy = timezone.localdate()
        return "futuro" if self.inicio > hoy else "hecho" if self.fin < hoy else "ahora"


class PaginaContenido(Page):
    """Página de ayuda o de información."""

    introduccion = models.TextField("introducción", max_length=400, blank=True)
    cuerpo = StreamField(Cuerpo(), verbose_name="contenido", blank=True)

    allowed_http_methods = SOLO_LEER
    parent_page_types = ["cms.PaginaInicio", "cms.PaginaContenido"]
    subpage_types = ["cms.PaginaContenido"]
    template = "cms/contenido.html"
    content_panels = Page.content_panels + [FieldPanel("introduccion"), FieldPanel("cuerpo")]
    search_fields = Page.search_fields + [index.SearchField("introduccion"), index.SearchField("cuerpo")]

    class Meta:
        verbose_name = "página de texto"
        verbose_name_plural = "páginas de texto"
