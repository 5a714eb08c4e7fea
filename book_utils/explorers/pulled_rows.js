// Rows pulled out of a table by their IDs: at once by a lookup, or the long way, where the one-hot code of each ID meets
// every row of the table. Both go step by step, and both end with the same rows.

// The IDs that a text names, by number or by token, at most so many: { ids }, or { wrong } with the first part that is none.
export function idsIn(text, names, most) {
  const parts = text.split(/[\s,;()[\]]+/).filter(Boolean);
  const idOf = (part) => (/^\d{1,9}$/.test(part) ? Number(part) : names.indexOf(part.toLowerCase()));
  const wrong = parts.find((part) => !(idOf(part) in names));
  return wrong === undefined ? { ids: parts.slice(0, most).map(idOf), cut: parts.length > most } : { wrong };
}

export const stepsOf = (table, ids, oneHot) => ids.length * (oneHot ? table.length : 1);

// What is there after so many steps: the rows that came out (of the last one perhaps a part), at which place and row of
// the table the last step was, and how many numbers were multiplied, and how many of these by a 0 of the code.
export function pulled(table, ids, step, oneHot) {
  const each = oneHot ? table.length : 1, dim = table[0].length, done = Math.ceil(step / each);
  const out = ids.slice(0, done).map((id, place) => {
    if (!oneHot) return table[id];
    const met = table.slice(0, step - place * each);  // a negative end would count from behind, but a place begins with its first step
    return met.reduce((sum, row, i) => sum.map((number, column) => number + (i === id ? 1 : 0) * row[column]), table[0].map(() => 0));
  });
  const place = done - 1, row = !step ? -1 : oneHot ? (step - 1) % each : ids[place];
  const ones = ids.filter((id, i) => i * each + id < step).length;
  return { out, place, row, products: oneHot ? step * dim : 0, zeros: oneHot ? (step - ones) * dim : 0 };
}

const rounded = (number) => String(Math.round(number * 100) / 100).replace("-", "−");
const listed = (row) => row.map(rounded).join(", ");

// A row of the table as cells: the higher the bar, the larger the number; from the middle down if it is negative.
function cells(row, reach) {
  return h("span", { className: "row-cells", "aria-hidden": "true" }, row.map((number) => h("span", {
    className: `row-cell ${number < 0 ? "row-low" : "row-high"}`, style: `--share: ${Math.min(1, Math.abs(number) / reach)}` }, rounded(number))));
}

function elementsOf({ t, name, ids, add, go, mode }) {
  const box = h("input", { type: "text", maxLength: 80, spellcheck: false, autocomplete: "off", autocapitalize: "off", inputMode: "text" });
  const slider = h("input", { type: "range", min: 0 });
  const it = { box, slider, problem: h("p", { role: "alert", className: "pulled-problem" }), said: h("p", { role: "status", className: "pulled-said" }),
    table: h("ol", { start: 0, role: "list", "aria-label": t.pulledTable }), out: h("ol", { start: 0, role: "list", "aria-label": t.pulledOut }),
    counted: h("p", { className: "explorer-soft" }), value: h("span", {}),
    modes: [false, true].map((oneHot) => button(oneHot ? t.pulledOneHot : t.pulledLookup, () => mode(oneHot))),
    back: button(t.pulledBack, () => go(-1)), next: button(t.pulledNext, () => go(1), { className: "book-button" }) };
  box.addEventListener("input", () => ids(box.value));
  slider.addEventListener("input", () => go(Number(slider.value), true));
  it.table.addEventListener("click", (event) => { const { id } = event.target.closest("button")?.dataset ?? {}; if (id) add(Number(id)); });
  it.root = h("section", { className: "explorer pulled-rows", "aria-label": name },
    h("label", { className: "pulled-field" }, h("strong", {}, t.pulledField), box), it.problem,
    h("div", { role: "group", "aria-label": t.pulledWay, className: "pulled-buttons" }, it.modes),
    h("div", { className: "pulled-both" },
      h("div", {}, h("p", { className: "pulled-head" }, t.pulledTable), it.table),
      h("div", {}, h("p", { className: "pulled-head" }, t.pulledOut), it.out)),
    h("label", { className: "pulled-step" }, h("span", {}, t.pulledStep, " ", it.value), slider),
    h("div", { className: "pulled-buttons" }, it.back, it.next), it.said, it.counted);
  return it;
}

