"""Lo que se pregunta por cada voto: qué papeletas son de una persona y cuáles ya retiró, en una sola consulta.

Va escrita a mano porque se hace una vez por papeleta, con todo el municipio votando a la vez, y armarla con el ORM
costaba más que responderla. Lo mismo, despacio y con palabras, está en `votaciones.permisos`.
"""

from dataclasses import dataclass
from functools import cache

from django.db import connection

from civic.cuentas.models import Residencia, Verificacion
from votaciones.models import Contienda, Participacion
from votaciones.padron.models import Habilitacion, PadronElectoral


@dataclass(frozen=True)
class Derecho:
    """De una persona en una votación.

    `habilitaciones`: {contienda: cómo estaba verificada}, las del padrón definitivo, de un solo dueño.
    `participaciones`: {(contienda, cuenta, compromiso)} de lo que ya retiró, con la cuenta que fuera.
    """

    habilitaciones: dict[int, str]
    participaciones: frozenset[tuple[int, int | None, str]]

    @property
    def en_otro_lugar(self) -> bool:
        """Si ya votó donde hoy no le toca: quien se mudó o cambió de cuenta no vota otra vez."""
        return any(contienda not in self.habilitaciones for contienda, _, _ in self.participaciones)


_HABILITADA, _RETIRO, _VIVE, _INSCRITA = 1, 2, 3, 4


@cache
def _consulta() -> str:
    nombre = connection.ops.quote_name
    tablas = {
        modelo.__name__: nombre(modelo._meta.db_table)
        for modelo in (Habilitacion, PadronElectoral, Participacion, Contienda, Verificacion, Residencia)
    }
    clases = {"_HABILITADA": _HABILITADA, "_INSCRITA": _INSCRITA, "_RETIRO": _RETIRO, "_VIVE": _VIVE}
    # Los nombres de las tablas son los de los modelos y lo que viene de afuera viaja aparte. Una cuenta sin identidad
    # pregunta por la cero, que no es de nadie.
    return """
        SELECT CASE WHEN h.usuario_id IS NULL THEN {_INSCRITA} ELSE {_HABILITADA} END,
               h.contienda_id, h.identidad_id, h.metodo
        FROM {Habilitacion} h JOIN {PadronElectoral} p ON p.id = h.padron_id
        WHERE p.votacion_id = %(votacion)s AND p.estado = 'definitivo'
          AND (h.identidad_id = %(identidad)s OR (h.usuario_id = %(cuenta)s AND h.identidad_id IS NULL))
        UNION ALL
        SELECT {_RETIRO}, t.contienda_id, t.usuario_id, t.compromiso
        FROM {Participacion} t JOIN {Contienda} c ON c.id = t.contienda_id
        WHERE c.votacion_id = %(votacion)s
          AND (t.usuario_id = %(cuenta)s OR t.identidad_id = %(identidad)s OR t.usuario_id IN
               (SELECT v.cuenta_id FROM {Verificacion} v WHERE v.identidad_id = %(identidad)s))
        UNION ALL
        SELECT {_VIVE}, 0, NULL, '' FROM {Residencia} r WHERE r.usuario_id = %(cuenta)s
        """.format(**clases, **tablas)  # noqa: S608


def derecho_de(votacion: int, *, cuenta: int | None, identidad: int | None) -> Derecho:
    """El derecho de una cuenta, de una identidad, o de las dos si son la misma persona. Todo por clave.

    Una cuenta que ya no dice dónde vive no tiene habilitaciones: es lo que queda cuando retira su verificación. A quien
    se inscribió en una mesa sin cuenta no le hace falta decirlo: mostró ahí su carnet.
    """
    claves = {"votacion": votacion, "cuenta": cuenta or 0, "identidad": identidad or 0}
    de_la_identidad: dict[int, str] = {}
    de_la_cuenta: dict[int, str] = {}
    participaciones: set[tuple[int, int | None, str]] = set()
    vive, inscrita = cuenta is None, False
    with connection.cursor() as cursor:
        cursor.execute(_consulta(), claves)
        for clase, contienda, quien, texto in cursor.fetchall():
            if clase == _RETIRO:
                participaciones.add((contienda, quien, texto))
            elif clase == _VIVE:
                vive = True
            elif quien is None:
                de_la_cuenta[contienda] = texto
            else:
                de_la_identidad[contienda] = texto
                inscrita = inscrita or clase == _INSCRITA
    habilitaciones = (de_la_identidad or de_la_cuenta) if vive or inscrita else {}
    return Derecho(habilitaciones, frozenset(participaciones))
