// Two records of one question become one: in what a browser keeps, in a file that is read, and in the same way in
// record.py, which a test compares with this. The older first guess stays, whatever order the two come in.

const MODEST_FIRST = ["missed", "partly", "got"];
const WRITTEN = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?(?:Z|\+00:00)$/;

// A time in a form whose text sorts as time does. What is no time is never the older one.
function moment(at) {
  const [, whole, part = ""] = (typeof at === "string" && WRITTEN.exec(at)) || [];
  return whole ? `${whole}.${part.padEnd(6, "0")}` : "later";
}

const hasGuess = ({ state }) => state.guess !== null && state.guess !== undefined;
const compare = (...both) => {
  const [a, b] = both.map((one) => (one && typeof one === "object" ? JSON.stringify(one) : one));  // storage may hold anything
  return a < b ? -1 : a > b ? 1 : 0;
};

// Two values of one kind of guess, by size or by letters; lists by their first difference.
function byValue(one, other) {
  const [a, b] = [one, other].map((value) => [value ?? []].flat());
  const i = a.findIndex((value, place) => value !== b[place]);
  if (i < 0 || i >= b.length) return a.length - b.length;
  return typeof a[i] === typeof b[i] ? compare(a[i], b[i]) : typeof a[i] === "number" ? -1 : 1;
}

// A guess comes before none, the older before the newer. Two of one moment have an order, too: else two tabs that
// join what both did would not come to the same.
const byFirst = (one, other) => hasGuess(other) - hasGuess(one) || compare(moment(one.at), moment(other.at))
  || byValue(one.state.guess, other.state.guess) || compare(one.state.confidence ?? "", other.state.confidence ?? "")
  || compare(Boolean(one.state.skipped), Boolean(other.state.skipped)) || byValue(one.state.second, other.state.second);

// Of what two records say, the first in this order: of two ratings the more modest counts.
const firstOf = (names, ...said) => names.find((name) => said.includes(name)) ?? "";

// Reviews are [time, "knew" or "notYet"]. The last word of a day stands for it; of two at one moment, "notYet".
export function joinedReviews(...lists) {
  const all = lists.flatMap((list) => (Array.isArray(list) ? list : []))
    .filter((one) => Array.isArray(one) && moment(one[0]) !== "later");
  const inOrder = all.sort((a, b) => compare(moment(a[0]), moment(b[0])) || compare(a[1], b[1]) || compare(a[0], b[0]));
  return [...new Map(inOrder.map((one) => [one[0].slice(0, 10), one])).values()];
}

export function merged(one, other) {
  const [first, then] = [one, other].sort(byFirst), both = (key) => [one.state[key], other.state[key]];
  const state = { ...then.state, ...first.state }, reviews = joinedReviews(one.reviews, other.reviews);
  if ("guess" in state) {
    state.second = first.state.second ?? then.state.second ?? null;
    state.revealed = both("revealed").some(Boolean);
    state.rating = firstOf(MODEST_FIRST, ...both("rating"));
    state.ticked = [...new Set(both("ticked").flatMap((ticks) => (Array.isArray(ticks) ? ticks.filter(Number.isFinite) : [])))].sort((a, b) => a - b);
  }
  if ("knew" in state) state.knew = reviews.at(-1)?.[1] ?? firstOf(["notYet", "knew"], ...both("knew"));
  return { v: 1, digest: first.digest, at: first.at, state, reviews };
}
