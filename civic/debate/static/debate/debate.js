// Conversación en vivo: muestra los comentarios que llegan y envía los propios sin recargar.
// Sin este guion la página hace lo mismo con recargas.

const ESPERA_MAXIMA = 60_000;

function deHtml(html) {
  const molde = document.createElement("template");
  molde.innerHTML = html;
  return molde.content.querySelector("li");
}

function preparar(seccion) {
  const lista = seccion.querySelector(".comentarios");
  const estado = seccion.querySelector("[data-estado]");
  const total = seccion.querySelector("[data-total]");
  const moldeResponder = seccion.querySelector("template[data-responder]");
  const hilo = seccion.dataset.hilo;
  const vistos = new Set(); // cambios que llegaron antes que alguno anterior
  let cambio = Number(seccion.dataset.cambio); // todo hasta aquí ya está en la página
  let canal = null, intentos = 0, reloj = 0, aLaVista = false;

  const sumar = (cuanto) => { total.textContent = Math.max(0, Number(total.textContent) + cuanto); };

  function decir(texto, enlace) {
    estado.textContent = texto;
    if (enlace) {
      const a = document.createElement("a");
      [a.href, a.textContent] = [enlace.href, enlace.texto];
      estado.append(" ", a);
    }
  }

  function anotarCambio(numero) {
    vistos.add(numero);
    while (vistos.delete(cambio + 1)) cambio += 1;
  }

  function conResponder(item, id) {
    if (!moldeResponder || item.querySelector(".responder, .callado")) return;
    const copia = moldeResponder.content.cloneNode(true);
    copia.querySelector("[name=padre]").value = id;
    for (const rotulo of copia.querySelectorAll("label")) {
      const campo = copia.getElementById(rotulo.htmlFor);
      campo.id = rotulo.htmlFor = rotulo.htmlFor.replace("nueva", id);
    }
    item.querySelector("article").after(copia);
  }

  function reemplazar(previo, nuevo, propio) {
    const era = !previo.querySelector(":scope > .callado"), es = !nuevo.querySelector(":scope > .callado");
    if (propio) {
      const respuestas = previo.querySelector(".respuestas");
      if (respuestas) nuevo.querySelector(".respuestas").replaceWith(respuestas);
      previo.replaceWith(nuevo);
    } else {
      previo.querySelector(":scope > article").replaceWith(nuevo.querySelector("article"));
      previo.dataset.cambio = nuevo.dataset.cambio;
      if (!es) for (const caja of previo.querySelectorAll(":scope > .responder")) caja.remove();
    }
    sumar(es - era);
  }

  function poner(mensaje, propio = false) {
    const nuevo = deHtml(mensaje.html);
    const previo = document.getElementById(nuevo.id);
    const seLee = !nuevo.querySelector(".callado");
    if (previo) {
      if (propio || mensaje.cambio > Number(previo.dataset.cambio)) reemplazar(previo, nuevo, propio);
      return;
    }
    const padre = mensaje.padre && document.getElementById(`comentario-${mensaje.padre}`);
    const destino = mensaje.padre ? padre?.querySelector(".respuestas") : "ultima" in seccion.dataset && lista;
    if (seLee) sumar(1);
    if (!destino) {
      if (seLee) decir("Hay un comentario nuevo en otra página de la conversación.", { href: `/debate/${hilo}/`, texto: "Ver la conversación" });
      return;
    }
    lista.querySelector("[data-vacio]")?.remove();
    if (!mensaje.padre) conResponder(nuevo, mensaje.id);
    nuevo.classList.add("nuevo");
    setTimeout(() => nuevo.classList.remove("nuevo"), 6000);
    // En orden de llegada aunque un mensaje se adelante a otro.
    const siguiente = [...destino.children].find((otro) => Number(otro.id.split("-")[1]) > mensaje.id);
    destino.insertBefore(nuevo, siguiente ?? null);
    if (!propio && seLee) decir(`Comentario nuevo de ${nuevo.querySelector("header b").textContent}.`);
  }

  function recibir(mensaje) {
    if (mensaje.type === "comentario") {
      poner(mensaje);
      anotarCambio(mensaje.cambio);
    } else if (mensaje.type === "al_dia") {
      intentos = 0;
      cambio = Math.max(cambio, mensaje.cambio);
    } else if (mensaje.type === "recargar") {
      decir("Hay muchos comentarios nuevos.", { href: location.href.split("#")[0], texto: "Recargar la página" });
    }
  }

  async function ponerseAlDia() {
    const respuesta = await fetch(`/debate/${hilo}/desde/${cambio}/`).catch(() => null);
    if (!respuesta?.ok) return;
    const novedades = await respuesta.json();
    novedades.mensajes.forEach((mensaje) => poner(mensaje));
    if (novedades.faltan) recibir({ type: "recargar" });
    cambio = Math.max(cambio, novedades.hasta);
  }

  function conectar() {
    clearTimeout(reloj);
    if (canal || !aLaVista || document.hidden) return;
    const direccion = new URL(`/ws/debate/${hilo}/?desde=${cambio}`, location.href);
    direccion.protocol = direccion.protocol.replace("http", "ws");
    const propio = canal = new WebSocket(direccion);
    canal.onmessage = (evento) => recibir(JSON.parse(evento.data));
    canal.onclose = () => {
      if (canal !== propio) return; // lo cerramos nosotros
      canal = null;
      intentos += 1;
      if (intentos > 1) ponerseAlDia(); // el WebSocket no pasa por esta red: se pregunta de tanto en tanto
      reloj = setTimeout(conectar, Math.min(ESPERA_MAXIMA, 1000 * 2 ** intentos) * (0.5 + Math.random() / 2));
    };
  }

  function desconectar() {
    clearTimeout(reloj);
    const abierto = canal;
    canal = null;
    abierto?.close();
  }

  function mostrarError(form, texto, entrar) {
    const parrafo = form.querySelector("p.error") ?? document.createElement("p");
    parrafo.className = "error";
    parrafo.setAttribute("role", "alert");
    parrafo.textContent = texto;
    if (entrar) {
      const a = document.createElement("a");
      [a.href, a.textContent] = [entrar, "Entrar"];
      parrafo.append(" ", a);
    }
    form.querySelector(".campo").append(parrafo);
  }

  async function enviar(form) {
    const boton = form.querySelector("button");
    if (boton.disabled) return;
    boton.disabled = true;
    const cuerpo = new FormData(form);
    const respuesta = await fetch(form.action, { method: "POST", body: cuerpo, headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    const datos = await respuesta?.json().catch(() => null);
    boton.disabled = false;
    if (datos?.clave) {
      const claves = [...seccion.querySelectorAll("[name=clave]"), ...moldeResponder.content.querySelectorAll("[name=clave]")];
      for (const campo of claves) campo.value = datos.clave;
    }
    if (!respuesta?.ok || !datos) {
      const sinRed = "No hay conexión. Lo que escribiste sigue aquí: envíalo de nuevo, no se repetirá.";
      mostrarError(form, datos?.error ?? (respuesta ? "No se pudo enviar. Copia lo que escribiste y recarga la página." : sinRed), datos?.entrar);
      return;
    }
    form.querySelector("p.error")?.remove();
    form.querySelector("textarea").value = "";
    form.closest("details")?.removeAttribute("open");
    poner(datos, true);
    anotarCambio(datos.cambio);
    decir("Tu comentario ya se ve.");
    const puesto = document.getElementById(`comentario-${datos.id}`);
    puesto?.setAttribute("tabindex", "-1");
    puesto?.focus();
  }

  seccion.addEventListener("submit", (evento) => {
    if (!evento.target.matches("[data-comentar]")) return;
    evento.preventDefault();
    enviar(evento.target);
  });
  new IntersectionObserver((entradas) => {
    aLaVista ||= entradas.some((entrada) => entrada.isIntersecting);
    if (aLaVista) conectar();
  }).observe(seccion);
  document.addEventListener("visibilitychange", () => (document.hidden ? desconectar() : conectar()));
  addEventListener("pagehide", desconectar);
  addEventListener("pageshow", conectar);
}

document.querySelectorAll("[data-hilo]").forEach(preparar);
