// A plane for arrows: places given in numbers, drawn in the units of a picture, with one scale for both axes. Each arrow
// ends in a mark of its own, so that nobody needs its colour.

export const MARKS = ["●", "■", "▲", "◆", "▼", "✚"];

// The edges of what is shown, in numbers, and how wide the picture is.
export function planeOf({ left, right, low, high }, wide) {
  const scale = wide / (right - left);
  const at = ([x, y]) => [(x - left) * scale, (high - y) * scale];
  return { wide, tall: (high - low) * scale, scale, at, back: ([x, y]) => [left + x / scale, high - y / scale] };
}

const fixed = (place) => place.map((number) => number.toFixed(1)).join(" ");

export const pathOf = (places, name) => svg("path", { class: name, d: `M${places.map(fixed).join("L")}` });

// An arrow between two places of the picture; one too short for a head is a line.
export function arrow([x1, y1], [x2, y2], name) {
  const long = Math.hypot(x2 - x1, y2 - y1), [dx, dy] = [(x2 - x1) / long, (y2 - y1) / long];
  const side = (turn) => fixed([x2 - 8 * dx + turn * 4 * dy, y2 - 8 * dy - turn * 4 * dx]);
  const head = long > 8 ? `M${side(1)}L${fixed([x2, y2])}L${side(-1)}` : "";
  return svg("path", { class: `plane-arrow ${name}`, d: `M${fixed([x1, y1])}L${fixed([x2, y2])}${head}` });
}

export const axes = ({ wide, tall, at }) => {
  const [x, y] = at([0, 0]);
  return svg("path", { class: "plane-axes", d: `M0 ${y.toFixed(1)}H${wide}M${x.toFixed(1)} 0V${tall.toFixed(1)}` });
};

// Boxes along a line, which a name then avoids.
export const boxesOn = ([x1, y1], [x2, y2]) => Array.from({ length: 12 }, (_, i) => [x1 + (i / 12) * (x2 - x1), y1 + (i / 12) * (y2 - y1)])
  .map(([x, y]) => [x - 4, y - 4, x + 4, y + 4]);

// Where a name is written: from the side of its box that is next to the mark, so that a wide one does not touch it.
function besideOf({ x, base, box: [left, , right] }) {
  if (right <= x) return { x: right, y: base, "text-anchor": "end" };
  return left >= x ? { x: left, y: base } : { x: (left + right) / 2, y: base, "text-anchor": "middle" };
}

// Marks, each with its name beside it. `ends` are [name, place in the picture, which mark]; without it they go in order.
export function namedMarks(ends, { wide, tall }, before = []) {
  const labels = labelled(ends.map(([, place]) => place), ends.map(([name]) => name), [wide, tall], 9.4, 18, before);
  return [...leaders(labels), ...ends.flatMap(([name, [x, y], kind], i) => [
    svg("text", { x, y: y + 5, class: `plane-mark plane-${kind ?? i}` }, MARKS[kind ?? i]),
    svg("text", { ...besideOf(labels[i]), class: `plane-name plane-${kind ?? i}` }, name)])];
}

// The end of an arrow that one drags; `move` hears the place in numbers. Sliders do the same by keys.
export function grip(letter, plane, move) {
  const held = svg("g", { class: "plane-grip", "aria-hidden": "true" }, svg("circle", { r: 15 }), svg("text", { "text-anchor": "middle", y: 5 }, letter));
  let dragging = false;
  held.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    held.setPointerCapture(event.pointerId);
    dragging = true;
  });
  held.addEventListener("pointermove", (event) => {
    if (!dragging) return;
    const box = held.ownerSVGElement.getBoundingClientRect(), unit = plane.wide / box.width;
    move(plane.back([(event.clientX - box.left) * unit, (event.clientY - box.top) * unit]));
  });
  for (const end of ["pointerup", "pointercancel"]) held.addEventListener(end, () => { dragging = false; });
  return held;
}

// A slider with its name and value beside it. `act` hears the number; show(number, text) sets it.
export function sliderOf(name, { min, max, step = 1 }, act) {
  const value = h("span", { className: "plane-value" }), input = h("input", { type: "range", min, max, step, "aria-label": name });
  input.addEventListener("input", () => act(Number(input.value)));
  const show = (number, text) => {
    Object.assign(input, { value: number });
    input.setAttribute("aria-valuetext", text);
    value.textContent = text;
  };
  return { input, body: h("label", { className: "plane-slider" }, h("span", {}, name, " ", value), input), show };
}
