// The pictures of the rope dial, all SVG, so that text stays text and colours follow the page.

const picture = (box, label, ...children) =>
  svg("svg", { viewBox: box, class: "dial-picture", role: "img", "aria-label": label }, ...children);

const label = (x, y, text, anchor = "start") => svg("text", { x, y, "text-anchor": anchor }, text.replace(/^-/, "−"));

// Angles grow against the clock, as in mathematics; in SVG y points down.
const at = (angle, radius) => [radius * Math.cos(angle), -radius * Math.sin(angle)];

const ray = (angle, radius, name, from = 0) => {
  const [[x1, y1], [x2, y2]] = [at(angle, from), at(angle, radius)];
  return svg("line", { x1, y1, x2, y2, class: name });
};

// One end of an arrow to take hold of: a slider for keys, mouse and touch.
// `read()` gives { place, last, frequency }, `move(place)` asks for another place.
function handle(letter, name, title, read, move) {
  const group = svg("g", { class: `dial-handle dial-${name}`, role: "slider", tabindex: 0, "aria-label": title, "aria-valuemin": 0 },
    svg("circle", { r: 17 }), svg("text", { "text-anchor": "middle", y: 5 }, letter));
  const go = (place) => move(Math.max(0, Math.min(read().last, Math.round(place))));
  group.addEventListener("keydown", (event) => {
    const { place, last } = read();
    const to = { ArrowRight: place + 1, ArrowUp: place + 1, ArrowLeft: place - 1, ArrowDown: place - 1,
      PageUp: place + 10, PageDown: place - 10, Home: 0, End: last }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();  // the page and the notebook have uses of their own for arrows
    go(to);
  });
  // A drag may go round several times, so what is followed is how far the pointer has turned.
  let drag = null;
  const angleOf = (event) => {
    const box = group.ownerSVGElement.getBoundingClientRect();
    return Math.atan2(box.top + box.height / 2 - event.clientY, event.clientX - box.left - box.width / 2);
  };
  group.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    group.focus();
    group.setPointerCapture(event.pointerId);
    drag = { last: angleOf(event), turned: 0, place: read().place };
  });
  group.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const now = angleOf(event);
    drag.turned += withoutTurns(now - drag.last);
    drag.last = now;
    go(drag.place + drag.turned / read().frequency);
  });
  for (const end of ["pointerup", "pointercancel"]) group.addEventListener(end, () => { drag = null; });
  return group;
}

const RINGS = { query: 130, key: 90 };

// The angle from key to query as a path, the shorter way round.
export function wedge(key, query) {
  const turned = withoutTurns(query - key), [[x1, y1], [x2, y2]] = [at(key, 40), at(key + turned, 40)];
  return `M0 0L${x1} ${y1}A40 40 0 0 ${turned > 0 ? 0 : 1} ${x2} ${y2}Z`;
}

// The dial of one pair: made once, since its handles keep the focus, and drawn again by the function given back.
export function dial(handles) {
  const rays = svg("g", { "aria-hidden": "true" });
  const rings = Object.entries(RINGS).map(([name, r]) => svg("circle", { r, class: `dial-ring dial-${name}` }));
  const drawing = svg("svg", { viewBox: "-150 -150 300 300", class: "dial-picture", role: "group" }, ...rings, rays, ...Object.values(handles));
  function draw(title, arrows) {  // arrows: { query: { start, angle, place, last, text }, key: ... }
    drawing.setAttribute("aria-label", title);
    rays.replaceChildren(svg("path", { class: "dial-wedge", d: wedge(arrows.key.angle, arrows.query.angle) }));
    for (const [name, { start, angle, place, last, text }] of Object.entries(arrows)) {
      rays.append(ray(start, RINGS[name], "dial-start"), ray(angle, RINGS[name], `dial-arrow dial-${name}`));
      handles[name].setAttribute("transform", `translate(${at(angle, RINGS[name])})`);
      for (const [key, value] of Object.entries({ max: last, now: place, text })) handles[name].setAttribute("aria-value" + key, value);
    }
  }
  return { drawing, draw };
}

// All pairs as small clocks, the fastest first; a click chooses one.
export function clocks(title, hands, chosen, choose) {
  const rows = Math.ceil(hands.length / 8);
  return picture(`0 0 320 ${40 * rows}`, title, ...hands.map(({ query, key }, i) => {
    const clock = svg("g", { class: "dial-clock", transform: `translate(${20 + 40 * (i % 8)} ${20 + 40 * Math.floor(i / 8)})` },
      svg("circle", { r: 17, class: i === chosen ? "dial-chosen" : "" }), ray(query, 16, "dial-arrow dial-query"), ray(key, 11, "dial-arrow dial-key"));
    clock.addEventListener("click", () => choose(i));
    return clock;
  }));
}

