// The config explorer: a public model, or the reader's own config.json, alone or beside another model. The page reads
// both by models/config.js; only a folder on the machine of a kernel is read by Python, and its answer has the same form.

const OWN = "own";
const titled = (title) => h("p", { className: "config-head" }, title);

// What is read with what follows from it: { name, facts, family, rotations, parameters, unusual }.
function withMore(name, now, total, keys, entry = {}) {
  return { name, ...entry, ...now, parameters: total, unusual: unusual(now, total.value, keys) };
}

// A listed model as it is shown; its parameters are those of the list.
function listedModel(name, models, keys) {
  const { config, parameters: value, parameters_from: key, ...entry } = models.find((each) => each.name === name) ?? models[0];
  return withMore(entry.name, readConfig(config, keys), { value, key, error: "" }, keys, entry);
}

// A file of the reader's, or why it was not read.
function ownModel(name, contents, keys) {
  try {
    const now = readConfig(parseConfig(contents, name, keys), keys);
    return withMore(name, now, now.parameters, keys);
  } catch (problem) {
    if (!(problem instanceof ConfigError)) throw problem;
    return { name, error: problem.message };
  }
}

function headline(now, t) {
  const { facts, name } = now, [n, d] = [facts.rows, facts.table_width].map(assumed);
  const disagree = Object.keys(facts).filter((fact) => facts[fact].others.length).map((fact) => t.configLabels[fact]);
  return [h("p", {}, h("strong", {}, name), ": ", n && d ? told(t.configSaid, { rows: inFull(n), width: inFull(d) }) : t.configUnsized),
    h("p", { className: "config-unusual" }, now.unusual),
    disagree.length ? h("p", { className: "config-doubt" }, told(t.configDisagree, { facts: disagree.join(", ") })) : "",
    now.uncertain?.all ? doubtful(now.uncertain.all, t) : ""];
}

// The facts as text, under a button that copies them.
function cardOf(t) {
  const text = h("pre", { className: "config-card", tabIndex: 0, "aria-label": t.configCard, role: "region" });
  const folded = h("details", {}, h("summary", {}, t.configCard), text), copied = h("span", { "aria-live": "polite" });
  const copy = async () => {
    folded.open = true;
    try {
      await navigator.clipboard.writeText(text.textContent);
      copied.textContent = t.configCopied;
    } catch {  // not allowed here: the text stands below, chosen, to be copied by hand
      getSelection().selectAllChildren(text);
    }
  };
  const show = (lines) => {
    text.textContent = lines;
    copied.textContent = "";
  };
  return { elements: [h("p", {}, bookButton(t.configCopy, copy), " ", copied), folded], show };
}

// All that is said of one model or of two; `paint(both)` paints it.
function resultOf({ t, keys, formats, sources, main, ifThere }) {
  const [facts, rest, picture, sizes, origin] = Array.from({ length: 5 }, () => h("div"));
  const more = h("details", {}, h("summary", {}, t.configRest), rest), card = cardOf(t);
  const element = h("div", {}, picture, sizes, facts, more, origin, card.elements);
  function paint(both) {
    const first = mainFacts(main, ifThere, both), two = both.length > 1;
    const tells = (name) => both.some((each) => each.facts[name].value !== null || each.uncertain?.[name]);
    const others = Object.keys(both[0].facts).filter((name) => !first.includes(name) && tells(name));
    picture.replaceChildren(titled(t.configAreas), ...areas(both, t));
    sizes.replaceChildren(h("div", { className: "config-columns" }, both.map((each) => h("div", {}, two ? titled(each.name) : "",
      titled(t.configShare), ...shareOf(each, t), titled(t.configBytes), ...bytesOf(each, formats, t)))), soft(t.configScales));
    facts.replaceChildren(titled(t.configFacts), factTable(t.configFacts, first, both, t, keys));
    rest.replaceChildren(others.length ? factTable(t.configRest, others, both, t, keys) : "");
    more.hidden = !others.length;
    card.show(both.map((each) => cardLines(each, mainFacts(main, ifThere, [each]), t, formats).join("\n")).join("\n\n"));
    origin.replaceChildren(...both.filter((each) => each.sources).map((each) => soft(two ? `${each.name}: ` : "",
      t.configSources, " ", english(each.sources.map((letter) => sources[letter]).join("; ")), ".")));
  }
  return { element, paint };
}

const GIVEN = ["names", "models", "sources", "formats", "main", "if_there"];  // traits that Python fills once

function render({ model, el, book }) {
  const t = words(el);
  const [names, models, sources, formats, main, ifThere] = GIVEN.map((trait) => model.get(trait));
  const keys = { ...names, words: t }, result = resultOf({ t, keys, formats, sources, main, ifThere });
  let own = null;  // no trait: a trait would carry the reader's file to the kernel and into the notebook

  const save = (traits) => {
    for (const [trait, value] of Object.entries(traits)) model.set(trait, value);
    model.save_changes();
    paint();
  };
  const take = (shown) => { own = shown; paint(); };
  const refuse = (name, error) => take({ name, error });
  const options = () => models.map(({ name }) => h("option", { value: name }, name));
  const ownOption = h("option", { value: OWN, hidden: true }, t.configOwn);
  const choice = h("select", {}, ownOption, options()), beside = h("select", {}, h("option", { value: "" }, t.configNone), options());
  const { fields, readFile, forget } = ownFile(t, keys, { read: (name, contents) => take(ownModel(name, contents, keys)), refuse });
  const instead = (traits) => {
    forget();
    own = null;
    save(traits);
  };
  const { form, folder } = ownFolder(t, Boolean(book), (path) => instead({ folder: path, reads: model.get("reads") + 1 }));
  const waiting = h("p", { hidden: true }, t.configWaiting), problem = h("p", { className: "config-problem", role: "alert" });
  const said = h("div", { role: "status" });
  const root = h("section", { className: "explorer config", "aria-label": t.config },
    h("div", { className: "config-choices" }, h("label", {}, h("span", {}, t.configModel), choice), h("label", {}, h("span", {}, t.configCompare), beside)),
    fields, form, waiting, problem, said, result.element);
  el.append(root);
  choice.addEventListener("change", () => instead({ model: choice.value, reads: 0 }));
  beside.addEventListener("change", () => save({ other: beside.value }));
  takeDrops(root, t, readFile, refuse);

  // What is shown: a model, { name, error }, or null while Python reads.
  function shown() {
    const reads = model.get("reads"), answer = model.get("answer");
    if (own || !reads) return own ?? listedModel(model.get("model"), models, keys);
    return answer.reads === reads ? answer : null;
  }

  function paint() {
    const now = shown(), second = model.get("other"), readable = Boolean(now?.facts);
    choice.value = own || model.get("reads") ? OWN : model.get("model");
    beside.value = second;
    ownOption.hidden = choice.value !== OWN;
    waiting.hidden = now !== null;
    problem.textContent = now?.error ? told(t.configProblem, now) : "";
    result.element.hidden = !readable;
    const both = [...(readable ? [now] : []), ...(readable && second ? [listedModel(second, models, keys)] : [])];
    said.replaceChildren(...both.flatMap((each) => headline(each, t)));
    if (readable) result.paint(both);
  }

  const stops = [
    follow(model, ["folder"], () => { folder.value = model.get("folder"); }),
    follow(model, ["other"], paint),
    follow(model, ["model", "reads", "answer"], () => take(null)),
  ];
  return () => stops.forEach((stop) => stop());
}

export default { render };
