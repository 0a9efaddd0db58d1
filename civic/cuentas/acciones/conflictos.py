"""Resolver cuándo dos cuentas dicen ser la misma persona."""

from django.utils import timezone

from civic.comun.bitacora import anotar, juntar_sucesos
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.comun.texto import limpiar
from civic.cuentas import guardias, permisos
from civic.cuentas.acciones.fin_de_verificacion import soltar
from civic.cuentas.acciones.verificacion import dar_por_verificada
from civic.cuentas.metodos import METODOS
from civic.cuentas.models import ConflictoDeIdentidad, Identidad, Residencia, Usuario, Verificacion


def resolver_conflicto(
    conflicto: ConflictoDeIdentidad, *, actor: Usuario, decision: str, motivo: str
) -> ConflictoDeIdentidad:
    """Cierra un conflicto: la identidad queda en la primera cuenta, pasa a la segunda, o no es de ninguna.

    Si es por el complemento cada cuenta tiene la suya: queda una de las dos, ninguna, o ambas porque son dos personas.

    No lo resuelve quien verificó a una de las dos, ni una de ellas. Mover o soltar espera a que se cuenten las
    votaciones abiertas en las que la persona ya votó.
    """
    motivo = limpiar(motivo)
    estados = ConflictoDeIdentidad.Estado
    if decision not in (estados.PRIMERA, estados.SEGUNDA, estados.NINGUNA, estados.AMBAS):
        raise ReglaIncumplida("Elige qué se decide.", campo="decision")
    if not motivo:
        raise ReglaIncumplida("Escribe con qué lo comprobaste.", campo="motivo")
    with juntar_sucesos():  # puede soltar a las dos, y cada una se anota
        conflicto = bloquear(ConflictoDeIdentidad.objects.filter(pk=conflicto.pk)).get()
        if conflicto.estado != estados.ABIERTO:
            raise ReglaIncumplida("Otra persona ya resolvió este conflicto.")
        if not permisos.puede_resolver(actor, conflicto):
            raise ReglaIncumplida("No te toca: eres una de las dos cuentas o verificaste a una de ellas.")
        por_complemento = conflicto.razon == ConflictoDeIdentidad.Razon.COMPLEMENTO
        if decision == estados.AMBAS and not por_complemento:
            raise ReglaIncumplida("Un mismo carnet no es de dos personas. Elige de quién es.", campo="decision")
        cuentas = {conflicto.primera_id, conflicto.segunda_id}
        claves = [pk for pk in (conflicto.identidad_id, conflicto.otra_identidad_id) if pk]
        suyas = Identidad.objects.filter(pk__in=claves).order_by("pk")
        tienen = dict(suyas.values_list("pk", "cuenta"))
        cuentas |= {pk for pk in tienen.values() if pk}
        personas = {p.pk: p for p in bloquear(Usuario.objects.filter(pk__in=cuentas).order_by("pk"))}
        identidades = {identidad.pk: identidad for identidad in bloquear(suyas)}
        if {pk: identidad.cuenta_id for pk, identidad in identidades.items()} != tienen:
            raise ReglaIncumplida("El conflicto cambió mientras lo mirabas. Ábrelo de nuevo.")
        primera = identidades[conflicto.identidad_id]
        if decision in (estados.SEGUNDA, estados.NINGUNA):
            _quitar_identidad(primera, personas)
        if por_complemento and conflicto.otra_identidad_id and decision in (estados.PRIMERA, estados.NINGUNA):
            _quitar_identidad(identidades[conflicto.otra_identidad_id], personas)
        if decision == estados.SEGUNDA and not por_complemento:
            _pasar_a_la_segunda(conflicto, primera, personas[conflicto.segunda_id], actor=actor)
        conflicto.estado, conflicto.motivo = decision, motivo[:500]
        conflicto.resuelto, conflicto.resuelto_por = timezone.now(), actor
        conflicto.save(update_fields=["estado", "motivo", "resuelto", "resuelto_por"])
        anotar(
            conflicto,
            verbo="resolver_conflicto",
            texto=f"Resolvió un conflicto de identidad: {conflicto.get_estado_display().lower()}.",
            actor=actor,
            desde=estados.ABIERTO,
            hasta=decision,
            motivo=motivo,
            publico=False,
        )
    return conflicto


def _quitar_identidad(identidad: Identidad, personas: dict[int, Usuario]) -> None:
    if identidad.cuenta_id is None:
        return
    cuenta = personas[identidad.cuenta_id]
    if razon := guardias.por_que_no_se_mueve(identidad, cuenta):
        raise ReglaIncumplida(razon)
    soltar(cuenta, "El municipio resolvió un conflicto")
    anotar(
        cuenta,
        verbo="perder_verificacion",
        texto="El municipio revisó un conflicto y tu verificación dejó de valer.",
        publico=False,
    )
    identidad.cuenta = None


def _pasar_a_la_segunda(
    conflicto: ConflictoDeIdentidad, identidad: Identidad, segunda: Usuario, *, actor: Usuario
) -> None:
    if Identidad.objects.filter(cuenta=segunda).exclude(pk=identidad.pk).exists():
        raise ReglaIncumplida("La segunda cuenta ya está verificada con otro carnet.")
    identidad.cuenta, identidad.momento = segunda, timezone.now()
    identidad.save(update_fields=["cuenta", "momento"])
    residencia = Residencia.objects.filter(usuario=segunda).select_related("usuario", "otb", "distrito").first()
    metodo = METODOS[conflicto.metodo_segunda]
    sigue_ahi = residencia is not None and residencia.lugar.pk == conflicto.lugar_segunda_id
    if residencia is not None and metodo.prueba_residencia and sigue_ahi:
        dar_por_verificada(
            residencia, identidad, metodo=metodo.codigo, detalle="Tras resolver un conflicto", actor=actor
        )
        return
    Verificacion.objects.create(cuenta=segunda, identidad=identidad, metodo=metodo.codigo, actor=actor)
    if residencia is not None and residencia.nivel == Residencia.Nivel.DECLARADA:
        residencia.nivel, residencia.metodo = Residencia.Nivel.IDENTIDAD, metodo.codigo
        residencia.save(update_fields=["nivel", "metodo"])
