// Elegir un lugar: tocar el mapa, mover el punto con las flechas o usar la ubicación del teléfono. Las listas de
// distrito y OTB siguen ahí y valen por sí solas.

const PASOS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SIN_UBICACION = {
  1: "No nos diste permiso para ver tu ubicación. Marca el punto en el mapa o elige el distrito de la lista.",
  2: "Tu teléfono no pudo encontrar dónde estás. Marca el punto en el mapa o elige el distrito de la lista.",
  3: "Tu ubicación tardó demasiado. Prueba otra vez o elige el distrito de la lista.",
};

function armar(caja) {
  const uno = (selector) => caja.querySelector(selector);
  const porId = (id) => document.getElementById(id);
  const lon = porId(caja.dataset.lon), lat = porId(caja.dataset.lat);
  const distrito = porId(caja.dataset.distrito), otb = porId(caja.dataset.otb);
  const lienzo = uno("[data-lienzo]"), respuesta = uno("[data-respuesta]"), boton = uno("[data-abrir]");
  const [vacia, ...grupos] = otb.children;
  let abierto, punto, espera, turno = 0, distritoDelPunto = "";

  const decir = (texto) => (respuesta.textContent = texto);
  const avisar = () => lon.dispatchEvent(new Event("change", { bubbles: true })); // a quien mira el formulario entero
  const hayPunto = () => lon.value !== "" && lat.value !== "";

  function filtrar() {
    const elegida = otb.value;
    const suyos = grupos.filter((grupo) => !distrito.value || !grupo.dataset.distrito || grupo.dataset.distrito === distrito.value);
    otb.replaceChildren(vacia, ...suyos);
    otb.value = elegida;
    if (otb.selectedIndex < 0) otb.value = "";
  }

  function quitar(texto) {
    lon.value = lat.value = distritoDelPunto = "";
    punto?.remove();
    punto = undefined;
    uno("[data-quitar]").hidden = true;
    decir(texto);
    avisar();
  }

  async function ubicar() {
    const este = ++turno; // si llega tarde una respuesta vieja, se descarta
    try {
      const pregunta = await fetch(`${caja.dataset.ubicar}?lon=${lon.value}&lat=${lat.value}`);
      const lugar = await pregunta.json();
      if (este !== turno || !hayPunto()) return;
      if (!lugar.distrito) {
        decir(lugar.municipio ? "Ese punto no está en ningún distrito dibujado. Elige el distrito de la lista." : "Ese punto está fuera del municipio. Muévelo adentro o elige el distrito de la lista.");
        return;
      }
      distritoDelPunto = distrito.value = String(lugar.distrito.id);
      filtrar();
      if (lugar.otb) otb.value = String(lugar.otb.id);
      decir(`Punto marcado: ${lugar.distrito.nombre}${lugar.otb ? `, ${lugar.otb.nombre}` : ""}.${lugar.en_disputa ? " Ese límite está en disputa: el municipio revisará de dónde es." : ""}`);
    } catch {
      if (este === turno) decir("No pudimos averiguar el distrito de ese punto. Elígelo de la lista.");
    } finally {
      if (este === turno) avisar();
    }
  }

  function mostrar(mapa, L, ponerPunto) {
    const lugar = { lon: Number(lon.value), lat: Number(lat.value) };
    if (punto) punto.setLatLng([lugar.lat, lugar.lon]);
    else {
      punto = ponerPunto(L, mapa, { ...lugar, nombre: "Punto marcado", clase: "m-elegido", lado: 36 });
      punto.getElement().tabIndex = -1; // las flechas del propio mapa lo mueven
    }
    mapa.panInside([lugar.lat, lugar.lon], { padding: [40, 40], animate: false });
  }

  async function marcar(nuevaLon, nuevaLat) {
    lon.value = nuevaLon.toFixed(6);
    lat.value = nuevaLat.toFixed(6);
    uno("[data-quitar]").hidden = false;
    clearTimeout(espera);
    espera = setTimeout(ubicar, 250);
    if (abierto) mostrar(...(await abierto));
  }

  async function iniciar() {
    const { crearMapa, ponerPunto } = await import(lienzo.dataset.modulo);
    const { L, mapa, distritos } = await crearMapa(lienzo, { keyboard: false, doubleClickZoom: false });
    lienzo.tabIndex = 0;
    mapa.on("click", (toque) => marcar(toque.latlng.lng, toque.latlng.lat));
    lienzo.addEventListener("keydown", (tecla) => {
      if (tecla.target !== lienzo) return; // los botones de acercar hacen lo suyo
      const paso = PASOS[tecla.key];
      if (tecla.key === "+" || tecla.key === "-") mapa.setZoom(mapa.getZoom() + (tecla.key === "+" ? 1 : -1));
      else if (!punto && (paso || tecla.key === "Enter")) marcar(mapa.getCenter().lng, mapa.getCenter().lat);
      else if (paso) {
        const largo = tecla.shiftKey ? 40 : 8;
        const donde = mapa.latLngToContainerPoint(punto.getLatLng()).add([paso[0] * largo, paso[1] * largo]);
        const { lng, lat: nueva } = mapa.containerPointToLatLng(donde);
        marcar(lng, nueva);
      } else return;
      tecla.preventDefault();
    });
    if (hayPunto()) {
      mapa.setView([Number(lat.value), Number(lon.value)], 16);
      mostrar(mapa, L, ponerPunto);
    } else if (distrito.value) {
      const suyo = distritos?.features.find((rasgo) => String(rasgo.properties.id) === distrito.value);
      if (suyo) mapa.fitBounds(L.geoJSON(suyo).getBounds(), { animate: false });
    }
    return [mapa, L, ponerPunto];
  }

  function abrir() {
    lienzo.hidden = uno("[data-ayuda]").hidden = false;
    boton.setAttribute("aria-expanded", "true");
    abierto ??= iniciar();
    abierto.catch(() => (abierto = undefined));
    return abierto;
  }

  boton.addEventListener("click", async () => {
    try {
      await abrir();
      lienzo.focus();
    } catch {
      decir("No pudimos traer el mapa. Elige el distrito y la OTB de las listas.");
    }
  });
  uno("[data-quitar]").addEventListener("click", () => quitar("Quitamos el punto. Marca otro o usa las listas."));
  uno("[data-aqui]").addEventListener("click", () => {
    if (!navigator.geolocation) return decir(SIN_UBICACION[2]);
    decir("Buscando tu ubicación…");
    navigator.geolocation.getCurrentPosition(
      async ({ coords }) => {
        await marcar(coords.longitude, coords.latitude);
        try {
          const [mapa] = await abrir();
          mapa.setView([coords.latitude, coords.longitude], 17);
        } catch { /* sin mapa, el punto y las listas bastan */ }
      },
      (error) => decir(SIN_UBICACION[error.code] ?? SIN_UBICACION[2]),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
  distrito.addEventListener("change", () => {
    filtrar();
    if (hayPunto() && distrito.value !== distritoDelPunto)
      quitar("Quitamos el punto porque elegiste otro distrito. Puedes marcar otro.");
  });
  otb.addEventListener("change", () => {
    if (distrito.value || !otb.value) return;
    distrito.value = otb.selectedOptions[0].parentElement.dataset.distrito ?? "";
    filtrar();
  });
  filtrar();
  if (hayPunto()) {
    uno("[data-quitar]").hidden = false;
    ubicar();
  }
  uno("[data-con-js]").hidden = false;
}

document.querySelectorAll("[data-elegir-lugar]").forEach(armar);
