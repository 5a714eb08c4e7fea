// Break it: what is broken in a language model, the guess of its loss, and what came out. With a kernel, Python answers;
// on a built page (`book` is given) this file does, from what was recorded, which it loads on first use.

const mean = (numbers) => numbers.reduce((sum, number) => sum + number) / numbers.length;

// The name of a setting in the record, the same as in breaks.py.
export const keyOf = (what, amount, side) => `${what} ${amount ?? ""} ${side}`;

// How a loss compares, in words: which of breakCompared, and the difference from what that names.
export function compared(loss, right, blind) {
  const gap = loss - right;
  if (Math.abs(gap) < 0.005) return ["same", 0];
  if (loss > blind) return ["blind", loss - blind];
  return [gap > 0 ? "more" : "less", Math.abs(gap)];
}

// The losses on what the reader chose to guess: all six texts together, or one of them.
export const lossOf = (losses, text, names) => (text === "all" ? mean(losses) : losses[names.indexOf(text)]);

// Answers without a kernel.
function answererOf({ model, book, save, it }) {
  let broken = null;
  return async (asked) => {
    it.problem.textContent = "";
    try {
      broken ??= JSON.parse((await book.load(model.get("lazy").broken)).join(""));
    } catch {
      it.problem.textContent = it.t.breakNoData;
      return;
    }
    save({ answer: { asked, own: [], ...broken[keyOf(asked.what, asked.amount, asked.side)] } });
  };
}

function elementsOf({ t, facts, acts, beyond }) {
  const form = breakForm({ t, facts, acts, beyond });
  const it = {
    t, form, picture: h("div", {}), said: h("div", { role: "status", className: "break-said" }),
    problem: h("p", { role: "alert", className: "break-note" }), waiting: h("p", { hidden: true }, t.breakWaiting),
    texts: h("div", { className: "break-texts" }), rows: h("div", { className: "book-scroll", tabIndex: 0, role: "region", "aria-label": t.breakTable }),
    tried: h("div", { className: "book-scroll", tabIndex: 0, role: "region", "aria-label": t.breakTried }),
  };
  it.table = h("details", {}, h("summary", {}, t.breakTable), it.rows);
  it.tries = h("details", {}, h("summary", {}, t.breakTried), it.tried);
  const six = h("details", {}, h("summary", {}, t.breakRead), Object.entries(facts.texts).flatMap(([name, text]) =>
    [h("p", {}, h("strong", {}, t.breakTexts[name] ?? name)), h("p", { className: "break-text", lang: "en" }, text)]));
  it.root = h("section", { className: "explorer break-it", "aria-label": t.breakIt },
    h("form", { noValidate: true }, form.parts, form.guess.label, form.guess.note, it.picture, form.guess.slider,
      h("p", {}, ending(t.breakGo, acts.go))),
    it.waiting, it.problem, it.said, it.texts, it.table, it.tries, six, h("p", { className: "break-soft" }, beyond ? t.breakHere : t.breakPage));
  return it;
}

// -- painting
const nameOf = ({ what, amount, side }, t, breaks) => [amount === null ? t.breakNames[what] : `${t.breakNames[what]} (${numberText(amount)})`,
  breaks[what].sides.length > 1 ? t.breakSides[side] : ""].filter(Boolean).join(", ");

function sentence({ t, asked, loss, right, blind, guess, breaks }) {
  const [which, gap] = compared(loss, right, blind);
  const values = { gap: fixed(gap), right: fixed(right), blind: fixed(blind) };
  return filled(t.breakSaid, { what: nameOf(asked, t, breaks), loss: fixed(loss), compared: filled(t.breakCompared[which], values), guess: numberText(guess) });
}

const wordsOf = (label, prompt, text, name) => h("p", { className: `break-text ${name}` }, h("strong", {}, `${label}: `),
  h("span", { lang: "en", dir: "auto" }, prompt, h("mark", {}, text.replaceAll("\n", "↵"))));

function paintTexts({ t, it, facts }, answer) {
  it.texts.replaceChildren(...(answer?.goesOn ? [h("p", { className: "break-head" }, t.breakGoesOn),
    ...facts.prompts.flatMap((prompt, i) => [wordsOf(t.breakRight, prompt, facts.right.goesOn[i], "break-of-right"),
      wordsOf(t.breakBroken, prompt, answer.goesOn[i], "break-of-broken")])] : []));
}

// The lines of the picture and of the table: as long as nothing is revealed, the one that is guessed.
function rowsOf({ t, facts, names }, chosen, answer) {
  const nameOfText = (text) => (text === "all" ? t.breakAll : t.breakTexts[text] ?? text);
  const rows = (answer ? ["all", ...names] : [chosen]).map((text) => ({ name: nameOfText(text), chosen: text === chosen,
    right: lossOf(facts.right.losses, text, names), broken: answer ? lossOf(answer.losses, text, names) : null }));
  const [right, broken] = answer?.own ?? [];
  return right === undefined ? rows : [...rows, { name: t.breakOwn, right, broken, chosen: false }];
}

