"""La evaluación técnica: razones, destinos, lista de control y costo."""

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from civic.comun.dinero import bolivianos
from civic.comun.errores import ReglaIncumplida
from propuestas.reglas.estados import FICHAS, Estado
from propuestas.reglas.movimientos import RESULTADOS, Conflicto

MOTIVOS = {
    "fuera_competencia": "No es competencia del municipio",
    "sin_terreno": "El terreno no tiene papeles o no es público",
    "riesgo": "Zona de riesgo",
    "costo_excede": "Cuesta más que el techo disponible",
    "duplicada": "Ya existe otra igual",
    "ya_programada": "Ya está programada",
    "competencia_concurrente_sin_convenio": "Necesita un convenio con otra entidad",
}
DESTINOS = {
    "gestion_riesgos": "Gestión de riesgos",
    "gobernacion": "Gobernación",
    "ministerio": "Ministerio o entidad nacional",
    "empresa_servicio": "Empresa de agua, luz u otro servicio",
    "otra_unidad": "Otra unidad del municipio",
    "otra_entidad": "Otra entidad",
}
SECCIONES = {
    "tecnica": "Técnica",
    "legal": "Legal",
    "competencia": "Competencia",
    "predio": "Derecho propietario",
    "ambiente": "Medio ambiente y riesgo",
    "costo": "Costo",
}
SI, NO, NO_APLICA = "si", "no", "no_aplica"
RESPUESTAS = {SI: "Sí", NO: "No", NO_APLICA: "No aplica"}
RAZONES_DE_EXCUSA = {
    "parentesco": "Parentesco o amistad con quien la presentó",
    "vive_ahi": "Vive o tiene un bien en el lugar",
    "interes": "Otro interés en la obra",
}
# Cuánto puede apartarse el costo técnico del pedido sin que haga falta explicarlo.
MARGEN_DE_COSTO = Decimal("0.10")


@dataclass(frozen=True)
class Pregunta:
    """Un renglón de la lista de control. Si no es `publica`, ni la respuesta ni su nota se publican."""

    seccion: str
    texto: str
    obligatoria: bool = True
    publica: bool = True


# La lista con que empieza cada proceso; se cambia en la trastienda mientras nadie haya evaluado.
LISTA_POR_DEFECTO = (
    Pregunta("tecnica", "¿Se visitó el lugar?"),
    Pregunta("tecnica", "¿Se puede construir ahí con lo que hoy hay de servicios y accesos?"),
    Pregunta("tecnica", "¿Atiende la necesidad que describe?", obligatoria=False),
    Pregunta("legal", "¿Cumple las normas que le tocan?"),
    Pregunta("legal", "¿Está libre de juicios o de conflictos?", obligatoria=False, publica=False),
    Pregunta("competencia", "¿Es competencia del municipio?"),
    Pregunta("competencia", "Si es concurrente, ¿hay convenio?", obligatoria=False),
    Pregunta("predio", "¿El terreno es público o tiene cesión firmada?"),
    Pregunta("predio", "¿Se revisaron los papeles del terreno?", publica=False),
    Pregunta("ambiente", "¿Está fuera de zona de riesgo y de la franja de seguridad del río?"),
    Pregunta("ambiente", "¿Tiene o puede tener su ficha ambiental?", obligatoria=False),
    Pregunta("costo", "¿El costo sale de precios unitarios vigentes?"),
    Pregunta("costo", "¿Cabe en el techo de su distrito?"),
    Pregunta("costo", "¿Se sabe quién la mantendrá y con qué?", obligatoria=False),
)


def version_de(preguntas: Iterable[Pregunta]) -> str:
    """Cambia si cambia la lista: quien responde manda de vuelta la de la lista que leyó."""
    entera = json.dumps([dataclasses.astuple(pregunta) for pregunta in preguntas], ensure_ascii=False)
    return hashlib.sha256(entera.encode()).hexdigest()[:16]


def exigir_misma_lista(preguntas: Iterable[Pregunta], leida: str) -> None:
    if leida != version_de(preguntas):
        raise Conflicto("La lista de control cambió mientras respondías. Vuelve a abrir la página y respóndela.")


