"""La trastienda: Planificación conduce, Auditoría mira, nadie más entra y de la urna no se ve nada."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from civic.cuentas.acciones import asignar_rol, preparar_roles
from civic.cuentas.roles import Rol
from tests.elenco import crear_persona
from tests.urnas import adulterar
from tests.votaciones.conftest import publicar_padron, segunda, votar
from tests.votaciones.papeletas import EJEMPLOS
from votaciones.models import Opcion, Votacion
from votaciones.reglas.papeleta import reglamento_de
from votaciones.reglas.papeleta_escrita import instruccion


@pytest.fixture
def roles(gente):
    preparar_roles()
    for persona, rol in ((gente.hugo, Rol.PLANIFICACION), (gente.gloria, Rol.ADMINISTRACION)):
        persona.asignaciones.all().delete()
        asignar_rol(persona, rol=rol)
    auditora = crear_persona("ines", "Inés Audita")
    asignar_rol(auditora, rol=Rol.AUDITORIA)
    gente.todos["ines"] = auditora
    return gente


def tablero(votacion):
    return reverse("votaciones_conducir", args=[votacion.pk])


def paso(votacion, verbo):
    return reverse("votaciones_paso", args=[votacion.pk, verbo])


def datos(proceso, **cambios):
    ahora = timezone.localtime()
    return {
        "proceso": proceso.pk,
        "nombre": "Votación nueva",
        "slug": "nueva",
        "regla": "voraz",
        "abre": f"{ahora:%Y-%m-%d %H:%M}",
        "cierra": f"{ahora + datetime.timedelta(days=5):%Y-%m-%d %H:%M}",
        **cambios,
    }


def test_planificacion_crea_la_votacion_con_sus_papeletas(entrar, roles, votando, viables):
    cliente = entrar(roles.hugo)
    assert cliente.get(reverse("votaciones_admin:add")).status_code == 200
    respuesta = cliente.post(reverse("votaciones_admin:add"), datos(votando))
    votacion = Votacion.objects.get()
    assert (respuesta.status_code, respuesta.url) == (302, tablero(votacion))
    assert (votacion.estado, votacion.contiendas.count(), Opcion.objects.count()) == ("preparada", 2, 5)


@pytest.mark.parametrize("cambio", [{"cierra": "2020-01-01 10:00"}, {"slug": "con espacios"}, {"nombre": ""}])
def test_crear_con_datos_malos_conserva_lo_escrito(entrar, roles, votando, viables, cambio):
    respuesta = entrar(roles.hugo).post(reverse("votaciones_admin:add"), datos(votando, **cambio))
    assert respuesta.status_code == 422
    assert respuesta.context["form"].errors
    assert Votacion.objects.count() == 0


def test_crear_sin_techos_lo_dice_en_el_formulario(entrar, roles, votando, viables):
    votando.techos.all().delete()
    respuesta = entrar(roles.hugo).post(reverse("votaciones_admin:add"), datos(votando))
    assert respuesta.context["form"].errors["proceso"] == [
        "Ese proceso no tiene techos por distrito. Cárgalos primero."
    ]
    assert Votacion.objects.count() == 0


@pytest.mark.parametrize("tipo", EJEMPLOS)
def test_crear_con_cada_tipo_de_papeleta(entrar, roles, votando, viables, tipo):
    limites = EJEMPLOS[tipo].limites
    entrar(roles.hugo).post(reverse("votaciones_admin:add"), datos(votando, tipo_de_papeleta=tipo, **limites))
    votacion = Votacion.objects.get()
    assert votacion.reglamento.canonico() == reglamento_de(tipo, **limites).canonico()
    tablero_de = entrar(roles.hugo).get(tablero(votacion)).content.decode()
    assert f"<p>Papeleta: {instruccion(votacion.reglamento, con_monto=False)}</p>" in tablero_de


@pytest.mark.parametrize(
    ("limites", "campo", "frase"),
    [
        ({"tipo_de_papeleta": "puntos"}, "puntos", "Escribe cuántos puntos reparte cada persona."),
        ({"tipo_de_papeleta": "una", "nota_maxima": 5}, "nota_maxima",
         "Eso no va en una papeleta de una sola obra. Déjalo vacío."),
        ({"tipo_de_papeleta": "orden", "puntos_por_lugar": "1,2"}, "puntos_por_lugar",
         "Cada lugar vale menos que el anterior, por ejemplo 3, 2, 1."),
        ({"puntos": 4}, "puntos", "Eso no va en una papeleta de presupuesto. Déjalo vacío."),
    ],
)  # fmt: skip
def test_un_limite_que_no_va_se_dice_en_su_campo(entrar, roles, votando, viables, limites, campo, frase):
    respuesta = entrar(roles.hugo).post(reverse("votaciones_admin:add"), datos(votando, **limites))
    assert respuesta.status_code == 422
    assert respuesta.context["form"].errors == {campo: [frase]}
    assert Votacion.objects.count() == 0


def test_lista_de_la_trastienda_lleva_al_tablero(entrar, roles, preparada):
    texto = entrar(roles.hugo).get(reverse("votaciones_admin:index")).content.decode()
    assert f'href="{tablero(preparada)}"' in texto


def test_corregir_solo_en_preparacion(entrar, roles, preparada, votando):
    cliente = entrar(roles.hugo)
    editar = reverse("votaciones_admin:edit", args=[preparada.pk])
    cliente.post(editar, datos(votando, nombre="Otro nombre", slug="otra-direccion"))
    preparada.refresh_from_db()
    assert (preparada.nombre, preparada.slug) == ("Otro nombre", "otra-direccion")
    publicar_padron(preparada)
    cliente.post(paso(preparada, "abrir"))
    assert cliente.get(editar).status_code == 404
    cliente.post(editar, datos(votando, nombre="Tarde"))
    assert Votacion.objects.get().nombre == "Otro nombre"


def test_los_pasos_se_dan_en_orden_y_con_confirmacion(entrar, roles, preparada, gente):
    publicar_padron(preparada)
    cliente = entrar(roles.hugo)
    for verbo, hasta, cuerpo in (
        ("armar", "preparada", {}),
        ("abrir", "abierta", {}),
        ("cerrar", "cerrada", {"motivo": "Todos votaron."}),
        ("contar", "contada", {}),
    ):
        if verbo == "contar":
            assert "El escrutinio es de dos personas" in cliente.get(paso(preparada, verbo)).text
            assert cliente.post(paso(preparada, verbo)).status_code == 409
            asignar_rol(segunda(), rol=Rol.PLANIFICACION)
            cliente = entrar(segunda())
        antes = Votacion.objects.get().estado
        confirmar = cliente.get(paso(preparada, verbo))
        assert confirmar.status_code == 200
        assert Votacion.objects.get().estado == antes  # mirar no hace nada
        assert cliente.post(paso(preparada, verbo), cuerpo).url == tablero(preparada)
        assert Votacion.objects.get().estado == hasta
        assert cliente.get(tablero(preparada)).status_code == 200


def test_cerrar_antes_de_hora_sin_motivo_es_409(entrar, roles, abierta):
    respuesta = entrar(roles.hugo).post(paso(abierta, "cerrar"), {"motivo": "  "})
    assert respuesta.status_code == 409
    assert "escribe el motivo" in respuesta.content.decode()
    assert Votacion.objects.get().estado == "abierta"


def test_paso_fuera_de_orden_es_409_y_paso_inventado_404(entrar, roles, preparada):
    cliente = entrar(roles.hugo)
    assert cliente.post(paso(preparada, "contar")).status_code == 409
    assert cliente.post(paso(preparada, "inventado")).status_code == 404
    assert cliente.put(paso(preparada, "abrir")).status_code == 405
    assert cliente.post(tablero(preparada)).status_code == 405
    assert cliente.get(reverse("votaciones_conducir", args=[9999])).status_code == 404
    assert Votacion.objects.get().estado == "preparada"


@pytest.mark.parametrize("nombre", ["gloria", "ana", "elena", "carla"])
def test_otros_cargos_no_entran(entrar, roles, preparada, nombre):
    cliente = entrar(roles.todos[nombre])
    for direccion in (tablero(preparada), paso(preparada, "abrir")):
        assert cliente.get(direccion).status_code in (302, 403)
    cliente.post(paso(preparada, "abrir"))
    cliente.post(reverse("votaciones_admin:add"), datos(preparada.proceso))
    assert list(Votacion.objects.values_list("estado", flat=True)) == ["preparada"]


def test_el_superusuario_mira_pero_no_conduce(entrar, roles, preparada):
    roles.gloria.is_superuser = True
    roles.gloria.save()
    cliente = entrar(roles.gloria)
    assert cliente.get(tablero(preparada)).status_code == 200
    assert cliente.post(paso(preparada, "abrir")).status_code == 409
    cliente.post(reverse("votaciones_admin:add"), datos(preparada.proceso))
    assert list(Votacion.objects.values_list("estado", flat=True)) == ["preparada"]


def test_auditoria_mira_y_no_conduce(entrar, roles, preparada):
    cliente = entrar(roles.todos["ines"])
    texto = cliente.get(tablero(preparada)).content.decode()
    assert cliente.get(reverse("votaciones_admin:index")).status_code == 200
    assert paso(preparada, "abrir") not in texto
    assert cliente.get(paso(preparada, "abrir")).status_code in (302, 403)
    cliente.post(paso(preparada, "abrir"))
    assert Votacion.objects.get().estado == "preparada"


def test_el_tablero_no_cambia_con_lo_que_la_gente_eligio(entrar, roles, abierta, d1):
    votar(d1, roles.ana, 1)
    cliente = entrar(roles.hugo)

    def principal():
        return cliente.get(tablero(abierta)).content.decode().split("<main")[1]

    antes = principal()
    adulterar(d1, [2])
    assert principal() == antes
