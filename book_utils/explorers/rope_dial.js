// The rope dial: two places, the pairs of a query and of a key turned by them, and what becomes of the score.
// Every number on screen is worked out here, from the model's traits: no kernel is asked.

const SPANS = [128, 1024, 8192, 0];  // how many offsets the curve shows; 0 is the whole context
const STEP = 100;
const TRAITS = ["preset", "rotary_dim", "base", "pairing", "scaling", "factor", "query_place", "key_place", "pair", "all_pairs", "span", "before"];

// What the reader may ask for. Every change goes through `change`: what does not fit is made to fit, and said.
function changes({ model, t, paint, note }) {
  const presets = model.get("presets");
  const settled = () => settle(presets, Object.fromEntries(TRAITS.map((trait) => [trait, model.get(trait)])));

  function change(news, text) {
    const { state: old, ranges } = settled();
    const [name, value] = Object.entries(news)[0];
    if (value === null) {
      paint();
      return note({ [name]: say(t.dialNotNumber, { rule: ruleOf({ name, ...ranges[name] }, t), text, kept: numberText(old[name]) }) });
    }
    const before = "query_place" in news || "key_place" in news ? [] : old.before;
    const { state, changed } = settle(presets, { ...old, before, ...news });
    const altered = TRAITS.filter((trait) => !same(model.get(trait), state[trait]));
    for (const trait of altered) model.set(trait, state[trait]);
    model.save_changes();
    if (!altered.length) paint();  // or the field would keep what did not fit
    note(saidOf(changed, t));
  }

  function chooseModel(preset) {
    const { name, rotary_dim, base, pairing, scaling, real } = presets.find((one) => one.name === preset);
    const places = real ? { query_place: real.query.place, key_place: real.key.place } : {};
    change({ preset: name, rotary_dim, base, pairing, scaling: scaling?.method ?? "none", factor: scaling?.factor ?? 8, ...places, before: [] });
  }

  function moveBoth() {
    const { state, preset } = settled(), { query_place: m, key_place: n } = state;
    const step = Math.max(m, n) + STEP < lengthOf(preset, state) ? STEP : -STEP;  // back again at the end of the context
    if (Math.min(m, n) + step < 0) note({ key_place: say(t.dialNoRoom, { step: STEP }) });
    else change({ query_place: m + step, key_place: n + step, before: [m, n] });
  }
  return { presets, settled, change, chooseModel, moveBoth };
}

// What the reader takes hold of.
function controlsOf({ t, presets, settled, change, chooseModel, moveBoth }) {
  // Bases are told apart by their size, so that slider counts powers of ten.
  const powers = { to: Math.log10, from: (x) => Number((10 ** x).toPrecision(2)), step: 0.1 };
  const controls = Object.fromEntries(Object.entries(numberNames(t)).map(([name, title]) =>
    [name, numberControl(title, name === "base" ? powers : {}, (value, text) => change({ [name]: value }, text))]));
  const spans = SPANS.map((width) => [width, width ? numberText(width) : t.dialWholeContext]);
  const arrow = (name, letter, title) => handle(letter, name, title, () => {
    const { state, preset } = settled();
    const frequency = frequencies(turningOf(preset, state).how)[state.pair];
    return { place: state[`${name}_place`], last: lengthOf(preset, state) - 1, frequency };
  }, (place) => change({ [`${name}_place`]: place }));
  return {
    controls,
    way: wayChoice(t, (value) => change({ scaling: value })),
    ways: () => waysFor(settled().preset, settled().state),
    models: select(t.dialModel, presets.map(({ name }) => [name, name]), chooseModel),
    pairing: choice(t.dialPairing, "pairing", pairNames(t), (value) => change({ pairing: value })),
    shows: choice(t.dialView, "view", { one: t.dialOne, all: t.dialAll }, (value) => change({ all_pairs: value === "all" })),
    span: select(t.dialSpan, spans, (value) => change({ span: Number(value) })),
    toReal: button(t.dialToReal, () => chooseModel(presets.find(({ real }) => real).name)),
    back: button(t.dialBack, () => chooseModel(settled().preset.name)),
    both: button(say(t.dialMove, { step: STEP }), moveBoth, { className: "book-button" }),
    oneDial: dial({ query: arrow("query", "q", t.dialQueryArrow), key: arrow("key", "k", t.dialKeyArrow) }),
  };
}

