"""La vida entera de una propuesta en una tabla: qué movimiento hay, quién lo hace, con qué razón y qué plazo abre.

Fuente: máquina de estados de la demanda (dominio, 4.1). Los plazos son días hábiles que empiezan al día siguiente
(Ley 2341: corregir defectos, art. 43, 5 días; reclamar, art. 64, 10 días; resolver el reclamo, art. 65, 20 días); los
2 días de la revisión de forma y los 15 de la evaluación los promete el municipio.
"""

from dataclasses import dataclass

from civic.comun.errores import ReglaIncumplida
from propuestas.reglas.estados import FICHAS, YA_SON_OTRAS, Estado

AUTOR, MODERACION, TECNICO, PLANIFICACION, SISTEMA = "autor", "moderacion", "tecnico", "planificacion", "sistema"
EN_CALIDAD_DE = {
    AUTOR: "Quien la presentó",
    MODERACION: "Gestión de comunidad",
    TECNICO: "Equipo técnico",
    PLANIFICACION: "Planificación POA",
    SISTEMA: "Sistema",
}
_LETRAS = {"A": AUTOR, "M": MODERACION, "T": TECNICO, "P": PLANIFICACION, "S": SISTEMA}

# Quién: A quien la presentó · M moderación · T equipo técnico · P planificación · S sistema.
# Razón: «si» una frase escrita · «cod» además una de la lista · «-» no hace falta.
# Pide: ver PIDEN. Plazo: días hábiles del paso siguiente, y a quién le toca; con «?» es un derecho, no una obligación.
TABLA = """
desde                 hacia                 accion       quien razon pide              plazo toca
borrador              enviada               presentar    A     -     completa          2     M
borrador_asistido     enviada               presentar    A     -     completa          2     M
enviada               publicada             publicar     MP    -     ajena             -     -
enviada               devuelta              devolver     MP    cod   ajena             5     A
devuelta              enviada               presentar    A     -     completa          2     M
devuelta              apelada               apelar       A     si    una_vez           2     M
apelada               publicada             publicar     MP    -     ajena,otra        -     -
apelada               devuelta              confirmar    MP    cod   ajena,otra        5     A
publicada             en_evaluacion         evaluar      PT    -     ajena             15    T
publicada             priorizada_otb        priorizar    P     -     ajena             -     -
publicada             fusionada             unir         S     si    ajena,acuerdo     -     -
publicada             dividida              dividir      S     si    ajena,acuerdo     -     -
publicada             territorio_en_disputa disputar     P     si    ajena             -     -
publicada             retirada              retirar      A     si    -                 10?   A
territorio_en_disputa publicada             zanjar       P     -     ajena             -     -
priorizada_otb        en_evaluacion         evaluar      P     -     ajena             15    T
priorizada_otb        priorizada_distrito   priorizar    P     -     ajena,aprueba     -     -
priorizada_otb        no_priorizada         no_priorizar P     si    ajena             -     -
en_evaluacion         viable                dictaminar   TP    si    ajena,lista,costo -     -
en_evaluacion         observada             dictaminar   TP    si    ajena,primera     5     A
en_evaluacion         rechazada             dictaminar   TP    cod   ajena,lista       10?   A
en_evaluacion         derivada              dictaminar   TP    si    ajena,destino     10?   A
observada             en_evaluacion         responder    AP    si    -                 15    T
observada             caducada              caducar      SP    si    vencida           10?   A
viable                en_votacion           votar        SP    -     aprueba           -     -
viable                priorizada_distrito   priorizar    P     -     aprueba           -     -
viable                lista_espera          esperar      P     si    aprueba           -     -
en_votacion           seleccionada          escrutar     S     -     -                 -     -
en_votacion           no_seleccionada       escrutar     S     -     -                 10?   A
seleccionada          incluida_poa          inscribir    P     -     aprueba           -     -
seleccionada          lista_espera          esperar      P     si    aprueba           -     -
priorizada_distrito   incluida_poa          inscribir    P     -     aprueba           -     -
priorizada_distrito   lista_espera          esperar      P     si    aprueba           -     -
lista_espera          incluida_poa          inscribir    P     -     aprueba           -     -
lista_espera          arrastrada            arrastrar    P     si    gestion           -     -
incluida_poa          en_obra               iniciar      SP    -     -                 -     -
en_obra               cumplida              entregar     SP    -     -                 -     -
en_obra               incumplida            incumplir    P     si    -                 -     -
rechazada             en_evaluacion         reclamar     A     si    una_vez,otra      20    T
derivada              en_evaluacion         reclamar     A     si    una_vez,otra      20    T
retirada              en_evaluacion         reclamar     A     si    una_vez           20    T
caducada              en_evaluacion         reclamar     A     si    una_vez,otra      20    T
no_seleccionada       en_evaluacion         reclamar     A     si    una_vez           20    T
no_seleccionada       lista_espera          esperar      P     si    aprueba           -     -
"""
PIDEN = {
    "completa": "todos los datos, y un costo bajo el techo de su distrito",
    "ajena": "no ser de quien decide ni de su organización",
    "acuerdo": "un pedido de Gestión de comunidad o Planificación y el sí de quienes presentaron cada una",
    "otra": "una persona distinta de la que decidió antes",
    "aprueba": "una persona distinta de la que la evaluó",
    "lista": "la lista de control respondida",
    "costo": "el costo técnico, y por qué difiere del pedido",
    "destino": "a qué entidad o unidad va",
    "primera": "ser la primera evaluación: la segunda decide sin volver a observar",
    "una_vez": "no haberlo hecho antes, y estar en plazo",
    "vencida": "que haya pasado el plazo para responder",
    "gestion": "un proceso de una gestión posterior",
}


