// What the rope dial says and draws, part by part. Each function gets the elements of its part and the present state.

// Slow pairs turn by very little in a token, so small angles keep three digits.
const fixed = (number, digits) => (number && Math.abs(number) < 10 ** (1 - digits) ? numberText(number)
  : number.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }));
const withMinus = (text) => text.replace(/^-/, "−");
const degrees = (angle) => `${withMinus(fixed((angle * 180) / Math.PI, 1))}°`;
const amount = (t, radians) => say(t.dialAmount, { degrees: degrees(radians), radians: fixed(radians, 3) });
const two = (t, numbers) => numbers.join(t.dialAnd);
export const pairNames = (t) => ({ split: t.dialSplit, interleaved: t.dialInterleaved, mixed: t.dialMixed });

function paintModel({ t, models, pairing, shows, span, back, toReal, source, facts }, { preset, state }) {
  models.show(preset.name);
  pairing.show(state.pairing);
  shows.show(state.all_pairs ? "all" : "one");
  span.show(state.span);
  const { real } = preset;
  toReal.hidden = Boolean(real);
  source.replaceChildren(...line(real ? say(t.dialReal, { ...real, query: real.query.token, key: real.key.token, share: Math.round(100 * real.share) }) : t.dialMadeUp));
  const own = { scaling: preset.scaling?.method ?? "none", factor: preset.scaling?.factor ?? state.factor };
  back.hidden = ["rotary_dim", "base", "pairing", "scaling", "factor"].every((name) => state[name] === { ...preset, ...own }[name]);
  const numbers = { base: numberText(preset.base), context: numberText(preset.context), pairing: pairNames(t)[preset.pairing] };
  facts.textContent = `${say(t.dialFacts, { ...preset, ...numbers })} ${t.dialNotes[preset.name] ?? ""}`;
}

function paintScore({ t, score, parts: inParts, rule, compared }, { state: { before }, headDim, how, query, key, m, n, mixed, score: total }) {
  const pass = headDim - how.rotaryDim;
  const passed = dot(query.slice(how.rotaryDim), key.slice(how.rotaryDim));
  const parts = { turn: how.rotaryDim, turned: (total - passed).toFixed(4), pass, passed: passed.toFixed(4) };
  score.textContent = say(t.dialScore, { offset: numberText(m - n), score: total.toFixed(4) });
  inParts.textContent = say(pass ? t.dialParts : t.dialNoPass, parts);
  rule.textContent = mixed ? t.dialMixedRule : "";
  compared.textContent = "";
  if (before.length !== 2) return;
  const then = scoreAt(query, key, ...before, how);
  const [a, b] = before.map(numberText);
  const moved = { a, b, m: numberText(m), n: numberText(n), then: then.toFixed(4), now: total.toFixed(4) };
  const stays = Math.abs(then - total) < 1e-6;
  compared.textContent = say(stays ? t.dialStays : t.dialParted, moved) + (stays && !mixed ? ` ${t.dialOffsetRule}` : "");
}

function paintDial({ t, between, dialHint, dialPlace, oneDial, change }, { state, context, m, n, pair, hands }) {
  const { start, angle, between: apart, frequency } = hands[pair];
  const places = { query: m, key: n };
  between.textContent = say(t.dialBetween, { before: amount(t, apart.before), added: amount(t, (m - n) * frequency), now: amount(t, apart.now) });
  dialHint.textContent = state.all_pairs ? t.dialClocksHint : t.dialHint;
  if (state.all_pairs) {
    const title = say(t.dialClocks, { pairs: hands.length, between: hands.map((hand) => degrees(hand.between.now)).join(", ") });
    dialPlace.replaceChildren(clocks(title, hands.map((hand) => hand.angle), pair, (i) => change({ pair: i, all_pairs: false })));
    return;
  }
  if (!dialPlace.contains(oneDial.drawing)) dialPlace.replaceChildren(oneDial.drawing);
  oneDial.draw(say(t.dialTitle, { pair, between: amount(t, apart.now) }), Object.fromEntries(Object.entries(places).map(([name, place]) =>
    [name, { start: start[name], angle: angle[name], place, last: context - 1, text: say(t.dialArrow, { place: numberText(place), turned: amount(t, place * frequency) }) }])));
}

