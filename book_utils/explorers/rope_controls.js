// The controls of the rope dial, and what they do with a number that does not fit.

// Put values into a text, with a minus where a hyphen stands for one.
export const say = (text, values = {}) =>
  filled(text, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value).replace(/^-(?=\d)/, "−")])));

export const numberNames = (t) =>
  ({ query_place: t.dialQuery, key_place: t.dialKey, base: t.dialBase, rotary_dim: t.dialRotary, pair: t.dialPair, factor: t.dialFactor });

// What each number of the dial may be, for the model chosen and what is settled already.
function limits(preset, state) {
  const last = lengthOf(preset, state) - 1;
  return {
    base: { low: 1, high: 1e12, step: 1 },
    rotary_dim: { low: 2, high: preset.head_dim, step: 2 },
    pair: { low: 0, high: state.rotary_dim / 2 - 1, step: 1 },
    factor: { low: 1, high: 64, step: 1 },
    query_place: { low: 0, high: last, step: 1 },
    key_place: { low: 0, high: last, step: 1 },
  };
}

// Make what was asked for fit: { preset, state, ranges, changed }, where `changed` lists what had to be altered.
export function settle(presets, asked) {
  const preset = presets.find((one) => one.name === asked.preset) ?? presets[0];
  const state = { ...asked, preset: preset.name };
  const changed = [];
  const fit = (name) => {
    const { low, high, step } = limits(preset, state)[name];
    const fitting = Math.max(low, Math.min(high, low + step * Math.round((Number(asked[name]) - low) / step)));
    state[name] = Number.isFinite(fitting) ? fitting : low;
    if (state[name] !== asked[name]) changed.push({ name, asked: asked[name], used: state[name], low, high, step });
  };
  ["base", "rotary_dim", "pair", "factor"].forEach(fit);
  if (!waysFor(preset, state).includes(asked.scaling)) {
    state.scaling = "none";
    if (Object.hasOwn(METHODS, asked.scaling)) changed.push({ name: asked.scaling === "yarn" ? "base" : "rotary_dim", way: asked.scaling });
  }
  ["query_place", "key_place"].forEach(fit);  // how far they reach hangs on the scaling
  if (!["split", "interleaved", "mixed"].includes(asked.pairing)) state.pairing = preset.pairing;
  return { preset, state, ranges: limits(preset, state), changed };
}

export const ruleOf = ({ name, step, low, high }, t) =>
  say(t.dialRule, { name: numberNames(t)[name], kind: step === 2 ? t.dialEven : t.dialWhole, low: numberText(low), high: numberText(high) });

// What to say of numbers that had to be altered: { name: sentence }.
export const saidOf = (changed, t) => Object.fromEntries(changed.map((one) => {
  if (one.way) return [one.name, say(t.dialNoWay, { way: t.dialWays[one.way] })];
  const asked = Number.isFinite(one.asked) ? numberText(one.asked) : one.asked;
  return [one.name, say(t.dialClamped, { rule: ruleOf(one, t), asked, used: numberText(one.used) })];
}));

// A label, a field for any number, a slider for the same number, and a line to say what did not fit.
function numberControl(title, { to = (x) => x, from = (x) => x, step }, change) {
  const field = h("input", { type: "text", inputMode: "decimal", autocomplete: "off" });
  const slider = h("input", { type: "range", "aria-label": title });
  const note = h("p", { className: "dial-note", role: "status" }), write = textBox(field);
  let now = 0, least = 1;  // what is shown, and the least change of it
  slider.addEventListener("input", () => {
    const asked = from(Number(slider.value)), way = Math.sign(Number(slider.value) - Number(to(now)));
    // On a scale of powers a step may be less than the least change: an arrow key must not be stuck there.
    change(Math.abs(asked - now) < least ? now + way * least : asked);
  });
  field.addEventListener("change", () => { change(readNumber(field.value), field.value.trim().slice(0, 20)); });
  return {
    body: h("div", { className: "dial-control" }, h("label", {}, h("span", {}, title), field), slider, note),
    note,
    show(value, range) {
      [now, least] = [value, range.step];
      Object.assign(slider, { min: to(range.low), max: to(range.high), step: step ?? range.step, value: to(value) });
      slider.setAttribute("aria-valuetext", numberText(value));
      write(numberText(value));
    },
  };
}

function choice(title, name, options, change) {
  const inputs = Object.keys(options).map((value) => h("input", { type: "radio", name, value }));
  const body = h("fieldset", {}, h("legend", {}, title), inputs.map((input) => h("label", {}, input, h("span", {}, options[input.value]))));
  body.addEventListener("change", (event) => change(event.target.value));
  return { body, show: (value) => inputs.forEach((input) => { input.checked = input.value === value; }) };
}

function select(title, options, change) {
  const list = h("select", {}, options.map(([value, text]) => h("option", { value }, text)));
  list.addEventListener("change", () => change(list.value));
  return { body: h("label", { className: "dial-select" }, h("span", {}, title), list), show: (value) => { list.value = String(value); } };
}
