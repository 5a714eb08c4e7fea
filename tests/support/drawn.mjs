// Enough of a document to draw SVG in node: elements with attributes and children, as JSON.
class Drawn {
  constructor(tag) { Object.assign(this, { tag, attributes: {}, children: [] }); }
  setAttribute(name, value) { this.attributes[name] = String(value); }
  append(...children) { this.children.push(...children.flat()); }
  replaceChildren(...children) { this.children = children.flat(); }
  addEventListener() {}
  set textContent(text) { this.children = [String(text)]; }
  toJSON() { return { tag: this.tag, attributes: this.attributes, children: this.children, ...(this.className ? { className: this.className } : {}) }; }
}
globalThis.document = { createElementNS: (_, tag) => new Drawn(tag), createElement: (tag) => new Drawn(tag) };
