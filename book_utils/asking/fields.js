// The part of a guess that a reader fills in: one builder for each kind.
// Each gives { body, read(), missing, show(guess) }: its elements, the guess now entered (null where there is none),
// what to say then, and a way to put a stored guess back.

function choiceField({ labels, several }) {
  const inputs = labels.map((label) => h("input", { type: several ? "checkbox" : "radio", name: "choice", value: label }));
  const body = h("div", { className: "guess-choices" }, inputs.map((input, i) =>
    h("div", { className: "guess-choice" }, h("label", {}, input, h("span", {}, line(labels[i]))))));
  const picked = () => inputs.filter((input) => input.checked).map((input) => input.value);
  return {
    body: [body],
    read: () => (picked().length ? (several ? picked() : picked()[0]) : null),
    missing: "needGuess",
    show: (guess) => inputs.forEach((input) => { input.checked = [guess].flat().includes(input.value); }),
  };
}

function numberField({ scale, unit, t }) {
  const field = h("input", { type: "text", inputMode: "decimal", autocomplete: "off" });
  const label = h("label", {}, t.yourNumber + (unit ? ` (${unit})` : "") + " ", field);
  const plain = {
    body: [label],
    read: () => readNumber(field.value),
    missing: "needNumber",
    show: (guess) => { field.value = guess === null ? "" : readNumber(numberText(guess)) === guess ? numberText(guess) : guess; },
  };
  if (!scale.low) return plain;
  const [low, high] = [Math.log10(scale.low), Math.log10(scale.high)];
  const slider = h("input", { type: "range", min: low, max: high, step: (high - low) / 200, value: (low + high) / 2 });
  const say = () => {
    const number = readNumber(field.value);
    slider.setAttribute("aria-valuetext", number === null ? t.noNumber : guessText("number", number, unit));
  };
  slider.addEventListener("input", () => { field.value = numberText(Number((10 ** slider.value).toPrecision(2))); say(); });
  field.addEventListener("input", () => {
    const number = readNumber(field.value);
    if (number > 0) slider.value = Math.log10(number);
    say();
  });
  say();
  return {
    ...plain,
    body: [label, h("label", { className: "guess-slider" }, h("span", {}, t.slider), slider, ticksOf(logLine(scale)))],
    show: (guess) => {
      plain.show(guess);
      if (guess > 0) slider.value = Math.log10(guess);
      say();
    },
  };
}

// Say which numbers are possible, in the words of scales.py.
function possibleWords(limits, t) {
  const [low, high] = limits.map(numberText);
  return (limits.length === 2 ? t.possibleBetween : t.possibleFrom).replace("{low}", low).replace("{high}", high);
}

function shapeField({ t }) {
  const field = h("input", { type: "text", autocomplete: "off", placeholder: "( … )" });
  return {
    body: [h("label", {}, t.yourShape + " ", field)],
    read: () => readShape(field.value),
    missing: "needShape",
    show: (guess) => { field.value = guess ? guessText("shape", guess) : ""; },
  };
}

// No kernel can be sent half of a character (a lone surrogate); U+FFFD is what the page shows for one anyway.
const wellFormed = (text) => (text.toWellFormed ? text.toWellFormed() : text);

function wordsField({ t }) {
  const field = h("textarea", { rows: 3, maxLength: 20000 });  // what a file of guesses takes: see record.js
  return {
    body: [h("label", {}, t.yourWords, field)],
    read: () => wellFormed(field.value.trim()) || null,
    missing: "needWords",
    show: (guess) => { field.value = guess || ""; },
  };
}

// A map of words, and marks on it: no text lies on another. On a phone the map is drawn at less than half its size,
// and its letters are larger to be read.
function mapOf(points) {
  const at = (axis) => points.map((point) => point[axis + 1]);
  const ends = [0, 1].map(at).map((all) => [Math.min(...all), Math.max(...all)])
    .map(([low, high]) => [low - 0.15 * (high - low), high + 0.15 * (high - low)]);
  const [[left, right], [bottom, top]] = ends, [width, height] = [640, 440];
  const place = ([x, y]) => [(width * (x - left)) / (right - left), (height * (top - y)) / (top - bottom)];
  const names = svg("g"), over = svg("g"), narrow = matchMedia("(max-width: 36rem)");
  const map = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "guess-map", "aria-hidden": "true" }, names, over);
  const room = () => (narrow.matches ? [18.5, 32, 14] : [10.5, 20, 9]);  // of a letter and a line, as in guess.css, and a mark
  let marks = [], labels = [];

  function write() {
    const [letter, tall, size] = room(), around = marks.map(([, point]) => place(point)).map(([x, y]) => [x - size, y - size, x + size, y + size]);
    labels = labelled(points.map((point) => place(point.slice(1))), points.map(([name]) => name), [width, height], letter, tall, around);
    names.replaceChildren(...leaders(labels), ...labels.flatMap(({ x, y, left, base }, i) =>
      [svg("circle", { cx: x, cy: y, r: narrow.matches ? 8 : 5 }), svg("text", { x: left, y: base }, points[i][0])]));
    mark(marks);
  }

  // Put marks on it, [class, point, text] each; `write` lets the names make way for them.
  function mark(those) {
    const [letter, tall, size] = room(), texts = those.map(([, , text]) => text);
    const set = labelled(those.map(([, point]) => place(point)), texts, [width, height], letter * 1.1, tall, labels.map(({ box }) => box));
    marks = those;
    over.replaceChildren(...leaders(set), ...set.flatMap(({ x, y, left, base }, i) => [
      those[i][0] === "own" ? svg("path", { class: "guess-at-own", d: `M${x - size} ${y}h${2 * size}M${x} ${y - size}v${2 * size}` }) : svg("circle", { class: "guess-at-answer", cx: x, cy: y, r: size }),
      svg("text", { class: "guess-at-text", x: left, y: base }, texts[i])]));
  }
  write();
  narrow.addEventListener("change", write);
  return { map, ends, write, mark };
}

