"""Las personas de la demo, las vecinas y los vecinos inventados, sus residencias y las directivas."""

import datetime

from django.contrib.auth.hashers import make_password
from django.utils.text import slugify

from civic.comun.bitacora import anotar_varios, preparar_suceso
from civic.cuentas.acciones import asignar_rol, declarar_residencia, preparar_roles, verificar_residencia
from civic.cuentas.metodos import CIUDADANIA, LISTA, METODOS, PADRON, PROMOTORA, VENTANILLA
from civic.cuentas.models import DatosParaEstadisticas, Mandato, Organizacion, Residencia, Usuario
from civic.demo.carnets import carnet_de_demo
from civic.demo.contexto import Contexto
from civic.demo.fuentes import contenido
from civic.demo.guion import CARGOS, CLAVE, GENTE, ROLES, SEGUNDA_DE_PLANIFICACION, VIVEN, nombres_de_gente
from civic.demo.pasos import directivas
from mapas.territorio.models import Area

# Cómo se verificó la gente inventada, de cada cien.
MODOS = {PADRON.codigo: 52, LISTA.codigo: 21, PROMOTORA.codigo: 14, VENTANILLA.codigo: 9, CIUDADANIA.codigo: 4}


def cargar(contexto: Contexto) -> str:
    preparar_roles()
    vecinos = _vecinos(contexto)
    personas = _personas(contexto)
    _directivas(contexto)
    directivas.cargar(contexto)
    return f"{personas} personas de la demo y {vecinos} vecinas y vecinos inventados"


def _vecinos(contexto: Contexto) -> int:
    nombres = nombres_de_gente()
    vueltas: dict[str, int] = dict.fromkeys(nombres, 0)
    gente: list[Usuario] = []
    viven: list[tuple[Area, int]] = []
    for numero, cuantos in GENTE.items():
        otbs = sorted(
            (area for area in contexto.otbs.values() if area.padre_id == contexto.distritos[numero].pk),
            key=lambda area: area.codigo,
        )
        for puesto in range(cuantos):
            base = nombres[len(gente) % len(nombres)]
            vueltas[base] += 1
            nombre = f"{base} {vueltas[base]}"
            gente.append(
                Usuario(
                    username=slugify(nombre).replace("-", "_"),
                    nombre_publico=nombre,
                    password="!" + slugify(nombre),  # clave inservible: nadie puede entrar como ellas
                    date_joined=contexto.calendario.en(-580 + len(gente) % 60, 9),
                )
            )
            # Una por organización hasta que todas tienen a alguien, y después otra vuelta.
            viven.append((otbs[puesto % len(otbs)], puesto))
    Usuario.objects.bulk_create(gente, batch_size=500)
    azar = contexto.azar("modos")
    modos = azar.choices(list(MODOS), weights=list(MODOS.values()), k=len(gente))
    residencias = [
        Residencia(
            usuario=persona,
            otb=otb,
            distrito=contexto.distritos_por_clave[otb.padre_id],
            nivel=Residencia.Nivel.DECLARADA if puesto % 25 == 24 else Residencia.Nivel.VERIFICADA,
            metodo="" if puesto % 25 == 24 else modo,
            momento=persona.date_joined,
        )
        for persona, (otb, puesto), modo in zip(gente, viven, modos, strict=True)
    ]
    Residencia.objects.bulk_create(residencias, batch_size=500)
    _estadisticas(contexto, gente)
    anotar_varios(
        preparar_suceso(
            Residencia._meta.label_lower,
            residencia.pk,
            verbo="verificar",
            texto="Verificó la residencia.",
            motivo=METODOS[residencia.metodo].rotulo,
            publico=False,
            desde=Residencia.Nivel.DECLARADA,
            hasta=Residencia.Nivel.VERIFICADA,
            momento=residencia.momento,
        )
        for residencia in residencias
        if residencia.esta_verificada
    )
    return len(gente)


