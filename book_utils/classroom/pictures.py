"""The pictures of a report: bars of the choices, the spread of numbers on a scale, points on a map."""

import math
from collections import Counter

from ..asking.score import CONFIDENCES, label_of, number_text
from .counts import CELLS, FEW, FURTHEST, Tally, map_frame
from .markup import Html, h

MOST_ROWS = 6  # of the most common answers
STRENGTHS = (*reversed(CONFIDENCES), "")  # sure first: it stands at the left of each bar
NOT_SAID = "not said"


def percent(part: int, whole: int) -> str:
    """Write a share, or nothing where there are too few to say one.

    >>> percent(1, 3), percent(3, 8)
    ('', '38%')
    """
    return f"{100 * part / whole:.0f}%" if whole >= FEW else ""


def meter(share: float) -> Html:
    """Draw a share as a bar with the marks at 35% and 70%; its figure must stand beside it as text."""
    return h("span", h("span", class_="fill", style=f"width:{100 * share:.1f}%"),
             h("span", class_="mark", style="left:35%"), h("span", class_="mark", style="left:70%"),
             class_="meter", aria_hidden="true")


def bars(tally: Tally) -> Html:
    """Draw a bar for each choice, or for each of the most common answers, parted by how sure they were."""
    rows, rest = bar_rows(tally)
    most = max([sum(counts.values()) for _, counts, _ in rows] + [1])
    drawn = []
    for text, counts, right in rows:
        many = sum(counts.values())
        parts = [h("span", class_=f"bar {name or 'unsaid'}", style=f"width:{100 * counts[name] / most:.2f}%")
                 for name in STRENGTHS if counts[name]]
        said = ", ".join(f"{counts[name]} {name or NOT_SAID}" for name in STRENGTHS if counts[name])
        mark = h("span", "✓ answer", class_="answer tick") if right else None
        drawn.append(h("tr", h("th", h("bdi", text[:200]), " ", mark, scope="row"),
                       h("td", h("span", parts, class_="bars", aria_hidden="true")),
                       h("td", str(many), " ", h("small", percent(many, tally.made)),
                         h("span", f" ({said})" if said else "", class_="unseen"), class_="figure")))
    head = h("tr", *(h("th", text, scope="col") for text in ("Answer", "How sure", "Guesses")), class_="unseen")
    more = h("p", f"and {rest:,} more, each answer less common", class_="small") if rest else None
    return h("div", h("table", h("thead", head), h("tbody", drawn), class_="choices"), more, legend())