// Where something is said or drawn, and what stands folded until the reader wants it.
function placesOf({ t, paint }) {
  const lines = { facts: "dial-facts", score: "dial-score", compared: "dial-compared", source: "dial-hint", rule: "", dialHint: "dial-hint", between: "",
    parts: "", holds: "", turning: "", dashed: "dial-hint", stretched: "dial-hint", slowed: "", wavesHint: "dial-hint" };
  const places = Object.fromEntries(Object.entries(lines).map(([name, className]) => [name, h("p", { className })]));
  for (const name of ["dialPlace", "stripPlace", "curvePlace", "wavesPlace", "rows"]) places[name] = h("div");
  places.dialPlace.className = "dial-face";
  const fold = (title) => {
    const details = h("details", {}, h("summary", {}, title));
    details.addEventListener("toggle", () => paint());
    return details;
  };
  const scroll = h("div", { className: "book-scroll", tabIndex: 0, role: "region", "aria-label": t.dialTable }, places.rows);
  const [curveFold, pairsFold, all] = [t.dialCurveHead, t.dialMore, t.dialTable].map(fold);
  all.append(scroll);
  return { ...places, curveFold, pairsFold, all };
}

function formOf({ t, controls, models, pairing, shows, span, back, both, way, toReal, ...at }) {
  const columns = (...sides) => h("div", { className: "dial-columns" }, sides.map((side) => h("div", {}, side)));
  at.curveFold.append(h("p", {}, toReal), at.source, at.curvePlace, at.dashed, span.body);
  at.pairsFold.append(at.facts, columns([shows.body, at.between, pairing.body, at.stripPlace, at.parts, at.holds, at.turning], [controls.base.body, controls.rotary_dim.body]));
  const form = h("form", { noValidate: true },
    h("div", { className: "dial-top" }, models.body, back),
    columns([at.dialPlace, at.dialHint],
      [controls.query_place.body, controls.key_place.body, h("p", {}, both), h("div", { "aria-live": "polite" }, at.score, at.compared), at.rule, controls.pair.body]),
    columns([way.body, controls.factor.body, at.stretched, h("div", { "aria-live": "polite" }, at.slowed)], [at.wavesPlace, at.wavesHint]),
    at.curveFold, at.pairsFold, at.all);
  form.addEventListener("submit", (event) => event.preventDefault());
  return form;
}

// All numbers that are shown, worked out once for each painting.
function numbersOf(model, { preset, state }) {
  const headDim = preset.head_dim, context = lengthOf(preset, state), { query_place: m, key_place: n, pair } = state;
  const { plain, how } = turningOf(preset, state);
  const [query, key] = ["query", "key"].map((name) => preset.real?.[name].numbers ?? model.get(name).slice(0, headDim));
  return { preset, state, headDim, context, plain, how, query, key, m, n, pair, mixed: state.pairing === "mixed",
    hands: handsOf(query, key, m, n, how), score: scoreAt(query, key, m, n, how) };
}

function render({ model, el }) {
  const t = words(el);
  const asked = changes({ model, t, paint: () => paint(), note });
  const view = { t, ...asked, ...controlsOf({ t, ...asked }), ...placesOf({ t, paint: () => paint() }) };
  const root = h("section", { className: "explorer rope-dial", "aria-label": t.dial }, formOf(view));
  el.append(root);
  let shown = "";

  function note(said) {
    for (const [name, control] of Object.entries(view.controls)) control.note.textContent = said[name] ?? "";
  }

  function paint() {
    const found = asked.settled(), now = numbersOf(model, found);
    note(saidOf(found.changed, t));
    root.dataset.mixed = now.mixed;
    if (now.preset.real && shown !== now.preset.name) view.curveFold.open = true;  // it is the curve that shows what the head looks for
    shown = now.preset.name;
    for (const [name, control] of Object.entries(view.controls)) control.show(found.state[name], found.ranges[name]);
    for (const paintPart of DIAL_PARTS) paintPart(view, now);
  }
  return follow(model, TRAITS, paint);
}

export default { render };
