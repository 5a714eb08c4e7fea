// What a page shows only because a pointer is on something: WCAG 1.4.13 wants that Esc takes it away, wherever the focus
// is, and that it stays while the pointer is on what it shows.

export function onEscape(act) {
  const heard = ({ key }) => { if (key === "Escape") act(); };
  document.addEventListener("keydown", heard, true);  // before a notebook, which has uses of its own for Esc
  return () => document.removeEventListener("keydown", heard, true);
}

// Follow what the pointer is on: `under(event, shown)` numbers it, -1 for nothing, and `show` is given each new one. What
// Esc took away comes back when the pointer has been on something else. Gives the clean-up.
export function pointedAt(element, under, show) {
  let shown = -1, dismissed = -1;
  const now = (next) => { if (next !== shown) show(shown = next); };
  const go = (next) => {
    if (next !== dismissed) dismissed = -1;
    now(next === dismissed ? -1 : next);
  };
  element.addEventListener("pointermove", (event) => go(under(event, shown)));
  element.addEventListener("pointerleave", () => go(-1));
  return onEscape(() => { if (shown >= 0) { dismissed = shown; now(-1); } });
}
