"""La demo cargada: lo que promete de Quillacollo, y que sus cuentas cierran."""

import json
from collections import defaultdict
from decimal import Decimal

import pytest
import shapely
from django.db.models import Count, Max, Sum
from django.utils import timezone
from shapely.geometry import shape

from civic.comun.models import Foto, Suceso
from civic.cuentas.models import Mandato, Organizacion, Residencia, Usuario
from civic.cuentas.roles import Rol
from civic.debate.models import Comentario, Hilo
from civic.demo import carga
from civic.demo.fuentes import contenido
from civic.demo.guion import CLAVE, CONTADO, RECIBIENDO, ROLES, VOTANDO
from civic.demo.models import Paso
from civic.procesos.consultas import procesos_que_permiten
from civic.procesos.models import Categoria, Proceso, Techo
from civic.procesos.reglas import COMENTAR, PROPONER, VOTAR
from cms.models import Campana, Noticia, PaginaProceso
from mapas.obras.models import Avance, Fuente, Hito, Modificacion, Obra
from mapas.reportes.models import Reporte
from mapas.territorio.consultas import ubicar
from mapas.territorio.models import Area
from propuestas.models import Apoyo, Dictamen, Propuesta, Seguimiento, TextoAnterior
from propuestas.reglas import MOVIMIENTOS, Estado
from tests.urnas import elegido
from votaciones.models import Contienda, Opcion, Participacion, Resultado, Votacion
from votaciones.padron.consultas import huella_de as huella_del_padron
from votaciones.padron.models import PadronElectoral, ReclamoDePadron
from votaciones.permisos import impedimento_de
from votaciones.urna.models import Sobre

pytestmark = pytest.mark.usefixtures("demo")
CENTAVOS_EXTRA = 1e-12


def test_corte_en_medio_al_retomar_solo_rehace_lo_que_falta(demo):
    assert demo == {"pasos": ["territorio", "gente", "verificacion", "dibujos", "procesos"], "propuestas": 0}
    assert list(Paso.objects.values_list("nombre", flat=True)) == [paso.nombre for paso in carga.PASOS]


def test_cargar_dos_veces_no_repite_nada():
    modelos = (Area, Usuario, Organizacion, Propuesta, Apoyo, Sobre, Obra, Reporte, Comentario, Suceso, Foto, Noticia)
    antes = {modelo: modelo.objects.count() for modelo in modelos}
    carga.cargar_demo()
    assert {modelo: modelo.objects.count() for modelo in modelos} == antes


def test_territorio_tiene_diez_distritos_y_todas_las_organizaciones():
    assert list(Area.objects.distritos().values_list("nombre", flat=True)) == [f"Distrito {n}" for n in range(1, 11)]
    assert Area.objects.otbs().count() == Organizacion.objects.count() == 293
    assert not Area.objects.filter(aproximada=False).exists()
    assert Area.objects.distritos().aggregate(suma=Sum("poblacion"))["suma"] == 165_830


def test_celdas_cubren_su_distrito_exactamente_y_son_validas():
    municipio = shape(Area.objects.municipios().get().geometria)
    distritos = {area.pk: shape(area.geometria) for area in Area.objects.distritos()}
    celdas = defaultdict(list)
    for area in Area.objects.otbs().con_poligono():
        celdas[area.padre_id].append(shape(area.geometria))
        assert shape(area.geometria).contains(shapely.Point(area.lon, area.lat))
    assert set(celdas) == set(distritos)
    for pk, distrito in distritos.items():
        assert distrito.is_valid and all(celda.is_valid for celda in celdas[pk])
        assert shapely.union_all(celdas[pk]).symmetric_difference(distrito).area == 0
        assert abs(sum(celda.area for celda in celdas[pk]) - distrito.area) < CENTAVOS_EXTRA
    assert shapely.union_all(list(distritos.values())).symmetric_difference(municipio).area == 0


def test_hay_un_proceso_por_situacion_y_una_consulta_abierta():
    assert [proceso.slug for proceso in procesos_que_permiten(PROPONER)] == [RECIBIENDO]
    assert [proceso.slug for proceso in procesos_que_permiten(VOTAR)] == [VOTANDO]
    assert Votacion.objects.get(estado="contada").proceso.slug == CONTADO
    consultas = [p.slug for p in procesos_que_permiten(COMENTAR) if p.tipo == Proceso.Tipo.CONSULTA]
    assert consultas == ["reglamento-de-participacion-digital"]
    assert PaginaProceso.objects.live().count() == Proceso.objects.publicados().count() == 6


def test_techos_del_proceso_que_vota_suman_lo_anunciado():
    techos = Techo.objects.filter(proceso__slug=VOTANDO)
    assert techos.count() == 10
    assert techos.aggregate(suma=Sum("monto"))["suma"] == Decimal("46000000")


