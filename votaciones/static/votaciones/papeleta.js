// Va diciendo cuánto se lleva llenado. Sin este guion la papeleta funciona igual: el servidor suma y avisa.
const papeleta = document.querySelector("#papeleta");
const { tipo } = papeleta.dataset;
const [presupuesto, minimo, de, tope] = ["presupuesto", "minimo", "de", "tope"].map((dato) => Number(papeleta.dataset[dato]));
const cuenta = papeleta.querySelector("#cuenta");
const barra = papeleta.querySelector("progress");
const boton = papeleta.querySelector("#enviar");
const numeroDe = (control) => control.name.split("-")[1];

function bolivianos(centavos) {
  const entero = String(Math.floor(centavos / 100)).replace(/\B(?=(\d{3})+$)/g, ".");
  const resto = centavos % 100;
  return `Bs\u00a0${entero}${resto ? "," + String(resto).padStart(2, "0") : ""}`;
}

const cuantas = (numero, una, varias) => `${numero} ${numero === 1 ? una : varias}`;

function decir(usado, frase, resto = "", pasa = false) {
  const partes = [frase, resto].filter(Boolean).map((texto) => {
    const span = document.createElement("span");
    span.textContent = texto;
    return span;
  });
  if (pasa) partes.at(-1).className = "falta";
  cuenta.replaceChildren(...partes);
  if (barra) {
    barra.value = Math.min(usado, barra.max);
    barra.classList.toggle("pasa", pasa);
  }
  boton.disabled = pasa;
}

const marcadas = () => [...papeleta.querySelectorAll("input[name=opciones]:checked")];

function sumarCostos() {
  const total = marcadas().reduce((suma, opcion) => suma + Number(opcion.dataset.costo), 0);
  const queda = presupuesto - total;
  if (!total) return decir(0, `Tienes ${bolivianos(presupuesto)} para repartir`);
  const resto = queda < 0 ? `Te pasaste por ${bolivianos(-queda)}` : `Te quedan ${bolivianos(queda)}`;
  return decir(total, `Elegiste ${bolivianos(total)}`, resto, queda < 0);
}

function contarMarcas() {
  const van = marcadas().length;
  const pasa = de > 0 && van > de;
  const resto = pasa ? `Quita ${van - de}` : van < minimo && minimo > 1 ? `Faltan al menos ${minimo - van}` : "";
  decir(van, de ? `Marcaste ${van} de ${cuantas(de, "obra", "obras")}` : `Marcaste ${cuantas(van, "obra", "obras")}`, resto, pasa);
}

function decirCual() {
  const [una] = marcadas();
  decir(una ? 1 : 0, una ? `Elegiste la obra N.º ${una.value}` : "Todavía no elegiste");
}

// --- Puntos: con un botón a cada lado, para no abrir el teclado -----------------------------------------------------
const casillas = tipo === "puntos" ? [...papeleta.querySelectorAll(".dar input")] : [];
const puntosEn = (casilla) => (/^\d{1,6}$/.test(casilla.value.trim()) ? Number(casilla.value) : 0);

function sumarPuntos() {
  const total = casillas.reduce((suma, casilla) => suma + puntosEn(casilla), 0);
  const queda = de - total;
  const alta = casillas.find((casilla) => puntosEn(casilla) > tope);
  const rara = casillas.find((casilla) => casilla.value.trim() && !/^\d+$/.test(casilla.value.trim()));
  for (const casilla of casillas) {
    const [menos, mas] = casilla.parentElement.querySelectorAll("button");
    menos.disabled = puntosEn(casilla) === 0;
    mas.disabled = queda <= 0 || puntosEn(casilla) >= tope;
  }
  let resto = queda < 0 ? `Te pasaste por ${-queda}` : `Te quedan ${queda}`;
  if (alta) resto = `La N.º ${numeroDe(alta)} recibe hasta ${tope}`;
  if (rara) resto = `En la N.º ${numeroDe(rara)} va un número`;
  decir(total, `Repartiste ${total} de ${cuantas(de, "punto", "puntos")}`, resto, queda < 0 || Boolean(alta || rara));
}

for (const casilla of casillas) {
  const nuevo = (signo, paso, rotulo) => {
    const lado = document.createElement("button");
    lado.type = "button";
    lado.className = "boton calmo paso";
    lado.textContent = signo;
    lado.setAttribute("aria-label", `${rotulo} a la obra N.º ${numeroDe(casilla)}`);
    lado.addEventListener("click", () => {
      casilla.value = String(Math.max(0, puntosEn(casilla) + paso) || "");
      casilla.dispatchEvent(new Event("change", { bubbles: true }));
    });
    return lado;
  };
  casilla.before(nuevo("−", -1, "Quitar un punto"));
  casilla.after(nuevo("+", 1, "Dar un punto"));
}

// --- Orden: poner una obra en un lugar ocupado deja sin lugar a la otra ----------------------------------------------
const lugares = [...papeleta.querySelectorAll(".dar select")];

function ordenar(suceso) {
  const elegido = suceso?.target;
  const otra = elegido?.value ? lugares.find((uno) => uno !== elegido && uno.value === elegido.value) : undefined;
  if (otra) otra.value = "";
  const puestos = lugares.map((uno) => Number(uno.value)).filter(Boolean);
  const falta = [...Array(Math.max(0, ...puestos)).keys()].map((n) => n + 1).find((lugar) => !puestos.includes(lugar));
  let resto = falta ? `Falta el ${falta}.º` : "";
  if (otra) resto = `La N.º ${numeroDe(otra)} quedó sin lugar`;
  decir(puestos.length, `Llenaste ${puestos.length} de ${cuantas(de, "lugar", "lugares")}`, resto);
}

function contarNotas() {
  const van = papeleta.querySelectorAll(".notas input:checked").length;
  decir(van, `Calificaste ${van} de ${cuantas(de, "obra", "obras")}`);
}

const POR_TIPO = {
  presupuesto: sumarCostos, aprobacion: contarMarcas, una: decirCual,
  puntos: sumarPuntos, orden: ordenar, calificacion: contarNotas,
};
const actualizar = POR_TIPO[tipo];
papeleta.addEventListener("change", actualizar);
if (casillas.length) papeleta.addEventListener("input", actualizar);
// Al volver atrás el navegador repone lo escrito sin avisar.
window.addEventListener("pageshow", () => actualizar());
actualizar();
