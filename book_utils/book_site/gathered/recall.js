// The recall page: what is due today, a few at a time. Cards come in when they are first turned in a chapter;
// a guess that was not right at first comes in by itself (deck.js).

const A_DAY = 5;

// -- what is left for today, and the day on which more comes -------------------------------------------------
function sentence({ deck, today, next, done, now }, { t, lang }) {
  if (!deck.length) return t.recallEmpty;
  return [
    done ? filled(t.recallDone, { n: done }) : today.length ? "" : t.recallNothing,
    today.length ? filled(t.recallMore, { n: today.length }) : "",
    next && !today.length ? filled(t.recallCome, { when: inWords(next, now, lang, t) }) : "",
  ].filter(Boolean).join(" ");
}

function calendarOf(deck, day, now, { t, book }) {
  const n = deck.filter(({ at }) => daysUntil(at, day) <= 0).length;
  const address = location.protocol === "file:" ? "" : " " + location.href;
  return calendar({ day: midnight(day), title: filled(t.recallEvent, { n }), text: t.recallEventText + address, id: book, now });
}

function render({ el, book: { book, ...host } }) {
  const t = words(el), lang = document.documentElement.lang || "en", { chapters, modules } = window.bookQuestions, { bookStore } = window;
  const read = (question) => bookStore.read(book, question.chapter, question.name, question.digest);
  const status = h("div", { className: "recall-status", role: "status" }), place = h("div", { className: "recall-card" }), after = h("div");
  el.append(h("div", { className: "recall" }, status, place, after));
  let most = A_DAY, done = 0, last = "";
  const noted = () => { done += 1; return [button(t.recallNext, step, { className: "book-button" })]; };
  const it = { t, lang, chapters, modules, book, host, place, noted };

  function step() {
    const now = new Date(), deck = deckOf(chapters, read, now), { today, next } = counts(deck, now);
    if (today.length && done < most) {
      status.replaceChildren(h("p", {}, filled(t.recallLeft, { n: Math.min(today.length, most - done) })));
      const entry = nextOf(today, last);
      last = entry.question.chapter;
      show(entry, it);
      after.replaceChildren();
      return;
    }
    place.replaceChildren();
    status.replaceChildren(h("p", {}, sentence({ deck, today, next, done, now }, it)), bookStore.problem ? h("p", { className: "guess-problem" }, t.progressBlocked) : "");
    status.tabIndex = -1;
    if (done) status.focus();
    const day = today.length ? midnight(now, 1) : next;
    after.replaceChildren(h("p", { className: "guess-actions" },
      today.length ? button(t.recallGoOn, () => { most = done + A_DAY; step(); }) : null,
      day ? button(t.recallCalendar, () => offer("recall.ics", calendarOf(deck, day, now, it), "text/calendar")) : null));
  }

  const { today } = counts(deckOf(chapters, read, new Date()), new Date());
  if (!today.length) { step(); return; }
  status.replaceChildren(h("p", {}, filled(t.recallDue, { n: today.length, most: Math.min(most, today.length) })));
  after.replaceChildren(h("p", {}, button(t.recallStart, step, { className: "book-button" })));
}

export default { render };
