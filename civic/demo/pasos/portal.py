"""Noticias y campañas del portal."""

from io import BytesIO

from django.core.files.images import ImageFile
from PIL import Image as Imagen
from wagtail.images.models import Image

from civic.demo.contexto import Contexto
from civic.demo.dibujos import ESCENAS, dibujar
from civic.demo.fuentes import contenido
from civic.demo.guion import VOTANDO
from cms.acciones import publicar_campana, publicar_noticia
from votaciones.models import Opcion

PIEZAS = {"cuña_radial": "cuna_radial"}
INDICADORES = {
    "alcance_radio_estimado": "personas que oyeron la radio (estimado)",
    "mensajes": "mensajes enviados",
    "afiches": "afiches pegados",
    "asambleas_con_material": "asambleas con material",
    "inscritas": "personas inscritas",
    "culminaron": "personas que terminaron",
    "mujeres_pct": "% de mujeres",
}
# (días desde hoy, dibujo, título, resumen, cuerpo)
NOTICIAS = (
    (
        -5,
        "comunal",
        "Ya se vota el POA 2027 en los diez distritos",
        "Hay {obras} obras en las papeletas y Bs 46.000.000 por repartir. Se vota hasta las 20:00 del último día.",
        "<p>Desde hoy cada vecina y cada vecino puede elegir las obras de su distrito. La papeleta muestra cuánto "
        "cuesta cada una y cuánto queda del techo mientras marcas.</p><p>Si todavía no verificaste tu residencia, "
        "puedes hacerlo con la directiva de tu organización, con una promotora o en la ventanilla. Tarda unos "
        "minutos.</p>",
    ),
    (
        -12,
        "salud",
        "Veintiocho promotoras ayudan a participar en mercados y ferias",
        "Ayudan a crear la cuenta, verificar la residencia y leer las propuestas, en castellano y en quechua.",
        "<p>Las promotoras están los miércoles y domingos en las ferias y los viernes en las subalcaldías. No ven ni "
        "marcan tu voto: solo te acompañan hasta la papeleta.</p><p>En el Distrito 9 van a las comunidades con una "
        "tableta que guarda lo escrito aunque no haya señal.</p>",
    ),
    (
        -23,
        "pluvial",
        "Se abre la segunda ronda con los saldos",
        "Lo que sobró de licitaciones vuelve a los distritos. Se reciben propuestas pequeñas durante seis semanas.",
        "<p>Son Bs 3.760.000 entre los diez distritos. Conviene pedir algo que esté listo en menos de cuatro meses y "
        "en un terreno con papeles: un arreglo, un equipamiento, una obra corta.</p>",
    ),
    (
        -29,
        "riego",
        "Liriuni ya riega con su canal revestido",
        "La obra se eligió por votación, costó menos de lo previsto y se entregó en plazo.",
        "<p>El canal de 540 metros fue una de las obras elegidas en la votación del POA 2026. Se entregó de forma "
        "definitiva el mes pasado. Lo que sobró del contrato se suma a los saldos del distrito.</p>",
    ),
)


def cargar(contexto: Contexto) -> str:
    obras = Opcion.objects.filter(contienda__votacion__slug=VOTANDO).count()
    for dias, dibujo, titulo, resumen, cuerpo in NOTICIAS:
        publicar_noticia(
            titulo=titulo,
            resumen=resumen.format(obras=obras),
            cuerpo=cuerpo,
            fecha=contexto.calendario.en(dias).date(),
            imagen=_imagen(dibujo),
        )
    campanas = contenido()["campanas"]
    for dato in campanas:
        publicar_campana(
            titulo=dato["titulo"],
            objetivo=dato["objetivo"],
            inicio=contexto.calendario.dia_cierto(dato["inicio"]),
            fin=contexto.calendario.dia_cierto(dato["fin"]),
            publico=dato["publico"],
            canales=dato["canales"],
            piezas=[
                {
                    "tipo": PIEZAS.get(pieza["tipo"], pieza["tipo"]),
                    "texto": pieza["texto"],
                    "segundos": pieza.get("duracion_s"),
                }
                for pieza in dato["piezas"]
            ],
            indicadores={INDICADORES[nombre]: _cifra(valor) for nombre, valor in dato["indicadores"].items()},
        )
    return f"{len(NOTICIAS)} noticias y {len(campanas)} campañas"


def _cifra(valor: float) -> str:
    return f"{valor:,.0f}".replace(",", ".") if valor == int(valor) else f"{valor:.1f}".replace(".", ",")


def _imagen(dibujo: str) -> Image:
    """El dibujo de una categoría en la biblioteca de imágenes del portal."""
    salida = BytesIO()
    Imagen.open(BytesIO(dibujar(dibujo))).save(salida, "JPEG", quality=82)
    titulo = ESCENAS[dibujo][1]
    imagen = Image(title=titulo[:255], file=ImageFile(salida, name=f"dibujo-{dibujo}.jpg"))
    imagen.save()
    return imagen
