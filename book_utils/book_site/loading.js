// What a page fetches after it has begun: big data, and the modules of pictures that have come near.

// Data that is too big for the page comes on first use, in parts, each a classic script: a fetch fails
// on file://. A part calls bookPart(name, number, text).
export const loads = {};
const parts = {};
window.bookPart = (file, number, text) => { (parts[file] = parts[file] || [])[number] = text; };

export function brought(name) {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = `${document.documentElement.dataset.content_root || ""}_static/${name}.js`;
    element.onload = resolve;
    element.onerror = () => reject(new Error(`${name} could not be loaded.`));
    document.head.append(element);
  });
}

export function load({ file, parts: count }, progress = () => {}) {
  const it = (loads[file] = loads[file] || { done: 0, listeners: [], all: null });
  it.listeners.push(progress);
  it.all = it.all || Promise.all(Array.from({ length: count }, (_, number) => brought(`lazy/${file}-${number}`)
    .then(() => { it.done += 1; it.listeners.forEach((f) => f(it.done / count)); }, (problem) => { delete loads[file]; throw problem; })))
    .then(() => parts[file]);
  return it.all;
}
