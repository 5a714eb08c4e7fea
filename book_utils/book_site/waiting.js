// Which widgets live at once and which wait until the reader comes near: those whose state stands in a file of its own,
// and those of a page that gathers many questions.

const CONTROLS = "a[href], summary, [tabindex='0'], :is(button, input, select, textarea):not(:disabled)";
const views = [...document.querySelectorAll(".book-widget")];
const shown = new Map();  // by view, the promise that it lives or has said that it does not

// A view that waits can be reached by Tab, as can a table of its plain form: it comes then, and one of its controls gets
// the focus, from either side.
function wait(view) {
  view.tabIndex = 0;
  view.setAttribute("role", "group");
  view.setAttribute("aria-label", t.hostComing);
  view.addEventListener("focusin", ({ relatedTarget }) => {
    if (view.contains(relatedTarget)) return;
    view.dataset.from = relatedTarget && view.compareDocumentPosition(relatedTarget) & Node.DOCUMENT_POSITION_FOLLOWING ? "below" : "above";
    come(view);
  });
  near.observe(view);
}

function come(view) {
  if (!shown.has(view)) shown.set(view, arrive(view));
  return shown.get(view);
}

// Not every browser keeps what is read where it is when something grows above it. (To ask how tall something is has the
// page laid out at once, for each view that comes.)
const MOVES = !CSS.supports("overflow-anchor", "auto");

async function arrive(view) {
  near.unobserve(view);
  const height = MOVES && view.offsetHeight, active = document.activeElement;
  await show(view);
  if (MOVES && view.getBoundingClientRect().top < 0) scrollBy(0, view.offsetHeight - height);
  const at = document.activeElement, gone = active !== view && view.contains(active);  // with its plain form
  const focused = view.contains(at) || (gone && at === document.body);
  for (const name of ["tabindex", "role", "aria-label"]) view.removeAttribute(name);
  if (!focused) return;
  const from = view.dataset.from === "below" ? -1 : 0;
  const controls = [...view.querySelectorAll(CONTROLS)].filter((one) => one.checkVisibility());
  controls.at(from)?.focus();
}

// By the page and not by its frame, or a page of another site that shows ours would have no margin.
const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) come(target);
  settle();
}, { root: document, rootMargin: "1000px 0px" });

// All that is near at first lives: from now on, what comes alive does so where the reader has gone.
let settle = async () => {
  settle = () => {};
  await Promise.all(shown.values());
  document.dispatchEvent(new CustomEvent("book:settled"));
};

// Everything, for paper and for whoever wants to look at a whole page.
window.bookAll = () => Promise.all(views.map(come));
window.addEventListener("beforeprint", window.bookAll);

const waits = (view) => page.state[view.dataset.model]?.apart || view.querySelector(":scope > script");
for (const view of views) (waits(view) ? wait : come)(view);
for (const part of document.querySelectorAll(".book-part[data-module]")) showPart(part);
seek();
if (!views.some(waits)) settle();
