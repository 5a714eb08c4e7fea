// A host for anywidgets on a static page: no kernel, no network, also from file://.
// It reads the standard widget state and views that the book embeds, and gives each module the model of
// the Anywidget Front-End Module form (AFM, described at anywidget.dev). In the built file model.js and loading.js stand
// before it, and waiting.js, which says when a view is shown, after it.

// -- the state of the page ------------------------------------------------
const script = document.querySelector('script[type="application/vnd.jupyter.widget-state+json"]');
const page = script ? JSON.parse(script.textContent) : { state: {} };
// On a page that gathers many questions, each state stands beside the question that it repeats: half of it is saved.
for (const one of document.querySelectorAll(".book-widget > script")) page.state[one.parentElement.dataset.model] = JSON.parse(one.textContent);
const { book = "book", chapter = "" } = page.book || {};
const models = {};
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

// What a widget that waits starts from stands in a file of its own.
async function recordOf(id) {
  const record = page.state[id];
  if (!record) throw new Error(`No widget ${id} on this page.`);
  if (!record.apart) return record;
  await need(`states/${record.apart}.js`);
  return (page.state[id] = window.bookStates[record.apart]);
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
    const state = stateOf(await recordOf(id));
    return modelOf(id, { ...state, ...recalled(id, state), ...arriving(id, state) }, (model, names) => { if (keeps(state) && state.kept.some((trait) => names.has(trait))) keep(model, id); });
  })();
  models[id].catch(() => { delete models[id]; });  // so that it can be tried again
  return models[id];
}

// -- views ----------------------------------------------------------------
const started = new Map(), stops = new Map();
const invoke = async () => { throw new Error("No kernel is listening on this page."); };

function buttonOf(text, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "book-toggle";
  button.textContent = text;
  button.addEventListener("click", act);
  return button;
}

async function show(view) {
  const plain = view.querySelector(".book-plain");
  if (!plain) view.replaceChildren();
  const el = document.createElement("div");
  const stop = new AbortController();
  stops.set(view, stop);
  stop.signal.addEventListener("abort", () => el.remove());
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
    offerLink(el, nameOf(view), await modelFor(id));
    view.dispatchEvent(new CustomEvent("book:live", { bubbles: true }));
    if (plain) plain.hidden = true;
  } catch (problem) {
    el.remove();
    const note = document.createElement("p");
    note.className = "book-quiet";
    note.textContent = t.hostFailed + (plain ? " " + t.hostPlain : "");
    view.append(note);
    if (problem.again) note.append(" ", buttonOf(t.tryAgain, () => { note.remove(); show(view); }));
    console.info("A widget did not start:", problem);
  }
  window.addEventListener("pagehide", (event) => { if (!event.persisted) stop.abort(); });
}

// As if it had never been shown.
function leave(view) {
  const id = view.dataset.model;
  stops.get(view)?.abort();
  for (const map of [shown, stops]) map.delete(view);
  started.delete(id);
  delete models[id];
}

// Each view is made in a task of its own: all of a page in one would keep a reader on a slow phone from scrolling.
let turns = Promise.resolve();
const turn = () => (turns = turns.then(calm).then(() => new Promise((done) => {
  const { port1, port2 } = new MessageChannel();  // no timer: those of a hidden page are slow
  port1.onmessage = () => { port1.close(); done(); };
  port2.postMessage(0);
})));

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
  await turn();
  // `book` is ours, beside what AFM gives: a module without it has a kernel to ask.
  const review = (said) => { seen[id] = window.bookStore.review(book, chapterOf(id), model.get("name"), model.get("digest"), said); };
  const { inClass } = document.documentElement.dataset;  // first.js says so
  const plain = el.parentElement?.querySelector(":scope > .book-plain");
  cleanUp(await widget.render?.({ model, el, signal, host, experimental: { invoke }, book: { book, chapter, load, review, inClass, plain, arrived: Object.keys(arriving(id, record)).length > 0 } }));
}

// A part of the site that is no widget, such as the progress page: its module gets the element, and `book`.
// One that names its scripts is for readers who have been in other chapters.
async function showPart(part) {
  const el = document.createElement("div"), { scripts } = part.dataset;
  try {
    if (scripts && !window.bookStore.others(book, chapter)) return;
    if (scripts) await Promise.all(scripts.split(" ").map(need));
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
