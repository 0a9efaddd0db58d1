"""Proceso aparte que comprueba las firmas de un PDF con memoria y tiempo limitados. No conoce Django.

Recibe el PDF por la entrada y por argumento la carpeta de raíces (PEM), o vacío. Escribe una línea JSON:
{firmas: [{quien, emisor, cuando, intacta, confiable, cambios, vigente, problema}], asunto}, o {error: frase}.
"""

import io
import json
import resource
import sys
from pathlib import Path
from typing import Any

MEMORIA = 768 * 1024 * 1024
SEGUNDOS = 20
FIRMAS_MAXIMO = 12


class PdfRechazado(Exception):
    """El archivo se leyó pero no sirve; el texto es para la persona."""


def limitar() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORIA, MEMORIA))
    resource.setrlimit(resource.RLIMIT_CPU, (SEGUNDOS, SEGUNDOS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # no puede escribir ningún archivo


def raices_de(carpeta: str) -> list[Any]:
    """Los certificados de confianza de la carpeta; ninguno si no se configuró."""
    from pyhanko.keys import load_certs_from_pemder

    archivos = sorted(Path(carpeta).glob("*.pem")) if carpeta else []
    return list(load_certs_from_pemder([str(archivo) for archivo in archivos]))


def contexto_para(raices: list[Any], cuando: Any = None) -> Any:
    from pyhanko_certvalidator import ValidationContext

    # Sin red: lo que no venga en el PDF o en la carpeta no se busca en ningún lado.
    return ValidationContext(trust_roots=raices, allow_fetching=False, revocation_mode="soft-fail", moment=cuando)


def comprobar(datos: bytes, raices: list[Any]) -> dict[str, Any]:
    from pyhanko.pdf_utils.reader import PdfFileReader

    lector = PdfFileReader(io.BytesIO(datos))
    if lector.encrypted:
        raise PdfRechazado("El PDF tiene contraseña. Guárdalo sin contraseña y fírmalo de nuevo.")
    firmas = list(lector.embedded_regular_signatures)
    if not firmas:
        raise PdfRechazado("Ese PDF no tiene ninguna firma digital. Fírmalo y súbelo de nuevo.")
    if len(firmas) > FIRMAS_MAXIMO:
        raise PdfRechazado(f"El PDF tiene más de {FIRMAS_MAXIMO} firmas.")
    return {"firmas": [ficha_de(firma, raices) for firma in firmas], "asunto": asunto_de(lector)}


def asunto_de(lector: Any) -> str:
    try:
        return str(lector.trailer_view["/Info"]["/Subject"])[:200]
    except Exception:  # sin propiedades no hay asunto
        return ""


def nombre_de(nombre: Any) -> str:
    """El nombre común de un certificado, o lo que tenga."""
    llano = nombre.native
    return str(llano.get("common_name") or llano.get("organization_name") or nombre.human_friendly)[:160]


def ficha_de(firma: Any, raices: list[Any]) -> dict[str, Any]:
    """Lo que se puede decir de una firma. Nunca lanza: una firma ilegible es una firma que no vale."""
    from pyhanko.sign.validation import validate_pdf_signature

    ficha: dict[str, Any] = {
        "quien": "Firma ilegible", "emisor": "", "cuando": "", "intacta": False, "confiable": False,
        "vigente": False, "cambios": True, "problema": "",
    }  # fmt: skip
    try:
        certificado = firma.signer_cert
        ficha |= {"quien": nombre_de(certificado.subject), "emisor": nombre_de(certificado.issuer)}
        cuando = firma.self_reported_timestamp
        ficha["cuando"] = cuando.isoformat() if cuando else ""
        # La hora que dice la firma la escribe quien firma: la cadena se mira con la hora de hoy.
        estado = validate_pdf_signature(firma, contexto_para(raices))
        hoja = estado.coverage is not None and estado.coverage.name in {"ENTIRE_FILE", "ENTIRE_REVISION"}
        ficha |= {
            "intacta": bool(estado.intact and estado.valid),
            "confiable": bool(estado.trusted),
            "vigente": not (estado.revoked or _vencido(certificado)),
            # Firmar después está permitido; cambiar lo que ya se firmó, no.
            "cambios": not (hoja and estado.docmdp_ok is not False and _solo_firmas(estado)),
        }
    except Exception as error:
        ficha["problema"] = type(error).__name__
    return ficha


def _vencido(certificado: Any) -> bool:
    import datetime

    ahora = datetime.datetime.now(datetime.UTC)
    return not certificado.not_valid_before <= ahora <= certificado.not_valid_after


def _solo_firmas(estado: Any) -> bool:
    nivel = getattr(estado, "modification_level", None)
    return nivel is not None and nivel.name in {"NONE", "LTA_UPDATES", "FORM_FILLING"}


def principal() -> int:
    limitar()
    try:
        ficha = comprobar(sys.stdin.buffer.read(), raices_de(sys.argv[1]))
    except PdfRechazado as error:
        print(json.dumps({"error": str(error)}))
        return 1
    except Exception as error:  # un PDF de cualquiera puede fallar de cualquier modo
        print(json.dumps({"error": "No pudimos leer ese PDF: parece dañado.", "detalle": repr(error)[:300]}))
        return 1
    print(json.dumps(ficha))
    return 0


if __name__ == "__main__":
    sys.exit(principal())
