// The sentence explorer: any text, its tokens, their IDs and the beginning of their rows. With a kernel, Python reads
// the text; on a built page (`book` is given) tokenizers.js does, with data that is loaded on first use.

const CHOSEN = "book-tokenizer";  // where a page remembers the tokenizer, for all pages that have this explorer

// One row of the rounded table: a byte for the step between two levels, then 4 bits for the level of each number.
export function unpackRow(parts, id, { columns, steps }) {
  const size = 1 + columns / 2, each = parts[0].length / size;
  const bytes = parts[Math.floor(id / each)], start = (id % each) * size;
  return Array.from({ length: columns }, (_, column) => {
    const pair = bytes.charCodeAt(start + 1 + Math.floor(column / 2));
    const level = column % 2 ? pair % 16 : Math.floor(pair / 16);
    return (level - 7.5) * (bytes.charCodeAt(start) / steps);
  });
}

// What can be read of a text: whole characters, not half of a pair, and at most so many.
export function readable(text, most) {
  return Array.from(text.slice(0, 2 * most)).slice(0, most).join("").replace(/\p{Cs}/gu, "\ufffd");
}

function strip(numbers, reach) {
  const canvas = h("canvas", { className: "explorer-strip", width: numbers.length, height: 1, "aria-hidden": "true" });
  const paper = canvas.getContext("2d");
  numbers.forEach((number, column) => {
    const grey = 127.5 + 127.5 * Math.max(-1, Math.min(1, number / reach));
    paper.fillStyle = `rgb(${grey}, ${grey}, ${grey})`;
    paper.fillRect(column, 0, 1, 1);
  });
  return canvas;
}

// What stands on the page.
function elementsOf({ t, text, reach }) {
  const bar = h("progress", { max: 1, value: 0 });
  const list = h("ol", { role: "list" });
  const it = {
    bar, list, loading: h("span", {}),
    readers: Object.keys(READERS).map((name) => h("input", { type: "radio", name: "tokenizer", value: name })),
    box: h("textarea", { rows: 2, dir: "auto", spellcheck: false, value: text }),
    count: h("p", { className: "explorer-count", role: "status" }), limits: h("p", { className: "explorer-soft" }),
    waiting: h("p", { hidden: true, role: "status" }),
    retry: h("button", { type: "button", className: "book-button" }, t.tryAgain),
    legend: h("legend", { className: "explorer-soft" }, t.chooseToken),
    numbers: h("div", { className: "explorer-numbers" }), again: h("div"), notes: h("div", { className: "explorer-soft" }),
    greys: h("p", { className: "explorer-greys explorer-soft" }, `≤ −${reach}`, h("span", { "aria-hidden": "true" }), h("i", { className: "sentence-unseen" }, ", "), `≥ ${reach}`),
  };
  it.waiting.append(it.loading, " ", bar);
  it.chooser = h("form", {}, h("fieldset", {}, it.legend, list));
  it.choice = h("fieldset", { className: "sentence-choice" }, h("legend", {}, t.tokenizerOf),
    it.readers.map((input) => h("label", {}, input, h("span", {}, t.neighboursTables[input.value]))));
  it.problem = h("div", { hidden: true, role: "alert" }, h("p", {}, t.noTable), it.retry);
  it.root = h("section", { className: "explorer sentence", "aria-label": t.explorer },
    h("label", {}, h("strong", {}, t.yourText), it.box), it.choice, it.limits, it.waiting, it.problem, it.count, it.chooser, it.greys, it.numbers, it.again, it.notes);
  it.chooser.addEventListener("submit", (event) => event.preventDefault());
  return it;
}

// Reads without a kernel, with data that is loaded on first use: always the newest text, by the tokenizer chosen last.
function readerOf({ t, get, save, book, it, sizes }) {
  const made = {};
  let loading = false;

  async function load(name) {
    it.bar.setAttribute("aria-label", it.loading.textContent = t.loadingTokens[name]);
    const files = READERS[name].files.map((file) => get("lazy")[file]);
    return READERS[name].made(await loadAll(book, files, (share) => { it.bar.value = share; }), sizes);
  }

  return async function read() {
    if (loading) return;
    const name = get("tokenizer");
    [loading, it.waiting.hidden, it.problem.hidden] = [true, name in made, true];
    try {
      made[name] ??= await load(name);
    } catch {
      it.problem.hidden = name !== get("tokenizer");
    } finally {
      [loading, it.waiting.hidden] = [false, true];
    }
    if (name !== get("tokenizer")) return read();
    // The IDs last: they are painted.
    if (made[name]) save({ rounded: true, reader: name, ...made[name](get("text")) });
  };
}

