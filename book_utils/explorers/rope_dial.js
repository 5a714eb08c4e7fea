// The rope dial: two places, the pairs of a query and of a key turned by them, and what becomes of the score.
// Every number on screen is worked out here, from the model's traits: no kernel is asked.

const SPANS = [128, 1024, 8192, 0];  // how many offsets the curve shows; 0 is the whole context
const STEP = 100;
const TRAITS = ["preset", "rotary_dim", "base", "pairing", "query_place", "key_place", "pair", "all_pairs", "span", "before"];

// Slow pairs turn by very little in a token, so small angles keep three digits.
const fixed = (number, digits) => (number && Math.abs(number) < 10 ** (1 - digits) ? numberText(number)
  : number.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }));
const degrees = (angle) => `${fixed((angle * 180) / Math.PI, 1)}°`;

function render({ model, el }) {
  const t = words(el);
  const presets = model.get("presets");
  const settled = () => settle(presets, Object.fromEntries(TRAITS.map((trait) => [trait, model.get(trait)])));
  const amount = (radians) => say(t.dialAmount, { degrees: degrees(radians), radians: fixed(radians, 3) });
  const pairNames = { split: t.dialSplit, interleaved: t.dialInterleaved, mixed: t.dialMixed };

  // Every change goes through here: what does not fit is made to fit, and said.
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

  function note(said) {
    for (const [name, control] of Object.entries(controls)) control.note.textContent = said[name] ?? "";
  }

  function chooseModel(preset) {
    const { name, rotary_dim, base, pairing } = presets.find((one) => one.name === preset);
    change({ preset: name, rotary_dim, base, pairing, before: [] });
  }

  function moveBoth() {
    const { state: { query_place: m, key_place: n }, preset: { context } } = settled();
    const step = Math.max(m, n) + STEP < context ? STEP : -STEP;  // back again at the end of the context
    if (Math.min(m, n) + step < 0) note({ key_place: say(t.dialNoRoom, { step: STEP }) });
    else change({ query_place: m + step, key_place: n + step, before: [m, n] });
  }

  // -- elements --------------------------------------------------------------
  // Bases are told apart by their size, so that slider counts powers of ten.
  const powers = { to: Math.log10, from: (x) => Number((10 ** x).toPrecision(2)), step: 0.1 };
  const controls = Object.fromEntries(Object.entries(numberNames(t)).map(([name, title]) =>
    [name, numberControl(title, name === "base" ? powers : {}, (value, text) => change({ [name]: value }, text))]));
  const models = select(t.dialModel, presets.map(({ name }) => [name, name]), chooseModel);
  const pairing = choice(t.dialPairing, "pairing", pairNames, (value) => change({ pairing: value }));
  const view = choice(t.dialView, "view", { one: t.dialOne, all: t.dialAll }, (value) => change({ all_pairs: value === "all" }));
  const span = select(t.dialSpan, SPANS.map((width) => [width, width ? numberText(width) : t.dialWholeContext]), (value) => change({ span: Number(value) }));
  const back = h("button", { type: "button", className: "book-toggle" }, t.dialBack);
  const both = h("button", { type: "button", className: "book-button" }, say(t.dialMove, { step: STEP }));
  back.addEventListener("click", () => chooseModel(settled().preset.name));
  both.addEventListener("click", moveBoth);

  const arrow = (name, letter, title) => handle(letter, name, title, () => {
    const { state, preset } = settled();
    const frequency = frequencies({ rotaryDim: state.rotary_dim, base: state.base })[state.pair];
    return { place: state[`${name}_place`], last: preset.context - 1, frequency };
  }, (place) => change({ [`${name}_place`]: place }));
  const oneDial = dial({ query: arrow("query", "q", t.dialQueryArrow), key: arrow("key", "k", t.dialKeyArrow) });

  const p = (className = "") => h("p", { className });
  const [facts, score, compared, rule] = [p("dial-facts"), p("dial-score"), p("dial-compared"), p()];
  const [dialHint, between, holds, turning, dashed, full] = [p("dial-hint"), p(), p(), p(), p("dial-hint"), p()];
  const [dialPlace, stripPlace, curvePlace, wavesPlace, rows] = Array.from({ length: 5 }, () => h("div"));
  const scroll = h("div", { className: "book-scroll", tabIndex: 0, role: "region", "aria-label": t.dialTable }, rows);
  const all = h("details", {}, h("summary", {}, t.dialTable), scroll);
  all.addEventListener("toggle", () => paint());

  const columns = (left, right) => h("div", { className: "dial-columns" }, h("div", {}, left), h("div", {}, right));
  const head = (text) => h("p", { className: "dial-head" }, text);
  const form = h("form", { noValidate: true },
    h("div", { className: "dial-top" }, models.body, back), facts,
    columns([controls.query_place.body, controls.key_place.body, h("p", {}, both), h("div", { "aria-live": "polite" }, score, compared), rule],
      [dialPlace, dialHint, between, controls.pair.body, view.body]),
    columns([pairing.body, stripPlace, holds, turning], [head(t.dialCurveHead), curvePlace, dashed, span.body]),
    columns([controls.base.body, controls.rotary_dim.body, full], [head(t.dialWavesHead), wavesPlace, h("p", { className: "dial-hint" }, t.dialWavesHint)]),
    all);
  form.addEventListener("submit", (event) => event.preventDefault());
  const root = h("section", { className: "explorer rope-dial", "aria-label": t.dial }, form);
  el.append(root);

  // -- painting --------------------------------------------------------------
  function paint() {
    const { preset, state, ranges, changed } = settled();
    const { head_dim: headDim, context } = preset;
    const how = { rotaryDim: state.rotary_dim, base: state.base, pairing: state.pairing };
    const [query, key] = [model.get("query").slice(0, headDim), model.get("key").slice(0, headDim)];
    const { query_place: m, key_place: n, pair } = state;
    const now = { preset, state, headDim, context, how, query, key, m, n, pair, hands: handsOf(query, key, m, n, how),
      mixed: state.pairing === "mixed", score: scoreAt(query, key, m, n, how) };
    note(saidOf(changed, t));
    root.dataset.mixed = now.mixed;
    for (const [name, control] of Object.entries(controls)) control.show(state[name], ranges[name]);
    paintModel(now);
    paintScore(now);
    paintDial(now);
    paintPairing(now);
    paintCurve(now);
    paintWaves(now);
    paintTable(now);
  }

  function paintModel({ preset, state }) {
    models.show(preset.name);
    pairing.show(state.pairing);
    view.show(state.all_pairs ? "all" : "one");
    span.show(state.span);
    back.hidden = ["rotary_dim", "base", "pairing"].every((name) => state[name] === preset[name]);
    const numbers = { base: numberText(preset.base), context: numberText(preset.context), pairing: pairNames[preset.pairing] };
    facts.textContent = `${say(t.dialFacts, { ...preset, ...numbers })} ${t.dialNotes[preset.name] ?? ""}`;
  }

  function paintScore({ state: { before }, headDim, how, query, key, m, n, mixed, score: total }) {
    const pass = headDim - how.rotaryDim;
    const passed = dot(query.slice(how.rotaryDim), key.slice(how.rotaryDim));
    const parts = { turn: how.rotaryDim, turned: (total - passed).toFixed(4), pass, passed: passed.toFixed(4) };
    score.textContent = `${say(t.dialScore, { offset: numberText(m - n), score: total.toFixed(4) })} ${say(pass ? t.dialParts : t.dialNoPass, parts)}`;
    rule.textContent = mixed ? t.dialMixedRule : t.dialOffsetRule;
    compared.textContent = "";
    if (before.length !== 2) return;
    const then = scoreAt(query, key, ...before, how);
    const [a, b] = before.map(numberText);
    const moved = { a, b, m: numberText(m), n: numberText(n), then: then.toFixed(4), now: total.toFixed(4) };
    compared.textContent = say(Math.abs(then - total) < 1e-6 ? t.dialStays : t.dialParted, moved);
  }

  function paintDial({ state, context, m, n, pair, hands }) {
    const { start, angle, between: apart, frequency } = hands[pair];
    const places = { query: m, key: n };
    between.textContent = say(t.dialBetween, { before: amount(apart.before), added: amount((m - n) * frequency), now: amount(apart.now) });
    dialHint.textContent = state.all_pairs ? t.dialClocksHint : t.dialHint;
    if (state.all_pairs) {
      const title = say(t.dialClocks, { pairs: hands.length, between: hands.map((hand) => degrees(hand.between.now)).join(", ") });
      dialPlace.replaceChildren(clocks(title, hands.map((hand) => hand.angle), pair, (i) => change({ pair: i, all_pairs: false })));
      return;
    }
    if (!dialPlace.contains(oneDial.drawing)) dialPlace.replaceChildren(oneDial.drawing);
    oneDial.draw(say(t.dialTitle, { pair, between: amount(apart.now) }), Object.fromEntries(Object.entries(places).map(([name, place]) =>
      [name, { start: start[name], angle: angle[name], place, last: context - 1, text: say(t.dialArrow, { place: numberText(place), turned: amount(place * frequency) }) }])));
  }

  const two = (numbers) => numbers.join(t.dialAnd);

  function paintPairing({ headDim, how, m, n, pair, hands, mixed }) {
    const { numbers, frequency } = hands[pair];
    const pass = headDim - how.rotaryDim;
    const shares = { head: headDim, turn: how.rotaryDim, pass };
    stripPlace.replaceChildren(strip(say(t.dialStrip, shares), headDim, how.rotaryDim, { q: numbers.query, k: numbers.key },
      { turn: say(t.dialStripTurn, shares), pass: pass ? say(t.dialStripPass, shares) : "" }));
    holds.textContent = say(mixed ? t.dialMixedNumbers : t.dialNumbers, { pair, numbers: two(numbers.query), others: two(numbers.key) });
    turning.textContent = say(t.dialTurn, { angle: amount(frequency), tokens: numberText((2 * Math.PI) / frequency),
      m: numberText(m), n: numberText(n), query: amount(m * frequency), key: amount(n * frequency) });
  }

  function paintCurve({ state: { before, span: width }, context, how, query, key, m, n, score: total }) {
    const { all: shown, stride } = offsets(m, n, context, width);
    const scores = (place) => {
      const held = rope(key, place, keyHow(how));
      return shown.filter((offset) => place + offset >= 0 && place + offset < context)
        .map((offset) => [offset, dot(rope(query, place + offset, queryHow(how)), held)]);
    };
    const points = scores(n);
    const compare = stride === 1 && before.length === 2;
    const best = (sign) => points.reduce((one, other) => (sign * other[1] > sign * one[1] ? other : one));
    const [[lowAt, low], [highAt, high]] = [best(-1), best(1)];
    const title = say(t.dialCurve, { left: numberText(shown[0]), right: numberText(shown.at(-1)), offset: numberText(m - n), score: total.toFixed(2),
      low: low.toFixed(2), lowAt: numberText(lowAt), high: high.toFixed(2), highAt: numberText(highAt) });
    curvePlace.replaceChildren(curve(title, { points, before: compare ? scores(before[1]) : [], offset: m - n, score: total,
      joined: stride === 1, caption: say(stride === 1 ? t.dialEach : t.dialEvery, { stride: numberText(stride) }) }));
    dashed.textContent = compare ? t.dialDashed : "";
  }

  function paintWaves({ context, how, pair }) {
    const lengths = wavelengths(how);
    const values = { pairs: lengths.length, full: turns(how, context).filter((count) => count >= 1).length, context: numberText(context),
      first: numberText(lengths[0]), last: numberText(lengths.at(-1)), pair, length: numberText(lengths[pair]) };
    full.textContent = say(t.dialFull, values);
    wavesPlace.replaceChildren(waves(say(t.dialWaves, values),
      { lengths, context, chosen: pair, words: { axis: t.dialAxis, context: say(t.dialContext, values), pair: say(t.dialPairName, values) } }));
  }

  function paintTable({ context, how, hands, mixed }) {
    const [lengths, counts] = [wavelengths(how), turns(how, context)];
    const row = ({ numbers, between: apart, score: part }, i) => [String(i), mixed ? `${two(numbers.query)}; ${two(numbers.key)}` : two(numbers.query),
      numberText(lengths[i]), numberText(counts[i]), degrees(apart.now), part.toFixed(2)];
    rows.replaceChildren(...(all.open ? [table([t.dialColumns.split("|"), ...hands.map(row)])] : []));
  }

  return follow(model, TRAITS, paint);
}

export default { render };
