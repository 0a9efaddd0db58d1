"""Lo que dice el libro de reglas no se cambia desde que se abre: también lo impide la base, con su control."""

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F, ProtectedError

from tests.guardas import sin_guardas
from tests.votaciones.conftest import abrir, segunda
from votaciones import acciones, guardas
from votaciones.consultas import libro_de
from votaciones.models import Contienda, Opcion, Votacion

UN_DIA = datetime.timedelta(days=1)


def crudo(consulta):
    return consulta._raw_delete("default")


def otra_opcion(votacion):
    """La del distrito 2, también en la papeleta del 1."""
    ajena = Opcion.objects.get(contienda__votacion=votacion, contienda__numero=2)
    d1 = votacion.contiendas.get(numero=1)
    Opcion.objects.create(contienda=d1, propuesta=ajena.propuesta, titulo="Otra", costo=1, numero=9)


def otra_contienda(votacion):
    Contienda.objects.create(votacion=votacion, area=_municipio(votacion), numero=9, presupuesto=1)


def _municipio(votacion):
    return votacion.contiendas.get(numero=1).area.padre


def cambios(votacion):
    """Columna -> otro valor que la restricción de la tabla aceptaría."""
    return {
        "slug": "otra",
        "libro": "{}",
        "huella": "f" * 64,
        "abre": F("abre") - UN_DIA,
        "cierra": votacion.cierra + UN_DIA,
        "regla": "phragmen",
        "minimo": 2,
        "se_cambia": True,
        "estado": "preparada",
        "id": 987654,
    }


INTENTOS = {
    **{
        f"votación: {columna}": lambda v, c=columna: Votacion.objects.filter(pk=v.pk).update(**{c: cambios(v)[c]})
        for columna in ("slug", "libro", "huella", "abre", "cierra", "regla", "minimo", "se_cambia", "estado")
    },
    "votación: tipo de papeleta": lambda v: Votacion.objects.filter(pk=v.pk).update(tipo_de_papeleta="una"),
    "votación: máximo de obras": lambda v: Votacion.objects.filter(pk=v.pk).update(
        tipo_de_papeleta="aprobacion", maximo_de_obras=3, minimo_de_obras=1
    ),
    "contienda: presupuesto": lambda v: v.contiendas.filter(numero=1).update(presupuesto=1),
    "contienda: distrito": lambda v: v.contiendas.filter(numero=1).update(area=_municipio(v)),
    "contienda: número": lambda v: v.contiendas.filter(numero=1).update(numero=7),
    "contienda: habilitados": lambda v: v.contiendas.filter(numero=1).update(habilitados=77),
    "contienda: condiciones": lambda v: v.contiendas.filter(numero=1).update(condiciones={"excluyentes": [[1, 2]]}),
    "contienda nueva": otra_contienda,
    "opción: costo": lambda v: Opcion.objects.filter(contienda__votacion=v, numero=2).update(costo=1),
    "opción: título": lambda v: Opcion.objects.filter(contienda__votacion=v, numero=2).update(titulo="Otra"),
    "opción nueva": otra_opcion,
    "opción borrada": lambda v: crudo(Opcion.objects.filter(contienda__votacion=v)),
}
MOMENTOS = ("abierta", "cerrada", "contada")


def llevar(votacion, estado, gente):
    if estado != "abierta":
        acciones.cerrar_votacion(votacion, actor=gente.hugo, motivo="Prueba.")
    if estado == "contada":
        acciones.contar_votacion(votacion, actor=segunda())
    return Votacion.objects.get(pk=votacion.pk)


def foto(votacion):
    return [
        list(Votacion.objects.values()),
        list(Contienda.objects.order_by("pk").values()),
        list(Opcion.objects.order_by("pk").values()),
    ]


@pytest.mark.parametrize("estado", MOMENTOS)
def test_la_base_no_deja_tocar_nada_del_libro(abierta, gente, estado):
    votacion = llevar(abierta, estado, gente)
    antes = foto(votacion)
    for que, intento in INTENTOS.items():
        with pytest.raises(IntegrityError, match="El libro de reglas"), transaction.atomic():
            intento(votacion)
            pytest.fail(f"Pasó: {que}")
    assert foto(votacion) == antes


@pytest.mark.parametrize("que", INTENTOS)
def test_control_sin_guardas_la_base_lo_dejaria(abierta, que):
    antes = foto(abierta)
    with sin_guardas():
        INTENTOS[que](abierta)
    assert foto(abierta) != antes


