// A flat map that one turns: of three main directions of some rows two are seen at a time, and never all of what the rows
// are. For a chosen word it says who is nearest on the map as it lies, and who is nearest in all columns.

const WIDE = 320, ROOM = 1.15, FEW = 8, TAP = 24;  // so few words all have their names

const turnOf = (degrees) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];

// Where points with three coordinates are seen when the first direction turns towards the third.
export function seenAt(points, degrees) {
  const [cos, sin] = turnOf(degrees);
  return points.map(([x, y, z]) => [cos * x + sin * z, y]);
}

// The share of the variance that is seen: main directions do not vary together, so their shares add up.
export function shareAt(shares, degrees) {
  const [cos, sin] = turnOf(degrees);
  return cos * cos * shares[0] + shares[1] + sin * sin * shares[2];
}

// For each place the number of the place nearest to it.
export const nearestOn = (places) => places.map(([x, y], i) => places.reduce((best, [a, b], j) => {
  const far = Math.hypot(a - x, b - y);
  return j === i || far >= best.far ? best : { far, j };
}, { far: Infinity, j: -1 }).j);

export const agreeing = (one, other) => one.filter((near, i) => near === other[i]).length;

const withMinus = (number) => String(number).replace("-", "−");

function picture({ names, kinds, points, arrows }, { degrees, chosen, near, full, label }) {
  const reach = ROOM * Math.max(...points.flat().map(Math.abs)), plane = planeOf({ left: -reach, right: reach, low: -reach, high: reach }, WIDE);
  const places = seenAt(points, degrees).map(plane.at);
  const named = names.length <= FEW ? names.map((_, i) => i) : [...new Set([chosen, near, full])];
  const others = names.map((_, i) => i).filter((i) => !named.includes(i));
  const boxes = [...others.map((i) => places[i]).map(([x, y]) => [x - 6, y - 6, x + 6, y + 6]), ...arrows.flatMap(([from, to]) => boxesOn(places[from], places[to]))];
  const drawn = svg("svg", { viewBox: `0 0 ${WIDE} ${WIDE}`, class: "plane-picture map-picture", role: "img", "aria-label": label }, axes(plane),
    ...arrows.map(([from, to]) => arrow(places[from], places[to], "map-arrow")),
    ...others.map((i) => svg("text", { x: places[i][0], y: places[i][1] + 5, class: `plane-mark plane-${kinds[i]}` }, MARKS[kinds[i]])),
    svg("circle", { class: "map-chosen", cx: places[chosen][0], cy: places[chosen][1], r: 11 }),
    ...namedMarks(named.map((i) => [names[i], places[i], kinds[i]]), plane, boxes));
  return { drawn, places };
}

// A drag to the side turns the map; a tap chooses the point that is nearest to it. Up and down still scroll the page.
function hold(frame, { degrees, turn, choose, places }) {
  let begun = null;
  const unit = () => WIDE / frame.firstChild.getBoundingClientRect().width;
  frame.addEventListener("pointerdown", (event) => { begun = { x: event.clientX, degrees: degrees(), moved: false }; });
  frame.addEventListener("pointermove", (event) => {
    if (!begun || !event.buttons) return;
    const by = event.clientX - begun.x;
    if (Math.abs(by) > 5) begun.moved = true;
    if (begun.moved) turn(Math.round(begun.degrees + by * unit() * 0.4));
  });
  frame.addEventListener("pointerup", (event) => {
    const tapped = begun && !begun.moved, box = frame.firstChild.getBoundingClientRect();
    begun = null;
    if (!tapped) return;
    const at = [event.clientX - box.left, event.clientY - box.top].map((pixel) => pixel * unit());
    const far = places().map(([x, y]) => Math.hypot(x - at[0], y - at[1])), best = far.indexOf(Math.min(...far));
    if (far[best] < TAP) choose(best);
  });
  for (const end of ["pointercancel", "pointerleave"]) frame.addEventListener(end, () => { begun = null; });
}

function render({ model, el }) {
  const t = words(el), save = saving(model), map = Object.fromEntries(["names", "kinds", "groups", "points", "shares", "nearest", "arrows", "columns"].map((trait) => [trait, model.get(trait)]));
  const { names, points, shares, nearest } = map, turn = (degrees) => save({ degrees: Math.max(-90, Math.min(90, degrees)) });
  const slider = sliderOf(t.mapTurn, { min: -90, max: 90 }, turn), frame = h("div", { className: "map-frame" }), said = h("p", { role: "status", className: "map-said" });
  const chooser = h("select", {}, names.map((name, i) => h("option", { value: String(i) }, name)));
  chooser.addEventListener("change", () => save({ chosen: Number(chooser.value) }));
  let places = [];
  el.append(h("section", { className: "explorer turning-map", "aria-label": map.arrows.length ? t.mapArrows : t.map }, h("p", { className: "explorer-soft" }, t.mapHint), frame,
    h("p", { className: "explorer-soft" }, map.groups.flatMap((name, i) => [h("span", { className: `plane-${i}` }, MARKS[i]), ` ${name}  `])),
    slider.body, h("label", { className: "map-choose" }, h("strong", {}, t.mapWord), " ", chooser), said));
  hold(frame, { degrees: () => model.get("degrees"), turn, choose: (chosen) => save({ chosen }), places: () => places });

  function paint() {
    const [degrees, chosen] = [model.get("degrees"), model.get("chosen")], onMap = nearestOn(seenAt(points, degrees));
    const [near, full] = [onMap[chosen], nearest[chosen]], share = Math.round(100 * shareAt(shares, degrees));
    const values = { degrees: withMinus(degrees), share, word: names[chosen], near: names[near], full: names[full], same: agreeing(onMap, nearest), n: names.length, columns: map.columns };
    slider.show(degrees, `${values.degrees}°`);
    chooser.value = String(chosen);
    const found = picture(map, { degrees, chosen, near, full, label: filled(t.mapPicture, values) });
    places = found.places;
    frame.replaceChildren(found.drawn);
    const text = filled(t.mapSaid, values);
    if (said.textContent !== text) said.textContent = text;
  }
  return follow(model, ["degrees", "chosen"], paint);
}

export default { render };