class Conflicto(ReglaIncumplida):
    """Otra persona llegó antes: lo que se leyó ya no es lo que hay."""


@dataclass(frozen=True)
class Movimiento:
    """Un renglón de TABLA. `plazo`: días hábiles que tiene `toca` para el paso siguiente; 0 sin plazo."""

    desde: str
    hacia: str
    accion: str
    quienes: frozenset[str]
    razon: str
    pide: tuple[str, ...]
    plazo: int
    toca: str
    facultativo: bool


def _leer(tabla: str) -> dict[tuple[str, str], Movimiento]:
    """{(desde, hacia): Movimiento}. Una tabla mal escrita no deja arrancar."""
    leidos: dict[tuple[str, str], Movimiento] = {}
    for renglon in tabla.strip().splitlines()[1:]:
        desde, hacia, accion, quien, razon, pide, plazo, toca = renglon.split()
        requisitos = tuple(pide.replace("-", "").split(",")) if pide != "-" else ()
        if razon not in ("-", "si", "cod") or set(requisitos) - set(PIDEN) or (desde, hacia) in leidos:
            raise ValueError(f"No entiendo este renglón de los movimientos: {renglon}")
        leidos[desde, hacia] = Movimiento(
            desde=Estado(desde),
            hacia=Estado(hacia),
            accion=accion,
            quienes=frozenset(_LETRAS[letra] for letra in quien),
            razon=razon.replace("-", ""),
            pide=requisitos,
            plazo=int(plazo.rstrip("?")) if plazo != "-" else 0,
            toca=_LETRAS[toca] if toca != "-" else "",
            facultativo=plazo.endswith("?"),
        )
    return leidos


DE_LA_TABLA = _leer(TABLA)
# estado -> {estado siguiente: quién puede moverla}
MOVIMIENTOS: dict[str, dict[str, frozenset[str]]] = {}
for _movimiento in DE_LA_TABLA.values():
    MOVIMIENTOS.setdefault(_movimiento.desde, {})[_movimiento.hacia] = _movimiento.quienes

# Enviar, revisar la forma, evaluar, unir, dividir y arrastrar tienen su verbo y su página: no son movimientos sueltos.
RESULTADOS = tuple(str(m.hacia) for m in DE_LA_TABLA.values() if m.accion == "dictaminar")
# Pasar a uno de estos es aprobar lo que alguien evaluó: le toca a otra persona.
APRUEBAN = tuple(dict.fromkeys(str(m.hacia) for m in DE_LA_TABLA.values() if "aprueba" in m.pide))
# Estados desde los que se puede reclamar una sola vez para que se evalúe de nuevo.
RECLAMABLES = tuple(str(m.desde) for m in DE_LA_TABLA.values() if m.accion == "reclamar")
# Donde alguien revisa la forma.
POR_REVISAR = (Estado.ENVIADA.value, Estado.APELADA.value)

_PIDEN_MOTIVO = {
    Estado.DEVUELTA.value: "Di qué tiene que corregir quien la presentó.",
    Estado.APELADA.value: "Di por qué crees que la devolución no corresponde.",
    Estado.RETIRADA.value: "Cuenta en una frase por qué la retiras.",
    Estado.FUSIONADA.value: "Di a qué propuesta se une y por qué.",
    Estado.DIVIDIDA.value: "Di por qué conviene dividirla.",
    Estado.EN_DISPUTA.value: "Di qué límite está en disputa.",
    Estado.NO_PRIORIZADA.value: "Di qué asamblea lo decidió y por qué.",
    Estado.CADUCADA.value: "Di qué plazo venció.",
    Estado.LISTA_ESPERA.value: "Di por qué espera y qué tendría que pasar para que entre.",
    Estado.ARRASTRADA.value: "Di por qué pasa a la siguiente gestión.",
    Estado.INCUMPLIDA.value: "Explica por qué no se cumplió.",
    Estado.EN_EVALUACION.value: "Escribe tu respuesta: qué corregiste o por qué pides que se evalúe de nuevo.",
}


def siguientes(estado: str, calidad: str) -> list[str]:
    """Estados a los que alguien con esa calidad puede mover la propuesta."""
    return [str(hacia) for hacia, quienes in MOVIMIENTOS.get(estado, {}).items() if calidad in quienes]


