"""El mundo de la matriz: una cosa de cada clase en el distrito 1 («A»), otra en el 2 («B»), y las que no son públicas.

`Mundo.direcciones(ruta)` da, para cada ruta con parámetros, una dirección de verdad por variante. Una ruta nueva con
parámetros que aquí no se resuelven hace fallar la prueba: se agrega en `_argumentos`.
"""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, GroupApprovalTask, Page, PageViewRestriction, Site, Workflow, WorkflowTask

from civic.comun.models import Foto, Suceso
from civic.cuentas.acciones import asignar_rol, preparar_roles
from civic.cuentas.models import (
    ActaDeDirectiva,
    AsignacionRol,
    ConflictoDeIdentidad,
    Escaneo,
    Identidad,
    Mandato,
    ObservacionDeRegistro,
    Organizacion,
    Padron,
    PedidoDeConfirmacion,
    Residencia,
    Usuario,
)
from civic.cuentas.roles import Rol
from civic.debate.acciones import comentar, ocultar_comentario
from civic.procesos.models import FuenteDeFinanciamiento
from cms.acciones import publicar_noticia, publicar_proceso, sembrar_portal
from mapas.obras import acciones as obras
from mapas.obras.models import Obra
from mapas.obras.reglas import Estado as EstadoDeObra
from mapas.reportes import acciones as reportes
from mapas.territorio.models import Duda, Importacion
from propuestas import acciones as acciones_de_propuestas
from propuestas.acciones import pedir_union, relacionar, responder_pedido, revisar_forma
from propuestas.models import CargaDePapel, Copatrocinio, Documento, Propuesta
from tests import elenco, urnas
from tests.propuestas import piezas
from tests.votaciones.actas import piezas as piezas_de_actas
from tests.votaciones.conftest import abrir
from votaciones import acciones as votaciones
from votaciones.actas import acciones as actas
from votaciones.actas.models import Envio
from votaciones.lotes.models import Lote
from votaciones.mesas import acciones as mesas
from votaciones.models import Participacion
from votaciones.padron import acciones as padrones

UNIDAD, OTRA_UNIDAD = "Obras Públicas", "Saneamiento"
POR_DISTRITO = (Rol.PRESIDENCIA_DISTRITO, Rol.PROMOTORA, Rol.GESTION_COMUNIDAD, Rol.VENTANILLA)
POR_UNIDAD = (Rol.TECNICO_EVALUADOR, Rol.JEFATURA_UNIDAD)


@dataclass
class Mundo:
    personas: dict[str, Usuario | None] = field(default_factory=dict)
    cosas: dict[str, Any] = field(default_factory=dict)

    def variantes(self, clave: str, nombres: list[str], patron: str) -> dict[str, dict[str, Any]] | None:
        """{variante: argumentos} de una ruta; None si no se sabe con qué llenarla."""
        return _argumentos(self.cosas, clave, nombres, patron)


def crear_mundo() -> Mundo:
    pueblo = elenco.crear_pueblo()
    gente = elenco.crear_elenco(pueblo)
    preparar_roles()
    sembrar_portal()
    mundo = Mundo()
    mundo.personas = _personas(pueblo, gente)
    mundo.cosas = _cosas(pueblo, gente, mundo.personas["promotora_a"])
    mundo.cosas["carga_de_papel"] = CargaDePapel.objects.create(
        proceso=mundo.cosas["proceso"], archivo="papel.csv", huella="c", cargada_por=mundo.personas["planificacion"]
    )
    return mundo


def _personas(pueblo: elenco.Pueblo, gente: elenco.Elenco) -> dict[str, Usuario | None]:
    hoy = timezone.localdate()
    ayer = hoy - datetime.timedelta(days=1)
    personas: dict[str, Usuario | None] = {
        "anonima": None,
        "sin_residencia": gente.nadia,
        "declarada": elenco.crear_persona("delia", "Delia Declara", otb=pueblo.otb_molle, verificada=False),
        "verificada_a": gente.ana,
        "verificada_b": gente.beto,
        "directiva_a": gente.fabio,
        "directiva_vencida": elenco.crear_persona("vicente", "Vicente Vencido", otb=pueblo.otb_molle),
        "suspendida": elenco.crear_persona("susana", "Susana Suspendida", otb=pueblo.otb_molle),
    }
    Mandato.objects.create(
        usuario=personas["directiva_vencida"],
        organizacion=pueblo.org_molle,
        cargo="Vocal",
        desde=ayer - datetime.timedelta(days=400),
        hasta=ayer,
    )
    for rol in Rol:
        corto = str(rol.value)
        if rol in POR_DISTRITO:
            alcances = {"a": {"distrito": pueblo.distrito_1}, "b": {"distrito": pueblo.distrito_2}}
        elif rol in POR_UNIDAD:
            alcances = {"a": {"unidad": UNIDAD}, "b": {"unidad": OTRA_UNIDAD}}
        else:
            alcances = {"": {}}
        for letra, alcance in alcances.items():
            nombre = f"{corto}_{letra}" if letra else corto
            personas[nombre] = elenco.crear_persona(nombre[:30].replace("_", "."), f"{rol.label} {letra}".strip())
            asignar_rol(personas[nombre], rol=rol, **alcance)
    vencida = personas["planificacion_vencida"] = elenco.crear_persona("paula", "Paula Planificaba")
    asignar_rol(vencida, rol=Rol.PLANIFICACION, desde=ayer - datetime.timedelta(days=90), hasta=ayer)
    # Con el cargo y la contraseña, pero sin el segundo paso: no abre nada que no abra una vecina.
    sin_paso = personas["planificacion_sin_paso"] = elenco.crear_persona("petra", "Petra Planifica")
    asignar_rol(sin_paso, rol=Rol.PLANIFICACION)
    personas["superusuario"] = Usuario.objects.create_superuser("raiz", password=elenco.CLAVE, nombre_publico="Raíz")
    return personas


