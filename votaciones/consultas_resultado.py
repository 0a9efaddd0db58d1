"""El resultado de una votación contada: las mismas papeletas con cada regla, en un distrito y en todos."""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from votaciones.consultas import a_centavos, con_alguna_publico, contiendas_de, opciones_de, se_publican_papeletas
from votaciones.models import Contienda, Opcion, Resultado, Votacion
from votaciones.reglas import grafico, orden_de_desempate
from votaciones.reglas.condiciones import condiciones_de
from votaciones.reglas.papeleta import puntos_de
from votaciones.reglas.simulacion import Eleccion, Simulacion
from votaciones.urna import consultas as consultas_de_urna

# Cómo se nombran las reglas donde no cabe su nombre.
LETRAS = "ABCD"


def en_bolivianos(centavos: Fraction) -> Decimal:
    """Hacia abajo al centavo."""
    return Decimal(centavos.numerator // centavos.denominator) / 100


def _nombres(opciones: list[Opcion]) -> str:
    """«Cancha», «Plaza» y «Puente», cada una entre comillas."""
    nombres = [f"«{opcion.titulo}»" for opcion in opciones]
    return " y ".join([*([", ".join(nombres[:-1])] if nombres[1:] else []), *nombres[-1:]])


@dataclass(frozen=True)
class CuentaDeRegla:
    """Lo que da una regla con las papeletas de una contienda, y en qué se aparta de la oficial.

    `letra` la nombra donde no cabe su nombre. `con_alguna`: personas que eligieron alguna ganadora, si se publica.
    """

    letra: str
    resultado: Resultado
    ganan: int
    con_alguna: int | None
    entran: list[Opcion]
    salen: list[Opcion]

    @property
    def nombres_de_las_que_entran(self) -> str:
        return _nombres(self.entran)

    @property
    def nombres_de_las_que_salen(self) -> str:
        return _nombres(self.salen)


@dataclass(frozen=True)
class FilaDeResultado:
    """Una obra con lo que le pasó con cada regla; `oficial` y `segun` son sus entradas de Resultado.detalle."""

    opcion: Opcion
    oficial: dict[str, Any]
    segun: list[tuple[str, dict[str, Any]]]
    con_las_otras: list[tuple[Resultado, dict[str, Any]]]

    @property
    def votos(self) -> int:
        return int(self.oficial["votos"])

    @property
    def puntos(self) -> int:
        """Lo que suma la obra: puntos, o votos si la papeleta no da puntos (o se contó antes de que los hubiera)."""
        return int(self.oficial.get("puntos", self.votos))

    @property
    def cambia(self) -> bool:
        """Si con alguna regla gana y con otra no."""
        return len({entrada["gana"] for _, entrada in self.segun}) > 1


@dataclass(frozen=True)
class ParteDelVoto:
    """Los números publicados de una regla que reparte, para que cada quien vea qué pagó su voto.

    `parte` es lo que le tocó a cada papeleta y `pago` o `carga` lo de cada obra, en centavos, como fracción exacta.
    """

    resultado: Resultado
    parte: str
    parte_bs: Decimal
    obras: list[dict[str, Any]]

    @property
    def por_cargas(self) -> bool:
        return self.resultado.regla == Votacion.Regla.CARGAS_PAREJAS

    @property
    def por_punto(self) -> bool:
        """Si lo que dice la tabla se multiplica por los puntos que se dieron. En las cargas los puntos no pesan."""
        return self.resultado.contienda.reglamento.con_puntos and not self.por_cargas

    @property
    def columna(self) -> str:
        if self.por_cargas:
            return "Carga de cada votante"
        return "Por cada punto, hasta" if self.por_punto else "Cada votante puso hasta"


@dataclass(frozen=True)
class Comparacion:
    """Resultado de un distrito con la regla oficial y con las otras, con las mismas papeletas."""

    contienda: Contienda
    cuentas: list[CuentaDeRegla]
    filas: list[FilaDeResultado] = field(default_factory=list)

    @property
    def oficial(self) -> Resultado:
        return self.cuentas[0].resultado

    @property
    def ganadoras(self) -> list[FilaDeResultado]:
        return [fila for fila in self.filas if fila.oficial["gana"]]

    @property
    def igual_con_todas(self) -> bool:
        return not any(fila.cambia for fila in self.filas)

    @property
    def opciones(self) -> list[Opcion]:
        """Por número, como en la papeleta."""
        return sorted((fila.opcion for fila in self.filas), key=lambda opcion: opcion.numero)

    @property
    def barras(self) -> list[tuple[CuentaDeRegla, grafico.Barra]]:
        """Lo que se usa del presupuesto con cada regla: primero lo que gana con la oficial, después lo demás."""
        presupuesto = a_centavos(self.contienda.presupuesto)
        filas = sorted(self.filas, key=lambda fila: (not fila.oficial["gana"], fila.opcion.numero))
        return [
            (
                cuenta,
                grafico.barra(
                    [
                        (fila.opcion.numero, a_centavos(fila.opcion.costo), not fila.oficial["gana"])
                        for fila in filas
                        if dict(fila.segun)[cuenta.letra]["gana"]
                    ],
                    presupuesto,
                ),
            )
            for cuenta in self.cuentas
        ]

    @property
    def vueltas(self) -> list[tuple[Opcion, Decimal, grafico.Vuelta]]:
        """Cómo se fue usando el presupuesto con la regla oficial: qué entró, cuánto quedó y su dibujo."""
        ganan = [fila.opcion for fila in self.ganadoras]
        dibujo = grafico.vueltas([a_centavos(o.costo) for o in ganan], a_centavos(self.contienda.presupuesto))
        return [(opcion, Decimal(vuelta.queda) / 100, vuelta) for opcion, vuelta in zip(ganan, dibujo, strict=True)]

    @property
    def alto_de_vueltas(self) -> int:
        return grafico.ALTO_DE_VUELTA * len(self.ganadoras)

    @property
    def parte_del_voto(self) -> ParteDelVoto | None:
        """De la regla oficial si reparte; si no, de la primera que sí. None si ninguna publicó sus pagos.

        Donde se dan puntos el pago publicado es por punto: cada quien pone según los suyos.
        """
        return next((parte for cuenta in self.cuentas if (parte := _parte_del_voto(cuenta.resultado))), None)


def _parte_del_voto(resultado: Resultado) -> ParteDelVoto | None:
    if not any("pago" in entrada or "carga" in entrada for entrada in resultado.ganadoras):
        return None
    presupuesto = a_centavos(resultado.contienda.presupuesto)
    parte = Fraction(presupuesto, resultado.votos) * Fraction(100 + resultado.pasos, 100)
    obras = [
        entrada | {"monto": en_bolivianos(Fraction(entrada.get("pago") or entrada.get("carga") or 0))}
        for entrada in resultado.ganadoras
    ]
    return ParteDelVoto(resultado, str(parte), en_bolivianos(parte), obras)


def comparar(contienda: Contienda) -> Comparacion:
    """Las obras de una contienda contada: primero las ganadoras, en orden de victoria; después por puntos.

    Las votaciones contadas antes tienen menos reglas: se comparan las que haya, con la oficial adelante.
    """
    orden = list(Votacion.Regla.values)
    resultados = sorted(contienda.resultados.all(), key=lambda r: (not r.oficial, orden.index(r.regla)))
    for resultado in resultados:
        resultado.contienda = contienda  # ya está en memoria: no volver a leerla
    opciones = {opcion.numero: opcion for opcion in opciones_de(contienda)}
    con_letra = list(zip(LETRAS, resultados, strict=False))
    detalles = {letra: {entrada["numero"]: entrada for entrada in r.detalle} for letra, r in con_letra}
    filas = [
        FilaDeResultado(
            opciones[entrada["numero"]],
            entrada,
            segun=[(letra, detalles[letra][entrada["numero"]]) for letra, _ in con_letra],
            con_las_otras=[(r, detalles[letra][entrada["numero"]]) for letra, r in con_letra[1:]],
        )
        for entrada in resultados[0].detalle
    ]
    filas.sort(key=lambda fila: (not fila.oficial["gana"], fila.oficial["vuelta"] or 0, -fila.puntos))
    cuentas = []
    for letra, resultado in con_letra:
        cambian = [fila for fila in filas if detalles[letra][fila.opcion.numero]["gana"] != fila.oficial["gana"]]
        cuentas.append(
            CuentaDeRegla(
                letra,
                resultado,
                ganan=len(resultado.ganadoras),
                con_alguna=con_alguna_publico(contienda.votacion, resultado),
                entran=[fila.opcion for fila in cambian if not fila.oficial["gana"]],
                salen=[fila.opcion for fila in cambian if fila.oficial["gana"]],
            )
        )
    return Comparacion(contienda, cuentas, filas)


@dataclass
class TotalDeRegla:
    """Una regla en toda la votación. `con_alguna` suma solo los distritos donde se publica, de `votaron` personas."""

    regla: str
    oficial: bool
    ganan: int = 0
    gastado: Decimal = Decimal(0)
    sobra: Decimal = Decimal(0)
    con_alguna: int = 0
    votaron: int = 0
    cambian: int = 0


def totales_por_regla(votacion: Votacion) -> list[TotalDeRegla]:
    """Cada regla con todos los distritos juntos, la oficial primero (una consulta)."""
    por_contienda: dict[int, list[Resultado]] = {}
    resultados = Resultado.objects.filter(contienda__votacion=votacion).select_related("contienda").order_by("pk")
    for resultado in resultados:
        por_contienda.setdefault(resultado.contienda_id, []).append(resultado)
    totales: dict[str, TotalDeRegla] = {}
    for suyos in por_contienda.values():
        oficial = next({o["numero"] for o in resultado.ganadoras} for resultado in suyos if resultado.oficial)
        for resultado in suyos:
            total = totales.setdefault(
                resultado.regla, TotalDeRegla(Votacion.Regla(resultado.regla).label, resultado.oficial)
            )
            total.ganan += len(resultado.ganadoras)
            total.gastado += resultado.gastado
            total.sobra += resultado.sobra
            total.cambian += {o["numero"] for o in resultado.ganadoras} != oficial
            if (con_alguna := con_alguna_publico(votacion, resultado)) is not None:
                total.con_alguna += con_alguna
                total.votaron += resultado.votos
    orden = list(Votacion.Regla.values)
    return [totales[regla] for regla in sorted(totales, key=lambda r: (not totales[r].oficial, orden.index(r)))]


# --- Simulador -------------------------------------------------------------------------------------------------------
def elecciones_de(votacion: Votacion) -> tuple[list[Eleccion], list[str]]:
    """(lo contado de cada distrito, para contarlo con otras reglas; los distritos con muy pocas papeletas)."""
    congelado = json.loads(votacion.libro)
    del_libro = {suya["numero"]: suya.get("condiciones", {}) for suya in congelado["contiendas"]}
    elecciones, pocas = [], []
    for contienda in contiendas_de(votacion).prefetch_related("opciones"):
        suyas = [puntos_de(s, votacion.reglamento) for s in consultas_de_urna.selecciones_de(contienda.pk)]
        if not se_publican_papeletas(votacion, len(suyas)):
            pocas.append(contienda.lugar)
            continue
        opciones = list(contienda.opciones.all())
        elecciones.append(
            Eleccion(
                nombre=contienda.lugar,
                titulos={opcion.numero: f"N.º {opcion.numero} {opcion.titulo}" for opcion in opciones},
                costos={opcion.numero: a_centavos(opcion.costo) for opcion in opciones},
                papeletas=suyas,
                presupuesto=a_centavos(contienda.presupuesto),
                desempate=orden_de_desempate((opcion.numero for opcion in opciones), votacion.huella),
                condiciones=condiciones_de(**del_libro[contienda.numero], minimo=congelado.get("minimo", 1)),
            )
        )
    return elecciones, pocas


def cuadros_de(elecciones: list[Eleccion], simulaciones: list[Simulacion]) -> list[dict[str, Any]]:
    """Por elección, sus obras de más a menos votos y si ganan con cada regla, en el orden de `simulaciones`."""
    cuadros = []
    for lugar, eleccion in enumerate(elecciones):
        conteos = [simulacion.conteos[lugar] for simulacion in simulaciones]
        obras = [
            {
                "titulo": eleccion.titulos[segun[0].id],
                "costo": Decimal(segun[0].costo) / 100,
                "votos": segun[0].votos,
                "ganan": [opcion.gana for opcion in segun],
            }
            for segun in zip(*(conteo.opciones for conteo in conteos), strict=True)
        ]
        cuadros.append(
            {
                "nombre": eleccion.nombre,
                "presupuesto": Decimal(eleccion.presupuesto) / 100,
                "papeletas": len(eleccion.papeletas),
                "obras": sorted(obras, key=lambda obra: -int(obra["votos"])),  # type: ignore[call-overload]
            }
        )
    return cuadros
