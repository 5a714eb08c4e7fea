// A small table whose rows one turns together: each number changes, and with it what a column seems to mean; the cosines,
// which are worked out anew from the turned numbers, stay.

const WIDE_KNOB = 320, ROOM_KNOB = 1.25;

// A place of the plane turned against the clock.
export function turnedBy([x, y], degrees) {
  const angle = (degrees * Math.PI) / 180, [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [x * cos - y * sin, x * sin + y * cos];
}

export const cosineOf = (one, other) => (one[0] * other[0] + one[1] * other[1]) / Math.hypot(...one) / Math.hypot(...other);

// Which word has the largest number in a column.
export const largestIn = (rows, column) => rows.reduce((best, one) => (one[1][column] > best[1][column] ? one : best))[0];

const withSign = (number) => number.toFixed(2).replace(/^-(0\.?0*)$/, "$1").replace("-", "−");
const wrapped = (degrees) => ((((degrees + 180) % 360) + 360) % 360) - 180;

// A drag round the middle turns the rows by as much.
function knob(drawing, degrees, turn) {
  let from = 0;
  const angleOf = (event) => {
    const box = drawing.getBoundingClientRect();
    return (Math.atan2(box.top + box.height / 2 - event.clientY, event.clientX - box.left - box.width / 2) * 180) / Math.PI;
  };
  byDrag(drawing, (event) => {
    event.preventDefault();
    from = degrees() - angleOf(event);
  }, (event) => turn(wrapped(Math.round(from + angleOf(event)))));
}

function numbersOf(t, rows, columns, degrees) {
  const first = rows[0], head = ["", ...columns.map((name, i) => (degrees ? filled(t.knobColumn, { i }) : name)), filled(t.knobCosine, { word: first[0] })];
  return h("table", { className: "book-table" },
    h("thead", {}, h("tr", {}, head.map((name, i) => (i ? h("th", { scope: "col" }, name) : h("td", {}))))),
    h("tbody", {}, rows.map(([name, [x, y]], i) => h("tr", {}, h("th", { scope: "row" }, h("span", { className: `plane-${i}`, "aria-hidden": "true" }, MARKS[i], " "), name),
      h("td", {}, withSign(x)), h("td", {}, withSign(y)), h("td", {}, h("strong", {}, withSign(cosineOf(first[1], [x, y]))))))));
}

function render({ model, el }) {
  const t = words(el), save = saving(model), [given, columns] = ["rows", "columns"].map((trait) => model.get(trait)), turn = (degrees) => save({ degrees });
  const reach = ROOM_KNOB * Math.max(...given.map(([, end]) => Math.hypot(...end))), plane = planeOf({ left: -reach, right: reach, low: -reach, high: reach }, WIDE_KNOB);
  const behind = svg("g"), drawing = svg("svg", { viewBox: `0 0 ${WIDE_KNOB} ${WIDE_KNOB}`, class: "plane-picture knob-picture", role: "img" }, axes(plane), behind);
  const slider = sliderOf(t.knobTurn, { min: -180, max: 180 }, turn), table = h("div"), said = h("p", { role: "status", className: "knob-said" });
  knob(drawing, () => model.get("degrees"), turn);
  el.append(h("section", { className: "explorer rotation-knob", "aria-label": t.knob }, h("p", { className: "explorer-soft" }, t.knobHint),
    h("div", { className: "knob-both" }, drawing, h("div", {}, table, slider.body)), said));

  function paint() {
    const degrees = model.get("degrees"), rows = given.map(([name, end]) => [name, turnedBy(end, degrees)]), zero = plane.at([0, 0]), shown = String(degrees).replace("-", "−");
    slider.show(degrees, `${shown}°`);
    behind.replaceChildren(...rows.map(([, end], i) => arrow(zero, plane.at(end), `plane-${i}`)),
      ...namedMarks(rows.map(([name, end]) => [name, plane.at(end)]), plane, rows.flatMap(([, end]) => boxesOn(zero, plane.at(end)))));
    drawing.setAttribute("aria-label", filled(t.knobPicture, { degrees: shown, rows: rows.map(([name, end]) => `${name} (${end.map(withSign).join(", ")})`).join(", ") }));
    table.replaceChildren(numbersOf(t, rows, columns, degrees));
    tell(said, filled(degrees ? t.knobSaid : t.knobStart, { degrees: shown, one: largestIn(rows, 0), other: largestIn(rows, 1), column: columns[0], second: columns[1] }));
  }
  return follow(model, ["degrees"], paint);
}

export default { render };