function paintPairing({ t, stripPlace, holds, turning }, { headDim, how, m, n, pair, hands, mixed }) {
  const { numbers, frequency } = hands[pair];
  const pass = headDim - how.rotaryDim;
  const shares = { head: headDim, turn: how.rotaryDim, pass };
  stripPlace.replaceChildren(strip(say(t.dialStrip, shares), headDim, how.rotaryDim, { q: numbers.query, k: numbers.key },
    { turn: say(t.dialStripTurn, shares), pass: pass ? say(t.dialStripPass, shares) : "" }));
  holds.textContent = say(mixed ? t.dialMixedNumbers : t.dialNumbers, { pair, numbers: two(t, numbers.query), others: two(t, numbers.key) });
  turning.textContent = say(t.dialTurn, { angle: amount(t, frequency), tokens: numberText((2 * Math.PI) / frequency),
    m: numberText(m), n: numberText(n), query: amount(t, m * frequency), key: amount(t, n * frequency) });
}

function paintCurve({ t, curveFold, curvePlace, dashed }, { state: { before, span: width, scaling }, context, how, plain, query, key, m, n, mixed, score: total }) {
  if (!curveFold.open) return;
  const { all: shown, stride } = offsets(m, n, context, width);
  const scores = (place, turned = how) => {
    const held = rope(key, place, keyHow(turned));
    return shown.filter((offset) => place + offset >= 0 && place + offset < context)
      .map((offset) => [offset, dot(rope(query, place + offset, queryHow(turned)), held)]);
  };
  const points = scores(n);
  const unscaled = stride === 1 && scaling !== "none" && !mixed;  // the curves of two places are one unless pairs are mixed up
  const moved = stride === 1 && before.length === 2 && !unscaled;
  const compare = moved ? scores(before[1]) : unscaled ? scores(n, plain) : [];
  const best = (sign) => points.reduce((one, other) => (sign * other[1] > sign * one[1] ? other : one));
  const [[lowAt, low], [highAt, high]] = [best(-1), best(1)];
  const title = say(t.dialCurve, { left: numberText(shown[0]), right: numberText(shown.at(-1)), offset: numberText(m - n), score: total.toFixed(2),
    low: low.toFixed(2), lowAt: numberText(lowAt), high: high.toFixed(2), highAt: numberText(highAt) });
  curvePlace.replaceChildren(curve(title, { points, before: compare, offset: m - n, score: total,
    joined: stride === 1, caption: say(stride === 1 ? t.dialEach : t.dialEvery, { stride: numberText(stride) }) }));
  dashed.textContent = moved ? t.dialDashed : unscaled ? t.dialDashedPlain : "";
}

function paintWaves({ t, wavesPlace, wavesHint }, { state: { scaling }, context, how, plain, pair }) {
  const [before, lengths] = [plain, how].map(wavelengths);
  const counted = (those) => ({ pairs: those.length, full: those.filter((length) => length <= context).length, context: numberText(context),
    first: numberText(those[0]), last: numberText(those.at(-1)), pair, length: numberText(those[pair]) });
  const said = say(t.dialWaves, counted(lengths)), was = scaling === "none" ? "" : ` ${say(t.dialWavesBefore, counted(before))}`;
  wavesPlace.replaceChildren(waves(said + was, { lengths, before: was ? before : [], context, chosen: pair,
    words: { axis: t.dialWavesHead, context: say(t.dialContext, counted(lengths)), pair: say(t.dialPairName, { pair }) } }));
  wavesHint.textContent = was ? `${t.dialWavesHint} ${t.dialWavesFrom}` : t.dialWavesHint;
}

function paintTable({ t, rows, all }, { context, how, hands, mixed }) {
  const [lengths, counts] = [wavelengths(how), turns(how, context)];
  const row = ({ numbers, between: apart, score: part }, i) => [String(i), mixed ? `${two(t, numbers.query)}; ${two(t, numbers.key)}` : two(t, numbers.query),
    numberText(lengths[i]), numberText(counts[i]), degrees(apart.now), withMinus(part.toFixed(2))];
  rows.replaceChildren(...(all.open ? [table([t.dialColumns.split("|"), ...hands.map(row)])] : []));
}

export const DIAL_PARTS = [paintModel, paintScore, paintDial, paintStretch, paintPairing, paintCurve, paintWaves, paintTable];
