// What is due of all chapters, and one of it asked anew: on the recall page, and where a chapter opens.

// What there is to recall: { question, record, reviews, at: when it is due, sure }, the most urgent first.
export function deckOf(chapters, read, now) {
  const found = [];
  for (const question of chapters.flatMap(({ questions }) => questions)) {
    const record = soundRecord(read(question), question);
    if (!record) continue;
    const { guess, confidence, revealed } = record.state;
    const missed = question.kind !== "card" && revealed && score(question.kind, question.answer, guess, question.scale) === false;
    const reviews = missed ? [[record.at, "notYet"], ...record.reviews] : record.reviews;
    if (!reviews.length || (question.kind !== "card" && !missed)) continue;
    found.push({ question, record, reviews, at: due(reviews, now, `${question.chapter}/${question.name}`), sure: missed && confidence === "sure" });
  }
  return found.sort((a, b) => b.sure - a.sure || a.at - b.at);
}

export const isDue = (entry, now) => daysUntil(entry.at, now) <= 0;

export function counts(deck, now) {
  const rest = deck.filter((entry) => !isDue(entry, now));
  return { today: deck.filter((entry) => isDue(entry, now)), next: rest.length ? new Date(Math.min(...rest.map(({ at }) => at))) : null };
}

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
  const { question, reviews: before } = entry, { t, lang, chapters, modules, book, host, place, noted, focus = true } = it;
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
    if (!said) next.replaceChildren(...noted());
    said = true;
  };
  const saved = (model) => {
    if (kind === "card" || !model.get("revealed") || said) return;
    note(score(asked.kind, asked.answer, model.get("guess"), asked.scale) ? "knew" : "notYet");
  };
  const asked = await formOf(entry, it);
  const model = host.modelOf("recall", { ...asked, ...ANEW[kind] }, saved), module = await host.moduleOf(modules[kind]);
  module.render({ model, el: inside, book: { book, chapter: question.chapter, load: host.load, review: note } });
  if (focus) inside.querySelector("button, input, textarea")?.focus();
}
