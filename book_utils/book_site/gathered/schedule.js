// When a card comes back: FSRS, by its reference implementation (ts-fsrs), from the days it was reviewed.

// What FSRS knows of a card: steps of a day or more. The gaps are spread a little (fuzz), so that what was met on one day
// does not come back on one day for ever. The spread hangs on the card and the number of its reviews: the same reviews
// give the same day. Without a card there is none.
// A review counts by its day; one that a wrong clock has put into the future counts as today.
export function memoryOf(reviews, now, id = "", { fsrs, createEmptyCard, Rating, StrategyMode } = window.FSRS) {
  const scheduler = fsrs({ enable_fuzz: id !== "", enable_short_term: false });
  scheduler.useStrategy(StrategyMode.SEED, function seed() { return `${id}/${this.current.reps}`; });
  const noon = (at) => new Date(`${(at < now.toISOString() ? at : now.toISOString()).slice(0, 10)}T12:00:00Z`);
  let card = createEmptyCard(noon(reviews[0][0]));
  for (const [at, said] of reviews) card = scheduler.next(card, noon(at), said === "knew" ? Rating.Good : Rating.Again).card;
  return card;
}

export const due = (reviews, now, id) => memoryOf(reviews, now, id).due;

export const midnight = (moment, days = 0) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate() + days);
export const daysUntil = (moment, now) => Math.round((midnight(moment) - midnight(now)) / 86400e3);

// "today", "tomorrow", "on Tuesday", "on 3 March 2027"
export function inWords(moment, now, lang, t) {
  const days = daysUntil(moment, now);
  if (days <= 0) return t.recallToday;
  if (days === 1) return t.recallTomorrow;
  const form = days < 7 ? { weekday: "long" } : { day: "numeric", month: "long", ...(moment.getFullYear() === now.getFullYear() ? {} : { year: "numeric" }) };
  return t.recallOn.replace("{day}", moment.toLocaleDateString(lang === "en" ? "en-GB" : lang, form));
}

// One entry of a calendar, as RFC 5545 has it: a whole day, lines of at most 75 bytes.
export function calendar({ day, title, text, id, now }) {
  const pad = (number) => String(number).padStart(2, "0");
  const date = (moment) => `${moment.getFullYear()}${pad(moment.getMonth() + 1)}${pad(moment.getDate())}`;
  const escaped = (words) => words.replace(/[\\;,]/g, "\\$&").replace(/\r?\n/g, "\\n");
  const lines = [
    "BEGIN:VCALENDAR", "VERSION:2.0", `PRODID:-//${escaped(id)}//recall//EN`, "BEGIN:VEVENT", `UID:${date(day)}@${id}`,
    `DTSTAMP:${now.toISOString().replace(/[-:]|\.\d+/g, "")}`, `DTSTART;VALUE=DATE:${date(day)}`, `DTEND;VALUE=DATE:${date(midnight(day, 1))}`,
    `SUMMARY:${escaped(title)}`, `DESCRIPTION:${escaped(text)}`, "TRANSP:TRANSPARENT", "END:VEVENT", "END:VCALENDAR",
  ];
  return lines.map(folded).join("\r\n") + "\r\n";
}

function folded(line) {
  const parts = [""], bytes = new TextEncoder();
  for (const letter of line) {
    if (bytes.encode(parts.at(-1) + letter).length > 74) parts.push("");
    parts[parts.length - 1] += letter;
  }
  return parts.join("\r\n ");
}
