// Keeps the units' page and its files on the phone, so that it opens without a network. Nothing of anybody's
// is kept here: the API is never answered from this store.
const STORE = 'aeropatrol-unit-1';
const PAGE = '/unit';

self.addEventListener('install', (event) => {
  self.skipWaiting();
  event.waitUntil(keepPage().catch(() => {}));
});
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin) return;
  const isPage = url.pathname === PAGE;
  if (!isPage && !url.pathname.startsWith('/assets/')) return;
  event.respondWith(fresh(event.request, isPage ? PAGE : event.request));
});

// What the page had loaded before this worker stood between.
self.addEventListener('message', (event) => {
  const files = (Array.isArray(event.data) ? event.data : []).filter((url) =>
    new URL(url).pathname.startsWith('/assets/'),
  );
  event.waitUntil(
    caches
      .open(STORE)
      .then((cache) => cache.addAll(files))
      .catch(() => {}),
  );
});

// A page that was reached by a redirect may not be answered as it is: it is kept as a copy.
async function keepPage() {
  const [cache, response] = await Promise.all([caches.open(STORE), fetch(PAGE)]);
  if (response.ok) await cache.put(PAGE, new Response(await response.blob(), { headers: response.headers }));
}

// From the network; from the store when there is none.
async function fresh(request, key) {
  const cache = await caches.open(STORE);
  try {
    const response = await fetch(request);
    if (response.ok && !response.redirected) await cache.put(key, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(key);
    if (kept) return kept;
    throw error;
  }
}
