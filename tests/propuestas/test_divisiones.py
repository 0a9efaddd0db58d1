"""Dividir con consentimiento, y las relaciones entre propuestas: excluyentes y dependencias."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from civic.comun.errores import ReglaIncumplida
from civic.comun.models import Suceso
from civic.debate.acciones import comentar
from propuestas import acciones, consultas, reglas
from propuestas.consultas_uniones import relaciones_de, relaciones_entre
from propuestas.models import Apoyo, Propuesta, Relacion, Seguimiento
from tests.elenco import crear_persona, crear_proceso
from tests.propuestas.piezas import publicada

SI = {"acepta": True, "frase": "Está bien."}
PARTES = [
    {"titulo": "Tanque de agua alto", "descripcion": "Un tanque de 20 m3.", "monto": Decimal("80000")},
    {"titulo": "Red de agua nueva", "descripcion": "Tubería de 400 m.", "monto": Decimal("50000.50")},
]


@pytest.fixture
def varias(recepcion, gente, pueblo):
    """Cuatro publicadas de ana y beto."""
    autores = (gente.ana, gente.beto, gente.ana, gente.beto)
    return [publicada(recepcion, gente, pueblo, autor=a, titulo=f"Obra número {n}") for n, a in enumerate(autores)]


def pedir(una, gente, partes=PARTES):
    return acciones.pedir_division(una, partes=partes, actor=gente.hugo, motivo="Son dos obras.")


def dividir(una, gente):
    acciones.responder_pedido(pedir(una, gente), persona=gente.ana, **SI)
    una.refresh_from_db()
    return list(Propuesta.objects.filter(parte_de=una).order_by("pk"))


def excluir(a, b, actor):
    return acciones.relacionar(a, con=b, clase="excluyente", actor=actor, motivo="Es el mismo terreno.")


def depender(a, b, actor):
    return acciones.relacionar(a, con=b, clase="dependencia", actor=actor, motivo="Primero va la otra.")


# --- Dividir ---


def test_al_aceptar_nacen_las_partes_con_lo_de_la_original(una, gente, pueblo):
    lucia = crear_persona("lucia", "Lucía", otb=pueblo.otb_molle)
    acciones.apoyar(una, usuario=lucia)
    acciones.apoyar(una, usuario=gente.dora)
    acciones.seguir(una, usuario=gente.nadia)
    partes = dividir(una, gente)
    assert (una.estado, [p.estado for p in partes]) == ("dividida", ["publicada", "publicada"])
    assert [(p.titulo, p.monto_solicitado, p.apoyos_contados) for p in partes] == [
        ("Tanque de agua alto", Decimal("80000"), 2),
        ("Red de agua nueva", Decimal("50000.50"), 2),
    ]
    for parte in partes:
        for campo in ("autor", "organizacion", "distrito", "otb", "lon", "lat", "categoria", "proceso"):
            assert getattr(parte, campo) == getattr(una, campo), campo
        assert set(Apoyo.objects.filter(propuesta=parte).values_list("usuario", "viene_de")) == {
            (lucia.pk, una.pk),
            (gente.dora.pk, una.pk),
        }
        assert set(Seguimiento.objects.filter(propuesta=parte).values_list("usuario__username", flat=True)) == {
            *("lucia", "dora", "nadia")
        }
        assert parte.hilo.abierto and parte.hilo.visible
    assert len({una.codigo, *(p.codigo for p in partes)}) == 3
    assert (
        Suceso.objects.de(una)
        .get(hasta="dividida")
        .motivo.startswith(f"Sigue en {partes[0].codigo}, {partes[1].codigo}.")
    )


def test_la_dividida_no_se_suma_y_su_conversacion_se_sigue_leyendo(una, gente, client):
    comentar(una.hilo, autor=gente.dora, texto="Ojalá salga.")
    acciones.apoyar(una, usuario=gente.dora)
    partes = dividir(una, gente)
    cifras = consultas.cifras()
    assert (cifras["propuestas"], cifras["apoyos"], cifras["personas_que_apoyaron"]) == (2, 2, 1)
    assert cifras["monto"] == Decimal("130000.50")
    assert {fila["id"] for fila in consultas.para_agregar()} == {p.pk for p in partes}
    texto = client.get(una.get_absolute_url()).content.decode()
    assert ("Ojalá salga." in texto, "se dividió en" in texto) == (True, True)
    with pytest.raises(ReglaIncumplida, match="se dividió en"):
        comentar(una.hilo, autor=gente.dora, texto="Otra cosa.")


def test_dividir_con_un_no_o_dos_veces(una, gente):
    pedido = pedir(una, gente)
    acciones.responder_pedido(pedido, persona=gente.ana, acepta=False, frase="Va todo junto.")
    assert Propuesta.objects.count() == 1
    partes = dividir(una, gente)
    pedido = una.pedidos.get(estado="hecho")
    acciones.responder_pedido(pedido, persona=gente.ana, **SI)
    assert (Propuesta.objects.count(), len(partes)) == (3, 2)
    with pytest.raises(ReglaIncumplida, match="solo se divide una propuesta publicada"):
        pedir(una, gente)


@pytest.mark.parametrize(
    ("partes", "frase"),
    [
        (PARTES[:1], "de 2 a 5|en 2 a 5"),
        (PARTES * 3, "en 2 a 5"),
        ([PARTES[0], PARTES[1] | {"monto": ""}], "Cada parte necesita"),
        ([PARTES[0], PARTES[1] | {"titulo": " tanque de agua ALTO "}], "el mismo título"),
        ([PARTES[0], PARTES[1] | {"monto": Decimal("999999")}], "Red de agua nueva"),
    ],
)
def test_dividir_mal_se_explica(una, gente, partes, frase):
    with pytest.raises(ReglaIncumplida, match=frase):
        pedir(una, gente, partes)


def test_no_divide_quien_no_tiene_el_cargo_ni_responde_otra_persona(una, gente):
    for persona in (gente.ana, gente.carla):
        with pytest.raises(ReglaIncumplida):
            acciones.pedir_division(una, partes=PARTES, actor=persona, motivo="Son dos.")
    pedido = pedir(una, gente)
    for persona in (gente.beto, gente.hugo):
        with pytest.raises(ReglaIncumplida, match="Responde quien presentó"):
            acciones.responder_pedido(pedido, persona=persona, **SI)


# --- Relaciones ---


def test_las_relaciones_se_guardan_se_leen_y_salen_para_el_conteo(varias, gente):
    a, b, c, d = varias
    excluir(b, a, gente.carla)
    assert excluir(a, b, gente.hugo) == excluir(b, a, gente.carla)
    depender(c, a, gente.hugo)
    depender(d, c, gente.carla)
    assert relaciones_entre(varias) == {
        "excluyentes": [[a.pk, b.pk]],
        "dependencias": [[c.pk, a.pk], [d.pk, c.pk]],
    }
    assert relaciones_entre([a, c]) == {"excluyentes": [], "dependencias": [[c.pk, a.pk]]}
    assert [(frase, otra) for frase, _, otra in relaciones_de(a)] == [
        ("No se puede hacer junto con", b),
        ("Tiene que hacerse antes que", c),
    ]
    suceso = Suceso.objects.de(c).get(verbo="relacionar", texto__contains=a.codigo)
    assert (suceso.publico, suceso.texto) == (True, f"Necesita que antes se haga {a.codigo}.")


def test_una_dependencia_no_cierra_un_circulo(varias, gente):
    a, b, c, d = varias
    for una, otra in ((a, b), (b, c), (c, d)):
        depender(una, otra, gente.hugo)
    with pytest.raises(ReglaIncumplida, match="en círculo"):
        depender(d, a, gente.hugo)
    with pytest.raises(ReglaIncumplida, match="ya están relacionadas"):
        depender(b, a, gente.hugo)
    assert depender(a, d, gente.hugo).clase == "dependencia"
    assert reglas.cierra_un_circulo([(1, 2), (2, 1)], 3, 1) is False


def test_no_se_relaciona_lo_propio_lo_de_otro_proceso_ni_lo_que_ya_esta_en_la_papeleta(varias, gente, pueblo):
    a, b, *_ = varias
    ajena = publicada(crear_proceso(pueblo, "recepcion", slug="poa-otro"), gente, pueblo, autor=gente.beto)
    for una, otra, actor, frase in (
        (a, a, gente.carla, "consigo misma"),
        (a, ajena, gente.carla, "otro proceso"),
        (a, b, gente.ana, "le toca al equipo técnico"),
        (a, b, gente.dora, "le toca al equipo técnico"),
    ):
        with pytest.raises(ReglaIncumplida, match=frase):
            excluir(una, otra, actor)
    Propuesta.objects.filter(pk=a.pk).update(autor=gente.carla)
    a.refresh_from_db()
    for una, otra in ((a, b), (b, a)):
        with pytest.raises(ReglaIncumplida, match="lo que presentó"):
            excluir(una, otra, gente.carla)
    Propuesta.objects.filter(pk=b.pk).update(estado="en_votacion")
    with pytest.raises(ReglaIncumplida, match="antes de que entre a la votación"):
        excluir(a, b, gente.hugo)
    assert Relacion.objects.count() == 0


def test_quitar_guarda_la_razon_y_se_puede_volver_a_poner(varias, gente):
    a, b, *_ = varias
    relacion = excluir(a, b, gente.carla)
    with pytest.raises(ReglaIncumplida, match="le toca a quien evalúa"):
        acciones.quitar_relacion(relacion, actor=gente.ana, motivo="No me gusta.")
    with pytest.raises(ReglaIncumplida, match="por qué se quita"):
        acciones.quitar_relacion(relacion, actor=gente.carla, motivo=" ")
    for _ in range(2):
        acciones.quitar_relacion(relacion, actor=gente.carla, motivo="Caben las dos.")
    assert relaciones_entre(varias) == {"excluyentes": [], "dependencias": []}
    assert Suceso.objects.de(b).filter(verbo="quitar_relacion").count() == 1
    assert excluir(a, b, gente.carla) != relacion


def test_la_base_no_deja_repetir_ni_relacionar_consigo_misma(varias, gente):
    a, b, *_ = varias
    excluir(a, b, gente.carla)
    for clase, primera, segunda in (("excluyente", a, b), ("excluyente", b, a), ("dependencia", a, a)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Relacion.objects.create(clase=clase, primera=primera, segunda=segunda, motivo="x", puesta_por=gente.carla)


def test_al_unir_las_relaciones_pasan_a_la_otra(varias, gente):
    a, b, c, d = varias
    excluir(a, c, gente.carla)
    depender(a, b, gente.carla)
    depender(d, a, gente.carla)
    pedido = acciones.pedir_union(a, destino=b, actor=gente.hugo, motivo="Iguales.")
    for persona in (gente.ana, gente.beto):
        acciones.responder_pedido(pedido, persona=persona, **SI)
    assert relaciones_entre(varias) == {"excluyentes": [[b.pk, c.pk]], "dependencias": [[d.pk, b.pk]]}
    assert Relacion.objects.de(a).vigentes().count() == 0


def test_al_dividir_cada_parte_hereda_las_relaciones(varias, gente):
    a, b, c, _ = varias
    excluir(a, b, gente.carla)
    depender(c, a, gente.carla)
    x, y = dividir(a, gente)
    assert relaciones_entre([b, c, x, y]) == {
        "excluyentes": [[b.pk, x.pk], [b.pk, y.pk]],
        "dependencias": [[c.pk, x.pk], [c.pk, y.pk]],
    }
