// The arithmetic of rope, the same as in position.py, which a test compares with this file.
// `how` is { rotaryDim, base, pairing }, and where a model scales its positions { rates, sharper } of `scaled`: radians a
// token that take the place of base, and what turned numbers are multiplied by. Wavelengths are in tokens.

export const frequencies = ({ rotaryDim, base, rates }) =>
  rates ?? Array.from({ length: rotaryDim / 2 }, (_, i) => 1 / base ** ((2 * i) / rotaryDim));

export const angles = (place, how) => frequencies(how).map((frequency) => place * frequency);

export const wavelengths = (how) => frequencies(how).map((frequency) => (2 * Math.PI) / frequency);

export const turns = (how, context) => wavelengths(how).map((wavelength) => context / wavelength);

// Which two numbers of the head are pair i.
export const pairOf = (i, { rotaryDim, pairing }) =>
  (pairing === "interleaved" ? [2 * i, 2 * i + 1] : [i, i + rotaryDim / 2]);

export function rope(vector, place, how) {
  const turned = [...vector];
  angles(place, how).forEach((angle, i) => {
    const [a, b] = pairOf(i, how);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)].map((each) => each * (how.sharper ?? 1));
    turned[a] = vector[a] * cos - vector[b] * sin;
    turned[b] = vector[b] * cos + vector[a] * sin;
  });
  return turned;
}

// The pairing "mixed" is the mistake to look at: split pairs for the query, interleaved ones for the key.
export const queryHow = (how) => (how.pairing === "mixed" ? { ...how, pairing: "split" } : how);
export const keyHow = (how) => (how.pairing === "mixed" ? { ...how, pairing: "interleaved" } : how);

export const dot = (one, other) => one.reduce((sum, number, i) => sum + number * other[i], 0);

// The attention score before its division by the root of head_dim.
export const scoreAt = (query, key, m, n, how) => dot(rope(query, m, queryHow(how)), rope(key, n, keyHow(how)));

// An angle without its whole turns: from minus half a turn to half a turn.
export const withoutTurns = (angle) => angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));

// Of every pair: the numbers that it holds in query and key, its arrows before and after turning, its part of the score.
export function handsOf(query, key, m, n, how) {
  const turned = [rope(query, m, queryHow(how)), rope(key, n, keyHow(how))];
  return frequencies(how).map((frequency, i) => {
    const [[a, b], [c, d]] = [pairOf(i, queryHow(how)), pairOf(i, keyHow(how))];
    const start = { query: Math.atan2(query[b], query[a]), key: Math.atan2(key[d], key[c]) };
    const angle = { query: start.query + m * frequency, key: start.key + n * frequency };
    return {
      numbers: { query: [a, b], key: [c, d] }, frequency, start, angle,
      between: { before: withoutTurns(start.query - start.key), now: withoutTurns(angle.query - angle.key) },
      score: turned[0][a] * turned[1][a] + turned[0][b] * turned[1][b],
    };
  });
}
