// The guess: say how sure you are, and that commits and reveals. Everything on screen is painted from the model, and
// handlers only set traits, so that the same file works with a kernel behind it and without one.

// -- asking: the form with the question, and the buttons that commit -------------------------------------------------
function formOf({ t, get, save, kind, labels, stored, shut }, done) {
  const field = FIELDS[kind]({ labels, scale: get("scale"), unit: get("unit"), t });
  const ask = h("fieldset", { className: "guess-ask" }, h("legend", {}, line(get("question"))),
    kind === "choices" ? h("p", { className: "guess-hint" }, t.several) : "", field.body);
  const sures = SURES.map((name) => button(t[name], () => keep(name), { value: name }));
  // Buttons, for a press is a decision: on the way through radio buttons an arrow key would commit.
  const sure = h("fieldset", { className: "guess-sure", tabIndex: -1, "data-lm-suppress-shortcuts": "true" },
    h("legend", {}, t.howSure, h("span", { className: "guess-hint" }, " " + (shut ? t.sureCommits : t.sureReveals))),
    h("div", {}, sures));
  const problem = h("p", { className: "guess-problem", role: "alert" });
  const commit = button("", () => keep(""), { className: "book-button" });  // where sureness is not asked
  const skip = button(t.skip, () => { save({ skipped: true, revealed: true }); done(); }, { className: "book-link" });
  const actions = h("p", { className: "guess-actions" }, commit, skip);
  const body = h("form", { noValidate: true }, ask, problem, sure, actions);
  const enter = () => (ask.querySelector(":checked") || ask.querySelector("input, textarea, button")).focus();

  // What is missing, said to the reader; nothing where nothing is.
  function missing(guess) {
    const said = guess === null ? t[field.missing]
      : kind === "number" && impossible(guess, get("possible")) ? possibleWords(get("possible"), t) : "";
    problem.textContent = said;
    if (said) enter();
    return Boolean(said);
  }

  function keep(confidence) {
    const guess = field.read();
    if (missing(guess)) return;
    // The first guess stays for ever; a later one stands beside it.
    if (stored("guess") === null) save({ guess, confidence, ...(shut ? {} : { revealed: true }) });
    else save({ second: same(guess, stored("guess")) ? null : guess, changing: false });
    done();
  }

  // Enter in a field commits only where no sureness is asked; else it leads to the buttons, and arrows lead from one
  // of them to the next. Nothing is ever submitted.
  body.addEventListener("keydown", (event) => {
    const { key, target } = event, press = sures.indexOf(target), way = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[key];
    const enters = key === "Enter" && !event.isComposing && !target.matches("button, textarea");
    if (!enters && (press < 0 || !way)) return;
    event.preventDefault();
    if (!enters) sures[(press + way + sures.length) % sures.length].focus();
    else if (!commit.hidden) keep("");
    else if (!missing(field.read())) sure.focus();
  });
  body.addEventListener("submit", (event) => event.preventDefault());

  function paint(asking, changing) {
    ask.disabled = !asking;
    if (!asking) field.show(stored("second") ?? stored("guess"));
    sure.hidden = kind === "words" || !asking || changing;
    commit.textContent = changing ? t.commitSecond : t.commit;
    commit.hidden = !asking || !sure.hidden;
    skip.hidden = !asking || changing;
    actions.hidden = commit.hidden && skip.hidden;
  }
  return { body, enter, paint, reveal: (answer) => field.reveal?.(answer, stored("guess")) };
}

// -- what the reader has said
function ownLines({ t, get, kind, labels, stored, sureness }) {
  const told = (guess) => (labels.length ? line(guessText(kind, guess)) : guessText(kind, guess, get("unit")));
  const row = (name, guess, note) => (guess === null ? "" : h("p", {}, h("strong", {}, name + ": "), told(guess), note));
  return [row(t.yourGuess, stored("guess"), sureness()), row(t.secondThought, stored("second"), "")].filter(Boolean);
}

