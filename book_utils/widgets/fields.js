// The part of a guess that a reader fills in: one builder for each kind.
// Each gives { body, read(), missing, show(guess) }: its elements, the guess now entered (null where
// there is none), what to say then, and a way to put a stored guess back.

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
    show: (guess) => { field.value = guess === null ? "" : numberText(guess); },
  };
  if (!scale.low) return plain;
  const [low, high] = [Math.log10(scale.low), Math.log10(scale.high)];
  const slider = h("input", { type: "range", min: low, max: high, step: (high - low) / 200, value: (low + high) / 2 });
  const say = () => slider.setAttribute("aria-valuetext", `${numberText(Number((10 ** slider.value).toPrecision(2)))} ${unit}`);
  slider.addEventListener("input", () => { field.value = numberText(Number((10 ** slider.value).toPrecision(2))); say(); });
  field.addEventListener("input", () => {
    const number = readNumber(field.value);
    if (number > 0) slider.value = Math.log10(number);
    say();
  });
  say();
  const ends = h("span", { className: "guess-ends", "aria-hidden": "true" }, h("span", {}, numberText(scale.low)), h("span", {}, numberText(scale.high)));
  return {
    ...plain,
    body: [label, h("label", { className: "guess-slider" }, h("span", {}, t.slider), slider, ends)],
    show: (guess) => {
      plain.show(guess);
      if (guess > 0) slider.value = Math.log10(guess);
      say();
    },
  };
}

function shapeField({ t }) {
  const field = h("input", { type: "text", autocomplete: "off", placeholder: "( … )" });
  return {
    body: [h("label", {}, t.yourShape + " ", field)],
    read: () => readShape(field.value),
    missing: "needShape",
    show: (guess) => { field.value = guess ? `(${guess.join(", ")})` : ""; },
  };
}

function wordsField({ t }) {
  const field = h("textarea", { rows: 3 });
  return {
    body: [h("label", {}, t.yourWords, field)],
    read: () => field.value.trim() || null,
    missing: "needWords",
    show: (guess) => { field.value = guess || ""; },
  };
}

export const FIELDS = {
  choice: choiceField,
  choices: (given) => choiceField({ ...given, several: true }),
  number: numberField,
  shape: shapeField,
  words: wordsField,
};

// A guess as text, to stand beside the answer.
export function guessText(kind, guess, unit) {
  if (kind === "number") return `${numberText(guess)} ${unit}`.trim();
  if (kind === "shape") return `(${guess.join(", ")})`;
  return [guess].flat().join(", ");
}
