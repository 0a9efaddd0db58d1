// Imprimir y compartir una propuesta. Los botones nacen ocultos: sin JavaScript no hacen falta.
const fila = document.querySelector("[data-compartir]");
if (fila) {
  fila.hidden = false;
  fila.querySelector("[data-imprimir]").addEventListener("click", () => window.print());
  const enviar = fila.querySelector("[data-enviar]");
  if (navigator.share) {
    enviar.hidden = false;
    enviar.addEventListener("click", () =>
      // Cerrar el cuadro de compartir no es un error que haya que contar.
      navigator.share({ title: document.title, url: location.href }).catch(() => {}),
    );
  }
}