def _cosas(pueblo: elenco.Pueblo, gente: elenco.Elenco, promotora: Any) -> dict[str, Any]:
    recepcion = elenco.crear_proceso(pueblo, "recepcion", "evaluacion", "votacion")
    votando = elenco.crear_proceso(pueblo, "votacion", "seguimiento", slug="poa-votando")
    en_b = {"distrito": pueblo.distrito_2, "otb": pueblo.otb_ceibo}
    cosas: dict[str, Any] = {"pueblo": pueblo, "proceso": recepcion}
    cosas |= _propuestas(recepcion, pueblo, gente, en_b, promotora)
    cosas |= _reportes(pueblo, gente, en_b)
    cosas |= _obras(pueblo, gente)
    cosas |= _votaciones(votando, pueblo, gente)
    a, b = cosas["propuesta_a"], cosas["propuesta_b"]
    cosas["comentario_a"] = comentar(a.hilo, autor=gente.ana, texto="Nos hace falta.")
    cosas["comentario_b"] = comentar(b.hilo, autor=gente.beto, texto="Aquí también.")
    cosas["comentario_oculto"] = ocultar_comentario(
        comentar(a.hilo, autor=gente.beto, texto="Un insulto."), actor=None, motivo="Insulta."
    )
    cosas["organizacion_solicitada"] = Organizacion.objects.create(
        nombre="Junta Nueva", slug="junta-nueva", clase="junta", distrito=pueblo.distrito_1
    )
    cosas["mandato"] = Mandato.objects.filter(usuario=gente.fabio).get()
    cosas["residencia"] = Residencia.objects.get(usuario__username="delia")
    cosas["rol"] = AsignacionRol.objects.filter(usuario=gente.carla).first()
    cosas["persona"], cosas["personal"] = gente.ana, gente.carla
    cosas |= _registro(pueblo, gente)
    cosas |= _identidades(pueblo, gente)
    cosas |= _actas(recepcion, pueblo, gente)
    cosas |= _territorio(pueblo)
    cosas |= _portal(recepcion)
    cosas["fuente"] = FuenteDeFinanciamiento.objects.create(codigo="41-113", nombre="Coparticipación")
    cosas["suceso"] = Suceso.objects.publicos().first()
    cosas["suceso_reservado"] = Suceso.objects.filter(publico=False).first()
    cosas["llave"] = Authenticator.objects.create(
        user=elenco.crear_persona("lola", "Lola Llave"),
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Celular", "credential": {}},
    )
    return cosas


def _registro(pueblo: elenco.Pueblo, gente: elenco.Elenco) -> dict[str, Any]:
    """El registro de organizaciones: una publicada con observación, y un acta por revisar."""
    hoy = timezone.localdate()
    publicada = Organizacion.objects.create(
        nombre="Junta Publicada",
        slug="junta-publicada",
        clase="junta_vecinal",
        distrito=pueblo.distrito_1,
        estado=Organizacion.Estado.PUBLICADA,
        publicada_el=timezone.now(),
        observable_hasta=hoy + datetime.timedelta(days=9),
    )
    acta = ActaDeDirectiva.objects.create(
        organizacion=pueblo.org_molle,
        fecha=hoy,
        presentes=40,
        desde=hoy,
        hasta=hoy + datetime.timedelta(days=700),
        escaneo=Escaneo.objects.create(formato="pdf", peso=1, huella="x"),
        registrada_por=gente.fabio,
    )
    observacion = ObservacionDeRegistro.objects.create(
        organizacion=publicada, autor=gente.ana, texto="Ya hay otra junta."
    )
    return {"org_publicada": publicada, "acta": acta, "observacion": observacion}


def _identidades(pueblo: elenco.Pueblo, gente: elenco.Elenco) -> dict[str, Any]:
    delia = Usuario.objects.get(username="delia")
    identidad = Identidad.objects.create(huella="i", cuenta=gente.ana)
    return {
        "pedido_de_vivir": PedidoDeConfirmacion.objects.create(
            usuario=delia, organizacion=pueblo.org_molle, huella="h"
        ),
        "delia": delia,
        "conflicto": ConflictoDeIdentidad.objects.create(
            identidad=identidad,
            primera=gente.ana,
            segunda=gente.beto,
            metodo_primera="padron",
            metodo_segunda="padron",
        ),
        "padron": Padron.objects.create(municipio=pueblo.municipio, filas=1, huella="p", sello="s"),
    }


def _territorio(pueblo: elenco.Pueblo) -> dict[str, Any]:
    return {
        "importacion": Importacion.objects.create(
            tipo="otb",
            municipio=pueblo.municipio,
            archivo="otbs.geojson",
            huella="a",
            peso=1,
            formato="GeoJSON",
            crs="EPSG:4326",
            campo_codigo="codigo",
            campo_nombre="nombre",
            aceptadas=0,
            rechazadas=0,
            informe={
                **dict.fromkeys(("rasgos", "avisos", "traslapes", "huecos"), []),
                **dict.fromkeys(("aceptadas", "rechazadas", "traslape_total_m2", "hueco_total_m2"), 0),
            },
        ),
        "duda": Duda.objects.create(
            objeto_tipo="reportes.reporte", objeto_id=1, titulo="RP-1", lon=1.0, lat=0.5, motivo="borde"
        ),
    }


