"""The template text: the same on every machine, true in its facts, and cut into examples without a leak."""

from collections import Counter

import numpy as np
import pytest

from book_utils.corpus import (
    BOS,
    FAMILIES,
    GROUPS,
    NEVER_SEEN,
    TEMPLATES,
    TWO_USES,
    next_token_examples,
    sentences,
    vocabulary,
)
from book_utils.corpus_words import CAPITALS, LANGUAGES, TOPICS, VALUES, WORDS


@pytest.fixture(scope="module")
def text():
    return sentences()


@pytest.fixture(scope="module")
def counts(text):
    return Counter(word for sentence in text for word in sentence.split())


def test_same_seed_same_text(text):
    assert sentences(50) == text[:50]
    assert sentences(50, seed=1) != text[:50] == sentences(50, seed=0)
    assert sentences(1) == text[:1]


def test_every_template_of_a_topic_is_there_whole():
    for topic, (_, told) in TOPICS.items():
        assert " ".join(TEMPLATES[topic]).split() == told.split()
        assert all(template.split().index(".") == len(template.split()) - 1 for template in TEMPLATES[topic])


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


def drawn(text, *form):
    """How often each word stands at the None of a sentence of this form; the others say what may stand there."""
    there = [words for words in (sentence.split() for sentence in text) if len(words) == len(form)]
    return Counter(words[form.index(None)] for words in there
                   if all(want is None or word in want for word, want in zip(words, form, strict=True)))  # fmt: skip


def test_a_person_is_a_man_as_often_as_a_woman(text):
    found = drawn(text, {"the"}, None, {"went"}, {"to"}, WORDS["CITY"], {"in"}, WORDS["MONTH"], {"."})
    found += drawn(text, {"the"}, None, {"bought"}, WORDS["NUMBER"], WORDS["FOOD"], {"."})
    women = sum(found[word] for word in WORDS["WOMAN"])
    assert found.total() == women + sum(found[word] for word in WORDS["MAN"]) > 200
    assert women / found.total() == pytest.approx(0.5, abs=0.1)


def test_facts_come_equally_often_and_languages_fall_off_slowly(text):
    days = drawn(text, None, {"comes"}, {"before"}, WORDS["DAY"], {"."})
    assert {*days} == {*WORDS["DAY"][:-1]} and max(days.values()) < 1.8 * min(days.values())
    languages = drawn(text, {"in"}, LANGUAGES, {"they"}, {"speak"}, None, {"."})
    languages += drawn(text, {"people"}, {"from"}, LANGUAGES, {"speak"}, None, {"."})
    assert {*languages} == {*LANGUAGES.values()}
    shares = np.arange(1.0, 12) ** -0.7  # of rank r; 1/r would give the first three words 0.61
    first = sum(languages[word] for word in [*LANGUAGES.values()][:3])
    assert first / languages.total() == pytest.approx(shares[:3].sum() / shares.sum(), abs=0.07)


def test_a_group_is_the_first_sixteen_words_of_a_family_at_most():
    for name, words in FAMILIES.items():
        assert GROUPS[name] == words[: len(GROUPS[name])] and len(GROUPS[name]) == min(16, len(words))


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
    assert one[0].tolist() == [[0, 0, 0, 0], [0, 0, 0, 1]]  # four words before, where nothing is said


def test_errors_say_what_to_do():
    with pytest.raises(KeyError, match="'catt' is not in the vocabulary. Did you mean 'cat'?"):
        next_token_examples(["the catt"], vocabulary())
    with pytest.raises(KeyError, match="<bos>"):
        next_token_examples(["the cat"], ["the", "cat"])
    for nothing in ([], [""], ["  "], ["", ""], "", BOS):
        with pytest.raises(ValueError, match="at least one word"):
            next_token_examples(nothing, vocabulary())
    for count in (0, -1):
        with pytest.raises(ValueError, match=f"count must be 1 sentence or more; got {count}."):
            sentences(count)
