// The JavaScript twin of model_config.py, parameters.py and memory.py: what a config.json says, each value with the
// key that it came from. `keys` is data/config_keys.json, the one list of names, and in `keys.words` the words of the
// page's language. A test holds both to the same answers.

export class ConfigError extends Error {}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isAbsent = (value) => value === null || (Array.isArray(value) && value.length === 0);
const told = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const inFull = (number) => number.toLocaleString("en", { maximumFractionDigits: 20 });

// A value from a file in few words; a list or an object is named only, for it may be nested too deep to be written.
function briefly(value, { configKinds }) {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? configKinds.list : configKinds.object;
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

// -- files from strangers -----------------------------------------------------

// Looked at before a file is read at all.
export function refuseTooBig(size, name, { limits, words }) {
  if (size <= limits.bytes) return;
  throw new ConfigError(told(words.configErrors.size, { name, limit: inFull(limits.bytes), size: inFull(size) }));
}

export function parseConfig(bytes, name, keys) {
  refuseTooBig(bytes.length, name, keys);
  const { words } = keys;
  let text, parsed;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    parsed = JSON.parse(text);
  } catch (problem) {
    throw new ConfigError(told(words.configErrors.json, { name, problem: problem.message.slice(0, 100) }));
  }
  if (keyStandsTwice(text)) throw new ConfigError(told(words.configErrors.twice, { name }));
  if (!isObject(parsed)) throw new ConfigError(told(words.configErrors.object, { name, value: briefly(parsed, words) }));
  return parsed;
}

