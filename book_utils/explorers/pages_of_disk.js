// The pages of a file: which of them are read for the rows that a reader wants. The same arithmetic as pages_of_disk.py.

const DISK = ["model", "rows", "cursor", "ahead"];
const [ACROSS, WIDE, HIGH_PAGE, GAP] = [8, 40, 30, 4];  // pages in a line, and their size in the picture

export const rowsDrawn = (size, { page, pages, start }) => Math.floor((page * pages - start) / size);

export function pagesOf(row, size, { page, start }) {
  const first = Math.floor((start + row * size) / page), last = Math.floor((start + (row + 1) * size - 1) / page);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

// The pages that are read, in order; a page that is not there yet brings in `ahead` of them, half before it.
export function pagesRead(rows, size, file, ahead = 0) {
  const held = new Set();
  for (const page of rows.flatMap((row) => pagesOf(row, size, file))) {
    if (held.has(page)) continue;
    const first = Math.max(0, page - Math.floor(ahead / 2));
    for (let i = first; i < Math.min(file.pages, first + Math.max(ahead, 1)); i++) held.add(ahead ? i : page);
  }
  return [...held].sort((one, other) => one - other);
}

export const chosenRows = (size, file, apart) => {
  const count = rowsDrawn(size, file);
  return [0, 1, 2, 3, 4].map((i) => (apart ? Math.floor(((i + 0.5) * count) / 5) : Math.floor(0.4 * count) + i));
};

// -- painting
const place = (page) => ({ x: (page % ACROSS) * WIDE, y: Math.floor(page / ACROSS) * (HIGH_PAGE + GAP) });

// The parts of a row in each of its pages, as bars at their foot.
const barsOf = (row, size, file, name) => pagesOf(row, size, file).map((page) => {
  const from = Math.max(0, file.start + row * size - page * file.page), to = Math.min(file.page, file.start + (row + 1) * size - page * file.page);
  const { x, y } = place(page), scale = (WIDE - GAP) / file.page;
  return svg("rect", { class: name, x: x + from * scale, y: y + HIGH_PAGE - 12, width: Math.max(1, (to - from) * scale - 0.6), height: 9 });
});

function diskPicture(t, { file, size, rows, cursor, label }, touched, read) {
  const lines = file.pages / ACROSS, known = new Set(read), asked = new Set(touched);
  const pages = Array.from({ length: file.pages }, (_, page) => page).flatMap((page) => {
    const { x, y } = place(page), kind = asked.has(page) ? "disk-touched" : known.has(page) ? "disk-read" : "disk-left";
    return [svg("rect", { class: kind, x, y, width: WIDE - GAP, height: HIGH_PAGE, "data-page": page }),
      known.has(page) ? svg("text", { x: x + 3, y: y + 13, class: "disk-mark" }, asked.has(page) ? "✓" : "+") : null].filter(Boolean);
  });
  return svg("svg", { viewBox: `-2 -2 ${ACROSS * WIDE} ${lines * (HIGH_PAGE + GAP)}`, class: "disk-picture", role: "img", "aria-label": label },
    pages, rows.flatMap((row) => barsOf(row, size, file, "disk-row")), barsOf(cursor, size, file, "disk-cursor"));
}

function render({ model, el }) {
  const t = words(el), save = saving(model), sizes = model.get("sizes"), file = model.get("file");
  const size = () => sizes[model.get("model")];
  const choose = (rows) => save({ rows, cursor: rows[0] ?? model.get("cursor") });
  const turn = (row) => save({ cursor: row, rows: model.get("rows").includes(row) ? model.get("rows").filter((one) => one !== row) : [...model.get("rows"), row] });
  const list = h("select", {}, Object.keys(sizes).map((name) => h("option", { value: name }, filled(t.pagesModel, { name, size: numberText(sizes[name]) }))));
  list.addEventListener("change", () => {
    const rows = chosenRows(sizes[list.value], file, true);
    save({ model: list.value, rows, cursor: rows[0] });
  });
  const slider = bySlider(t.pagesRow, { min: 0, step: 1 }, (cursor) => save({ cursor }));
  const want = button("", () => turn(model.get("cursor"))), ahead = bySwitch(t.pagesAhead, (on) => save({ ahead: on }));
  const said = h("p", { className: "hand-said", "aria-live": "polite" }), drawn = h("div", { className: "disk-face" });
  drawn.addEventListener("click", (event) => {
    const box = event.target.closest?.("[data-page]")?.getBoundingClientRect();
    if (!box) return;
    const byte = (Number(event.target.dataset.page) + (event.clientX - box.left) / box.width) * file.page;
    turn(Math.max(0, Math.min(rowsDrawn(size(), file) - 1, Math.floor((byte - file.start) / size()))));
  });
  el.append(h("section", { className: "explorer pages-of-disk", "aria-label": t.pages },
    h("label", { className: "disk-model" }, h("span", {}, t.pagesTable), list),
    h("div", { className: "hand-controls" }, button(t.pagesApart, () => choose(chosenRows(size(), file, true))), button(t.pagesNear, () => choose(chosenRows(size(), file, false))), button(t.pagesNone, () => choose([])), ahead.body),
    h("p", { className: "hand-note" }, t.pagesHint), drawn, h("div", { className: "hand-controls" }, slider.body, want), said, h("p", { className: "hand-note" }, t.pagesNote)));

  function paint() {
    const [name, rows, cursor, on] = DISK.map((trait) => model.get(trait)), bytes = size();
    const touched = pagesRead(rows, bytes, file), read = on ? pagesRead(rows, bytes, file, file.ahead) : touched;
    const told = { model: name, n: rows.length, size: numberText(bytes), wanted: numberText(rows.length * bytes), pages: touched.length, read: numberText(touched.length * file.page) };
    const more = { ahead: file.ahead, pages: read.length, read: numberText(read.length * file.page) };
    const times = rows.length ? ` ${filled(t.pagesTimes, { times: ((read.length * file.page) / (rows.length * bytes)).toFixed(1) })}` : "";
    const text = filled(t.pagesSaid, told) + (on ? ` ${filled(t.pagesMore, more)}` : "") + times;
    list.value = name;
    slider.show(cursor, filled(t.pagesAt, { row: cursor, pages: pagesOf(cursor, bytes, file).join(", ") }), { max: rowsDrawn(bytes, file) - 1 });
    want.textContent = rows.includes(cursor) ? t.pagesLeave : t.pagesWant;
    ahead.show(on);
    drawn.replaceChildren(diskPicture(t, { file, size: bytes, rows, cursor, label: text }, touched, read));
    tell(said, text);
  }
  return follow(model, DISK, paint);
}

export default { render };
