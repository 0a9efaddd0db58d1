"""Qué obras y qué problemas hay, y con qué palabras los nombra la gente. No conoce Django.

Un concepto junta los nombres de lo mismo. Dos conceptos pueden estar relacionados sin ser iguales: empedrar una calle
y pavimentarla se parecen, pero quien pide una cosa no pidió la otra.
"""

from civic.comun.parecidos.palabras import palabras, raiz

# Orden sin importancia: gana siempre la frase más larga.
_NOMBRES: dict[str, str] = {
    # agua y saneamiento
    "agua": "agua potable, agua, sistema de agua, red de agua, sistema de agua potable, red de agua potable, pileta, "
    "pila, conexiones de agua, aduccion de agua potable, agua para el barrio, tuberia de agua",
    "corte_agua": "sin agua, no hay agua, falta agua, corte de agua, cortaron el agua, no llega el agua, no sale agua",
    "agua_sucia": "agua turbia, agua sucia, agua sale turbia, sale agua sucia, agua sale sucia, agua con olor, "
    "agua amarilla, calidad del agua, cloracion, agua sale con olor",
    "fuga_agua": "fuga de agua, fuga, tubo roto, se revento el tubo, caneria rota, agua corre, tuberia rota, "
    "reventon, desperdiciando agua, revento tuberia",
    "pozo": "pozo, pozo de agua, perforacion de pozo, pozo de agua potable, bomba sumergible, pozo profundo",
    "tanque": "tanque, tanque elevado, tanque de agua, tanque de almacenamiento, reservorio, tanque semienterrado",
    "medidor_agua": "macromedidor, medidor de agua, micromedidor, macromedicion",
    "alcantarillado": "alcantarillado, alcantarillado sanitario, red de alcantarillado, aguas servidas, desague, "
    "red de desague, desague sanitario, cloaca, tubos de hormigon, tubos de cemento, colector, emisario, "
    "aguas negras, pozos ciegos, planta de tratamiento",
    "rebalse": "rebalse, rebalsa alcantarillado, alcantarillado rebalsa, aguas servidas rebalsan, "
    "rebalsan aguas servidas, "
    "alcantarillado tapado, desague tapado, camara rebalsa",
    "tapa_camara": "tapa de camara, tapa de alcantarillado, tapa de buzon, camara sin tapa, buzon sin tapa, boca de "
    "tormenta sin tapa, tapa de la camara de alcantarillado, camara de alcantarillado, falta la tapa, robaron la tapa",
    "pluvial": "desague pluvial, canal pluvial, drenaje pluvial, drenaje, agua de lluvia, aguas de lluvia, inundar, "
    "inundacion, cuneta pluvial, sumidero, canalizacion, canal de desague pluvial, alcantarillado pluvial, "
    "boca de tormenta, canal de desague, drenaje de lluvia, aguas pluviales, embovedado, canal",
    "canal_tapado": "canal tapado, canal lleno de basura, canal obstruido, limpieza de canal, canal pluvial tapado, "
    "sumidero tapado, boca de tormenta tapada, canal con basura",
    "carcamo": "carcamo, carcamo de bombeo, bomba de carcamo",
    "defensivo": "defensivo, muro de contencion, gavion, gaviones, encauzamiento, torrentera crecida, dragado, "
    "proteccion de quebrada, muro de proteccion",
    # vías
    "pavimento": "pavimento, pavimentar, asfalto, asfaltado, asfaltar, pavimento rigido, pavimento flexible, "
    "carpeta asfaltica, asfaltado flexible, asfaltado sobre empedrado, recapamiento",
    "empedrado": "empedrado, empedrar, reempedrado, calles de piedra",
    "enlosetado": "enlosetado, enlosetar, loseta, reenlosetado, adoquin, adoquinado",
    "ripio": "ripio, ripiado, capa base, terraplen, perfilado de calle, nivelado de calle, nivelar calle",
    "camino": "apertura de camino, camino, abrir camino, camino vecinal, camino de ingreso",
    "acera": "acera, aceras y cordones, vereda, cordon, cordones de acera, cuneta, bordillo, rampa, anden",
    "bache": "bache, hueco, hoyo, bacheo, calzada hundida, hundimiento, calle rota, pavimento roto",
    "puente": "puente, puente vehicular, puente cajon, paso de quebrada, baden",
    "puente_peatonal": "puente peatonal, pasarela, paso peatonal, puente para pasar a pie, puente colgante, "
    "cruzar a pie",
    "rompemuelle": "rompemuelle, rompe muelle, reductor de velocidad, lomo de burro, autos pasan rapido, "
    "pasan muy rapido, exceso de velocidad",
    "paso_cebra": "paso de cebra, paso peatonal de cebra, cruce peatonal, senalizacion, senal escolar",
    "semaforo": "semaforo",
    "gradas": "gradas, grada, escalinata, baranda, pasamanos, gradas y barandas, graderias con barandas",
    "obra_parada": "obra abandonada, obra paralizada, no trabaja nadie, obra parada, zanja abierta, calle abierta, "
    "dejaron abierta, zanja sigue abierta, dejaron la calle abierta",
    "arco": "arco de ingreso, arco, portico de ingreso",
    # luz
    "alumbrado": "alumbrado, alumbrado publico, luminaria, luminarias led, foco, lampara, iluminacion, farol, "
    "pantalla led, calle oscura, reflector, poste de luz, tendido electrico, oscuridad, no se ve nada",
    "luz_apagada": "poste apagado, postes apagados, foco quemado, foco apagado, focos no prenden, sin luz, "
    "falta de luz, luz apagada, no prende la luz, no hay luz, foco no prende, focos de la calle no prenden, "
    "luminaria apagada",
    "poste_peligro": "poste inclinado, poste caido, poste a punto de caer, poste se va a caer, poste de luz se va a "
    "caer, poste chocado, cable suelto, cables colgando",
    # deporte y plazas
    "cancha": "cancha, campo deportivo, cancha multifuncional, cancha polifuncional, cancha multiple, polideportivo, "
    "cancha de futbol, campo de futbol, cancha de pasto sintetico, cesped sintetico, canchita, losa deportiva",
    "tinglado": "tinglado, cubierta de cancha, techado de cancha, techo de cancha, tinglado de cancha, "
    "cubierta metalica",
    "graderia": "graderia, tribuna",
    "coliseo": "coliseo, mini coliseo",
    "enmallado": "enmallado, malla olimpica, malla metalica, cerco de malla, enmallado de cancha",
    "muro": "muro perimetral, muro, cerco perimetral, amurallado, barda, muro alrededor, muro de cierre",
    "parque": "parque infantil, juegos infantiles, columpio, resbalin, parque de ninos, parque, juegos de ninos",
    "juego_roto": "columpio roto, juego roto, juegos rotos, juegos del parque rotos, resbalin roto",
    "plaza": "plaza, plazuela, plazueleta, boulevard, paseo",
    "area_verde": "area verde, arbolar, arborizacion, arbol, plantines, jardin, jardinera, plantas nativas, "
    "areas verdes",
    "arbol_caido": "arbol caido, rama caida, poda de arbol",
    "basural": "microbasural, botadero, botan escombros, escombros, botando escombros, animales muertos, botan basura, "
    "basural",
    "basura": "basura, carro basurero, basura acumulada, recojo de basura, contenedor de basura, basurero, "
    "recogen la basura, carro de la basura",
    # educación y salud
    "aula": "aula, aulas, salones de clase, cursos nuevos, bloque de aulas, ampliacion unidad educativa",
    "escuela": "unidad educativa, escuela, colegio, kinder",
    "banos": "bano, bateria de banos, servicios higienicos, sanitario publico, letrina",
    "gotera": "gotera, techo gotea, gotea, techo de aula, cubierta de escuela, techo para la escuela, techo roto",
    "biblioteca": "biblioteca, sala de lectura, biblioteca audiovisual",
    "centro_infantil": "centro infantil, guarderia, centro infantil integrado",
    "salud": "posta, posta sanitaria, centro de salud, hospital, consultorio, casa de salud, centro ambulatorio, "
    "posta de salud",
    "atencion_salud": "posta cerrada, no atienden posta, posta no atiende, posta sin medico, posta no tiene medico, "
    "no hay doctor, posta estuvo cerrada, no atienden en la posta",
    "ambulancia": "ambulancia",
    "panel_solar": "panel solar, refrigerador de vacunas, radio de comunicacion",
    # seguridad
    "camaras": "camara de seguridad, camaras, camara de vigilancia, alarma comunitaria, boton de alerta, "
    "boton de panico, alerta comunitaria, camaras de seguridad",
    "modulo": "modulo policial, puesto policial, caseta policial, reten policial, modulo vecinal, epi",
    "perros": "perro, perros, jauria, perros callejeros, perros muerden",
    "plaga": "rata, ratas, mosquito, plaga",
    "ruido": "ruido, musica fuerte, musica a todo volumen, no dejan dormir, bulla, volumen, local nocturno",
    "puestos": "puestos, vendedora, vendedores, comercio en la acera, ocupan la acera, puesto de venta, "
    "tapan la acera, ocupan vereda, invaden la acera",
    # riego y producción
    "riego": "riego, sistema de riego, microriego, riego por aspersion, aduccion para riego, riego por tuberia, regar, "
    "agua de riego, riego tecnificado, pozo para riego, pozo para microriego, pozo para regar, aduccion",
    "canal_riego": "canal de riego, acequia, revestimiento de canal, revestir canal, sistema de canal de riego, "
    "canal de riego roto, turno de riego",
    "atajado": "atajado, qotana, vigina, represa, estanque de riego",
    # comunal
    "sede": "sede, sede social, casa comunal, salon multifuncional, salon de reuniones, sede de la otb, casa vecinal, "
    "salon comunal, casa de la otb, sede vecinal",
    "capacitacion": "capacitacion, centro integrado, centro integrado de capacitacion, centro de capacitacion, "
    "centro integrado social y productivo, centro de capacitacion productiva, "
    "centro integral de capacitacion, centro productivo, cisp",
    "adulto_mayor": "adulto mayor, tercera edad, personas adultas mayores, abuelitos, ancianos",
    "internet": "internet, punto digital, wifi, computadoras, telecentro, tramites",
    "subalcaldia": "sub alcaldia, subalcaldia",
    "mercado": "mercado, feria",
    "cementerio": "cementerio",
}

