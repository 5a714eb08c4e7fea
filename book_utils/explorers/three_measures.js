// Cosine, distance and dot product between a query, which one drags, and a few candidates: three orders, side by side.

const WIDE = 320, SHORTEST = 0.5, SAME = 1e-9;
const dot = (one, other) => one[0] * other[0] + one[1] * other[1];
const lengthOf = (vector) => Math.hypot(...vector);

// The candidates as they are, or each at length 1.
export const candidatesOf = (candidates, unit) => candidates.map(([name, end]) => [name, unit ? end.map((number) => number / lengthOf(end)) : end]);

// For each measure its order, the best first, as [name, value].
export function ordersOf(query, candidates) {
  const by = (measure, sign) => candidates.map(([name, end]) => [name, measure(end)]).sort((one, other) => sign * (other[1] - one[1]));
  return { cosine: by((end) => dot(query, end) / lengthOf(query) / lengthOf(end), 1),
    distance: by((end) => Math.hypot(query[0] - end[0], query[1] - end[1]), -1), dot: by((end) => dot(query, end), 1) };
}

// Who is first, and with whom it shares the place.
export const firstsOf = (order) => order.filter(([, value]) => Math.abs(value - order[0][1]) < SAME).map(([name]) => name);

// What is said of three orders: how many names come first, and whether the orders are one and the same.
export function agreementOf(orders) {
  const all = Object.values(orders), names = new Set(all.map((order) => firstsOf(order).join(" ")));
  const whole = new Set(all.map((order) => order.map(([name]) => name).join(" ")));
  return { names: names.size, same: whole.size === 1 };
}

// A query within reach: from SHORTEST to `reach` long, on a grid of tenths.
export function within([x, y], reach) {
  const long = Math.hypot(x, y), fit = Math.max(SHORTEST, Math.min(reach, long)) / long;
  if (!(long > 1e-6)) return [SHORTEST, 0];
  return [x, y].map((number) => Math.round(number * fit * 10) / 10);
}

export const turned = (angle, long) => [long * Math.cos((angle * Math.PI) / 180), long * Math.sin((angle * Math.PI) / 180)];
const angleOf = ([x, y]) => Math.round((Math.atan2(y, x) * 180) / Math.PI);
const withMinus = (number, digits) => number.toFixed(digits).replace(/^-(0\.?0*)$/, "$1").replace("-", "−");

function boundsOf(candidates, reach) {
  const [xs, ys] = [0, 1].map((axis) => candidates.map(([, end]) => end[axis])), pad = 0.6;
  return { left: Math.min(-reach, ...xs) - pad, right: Math.max(reach, ...xs) + pad, low: Math.min(-reach, ...ys) - pad, high: Math.max(reach, ...ys) + pad };
}

// What each measure looks at, drawn for the candidate that it puts first.
function lines(plane, query, ends, orders) {
  const first = (measure) => ends.find(([name]) => name === orders[measure][0][0])[1];
  const [zero, tip] = [[0, 0], query].map(plane.at), near = first("cosine"), long = first("dot");
  const angles = [query, near].map(([x, y]) => Math.atan2(y, x)), radius = 26;
  const [from, to] = angles.map((angle) => [zero[0] + radius * Math.cos(angle), zero[1] - radius * Math.sin(angle)]);
  const turn = Math.sin(angles[1] - angles[0]) > 0 ? 0 : 1, share = dot(query, long) / dot(query, query);
  return [
    svg("path", { class: "measures-arc", d: `M${from.map((n) => n.toFixed(1)).join(" ")}A${radius} ${radius} 0 0 ${turn} ${to.map((n) => n.toFixed(1)).join(" ")}` }),
    pathOf([tip, plane.at(first("distance"))], "measures-distance"),
    pathOf([plane.at(long), plane.at(query.map((number) => number * share))], "measures-dot"),
    pathOf([zero, plane.at(query.map((number) => number * share))], "measures-along"),
  ];
}