def _propuestas(
    proceso: Any, pueblo: elenco.Pueblo, gente: elenco.Elenco, en_b: dict, promotora: Usuario
) -> dict[str, Any]:
    cosas = {
        "propuesta_a": piezas.publicada(proceso, gente, pueblo),
        "propuesta_b": piezas.publicada(proceso, gente, pueblo, autor=gente.beto, lon=1.5, lat=0.5, **en_b),
        "propuesta_enviada": piezas.enviada(proceso, gente.ana, pueblo),
        "propuesta_enviada_b": piezas.enviada(proceso, gente.beto, pueblo, lon=1.5, lat=0.5, **en_b),
        "propuesta_borrador": piezas.borrador(proceso, gente.ana, pueblo),
        "propuesta_en_evaluacion": piezas.en_evaluacion(proceso, gente, pueblo),
        "propuesta_en_evaluacion_b": piezas.en_evaluacion(
            proceso, gente, pueblo, autor=gente.beto, lon=1.5, lat=0.5, **en_b
        ),
        "propuesta_devuelta": revisar_forma(
            piezas.enviada(proceso, gente.ana, pueblo),
            actor=gente.hugo,
            decision="devuelta",
            razon="incompleta",
            motivo="Di dónde.",
        ),
        "propuesta_corregida": revisar_forma(
            piezas.enviada(proceso, gente.ana, pueblo),
            actor=gente.hugo,
            decision="publicada",
            razon="datos_personales",
            motivo="Había un celular.",
            textos={"descripcion": "Falta agua."},
        ),
    }
    cosas["propuesta_asistida"] = acciones_de_propuestas.abrir_borrador(
        proceso, autor=gente.ana, asiste=promotora, **piezas.datos_completos(pueblo)
    )
    cosas["copatrocinio"] = Copatrocinio.objects.create(
        propuesta=cosas["propuesta_b"], organizacion=pueblo.org_molle, invitada_por=gente.beto
    )
    cosas |= _uniones(proceso, pueblo, gente, en_b)
    for sufijo, unidad in (
        *(("a", UNIDAD), ("b", OTRA_UNIDAD), ("enviada", UNIDAD), ("enviada_b", OTRA_UNIDAD)),
        *(("en_evaluacion", UNIDAD), ("en_evaluacion_b", OTRA_UNIDAD)),
    ):
        Propuesta.objects.filter(pk=cosas[f"propuesta_{sufijo}"].pk).update(unidad=unidad)
    return cosas | _papeles(cosas)


def _papeles(cosas: dict[str, Any]) -> dict[str, Any]:
    """Un PDF adjunto a cada propuesta, con su archivo; el de la devuelta es reservado."""
    papeles = {}
    for sufijo, propuesta, publico in (
        *(("a", "propuesta_a", True), ("b", "propuesta_b", True), ("enviada", "propuesta_enviada", True)),
        *(("reservado", "propuesta_corregida", False), ("borrador", "propuesta_borrador", True)),
    ):
        papel = Documento.objects.create(
            propuesta=cosas[propuesta], clase="propuesta", orden=1, nombre="acta.pdf", peso=5, huella=sufijo,
            publico=publico,
        )  # fmt: skip
        default_storage.save(papel.ruta, ContentFile(b"%PDF-"))
        papeles[f"papel_{sufijo}"] = papel
    return papeles


def _uniones(proceso: Any, pueblo: elenco.Pueblo, gente: elenco.Elenco, en_b: dict) -> dict[str, Any]:
    """Una de cada distrito que espera respuesta y tiene una relación, y una ya unida."""

    def de(titulo: str, **cambios: Any) -> Propuesta:
        return piezas.publicada(proceso, gente, pueblo, titulo=titulo, **cambios)

    del_b = {"autor": gente.beto, "lon": 1.5, "lat": 0.5, **en_b}
    destino, pedida, unida = de("La que recibe"), de("La que espera"), de("La que se unió")
    pedida_b = de("La que espera en el dos", **del_b)
    pedido = pedir_union(pedida, destino=destino, actor=gente.hugo, motivo="Son la misma.")
    pedir_union(pedida_b, destino=destino, actor=gente.hugo, motivo="Son la misma.")
    de_la_unida = pedir_union(unida, destino=destino, actor=gente.hugo, motivo="Son la misma.")
    responder_pedido(de_la_unida, persona=gente.ana, acepta=True, frase="De acuerdo.")
    relacionar(pedida, con=pedida_b, clase="excluyente", actor=gente.hugo, motivo="Mismo terreno.")
    Propuesta.objects.filter(pk=pedida.pk).update(unidad=UNIDAD)
    Propuesta.objects.filter(pk=pedida_b.pk).update(unidad=OTRA_UNIDAD)
    return {"pedida_a": pedida, "pedida_b": pedida_b, "unida": Propuesta.objects.get(pk=unida.pk), "acuerdo": pedido}


def _reportes(pueblo: elenco.Pueblo, gente: elenco.Elenco, en_b: dict) -> dict[str, Any]:
    uno = {"categoria": pueblo.vias, "descripcion": "Hueco en plena curva"}
    a = reportes.recibir_reporte(**uno, distrito=pueblo.distrito_1, autor=gente.ana)
    b = reportes.recibir_reporte(**uno, **en_b, autor=gente.beto)
    oculto = reportes.recibir_reporte(**uno, distrito=pueblo.distrito_1, autor=gente.ana)
    reportes.mover_reporte(a, hacia="asignado", unidad=UNIDAD)
    reportes.mover_reporte(b, hacia="asignado", unidad=OTRA_UNIDAD)
    reportes.mover_reporte(oculto, hacia="asignado", unidad=UNIDAD)
    reportes.ocultar(oculto, actor=None, motivo="Da un nombre.")
    return {"reporte_a": a, "reporte_b": b, "reporte_oculto": oculto}


