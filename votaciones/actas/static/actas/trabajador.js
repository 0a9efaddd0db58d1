// Deja abrir el formulario del acta sin señal. Solo manda sobre /actas/equipo/ y solo mira lo que la propia página guardó.
const CAJA = "actas-equipo";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (suceso) => suceso.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (suceso) => {
  const pedido = suceso.request;
  if (pedido.method !== "GET" || new URL(pedido.url).origin !== self.location.origin) return;
  suceso.respondWith(responder(pedido));
});

// Primero la red; sin señal, lo guardado. El «pase» nunca se guarda: dice si hay sesión ahora.
async function responder(pedido) {
  try {
    return await fetch(pedido);
  } catch (falla) {
    const guardado = await (await caches.open(CAJA)).match(pedido, { ignoreVary: true });
    if (guardado) return guardado;
    throw falla;
  }
}
