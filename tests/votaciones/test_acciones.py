"""Preparar, abrir, votar, cerrar y contar."""

import datetime
import hashlib
import json
from decimal import Decimal

import pytest
from django.core import signing
from django.utils import timezone

from civic.comun.bitacora import historia
from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.cuentas.models import Residencia
from civic.procesos.models import Fase, Techo
from propuestas.models import Propuesta, Relacion
from tests.elenco import crear_persona
from tests.guardas import sin_guardas
from tests.urnas import echar, elegido
from tests.votaciones.conftest import abrir, crear_viable, publicar_padron, segunda, votar
from votaciones import acciones, consultas
from votaciones.models import Contienda, Opcion, Participacion, Resultado, Votacion
from votaciones.reglas import libro as reglas_del_libro
from votaciones.urna.models import Sobre


def estados(*titulos):
    return [Propuesta.objects.get(titulo=titulo).estado for titulo in titulos]


# --- Preparar --------------------------------------------------------------------------------------------------------
def test_preparar_arma_una_papeleta_por_techo_con_las_viables(preparada):
    assert preparada.estado == "preparada"
    assert [(c.numero, c.presupuesto, c.opciones.count()) for c in preparada.contiendas.all()] == [
        (1, Decimal("300000"), 4),
        (2, Decimal("300000"), 1),
    ]
    opcion = Opcion.objects.get(contienda__numero=1, numero=2)
    assert (opcion.titulo, opcion.costo) == ("Cancha techada", Decimal("150000"))


def test_preparar_deja_fuera_lo_que_no_cabe_en_el_presupuesto(votando, pueblo, gente):
    crear_viable(votando, pueblo.distrito_1, "Estadio", 300_001, autor=gente.fabio, categoria=pueblo.agua)
    crear_viable(votando, pueblo.distrito_1, "Justa", 300_000, autor=gente.fabio, categoria=pueblo.agua)
    ahora = timezone.now()
    acciones.preparar_votacion(votando, nombre="V", slug="v", abre=ahora, cierra=ahora + datetime.timedelta(days=1))
    assert [opcion.titulo for opcion in Opcion.objects.all()] == ["Justa"]


@pytest.mark.parametrize(
    ("cambio", "campo"), [({"slug": "poa-2027"}, "slug"), ({"cierra": "antes"}, "cierra"), ({"techos": 0}, "proceso")]
)
def test_preparar_con_datos_imposibles_se_niega(preparada, votando, cambio, campo):
    ahora = timezone.now()
    datos = {"nombre": "Otra", "slug": "otra", "abre": ahora, "cierra": ahora + datetime.timedelta(days=1)}
    if "techos" in cambio:
        Techo.objects.all().delete()
    datos |= {clave: valor for clave, valor in cambio.items() if clave == "slug"}
    if "cierra" in cambio:
        datos["cierra"] = ahora
    with pytest.raises(ReglaIncumplida) as error:
        acciones.preparar_votacion(votando, **datos)
    assert error.value.campo == campo
    assert Votacion.objects.count() == 1


def test_agregar_opciones_rehace_las_papeletas_mientras_se_prepara(preparada, votando, pueblo, gente, viables):
    crear_viable(votando, pueblo.distrito_2, "Vivero", 10_000, autor=gente.beto, categoria=pueblo.vias)
    Propuesta.objects.filter(pk=viables[0].pk).update(estado="retirada")
    assert acciones.agregar_opciones(preparada, actor=gente.hugo) == 5
    d1 = preparada.contiendas.get(numero=1)
    assert [(o.numero, o.titulo) for o in d1.opciones.all()] == [
        (1, "Cancha techada"),
        (2, "Luz en la plaza"),
        (3, "Parada de minibús"),
    ]


@pytest.mark.parametrize("nombre", ["gloria", "ana", "carla"])
def test_conducir_sin_ser_planificacion_se_niega(preparada, gente, nombre):
    persona = gente.todos[nombre]
    persona.is_superuser = True  # ni la administración técnica
    for accion in (acciones.agregar_opciones, acciones.abrir_votacion, acciones.cerrar_votacion):
        with pytest.raises(ReglaIncumplida, match="Planificación"):
            accion(preparada, actor=persona)
    assert Votacion.objects.get().estado == "preparada"


