// The way of one token as a picture, all on one axis of blocks: cosines as lines, the length on a scale of powers, and
// a strip with a cell a block, the fuller the surer the likeliest next word.

const LEFT = 46, RIGHT = 10, HIGH = 170, LOW = 74, GAP = 30, CELLS = 22;  // pixels
const TOPS = [18, 18 + HIGH + GAP, 18 + HIGH + LOW + 2 * GAP];  // of the three bands

export const withMinus = (number, digits) => number.toFixed(digits).replace(/^-(0\.0+)$/, "$1").replace("-", "−");

// Where a block stands, and which block stands nearest to a pixel.
export const acrossOf = (width, last) => {
  const x = (block) => LEFT + ((width - LEFT - RIGHT) * (block + 0.5)) / (last + 1);
  const blockAt = (pixel) => Math.max(0, Math.min(last, Math.floor(((pixel - LEFT) / (width - LEFT - RIGHT)) * (last + 1))));
  return { x, blockAt, cell: (width - LEFT - RIGHT) / (last + 1) };
};

const text = (x, y, words, anchor = "end", name = "") => svg("text", { x, y, "text-anchor": anchor, class: name }, words);

// Lines of numbers between low and high; `lines` are [name, numbers].
function band(top, height, x, [low, high], ticks, lines, title) {
  const y = (number) => top + (height * (high - number)) / (high - low || 1);
  return [
    text(LEFT, top - 6, title, "start", "way-title"),
    ...ticks.flatMap(([number, words]) => [svg("line", { class: "way-grid", x1: LEFT, x2: x(0.5 + lines[0][1].length - 1), y1: y(number), y2: y(number) }), text(LEFT - 6, y(number) + 5, words)]),
    ...lines.map(([name, numbers]) => svg("path", { class: `way-line ${name}`, d: `M${numbers.map((number, i) => `${x(i).toFixed(1)} ${y(number).toFixed(1)}`).join("L")}` })),
  ];
}

// `way` unpacked for one place: { cosine, length, sure, twins: [numbers...] }, each by block.
export function wayPicture({ cosine, length, sure, twins }, block, width, words) {
  const last = cosine.length - 1, { x, cell } = acrossOf(width, last);
  const lowest = Math.min(0, Math.floor(5 * Math.min(...cosine, ...twins.flat())) / 5);
  const powers = length.map(Math.log10), ends = [Math.floor(Math.min(...powers)), Math.ceil(Math.max(...powers))];
  const tens = Array.from({ length: ends[1] - ends[0] + 1 }, (_, i) => ends[0] + i);
  const end = TOPS[2] + CELLS;
  return svg("svg", { viewBox: `0 0 ${width} ${end + 24}`, class: "way-picture", role: "img", "aria-label": words.label },
    svg("rect", { class: "way-now", x: x(block) - cell / 2, y: TOPS[0], width: cell, height: end - TOPS[0] }),
    ...band(TOPS[0], HIGH, x, [lowest, 1], [[lowest, withMinus(lowest, 1)], [0.5, "0.5"], [1, "1"]].concat(lowest < 0 ? [[0, "0"]] : []),
      [...twins.map((numbers, i) => [`way-twin-${i % 3}`, numbers]), ["way-own", cosine]], words.cosine),
    ...band(TOPS[1], LOW, x, ends, tens.map((power) => [power, numberText(10 ** power)]), [["way-length", powers]], words.length),
    text(LEFT, TOPS[2] - 6, words.next, "start", "way-title"),
    ...sure.map((share, i) => svg("rect", { class: "way-cell", x: x(i) - cell / 2, y: TOPS[2], width: cell, height: CELLS, "fill-opacity": share.toFixed(3) })),
    svg("rect", { class: "way-frame", x: LEFT, y: TOPS[2], width: width - LEFT - RIGHT, height: CELLS }),
    svg("rect", { class: "way-here", x: x(block) - cell / 2, y: TOPS[2] - 2, width: cell, height: CELLS + 4 }),
    ...Array.from({ length: last + 1 }, (_, i) => i).filter((i) => i % 5 === 0).map((i) => text(x(i), end + 17, String(i), "middle")));
}
