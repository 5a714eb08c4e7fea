// The config explorer: a public model, or the reader's own config.json, alone or beside another model. The page reads
// both by models/config.js; only a folder on the machine of a kernel is read by Python, and its answer has the same form.

const OWN = "own";

function render({ model, el, book }) {
  const t = words(el);
  const [names, models, sources, formats, main, ifThere] = ["names", "models", "sources", "formats", "main", "if_there"].map((trait) => model.get(trait));
  const keys = { ...names, words: t }, labels = t.configLabels;
  let own = null;  // no trait: a trait would carry the reader's file to the kernel and into the notebook

  // -- what is read -------------------------------------------------------------
  const save = (traits) => {
    own = null;
    for (const [trait, value] of Object.entries(traits)) model.set(trait, value);
    model.save_changes();
    paint();
  };
  const refuse = (name, error) => {
    own = { name, error };
    paint();
  };
  function read(name, contents) {
    try {
      const now = readConfig(parseConfig(contents, name, keys), keys);
      own = { name, ...now, unusual: unusual(now, now.parameters.value, keys) };
    } catch (problem) {
      if (!(problem instanceof ConfigError)) throw problem;
      own = { name, error: problem.message };
    }
    paint();
  }

  function listed(name) {
    const { config, parameters: total, parameters_from: from, ...entry } = models.find((each) => each.name === name) ?? models[0];
    const now = readConfig(config, keys);
    return { ...entry, ...now, parameters: { value: total, key: from, error: "" }, unusual: unusual(now, total, keys) };
  }

  // What is shown: { name, facts, parameters, ... }, { name, error }, or null while Python reads.
  function shown() {
    if (own) return own;
    const reads = model.get("reads"), answer = model.get("answer");
    if (reads) return answer.reads === reads ? answer : null;
    return listed(model.get("model"));
  }

  // -- elements -------------------------------------------------------------------
  const options = () => models.map(({ name }) => h("option", { value: name }, name));
  const ownOption = h("option", { value: OWN, hidden: true }, t.configOwn);
  const choice = h("select", {}, ownOption, options());
  const beside = h("select", {}, h("option", { value: "" }, t.configNone), options());
  const { fields, readFile, forget } = ownFile(t, keys, { read, refuse });
  const { form, folder } = ownFolder(t, Boolean(book), (path) => { forget(); save({ folder: path, reads: model.get("reads") + 1 }); });

  const waiting = h("p", { hidden: true }, t.configWaiting);
  const problem = h("p", { className: "config-problem", role: "alert" });
  const said = h("div", { role: "status" });
  const [facts, rest, picture, sizes, origin] = Array.from({ length: 5 }, () => h("div"));
  const more = h("details", {}, h("summary", {}, t.configRest), rest);
  const text = h("pre", { className: "config-card", tabIndex: 0, "aria-label": t.configCard, role: "region" });
  const copied = h("span", { "aria-live": "polite" });
  const asText = h("details", {}, h("summary", {}, t.configCard), text);
  const copyCard = async () => {
    asText.open = true;
    try {
      await navigator.clipboard.writeText(text.textContent);
      copied.textContent = t.configCopied;
    } catch {  // not allowed here: the text stands below, chosen, to be copied by hand
      getSelection().selectAllChildren(text);
      copied.textContent = "";
    }
  };
  const result = h("div", {}, picture, sizes, facts, more, origin, h("p", {}, bookButton(t.configCopy, copyCard), " ", copied), asText);
  const root = h("section", { className: "explorer config", "aria-label": t.config },
    h("div", { className: "config-choices" }, h("label", {}, h("span", {}, t.configModel), choice), h("label", {}, h("span", {}, t.configCompare), beside)),
    fields, form, waiting, problem, said, result);
  el.append(root);
  choice.addEventListener("change", () => { forget(); save({ model: choice.value, reads: 0 }); });
  beside.addEventListener("change", () => { model.set("other", beside.value); model.save_changes(); paint(); });
  takeDrops(root, t, readFile, refuse);

  // -- painting ---------------------------------------------------------------------
  const head = (title) => h("p", { className: "config-head" }, title);

  function headline(now) {
    const { facts: all, name } = now, [n, d] = [all.rows, all.table_width].map(assumed);
    const disagree = Object.keys(all).filter((fact) => all[fact].others.length).map((fact) => labels[fact]);
    return [h("p", {}, h("strong", {}, name), ": ", n && d ? told(t.configSaid, { rows: inFull(n), width: inFull(d) }) : t.configUnsized),
      h("p", { className: "config-unusual" }, now.unusual),
      disagree.length ? h("p", { className: "config-doubt" }, told(t.configDisagree, { facts: disagree.join(", ") })) : "",
      now.uncertain?.all ? doubtful(now.uncertain.all, t) : ""];
  }

  function paint() {
    const now = shown(), second = model.get("other"), readable = Boolean(now?.facts);
    choice.value = own || model.get("reads") ? OWN : model.get("model");
    beside.value = second;
    ownOption.hidden = choice.value !== OWN;
    waiting.hidden = now !== null;
    problem.textContent = now?.error ? told(t.configProblem, now) : "";
    result.hidden = !readable;
    copied.textContent = "";
    if (!readable) return said.replaceChildren();
    const both = second ? [now, listed(second)] : [now], first = mainFacts(main, ifThere, both);
    said.replaceChildren(...both.flatMap(headline));
    picture.replaceChildren(head(t.configAreas), ...areas(both, t));
    sizes.replaceChildren(h("div", { className: "config-columns" }, both.map((each) => h("div", {}, both.length > 1 ? head(each.name) : "",
      head(t.configShare), ...shareOf(each, t), head(t.configBytes), ...bytesOf(each, formats, t)))), soft(t.configScales));
    facts.replaceChildren(head(t.configFacts), factTable(t.configFacts, first, both, t, keys));
    const others = Object.keys(now.facts).filter((name) => !first.includes(name) && both.some((each) => each.facts[name].value !== null || each.uncertain?.[name]));
    rest.replaceChildren(others.length ? factTable(t.configRest, others, both, t, keys) : "");
    more.hidden = !others.length;
    text.textContent = both.map((each) => cardLines(each, mainFacts(main, ifThere, [each]), t).join("\n")).join("\n\n");
    origin.replaceChildren(...both.filter((each) => each.sources).map((each) =>
      soft(both.length > 1 ? `${each.name}: ` : "", t.configSources, " ", english(each.sources.map((letter) => sources[letter]).join("; ")), ".")));
  }

  const stops = [
    follow(model, ["folder"], () => { folder.value = model.get("folder"); }),
    follow(model, ["model", "other", "reads", "answer"], () => { own = null; paint(); }),
  ];
  return () => stops.forEach((stop) => stop());
}

export default { render };
