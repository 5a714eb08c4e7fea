// A class in the browser: files of guesses and zips of them, dropped on the page, read here and sent nowhere.

const FEW = 5, THIN = 20, AT_A_TIME = 20, MOST_ORDERS = 6;

// Take what was dropped apart: files, and what lies in zips. Every file that is not read gets a reason.
async function* handIns(dropped) {
  for (const file of dropped) {
    if (!/\.zip$/i.test(file.name)) {
      const why = /\.json$/i.test(file.name) ? file.size > MOST_BYTES && "fileLarge" : "zipNoJson";
      yield why ? { name: file.name, why } : { name: file.name, read: async () => new Uint8Array(await file.arrayBuffer()) };
      continue;
    }
    try {
      for (const entry of await readZip(file)) yield { ...entry, name: `${file.name}/${entry.name}` };
    } catch (why) { yield { name: file.name, why: typeof why === "string" ? why : "fileUnread" }; }
  }
}

async function readClass(dropped, questions, book, said) {
  const files = [], left = new Map(), now = new Date(), places = new Map(questions.map((one, place) => [`${one.chapter}/${one.name}`, place]));
  const leave = (why, many = 1) => { if (many) left.set(why, (left.get(why) ?? 0) + many); };
  let met = 0, out = 0;
  for await (const { name, why, read } of handIns(dropped)) {
    if ((met += 1) % AT_A_TIME === 0) { said(met); await new Promise((go) => setTimeout(go)); }
    let refused = why, found;
    if (read) {
      try { found = readFile(new TextDecoder("utf-8", { fatal: true }).decode(await read()), book); refused = found.error; }
      catch (problem) { refused = typeof problem === "string" ? problem : problem instanceof TypeError ? "fileNoJson" : "fileUnread"; }
    }
    if (refused) { leave(refused); out += 1; continue; }
    const { changes, left: parts } = changesOf({ ...found.file, cards: [] }, questions, now), entries = new Map();
    for (const { chapter, name: question, record } of changes) {
      const one = record(null);
      if (one.state.guess !== null || one.state.skipped) entries.set(places.get(`${chapter}/${question}`), one);
    }
    leave("classUnknown", parts.unknown);
    leave("classParts", parts.broken);
    if (entries.size) files.push({ name, entries });
    else { leave("classNothing"); out += 1; }
  }
  return { files, left, out };
}

// -- what is shown ----------------------------------------------------------------------------------------
const shareText = (part, whole) => (whole >= FEW ? `${Math.round((100 * part) / whole)}%` : "");
const advice = (right, made, t) => {
  const share = made >= FEW ? right / made : null;
  return share === null ? "" : [t.classExplain, t.classDiscuss, t.classMoveOn][share < 0.35 ? 0 : share <= 0.7 ? 1 : 2];
};
const changeText = ([many, before, after], t) => (many ? filled(t.classChange, { before, after, n: many }) : "");
const signedText = (r) => (Math.abs(r) < 0.005 ? "0.00" : `${r > 0 ? "+" : "-"}${Math.abs(r).toFixed(2)}`);

function barOf(text, many, made, isRight = false) {
  const bar = h("span", { className: "class-bar", "aria-hidden": "true" });
  bar.style.width = `${(100 * many) / made}%`;
  return h("li", {}, line(text), isRight ? " ✓" : "", `: ${many}`, bar);
}

// The choices that were taken; of orders the most common, and the right one.
function barsOf(question, { choices, orders, made }, t) {
  const taken = question.choices.filter(({ label }) => choices.has(label)).map(({ label }) => barOf(label, choices.get(label), made));
  if (!orders.size) return taken;
  const right = question.answer.join(" › ");
  const common = [...orders].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, MOST_ORDERS);
  if (!common.some(([text]) => text === right)) common.push([right, orders.get(right) ?? 0]);
  const rest = common.reduce((left, [, many]) => left - many, made);
  return [...common.map(([text, many]) => barOf(text, many, made, text === right)), rest ? h("li", {}, filled(t.classRest, { n: rest })) : null].filter(Boolean);
}

