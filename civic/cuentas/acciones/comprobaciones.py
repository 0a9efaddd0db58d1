"""La propia persona se verifica sin que nadie la atienda: con el padrón o con Ciudadanía Digital."""

import datetime
from dataclasses import dataclass

from django.db import transaction

from civic.comun.bitacora import anotar, juntar_sucesos
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.cuentas.acciones.identidades import OTRO_CARNET, abrir_conflicto, revisar_complemento, tomar_identidad
from civic.cuentas.acciones.personas import declarar_residencia
from civic.cuentas.acciones.verificacion import (
    EN_REVISION,
    olvidar_residencia,
    terminar_verificaciones,
    verificar_residencia,
)
from civic.cuentas.consultas_verificacion import buscar_en_padron
from civic.cuentas.identidad import Documento, documento_de, huella_de_identidad
from civic.cuentas.metodos import CIUDADANIA, METODOS, PADRON
from civic.cuentas.models import Identidad, Residencia, Usuario, Verificacion
from civic.cuentas.reglas_identidad import Ci
from mapas.territorio.consultas import distrito_de_otb
from mapas.territorio.models import Area

NO_ESTA = "No encontramos esos datos en el padrón. Revisa el carnet y la fecha, o verifícate de otra manera."
VERIFICADA, OTRO_LUGAR, SOLO_IDENTIDAD = "verificada", "otro_lugar", "solo_identidad"


@dataclass(frozen=True)
class Respuesta:
    """Qué pasó al comprobar a una persona. `lugar`: el que dice el padrón, si es otro que el declarado."""

    estado: str
    lugar: Area | None = None


def _coincide(residencia: Residencia | None, lugar: Area) -> bool:
    """Si lo declarado es lo mismo que dice el padrón: su OTB, o el distrito si uno de los dos no dice OTB."""
    if residencia is None:
        return False
    if lugar.tipo == Area.Tipo.OTB and residencia.otb_id is not None:
        return residencia.otb_id == lugar.pk
    suyo = distrito_de_otb(lugar) if lugar.tipo == Area.Tipo.OTB else lugar
    return suyo is not None and residencia.distrito_id == suyo.pk


def comprobar_en_padron(cuenta: Usuario, *, ci: Ci, nacimiento: datetime.date) -> Respuesta:
    """Busca a la persona en el padrón vigente por carnet y fecha; si está donde declaró, queda verificada.

    Lanza ReglaIncumplida con la misma frase si no está o si la fecha es otra: se busca el par, nunca el carnet solo.
    Si el padrón dice otro lugar devuelve OTRO_LUGAR sin escribir nada.
    """
    residencia = Residencia.objects.filter(usuario=cuenta).first()
    # Antes de buscar: quien ya está verificada no pregunta por otras personas.
    if residencia is not None and residencia.nivel == Residencia.Nivel.VERIFICADA:
        raise ReglaIncumplida("Tu residencia ya está verificada. No hace falta nada más.")
    if Identidad.objects.filter(cuenta=cuenta).exclude(huella=huella_de_identidad(ci)).exists():
        raise ReglaIncumplida(OTRO_CARNET)
    hallada = buscar_en_padron(ci, nacimiento)
    if hallada is None:
        raise ReglaIncumplida(NO_ESTA)
    if hallada.lugar is None:
        return _probar_solo_identidad(cuenta, documento_de(ci, nacimiento), metodo=PADRON.codigo)
    if residencia is None or not _coincide(residencia, hallada.lugar):
        return Respuesta(OTRO_LUGAR, hallada.lugar)
    verificar_residencia(residencia, metodo=PADRON.codigo, ci=ci, nacimiento=nacimiento)
    olvidar_residencia(cuenta)
    return Respuesta(VERIFICADA)


def comprobar_con_ciudadania(cuenta: Usuario, *, ci: Ci, nacimiento: datetime.date | None) -> Respuesta:
    """La persona ya mostró quién es en Ciudadanía Digital; dónde vive lo dice el padrón, si está en él."""
    hallada = buscar_en_padron(ci, nacimiento) if nacimiento is not None else None
    lugar = hallada.lugar if hallada is not None else None
    residencia = Residencia.objects.filter(usuario=cuenta).first()
    if residencia is not None and residencia.nivel == Residencia.Nivel.VERIFICADA:
        raise ReglaIncumplida("Tu residencia ya está verificada. No hace falta nada más.")
    if residencia is not None and lugar is not None and _coincide(residencia, lugar):
        verificar_residencia(residencia, metodo=CIUDADANIA.codigo, ci=ci, nacimiento=nacimiento)
        olvidar_residencia(cuenta)
        return Respuesta(VERIFICADA)
    respuesta = _probar_solo_identidad(cuenta, documento_de(ci, nacimiento), metodo=CIUDADANIA.codigo)
    return Respuesta(OTRO_LUGAR, lugar) if lugar is not None else respuesta


def _probar_solo_identidad(cuenta: Usuario, documento: Documento, *, metodo: str) -> Respuesta:
    """Anota la identidad de la cuenta; la residencia, si la declaró, sube a «identidad verificada»."""
    with transaction.atomic():
        bloquear(Usuario.objects.filter(pk=cuenta.pk)).get()
        identidad = tomar_identidad(cuenta, documento)
        residencia = Residencia.objects.filter(usuario=cuenta).select_related("otb", "distrito").first()
        hay_conflicto = identidad.cuenta_id != cuenta.pk
        if hay_conflicto:
            lugar = residencia.lugar if residencia else None
            abrir_conflicto(identidad, cuenta, metodo=metodo, lugar=lugar, actor=None)
        else:
            terminar_verificaciones(cuenta, "Se verificó de nuevo")
            Verificacion.objects.create(cuenta=cuenta, identidad=identidad, metodo=metodo)
            if residencia is not None and residencia.nivel == Residencia.Nivel.DECLARADA:
                residencia.nivel, residencia.metodo = Residencia.Nivel.IDENTIDAD, metodo
                residencia.save(update_fields=["nivel", "metodo"])
            anotar(
                cuenta,
                verbo="verificar_identidad",
                texto="Verificó su identidad.",
                actor=cuenta,
                motivo=METODOS[metodo].rotulo,
                publico=False,
            )
            lugar = residencia.lugar if residencia else None
            revisar_complemento(identidad, cuenta, metodo=metodo, lugar=lugar, actor=None)
    if hay_conflicto:
        raise ReglaIncumplida(EN_REVISION)
    olvidar_residencia(cuenta)
    return Respuesta(SOLO_IDENTIDAD)


def tomar_lugar_del_padron(cuenta: Usuario, *, lugar: Area, documento: Documento, metodo: str) -> Residencia:
    """La persona acepta el lugar que dice el padrón: se declara y se verifica de una vez, o nada."""
    otb = lugar if lugar.tipo == Area.Tipo.OTB else None
    try:
        with juntar_sucesos():
            residencia = declarar_residencia(cuenta, otb=otb, distrito=None if otb else lugar)
            return verificar_residencia(residencia, metodo=metodo, documento=documento)
    except ReglaIncumplida as error:
        if error.mensaje != EN_REVISION:
            raise
        # El conflicto se anotó adentro y se deshizo con lo demás: se vuelve a anotar, con el lugar que pidió.
        with transaction.atomic():
            bloquear(Usuario.objects.filter(pk=cuenta.pk)).get()
            identidad = tomar_identidad(cuenta, documento)
            if identidad.cuenta_id != cuenta.pk:
                abrir_conflicto(identidad, cuenta, metodo=metodo, lugar=lugar, actor=None)
        raise
    finally:
        olvidar_residencia(cuenta)