# --- Abrir -----------------------------------------------------------------------------------------------------------
def test_abrir_congela_y_publica_la_huella(abierta, d1, pueblo):
    libro = json.loads(abierta.libro)
    assert abierta.estado == "abierta"
    assert abierta.huella == hashlib.sha256(abierta.libro.encode()).hexdigest()
    assert [contienda["presupuesto"] for contienda in libro["contiendas"]] == [30_000_000, 30_000_000]
    assert libro["contiendas"][0]["opciones"][0] == {
        "numero": 1,
        "propuesta": "P-0001",
        "titulo": "Tanque de agua",
        "costo": 20_000_000,
    }
    assert d1.habilitados == 3  # ana, dora y fabio
    assert estados("Tanque de agua", "Puente peatonal") == ["en_votacion", "en_votacion"]
    assert abierta.huella in historia(abierta).first().texto


def test_abrir_no_cuenta_residencias_solo_declaradas(preparada, gente, pueblo):
    crear_persona("rosa", "Rosa", otb=pueblo.otb_molle, verificada=False)
    abrir(preparada, actor=gente.hugo)
    assert preparada.contiendas.get(numero=1).habilitados == 3


def test_abrir_dos_veces_se_niega(abierta, gente):
    with pytest.raises(ReglaIncumplida, match="en preparación"):
        acciones.abrir_votacion(abierta, actor=gente.hugo)


def test_abrir_cuando_una_propuesta_cambio_se_niega(preparada, gente, viables):
    Propuesta.objects.filter(pk=viables[2].pk).update(monto_tecnico=Decimal("90000"))
    with pytest.raises(ReglaIncumplida, match="Luz en la plaza"):
        acciones.abrir_votacion(preparada, actor=gente.hugo)
    assert Votacion.objects.get().huella == ""
    assert estados("Tanque de agua") == ["viable"]


def test_abrir_sin_ninguna_obra_se_niega(preparada, gente):
    Opcion.objects.all().delete()
    with pytest.raises(ReglaIncumplida, match="nada que votar"):
        acciones.abrir_votacion(preparada, actor=gente.hugo)


def test_abrir_despues_del_cierre_o_sin_publicar_el_proceso_se_niega(preparada, gente):
    with pytest.raises(ReglaIncumplida, match="Corrige las fechas"):
        acciones.abrir_votacion(preparada, actor=gente.hugo, ahora=preparada.cierra)
    preparada.proceso.publicado = False
    preparada.proceso.save()
    with pytest.raises(ReglaIncumplida, match="Publica primero"):
        acciones.abrir_votacion(preparada, actor=gente.hugo)
    assert Votacion.objects.get().estado == "preparada"


def test_nada_se_cambia_despues_de_abrir(abierta, gente):
    with pytest.raises(ReglaIncumplida, match="congelaron"):
        acciones.agregar_opciones(abierta, actor=gente.hugo)
    datos = {"nombre": "x", "slug": "x", "abre": abierta.abre, "cierra": abierta.cierra, "regla": "partes_iguales"}
    with pytest.raises(ReglaIncumplida, match="congeladas"):
        acciones.corregir_votacion(abierta, actor=gente.hugo, **datos)
    assert Votacion.objects.get().regla == "voraz"


# --- Votar -----------------------------------------------------------------------------------------------------------
def test_votar_deja_una_papeleta_y_una_participacion(d1, gente):
    codigo = votar(d1, gente.ana, 3, 1)
    assert len(codigo) == 19
    assert (Sobre.objects.get().contienda, elegido(d1)) == (d1.pk, [[1, 3]])
    assert list(Participacion.objects.values_list("contienda", "usuario")) == [(d1.pk, gente.ana.pk)]
    assert consultas.hay_recibo(d1.votacion, codigo)
    assert not consultas.hay_recibo(d1.votacion, "0000-0000-0000-0000")