// A row of the table: its ID as a ticket, its token as a chip; in one-hot mode the digit of the code that it meets.
function tableRow(t, { table, names, reach, oneHot, now, code }, id) {
  const lit = id === now.row, met = oneHot && now.place >= 0 && id <= now.row;
  const digit = oneHot ? h("span", { className: "pulled-digit", "aria-hidden": "true" }, now.place >= 0 ? `${code[id]} ×` : "") : "";
  return h("li", { className: [lit ? "pulled-lit" : "", met && !code[id] ? "pulled-zero" : ""].join(" ").trim() },
    h("button", { type: "button", "data-id": String(id) },
      h("span", { className: "pulled-arrow", "aria-hidden": "true" }, lit ? "▸" : ""), digit,
      h("span", { className: "pulled-id" }, String(id)), h("span", { className: "pulled-token" }, names[id]), cells(table[id], reach),
      h("span", { className: "pulled-hidden" }, filled(t.pulledRow, { row: listed(table[id]) }))));
}

const outRow = (t, { ids, names, reach }, row, place, whole) => h("li", { className: whole ? "" : "pulled-part" },
  h("span", { className: "pulled-place" }, String(place)), h("span", { className: "pulled-id" }, String(ids[place])), cells(row, reach),
  h("span", { className: "pulled-hidden" }, whole ? `${names[ids[place]]}: ${listed(row)}` : filled(t.pulledSoFar, { row: listed(row) })));

function saidOf(t, { table, names, ids, step, oneHot, now, code }) {
  if (!ids.length) return t.pulledEmpty;
  if (!step) return filled(oneHot ? t.pulledBegin : t.pulledBeginLookup, { ids: ids.join(", ") });
  const values = { place: now.place, id: ids[now.place], token: names[now.row], row: listed(table[now.row]), digit: code?.[now.row] ?? "", sum: listed(now.out[now.place]) };
  const end = step === stepsOf(table, ids, oneHot) && oneHot ? ` ${t.pulledSame}` : "";
  return filled(oneHot ? t.pulledProduct : t.pulledCopied, values) + end;
}

function paint({ t, it }, state) {
  const { table, names, ids, oneHot, step, reach } = state, last = stepsOf(table, ids, oneHot);
  const now = pulled(table, ids, step, oneHot), code = names.map((_, id) => (id === ids[now.place] ? 1 : 0));
  const all = { ...state, now, code }, active = it.root.getRootNode().activeElement?.dataset?.id;
  it.table.replaceChildren(...table.map((_, id) => tableRow(t, all, id)));
  if (active) it.table.querySelector(`[data-id="${active}"]`)?.focus();  // the button that was pressed is gone
  it.out.replaceChildren(...now.out.map((row, place) => outRow(t, { ids, names, reach }, row, place, !oneHot || place < now.place || now.row === table.length - 1)));
  Object.assign(it.slider, { max: last, value: step });
  it.value.textContent = filled(t.pulledOf, { step, last });
  it.slider.setAttribute("aria-valuetext", it.value.textContent);
  it.modes.forEach((one, i) => one.setAttribute("aria-pressed", String(oneHot === Boolean(i))));
  it.back.setAttribute("aria-disabled", String(step === 0));
  it.next.setAttribute("aria-disabled", String(step === last));
  it.root.dataset.oneHot = oneHot;
  const said = saidOf(t, all);
  if (it.said.textContent !== said) it.said.textContent = said;
  it.counted.textContent = oneHot ? filled(t.pulledCount, { products: now.products, zeros: now.zeros }) : t.pulledNone;
}

function render({ model, el }) {
  const t = words(el), save = saving(model), [table, names, most] = ["table", "names", "most"].map((trait) => model.get(trait));
  const reach = Math.max(...table.flat().map(Math.abs), 1e-9), last = () => stepsOf(table, model.get("ids"), model.get("one_hot"));
  const tell = (problem) => { it.problem.textContent = problem; };
  const it = elementsOf({ t, name: model.get("one_hot") ? `${t.pulled}: ${t.pulledOneHot}` : t.pulled,
    ids: (text) => {
      const { ids, wrong, cut } = idsIn(text, names, most);
      if (ids) save({ ids, step: model.get("one_hot") ? 0 : ids.length });
      tell(wrong === undefined ? (cut ? filled(t.pulledMost, { n: most }) : "") : filled(t.pulledWrong, { wrong, last: names.length - 1 }));
    },
    add: (id) => {
      const ids = [...model.get("ids"), id], full = ids.length > most, before = last();
      tell(full ? filled(t.pulledMost, { n: most }) : "");
      if (!full) save({ ids, step: model.get("one_hot") ? before : ids.length });
    },
    go: (to, there) => save({ step: Math.max(0, Math.min(last(), there ? to : model.get("step") + to)) }),
    mode: (oneHot) => save({ one_hot: oneHot, step: oneHot ? 0 : model.get("ids").length }),
  });
  el.append(it.root);
  const typed = () => { if (it.root.getRootNode().activeElement !== it.box) it.box.value = model.get("ids").join(", "); };
  return follow(model, ["ids", "step", "one_hot"], () => {
    typed();
    paint({ t, it }, { table, names, reach, ids: model.get("ids"), oneHot: model.get("one_hot"), step: Math.min(model.get("step"), last()) });
  });
}

export default { render };
