// The form of a file of guesses, and how it meets what this browser keeps. The same rules as
// data/guesses.schema.json, which a test compares with these.

const FORMAT = "guesses", VERSION = 1;
export const MOST_BYTES = 5e6;  // a file of the whole book has less than a tenth of it
const MOST = 10000, MOST_REVIEWS = 2000, EARLIEST = Date.UTC(2020, 0, 1), DAY = 86400e3;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|\+00:00)$/;

const text = (most, least = 0) => (value) => typeof value === "string" && value.length >= least && value.length <= most;
const oneOf = (...names) => (value) => names.includes(value);
const isTime = (value) => text(40)(value) && TIME.test(value);
const isName = (value) => text(200, 1)(value) && !value.includes("/");
const isValue = (value) => value === null || Number.isFinite(value) || text(20000)(value) ||
  (Array.isArray(value) && value.length <= 100 && value.every((one) => Number.isFinite(one) || text(2000)(one)));
const isReview = (value) => Array.isArray(value) && value.length === 2 && isTime(value[0]) && oneOf("knew", "notYet")(value[1]);
const isReviews = (value) => Array.isArray(value) && value.length <= MOST_REVIEWS && value.every(isReview);
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

const PLACE = { chapter: isName, name: isName, digest: (value) => typeof value === "string" && /^[0-9a-f]{12}$/.test(value) };
const GUESS = {
  second: isValue, confidence: oneOf("", ...SURES), skipped: (value) => typeof value === "boolean",
  revealed: (value) => typeof value === "boolean", rating: oneOf("", ...RATINGS), reviews: isReviews,
  ticked: (value) => Array.isArray(value) && value.length <= 100 && value.every((n) => Number.isInteger(n) && n >= 0 && n < 100),
};
const has = (value, rules) => isObject(value) && Object.entries(rules).every(([key, fits]) => Object.hasOwn(value, key) && fits(value[key]));
const may = (value, rules) => Object.entries(rules).every(([key, fits]) => !Object.hasOwn(value, key) || fits(value[key]));
export const isGuess = (value) => has(value, { ...PLACE, at: isTime, guess: isValue }) && may(value, GUESS);
export const isCard = (value) => has(value, { ...PLACE, reviews: isReviews });

// Read the text of a file: { file } or { error }, the key of a sentence for the reader.
export function readFile(source, book) {
  let file;
  try { file = JSON.parse(source); } catch { return { error: "fileNoJson" }; }
  if (!isObject(file) || file.format !== FORMAT) return { error: "fileOther" };
  if (Number.isInteger(file.version) && file.version > VERSION) return { error: "fileLater" };
  const lists = [file.guesses, file.cards];
  if (file.version !== VERSION || !text(200)(file.book) || !isTime(file.saved) || !lists.every((list) => Array.isArray(list) && list.length <= MOST)) {
    return { error: "fileBroken" };
  }
  return file.book === book ? { file } : { error: "fileBook" };
}

// What a file says of the questions that this book asks, as changes to what is kept, and how many of its
// entries were left out, and why.
export function changesOf(file, questions, now) {
  const left = { unknown: 0, broken: 0 }, known = new Map();
  for (const one of questions) known.set(`${one.kind === "card" ? "card" : "guess"}/${one.chapter}/${one.name}`, one);
  const found = new Map();
  const times = { odd: false };
  const take = (kind, fits) => (entry) => {
    if (!fits(entry)) { left.broken += 1; return; }
    const place = `${kind}/${entry.chapter}/${entry.name}`, question = known.get(place);
    if (!question || question.digest !== entry.digest) { left.unknown += 1; return; }
    const given = recordOf(entry, question, now, times), old = found.get(place)?.record;
    if (!given) { left.broken += 1; return; }
    found.set(place, { question, record: old ? merged(old, given) : given });
  };
  file.guesses.forEach(take("guess", isGuess));
  file.cards.forEach(take("card", isCard));
  return { changes: [...found.values()].map(joining), left, odd: times.odd };
}

// A change to what is kept: a record joins it.
export function joining({ question, record }) {
  const { chapter, name, digest } = question;
  return { chapter, name, digest, record: (kept) => (kept ? merged(soundRecord(kept, question), record) : record) };
}

// A moment that can be: none before there was a book, none after tomorrow. Another one counts as now, so that
// it never stands for an older first guess.
function possible(at, now, times) {
  const moment = Date.parse(at);
  if (moment >= EARLIEST && moment <= now.getTime() + DAY) return new Date(moment).toISOString();
  times.odd = true;
  return null;
}

function recordOf(entry, question, now, times) {
  const reviews = (entry.reviews || []).map(([at, said]) => [possible(at, now, times), said]).filter(([at]) => at);
  if (question.kind === "card") {
    return { v: 1, digest: entry.digest, at: reviews[0]?.[0] || now.toISOString(), state: { knew: reviews.at(-1)?.[1] || "" }, reviews };
  }
  const labels = question.choices.map((choice) => choice.label);
  const fits = (value) => value === null || value === undefined || legal(question.kind, value, labels);
  if (!fits(entry.guess) || !fits(entry.second)) return null;
  const { guess, second = null, confidence = "", skipped = false, revealed = false, rating = "", ticked = [] } = entry;
  return { v: 1, digest: entry.digest, at: possible(entry.at, now, times) || now.toISOString(), reviews,
           state: { guess, confidence, second, skipped, revealed, rating, ticked } };
}

// What this browser keeps, as a file. `kept` lists { question, record }.
export function fileOf(book, kept, now) {
  const place = ({ question, record }) => ({ chapter: question.chapter, name: question.name, digest: record.digest });
  const guesses = kept.filter(({ question }) => question.kind !== "card"), cards = kept.filter(({ question }) => question.kind === "card");
  return {
    format: FORMAT, version: VERSION, book, saved: now.toISOString(),
    guesses: guesses.map((one) => ({ ...place(one), at: one.record.at, ...one.record.state, reviews: one.record.reviews || [] })),
    cards: cards.map((one) => ({ ...place(one), reviews: one.record.reviews || [] })),
  };
}

// What is kept of a question, in a form that can be relied on: storage may hold anything.
export function soundRecord(record, question) {
  if (!record) return null;
  const at = isTime(record.at) ? record.at : new Date(EARLIEST).toISOString();
  const reviews = (Array.isArray(record.reviews) ? record.reviews : []).filter(isReview);
  if (question.kind === "card") {
    const knew = oneOf("knew", "notYet")(record.state.knew) ? record.state.knew : "";
    return { ...record, at, state: { knew }, reviews: reviews.length || !knew ? reviews : [[at, knew]] };
  }
  const labels = question.choices.map((choice) => choice.label);
  const one = (value) => (value !== undefined && legal(question.kind, value, labels) ? value : null);
  const { state } = record, known = (key, otherwise) => (GUESS[key](state[key]) ? state[key] : otherwise);
  return { ...record, at, reviews, state: {
    guess: one(state.guess), confidence: known("confidence", ""), second: one(state.second),
    skipped: known("skipped", false), revealed: known("revealed", false), rating: known("rating", ""), ticked: known("ticked", []),
  } };
}