def test_votar_no_escribe_en_la_bitacora(d1, gente):
    antes = Suceso.objects.count()
    votar(d1, gente.ana, 1)
    assert Suceso.objects.count() == antes


def test_el_mismo_formulario_dos_veces_da_el_mismo_recibo(d1, gente):
    clave = acciones.emitir_clave_de_papeleta(d1, usuario=gente.ana)
    uno = acciones.emitir_voto(d1, usuario=gente.ana, eleccion=[1], clave=clave)
    otro = acciones.emitir_voto(d1, usuario=gente.ana, eleccion=[1], clave=clave)
    assert uno == otro
    assert (Sobre.objects.count(), Participacion.objects.count()) == (1, 1)


def test_el_mismo_formulario_con_otras_obras_no_cambia_el_voto(d1, gente):
    clave = acciones.emitir_clave_de_papeleta(d1, usuario=gente.ana)
    acciones.emitir_voto(d1, usuario=gente.ana, eleccion=[1], clave=clave)
    with pytest.raises(ReglaIncumplida, match="Ya votaste"):
        acciones.emitir_voto(d1, usuario=gente.ana, eleccion=[2], clave=clave)
    assert elegido() == [[1]]


def test_la_respuesta_perdida_se_recupera_aunque_ya_haya_cerrado(abierta, d1, gente):
    clave = acciones.emitir_clave_de_papeleta(d1, usuario=gente.ana)
    codigo = acciones.emitir_voto(d1, usuario=gente.ana, eleccion=[1], clave=clave)
    votar(abierta.contiendas.get(numero=2), gente.beto, 1)
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Prueba.")
    acciones.contar_votacion(abierta, actor=segunda())
    assert acciones.emitir_voto(d1, usuario=gente.ana, eleccion=[1], clave=clave) == codigo
    assert Sobre.objects.count() == 2


def test_otro_formulario_despues_de_votar_se_niega(d1, gente):
    votar(d1, gente.ana, 1)
    with pytest.raises(ReglaIncumplida, match="Ya votaste en el Distrito 1"):
        votar(d1, gente.ana, 2)
    assert elegido() == [[1]]


def test_la_clave_de_otra_persona_o_inventada_no_sirve(d1, gente):
    ajena = acciones.emitir_clave_de_papeleta(d1, usuario=gente.fabio)
    for clave in (ajena, "", "inventada", signing.dumps(["x", f"voto:{d1.pk}", gente.ana.pk], salt="otra")):
        with pytest.raises(ReglaIncumplida, match="formulario"):
            acciones.emitir_voto(d1, usuario=gente.ana, eleccion=[1], clave=clave)
    assert (Sobre.objects.count(), Participacion.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("numeros", "frase"), [([1, 2], "Quita obras"), ([], "Todavía no elegiste"), ([1, 77], "no está en esta papeleta")]
)
def test_papeleta_que_no_vale_no_entra(d1, gente, numeros, frase):
    with pytest.raises(ReglaIncumplida, match=frase):
        votar(d1, gente.ana, *numeros)
    assert (Sobre.objects.count(), Participacion.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("nombre", "frase"),
    [
        ("beto", "tú estás en el padrón del Distrito 2"),
        ("nadia", "No estás en el padrón .* No dijiste dónde vives. Se pudo reclamar hasta el"),
        ("hugo", "No dijiste dónde vives"),
    ],
)
def test_quien_no_esta_en_el_padron_del_distrito_no_vota(d1, gente, nombre, frase):
    with pytest.raises(ReglaIncumplida, match=frase):
        votar(d1, gente.todos[nombre], 1)
    assert Sobre.objects.count() == 0


def test_residencia_sin_verificar_al_corte_no_vota_aunque_se_verifique_despues(preparada, gente, pueblo):
    rosa = crear_persona("rosa", "Rosa", otb=pueblo.otb_molle, verificada=False)
    d1 = abrir(preparada, actor=gente.hugo).contiendas.get(numero=1)
    with pytest.raises(ReglaIncumplida, match="falta verificarlo"):
        votar(d1, rosa, 1)
    Residencia.objects.filter(usuario=rosa).update(nivel="verificada")
    with pytest.raises(ReglaIncumplida, match="después del corte"):
        votar(d1, rosa, 1)
    assert Sobre.objects.count() == 0


