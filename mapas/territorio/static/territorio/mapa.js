// Mapa de Ayni sobre Leaflet. Trae Leaflet solo cuando hace falta un mapa, dibuja los distritos sobre papel y, si el
// sitio tiene servidor de teselas, las pone debajo. Todo llega por atributos data-* (ver {% datos_de_mapa %}).

const SIN_MAPA = "No pudimos dibujar el mapa. Revisa tu conexión y recarga la página; lo escrito dice lo mismo.";
let pedido;

function traer(etiqueta, atributos) {
  const direccion = atributos.href ?? atributos.src;
  const hay = document.querySelector(`${etiqueta}[href="${direccion}"], ${etiqueta}[src="${direccion}"]`);
  if (hay && (etiqueta === "link" || window.L)) return Promise.resolve();
  return new Promise((listo, fallo) => {
    const nodo = hay ?? Object.assign(document.createElement(etiqueta), atributos);
    nodo.addEventListener("load", listo, { once: true });
    nodo.addEventListener("error", () => fallo(new Error(direccion)), { once: true });
    if (!hay) document.head.append(nodo);
  });
}

function traerLeaflet({ leaflet, hojas }) {
  pedido ??= Promise.all([
    traer("script", { src: leaflet }),
    ...hojas.split(" ").map((href) => traer("link", { href, rel: "stylesheet" })),
  ]).then(() => window.L);
  pedido.catch(() => (pedido = undefined)); // el siguiente intento vuelve a pedirlo
  return pedido;
}

export async function traerJson(direccion) {
  const respuesta = await fetch(direccion, { headers: { Accept: "application/json" } });
  if (!respuesta.ok) throw new Error(`${respuesta.status} ${direccion}`);
  return respuesta.json();
}

// Una superficie (distritos, OTB): los colores los ponen las clases, así siguen al tema claro u oscuro.
export function dibujarAreas(L, mapa, datos, { clase, alTocar, nombres = true } = {}) {
  const capa = L.geoJSON(datos, {
    interactive: Boolean(alTocar),
    style: ({ properties }) => ({ className: properties.en_disputa ? `${clase} m-disputa` : clase, weight: 1.5 }),
    pointToLayer: (rasgo, lugar) => L.circleMarker(lugar, { radius: 4, className: clase }),
    onEachFeature: (rasgo, area) => {
      if (alTocar) area.on("click", () => alTocar(rasgo, area));
    },
  }).addTo(mapa);
  if (nombres) {
    for (const { properties: area } of datos.features) {
      if (!area.centro) continue;
      const icono = L.divIcon({ className: "m-nombre", html: "", iconSize: null });
      const rotulo = L.marker([area.centro[1], area.centro[0]], { icon: icono, interactive: false, keyboard: false, zIndexOffset: -1000 });
      rotulo.addTo(capa).getElement().textContent = area.corto;
    }
  }
  return capa;
}

// Un punto con nombre: se alcanza con el teclado y lo lee un lector de pantalla.
export function ponerPunto(L, destino, { lon, lat, nombre, letra = "", clase = "", lado = 32 }) {
  const icono = L.divIcon({ className: `m-punto ${clase}`, iconSize: [lado, lado] });
  const punto = L.marker([lat, lon], { icon: icono, title: nombre, riseOnHover: true });
  punto.on("add", () => {
    const nodo = punto.getElement();
    nodo.textContent = letra;
    nodo.setAttribute("aria-label", nombre);
    nodo.addEventListener("keydown", (tecla) => {
      if (tecla.key !== " ") return;
      tecla.preventDefault();
      punto.fire("click", { latlng: punto.getLatLng() });
    });
  });
  return punto.addTo(destino);
}

export function encuadrar(mapa, caja) {
  const [oeste, sur, este, norte] = (caja || "").split(",").map(Number);
  if ([oeste, sur, este, norte].every(Number.isFinite)) mapa.fitBounds([[sur, oeste], [norte, este]]);
  else mapa.setView([-17, -65], 6); // sin territorio cargado: Bolivia
}

export async function crearMapa(caja, opciones = {}) {
  const datos = caja.dataset;
  try {
    const L = await traerLeaflet(datos);
    const mapa = L.map(caja, { minZoom: 6, maxZoom: 19, zoomSnap: 0.5, zoomControl: false, scrollWheelZoom: false, ...opciones });
    L.control.zoom({ zoomInTitle: "Acercar", zoomOutTitle: "Alejar" }).addTo(mapa);
    L.control.scale({ imperial: false, position: "topright" }).addTo(mapa);
    // La rueda mueve la página hasta que alguien entra al mapa.
    mapa.on("click focus", () => mapa.scrollWheelZoom.enable()).on("blur", () => mapa.scrollWheelZoom.disable());
    mapa.attributionControl.setPrefix('<a href="https://leafletjs.com">Leaflet</a>');
    mapa.attributionControl.addAttribution("Límites aproximados, no oficiales");
    if (datos.teselas) L.tileLayer(datos.teselas, { attribution: datos.atribucion, maxZoom: 19 }).addTo(mapa);
    encuadrar(mapa, datos.caja);
    mapa.on("popupopen", ({ popup }) => {
      popup.getElement().querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", "Cerrar");
      // Con el teclado, el foco sigue a la ventanita; al cerrarla Leaflet lo devuelve al mapa.
      if (document.activeElement?.classList.contains("m-punto")) popup.getElement().querySelector("a[href]")?.focus();
    });
    const distritos = datos.distritos && opciones.distritos !== false ? await traerJson(datos.distritos) : undefined;
    if (distritos) dibujarAreas(L, mapa, distritos, { clase: "m-distrito" });
    return { L, mapa, distritos };
  } catch (error) {
    caja.replaceChildren(Object.assign(document.createElement("p"), { className: "m-falla", textContent: SIN_MAPA }));
    throw error;
  }
}