def _obras(pueblo: elenco.Pueblo, gente: elenco.Elenco) -> dict[str, Any]:
    def crear(codigo: str, distrito: Any, unidad: str, *, publicada: bool = True) -> Obra:
        return Obra.objects.create(
            codigo=codigo,
            nombre=f"Obra {codigo}",
            categoria=pueblo.vias,
            distrito=distrito,
            presupuesto=Decimal("1000000"),
            contrato=Decimal("900000"),
            plazo_dias=90,
            orden_proceder=timezone.localdate(),
            estado=EstadoDeObra.EN_EJECUCION,
            publicada=publicada,
            unidad=unidad,
        )

    a, b = crear("PJ-1", pueblo.distrito_1, UNIDAD), crear("PJ-2", pueblo.distrito_2, OTRA_UNIDAD)
    pedido = obras.pedir_movimiento(a, hacia="paralizada", actor=gente.carla, motivo="Lluvias.")
    return {
        "obra_a": a,
        "obra_b": b,
        "obra_sin_publicar": crear("PJ-3", pueblo.distrito_1, UNIDAD, publicada=False),
        "pedido": pedido,
    }


def _lotes(abierta: Any, pueblo: elenco.Pueblo, gente: elenco.Elenco) -> dict[str, Lote]:
    """Dos del distrito 1: uno que recibe gente y otro que se carga, con su foto."""
    contienda = abierta.contiendas.get(area=pueblo.distrito_1)
    datos = {"contienda": contienda, "clase": "papel", "lugar": "Escuela", "fecha": timezone.localdate()}
    en_carga = Lote(**datos, estado="primera_carga", entregadas=2, hojas=2, foto="fotodellote", abierto_por=gente.hugo)
    en_carga.save()
    default_storage.save(en_carga.ruta_de_la_foto, ContentFile(b"foto"))
    return {"lote": Lote.objects.create(**datos, abierto_por=gente.hugo), "lote_en_carga": en_carga}


def _votaciones(proceso: Any, pueblo: elenco.Pueblo, gente: elenco.Elenco) -> dict[str, Any]:
    for numero, (distrito, autor) in enumerate(((pueblo.distrito_1, gente.ana), (pueblo.distrito_2, gente.beto)), 1):
        Propuesta.objects.create(
            proceso=proceso,
            codigo=f"PV-{numero}",
            autor=autor,
            titulo=f"Cancha {numero}",
            descripcion="Hace falta.",
            categoria=pueblo.agua,
            distrito=distrito,
            monto_solicitado=Decimal("1000"),
            monto_tecnico=Decimal("1000"),
            estado="viable",
            presentada=timezone.now(),
        )
    ahora = timezone.now()
    fechas = {"abre": ahora - datetime.timedelta(days=1), "cierra": ahora + datetime.timedelta(days=3)}
    abierta = abrir(votaciones.preparar_votacion(proceso, nombre="Abierta", slug="abierta", **fechas))
    otro = elenco.crear_proceso(pueblo, "votacion", slug="poa-contado")
    Propuesta.objects.create(
        proceso=otro, codigo="PV-9", autor=gente.ana, titulo="Plaza", categoria=pueblo.agua, distrito=pueblo.distrito_1,
        monto_tecnico=Decimal("1000"), estado="viable", presentada=ahora,
    )  # fmt: skip
    contada = abrir(votaciones.preparar_votacion(otro, nombre="Contada", slug="contada", **fechas))
    # Cinco papeletas: con menos no se publican una por una.
    contienda = contada.contiendas.get(opciones__titulo="Plaza")
    for numero, persona in enumerate(Usuario.objects.order_by("pk")[:5]):
        Participacion.objects.create(contienda=contienda, usuario=persona)
        urnas.echar(contienda, [1], bytes([numero]) * 10)
    votaciones.cerrar_votacion(contada, ahora=fechas["cierra"])
    un_dia = datetime.timedelta(days=1)
    preparada = votaciones.preparar_votacion(
        proceso, nombre="Preparada", slug="preparada", abre=ahora + 6 * un_dia, cierra=ahora + 9 * un_dia
    )
    padron = padrones.publicar_padron(preparada, observable_hasta=ahora + 5 * un_dia)
    delia = Usuario.objects.get(username="delia")
    return {
        **_lotes(abierta, pueblo, gente),
        "abierta": abierta,
        "contada": votaciones.contar_votacion(contada),
        "preparada": preparada,
        "paquete": mesas.preparar_paquete(
            abierta.contiendas.first(), mesa="Colegio", codigos=2, actor=Usuario.objects.get(username="planificacion")
        ),
        "reclamo": padrones.presentar_reclamo(padron, autor=delia, texto="Vivo aquí y no estoy."),
    }


