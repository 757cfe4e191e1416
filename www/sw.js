// After the first visit the app comes from here, whole and of one version, with or without a network.
importScripts('./precache.js');

const { version, files } = self.PRECACHE;
const PREFIX = 'fourfold-';
const NAME = PREFIX + version;

self.addEventListener('install', (event) => {
  // Asked anew of the server, or a cache in between might mix two versions.
  const requests = files.map((file) => new Request(file, { cache: 'no-cache' }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(requests)));
});

self.addEventListener('activate', (event) => {
  const drop = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name)));
  };
  event.waitUntil(drop());
});

// A new version waits until the person says so: half a session by one version and half by another is nobody's wish.
self.addEventListener('message', ({ data }) => {
  if (data === 'take over') self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  // A link that carries settings has a query; the page is the same.
  const ignoreSearch = request.mode === 'navigate';
  const answer = async () => {
    const cache = await caches.open(NAME);
    const kept = await cache.match(request, { ignoreSearch });
    // Some hosts answer connect.html with a redirect to /connect. No page may be made of a redirected answer.
    if (kept?.redirected) return new Response(kept.body, kept);
    return kept ?? fetch(request).catch(async () => (ignoreSearch && (await cache.match('./'))) || Response.error());
  };
  event.respondWith(answer());
});
