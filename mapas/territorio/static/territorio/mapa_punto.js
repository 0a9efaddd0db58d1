// «Ver en el mapa»: el mapa se arma recién cuando alguien lo abre.

async function abrir(detalles) {
  const caja = detalles.querySelector("[data-modulo]");
  if (!detalles.open || caja.dataset.listo) return;
  caja.dataset.listo = "si";
  caja.hidden = false;
  try {
    const { crearMapa, ponerPunto } = await import(caja.dataset.modulo);
    const { L, mapa } = await crearMapa(caja);
    const lugar = { lon: Number(caja.dataset.lon), lat: Number(caja.dataset.lat) };
    ponerPunto(L, mapa, { ...lugar, nombre: caja.dataset.titulo, clase: "m-elegido", lado: 36 });
    mapa.setView([lugar.lat, lugar.lon], 15);
  } catch {
    delete caja.dataset.listo; // cerrar y abrir vuelve a intentar
  }
}

for (const detalles of document.querySelectorAll("details[data-mapa-punto]")) {
  detalles.addEventListener("toggle", () => abrir(detalles));
  abrir(detalles);
}
