// The neighbours explorer: two words, their cosine, the rows nearest to each, and a map. With a kernel, Python answers;
// on a built page (`book` is given) this file does, with rows of 4 bits a number that it loads on first use. There are two
// tables to ask: MiniLM's, and that of a language model.

const SIDES = ["first", "second"];
const MARKS = ["●", "■", "◆"];  // near the first word, near the second, near both: never by colour alone
const LETTER = 7.5, LABEL = 17, MARGIN = 14;  // the room of a label on the map, in pixels

const withMinus = (number, digits) => number.toFixed(digits).replace("-", "−");
const inThousands = (number) => number.toLocaleString("en");

// Which mark each name of the map has: 0, 1 or 2.
export function marksOf(names, found) {
  const [first, second] = found.map(({ near = [] }) => new Set(near.map(([name]) => name)));
  const asked = found.map(({ word }) => word);
  return names.map((name) => (asked.includes(name) ? asked.indexOf(name) : first.has(name) ? (second.has(name) ? 2 : 0) : 1));
}

// Put points into a picture, the same scale on both axes, and each label where it hides the least.
export function layOut(points, names, width, height) {
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  const middle = [xs, ys].map((all) => (Math.min(...all) + Math.max(...all)) / 2);
  const spans = [xs, ys].map((all) => Math.max(...all) - Math.min(...all) || 1);
  const scale = Math.min((width - 8 * MARGIN) / spans[0], (height - 4 * MARGIN) / spans[1]);
  const dots = points.map(([x, y]) => [width / 2 + (x - middle[0]) * scale, height / 2 - (y - middle[1]) * scale]);
  return labelled(dots, names, [width, height], LETTER, LABEL);
}

function mapPicture({ names, points }, found, width, label) {
  const height = Math.round(Math.min(420, Math.max(300, width * 0.6)));
  const asked = found.map(({ word }) => word), marks = marksOf(names, found);
  const places = layOut(points, names, width, height);
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "neighbours-map", role: "img", "aria-label": label },
    ...leaders(places),
    ...places.flatMap(({ x, y, left, base }, i) => {
      const own = asked.includes(names[i]), kind = own ? "neighbours-asked" : "";
      const there = own ? {} : { "data-side": SIDES[marks[i] % 2], "data-word": names[i] };  // a press goes there
      return [svg("text", { x, y: y + 5, class: `neighbours-mark ${kind}`, ...there }, MARKS[marks[i]]),
        svg("text", { x: left, y: base, class: kind, ...there }, names[i])];
    }));
}

// What stands on the page: two words, how many neighbours, and places for the answer.
function elementsOf({ t, sizes, compare, choose }) {
  const boxes = SIDES.map(() => h("input", { type: "text", maxLength: sizes.characters, spellcheck: false, autocapitalize: "off", autocomplete: "off" }));
  const many = h("input", { type: "range", min: 1, max: sizes.most }), manyText = h("span", {});
  const tables = Object.keys(sizes.tables).map((name) => h("input", { type: "radio", name: "table", value: name }));
  const chooser = h("fieldset", {}, h("legend", {}, t.neighboursTable), tables.map((input) => h("label", {}, input, h("span", {}, t.neighboursTables[input.value]))));
  chooser.addEventListener("change", (event) => choose(event.target.value));
  const form = h("form", { noValidate: true },
    h("label", {}, t.neighboursFirst, boxes[0]), h("label", {}, t.neighboursSecond, boxes[1]), ending(t.neighboursCompare, compare),
    h("label", {}, h("span", {}, t.neighboursMany, " ", manyText), many));
  // JupyterLab sometimes keeps an Enter for itself and sends a copy, which clicks nothing.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !boxes.includes(event.target) || event.isComposing) return;
    event.preventDefault();
    compare();
  });
  const bar = h("progress", { max: 1, value: 0 }), size = h("span", {});
  const it = {
    boxes, form, many, manyText, tables, bar, size,
    loading: h("p", { hidden: true }, size, " ", bar),
    problem: h("p", { hidden: true, role: "alert" }, t.neighboursNoTable), waiting: h("p", { hidden: true }, t.neighboursWaiting),
    said: h("div", { role: "status" }), lists: h("div", { className: "neighbours-lists" }), picture: h("div", {}),
    notes: h("div", { className: "neighbours-soft" }),
  };
  it.root = h("section", { className: "explorer neighbours", "aria-label": t.neighbours },
    chooser, form, it.loading, it.problem, it.waiting, it.said, it.lists, it.picture, it.notes);
  return it;
}

// Answers without a kernel, from rows that are loaded on first use.
function answerer({ model, book, save, sizes, it, t }) {
  const tables = {};
  let busy = false;

  async function load(name) {
    const { lazy, dim, megabytes } = sizes.tables[name], files = lazy.map((file) => model.get("lazy")[file]);
    it.size.textContent = filled(t.neighboursLoading, { size: megabytes });
    it.bar.setAttribute("aria-label", it.size.textContent);
    return readTable(...(await loadAll(book, files, (share) => { it.bar.value = share; })), dim, name);
  }

  return async function answer() {
    if (busy) return;  // the newest question is answered when the rows are there
    const name = model.get("table");
    [busy, it.loading.hidden, it.problem.hidden] = [true, name in tables, true];
    try {
      tables[name] ??= await load(name);
    } catch {
      it.problem.hidden = false;
      return;
    } finally {
      [busy, it.loading.hidden] = [false, true];
    }
    if (name !== model.get("table")) return answer();  // another table was chosen meanwhile
    const [first, second, k, sum] = [...SIDES, "k", "sum"].map((trait) => model.get(trait));
    save({ answer: answerFor(first, second, k, tables[name], sizes), sum_answer: sumFor(sum, k, tables[name], sizes) });
  };
}

