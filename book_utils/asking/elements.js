// Shared by every widget of the book: making elements, setting prose, and the words of the interface.

// Make an element. Keys with a dash, and role, become attributes; the others become properties.
// Text always goes in as text, so what a reader or a file says is never read as HTML.
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "role" || key.includes("-")) element.setAttribute(key, value);
    else element[key] = value;
  }
  // Else JupyterLab, which has keys of its own, would take Enter and the arrows away from it.
  if (["button", "input", "summary"].includes(tag)) element.setAttribute("data-lm-suppress-shortcuts", "true");
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

// Draw an element of SVG.
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.flat());
  return element;
}

// Put each label beside its dot where it hides the least of the dots, of the labels before it and of the edge. All in
// the units of a picture: where the dots are, its size, the width of a letter, the height of a line, boxes in the way.
export function labelled(dots, names, [width, height], letter, tall, before = []) {
  const taken = [...before, ...dots.map(([x, y]) => [x - 6, y - 6, x + 6, y + 6])];
  const overlap = (one, other) => Math.max(0, Math.min(one[2], other[2]) - Math.max(one[0], other[0]))
    * Math.max(0, Math.min(one[3], other[3]) - Math.max(one[1], other[1]));
  return dots.map(([x, y], i) => {
    const long = names[i].length * letter;
    const lefts = [x + 9, x - 9 - long, x - long / 2], tops = [-0.5, -1.4, 0.4, -2, 1, -3, 2].map((lines) => lines * tall);
    const boxes = tops.flatMap((top) => lefts.map((left) => [left, y + top, left + long, y + top + tall]));
    const picture = [0, 0, width, height], area = long * tall;
    const hides = (box) => taken.reduce((sum, other) => sum + overlap(box, other), 0) + 4 * (area - overlap(box, picture));
    const best = boxes.reduce((one, other) => (hides(other) < hides(one) - 1e-6 ? other : one));  // rounding alone moves none
    taken.push(best);
    const [left, top, right, base] = best;
    // Where a line from the dot to its label ends.
    const end = [Math.min(Math.max(x, left), right), Math.min(Math.max(y, top), base)];
    return { x, y, left, base: base - tall / 4, end, box: best };
  });
}

// The lines from dots to those of their labels that lie further away than beside them.
export const leaders = (labels) => labels.filter(({ x, y, end }) => Math.hypot(x - end[0], y - end[1]) > 12)
  .map(({ x, y, end }) => svg("line", { x1: x, y1: y, x2: end[0], y2: end[1] }));

export function button(text, act, properties = {}) {
  const element = h("button", { type: "button", className: "book-toggle", ...properties }, text);
  element.addEventListener("click", act);
  return element;
}

// The button that ends a form. It acts on its click, which Enter in a field makes, too, and nothing is ever
// submitted: in a sandboxed frame a browser would do nothing then, and say nothing.
export const ending = (text, act) => button(text, (event) => { event.preventDefault(); act(); }, { type: "submit", className: "book-button" });

// Put values where a text has {names}.
export const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

// Set a line of text, with what stands between backticks as code.
export function line(text) {
  const parts = text.split("`");
  if (parts.length % 2 === 0) parts.push(parts.splice(-2).join("`"));
  return parts.map((part, i) => (i % 2 ? h("code", {}, part) : part));
}

// Set text as paragraphs; an empty line parts two of them.
export function prose(text) {
  return text.split("\n\n").filter((part) => part.trim()).map((part) => h("p", {}, line(part)));
}

// A table whose first row is its header.
export function table(rows) {
  const cells = (tag, row) => row.map((cell) => h(tag, tag === "th" ? { scope: "col" } : {}, line(cell)));
  return h("table", { className: "book-table" },
    h("thead", {}, h("tr", {}, cells("th", rows[0]))),
    h("tbody", {}, rows.slice(1).map((row) => h("tr", {}, cells("td", row)))));
}

// A function that sets traits and saves them: with a kernel in its notebook, on a page in the browser.
export const saving = (model) => (traits) => {
  for (const [trait, value] of Object.entries(traits)) model.set(trait, value);
  model.save_changes();
};

// Act when the browser has painted what has changed so far.
export const afterPaint = (act) => requestAnimationFrame(() => setTimeout(act));

// A text box that shows a state, but is not written to while a reader types in it: something else may be painted then.
// Gives the way to write to it; what was asked for meanwhile is written when the box is left.
export function textBox(field) {
  let typing = false, latest = field.value;
  const write = (text) => {
    latest = text;
    if (!typing) field.value = text;
  };
  field.addEventListener("input", () => { typing = true; });
  field.addEventListener("change", () => { typing = false; });
  field.addEventListener("blur", () => { if (typing) { typing = false; write(latest); } });
  return write;
}

// Load big data on first use; `progress` hears how much of all is there, from 0 to 1.
export function loadAll(book, files, progress) {
  const parts = files.reduce((sum, file) => sum + file.parts, 0), done = files.map(() => 0);
  return Promise.all(files.map((file, i) => book.load(file, (share) => {
    done[i] = share * file.parts;
    progress(done.reduce((sum, those) => sum + those) / parts);
  })));
}

// Paint now and whenever one of these traits changes; returns the clean-up.
export function follow(model, traits, paint) {
  for (const trait of traits) model.on("change:" + trait, paint);
  paint();
  return () => { for (const trait of traits) model.off("change:" + trait, paint); };
}

// The words of the page's language. WORDS stands before this file: all languages where there is a kernel, the page's own
// on a built page (book_utils/words/ has the catalogues, `source` in __init__.py and words_file in book_site put them there).
export function words(element) {
  const lang = (element.closest?.("[lang]")?.lang || document.documentElement.lang || "en").split("-")[0];
  return WORDS[lang] ?? Object.values(WORDS)[0];
}