# Cuánto se parecen dos conceptos distintos, de 0 a 1. Lo que no está, nada.
_RELACIONES: dict[tuple[str, str], float] = {
    ("alumbrado", "luz_apagada"): 0.8,
    ("luz_apagada", "poste_peligro"): 0.3,
    ("alumbrado", "poste_peligro"): 0.4,
    ("agua", "pozo"): 0.6,
    ("agua", "tanque"): 0.6,
    ("agua", "corte_agua"): 0.7,
    ("agua", "agua_sucia"): 0.7,
    ("agua", "fuga_agua"): 0.6,
    ("agua", "medidor_agua"): 0.4,
    ("pozo", "tanque"): 0.4,
    ("corte_agua", "pozo"): 0.4,
    ("alcantarillado", "rebalse"): 0.9,
    ("alcantarillado", "tapa_camara"): 0.5,
    ("pluvial", "canal_tapado"): 0.8,
    ("pluvial", "carcamo"): 0.5,
    ("pluvial", "defensivo"): 0.3,
    ("pluvial", "alcantarillado"): 0.2,
    ("canal_riego", "pluvial"): 0.2,
    ("canal_tapado", "canal_riego"): 0.2,
    ("canal_tapado", "basura"): 0.4,
    ("empedrado", "pavimento"): 0.4,
    ("empedrado", "enlosetado"): 0.4,
    ("enlosetado", "pavimento"): 0.4,
    ("ripio", "empedrado"): 0.4,
    ("ripio", "camino"): 0.5,
    ("bache", "pavimento"): 0.4,
    ("bache", "empedrado"): 0.3,
    ("puente", "puente_peatonal"): 0.5,
    ("rompemuelle", "paso_cebra"): 0.7,
    ("semaforo", "paso_cebra"): 0.3,
    ("gradas", "graderia"): 0.6,
    ("cancha", "tinglado"): 0.8,
    ("cancha", "graderia"): 0.4,
    ("cancha", "coliseo"): 0.4,
    ("cancha", "enmallado"): 0.3,
    ("tinglado", "coliseo"): 0.5,
    ("enmallado", "muro"): 0.6,
    ("parque", "plaza"): 0.5,
    ("parque", "area_verde"): 0.6,
    ("parque", "juego_roto"): 0.8,
    ("plaza", "area_verde"): 0.6,
    ("area_verde", "arbol_caido"): 0.4,
    ("area_verde", "basural"): 0.3,
    ("basura", "basural"): 0.8,
    ("aula", "escuela"): 0.6,
    ("aula", "gotera"): 0.5,
    ("escuela", "gotera"): 0.4,
    ("salud", "atencion_salud"): 0.7,
    ("salud", "ambulancia"): 0.3,
    ("salud", "panel_solar"): 0.3,
    ("camaras", "modulo"): 0.5,
    ("riego", "canal_riego"): 0.7,
    ("riego", "atajado"): 0.7,
    ("riego", "pozo"): 0.5,
    ("sede", "capacitacion"): 0.6,
    ("sede", "adulto_mayor"): 0.4,
    ("internet", "biblioteca"): 0.3,
    ("obra_parada", "bache"): 0.2,
}

