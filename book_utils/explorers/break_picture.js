// The number line of "break it": a loss for each text, right and broken, with the guess and blind guessing.

const TICKS = [0.5, 1, 2, 3, 5, 10, 20, 50];
const EDGE = 12, ROW = 40, TOP = 26;  // pixels

export const fixed = (loss) => (loss < 1000 ? loss.toFixed(2) : numberText(Math.round(loss)));

// `rows` are { name, right, broken, chosen }, with broken null as long as nothing is revealed.
export function lossPicture({ rows, guess, blind, width, label, blindWords }) {
  const height = TOP + ROW * rows.length + 26, x = (loss) => EDGE + (width - 2 * EDGE) * placeOf(loss);
  const text = (at, y, words, anchor = "start", name = "") => svg("text", { x: at, y, "text-anchor": anchor, class: name }, words);
  const drawn = rows.flatMap(({ name, right, broken, chosen }, i) => {
    const y = TOP + ROW * i + 27, told = broken === null ? fixed(right) : `${fixed(right)} → ${fixed(broken)}`;
    const mark = chosen ? [svg("path", { class: "break-guessed", d: `M${x(guess)} ${y - 9}l8 9l-8 9l-8 -9z` })] : [];
    const after = broken === null ? [] : [
      svg("line", { class: "break-way", x1: x(right), x2: x(broken), y1: y, y2: y }),
      svg("circle", { class: "break-broken", cx: x(broken), cy: y, r: 6 }),
      ...(broken > MOST ? [svg("path", { class: "break-way", d: `M${x(broken) - 2} ${y - 9}l9 9l-9 9` })] : [])];
    return [text(EDGE, y - 11, `${name}: ${told}`, "start", chosen ? "break-chosen" : ""),
      svg("line", { class: "break-line", x1: EDGE, x2: width - EDGE, y1: y, y2: y }), ...mark, ...after,
      svg("circle", { class: "break-right", cx: x(right), cy: y, r: 6 })];
  });
  const end = height - 26;
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "break-picture", role: "img", "aria-label": label },
    svg("line", { class: "break-blind", x1: x(blind), x2: x(blind), y1: 16, y2: end }), text(x(blind), 12, blindWords, x(blind) > width / 2 ? "end" : "start"),
    svg("path", { class: "break-axis", d: `M${EDGE} ${end}H${width - EDGE}${TICKS.map((loss) => `M${x(loss)} ${end}v6`).join("")}` }),
    ...TICKS.map((loss) => text(x(loss), height - 6, numberText(loss), loss === 50 ? "end" : loss === 0.5 ? "start" : "middle")), ...drawn);
}
