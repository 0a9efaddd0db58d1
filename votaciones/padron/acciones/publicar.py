"""Publicar el padrón provisional y, al abrir la votación, dejarlo definitivo.

Reciben `ahora` opcional, como las acciones de la votación: para probar el plazo y para cargar la demo.
"""

from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Value
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.cuentas.models import Residencia
from civic.procesos.reglas import dia
from votaciones.lugares import residentes_de
from votaciones.mesas.inscritas import conservar
from votaciones.models import Contienda, Votacion
from votaciones.padron import consultas, permisos, reglas
from votaciones.padron.models import Habilitacion, PadronElectoral, ReclamoDePadron

CALIDAD = "Planificación POA"


@transaction.atomic
def publicar_padron(
    votacion: Votacion,
    *,
    observable_hasta: datetime,
    actor: Any = None,
    de_nuevo: bool = False,
    motivo: str = "",
    ahora: datetime | None = None,
) -> PadronElectoral:
    """Toma la foto de quienes hoy pueden votar en cada contienda y abre el plazo para observarla.

    `de_nuevo` reemplaza la foto y el plazo mientras la votación se prepara, con su motivo público: los reclamos quedan
    y las exclusiones ya aceptadas se vuelven a aplicar. Quienes se inscribieron sin cuenta en una mesa siguen.
    """
    permisos.exigir_publicar(actor)
    motivo = limpiar(motivo, varias_lineas=True)
    if de_nuevo and not motivo:
        raise ReglaIncumplida("Escribe por qué se publica otra vez: será público.", campo="motivo")
    ahora = ahora or timezone.now()
    votacion = bloquear(Votacion.objects.filter(pk=votacion.pk).select_related("proceso")).get()
    padron = bloquear(PadronElectoral.objects.filter(votacion=votacion)).first()
    if razon := permisos.por_que_no_publica(votacion, padron, de_nuevo=de_nuevo):
        raise ReglaIncumplida(razon)
    reglas.exigir_plazo(ahora, observable_hasta, votacion.abre)
    if padron is None:
        padron = PadronElectoral.objects.create(votacion=votacion, corte=ahora, observable_hasta=observable_hasta)
    else:
        padron.corte, padron.observable_hasta = ahora, observable_hasta
        padron.save(update_fields=["corte", "observable_hasta"])
        Habilitacion.objects.filter(padron=padron).delete()
    _inscribir(padron)
    conservar(padron)
    _quitar_a_las_excluidas(padron)
    personas = Habilitacion.objects.filter(padron=padron).count()
    anotar(
        padron,
        verbo="publicar_de_nuevo" if de_nuevo else "publicar",
        actor=actor,
        calidad=CALIDAD,
        texto=f"Se publicó el padrón provisional: {personas} personas. Se observa hasta el {dia(observable_hasta)}.",
        motivo=motivo,
        hasta=padron.estado,
        antes={},
        despues={"corte": padron.corte, "observable_hasta": observable_hasta, "personas": personas},
    )
    return padron


def _inscribir(padron: PadronElectoral) -> None:
    """Copia a quienes pueden votar hoy, en una orden de la base por contienda: son decenas de miles."""
    columnas = "padron_id, contienda_id, usuario_id, identidad_id, metodo"
    tabla = connection.ops.quote_name(Habilitacion._meta.db_table)
    for contienda in Contienda.objects.filter(votacion=padron.votacion_id).select_related("area"):
        filas = (
            Residencia.objects.habilitadas()
            .filter(residentes_de(contienda))
            .annotate(del_padron=_numero(padron.pk), de_la_contienda=_numero(contienda.pk))
            .order_by("usuario")
            .values_list("del_padron", "de_la_contienda", "usuario", "usuario__identidad", "metodo")
        )
        consulta, parametros = filas.query.sql_with_params()
        with connection.cursor() as cursor:
            # Django arma la consulta y los valores viajan aparte; aquí solo se le pone delante dónde van sus filas.
            cursor.execute(f"INSERT INTO {tabla} ({columnas}) {consulta}", parametros)


def _numero(cual: int) -> Value:
    return Value(cual, output_field=models.BigIntegerField())


def _quitar_a_las_excluidas(padron: PadronElectoral) -> None:
    """Lo último que se aceptó sobre cada persona vale también en la foto nueva."""
    ultimo: dict[int, str] = {}
    aceptados = ReclamoDePadron.objects.filter(
        padron=padron, estado=ReclamoDePadron.Estado.ACEPTADO, persona__isnull=False
    )
    for persona, clase in aceptados.order_by("resuelto", "pk").values_list("persona", "clase"):
        ultimo[persona] = clase
    excluidas = [persona for persona, clase in ultimo.items() if clase == ReclamoDePadron.Clase.EXCLUSION]
    if excluidas:
        Habilitacion.objects.filter(padron=padron, usuario__in=excluidas).delete()


def congelar_padron(votacion: Votacion, *, actor: Any = None, ahora: datetime) -> PadronElectoral:
    """Deja definitivo el padrón de una votación que se abre (ya bloqueada) y escribe cuántas habilitadas hay en cada
    contienda. Lanza ReglaIncumplida si falta publicarlo, si su plazo corre o si queda un reclamo sin resolver.
    """
    padron = bloquear(PadronElectoral.objects.filter(votacion=votacion)).first()
    if padron is None:
        raise ReglaIncumplida("Falta publicar el padrón provisional: la gente tiene que poder reclamarlo antes.")
    if padron.se_observa(ahora):
        raise ReglaIncumplida(
            f"El padrón se puede observar hasta el {dia(padron.observable_hasta)}. La votación se abre después."
        )
    if pendientes := ReclamoDePadron.objects.por_resolver().filter(padron=padron).count():
        raise ReglaIncumplida(f"Quedan reclamos al padrón sin resolver ({pendientes}). Resuélvanlos antes de abrir.")
    cuentas = consultas.por_contienda(padron)
    for contienda in bloquear(Contienda.objects.filter(votacion=votacion).order_by("pk")):
        contienda.habilitados = sum(cuentas.get(contienda.pk, {}).values())
        contienda.save(update_fields=["habilitados"])
    padron.estado, padron.huella = PadronElectoral.Estado.DEFINITIVO, consultas.huella_de(padron)
    padron.save(update_fields=["estado", "huella"])
    anotar(
        padron,
        verbo="congelar",
        actor=actor,
        calidad=CALIDAD,
        desde=PadronElectoral.Estado.PROVISIONAL,
        hasta=PadronElectoral.Estado.DEFINITIVO,
        texto=f"El padrón quedó definitivo al abrir la votación. Huella: {padron.huella}.",
    )
    return padron