def _actas(proceso: Any, pueblo: elenco.Pueblo, gente: elenco.Elenco) -> dict[str, Any]:
    """Una pública en el distrito 1, con hoja y observación; un borrador ahí con dos envíos, y otro en el distrito 2."""
    de_molle = {"organizacion": pueblo.org_molle, "actor": gente.fabio}
    uno = piezas_de_actas.renglon("1000")
    a = actas.escribir_acta(proceso, tipo="asamblea", escrito=piezas_de_actas.escrito(uno), **de_molle)
    hoja = actas.agregar_hoja(a, actor=gente.fabio, archivo=piezas.foto_subida("acta.jpg"))
    a = actas.mover_acta(a, hacia="firmada", actor=gente.fabio)
    a = actas.mover_acta(a, hacia="en_observacion_publica", actor=gente.hugo)
    borrador = actas.escribir_acta(proceso, tipo="extraordinaria", escrito=piezas_de_actas.escrito(uno), **de_molle)
    preside = Usuario.objects.get(username="presidencia.distrito.b")
    b = actas.escribir_acta(
        proceso, tipo="ampliado", distrito=pueblo.distrito_2, actor=preside, escrito=piezas_de_actas.escrito(uno)
    )
    return {
        "acta_publica": a,
        "acta_borrador": borrador,
        "acta_borrador_b": b,
        "hoja_de_acta": hoja,
        "hoja_de_borrador": actas.agregar_hoja(borrador, actor=gente.fabio, archivo=piezas.foto_subida("hoja.jpg")),
        "observacion_de_acta": actas.observar_acta(a, autor=gente.dora, texto="No se leyó."),
        "envio_de_acta": Envio.objects.create(
            acta=borrador, datos=piezas_de_actas.escrito(uno).en_datos(), huella="e", autor=gente.carla
        ),
    }


def _portal(proceso: Any) -> dict[str, Any]:
    publicar_proceso(proceso)
    noticia = publicar_noticia(
        titulo="Una noticia", fecha=timezone.localdate(), resumen="Pasó algo.", cuerpo="Y lo contamos."
    )
    revision = noticia.save_revision()
    imagen = get_image_model().objects.create(title="Plaza", file=get_test_image_file(filename="plaza.png"))
    documento = get_document_model().objects.create(title="Ley", file=ContentFile(b"hola", name="ley.txt"))
    for archivo in (imagen, documento):  # Wagtail los calcularía, y los guardaría, al abrirlos
        archivo.get_file_size()
        archivo.get_file_hash()
    foto = Foto.objects.create(ancho=640, alto=480, color="#336699", peso=1, huella="x", publica=True)
    flujo = Workflow.objects.create(name="Flujo")
    tarea = GroupApprovalTask.objects.create(name="Revisar")
    WorkflowTask.objects.create(workflow=flujo, task=tarea, sort_order=0)
    sitio = Site.objects.get(is_default_site=True)
    return {
        "inicio": Page.objects.get(pk=sitio.root_page_id),
        "pagina": noticia,
        "indice": noticia.get_parent(),
        "revision": revision,
        "imagen": imagen,
        "documento": documento,
        "foto": foto,
        "flujo": flujo,
        "tarea": tarea,
        "sitio": sitio,
        "grupo": Group.objects.create(name="Un grupo"),
        "coleccion": Collection.get_first_root_node().add_child(name="Fotos de obras"),
        "redireccion": Redirect.objects.create(old_path="/viejo", redirect_page=noticia),
        "restriccion": PageViewRestriction.objects.create(
            page=Page.objects.get(slug="campanas"), restriction_type=PageViewRestriction.LOGIN
        ),
    }


