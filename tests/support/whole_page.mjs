// Whole pages in node, without a browser: a document of linkedom, what that lacks, and scripts that live in it as on a
// page; those that they load are `served` by address, or fail. A line of input is a page and what a test does there; a line of output is what that gives. Nothing is laid out:
// elements say where they are (data-top, data-height), whether they are wider than their box (data-wide) or unseen.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import vm from "node:vm";
import { parseHTML } from "linkedom";

const { window: theirs } = parseHTML("<!doctype html>");
const { Element, HTMLElement, HTMLImageElement, Event, CustomEvent, EventTarget } = theirs;
let now;  // the page that lives

const nameOf = (one) => (one.id ? `#${one.id}` : one.className ? `.${one.className}` : one.localName);
const flag = (name) => ({ configurable: true, get() { return this.hasAttribute(name); }, set(on) { this.toggleAttribute(name, Boolean(on)); } });
const seen = (one) => !one.closest("[hidden], [data-unseen]");
Object.defineProperties(HTMLElement.prototype, {
  open: flag("open"), checked: flag("checked"),
  tabIndex: { get() { return Number(this.getAttribute("tabindex") ?? -1); }, set(n) { this.setAttribute("tabindex", n); } },
  scrollWidth: { get() { return 100 + Number(this.dataset.wide ?? 0); } }, clientWidth: { get: () => 100 },
  offsetHeight: { get() { return Number(this.dataset.height ?? 0); } },
  hash: { get() { return new URL(this.href, now.location.href).hash; } },
  pathname: { get() { return new URL(this.href, now.location.href).pathname; } },
});
Object.assign(HTMLElement.prototype, {
  focus() { now.focused = this; now.did.push(["focus", nameOf(this)]); },
  select() { if (this.isConnected) now.did.push(["select", this.value ?? nameOf(this)]); },
  scrollIntoView() { now.did.push(["scroll", nameOf(this)]); },
  showModal() { this.open = true; },
  checkVisibility() { return seen(this); },
  getClientRects() { return seen(this) ? [this.getBoundingClientRect()] : []; },
  getBoundingClientRect() {
    const top = Number(this.dataset.top ?? 0), height = this.offsetHeight;
    return { top, height, bottom: top + height };
  },
});
// Who listens on the way down to an element, which linkedom does not know.
const downward = new WeakMap(), listen = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (type, act, options) {
  if (!(options === true || options?.capture)) return listen.call(this, type, act, options);
  downward.set(this, [...(downward.get(this) ?? []), [type, act]]);
};
const NO_BUBBLES = ["load", "error", "focus", "pointerleave"];

for (const kind of [Element, theirs.document.constructor]) {
  for (const name of ["querySelector", "querySelectorAll", "matches", "closest"]) {
    for (let proto = kind.prototype; proto; proto = Object.getPrototypeOf(proto)) {
      const { value } = Object.getOwnPropertyDescriptor(proto, name) ?? {};
      if (value && !value.known) {
        proto[name] = function (selector) {
          const target = now?.location.hash.length > 1 ? now.location.hash : "[data-never]";
          return value.call(this, selector.replace(":hover", "[data-hover]").replace(":target", target));
        };
        proto[name].known = true;
      }
    }
  }
}

// A storage that holds text, or that throws as a blocked one does.
const storage = (held) => {
  const may = () => { if (held === null) throw new Error("blocked"); };
  const ways = { getItem(key) { may(); return Object.hasOwn(this, key) ? this[key] : null; }, setItem(key, text) { may(); this[key] = String(text); },
    removeItem(key) { may(); delete this[key]; }, all() { return { ...this }; } };
  return Object.assign(Object.create(ways), held);
};

// A module that a page makes of a text, which node imports from another kind of address.
class Text { constructor(parts) { this.text = parts.join(""); } }
class Address extends URL { static createObjectURL({ text }) { return `data:text/javascript,${encodeURIComponent(text)}`; } }

