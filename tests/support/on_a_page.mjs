// Stands between the files of a widget and living.mjs: after `page`, the widget lives on a built page, without a kernel.
const there = { files: null, near: [], seen: [], asked: [], kept: {} }, alone = render, making = document.createElement;
const book = (arrived) => ({
  arrived,
  async load({ name }, progress = () => {}) {
    there.asked.push(name);
    progress(0.5);
    await there.held;
    if (!there.files[name]) throw new Error("it did not come");
    return there.files[name];
  },
});
render = (given) => {
  there.seen = [];
  return alone(there.files ? { ...given, book: book(there.arrived) } : given);
};

// What can be loaded, by its name; whether the address said what to show; and what the browser kept. Null for a notebook.
export function page(files, arrived = false, kept = {}) {
  Object.assign(there, { files, arrived, kept, near: [], asked: [] });
  return true;
}
// Let what waits for it come near, or not; whether somebody still waits.
export function comeNear(isIntersecting) {
  for (const { act } of there.near) act([{ isIntersecting: false }, { isIntersecting }]);
  return there.near.length;
}
// Keep from now on what is loaded, or let it come.
export function hold(on) {
  if (on) there.held = new Promise((go) => { there.go = go; });
  else there.go();
  return true;
}
export const askedFor = () => there.asked;
export const keptThere = () => there.kept;

globalThis.pageStorage = { local: { getItem: (name) => there.kept[name] ?? null, setItem: (name, value) => { there.kept[name] = value; } } };
globalThis.IntersectionObserver = class {
  constructor(act, { rootMargin }) { Object.assign(this, { act, rootMargin }); }
  observe() { there.near.push(this); }
  disconnect() { there.near = there.near.filter((one) => one !== this); }
};
globalThis.ResizeObserver = class {
  constructor(act) { this.act = act; }
  observe() { there.seen.push(this); }
  disconnect() { there.seen = there.seen.filter((one) => one !== this); }
};
// Make the place of a picture so wide, and tell who watches sizes; and how many do.
export function widen(selector, pixels) {
  const picture = life.el.querySelector(selector), place = picture.parentNode ?? picture.parent;
  Object.defineProperty(place, "clientWidth", { value: pixels, configurable: true });
  for (const { act } of there.seen) act();
  return shown();
}
export const watching = () => there.seen.length;
// A canvas keeps what is painted on it, as attributes; a page tells events by themselves, too.
document.createElement = (tag) => {
  const element = making.call(document, tag);
  if (tag === "canvas") {
    const painted = [];
    element.getContext = () => ({ fillStyle: "", fillRect(...box) {
      painted.push([this.fillStyle, ...box]);
      element.setAttribute("data-painted", JSON.stringify(painted));
    } });
  }
  element.dispatchEvent ??= ({ type }) => element.tell(type);
  return element;
};
