import pytest

from civic.cuentas import reglas


@pytest.mark.parametrize("usuario", ["ana", "ana.mamani", "vecina_2027", "jose-luis", "a1b"])
def test_usuario_llano_vale(usuario):
    assert reglas.problema_de_usuario(usuario) == ""


@pytest.mark.parametrize(
    ("usuario", "empieza"),
    [
        ("an", "Es muy corto"),
        ("a" * 31, "Es muy largo"),
        ("аdmin", "Usa solo letras"),  # la primera letra es cirílica
        ("ａｎａ", "Usa solo letras"),  # letras de ancho doble
        ("ana maria", "Usa solo letras"),
        ("ana@correo", "Usa solo letras"),
        (".ana", "Usa solo letras"),
        ("ana\u200bm", "Usa solo letras"),
        ("alcaldia", "Ese usuario está reservado"),
    ],
)
def test_usuario_que_confunde_no_vale(usuario, empieza):
    assert reglas.problema_de_usuario(usuario).startswith(empieza)


def test_usuario_con_acento_recibe_una_sugerencia():
    assert reglas.usuario_sugerido("José Núñez") == "jose.nunez"
    assert reglas.problema_de_usuario("josé núñez").endswith("Por ejemplo: jose.nunez.")


@pytest.mark.parametrize("nombre", ["Ana Vecina", "José Ñandú", "M. Quispe", "Ñusta", "Doña Julia (la del pan)"])
def test_nombre_publico_honesto_vale(nombre):
    assert reglas.problema_de_nombre(nombre) == ""


@pytest.mark.parametrize(
    "nombre", ["7", "Аna Vecina", "Ana 🏛", "A" + "\u0301" * 6 + "na", "https://x.bo/ana", "ana@correo.bo", "..."]
)
def test_nombre_publico_que_confunde_no_vale(nombre):
    assert reglas.problema_de_nombre(nombre) != ""
