// Shared by every widget of the book: making elements, setting prose, and the words of the interface.

// Make an element. Keys with a dash, and role, become attributes; the others become properties.
// Text always goes in as text, so what a reader or a file says is never read as HTML.
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "role" || key.includes("-")) element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

// Set a line of text, with what stands between backticks as code.
export function line(text) {
  const parts = text.split("`");
  if (parts.length % 2 === 0) parts.push(parts.splice(-2).join("`"));
  return parts.map((part, i) => (i % 2 ? h("code", {}, part) : part));
}

// Set text as paragraphs; an empty line parts two of them.
export function prose(text) {
  return text.split("\n\n").filter((part) => part.trim()).map((part) => h("p", {}, line(part)));
}

// A table whose first row is its header.
export function table(rows) {
  const cells = (tag, row) => row.map((cell) => h(tag, tag === "th" ? { scope: "col" } : {}, line(cell)));
  return h("table", { className: "book-table" },
    h("thead", {}, h("tr", {}, cells("th", rows[0]))),
    h("tbody", {}, rows.slice(1).map((row) => h("tr", {}, cells("td", row)))));
}

// Paint now and whenever one of these traits changes; returns the clean-up.
export function follow(model, traits, paint) {
  for (const trait of traits) model.on("change:" + trait, paint);
  paint();
  return () => { for (const trait of traits) model.off("change:" + trait, paint); };
}

export const WORDS = {
  en: {
    commit: "Commit", commitSecond: "Keep as second thought", reveal: "Reveal the answer",
    changeMind: "Change my mind", skip: "Show me without guessing",
    howSure: "How sure are you?", guessing: "guessing", leaning: "leaning", sure: "sure",
    needGuess: "First make a guess. Any guess will do.", needSure: "Say how sure you are, then commit.",
    needNumber: "A guess here is a number, such as 1500, 2.5e6 or 3 million.",
    needShape: "A shape is a list of whole numbers, such as (5, 768).",
    needWords: "Write a sentence first. Only you will read it.",
    moveUp: "Move up", moveDown: "Move down", pointHint: "Tap the map, or use the sliders.", across: "Across", up: "Up",
    nearTo: "Near to", needPoint: "First put your mark on the map.", apart: "apart, as a share of the map's spread:",
    several: "Choose all that fit.", yourNumber: "Your number", yourShape: "Your shape", yourWords: "In your own words",
    slider: "The same on a slider", yourGuess: "Your guess", secondThought: "Second thought", theAnswer: "Answer",
    modelAnswer: "One way to say it", right: "Right.", wrong: "Not this time.", secondRight: "Your second thought was right.",
    skipped: "Shown without a guess.", sureWrong: "You were sure. This one surprises many people.", more: "More on this",
    rate: "How close were you?", missed: "missed it", partly: "partly", got: "got it", noted: "Noted.",
    within2: "within a factor of 2", within10: "within a factor of 10", times: "off by a factor of", off: "off by",
    wrongSign: "on the other side of zero", exactly: "exactly",
    turn: "Turn the card", turnBack: "Turn back", knew: "knew it", notYet: "not yet", knewNoted: "Noted: knew it.",
    notYetNoted: "Noted: not yet. It will come back.",
    sureTable: "How sure you were, and how often you were right", howSureHead: "You said", answered: "guesses", rightHead: "right",
    noGuesses: "No guesses yet. This table fills as you read.", few: "Too few guesses for a percentage yet.",
    surelyWrong: "Sure, and not right: worth another look",
  },
};

// The words of the page's language, English where there are none.
export function words(element) {
  const lang = (element.closest?.("[lang]")?.lang || document.documentElement.lang || "en").split("-")[0];
  return { ...WORDS.en, ...WORDS[lang] };
}