def test_quien_se_muda_no_vota_otra_vez(d1, d2, gente, pueblo):
    votar(d1, gente.ana, 1)
    Residencia.objects.filter(usuario=gente.ana).update(distrito=pueblo.distrito_2, otb=pueblo.otb_ceibo)
    with pytest.raises(ReglaIncumplida, match="tú estás en el padrón del Distrito 1"):
        votar(d2, gente.ana, 1)
    assert Sobre.objects.count() == 1


def test_quien_se_muda_despues_del_corte_vota_donde_dice_el_padron(d1, d2, gente, pueblo):
    Residencia.objects.filter(usuario=gente.ana).update(
        distrito=pueblo.distrito_2, otb=pueblo.otb_ceibo, nivel="declarada"
    )
    with pytest.raises(ReglaIncumplida, match="tú estás en el padrón del Distrito 1"):
        votar(d2, gente.ana, 1)
    votar(d1, gente.ana, 1)
    assert list(Participacion.objects.values_list("contienda", "usuario")) == [(d1.pk, gente.ana.pk)]


def test_quien_dijo_que_ya_no_vive_en_el_municipio_no_vota(d1, gente):
    Residencia.objects.filter(usuario=gente.ana).delete()
    with pytest.raises(ReglaIncumplida, match="dijiste que ya no vives en el municipio"):
        votar(d1, gente.ana, 1)
    assert Sobre.objects.count() == 0


def test_abrir_sin_padron_o_con_su_plazo_corriendo_se_niega(preparada, gente):
    with pytest.raises(ReglaIncumplida, match="Falta publicar el padrón provisional"):
        acciones.abrir_votacion(preparada, actor=gente.hugo)
    padron = publicar_padron(preparada)
    un_segundo = datetime.timedelta(seconds=1)
    with pytest.raises(ReglaIncumplida, match="El padrón se puede observar hasta el"):
        acciones.abrir_votacion(preparada, actor=gente.hugo, ahora=padron.observable_hasta - un_segundo)
    assert Votacion.objects.get().estado == "preparada"
    acciones.abrir_votacion(preparada, actor=gente.hugo, ahora=padron.observable_hasta)
    assert Votacion.objects.get().estado == "abierta"


def test_antes_de_abrir_y_desde_la_hora_de_cierre_no_se_vota(abierta, d1, gente):
    un_segundo = datetime.timedelta(seconds=1)
    with pytest.raises(ReglaIncumplida, match="La votación abre el"):
        votar(d1, gente.ana, 1, ahora=abierta.abre - un_segundo)
    with pytest.raises(ReglaIncumplida, match="La votación se cerró el"):
        votar(d1, gente.ana, 1, ahora=abierta.cierra)
    assert Sobre.objects.count() == 0
    votar(d1, gente.ana, 1, ahora=abierta.cierra - un_segundo)
    assert Sobre.objects.count() == 1


def test_en_preparacion_no_se_vota(preparada, gente):
    with pytest.raises(ReglaIncumplida, match="en preparación"):
        votar(preparada.contiendas.get(numero=1), gente.ana, 1)


def test_fuera_de_la_fase_de_votacion_dice_en_que_fase_esta(abierta, d1, gente):
    Fase.objects.filter(tipo="votacion").update(tipo="evaluacion", nombre="Viabilidad")
    with pytest.raises(ReglaIncumplida, match="Ahora es la fase «Viabilidad»"):
        votar(d1, gente.ana, 1)
    assert Sobre.objects.count() == 0


