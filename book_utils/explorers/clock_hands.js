// A row of sinusoids as hands of clocks: each pair of its columns holds the height and the width of one hand, and each hand
// is slower than the one before. A second hand shows another place; the dot product of both rows hangs on how far apart they are.

const WIDE_CURVE = 320, HIGH_CURVE = 120, LEFT = 30, LOW = 98;  // of the picture of the dot product

// The row of a place: sine and cosine of each hand.
export const rowAt = (place, rates) => rates.flatMap((rate) => [Math.sin(place * rate), Math.cos(place * rate)]);

// The dot product of two rows so many places apart.
export const productAt = (apart, rates) => dot(rowAt(0, rates), rowAt(apart, rates));

// -- painting
const shortly = (number) => number.toFixed(2).replace(/^-(0\.?0*)$/, "$1").replace("-", "−");

function clockOf(t, rate, { place, apart }) {
  return h("figure", {}, svg("svg", { viewBox: "-50 -50 100 100", "aria-hidden": "true" }, svg("circle", { r: 46, class: "dial-ring" }),
    ray((place + apart) * rate, 44, "clock-other"), ray(place * rate, 44, "dial-arrow dial-query")),
  h("figcaption", {}, t.clocksTurn, h("br"), numberText(Number(((2 * Math.PI) / rate).toPrecision(2)))));
}

function curveOf(t, { rates, apart, farthest }) {
  const products = Array.from({ length: farthest + 1 }, (_, k) => productAt(k, rates)), most = rates.length, least = Math.min(0, ...products);
  const x = (k) => LEFT + ((WIDE_CURVE - LEFT - 8) * k) / farthest, y = (product) => 8 + ((LOW - 8) * (most - product)) / (most - least);
  return svg("svg", { viewBox: `0 0 ${WIDE_CURVE} ${HIGH_CURVE}`, class: "dial-picture clock-curve", "aria-hidden": "true" },
    svg("path", { class: "dial-axis", d: `M${LEFT} 8V${y(0)}H${WIDE_CURVE - 8}` }), label(LEFT - 6, 16, String(most), "end"), label(LEFT - 6, y(0) + 5, "0", "end"),
    label(LEFT, HIGH_CURVE - 4, "0"), label(WIDE_CURVE - 8, HIGH_CURVE - 4, String(farthest), "end"), label(WIDE_CURVE / 2, HIGH_CURVE - 4, t.clocksApart, "middle"),
    svg("path", { class: "dial-curve", d: `M${products.map((product, k) => `${x(k).toFixed(1)} ${y(product).toFixed(1)}`).join("L")}` }),
    svg("circle", { class: "dial-now", cx: x(apart), cy: y(products[apart]), r: 5 }));
}

function render({ model, el }) {
  const t = words(el), save = saving(model), now = () => Object.fromEntries(["rates", "last", "farthest", "place", "apart"].map((trait) => [trait, model.get(trait)]));
  const { last, farthest } = now();
  const place = bySlider(t.clocksPlace, { min: 0, max: last, step: 1 }, (to) => save({ place: to }));
  const apart = bySlider(t.clocksApart, { min: 0, max: farthest, step: 1 }, (to) => save({ apart: to }));
  const [faces, rows, drawn] = [h("div", { className: "clock-faces" }), h("div", { className: "clock-rows" }), h("div")];
  const said = h("p", { className: "hand-said", "aria-live": "polite" });
  el.append(h("section", { className: "explorer clock-hands", "aria-label": t.clocks }, h("p", { className: "hand-note" }, t.clocksHint), faces,
    h("div", { className: "hand-controls" }, place.body, apart.body), rows, said, drawn));

  function paint() {
    const state = now(), other = state.place + state.apart, values = { one: state.place, other, apart: state.apart };
    faces.replaceChildren(...state.rates.map((rate) => clockOf(t, rate, state)));
    rows.replaceChildren(...[state.place, other].map((where) => h("div", {}, h("p", { className: "clock-head" }, filled(t.clocksRow, { place: where })), barStrip(rowAt(where, state.rates), 1))));
    place.show(state.place, String(state.place));
    apart.show(state.apart, String(state.apart));
    drawn.replaceChildren(curveOf(t, state));
    tell(said, filled(t.clocksSaid, { ...values, product: shortly(productAt(state.apart, state.rates)), most: state.rates.length }));
  }
  return follow(model, ["place", "apart"], paint);
}

export default { render };
