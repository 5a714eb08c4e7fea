// The two pairings of RoPE: one vector, its numbers paired with their neighbours or half a vector apart. A number that is
// pressed shows its partner, a place turns all pairs, and a table says what becomes of a score where code and weights differ.

const PAIRING = ["interleaved", "split"];
const CELL = 40, HIGH = 46;  // of the picture of the arcs

const howTo = (state, pairing) => ({ rotaryDim: state.query.length, rates: state.rates, pairing });

// Which numbers stand in the columns that a pairing sees, and the pairs of them: [one, other], the fastest first.
export function pairedBy({ columns, reordered, ...state }, pairing) {
  const order = pairing === "split" && reordered ? columns : columns.map((_, i) => i);
  return { order, pairs: state.rates.map((_, i) => pairOf(i, howTo(state, pairing)).map((column) => order[column])) };
}

// For a number the pair that holds it, and its partner.
export function partnerOf(state, pairing, number) {
  const { pairs } = pairedBy(state, pairing), pair = pairs.findIndex((both) => both.includes(number));
  return { pair, partner: pairs[pair].find((other) => other !== number) };
}

// The vector turned by its place, as columns stand: what the code of a pairing makes of it.
export function turnedBy(state, pairing, place) {
  const { order } = pairedBy(state, pairing);
  return rope(order.map((number) => state.query[number]), place, howTo(state, pairing));
}

// The score of the query, `offset` places after the key, by each way to turn both.
export function scoresAt(state, place) {
  const m = place + state.offset, put = (vector) => state.columns.map((column) => vector[column]);
  const score = (query, key, pairing) => scoreAt(query, key, m, place, howTo(state, pairing));
  return { interleaved: score(state.query, state.key, "interleaved"), split: score(state.query, state.key, "split"),
    reordered: score(put(state.query), put(state.key), "split"), mixed: score(state.query, state.key, "mixed") };
}

// -- painting
const withSign = (number, digits) => number.toFixed(digits).replace(/^-(0\.?0*)$/, "$1").replace("-", "−");
const middle = (column) => CELL * (column + 0.5);

function arcs({ order, pairs }, chosen) {
  const paths = pairs.map((both, pair) => {
    const [from, to] = both.map((number) => middle(order.indexOf(number))), up = HIGH - 12 - 0.13 * (to - from);
    return svg("path", { class: pair === chosen ? "pairing-lit" : "pairing-arc", d: `M${from} ${HIGH}C${from} ${up} ${to} ${up} ${to} ${HIGH}` });
  });
  paths.push(paths.splice(chosen, 1)[0]);  // above the others
  return svg("svg", { viewBox: `0 0 ${CELL * order.length} ${HIGH}`, class: "pairing-arcs", "aria-hidden": "true" }, paths);
}

function hand(state, [a, b], angle) {
  const start = Math.atan2(state.query[b], state.query[a]);
  return svg("svg", { viewBox: "-50 -50 100 100", class: "pairing-hand", "aria-hidden": "true" }, svg("circle", { r: 46, class: "dial-ring" }),
    ray(start, 44, "dial-start"), ray(start + angle, 44, "dial-arrow dial-query"));
}

// One pairing: its arcs, a button for each column, the numbers as bars, and the hand of the chosen pair.
function sideOf(t, pairing, size, choose) {
  const drawn = h("div"), bars = h("div"), clock = h("div", { className: "pairing-clock" }), title = t.pairingsNames[pairing];
  const cells = Array.from({ length: size }, (_, column) => button("", () => choose(pairing, column), { className: "pairing-cell" }));
  const body = h("div", { className: "pairing-side", role: "group", "aria-label": title },
    h("p", { className: "pairing-head" }, title), drawn, h("div", { className: "pairing-cells" }, cells), bars, clock);
  body.style.setProperty("--columns", size);
  return { body, paint(state, reach) {
    const found = pairedBy(state, pairing), { pair, partner } = partnerOf(state, pairing, state.chosen), turned = turnedBy(state, pairing, state.place);
    drawn.replaceChildren(arcs(found, pair));
    cells.forEach((cell, column) => {
      const number = found.order[column], own = number === state.chosen;
      cell.replaceChildren(h("span", { className: "pairing-id" }, String(number)), " ", h("span", {}, withSign(turned[column], 1)), " ",
        h("span", { className: "pairing-told" }, filled(t.pairingsCell, { partner: partnerOf(state, pairing, number).partner })));
      cell.classList.toggle("pairing-own", own);
      cell.classList.toggle("pairing-partner", number === partner);
      cell.setAttribute("aria-pressed", String(own));
    });
    bars.replaceChildren(barStrip(turned, reach));
    clock.replaceChildren(hand(state, found.pairs[pair], state.place * state.rates[pair]),
      h("p", {}, filled(t.pairingsHand, { one: found.pairs[pair][0], other: found.pairs[pair][1], rate: Number(state.rates[pair].toPrecision(3)) })));
  } };
}

function scoreTable(t, state) {
  const [near, far] = [0, state.place].map((place) => scoresAt(state, place)), at = (place) => filled(t.pairingsAt, { m: place + state.offset, n: place });
  const rows = Object.keys(near).map((way) => h("tr", {}, h("th", { scope: "row" }, t.pairingsWays[way]), [near, far].map((all) => h("td", {}, withSign(all[way], 2)))));
  return h("table", {}, h("caption", {}, filled(t.pairingsCaption, { offset: state.offset })),
    h("thead", {}, h("tr", {}, [t.pairingsWay, at(0), at(state.place)].map((name) => h("th", { scope: "col" }, name)))), h("tbody", {}, rows));
}

function render({ model, el }) {
  const t = words(el), save = saving(model), traits = ["query", "key", "offset", "rates", "columns", "last", "place", "chosen", "reordered"];
  const now = () => Object.fromEntries(traits.map((trait) => [trait, model.get(trait)])), { query, rates, last } = now();
  const reach = Math.max(...rates.flatMap((_, i) => PAIRING.map((pairing) => Math.hypot(...pairOf(i, howTo(now(), pairing)).map((column) => query[column])))));
  const sides = PAIRING.map((pairing) => sideOf(t, pairing, query.length, (side, column) => save({ chosen: pairedBy(now(), side).order[column] })));
  const place = bySlider(t.pairingsPlace, { min: 0, max: last, step: 1 }, (to) => save({ place: to }));
  const order = bySwitch(t.pairingsReorder, (on) => save({ reordered: on }));
  const said = h("p", { className: "hand-said", "aria-live": "polite" }), scored = h("div", { className: "book-scroll pairing-scores" });
  el.append(h("section", { className: "explorer two-pairings", "aria-label": t.pairings }, h("p", { className: "hand-note" }, t.pairingsHint),
    h("div", { className: "pairing-both" }, sides.map(({ body }) => body)), h("div", { className: "hand-controls" }, place.body, order.body), said, scored));

  function paint() {
    const state = now(), [{ partner: near }, { partner: half }] = PAIRING.map((pairing) => partnerOf(state, pairing, state.chosen));
    sides.forEach((side) => side.paint(state, reach));
    place.show(state.place, String(state.place));
    order.show(state.reordered);
    tell(said, filled(state.reordered ? t.pairingsSame : t.pairingsSaid, { chosen: state.chosen, near, half }));
    scored.replaceChildren(scoreTable(t, state));
  }
  return follow(model, ["place", "chosen", "reordered"], paint);
}

export default { render };