# --- Cerrar ----------------------------------------------------------------------------------------------------------
def test_cerrar_antes_de_hora_exige_motivo_y_queda_publico(abierta, gente):
    with pytest.raises(ReglaIncumplida, match="escribe el motivo"):
        acciones.cerrar_votacion(abierta, actor=gente.hugo)
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Alerta por riada.")
    assert Votacion.objects.get().estado == "cerrada"
    assert historia(abierta).first().motivo == "Alerta por riada."


def test_el_sistema_cierra_solo_desde_la_hora(abierta):
    with pytest.raises(ReglaIncumplida, match="todavía no es la hora"):
        acciones.cerrar_votacion(abierta)
    acciones.cerrar_votacion(abierta, ahora=abierta.cierra)
    assert Votacion.objects.get().estado == "cerrada"


def test_despues_de_cerrar_no_entra_ni_un_voto(abierta, d1, gente):
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Prueba.")
    with pytest.raises(ReglaIncumplida, match="se cerró"):
        votar(d1, gente.ana, 1)
    assert Sobre.objects.count() == 0


# --- Contar ----------------------------------------------------------------------------------------------------------
def test_contar_escribe_cada_regla_y_mueve_las_propuestas(contada):
    d1 = contada.contiendas.get(numero=1)
    oficial = Resultado.objects.get(contienda=d1, oficial=True)
    otras = Resultado.objects.filter(contienda=d1, oficial=False)
    assert (oficial.regla, oficial.votos, oficial.gastado) == ("voraz", 7, Decimal("280000"))
    assert [(o["numero"], o["votos"], o["gana"]) for o in oficial.detalle] == [
        (1, 4, True),
        (2, 2, False),
        (3, 3, True),
        (4, 0, False),
    ]
    assert {otra.regla for otra in otras} == {"partes_iguales", "partes_iguales_incrementos", "phragmen"}
    assert all(entrada["razon"] for resultado in (oficial, *otras) for entrada in resultado.detalle)
    assert estados("Tanque de agua", "Cancha techada", "Luz en la plaza", "Parada de minibús", "Puente peatonal") == [
        "seleccionada",
        "no_seleccionada",
        "seleccionada",
        "no_seleccionada",
        "seleccionada",
    ]
    assert contada.estado == "contada"


def test_contar_otra_vez_da_lo_mismo(contada, gente):
    def foto():
        return list(Resultado.objects.order_by("pk").values()), list(
            Propuesta.objects.order_by("pk").values_list("estado", "cambiada")
        )

    antes, sucesos, cuando = foto(), Suceso.objects.count(), contada.contada
    acciones.contar_votacion(contada, actor=segunda())
    assert foto() == antes
    assert Suceso.objects.count() == sucesos
    assert Votacion.objects.get().contada == cuando


def test_contar_con_partes_iguales_como_oficial(preparada, gente):
    Votacion.objects.update(regla="partes_iguales")
    votacion = abrir(preparada, actor=gente.hugo)
    votar(votacion.contiendas.get(numero=1), gente.ana, 2)
    acciones.cerrar_votacion(votacion, actor=gente.hugo, motivo="Prueba.")
    acciones.contar_votacion(votacion, actor=segunda())
    assert set(Resultado.objects.filter(oficial=True).values_list("regla", flat=True)) == {"partes_iguales"}
    assert estados("Cancha techada", "Tanque de agua") == ["seleccionada", "no_seleccionada"]


def test_contar_con_puntos_dice_puntos(contada_de):
    """1 Tanque 200.000: 12 puntos de 2; 2 Cancha 150.000: 11 de 2; 3 Luz 80.000: 11 de 3; 4 Parada 20.000: 7 de 3."""
    d1 = contada_de("puntos", minimo=8)
    oficial = Resultado.objects.get(contienda=d1, oficial=True)
    assert [(o["numero"], o["votos"], o["puntos"], o["gana"]) for o in oficial.detalle] == [
        (1, 2, 12, True),
        (2, 2, 11, False),
        (3, 3, 11, True),
        (4, 3, 7, False),
    ]
    razones = [entrada["razon"].replace("\u00a0", " ") for entrada in oficial.detalle]
    assert razones[0] == "Ganó en la vuelta 1 con 12 puntos: costaba Bs 200.000 y quedaban Bs 300.000."
    assert razones[3] == "Juntó 7 puntos y hacían falta 8 para poder ganar."
    otra = Resultado.objects.get(contienda=d1, regla="partes_iguales")
    pagadas = [entrada["razon"] for entrada in otra.detalle if "poniendo hasta" in entrada["razon"]]
    assert pagadas
    assert all(" por cada punto;" in razon for razon in pagadas)