function paintForm({ t, it, facts: { breaks } }, get) {
  const what = get("what"), { amounts, sides, limits } = breaks[what];
  it.form.what.show(what);
  it.form.text.show(get("text"));
  it.form.amount.show(amounts, get("amount"), (value) => numberText(value ?? 0), t.breakAmounts[what] ?? "");
  it.form.side.show(sides, get("side"), (value) => t.breakSides[value]);
  it.form.guess.show(get("guess"));
  it.form.beyond?.show(get("amount"), get("own"), limits);
}

function paintPicture({ t, it, facts: { blind, breaks } }, rows, guess, asked) {
  const { right, broken } = rows.find(({ chosen }) => chosen);
  const told = broken === null ? "" : sentence({ t, asked, loss: broken, right, blind, guess, breaks });
  const label = `${filled(t.breakLine, { right: fixed(right), blind: fixed(blind), guess: numberText(guess) })} ${told}`;
  const width = Math.max(260, it.picture.clientWidth || 640), blindWords = filled(t.breakBlind, { blind: fixed(blind) });
  it.picture.replaceChildren(lossPicture({ rows, guess, blind, width, label, blindWords }), h("p", { className: "break-soft" }, t.breakMarks));
  if (it.said.textContent !== told) it.said.textContent = told;
}

function paintTables({ t, it, names }, rows, answer, tries) {
  it.table.hidden = !answer;
  it.rows.replaceChildren(...(answer ? [table([t.breakColumns.split("|"), ...rows.map(({ name, right, broken }) => [name, fixed(right), fixed(broken)])])] : []));
  it.tries.hidden = !tries.length;
  const columns = t.breakTriedColumns.split("|"), nameOfText = (text) => (names.includes(text) ? t.breakTexts[text] ?? text : t.breakAll);
  it.tried.replaceChildren(...(tries.length ? [table([columns, ...tries.map(([what, text, guess, loss]) => [what, nameOfText(text), numberText(guess), fixed(loss)])])] : []));
}

function render({ model, el, book }) {
  const t = words(el), get = (trait) => model.get(trait), save = saving(model), facts = get("facts"), { breaks } = facts;
  const it = elementsOf({ t, facts, beyond: !book, acts: {
    what: (what) => save({ what, amount: breaks[what].amounts[0], side: breaks[what].sides[0] }),
    amount: (amount) => save({ amount }), side: (side) => save({ side }), text: (text) => save({ text }),
    guess: (guess) => save({ guess }), beyond: save, go: () => go(),
  } });
  const view = { t, it, facts, names: Object.keys(facts.texts) }, answered = book ? answererOf({ model, book, save, it }) : null;
  el.append(it.root);

  const fitting = (of, trait) => (of.includes(get(trait)) ? get(trait) : of[0]);
  if (book?.arrived) save({ amount: fitting(breaks[get("what")].amounts, "amount"), side: fitting(breaks[get("what")].sides, "side") });

  const asking = () => ({ what: get("what"), amount: get("amount"), side: get("side"), own: get("own") });
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const fits = () => same(get("answer").asked, asking());
  const revealed = () => (get("answer").losses && fits() ? get("answer") : null);
  const tried = () => get("tries").find(([what, text]) => what === nameOf(asking(), t, breaks) && text === get("text"));

  function go() {
    if (answered) answered(asking()).then(note);
    else {
      save({ asked: {} });  // or the same question, asked again after a problem, would be no news
      save({ asked: asking() });
    }
  }

  // A try is written down once for each setting and text, with the guess that stood before the answer.
  function note() {
    const answer = revealed();
    if (!answer || tried()) return;
    save({ tries: [...get("tries"), [nameOf(answer.asked, t, breaks), get("text"), get("guess"), lossOf(answer.losses, get("text"), view.names)]] });
  }

  function paint() {
    const answer = revealed(), rows = rowsOf(view, get("text"), answer);
    paintForm(view, get);
    paintPicture(view, rows, (answer && tried()?.[2]) ?? get("guess"), answer?.asked);
    it.problem.textContent = fits() ? get("answer").problem ?? "" : "";
    it.waiting.hidden = Boolean(book) || !same(get("asked"), asking()) || fits();
    paintTexts(view, answer);
    paintTables(view, rows, answer, get("tries"));
  }

  const seen = new ResizeObserver(paint);
  seen.observe(it.picture);
  const stops = [follow(model, ["what", "amount", "side", "text", "own", "guess", "asked", "answer", "tries"], paint),
    follow(model, ["answer"], () => { if (!book) note(); })];
  return () => { seen.disconnect(); stops.forEach((stop) => stop()); };
}

export default { render };
