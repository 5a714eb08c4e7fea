// The config explorer: a public model, or the reader's own config.json. This file reads both, by config_reader.js;
// only a folder on the machine of a kernel is read by Python, and its answer has the same form.

const OPTIONAL = ["table_width", "local_base", "full_head_dim", "scaling", "scaling_factor", "original_context"];
const OWN = "own";

const inUnits = (bytes, unit) => (bytes / unit).toLocaleString("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

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

function render({ model, el, book }) {
  const t = words(el);
  const [names, models, sources, formats, main] = ["names", "models", "sources", "formats", "main"].map((trait) => model.get(trait));
  const keys = { ...names, words: t }, labels = t.configLabels;
  let own = null;  // no trait: a trait would carry the reader's file to the kernel and into the notebook
  let newest = 0;  // of files chosen one after the other, the last one counts

  // -- what is read -------------------------------------------------------------
  function save(traits) {
    own = null;
    for (const [trait, value] of Object.entries(traits)) model.set(trait, value);
    model.save_changes();
    paint();
  }

  function readOwn(name, contents) {
    try {
      own = { name, ...readConfig(parseConfig(contents, name, keys), keys) };
    } catch (problem) {
      if (!(problem instanceof ConfigError)) throw problem;
      own = { name, error: problem.message };
    }
    paint();
  }

  async function readFile(file) {
    const turn = ++newest;
    let contents = null;
    try {
      refuseTooBig(file.size, file.name, keys);
      contents = new Uint8Array(await file.arrayBuffer());
    } catch (problem) {  // a folder, or a file that is gone
      own = { name: file.name, error: problem instanceof ConfigError ? problem.message : told(t.configUnread, file) };
    }
    if (turn !== newest) return;
    if (contents) readOwn(file.name, contents);
    else paint();
  }

  function readPasted() {
    newest += 1;
    const text = paste.value;
    // UTF-8 has a byte or more for each: what is too long already needs no encoding.
    readOwn("config.json", text.length > keys.limits.bytes ? { length: text.length } : new TextEncoder().encode(text));
  }

  // What is shown: { name, facts, parameters }, { name, error }, or null while Python reads.
  function shown() {
    if (own) return own;
    const reads = model.get("reads"), answer = model.get("answer");
    if (reads) return answer.reads === reads ? answer : null;
    const { config, parameters: total, parameters_from: from, ...entry } = models.find(({ name }) => name === model.get("model")) ?? models[0];
    return { ...entry, ...readConfig(config, keys), parameters: { value: total, key: from, error: "" } };
  }

  // -- elements -------------------------------------------------------------------
  const button = (text, action) => {
    const element = h("button", { type: "button", className: "book-button" }, text);
    element.addEventListener("click", action);
    return element;
  };
  const ownOption = h("option", { value: OWN, hidden: true }, t.configOwn);
  const choice = h("select", {}, ownOption, models.map(({ name }) => h("option", { value: name }, name)));
  const file = h("input", { type: "file", accept: ".json,application/json" });
  const paste = h("textarea", { rows: 4, spellcheck: false });
  const folder = h("input", { type: "text", spellcheck: false, autocapitalize: "off", autocomplete: "off" });
  const yours = h("fieldset", { className: "config-drop" }, h("legend", {}, t.configYours),
    h("label", {}, h("span", {}, t.configFile), file), h("p", {}, t.configDrop),
    h("details", {}, h("summary", {}, t.configPaste), h("label", {}, h("span", {}, t.configText), paste), button(t.configRead, readPasted)),
    h("p", { className: "config-soft" }, t.configPrivate));
  const askFolder = () => save({ folder: folder.value, reads: model.get("reads") + 1 });
  const onDisk = h("form", { noValidate: true, hidden: Boolean(book) },
    h("label", {}, h("span", {}, t.configFolder), folder), h("button", { type: "submit", className: "book-button" }, t.configReadFolder));

  const waiting = h("p", { hidden: true }, t.configWaiting);
  const problem = h("p", { className: "config-problem", role: "alert" });
  const said = h("div", { role: "status" });
  const [facts, rest, bytes, share, origin] = Array.from({ length: 5 }, () => h("div"));
  const more = h("details", {}, h("summary", {}, t.configRest), rest);
  const result = h("div", {}, h("div", { className: "config-columns" }, bytes, share), facts, more, origin);
  const root = h("section", { className: "explorer config", "aria-label": t.config },
    h("label", { className: "config-choice" }, h("span", {}, t.configModel), choice), yours, onDisk, waiting, problem, said, result);
  el.append(root);

  choice.addEventListener("change", () => { newest += 1; save({ model: choice.value, reads: 0 }); });
  file.addEventListener("change", () => {
    if (file.files[0]) readFile(file.files[0]);
    file.value = "";  // the same file, edited, can be chosen again
  });
  onDisk.addEventListener("submit", (event) => { event.preventDefault(); newest += 1; askFolder(); });
  const over = (is) => (event) => {
    event.preventDefault();
    event.stopPropagation();
    root.dataset.over = is;
  };
  root.addEventListener("dragover", over(true));
  root.addEventListener("dragleave", over(false));
  root.addEventListener("drop", (event) => {
    over(false)(event);
    const files = [...event.dataTransfer.files], dropped = files.find(({ name }) => name === "config.json") ?? files[0];
    if (dropped) return readFile(dropped);
    own = { name: t.configYours, error: t.configNoFile };
    return paint();
  });

  // -- painting ---------------------------------------------------------------------
  const code = (text) => h("code", {}, text);
  const head = (text) => h("p", { className: "config-head" }, text);
  const soft = (...parts) => h("p", { className: "config-soft" }, ...parts);

  // Text around {marks}, of which each is an element: what a file says stays text.
  const around = (text, elements) => text.split(/(\{\w+\})/).map((part) => elements[part.slice(1, -1)] ?? part);

  // What data/models.json says of a model is English on every page.
  const english = (text) => h("span", { lang: "en" }, text);
  const doubtful = (why) => h("p", { className: "config-doubt" }, around(t.configDoubt, { why: english(why) }));

  function cell(name, fact, doubt) {
    const shown = (value) => (name === "position" && Object.hasOwn(t.configPositions, value) ? t.configPositions[value] : written(value));
    const looked = keys.facts[name] && !fact.value ? [...keys.facts[name].keys, ...(keys.facts[name].last_resort ?? [])] : [];
    const here = fact.value !== null;
    return [
      h("p", {}, h(here ? "strong" : "span", {}, here ? shown(fact.value) : t.configAbsent)),
      here ? soft(around(t.configFrom, { key: code(fact.key) })) : "",
      ...fact.others.map(([key, value]) => h("p", { className: "config-doubt" }, around(t.configBut, { key: code(key), value: h("strong", {}, shown(value)) }))),
      !here && fact.default !== null ? soft(told(t.configCode, { value: shown(fact.default), from: fact.default_from })) : "",
      !here && looked.length ? soft(t.configLooked, " ", looked.flatMap((key, i) => [i ? ", " : "", code(key)])) : "",
      fact.note ? soft(told(t.configNote, { note: t.configNotes[name] })) : "",
      doubt ? doubtful(doubt) : "",
    ];
  }

  const factTable = (title, names, now) => h("table", { className: "book-table config-facts", "aria-label": title },
    h("tbody", {}, names.map((name) => h("tr", {}, h("th", { scope: "row" }, labels[name]),
      h("td", {}, cell(name, now.facts[name], now.uncertain?.[name]))))));

  function paintFacts(now) {
    const there = (name) => now.facts[name].value !== null || now.uncertain?.[name];
    const first = main.flatMap((name) => (name === "width" ? [name, ...OPTIONAL.slice(0, 1).filter(there)] : [name]));
    const names = [...first, ...OPTIONAL.slice(1).filter(there)];
    facts.replaceChildren(head(t.configFacts), factTable(t.configFacts, names, now));
    const others = Object.keys(now.facts).filter((name) => !names.includes(name) && there(name));
    rest.replaceChildren(others.length ? factTable(t.configRest, others, now) : "");
    more.hidden = !others.length;
  }

  function paintSizes({ facts: { rows, width, table_width: narrow, tied }, parameters, uncertain = {}, sources: listed }) {
    const dim = narrow.value === null ? width : narrow;
    const [n, d] = [rows, dim].map(assumed);
    const taken = Object.entries({ rows, width: dim }).filter(([, fact]) => fact.value === null).map(([name]) => labels[name]);
    bytes.replaceChildren(head(t.configBytes), ...(n && d ? [
      h("div", { className: "book-scroll", role: "region", tabIndex: 0, "aria-label": t.configBytes }, table([t.configColumns.split("|"), ...byteRows(n, d, formats)])),
      taken.length ? soft(told(t.configTaken, { facts: taken.join(", ") })) : "",
      soft(t.configScales)] : [h("p", {}, t.configUnsized)]));

    const part = tableShare({ rows, width, tied }, parameters.value);
    const percent = part === null ? "" : `${(100 * part).toFixed(1)}%`;
    share.replaceChildren(head(t.configShare), ...(part === null ? [h("p", {}, told(t.configNoShare, { why: parameters.error || t.configNeeds }))] : [
      h("p", {}, h("strong", {}, percent), " ", told(t.configOf, { total: inFull(parameters.value) })),
      h("div", { className: "config-bar", "aria-hidden": "true" }, h("div", { style: `width:${Math.min(100, 100 * part)}%` })),
      h("p", {}, assumed(tied) ? t.configTied : t.configUntied),
      soft(around(t.configCounted, { from: listed ? english(parameters.key) : parameters.key }))]),
    ...(uncertain.parameters ? [doubtful(uncertain.parameters)] : []));
  }

  function paint() {
    const now = shown();
    choice.value = own || model.get("reads") ? OWN : model.get("model");
    ownOption.hidden = choice.value !== OWN;
    waiting.hidden = now !== null;
    problem.textContent = now?.error ? told(t.configProblem, now) : "";
    result.hidden = !now?.facts;
    if (!now?.facts) return said.replaceChildren();
    const disagree = Object.keys(now.facts).filter((name) => now.facts[name].others.length).map((name) => labels[name]);
    const [n, d] = [now.facts.rows, now.facts.width].map(assumed);
    said.replaceChildren(
      h("p", {}, h("strong", {}, now.name), ": ", n && d ? told(t.configSaid, { rows: inFull(n), width: inFull(d) }) : t.configUnsized),
      disagree.length ? h("p", { className: "config-doubt" }, told(t.configDisagree, { facts: disagree.join(", ") })) : "",
      now.uncertain?.all ? doubtful(now.uncertain.all) : "");
    paintFacts(now);
    paintSizes(now);
    origin.replaceChildren(now.sources ? soft(t.configSources, " ", english(now.sources.map((letter) => sources[letter]).join("; ")), ".") : "");
  }

  const stops = [
    follow(model, ["folder"], () => { folder.value = model.get("folder"); }),
    follow(model, ["model", "reads", "answer"], () => { own = null; paint(); }),
  ];
  return () => stops.forEach((stop) => stop());
}

export default { render };
