// The guess: commit first, then reveal. Everything on screen is painted from the model, and handlers
// only set traits, so that the same file works with a kernel behind it and without one.

// Where a guess and the answer lie on the slider's scale, one above the other.
function strip(scale, marks) {
  const [low, high] = [Math.log10(scale.low), Math.log10(scale.high)];
  const place = (number) => Math.min(100, Math.max(0, (100 * (Math.log10(Math.max(number, Number.MIN_VALUE)) - low)) / (high - low)));
  return h("div", { className: "guess-strip", "aria-hidden": "true" }, marks.map(([name, text, number]) => {
    const at = place(number);
    const mark = h("span", { className: `guess-mark guess-mark-${name}` }, h("span", {}, text));
    mark.style.left = `${at}%`;
    mark.firstChild.style.transform = `translateX(-${at}%)`;  // the label stays inside the strip
    return mark;
  }));
}

function part(part) {
  if (part.kind === "words") return prose(part.text);
  if (part.kind === "table") return h("div", { className: "book-scroll", tabIndex: 0, role: "group", "aria-label": part.rows[0].join(", ") }, table(part.rows));
  const image = h("img", { alt: part.alt });
  image.src = part.address || "data:image/svg+xml," + encodeURIComponent(part.svg);
  return image;
}

// -- asking: the form with the question, how sure the reader is, and two buttons
function formOf({ t, get, save, kind, labels, stored }, done) {
  const field = FIELDS[kind]({ labels, scale: get("scale"), unit: get("unit"), t });
  const ask = h("fieldset", { className: "guess-ask" }, h("legend", {}, line(get("question"))),
    kind === "choices" ? h("p", { className: "guess-hint" }, t.several) : "", field.body);
  const sures = SURES.map((name) => h("input", { type: "radio", name: "sure", value: name }));
  const sure = h("fieldset", { className: "guess-sure", hidden: kind === "words" }, h("legend", {}, t.howSure),
    sures.map((input) => h("label", {}, input, h("span", {}, t[input.value]))));
  const problem = h("p", { className: "guess-problem", role: "alert" });
  const commit = ending("", keep);
  const skip = button(t.skip, () => { save({ skipped: true, revealed: true }); done("revealed"); }, { className: "book-link" });
  const body = h("form", { noValidate: true }, ask, sure, problem, h("p", { className: "guess-actions" }, commit, skip));
  const enter = () => (ask.querySelector(":checked") || ask.querySelector("input, textarea, button")).focus();

  // What is missing, said to the reader, and where to go to mend it; nothing where nothing is.
  function missing(guess, confidence) {
    if (guess === null) return [t[field.missing], enter];
    if (kind === "number" && impossible(guess, get("possible"))) return [possibleWords(get("possible"), t), enter];
    return confidence === undefined ? [t.needSure, () => sures[0].focus()] : ["", null];
  }

  function keep() {
    const guess = field.read(), confidence = kind === "words" ? "" : sures.find((input) => input.checked)?.value;
    const [said, go] = missing(guess, confidence);
    problem.textContent = said;
    if (go) { go(); return; }
    // The first guess stays for ever; a later one stands beside it.
    if (stored("guess") === null) save({ guess, confidence });
    else save({ second: same(guess, stored("guess")) ? null : guess, changing: false });
    done("committed");
  }

  function paint(asking, changing) {
    const first = stored("guess");
    ask.disabled = !asking;
    if (!asking) field.show(stored("second") ?? first);
    for (const input of sures) { input.disabled = first !== null; if (first !== null) input.checked = input.value === get("confidence"); }
    sure.hidden = kind === "words" || !asking || changing;
    commit.textContent = changing ? t.commitSecond : t.commit;
    commit.hidden = !asking;
    skip.hidden = !asking || changing;
  }
  return { body, enter, paint, reveal: (answer) => field.reveal?.(answer, stored("guess")) };
}

// -- what the reader has said
function ownLines({ t, get, kind, labels, stored }) {
  const told = (guess) => (labels.length ? line(guessText(kind, guess)) : guessText(kind, guess, get("unit")));
  const row = (name, guess, note) => (guess === null ? "" : h("p", {}, h("strong", {}, name + ": "), told(guess), note ? ` (${note})` : ""));
  const sure = get("confidence");
  return [row(t.yourGuess, stored("guess"), SURES.includes(sure) && t[sure]), row(t.secondThought, stored("second"), "")].filter(Boolean);
}

