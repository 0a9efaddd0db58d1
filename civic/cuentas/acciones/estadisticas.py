"""Lo que la persona cuenta de sí, si quiere, para las estadísticas de participación."""

from django.db import transaction
from django.utils import timezone

from civic.comun.bitacora import anotar
from civic.comun.candados import bloquear
from civic.comun.errores import ReglaIncumplida
from civic.cuentas import reglas
from civic.cuentas.models import DatosParaEstadisticas, Usuario


def guardar_datos_para_estadisticas(usuario: Usuario, *, sexo: str = "", nacimiento: int | None = None) -> None:
    """Guarda lo que la persona dijo; sin nada, borra lo que hubiera. En la bitácora queda que cambió, no qué dijo."""
    if sexo and sexo not in DatosParaEstadisticas.Sexo.values:
        raise ReglaIncumplida("Elige una de las respuestas, o deja «Sin responder».", campo="sexo")
    if nacimiento is not None and (problema := reglas.problema_de_nacimiento(nacimiento, timezone.localdate().year)):
        raise ReglaIncumplida(problema, campo="nacimiento")
    if not sexo and nacimiento is None:
        borrar_datos_para_estadisticas(usuario)
        return
    with transaction.atomic():
        persona = bloquear(Usuario.objects.filter(pk=usuario.pk)).get()
        actuales = DatosParaEstadisticas.objects.filter(usuario=persona).first()
        if actuales is not None and (actuales.sexo, actuales.nacimiento) == (sexo, nacimiento):
            return
        DatosParaEstadisticas.objects.update_or_create(
            usuario=persona, defaults={"sexo": sexo, "nacimiento": nacimiento}
        )
        _anotar(persona, "Cambió sus datos para las estadísticas de participación.")


def borrar_datos_para_estadisticas(usuario: Usuario) -> None:
    """Borra lo que la persona dijo de sí. Las cifras ya publicadas no cambian: no guardan de quién salieron."""
    with transaction.atomic():
        persona = bloquear(Usuario.objects.filter(pk=usuario.pk)).get()
        borrados, _ = DatosParaEstadisticas.objects.filter(usuario=persona).delete()
        if borrados:
            _anotar(persona, "Borró sus datos para las estadísticas de participación.")


def _anotar(persona: Usuario, texto: str) -> None:
    anotar(persona, verbo="datos_para_estadisticas", texto=texto, actor=persona, publico=False)
