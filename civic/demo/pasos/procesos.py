"""El portal y los procesos: sus fases, sus techos y sus páginas."""

import datetime
from decimal import Decimal

from civic.demo.contexto import Contexto
from civic.demo.fuentes import contenido
from civic.demo.guion import ARTICULOS_DEL_REGLAMENTO, CONSULTA_ABIERTA, PROCESOS, VOTANDO, GuionDeProceso
from civic.procesos.models import Fase, Proceso, Techo
from cms.acciones import publicar_proceso, sembrar_portal

UN_DIA = datetime.timedelta(days=1)


def cargar(contexto: Contexto) -> str:
    inicio = sembrar_portal()
    for guion in PROCESOS:
        proceso = _proceso(contexto, guion)
        articulos = ARTICULOS_DEL_REGLAMENTO if guion.slug == CONSULTA_ABIERTA else ()
        publicar_proceso(
            proceso,
            cuerpo=guion.cuerpo,
            articulos=[
                {"numero": numero, "titulo": titulo, "texto": f"<p>{texto}</p>", "respuesta": respuesta}
                for numero, titulo, texto, respuesta in articulos
            ],
        )
        if guion.slug == VOTANDO:
            inicio.proceso_destacado = proceso
    inicio.save_revision().publish()
    consultas = sum(guion.tipo == "consulta" for guion in PROCESOS)
    return f"{len(PROCESOS) - consultas} presupuestos participativos y {consultas} consultas"


def _proceso(contexto: Contexto, guion: GuionDeProceso) -> Proceso:
    proceso = Proceso.objects.create(
        nombre=guion.nombre,
        slug=guion.slug,
        tipo=guion.tipo,
        gestion=guion.gestion,
        resumen=guion.resumen,
        normativa=guion.normativa,
    )
    Fase.objects.bulk_create(_fases(contexto, guion, proceso))
    techos = guion.techos
    if guion.slug == VOTANDO:
        techos = {dato["numero"]: dato["techo_poa_2027_bs_demo"] for dato in contenido()["territorios"]}
    Techo.objects.bulk_create(
        Techo(
            proceso=proceso,
            distrito=contexto.distritos[numero],
            monto=Decimal(monto),
            explicacion=guion.como_se_calculo,
        )
        for numero, monto in techos.items()
    )
    return proceso


def _fases(contexto: Contexto, guion: GuionDeProceso, proceso: Proceso) -> list[Fase]:
    """La votación abre a las 8 y cierra a las 20; lo que sigue al día siguiente empieza en cuanto cierra."""
    fases: list[Fase] = []
    for tramo in guion.fases:
        vota = tramo.tipo == Fase.Tipo.VOTACION
        inicio = contexto.calendario.en(tramo.desde, 8 if vota else 0)
        fin = contexto.calendario.en(tramo.hasta, 20) if vota else contexto.calendario.en(tramo.hasta, 23, 59, 59)
        anterior = fases[-1] if fases else None
        if anterior is not None and anterior.tipo == Fase.Tipo.VOTACION and inicio - anterior.fin < UN_DIA:
            inicio = anterior.fin
        fases.append(
            Fase(
                proceso=proceso,
                tipo=tramo.tipo,
                nombre=tramo.nombre,
                explicacion=tramo.explicacion,
                inicio=inicio,
                fin=fin,
            )
        )
    return fases
