// The service worker of /app/: the app opens without a network, and waiting check-ins leave when the network is back.
// The server writes what is above this line: KEPT, what this version consists of, and deliverAll where modules are known to workers.
"use strict";

const NAME = `tapak-app-${self.KEPT.version}`;
const FILES = new Set(self.KEPT.files.map((file) => new URL(file, location.href).href));

self.addEventListener("install", (event) => event.waitUntil(keepAll()));
self.addEventListener("activate", (event) => event.waitUntil(forgetOthers()));

async function keepAll() {
  const cache = await caches.open(NAME);
  const fresh = (address) => new Request(address, { cache: "no-cache" });
  await cache.addAll([...self.KEPT.files, self.KEPT.page].map(fresh));
  // The page of the version before goes on with files that are named by that version; a new one begins at the next visit.
  await self.skipWaiting();
}

async function forgetOthers() {
  // One version back stays: a page that is still open may yet ask for a part of it.
  const own = (await caches.keys()).filter((name) => name.startsWith("tapak-app-"));
  await Promise.all(own.slice(0, -2).filter((name) => name !== NAME).map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const address = new URL(request.url);
  if (request.mode === "navigate" && address.pathname === new URL(self.KEPT.page, location.href).pathname) {
    event.respondWith(page(request));
  } else if (FILES.has(request.url) || address.pathname.includes("/static/") || address.pathname.includes("/words/")) {
    event.respondWith(caches.match(request, { ignoreVary: true }).then((found) => found ?? fetch(request)));
  }
});

// The newest page if the network gives it within two seconds, so that a new version is not a visit late; otherwise the kept one.
async function page(request) {
  const kept = await caches.open(NAME).then((cache) => cache.match(self.KEPT.page, { ignoreVary: true }));
  const asked = fetch(request).then((answer) => (answer.ok ? answer : kept ?? answer));
  if (!kept) return asked;
  return Promise.race([asked.catch(() => kept), new Promise((found) => setTimeout(() => found(kept), 2000))]);
}

// Where the browser knows background sync: the page asked for it when a check-in had to wait.
self.addEventListener("sync", (event) => {
  if (event.tag === "deliver" && self.deliverAll) event.waitUntil(self.deliverAll(self.KEPT.root));
});
