// The arithmetic of stretched rotary positions, the same as in rope_scaling.py, which a test compares with this file.
// Frequencies are in radians a token; the numbers of `scaling` have the names of a config.json.

// What each method cannot do without.
export const METHODS = {
  none: [],
  linear: ["factor"],
  dynamic: ["factor", "original_max_position_embeddings"],
  yarn: ["factor", "original_max_position_embeddings"],
  llama3: ["factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"],
  longrope: ["short_factor", "long_factor", "original_max_position_embeddings"],
  proportional: ["head_dim"],
};

const SCALED = {
  none: (plain) => plain,
  linear: (plain, { factor = 1 }) => plain.map((frequency) => frequency / factor),
  dynamic(plain, { factor, original_max_position_embeddings: trained, alpha }, { rotaryDim, base, length }) {
    const stretch = alpha || (factor * Math.max(length || trained, trained)) / trained - (factor - 1);
    const raised = base * stretch ** (rotaryDim / (rotaryDim - 2));
    return raised >= 1 ? frequencies({ rotaryDim, base: raised }) : [];
  },
  yarn(plain, { factor, original_max_position_embeddings: trained, beta_fast = 32, beta_slow = 1, truncate = true }, { rotaryDim, base }) {
    const pairOf = (turned) => (rotaryDim * Math.log(trained / (turned * 2 * Math.PI))) / (2 * Math.log(base));
    const [low, high] = [pairOf(beta_fast), pairOf(beta_slow)];
    if (base === 1 || (truncate && ![low, high].every(Number.isFinite))) return [];
    const first = Math.max(truncate ? Math.floor(low) : low, 0), last = Math.min(truncate ? Math.ceil(high) : high, rotaryDim - 1);
    return plain.map((frequency, i) => mixed(frequency, factor, 1 - (i - first) / (last - first || 0.001)));
  },
  llama3(plain, { factor, low_freq_factor: low, high_freq_factor: high, original_max_position_embeddings: trained }) {
    return plain.map((frequency) => mixed(frequency, factor, ((trained * frequency) / (2 * Math.PI) - low) / (high - low || 1e-9)));
  },
  longrope(plain, { short_factor, long_factor, original_max_position_embeddings: trained }, { length }) {
    const factors = length && length > trained ? long_factor : short_factor;
    return plain.map((frequency, i) => frequency / factors[i]);
  },
  proportional: (plain, { head_dim: headDim, factor = 1 }, { rotaryDim, base }) =>
    frequencies({ rotaryDim: headDim, base }).slice(0, rotaryDim / 2).map((frequency) => frequency / factor),
};

// A frequency of which a share is kept, and the rest divided by the factor.
function mixed(frequency, factor, share) {
  const kept = Math.min(1, Math.max(0, share));
  return frequency * kept + (frequency / factor) * (1 - kept);
}

const sharper = (factor, by) => (factor > 1 ? 0.1 * by * Math.log(factor) + 1 : 1);
const ATTENTION = {
  yarn: ({ factor, mscale, mscale_all_dim: all }) => (mscale && all ? sharper(factor, mscale) / sharper(factor, all) : sharper(factor, 1)),
  longrope: ({ factor = 1, original_max_position_embeddings: trained }) => (factor > 1 ? Math.sqrt(1 + Math.log(factor) / Math.log(trained)) : 1),
};

// { frequencies, attentionFactor }, stretched as `scaling` says, or plain without it; null where a number is missing or impossible.
export function scaled({ rotaryDim, base, length = null }, scaling) {
  const { method, ...given } = scaling ?? { method: "none" };
  if (!Object.hasOwn(METHODS, method) || METHODS[method].some((name) => given[name] === undefined)) return null;
  const shrinks = given.factor < 1 && !["none", "longrope"].includes(method) && !(method === "dynamic" && given.alpha);
  if (shrinks || base < 1 || (method === "dynamic" && rotaryDim <= 2)) return null;
  if (method === "llama3" && given.high_freq_factor < given.low_freq_factor) return null;
  if (method === "longrope" && [given.short_factor, given.long_factor].some((list) => list.length !== rotaryDim / 2 || !list.every((each) => each > 0))) return null;
  const plain = frequencies({ rotaryDim, base });
  const speeds = SCALED[method](plain, given, { rotaryDim, base, length });
  const attentionFactor = given.attention_factor || (ATTENTION[method]?.(given) ?? 1);
  return speeds.length && [...speeds, attentionFactor].every(Number.isFinite) ? { frequencies: speeds, attentionFactor } : null;
}