// Paint once for all that a click changes: each painting of a long page costs. What is kept then is on the screen
// already, where others who hear of it look.
function painting(model, now) {
  let held = false, due = false;
  return {
    paint: () => { if (held) due = true; else now(false); },
    save(traits) {
      [held, due] = [true, false];
      for (const [trait, value] of Object.entries(traits)) model.set(trait, value);
      held = false;
      if (due) now(true);
      model.save_changes();
    },
  };
}

function render({ model, el, book }) {
  const { paint, save } = painting(model, now);
  const t = words(el), get = (trait) => model.get(trait);
  const kind = get("kind"), labels = get("choices").map((choice) => choice.label);
  const stored = (trait) => (legal(kind, get(trait), labels) ? get(trait) : null);
  const sureness = () => (SURES.includes(get("confidence")) ? ` (${t[get("confidence")]})` : "");
  // In a class the answer stays shut for a second thought: a teacher's link says so, or the notebook does.
  const it = { t, get, save, kind, labels, stored, sureness, shut: book ? Boolean(book.inClass) : get("shut") };
  it.plain = book?.plain?.querySelector("pre.highlight");

  const form = formOf(it, () => (get("revealed") ? verdict : reveal).focus());
  const own = h("div", { className: "guess-own", "aria-live": "polite" });
  const reveal = button(t.reveal, () => { save({ revealed: true }); verdict.focus(); }, { className: "book-button" });
  const change = button(t.changeMind, () => { save({ changing: true }); form.enter(); }, { className: "book-link" });
  const locked = h("p", { className: "guess-actions" }, reveal, change);
  // The verdict takes the focus and is read then, so it needs no live region.
  const verdict = h("div", { className: "guess-verdict", role: "group", tabIndex: -1 });
  const root = h("div", { className: "guess" }, form.body, locked, own, verdict);
  root.dataset.kind = kind;
  locked.prepend(talking(it, root) ?? "");
  el.append(root);
  // Code is slow when it first runs, and a figure has to come: both are done while the reader decides.
  root.addEventListener("focusin", () => (window.requestIdleCallback ?? setTimeout)(() => verdictOf(it, null).rest()), { once: true });

  // A click first paints whether it was right, which is what a reader waits for, and after that frame what is longer.
  // The label is whole at once, so nothing is said twice.
  function paintAnswer(clicked) {
    const right = score(kind, get("answer"), stored("guess"), get("scale")), { first, more, rest, label } = verdictOf(it, right);
    verdict.replaceChildren(first);
    verdict.setAttribute("aria-label", label);
    root.dataset.right = right;
    const whole = () => {
      if (verdict.firstChild !== first || verdict.hidden) return;  // painted anew since
      markChoices(it, root.querySelectorAll(".guess-choice"));
      form.reveal(get("answer"));
      first.append(...more);
      // What the choices say now pushed it down; at the edge of a small screen it would be out of sight.
      if (document.activeElement === verdict) first.scrollIntoView({ block: "nearest" });
      verdict.append(...rest());
      root.dataset.state = "revealed";
    };
    if (clicked) afterPaint(whole); else whole();
  }

  function now(clicked) {
    const [first, revealed, changing] = [stored("guess"), get("revealed"), get("changing")];
    const asking = !revealed && (first === null || changing);
    if (!revealed) root.dataset.state = asking ? "open" : "committed";
    form.paint(asking, changing);
    locked.hidden = asking || revealed;
    own.hidden = first === null;
    own.classList.toggle("book-hidden", revealed && ["choice", "choices", "number"].includes(kind));  // marked where it lies
    own.replaceChildren(...ownLines(it));
    verdict.hidden = !revealed;
    if (revealed) paintAnswer(clicked);
  }
  return follow(model, ["guess", "confidence", "second", "skipped", "revealed", "changing"], paint);
}

export default { render };
