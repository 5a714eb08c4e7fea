// Two parts of a guess where things are put in order: items that are ranked, and lines of code of which some do not belong.
// Buttons do it all, so that mouse, touch and keys do the same thing; a live region says where a thing now stands.

const bare = (label) => label.replaceAll("`", "");

// A list whose items move, and what was said of the last move; `more` gives further buttons of an item.
function movable({ labels, t, className, more = () => [] }) {
  let now = [];
  const list = h("ol", { className }), said = h("span", { className: "book-hidden", "aria-live": "polite" });
  const rows = Object.fromEntries(labels.map((label) => {
    const mover = (by, sign, name) => button(sign, ({ currentTarget }) => { move(label, by); currentTarget.focus(); },
      { "aria-label": `${name}: ${bare(label)}` });
    return [label, h("li", {}, h("div", { className: "guess-row" },
      h("span", { className: "guess-moves" }, mover(-1, "↑", t.moveUp), mover(1, "↓", t.moveDown), more(label)), h("span", {}, line(label))))];
  }));
  function put(order) { now = [...order]; list.replaceChildren(...now.map((label) => rows[label])); }
  function move(label, by) {
    const [from, to] = [now.indexOf(label), now.indexOf(label) + by];
    if (to < 0 || to >= now.length) return;
    const order = [...now];
    order.splice(to, 0, order.splice(from, 1)[0]);
    put(order);
    said.textContent = `${bare(label)}: ${to + 1}`;
  }
  return { list, said, rows, put, order: () => [...now] };
}

function orderField({ labels, t }) {
  const { list, said, put, order } = movable({ labels, t, className: "guess-order" });
  put(labels);
  return { body: [list, said], read: order, missing: "needGuess", show: (given) => put(given ?? order()) };
}

// A line that is pressed joins the program at its end; there it can be moved, and taken out again.
function linesField({ labels, t }) {
  const more = (label) => button("✕", () => { take(order().filter((one) => one !== label), `${bare(label)}: ${t.lineOut}`); offers[label].focus(); },
    { "aria-label": `${t.takeOut}: ${bare(label)}` });
  const { list, said, rows, put, order } = movable({ labels, t, className: "guess-order guess-lines", more });
  const offers = Object.fromEntries(labels.map((label) => [label, button("", () => {
    take([...order(), label], `${bare(label)}: ${order().length + 1}`);
    (rest.querySelector("button") ?? rows[label].querySelector("button")).focus();
  })]));
  for (const label of labels) offers[label].append(...line(label));
  const rest = h("ul", { className: "guess-offers", "aria-label": t.linesLeft });
  list.setAttribute("aria-label", t.linesTaken);
  function take(taken, sentence) {
    put(taken);
    rest.replaceChildren(...labels.filter((label) => !taken.includes(label)).map((label) => h("li", {}, offers[label])));
    if (sentence) said.textContent = sentence;
  }
  take([]);
  return {
    body: [h("p", { className: "guess-hint" }, t.linesHint), rest, h("p", { className: "guess-hint" }, t.linesTaken + ":"), list, said],
    read: () => (order().length ? order() : null), missing: "needLines", show: (taken) => take(taken ?? []),
  };
}

// The right lines in their order, and why the others do not belong.
export function rightLines(answer, choices, t) {
  const others = choices.filter(({ label }) => !answer.includes(label));
  return [h("ol", { className: "guess-lines" }, answer.map((label) => h("li", {}, line(label)))),
    h("p", {}, t.linesOther), h("ul", { className: "guess-lines" }, others.map(({ label, note }) => h("li", {}, line(`${label}: ${note}`))))];
}
