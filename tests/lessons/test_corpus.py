"""The template text: the same on every machine, true in its facts, and cut into examples without a leak."""

from collections import Counter

import numpy as np
import pytest

from book_utils.corpus import BOS, GROUPS, NEVER_SEEN, TWO_USES, next_token_examples, sentences, vocabulary
from book_utils.corpus_words import CAPITALS, LANGUAGES, VALUES, WORDS


@pytest.fixture(scope="module")
def text():
    return sentences()


@pytest.fixture(scope="module")
def counts(text):
    return Counter(word for sentence in text for word in sentence.split())


def test_same_seed_same_text(text):
    assert sentences(50) == text[:50]
    assert sentences(50, seed=1) != text[:50]


def test_size_of_the_text(text, counts):
    assert len(text) == 20_000
    assert counts.total() == 144_373
    assert len(counts) == 595  # all 596 words but unicorn


def test_vocabulary_is_the_words_of_the_text_and_unicorn_and_bos(counts):
    tokens = vocabulary()
    assert tokens[0] == BOS and tokens[1:] == sorted(tokens[1:])
    assert set(tokens) == set(counts) | {BOS, NEVER_SEEN}
    assert NEVER_SEEN == "unicorn" and NEVER_SEEN not in counts


def test_words_are_lower_case_and_sentences_end_in_a_full_stop(text, counts):
    assert all(word == "." or (word.isalpha() and word.islower()) for word in counts)
    assert all(sentence.split().index(".") == len(sentence.split()) - 1 for sentence in text)


def test_facts_are_true(text):
    n_checked = 0
    for words in (sentence.split() for sentence in text):
        match words:
            case [a, "plus", b, "is", c, "."]:
                assert VALUES[a] + VALUES[b] == VALUES[c]
            case [c, "minus", b, "is", a, "."]:
                assert VALUES[c] - VALUES[b] == VALUES[a]
            case [a, "is", "more", "than", b, "."]:
                assert VALUES[a] > VALUES[b]
            case [a, "is", "less", "than", b, "."]:
                assert VALUES[a] < VALUES[b]
            case ["the", "capital", "of", country, "is", city, "."]:
                assert CAPITALS[country] == city
            case [city, "is", "the", "capital", "of", country, "."]:
                assert CAPITALS[country] == city
            case ["in", country, "they", "speak", language, "."]:
                assert LANGUAGES[country] == language
            case [a, "comes", "before", b, "."]:
                order = WORDS["DAY"] if a in WORDS["DAY"] else WORDS["MONTH"]
                assert order.index(a) + 1 == order.index(b)
            case _:
                continue
        n_checked += 1
    assert n_checked > 1000


def test_no_name_of_a_person(counts):
    # Flowers and months are in the text as such (rose, may); these are names and nothing else.
    common = "james mary john anna peter maria david sarah michael emma paul laura alice bob eve tom jane"
    assert not set(common.split()) & set(counts)


def test_the_word_of_rank_r_is_drawn_in_proportion_to_1_over_r(counts):
    for slot in ("cat dog horse cow", "bread rice cheese soup"):
        first, *others = slot.split()
        for rank, word in enumerate(others, start=2):
            assert counts[first] / counts[word] == pytest.approx(rank, rel=0.1)


def test_groups_hold_words_of_the_vocabulary_once():
    words = [word for group in GROUPS.values() for word in group]
    assert len(words) == len(set(words))
    assert set(words) <= set(vocabulary())
    assert not set(words) & set(TWO_USES)
    assert set(TWO_USES) <= set(vocabulary())
    assert all(len(group) >= 7 for group in GROUPS.values())


def test_examples_equal_a_loop():
    tokens = [BOS, "a", "b", "c", "."]
    text = ["a b .", "c", "b a c a ."]
    contexts, targets = [], []
    for sentence in text:
        seen = [0, 0, 0]
        for word in sentence.split():
            contexts.append(seen[-3:])
            targets.append(tokens.index(word))
            seen.append(tokens.index(word))
    found = next_token_examples(text, tokens, context=3)
    np.testing.assert_array_equal(found[0], contexts)
    np.testing.assert_array_equal(found[1], targets)


def test_one_string_is_one_sentence():
    tokens = [BOS, "a", "b"]
    one, many = next_token_examples("a b", tokens), next_token_examples(["a b"], tokens)
    np.testing.assert_array_equal(one[0], many[0])
    np.testing.assert_array_equal(one[1], many[1])


def test_errors_say_what_to_do():
    with pytest.raises(KeyError, match="'catt' is not in the vocabulary. Did you mean 'cat'?"):
        next_token_examples(["the catt"], vocabulary())
    with pytest.raises(KeyError, match="<bos>"):
        next_token_examples(["the cat"], ["the", "cat"])
    for nothing in ([], [""], ["  "]):
        with pytest.raises(ValueError, match="at least one word"):
            next_token_examples(nothing, vocabulary())
    with pytest.raises(ValueError, match="1 sentence or more; got 0"):
        sentences(0)
