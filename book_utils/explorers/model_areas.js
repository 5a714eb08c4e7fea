// Models as squares to one scale: what of each is its input table, its output table, and all else.

const AREAS = ["shown", "wider", "tie"];
const STEP_WIDE = 40;  // pixels of a drag that make a model one step wider

// The numbers of a model's parts: { input, output, rest, total, share }.
export function partsWhen({ table, tied, rest }, factors, wider, tie) {
  const input = table * factors[wider], output = (tie === "own" ? tied : tie === "tied") ? 0 : input;
  const total = input + output + rest[wider];
  return { input, output, rest: rest[wider], total, share: (input + output) / total };
}

const inPercent = (share) => `${(100 * share).toFixed(1)}%`;

// -- painting
function areaOf(t, { name }, parts, largest) {
  const band = (part) => h("div", { className: `area-${part}`, style: `flex: ${parts[part]} 0 0` });
  const told = [["input", t.areasInput], ["output", t.areasOutput], ["rest", t.areasRest]].filter(([part]) => parts[part]);
  return h("figure", {}, h("div", { className: "area-square", "aria-hidden": "true", style: `--side: ${Math.sqrt(parts.total / largest)}` }, told.map(([part]) => band(part))),
    h("figcaption", {}, h("strong", {}, `${name}: ${inPercent(parts.share)}`),
      h("ul", { role: "list" }, told.map(([part, said]) => h("li", {}, h("span", { className: `area-key area-${part}`, "aria-hidden": "true" }), `${said} ${numberText(parts[part])}`)))));
}

function render({ model, el }) {
  const t = words(el), save = saving(model), models = model.get("models"), factors = model.get("factors");
  const last = factors.length - 1, within = (wider) => Math.max(0, Math.min(last, wider));
  const boxes = models.map(({ name }) => h("input", { type: "checkbox", value: name }));
  const choose = h("fieldset", { className: "area-models" }, h("legend", {}, t.areasModels), boxes.map((box) => h("label", {}, box, box.value)));
  choose.addEventListener("change", () => save({ shown: boxes.filter((box) => box.checked).map((box) => box.value) }));
  const slider = bySlider(t.areasWider, { min: 0, max: last, step: 1 }, (wider) => save({ wider }));
  const ties = Object.entries({ own: t.areasOwn, tied: t.areasTied, two: t.areasTwo }).map(([tie, text]) => [tie, bySwitch(text, () => save({ tie }))]);
  const squares = h("div", { className: "area-squares" }), said = h("p", { className: "hand-said", "aria-live": "polite" });
  el.append(h("section", { className: "explorer model-areas", "aria-label": t.areas }, choose,
    h("div", { className: "hand-controls" }, slider.body), h("div", { className: "hand-controls", role: "group", "aria-label": t.areasTies }, ties.map(([, one]) => one.body)),
    said, squares, h("p", { className: "hand-note" }, t.areasNote)));
  let from = null;  // where a drag began, and how wide the models were then
  byDrag(squares, (event) => {
    from = { x: event.clientX, wider: model.get("wider") };
    return Boolean(event.target.closest(".area-square"));
  },
    (event) => save({ wider: within(from.wider + Math.round((event.clientX - from.x) / STEP_WIDE)) }));

  function paint() {
    const [shown, wider, tie] = AREAS.map((trait) => model.get(trait));
    const those = models.filter(({ name }) => shown.includes(name)).map((one) => [one, partsWhen(one, factors, wider, tie)]);
    const largest = Math.max(...those.map(([, { total }]) => total));
    for (const box of boxes) box.checked = shown.includes(box.value);
    slider.show(wider, `× ${factors[wider]}`);
    for (const [name, one] of ties) one.show(name === tie);
    squares.replaceChildren(...those.map(([one, parts]) => areaOf(t, one, parts, largest)));
    tell(said, those.length ? filled(t.areasSaid, { factor: factors[wider], shares: those.map(([{ name }, { share }]) => `${name} ${inPercent(share)}`).join(", ") }) : t.areasNone);
  }
  return follow(model, AREAS, paint);
}

export default { render };