def test_cada_papeleta_abierta_ofrece_mas_obras_que_dinero():
    for contienda in Contienda.objects.filter(votacion__slug=VOTANDO):
        opciones = list(contienda.opciones.all())
        assert 7 <= len(opciones) <= 9
        assert Decimal("1.5") <= sum(opcion.costo for opcion in opciones) / contienda.presupuesto <= 2


def test_urnas_tienen_tantas_papeletas_como_personas_y_ninguna_pasa_del_techo():
    for contienda in Contienda.objects.annotate(personas=Count("participaciones")):
        costos = dict(contienda.opciones.values_list("numero", "costo"))
        votos = elegido(contienda)
        assert len(votos) == contienda.personas > 0
        assert all(sum(costos[numero] for numero in seleccion) <= contienda.presupuesto for seleccion in votos)
    con_residencia = Residencia.objects.filter(nivel="verificada").values_list("usuario", "distrito")
    assert set(Participacion.objects.values_list("usuario", "contienda__area")) <= set(con_residencia)


def test_cada_votacion_tiene_su_padron_definitivo_y_la_abierta_sus_reclamos_resueltos():
    for padron in PadronElectoral.objects.select_related("votacion"):
        assert (padron.estado, padron.huella) == ("definitivo", huella_del_padron(padron))
        assert json.loads(padron.votacion.libro)["padron"]["huella"] == padron.huella
        assert padron.observable_hasta < padron.votacion.abre
        en_el_padron = padron.habilitaciones.values("usuario")
        votaron = Participacion.objects.filter(contienda__votacion=padron.votacion)
        assert not votaron.exclude(usuario__in=en_el_padron).exists()
    assert PadronElectoral.objects.count() == Votacion.objects.count() == 2
    reclamos = ReclamoDePadron.objects.filter(padron__votacion__slug=VOTANDO).order_by("clase")
    assert [(reclamo.clase, reclamo.estado) for reclamo in reclamos] == [
        ("exclusion", "rechazado"),
        ("inclusion", "aceptado"),
    ]


def test_las_reglas_dan_distinto_en_algun_distrito_y_lo_oficial_mueve_las_propuestas():
    ganadoras = defaultdict(dict)
    for resultado in Resultado.objects.filter(contienda__votacion__slug=CONTADO):
        ganadoras[resultado.contienda_id][resultado.regla] = {o["numero"] for o in resultado.detalle if o["gana"]}
    distintas = [pk for pk, reglas in ganadoras.items() if reglas["voraz"] != reglas["partes_iguales"]]
    assert len(ganadoras) == 10
    assert len(distintas) >= 2
    for opcion in Opcion.objects.filter(contienda__votacion__slug=CONTADO).select_related("propuesta"):
        gano = opcion.numero in ganadoras[opcion.contienda_id]["voraz"]
        assert (opcion.propuesta.estado == Estado.NO_SELECCIONADA) is not gano


def test_cada_obra_viene_de_una_propuesta_que_gano():
    obras = list(Obra.objects.select_related("propuesta__proceso"))
    assert len(obras) == 8
    for obra in obras:
        assert obra.propuesta.proceso.slug == CONTADO
        esperado = Estado.INCLUIDA_POA if obra.orden_proceder is None else Estado.EN_OBRA
        assert obra.propuesta.estado == (Estado.CUMPLIDA if obra.estado == "en_uso" else esperado)
        assert obra.presupuesto == obra.propuesta.monto
        fuentes = obra.fuentes.aggregate(suma=Sum("monto"))["suma"]
        assert fuentes == obra.presupuesto
        movidas = Suceso.objects.de(obra).filter(verbo="mover").order_by("momento", "pk")
        assert (movidas.last().hasta if movidas else "en_preinversion") == obra.estado
    for modelo, clave in ((Avance, "avances"), (Hito, "hitos"), (Modificacion, "modificaciones"), (Fuente, "fuentes")):
        assert modelo.objects.count() == sum(len(dato.get(clave, ())) for dato in contenido()["proyectos"])


def test_apoyos_contados_son_las_filas():
    for propuesta in Propuesta.objects.annotate(filas=Count("apoyos")):
        assert propuesta.apoyos_contados == propuesta.filas
    assert Apoyo.objects.exclude(usuario__residencia__nivel="verificada").count() == 0


def test_puntos_caen_en_su_distrito_y_en_su_area():
    for modelo in (Propuesta, Reporte, Obra):
        for objeto in modelo.objects.exclude(lon=None).select_related("distrito", "otb"):
            lugar = ubicar(objeto.lon, objeto.lat)
            assert lugar.distrito == objeto.distrito
            if objeto.otb.geometria:
                assert lugar.otb == objeto.otb


