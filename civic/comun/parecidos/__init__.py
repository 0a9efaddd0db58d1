"""Lo que ya se pidió o se reportó y se parece a lo que alguien escribe: para sumarse en lugar de repetir.

`palabras`, `vocabulario` y `puntaje` comparan y no conocen Django; `fuentes` es el registro de las salas.
"""

from civic.comun.parecidos.fuentes import Candidato, Fuente, Hallado, buscar, registrar
from civic.comun.parecidos.puntaje import Pedido

__all__ = ["Candidato", "Fuente", "Hallado", "Pedido", "buscar", "registrar"]
