// The JavaScript twin of config_rules.py and rotary_rules.py: what follows from the keys of a config.json.
// Each rule lists what it can make of the facts, the best first. `fact` asks for one: as the file has it, or as its
// family's code takes it. A find without a value is a note: why it is not known.

const NOTHING = { value: null, key: "", default: null, default_from: "", others: [], note: "", source: "" };
const made = (value, key, more = {}) => ({ ...NOTHING, value, key, ...more });
const noted = (name, values, { words }) => [{ ...NOTHING, note: told(words.configNotes[name], values) }];
const byCode = (value, code) => ({ ...NOTHING, default: value, default_from: code });
const sumOf = (numbers) => numbers.reduce((sum, number) => sum + Number(number), 0);

// Whether `embedding_size` is a padded number of rows, as in the OLMo kin, and not the width of a row.
const countsRows = (family, narrow, rows) => (family.embedding_is_rows ?? !("code" in family)) && narrow.value && narrow.value >= rows.value;

const RULES = {
  rows({ family, keys }, fact) {
    const [given, padded, narrow, multiple, added] = ["rows", "padded_rows", "table_width", "row_multiple", "added_rows"].map(fact);
    const extra = family.extra_rows ?? 0;
    if (family.no_table) return given.value ? noted("no_table", { key: given.key }, keys) : [];
    if (padded.value) return [padded];
    if (!given.value) return [];
    const rows = countsRows(family, narrow, given) ? narrow : given;
    if (added.value || extra) return [made(rows.value + (added.value || extra), `${rows.key} + ${added.value ? added.key : extra}`)];
    if (!multiple.value || rows.value % multiple.value === 0) return [rows];
    const key = told(keys.words.configKeys.padded, { rows: rows.key, multiple: multiple.key });
    return [made(Math.ceil(rows.value / multiple.value) * multiple.value, key)];
  },
  table_width({ facts }, fact) {
    const narrow = fact("table_width"), width = fact("width");
    return [narrow.value && !facts.rows.key.includes(narrow.key) ? narrow : made(width.value, width.key)];
  },
  context({ family }, fact) {
    const context = fact("context"), offset = family.context_offset ?? 0;
    if (!offset || !context.value || context.value <= offset) return [context];
    return [made(context.value - offset, `${context.key} - ${offset}`, { others: context.others })];
  },
  base({ family, facts }, fact) {
    const ratio = fact("base_ratio");
    if (!ratio.value || !family.base || facts.base.value !== null) return [fact("base")];
    return [made(family.base * ratio.value, `${family.code}: ${inFull(family.base)} x ${ratio.key}`)];
  },
  head_dim({ family }, fact) {
    const [rope, nope, head, width, heads] = ["rope_part", "nope_part", "head_dim", "width", "heads"].map(fact);
    const factor = family.head_factor ?? 1;
    if (rope.value && nope.value) return [made(nope.value + rope.value, `${nope.key} + ${rope.key}`)];
    const finds = head.value && factor === 1 ? [head] : [];
    const even = !("head_dim" in family) && width.value && heads.value && (factor * width.value) % heads.value === 0;
    if (finds.length || !even) return finds;
    return [made((factor * width.value) / heads.value, `${factor > 1 ? `${factor} x ` : ""}${width.key} / ${heads.key}`)];
  },
  position({ facts, family, keys }, fact) {
    const said = schemes(facts, family, keys).map(([name, scheme]) => made(scheme, facts[name].key));
    if (said.length) return said;
    const usual = family.position ?? null, known = "code" in family;
    const denied = [["alibi", "ALiBi"], ["uses_rope", "rotary"]].some(([name, scheme]) => facts[name].value === false && usual === scheme);
    const signs = keys.rotary_signs.map((name) => facts[name]).filter(({ value }) => value);
    if (denied || !usual) {
      const against = signs[0]?.key ?? "";
      return known || against ? noted(known ? "no_scheme" : "no_family", { keys: against }, keys) : [];
    }
    const bear = keys.bucket_schemes.includes(usual) ? [fact("buckets")] : usual === "rotary" ? signs : [];
    const sign = bear.find(({ value }) => value);
    return [sign ? made(usual, sign.key) : byCode(usual, family.code)];
  },
  scaling({ family, keys }, fact) {
    if (fact("position").value !== "rotary") return [];
    const named = fact("scaling"), words = { ...keys.scaling_words, ...family.scaling_words };
    const meant = (word) => (Object.hasOwn(words, word) ? words[word] : null);
    if (!named.value) return "code" in family ? [byCode(family.scaling ?? "none", family.code)] : [];
    const others = named.others.filter(([, word]) => meant(word) !== meant(named.value));
    const note = meant(named.value) ? "" : keys.words.configNotes.unknown_scaling;
    return [made(meant(named.value) ?? named.value, named.key, { others, note })];
  },
  rotary_dims({ facts, keys }, fact) {
    if (fact("position").value !== "rotary") return [];
    const finds = ["rope_part", "rotary_dim"].map(fact).filter(({ value }) => value);
    const share = fact("fraction"), head = fact("full_head_dim").value ? fact("full_head_dim") : fact("head_dim");
    if (facts.rope_part.value === 0 && head.value) return [head];
    if (!share.value || !head.value || facts.rope_part.value) return finds;
    const key = share.key === head.key ? head.key : told(keys.words.configKeys.share, { share: share.key, whole: head.key });
    return [...finds, made(Math.trunc(head.value * share.value), key)];
  },
  rotary_layers({ facts, family, keys }, fact) {
    const layers = fact("layers"), kinds = fact("layer_types"), pattern = fact("block_pattern"), words = keys.words.configKeys;
    if (fact("position").value !== "rotary") return [];
    const listed = ["rope_on_layers", "full_on_layers", "attention_layers"].map((name) => [name, fact(name)]).find(([, { value }]) => value);
    if (listed) return [made(listed[0] === "attention_layers" ? listed[1].value.length : sumOf(listed[1].value), listed[1].key)];
    const all = () => made(layers.value, told(words.all, { layers: layers.key }));
    if (family.window_decides && facts.no_window.value && layers.value) return [all()];
    const turns = (kind) => (family.layers_with_rope ?? keys.layers_with_rope).includes(kind);
    const finds = [], known = [...keys.layers_with_rope, ...keys.layers_without_rope];
    const unknown = [...new Set(kinds.value ?? [])].filter((kind) => !known.includes(kind));
    if (kinds.value && !unknown.length) finds.push(made(kinds.value.filter(turns).length, kinds.key));
    if (pattern.value && layers.value) {
      const turning = pattern.value.map((kind) => keys.layers_with_rope.includes(kind)), rest = layers.value % turning.length;
      return [made(((layers.value - rest) / turning.length) * sumOf(turning) + sumOf(turning.slice(0, rest)), pattern.key)];
    }
    if (layers.value) finds.push(...counted(family, fact, layers, words));
    if (!finds.length && unknown.length) return noted("unknown_layers", { kinds: unknown.sort(byPoint).join(", ") }, keys);
    const mixed = kinds.value || ["layers_with_rope", "full_attention_interval", "no_rope_interval"].some((name) => name in family);
    return !finds.length && layers.value && "code" in family && !mixed ? [all()] : finds;
  },
  local_layers({ family, keys }, fact) {
    const [listed, kinds, ratios, layers, every] = ["local_layers", "layer_types", "compress_ratios", "layers", "sliding_pattern"].map(fact);
    if (!fact("local_base").value && !family.sliding_unscaled) return [];
    if (listed.value) return [made(sumOf(listed.value), listed.key)];
    if (ratios.value) return [made(ratios.value.filter((ratio) => ratio > 0).length, ratios.key)];
    if (kinds.value) return [made(kinds.value.filter((kind) => kind !== "full_attention").length, kinds.key)];
    return every.value && layers.value ? [lessOneIn(layers, every, keys.words.configKeys)] : [];
  },
  per_layer_numbers(_, fact) {
    const layers = fact("layers"), width = fact("per_layer_width");
    return layers.value && width.value ? [made(layers.value * width.value, `${layers.key} x ${width.key}`)] : [];
  },
  output_table({ facts, family, keys }, fact) {
    const tied = fact("tied"), [[is, becomes]] = Object.entries(keys.base_class);
    const base = (family.code ?? "?").replace(is, becomes);
    const bare = (facts.architectures.value ?? []).find((name) => name === base || keys.headless.some((end) => name.endsWith(end)));
    if (bare !== undefined) return [made(false, `${facts.architectures.key}: ${bare}`)];
    return tied.key ? [made(!tied.value, tied.key)] : [];
  },
};

