// El mapa de la revisión: reemplaza al dibujo cuando Leaflet llega; si no llega, el dibujo queda.
const caja = document.getElementById("mapa-importacion");
const dibujo = document.getElementById("dibujo-importacion");

function ventana(rotulo) {
  return Object.assign(document.createElement("p"), { textContent: rotulo });
}

try {
  const { crearMapa, traerJson } = await import(caja.dataset.modulo);
  const datos = await traerJson(caja.dataset.geojson);
  caja.hidden = false;
  const { L, mapa } = await crearMapa(caja, { distritos: false });
  L.geoJSON(datos, {
    style: (rasgo) => ({ className: `imp-${rasgo.properties.clase}`, weight: rasgo.properties.clase === "aceptada" ? 1 : 2 }),
    onEachFeature: (rasgo, area) => area.bindPopup(() => ventana(rasgo.properties.rotulo)),
  }).addTo(mapa);
  dibujo.hidden = true;
} catch {
  caja.hidden = true;
}