def test_contar_usa_el_tipo_del_libro_y_si_la_base_dice_otro_se_niega(abierta, d1, gente):
    votar(d1, gente.ana, 1)
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Fin.")
    with sin_guardas():
        Votacion.objects.update(tipo_de_papeleta="una")
    with pytest.raises(ReglaIncumplida, match=r"cambió papeleta\.tipo"):
        acciones.contar_votacion(abierta, actor=segunda())
    assert Resultado.objects.count() == 0


def test_contar_antes_de_cerrar_se_niega(abierta, gente):
    with pytest.raises(ReglaIncumplida, match="Solo se cuenta una votación cerrada"):
        acciones.contar_votacion(abierta, actor=segunda())
    assert Resultado.objects.count() == 0


def test_contar_baraja_las_participaciones_y_conserva_los_recibos(abierta, d1, gente):
    recibos = [votar(d1, persona, 1) for persona in (gente.ana, gente.dora, gente.fabio)]
    claves = set(Participacion.objects.values_list("pk", flat=True))
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Prueba.")
    acciones.contar_votacion(abierta, actor=segunda())
    assert claves.isdisjoint(Participacion.objects.values_list("pk", flat=True))
    assert Participacion.objects.count() == 3
    assert [consultas.hay_recibo(abierta, recibo) for recibo in recibos] == [True, True, True]


@pytest.mark.parametrize("tocar", ["costo", "presupuesto"])
def test_contar_con_el_libro_alterado_se_niega(abierta, gente, tocar):
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Prueba.")
    with sin_guardas():
        if tocar == "costo":
            Opcion.objects.filter(numero=2).update(costo=1)
        else:
            Contienda.objects.filter(numero=1).update(presupuesto=1)
    with pytest.raises(ReglaIncumplida, match=rf"cambió contiendas\.0\..*{tocar}"):
        acciones.contar_votacion(abierta, actor=segunda())
    assert Votacion.objects.get().estado == "cerrada"


def test_contar_con_mas_papeletas_que_credenciales_retiradas_se_niega(abierta, d1, gente):
    votar(d1, gente.ana, 1)
    echar(d1, [2])
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Prueba.")
    with pytest.raises(ReglaIncumplida, match="tiene 2 papeletas y se retiraron 1 credenciales"):
        acciones.contar_votacion(abierta, actor=segunda())
    assert Resultado.objects.count() == 0


def test_contar_con_una_credencial_sin_usar_cuenta_las_que_hay(abierta, d1, gente):
    votar(d1, gente.ana, 1)
    Participacion.objects.create(contienda=d1, usuario=gente.dora)
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Prueba.")
    acciones.contar_votacion(abierta, actor=segunda())
    assert d1.resultados.get(oficial=True).votos == 1


# --- Condiciones entre obras -----------------------------------------------------------------------------------------
def relacionadas(clase, una, otra, gente):
    una, otra = (Propuesta.objects.get(titulo=titulo) for titulo in (una, otra))
    if clase == "excluyente":
        una, otra = sorted((una, otra), key=lambda propuesta: propuesta.pk)
    return Relacion.objects.create(clase=clase, primera=una, segunda=otra, motivo="x", puesta_por=gente.carla)


def test_armar_lleva_las_relaciones_a_la_contienda_por_numero(preparada, gente):
    relacionadas("excluyente", "Cancha techada", "Luz en la plaza", gente)
    relacionadas("dependencia", "Parada de minibús", "Tanque de agua", gente)
    acciones.agregar_opciones(preparada, actor=gente.hugo)
    d1 = preparada.contiendas.get(numero=1)
    assert d1.condiciones == {"excluyentes": [[2, 3]], "dependencias": [[4, 1]]}
    armado = Suceso.objects.de(preparada).filter(verbo="armar").latest("numero")
    assert armado.datos["despues"]["1"]["condiciones"] == d1.condiciones


