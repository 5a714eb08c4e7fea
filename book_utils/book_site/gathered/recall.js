// The recall page: what is due today, a few at a time. Cards come in when they are first turned in a chapter;
// a guess that was not right at first comes in by itself, and is asked again as it was.

const A_DAY = 5;

// What there is to recall: { question, record, reviews, at: when it is due, sure }, the most urgent first.
export function deckOf(chapters, read, now) {
  const found = [];
  for (const question of chapters.flatMap(({ questions }) => questions)) {
    const record = soundRecord(read(question), question);
    if (!record) continue;
    const { guess = null, confidence = "", revealed = false } = record.state;
    const missed = question.kind !== "card" && revealed && score(question.kind, question.answer, guess, question.scale) === false;
    const reviews = missed ? [[record.at, "notYet"], ...record.reviews] : record.reviews;
    if (!reviews.length || (question.kind !== "card" && !missed)) continue;
    found.push({ question, record, reviews, at: due(reviews, now), sure: missed && confidence === "sure" });
  }
  return found.sort((a, b) => b.sure - a.sure || a.at - b.at);
}

export const isDue = (entry, now) => daysUntil(entry.at, now) <= 0;

function render({ el, book: { book, load, moduleOf, modelOf } }) {
  const t = words(el), { chapters, modules } = window.bookQuestions, { bookStore } = window;
  const lang = document.documentElement.lang || "en";
  const read = (question) => bookStore.read(book, question.chapter, question.name, question.digest);
  const status = h("div", { className: "recall-status", role: "status" });
  const place = h("div", { className: "recall-card" });
  const after = h("div");
  el.append(h("div", { className: "recall" }, status, place, after));
  let most = A_DAY, done = 0;

  // -- one card, or one guess -------------------------------------------------------------------------------
  async function show(entry) {
    const { question } = entry, card = question.kind === "card";
    const heading = h("p", { className: "recall-from" }, t.recallFrom + " ");
    const link = h("a", {}, chapters.find(({ chapter }) => chapter === question.chapter).title);
    link.href = card ? question.address : `${question.address}#guess-${question.name}`;
    heading.append(link);
    const inside = h("div"), told = h("div", { role: "status" }), next = h("p", { className: "guess-actions" });
    place.replaceChildren(heading, inside, told, next);
    let noted = false;

    const note = (answer) => {
      bookStore.review(book, question.chapter, question.name, question.digest, answer);
      const reviews = [...entry.reviews.filter(([at]) => at.slice(0, 10) !== new Date().toISOString().slice(0, 10)), [new Date().toISOString(), answer]];
      told.replaceChildren(h("p", {}, filled(t.recallBack, { when: inWords(due(reviews, new Date()), new Date(), lang, t) })));
      if (!noted) { noted = true; done += 1; next.replaceChildren(button(t.recallNext, step, { className: "book-button" })); }
    };
    const saved = (model) => {  // a guess is asked anew: what was first guessed stays as it is
      if (!model.get("revealed") || noted) return;
      const guess = model.get("guess");
      note(score(question.kind, question.answer, guess, question.scale) ? "knew" : "notYet");
    };
    const fresh = card ? { turned: false, knew: "" } : { guess: null, confidence: "", second: null, skipped: false, revealed: false, rating: "", changing: false };
    const model = modelOf("recall", { ...question, ...fresh }, card ? () => {} : saved);
    const module = await moduleOf(card ? modules.card : modules.guess);
    module.render({ model, el: inside, book: { book, chapter: question.chapter, load, review: note } });
    inside.querySelector("button, input, textarea")?.focus();
  }

  // -- the list ---------------------------------------------------------------------------------------------
  function counts(deck, now) {
    const rest = deck.filter((entry) => !isDue(entry, now));
    return { today: deck.filter((entry) => isDue(entry, now)), next: rest.length ? new Date(Math.min(...rest.map(({ at }) => at))) : null };
  }

  function step() {
    const now = new Date(), deck = deckOf(chapters, read, now), { today, next } = counts(deck, now);
    if (today.length && done < most) {
      status.replaceChildren(h("p", {}, filled(t.recallLeft, { n: Math.min(today.length, most - done) })));
      show(today[0]);
      after.replaceChildren();
      return;
    }
    place.replaceChildren();
    const sentences = !deck.length ? [t.recallEmpty] : [
      done ? filled(t.recallDone, { n: done }) : today.length ? "" : t.recallNothing,
      today.length ? filled(t.recallMore, { n: today.length }) : "",
      next && !today.length ? filled(t.recallCome, { when: inWords(next, now, lang, t) }) : "",
    ];
    status.replaceChildren(h("p", {}, sentences.filter(Boolean).join(" ")), bookStore.problem ? h("p", { className: "guess-problem" }, t.progressBlocked) : "");
    status.tabIndex = -1;
    if (done) status.focus();
    const day = today.length ? midnight(now, 1) : next;
    after.replaceChildren(h("p", { className: "guess-actions" },
      today.length ? button(t.recallGoOn, () => { most = done + A_DAY; step(); }) : null,
      day ? button(t.recallCalendar, () => offer("recall.ics", calendarOf(deck, day, now), "text/calendar")) : null));
  }

  function calendarOf(deck, day, now) {
    const n = deck.filter(({ at }) => daysUntil(at, day) <= 0).length;
    const address = location.protocol === "file:" ? "" : " " + location.href;
    return calendar({ day: midnight(day), title: filled(t.recallEvent, { n }), text: t.recallEventText + address, id: book, now });
  }

  function start() {
    const now = new Date(), { today } = counts(deckOf(chapters, read, now), now);
    if (!today.length) { step(); return; }
    status.replaceChildren(h("p", {}, filled(t.recallDue, { n: today.length, most: Math.min(most, today.length) })));
    after.replaceChildren(h("p", {}, button(t.recallStart, step, { className: "book-button" })));
  }
  start();
}

export default { render };