// A place on a map, by mouse or touch on the map, or by two sliders.
function pointField({ scale: { points }, t }) {
  const { map, ends, write, mark } = mapOf(points), [[left, right], [bottom, top]] = ends;
  const [across, up] = ends.map(([low, high]) => h("input", { type: "range", min: low, max: high, step: (high - low) / 100, value: (low + high) / 2 }));
  let touched = false;
  const now = () => [across, up].map((input) => Number(Number(input.value).toFixed(3)));
  // Text in place of the map: the words that stand nearest to the mark.
  const near = h("p", { className: "guess-hint", "aria-live": "polite" });
  function draw() {
    for (const [axis, input] of [across, up].entries()) input.setAttribute("aria-valuetext", now()[axis]);
    if (!touched) return;
    mark([["own", now(), ""]]);
    const nearest = [...points].sort((a, b) => apart(a.slice(1), now()) - apart(b.slice(1), now())).slice(0, 3);
    near.textContent = `${t.nearTo} ${nearest.map((point) => point[0]).join(", ")}`;
  }
  draw();
  for (const input of [across, up]) input.addEventListener("input", () => { touched = true; draw(); });
  map.addEventListener("click", (event) => {
    if (across.matches(":disabled")) return;
    const box = map.getBoundingClientRect();
    across.value = left + ((event.clientX - box.left) / box.width) * (right - left);
    up.value = top - ((event.clientY - box.top) / box.height) * (top - bottom);
    touched = true;
    draw();
  });
  return {
    // One element, for where a child of a fieldset goes, as the sliders do, Chromium builds the boxes of all others anew.
    body: [h("div", {}, map, h("p", { className: "guess-hint" }, t.pointHint), near,
      h("label", { className: "guess-slider" }, h("span", {}, t.across), across), h("label", { className: "guess-slider" }, h("span", {}, t.up), up))],
    read: () => (touched ? now() : null),
    missing: "needPoint",
    show: (point) => {
      if (!point || (touched && String(point) === String(now()))) return;  // to place names again takes time
      [across.value, up.value] = point;
      touched = true;
      draw();
    },
    reveal: (answer, guess) => {
      near.textContent = "";
      mark([["answer", answer, t.theAnswer], ...(guess ? [["own", guess, t.yourGuess]] : [])]);
      write();
    },
  };
}

export const FIELDS = {
  order: orderField, lines: linesField, point: pointField, number: numberField, shape: shapeField, words: wordsField, choice: choiceField,
  choices: (given) => choiceField({ ...given, several: true }),
};

// A guess as text, to stand beside the answer.
export function guessText(kind, guess, unit) {
  if (kind === "number") return `${numberText(guess)} ${unit}`.trim();
  if (kind === "order" || kind === "lines") return guess.join(" › ");
  if (kind === "shape" || kind === "point") return `(${guess.join(", ")})`;
  return [guess].flat().join(", ");
}

// How far off a number is, in words.
export function distance(answer, guess, scale, t) {
  if (scale.by === "spread") return t.apart.replace("{n}", numberText(Number((apart(guess, answer) / scale.spread).toPrecision(2))));
  if (scale.by !== "ratio") return guess === answer ? t.exactly : `${t.off} ${numberText(Math.abs(guess - answer))}`;
  const times = factor(answer, guess);
  if (times === Infinity) return t.wrongSign;
  if (times < 1.005) return t.exactly;
  if (times <= 2) return t.within2;
  return times <= 10 ? t.within10 : `${t.times} ${numberText(times >= 1000 ? Math.round(times) : Number(times.toPrecision(2)))}`;
}