def responder_lista(
    preguntas: Iterable[Pregunta], respuestas: Mapping[int, tuple[str, str]], *, completa: bool = True
) -> list[dict[str, Any]]:
    """La lista ya respondida, copiada entera: seccion, texto, obligatoria, publica, respuesta y nota.

    `respuestas` es {número de pregunta: (respuesta, nota)}. Lanza ReglaIncumplida si falta una
    obligatoria y tiene que estar `completa`.
    """
    hecha, faltan = [], 0
    for numero, pregunta in enumerate(preguntas):
        respuesta, nota = respuestas.get(numero, ("", ""))
        if respuesta and respuesta not in RESPUESTAS:
            raise ReglaIncumplida("Cada pregunta se responde sí, no o no aplica.", campo=f"p{numero}")
        faltan += pregunta.obligatoria and not respuesta
        hecha.append(
            {
                "seccion": pregunta.seccion,
                "texto": pregunta.texto,
                "obligatoria": pregunta.obligatoria,
                "publica": pregunta.publica,
                "respuesta": respuesta,
                "nota": nota,
            }
        )
    if faltan and completa:
        cuantas = "una pregunta obligatoria" if faltan == 1 else f"{faltan} preguntas obligatorias"
        raise ReglaIncumplida(f"Falta responder {cuantas} de la lista de control.")
    return hecha


def exigir_diferencia(pedido: Decimal | None, tecnico: Decimal | None, diferencia: str) -> None:
    """Lanza ReglaIncumplida si el costo técnico se aparta del pedido y nadie dice por qué. Montos en Bs."""
    if not pedido or not tecnico or diferencia.strip():
        return
    if abs(tecnico - pedido) > pedido * MARGEN_DE_COSTO:
        raise ReglaIncumplida(
            f"Se pidió {bolivianos(pedido)} y el costo técnico es {bolivianos(tecnico)}. Explica la diferencia.",
            campo="diferencia",
        )


def exigir_dictamen(
    estado: str, resultado: str, motivo: str, texto: str, monto_tecnico: Decimal | None, destino: str | None = None
) -> None:
    """Lanza ReglaIncumplida si el dictamen no corresponde al estado o le falta una razón, un destino o un costo.

    `destino` None no se revisa: es de quien carga dictámenes ya dados.
    """
    if resultado not in RESULTADOS:
        raise ReglaIncumplida("Elige el resultado de la evaluación.", campo="resultado")
    if estado != Estado.EN_EVALUACION:
        raise ReglaIncumplida(f"La propuesta está «{FICHAS[estado].etiqueta}». Primero pásala a «En evaluación».")
    if not texto.strip():
        raise ReglaIncumplida("Escribe la explicación: la leerá toda la gente.", campo="texto")
    if resultado == Estado.RECHAZADA and motivo not in MOTIVOS:
        raise ReglaIncumplida("Para rechazar hay que elegir una razón de la lista.", campo="motivo")
    if motivo and motivo not in MOTIVOS:
        raise ReglaIncumplida("Esa razón no está en la lista.", campo="motivo")
    if resultado == Estado.VIABLE and (monto_tecnico is None or monto_tecnico <= 0):
        raise ReglaIncumplida("Para declararla viable hace falta el costo técnico.", campo="monto_tecnico")
    if destino is not None and resultado == Estado.DERIVADA and destino not in DESTINOS:
        raise ReglaIncumplida("Di a qué entidad o unidad se deriva.", campo="destino")


def exigir_segunda(resultado: str, actor_id: int, contra_id: int | None) -> None:
    """La segunda evaluación la hace otra persona y es definitiva: no vuelve a observar."""
    if actor_id == contra_id:
        raise ReglaIncumplida("Tú la evaluaste la primera vez: la segunda evaluación le toca a otra persona.")
    if resultado == Estado.OBSERVADA:
        raise ReglaIncumplida(
            "La segunda evaluación es definitiva: di si es viable, si no se puede o si le toca a otra entidad.",
            campo="resultado",
        )
