// The sentence explorer: any text, its tokens, their IDs and the beginning of their rows. With a kernel, Python reads
// the text; on a built page (`book` is given) this file does, with a vocabulary and a rounded table loaded on first use.

const MOST_NAMED = 10;  // how many repeated tokens, and how many places of one, are written out

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

// A Map from each ID that comes more than once to its places.
export function repeats(ids) {
  const places = new Map();
  ids.forEach((id, place) => (places.has(id) ? places.get(id).push(place) : places.set(id, [place])));
  return new Map([...places].filter(([, those]) => those.length > 1));
}

const counted = (number) => number.toLocaleString("en");
const tokenText = (token) => h("code", { dir: "ltr" }, token);

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

function render({ model, el, book }) {
  const t = words(el);
  const get = (trait) => model.get(trait);
  const { columns, dim, shown, characters, reach } = get("sizes");
  const isCut = () => box.value.length > characters && Array.from(box.value).length > characters;

  const box = h("textarea", { rows: 2, dir: "auto", spellcheck: false, value: get("text") });
  const count = h("p", { className: "explorer-count", role: "status" });
  const limits = h("p", { className: "explorer-soft" });
  const bar = h("progress", { max: 1, value: 0, "aria-label": t.loadingTable });
  const waiting = h("p", { hidden: true, role: "status" }, t.loadingTable, " ", bar);
  const retry = h("button", { type: "button", className: "book-button" }, t.tryAgain);
  const problem = h("div", { hidden: true, role: "alert" }, h("p", {}, t.noTable), retry);
  const list = h("ol", { role: "list" });
  const chooser = h("form", {}, h("fieldset", {}, h("legend", { className: "explorer-soft" }, t.chooseToken), list));
  const numbers = h("div", { className: "explorer-numbers" });
  const greys = h("p", { className: "explorer-greys explorer-soft" }, `≤ −${reach}`, h("span", { "aria-hidden": "true" }), `≥ ${reach}`);
  const again = h("div");
  const notes = h("div", { className: "explorer-soft" });
  el.append(h("section", { className: "explorer sentence", "aria-label": t.explorer },
    h("label", {}, h("strong", {}, t.yourText), box), limits, waiting, problem, count, chooser, greys, numbers, again, notes));

  box.addEventListener("input", () => {
    model.set("text", readable(box.value, characters));
    model.save_changes();
    limits.textContent = isCut() ? filled(t.textCut, { n: counted(characters) }) : "";
    if (book) read();
  });
  retry.addEventListener("click", () => { box.focus(); read(); });
  chooser.addEventListener("submit", (event) => event.preventDefault());
  chooser.addEventListener("change", (event) => { model.set("place", Number(event.target.value)); model.save_changes(); });

  // -- reading without a kernel -------------------------------------------
  let data = null, loading = false;

  async function load() {
    const files = ["vocabulary", "rows"].map((name) => get("lazy")[name]);
    const all = files.reduce((sum, file) => sum + file.parts, 0), done = files.map(() => 0);
    const [vocabulary, rows] = await Promise.all(files.map((file, i) => book.load(file, (share) => {
      done[i] = share * file.parts;
      bar.value = done.reduce((sum, parts) => sum + parts) / all;
    })));
    return { idOf: new Map(vocabulary.join("\n").split("\n").map((token, id) => [token, id])), rows: rows.map(atob) };
  }

  async function read() {
    if (loading) return;  // the newest text is read when the data is there
    [loading, waiting.hidden, problem.hidden] = [true, data !== null, true];
    try {
      data ??= await load();
    } catch {
      problem.hidden = false;
      return;
    } finally {
      [loading, waiting.hidden] = [false, true];
    }
    const tokens = tokenize(get("text"), data.idOf), ids = tokens.map((token) => data.idOf.get(token));
    model.set("tokens", tokens);
    model.set("rows", ids.slice(0, shown).map((id) => unpackRow(data.rows, id, get("sizes"))));
    model.set("rounded", true);
    model.set("ids", ids);  // last: this one is painted
    model.save_changes();
  }

  // -- painting ---------------------------------------------------------------
  function entry(token, id, row, place, times) {
    const continues = token.startsWith("##");
    return h("li", {}, h("label", { className: continues ? "explorer-piece" : "" },
      h("input", { type: "radio", name: "place", value: String(place) }), h("span", { className: "explorer-place" }, String(place)),
      h("span", { className: "explorer-token" }, continues ? h("span", { "aria-hidden": "true" }, "↳ ") : "", tokenText(token),
        times ? h("span", { className: "explorer-times" }, filled(t.timesHere, { n: counted(times) })) : ""),
      h("span", { className: "explorer-id" }, `ID ${id}`), strip(row, reach)));
  }

  const listed = (items, most) => (items.length > most
    ? `${items.slice(0, most).join(", ")} ${filled(t.andMore, { n: counted(items.length - most) })}`
    : `${items.slice(0, -1).join(", ")} ${t.and} ${items.at(-1)}`);

  function paintText() {
    if (readable(box.value, characters) === get("text")) return;
    box.value = get("text");
    limits.textContent = "";
  }

  function paintTokens() {
    const [tokens, ids, rows] = [get("tokens"), get("ids"), get("rows")];
    const different = new Set(ids).size, twice = repeats(ids), named = [...twice.values()].slice(0, MOST_NAMED);
    const said = [
      tokens.length === 1 ? t.oneToken : filled(t.manyTokens, { n: counted(tokens.length) }),
      different === 1 ? t.oneRow : filled(t.differentRows, { n: counted(different) }),
      tokens.length > shown ? filled(t.firstShown, { n: shown }) : "",
    ].filter(Boolean).join(", ") + ".";
    if (count.textContent !== said) count.textContent = said;
    list.replaceChildren(...rows.map((row, place) => entry(tokens[place], ids[place], row, place, twice.get(ids[place])?.length)));
    chooser.hidden = greys.hidden = !rows.length;
    again.replaceChildren(...(named.length ? [h("p", {}, t.moreThanOnce), h("ul", {}, named.map((places) =>
      h("li", {}, tokenText(tokens[places[0]]), ": ", filled(t.samePlaces, { places: listed(places, MOST_NAMED) }))),
    twice.size > MOST_NAMED ? h("li", {}, filled(t.andMoreTokens, { n: counted(twice.size - MOST_NAMED) })) : "")] : []));
    notes.replaceChildren(...[
      filled(get("rounded") ? t.roundedRows : t.exactRows, { columns, dim }),
      tokens.some((token) => token.startsWith("##")) ? t.piecesNote : "",
      tokens.includes("[UNK]") ? t.unknownNote : "",
      t.specialNote,
    ].filter(Boolean).map((note) => h("p", {}, line(note))));
  }

  function paintNumbers() {
    const place = get("place"), row = get("rows")[place];
    for (const input of list.querySelectorAll("input")) input.checked = input.value === String(place);
    numbers.hidden = !row;
    const said = get("rounded") ? t.itsRoundedNumbers : t.itsNumbers;
    if (row) numbers.replaceChildren(
      h("p", {}, tokenText(get("tokens")[place]), " " + filled(said, { id: get("ids")[place], last: columns - 1, dim })),
      h("ol", { start: 0 }, row.map((number) => h("li", {}, number.toFixed(3).replace("-", "−")))));
  }

  const stops = [
    follow(model, ["text"], paintText),
    follow(model, ["ids"], paintTokens),  // tokens and rows come in the same message as the IDs
    follow(model, ["ids", "place"], paintNumbers),
  ];
  return () => stops.forEach((stop) => stop());
}

export default { render };
