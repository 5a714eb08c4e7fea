// What a guess shows once it is revealed: whether it was right and why, where it lies on a line of numbers, and more.

// -- a line of numbers: powers of ten where a guess is scored by ratio, else even steps -----------------------------
const SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const powerText = (k) => (Math.abs(k) < 5 ? numberText(Number(`1e${k}`))
  : `10${k < 0 ? "⁻" : ""}${[...String(Math.abs(k))].map((digit) => SUPERSCRIPT[digit]).join("")}`);

function logLine({ low, high }) {
  const [from, to] = [Math.log10(low), Math.log10(high)], by = Math.max(1, Math.ceil((to - from) / 6)), ticks = [];
  for (let k = Math.ceil(from - 1e-9); k <= to + 1e-9; k += by) ticks.push([10 ** k, powerText(k)]);
  return { ticks, place: (number) => (100 * (Math.log10(Math.max(number, Number.MIN_VALUE)) - from)) / (to - from) };
}

function evenLine(numbers, [least = Math.min(...numbers), most = Math.max(...numbers)]) {
  const size = most - least || Math.abs(most) || 1, rough = size / 5, ten = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * ten).find((one) => one >= rough * 0.999);
  const [first, last] = [Math.floor(least / step + 1e-9), Math.max(Math.ceil(most / step - 1e-9), Math.floor(least / step) + 1)], ticks = [];
  for (let k = first; k <= last; k++) ticks.push([k * step, numberText(Number((k * step).toPrecision(12)))]);
  return { ticks, place: (number) => (100 * (number / step - first)) / (last - first) };
}

// The scale below a line or a slider. A label stays inside, and its tick stands where its number lies.
function ticksOf({ ticks, place }) {
  return h("div", { className: "guess-scale", "aria-hidden": "true" }, ticks.map(([number, text]) => at(h("span", {}, text), place(number))));
}

function at(element, percent) {
  element.style.setProperty("--at", `${Math.min(100, Math.max(0, percent))}%`);
  return element;
}

// Where a guess and the answer lie. Everything on it is said in words as well.
function strip(line, marks) {
  return h("div", { className: "guess-strip", "aria-hidden": "true" }, ticksOf(line),
    marks.map(([name, text, number]) => at(h("span", { className: `guess-mark guess-mark-${name}` }, h("span", {}, text)), line.place(number))));
}

// -- the parts that a chapter gave: words, tables, figures ----------------------------------------------------------
function part(part) {
  if (part.kind === "words") return prose(part.text);
  if (part.kind === "table") return h("div", { className: "book-scroll", tabIndex: 0, role: "group", "aria-label": part.rows[0].join(", ") }, table(part.rows));
  const image = h("img", { alt: part.alt });
  image.src = part.address || "data:image/svg+xml," + encodeURIComponent(part.svg);
  return image;
}

// The lines of its own cell that worked the answer out, in colours; put there when they are first opened. A page has
// them in the plain form of the guess.
function ownCode({ t, get, plain }) {
  if (!plain && !get("code")?.length) return null;
  const pieces = () => (plain ? [...plain.cloneNode(true).childNodes]
    : get("code").map(([colour, text]) => (colour ? h("span", { className: colour }, text) : text)));
  const code = h("pre", { className: "highlight", tabIndex: 0 });
  const folded = h("details", { className: "guess-code" }, h("summary", {}, t.howComputed), code);
  folded.addEventListener("toggle", () => code.replaceChildren(...pieces()), { once: true });
  return folded;
}

// -- the choices, marked -------------------------------------------------------------------------------------------
function markChoices({ t, get, stored, sureness }, items) {
  const said = (trait) => [stored(trait)].flat(), answers = [get("answer")].flat();
  const marks = [["answer", answers, "✓ " + t.theAnswer], ["own", said("guess"), "▸ " + t.yourGuess + sureness()], ["own", said("second"), "▸ " + t.secondThought]];
  items.forEach((item, i) => {
    const { label, note } = get("choices")[i];
    const tags = marks.filter(([, those]) => those.includes(label)).map(([name, , text]) => h("span", { className: `guess-tag guess-tag-${name}` }, text));
    item.dataset.answer = answers.includes(label);
    item.querySelectorAll(".guess-tags, .guess-note").forEach((old) => old.remove());
    if (tags.length) item.append(h("span", { className: "guess-tags" }, tags));
    if (note) item.append(h("p", { className: "guess-note" }, line(note)));
  });
}

