import pytest

from civic.entorno import ErrorDeEntorno, base_de_la_urna, leer_entorno

CLAVE = "x" * 50
PRODUCCION = {
    "AYNI_MODO": "produccion",
    "AYNI_CLAVE_SECRETA": CLAVE,
    "AYNI_CLAVE_PADRON": "p" * 50,
    "AYNI_CLAVE_URNA": "u" * 50,
    "AYNI_BASE_DATOS": "postgres://u:c@db/ayni",
    "AYNI_BASE_URNA": "postgres://u2:c@db2/ayni_urna",
    "AYNI_REDIS": "redis://cache:6379/0",
    "AYNI_URL_PUBLICA": "https://ayni.example",
    "AYNI_ANFITRIONES": "ayni.example",
}


def test_entorno_vacio_es_demo_sin_servidores():
    entorno = leer_entorno({})
    assert (entorno.modo, entorno.depurar, entorno.base_datos, entorno.redis) == ("demo", False, "", "")


def test_entorno_de_produccion_completo_arranca():
    assert leer_entorno(PRODUCCION).es_produccion is True


def test_variable_desconocida_no_arranca_y_sugiere_la_parecida():
    with pytest.raises(ErrorDeEntorno, match="AYNI_REDIZ: no existe esa variable. ¿Quisiste decir AYNI_REDIS"):
        leer_entorno({"AYNI_REDIZ": "redis://x"})


@pytest.mark.parametrize(
    ("nombre", "valor", "frase"),
    [
        ("AYNI_MODO", "otro", "debe ser una de"),
        ("AYNI_DEPURAR", "quizas", "escribe «si» o «no»"),
        ("AYNI_PROXIES", "muchos", "escribe un número entero"),
        ("AYNI_PROXIES", "9", "debe estar entre 0 y 5"),
        ("AYNI_BASE_DATOS", "mysql://x/y", "debe empezar con sqlite:// o postgres://"),
        ("AYNI_ANFITRIONES", " , ", "uno o más valores"),
    ],
)
def test_variable_mal_escrita_no_arranca_y_dice_como_corregir(nombre, valor, frase):
    with pytest.raises(ErrorDeEntorno, match=frase):
        leer_entorno({nombre: valor})


@pytest.mark.parametrize(
    ("falta", "valor", "nombre"),
    [
        ("AYNI_CLAVE_SECRETA", "corta", "AYNI_CLAVE_SECRETA"),
        ("AYNI_CLAVE_PADRON", "", "AYNI_CLAVE_PADRON"),
        ("AYNI_CLAVE_PADRON", CLAVE, "AYNI_CLAVE_PADRON"),
        ("AYNI_OIDC_EMISOR", "https://cd.example", "AYNI_OIDC_CLIENTE"),
        ("AYNI_OIDC_EMISOR", "http://cd.example", "https://"),
        ("AYNI_BASE_DATOS", "", "AYNI_BASE_DATOS"),
        ("AYNI_BASE_URNA", "", "AYNI_BASE_URNA"),
        ("AYNI_BASE_URNA", "postgres://u:c@db/ayni", "otra que AYNI_BASE_DATOS"),
        ("AYNI_CLAVE_URNA", "corta", "AYNI_CLAVE_URNA"),
        ("AYNI_CLAVE_URNA", CLAVE, "distinta de las otras dos"),
        ("AYNI_REDIS", "", "AYNI_REDIS"),
        ("AYNI_URL_PUBLICA", "http://ayni.example", "AYNI_URL_PUBLICA"),
        ("AYNI_ANFITRIONES", "*", "AYNI_ANFITRIONES"),
        ("AYNI_DEPURAR", "si", "AYNI_DEPURAR"),
    ],
)
def test_produccion_sin_lo_obligatorio_no_arranca(falta, valor, nombre):
    with pytest.raises(ErrorDeEntorno, match=nombre):
        leer_entorno({**PRODUCCION, falta: valor})


@pytest.mark.parametrize(
    ("base", "urna"),
    [
        ("sqlite:////var/ayni/ayni.sqlite3", "sqlite:////var/ayni/ayni_urna.sqlite3"),
        ("postgres://u:c@db:5432/ayni?sslmode=require", "postgres://u:c@db:5432/ayni_urna?sslmode=require"),
    ],
)
def test_sin_decir_otra_la_urna_va_al_lado(base, urna):
    assert base_de_la_urna(base) == urna
