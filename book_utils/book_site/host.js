// A host for anywidgets on a static page: no kernel, no network, also from file://.
// It reads the standard widget state and views that the book embeds, and gives each module the model of
// the Anywidget Front-End Module form (AFM, described at anywidget.dev). In the built file model.js stands before it.

// -- the state of the page ------------------------------------------------
const script = document.querySelector('script[type="application/vnd.jupyter.widget-state+json"]');
const page = script ? JSON.parse(script.textContent) : { state: {} };
const { book = "book", chapter = "" } = page.book || {};
const models = {}, modules = {};
const [t] = Object.values(window.bookWords);  // of the page's language; its module script stands before this one
// A page that gathers questions of other pages names the chapter of each.
const chapterOf = (id) => page.state[id]?.chapter || chapter;

function bytesOf(text) {
  const raw = atob(text), bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return new DataView(bytes.buffer);
}

function stateOf(record) {
  const state = structuredClone(record.state);
  for (const { path, data } of record.buffers || []) {
    const last = path.length - 1;
    path.slice(0, last).reduce((at, step) => at[step], state)[path[last]] = bytesOf(data);
  }
  return state;
}

const keeps = (state) => state.name && state.digest && Array.isArray(state.kept) && state.kept.length;

const seen = {};  // by widget, the record that its model shows
let warned = false;

function keep(model, id) {
  const { state } = page.state[id], kept = Object.fromEntries(state.kept.map((trait) => [trait, model.get(trait)]));
  seen[id] = window.bookStore.write(book, chapterOf(id), state.name, state.digest, kept, seen[id]);
  model.set(fitting(seen[id], state));  // another tab may have been first
  if (!window.bookStore.problem || warned) return;
  warned = true;
  const note = document.createElement("p");
  note.className = "book-quiet";
  note.setAttribute("role", "status");
  note.textContent = t.storageNote.replace("{problem}", t.storageProblem[window.bookStore.problem]);
  document.querySelector(`.book-widget[data-model="${id}"]`)?.append(note);
}

// What storage holds may be of any type: what differs from the trait it would replace is left out.
function fitting(record, state) {
  const fits = (trait) => trait in record.state && (state[trait] === null || typeof record.state[trait] === typeof state[trait]);
  return Object.fromEntries(record ? state.kept.filter(fits).map((trait) => [trait, record.state[trait]]) : []);
}

function recalled(id, state) {
  seen[id] = keeps(state) ? window.bookStore.read(book, chapterOf(id), state.name, state.digest) : null;
  return fitting(seen[id], state);
}

// What another tab keeps shows here, so that no first guess is replaced, and what it takes away goes here, too.
function refresh() {
  for (const id of Object.keys(models)) {
    const { state } = page.state[id] || { state: {} };
    const first = keeps(state) ? Object.fromEntries(state.kept.map((trait) => [trait, state[trait]])) : {};
    models[id].then((model) => model.set({ ...first, ...recalled(id, state) }), () => {});
  }
}
window.addEventListener("storage", refresh);
window.addEventListener("pageshow", (event) => { if (event.persisted) refresh(); });

function modelFor(id) {
  models[id] = models[id] || (async () => {
    const record = page.state[id];
    if (!record) throw new Error(`No widget ${id} on this page.`);
    const state = stateOf(record);
    return modelOf(id, { ...state, ...recalled(id, state) }, (model, names) => { if (keeps(state) && state.kept.some((trait) => names.has(trait))) keep(model, id); });
  })();
  return models[id];
}

// -- modules --------------------------------------------------------------
// Our modules say which pieces they are made of, "book:elements-12ab guess-34cd": each piece stands once in
// a file of the site. Any other anywidget brings its whole source in its state.
function moduleOf(esm) {
  modules[esm] = modules[esm] || (async () => {
    const pieces = esm.startsWith("book:") ? esm.slice(5).split(" ").map(pieceOf) : [{ js: esm, css: "" }];
    const address = URL.createObjectURL(new Blob([pieces.map((piece) => piece.js).join("\n")], { type: "text/javascript" }));
    const module = await import(address);
    const given = module.default || module;
    return typeof given === "function" ? await given() : given;
  })();
  return modules[esm];
}

function pieceOf(key) {
  const piece = (window.bookPieces || {})[key];
  if (!piece) throw new Error(`The file modules/${key}.js is missing.`);
  if (piece.css) { style(piece.css); piece.css = ""; }
  return piece;
}

function style(css) {
  const element = document.createElement("style");
  element.textContent = css;
  document.head.append(element);
}

