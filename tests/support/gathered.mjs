// A part of the site that gathers what is kept, on a page of its own in node: it answers each line of JSON, [act, ...given],
// with what the page shows then. The store and the schedule are real; storage, the clock and what a host does stand here.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseHTML } from "linkedom";

const [module, store, fsrs, words] = JSON.parse(readFileSync(process.argv[2], "utf8"));
const RealDate = Date, storage = new Map(), soon = setTimeout;
let now, room, bus, frames, offered, later, held, host, shows, gone;

class Clock extends RealDate {
  constructor(...given) { super(...(given.length ? given : [now])); }
  static now() { return now; }
}
globalThis.localStorage = {
  getItem: (key) => storage.get(key) ?? null, removeItem: (key) => { storage.delete(key); },
  setItem(key, text) {
    if ([...storage].reduce((sum, [name, one]) => sum + (name === key ? 0 : name.length + one.length), key.length + text.length) > room) throw new Error("full");
    storage.set(key, text);
  },
};
Object.assign(globalThis, {
  window: globalThis, Date: Clock, WORDS: { en: words }, Node: { DOCUMENT_POSITION_FOLLOWING: 4 },
  addEventListener: (...given) => bus.addEventListener(...given), requestAnimationFrame: (act) => { frames.push(act); },
  setTimeout: (act, wait = 0) => (wait < 1000 && !held ? soon(act, wait) : later.push(act)),
});
URL.createObjectURL = (blob) => { offered.push({ blob }); return `blob:${offered.length}`; };
URL.revokeObjectURL = (address) => { gone.push(address); };
new Function(fsrs).call(globalThis);
const { default: { render } } = await import("data:text/javascript;base64," + Buffer.from(module).toString("base64"));

// What linkedom leaves out: what has the focus, a dialog that opens, two attributes, a link that is pressed.
function complete({ document, HTMLElement }) {
  for (const name of ["open", "multiple"]) {
    Object.defineProperty(HTMLElement.prototype, name, {
      get() { return this.hasAttribute(name); }, set(value) { this.toggleAttribute(name, Boolean(value)); }, configurable: true });
  }
  Object.assign(HTMLElement.prototype, {
    focus() { document.has = this; }, showModal() { this.open = true; }, close() { this.open = false; } });
  Object.defineProperty(document, "activeElement", { get: () => (document.contains(document.has) ? document.has : document.body) });
  document.addEventListener("click", ({ target }) => {
    if (target.download) Object.assign(offered.at(-1), { name: target.download, address: target.href });
  });
}

function fresh(body) {
  const page = parseHTML(`<!doctype html><html lang="en"><body>${body}</body></html>`);
  Object.assign(globalThis, { document: page.document, CustomEvent: page.CustomEvent, DomEvent: page.Event });
  complete(page);
  [bus, frames, offered, later, shows, gone] = [new EventTarget(), [], [], [], [], []];
  new Function(store)();
}

// What stands below an element, as living.py reads it.
const told = (element) => ({
  tag: element.localName, attributes: Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value])),
  children: [...element.childNodes].map((one) => (one.nodeType === 1 ? told(one) : one.textContent)),
});

// Is a class still being read, with nothing that waits for `later`?
const reads = () => !later.length && all("[role=status]").some((one) => one.textContent.startsWith(words.classReading.split("{")[0]));

async function shown() {
  for (let turn = 0; turn < 4 || (reads() && turn < 1000); turn++) await new Promise((go) => soon(go));
  const files = await Promise.all(offered.map(async ({ blob, ...rest }) => ({ ...rest, type: blob.type, text: await blob.text() })));
  const { activeElement: active } = document;
  return { page: told(document.body), active: active === document.body ? null : told(active), offered: files, shows, frames: frames.length, gone,
    waits: later.length, kept: Object.fromEntries([...storage].map(([key, text]) => [key, JSON.parse(text)])) };
}

const hosted = ({ forms, modules }) => ({
  load: async (what) => { if (!forms) throw new Error("no"); return [JSON.stringify(forms).slice(0, 9), JSON.stringify(forms).slice(9), what.end ?? ""]; },
  modelOf: (id, traits, saved) => ({ traits, get: (name) => traits[name], save_changes() { saved(this); } }),
  moduleOf: async (files) => ({ render({ model, el, book }) {
    if (!Object.values(modules).includes(files)) throw new Error("no such module");
    [host.model, host.review] = [model, book.review];
    shows.push({ traits: { ...model.traits }, files, chapter: book.chapter });
    const field = document.createElement("input");
    field.className = "asked";
    el.append(field);
  } }),
});

const fileOf = ([name, bytes, { size, fails } = {}]) => {
  const data = Buffer.from(bytes, "base64"), file = new File([data], name);
  Object.assign(file, { text: async () => data.toString(), arrayBuffer: async () => data });
  if (size) Object.defineProperty(file, "size", { value: size });
  if (fails) file.text = file.arrayBuffer = async () => { throw new Error("gone"); };
  return file;
};
const all = (selector) => [...document.querySelectorAll(selector)];

const acts = {
  open({ questions, modules = {}, kept = {}, at, most = Infinity, body = "<article></article>", chapter = "", forms, hold = false, lang = "en", book = "b" }) {
    [now, room, held] = [Date.parse(at), most, hold];
    storage.clear();
    for (const [key, record] of Object.entries(kept)) storage.set(key, JSON.stringify(record));
    fresh(body);
    document.documentElement.setAttribute("lang", lang);
    globalThis.bookQuestions = { chapters: questions, modules };
    host = hosted({ forms, modules });
    const el = document.createElement("div");
    document.querySelector("article").append(el);
    document.querySelector("[autofocus]")?.focus();
    render({ el, book: { book, chapter, ...host } });
  },
  press(text, place = 0) {
    const found = all("button").filter((one) => (one.getAttribute("aria-label") ?? one.textContent) === text);
    if (!found[place]) throw new Error(`no button "${text}"`);
    document.has = found[place];
    found[place].click();
  },
  focus(selector, place = 0) { all(selector)[place].focus(); },
  unfold(selector) { document.querySelector(selector).open = true; },
  choose(...files) {
    const field = document.querySelector("input[type=file]");
    field.files = files.map(fileOf);
    field.dispatchEvent(new DomEvent("change"));
  },
  drop(...files) {
    const event = Object.assign(new DomEvent("drop", { cancelable: true }), { dataTransfer: { files: files.map(fileOf) } });
    document.querySelector(".class-zone").dispatchEvent(event);
  },
  later() { for (const act of later.splice(0)) act(); },
  // What the card or the guess that was shown last would tell.
  review(said) { host.review(said); },
  answer(traits) { Object.assign(host.model.traits, traits); host.model.save_changes(); },
  frame() { for (const act of frames.splice(0)) act(); },
  tell(type, given = {}) { bus.dispatchEvent(Object.assign(new Event(type), given)); },
  room(most) { room = most; },
  time(at) { now = Date.parse(at); },
  see() {},
};
for await (const line of createInterface({ input: process.stdin })) {
  const [act, ...given] = JSON.parse(line);
  let problem = null;
  try { await acts[act](...given); } catch (error) { problem = String(error); }
  console.log(JSON.stringify({ problem, ...(await shown()) }));
}
