"""Fotos y documentos: qué se acepta, cuántos caben, qué queda si algo falla y con qué movimiento van."""

import hashlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from civic.comun import antivirus
from civic.comun.errores import ReglaIncumplida
from civic.comun.fotos import guardar_foto
from civic.comun.models import Foto, Suceso
from civic.cuentas.roles import Rol
from propuestas import acciones, consultas_adjuntos
from propuestas.models import Documento, FotoDePropuesta, Propuesta
from propuestas.reglas import AUTOR, PLANIFICACION
from tests.elenco import crear_persona, crear_proceso, dar_rol
from tests.propuestas.piezas import borrador, en_evaluacion, enviada, foto_falsa, foto_subida, publicada
from tests.propuestas.piezas_adjuntos import archivos, bytes_de_pdf, con_adjuntos, pdf_subido

COLORES = ("red", "green", "blue", "yellow")


@pytest.fixture
def mio(recepcion, gente, pueblo):
    return borrador(recepcion, gente.ana, pueblo)


@pytest.fixture
def al_confirmar(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def ines(pueblo):
    """Gestión de comunidad."""
    persona = crear_persona("ines", "Inés Modera")
    dar_rol(persona, Rol.GESTION_COMUNIDAD)
    return persona


def fotos(*colores):
    return [foto_subida(color=color) for color in colores]


# --- Fotos -----------------------------------------------------------------------------------------------------------
def test_tres_fotos_quedan_en_orden_y_la_primera_es_la_portada(mio, gente):
    con_adjuntos(mio, gente.ana, fotos=fotos("red", "green"), texto="La calle")
    propuesta = con_adjuntos(mio, gente.ana, fotos=fotos("blue"))
    suyas = consultas_adjuntos.fotos_de(propuesta)
    assert [foto.texto for foto in suyas] == ["La calle", "La calle", ""]
    assert (propuesta.foto, Foto.objects.count()) == (suyas[0], 3)
    assert [otra.orden for otra in FotoDePropuesta.objects.all()] == [2, 3]


def test_una_cuarta_foto_no_entra_y_no_deja_nada(mio, gente, al_confirmar):
    con_adjuntos(mio, gente.ana, fotos=fotos(*COLORES[:3]))
    antes = archivos("fotos")
    with al_confirmar(), pytest.raises(ReglaIncumplida, match="Caben 3 fotos") as error:
        con_adjuntos(mio, gente.ana, fotos=fotos("yellow"))
    assert error.value.campo == "foto"
    assert (Foto.objects.count(), archivos("fotos")) == (3, antes)


def test_quitar_la_portada_pone_la_que_sigue_y_borra_sus_archivos(mio, gente, al_confirmar):
    propuesta = con_adjuntos(mio, gente.ana, fotos=fotos("red", "green"))
    primera, segunda = consultas_adjuntos.fotos_de(propuesta)
    with al_confirmar():
        propuesta = con_adjuntos(mio, gente.ana, quitar_fotos=[primera.pk])
    assert (consultas_adjuntos.fotos_de(propuesta), Foto.objects.get()) == ([segunda], segunda)
    assert archivos("fotos") == sorted(segunda.rutas)


def test_elegir_portada_y_cambiar_lo_que_se_ve(mio, gente):
    propuesta = con_adjuntos(mio, gente.ana, fotos=fotos("red", "green", "blue"))
    una, dos, tres = consultas_adjuntos.fotos_de(propuesta)
    propuesta = con_adjuntos(mio, gente.ana, portada=tres.pk, textos={tres.pk: "El tanque"})
    assert consultas_adjuntos.fotos_de(Propuesta.objects.get(pk=mio.pk)) == [tres, una, dos]
    assert Foto.objects.get(pk=tres.pk).texto == "El tanque"


def test_la_foto_de_otra_propuesta_no_se_quita_ni_se_elige(mio, recepcion, gente, pueblo):
    ajena = con_adjuntos(borrador(recepcion, gente.beto, pueblo), gente.beto, fotos=fotos("red")).foto
    propia = con_adjuntos(mio, gente.ana, fotos=fotos("green")).foto
    con_adjuntos(mio, gente.ana, quitar_fotos=[ajena.pk], portada=ajena.pk, textos={ajena.pk: "Cambiada"})
    ajena.refresh_from_db()
    assert (Propuesta.objects.get(pk=mio.pk).foto, ajena.texto, Foto.objects.count()) == (propia, "", 2)


def test_la_misma_foto_en_dos_envios_queda_una(mio, gente, al_confirmar):
    with al_confirmar():
        for _ in range(2):
            con_adjuntos(mio, gente.ana, fotos=fotos("red", "green"))
    assert Foto.objects.count() == 2
    assert len(archivos("fotos")) == sum(len(foto.rutas) for foto in Foto.objects.all())


def test_si_una_foto_es_falsa_no_queda_ninguna_de_ese_envio(mio, gente, al_confirmar):
    with al_confirmar(), pytest.raises(ReglaIncumplida, match="no es una foto"):
        con_adjuntos(mio, gente.ana, fotos=[*fotos("red"), foto_falsa()])
    assert (Foto.objects.count(), archivos("fotos")) == (0, [])


def test_publicar_hace_publicas_las_tres_y_solo_entonces(mio, gente):
    con_adjuntos(mio, gente.ana, fotos=fotos(*COLORES[:3]))
    propuesta = acciones.presentar_propuesta(mio, actor=gente.ana)
    assert Foto.objects.filter(publica=True).count() == 0
    acciones.revisar_forma(propuesta, actor=gente.hugo, decision="publicada")
    assert Foto.objects.filter(publica=True).count() == 3


def test_la_base_no_deja_un_cuarto_lugar_ni_dos_en_el_mismo(mio, gente):
    con_adjuntos(mio, gente.ana, fotos=fotos("red", "green"))
    suelta = guardar_foto(foto_subida(color="blue"))
    for orden in (1, 2, 4):
        with pytest.raises(IntegrityError), transaction.atomic():
            FotoDePropuesta.objects.create(propuesta=mio, foto=suelta, orden=orden)


def test_al_pasar_de_gestion_viajan_las_tres_fotos(recepcion, gente, pueblo):
    mio = borrador(recepcion, gente.ana, pueblo)
    con_adjuntos(mio, gente.ana, fotos=fotos(*COLORES[:3]))
    presentada = {"presentada": mio.creada, "codigo": "PR-2027-9"}
    Propuesta.objects.filter(pk=mio.pk).update(estado="lista_espera", **presentada)
    destino = crear_proceso(pueblo, "recepcion", slug="poa-siguiente")
    type(destino).objects.filter(pk=destino.pk).update(gestion=2099)
    destino.refresh_from_db()
    nueva = acciones.arrastrar_propuesta(mio, destino=destino, actor=gente.hugo, motivo="No alcanzó.")
    assert consultas_adjuntos.fotos_de(nueva) == consultas_adjuntos.fotos_de(Propuesta.objects.get(pk=mio.pk))


# --- Documentos de la propuesta --------------------------------------------------------------------------------------
def test_los_documentos_de_un_borrador_quedan_en_el_paso_con_que_se_presenta(mio, gente):
    con_adjuntos(mio, gente.ana, documentos=[pdf_subido(nombre="C:\\mis cosas\\Acta.pdf.PDF", paginas=4)])
    documento = Documento.objects.get()
    datos = bytes_de_pdf(paginas=4)
    assert (documento.nombre, documento.paginas, documento.peso) == ("Acta.pdf", 4, len(datos))
    assert (documento.huella, documento.subido_por) == (hashlib.sha256(datos).hexdigest(), gente.ana)
    assert (documento.suceso, documento.publico, documento.detalle[:5]) == (None, True, "PDF, ")
    assert default_storage.open(documento.ruta).read() == datos
    acciones.presentar_propuesta(mio, actor=gente.ana)
    documento.refresh_from_db()
    suceso = Suceso.objects.de(mio).get(verbo="mover")
    assert (documento.suceso, suceso.datos["adjuntos"]) == (suceso, [documento.huella])


def test_el_mismo_documento_dos_veces_es_uno(mio, gente):
    for _ in range(2):
        con_adjuntos(mio, gente.ana, documentos=[pdf_subido(), pdf_subido(nombre="otra copia.pdf")])
    assert (Documento.objects.count(), len(archivos("documentos"))) == (1, 1)


def test_un_cuarto_documento_no_entra_y_no_deja_archivo(mio, gente):
    con_adjuntos(mio, gente.ana, documentos=[pdf_subido(str(n)) for n in range(3)])
    with pytest.raises(ReglaIncumplida, match="Caben 3 documentos") as error:
        con_adjuntos(mio, gente.ana, documentos=[pdf_subido("cuarto")])
    assert error.value.campo == "documentos"
    assert (Documento.objects.count(), len(archivos("documentos"))) == (3, 3)
    with pytest.raises(ReglaIncumplida, match="como mucho 3"):
        con_adjuntos(mio, gente.ana, documentos=[pdf_subido(str(n)) for n in range(4)])


def test_quitar_un_documento_borra_su_archivo_y_deja_lugar(mio, gente, al_confirmar):
    con_adjuntos(mio, gente.ana, documentos=[pdf_subido(str(n)) for n in range(3)])
    segundo = Documento.objects.get(orden=2)
    with al_confirmar():
        con_adjuntos(mio, gente.ana, quitar_documentos=[segundo.pk], documentos=[pdf_subido("otro")])
    assert sorted(Documento.objects.values_list("orden", flat=True)) == [1, 2, 3]
    assert archivos("documentos") == sorted(documento.ruta for documento in Documento.objects.all())


def test_si_guardar_falla_no_queda_ni_fila_ni_archivo(mio, gente, al_confirmar):
    with al_confirmar(), pytest.raises(ReglaIncumplida, match="ya se presentó"):
        con_adjuntos(mio, gente.beto, fotos=fotos("red"), documentos=[pdf_subido()])
    assert (Documento.objects.count(), Foto.objects.count()) == (0, 0)
    assert archivos("documentos") + archivos("fotos") == []


def test_si_la_base_falla_despues_de_escribir_el_archivo_se_borra(mio, gente, monkeypatch):
    def fallar(*args, **kwargs):
        raise RuntimeError("se cortó")

    monkeypatch.setattr("propuestas.acciones.borradores.anotar_aparte", fallar)
    with pytest.raises(RuntimeError):
        con_adjuntos(mio, gente.ana, documentos=[pdf_subido()])
    assert (Documento.objects.count(), archivos("documentos")) == (0, [])


HOSTILES = {
    "falso": (SimpleUploadedFile("acta.pdf", b"<html>hola</html>"), "no es un PDF"),
    "renombrado": (SimpleUploadedFile("acta.exe", bytes_de_pdf()), "con otro nombre"),
    "vacio": (SimpleUploadedFile("acta.pdf", b""), "vacío"),
    "once_megas": (SimpleUploadedFile("acta.pdf", bytes_de_pdf() + b"0" * (11 * 1024 * 1024)), "máximo es 10 MB"),
    "con_javascript": (
        SimpleUploadedFile(
            "acta.pdf", bytes_de_pdf().replace(b"/Type /Catalog", b"/Type /Catalog /AA <</S/JavaScript>>")
        ),
        "programas o archivos",
    ),
    "cortado": (SimpleUploadedFile("acta.pdf", bytes_de_pdf()[:200]), "cortado o dañado"),
}


@pytest.mark.parametrize("nombre", HOSTILES)
def test_un_documento_hostil_no_entra_por_ninguna_accion(nombre, recepcion, gente, pueblo):
    archivo, frase = HOSTILES[nombre]
    evaluada = en_evaluacion(recepcion, gente, pueblo)
    antes = (Suceso.objects.count(), Documento.objects.count())
    intentos = [
        lambda: con_adjuntos(evaluada, gente.ana, documentos=[archivo]),
        lambda: acciones.mover_propuesta(
            evaluada, hacia="retirada", actor=gente.ana, calidad=AUTOR, motivo="Ya no.", documentos=[archivo]
        ),
        lambda: acciones.revisar_forma(evaluada, actor=gente.hugo, decision="publicada", documentos=[archivo]),
        lambda: acciones.dictaminar(
            evaluada, actor=gente.carla, resultado="observada", texto="Falta.", documentos=[archivo]
        ),
    ]
    for intentar in intentos:
        with pytest.raises(ReglaIncumplida, match=frase) as error:
            intentar()
        assert error.value.campo == "documentos"
    evaluada.refresh_from_db()
    assert ((Suceso.objects.count(), Documento.objects.count()), evaluada.estado) == (antes, "en_evaluacion")
    assert archivos("documentos") == []


def test_con_el_antivirus_caido_no_se_guarda_ni_se_mueve(una, gente, settings):
    settings.ANTIVIRUS = "tcp://127.0.0.1:1"
    with pytest.raises(ReglaIncumplida) as error:
        acciones.mover_propuesta(
            una, hacia="retirada", actor=gente.ana, calidad=AUTOR, motivo="Ya no.", documentos=[pdf_subido()]
        )
    assert (error.value.mensaje, error.value.campo) == (antivirus.CAIDO, "documentos")
    una.refresh_from_db()
    assert (una.estado, Documento.objects.count(), archivos("documentos")) == ("publicada", 0, [])


# --- Documentos de un movimiento -------------------------------------------------------------------------------------
def test_cada_movimiento_lleva_sus_documentos(recepcion, gente, pueblo, ines):
    propuesta = enviada(recepcion, gente.ana, pueblo)
    acciones.revisar_forma(propuesta, actor=ines, decision="publicada", documentos=[pdf_subido("forma")])
    acciones.mover_propuesta(
        propuesta, hacia="en_evaluacion", actor=gente.hugo, calidad=PLANIFICACION, documentos=[pdf_subido("mover")]
    )
    acciones.dictaminar(
        propuesta, actor=gente.carla, resultado="observada", texto="Falta el ancho.",
        documentos=[pdf_subido("informe"), pdf_subido("plano"), pdf_subido("informe")],
    )  # fmt: skip
    acciones.mover_propuesta(
        propuesta, hacia="en_evaluacion", actor=gente.ana, calidad=AUTOR, motivo="Mide 8 m.",
        documentos=[pdf_subido("medida")],
    )  # fmt: skip
    filas = Documento.objects.order_by("pk").values_list("suceso__desde", "suceso__hasta", "orden", "clase", "publico")
    assert list(filas) == [
        ("enviada", "publicada", 1, "movimiento", True),
        ("publicada", "en_evaluacion", 1, "movimiento", True),
        ("en_evaluacion", "observada", 1, "movimiento", True),
        ("en_evaluacion", "observada", 2, "movimiento", True),
        ("observada", "en_evaluacion", 1, "movimiento", True),
    ]
    for suceso in Suceso.objects.filter(pk__in=Documento.objects.values("suceso")):
        suyas = list(Documento.objects.filter(suceso=suceso).values_list("huella", flat=True))
        assert suceso.datos["adjuntos"] == suyas


def test_los_documentos_de_una_devolucion_y_de_su_apelacion_son_reservados(recepcion, gente, pueblo, ines):
    propuesta = enviada(recepcion, gente.ana, pueblo)
    devolver = {"decision": "devuelta", "razon": "incompleta", "motivo": "Di dónde."}
    acciones.revisar_forma(propuesta, actor=ines, **devolver, documentos=[pdf_subido("nota")])
    acciones.mover_propuesta(
        propuesta, hacia="apelada", actor=gente.ana, calidad=AUTOR, motivo="Sí dice.", documentos=[pdf_subido("foto")]
    )
    assert list(Documento.objects.values_list("suceso__hasta", "publico")) == [("devuelta", False), ("apelada", False)]


def test_si_el_movimiento_no_se_puede_su_documento_no_queda(una, gente):
    with pytest.raises(ReglaIncumplida):
        acciones.mover_propuesta(
            una, hacia="viable", actor=gente.ana, calidad=AUTOR, motivo="x", documentos=[pdf_subido()]
        )
    assert (Documento.objects.count(), archivos("documentos")) == (0, [])


def test_la_base_no_deja_un_cuarto_documento_ni_uno_sin_su_paso(una):
    suceso = Suceso.objects.de(una).filter(verbo="mover").first()
    datos = {"propuesta": una, "nombre": "x.pdf", "peso": 1}
    for n in range(1, 4):
        Documento.objects.create(**datos, clase="movimiento", suceso=suceso, orden=n, huella=str(n))
    for malo in (
        {"clase": "movimiento", "suceso": suceso, "orden": 3, "huella": "4"},
        {"clase": "movimiento", "suceso": suceso, "orden": 4, "huella": "4"},
        {"clase": "movimiento", "suceso": None, "orden": 1, "huella": "4"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Documento.objects.create(**datos, **malo)


# --- Retirar ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def con_papel(recepcion, gente, pueblo):
    mio = borrador(recepcion, gente.ana, pueblo)
    con_adjuntos(mio, gente.ana, documentos=[pdf_subido(nombre="Carnet de Juana.pdf")])
    propuesta = acciones.presentar_propuesta(mio, actor=gente.ana)
    acciones.mover_propuesta(propuesta, hacia="publicada", actor=gente.hugo, calidad=PLANIFICACION)
    return Documento.objects.get()


def test_retirar_borra_el_archivo_y_el_nombre_y_deja_la_huella(con_papel, ines, al_confirmar):
    with al_confirmar():
        acciones.retirar_documento(con_papel, actor=ines, motivo="datos_personales")
        acciones.retirar_documento(con_papel, actor=ines, motivo="ilicito")
    con_papel.refresh_from_db()
    assert (con_papel.nombre, con_papel.motivo, con_papel.retirado_por) == (
        "Documento retirado", "datos_personales", ines,
    )  # fmt: skip
    assert (con_papel.url, archivos("documentos")) == ("", [])
    suceso = Suceso.objects.get(verbo="retirar_documento")
    assert con_papel.huella in suceso.texto
    assert (suceso.publico, suceso.motivo, "Juana" in str(vars(suceso))) == (True, "Tenía datos personales.", False)


@pytest.mark.parametrize("quien", ["ana", "beto", "carla", "hugo"])
def test_retirar_no_le_toca_a_otros(con_papel, gente, quien):
    with pytest.raises(ReglaIncumplida):
        acciones.retirar_documento(con_papel, actor=getattr(gente, quien), motivo="datos_personales")
    con_papel.refresh_from_db()
    assert (con_papel.retirado, default_storage.exists(con_papel.ruta)) == (None, True)


def test_retirar_pide_un_motivo_de_la_lista(con_papel, ines):
    with pytest.raises(ReglaIncumplida, match="Elige por qué"):
        acciones.retirar_documento(con_papel, actor=ines, motivo="porque sí")


def test_a_una_devuelta_se_le_puede_cambiar_el_documento_retirado(recepcion, gente, pueblo, ines):
    mio = borrador(recepcion, gente.ana, pueblo)
    con_adjuntos(mio, gente.ana, documentos=[pdf_subido(str(n)) for n in range(3)])
    propuesta = acciones.presentar_propuesta(mio, actor=gente.ana)
    acciones.retirar_documento(Documento.objects.get(orden=1), actor=ines, motivo="datos_personales")
    acciones.revisar_forma(
        propuesta, actor=ines, decision="devuelta", razon="datos_personales", motivo="Había carnets."
    )
    con_adjuntos(propuesta, gente.ana, documentos=[pdf_subido("sin carnets")])
    acciones.presentar_propuesta(propuesta, actor=gente.ana)
    ultimo = Suceso.objects.de(propuesta).filter(verbo="mover", hasta="enviada").order_by("-numero")[0]
    assert Documento.objects.vigentes().filter(suceso=ultimo).count() == 3


def test_publicada_sin_adjuntos_no_anota_la_clave(recepcion, gente, pueblo):
    propuesta = publicada(recepcion, gente, pueblo)
    assert [suceso.datos.get("adjuntos") for suceso in Suceso.objects.de(propuesta).filter(verbo="mover")] == [
        None,
        None,
    ]
