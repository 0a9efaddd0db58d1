"""Un ejemplo de cada tipo de papeleta: elecciones para las obras del distrito 1 en las que ningún empate decide."""

from typing import NamedTuple


class Ejemplo(NamedTuple):
    """`limites` para preparar; `elecciones`, cinco o más que valen; `campos`, los de la primera en la página."""

    limites: dict
    elecciones: list
    campos: dict
    vote_type: str
    meta: dict


EJEMPLOS = {
    "aprobacion": Ejemplo(
        {"maximo_de_obras": 3, "minimo_de_obras": 2},
        [[1, 2], [1, 2, 3], [2, 3], [3, 4], [2, 4]],
        {"opciones": ["1", "2"]},
        "approval",
        {"min_length": "2", "max_length": "3"},
    ),
    "presupuesto": Ejemplo(
        {},
        [[3], [1, 4], [2, 3], [3, 4], [2, 4]],
        {"opciones": ["3"]},
        "approval",
        {"max_sum_cost": "300000"},
    ),
    "puntos": Ejemplo(
        {"puntos": 10, "tope_por_obra": 6},
        [[[1, 6], [3, 4]], [[2, 5], [3, 5]], [[4, 1]], [[1, 6], [4, 4]], [[2, 6], [3, 2], [4, 2]]],
        {"puntos-1": "6", "puntos-2": "", "puntos-3": "4", "puntos-4": "0"},
        "cumulative",
        {"max_points": "6", "max_sum_points": "10"},
    ),
    "orden": Ejemplo(
        {"puntos_por_lugar": "5, 3,1"},
        [[3, 1, 4], [2, 3, 1], [4], [1, 4, 3], [2, 4]],
        {"lugar-3": "1", "lugar-1": "2", "lugar-4": "3", "lugar-2": ""},
        "ordinal",
        {"max_length": "3"},
    ),
    "calificacion": Ejemplo(
        {"nota_maxima": 5},
        [[[1, 5], [3, 4]], [[2, 5], [3, 5], [4, 1]], [[4, 1]], [[1, 2], [2, 3], [3, 3], [4, 3]], [[2, 5]]],
        {"puntos-1": "5", "puntos-2": "0", "puntos-3": "4"},
        "scoring",
        {"min_points": "0", "max_points": "5", "default_score": "0"},
    ),
    "una": Ejemplo({}, [[1], [3], [3], [3], [4], [2], [2]], {"opciones": "1"}, "choose-1", {}),
}
