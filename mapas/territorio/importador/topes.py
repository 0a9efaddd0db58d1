"""Los límites escritos del importador (ASVS 5.2) y las medidas que separan un error de una diferencia de trazo."""

MEGA = 1024 * 1024

# Archivo, por su extensión.
PESO_MAXIMO = {".geojson": 50 * MEGA, ".json": 50 * MEGA, ".gpkg": 50 * MEGA, ".zip": 20 * MEGA}
ZIP_DESCOMPRIMIDO = 200 * MEGA
ZIP_PROPORCION = 100  # veces que un archivo del zip puede crecer al descomprimirse
ZIP_ARCHIVOS = 20

# Contenido.
RASGOS = 20_000
VERTICES = 500_000
VERTICES_POR_RASGO = 100_000
LETRAS_CODIGO = 30
LETRAS_NOMBRE = 120
PROFUNDIDAD = 64  # niveles de listas y objetos en un GeoJSON: los de verdad no pasan de una docena

# Proceso que lo abre.
MEMORIA = 768 * MEGA
SEGUNDOS_DE_CPU = 30
SEGUNDOS_DE_RELOJ = 45

# Revisión.
PARTE_MINIMA_ADENTRO = 0.001
"""Un área se rechaza por «fuera del municipio» si menos del 0,1 % de su superficie cae dentro.

Las fuentes no coinciden en el borde: contra el límite del INE, 6 de las 643 OTB de La Paz quedan fuera en más de la
mitad y una en el 99,7 %. Rechazarlas sería rechazar organizaciones de verdad; se aceptan y se avisa.
"""
PARTE_AFUERA_QUE_SE_AVISA = 0.01
M2_QUE_CUENTA = 0.01
"""Menos de un decímetro cuadrado es redondeo de coordenadas, no un traslape ni un hueco."""
ANCHO_DE_ASTILLA = 2.0
"""Metros de ancho medio (2 × superficie / perímetro): un traslape o un hueco más angosto es diferencia de trazo."""
GRADOS_IGUALES = 1e-7
"""Dos límites son el mismo si sus bordes no se apartan más de 0,0000001° (un centímetro)."""
DECIMALES = 9
"""Decimales de grado que se guardan al convertir de otro sistema: una décima de milímetro."""
PARES_POR_MEDIR = 400_000
DIBUJOS = 300
"""Traslapes, huecos y rechazados que se guardan dibujados para la página de revisión, de mayor a menor."""
