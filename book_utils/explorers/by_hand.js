// What the pictures share that one takes hold of: a slider with its value in words, a switch, a line that is read out
// when it changes, and the beginning of a vector as bars.

// A slider whose value stands beside its name, in the words that a screen reader says.
export function bySlider(title, range, change) {
  const input = h("input", { type: "range", "aria-label": title, ...range }), value = h("span", { className: "hand-value" });
  input.addEventListener("input", () => change(Number(input.value)));
  return {
    body: h("label", { className: "hand-slider" }, h("span", {}, title), value, input),
    show(now, text, news = {}) {
      Object.assign(input, news, { value: now });
      input.setAttribute("aria-valuetext", text);
      value.textContent = text;
    },
  };
}

export function bySwitch(text, change) {
  const one = button(text, () => change(one.getAttribute("aria-pressed") !== "true"));
  return { body: one, show: (on) => one.setAttribute("aria-pressed", String(on)) };
}

// Say only what is new, so that nothing is read out twice.
export const tell = (element, text) => { if (element.textContent !== text) element.textContent = text; };

// Follow a pointer that is pressed on an element, until it is let go.
export function byDrag(element, begin, move) {
  let held = false;
  element.addEventListener("pointerdown", (event) => {
    held = begin(event) !== false;
    if (held) element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (event) => { if (held) move(event); });
  for (const end of ["pointerup", "pointercancel"]) element.addEventListener(end, () => { held = false; });
}

// Numbers as bars, up for positive and down for negative ones; one as long as `reach` fills its half.
export function barStrip(numbers, reach) {
  const bars = numbers.map((number, i) => {
    const high = Math.min(1, Math.abs(number) / reach) * 14;
    return svg("rect", { class: number > 0 ? "hand-high" : "hand-low", x: 8 * i, y: number > 0 ? 14 - high : 14, width: 7, height: high });
  });
  return svg("svg", { viewBox: `0 0 ${8 * numbers.length} 28`, class: "hand-bars", "aria-hidden": "true", preserveAspectRatio: "none" },
    svg("line", { x1: 0, x2: 8 * numbers.length, y1: 14, y2: 14 }), bars);
}