# --- Con qué se llena cada parámetro ---------------------------------------------------------------------------------
# espacio de nombres -> {variante: cosa}; su parámetro es `pk`.
POR_ESPACIO: dict[str, dict[str, str]] = {
    "propuestas_admin": {
        "a": "propuesta_a",
        "b": "propuesta_b",
        "enviada": "propuesta_enviada",
        "enviada_b": "propuesta_enviada_b",
        "borrador": "propuesta_borrador",
    },
    "reporte": {"a": "reporte_a", "b": "reporte_b", "oculto": "reporte_oculto"},
    "obra": {"a": "obra_a", "b": "obra_b", "sin_publicar": "obra_sin_publicar"},
    "acta": {"a": "acta_publica", "borrador": "acta_borrador", "borrador_b": "acta_borrador_b"},
    "comentarios": {"a": "comentario_a", "b": "comentario_b", "oculto": "comentario_oculto"},
    "votaciones_admin": {"preparada": "preparada", "abierta": "abierta"},
    "procesos": {"": "proceso"},
    "fuentes": {"": "fuente"},
    "actas_de_directiva": {"": "acta"},
    "observaciones": {"": "observacion"},
    "conflictos": {"": "conflicto"},
    "padrones": {"": "padron"},
    "importaciones": {"": "importacion"},
    "dudas": {"": "duda"},
    "bitacora": {"publico": "suceso", "reservado": "suceso_reservado"},
    "categorias": {"": "categoria"},
    "organizaciones_trastienda": {"": "organizacion_solicitada"},
    "mandatos": {"": "mandato"},
    "residencias": {"": "residencia"},
    "roles": {"": "rol"},
    "territorio_admin": {"": "distrito"},
    "wagtailsites": {"": "sitio"},
    "wagtailusers_users": {"vecina": "persona", "personal": "personal"},
    "wagtailusers_groups": {"": "grupo"},
    "wagtailadmin_collections": {"": "coleccion"},
    "wagtaildocs_chooser": {"": "documento"},
    "wagtailimages_chooser": {"": "imagen"},
}
# ruta entera -> {variante: argumentos con nombres de cosas («=» delante: el valor tal cual)}.
POR_RUTA: dict[str, dict[str, dict[str, str]]] = {
    "comun:foto": {"": {"token": "foto.token", "ancho": "=640"}},
    "comun:foto_jpeg": {"": {"token": "foto.token", "ancho": "=640"}},
    "propuestas:documento": {
        "a": {"token": "papel_a.token"},
        "enviada": {"token": "papel_enviada.token"},
        "reservado": {"token": "papel_reservado.token"},
        "borrador": {"token": "papel_borrador.token"},
    },
    "propuestas_admin:retirar_documento": {
        "a": {"pk": "papel_a"},
        "b": {"pk": "papel_b"},
        "borrador": {"pk": "papel_borrador"},
    },
    "cms:imagen": {"": {"pk": "imagen", "huella": "=no", "ancho": "=320"}},
    "cms:archivo": {"": {"carpeta": "=images", "nombre": "=no.png"}},
    "account_confirm_email": {"": {"key": "=clave-que-no-vale"}},
    "account_reset_password_from_key": {"": {"uidb36": "=1", "key": "=no-vale"}},
    "organizaciones:organizacion": {"": {"slug": "=molle"}, "solicitada": {"slug": "=junta-nueva"}},
    "organizaciones:json": {"": {"slug": "=molle"}, "solicitada": {"slug": "=junta-nueva"}},
    "organizaciones:escaneo": {"": {"pk": "acta"}},
    "organizaciones:solicitud": {"": {"slug": "=junta-nueva"}},
    **{f"organizaciones:{ruta}": {"": {"slug": "=molle"}} for ruta in ("contacto", "padron", "acta", "renunciar")},
    "organizaciones:observar": {"": {"slug": "=junta-publicada"}},
    "comun:suceso": {"publico": {"numero": "suceso.numero"}, "reservado": {"numero": "suceso_reservado.numero"}},
    **{f"cms:techos{forma}": {"": {"slug": "=poa-2027"}} for forma in ("", "_csv", "_json")},
    **{f"mfa_{verbo}_webauthn": {"ajena": {"pk": "llave"}} for verbo in ("edit", "remove")},
    "verificar_responder": {"": {"pk": "pedido_de_vivir"}},
    "verificar_persona": {"": {"pk": "delia"}},
    "propuestas:borrador": {"propio_de_a": {"pk": "propuesta_borrador"}},
    "propuestas:presentar": {"propio_de_a": {"pk": "propuesta_borrador"}},
    "propuestas:revisar": {"propio_de_a": {"pk": "propuesta_borrador"}},
    "propuestas:paso": {"propio_de_a": {"pk": "propuesta_borrador", "paso": "=que"}},
    **{
        f"propuestas:{ruta}": {"de_promotora_a": {"pk": "propuesta_asistida"}}
        for ruta in ("asistir_retomar", "consentir", "confirmar")
    },
    "propuestas:asistir_paso": {"de_promotora_a": {"pk": "propuesta_asistida", "paso": "=que"}},
    "propuestas:borrar": {"propio_de_a": {"pk": "propuesta_borrador"}, "asistido": {"pk": "propuesta_asistida"}},
    **{
        f"propuestas:{ruta}": {"a": {"pk": "propuesta_a"}, "borrador": {"pk": "propuesta_borrador"}}
        for ruta in ("copatrocinios", "invitar")
    },
    "propuestas:retirar_invitacion": {"de_b": {"pk": "propuesta_b", "copatrocinio": "copatrocinio"}},
    **{f"propuestas:{ruta}": {"a_molle": {"pk": "copatrocinio"}} for ruta in ("copatrocinio", "retirarse")},
    "propuestas:propuesta": {
        "a": {"pk": "propuesta_a"},
        "unida": {"pk": "unida"},
        "enviada": {"pk": "propuesta_enviada"},
        "enviada_b": {"pk": "propuesta_enviada_b"},
        "borrador": {"pk": "propuesta_borrador"},
        "asistida": {"pk": "propuesta_asistida"},
    },
    "propuestas:descargar": {"": {"formato": "=csv"}},
    "propuestas:novedades": {"": {"formato": "=rss"}},
    "propuestas:plantilla": {"": {"formato": "=csv"}},
    "propuestas:carga": {"de_planificacion": {"pk": "carga_de_papel"}},
    "propuestas:hoja": {"a": {"pk": "propuesta_a"}, "enviada": {"pk": "propuesta_enviada"}},
    "propuestas:tarjeta": {"a": {"pk": "propuesta_a"}, "enviada": {"pk": "propuesta_enviada"}},
    "propuestas:apoyar": {"a": {"pk": "propuesta_a"}, "enviada": {"pk": "propuesta_enviada"}},
    "propuestas:retirar_apoyo": {"a": {"pk": "propuesta_a"}, "enviada": {"pk": "propuesta_enviada"}},
    **{
        f"propuestas:{ruta}": {"a": {"pk": "propuesta_a"}, "enviada": {"pk": "propuesta_enviada"}}
        for ruta in ("seguir", "dejar_de_seguir")
    },
    "propuestas:apelar": {"a": {"pk": "propuesta_a"}, "devuelta": {"pk": "propuesta_devuelta"}},
    "propuestas:correcciones": {"a": {"pk": "propuesta_a"}, "corregida": {"pk": "propuesta_corregida"}},
    "propuestas_admin:revisar": {
        "enviada": {"pk": "propuesta_enviada"},
        "enviada_b": {"pk": "propuesta_enviada_b"},
        "borrador": {"pk": "propuesta_borrador"},
    },
    **{
        f"propuestas_admin:{ruta}": {
            "a": {"pk": "propuesta_en_evaluacion"},
            "b": {"pk": "propuesta_en_evaluacion_b"},
            "borrador": {"pk": "propuesta_borrador"},
        }
        for ruta in ("asignar", "tomar", "excusarse", "anotar", "arrastrar")
    },
    **{
        f"propuestas_admin:{ruta}": {
            "a": {"pk": "pedida_a"},
            "b": {"pk": "pedida_b"},
            "borrador": {"pk": "propuesta_borrador"},
        }
        for ruta in ("unir", "dividir", "cancelar_acuerdo", "relacionar", "quitar_relacion")
    },
    "propuestas:acuerdo": {"de_a": {"pk": "acuerdo"}},
    "propuestas:original": {"a": {"pk": "propuesta_a"}, "unida": {"pk": "unida"}},
    "propuestas_admin:lista_de_control": {"": {"pk": "proceso"}},
    "propuestas:paso_de_autor": {"a": {"pk": "propuesta_a", "paso": "=retirar"}},
    "debate:hilo": {"a": {"hilo_pk": "propuesta_a.hilo_id"}, "enviada": {"hilo_pk": "propuesta_enviada.hilo_id"}},
    "debate:comentar": {"a": {"hilo_pk": "propuesta_a.hilo_id"}, "enviada": {"hilo_pk": "propuesta_enviada.hilo_id"}},
    "debate:desde": {
        "a": {"hilo_pk": "propuesta_a.hilo_id", "cambio": "=0"},
        "enviada": {"hilo_pk": "propuesta_enviada.hilo_id", "cambio": "=0"},
    },
    "debate:retirar": {"a": {"pk": "comentario_a"}},
    "reportes:reporte": {"a": {"codigo": "reporte_a.codigo"}, "oculto": {"codigo": "reporte_oculto.codigo"}},
    "reportes:tambien": {"a": {"codigo": "reporte_a.codigo"}, "oculto": {"codigo": "reporte_oculto.codigo"}},
    "reportes:confirmar": {"a": {"codigo": "reporte_a.codigo"}, "oculto": {"codigo": "reporte_oculto.codigo"}},
    "reportes:reabrir": {"a": {"codigo": "reporte_a.codigo"}, "oculto": {"codigo": "reporte_oculto.codigo"}},
    "obras:obra": {"a": {"codigo": "obra_a.codigo"}, "sin_publicar": {"codigo": "obra_sin_publicar.codigo"}},
    "obra:resolver": {"a": {"pk": "pedido"}},
    **{
        f"actas:{ruta}": {
            "a": {"numero": "acta_publica.numero"},
            "borrador": {"numero": "acta_borrador.numero"},
            "borrador_b": {"numero": "acta_borrador_b.numero"},
        }
        for ruta in ("acta", "json", "pdf", "corregir", "enmendar", "agregar_hoja", "firmado", "observar")
    },
    **{
        f"actas:{ruta}": {
            "a": {"numero": "acta_publica.numero", "pk": "hoja_de_acta"},
            "borrador": {"numero": "acta_borrador.numero", "pk": "hoja_de_borrador"},
        }
        for ruta in ("hoja", "quitar_hoja")
    },
    "actas:elegir": {"borrador": {"numero": "acta_borrador.numero", "pk": "envio_de_acta"}},
    "actas:mover": {
        "a": {"numero": "acta_publica.numero", "hacia": "=firmada"},
        "borrador": {"numero": "acta_borrador.numero", "hacia": "=firmada"},
    },
    **{
        f"actas:{ruta}": {
            "a": {"proceso": "=poa-2027", "de": "=o-molle"},
            "distrito_b": {"proceso": "=poa-2027", "de": "=d-D-2"},
        }
        for ruta in ("equipo", "hojas")
    },
    "acta:pasar": {
        "a": {"pk": "acta_publica", "hacia": "=observada"},
        "borrador_b": {"pk": "acta_borrador_b", "hacia": "=observada"},
    },
    "acta:responder": {"a": {"pk": "observacion_de_acta"}},
    "acta:reglamento": {"": {"pk": "proceso"}},
    "visor:capa": {"": {"codigo": "=propuestas"}},
    "padron_electoral:padron": {
        "provisional": {"slug": "=preparada"},
        "definitivo": {"slug": "=abierta"},
    },
    **{f"padron_electoral:{ruta}": {"": {"slug": "=preparada"}} for ruta in ("reclamar", "observar")},
    **{
        f"mesas:{ruta}": {"": {"slug": "=abierta", "pk": "paquete"}}
        for ruta in ("paquete", "imprimir", "llevar", "cerrar")
    },
    **{f"lotes:{ruta}": {"": {"slug": "=abierta", "pk": "lote"}} for ruta in ("lote", "marcar", "juntar", "anular")},
    **{f"lotes:{ruta}": {"": {"slug": "=abierta", "pk": "lote_en_carga"}} for ruta in ("cargar", "depositar", "foto")},
    "lotes_de_votacion": {"": {"pk": "abierta"}},
    "padron_de_votacion": {"": {"pk": "preparada"}},
    "padron_publicar": {"": {"pk": "preparada"}},
    "padron_resolver": {"": {"pk": "preparada", "reclamo": "reclamo"}},
    "votaciones_conducir": {"": {"pk": "preparada"}},
    "votaciones_contiendas": {"": {"pk": "preparada"}},
    "votaciones_paso": {
        verbo: {"pk": cosa, "verbo": f"={verbo}"}
        for verbo, cosa in (
            ("armar", "preparada"),
            ("abrir", "preparada"),
            ("suspender", "abierta"),
            ("reanudar", "abierta"),
            ("cerrar", "abierta"),
            ("contar", "contada"),
        )
    },
    "wagtail_bulk_action": {
        "paginas": {"app_label": "=wagtailcore", "model_name": "=page", "action": "=delete", "?": "id=pagina"},
        "personas": {
            "app_label": "=cuentas",
            "model_name": "=usuario",
            "action": "=set_active_state",
            "?": "id=persona",
        },
        "dudas": {"app_label": "=territorio", "model_name": "=duda", "action": "=dejar_como_estan", "?": "id=duda"},
        "organizaciones": {
            "app_label": "=cuentas",
            "model_name": "=organizacion",
            "action": "=pasar_a_revision",
            "?": "id=organizacion_solicitada",
        },
    },
    "wagtailadmin_collections:set_privacy": {"": {"collection_id": "coleccion"}},
    "wagtailadmin_workflows:remove": {"": {"page_pk": "pagina", "workflow_pk": "flujo"}},
    "wagtailadmin_workflows:add_task": {"": {"app_label": "=wagtailcore", "model_name": "=groupapprovaltask"}},
    "wagtailadmin_tag_model_autocomplete": {"": {"app_name": "=taggit", "model_name": "=tag"}},
    "wagtailadmin_editing_sessions:ping": {
        "": {"app_label": "=wagtailcore", "model_name": "=page", "object_id": "pagina", "session_id": "=1"}
    },
    **{
        f"wagtailadmin_pages:{nombre}": {
            "": {
                "content_type_app_name": "=cms",
                "content_type_model_name": "=noticia",
                "parent_page_id": "indice",
            }
        }
        for nombre in ("add", "preview_on_add")
    },
    "wagtailadmin_pages:add_subpage": {"": {"parent_page_id": "indice"}},
    "wagtailadmin_pages:choose_parent": {"": {"app_label": "=cms", "model_name": "=noticia"}},
    "wagtailadmin_api:pages:action": {"": {"pk": "pagina", "action_name": "=unpublish"}},
    "wagtailadmin_password_reset_confirm": {"": {"uidb64": "=MQ", "token": "=no"}},
    "wagtaildocs_serve": {"": {"0": "documento", "1": "=ley.txt"}},
    "wagtail_serve": {"inicio": {"0": "="}, "noticia": {"0": "pagina.ruta"}},
}
# nombre del parámetro -> cosa, para lo de Wagtail.
POR_PARAMETRO = {
    **dict.fromkeys(("page_id", "parent_page_id", "page_to_move_id", "page_pk"), "pagina"),
    "destination_id": "inicio",
    "revision_id": "revision",
    "revision_id_a": "=earliest",
    "revision_id_b": "=latest",
    "image_id": "imagen",
    "filter_spec": "=max-100x100",
    "document_id": "documento",
    "doc_id": "documento",
    "uploaded_file_id": "=1",
    "collection_id": "coleccion",
    "redirect_id": "redireccion",
    "workflow_pk": "flujo",
    "task_id": "tarea",
    "task_state_id": "=1",
    "workflow_state_id": "=1",
    "session_id": "=1",
    "action_name": "=approve",
    "restriction_id": "=1",
    "page_view_restriction_id": "restriccion",
    "content_type_app_name": "=cms",
    "content_type_model_name": "=noticia",
    "app_name": "=cms",
    "model_name": "=noticia",
    "slug": "=abierta",
    "numero": "=1",
}


