// What a guess is worth: the same rules as score.py, which a test compares with these.

export function factor(answer, guess) {
  const ratio = guess / answer;
  return ratio > 0 ? Math.max(ratio, 1 / ratio) : Infinity;
}

export const apart = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

export const SURES = ["guessing", "leaning", "sure"];  // how sure a reader is of a guess
export const RATINGS = ["missed", "partly", "got"];  // how close own words came

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// true, false, or null where nothing was guessed or nothing can be scored
export function score(kind, answer, guess, scale) {
  if (guess === null || guess === undefined || kind === "words") return null;
  if (kind === "choices") return same([...guess].sort(), [...answer].sort());
  if (kind === "point") return apart(guess, answer) <= scale.spread / 2;
  if (kind !== "number") return same(guess, answer);
  if (scale.by === "ratio") return factor(answer, guess) <= 2;
  return Math.abs(guess - answer) <= (scale.within || 0) + 1e-9 * Math.abs(answer);
}

// Does a number lie outside of its certain limits, [low] or [low, high]? [] allows all.
export const impossible = (guess, limits) => guess < limits[0] || guess > limits[1];

// Write a number as a person would: every digit of a whole number, three digits of another or of a huge one.
export function numberText(number) {
  const size = Math.abs(number);
  if (size < 1e15 && (Number.isInteger(number) || size >= 999.5)) {
    return number.toLocaleString("en-US", { maximumFractionDigits: 0 });
  }
  const rounded = Number(number.toPrecision(3));
  return Math.abs(rounded) < 1e-4 || size >= 1e15 ? rounded.toExponential().replace("e+", "e") : String(rounded);
}

const SUFFIXES = { k: 1e3, thousand: 1e3, m: 1e6, million: 1e6, b: 1e9, billion: 1e9, trillion: 1e12 };

// Read "1,500", "2.5e6", "3 million"; null where it is no number, and for "1,5", which some would read as 15.
export function readNumber(text) {
  if (/,(?!\d{3}(?!\d)|\d\d,)/.test(text)) return null;
  const match = /^([-+\u2212]?[\d., _\u202f\u00a0]*\d\.?(?:e[-+]?\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  if (!match) return null;
  const number = Number(match[1].replace(/[, _\u202f\u00a0]/g, "").replace("\u2212", "-"));
  const times = match[2] ? SUFFIXES[match[2].toLowerCase()] : 1;
  return Number.isFinite(number * times) ? number * times : null;
}

// Read "(5, 768)", "5 x 768", "5,768", "5" or "()", the shape of a single number; null where it is no shape.
export function readShape(text) {
  const whole = text.trim().replace(/\s+/g, " ");
  if (/^[([] ?[)\]]$/.test(whole)) return [];
  const inner = whole.replace(/^[([](.*)[)\]]$/, "$1").trim();
  if (!/^\d{1,15}( ?[,x×* ] ?\d{1,15})* ?,?$/i.test(inner)) return null;
  return inner.match(/\d+/g).map(Number);
}

// Is a stored or synced guess of the form that its kind needs? Storage may hold anything.
export function legal(kind, guess, labels) {
  const one = (label) => typeof label === "string" && labels.includes(label);
  switch (kind) {
    case "choice": return one(guess);
    case "choices": return Array.isArray(guess) && guess.length > 0 && guess.every(one);
    case "order": return Array.isArray(guess) && guess.every(one) && same([...guess].sort(), [...labels].sort());
    case "lines": return Array.isArray(guess) && guess.length > 0 && guess.every(one) && new Set(guess).size === guess.length;
    case "point": return Array.isArray(guess) && guess.length === 2 && guess.every(Number.isFinite);
    case "number": return typeof guess === "number" && Number.isFinite(guess);
    case "shape": return Array.isArray(guess) && guess.every((n) => Number.isInteger(n) && n >= 0);
    case "words": return typeof guess === "string" && guess.trim() !== "";
    default: return false;
  }
}
