// A search that finds sections by the words of a question. Sphinx's own, below it, finds pages, and only those that
// have every word. Words count by how rare they are; in the title of a section they count most.
(function () {
  "use strict";
  const IN_TEXT = 0.35;  // what a word counts that stands in the text only
  const OF_TITLE = 0.15;  // what a title counts that is asked for as a whole
  const FEWEST = 0.3, MOST = 8;
  const stemmer = new Stemmer();
  let sections = [];

  function stems(text) {
    const words = text.toLowerCase().split(/[^\p{Letter}\p{Number}_]+/u);
    return new Set(words.filter((word) => word && !stopwords.includes(word)).map((word) => stemmer.stemWord(word)));
  }

  window.bookSections = (found) => {
    sections = found.map(([page, address, shown, title, text]) => ({ page, address, shown, title: stems(title), text: stems(text) }));
  };

  function weightOf(word) {
    const having = sections.filter((section) => section.title.has(word) || section.text.has(word)).length;
    return having ? Math.log(1 + sections.length / having) : 0;  // a word that nobody uses cannot decide
  }

  function share(words, weights, counted) {
    let sum = 0, all = 0;
    for (const word of words) {
      const weight = weights.get(word) ?? weightOf(word);
      weights.set(word, weight);
      all += weight;
      sum += weight * counted(word);
    }
    return all ? sum / all : 0;
  }

  // Best last, as Sphinx takes them from the end: [page, title, anchor, description, score, file].
  function found(query) {
    const asked = stems(query), weights = new Map();
    if (!asked.size) return [];
    const scored = sections.map((section) => {
      const inTitle = (word) => +section.title.has(word);
      const score = share(asked, weights, (word) => inTitle(word) || IN_TEXT * section.text.has(word));
      return { section, score: score && score + OF_TITLE * share(section.title, weights, (word) => +asked.has(word)) };
    });
    const best = scored.filter(({ score }) => score >= FEWEST).sort((a, b) => b.score - a.score).slice(0, MOST);
    return best.reverse().map(({ section: { page, address, shown }, score }) =>
      [page, shown, "#" + address, null, Math.round(100 * score), page + ".html"]);
  }

  const theirs = Search._performSearch;
  Search._performSearch = (query, ...terms) => {
    const ours = found(query);
    const known = new Set(ours.map(([page, , anchor]) => page + anchor));
    return [...theirs(query, ...terms).filter(([page, , anchor]) => !known.has(page + anchor)), ...ours];
  };
})();