// -- what is said: right or not, the answer where it is not marked above, and at once why -----------------------------
function saidOf({ t, get, kind, stored }, right) {
  const first = stored("guess"), [answer, scale] = [get("answer"), get("scale")];
  if (right === null) return kind === "words" && first !== null ? null : h("span", { className: "guess-said" }, t.skipped);
  const far = kind === "number" || kind === "point" ? ` (${distance(answer, first, scale, t)})` : "";
  const again = !right && score(kind, answer, stored("second"), scale) ? " " + t.secondRight : "";
  return h("span", { className: "guess-said" }, h("strong", {}, right ? "✓ " + t.right : "✗ " + t.wrong), far + again);
}

function numberLine({ t, get, kind, stored }) {
  if (kind !== "number") return null;
  const [answer, scale, unit] = [get("answer"), get("scale"), get("unit")];
  const said = [["own", t.yourGuess, stored("guess")], ["own", t.secondThought, stored("second")]].filter(([, , number]) => number !== null);
  const marks = [["answer", t.theAnswer, answer], ...said.slice(-1)];
  const line = scale.low ? logLine(scale) : evenLine(marks.map(([, , number]) => number), get("possible"));
  return strip(line, marks.map(([name, text, number]) => [name, `${text}: ${guessText(kind, number, unit)}`, number]));
}

// Its first line and label, what that line says later where the choices show the answer, and a function that makes the rest.
export function verdictOf(it, right) {
  const { t, get, kind, stored } = it, said = saidOf(it, right), surprised = right === false && get("confidence") === "sure";
  const marked = kind === "choice" || kind === "choices", [why = null, ...whys] = prose(get("because"));
  const told = h("span", { className: kind === "lines" ? "book-hidden" : "" }, line(get("answer_text")));  // or a list below
  const answered = h("span", { className: "guess-answer" }, h("strong", {}, (kind === "words" ? t.modelAnswer : t.theAnswer) + ": "), told);
  answered.classList.toggle("book-hidden", marked);
  const first = h("p", {}, said, " ", answered, " ");
  const longer = () => get("longer") && h("details", { className: "guess-more", open: surprised },
    h("summary", {}, surprised ? t.moreSure : t.more), prose(get("longer")));
  const rest = () => [
    ...(kind === "lines" ? rightLines(get("answer"), get("choices"), t) : []), numberLine(it), ...(marked ? whys : [why, ...whys]), ...get("reveal").flatMap(part), longer(), ownCode(it),
    kind !== "words" || stored("guess") === null ? null : get("points")?.length ? checklist(it) : rating(it),
  ].filter(Boolean);
  return { first, more: marked && why ? [...why.childNodes] : [], rest, label: [said?.textContent, answered.textContent].filter(Boolean).join(" ") };
}

// What own words should have: the reader ticks what theirs had, and that says how close they came.
function checklist({ t, get, save }) {
  const points = get("points"), before = [get("ticked")].flat();
  const box = (checked, text) => h("label", {}, h("input", { type: "checkbox", checked }), h("span", {}, text));
  const boxes = points.map((point, i) => box(before.includes(i), line(point))), none = box(get("rating") === "missed", t.tickNone);
  const all = [...boxes, none].map((label) => label.firstChild), missed = all.at(-1);
  const set = h("fieldset", { className: "guess-rating guess-points" }, h("legend", {}, t.tick), boxes, none);
  set.addEventListener("change", ({ target }) => {
    for (const one of all) if (target.checked && (one === missed) !== (target === missed)) one.checked = false;
    const ticked = points.map((_, i) => i).filter((i) => all[i].checked);
    save({ ticked, rating: missed.checked ? "missed" : ticked.length === points.length ? "got" : ticked.length ? "partly" : "" });
  });
  return set;
}

function rating({ t, get, save }) {
  const set = h("fieldset", { className: "guess-rating" }, h("legend", {}, t.rate), RATINGS.map((name) =>
    h("label", {}, h("input", { type: "radio", name: "rating", value: name, checked: get("rating") === name }), h("span", {}, t[name]))));
  set.addEventListener("change", (event) => save({ rating: event.target.value }));
  const form = h("form", {}, set);  // a form of its own keeps these buttons apart from other groups
  form.addEventListener("submit", (event) => event.preventDefault());
  return form;
}
