// La papeleta a medio llenar queda en este aparato (localStorage) y no sale de él; al votar se borra.
// Su clave es la contienda y no la persona: en un aparato compartido, cualquiera ve el botón de borrar.
const PREFIJO = "ayni.papeleta.";
const esDeLaPapeleta = (nombre) => nombre === "opciones" || /^(puntos|lugar)-\d+$/.test(nombre);

function leer(cual) {
  try {
    const campos = JSON.parse(localStorage.getItem(PREFIJO + cual));
    return Array.isArray(campos) ? campos.filter((campo) => Array.isArray(campo) && campo.length === 2) : [];
  } catch {
    return []; // sin permiso para guardar, la papeleta funciona igual
  }
}

function guardar(cual, campos) {
  try {
    if (campos.length) localStorage.setItem(PREFIJO + cual, JSON.stringify(campos));
    else localStorage.removeItem(PREFIJO + cual);
  } catch {
    // sin permiso para guardar, la papeleta funciona igual
  }
}

function cuidar(papeleta) {
  const cual = papeleta.dataset.borrador;
  const recuperada = papeleta.querySelector("#recuperada");
  const guardado = papeleta.querySelector("#guardado");
  const borrar = papeleta.querySelector("#borrar");
  const controles = [...papeleta.elements].filter((control) => esDeLaPapeleta(control.name));
  const llenos = () => [...new FormData(papeleta)].filter(([nombre, valor]) => esDeLaPapeleta(nombre) && valor.trim());

  function poner(campos) {
    for (const control of controles) {
      const suyos = campos.filter(([nombre]) => nombre === control.name).map(([, valor]) => valor);
      if (control.type === "checkbox" || control.type === "radio") control.checked = suyos.includes(control.value);
      else control.value = suyos[0] ?? "";
    }
    papeleta.dispatchEvent(new Event("change"));
  }

  function anotar() {
    const campos = llenos();
    guardar(cual, campos);
    guardado.hidden = borrar.hidden = campos.length === 0;
  }

  papeleta.addEventListener("change", anotar);
  papeleta.addEventListener("input", anotar);
  borrar.addEventListener("click", () => {
    recuperada.hidden = true;
    poner([]);
    controles[0]?.focus();
  });
  // Lo que devolvió el servidor vale más que lo guardado.
  const antes = "recibida" in papeleta.dataset ? [] : leer(cual);
  if (antes.length) {
    poner(antes);
    recuperada.hidden = llenos().length === 0;
  } else anotar();
}

const papeleta = document.querySelector("#papeleta");
if (papeleta) cuidar(papeleta);
const confirmar = document.querySelector("#confirmar");
confirmar?.addEventListener("submit", (suceso) => {
  if (suceso.submitter?.name !== "cambiar") guardar(confirmar.dataset.borrador, []);
});
for (const { dataset } of document.querySelectorAll("[data-votada]")) guardar(dataset.votada, []);
for (const aviso of document.querySelectorAll("[data-a-medias]")) aviso.hidden = leer(aviso.dataset.aMedias).length === 0;