// -- painting
const chooser = (side, word) => h("button", { type: "button", className: "book-link", "data-side": side, "data-word": word }, word);

function sentences({ found, asked, cosine }, t) {
  const told = cosine === null ? [] : [h("p", { className: "neighbours-cosine" },
    ...line(filled(t.neighboursCosine, { first: `\`${found[0].word}\``, second: `\`${found[1].word}\`` })), " ",
    h("strong", {}, withMinus(cosine, 2)), " ", found[0].word === found[1].word ? t.neighboursSame : "")];
  found.forEach(({ missing, pieces, close, id }, i) => {
    if (!missing) return;
    const values = { word: asked[i].trim(), id: inThousands(id ?? 0), pieces: pieces.join(" · ") };
    told.push(h("p", {}, filled(t.neighboursMissing[missing], values)));
    if (close.length) told.push(h("p", {}, t.neighboursClose, " ", close.flatMap((word) => [chooser(SIDES[i], word), " "])));
  });
  return told;
}

const listOf = ({ word, near }, i, t) => h("div", {},
  h("p", {}, `${MARKS[i]} `, ...line(filled(t.neighboursNear, { word: `\`${word}\`` }))),
  h("ol", { "aria-label": filled(t.neighboursNear, { word }) }, near.map(([name, cosine]) => h("li", {},
    chooser(SIDES[i], name), h("span", {}, withMinus(cosine, 2))))));

const notesOf = ({ map, rows, rounded, asked: [, , , table] }, t, { tables }) => [
  h("p", {}, filled(t.neighboursShare, { percent: Math.round(100 * map.share), n: map.names.length, dim: tables[table].dim })),
  h("p", {}, `${MARKS[0]} ${t.neighboursMarks[0]}, ${MARKS[1]} ${t.neighboursMarks[1]}, ${MARKS[2]} ${t.neighboursMarks[2]}`),
  h("p", {}, filled(rounded ? t.neighboursRounded : t.neighboursWhole, { n: inThousands(rows) })),
  t.neighboursSpace[table] ? h("p", {}, t.neighboursSpace[table]) : "",
];

function render({ model, el, book }) {
  const t = words(el), sizes = model.get("sizes"), save = saving(model);
  const it = elementsOf({ t, sizes, compare: () => ask({ first: it.boxes[0].value, second: it.boxes[1].value }),
    choose: (table) => ask({ table, first: it.boxes[0].value.replace(/^Ġ/, ""), second: it.boxes[1].value.replace(/^Ġ/, "") }) });
  const answer = answerer({ model, book, save, sizes, it, t });
  el.append(it.root);

  const way = wayOf(t, it.boxes[0], (first, second) => ask({ first, second }));
  it.form.after(way.element);
  const sum = sumPart(t, model, sizes, (text) => ask({ sum: text }));
  it.root.append(sum.body);

  function ask(traits) {
    const [table, ...pair] = ["table", ...SIDES].map((trait) => model.get(trait));
    save(traits);
    if (table !== model.get("table")) way.forget();  // its words are others
    else if (SIDES.some((side, i) => pair[i] !== model.get(side))) way.left(pair);
    if (book) answer();
  }
  it.many.addEventListener("input", () => ask({ k: Number(it.many.value) }));
  it.root.addEventListener("click", (event) => {
    const { side, word } = event.target.closest("[data-word]")?.dataset ?? {};
    if (side) ask({ [side]: word });
  });

  function paintAnswer() {
    const got = model.get("answer"), active = el.getRootNode().activeElement;
    const side = it.root.contains(active) ? active.dataset.side : undefined;
    const buttons = () => [...it.lists.querySelectorAll(`[data-side="${side}"]`)], place = side && buttons().indexOf(active);
    it.said.replaceChildren(...sentences(got, t));
    it.lists.replaceChildren(...got.found.flatMap((word, i) => (word.near ? [listOf(word, i, t)] : [])));
    it.notes.replaceChildren(...(got.map ? notesOf(got, t, sizes) : []));
    paintMap();
    if (side) buttons()[Math.max(0, place)]?.focus();  // the button that was pressed is gone
  }

  function paintMap() {
    const { map, found } = model.get("answer"), width = Math.max(280, it.picture.clientWidth || 640);
    if (!map) return it.picture.replaceChildren();
    const places = map.names.map((name, i) => `${name} (${map.points[i].map((number) => withMinus(number, 1)).join(", ")})`);
    it.picture.replaceChildren(mapPicture(map, found, width, `${t.neighboursMap} ${places.join(", ")}.`));
  }

  function paintWaiting() {
    const { asked } = model.get("answer"), told = [...SIDES, "k", "table"].every((trait, i) => asked[i] === model.get(trait));
    it.waiting.hidden = Boolean(book) || (told && isSumTold(model));
  }

  if (book?.arrived) answer();
  const seen = new ResizeObserver(paintMap);
  seen.observe(it.picture);
  const stops = [sum.stop,
    ...SIDES.map((side, i) => follow(model, [side], () => { it.boxes[i].value = model.get(side); })),
    follow(model, ["k"], () => { it.many.value = it.manyText.textContent = String(model.get("k")); }),
    follow(model, ["table"], () => { for (const input of it.tables) input.checked = input.value === model.get("table"); }),
    follow(model, [...SIDES, "k", "table", "answer", "sum", "sum_answer"], paintWaiting),
    follow(model, ["answer"], paintAnswer),
  ];
  return () => { seen.disconnect(); stops.forEach((stop) => stop()); };
}

export default { render };
