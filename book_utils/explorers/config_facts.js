// The facts of one model, or of two side by side, as a table and as lines of text. `t` has the words of the page.

// One decimal, and a half to the even one, as the plain form in Python says it.
const tenths = (number) => number.toLocaleString("en", { minimumFractionDigits: 1, maximumFractionDigits: 1, roundingMode: "halfEven" });
const inUnits = (bytes, unit) => tenths(bytes / unit);

// A value as text; of a list, how often each item is there.
export function written(value) {
  if (Array.isArray(value)) {
    const kinds = [...new Set(value)].slice(0, 5);
    return kinds.map((kind) => `${value.filter((item) => item === kind).length} × ${kind}`).join(", ");
  }
  return typeof value === "number" ? inFull(value) : String(value);
}

// Formats of the same size share a row: fp16 and bf16.
export function byteRows(rows, dim, formats) {
  const names = new Map();
  for (const [name, format] of Object.entries(formats)) {
    const size = JSON.stringify(format);
    names.set(size, [...(names.get(size) ?? []), name]);
  }
  return [...names].map(([size, those]) => {
    const bytes = tableBytes(rows, dim, JSON.parse(size));
    return [those.join(", "), inFull(bytes), inUnits(bytes, 1e6), inUnits(bytes, 2 ** 20)];
  });
}

const code = (text) => h("code", {}, text);
const soft = (...parts) => h("p", { className: "config-soft" }, ...parts);

// Text around {marks}, of which each is an element: what a file says stays text.
const around = (text, elements) => text.split(/(\{\w+\})/).map((part) => elements[part.slice(1, -1)] ?? part);

// What the book's data say of a model or of its code is English on every page.
const english = (text) => h("span", { lang: "en" }, text);
const doubtful = (why, t) => h("p", { className: "config-doubt" }, around(t.configDoubt, { why: english(why) }));

function shownValue(name, value, now, t) {
  if (name === "scaling") {
    const { method, ...numbers } = scalingOf(now.facts) ?? {};
    const said = Object.entries(numbers).map(([key, number]) => `${key} ${Array.isArray(number) ? `[${number.length}]` : written(number)}`);
    if (said.length) return told(t.configScaled, { method: value, numbers: said.join(", ") });
    return value === "none" ? t.configPositions.none : value;
  }
  return name === "position" && Object.hasOwn(t.configPositions, value) ? t.configPositions[value] : written(value);
}

// The cell of a fact: its value, the key that it came from, and what is to be said of it; `brief` beside another model.
function factCell(name, now, t, keys, brief) {
  const fact = now.facts[name], doubt = now.uncertain?.[name], here = fact.value !== null;
  const shown = (value) => shownValue(name, value, now, t);
  const looked = keys.facts[name] && !here && !brief ? [...keysOf(name, keys), ...(keys.facts[name].last_resort ?? [])] : [];
  return [
    h("p", {}, h(here ? "strong" : "span", {}, here ? shown(fact.value) : t.configAbsent)),
    here ? soft(around(t.configFrom, { key: code(fact.key) })) : "",
    ...fact.others.map(([key, value]) => h("p", { className: "config-doubt" }, around(t.configBut, { key: code(key), value: h("strong", {}, shown(value)) }))),
    !here && fact.default !== null ? soft(told(t.configCode, { value: shown(fact.default), from: fact.default_from })) : "",
    looked.length ? soft(t.configLooked, " ", looked.slice(0, 8).flatMap((key, i) => [i ? ", " : "", code(key)]), looked.length > 8 ? ", …" : "") : "",
    fact.note ? soft(told(t.configNote, { note: fact.note })) : "",
    fact.source ? soft(around(t.configSource, { source: english(fact.source) })) : "",
    doubt ? doubtful(doubt, t) : "",
    ...(name === "scaling" ? turningLines(now, t).map((line) => soft(line)) : []),
  ];
}

