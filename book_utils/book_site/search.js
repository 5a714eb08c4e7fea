// A search that finds sections by the words of a question. Sphinx's own, below it, finds pages, and only those that
// have every word. Words count by how rare they are; in the title of a section they count most.
(function () {
  "use strict";
  const ELSE = 0.8;  // what a word counts that stands in the other words for a title (the class book-also)
  const IN_TEXT = 0.35, USUAL = 100;  // and one that stands in the text only, less so in a long one
  const OF_TITLE = 0.15;  // what a title counts that is asked for as a whole
  const FEWEST = 0.3, MOST = 8;
  const stemmer = new Stemmer();
  let sections = [];

  // A name of code and a word with a hyphen count as a whole and in their parts: padding_idx, padding, idx.
  function stems(text) {
    const words = text.toLowerCase().split(/[^\p{Letter}\p{Number}_-]+/u).flatMap((word) => [word, ...word.split(/[_-]/)]);
    return new Set(words.filter((word) => /[^_-]/.test(word) && !stopwords.includes(word)).map((word) => stemmer.stemWord(word)));
  }

  window.bookSections = (found) => {
    sections = found.map(([page, address, shown, ...words]) => {
      const [title, other, text] = words.map(stems);
      return { page, address, shown, title, other, text, inText: IN_TEXT * Math.min(1, USUAL / text.size) };
    });
  };

  const worth = ({ title, other, text, inText }, word) =>
    title.has(word) ? 1 : other.has(word) ? ELSE : text.has(word) ? inText : 0;

  function weightOf(word) {
    const having = sections.filter((section) => worth(section, word)).length;
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
      const score = share(asked, weights, (word) => worth(section, word));
      return { section, score: score && score + OF_TITLE * share(section.title, weights, (word) => +asked.has(word)) };
    });
    const best = scored.filter(({ score }) => score >= FEWEST).sort((a, b) => b.score - a.score).slice(0, MOST);
    return best.reverse().map(({ section: { page, address, shown }, score }) =>
      [page, shown, address, null, Math.round(100 * score), page + ".html"]);
  }

  const theirs = Search._performSearch;
  Search._performSearch = (query, ...terms) => {
    const ours = found(query);
    const known = new Set(ours.map(([page, , anchor]) => page + anchor));
    return [...theirs(query, ...terms).filter(([page, , anchor]) => !known.has(page + anchor)), ...ours];
  };
})();
