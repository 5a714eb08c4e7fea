// The service worker without a browser: caches and a network that a test decides, and a clock that does not wait.
// A network that answers with -1 sends elsewhere, as a host with an address of its own for a sign-in does.
export async function run(source, { files, network, plan, bytes = 1, space = null }) {
  const stores = new Map(), listeners = {}, said = [], asked = [];
  let full = false;
  const addressOf = (request) => (typeof request === "string" ? request : request.url).replace("https://host", "");
  const caches = {
    open: async (name) => {
      if (!stores.has(name)) stores.set(name, new Map());
      const kept = stores.get(name);
      return { match: async (key) => kept.get(key)?.clone(), put: async (key, answer) => { if (full) throw new DOMException("No space left.", full); kept.set(key, answer); }, delete: async (key) => kept.delete(key) };
    },
    match: async (key) => [...stores.values()].map((kept) => kept.get(key)).find(Boolean)?.clone(),
    keys: async () => [...stores.keys()],
    delete: async (name) => stores.delete(name),
  };
  let now = 0;  // time passes only where something waits for it
  const timers = [];
  const wait = (act, after) => timers.push({ act, at: now + after });
  const pass = async (work) => {
    let done = false;
    work?.then(() => { done = true; });
    for (let i = 0; i < 50; i++) await null;
    for (let turns = 0; !done && (timers.length || (work && turns < 500)); turns++) {
      if (!timers.length) { await new Promise((go) => setTimeout(go, 1)); continue; }  // a sum is made beside all this
      timers.sort((a, b) => a.at - b.at);
      const { act, at } = timers.shift();
      now = Math.max(now, at);
      act();
      for (let i = 0; i < 50; i++) await null;
    }
  };
  const fetch = (request) => {
    const [status, type, text, after = 0, rest = 0] = network[addressOf(request).split("?")[0]] ?? network["*"];
    // Its beginning comes first, and after `rest` what follows: all at once where that is 0.
    const write = (out, part) => out.enqueue(new TextEncoder().encode(part));
    asked.push(addressOf(request));
    const elsewhere = { type: "opaqueredirect", status: 0, ok: false, text: async () => "elsewhere", arrayBuffer: async () => {}, clone: () => elsewhere };
    const start = (out) => { write(out, text.slice(0, 3)); wait(() => { write(out, text.slice(3)); out.close(); }, rest); };
    const answer = () => new Response(rest ? new ReadableStream({ start }) : text, { status, headers: { "Content-Type": type } });
    return new Promise((done, fail) => wait(() => (status < 0 ? done(elsewhere) : status ? done(answer()) : fail(new TypeError("Failed to fetch"))), after));
  };
  const self = { registration: { scope: "https://host/book/" }, addEventListener: (name, act) => { listeners[name] = act; }, skipWaiting() {}, clients: { claim() {} } };
  const clock = { now: () => now };
  const script = source.replace("FILES_OF_THE_SITE", JSON.stringify(files)).replace("BYTES_OF_THE_SITE", bytes).replace("MARK_OF_THE_BOOK", JSON.stringify("a mark"));
  new Function("self", "caches", "fetch", "location", "navigator", "setTimeout", "Date", script)(self, caches, fetch, { origin: "https://host" }, space === null ? {} : { storage: { estimate: async () => space } }, wait, clock);

  async function ask(path, method, tell, url = `https://host/book/${path}`, headers = {}) {
    let answer = null, later = null;
    const from = now;
    listeners.fetch({ request: { url, method, headers: new Headers(headers) }, waitUntil: (work) => { later = work; }, respondWith: (work) => { answer = work.then((one) => tell(one, now - from), (problem) => [problem.message]); } });
    await pass(answer);
    if (later) await pass(later);
    return answer;
  }
  const acts = {
    async install() {
      let done;
      listeners.install({ waitUntil: (work) => { done = work.then(() => "kept", (problem) => problem.message); } });
      await pass(done);
      return done;
    },
    get: (path) => ask(path, "GET", async (one, took) => [one.status, await one.text(), took]),
    post: (path) => ask(path, "POST", () => "answered"),
    elsewhere: (path) => ask(path, "GET", () => "answered", `https://other/book/${path}`),
    part: (path) => ask(path, "GET", () => "answered", undefined, { Range: "bytes=0-1" }),
    async later(ms) { now += ms; },
    async asked() { return asked.splice(0); },
    async fill(name) { full = name; },
    async caches() { return [...stores].map(([name, kept]) => [name, kept.size]); },
    async keep(entries) { for (const [name, key, type, text] of entries) (await caches.open(name)).put(key, new Response(text, { headers: { "Content-Type": type } })); },
    type: (path) => ask(path, "GET", (one) => one.headers.get("Content-Type")),
    async set(changes) { Object.assign(network, changes); },
    async activate() {
      let done;
      listeners.activate({ waitUntil: (work) => { done = work; } });
      await done;
      return [...stores.keys()];
    },
    async others(names) { for (const name of names) await caches.open(name); },
    async forget() { stores.clear(); },
    async fail() { caches.open = async () => { throw new DOMException("The disk fails.", "UnknownError"); }; },
  };
  for (const [act, given] of plan) said.push(await acts[act](given) ?? null);
  return said;
}