def _estadisticas(contexto: Contexto, gente: list[Usuario]) -> None:
    """Tres de cada cuatro dicen su sexo o su edad. Al azar: no tiene que ver con su nombre, que es inventado."""
    azar, este = contexto.azar("estadisticas"), contexto.calendario.hoy.year
    datos = []
    for persona in gente:
        sexo = azar.choices(["mujer", "hombre", "otra", "no_dice", ""], weights=[40, 33, 1, 2, 24])[0]
        nacimiento = este - azar.choice([*range(18, 80), *range(20, 45)]) if azar.random() < 0.7 else None
        if sexo or nacimiento:
            datos.append(DatosParaEstadisticas(usuario=persona, sexo=sexo, nacimiento=nacimiento))
    DatosParaEstadisticas.objects.bulk_create(datos, batch_size=500)


def _personas(contexto: Contexto) -> int:
    # La misma clave publicada para todas: basta cifrarla una vez.
    clave = make_password(CLAVE)
    datos = [*contenido()["usuarios_demo"], SEGUNDA_DE_PLANIFICACION]
    Usuario.objects.bulk_create(
        Usuario(username=dato["usuario"], nombre_publico=dato["nombre"], password=clave) for dato in datos
    )
    desde = contexto.calendario.hoy - datetime.timedelta(days=400)
    administracion = contexto.personas["administracion"]
    for dato in datos:
        papel = dato["rol"]
        persona = contexto.personas[dato["usuario"].removeprefix("demo_")]
        if papel in VIVEN:
            residencia = declarar_residencia(persona, otb=contexto.por_demo[VIVEN[papel]].area)
            verificar_residencia(residencia, metodo=LISTA.codigo, ci=carnet_de_demo(dato["usuario"]))
        if papel in ROLES:
            rol, unidad = ROLES[papel]
            distrito = contexto.distritos[3] if papel == "presidencia_distrito" else None
            actor = None if persona == administracion else administracion
            asignar_rol(persona, rol=rol, actor=actor, distrito=distrito, unidad=unidad, desde=desde)
    return len(datos)


def _directivas(contexto: Contexto) -> None:
    """Cada organización tiene quien la presida; unas pocas, con el mandato ya vencido."""
    hoy = contexto.calendario.hoy
    vecinos: dict[int, list[Usuario]] = {}
    for residencia in Residencia.objects.filter(nivel="verificada").select_related("usuario").order_by("pk"):
        vecinos.setdefault(residencia.otb_id or 0, []).append(residencia.usuario)
    en_curso = {"desde": hoy - datetime.timedelta(days=620), "hasta": hoy + datetime.timedelta(days=470)}
    vencido = {"desde": hoy - datetime.timedelta(days=800), "hasta": hoy - datetime.timedelta(days=70)}
    con_persona = VIVEN["directiva_otb"]
    demo_de = {org.pk: clave for clave, org in contexto.por_demo.items()}
    mandatos, vencidas = [], []
    for puesto, organizacion in enumerate(sorted(contexto.organizaciones.values(), key=lambda org: org.pk)):
        clave = demo_de.get(organizacion.pk, "")
        if clave == con_persona:
            for papel, cargo in CARGOS.items():
                persona = contexto.personas[papel]
                mandatos.append(Mandato(usuario=persona, organizacion=organizacion, cargo=cargo, **en_curso))
            continue
        plazo = vencido if not clave and puesto % 23 == 22 else en_curso
        if plazo is vencido:
            vencidas.append(organizacion.pk)
        cargos = ("Presidencia", "Secretaría de actas") if clave else ("Presidencia",)
        for cargo, persona in zip(cargos, vecinos.get(organizacion.area_id or 0, []), strict=False):
            mandatos.append(Mandato(usuario=persona, organizacion=organizacion, cargo=cargo, **plazo))
    Mandato.objects.bulk_create(mandatos)
    Organizacion.objects.filter(pk__in=vencidas).update(estado=Organizacion.Estado.VENCIDA)
