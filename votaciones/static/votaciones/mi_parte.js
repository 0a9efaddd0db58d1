// Qué pagó tu voto: la cuenta se hace aquí, con los números publicados. Nada de lo marcado sale de esta página.

// Una fracción exacta de centavo: [numerador, denominador], en BigInt.
function fraccion(texto) {
  const [arriba, abajo = "1"] = texto.split("/");
  return [BigInt(arriba), BigInt(abajo)];
}

function simple([arriba, abajo]) {
  let [a, b] = [arriba < 0n ? -arriba : arriba, abajo];
  while (b) [a, b] = [b, a % b];
  return a ? [arriba / a, abajo / a] : [0n, 1n];
}

const restar = ([a, b], [c, d]) => simple([a * d - c * b, b * d]);
const menor = ([a, b], [c, d]) => a * d < c * b;

/* Lo que puso un voto en cada obra que eligió. `obras` va en orden de victoria: {numero, pago} en las reglas de partes,
   {numero, carga} en cargas parejas, solo {numero} si entró al completar. Devuelve {puesto: Map numero -> fracción,
   queda: lo que sobró de la parte, o null si no hay parte}. */
export function loQuePuso(parte, obras, marcadas) {
  let queda = fraccion(parte);
  let cargada = [0n, 1n];
  const puesto = new Map();
  for (const { numero, pago, carga } of obras) {
    if (!marcadas.has(numero) || !(pago || carga)) continue;
    if (pago) {
      const hasta = fraccion(pago);
      const pone = menor(queda, hasta) ? queda : hasta;
      queda = restar(queda, pone);
      puesto.set(numero, pone);
    } else {
      puesto.set(numero, restar(fraccion(carga), cargada));
      cargada = fraccion(carga);
    }
  }
  return { puesto, queda, cargada };
}

// Como el servidor, hacia abajo al centavo. Una carga baja cuando la obra que esperaba a otra se reparte entre más gente.
export function bolivianos([arriba, abajo]) {
  if (arriba < 0n) return `baja ${bolivianos([-arriba, abajo])}`;
  const centavos = arriba / abajo;
  const entero = String(centavos / 100n).replace(/\B(?=(\d{3})+$)/g, ".");
  const resto = centavos % 100n;
  return `Bs\u00a0${entero}${resto ? "," + String(resto).padStart(2, "0") : ""}`;
}

function empezar(seccion) {
  const formulario = seccion.querySelector("form");
  const dicho = seccion.querySelector("[role=status]");
  const filas = [...seccion.querySelectorAll("tr[data-numero]")];
  const obras = filas.map((fila) => fila.dataset);
  const parte = seccion.dataset.parte;
  const porCargas = obras.some((obra) => obra.carga);

  function contar() {
    const marcadas = new Set([...formulario.querySelectorAll("input:checked")].map((casilla) => casilla.value));
    const { puesto, queda, cargada } = loQuePuso(parte, obras, marcadas);
    for (const fila of filas) {
      const monto = puesto.get(fila.dataset.numero);
      fila.querySelector(".tuyo").textContent = monto ? bolivianos(monto) : "—";
    }
    dicho.hidden = marcadas.size === 0;
    const cuantas = `${puesto.size} obra${puesto.size === 1 ? "" : "s"}`;
    const total = bolivianos(porCargas ? cargada : restar(fraccion(parte), queda));
    if (puesto.size === 0) dicho.textContent = "Nada de lo que marcaste ganó por este reparto: tu voto no pagó ninguna obra.";
    else if (porCargas) dicho.textContent = `Tu voto cargó ${total} en ${cuantas}.`;
    else dicho.textContent = `Tu voto pagó ${total} en ${cuantas} y de tu parte quedaron ${bolivianos(queda)}.`;
  }

  formulario.hidden = false;
  for (const celda of seccion.querySelectorAll(".tuyo")) celda.hidden = false;
  formulario.addEventListener("change", contar);
  // Al apretar Enter en una casilla no se envía nada: no hay a dónde.
  formulario.addEventListener("submit", (suceso) => suceso.preventDefault());
  contar();
}

const seccion = globalThis.document?.querySelector("#mi-parte");
if (seccion) empezar(seccion);