def exigir_movimiento(estado: str, hacia: str, calidad: str) -> None:
    """Lanza ReglaIncumplida si el movimiento no existe o no le toca a esa calidad."""
    quienes = MOVIMIENTOS.get(estado, {}).get(hacia)
    if quienes is None:
        raise ReglaIncumplida(f"Una propuesta «{FICHAS[estado].etiqueta}» no puede pasar a «{FICHAS[hacia].etiqueta}».")
    if calidad not in quienes:
        quien = " o ".join(sorted(EN_CALIDAD_DE[otra].lower() for otra in quienes))
        raise ReglaIncumplida(f"Pasar la propuesta a «{FICHAS[hacia].etiqueta}» le toca a: {quien}.")


def exigir_lo_leido(leido: str, hay: str, estado: str) -> None:
    """Lanza Conflicto si lo que alguien leyó antes de decidir (su sello) ya cambió; vacío no se revisa."""
    if leido and leido != hay:
        raise Conflicto(
            f"Mientras la leías, otra persona cambió esta propuesta: ahora está «{FICHAS[estado].etiqueta}». "
            "No se guardó tu decisión; mira cómo quedó antes de volver a decidir."
        )


def exigir_motivo(hacia: str, calidad: str, motivo: str) -> None:
    """Lanza ReglaIncumplida (campo «motivo») si ese movimiento necesita una razón escrita y no la trae."""
    suyos = [m for m in DE_LA_TABLA.values() if m.hacia == hacia and calidad in m.quienes]
    if suyos and all(m.razon for m in suyos) and not motivo.strip():
        raise ReglaIncumplida(_PIDEN_MOTIVO.get(hacia, "Escribe la razón."), campo="motivo")


def exigir_camino_propio(desde: str, hacia: str) -> None:
    """Enviar, evaluar, unir, dividir y arrastrar tienen su verbo, con sus controles: nunca un movimiento suelto."""
    if hacia == Estado.ENVIADA:
        raise ReglaIncumplida("Una propuesta se envía presentándola desde su borrador.")
    if desde == Estado.EN_EVALUACION and hacia in RESULTADOS:
        raise ReglaIncumplida(f"Para pasarla a «{FICHAS[hacia].etiqueta}» hace falta un dictamen con sus razones.")
    if hacia == Estado.ARRASTRADA:
        raise ReglaIncumplida("Para pasarla a otra gestión hay que elegir el proceso que la recibe.")
    if hacia in YA_SON_OTRAS:
        raise ReglaIncumplida("Se une o se divide con un pedido, cuando aceptan quienes las presentaron.")


_FRASES = {
    Estado.ENVIADA.value: "Se presentó con el código {codigo}.",
    Estado.DEVUELTA.value: "Se devolvió para corregir su forma.",
    Estado.APELADA.value: "Quien la presentó apeló la devolución.",
    Estado.PUBLICADA.value: "Se publicó. Ya se puede apoyar y comentar.",
    Estado.EN_EVALUACION.value: "Empezó su evaluación.",
    Estado.OBSERVADA.value: "Se observó: le falta un dato.",
    Estado.CADUCADA.value: "Caducó: pasó el plazo y nadie respondió.",
    Estado.RECHAZADA.value: "Se rechazó: así como está no se puede hacer.",
    Estado.DERIVADA.value: "Se derivó a quien le toca.",
    Estado.VIABLE.value: "Se declaró viable: se puede hacer.",
    Estado.RETIRADA.value: "La retiró quien la presentó.",
    Estado.FUSIONADA.value: "Se unió a otra, con el sí de quienes las presentaron.",
    Estado.DIVIDIDA.value: "Se dividió en otras, con el sí de quien la presentó.",
    Estado.SELECCIONADA.value: "Ganó la votación.",
    Estado.NO_SELECCIONADA.value: "No alcanzó en la votación.",
    Estado.EN_VOTACION.value: "Entró a la votación de su distrito.",
    Estado.ARRASTRADA.value: "Pasó a la siguiente gestión.",
}
_FRASES_DE_ACCION = {
    "responder": "Se respondió la observación y volvió a evaluación.",
    "reclamar": "Quien la presentó reclamó: la evalúa de nuevo otra persona.",
    "confirmar": "Otra persona confirmó la devolución.",
    "zanjar": "Se resolvió el límite: vuelve a estar publicada.",
}


def frase_de_movimiento(hacia: str, codigo: str, desde: str = "") -> str:
    """La línea pública de la bitácora: «Se publicó. Ya se puede apoyar y comentar.»"""
    movimiento = DE_LA_TABLA.get((desde, hacia))
    if movimiento is not None and movimiento.accion in _FRASES_DE_ACCION:
        return _FRASES_DE_ACCION[movimiento.accion]
    return _FRASES.get(hacia, f"Pasó a «{FICHAS[hacia].etiqueta}».").format(codigo=codigo)
