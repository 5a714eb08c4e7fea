// What a page loads beside itself, each a classic script: a fetch and a module fail on file://.

const scripts = {}, modules = {};
const EAGER = "//# allFunctionsCalledOnLoad\n";  // see pieces.py

function need(name) {
  scripts[name] = scripts[name] || new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = `${document.documentElement.dataset.content_root || ""}_static/${name}`;
    element.onload = resolve;
    element.onerror = () => {
      delete scripts[name];
      element.remove();
      reject(Object.assign(new Error(`${name} could not be loaded.`), { again: true }));
    };
    document.head.append(element);
  });
  return scripts[name];
}

// -- modules --------------------------------------------------------------
// Our modules say which pieces they are made of, "book:elements-12ab guess-34cd": each piece stands once in
// a file of the site. Any other anywidget brings its whole source in its state.
function moduleOf(esm) {
  modules[esm] = modules[esm] || (async () => {
    const pieces = esm.startsWith("book:") ? await Promise.all(esm.slice(5).split(" ").map(pieceOf)) : [{ js: esm, css: "" }];
    for (const piece of pieces) if (piece.css) { style(piece.css); piece.css = ""; }
    const address = URL.createObjectURL(new Blob([EAGER, pieces.map((piece) => piece.js).join("\n")], { type: "text/javascript" }));
    const module = await import(address);
    const given = module.default || module;
    return typeof given === "function" ? await given() : given;
  })();
  modules[esm].catch(() => { delete modules[esm]; });  // so that it can be tried again
  return modules[esm];
}

// A page names the pieces of what is seen at once; those of what waits come with it.
async function pieceOf(key) {
  const there = () => window.bookPieces?.[key];
  if (!there()) await need(`modules/${key}.js`);
  if (!there()) throw new Error(`The file modules/${key}.js is damaged.`);
  return there();
}

function style(css) {
  const element = document.createElement("style");
  element.textContent = css;
  document.head.append(element);
}

// -- data that is too big for the page: it comes on first use, in parts. A part calls bookPart(name, number, text).
const parts = {}, loads = {};
window.bookPart = (file, number, text) => { (parts[file] = parts[file] || [])[number] = text; };

function load({ file, parts: count }, progress = () => {}) {
  const it = (loads[file] = loads[file] || { done: 0, listeners: [], all: null });
  it.listeners.push(progress);
  it.all = it.all || Promise.all(Array.from({ length: count }, async (_, number) => {
    await need(`lazy/${file}-${number}.js`);
    it.done += 1;
    it.listeners.forEach((f) => f(it.done / count));
  })).then(calm).then(() => parts[file], (problem) => { delete loads[file]; throw problem; });
  return it.all;
}
