// The guess: commit first, then reveal. Everything on screen is painted from the model, and handlers
// only set traits, so that the same file works with a kernel behind it and without one.

const CONFIDENCES = ["guessing", "leaning", "sure"];

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

function render({ model, el }) {
  const t = words(el);
  const get = (trait) => model.get(trait);
  const save = (traits) => { for (const [trait, value] of Object.entries(traits)) model.set(trait, value); model.save_changes(); };
  const kind = get("kind");
  const labels = get("choices").map((choice) => choice.label);
  const stored = (trait) => (legal(kind, get(trait), labels) ? get(trait) : null);

  // -- asking -------------------------------------------------------------
  const field = FIELDS[kind]({ labels, scale: get("scale"), unit: get("unit"), t });
  const ask = h("fieldset", { className: "guess-ask" }, h("legend", {}, line(get("question"))),
    kind === "choices" ? h("p", { className: "guess-hint" }, t.several) : "", field.body);
  const sures = CONFIDENCES.map((name) => h("input", { type: "radio", name: "sure", value: name }));
  const sure = h("fieldset", { className: "guess-sure", hidden: kind === "words" }, h("legend", {}, t.howSure),
    sures.map((input) => h("label", {}, input, h("span", {}, t[input.value]))));
  const problem = h("p", { className: "guess-problem", role: "alert" });
  const commit = h("button", { type: "submit", className: "book-button" });
  const skip = h("button", { type: "button", className: "book-link" }, t.skip);
  const form = h("form", { noValidate: true }, ask, sure, problem, h("p", { className: "guess-actions" }, commit, skip));

  // -- committed, not yet revealed ----------------------------------------
  const own = h("div", { className: "guess-own", "aria-live": "polite" });
  const reveal = h("button", { type: "button", className: "book-button" }, t.reveal);
  const change = h("button", { type: "button", className: "book-link" }, t.changeMind);
  const locked = h("p", { className: "guess-actions" }, reveal, change);

  // -- revealed -----------------------------------------------------------
  // It takes the focus and is read then, so it needs no live region.
  const verdict = h("div", { className: "guess-verdict", role: "group", tabIndex: -1 });
  const root = h("div", { className: "guess" }, form, locked, own, verdict);
  root.dataset.kind = kind;
  el.append(root);

  const enter = () => (ask.querySelector(":checked") || ask.querySelector("input, textarea, button")).focus();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const guess = field.read();
    const confidence = kind === "words" ? "" : sures.find((input) => input.checked)?.value;
    const refused = kind === "number" && guess !== null && impossible(guess, get("possible")) ? possibleWords(get("possible"), t) : "";
    const missing = guess === null ? field.missing : refused ? "needNumber" : confidence === undefined ? "needSure" : "";
    problem.textContent = refused || (missing ? t[missing] : "");
    if (missing) {
      if (missing === "needSure") sures[0].focus();
      else enter();
      return;
    }
    // The first guess stays for ever; a later one stands beside it.
    if (stored("guess") === null) save({ guess, confidence });
    else save({ second: JSON.stringify(guess) === JSON.stringify(stored("guess")) ? null : guess, changing: false });
    reveal.focus();
  });
  skip.addEventListener("click", () => {
    save({ skipped: true, revealed: true });
    verdict.focus();
  });
  change.addEventListener("click", () => { save({ changing: true }); enter(); });
  reveal.addEventListener("click", () => { save({ revealed: true }); verdict.focus(); });

  function paintOwn() {
    const [first, second] = [stored("guess"), stored("second")];
    const told = (guess) => (labels.length ? line(guessText(kind, guess)) : guessText(kind, guess, get("unit")));
    const row = (name, guess, note) => h("p", {}, h("strong", {}, name + ": "), told(guess), note ? ` (${note})` : "");
    own.replaceChildren(...[
      first === null ? null : row(t.yourGuess, first, CONFIDENCES.includes(get("confidence")) && t[get("confidence")]),
      second === null ? null : row(t.secondThought, second, ""),
    ].filter(Boolean));
  }

  function paintChoices() {
    const answers = [get("answer")].flat();
    root.querySelectorAll(".guess-choice").forEach((item, i) => {
      const { label, note } = get("choices")[i];
      const marks = [];
      if (answers.includes(label)) marks.push(["answer", "✓ " + t.theAnswer]);
      if ([stored("guess")].flat().includes(label)) marks.push(["own", "▸ " + t.yourGuess]);
      if ([stored("second")].flat().includes(label)) marks.push(["own", "▸ " + t.secondThought]);
      item.dataset.answer = answers.includes(label);
      item.querySelectorAll(".guess-tags, .guess-note").forEach((old) => old.remove());
      item.append(h("span", { className: "guess-tags" }, marks.map(([name, text]) => h("span", { className: `guess-tag guess-tag-${name}` }, text))));
      if (note) item.append(h("p", { className: "guess-note" }, line(note)));
    });
  }

  function paintVerdict() {
    const [first, second, answer, scale] = [stored("guess"), stored("second"), get("answer"), get("scale")];
    const right = score(kind, answer, first, scale);
    const surprised = right === false && get("confidence") === "sure";
    let said = right === null ? (kind === "words" && first !== null ? "" : t.skipped) : right ? "✓ " + t.right : "✗ " + t.wrong;
    if ((kind === "number" || kind === "point") && first !== null) said += ` (${distance(answer, first, scale, t)})`;
    if (right === false && score(kind, answer, second, scale)) said += " " + t.secondRight;
    const answered = h("p", { className: "guess-answer" }, h("strong", {}, (kind === "words" ? t.modelAnswer : t.theAnswer) + ": "), line(get("answer_text")));
    const marks = [["answer", t.theAnswer, answer], ...(first === null ? [] : [["own", t.yourGuess, first]])];
    const longer = get("longer") && h("details", { className: "guess-more", open: surprised }, h("summary", {}, t.more), prose(get("longer")));
    verdict.replaceChildren(...[
      said && h("p", { className: "guess-said" }, said),
      answered,
      surprised ? h("p", {}, t.sureWrong) : null,
      kind === "number" && scale.low ? strip(scale, marks) : null,
      ...prose(get("because")),
      longer,
      ...get("reveal").flatMap(part),
      kind === "words" && first !== null ? rating() : null,
    ].filter(Boolean));
    verdict.setAttribute("aria-label", [said, answered.textContent].filter(Boolean).join(" "));
    root.dataset.right = right;
  }

  function rating() {
    const names = ["missed", "partly", "got"];
    const set = h("fieldset", { className: "guess-sure" }, h("legend", {}, t.rate), names.map((name) =>
      h("label", {}, h("input", { type: "radio", name: "rating", value: name, checked: get("rating") === name }), h("span", {}, t[name]))));
    set.addEventListener("change", (event) => save({ rating: event.target.value }));
    const form = h("form", {}, set);  // a form of its own keeps these buttons apart from other groups
    form.addEventListener("submit", (event) => event.preventDefault());
    return form;
  }

  function paint() {
    const [first, revealed, changing] = [stored("guess"), get("revealed"), get("changing")];
    const asking = !revealed && (first === null || changing);
    root.dataset.state = revealed ? "revealed" : asking ? "open" : "committed";
    ask.disabled = !asking;
    if (!asking) field.show(stored("second") ?? first);
    for (const input of sures) { input.disabled = first !== null; if (first !== null) input.checked = input.value === get("confidence"); }
    sure.hidden = kind === "words" || !asking || changing;
    commit.textContent = changing ? t.commitSecond : t.commit;
    commit.hidden = !asking;
    skip.hidden = !asking || changing;
    locked.hidden = asking || revealed;
    own.hidden = first === null;
    verdict.hidden = !revealed;
    paintOwn();
    if (revealed) { field.reveal?.(get("answer"), first); paintChoices(); paintVerdict(); }
  }
  const traits = ["guess", "confidence", "second", "skipped", "revealed", "changing"];
  return follow(model, traits, paint);
}

export default { render };
