// The JavaScript twin of parameters.py and of memory.py's table_bytes: how many numbers a model has, and its tables'
// share and bytes.

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
  if (shape.out_bias ?? facts.attention_bias.value) attention += width;
  let mlp = shape.mlp_matrices * width * inner;
  if (shape.mlp_bias || facts.mlp_bias.value) mlp += (shape.mlp_matrices - 1) * inner + width;
  const block = attention + mlp + shape.block_norms * norm;

  let tables = rows * width + (shape.positions ? size("context") * width : 0);
  if ("types" in family) tables += size("types") * width;
  const output = shape.head && assumed(facts.output_table);
  const head = (output ? rows * width : 0) + shape.head_bias * rows;
  if (shape.head) used.tied = facts.tied;
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

// How many numbers are in the tables of which a token has a row for every layer; 0 without such tables.
export const perLayerNumbers = ({ per_layer_rows: rows, per_layer_numbers: each }) => (assumed(rows) ?? 0) * (assumed(each) ?? 0);

// How many numbers are in all token tables: input, output (if it has its own), and those by layer; null if not said.
export function tableNumbers(facts) {
  const [rows, width, output] = [facts.rows, facts.table_width, facts.output_table].map(assumed);
  return [rows, width, output].includes(null) ? null : rows * width * (output ? 2 : 1) + perLayerNumbers(facts);
}

// How much of a model its token tables are, 0 to 1; null where the file does not say enough, or one number is wrong.
export function tableShare(facts, total) {
  const tables = tableNumbers(facts);
  return total === null || tables === null || tables > total ? null : tables / total;
}

// The bytes of a table. A format is [bits a number], then the bits of a scale and how many numbers share one.
export function tableBytes(rows, dim, [bits, scaleBits = 0, group = null]) {
  const scales = scaleBits * (group === null ? 1 : Math.ceil(dim / group));
  return rows * Math.ceil((dim * bits + scales) / 8);
}