// Data that is too big for the page comes on first use, in parts, each a classic script: a fetch fails
// on file://. A part calls bookPart(name, number, text).
const parts = {}, loads = {};
window.bookPart = (file, number, text) => { (parts[file] = parts[file] || [])[number] = text; };

function load({ file, parts: count }, progress = () => {}) {
  const it = (loads[file] = loads[file] || { done: 0, listeners: [], all: null });
  it.listeners.push(progress);
  const there = () => { it.done += 1; it.listeners.forEach((f) => f(it.done / count)); };
  it.all = it.all || Promise.all(Array.from({ length: count }, (_, number) => run(`lazy/${file}-${number}.js`).then(there)))
    .then(() => parts[file], (problem) => { delete loads[file]; throw problem; });
  return it.all;
}

const run = (script) => new Promise((resolve, reject) => {
  const onerror = () => reject(new Error(`${script} could not be loaded.`));
  const src = `${document.documentElement.dataset.content_root || ""}_static/${script}`;
  document.head.append(Object.assign(document.createElement("script"), { src, onload: resolve, onerror }));
});

// -- views ----------------------------------------------------------------
const started = new Map();
const invoke = async () => { throw new Error("No kernel is listening on this page."); };

async function show(view) {
  const plain = view.querySelector(".book-plain");
  if (!plain) view.replaceChildren();
  const el = document.createElement("div");
  const stop = new AbortController();
  const id = view.dataset.model;
  const host = {
    getModel: (ref) => modelFor(String(ref).replace(/^(anywidget:|IPY_MODEL_)/, "")),
    getWidget: async (ref) => {
      const other = String(ref).replace(/^(anywidget:|IPY_MODEL_)/, "");
      return { exports: undefined, render: ({ el }) => mount(other, el, host, stop.signal) };
    },
  };
  try {
    view.prepend(el);
    await mount(id, el, host, stop.signal);
    view.dataset.live = "true";
    document.dispatchEvent(new CustomEvent("book:live"));
    if (plain) plain.hidden = true;
  } catch (problem) {
    el.remove();
    const note = document.createElement("p");
    note.className = "book-quiet";
    note.textContent = t.hostFailed + (plain ? " " + t.hostPlain : "");
    view.append(note);
    console.info("A widget did not start:", problem);
  }
  window.addEventListener("pagehide", (event) => { if (!event.persisted) stop.abort(); });
}

async function mount(id, el, host, signal) {
  const model = await modelFor(id);
  const record = page.state[id].state;
  if (typeof record._esm !== "string") throw new Error("This control needs a running notebook.");
  const widget = await moduleOf(record._esm);
  if (record._css) { style(record._css); record._css = ""; }
  const cleanUp = (f) => { if (typeof f === "function") signal.addEventListener("abort", () => f()); };
  if (widget.initialize && !started.has(id)) {
    started.set(id, Promise.resolve(widget.initialize({ model, signal, host, experimental: { invoke } })));
    cleanUp(await started.get(id));
  }
  await started.get(id);
  // `book` is ours, beside what AFM gives: a module without it has a kernel to ask.
  const review = (said) => { seen[id] = window.bookStore.review(book, chapterOf(id), model.get("name"), model.get("digest"), said); };
  const { inClass } = document.documentElement.dataset;  // first.js says so
  const plain = el.parentElement?.querySelector(":scope > .book-plain");
  cleanUp(await widget.render?.({ model, el, signal, host, experimental: { invoke }, book: { book, chapter, load, review, inClass, plain } }));
}

// A part of the site that is no widget, such as the progress page: its module gets the element, and `book`.
// One that names its scripts is for readers who have been in other chapters.
async function showPart(part) {
  const el = document.createElement("div"), { scripts } = part.dataset;
  try {
    if (scripts && !window.bookStore.others(book, chapter)) return;
    if (scripts) await Promise.all(scripts.split(" ").filter((name) => !window.bookPieces[name.slice(8, -3)]).map(run));
    const module = await moduleOf(part.dataset.module);
    part.prepend(el);
    await module.render({ el, book: { book, chapter, load, moduleOf, modelOf } });
    part.querySelector(":scope > .book-plain")?.setAttribute("hidden", "");
    part.dataset.live = "true";
  } catch (problem) {
    el.remove();
    console.info("A part of the page did not start:", problem);
  }
}

for (const view of document.querySelectorAll(".book-widget")) show(view);
for (const part of document.querySelectorAll(".book-part[data-module]")) showPart(part);
