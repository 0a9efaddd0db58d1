"""El elenco fijo de las pruebas y el lugar donde vive.

Pueblo de prueba (grados, lejos de cualquier lugar real): el municipio es el cuadrado (0,0)-(2,1); el distrito 1 es la
mitad oeste y el 2 la este. La OTB Molle ocupa el distrito 1 entero; la OTB Ceibo no tiene polígono.
"""

import datetime
import time
from dataclasses import dataclass, field
from decimal import Decimal

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.conf import settings
from django.utils import timezone

from civic.cuentas import seguridad
from civic.cuentas.models import AsignacionRol, Mandato, Organizacion, Residencia, Usuario
from civic.cuentas.roles import Rol
from civic.procesos.models import Categoria, Fase, Proceso, Techo
from mapas.territorio.acciones import trazar_limite
from mapas.territorio.consultas import distrito_de_otb
from mapas.territorio.models import Area, Clase

CLAVE = "quinua-real-2027"
SECRETO = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PUNTO_D1 = (0.5, 0.5)
PUNTO_D2 = (1.5, 0.5)
PUNTO_FUERA = (5.0, 5.0)


def cuadrado(oeste: float, sur: float, este: float, norte: float) -> dict:
    anillo = [[oeste, sur], [este, sur], [este, norte], [oeste, norte], [oeste, sur]]
    return {"type": "Polygon", "coordinates": [anillo]}


def crear_area(*, geometria: dict | None = None, **campos) -> Area:
    """Un área y, si se da, su límite desde siempre."""
    area = Area.objects.create(**campos)
    if geometria is not None:
        trazar_limite(area, geometria)
    return area


@dataclass
class Pueblo:
    municipio: Area
    distrito_1: Area
    distrito_2: Area
    otb_molle: Area
    otb_ceibo: Area
    org_molle: Organizacion
    org_ceibo: Organizacion
    agua: Categoria
    vias: Categoria


@dataclass
class Elenco:
    """ana vota en el distrito 1; beto vive en el 2; carla evalúa; dora hace control social; elena comunica;
    fabio preside la OTB Molle; hugo planifica; gloria administra; nadia no tiene residencia."""

    ana: Usuario
    beto: Usuario
    carla: Usuario
    dora: Usuario
    elena: Usuario
    fabio: Usuario
    hugo: Usuario
    gloria: Usuario
    nadia: Usuario
    todos: dict[str, Usuario] = field(default_factory=dict)


def crear_pueblo() -> Pueblo:
    from django.conf import settings

    municipio = crear_area(
        tipo=Area.Tipo.MUNICIPIO, codigo=settings.MUNICIPIO, nombre="Pueblo", geometria=cuadrado(0, 0, 2, 1)
    )
    distritos = [
        crear_area(
            tipo=Area.Tipo.DISTRITO,
            municipio=municipio,
            codigo=f"D-{numero}",
            nombre=f"Distrito {numero}",
            orden=numero,
            padre=municipio,
            geometria=cuadrado(numero - 1, 0, numero, 1),
            aproximada=True,
            poblacion=1000 * numero,
        )
        for numero in (1, 2)
    ]
    otb_molle = crear_area(
        tipo=Area.Tipo.OTB,
        municipio=municipio,
        codigo="O-1",
        nombre="Molle",
        clase=Clase.OTB,
        padre=distritos[0],
        geometria=cuadrado(0, 0, 1, 1),
        aproximada=True,
    )
    otb_ceibo = crear_area(
        tipo=Area.Tipo.OTB, municipio=municipio, codigo="O-2", nombre="Ceibo", clase=Clase.OTB, padre=distritos[1]
    )
    organizaciones = [
        Organizacion.objects.create(
            nombre=area.nombre,
            slug=area.nombre.lower(),
            clase=area.clase,
            area=area,
            distrito=area.padre,
            estado=Organizacion.Estado.VIGENTE,
        )
        for area in (otb_molle, otb_ceibo)
    ]
    agua = Categoria.objects.create(codigo="agua", nombre="Agua potable", icono="droplets", orden=1)
    vias = Categoria.objects.create(codigo="vias", nombre="Vías", icono="route", orden=2)
    return Pueblo(municipio, *distritos, otb_molle, otb_ceibo, *organizaciones, agua, vias)


