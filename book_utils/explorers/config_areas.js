// How much of a model is tables, as areas to scale, and the bytes of its table.

// [part, numbers] of each table of a model and of the rest; empty where the table's size is not known.
export function partsOf({ facts, parameters: { value: total } }) {
  const [rows, width, output] = [facts.rows, facts.table_width, facts.output_table].map(assumed);
  if (!rows || !width) return [];
  const layered = perLayerNumbers(facts), table = rows * width;
  const tables = [["input", table], ["output", output ? table : 0], ["per_layer", layered]];
  const rest = total === null || tableShare(facts, total) === null ? 0 : total - tableNumbers(facts);
  return [...tables, ["rest", rest]].filter(([, numbers]) => numbers > 0);
}

const sumOfParts = (parts) => parts.reduce((sum, [, numbers]) => sum + numbers, 0);

// One square a model, the largest as wide as the space allows; each part is a band of it.
export function areas(models, t) {
  const all = models.map(partsOf), largest = Math.max(...all.map(sumOfParts));
  const square = (now, parts) => {
    const total = sumOfParts(parts), side = Math.sqrt(total / largest);
    const said = parts.map(([part, numbers]) => `${t.configParts[part]} ${inFull(numbers)} (${tenths((100 * numbers) / total)}%)`);
    return h("figure", {},
      h("div", { className: "config-area", role: "img", "aria-label": `${now.name}: ${said.join(", ")}`, style: `--side:${side}` },
        parts.map(([part, numbers]) => h("div", { className: `config-part-${part}`, style: `flex:${numbers} 0 0` }))),
      h("figcaption", {}, models.length > 1 ? h("strong", {}, now.name) : "",
        h("ul", {}, parts.map(([part], i) => h("li", {}, h("span", { className: `config-key config-part-${part}`, "aria-hidden": "true" }), said[i])))));
  };
  const known = models.filter((_, i) => all[i].length);
  if (!known.length) return [h("p", {}, t.configUnsized)];
  return [h("div", { className: "config-areas" }, models.map((now, i) => (all[i].length ? square(now, all[i]) : h("p", {}, now.name, ": ", t.configUnsized)))),
    soft(t.configAreasNote),
    ...models.filter(({ parameters }) => parameters.value === null).map((now) => soft(now.name, ": ", t.configAreasUnknown))];
}

// The bytes of a table in each format, and of the tables by layer.
function bytesOf(now, formats, t) {
  const { rows, table_width: width } = now.facts, [n, d] = [rows, width].map(assumed);
  if (!n || !d) return [h("p", {}, t.configUnsized)];
  const taken = Object.entries({ rows, width }).filter(([, fact]) => fact.value === null).map(([name]) => t.configLabels[name]);
  const each = assumed(now.facts.per_layer_numbers), layered = assumed(now.facts.per_layer_rows);
  const size = each && layered ? inUnits(tableBytes(layered, each, formats.fp16), 2 ** 20) : "";
  return [
    h("div", { className: "book-scroll", role: "region", tabIndex: 0, "aria-label": `${t.configBytes}: ${now.name}` }, table([t.configColumns.split("|"), ...byteRows(n, d, formats)])),
    size ? h("p", {}, told(t.configPerLayer, { size, rows: inFull(layered), each: inFull(each) })) : "",
    taken.length ? soft(told(t.configTaken, { facts: taken.join(", ") })) : "",
  ];
}

// The share of a model that its tables are, and what it was counted from.
function shareOf(now, t) {
  const { facts, parameters: counted, sources, uncertain = {} } = now, part = tableShare(facts, counted.value);
  const from = sources ? english(counted.key) : counted.key;
  const share = part === null ? [h("p", {}, told(t.configNoShare, { why: counted.error || t.configNeeds }))] : [
    h("p", {}, h("strong", {}, `${tenths(100 * part)}%`), " ", told(t.configOf, { total: inFull(counted.value) })),
    h("p", {}, assumed(facts.output_table) ? t.configUntied : t.configTied),
    soft(around(t.configCounted, { from }))];
  const whole = facts.part.value ? soft(told(t.configTextPart, { parts: facts.part.key })) : "";
  return [...share, whole, uncertain.parameters ? doubtful(uncertain.parameters, t) : ""];
}
