// El mapa del municipio: prende y apaga capas, las guarda en la dirección y mueve el mapa desde la lista.

const raiz = document.querySelector("[data-visor]");
const formulario = raiz.querySelector("[data-filtros]");
const lienzo = raiz.querySelector("[data-lienzo]");
const lista = raiz.querySelector("#lista");
const casillas = [...formulario.querySelectorAll("input[type=checkbox]")];
const distrito = formulario.elements.distrito;
// Los filtros de la lista de propuestas con los que se llegó: siguen en la dirección y en lo que se pide.
const filtros = [...formulario.querySelectorAll("[data-filtro]")].map(({ name, value }) => [name, value]);
const sinMovimiento = matchMedia("(prefers-reduced-motion: reduce)").matches;
const capas = new Map(); // código -> { grupo, y en las de puntos: agrupada, caja y zoom de lo pedido }
const pines = new Map(); // clave -> marcador
let L, mapa, piezas, pendiente;

function direccion() {
  const parametros = new URLSearchParams();
  const elegidas = casillas.filter((casilla) => casilla.checked).map((casilla) => casilla.value);
  parametros.set("capas", elegidas.join(","));
  if (distrito.value) parametros.set("distrito", distrito.value);
  for (const [nombre, valor] of filtros) parametros.set(nombre, valor);
  return `${location.pathname}?${parametros}`.replaceAll("%2C", ",");
}

function ventanita({ titulo, etiqueta, tono, url, distrito: lugar }, singular) {
  const caja = document.createElement("div");
  const linea = (texto, clase) => caja.appendChild(Object.assign(document.createElement("p"), { textContent: texto, className: clase }));
  linea(lugar ? `${singular} · ${lugar}` : singular, "suave");
  const enlace = Object.assign(document.createElement("a"), { href: url, textContent: titulo });
  caja.appendChild(enlace);
  linea("", "").append(Object.assign(document.createElement("span"), { className: `ficha ${tono}`, textContent: etiqueta }));
  return caja;
}

function ponerRasgo(grupo, casilla, { geometry, properties: cosa }) {
  const [lon, lat] = geometry.coordinates;
  const { letra, singular, plural } = casilla.dataset;
  const clase = `m-${casilla.value}`;
  if (cosa.cuantos) {
    const nombre = `${cosa.cuantos} ${plural} por aquí. Acercar`;
    piezas.ponerPunto(L, grupo, { lon, lat, nombre, letra: String(cosa.cuantos), clase: `${clase} m-grupo`, lado: 40 })
      .on("click", () => mapa.setView([lat, lon], Math.min(mapa.getZoom() + 2, 19), { animate: !sinMovimiento }));
    return;
  }
  const nombre = `${singular}: ${cosa.titulo}${cosa.distrito ? `, ${cosa.distrito}` : ""}. ${cosa.etiqueta}`;
  const pin = piezas.ponerPunto(L, grupo, { lon, lat, nombre, letra, clase });
  pin.bindPopup(() => ventanita(cosa, singular), { maxWidth: 260 });
  pines.set(cosa.clave, pin);
}

async function pedirPuntos(casilla) {
  const previa = capas.get(casilla.value);
  const parametros = new URLSearchParams({ z: Math.round(mapa.getZoom()) });
  if (distrito.value) parametros.set("distrito", distrito.value);
  if (casilla.value === "propuestas") for (const [nombre, valor] of filtros) parametros.set(nombre, valor);
  // De las capas con muchos puntos se pide solo lo que se ve y un margen: así mover poco el mapa no vuelve a pedir.
  const caja = previa?.agrupada ? mapa.getBounds().pad(0.5) : undefined;
  const zoom = mapa.getZoom();
  if (caja) parametros.set("caja", caja.toBBoxString());
  const datos = await piezas.traerJson(`${casilla.dataset.capa}?${parametros}`);
  if (!casilla.checked) return;
  const grupo = L.layerGroup().addTo(mapa);
  for (const rasgo of datos.features) ponerRasgo(grupo, casilla, rasgo);
  const foco = lienzo.contains(document.activeElement) && document.activeElement.classList.contains("m-punto");
  for (const [clave, pin] of pines) if (pin.isPopupOpen() && clave.startsWith(`${casilla.value}-`)) pendiente = clave;
  capas.get(casilla.value)?.grupo.remove();
  if (foco && !document.activeElement.classList.contains("m-punto")) lienzo.focus();
  capas.set(casilla.value, { grupo, caja, zoom, agrupada: datos.agrupada });
  abrirPendiente();
}

