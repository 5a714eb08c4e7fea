// A tied table whose rows are shuffled where they enter, where the last vector is compared with them, or at both ends.
// The numbers and words were recorded from the model; nothing is worked out here but where lines end.

const HIGH = 200, EDGE = 22;  // of the picture; where the tables begin and end
const X = { words: 72, input: [98, 118], blocks: [142, 166], output: [190, 210], said: 216 };

// Which end is shuffled, as the record names it.
export const endOf = (input, output) => (input ? (output ? "both" : "input") : output ? "output" : "neither");

// How high in the picture the row of an ID lies: the table to its true scale.
export const heightOf = (id, rows) => EDGE + ((HIGH - 2 * EDGE) * id) / (rows - 1);

// What a token brings: its own row, or that of another token, as [token, ID].
export const broughtBy = (one, input) => (input ? one.from : [one.token, one.id]);

// -- painting
const wordAt = (x, y, text, name) => svg("text", { x, y, class: name }, text);
const bend = (x1, y1, x2, y2, name) => svg("path", { class: name, d: `M${x1} ${y1.toFixed(1)}C${(x1 + x2) / 2} ${y1.toFixed(1)} ${(x1 + x2) / 2} ${y2.toFixed(1)} ${x2} ${y2.toFixed(1)}` });
const box = ([left, right], name) => svg("rect", { x: left, width: right - left, y: EDGE - 6, height: HIGH - 2 * EDGE + 12, class: name });
const tick = ([left, right], y, name) => svg("line", { x1: left, x2: right, y1: y, y2: y, class: name });

function picture(t, { read, rows, blocks, input, output, found }, label) {
  const name = (mixed) => (mixed ? "shuffle-other" : "shuffle-own"), middle = HIGH / 2;
  const lines = read.flatMap((one, place) => {
    const y = EDGE + ((HIGH - 2 * EDGE) * (place + 0.5)) / read.length, row = heightOf(broughtBy(one, input)[1], rows);
    return [wordAt(2, y + 5, one.token, "shuffle-token"), bend(X.words, y, X.input[0], row, name(input)), tick(X.input, row, name(input)),
      bend(X.input[1], row, X.blocks[0], middle, name(input))];
  });
  const out = heightOf(found.said[1], rows);
  return svg("svg", { viewBox: `0 0 320 ${HIGH}`, class: "shuffle-picture", role: "img", "aria-label": label },
    box(X.input, "shuffle-table"), box(X.blocks, "shuffle-blocks"), box(X.output, "shuffle-table"),
    ...[X.input, X.output].map(([left, right]) => svg("text", { x: (left + right) / 2, y: 11, class: "shuffle-head" }, t.shuffleTable)),
    svg("text", { x: (X.blocks[0] + X.blocks[1]) / 2, y: HIGH - 2, class: "shuffle-head" }, filled(t.shuffleBlocks, { n: blocks })),
    ...lines, bend(X.blocks[1], middle, X.output[0], out, name(output)), tick(X.output, out, name(output)),
    wordAt(X.said, out + 5, found.said[0], "shuffle-said"));
}

const code = (text) => h("code", { className: "shuffle-chip" }, text);

function listed(t, { read, input }) {
  return h("ol", { start: 0, role: "list", "aria-label": t.shuffleIn }, read.map((one) => h("li", {}, code(one.token), " ", h("span", { className: "shuffle-id" }, `ID ${one.id}`),
    h("span", { className: input ? "shuffle-wrong" : "" }, ` ${input ? t.shuffleRowOf : t.shuffleOwnRow} `, input ? code(one.from[0]) : ""))));
}

function bars(t, loss, right, blind, most) {
  return [[t.shuffleNow, loss], [t.shuffleRight, right], [t.shuffleBlind, blind]].map(([name, nats]) => h("p", { className: "shuffle-loss" }, h("span", {}, name),
    h("span", { className: "shuffle-bar", "aria-hidden": "true", style: `--share: ${nats / most}` }), h("span", {}, nats.toFixed(2))));
}

function render({ model, el }) {
  const t = words(el), save = saving(model), [prompt, rows, blocks, read, ends] = ["prompt", "rows", "blocks", "read", "ends"].map((trait) => model.get(trait));
  const most = Math.max(...Object.values(ends).map(({ loss }) => loss));
  const first = bySwitch(t.shuffleInput, (on) => save({ input: on })), last = bySwitch(t.shuffleOutput, (on) => save({ output: on }));
  const [drawn, list, told] = [h("div"), h("div"), h("div")], said = h("p", { className: "hand-said", "aria-live": "polite" });
  el.append(h("section", { className: "explorer shuffled-table", "aria-label": t.shuffle },
    h("div", { className: "hand-controls" }, first.body, last.body), h("div", { className: "shuffle-both" }, drawn, list), said, told,
    h("p", { className: "hand-note" }, filled(t.shuffleNote, { n: rows.toLocaleString("en") }))));

  function paint() {
    const [input, output] = [model.get("input"), model.get("output")], end = endOf(input, output), found = ends[end];
    const text = filled(t.shuffleSaid[end], { wanted: found.wanted[0], said: found.said[0], id: found.said[1], own: found.wanted[1] });
    first.show(input);
    last.show(output);
    drawn.replaceChildren(picture(t, { read, rows, blocks, input, output, found }, text.replaceAll("`", "")));
    list.replaceChildren(listed(t, { read, input }));
    if (said.textContent !== text.replaceAll("`", "")) said.replaceChildren(...line(text));
    told.replaceChildren(h("p", { className: "shuffle-text" }, prompt, h("mark", {}, found.goesOn)), ...bars(t, found.loss, ends.neither.loss, Math.log(rows), most));
  }
  return follow(model, ["input", "output"], paint);
}

export default { render };
