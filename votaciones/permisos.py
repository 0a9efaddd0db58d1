"""Quién ve una votación, quién vota en ella y quién la conduce."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from civic.comun.errores import ReglaIncumplida
from civic.cuentas.models import Identidad, Residencia, Usuario, Verificacion
from civic.cuentas.roles import Cosa, puede
from civic.procesos import permisos as permisos_de_fase
from civic.procesos.reglas import VOTAR, dia
from votaciones import consultas
from votaciones.codigos import codigo_de
from votaciones.lugares import contiendas_de, ubicacion_de
from votaciones.models import Contienda, Participacion, Votacion
from votaciones.padron.consultas import definitivo_de, habilitaciones_de
from votaciones.padron.models import Habilitacion, PadronElectoral
from votaciones.padron.permisos import por_que_no_esta
from votaciones.reglas import estados
from votaciones.reglas.credencial import compromiso_de, serie_de
from votaciones.urna import consultas as consultas_de_urna

FUERA_DEL_PADRON = "padron"


def votacion_o_404(slug: str) -> Votacion:
    """La votación visible con esa dirección; en preparación no existe para el público."""
    votacion = Votacion.objects.visibles().select_related("proceso").filter(slug=slug).first()
    if votacion is None:
        raise Http404("No hay esa votación.")
    return votacion


def votacion_contada_o_404(slug: str) -> Votacion:
    votacion = votacion_o_404(slug)
    if votacion.estado != Votacion.Estado.CONTADA:
        raise Http404("Esa votación todavía no se contó.")
    return votacion


def contienda_o_404(slug: str, numero: int) -> Contienda:
    """La contienda con ese número en una votación visible, con su votación, proceso y lugar cargados."""
    contienda = (
        Contienda.objects.select_related("votacion__proceso", "area")
        .defer("votacion__libro")
        .filter(votacion__in=Votacion.objects.visibles(), votacion__slug=slug, numero=numero)
        .first()
    )
    if contienda is None:
        raise Http404("No hay esa papeleta.")
    return contienda


def contienda_con_papeletas_o_404(slug: str, numero: int) -> Contienda:
    """La contienda, si sus papeletas se pueden publicar una por una."""
    contienda = contienda_o_404(slug, numero)
    if not consultas.se_publican_papeletas(contienda.votacion, consultas.papeletas_de(contienda)):
        raise Http404("Las papeletas de esa contienda no se publican una por una.")
    return contienda


@dataclass(frozen=True)
class Impedimento:
    """Por qué alguien no puede votar ahora. `codigo` dice a la plantilla qué enlace ofrecer."""

    codigo: str
    frase: str
    otra: Contienda | None = None


def impedimento_de_la_votacion(votacion: Votacion, ahora: datetime) -> Impedimento | None:
    """Lo que impide votar a cualquiera: todavía no abre, ya cerró, o la fase del proceso no es de votación."""
    situacion = votacion.situacion_en(ahora)
    if situacion == estados.CONTADA:
        return Impedimento("contada", "Esta votación ya se contó.")
    if situacion == estados.TERMINADA:
        # El cierre pudo adelantarse: la hora anunciada solo se nombra si ya pasó.
        cuando = f" el {dia(votacion.cierra)}" if votacion.cierra <= ahora else ""
        return Impedimento("cerrada", f"La votación se cerró{cuando}. Falta contar los votos.")
    if situacion == estados.POR_ABRIR:
        return Impedimento("por_abrir", f"La votación abre el {dia(votacion.abre)} y cierra el {dia(votacion.cierra)}.")
    if situacion == estados.EN_PREPARACION:
        return Impedimento("preparada", "Esta votación todavía está en preparación.")
    if votacion.estado == Votacion.Estado.SUSPENDIDA and situacion == estados.SUSPENDIDA:
        return Impedimento("suspendida", _por_que_se_suspendio(votacion))
    if not permisos_de_fase.permite(votacion.proceso, VOTAR, ahora):
        return Impedimento("fase", permisos_de_fase.por_que_no(votacion.proceso, VOTAR, ahora))
    return None


def _por_que_se_suspendio(votacion: Votacion) -> str:
    acto = consultas.suspendida_por(votacion)
    if acto is None:
        return "La votación está suspendida."
    motivo = acto.motivo.rstrip(". ")
    return (
        f"La votación está suspendida desde el {dia(acto.momento)}. Motivo: {motivo}. Nadie puede votar hasta que se "
        "reanude; la hora de cierre no cambia."
    )


def impedimento_de(contienda: Contienda, usuario: Any, ahora: datetime | None = None) -> Impedimento | None:
    """Por qué `usuario` no puede votar en esta contienda, o None si puede."""
    ahora = ahora or timezone.now()
    if general := impedimento_de_la_votacion(contienda.votacion, ahora):
        return general
    if not usuario.is_authenticated:
        return Impedimento("ingresar", "Para votar, entra con tu cuenta.")
    if ya_participo(contienda, usuario):
        return Impedimento("ya_voto", f"Ya votaste {contienda.en_lugar}. Tu papeleta está en la urna.")
    padron = definitivo_de(contienda.votacion_id)
    suyas = habilitaciones_de(padron, usuario) if padron else []
    personal = (
        _impedimento_de_padron(padron, suyas, contienda, usuario)
        if padron
        else _impedimento_de_residencia(contienda, usuario)
    )
    if personal is not None and personal.codigo != FUERA_DEL_PADRON:
        return personal
    # Quien se mudó después de votar, o votó con otra cuenta suya, no vota otra vez.
    anteriores = set(
        _participaciones_de(usuario)
        .filter(contienda__votacion=contienda.votacion_id)
        .values_list("contienda", flat=True)
    )
    if contienda.pk in anteriores or anteriores - {suya.contienda_id for suya in suyas}:
        return Impedimento(
            "ya_voto", "Ya votaste en otro lugar o con otra cuenta tuya. Cada persona vota una sola vez."
        )
    return personal


def impedimento_con_clave(contienda: Contienda, usuario: Any, clave: str) -> Impedimento | None:
    """El de `impedimento_de`, salvo que esa clave sea la de su papeleta y todavía pueda ponerla.

    Puede si la votación deja cambiarla, o si retiró su credencial y la papeleta no llegó a la urna.
    """
    impedimento = impedimento_de(contienda, usuario)
    if impedimento is None or impedimento.codigo != "ya_voto" or not clave:
        return impedimento
    try:
        codigo = codigo_de(clave, contienda, usuario)
    except ReglaIncumplida:
        return impedimento
    if not es_su_codigo(contienda, usuario, codigo):
        return impedimento
    falta = consultas_de_urna.ultimo_sobre(contienda.pk, serie_de(codigo)) is None
    return None if contienda.votacion.se_cambia or falta else impedimento


def es_su_codigo(contienda: Contienda, usuario: Any, codigo: str) -> bool:
    """Si con ese código retiró su credencial."""
    suyas = Participacion.objects.filter(contienda=contienda, usuario=usuario)
    return suyas.filter(compromiso=compromiso_de(codigo)).exists()


def _participaciones_de(usuario: Any) -> QuerySet[Participacion]:
    """Las de la cuenta, las de su identidad, y las de cualquier cuenta que alguna vez tuvo esa identidad."""
    suyas = Verificacion.objects.filter(identidad__cuenta=usuario).values("cuenta")
    identidades = Identidad.objects.filter(cuenta=usuario).values("pk")
    return Participacion.objects.filter(Q(usuario=usuario) | Q(identidad__in=identidades) | Q(usuario__in=suyas))


def padron_publicado(votacion: Votacion) -> bool:
    """Si ya se publicó su padrón, aunque sea el provisional."""
    return PadronElectoral.objects.filter(votacion=votacion).exists()


def por_votar(votacion: Votacion, usuario: Any) -> list[Contienda]:
    """Las papeletas de esa persona que todavía no puso, de la más chica a la más grande."""
    padron = definitivo_de(votacion.pk) if usuario.is_authenticated else None
    if padron is None:
        return []
    suyas = _participaciones_de(usuario).filter(contienda__votacion=votacion).values_list("contienda", flat=True)
    return [suya.contienda for suya in habilitaciones_de(padron, usuario) if suya.contienda_id not in set(suyas)]


def por_que_espera_la_identidad(identidad: Identidad, cuenta: Usuario) -> str:
    """Guardia de cuentas: una identidad que ya votó en una votación abierta no pasa a otra cuenta."""
    votos = Participacion.objects.filter(
        Q(usuario=cuenta) | Q(identidad=identidad), contienda__votacion__in=Votacion.objects.sin_cerrar()
    )
    if votos.exists():
        return "La cuenta que tiene esta identidad ya votó en una votación abierta. Resuélvelo cuando se cierre."
    return ""


def ya_participo(contienda: Contienda, usuario: Any) -> bool:
    """Si la persona ya votó en esta contienda."""
    return Participacion.objects.filter(contienda=contienda, usuario=usuario).exists()


def _impedimento_de_padron(
    padron: PadronElectoral, suyas: list[Habilitacion], contienda: Contienda, usuario: Any
) -> Impedimento | None:
    if not suyas:
        return Impedimento(
            FUERA_DEL_PADRON,
            f"No estás en el padrón de esta votación, hecho con lo verificado hasta el {dia(padron.corte)}. "
            f"{por_que_no_esta(usuario, padron)} Se pudo reclamar hasta el {dia(padron.observable_hasta)}.",
        )
    if contienda.pk not in {suya.contienda_id for suya in suyas}:
        otra = suyas[0].contienda
        frase = (
            f"Aquí votan quienes están en el padrón {contienda.del_lugar}, y tú estás en el padrón {otra.del_lugar}."
        )
        return Impedimento("otro_lugar", frase, otra)
    sin_cuenta = all(suya.usuario_id is None for suya in suyas)  # la inscribió una mesa: ahí dijo dónde vive
    if not sin_cuenta and not Residencia.objects.filter(usuario=usuario).exists():
        return Impedimento(
            "residencia",
            "Estás en el padrón, pero dijiste que ya no vives en el municipio. Si fue un error, dinos dónde vives.",
        )
    return None


def _impedimento_de_residencia(contienda: Contienda, usuario: Any) -> Impedimento | None:
    residencia = Residencia.objects.select_related("distrito", "otb").filter(usuario=usuario).first()
    if residencia is None:
        return Impedimento(
            "residencia",
            f"Aquí votan quienes viven {contienda.en_lugar}. Dinos primero dónde vives y verifícalo.",
        )
    if not ubicacion_de(residencia).cae_en(contienda.ambito):
        otra = next(iter(contiendas_de(contienda.votacion_id, residencia)), None)
        frase = f"Aquí votan quienes viven {contienda.en_lugar}, y tú vives en {residencia.donde}."
        return Impedimento("otro_lugar", frase, otra)
    if not residencia.esta_verificada:
        return Impedimento(
            "verificar", f"Declaraste que vives en {residencia.donde}. Para votar falta verificar tu residencia."
        )
    return None


def puede_conducir(usuario: Any) -> bool:
    """Solo planificación prepara, abre, cierra y cuenta. La administración técnica no: ni siquiera el superusuario."""
    return puede(usuario, "A", Cosa.VOTACIONES)


def por_que_no_abre(usuario: Any, votacion: Votacion) -> str:
    """Frase que dice por qué no le toca abrirla; vacía si puede. No mira su cargo."""
    if consultas.quien(votacion, "preparar") == usuario.pk:
        return "Tú preparaste esta votación: abrirla le toca a otra persona de Planificación."
    return ""


def por_que_no_cuenta(usuario: Any, votacion: Votacion) -> str:
    """Frase que dice por qué no le toca contarla; vacía si puede. El escrutinio es de dos personas, por lo menos."""
    if usuario.pk in (consultas.quien(votacion, "abrir"), consultas.quien(votacion, "cerrar")):
        return "El escrutinio es de dos personas: la cuenta alguien que no la abrió ni la cerró."
    return ""


def por_que_no_reanuda(usuario: Any, votacion: Votacion) -> str:
    """Frase que dice por qué no le toca reanudarla; vacía si puede. No mira su cargo."""
    if consultas.quien(votacion, "suspender") == usuario.pk:
        return "Tú suspendiste esta votación: reanudarla le toca a otra persona de Planificación."
    return ""


def por_que_no_da_el_paso(usuario: Any, votacion: Votacion, verbo: str) -> str:
    """Lo que impide a esa persona abrir, reanudar o contar, para decírselo antes de que lo intente."""
    preguntas = {"abrir": por_que_no_abre, "reanudar": por_que_no_reanuda, "contar": por_que_no_cuenta}
    return preguntas[verbo](usuario, votacion) if verbo in preguntas else ""


def exigir_otra_persona(razon: str) -> None:
    if razon:
        raise ReglaIncumplida(razon)


def exigir_conducir(usuario: Any) -> None:
    """Lanza ReglaIncumplida si no puede. `None` es el propio sistema (órdenes y cierres por hora)."""
    if usuario is not None and not puede_conducir(usuario):
        raise ReglaIncumplida("Conducir una votación le toca a Planificación POA.")