def bar_rows(tally: Tally) -> tuple[list, int]:
    """Give [(answer, {confidence: count}, right)] and how many guesses are in none of these rows."""
    question = tally.question
    none: Counter = Counter()
    if question.labels and question.kind != "order":
        right = question.answer if question.kind == "choices" else [question.answer]
        return [(label, tally.values.get(label, none), label in right) for label in question.labels], 0
    ordered = sorted(tally.values.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    shown = ordered[:MOST_ROWS]
    answer = question.answer_text if question.kind == "order" else label_of(question.answer)
    rows = [(text, counts, text in tally.rights) for text, counts in shown]
    if not any(right for *_, right in rows):
        rows.append((answer, tally.values.get(answer, none), True))
    return rows, tally.made - sum(sum(counts.values()) for _, counts, _ in rows)


def legend() -> Html:
    """Name the shades of the bars."""
    keys = [h("span", h("span", class_=f"key {name}"), name) for name in STRENGTHS if name]
    return h("p", keys, class_="legend", aria_hidden="true")


def spread(tally: Tally) -> Html:
    """Draw how far off the numbers were: on a log scale by ratio, on an even one within a distance."""
    steps = [step for step in tally.spread if step is not None]
    first, last = min([*steps, -8]), max([*steps, 7])
    width = last - first + 1
    most = max([sum(tally.spread[step]) for step in steps] + [1])
    drawn = [h("rect", class_="band answer", x=-2 - first, y=0, width=4, height=100)]
    for step in sorted(steps):
        top = 100.0
        for name, count in zip(("right", "wrong"), tally.spread[step], strict=True):
            top -= 96 * count / most
            drawn.append(h("rect", class_=name, x=step - first + 0.06, y=f"{top:.2f}", width=0.88,
                           height=f"{96 * count / most:.2f}"))
    drawn.append(h("rect", class_="line answer", x=-first - 0.05, y=0, width=0.1, height=100))
    svg = h("svg", drawn, viewBox=f"0 0 {width} 100", preserveAspectRatio="none", aria_hidden="true")
    ticks = [h("span", text, style=f"left:{100 * (step - first) / width:.2f}%")
             for step, text in ticks_of(tally, first, last)]
    below = sum(wrong for step, (_, wrong) in tally.spread.items() if step is None or step < 0)
    by_ratio = tally.question.scale["by"] == "ratio"
    near = "within a factor of 2" if by_ratio else f"within {number_text(tally.question.scale['within'])}"
    above = tally.made - tally.right - below
    said = f"Too low: {below}. Right ({near}): {tally.right}. Too high: {above}."
    ends = ("The last bar at an end holds all that lie further off. "
            if -FURTHEST in steps or FURTHEST - 1 in steps else "")
    return h("figure", h("div", svg, class_="spread"), h("div", ticks, class_="ticks", aria_hidden="true"),
             h("figcaption", h("span", said, " ", class_="answer"), ends,
               h("span", "The line is the answer, the band what counts as right.", class_="answer"),
               " The scale is ", "logarithmic." if by_ratio else "even."))


def ticks_of(tally: Tally, first: int, last: int) -> list[tuple[float, str]]:
    """Choose up to seven round numbers between two steps of a spread: [(step, text)]."""
    answer, scale = tally.question.answer, tally.question.scale
    if scale["by"] == "ratio":
        def at(power):
            return 2 * (power * math.log2(10) - math.log2(answer))
        powers = [power for power in range(-40, 41) if first <= at(power) <= last]
        return [(at(power), number_text(10.0**power) if -3 <= power <= 6 else f"1e{power}")
                for power in powers[:: max(1, math.ceil(len(powers) / 7))]]
    low, high = (answer + step * scale["within"] / 2 for step in (first, last + 1))
    size = 10 ** math.floor(math.log10((high - low) / 4))
    size *= next(times for times in (1, 2, 5, 10) if (high - low) / (size * times) <= 7)
    numbers = [count * size for count in range(math.ceil(low / size), math.floor(high / size) + 1)]
    return [(2 * (number - answer) / scale["within"], number_text(round(number, 6) + 0.0)) for number in numbers]


def chart_map(tally: Tally) -> Html:
    """Draw the guessed points on the map with its words, larger where more of them stand, and the answer."""
    question, (width, height) = tally.question, (420, 300)
    left, low, wide, high = map_frame(question.scale["points"])

    def place(x, y):
        return round((x - left) / wide * width, 1), round(height - (y - low) / high * height, 1)

    radius = question.scale["spread"] / 2 / wide * width
    x, y = place(*question.answer)
    up = question.scale["spread"] / 2 / high * height
    drawn = [h("ellipse", class_="band answer", cx=x, cy=y, rx=round(radius, 1), ry=round(up, 1))]
    for (column, row), (right, wrong) in sorted(tally.cells.items()):
        where = {"cx": round((column + 0.5) / CELLS * width, 1), "cy": round(height - (row + 0.5) / CELLS * height, 1)}
        size = min(4 + 2 * math.sqrt(right + wrong - 1), 22)
        drawn.append(h("circle", class_="right" if right >= wrong else "wrong", r=round(size, 1), **where))
    taken: list[tuple[float, float, float]] = []
    for word, *point in question.scale["points"]:
        px, py = place(*point)
        wide_as = 8 * len(word)  # as a 13 px letter is, or less
        beside = [("start", px + 5, py + 4), ("end", px - 5, py + 4)]
        above = [("middle", px, py + by) for by in (-7, 16, -20, 29)]
        boxes = {spot: (spot[1] - wide_as * {"start": 0, "middle": 0.5, "end": 1}[spot[0]], spot[2], wide_as)
                 for spot in beside + above}
        spot = next((spot for spot, box in boxes.items() if free(*box, taken, width)), beside[0])
        taken.append(boxes[spot])
        drawn += [h("circle", class_="word", cx=px, cy=py, r=2),
                  h("text", word, x=round(spot[1], 1), y=round(spot[2], 1), text_anchor=spot[0])]
    drawn.append(h("path", class_="line answer", d=f"M{x - 9} {y}H{x + 9}M{x} {y - 9}V{y + 9}"))
    near = f"{tally.right} of {tally.made} points lie within half the spread of the map from the answer: the ring."
    return h("figure", h("svg", drawn, viewBox=f"0 0 {width} {height}", class_="map", role="img",
                         aria_label="The map with its words; each dot is a guess, a larger one several."),
             h("figcaption", "Each dot is a guess, a larger one several; those at the edge may lie further off. ",
               h("span", near, " The cross is the answer.", class_="answer")))


def free(x: float, y: float, wide: float, taken: list, width: float) -> bool:
    """Tell whether a word has room at a spot of the map, beside the words that stand there."""
    return 0 <= x <= width - wide and all(
        x + wide < other or other + other_wide < x or abs(y - other_y) >= 13 for other, other_y, other_wide in taken)