// JSON.parse takes the last of two equal keys without a word. The text is good JSON by now.
function keyStandsTwice(text) {
  const open = [];
  let last = "";
  for (let i = 0; i < text.length; i++) {
    const sign = text[i];
    if (sign === "{") open.push(new Set());
    else if (sign === "}") open.pop();
    else if (sign === '"') {
      const start = i++;
      while (text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
      last = text.slice(start, i + 1);
    } else if (sign === ":") {
      const key = JSON.parse(last), seen = open.at(-1);
      if (seen.has(key)) return true;
      seen.add(key);
    }
  }
  return false;
}

function checkShape(config, { limits: { depth }, words }) {
  if (!isObject(config)) throw new ConfigError(told(words.configErrors.config, { value: briefly(config, words) }));
  let level = [config];
  for (let i = 0; i < depth; i++) {
    level = level.flatMap((item) => Object.values(item)).filter((inner) => typeof inner === "object" && inner !== null);
  }
  if (level.length) throw new ConfigError(told(words.configErrors.depth, { depth }));
}

// -- looking up a fact ----------------------------------------------------------

// Every [key, value] that the file has for a fact, the one that counts first.
function find(config, name, keys) {
  const spec = keys.facts[name];
  for (const group of ["keys", "last_resort"]) {
    const paths = keys.nesting.flatMap((prefix) => (spec[group] ?? []).map((key) => prefix + key));
    const there = paths.map((path) => [path, walk(config, path)]).filter(([, value]) => !isAbsent(value));
    if (there.length) return there.map(([path, value]) => [path, checked(value, spec.is, path, keys)]);
  }
  return [];
}

const walk = (config, path) => path.split(".").reduce((at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : null), config);

function checked(value, kind, path, { limits, words }) {
  const number = typeof value === "number" && value >= 0 && value <= limits.size;
  const whole = number && Number.isInteger(value);
  const items = Array.isArray(value) && value.length <= limits.list ? value : [null];
  const good = {
    size: whole && value >= 1,
    count: whole,
    number: number && value > 0,
    share: number && value > 0 && value <= 1,
    flag: typeof value === "boolean",
    word: typeof value === "string" && value !== "" && [...value].length <= limits.word,
    words: items.every((item) => typeof item === "string"),
    flags: items.every((item) => [0, 1, false, true].includes(item)),
  }[kind];
  if (!good) {
    const wanted = told(words.configKinds[kind], { largest: inFull(limits.size), longest: inFull(limits.list) });
    throw new ConfigError(told(words.configErrors.value, { path, wanted, value: briefly(value, words) }));
  }
  return kind === "flags" ? value.map(Number) : value;
}

// -- facts ------------------------------------------------------------------------

const NOTHING = { value: null, key: "", default: null, default_from: "", others: [], note: "" };
const differs = (one, other) => JSON.stringify(one) !== JSON.stringify(other);
export const assumed = (fact) => fact.value ?? fact.default;

// { facts, parameters } of a parsed config.json. Throws ConfigError for a value that cannot be what its key says.
export function readConfig(config, keys) {
  checkShape(config, keys);
  const type = find(config, "model_type", keys)[0]?.[1];
  const family = Object.hasOwn(keys.families, type) ? keys.families[type] : {};
  const facts = {};
  for (const [name, spec] of Object.entries(keys.facts)) {
    const [first, ...rest] = find(config, name, keys);
    const other = spec.compare === false ? [] : rest.filter(([, value]) => first && differs(value, first[1]));
    const byCode = family[name] ?? null;
    facts[name] = first ? { ...NOTHING, value: first[1], key: first[0], others: other }
      : { ...NOTHING, default: byCode, default_from: byCode === null ? "" : family.code, note: spec.note ?? "" };
  }
  for (const [name, rule] of Object.entries(RULES)) facts[name] = derived(rule, { facts, family, keys });
  return { facts, parameters: orError(() => parameters({ facts, family, keys })) };
}

// Apply a rule to what the file says; only where that gives nothing, to what its code would take.
function derived(rule, reading) {
  const { facts, family: { code = "" } } = reading;
  const [first, ...rest] = rule(reading, (name) => facts[name]);
  if (first) {
    const differ = rest.filter(({ value }) => differs(value, first.value)).map(({ key, value }) => [key, value]);
    return { ...first, others: [...first.others, ...differ] };
  }
  const [taken] = rule(reading, (name) => (facts[name].value === null ? made(facts[name].default, facts[name].default_from) : facts[name]));
  if (!taken) return NOTHING;
  return { ...NOTHING, default: taken.value, default_from: taken.key.includes(code) ? taken.key : `${code}, ${taken.key}` };
}

const made = (value, key) => ({ ...NOTHING, value, key });

// Each rule lists what it can make of the facts, best first, as in model_config.py.
const RULES = {
  head_dim({ family }, fact) {
    const [rope, nope, head, width, heads] = ["rope_part", "nope_part", "head_dim", "width", "heads"].map(fact);
    const finds = rope.value && nope.value ? [made(nope.value + rope.value, `${nope.key} + ${rope.key}`)] : [];
    if (head.value) finds.push(head);
    const even = !("head_dim" in family) && width.value && heads.value && width.value % heads.value === 0;
    return finds.length || !even ? finds : [made(width.value / heads.value, `${width.key} / ${heads.key}`)];
  },
  position({ facts, keys }, fact) {
    const [word, alibi, buckets] = ["position", "alibi", "buckets"].map(fact);
    const known = Object.hasOwn(keys.position_words, word.value) ? keys.position_words[word.value] : word.value;
    const sign = keys.rotary_signs.map((name) => facts[name]).find(({ value }) => value !== null);
    return [word.value && made(known, word.key), alibi.value && made("ALiBi", alibi.key),
      sign && made("rotary", sign.key), buckets.value && made("relative", buckets.key)].filter(Boolean);
  },
  rotary_dims({ facts, keys }, fact) {
    const finds = ["rope_part", "rotary_dim"].map(fact).filter(({ value }) => value);
    const share = fact("fraction"), head = fact("full_head_dim").value ? fact("full_head_dim") : fact("head_dim");
    const part = share.value && head.value && !facts.rope_part.value;
    return part ? [...finds, made(Math.trunc(head.value * share.value), told(keys.words.configKeys.share, { share: share.key, whole: head.key }))] : finds;
  },
  rotary_layers({ family, keys }, fact) {
    const [listed, kinds, layers] = ["rope_on_layers", "layer_types", "layers"].map(fact);
    const [interval, skip] = ["full_attention_interval", "no_rope_interval"].map(fact);
    if (fact("position").value !== "rotary" || !(layers.value || kinds.value || listed.value)) return [];
    if (listed.value) return [made(listed.value.reduce((sum, one) => sum + one, 0), listed.key)];
    const turning = family.layers_with_rope ?? keys.layers_with_rope;
    const known = [...keys.layers_with_rope, ...keys.layers_without_rope];
    const finds = [];
    if (kinds.value?.every((kind) => known.includes(kind))) {
      finds.push(made(kinds.value.filter((kind) => turning.includes(kind)).length, kinds.key));
    }
    if (layers.value && interval.value) finds.push(made(Math.floor(layers.value / interval.value), `${layers.key} / ${interval.key}`));
    const { less, all: allOf } = keys.words.configKeys;
    if (layers.value && skip.value) {
      finds.push(made(layers.value - Math.floor(layers.value / skip.value), told(less, { layers: layers.key, skip: skip.key })));
    }
    const mixed = kinds.value || ["layers_with_rope", "full_attention_interval", "no_rope_interval"].some((name) => name in family);
    const all = !finds.length && layers.value && "code" in family && !mixed;
    return all ? [made(layers.value, told(allOf, { layers: layers.key }))] : finds;
  },
};

// -- counting ---------------------------------------------------------------------

// How many numbers the model has, by its family's shapes; the key says what had to be assumed.
function parameters({ facts, family, keys }) {
  const { words } = keys;
  if (!family.shapes) {
    const known = Object.keys(keys.families).filter((name) => keys.families[name].shapes).join(", ");
    throw new ConfigError(told(words.configErrors.shapes, { known, type: facts.model_type.value ?? words.configAbsent }));
  }
  const shape = { ...keys.plain_shapes, ...family.shapes }, used = {};
  const size = (name) => {
    used[name] = facts[name];
    if (assumed(facts[name]) === null) throw new ConfigError(told(words.configErrors.needs, { name }));
    return Number(assumed(facts[name]));
  };
  const [rows, width, layers, heads, headDim] = ["rows", "width", "layers", "heads", "head_dim"].map(size);
  const kvHeads = assumed(facts.kv_heads) ? size("kv_heads") : heads;
  const inner = shape.inner_per_width && facts.inner.value === null ? shape.inner_per_width * width : size("inner");
  const queries = heads * headDim, pairs = kvHeads * headDim, norm = shape.norm_vectors * width;

  let attention = 2 * width * queries + 2 * width * pairs + 2 * shape.qk_norms * headDim;
  if (shape.qkv_bias || facts.attention_bias.value) attention += queries + 2 * pairs;
  if (shape.out_bias || facts.attention_bias.value) attention += width;
  let mlp = shape.mlp_matrices * width * inner;
  if (shape.mlp_bias || facts.mlp_bias.value) mlp += (shape.mlp_matrices - 1) * inner + width;
  const block = attention + mlp + shape.block_norms * norm;

  let tables = rows * width + (shape.positions ? size("context") * width : 0);
  if ("types" in family) tables += size("types") * width;
  const head = shape.head * (size("tied") ? 0 : rows * width) + shape.head_bias * rows;
  const total = tables + layers * block + shape.outer_norms * norm + head + shape.pooler * (width + 1) * width;
  const taken = Object.entries(used).filter(([, fact]) => fact.value === null).map(([name, fact]) => `${name} ${fact.default}`);
  const shapes = told(words.configKeys.shapes, { code: family.code });
  return { value: total, key: taken.length ? told(words.configKeys.taken, { shapes, facts: taken.join(", ") }) : shapes };
}

function orError(count) {
  try {
    return { ...count(), error: "" };
  } catch (problem) {
    if (problem instanceof ConfigError) return { value: null, key: "", error: problem.message };
    throw problem;
  }
}

// How much of a model its token tables are, 0 to 1; null where the file does not say enough.
export function tableShare({ rows, width, tied }, total) {
  const sizes = [rows, width, tied].map(assumed);
  return total === null || sizes.includes(null) ? null : (sizes[0] * sizes[1] * (sizes[2] ? 1 : 2)) / total;
}

// The bytes of a table. A format is [bits a number], then the bits of a scale and how many numbers share one.
export function tableBytes(rows, dim, [bits, scaleBits = 0, group = null]) {
  const scales = scaleBits * (group === null ? 1 : Math.ceil(dim / group));
  return rows * Math.ceil((dim * bits + scales) / 8);
}
