// Count the guesses of a class: the same figures as classroom/, which a test compares with these.

const OTHER_GUESSES = 5, SHARED_MARKS = 2, MARKS_OF_A_FILE = 8;
const MOODLE = /^(.+?)_(\d+)_assignsubmission_[a-z]+(_.*)?$/su;
const CANVAS = /^([\p{L}\p{N}]+)_(?:late_)?(\d{3,})_\d{5,}_.+$/su;

// Who a learning platform says handed a file in: see classroom/platforms.py.
export function studentOf(name) {
  const parts = name.normalize("NFKC").toLowerCase().split("/");
  for (const [place, part] of parts.entries()) {
    const isFile = place === parts.length - 1 || part.endsWith(".zip"), moodle = MOODLE.exec(part);
    const match = moodle || (isFile ? CANVAS.exec(part) : null);
    const within = parts.slice(0, place).findLastIndex((one) => one.endsWith(".zip"));
    if (match && (moodle || !match[1].includes("guess"))) return { person: `${match[1]}/${match[2]}`, within: parts.slice(0, within + 1).join("/") };
  }
  return null;
}

// Join the files of one student: [{ name, entries: Map(question place -> record) }] become one Map each. The same
// person of a platform, or the same content, or two of the earliest guesses at the same moments with the same answers.
export function studentsOf(files) {
  const above = files.map((_, i) => i), person = files.map(({ name }) => studentOf(name)), of = person.map((one) => one?.person ?? null);
  const top = (i) => (above[i] === i ? i : top(above[i]));
  const join = (i, j) => {
    const [one, two] = [top(i), top(j)].sort((a, b) => a - b);
    if (one === two || (of[one] && of[two] && of[one] !== of[two])) return;
    above[two] = one;
    of[one] ||= of[two];
  };
  const seen = new Map(), meet = (key, i, then) => { if (seen.has(key)) then(seen.get(key), i); seen.set(key, i); };
  files.forEach((_, i) => { if (person[i]) meet(`person ${person[i].person} ${person[i].within}`, i, join); });
  files.forEach(({ entries }, i) => meet(`all ${JSON.stringify([...entries].sort(([a], [b]) => a - b))}`, i, join));
  const shared = new Map();
  files.forEach(({ entries }, i) => {
    const timed = [...entries].map(([place, { at, state }]) => [at, place, state.guess]).sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]));
    for (const mark of timed.slice(0, MARKS_OF_A_FILE)) {
      meet(`mark ${JSON.stringify(mark)}`, i, (j) => shared.set(`${j} ${i}`, (shared.get(`${j} ${i}`) ?? 0) + 1));
    }
  });
  for (const [pair, many] of shared) if (many >= SHARED_MARKS) join(...pair.split(" ").map(Number));
  const students = new Map();
  files.forEach(({ entries }, i) => {
    const all = students.get(top(i)) ?? students.set(top(i), new Map()).get(top(i));
    for (const [place, record] of entries) all.set(place, all.has(place) ? merged(all.get(place), record) : record);
  });
  return [...students.values()];
}

const empty = () => ({ made: 0, right: 0, skipped: 0, sureWrong: 0, changed: 0, second: [0, 0, 0], recall: [0, 0, 0], choices: new Map(), orders: new Map(), ticked: new Map(), sums: [0, 0, 0], rights: [0, 0, 0] });

const more = (counts, key) => counts.set(key, (counts.get(key) ?? 0) + 1);

function count(tally, question, { state: { guess, second = null, confidence = "", skipped = false, ticked = [] }, reviews }, right) {
  if (guess === null) { tally.skipped += skipped; return; }
  tally.made += 1;
  if (right === null) {
    for (const point of new Set(ticked)) more(tally.ticked, point);
    return;
  }
  tally.right += right;
  tally.sureWrong += confidence === "sure" && !right;
  tally.changed += second !== null;
  const add = (change, before, after) => { change[0] += 1; change[1] += before; change[2] += after; };
  add(tally.second, right, second === null ? right : score(question.kind, question.answer, second, question.scale));
  if (reviews.length) add(tally.recall, right, reviews.at(-1)[1] === "knew");
  for (const label of question.kind === "choice" ? [guess] : question.kind === "choices" ? new Set(guess) : []) more(tally.choices, label);
  if (["order", "lines"].includes(question.kind)) more(tally.orders, guess.join(" › "));
}

// How well a question separates: the corrected item-total correlation, as classroom/separation.py has it.
function separates({ sums, rights }) {
  const [n, sum, squares] = sums, [inside, own] = rights, variance = squares / n - (sum / n) ** 2;
  if (!(inside > 0 && inside < n) || variance <= 1e-12) return null;
  return ((own / inside - (sum - own) / (n - inside)) * Math.sqrt(inside * (n - inside))) / n / Math.sqrt(variance);
}

// The counts of each question, in the order of the book: an array beside `questions`.
export function countClass(students, questions) {
  const tallies = questions.map(empty);
  for (const student of students) {
    const scored = [];
    for (const [place, record] of student) {
      const question = questions[place], { guess } = record.state;
      const right = guess === null ? null : score(question.kind, question.answer, guess, question.scale);
      count(tallies[place], question, record, right);
      if (right !== null) scored.push([place, right]);
    }
    if (scored.length <= OTHER_GUESSES) continue;
    const total = scored.reduce((sum, [, right]) => sum + right, 0);
    for (const [place, right] of scored) {
      const elsewhere = (total - right) / (scored.length - 1), tally = tallies[place];
      [1, elsewhere, elsewhere ** 2].forEach((value, power) => { tally.sums[power] += value; if (right) tally.rights[power] += value; });
    }
  }
  return tallies.map((tally) => ({ ...tally, separates: separates(tally), toldOf: tally.sums[0] }));
}
