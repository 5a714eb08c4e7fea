// The bag of rows: the tokens of a sentence in an order that the reader changes, and what a sum, a mean and a weighted
// reading see of it. Every number is worked out here, from the beginnings of real rows.

const BAG = ["order", "positions"];
const WAYS = ["sum", "mean", "reading"];

// What a reader can make of tokens in an order: { vectors, sum, mean, reading, weights }. `fits` of a token and of a place
// are their products with the query, over all columns; the weights are a softmax of their sums, as in the chapter's `read`.
export function bagOf({ tokens, places }, order, positions) {
  const vectors = order.map((i, place) => tokens[i].row.map((number, column) => number + (positions ? places[place].row[column] : 0)));
  const powers = order.map((i, place) => Math.exp(tokens[i].fits + (positions ? places[place].fits : 0)));
  const all = powers.reduce((sum, power) => sum + power), weights = powers.map((power) => power / all);
  const weighted = (shares) => vectors[0].map((_, column) => vectors.reduce((sum, vector, place) => sum + shares[place] * vector[column], 0));
  const even = (share) => order.map(() => share);
  return { vectors, weights, sum: weighted(even(1)), mean: weighted(even(1 / order.length)), reading: weighted(weights) };
}

export const farthest = (one, other) => Math.max(...one.map((number, i) => Math.abs(number - other[i])));

// The order after a token has gone from one place to another.
export function carried(order, from, to) {
  const left = order.filter((_, place) => place !== from);
  return [...left.slice(0, to), order[from], ...left.slice(to)];
}

// -- painting
const reachOf = (vectors) => Math.max(...vectors.flat().map(Math.abs));
// Of every token at every place, so that a bar means the same in any order, with position rows and without.
const widest = ({ tokens, places }) => reachOf(tokens.flatMap(({ row }) => [row, ...places.map((place) => row.map((number, column) => number + place.row[column]))]));
const differs = (t, number) => (number < 1e-9 ? t.bagNone : number.toFixed(4));

function sentenceOf({ tokens }, order, vectors, reach) {
  return order.map((i, place) => h("li", { "data-place": String(place) }, h("span", { className: "bag-place", "aria-hidden": "true" }, String(place)),
    h("code", { className: "bag-token" }, tokens[i].token), barStrip(vectors[place], reach)));
}

// A button between two tokens, made once, since it keeps the focus.
const swaps = (t, count, carry) => Array.from({ length: count - 1 }, (_, place) => button("⇄", () => carry(place, place + 1), { className: "book-toggle bag-swap" }));

function render({ model, el }) {
  const t = words(el), save = saving(model), bag = model.get("bag"), first = bag.tokens.map((_, i) => i), reach = widest(bag);
  const carry = (from, to) => save({ order: carried(model.get("order"), from, to) });
  const list = (label, own) => h("ol", { start: 0, role: "list", className: own ? "bag-own" : "", "aria-label": label });
  const [theirs, own] = [list(t.bagFirst), list(t.bagOwn, true)];
  const between = swaps(t, first.length, carry), positions = bySwitch(t.bagPositions, (on) => save({ positions: on }));
  const said = h("p", { className: "hand-said", "aria-live": "polite" }), seen = h("div", { className: "bag-table" }), inside = h("p", { className: "bag-inside" });
  el.append(h("section", { className: "explorer bag-of-rows", "aria-label": t.bag },
    h("p", { className: "hand-note" }, t.bagHint), h("p", { className: "bag-head" }, t.bagFirst), theirs, h("p", { className: "bag-head" }, t.bagOwn), own, h("div", { className: "bag-swaps", role: "group", "aria-label": t.bagSwaps }, between),
    h("div", { className: "hand-controls" }, button(t.bagReverse, () => save({ order: [...model.get("order")].reverse() })), button(t.bagBack, () => save({ order: first })), positions.body),
    inside, seen, said, h("p", { className: "hand-note" }, filled(t.bagNote, { columns: bag.tokens[0].row.length, dim: bag.dim }))));

  let held = null;  // the place of the token that is dragged
  const placeOf = ({ clientX, clientY }) => {
    const item = el.getRootNode().elementFromPoint(clientX, clientY)?.closest("li");
    return own.contains(item) ? Number(item.dataset.place) : null;
  };
  byDrag(own, (event) => {
    held = placeOf(event);
    return held !== null;
  }, (event) => {
    const to = placeOf(event);
    if (to === null || to === held) return;
    carry(held, to);
    held = to;
  });

  function paint() {
    const order = model.get("order"), on = model.get("positions"), both = [first, order].map((each) => bagOf(bag, each, on));
    theirs.replaceChildren(...sentenceOf(bag, first, both[0].vectors, reach));
    own.replaceChildren(...sentenceOf(bag, order, both[1].vectors, reach));
    between.forEach((one, place) => one.setAttribute("aria-label", filled(t.bagSwap, { one: bag.tokens[order[place]].token, other: bag.tokens[order[place + 1]].token, place, next: place + 1 })));
    positions.show(on);
    const apart = Object.fromEntries(WAYS.map((way) => [way, differs(t, farthest(both[0][way], both[1][way]))]));
    const row = (way) => {
      const far = reachOf(both.map((each) => each[way]));
      return h("tr", {}, h("th", { scope: "row" }, t.bagWays[way]), both.map((each) => h("td", {}, barStrip(each[way], far))), h("td", {}, apart[way]));
    };
    seen.replaceChildren(h("table", {}, h("thead", {}, h("tr", {}, t.bagColumns.split("|").map((name) => h("th", { scope: "col" }, name)))), h("tbody", {}, WAYS.map(row))));
    inside.replaceChildren(...line(filled(on ? t.bagInsidePlaces : t.bagInside, { tokens: bag.tokens.map(({ token }) => `\`${token}\``).sort().join(" ") })));
    tell(said, filled(t.bagSaid, { order: order.map((i) => bag.tokens[i].token).join(" "), ...apart }));
  }
  return follow(model, BAG, paint);
}

export default { render };
