// How the rope dial scales positions: the ways that its numbers allow, what follows from one, and what is said of it.
// The rules are those of rope_presets.py, which a test compares with this file.

const STRETCHING = ["linear", "dynamic", "yarn", "llama3"];  // the ways with a factor that one can choose
export const stretches = (way) => STRETCHING.includes(way);

// The ways to scale that a size and a base allow.
export function waysFor({ scaling: own, rotary_dim: size, head_dim: head }, { rotary_dim: turning, base }) {
  const allowed = { dynamic: turning > 2, yarn: base > 1, proportional: turning < head,
    longrope: own?.method === "longrope" && turning === size };  // its lists were made for this size
  return Object.keys(METHODS).filter((way) => allowed[way] ?? true);
}

// What `scaled` takes: the model's own numbers where it scales so, or else those of Llama 3.1.
export function scalingFor({ scaling: own, trained, head_dim }, way, factor) {
  if (own?.method === way) return stretches(way) ? { ...own, factor } : own;
  if (way === "proportional") return { method: way, head_dim };
  return { method: way, factor, original_max_position_embeddings: trained, low_freq_factor: 1, high_freq_factor: 4 };
}

// The longest text that the dial shows, in tokens.
export const lengthOf = ({ context, trained }, { scaling, factor }) => Math.max(context, stretches(scaling) ? trained * factor : 0);

// How a state turns: { plain, how }, without scaling and with it, as position.js takes it.
export function turningOf(preset, { rotary_dim: rotaryDim, base, pairing, scaling, factor, ...rest }) {
  const plain = { rotaryDim, base, pairing };
  if (scaling === "none") return { plain, how: plain };
  const length = lengthOf(preset, { scaling, factor, ...rest });
  const found = scaled({ rotaryDim, base, length }, scalingFor(preset, scaling, factor));
  return { plain, how: { ...plain, rates: found.frequencies, sharper: found.attentionFactor } };
}

// The choice of a way; its options are those that fit the numbers.
function wayChoice(t, change) {
  const list = h("select"), body = h("label", { className: "dial-select" }, h("span", {}, t.dialScaling), list);
  list.addEventListener("change", () => change(list.value));
  return { body, show(ways, chosen, own) {
    if (list.dataset.ways !== `${ways} ${own}`) {  // or an open list would close under the reader's hand
      list.replaceChildren(...ways.map((way) => h("option", { value: way }, way === own && own !== "none" ? say(t.dialOwn, { way: t.dialWays[way] }) : t.dialWays[way])));
      list.dataset.ways = `${ways} ${own}`;
    }
    list.value = chosen;
  } };
}

const fullTurns = (lengths, context) => lengths.filter((length) => length <= context).length;

// Say which way it is, and what became of the pairs.
function paintStretch({ t, way, ways, controls, stretched, slowed }, { preset, state, how, plain, context }) {
  way.show(ways(), state.scaling, preset.scaling?.method ?? "none");
  controls.factor.body.hidden = !stretches(state.scaling);
  stretched.textContent = t.dialWayHints[state.scaling];
  const [before, after] = [plain, how].map(wavelengths), [was, is] = [before, after].map((lengths) => fullTurns(lengths, context));
  const kept = frequencies(plain).map((rate, i) => frequencies(how)[i] / rate);
  const values = { pairs: after.length, context: numberText(context), was, is, before: numberText(before.at(-1)), after: numberText(after.at(-1)),
    slower: kept.filter((share) => share < 0.999).length, least: numberText(1 / Math.min(...kept)), sharper: (how.sharper ?? 1).toFixed(3) };
  const scaling = say(state.scaling === "proportional" ? t.dialQuicker : t.dialSlower, values);
  slowed.textContent = state.scaling === "none" ? say(t.dialFull, { ...values, full: is, first: numberText(after[0]), last: values.after })
    : `${scaling} ${values.sharper === "1.000" ? "" : say(t.dialSharper, values)}`;
}
