// The recall page: what is due today, a few at a time. Cards come in when they are first turned in a chapter;
// a guess that was not right at first comes in by itself, and is asked again in another form, where it has some.

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
    found.push({ question, record, reviews, at: due(reviews, now, `${question.chapter}/${question.name}`), sure: missed && confidence === "sure" });
  }
  return found.sort((a, b) => b.sure - a.sure || a.at - b.at);
}

export const isDue = (entry, now) => daysUntil(entry.at, now) <= 0;

// Two cards of one chapter do not come one after the other, where another is due as well.
export const nextOf = (today, last) => today.find(({ question }) => question.chapter !== last) ?? today[0];

// The form in which a guess comes back: another one each time it was reviewed. What cannot be loaded is asked as it was.
async function formOf({ question, record }, { chapters, host }) {
  const { again } = chapters.find(({ chapter }) => chapter === question.chapter);
  if (question.kind === "card" || !again.names?.includes(question.name)) return question;
  try {
    const forms = JSON.parse((await host.load(again)).join(""))[question.name];
    return { ...question, ...forms[record.reviews.length % forms.length] };
  } catch { return question; }
}

const ANEW = {
  card: { turned: false, knew: "" },
  guess: { guess: null, confidence: "", second: null, skipped: false, revealed: false, rating: "", ticked: [], changing: false },
};

// -- one card, or one guess, asked anew: what was first guessed stays as it is ------------------------------
async function show(entry, it) {
  const { question, reviews: before } = entry, { t, lang, chapters, modules, book, host, place, noted } = it;
  const kind = question.kind === "card" ? "card" : "guess";
  const link = h("a", { href: question.address + (kind === "card" ? "" : `#guess-${question.name}`) },
    chapters.find(({ chapter }) => chapter === question.chapter).title);
  const inside = h("div"), told = h("div", { role: "status" }), next = h("p", { className: "guess-actions" });
  place.replaceChildren(h("p", { className: "recall-from" }, t.recallFrom + " ", link), inside, told, next);
  let said = false;

  const note = (answer) => {
    const now = new Date(), at = now.toISOString(), otherDay = ([day]) => day.slice(0, 10) !== at.slice(0, 10);
    window.bookStore.review(book, question.chapter, question.name, question.digest, answer);
    const when = inWords(due([...before.filter(otherDay), [at, answer]], now, `${question.chapter}/${question.name}`), now, lang, t);
    told.replaceChildren(h("p", {}, filled(t.recallBack, { when })));
    if (!said) next.replaceChildren(noted());
    said = true;
  };
  const saved = (model) => {
    if (kind === "card" || !model.get("revealed") || said) return;
    note(score(asked.kind, asked.answer, model.get("guess"), asked.scale) ? "knew" : "notYet");
  };
  const asked = await formOf(entry, it);
  const model = host.modelOf("recall", { ...asked, ...ANEW[kind] }, saved), module = await host.moduleOf(modules[kind]);
  module.render({ model, el: inside, book: { book, chapter: question.chapter, load: host.load, review: note } });
  inside.querySelector("button, input, textarea")?.focus();
}

// -- what is left for today, and the day on which more comes -------------------------------------------------
export function counts(deck, now) {
  const rest = deck.filter((entry) => !isDue(entry, now));
  return { today: deck.filter((entry) => isDue(entry, now)), next: rest.length ? new Date(Math.min(...rest.map(({ at }) => at))) : null };
}

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
  const noted = () => { done += 1; return button(t.recallNext, step, { className: "book-button" }); };
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
