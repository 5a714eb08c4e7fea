// The form for training again: with a kernel only. It asks by the trait `wanted`; Python answers by `film` and `said`.

function settingsForm({ model, t, save }) {
  const limits = model.get("limits");
  const number = (name, step) => h("input", { type: "number", min: limits[name][0], max: limits[name][1], step });
  const fields = {
    steps: [t.replaySteps, number("steps", 1)],
    lr: [t.replayLr, number("lr", "any")],
    optimiser: [t.replayOptimiser, h("select", {}, limits.optimiser.map((name) => h("option", {}, name)))],
    seed: [t.replaySeed, number("seed", 1)],
    tied: [t.replayTied, h("input", { type: "checkbox" })],
  };
  const valueOf = (field) => {
    if (field.type === "checkbox") return field.checked;
    if (field.type !== "number") return field.value;
    return Number.isFinite(field.valueAsNumber) ? field.valueAsNumber : null;
  };
  const busy = () => Object.keys(model.get("wanted")).length > 0;
  const train = ending(t.replayAgain, () => {
    if (!busy()) save({ wanted: Object.fromEntries(Object.entries(fields).map(([name, [, field]]) => [name, valueOf(field)])) });
  });
  const said = h("p", { role: "status" });
  const form = h("form", { className: "replay-form", noValidate: true },
    h("fieldset", {}, h("legend", {}, t.replaySettings),
      Object.values(fields).map(([name, field]) => h("label", {}, h("span", {}, name), field))), train, said);
  return {
    form,
    fill(settings) {
      for (const [name, [, field]] of Object.entries(fields)) field[field.type === "checkbox" ? "checked" : "value"] = settings[name];
    },
    say() {
      train.setAttribute("aria-disabled", String(busy()));
      const text = busy() ? t.replayBusy : model.get("said");
      if (said.textContent !== text) said.textContent = text;
    },
  };
}
