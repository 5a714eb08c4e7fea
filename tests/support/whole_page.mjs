// Whole pages in node, without a browser: a document of linkedom, what that lacks, and scripts that live in it as on a
// page. A line of input is a page and what a test does there; a line of output is what that gives. Nothing is laid out:
// elements say where they are (data-top, data-height), whether they are wider than their box (data-wide) or unseen.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import vm from "node:vm";
import { parseHTML } from "linkedom";

const { window: theirs } = parseHTML("<!doctype html>");
const { Element, HTMLElement, HTMLImageElement, Event, CustomEvent, EventTarget, Node } = theirs;
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
  select() { now.did.push(["select", this.value ?? nameOf(this)]); },
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
  const kept = new Map(Object.entries(held ?? {}));
  const may = () => { if (held === null) throw new Error("blocked"); };
  return { getItem: (key) => { may(); return kept.get(key) ?? null; }, setItem: (key, text) => { may(); kept.set(key, String(text)); },
    removeItem: (key) => { may(); kept.delete(key); }, all: () => Object.fromEntries(kept) };
};

function open({ html, address = "https://host/chapters/rows.html", local = {}, session = {}, words = {}, dark = false, size = [1200, 1000], arrival = "navigate", clipboard = true, chromium = true }) {
  const { document } = parseHTML(`<!doctype html><html>${html}</html>`), around = new EventTarget(), timers = [];
  const page = { document, did: [], time: 0, focused: null, mutations: [], observers: [] };
  const url = new URL(address), stored = { local: storage(local), session: storage(session) };
  page.location = url;
  url.assign = (to) => page.did.push(["go", to]);
  document._getParent = () => around;
  Object.defineProperty(document, "activeElement", { configurable: true, get: () => page.focused ?? document.body });
  Object.defineProperty(document, "images", { get: () => document.querySelectorAll("img") });
  document.execCommand = (what) => page.did.push([what]);
  const wait = (act, after = 0) => { timers.push({ act, at: page.time + after }); return timers.at(-1); };
  const forget = (timer) => { if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1); };
  const rest = async () => { for (let turn = 0; turn < 4; turn++) await new Promise((go) => setImmediate(go)); };
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
  class Seen { constructor(act) { Object.assign(this, { act, those: new Set() }); page.observers.push(this); } observe(one) { this.those.add(one); } unobserve(one) { this.those.delete(one); } }
  const world = vm.createContext({
    ...listening, document, location: url, localStorage: stored.local, sessionStorage: stored.session, console, URL, URLSearchParams, AbortController, MessageChannel, structuredClone, atob,
    Element, HTMLElement, HTMLImageElement, Node, CustomEvent, Event, IntersectionObserver: Seen, innerWidth: size[0], innerHeight: size[1], bookWords: { en: words },
    CSS: { escape: (text) => text, supports: () => true }, setTimeout: wait, clearTimeout: forget, requestAnimationFrame: (act) => wait(act, 16),
    performance: { now: () => page.time, getEntriesByType: () => (arrival ? [{ type: arrival }] : []) },
    navigator: { clipboard: { writeText: async (text) => { if (!clipboard) throw new Error("no"); page.did.push(["copied", text]); } }, ...(chromium ? { userAgentData: {} } : {}) },
    matchMedia: (query) => ({ matches: query.includes("dark") ? dark : size[0] >= Number(query.match(/min-width: (\d+)px/)[1]) }),
    getComputedStyle: (one) => ({ overflowX: one.dataset.overflow ?? "visible" }), print: () => page.did.push(["print", document.documentElement.dataset.print]),
    MutationObserver: class { constructor(act) { page.mutations.push(act); } observe(...given) { page.did.push(["watch", nameOf(given[0]), given[1]]); } },
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
  return Object.assign(page, { window: world, stored, pass, rest, tell, one: (selector) => document.querySelector(selector), all: (selector) => [...document.querySelectorAll(selector)],
    run: (text) => vm.runInContext(text, world, { importModuleDynamically: vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER }) });
}

const Act = Object.getPrototypeOf(async () => {}).constructor;
for await (const line of createInterface({ input: process.stdin })) {
  const { files, then, given, before = "", ...setting } = JSON.parse(line);
  try {
    const page = open(setting);
    page.run(before);
    for (const file of files) page.run(readFileSync(file, "utf8").replace(/^export /gm, ""));
    const found = await new Act("page", "given", `const { window, document, did, tell, pass, rest, one, all, stored, run } = page; ${then}`)(page, given);
    console.log(JSON.stringify({ found: found ?? null }));
  } catch (problem) { console.log(JSON.stringify({ problem: String(problem.stack) })); }
}
