// Llaves de acceso (WebAuthn): pide la llave al teléfono o a la computadora y manda al servidor lo que responde.
// El formulario trae las opciones en #datos-llave, o dice en data-opciones dónde pedirlas.

const aBytes = (texto) => Uint8Array.from(atob(texto.replaceAll("-", "+").replaceAll("_", "/")), (l) => l.charCodeAt(0));
const aTexto = (bytes) =>
  btoa(Array.from(new Uint8Array(bytes), (b) => String.fromCharCode(b)).join(""))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const conIdsEnBytes = (lista) => (lista ?? []).map((una) => ({ ...una, id: aBytes(una.id) }));

async function crear({ publicKey: opciones }) {
  return navigator.credentials.create({
    publicKey: {
      ...opciones,
      challenge: aBytes(opciones.challenge),
      user: { ...opciones.user, id: aBytes(opciones.user.id) },
      excludeCredentials: conIdsEnBytes(opciones.excludeCredentials),
      // Siempre sirve para ingresar sin contraseña: queda guardada en el aparato y pide huella, cara o PIN.
      authenticatorSelection: {
        ...opciones.authenticatorSelection,
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      },
    },
  });
}

async function usar({ publicKey: opciones }) {
  return navigator.credentials.get({
    publicKey: {
      ...opciones,
      challenge: aBytes(opciones.challenge),
      allowCredentials: conIdsEnBytes(opciones.allowCredentials),
    },
  });
}

function enJson(llave) {
  const respuesta = {};
  for (const campo of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (llave.response[campo]) respuesta[campo] = aTexto(llave.response[campo]);
  }
  return JSON.stringify({
    id: llave.id,
    rawId: aTexto(llave.rawId),
    type: llave.type,
    authenticatorAttachment: llave.authenticatorAttachment,
    response: respuesta,
    clientExtensionResults: llave.getClientExtensionResults(),
  });
}

async function opcionesDe(form) {
  const direccion = form.dataset.opciones;
  if (direccion) {
    const respuesta = await fetch(direccion, { headers: { Accept: "application/json" } });
    if (!respuesta.ok) throw new Error("sin opciones");
    return (await respuesta.json()).request_options;
  }
  const datos = JSON.parse(document.getElementById("datos-llave").textContent);
  return datos.creation_options ?? datos.request_options;
}

function porque(error) {
  if (error.name === "InvalidStateError") return "Esa llave ya está en tu cuenta. Usa otra.";
  if (error.name === "SecurityError") return "Las llaves solo funcionan en la dirección oficial de Ayni. Revisa la dirección y vuelve a entrar.";
  return "No se pudo usar la llave. Inténtalo de nuevo, o elige otro modo.";
}

for (const form of document.querySelectorAll("form[data-llave]")) {
  if (!window.PublicKeyCredential) continue;
  const aviso = form.querySelector("[data-aviso]");
  form.hidden = false;
  form.addEventListener("submit", async (evento) => {
    evento.preventDefault();
    aviso.hidden = true;
    try {
      const opciones = await opcionesDe(form);
      const llave = await (form.dataset.llave === "crear" ? crear(opciones) : usar(opciones));
      form.elements.namedItem("credential").value = enJson(llave);
      form.submit();
    } catch (error) {
      aviso.textContent = porque(error);
      aviso.hidden = false;
    }
  });
}
