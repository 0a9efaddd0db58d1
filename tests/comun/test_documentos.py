"""Los PDF de la gente: qué se acepta, qué se rechaza con su razón y el antivirus, con un clamd de mentira."""

import hashlib
import socket
import struct
import subprocess
import sys
import threading
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from civic.comun import documentos, taller_de_pdf
from civic.comun.antivirus import CAIDO, INFECTADO
from civic.comun.documentos import examinar, nombre_limpio
from civic.comun.errores import ReglaIncumplida


def pdf(extra: bytes = b"", cola: bytes = b"") -> bytes:
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R" + extra + b">>endobj\n2 0 obj<</Type/Pages/Kids[]>>endobj\n"
        + cola + b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
    )  # fmt: skip


def con_objetos(dentro: bytes, filtro: bytes = b"/Filter/FlateDecode") -> bytes:
    cuerpo = zlib.compress(dentro) if filtro else dentro
    return pdf(cola=b"5 0 obj<</Type/ObjStm" + filtro + b"/N 1/First 4>>stream\n" + cuerpo + b"\nendstream endobj\n")


def subido(datos: bytes, nombre: str = "acta.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(nombre, datos, "application/pdf")


@pytest.fixture
def clamd(settings):
    """clamd(respuesta) -> lista donde queda lo que recibió; atiende en 127.0.0.1 y habla INSTREAM."""
    puertas = []

    def atender(respuesta: bytes) -> list[bytes]:
        recibido: list[bytes] = []
        puerta = socket.create_server(("127.0.0.1", 0))
        puerta.settimeout(10)
        puertas.append(puerta)
        settings.ANTIVIRUS = f"tcp://127.0.0.1:{puerta.getsockname()[1]}"

        def leer(canal, cuantos):
            datos = b""
            while len(datos) < cuantos and (parte := canal.recv(cuantos - len(datos))):
                datos += parte
            return datos

        def servir():
            canal, _ = puerta.accept()
            with canal:
                assert leer(canal, 10) == b"zINSTREAM\0"
                while largo := struct.unpack(">I", leer(canal, 4))[0]:
                    recibido.append(leer(canal, largo))
                canal.sendall(respuesta)

        threading.Thread(target=servir, daemon=True).start()
        return recibido

    yield atender
    for puerta in puertas:
        puerta.close()


def test_examinar_un_pdf_bueno_devuelve_sus_bytes():
    datos = con_objetos(b"1 0 <</Type/Font>>")
    assert examinar(subido(datos), campo="documento") == datos


@pytest.mark.parametrize(
    ("datos", "frase"),
    [
        (b"", "vacío"),
        (b"<html>%%EOF", "no es un PDF"),
        (b"\n" + pdf(), "no es un PDF"),
        (pdf().replace(b"%%EOF", b""), "cortado o dañado"),
        (pdf()[:40] + b"%%EOF", "cortado o dañado"),
        (pdf().replace(b"/Root 1 0 R", b"/Root 1 0 R/Encrypt 9 0 R"), "contraseña"),
        (pdf(b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), "programas o archivos"),
        (pdf(b"/OpenAction<</S/J#61vaScript>>"), "programas o archivos"),
        (pdf(b"/OpenAction<</S/Launch/F(cmd.exe)>>"), "programas o archivos"),
        (pdf(b"/Names<</EmbeddedFiles 3 0 R>>"), "programas o archivos"),
        (pdf(b"/AcroForm<</XFA 3 0 R>>"), "programas o archivos"),
        (pdf(b"/AA<</O<</S/SubmitForm>>>>"), "programas o archivos"),
        (con_objetos(b"1 0 <</S/Java#53cript>>"), "programas o archivos"),
        (con_objetos(b"1 0 <</S/Launch>>").replace(b">>stream", b">> %obj\nstream"), "programas o archivos"),
        (con_objetos(b"1 0 <</S/Launch>>", filtro=b""), "programas o archivos"),
        (con_objetos(b"x", filtro=b"/Filter[/ASCII85Decode/FlateDecode]"), "No pudimos revisar ese PDF por dentro"),
        (con_objetos(b"0" * (70 * 1024 * 1024)), "demasiado complicado"),
    ],
)
def test_examinar_rechaza_con_su_razon(datos, frase):
    with pytest.raises(ReglaIncumplida, match=frase) as error:
        examinar(subido(datos), campo="documento")
    assert error.value.campo == "documento"


@pytest.mark.parametrize(
    ("datos", "paginas"),
    [
        (pdf(), None),
        (pdf(cola=b"3 0 obj<</Type/Page>>endobj\n4 0 obj<</Type /Page/Parent 2 0 R>>endobj\n"), 2),
        (con_objetos(b"3 0 4 9 <</Type/Page>><</Type\n/Page>><</Type/Pages>><</Type/PageLabel>>"), 2),
        (con_objetos(b"3 0 <</Type/Page>>", filtro=b""), 1),
    ],
)
def test_leer_cuenta_las_paginas_y_da_la_huella(datos, paginas):
    leido = documentos.leer(subido(datos, "Acta de la OTB.PDF"), campo="documento")
    assert (leido.paginas, leido.peso, leido.nombre) == (paginas, len(datos), "Acta de la OTB.pdf")
    assert leido.huella == hashlib.sha256(datos).hexdigest()


def test_archivos_o_nada_borra_lo_guardado_si_algo_falla():
    with documentos.archivos_o_nada() as guardar:
        guardar("documentos/queda.pdf", pdf())
    with pytest.raises(ReglaIncumplida), documentos.archivos_o_nada() as guardar:
        guardar("documentos/sobra.pdf", pdf())
        raise ReglaIncumplida("No.")
    assert [default_storage.exists(f"documentos/{n}.pdf") for n in ("queda", "sobra")] == [True, False]


def test_examinar_no_se_asusta_de_palabras_sin_barra():
    dentro = pdf(b"/Title(como usar JavaScript y Launch)")
    assert examinar(subido(dentro), campo="documento") == dentro


@pytest.mark.parametrize(
    "escondite",
    [
        b"%% (\n/OpenAction<</S/JavaScript>> %% )\n",
        b"%% <<>>stream\n/OpenAction<</S/JavaScript>>\n%% endstream\n",
        b"(<<>>stream\n)/OpenAction<</S/Launch>>(endstream)",
    ],
)
def test_examinar_no_cree_en_comentarios_cadenas_ni_flujos_de_mentira(escondite):
    with pytest.raises(ReglaIncumplida, match="programas o archivos"):
        examinar(subido(pdf(cola=escondite)), campo="documento")


@pytest.mark.parametrize("nombre", ["acta.exe", "acta.pdf.html", "acta.svg"])
def test_examinar_con_nombre_mentiroso_se_rechaza(nombre):
    with pytest.raises(ReglaIncumplida, match="PDF con otro nombre"):
        examinar(subido(pdf(), nombre), campo="documento")


def test_examinar_muy_pesado_se_rechaza_sin_leerlo(monkeypatch):
    monkeypatch.setattr(documentos, "PESO_MAXIMO", 10)
    with pytest.raises(ReglaIncumplida, match="máximo es 10 MB"):
        examinar(subido(pdf()), campo="documento")


def test_examinar_si_el_taller_tarda_demasiado_se_corta(monkeypatch):
    def lento(*args, **kwargs):
        raise subprocess.TimeoutExpired(args[0], kwargs["timeout"])

    monkeypatch.setattr(subprocess, "run", lento)
    with pytest.raises(ReglaIncumplida, match="demasiado complicado"):
        examinar(subido(pdf()), campo="documento")
    assert documentos._taller.turnos._value == documentos._taller.a_la_vez == 2


def test_taller_con_diez_megas_de_basura_termina_a_tiempo_y_con_poca_memoria():
    datos = b"%PDF-1.7\n" + b"(((((<</A stream\n" * 600_000 + b"%%EOF"
    medir = (
        f"import runpy,resource,sys\ntry: runpy.run_path({taller_de_pdf.__file__!r}, run_name='__main__')\n"
        "except SystemExit: pass\nu = resource.getrusage(resource.RUSAGE_SELF)\n"
        # VmHWM y no ru_maxrss, que hereda el pico de quien lo lanzó.
        "pico = next(r.split()[1] for r in open('/proc/self/status') if r.startswith('VmHWM'))\n"
        "print(pico, u.ru_utime, file=sys.stderr)"
    )
    hecho = subprocess.run([sys.executable, "-c", medir], input=datos, capture_output=True, check=False, timeout=60)
    pico, segundos = hecho.stderr.split()[-2:]
    assert int(pico) < 256 * 1024
    assert float(segundos) < 5


@pytest.mark.parametrize(
    ("nombre", "limpio"),
    [
        ("Acta 2026.pdf", "Acta 2026.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\ana\\acta.PDF", "acta.pdf"),
        ("acta.pdf.exe.pdf", "acta pdf exe.pdf"),
        ("\u202efdp.exe", "fdp exe.pdf"),
        ('a"b\r\nX-Malo: 1;.pdf', "a b X-Malo 1.pdf"),
        ("...", "documento.pdf"),
        ("ñandú " + "x" * 300, "ñandú " + "x" * 74 + ".pdf"),
    ],
)
def test_nombre_limpio(nombre, limpio):
    assert nombre_limpio(nombre) == limpio


def test_sin_antivirus_no_se_pregunta_a_nadie(settings, monkeypatch):
    settings.ANTIVIRUS = ""
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("se intentó conectar"))
    assert examinar(subido(pdf()), campo="documento")


