// The cards that open a chapter: what is due of the chapters before it takes their place, as many as there are. A card
// that the reader has already turned, or is about to, stays.

const untouched = (view) => !view.contains(document.activeElement) && !view.querySelector(".card-front[aria-expanded=true]");

export function openingCards(article) {
  const first = article.querySelector("h2"), before = (view) => first && view.compareDocumentPosition(first) & Node.DOCUMENT_POSITION_FOLLOWING;
  return [...article.querySelectorAll(".book-widget[data-kind=card]")].filter(before);
}

function render({ el, book: { book, chapter, ...host } }) {
  const { chapters, modules } = window.bookQuestions, { bookStore } = window, now = new Date();
  const earlier = chapters.slice(0, chapters.findIndex((one) => one.chapter === chapter));
  let { today } = counts(deckOf(earlier, (question) => bookStore.read(book, question.chapter, question.name, question.digest), now), now), last = "";
  for (const view of openingCards(document.querySelector("article")).filter(untouched).slice(0, today.length)) {
    const entry = nextOf(today, last), place = h("div", { className: "recall" });
    [today, last] = [today.filter((one) => one !== entry), entry.question.chapter];
    view.before(place);
    view.hidden = true;
    show(entry, { t: words(el), lang: document.documentElement.lang || "en", chapters, modules, book, host, place, noted: () => [], focus: false });
  }
}

export default { render };
