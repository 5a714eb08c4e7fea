// The film of a training run as numbers: where each word is at a moment, and what lies near. No drawing here.

const [WIDTH, HEIGHT, MARGIN] = [400, 300, 14];  // the map, in its own units

// The places at a moment, which may lie between two frames: [x, y, x, y, ...].
export function placesAt(film, moment) {
  const frame = Math.floor(moment), part = moment - frame;
  const [from, to] = [film.places[frame], film.places[Math.min(frame + 1, film.places.length - 1)]];
  return from.map((number, i) => (number + part * (to[i] - number)) / film.scale);
}

export const pointOf = (places, word) => places.slice(2 * word, 2 * word + 2);

// The k words nearest to a place on the map, nearest first; of equal ones the first. `except` is left out.
export function nearestPlaces(places, [x, y], k, except = -1) {
  const away = (word) => (places[2 * word] - x) ** 2 + (places[2 * word + 1] - y) ** 2;
  const words = Array.from({ length: places.length / 2 }, (_, word) => word);
  return words.filter((word) => word !== except).sort((a, b) => away(a) - away(b) || a - b).slice(0, k);
}

// For each group its name, its centre and the mean distance from it: the rule of replay.py.
export function islands(film, places) {
  let start = 0;
  return film.groups.map(([name, count]) => {
    const points = Array.from({ length: count }, (_, i) => pointOf(places, start + i));
    start += count;
    const mean = (of) => points.reduce((sum, point) => sum + of(point), 0) / count;
    const [x, y] = [mean((point) => point[0]), mean((point) => point[1])];
    return [name, x, y, mean((point) => Math.hypot(point[0] - x, point[1] - y))];
  });
}

// Of the rows of `islands`, those of groups that have drawn together: half-way to the next centre there is none of them
// left, on average.
export const drawnTogether = (rows) => rows.filter(([, x, y, spread], i) =>
  rows.every(([, a, b], j) => i === j || spread < Math.hypot(a - x, b - y) / 2));

// Where a word has been from the first frame to a moment: [[x, y], ...].
export function trailOf(film, word, moment) {
  const frames = film.places.slice(0, Math.floor(moment) + 1).map((places) => pointOf(places, word).map((number) => number / film.scale));
  return [...frames, pointOf(placesAt(film, moment), word)];
}

// A scale on which no frame of the film leaves the map, the same for both axes; up is up.
export function scaleOf(film) {
  const all = film.places.flat().map((number) => number / film.scale);
  const ends = [0, 1].map((axis) => {
    const those = all.filter((_, i) => i % 2 === axis);
    return [Math.min(...those), Math.max(...those)];
  });
  const span = ends.map(([low, high]) => high - low || 1), middle = ends.map(([low, high]) => (low + high) / 2);
  const size = Math.min((WIDTH - 2 * MARGIN) / span[0], (HEIGHT - 2 * MARGIN) / span[1]);
  return ([x, y]) => [WIDTH / 2 + size * (x - middle[0]), HEIGHT / 2 - size * (y - middle[1])];
}