// -- the answer: beside the choices, and below
function markChoices({ t, get, stored }, items) {
  const said = (trait) => [stored(trait)].flat(), answers = [get("answer")].flat();
  items.forEach((item, i) => {
    const { label, note } = get("choices")[i];
    const marks = [["answer", answers, "✓ " + t.theAnswer], ["own", said("guess"), "▸ " + t.yourGuess], ["own", said("second"), "▸ " + t.secondThought]];
    const tags = marks.filter(([, those]) => those.includes(label)).map(([name, , text]) => h("span", { className: `guess-tag guess-tag-${name}` }, text));
    item.dataset.answer = answers.includes(label);
    item.querySelectorAll(".guess-tags, .guess-note").forEach((old) => old.remove());
    item.append(h("span", { className: "guess-tags" }, tags));
    if (note) item.append(h("p", { className: "guess-note" }, line(note)));
  });
}

function saidOf({ t, get, kind, stored }, right) {
  const first = stored("guess"), [answer, scale] = [get("answer"), get("scale")];
  if (right === null) return kind === "words" && first !== null ? "" : t.skipped;
  const far = kind === "number" || kind === "point" ? ` (${distance(answer, first, scale, t)})` : "";
  const again = !right && score(kind, answer, stored("second"), scale) ? " " + t.secondRight : "";
  return (right ? "✓ " + t.right : "✗ " + t.wrong) + far + again;
}

function verdictOf(it, right) {
  const { t, get, kind, stored } = it, first = stored("guess"), [answer, scale] = [get("answer"), get("scale")];
  const said = saidOf(it, right), surprised = right === false && get("confidence") === "sure";
  const answered = h("p", { className: "guess-answer" }, h("strong", {}, (kind === "words" ? t.modelAnswer : t.theAnswer) + ": "), line(get("answer_text")));
  const marks = [["answer", t.theAnswer, answer], ...(first === null ? [] : [["own", t.yourGuess, first]])];
  const longer = get("longer") && h("details", { className: "guess-more", open: surprised }, h("summary", {}, t.more), prose(get("longer")));
  const parts = [
    said && h("p", { className: "guess-said" }, said), answered, surprised ? h("p", {}, t.sureWrong) : null,
    kind === "number" && scale.low ? strip(scale, marks) : null, ...prose(get("because")), longer,
    ...get("reveal").flatMap(part), kind === "words" && first !== null ? rating(it) : null,
  ];
  return { parts: parts.filter(Boolean), label: [said, answered.textContent].filter(Boolean).join(" ") };
}

function rating({ t, get, save }) {
  const set = h("fieldset", { className: "guess-sure" }, h("legend", {}, t.rate), RATINGS.map((name) =>
    h("label", {}, h("input", { type: "radio", name: "rating", value: name, checked: get("rating") === name }), h("span", {}, t[name]))));
  set.addEventListener("change", (event) => save({ rating: event.target.value }));
  const form = h("form", {}, set);  // a form of its own keeps these buttons apart from other groups
  form.addEventListener("submit", (event) => event.preventDefault());
  return form;
}

function render({ model, el }) {
  const t = words(el), save = saving(model), get = (trait) => model.get(trait);
  const kind = get("kind"), labels = get("choices").map((choice) => choice.label);
  const stored = (trait) => (legal(kind, get(trait), labels) ? get(trait) : null);
  const it = { t, get, save, kind, labels, stored };

  const form = formOf(it, (state) => (state === "committed" ? reveal : verdict).focus());
  const own = h("div", { className: "guess-own", "aria-live": "polite" });
  const reveal = button(t.reveal, () => { save({ revealed: true }); verdict.focus(); }, { className: "book-button" });
  const change = button(t.changeMind, () => { save({ changing: true }); form.enter(); }, { className: "book-link" });
  const locked = h("p", { className: "guess-actions" }, reveal, change);
  // The verdict takes the focus and is read then, so it needs no live region.
  const verdict = h("div", { className: "guess-verdict", role: "group", tabIndex: -1 });
  const root = h("div", { className: "guess" }, form.body, locked, own, verdict);
  root.dataset.kind = kind;
  el.append(root);

  function paintAnswer() {
    const right = score(kind, get("answer"), stored("guess"), get("scale")), { parts, label } = verdictOf(it, right);
    form.reveal(get("answer"));
    markChoices(it, root.querySelectorAll(".guess-choice"));
    verdict.replaceChildren(...parts);
    verdict.setAttribute("aria-label", label);
    root.dataset.right = right;
  }

  function paint() {
    const [first, revealed, changing] = [stored("guess"), get("revealed"), get("changing")];
    const asking = !revealed && (first === null || changing);
    root.dataset.state = revealed ? "revealed" : asking ? "open" : "committed";
    form.paint(asking, changing);
    locked.hidden = asking || revealed;
    own.hidden = first === null;
    own.replaceChildren(...ownLines(it));
    verdict.hidden = !revealed;
    if (revealed) paintAnswer();
  }
  return follow(model, ["guess", "confidence", "second", "skipped", "revealed", "changing"], paint);
}

export default { render };
