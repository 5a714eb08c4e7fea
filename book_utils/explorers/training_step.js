// One row learns from one example, step by step: each word's push as an arrow, one behind the other, beside what was
// predicted and wanted. The numbers were recorded from a model; nothing is worked out here but where things stand.

const WIDE = 320, PAD = 0.12, LONG = 14;  // an arrow this long, in the units of the picture, is named

const withMinus = (number, digits) => number.toFixed(digits).replace(/^-(0\.?0*)$/, "$1").replace("-", "−");

// Where the pushes of a step lead, one behind the other: the row first, then a place after each push.
export const chainOf = ({ row, pushes }) => pushes.reduce((chain, push) => [...chain, push.map((number, axis) => chain.at(-1)[axis] + number)], [row]);

// The edges of a picture that holds all steps of a run, not much narrower one way than the other.
export function boundsOf({ steps }) {
  const all = steps.flatMap(chainOf), spans = [0, 1].map((axis) => [Math.min(...all.map((one) => one[axis])), Math.max(...all.map((one) => one[axis]))]);
  const [across, up] = spans.map(([low, high]) => high - low), room = PAD * Math.max(across, up);
  const more = [Math.max(0, up - across), Math.max(0, 0.6 * across - up)].map((gap) => gap / 2 + room);
  return { left: spans[0][0] - more[0], right: spans[0][1] + more[0], low: spans[1][0] - more[1], high: spans[1][1] + more[1] };
}

function picture({ steps }, step, names, label) {
  const plane = planeOf(boundsOf({ steps }), WIDE), chain = chainOf(steps[step]).map(plane.at);
  const long = (i) => Math.hypot(chain[i + 1][0] - chain[i][0], chain[i + 1][1] - chain[i][1]);
  const trail = steps.slice(0, step + 1).map(({ row }) => plane.at(row)), [from, to] = [chain[0], chain.at(-1)];
  const ends = names.flatMap((name, i) => (long(i) > LONG ? [[name, [0, 1].map((axis) => (chain[i][axis] + chain[i + 1][axis]) / 2), i]] : []));
  return svg("svg", { viewBox: `0 0 ${WIDE} ${plane.tall.toFixed(1)}`, class: "plane-picture", role: "img", "aria-label": label },
    trail.length > 1 ? pathOf(trail, "step-trail") : [], ...trail.slice(0, -1).map(([cx, cy]) => svg("circle", { class: "step-was", cx, cy, r: 3 })),
    ...names.map((_, i) => arrow(chain[i], chain[i + 1], `plane-${i}`)),
    svg("circle", { class: "step-row", cx: from[0], cy: from[1], r: 6 }), svg("rect", { class: "step-row", x: to[0] - 6, y: to[1] - 6, width: 12, height: 12 }),
    ...namedMarks(ends, plane, [...[from, to].map(([x, y]) => [x - 8, y - 8, x + 8, y + 8]), ...chain.slice(1).flatMap((end, i) => boxesOn(chain[i], end))]));
}

const bar = (share) => h("span", { className: "step-bar", "aria-hidden": "true", style: `--share: ${Math.max(0, Math.min(1, share))}` });

function wordRows(t, { predicted }, names) {
  const head = h("tr", {}, t.stepColumns.split("|").map((name) => h("th", { scope: "col" }, name)));
  return h("table", { className: "book-table" }, h("thead", {}, head), h("tbody", {}, names.map((name, i) => h("tr", {},
    h("th", { scope: "row" }, h("span", { className: `plane-${i}`, "aria-hidden": "true" }, MARKS[i], " "), name),
    h("td", {}, bar(predicted[i]), predicted[i].toFixed(2)), h("td", {}, i ? "0" : "1"), h("td", {}, withMinus(predicted[i] - (i ? 0 : 1), 2))))));
}

function lossRows(t, losses, step, most) {
  return [[t.stepLoss, losses[step]], [t.stepLossAfter, losses[step + 1]]].map(([name, loss]) =>
    h("p", { className: "step-loss" }, h("span", {}, name), bar(loss / most), h("span", {}, loss.toFixed(2))));
}

function saidOf(t, { losses, steps }, step, names) {
  const { predicted, moved } = steps[step], change = losses[step + 1] - losses[step];
  const values = { n: step + 1, word: names[0], predicted: predicted[0].toFixed(2), moved: moved.toFixed(2), loss: losses[step].toFixed(2), next: losses[step + 1].toFixed(2) };
  return filled(Math.abs(change) < 0.005 ? t.stepStays : change < 0 ? t.stepFalls : t.stepRises, values);
}

function render({ model, el }) {
  const t = words(el), save = saving(model), [runs, given, others] = ["runs", "names", "others"].map((trait) => model.get(trait));
  const names = [...given, filled(t.stepOthers, { n: others.toLocaleString("en") })], last = runs[0].steps.length - 1;
  const most = Math.max(...runs.flatMap(({ losses }) => losses)), go = (step) => save({ step: Math.max(0, Math.min(last, step)) });
  const rates = runs.map(({ lr }, i) => h("input", { type: "radio", name: "rate", value: String(i) }));
  const chooser = h("fieldset", { className: "step-rates" }, h("legend", {}, t.stepRate), rates.map((input, i) => h("label", {}, input, h("span", {}, String(runs[i].lr)))));
  chooser.addEventListener("change", (event) => save({ run: Number(event.target.value) }));
  const slider = sliderOf(t.stepSlider, { min: 1, max: last + 1 }, (to) => go(to - 1));
  const [back, next] = [button(t.stepBack, () => go(model.get("step") - 1)), button(t.stepNext, () => go(model.get("step") + 1), { className: "book-button" })];
  const [drawn, rows, loss] = [h("div"),
    h("div", { className: "step-words book-scroll", tabIndex: 0, role: "region", "aria-label": t.stepColumns.split("|").join(", ") }), h("div")], said = h("p", { role: "status", className: "step-said" });
  el.append(h("section", { className: "explorer training-step", "aria-label": t.step }, chooser, h("div", { className: "step-both" }, drawn, h("div", {}, rows, loss)),
    slider.body, h("div", { className: "plane-buttons" }, back, next), said,
    h("p", { className: "explorer-soft" }, filled(t.stepNote, { share: Math.round(100 * model.get("share")), columns: model.get("columns") }))));

  function paint() {
    const run = runs[model.get("run")], step = Math.min(model.get("step"), last), text = saidOf(t, run, step, names);
    rates.forEach((input, i) => { input.checked = i === model.get("run"); });
    slider.show(step + 1, filled(t.stepOf, { n: step + 1, last: last + 1 }));
    back.setAttribute("aria-disabled", String(step === 0));
    next.setAttribute("aria-disabled", String(step === last));
    drawn.replaceChildren(picture(run, step, names, filled(t.stepPicture, { n: step + 1, lr: run.lr })));
    rows.replaceChildren(wordRows(t, run.steps[step], names));
    loss.replaceChildren(...lossRows(t, run.losses, step, most));
    if (said.textContent !== text) said.textContent = text;
  }
  return follow(model, ["run", "step"], paint);
}

export default { render };
