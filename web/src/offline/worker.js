/**
 * Keeps the app itself on the device, never anybody's data: without a connection, a reload still opens the page that
 * holds the answers which are not sent yet. The build replaces the list below, so every build has its own store.
 */
const files = /* the files of this build */ [];
const store = `stoa-${/* the name of this build */ 'dev'}`;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(store)
      .then((cache) => cache.addAll(['/', '/config.json', ...files]))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  const dropOld = async () => {
    for (const name of await caches.keys()) if (name !== store) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(dropOld());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate') event.respondWith(networkFirst(request, '/'));
  else if (pathname === '/config.json') event.respondWith(networkFirst(request, pathname));
  else if (files.includes(pathname)) event.respondWith(storeFirst(request));
  // Everything else, the API above all, goes its way as if nothing stood here.
});

async function networkFirst(request, kept) {
  try {
    return await fetch(request);
  } catch (cause) {
    const response = await caches.match(kept);
    if (response) return response;
    throw cause;
  }
}

/** Names carry the hash of the content, so what is stored cannot be old. */
async function storeFirst(request) {
  return (await caches.match(request)) ?? fetch(request);
}
