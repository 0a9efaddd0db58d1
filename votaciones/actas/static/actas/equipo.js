// El acta en el teléfono: guarda cada letra, funciona sin señal y envía después, una sola vez. Sin este módulo la página
// es un formulario común. Lo escrito queda en este teléfono (localStorage); la página, en su caja (Cache).
const CAJA = "actas-equipo";
const equipo = document.getElementById("equipo");
const form = document.getElementById("acta");
const senal = document.getElementById("senal");
const fallas = document.getElementById("fallas");
const olvidar = document.getElementById("olvidar");
const LLAVE = `acta:${location.pathname}:${equipo.dataset.persona}`;
const SE_QUEDAN = ["csrfmiddlewaretoken"];
let enviando = false;

const leer = () => {
  try {
    return JSON.parse(localStorage.getItem(LLAVE)) || {};
  } catch {
    return {};
  }
};
const guardar = (cambios) => {
  try {
    localStorage.setItem(LLAVE, JSON.stringify({ ...leer(), ...cambios }));
    return true;
  } catch {
    decir("Este teléfono no deja guardar. Anota en papel y no cierres la página.");
    return false;
  }
};
const decir = (texto) => {
  senal.textContent = texto;
  senal.hidden = !texto;
};
const escrito = () =>
  Object.fromEntries([...new FormData(form)].filter(([nombre]) => !SE_QUEDAN.includes(nombre)));
const hay_algo = () => Object.keys(leer().datos || {}).length > 0;

function reponer() {
  const { datos, por_enviar } = leer();
  if (!datos) return;
  for (const [nombre, valor] of Object.entries(datos)) {
    const campo = form.elements[nombre];
    if (!campo || nombre === "clave") continue;
    campo.value = valor;
    if (valor) campo.closest("details")?.setAttribute("open", "");
  }
  // La clave con la que se empezó: así el acta se crea una sola vez aunque se envíe diez.
  if (datos.clave) form.elements.clave.value = datos.clave;
  olvidar.hidden = false;
  decir(por_enviar ? "Está guardada en este teléfono y falta enviarla." : "Seguimos donde quedaste: está guardada en este teléfono.");
}

function mostrar_fallas(errores) {
  fallas.replaceChildren(
    Object.assign(document.createElement("p"), { textContent: "Falta corregir. Lo que escribiste sigue aquí." }),
    Object.assign(document.createElement("ul"), {}),
  );
  for (const texto of errores) {
    fallas.lastChild.append(Object.assign(document.createElement("li"), { textContent: texto }));
  }
  fallas.hidden = false;
  fallas.focus();
}

async function enviar() {
  if (enviando || !leer().por_enviar) return;
  enviando = true;
  try {
    const pase = await (await fetch(equipo.dataset.pase, { cache: "no-store" })).json();
    if (String(pase.persona) !== equipo.dataset.persona) {
      decir("Está guardada en este teléfono. Para enviarla entra de nuevo con tu cuenta.");
      return;
    }
    const cuerpo = new URLSearchParams({ ...leer().datos, csrfmiddlewaretoken: pase.permiso });
    const respuesta = await fetch(location.pathname, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: cuerpo,
      redirect: "error",
    });
    if (respuesta.status === 422) {
      const { errores, clave } = await respuesta.json();
      form.elements.clave.value = clave;
      guardar({ por_enviar: false, datos: escrito() });
      decir("");
      mostrar_fallas(errores);
      return;
    }
    if (!respuesta.ok) throw new Error(String(respuesta.status));
    const { url } = await respuesta.json();
    localStorage.removeItem(LLAVE);
    location.assign(url);
  } catch {
    decir("No hay señal. El acta está guardada en este teléfono y se envía sola cuando vuelva; no cierres tu sesión.");
  } finally {
    enviando = false;
  }
}

let espera;
form.addEventListener("input", () => {
  clearTimeout(espera);
  espera = setTimeout(() => {
    if (guardar({ datos: escrito(), por_enviar: false })) {
      olvidar.hidden = false;
      decir("Guardado en este teléfono.");
    }
  }, 300);
});

form.addEventListener("submit", (suceso) => {
  suceso.preventDefault();
  clearTimeout(espera);
  fallas.hidden = true;
  form.elements.escrita_en_aparato.value = new Date().toISOString();
  if (guardar({ datos: escrito(), por_enviar: true })) enviar();
  else form.submit();
});

olvidar.addEventListener("click", async () => {
  if (!confirm("Se borra lo escrito y la página guardada en este teléfono. ¿Seguimos?")) return;
  localStorage.removeItem(LLAVE);
  await caches?.delete(CAJA);
  form.reset();
  olvidar.hidden = true;
  decir("Se borró de este teléfono.");
});

window.addEventListener("online", enviar);
setInterval(enviar, 30_000);

async function preparar_sin_senal() {
  if (!("serviceWorker" in navigator) || !navigator.onLine) return;
  await navigator.serviceWorker.register(equipo.dataset.trabajador, { scope: equipo.dataset.alcance });
  await navigator.serviceWorker.ready;
  const piezas = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")];
  const caja = await caches.open(CAJA);
  await Promise.all([location.pathname, ...piezas.map((pieza) => pieza.href || pieza.src)].map((url) => caja.add(url)));
  document.documentElement.dataset.sinSenal = "lista";
  if (!hay_algo()) decir("Lista: esta página también se abre sin señal en este teléfono.");
}

reponer();
enviar();
preparar_sin_senal().catch(() => {});