// -- painting
function entry({ t, reach }, token, id, row, place, times) {
  const continues = row && token.startsWith("##"), spaced = !row && token.startsWith("Ġ");
  const name = spaced ? h("code", { dir: "ltr" }, h("mark", { "aria-hidden": "true" }, "Ġ"),
    h("span", { className: "sentence-unseen" }, `${t.aSpace} `), token.slice(1)) : tokenText(token);
  const parts = [h("span", { className: "explorer-place" }, String(place)),
    h("span", { className: "explorer-token" }, continues ? h("span", { "aria-hidden": "true" }, "↳ ") : "", name, " ",
      times ? h("span", { className: "explorer-times" }, filled(t.timesHere, { n: counted(times) })) : ""),
    h("span", { className: "explorer-id" }, `ID ${id}`)];
  if (!row) return h("li", { className: "sentence-bytes" }, parts, h("span", { dir: "auto" }, meaningOf(token, t.tokenBytes)));
  return h("li", {}, h("label", { className: continues ? "explorer-piece" : "" },
    h("input", { type: "radio", name: "place", value: String(place) }), parts, strip(row, reach)));
}

function countOf({ t, shown }, tokens, ids) {
  const different = new Set(ids).size;
  return [
    tokens.length === 1 ? t.oneToken : filled(t.manyTokens, { n: counted(tokens.length) }),
    different === 1 ? t.oneRow : filled(t.differentRows, { n: counted(different) }),
    tokens.length > shown ? filled(t.firstShown, { n: shown }) : "",
  ].filter(Boolean).join(", ") + ".";
}

function numbersOf({ t, columns, dim }, token, id, row, rounded) {
  const said = filled(rounded ? t.itsRoundedNumbers : t.itsNumbers, { id, last: columns - 1, dim });
  return [h("p", {}, tokenText(token), ` ${said}`),
    h("ol", { start: 0 }, row.map((number) => h("li", {}, number.toFixed(3).replace("-", "−"))))];
}

// The tokenizer that the reader chose last, on any page; an address that says what to show comes first.
function lastChosen({ arrived }) {
  const name = pageStorage.local.getItem(CHOSEN);
  return !arrived && Object.hasOwn(READERS, name) ? name : null;
}

function render({ model, el, book }) {
  const t = words(el), get = (trait) => model.get(trait), save = saving(model), sizes = get("sizes");
  const { characters, reach, shown } = sizes, how = { t, ...sizes };
  const it = elementsOf({ t, text: get("text"), reach }), { box } = it;
  const read = readerOf({ t, get, save, book, it, sizes });
  const pieces = coloured(how, it, { text: (text) => { box.value = text; box.dispatchEvent(new Event("input")); box.focus(); }, place: (place) => save({ place }) });
  el.append(it.root);

  const isCut = () => box.value.length > characters && Array.from(box.value).length > characters;
  box.addEventListener("input", () => {
    save({ text: readable(box.value, characters) });
    it.limits.textContent = isCut() ? filled(t.textCut, { n: counted(characters) }) : "";
    if (book) read();
  });
  it.retry.addEventListener("click", () => { box.focus(); read(); });
  it.choice.addEventListener("change", (event) => {
    save({ tokenizer: event.target.value });
    if (!book) return;
    pageStorage.local.setItem(CHOSEN, event.target.value);
    read();
  });
  it.chooser.addEventListener("change", (event) => save({ place: Number(event.target.value) }));

  function paintText() {
    if (readable(box.value, characters) === get("text")) return;
    box.value = get("text");
    it.limits.textContent = "";
  }

  function paintTokens() {
    const [tokens, ids, rows] = [get("tokens"), get("ids"), get("rows")], twice = repeats(ids), said = ids.length ? countOf(how, tokens, ids) : t.firstEmpty;
    if (it.count.textContent !== said) it.count.textContent = said;
    it.list.replaceChildren(...ids.slice(0, shown).map((id, place) => entry(how, tokens[place], id, rows[place], place, twice.get(id)?.length)));
    it.chooser.hidden = !ids.length;
    pieces.show(tokens.slice(0, shown), ids.slice(0, shown));
    it.legend.hidden = it.greys.hidden = !rows.length;
    it.again.replaceChildren(...againOf(how, tokens, twice));
    const notes = notesOf[get("reader")](how, tokens, get("rounded"), get("text")).filter(Boolean);
    it.notes.replaceChildren(...notes.map((note) => h("p", {}, line(note))));
  }

  function paintNumbers() {
    const place = get("place"), row = get("rows")[place];
    for (const input of it.list.querySelectorAll("input")) input.checked = input.value === String(place);
    it.numbers.hidden = !row;
    pieces.light(place);
    if (row) it.numbers.replaceChildren(...numbersOf(how, get("tokens")[place], get("ids")[place], row, get("rounded")));
  }

  const stops = [
    pieces.stop, follow(model, ["text"], paintText),
    follow(model, ["tokenizer"], () => { for (const input of it.readers) input.checked = input.value === get("tokenizer"); }),
    follow(model, ["ids", "reader"], paintTokens),  // tokens and rows come in the same message as the IDs
    follow(model, ["ids", "place"], paintNumbers),
  ];
  const last = book && lastChosen(book);
  if (last && last !== get("tokenizer")) stops.push(whenNear(it.root, () => { save({ tokenizer: last }); read(); }));
  if (book?.arrived) read();
  return () => stops.forEach((stop) => stop());
}

export default { render };
