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
const veces = ([a, b], cuantos) => simple([a * cuantos, b]);
const menor = ([a, b], [c, d]) => a * d < c * b;

/* Los puntos que dice una papeleta, como los cuenta el servidor: {puntos: Map número -> BigInt} o {falta: la frase}.
   `campos`: [{numero, valor}] con lo marcado («1»), los puntos, la nota o el lugar; vacío, nada. `papeleta`: {tipo,
   tope, total, lugares}, como los escribe la página (`total` y `lugares`, si hay). */
export function loQueEligio(campos, { tipo, tope, total, lugares }) {
  const puntos = new Map();
  const hasta = tipo === "orden" ? lugares.split(",").length : Number(tope);
  for (const { numero, valor } of campos) {
    const escrito = valor.trim();
    if (!/^\d{0,4}$/.test(escrito) || Number(escrito) > hasta) return { falta: `En la obra N.º ${numero} va un número entero de 0 a ${hasta}.` };
    if (Number(escrito)) puntos.set(numero, Number(escrito));
  }
  if (tipo === "orden") {
    const valen = lugares.split(",");
    for (let lugar = 1; lugar <= Math.max(0, ...puntos.values()); lugar += 1) {
      const suyas = [...puntos].filter(([, otro]) => otro === lugar);
      if (suyas.length > 1) return { falta: `Pusiste dos obras en el ${lugar}.º lugar. Deja una sola.` };
      if (suyas.length === 0) return { falta: `Te falta la obra del ${lugar}.º lugar.` };
    }
    return { puntos: new Map([...puntos].map(([numero, lugar]) => [numero, BigInt(valen[lugar - 1])])) };
  }
  const suma = [...puntos.values()].reduce((parcial, suyos) => parcial + suyos, 0);
  if (total && suma > Number(total)) return { falta: `Son ${suma} puntos y tenías ${total}. Quita ${suma - total}.` };
  return { puntos: new Map([...puntos].map(([numero, suyos]) => [numero, BigInt(suyos)])) };
}

/* Lo que puso un voto en cada obra que eligió. `elegidas` son los puntos que dio a cada una (1 si se marca). `obras` va en orden de victoria: {numero, pago} en las reglas de partes,
   {numero, carga} en cargas parejas, solo {numero} si entró al completar. Devuelve {puesto: Map numero -> fracción,
   queda: lo que sobró de la parte, o null si no hay parte}. */
export function loQuePuso(parte, obras, elegidas) {
  let queda = fraccion(parte);
  let cargada = [0n, 1n];
  const puesto = new Map();
  for (const { numero, pago, carga } of obras) {
    if (!elegidas.has(numero) || !(pago || carga)) continue;
    if (pago) {
      const hasta = veces(fraccion(pago), elegidas.get(numero));
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

  function campos() {
    const marcadas = [...formulario.querySelectorAll("input[type=checkbox]:checked")].map(({ value }) => ({ numero: value, valor: "1" }));
    const llenos = [...formulario.querySelectorAll("[data-numero]")].map(({ dataset, value }) => ({ numero: dataset.numero, valor: value }));
    return [...marcadas, ...llenos];
  }

  function contar() {
    const { puntos, falta } = loQueEligio(campos(), formulario.dataset);
    const elegidas = puntos ?? new Map();
    const { puesto, queda, cargada } = loQuePuso(parte, obras, elegidas);
    for (const fila of filas) {
      const monto = puesto.get(fila.dataset.numero);
      fila.querySelector(".tuyo").textContent = monto ? bolivianos(monto) : "—";
    }
    dicho.hidden = !falta && elegidas.size === 0;
    dicho.className = falta ? "aviso ojo" : "aviso bien";
    const cuantas = `${puesto.size} obra${puesto.size === 1 ? "" : "s"}`;
    const total = bolivianos(porCargas ? cargada : restar(fraccion(parte), queda));
    if (falta) dicho.textContent = falta;
    else if (puesto.size === 0) dicho.textContent = "Nada de lo que elegiste ganó por este reparto: tu voto no pagó ninguna obra.";
    else if (porCargas) dicho.textContent = `Tu voto cargó ${total} en ${cuantas}.`;
    else dicho.textContent = `Tu voto pagó ${total} en ${cuantas} y de tu parte quedaron ${bolivianos(queda)}.`;
  }

  formulario.hidden = false;
  for (const celda of seccion.querySelectorAll(".tuyo")) celda.hidden = false;
  formulario.addEventListener("input", contar);
  // Al apretar Enter en una casilla no se envía nada: no hay a dónde.
  formulario.addEventListener("submit", (suceso) => suceso.preventDefault());
  contar();
}

const seccion = globalThis.document?.querySelector("#mi-parte");
if (seccion) empezar(seccion);
