// Agrega un botón «Copiar» a cada texto de campaña. Sin este guion, el texto se selecciona a mano.
for (const pieza of document.querySelectorAll(".pieza")) {
  if (!navigator.clipboard) break;
  const texto = pieza.querySelector(".texto-pieza");
  const boton = document.createElement("button");
  boton.type = "button";
  boton.className = "boton calmo chico";
  boton.textContent = "Copiar";
  boton.setAttribute("aria-live", "polite");
  boton.addEventListener("click", async () => {
    await navigator.clipboard.writeText(texto.innerText);
    boton.textContent = "Copiado";
    setTimeout(() => (boton.textContent = "Copiar"), 2500);
  });
  pieza.querySelector(".fila").prepend(boton);
}