// How slowly the slowest pair turns, and how many pairs complete a turn in the context.
function turningLines({ facts, rotations: all }, t) {
  if (!all.length) return [];
  const context = assumed(facts.context), found = turningOf(all[0], context);
  if (!found) return [told(t.configSlowUnknown, { method: assumed(facts.scaling) })];
  const [slowest, plain] = [found.slowest, found.plain].map((tokens) => inFull(Math.round(tokens)));
  return [told(slowest === plain ? t.configSlow : t.configSlowest, { slowest, plain }),
    ...(context ? [told(t.configTurns, { ...found, context: inFull(context) })] : [])];
}

const same = (name, one, other) => JSON.stringify(assumed(one.facts[name])) === JSON.stringify(assumed(other.facts[name]));

// A row for each fact, a column for each model; what differs is marked with a sign and not with colour alone.
function factTable(title, names, models, t, keys) {
  const [one, other] = models, two = models.length > 1;
  const differs = (name) => two && !same(name, one, other);
  const sign = (name) => (differs(name) ? h("span", { className: "config-differs", role: "img", "aria-label": t.configDiffers }, "≠") : "");
  const head = two ? h("thead", {}, h("tr", {}, h("td", {}), models.map((now) => h("th", { scope: "col" }, now.name)))) : "";
  const row = (name) => h("tr", { className: differs(name) ? "config-unlike" : "" },
    h("th", { scope: "row" }, t.configLabels[name], " ", sign(name)), models.map((now) => h("td", {}, factCell(name, now, t, keys, two))));
  return h("table", { className: "book-table config-facts", "aria-label": title }, head, h("tbody", {}, names.map(row)));
}

// The facts that are always said, and those of `ifThere` where they tell something of one of the models.
function mainFacts(main, ifThere, models) {
  const tells = (name) => models.some(({ facts, uncertain }) => uncertain?.[name]
    || (name === "table_width" ? assumed(facts.table_width) !== assumed(facts.width) : assumed(facts[name]) !== null));
  return main.filter((name) => !ifThere.includes(name) || tells(name));
}

// What a model's tables take, as lines of plain text.
function sizeLines({ facts }, formats, t) {
  const [rows, width, each, layered] = [facts.rows, facts.table_width, facts.per_layer_numbers, facts.per_layer_rows].map(assumed);
  const mebibytes = (n, d, format) => inUnits(tableBytes(n, d, format), 2 ** 20);
  const sizes = rows && width ? Object.entries(formats).map(([name, format]) => `${name} ${mebibytes(rows, width, format)} MiB`) : [];
  return [...(sizes.length ? [told(t.configPlainTable, { sizes: sizes.join(", ") })] : []),
    ...(each && layered ? [told(t.configPerLayer, { size: mebibytes(layered, each, formats.fp16), rows: inFull(layered), each: inFull(each) })] : [])];
}

// The facts of a model as lines of plain text, to copy.
export function cardLines(now, main, t, formats) {
  const line = (name) => {
    const fact = now.facts[name], shown = (value) => shownValue(name, value, now, t);
    const taken = fact.default === null ? "" : ` (${told(t.configBy, { code: fact.default_from, value: shown(fact.default) })})`;
    const others = fact.others.map(([key, value]) => told(t.configBut, { key, value: shown(value) }));
    const said = fact.value === null ? t.configAbsent + taken : `${shown(fact.value)} (${[fact.key, ...others].join(", ")})`;
    return `${t.configLabels[name]}: ${said}`;
  };
  const part = tableShare(now.facts, now.parameters.value);
  const percent = part === null ? told(t.configPlainUnknown, { why: now.parameters.error || t.configNeeds }) : `${tenths(100 * part)}%`;
  const doubts = Object.entries(now.uncertain ?? {}).map(([name, why]) => told(t.configPlainDoubt, { why: name === "all" ? why : `${name}: ${why}` }));
  return [now.name, now.unusual, ...main.map(line), ...turningLines(now, t), ...doubts, ...sizeLines(now, formats, t),
    told(t.configPlainShare, { share: percent }), ...(now.facts.part.value ? [told(t.configTextPart, { parts: now.facts.part.key })] : [])];
}
