// The row on its way: one token of a sentence, from its row through every block. With a kernel, Python follows any
// text; on a built page (`book` is given) the recorded ones are loaded, each when it comes near.

const token = (name) => h("code", { dir: "ltr" }, name);
const percent = (share) => (share > 0 && share < 0.01 ? "< 1%" : `${Math.round(100 * share)}%`);

function controlsOf({ t, sentences, acts, own }) {
  const last = button(t.wayBack, () => acts.step(-1)), next = button(t.wayNext, () => acts.step(1));
  const slider = h("input", { type: "range", min: 0, step: 1 });
  slider.addEventListener("input", () => acts.block(Number(slider.value)));
  const list = h("select", {}, sentences.map(([text], i) => h("option", { value: String(i), lang: "en" }, text.replace(/\s+/g, " "))));
  list.addEventListener("change", () => acts.sentence(...sentences[Number(list.value)]));
  const box = h("textarea", { rows: 2, dir: "auto", spellcheck: false });
  const form = own ? h("form", { noValidate: true, className: "way-own-text" }, h("label", {}, h("span", {}, t.wayOwn), box),
    ending(t.wayFollow, () => acts.own(box.value))) : null;
  return { last, next, slider, list, form };
}

function elementsOf({ t, sentences, acts, own }) {
  const it = {
    t, ...controlsOf({ t, sentences, acts, own }),
    tokens: h("div", { className: "way-tokens" }), picture: h("div", { className: "way-view" }),
    waiting: h("p", { role: "status" }), problem: h("p", { role: "alert", className: "way-problem" }),
    said: h("p", { className: "way-said", "aria-live": "polite" }), legend: h("ul", { className: "way-legend", role: "list" }),
    lists: h("div", { className: "way-lists" }), rows: h("div", { className: "book-scroll", tabIndex: 0, role: "region", "aria-label": t.wayTable }),
  };
  it.choose = h("fieldset", {}, h("legend", {}, t.wayToken), it.tokens);
  it.choose.addEventListener("change", (event) => acts.place(Number(event.target.value)));
  it.again = button(t.tryAgain, acts.again, { hidden: true });
  it.table = h("details", {}, h("summary", {}, t.wayTable), it.rows);
  it.table.addEventListener("toggle", acts.open);
  it.shown = h("div", {}, it.choose, h("div", { className: "way-controls" }, it.last, it.next, h("label", {}, h("span", {}, t.waySlider), it.slider)),
    it.said, it.picture, it.legend, it.lists, it.table);
  it.root = h("section", { className: "explorer row-on-its-way", "aria-label": t.wayTitle },
    h("label", { className: "way-chooser" }, h("span", {}, t.waySentence), it.list), it.form, it.waiting, it.problem, it.again, it.shown,
    h("p", { className: "way-soft" }, line(own ? t.wayHere : t.wayPage)));
  return it;
}

// -- painting
function paintTokens({ t, it }, way, place) {
  const twins = new Set(twinsOf(way, place).map(([other]) => other)), old = [...it.tokens.querySelectorAll("input")];
  if (it.tokens.dataset.text !== way.text) {
    it.tokens.dataset.text = way.text;
    it.tokens.replaceChildren(...way.tokens.map((name, i) =>
      h("label", {}, h("input", { type: "radio", name: "token", value: String(i), checked: i === place }), token(name), h("span", { className: "book-hidden" }, ` ${filled(t.wayPlace, { place: i })}`))));
  } else if (!old[place].checked) old[place].checked = true;
  [...it.tokens.children].forEach((label, i) => { label.className = twins.has(i) ? "way-is-twin" : ""; });
}

function saidOf(t, way, place, block) {
  const { cosine, length, twins } = atBlock(way, place, block);
  return [filled(block ? t.wayAfter : t.wayStart, { block, token: way.tokens[place], cosine: withMinus(cosine, 2), length: numberText(length) }),
    ...twins.map(([other, near]) => filled(t.wayTwin, { place: other, cosine: withMinus(near, 2) }))].join(" ");
}

function paintPicture({ t, it }, way, place, block) {
  const width = Math.max(280, it.picture.clientWidth || 640), twins = twinsOf(way, place);
  const blocks = way.cosine[place].map((_, i) => atBlock(way, place, i)), known = [...new Set([0, 1, 5, 10, 20, lastBlock(way)])].filter((i) => blocks[i]);
  const told = (numbers) => known.map((i) => `${i}: ${withMinus(numbers[i], 2)}`).join(", ");
  const lines = [[t.wayOwnLine, blocks.map(({ cosine }) => cosine)], ...twins.map(([other, cosines]) => [filled(t.wayTwinLine, { place: other }), cosines.map((one) => one / 1000)])];
  const label = [filled(t.wayLabel, { token: way.tokens[place] }), ...lines.map(([name, numbers]) => `${name}: ${told(numbers)}.`)].join(" ");
  it.picture.replaceChildren(wayPicture({ cosine: lines[0][1], length: blocks.map(({ length }) => length),
    sure: blocks.map(({ next }) => next[0][1]), twins: lines.slice(1).map(([, numbers]) => numbers) }, block, width,
  { label, cosine: t.wayCosine, length: t.wayLength, next: t.wayStrip }));
  it.legend.replaceChildren(...lines.map(([name], i) => h("li", {}, svg("svg", { viewBox: "0 0 34 10", "aria-hidden": "true" },
    svg("path", { d: "M0 5H34", class: `way-line ${i ? `way-twin-${(i - 1) % 3}` : "way-own"}` })), name)));
}

