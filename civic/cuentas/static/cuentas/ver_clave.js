// Agrega «Ver contraseña» debajo del último campo de contraseña. Sin este guion, los campos funcionan igual.
const campos = [...document.querySelectorAll("main input[type=password]")];
if (campos.length) {
  const boton = document.createElement("button");
  boton.type = "button";
  boton.className = "enlace";
  boton.setAttribute("aria-pressed", "false");
  boton.textContent = campos.length === 1 ? "Ver contraseña" : "Ver lo que escribo";
  const mostrar = (si) => {
    for (const campo of campos) campo.type = si ? "text" : "password";
    boton.setAttribute("aria-pressed", String(si));
  };
  boton.addEventListener("click", () => mostrar(boton.getAttribute("aria-pressed") === "false"));
  // Al enviar vuelven a ser contraseñas: el navegador solo ofrece guardar las que lo son.
  campos[0].form.addEventListener("submit", () => mostrar(false));
  campos.at(-1).after(boton);
}
