// How sure against how right, honest about few answers: no point from fewer than five, and a range with each.

export const ENOUGH = 5;

// Wilson's interval: where the true share lies, 95 times out of 100 (Wilson 1927).
export function range(right, made) {
  const z = 1.96, share = right / made, scale = 1 + z ** 2 / made;
  const middle = (share + z ** 2 / (2 * made)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / made + z ** 2 / (4 * made ** 2));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

// Rows of [confidence, guesses made, guesses right] of what could be scored.
export function bySureness(told) {
  return SURES.map((name) => {
    const made = told.filter((one) => one.right !== null && one.confidence === name);
    return [name, made.length, made.filter((one) => one.right).length];
  });
}

const percent = (share) => `${Math.round(100 * share)} %`;

// The picture and its table; the picture only where two kinds of sureness have answers enough.
export function calibration(rows, t) {
  const shown = rows.filter(([, made]) => made >= ENOUGH);
  const cells = rows.map(([name, made, right]) => {
    const [low, high] = made ? range(right, made) : [];
    return [t[name], String(made), String(right), made >= ENOUGH ? percent(right / made) : "–", made >= ENOUGH ? `${percent(low)} – ${percent(high)}` : t.progressFew];
  });
  const parts = [h("div", { className: "book-scroll", tabIndex: 0, role: "group", "aria-label": t.progressSure }, table([t.progressSureColumns.split("|"), ...cells]))];
  return shown.length < 2 ? [...parts, h("p", {}, t.progressNoPicture)] : [picture(rows, t), ...parts];
}

function picture(rows, t) {
  const x = (i) => 130 + 110 * i, y = (share) => 20 + 180 * (1 - share);
  const drawing = svg("svg", { viewBox: "0 0 430 250", role: "img", class: "progress-picture" });
  const told = rows.filter(([, made]) => made >= ENOUGH).map(([name, made, right]) => `${t[name]}: ${percent(right / made)}`);
  drawing.setAttribute("aria-label", `${t.progressPicture} ${told.join(", ")}.`);
  for (const share of [0, 0.5, 1]) {
    drawing.append(svg("line", { x1: 60, x2: 390, y1: y(share), y2: y(share), class: "progress-grid" }),
      svg("text", { x: 54, y: y(share) + 5, "text-anchor": "end" }, percent(share)));
  }
  rows.forEach(([name, made, right], i) => {
    drawing.append(svg("text", { x: x(i), y: 228, "text-anchor": "middle" }, t[name]));
    if (made < ENOUGH) return;
    const [low, high] = range(right, made);
    drawing.append(
      svg("line", { x1: x(i), x2: x(i), y1: y(low), y2: y(high), class: "progress-range" }),
      svg("circle", { cx: x(i), cy: y(right / made), r: 7, class: "progress-dot" }),
      svg("text", { x: x(i) + 14, y: y(right / made) + 5, class: "progress-count" }, `${right}/${made}`));
  });
  return drawing;
}