def test_en_preparacion_todo_se_puede(preparada):
    for que in INTENTOS.keys() - {"votación: libro", "votación: huella", "votación: estado"}:
        antes = foto(preparada)
        punto = transaction.savepoint()
        INTENTOS[que](preparada)
        assert foto(preparada) != antes, que
        transaction.savepoint_rollback(punto)


@pytest.mark.parametrize("tabla", ["votacion", "contienda"])
def test_una_votacion_abierta_y_sus_contiendas_no_se_borran(abierta, tabla):
    """Sin contiendas ni opciones que la sujeten, lo que dice que no es el disparador."""
    suyas = {"votacion": Votacion.objects.all(), "contienda": Contienda.objects.all()}[tabla]
    with pytest.raises(ProtectedError):
        suyas.delete()
    with pytest.raises(IntegrityError, match="El libro de reglas"), transaction.atomic():
        crudo(suyas)
    assert suyas.count() > 0


def test_la_base_no_deja_vaciar_ni_pisar(abierta):
    otra = Votacion.objects.create(
        proceso=abierta.proceso, nombre="Otra", slug="otra", abre=abierta.abre, cierra=abierta.cierra
    )
    if connection.vendor == "postgresql":
        connection.check_constraints()
        ordenes = [f"TRUNCATE votaciones_{tabla} CASCADE" for tabla in ("votacion", "contienda", "opcion")]
    else:
        ordenes = [
            *(f"INSERT OR REPLACE INTO {t} SELECT * FROM {t}" for t in ("votaciones_votacion", "votaciones_opcion")),  # noqa: S608
            "INSERT OR REPLACE INTO votaciones_contienda SELECT * FROM votaciones_contienda",
            f"UPDATE OR REPLACE votaciones_votacion SET slug = '{abierta.slug}' WHERE id = {otra.pk}",  # noqa: S608
        ]
    for orden in ordenes:
        with pytest.raises(IntegrityError, match="El libro de reglas"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(orden)
            pytest.fail(orden)
    assert Votacion.objects.count() == 2


def test_lo_que_no_dice_el_libro_sigue_su_curso(abierta):
    """El nombre no está en el libro; y guardar la fila entera sin cambios no choca."""
    votacion = Votacion.objects.get(pk=abierta.pk)
    votacion.nombre = "Con tilde"
    votacion.save()
    for contienda in Contienda.objects.all():
        contienda.save()
    assert Votacion.objects.get(pk=abierta.pk).nombre == "Con tilde"


def test_otra_en_preparacion_se_arma_mientras_una_esta_abierta(abierta, votando):
    otra = acciones.preparar_votacion(
        votando, nombre="Otra", slug="otra", abre=abierta.abre, cierra=abierta.cierra, actor=None
    )
    otra.contiendas.filter(numero=1).update(presupuesto=Decimal("5.50"))
    suya = abierta.contiendas.get(numero=1)
    # Pero nada suyo pasa a la abierta, ni al revés.
    for mudar in (
        lambda: otra.contiendas.filter(numero=1).update(votacion=abierta, area=_municipio(abierta), numero=8),
        lambda: Opcion.objects.filter(contienda=suya).update(contienda=otra.contiendas.get(numero=2)),
    ):
        with pytest.raises(IntegrityError, match="El libro de reglas"), transaction.atomic():
            mudar()
    acciones.agregar_opciones(otra)


def test_faltar_una_guarda_se_nota(db):
    suyas = [nombre for nombre, suyo in guardas.DISPARADORES.items() if connection.vendor in suyo.condiciones]
    assert guardas.guardas_que_faltan(connection) == []
    with sin_guardas():
        assert guardas.guardas_que_faltan(connection) == suyas
    assert guardas.guardas_que_faltan(connection) == []


def test_cada_columna_de_sus_tablas_esta_congelada_o_se_sabe_por_que_no():
    """Una columna nueva se pone en la lista, o aquí con su razón."""
    # No están en el libro: el estado avanza y no vuelve, y quiénes participaron se escribe al contar.
    libres = {"nombre", "estado", "contada", "participacion"}
    de_la_votacion = {campo.column for campo in Votacion._meta.concrete_fields}
    assert de_la_votacion - set(guardas.DE_LA_VOTACION) == libres
    de_la_contienda = {campo.column for campo in Contienda._meta.concrete_fields}
    assert de_la_contienda - set(guardas.DE_LA_CONTIENDA) == {"participacion"}


def test_abrir_pasa_y_lo_que_congela_es_lo_que_dice_el_libro(preparada, gente):
    abierta = abrir(preparada, actor=gente.hugo)
    assert abierta.libro == acciones.conducir.libro.canonico(libro_de(abierta))
