// Two hands, one of a query and one of a key, each turned by its place; then four such pairs, each at a speed of its own.

const HANDS = ["m", "n", "before", "together", "four"];
const STRIDE = 100;

const inDegrees = (angle) => `${((angle * 180) / Math.PI).toFixed(1).replace("-", "−")}°`;

// Of each speed: where both hands point, and the angle from the key's to the query's, in radians.
export const handsAt = ({ m, n, start, rates }) => rates.map((rate) => {
  const query = start.query + m * rate, key = start.key + n * rate;
  return { query, key, between: withoutTurns(query - key) };
});

// Move one hand to a place, or both by as much; neither leaves the places from 0 to `last`. `before` keeps where the two
// set out together: it is empty as soon as one of them has moved alone.
export function handsMoved({ m, n, before, together, last }, name, place) {
  const within = (least, most, number) => Math.max(least, Math.min(most, number));
  if (!together) return { m, n, [name]: within(0, last, place), before: [] };
  const by = within(-Math.min(m, n), last - Math.max(m, n), place - { m, n }[name]);
  return { m: m + by, n: n + by, before: by === 0 || before.length ? before : [m, n] };
}

// -- painting
function smallHands(t, hands, rates) {
  return hands.map(({ query, key, between }, i) => h("figure", {},
    svg("svg", { viewBox: "-50 -50 100 100", "aria-hidden": "true" }, svg("circle", { r: 46, class: "dial-ring" }),
      svg("path", { class: "dial-wedge", d: wedge(key, query), transform: "scale(.5)" }),
      ray(query, 44, "dial-arrow dial-query"), ray(key, 30, "dial-arrow dial-key")),
    h("figcaption", {}, filled(t.handsRate, { rate: rates[i] }), h("br"), h("strong", {}, inDegrees(between)))));
}

function saidOf(t, state, hands) {
  const { m, n, before: [a, b], four } = state;
  const told = (all) => (four ? all : all.slice(0, 1)).map(({ between }) => inDegrees(between)).join(", ");
  const now = filled(four ? t.handsSaidFour : t.handsSaid, { m, n, offset: String(m - n).replace("-", "−"), between: told(hands) });
  if (a === undefined) return now;
  return `${now} ${filled(t.handsStays, { a, b, then: told(handsAt({ ...state, m: a, n: b })) })}`;
}

function render({ model, el }) {
  const t = words(el), save = saving(model);
  const now = () => Object.fromEntries([...HANDS, "start", "rates", "last"].map((trait) => [trait, model.get(trait)]));
  const go = (name, place) => save(handsMoved(now(), name, place));
  const range = { min: 0, max: model.get("last"), step: 1 };
  const arm = (letter, name, trait, title) => handle(letter, name, title,
    () => ({ place: model.get(trait), last: model.get("last"), frequency: model.get("rates")[0] }), (place) => go(trait, place));
  const face = dial({ query: arm("q", "query", "m", t.dialQueryArrow), key: arm("k", "key", "n", t.dialKeyArrow) });
  const places = { m: bySlider(t.handsQuery, range, (place) => go("m", place)), n: bySlider(t.handsKey, range, (place) => go("n", place)) };
  const together = bySwitch(t.handsTogether, (on) => save({ together: on, before: [] }));
  const four = bySwitch(t.handsFour, (on) => save({ four: on }));
  const both = button(filled(t.dialMove, { step: STRIDE }), () => {
    const { m, n, last } = now(), by = Math.max(m, n) + STRIDE > last ? -STRIDE : STRIDE;  // back again at the end
    save(handsMoved({ ...now(), together: true }, "m", m + by));
  }, { className: "book-button" });
  const said = h("p", { className: "hand-said", "aria-live": "polite" }), small = h("div", { className: "hands-four" });
  el.append(h("section", { className: "explorer two-hands", "aria-label": t.hands },
    h("div", { className: "hands-both" }, h("div", { className: "hands-face" }, face.drawing, h("p", { className: "hand-note" }, t.dialHint)),
      h("div", {}, places.m.body, places.n.body, h("div", { className: "hand-controls" }, both, together.body, four.body), said)), small));

  function paint() {
    const state = now(), hands = handsAt(state), [{ between }] = hands;
    const arrow = (name, place) => ({ start: state.start[name], angle: hands[0][name], place, last: state.last,
      text: filled(t.dialArrow, { place, turned: inDegrees(place * state.rates[0]) }) });
    face.draw(filled(t.handsTitle, { between: inDegrees(between) }), { query: arrow("query", state.m), key: arrow("key", state.n) });
    for (const [name, slider] of Object.entries(places)) slider.show(state[name], String(state[name]));
    together.show(state.together);
    four.show(state.four);
    small.replaceChildren(...(state.four ? smallHands(t, hands, state.rates) : []));
    tell(said, saidOf(t, state, hands));
  }
  return follow(model, HANDS, paint);
}

export default { render };
