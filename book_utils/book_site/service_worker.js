// Keeps the whole site in the browser. While there is a network every answer comes from it, so that nothing is
// ever stale; what is kept answers where the network does not, or not in time. The build writes the names, the size
// and the mark that every page of the book has in it.
const FILES = FILES_OF_THE_SITE;
const BYTES = BYTES_OF_THE_SITE;
const MARK = MARK_OF_THE_BOOK;
const PATIENCE = 3000;  // milliseconds to wait for a network before what is kept is shown

// Other books of the same host have caches of their own: the address of this one stands in its name.
const OURS = `book ${self.registration.scope} `;
const CACHE = OURS + hashOf(JSON.stringify(FILES));
const addressOf = (name) => new URL(encodeURI(name).replace(/[?#]/g, encodeURIComponent), self.registration.scope).pathname;
// By its path: where a file is kept. The address there names its content, so that the next build can take it over.
const kept = new Map(Object.entries(FILES).map(([name, hash]) => [addressOf(name), `${addressOf(name)}?${hash}`]));

function hashOf(text) {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) >>> 0;
  return hash.toString(16);
}

// -- what is ours: the sign-in page of a hotel's network comes for every address, and says that all is well
const isPage = (path) => /\.html$|\/$/.test(path);
const isHtml = (answer) => (answer.headers.get("Content-Type") || "").startsWith("text/html");

// Some hosts put something of their own into a page, but into nothing else: that is as the build made it, or is not ours.
async function isOurs(path, answer) {
  if (isPage(path)) return isHtml(answer) && (await answer.clone().text()).includes(MARK);
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", await answer.clone().arrayBuffer()));
  return kept.get(path).endsWith("?" + [...sum.slice(0, 6)].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
}

// -- a new build: all of its files, or no new worker ---------------------------------------------------
async function keep(path) {
  const cache = await caches.open(CACHE), address = kept.get(path);
  if (await cache.match(address)) return;  // from a start that was cut short
  let answer = await caches.match(address);  // from the build before this one
  if (!answer || !await isOurs(path, answer)) {
    answer = await fetch(path, { cache: "no-cache" });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    if (!await isOurs(path, answer)) throw new Error(`${path} came from somebody else.`);
  }
  // A new answer, because one that came by a redirect may not stand for a page.
  const type = answer.headers.get("Content-Type") || "";
  await cache.put(address, new Response(await answer.blob(), { headers: { "Content-Type": type } }));
}

async function keepAll() {
  const { quota = Infinity, usage = 0 } = await navigator.storage?.estimate?.() || {};
  if (quota - usage < 2 * BYTES) throw new Error("There is no space to keep the book.");
  const left = [...kept.keys()];
  const some = async () => {
    try {
      while (left.length) await keep(left.shift());
    } catch (problem) {
      left.length = 0;
      throw problem;
    }
  };
  const ends = await Promise.allSettled([some(), some(), some(), some()]);
  const problem = ends.find(({ status }) => status === "rejected")?.reason;
  if (problem?.name === "QuotaExceededError") await caches.delete(CACHE);
  if (problem) throw problem;
}

self.addEventListener("install", (event) => event.waitUntil(keepAll().then(() => self.skipWaiting())));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  const old = (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
})()));

// -- every request ------------------------------------------------------------------------------------
self.addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  // Some hosts show chapters/lookup.html as chapters/lookup.
  const path = [pathname, pathname + "index.html", pathname + ".html"].find((name) => kept.has(name));
  if (request.method !== "GET" || origin !== location.origin || request.headers.has("Range") || !path) return;
  event.respondWith(answer(event, path));
});

let stalled = -Infinity;  // when the network last let a request wait in vain

async function answer(event, path) {
  const address = kept.get(path);
  let cache = null, old = null;
  try {
    cache = await caches.open(CACHE);
    old = await cache.match(address);
  } catch { /* a disk that fails: the network is still there */ }
  const asked = fetch(event.request);
  if (!old) {  // withdrawn, and perhaps here again: a network's mistake costs no page for ever
    event.waitUntil(asked.then((fresh) => fresh.ok && keep(path)).catch(() => {}));
    return asked;
  }
  // To its end, for an answer that has begun may stall, too; then what is kept is shown in place of half a page.
  const network = asked.then((fresh) => fresh.clone().arrayBuffer().then(() => ({ fresh }))).catch(() => ({}));
  network.then(({ fresh }) => { if (fresh) stalled = -Infinity; });
  // The parts of a page that had to wait do not wait once more each.
  const patience = Date.now() - stalled < 10 * PATIENCE ? PATIENCE / 10 : PATIENCE;
  const first = await Promise.race([network, new Promise((done) => setTimeout(done, patience))]);
  if (!first) { stalled = Date.now(); return old; }
  const { fresh } = first;
  if ([404, 410].includes(fresh?.status)) { await cache.delete(address).catch(() => {}); return fresh; }  // withdrawn
  if (fresh?.type === "opaqueredirect") return fresh;
  // What is no file of ours is shown where a page is asked for, so that a reader can sign in; it stands for nothing else.
  return fresh?.ok && (isPage(path) || !isHtml(fresh)) ? fresh : old;
}