// What the readers found in their own words, by the points beside the model answer.
function ticksOf(questions, tallies, t) {
  const written = questions.map((question, place) => [place, question, tallies[place]]).filter(([, { kind, points }, { made }]) => kind === "words" && made && points?.length);
  return written.length ? h("details", { className: "class-words" }, h("summary", {}, t.classWords), written.map(([place, { name, question, points }, { made, ticked }]) =>
    h("div", { "data-guess": name }, h("p", {}, `${place + 1}. `, line(question), ` ${filled(t.classWrote, { n: made })}`),
      h("ul", {}, points.map((point, i) => barOf(point.replace(/\.$/, ""), ticked.get(i) ?? 0, made)))))) : null;
}

function rowOf(place, question, tally, t) {
  const taken = barsOf(question, tally, t);
  const separation = tally.separates !== null && tally.toldOf >= THIN ? signedText(tally.separates) : "";
  const cells = [
    [h("p", {}, `${place + 1}. `, line(question.question)), taken.length ? h("details", {}, h("summary", {}, t.classChoices), h("ul", {}, taken)) : null],
    `${tally.right} / ${tally.made} ${shareText(tally.right, tally.made)}`, String(tally.sureWrong), advice(tally.right, tally.made, t), separation,
    tally.changed ? changeText(tally.second, t) : "", changeText(tally.recall, t),
  ];
  const names = t.classColumns.split("|");
  return h("tr", { "data-guess": question.name }, cells.map((cell, i) => h("td", { "data-column": names[i] }, cell)));
}

function reportOf({ files, left, out }, questions, t) {
  const students = studentsOf(files), tallies = countClass(students, questions);
  const met = questions.map((question, place) => ({ question, place, tally: tallies[place] }))
    .filter(({ question, tally }) => tally.made && question.kind !== "words")
    .sort((a, b) => b.tally.sureWrong - a.tally.sureWrong || a.tally.right / a.tally.made - b.tally.right / b.tally.made);
  const sum = filled(t.classSum, { students: students.length, guesses: tallies.reduce((all, { made }) => all + made, 0), files: files.length, left: out });
  const reasons = [...left].map(([why, n]) => h("li", {}, `${n}: ${filled(t[why], { size: 5 })}`));
  return [
    h("p", { className: "class-sum" }, sum), reasons.length ? h("details", {}, h("summary", {}, t.classLeft), h("ul", {}, reasons)) : null,
    met.length ? h("div", { className: "class-scroll", tabIndex: 0, role: "group", "aria-label": t.classTable }, h("table", { className: "book-table" },
      h("thead", {}, h("tr", {}, t.classColumns.split("|").map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, met.map(({ place, question, tally }) => rowOf(place, question, tally, t))))) : null,
    ticksOf(questions, tallies, t),
  ].filter(Boolean);
}

function render({ el, book: { book } }) {
  const t = words(el), questions = window.bookQuestions.chapters.flatMap((one) => one.questions).filter(({ kind }) => kind !== "card");
  const status = h("p", { role: "status" }), shown = h("div");
  let latest = 0;
  async function take(dropped) {
    const mine = (latest += 1);  // a later drop wins
    status.textContent = filled(t.classReading, { n: dropped.length });
    const found = await readClass(dropped, questions, book, (n) => { if (mine === latest) status.textContent = filled(t.classReading, { n }); });
    if (mine !== latest) return;
    shown.replaceChildren(...reportOf(found, questions, t));
    status.textContent = found.files.length ? t.classDone : t.classNone;
  }
  const field = h("input", { type: "file", multiple: true, accept: ".json,.zip,application/json,application/zip" });
  field.addEventListener("change", () => { if (field.files.length) take([...field.files]); field.value = ""; });
  const zone = h("div", { className: "class-zone" }, h("label", { className: "progress-file" }, `${t.classDrop} `, field));
  zone.addEventListener("dragover", (event) => event.preventDefault());
  zone.addEventListener("drop", (event) => { event.preventDefault(); take([...event.dataTransfer.files]); });
  el.append(h("div", { className: "progress class" }, zone, status, shown));
}

export default { render };
