// The document of linkedom, in which front-end files are tried in node, with what it lacks, and its elements as JSON.
// Nothing is laid out: every element has the same box. The worker's build is one file, and so loads in half the time.
import { CustomEvent, Element, Event, parseHTML, SVGElement, Text } from "linkedom/worker";

const { document } = parseHTML('<!doctype html><html lang="en"><head></head><body></body></html>');
const kind = (tag) => Object.getPrototypeOf(document.createElement(tag));
const refine = (one, news) => Object.defineProperties(one, Object.getOwnPropertyDescriptors(news));
const flag = (name) => ({
  get [name]() { return this.hasAttribute(name); },
  set [name](on) { this.toggleAttribute(name, Boolean(on)); },
});

// What linkedom has not, or only to read. A property that it has not would be no attribute, which selectors ask for.
for (const [tag, name] of [["input", "checked"], ["fieldset", "disabled"], ["option", "disabled"], ["details", "open"]])
  refine(kind(tag), flag(name));
refine(kind("option"), {
  get value() { return this.getAttribute("value") ?? this.textContent; },
  set value(text) { this.setAttribute("value", text); },
});
refine(kind("select"), {
  get value() { return (this.querySelector("[selected]") ?? this.options[0])?.value ?? ""; },
  set value(text) { for (const one of this.options) one.toggleAttribute("selected", one.value === String(text)); },
});
refine(SVGElement.prototype, {
  get ownerSVGElement() { return this.parentNode?.closest?.("svg") ?? null; },
  set ownerSVGElement(_) {},
});
const { get: style } = Object.getOwnPropertyDescriptor(Element.prototype, "style");
refine(Element.prototype, {
  get style() { return style.call(this); },
  set style(text) { this.setAttribute("style", text); },
  get tabIndex() { return Number(this.getAttribute("tabindex") ?? -1); },
  set tabIndex(place) { this.setAttribute("tabindex", place); },
  focus() { document.activeElement = this; },
  setPointerCapture() {},
  scrollIntoView() {},
  getBoundingClientRect: () => ({ left: 20, top: 10, width: 100, height: 100 }),
  // Tell it, and what it stands in, of an event; whether somebody prevented what would follow.
  tell(type, more = {}) {
    return !this.dispatchEvent(Object.assign(new Event(type, { bubbles: true, cancelable: true }), more));
  },
  // Given are properties: what linkedom keeps as attributes, what it does not know and keeps as it is, and what is no
  // text. Attributes one by one, for `attributes` and `style` of linkedom take four times as long.
  toJSON() {
    const { localName: tag, nodeType, ownerDocument, parentNode, ...given } = this, attributes = {};
    for (const name of this.getAttributeNames()) {
      attributes[name] = this.getAttribute(name);
      if (!/-|^class$|^role$/.test(name)) given[name] ??= attributes[name];
    }
    for (const name of ["value", "checked", "disabled", "hidden", "open"]) if (name in this) given[name] = this[name];
    if (attributes.tabindex) given.tabIndex = this.tabIndex;
    const styles = () => Object.fromEntries(Array.from(this.style, (name) => [name, String(this.style[name])]));
    return { tag, attributes, children: this.childNodes, given: this instanceof SVGElement ? undefined : given,
      style: attributes.style && styles() };
  },
});
Text.prototype.toJSON = function () { return this.data; };
document.activeElement = null;
Object.assign(globalThis, { document, window: globalThis, Event, CustomEvent });
globalThis.matchMedia = () => ({ matches: false, addEventListener() {} });
globalThis.ResizeObserver = class { observe() {} disconnect() {} };
globalThis.requestAnimationFrame = (act) => setTimeout(act);
