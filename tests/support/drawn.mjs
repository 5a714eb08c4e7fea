// Enough of a document to draw and to use a widget in node: elements with attributes, children and events, as JSON. Nothing
// is laid out: every element has the same box.
const STEP = /^([a-z]+)|\.([\w-]+)|\[([\w-]+)(?:=['"]?([^'"\]]*)['"]?)?\]|:(checked|disabled|last-of-type)/g;
const dashed = (name) => "data-" + name.replace(/[A-Z]/g, (letter) => "-" + letter.toLowerCase());

class Drawn {
  constructor(tag) {
    const attributes = {}, listeners = {}, node = this;
    Object.assign(this, { tag, attributes, children: [], style: { setProperty: (name, value) => { this.style[name] = String(value); } } });
    let value = "";
    if (["input", "textarea", "select"].includes(tag)) Object.defineProperty(this, "value", { get: () => value, set(given) { value = String(given); }, enumerable: true });
    Object.defineProperty(this, "listeners", { value: listeners });
    Object.defineProperty(this, "parent", { value: null, writable: true });
    this.dataset = new Proxy({}, { get: (_, name) => attributes[dashed(name)], set: (_, name, value) => { attributes[dashed(name)] = String(value); return true; },
      has: (_, name) => dashed(name) in attributes });
    this.classList = { contains: (name) => node.names().includes(name), add: (...names) => names.forEach((name) => this.classList.toggle(name, true)),
      remove: (...names) => names.forEach((name) => this.classList.toggle(name, false)),
      toggle: (name, on = !node.names().includes(name)) => { node.className = [...node.names().filter((one) => one !== name), ...(on ? [name] : [])].join(" "); } };
  }
  names() { return (this.className ?? this.attributes.class ?? "").split(" ").filter(Boolean); }
  setAttribute(name, value) { this.attributes[name] = String(value); }
  getAttribute(name) { return this.attributes[name] ?? null; }
  removeAttribute(name) { delete this.attributes[name]; }
  append(...children) { for (const child of children.flat()) this.take(child); }
  prepend(...children) { children.forEach((child, i) => this.take(child, i)); }
  take(child, at = this.children.length) {
    child.remove?.();
    if (child instanceof Drawn) child.parent = this;
    this.children.splice(at, 0, child instanceof Drawn ? child : String(child));
  }
  remove() {
    if (this.parent) this.parent.children = this.parent.children.filter((child) => child !== this);
    this.parent = null;
  }
  after(...others) { others.forEach((other, i) => this.parent.take(other, this.parent.children.indexOf(this) + 1 + i)); }
  replaceChildren(...children) {
    for (const child of this.children) if (child instanceof Drawn) child.parent = null;
    this.children = [];
    this.append(...children);
  }
  get childNodes() { return this.children; }
  get firstChild() { return this.children[0] ?? null; }
  get lastChild() { return this.children.at(-1) ?? null; }
  get textContent() { return this.children.map((child) => child.textContent ?? child).join(""); }
  set textContent(text) { this.replaceChildren(...(text === "" ? [] : [text])); }
  get ownerSVGElement() { return this.closest("svg"); }
  contains(other) { return other === this || this.children.some((child) => child instanceof Drawn && child.contains(other)); }
  matches(selector) {
    return selector.split(",").some((one) => [...one.trim().matchAll(STEP)].every(([, tag, name, attribute, value, state]) =>
      (tag ? tag === this.tag : name ? this.names().includes(name) : state === "last-of-type" ? this.parent.children.findLast((one) => one.tag === this.tag) === this : state ? Boolean(this[state])
        : attribute in this.attributes && (value === undefined || this.attributes[attribute] === value))));
  }
  closest(selector) { return this.matches(selector) ? this : this.parent?.closest(selector) ?? null; }
  querySelectorAll(selector) { return this.children.flatMap((child) => (child instanceof Drawn ? [...(child.matches(selector) ? [child] : []), ...child.querySelectorAll(selector)] : [])); }
  querySelector(selector) { return this.querySelectorAll(selector)[0] ?? null; }
  addEventListener(name, act) { (this.listeners[name] ??= []).push(act); }
  removeEventListener(name, act) { this.listeners[name] = this.listeners[name]?.filter((one) => one !== act); }
  // Tell it, and what it stands in, of an event; whether somebody prevented what would follow.
  tell(type, given = {}) {
    const event = { type, target: this, preventDefault() { this.prevented = true; }, stopPropagation() { this.stopped = true; }, ...given };
    for (let node = this; node && !event.stopped; node = node.parent) for (const act of node.listeners[type] ?? []) act(Object.assign(event, { currentTarget: node }));
    return Boolean(event.prevented);
  }
  focus() { document.activeElement = this; }
  setPointerCapture() {}
  getRootNode() { return document; }
  getBoundingClientRect() { return { left: 20, top: 10, width: 100, height: 100 }; }
  toJSON() {
    const given = Object.entries(this).filter(([name, one]) => !["tag", "attributes", "children", "className"].includes(name) && typeof one !== "object" && typeof one !== "function");
    const style = Object.entries(this.style).filter(([, one]) => typeof one !== "function");
    return { tag: this.tag, attributes: this.attributes, children: this.children, ...(this.className ? { className: this.className } : {}),
      ...(given.length ? { given: Object.fromEntries(given) } : {}), ...(style.length ? { style: Object.fromEntries(style) } : {}) };
  }
}
globalThis.document = Object.assign(new Drawn("html"), { createElementNS: (_, tag) => new Drawn(tag), createElement: (tag) => new Drawn(tag), documentElement: { lang: "en" },
  activeElement: null });
globalThis.window = globalThis;
globalThis.matchMedia = () => ({ matches: false, addEventListener() {} });
globalThis.ResizeObserver = class { observe() {} disconnect() {} };
globalThis.requestAnimationFrame = (act) => setTimeout(act);
