// A first look: a few words, their tokens and IDs, and a line from each to its row of the table. The page carries some
// common words with their IDs and rows; of any other it says that it is not among them.

const HIGH = 52;  // of a token in the picture, which is stretched over the list beside it
const LIT = 46;  // of a row that is lit
const [START, ROW] = [34, 66];  // where the table begins and how wide it is, of 100

// From each word to its ID and the levels (0 to 14) of the beginning of its row.
export function unpackWords({ words, steps, rows, columns }) {
  const bytes = atob(rows), gaps = steps.split(" "), known = new Map();
  let id = 0;
  words.split(" ").forEach((word, i) => {
    id += Number(gaps[i]);
    const levels = Array.from({ length: columns }, (_, column) => {
      const pair = bytes.charCodeAt((i * columns + column) >> 1);
      return column % 2 ? pair % 16 : pair >> 4;
    });
    known.set(word, { id, levels });
  });
  return known;
}

// A function from a text to its tokens in order: { word, id, levels, row }. `row` counts the different rows from the top
// of the table; it is undefined, as id and levels are, for a word that is not known.
export function reader(pack) {
  const known = unpackWords(pack);
  return (text) => {
    const tokens = wordsOf(text).map((word) => ({ word, ...known.get(word) }));
    const ids = [...new Set(tokens.flatMap(({ id }) => id ?? []))].sort((one, other) => one - other);
    return tokens.map((token) => (token.id === undefined ? token : { ...token, row: ids.indexOf(token.id) }));
  };
}

// -- painting
function bar(level, column, columns, middle) {
  const width = ROW / columns, size = Math.abs(level - 7) * 3;
  return svg("rect", { x: START + column * width + 0.3, width: width - 0.6, y: level > 7 ? middle - size : middle, height: size,
    class: level > 7 ? "first-high" : "first-low" });
}

function picture(tokens, before, columns) {
  const high = HIGH * Math.max(tokens.length, 1), rows = new Map(tokens.filter(({ id }) => id).map((token) => [token.row, token]));
  const middleOf = (row) => ((row + 0.5) * high) / rows.size;
  const dark = Array.from({ length: Math.floor(high / 6) }, (_, i) => `M ${START} ${6 * i} h ${ROW}`).join(" ");
  const frame = [svg("path", { d: dark, class: "first-unlit" }), svg("rect", { x: START, y: 1, width: ROW - 0.4, height: high - 2, class: "first-table" })];
  const lit = [...rows.values()].flatMap(({ row, levels }) => [
    svg("rect", { x: START, y: middleOf(row) - LIT / 2, width: ROW - 0.4, height: LIT, class: "first-lit" }),
    svg("line", { x1: START, x2: START + ROW, y1: middleOf(row), y2: middleOf(row), class: "first-row" }),
    ...levels.map((level, column) => bar(level, column, columns, middleOf(row)))]);
  const lines = tokens.flatMap(({ id, word, row }, place) => {
    if (!id) return [];
    const from = (place + 0.5) * HIGH, to = middleOf(row), half = START / 2;
    return svg("path", { d: `M 0 ${from} C ${half} ${from} ${half} ${to} ${START} ${to}`, pathLength: 1,
      class: "first-line", "data-new": before[place] !== word });
  });
  return svg("svg", { viewBox: `0 0 100 ${high}`, preserveAspectRatio: "none", "aria-hidden": "true" }, frame, lit, lines);
}

function entry(t, { word, id }, place, first) {
  const again = id !== undefined && first < place;
  return h("li", {}, h("span", { className: "first-place" }, String(place)), h("code", { className: "first-token", dir: "auto" }, word), " ",
    id === undefined ? h("span", { className: "first-none" }, t.firstNone) : h("span", { className: "first-id" }, `ID ${id}`),
    again ? h("span", { className: "first-again" }, `, ${filled(t.firstAgain, { place: first })}`) : "");
}

// How many tokens there are, and how many different rows those have that are drawn.
function countOf(t, tokens, most, all) {
  const known = tokens.flatMap(({ id }) => id ?? []), rows = new Set(known).size;
  if (!tokens.length) return t.firstEmpty;
  const found = rows === 1 ? t.oneRow : filled(t.differentRows, { n: rows });
  const said = [all === 1 ? t.oneToken : filled(t.manyTokens, { n: all }), all > most ? filled(t.firstShown, { n: most }) : "",
    known.length === all ? found : rows ? filled(t.firstDrawn, { rows: found }) : ""];
  return said.filter(Boolean).join(", ") + ".";
}

function render({ model, el }) {
  const t = words(el), save = saving(model), pack = model.get("known"), read = reader(pack);
  const counted = (number) => number.toLocaleString("en");
  const box = h("input", { type: "text", value: model.get("text"), maxLength: 120, autocomplete: "off", spellcheck: false, dir: "auto" });
  const count = h("p", { className: "first-count", role: "status" }), missing = h("p", { className: "explorer-soft" });
  const list = h("ol", { start: 0, role: "list", "aria-label": t.firstList }), drawn = h("div", { className: "first-picture" });
  const tries = model.get("tries").map((text) => button(text, () => { save({ text }); box.focus(); }));
  el.append(h("section", { className: "explorer first-look", "aria-label": t.firstLook },
    h("label", {}, h("strong", {}, t.firstField), box),
    tries.length ? h("p", { className: "first-tries" }, `${t.firstTry} `, tries) : "", count,
    h("div", { className: "first-heads", "aria-hidden": "true" }, h("span", {}, t.firstHead), h("span", {}, filled(t.firstTable, { n: counted(pack.size) }))),
    h("div", { className: "first-both" }, list, drawn), missing,
    h("p", { className: "explorer-soft" }, filled(t.firstNote, { columns: pack.columns, dim: pack.dim, n: counted(pack.words.split(" ").length) }))));
  box.addEventListener("input", () => save({ text: box.value }));
  let before = [];

  function paint() {
    const text = model.get("text"), all = read(text), tokens = read(all.slice(0, pack.most).map(({ word }) => word).join(" "));
    if (box.value !== text) box.value = text;
    list.replaceChildren(...tokens.map((token, place) => entry(t, token, place, tokens.findIndex(({ word }) => word === token.word))));
    drawn.replaceChildren(picture(tokens, before, pack.columns));
    const said = countOf(t, tokens, pack.most, all.length), strange = tokens.filter(({ id }) => id === undefined).map(({ word }) => word);
    if (count.textContent !== said) count.textContent = said;
    missing.replaceChildren(...(strange.length ? line(filled(t.firstMissing, { word: [...new Set(strange)].join(", ") })) : []));
    before = tokens.map(({ word }) => word);
  }
  return follow(model, ["text"], paint);
}

export default { render };
