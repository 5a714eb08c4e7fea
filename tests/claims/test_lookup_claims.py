"""Experiments behind the sentences of chapter 1 and of its assignment: each would fail if its sentence were false."""

import re
from collections import Counter

import numpy as np
import pytest
from places import ROOT

from book_utils import corpus, geometry, load_minilm, one_hot, tiny_model, training
from book_utils.minilm import layer_norm
from book_utils.optimisers import LazyAdam

minilm = load_minilm()
table = minilm.table
words = [i for i, token in enumerate(table.tokens) if token.isascii() and token.isalpha() and len(token) > 1]
dice = np.random.default_rng(0)


def mean_cosine(ids, others):
    one, other = geometry.unit(table.vectors[ids]), geometry.unit(table.vectors[others])
    return (one * other).sum(axis=1).mean()


def entering(token, place):
    """What the first block receives for a token at a place."""
    summed = table.vectors[token] + minilm.positions[place] + minilm.types[0]
    return layer_norm(summed, minilm.norm_weight, minilm.norm_bias)


def test_the_tokenizer_lowers_and_cuts():
    assert minilm.tokenize("The CAT", special=False) == ["the", "cat"]
    pieces = minilm.tokenize("embeddings", special=False)
    assert len(pieces) > 1 and all(piece.startswith("##") for piece in pieces[1:])
    assert "embeddings" not in table.tokens


def test_a_lookup_sees_the_id_only():
    found = {text: minilm.tokenize(text, special=False).index("bank") for text in (
        "a bank by the river", "money in the bank", "bank", "the bank of the bank")}
    rows = [table.lookup(minilm.encode(text, special=False))[place] for text, place in found.items()]
    assert all(np.array_equal(row, rows[0]) for row in rows)


def test_inside_the_model_the_two_part():
    one, other = minilm.embed("a bank by the river")[2], minilm.embed("money in the bank")[4]
    assert geometry.cosine(one, other) < 0.999  # by place already, before the first block


def test_similar_rows_are_treated_alike():
    """What the trained model predicts after two words is the more alike, the more alike their rows are."""
    tokens = corpus.vocabulary()
    run = training.train(tiny_model.TinyModel(tokens), corpus.sentences(5_000), LazyAdam(lr=0.01), steps=400)
    nouns = [word for name in ("animals", "food", "cluster") for word in corpus.GROUPS[name][:8]]
    bos, the = tokens.index("<bos>"), tokens.index("the")
    predicted = run.model.probabilities([[bos, bos, the, tokens.index(noun)] for noun in nouns])
    rows, i, j = run.model.table.lookup(nouns), *np.triu_indices(len(nouns), k=1)
    of_rows, of_predictions = (geometry.cosine_matrix(np.asarray(x))[i, j] for x in (rows, predicted))
    assert np.corrcoef(of_rows, of_predictions)[0, 1] > 0.5


def test_random_words_have_a_cosine_near_0():
    pairs = dice.choice(words, (2, 4_000))
    one, other = (geometry.unit(table.vectors[ids]) for ids in pairs)
    cosines = (one * other).sum(axis=1)
    assert abs(cosines.mean()) < 0.03 and cosines.std() < 0.1


def test_an_id_next_door_or_twice_as_large_means_nothing():
    known = set(words)
    ids = np.array([i for i in words if i + 1 in known])
    twice = np.array([i for i in words if 2 * i < len(table)])
    chance = mean_cosine(dice.permutation(ids), ids)
    assert abs(mean_cosine(ids, ids + 1) - chance) < 0.03
    assert abs(mean_cosine(twice, 2 * twice) - chance) < 0.03
    assert np.mean([table.tokens[i][0] == table.tokens[i + 1][0] for i in ids]) < 0.2  # nor the alphabet


def test_reserved_places_then_single_characters_then_words():
    reserved = [i for i, token in enumerate(table.tokens) if re.fullmatch(r"\[.+\]", token)]
    assert reserved == list(range(999))
    first_word = next(i for i, token in enumerate(table.tokens) if i > 998 and len(token) > 1)
    assert 900 < first_word - 999 < 1100
    single = table.tokens[999:first_word]
    assert all(len(token) == 1 for token in single)
    last = next(i for i in range(len(table) - 1, 0, -1) if not re.fullmatch("##.", table.tokens[i]))
    pieces = {token[2:] for token in table.tokens[last + 1 :]}
    assert len(pieces) > 900 and pieces <= set(single)