function open({ html, served = {}, anchors = true, frame = false, address = "https://host/chapters/rows.html", local = {}, session = {}, words = {}, dark = false, size = [1200, 1000], arrival = "navigate", clipboard = true, chromium = true }) {
  const { document } = parseHTML(`<!doctype html><html>${html}</html>`), around = new EventTarget(), timers = [];
  const page = { document, served, did: [], infos: [], time: 0, focused: null, mutations: [], observers: [] };
  const url = new URL(address), stored = { local: storage(local), session: storage(session) };
  page.location = url;
  url.assign = (to) => page.did.push(["go", to]);
  document._getParent = () => around;
  Object.defineProperty(document, "activeElement", { configurable: true, get: () => page.focused ?? document.body });
  Object.defineProperty(document, "images", { get: () => document.querySelectorAll("img") });
  document.execCommand = (what) => page.did.push([what]);
  const head = document.head.append.bind(document.head);
  document.head.append = (one) => {
    head(one);
    if (one.localName !== "script") return;
    page.did.push(["load", one.getAttribute("src")]);
    const text = page.served[one.getAttribute("src")];
    setImmediate(() => {
      if (text !== undefined) page.run(text);
      one.dispatchEvent(new Event(text === undefined ? "error" : "load"));
    });
  };
  const wait = (act, after = 0) => { timers.push({ act, at: page.time + after }); return timers.at(-1); };
  const forget = (timer) => { if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1); };
  const rest = async (turns = 4) => { for (let turn = 0; turn < turns; turn++) await new Promise((go) => setImmediate(go)); };
  const pass = async (ms) => {
    const end = page.time + ms;
    for (await rest(); ; await rest()) {
      const [next] = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      forget(next);
      page.time = next.at;
      next.act();
    }
    page.time = end;
  };
  const listening = { addEventListener: around.addEventListener.bind(around), dispatchEvent: around.dispatchEvent.bind(around) };
  class Seen { constructor(act, how) { Object.assign(this, { act, how, those: new Set() }); page.observers.push(this); } observe(one) { this.those.add(one); } unobserve(one) { this.those.delete(one); } }
  const world = vm.createContext({
    ...listening, document, location: url, localStorage: stored.local, sessionStorage: stored.session, URL: Address, Blob: Text, URLSearchParams, console: { info: (...told) => page.infos.push(told.map(String).join(" ")) }, AbortController, MessageChannel, structuredClone, atob,
    Element, HTMLElement, HTMLImageElement, Node: { DOCUMENT_POSITION_FOLLOWING: 4 }, CustomEvent, Event, IntersectionObserver: Seen, innerWidth: size[0], innerHeight: size[1], bookWords: { en: words },
    CSS: { escape: (text) => text, supports: () => anchors }, setTimeout: wait, clearTimeout: forget, requestAnimationFrame: (act) => wait(act, 16),
    performance: { now: () => page.time, getEntriesByType: () => (arrival ? [{ type: arrival }] : []) },
    navigator: { clipboard: { writeText: async (text) => { if (!clipboard) throw new Error("no"); page.did.push(["copied", text]); } }, ...(chromium ? { userAgentData: {} } : {}) },
    matchMedia: (query) => ({ matches: query.includes("dark") ? dark : size[0] >= Number(query.match(/min-width: (\d+)px/)[1]) }),
    getComputedStyle: (one) => ({ overflowX: one.dataset.overflow ?? "visible" }), print: () => page.did.push(["print", document.documentElement.dataset.print]),
    MutationObserver: class { constructor(act) { page.mutations.push(act); } observe(...given) { page.did.push(["watch", nameOf(given[0]), given[1]]); } },
    history: { state: "kept", replaceState(...given) { if (frame) throw new Error("not here"); page.did.push(["address", ...given]); } },
    imported: (address) => import(address),  // what runs in a world of its own may not import
    DOCUMENTATION_OPTIONS: { SHOW_SEARCH_SUMMARY: true }, scrollBy: (...by) => page.did.push(["by", ...by]),
  });
  world.window = world;
  const tell = (one, type, given = {}) => {
    const event = Object.assign(new Event(type, { bubbles: !NO_BUBBLES.includes(type), cancelable: true }), given);
    const target = one === world ? around : one, path = [];
    for (let at = target; at; at = at._getParent()) path.unshift(at);
    for (const at of path) {
      for (const [name, act] of downward.get(at) ?? []) {
        if (name === type && !event._stopImmediatePropagationFlag) act(Object.assign(event, { target, currentTarget: at }));
      }
    }
    if (!event.cancelBubble) target.dispatchEvent(event);
    return event;
  };
  now = page;
  globalThis.heard = page.heard = [];  // what modules say: they are imported outside of the page
  return Object.assign(page, { window: world, stored, pass, rest, tell, one: (selector) => document.querySelector(selector), all: (selector) => [...document.querySelectorAll(selector)],
    run: (text) => vm.runInContext(text.replace("await import(", "await imported("), world) });
}

const Act = Object.getPrototypeOf(async () => {}).constructor;
for await (const line of createInterface({ input: process.stdin })) {
  const { files, then, given, before = "", ...setting } = JSON.parse(line);
  try {
    const page = open(setting);
    page.run(before);
    for (const file of files) page.run(readFileSync(file, "utf8").replace(/^export /gm, ""));
    const found = await new Act("page", "given", `const { window, document, did, tell, pass, rest, one, all, stored, run, heard } = page; ${then}`)(page, given);
    console.log(JSON.stringify({ found: found ?? null }));
  } catch (problem) { console.log(JSON.stringify({ problem: String(problem.stack) })); }
}