def test_historia_de_cada_propuesta_llega_a_su_estado_por_movimientos_permitidos():
    for propuesta in Propuesta.objects.exclude(codigo=None):
        pasos = list(Suceso.objects.de(propuesta).filter(verbo="mover").order_by("momento", "pk"))
        assert pasos[0].hasta == Estado.ENVIADA
        assert pasos[-1].hasta == propuesta.estado
        for antes, despues in zip(pasos, pasos[1:], strict=False):
            assert antes.hasta == despues.desde
            assert despues.hasta in MOVIMIENTOS[despues.desde]


def test_nada_ocurre_en_el_futuro():
    ahora = timezone.now()
    for modelo, campo in (
        (Suceso, "momento"),
        (Apoyo, "momento"),
        (Comentario, "momento"),
        (Propuesta, "presentada"),
        (Reporte, "creado"),
    ):
        assert modelo.objects.aggregate(ultimo=Max(campo))["ultimo"] <= ahora
    assert Avance.objects.aggregate(ultimo=Max("fecha"))["ultimo"] <= timezone.localdate()


def test_comentarios_estan_numerados_en_su_hilo_y_a_lo_sumo_a_un_nivel():
    for hilo in Hilo.objects.annotate(ultimo=Max("comentarios__cambio")).exclude(ultimo=None):
        assert hilo.cambios == hilo.ultimo
        numeros = list(hilo.comentarios.values_list("cambio", flat=True))
        assert len(numeros) == len(set(numeros))
    assert not Comentario.objects.filter(padre__padre__isnull=False).exists()
    assert Comentario.objects.filter(estado="oculto").count() == 1


@pytest.mark.parametrize("papel", sorted(ROLES))
def test_persona_de_la_demo_entra_con_la_clave_y_tiene_su_rol(papel, client):
    assert client.login(username=f"demo_{papel}", password=CLAVE)
    assert Usuario.objects.get(username=f"demo_{papel}").tiene_rol(Rol(ROLES[papel][0]))


def test_vecina_de_la_demo_puede_votar_y_aun_no_voto(client):
    vecina = Usuario.objects.get(username="demo_ciudadania")
    assert client.login(username="demo_ciudadania", password=CLAVE)
    assert vecina.residencia.esta_verificada
    assert vecina.residencia.distrito.nombre == "Distrito 3"
    assert not Participacion.objects.filter(usuario=vecina).exists()
    abierta = Contienda.objects.get(votacion__slug=VOTANDO, area=vecina.residencia.distrito)
    assert impedimento_de(abierta, vecina) is None


def test_directiva_de_la_demo_tiene_mandato_en_curso():
    mandato = Mandato.objects.vigentes().get(usuario__username="demo_directiva_otb")
    assert (mandato.cargo, mandato.organizacion.nombre) == ("Presidencia", "Santo Domingo")


def test_vecinas_inventadas_no_pueden_entrar():
    gente = list(Usuario.objects.filter(username__startswith="vecin"))
    assert len(gente) > 900
    assert not any(persona.has_usable_password() for persona in gente)


def test_reportes_avanzaron_por_su_historial_y_saben_cuando_vencen():
    assert Reporte.objects.count() == 20
    for reporte in Reporte.objects.all():
        assert reporte.vence is not None and reporte.vence > timezone.localdate(reporte.creado)
        assert Suceso.objects.de(reporte).order_by("momento", "pk").last().hasta == reporte.estado
        assert reporte.tambien_contados == reporte.tambien.count()


def test_portal_trae_noticias_campanas_y_un_dibujo_por_categoria():
    assert (Noticia.objects.live().count(), Campana.objects.live().count()) == (4, 2)
    assert Foto.objects.filter(publica=True).count() == Categoria.objects.count() == 12
    assert all(noticia.imagen is not None for noticia in Noticia.objects.all())


def test_hay_una_propuesta_en_cada_situacion_interesante():
    suyas = Propuesta.objects.filter(proceso__slug=RECIBIENDO)
    for estado in ("enviada", "apelada", "publicada", "en_evaluacion", "observada", "derivada", "rechazada", "viable"):
        assert suyas.filter(estado=estado).exists(), estado
    segunda = Dictamen.objects.get(segunda=True)
    assert (segunda.resultado, segunda.propuesta.reclamos.get().resuelto_por) == ("viable", segunda.evaluador)
    assert Dictamen.objects.filter(resultado="derivada", destino="gestion_riesgos").exists()
    assert not Dictamen.objects.filter(propuesta__in=suyas, lista=[]).exists()
    assert TextoAnterior.objects.count() == 1
    assert Seguimiento.objects.filter(usuario__username="demo_ciudadania").count() == 4