async function pedirAreas(casilla) {
  if (capas.has(casilla.value)) return;
  const datos = await piezas.traerJson(casilla.dataset.areas);
  if (!casilla.checked || capas.has(casilla.value)) return;
  const opciones = casilla.value === "distritos" ? { clase: "m-distrito" } : { clase: "m-otb", alTocar: nombrar };
  const grupo = piezas.dibujarAreas(L, mapa, datos, opciones);
  grupo[casilla.value === "distritos" ? "bringToBack" : "bringToFront"]();
  capas.set(casilla.value, { grupo });
}

function nombrar(rasgo, area) {
  area.bindTooltip(rasgo.properties.nombre + (rasgo.properties.en_disputa ? " (en disputa)" : "")).openTooltip();
}

async function actualizar(casilla) {
  try {
    if (!casilla.checked) {
      capas.get(casilla.value)?.grupo.remove();
      capas.delete(casilla.value);
    } else await (casilla.dataset.capa ? pedirPuntos(casilla) : pedirAreas(casilla));
  } catch {
    lista.querySelector("[role=status]").textContent = "No pudimos traer una capa. Revisa tu conexión y márcala otra vez.";
  }
}

function abrirPendiente() {
  const pin = pendiente && pines.get(pendiente);
  if (!pin || !mapa.hasLayer(pin)) return;
  pin.openPopup();
  pendiente = undefined;
}

function botonesDeLista() {
  for (const item of lista.querySelectorAll("li[data-lon]")) {
    const boton = Object.assign(document.createElement("button"), { type: "button", className: "volar" });
    boton.setAttribute("aria-label", `Mostrar en el mapa: ${item.querySelector(".visor-nombre").textContent}`);
    boton.addEventListener("click", () => {
      pendiente = item.dataset.clave;
      mapa.setView([item.dataset.lat, item.dataset.lon], 18, { animate: !sinMovimiento });
      lienzo.scrollIntoView({ block: "center", behavior: sinMovimiento ? "auto" : "smooth" });
      abrirPendiente();
    });
    item.append(boton);
  }
}

async function traerLista(url) {
  const respuesta = await fetch(url);
  const pagina = new DOMParser().parseFromString(await respuesta.text(), "text/html");
  if (!respuesta.ok || url !== direccion()) return;
  lista.replaceChildren(...pagina.querySelector("#lista").childNodes);
  raiz.querySelector("h1").replaceWith(pagina.querySelector("[data-visor] h1"));
  for (const cuenta of pagina.querySelectorAll("[data-cuenta]"))
    raiz.querySelector(`[data-cuenta=${cuenta.dataset.cuenta}]`).textContent = cuenta.textContent;
  botonesDeLista();
}

async function irAlDistrito() {
  if (!distrito.value) return piezas.encuadrar(mapa, lienzo.dataset.caja);
  const { features } = await piezas.traerJson(lienzo.dataset.distritos);
  const suyo = features.find((rasgo) => rasgo.properties.codigo === distrito.value);
  if (suyo) mapa.fitBounds(L.geoJSON(suyo).getBounds(), { animate: false });
}

async function empezar() {
  lienzo.hidden = false;
  piezas = await import(lienzo.dataset.modulo);
  ({ L, mapa } = await piezas.crearMapa(lienzo, { distritos: false }));
  await irAlDistrito();
  raiz.querySelector("[data-sin-js]").hidden = true;
  botonesDeLista();
  formulario.addEventListener("change", async ({ target }) => {
    const url = direccion();
    history.replaceState(null, "", url);
    traerLista(url).catch(() => location.assign(url)); // sin la lista al día, mejor la página entera
    if (target !== distrito) return actualizar(target);
    await irAlDistrito();
    for (const casilla of casillas) if (casilla.dataset.capa) actualizar(casilla);
  });
  mapa.on("moveend", () => {
    for (const casilla of casillas) {
      const { agrupada, caja, zoom } = capas.get(casilla.value) ?? {};
      const alcanza = zoom === mapa.getZoom() && (!caja || caja.contains(mapa.getBounds()));
      if (casilla.checked && agrupada && !alcanza) actualizar(casilla);
    }
  });
  for (const casilla of casillas) if (casilla.checked) actualizar(casilla);
}

empezar();