def test_armar_con_una_relacion_entre_distritos_se_niega(preparada, gente):
    relacionadas("dependencia", "Tanque de agua", "Puente peatonal", gente)
    with pytest.raises(ReglaIncumplida, match="papeletas distintas"):
        acciones.agregar_opciones(preparada, actor=gente.hugo)
    assert preparada.contiendas.get(numero=1).opciones.count() == 4


def test_abrir_con_relaciones_nuevas_pide_armar_otra_vez(preparada, gente):
    relacionadas("excluyente", "Cancha techada", "Luz en la plaza", gente)
    with pytest.raises(ReglaIncumplida, match="Arma de nuevo"):
        acciones.abrir_votacion(preparada, actor=gente.hugo)
    assert Votacion.objects.get().estado == "preparada"


def test_el_libro_dice_las_condiciones_y_el_minimo(preparada, gente):
    relacionadas("dependencia", "Cancha techada", "Luz en la plaza", gente)
    Votacion.objects.update(minimo=3)
    acciones.agregar_opciones(preparada, actor=gente.hugo)
    abierta = abrir(preparada, actor=gente.hugo)
    libro = json.loads(abierta.libro)
    assert (libro["version"], libro["minimo"]) == (4, 3)
    assert libro["contiendas"][0]["condiciones"] == {"excluyentes": [], "dependencias": [[2, 3]]}
    assert libro["contiendas"][1]["condiciones"] == {}


def test_contar_respeta_lo_que_se_excluye_y_el_minimo(preparada, gente):
    relacionadas("excluyente", "Luz en la plaza", "Parada de minibús", gente)
    Votacion.objects.update(minimo=2)
    acciones.agregar_opciones(preparada, actor=gente.hugo)
    abierta = abrir(preparada, actor=gente.hugo)
    d1 = abierta.contiendas.get(numero=1)
    for persona, numeros in ((gente.ana, [3, 4]), (gente.dora, [3, 4]), (gente.fabio, [2, 3])):
        votar(d1, persona, *numeros)
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Fin.")
    acciones.contar_votacion(abierta, actor=segunda())
    for resultado in d1.resultados.all():
        razones = {entrada["titulo"]: entrada["razon"] for entrada in resultado.detalle}
        # Con cargas parejas va antes la parada, que cuesta la cuarta parte y tiene casi los mismos votos.
        gana, pierde = ("Luz en la plaza", "Parada de minibús")[:: -1 if resultado.regla == "phragmen" else 1]
        assert [entrada["titulo"] for entrada in resultado.ganadoras] == [gana]
        numero = 4 if resultado.regla == "phragmen" else 3
        assert razones[pierde] == f"No se puede hacer junto con la opción {numero}, que ganó."
        assert razones["Cancha techada"] == "Juntó 1 voto y hacían falta 2 para poder ganar."
    assert estados("Luz en la plaza", "Parada de minibús") == ["seleccionada", "no_seleccionada"]


def test_una_votacion_abierta_con_el_libro_de_antes_se_cuenta(abierta, gente, d1):
    viejo = consultas.libro_de(abierta, version=1)
    assert "condiciones" not in {*viejo, *viejo["contiendas"][0]}
    # Lo que la base diga de más no vale: ese libro no tenía condiciones.
    with sin_guardas():
        Votacion.objects.update(libro=reglas_del_libro.canonico(viejo), minimo=9)
    d1 = Contienda.objects.get(pk=d1.pk)
    votar(d1, gente.ana, 3)
    acciones.cerrar_votacion(abierta, actor=gente.hugo, motivo="Fin.")
    assert acciones.contar_votacion(Votacion.objects.get(), actor=segunda()).estado == "contada"
    assert [entrada["numero"] for entrada in d1.resultados.get(oficial=True).ganadoras] == [3]
