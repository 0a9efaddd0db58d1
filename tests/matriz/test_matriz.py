import pytest

pytestmark = pytest.mark.django_db


def test_x(el_recorrido):
    mundo, r = el_recorrido
    print(len(r.puertas), len(mundo.personas), r.sin_objeto)
    from collections import Counter

    print(Counter(c for fila in r.celdas.values() for c in fila.values()))
    print([(k, c) for k, f in r.celdas.items() for c, v in f.items() if v == "500"][:60])
    print(sorted(set(x for x in r.lecturas_que_escriben))[:80])
    from tests.matriz.recorrido import ERRORES

    for k, v in ERRORES.items():
        print(k, v[-700:])
    import json

    json.dump({"|".join(k): v for k, v in r.celdas.items()}, open("/tmp/ayni/matriz.json", "w"))