// The numbers of a head as a strip each for query and key: which turn, which pass, which two are the pair.
export function strip(title, headDim, rotaryDim, pairs, words) {
  const x = (i) => 24 + (288 * i) / headDim;
  const rows = Object.entries(pairs).map(([letter, pair], row) => svg("g", { transform: `translate(0 ${4 + 26 * row})` },
    label(4, 15, letter),
    svg("rect", { class: "dial-turns", x: x(0), y: 0, width: x(rotaryDim) - x(0), height: 20 }),
    svg("rect", { class: "dial-passes", x: x(rotaryDim), y: 0, width: x(headDim) - x(rotaryDim), height: 20 }),
    pair.map((i) => svg("rect", { class: "dial-mark", x: x(i), y: -2, width: Math.max(3, x(1) - x(0)), height: 24 }))));
  return picture("0 0 320 76", title, ...rows, label(24, 71, words.turn), label(312, 71, words.pass, "end"));
}

const POINTS = 256;  // of a curve, at most

// The offsets that the curve shows: the key stays, the query moves around its place and inside the context.
export function offsets(m, n, context, span) {
  const width = Math.min(span || context - 1, context - 1);
  const right = Math.min(context - 1, Math.max(0, m - Math.floor(width / 2)) + width);
  const stride = Math.ceil(width / POINTS);
  return { stride, all: Array.from({ length: Math.floor(width / stride) + 1 }, (_, i) => right - width + i * stride - n) };
}

// The score over the offset; `before` is the curve at earlier places, drawn dashed.
export function curve(title, { points, before, offset, score, joined, caption }) {
  const [left, right] = [points[0][0], points.at(-1)[0]];
  const scores = [...points, ...before, [0, score]].map((point) => point[1]);
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  const x = (value) => 50 + (256 * (value - left)) / (right - left || 1);
  const y = (value) => 150 - (130 * (value - low)) / (high - low || 1);
  const path = (line) => "M" + line.map(([a, b]) => `${x(a).toFixed(1)} ${y(b).toFixed(1)}`).join("L");
  const lines = joined ? [svg("path", { class: "dial-curve", d: path(points) })]
    : points.map(([a, b]) => svg("circle", { class: "dial-point", cx: x(a), cy: y(b), r: 1.5 }));
  const zero = low < 0 && high > 0 ? [svg("line", { class: "dial-axis", x1: 50, x2: 306, y1: y(0), y2: y(0) }), label(44, y(0) + 5, "0", "end")] : [];
  const far = (value) => zero.length === 0 || Math.abs(y(value) - y(0)) > 15;
  return picture("0 0 320 194", title, svg("path", { class: "dial-axis", d: "M50 20V150H306" }), ...zero,
    ...[low, high].filter(far).map((value) => label(44, y(value) + 5, value.toFixed(1), "end")),
    label(50, 168, numberText(left), "middle"), label(306, 168, numberText(right), "end"), label(178, 188, caption, "middle"),
    ...(before.length ? [svg("path", { class: "dial-before", d: path(before) })] : []), ...lines,
    svg("line", { class: "dial-now", x1: x(offset), x2: x(offset), y1: 12, y2: 150 }),
    svg("circle", { class: "dial-now", cx: x(offset), cy: y(score), r: 5 }));
}

const power = (exponent) => "10" + String(exponent).replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]);

// How many tokens each pair needs for one turn, on a log scale, with the context marked. A line leads to each from where
// it was `before` scaling.
export function waves(title, { lengths, before = [], context, chosen, words }) {
  const decades = Math.ceil(Math.log10(Math.max(...lengths, ...before, context)));
  const x = (tokens) => 16 + (288 * Math.log10(tokens)) / decades;
  const y = (i) => (lengths.length === 1 ? 80 : 34 + (90 * i) / (lengths.length - 1));
  const step = Math.ceil(decades / 5);
  const ticks = Array.from({ length: decades + 1 }, (_, i) => i).filter((i) => i % step === 0);
  const side = x(context) > 160 ? "end" : "start";
  const near = lengths[chosen] < 10 ** (decades / 2) ? ["start", 8, -6] : ["end", -8, 17];
  return picture("0 0 320 194", title, svg("path", { class: "dial-axis", d: `M16 150H304${ticks.map((i) => `M${x(10 ** i)} 150v5`).join("")}` }),
    ...ticks.map((i) => label(x(10 ** i), 169, power(i), "middle")), label(160, 188, words.axis, "middle"),
    svg("line", { class: "dial-now", x1: x(context), x2: x(context), y1: 18, y2: 150 }), label(x(context), 14, words.context, side),
    ...before.map((tokens, i) => svg("path", { class: "dial-from", d: `M${x(tokens)} ${y(i)}H${x(lengths[i])}M${x(tokens)} ${y(i) - 3}v6` })),
    ...lengths.map((tokens, i) => svg("circle", { class: tokens <= context ? "dial-full" : "dial-part", cx: x(tokens), cy: y(i), r: 3 })),
    svg("circle", { class: "dial-chosen", cx: x(lengths[chosen]), cy: y(chosen), r: 7 }),
    label(x(lengths[chosen]) + near[1], y(chosen) + near[2], words.pair, near[0]));
}
