// What the reader of "break it" takes hold of: what to break, how much, where, on which text, and the guess.

const LEAST = 0.5, MOST = 50;  // of the number line, in nats; it is a line of powers

// The place of a loss on the line, from 0 to 1, and back.
export const placeOf = (loss) => Math.max(0, Math.min(1, Math.log(loss / LEAST) / Math.log(MOST / LEAST)));
export const lossAt = (place) => {
  const loss = LEAST * (MOST / LEAST) ** place;
  return Number(loss.toFixed(loss < 10 ? 2 : 1));
};

const choiceOf = (title, name, act) => {
  const head = h("legend", {}, title), options = h("div", { className: "break-options" });
  const body = h("fieldset", {}, head, options);
  body.addEventListener("change", (event) => act(JSON.parse(event.target.value)));
  return {
    body,
    show(values, chosen, says, title = head.textContent) {
      head.textContent = title;
      body.hidden = values.length < 2;
      const inputs = [...options.querySelectorAll("input")], texts = values.map((value) => JSON.stringify(value));
      if (JSON.stringify(inputs.map(({ value }) => value)) !== JSON.stringify(texts)) {
        options.replaceChildren(...values.map((value, i) =>
          h("label", {}, h("input", { type: "radio", name, value: texts[i] }), h("span", {}, says(value)))));
      }
      for (const input of options.querySelectorAll("input")) input.checked = input.value === JSON.stringify(chosen);
    },
  };
};

const chooserOf = (title, groups, act) => {
  const list = h("select", {}, groups.flatMap(([name, options]) => {
    const inside = options.map(([value, text]) => h("option", { value }, text));
    return name ? [h("optgroup", { label: name }, inside)] : inside;
  }));
  list.addEventListener("change", () => act(list.value));
  return { body: h("label", { className: "break-chooser" }, h("span", {}, title), list), show: (value) => { list.value = value; } };
};

// A field for any number and a slider along the number line, both for the guess.
function guessOf(t, act) {
  const field = h("input", { type: "text", inputMode: "decimal", autocomplete: "off" });
  const slider = h("input", { type: "range", min: 0, max: 1, step: 0.005, "aria-label": t.breakSlider });
  const note = h("p", { className: "break-note", role: "status" }), write = textBox(field);
  slider.addEventListener("input", () => act(lossAt(Number(slider.value))));
  field.addEventListener("change", () => {
    const number = readNumber(field.value), fits = number !== null && number > 0 && number < 1000;
    note.textContent = fits ? "" : filled(t.breakNoGuess, { text: field.value.trim().slice(0, 20) });
    if (fits) act(number);
  });
  return {
    field, slider, label: h("label", { className: "break-guess" }, h("span", {}, t.breakGuess), field), note,
    show(guess) {
      note.textContent = "";
      write(numberText(guess));
      slider.value = placeOf(guess);
      slider.setAttribute("aria-valuetext", numberText(guess));
    },
  };
}

// Beyond what was recorded: any amount, and a text of one's own; only where there is a kernel.
function beyondOf(t, act) {
  const amount = h("input", { type: "text", inputMode: "decimal", autocomplete: "off" });
  const own = h("textarea", { rows: 2, dir: "auto", spellcheck: false });
  const label = h("label", {}, h("span", {}, t.breakAny), amount), note = h("p", { className: "break-note", role: "status" });
  const write = textBox(amount);
  amount.addEventListener("change", () => {
    const number = readNumber(amount.value);
    note.textContent = number === null ? filled(t.breakNoNumber, { text: amount.value.trim().slice(0, 20) }) : "";
    if (number !== null) act({ amount: number });
  });
  own.addEventListener("input", () => act({ own: own.value.slice(0, 20000).replace(/\p{Cs}/gu, "\ufffd") }));
  return {
    body: h("div", { className: "break-beyond" }, label, note, h("label", {}, h("span", {}, t.breakOwn), own)),
    show(given, text, limits) {
      label.hidden = limits.length === 0;
      write(given === null ? "" : numberText(given));
      note.textContent = "";
      if (own.value !== text) own.value = text;
    },
  };
}

// All of them; `acts` is what they do.
export function breakForm({ t, facts, acts, beyond }) {
  const groups = Object.entries(t.breakGroups).map(([group, title]) =>
    [title, BREAK_GROUPS[group].filter((name) => facts.breaks[name]).map((name) => [name, t.breakNames[name]])]);
  const texts = [["", [["all", t.breakAll], ...Object.keys(facts.texts).map((name) => [name, t.breakTexts[name] ?? name])]]];
  const it = {
    what: chooserOf(t.breakWhat, groups, acts.what), amount: choiceOf("", "amount", acts.amount),
    side: choiceOf(t.breakWhere, "side", acts.side), text: chooserOf(t.breakText, texts, acts.text),
    guess: guessOf(t, acts.guess), beyond: beyond ? beyondOf(t, acts.beyond) : null,
  };
  it.parts = [h("div", { className: "break-top" }, it.what.body, it.text.body), it.amount.body, it.side.body, it.beyond?.body];
  return it;
}

export const BREAK_GROUPS = {
  table: ["bits", "blocks", "noisy", "random", "shuffled", "offByOne", "centred", "sameLength", "scaled"],
  places: ["shifted", "stretched", "backwards", "dealt", "nowhere"],
  turns: ["pairing", "base"],
};
