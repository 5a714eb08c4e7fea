// The JavaScript twin of unusual.py: what is unusual about a model's table and positions, in one sentence.

export function unusual({ facts, rotations: turning, family }, total, { words: { configUnusual } }) {
  const fact = Object.fromEntries(Object.entries(facts).map(([name, each]) => [name, assumed(each)]));
  const share = total ? tableShare(facts, total) ?? 0 : 0, head = fact.full_head_dim || fact.head_dim;
  const bases = turning.map(({ base }) => base), factor = turning.find(({ scaling }) => scaling)?.scaling.factor;
  const all = fact.heads * fact.head_dim, numbers = perLayerNumbers(facts);
  const [name, values] = [
    family.no_table && ["no_table", {}],
    numbers && ["per_layer", { numbers, rows: fact.per_layer_rows, each: fact.per_layer_numbers }],
    fact.position === "none" && ["no_positions", {}],
    fact.layers && fact.rotary_layers !== null && fact.rotary_layers < fact.layers && ["some_layers", { some: fact.rotary_layers, layers: fact.layers }],
    share >= 0.5 && ["mostly_table", { share: `${(100 * share).toFixed(1)}%` }],
    facts.rows.key.includes(" + ") && ["more_rows", { rows: fact.rows, key: facts.rows.key }],
    fact.table_width && fact.width && fact.table_width < fact.width && ["narrow_rows", { narrow: fact.table_width, width: fact.width }],
    new Set(bases).size > 1 && ["two_bases", { one: bases[0], other: bases[1] }],
    factor && ["stretched", { method: fact.scaling, factor }],
    fact.rotary_dims && head && fact.rotary_dims < head && ["partial", { dims: fact.rotary_dims, head }],
    fact.heads && fact.head_dim && fact.width && all > fact.width && !fact.rope_part
      && ["wide_heads", { heads: fact.heads, head: fact.head_dim, all, width: fact.width }],
    [[fact.rows, fact.width, fact.position].includes(null) ? "unknown" : "nothing", {}],
  ].find(Boolean);
  const shown = Object.entries(values).map(([key, value]) => [key, typeof value === "number" ? inFull(value) : value]);
  return told(configUnusual[name], Object.fromEntries(shown));
}
