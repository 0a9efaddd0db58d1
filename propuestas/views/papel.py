"""Cargar propuestas escritas en papel: subir la planilla, revisar qué se creará y confirmar."""

import hashlib
from collections import Counter
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from civic.comun.acceso import con_rol
from civic.comun.descargas import TIPOS, descargar
from civic.comun.errores import ReglaIncumplida
from civic.comun.forms import Formulario
from civic.comun.lector_de_planillas import ArchivoIlegible, leer_bytes
from civic.procesos.consultas import procesos_que_permiten
from civic.procesos.models import Proceso
from civic.procesos.reglas import PROPONER
from mapas.territorio.consultas import distritos, otbs
from propuestas import consultas, planilla_de_papel
from propuestas.acciones import papel
from propuestas.models import CargaDePapel

METODOS = ["GET", "HEAD", "POST"]
EN_PANTALLA = 100


class SubirForm(Formulario):
    proceso = forms.ChoiceField(label="En qué proceso", widget=forms.RadioSelect)
    archivo = forms.FileField(
        label="La planilla llena",
        help_text="CSV o XLSX de hasta 4 MB y 2.000 propuestas.",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={"required": "Elige el archivo.", "empty": "El archivo está vacío."},
    )

    def __init__(self, *args: Any, procesos: list[Proceso], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._procesos = {proceso.slug: proceso for proceso in procesos}
        campo = self.fields["proceso"]
        campo.choices = [(slug, proceso.nombre) for slug, proceso in self._procesos.items()]  # type: ignore[attr-defined]
        if len(procesos) == 1:
            campo.initial, campo.widget = procesos[0].slug, forms.HiddenInput()

    def elegido(self) -> Proceso:
        return self._procesos[self.cleaned_data["proceso"]]


@con_rol(*papel.CARGAN)
@require_http_methods(METODOS)
def subir(request: HttpRequest) -> HttpResponse:
    """La plantilla y el formulario para subirla llena. Con un error en una línea no se crea ninguna."""
    enviando = request.method == "POST"
    procesos = procesos_que_permiten(PROPONER)
    if not procesos:
        razones = consultas.por_que_no_se_propone()
        return render(request, "propuestas/sin_recepcion.html", {"razones": razones}, status=409 if enviando else 200)
    form = SubirForm(*((request.POST, request.FILES) if enviando else ()), procesos=procesos)
    errores: list[papel.ErrorDeLinea] = []
    if enviando and form.is_valid():
        try:
            carga = _preparar(request, form)
        except papel.CargaConErrores as error:
            errores = error.errores
        except ReglaIncumplida as error:
            form.agregar_regla(error)
        else:
            return redirect("propuestas:carga", carga.pk)
    contexto = {
        "form": form,
        "errores": errores[:EN_PANTALLA],
        "total_errores": len(errores),
        "columnas": planilla_de_papel.COLUMNAS,
        "obligatorias": planilla_de_papel.OBLIGATORIAS,
        "cargas": CargaDePapel.objects.filter(cargada_por=request.user).select_related("proceso").defer("filas")[:10],
    }
    return render(request, "propuestas/papel/subir.html", contexto, status=422 if enviando else 200)


def _preparar(request: HttpRequest, form: SubirForm) -> CargaDePapel:
    archivo = form.cleaned_data["archivo"]
    try:
        contenido = leer_bytes(archivo, planilla_de_papel.TOPES)
        lectura = planilla_de_papel.leer(contenido, archivo.name)
    except ArchivoIlegible as error:
        raise ReglaIncumplida(str(error), campo="archivo") from None
    if lectura.errores:
        raise papel.CargaConErrores(lectura.errores)
    huella = hashlib.sha256(contenido).hexdigest()
    return papel.preparar_carga(form.elegido(), lectura.filas, archivo=archivo.name, huella=huella, actor=request.user)


@con_rol(*papel.CARGAN)
@require_http_methods(METODOS)
def carga(request: HttpRequest, pk: int) -> HttpResponse:
    """Lo que se creará, para confirmarlo; si ya se creó, lo que quedó."""
    la_carga = CargaDePapel.objects.filter(pk=pk, cargada_por=request.user).select_related("proceso").first()
    if la_carga is None:
        raise Http404("No encontramos esa carga, o la subió otra persona.")
    aviso, estado = "", 200
    if request.method == "POST":
        try:
            hecha = papel.confirmar_carga(la_carga, actor=request.user)
        except ReglaIncumplida as error:
            aviso, estado = error.mensaje, 409
        else:
            cuantas = "Se creó 1 propuesta" if hecha.creadas == 1 else f"Se crearon {hecha.creadas} propuestas"
            messages.success(request, f"{cuantas}. Otra persona las revisa y las publica.")
            return redirect("propuestas:carga", hecha.pk)
    return render(request, "propuestas/papel/carga.html", {**_de_la_carga(la_carga), "aviso": aviso}, status=estado)


def _de_la_carga(la_carga: CargaDePapel) -> dict[str, Any]:
    nombres = {categoria.codigo: categoria.nombre for categoria in consultas.categorias()}
    lugares = {area.codigo: str(area) for area in distritos()}
    de_otb = {area.codigo: str(area) for area in otbs()}
    filas = [
        {
            **fila,
            "categoria": nombres.get(fila["categoria"], ""),
            "distrito": lugares.get(fila["distrito"], ""),
            "otb": de_otb.get(fila["otb"], ""),
            "monto": Decimal(fila["monto"]),
        }
        for fila in la_carga.filas
    ]
    propuestas = la_carga.propuestas.select_related("propuesta")[:EN_PANTALLA] if not filas else []  # type: ignore[attr-defined]
    return {
        "carga": la_carga,
        "filas": filas[:EN_PANTALLA],
        "cuantas": len(filas),
        "por_distrito": sorted(Counter(fila["distrito"] for fila in filas).items()),
        "por_categoria": sorted(Counter(fila["categoria"] for fila in filas).items()),
        "propuestas": propuestas,
    }


@con_rol(*papel.CARGAN)
@require_safe
def plantilla(request: HttpRequest, formato: str) -> HttpResponseBase:
    """La planilla vacía, con las categorías y los lugares de hoy."""
    if formato == "csv":
        return descargar(request, planilla_de_papel.plantilla_csv(), nombre="propuestas-de-papel", formato="csv")
    if formato != "xlsx":
        raise Http404("La plantilla está en CSV y en XLSX.")
    respuesta = HttpResponse(planilla_de_papel.plantilla_xlsx(), content_type=TIPOS["xlsx"])
    respuesta["Content-Disposition"] = 'attachment; filename="propuestas-de-papel.xlsx"'
    return respuesta