function listOf(title, pairs, show, bars) {
  return h("div", {}, h("p", { className: "way-head" }, title), h("ol", {}, pairs.map(([name, number]) =>
    h("li", {}, token(name), h("span", {}, show(number)), bars ? h("span", { className: "way-bar", "aria-hidden": "true", style: `--share: ${number}` }) : ""))));
}

function paintTable({ t, it }, way, place) {
  if (!it.table.open) return it.rows.replaceChildren();
  const names = t.wayColumns.split("|"), twins = twinsOf(way, place);
  const rows = way.cosine[place].map((_, block) => {
    const { cosine, length, nearest: [[row, near]], next: [[word, share]], twins: others } = atBlock(way, place, block);
    return [String(block), withMinus(cosine, 2), ...others.map(([, other]) => withMinus(other, 2)), numberText(length), `\`${row}\` ${withMinus(near, 2)}`, `\`${word}\` ${percent(share)}`];
  });
  it.rows.replaceChildren(table([[...names.slice(0, 2), ...twins.map(([other]) => filled(t.wayTwinColumn, { place: other })), ...names.slice(2)], ...rows]));
}

function paintWay(view, way, place, block) {
  const { t, it } = view, { nearest, next } = atBlock(way, place, block), said = saidOf(t, way, place, block);
  paintTokens(view, way, place);
  Object.assign(it.slider, { max: lastBlock(way), value: block });
  it.slider.setAttribute("aria-valuetext", filled(t.wayValue, { block, last: lastBlock(way) }));
  it.last.setAttribute("aria-disabled", String(block === 0));
  it.next.setAttribute("aria-disabled", String(block === lastBlock(way)));
  if (it.said.textContent !== said) it.said.textContent = said;
  paintPicture(view, way, place, block);
  it.lists.replaceChildren(listOf(t.wayNearest, nearest, (number) => withMinus(number, 2)), listOf(t.wayNextWords, next, percent, true));
  paintTable(view, way, place);
}

// Where the way of a text comes from: { ask(text), and on a page what was loaded before }.
function sourceOf({ model, book, save, it, sentences }) {
  const known = {};
  if (!book) return (text) => { save({ asked: "" }); save({ asked: text }); };  // the same text again is news, too
  return async (text) => {
    const i = sentences.findIndex(([each]) => each === text);
    [it.problem.textContent, it.again.hidden] = ["", true];
    try {
      known[text] ??= JSON.parse((await book.load(model.get("lazy")[`way${i}`])).join(""));
      if (model.get("sentence") === text) save({ way: known[text] });
    } catch {
      if (model.get("sentence") === text) [it.problem.textContent, it.again.hidden] = [it.t.wayNoData, false];
    }
  };
}

function render({ model, el, book }) {
  const t = words(el), get = (trait) => model.get(trait), save = saving(model), sentences = get("sentences");
  const within = (block) => Math.max(0, Math.min(lastBlock(get("way")), block));
  const show = (sentence, place) => { save({ sentence, place, problem: "" }); ask(sentence); };
  const it = elementsOf({ t, sentences, own: !book, acts: {
    step: (by) => save({ block: within(get("block") + by) }), block: (block) => save({ block }), place: (place) => save({ place }), sentence: show,
    own: (text) => { if (text.trim()) show(text.slice(0, 2000).replace(/\p{Cs}/gu, "\ufffd"), 0); }, again: () => ask(get("sentence")), open: () => paint(),
  } });
  const view = { t, it }, ask = sourceOf({ model, book, save, it, sentences });
  el.append(it.root);
  it.picture.addEventListener("pointerdown", point);
  it.picture.addEventListener("pointermove", (event) => { if (event.buttons) point(event); });

  function point(event) {
    const box = it.picture.getBoundingClientRect(), { blockAt } = acrossOf(Math.max(280, box.width), lastBlock(get("way")));
    save({ block: blockAt(event.clientX - box.left) });
  }

  function paint() {
    const way = get("way"), ready = way.text === get("sentence");
    it.list.value = String(sentences.findIndex(([text]) => text === get("sentence")));
    it.shown.hidden = !ready;
    it.root.dataset.ready = ready;
    it.waiting.textContent = ready || get("problem") || it.problem.textContent ? "" : t.wayWaiting;
    if (!book) it.problem.textContent = get("problem");
    if (ready) paintWay(view, way, Math.min(get("place"), way.tokens.length - 1), within(get("block")));
  }

  const seen = new ResizeObserver(paint);
  seen.observe(it.root);
  const begin = () => { if (get("way").text !== get("sentence")) ask(get("sentence")); };
  const stops = [follow(model, ["sentence", "place", "block", "way", "problem"], paint)];
  if (book) stops.push(whenNear(it.root, begin));
  else begin();
  return () => { seen.disconnect(); stops.forEach((stop) => stop()); };
}

export default { render };