def _argumentos(cosas: dict[str, Any], clave: str, nombres: list[str], patron: str) -> dict | None:
    espacio = clave.rpartition(":")[0]
    if clave in POR_RUTA:
        return {v: {n: _valor(cosas, e) for n, e in pedido.items()} for v, pedido in POR_RUTA[clave].items()}
    if nombres == ["pk"] and espacio in POR_ESPACIO:
        return {variante: {"pk": _valor(cosas, cosa)} for variante, cosa in POR_ESPACIO[espacio].items()}
    argumentos = {}
    for nombre in nombres:
        if nombre == "pk":
            expresion = _pk_de_wagtail(clave)
        elif nombre == "slug" and espacio == "votaciones" and "resultado" in clave:
            expresion = "=contada"
        else:
            expresion = POR_PARAMETRO.get(nombre, "")
        if not expresion:
            return None
        argumentos[nombre] = _valor(cosas, expresion)
    return {"": argumentos}


def _pk_de_wagtail(clave: str) -> str:
    if clave.startswith("wagtailadmin_workflows:"):
        return "tarea" if "task" in clave else "flujo"
    for espacio, cosa in (
        ("wagtailadmin_api:documents", "documento"),
        ("wagtailadmin_api:images", "imagen"),
        ("wagtailadmin_api:pages", "pagina"),
        ("wagtailadmin_pages", "pagina"),
        ("wagtailsettings", "sitio"),
    ):
        if clave.startswith(espacio):
            return cosa
    return ""


def _valor(cosas: dict[str, Any], expresion: str) -> Any:
    if expresion.startswith("="):
        return expresion[1:]
    if expresion.startswith("id="):
        return f"id={_valor(cosas, expresion[3:])}"
    nombre, _, atributo = expresion.partition(".")
    especiales = {"categoria": "agua", "distrito": "distrito_1"}
    cosa = getattr(cosas["pueblo"], especiales[nombre]) if nombre in especiales else cosas[nombre]
    if atributo == "ruta":
        return cosa.get_url_parts()[2].lstrip("/")
    return getattr(cosa, atributo) if atributo else cosa.pk