def test_antivirus_recibe_el_archivo_entero_y_lo_deja_pasar(clamd):
    recibido = clamd(b"stream: OK\0")
    datos = pdf(cola=b"4 0 obj<<>>stream\n" + b"\x01" * 200_000 + b"\nendstream\n")
    assert examinar(subido(datos), campo="documento") == datos
    assert b"".join(recibido) == datos
    assert len(recibido) > 1


def test_antivirus_que_halla_algo_impide_guardarlo(clamd):
    clamd(b"stream: Eicar-Test-Signature FOUND\0")
    with pytest.raises(ReglaIncumplida) as error:
        examinar(subido(pdf()), campo="documento")
    assert error.value.mensaje == INFECTADO


@pytest.mark.parametrize(
    "respuesta", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"NOT OK AT ALL\0", b"stream: OK?\0"]
)
def test_antivirus_que_contesta_otra_cosa_no_deja_pasar(clamd, respuesta):
    clamd(respuesta)
    with pytest.raises(ReglaIncumplida) as error:
        examinar(subido(pdf()), campo="documento")
    assert error.value.mensaje == CAIDO


@pytest.mark.parametrize("direccion", ["tcp://127.0.0.1:1", "unix:///no/hay/clamd.ctl"])
def test_antivirus_caido_dice_que_no_pudimos_revisar(settings, direccion):
    settings.ANTIVIRUS = direccion
    with pytest.raises(ReglaIncumplida, match="No pudimos revisar el archivo"):
        examinar(subido(pdf()), campo="documento")


def test_antivirus_por_archivo_de_conexion(settings, tmp_path):
    ruta = tmp_path / "clamd.ctl"
    puerta = socket.socket(socket.AF_UNIX)
    puerta.bind(str(ruta))
    puerta.listen()
    settings.ANTIVIRUS = f"unix://{ruta}"

    def servir():
        canal, _ = puerta.accept()
        with canal:
            while canal.recv(65536)[-4:] != b"\0\0\0\0":
                pass
            canal.sendall(b"stream: OK\0")

    threading.Thread(target=servir, daemon=True).start()
    assert examinar(subido(pdf()), campo="documento")
    puerta.close()
