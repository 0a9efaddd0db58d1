// El QR trae el código después de «#»: se pasa al formulario y se borra de la barra y del historial.
const casilla = document.querySelector("#con-codigo input[name=impreso]");
if (casilla && location.hash.length > 1) {
  casilla.value = decodeURIComponent(location.hash.slice(1)).slice(0, 40);
  history.replaceState(null, "", location.pathname);
}
