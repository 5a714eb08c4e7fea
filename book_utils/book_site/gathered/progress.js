// The progress page: all that this browser keeps of the reader's guesses, in one place. It is painted anew from
// storage whenever something changes there, in this tab or in another.

// Every question with what is kept of it: { question, record, first, second, right, confidence, recalled }.
export function toldOf(chapters, read) {
  return chapters.flatMap(({ questions }) => questions).map((question) => {
    const record = soundRecord(read(question), question);
    const { guess = null, second = null, confidence = "", skipped = false, revealed = false } = record?.state || {};
    const right = question.kind === "card" || !revealed ? null : score(question.kind, question.answer, guess, question.scale);
    const recalled = (record?.reviews || []).at(-1)?.[1] === "knew";
    return { question, record, first: guess, second, confidence, skipped, revealed, right, recalled };
  });
}

export function sums(all) {
  const guesses = all.filter(({ question }) => question.kind !== "card");
  const scored = guesses.filter(({ right }) => right !== null), missed = scored.filter(({ right }) => !right);
  return {
    asked: guesses.length, made: guesses.filter(({ first }) => first !== null).length, skipped: guesses.filter((one) => one.skipped && one.first === null).length,
    scored: scored.length, right: scored.filter(({ right }) => right).length, missed, sureWrong: missed.filter(({ confidence }) => confidence === "sure").length,
    recalled: missed.filter(({ recalled }) => recalled).length,
  };
}

// -- taking away, and putting back: one question in a dialog, and a button to undo it ---------------------
function takingAway({ t, book, bookStore, say, said }) {
  const dialog = h("dialog", { className: "progress-dialog" });

  function takeAway(which) {
    const gone = which.filter(({ record }) => record);
    bookStore.put(book, gone.map(({ question: { chapter, name } }) => ({ chapter, name, record: null })));
    const undo = button(t.progressUndo, () => {
      if (bookStore.put(book, gone.map(joining))) say(t.progressBack);
      else said.append(h("p", {}, t.fileFull));  // the button stays, to try again
    });
    said.replaceChildren(h("p", {}, filled(t.progressGone, { n: gone.length }) + " ", undo));
    undo.focus();
  }

  function ask(which, sentence) {
    const yes = button(t.progressYes, () => { dialog.close(); takeAway(which); }, { className: "book-button" });
    const no = button(t.progressNo, () => dialog.close());
    dialog.setAttribute("aria-label", sentence);
    dialog.replaceChildren(h("p", {}, sentence), h("p", { className: "guess-actions" }, yes, no));
    dialog.showModal();
    no.focus();
  }
  return { dialog, ask };
}

// -- a file to save and one to read -----------------------------------------------------------------------
function filesOf({ t, book, bookStore, chapters, say, told }) {
  function save() {
    const kept = told().filter(({ record }) => record);
    offer("my-guesses.json", JSON.stringify(fileOf(book, kept, new Date()), null, 1) + "\n", "application/json");
    say(filled(t.progressSaved, { n: kept.length }));
  }

  async function load(file) {
    if (file.size > MOST_BYTES) { say(filled(t.fileLarge, { size: Math.ceil(file.size / 1e6) })); return; }
    let source;
    try { source = await file.text(); } catch { say(t.fileUnread); return; }
    const { file: found, error } = readFile(source, book);
    if (error) { say(t[error]); return; }
    const { changes, left, odd } = changesOf(found, chapters.flatMap(({ questions }) => questions), new Date());
    if (!bookStore.put(book, changes)) { say(t.fileFull); return; }
    say([
      filled(t.fileRead, { n: changes.length }), left.unknown && filled(t.fileUnknown, { n: left.unknown }),
      left.broken && filled(t.fileParts, { n: left.broken }), odd && t.fileClock, bookStore.problem && t.progressBlocked,
    ].filter(Boolean).join(" "));
  }

  const field = h("input", { type: "file", accept: ".json,application/json" });
  field.addEventListener("change", () => { if (field.files[0]) load(field.files[0]); field.value = ""; });
  return h("div", {}, h("h2", {}, t.progressFiles), h("p", {}, t.progressFilesWhy),
    h("p", { className: "guess-actions" }, button(t.progressSave, save, { className: "book-button" }),
      h("label", { className: "progress-file" }, t.progressLoad + " ", field)));
}

// -- what was guessed: one question, the sums by chapter, the questions of a chapter ------------------------
function verdict(one, t) {
  const { question: { kind, answer, scale }, first, right } = one;
  if (one.skipped && first === null) return t.skipped;
  if (!one.revealed) return t.progressOpen;
  if (right === null) return t.noted;
  const far = kind === "number" || kind === "point" ? ` (${distance(answer, first, scale, t)})` : "";
  return (right ? "✓ " + t.right : "✗ " + t.wrong) + far;
}

