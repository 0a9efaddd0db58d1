// El mapa del resultado: se arma cuando alguien lo abre. Ganadoras y no ganadoras se distinguen por su signo y su forma.

const TODAS = ["c0", "c1", "c2", "c3", "c4"];

function ventanita(lineas, { url, texto }) {
  const caja = document.createElement("div");
  for (const linea of lineas) caja.append(Object.assign(document.createElement("p"), { textContent: linea }));
  caja.append(Object.assign(document.createElement("a"), { href: url, textContent: texto }));
  return caja;
}

function deDistrito(area) {
  return ventanita(
    [
      area.nombre,
      `Se usan ${area.gastado} de ${area.presupuesto} (${area.usado} %).`,
      `Votaron ${area.votaron} de ${area.habilitadas} personas (${area.participacion} %).`,
    ],
    { url: area.url, texto: area.ganadoras === 1 ? "Ganó 1 obra: ver por qué" : `Ganaron ${area.ganadoras} obras: ver por qué` },
  );
}

function deObra(obra) {
  const votos = `${obra.votos} voto${obra.votos === 1 ? "" : "s"}`;
  return ventanita([`${obra.gana ? "✓ Ganó" : "× No ganó"} · ${obra.distrito}`, obra.titulo, `${obra.costo} · ${votos}`], { url: obra.url, texto: "Ver por qué" });
}

async function armar(detalles, caja) {
  const { crearMapa, dibujarAreas, ponerPunto, traerJson } = await import(caja.dataset.modulo);
  const datos = await traerJson(caja.dataset.resultado);
  const { L, mapa } = await crearMapa(caja, { distritos: false });
  const de = (tipo) => datos.features.filter(({ properties }) => properties.tipo === tipo);
  const capa = dibujarAreas(L, mapa, { ...datos, features: de("distrito") }, {
    clase: "m-distrito",
    alTocar: ({ properties }, area) => area.bindPopup(() => deDistrito(properties), { maxWidth: 260 }).openPopup(),
  });
  const pintar = (medida) => {
    capa.eachLayer((area) => {
      if (!area.feature) return; // es el nombre de un distrito
      area.getElement().classList.remove(...TODAS);
      area.getElement().classList.add(area.feature.properties.clases[medida]);
    });
    for (const leyenda of detalles.querySelectorAll("[data-leyenda]")) leyenda.hidden = leyenda.dataset.leyenda !== medida;
  };
  // Las que no ganaron, primero: así las ganadoras quedan encima.
  for (const { geometry, properties: obra } of de("obra").sort((a, b) => a.properties.gana - b.properties.gana)) {
    const [lon, lat] = geometry.coordinates;
    const nombre = `${obra.gana ? "Ganó" : "No ganó"}: ${obra.titulo}, ${obra.distrito}. ${obra.costo}`;
    const punto = { lon, lat, nombre, letra: obra.gana ? "✓" : "×", clase: obra.gana ? "m-gana" : "m-no-gana", lado: obra.gana ? 32 : 26 };
    ponerPunto(L, mapa, punto).bindPopup(() => deObra(obra), { maxWidth: 260 });
  }
  const medidas = [...detalles.querySelectorAll("input[name=medida]")];
  for (const medida of medidas) medida.addEventListener("change", () => pintar(medida.value));
  pintar(medidas.find((medida) => medida.checked).value);
  for (const nodo of detalles.querySelectorAll("[data-con-guiones]")) nodo.hidden = false;
}

async function abrir(detalles) {
  const caja = detalles.querySelector("[data-modulo]");
  if (!detalles.open || caja.dataset.listo) return;
  caja.dataset.listo = "si";
  caja.hidden = false;
  try {
    await armar(detalles, caja);
  } catch {
    delete caja.dataset.listo; // cerrar y abrir vuelve a intentar
    if (!caja.firstChild) caja.append(Object.assign(document.createElement("p"), { className: "m-falla", textContent: "No pudimos traer el mapa. Revisa tu conexión, cierra y vuelve a abrir; la lista dice lo mismo." }));
  }
}

for (const detalles of document.querySelectorAll("details[data-mapa-resultado]")) {
  detalles.addEventListener("toggle", () => abrir(detalles));
  abrir(detalles);
}