# Qué se le hace a la obra. No distingue por sí solo: «construir» y «querer» una cancha es lo mismo.
_ACTOS: dict[str, str] = {
    "nuevo": "construccion construir implementacion implementar adquisicion comprar compra poner instalar provision "
    "perforacion perforar equipamiento equipar dotacion nuevo nueva hacer apertura abrir colocado",
    "ampliar": "ampliacion ampliar extender extension conclusion terminar aumentar",
    "arreglar": "mejoramiento mejorar mantenimiento mantener reconstruccion reconstruir rehabilitacion refaccion "
    "refaccionar reparar arreglar arreglo reposicion reponer renovacion renovar cambio cambiar recuperar limpieza",
}

# Palabras que no dicen de qué obra se trata.
_VACIAS = (
    "a al ante con contra cada cada como cual cuando de del desde donde dos el ella en entre es esa ese eso esta este "
    "estan esto fue ha hace hacia hasta hay la las le les lo los mas me mi mis muy nos nuestra nuestro o para pero "
    "por porque que se sea ser si sin sobre son su sus tambien te tiene tienen toda todo todos todas tres tu un una "
    "uno unos unas y ya cuatro cinco seis no ni desde dia dias semana semanas mes meses ano anos hoy ayer siempre "
    "proyecto obra obras fase etapa tramo sector zona otb junta vecinal barrio distrito comunidad sindicato agrario "
    "campesina urbanizacion municipio quillacollo vecinos vecino vecinas gente familias familia queremos pedimos "
    "necesitamos necesita pido quiero solicitud solicitamos favor lugar parte convocatoria segunda primera metros "
    "sistema red tipo material materiales requerimiento contratacion empresa calle calles avenida avenidas pasaje "
    "pasajes via vias calzada grande chico pequeno"
)


