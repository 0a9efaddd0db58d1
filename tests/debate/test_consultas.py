from civic.debate import acciones, consultas, reglas
from civic.debate.models import Comentario


def sembrar(hilo, autor, cuantos, padre=None):
    return Comentario.objects.bulk_create(
        Comentario(hilo=hilo, autor=autor, texto=f"Dice {n}", padre=padre, cambio=n + 1) for n in range(cuantos)
    )


def test_pagina_de_comentarios_va_del_mas_viejo_y_con_respuestas(hilo, gente):
    raices = sembrar(hilo, gente.ana, 21)
    respuesta = Comentario.objects.create(hilo=hilo, autor=gente.beto, texto="R", padre=raices[0])
    pagina = consultas.pagina_de_comentarios(hilo)
    assert [c.pk for c in pagina] == [c.pk for c in raices[:20]]
    assert list(pagina[0].respuestas.all()) == [respuesta]
    assert [c.pk for c in consultas.pagina_de_comentarios(hilo, "2")] == [raices[20].pk]
    assert consultas.pagina_de_comentarios(hilo, "mil").number == 1


def test_pagina_de_comentarios_usa_tres_consultas_con_pocos_y_con_muchos(hilo, gente, django_assert_num_queries):
    sembrar(hilo, gente.ana, 1)
    for cuantos in (0, 30):
        raices = sembrar(hilo, gente.ana, cuantos)
        for raiz in raices:
            sembrar(hilo, gente.beto, 3, padre=raiz)
        with django_assert_num_queries(3):
            textos = [str(r.autor) for c in consultas.pagina_de_comentarios(hilo) for r in (c, *c.respuestas.all())]
    assert len(textos) == 1 + 19 * 4


def test_contar_comentarios_cuenta_solo_lo_que_se_lee(hilo, gente, dicho, django_assert_num_queries):
    acciones.comentar(hilo, autor=gente.beto, texto="Respuesta", padre=dicho)
    oculto = acciones.comentar(hilo, autor=gente.beto, texto="Feo")
    acciones.ocultar_comentario(oculto, actor=None, motivo="Feo")
    vacio = acciones.abrir_hilo("Vacío")
    with django_assert_num_queries(1):
        assert consultas.contar_comentarios([hilo.pk, vacio.pk, None]) == {hilo.pk: 2, vacio.pk: 0}


def test_desde_trae_lo_nuevo_y_lo_cambiado_en_orden(hilo, gente, dicho):
    segundo = acciones.comentar(hilo, autor=gente.beto, texto="Segundo")
    acciones.comentar(hilo, autor=gente.beto, texto="Tercero")
    acciones.ocultar_comentario(dicho, actor=None, motivo="Feo")
    hilo.refresh_from_db()
    novedades = consultas.desde(hilo, segundo.cambio)
    assert [(c.texto, c.estado) for c in novedades.comentarios] == [
        ("Tercero", "visible"),
        ("Hace falta el tanque.", "oculto"),
    ]
    assert (novedades.hasta, novedades.faltan) == (4, False)
    assert consultas.desde(hilo, 4).comentarios == []


def test_desde_muy_atras_no_trae_ninguno_y_avisa(hilo, gente):
    sembrar(hilo, gente.ana, reglas.REPOSICION_MAXIMA + 1)
    assert (consultas.desde(hilo, 0).comentarios, consultas.desde(hilo, 0).faltan) == ([], True)
    justos = consultas.desde(hilo, 1)
    assert (len(justos.comentarios), justos.faltan) == (reglas.REPOSICION_MAXIMA, False)


def test_numero_de_pagina_de_una_respuesta_es_el_de_su_comentario(hilo, gente):
    raices = sembrar(hilo, gente.ana, 41)
    respuesta = Comentario.objects.create(hilo=hilo, autor=gente.beto, texto="R", padre=raices[20])
    paginas = [consultas.numero_de_pagina(c) for c in (raices[0], raices[19], raices[20], raices[40], respuesta)]
    assert paginas == [1, 1, 2, 3, 2]