const listOf = (title, order, digits, names) => h("div", {}, h("p", { className: "measures-head" }, title),
  h("ol", { role: "list", "aria-label": title }, order.map(([name, value]) => h("li", {}, h("span", { className: `plane-${names.indexOf(name)}`, "aria-hidden": "true" }, MARKS[names.indexOf(name)], " "),
    h("strong", {}, name), " ", h("span", {}, withMinus(value, digits))))));

function saidOf(t, orders) {
  const firsts = Object.fromEntries(Object.entries(orders).map(([name, order]) => [name, firstsOf(order).join(` ${t.measuresAnd} `)]));
  const { names, same } = agreementOf(orders);
  const agreed = same ? t.measuresSame : names === 1 ? t.measuresOne : filled(t.measuresMany, { n: names });
  return `${filled(t.measuresFirst, firsts)} ${agreed}`;
}

function render({ model, el }) {
  const t = words(el), save = saving(model), [given, reach] = [model.get("candidates"), model.get("reach")];
  const names = given.map(([name]) => name), plane = planeOf(boundsOf(given, reach), WIDE);
  const held = grip("q", plane, (place) => save({ query: within(place, reach) }));
  const behind = svg("g"), drawing = svg("svg", { viewBox: `0 0 ${WIDE} ${plane.tall.toFixed(1)}`, class: "plane-picture", role: "img" }, axes(plane), behind, held);
  const angle = sliderOf(t.measuresAngle, { min: -180, max: 180 }, (to) => save({ query: turned(to, lengthOf(model.get("query"))) }));
  const long = sliderOf(t.measuresLength, { min: SHORTEST, max: reach, step: 0.1 }, (to) => {
    const query = model.get("query");
    save({ query: query.map((number) => (number * to) / lengthOf(query)) });
  });
  const unit = h("input", { type: "checkbox" }), lists = h("div", { className: "measures-lists" }), said = h("p", { role: "status", className: "measures-said" });
  unit.addEventListener("change", () => save({ unit: unit.checked }));
  el.append(h("section", { className: "explorer three-measures", "aria-label": t.measures },
    h("p", { className: "explorer-soft" }, t.measuresHint), drawing, h("div", { className: "plane-sliders" }, angle.body, long.body),
    h("label", { className: "measures-unit" }, unit, " ", t.measuresUnit), lists, said, h("p", { className: "explorer-soft" }, t.measuresLines)));

  function paint() {
    const query = model.get("query"), ends = candidatesOf(given, model.get("unit")), orders = ordersOf(query, ends);
    const [zero, tip] = [[0, 0], query].map(plane.at), degrees = angleOf(query);
    unit.checked = model.get("unit");
    angle.show(degrees, `${withMinus(degrees, 0)}°`);
    long.show(lengthOf(query), withMinus(lengthOf(query), 1));
    behind.replaceChildren(...lines(plane, query, ends, orders), ...ends.map(([, end], i) => arrow(zero, plane.at(end), `plane-${i}`)),
      arrow(zero, tip, "plane-query"), ...namedMarks(ends.map(([name, end]) => [name, plane.at(end)]), plane,
        [[tip[0] - 15, tip[1] - 15, tip[0] + 15, tip[1] + 15], ...[query, ...ends.map(([, end]) => end)].flatMap((end) => boxesOn(zero, plane.at(end)))]));
    held.setAttribute("transform", `translate(${tip.map((number) => number.toFixed(1)).join(" ")})`);
    drawing.setAttribute("aria-label", filled(t.measuresPicture, { query: query.map((number) => withMinus(number, 1)).join(", "),
      candidates: ends.map(([name, end]) => `${name} (${end.map((number) => withMinus(number, 1)).join(", ")})`).join(", ") }));
    lists.replaceChildren(...["cosine", "distance", "dot"].map((measure) => listOf(t.measuresNames[measure], orders[measure], measure === "cosine" ? 3 : 2, names)));
    const text = saidOf(t, orders);
    if (said.textContent !== text) said.textContent = text;
  }
  return follow(model, ["query", "unit"], paint);
}

export default { render };