// [fact, scheme] of each key that says outright how places are told apart.
function schemes(facts, family, { position_words: words }) {
  const named = facts.position.value && !(family.ignores ?? []).includes("position") ? facts.position.value : null;
  return [
    facts.no_positions.value && ["no_positions", "none"],
    facts.rope_part.value === 0 && facts.nope_part.value && ["rope_part", "none"],
    named && ["position", Object.hasOwn(words, named) ? words[named] : named],
    facts.alibi.value && ["alibi", "ALiBi"],
    facts.uses_rope.value && ["uses_rope", "rotary"],
    facts.position_added.value === false && ["position_added", "relative"],
  ].filter(Boolean);
}

// The layers that turn, from "every n-th does" or "every n-th does not".
function counted(family, fact, layers, words) {
  const [interval, crossing, none, sliding] = ["full_attention_interval", "cross_layers", "no_rope_interval", "sliding_pattern"].map(fact);
  const skip = "layers_with_rope" in family && !none.value ? sliding : none;
  return [
    interval.value && made(Math.floor(layers.value / interval.value), `${layers.key} / ${interval.key}`),
    skip.value && lessOneIn(layers, skip, words),
    crossing.value && made(layers.value - crossing.value.length, `${layers.key} - ${crossing.key}`),
  ].filter(Boolean);
}

const lessOneIn = (layers, skip, { less }) =>
  made(layers.value - Math.floor(layers.value / skip.value), told(less, { layers: layers.key, skip: skip.key }));

// As Python sorts: by code points, and not by the halves of those that JavaScript cuts in two.
const byPoint = (one, other) => {
  const [a, b] = [[...one], [...other]], i = a.findIndex((sign, at) => sign !== b[at]);
  return i < 0 ? a.length - b.length : a[i].codePointAt(0) - (b[i]?.codePointAt(0) ?? -1);
};