function item(one, { t, ask }) {
  const { question, record, first, second } = one, plain = question.question.replaceAll("`", "");
  const link = h("a", { href: `${question.address}#guess-${question.name}` }, line(question.question));
  const text = (guess) => line(guessText(question.kind, guess, question.unit));
  const facts = record === null ? [h("p", {}, t.progressNot)] : [
    first === null ? "" : h("p", {}, h("strong", {}, t.yourGuess + ": "), text(first), one.confidence ? ` (${t[one.confidence]})` : ""),
    second === null ? "" : h("p", {}, h("strong", {}, t.secondThought + ": "), text(second)),
    h("p", { className: "progress-verdict" }, verdict(one, t), one.right === false && one.recalled ? " ✓ " + t.progressRecalled : ""),
  ];
  const reset = record && button(t.progressReset, () => ask([one], filled(t.progressAskOne, { question: plain })),
    { className: "book-link", "aria-label": `${t.progressReset}: ${plain}` });
  const made = h("li", {}, h("p", {}, link), facts, reset);
  made.dataset.right = one.right;
  return made;
}

function byChapter(all, { t, chapters }) {
  const rows = [...chapters.map(({ chapter, title }) => [title, all.filter(({ question }) => question.chapter === chapter)]), [t.progressAll, all]];
  const cells = rows.map(([title, part]) => {
    const { asked, made, scored, right, sureWrong, missed, recalled } = sums(part);
    return [title, `${made} / ${asked}`, scored ? `${right} / ${scored}` : "–", String(sureWrong), missed.length ? `${recalled} / ${missed.length}` : "–"];
  });
  return h("div", { className: "book-scroll", tabIndex: 0, role: "group", "aria-label": t.progressByChapter }, table([t.progressColumns.split("|"), ...cells]));
}

function listOf({ chapter, title }, all, open, it) {
  const { t, ask } = it, part = all.filter(({ question }) => question.chapter === chapter);
  const guesses = part.filter(({ question }) => question.kind !== "card"), { made, asked } = sums(part);
  const kept = part.filter(({ record }) => record);
  const reset = kept.length ? h("p", {}, button(t.progressResetChapter, () => ask(kept, filled(t.progressAskChapter, { n: kept.length, title })),
    { "aria-label": `${t.progressResetChapter}: ${title}` })) : null;
  const details = h("details", { className: "progress-chapter", open },
    h("summary", {}, `${title}: ${made} / ${asked}`), h("ul", {}, guesses.map((one) => item(one, it))), reset);
  details.dataset.chapter = chapter;
  return details;
}

// The whole page; `open` tells of which chapters the questions are shown.
function pageOf(all, open, it) {
  const { t, chapters, ask, bookStore } = it, total = sums(all), kept = all.filter(({ record }) => record);
  const wonBack = all.filter(({ question, right, recalled }) => question.kind !== "card" && right === false && recalled);
  const told = total.made || total.skipped ? t.progressSum : t.progressNone;
  return [
    bookStore.problem ? h("p", { className: "guess-problem" }, t.progressBlocked) : null,
    h("p", { className: "progress-sum" }, filled(told, { ...total, missed: total.missed.length })), byChapter(all, it),
    h("h2", {}, t.progressSure), ...calibration(bySureness(all), t),
    h("h2", {}, t.progressWon), h("p", {}, filled(wonBack.length ? t.progressWonSome : t.progressWonNone, { n: wonBack.length, missed: total.missed.length })),
    wonBack.length ? h("ul", {}, wonBack.map((one) => item(one, it))) : null,
    h("h2", {}, t.progressList), ...chapters.map((chapter) => listOf(chapter, all, open.has(chapter.chapter), it)),
    it.files, h("h2", {}, t.progressResetHead),
    h("p", {}, button(t.progressResetAll, () => ask(kept, filled(t.progressAskAll, { n: kept.length })), { disabled: !kept.length })),
  ].filter(Boolean);
}

function render({ el, book: { book } }) {
  const t = words(el), { chapters } = window.bookQuestions, { bookStore } = window;
  const told = () => toldOf(chapters, (question) => bookStore.read(book, question.chapter, question.name, question.digest));
  const said = h("div", { className: "progress-said", role: "status" }), body = h("div");
  const it = { t, book, bookStore, chapters, told, said, say: (sentence) => said.replaceChildren(h("p", {}, sentence)) };
  Object.assign(it, takingAway(it), { files: filesOf(it) });
  const root = h("div", { className: "progress" }, said, body, it.dialog);
  el.append(root);

  function paint() {
    const open = new Set([...body.querySelectorAll("details[open]")].map((part) => part.dataset.chapter));
    const active = root.contains(document.activeElement) && document.activeElement;
    const nameOf = (element) => element.getAttribute("aria-label") || element.textContent;
    body.replaceChildren(...pageOf(told(), open, it));
    // What has the focus keeps it through a new painting, where it is still there.
    if (active && !root.contains(active)) [...root.querySelectorAll("button, summary")].find((one) => nameOf(one) === nameOf(active))?.focus();
    else if (active && document.activeElement !== active) active.focus();
  }
  let waiting = false;  // many records may change at once
  const soon = () => {
    if (!waiting) requestAnimationFrame(() => { waiting = false; paint(); });
    waiting = true;
  };
  document.addEventListener("book:kept", soon);
  window.addEventListener("storage", soon);
  window.addEventListener("pageshow", (event) => { if (event.persisted) soon(); });
  paint();
}

export default { render };
