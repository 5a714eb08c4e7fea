// The JavaScript twin of config.py: what a config.json says, each value with the key that it came from. A test holds
// both to the same answers.

const differs = (one, other) => JSON.stringify(one) !== JSON.stringify(other);
export const assumed = (fact) => fact.value ?? fact.default;

// { facts, family, rotations, parameters } of a parsed config.json. Throws ConfigError for a value that cannot be what its key says.
export function readConfig(config, keys) {
  checkShape(config, keys);
  const family = familyOf(config, keys), facts = {}, reading = { facts, family, keys };
  for (const name of Object.keys(keys.facts)) facts[name] = factOf(config, name, reading);
  const parts = keys.other_parts.filter((path) => !isEmpty(at(config, path)));
  facts.part = parts.length ? made("text", parts.join(", "), { note: keys.words.configNotes.part }) : NOTHING;
  for (const [name, rule] of Object.entries(RULES)) facts[name] = derived(name, rule, reading);
  return { facts, family, rotations: rotations(facts, family), parameters: orError(() => parameters(reading)) };
}

// What is known of a file's family, {} if nothing is: the first of its model_types counts.
function familyOf(config, keys) {
  const type = find(config, "model_type", keys)[0]?.[1];
  const family = Object.hasOwn(keys.families, type) ? keys.families[type] : {};
  return family.like ? keys.families[family.like] : family;
}

const isEmpty = (value) => isAbsent(value) || value === "" || value === false || (isObject(value) && !Object.keys(value).length);

function factOf(config, name, { family, keys }) {
  const spec = keys.facts[name], { configNotes } = keys.words;
  let finds;
  try {
    finds = find(config, name, keys);
  } catch (problem) {
    if (!spec.optional || !(problem instanceof ConfigError)) throw problem;
    return { ...NOTHING, note: told(configNotes.unread, { key: problem.path }) };
  }
  const [first, ...rest] = finds;
  if (first) {
    const others = spec.compare === false ? [] : rest.filter(([, value]) => differs(value, first[1]));
    return made(first[1], first[0], { others });
  }
  const usual = family[name] ?? null;
  return { ...byCode(usual, usual === null ? "" : family.code), note: spec.note ? configNotes[name] : "" };
}

// Apply a rule to what the file says; only where that gives nothing, to what its code would take.
function derived(name, rule, reading) {
  const { facts, family: { code = "", why = {} } } = reading, source = why[name] ?? "";
  const inFile = rule(reading, (fact) => facts[fact]), [first, ...rest] = inFile.filter(({ value }) => value !== null);
  if (first) {
    const differ = rest.filter(({ value }) => differs(value, first.value)).map(({ key, value }) => [key, value]);
    return { ...first, others: [...first.others, ...differ], source };
  }
  const assume = (fact) => (facts[fact].value === null ? made(facts[fact].default, facts[fact].default_from) : facts[fact]);
  const finds = [...inFile, ...rule(reading, assume)], note = finds.find((fact) => fact.note)?.note ?? "";
  const plain = finds.find((fact) => fact.value === null && fact.default !== null);
  if (plain) return { ...plain, source };
  const taken = finds.find(({ value }) => value !== null);
  if (!taken) return { ...NOTHING, note, source };
  return { ...byCode(taken.value, taken.key.includes(code) ? taken.key : `${code}, ${taken.key}`), note, source };
}

// -- how the heads turn, as in rotations.py ---------------------------------------

const NUMBERS = { factor: "scaling_factor", original_max_position_embeddings: "original_context" };
for (const name of ["low_freq_factor", "high_freq_factor", "beta_fast", "beta_slow", "truncate", "attention_factor",
  "mscale", "mscale_all_dim", "short_factor", "long_factor", "alpha"]) NUMBERS[name] = name;

function rotations(facts, family) {
  const [base, dims, all, localBase, local] = ["base", "rotary_dims", "rotary_layers", "local_base", "local_layers"].map((name) => assumed(facts[name]));
  if (assumed(facts.position) !== "rotary" || !base || !dims || dims < 2) return [];
  const one = { layers: all, rotary_dim: dims - (dims % 2), base, scaling: scalingOf(facts) };
  if (!localBase && !(family.sliding_unscaled && one.scaling)) return [one];
  one.layers = all === null || local === null ? null : Math.max(all - local, 0);
  const other = { layers: local, rotary_dim: localDims(facts), base: localBase || base, scaling: null };
  if (family.scaling_is_local) {
    other.scaling = one.scaling && { attention_factor: 1, ...one.scaling };
    one.scaling = null;
  }
  return [one, other];
}

function localDims({ full_head_dim: full, local_fraction: share, head_dim: head, rotary_dims: dims }) {
  const own = assumed(full) || assumed(share) !== null, inHead = assumed(head) && Math.trunc(assumed(head) * (assumed(share) || 1));
  const turned = own ? inHead : assumed(dims);
  return turned && turned - (turned % 2);  // pairs turn
}

// The method by which positions are stretched, and its numbers, or null.
export function scalingOf(facts) {
  const method = assumed(facts.scaling);
  if (method === null || method === "none") return null;
  const said = Object.fromEntries(Object.entries(NUMBERS).map(([name, fact]) => [name, facts[fact].value]));
  const context = assumed(facts.context), trained = said.original_max_position_embeddings;
  if ((METHODS[method] ?? []).includes("original_max_position_embeddings")) {
    said.original_max_position_embeddings = (method === "dynamic" ? context : trained) || context;
  }
  if (["yarn", "longrope"].includes(method) && !said.factor && context && trained) said.factor = context / trained;
  if (method === "proportional") said.head_dim = assumed(facts.full_head_dim) || assumed(facts.head_dim);
  return { method, ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null)) };
}

// What a rotation comes to, as in rotations.py: how many pairs, the tokens that the slowest takes for a turn, how many
// complete one in the context; null where a number is missing.
export function turningOf({ rotary_dim: rotaryDim, base, scaling }, context) {
  const stretched = rotaryDim && base >= 1 ? scaled({ rotaryDim, base, length: context }, scaling) : null;
  if (!stretched) return null;
  const waves = stretched.frequencies.map((frequency) => (2 * Math.PI) / frequency);
  const plain = scaling?.method === "proportional" ? waves : wavelengths({ rotaryDim, base });  // it stretches nothing
  return { pairs: waves.length, full: context ? waves.filter((wave) => context / wave >= 1).length : null,
    slowest: waves.at(-1), plain: plain.at(-1) };
}