def crear_persona(usuario: str, nombre: str, *, otb: Area | None = None, verificada: bool = True) -> Usuario:
    persona = Usuario.objects.create_user(usuario, password=CLAVE, nombre_publico=nombre)
    if otb is not None:
        nivel = Residencia.Nivel.VERIFICADA if verificada else Residencia.Nivel.DECLARADA
        Residencia.objects.create(usuario=persona, otb=otb, distrito=distrito_de_otb(otb), nivel=nivel)
    return persona


def dar_rol(persona: Usuario, rol: str) -> None:
    AsignacionRol.objects.create(usuario=persona, rol=rol, desde=timezone.localdate() - datetime.timedelta(days=30))
    persona.__dict__.pop("roles_vigentes", None)


def pasar_segundo_paso(cliente, persona: Usuario) -> None:
    """Deja la sesión del cliente de pruebas como tras el segundo paso, si la persona abre la trastienda."""
    if not seguridad.tiene_llaves(persona):
        return
    paso, _ = Authenticator.objects.get_or_create(
        user=persona, type=Authenticator.Type.TOTP, defaults={"data": {"secret": encrypt(SECRETO)}}
    )
    sesion = cliente.session
    sesion["account_authentication_methods"] = [{"method": "mfa", "type": paso.type, "id": paso.pk, "at": time.time()}]
    sesion["account_authentication_methods_user"] = str(persona.pk)
    # Como si ya hubiera entrado una vez: la primera guarda el sello, y eso no es lo que miden las pruebas.
    sesion[seguridad.SELLO] = seguridad.sello_de(Usuario.objects.get(pk=persona.pk))
    sesion.save()
    # Si la sesión viaja en la galleta, guardarla la cambia.
    cliente.cookies[settings.SESSION_COOKIE_NAME] = sesion.session_key


def crear_elenco(pueblo: Pueblo) -> Elenco:
    personas = {
        "ana": crear_persona("ana", "Ana Vecina", otb=pueblo.otb_molle),
        "beto": crear_persona("beto", "Beto Vecino", otb=pueblo.otb_ceibo),
        "carla": crear_persona("carla", "Carla Técnica"),
        "dora": crear_persona("dora", "Dora Vigía", otb=pueblo.otb_molle),
        "elena": crear_persona("elena", "Elena Comunica"),
        "fabio": crear_persona("fabio", "Fabio Preside", otb=pueblo.otb_molle),
        "hugo": crear_persona("hugo", "Hugo Planifica"),
        "gloria": crear_persona("gloria", "Gloria Administra"),
        "nadia": crear_persona("nadia", "Nadia Nueva"),
    }
    dar_rol(personas["carla"], Rol.TECNICO_EVALUADOR)
    dar_rol(personas["dora"], Rol.CONTROL_SOCIAL)
    dar_rol(personas["elena"], Rol.COMUNICACION)
    dar_rol(personas["hugo"], Rol.PLANIFICACION)
    dar_rol(personas["gloria"], Rol.ADMINISTRACION)
    hoy = timezone.localdate()
    Mandato.objects.create(
        usuario=personas["fabio"],
        organizacion=pueblo.org_molle,
        cargo="Presidencia",
        desde=hoy - datetime.timedelta(days=100),
        hasta=hoy + datetime.timedelta(days=600),
    )
    return Elenco(**personas, todos=personas)


def crear_proceso(pueblo: Pueblo, *tipos: str, slug: str = "poa-2027") -> Proceso:
    """Proceso publicado cuya fase de ahora es la primera de `tipos`; las demás siguen, de diez días cada una."""
    proceso = Proceso.objects.create(
        nombre=f"Presupuesto participativo {slug}", slug=slug, gestion=2027, resumen="Decidimos juntos.", publicado=True
    )
    inicio = timezone.now() - datetime.timedelta(days=3)
    for tipo in tipos:
        fin = inicio + datetime.timedelta(days=10)
        Fase.objects.create(proceso=proceso, tipo=tipo, nombre=Fase.Tipo(tipo).label, inicio=inicio, fin=fin)
        inicio = fin
    for distrito in (pueblo.distrito_1, pueblo.distrito_2):
        Techo.objects.create(proceso=proceso, distrito=distrito, monto=Decimal("300000"))
    return proceso
