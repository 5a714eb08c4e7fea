// Sums of words, such as king − man + woman: word_sums.py gives the same answers where there is a kernel.

const MOST_TERMS = 6;
const SUM = "king − man + woman";  // words of both tables

// The sign and the word of each term; none for what is no sum.
export function termsOf(text) {
  const [first, ...others] = text.split(/([+−–-])/);
  const parts = first.trim() ? [["+", first]] : [];
  for (let i = 0; i < others.length; i += 2) parts.push([others[i], others[i + 1]]);
  const terms = parts.map(([sign, word]) => ({ sign: sign === "+" ? 1 : -1, text: word.trim() }));
  return terms.length > 1 && terms.length <= MOST_TERMS && terms.every((one) => one.text) ? terms : [];
}

// The words nearest to a sum: k of others, and those that went in where they come by their cosine.
export function sumFor(text, k, table, sizes) {
  const found = termsOf(text).map((term) => ({ ...term, ...tokenOf(term.text, table, sizes) })), answer = { asked: text, found, near: [] };
  if (!found.length || found.some(({ missing }) => missing)) return answer;
  const { rows, lengths, dim, words } = table, own = found.map(({ word }) => word), total = new Float64Array(dim);
  for (const { sign, word } of found) for (let i = 0; i < dim; i++) total[i] += sign * rows[table.rowOf.get(word) * dim + i];
  const long = Math.hypot(...total);
  if (long < 1e-6) return answer;
  const cosines = Array.from(lengths, (length, row) => total.reduce((sum, number, i) => sum + number * rows[row * dim + i], 0) / (length * long));
  const order = [...cosines.keys()].sort((one, other) => cosines[other] - cosines[one]);
  let others = 0;
  for (let i = 0; others < k && i < order.length; i++) {
    others += !own.includes(words[order[i]]);
    answer.near.push([words[order[i]], cosines[order[i]]]);
  }
  return answer;
}

const isSumTold = (model) => !model.get("sum") || model.get("sum_answer").asked === model.get("sum");

// The part of the explorer: a field, and what is nearest to the sum. `go` hears the text of a sum.
function sumPart(t, model, { characters }, go) {
  const box = h("input", { type: "text", maxLength: characters, spellcheck: false, autocapitalize: "off", autocomplete: "off" });
  const told = h("div", { "aria-live": "polite" }), act = () => go(box.value);
  const form = h("form", { noValidate: true }, h("label", {}, t.neighboursSum, box), ending(t.neighboursSumAct, act), button(SUM, () => go(SUM)));
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== box || event.isComposing) return;  // as in the form above
    event.preventDefault();
    act();
  });
  const item = ([name, cosine], own) => h("li", {}, chooser("first", name), own.includes(name) ? h("em", {}, ` ${t.neighboursSumIn}`) : "", h("span", {}, withMinus(cosine, 2)));
  const problemOf = ({ missing, text, id, pieces }) => h("p", {}, filled(t.neighboursMissing[missing], { word: text, id: inThousands(id ?? 0), pieces: pieces.join(" · ") }));

  const stop = follow(model, ["sum", "sum_answer"], () => {
    const text = model.get("sum"), { found = [], near = [] } = model.get("sum_answer");
    if (box.getRootNode().activeElement !== box) box.value = text;
    if (!text.trim() || !isSumTold(model)) return told.replaceChildren();
    const own = found.map(({ word }) => word), without = found.filter(({ missing }) => missing);
    if (!found.length) return told.replaceChildren(h("p", {}, filled(t.neighboursSumHow, { most: MOST_TERMS })));
    if (without.length) return told.replaceChildren(...without.map(problemOf));
    if (!near.length) return told.replaceChildren(h("p", {}, t.neighboursSumZero));
    const sum = found.map(({ sign, word }, i) => (sign > 0 ? (i ? " + " : "") : i ? " − " : "−") + word).join(""), title = filled(t.neighboursNear, { word: sum });
    return told.replaceChildren(h("p", {}, title), h("ol", { "aria-label": title }, near.map((one) => item(one, own))));
  });
  return { body: h("div", { className: "neighbours-sum" }, form, told), stop };
}