def test_low_ids_are_frequent_words():
    """Counted in this book's own text, which had no part in the vocabulary."""
    text = " ".join(path.read_text(encoding="utf-8") for path in [*ROOT.glob("*.md"), *ROOT.glob("chapters/*.md")])
    counts = Counter(minilm.tokenize(re.sub("[^A-Za-z ]", " ", text), special=False))
    ids = {n: [table.id_of(token) for token, count in counts.items() if least <= count <= most and len(token) > 2]
           for n, (least, most) in {"often": (10, 10**6), "once": (1, 1)}.items()}
    assert len(ids["often"]) > 50 and np.median(ids["often"]) < np.median(ids["once"]) / 1.5


def test_one_hot_codes_are_equally_far_apart():
    codes = one_hot(np.arange(40), size=40)
    distances = np.linalg.norm(codes[:, None] - codes, axis=2)[np.triu_indices(40, k=1)]
    assert np.allclose(distances, 2**0.5)


def test_random_codes_put_nothing_close():
    """Over many draws the dog is nearer than the semicolon about every second time."""
    nearer = 0
    for seed in range(400):
        cat, dog, semicolon = np.random.default_rng(seed).standard_normal((3, 8))
        nearer += np.linalg.norm(cat - dog) < np.linalg.norm(cat - semicolon)
    assert 160 < nearer < 240


def test_a_lookup_is_the_product():
    ids = dice.integers(0, len(table), 6)
    assert np.array_equal(one_hot(ids, size=len(table)) @ table.vectors, table.lookup(ids))


def test_the_product_is_linear_and_has_a_gradient():
    """The gradient of the rows by the product, codes turned round times errors, is what a training step adds up."""
    ids, errors = np.array([4, 1, 4]), dice.standard_normal((3, 5))
    by_product = one_hot(ids, size=7).T @ errors
    gradient = tiny_model.sum_repeats(ids, errors)
    assert np.allclose(by_product[gradient.rows], gradient.values)
    assert not np.delete(by_product, gradient.rows, axis=0).any()
    rows, codes = dice.standard_normal((7, 5)), one_hot([4, 1], size=7)
    assert np.allclose(codes.sum(axis=0) @ rows, rows[4] + rows[1])


def test_the_word_counts_for_more_than_the_place():
    ids = dice.choice(words, 300)
    same = [geometry.cosine(entering(i, 1), entering(i, 4)) for i in ids]
    pairs = zip(ids, dice.choice(words, 300), strict=True)
    others = [geometry.cosine(entering(i, 1), entering(j, 4)) for i, j in pairs]
    assert min(same) > 0.5 and max(same) < 0.999
    assert abs(np.mean(others)) < 0.2
    lengths = [np.linalg.norm(rows, axis=1).mean() for rows in (minilm.positions, table.vectors[words])]
    assert lengths[0] < lengths[1]
    here = np.linalg.norm(minilm.positions[[1, 4]], axis=1) / np.linalg.norm(table.lookup("the"))
    assert (here > 0.4).all() and (here < 0.6).all()


def test_using_the_model_changes_no_row():
    kept = table.vectors.copy()
    minilm.embed("my cat is called ada")
    assert np.array_equal(kept, table.vectors)
    with pytest.raises(ValueError, match="read-only"):
        table.vectors[0] = 0


def test_a_bare_lookup_gives_the_last_row_for_minus_one():
    rows = dice.standard_normal((6, 3))
    assert np.array_equal(rows[-1], rows[5]) and "abc".find("z") == -1


def test_ids_can_be_exchanged():
    order = np.argsort(table.tokens)
    renamed = {token: i for i, token in enumerate(np.array(table.tokens)[order].tolist())}
    for text in ("the cat chased the dog", "a bank by the river", "Unbelievable!"):
        new = [renamed[token] for token in minilm.tokenize(text)]
        assert np.array_equal(table.vectors[order][new], table.lookup(minilm.encode(text)))
    wrong = table.vectors[[renamed[token] for token in minilm.tokenize("the cat chased the dog")]]
    assert not np.array_equal(wrong, table.lookup(minilm.encode("the cat chased the dog")))  # IDs alone: nonsense
