// The way of the tokens of a text through the blocks, as ways.py packs it.

const pairs = (flat, words, scale) => flat.flatMap((each, i) => (i % 2 ? [] : [[words[each], flat[i + 1] / scale]]));

// Where else the token of a place stands: [place, cosines by block] for each.
export const twinsOf = ({ twins }, place) => twins.filter(([one, other]) => one === place || other === place)
  .map(([one, other, cosines]) => [one + other - place, cosines]);

// All that is said of one token after one block; block 0 is the table itself.
export const atBlock = (way, place, block) => ({
  cosine: way.cosine[place][block] / 1000, length: way.length[place][block],
  nearest: pairs(way.nearest[place][block], way.words, 100), next: pairs(way.next[place][block], way.words, 1000),
  twins: twinsOf(way, place).map(([other, cosines]) => [other, cosines[block] / 1000]),
});

export const lastBlock = (way) => way.cosine[0].length - 1;
