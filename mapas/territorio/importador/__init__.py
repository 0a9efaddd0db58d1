"""Importar territorio de un archivo ajeno: se abre, se revisa y se mide en un proceso aparte, sin red ni Django.

proceso  (el servidor)  llama al taller y entiende lo que pasó si muere
taller   (el proceso aparte)  se encierra, lee, revisa y contesta
encierro  sin red, con memoria, tiempo y archivos limitados
geojson · geopackage · shapefile  cada formato con su propio lector: ninguno usa GDAL
crs      sistemas de coordenadas y su conversión a WGS84
revision  qué se acepta, qué no y por qué; traslapes, huecos y astillas
topes    los límites escritos
"""
