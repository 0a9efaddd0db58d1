// Suma lo marcado y mueve la barra. Sin este guion la papeleta funciona igual: el servidor suma y avisa.
const papeleta = document.querySelector("#papeleta");
const presupuesto = Number(papeleta.dataset.presupuesto);
const cuenta = papeleta.querySelector("#cuenta");
const barra = papeleta.querySelector("progress");
const boton = papeleta.querySelector("button.boton");

function bolivianos(centavos) {
  const entero = String(Math.floor(centavos / 100)).replace(/\B(?=(\d{3})+$)/g, ".");
  const resto = centavos % 100;
  return `Bs\u00a0${entero}${resto ? "," + String(resto).padStart(2, "0") : ""}`;
}

function linea(texto, monto, clase = "") {
  const span = document.createElement("span");
  span.className = clase;
  const fuerte = document.createElement("strong");
  fuerte.textContent = bolivianos(monto);
  span.append(`${texto} `, fuerte);
  return span;
}

function sumar() {
  const marcadas = [...papeleta.querySelectorAll("input[name=opciones]:checked")];
  const total = marcadas.reduce((suma, opcion) => suma + Number(opcion.dataset.costo), 0);
  const queda = presupuesto - total;
  const pasa = queda < 0;
  if (total === 0) {
    cuenta.replaceChildren(linea("Tienes", presupuesto), "para repartir");
  } else {
    const resto = pasa ? linea("Te pasaste por", -queda, "falta") : linea("Te quedan", queda);
    cuenta.replaceChildren(linea("Elegiste", total), resto);
  }
  barra.value = Math.min(total, presupuesto);
  barra.classList.toggle("pasa", pasa);
  boton.disabled = pasa;
}

papeleta.addEventListener("change", sumar);
// Al volver atrás el navegador repone las marcas sin avisar.
window.addEventListener("pageshow", sumar);
sumar();
