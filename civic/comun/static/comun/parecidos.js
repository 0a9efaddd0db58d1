// Mientras se escribe una propuesta o un reporte, muestra lo que ya hay parecido. Sin este guion, la página trae la
// misma lista al guardar cada paso.

const ESPERA = 600; // milisegundos sin teclear
const CAMPOS = ["titulo", "categoria", "distrito", "otb", "lon", "lat"];
const LETRAS = 300; // lo escrito viaja en la dirección: lo justo para comparar
const MINIMAS = 8;

function armar(caja) {
  const formulario = caja.closest("form");
  const aviso = caja.querySelector("[data-aviso]");
  const hallados = caja.querySelector("[data-hallados]");
  if (!formulario) return;
  let reloj = 0, pedido, anterior = "", cuantosAntes = hallados.querySelectorAll("li").length;

  const valor = (nombre) => (formulario.elements[nombre]?.value || caja.dataset[nombre] || "").trim();

  function direccion() {
    const datos = new URLSearchParams({ formato: "trozo", en: caja.dataset.en });
    for (const campo of CAMPOS) if (valor(campo)) datos.set(campo, valor(campo).slice(0, LETRAS));
    const texto = (formulario.elements.descripcion?.value || caja.dataset.texto || "").trim().slice(0, LETRAS);
    if (texto) datos.set(datos.has("titulo") ? "texto" : "titulo", texto);
    if (caja.dataset.salvo) datos.set("salvo", caja.dataset.salvo);
    return (datos.get("titulo") ?? "").length < MINIMAS ? "" : `${caja.dataset.url}?${datos}`;
  }

  function contar() {
    const cuantos = hallados.querySelectorAll("li").length;
    if (cuantos === cuantosAntes) return; // decirlo en cada letra estorba
    cuantosAntes = cuantos;
    if (cuantos === 0) aviso.textContent = "Ya no hay nada parecido.";
    else aviso.textContent = cuantos === 1 ? "Hay 1 parecido en esta página." : `Hay ${cuantos} parecidos en esta página.`;
  }

  async function preguntar() {
    const donde = direccion();
    if (!donde || donde === anterior) return;
    anterior = donde;
    pedido?.abort();
    pedido = new AbortController();
    try {
      const respuesta = await fetch(donde, { signal: pedido.signal });
      if (!respuesta.ok) return;
      const trozo = await respuesta.text();
      if (hallados.contains(document.activeElement)) return; // nunca se mueve lo que alguien está por pulsar
      hallados.innerHTML = trozo;
      contar();
    } catch { /* sin conexión o pedido anulado: se sigue escribiendo igual */ }
  }

  const luego = (evento) => {
    if (caja.contains(evento.target)) return;
    clearTimeout(reloj);
    reloj = setTimeout(preguntar, ESPERA);
  };
  formulario.addEventListener("input", luego);
  formulario.addEventListener("change", luego);
}

document.querySelectorAll("[data-parecidos]").forEach(armar);
