"""El padrón inventado, las identidades de la gente, y lo que espera en la cola: conflictos y pedidos."""

import datetime

from django.conf import settings

from civic.comun.errores import ReglaIncumplida
from civic.cuentas.acciones import declarar_residencia, importar_padron, pedir_confirmacion, verificar_residencia
from civic.cuentas.acciones.padron import municipio_de_padron
from civic.cuentas.identidad import huella_de_identidad
from civic.cuentas.metodos import PADRON, VENTANILLA
from civic.cuentas.models import ConflictoDeIdentidad, Identidad, Residencia, Usuario, Verificacion
from civic.demo.carnets import DE_PADRON, DE_PERSONAS, NACIERON, carnet_de_vecino
from civic.demo.contexto import Contexto
from civic.demo.fuentes import contenido
from civic.demo.guion import VIVEN
from mapas.territorio.models import Area

EN_EL_PADRON = 4_000
CONFLICTOS = 3


def cargar(contexto: Contexto) -> str:
    vecinos = list(Usuario.objects.filter(username__startswith="vecin").order_by("pk"))
    _identidades(vecinos)
    filas = _padron(contexto)
    conflictos = _conflictos(contexto, vecinos)
    pedidos = _pedidos(contexto, vecinos)
    return f"padrón inventado de {filas} personas, {conflictos} conflictos y {pedidos} pedidos por responder"


def _identidades(vecinos: list[Usuario]) -> None:
    residencias = {r.usuario_id: r for r in Residencia.objects.filter(usuario__in=vecinos, nivel="verificada")}
    identidades = [
        Identidad(huella=huella_de_identidad(carnet_de_vecino(puesto)), cuenta=persona, momento=persona.date_joined)
        for puesto, persona in enumerate(vecinos)
        if persona.pk in residencias
    ]
    Identidad.objects.bulk_create(identidades, batch_size=500)
    Verificacion.objects.bulk_create(
        [
            Verificacion(
                cuenta_id=identidad.cuenta_id,  # type: ignore[misc]
                identidad=identidad,
                metodo=residencias[identidad.cuenta_id].metodo,  # type: ignore[index]
                lugar_id=residencias[identidad.cuenta_id].otb_id,  # type: ignore[index]
                momento=identidad.momento,
            )
            for identidad in identidades
        ],
        batch_size=500,
    )


def _padron(contexto: Contexto) -> int:
    """Un CSV como el que traería el municipio, por la misma puerta que usará. Están las personas de la demo."""
    azar = contexto.azar("padron")
    otbs = sorted((area for area in contexto.otbs.values()), key=lambda area: area.codigo)
    lineas = ["ci;fecha_nacimiento;codigo_otb"]
    for puesto, dato in enumerate(contenido()["usuarios_demo"]):
        otb = _otb_de(contexto, dato["rol"]) or otbs[puesto * 7 % len(otbs)]
        lineas.append(f"{DE_PERSONAS + puesto};{NACIERON:%d/%m/%Y};{otb.codigo}")
    for puesto in range(EN_EL_PADRON):
        nacimiento = NACIERON + datetime.timedelta(days=azar.randint(-14_000, 6_000))
        lineas.append(f"{DE_PADRON + puesto};{nacimiento:%d/%m/%Y};{azar.choice(otbs).codigo}")
    informe = importar_padron(
        "\n".join(lineas).encode(),
        "padron-de-demostracion.csv",
        municipio=municipio_de_padron(settings.MUNICIPIO),
        fecha_corte=contexto.calendario.hoy - datetime.timedelta(days=60),
        actor=contexto.personas["planificacion"],
    )
    if informe.padron is None:
        raise AssertionError(f"El padrón de la demo tiene errores: {informe.errores[:3]}")
    return informe.filas


def _otb_de(contexto: Contexto, papel: str) -> Area | None:
    return contexto.por_demo[VIVEN[papel]].area if papel in VIVEN else None


def _conflictos(contexto: Contexto, vecinos: list[Usuario]) -> int:
    """Cuentas que piden la identidad de otra: una por el padrón y las demás en ventanilla."""
    puestos = {persona.pk: puesto for puesto, persona in enumerate(vecinos)}
    declaradas = list(Residencia.objects.filter(usuario__in=vecinos, nivel="declarada").order_by("pk")[:CONFLICTOS])
    for numero, residencia in enumerate(declaradas):
        otra = puestos[residencia.usuario_id] - 3 - numero  # alguien que se registró un poco antes y está verificada
        while not Identidad.objects.filter(cuenta=vecinos[otra]).exists():
            otra -= 1
        por_padron = numero == 0
        try:
            verificar_residencia(
                residencia,
                metodo=PADRON.codigo if por_padron else VENTANILLA.codigo,
                actor=None if por_padron else contexto.personas["ventanilla"],
                ci=carnet_de_vecino(otra),
                detalle="" if por_padron else "Carnet y factura de luz o agua",
            )
        except ReglaIncumplida:
            continue
    return len(declaradas)


def _pedidos(contexto: Contexto, vecinos: list[Usuario]) -> int:
    """Dos vecinas piden a la directiva de la OTB de la demo que las confirme."""
    otb = _otb_de(contexto, "directiva_otb")
    if otb is None:
        return 0
    en_cola = ConflictoDeIdentidad.objects.values("segunda")
    declaradas = Usuario.objects.filter(
        pk__in=[vecino.pk for vecino in vecinos], residencia__distrito=otb.padre, residencia__nivel="declarada"
    ).exclude(pk__in=en_cola)
    piden = list(declaradas.order_by("pk")[:2])
    puestos = {persona.pk: puesto for puesto, persona in enumerate(vecinos)}
    for persona in piden:
        declarar_residencia(persona, otb=otb)
        pedir_confirmacion(persona, ci=carnet_de_vecino(puestos[persona.pk]))
    return len(piden)