def _claves(frase: str) -> tuple[str, ...]:
    return tuple(raiz(palabra) for palabra in palabras(frase) if palabra not in NEXOS)


# No cortan una frase: «tapa de la cámara» es «tapa cámara».
_NEXOS = "a al de del la las el los en con para por se un una y lo le o su sus que sale esta estan"
NEXOS = frozenset(_NEXOS.split())
VACIAS = frozenset(_VACIAS.split()) | NEXOS
ACTO_DE = {raiz(palabra): acto for acto, lista in _ACTOS.items() for palabra in lista.split()}
CONCEPTO_DE: dict[tuple[str, ...], str] = {
    _claves(frase): concepto for concepto, frases in _NOMBRES.items() for frase in frases.split(",")
}
LARGO_MAXIMO = max(map(len, CONCEPTO_DE))
# Lo que sigue dice dónde queda, no qué se pide: «empedrado frente a la escuela».
_SENAS = "frente cerca lado junto detras esquina puerta altura alrededor ingreso"
SENAS = frozenset(_SENAS.split())
DE_VIA = frozenset(["calle", "calles", "avenida", "avenidas", "pasaje", "pasajes"])
# Las calles que siguen solo dicen hasta dónde llega: «calle A entre calle C y avenida Bilbao» es la A.
LINDES = frozenset(["entre", "desde", "hasta", "esquina", "esq"])


def relacion(uno: str, otro: str) -> float:
    """Cuánto se parecen dos conceptos, de 0 (nada que ver) a 1 (el mismo)."""
    if uno == otro:
        return 1.0
    return _RELACIONES.get((uno, otro)) or _RELACIONES.get((otro, uno)) or 0.0
